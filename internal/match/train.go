package match

import (
	"errors"
	"math"
	"slices"
	"strings"
)

// Learner learns a [Model] from a landlord's own records, without labels. It is told of people, of pairs drawn at
// random, and of pairs that share a blocking key ([Blocks]); it keeps counts, never a person, so its memory does not grow
// with the landlord beyond the number of different names.
//
// Random pairs are nearly all of two people and give U. M comes from the pairs of each blocking rule by
// expectation-maximisation, without the fields that the rule itself made agree; the rules' answers are averaged by how
// many pairs of one person each saw. Levels that were seen too seldom keep near to what the model started from.
type Learner struct {
	start     *Model
	random    map[vector]int
	blocked   map[string]map[vector]int
	forenames map[string]int
	surnames  map[string]int
	people    int
}

// NewLearner starts from a model: what it knows is held until there is evidence of something else.
func NewLearner(start *Model) *Learner {
	return &Learner{start: start, random: map[vector]int{}, blocked: map[string]map[vector]int{}, forenames: map[string]int{}, surnames: map[string]int{}}
}

// Person counts the names of one person.
func (l *Learner) Person(p *Profile) {
	l.people++
	if len(p.names) == 0 {
		return
	}
	n := p.names[0]
	if len(n.Given) > 0 && len(n.Family) > 0 {
		l.forenames[forenameKey(n, asWritten)]++
		l.surnames[surnameKey(n)]++
	}
}

// Random counts a pair drawn at random.
func (l *Learner) Random(a, b *Profile) { l.random[compareProfiles(a, b).v]++ }

// Blocked counts a pair that shares a key of a rule of [Blocks].
func (l *Learner) Blocked(rule string, a, b *Profile) {
	of := l.blocked[rule]
	if of == nil {
		of = map[vector]int{}
		l.blocked[rule] = of
	}
	of[compareProfiles(a, b).v]++
}

// How much the starting model counts for, in pairs of one person and of two; the fewest people whose name may stand in a
// model; and how often expectation-maximisation goes round at most.
const (
	heldM, heldU   = 50, 20
	fewestBearers  = 10
	mostIterations = 100
)

// Model gives what has been learned. It fails when there were no random pairs.
func (l *Learner) Model() (*Model, error) {
	pairs := 0
	for _, n := range l.random {
		pairs += n
	}
	if pairs < 1000 {
		return nil, errors.New("learning a linkage model: fewer than a thousand random pairs were given")
	}
	m0, u0 := l.start.table()
	u := l.chance(u0)
	var sum, weight [fields][8]float64
	for _, rule := range sortedKeys(l.blocked) {
		fixed := fixedBy[rule]
		m, matches := maximise(l.blocked[rule], m0, u, fixed)
		for f := range fields {
			if fixed[f] {
				continue
			}
			for i := 1; i < len(levelNames[f]); i++ {
				sum[f][i] += matches * m[f][i]
				weight[f][i] += matches
			}
		}
	}
	out := &Model{SameAt: l.start.SameAt, AskAt: l.start.AskAt}
	for f, levels := range levelNames {
		for i := 1; i < len(levels); i++ {
			m := (sum[f][i] + heldM*m0[f][i]) / (weight[f][i] + heldM)
			out.Weights = append(out.Weights, Weight{Field: fieldNames[f], Level: levels[i], M: significant(m), U: significant(u[f][i])})
		}
	}
	out.Forenames, out.Surnames = shares(l.forenames, l.people, l.start.Forenames), shares(l.surnames, l.people, l.start.Surnames)
	if err := out.ready(); err != nil {
		return nil, err
	}
	return out, nil
}

type table [fields][8]float64

func (m *Model) table() (ms, us table) {
	for _, w := range m.Weights {
		f := find(fieldNames[:], w.Field)
		i := find(levelNames[f], w.Level)
		ms[f][i], us[f][i] = w.M, w.U
	}
	return ms, us
}

// chance gives U: how often each level is reached by pairs drawn at random, of those where both sides say.
func (l *Learner) chance(u0 table) (u table) {
	var count table
	for v, n := range l.random {
		for f := range fields {
			count[f][v[f]] += float64(n)
		}
	}
	for f, levels := range levelNames {
		total := 0.0
		for i := 1; i < len(levels); i++ {
			total += count[f][i]
		}
		for i := 1; i < len(levels); i++ {
			u[f][i] = max(1e-6, (count[f][i]+heldU*u0[f][i])/(total+heldU))
		}
	}
	return u
}

// contradicting are the levels that speak against one person whatever else agrees. Pairs that reach one are taken for
// two people's while learning, and the level keeps the M it had. Without that the likeliest explanation of a landlord's
// rows is not people but households: pairs that share surname, home and reference, and have different forenames.
func contradicting(f field, level uint8) bool {
	switch f {
	case forenameField:
		return level == otherName
	case birthField:
		return level >= otherBirth
	case ninoField, nhsField:
		return level == otherNumber
	}
	return false
}

func (v vector) contradicts() bool {
	for f := range fields {
		if contradicting(f, v[f]) {
			return true
		}
	}
	return false
}

// maximise finds M by expectation-maximisation over patterns, with U fixed and without the fixed fields. It gives too
// how many of the pairs it takes for pairs of one person.
func maximise(patterns map[vector]int, m0, u table, fixed [fields]bool) (table, float64) {
	type pattern struct {
		v vector
		n float64
	}
	var list []pattern
	total := 0.0
	for v, n := range patterns {
		if total += float64(n); !v.contradicts() {
			list = append(list, pattern{v, float64(n)})
		}
	}
	slices.SortFunc(list, func(a, b pattern) int { return slices.Compare(a.v[:], b.v[:]) }) // so that sums are the same each time
	m, share, matches := m0, 0.2, 0.0
	for range mostIterations {
		var count table
		matches = 0
		for _, p := range list {
			odds := math.Log(share / (1 - share))
			for f := range fields {
				if i := p.v[f]; i > 0 && !fixed[f] {
					odds += math.Log(m[f][i] / u[f][i])
				}
			}
			w := p.n / (1 + math.Exp(-odds))
			matches += w
			for f := range fields {
				count[f][p.v[f]] += w
			}
		}
		moved := math.Abs(share - matches/max(total, 1))
		share = min(0.999, max(1e-6, matches/max(total, 1)))
		for f, levels := range levelNames {
			said, open := 0.0, 1.0 // open is what the levels that can be learned have between them
			for i := 1; i < len(levels); i++ {
				if said += count[f][i]; contradicting(field(f), uint8(i)) {
					open -= m0[f][i]
				}
			}
			for i := 1; i < len(levels); i++ {
				if contradicting(field(f), uint8(i)) {
					continue
				}
				next := max(1e-5, (count[f][i]+heldM*m0[f][i])/(said+heldM*open)*open)
				moved = max(moved, math.Abs(next-m[f][i]))
				m[f][i] = next
			}
		}
		if moved < 1e-6 {
			break
		}
	}
	return m, matches
}

// shares are of names that enough people bear; a rarer one is taken to be half as frequent as the rarest that is told.
func shares(counts map[string]int, people int, start Frequencies) Frequencies {
	if people < 1000 {
		return start // too few to say what is rare
	}
	f := Frequencies{Rare: significant(fewestBearers / 2 / float64(people)), Share: map[string]float64{}}
	for name, n := range counts {
		if n >= fewestBearers && name != "" {
			f.Share[name] = significant(float64(n) / float64(people))
		}
	}
	f.Rare = max(f.Rare, 1e-5)
	return f
}

// significant keeps four figures, so that models can be read and compared.
func significant(x float64) float64 {
	if x <= 0 {
		return x
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(x)))
	return math.Round(x*scale) / scale
}

// Block is a key that two records of one person are likely to share.
type Block struct{ Rule, Key string }

// Rules of blocking, each with what the index is asked for: one posting list, or the intersection of two.
const (
	blockNINO   = "NI number"             // kind nino
	blockNHS    = "NHS number"            // kind nhs
	blockEmail  = "e-mail"                // kind email
	blockPhone  = "telephone"             // kind phone
	blockRef    = "reference"             // kind ref
	blockBirth  = "birth and name"        // kind dob ∩ kind name, a phonetic token of any part
	blockNames  = "forename and surname"  // kind name ∩ kind name, phonetic tokens of both
	blockPlaced = "postcode and forename" // kind postcode ∩ kind name, the phonetic token of the forename
)

// fixedBy are the fields that sharing a key of a rule says something about already.
var fixedBy = map[string][fields]bool{
	blockNINO: {ninoField: true}, blockNHS: {nhsField: true}, blockEmail: {emailField: true}, blockPhone: {phoneField: true}, blockRef: {refField: true},
	blockBirth:  {birthField: true, forenameField: true, surnameField: true, orderField: true},
	blockNames:  {forenameField: true, surnameField: true, orderField: true},
	blockPlaced: {placeField: true, forenameField: true, orderField: true},
}

// Blocks gives the keys of a profile. Pairs that share none are not looked at; every key can be asked of the blind index
// by the tokens that it holds already.
func Blocks(p *Profile) []Block {
	var out []Block
	add := func(rule, key string) {
		if b := (Block{rule, key}); key != "" && !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	add(blockNINO, p.nino)
	add(blockNHS, p.nhs)
	for _, e := range p.emails {
		add(blockEmail, e)
	}
	for _, n := range p.phones {
		add(blockPhone, n)
	}
	for _, r := range p.refs {
		add(blockRef, r)
	}
	for _, n := range p.names {
		given, all := []string(nil), []string(nil)
		for i, w := range append(n.Given[:len(n.Given):len(n.Given)], n.Family...) {
			for _, k := range soundKeys(w) {
				if all = append(all, k); i == 0 {
					given = append(given, k)
				}
			}
		}
		for _, k := range all {
			if p.birth != "" {
				add(blockBirth, p.birth+" "+k)
			}
		}
		for i, x := range all {
			for _, y := range all[i+1:] {
				add(blockNames, min(x, y)+" "+max(x, y))
			}
		}
		for _, post := range p.place.post {
			for _, k := range given {
				add(blockPlaced, post+" "+k)
			}
		}
	}
	return out
}

// soundKeys are the phonetic tokens of a word and of the name that it is a form of.
func soundKeys(w string) []string {
	if len(w) < 2 {
		return nil
	}
	var keys []string
	for _, form := range append(append([]string{w}, roots(w)...), forenameSpelling[w]...) {
		if k := Phonetic(form); k != "" && !contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// Train learns from all of a landlord's people at once: a convenience over [Learner] for what fits in memory. Random
// pairs are drawn by random, which gives a number from 0 below n ([math/rand/v2.Rand.IntN], seeded, so that the same rows
// teach the same). Keys that more than two hundred rows share are passed over.
func Train(people []Known, start *Model, random func(n int) int) (*Model, error) {
	profiles := make([]*Profile, len(people))
	l := NewLearner(start)
	for i, k := range people {
		profiles[i] = NewProfile(k)
		l.Person(profiles[i])
	}
	if len(people) > 1 {
		for range min(1_000_000, 50*len(people)) {
			i := random(len(people))
			j := random(len(people) - 1)
			if j >= i {
				j++
			}
			l.Random(profiles[i], profiles[j])
		}
	}
	for pair := range Pairs(profiles) {
		for _, rule := range pair.Rules {
			l.Blocked(rule, profiles[pair.A], profiles[pair.B])
		}
	}
	m, err := l.Model()
	if err != nil {
		return nil, err
	}
	return m.ForPeople(len(people)), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, strings.Compare)
	return keys
}
