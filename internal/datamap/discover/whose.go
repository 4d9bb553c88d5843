package discover

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// setAside leaves out whole tables: views, and the engine's own.
func (p *proposer) setAside() {
	base := slices.ContainsFunc(p.tables, func(t *table) bool { return !t.View })
	for _, t := range p.tables {
		switch {
		case t.tool:
			t.aside = "the engine's or a tool's own: no personal data"
			p.say(t, "", "skip", 0.95, "known by its name")
		case t.View && base:
			t.aside = "a view: its rows are read where they are kept"
			p.say(t, "", "skip", 0.9, "it is a view")
		case t.noun.is == public && t.people == datamap.NotPeople:
			t.aside = "people known to the public, in a catalogue: not people the landlord deals with"
			p.say(t, "", "skip", 0.75, "named for people of public record, and nothing says the landlord deals with them")
		}
		if t.aside != "" {
			t.people = datamap.NotPeople
			t.out.Skip, t.out.Why = t.aside, ""
		}
	}
}

// ownership decides which rows belong to whom, from the people down.
func (p *proposer) ownership() {
	for _, t := range p.tables {
		t.placed = t.noun.is == place && t.people == datamap.NotPeople && t.aside == "" && !t.personalPlace()
		if t.people != datamap.NotPeople {
			p.people2people(t)
		}
	}
	for _, t := range p.tables {
		if t.mayBeOwned() {
			p.ownedByPeople(t)
		}
	}
	p.bridges()
	p.names()
	p.downwards()
	for _, t := range p.tables { // what only staff are tied to, and is about them
		if t.mayBeOwned() && t.level == 0 && t.aboutStaff() {
			for _, l := range t.links {
				if l.to.people == datamap.Staff && l.to != t && l.role == datamap.Author && !l.aside && unqualified(l) {
					l.role = ""
					p.own(t, l, datamap.Subject)
					t.level = 1
				}
			}
		}
	}
	p.downwards()
	for _, t := range p.tables { // nobody lives in a household that is nobody's
		if t.people != datamap.NotPeople {
			t.out.OwnedBy = slices.DeleteFunc(t.out.OwnedBy, func(e datamap.Edge) bool {
				up := p.byName[e.Table]
				if up.people != datamap.NotPeople || up.level > 0 {
					return false
				}
				p.say(t, "", "not owned by "+e.Table+" after all", 0.8, "nothing says whose its rows are, so nothing hangs below them")
				return true
			})
		}
	}
	for _, t := range p.tables { // the rest of what staff are tied to, they only handle
		if !t.mayBeOwned() {
			continue
		}
		for _, l := range t.links {
			if l.to.people == datamap.Staff && !t.hasEdge(l) {
				p.own(t, l, staffRole(l))
			}
		}
	}
}

// personalPlace says that an address is one person's row and not a place that
// many share: it names its person. Houses and streets never are.
func (t *table) personalPlace() bool {
	if !slices.Contains([]string{"address", "location"}, t.words[len(t.words)-1]) {
		return false
	}
	return slices.ContainsFunc(t.links, func(l *link) bool {
		return l.to.people != datamap.NotPeople && l.to.people != datamap.Staff && l.role == "" && !l.aside
	})
}

// mayBeOwned says that the table's rows can be somebody's.
func (t *table) mayBeOwned() bool {
	return t.people == datamap.NotPeople && t.aside == "" && !t.placed && !t.View
}

// people2people joins a row that is a person to other tables. A person's row is
// nobody's property: every link up from it refers, save that those who live
// with a customer, or are a customer's contacts, hang below that customer in a
// role that makes the row a mention and no more.
func (p *proposer) people2people(t *table) {
	role := roleOf(t.people)
	if t.people != datamap.HouseholdOf && t.people != datamap.ContactsOf {
		return
	}
	var tied bool
	for _, l := range t.links {
		if l.to == t || l.aside || !l.to.held() && l.to.people != datamap.Customers {
			continue
		}
		// person_id beside household_id is the member's own other row; tenant_id
		// is the one whose household it is.
		if l.to.people == datamap.Customers && t.hasHeld() && t.says(l, "person", "individual", "party") {
			continue
		}
		p.own(t, l, role)
		tied = true
	}
	if tied && t.people == datamap.ContactsOf && t.own("")[surname] == nil && t.own("")[forename] == nil {
		// A contact kept as one line of somebody's file is words in that row.
		t.people, t.out.OwnedBy = datamap.NotPeople, nil
		p.say(t, "", "not people after all", 0.75, "each row is one customer's note of a contact: the contact is named in it")
	}
}

func (t *table) held() bool { return t.noun.is == held && t.people == datamap.NotPeople }

func (t *table) hasHeld() bool {
	return slices.ContainsFunc(t.links, func(l *link) bool { return l.to.held() && !l.aside })
}

// says tells whether the link's columns are named by one of these words.
func (t *table) says(l *link, ws ...string) bool {
	return slices.ContainsFunc(l.cols, func(name string) bool {
		c := t.column(name)
		return c != nil && slices.ContainsFunc(c.words, func(w string) bool { return slices.Contains(ws, w) })
	})
}

// ownedByPeople takes the links that lead straight to people.
func (p *proposer) ownedByPeople(t *table) {
	var plain []*link
	for _, l := range t.links {
		if l.to.people == datamap.NotPeople || l.to.people == datamap.Staff || l.aside {
			continue
		}
		role := l.role
		if role == "" && t.noun.role != datamap.Contact {
			role = t.noun.role // witness_statement.person_id is the witness
		}
		switch {
		case role == "" || role == datamap.Subject:
			plain = append(plain, l)
		case l.to.people == datamap.Customers || role == datamap.Author:
			p.own(t, l, role)
			if role != datamap.Author {
				t.level = 1
			}
		default:
			p.own(t, l, role)
		}
	}
	for _, l := range plain {
		role := datamap.Subject
		if l.several {
			role = datamap.Joint
			l.why += "; several people share that number, and nothing in the row says which of them it is about"
		}
		same := slices.ContainsFunc(plain, func(o *link) bool { return o != l && o.to == l.to && l.when == nil })
		if same {
			role = datamap.Joint
			l.why += "; the row is about two people, and goes to neither as theirs alone"
		}
		p.own(t, l, role)
		t.level = 1
	}
	// The person is not in this source, but is pointed at: known by the reference.
	if t.level == 0 && p.main == nil && !slices.ContainsFunc(t.links, func(l *link) bool { return l.to.people != datamap.NotPeople }) {
		for _, c := range t.columns {
			st, points := stem(c.words)
			if n, ok := exactly(st, nounPhrases); points && ok && c.link == nil && n.means.is == person && n.means.kind == datamap.Customers &&
				!slices.Equal(t.key(), []string{c.Name}) {
				t.out.Names = append(t.out.Names, datamap.Named{Role: datamap.Subject, Identifiers: datamap.Identifiers{Ref: datamap.Columns{c.Name}}})
				t.level = 1
				p.say(t, c.Name, "names its subject by reference", 0.75, "points at a person, and this source has no table of people")
			}
		}
	}
}

// own adds an edge down to the table from the link's other end.
func (p *proposer) own(t *table, l *link, role datamap.Role) {
	e := datamap.Edge{Table: l.to.Name, On: l.on(), When: l.when, Why: l.why}
	if role != datamap.Subject {
		e.Role = role
	}
	t.out.OwnedBy = append(t.out.OwnedBy, e)
	p.say(t, strings.Join(l.cols, ", "), fmt.Sprintf("owned by %s, as %s", l.to.Name, e.RoleOr()), l.conf, l.why)
}

func (t *table) hasEdge(l *link) bool {
	return slices.ContainsFunc(t.out.OwnedBy, func(e datamap.Edge) bool {
		_, ok := e.On[l.cols[0]]
		return ok && e.Table == l.to.Name && maps.Equal(e.When, l.when)
	})
}

// ownedBy says that the rows hang below that table already, by these columns or
// others.
func (t *table) ownedBy(up *table) bool {
	return slices.ContainsFunc(t.out.OwnedBy, func(e datamap.Edge) bool { return e.Table == up.Name && e.When == nil })
}

// staffRole is what staff are in a row: they wrote or handled it (raised it,
// too), unless the name says that it was about them, or that they saw it or paid.
func staffRole(l *link) datamap.Role {
	switch l.role {
	case datamap.Reported, datamap.Witness, datamap.Payer, datamap.Contact:
		return l.role
	}
	return datamap.Author
}

// aboutStaff says that the rows are about members of staff and not merely
// handled by them: the table is named for them, or holds nothing but links.
func (t *table) aboutStaff() bool {
	if t.noun.kind == datamap.Staff || t.noun.category == employment {
		return true
	}
	for _, w := range t.words {
		if n, ok := exactly([]string{w}, nounPhrases); ok && n.means.kind == datamap.Staff {
			return true
		}
	}
	return false
}

// unqualified says that nothing but the person's own word names the link:
// staff_id, not manager_staff_id.
func unqualified(l *link) bool {
	c := l.from.column(l.cols[0])
	if c == nil {
		return false
	}
	st, _ := stem(c.words)
	_, one := exactly(st, nounPhrases)
	return one
}

// bridges finds tables that only join people to what they hold, and hangs what
// is held below them.
func (p *proposer) bridges() {
	for _, t := range p.tables {
		if !t.mayBeOwned() || t.level == 0 {
			continue
		}
		var person, thing *link
		for _, l := range t.links {
			switch {
			case l.aside || l.when != nil:
			case l.to.people == datamap.Customers && l.role != datamap.Author:
				person = l
			case l.to.held() && thing == nil && l.to != t:
				thing = l
			}
		}
		if person == nil || thing == nil || !t.joins(person, thing) {
			continue
		}
		t.party = true
		on := map[string]string{}
		for i, c := range thing.cols {
			on[thing.refs[i]] = c
		}
		why := t.Name + " says who is party to it"
		thing.to.out.OwnedBy = append(thing.to.out.OwnedBy, datamap.Edge{Table: t.Name, On: on, Why: why})
		thing.to.level = 2
		p.say(thing.to, "", "owned by those whom "+t.Name+" names", min(thing.conf, person.conf), why)
		p.capacity(t, person)
		if t.onlyKeys() {
			t.out.Bridge = true
			p.say(t, "", "bridge", 0.85, "only keys, dates and codes: it joins %s to %s", person.to.Name, thing.to.Name)
		}
	}
}

// joins says that the rows make people party to the thing: the two together
// are the key, a column says in which role, or the name says so. Only dates and
// keys are not enough: an appointment has those too.
func (t *table) joins(person, thing *link) bool {
	key := t.key()
	inKey := func(l *link) bool {
		return !slices.ContainsFunc(l.cols, func(c string) bool { return !slices.Contains(key, c) })
	}
	if inKey(person) && inKey(thing) {
		return true
	}
	if !t.onlyKeys() {
		return false
	}
	_, named := ending(t.words, partyPhrases)
	return named || t.capacityColumn() != nil
}

func (t *table) capacityColumn() *column {
	for _, c := range t.columns {
		if _, ok := ending(c.words, capacityPhrases); ok && c.link == nil {
			return c
		}
	}
	return nil
}

// onlyKeys says that there is nothing to read in the rows: links, keys, dates,
// flags and codes.
func (t *table) onlyKeys() bool {
	for _, c := range t.columns {
		_, stamped := within(c.words, rolePhrases)
		switch {
		case c.link != nil, slices.Contains(t.key(), c.Name), c.Kind == rows.Date, c.Kind == rows.Time, c.Kind == rows.Bool:
		case c == t.capacityColumn(), stamped >= 0 && endsWith(c.words, []string{"by"}):
		case c.values.n > 0 && c.values.length <= 2 && !c.known:
		default:
			return false
		}
	}
	return true
}

// capacity reads from a party's codes in which role it stands.
func (p *proposer) capacity(t *table, person *link) {
	c := t.capacityColumn()
	if c == nil {
		return
	}
	i := slices.IndexFunc(t.out.OwnedBy, func(e datamap.Edge) bool { return e.Table == person.to.Name && e.On[person.cols[0]] != "" })
	if i < 0 {
		return
	}
	e := &t.out.OwnedBy[i]
	strange := 0 // counted and not shown: what is no code may be a name
	var understood []string
	found := map[datamap.Role][]string{}
	for _, v := range c.values.distinct {
		if r, ok := exactly(strings.Fields(strings.ToLower(v)), codePhrases); ok {
			found[r.means] = append(found[r.means], v)
			understood = append(understood, v)
		} else {
			strange++
		}
	}
	if len(found) == 0 {
		p.say(t, c.Name, "perhaps says in which role", 0.5, "named for it, but none of its values is understood: everyone here counts as a holder, and is reviewed where there are several")
		return
	}
	e.RoleFrom, e.Roles = c.Name, found
	why := "its values say in which role: " + strings.Join(understood, ", ")
	if len(found[datamap.Subject]) > 0 {
		// A code not seen yet must not make a holder of anybody.
		e.Role = datamap.Contact
		why += "; any other code makes no holder"
	}
	if strange > 0 {
		why += fmt.Sprintf("; %d other values are not understood", strange)
	}
	p.say(t, c.Name, "says in which role", 0.8, why)
}

// downwards hangs tables below what is already somebody's, nearest first. Where
// the pointing goes round in a circle, the link that closes it refers instead.
func (p *proposer) downwards() {
	for level := 1; level <= len(p.tables)+2; level++ {
		for _, t := range p.tables {
			if !t.mayBeOwned() || t.level != 0 {
				continue
			}
			for _, l := range t.links {
				if l.to.level == level && !l.aside && l.to.people == datamap.NotPeople && l.to != t && !l.to.out.Bridge && !t.hasEdge(l) {
					p.own(t, l, datamap.Subject)
					t.level = level + 1
				}
			}
		}
	}
	for _, t := range p.tables {
		// A statement is its witness's, whatever case it was made in.
		if !t.mayBeOwned() || t.level == 0 || t.level == 1 && t.noun.role != "" && len(t.out.OwnedBy) > 0 {
			continue
		}
		for _, l := range t.links {
			if l.to.level > 0 && !l.aside && l.to.people == datamap.NotPeople && l.to != t && !l.to.party && !t.hasEdge(l) && !t.ownedBy(l.to) && !p.hangsBelow(l.to, t, nil) {
				p.own(t, l, datamap.Subject)
			}
		}
	}
}

// hangsBelow says that the table is owned, through others perhaps, by the top.
func (p *proposer) hangsBelow(t, top *table, seen []*table) bool {
	if t == top {
		return true
	}
	if slices.Contains(seen, t) {
		return false
	}
	for _, e := range t.out.OwnedBy {
		if up := p.byName[e.Table]; up != nil && p.hangsBelow(up, top, append(seen, t)) {
			return true
		}
	}
	return false
}
