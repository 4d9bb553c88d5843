package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// describe says what each column of each table holds, who is known by it, and
// who else is named.
func (p *proposer) describe() {
	for _, t := range p.tables {
		if t.aside != "" {
			continue
		}
		t.out.People = t.people
		t.out.Category = p.categoryOf(t)
		if t.people != datamap.NotPeople {
			t.out.Identifiers = t.identifiers()
		}
	}
	for _, t := range p.tables {
		if t.aside != "" {
			continue
		}
		for _, c := range t.columns {
			p.describeColumn(t, c)
		}
	}
}

// categoryOf is the category of a table's columns: by its name, or that of what
// it hangs below.
func (p *proposer) categoryOf(t *table) string {
	for seen := 0; t != nil && seen < len(p.tables); seen++ {
		if t.people != datamap.NotPeople && t.noun.category == "" {
			return identity
		}
		if t.noun.category != "" || len(t.out.OwnedBy) == 0 {
			return t.noun.category
		}
		up := p.byName[t.out.OwnedBy[0].Table]
		if up == nil || up.people != datamap.NotPeople {
			return ""
		}
		t = up
	}
	return ""
}

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
	var first, middle, last, full datamap.Columns
	one := func(at *string, c *column) {
		if *at == "" {
			*at = c.Name
		}
	}
	for _, c := range t.columns {
		if !c.known || c.conf < Confident || c.link != nil && c.meaning.slot != reference && c.meaning.slot != uprn || !take(c) {
			continue
		}
		switch c.meaning.slot {
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
		id.Name = slices.Concat(first[:1], last[:1])
		id.KnownAs = append(id.KnownAs, full...)
	case len(full) > 0:
		id.Name = full[:1]
		id.KnownAs = append(id.KnownAs, full[1:]...)
	default:
		id.Name = slices.Concat(first, middle, last)
	}
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
	if c.link != nil && c.meaning.slot != reference {
		return part{}, false
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
	named := len(n.Name) == 1 && !slices.ContainsFunc(t.columns, func(c *column) bool { return c.Name == n.Name[0] && c.meaning.slot == bareName })
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

// describeColumn gives a column its entry, where it differs from its table.
func (p *proposer) describeColumn(t *table, c *column) {
	if !c.known {
		return
	}
	m := c.meaning
	if l := c.link; l != nil && (l.to.level > 0 || l.to.people != datamap.NotPeople || l.to.placed) {
		return
	}
	who, _ := t.whoseColumn(c)
	if (m.slot == bareName || m.slot == fullName) && (who == "-" || t.people == datamap.NotPeople && len(t.out.Names) == 0) {
		return // the name of a team, a school, a thing
	}
	if t.people == datamap.NotPeople && m.category == t.out.Category && m.slot == noSlot && !m.freeText && m.hide == "" && m.review == "" {
		return // no more than the table's name says of all of it
	}
	if slices.Contains(t.key(), c.Name) && m.slot == noSlot {
		return
	}
	if t.thirdParty(c) {
		m.category = thirdParties
	}
	nobodys := t.noun.is == lookup || t.noun.is == thing || t.noun.is == organisation || t.noun.is == public
	if t.level == 0 && t.people == datamap.NotPeople && len(t.out.Names) == 0 && (nobodys || t.placed) && !(t.placed && m.freeText) && m.hide == "" && m.review == "" {
		return
	}
	out := &datamap.Column{Why: c.why}
	var said []string
	if m.category != "" && m.category != t.out.Category {
		out.Category = m.category
		said = append(said, m.category)
	}
	if m.dpv != "" {
		out.DPV = "dpv-pd:" + m.dpv
		said = append(said, out.DPV)
	}
	if m.kind != "" {
		out.Kind = m.kind
		said = append(said, m.kind)
	}
	if m.freeText && (c.Kind == rows.Text || c.Kind == rows.JSON || c.Kind == rows.Other) && c.wordy() {
		out.FreeText = true
		said = append(said, "free text")
	}
	if m.hide != "" {
		out.Hide = m.hide
		said = append(said, "hidden")
	}
	if m.review != "" {
		out.Review = m.review
		said = append(said, "reviewed")
	}
	if len(said) == 0 {
		return
	}
	p.say(t, c.Name, strings.Join(said, ", "), c.conf, c.why)
	// What is doubtful is left out, save where leaving it out would show more.
	if c.conf < Confident && m.hide == "" && m.kind == "" {
		return
	}
	if t.out.Columns == nil {
		t.out.Columns = map[string]*datamap.Column{}
	}
	t.out.Columns[c.Name] = out
}

// thirdParty says that the column names one of the people somebody told the
// landlord about.
func (t *table) thirdParty(c *column) bool {
	return slices.ContainsFunc(t.out.Names, func(n datamap.Named) bool {
		return (n.Role == datamap.Contact || n.Role == datamap.Household) && slices.Contains(n.All(), c.Name)
	})
}

// wordy says that the values do not speak against free text: codes of a few
// letters are not words about anybody.
func (c *column) wordy() bool {
	return c.values.n < 5 || c.values.words >= 2 || c.Kind == rows.JSON
}

// settle joins what refers, and gives every table that is left its reason.
func (p *proposer) settle() {
	for _, t := range p.tables {
		if t.aside == "" && !t.View {
			p.refers(t)
		}
	}
	for _, t := range p.tables {
		if t.aside != "" {
			continue
		}
		p.copyOf(t)
		switch {
		case t.people != datamap.NotPeople || t.level > 0 || len(t.out.OwnedBy) > 0:
		case t.targets || t.placed:
			t.out.Refers = true
			t.out.Why = "described by many, owned by none"
			conf := 0.8
			if t.placed {
				t.out.Why = "a place: described by many, owned by none"
				conf = 0.9
			}
			p.say(t, "", "refers", conf, t.out.Why)
		case len(t.out.Names) == 0 && !t.personal():
			t.out.Skip = "no personal data: nothing in it is about a person, and nothing of a person's points at it"
			if t.noun.is == lookup {
				t.out.Skip = "no personal data: codes and what they mean"
			}
			p.say(t, "", "skip", 0.8, t.out.Skip)
		default:
			t.out.Why = "nothing says whose the rows are: searched for names, and not reached from anybody"
			p.say(t, "", "whose is not known", 0.5, t.out.Why)
		}
		t.out.RefersTo = slices.DeleteFunc(t.out.RefersTo, func(e datamap.Edge) bool { return p.byName[e.Table].out.Skip != "" })
		if t.out.Skip != "" {
			t.out.RefersTo, t.out.Category, t.out.Columns = nil, "", nil
		}
		if t.people != datamap.NotPeople && t.out.Why == "" {
			t.out.Why = "people, by its name and columns"
		}
	}
}

// refers takes every link that is not an edge down as one across.
func (p *proposer) refers(t *table) {
	for _, l := range t.links {
		if t.hasEdge(l) || l.to.aside != "" || l.to.View || t.out.Bridge && l.to.party == false && p.hangsBelow(l.to, t, nil) {
			continue
		}
		e := datamap.Edge{Table: l.to.Name, On: l.on(), When: l.when, Why: l.why}
		if l.to.people != datamap.NotPeople {
			if e.Role = l.role; l.to.people == datamap.Staff {
				e.Role = staffRole(l)
			}
		}
		t.out.RefersTo = append(t.out.RefersTo, e)
		if t.people != datamap.NotPeople || t.level > 0 {
			l.to.targets = true
		}
		p.say(t, strings.Join(l.cols, ", "), "refers to "+l.to.Name, l.conf, l.why)
	}
}

// personal says that something in the table may be about a person.
func (t *table) personal() bool {
	if t.doubtful || t.noun.category != "" && slices.ContainsFunc(t.links, func(l *link) bool { return l.to.placed }) {
		return true
	}
	if t.noun.is == lookup || t.noun.is == thing || t.noun.is == organisation {
		return false
	}
	for _, c := range t.columns {
		if !c.known || c.link != nil {
			continue
		}
		m := c.meaning
		if m.slot != noSlot && m.slot != bareName && m.slot != address && m.slot != postcode || m.kind != "" || m.hide != "" || m.review != "" || m.freeText && c.wordy() {
			return true
		}
	}
	return false
}

// copyOf flags a copy, an import or a history, which may hold what has since
// been corrected or erased in the original.
func (p *proposer) copyOf(t *table) {
	if t.copyOf == "" || t.people == datamap.NotPeople && t.level == 0 && len(t.out.Names) == 0 && !t.personal() {
		return
	}
	original := ""
	for _, o := range p.tables {
		if o != t && o.copyOf == "" && !o.View && slices.Equal(o.words, t.words) {
			original = o.Name
		}
	}
	snapshot := slices.ContainsFunc(t.columns, func(c *column) bool {
		return find(c.words, []string{"old"}) >= 0 || find(c.words, []string{"new"}) >= 0
	})
	if original == "" && !snapshot {
		return
	}
	why := t.copyOf + " " + original
	if original == "" {
		why = "snapshots of rows as they were"
	}
	t.out.Review = fmt.Sprintf("%s: may hold what has been corrected or erased since", strings.TrimSpace(why))
	p.say(t, "", "review", 0.8, t.out.Review)
}
