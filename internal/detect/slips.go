package detect

import (
	"slices"
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
	seen  map[uint64]bool     // words added, until ready
	kept  filter              // of what is left of words
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

// ready makes the search fast. Nothing may be added after it.
func (s *slips) ready() {
	s.seen = nil
	s.kept = newFilter(len(s.words))
	for h := range s.words {
		s.kept.add(h)
	}
}

// of gives the known words that a folded word may be meant for; nil when it is too short.
func (s *slips) of(word string) (near []uint64) {
	if len(s.words) == 0 || len(word) > 40 || utf8.RuneCountInString(word) < shortestSlip {
		return nil
	}
	for left := range remains(word) {
		if !s.kept.has(left) {
			continue
		}
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
		if !yield(hash(word)) || !yield(misread(word)) {
			return
		}
		head := uint64(fnvStart) // of what stands before the letter
		var last rune
		for i, r := range word {
			end := i + utf8.RuneLen(r)
			if r != last { // the second of a pair leaves the same
				h := head
				for j := end; j < len(word); j++ {
					h = (h ^ uint64(word[j])) * fnvPrime
				}
				if !yield(h) {
					return
				}
			}
			last = r
			for j := i; j < end; j++ {
				head = (head ^ uint64(word[j])) * fnvPrime
			}
		}
	}
}

// misread gives a hash that is the same for words that scanners take for each other.
func misread(word string) uint64 {
	h := uint64(fnvStart)
	h = (h ^ '/') * fnvPrime // apart from the words themselves
	for i := 0; i < len(word); i++ {
		c := word[i]
		if i+1 < len(word) {
			switch word[i : i+2] {
			case "rn":
				c, i = 'm', i+1
			case "cl":
				c, i = 'd', i+1
			case "vv":
				c, i = 'w', i+1
			}
		}
		switch c {
		case '0':
			c = 'o'
		case '1', 'i':
			c = 'l'
		case '5':
			c = 's'
		case '8':
			c = 'b'
		}
		h = (h ^ uint64(c)) * fnvPrime
	}
	return h
}

// filter says of a hash that it was not added, or that it may have been: most words of a text are nobody's name, and a
// map is slow to say so.
type filter []uint64

// newFilter has room for so many hashes: one in some twenty others is let through.
func newFilter(hashes int) filter {
	bits := 1024
	for bits < 16*hashes {
		bits *= 2
	}
	return make(filter, bits/64)
}

func (f filter) add(h uint64) { f[h>>6&uint64(len(f)-1)] |= 1 << (h & 63) }

func (f filter) has(h uint64) bool {
	return len(f) > 0 && f[h>>6&uint64(len(f)-1)]&(1<<(h&63)) != 0
}
