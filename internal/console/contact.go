package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tenet/internal/web"
)

// Calls is how staff deal with somebody on the telephone or at the counter: who they are,
// what may be talked about with them, and what is written down.
type Calls interface {
	// Begin is what is asked first.
	Begin(ctx context.Context) (CallStart, error)
	// Look begins the check of a caller, once for each once, and gives its id. It does so
	// whether or not anybody is held who could be meant.
	Look(ctx context.Context, by Staff, once string, given url.Values) (string, error)
	// Call is a call for whoever took it; [web.ErrNotFound] for others, and when it is over.
	Call(ctx context.Context, by Staff, id string) (Call, error)
	// Answer holds what the caller said, by the ids of the questions, against what is held.
	// It is kept nowhere.
	Answer(ctx context.Context, by Staff, id string, said map[string]string) error
	// Note writes down what happened.
	Note(ctx context.Context, by Staff, id, once string, given url.Values) error
	// Correct puts an entry right by another.
	Correct(ctx context.Context, by Staff, id, entry, once string, given url.Values) error
	// Trust records that somebody may act for the person, by their own word in this call;
	// Untrust ends it.
	Trust(ctx context.Context, by Staff, id, once string, given url.Values) error
	Untrust(ctx context.Context, by Staff, id, authority string) error
	// Request is what is known already of a request that the caller makes.
	Request(ctx context.Context, by Staff, id string) (url.Values, error)
	// Finish ends a call.
	Finish(ctx context.Context, by Staff, id string) error
}

// CallStart is what is asked first.
type CallStart struct {
	Say    []string // to be read out before anything else is said
	Groups []FieldGroup
	Once   string
}

// Call is somebody on the telephone.
type Call struct {
	ID     string
	About  string // whom it is about, as the caller said it
	Caller string // who calls, in words
	For    string // once it is passed: the client whose customer it is about, if it is one
	State  string // "open", "passed", or "held": nothing may be said
	// While it is open:
	Questions []CallQuestion
	Left      int // tries that are left
	Again     bool
	// Say is to be read out, or near to it.
	Say []string
	// Once it is passed:
	Lines    []CallLine
	Safety   []CallSafety
	Trusted  []CallTrusted
	Happened []CallEntry
	Hidden   string // why what happened is not shown, if it is not
	Theirs   bool   // the person themselves calls: what may be added and ended is theirs to say
	NoteForm []FormField
	TrustTo  []FormField
	Mend     []FormField
	Once     string
}

// CallQuestion is one that the caller is asked.
type CallQuestion struct {
	ID, Ask string
	Right   bool
}

// CallLine is whether something may be talked about.
type CallLine struct {
	Title, May, Words string // May is "yes", "no" or "may"
}

// CallSafety is where alone somebody may be reached.
type CallSafety struct {
	Only, Never []string
	Why         string
}

// CallTrusted is somebody who may act for the person, or might.
type CallTrusted struct {
	ID, Name, As, May, State string
	Counts                   bool
}

// CallEntry is what happened once.
type CallEntry struct {
	ID                              string
	On                              time.Time
	By, How, With                   string
	Facts, Opinion, Action, Number  string
	Recorded                        string
	Corrects, Corrected, Correcting bool // Correcting: its form stands open
}

const contactAt = "/contact"

func (c *Console) contactRoutes() map[string]page {
	if c.Calls == nil {
		return nil
	}
	return map[string]page{
		"GET " + contactAt:                          c.contactPage,
		"POST " + contactAt:                         c.contactLook,
		"GET " + contactAt + "/{id}":                c.callPage,
		"POST " + contactAt + "/{id}":               c.callAnswer,
		"POST " + contactAt + "/{id}/note":          c.callNote,
		"POST " + contactAt + "/{id}/trust":         c.callTrust,
		"POST " + contactAt + "/{id}/untrust":       c.callUntrust,
		"POST " + contactAt + "/{id}/entry/{entry}": c.callCorrect,
		"POST " + contactAt + "/{id}/request":       c.callRequest,
		"POST " + contactAt + "/{id}/finish":        c.callFinish,
	}
}

func (c *Console) contactPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showContact(w, r, staff, nil, nil)
}

// filled puts what was typed into fields again.
func filled(groups []FieldGroup, typed url.Values, errs web.Errors) []FieldGroup {
	for g := range groups {
		for i := range groups[g].Fields {
			x := &groups[g].Fields[i]
			if _, ok := typed[x.Name]; ok {
				x.Value, x.Chosen = strings.Join(typed[x.Name], "\n"), typed[x.Name]
			}
			groups[g].Folded = groups[g].Folded && (x.Value == "" || x.As == "some") && errs.For(x.Name) == ""
		}
	}
	return groups
}

func (c *Console) showContact(w http.ResponseWriter, r *http.Request, staff Staff, typed url.Values, errs web.Errors) {
	s, err := c.Calls.Begin(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	s.Groups = filled(s.Groups, typed, errs)
	c.show(w, r, staff, "contact", contactAt, web.Page{Title: "Somebody is on the telephone", Errors: errs, Main: s})
}

func (c *Console) contactLook(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	s, err := c.Calls.Begin(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	given, errs := readFields(r.PostForm, IntakeForm{Groups: s.Groups}.fields())
	id := ""
	if len(errs) == 0 {
		if id, err = c.Calls.Look(r.Context(), staff, r.PostForm.Get("once"), given); err != nil {
			if errs = mistakes(err); errs == nil {
				c.pages.Fail(w, r, err)
				return
			}
		}
	}
	if len(errs) > 0 {
		c.showContact(w, r, staff, given, errs)
		return
	}
	http.Redirect(w, r, contactAt+"/"+url.PathEscape(id), http.StatusSeeOther)
}

func (c *Console) callPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showCall(w, r, staff, nil, nil)
}

// showCall shows a call. What the caller said to a question is never shown again.
func (c *Console) showCall(w http.ResponseWriter, r *http.Request, staff Staff, typed url.Values, errs web.Errors) {
	k, err := c.Calls.Call(r.Context(), staff, r.PathValue("id"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	form := func(fields []FormField) []FormField {
		return filled([]FieldGroup{{Fields: fields}}, typed, errs)[0].Fields
	}
	k.NoteForm, k.TrustTo, k.Mend = form(k.NoteForm), form(k.TrustTo), form(k.Mend)
	for i := range k.Happened {
		k.Happened[i].Correcting = k.Happened[i].ID == r.PathValue("entry")
	}
	title := map[string]string{"open": "Ask the caller", "passed": "What you may talk about", "held": "On hold: checking"}[k.State]
	c.show(w, r, staff, "call", contactAt, web.Page{Title: title, Errors: errs, Main: k})
}

func (c *Console) callAnswer(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	said := map[string]string{}
	for name, v := range r.PostForm {
		if id, ok := strings.CutPrefix(name, "said-"); ok && len(v) > 0 && len(v[0]) <= maxTyped {
			said[id] = strings.TrimSpace(v[0])
		}
	}
	if err := c.Calls.Answer(r.Context(), staff, r.PathValue("id"), said); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, callAt(r), http.StatusSeeOther)
}

func callAt(r *http.Request) string { return contactAt + "/" + url.PathEscape(r.PathValue("id")) }

// filledIn reads one of the forms of a call, does it, and says what was done.
func (c *Console) filledIn(w http.ResponseWriter, r *http.Request, staff Staff, said string, fields func(Call) []FormField, do func(once string, given url.Values) error) {
	if !c.form(w, r) {
		return
	}
	k, err := c.Calls.Call(r.Context(), staff, r.PathValue("id"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	given, errs := readFields(r.PostForm, fields(k))
	if len(errs) == 0 {
		if err := do(r.PostForm.Get("once"), given); err != nil {
			if errs = mistakes(err); errs == nil {
				c.pages.Fail(w, r, err)
				return
			}
		}
	}
	if len(errs) > 0 {
		c.showCall(w, r, staff, given, errs)
		return
	}
	c.done(w, r, callAt(r), said)
}

func (c *Console) callNote(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.filledIn(w, r, staff, "It is written down.", func(k Call) []FormField { return k.NoteForm }, func(once string, given url.Values) error {
		return c.Calls.Note(r.Context(), staff, r.PathValue("id"), once, given)
	})
}

func (c *Console) callCorrect(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.filledIn(w, r, staff, "The correction is written down beside what it corrects.", func(k Call) []FormField { return k.Mend }, func(once string, given url.Values) error {
		return c.Calls.Correct(r.Context(), staff, r.PathValue("id"), r.PathValue("entry"), once, given)
	})
}

func (c *Console) callTrust(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.filledIn(w, r, staff, "It is recorded who may act for them.", func(k Call) []FormField { return k.TrustTo }, func(once string, given url.Values) error {
		return c.Calls.Trust(r.Context(), staff, r.PathValue("id"), once, given)
	})
}

func (c *Console) callUntrust(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	if err := c.Calls.Untrust(r.Context(), staff, r.PathValue("id"), r.PostForm.Get("authority")); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, callAt(r), "It is ended from today.")
}

// callRequest shows the form of a request with what is known of it already. Nothing of it
// stands in an address.
func (c *Console) callRequest(w http.ResponseWriter, r *http.Request, staff Staff) {
	if c.Intake == nil {
		c.pages.Problem(w, r, web.NotFound)
		return
	}
	given, err := c.Calls.Request(r.Context(), staff, r.PathValue("id"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	f, err := c.Intake.Form(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	f.Groups = filled(f.Groups, given, nil)
	c.show(w, r, staff, "intake", "/cases", web.Page{Title: "Enter a request", Back: callAt(r), Main: intakeView{IntakeForm: f}})
}

func (c *Console) callFinish(w http.ResponseWriter, r *http.Request, staff Staff) {
	if err := c.Calls.Finish(r.Context(), staff, r.PathValue("id")); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, contactAt, "The call is over. What was needed for it is gone.")
}
