package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
)

//go:embed templates/*.html
var shared embed.FS

// Landlord is who the pages speak for. Empty fields are left out.
type Landlord struct {
	Name    string // as tenants know it
	Contact string // who to ask for: "the data protection officer"
	Email   string
	Phone   string
	Address []string // lines of the postal address
	// Regulator is who hears complaints: the Information Commissioner, and how.
	Regulator Regulator
}

// Regulator is the office a person may complain to.
type Regulator struct {
	Name  string
	URL   string
	Phone string
}

// Site is what is the same on every page of a face.
type Site struct {
	Landlord Landlord
	Service  string // what the face is called: "Privacy office"
	Home     string // where the landlord's name leads
	Wide     bool   // the pages use the width of a desk's screen
	Footer   []string
	Links    []Link // at the foot
	// Other leads to the same page in another language; nil where there is none.
	Other *Language
}

// Language is a link to a page in another language.
type Language struct {
	Tag, Text, Href string
}

// Link is a link in a menu or a list.
type Link struct {
	Text    string
	Href    string
	Current bool // this is the page being shown
}

// Page is one page: what its template shows, and what the layout shows round it.
type Page struct {
	Title  string // without the name of the service
	Back   string // where the back link leads; none if empty
	Nav    []Link
	Within []Link // the pages of the part of the menu that this one is in
	Who    string // the member of staff signed in
	Done   string // what was just done, shown once in a banner
	Errors Errors // what to mend in the form, in its order
	Main   any    // for the page's own template
	Exit   bool   // it may be dangerous to be seen on this page: a way out stands on it
	Script bool   // the page brings our script; it must work without
}

// FieldError is one thing to mend in a form.
type FieldError struct {
	Field string // the id of the input
	Text  string // what to do, in a sentence
}

// Errors are the things to mend in one form.
type Errors []FieldError

// Add notes something to mend.
func (e *Errors) Add(field, text string) { *e = append(*e, FieldError{field, text}) }

// For is the text for one field, or "".
func (e Errors) For(field string) string {
	for _, fe := range e {
		if fe.Field == field {
			return fe.Text
		}
	}
	return ""
}

// Pages are the templates of one face within the shared layout.
type Pages struct {
	site   Site
	assets *Assets
	log    *slog.Logger
	byName map[string]*template.Template
}

// NewPages parses a face's templates: each file templates/NAME.html defines
// "main" and is the page NAME; files whose name begins with "_" are parts that
// every page may use.
func NewPages(site Site, assets *Assets, log *slog.Logger, fsys fs.FS, funcs template.FuncMap) (*Pages, error) {
	base := template.New("").Funcs(template.FuncMap{
		"date": Date, "datetime": DateTime, "iso": ISO, "count": Count, "thousands": Thousands, "size": Size,
		// What is said here in English; a face that speaks another language puts its own in
		// the place of this.
		"say":   func(english string) string { return english },
		"lower": strings.ToLower, "join": strings.Join, "field": field,
		"telephone": func(s string) string { return strings.ReplaceAll(s, " ", "") },
	}).Funcs(funcs)
	if _, err := base.ParseFS(shared, "templates/*.html"); err != nil {
		return nil, fmt.Errorf("parse the shared layout: %w", err)
	}
	files, err := fs.Glob(fsys, "templates/*.html")
	if err != nil {
		return nil, err
	}
	p := &Pages{site: site, assets: assets, log: log, byName: make(map[string]*template.Template)}
	var own []string
	for _, f := range files {
		if !strings.HasPrefix(path.Base(f), "_") {
			own = append(own, f)
		} else if _, err := base.ParseFS(fsys, f); err != nil {
			return nil, fmt.Errorf("parse %s: %w", f, err)
		}
	}
	for _, f := range own {
		t, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if _, err := t.ParseFS(fsys, f); err != nil {
			return nil, fmt.Errorf("parse %s: %w", f, err)
		}
		p.byName[strings.TrimSuffix(path.Base(f), ".html")] = t
	}
	p.byName["problem"] = base
	return p, nil
}

// Show writes a page. It is rendered whole before the first byte is sent, so
// that a fault never leaves half a page.
func (p *Pages) Show(w http.ResponseWriter, status int, name string, page Page) {
	if page.Script && p.assets.Script() != "" {
		w.Header().Set("Content-Security-Policy", policyScript)
	}
	display, choice := displayOf(w)
	p.write(w, status, name, "layout", struct {
		Site    Site
		Assets  *Assets
		Display Display
		Choice  bool // the display can be chosen
		Page
	}{p.site, p.assets, display, choice, page})
}

// ShowPart writes one template of a page by itself, for a script that puts it in
// the place of what stands there.
func (p *Pages) ShowPart(w http.ResponseWriter, status int, name, part string, data any) {
	p.write(w, status, name, part, data)
}

func (p *Pages) write(w http.ResponseWriter, status int, name, part string, data any) {
	t, ok := p.byName[name]
	if !ok {
		panic("web: no template " + name)
	}
	var out bytes.Buffer
	err := t.ExecuteTemplate(&out, part, data)
	if err != nil {
		p.log.Error("a page could not be rendered", "page", name, "error", err)
		http.Error(w, "Sorry, this page could not be shown. The fault is ours and is in the log.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the browser went away: nobody is left to tell
}

// Problem writes a page that says what went wrong.
func (p *Pages) Problem(w http.ResponseWriter, r *http.Request, problem Problem) {
	if len(problem.Links) == 0 {
		problem.Links = []Link{{Text: "Go to the start", Href: p.site.Home}}
	}
	p.Show(w, problem.Status, "problem", Page{Title: problem.Title, Main: problem})
}

// Fail writes the page for an error, and logs the ones that are our fault.
func (p *Pages) Fail(w http.ResponseWriter, r *http.Request, err error) {
	problem, known := ProblemOf(err)
	if !known {
		p.log.Error("a request failed", "route", r.Pattern, "error", err) // the path itself may name a case or a person
	}
	p.Problem(w, r, problem)
}

// Field is one input of a form, for the template "input".
type Field struct {
	Name, Label, Hint, Value, Error   string
	Type, Autocomplete, Inputmode, As string // As: "textarea" or an input
	Width                             string // class ending: "10", "20"
	Heading                           bool   // the label is the page's heading
}

// field builds a Field from pairs of names and values in a template.
func field(name, label, value string, errs Errors, more ...string) (Field, error) {
	f := Field{Name: name, Label: label, Value: value, Error: errs.For(name), Type: "text"}
	if len(more)%2 != 0 {
		return f, fmt.Errorf("field %s: options come in pairs", name)
	}
	for i := 0; i < len(more); i += 2 {
		v := more[i+1]
		switch more[i] {
		case "hint":
			f.Hint = v
		case "type":
			f.Type = v
		case "autocomplete":
			f.Autocomplete = v
		case "inputmode":
			f.Inputmode = v
		case "as":
			f.As = v
		case "width":
			f.Width = v
		case "heading":
			f.Heading = v == "yes"
		default:
			return f, fmt.Errorf("field %s: no option %q", name, more[i])
		}
	}
	return f, nil
}
