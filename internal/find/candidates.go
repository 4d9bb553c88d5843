package find

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/index"
	"tenet/internal/match"
	"tenet/internal/rows"
)

// around are the rows of person tables that the index gives for what is known: who
// it is, who it may be, and who has the same name or shares something.
func (w *resolver) around(k match.Known) ([]one, error) {
	var out []one
	err := w.f.tables(func(source, name string, t *datamap.Table) error {
		if t.People == datamap.NotPeople {
			return nil
		}
		got, err := w.f.lookFor(w.ctx, source, name, index.Person, k)
		for _, r := range got {
			out = append(out, w.f.knownOf(source, r))
		}
		return err
	})
	return out, err
}

// decidedToo adds the rows to which people's decisions lead from those that are
// the person's, and from those around.
func (w *resolver) decidedToo(around []one) ([]one, error) {
	if w.from == nil {
		return around, nil
	}
	all := append(slices.Clone(w.me), around...)
	if err := w.learn(w.ctx, ids(all)); err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, o := range all {
		have[o.id()] = true
	}
	for _, o := range all {
		for _, id := range w.with(o.id()) {
			if have[id] {
				continue
			}
			have[id] = true
			source, row, _ := strings.Cut(id, ":")
			m := w.f.Maps[source]
			table, _, err := rows.DecodeID(row)
			if err != nil || m == nil || w.f.Sources[source] == nil || m.Tables[table] == nil || m.Tables[table].People == datamap.NotPeople || m.Tables[table].Skip != "" {
				continue // it was decided of a row that is not searched now
			}
			got, err := w.f.fetch(w.ctx, source, []string{row})
			if err != nil {
				return nil, err
			}
			for _, r := range got {
				around = append(around, w.f.knownOf(source, r))
			}
		}
	}
	return around, nil
}

func ids(list []one) []string {
	out := make([]string, len(list))
	for i, o := range list {
		out[i] = o.id()
	}
	return out
}

// lookFor fetches the rows of a table that share an identifier with k, or its
// name.
func (f *Finder) lookFor(ctx context.Context, source, table string, class index.Class, k match.Known) ([]rows.Row, error) {
	var ways []index.All
	var strong []index.Term
	for _, t := range index.Terms(class, k) {
		switch t.Kind {
		case "nino", "nhs", "email", "phone", "ref":
			strong = append(strong, t)
		}
	}
	if len(strong) > 0 {
		ways = append(ways, index.All{strong})
	}
	for _, n := range append([]match.Name{k.Name}, k.KnownAs...) {
		if groups := nameGroups(class, n); len(groups) > 0 {
			ways = append(ways, groups)
		}
	}
	ids, err := f.seek(ctx, source, table, ways...)
	if err != nil {
		return nil, err
	}
	return f.fetch(ctx, source, ids)
}

// nameGroups asks for rows that share a forename and a surname, in any of the
// spellings that the tokens allow for.
func nameGroups(class index.Class, n match.Name) index.All {
	var groups index.All
	for _, part := range []match.Name{{Given: firstOf(n.Given), Also: n.Also}, {Family: n.Family}} {
		var group []index.Term
		for _, t := range part.Tokens() {
			group = append(group, index.Term{Class: class, Kind: "name", Value: t})
		}
		if len(group) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

func firstOf(list []string) []string {
	if len(list) > 1 {
		return list[:1]
	}
	return list
}

// holders finds people by a reference that stands in something they hold: a
// tenancy, an account. A name in the question narrows it down.
func (w *resolver) holders(q one) ([]one, error) {
	if len(q.known.Refs) == 0 {
		return nil, nil
	}
	var out []one
	err := w.f.tables(func(source, name string, t *datamap.Table) error {
		if t.People != datamap.NotPeople || !bearsRef(t) {
			return nil
		}
		got, err := w.f.lookFor(w.ctx, source, name, index.Named, match.Known{Refs: q.known.Refs})
		if err != nil {
			return err
		}
		for _, r := range got {
			if len(shared(refsOf(t, r, nil), q.known.Refs)) == 0 {
				continue
			}
			p, err := datamap.People(w.ctx, w.f.Maps, source, r, lookups(w.f.Sources))
			if err != nil {
				return err
			}
			held, err := w.people(p, q, fmt.Sprintf("holds %s with the reference given", name))
			if err != nil {
				return err
			}
			out = merge(out, held)
		}
		return nil
	})
	return out, err
}

// bearsRef says that rows of the table carry a reference for whoever holds them.
func bearsRef(t *datamap.Table) bool {
	return slices.ContainsFunc(t.Names, func(n datamap.Named) bool { return n.Role == datamap.Subject && len(n.Ref) > 0 })
}

// refsOf are the references that a row carries for whoever holds it: of several
// whom it tells apart, not those in columns that are another's.
func refsOf(t *datamap.Table, r rows.Row, whose map[string][]datamap.Whose) []string {
	var out []string
	for i := range t.Names {
		n := &t.Names[i]
		another := func(c string) bool { return slices.Contains(whose[c], datamap.Other) }
		if n.Role == datamap.Subject && !slices.ContainsFunc(n.Ref, another) {
			out = append(out, index.Known(&n.Identifiers, r).Refs...)
		}
	}
	return out
}

func (w *resolver) people(p datamap.Parties, q one, why string) ([]one, error) {
	var out []one
	var ids []datamap.PersonID
	for id := range p.Holders {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b datamap.PersonID) int { return compare(a.Source+a.Row, b.Source+b.Row) })
	for _, id := range ids {
		got, err := w.f.fetch(w.ctx, id.Source, []string{id.Row})
		if err != nil {
			return nil, err
		}
		for _, r := range got {
			o := w.f.knownOf(id.Source, r)
			t := w.question(q, o)
			o.why, o.because, o.score = []string{why}, why, max(t.score, 0.97)
			if !someoneElse(q, o) {
				out = append(out, o)
			}
		}
	}
	return out, nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// mostNamesakes bounds how many are told apart by what they hold.
const mostNamesakes = 50

// findNamesakes keeps, of those around, the people who have the same name and are
// someone else: a note that gives the name alone may mean any of them.
func (w *resolver) findNamesakes(around []one) {
	if len(nameGroups(index.Person, w.known.Name)) < 2 {
		return
	}
	for _, o := range around {
		if !w.mine(o) && len(w.namesakes) < mostNamesakes && match.CompareNames(w.known.Name, o.known.Name).Compatible() {
			w.namesakes = append(w.namesakes, o)
		}
	}
}
