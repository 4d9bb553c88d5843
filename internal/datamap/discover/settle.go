package discover

import (
	"slices"
	"strings"

	"tenet/internal/datamap"
)

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
		p.review(t)
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
		if t.hasEdge(l) || l.to.aside != "" || l.to.View || t.out.Bridge && !l.to.party && p.hangsBelow(l.to, t, nil) {
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
			// That a guess points at a table of which nothing is known does not make it
			// nobody's.
			l.to.targets = l.to.targets || len(l.cols) == 1 || l.declared || l.to.noun.is != unknown
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
