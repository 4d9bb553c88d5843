package datamap

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"tenet/internal/rows"
)

// partiesOf gathers the people of a row, upwards through what it belongs to. A
// row that names its own holders is theirs, whoever holds what it hangs below;
// those whom a bridge joins to it count as named by the row itself.
func (w *walker) partiesOf(source string, t *Table, r rows.Row) (Parties, error) {
	p, _, err := w.climb(source, t, r, nil)
	return p, err
}

// climb does the work of partiesOf. whole is false where a loop in the data cut
// the climb short, so that the answer may not be remembered.
func (w *walker) climb(source string, t *Table, r rows.Row, path []PersonID) (_ Parties, whole bool, _ error) {
	id := PersonID{source, r.ID()}
	if p, ok := w.parties[id]; ok {
		return p, true, nil
	}
	own, inherited := newParties(), newParties()
	if t.Refers {
		return own, true, nil
	}
	if slices.Contains(path, id) {
		return own, false, nil
	}
	whole = true
	// A row that names the person in columns of its own stands for them in what
	// hangs below it too.
	for _, p := range w.named[id] {
		own.add(id, p.role)
	}
	for _, e := range t.OwnedBy {
		in, other := e.In(source), w.upper(source, e)
		if !applies(e, r) {
			continue
		}
		if other == nil && e.Source == "" {
			continue
		}
		above, err := w.above(source, e, r)
		if errors.Is(err, errUnread) {
			// Somebody holds it, and nobody can say now who.
			own.add(PersonID{source, id.Row + "#unknown"}, e.roleIn(r))
			continue
		} else if err != nil {
			return own, false, fmt.Errorf("who holds a row of %s in %s: %w", r.Table.Name, source, err)
		}
		role := e.roleIn(r)
		for _, a := range above {
			if other.People != NotPeople {
				own.add(PersonID{in, a.ID()}, role)
				continue
			}
			up, all, err := w.climb(in, other, a, append(path, id))
			if err != nil {
				return own, false, err
			}
			whole = whole && all
			into := &inherited
			if other.Bridge {
				into = &own
			}
			for h := range up.Holders {
				into.add(h, role)
			}
			for o, rs := range up.Others {
				for _, x := range rs {
					if other.Bridge || slices.Contains(standing, x) {
						into.add(o, x)
					}
				}
			}
		}
	}
	if len(own.Holders) == 0 {
		own.inherit(inherited)
	} else {
		for h := range inherited.Holders {
			own.Narrowed = own.Narrowed || !own.Holders[h]
		}
	}
	// Whom the row's own columns name has a part in it, known or not.
	for _, n := range t.Names {
		if (n.Role == Joint || slices.Contains(standing, n.Role) && n.Role != Correspondent) && !slices.Contains(w.named[id], part{n.Role, n.Group}) &&
			slices.ContainsFunc(n.All(), func(c string) bool { return !r.Get(c).Empty() }) {
			own.add(PersonID{source, id.Row + "#" + string(n.Role) + n.Group}, n.Role)
		}
	}
	if whole {
		w.parties[id] = own
	}
	return own, whole, nil
}

// above is the rows at the upper end of an edge. Each is asked for once a walk.
func (w *walker) above(source string, e Edge, r rows.Row) ([]rows.Row, error) {
	where := e.upwards(r)
	if len(where) == 0 {
		return nil, nil
	}
	source = e.In(source)
	if w.maps[source] == nil {
		return nil, errUnread // the system is not open
	}
	return w.rowsAt(source, e.Table, where)
}

// upwards are the conditions for what is at the edge's upper end, seen from a row at
// its lower end; none where a column of the row is empty.
func (e Edge) upwards(r rows.Row) []rows.Match {
	where := make([]rows.Match, 0, len(e.On))
	for c, up := range e.On {
		v := r.Get(c)
		if v.Empty() {
			return nil
		}
		where = append(where, rows.Match{Column: up, Value: v})
	}
	sort.Slice(where, func(i, j int) bool { return where[i].Column < where[j].Column })
	return where
}

// roleIn is the role that the edge gives in one row.
func (e Edge) roleIn(r rows.Row) Role {
	if e.RoleFrom != "" {
		value := strings.TrimSpace(r.Get(e.RoleFrom).Text)
		for _, role := range Roles() {
			if slices.ContainsFunc(e.Roles[role], func(v string) bool { return strings.EqualFold(v, value) }) {
				return role
			}
		}
		if value != "" && e.Role == "" {
			return Contact // a code that the map does not know makes nobody a holder
		}
	}
	return e.RoleOr()
}
