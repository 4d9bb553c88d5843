package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
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
		p.people,    // who is a person
		p.link,      // what points at what
		p.setAside,  // views, tools
		p.ownership, // whose rows hang below whom
		p.places,    // occupancies, and what is dated inside them
		p.describe,  // columns, names, categories
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
	return m, p.evidence, nil
}

// proposer carries one proposal through its steps.
type proposer struct {
	ctx        context.Context // of the one call; the steps share it
	schema     *rows.Schema
	samples    Samples
	overlapper Overlapper

	tables []*table
	byName map[string]*table
	main   *table // the table of customers that others point at; nil where none stands out
	staff  *table // the only table of staff; nil where there is none, or several
	// peopleKeys are the names, in words, of the keys of tables of people.
	peopleKeys map[string]bool
	evidence   []Evidence
}

// table is one table on its way to an entry of the map.
type table struct {
	*rows.Table
	words   []string // of its name, without what the whole house puts before
	noun    noun
	copyOf  string // "an import of", where the name says it is no original
	columns []*column
	sample  []rows.Row
	links   []*link

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
	words   []string
	meaning meaning
	known   bool // meaning says something
	holder  []string
	conf    float64
	why     string
	values  values
	link    *link // the link it is part of, if any
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
		t.name()
		t.out.Asked = slices.Clone(t.Asked)
		if p.samples != nil && p.ctx.Err() == nil && len(t.Asked) == 0 {
			sample, err := p.samples.Sample(p.ctx, t.Name)
			if err != nil {
				p.say(t, "", "not sampled", 0, "names alone decide here, since its rows could not be read: %v", err)
			}
			t.sample = sample
		}
		for _, rc := range t.Columns {
			c := &column{Column: rc, words: dropHouse(words(rc.Name), house), values: look(t.sample, rc.Name)}
			c.understand(t)
			t.columns = append(t.columns, c)
		}
		p.findKey(t)
		if p.overlapper != nil {
			t.sample = nil // what was seen in it is all that is needed of it
		}
	}
}

// name reads the table's name: what its head noun is, and whether it is a copy.
func (t *table) name() {
	ws := trimDigits(t.words)
	if slices.ContainsFunc(t.words, isNumber) {
		if c, at := within(ws, copyPhrases); at > 0 {
			ws, t.copyOf = slices.Delete(slices.Clone(ws), at, at+len(c.words)), c.means
		}
	} else if c, ok := ending(ws, copyPhrases); ok && len(ws) > len(c.words) {
		ws, t.copyOf = ws[:len(ws)-len(c.words)], c.means
	} else if c, ok := exactly(ws[:min(1, len(ws))], copyPhrases); ok && len(ws) > 1 {
		ws, t.copyOf = ws[1:], c.means
	}
	if n, ok := ending(ws, nounPhrases); ok {
		t.noun = n.means
	}
	t.words = ws
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
	c.meaning, c.holder, c.known = read(c.words)
	if s := c.meaning.slot; s != noSlot && s != dob && s != died && (c.Kind == rows.Date || c.Kind == rows.Time || c.Kind == rows.Bool || c.Kind == rows.Bytes) {
		c.known = false // last_login is a time, whatever it is called
	}
	c.conf, c.why = 0.85, "by its name"
	c.byTable(t)
	expect := map[slot]shape{title: titleShape, email: emailShape, phone: phoneShape, postcode: postcodeShape, nino: ninoShape, nhs: nhsShape, dob: dateShape, died: dateShape}
	if s, ok := expect[c.meaning.slot]; ok && c.known && c.values.n > 0 {
		switch share := c.values.share[s]; {
		case share >= 0.8:
			c.conf, c.why = 0.95, fmt.Sprintf("by its name, and %s look like it", c.values.of(s))
		case c.values.n >= 5 && share < 0.2 && s != postcodeShape && s != nhsShape && s != ninoShape:
			c.conf, c.why = 0.55, fmt.Sprintf("by its name, though only %s look like it", c.values.of(s))
		}
	}
	_, mail := exactly(c.words, messageIDPhrases)
	if _, points := stem(c.words); c.known || points || mail || c.Kind != rows.Text && c.Kind != rows.Other || slices.Contains(t.Key, c.Name) {
		return
	}
	for _, v := range []struct {
		shape   shape
		meaning string
		least   float64
	}{{emailShape, "email", 0.8}, {ninoShape, "nino", 0.8}, {postcodeShape, "postcode", 0.8}, {proseShape, "note", 0.5}} {
		if c.values.n >= 3 && c.values.share[v.shape] >= v.least {
			c.meaning, _, c.known = read([]string{v.meaning})
			c.holder = c.words
			c.conf, c.why = 0.75, fmt.Sprintf("by its values: %s look like it", c.values.of(v.shape))
			return
		}
	}
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

// findKey proposes a key for a table that declares none.
func (p *proposer) findKey(t *table) {
	if len(t.Key) > 0 || t.View {
		return
	}
	for _, u := range t.Unique {
		if len(u) > 0 && !slices.ContainsFunc(u, func(c string) bool { col, ok := t.Column(c); return !ok || col.Nullable }) {
			t.out.Key = slices.Clone(u)
			p.say(t, strings.Join(u, ", "), "key", 0.9, "declared unique, and never null")
			return
		}
	}
	for _, c := range t.columns {
		if _, points := stem(c.words); !points && !slices.Equal(c.words, []string{"id"}) || !c.values.unique || c.values.empty > 0 || c.values.n < 5 {
			continue
		}
		conf := 0.55
		if c.values.n >= 20 {
			conf = 0.75
		}
		why := fmt.Sprintf("named like one, and the %d sampled values are all there and all different", c.values.n)
		p.say(t, c.Name, "key", conf, why)
		if conf >= Confident {
			t.out.Key = datamap.Columns{c.Name}
		}
		return
	}
	p.say(t, "", "no key", 0, "none is declared and no column tells its rows apart: a row can only be named by all its columns")
}

// key is the declared or the proposed key.
func (t *table) key() []string {
	if len(t.Key) > 0 {
		return t.Key
	}
	return t.out.Key
}

func (t *table) column(name string) *column {
	if i := t.Index(name); i >= 0 && i < len(t.columns) {
		return t.columns[i]
	}
	return nil
}
