package discover

import (
	"slices"
	"strconv"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// identifiers are the columns by which the row's own person is known.
func (t *table) identifiers() *datamap.Identifiers {
	id := &datamap.Identifiers{}
	t.fill(id, func(c *column) bool {
		who, _ := t.whoseColumn(c)
		return who == "" || t.self != "" && who == t.self
	})
	if k := t.key(); len(k) == 1 && len(id.Ref) == 0 {
		// A key that people quote is a reference; a number that only the system
		// counts means somebody else in the next system.
		if c := t.column(k[0]); c != nil && c.Kind == rows.Text && c.link == nil {
			id.Ref = datamap.Columns{c.Name}
		}
	}
	return id
}

// fill puts the columns that are taken into their places.
func (t *table) fill(id *datamap.Identifiers, take func(*column) bool) {
	var called, first, middle, last, full datamap.Columns
	one := func(at *string, c *column) {
		if *at == "" {
			*at = c.Name
		}
	}
	for _, c := range t.columns {
		if !c.known || c.conf < Confident || c.link != nil && c.meaning.slot != reference && c.meaning.slot != uprn || t.counts(c) || !take(c) {
			continue
		}
		switch c.meaning.slot {
		case title:
			called = append(called, c.Name)
		case forename:
			first = append(first, c.Name)
		case middleName:
			middle = append(middle, c.Name)
		case surname:
			last = append(last, c.Name)
		case fullName, bareName:
			full = append(full, c.Name)
		case username:
			if c.values.share[emailShape] >= 0.8 {
				id.Email = append(id.Email, c.Name)
			} else {
				id.Ref = append(id.Ref, c.Name)
			}
		case knownAs:
			id.KnownAs = append(id.KnownAs, c.Name)
		case dob:
			one(&id.DOB, c)
		case died:
			one(&id.Died, c)
		case nino:
			id.NINO = append(id.NINO, c.Name)
		case nhs:
			id.NHS = append(id.NHS, c.Name)
		case email:
			id.Email = append(id.Email, c.Name)
		case phone:
			id.Phone = append(id.Phone, c.Name)
		case reference:
			id.Ref = append(id.Ref, c.Name)
		case address:
			id.Address = append(id.Address, c.Name)
		case postcode:
			one(&id.Postcode, c)
		case uprn:
			one(&id.UPRN, c)
		}
	}
	switch {
	case len(first) > 0 && len(last) > 0:
		// Speaking order, the surname last: package match reads names so.
		id.Name = slices.Concat(called[:min(1, len(called))], first[:1], last[:1])
		id.KnownAs = append(id.KnownAs, full...)
	case len(full) > 0:
		id.Name = full[:1]
		id.KnownAs = append(id.KnownAs, full[1:]...)
	default:
		id.Name = slices.Concat(first, middle, last)
	}
}

// counts says that the column only tells rows apart: contact_no is no telephone,
// and the person_no of one house is another person's in the next.
func (t *table) counts(c *column) bool {
	switch c.meaning.slot {
	case phone:
		return c.Kind == rows.Number && (slices.Contains(t.hub, c) || slices.Equal(t.key(), []string{c.Name}))
	case reference:
		digits, _, _ := strings.Cut(c.Type[strings.IndexByte(c.Type, '(')+1:], ",")
		n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(digits, ")")))
		return c.Kind == rows.Number && err == nil && n <= 4 || len(t.Key) > 1 && slices.Contains(t.Key, c.Name) ||
			len(t.hub) > 0 && len(t.columns) > 1 && t.hub[0] == t.columns[0] && t.columns[1] == c // house_ref, person_no
	}
	return false
}

// names finds who is named in the rows of each table. What hangs below a row
// that names its own subject is the subject's too.
func (p *proposer) names() {
	for _, t := range p.tables {
		if t.aside != "" || t.View {
			continue
		}
		t.out.Names = append(t.out.Names, p.named(t)...)
		if t.level == 0 && t.mayBeOwned() && slices.ContainsFunc(t.out.Names, func(n datamap.Named) bool {
			return n.Role != datamap.Author && n.Role != datamap.Contact
		}) {
			t.level = 1
		}
	}
}

// part is the part that one column has in naming somebody.
type part struct {
	who   string // groups the columns that name one person; "" is whom the row is about
	role  datamap.Role
	whole bool // the column is nothing but the person: reported by, doctor
}

// partOf says whom a column helps to name; ok is false where it names nobody,
// or the person whose row it is in a person table.
func (t *table) partOf(c *column) (_ part, ok bool) {
	if c.link != nil && (c.meaning.slot != reference || c.link.to.people != datamap.NotPeople) {
		return part{}, false // whoever it is has a row, to which it leads
	}
	if c.group != "" {
		return part{"#" + c.group, grouped, false}, c.known && c.meaning.slot != noSlot
	}
	if who, role := t.mentioned(c); role != "" {
		return part{who, role, true}, true
	}
	if !c.known || c.meaning.slot == noSlot {
		return part{}, false
	}
	who, role := t.whoseColumn(c)
	if t.noun.is == organisation && who == "" && t.contactName() != nil {
		who, role = "contact", datamap.Contact // a firm's telephone is that of whom one rings there
	}
	switch {
	case who == "-", t.people != datamap.NotPeople && (who == "" || who == t.self):
		return part{}, false
	case who == "":
		role = t.ownRole()
	}
	return part{who, role, false}, true
}

// named are the people whom columns of the row name.
func (p *proposer) named(t *table) []datamap.Named {
	var order []string
	role, parts := map[string]datamap.Role{}, map[*column]part{}
	for _, c := range t.columns {
		if x, ok := t.partOf(c); ok {
			if _, seen := role[x.who]; !seen {
				order = append(order, x.who)
				role[x.who] = x.role
			}
			parts[c] = x
		}
	}
	// A tenant's name beside a tenancy's reference is one person's.
	subjects := slices.DeleteFunc(slices.Clone(order), func(who string) bool { return role[who] != datamap.Subject })
	if len(subjects) == 2 && slices.Contains(subjects, "") {
		for c, x := range parts {
			if slices.Contains(subjects, x.who) {
				x.who = ""
				parts[c] = x
			}
		}
	}
	var out []datamap.Named
	for _, who := range order {
		n := datamap.Named{Role: role[who]}
		if g, ok := strings.CutPrefix(who, "#"); ok {
			n.Group = g
		}
		t.fill(&n.Identifiers, func(c *column) bool { x, ok := parts[c]; return ok && x.who == who && !x.whole })
		for _, c := range t.columns {
			switch x, ok := parts[c]; {
			case !ok || x.who != who || !x.whole:
			case c.values.share[emailShape] >= 0.8 || x.role == datamap.Correspondent:
				n.Email = append(n.Email, c.Name)
			default:
				n.Name = append(n.Name, c.Name)
			}
		}
		if !t.knows(who, &n) {
			continue
		}
		out = append(out, n)
		p.say(t, strings.Join(n.All(), ", "), "names somebody, as "+string(n.Role), 0.75, "by the columns' names")
	}
	return out
}

// ownRole is the role of the person whom a row's own columns name.
func (t *table) ownRole() datamap.Role {
	if t.noun.role != "" {
		return t.noun.role
	}
	return datamap.Subject
}

// knows says that the columns are enough to know somebody by, and that whoever
// it is is a person.
func (t *table) knows(who string, n *datamap.Named) bool {
	strong := len(n.Email)+len(n.Phone)+len(n.NINO)+len(n.NHS) > 0
	if who != "" {
		return len(n.Name) > 0 || strong || len(n.Ref) > 0
	}
	switch {
	case t.placed, t.noun.is == organisation, t.noun.is == lookup && t.level == 0, t.noun.is == thing && t.level == 0, t.noun.is == public:
		return false
	case len(n.Ref) > 0 && t.noun.is == held:
		return true
	}
	parts := len(n.Name) > 1
	named := len(n.Name) == 1 && !slices.ContainsFunc(t.columns, func(c *column) bool {
		return c.Name == n.Name[0] && (c.meaning.slot == bareName || slices.Contains(c.words, "display"))
	})
	if len(n.Name) == 1 && !named && !strong && n.DOB == "" {
		return false // a name of what, nothing says
	}
	return strong || parts || named || n.DOB != ""
}

// mentioned is who is named by a column that is nothing but a person: reported
// by, doctor, created by.
func (t *table) mentioned(c *column) (who string, role datamap.Role) {
	if c.Kind != rows.Text && c.Kind != rows.Other || len(c.words) == 0 {
		return "", ""
	}
	ws := c.words
	if message(t) {
		if p, ok := exactly(ws, correspondentPhrases); ok {
			return strings.Join(ws, " "), p.means
		}
	}
	if c.link != nil || c.values.n >= 5 && c.values.length <= 2 {
		return "", ""
	}
	for len(ws) > 1 && neutral[ws[0]] {
		ws = ws[1:]
	}
	if n, ok := exactly(ws, nounPhrases); ok && n.means.kind == datamap.Customers && t.people == datamap.NotPeople && (c.values.n == 0 || c.values.words >= 1.5) {
		return strings.Join(ws, " "), datamap.Subject
	}
	if r, ok := exactly(ws, rolePhrases); ok {
		switch r.words[0] {
		case "ship", "contact", "delivery", "parent", "joint", "user": // say nothing of who
			if len(r.words) == 1 {
				return "", ""
			}
		}
		if t.people == datamap.Staff && r.means == datamap.Author && len(r.words) == 1 {
			return "", ""
		}
		return strings.Join(ws, " "), r.means
	}
	return "", ""
}
