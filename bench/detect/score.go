package main

import (
	"slices"
	"strings"

	"tenet/internal/detect"
	"tenet/internal/match"
)

// found is one span that an engine proposed.
type found struct {
	Start, End int
	Type       detect.Type
	Score      float64
}

// tally counts what an engine did on one set, of one type.
type tally struct {
	gold, hit       int // labelled, and wholly covered
	right, proposed int // proposed, and of those on something labelled
	tokens, covered int // words of what is labelled
	people, leaked  int // per person per document; leaked when any mention survives
}

func (t *tally) add(o *tally) {
	t.gold, t.hit, t.right, t.proposed = t.gold+o.gold, t.hit+o.hit, t.right+o.right, t.proposed+o.proposed
	t.tokens, t.covered, t.people, t.leaked = t.tokens+o.tokens, t.covered+o.covered, t.people+o.people, t.leaked+o.leaked
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func (t *tally) precision() float64 { return ratio(t.right, t.proposed) }
func (t *tally) recall() float64    { return ratio(t.hit, t.gold) }

// f2 weighs recall four times as much as precision: what is missed is disclosed, what is taken by mistake can be put back.
func (t *tally) f2() float64 {
	p, r := t.precision(), t.recall()
	if p+r == 0 {
		return 0
	}
	return 5 * p * r / (4*p + r)
}

// scores are tallies by type, and of people by origin.
type scores struct {
	types   map[detect.Type]*tally
	origins map[string]*tally
}

// score holds what was found in each document against its labels.
func score(docs []Document, all [][]found) *scores {
	s := &scores{types: make(map[detect.Type]*tally), origins: make(map[string]*tally)}
	for i, d := range docs {
		s.document(d, all[i])
	}
	return s
}

// sure gives what was found with at least so high a score.
func sure(all [][]found, score float64) [][]found {
	out := make([][]found, len(all))
	for i, spans := range all {
		for _, f := range spans {
			if f.Score >= score {
				out[i] = append(out[i], f)
			}
		}
	}
	return out
}

// atRecall gives the tally of people with the least sure finds left out, as far as recall stays at least so high, and the
// score below which they were left out; ok is false when recall is lower with all of them.
func atRecall(docs []Document, all [][]found, recall float64) (_ *tally, threshold float64, ok bool) {
	var marks []float64
	for _, spans := range all {
		for _, f := range spans {
			marks = append(marks, f.Score)
		}
	}
	slices.Sort(marks)
	marks = slices.Compact(marks)
	people := func(threshold float64) *tally {
		return at(score(docs, sure(all, threshold)).types, detect.Person)
	}
	// The higher the threshold, the lower is recall: the first that is too high.
	i, _ := slices.BinarySearchFunc(marks, recall, func(m, recall float64) int {
		if people(m).recall() < recall {
			return 1
		}
		return -1
	})
	if i == 0 {
		return nil, 0, false
	}
	return people(marks[i-1]), marks[i-1], true
}

func at[K comparable](m map[K]*tally, k K) *tally {
	if m[k] == nil {
		m[k] = &tally{}
	}
	return m[k]
}

func (s *scores) document(d Document, spans []found) {
	survives := make(map[string]bool) // people of whom a mention survives
	origin := make(map[string]string)
	for _, g := range d.Spans {
		if g.Handle {
			continue
		}
		t := at(s.types, g.Type)
		words, covered := coverage(d.Text, g, spans)
		if words == 0 {
			continue
		}
		t.gold++
		t.tokens += words
		t.covered += covered
		if words == covered {
			t.hit++
		}
		if g.Type != detect.Person {
			continue
		}
		who := g.Person
		if who == "" {
			who = match.Fold(g.Text)
		}
		survives[who] = survives[who] || words != covered
		origin[who] = g.Origin
		if g.Origin != "" {
			o := at(s.origins, g.Origin)
			o.gold++
			o.tokens, o.covered = o.tokens+words, o.covered+covered
			if words == covered {
				o.hit++
			}
		}
	}
	for who, leaked := range survives {
		tallies := []*tally{at(s.types, detect.Person)}
		if origin[who] != "" {
			tallies = append(tallies, at(s.origins, origin[who]))
		}
		for _, t := range tallies {
			t.people++
			if leaked {
				t.leaked++
			}
		}
	}
	for _, f := range spans {
		if slices.ContainsFunc(d.Spans, func(g Span) bool { return g.Handle && g.Start < f.End && f.Start < g.End }) {
			continue
		}
		t := at(s.types, f.Type)
		t.proposed++
		if slices.ContainsFunc(d.Spans, func(g Span) bool { return same(g.Type, f.Type) && g.Start < f.End && f.Start < g.End }) {
			t.right++
		}
	}
}

// same reports whether one type serves for the other: a postcode stands in an address.
func same(gold, found detect.Type) bool {
	return gold == found || gold == detect.Address && (found == detect.Postcode || found == detect.Location)
}

// coverage counts the words of a label, and those that spans of its type cover. Titles need not be covered: "Mrs" alone
// tells of nobody.
func coverage(text string, g Span, spans []found) (words, covered int) {
	for w := range match.Words(g.Text) {
		if _, title := match.IsTitle(w.Text); g.Type == detect.Person && (title || w.Text == "and" || w.Text == "pc" || w.Text == "judge" || w.Text == "cllr") {
			continue
		}
		words++
		for _, f := range spans {
			if f.Type == g.Type && f.Start <= g.Start+w.Start && g.Start+w.End <= f.End {
				covered++
				break
			}
		}
	}
	return words, covered
}

// misses gives the labels that survive, with some text around them, for whoever develops the detector.
func misses(docs []Document, all [][]found) (missed, wrong []string) {
	around := func(text string, start, end int) string {
		from, to := max(0, start-40), min(len(text), end+30)
		return strings.ToValidUTF8(strings.ReplaceAll(text[from:start]+"⟦"+text[start:end]+"⟧"+text[end:to], "\n", "⏎"), "")
	}
	for i, d := range docs {
		for _, g := range d.Spans {
			if words, covered := coverage(d.Text, g, all[i]); words != covered && !g.Handle {
				missed = append(missed, string(g.Type)+" "+d.ID+": "+around(d.Text, g.Start, g.End))
			}
		}
		for _, f := range all[i] {
			if !slices.ContainsFunc(d.Spans, func(g Span) bool {
				return (g.Handle || same(g.Type, f.Type)) && g.Start < f.End && f.Start < g.End
			}) {
				wrong = append(wrong, string(f.Type)+" "+d.ID+": "+around(d.Text, f.Start, f.End))
			}
		}
	}
	return missed, wrong
}
