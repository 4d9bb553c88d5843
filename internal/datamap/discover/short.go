package discover

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// A name of eight letters is a word with letters left out, and people leave them
// out in few ways: the vowels (srnm), the end (termn), both (trmn), or the lesser
// consonants too (ptnr for partner). long finds the word of the lexicon that is
// meant: every letter of the short form must stand in it, in order, from the first
// on; the fewer consonants are lost, and the more often the lexicon has the word,
// the likelier. Where two words are as likely nothing is said, unless the word
// beside it settles it: in STRT_DT it is the start that has a date, not the street.
func long(w, next string) string {
	if len(w) < 3 || len(w) > 10 || vocabulary[w] || frequency[w] > 0 || isNumber(w) {
		return ""
	}
	best, least, second := "", 0.0, 0.0
	for _, v := range longWords[w[:1]] {
		s := shortens(w, v)
		if _, short := abbreviations[v]; s == 0 || short || s < 0.9 && grave[v] {
			continue // that somebody is ill is not guessed from half a word
		}
		if pairs[v+" "+next] {
			s += 0.5
		}
		s += min(float64(frequency[v]), 10) / 100
		switch {
		case s > least:
			best, least, second = v, s, least
		case s > second:
			second = s
		}
	}
	if least-second < 0.01 {
		return ""
	}
	return best
}

// shortens says how well the short form stands for the word, from 0 (not at all) to 1.
func shortens(w, v string) float64 {
	if len(v) <= len(w) || w[0] != v[0] || !letters(w, v) {
		return 0
	}
	short, full := skeleton(w), skeleton(v)
	vowels := len(w) > len(bare(w)) // beyond the first letter
	if vowels && len(w) < 4 {
		return 0
	}
	enough := len(short) >= 4 || len(short) == 3 && frequency[v] >= 4 // ins is no illness
	lost := float64(len(v)-len(w)) / 50                               // of two as good, the one with less left out
	switch {
	case short == full:
		return 1 - lost
	case strings.HasPrefix(v, w) && len(w) >= 4 && len(v)-len(w) >= 4 && len(w)*3 >= len(v) && only(w, v):
		return 0.85 - lost
	case vowels:
		return 0 // form is no short forename
	case enough && strings.HasPrefix(full, short) && len(short)*5 >= len(full)*3:
		return 0.8 - lost
	case enough && letters(short, full) && len(short)*5 >= len(full)*3 && short[len(short)-1] == full[len(full)-1]:
		return 0.8 - lost
	}
	return 0
}

// only says that no word of the lexicon but forms of v begins so.
func only(w, v string) bool {
	for _, o := range longWords[w[:1]] {
		if o != v && strings.HasPrefix(o, w) && !strings.HasPrefix(o, v) && !strings.HasPrefix(v, o) {
			return false
		}
	}
	return true
}

// letters says that the letters of the one stand in the other, in order.
func letters(w, v string) bool {
	i := 0
	for j := 0; i < len(w) && j < len(v); j++ {
		if w[i] == v[j] {
			i++
		}
	}
	return i == len(w)
}

// bare is the word without the vowels after its first letter.
func bare(w string) string {
	var b strings.Builder
	for i := range len(w) {
		if i == 0 || !strings.ContainsRune("aeiou", rune(w[i])) {
			b.WriteByte(w[i])
		}
	}
	return b.String()
}

// skeleton is the consonants of a word, each once where it is doubled: tncy.
func skeleton(w string) string {
	out := []byte(bare(w))
	return string(slices.Compact(out))
}

// longWords are the words that a short form may stand for, by their first letters;
// frequency is in how many phrases of the lexicon each stands, and pairs are those
// that stand beside each other there.
var longWords, frequency, pairs = func() (map[string][]string, map[string]int, map[string]bool) {
	count, beside := map[string]int{}, map[string]bool{}
	add := func(list string) {
		for p := range strings.SplitSeq(list, ",") {
			ws := strings.Fields(p)
			for i, w := range ws {
				count[w]++
				if i > 0 {
					beside[ws[i-1]+" "+w] = true
				}
			}
		}
	}
	for list := range nouns {
		add(list)
	}
	for list := range roles {
		add(list)
	}
	for list := range capacities {
		add(list)
	}
	for _, m := range meanings {
		add(m.phrases)
	}
	for _, list := range [][]string{starts, ends, whens, overs, closes} {
		for _, w := range list {
			add(w)
			add(w + " date")
		}
	}
	by := map[string][]string{}
	for _, w := range slices.Sorted(maps.Keys(count)) {
		if len(w) >= 4 && len(w) <= 16 {
			by[w[:1]] = append(by[w[:1]], w)
		}
	}
	return by, count, beside
}()

// grave are the words of special data, of crime and of children.
var grave = func() map[string]bool {
	out := map[string]bool{}
	for _, m := range meanings {
		if m.kind != "" {
			for w := range strings.FieldsSeq(strings.ReplaceAll(m.phrases, ",", " ")) {
				out[w] = true
			}
		}
	}
	return out
}()

// fillers end the name of a table and say nothing of what is in it.
var fillers = []string{"master", "mstr", "mast", "mst", "header", "hdr", "table", "tbl", "rec"}

// unfilled is the word without such an ending.
func unfilled(w string) string {
	for _, f := range fillers {
		if rest, ok := strings.CutSuffix(w, f); ok && len(rest) >= 3 {
			return rest
		}
	}
	return w
}

// joinedParts parts a run-together name of which parts are short: empno, custname,
// propref. One part must be a whole word, or the last one that points.
func joinedParts(w string) []string {
	if len(w) < 5 || vocabulary[w] {
		return nil
	}
	known := func(s string) string {
		if full, ok := abbreviations[s]; ok {
			return full
		}
		if vocabulary[s] && len(s) >= 3 {
			return s
		}
		return ""
	}
	for i := len(w) - 2; i >= 3; i-- {
		head, tail := known(w[:i]), known(w[i:])
		switch {
		case head != "" && tail != "":
		case head != "" && len(w[i:]) >= 3:
			tail = long(w[i:], "")
		case tail != "" && (idWords[tail] || len(w[i:]) >= 4):
			head = long(w[:i], tail)
		}
		if head != "" && tail != "" {
			return append(strings.Fields(head), strings.Fields(tail)...)
		}
	}
	return nil
}

// lettered joins letters that stand alone to what they belong to, where that is a
// word: d_o_b, n_i_no, e_mail.
func lettered(ps []string) []string {
	known := func(w string) bool { _, short := abbreviations[w]; return short || vocabulary[w] }
	var out []string
	for i := 0; i < len(ps); i++ {
		if len(ps[i]) == 1 && !isNumber(ps[i]) {
			n := 0 // how many parts after this one belong to it
			for j, w := i+1, ps[i]; j < len(ps) && j <= i+3; j++ {
				if w += ps[j]; known(w) {
					n = j - i
				}
				if len(ps[j]) > 1 {
					break
				}
			}
			if n > 0 {
				out = append(out, strings.Join(ps[i:i+n+1], ""))
				i += n
				continue
			}
		}
		out = append(out, ps[i])
	}
	return out
}

// spelt says how a name was read where letters were missing in it: "SURNM read as
// surname"; empty where nothing was guessed.
func spelt(name string, ws []string) string {
	raw := parts(name)
	for _, w := range ws {
		if len(w) >= 4 && frequency[w] > 0 && !isNumber(w) && !slices.Contains(raw, w) &&
			!slices.ContainsFunc(raw, func(p string) bool {
				return strings.Contains(p, w) || singular(p) == w || abbreviations[p] != "" && strings.Contains(abbreviations[p], w)
			}) {
			return name + " read as " + strings.Join(ws, " ")
		}
	}
	return ""
}

// by is "by its name", with how that was read.
func (c *column) by() string {
	return cmp.Or(prefixed("by its name: ", c.spelt), "by its name")
}

func prefixed(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}
