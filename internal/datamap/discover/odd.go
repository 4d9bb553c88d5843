package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// joined asks about a column that seems to hold two keys in one: PR0012/7 for
// the seventh tenancy of a property. Nothing can be followed by half a value, so it
// is a question, for whoever can have the halves put into columns by a view.
func (p *proposer) joined(t *table, c *column) {
	if c.Kind != rows.Text || len(c.values.distinct) < 5 {
		return
	}
	for _, sep := range []string{"/", "|", ":", "-", "_", " "} {
		var left, right []string
		for _, v := range c.values.distinct {
			if l, r, ok := strings.Cut(v, sep); ok && l != "" && r != "" && !strings.Contains(r, sep) {
				left, right = append(left, l), append(right, r)
			}
		}
		if len(left) < len(c.values.distinct) {
			continue
		}
		for _, half := range []struct {
			values []string
			which  string
		}{{left, "first"}, {right, "second"}} {
			if to := p.keyOf(half.values); to != nil {
				t.doubtful = t.doubtful || to.level > 0 || to.noun.is == held || to.noun.is == person
				p.say(t, c.Name, fmt.Sprintf("perhaps two keys in one, of which the %s is %s's", half.which, to.Name), 0.5,
					"all sampled values are two parts around %q, and the %s parts are among %s's keys; no edge can use half a value: a view that splits it can", sep, half.which, to.Name)
				return
			}
		}
	}
}

// keyOf is the one table among whose sampled keys nearly all the values are.
// Short numbers are among everybody's, and say nothing.
func (p *proposer) keyOf(values []string) *table {
	if p.keyValues == nil {
		p.keyValues = map[string][]*table{}
		for _, t := range p.tables {
			if t.View || t.tool || t.original != nil {
				continue
			}
			for _, name := range t.singleKeys() {
				for _, v := range t.column(name).values.distinct {
					if len(v) >= 4 && !slices.Contains(p.keyValues[v], t) {
						p.keyValues[v] = append(p.keyValues[v], t)
					}
				}
			}
		}
	}
	count, most := map[*table]int{}, (*table)(nil)
	for _, v := range values {
		for _, t := range p.keyValues[v] {
			if count[t]++; most == nil || count[t] > count[most] {
				most = t
			}
		}
	}
	if most == nil || count[most]*10 < len(values)*8 {
		return nil
	}
	for t, n := range count {
		if t != most && n*10 >= len(values)*8 {
			return nil // two tables' keys look alike
		}
	}
	return most
}

// pairs makes words of the value column of a table that keeps a name and a value
// to a row: what stands there is whatever the name says, and may be about anybody.
func (t *table) pairs() {
	if len(t.columns) > 12 {
		return
	}
	var name, value *column
	for _, c := range t.columns {
		switch {
		case len(c.words) == 0 || !c.isText():
		case slices.Contains([]string{"value", "answer", "response"}, c.words[len(c.words)-1]) && value == nil:
			value = c
		case slices.Contains([]string{"attribute", "field", "property", "option", "question", "parameter", "key", "setting", "name"}, c.words[len(c.words)-1]) && name == nil:
			name = c
		}
	}
	if name == nil || value == nil || value.known || value.width() > 0 && value.width() < wordsFit {
		return
	}
	value.meaning, value.known, value.conf = meaning{freeText: true, brief: true}, true, 0.75
	for _, v := range name.values.distinct {
		if m, _, ok := read(words(v)); ok && m.kind != "" {
			value.meaning.kind, value.meaning.category = m.kind, m.category
			break
		}
	}
	value.why = "a name and a value to a row: what the value is, " + name.Name + " says, and it may be anything"
}

// opaque asks about a column of bytes in which nothing can be looked for.
func (p *proposer) opaque(t *table, c *column) {
	if c.Kind != rows.Bytes || t.out.Columns[c.Name] != nil || t.level == 0 && t.people == "" {
		return
	}
	for _, w := range []string{"stamp", "tstamp", "timestamp", "version", "row", "hash", "checksum"} {
		if slices.Contains(c.words, w) {
			return
		}
	}
	if why := t.fileOf(c); why != "" {
		if t.out.Columns == nil {
			t.out.Columns = map[string]*datamap.Column{}
		}
		t.out.Columns[c.Name] = &datamap.Column{Review: "a document or a picture, in which nothing is searched: somebody must look at it", Why: why}
		p.say(t, c.Name, "a document or a picture: reviewed", 0.8, why)
		return
	}
	p.say(t, c.Name, "perhaps a picture or a document", 0.5, "bytes in somebody's row, and nothing in the name says of what")
}
