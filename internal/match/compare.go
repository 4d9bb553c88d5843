package match

import (
	"fmt"
	"math/bits"
	"slices"
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
	Short                // the same in another form: Liz, Elizabeth; Mohamed, Muhammad
	Equal                // the same
)

func (l Level) String() string {
	return [...]string{"differs", "not known", "initial agrees", "alike", "same in another form", "same"}[l]
}

// weight of each level in the score. Unknown is worth less than an initial: an initial could have contradicted.
var levelWeight = [...]float64{Differs: 0, Unknown: 0.6, Initial: 0.8, Alike: 0.85, Short: 0.95, Equal: 1}

// Agreement is how far two names agree.
type Agreement struct {
	Score    float64 // 0 (different people's names) to 1 (the same name)
	Forename Level
	Surname  Level
	Why      string // in words, without the names

	order order
	clash clash
}

// order says in what order the words of the two names had to be taken.
type order int

const (
	asWritten order = iota
	swapped         // forename and surname exchanged in one of them
	shuffled        // the same words in another order
	within          // all words of one are words of the other
)

// clash is what contradicts beside the words of the names.
type clash int

const (
	noClash    clash = iota
	generation       // one is the elder and one the younger
	sex              // a man's name or title and a woman's
)

// Compatible reports whether the two names could be one person's: no part contradicts.
func (a Agreement) Compatible() bool { return a.Forename != Differs && a.Surname != Differs }

// CompareNames compares two names. The score is the product of the weights of forename and surname (1 same, 0.95 another form,
// 0.85 alike, 0.8 initial, 0.6 not known, 0 differs); it is symmetric and a name scores 1 with itself when it has both parts.
// Forename and surname exchanged is tried as well, a lone word as either, and names of several words in other orders.
func CompareNames(a, b Name) Agreement {
	ag := compareNames(a, b)
	ag.Why = ag.words()
	return ag
}

// compareNames is [CompareNames] without the words.
func compareNames(a, b Name) Agreement {
	if a.IsZero() || b.IsZero() {
		return Agreement{Forename: Unknown, Surname: Unknown}
	}
	best := compareParts(a, b)
	if best.Forename == Equal && best.Surname == Equal || best.clash != noClash {
		return best
	}
	try := func(ag Agreement, how order, factor float64) {
		ag.order = how
		if ag.Score *= factor; ag.Score > best.Score {
			best = ag
		}
	}
	if lone(a) {
		try(compareParts(exchanged(a), b), asWritten, 1)
	}
	if lone(b) {
		try(compareParts(a, exchanged(b)), asWritten, 1)
	}
	if !lone(a) && !lone(b) && len(a.Given) > 0 && len(a.Family) > 0 && len(b.Given) > 0 && len(b.Family) > 0 && crosses(a, b) {
		try(compareParts(exchanged(a), b), swapped, 0.9)
		try(compareParts(a, exchanged(b)), swapped, 0.9)
		try(compareParts(familyFirst(a), b), shuffled, 0.9)
		try(compareParts(a, familyFirst(b)), shuffled, 0.9)
		if ag, how, ok := compareWords(a, b); ok {
			try(ag, how, 0.9)
		}
	}
	return best
}

func (a Agreement) words() string {
	if a.Forename == Unknown && a.Surname == Unknown {
		return "no part of a name to compare"
	}
	why := [...]string{asWritten: "", swapped: "forename and surname exchanged; ", shuffled: "the same words in another order; ",
		within: "the one name is part of the other; "}[a.order] + fmt.Sprintf("forename %s, surname %s", a.Forename, a.Surname)
	return why + [...]string{noClash: "", generation: ", but one is the elder and one the younger", sex: ", but one is a man's and one a woman's"}[a.clash]
}

// compareWords takes the two names as bags of words: a name of four words has more orders than forename and surname
// exchanged (Nguyen Thi Hoa, Hoa Thi Nguyen), and offices leave off what to them is one name too many (María García
// López, Abdi Hassan Warsame). The first word must be the first, unless the first and the last have changed places.
func compareWords(a, b Name) (Agreement, order, bool) {
	x, y := append(a.Given[:len(a.Given):len(a.Given)], a.Family...), append(b.Given[:len(b.Given):len(b.Given)], b.Family...)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < 2 || len(y) < 3 || len(y) > 8 {
		return Agreement{}, asWritten, false
	}
	first, last := sameWord(x[0], y[0]), sameWord(x[0], y[len(y)-1]) && sameWord(x[len(x)-1], y[0])
	if !first && !last {
		return Agreement{}, asWritten, false
	}
	var used [8]bool
	for _, w := range x {
		at := -1
		for i, v := range y {
			if !used[i] && sameWord(w, v) {
				at = i
				break
			}
		}
		if at < 0 {
			return Agreement{}, asWritten, false
		}
		used[at] = true
	}
	ag, how := Agreement{Forename: Equal, Surname: Equal}, shuffled
	if len(x) < len(y) {
		ag.Surname, how = Alike, within
	}
	ag.Score = levelWeight[ag.Forename] * levelWeight[ag.Surname]
	return ag, how, true
}

func sameWord(a, b string) bool {
	return utf8.RuneCountInString(a) > 1 && (a == b || sameForename(a, b) || sameSurname(a, b))
}

// crosses reports whether other orders are worth trying: some word of one name begins as a word of the other does, in the
// other place. It keeps most pairs of strangers from being compared five times.
func crosses(a, b Name) bool {
	return begin(a.Given, b.Family) || begin(a.Family, b.Given) || len(a.Given) != len(b.Given)
}

func begin(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x != "" && y != "" && x[0] == y[0] {
				return true
			}
		}
	}
	return false
}

func lone(n Name) bool { return len(n.Given)+len(n.Family) == 1 && n.Title == "" }

func exchanged(n Name) Name {
	n.Given, n.Family = n.Family, n.Given
	return n
}

// familyFirst takes the first word for the surname and the others for forenames, as Chinese, Vietnamese, Korean and
// Hungarian names are written.
func familyFirst(n Name) Name {
	words := append(n.Given[:len(n.Given):len(n.Given)], n.Family...)
	n.Family, n.Given = words[:1], words[1:]
	return n
}

func compareParts(a, b Name) Agreement {
	ag := Agreement{Forename: forenames(a, b), Surname: surnames(a, b)}
	ag.Score = levelWeight[ag.Forename] * levelWeight[ag.Surname]
	if len(a.Given)+len(b.Given) > 0 && ag.Forename == Unknown && ag.Surname == Unknown {
		ag.Score = 0 // a forename against a surname: nothing was compared
	}
	switch {
	case a.Suffix != "" && b.Suffix != "" && a.Suffix != b.Suffix:
		ag.clash = generation
	case ag.Forename < Alike && sexOfTitle(a.Title)*sexOfTitle(b.Title) < 0, a.sexOfMarkers()*b.sexOfMarkers() < 0:
		ag.clash = sex // titles are mistaken more often than names; Singh and Kaur tell brother from sister of one forename
	}
	if ag.clash != noClash {
		ag.Forename, ag.Score = Differs, 0
	}
	return ag
}

// sexOfTitle is about the titles that say man or woman; the others say nothing.
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
	x, y := a.Given, b.Given
	if best < Equal {
		if l := joined(x, y); l > best {
			return l
		}
		if l := joined(y, x); l > best {
			return l
		}
		best = max(best, unblessed(x, y), unblessed(y, x))
	}
	for i, v := range append(x[:len(x):len(x)], a.Also...) {
		for j, w := range append(y[:len(y):len(y)], b.Also...) {
			also := i >= len(x) || j >= len(y)
			if i == 0 && j == 0 || i > 0 && j > 0 && !also { // two middle names agreeing say little
				continue
			}
			if l := forename(v, w); l >= Alike && also {
				best = max(best, l)
			} else if l >= Alike {
				best = max(best, Alike)
			}
		}
	}
	if best >= Short && middlesDiffer(x, y) {
		best = Alike
	}
	return best
}

// joined compares the first two words of x, as one, with the first of y: Mary Ann and Maryann, Abdul Rahman and
// Abdirahman. Of Chinese and Korean forenames the two syllables are one name.
func joined(x, y []string) Level {
	if len(x) < 2 || utf8.RuneCountInString(x[1]) < 2 || len(y) > 1 && len(x) > 2 {
		return Differs
	}
	two := x[0] + x[1]
	if l := forename(two, y[0]); l >= Short {
		return l
	}
	if len(y) == 2 && sameForename(two, y[0]+y[1]) {
		return Short
	}
	return Differs
}

// unblessed compares without a Muhammad, Abdul or Syed that comes before the forename somebody is called by, and that
// half of all records leave out.
func unblessed(x, y []string) Level {
	if len(x) < 2 || blessing(y[0]) || !blessing(x[0]) {
		return Differs
	}
	if l := forename(x[1], y[0]); l >= Alike {
		return min(l, Short)
	}
	return Differs
}

func blessing(w string) bool {
	return w == "md" || w == "syed" || contains(forenameSpelling[w], "muhammad") || contains(forenameSpelling[w], "sayed")
}

// middlesDiffer: both have second forenames, and they contradict; or one has the second forename that tells the brothers
// Mohammed Hassan and Mohammed Hussain apart, and the other has none.
func middlesDiffer(a, b []string) bool {
	if len(a) < 2 || len(b) < 2 {
		return len(a) != len(b) && blessing(a[0]) && blessing(b[0])
	}
	switch l := forename(a[1], b[1]); l {
	case Equal, Short, Initial:
		return false
	}
	return true
}

func forename(a, b string) Level {
	if a == b && len(a) > 1 {
		return Equal
	}
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
	case contains(roots(a), b), contains(roots(b), a), sameForename(a, b):
		return Short
	case share(nicknames, a, b): // Liz and Beth; but also Anna and Anne, who may be mother and daughter
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

// surnames compares what the two go by, and what they went by before marriage.
func surnames(a, b Name) Level {
	best := families(a.Family, b.Family)
	if len(a.Former) > 0 && len(b.Family) > 0 {
		best = max(best, families(a.Former, b.Family))
	}
	if len(b.Former) > 0 && len(a.Family) > 0 {
		best = max(best, families(a.Family, b.Former))
	}
	return best
}

// families compares joined wholes first, then spellings, the parts of double-barrelled names, and slips. Begum, Kaur and
// Singh where a surname stands are none: they agree with each other, and contradict nothing.
func families(a, b []string) Level {
	if len(a) == 0 || len(b) == 0 {
		return Unknown
	}
	x, y := strings.Join(a, ""), strings.Join(b, "")
	if x == y || sameWords(a, b) {
		return Equal
	}
	named, ok1 := family(a)
	other, ok2 := family(b)
	switch {
	case ok1 != ok2:
		if sharesWord(a, b) {
			return Alike
		}
		return Unknown
	case ok1 && (len(named) < len(a) || len(other) < len(b)):
		return min(families(named, other), Short)
	case len(a) == 1 && len(b) == 1 && sameSurname(x, y):
		return Short
	case sharesWord(a, b), share(romanised, x, y), sameFamily(x, y):
		return Alike
	case utf8.RuneCountInString(x) == 1 && strings.HasPrefix(y, x), utf8.RuneCountInString(y) == 1 && strings.HasPrefix(x, y):
		return Initial
	}
	return spelling(x, y)
}

// sharesWord: Smith-Jones and Jones, van der Meer and Meer.
func sharesWord(a, b []string) bool {
	for _, p := range a {
		for _, q := range b {
			if utf8.RuneCountInString(p) > 2 && (p == q || withoutPrefix(p) == q || p == withoutPrefix(q) || sameSurname(p, q)) ||
				utf8.RuneCountInString(withoutPrefix(p)) > 3 && withoutPrefix(p) == withoutPrefix(q) && withoutPrefix(p) != p {
				return true
			}
		}
	}
	return false
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

// spelling: Alike when one edit apart (five letters or more; four when neighbours are exchanged), near enough and sounding
// the same, or the same once misread letters are put right.
func spelling(a, b string) Level {
	la, lb := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	long := max(la, lb)
	if la-lb > 2 || lb-la > 2 || long < 4 {
		return Differs
	}
	if farApart(a, b, 2) {
		if misread(a) == misread(b) {
			return Alike
		}
		return Differs
	}
	d := edits(a, b)
	switch {
	case long >= 5 && d <= 1, long >= 8 && d <= 2, d == 1 && la == lb && anagram(a, b):
		return Alike
	case d <= 2 && Phonetic(a) != "" && Phonetic(a) == Phonetic(b):
		return Alike
	case misread(a) == misread(b):
		return Alike
	}
	return Differs
}

// anagram reports whether a and b, one edit apart, have the same letters.
func anagram(a, b string) bool {
	x, y := []byte(a), []byte(b)
	slices.Sort(x)
	slices.Sort(y)
	return string(x) == string(y)
}

// farApart is true only of words more than n edits apart: more than n letters that one has and the other lacks.
func farApart(a, b string, n int) bool {
	x, y := letters(a), letters(b)
	return bits.OnesCount32(x&^y) > n || bits.OnesCount32(y&^x) > n
}

// letters has a bit for each of a to z that is in the word, and one for whatever else.
func letters(s string) (set uint32) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; 'a' <= c && c <= 'z' {
			set |= 1 << (c - 'a')
		} else {
			set |= 1 << 26
		}
	}
	return set
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
