package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// link is a pointer from one table's columns to another's key.
type link struct {
	from, to *table
	cols     []string
	refs     []string
	declared bool
	conf     float64
	why      string
	role     datamap.Role // by the columns' names; empty where they say none
	aside    bool         // points at something related, not at what the row belongs to
	nullable bool
	several  bool              // the other end's rows share the value: everybody of a house
	when     map[string]string // for a table that serves several parents by kind and key
}

func (l *link) on() map[string]string {
	on := make(map[string]string, len(l.cols))
	for i, c := range l.cols {
		on[c] = l.refs[i]
	}
	return on
}

// link finds what points at what: declared keys first, then pairs of kind and
// key, then columns whose names and values say so.
func (p *proposer) link() {
	p.targets = p.findTargets()
	for _, t := range p.tables {
		if t.View || t.tool {
			continue
		}
		p.declaredLinks(t)
		if t.original != nil {
			continue
		}
		p.kindLinks(t)
		p.compositeLinks(t)
		for _, c := range t.columns {
			p.namedLink(t, c)
		}
	}
	for _, t := range p.tables {
		if t.original != nil && !t.View && !t.tool {
			p.sameLinks(t)
		}
	}
	for _, t := range p.tables {
		if t.people != datamap.NotPeople && len(t.identifiers().All()) == 0 {
			t.people = datamap.NotPeople
			p.say(t, "", "not people after all", 0.8, "what looked like their names points elsewhere, or the values speak against it")
		}
	}
}

// sameLinks gives a copy the links of its original: two hundred copies are not
// tried against a live system one by one, and a person decides once.
func (p *proposer) sameLinks(t *table) {
	for _, ref := range t.original.singleKeys() {
		if c := t.column(ref); c != nil && c.link == nil && t.people == datamap.NotPeople && !t.original.severally(ref) {
			t.add(&link{to: t.original, cols: []string{ref}, refs: []string{ref}, conf: 0.8, why: "a copy has the key of the row that it is a copy of"})
			break
		}
	}
	for _, l := range t.original.links {
		if t.lacks(l.cols) || l.to == t || l.to == t.original || slices.ContainsFunc(l.cols, func(c string) bool { return t.column(c).link != nil }) && l.when == nil {
			continue
		}
		same := *l
		same.why = fmt.Sprintf("as in %s: %s", t.original.Name, l.why)
		same.declared, same.conf, same.nullable = false, min(l.conf, 0.85), false
		t.add(&same)
		same.aside = l.aside
	}
}

func (p *proposer) declaredLinks(t *table) {
	for _, f := range t.Foreign {
		to := p.byName[f.Table]
		cols := strings.Join(f.Columns, ", ")
		refs := f.References
		if to != nil && len(refs) == 0 {
			refs = to.Key
		}
		if to == nil {
			p.say(t, cols, "points at a table that is not here: "+f.Table, 0, "the foreign key is declared, and this source has no such table")
			continue
		}
		if len(refs) != len(f.Columns) || len(refs) == 0 || t.lacks(f.Columns) || to.lacks(refs) {
			p.say(t, cols, "points at columns that are not there: "+f.Table, 0, "the foreign key is declared, and %s has no such key", f.Table)
			continue
		}
		t.add(&link{to: to, cols: f.Columns, refs: refs, declared: true, conf: 0.95, why: "declared foreign key"})
	}
}

func (t *table) lacks(columns []string) bool {
	return slices.ContainsFunc(columns, func(c string) bool { return t.Index(c) < 0 })
}

// add takes a link in, with what the columns' names say of the role.
func (t *table) add(l *link) {
	l.from = t
	var ws []string
	for _, name := range l.cols {
		c := t.column(name)
		if c == nil {
			continue
		}
		if c.link == nil || c.link.conf < l.conf {
			c.link = l
		}
		ws = append(ws, c.words...)
		l.nullable = l.nullable || c.Nullable
	}
	l.nullable = l.nullable && !slices.Equal(l.cols, t.key())
	if len(l.cols) == 1 {
		if r, at := within(ws, rolePhrases); at >= 0 {
			l.role = r.means
		}
		_, at := within(ws, asidePhrases)
		// "reported by" starts like "report to"; a role is a role.
		l.aside = at >= 0 && (l.role == "" || l.role == datamap.Household)
	}
	t.links = append(t.links, l)
}

// namedLink looks for what a column without a declared key points at.
func (p *proposer) namedLink(t *table, c *column) {
	if c.link != nil || len(c.words) == 0 {
		return
	}
	if slices.Contains(t.hub, c) || slices.Equal(t.key(), []string{c.Name}) && (t.people != datamap.NotPeople || !p.keyOfPeople(c.words)) {
		return // its own key, unless that is a person's
	}
	if st, _ := stem(c.words); len(t.Key) > 1 && slices.Contains(t.Key, c.Name) && len(st) > 0 && endsWith(t.words, st) && len(t.words) > len(st) {
		return // key_contact_id tells apart the key contacts of one person
	}
	switch c.Kind {
	case rows.Text, rows.Number, rows.Other:
	default:
		return
	}
	type candidate struct {
		to   *table
		ref  string
		conf float64
		why  string
	}
	var best []candidate
	_, at := within(c.words, asidePhrases)
	beside := at >= 0
	for _, x := range p.mayMean(c) {
		to, ref := x.table, x.column.Name
		if to == t && !beside && !qualifies(c, t) {
			continue // a row points at its own kind only as something related
		}
		conf, why := p.nameFits(t, c, to, x.column)
		if conf == 0 {
			continue
		}
		switch {
		case len(best) > 0 && conf < best[0].conf-0.001:
		case len(best) > 0 && conf <= best[0].conf+0.001:
			best = append(best, candidate{to, ref, conf, why})
		default:
			best = []candidate{{to, ref, conf, why}}
		}
	}
	if len(best) == 0 {
		p.valuesOnly(t, c)
		p.joined(t, c)
		return
	}
	for i, b := range best {
		best[i].conf, best[i].why = p.tried(t, c, b.to, b.ref, b.conf, b.why)
	}
	for i, b := range best {
		conf, why := b.conf, b.why
		// The values may settle what the names leave open.
		if slices.ContainsFunc(slices.Concat(best[:i], best[i+1:]), func(o candidate) bool { return o.conf > b.conf-0.15 }) {
			conf, why = conf-0.2, why+"; but so might it be another table's"
		}
		if conf < Confident {
			p.say(t, c.Name, fmt.Sprintf("perhaps points at %s.%s", b.to.Name, b.ref), conf, why)
			p.evidence[len(p.evidence)-1].Edge = maybe(c, b.to, b.ref, why)
			t.doubtful = t.doubtful || b.to.people != datamap.NotPeople
			continue
		}
		l := &link{to: b.to, cols: []string{c.Name}, refs: []string{b.ref}, conf: conf, why: why, several: b.to.severally(b.ref)}
		t.add(l)
		l.aside = l.aside || b.to == t
	}
}

// maybe is the edge that the column would be, in the role that its name gives.
func maybe(c *column, to *table, ref, why string) *datamap.Edge {
	e := &datamap.Edge{Table: to.Name, On: map[string]string{c.Name: ref}, Why: why}
	if r, at := within(c.words, rolePhrases); at >= 0 {
		e.Role = r.means
	}
	if to.people == datamap.Staff {
		e.Role = datamap.Author
	}
	return e
}

// singleKeys are the columns that each tell the table's rows apart.
func (t *table) singleKeys() []string {
	var out []string
	if k := t.key(); len(k) == 1 && t.column(k[0]) != nil {
		out = append(out, k[0])
	}
	for _, u := range t.Unique {
		if len(u) == 1 && t.column(u[0]) != nil && !slices.Contains(out, u[0]) {
			out = append(out, u[0])
		}
	}
	for _, c := range t.hub {
		if !slices.Contains(out, c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// nameFits weighs what the names say for the column pointing at the key.
func (p *proposer) nameFits(t *table, c *column, to *table, key *column) (float64, string) {
	ws := c.words
	if ws[0] == "fk" && len(ws) > 1 {
		ws = ws[1:]
	}
	st, points := stem(ws)
	if _, ok := exactly(ws, rolePhrases); ok && c.Kind == rows.Number {
		st, points = ws, true // created_by, holding a number
	}
	name := key.called()
	var conf float64
	var why string
	isKey, hub := slices.Equal(to.key(), []string{key.Name}), slices.Contains(to.hub, key)
	switch {
	case hub && slices.Equal(ws, name):
		conf, why = 0.78, fmt.Sprintf("bears the name of the column by which %s seems to be known, though no key says so", to.Name)
	case len(name) > 1 && slices.Equal(ws, name):
		conf, why = 0.8, fmt.Sprintf("bears the name of the key of %s", to.Name)
		if !isKey {
			conf, why = 0.7, fmt.Sprintf("bears the name of a unique column of %s", to.Name)
		}
	case len(name) > 1 && points && idWords[name[len(name)-1]] && find(ws, name) >= 0:
		conf, why = 0.75, fmt.Sprintf("ends in the name of the key of %s", to.Name)
	case !isKey || !points:
		return 0, ""
	case slices.Equal(st, to.words) || slices.Equal(st, trimPerson(to.words)):
		conf, why = 0.75, fmt.Sprintf("named for %s", to.Name)
	case endsWith(st, to.words) && to.noun.is == person:
		conf, why = 0.72, fmt.Sprintf("named for %s", to.Name)
	case endsWith(st, to.words) && !hub:
		conf, why = 0.7, fmt.Sprintf("named for %s, with a word before", to.Name)
	case to == p.main && p.meansCustomers(st):
		conf, why = 0.6, fmt.Sprintf("means the people whom the landlord serves, and %s holds them", to.Name)
	case to == p.staff && isRole(st, datamap.Author) && (endsWith(st, []string{"by"}) || endsWith(st, []string{"to"})):
		conf, why = 0.72, fmt.Sprintf("says who did it, and only %s holds the staff", to.Name)
	case to == p.staff && isRole(st[len(st)-1:], datamap.Author):
		conf, why = 0.6, fmt.Sprintf("means somebody on the staff, and only %s holds them", to.Name)
	case to == p.staff && p.main == nil && isRole(st, datamap.Reporter):
		conf, why = 0.55, fmt.Sprintf("means somebody on the staff perhaps, and only %s holds them", to.Name)
	case to == p.main && isRole(st, datamap.Reporter, datamap.Reported, datamap.Witness, datamap.Payer):
		conf, why = 0.55, fmt.Sprintf("means a person, and %s holds them", to.Name)
	default:
		return 0, ""
	}
	if isKey && !keyNamedFor(to, key) {
		conf, why = conf-0.1, why+", though that table's key is named for something else"
	}
	if strange(st, to) {
		conf, why = conf-0.15, why+", but the word before may be another system's, whose numbers are others"
	}
	if to.copyOf != "" || to.people == datamap.NotPeople && p.keyOfPeople(key.words) {
		conf -= 0.25
	}
	if differ(c.Kind, key.Kind) {
		conf, why = conf-0.2, why+", though one is a number and the other text"
	}
	if endsWith(t.words, st) && slices.Equal(st, to.words) && (len(t.key()) != 1 || t.key()[0] == c.Name) {
		conf -= 0.1 // tenant_id of an old tenant_person may be its own number
	}
	return conf, why
}

// strange says that a column's name has a short word before the table's that
// nobody knows: upm_person_id is the number of a person in UPM.
func strange(st []string, to *table) bool {
	if len(st) <= len(to.words) || !endsWith(st, to.words) {
		return false
	}
	beside := func(w string) bool {
		return slices.ContainsFunc(asidePhrases, func(p phrase[bool]) bool { return slices.Contains(p.words, w) })
	}
	return slices.ContainsFunc(st[:len(st)-len(to.words)], func(w string) bool { return len(w) <= 4 && !vocabulary[w] && !neutral[w] && !beside(w) })
}

// keyOfPeople says that a table of people has a key of this name.
func (p *proposer) keyOfPeople(ws []string) bool {
	return len(ws) > 1 && p.peopleKeys[strings.Join(ws, " ")]
}

// trimPerson takes the last word off tenant_person.
func trimPerson(ws []string) []string {
	if len(ws) > 1 && ws[len(ws)-1] == "person" {
		return ws[:len(ws)-1]
	}
	return ws
}

// keyNamedFor says that a key's name has nothing in it but the table's own.
func keyNamedFor(t *table, key *column) bool {
	st, ok := stem(key.words)
	return !ok || slices.Equal(st, t.words) || endsWith(t.words, st) || slices.Equal(st, trimPerson(t.words)) || t.noun.is == person
}

func differ(a, b rows.Kind) bool {
	return a == rows.Number && b == rows.Text || a == rows.Text && b == rows.Number
}

// meansCustomers says that the word means whoever the landlord serves. A table
// of its own name would have been found first.
func (p *proposer) meansCustomers(st []string) bool {
	n, ok := exactly(st, nounPhrases)
	return ok && n.means.is == person && n.means.kind == datamap.Customers &&
		!slices.ContainsFunc(p.tables, func(t *table) bool {
			return t.people != datamap.NotPeople && t.copyOf == "" && slices.Equal(t.words, st) && t != p.main
		})
}

func isRole(st []string, want ...datamap.Role) bool {
	r, ok := exactly(st, rolePhrases)
	return ok && slices.Contains(want, r.means)
}

// tried holds a link that a name suggests against the values.
func (p *proposer) tried(t *table, c *column, to *table, ref string, conf float64, why string) (float64, string) {
	matched, tried := p.overlap(t, c, to, ref)
	switch {
	case tried == 0:
		return conf, why + "; there are no values to try"
	case matched == tried:
		switch {
		case c.values.runOn():
			return conf + 0.05, fmt.Sprintf("%s, and all %d values tried are found there, but they run on, and such numbers are found anywhere", why, tried)
		case tried < 3:
			return conf + 0.1, fmt.Sprintf("%s, and all %d values tried are found there", why, tried)
		}
		return conf + 0.15, fmt.Sprintf("%s, and all %d values tried are found there", why, tried)
	case tried >= 3 && matched*2 < tried:
		return min(conf, 0.3), fmt.Sprintf("%s, but only %d of %d values tried are found there", why, matched, tried)
	case matched*20 < tried*19:
		return conf - 0.1, fmt.Sprintf("%s, and %d of %d values tried are found there", why, matched, tried)
	}
	return conf, fmt.Sprintf("%s, and %d of %d values tried are found there", why, matched, tried)
}

func (p *proposer) overlap(t *table, c *column, to *table, ref string) (matched, tried int) {
	if p.overlapper != nil && p.ctx.Err() == nil {
		m, n, err := p.overlapper.Overlap(p.ctx, t.Name, c.Name, to.Name, ref)
		if err == nil {
			return m, n
		}
		p.say(t, c.Name, "not compared with "+to.Name, 0, "its values could not be looked up there: %v", err)
	}
	// The parent's sample is seldom all of it: only what is found there counts.
	have := map[string]bool{}
	for _, r := range to.sample {
		have[r.Get(ref).Text] = true
	}
	if len(have) == 0 {
		return 0, 0
	}
	for _, v := range c.values.distinct {
		if have[v] {
			matched++
		}
	}
	if matched == 0 {
		return 0, 0
	}
	return matched, matched
}

// valuesOnly reports a column that may point at a person by nothing but its
// values. Small numbers are found anywhere, so it is never taken.
func (p *proposer) valuesOnly(t *table, c *column) {
	if _, points := stem(c.words); !points || p.main == nil || t == p.main || p.overlapper == nil || c.values.n < 3 || c.Kind != rows.Number {
		return
	}
	ref := p.main.key()[0]
	if matched, tried := p.overlap(t, c, p.main, ref); tried >= 3 && matched == tried {
		t.doubtful = true
		p.say(t, c.Name, fmt.Sprintf("perhaps points at %s.%s", p.main.Name, ref), 0.4,
			"all %d values tried are found there, but nothing in the name says so, and small numbers are found anywhere", tried)
	}
}

// kindLinks finds pairs of columns of which one says at what kind of thing the
// other points: entity_type and entity_id.
func (p *proposer) kindLinks(t *table) {
	for _, k := range t.columns {
		prefix, ok := kindOf(k.words)
		if !ok || k.Kind != rows.Text && k.Kind != rows.Other || len(k.values.distinct) >= maxDistinct {
			continue
		}
		for _, c := range t.columns {
			st, points := stem(c.words)
			bare := len(prefix) == 0 && len(c.words) == 1 && idWords[c.words[0]]
			if c == k || c.link != nil || !bare && (!points || !slices.Equal(st, prefix)) || slices.Equal(t.key(), []string{c.Name}) {
				continue
			}
			if len(k.values.distinct) == 0 {
				if len(prefix) > 0 && find(t.words, prefix) < 0 { // phone_type is the phone's own
					t.doubtful = true
					p.say(t, c.Name, "perhaps points at several tables", 0.5, "%s may say at which, but there are no values to see", k.Name)
				}
				continue
			}
			strange := 0 // counted and not shown: what is no table's name may be a person's
			for _, v := range k.values.distinct {
				to := p.tableCalled(v)
				if to == nil || len(to.key()) != 1 || to == t {
					strange++
					continue
				}
				t.add(&link{to: to, cols: []string{c.Name}, refs: []string{to.key()[0]}, conf: 0.75, when: map[string]string{k.Name: v},
					why: fmt.Sprintf("%s says %q, and %s then holds its key", k.Name, v, c.Name)})
			}
			if strange > 0 && strange < len(k.values.distinct) {
				p.say(t, k.Name, "not followed for every kind", 0, "%d of its %d values are the name of no one table", strange, len(k.values.distinct))
			}
		}
	}
}

// kindOf is the name before the word that makes a column one of kinds.
func kindOf(ws []string) ([]string, bool) {
	if len(ws) == 0 {
		return nil, false
	}
	switch last := ws[len(ws)-1]; last {
	case "type", "kind", "table", "model", "class":
		return ws[:len(ws)-1], true
	case "entity", "object", "parent", "owner", "subject", "target", "source":
		return ws, true
	}
	return nil, false
}

// tableCalled is the one table that a value names.
func (p *proposer) tableCalled(v string) *table {
	ws := words(v)
	var found *table
	for _, t := range p.tables {
		if t.View || t.copyOf != "" || !slices.Equal(t.words, ws) && !slices.Equal(trimPerson(t.words), ws) {
			continue
		}
		if found != nil {
			return nil
		}
		found = t
	}
	return found
}
