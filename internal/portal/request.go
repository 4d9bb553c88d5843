package portal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
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
	keySaved   = "saved"   // JSON of savedView, for a short while
	keyToken   = "token"   // made for the page with a form on it that is open
)

const (
	// shownFor is how long a code stays on its page for someone who loads it again,
	// before it is gone for good.
	shownFor = 10 * time.Minute
	// savedFor is how long a half-filled form is kept for whoever has its code.
	savedFor = 14 * 24 * time.Hour
)

type askView struct {
	answers
	Ways answers // the same, for what the form's own fields are called too
	Form
	Errs      web.Errors
	Step      string
	Title     string
	Hint      string
	To        string // "check" where the person came from there
	Kinds     []kindView
	Suggested []kindView
	Needed    bool // it cannot be left empty
	Roles     []string
}

type kindView struct {
	ID     string
	Chosen bool
}

func (p *face) answers(r *http.Request) (answers, error) {
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

func (p *face) keep(r *http.Request, key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keep the answers in a session: %w", err)
	}
	p.sessions.Put(r.Context(), key, raw)
	return nil
}

// soFar is the answers and what may be asked; where they cannot be had, it has answered
// already.
func (p *face) soFar(w http.ResponseWriter, r *http.Request) (a answers, may []Form, ok bool) {
	a, err := p.answers(r)
	if err == nil {
		may, err = p.Desk.Forms(r.Context())
	}
	if err != nil {
		p.pages.Fail(w, r, err)
		return a, nil, false
	}
	return a, may, true
}

// stepOf is the question a path names and the answers so far. Someone who comes to
// a question before its time, or to one that these answers do not lead to, is sent to
// the one that comes first.
func (p *face) stepOf(w http.ResponseWriter, r *http.Request) (s step, a answers, may []Form, ok bool) {
	if !slices.ContainsFunc(steps, func(s step) bool { return s.name == r.PathValue("step") }) {
		p.pages.Problem(w, r, web.NotFound)
		return step{}, answers{}, nil, false
	}
	if a, may, ok = p.soFar(w, r); !ok {
		return step{}, a, may, false
	}
	f := form(may, a.What)
	way := a.way(f)
	i := slices.IndexFunc(way, func(s step) bool { return s.name == r.PathValue("step") })
	first, missing := a.missing(f)
	if missing && (i < 0 || slices.IndexFunc(way, func(s step) bool { return s.name == first.name }) < i) {
		http.Redirect(w, r, "/request/"+first.name, http.StatusSeeOther)
		return step{}, answers{}, nil, false
	}
	if i < 0 {
		http.Redirect(w, r, "/request/check", http.StatusSeeOther)
		return step{}, answers{}, nil, false
	}
	return way[i], a, may, true
}

func (p *face) ask(w http.ResponseWriter, r *http.Request) {
	if s, a, may, ok := p.stepOf(w, r); ok {
		p.showStep(w, r, s, a, may, r.URL.Query().Get("to"), nil)
	}
}

// sayOf is the words of a question, with those for the kind where there are any.
func (p *face) sayOf(key, kind string) string {
	if p.has(key + "." + kind) {
		return p.say(key + "." + kind)
	}
	return p.say(key)
}

func (p *face) showStep(w http.ResponseWriter, r *http.Request, s step, a answers, may []Form, to string, errs web.Errors) {
	f := form(may, a.What)
	v := askView{answers: a, Ways: a, Form: f, Errs: errs, Step: s.name, Title: p.say(s.name + ".title"), Roles: roles}
	switch s.name {
	case "about":
		v.Title, v.Hint, v.Needed = p.sayOf("about.title", a.What), p.sayOf("about.hint", a.What), slices.Contains(required, a.What)
	case "name":
		if a.For == "other" || a.What == "estate" {
			v.Title = p.say("name.title.other")
		}
	case "acting":
		v.Title = p.sayOf("acting.title", a.What)
	}
	back := "/"
	way := a.way(f)
	if i := slices.IndexFunc(way, func(o step) bool { return o.name == s.name }); i > 0 {
		back = "/request/" + way[i-1].name
	}
	if to == "check" {
		v.To, back = to, "/request/check"
	}
	if s.name == "what" {
		if a.Unsure != "" {
			fits, err := p.Desk.Suggest(r.Context(), a.Unsure)
			if err != nil {
				p.pages.Fail(w, r, err)
				return
			}
			for _, id := range fits {
				if slices.ContainsFunc(may, func(f Form) bool { return f.Kind == id }) {
					v.Suggested = append(v.Suggested, kindView{id, id == a.What})
				}
			}
		}
		for _, f := range may {
			if !slices.ContainsFunc(v.Suggested, func(k kindView) bool { return k.ID == f.Kind }) {
				v.Kinds = append(v.Kinds, kindView{f.Kind, f.Kind == a.What})
			}
		}
	}
	p.show(w, s.name, web.Page{Title: v.Title, Back: back, Errors: errs, Main: v, Exit: true})
}

func (p *face) answer(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	s, a, may, ok := p.stepOf(w, r)
	if !ok {
		return
	}
	q := &asking{words: p.words, form: r.PostForm, now: p.Now(), may: may}
	was := a.What
	if s.read(&a, q); len(q.errs) > 0 {
		p.showStep(w, r, s, a, may, r.PostForm.Get("to"), q.errs)
		return
	}
	next := ""
	if s.name == "what" && a.What == unsure {
		a.What, next = was, "unsure"
	}
	if err := p.keepAnswers(r, &a); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	if next == "" {
		next = a.after(s, form(may, a.What), r.PostForm.Get("to") == "check")
	}
	http.Redirect(w, r, "/request/"+next, http.StatusSeeOther)
}

// after is where a question leads: to the next, or back to the answers where the person
// came from them and nothing else is missing now.
func (a answers) after(s step, f Form, back bool) string {
	if back {
		if s, missing := a.missing(f); missing {
			return s.name
		}
		return "check"
	}
	way := a.way(f)
	if i := slices.IndexFunc(way, func(o step) bool { return o.name == s.name }); i+1 < len(way) {
		return way[i+1].name
	}
	return "check"
}

func (p *face) keepAnswers(r *http.Request, a *answers) error {
	if a.Token == "" {
		a.Token, a.Code = rand.Text(), newCode()
	}
	return p.keep(r, keyAnswers, *a)
}

func (p *face) unsure(w http.ResponseWriter, r *http.Request) {
	if a, _, ok := p.soFar(w, r); ok {
		p.showUnsure(w, a, nil)
	}
}

func (p *face) showUnsure(w http.ResponseWriter, a answers, errs web.Errors) {
	p.show(w, "unsure", web.Page{Title: p.say("unsure.title"), Back: "/request/what", Errors: errs, Main: askView{answers: a, Errs: errs}, Exit: true})
}

// suggest takes what somebody wrote who did not know what to choose, and asks them again,
// with what fits at the top. They may choose anything.
func (p *face) suggest(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	a, may, ok := p.soFar(w, r)
	if !ok {
		return
	}
	q := &asking{words: p.words, form: r.PostForm, now: p.Now(), may: may}
	if a.readUnsure(q); len(q.errs) > 0 {
		p.showUnsure(w, a, q.errs)
		return
	}
	if err := p.keepAnswers(r, &a); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/request/what", http.StatusSeeOther)
}

// ready is the answers when none is missing. Someone who has not finished is sent
// to the question that comes next.
func (p *face) ready(w http.ResponseWriter, r *http.Request) (a answers, f Form, ok bool) {
	a, may, ok := p.soFar(w, r)
	if !ok {
		return a, f, false
	}
	f = form(may, a.What)
	if s, missing := a.missing(f); missing {
		to := "/request/" + s.name
		if p.sessions.Exists(r.Context(), keySent) && a.Token == "" {
			to = "/request/sent" // the form was sent, and the button pressed again
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return a, f, false
	}
	return a, f, true
}

func (p *face) check(w http.ResponseWriter, r *http.Request) {
	a, f, ok := p.ready(w, r)
	if !ok {
		return
	}
	born, _ := a.born()
	var asked []string
	for _, s := range a.way(f) {
		asked = append(asked, s.name)
	}
	p.show(w, "check", web.Page{Title: p.say("check.title"), Back: "/request/" + asked[len(asked)-1], Exit: true, Main: struct {
		answers
		Ways answers
		Form
		Born  time.Time
		Asked []string
	}{a, a, f, born, asked}})
}

// sentView is what the confirmation page shows. The code is in it for shownFor.
type sentView struct {
	Receipt
	Code string
	At   time.Time
}

func (p *face) send(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	a, _, ok := p.ready(w, r)
	if !ok {
		return
	}
	if !p.sends.Allow(p.RemoteHost(r)) {
		p.pages.Problem(w, r, web.TooMany)
		return
	}
	req, err := a.request(p.Now(), p.words.language)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	receipt, err := p.Desk.Receive(r.Context(), req)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.sessions.Remove(r.Context(), keyAnswers)
	p.received(w, r, receipt, a.Code)
}

// received shows that something was sent, and opens it to follow in this browser: the
// person has its code before them.
func (p *face) received(w http.ResponseWriter, r *http.Request, receipt Receipt, code string) {
	if err := p.keep(r, keySent, sentView{receipt, code, p.Now()}); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.sessions.Put(r.Context(), keyOpened, receipt.Reference)
	http.Redirect(w, r, "/request/sent", http.StatusSeeOther)
}

func (p *face) sent(w http.ResponseWriter, r *http.Request) {
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
	p.show(w, "sent", web.Page{Title: p.sayOf("sent.title", v.Kind), Main: v, Exit: true})
}

// savedView is the code of a form that is kept for later.
type savedView struct {
	Code  string
	Until time.Time
	At    time.Time
}

// savedAs is the name of a form that is kept, in the store of the sessions. It is no
// name that a session has: those are hashes alone.
func savedAs(code string) (string, error) {
	p, err := plain(code)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte("tenet saved form\x00" + p))
	return "saved-" + hex.EncodeToString(sum[:]), nil
}

// save keeps what was filled in for whoever has its code, and forgets it in this browser.
func (p *face) save(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	a, err := p.answers(r)
	if err == nil && a.Token == "" {
		http.Redirect(w, r, "/request/what", http.StatusSeeOther)
		return
	}
	if err == nil && !p.sends.Allow(p.RemoteHost(r)) {
		p.pages.Problem(w, r, web.TooMany)
		return
	}
	v := savedView{newCode(), p.Now().Add(savedFor), p.Now()}
	if err == nil {
		err = p.saveAs(v.Code, a, v.Until)
	}
	if err == nil {
		err = p.keep(r, keySaved, v)
	}
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.sessions.Remove(r.Context(), keyAnswers)
	http.Redirect(w, r, "/request/save", http.StatusSeeOther)
}

func (p *face) saveAs(code string, a answers, until time.Time) error {
	name, err := savedAs(code)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return p.Sessions.Commit(name, raw, until)
}

func (p *face) savePage(w http.ResponseWriter, r *http.Request) {
	var v savedView
	if raw := p.sessions.GetBytes(r.Context(), keySaved); raw != nil {
		if err := json.Unmarshal(raw, &v); err != nil {
			p.pages.Fail(w, r, err)
			return
		}
	}
	if v.Code == "" || p.Now().Sub(v.At) > shownFor {
		http.Redirect(w, r, "/request/return", http.StatusSeeOther)
		return
	}
	p.show(w, "saved", web.Page{Title: p.say("saved.title"), Main: v, Exit: true})
}

func (p *face) returnPage(w http.ResponseWriter, r *http.Request) {
	p.showReturn(w, nil)
}

func (p *face) showReturn(w http.ResponseWriter, errs web.Errors) {
	p.show(w, "return", web.Page{Title: p.say("return.title"), Back: "/", Errors: errs, Main: errs, Exit: true})
}

// returns opens a form that was kept to whoever has its code. A code that is none and one
// that opens nothing get the same answer.
func (p *face) returns(w http.ResponseWriter, r *http.Request) {
	if !p.form(w, r) {
		return
	}
	if !p.opens.Allow("from " + p.RemoteHost(r)) {
		p.pages.Problem(w, r, web.TooMany)
		return
	}
	var raw []byte
	found := false
	name, err := savedAs(r.PostForm.Get("code"))
	if err == nil {
		if raw, found, err = p.Sessions.Find(name); err != nil {
			p.pages.Fail(w, r, err)
			return
		}
	}
	if !found {
		p.showReturn(w, web.Errors{{Field: "code", Text: p.say("return.wrong")}})
		return
	}
	var a answers
	if err := json.Unmarshal(raw, &a); err != nil {
		p.pages.Fail(w, r, fmt.Errorf("read a form that was kept: %w", err))
		return
	}
	if err := p.sessions.RenewToken(r.Context()); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	if err := p.keep(r, keyAnswers, a); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/request/check", http.StatusSeeOther)
}

// finish forgets everything this browser's session holds.
func (p *face) finish(w http.ResponseWriter, r *http.Request) {
	if err := p.sessions.Destroy(r.Context()); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
