package match

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// Phone gives a telephone number in E.164 ("+447700900123"); numbers without a country are taken as British. A number
// that no numbering plan knows still gets a canonical form, its digits without trunk or country prefix, so that the
// same wrong number on two records is found to be the same. ok needs 6 to 15 digits, more of them than letters.
func Phone(s string) (string, bool) {
	digits, letters, end := 0, 0, len(s)
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case unicode.IsLetter(r):
			if letters++; digits >= 9 {
				end = min(end, i) // an extension, or a word on whose number it is
			}
		case r == '@' || r == ':':
			return "", false
		}
	}
	if digits < 6 || digits > 20 || letters >= digits {
		return "", false
	}
	s = withoutLetters(s[:end]) // letters are no digits here: the numbers of a plan are not dialled by name
	if e164, ok := e164(s); ok {
		return e164, true
	}
	d := only(s, isDigit)
	if strings.HasPrefix(strings.TrimSpace(s), "+") {
		if e164, ok := e164("+" + d); ok {
			return e164, true
		}
	}
	for {
		if e164, ok := e164(d); ok {
			return e164, true
		}
		shorter := d
		switch {
		case strings.HasPrefix(d, "0"):
			shorter = d[1:]
		case strings.HasPrefix(d, "44") && len(d) >= 11:
			shorter = d[2:]
		}
		if shorter == d {
			break
		}
		d = shorter
	}
	if len(d) < 6 || len(d) > 15 {
		return "", false
	}
	return d, true
}

// Phones gives every number in a field that may hold several ("07700 900123 / 020 7946 0958"), in order.
func Phones(s string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(strings.ReplaceAll(s, " or ", ";"), func(r rune) bool { return strings.ContainsRune(";,/|\n", r) }) {
		if p, ok := Phone(part); ok && !contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// e164 is ok for a number of some country's plan. British numbers are judged by shape alone, ten digits of a
// geographic, mobile, non-geographic or special range: the plan's finer rules refuse ranges that are in use before the
// library hears of it, and the ranges kept for drama.
func e164(s string) (string, bool) {
	if d := only(s, isDigit); len(d) == 11 && d[0] == '0' && british(d[1:]) && !strings.Contains(s, "+") {
		return "+44" + d[1:], true // what nearly every field holds, without the library's parsing
	}
	n, err := phonenumbers.Parse(s, "GB")
	if err != nil {
		return "", false
	}
	shaped := n.GetCountryCode() == 44 && british(phonenumbers.GetNationalSignificantNumber(n))
	if !shaped && !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	return phonenumbers.Format(n, phonenumbers.E164), true
}

func withoutLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return -1
		}
		return r
	}, s)
}

func british(national string) bool {
	return len(national) == 10 && strings.IndexByte("12378", national[0]) >= 0
}
