package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tenet/internal/web"
)

// Incidents is what went wrong, and what staff do about it. Like cases it says what can
// be done now; the console offers nothing that it does not.
type Incidents interface {
	// Incidents is a page of the list, with figures of all of them.
	Incidents(ctx context.Context, by Staff, f IncidentFilter) (IncidentList, error)
	// Incident is one of them, with all that stands in it but who the people are.
	Incident(ctx context.Context, by Staff, number string) (IncidentFile, error)
	// IncidentPeople is a page of whom it touches.
	IncidentPeople(ctx context.Context, by Staff, number string, f PeopleFilter) (IncidentPeople, error)
	// IncidentLooks is who looked at it.
	IncidentLooks(ctx context.Context, by Staff, number string) ([]Look, error)
	// IncidentAct is one thing that can be done; an empty number is a new report.
	IncidentAct(ctx context.Context, by Staff, number string, of ActOf) (Act, error)
	// TakeIncident does it, and says in a sentence what was done, and to which incident.
	TakeIncident(ctx context.Context, by Staff, number string, d Doing) (incident, said string, err error)
	// IncidentRegister is the register as a file, by its ending: "csv", "xlsx", "json".
	IncidentRegister(ctx context.Context, by Staff, form string) (web.File, error)
}

// IncidentFilter chooses a page of the list.
type IncidentFilter struct {
	All   bool   // closed ones too
	Kind  string // empty is every kind
	After string // the number of the last one of the page before
}

// PeopleFilter chooses a page of whom an incident touches.
type PeopleFilter struct {
	After  int64 // the number on the list of the last one of the page before
	Untold bool  // only those who were not told yet
}

// IncidentForms are the files that the register can be had as, by ending.
func IncidentForms() []string { return []string{"csv", "xlsx", "json"} }

// IncidentList is the list, and figures of all of them.
type IncidentList struct {
	Rows   []IncidentRow
	Next   string   // After of the next page; empty if this is the last
	Months []Amount // how many were reported in each, the last twelve
	Kinds  []Amount
	Sorts  []Choice // the kinds there are, to choose from
}

// IncidentRow is a line of the list.
type IncidentRow struct {
	Number, Kind, State, Risk string
	Opened                    time.Time
	Clock                     *IncidentClock // the next to be up; nil where none runs
}

// IncidentClock is a time that runs, in hours.
type IncidentClock struct {
	ID      string
	Title   string
	Tell    string // whom, and how to reach them; may be empty
	Due     string // in words: it is an instant; empty where there are no hours
	Left    string // "31 hours left"
	Urgency string // "late", "soon" or "calm"
	Met     time.Time
	Cite    string
	Working []string
}

// IncidentFile is an incident with all that stands in it.
type IncidentFile struct {
	Number, Kind, State string
	What, Message       string
	Clocks              []IncidentClock
	Offers              []Offer
	Panels              []Panel
	Proposal            *IncidentProposal
	Listed, Told        int // people
	History             []IncidentStep
	Report              []ReportElement
	Missing             int    // elements of the report that the law asks for
	Warning             string // a draft for the site
	Method              string // of the assessment
}

// IncidentProposal is what an assessment comes to.
type IncidentProposal struct {
	Says    string
	Lines   []Row
	Unknown []string
}

// IncidentPeople is a page of whom an incident touches.
type IncidentPeople struct {
	Number, Kind string
	Listed, Told int
	People       []IncidentPerson
	Next         int64 // After of the next page; 0 if this is the last
	MayAdd       bool
}

// IncidentPerson is somebody whom it touches.
type IncidentPerson struct {
	N                       int64
	Name, What, Way, Letter string
	Told                    time.Time
}

// IncidentStep is something that was done.
type IncidentStep struct {
	At             time.Time
	By, Did, Words string
}

// ReportElement is something that the regulator is told.
type ReportElement struct {
	Title, Cite, Says string
	Missing           bool
}

func (c *Console) incidentRoutes() map[string]page {
	if c.Incidents == nil {
		return nil
	}
	return map[string]page{
		"GET /incidents":                      c.incidents,
		"GET /incidents/export":               c.incidentRegister,
		"GET /incidents/new":                  c.incidentActPage,
		"POST /incidents/new":                 c.incidentAct,
		"GET /incidents/{incident}":           c.incident,
		"GET /incidents/{incident}/report":    c.incidentReport,
		"GET /incidents/{incident}/people":    c.incidentPeople,
		"GET /incidents/{incident}/looks":     c.incidentLooks,
		"GET /incidents/{incident}/do/{act}":  c.incidentActPage,
		"POST /incidents/{incident}/do/{act}": c.incidentAct,
	}
}

const incidentsAt = "/incidents"

type incidentsView struct {
	IncidentList
	IncidentFilter
	More           string // the address of the next page; empty if this is the last
	Monthly, Kinds *Chart
}

func (c *Console) incidents(w http.ResponseWriter, r *http.Request, staff Staff) {
	q := r.URL.Query()
	f := IncidentFilter{All: q.Get("show") == "all", Kind: q.Get("kind"), After: q.Get("after")}
	list, err := c.Incidents.Incidents(r.Context(), staff, f)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := incidentsView{IncidentList: list, IncidentFilter: f, Monthly: newBars(list.Months, 1), Kinds: newBars(list.Kinds, 1)}
	if list.Next != "" {
		v.More = pageAfter(r.URL, list.Next)
	}
	c.show(w, r, staff, "incidents", incidentsAt, web.Page{Title: "Incidents", Main: v})
}

// pageAfter is the address of the page of a list that goes on after something: filters
// stay as they are.
func pageAfter(at *url.URL, after string) string {
	q := at.Query()
	q.Set("after", after)
	return at.Path + "?" + q.Encode()
}

func (c *Console) incidentRegister(w http.ResponseWriter, r *http.Request, staff Staff) {
	form := r.URL.Query().Get("form")
	if !slices.Contains(IncidentForms(), form) {
		c.pages.Problem(w, r, web.NotFound)
		return
	}
	f, err := c.Incidents.IncidentRegister(r.Context(), staff, form)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if err := web.Send(w, f); err != nil {
		c.Log.Error("a download of the register of incidents broke off", "error", err)
	}
}

func (c *Console) incident(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showIncident(w, r, staff, "incident", "")
}

func (c *Console) incidentReport(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showIncident(w, r, staff, "incident-report", "what the regulator is told")
}

func (c *Console) showIncident(w http.ResponseWriter, r *http.Request, staff Staff, name, title string) {
	f, err := c.Incidents.Incident(r.Context(), staff, r.PathValue("incident"))
	if err != nil {
		c.deny(w, r, staff, err)
		return
	}
	p := web.Page{Title: f.Number, Back: incidentsAt, Main: f}
	if title != "" {
		p.Title, p.Back = f.Number+": "+title, f.At()
	}
	c.show(w, r, staff, name, incidentsAt, p)
}

type incidentPeopleView struct {
	IncidentPeople
	PeopleFilter
	More string
}

// At is the address of the incident.
func (v incidentPeopleView) At() string { return incidentsAt + "/" + url.PathEscape(v.Number) }

func (c *Console) incidentPeople(w http.ResponseWriter, r *http.Request, staff Staff) {
	q := r.URL.Query()
	f := PeopleFilter{After: number64(q.Get("after")), Untold: q.Get("show") == "untold"}
	people, err := c.Incidents.IncidentPeople(r.Context(), staff, r.PathValue("incident"), f)
	if err != nil {
		c.deny(w, r, staff, err)
		return
	}
	v := incidentPeopleView{IncidentPeople: people, PeopleFilter: f}
	if people.Next > 0 {
		v.More = pageAfter(r.URL, strconv.FormatInt(people.Next, 10))
	}
	c.show(w, r, staff, "incident-people", incidentsAt, web.Page{Title: people.Number + ": whom it touches", Back: v.At(), Main: v})
}

type incidentLooksView struct {
	Number string
	Looks  []Look
}

func (c *Console) incidentLooks(w http.ResponseWriter, r *http.Request, staff Staff) {
	number := r.PathValue("incident")
	looks, err := c.Incidents.IncidentLooks(r.Context(), staff, number)
	if err != nil {
		c.deny(w, r, staff, err)
		return
	}
	c.show(w, r, staff, "incident-looks", incidentsAt, web.Page{Title: number + ": who looked", Back: incidentsAt + "/" + url.PathEscape(number), Main: incidentLooksView{number, looks}})
}

// At is the address of the incident.
func (f IncidentFile) At() string { return incidentsAt + "/" + url.PathEscape(f.Number) }

type incidentActView struct {
	Number string // empty for a new report
	At     string // where the form goes
	Back   string
	Act    Act
}

// incidentActOf is which act a request is about; a report has no incident yet.
func incidentActOf(r *http.Request) (number string, of ActOf) {
	number = r.PathValue("incident")
	if number == "" {
		return "", ActOf{ID: "report"}
	}
	return number, actOf(r)
}

func (c *Console) incidentActPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showIncidentAct(w, r, staff, url.Values{}, nil)
}

func (c *Console) showIncidentAct(w http.ResponseWriter, r *http.Request, staff Staff, typed url.Values, errs web.Errors) {
	number, of := incidentActOf(r)
	a, err := c.Incidents.IncidentAct(r.Context(), staff, number, of)
	if err != nil {
		c.deny(w, r, staff, err)
		return
	}
	for i := range a.Fields {
		f := &a.Fields[i]
		if given, is := typed[f.Name]; is {
			if f.As == "one" || f.As == "some" || f.As == "choose" {
				f.Chosen = given
			} else {
				f.Value = strings.Join(given, "\n")
			}
		}
	}
	if len(errs) > 0 && typed.Get("once") != "" {
		a.Once = typed.Get("once")
	}
	v := incidentActView{Number: number, At: incidentsAt + "/new", Back: incidentsAt, Act: a}
	if number != "" {
		v.Back = incidentsAt + "/" + url.PathEscape(number)
		v.At = v.Back + "/do/" + a.ID
	}
	c.show(w, r, staff, "incident-act", incidentsAt, web.Page{Title: strings.TrimSuffix(a.Name+": "+number, ": "), Back: v.Back, Errors: errs, Main: v})
}

func (c *Console) incidentAct(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	number, of := incidentActOf(r)
	a, err := c.Incidents.IncidentAct(r.Context(), staff, number, of)
	if err != nil {
		c.deny(w, r, staff, err)
		return
	}
	given, errs := readFields(r.PostForm, a.Fields)
	typed := url.Values{"once": {r.PostForm.Get("once")}}
	for k, v := range given {
		typed[k] = v
	}
	if len(errs) == 0 {
		d := Doing{ActOf: a.ActOf, Version: number64(r.PostForm.Get("version")), Once: r.PostForm.Get("once"), Given: given}
		to, said, err := c.Incidents.TakeIncident(r.Context(), staff, number, d)
		if errs = mistakes(err); err == nil {
			at := incidentsAt + "/" + url.PathEscape(to)
			if c.Gate.Admit(r.Context(), staff, Ask{Duty: SeeIncidents, Incident: to}) != nil { // whoever reports need not see more
				at = incidentsAt + "/new"
			}
			c.done(w, r, at, said)
			return
		}
		if len(errs) == 0 {
			c.pages.Fail(w, r, err)
			return
		}
	}
	c.showIncidentAct(w, r, staff, typed, errs)
}
