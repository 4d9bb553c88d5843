package discover

import (
	"maps"
	"slices"
	"strings"

	"tenet/internal/datamap"
)

// Confirm is the map that a person's answers make of a proposal. What have says
// of a table stands as it is: answers only add to it what is new in the table.
// The proposal and have are not changed.
func Confirm(proposed *datamap.Map, evidence []Evidence, have *datamap.Map, seen map[string][]string, answered []Answered) (*datamap.Map, error) {
	out, err := again(proposed)
	if err != nil {
		return nil, err
	}
	// Every decision as it was before anybody answered, to see what each is about.
	all := map[string]Decision{}
	for _, d := range Open(proposed, evidence, have, seen, nil) {
		all[d.ID] = d
	}
	for _, a := range answered {
		d, ok := all[a.ID]
		if !ok {
			continue // the schema, or the map, has gone on
		}
		for _, of := range a.Of {
			if slices.Contains(d.Of, of) {
				table, column, _ := cutColumn(of)
				if t := out.Tables[table]; t != nil {
					d.apply(t, column, a.Answer)
				}
			}
		}
	}
	if have != nil {
		kept, err := again(have)
		if err != nil {
			return nil, err
		}
		for name, t := range kept.Tables {
			if now := out.Tables[name]; now != nil {
				grow(t, now, have.Tables[name], seen[name], answered)
			}
			out.Tables[name] = t
		}
	}
	tidy(out)
	return out, nil
}

// again is a copy of the map that shares nothing with it.
func again(m *datamap.Map) (*datamap.Map, error) {
	text, err := m.Marshal()
	if err != nil {
		return nil, err
	}
	return datamap.Parse("the proposal", text)
}

// apply does what the answer says to the table's proposed entry.
func (d Decision) apply(t *datamap.Table, column, answer string) {
	if answer == d.Answer && d.Kind != "question" {
		answer = Yes
	}
	switch d.Kind {
	case "people":
		switch answer {
		case Yes:
		case No:
			t.People, t.Identifiers = datamap.NotPeople, nil
		default:
			t.People = datamap.PeopleKind(answer)
		}
	case "copies":
		switch answer {
		case Out:
			*t = datamap.Table{CopyOf: t.CopyOf, Skip: "a copy of " + t.CopyOf}
		case No:
			t.CopyOf, t.Review = "", ""
		}
	case "belongs":
		for i := len(t.OwnedBy) - 1; i >= 0; i-- {
			e := &t.OwnedBy[i]
			if strings.Join(slices.Sorted(maps.Keys(e.On)), ", ") != column || !strings.HasPrefix(d.ID, "belongs "+e.Table+" by ") {
				continue
			}
			switch answer {
			case Yes:
			case Just:
				t.RefersTo = append(t.RefersTo, *e)
				t.OwnedBy = slices.Delete(t.OwnedBy, i, i+1)
			case No:
				t.OwnedBy = slices.Delete(t.OwnedBy, i, i+1)
			default:
				e.Role = datamap.Role(answer)
			}
		}
	case "question":
		e := *d.edge
		e.On = map[string]string{column: slices.Collect(maps.Values(d.edge.On))[0]}
		e.Why = "a person said so; " + e.Why
		switch answer {
		case No:
			return
		case Just:
			t.RefersTo = append(t.RefersTo, e)
		case Yes:
			t.OwnedBy = append(t.OwnedBy, e)
		default:
			e.Role = datamap.Role(answer)
			t.OwnedBy = append(t.OwnedBy, e)
		}
		t.Skip, t.Refers = "", false
	case "names":
		for i := len(t.Names) - 1; i >= 0; i-- {
			switch {
			case t.Names[i].All()[0] != column, answer == Yes:
			case answer == No:
				t.Names = slices.Delete(t.Names, i, i+1)
			default:
				t.Names[i].Role = datamap.Role(answer)
			}
		}
	case "special", "free-text":
		c := t.Columns[column]
		if c == nil || answer != No {
			return
		}
		if d.Kind == "special" {
			c.Kind = ""
		} else {
			c.FreeText = false
		}
	case "keeping":
		if answer == No {
			t.RetentionFrom = ""
		}
	case "left-out":
		if answer == No {
			t.Skip, t.Why = "", "a person said that it may be about somebody"
		}
	}
}

// grow adds to what the map has of a table what was confirmed about columns that
// have come since it was reviewed.
func grow(t, now, was *datamap.Table, seen []string, answered []Answered) {
	fresh := func(column string) bool { return seen != nil && !slices.Contains(seen, column) }
	edges := func(into *datamap.Edges, from datamap.Edges) {
		for _, e := range from {
			known := slices.ContainsFunc(slices.Concat(was.OwnedBy, was.RefersTo), func(o datamap.Edge) bool { return maps.Equal(o.On, e.On) })
			if !known && (slices.ContainsFunc(slices.Collect(maps.Keys(e.On)), fresh) || strings.HasPrefix(e.Why, "a person said so; ")) {
				*into = append(*into, e)
			}
		}
	}
	edges(&t.OwnedBy, now.OwnedBy)
	edges(&t.RefersTo, now.RefersTo)
	for _, n := range now.Names {
		if fresh(n.All()[0]) {
			t.Names = append(t.Names, n)
		}
	}
	for name, c := range now.Columns {
		if fresh(name) && t.Columns[name] == nil {
			if t.Columns == nil {
				t.Columns = map[string]*datamap.Column{}
			}
			t.Columns[name] = c
		}
	}
	if t.RetentionFrom == "" && fresh(now.RetentionFrom) {
		t.RetentionFrom = now.RetentionFrom
	}
}
