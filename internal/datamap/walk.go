package datamap

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strings"

	"tenet/internal/rows"
)

// Rows is all that the walker needs of the systems it walks: the rows of one
// table in which every condition holds.
type Rows interface {
	Lookup(ctx context.Context, source, table string, where []rows.Match) iter.Seq2[rows.Row, error]
}

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
	w := newWalker(ctx, maps, src)
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
	w := newWalker(ctx, maps, src)
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

func newWalker(ctx context.Context, maps map[string]*Map, src Rows) *walker {
	w := &walker{
		ctx: ctx, maps: maps, src: src,
		me:        map[PersonID]bool{},
		named:     map[PersonID][]part{},
		mine:      map[PersonID]bool{},
		mentioned: map[PersonID][]part{},
		seen:      map[PersonID]int{},
		parties:   map[PersonID]Parties{},
		parents:   map[string][]rows.Row{},
		left:      map[NotFollowed]int{},
		around:    map[PersonID]bool{},
		below:     map[string][]hop{},
	}
	for name, m := range maps {
		w.sortTables(name, m)
	}
	for _, hops := range w.below {
		slices.SortStableFunc(hops, func(a, b hop) int { return strings.Compare(a.source, b.source) })
	}
	return w
}

// part is the part somebody has in a row whose columns name them: the role, and
// which of several in it.
type part struct {
	role  Role
	group string
}

// hop is an edge seen from its upper end: rows of a table below hang there.
type hop struct {
	source, table string // below
	edge          Edge
}

type walker struct {
	ctx  context.Context
	maps map[string]*Map
	src  Rows

	me        map[PersonID]bool   // the person's rows in person tables
	named     map[PersonID][]part // rows that name the person in columns of their own
	mentioned map[PersonID][]part // other people's rows in person tables, whose columns name the person
	mine      map[PersonID]bool   // both: whoever these stand for is the person

	items   []Item
	seen    map[PersonID]int // row → its place in items, -1 for one that is walked through or left out
	parties map[PersonID]Parties
	parents map[string][]rows.Row
	left    map[NotFollowed]int
	unread  []Unread
	around  map[PersonID]bool
	below   map[string][]hop // source and table → what hangs below
	order   []string         // keys of below, and of maps' tables, in order
}

func (w *walker) sortTables(source string, m *Map) {
	for _, name := range m.names() {
		t := m.Tables[name]
		if t.Skip != "" {
			continue
		}
		w.order = append(w.order, source+"\x00"+name)
		for _, e := range t.OwnedBy {
			k := e.In(source) + "\x00" + e.Table
			w.below[k] = append(w.below[k], hop{source, name, e})
		}
	}
	sort.Strings(w.order)
}

func (w *walker) table(source, name string) (*Table, error) {
	m := w.maps[source]
	if m == nil {
		return nil, fmt.Errorf("walk: no map for source %q", source)
	}
	t := m.Tables[name]
	if t == nil {
		return nil, fmt.Errorf("walk: the map of %q has no table %q", source, name)
	}
	return t, nil
}

// errUnread says that a table was not read, and is in w.unread with the reason.
var errUnread = errors.New("not read")

// lookup asks a source. A failure that is not the caller's own giving up is noted
// and comes out as errUnread, and the table is not asked again.
func (w *walker) lookup(source, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		if slices.ContainsFunc(w.unread, func(u Unread) bool { return u.Source == source && u.Table == table }) {
			yield(rows.Row{}, errUnread)
			return
		}
		for r, err := range w.src.Lookup(w.ctx, source, table, where) {
			if err != nil && w.ctx.Err() == nil {
				w.unread = append(w.unread, Unread{source, table, err})
				err = errUnread
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// upper is the table at an edge's upper end; nil where no map that is open has it.
func (w *walker) upper(source string, e Edge) *Table {
	if m := w.maps[e.In(source)]; m != nil {
		return m.Tables[e.Table]
	}
	return nil
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

// down follows every edge that hangs below the row.
func (w *walker) down(source string, t *Table, r rows.Row, path []string, whose []Whose) error {
	for _, h := range w.below[source+"\x00"+r.Table.Name] {
		where, ok := conditions(h.edge, func(c string) rows.Value { return r.Get(c) })
		if !ok {
			continue
		}
		once := map[string]bool{}
		for child, err := range w.lookup(h.source, h.table, where) {
			if errors.Is(err, errUnread) {
				break
			} else if err != nil {
				return fmt.Errorf("walk %s from %s down to %s: %w", h.source, r.Table.Name, h.table, err)
			}
			if !applies(h.edge, child) {
				continue
			}
			if id := child.ID(); once[id] {
				w.leave(h.source, h.table, "rows with the same key as another: the map's key does not tell them apart")
				continue
			} else {
				once[id] = true
			}
			if err := w.visit(h.source, child, extend(path, h.words(w.maps[h.source].Tables[h.table].Bridge)), whose, false); err != nil {
				return err
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
	where := make([]rows.Match, 0, len(e.On))
	for c, up := range e.On {
		v := r.Get(c)
		if v.Empty() {
			return nil, nil
		}
		where = append(where, rows.Match{Column: up, Value: v})
	}
	if len(where) == 0 {
		return nil, nil
	}
	source = e.In(source)
	if w.maps[source] == nil {
		return nil, errUnread // the system is not open
	}
	key := source + "\x00" + rows.EncodeID(e.Table, where)
	if got, ok := w.parents[key]; ok {
		return got, nil
	}
	var out []rows.Row
	for a, err := range w.lookup(source, e.Table, where) {
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	w.parents[key] = out
	return out, nil
}

// listUnfollowed names the tables that hang on something this answer refers to
// and were left alone, since others hang there too.
func (w *walker) listUnfollowed() {
	reached, answered := map[string]bool{}, map[string]bool{}
	for _, it := range w.items {
		k := it.Source + "\x00" + it.Row.Table.Name
		answered[k] = true
		if slices.Equal(it.Whose, []Whose{Reference}) {
			reached[k] = true
		}
	}
	// What describes the places does so for others too, however many steps away.
	for grew := true; grew; {
		grew = false
		for k := range reached {
			source, name, _ := strings.Cut(k, "\x00")
			for _, e := range w.maps[source].Tables[name].RefersTo {
				if up := e.In(source) + "\x00" + e.Table; !reached[up] && w.upper(source, e) != nil {
					reached[up], grew = true, true
				}
			}
		}
	}
	for _, k := range w.order {
		source, name, _ := strings.Cut(k, "\x00")
		t := w.maps[source].Tables[name]
		for _, e := range slices.Concat(t.OwnedBy, t.RefersTo) {
			up := e.In(source) + "\x00" + e.Table
			if reached[up] && up != k && !answered[k] && (len(t.During) == 0) {
				w.left[NotFollowed{Source: source, Table: name, Why: "reachable only through " + e.Table + ", which other people share"}] += 0
				break
			}
		}
	}
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

func extend(path []string, step string) []string {
	return append(slices.Clip(slices.Clone(path)), step)
}
