package processing

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"tenet/internal/notice"
)

// What a sheet may have that is read back.
const (
	MaxLines = 5_000  // rows, those above the headings included
	MaxCells = 200    // cells in a row
	MaxText  = 32_767 // bytes in a cell, which is what Excel has room for in characters
	headings = 20     // rows in which the headings must begin: the template has some lines above them
)

// Line is one row of a table that somebody edited.
type Line struct {
	Number int // in the file; the first is 1
	Cells  []string
}

// Sheet is a record as somebody edited it.
type Sheet struct {
	File    string
	columns []string // by place; empty for a column that is not of the record
	lines   []Line
}

// Guard makes a text harmless in a CSV file: Excel takes what begins with one of these
// for a formula, and runs it. It never begins with an apostrophe that Guard did not set.
func Guard(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Unguard takes back what Guard did.
func Unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && rest != "" && strings.ContainsRune("=+-@\t\r'", rune(rest[0])) {
		return rest
	}
	return s
}

// WriteCSV writes the record with its headings in the first line, in UTF-8 with the
// mark by which Excel knows it. No cell is a formula.
func WriteCSV(w io.Writer, r *Register) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	line := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		line[i] = c.Title
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for _, row := range r.Rows {
		for i, c := range r.Columns {
			line[i] = Guard(row.Cell(c.ID).Text())
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Read finds the record in a table: its headings, which may stand below some lines
// about whose it is, and the lines below them. Cells of a CSV file come to it through
// [Unguard]. The error says what is wrong with the
// table as a whole.
func Read(file string, as notice.UseRole, lines []Line) (*Sheet, error) {
	if len(lines) > MaxLines {
		return nil, fmt.Errorf("it has more than %d rows, and no record has; keep the rows of the record alone", MaxLines)
	}
	columns := Columns(as)
	known := map[string]string{}
	for _, c := range columns {
		known[heading(c.Title)] = c.ID
	}
	must := Column{}
	for _, c := range columns {
		if c.ID == colPurpose || c.ID == colDoes {
			must = c
		}
	}
	s := &Sheet{File: file}
	for i, l := range lines {
		if len(l.Cells) > MaxCells {
			return nil, fmt.Errorf("row %d has more than %d cells; take out what is not of the record", l.Number, MaxCells)
		}
		for _, c := range l.Cells {
			if len(c) > MaxText {
				return nil, fmt.Errorf("row %d has a cell of more than %d bytes; shorten it", l.Number, MaxText)
			}
		}
		if s.columns != nil {
			if slices.ContainsFunc(l.Cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
				s.lines = append(s.lines, l)
			}
			continue
		}
		if i >= headings || !slices.ContainsFunc(l.Cells, func(c string) bool { return heading(c) == heading(must.Title) }) {
			continue
		}
		for _, c := range l.Cells {
			id := known[heading(c)]
			if id != "" && slices.Contains(s.columns, id) {
				return nil, fmt.Errorf("row %d has two columns called %q; leave one of them out", l.Number, oneLine(c))
			}
			s.columns = append(s.columns, id)
		}
	}
	if s.columns == nil {
		return nil, fmt.Errorf("none of its first %d rows has a column called %q; keep the headings as they were exported", headings, must.Title)
	}
	return s, nil
}

// heading is a heading in a form in which two can be compared.
func heading(s string) string { return strings.ToLower(oneLine(s)) }

// cell is what a line has under a column, as entries. There is none where the sheet
// does not have the column.
func (s *Sheet) cell(l Line, column string) (entries []string, ok bool) {
	i := slices.Index(s.columns, column)
	if i < 0 {
		return nil, false
	}
	if i >= len(l.Cells) {
		return nil, true
	}
	for e := range strings.SplitSeq(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(l.Cells[i]), "\n") {
		if e = oneLine(e); e != "" {
			entries = append(entries, e)
		}
	}
	return entries, true
}

// Check says, row by row, what the sheet has otherwise than the record, and what the
// pack would have to say for the record to say it.
func Check(n *notice.Notice, r *Register, s *Sheet) []Difference {
	var out []Difference
	seen := map[[2]notice.ID]bool{}
	for _, l := range s.lines {
		row, why := s.match(r, l)
		if why != "" {
			out = append(out, Difference{File: s.File, Line: l.Number, What: why})
			continue
		}
		id := [2]notice.ID{row.Use, row.Body}
		if seen[id] {
			out = append(out, Difference{File: s.File, Line: l.Number, Use: row.Use, Body: row.Body, What: "this line of the record stands further up already; leave one of them out"})
			continue
		}
		seen[id] = true
		for _, col := range r.Columns {
			theirs, ok := s.cell(l, col.ID)
			if !ok || slices.Contains(ours, col.ID) {
				continue
			}
			if d, differ := cells(col, row.Cell(col.ID).texts(), theirs); differ {
				d.Use, d.Body, d.File, d.Line = row.Use, row.Body, s.File, l.Number
				d.Mends = mends(n, col, row.Cell(col.ID), d)
				out = append(out, d)
			}
		}
	}
	for _, row := range r.Rows {
		if !seen[[2]notice.ID{row.Use, row.Body}] {
			out = append(out, Difference{File: s.File, Use: row.Use, Body: row.Body, Line: s.last(),
				What:  fmt.Sprintf("the sheet has no row for %s of %s", row.Use, orNobody(row.Body)),
				Mends: []Mend{{row.Cell(colBody).At, "if it has ended, take the use out of uses.yaml, or this body out of it"}}})
		}
	}
	return out
}

func (s *Sheet) last() int {
	if len(s.lines) == 0 {
		return 0
	}
	return s.lines[len(s.lines)-1].Number
}

// match is the row of the record that a line is: by the columns that are ours, or, in
// a sheet without them, by its purpose where only one row has that.
func (s *Sheet) match(r *Register, l Line) (Row, string) {
	use, _ := s.cell(l, colUse)
	body, _ := s.cell(l, colBody)
	if len(use) > 0 {
		row, ok := r.find(notice.ID(use[0]), notice.ID(strings.Join(body, "")))
		if !ok {
			return row, fmt.Sprintf("the pack has no use %q on the record of %s: a new one is added to uses.yaml by hand, with its basis and the sentence that tells the public", clip(use[0]), clip(orNobody(notice.ID(strings.Join(body, "")))))
		}
		return row, ""
	}
	words := colPurpose
	if r.As == notice.AsProcessor {
		words = colDoes
	}
	purpose, _ := s.cell(l, words)
	var found []Row
	for _, row := range r.Rows {
		if slices.Equal(whole(row.Cell(words).texts()), whole(purpose)) {
			found = append(found, row)
		}
	}
	switch len(found) {
	case 1:
		return found[0], ""
	case 0:
		return Row{}, "no use of the pack has this purpose, and the row names no use: if it is new, add it to uses.yaml by hand; if it is an old one reworded, write its name under Use (Tenet)"
	}
	return Row{}, fmt.Sprintf("%d rows of the record have this purpose, and the row does not say which it is: keep the columns that end in (Tenet)", len(found))
}

// clip is enough of a text that somebody wrote to know it again.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
