package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// shortestSlip is how many letters a name must have for a slip in it to be looked for: among shorter ones, what is one
// letter away is as a rule another name.
const shortestSlip = 5

// slips finds the words of known names that are written with one letter wrong, missing, added or exchanged with its
// neighbour, or as a scanner misreads them. Two words are that near when they are equal after one letter is left out of
// each, or of one: so what is kept is each word without each of its letters.
type slips struct {
	words map[uint64]uint64   // what is left of a word: the word
	more  map[uint64][]uint64 // further words that leave the same
	seen  map[uint64]bool
}

// add notes a folded word of a known name.
func (s *slips) add(word string) {
	h := hash(word)
	if utf8.RuneCountInString(word) < shortestSlip || s.seen[h] {
		return
	}
	if s.seen == nil {
		s.words, s.more, s.seen = make(map[uint64]uint64), make(map[uint64][]uint64), make(map[uint64]bool)
	}
	s.seen[h] = true
	for left := range remains(word) {
		if first, ok := s.words[left]; !ok {
			s.words[left] = h
		} else if first != h && !slices.Contains(s.more[left], h) {
			s.more[left] = append(s.more[left], h)
		}
	}
}

// of gives the known words that a folded word may be meant for; nil when it is too short.
func (s *slips) of(word string) (near []uint64) {
	if utf8.RuneCountInString(word) < shortestSlip || len(s.words) == 0 || len(word) > 40 {
		return nil
	}
	for left := range remains(word) {
		h, ok := s.words[left]
		if !ok {
			continue
		}
		for _, w := range append([]uint64{h}, s.more[left]...) {
			if !slices.Contains(near, w) {
				near = append(near, w)
			}
		}
	}
	return near
}

// remains gives the hashes of a word, of what is left of it without each letter, and of how a scanner sees it.
func remains(word string) func(yield func(uint64) bool) {
	return func(yield func(uint64) bool) {
		if !yield(hash(word)) || !yield(hash("/"+misread.Replace(word))) {
			return
		}
		var last rune
		for i, r := range word {
			if r == last {
				continue // the second of a pair leaves the same
			}
			last = r
			h := uint64(14695981039346656037)
			for j := range len(word) {
				if j < i || j >= i+utf8.RuneLen(r) {
					h = (h ^ uint64(word[j])) * 1099511628211
				}
			}
			if !yield(h) {
				return
			}
		}
	}
}

// misread makes one of what scanners take for each other.
var misread = strings.NewReplacer("rn", "m", "cl", "d", "vv", "w", "0", "o", "1", "l", "i", "l", "5", "s", "8", "b")
