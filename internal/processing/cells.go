package processing

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// row puts a use on the record of a body.
func (m *maker) row(u notice.Use, body notice.ID) {
	f := &filler{maker: m, u: u, body: body, given: m.given(u)}
	row := Row{Use: u.ID, Body: body}
	f.missing()
	row.Gaps = f.gaps
	for _, col := range m.r.Columns {
		row.Cells = append(row.Cells, f.cell(col))
	}
	m.r.Rows = append(m.r.Rows, row)
}

// gift is one way in which a use gives data to a recipient.
type gift struct {
	to notice.Recipient
	at Place
}

// given are the recipients that a use gives data to: by a sharing rule that names the
// use, or by a tracker that serves it. Each stands once.
func (m *maker) given(u notice.Use) []gift {
	var out []gift
	add := func(to notice.ID, at Place) {
		for _, r := range m.n.Sharing.Recipients {
			if r.ID == to && !slices.ContainsFunc(out, func(g gift) bool { return g.to.ID == to }) {
				out = append(out, gift{r, at})
			}
		}
	}
	for _, rule := range m.n.Sharing.Rules {
		if slices.Contains(rule.For, u.ID) {
			add(rule.To, Place{rule.Pos, field("rules", rule.ID, "for")})
		}
	}
	for _, t := range m.n.Web.Trackers {
		if t.For == u.ID {
			add(t.To, Place{t.Pos, field("trackers", t.ID, "to")})
		}
	}
	return out
}

// field is the path to a field of a thing in a list of the pack.
func field(list string, id notice.ID, name string) string {
	return list + "[" + string(id) + "]." + name
}

// filler fills the cells of one row.
type filler struct {
	*maker
	u     notice.Use
	body  notice.ID
	given []gift
	gaps  []Gap
}

// use is a field of the row's use.
func (f *filler) use(name string) Place { return Place{f.u.Pos, field("uses", f.u.ID, name)} }

func (f *filler) cell(col Column) Cell {
	c := Cell{Column: col.ID}
	say := func(id notice.ID, at Place, text string, dpv ...notice.DPV) {
		if text = oneLine(text); text != "" {
			c.Entries = append(c.Entries, Entry{Text: text, ID: id, DPV: dpv, At: at})
		}
	}
	switch col.ID {
	case colFunction:
		c.At = f.use("id")
		say(f.u.ID, c.At, inWords(f.u.ID))
	case colPurpose, colDoes:
		c.At = f.use("purpose")
		say(f.u.ID, c.At, f.u.Purpose, f.u.DPV...)
	case colClient, colOfficer, colAgreement:
		f.client(&c)
	case colJoint:
		c.At = f.use("controllers")
		f.joint(say)
	case colPeople:
		c.At = f.use("people")
		for _, p := range f.n.Data.People {
			if slices.Contains(f.u.People, p.ID) {
				say(p.ID, c.At, p.Title)
			}
		}
	case colCategories:
		c.At = f.use("categories")
		for _, x := range f.n.Data.Categories {
			if slices.Contains(f.u.Categories, x.ID) {
				say(x.ID, c.At, x.Title+kindWords(x.Kind), x.DPV...)
			}
		}
	case colSources:
		c.At = f.use("sources")
		for _, s := range f.n.Data.Sources {
			if slices.Contains(f.u.Sources, s.ID) {
				say(s.ID, c.At, s.Title)
			}
		}
	case colRecipients, colContracts, colCountries, colSafeguards:
		f.recipients(&c, say)
	case colRetention:
		c.At = Place{Pos: notice.Pos{File: "keeping.yaml"}, Field: "rules"}
		for _, k := range f.kept() {
			say(k.ID, Place{k.Pos, field("rules", k.ID, "categories")}, k.Title+": "+f.n.Keeping.Says(k.KeepRule)+", then "+actionWords(k.Action)+f.partOf(k))
		}
	case colSecurity:
		c.At = Place{Pos: notice.Pos{File: "keeping.yaml"}, Field: "security"}
		for _, s := range f.n.Keeping.Security {
			say(s.ID, Place{s.Pos, field("security", s.ID, "says")}, s.Says)
		}
	case colLocation:
		c.At = Place{Pos: notice.Pos{File: "maps"}}
		for _, h := range f.held() {
			at := Place{Pos: notice.Pos{File: "maps/" + h.System + ".yaml"}, Field: "tables." + h.Table}
			text := h.System + ": " + h.Table
			if !slices.ContainsFunc(c.Entries, func(e Entry) bool { return e.Text == text }) {
				say("", at, text)
			}
		}
	case colUse:
		c.At = f.use("id")
		say(f.u.ID, c.At, string(f.u.ID))
	case colBody:
		c.At = f.use("controllers")
		if f.r.As == notice.AsProcessor {
			c.At = f.use("clients")
		}
		say(f.body, c.At, string(f.body))
	case colGaps:
		for _, g := range f.gaps {
			say("", g.At, g.What)
		}
	case colBalancing:
		f.balancing(&c)
	case colAssess, colProgress, colAssessment:
		f.assessments(&c)
	case colPolicy, colKept, colKeptWhy:
		f.policy(&c)
	case colBreach, colBreachRecord:
		f.breach(&c)
	default:
		f.grounds(&c, say)
	}
	return c
}

// grounds fills the columns on why the use is lawful.
func (f *filler) grounds(c *Cell, say func(notice.ID, Place, string, ...notice.DPV)) {
	u := f.u
	switch c.Column {
	case colBasis, colBasisAgain:
		c.At = f.use("basis")
		if u.Basis == "" || c.Column == colBasisAgain && len(f.schedule1()) == 0 {
			return
		}
		text := u.Basis.Cite() + ": " + inWords(notice.ID(u.Basis))
		if u.Law != "" && c.Column == colBasis {
			text += ". " + u.Law
		}
		say("", c.At, text, basisDPV(u.Basis)...)
	case colCondition:
		c.At = f.use("special")
		if s := u.Special; s != nil {
			say("", Place{s.Pos, c.At.Field}, because(s.Cite(), s.Why))
		}
		if x := u.Criminal; x != nil {
			say("", Place{x.Pos, f.use("criminal").Field}, because(x.Cite(), x.Why))
		}
	case colInterest:
		c.At = f.use("interest")
		say("", c.At, u.Interest)
		if u.Recognised != "" {
			say("", f.use("recognised"), "Recognised, UK GDPR Annex 1: "+inWords(notice.ID(u.Recognised)))
		}
	case colRights:
		c.At = f.use("basis")
		f.rights(say)
	case colAutomated:
		c.At = f.use("automated")
		if a := u.Automated; a != nil {
			say("", c.At, "Yes: "+a.Decision+" "+a.Logic+" "+a.Effect)
		} else {
			say("", c.At, "None")
		}
	case colConsent:
		c.At = f.use("consent")
		if x := u.Consent; x != nil {
			text := "Given: " + inWords(notice.ID(x.How))
			if x.By != "" {
				text += ", by the " + inSmall(notice.ID(x.By))
			}
			say("", Place{x.Pos, c.At.Field}, text)
		}
	case colSchedule1:
		c.At = f.use("special")
		for _, p := range f.schedule1() {
			say("", c.At, fmt.Sprintf("DPA 2018 Schedule 1 paragraph %d", p))
		}
	}
}

// rights are what people may ask under the use's basis: the law's table, and
// nothing that a notice says.
func (f *filler) rights(say func(notice.ID, Place, string, ...notice.DPV)) {
	list, err := law.Rights(law.Basis(f.u.Basis))
	if err != nil {
		return // no basis, which is a gap of its own
	}
	for _, e := range list {
		switch e.Applies {
		case law.Yes:
			say("", f.use("basis"), inWords(notice.ID(e.Right))+" ("+e.Cite+")")
		case law.May:
			say("", f.use("basis"), inWords(notice.ID(e.Right))+", within limits ("+e.Cite+")")
		}
	}
}

func (f *filler) joint(say func(notice.ID, Place, string, ...notice.DPV)) {
	if f.u.Role != notice.AsJoint {
		return
	}
	for _, c := range f.n.Landlord.Controllers {
		if c.ID != f.body && slices.Contains(f.bodies(f.u), c.ID) {
			p := Party{Name: c.Name, Address: c.Address, ICO: c.ICO}
			say(c.ID, f.use("controllers"), strings.Join(p.Lines(), ", "))
		}
	}
	for _, g := range f.given {
		if g.to.Kind == notice.JointController && g.to.Company != f.body {
			say(g.to.ID, Place{g.to.Pos, field("recipients", g.to.ID, "kind")}, g.to.Title)
		}
	}
}

func (f *filler) recipients(c *Cell, say func(notice.ID, Place, string, ...notice.DPV)) {
	c.At = Place{Pos: notice.Pos{File: "sharing.yaml"}, Field: "rules"}
	if c.Column != colRecipients {
		c.At.Field = "recipients"
	}
	for _, g := range f.given {
		of := func(name string) Place { return Place{g.to.Pos, field("recipients", g.to.ID, name)} }
		switch c.Column {
		case colRecipients:
			say(g.to.ID, g.at, g.to.Title)
		case colContracts:
			if g.to.Kind == notice.Processor {
				f.agreement(c, f.contract(g.to), g.to.Agreement, of("agreement"))
			}
		case colCountries:
			for _, x := range g.to.Abroad() {
				say(g.to.ID, of("where"), string(x)+" ("+g.to.Title+")")
			}
		case colSafeguards:
			if g.to.Safeguard != "" {
				say(g.to.ID, of("safeguard"), inWords(notice.ID(g.to.Safeguard))+" ("+g.to.Title+")")
			}
		}
	}
}

// client fills the columns of a processor's record about whom it acts for.
func (f *filler) client(c *Cell) {
	c.At = f.use("clients")
	for _, x := range f.n.Landlord.Clients {
		if x.ID != f.body {
			continue
		}
		add := func(name, text string) {
			if text != "" {
				c.Entries = append(c.Entries, Entry{Text: text, ID: x.ID, At: Place{x.Pos, field("clients", x.ID, name)}})
			}
		}
		switch c.Column {
		case colClient:
			add("name", strings.Join(Party{Name: x.Name, Address: x.Address}.Lines(), ", "))
		case colOfficer:
			if p := f.contact(x.Officer); p != nil {
				add("officer", strings.Join(p.Lines(), ", "))
			}
		case colAgreement:
			f.agreement(c, f.engaged(x), x.Agreement, Place{x.Pos, field("clients", x.ID, "agreement")})
		}
	}
}

// keeps is a retention rule, and the categories of the row's use that go by it.
type keeps struct {
	notice.KeepRule
	of []notice.ID
}

// kept are the retention rules by which the use's data of the use's people goes: ours, or
// on a client's record the client's. A rule that names whose data it is about goes before
// one that names nobody: what is said of everybody's is not said of those for whom
// something else is.
func (f *filler) kept() []keeps {
	set := notice.ID("") // of our own records
	if f.r.As == notice.AsProcessor {
		if set = f.body; set == "" {
			return nil // nobody knows whose
		}
	}
	rules := f.n.Keeping.Of(set)
	out := make([]keeps, len(rules))
	for i, k := range rules {
		out[i].KeepRule = k
	}
	for _, id := range f.u.Categories {
		rest := slices.Clone(f.u.People) // of whom no rule speaks by name
		named := false
		for i, k := range rules {
			if slices.Contains(k.Categories, id) && meet(k.People, f.u.People) {
				out[i].of, named = append(out[i].of, id), true
				rest = slices.DeleteFunc(rest, func(p notice.ID) bool { return slices.Contains(k.People, p) })
			}
		}
		for i, k := range rules {
			if slices.Contains(k.Categories, id) && len(k.People) == 0 && (!named || len(rest) > 0) {
				out[i].of = append(out[i].of, id)
			}
		}
	}
	return slices.DeleteFunc(out, func(k keeps) bool { return len(k.of) == 0 })
}

// ofThis comes before those of a use's categories that go by a rule.
const ofThis = "; of this: "

// partOf names the categories that go by a rule, where the use has others besides.
func (f *filler) partOf(k keeps) string {
	if len(k.of) == len(f.u.Categories) {
		return ""
	}
	var titles []string
	for _, id := range k.of {
		titles = append(titles, f.title(id))
	}
	return ofThis + strings.Join(titles, ", ")
}

// held are the tables that hold data of the use. A client's rows are on that client's
// record and on no other.
func (f *filler) held() []Holding {
	var out []Holding
	for _, h := range f.h.Tables {
		own := len(h.Clients) == 0
		if f.r.As == notice.AsProcessor {
			own = slices.Contains(h.Clients, f.body)
		}
		if own && slices.Contains(f.u.Categories, h.Category) {
			out = append(out, h)
		}
	}
	return out
}

// schedule1 are the paragraphs that the use's conditions rest on.
func (f *filler) schedule1() []int {
	var out []int
	if s := f.u.Special; s != nil && s.Schedule1 > 0 {
		out = append(out, s.Schedule1)
	}
	if c := f.u.Criminal; c != nil && c.Schedule1 > 0 && !slices.Contains(out, c.Schedule1) {
		out = append(out, c.Schedule1)
	}
	return out
}

func meet(a, b []notice.ID) bool {
	return slices.ContainsFunc(a, func(id notice.ID) bool { return slices.Contains(b, id) })
}

func because(cite, why string) string {
	if why == "" {
		return cite
	}
	return cite + ": " + why
}

func again(day notice.Date) string {
	if day == "" {
		return ""
	}
	return " (to be looked at again by " + string(day) + ")"
}

// inSmall is a short name in words, and inWords the same at the head of a sentence.
func inSmall(id notice.ID) string { return strings.ReplaceAll(string(id), "-", " ") }

func inWords(id notice.ID) string {
	s := inSmall(id)
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] // names are ASCII
}

func kindWords(k notice.Kind) string {
	if k == notice.Ordinary {
		return ""
	}
	return " (" + string(k) + ")"
}

func actionWords(a notice.Action) string {
	switch a {
	case notice.Anonymise:
		return "made anonymous"
	case notice.MaskFields:
		return "masked"
	case notice.LookAgain:
		return "looked at again"
	}
	return "deleted"
}

// basisDPV is the vocabulary's term for a basis; it has none for what only United
// Kingdom law has.
func basisDPV(b notice.Basis) []notice.DPV {
	_, letter, ok := strings.Cut(strings.TrimSuffix(b.Cite(), ")"), "6(1)(")
	if !ok || len(letter) != 1 {
		return nil
	}
	return []notice.DPV{notice.DPV("eu-gdpr:A6-1-" + letter)}
}
