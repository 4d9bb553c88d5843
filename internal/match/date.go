package match

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Date gives a calendar date as "2006-01-02". It reads ISO 8601 with or without separators, British day/month/year with
// any separator, month names ("14 March 1985", "14th Mar 85", "March 14, 1985"), weekday names, and ignores a time of
// day after the date. Month/day/year is read only where day/month/year is impossible. Of two-digit years, 00 to 29 are
// of this century and 30 to 99 of the last.
//
// Dates that stand for "unknown" are not ok: 1 January 1900 and earlier centuries, 30 December 1899, and 2099 onwards.
// The date is taken as written: a time zone beside it does not move it.
func Date(s string) (string, bool) {
	if len(s) > 64 {
		return "", false
	}
	parts := dateParts(withoutTime(strings.ToLower(strings.TrimSpace(s))))
	var d, m, y string
	switch len(parts) {
	case 1:
		if p := parts[0]; len(p) == 8 {
			y, m, d = p[:4], p[4:6], p[6:]
		}
	case 3:
		switch {
		case len(parts[0]) == 4:
			y, m, d = parts[0], parts[1], parts[2]
		case monthNumber(parts[0]) > 0:
			m, d, y = parts[0], parts[1], parts[2]
		default:
			d, m, y = parts[0], parts[1], parts[2]
		}
	}
	if len(y) != 4 && len(y) != 2 || len(d) > 2 || m == "" {
		return "", false
	}
	year, err1 := strconv.Atoi(y)
	day, err2 := strconv.Atoi(d)
	month, named := monthNumber(m), true
	if month == 0 {
		var err error
		if month, err = strconv.Atoi(m); err != nil || len(m) > 2 {
			return "", false
		}
		named = false
	}
	if err1 != nil || err2 != nil {
		return "", false
	}
	if len(y) == 2 {
		year += 1900
		if year < 1930 {
			year += 100
		}
	}
	if month > 12 && day <= 12 && !named && len(parts) == 3 && len(parts[0]) != 4 {
		day, month = month, day
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || t.Month() != time.Month(month) || t.Day() != day {
		return "", false // 31 February
	}
	if year < 1900 || year >= 2099 || year == 1900 && month == 1 && day == 1 {
		return "", false
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day), true
}

// withoutTime cuts s where a time of day begins: a "t" between digits, or a space before digits and a colon.
func withoutTime(s string) string {
	for i := 1; i < len(s)-1; i++ {
		switch {
		case s[i] == 't' && isDigit(s[i-1]) && isDigit(s[i+1]) && strings.Contains(s[i:], ":"):
			return s[:i]
		case (s[i] == ' ' || s[i] == ',') && clockFollows(s[i+1:]):
			return s[:i]
		}
	}
	return s
}

func clockFollows(s string) bool {
	s = strings.TrimPrefix(strings.TrimLeft(s, " "), "at ")
	n := 0
	for n < len(s) && n < 3 && isDigit(s[n]) {
		n++
	}
	return n >= 1 && n <= 2 && n < len(s) && s[n] == ':'
}

// dateParts splits into runs of digits and month names; anything else but separators, weekdays and ordinal endings
// makes it no date.
func dateParts(s string) []string {
	var parts []string
	for i := 0; i < len(s); {
		j := i
		switch c := s[i]; {
		case isDigit(c):
			for j < len(s) && isDigit(s[j]) {
				j++
			}
			parts = append(parts, s[i:j])
		case 'a' <= c && c <= 'z':
			for j < len(s) && 'a' <= s[j] && s[j] <= 'z' {
				j++
			}
			switch word := s[i:j]; {
			case monthNumber(word) > 0:
				parts = append(parts, word)
			case isWeekday(word), word == "st", word == "nd", word == "rd", word == "th", word == "of":
			default:
				return nil
			}
		case strings.IndexByte(" /-.,_\t", c) >= 0:
			j++
		default:
			return nil
		}
		i = j
	}
	return parts
}

func monthNumber(s string) int {
	if s == "sept" {
		return 9
	}
	return named(s, func(i int) string { return time.Month(i + 1).String() }, 12)
}

func isWeekday(s string) bool {
	switch s {
	case "tues", "weds", "thur", "thurs":
		return true
	}
	return named(s, func(i int) string { return time.Weekday(i).String() }, 7) > 0
}

// named gives the 1-based place of s among n English names, in full or by their first three letters; 0 when it is none.
func named(s string, name func(int) string, n int) int {
	for i := range n {
		full := strings.Map(unicode.ToLower, name(i))
		if s == full || s == full[:3] {
			return i + 1
		}
	}
	return 0
}

// IsMonth reports whether word is the English name of a month, in full or by its first letters, in any case.
func IsMonth(word string) bool { return monthNumber(strings.ToLower(word)) > 0 }
