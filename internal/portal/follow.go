package portal

import (
	"errors"
	"net/http"
	"strings"

	"tenet/internal/web"
)

// keyDone is what was just done, to be shown once.
const keyDone = "done"

type followView struct{ Reference string }

func (p *face) followPage(w http.ResponseWriter, r *http.Request) {
	p.show(w, "follow", web.Page{Title: p.say("follow.title"), Back: "/", Main: followView{}})
}

// follow opens a request to someone who has its reference and its code. Whatever
// is wrong with either, the answer is one and the same.
func (p *face) follow(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	ctx := r.Context()
	reference := strings.ToUpper(strings.Join(strings.Fields(valid(r.PostForm.Get("reference"))), ""))
	code := r.PostForm.Get("code")
	var errs web.Errors
	if reference == "" {
		errs.Add("reference", p.say("follow.no-reference"))
	}
	if strings.TrimSpace(code) == "" {
		errs.Add("code", p.say("follow.no-code"))
	}
	if len(errs) > 0 {
		p.show(w, "follow", web.Page{Title: p.say("follow.title"), Back: "/", Errors: errs, Main: followView{reference}})
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
		errs.Add("reference", p.say("follow.wrong"))
		p.show(w, "follow", web.Page{Title: p.say("follow.title"), Back: "/", Errors: errs, Main: followView{reference}})
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
	Waited    int // days since it was received
	Steps     []stepView
}

// stepView is one step on the way to an answer.
type stepView struct {
	Text  string
	State string // "Done", "Now" or "Later"
}

// opened is the request that this browser follows; where there is none it has answered
// already.
func (p *face) opened(w http.ResponseWriter, r *http.Request) (string, bool) {
	reference := p.sessions.GetString(r.Context(), keyOpened)
	if reference == "" {
		http.Redirect(w, r, "/follow", http.StatusSeeOther)
	}
	return reference, reference != ""
}

func (p *face) progress(w http.ResponseWriter, r *http.Request) {
	reference, ok := p.opened(w, r)
	if !ok {
		return
	}
	got, err := p.Desk.Progress(r.Context(), reference)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	done := p.sessions.PopString(r.Context(), keyDone)
	v := progressView{got, reference, -web.Days(p.Now(), got.Received), p.way(got)}
	p.show(w, "progress", web.Page{Title: p.say("progress.title", "reference", reference), Main: v, Done: done, Exit: true})
}

// way is the steps of a request, with how far this one has come.
func (p *face) way(got Progress) []stepView {
	keys := []string{"way.received", "way.identity", "way.working", "way.ready"}
	at := map[State]int{Received: 1, Identity: 1, Working: 2, Ready: 3, Closed: len(keys)}[got.State]
	if !got.Packed {
		keys[2], keys[3] = "way.working.words", "way.answered"
	}
	if got.Proved && got.State == Ready && !got.Waits {
		keys[3] = "way.answered" // it was handed over
	}
	var steps []stepView
	for i, key := range keys {
		v := stepView{p.say(key), "later"}
		switch {
		case i < at:
			v.State = "done"
		case i == at:
			v.State = "now"
		}
		steps = append(steps, v)
	}
	return steps
}

func (p *face) collect(w http.ResponseWriter, r *http.Request) {
	reference, ok := p.opened(w, r)
	if !ok {
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
