package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// people decides which tables' rows are people, and of which kind.
func (p *proposer) people() {
	var unsure []*table
	for _, t := range p.tables {
		if t.View || t.tool {
			continue
		}
		conf, why := t.isPeople()
		if conf == 0 {
			continue
		}
		kind := t.noun.kind
		if kind == datamap.NotPeople {
			kind = datamap.Customers
		}
		p.say(t, "", "people: "+string(kind), conf, strings.Join(why, "; "))
		if conf < Confident {
			continue
		}
		t.people = kind
		if t.words[len(t.words)-1] == "contact" {
			unsure = append(unsure, t)
		}
	}
	// A system may call its customers contacts.
	if !slices.ContainsFunc(p.tables, func(t *table) bool { return t.people == datamap.Customers }) {
		for _, t := range unsure {
			t.people = datamap.Customers
			p.say(t, "", "people: customers", 0.75, "called contacts, and no other table holds customers")
		}
	}
	p.main = p.mainCustomers()
	var staff []*table
	for _, t := range p.tables {
		if t.people == datamap.NotPeople || t.copyOf != "" {
			continue
		}
		if t.people == datamap.Staff {
			staff = append(staff, t)
		}
		if k := t.key(); len(k) == 1 && t.column(k[0]) != nil {
			p.peopleKeys[strings.Join(t.column(k[0]).called(), " ")] = true
		}
	}
	if len(staff) == 1 {
		p.staff = staff[0]
	}
}

// contacts settles whether a table of contacts holds tenants or those whom
// tenants named. A contact at whom a tenancy points is whose it is.
func (p *proposer) contacts() {
	for _, t := range p.tables {
		for _, l := range t.links {
			if to := l.to; t.noun.is == held && to.people == datamap.ContactsOf && to.calls(to.column(l.refs[0])) && !l.aside && l.role == "" {
				to.people = datamap.Customers
				p.say(to, "", "people: customers", 0.75, "called contacts, and %s points at them by %s: who is pointed at holds it", t.Name, strings.Join(l.cols, ", "))
			}
		}
	}
}

// isPeople weighs what speaks for rows that are people.
func (t *table) isPeople() (conf float64, why []string) {
	if t.noun.is != person && t.noun.is != unknown || len(t.words) == 0 {
		return 0, nil
	}
	add := func(n float64, format string, args ...any) {
		conf += n
		why = append(why, fmt.Sprintf(format, args...))
	}
	if t.noun.is == person {
		add(0.5, "named for people%s", prefixed(": ", spelt(t.Name, t.words)))
	}
	own := t.own("")
	switch {
	case own[forename] != nil && own[surname] != nil:
		add(0.35, "first and last name (%s, %s)", own[forename].Name, own[surname].Name)
	case own[fullName] != nil && t.ofItself(own[fullName]):
		add(0.3, "a full name (%s)", own[fullName].Name)
	case own[surname] != nil || own[forename] != nil:
		add(0.25, "part of a name")
	case own[bareName] != nil && t.noun.is == person:
		add(0.25, "a name (%s)", own[bareName].Name)
	case t.noun.kind == datamap.Customers && t.contactName() != nil:
		add(0.25, "the person to contact (%s)", t.contactName().Name)
		t.self = "contact"
	default:
		return 0, nil // nobody is known by anything here
	}
	if own[dob] != nil {
		add(0.15, "a date of birth")
	}
	if own[nino] != nil || own[nhs] != nil {
		add(0.15, "a national identifier")
	}
	for _, s := range []slot{email, phone, address} {
		if own[s] != nil {
			add(0.05, "%s", own[s].Name)
		}
	}
	return min(conf, 0.98), why
}

// own are the identifiers in columns that name nobody else: first of each slot.
func (t *table) own(holder string) map[slot]*column {
	out := map[slot]*column{}
	for _, c := range t.columns {
		if !c.known || c.meaning.slot == noSlot || out[c.meaning.slot] != nil {
			continue
		}
		if who, _ := t.whoseColumn(c); who == holder {
			out[c.meaning.slot] = c
		}
	}
	return out
}

// ofItself says that "customer name" stands in a table of customers.
func (t *table) ofItself(c *column) bool {
	if t.noun.is == person {
		return true
	}
	return slices.Contains(c.words, "full") || slices.Contains(c.words, "display") || slices.Contains(c.words, "person")
}

func (t *table) contactName() *column {
	for _, c := range t.columns {
		if slices.Equal(c.words, []string{"contact", "name"}) {
			return c
		}
	}
	return nil
}

// whoseColumn is the holder whose identifier the column is, as a word to group
// by ("" is whom the row itself is about), and the role of that holder.
// ok is carried by the role: a holder that is no person has none and is "-".
func (t *table) whoseColumn(c *column) (holder string, role datamap.Role) {
	if c.group != "" {
		return "#" + c.group, grouped
	}
	ws := slices.Clone(c.holder)
	// The words of a full name may name its holder: customer name, contact name.
	if c.meaning.slot == fullName && len(ws) == 0 {
		ws = slices.DeleteFunc(trimDigits(slices.Clone(c.words)), func(w string) bool { return w == "name" || w == "full" || w == "display" })
	}
	if t.noun.role == datamap.Contact && slices.Equal(ws, []string{"contact"}) {
		return "", "" // the contact of a table of contacts
	}
	if c.meaning.slot != fullName && c.meaning.slot != bareName || len(ws) == 1 && ws[0] != "contact" {
		ws = slices.DeleteFunc(ws, func(w string) bool { return neutral[w] })
	}
	if c.meaning.slot == username && t.noun.is != person {
		return "user", datamap.Author
	}
	if len(ws) == 0 {
		return "", ""
	}
	numbered := trimDigits(ws) // tenant 2
	if message(t) {
		if p, ok := ending(ws, correspondentPhrases); ok {
			return strings.Join(p.words, " "), p.means
		}
	}
	if t.noun.is == person && (endsWith(t.words, ws) || slices.Equal(ws, []string{"person"})) {
		return "", ""
	}
	if r, at := within(numbered, rolePhrases); at >= 0 && at+len(r.words) == len(numbered) {
		if t.people == datamap.Staff && r.means == datamap.Author && !endsWith(r.words, []string{"by"}) {
			return "", "" // the work e-mail of an officer, in a table of officers
		}
		return strings.Join(ws, " "), r.means
	}
	if n, ok := ending(numbered, nounPhrases); ok && n.means.is == person {
		return strings.Join(ws, " "), roleOf(n.means.kind)
	}
	return "-", ""
}

// roleOf is the role in which people of a kind stand in a row that names them.
func roleOf(k datamap.PeopleKind) datamap.Role {
	switch k {
	case datamap.Staff:
		return datamap.Author
	case datamap.HouseholdOf:
		return datamap.Household
	case datamap.ContactsOf:
		return datamap.Contact
	}
	return datamap.Subject
}

// message says that the rows are messages, where from and to are people.
func message(t *table) bool {
	var text, from bool
	for _, c := range t.columns {
		if len(c.words) == 0 {
			continue
		}
		switch c.words[0] {
		case "body", "subject", "message", "text", "content":
			text = true
		case "from", "sender", "to", "recipient":
			from = from || c.Kind == rows.Text || c.Kind == rows.Other
		}
	}
	return text && from
}

// mainCustomers is the table of customers that most columns elsewhere seem to
// point at; nil where there is none or two are level.
func (p *proposer) mainCustomers() *table {
	var best *table
	most, level := -1, false
	for _, t := range p.tables {
		if t.people != datamap.Customers || t.copyOf != "" || len(t.key()) != 1 {
			continue
		}
		n := 0
		key := t.column(t.key()[0])
		for _, o := range p.tables {
			for _, f := range o.Foreign {
				if f.Table == t.Name {
					n++
				}
			}
			for _, c := range o.columns {
				if o != t && key != nil && len(key.words) > 1 && slices.Equal(c.words, key.words) {
					n++
				}
			}
		}
		switch {
		case n > most:
			best, most, level = t, n, false
		case n == most:
			level = true
		}
	}
	if level {
		return nil
	}
	return best
}
