package discover

import (
	"fmt"
	"slices"
	"strings"

	"tenet/internal/datamap"
)

// readNames reads the tables' names: what their head nouns are, and which of them
// say of themselves that they are no originals.
func (p *proposer) readNames() {
	whole := map[string]bool{}
	for _, t := range p.tables {
		t.full = strings.Join(t.words, " ")
		whole[t.full] = true
	}
	for _, t := range p.tables {
		t.name(whole)
	}
}

// name reads the table's name. A word that may make of a table a copy does so
// only where what is left means something: bulk_uploads is no import of bulk.
func (t *table) name(whole map[string]bool) {
	// With the end cut off, another table's whole name: person_old_2019.
	for i := len(t.words) - 1; i > 0 && t.copyOf == ""; i-- {
		kind, may := copyEnding(t.words[i:])
		if !may {
			break
		}
		if rest := strings.Join(t.words[:i], " "); kind != "" && kind != historyOf && whole[rest] {
			t.copyOf, t.ofName, t.words = kind, rest, t.words[:i]
		}
	}
	ws, means := t.words, func(rest []string) bool {
		_, noun := ending(rest, nounPhrases)
		return noun || whole[strings.Join(rest, " ")]
	}
	strip := func(rest []string, kind string) {
		if len(rest) > 0 && kind != seldomCopy && (means(rest) || kind == historyOf) {
			ws, t.copyOf = rest, kind
		}
	}
	bare := slices.DeleteFunc(slices.Clone(t.words), isNumber)
	numbered := len(bare) < len(t.words)
	switch {
	case t.ofName != "":
	case numbered && len(bare) > 0:
		ws = trimDigits(t.words)
		if c, at := within(bare, copyPhrases); at > 0 || at == 0 && len(bare) > len(c.words) {
			strip(slices.Delete(slices.Clone(bare), at, at+len(c.words)), c.means)
		}
	default:
		if c, ok := ending(ws, copyPhrases); ok && len(ws) > len(c.words) {
			strip(ws[:len(ws)-len(c.words)], c.means)
		} else if c, ok := exactly(ws[:min(1, len(ws))], copyPhrases); ok && len(ws) > 1 {
			strip(ws[1:], c.means)
		}
	}
	if n, ok := ending(ws, nounPhrases); ok {
		t.noun = n.means
	}
	t.words = ws
}

// copyEnding is what words at the end of a name make of its table, where they
// are nothing but numbers, of which one is a year or a day, and words for copies.
// A small number alone makes nothing: address_2 is no copy. may says that with
// words before these it still might.
func copyEnding(ws []string) (kind string, may bool) {
	for _, w := range ws {
		c, ok := exactly([]string{w}, copyPhrases)
		switch {
		case ok && kind != historyOf:
			kind = c.means
		case ok, isNumber(w) && kind != "":
		case isNumber(w) && len(w) >= 4 && (strings.HasPrefix(w, "19") || strings.HasPrefix(w, "20")):
			kind = "a copy of"
		case isNumber(w):
		default:
			return "", false
		}
	}
	return kind, true
}

// copies finds the original of each table whose name says it is a copy, and
// takes for one what has nearly all of another's columns and its very name, in
// another schema of the same database.
func (p *proposer) copies() {
	byName, byFull := map[string][]*table{}, map[string][]*table{}
	for _, t := range p.tables {
		if !t.View && !t.tool {
			name := strings.Join(t.words, " ")
			byName[name] = append(byName[name], t)
			byFull[t.full] = append(byFull[t.full], t)
		}
	}
	for _, t := range p.tables {
		if t.View || t.tool {
			continue
		}
		var best *table
		called := byName[strings.Join(t.words, " ")]
		if t.ofName != "" {
			called = byFull[t.ofName]
		}
		for _, o := range called {
			if o == t || o.copyOf != "" && t.ofName == "" || t.copyOf == "" && (o.full != t.full || len(t.Columns) < 4 || len(o.Columns) < len(t.Columns) || p.later(o, t)) {
				continue
			}
			if best == nil || o.likeness(t) > best.likeness(t) {
				best = o
			}
		}
		if best == nil {
			continue
		}
		alike := best.likeness(t)
		log := t.copyOf == historyOf
		if log && alike < 0.5 {
			t.original = best // what it is the history of, in a form of its own
			continue
		}
		if alike < 0.5 || t.copyOf == "" && alike < 0.9 {
			if t.copyOf != "" {
				p.say(t, "", "no copy of "+best.Name, 0.5, "its name says it is, but only %.0f%% of its columns are that table's", alike*100)
				t.copyOf = ""
			}
			continue
		}
		if t.copyOf == "" {
			t.copyOf = "a copy of"
		}
		t.original = best
		conf := 0.75
		if alike >= 0.8 {
			conf = 0.9
		}
		p.say(t, "", "copy of "+best.Name, conf, "%s %s, by its name; %.0f%% of its columns are that table's", t.copyOf, best.Name, alike*100)
		t.out.CopyOf = best.Name
	}
}

// later says that the first stands after the second in the schema: of two tables
// alike in name and columns the first is taken for the original.
func (p *proposer) later(a, b *table) bool {
	return slices.Index(p.tables, a) > slices.Index(p.tables, b)
}

// likeness is the share of a copy's columns that the original has too, by name
// or by what the name means.
func (t *table) likeness(copied *table) float64 {
	if len(copied.columns) == 0 {
		return 0
	}
	have, n := map[string]bool{}, 0
	meant := map[slot]bool{noSlot: false}
	for _, c := range t.columns {
		have[strings.Join(c.words, " ")] = true
		meant[c.meaning.slot] = c.meaning.slot != noSlot
	}
	for _, c := range copied.columns {
		if have[strings.Join(c.words, " ")] || meant[c.meaning.slot] {
			n++
		}
	}
	return float64(n) / float64(len(copied.columns))
}

// review flags a copy, an import or a history, which may hold what has since
// been corrected or erased in the original.
func (p *proposer) review(t *table) {
	if t.people == datamap.NotPeople && t.level == 0 && len(t.out.Names) == 0 && !t.personal() {
		return
	}
	has := func(word string) bool {
		return slices.ContainsFunc(t.columns, func(c *column) bool { return find(c.words, []string{word}) >= 0 })
	}
	// What was and what became of it, side by side, is a history by any name.
	why := "snapshots of rows as they were"
	switch {
	case t.original != nil:
		why = t.copyOf + " " + t.original.Name
	case t.copyOf == "" && !(has("old") && has("new")), t.copyOf != "" && !has("old") && !has("new"):
		return
	}
	t.out.Review = fmt.Sprintf("%s: may hold what has been corrected or erased since", why)
	p.say(t, "", "review", 0.8, t.out.Review)
}
