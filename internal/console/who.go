package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tenet/internal/web"
)

// People is who is who: which records are one person's, where the program is not
// sure or a person knows better.
type People interface {
	// Who is what the answer of a case rests on: the records taken for the person's,
	// and those that may be.
	Who(ctx context.Context, number string) (Who, error)
	// Same notes that a record is, or is not, the person's of a case, and searches
	// again with it.
	Same(ctx context.Context, by Staff, number string, d SameDecision) error
	// SameDecisions is what was decided, newest first, about anybody.
	SameDecisions(ctx context.Context) ([]SameDecision, error)
	// UndoSame takes back what was decided of two records last. What was decided
	// before counts again.
	UndoSame(ctx context.Context, by Staff, a, b string) error
}

// Who is what the answer of a case rests on.
type Who struct {
	Records  []string // the person's own, by id
	Possible []PossibleRecord
}

// PossibleRecord is a record that may be the person's.
type PossibleRecord struct {
	ID            string
	Source, Table string
	Key           string
	Name          string
	Percent       int      // how likely it is the person's
	Why           []string // the working, in words
}

// SameDecision is what a person decided of two records.
type SameDecision struct {
	A, B   string // ids; A is empty where the case says who is meant
	Same   bool
	Reason string
	By     string
	On     string // set by the desk
}

func (c *Console) whoRoutes() map[string]page {
	if c.People == nil {
		return nil
	}
	return map[string]page{
		"GET /cases/{number}/who":  c.whoPage,
		"POST /cases/{number}/who": c.whoDecide,
		"GET /who":                 c.whoDecisions,
		"POST /who/undo":           c.whoUndo,
	}
}

type whoView struct {
	caseView
	Who
	Failed SameDecision // what was typed in a decision that could not be taken
}

func (c *Console) whoPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showWho(w, r, staff, SameDecision{}, nil)
}

func (c *Console) showWho(w http.ResponseWriter, r *http.Request, staff Staff, failed SameDecision, errs web.Errors) {
	v, ok := c.headOf(w, r)
	if !ok {
		return
	}
	who, err := c.People.Who(r.Context(), v.Number)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "who", "/cases", web.Page{Title: v.Number + ": who is who", Errors: errs, Main: whoView{v, who, failed}})
}

func (c *Console) whoDecide(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	answer := r.PostForm.Get("answer")
	d := SameDecision{B: r.PostForm.Get("record"), Same: answer == "same", Reason: strings.TrimSpace(r.PostForm.Get("reason"))}
	var errs web.Errors
	if !slices.Contains([]string{"same", "different"}, answer) {
		errs.Add("record-"+d.B, "Choose whether the record is theirs")
	}
	switch {
	case d.Reason == "":
		errs.Add("record-"+d.B, "Say how you know, in a sentence: the reason is kept with the decision")
	case len(d.Reason) > maxReason:
		errs.Add("record-"+d.B, "Say how you know in fewer words")
	}
	if len(errs) > 0 {
		c.showWho(w, r, staff, d, errs)
		return
	}
	number := r.PathValue("number")
	if err := c.People.Same(r.Context(), staff, number, d); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	said := "The record is somebody else's, and stays out of the answer."
	if d.Same {
		said = "The record is theirs. The search was made again with it."
	}
	c.done(w, r, "/cases/"+url.PathEscape(number)+"/who", said)
}

func (c *Console) whoDecisions(w http.ResponseWriter, r *http.Request, staff Staff) {
	list, err := c.People.SameDecisions(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "who-decisions", "/who", web.Page{Title: "Who is who", Main: list})
}

func (c *Console) whoUndo(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	if err := c.People.UndoSame(r.Context(), staff, r.PostForm.Get("a"), r.PostForm.Get("b")); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, "/who", "The decision is taken back. Answers made with it are not changed until they are searched again.")
}
