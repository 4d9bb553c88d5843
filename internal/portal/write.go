package portal

import (
	"crypto/rand"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"tenet/internal/web"
)

// writeView is a page on which a person writes to us about their case.
type writeView struct {
	Reference, Text, Token string
	Errs                   web.Errors
}

// A page with a form on it carries a token made for it, so that sending it twice, or from
// two windows, does one thing once.
func (p *face) showWrite(w http.ResponseWriter, name string, v writeView) {
	if v.Token == "" {
		v.Token = rand.Text()
	}
	p.show(w, name, web.Page{Title: p.say(name + ".title"), Back: "/follow/request", Errors: v.Errs, Main: v, Exit: true})
}

func (p *face) writePage(w http.ResponseWriter, r *http.Request)    { p.page(w, r, "write") }
func (p *face) filePage(w http.ResponseWriter, r *http.Request)     { p.page(w, r, "file") }
func (p *face) complainPage(w http.ResponseWriter, r *http.Request) { p.page(w, r, "complain") }

func (p *face) page(w http.ResponseWriter, r *http.Request, name string) {
	if reference, ok := p.opened(w, r); ok {
		p.showWrite(w, name, writeView{Reference: reference})
	}
}

// written is what was posted on such a page; where it cannot go on, it has answered
// already.
func (p *face) written(w http.ResponseWriter, r *http.Request, name string) (v writeView, ok bool) {
	reference, ok := p.opened(w, r)
	if !ok || !p.form(w, r) {
		return v, false
	}
	v = writeView{Reference: reference, Text: text(r.PostForm, "text"), Token: token(r.PostForm.Get("token"))}
	q := &asking{words: p.words}
	if v.Text == "" {
		q.errs.Add("text", p.say(name+".empty"))
	}
	if q.tooLong("text", v.Text, maxText); len(q.errs) > 0 {
		v.Errs = q.errs
		p.showWrite(w, name, v)
		return v, false
	}
	if !p.writes.Allow(reference) {
		p.pages.Problem(w, r, web.TooMany)
		return v, false
	}
	return v, true
}

// token is one of ours, or a new one: it stands in the record.
func token(s string) string {
	if len(s) == len(rand.Text()) && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == "" {
		return s
	}
	return rand.Text()
}

func (p *face) write(w http.ResponseWriter, r *http.Request) {
	v, ok := p.written(w, r, "write")
	if !ok {
		return
	}
	if err := p.Desk.Write(r.Context(), v.Reference, v.Token, v.Text); err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.did(w, r, "write.done")
}

// did goes back to the request and says what was done.
func (p *face) did(w http.ResponseWriter, r *http.Request, key string) {
	p.sessions.Put(r.Context(), keyDone, p.say(key))
	http.Redirect(w, r, "/follow/request", http.StatusSeeOther)
}

// complain opens a complaint, which is a case of its own with a code of its own.
func (p *face) complain(w http.ResponseWriter, r *http.Request) {
	v, ok := p.written(w, r, "complain")
	if !ok {
		return
	}
	code := newCode()
	hash, err := HashCode(code)
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	receipt, err := p.Desk.Complain(r.Context(), v.Reference, Complaint{Text: v.Text, Token: v.Token, Code: hash, Language: p.words.language, Received: p.Now()})
	if err != nil {
		p.pages.Fail(w, r, err)
		return
	}
	p.received(w, r, receipt, code)
}

var errSeveral = errors.New("portal: more than one file was sent")

// file takes one paper. It is read whole before anything is kept, and never more than the
// bound: what a browser sends beside it is not looked at.
func (p *face) file(w http.ResponseWriter, r *http.Request) {
	reference, ok := p.opened(w, r)
	if !ok {
		return
	}
	v := writeView{Reference: reference}
	again := func(key string) {
		v.Errs.Add("paper", p.say(key))
		p.showWrite(w, "file", v)
	}
	if !p.writes.Allow(reference) {
		p.pages.Problem(w, r, web.TooMany)
		return
	}
	parts, err := r.MultipartReader()
	if err != nil {
		again("file.empty")
		return
	}
	u, err := readUpload(parts)
	v.Token = token(u.Token)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large) || err == nil && len(u.Data) > maxUpload:
		again("file.large")
	case err != nil:
		again("file.broken")
	case len(u.Data) == 0:
		again("file.empty")
	default:
		if u.Type, ok = sniff(u.Data); !ok {
			again("file.type")
			return
		}
		u.Token = v.Token
		if err := p.Desk.Attach(r.Context(), reference, u); err != nil {
			p.pages.Fail(w, r, err)
			return
		}
		p.did(w, r, "file.done")
	}
}

// readUpload reads the one file of a form, and its token.
func readUpload(parts *multipart.Reader) (u Upload, err error) {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, err
		}
		switch part.FormName() {
		case "token":
			t, err := io.ReadAll(io.LimitReader(part, 100))
			if err != nil {
				return u, err
			}
			u.Token = string(t)
		case "paper":
			if u.Data != nil {
				return u, errSeveral
			}
			if u.Data, err = io.ReadAll(io.LimitReader(part, maxUpload+1)); err != nil {
				return u, err
			}
			u.Name = name(part.FileName())
		}
	}
}

// name is what a file is called, fit to be read: its last part, and not too much of it.
func name(s string) string {
	s = strings.Join(strings.Fields(valid(path.Base(strings.ReplaceAll(s, "\\", "/")))), " ")
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100])
	}
	return s
}
