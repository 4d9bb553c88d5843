package match

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// Model weighs how likely it is that two sets of identifiers describe one person, after Fellegi and Sunter (A Theory for
// Record Linkage, 1969): each field agrees to some level, each level is so much likelier of one person (M) than of two
// drawn at random (U), and the logarithms of the ratios add up. An agreeing name is weighed by how many bear it here.
//
// A score alone never merges people who live together. Whatever it is, [Model.Compare] answers [Same] only where
// something tells the person from a twin, a parent or child of the same name, and where nothing contradicts.
//
// The zero Model is not usable: take [DefaultModel], [ParseModel] or what a [Learner] gives. A Model may be used by
// several goroutines as long as none changes it.
type Model struct {
	Made      string      `json:"made"` // from what it was learned, in words
	SameAt    float64     `json:"same_at"`
	AskAt     float64     `json:"ask_at"`
	Weights   []Weight    `json:"weights"`
	Forenames Frequencies `json:"forenames"`
	Surnames  Frequencies `json:"surnames"`

	bits      [fields][8]float64
	forenameM [3]float64
	surnameM  [3]float64
}

// Weight is one level of one field: the share of pairs that reach it among pairs of one person (M) and among pairs of
// two people (U), of those pairs where both sides say.
type Weight struct {
	Field string  `json:"field"`
	Level string  `json:"level"`
	M     float64 `json:"m"`
	U     float64 `json:"u"`
}

// Frequencies are the shares of names among people: of those in Share, and of any other (Rare). Names that few bear are
// left out by a [Learner], so that a model says nothing about any one person.
type Frequencies struct {
	Rare  float64            `json:"rare"`
	Share map[string]float64 `json:"share"`
}

func (f Frequencies) of(name string) (share float64, known bool) {
	if s, ok := f.Share[name]; ok {
		return s, true
	}
	return f.Rare, false
}

// mostBits bounds what one field can say, as no pair of samples is large enough to know more.
const mostBits = 20

//go:embed model.json
var defaultModel []byte

// DefaultModel is the model that works before anything has been learned: what bench/identity learned, without labels,
// from a generated landlord. The thresholds suit twenty thousand people; see [Model.ForPeople].
func DefaultModel() *Model {
	m, err := ParseModel(defaultModel)
	if err != nil {
		panic("match: the embedded model: " + err.Error()) // a test holds it
	}
	return m
}

// ParseModel reads a model from JSON, as [json.Marshal] writes it. Every level of every field must be there once, with M
// and U above 0 and at most 1, and SameAt must not be below AskAt.
func ParseModel(data []byte) (*Model, error) {
	m := &Model{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("reading a linkage model: %w", err)
	}
	if err := m.ready(); err != nil {
		return nil, fmt.Errorf("reading a linkage model: %w", err)
	}
	return m, nil
}

// ForPeople gives the model with thresholds for a landlord that knows so many people: the more there are, the more
// evidence it takes to mean one of them. Same needs odds of 128 to 1 for it after counting everybody, and two people are
// asked about from odds of 1 in 8.
func (m *Model) ForPeople(n int) *Model {
	c := *m
	prior := math.Log2(float64(max(n, 2)))
	c.SameAt, c.AskAt = prior+7, prior-3
	return &c
}

// ready checks the model and works out its logarithms.
func (m *Model) ready() error {
	if !(m.AskAt <= m.SameAt) || math.IsInf(m.AskAt, 0) || math.IsInf(m.SameAt, 0) {
		return fmt.Errorf("same_at (%v) must be a number not below ask_at (%v)", m.SameAt, m.AskAt)
	}
	seen := map[[2]int]bool{}
	for i, w := range m.Weights {
		f, l := find(fieldNames[:], w.Field), -1
		if f >= 0 {
			l = find(levelNames[f], w.Level)
		}
		switch {
		case l < 1:
			return fmt.Errorf("weights[%d]: there is no level %q of a field %q", i, w.Level, w.Field)
		case seen[[2]int{f, l}]:
			return fmt.Errorf("weights[%d]: %s %q stands there twice", i, w.Field, w.Level)
		case !(w.M > 0 && w.M <= 1 && w.U > 0 && w.U <= 1):
			return fmt.Errorf("weights[%d]: m and u of %s %q must be above 0 and at most 1", i, w.Field, w.Level)
		}
		seen[[2]int{f, l}] = true
		m.bits[f][l] = clampBits(math.Log2(w.M / w.U))
		switch {
		case f == int(forenameField) && l <= otherForm:
			m.forenameM[l] = w.M
		case f == int(surnameField) && l <= otherForm:
			m.surnameM[l] = w.M
		}
	}
	for f, levels := range levelNames {
		for l := 1; l < len(levels); l++ {
			if !seen[[2]int{f, l}] {
				return fmt.Errorf("weights: %s %q is missing", fieldNames[f], levels[l])
			}
		}
	}
	for what, f := range map[string]Frequencies{"forenames": m.Forenames, "surnames": m.Surnames} {
		if !(f.Rare > 0 && f.Rare <= 1) {
			return fmt.Errorf("%s: rare must be above 0 and at most 1", what)
		}
		for _, s := range f.Share {
			if !(s > 0 && s <= 1) {
				return fmt.Errorf("%s: a share must be above 0 and at most 1", what)
			}
		}
	}
	return nil
}

func clampBits(b float64) float64 { return max(-mostBits, min(mostBits, b)) }

func find(list []string, s string) int {
	for i, have := range list {
		if have == s {
			return i
		}
	}
	return -1
}

// SamePerson decides as [SamePerson] does, by weights instead of rules; the score is the evidence in bits.
func (m *Model) SamePerson(a, b Known) (Verdict, float64, []string) {
	l := m.Compare(NewProfile(a), NewProfile(b))
	return l.Verdict, l.Bits, l.Working()
}

// Judge is [Model.Compare] without the working, for going through many pairs.
func (m *Model) Judge(a, b *Profile) (Verdict, float64) {
	c := compareProfiles(a, b)
	bits := m.weigh(c, nil)
	verdict, _ := m.decide(c, bits, a, b)
	return verdict, bits
}

// Compare weighs two people against each other.
func (m *Model) Compare(a, b *Profile) Link {
	c := compareProfiles(a, b)
	var l Link
	l.Bits = m.weigh(c, func(e Evidence) { l.Evidence = append(l.Evidence, e) })
	l.Verdict, l.Held = m.decide(c, l.Bits, a, b)
	return l
}

// weigh adds up the bits, telling say of each field where say is not nil.
func (m *Model) weigh(c comparedPair, say func(Evidence)) float64 {
	total := 0.0
	for f := range fields {
		l := c.v[f]
		if l == 0 {
			continue
		}
		e := Evidence{Bits: m.bits[f][l]}
		share := 0.0
		if l <= otherForm && (f == forenameField || f == surnameField) {
			e.Value, share = m.shareOf(f, c)
			e.Bits = m.byShare(f, l, share)
		}
		total += e.Bits
		if say == nil || f == orderField && l == 1 {
			continue
		}
		e.Field, e.Says = fieldNames[f], levelNames[f][l]
		if share > 0 {
			e.Says += ", and " + oneIn(share) + " bear it here"
		}
		say(e)
	}
	return total
}

// shareOf is how many bear the name that agrees. Spellings of one name are counted together.
func (m *Model) shareOf(f field, c comparedPair) (string, float64) {
	if f == forenameField {
		x, y := forenameKey(c.a, c.ag.order), forenameKey(c.b, c.ag.order)
		s, _ := m.Forenames.of(x)
		t, _ := m.Forenames.of(y)
		if t > s {
			return y, t
		}
		return x, s
	}
	x, y := surnameKey(c.a), surnameKey(c.b)
	s, _ := m.Surnames.of(x)
	t, _ := m.Surnames.of(y)
	if t > s {
		return y, t
	}
	return x, s
}

func (m *Model) byShare(f field, l uint8, share float64) float64 {
	if f == forenameField {
		return clampBits(math.Log2(m.forenameM[l] / share))
	}
	return clampBits(math.Log2(m.surnameM[l] / share))
}

// forenameKey and surnameKey give the form in which frequencies are counted.
func forenameKey(n Name, how order) string {
	if len(n.Given) == 0 {
		return strings.Join(n.Family, " ")
	}
	w := n.Given[0]
	if how == asWritten && len(n.Given) > 1 && blessing(w) {
		w = n.Given[1]
	}
	if s := forenameSpelling[w]; len(s) > 0 {
		return s[0]
	}
	return w
}

func surnameKey(n Name) string {
	if len(n.Family) == 1 {
		if s := surnameSpelling[n.Family[0]]; len(s) > 0 {
			return s[0]
		}
	}
	return strings.Join(n.Family, " ")
}
