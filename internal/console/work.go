package console

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tenet/internal/web"
)

// Work is what staff do in cases of every kind, one step at a time. It says what can
// be done now and what would come of it; the console offers nothing that it does not.
type Work interface {
	// File is what stands in a case beside its head.
	File(ctx context.Context, by Staff, number string) (CaseFile, error)
	// Act is one thing that can be done in a case now.
	Act(ctx context.Context, by Staff, number string, of ActOf) (Act, error)
	// Take takes a step, and says in a sentence what was done. An error that is a
	// [*Mistake] is shown beside the field it is about.
	Take(ctx context.Context, by Staff, number string, d Doing) (string, error)
	// Tasks lists the tasks of one case, or of all.
	Tasks(ctx context.Context, by Staff, q TaskQuery) ([]Task, error)
}

// CaseFile is what stands in a case beside its head.
type CaseFile struct {
	Clocks      []CaseClock // the one that is up next first
	Offers      []Offer
	Panels      []Panel // who acts for the person, where they are safe to reach, …
	Open        int     // tasks that are not finished
	Late        int     // of them, those that are overdue
	Spent       string  // staff time, in words
	Limit       *CostLimit
	Similar     []SimilarCase
	Letters     []LetterRow  // the last, the newest first
	MoreLetters bool         // there are others before them
	Disclosures []Disclosure // of this case, the newest first
	Earlier     []Disclosure // of others that may be the same person's
}

// CaseClock is one of the clocks of a case.
type CaseClock struct {
	Clock
	Front bool      // it is the next to be up
	Met   time.Time // when what it asks for was done; zero while it runs
	Waits []string  // what is awaited
}

// Offer is something that can be done in a case.
type Offer struct {
	Group string // "The person", "The clock", …
	Name  string // as the button says it
	Href  string
	Lacks []string // what must be done first, or why it may not be; empty if it may be done at once
	Main  bool     // the next thing to do; at most one of them is
}

// Panel is something known of a case, in rows.
type Panel struct {
	ID, Title string
	Says      string // in a sentence
	Warn      bool
	Rows      []Row
}

// Row is a name and what it says.
type Row struct{ Name, Says string }

// CostLimit is how near a case is to the limit of cost of its kind.
type CostLimit struct {
	Says    string // "2 hours 30 minutes of 18 hours"
	Over    bool
	Percent int
	Cite    string
}

// SimilarCase is another case that may be the same person's.
type SimilarCase struct {
	Number, Kind, State string
	Repeat              string // how the request stands to it, in words
	Shared              int    // by how many identifiers they were found together
}

// Disclosure is one release of personal data.
type Disclosure struct {
	On     time.Time
	Number string // of the case
	What   string // "191 records of 3 systems, sealed as 7c1e0a95"
	To     string // whom it went to
	Way    string // how
	Why    string
	Basis  string // where the right or duty stands
	By     string
	Entry  int64 // of the ledger; -1 until it is there
}

// ActOf names an act, and what it is of where there are several: a task, an outcome.
type ActOf struct{ ID, Of string }

// Act is one thing that can be done in a case.
type Act struct {
	ActOf
	Name    string   // "Ask what is meant"
	Button  string   // "Record the question"
	Does    []string // what will happen, a sentence each
	Needs   []string // what has to be given or done with it
	Lacks   []string // what must be done first: while there is any it cannot be taken
	Grave   bool     // it cannot simply be taken back
	Fields  []FormField
	Ifs     []If
	Version int64  // of the case that was looked at
	Once    string // names this doing, so that it is done once however often it is sent
	// Letter says that it can send a letter, which is looked at first; Only that it cannot
	// be without one; Send is the button that sends it.
	Letter, Only bool
	Send         string
	Keeps        bool // what is filled in can be kept, to go on with later
}

// If is what a step would do to the clock.
type If struct {
	When string    // "You ask today, and hear in a week"
	Due  time.Time // the answer is due then; zero where nothing is
	Says string    // in words, where there is no date
}

// FormField is one thing to fill in.
type FormField struct {
	Name, Label, Hint string
	As                string // "day", "line", "words", "number", "one", "choose" (one of many) or "some" of Options
	Must              bool
	Value             string   // as it was typed; a day is 2026-11-22
	Chosen            []string // of Options
	Options           []Option
	Lack              string // what to say where it must not be left empty and is; empty says just that
}

// Option is one of several to choose.
type Option struct{ ID, Text, Hint string }

// Has says whether an option is chosen.
func (f FormField) Has(id string) bool { return slices.Contains(f.Chosen, id) }

// given says whether it has an answer.
func (f FormField) given() bool { return f.Value != "" || len(f.Chosen) > 0 }

// Short says whether the options are so few and short that they stand beside each other.
func (f FormField) Short() bool {
	n := 0
	for _, o := range f.Options {
		n += len(o.Text)
		if o.Hint != "" {
			return false
		}
	}
	return len(f.Options) <= 3 && n <= 20
}

// Doing is a step as somebody takes it.
type Doing struct {
	ActOf
	Version int64
	Once    string
	Given   url.Values // by field; days are 2026-11-22
	// Letter says that its letter is to be sent, with other words for some of its Blocks,
	// by their names.
	Letter bool
	Blocks map[string]string
}

// Mistake is something to mend in one field.
type Mistake struct{ Field, Text string }

func (m *Mistake) Error() string { return m.Text }

func (c *Console) workRoutes() map[string]page {
	if c.Work == nil {
		return nil
	}
	return map[string]page{
		"GET /cases/tasks":              c.allTasks,
		"GET /cases/{number}/tasks":     c.caseTasks,
		"GET /cases/{number}/do/{act}":  c.actPage,
		"POST /cases/{number}/do/{act}": c.act,
	}
}

type actView struct {
	caseView
	Act Act
}

func actOf(r *http.Request) ActOf {
	return ActOf{r.PathValue("act"), r.FormValue("of")}
}

func (c *Console) actPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showAct(w, r, staff, url.Values{}, nil)
}

// showAct shows what a step would do, with what was typed already.
func (c *Console) showAct(w http.ResponseWriter, r *http.Request, staff Staff, typed url.Values, errs web.Errors) {
	v, ok := c.headOf(w, r)
	if !ok {
		return
	}
	s, err := c.Work.Act(r.Context(), staff, v.Number, actOf(r))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		if given, is := typed[f.Name]; is {
			if f.As == "one" || f.As == "some" || f.As == "choose" {
				f.Chosen = given
			} else {
				f.Value = strings.Join(given, "\n")
			}
		}
	}
	if len(errs) > 0 && typed.Get("once") != "" {
		s.Once = typed.Get("once")
	}
	c.show(w, r, staff, "act", "/cases", web.Page{Title: s.Name + ": " + v.Number, Back: v.At(), Errors: errs, Main: actView{v, s}})
}

func (c *Console) act(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	number := r.PathValue("number")
	s, err := c.Work.Act(r.Context(), staff, number, actOf(r))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	given, errs := readFields(r.PostForm, s.Fields)
	typed := maps.Clone(given)
	typed.Set("once", r.PostForm.Get("once"))
	d := Doing{ActOf: s.ActOf, Version: number64(r.PostForm.Get("version")), Once: r.PostForm.Get("once"), Given: given}
	if s.Keeps && c.Letters != nil && r.PostForm.Get("go") == "keep" {
		c.keepReply(w, r, staff, typed, d)
		return
	}
	if len(errs) > 0 {
		c.showAct(w, r, staff, typed, errs)
		return
	}
	if c.letterFirst(w, r, staff, s, &d) {
		return
	}
	said, err := c.Work.Take(r.Context(), staff, number, d)
	if errs := mistakes(err); len(errs) > 0 {
		c.showAct(w, r, staff, typed, errs)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	to := "/cases/" + url.PathEscape(number)
	if s.Of != "" && s.ID != "answer" { // a task
		to += "/tasks"
	}
	c.done(w, r, to, said)
}

// mistakes is what a person can mend of an error, to be shown with what they typed.
func mistakes(err error) web.Errors {
	var (
		errs   web.Errors
		wrong  *Mistake
		refuse *web.Refusal
	)
	switch {
	case errors.As(err, &wrong):
		errs.Add(wrong.Field, wrong.Text)
	case errors.As(err, &refuse):
		errs.Add("take", strings.TrimSpace(refuse.Why+" "+refuse.Mend))
	}
	return errs
}

const maxTyped = 10_000 // bytes of one field

// readFields reads what was filled in, and says what is to be mended.
func readFields(form url.Values, fields []FormField) (url.Values, web.Errors) {
	given := url.Values{}
	var errs web.Errors
	for _, f := range fields {
		switch f.As {
		case "day":
			day, ok := readDay(form, f.Name)
			switch {
			case !ok:
				errs.Add(f.Name, f.Label+": enter a real date, such as 23 11 2026")
			case day == "" && f.Must:
				errs.Add(f.Name, f.Label+": enter the date")
			}
			given.Set(f.Name, day)
		case "one", "some", "choose":
			said := slices.DeleteFunc(slices.Clone(form[f.Name]), func(x string) bool { return x == "" })
			for _, x := range said {
				if slices.ContainsFunc(f.Options, func(o Option) bool { return o.ID == x }) {
					given.Add(f.Name, x)
				}
			}
			switch n := len(given[f.Name]); {
			case n == 0 && f.Must, n != len(said):
				errs.Add(f.Name, f.Label+": choose from the list")
			case n > 1 && f.As != "some":
				errs.Add(f.Name, f.Label+": choose one")
			}
		default:
			said := strings.TrimSpace(strings.ReplaceAll(form.Get(f.Name), "\r\n", "\n"))
			given.Set(f.Name, said)
			switch {
			case said == "" && f.Must:
				errs.Add(f.Name, cmp.Or(f.Lack, f.Label+": this cannot be left empty"))
			case len(said) > maxTyped:
				errs.Add(f.Name, f.Label+": say it in fewer words")
			}
		}
	}
	return given, errs
}

// readDay is a date of three fields as 2026-11-22; the month may be a word. Where the
// date is no date it is what was typed. Nothing filled in is no date, and is right.
func readDay(form url.Values, name string) (string, bool) {
	d, m, y := strings.TrimSpace(form.Get(name+"-day")), strings.TrimSpace(form.Get(name+"-month")), strings.TrimSpace(form.Get(name+"-year"))
	if d+m+y == "" {
		return "", true
	}
	for _, layout := range []string{"2006-1-2", "2006-Jan-2", "2006-January-2"} {
		month := m
		if m != "" {
			month = strings.ToUpper(m[:1]) + strings.ToLower(m[1:])
		}
		if t, err := time.Parse(layout, y+"-"+month+"-"+strings.TrimLeft(d, "0")); err == nil {
			return t.Format(time.DateOnly), true
		}
		if t, err := time.Parse(layout, y+"-"+strings.TrimLeft(m, "0")+"-"+strings.TrimLeft(d, "0")); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return y + "-" + m + "-" + d, false
}

// Date is the three parts of a day, to fill in again what was typed.
func (f FormField) Date() (parts [3]string) {
	y, rest, _ := strings.Cut(f.Value, "-")
	m, d, _ := strings.Cut(rest, "-")
	return [3]string{strings.TrimLeft(d, "0"), strings.TrimLeft(m, "0"), y}
}

// offerGroup is what can be done about one thing.
type offerGroup struct {
	Name   string
	Offers []Offer
}

// Groups are the offers by what they are about.
func (f CaseFile) Groups() []offerGroup { return groupOffers(f.Offers) }

func groupOffers(list []Offer) []offerGroup {
	var out []offerGroup
	for _, o := range list {
		i := slices.IndexFunc(out, func(g offerGroup) bool { return g.Name == o.Group })
		if i < 0 {
			i, out = len(out), append(out, offerGroup{Name: o.Group})
		}
		out[i].Offers = append(out[i].Offers, o)
	}
	for i := range out { // what can be done at once comes first
		slices.SortStableFunc(out[i].Offers, func(a, b Offer) int { return cmp.Compare(min(len(a.Lacks), 1), min(len(b.Lacks), 1)) })
	}
	return out
}

// offersView is what can be done: the next thing, and the rest by stage.
type offersView struct {
	Main   *Offer // nil where none comes before the others
	Groups []offerGroup
}

func newOffersView(list []Offer) offersView {
	var v offersView
	var rest []Offer
	for _, o := range list {
		if o.Main && v.Main == nil {
			v.Main = &o
			continue
		}
		rest = append(rest, o)
	}
	v.Groups = groupOffers(rest)
	return v
}
