package detect

import (
	"cmp"
	"slices"
	"strings"

	"tenet/internal/match"
)

// Known is what the caller knows of people; [People] is one.
type Known interface {
	// Find gives the known people named in text. A person's surname or forename alone counts once the text has
	// introduced that person, or when present holds their id.
	Find(text string, present []string) []Span
	// Who gives the ids of the people whose identifier of type t this is; value is as written. nil when nobody's.
	Who(t Type, value string) []string
}

// Detect finds personal data in text; known may be nil. It is Detector{Known: known}.Detect(text).
func Detect(text string, known Known) []Span { return Detector{Known: known}.Detect(text) }

// Detector is Detect with what one landlord, or one case, adds. The zero Detector is ready to use.
type Detector struct {
	Known     Known    // who is known; may be nil
	Shapes    []Shape  // what the landlord's own references look like; see [NewShape]
	Present   []string // ids of known people whom the text concerns, such as the household: their forename or surname alone counts
	Names     *Names   // finds people nobody knows; nil for the one that is part of the program
	NoNames   bool     // leaves such people out: identifiers, known people and introductions only, many times as fast
	Relations bool     // also RELATION: words that say who somebody is and do not name them
	Bodies    bool     // also ORGANISATION and LOCATION, as Names finds them
}

// Detect gives the personal data in text, sorted by place and without overlaps.
func (d Detector) Detect(text string) []Span { return d.DetectWith(text, nil) }

// DetectWith is Detect with what somebody else found in the text: guesses like those of Names, which stand beside what is
// known and never widen it. They keep their own reasons.
func (d Detector) DetectWith(text string, others []Span) []Span {
	spans := scan(text, make([]Span, 0, len(text)/64+8))
	for i := range d.Shapes {
		spans = d.Shapes[i].find(text, spans)
	}
	words := readWords(text)
	spans = introduced(text, words, spans)
	if d.Known != nil {
		present := slices.Clone(d.Present)
		for i := range spans {
			s := &spans[i]
			if s.Type == Person {
				continue
			}
			s.People = d.Known.Who(s.Type, text[s.Start:s.End])
			if len(s.People) == 0 {
				continue
			}
			s.Why += "; a known person's"
			s.Score = max(s.Score, 0.95)
			if len(s.People) == 1 && s.Type != Postcode && s.Type != Address && s.Type != UPRN {
				present = append(present, s.People[0]) // their own e-mail or number introduces them as a name would
			}
		}
		if people, ok := d.Known.(*People); ok {
			spans = people.find(text, words, present, spans)
		} else {
			spans = append(spans, d.Known.Find(text, present)...)
		}
	}
	if !d.NoNames {
		names := d.Names
		if names == nil {
			names = shippedNames()
		}
		guesses, bodies := names.find(text, d.Bodies)
		spans = append(spans, outside(text, append(guesses, others...), spans)...)
		spans = append(spans, outside(text, bodies, spans)...) // a person in a body's name stays one
	} else {
		spans = append(spans, outside(text, others, spans)...)
	}
	if d.Relations {
		spans = append(spans, outside(text, related(text, words, nil), spans)...)
	}
	for i := range spans {
		spans[i].Text = text[spans[i].Start:spans[i].End]
	}
	return Resolve(text, spans)
}

// outside gives what of guesses nothing in surer covers, so that a guess never widens what is known: beside a known
// person's name it stands as a span of its own.
func outside(text string, guesses, surer []Span) []Span {
	if len(guesses) == 0 {
		return nil
	}
	surer = slices.Clone(surer)
	slices.SortFunc(surer, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	reach := make([]int, len(surer)) // the furthest end so far
	for i, s := range surer {
		reach[i] = s.End
		if i > 0 {
			reach[i] = max(reach[i], reach[i-1])
		}
	}
	var out []Span
	for _, g := range guesses {
		if g.Start < 0 || g.End > len(text) || g.Start >= g.End {
			continue
		}
		start := g.Start
		i, _ := slices.BinarySearchFunc(reach, start, func(end, start int) int { return cmp.Compare(end, start+1) })
		for ; i < len(surer) && surer[i].Start < g.End && start < g.End; i++ {
			if s := surer[i]; s.End > start {
				if piece := g.part(text, start, max(start, s.Start)); says(piece) {
					out = append(out, piece)
				}
				start = min(s.End, g.End)
			}
		}
		if piece := g.part(text, start, g.End); says(piece) {
			out = append(out, piece)
		}
	}
	return out
}

// says reports whether a piece tells anything still: of a name, more than a title or a small word.
func says(s Span) bool {
	if s.Type != Person {
		return s.Start < s.End
	}
	for w := range match.Words(s.Text) {
		if !titleWords[w.Text] && !functionWords[w.Text] && (len(w.Text) > 1 || capital(s.Text)) {
			return true
		}
	}
	return false
}

// Canonical gives the comparable forms of the identifiers of type t that value holds: one as a rule, several for a field
// with several e-mail addresses or telephone numbers, none where value is no such thing.
func Canonical(t Type, value string) []string {
	switch t {
	case Email:
		return match.Emails(value)
	case Phone:
		return match.Phones(value)
	}
	if c, ok := canonical(t, value); ok {
		return []string{c}
	}
	return nil
}

// canonical gives the one form of an identifier under which [People] remembers it.
func canonical(t Type, value string) (string, bool) {
	switch t {
	case Email:
		return match.Email(value)
	case Phone:
		return match.Phone(value)
	case NINO:
		return match.NINO(value)
	case NHS:
		return match.NHS(value)
	case Postcode:
		return match.Postcode(value)
	case UPRN:
		return match.UPRN(value)
	case DateOfBirth:
		return match.Date(value)
	case Address:
		return street(value)
	case Reference, Account:
		return match.Ref(value)
	}
	return "", false
}

// street gives the part of an address that tells one house from another: from the first number to the word that names
// the kind of street. "Flat 2, 14 High Street, Oldtown" gives "2 14 high st".
func street(s string) (string, bool) {
	address, ok := match.Address(s)
	if !ok {
		return "", false
	}
	words := strings.Fields(address)
	for len(words) > 0 && !strings.ContainsAny(words[0], "0123456789") {
		words = words[1:]
	}
	for i, w := range words {
		if i > 0 && streetWords[w] {
			return strings.Join(words[:i+1], " "), true
		}
	}
	return "", false
}

// streetWords are what British streets are called, folded, as match.Address spells them and as people do.
var streetWords = set(`street st road rd avenue ave av lane ln close cl court ct drive dr gardens gdns grove crescent cres place pl
	square sq terrace terr way walk row mews hill rise view parade park green vale croft mount gate wharf quay broadway
	villas buildings house lodge towers tower estate yard path circus approach cottage cottages maltings brow dene fold garth wynd brae
	loan vennel heights point chase reach mead meadow meadows bank side`)

func set(list string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}
