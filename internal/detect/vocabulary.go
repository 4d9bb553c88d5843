package detect

import (
	"unicode"
	"unicode/utf8"

	"tenet/internal/match"
)

// word is one word of a text, as [match.Words] gives it, with what this room knows of it. The text is divided once, for
// all that looks for people.
type word struct {
	start, end int
	hash       uint64 // of the folded word
	is         meaning
	capital    bool // it begins with a capital letter
}

// meaning is a set of the lists of words that a word stands in.
type meaning uint32

const (
	isTitle meaning = 1 << iota
	isRelation
	isOwner
	isFormLabel
	isGreeting // "dear"
	isAnd
	isResident
	isDwelling
	isWhere // "at", "from": before the number of a house
	isParticle
	isSentenceWord
	isOpener
	isPlain
	isKin
	isPossessive
	isArticle
	isDefinite // "the"
	isDescribing
	isNextTo
	isLinking
	isReport
	isTelling
)

// vocabulary says which lists a word stands in, by its hash.
type vocabulary struct {
	keys     []uint64 // open addressing; 0 is an empty place
	meanings []meaning
}

func newVocabulary(lists map[meaning]map[string]bool) *vocabulary {
	v := &vocabulary{keys: make([]uint64, 8192), meanings: make([]meaning, 8192)}
	for is, list := range lists {
		for w := range list {
			h := hash(w)
			i := v.place(h)
			v.keys[i] = h
			v.meanings[i] |= is
		}
	}
	return v
}

func (v *vocabulary) place(h uint64) uint64 {
	mask := uint64(len(v.keys) - 1)
	i := h & mask
	for v.keys[i] != 0 && v.keys[i] != h {
		i = (i + 1) & mask
	}
	return i
}

func (v *vocabulary) of(h uint64) meaning { return v.meanings[v.place(h)] }

// small gives each letter of ASCII in small and each digit, and 0 for every other byte.
var small = func() (t [256]byte) {
	for c := range t {
		switch {
		case 'A' <= c && c <= 'Z':
			t[c] = byte(c) + 'a' - 'A'
		case isAlnum(byte(c)):
			t[c] = byte(c)
		}
	}
	return t
}()

// reader gives the words of a text one after another. Words of ASCII letters and digits, which nearly all are, it folds
// and hashes as it goes; the others it leaves to [match.Words].
type reader struct {
	text   string
	at     int
	start  int // of the word that next found
	end    int
	hash   uint64
	folded [32]byte // the word, folded, as far as it fits
	length int      // of the folded word
}

// next finds the next word, if there is one.
func (r *reader) next() bool {
	i := r.at
	for i < len(r.text) && small[r.text[i]] == 0 && r.text[i] < utf8.RuneSelf {
		i++
	}
	h := uint64(fnvStart)
	start := i
	for ; i < len(r.text); i++ {
		c := small[r.text[i]]
		if c == 0 {
			break
		}
		h = (h ^ uint64(c)) * fnvPrime
		r.folded[(i-start)%len(r.folded)] = c
	}
	if i > start && (i == len(r.text) || r.text[i] < utf8.RuneSelf && r.text[i] != '\'' && r.text[i] != '`') {
		r.start, r.end, r.at, r.hash, r.length = start, i, i, h, i-start
		return true
	}
	return r.slowly(start)
}

// slowly finds the next word at or after start when it may hold apostrophes or letters beyond ASCII.
func (r *reader) slowly(start int) bool {
	found := false
	rest := r.text[start:]
	r.at = len(r.text)
	for w := range match.Words(rest) {
		if found { // where the search for the word after it goes on: behind a possessive s
			r.at = start + w.Start
			break
		}
		found = true
		r.start, r.end, r.hash, r.length = start+w.Start, start+w.End, hash(w.Text), len(w.Text)
		copy(r.folded[:], w.Text)
	}
	return found
}

// title reports whether the word that next found is one.
func (r *reader) title() bool {
	if r.length > len(r.folded) {
		return false
	}
	_, title := match.IsTitle(string(r.folded[:r.length]))
	return title
}

// readWords divides a text into words.
func readWords(text string) []word {
	words := make([]word, 0, len(text)/5+8)
	r := reader{text: text}
	for r.next() {
		w := word{start: r.start, end: r.end, hash: r.hash, is: theVocabulary.of(r.hash)}
		if c := text[r.start]; c < utf8.RuneSelf {
			w.capital = 'A' <= c && c <= 'Z'
		} else {
			first, _ := utf8.DecodeRuneInString(text[r.start:])
			w.capital = unicode.IsUpper(first)
		}
		if r.title() {
			w.is |= isTitle
		}
		words = append(words, w)
	}
	return words
}

// folded gives a word as [match.Fold] does.
func (w *word) folded(text string) string { return match.Fold(text[w.start:w.end]) }

// common is [match.Common] of the folded word.
func (w *word) common(text string) bool {
	var short [32]byte
	n := 0
	for i := w.start; i < w.end; i++ {
		c := small[text[i]]
		if c == 0 || n == len(short) {
			return match.Common(w.folded(text))
		}
		short[n] = c
		n++
	}
	return match.Common(string(short[:n]))
}

// theVocabulary holds the lists of this room.
var theVocabulary = newVocabulary(map[meaning]map[string]bool{
	isRelation: relations, isOwner: owners, isFormLabel: formLabels, isGreeting: set("dear"), isAnd: set("and"), isResident: residents,
	isDwelling: dwellings, isWhere: set("at from in opposite"), isParticle: particles, isSentenceWord: sentenceWords,
	isOpener: openers, isPlain: plainWords,
	isKin: kin, isPossessive: possessives, isArticle: set("the a an another"), isDefinite: set("the"), isDescribing: describing, isNextTo: nextTo, isLinking: linking,
	isReport: reports, isTelling: telling,
})
