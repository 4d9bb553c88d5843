package find

import (
	"regexp"
	"slices"
	"strings"

	"tenet/internal/index"
	"tenet/internal/match"
)

// evidence is what one text says about one person.
type evidence struct {
	full      bool // forename or initial, and surname, together
	titled    bool // title and surname, in the person's own title
	unique    bool // a number or address that is this person's alone
	joint     bool // a reference that others hold too
	born      bool // the date of birth
	addressed bool // the salutation is to the person
	jointly   bool // the salutation is to more people than one
	signed    bool // the person's name stands alone among the last lines
	placed    bool // a forename they go by, near to where they live: neither says it alone
}

// strength is how much there is to say that the person is meant, for putting what is
// to be looked at in order. alone says that nobody else has the name.
func (e evidence) strength(alone bool) int {
	switch named := e.full || e.titled; {
	case e.unique && named:
		return 6
	case e.unique:
		return 5
	case named && (e.born || e.joint):
		return 4
	case e.full && alone:
		return 3
	case named:
		return 2
	}
	return 1
}

// reader looks for one person in texts.
type reader struct {
	// withJoint is the person with the references that they hold together with
	// others too, ready in whole to be held against columns that name someone.
	withJoint match.Known
	whole     *match.Profile

	known  match.Known
	family []string          // each surname, as one word
	given  map[string]bool   // forenames the person goes by
	first  map[string]bool   // their initials
	codes  map[string]string // written numbers → "unique" or "joint"
	emails map[string]bool
	places map[string]bool // where they live, as it may stand in a text: postcodes, numbers with the first word of the street
	// couple says that somebody who holds something together with the person has
	// the same surname, so that a title and surname may mean either.
	couple bool
}

func newReader(k match.Known, joint []string) *reader {
	r := &reader{known: k, withJoint: k, given: map[string]bool{}, first: map[string]bool{}, codes: map[string]string{}, emails: map[string]bool{}, places: placesOf(k)}
	r.withJoint.Refs = append(slices.Clone(k.Refs), joint...)
	r.whole = match.NewProfile(r.withJoint)
	for _, n := range append([]match.Name{k.Name}, k.KnownAs...) {
		if f := strings.Join(n.Family, ""); f != "" && !slices.Contains(r.family, f) {
			r.family = append(r.family, f)
		}
		for _, g := range append(slices.Clone(n.Also), firstOf(n.Given)...) {
			r.given[g] = true
			r.first[g[:1]] = true
		}
	}
	for _, t := range index.CodesOf(k) {
		if t.Kind == "email" {
			r.emails[t.Value] = true
		} else {
			r.codes[t.Value] = "unique"
		}
	}
	for _, ref := range joint {
		r.codes[ref] = "joint"
	}
	return r
}

var titles = map[string]bool{"mr": true, "mrs": true, "ms": true, "miss": true, "mx": true, "dr": true}

// read gathers what the text says of the person.
func (r *reader) read(text string) evidence {
	var e evidence
	words := slices.Collect(match.Words(text))
	for i := range words {
		if n := r.surnameAt(words, i); n > 0 {
			full, titled := r.before(words, i)
			e.full = e.full || full || i+n < len(words) && r.given[words[i+n].Text] && strings.Contains(text[words[i+n-1].End:words[i+n].Start], ",")
			e.titled = e.titled || titled
		}
	}
	for _, t := range index.TextTerms(text) {
		switch {
		case t.Kind == "email" && r.emails[t.Value]:
			e.unique = true
		case t.Kind == "code" && r.codes[t.Value] == "unique":
			e.unique = true
		case t.Kind == "code" && r.codes[t.Value] == "joint":
			e.joint = true
		}
	}
	e.placed = r.placed(words)
	if r.known.DOB != "" {
		for _, d := range dates.FindAllString(text, -1) {
			if v, ok := match.Date(d); ok && v == r.known.DOB {
				e.born = true
			}
		}
	}
	r.lines(text, &e)
	return e
}

// near is how many words apart a forename and an address may stand to be of one
// person.
const near = 8

// placed says that a forename of the person stands near to where they live.
func (r *reader) placed(words []match.Word) bool {
	forename := func(w match.Word) bool { return len(w.Text) > 1 && r.given[w.Text] }
	for i, w := range words {
		at := strings.ToUpper(w.Text)
		end := i + 1
		if !r.places[at] && end < len(words) {
			at += strings.ToUpper(words[end].Text)
			end++
		}
		if r.places[at] && (slices.ContainsFunc(words[max(0, i-near):i], forename) || slices.ContainsFunc(words[end:min(len(words), end+near)], forename)) {
			return true
		}
	}
	return false
}

// placesOf are the codes (see index.TextTerms) by which a text may give where
// somebody lives.
func placesOf(k match.Known) map[string]bool {
	out := map[string]bool{}
	if k.Postcode != "" {
		out[strings.ReplaceAll(k.Postcode, " ", "")] = true
	}
	for _, a := range k.Addresses {
		words := slices.Collect(match.Words(a))
		for i := 1; i < len(words); i++ {
			number, street := words[i-1].Text, words[i].Text
			if strings.ContainsAny(number, "0123456789") && len(number)+len(street) >= 4 && !strings.ContainsAny(street, "0123456789") {
				out[strings.ToUpper(number+street)] = true
			}
		}
	}
	return out
}

var dates = regexp.MustCompile(`(?i)\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b|\b\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{4}\b`)

// surnameAt says how many words from i on are one of the surnames; 0 for none.
func (r *reader) surnameAt(words []match.Word, i int) int {
	joined := ""
	for n := 1; n <= 3 && i+n <= len(words); n++ {
		joined += words[i+n-1].Text
		if slices.Contains(r.family, joined) {
			return n
		}
	}
	return 0
}

// before looks at what stands before a surname: forename, initial, title.
func (r *reader) before(words []match.Word, i int) (full, titled bool) {
	for back := 1; back <= 3 && i-back >= 0; back++ {
		w := words[i-back].Text
		switch {
		case r.given[w]:
			return true, titled
		case back == 1 && len(w) == 1 && r.first[w]:
			return true, titled
		case titles[w]:
			return full, r.entitled(w)
		case back == 1 && len(w) > 1 && i-2 >= 0 && !r.given[words[i-2].Text]:
			return false, false // another forename: somebody else of the family
		}
	}
	return false, false
}

// entitled says whether a title before the surname means this person.
func (r *reader) entitled(title string) bool {
	switch own := r.known.Name.Title; own {
	case "":
		return !r.couple
	case title:
		return true
	default:
		return title == "ms" && own != "mr" && own != "dr"
	}
}

// lines looks at how a letter begins and ends.
func (r *reader) lines(text string, e *evidence) {
	var lines []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	// What stands above the salutation is the address; what ends the letter, below
	// it, is the signature.
	dear := slices.IndexFunc(lines, func(l string) bool { _, ok := cutFold(l, "dear "); return ok })
	for i, l := range lines[:dear+1] {
		rest, _ := cutFold(l, "dear ")
		words := slices.Collect(match.Words(rest))
		// A line of an address begins with the name and holds little else.
		if len(words) == 0 || len(words) > 12 || i < dear && !titles[words[0].Text] && !r.given[words[0].Text] {
			continue
		}
		several := strings.Contains(rest, "&") || slices.ContainsFunc(words, func(w match.Word) bool { return w.Text == "and" })
		for j, w := range words {
			full, titled := false, false
			if r.surnameAt(words, j) > 0 {
				full, titled = r.before(words, j)
			}
			if full || i == dear && (titled || r.given[w.Text]) {
				e.addressed, e.jointly = true, e.jointly || several
			}
		}
	}
	for _, l := range lines[max(dear+1, min(1, len(lines)), len(lines)-6):] {
		words := slices.Collect(match.Words(l))
		if len(words) == 0 || len(words) > 4 {
			continue
		}
		for i := range words {
			if n := r.surnameAt(words, i); n > 0 && i+n == len(words) {
				if full, _ := r.before(words, i); full {
					e.signed = true
				}
			}
		}
	}
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
