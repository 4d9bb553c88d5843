package cli

import (
	"slices"
	"strings"

	"tenet/internal/match"
)

// phrases finds phrases in texts, whatever their case and what stands between their words. They are kept by their
// first word.
type phrases map[string][]phrase

type phrase struct {
	text, label, kind string
	folded            []string
}

// phraseAt is where a phrase stands in a text.
type phraseAt struct {
	phrase
	start, end int // byte offsets
	words      int
}

// key is the same for every way of writing a phrase.
func key(text string) string {
	var b strings.Builder
	for w := range match.Words(text) {
		b.WriteString(w.Text + " ")
	}
	return b.String()
}

// add says whether the phrase is new.
func (p phrases) add(text, label, kind string) bool {
	var folded []string
	for w := range match.Words(text) {
		folded = append(folded, w.Text)
	}
	if len(folded) == 0 || slices.ContainsFunc(p[folded[0]], func(have phrase) bool { return slices.Equal(have.folded, folded) }) {
		return false
	}
	p[folded[0]] = append(p[folded[0]], phrase{text, label, kind, folded})
	return true
}

// in are the places of phrases in text; of those that begin together the longer ones come first.
func (p phrases) in(text string) []phraseAt {
	if len(p) == 0 {
		return nil
	}
	words := slices.Collect(match.Words(text))
	var out []phraseAt
	for i, w := range words {
		first := len(out)
		for _, f := range p[w.Text] {
			n := len(f.folded)
			if i+n <= len(words) && slices.EqualFunc(words[i:i+n], f.folded, func(w match.Word, s string) bool { return w.Text == s }) {
				out = append(out, phraseAt{f, w.Start, words[i+n-1].End, n})
			}
		}
		slices.SortStableFunc(out[first:], func(a, b phraseAt) int { return b.words - a.words })
	}
	return out
}
