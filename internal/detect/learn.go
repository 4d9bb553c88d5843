package detect

import (
	"math"
	"slices"
	"strings"
)

// Labelled is a text with its PERSON, ORGANISATION and LOCATION spans, to learn from. Other types are passed over.
type Labelled struct {
	Text  string
	Spans []Span
}

// NameLists are what a recogniser is told of words before it learns. Words are taken as [match.Fold] gives them.
type NameLists struct {
	Forenames, Surnames []string
	Ordinary            []string // stand in small letters in ordinary prose
	Places              []string
}

// LearnNames trains a recogniser: an averaged perceptron, passes times over the examples in an order that seed decides.
// Some names are hidden from the lists and some words from the features while it learns, so that it does not rest on
// having seen a name; some texts are put into small letters or capitals, so that it can do without them.
func LearnNames(lists NameLists, examples []Labelled, passes int, seed uint64) *Names {
	lex := newLexicon(len(lists.Forenames) + len(lists.Surnames) + len(lists.Ordinary))
	for flag, words := range map[uint16][]string{lexForename: lists.Forenames, lexSurname: lists.Surnames, lexOrdinary: lists.Ordinary, lexPlace: lists.Places} {
		for _, w := range words {
			lex.add(hash32(w), flag)
		}
	}
	lex.addWords()
	l := &learner{names: &Names{lexicon: lex}, chance: chance(seed), weights: make([][classes]float32, featureMask+1), sums: make([][classes]float64, featureMask+1)}
	order := make([]int, len(examples))
	for i := range order {
		order[i] = i
	}
	for range passes {
		for i := len(order) - 1; i > 0; i-- {
			j := l.chance.below(i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for _, i := range order {
			l.learn(examples[i])
		}
	}
	return l.finish()
}

type learner struct {
	names   *Names
	chance  chance
	weights [][classes]float32
	sums    [][classes]float64 // of each change, times the step it was made at
	step    float64
}

// chance is a small generator of pseudo-random numbers (xorshift64*, Vigna 2016).
type chance uint64

func (c *chance) below(n int) int {
	x := uint64(*c) | 1<<63
	x ^= x >> 12
	x ^= x << 25
	x ^= x >> 27
	*c = chance(x)
	return int((x * 2685821657736338717) >> 33 % uint64(n))
}

func (l *learner) learn(e Labelled) {
	text := e.Text
	switch l.chance.below(10) {
	case 0, 1:
		text = sameLength(text, strings.ToLower(text))
	case 2:
		text = sameLength(text, strings.ToUpper(text))
	}
	units := l.names.units(text)
	want := wanted(units, e.Spans)
	for i := range units {
		if want[i] != other {
			if l.chance.below(3) == 0 {
				units[i].lexicon &^= lexForename | lexSurname | lexPlace
			}
			if l.chance.below(2) == 0 {
				units[i].hash = uint32(l.chance.below(math.MaxInt32))
			}
		} else if units[i].shape < shapeDigits && l.chance.below(25) == 0 {
			units[i].hash = uint32(l.chance.below(math.MaxInt32))
		}
	}
	var at features
	before, twice := uint8(other), uint8(other)
	for i := range units {
		if units[i].shape == shapeMark {
			if !inner(units, i) {
				before, twice = other, before
			}
			continue
		}
		at.of(units, i, before, twice)
		var score [classes]float32
		for _, f := range at {
			w := &l.weights[f&featureMask]
			for c := range score {
				score[c] += w[c]
			}
		}
		best, rival := uint8(other), uint8(other)
		for c := uint8(1); c < classes; c++ {
			if score[c] > score[best] {
				best = c
			}
		}
		if want[i] == other {
			rival = person
		}
		for c := range uint8(classes) {
			if c != want[i] && score[c] > score[rival] {
				rival = c
			}
		}
		l.step++
		if score[want[i]] < score[rival]+margin {
			for _, f := range at {
				f &= featureMask
				l.weights[f][want[i]]++
				l.weights[f][rival]--
				l.sums[f][want[i]] += l.step
				l.sums[f][rival] -= l.step
			}
		}
		before, twice = best, before
	}
}

// margin is by how much the right class must win before the learner is content.
const margin = 12

// wanted gives the class of each unit.
func wanted(units []unit, spans []Span) []uint8 {
	class := make([]uint8, len(units))
	for _, s := range spans {
		c := uint8(other)
		switch s.Type {
		case Person:
			c = person
		case Organisation:
			c = organisation
		case Location, Address:
			c = location
		}
		for i := range units {
			if units[i].shape != shapeMark && s.Start <= units[i].start && units[i].end <= s.End {
				class[i] = c
			}
		}
	}
	return class
}

// finish takes the average over all steps and rounds it to steps of one byte.
func (l *learner) finish() *Names {
	n := l.names
	var sizes []float64
	average := make([][classes]float64, len(l.weights))
	for i := range l.weights {
		for c := range classes {
			a := float64(l.weights[i][c]) - l.sums[i][c]/(l.step+1)
			average[i][c] = a
			if a != 0 {
				sizes = append(sizes, math.Abs(a))
			}
		}
	}
	n.unit, n.weights = 1, make([]weight, len(l.weights))
	if len(sizes) > 0 {
		slices.Sort(sizes)
		n.unit = float32(sizes[len(sizes)*998/1000] / 60) // the few larger ones lose some of their size
	}
	for i := range average {
		for c, a := range average[i] {
			n.weights[i][c] = int8(math.Round(min(127, max(-127, a/float64(n.unit)))))
		}
	}
	return n
}

// WithBias gives the recogniser with another leaning towards people: above 0 it finds more and errs more.
func (n *Names) WithBias(bias float32) *Names {
	with := *n
	with.bias = bias
	return &with
}

func sameLength(text, changed string) string {
	if len(text) == len(changed) {
		return changed
	}
	return text
}
