package portal

import (
	"errors"
	"net/http"
	"strings"

	"tenet/internal/web"
)

type followView struct{ Reference string }

func (p *Portal) followPage(w http.ResponseWriter, r *http.Request) {
	p.show(w, "follow", web.Page{Title: "Follow a request", Back: "/", Main: followView{}})
}

// follow opens a request to someone who has its reference and its code. Whatever
// is wrong with either, the answer is one and the same.
func (p *Portal) follow(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	ctx := r.Context()
	reference := strings.ToUpper(strings.Join(strings.Fields(valid(r.PostForm.Get("reference"))), ""))
	code := r.PostForm.Get("code")
	var errs web.Errors
	if reference == "" {
		errs.Add("reference", "Enter your reference")
	}
	if strings.TrimSpace(code) == "" {
		errs.Add("code", "Enter your code")
	}
	if len(errs) > 0 {
		p.show(w, "follow", web.Page{Title: "Follow a request", Back: "/", Errors: errs, Main: followView{reference}})
		return
	}
	if len(reference) > maxLine {
		reference = reference[:maxLine] // no reference is so long, and none shorter is like it
	}
	if !p.opens.Allow("from "+p.RemoteHost(r), "reference "+reference) {
		p.pages.Problem(w, r, web.TooMany)
		return
	}
	hash, err := p.Desk.Secret(ctx, reference)
	if err != nil && !errors.Is(err, web.ErrNotFound) {
		p.pages.Fail(w, r, err)
		return
	}
	// Compared even where there is no such reference, so that it takes as long.
	// The zero hash of an unknown reference is the hash of no code.
	if opens := hash.opens(code); !opens || err != nil {
		errs.Add("reference", "The reference and the code do not belong together. Check both and try again")
		p.show(w, "follow", web.Page{Title: "Follow a request", Back: "/", Errors: errs, Main: followView{reference}})
		return
	}
	if err := p.sessions.RenewToken(ctx); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.sessions.Put(ctx, keyOpened, reference)
	http.Redirect(w, r, "/follow/request", http.StatusSeeOther)
}

type progressView struct {
	Progress
	Reference string
	Steps     []stepView
}

// stepView is one step on the way to an answer.
type stepView struct {
	Text  string
	State string // "Done", "Now" or "Later"
}

func (p *Portal) progress(w http.ResponseWriter, r *http.Request) {
	reference := p.sessions.GetString(r.Context(), keyOpened)
	if reference == "" {
		http.Redirect(w, r, "/follow", http.StatusSeeOther)
		return
	}
	got, err := p.Desk.Progress(r.Context(), reference)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.show(w, "progress", web.Page{Title: "Your request " + reference, Main: progressView{got, reference, way(got.State)}})
}

// way is the steps of a request, with how far this one has come.
func way(s State) []stepView {
	texts := []string{
		"We have received your request",
		"We make sure that you are who you say you are",
		"We find your information, and take out what belongs to other people",
		"Your answer is ready to collect",
	}
	at := map[State]int{Received: 1, Identity: 1, Working: 2, Ready: 3, Closed: len(texts)}[s]
	var steps []stepView
	for i, t := range texts {
		v := stepView{t, "Later"}
		switch {
		case i < at:
			v.State = "Done"
		case i == at:
			v.State = "Now"
		}
		steps = append(steps, v)
	}
	return steps
}

func (p *Portal) collect(w http.ResponseWriter, r *http.Request) {
	reference := p.sessions.GetString(r.Context(), keyOpened)
	if reference == "" {
		http.Redirect(w, r, "/follow", http.StatusSeeOther)
		return
	}
	f, err := p.Desk.Collect(r.Context(), reference)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	if err := web.Send(w, f); err != nil {
		p.Log.Error("a collection broke off", "reference", reference, "error", err)
	}
}
