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

// one is a row of a person table, and who it says it is.
type one struct {
	source string
	row    rows.Row
	known  match.Known
	why    []string
	score  float64
}

func (o one) id() string { return o.source + ":" + o.row.ID() }

func (o one) candidate() Candidate {
	return Candidate{Source: o.source, Table: o.row.Table.Name, Key: o.row.KeyMap(), Name: o.known.Name.Written, Score: o.score, Why: o.why}
}

// resolver finds out which rows of person tables are the person asked for.
type resolver struct {
	f   *Finder
	ctx context.Context

	me        []one
	known     match.Known // all that the person's rows say together
	possible  []Candidate
	namesakes []one // rows of others who have the same name
}

// rounds bounds how often new identifiers may lead to further rows.
const rounds = 8

func (w *resolver) resolve(q match.Known) error {
	same, ask, err := w.candidates(q)
	if err != nil {
		return err
	}
	byRef, err := w.holders(q)
	if err != nil {
		return err
	}
	same = merge(same, byRef)
	switch {
	case len(same) == 0 && len(ask) == 0:
		// In no person table: only columns that name somebody may still know them.
		w.known = q.Normal()
		return nil
	case len(same) == 0:
		// Nothing settles it but there being only one.
		if !alike(ask) || slices.ContainsFunc(ask, func(o one) bool { return contradicts(q, o.known) }) {
			return ambiguous(ask)
		}
		same = ask
		for i := range same {
			same[i].why = append(same[i].why, "and nobody else held matches")
		}
	case !alike(same):
		return ambiguous(same)
	}
	w.me = same
	w.known = q.Normal()
	for _, o := range w.me {
		w.known = add(w.known, o.known)
	}
	return w.gather()
}

// gather follows what the rows found so far say about the person to further
// rows of theirs, in any source.
func (w *resolver) gather() error {
	seen := map[string]bool{}
	for _, o := range w.me {
		seen[o.id()] = true
	}
	for range rounds {
		same, ask, err := w.candidates(w.known)
		if err != nil {
			return err
		}
		grew := false
		w.possible = nil
		for _, c := range append(same, ask...) {
			if seen[c.id()] {
				continue
			}
			switch verdict, why := w.against(c); verdict {
			case match.Same:
				seen[c.id()] = true
				c.why = why
				w.me = append(w.me, c)
				w.known = add(w.known, c.known)
				grew = true
			case match.Ask:
				c.why = why
				w.possible = append(w.possible, c.candidate())
			}
		}
		if !grew {
			break
		}
	}
	return w.findNamesakes()
}

// against holds a row against every row that is the person's already: one that
// contradicts any of them is never merged without a person.
func (w *resolver) against(c one) (match.Verdict, []string) {
	best, because, mayBe := match.Different, []string(nil), true
	for _, o := range w.me {
		verdict, _, why := match.SamePerson(o.known, c.known)
		if verdict == match.Different && contradicts(o.known, c.known) {
			return match.Different, why
		}
		if verdict == match.Ask && contradicts(o.known, c.known) {
			mayBe, because = false, why
		}
		if verdict > best {
			best = verdict
			if mayBe {
				because = why
			}
		}
	}
	if !mayBe {
		best = min(best, match.Ask)
	}
	return best, because
}

// contradicts tells a row about somebody else from one that merely has nothing
// in common to compare.
func contradicts(a, b match.Known) bool {
	return a.DOB != "" && b.DOB != "" && a.DOB != b.DOB || a.NINO != "" && b.NINO != "" && a.NINO != b.NINO ||
		!match.CompareNames(a.Name, b.Name).Compatible()
}

// candidates are the rows of person tables that are, or may be, whom k describes.
func (w *resolver) candidates(k match.Known) (same, ask []one, err error) {
	err = w.f.tables(func(source, name string, t *datamap.Table) error {
		if t.People == datamap.NotPeople {
			return nil
		}
		got, err := w.f.lookFor(w.ctx, source, name, index.Person, k)
		if err != nil {
			return err
		}
		for _, r := range got {
			o := one{source: source, row: r, known: index.Known(t.Identifiers, r)}
			var verdict match.Verdict
			verdict, o.score, o.why = match.SamePerson(k, o.known)
			switch verdict {
			case match.Same:
				same = append(same, o)
			case match.Ask:
				ask = append(ask, o)
			}
		}
		return nil
	})
	return same, ask, err
}

// lookFor fetches the rows of a table that share an identifier with k, or its
// name.
func (f *Finder) lookFor(ctx context.Context, source, table string, class index.Class, k match.Known) ([]rows.Row, error) {
	var ids []string
	search := f.union(ctx, source, table, &ids)
	var strong []index.Term
	for _, t := range index.Terms(class, k) {
		switch t.Kind {
		case "nino", "nhs", "email", "phone", "ref":
			strong = append(strong, t)
		}
	}
	if len(strong) > 0 {
		if err := search(strong); err != nil {
			return nil, err
		}
	}
	for _, n := range append([]match.Name{k.Name}, k.KnownAs...) {
		if groups := nameGroups(class, n); len(groups) > 0 {
			if err := search(groups...); err != nil {
				return nil, err
			}
		}
	}
	return f.fetch(ctx, source, ids)
}

// union gives a search of one table's index that adds what it finds to ids, each
// once.
func (f *Finder) union(ctx context.Context, source, table string, ids *[]string) func(groups ...[]index.Term) error {
	have := map[string]bool{}
	return func(groups ...[]index.Term) error {
		got, err := f.Index.Find(ctx, source, table, groups...)
		for _, id := range got {
			if !have[id] {
				have[id] = true
				*ids = append(*ids, id)
			}
		}
		return err
	}
}

// nameGroups asks for rows that share a forename and a surname, in any of the
// spellings that the tokens allow for.
func nameGroups(class index.Class, n match.Name) [][]index.Term {
	var groups [][]index.Term
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
func (w *resolver) holders(q match.Known) ([]one, error) {
	if len(q.Refs) == 0 {
		return nil, nil
	}
	var out []one
	err := w.f.tables(func(source, name string, t *datamap.Table) error {
		if t.People != datamap.NotPeople || !bearsRef(t) {
			return nil
		}
		got, err := w.f.lookFor(w.ctx, source, name, index.Named, match.Known{Refs: q.Refs})
		if err != nil {
			return err
		}
		for _, r := range got {
			if len(shared(refsOf(t, r), q.Refs)) == 0 {
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

// refsOf are the references that a row carries for whoever holds it.
func refsOf(t *datamap.Table, r rows.Row) []string {
	var out []string
	for i := range t.Names {
		if t.Names[i].Role == datamap.Subject {
			out = append(out, index.Known(&t.Names[i].Identifiers, r).Refs...)
		}
	}
	return out
}

func (w *resolver) people(p datamap.Parties, q match.Known, why string) ([]one, error) {
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
			t := w.f.Maps[id.Source].Tables[r.Table.Name]
			o := one{source: id.Source, row: r, known: index.Known(t.Identifiers, r), score: 0.97, why: []string{why}}
			if contradicts(q, o.known) {
				continue
			}
			out = append(out, o)
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

// findNamesakes finds the people who have the same name and are someone else: a
// note that gives the name alone may mean any of them.
func (w *resolver) findNamesakes() error {
	mine := map[string]bool{}
	for _, o := range w.me {
		mine[o.id()] = true
	}
	return w.f.tables(func(source, name string, t *datamap.Table) error {
		groups := nameGroups(index.Person, w.known.Name)
		if t.People == datamap.NotPeople || len(groups) < 2 {
			return nil
		}
		ids, err := w.f.Index.Find(w.ctx, source, name, groups...)
		if err != nil {
			return err
		}
		got, err := w.f.fetch(w.ctx, source, ids)
		if err != nil {
			return err
		}
		for _, r := range got {
			o := one{source: source, row: r, known: index.Known(t.Identifiers, r)}
			if !mine[o.id()] && len(w.namesakes) < mostNamesakes && match.CompareNames(w.known.Name, o.known.Name).Compatible() {
				w.namesakes = append(w.namesakes, o)
			}
		}
		return nil
	})
}

// starts are the person's rows in person tables.
func (w *resolver) starts() []datamap.Start {
	var out []datamap.Start
	for _, o := range w.me {
		out = append(out, datamap.Start{Source: o.source, Row: o.row, Role: datamap.Subject, Why: strings.Join(o.why, "; ")})
	}
	return out
}

func (w *resolver) person() Person {
	p := Person{Name: w.known.Name.Written, Known: w.known, Records: []string{}, Working: []string{}}
	for _, o := range w.me {
		if id := w.f.Maps[o.source].Tables[o.row.Table.Name].Identifiers; id.Died != "" && p.Died == "" {
			p.Died, _ = match.Date(o.row.Get(id.Died).Text)
		}
		p.Records = append(p.Records, o.id())
		for _, line := range o.why {
			p.Working = append(p.Working, o.row.Table.Name+": "+line)
		}
	}
	return p
}

// alike says whether the rows could all be one person's: none contradicts
// another.
func alike(list []one) bool {
	for i, a := range list {
		for _, b := range list[i+1:] {
			verdict, _, _ := match.SamePerson(a.known, b.known)
			if verdict != match.Same {
				return false
			}
		}
	}
	return true
}

// ones are rows that name somebody in columns of their own, and who that is.
func (f *Finder) ones(named []datamap.Start) []one {
	var out []one
	for _, s := range named {
		for _, n := range f.Maps[s.Source].Tables[s.Row.Table.Name].Names {
			if n.Role == s.Role {
				out = append(out, one{source: s.Source, row: s.Row, known: index.Known(&n.Identifiers, s.Row)})
			}
		}
	}
	return out
}

// opposed says whether some of the rows contradict each other: they name more
// people than one.
func opposed(list []one) bool {
	for i, a := range list {
		if slices.ContainsFunc(list[i+1:], func(b one) bool { return contradicts(a.known, b.known) }) {
			return true
		}
	}
	return false
}

func ambiguous(list []one) error {
	e := &Ambiguous{}
	for _, o := range list {
		e.Candidates = append(e.Candidates, o.candidate())
	}
	return e
}

func merge(a, b []one) []one {
	for _, o := range b {
		if !slices.ContainsFunc(a, func(x one) bool { return x.id() == o.id() }) {
			a = append(a, o)
		}
	}
	return a
}

func shared(a, b []string) []string {
	var out []string
	for _, s := range a {
		if slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}

// add joins what two rows of one person say. The first to name the person, or
// to give a number that people have one of, keeps it.
func add(k, more match.Known) match.Known {
	if k.Name.IsZero() || len(k.Name.Given)+len(k.Name.Family) < len(more.Name.Given)+len(more.Name.Family) {
		k.Name, more.Name = more.Name, k.Name
	}
	if !more.Name.IsZero() && more.Name.String() != k.Name.String() {
		k.KnownAs = append(k.KnownAs, more.Name)
	}
	k.KnownAs = append(k.KnownAs, more.KnownAs...)
	for _, f := range []struct{ to, from *string }{{&k.DOB, &more.DOB}, {&k.NINO, &more.NINO}, {&k.NHS, &more.NHS}, {&k.Postcode, &more.Postcode}, {&k.UPRN, &more.UPRN}} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	k.Emails = append(k.Emails, more.Emails...)
	k.Phones = append(k.Phones, more.Phones...)
	k.Refs = append(k.Refs, more.Refs...)
	k.Addresses = append(k.Addresses, more.Addresses...)
	return k.Normal()
}
