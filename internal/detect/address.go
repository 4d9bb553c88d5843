package detect

import (
	"strings"

	"tenet/internal/match"
)

// address takes "14 High Street" and "Flat 2, 14 High Street": a house number, one to four words, a word for a street.
func address(text string, start, end, floor int, c *context) (Span, bool) {
	digits := 0
	for digits < end-start && isDigit(text[start+digits]) {
		digits++
	}
	if digits == 0 || digits > 4 || end-start > digits+1 || text[start] == '0' { // 14, 14a
		return Span{}, false
	}
	if start > 0 && strings.IndexByte(":/.", text[start-1]) >= 0 || end < len(text) && strings.IndexByte(":/", text[end]) >= 0 {
		return Span{}, false // part of a time or date
	}
	limit := min(len(text), end+60)
	words, last, before := 0, end, ""
	for w := range match.Words(text[end:limit]) {
		at := end + w.Start
		gap := text[last:at]
		if words >= 5 || strings.Trim(gap, " ,.-/'’") != "" || len(gap) > 4 || end+w.End == limit && limit < len(text) {
			break
		}
		if words++; strings.Contains(gap, ".") && before != "st" { // 3 St. John Street; but not "at 10. Then ..."
			break
		}
		last, before = end+w.End, w.Text
		if words == 1 && oneWordStreets[w.Text] && capital(text[at:last]) {
			return Span{Start: start, End: last, Type: Address, Score: 0.7, Why: "a house number and the name of a street of one word"}, true
		}
		if words == 1 && (countedWords[w.Text] || match.Common(w.Text)) {
			break
		}
		if words >= 2 && streetWords[w.Text] && !notStreet(text[at:last]) {
			from := start
			head := text[max(floor, start-36):start]
			if i := lastDwelling(head); i >= 0 {
				from = start - len(head) + i
			}
			for _, point := range []string{" North", " South", " East", " West"} {
				if strings.HasPrefix(text[last:], point) && atBoundary(text, last+len(point)) {
					last += len(point)
				}
			}
			return Span{Start: from, End: last, Type: Address, Score: 0.85, Why: "a house number and the name of a street"}, true
		}
	}
	return Span{}, false
}

// oneWordStreets are streets without a word for street.
var oneWordStreets = set(`quayside riverside broadway northgate southgate eastgate westgate kirkgate highgate briggate parkside hillside
	woodside lakeside causeway strand headrow crescent shambles cheapside poultry haymarket`)

// countedWords follow a number that is no house's.
var countedWords = set("hour hours day days week weeks month months year years minutes mins people times x")

// notStreet: "way", "place", "close" and their like in small letters are ordinary words.
func notStreet(word string) bool {
	switch word {
	case "way", "place", "close", "house", "park", "view", "row", "walk", "gate", "path", "rise", "green", "hill", "estate", "drive", "court", "approach",
		"cottage", "cottages", "fold", "point", "chase", "reach", "bank", "side", "loan", "heights", "tower", "towers", "buildings", "yard", "bridge", "field", "meadow", "meadows":
		return true
	}
	return false
}

// lastDwelling finds "Flat 2, " and its like at the end of head, and gives where it begins; -1 when it is not there.
func lastDwelling(head string) int {
	lower := strings.ToLower(head)
	for _, word := range []string{"flat", "apartment", "apt", "unit", "room", "maisonette"} {
		i := strings.LastIndex(lower, word)
		if i < 0 || len(lower) != len(head) || i > 0 && isAlnum(head[i-1]) {
			continue
		}
		rest := strings.Trim(head[i+len(word):], " ,.")
		if len(rest) <= 4 && strings.IndexFunc(rest, func(r rune) bool { return r > 127 || !isAlnum(byte(r)) }) < 0 {
			for _, storey := range []string{"ground floor ", "first floor ", "second floor ", "third floor ", "top floor ", "basement "} {
				if strings.HasSuffix(lower[:i], storey) {
					return i - len(storey)
				}
			}
			return i
		}
	}
	return -1
}

// dwelling takes a flat or room named by its number alone: "flat 3", "Room 4b". Whoever knows the block knows who lives there.
func dwelling(text string, start, end, floor int, c *context) (Span, bool) {
	if end-start > 4 || start < 4 || text[start-1] != ' ' || strings.IndexByte("tmerTMER", text[start-2]) < 0 || end < len(text) && strings.IndexByte(":/", text[end]) >= 0 {
		return Span{}, false
	}
	head := text[max(floor, start-12):start]
	for _, word := range [...]string{"flat ", "apartment ", "apt ", "room ", "maisonette "} {
		i := len(head) - len(word)
		if i < 0 || !strings.EqualFold(head[i:], word) || i > 0 && isAlnum(head[i-1]) || i == 0 && start-len(head) > 0 && isAlnum(text[start-len(head)-1]) {
			continue
		}
		if i >= 2 && head[i-2:i] == "a " {
			return Span{}, false // a flat 20 per cent
		}
		return Span{Start: start - len(word), End: end, Type: Address, Score: 0.5, Why: "a flat or room by its number"}, true
	}
	if strings.HasSuffix(head, "number ") && atHouse(head[:len(head)-len("number ")]) {
		return Span{Start: start - len("number "), End: end, Type: Address, Score: 0.5, Why: "a house by its number"}, true
	}
	return Span{}, false
}

// atHouse reports whether what stands before "number 8" says that somebody is there.
func atHouse(head string) bool {
	for _, word := range []string{"at ", "from ", "opposite ", "outside "} {
		if strings.HasSuffix(head, word) && (len(head) == len(word) || !isAlnum(head[len(head)-len(word)-1])) {
			return true
		}
	}
	return false
}
