package find

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/index"
	"tenet/internal/match"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// Source is what find needs of a system.
type Source interface {
	Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error]
}

// Index is what find needs of the blind index.
type Index interface {
	FindAny(ctx context.Context, source, table string, most int, ways ...index.All) ([]string, error)
	Tables(ctx context.Context) ([]index.Table, error)
	Problems(ctx context.Context) ([]source.Problem, error)
}

// Finder searches the systems of one landlord.
type Finder struct {
	Maps    map[string]*datamap.Map // by source
	Sources map[string]Source
	Index   Index
	// Unsearched is what the caller already knows cannot be searched: a source that
	// is down, a table no map describes.
	Unsearched []NotSearched
	// OwnDomains are the landlord's e-mail domains: who writes from there is staff,
	// not another person in the correspondence.
	OwnDomains []string
	Thresholds Thresholds
	Decisions  Decisions // nil where nobody has decided anything

	*search // the one under way
}

// search is what is kept for the length of one search.
type search struct {
	unread *unread
	sought map[string][]string // what the index answered, by what was asked
	tables []index.Table       // that the index has
}

// unread are the tables that failed in a search, each once. They are gaps in its
// answer.
type unread struct{ tables []datamap.Unread }

func (u *unread) add(tables ...datamap.Unread) {
	for _, t := range tables {
		if !u.has(t.Source, t.Table) {
			u.tables = append(u.tables, t)
		}
	}
}

func (u *unread) has(source, table string) bool {
	return slices.ContainsFunc(u.tables, func(o datamap.Unread) bool { return o.Source == source && o.Table == table })
}

func (u *unread) err() error {
	var all []error
	for _, t := range u.tables {
		all = append(all, t.Err)
	}
	return errors.Join(all...)
}

// Record is one row found.
type Record struct {
	Source string             `json:"source"`
	Table  string             `json:"table"`
	Key    map[string]string  `json:"key"`
	Whose  []datamap.Whose    `json:"whose"`
	Roles  []datamap.Role     `json:"roles"`
	Path   []string           `json:"path"`
	Fields map[string]*string `json:"fields"` // null is null
	// FieldWhose says whose single fields are, where that differs from Whose.
	FieldWhose map[string][]datamap.Whose `json:"field_whose,omitempty"`
	Review     []string                   `json:"review,omitempty"`
	// Like is the id of the record whose text says all that this one's says, so that
	// what is decided of that one can be decided of this; the two may still differ in
	// their other fields, and in what that one quotes. LikeThis are those like this one.
	Like     string   `json:"like,omitempty"`
	LikeThis []string `json:"like_this,omitempty"`
	// Thread names the records that are to be read together: a correspondence, or one
	// letter to many. Empty where it stands alone.
	Thread string `json:"thread,omitempty"`
	// Lost says, by field, why its text is not the whole value.
	Lost map[string]string `json:"lost,omitempty"`

	Row rows.Row `json:"-"`
}

// ID names the record within the landlord.
func (r Record) ID() string { return r.Source + ":" + r.Row.ID() }

// Is says whether the answer to "whose" includes w.
func (r Record) Is(w datamap.Whose) bool { return slices.Contains(r.Whose, w) }

// Person is who was found.
type Person struct {
	Name    string      `json:"name"`
	Records []string    `json:"records"`        // rows of person tables that are this person
	Working []string    `json:"working"`        // why each is
	Died    string      `json:"died,omitempty"` // the date of death that a record gives
	Known   match.Known `json:"-"`
}

// Candidate is someone who may be meant, or a record that may be the same
// person's; a person decides.
type Candidate struct {
	Record string            `json:"record"` // its id, for deciding about it
	Source string            `json:"source"`
	Table  string            `json:"table"`
	Key    map[string]string `json:"key"`
	Name   string            `json:"name"`
	Score  float64           `json:"score"` // how likely it is the person, from 0 to 1
	Why    []string          `json:"why"`
}

// NotSearched is what the answer does not cover.
type NotSearched struct {
	Source string `json:"source"`
	Table  string `json:"table,omitempty"`
	Why    string `json:"why"`
	Key    string `json:"key,omitempty"`
}

// NotFollowed is what could be reached and was left alone.
type NotFollowed struct {
	Table string `json:"table"` // "source.table"
	Rows  int    `json:"rows,omitempty"`
	Why   string `json:"why"`
}

// Answer is everything held about one person.
type Answer struct {
	Person      Person         `json:"person"`
	Records     []Record       `json:"records"`
	Counts      map[string]int `json:"counts"` // by "source.table"
	NotSearched []NotSearched  `json:"not_searched"`
	NotFollowed []NotFollowed  `json:"not_followed"`
	// Links are the others whom these records tie to the person.
	Links []Link `json:"links"`
	// Around are the rows of the other people whom the search came upon.
	Around []string `json:"-"`
	// Possible are records that may be this person's too and were not merged.
	Possible []Candidate `json:"possible,omitempty"`
}

// ErrNobody says that nobody held matches.
var ErrNobody = errors.New("nobody held matches")

// Ambiguous says that more than one person could be meant.
type Ambiguous struct{ Candidates []Candidate }

// Error says how many, and what would settle it. It names nobody.
func (e *Ambiguous) Error() string {
	return fmt.Sprintf("%d people could be meant; add a date of birth, reference, e-mail address or NI number", len(e.Candidates))
}

// Find searches for the person whom q describes. It returns ErrNobody, or an
// *Ambiguous, where it cannot answer.
func (f *Finder) Find(ctx context.Context, q match.Known) (*Answer, error) {
	tables, err := f.Index.Tables(ctx)
	if err != nil {
		return nil, err
	}
	now := *f
	now.search = &search{unread: &unread{}, sought: map[string][]string{}, tables: tables}
	now.Sources = recallAll(f.Sources)
	a, err := now.find(ctx, q)
	if errors.Is(err, ErrNobody) {
		err = errors.Join(err, now.unread.err()) // whoever it is may stand where nothing could be read
	}
	return a, err
}

// seek asks the index, each thing once in a search.
func (f *Finder) seek(ctx context.Context, source, table string, ways ...index.All) ([]string, error) {
	if len(ways) == 0 {
		return nil, nil
	}
	key := fmt.Sprintf("%s\x00%s\x00%q", source, table, ways)
	if ids, ok := f.sought[key]; ok {
		return ids, nil
	}
	ids, err := f.Index.FindAny(ctx, source, table, 0, ways...)
	if err == nil {
		f.sought[key] = ids
	}
	return ids, err
}

func (f *Finder) find(ctx context.Context, q match.Known) (*Answer, error) {
	who := f.resolver(ctx)
	if err := who.resolve(q); err != nil {
		return nil, err
	}
	subject, err := f.study(ctx, who)
	if err != nil {
		return nil, err
	}
	named, maybe, err := f.named(ctx, subject)
	if err != nil {
		return nil, err
	}
	if len(who.me) == 0 {
		// Known by columns alone: they must be one person's, as rows of people must.
		switch {
		case len(named) == 0:
			return nil, ErrNobody
		case opposed(f.ones(named)):
			return nil, ambiguous(f.ones(named))
		}
	}
	found := subject.held
	if len(named) > 0 {
		if found, err = f.walk(ctx, append(who.starts(), named...)); err != nil {
			return nil, err
		}
	}
	a := &Answer{Person: who.person(), Possible: who.possible, Counts: map[string]int{}}
	have := map[string]bool{}
	add := func(it datamap.Item) {
		r := record(it)
		if have[r.ID()] {
			return
		}
		have[r.ID()] = true
		a.Records = append(a.Records, r)
	}
	for _, it := range found.Items {
		add(it)
	}
	sure := len(a.Records)
	for _, it := range maybe {
		add(it)
	}
	mentions, err := f.mentions(ctx, subject, have)
	if err != nil {
		return nil, err
	}
	for _, it := range mentions {
		add(it)
		// Whose file it stands in is around this person too.
		p, err := datamap.People(ctx, f.Maps, it.Source, it.Row, lookups(f.Sources))
		if err != nil {
			return nil, err
		}
		for id := range p.Holders {
			found.Around = append(found.Around, id)
		}
	}
	f.adjust(a.Records, subject)
	f.foldRecords(a.Records)
	f.order(a.Records[sure:], subject.strength)
	if a.Links, err = f.links(ctx, who, subject, a.Records, found.Around); err != nil {
		return nil, err
	}
	for _, id := range found.Around {
		a.Around = append(a.Around, id.Source+":"+id.Row)
	}
	slices.Sort(a.Around)
	a.Around = slices.Compact(a.Around)
	for _, r := range a.Records {
		a.Counts[r.Source+"."+r.Table]++
	}
	for _, n := range found.NotFollowed {
		a.NotFollowed = append(a.NotFollowed, NotFollowed{n.Source + "." + n.Table, n.Rows, n.Why})
	}
	if a.NotSearched, err = f.NotSearched(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// walk notes what could not be read.
func (f *Finder) walk(ctx context.Context, starts []datamap.Start) (*datamap.Found, error) {
	found, err := datamap.Walk(ctx, f.Maps, starts, lookups(f.Sources))
	if err == nil {
		f.unread.add(found.Unread...)
	}
	return found, err
}

// record is an item with its values.
func record(it datamap.Item) Record {
	r := Record{Source: it.Source, Table: it.Row.Table.Name, Key: it.Row.KeyMap(), Whose: it.Whose, Roles: it.Roles, Path: it.Path,
		FieldWhose: it.Fields, Review: it.Review, Row: it.Row, Fields: make(map[string]*string, len(it.Row.Values))}
	if r.Roles == nil {
		r.Roles = []datamap.Role{}
	}
	for i, c := range it.Row.Table.Columns {
		v := it.Row.Values[i]
		if v.Lost != "" {
			if r.Lost == nil {
				r.Lost = map[string]string{}
			}
			r.Lost[c.Name] = v.Lost
		}
		r.Fields[c.Name] = nil
		if !v.Null {
			r.Fields[c.Name] = &v.Text
		}
	}
	return r
}

// lookups lets the walker ask sources by name.
type lookups map[string]Source

func (l lookups) Lookup(ctx context.Context, name, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	s, ok := l[name]
	if !ok {
		return func(yield func(rows.Row, error) bool) {
			yield(rows.Row{}, fmt.Errorf("source %q is not open", name))
		}
	}
	return s.Lookup(ctx, table, where)
}

// fetch reads the rows that the index pointed at. A row that has gone since is
// no error: the index is behind, not wrong. Nor is a table that cannot be read: it
// is noted, and not asked again in this search.
func (f *Finder) fetch(ctx context.Context, name string, ids []string) ([]rows.Row, error) {
	var out []rows.Row
	for _, id := range ids {
		table, key, err := rows.DecodeID(id)
		if err != nil {
			return nil, fmt.Errorf("read the index of %s: %w", name, err)
		}
		if f.unread.has(name, table) {
			continue
		}
		for r, err := range (lookups(f.Sources)).Lookup(ctx, name, table, key) {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			} else if err != nil {
				f.unread.add(datamap.Unread{Source: name, Table: table, Err: err})
				break
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// tables gives every table that is searched, in a fixed order.
func (f *Finder) tables(yield func(source, table string, t *datamap.Table) error) error {
	for _, s := range slices.Sorted(maps.Keys(f.Maps)) {
		if f.Sources[s] == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(f.Maps[s].Tables)) {
			if t := f.Maps[s].Tables[name]; t.Skip == "" {
				if err := yield(s, name, t); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// NotSearched gathers what no answer covers: what is down or unmapped, what the
// maps leave out, what was never indexed, what could not be read.
func (f *Finder) NotSearched(ctx context.Context) ([]NotSearched, error) {
	out := slices.Clone(f.Unsearched)
	var tables []index.Table
	if f.search != nil {
		tables = f.search.tables
		for _, u := range f.unread.tables {
			out = append(out, NotSearched{Source: u.Source, Table: u.Table, Why: "could not be read to the end just now: " + u.Err.Error()})
		}
	} else {
		var err error
		if tables, err = f.Index.Tables(ctx); err != nil {
			return nil, err
		}
	}
	for _, s := range slices.Sorted(maps.Keys(f.Maps)) {
		bySkip := map[string][]string{}
		for _, name := range slices.Sorted(maps.Keys(f.Maps[s].Tables)) {
			if why := f.Maps[s].Tables[name].Skip; why != "" {
				bySkip[why] = append(bySkip[why], name)
			}
		}
		for _, why := range slices.Sorted(maps.Keys(bySkip)) {
			out = append(out, NotSearched{Source: s, Table: strings.Join(bySkip[why], ", "), Why: "left out by the map: " + why})
		}
	}
	indexed := map[string]bool{}
	for _, t := range tables {
		indexed[t.Source+"\x00"+t.Table] = true
	}
	err := f.tables(func(s, name string, t *datamap.Table) error {
		if len(t.Asked) > 0 {
			if len(t.OwnedBy) == 0 {
				out = append(out, NotSearched{Source: s, Table: name, Why: "answers about one person at a time, and the map does not say by which number: add owned-by"})
			}
			return nil
		}
		if !indexed[s+"\x00"+name] {
			out = append(out, NotSearched{Source: s, Table: name, Why: "not indexed yet: nobody is found here by name or in its text; run tenet index"})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	problems, err := f.Index.Problems(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		out = append(out, NotSearched{Source: p.Source, Table: p.Table, Key: p.Key, Why: p.Why})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Source < out[j].Source })
	return out, nil
}
