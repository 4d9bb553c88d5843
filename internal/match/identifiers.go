package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Email gives the address in lower case. It takes the address out of a display form ("Ann <ann@example.org>"), a
// mailto: link, and surrounding space or punctuation. Dots and +tags in the local part are kept: they are different
// mailboxes at most providers. ok is false when s holds no address or more than one; use [Emails] for those.
func Email(s string) (string, bool) {
	all := Emails(s)
	if len(all) != 1 {
		return "", false
	}
	return all[0], true
}

// Emails gives every distinct address in s, in order, each as [Email] would give it.
func Emails(s string) []string {
	var out []string
	for rest := s; ; {
		at := strings.IndexByte(rest, '@')
		if at < 0 {
			return out
		}
		start, end := at, at+1
		for start > 0 {
			r, n := utf8.DecodeLastRuneInString(rest[:start])
			if !isLocalPart(r) {
				break
			}
			start -= n
		}
		for end < len(rest) {
			r, n := utf8.DecodeRuneInString(rest[end:])
			if !isDomainPart(r) {
				break
			}
			end += n
		}
		local := strings.Trim(rest[start:at], ".'")
		domain := strings.Trim(rest[at+1:end], ".-")
		rest = rest[end:]
		// A display part written as a link: mailto:ann@example.org has its colon cut by isLocalPart already.
		if local == "" || len(local) > 64 || len(domain) > 253 || !strings.Contains(domain, ".") || strings.Contains(domain, "..") {
			continue
		}
		address := strings.ToLower(local + "@" + domain)
		if !contains(out, address) {
			out = append(out, address)
		}
	}
}

// isLocalPart accepts what RFC 5322 calls atext, and letters of any script (RFC 6531).
func isLocalPart(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(".!#$%&'*+-/=?^_`{|}~", r)
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
}

func isDomainPart(r rune) bool {
	return r == '.' || r == '-' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// NINO gives a National Insurance number as its two letters and six digits ("AB123456"). The suffix letter is checked
// for shape and left off: the number is unique without it (HMRC manual NIM39110) and half of all systems do not keep
// it. Whether HMRC could have allocated the number is for [ValidNINO] to say.
func NINO(s string) (string, bool) {
	c := only(s, func(c byte) bool { return isDigit(c) || isCapital(c) })
	switch {
	case len(c) != 8 && len(c) != 9, hasOther(s), !isCapital(c[0]), !isCapital(c[1]):
		return "", false
	case len(c) == 9 && !strings.Contains("ABCDFMP", c[8:]): // F and M: temporary numbers; P: payroll placeholder
		return "", false
	}
	for i := 2; i < 8; i++ {
		if !isDigit(c[i]) {
			return "", false
		}
	}
	return c[:8], true
}

// ValidNINO reports whether a canonical National Insurance number has a prefix that is allocated (HMRC manual NIM39110):
// no D, F, I, Q, U or V in either place, no O in the second, and not BG, GB, KN, NK, NT, TN or ZZ.
func ValidNINO(canonical string) bool {
	if len(canonical) != 8 {
		return false
	}
	switch prefix := canonical[:2]; {
	case strings.ContainsAny(prefix, "DFIQUV"), prefix[1] == 'O', strings.Contains(" BG GB KN NK NT TN ZZ ", " "+prefix+" "):
		return false
	}
	return true
}

// NHS gives a health number as ten digits. The same shape serves the NHS number of England and Wales, the CHI number of
// Scotland and the Health and Care number of Northern Ireland. Nine digits are taken for ten whose leading zero a
// numeric column has lost. Whether the check digit holds is for [ValidNHS] to say.
func NHS(s string) (string, bool) {
	c := only(s, isDigit)
	if len(c) == 9 {
		c = "0" + c
	}
	if len(c) != 10 || hasOther(s) || hasLetter(s) || strings.Trim(c, c[:1]) == "" {
		return "", false
	}
	return c, true
}

// ValidNHS reports whether the tenth digit of a canonical health number is the right modulus-11 check digit
// (NHS Data Dictionary, NHS NUMBER).
func ValidNHS(canonical string) bool {
	if len(canonical) != 10 {
		return false
	}
	sum := 0
	for i := 0; i < 10; i++ {
		if !isDigit(canonical[i]) {
			return false
		}
		if i < 9 {
			sum += int(canonical[i]-'0') * (10 - i)
		}
	}
	check := 11 - sum%11
	if check == 11 {
		check = 0
	}
	return check == int(canonical[9]-'0') // a check of 10 is never issued, and never equals a digit
}

// Postcode gives a UK postcode as outward and inward code with one space ("SW1A 1AA"). It judges by shape (BS 7666),
// not by whether Royal Mail has issued it.
func Postcode(s string) (string, bool) {
	c := only(s, func(c byte) bool { return isDigit(c) || isCapital(c) })
	if len(c) < 5 || len(c) > 7 || hasOther(s) {
		return "", false
	}
	out, in := c[:len(c)-3], c[len(c)-3:]
	if !isDigit(in[0]) || !isCapital(in[1]) || !isCapital(in[2]) || strings.ContainsAny(in[1:], "CIKMOV") {
		return "", false
	}
	if c == "GIR0AA" {
		return "GIR 0AA", true
	}
	var shape [4]byte
	for i := 0; i < len(out); i++ {
		shape[i] = 'A'
		if isDigit(out[i]) {
			shape[i] = '9'
		}
	}
	switch string(shape[:len(out)]) {
	case "A9", "A99", "AA9", "AA99", "A9A", "AA9A":
		return out + " " + in, true
	}
	return "", false
}

// UPRN gives a Unique Property Reference Number: up to twelve digits, without leading zeros.
func UPRN(s string) (string, bool) {
	c := strings.TrimLeft(only(s, isDigit), "0")
	if c == "" || len(c) > 12 || hasOther(s) || hasLetter(s) {
		return "", false
	}
	return c, true
}

// Ref gives a reference (tenancy, account, case, customer) as its letters and digits in capitals, without spaces or
// punctuation. Leading zeros count.
func Ref(s string) (string, bool) {
	if placeholder(s) || !utf8.ValidString(s) {
		return "", false
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(strings.ToUpper(norm.NFKC.String(s))) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	c := b.String()
	if c == "" || placeholder(c) || c != upperOnce(c) {
		return "", false
	}
	return c, true
}

// upperOnce is what [Ref] would make of c a second time; the few runes for which that differs (some have no stable
// capital) are in no landlord's references.
func upperOnce(c string) string {
	return norm.NFKC.String(strings.ToUpper(norm.NFKC.String(c)))
}

// Address gives a postal address as folded words with the usual abbreviations written out, so that "Flat 2, 14 High
// St." and "FLAT 2 14 HIGH STREET" are equal. A postcode within it is kept at the end. It needs two words and a digit
// to be ok: a town alone is no address.
func Address(s string) (string, bool) {
	var words []string
	digit := false
	for w := range Words(s) {
		text := w.Text
		if full, ok := addressWords[text]; ok {
			text = full
		}
		digit = digit || strings.ContainsAny(text, "0123456789")
		words = append(words, text)
	}
	if len(words) < 2 || !digit {
		return "", false
	}
	return strings.Join(words, " "), true
}

// "st" is left alone: it is Saint as often as Street, so Street is shortened instead of lengthening it.
var addressWords = map[string]string{
	"street": "st", "saint": "st", "rd": "road", "ave": "avenue", "av": "avenue", "ln": "lane", "cl": "close", "ct": "court",
	"crt": "court", "cres": "crescent", "dr": "drive", "gdns": "gardens", "gdn": "garden", "gr": "grove", "gro": "grove",
	"hse": "house", "pl": "place", "sq": "square", "terr": "terrace", "ter": "terrace", "pk": "park", "bldgs": "buildings",
	"apt": "flat", "apartment": "flat", "mt": "mount", "est": "estate",
}

// hasOther reports whether s holds anything but ASCII letters, digits and the punctuation people put inside numbers.
func hasOther(s string) bool {
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', unicode.IsSpace(r), strings.ContainsRune("-./_()\u2013\u200b", r):
		default:
			return true
		}
	}
	return false
}

func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}
