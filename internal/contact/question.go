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

// standard are the kinds that anybody may be asked for who is not held.
var standard = []FactKind{Born, NINO, Reference, Telephone, Mailbox}

// known says how far a fact is known, at the least.
func (f Fact) known() Reach { return max(f.Known, f.Kind.Reach()) }

// Fact is something held that a caller could be asked for.
type Fact struct {
	Kind  FactKind
	Ask   string // the question in words; empty for the one that goes with the kind
	Known Reach  // who else would know it
	// Special says that it is of a special category, criminal, or kept apart.
	Special bool
	// Values are what is held, made comparable; any of them is right.
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
	switch {
	case f.Special:
		return false, "it is of a special category, criminal, or kept apart: asking would tell of it"
	case f.Kind == Health:
		return false, "it says that there is a health record"
	case f.known() >= ByAnybody:
		return false, "everybody knows it"
	case f.Ask == "" && f.Kind.Ask() == "":
		return false, "there is no question for it"
	case !slices.ContainsFunc(f.Values, func(v string) bool { return len(v) >= shortest }):
		return false, "nothing is held that could be told from a guess"
	}
	return true, ""
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

// Choose is what a caller is asked: one question more than must be right, those that hardly
// anybody else could answer first. What they were looked up by is not asked again. The same
// seed gives the same questions. Where too little is held it is filled up with questions
// that nothing answers: then nobody passes, and nobody learns that.
func Choose(facts []Fact, given []FactKind, p Policy, seed string) []Fact {
	n := p.Filled().Right + 1
	sum := sha256.Sum256([]byte(seed))
	r := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
	var out []Fact
	for _, f := range facts {
		if ok, _ := Askable(f); ok && !slices.Contains(given, f.Kind) {
			out = append(out, f)
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	slices.SortStableFunc(out, func(a, b Fact) int { return cmp.Compare(a.known(), b.known()) })
	// One of a kind: two questions of the landlord's own are two kinds.
	seen := map[FactKind]bool{}
	out = slices.DeleteFunc(out, func(f Fact) bool {
		twice := seen[f.Kind]
		seen[f.Kind] = true
		return twice
	})
	empty := slices.Clone(standard)
	r.Shuffle(len(empty), func(i, j int) { empty[i], empty[j] = empty[j], empty[i] })
	for _, k := range empty {
		if len(out) < n && !seen[k] && !slices.Contains(given, k) {
			out = append(out, Fact{Kind: k})
		}
	}
	out = slices.Clone(out[:min(n, len(out))])
	for i := range out {
		if out[i].Ask == "" {
			out[i].Ask = out[i].Kind.Ask()
		}
	}
	// In an order that does not say which of them something is held for.
	slices.SortFunc(out, func(a, b Fact) int { return cmp.Compare(a.Kind, b.Kind) })
	return out
}
