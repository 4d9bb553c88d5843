package detect

import (
	"unicode"
	"unicode/utf8"

	"tenet/internal/match"
)

// The shapes of a word as the recogniser of names sees it.
const (
	shapeLower   = iota
	shapeCapital // Ann
	shapeUpper   // ANN
	shapeLetter  // A
	shapeMixed   // McGee, iPhone
	shapeDigits  // 14, 14b
	shapeMark    // punctuation
)

// The cases of a line. Where a writer uses no capitals, or nothing else, capitals say nothing.
const (
	caseMixed = iota
	caseLower
	caseUpper
)

// unit is one word or mark of a text with what the recogniser of names knows of it.
type unit struct {
	start, end int
	hash       uint32 // of the folded word
	head, tail uint32 // of its first three and last three letters
	tail2      uint32
	shape      uint8
	lexicon    uint16 // what the lists say of it: see lexicon.go
	lines      uint8  // line breaks before it, two at most
	spaced     bool   // a space or line break stands before it
	cases      uint8  // of the line it stands in
}

// units divides text into words and marks. Words are runs of letters and digits with inner apostrophes; a possessive s
// is a word of its own; each mark is one unit.
func (n *Names) units(text string) []unit {
	out := make([]unit, 0, len(text)/5+4)
	var fold [64]byte
	lines, spaced := uint8(2), true
	first, broken := 0, true // where the line began; whether the line before it ended a sentence
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '\n':
			if len(out) > first {
				last := text[out[len(out)-1].start]
				broken = last == '.' || last == '!' || last == '?' || last == ':' || last == ';'
			}
			lines, spaced = min(lines+1, 2), true
			i++
			continue
		case c == ' ' || c == '\t' || c == '\r':
			spaced = true
			i++
			continue
		}
		if lines > 0 && (lines > 1 || broken || isDigit(c) || c == '-' || c == '*') {
			setCase(text, out[first:])
			first = len(out)
		}
		u := unit{start: i, lines: lines, spaced: spaced}
		u.end = unitEnd(text, i)
		n.describe(text, &u, &fold)
		out = append(out, u)
		lines, spaced = 0, false
		i = u.end
	}
	setCase(text, out[first:])
	return out
}

// unitEnd finds the end of the unit that begins at i.
func unitEnd(text string, i int) int {
	if (text[i] == '\'') && i+1 < len(text) && (text[i+1] == 's' || text[i+1] == 'S') && atBoundary(text, i+2) {
		return i + 2 // the possessive
	}
	end := i
	for end < len(text) {
		c := text[end]
		if isAlnum(c) {
			end++
			continue
		}
		if c < utf8.RuneSelf && c != '\'' {
			break
		}
		r, size := utf8.DecodeRuneInString(text[end:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) {
			end += size
			continue
		}
		if (r != '\'' && r != '’') || end == i {
			break
		}
		next, more := utf8.DecodeRuneInString(text[end+size:])
		if !unicode.IsLetter(next) {
			break
		}
		if (next == 's' || next == 'S') && atBoundary(text, end+size+more) {
			break
		}
		end += size
	}
	if end == i {
		_, size := utf8.DecodeRuneInString(text[i:])
		end = i + size
		if r, _ := utf8.DecodeRuneInString(text[i:]); r == '’' && end < len(text) && (text[end] == 's' || text[end] == 'S') && atBoundary(text, end+1) {
			end++
		}
	}
	return end
}

// describe fills in what the word says by itself.
func (n *Names) describe(text string, u *unit, fold *[64]byte) {
	word := text[u.start:u.end]
	first, size := utf8.DecodeRuneInString(word)
	if !unicode.IsLetter(first) && !unicode.IsDigit(first) {
		u.shape, u.hash = shapeMark, hash32(word)
		if u.end-u.start > 1 && (word[len(word)-1] == 's' || word[len(word)-1] == 'S') {
			u.hash = hash32("'s")
		}
		return
	}
	upper, lower, digits, ascii := 0, 0, 0, len(word) <= len(fold)
	folded := fold[:0]
	for i := 0; i < len(word); i++ {
		switch c := word[i]; {
		case 'A' <= c && c <= 'Z':
			upper++
			if ascii {
				folded = append(folded, c+'a'-'A')
			}
		case c >= utf8.RuneSelf:
			ascii = false
		default:
			if isDigit(c) {
				digits++
			} else if c != '\'' {
				lower++
			}
			if ascii && c != '\'' {
				folded = append(folded, c)
			}
		}
	}
	if !ascii {
		folded = append(folded[:0], match.Fold(word)...)
		upper, lower = 0, 0
		for _, r := range word {
			if unicode.IsUpper(r) {
				upper++
			} else if unicode.IsLetter(r) {
				lower++
			}
		}
	}
	switch {
	case digits > 0:
		u.shape = shapeDigits
		for i, c := range folded {
			if isDigit(c) {
				folded[i] = '0'
			}
		}
	case size == len(word) && upper == 1:
		u.shape = shapeLetter
	case upper == 0:
		u.shape = shapeLower
	case lower == 0:
		u.shape = shapeUpper
	case upper == 1 && unicode.IsUpper(first):
		u.shape = shapeCapital
	default:
		u.shape = shapeMixed
	}
	l := len(folded)
	u.hash = hash32(folded)
	u.head, u.tail, u.tail2 = hash32(folded[:min(3, l)]), hash32(folded[max(0, l-3):]), hash32(folded[max(0, l-2):])
	u.lexicon = n.lexicon.of(u.hash)
}

// setCase says of the units of one line whether capitals mean anything there.
func setCase(text string, line []unit) {
	words, capitals, small := 0, 0, 0
	for i := range line {
		switch u := &line[i]; u.shape {
		case shapeLower:
			words++
			small++
		case shapeCapital, shapeMixed:
			words++
			small++
			capitals++
		case shapeUpper:
			words++
		}
	}
	c := uint8(caseMixed)
	switch {
	case words >= 3 && capitals == 0 && small*5 >= words*4: // a registration or "GP" may stand among them
		c = caseLower
	case words >= 2 && small == 0:
		c = caseUpper
	}
	for i := range line {
		line[i].cases = c
	}
}

// hash32 is 32-bit FNV-1a.
func hash32[T string | []byte](s T) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}
