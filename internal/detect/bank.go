package detect

import "tenet/internal/match"

func iban(text string, start, end, floor int, c *context) (Span, bool) {
	if isDigit(text[start]) {
		return Span{}, false
	}
	var buf reading
	chars, ends := buf.run(text, start, 34, " -")
	if len(chars) < 15 || !shape(chars, "AA99") {
		return Span{}, false
	}
	for n := len(chars); n >= 15; n-- {
		if atBoundary(text, ends[n-1]) && mod97(chars[:n]) {
			return Span{Start: start, End: ends[n-1], Type: IBAN, Score: 0.99, Why: "the shape and check of an IBAN"}, true
		}
	}
	if string(chars[:2]) == "GB" && len(chars) >= 22 && shape(chars[4:], "AAAA99999999999999") && atBoundary(text, ends[21]) {
		return Span{Start: start, End: ends[21], Type: IBAN, Score: 0.6, Why: "the shape of a British IBAN; its check fails"}, true
	}
	return Span{}, false
}

func card(text string, start, end, floor int, c *context) (Span, bool) {
	if text[start] < '2' || text[start] > '6' {
		return Span{}, false
	}
	var buf reading
	chars, ends := buf.run(text, start, 20, " -")
	for n := min(len(chars), 19); n >= 13; n-- {
		number := chars[:n]
		if !allDigits(number) || !atBoundary(text, ends[n-1]) {
			continue
		}
		span := Span{Start: start, End: ends[n-1], Type: Card}
		said := c.said(saidCard)
		grouped := ends[n-1]-start > n
		switch checked := luhn(number); {
		case checked && (said || n >= 15):
			span.Score, span.Why = 0.97, "a card number whose check digit holds"
		case checked:
			span.Score, span.Why = 0.7, "as long as a card number, and its check digit holds"
		case said:
			span.Score, span.Why = 0.6, "said to be a card number; its check digit fails"
		case n == 16 && grouped:
			span.Score, span.Why = 0.5, "grouped as a card number; its check digit fails"
		default:
			continue
		}
		return span, true
	}
	return Span{}, false
}

func sortCode(text string, start, end, floor int, c *context) (Span, bool) {
	var buf reading
	chars, ends := buf.run(text, start, 7, "- ")
	if len(chars) < 6 || !allDigits(chars[:6]) || !atBoundary(text, ends[5]) {
		return Span{}, false
	}
	pairs := ends[1] == start+2 && ends[3] == start+5 && ends[5] == start+8
	dashed := pairs && text[start+2] == '-' && text[start+5] == '-'
	said := c.said(saidSortCode)
	switch {
	case said && (pairs || ends[5] == start+6):
		return Span{Start: start, End: ends[5], Type: SortCode, Score: 0.97, Why: "six digits after the words sort code"}, true
	case dashed && !c.said(saidDate):
		why, score := "six digits in pairs, as a sort code is written", 0.6
		if _, isDate := match.Date(text[start:ends[5]]); isDate {
			why, score = "six digits in pairs, as a sort code is written; it may be a date", 0.4
		}
		return Span{Start: start, End: ends[5], Type: SortCode, Score: score, Why: why}, true
	}
	return Span{}, false
}

func account(text string, start, end, floor int, c *context) (Span, bool) {
	if !c.said(saidAccount) {
		return Span{}, false
	}
	var buf reading
	chars, ends := buf.run(text, start, 9, " ")
	for len(chars) > 0 && (len(chars) > 8 || !isDigit(chars[len(chars)-1]) || !atBoundary(text, ends[len(ends)-1])) {
		chars, ends = chars[:len(chars)-1], ends[:len(ends)-1]
	}
	n := len(chars)
	if n < 7 || !allDigits(chars) || ends[n-1]-start > n+1 {
		return Span{}, false
	}
	return Span{Start: start, End: ends[n-1], Type: Account, Score: 0.9, Why: "eight digits after a word for a bank account"}, true
}
