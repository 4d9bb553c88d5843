package datamap

import (
	"context"
	"slices"
	"sort"
	"strings"

	"tenet/internal/rows"
)

// Start is one place to begin: a row that is the person (Role Subject, in a
// person table), or a row whose own columns name them in some role.
type Start struct {
	Source string
	Row    rows.Row
	Role   Role
	Group  string // which of several in that role, where the map tells them apart: Named.Group
	Why    string // how it was found, in words: "matched by tenancy reference"
}

// Item is one row that the walk found, and whose it is.
type Item struct {
	Source string
	Row    rows.Row
	Whose  []Whose
	Roles  []Role // the person's own part in it
	Path   []string
	// Fields says whose single columns are, where that differs from Whose.
	Fields map[string][]Whose
	// Review says why a person must look before the words of the row go out.
	Review []string
}

// NotFollowed is a table, or some rows of it, that the walk could have reached
// and left alone.
type NotFollowed struct {
	Source string
	Table  string
	Rows   int // how many rows were seen and left out; 0 where the table was not opened
	Why    string
}

// Unread is a table that could not be read to the end.
type Unread struct {
	Source, Table string
	Err           error
}

// Found is what a walk answers.
type Found struct {
	Items       []Item
	NotFollowed []NotFollowed
	// Unread are tables that failed while they were read: what they hold is not in
	// the answer, or only in part.
	Unread []Unread
	// Around are the others whom the walk came upon: who holds things together with
	// the person, lives with them, reported them. Sorted.
	Around []PersonID
}

// Walk follows the maps from one person's rows to everything that is theirs,
// by the rule of DESIGN section 4: down through what they own, once across to
// what describes it, and never from there to other people's rows, save what is
// dated inside their own occupancy. All starts must be the same person.
//
// The answer is in a fixed order: the order of the starts, then of the maps'
// tables by name, then of the rows as their source gives them.
//
// A table that fails when it is read does not fail the walk: it is in Unread, and
// is not asked again. What hangs below rows that could not be read has a holder
// whom nobody knows, so that it is never one person's alone.
func Walk(ctx context.Context, maps map[string]*Map, starts []Start, src Rows) (*Found, error) {
	return NewPlan(maps).Walk(ctx, starts, src)
}

func walk(w *walker, starts []Start) (*Found, error) {
	for _, s := range starts {
		id := PersonID{s.Source, s.Row.ID()}
		t, err := w.table(s.Source, s.Row.Table.Name)
		if err != nil {
			return nil, err
		}
		switch {
		case t.People == NotPeople:
			w.mine[id] = true
			w.named[id] = append(w.named[id], part{s.Role, s.Group})
		case s.Role == Subject:
			w.mine[id], w.me[id] = true, true
		default:
			// Somebody else's own record, which names this person: it stands for its
			// person alone.
			w.mentioned[id] = append(w.mentioned[id], part{s.Role, s.Group})
		}
	}
	for _, s := range starts {
		step := s.Source + ": " + s.Row.Table.Name
		if s.Why != "" {
			step += ", " + s.Why
		}
		if err := w.visit(s.Source, s.Row, []string{step}, nil, false); err != nil {
			return nil, err
		}
	}
	if err := w.during(); err != nil {
		return nil, err
	}
	w.listUnfollowed()
	return &Found{Items: w.items, NotFollowed: w.leftOut(), Unread: w.unread, Around: w.others()}, nil
}

// People gives the people of one row: who holds it, and who else stands in it.
// A row of a person table is its own holder.
func People(ctx context.Context, maps map[string]*Map, source string, r rows.Row, src Rows) (Parties, error) {
	return NewPlan(maps).People(ctx, source, r, src)
}

func people(w *walker, source string, r rows.Row) (Parties, error) {
	t, err := w.table(source, r.Table.Name)
	if err != nil {
		return Parties{}, err
	}
	if t.People != NotPeople {
		p := newParties()
		p.add(PersonID{source, r.ID()}, Subject)
		return p, nil
	}
	return w.partiesOf(source, t, r)
}

func newWalker(ctx context.Context, p *Plan, src Rows) *walker {
	w := &walker{
		ctx: ctx, Plan: p, src: src,
		me:        map[PersonID]bool{},
		named:     map[PersonID][]part{},
		mine:      map[PersonID]bool{},
		mentioned: map[PersonID][]part{},
		seen:      map[PersonID]int{},
		parties:   map[PersonID]Parties{},
		parents:   map[string][]rows.Row{},
		ahead:     map[string][]rows.Row{},
		left:      map[NotFollowed]int{},
		around:    map[PersonID]bool{},
	}
	w.many, _ = src.(Many)
	return w
}

// part is the part somebody has in a row whose columns name them: the role, and
// which of several in it.
type part struct {
	role  Role
	group string
}

type walker struct {
	*Plan
	ctx  context.Context // of the one walk
	src  Rows
	many Many // nil where src does not offer it

	me        map[PersonID]bool   // the person's rows in person tables
	named     map[PersonID][]part // rows that name the person in columns of their own
	mentioned map[PersonID][]part // other people's rows in person tables, whose columns name the person
	mine      map[PersonID]bool   // both: whoever these stand for is the person

	items   []Item
	seen    map[PersonID]int // row → its place in items, -1 for one that is walked through or left out
	parties map[PersonID]Parties
	parents map[string][]rows.Row // what is at the upper end of edges, by question
	ahead   map[string][]rows.Row // answers to questions that are about to be put: see askAhead
	left    map[NotFollowed]int
	unread  []Unread
	around  map[PersonID]bool
}

// visit decides whose a row is, keeps it, and goes on from it. from is what the
// row above is to the person: it decides for rows that name nobody themselves.
func (w *walker) visit(source string, r rows.Row, path []string, from []Whose, dated bool) error {
	id := PersonID{source, r.ID()}
	if at, ok := w.seen[id]; ok {
		if at >= 0 && slices.Equal(w.items[at].Whose, []Whose{Reference}) && !slices.Equal(from, []Whose{Reference}) {
			w.items[at].Path = append(w.items[at].Path, "also: "+strings.Join(path, " → "))
		}
		return nil
	}
	t, err := w.table(source, r.Table.Name)
	if err != nil {
		return err
	}
	if t.Skip != "" {
		return nil
	}
	p, err := w.partiesOf(source, t, r)
	if err != nil {
		return err
	}
	whose, roles := decide(p, w.mine)
	var review []string
	switch {
	case w.me[id]:
		// The row is the person. Who listed them there (a tenant their next of kin)
		// has a part in it.
		whose, roles = []Whose{Self}, []Role{Subject}
		for h := range p.Holders {
			if !w.me[h] {
				whose = []Whose{Self, Shared}
				review = append(review, "someone else gave this about the person")
				break
			}
		}
	case len(w.mentioned[id]) > 0:
		whose, roles = []Whose{Mention}, nil
		for _, p := range w.mentioned[id] {
			roles = append(roles, p.role)
		}
		w.around[id] = true
	case t.People != NotPeople:
		w.around[id] = true
		w.leave(source, r.Table.Name, "rows about other people: a person's own record goes to that person alone")
		w.seen[id] = -1
		return nil
	case t.Refers:
		whose, roles = []Whose{Reference}, nil
	case p.empty() && len(from) > 0:
		whose = from
	case len(t.During) > 0 && len(p.Holders) == 0 && (dated || slices.Contains(whose, Self)):
		// Kept by place and held by nobody: whoever lived there then has a part in it,
		// however this person came to it.
		whose = []Whose{Shared}
	}
	for h := range p.Holders {
		w.around[h] = true
	}
	for o := range p.Others {
		w.around[o] = true
	}
	if slices.Contains(whose, Other) {
		w.leave(source, r.Table.Name, "rows that name somebody else, below something held together or at the same place")
		w.seen[id] = -1
		return nil
	}
	if dated {
		review = append(review, "kept by place, dated inside the occupancy: others at the address may be in it")
		if !slices.Contains(whose, Shared) {
			whose = append(slices.Clone(whose), Shared)
		}
	}
	if p.Narrowed {
		review = append(review, "names this person alone, below something held together")
	}
	if t.Review != "" {
		review = append(review, t.Review)
	}
	w.seen[id] = -1
	if !t.Bridge {
		w.seen[id] = len(w.items)
		w.items = append(w.items, Item{Source: source, Row: r, Whose: whose, Roles: roles, Path: path,
			Fields: w.fields(source, t, r, roles), Review: review})
	}
	if t.Bridge && slices.Equal(whose, []Whose{Mention}) {
		return w.down(source, t, r, path, whose) // as far as what it joins, which decides for itself
	}
	if !slices.Contains(whose, Self) && !slices.Contains(whose, Shared) {
		return nil
	}
	if err := w.across(source, t, r, path); err != nil {
		return err
	}
	return w.down(source, t, r, path, whose)
}

func (w *walker) fields(source string, t *Table, r rows.Row, roles []Role) map[string][]Whose {
	people := func(e Edge) PeopleKind {
		if o := w.upper(source, e); o != nil {
			return o.People
		}
		return NotPeople
	}
	atMe := func(e Edge) bool {
		above, err := w.above(source, e, r)
		return err == nil && slices.ContainsFunc(above, func(a rows.Row) bool { return w.me[PersonID{e.In(source), a.ID()}] })
	}
	id := PersonID{source, r.ID()}
	stands := func(p part) bool {
		if p.group != "" {
			return slices.Contains(w.named[id], p) || slices.Contains(w.mentioned[id], p)
		}
		return slices.Contains(roles, p.role) || p.role == Subject && slices.Contains(roles, Joint)
	}
	return fields(t, r, stands, people, atMe)
}

func (w *walker) leave(source, table, why string) {
	w.left[NotFollowed{Source: source, Table: table, Why: why}]++
}

func (w *walker) others() []PersonID {
	var out []PersonID
	for id := range w.around {
		if !w.mine[id] {
			out = append(out, id)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].Source < out[j].Source || out[i].Source == out[j].Source && out[i].Row < out[j].Row
	})
	return out
}

func (w *walker) leftOut() []NotFollowed {
	out := make([]NotFollowed, 0, len(w.left))
	for n, count := range w.left {
		n.Rows = count
		out = append(out, n)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Source != b.Source {
			return a.Source < b.Source
		}
		if a.Table != b.Table {
			return a.Table < b.Table
		}
		return a.Why < b.Why
	})
	return out
}

func extend(path []string, step string) []string {
	return append(slices.Clip(slices.Clone(path)), step)
}
