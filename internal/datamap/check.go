package datamap

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/rows"
)

// Drift is one difference between a map and its source as it is now.
type Drift struct {
	Table  string
	Column string // empty where the whole table is meant
	What   string
	Mend   string
	// Breaks says that the map cannot be used until this is mended: it names
	// something that is not there. What is merely new is not searched until it is
	// mapped, and every answer says so.
	Breaks bool
}

// String is the difference in one line.
func (d Drift) String() string {
	at := d.Table
	if d.Column != "" {
		at += "." + d.Column
	}
	return at + ": " + d.What + "; " + d.Mend
}

// Check holds the map against the schema: what it names that is gone, and what
// has come that it does not name. In the order of the tables' names.
func (m *Map) Check(s *rows.Schema) []Drift {
	var out []Drift
	for _, name := range m.names() {
		t, have := m.Tables[name], s.Table(name)
		if have == nil {
			out = append(out, Drift{Table: name, What: "the map names this table and the source does not have it", Breaks: t.Skip == "",
				Mend: "take it out of the map, or run discover again if it was renamed"})
			continue
		}
		if t.Skip != "" {
			continue
		}
		for _, c := range t.columns() {
			if base, _, _ := strings.Cut(c, inside); have.Index(c) < 0 && have.Index(base) < 0 {
				d := Drift{Table: name, Column: c, What: "the map names this column and the table does not have it", Breaks: true, Mend: "take it out of the map"}
				if near := nearest(c, columnNames(have)); near != "" && distance(near, c) <= 3 {
					d.Mend = "did you mean " + near + "?"
				}
				out = append(out, d)
			}
		}
		for _, j := range t.joins() {
			if j.Source != "" {
				continue // see Across
			}
			for _, up := range j.On {
				out = append(out, upper(s, name, j.Table, up)...)
			}
		}
		if !slices.Equal(t.Asked, have.Asked) {
			out = append(out, Drift{Table: name, What: fmt.Sprintf("the source answers only where %v is given, and the map says %v", have.Asked, []string(t.Asked)), Breaks: true,
				Mend: "make asked: what the source says, or leave it out where that is nothing"})
		}
		if len(have.Key) == 0 && len(t.Key) == 0 {
			out = append(out, Drift{Table: name, What: "no key: a row can only be named by all its columns",
				Mend: "add key: with the columns that tell its rows apart"})
		}
	}
	for i := range s.Tables {
		if name := s.Tables[i].Name; m.Tables[name] == nil {
			out = append(out, Drift{Table: name, What: "the source has this table and the map does not: it is not searched",
				Mend: "run discover and add what it proposes, or add skip: with the reason"})
		}
	}
	return out
}

// Across holds the edges that lead to other sources against those sources'
// schemas. A source that is not among them is not reached now, and nothing is said
// of it; known says which sources there are at all.
func (m *Map) Across(schemas map[string]*rows.Schema, known func(source string) bool) []Drift {
	var out []Drift
	for _, name := range m.names() {
		t := m.Tables[name]
		for _, e := range t.joins() {
			s := schemas[e.Source]
			switch {
			case e.Source == "" || t.Skip != "":
			case !known(e.Source):
				out = append(out, Drift{Table: name, What: fmt.Sprintf("hangs on %s of %s, and there is no such source", e.Table, e.Source), Breaks: true,
					Mend: "mend the edge's source:, or add that source"})
			case s == nil:
			case s.Table(e.Table) == nil:
				out = append(out, Drift{Table: name, What: fmt.Sprintf("hangs on %s of %s, which has no such table", e.Table, e.Source), Breaks: true, Mend: "mend the edge's table:"})
			default:
				for _, up := range e.On {
					out = append(out, upper(s, name, e.Table, up)...)
				}
			}
		}
	}
	return out
}

// joins is all that leads from the table to another, as edges.
func (t *Table) joins() []Edge {
	out := slices.Concat(t.OwnedBy, t.RefersTo, t.SameAs)
	for _, d := range t.During {
		out = append(out, Edge{Table: d.Place, Source: d.Source, On: d.On})
	}
	for _, o := range t.Occupies {
		out = append(out, Edge{Table: o.Place, Source: o.Source, On: o.On})
	}
	return out
}

func upper(s *rows.Schema, from, table, column string) []Drift {
	have := s.Table(table)
	if have == nil || have.Index(column) >= 0 {
		return nil // a missing table is reported at its own entry
	}
	return []Drift{{Table: from, What: fmt.Sprintf("is joined to %s.%s, and that column is not there", table, column), Breaks: true,
		Mend: "mend the edge's on:"}}
}

// columns is every column of the table that the map names.
func (t *Table) columns() []string {
	var out []string
	add := func(names ...string) {
		for _, n := range names {
			if n != "" && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	add(t.Key...)
	add(t.Asked...)
	add(t.RetentionFrom)
	if t.ClientFrom != nil {
		add(t.ClientFrom.Column)
	}
	add(t.Identifiers.All()...)
	for _, n := range t.Names {
		add(n.All()...)
	}
	for _, e := range slices.Concat(t.OwnedBy, t.RefersTo, t.SameAs) {
		for c := range e.On {
			add(c)
		}
		for c := range e.When {
			add(c)
		}
		add(e.RoleFrom)
	}
	for _, d := range t.During {
		for c := range d.On {
			add(c)
		}
		add(d.At, d.Until)
	}
	for _, o := range t.Occupies {
		for c := range o.On {
			add(c)
		}
		add(o.From, o.Until)
	}
	if t.Discloses != nil {
		add(t.Discloses.To, t.Discloses.At, t.Discloses.What)
	}
	for c := range t.Columns {
		add(c)
	}
	slices.Sort(out)
	return out
}

func columnNames(t *rows.Table) []string {
	out := make([]string, len(t.Columns))
	for i := range t.Columns {
		out[i] = t.Columns[i].Name
	}
	return out
}
