package console

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"tenet/internal/web"
)

// Kept is what Tenet keeps itself: what is over its time, what holds it, and what went.
type Kept interface {
	Kept(ctx context.Context) (Keeping, error)
	// SignKept lets runs delete what is counted of a kind of record, if it is this number.
	SignKept(ctx context.Context, by Staff, record string, number int64) error
	PlaceHold(ctx context.Context, by Staff, given HoldGiven) (wrong web.Errors, err error)
	LiftHold(ctx context.Context, by Staff, id string) error
	// HoldKinds are those that a hold may be of.
	HoldKinds() []Option
	// Certificate is what a run deleted, as text, and when it began.
	Certificate(ctx context.Context, run string) (string, time.Time, error)
}

// Keeping is all of it.
type Keeping struct {
	At      string // when the run of the day is made; empty for never
	Records []KeptRecord
	Runs    []KeptRun // the newest first
	Holds   []KeptHold
}

// Unruled are the records that no rule of the notice gives a period that can be counted.
func (k Keeping) Unruled() []KeptRecord {
	return slices.DeleteFunc(slices.Clone(k.Records), func(r KeptRecord) bool { return r.Lacks == "" })
}

// KeptRecord is one kind of record.
type KeptRecord struct {
	ID, Title, Says, Why, Before string
	Kept, Due                    int64
	Held                         []KeptHeld
	Lacks, Asks, Mend            string
	Signed                       string // when and by whom, last
}

// KeptHeld is why some records stay though their time is over.
type KeptHeld struct {
	Why    string
	Number int64
}

// KeptRun is a run of deletion.
type KeptRun struct {
	ID, At, By string
	Number     int64
	Asks       bool // something waited for a signature
}

// KeptHold is a reason not to delete that somebody placed.
type KeptHold struct {
	ID, Kind, Whose, Why, Since, By, Review string
	Records                                 []string
	Late                                    bool // it was to be looked at again by now
}

// HoldGiven is a hold as somebody filled it in; days are 2026-11-23.
type HoldGiven struct {
	Kind, Name, Born, Reference, Why, Review string
	Everybody                                bool
}

const keepingAt = "/keeping"

// keepRoutes are there where something says what is kept.
func (c *Console) keepRoutes() map[string]page {
	if c.Kept == nil {
		return nil
	}
	return map[string]page{
		"GET /keeping":            c.kept,
		"POST /keeping/sign":      c.keptSign,
		"GET /keeping/hold":       c.holdPage,
		"POST /keeping/hold":      c.hold,
		"POST /keeping/lift":      c.lift,
		"GET /keeping/runs/{run}": c.certificate,
	}
}

func (c *Console) kept(w http.ResponseWriter, r *http.Request, staff Staff) {
	k, err := c.Kept.Kept(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.show(w, r, staff, "keeping", keepingAt, web.Page{Title: "Deleting on schedule", Main: k})
}

func (c *Console) keptSign(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	if err := c.Kept.SignKept(r.Context(), staff, r.PostForm.Get("record"), number64(r.PostForm.Get("number"))); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, keepingAt, "It is signed. The next run deletes them.")
}

func (c *Console) lift(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	if err := c.Kept.LiftHold(r.Context(), staff, r.PostForm.Get("hold")); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, keepingAt, "It holds nothing any more.")
}

func (c *Console) holdFields() []FormField {
	return []FormField{
		{Name: "hold", Label: "What is going on", As: "one", Must: true, Options: c.Kept.HoldKinds()},
		{Name: "about", Label: "Whom is it about?", As: "one", Must: true, Options: []Option{{ID: "one", Text: "One person"}, {ID: "everybody", Text: "Everybody", Hint: "Nothing that Tenet keeps is deleted while it stands."}}},
		{Name: "name", Label: "Their name", As: "line"},
		{Name: "born", Label: "Their date of birth", As: "day"},
		{Name: "reference", Label: "A reference of theirs", As: "line", Hint: "Records are found by what they carry: give what you know."},
		{Name: "why", Label: "In a sentence", As: "words", Must: true, Hint: "It is kept sealed."},
		{Name: "review", Label: "By when is it to be asked whether this is still needed?", As: "day", Must: true},
	}
}

func (c *Console) holdPage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showHold(w, r, staff, c.holdFields(), nil)
}

func (c *Console) showHold(w http.ResponseWriter, r *http.Request, staff Staff, fields []FormField, wrong web.Errors) {
	c.show(w, r, staff, "keeping-hold", keepingAt, web.Page{Title: "Keep something from being deleted", Errors: wrong, Main: fields})
}

func (c *Console) hold(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	fields, given := c.holdFields(), url.Values{}
	var wrong web.Errors
	for i := range fields {
		if fields[i] = typed(r.PostForm, fields[i], given); fields[i].Must && !given.Has(fields[i].Name) {
			wrong.Add(fields[i].Name, "Answer this: "+fields[i].Label)
		}
	}
	if len(wrong) == 0 {
		g := HoldGiven{Kind: given.Get("hold"), Everybody: given.Get("about") == "everybody", Why: given.Get("why"), Review: given.Get("review")}
		if !g.Everybody {
			g.Name, g.Born, g.Reference = given.Get("name"), given.Get("born"), given.Get("reference")
		}
		var err error
		if wrong, err = c.Kept.PlaceHold(r.Context(), staff, g); err != nil {
			c.pages.Fail(w, r, err)
			return
		}
	}
	if len(wrong) > 0 {
		c.showHold(w, r, staff, fields, slices.Clip(wrong))
		return
	}
	c.done(w, r, keepingAt, "It stands until somebody lifts it.")
}

func (c *Console) certificate(w http.ResponseWriter, r *http.Request, _ Staff) {
	text, at, err := c.Kept.Certificate(r.Context(), r.PathValue("run"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="deleted-`+at.UTC().Format("20060102T150405")+`.txt"`)
	io.WriteString(w, text) //nolint:errcheck // the browser has gone
}
