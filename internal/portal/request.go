package portal

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"tenet/internal/web"
)

// The keys of a session.
const (
	keyAnswers = "answers" // JSON of answers
	keySent    = "sent"    // JSON of sentView, for a short while
	keyOpened  = "opened"  // reference of the request being followed
)

// shownFor is how long the code stays on the confirmation page for someone who
// loads it again, before it is gone for good.
const shownFor = 10 * time.Minute

type askView struct {
	answers
	Errs  web.Errors
	Title string
	To    string // "check" where the person came from there
	Kinds []kindView
}

type kindView struct {
	ID, Text, Hint string
	Chosen         bool
}

func (p *Portal) answers(r *http.Request) (answers, error) {
	raw := p.sessions.GetBytes(r.Context(), keyAnswers)
	if raw == nil {
		return answers{}, nil
	}
	var a answers
	if err := json.Unmarshal(raw, &a); err != nil {
		return answers{}, fmt.Errorf("read the answers in a session: %w", err)
	}
	return a, nil
}

func (p *Portal) keep(r *http.Request, key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keep the answers in a session: %w", err)
	}
	p.sessions.Put(r.Context(), key, raw)
	return nil
}

// stepOf is the question a path names and the answers so far. Someone who comes to
// a question before its time is sent to the one that comes first.
func (p *Portal) stepOf(w http.ResponseWriter, r *http.Request) (s step, a answers, ok bool) {
	i := slices.IndexFunc(steps, func(s step) bool { return s.name == r.PathValue("step") })
	if i < 0 {
		p.pages.Problem(w, r, web.NotFound)
		return step{}, answers{}, false
	}
	a, err := p.answers(r)
	if err != nil {
		p.pages.Fail(w, r, err)
		return step{}, answers{}, false
	}
	if first, missing := a.missing(); missing && slices.IndexFunc(steps, func(s step) bool { return s.name == first.name }) < i {
		http.Redirect(w, r, "/request/"+first.name, http.StatusSeeOther)
		return step{}, answers{}, false
	}
	return steps[i], a, true
}

func (p *Portal) ask(w http.ResponseWriter, r *http.Request) {
	if s, a, ok := p.stepOf(w, r); ok {
		p.showStep(w, s, a, r.URL.Query().Get("to"), nil)
	}
}

func (p *Portal) showStep(w http.ResponseWriter, s step, a answers, to string, errs web.Errors) {
	v := askView{answers: a, Errs: errs, Title: s.title}
	back := "/"
	if i := slices.IndexFunc(steps, func(o step) bool { return o.name == s.name }); i > 0 {
		back = "/request/" + steps[i-1].name
	}
	if to == "check" {
		v.To, back = to, "/request/check"
	}
	for _, k := range kinds {
		v.Kinds = append(v.Kinds, kindView{k.ID, k.Text, k.Hint, k.ID == a.What})
	}
	p.show(w, s.name, web.Page{Title: s.title, Back: back, Errors: errs, Main: v})
}

func (p *Portal) answer(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	s, a, ok := p.stepOf(w, r)
	if !ok {
		return
	}
	if errs := s.read(&a, r.PostForm, p.Now()); len(errs) > 0 {
		p.showStep(w, s, a, r.PostForm.Get("to"), errs)
		return
	}
	if s.name == "what" && a.What != "access" {
		http.Redirect(w, r, "/contact", http.StatusSeeOther)
		return
	}
	if a.Token == "" {
		a.Token, a.Code = rand.Text(), newCode()
	}
	if err := p.keep(r, keyAnswers, a); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	next := "check"
	if i := slices.IndexFunc(steps, func(o step) bool { return o.name == s.name }); r.PostForm.Get("to") != "check" && i+1 < len(steps) {
		next = steps[i+1].name
	}
	http.Redirect(w, r, "/request/"+next, http.StatusSeeOther)
}

// ready is the answers when none is missing. Someone who has not finished is sent
// to the question that comes next.
func (p *Portal) ready(w http.ResponseWriter, r *http.Request) (answers, bool) {
	a, err := p.answers(r)
	if err != nil {
		p.pages.Fail(w, r, err)
		return answers{}, false
	}
	if s, missing := a.missing(); missing {
		to := "/request/" + s.name
		if p.sessions.Exists(r.Context(), keySent) {
			to = "/request/sent" // the form was sent, and the button pressed again
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return answers{}, false
	}
	return a, true
}

func (p *Portal) check(w http.ResponseWriter, r *http.Request) {
	a, ok := p.ready(w, r)
	if !ok {
		return
	}
	born, _ := a.born()
	p.show(w, "check", web.Page{Title: "Check your answers", Back: "/request/help", Main: struct {
		answers
		Born time.Time
	}{a, born}})
}

// sentView is what the confirmation page shows. The code is in it for shownFor.
type sentView struct {
	Receipt
	Code string
	At   time.Time
}

func (p *Portal) send(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	a, ok := p.ready(w, r)
	if !ok {
		return
	}
	if !p.sends.Allow(p.RemoteHost(r)) {
		p.pages.Problem(w, r, web.TooMany)
		return
	}
	req, err := a.request(p.Now())
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	receipt, err := p.Desk.Receive(r.Context(), req)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	if err := p.keep(r, keySent, sentView{receipt, a.Code, p.Now()}); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.sessions.Remove(r.Context(), keyAnswers)
	http.Redirect(w, r, "/request/sent", http.StatusSeeOther)
}

func (p *Portal) sent(w http.ResponseWriter, r *http.Request) {
	raw := p.sessions.GetBytes(r.Context(), keySent)
	if raw == nil {
		p.pages.Problem(w, r, web.Problem{
			Status: http.StatusNotFound,
			Title:  "This page is no longer here",
			Why:    "It showed the reference and the code of a request for a short time after it was sent.",
			Mend:   "If you have both, follow your request with them. If you do not have the code, contact us: we still have your request.",
			Links:  []web.Link{{Text: "Follow a request", Href: "/follow"}, {Text: "Contact us", Href: "/contact"}},
		})
		return
	}
	var v sentView
	if err := json.Unmarshal(raw, &v); err != nil {
		p.pages.Fail(w, r, fmt.Errorf("read the receipt in a session: %w", err))
		return
	}
	if v.Code != "" && p.Now().Sub(v.At) > shownFor {
		v.Code = ""
		if err := p.keep(r, keySent, v); err != nil {
			p.pages.Fail(w, r, err)
			return
		}
	}
	p.show(w, "sent", web.Page{Title: "Request sent", Main: v})
}

// finish forgets everything this browser's session holds.
func (p *Portal) finish(w http.ResponseWriter, r *http.Request) {
	if err := p.sessions.Destroy(r.Context()); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
