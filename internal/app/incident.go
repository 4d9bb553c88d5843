package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/store"
	"tenet/internal/web"
)

const peoplePage = 50

// staffIncidents is what went wrong, as staff meet it.
type staffIncidents struct {
	staffDesk
	hours []desk.BreachAgreement // for a form: agreements that give hours now
}

// incidentStates are the states of an incident as staff read them.
var incidentStates = map[incident.State]string{
	incident.Reported: "Reported: somebody is to look at it", incident.NoBreach: "No personal data breach", incident.Breach: "A personal data breach: the risk is to be decided",
	incident.Recorded: "Recorded: a risk to people is unlikely", incident.ToReport: "The regulator is to be told", incident.Notified: "The regulator was told",
	incident.Passed: "Whoever we hold it for or with was told", incident.Concluded: "Closed",
}

var riskWords = map[incident.Risk]string{incident.NoRisk: "Unlikely", incident.SomeRisk: "Likely", incident.HighRisk: "High"}

func (s staffIncidents) Incidents(ctx context.Context, by console.Staff, f console.IncidentFilter) (console.IncidentList, error) {
	first := s.d.Now().In(web.London)
	first = time.Date(first.Year(), first.Month()-11, 1, 0, 0, 0, 0, web.London)
	p, t, err := s.d.IncidentPage(ctx, reader(by), incident.Filter{Open: !f.All, Kind: incident.Kind(f.Kind), After: f.After}, first)
	if err != nil {
		return console.IncidentList{}, s.incidentTold(ctx, err)
	}
	x, err := s.d.Incidents()
	if err != nil {
		return console.IncidentList{}, err
	}
	out := console.IncidentList{Next: p.Next}
	for k := range p.Incidents {
		i := &p.Incidents[k]
		row := console.IncidentRow{Number: i.Number, Kind: i.Kind.Title(), State: incidentStates[i.State], Risk: riskWords[i.Risk], Opened: i.Opened}
		clocks, err := s.clocks(x, i)
		if err != nil {
			return out, err
		}
		for n := range clocks {
			if clocks[n].Met.IsZero() {
				row.Clock = &clocks[n]
				break
			}
		}
		out.Rows = append(out.Rows, row)
	}
	for _, sort := range incident.Sorts() {
		out.Sorts = append(out.Sorts, console.Choice{ID: string(sort.Kind), Text: sort.Title})
		if n := t.Kinds[sort.Kind]; n > 0 {
			out.Kinds = append(out.Kinds, console.Amount{Label: sort.Title, Cases: n})
		}
	}
	if len(out.Kinds) == 0 {
		return out, nil
	}
	months := map[string]int{}
	for _, at := range t.Opened {
		months[at.In(web.London).Format("2006-01")]++
	}
	for n := range 12 {
		m := first.AddDate(0, n, 0)
		out.Months = append(out.Months, console.Amount{Label: m.Format("Jan 2006"), Cases: months[m.Format("2006-01")]})
	}
	return out, nil
}

// reader is a member of staff as the desk knows who reads.
func reader(by console.Staff) store.Staff { return store.Staff{ID: by.ID, Role: by.Role} }

// clocks are the times that run, the one that is up next first.
func (s staffIncidents) clocks(x *incident.Incidents, i *incident.Incident) ([]console.IncidentClock, error) {
	all, err := x.Clocks(i)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b incident.Clock) int {
		if a.Due.IsZero() || b.Due.IsZero() {
			return cmp.Compare(b.Due.String(), a.Due.String()) // what has no hours comes last
		}
		return a.Due.Deadline().Compare(b.Due.Deadline())
	})
	var out []console.IncidentClock
	for _, c := range all {
		k := console.IncidentClock{ID: c.ID, Title: c.Title, Tell: c.Tell, Met: c.Met, Cite: c.Cite, Working: c.Working, Urgency: "calm", Left: c.LeftWords()}
		switch {
		case c.Due.IsZero():
			k.Urgency = "soon"
			out = append(out, k)
			continue
		default:
			k.Due = c.Due.Words()
		}
		switch {
		case c.Left < 0:
			k.Urgency = "late"
		case c.Left < 24:
			k.Urgency = "soon"
		}
		out = append(out, k)
	}
	return out, nil
}

func (s staffIncidents) Incident(ctx context.Context, by console.Staff, number string) (console.IncidentFile, error) {
	f, err := s.d.IncidentFor(ctx, reader(by), number, desk.SeeIncidents)
	if err != nil {
		return console.IncidentFile{}, s.incidentTold(ctx, err)
	}
	x, err := s.d.Incidents()
	if err != nil {
		return console.IncidentFile{}, err
	}
	names := accounts{s.d}.names(ctx)
	out := console.IncidentFile{Number: f.Number, Kind: f.Kind.Title(), State: incidentStates[f.State], What: f.What, Message: f.Incident.Message, Warning: f.Warning, Missing: len(f.Missing), Method: incident.Method}
	if out.Clocks, err = s.clocks(x, &f.Incident); err != nil {
		return out, err
	}
	next := nextIncidentAct(&f.Incident, f.Missing)
	for _, a := range incidentActs() {
		o, ok := a.offered(f.Offers)
		if !ok {
			continue
		}
		x := console.Offer{Group: a.group, Name: a.nameFor(&f.Incident), Href: "/incidents/" + f.Number + "/do/" + a.id}
		for _, n := range append(needsSaid(o), a.lacks(&f.Incident)...) {
			x.Lacks = append(x.Lacks, "First: "+lowerFirst(n))
		}
		x.Main = a.id == next && len(x.Lacks) == 0
		out.Offers = append(out.Offers, x)
	}
	if p := f.Proposal; p != nil {
		to := &console.IncidentProposal{Says: p.Says, Unknown: p.Unknown}
		for _, l := range p.Working {
			points := fmt.Sprintf("%+.2f", float64(l.Points)/100)
			if l.Factor {
				points = fmt.Sprintf("times %.2f", float64(l.Points)/100)
			}
			to.Lines = append(to.Lines, console.Row{Name: l.What, Says: points + ": " + l.Why})
		}
		out.Proposal = to
	}
	out.Panels = incidentPanels(&f.Incident, names)
	out.Listed, out.Told = f.People.Listed, f.People.Told
	for _, h := range f.History {
		out.History = append(out.History, console.IncidentStep{At: h.At, By: names(h.By), Did: didWords[h.Action], Words: h.Words})
	}
	if f.IsBreach() {
		for _, e := range f.Report.Elements {
			out.Report = append(out.Report, console.ReportElement{Title: e.Title, Cite: e.Cite, Says: e.Says, Missing: e.Says == "" && !e.Optional})
		}
	}
	return out, nil
}

// nextIncidentAct is the act that an incident waits for; empty where it waits for none.
// missing are the elements of the report that the regulator still lacks.
func nextIncidentAct(i *incident.Incident, missing []string) string {
	switch i.State {
	case incident.Reported:
		return "confirm"
	case incident.Breach:
		switch {
		case i.Role == incident.Processor:
			return "pass"
		case i.Facts == nil:
			return "assess"
		}
		return "decide"
	case incident.ToReport:
		return "notify"
	case incident.NoBreach:
		return "close"
	case incident.Concluded:
		return ""
	}
	switch { // what is left before it can be closed
	case i.State == incident.Notified && len(missing) > 0:
		return "describe"
	case i.State == incident.Notified && len(i.Reports) > 0 && len(i.Reports[len(i.Reports)-1].Missing) > 0:
		return "notify" // what was to follow
	case !i.PeopleDone() && i.People.Listed == 0:
		return "people"
	case !i.PeopleDone():
		return "tell"
	case i.Cause == "":
		return "learn"
	case openTask(i):
		return "finish"
	}
	return "close"
}

func openTask(i *incident.Incident) bool {
	return slices.ContainsFunc(i.Tasks, func(t incident.Task) bool { return t.Done.IsZero() })
}

// didWords say in the history what was done.
var didWords = map[incident.Action]string{
	incident.Opens: "reported", incident.Notes: "note", incident.Confirms: "found that it is a personal data breach", incident.Dismisses: "found that it is no personal data breach",
	incident.Describes: "wrote down what is known", incident.Assesses: "assessed the risk", incident.Clears: "decided that a risk is unlikely", incident.Warns: "decided that there is a risk",
	incident.Alarms: "decided that there is a high risk", incident.Notifies: "told the regulator", incident.Passes: "told a controller or client", incident.Lists: "listed people",
	incident.Tells: "wrote to people", incident.Hears: "told a person", incident.Excepts: "recorded why people are not told one by one", incident.Publishes: "told the public",
	incident.Tasks: "gave a task", incident.Finishes: "finished a task", incident.Fails: "named a measure that failed", incident.Bans: "shut an address out", incident.Refers: "told the police",
	incident.Learns: "wrote down cause and lessons", incident.Closes: "closed", incident.Reopens: "opened again",
}

// incidentPanels is what is known, in rows.
func incidentPanels(i *incident.Incident, names func(string) string) []console.Panel {
	var out []console.Panel
	add := func(id, title, says string, pairs ...string) {
		p := console.Panel{ID: id, Title: title, Says: says}
		for k := 0; k+1 < len(pairs); k += 2 {
			if pairs[k+1] != "" {
				p.Rows = append(p.Rows, console.Row{Name: pairs[k], Says: pairs[k+1]})
			}
		}
		if len(p.Rows) > 0 {
			out = append(out, p)
		}
	}
	add("report", "The report", "", "Told by", i.Reporter.Name, "How to reach them", i.Reporter.Contact, "When it happened", i.Happened, "Where", i.System, "It came by", i.Reporter.Via)
	aware := ""
	if !i.Aware.IsZero() {
		aware = law.At(i.Aware).Words() + ". " + i.AwareHow
	}
	add("known", "What is known", "", "We were aware", aware, "We are", strings.ReplaceAll(string(i.Role), "-", " "), "For or with", strings.Join(i.Controllers, ", "),
		"What happened", i.Nature, "What may come of it", i.Effects, "What was and will be done", i.Measures, "What people can do", i.Advice)
	if d := i.Decision; d != nil {
		add("decision", "The decision", "", "Risk to people", riskWords[d.Risk], "Proposed was", riskWords[d.Proposed], "Why", d.Why, "By", names(d.By)+", "+law.At(d.At).Words())
	}
	for n, r := range i.Reports {
		title := "The regulator was told"
		if n > 0 {
			title = "The regulator was told more"
		}
		add("told", title, "", "When", law.At(r.At).Words(), "How", r.How, "Why it was late", r.Delay, "To follow", strings.Join(r.Missing, ", "), "Reference", i.Reference)
	}
	for _, p := range i.Passed {
		add("passed", "Told: "+p.To, "", "When", law.At(p.At).Words(), "How", p.How, "Clock", string(p.Clock))
	}
	if e := i.Exception; e != nil {
		add("exception", "People are not told one by one", "UK GDPR Article 34(3).", "Because", string(e.Ground), "Why", e.Why)
	}
	for _, p := range i.Published {
		add("published", "The public was told", "", "Where", p.Where, "When", law.At(p.At).Words(), "In these words", p.Words)
	}
	for _, m := range i.Failed {
		add("failed", "A measure failed", "", "What the notice says", m.Says, "Its owner", m.Owner, "How it failed", m.Why)
	}
	for _, t := range i.Tasks {
		done := ""
		if !t.Done.IsZero() {
			done = law.At(t.Done).Words() + ". " + t.How
		}
		due := ""
		if !t.Due.IsZero() {
			due = t.Due.Words()
		}
		add("task", fmt.Sprintf("Task %d", t.N), "", "What", t.What, "Who", t.Owner, "By", due, "Done", done)
	}
	for _, p := range i.Police {
		add("police", "Reported to "+p.Where, "", "Reference", p.Ref, "When", law.At(p.At).Words(), "What they were told", p.Words)
	}
	var ids []string
	for _, p := range i.Promises {
		ids = append(ids, string(p))
	}
	add("lessons", "Cause and lessons", "", "Cause", i.Cause, "Lessons", i.Lessons, "It bears on", strings.Join(ids, ", "))
	return out
}

// IncidentPeople is a page of whom an incident touches.
func (s staffIncidents) IncidentPeople(ctx context.Context, by console.Staff, number string, f console.PeopleFilter) (console.IncidentPeople, error) {
	only := incident.Everybody
	if f.Untold {
		only = incident.Untold
	}
	file, err := s.d.IncidentFor(ctx, reader(by), number, desk.SeeAffected)
	if err != nil {
		return console.IncidentPeople{}, s.incidentTold(ctx, err)
	}
	some, err := s.d.AffectedFor(ctx, reader(by), number, incident.Some{After: f.After, Limit: peoplePage + 1, Only: only})
	if err != nil {
		return console.IncidentPeople{}, s.incidentTold(ctx, err)
	}
	out := console.IncidentPeople{Number: file.Number, Kind: file.Kind.Title(), Listed: file.People.Listed, Told: file.People.Told}
	if len(some) > peoplePage {
		some = some[:peoplePage]
		out.Next = some[peoplePage-1].N
	}
	for _, p := range some {
		out.People = append(out.People, console.IncidentPerson{N: p.N, Name: p.Name, What: p.Why, Way: p.Way, Letter: p.Letter, Told: p.Told})
	}
	for _, o := range file.Offers {
		out.MayAdd = out.MayAdd || o.Action == incident.Lists && s.d.MayDo(reader(by), desk.HandleIncidents) == nil
	}
	return out, nil
}

// IncidentLooks is who looked at an incident.
func (s staffIncidents) IncidentLooks(ctx context.Context, by console.Staff, number string) ([]console.Look, error) {
	all, err := s.d.IncidentLooks(ctx, reader(by), number)
	if err != nil {
		return nil, s.incidentTold(ctx, err)
	}
	name := accounts{s.d}.names(ctx)
	var out []console.Look
	for _, l := range all {
		page := l.Page
		if l.Refused {
			page = store.RefusedLook + page
		}
		out = append(out, console.Look{By: name(l.By), Page: page, Began: l.Began, Ended: l.Ended, Times: l.Times})
	}
	return out, nil
}

func (s staffIncidents) IncidentRegister(ctx context.Context, by console.Staff, form string) (web.File, error) {
	var b bytes.Buffer
	if err := s.d.WriteIncidents(ctx, &b, "."+form, s.d.SeesSets(reader(by))); err != nil {
		return web.File{}, s.told(ctx, err)
	}
	types := map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "json": "application/json"}
	return web.File{Name: "incidents-" + s.d.Today().String() + "." + form, Type: types[form], Size: int64(b.Len()), Body: io.NopCloser(&b)}, nil
}

// incidentTold is an error as staff should read it.
func (s staffIncidents) incidentTold(ctx context.Context, err error) error {
	var d *desk.Error
	var no *desk.Denied
	switch {
	case errors.As(err, &d) && d.Code == "not-found":
		return web.ErrNotFound
	case errors.As(err, &no):
		return denied(err)
	}
	return s.told(ctx, err)
}

func (s staffIncidents) IncidentAct(ctx context.Context, by console.Staff, number string, of console.ActOf) (console.Act, error) {
	a, f, err := s.find(ctx, by, number, of.ID)
	if err != nil {
		return console.Act{}, err
	}
	out := console.Act{ActOf: of, Name: a.nameFor(&f.Incident), Button: a.button, Does: a.does, Grave: a.grave, Version: f.Version, Once: rand.Text()}
	if number != "" {
		o, ok := a.offered(f.Offers)
		if !ok {
			return out, &web.Refusal{Why: "This cannot be done to the incident as it stands: " + incidentStates[f.State] + ".", Mend: "Look at it again."}
		}
		out.Lacks = needsSaid(o)
	}
	if a.id == "confirm" {
		if s.hours, err = s.d.BreachAgreements(ctx, s.d.Now()); err != nil {
			return out, s.told(ctx, err)
		}
	}
	if a.fields != nil {
		out.Fields = a.fields(s, &f)
	}
	return out, nil
}

// find is an act by its id, with the incident that it is done to.
func (s staffIncidents) find(ctx context.Context, by console.Staff, number, id string) (incidentAct, desk.IncidentFile, error) {
	if number == "" {
		return reportAct(), desk.IncidentFile{}, nil
	}
	for _, a := range incidentActs() {
		if a.id == id {
			f, err := s.d.IncidentFor(ctx, reader(by), number, desk.HandleIncidents)
			return a, f, s.incidentTold(ctx, err)
		}
	}
	return incidentAct{}, desk.IncidentFile{}, web.ErrNotFound
}

func (s staffIncidents) TakeIncident(ctx context.Context, by console.Staff, number string, d console.Doing) (string, string, error) {
	a, f, err := s.find(ctx, by, number, d.ID)
	if err != nil {
		return "", "", err
	}
	on := incident.On{Number: number, By: by.ID, Version: d.Version, Once: d.Once}
	if a.always { // what is true of any version
		on.Version = 0
	}
	to, said, err := a.do(incidentDoing{ctx: ctx, s: s, f: &f, on: on, given: d.Given})
	return to, said, s.incidentTold(ctx, err)
}

func needsSaid(o incident.Offer) []string {
	var out []string
	for _, n := range o.Lacks {
		out = append(out, n.Says())
	}
	return out
}
