package console

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tenet/internal/web"
)

// Promises is the promise board.
type Promises interface {
	// Promises is every promise of the notice, in its order, as it was last looked at.
	Promises(ctx context.Context) (PromiseBoard, error)
	// Promise is one of them with its history.
	Promise(ctx context.Context, id string) (PromiseFile, error)
	// BrokenPromises is how many are broken, for the head of every page.
	BrokenPromises(ctx context.Context) (int, error)
	// RunPromises asks for all to be looked at now.
	RunPromises(ctx context.Context, by Staff) error
	// Attest keeps somebody's word, with what shows it.
	Attest(ctx context.Context, by Staff, id, evidence string) error
	// PublishPromise signs a promise off for the public, or takes that back.
	PublishPromise(ctx context.Context, by Staff, id string, public bool) error
	// AnswerPromise keeps what the public is told of a promise that is not kept.
	AnswerPromise(ctx context.Context, by Staff, id string, a PromiseAnswer) error
}

// PromiseBoard is how the promises of the notice stand.
type PromiseBoard struct {
	Checked time.Time        // when they were last looked at; zero for never
	Next    time.Time        // when they are looked at next; zero where nobody does
	Running *PromiseProgress // nil where nobody looks now
	Changed []PromiseChange  // in the last run
	Causes  []PromiseCause   // every reason there is, in the order in which they are dealt with
	Rows    []PromiseRow
	Faults  []string // of promises.yaml
}

// PromiseProgress is how far a run has come.
type PromiseProgress struct {
	Since time.Time
	At    string // the table that is read; empty where another process runs it
	Rows  int64
}

// PromiseChange is a promise that stands otherwise than before.
type PromiseChange struct {
	ID, Says, From, To string
	Why                string
}

// PromiseCause is a reason why promises are unproven, and what would mend it.
type PromiseCause struct{ ID, Says, Mend string }

// PromiseRow is a promise as the board shows it.
type PromiseRow struct {
	ID, Says string
	Section  string // of the notice; empty before the first
	Owner    Choice
	Status   string // "kept", "broken", "unproven", "attested", "not-checkable"
	Cause    string // of an unproven one: the id of a PromiseCause
	Figure   string
	Coverage string
	Method   []string
	Why      string
	Mend     string
	Checked  time.Time
	Since    time.Time
	Expires  time.Time // the last day of somebody's word
	Public   bool
	Trend    []PromisePoint // oldest first
}

// PromisePoint is a promise at an earlier run.
type PromisePoint struct {
	On          time.Time
	Status      string
	Good, Total int64
}

// PromiseFile is one promise with all there is of it.
type PromiseFile struct {
	PromiseRow
	Checks  []PromiseCheck
	Attests bool // somebody's word is what shows it
	Every   string
	Answer  *PromiseAnswer
}

// PromiseCheck is one check of a promise and what it found.
type PromiseCheck struct {
	Name, Says string
	With       []PromiseValue // its parameters
	At         string         // where the pack asks for it
	Status     string
	Why        string
	Mend       string
	Method     string
	Figure     string
	Coverage   string
	Gaps       []string
	Notes      []string
	Examples   []string // opaque: a case's number, or a table and a digest of a row's key
	Violations int64
	Rows       int64
	Bytes      int64
	Took       time.Duration
}

// PromiseValue is a parameter of a check.
type PromiseValue struct{ Name, Value string }

// PromiseAnswer is what the public is told of a promise that is not kept.
type PromiseAnswer struct {
	Words, Welsh string
	By           time.Time // the day by which it will be mended
}

// More says that there are more violations than examples.
func (c PromiseCheck) More() bool { return c.Violations > int64(len(c.Examples)) }

func (c *Console) promiseRoutes() map[string]page {
	if c.Promises == nil {
		return nil
	}
	return map[string]page{
		"GET /promises":               c.promises,
		"POST /promises/run":          c.promisesRun,
		"GET /promises/{id}":          c.promise,
		"POST /promises/{id}/attest":  c.promiseAttest,
		"POST /promises/{id}/publish": c.promisePublish,
		"POST /promises/{id}/answer":  c.promiseAnswer,
	}
}

// promiseLink is the board in the menu: it says how many promises are not kept.
func (c *Console) promiseLink(ctx context.Context) web.Link {
	n, err := c.Promises.BrokenPromises(ctx)
	if err != nil {
		c.Log.Error("how many promises are broken cannot be read", "error", err)
	}
	l := web.Link{Text: "Promises", Href: promisesAt}
	if n > 0 {
		l.Text = "Promises: " + web.Count(n, "not kept", "not kept")
	}
	return l
}

const promisesAt = "/promises"

// promiseStatuses are how a promise may stand, what needs somebody first, with their words.
var promiseStatuses = []Choice{{"broken", "Broken"}, {"unproven", "Unproven"}, {"attested", "Attested"}, {"kept", "Kept"}, {"not-checkable", "Not checkable"}}

func statusWords(id string) string {
	for _, s := range promiseStatuses {
		if s.ID == id {
			return s.Text
		}
	}
	return id
}

type promisesView struct {
	PromiseBoard
	Counts                        []promiseCount
	Causes                        []promiseCause
	Burn                          *PromiseBars
	Chosen                        int           // how many the filter leaves
	Broken                        []PromiseRow  // of those
	Parts                         []promisePart // the rest, in the order of the notice
	Status, Section, Owner, Cause string        // of the filter
	Statuses, Sections, Owners    []Choice
	Reasons                       []Choice
	Narrowed                      bool
}

type promiseCount struct {
	Choice
	N int
}

// promisePart is what a section of the notice promises, but for what is broken.
type promisePart struct {
	Name string
	Rows []PromiseRow // what needs somebody first
}

// Says is how the promises of a section stand: "2 unproven, 5 kept".
func (p promisePart) Says() string {
	var out []string
	for _, s := range promiseStatuses {
		n := 0
		for _, row := range p.Rows {
			if row.Status == s.ID {
				n++
			}
		}
		if n > 0 {
			out = append(out, strconv.Itoa(n)+" "+strings.ToLower(s.Text))
		}
	}
	return strings.Join(out, ", ")
}

type promiseCause struct {
	PromiseCause
	N    int
	Href string
}

func (c *Console) promises(w http.ResponseWriter, r *http.Request, staff Staff) {
	b, err := c.Promises.Promises(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if b.Running != nil {
		w.Header().Set("Refresh", "5")
	}
	q := r.URL.Query()
	v := promisesView{PromiseBoard: b, Status: q.Get("status"), Section: q.Get("section"), Owner: q.Get("owner"), Cause: q.Get("cause"), Statuses: promiseStatuses}
	v.Narrowed = v.Status+v.Section+v.Owner+v.Cause != ""
	byStatus, byCause := map[string]int{}, map[string]int{}
	for _, p := range b.Rows {
		byStatus[p.Status]++
		byCause[p.Cause]++
		v.Sections = addChoice(v.Sections, Choice{p.Section, p.Section})
		v.Owners = addChoice(v.Owners, p.Owner)
		if fits(v.Status, p.Status) && fits(v.Section, p.Section) && fits(v.Owner, p.Owner.ID) && fits(v.Cause, p.Cause) {
			v.add(p)
		}
	}
	for _, s := range promiseStatuses {
		v.Counts = append(v.Counts, promiseCount{s, byStatus[s.ID]})
	}
	for _, part := range v.Parts {
		slices.SortStableFunc(part.Rows, func(x, y PromiseRow) int { return cmp.Compare(standing(x.Status), standing(y.Status)) })
	}
	for _, x := range b.Causes {
		if n := byCause[x.ID]; n > 0 {
			v.Causes = append(v.Causes, promiseCause{x, n, promisesAt + "?cause=" + url.QueryEscape(x.ID)})
			v.Reasons = append(v.Reasons, Choice{x.ID, upperFirst(x.Says)})
		}
	}
	v.Burn = newPromiseBars(v.Causes)
	c.show(w, r, staff, "promises", promisesAt, web.Page{Title: "Promises", Main: v})
}

// add puts a promise where the board shows it: what is broken first, the rest by the
// section of the notice that it stands in.
func (v *promisesView) add(p PromiseRow) {
	v.Chosen++
	if p.Status == "broken" {
		v.Broken = append(v.Broken, p)
		return
	}
	name := p.Section
	if name == "" {
		name = "Before the first section"
	}
	i := slices.IndexFunc(v.Parts, func(x promisePart) bool { return x.Name == name })
	if i < 0 {
		i, v.Parts = len(v.Parts), append(v.Parts, promisePart{Name: name})
	}
	v.Parts[i].Rows = append(v.Parts[i].Rows, p)
}

// standing is the place of a status in the order in which they are dealt with.
func standing(status string) int {
	return slices.IndexFunc(promiseStatuses, func(s Choice) bool { return s.ID == status })
}

// fits says whether a value is what a filter asks for.
func fits(wanted, is string) bool { return wanted == "" || wanted == is }

func addChoice(list []Choice, c Choice) []Choice {
	if c.ID == "" || slices.Contains(list, c) {
		return list
	}
	return append(list, c)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (c *Console) promisesRun(w http.ResponseWriter, r *http.Request, staff Staff) {
	if err := c.Promises.RunPromises(r.Context(), staff); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, promisesAt, "The promises are being looked at. This page shows how far that has come.")
}

func promiseAt(id string) string { return promisesAt + "/" + url.PathEscape(id) }

type promiseView struct {
	PromiseFile
	At       string
	Strip    *PromiseStrip
	Evidence string // as it was typed
	Typed    PromiseAnswer
	Day      [3]string
	MayAct   bool
}

func (c *Console) promise(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showPromise(w, r, staff, promiseView{}, nil)
}

// showPromise shows a promise, with what was typed into its forms and what is wrong there.
func (c *Console) showPromise(w http.ResponseWriter, r *http.Request, staff Staff, v promiseView, errs web.Errors) {
	var err error
	if v.PromiseFile, err = c.Promises.Promise(r.Context(), r.PathValue("id")); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v.At, v.Strip = promiseAt(v.ID), newPromiseStrip(v.Trend)
	v.MayAct = c.Gate.Admit(r.Context(), staff, Ask{Duty: Release}) == nil
	if v.Answer != nil && v.Typed == (PromiseAnswer{}) && errs == nil {
		v.Typed, v.Day = *v.Answer, dayParts(v.Answer.By)
	}
	c.show(w, r, staff, "promise", promisesAt, web.Page{Title: v.Says, Back: promisesAt, Errors: errs, Main: v})
}

func dayParts(t time.Time) [3]string {
	if t.IsZero() {
		return [3]string{}
	}
	t = t.In(web.London)
	return [3]string{t.Format("2"), t.Format("1"), t.Format("2006")}
}

func (c *Console) promiseAttest(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	evidence := strings.TrimSpace(r.PostForm.Get("evidence"))
	var errs web.Errors
	if len(strings.Fields(evidence)) < 3 {
		errs.Add("evidence", "Say what shows it, in a few words")
	}
	if len(evidence) > 4096 {
		errs.Add("evidence", "Say it in fewer words")
	}
	if errs != nil {
		c.showPromise(w, r, staff, promiseView{Evidence: evidence}, errs)
		return
	}
	id := r.PathValue("id")
	if err := c.Promises.Attest(r.Context(), staff, id, evidence); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, promiseAt(id), "It is on record. The promise says so once it is looked at again.")
}

func (c *Console) promisePublish(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	id, public := r.PathValue("id"), r.PostForm.Get("public") == "yes"
	if err := c.Promises.PublishPromise(r.Context(), staff, id, public); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	said := "The public no longer sees how this promise is kept."
	if public {
		said = "The public now sees how this promise is kept."
	}
	c.done(w, r, promiseAt(id), said)
}

func (c *Console) promiseAnswer(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	f := r.PostForm
	v := promiseView{Typed: PromiseAnswer{Words: strings.TrimSpace(f.Get("words")), Welsh: strings.TrimSpace(f.Get("welsh"))}, Day: [3]string{f.Get("by-day"), f.Get("by-month"), f.Get("by-year")}}
	var errs web.Errors
	switch n := len(v.Typed.Words); {
	case n == 0:
		errs.Add("words", "Say what you will do, as the public will read it")
	case n > 1000:
		errs.Add("words", "Say it in fewer words")
	}
	if len(v.Typed.Welsh) > 1000 {
		errs.Add("welsh", "Say it in fewer words")
	}
	day, err := time.ParseInLocation("2-1-2006", strings.TrimSpace(v.Day[0])+"-"+strings.TrimSpace(v.Day[1])+"-"+strings.TrimSpace(v.Day[2]), web.London)
	if err != nil || day.Before(c.Now().AddDate(0, 0, -1)) {
		errs.Add("by", "Give a day that has not passed, such as 31 "+c.Now().AddDate(0, 2, 0).Format("1 2006"))
	}
	if errs != nil {
		c.showPromise(w, r, staff, v, errs)
		return
	}
	v.Typed.By = day
	id := r.PathValue("id")
	if err := c.Promises.AnswerPromise(r.Context(), staff, id, v.Typed); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, promiseAt(id), "The public reads it where the promise is signed off.")
}

// caseNumber is an example that is a case, which can be opened.
var caseNumber = regexp.MustCompile(`^[A-Z]{2,5}-[0-9]{4}-[0-9]{3,}$`)

func promiseFuncs() template.FuncMap {
	return template.FuncMap{
		"statusWords": statusWords,
		"caseLink": func(example string) string {
			if caseNumber.MatchString(example) {
				return "/cases/" + example
			}
			return ""
		},
		"promiseAt": promiseAt,
		"strip":     newPromiseStrip,
		"took":      took,
		"many":      func(n int64) string { return web.Thousands(int(n)) },
	}
}
