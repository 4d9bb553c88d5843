package processing

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// The registers whose papers the record asks, as their forms call them.
const (
	RegTests      = "lia"        // tests of legitimate interests
	RegImpact     = "dpia"       // impact assessments
	RegPolicies   = "apd"        // appropriate policy documents
	RegAgreements = "agreements" // contracts and agreements
)

// Paper is a paper of a register, as far as the record asks for it. None of its words
// are in it but why a policy is not kept to, which the record must say.
type Paper struct {
	Register string // one of those above
	Number   string // "IA-0001"
	State    string // how it stands, in words: "signed on 2026-11-20"
	Signed   bool   // a version of it holds

	// What of the notice it is about.
	Uses, Assessments, Agreements, Recipients, Clients []notice.ID

	Needed  string // of an impact assessment: what its screening came to, in words
	Kept    string // of a policy document: is data erased as it says? "yes", "no", or empty
	KeptWhy string // and why not
}

// Breach is a personal data breach of the register of incidents.
type Breach struct {
	Number string
	State  string    // in words: "aware on 2026-11-20, high risk"
	Client notice.ID // whose data it was; empty for our own
	// Where it happened or whose agreement it concerns, as far as that names something
	// the notice or the maps have.
	Systems    []string
	Recipients []notice.ID
	Kinds      []notice.Kind // the sorts of data it touched; empty is not known
}

// Filed is what the registers say beside the notice.
type Filed struct {
	Papers   []Paper
	Breaches []Breach
	// Looked says that there were registers to look at. Without, the record says only
	// what the notice does.
	Looked bool
}

// papers are those of a register that are about something; those that hold first, and
// where some do, no others.
func (f *filler) papers(register string, about func(Paper) bool) []Paper {
	var signed, waiting []Paper
	for _, p := range f.f.Papers {
		switch {
		case p.Register != register || !about(p):
		case p.Signed:
			signed = append(signed, p)
		default:
			waiting = append(waiting, p)
		}
	}
	if len(signed) > 0 {
		return signed
	}
	return waiting
}

// said puts into a cell how papers stand, and where none holds what the notice alone
// says.
func (f *filler) said(c *Cell, papers []Paper, stated ...Entry) {
	holds := false
	for _, p := range papers {
		holds = holds || p.Signed
		c.Entries = append(c.Entries, p.entry(p.State))
	}
	if holds {
		return
	}
	for _, e := range stated {
		if f.f.Looked {
			e.Text = "Stated by the notice, no paper: " + e.Text
		}
		c.Entries = append(c.Entries, e)
	}
}

func (p Paper) entry(says string) Entry {
	return Entry{Text: p.Number + ": " + oneLine(says), Paper: p.Number, At: Place{Pos: notice.Pos{File: "registers/" + p.Register}, Field: p.Number}}
}

// assessed are the impact assessments of the row's use: those whose papers name it, and
// those of the notice that do, by the paper that names those.
func (f *filler) assessed() (papers []Paper, bare []notice.ImpactAssessment) {
	var mine []notice.ID
	for _, a := range f.n.Uses.Impact {
		if slices.Contains(a.For, f.u.ID) {
			mine = append(mine, a.ID)
		}
	}
	papers = f.papers(RegImpact, func(p Paper) bool { return slices.Contains(p.Uses, f.u.ID) || meet(p.Assessments, mine) })
	for _, a := range f.n.Uses.Impact {
		if slices.Contains(mine, a.ID) && !slices.ContainsFunc(papers, func(p Paper) bool { return p.Signed && slices.Contains(p.Assessments, a.ID) }) {
			bare = append(bare, a)
		}
	}
	return papers, bare
}

func (f *filler) assessments(c *Cell) {
	c.At = Place{Pos: notice.Pos{File: "uses.yaml"}, Field: "impact-assessments"}
	papers, bare := f.assessed()
	if c.Column == colAssess {
		f.assessmentNeeded(c, papers, bare)
		return
	}
	for _, p := range papers {
		if c.Column == colProgress {
			c.Entries = append(c.Entries, p.entry(p.State))
		} else {
			c.Entries = append(c.Entries, Entry{Text: p.Number, Paper: p.Number, At: p.entry("").At})
		}
	}
	for _, a := range bare {
		text := "signed on " + string(a.On) + again(a.ReviewBy)
		if c.Column == colAssessment {
			text = a.Title
		}
		f.said(c, nil, Entry{Text: text, ID: a.ID, At: Place{a.Pos, field("impact-assessments", a.ID, "for")}})
	}
}

// assessmentNeeded is one answer: yes where anything says so.
func (f *filler) assessmentNeeded(c *Cell, papers []Paper, bare []notice.ImpactAssessment) {
	var all []Entry
	for _, p := range papers {
		if p.Needed != "" {
			e := p.entry("")
			e.Text = p.Needed + " (" + p.Number + ")"
			all = append(all, e)
		}
	}
	for _, a := range bare {
		text := "No trigger of the notice; one was made"
		if len(a.Triggers) > 0 {
			var names []string
			for _, t := range a.Triggers {
				names = append(names, inSmall(notice.ID(t)))
			}
			text = "Yes: " + strings.Join(names, ", ")
		}
		all = append(all, Entry{Text: text, ID: a.ID, At: Place{a.Pos, field("impact-assessments", a.ID, "for")}})
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return strings.Compare(b.Text[:2], a.Text[:2]) }) // Ye before No
	if len(all) > 0 {
		c.Entries = all[:1]
	}
}

// balancing is the test of legitimate interests, where the use rests on that ground.
func (f *filler) balancing(c *Cell) {
	c.At = f.use("balancing")
	var stated []Entry
	if b := f.u.Balancing; b != nil {
		stated = append(stated, Entry{Text: fmt.Sprintf("test of %s. %s%s", b.On, b.Outcome, again(b.ReviewBy)), At: Place{b.Pos, c.At.Field}})
	}
	papers := f.papers(RegTests, f.names)
	f.said(c, papers, stated...)
	if rests := f.u.Basis == notice.LegitimateInterests || f.u.Basis == notice.RecognisedInterests; rests && f.f.Looked && len(c.Entries) == 0 {
		c.Entries = append(c.Entries, Entry{Text: "None: neither the register nor the notice has one", At: c.At})
	}
}

// policy fills the columns on the appropriate policy document.
func (f *filler) policy(c *Cell) {
	c.At = f.use("policy-document")
	papers := f.papers(RegPolicies, f.names)
	var stated []Entry
	if p := f.u.Policy; p != nil {
		text := p.Title
		if p.At != "" {
			text += ", " + string(p.At)
		}
		stated = append(stated, Entry{Text: text + again(p.ReviewBy), At: Place{p.Pos, c.At.Field}})
	}
	if c.Column == colPolicy {
		f.said(c, papers, stated...)
		return
	}
	for _, p := range papers {
		if !p.Signed {
			continue
		}
		says := map[string]string{colKept: p.Kept, colKeptWhy: p.KeptWhy}[c.Column]
		if says != "" {
			c.Entries = append(c.Entries, p.entry(says))
		}
	}
}

func (f *filler) names(p Paper) bool { return slices.Contains(p.Uses, f.u.ID) }

// contract are the papers of the agreement with a recipient.
func (f *filler) contract(r notice.Recipient) []Paper {
	return f.papers(RegAgreements, func(p Paper) bool {
		return slices.Contains(p.Recipients, r.ID) || r.Agreement != "" && slices.Contains(p.Agreements, r.Agreement)
	})
}

// engaged are the papers of the agreement with a client.
func (f *filler) engaged(x notice.Client) []Paper {
	return f.papers(RegAgreements, func(p Paper) bool {
		return slices.Contains(p.Clients, x.ID) || x.Agreement != "" && slices.Contains(p.Agreements, x.Agreement)
	})
}

// agreement puts an agreement of the notice into a cell, or the papers of it.
func (f *filler) agreement(c *Cell, papers []Paper, id notice.ID, at Place) {
	var stated []Entry
	for _, a := range f.n.Sharing.Agreements {
		if a.ID == id {
			stated = append(stated, Entry{Text: a.Title + again(a.ReviewBy), ID: a.ID, At: at})
		}
	}
	for _, p := range papers {
		if slices.ContainsFunc(c.Entries, func(e Entry) bool { return e.Paper == p.Number }) {
			return // one paper for several
		}
	}
	f.said(c, papers, stated...)
}

// signed says whether one of papers holds.
func signed(papers []Paper) bool {
	return slices.ContainsFunc(papers, func(p Paper) bool { return p.Signed })
}

// breach fills the columns on breaches: did one touch the use, and which.
func (f *filler) breach(c *Cell) {
	c.At = Place{Pos: notice.Pos{File: "registers/incidents"}}
	if !f.f.Looked {
		return
	}
	answer := "No"
	for _, b := range f.f.Breaches {
		how := f.touched(b)
		if how == "" {
			continue
		}
		if answer != "Yes" {
			answer = how
		}
		if c.Column == colBreachRecord {
			text := b.Number + ": " + b.State
			if how == perhaps {
				text += ". Whether it was of this use is not known: it names no system or recipient of the notice"
			}
			c.Entries = append(c.Entries, Entry{Text: oneLine(text), Paper: b.Number, At: Place{c.At.Pos, b.Number}})
		}
	}
	if c.Column == colBreach {
		c.Entries = []Entry{{Text: answer, At: c.At}}
	}
}

const perhaps = "Perhaps"

// touched says whether a breach was of the use: by its data, and by the systems that hold
// those and the recipients that are given them. Empty is no.
func (f *filler) touched(b Breach) string {
	switch {
	case b.Client != "": // its controller's to record
		return ""
	case len(b.Kinds) > 0 && !slices.ContainsFunc(f.u.Categories, func(id notice.ID) bool {
		x, ok := f.n.Data.Category(id)
		return ok && slices.Contains(b.Kinds, x.Kind)
	}):
		return ""
	case slices.ContainsFunc(f.held(), func(h Holding) bool { return slices.Contains(b.Systems, h.System) }),
		slices.ContainsFunc(f.given, func(g gift) bool { return slices.Contains(b.Recipients, g.to.ID) }):
		return "Yes"
	case len(b.Systems)+len(b.Recipients) > 0:
		return ""
	}
	return perhaps
}
