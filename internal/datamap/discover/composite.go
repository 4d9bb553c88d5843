package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/rows"
)

// compositeLinks finds what points at keys of several columns, none of which is
// declared: a company and an account number. Every column of the key must have its
// like here, by its name there or by its name without what stands before it there;
// and where values can be tried none may speak against it.
func (p *proposer) compositeLinks(t *table) {
	for _, to := range p.tables {
		if to == t || len(to.Key) < 2 || to.View || to.tool || to.original != nil || to.lacks(to.Key) {
			continue
		}
		l := &link{to: to, conf: 0.75}
		byItsOwn := false // one of them has the other table's letters, or neither table has any
		for _, ref := range to.Key {
			key := to.column(ref)
			i := slices.IndexFunc(t.columns, func(c *column) bool { return key.full != nil && slices.Equal(c.words, key.full) })
			byItsOwn = byItsOwn || i >= 0 || key.full == nil
			if i < 0 {
				i = slices.IndexFunc(t.columns, func(c *column) bool {
					return slices.Equal(c.words, key.words) && (key.full == nil) == (c.full == nil)
				})
			}
			if i < 0 || slices.Contains(l.cols, t.columns[i].Name) || t.columns[i].Kind == rows.Date || t.columns[i].Kind == rows.Time {
				l = nil
				break
			}
			l.cols, l.refs = append(l.cols, t.columns[i].Name), append(l.refs, ref)
		}
		if l == nil || !byItsOwn || t.sameKey(l.cols) || slices.ContainsFunc(t.links, func(o *link) bool { return o.to == to && o.declared }) {
			continue
		}
		l.why = fmt.Sprintf("bears the names of all columns of the key of %s", to.Name)
		agrees, tried := true, 0
		for i, c := range l.cols {
			m, n := p.overlap(t, t.column(c), to, l.refs[i])
			agrees = agrees && (n < 3 || m*2 >= n)
			tried += n
		}
		if !agrees {
			p.say(t, strings.Join(l.cols, ", "), "perhaps points at "+to.Name, 0.3, "%s, but the values tried are not found there", l.why)
			continue
		}
		if tried > 0 {
			l.conf, l.why = 0.85, l.why+", and the values tried are found in each"
		}
		t.add(l)
	}
}

// sameKey says that the columns are the table's own key: then neither is known to
// point at the other.
func (t *table) sameKey(cols []string) bool {
	return len(cols) == len(t.Key) && !slices.ContainsFunc(cols, func(c string) bool { return !slices.Contains(t.Key, c) })
}
