package detect

import (
	"strings"
	"time"

	"tenet/internal/match"
)

// birth takes a date with a word for birth before it; other dates are nobody's identifier.
func birth(text string, start, end, floor int, c *context) (Span, bool) {
	if !c.said(saidBirth) && (floor == 0 || !isAlnum(text[floor-1])) {
		return Span{}, false
	}
	since := context{text: text[floor:], start: start - floor} // a word for birth counts for the first date after it
	if !since.said(saidBirth) {
		return Span{}, false
	}
	from := start
	if head := strings.TrimRight(text[floor:start], " "); len(head) < start-floor { // "March 14, 1985"
		if cut := strings.LastIndexAny(head, " \t\n:,(") + 1; match.IsMonth(head[cut:]) {
			from = floor + cut
		}
	}
	if written := text[start:end]; end-start == 6 && allDigits([]byte(written)) { // 140385
		if _, ok := match.Date(written[:2] + "/" + written[2:4] + "/" + written[4:]); ok {
			return Span{Start: start, End: end, Type: DateOfBirth, Score: 0.8, Why: "six digits after a word for birth"}, true
		}
	}
	limit := min(len(text), from+32)
	for stop := limit; stop > from; stop-- { // the longest text that reads as a date
		if stop < len(text) && isAlnum(text[stop]) && isAlnum(text[stop-1]) || !isAlnum(text[stop-1]) {
			continue
		}
		if _, ok := match.Date(text[from:stop]); ok {
			return Span{Start: from, End: stop, Type: DateOfBirth, Score: 0.95, Why: "a date after a word for birth"}, true
		}
	}
	return Span{}, false
}

// date passes over a written date that no word for birth introduces. Pairs of digits with dashes are left to sortCode.
func date(text string, start, end, floor int, c *context) (Span, bool) {
	if end == len(text) || strings.IndexByte("-/.", text[end]) < 0 {
		return Span{}, false
	}
	for _, pattern := range []string{"9999-99-99", "99/99/9999", "9/99/9999", "99/9/9999", "9/9/9999", "99.99.9999", "99-99-9999", "99/99/99", "9/9/99"} {
		stop := start + len(pattern)
		if stop > len(text) || !atBoundary(text, stop) || !written(text[start:stop], pattern) {
			continue
		}
		if calendarDate(text[start:stop]) {
			return Span{Start: start, End: stop}, true
		}
	}
	return Span{}, false
}

// calendarDate reports whether three numbers with marks between them are a date as [match.Date] reads one.
func calendarDate(s string) bool {
	var n, digits [3]int
	part := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n[part] = n[part]*10 + int(s[i]-'0')
			digits[part]++
		} else {
			part++
		}
	}
	day, month, year := n[0], n[1], n[2]
	switch {
	case digits[0] == 4:
		day, year = year, day
	case month > 12 && day <= 12:
		day, month = month, day
	}
	if digits[0] < 4 && digits[2] == 2 {
		if year += 1900; year < 1930 {
			year += 100
		}
	}
	if month < 1 || month > 12 || day < 1 || day > 31 || year < 1900 || year >= 2099 || year == 1900 && month == 1 && day == 1 {
		return false
	}
	return day <= 28 || time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
}

// written reports whether s is pattern with some digit for each 9.
func written(s, pattern string) bool {
	for i := range len(s) {
		if isDigit(s[i]) != (pattern[i] == '9') || !isDigit(s[i]) && s[i] != pattern[i] {
			return false
		}
	}
	return true
}

// maybeDate reports whether s begins as a date does: with a digit, or letters that may be a month, a day of the week or
// an ordinal's ending.
func maybeDate(s string) bool {
	var head [3]byte
	n := 0
	for n < len(head) && n < len(s) && isLetter(s[n]) {
		head[n] = small[s[n]]
		n++
	}
	return n < len(head) || dateWords[string(head[:])]
}

// dateWords are the first letters of the months and the days of the week.
var dateWords = set("jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun")
