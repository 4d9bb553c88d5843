package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Element is something that the regulator is to be told.
type Element struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Cite  string `json:"cite"`
	Says  string `json:"says"` // empty where it is not known yet
	// Optional elements are not the law's: nothing is missing without them.
	Optional bool `json:"optional,omitempty"`
}

// Composed is what the regulator is told, composed from an incident.
type Composed struct {
	Number    string    `json:"number"`
	Landlord  string    `json:"landlord"`
	Regulator string    `json:"regulator"`
	Elements  []Element `json:"elements"`
}

// Missing is what UK GDPR Art 33(3) asks for and the report does not hold. It may follow
// in phases (Art 33(4)).
func (r Composed) Missing() []Element {
	out := []Element{}
	for _, e := range r.Elements {
		if e.Says == "" && !e.Optional {
			out = append(out, e)
		}
	}
	return out
}

// ReportOf composes what UK GDPR Art 33(3) asks for. It names nobody whom the breach touches.
func ReportOf(n *notice.Notice, i *Incident) Composed {
	r := Composed{Number: i.Number, Landlord: n.Landlord.Name, Regulator: regulator(n)}
	add := func(id, title, cite, says string, optional bool) {
		r.Elements = append(r.Elements, Element{id, title, cite, strings.TrimSpace(says), optional})
	}
	add("reference", "Our reference, and the regulator's", "", strings.Join(filled(i.Number, i.Reference), "; "), true)
	kind, harms := i.Kind.Title(), []string{}
	for _, h := range i.Harms {
		harms = append(harms, string(h))
	}
	nature := ""
	if i.Nature != "" {
		nature = i.Nature + "\n" + kind + ". Harmed: " + strings.Join(harms, ", ") + "."
	}
	add("nature", "The nature of the breach", "UK GDPR Art 33(3)(a)", nature, false)
	aware := ""
	if !i.Aware.IsZero() {
		aware = law.At(i.Aware).Words() + ". " + i.AwareHow
	}
	add("aware", "When we were aware, and how", "UK GDPR Art 33(1)", aware, false)
	add("happened", "When it happened", "", i.Happened, true)
	categories, people, records := "", "", ""
	if f := i.Facts; f != nil {
		var data []string
		for _, w := range weights {
			if slices.Contains(f.Data, w.data) {
				data = append(data, string(w.data))
			}
		}
		categories = strings.Join(data, ", ")
		if f.People > 0 {
			people = fmt.Sprintf("about %d", f.People)
		}
		if f.Records > 0 {
			records = fmt.Sprintf("about %d", f.Records)
		}
		if f.Vulnerable && people != "" {
			people += ", among them vulnerable people"
		}
	}
	add("people", "Categories of people and about how many", "UK GDPR Art 33(3)(a)", people, false)
	add("data", "Categories of data", "UK GDPR Art 33(3)(a)", categories, false)
	add("records", "About how many records", "UK GDPR Art 33(3)(a)", records, false)
	add("contact", "Whom to ask", "UK GDPR Art 33(3)(b)", contact(n), false)
	add("effects", "Likely consequences", "UK GDPR Art 33(3)(c)", i.Effects, false)
	add("measures", "Measures taken and proposed", "UK GDPR Art 33(3)(d)", i.Measures, false)
	told := ""
	switch {
	case i.Exception != nil:
		told = fmt.Sprintf("Not one by one (UK GDPR Art 34(3), %s): %s", i.Exception.Ground, i.Exception.Why)
	case i.People.Listed > 0:
		told = fmt.Sprintf("%d of %d have been told.", i.People.Told, i.People.Listed)
	}
	add("told", "Whether people were told", "UK GDPR Art 34", told, true)
	delay := ""
	for _, p := range i.Reports {
		if p.Delay != "" {
			delay = p.Delay
		}
	}
	add("delay", "Why it is late", "UK GDPR Art 33(1)", delay, true)
	return r
}

func filled(all ...string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// regulator is the one of data protection, by the notice's ladder.
func regulator(n *notice.Notice) string {
	for _, step := range n.Rights.Complaints {
		for _, r := range n.Landlord.Regulators {
			if step.Route == notice.ToRegulator && r.ID == step.Regulator {
				return r.On(notice.Date(n.Landlord.Effective)).Name
			}
		}
	}
	return "the data protection regulator"
}

// contact is the data protection officer, or whoever the notice has incidents reported to.
func contact(n *notice.Notice) string {
	var at *notice.Contact
	for k := range n.Landlord.Contacts {
		c := &n.Landlord.Contacts[k]
		if c.DPO || at == nil && n.Records.Incidents != nil && c.ID == n.Records.Incidents.Reports {
			at = c
		}
	}
	if at == nil {
		return ""
	}
	return strings.Join(filled(at.Who, string(at.Email), string(at.Phone), at.Address), ", ")
}

// Text is the report in plain text, with what is missing named.
func (r Composed) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Personal data breach %s\n%s\nTo: %s\n", r.Number, r.Landlord, r.Regulator)
	for _, e := range r.Elements {
		if e.Says == "" && e.Optional {
			continue
		}
		title := e.Title
		if e.Cite != "" {
			title += " (" + e.Cite + ")"
		}
		says := e.Says
		if says == "" {
			says = "NOT KNOWN YET: to follow (UK GDPR Art 33(4))."
		}
		fmt.Fprintf(&b, "\n%s\n%s\n", title, says)
	}
	return b.String()
}

// Entry is a line of the register of breaches: UK GDPR Art 33(5). It names nobody whom
// they touch.
type Entry struct {
	Number, Kind, State   string
	Reported, Aware       string // days, instants in London
	Breach                bool
	Facts, Effects, Acted string
	People, Told          int
	Risk, Why             string
	Regulator, Reference  string // when it was told; its reference
	Late                  string // why it was late
	Cause, Lessons        string
	Measures, Promises    string
	Closed                string
}

// Columns are the headings of the register, in the order of [Entry.Cells].
func Columns() []string {
	return []string{"Number", "Kind", "State", "Reported", "Aware", "Personal data breach", "Facts", "Effects", "Remedial action", "People listed", "People told",
		"Risk", "Reasons", "Regulator told", "Regulator's reference", "Reasons for delay", "Cause", "Lessons", "Measures that failed", "Promises", "Closed"}
}

// Cells are the line as text.
func (e Entry) Cells() []string {
	yes := "no"
	if e.Breach {
		yes = "yes"
	}
	return []string{e.Number, e.Kind, e.State, e.Reported, e.Aware, yes, e.Facts, e.Effects, e.Acted, fmt.Sprint(e.People), fmt.Sprint(e.Told),
		e.Risk, e.Why, e.Regulator, e.Reference, e.Late, e.Cause, e.Lessons, e.Measures, e.Promises, e.Closed}
}

// IsBreach says whether an incident was found to be a personal data breach.
func (i *Incident) IsBreach() bool {
	return len(i.Harms) > 0 && i.State != NoBreach
}

// EntryOf is an incident's line in the register.
func EntryOf(i *Incident) Entry {
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return law.At(t).String()
	}
	e := Entry{Number: i.Number, Kind: i.Kind.Title(), State: string(i.State), Reported: moment(i.Opened), Aware: moment(i.Aware), Breach: i.IsBreach(),
		Facts: i.Nature, Effects: i.Effects, Acted: i.Measures, People: i.People.Listed, Told: i.People.Told, Risk: string(i.Risk), Regulator: moment(i.Notified),
		Reference: i.Reference, Cause: i.Cause, Lessons: i.Lessons, Closed: moment(i.Ended)}
	if e.Facts == "" {
		e.Facts = i.What
	}
	if i.Decision != nil {
		e.Why = i.Decision.Why
	}
	if len(i.Reports) > 0 {
		e.Late = i.Reports[0].Delay
	}
	var failed, promises []string
	for _, f := range i.Failed {
		failed = append(failed, fmt.Sprintf("%s (%s)", f.Measure, f.Owner))
	}
	for _, p := range i.Promises {
		promises = append(promises, string(p))
	}
	e.Measures, e.Promises = strings.Join(failed, ", "), strings.Join(promises, ", ")
	return e
}
