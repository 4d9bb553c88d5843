package detect

import "strings"

func vehicle(text string, start, end, floor int, c *context) (Span, bool) {
	said := c.said(saidVehicle)
	if !said && isDigit(text[start]) {
		return Span{}, false
	}
	var buf reading
	chars, ends := buf.run(text, start, 8, " ")
	if len(chars) >= 7 && shape(chars, "AA99AAA") && atBoundary(text, ends[6]) && (ends[6] == start+7 || ends[6] == start+8 && ends[3] == start+4) {
		upper := strings.ToUpper(text[start:ends[6]]) == text[start:ends[6]]
		switch {
		case said:
			return Span{Start: start, End: ends[6], Type: Vehicle, Score: 0.95, Why: "the shape of a vehicle registration, and said to be one"}, true
		case upper:
			return Span{Start: start, End: ends[6], Type: Vehicle, Score: 0.75, Why: "the shape of a vehicle registration"}, true
		}
	}
	if span, ok := lettersFirst(text, start, floor); said && ok {
		return span, true
	}
	if said && len(chars) >= 5 { // A123 BCD, the style of 1983 to 2001
		for n := min(7, len(chars)); n >= 5; n-- {
			if pattern := "A999AAA"; atBoundary(text, ends[n-1]) && shape(chars, "A"+pattern[1:n-3]+"AAA") && ends[n-1] <= start+n+1 {
				return Span{Start: start, End: ends[n-1], Type: Vehicle, Score: 0.8, Why: "the shape of an older vehicle registration, and said to be one"}, true
			}
		}
	}
	return Span{}, false
}

// lettersFirst takes registrations of letters and then digits: "ABC 123A" of 1963 to 1983, "ABZ 1234" of Northern Ireland.
func lettersFirst(text string, start, floor int) (Span, bool) {
	from := start
	if isDigit(text[start]) && start-2 > floor && text[start-1] == ' ' {
		for from = start - 1; from > floor && start-from < 4 && 'A' <= text[from-1] && text[from-1] <= 'Z'; from-- {
		}
		if from > 0 && isAlnum(text[from-1]) {
			return Span{}, false
		}
	}
	var buf reading
	chars, ends := buf.run(text, from, 8, " ")
	letters := 0
	for letters < len(chars) && !isDigit(chars[letters]) {
		letters++
	}
	n := letters
	for n < len(chars) && isDigit(chars[n]) && n-letters < 4 {
		n++
	}
	if n < len(chars) && n-letters < 4 && !isDigit(chars[n]) && ends[n] == ends[n-1]+1 && atBoundary(text, ends[n]) {
		n++
	}
	if letters != 3 || n-letters < 3 || !atBoundary(text, ends[n-1]) {
		return Span{}, false
	}
	return Span{Start: from, End: ends[n-1], Type: Vehicle, Score: 0.7, Why: "the shape of an older or Northern Irish vehicle registration, and said to be one"}, true
}
