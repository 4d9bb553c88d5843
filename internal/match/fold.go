package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters that Unicode does not decompose into a letter and marks, but that people type without strokes and ligatures.
var plainLetters = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h", 'ŧ': "t",
	'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬃ': "ffi", 'ﬄ': "ffl",
}

// Fold gives the form in which words are compared: lower case, without diacritics or apostrophes, full-width letters and
// ligatures made plain. Spaces, hyphens and other punctuation stay as they are.
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	// Lowering can make a rune that decomposes (İ gives i + dot), so lower before decomposing, and once more after,
	// for the few that decompose into capitals (the kelvin sign).
	for _, r := range norm.NFD.String(strings.ToLower(strings.ToValidUTF8(s, ""))) {
		switch r = unicode.ToLower(r); {
		case unicode.Is(unicode.Mn, r), isApostrophe(r), r == '\u00ad', r == '\u200b', r == '\ufeff':
			// dropped: it changes how a word looks, not which word it is
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case 0xff10 <= r && r <= 0xff19, 0xff41 <= r && r <= 0xff5a: // full-width figures and letters
			b.WriteByte(byte(r - 0xfee0))
		default:
			if plain, ok := plainLetters[r]; ok {
				b.WriteString(plain)
			} else {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

func isFolded(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' || c == '\'' || c == '`' {
			return false
		}
	}
	return true
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '\u2018', '\u2019', '\u02bc', '\u00b4', '\u2032', '\u02b9':
		return true
	}
	return false
}

// placeholder reports whether s is what people and programs write when they do not know.
func placeholder(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "-", "--", ".", "?", "n/a", "na", "n.a.", "nan", "nil", "none", "null", "<null>", "(null)", "unknown", "not known",
		"not applicable", "not provided", "tbc", "tba", "xxx", "0":
		return true
	}
	return false
}

// only keeps the bytes of s for which keep is true, in capitals. It drops everything that is not ASCII.
func only(s string, keep func(c byte) bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		if keep(c) {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isDigit(c byte) bool   { return '0' <= c && c <= '9' }
func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }
