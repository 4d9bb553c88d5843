package match

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Level says how far two parts of a name agree, from worst to best.
type Level int

// The levels of agreement.
const (
	Differs Level = iota // both known, and not the same
	Unknown              // one side does not say
	Initial              // one side gives the other's initial
	Alike                // spelt or sounding alike, or one of several forenames or surnames
	Short                // a usual short form of the other: Liz, Elizabeth
	Equal                // the same
)

func (l Level) String() string {
	return [...]string{"differs", "not known", "initial agrees", "alike", "same in short form", "same"}[l]
}

// weight of each level in the score. Unknown is worth less than an initial: an initial could have contradicted.
var levelWeight = [...]float64{Differs: 0, Unknown: 0.6, Initial: 0.8, Alike: 0.85, Short: 0.95, Equal: 1}

// Agreement is how far two names agree.
type Agreement struct {
	Score    float64 // 0 (different people's names) to 1 (the same name)
	Forename Level
	Surname  Level
	Why      string // in words, without the names
}

// Compatible reports whether the two names could be one person's: no part contradicts.
func (a Agreement) Compatible() bool { return a.Forename != Differs && a.Surname != Differs }

// CompareNames compares two names. The score is the product of the weights of forename and surname (1 same, 0.95 short form,
// 0.85 alike, 0.8 initial, 0.6 not known, 0 differs); it is symmetric and a name scores 1 with itself when it has both parts.
// Forename and surname exchanged is tried as well, and so is a lone word as either.
func CompareNames(a, b Name) Agreement {
	if a.IsZero() || b.IsZero() {
		return Agreement{Score: 0, Forename: Unknown, Surname: Unknown, Why: "no name to compare"}
	}
	best := compareParts(a, b, "")
	try := func(x, y Name, how string, factor float64) {
		ag := compareParts(x, y, how)
		if ag.Score *= factor; ag.Score > best.Score {
			best = ag
		}
	}
	if lone(a) {
		try(exchanged(a), b, "", 1)
	}
	if lone(b) {
		try(a, exchanged(b), "", 1)
	}
	if !lone(a) && !lone(b) && len(a.Given) > 0 && len(a.Family) > 0 && len(b.Given) > 0 && len(b.Family) > 0 {
		try(exchanged(a), b, "forename and surname exchanged; ", 0.9)
		try(a, exchanged(b), "forename and surname exchanged; ", 0.9)
	}
	return best
}

func lone(n Name) bool { return len(n.Given)+len(n.Family) == 1 && n.Title == "" }

func exchanged(n Name) Name {
	n.Given, n.Family = n.Family, n.Given
	return n
}

func compareParts(a, b Name, how string) Agreement {
	ag := Agreement{Forename: forenames(a, b), Surname: surnames(a.Family, b.Family)}
	ag.Score = levelWeight[ag.Forename] * levelWeight[ag.Surname]
	ag.Why = fmt.Sprintf("%sforename %s, surname %s", how, ag.Forename, ag.Surname)
	if len(a.Given)+len(b.Given) > 0 && ag.Forename == Unknown && ag.Surname == Unknown {
		ag.Score = 0 // a forename against a surname: nothing was compared
	}
	if a.Suffix != "" && b.Suffix != "" && a.Suffix != b.Suffix {
		ag.Forename, ag.Score = Differs, 0
		ag.Why += ", but one is the elder and one the younger"
	}
	if ag.Forename < Alike && titlesDiffer(a.Title, b.Title) {
		ag.Forename, ag.Score = Differs, 0
		ag.Why += ", but their titles cannot be one person's"
	}
	return ag
}

// titlesDiffer is about the four titles that say man or woman; the others say nothing.
func titlesDiffer(a, b string) bool {
	return sexOfTitle(a)*sexOfTitle(b) < 0
}

func sexOfTitle(t string) int {
	switch t {
	case "mr", "sir", "master":
		return 1
	case "mrs", "miss", "ms", "dame":
		return -1
	}
	return 0
}

// forenames compares first forenames first; a middle name or a known-as name used as forename agrees too, as alike.
func forenames(a, b Name) Level {
	if len(a.Given) == 0 || len(b.Given) == 0 {
		return Unknown
	}
	best := forename(a.Given[0], b.Given[0])
	for i, x := range append(a.Given[:len(a.Given):len(a.Given)], a.Also...) {
		for j, y := range append(b.Given[:len(b.Given):len(b.Given)], b.Also...) {
			also := i >= len(a.Given) || j >= len(b.Given)
			switch l := forename(x, y); {
			case l < Alike, i > 0 && j > 0 && !also: // two middle names agreeing say little
			case also:
				best = max(best, l)
			default:
				best = max(best, min(l, Alike))
			}
		}
	}
	if best >= Short && middlesDiffer(a.Given, b.Given) {
		best = Alike
	}
	return best
}

// middlesDiffer: both have second forenames, and their initials contradict.
func middlesDiffer(a, b []string) bool {
	if len(a) < 2 || len(b) < 2 {
		return false
	}
	x, _ := utf8.DecodeRuneInString(a[1])
	y, _ := utf8.DecodeRuneInString(b[1])
	return x != y
}

func forename(a, b string) Level {
	la, lb := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	switch {
	case la == 1 && lb == 1 && a == b:
		return Initial
	case la == 1 || lb == 1:
		if strings.HasPrefix(a, b) || strings.HasPrefix(b, a) || la == 1 && rootBegins(b, a) || lb == 1 && rootBegins(a, b) {
			return Initial
		}
		return Differs
	case a == b:
		return Equal
	case contains(roots(a), b), contains(roots(b), a):
		return Short
	case shareRoot(a, b): // Liz and Beth; but also Anna and Anne, who may be mother and daughter
		return Alike
	}
	return spelling(a, b)
}

// rootBegins: "Bill" may be written with the initial of William.
func rootBegins(nick, initial string) bool {
	for _, r := range roots(nick) {
		if strings.HasPrefix(r, initial) {
			return true
		}
	}
	return false
}

func shareRoot(a, b string) bool {
	for _, r := range roots(a) {
		if contains(roots(b), r) {
			return true
		}
	}
	return false
}

// surnames compares joined wholes first, then the parts of double-barrelled names, then spelling.
func surnames(a, b []string) Level {
	if len(a) == 0 || len(b) == 0 {
		return Unknown
	}
	x, y := strings.Join(a, ""), strings.Join(b, "")
	if x == y || sameWords(a, b) {
		return Equal
	}
	for _, p := range a {
		for _, q := range b {
			if utf8.RuneCountInString(p) > 2 && (p == q || withoutPrefix(p) == q || p == withoutPrefix(q)) {
				return Alike
			}
		}
	}
	if utf8.RuneCountInString(x) == 1 && strings.HasPrefix(y, x) || utf8.RuneCountInString(y) == 1 && strings.HasPrefix(x, y) {
		return Initial
	}
	return spelling(x, y)
}

// sameWords: Smith-Jones and Jones-Smith.
func sameWords(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for _, w := range a {
		if !contains(b, w) {
			return false
		}
	}
	for _, w := range b {
		if !contains(a, w) {
			return false
		}
	}
	return true
}

// spelling: Alike when one edit apart (five letters or more), or near enough and sounding the same.
func spelling(a, b string) Level {
	long := max(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
	d := edits(a, b)
	switch {
	case long >= 5 && d <= 1, long >= 8 && d <= 2:
		return Alike
	case long >= 4 && d <= 2 && Phonetic(a) != "" && Phonetic(a) == Phonetic(b):
		return Alike
	}
	return Differs
}

// edits is the optimal string alignment distance: insertions, deletions, substitutions, and neighbours exchanged.
// Words beyond 64 runes are cut: no name is that long.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), 64)], y[:min(len(y), 64)]
	var two, one, now [65]int
	for j := range len(y) + 1 {
		one[j] = j
	}
	for i := 1; i <= len(x); i++ {
		now[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			now[j] = min(one[j]+1, now[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], two[j-2]+1)
			}
		}
		two, one = one, now
	}
	return one[len(y)]
}
