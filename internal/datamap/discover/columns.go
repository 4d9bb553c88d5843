package discover

import (
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
		p.discloses(t)
	}
	for _, t := range p.tables {
		if t.aside != "" {
			continue
		}
		for _, c := range t.columns {
			p.describeColumn(t, c)
			p.opaque(t, c)
			p.describeInside(t, c)
		}
		p.describeGroups(t)
	}
}

// describeGroups says of repeated columns about which of several people each is.
func (p *proposer) describeGroups(t *table) {
	var about []string
	for _, c := range t.columns {
		if c.group == "" {
			continue
		}
		if t.out.Columns == nil {
			t.out.Columns = map[string]*datamap.Column{}
		}
		if t.out.Columns[c.Name] == nil {
			t.out.Columns[c.Name] = &datamap.Column{}
		}
		t.out.Columns[c.Name].Role, t.out.Columns[c.Name].Group = grouped, c.group
		if !slices.Contains(about, c.group) {
			about = append(about, c.group)
		}
	}
	if len(about) > 0 {
		p.say(t, "", "columns about several people", 0.8, "the same columns are repeated with the numbers %s: taken for those who live with whom the row is about", strings.Join(about, ", "))
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
	if t.people == datamap.NotPeople && m.category == t.out.Category && m.slot == noSlot && !m.freeText && m.kind == "" && m.hide == "" && m.review == "" {
		return // no more than the table's name says of all of it
	}
	if slices.Contains(t.key(), c.Name) && m.slot == noSlot && !m.brief {
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
	if m.kind != "" && !(m.kind == "child" && t.placed) { // child_allowed is about the flat
		out.Kind = m.kind
		said = append(said, m.kind)
	}
	if m.freeText && (c.Kind == rows.Text || c.Kind == rows.JSON || c.Kind == rows.Other) && (m.brief || c.wordy()) {
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
