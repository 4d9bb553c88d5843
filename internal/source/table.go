package source

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// keyOf is the key that rows of a table are known by: its own, else the one the
// map gives it, else all its columns.
func (b *base) keyOf(t *rows.Table) ([]string, error) {
	if len(t.Key) > 0 {
		return t.Key, nil
	}
	key := b.opts.Keys(t.Name)
	for _, c := range key {
		if t.Index(c) < 0 {
			return nil, fmt.Errorf("%w: %q, which the map names as a key; the table has %s", ErrNoColumn, c, columnNames(t))
		}
	}
	if len(key) == 0 {
		for _, c := range t.Columns {
			key = append(key, c.Name)
		}
	}
	return key, nil
}

// keyed gives a row its key. A key that is null in part is none, so that the row
// is known by all its columns: SQLite allows that even in a primary key.
func keyed(r rows.Row, key []string) rows.Row {
	r.Key = key
	for _, c := range key {
		if r.Get(c).Null {
			r.Key = make([]string, len(r.Table.Columns))
			for i, c := range r.Table.Columns {
				r.Key[i] = c.Name
			}
			break
		}
	}
	return r
}

func columnNames(t *rows.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// narrow is the table with only the columns asked for and those of the key.
// That is all of them where rows may be known by all their columns.
func narrow(t *rows.Table, key, columns []string) (*rows.Table, error) {
	if columns == nil {
		return t, nil
	}
	for _, c := range columns {
		if t.Index(c) < 0 {
			return nil, fmt.Errorf("%w: %q; the table has %s", ErrNoColumn, c, columnNames(t))
		}
	}
	for _, c := range key {
		if t.Columns[t.Index(c)].Nullable {
			return t, nil
		}
	}
	out := *t
	out.Columns = nil
	for _, c := range t.Columns {
		if slices.Contains(columns, c.Name) || slices.Contains(key, c.Name) {
			out.Columns = append(out.Columns, c)
		}
	}
	return &out, nil
}

// checkWhere says what is wrong with the conditions of a lookup.
func checkWhere(t *rows.Table, where []rows.Match) error {
	if len(where) == 0 {
		return fmt.Errorf("a lookup without a condition")
	}
	for _, m := range where {
		if t.Index(m.Column) < 0 {
			return fmt.Errorf("%w: %q; the table has %s", ErrNoColumn, m.Column, columnNames(t))
		}
	}
	return nil
}

// matches decides in canonical text whether a row meets the conditions. The
// engines only narrow down: their own comparisons may fold case, blanks or
// types, and this is the last word. A value that was not read whole has been compared
// by the engine, and is let through.
func matches(r rows.Row, where []rows.Match) bool {
	for _, m := range where {
		v := r.Get(m.Column)
		switch {
		case v.Null != m.Value.Null:
			return false
		case v.Null, v.Lost != "":
		case v.Text == m.Value.Text:
		default:
			c, _ := r.Table.Column(m.Column)
			if c.Kind != rows.Number || !sameNumber(v.Text, m.Value.Text) {
				return false
			}
		}
	}
	return true
}

// reportLost tells of every value of a row that is not whole, or holds what
// text should not.
func (b *base) reportLost(r rows.Row) {
	for i, v := range r.Values {
		why := v.Lost
		if why == "" && strings.Contains(v.Text, "\x00") {
			why = "holds NUL characters"
		}
		if why != "" {
			b.report(Problem{Table: r.Table.Name, Key: r.ID(), Column: r.Table.Columns[i].Name, Why: why})
		}
	}
}

// text makes a value of text that is UTF-8, or should be. What is longer than
// the limit is cut off at a character.
func (b *base) text(s string) rows.Value {
	var v rows.Value
	if !utf8.ValidString(s) {
		var problems []doc.Problem
		s, problems = doc.Decode([]byte(s))
		for _, p := range problems {
			v.Lost = p.Why
		}
	}
	if n := len(s); n > b.opts.Limits.Value {
		v.Lost = overLimit(int64(n), b.opts.Limits.Value)
		s = cut(s, b.opts.Limits.Value)
	}
	v.Text = s
	return v
}

// cut is the beginning of a text, in no more than so many bytes.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

func overLimit(n int64, limit int) string {
	return fmt.Sprintf("%s bytes, over the limit of %s", doc.Thousands(n), doc.Thousands(int64(limit)))
}

// project is a row with only the columns of a narrowed table.
func project(r rows.Row, t *rows.Table) rows.Row {
	if r.Table == t {
		return r
	}
	out := rows.Row{Table: t, Key: r.Key, Values: make([]rows.Value, len(t.Columns))}
	for i, c := range t.Columns {
		out.Values[i] = r.Get(c.Name)
	}
	return out
}
