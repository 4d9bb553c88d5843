package doc

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

var (
	bomUTF8 = []byte{0xEF, 0xBB, 0xBF}
	bomLE   = []byte{0xFF, 0xFE}
	bomBE   = []byte{0xFE, 0xFF}
)

// Decode turns bytes of unknown encoding into text: UTF-8, with or without a
// byte order mark; UTF-16, likewise; else Windows-1252, in which old British
// systems write. It says when the text was not plain UTF-8 to begin with. Line
// ends become "\n", and NUL becomes U+FFFD.
func Decode(b []byte) (string, []Problem) {
	var problems []Problem
	var s string
	switch {
	case bytes.HasPrefix(b, bomUTF8):
		b = b[len(bomUTF8):]
		s = string(b)
	case bytes.HasPrefix(b, bomLE), bytes.HasPrefix(b, bomBE):
		s, problems = decodeUTF16(b, unicode.LittleEndian, true)
	default:
		if order, ok := guessUTF16(b); ok {
			s, problems = decodeUTF16(b, order, false)
		} else {
			s = string(b)
		}
	}
	if at, bad, good := invalid(s); bad > 0 {
		where := fmt.Sprintf("byte %d", at)
		if good > bad {
			s = strings.ToValidUTF8(s, "\uFFFD")
			problems = append(problems, Problem{Where: where, Lost: true, Why: fmt.Sprintf("%d bytes are not valid UTF-8, shown as U+FFFD", bad)})
		} else {
			s = DecodeLegacy(s)
			problems = append(problems, Problem{Where: where, Why: "not valid UTF-8; the whole was read as Windows-1252"})
		}
	}
	if n := strings.Count(s, "\x00"); n > 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
		problems = append(problems, Problem{Why: fmt.Sprintf("%d NUL characters, shown as U+FFFD", n)})
	}
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	return s, problems
}

// DecodeLegacy reads a string's bytes as Windows-1252. The five bytes that have
// no meaning there become U+FFFD.
func DecodeLegacy(s string) string {
	out, err := charmap.Windows1252.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return out
}

// EncodeLegacy is the Windows-1252 form of a text, if it has one.
func EncodeLegacy(s string) (string, bool) {
	out, err := charmap.Windows1252.NewEncoder().String(s)
	return out, err == nil
}

// invalid counts what a string has of bytes that are no UTF-8 and of longer
// sequences that are, which hardly ever come about by chance; at is where the
// first of the bad ones stands.
func invalid(s string) (at, bad, good int) {
	if utf8.ValidString(s) {
		return 0, 0, 0
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			if bad == 0 {
				at = i
			}
			bad++
		case n > 1:
			good++
		}
		i += n
	}
	return at, bad, good
}

func decodeUTF16(b []byte, order unicode.Endianness, bom bool) (string, []Problem) {
	var problems []Problem
	policy := unicode.IgnoreBOM
	if bom {
		policy = unicode.ExpectBOM
	}
	if len(b)%2 == 1 {
		problems = append(problems, Problem{Lost: true, Why: "UTF-16 cut off in the middle of a character"})
		b = b[:len(b)-1]
	}
	out, err := unicode.UTF16(order, policy).NewDecoder().Bytes(b)
	if err != nil {
		problems = append(problems, Problem{Lost: true, Why: "not valid UTF-16: " + err.Error()})
	}
	return string(out), problems
}

// guessUTF16 knows UTF-16 without a byte order mark by its NULs: in Western
// text nearly every second byte is one, always on the same side.
func guessUTF16(b []byte) (unicode.Endianness, bool) {
	b = b[:min(len(b), 4096)&^1]
	if len(b) < 4 {
		return unicode.LittleEndian, false
	}
	var nul [2]int
	for i, c := range b {
		if c == 0 {
			nul[i&1]++
		}
	}
	half := len(b) / 2
	switch {
	case nul[1]*10 > half*7 && nul[0]*10 < half:
		return unicode.LittleEndian, true
	case nul[0]*10 > half*7 && nul[1]*10 < half:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// looksBinary says that bytes called text are not: control characters that no
// text holds make up more than a tenth of the beginning.
func looksBinary(b []byte) bool {
	if bytes.HasPrefix(b, bomLE) || bytes.HasPrefix(b, bomBE) {
		return false
	}
	if _, ok := guessUTF16(b); ok {
		return false
	}
	b = b[:min(len(b), 4096)]
	n := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1B {
			n++
		}
	}
	return n*10 > len(b)
}
