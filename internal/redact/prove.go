package redact

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"tenet/internal/detect"

	"tenet/internal/match"
)

// Leak is one place where something withheld is still in the output. It names the secret by number and never gives it.
type Leak struct {
	Secret int    // index in the secrets given to [Prove]
	Form   string // in what form it stands there
	Offset int    // byte offset in the output, or in the decoded view of it that Form names
}

// LeakError is what [Prove] gives when the output holds what it must not.
type LeakError struct {
	Leaks   []Leak
	Secrets int // how many were looked for
}

func (e *LeakError) Error() string {
	l := e.Leaks[0]
	more := ""
	if n := len(e.Leaks) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more finds)", n)
	}
	return fmt.Sprintf("redact: withheld string %d of %d is still in the output, %s, at byte %d%s: the output must not be released", l.Secret+1, e.Secrets, l.Form, l.Offset, more)
}

// Prove looks in clean for every secret in all the forms in which something withheld is known to survive: in another
// case, spacing, punctuation or accents; without spaces, or backwards; escaped for URLs, HTML, JSON or quoted-printable
// mail; in base64 or hex; in UTF-16; and a number with other separators. A secret is found as whole words, so that
// "Ann" is not found in "annual". The error is a *[LeakError] that names the first find of each secret in each form.
//
// It takes time in proportion to the output times the secrets. Secrets without a letter or digit are not looked for.
func Prove(clean []byte, secrets []string) error {
	needles := make([]needle, 0, len(secrets))
	for i, s := range secrets {
		if n := newNeedle(i, s); len(n.words) > 0 {
			needles = append(needles, n)
		}
	}
	if len(needles) == 0 {
		return nil
	}
	var leaks []Leak
	for _, v := range views(clean) {
		leaks = append(leaks, searchWords(v, needles)...)
		leaks = append(leaks, searchSqueezed(v, needles)...)
	}
	leaks = append(leaks, searchEncoded(clean, needles)...)
	if len(leaks) == 0 {
		return nil
	}
	slices.SortStableFunc(leaks, func(a, b Leak) int { return a.Secret - b.Secret })
	return &LeakError{Leaks: leaks, Secrets: len(secrets)}
}

// Secrets gives what to look for after withholding: each text once, without those that stand within something that is
// revealed on purpose (a surname the requester shares), which no proof could tell from a leak. Nor could it tell a relative's
// surname and initial: "CAMPBELL S" run together is "Campbell's". Nor a lone name that is an ordinary word: "Grace", where
// there is a grace period. Nor words that say who somebody is and do not name them, which are words of the language: "his
// neighbour" stands of others too; and "number 14" alone, of any street.
func Secrets(withheld []Withheld, revealed ...string) []string {
	var out []string
	var open []string // words that are revealed
	for _, r := range revealed {
		open = append(open, foldedWords(r)...)
	}
	names := detect.ShippedNames()
	common := func(secret string) bool {
		words := foldedWords(secret)
		if len(words) == 1 {
			return names.Ordinary(words[0])
		}
		return !slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) > 1 && !slices.Contains(open, w) })
	}
	for _, w := range withheld {
		if w.Type == detect.Relation || w.Type == detect.Address && ofAnyStreet(w.secret) || slices.Contains(out, w.secret) || common(w.secret) || slices.ContainsFunc(revealed, func(r string) bool { return len(occurrences(r, []string{w.secret})) > 0 }) {
			continue
		}
		out = append(out, w.secret)
	}
	return out
}

// ofAnyStreet says that an address is a number with no more than a word for what it is the number of: "flat 3", "number
// 14". A house by its name is not, nor one with its street.
func ofAnyStreet(address string) bool {
	return !slices.ContainsFunc(foldedWords(address), func(w string) bool { return !dwellings[w] && (w[0] < '0' || w[0] > '9') })
}

var dwellings = map[string]bool{"flat": true, "number": true, "no": true, "house": true, "apartment": true, "apt": true, "unit": true, "room": true}

// needle is one secret made ready.
type needle struct {
	index    int
	text     string
	words    []string // folded
	squeezed string   // the words without spaces
	backward string
	digits   string // of a secret that is mostly a number
}

// shortest squeezed secret that is looked for inside other letters: shorter ones stand in ordinary words by chance.
const shortestSqueezed = 8

func newNeedle(i int, secret string) needle {
	n := needle{index: i, text: secret, words: foldedWords(secret)}
	n.squeezed = strings.Join(n.words, "")
	runes := []rune(n.squeezed)
	slices.Reverse(runes)
	n.backward = string(runes)
	digits := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, secret)
	if len(digits) >= 6 && len(digits)*2 > len(n.squeezed) {
		n.digits = digits
	}
	return n
}

// view is the output read in one way.
type view struct {
	form string
	text string
}

// views gives the output as it stands, and decoded in each way that changes it.
func views(clean []byte) []view {
	plain := string(clean)
	all := []view{{"as words", plain}}
	add := func(form, text string) {
		if !slices.ContainsFunc(all, func(v view) bool { return v.text == text }) {
			all = append(all, view{form, text})
		}
	}
	add("escaped for a URL", unescape(plain, '%', ""))
	add("escaped for HTML", html.UnescapeString(plain))
	add("escaped for HTML, between tags", withoutTags(html.UnescapeString(plain)))
	add("escaped for JSON", unescapeJSON(plain))
	add("escaped as quoted-printable", unescape(plain, '=', "\n"))
	for _, start := range []int{0, 1} {
		for form, order := range map[string]int{"in UTF-16, low byte first": 0, "in UTF-16, high byte first": 1} {
			if text, ok := decodeUTF16(clean, start, order); ok {
				add(form, text)
			}
		}
	}
	return all
}

func searchWords(v view, needles []needle) []Leak {
	byFirst := make(map[string][]int)
	for i, n := range needles {
		byFirst[n.words[0]] = append(byFirst[n.words[0]], i)
	}
	type open struct{ needle, taken, start int }
	var opened []open
	var leaks []Leak
	seen := make(map[int]bool)
	report := func(i, at int) {
		if !seen[i] {
			seen[i] = true
			leaks = append(leaks, Leak{Secret: needles[i].index, Form: v.form, Offset: at})
		}
	}
	for w := range match.Words(v.text) {
		kept := opened[:0]
		for _, o := range opened {
			if words := needles[o.needle].words; words[o.taken] == w.Text {
				if o.taken++; o.taken == len(words) {
					report(o.needle, o.start)
				} else {
					kept = append(kept, o)
				}
			}
		}
		opened = kept
		for _, i := range byFirst[w.Text] {
			if len(needles[i].words) == 1 {
				report(i, w.Start)
			} else if !seen[i] {
				opened = append(opened, open{i, 1, w.Start})
			}
		}
	}
	return leaks
}

// searchSqueezed looks in the view without anything but letters and digits: for long secrets, forwards and backwards,
// and for numbers whatever stands between their digits.
func searchSqueezed(v view, needles []needle) []Leak {
	var b strings.Builder
	b.Grow(len(v.text))
	for w := range match.Words(v.text) {
		b.WriteString(w.Text)
	}
	text := b.String()
	numbers := withoutSeparators(v.text)
	var leaks []Leak
	for _, n := range needles {
		if utf8.RuneCountInString(n.squeezed) >= shortestSqueezed && n.digits == "" {
			if at := strings.Index(text, n.squeezed); at >= 0 {
				leaks = append(leaks, Leak{n.index, v.form + " run together", at})
			}
			if at := strings.Index(text, n.backward); at >= 0 && n.backward != n.squeezed {
				leaks = append(leaks, Leak{n.index, v.form + " run together backwards", at})
			}
		}
		if n.digits != "" {
			if at := strings.Index(numbers, n.digits); at >= 0 { // numbers that stand side by side run together here
				leaks = append(leaks, Leak{n.index, v.form + " as a number", at})
			}
		}
	}
	return leaks
}

// searchEncoded looks for secrets in base64 (at each of its three alignments, broken over lines or not) and in hex.
func searchEncoded(clean []byte, needles []needle) []Leak {
	packed := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r == '-':
			return '+' // the URL alphabet
		case r == '_':
			return '/'
		}
		return r
	}, string(clean))
	lower := strings.ToLower(packed)
	var leaks []Leak
	for _, n := range needles {
		for _, form := range []string{n.text, strings.ToLower(n.text), strings.ToUpper(n.text)} {
			found := false
			for _, core := range base64Cores(form) {
				if at := strings.Index(packed, core); len(core) >= 6 && at >= 0 {
					leaks, found = append(leaks, Leak{n.index, "in base64", at}), true
					break
				}
			}
			if at := strings.Index(lower, hex.EncodeToString([]byte(form))); at >= 0 && len(form) >= 4 {
				leaks, found = append(leaks, Leak{n.index, "in hex", at}), true
			}
			if found {
				break
			}
		}
	}
	return leaks
}

// base64Cores gives the parts of the encoding of s, at each alignment, that do not depend on what stands beside it.
func base64Cores(s string) (cores [3]string) {
	for shift := range 3 {
		encoded := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), s...))
		first := (shift*8 + 5) / 6 // characters that the bytes before reach into
		last := (shift + len(s)) * 8 / 6
		if first < last {
			cores[shift] = encoded[first:last]
		}
	}
	return cores
}

// unescape decodes two hex digits after mark, and drops mark before a line's end when soft is given.
func unescape(s string, mark byte, soft string) string {
	if strings.IndexByte(s, mark) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == mark {
			if i+2 < len(s) {
				if c, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
					b.WriteByte(c[0])
					i += 2
					continue
				}
			}
			if rest := strings.TrimPrefix(s[i+1:], "\r"); soft != "" && strings.HasPrefix(rest, soft) {
				i = len(s) - len(rest) + len(soft) - 1
				continue
			}
		}
		if s[i] == '+' && mark == '%' {
			b.WriteByte(' ')
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unescapeJSON decodes \u sequences, pairs included, and turns the other escapes into spaces or what they stand for.
func unescapeJSON(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	var units []uint16
	flush := func() {
		b.WriteString(string(utf16.Decode(units)))
		units = units[:0]
	}
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if s[i+1] == 'u' && i+5 < len(s) {
				if c, err := hex.DecodeString(s[i+2 : i+6]); err == nil {
					units = append(units, uint16(c[0])<<8|uint16(c[1]))
					i += 5
					continue
				}
			}
			flush()
			switch i++; s[i] {
			case 'n', 't', 'r', 'b', 'f':
				b.WriteByte(' ')
			default:
				b.WriteByte(s[i])
			}
			continue
		}
		flush()
		b.WriteByte(s[i])
	}
	flush()
	return b.String()
}

// withoutTags drops what stands between < and >, so that a name broken by tags is whole again.
func withoutTags(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			break
		}
		shut := strings.IndexByte(s[open:], '>')
		if shut < 0 {
			break
		}
		b.WriteString(s[:open])
		s = s[open+shut+1:]
	}
	return b.String() + s
}

// decodeUTF16 reads clean as UTF-16 from start on; ok is false when hardly anything in it is so written.
func decodeUTF16(clean []byte, start, order int) (string, bool) {
	zeros := 0
	for _, c := range clean {
		if c == 0 {
			zeros++
		}
	}
	if zeros < 4 && !slices.ContainsFunc([]string{"\xff\xfe", "\xfe\xff"}, func(bom string) bool { return strings.HasPrefix(string(clean[:min(2, len(clean))]), bom) }) {
		return "", false
	}
	units := make([]uint16, 0, len(clean)/2)
	for i := start; i+1 < len(clean); i += 2 {
		if order == 0 {
			units = append(units, uint16(clean[i])|uint16(clean[i+1])<<8)
		} else {
			units = append(units, uint16(clean[i+1])|uint16(clean[i])<<8)
		}
	}
	return string(utf16.Decode(units)), true
}

// withoutSeparators drops up to two spaces or marks between two digits.
func withoutSeparators(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if !isDigit(s[i]) {
			continue
		}
		j := i + 1
		for j < len(s) && j-i <= 3 && strings.IndexByte(" -./()\t\n\r_", s[j]) >= 0 {
			j++
		}
		if j < len(s) && isDigit(s[j]) {
			i = j - 1
		}
	}
	return b.String()
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
