package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// places finds who has a place and from when to when, then what is kept by that
// place and dated.
func (p *proposer) places() {
	occupied := map[*table]bool{}
	for _, t := range p.tables {
		if !t.mayBeOwned() || t.level == 0 || t.out.Bridge {
			continue
		}
		for _, l := range t.links {
			if !l.to.placed || l.aside || l.when != nil {
				continue
			}
			from, until := t.dated1(starts, nil), t.dated1(ends, nil)
			tenure := t.noun.category == tenancy
			if from == "" || !tenure && until == "" {
				continue
			}
			conf, why := 0.85, fmt.Sprintf("named for a tenure, with a place (%s) and dates", strings.Join(l.cols, ", "))
			switch {
			case until == "":
				// Without an end, every later tenant's repairs would fall inside it.
				conf, why = 0.5, why+", but no column says when it ended"
			case t.copyOf != "":
				conf, why = 0.5, why+", but it is "+t.copyOf+" another table, and its dates may be out of date"
			case !tenure:
				conf, why = 0.55, fmt.Sprintf("somebody's, with a place (%s), a start and an end; but a tenure is not what its name says", strings.Join(l.cols, ", "))
			}
			conf = min(conf, l.conf)
			p.say(t, from, "occupies "+l.to.Name+" from "+from+" until "+until, conf, why)
			if conf >= Confident {
				t.out.Occupies = append(t.out.Occupies, datamap.Occupancy{Place: l.to.Name, On: l.on(), From: from, Until: until, Why: why})
				occupied[l.to] = true
			}
		}
	}
	for _, t := range p.tables {
		if !t.mayBeOwned() || t.out.Bridge || len(t.out.Occupies) > 0 || t.noun.category == tenancy || t.hasSubject() {
			continue
		}
		for _, l := range t.links {
			if !l.to.placed || l.aside || l.when != nil {
				continue
			}
			at, until := t.dated1(whens, stamps), t.dated1(overs, stamps)
			if at == "" {
				at = t.anyDate()
			}
			if until == at {
				until = ""
			}
			switch {
			case at == "":
			case !occupied[l.to]:
				p.say(t, at, "not followed from "+l.to.Name, 0.5, "dated and kept by place, but nothing says who had %s when", l.to.Name)
			default:
				why := "kept by place, and dated; " + l.why
				t.out.During = append(t.out.During, datamap.During{Place: l.to.Name, On: l.on(), At: at, Until: until, Why: why})
				t.dated = true
				if t.level == 0 {
					t.level = 1
				}
				p.say(t, at, "during the occupancy of "+l.to.Name, min(l.conf, 0.85), why)
			}
		}
	}
	p.downwards() // what hangs below a dated row is of that row
}

// hasSubject says that the rows already name whose they are.
func (t *table) hasSubject() bool {
	if t.dated {
		return false
	}
	return slices.ContainsFunc(t.out.OwnedBy, func(e datamap.Edge) bool { return e.RoleOr() == datamap.Subject || e.Role == datamap.Joint })
}

// dated1 is the date column that one of the words names and whose name says
// least besides; of two the one with the better word, then the first.
func (t *table) dated1(by, never []string) string {
	best, least := "", 0
	for _, w := range by {
		want := strings.Fields(w)
		for _, c := range t.columns {
			if !c.isDate() || find(c.words, want) < 0 || slices.ContainsFunc(never, func(n string) bool { return find(c.words, strings.Fields(n)) >= 0 }) {
				continue
			}
			if n := t.extra(c, want); best == "" || n < least {
				best, least = c.Name, n
			}
		}
	}
	return best
}

func (t *table) anyDate() string {
	for _, c := range t.columns {
		if c.isDate() && !slices.ContainsFunc(stamps, func(n string) bool { return find(c.words, strings.Fields(n)) >= 0 }) && c.meaning.slot == noSlot {
			return c.Name
		}
	}
	return ""
}

// isDate takes a column declared as one, and text in which every sampled value
// is one.
func (c *column) isDate() bool {
	return c.Kind == rows.Date || c.Kind == rows.Time || c.Kind == rows.Text && c.values.n > 0 && c.values.share[dateShape] == 1
}
