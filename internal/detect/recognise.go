package detect

import (
	"strings"

	"tenet/internal/match"
)

// Each recogniser is given the token text[start:end] that holds a digit, and floor, before which nothing may be taken.

// labelled takes numbers that only the words before them tell from others: UPRN, passport, references.
func labelled(text string, start, end, floor int, c *context) (Span, bool) {
	if !c.said(saidUPRN | saidPassport | saidReference | saidCase) {
		return Span{}, false
	}
	var buf reading
	chars, ends := buf.run(text, start, 20, "")
	if n := len(chars); c.said(saidUPRN) && n <= 12 && allDigits(chars) {
		return Span{Start: start, End: ends[n-1], Type: UPRN, Score: 0.95, Why: "a number after the word UPRN"}, true
	}
	if c.said(saidPassport) {
		if span, ok := passport(text, start, floor); ok {
			return span, true
		}
	}
	// "ref: TEN/00123-4", "tenancy no 10023"
	from := start
	for from > floor && (isAlnum(text[from-1]) || strings.IndexByte("/-_", text[from-1]) >= 0) && start-from < 12 {
		from--
	}
	chars, ends = buf.run(text, from, 24, "/-_.")
	digits := allDigits(chars)
	sure := c.said(saidReference)
	if !sure && (digits || !c.said(saidCase)) {
		return Span{}, false // "case 7" is none; "case ASB/24/0193" is
	}
	if len(chars) < 4 || len(chars) == 24 || !c.adjacent(from) {
		return Span{}, false
	}
	if !digits && maybeDate(text[from:]) {
		if _, isDate := match.Date(text[from:ends[len(ends)-1]]); isDate {
			return Span{}, false
		}
	}
	return Span{Start: from, End: ends[len(ends)-1], Type: Reference, Score: 0.7, Why: "follows a word for a reference"}, true
}

// coded takes what systems number things with: letters, a stroke or hyphen, and four digits or more ("ASB/24/0193",
// "INC-20881", "24-1187" after "ASB/").
func coded(text string, start, end, floor int, c *context) (Span, bool) {
	if (end == len(text) || strings.IndexByte("/-_", text[end]) < 0) && (start == 0 || strings.IndexByte("/-_", text[start-1]) < 0) {
		return Span{}, false
	}
	from := start
	for from > floor && start-from < 16 && (isAlnum(text[from-1]) || strings.IndexByte("/-_", text[from-1]) >= 0) {
		from--
	}
	if !isUpper(text[from]) || from > 0 && (isAlnum(text[from-1]) || strings.IndexByte("/-_#.@", text[from-1]) >= 0 && from != start) {
		return Span{}, false
	}
	stop, letters, marks, digits := from, 0, 0, 0
	for ; stop < len(text) && stop-from < 32; stop++ {
		ch := text[stop]
		switch {
		case isDigit(ch):
			digits++
		case isUpper(ch):
			letters++
		case strings.IndexByte("/-_", ch) >= 0 && stop+1 < len(text) && isAlnum(text[stop+1]):
			marks++
		default:
			if isAlnum(ch) {
				return Span{}, false
			}
			return codeOf(text, from, stop, letters, marks, digits)
		}
	}
	return codeOf(text, from, stop, letters, marks, digits)
}

func codeOf(text string, from, stop, letters, marks, digits int) (Span, bool) {
	if marks == 0 || digits < 4 || letters > 8 || !atBoundary(text, stop) {
		return Span{}, false
	}
	return Span{Start: from, End: stop, Type: Reference, Score: 0.6, Why: "letters and digits as systems number things"}, true
}

// passport takes a number after the word: nine digits as British ones are, grouped or not, or one or two letters and six to
// eight digits as those of other countries are.
func passport(text string, start, floor int) (Span, bool) {
	from := start
	if isDigit(text[start]) && start-2 > floor && text[start-1] == ' ' && isLetter(text[start-2]) { // EA 1234567
		for from = start - 1; from > floor && start-from < 3 && 'A' <= text[from-1] && text[from-1] <= 'Z'; from-- {
		}
		if from == start-1 || from > 0 && isAlnum(text[from-1]) {
			from = start
		}
	}
	var buf reading
	chars, ends := buf.run(text, from, 10, " ")
	letters := 0
	for letters < len(chars) && !isDigit(chars[letters]) {
		letters++
	}
	n := letters
	for n < len(chars) && isDigit(chars[n]) {
		n++
	}
	if digits := n - letters; letters > 2 || digits < 6 || digits > 9 || letters == 0 && digits != 9 || !atBoundary(text, ends[n-1]) {
		return Span{}, false
	}
	return Span{Start: from, End: ends[n-1], Type: Passport, Score: 0.95, Why: "a number after the word passport"}, true
}

func ipv4(text string, start, end, floor int, c *context) (Span, bool) {
	i := start
	for group := range 4 {
		if group > 0 {
			if i >= len(text) || text[i] != '.' {
				return Span{}, false
			}
			i++
		}
		n, digits := 0, 0
		for i < len(text) && isDigit(text[i]) && digits < 4 {
			n, digits, i = n*10+int(text[i]-'0'), digits+1, i+1
		}
		if digits == 0 || digits > 3 || n > 255 {
			return Span{}, false
		}
	}
	if !atBoundary(text, i) || i+1 < len(text) && text[i] == '.' && isDigit(text[i+1]) {
		return Span{}, false
	}
	if c.said(saidVersion) {
		return Span{Start: start, End: i, Type: IP, Score: 0.4, Why: "four numbers with dots, but it may be a version"}, true
	}
	return Span{Start: start, End: i, Type: IP, Score: 0.9, Why: "four numbers up to 255 with dots"}, true
}

func nino(text string, start, end, floor int, c *context) (Span, bool) {
	from := start
	if isDigit(text[start]) { // "AB 12 34 56 C": the letters are a word of their own
		i := start
		if i > floor && (text[i-1] == ' ' || text[i-1] == '-') {
			i--
		}
		if i-2 < floor || !isLetter(text[i-1]) || !isLetter(text[i-2]) || i-3 >= 0 && isAlnum(text[i-3]) {
			return Span{}, false
		}
		from = i - 2
	}
	var buf reading
	chars, ends := buf.run(text, from, 9, " -.")
	if !shape(chars, "AA999999") {
		return Span{}, false
	}
	n := 8
	if len(chars) == 9 && !isDigit(chars[8]) && atBoundary(text, ends[8]) {
		if _, ok := match.NINO(string(chars)); ok {
			n = 9
		}
	}
	if !atBoundary(text, ends[n-1]) {
		return Span{}, false
	}
	span := Span{Start: from, End: ends[n-1], Type: NINO}
	said := c.said(saidInsurance)
	if from != start && !said && strings.ToUpper(text[from:from+2]) != text[from:from+2] {
		return Span{}, false // "to 123456 a"
	}
	if !said && n == 8 && (text[from+2] == '-' || c.said(saidAccount|saidReference|saidCase)) {
		return Span{}, false // a number of some system
	}
	switch valid := match.ValidNINO(string(chars[:8])); {
	case said:
		span.Score, span.Why = 0.97, "the shape of an NI number, and said to be one"
	case valid && n == 9:
		span.Score, span.Why = 0.95, "the shape of an NI number"
	case valid:
		span.Score, span.Why = 0.6, "the shape of an NI number without its last letter"
	case n == 9:
		span.Score, span.Why = 0.6, "the shape of an NI number, with a prefix that is not issued"
	default:
		return Span{}, false
	}
	return span, true
}

// licence takes a British driving licence number: surname, birth date woven with sex, initials, check (DVLA).
func licence(text string, start, end, floor int, c *context) (Span, bool) {
	from := start
	if isDigit(text[start]) && start-floor >= 6 && text[start-1] == ' ' && (start-floor == 6 || !isAlnum(text[start-7])) { // MORGA 657054 SM9IJ
		from = start - 6
	} else if isDigit(text[start]) && text[start] != '9' {
		return Span{}, false
	}
	var buf reading
	chars, ends := buf.run(text, from, 18, " ")
	for len(chars) > 16 && (len(chars) == 17 || ends[17] != ends[16]+1 || !atBoundary(text, ends[17])) {
		chars, ends = chars[:len(chars)-1], ends[:len(ends)-1] // the next word
	}
	if len(chars) < 16 || !atBoundary(text, ends[len(ends)-1]) || !shape(chars, "XXXXX999999XX9") {
		return Span{}, false
	}
	for _, ch := range chars[:5] {
		if isDigit(ch) && ch != '9' {
			return Span{}, false
		}
	}
	if isDigit(chars[0]) || isDigit(chars[14]) || isDigit(chars[15]) {
		return Span{}, false
	}
	month := int(chars[6]-'0')*10 + int(chars[7]-'0')
	if month > 50 {
		month -= 50
	}
	span := Span{Start: from, End: ends[len(ends)-1], Type: DrivingLicence, Score: 0.95, Why: "the shape of a driving licence number"}
	if month < 1 || month > 12 {
		span.Score, span.Why = 0.6, "the shape of a driving licence number, with a birth month that is none"
	}
	return span, true
}

func phone(text string, start, end, floor int, c *context) (Span, bool) {
	from := start
	plus := from > floor && text[from-1] == '+'
	if plus {
		from--
	}
	if from > floor && text[from-1] == '(' {
		from--
	}
	said := func() bool { return c.said(saidPhone) }
	if !plus && text[start] != '0' && !said() {
		return Span{}, false
	}
	// Digits with up to two marks between them, up to fifteen, the ends of groups remembered.
	var buf [16]int
	ends, digits := buf[:0], 0
	for i := start; i < len(text) && digits <= 15; {
		if isDigit(text[i]) {
			for i < len(text) && isDigit(text[i]) {
				i++
				digits++
			}
			if digits <= 15 && atBoundary(text, i) {
				ends = append(ends, i)
			}
			continue
		}
		gap := i
		for gap < len(text) && gap-i < 3 && strings.IndexByte(" -.()", text[gap]) >= 0 {
			gap++
		}
		if gap == i || gap >= len(text) || !isDigit(text[gap]) {
			break
		}
		i = gap
	}
	for k := len(ends) - 1; k >= 0; k-- {
		written := text[start:ends[k]]
		if plus {
			written = "+" + written
		}
		n := countDigits(written)
		if n < 6 {
			break // and what is shorter has fewer
		}
		if text[start] == '0' && !plus && n < 10 {
			continue
		}
		number, ok := match.Phone(written)
		if !ok || !plus && strings.HasPrefix(written, "0") && (n < 10 || n > 11 && !strings.HasPrefix(written, "00")) {
			continue
		}
		planned := strings.HasPrefix(number, "+")
		span := Span{Start: from, End: ends[k], Type: Phone}
		if text[from] == '(' && !strings.Contains(written, ")") {
			span.Start++
		}
		switch {
		case planned && (plus || text[start] == '0'):
			span.Score, span.Why = 0.95, "the shape of a telephone number"
		case said() && n >= 6:
			span.Score, span.Why = 0.7, "a number after a word for telephone"
		case (plus || text[start] == '0') && n >= 10:
			span.Score, span.Why = 0.5, "nearly the shape of a telephone number"
		default:
			continue
		}
		return span, true
	}
	return Span{}, false
}

// saidNHS comes before telephone numbers, which some health numbers resemble.
func saidNHS(text string, start, end, floor int, c *context) (Span, bool) {
	if !c.said(saidNHSNumber) {
		return Span{}, false
	}
	return nhs(text, start, end, floor, c)
}

func nhs(text string, start, end, floor int, c *context) (Span, bool) {
	var buf reading
	chars, ends := buf.run(text, start, 11, " -")
	if len(chars) < 10 || !allDigits(chars[:10]) || !atBoundary(text, ends[9]) {
		return Span{}, false
	}
	span := Span{Start: start, End: ends[9], Type: NHS}
	said := c.said(saidHealth)
	grouped := ends[2] == start+3 && ends[5] == start+7 && ends[9] == start+12 // 943 476 5919
	switch valid := match.ValidNHS(string(chars[:10])); {
	case valid && said:
		span.Score, span.Why = 0.99, "an NHS number whose check digit holds"
	case valid && grouped:
		span.Score, span.Why = 0.85, "grouped as an NHS number, and its check digit holds"
	case said:
		span.Score, span.Why = 0.7, "said to be an NHS number; its check digit fails"
	case valid && ends[9] == start+10:
		span.Score, span.Why = 0.5, "ten digits whose check would suit an NHS number"
	default:
		return Span{}, false
	}
	return span, true
}

func postcode(text string, start, end, floor int, c *context) (Span, bool) {
	if isDigit(text[start]) {
		return Span{}, false
	}
	var buf reading
	chars, ends := buf.run(text, start, 8, " ")
	for n := min(7, len(chars)); n >= 5; n-- {
		if !atBoundary(text, ends[n-1]) {
			continue
		}
		// The outward code is one token, and so is the inward one.
		whole := ends[n-1] == start+n
		parted := ends[n-1] == start+n+1 && ends[n-4] == start+n-3
		if !whole && !parted {
			continue
		}
		if _, ok := match.Postcode(string(chars[:n])); !ok {
			continue
		}
		span := Span{Start: start, End: ends[n-1], Type: Postcode, Score: 0.95, Why: "the shape of a postcode"}
		if whole {
			span.Score, span.Why = 0.7, "the shape of a postcode written together"
		}
		return span, true
	}
	return Span{}, false
}

func allDigits(chars []byte) bool {
	for _, c := range chars {
		if !isDigit(c) {
			return false
		}
	}
	return len(chars) > 0
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}
