package desk

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// openSet opens the systems to look at one set: a client's whose contract has not ended,
// or our own.
func (d *Desk) openSet(ctx context.Context, client string) (*systems, error) {
	if err := d.mayWorkFor(ctx, client); err != nil {
		return nil, err
	}
	s, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	s.client = client
	return s, nil
}

// openFor opens the systems to look at the set of a case.
func (d *Desk) openFor(ctx context.Context, k cases.Case) (*systems, error) {
	client, err := d.caseSet(k)
	if err != nil {
		return nil, err
	}
	return d.openSet(ctx, client)
}

// divided says whether there is more than one set to tell apart: a map names a client, or
// a client's set is looked at, in which there is nothing where no map names it.
func (s *systems) divided() bool {
	if s.client != "" {
		return true
	}
	for _, m := range s.maps {
		if m.Divided() {
			return true
		}
	}
	return false
}

// apart lets the rows of the set through that is looked at, and no other.
func (s *systems) apart() *datamap.Apart {
	return &datamap.Apart{Maps: s.maps, Rows: rawRows(s.sources), Client: s.client}
}

// scan streams the rows of a table that are in the set that is looked at. Other columns
// may come with them: those that tell whose a row is.
func (s *systems) scan(ctx context.Context, name, table string, opt source.ScanOptions) iter.Seq2[rows.Row, error] {
	m := s.maps[name]
	switch {
	case !s.divided():
		return s.sources[name].Scan(ctx, table, opt)
	case !s.mayHold(name, table):
		return func(func(rows.Row, error) bool) {}
	case !m.Divided() && m.Tables[table] == nil: // nothing there is anybody else's
		return s.sources[name].Scan(ctx, table, opt)
	}
	if opt.Columns != nil {
		opt.Columns = slices.Clone(opt.Columns)
		for _, c := range m.SetColumns(table) {
			if !slices.Contains(opt.Columns, c) {
				opt.Columns = append(opt.Columns, c)
			}
		}
	}
	apart := s.apart()
	return func(yield func(rows.Row, error) bool) {
		for r, err := range s.sources[name].Scan(ctx, table, opt) {
			if err == nil {
				var set datamap.Set
				if set, err = apart.Of(ctx, name, table, r); err == nil && set != (datamap.Set{Client: s.client, Known: true}) {
					continue
				}
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// lookup is scan for the rows in which every condition holds.
func (s *systems) lookup(ctx context.Context, name, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	if !s.divided() || !s.maps[name].Divided() && s.maps[name].Tables[table] == nil {
		return s.sources[name].Lookup(ctx, table, where)
	}
	return s.apart().Lookup(ctx, name, table, where)
}

// mayHold says whether a table can have rows of the set that is looked at, by its map.
func (s *systems) mayHold(name, table string) bool {
	m := s.maps[name]
	if !m.Divided() {
		return s.client == "" || m.Tables[table] != nil // rows of a client's may hang below another system's
	}
	set := m.SetOf(table)
	return m.Tables[table] != nil && (!set.Known || set.Client == s.client)
}

// decidedIn is what people decided about who is who among the rows of one set. A
// decision that leads out of it joins nobody, and parts nobody.
type decidedIn struct {
	find.Decisions
	apart *datamap.Apart
}

func (x decidedIn) About(ctx context.Context, ids []string) ([]find.Decided, error) {
	got, err := x.Decisions.About(ctx, ids)
	if err != nil {
		return nil, err
	}
	in := map[string]bool{}
	for _, g := range got {
		for _, id := range []string{g.A, g.B} {
			if _, asked := in[id]; asked {
				continue
			}
			set, err := setOfRow(ctx, x.apart, id)
			if err != nil {
				return nil, err
			}
			in[id] = set == (datamap.Set{Client: x.apart.Client, Known: true})
		}
	}
	return slices.DeleteFunc(got, func(g find.Decided) bool { return !in[g.A] || !in[g.B] }), nil
}

// setOfRow is the set of the row with an id; not known where it is not there, or its
// system cannot be read now.
func setOfRow(ctx context.Context, apart *datamap.Apart, id string) (datamap.Set, error) {
	name, row, _ := strings.Cut(id, ":")
	table, key, err := rows.DecodeID(row)
	if m := apart.Maps[name]; err != nil || len(key) == 0 || m == nil || m.Tables[table] == nil {
		return datamap.Set{}, nil
	}
	for r, err := range apart.Rows.Lookup(ctx, name, table, key) {
		if err != nil {
			return datamap.Set{}, fmt.Errorf("whose a row of %s is: %w", table, err)
		}
		return apart.Of(ctx, name, table, r)
	}
	return datamap.Set{}, nil
}

// oneSet refuses to join or part records of different landlords: who is who is decided
// within a set.
func (s *systems) oneSet(ctx context.Context, a, b string) error {
	if !s.divided() {
		return nil
	}
	apart := s.apart()
	one, err := setOfRow(ctx, apart, a)
	if err != nil {
		return err
	}
	other, err := setOfRow(ctx, apart, b)
	if err != nil {
		return err
	}
	if !one.Known || one != other {
		return &Error{Code: "sets", What: "the two records are not of one landlord, each of which decides over its own", Where: "RECORD", Mend: "decide about two records of one landlord; each landlord's stay apart"}
	}
	return nil
}

// setOf is one source as a search in one set sees it.
type setOf struct {
	*datamap.Apart
	source string
}

func (s setOf) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return s.Apart.Lookup(ctx, s.source, table, where)
}

// separate lets a search see the rows of one set alone, and say which it does not
// cover. Where no map names a client there is one set, and nothing stands between.
func (s *systems) separate(f *find.Finder) {
	if !s.divided() {
		return
	}
	apart := s.apart()
	f.Decisions = decidedIn{f.Decisions, apart}
	for name := range s.sources {
		f.Sources[name] = setOf{apart, name}
		for _, client := range s.maps[name].Clients() {
			if client != s.client {
				f.Unsearched = append(f.Unsearched, find.NotSearched{Source: name, Why: "what is kept there for the client " + client + " is a set apart, and was not searched"})
			}
		}
		if s.client != "" {
			f.Unsearched = append(f.Unsearched, find.NotSearched{Source: name, Why: "what is not kept there for the client " + s.client + " is a set apart, and was not searched"})
		}
	}
}
