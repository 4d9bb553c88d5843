package portal

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"tenet/internal/web"
)

// Reports is where the public says that something went wrong, and who is shut out.
type Reports interface {
	// Kinds are what may be reported here, by id, in the order in which they are offered.
	Kinds() []string
	// NeverAsk is what the notice says that the landlord never asks for, as it says it in
	// English; where to report somebody who does is Where. Both may be empty.
	NeverAsk() (never []string, where string)
	// Report opens an incident, and gives its number. The same token again is the
	// same incident.
	Report(ctx context.Context, r Wrong) (string, error)
	// ShutOut says until when an address may not use the portal; zero if it may.
	ShutOut(ctx context.Context, host string) (time.Time, error)
}

// Wrong is something that went wrong, as somebody outside reports it.
type Wrong struct {
	Kind    string
	What    string
	Message string // that somebody had who pretends to be the landlord
	Name    string
	Contact string
	Token   string
}

type reportView struct {
	Wrong
	Kinds []string
	Never []string
	Where string
	Errs  web.Errors
}

// reportRoutes are the pages on which something wrong is reported.
func (p *face) reportRoutes(mux *http.ServeMux) {
	if p.Reports == nil {
		return
	}
	mux.HandleFunc("GET /report", func(w http.ResponseWriter, _ *http.Request) { p.showReport(w, reportView{}) })
	mux.HandleFunc("POST /report", p.report)
}

func (p *face) showReport(w http.ResponseWriter, v reportView) {
	v.Kinds = p.Reports.Kinds()
	v.Never, v.Where = p.Reports.NeverAsk()
	if v.Token == "" {
		v.Token = rand.Text()
	}
	p.show(w, "report", web.Page{Title: p.say("report.title"), Back: "/", Errors: v.Errs, Main: v})
}

func (p *face) report(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	v := reportView{Wrong: Wrong{Kind: r.PostForm.Get("kind"), What: text(r.PostForm, "what"), Message: text(r.PostForm, "message"), Name: text(r.PostForm, "name"),
		Contact: text(r.PostForm, "contact"), Token: token(r.PostForm.Get("token"))}}
	q := &asking{words: p.words}
	known := false
	for _, k := range p.Reports.Kinds() {
		known = known || k == v.Kind
	}
	if !known {
		q.errs.Add("kind", p.say("report.kind.empty"))
	}
	if v.What == "" {
		q.errs.Add("what", p.say("report.what.empty"))
	}
	q.tooLong("what", v.What, maxText)
	q.tooLong("message", v.Message, maxText)
	q.tooLong("name", v.Name, maxLine)
	q.tooLong("contact", v.Contact, maxLine)
	if v.Errs = q.errs; len(v.Errs) > 0 {
		p.showReport(w, v)
		return
	}
	if !p.sends.Allow(p.RemoteHost(r)) {
		p.pages.Problem(w, r, web.TooMany)
		return
	}
	number, err := p.Reports.Report(r.Context(), v.Wrong)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.pages.Show(w, http.StatusOK, "reported", web.Page{Title: p.say("reported.title"), Main: number})
}

// shutOut answers whoever may not use the portal for a time, with how else to reach the
// landlord: nobody loses a right by it. It says whether it answered. Where it cannot be
// looked up, people are let in.
func (p *Portal) shutOut(w http.ResponseWriter, r *http.Request) bool {
	if p.Reports == nil || strings.HasPrefix(r.URL.Path, "/assets/") || r.URL.Path == "/contact" {
		return false
	}
	until, err := p.Reports.ShutOut(r.Context(), p.RemoteHost(r))
	if err != nil {
		p.Log.Error("whether an address is shut out cannot be looked up", "error", err)
		return false
	}
	if until.IsZero() {
		return false
	}
	f := p.faces[p.language(r)]
	f.pages.Problem(w, r, web.Problem{Status: http.StatusForbidden, Title: f.say("shut-out.title"), Why: f.say("shut-out.why", "day", until), Mend: f.say("shut-out.mend"),
		Links: []web.Link{{Text: f.say("contact.link"), Href: "/contact"}}})
	return true
}
