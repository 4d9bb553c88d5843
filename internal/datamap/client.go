package datamap

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"tenet/internal/rows"
)

// OwnClient is the word in a map for rows that are the landlord's own, beside those
// of clients.
const OwnClient = "own"

// Holder says for whom a source or a table is kept. A client decides over its own
// records (UK GDPR Article 28), and they are a set apart; a controller is a company of
// the landlord's own group, and parts nothing. Both are ids of landlord.yaml.
type Holder struct {
	Client     string `yaml:"client,omitempty"`
	Controller string `yaml:"controller,omitempty"`
}

// ClientFrom says that a column tells whose a row is: {column: landlord_code,
// clients: {lantern-row: [LR], own: [HB]}}.
type ClientFrom struct {
	Column  string              `yaml:"column"`
	Clients map[string][]string `yaml:"clients"` // the values, by client
}

// Set is whose records a row is among.
type Set struct {
	Client string // empty for the landlord's own
	// Known is false where the map does not tell: such a row is in no set.
	Known bool
}

// mostDepth is how far up a row's owners are asked whose they are.
const mostDepth = 12

// Divided says whether the map names a client anywhere: whether whose a row is must
// be asked at all.
func (m *Map) Divided() bool {
	if m.Client != "" {
		return true
	}
	for _, t := range m.Tables {
		if t.Client != "" || t.ClientFrom != nil {
			return true
		}
	}
	return false
}

// Clients are those whose rows the source may have, in order, [OwnClient] left out.
func (m *Map) Clients() []string {
	found := map[string]bool{m.Client: true}
	for _, t := range m.Tables {
		found[t.Client] = true
		if t.ClientFrom != nil {
			for c := range t.ClientFrom.Clients {
				found[c] = true
			}
		}
	}
	delete(found, "")
	delete(found, OwnClient)
	return slices.Sorted(maps.Keys(found))
}

// SetOf is the set that every row of a table is in, by the map alone. It is not
// known where that differs from row to row.
func (m *Map) SetOf(table string) Set {
	t := m.Tables[table]
	switch {
	case t == nil:
		return Set{}
	case t.Client != "":
		return named(t.Client)
	case t.ClientFrom != nil:
		return Set{}
	case m.Client != "":
		return named(m.Client)
	}
	return Set{Known: !m.Divided()}
}

func named(client string) Set {
	if client == OwnClient {
		client = ""
	}
	return Set{client, true}
}

// SetsOf are the clients that a table may have rows of, by the map alone: its own,
// those that its column names, or those of the tables of this source that own it. The
// landlord's own set is "".
func (m *Map) SetsOf(table string) []string {
	found := map[string]bool{}
	var up func(name string, depth int)
	up = func(name string, depth int) {
		t := m.Tables[name]
		if t == nil || depth > mostDepth {
			return
		}
		if s := m.SetOf(name); s.Known {
			found[s.Client] = true
			return
		}
		if t.ClientFrom != nil {
			for c := range t.ClientFrom.Clients {
				found[named(c).Client] = true
			}
			return
		}
		for _, e := range t.OwnedBy {
			if e.Source == "" {
				up(e.Table, depth+1)
			}
		}
	}
	up(table, 0)
	return slices.Sorted(maps.Keys(found))
}

// EndClients makes the map skip what is one of these clients' alone, with the
// reason. Rows that a table has among others' are for [Apart] to leave out.
func (m *Map) EndClients(why map[string]string) {
	for name, t := range m.Tables {
		if s := m.SetOf(name); s.Known && why[s.Client] != "" && t.Skip == "" {
			t.Skip = why[s.Client]
		}
	}
}

// Apart lets only the rows of one set through. It stands between a search and its
// sources, so that whatever is asked, no row of another client's arrives.
type Apart struct {
	Maps   map[string]*Map // by source
	Rows   Rows            // asked for the rows that own others, unfiltered
	Client string          // whose set; empty is the landlord's own

	known map[string]Set // by the row's id, for those that owners are asked of
}

// Lookup is the rows of a table in which every condition holds, of this set. An
// error that says whose a row is could not be found out ends the rows: a search then
// knows that the table was not read whole.
func (a *Apart) Lookup(ctx context.Context, source, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		for r, err := range a.Rows.Lookup(ctx, source, table, where) {
			if err != nil {
				yield(r, err)
				return
			}
			s, err := a.Of(ctx, source, table, r)
			if err != nil {
				yield(rows.Row{}, err)
				return
			}
			if s.Known && s.Client == a.Client && !yield(r, nil) {
				return
			}
		}
	}
}

// Of is the set that a row is in: what its table says, else what its column says,
// else what is said of the rows that own it, where those agree.
func (a *Apart) Of(ctx context.Context, source, table string, r rows.Row) (Set, error) {
	return a.of(ctx, source, table, r, 0)
}

func (a *Apart) of(ctx context.Context, source, table string, r rows.Row, depth int) (Set, error) {
	m := a.Maps[source]
	if m == nil || m.Tables[table] == nil || depth > mostDepth {
		return Set{}, nil
	}
	t, said := m.Tables[table], cmp.Or(m.Tables[table].Client, m.Client)
	if t.ClientFrom != nil {
		return t.ClientFrom.set(r), nil
	}
	if said != "" {
		return named(said), nil
	}
	id := source + "\x1f" + r.ID()
	if s, ok := a.known[id]; ok {
		return s, nil
	}
	// Where nobody owns it, it is the landlord's own, if the map parts nothing.
	out, some := Set{Known: !m.Divided()}, false
	for _, e := range t.OwnedBy {
		s, owned, err := a.owner(ctx, source, r, e, depth)
		if err != nil {
			return Set{}, err
		}
		switch {
		case !owned:
			continue
		case !s.Known || some && out != s:
			return a.keep(id, Set{}), nil // below two clients' rows, or below nobody's
		}
		out, some = s, true
	}
	return a.keep(id, out), nil
}

// mostKept is how many rows' sets are kept for the length of a search.
const mostKept = 100_000

func (a *Apart) keep(id string, s Set) Set {
	if a.known == nil || len(a.known) >= mostKept {
		a.known = map[string]Set{}
	}
	a.known[id] = s
	return s
}

// owner is the set of the rows at the other end of an edge, if there are any.
func (a *Apart) owner(ctx context.Context, source string, r rows.Row, e Edge, depth int) (out Set, owned bool, err error) {
	for column, value := range e.When {
		if v := r.Get(column); v.Null || v.Text != value {
			return Set{}, false, nil
		}
	}
	var where []rows.Match
	for _, column := range slices.Sorted(maps.Keys(e.On)) {
		v := r.Get(column)
		if v.Null {
			return Set{}, false, nil
		}
		where = append(where, rows.Match{Column: e.On[column], Value: v})
	}
	if len(where) == 0 {
		return Set{}, false, nil
	}
	up := e.In(source)
	for o, err := range a.Rows.Lookup(ctx, up, e.Table, where) {
		if err != nil {
			return Set{}, false, fmt.Errorf("whose a row of %s is: %w", e.Table, err)
		}
		s, err := a.of(ctx, up, e.Table, o, depth+1)
		if err != nil {
			return Set{}, false, err
		}
		if !s.Known || owned && out != s {
			return Set{}, true, nil
		}
		out, owned = s, true
	}
	return out, owned, nil
}

// set is what the column says.
func (f *ClientFrom) set(r rows.Row) Set {
	v := r.Get(f.Column)
	if v.Null {
		return Set{}
	}
	for client, values := range f.Clients {
		if slices.Contains(values, v.Text) {
			return named(client)
		}
	}
	return Set{}
}

// ControllerOf is the company of the group that a table is kept for, as the map says;
// empty where it does not.
func (m *Map) ControllerOf(table string) string {
	if t := m.Tables[table]; t != nil && t.Controller != "" {
		return t.Controller
	}
	return m.Controller
}

// clients checks what the map says of clients.
func (v *validator) clients() {
	check := func(h Holder, from *ClientFrom, at ...string) {
		if h.Controller != "" && h.Client != "" && h.Client != OwnClient {
			v.bad("what is a client's has the client for its controller", "take controller: out", append(at, "controller")...)
		}
		if from == nil {
			return
		}
		at = append(at, "client-from")
		if h.Client != "" {
			v.bad("says whose the rows are twice: client: says it of all of them", "take one of the two out", at...)
		}
		if from.Column == "" || len(from.Clients) == 0 {
			v.bad("must name the column, and the values it has for each client", "write {column: landlord_code, clients: {ID: [VALUE]}}", at...)
		}
		seen := map[string]string{}
		for _, client := range slices.Sorted(maps.Keys(from.Clients)) {
			if len(from.Clients[client]) == 0 {
				v.bad(fmt.Sprintf("no value stands for %q", client), "list the values, or leave the client out", at...)
			}
			for _, value := range from.Clients[client] {
				if other, ok := seen[value]; ok {
					v.bad(fmt.Sprintf("%q stands for %s and for %s", value, cmp.Or(other, "nobody"), client), "give each value to one", at...)
				}
				seen[value] = client
			}
		}
	}
	check(v.m.Holder, nil)
	for _, name := range v.m.names() {
		if t := v.m.Tables[name]; t != nil {
			check(t.Holder, t.ClientFrom, "tables", name)
		}
	}
}
