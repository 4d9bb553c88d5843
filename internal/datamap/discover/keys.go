package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// findKey proposes a key for a table that declares none.
func (p *proposer) findKey(t *table) {
	if len(t.Key) > 0 || t.View {
		return
	}
	for _, u := range t.Unique {
		if len(u) > 0 && !slices.ContainsFunc(u, func(c string) bool { col, ok := t.Column(c); return !ok || col.Nullable }) {
			t.out.Key = slices.Clone(u)
			p.say(t, strings.Join(u, ", "), "key", 0.9, "declared unique, and never null")
			return
		}
	}
	for _, c := range t.columns {
		if _, points := stem(c.words); !points && !slices.Equal(c.words, []string{"id"}) || !c.values.unique || c.values.empty > 0 || c.values.n < 5 {
			continue
		}
		conf := 0.55
		if c.values.n >= 20 {
			conf = 0.75
		}
		why := fmt.Sprintf("named like one, and the %d sampled values are all there and all different", c.values.n)
		p.say(t, c.Name, "key", conf, why)
		if conf >= Confident {
			t.out.Key = datamap.Columns{c.Name}
		}
		return
	}
	p.say(t, "", "no key", 0, "none is declared and no column tells its rows apart: a row can only be named by all its columns")
}

// key is the declared or the proposed key.
func (t *table) key() []string {
	if len(t.Key) > 0 {
		return t.Key
	}
	return t.out.Key
}

// hubs finds the columns by which tables that declare no key are known to
// others. Systems of the eighties have the same column in ten tables and say
// nowhere whose it is: tag_ref is the tenancy's, since it comes first there and is
// never null, and every other table that has it has a number of its own.
func (p *proposer) hubs() {
	byName := map[string][]*column{}
	of := map[*column]*table{}
	for _, t := range p.tables {
		if t.View || t.tool || t.original != nil {
			continue
		}
		for _, c := range t.columns {
			if _, points := stem(c.words); points && len(c.words) > 1 && (c.Kind == rows.Text || c.Kind == rows.Number || c.Kind == rows.Other) {
				name := strings.Join(c.words, " ")
				byName[name] = append(byName[name], c)
				of[c] = t
			}
		}
	}
	for _, t := range p.tables { // in order, so that one schema gives one proposal
		for i, c := range t.columns {
			same := byName[strings.Join(c.words, " ")]
			if of[c] == nil || len(same) < 2 || len(t.key()) == 1 {
				continue
			}
			if slices.ContainsFunc(same, func(o *column) bool { return slices.Equal(of[o].key(), []string{o.Name}) }) {
				continue // it is another table's declared key
			}
			mine := func(o *column) bool { return of[o].calls(o) }
			leads := func(o *column) bool { return of[o].leads(o) }
			named := func(o *column) bool {
				st, _ := stem(o.words)
				return leads(o) && find(of[o].words, st) >= 0
			}
			for _, is := range []func(*column) bool{mine, named, leads} {
				if owners := filter(same, is); len(owners) > 0 {
					if len(owners) == 1 && owners[0] == c {
						t.hub = append(t.hub, t.columns[i])
					}
					break
				}
			}
		}
	}
}

// calls says that a column is named for its table, in full or by the first
// letters: arag_sid of arag, prop_ref of property, con_key of contacts.
func (t *table) calls(c *column) bool {
	st, ok := stem(c.words)
	if !ok {
		return false
	}
	short, name := strings.Join(st, ""), strings.Join(t.words, "")
	return short == name || len(short) >= 3 && t.prefix == short
}

// leads says that the column comes first in its table, is never null, and is
// what the rows are told apart by: alone, or with the number that follows it.
func (t *table) leads(c *column) bool {
	if t.columns[0] != c || c.Nullable || len(t.Key) == 1 {
		return false
	}
	if n, ok := exactly(first(stem(c.words)), nounPhrases); ok && n.means.kind == datamap.Customers && t.noun.is != person {
		return false // a person's number comes first in many tables, and is none of theirs
	}
	if len(t.Key) > 1 {
		return t.Key[0] == c.Name
	}
	if len(t.columns) > 1 {
		if second := t.columns[1]; !second.Nullable {
			if _, points := stem(second.words); points && (second.meaning.slot == noSlot || second.meaning.slot == reference) {
				return true // house_ref, person_no
			}
		}
	}
	if st, _ := stem(c.words); find(t.words, st) >= 0 {
		return true
	}
	return !slices.ContainsFunc(t.columns, func(o *column) bool {
		st, ok := stem(o.words)
		return slices.Equal(o.words, []string{"id"}) || ok && (t.calls(o) || find(t.words, st) >= 0)
	})
}

// first is what stem finds, whether the name points or not.
func first(st []string, _ bool) []string { return st }

func filter(cs []*column, keep func(*column) bool) []*column {
	return slices.DeleteFunc(slices.Clone(cs), func(c *column) bool { return !keep(c) })
}

// severally says that several rows of people share the value: the number of a
// house or of a claim, in a table of everybody in it.
func (t *table) severally(ref string) bool {
	c := t.column(ref)
	if c == nil || t.people == datamap.NotPeople || slices.Equal(t.key(), []string{ref}) || !slices.Contains(t.hub, c) {
		return false
	}
	st, _ := stem(c.words)
	n, ok := exactly(st, nounPhrases)
	return !t.calls(c) && !(ok && n.means.is == person)
}
