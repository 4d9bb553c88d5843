package match

import (
	"slices"
	"strings"
	"unicode"
)

// home is an address taken apart far enough to tell one front door from the next.
type home struct {
	number, flat string // "14", "2"; "" when not given
	street       string // the words that are left, folded, in order; without town and postcode where a comma divides them
	postcode     string
	slashed      bool // number and flat stood as 2/14, which half of Scotland writes 14/2
}

// homeOf takes a written address apart: "Flat 2, 14 High St", "2/14 High Street", "14B High St", "14 High Street Flat B".
// ok is false when it has neither a number nor a flat.
func homeOf(s string) (h home, ok bool) {
	if len(s) > 512 {
		return home{}, false
	}
	var street []string
	words, postcode := addressTokens(s)
	h.postcode = postcode
	for i := 0; i < len(words); i++ {
		w := words[i]
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		switch {
		case unitWords[w] && next != "" && (next != "" && hasDigit(next) || len(next) == 1):
			h.flat = next
			i++
		case floors[w] != "" && (next == "floor" || next == "flat" || next == "ff"):
			if h.flat == "" {
				h.flat = floors[w]
			}
			i++
			if i+1 < len(words) && words[i+1] == "flat" {
				i++
			}
		case unitWords[w], w == "floor" && h.flat != "":
		case h.number == "" && strings.Contains(w, "/") && hasDigit(next) && h.flat == "":
			h.flat = w // 2/1, 14 High Street: second floor, first door
		case h.number == "" && strings.Contains(w, "/"):
			h.flat, h.number, _ = strings.Cut(w, "/")
			h.slashed = true
		case h.number == "" && hasDigit(w):
			h.number = strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz")
			letter := w[len(h.number):]
			if letter == "" && len(next) == 1 && 'a' <= next[0] && next[0] <= 'z' {
				letter = next
				i++
			}
			if h.flat == "" && len(letter) == 1 {
				h.flat = letter
			}
		default:
			street = append(street, w)
		}
	}
	h.number, h.flat = strings.TrimLeft(h.number, "0"), strings.TrimLeft(h.flat, "0")
	if h.number == "" { // Flat 79, Follingham Court, which is 79 Follingham Court
		h.number, h.flat = h.flat, ""
	}
	h.street = strings.Join(street[:min(len(street), 2)], " ")
	return h, h.number != ""
}

var unitWords = map[string]bool{"flat": true, "unit": true, "room": true, "studio": true, "no": true, "number": true, "maisonette": true, "bedsit": true}

var floors = map[string]string{"basement": "basement", "garden": "garden", "ground": "ground", "first": "1st", "second": "2nd", "third": "3rd", "top": "top", "upper": "upper", "lower": "lower"}

// addressTokens gives the folded words of an address with its abbreviations made one, slashes between figures kept, and
// the postcode at its end apart.
func addressTokens(s string) (words []string, postcode string) {
	for _, w := range strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '/' }) {
		if w = strings.Trim(w, "/"); w == "" {
			continue
		}
		if full, ok := addressWords[w]; ok {
			w = full
		}
		words = append(words, w)
	}
	for n := 1; n <= 2 && n < len(words); n++ {
		if p, ok := Postcode(strings.Join(words[len(words)-n:], "")); ok {
			return words[:len(words)-n], p
		}
	}
	return words, ""
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// Levels of place, from best to worst; placeUnknown where either side does not say.
const (
	placeUnknown = iota
	sameHome
	sameBuilding // or a flat that one side leaves out
	samePostcode
	sameTown
	otherPlace
)

// places is what is known of where somebody lives or has lived.
type places struct {
	uprn  string
	homes []home
	post  []string // postcodes
	towns string
}

func placesOf(k Known) places {
	p := places{}
	p.uprn, _ = UPRN(k.UPRN)
	own, _ := Postcode(k.Postcode)
	if own != "" {
		p.post = append(p.post, own)
	}
	for i, a := range k.Addresses {
		h, ok := homeOf(a)
		if h.postcode == "" && i == 0 {
			h.postcode = own
		}
		if h.postcode != "" && !contains(p.post, h.postcode) {
			p.post = append(p.post, h.postcode)
		}
		if ok {
			p.homes = append(p.homes, h)
		}
	}
	if !placeholder(k.Town) {
		p.towns = strings.TrimSpace(Fold(k.Town))
	}
	return p
}

func (p places) known() bool {
	return p.uprn != "" || len(p.homes) > 0 || len(p.post) > 0 || p.towns != ""
}

func comparePlaces(a, b places) int {
	if !a.known() || !b.known() {
		return placeUnknown
	}
	best, compared := otherPlace, false
	if a.uprn != "" && b.uprn != "" {
		if a.uprn == b.uprn {
			return sameHome
		}
		compared = true
	}
	for _, x := range a.homes {
		for _, y := range b.homes {
			best, compared = min(best, compareHomes(x, y)), true
		}
	}
	if len(a.post) > 0 && len(b.post) > 0 {
		compared = true
		if slices.ContainsFunc(a.post, func(p string) bool { return contains(b.post, p) }) {
			best = min(best, samePostcode)
		}
	}
	if a.towns != "" && b.towns != "" {
		compared = true
		if a.towns == b.towns || spelling(a.towns, b.towns) == Alike {
			best = min(best, sameTown)
		}
	}
	if !compared {
		return placeUnknown
	}
	return best
}

func compareHomes(a, b home) int {
	near := a.postcode != "" && a.postcode == b.postcode || (a.postcode == "" || b.postcode == "") && a.street != "" && a.street == b.street
	switch {
	case !near:
		return otherPlace
	case a.number == b.number && a.flat == b.flat:
		return sameHome
	case a.number == b.number && (a.flat == "" || b.flat == ""), (a.slashed || b.slashed) && a.number == b.flat && a.flat == b.number:
		return sameBuilding
	case a.postcode != "":
		return samePostcode
	}
	return otherPlace
}
