package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanner goes over the bytes of a text once and stops only at digits, "@", ":" and "www.": every identifier it knows
// holds one of them. Each recogniser is tried where a token with a digit starts and says where its find ends.
type scanner struct {
	text  string
	end   int // end of the last find: nothing before it is looked at again
	spans []Span
}

// anchors are the bytes at which an identifier may be found.
var anchors = func() (t [256]bool) {
	for _, c := range []byte("0123456789@:w") {
		t[c] = true
	}
	return t
}()

// scan adds the identifiers in text to spans, sorted by their end.
func scan(text string, spans []Span) []Span {
	s := scanner{text: text, spans: spans}
	for i := 0; i < len(text); {
		if !anchors[text[i]] {
			i++
			continue
		}
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
	if len(a) < 6 || strings.Count(a, ":") < 2 {
		return false
	}
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
	return len(groups) == 8 && empty == 0 || empty == 1 && len(groups) >= 3 && len(groups) < 8
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
	{true, phone}, {true, nhs}, {false, postcode}, {false, vehicle}, {false, coded}, {false, address}, {false, dwelling},
}

func letterBefore(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isAlnum(c byte) bool  { return isDigit(c) || isLetter(c) }
func isHexColon(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' || c == ':'
}

// reading holds up to so many letters and digits, in capitals, with the end after each.
type reading struct {
	chars [40]byte
	ends  [40]int
}

// run collects up to most letters and digits of text from start into a reading, with at most one separator out of seps
// between two of them, and gives them in capitals with the end after each. It stops at a line's end.
func (r *reading) run(text string, start, most int, seps string) (chars []byte, ends []int) {
	n := 0
	for i := start; i < len(text) && n < most; {
		c := small[text[i]]
		switch {
		case c != 0:
			if c >= 'a' {
				c -= 'a' - 'A'
			}
			i++
			r.chars[n], r.ends[n] = c, i
			n++
		case n > 0 && strings.IndexByte(seps, text[i]) >= 0 && i+1 < len(text) && small[text[i+1]] != 0:
			i++
		default:
			return r.chars[:n], r.ends[:n]
		}
	}
	return r.chars[:n], r.ends[:n]
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
