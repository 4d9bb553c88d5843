package datamap

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"tenet/internal/rows"
)

// down follows every edge that hangs below the row.
func (w *walker) down(source string, t *Table, r rows.Row, path []string, whose []Whose) error {
	for _, h := range w.below[at{source, r.Table.Name}] {
		where, ok := conditions(h.edge, r.Get)
		if !ok {
			continue
		}
		// Read to the end before any is gone on from: a source is never held open for
		// longer than it takes to answer.
		var children []rows.Row
		var once map[string]bool
		for child, err := range w.lookup(h.source, h.table, where) {
			if errors.Is(err, errUnread) {
				break
			} else if err != nil {
				return fmt.Errorf("walk %s from %s down to %s: %w", h.source, r.Table.Name, h.table, err)
			}
			if !applies(h.edge, child) {
				continue
			}
			id := child.ID()
			if once[id] {
				w.leave(h.source, h.table, "rows with the same key as another: the map's key does not tell them apart")
				continue
			}
			if once == nil {
				once = map[string]bool{}
			}
			once[id] = true
			children = append(children, child)
		}
		if len(children) == 0 {
			continue
		}
		path := extend(path, h.words(w.maps[h.source].Tables[h.table].Bridge))
		for some := range slices.Chunk(children, most) {
			w.askAhead(h.source, h.table, some, whose)
			for _, child := range some {
				if err := w.visit(h.source, child, path, whose, false); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (h hop) words(bridge bool) string {
	via := make([]string, 0, len(h.edge.On))
	for c := range h.edge.On {
		via = append(via, c)
	}
	sort.Strings(via)
	verb := "owns"
	if bridge {
		verb = "is joined by"
	} else if r := h.edge.RoleOr(); r != Subject {
		verb = "is " + string(r) + " in"
	}
	below := h.table
	if h.edge.Source != "" {
		below += " of " + h.source
	}
	return fmt.Sprintf("%s %s (by %s)", verb, below, strings.Join(via, ", "))
}

// conditions are an edge seen from above: what the lower rows must have. A row
// above with an empty value in the join has nothing below.
func conditions(e Edge, get func(column string) rows.Value) ([]rows.Match, bool) {
	where := make([]rows.Match, 0, len(e.On)+len(e.When))
	for c, up := range e.On {
		v := get(up)
		if v.Empty() {
			return nil, false
		}
		where = append(where, rows.Match{Column: c, Value: v})
	}
	for c, v := range e.When {
		where = append(where, rows.Match{Column: c, Value: rows.Value{Text: v}})
	}
	sort.Slice(where, func(i, j int) bool { return where[i].Column < where[j].Column })
	return where, len(e.On) > 0
}

// applies says whether a lower row is of the kind that the edge is for.
func applies(e Edge, r rows.Row) bool {
	for c, v := range e.When {
		if r.Get(c).Text != v {
			return false
		}
	}
	return true
}
