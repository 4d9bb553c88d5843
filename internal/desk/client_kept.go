package desk

import (
	"slices"

	"tenet/internal/datamap"
	"tenet/internal/notice"
)

// holdsSome says whether a table can have rows of the set that is looked at, as far as
// the tables above it in its own system tell; mayHold does not ask them.
func (s *systems) holdsSome(name, table string) bool {
	m := s.maps[name]
	if !s.mayHold(name, table) {
		return false
	}
	if sets := m.SetsOf(table); slices.Contains(sets, s.client) || len(sets) == 0 && s.client == "" {
		return true
	}
	return s.client != "" && hangsElsewhere(m, table, 0)
}

// hangsElsewhere says whether rows of a table may hang below those of another system.
func hangsElsewhere(m *datamap.Map, table string, depth int) bool {
	t := m.Tables[table]
	return t != nil && depth < 12 && slices.ContainsFunc(t.OwnedBy, func(e datamap.Edge) bool {
		return e.Source != "" || hangsElsewhere(m, e.Table, depth+1)
	})
}

// Unkept finds the clients whose data the maps hold and that gave no period for it.
func (d *Desk) Unkept(n *notice.Notice) ([]notice.Finding, error) {
	held, err := d.heldForClients(n)
	return notice.Unkept(n, held), err
}

// heldForClients is what the maps hold for clients. One whose contract has ended has
// nothing here to be kept.
func (d *Desk) heldForClients(n *notice.Notice) ([]notice.Held, error) {
	if len(n.Landlord.Clients) == 0 {
		return nil, nil
	}
	h, err := d.holdings()
	if err != nil {
		return nil, err
	}
	ended, err := d.ended()
	if err != nil {
		return nil, err
	}
	var held []notice.Held
	for _, t := range h.Tables {
		for _, c := range t.Clients {
			if t.Category != "" && ended[string(c)] == "" {
				held = append(held, notice.Held{Client: c, Category: t.Category, At: notice.Pos{File: "maps/" + t.System + ".yaml"}, Table: t.Table})
			}
		}
	}
	return held, nil
}
