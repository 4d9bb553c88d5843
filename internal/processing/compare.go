package processing

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// Difference is one cell, or one whole row, that two records have otherwise.
type Difference struct {
	Use    notice.ID `json:"use,omitempty"`
	Body   notice.ID `json:"body,omitempty"`
	Column string    `json:"column,omitempty"` // empty for a whole row
	Title  string    `json:"title,omitempty"`  // of the column
	// Removed are the entries that only the older record has, or the pack; Added those
	// that only the newer has, or the sheet.
	Removed []string `json:"removed,omitempty"`
	Added   []string `json:"added,omitempty"`
	What    string   `json:"what"`
	// For a sheet: where the difference stands, and what would have to be changed in the
	// pack for the record to say what the sheet says.
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`
	Mends []Mend `json:"mends,omitempty"`

	list bool // the column is one
}

// Mend is one change to the pack, for a person to make.
type Mend struct {
	At Place  `json:"at"`
	Do string `json:"do"`
}

// String is the difference in one line.
func (d Difference) String() string {
	var b strings.Builder
	if d.File != "" {
		fmt.Fprintf(&b, "%s: row %d", d.File, d.Line)
		if d.Title != "" {
			fmt.Fprintf(&b, ", %s", d.Title)
		}
		b.WriteString(": ")
	}
	b.WriteString(d.What)
	return b.String()
}

// ours are the columns that only tell lines apart, or show gaps.
var ours = []string{colUse, colBody, colGaps}

// Compare is what a newer record has otherwise than an older one, row by row in the
// order of the newer, then what is gone.
func Compare(old, new *Register) []Difference {
	var out []Difference
	for _, r := range new.Rows {
		before, ok := old.find(r.Use, r.Body)
		if !ok {
			out = append(out, Difference{Use: r.Use, Body: r.Body, What: fmt.Sprintf("%s is new on the record of %s.", r.Use, orNobody(r.Body))})
			continue
		}
		for _, col := range new.Columns {
			if slices.Contains(ours, col.ID) {
				continue
			}
			if d, differ := cells(col, before.Cell(col.ID).texts(), r.Cell(col.ID).texts()); differ {
				d.Use, d.Body = r.Use, r.Body
				out = append(out, d)
			}
		}
	}
	for _, r := range old.Rows {
		if _, ok := new.find(r.Use, r.Body); !ok {
			out = append(out, Difference{Use: r.Use, Body: r.Body, What: fmt.Sprintf("%s is no longer on the record of %s.", r.Use, orNobody(r.Body))})
		}
	}
	return out
}

// Change is what several lines of a record have otherwise than before, in the same words.
type Change struct {
	Title string   // of the column; empty for whole rows
	What  string   // what is otherwise
	On    []string // the lines: "let-homes of larkfield-homes"
}

// String is the change, and below it the lines it is on.
func (c Change) String() string {
	switch {
	case c.Title == "":
		return c.What
	case len(c.On) == 1:
		return c.On[0] + ", " + c.Title + ": " + c.What
	}
	return fmt.Sprintf("%s: %s\n      on %d lines: %s", c.Title, c.What, len(c.On), strings.Join(c.On, ", "))
}

// Together are differences for a reader: what one change of the pack makes otherwise on
// many lines is told once. A list that changed is told entry by entry, and a period without
// the data that goes by it, so that lines that have little else in common are told together.
func Together(diffs []Difference) []Change {
	var out []Change
	add := func(d Difference, what string) {
		on := fmt.Sprintf("%s of %s", d.Use, orNobody(d.Body))
		if i := slices.IndexFunc(out, func(c Change) bool { return d.Title != "" && c.Title == d.Title && c.What == what }); i >= 0 {
			out[i].On = append(out[i].On, on)
			return
		}
		out = append(out, Change{d.Title, what, []string{on}})
	}
	for _, d := range diffs {
		if d.Title == "" || !d.list {
			add(d, d.What)
			continue
		}
		for _, s := range d.Removed {
			add(d, "no longer: "+bare(s, d.Added))
		}
		for _, s := range d.Added {
			add(d, "now also: "+bare(s, d.Removed))
		}
	}
	return out
}

// bare is an entry without the data that goes by it, where the other side has not the
// same of other data.
func bare(s string, others []string) string {
	short, _, cut := strings.Cut(s, ofThis)
	if cut && slices.ContainsFunc(others, func(o string) bool { return o == short || strings.HasPrefix(o, short+ofThis) }) {
		return s
	}
	return short
}

func orNobody(id notice.ID) string {
	if id == "" {
		return "somebody who is not named"
	}
	return string(id)
}

func (r *Register) find(use, body notice.ID) (Row, bool) {
	for _, row := range r.Rows {
		if row.Use == use && row.Body == body {
			return row, true
		}
	}
	return Row{}, false
}

// cells compares two cells: lists by their entries, in whatever order, and others by
// their words.
func cells(col Column, old, new []string) (Difference, bool) {
	d := Difference{Column: col.ID, Title: col.Title, list: col.List}
	if !col.List {
		old, new = whole(old), whole(new)
	}
	d.Removed, d.Added = without(old, new), without(new, old)
	switch {
	case len(d.Removed) == 0 && len(d.Added) == 0:
		return d, false
	case len(d.Removed) == 0:
		d.What = "now also: " + strings.Join(d.Added, "; ")
	case len(d.Added) == 0:
		d.What = "no longer: " + strings.Join(d.Removed, "; ")
	default:
		d.What = strings.Join(d.Added, "; ") + " instead of " + strings.Join(d.Removed, "; ")
	}
	return d, true
}

// whole is a cell as one text, or nothing.
func whole(lines []string) []string {
	if s := oneLine(strings.Join(lines, " ")); s != "" {
		return []string{s}
	}
	return nil
}

// without are the entries of a that b does not have.
func without(a, b []string) []string {
	var out []string
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}
