package datamap

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/rows"
)

// during takes in what is dated inside the person's own occupancy of a place.
func (w *walker) during() error {
	for i := 0; i < len(w.items); i++ { // visit adds items, and what they occupy counts too
		it := w.items[i]
		if !slices.Contains(it.Whose, Self) && !slices.Contains(it.Whose, Shared) {
			continue
		}
		t := w.maps[it.Source].Tables[it.Row.Table.Name]
		for _, o := range t.Occupies {
			stay, ok := period(it.Row.Get(o.From), it.Row.Get(o.Until))
			if !ok {
				w.leave(it.Source, it.Row.Table.Name, "rows that give a place but no readable date from which: what is dated there was not followed")
				continue
			}
			places, err := w.placesOf(it, o)
			if err != nil {
				return err
			}
			for _, p := range places {
				for _, k := range w.keptBy[p.at] {
					if err := w.inside(it, p, stay, k); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// placed is one place, as one table of one system knows it.
type placed struct {
	at
	columns map[string]rows.Value // what is known of it
	row     *rows.Row             // all of it, if it has been read
	words   string                // how it is known to be the place that is occupied; empty where it is that
}

// placesOf is the place of an occupancy, and the same place in other systems.
func (w *walker) placesOf(it Item, o Occupancy) ([]placed, error) {
	p := placed{at: at{o.In(it.Source), o.Place}, columns: map[string]rows.Value{}}
	for c, up := range o.On {
		p.columns[up] = it.Row.Get(c)
	}
	if len(w.same[p.at]) == 0 {
		return []placed{p}, nil
	}
	switch known, err := w.readPlace(&p); {
	case err != nil:
		return nil, err
	case !known:
		return []placed{p}, nil
	}
	out := []placed{p}
	for _, l := range w.same[p.at] {
		t := w.maps[l.source]
		if t == nil || t.Tables[l.table] == nil || t.Tables[l.table].Skip != "" {
			continue
		}
		mine, theirs := map[string]string{}, map[string]string{}
		for c, up := range l.on {
			mine[c], theirs[c] = c, up
		}
		one, err := w.above(p.source, Edge{Table: p.table, On: mine}, *p.row)
		if err == nil && len(one) == 1 {
			one, err = w.above(p.source, Edge{Table: l.table, Source: l.source, On: theirs}, *p.row)
		}
		switch {
		case errors.Is(err, errUnread), err == nil && len(one) == 0:
		case err != nil:
			return nil, err
		case len(one) > 1:
			w.leave(l.source, l.table, "places that cannot be told apart: a building and its flats have one number, and what is kept by it was not followed")
		default:
			other := placed{at: l.at, columns: map[string]rows.Value{}, row: &one[0]}
			other.words = fmt.Sprintf("%s of %s, the same place by %s", l.table, l.source, strings.Join(slices.Sorted(maps.Keys(l.on)), ", "))
			out = append(out, other)
		}
	}
	return out, nil
}

// readPlace reads the row of a place; false where it cannot be read, or where several
// rows are meant, of which nobody can say which.
func (w *walker) readPlace(p *placed) (bool, error) {
	if p.row != nil {
		return true, nil
	}
	if m := w.maps[p.source]; m == nil || m.Tables[p.table] == nil {
		return false, nil
	}
	where, ok := whole(p.columns)
	if !ok {
		return false, nil
	}
	got, err := w.rowsAt(p.source, p.table, where)
	if errors.Is(err, errUnread) || err == nil && len(got) == 0 {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("walk %s: the row of a place in %s: %w", p.source, p.table, err)
	}
	if len(got) > 1 {
		return false, nil
	}
	p.row = &got[0]
	return true, nil
}

// inside takes in the rows of one table that are dated inside one stay.
func (w *walker) inside(it Item, p placed, stay span, k kept) error {
	known := p.columns
	if _, ok := matchPlace(k.On, known); !ok {
		// The two name the place by different columns of it: ask the place.
		if read, err := w.readPlace(&p); err != nil {
			return err
		} else if !read {
			return nil
		}
		known = map[string]rows.Value{}
		for _, up := range k.On {
			known[up] = p.row.Get(up)
		}
	}
	where, ok := matchPlace(k.On, known)
	if !ok {
		return nil
	}
	if several, err := w.several(p, k.On, known); err != nil {
		return err
	} else if several {
		w.leave(k.source, k.table, "rows kept by a number that several places have: cannot tell whose place they are about")
		return nil
	}
	table := k.table
	if k.source != it.Source {
		table += " of " + k.source
	}
	for r, err := range w.lookup(k.source, k.table, where) {
		if errors.Is(err, errUnread) {
			return nil
		} else if err != nil {
			return fmt.Errorf("walk %s: what %s holds for one place: %w", k.source, k.table, err)
		}
		until := r.Get(k.At)
		if k.Until != "" && !r.Get(k.Until).Empty() {
			until = r.Get(k.Until) // one without an end counts by its beginning
		}
		when, ok := period(r.Get(k.At), until)
		switch {
		case !ok:
			w.leave(k.source, k.table, "rows at the same place with no readable date: cannot tell whose time they fall in")
		case !stay.overlaps(when):
			w.leave(k.source, k.table, "rows at the same place, outside the dates of this person's occupancy")
		default:
			path := it.Path
			if p.words != "" {
				path = extend(path, p.words)
			}
			path = extend(path, fmt.Sprintf("%s at the same place, dated %s, inside the occupancy", table, when.from))
			if err := w.visit(k.source, r, path, []Whose{Shared}, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// several says that more places than one have the values by which rows are kept: the
// number of a block is on every flat of it, and what is kept by it is the neighbours'
// too.
func (w *walker) several(p placed, on map[string]string, known map[string]rows.Value) (bool, error) {
	m := w.maps[p.source]
	if m == nil || m.Tables[p.table] == nil || m.Tables[p.table].Skip != "" {
		return false, nil
	}
	t, up := m.Tables[p.table], map[string]rows.Value{}
	for _, c := range on {
		up[c] = known[c]
	}
	if len(t.Key) > 0 && !slices.ContainsFunc(t.Key, func(c string) bool { _, ok := up[c]; return !ok }) {
		return false, nil // the key tells places apart
	}
	where, _ := whole(up)
	got, err := w.rowsAt(p.source, p.table, where)
	if errors.Is(err, errUnread) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("walk %s: the rows of a place in %s: %w", p.source, p.table, err)
	}
	return len(got) > 1, nil
}

// whole is the values as conditions, in the order of the columns; false where one is
// empty or there are none.
func whole(values map[string]rows.Value) ([]rows.Match, bool) {
	var where []rows.Match
	for _, c := range slices.Sorted(maps.Keys(values)) {
		if values[c].Empty() {
			return nil, false
		}
		where = append(where, rows.Match{Column: c, Value: values[c]})
	}
	return where, len(where) > 0
}

// matchPlace is what rows that are kept by a place must have, where these columns of
// the place are known.
func matchPlace(on map[string]string, known map[string]rows.Value) ([]rows.Match, bool) {
	var where []rows.Match
	for c, up := range on {
		v, ok := known[up]
		if !ok || v.Empty() {
			return nil, false
		}
		where = append(where, rows.Match{Column: c, Value: v})
	}
	return where, len(where) > 0
}
