package datamap

import (
	"errors"
	"fmt"
	"slices"

	"tenet/internal/rows"
)

// across takes in, once, what describes the row. Nothing is followed from there.
func (w *walker) across(source string, t *Table, r rows.Row, path []string) error {
	for _, e := range t.RefersTo {
		in, other := e.In(source), w.upper(source, e)
		if other == nil || other.Skip != "" {
			continue
		}
		above, err := w.above(source, e, r)
		if errors.Is(err, errUnread) {
			continue
		} else if err != nil {
			return fmt.Errorf("walk %s from %s across to %s: %w", source, r.Table.Name, e.Table, err)
		}
		for _, a := range above {
			id := PersonID{in, a.ID()}
			if _, ok := w.seen[id]; ok || w.me[id] {
				continue
			}
			if other.People != NotPeople {
				w.seen[id] = -1
				w.leave(in, e.Table, "rows about other people: a person's own record goes to that person alone")
				continue
			}
			if len(other.During) > 0 {
				continue // kept by place: only its date can bring it in
			}
			if held, err := w.partiesOf(in, other, a); err != nil {
				return err
			} else if !held.empty() {
				// It is somebody's, perhaps this person's: only the way down from its
				// holder may bring it in.
				if whose, _ := decide(held, w.mine); slices.Contains(whose, Other) {
					w.leave(in, e.Table, "rows that are somebody else's, to which the person's own refer")
				}
				continue
			}
			var review []string
			if other.Review != "" {
				review = append(review, other.Review)
			}
			w.seen[id] = len(w.items)
			w.items = append(w.items, Item{Source: in, Row: a, Whose: []Whose{Reference},
				Path:   extend(path, "refers to "+e.Table),
				Fields: w.fields(in, other, a, nil), Review: review})
		}
	}
	return nil
}

// listUnfollowed names the tables that hang on something this answer refers to
// and were left alone, since others hang there too.
func (w *walker) listUnfollowed() {
	reached, answered := map[at]bool{}, map[at]bool{}
	for _, it := range w.items {
		k := at{it.Source, it.Row.Table.Name}
		answered[k] = true
		if slices.Equal(it.Whose, []Whose{Reference}) {
			reached[k] = true
		}
	}
	// What describes the places does so for others too, however many steps away.
	for grew := true; grew; {
		grew = false
		for k := range reached {
			for _, e := range w.maps[k.source].Tables[k.table].RefersTo {
				if up := (at{e.In(k.source), e.Table}); !reached[up] && w.upper(k.source, e) != nil {
					reached[up], grew = true, true
				}
			}
		}
	}
	for _, k := range w.order {
		t := w.maps[k.source].Tables[k.table]
		for _, e := range slices.Concat(t.OwnedBy, t.RefersTo) {
			if up := (at{e.In(k.source), e.Table}); reached[up] && up != k && !answered[k] && len(t.During) == 0 {
				w.left[NotFollowed{Source: k.source, Table: k.table, Why: "reachable only through " + e.Table + ", which other people share"}] += 0
				break
			}
		}
	}
}
