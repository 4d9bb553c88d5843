package console

import (
	"context"
	"net/http"
	"time"

	"tenet/internal/web"
)

// Releases is how an answer reaches the person: by a link, on paper, or in person. It
// refuses what may not be handed over as the case stands.
type Releases interface {
	// HandingOver is how far that has come.
	HandingOver(ctx context.Context, by Staff, number string) (HandingOver, error)
	// MakeLink makes a link, in the place of any there is. What it gives is shown once.
	MakeLink(ctx context.Context, by Staff, number string, n NewLink) (MadeLink, error)
	// ReadCode makes a code for somebody who is on the telephone.
	ReadCode(ctx context.Context, by Staff, number string) (code string, until time.Time, err error)
	WithdrawLink(ctx context.Context, by Staff, number string) error
	// Print is the answer as one PDF, with a cover. The console closes the file.
	Print(ctx context.Context, by Staff, number string) (web.File, error)
	// Posted records that the print went by post, which is the release.
	Posted(ctx context.Context, by Staff, number, day, recorded string) error
}

// HandingOver is how far the handing over of an answer has come.
type HandingOver struct {
	Approved  bool
	Lacks     string // what must be done first, in a sentence; empty if it may go out
	Link      *OpenLink
	Ended     []EndedLink
	Downloads []Download
	Posted    []Posted
	Email     bool     // there is a mail server
	Held      []string // ways to reach the person that the request gave, to choose from
	Days      int      // for which a link opens, unless it is told otherwise
	Address   string   // where it would be posted to, in one line; empty where that is not known or not safe
}

// OpenLink is the link that opens an answer.
type OpenLink struct {
	By      string
	Made    time.Time
	Expires time.Time
	Phone   bool   // its codes are read out
	To      string // where its codes go
	Asked   time.Time
	Began   time.Time
}

// EndedLink is one that opens nothing any more.
type EndedLink struct {
	Made, Ended time.Time
	How, By     string
}

// Download is one time that an answer began to go out.
type Download struct {
	Began, Ended time.Time
	Factor       string // how the person showed that it was they
	Bytes, Size  int64
	Complete     bool
}

// Posted is one time that an answer went by post.
type Posted struct {
	Day      time.Time
	By       string
	Recorded string
}

// NewLink is a link to be made.
type NewLink struct {
	To    string
	Since string // a day; empty where it is on record with the identity
	Alone bool
	Days  int
	Tell  bool // staff hand it over themselves
}

// MadeLink is what staff see of a new link, once.
type MadeLink struct {
	Words   string
	URL     string // empty where a letter takes it to the person
	Letter  string
	Expires time.Time
}

func (c *Console) releaseRoutes() map[string]page {
	if c.Releases == nil {
		return nil
	}
	return map[string]page{
		"GET /cases/{number}/release":           c.releasePage,
		"POST /cases/{number}/release/link":     c.makeLink,
		"POST /cases/{number}/release/code":     c.readCode,
		"POST /cases/{number}/release/withdraw": c.withdrawLink,
		"POST /cases/{number}/release/print":    c.printAnswer,
		"POST /cases/{number}/release/posted":   c.posted,
	}
}

type releaseView struct {
	caseView
	HandingOver
	Made  *MadeLink
	Code  string
	Until time.Time
	To    string // as it was typed, to be mended
	Since FormField
	Day   FormField
	Num   string
	Errs  web.Errors
}

func (c *Console) releasePage(w http.ResponseWriter, r *http.Request, staff Staff) {
	c.showRelease(w, r, staff, releaseView{})
}

// showRelease shows how far the handing over has come, with what was just made: that is
// on this page alone, and nowhere after it.
func (c *Console) showRelease(w http.ResponseWriter, r *http.Request, staff Staff, v releaseView) {
	k, ok := c.headOf(w, r)
	if !ok {
		return
	}
	h, err := c.Releases.HandingOver(r.Context(), staff, k.Number)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v.caseView, v.HandingOver = k, h
	v.Since.Name, v.Since.Label, v.Since.As = "since", "Since when are these details on record unchanged?", "day"
	v.Day.Name, v.Day.Label, v.Day.As = "day", "When was it posted?", "day"
	if v.To == "" && len(h.Held) > 0 {
		v.To = h.Held[0]
	}
	c.show(w, r, staff, "release", "/cases", web.Page{Title: k.Number + ": hand over", Errors: v.Errs, Main: v})
}

func (c *Console) makeLink(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	v := releaseView{To: clipped(r.PostForm.Get("to"))}
	since, ok := readDay(r.PostForm, "since")
	v.Since.Value = since
	if v.To == "" {
		v.Errs.Add("to", "Give the e-mail address or telephone number that codes are to go to")
	}
	if !ok {
		v.Errs.Add("since", "Enter a real date, such as 23 11 2024")
	}
	if len(v.Errs) == 0 {
		made, err := c.Releases.MakeLink(r.Context(), staff, r.PathValue("number"), NewLink{To: v.To, Since: since, Alone: r.PostForm.Get("alone") == "yes",
			Days: int(number64(r.PostForm.Get("days"))), Tell: r.PostForm.Get("tell") == "yes"})
		if v.Errs = named(mistakes(err), "to"); len(v.Errs) == 0 && err != nil {
			c.pages.Fail(w, r, err)
			return
		}
		if err == nil {
			v = releaseView{Made: &made}
		}
	}
	c.showRelease(w, r, staff, v)
}

// named puts what is to be mended beside a field of a form.
func named(errs web.Errors, field string) web.Errors {
	for i := range errs {
		if errs[i].Field == "take" {
			errs[i].Field = field
		}
	}
	return errs
}

func clipped(s string) string {
	if len(s) > 500 {
		return s[:500]
	}
	return s
}

func (c *Console) readCode(w http.ResponseWriter, r *http.Request, staff Staff) {
	code, until, err := c.Releases.ReadCode(r.Context(), staff, r.PathValue("number"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.showRelease(w, r, staff, releaseView{Code: code, Until: until})
}

func (c *Console) withdrawLink(w http.ResponseWriter, r *http.Request, staff Staff) {
	if err := c.Releases.WithdrawLink(r.Context(), staff, r.PathValue("number")); err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, caseAt(r)+"/release", "The link is withdrawn. It opens nothing any more.")
}

func (c *Console) printAnswer(w http.ResponseWriter, r *http.Request, staff Staff) {
	f, err := c.Releases.Print(r.Context(), staff, r.PathValue("number"))
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	if err := web.Send(w, f); err != nil {
		c.Log.Error("a download broke off", "case", r.PathValue("number"), "error", err)
	}
}

func (c *Console) posted(w http.ResponseWriter, r *http.Request, staff Staff) {
	if !c.form(w, r) {
		return
	}
	v := releaseView{Num: clipped(r.PostForm.Get("recorded"))}
	day, ok := readDay(r.PostForm, "day")
	v.Day.Value = day
	if !ok || day == "" {
		v.Errs.Add("day", "Enter the date it was posted, such as 23 11 2026")
		c.showRelease(w, r, staff, v)
		return
	}
	err := c.Releases.Posted(r.Context(), staff, r.PathValue("number"), day, v.Num)
	if v.Errs = named(mistakes(err), "day"); len(v.Errs) > 0 {
		c.showRelease(w, r, staff, v)
		return
	}
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	c.done(w, r, caseAt(r)+"/release", "It is recorded that the answer went by post.")
}
