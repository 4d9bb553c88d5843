package discover

import (
	"slices"
	"strings"
)

// target is a column at which others may point.
type target struct {
	table  *table
	column *column
}

// targets are the keys of the tables, by their own names and by those of their
// tables: a large schema has a million pairs of columns, of which a few thousand
// could mean each other.
type targets struct{ byKey, byTable map[string][]target }

func (p *proposer) findTargets() targets {
	out := targets{map[string][]target{}, map[string][]target{}}
	for _, t := range p.tables {
		if t.View || t.tool || t.original != nil {
			continue // what points at a copy points at the original
		}
		for _, ref := range t.singleKeys() {
			x := target{t, t.column(ref)}
			key, name := strings.Join(x.column.called(), " "), strings.Join(t.words, " ")
			out.byKey[key] = append(out.byKey[key], x)
			out.byTable[name] = append(out.byTable[name], x)
			if short := strings.Join(trimPerson(t.words), " "); short != name {
				out.byTable[short] = append(out.byTable[short], x)
			}
		}
	}
	return out
}

// mayMean are the targets whose names stand in the column's, and those that a
// word for people may mean; each once, in the order of the tables.
func (p *proposer) mayMean(c *column) []target {
	var out []target
	add := func(xs []target) {
		for _, x := range xs {
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
	}
	for i := range c.words {
		for j := i + 1; j <= len(c.words); j++ {
			part := strings.Join(c.words[i:j], " ")
			add(p.targets.byKey[part])
			add(p.targets.byTable[part])
		}
	}
	for _, t := range []*table{p.main, p.staff} {
		if t != nil && t.original == nil {
			for _, ref := range t.singleKeys() {
				add([]target{{t, t.column(ref)}})
			}
		}
	}
	order := map[*table]int{}
	for i, t := range p.tables {
		order[t] = i
	}
	slices.SortStableFunc(out, func(a, b target) int { return order[a.table] - order[b.table] })
	return out
}

// qualifies says that the column is named for its own table with a word before:
// absorbing_organisation_id, in organisations.
func qualifies(c *column, t *table) bool {
	st, ok := stem(c.words)
	return ok && len(st) > len(t.words) && endsWith(st, t.words)
}
