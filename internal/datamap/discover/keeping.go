package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
)

// closes are the words of the date at which something is over, best first; not
// are those of dates that only might be it.
var (
	closes = []string{"closed", "closure", "terminated", "termination", "end", "ended", "eot", "vacated", "vacation", "move out", "moved out", "left", "leaving",
		"completed", "completion", "complete", "finished", "finish", "resolved", "cancelled", "cancel", "returned", "return", "discharged", "settled", "shipped", "delivered", "to", "until"}
	not = []string{"planned", "scheduled", "expected", "estimated", "required", "potential", "review", "expire", "expiry", "target", "due", "next", "intro", "notice",
		"warranty", "lease", "deferred", "start", "begin"}
)

// keeping proposes the column that dates the event from which keeping is
// counted: without it no rule of a retention schedule can be worked out.
func (p *proposer) keeping() {
	for _, t := range p.tables {
		placed := slices.ContainsFunc(t.links, func(l *link) bool { return l.to.placed })
		if t.aside != "" || t.View || t.placed {
			continue
		}
		// Of rows of which nobody knows whose they are, it is asked.
		nobodys := t.people == datamap.NotPeople && t.level == 0 && len(t.out.Names) == 0 && !placed
		if nobodys && !t.personal() {
			continue
		}
		if t.people != datamap.NotPeople && t.people != datamap.Staff {
			continue // a customer is kept for as long as what they hold is
		}
		at, conf, why := "", 0.8, "named for the end of what the row is about"
		if len(t.out.Occupies) > 0 && t.out.Occupies[0].Until != "" {
			at, conf, why = t.out.Occupies[0].Until, 0.85, "the end of the occupancy"
		} else if at = t.dated1(closes, slices.Concat(stamps, not)); at != "" {
			n := t.rivals(at)
			if n > 0 {
				conf, why = 0.8-0.15*float64(min(n, 4)), fmt.Sprintf("%s, but so are %d other dates", why, n)
			}
			if open, of := t.column(at).values.open(); open > 0 && of > open {
				// What is not over yet has no such date, or one that never comes.
				conf, why = min(conf+0.1, 0.9), fmt.Sprintf("%s; %d of %d sampled rows have none yet, or one in the far future", why, open, of)
			}
		}
		if at == "" {
			continue
		}
		if nobodys {
			conf, why = min(conf, 0.6), why+"; but nothing says whose the rows are"
		}
		p.say(t, at, "keeping is counted from it", conf, why)
		if conf >= Confident {
			t.out.RetentionFrom = at
		}
	}
}

// open is how many sampled rows say that what they are about is not over: no date, or
// year 2099 or 9999.
func (v values) open() (open, of int) {
	open = v.empty
	for _, y := range v.years {
		if y >= 2090 {
			open++
		}
	}
	return open, v.n + v.empty
}

// rivals are the other dates of the table that may as well be the end of what
// the row is about.
func (t *table) rivals(column string) int {
	n := 0
	for _, c := range t.columns {
		if c.Name != column && c.isDate() && slices.ContainsFunc(closes, func(w string) bool { return find(c.words, strings.Fields(w)) >= 0 }) &&
			!slices.ContainsFunc(slices.Concat(stamps, not), func(w string) bool { return find(c.words, strings.Fields(w)) >= 0 }) {
			n++
		}
	}
	return n
}

// extra is how many words of a date's name say more than that it is one, and
// what the table's name says already: of eot none, of u_intro_end_date two.
func (t *table) extra(c *column, want []string) int {
	n := 0
	for _, w := range c.words {
		if w != "date" && w != "time" && w != "datetime" && w != "dt" && w != "at" && w != "on" && w != "actual" &&
			w != "if" && !slices.Contains(want, w) && !slices.Contains(closes, w) && !slices.Contains(t.words, w) && !strings.HasPrefix(strings.Join(t.words, ""), w) {
			n++
		}
	}
	return n
}
