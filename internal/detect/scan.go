package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tenet/internal/match"
)

// scanner goes over the bytes of a text once and stops only at digits, "@", ":" and "www.": every identifier it knows
// holds one of them. Each recogniser is tried where a token with a digit starts and says where its find ends.
type scanner struct {
	text  string
	end   int // end of the last find: nothing before it is looked at again
	spans []Span
}

// scan gives the identifiers in text, sorted by their end.
func scan(text string) []Span {
	s := scanner{text: text}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case isDigit(c):
			i = s.token(i)
		case c == '@':
			i = s.email(i)
		case c == ':':
			i = s.colon(i)
		case c == 'w' && strings.HasPrefix(text[i:], "www."):
			i = s.url(i)
		default:
			i++
		}
	}
	return s.spans
}

func (s *scanner) add(start, end int, t Type, score float64, why string) int {
	s.spans = append(s.spans, Span{Start: start, End: end, Type: t, Score: score, Why: why})
	s.end = max(s.end, end)
	return end
}

// email takes the address around the @ at i.
func (s *scanner) email(i int) int {
	start, end := i, i+1
	for start > s.end {
		r, n := utf8.DecodeLastRuneInString(s.text[s.end:start])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._%+-'", r) || r == utf8.RuneError {
			break
		}
		start -= n
	}
	for end < len(s.text) {
		r, n := utf8.DecodeRuneInString(s.text[end:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '-' || r == utf8.RuneError {
			break
		}
		end += n
	}
	for start < i && strings.IndexByte(".'-%+", s.text[start]) >= 0 {
		start++
	}
	for end > i+1 && (s.text[end-1] == '.' || s.text[end-1] == '-') {
		end--
	}
	if start == i || end == i+1 || !strings.Contains(s.text[i+1:end], ".") {
		return i + 1
	}
	// The local part may have been taken for something else already ("07700900123@example.org").
	for len(s.spans) > 0 && s.spans[len(s.spans)-1].Start >= start {
		s.spans = s.spans[:len(s.spans)-1]
	}
	return s.add(start, end, Email, 0.99, "an @ between a name and a domain")
}

// colon takes a web address at "://", or the IPv6 address around i.
func (s *scanner) colon(i int) int {
	if strings.HasPrefix(s.text[i:], "://") {
		start := i
		for start > s.end && isLetter(s.text[start-1]) {
			start--
		}
		if scheme := strings.ToLower(s.text[start:i]); scheme == "http" || scheme == "https" || scheme == "ftp" {
			return max(s.url(start), i+3)
		}
		return i + 3
	}
	start, end := i, i
	for start > s.end && isHexColon(s.text[start-1]) && i-start < 40 {
		start--
	}
	for end < len(s.text) && isHexColon(s.text[end]) && end-i < 40 {
		end++
	}
	if address := strings.TrimRight(s.text[start:end], ":"); ipv6(address) && (start == 0 || !isAlnum(s.text[start-1])) && (end == len(s.text) || !isAlnum(s.text[end])) {
		return s.add(start, start+len(address), IP, 0.9, "an IPv6 address")
	}
	return max(i+1, s.end)
}

func ipv6(a string) bool {
	groups := strings.Split(a, ":")
	empty := 0
	for i, g := range groups {
		if len(g) > 4 {
			return false
		}
		if g == "" && i > 0 {
			empty++
		}
	}
	return len(a) >= 6 && (len(groups) == 8 && empty == 0 || empty == 1 && len(groups) >= 3 && len(groups) < 8)
}

// url takes everything up to a space or a closing mark.
func (s *scanner) url(start int) int {
	end := start
	for end < len(s.text) && s.text[end] > ' ' && strings.IndexByte("<>\"'|\\^`{}", s.text[end]) < 0 {
		end++
	}
	for end > start && strings.IndexByte(".,;:!?)]", s.text[end-1]) >= 0 {
		end--
	}
	if end-start < 8 {
		return start + 4
	}
	return s.add(start, end, URL, 0.9, "a web address")
}

// token tries every recogniser on the token around the digit at i and gives where to go on.
func (s *scanner) token(i int) int {
	start, end := i, i
	for start > s.end && isAlnum(s.text[start-1]) && i-start < 40 {
		start--
	}
	letters := start < i
	for end < len(s.text) && isAlnum(s.text[end]) {
		letters = letters || isLetter(s.text[end])
		end++
	}
	if start > s.end && (isAlnum(s.text[start-1]) || s.text[start-1] >= utf8.RuneSelf && letterBefore(s.text[:start])) || end-start > 40 {
		return end // the middle of something longer
	}
	c := context{text: s.text, start: start}
	for _, recognise := range recognisers {
		if letters && recognise.digitsOnly {
			continue
		}
		if find, ok := recognise.at(s.text, start, end, s.end, &c); ok {
			if find.Type == "" { // a date that is nobody's: passed over, so that it is not half of a number
				s.end = find.End
				return find.End
			}
			return s.add(find.Start, find.End, find.Type, find.Score, find.Why)
		}
	}
	return end
}

// recognisers in the order they are tried: the first find stands.
var recognisers = []struct {
	digitsOnly bool
	at         func(text string, start, end, floor int, c *context) (Span, bool)
}{
	{false, birth}, {true, date}, {false, labelled}, {true, ipv4}, {false, iban}, {false, nino}, {false, licence}, {true, card}, {true, saidNHS}, {true, sortCode}, {true, account},
	{true, phone}, {true, nhs}, {false, postcode}, {false, vehicle}, {false, address},
}

// context answers what words stand shortly before and after a token. The window is folded once, when first asked.
type context struct {
	text  string
	start int
	seen  bool
	words []string
}

// before reports whether any of the words, or phrases of several words, stands within about 40 bytes before the token.
func (c *context) before(phrases ...string) bool {
	if !c.seen {
		c.seen = true
		c.words = make([]string, 0, 12)
		from := max(0, c.start-40)
		for from < c.start && !utf8.RuneStart(c.text[from]) {
			from++
		}
		for w := range match.Words(c.text[from:c.start]) {
			c.words = append(c.words, w.Text)
		}
	}
	for _, p := range phrases {
		if hasPhrase(c.words, p) {
			return true
		}
	}
	return false
}

// hasPhrase looks for the words of phrase one after another; each may stand in the plural.
func hasPhrase(words []string, phrase string) bool {
	for i := range words {
		if words[i][0] == phrase[0] && beginWith(words[i:], phrase) { // the first letter settles most
			return true
		}
	}
	return false
}

func beginWith(words []string, phrase string) bool {
	for _, word := range words {
		want, rest, more := strings.Cut(phrase, " ")
		if tail, ok := strings.CutPrefix(word, want); !ok || tail != "" && tail != "s" {
			return false
		}
		if !more {
			return true
		}
		phrase = rest
	}
	return false
}

func letterBefore(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }
func isHexColon(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' || c == ':'
}

// run collects up to most letters and digits of text from start, with at most one separator out of seps between two of
// them, and gives them in capitals with the end after each. It stops at a line's end.
func run(text string, start, most int, seps string) (chars []byte, ends []int) {
	for i := start; i < len(text) && len(chars) < most; {
		c := text[i]
		switch {
		case isAlnum(c):
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			chars = append(chars, c)
			i++
			ends = append(ends, i)
		case len(chars) > 0 && strings.IndexByte(seps, c) >= 0 && i+1 < len(text) && isAlnum(text[i+1]):
			i++
		default:
			return chars, ends
		}
	}
	return chars, ends
}

// atBoundary reports whether no letter or digit follows end directly.
func atBoundary(text string, end int) bool {
	if end >= len(text) {
		return true
	}
	r, _ := utf8.DecodeRuneInString(text[end:])
	return !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// shape reports whether chars have the form of pattern: A a letter, 9 a digit, X either.
func shape(chars []byte, pattern string) bool {
	if len(chars) < len(pattern) {
		return false
	}
	for i := range pattern {
		c := chars[i]
		digit := isDigit(c)
		switch pattern[i] {
		case 'A':
			if digit {
				return false
			}
		case '9':
			if !digit {
				return false
			}
		}
	}
	return true
}
