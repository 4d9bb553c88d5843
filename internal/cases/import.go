package cases

import (
	"context"
	"fmt"
	"strings"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Column is one of the columns of a sheet of open cases.
type Column struct {
	Name     string
	Required bool
	Says     string
}

// Columns is what a sheet of open cases may have. Days are written 2026-11-22.
func Columns() []Column {
	return []Column{
		{"reference", true, "what the case is known by where it comes from; the same reference is never imported twice"},
		{"kind", true, "what it is about: access, copy, cctv, erasure, dp-complaint, foi and so on"},
		{"received", true, "the day it came, as it was; every clock counts from it"},
		{"channel", true, "how it came: a channel of the notice, or letter, phone, email"},
		{"name", false, "whose information it is about"},
		{"email", false, ""},
		{"phone", false, ""},
		{"born", false, "a day"},
		{"address", false, ""},
		{"postcode", false, ""},
		{"tenancy", false, "the reference of a tenancy or account"},
		{"asked", false, "what they asked for, in their words"},
		{"requester", false, "who asked, where it is somebody else"},
		{"identity asked", false, "the day on which proof of identity was asked for"},
		{"identity doubt", false, "why it was; needed with it"},
		{"identity arrived", false, "the day on which it came"},
		{"clarification asked", false, "the day on which the person was asked what they meant"},
		{"clarification answered", false, "the day on which they said"},
		{"extended on", false, "the day on which the person was told that it takes longer"},
		{"extension reasons", false, "why; needed with it"},
		{"acknowledged", false, "the day on which a complaint was acknowledged"},
		{"notes", false, "anything else that should stand in the case"},
	}
}

// Row is one row of a sheet: what stands under each column, and the line it is on.
type Row struct {
	Line   int
	Fields map[string]string // by Column.Name
}

// RowProblem is something in a sheet that cannot be imported. It does not repeat
// what people wrote.
type RowProblem struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	What   string `json:"what"`
	Mend   string `json:"mend"`
}

// Error is the problem in one line.
func (p RowProblem) Error() string {
	return fmt.Sprintf("line %d, %s: %s; %s", p.Line, p.Column, p.What, p.Mend)
}

// Imported is what an import did with one row.
type Imported struct {
	Line   int    `json:"line"`
	Number string `json:"number"`
	Case   string `json:"case"`
	New    bool   `json:"new"` // false where the reference was imported before: nothing was changed
}

// mostRows is how many rows a sheet may have.
const mostRows = 20_000

// Import opens the cases of a sheet with their own dates and clocks, under the
// notice in force. If any row is wrong none is opened, and the problems say which
// and how to mend each. A sheet that was imported in part, as after a crash, can be
// imported again: each reference is opened once.
func (c *Cases) Import(ctx context.Context, n *notice.Notice, by string, rows []Row) ([]Imported, []RowProblem, error) {
	if by == "" {
		return nil, nil, input("say who acts", "the import has no actor")
	}
	if len(rows) > mostRows {
		return nil, nil, input("split it", "the sheet has %d rows, more than %d", len(rows), mostRows)
	}
	var problems []RowProblem
	requests := make([]Request, len(rows))
	lines := map[string]int{}
	for i, row := range rows {
		r := reading{line: row.Line, fields: row.Fields}
		requests[i] = r.request(n, by)
		if first, twice := lines[requests[i].origin]; twice && requests[i].origin != "" {
			r.problem("reference", fmt.Sprintf("it stands on line %d already", first), "leave one of the two out")
		}
		lines[requests[i].origin] = row.Line
		if len(r.problems) == 0 {
			if _, err := c.newCase(requests[i]); err != nil {
				r.problem("received", err.Error(), "correct the row")
			}
		}
		problems = append(problems, r.problems...)
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	var done []Imported
	for i, r := range requests {
		fresh := false
		r.opened = &fresh
		k, err := c.Open(ctx, r)
		if err != nil {
			return done, nil, fmt.Errorf("import line %d: %w", rows[i].Line, err)
		}
		// Written once a row, however often the sheet is imported.
		if words := rows[i].Fields["notes"]; strings.TrimSpace(words) != "" && k.Forgotten.IsZero() {
			if _, err := c.Note(ctx, On{Case: k.ID, By: by, Once: "imported notes"}, words); err != nil {
				return done, nil, fmt.Errorf("import line %d: %w", rows[i].Line, err)
			}
		}
		done = append(done, Imported{Line: rows[i].Line, Number: k.Number, Case: k.ID, New: fresh})
	}
	return done, nil, nil
}

// reading reads one row.
type reading struct {
	line     int
	fields   map[string]string
	problems []RowProblem
}

func (r *reading) problem(column, what, mend string) {
	r.problems = append(r.problems, RowProblem{r.line, column, what, mend})
}

func (r *reading) text(column string) string { return strings.TrimSpace(r.fields[column]) }

func (r *reading) day(column string) law.Date {
	s := r.text(column)
	if s == "" {
		return law.Date{}
	}
	d, err := law.ParseDate(s)
	if err != nil {
		r.problem(column, "it is not a day", "write it as 2026-11-22")
	}
	return d
}

// after refuses a day that is given without the one that must come before it.
func (r *reading) after(column, first string) {
	if r.text(column) != "" && r.text(first) == "" {
		r.problem(first, "it is missing, and "+column+" is given", "fill it in, or leave both out")
	}
}

func (r *reading) request(n *notice.Notice, by string) Request {
	known := map[string]bool{}
	for _, col := range Columns() {
		known[col.Name] = true
		if col.Required && r.text(col.Name) == "" {
			r.problem(col.Name, "it is empty", "fill it in: "+col.Says)
		}
	}
	for name := range r.fields {
		if !known[name] {
			r.problem(clip(name), "there is no such column", "take it out, or call it as tenet does")
		}
	}
	kind, err := law.ParseKind(r.text("kind"))
	if err != nil && r.text("kind") != "" {
		r.problem("kind", "there is no such kind of case", "use one of "+words(law.Kinds()))
	}
	if kind == law.KindBreach || kind == law.KindOther {
		r.problem("kind", "a case of this kind is not imported", "open it by hand")
	}
	req := Request{Kind: kind, Received: r.day("received"), Channel: r.text("channel"), By: by, origin: r.text("reference"),
		Once:      "import " + r.text("reference"),
		Requester: Requester{Name: r.text("requester"), Address: r.text("address")},
		Person: Person{Name: r.text("name"), Email: r.text("email"), Phone: r.text("phone"), Born: r.day("born"), Postcode: r.text("postcode"),
			Reference: r.text("tenancy"), Asked: r.text("asked")}}
	if req.Requester.Name == "" {
		req.Requester.Name, req.Requester.Email, req.Requester.Phone = req.Person.Name, req.Person.Email, req.Person.Phone
	}
	in := &Inputs{Identity: law.Span{From: r.day("identity asked"), To: r.day("identity arrived")},
		Extension: r.day("extended on"), Acknowledged: r.day("acknowledged")}
	if asked := r.day("clarification asked"); !asked.IsZero() {
		in.Clarifications = []law.Span{{From: asked, To: r.day("clarification answered")}}
	}
	r.after("clarification answered", "clarification asked")
	r.after("identity arrived", "identity asked") // proof that was never asked for moves no clock
	r.after("identity asked", "identity doubt")
	r.after("extended on", "extension reasons")
	req.carried, req.Doubt, req.extension = in, r.text("identity doubt"), r.text("extension reasons")
	if len(r.problems) == 0 {
		if err := req.Under(n); err != nil {
			r.problem("kind", err.Error(), "correct it")
		}
		if err := checkID("channel", req.Channel); err != nil {
			r.problem("channel", "it is no name of a channel", "use letters, digits and hyphens: letter, phone, front-desk")
		}
		for _, d := range []string{"identity asked", "identity arrived", "clarification asked", "clarification answered", "extended on", "acknowledged"} {
			if day := r.day(d); !day.IsZero() && day.Before(req.Received) && d != "identity arrived" {
				r.problem(d, "it is before the day of receipt", "correct one of them")
			}
		}
	}
	return req
}
