package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tenet/internal/web"
)

// Disclosures is whether something may be given out, and the log of what was.
type Disclosures interface {
	// Recipients are those of the notice.
	Recipients(ctx context.Context) ([]Choice, error)
	// DisclosureForm is what a check for a recipient asks: what would go, whose it is and
	// what is known. web.ErrNotFound where there is no such recipient.
	DisclosureForm(ctx context.Context, to string, given url.Values) (DisclosureForm, error)
	// CheckDisclosure decides, and gives what is to be filled in to record it.
	CheckDisclosure(ctx context.Context, by Staff, to string, given url.Values) (DisclosureAnswer, web.Errors, error)
	// RecordDisclosure writes it into the log, and says so in a sentence.
	RecordDisclosure(ctx context.Context, by Staff, to string, given url.Values) (said string, wrong web.Errors, err error)
	// DisclosureLog is a page of the log.
	DisclosureLog(ctx context.Context, q DisclosureQuery) (DisclosureLog, error)
}

// DisclosureForm is what a check asks.
type DisclosureForm struct {
	Title, Does string // of the recipient
	Fields      []FormField
}

// DisclosureAnswer is what was decided.
type DisclosureAnswer struct {
	Decision  string // "allow", "ask" or "refuse"
	Says      string // "Yes, it may go."
	Fields    []string
	Withheld  []Row
	Reasons   []DisclosureReason
	Unmet     []string
	Mind      []string
	After     []string
	Record    []FormField // what recording it asks; nil where it cannot be recorded
	Overruled bool        // recording it would be against the rules
}

// DisclosureReason is a sentence of the notice or a law that decided.
type DisclosureReason struct{ Words, Clause, Law string }

// DisclosureQuery says which part of the log is looked at.
type DisclosureQuery struct {
	To, From, Until string // days are 2026-11-22
	Before          int64
	// A person; empty fields leave it to the rest.
	Name, Born, Reference string
}

// DisclosureLog is a page of the log, the newest first.
type DisclosureLog struct {
	Recipients []Choice
	Rows       []DisclosureEntry
	Older      int64 // the number to go on before; 0 where there are none
	Wrong      web.Errors
}

// DisclosureEntry is one entry.
type DisclosureEntry struct {
	N                     int64
	On                    time.Time
	To, What, Whose       string
	Why, Rule, By, Notice string
	Against               string // why it went although the rules did not allow it
	Corrected             string // by what, in words
	Unsure                bool   // it may be of somebody else
}

const disclosuresAt = "/disclosures"

func (c *Console) disclosureRoutes() map[string]page {
	if c.Disclosures == nil {
		return nil
	}
	return map[string]page{
		"GET /disclosures":         c.disclosures,
		"POST /disclosures":        c.disclosures, // a person is looked for in no address
		"GET /disclosures/check":   c.checkPage,
		"POST /disclosures/check":  c.checkDisclosure,
		"POST /disclosures/record": c.recordDisclosure,
	}
}

type disclosuresView struct {
	DisclosureLog
	Query             DisclosureQuery
	From, Until, Born FormField
	Next              string
}

func (c *Console) disclosures(w http.ResponseWriter, r *http.Request, staff Staff) {
	r.ParseForm() // the guard has bounded it; what cannot be read is empty
	v := disclosuresView{}
	var wrong web.Errors
	day := func(form url.Values, name, label string) FormField {
		f := FormField{Name: name, Label: label, As: "day"}
		var ok bool
		if f.Value, ok = readDay(form, name); !ok {
			wrong.Add(name, "Enter a real date, such as 27 3 2026")
		}
		return f
	}
	v.From, v.Until, v.Born = day(r.Form, "from", "From"), day(r.Form, "until", "Until"), day(r.PostForm, "born", "Date of birth")
	v.Query = DisclosureQuery{To: r.Form.Get("to"), From: v.From.Value, Until: v.Until.Value, Before: number64(r.Form.Get("before")),
		Name: r.PostForm.Get("name"), Born: v.Born.Value, Reference: r.PostForm.Get("reference")}
	log, err := c.Disclosures.DisclosureLog(r.Context(), v.Query)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v.DisclosureLog = log
	if len(wrong) > 0 { // nothing is shown as if it were what was asked for
		v.Rows, v.Older = nil, 0
		v.Wrong = wrong
	}
	if v.Older > 0 {
		next := r.URL.Query()
		next.Set("before", strconv.FormatInt(v.Older, 10))
		v.Next = disclosuresAt + "?" + next.Encode()
	}
	c.show(w, r, staff, "disclosures", disclosuresAt, web.Page{Title: "What was given out", Main: v, Errors: v.Wrong})
}

type checkView struct {
	To         string
	Recipients []Choice
	Form       *DisclosureForm   // nil until a recipient is chosen
	Answer     *DisclosureAnswer // nil until it is decided
	Given      []web.Link        // what was asked, to be recorded with it: names and values
}

func (c *Console) checkPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showCheck(w, r, staff, r.URL.Query().Get("to"), nil, nil, nil)
}

func (c *Console) checkDisclosure(w http.ResponseWriter, r *http.Request, staff Staff) {
	r.ParseForm()
	to := r.PostForm.Get("to")
	answer, wrong, err := c.Disclosures.CheckDisclosure(r.Context(), staff, to, r.PostForm)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if len(wrong) > 0 {
		c.showCheck(w, r, staff, to, r.PostForm, nil, wrong)
		return
	}
	c.showCheck(w, r, staff, to, r.PostForm, &answer, nil)
}

func (c *Console) recordDisclosure(w http.ResponseWriter, r *http.Request, staff Staff) {
	r.ParseForm()
	to := r.PostForm.Get("to")
	said, wrong, err := c.Disclosures.RecordDisclosure(r.Context(), staff, to, r.PostForm)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if len(wrong) == 0 {
		c.done(w, r, disclosuresAt, said)
		return
	}
	answer, other, err := c.Disclosures.CheckDisclosure(r.Context(), staff, to, r.PostForm)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.showCheck(w, r, staff, to, r.PostForm, &answer, append(wrong, other...))
}

func (c *Console) showCheck(w http.ResponseWriter, r *http.Request, staff Staff, to string, given url.Values, answer *DisclosureAnswer, wrong web.Errors) {
	v := checkView{To: to, Answer: answer}
	var err error
	if v.Recipients, err = c.Disclosures.Recipients(r.Context()); err == nil && to != "" {
		var f DisclosureForm
		f, err = c.Disclosures.DisclosureForm(r.Context(), to, given)
		v.Form = &f
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if answer != nil {
		for _, f := range v.Form.Fields {
			for _, value := range given[f.Name] {
				v.Given = append(v.Given, web.Link{Text: value, Href: f.Name})
			}
		}
	}
	c.show(w, r, staff, "disclosure-check", disclosuresAt, web.Page{Title: "May this be given out?", Main: v, Errors: wrong})
}
