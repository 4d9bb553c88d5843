package datamap

import (
	"fmt"
	"slices"
	"strings"
)

// Strangers are the places where a map names a client or a company that the notice
// does not have: rows of a client that nobody knows are in a set that is never searched.
// The data is what the map was read from, and tells the lines; clients and companies are
// the ids that landlord.yaml has.
func (m *Map) Strangers(file string, data []byte, clients, companies []string) []Problem {
	root, _ := plain(file, data) // what is not plain was refused when the map was read
	v := validator{file: file, m: m, root: root}
	known := func(id, what string, ids []string, path ...string) {
		if id == "" || slices.Contains(ids, id) {
			return
		}
		mend := "add it to landlord.yaml, or take it out here"
		if len(ids) > 0 {
			mend = "use one of " + strings.Join(ids, ", ") + ", or add it to landlord.yaml"
		}
		v.bad(fmt.Sprintf("names the %s %q, which landlord.yaml does not have", what, id), mend, path...)
	}
	or := append(slices.Clone(clients), OwnClient)
	check := func(h Holder, from *ClientFrom, at ...string) {
		known(h.Client, "client", or, append(slices.Clone(at), "client")...)
		known(h.Controller, "company", companies, append(slices.Clone(at), "controller")...)
		if from == nil {
			return
		}
		ids := make([]string, 0, len(from.Clients))
		for id := range from.Clients {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			known(id, "client", or, append(slices.Clone(at), "client-from", "clients", id)...)
		}
	}
	check(m.Holder, nil)
	for _, name := range m.names() {
		if t := m.Tables[name]; t != nil {
			check(t.Holder, t.ClientFrom, "tables", name)
		}
	}
	return v.problems
}

// SetColumns are the columns of a table that must be read to tell whose a row is.
func (m *Map) SetColumns(table string) []string {
	t := m.Tables[table]
	if t == nil {
		return nil
	}
	if t.ClientFrom != nil {
		return []string{t.ClientFrom.Column}
	}
	var out []string
	for _, e := range t.OwnedBy {
		for c := range e.When {
			out = append(out, c)
		}
		for c := range e.On {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
