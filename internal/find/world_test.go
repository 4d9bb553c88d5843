package find

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"

	"tenet/internal/datamap"
	"tenet/internal/index"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// world is a landlord in memory: tables of people in several systems, and notes
// below them. It is Source, Index and Decisions at once.
type world struct {
	maps    map[string]*datamap.Map
	rows    map[string][]rows.Row // by source
	decided []Decided
	asked   int // how often a row was looked up
}

// columns of every table of people.
var peopleColumns = []string{"id", "name", "dob", "nino", "email", "phone", "ref", "address", "postcode"}

func newWorld(sources ...string) *world {
	w := &world{maps: map[string]*datamap.Map{}, rows: map[string][]rows.Row{}}
	for _, s := range sources {
		w.maps[s] = &datamap.Map{Source: s, Tables: map[string]*datamap.Table{
			"person": {People: datamap.Customers, Key: datamap.Columns{"id"}, Identifiers: &datamap.Identifiers{Name: datamap.Columns{"name"}, DOB: "dob",
				NINO: datamap.Columns{"nino"}, Email: datamap.Columns{"email"}, Phone: datamap.Columns{"phone"}, Ref: datamap.Columns{"ref"}, Address: datamap.Columns{"address"}, Postcode: "postcode"}},
			"note": {Key: datamap.Columns{"id"}, OwnedBy: datamap.Edges{{Table: "person", On: map[string]string{"person": "id"}}}},
		}}
	}
	return w
}

func table(name string, columns ...string) *rows.Table {
	t := &rows.Table{Name: name, Key: []string{"id"}}
	for _, c := range columns {
		t.Columns = append(t.Columns, rows.Column{Name: c})
	}
	return t
}

// person adds a row, "system:id", and a note below it. Values are given as
// "column=value".
func (w *world) person(at string, values ...string) string {
	s, id, _ := strings.Cut(at, ":")
	r := rows.Row{Table: table("person", peopleColumns...), Key: []string{"id"}, Values: make([]rows.Value, len(peopleColumns))}
	for i := range r.Values {
		r.Values[i].Null = true
	}
	for _, v := range append(values, "id="+id) {
		column, text, _ := strings.Cut(v, "=")
		r.Values[r.Table.Index(column)] = rows.Value{Text: text}
	}
	note := rows.Row{Table: table("note", "id", "person"), Key: []string{"id"}, Values: []rows.Value{{Text: id}, {Text: id}}}
	w.rows[s] = append(w.rows[s], r, note)
	return s + ":" + r.ID()
}

func (w *world) finder() *Finder {
	f := &Finder{Maps: w.maps, Sources: map[string]Source{}, Index: w, Decisions: w}
	for s := range w.maps {
		f.Sources[s] = system{w, s}
	}
	return f
}

type system struct {
	w    *world
	name string
}

func (s system) Lookup(_ context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		s.w.asked++
		for _, r := range s.w.rows[s.name] {
			if r.Table.Name == table && !slices.ContainsFunc(where, func(m rows.Match) bool { return r.Get(m.Column) != m.Value }) && !yield(r, nil) {
				return
			}
		}
	}
}

func (w *world) FindAny(_ context.Context, name, table string, most int, ways ...index.All) ([]string, error) {
	var out []string
	t := w.maps[name].Tables[table]
	for _, r := range w.rows[name] {
		if r.Table.Name != table || most > 0 && len(out) == most {
			continue
		}
		has := index.Terms(index.Person, index.Known(t.Identifiers, r))
		for i := range t.Names {
			has = append(has, index.Terms(index.Named, index.Known(&t.Names[i].Identifiers, r))...)
		}
		for c, col := range t.Columns {
			if col.FreeText {
				has = append(has, index.TextTerms(r.Get(c).Text)...)
			}
		}
		hit := func(g []index.Term) bool {
			return slices.ContainsFunc(g, func(x index.Term) bool { return slices.Contains(has, x) })
		}
		if slices.ContainsFunc(ways, func(all index.All) bool {
			return len(all) > 0 && !slices.ContainsFunc(all, func(g []index.Term) bool { return !hit(g) })
		}) {
			out = append(out, r.ID())
		}
	}
	return out, nil
}

func (w *world) Tables(context.Context) ([]index.Table, error) {
	var out []index.Table
	for s, m := range w.maps {
		for name := range m.Tables {
			out = append(out, index.Table{Source: s, Table: name, Rows: 2})
		}
	}
	return out, nil
}

func (w *world) Problems(context.Context) ([]source.Problem, error) { return nil, nil }

func (w *world) About(_ context.Context, ids []string) ([]Decided, error) {
	var out []Decided
	for _, d := range w.decided {
		if slices.Contains(ids, d.A) || slices.Contains(ids, d.B) {
			out = append(out, d)
		}
	}
	return out, nil
}

// found is who was found and who may be, as sets of "system:id".
func found(t testing.TB, a *Answer) (mine, possible []string) {
	t.Helper()
	short := func(id string) string {
		s, key, _ := strings.Cut(id, ":person/id=")
		return s + ":" + key
	}
	for _, id := range a.Person.Records {
		mine = append(mine, short(id))
	}
	for _, c := range a.Possible {
		possible = append(possible, short(c.Record))
	}
	slices.Sort(mine)
	slices.Sort(possible)
	var notes []string
	for _, r := range a.Records {
		if r.Table == "note" && r.Is(datamap.Self) {
			notes = append(notes, r.Source+":"+r.Row.Get("id").Text)
		}
	}
	slices.Sort(notes)
	if !slices.Equal(notes, mine) {
		t.Errorf("the records are %v, and the notes are those of %v", mine, notes)
	}
	return mine, possible
}
