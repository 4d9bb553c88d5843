package contact

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
)

// FactKind is a sort of fact that a caller could be asked for.
type FactKind string

// The kinds of fact. Each of those at the end is never asked.
const (
	Born      FactKind = "born"      // date of birth
	NINO      FactKind = "nino"      // National Insurance number
	Reference FactKind = "reference" // of a tenancy or account
	Telephone FactKind = "telephone" // that we hold
	Mailbox   FactKind = "email"     // that we hold
	Word      FactKind = "word"      // agreed for the telephone
	Record    FactKind = "record"    // something in a record, by the landlord's own question; each of those is a kind of its own, "record:rent-paid"

	Name     FactKind = "name"     // everybody knows it
	Address  FactKind = "address"  // so do they this
	Postcode FactKind = "postcode" // and this
	Property FactKind = "uprn"     // which stands in public registers
	Health   FactKind = "nhs"      // says that there is a health record
)

// known says how far a fact is known, at the least.
func (f Fact) known() Reach { return max(f.Known, f.Kind.Reach()) }

// Fact is something held that a caller could be asked for.
type Fact struct {
	Kind  FactKind
	Ask   string // the question in words; empty for the one that goes with the kind
	Known Reach  // who else would know it
	// Special says that it is of a special category, criminal, or kept apart.
	Special bool
	// Values are what is held, made comparable; any of them is right. None is a question
	// that nothing answers.
	Values []string
}

// Reach is who would know a fact.
type Reach int

// The reaches, from the narrowest.
const (
	ByThem      Reach = iota // they, and hardly anybody else
	ByThoseNear              // who live with them or hold the tenancy with them would know it too
	ByAnybody                // anybody who knows them at all
)

// Reach of a kind, where nothing more is known of it.
func (k FactKind) Reach() Reach {
	sort, _, _ := strings.Cut(string(k), ":")
	switch FactKind(sort) {
	case NINO, Word, Record:
		return ByThem
	case Born, Reference, Telephone, Mailbox:
		return ByThoseNear
	}
	return ByAnybody
}

// Ask is the question of a kind, as the officer reads it out.
func (k FactKind) Ask() string {
	return map[FactKind]string{
		Born: "What is the date of birth?", NINO: "What is the National Insurance number?", Reference: "What is the number of the tenancy or account?",
		Telephone: "What telephone number do we have?", Mailbox: "What e-mail address do we have?", Word: "What is the word that was agreed for the telephone?",
	}[k]
}

// Askable says whether a fact may be asked for, and where not, why: what everybody knows
// proves nothing, what is of a special category is not for a telephone, and there has to be
// something to hold an answer against.
func Askable(f Fact) (ok bool, why string) {
	if why = f.unfit(); why == "" && !f.held() {
		why = "nothing is held that could be told from a guess"
	}
	return why == "", why
}

// unfit is why a fact is never asked for, whatever is held of it.
func (f Fact) unfit() string {
	switch {
	case f.Special:
		return "it is of a special category, criminal, or kept apart: asking would tell of it"
	case f.Kind == Health:
		return "it says that there is a health record"
	case f.known() >= ByAnybody:
		return "everybody knows it"
	case f.Ask == "" && f.Kind.Ask() == "":
		return "there is no question for it"
	}
	return ""
}

func (f Fact) held() bool {
	return slices.ContainsFunc(f.Values, func(v string) bool { return len(v) >= shortest })
}

// shortest is how long an answer has to be, in bytes, to be one at all.
const shortest = 3

// Policy is how callers are checked; the zero Policy is Tenet's own.
type Policy struct {
	Right int // how many must be right; 0 means 2
	Tries int // how often one check may be answered; 0 means 2
	Fails int // how many checks about one person may fail in a day; 0 means 2
}

// Filled is the policy with Tenet's own figures where it has none.
func (p Policy) Filled() Policy {
	fill := func(n *int, own int) {
		if *n <= 0 {
			*n = own
		}
	}
	fill(&p.Right, 2)
	fill(&p.Tries, 2)
	fill(&p.Fails, 2)
	return p
}

// Choose is what a caller is asked: one question more than must be right, those that are
// held first, and of these those that hardly anybody else could answer. What they were
// looked up by is not asked again. The same seed gives the same questions. Facts name every
// question there is, with values or without: where too little is held, or nobody is, the
// rest is made up of questions that nothing answers. Then nobody passes, and nobody learns
// why.
func Choose(facts []Fact, given []FactKind, p Policy, seed string) []Fact {
	var out []Fact
	for _, f := range facts {
		if f.unfit() == "" && !slices.Contains(given, f.Kind) {
			f.Ask = cmp.Or(f.Ask, f.Kind.Ask())
			out = append(out, f)
		}
	}
	sum := sha256.Sum256([]byte(seed))
	r := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	slices.SortStableFunc(out, func(a, b Fact) int {
		return cmp.Or(cmp.Compare(number(b.held()), number(a.held())), cmp.Compare(a.known(), b.known()))
	})
	seen := map[FactKind]bool{}
	out = slices.DeleteFunc(out, func(f Fact) bool { // each kind once
		twice := seen[f.Kind]
		seen[f.Kind] = true
		return twice
	})
	out = slices.Clone(out[:min(p.Filled().Right+1, len(out))])
	// In an order that does not say which of them something is held for.
	slices.SortFunc(out, func(a, b Fact) int { return cmp.Compare(a.Kind, b.Kind) })
	return out
}
