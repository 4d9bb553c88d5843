package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// Confident is the confidence, from 0 to 1, from which a proposal stands in the
// map. Below it, it is only reported.
const Confident = 0.7

// Samples is what Propose may see of the values.
type Samples interface {
	// Sample is some rows of the table, a few hundred at most.
	Sample(ctx context.Context, table string) ([]rows.Row, error)
}

// Overlapper is implemented by Samples that can look values up. Without it,
// Propose compares what was sampled on both sides, which proves less.
type Overlapper interface {
	// Overlap takes some distinct values of the child's column and says how many
	// it tried and how many of these the parent's column has.
	Overlap(ctx context.Context, childTable, childColumn, parentTable, parentColumn string) (matched, tried int, err error)
}

// Evidence is one decision, taken or left to a person, and why.
type Evidence struct {
	Table      string
	Column     string // empty where the whole table is meant
	Decision   string // in words: "owned by person, as reporter"
	Confidence float64
	Why        string
	// Edge is what a question would become if a person says yes: an edge up from
	// Table. Nil for all that is taken, and for questions of another kind.
	Edge *datamap.Edge `json:",omitempty"`
}

// Taken says that the decision stands in the proposed map.
func (e Evidence) Taken() bool { return e.Confidence >= Confident }

// Propose proposes a map of the source whose schema this is, and gives the
// evidence for each decision, table by table in the schema's order. Every table
// of the schema is in the map. samples may be nil: then names alone decide, and
// less is taken. A table that cannot be sampled is reported, not fatal; the
// error is the context's, or says that there is no schema.
func Propose(ctx context.Context, schema *rows.Schema, samples Samples) (*datamap.Map, []Evidence, error) {
	if schema == nil {
		return nil, nil, errors.New("discover: no schema to propose a map for")
	}
	p := &proposer{ctx: ctx, schema: schema, samples: samples, byName: map[string]*table{}, peopleKeys: map[string]bool{}}
	p.overlapper, _ = samples.(Overlapper)
	steps := []func(){
		p.read,      // words, meanings, values
		p.copies,    // what is a copy of what
		p.hubs,      // by which columns tables without a key are known
		p.people,    // who is a person
		p.link,      // what points at what
		p.contacts,  // whether a contact is a tenant or a next of kin
		p.setAside,  // views, tools
		p.ownership, // whose rows hang below whom
		p.places,    // occupancies, and what is dated inside them
		p.describe,  // columns, names, categories
		p.keeping,   // the dates from which keeping is counted
		p.settle,    // what is left: refers, or skip, with the reason
	}
	for _, step := range steps {
		step()
		if err := ctx.Err(); err != nil {
			return nil, nil, fmt.Errorf("discover %s: %w", schema.Source, err)
		}
	}
	m := &datamap.Map{Source: schema.Source, Tables: map[string]*datamap.Table{}}
	for _, t := range p.tables {
		m.Tables[t.Name] = &t.out
	}
	order := map[string]int{}
	for i, t := range p.tables {
		order[t.Name] = i
	}
	slices.SortStableFunc(p.evidence, func(a, b Evidence) int { return cmp.Compare(order[a.Table], order[b.Table]) })
	tidy(m)
	return m, p.evidence, nil
}

// tidy takes out the edges that lead to tables which are not searched.
func tidy(m *datamap.Map) {
	for _, t := range m.Tables {
		gone := func(e datamap.Edge) bool {
			up := m.Tables[e.Table]
			return e.Source == "" && (up == nil || up.Skip != "")
		}
		t.OwnedBy, t.RefersTo = slices.DeleteFunc(t.OwnedBy, gone), slices.DeleteFunc(t.RefersTo, gone)
	}
}

// proposer carries one proposal through its steps.
type proposer struct {
	ctx        context.Context // of the one call; the steps share it
	schema     *rows.Schema
	samples    Samples
	overlapper Overlapper

	tables  []*table
	byName  map[string]*table
	targets targets
	main    *table // the table of customers that others point at; nil where none stands out
	staff   *table // the only table of staff; nil where there is none, or several
	// peopleKeys are the names, in words, of the keys of tables of people.
	peopleKeys map[string]bool
	evidence   []Evidence
	// keyValues are the sampled values of keys, and whose they are: see keyOf.
	keyValues map[string][]*table
}

// table is one table on its way to an entry of the map.
type table struct {
	*rows.Table
	words    []string // of its name, without what the whole house puts before
	noun     noun
	copyOf   string    // "an import of", where the name says it is no original
	full     string    // its name in words, whole
	ofName   string    // and that of the table of which it says it is a copy
	original *table    // of which it is a copy, if that is here
	prefix   string    // begins its columns' names and abbreviates its own: con of con_name, in contacts
	hub      []*column // by which other tables seem to point at it, although no key says so
	columns  []*column
	sample   []rows.Row
	links    []*link

	people   datamap.PeopleKind
	self     string // the holder, before its own columns' names, of whom a person table is ("contact" of contact_name)
	aside    string // why it is left out altogether
	tool     bool   // the engine's own
	placed   bool   // rows are places: nothing is owned below
	level    int    // edges from a person down to here; 0 where no person reaches it
	doubtful bool   // something in it may point at a person, and was not taken
	dated    bool   // reached by the place and a date
	party    bool   // joins people to what they hold
	targets  bool   // something of somebody's refers to it

	out datamap.Table
}

// column is one column on its way.
type column struct {
	rows.Column
	words   []string // of its name, without what stands before every column's of the table
	full    []string // with it, where something does
	spelt   string   // how the name was read, where letters are missing in it
	meaning meaning
	known   bool // meaning says something
	holder  []string
	conf    float64
	why     string
	values  values
	link    *link             // the link it is part of, if any
	inside  map[string]values // what stands in its JSON, by path
	group   string            // which of several people in the row it is about, by its number: see repeated
}

// say records a decision.
func (p *proposer) say(t *table, column, decision string, confidence float64, why string, args ...any) {
	if len(args) > 0 {
		why = fmt.Sprintf(why, args...)
	}
	p.evidence = append(p.evidence, Evidence{Table: t.Name, Column: column, Decision: decision, Confidence: min(confidence, 1), Why: why})
}

// read takes names and values in.
func (p *proposer) read() {
	for i := range p.schema.Tables {
		st := &p.schema.Tables[i]
		if p.byName[st.Name] != nil {
			continue
		}
		t := &table{Table: st, tool: slices.Contains(tools, strings.ToLower(baseName(st.Name)))}
		p.tables = append(p.tables, t)
		p.byName[st.Name] = t
	}
	house := p.housePrefixes()
	for _, t := range p.tables {
		t.words = dropHouse(words(baseName(t.Name)), house)
	}
	p.readNames()
	for _, t := range p.tables {
		t.out.Asked = slices.Clone(t.Asked)
		if p.samples != nil && p.ctx.Err() == nil && len(t.Asked) == 0 {
			sample, err := p.samples.Sample(p.ctx, t.Name)
			if err != nil {
				p.say(t, "", "not sampled", 0, "names alone decide here, since its rows could not be read: %v", err)
			}
			t.sample = sample
		}
		before := t.before()
		for _, rc := range t.Columns {
			c := &column{Column: rc, values: look(t.sample, rc.Name)}
			own := rc.Name
			if before != "" {
				own = own[len(before)+1:]
			}
			c.words = dropHouse(words(own), house)
			if before != "" {
				c.full = append([]string{strings.ToLower(before)}, c.words...)
			}
			c.spelt = spelt(rc.Name, c.words)
			if c.Kind == rows.JSON || c.Kind == rows.Text || c.Kind == rows.Other {
				c.inside = jsonPaths(t.sample, rc.Name)
			}
			t.columns = append(t.columns, c)
		}
		t.prefix = t.columnPrefix()
		for _, c := range t.columns {
			c.understand(t)
		}
		t.byValues()
		t.repeated()
		t.pairs()
		p.findKey(t)
		if p.overlapper != nil {
			t.sample = nil // what was seen in it is all that is needed of it
		}
	}
}

// baseName is a table's name without its schema.
func baseName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// housePrefixes are words that begin many tables' names and mean nothing: tbl,
// or the name of the system.
func (p *proposer) housePrefixes() map[string]bool {
	count, whole := map[string]int{}, map[string]bool{}
	for _, t := range p.tables {
		ws := words(baseName(t.Name))
		if len(ws) == 1 {
			whole[ws[0]] = true
		} else if len(ws) > 1 {
			count[ws[0]]++
		}
	}
	out := map[string]bool{"tbl": true, "tb": true, "dbo": true}
	for w, n := range count {
		if n >= 3 && n*10 >= len(p.tables) && !vocabulary[w] && !whole[w] {
			out[w] = true
		}
	}
	return out
}

func dropHouse(ws []string, house map[string]bool) []string {
	for len(ws) > 1 && house[ws[0]] {
		ws = ws[1:]
	}
	return ws
}

// understand reads the column's name and holds it against its values.
func (c *column) understand(t *table) {
	ws := c.words
	if len(ws) > 1 && ws[0] == t.prefix {
		ws = ws[1:]
	}
	c.meaning, c.holder, c.known = read(ws)
	if w := c.width(); w > 0 && w < wordsFit && !c.meaning.brief {
		c.meaning.freeText = false
		c.known = c.known && (c.meaning != meaning{})
	}
	if s := c.meaning.slot; s != noSlot && s != dob && s != died && (c.Kind == rows.Date || c.Kind == rows.Time || c.Kind == rows.Bool || c.Kind == rows.Bytes) {
		c.known = false // last_login is a time, whatever it is called
	}
	c.conf, c.why = 0.85, c.by()
	if c.spelt != "" {
		c.conf = 0.8
	}
	c.byTable(t)
	expect := map[slot]shape{title: titleShape, email: emailShape, phone: phoneShape, postcode: postcodeShape, nino: ninoShape, nhs: nhsShape, dob: dateShape, died: dateShape}
	if s, ok := expect[c.meaning.slot]; ok && c.known && c.values.n > 0 {
		switch share := c.values.share[s]; {
		case share >= 0.8:
			c.conf, c.why = 0.95, fmt.Sprintf("%s, and %s look like it", c.by(), c.values.of(s))
		case c.values.n >= 5 && share < 0.2 && s != postcodeShape && s != nhsShape && s != ninoShape:
			c.conf, c.why = 0.55, fmt.Sprintf("%s, though only %s look like it", c.by(), c.values.of(s))
		}
	}
	_, mail := exactly(c.words, messageIDPhrases)
	if _, points := stem(c.words); c.known || points || mail || c.Kind != rows.Text && c.Kind != rows.Other && c.Kind != rows.JSON || slices.Contains(t.Key, c.Name) {
		return
	}
	if c.Kind == rows.JSON || len(c.inside) > 0 {
		c.meaning, c.known, c.conf, c.why = meaning{freeText: true}, true, 0.75, "JSON, in which anything may stand"
		return
	}
	for _, v := range []struct {
		shape   shape
		meaning string
		least   float64
	}{{emailShape, "email", 0.8}, {ninoShape, "nino", 0.8}, {postcodeShape, "postcode", 0.8}, {proseShape, "note", 0.5}} {
		if c.values.n >= 3 && c.values.share[v.shape] >= v.least {
			c.meaning, _, c.known = read([]string{v.meaning})
			if c.holder = c.words; c.meaningless() {
				c.holder = nil
			}
			c.conf, c.why = 0.75, fmt.Sprintf("by its values: %s look like it", c.values.of(v.shape))
			return
		}
	}
}

// meaningless says that the name is of no words, or of words for any column, FLD05, and
// so says nothing of whom the column is about either.
func (c *column) meaningless() bool {
	return !slices.ContainsFunc(c.words, func(w string) bool {
		return len(w) > 3 && !isNumber(w) && !slices.Contains([]string{"field", "column", "data", "value", "attribute", "custom", "text", "char"}, w)
	})
}

// wordsFit is how many characters a column must have room for to be free text.
const wordsFit = 30

// width is how many characters the column has room for, by its declared type; 0
// where that does not say.
func (c *column) width() int {
	_, n, _ := strings.Cut(c.Type, "(")
	n, _, _ = strings.Cut(n, ")")
	w, err := strconv.Atoi(n)
	if err != nil || c.Kind != rows.Text {
		return 0
	}
	return w
}

// before is what stands before the name of every column of the table: PAR of
// PAR_SURNAME and PAR_DOB, in parties. Other tables' columns have it where they
// point here: TIN_PAR_REFNO.
func (t *table) before() string {
	if len(t.Columns) < 2 {
		return ""
	}
	first, _, ok := strings.Cut(t.Columns[0].Name, "_")
	if !ok || first == "" || len(first) > 4 || vocabulary[strings.ToLower(first)] {
		return ""
	}
	for _, c := range t.Columns {
		if head, rest, ok := strings.Cut(c.Name, "_"); !ok || rest == "" || !strings.EqualFold(head, first) {
			return ""
		}
	}
	return first
}

// called is the name by which other tables' columns mean this one.
func (c *column) called() []string {
	if c.full != nil {
		return c.full
	}
	return c.words
}

// columnPrefix is the word that begins several of the columns' names and
// abbreviates the table's own: con of con_name and con_phone, in contacts.
func (t *table) columnPrefix() string {
	name, count := strings.Join(t.words, ""), map[string]int{}
	for _, c := range t.columns {
		if len(c.words) > 1 {
			count[c.words[0]]++
		}
	}
	for _, c := range t.columns {
		if w := c.words; len(w) > 1 && count[w[0]] >= 3 && len(w[0]) >= 3 && !vocabulary[w[0]] && strings.HasPrefix(name, w[0]) {
			return w[0]
		}
	}
	return ""
}

// byTable settles names that mean one thing in a table of people and another
// in a table of papers.
func (c *column) byTable(t *table) {
	_, file := exactly(c.words, fileNamePhrases)
	switch {
	case file && t.papers():
		c.meaning, c.holder, c.known = meaning{freeText: true, brief: true}, nil, true
	case !slices.Equal(c.words, []string{"title"}):
	case c.values.share[titleShape] >= 0.8, c.values.n == 0 && t.noun.is == person && t.noun.kind != datamap.Staff:
		c.meaning, _, c.known = read([]string{"salutation"})
	case t.noun.is == person:
		c.meaning, _, c.known = read([]string{"job", "title"})
	}
}

// papers says that the rows are files: letters, attachments, scans.
func (t *table) papers() bool {
	return len(t.words) > 0 && slices.Contains([]string{"file", "document", "letter", "attachment", "upload", "scan", "recording", "photo", "image"}, t.words[len(t.words)-1])
}

// of is a share in words.
func (v values) of(s shape) string {
	return fmt.Sprintf("%d of %d sampled values", int(v.share[s]*float64(v.n)+0.5), v.n)
}

func (t *table) column(name string) *column {
	if i := t.Index(name); i >= 0 && i < len(t.columns) {
		return t.columns[i]
	}
	return nil
}
