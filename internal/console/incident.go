package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tenet/internal/web"
)

// Incidents is what went wrong, and what staff do about it. Like cases it says what can
// be done now; the console offers nothing that it does not.
type Incidents interface {
	// Incidents lists what is open, or all.
	Incidents(ctx context.Context, by Staff, all bool) (IncidentList, error)
	// Incident is one of them, with all that stands in it.
	Incident(ctx context.Context, by Staff, number string) (IncidentFile, error)
	// IncidentAct is one thing that can be done; an empty number is a new report.
	IncidentAct(ctx context.Context, by Staff, number string, of ActOf) (Act, error)
	// TakeIncident does it, and says in a sentence what was done, and to which incident.
	TakeIncident(ctx context.Context, by Staff, number string, d Doing) (incident, said string, err error)
	// IncidentRegister is the register as a file, by its ending: "csv", "xlsx", "json".
	IncidentRegister(ctx context.Context, form string) (web.File, error)
}

// IncidentForms are the files that the register can be had as, by ending.
func IncidentForms() []string { return []string{"csv", "xlsx", "json"} }

// IncidentList is the list, and figures of all of them.
type IncidentList struct {
	Rows   []IncidentRow
	Months []Amount // how many were reported in each, the last twelve
	Kinds  []Amount
}

// IncidentRow is a line of the list.
type IncidentRow struct {
	Number, Kind, State, Risk string
	Opened                    time.Time
	Clock                     *IncidentClock // the next to be up; nil where none runs
}

// IncidentClock is a time that runs, in hours.
type IncidentClock struct {
	Title   string
	Due     string // in words: it is an instant
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
	People              []IncidentPerson
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

// IncidentPerson is somebody whom it touches.
type IncidentPerson struct {
	N                 int64
	Name, Way, Letter string
	Told              time.Time
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
		"GET /incidents/{incident}/do/{act}":  c.incidentActPage,
		"POST /incidents/{incident}/do/{act}": c.incidentAct,
	}
}

const incidentsAt = "/incidents"

type incidentsView struct {
	IncidentList
	All            bool
	Monthly, Kinds *Chart
}

func (c *Console) incidents(w http.ResponseWriter, r *http.Request, staff Staff) {
	all := r.URL.Query().Get("show") == "all"
	list, err := c.Incidents.Incidents(r.Context(), staff, all)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := incidentsView{IncidentList: list, All: all, Monthly: newBars(list.Months, 1), Kinds: newBars(list.Kinds, 1)}
	c.show(w, r, staff, "incidents", incidentsAt, web.Page{Title: "Incidents", Main: v})
}

func (c *Console) incidentRegister(w http.ResponseWriter, r *http.Request, _ Staff) {
	form := r.URL.Query().Get("form")
	if !slices.Contains(IncidentForms(), form) {
		c.pages.Problem(w, r, web.NotFound)
		return
	}
	f, err := c.Incidents.IncidentRegister(r.Context(), form)
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
		c.pages.Fail(w, r, err)
		return
	}
	p := web.Page{Title: f.Number, Back: incidentsAt, Main: f}
	if title != "" {
		p.Title, p.Back = f.Number+": "+title, f.At()
	}
	c.show(w, r, staff, name, incidentsAt, p)
}

// At is the address of the incident.
func (f IncidentFile) At() string { return incidentsAt + "/" + url.PathEscape(f.Number) }

// Groups are the offers by what they are about.
func (f IncidentFile) Groups() []offerGroup { return CaseFile{Offers: f.Offers}.Groups() }

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
		c.pages.Fail(w, r, err)
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
		c.pages.Fail(w, r, err)
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
			c.done(w, r, incidentsAt+"/"+url.PathEscape(to), said)
			return
		}
		if len(errs) == 0 {
			c.pages.Fail(w, r, err)
			return
		}
	}
	c.showIncidentAct(w, r, staff, typed, errs)
}
