package datamap

import (
	"errors"
	"fmt"
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
			for _, k := range w.order {
				source, name, _ := strings.Cut(k, "\x00")
				if source != it.Source {
					continue
				}
				for _, d := range w.maps[source].Tables[name].During {
					if d.Place == o.Place {
						if err := w.inside(it, o, stay, name, d); err != nil {
							return err
						}
					}
				}
			}
		}
	}
	return nil
}

// inside takes in the rows of one table that are dated inside one stay.
func (w *walker) inside(it Item, o Occupancy, stay span, table string, d During) error {
	at := map[string]rows.Value{}
	for c, up := range o.On {
		at[up] = it.Row.Get(c)
	}
	if _, same := matchPlace(d.On, at); !same {
		// The two name the place by different columns of it: ask the place.
		above, err := w.above(it.Source, Edge{Table: o.Place, On: o.On}, it.Row)
		if errors.Is(err, errUnread) {
			return nil
		} else if err != nil {
			return err
		}
		for _, place := range above {
			for _, up := range d.On {
				at[up] = place.Get(up)
			}
		}
	}
	where, ok := matchPlace(d.On, at)
	if !ok {
		return nil
	}
	for r, err := range w.lookup(it.Source, table, where) {
		if errors.Is(err, errUnread) {
			return nil
		} else if err != nil {
			return fmt.Errorf("walk %s: what %s holds for one place: %w", it.Source, table, err)
		}
		until := r.Get(d.At)
		if d.Until != "" && !r.Get(d.Until).Empty() {
			until = r.Get(d.Until) // one without an end counts by its beginning
		}
		when, ok := period(r.Get(d.At), until)
		switch {
		case !ok:
			w.leave(it.Source, table, "rows at the same place with no readable date: cannot tell whose time they fall in")
		case !stay.overlaps(when):
			w.leave(it.Source, table, "rows at the same place, outside the dates of this person's occupancy")
		default:
			path := extend(it.Path, fmt.Sprintf("%s at the same place, dated %s, inside the occupancy", table, when.from))
			if err := w.visit(it.Source, r, path, []Whose{Shared}, true); err != nil {
				return err
			}
		}
	}
	return nil
}

func matchPlace(on map[string]string, at map[string]rows.Value) ([]rows.Match, bool) {
	var where []rows.Match
	for c, up := range on {
		v, ok := at[up]
		if !ok || v.Empty() {
			return nil, false
		}
		where = append(where, rows.Match{Column: c, Value: v})
	}
	return where, len(where) > 0
}
