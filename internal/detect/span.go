package detect

import (
	"cmp"
	"slices"
	"unicode"
)

// Type is the kind of personal data a span holds.
type Type string

// The types, as commands and files spell them.
const (
	Person         Type = "PERSON"
	Email          Type = "EMAIL"
	Phone          Type = "PHONE"
	Address        Type = "ADDRESS"
	Postcode       Type = "POSTCODE"
	NINO           Type = "NINO"
	NHS            Type = "NHS"
	DateOfBirth    Type = "DATE_OF_BIRTH"
	Card           Type = "CARD"
	SortCode       Type = "SORT_CODE"
	Account        Type = "ACCOUNT"
	IBAN           Type = "IBAN"
	Passport       Type = "PASSPORT"
	DrivingLicence Type = "DRIVING_LICENCE"
	Vehicle        Type = "VEHICLE"
	UPRN           Type = "UPRN"
	IP             Type = "IP"
	URL            Type = "URL"
	Reference      Type = "REFERENCE"
	Organisation   Type = "ORGANISATION"
	Location       Type = "LOCATION"
	Relation       Type = "RELATION" // words that say who somebody is and do not name them: "her son", "the lady upstairs"
)

// Part says which part of a name stands alone.
type Part string

// The parts. The zero Part is a fuller name, or one of which nobody knows which part it is.
const (
	Forename Part = "forename"
	Surname  Part = "surname"
)

// Span is one piece of personal data in a text.
type Span struct {
	Start, End int      // byte offsets: text[Start:End], on rune boundaries
	Type       Type     // what it is
	Text       string   // text[Start:End]
	Score      float64  // 0 to 1: how sure
	Why        string   // the reason in words, without the data
	Part       Part     // of a PERSON: which part of the name stands alone, where that is known
	People     []string // ids of the known people it may stand for, sorted; several when the words do not settle it
	Maybe      []string // ids of the known people it stands for if it is written with a slip; then People is empty, for it may be a stranger's
}

// Resolve gives spans sorted and without overlaps. Where two overlap the longer stands, then the one with the higher
// score; what the other covers beyond it stands as a span of its own, so that nothing found is left uncovered; and the
// people of a span wholly inside another are handed to that one. Spans that do not fit the text are dropped.
func Resolve(text string, spans []Span) []Span {
	order := sorted(text, spans)
	out := make([]Span, 0, len(order))
	var run []Span
	for len(order) > 0 { // one run of spans that overlap, directly or through others, at a time
		n, end := 1, spans[order[0]].End
		for n < len(order) && spans[order[n]].Start < end {
			end = max(end, spans[order[n]].End)
			n++
		}
		if n == 1 {
			out = append(out, spans[order[0]])
		} else {
			run = run[:0]
			for _, i := range order[:n] {
				run = append(run, spans[i])
			}
			out = append(out, resolveRun(text, run)...)
		}
		order = order[n:]
	}
	return out
}

// sorted gives the places of the spans that fit the text by where they start, those that start together in the order
// given. It sorts places: spans are large.
func sorted(text string, spans []Span) []uint64 {
	order := make([]uint64, 0, len(spans)) // the start above, the place below
	for i := range spans {
		if s := &spans[i]; s.Start >= 0 && s.End <= len(text) && s.Start < s.End {
			order = append(order, uint64(s.Start)<<32|uint64(i))
		}
	}
	slices.Sort(order)
	for i := range order {
		order[i] &= 1<<32 - 1
	}
	return order
}

func resolveRun(text string, spans []Span) []Span {
	slices.SortStableFunc(spans, func(a, b Span) int {
		return cmp.Or(cmp.Compare(b.End-b.Start, a.End-a.Start), cmp.Compare(b.Score, a.Score), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Type, b.Type))
	})
	var out []Span // sorted by Start, never overlapping
	for _, s := range spans {
		out = place(text, out, s)
	}
	return out
}

// place puts s, or what of s is not covered yet, into out.
func place(text string, out []Span, s Span) []Span {
	i, _ := slices.BinarySearchFunc(out, s.Start, func(o Span, start int) int { return cmp.Compare(o.End, start+1) }) // first that ends after s starts
	j := i
	var rest []Span
	start := s.Start
	for ; j < len(out) && out[j].Start < s.End; j++ {
		o := &out[j]
		if o.Start <= s.Start && s.End <= o.End && (o.Type == s.Type || s.Type == Person) {
			o.People = union(o.People, s.People)
		}
		if o.Start > start {
			rest = append(rest, s.part(text, start, o.Start))
		}
		start = max(start, o.End)
	}
	if start < s.End {
		rest = append(rest, s.part(text, start, s.End))
	}
	for _, r := range rest {
		if r.Start < r.End {
			k, _ := slices.BinarySearchFunc(out, r.Start, func(o Span, start int) int { return cmp.Compare(o.Start, start) })
			out = slices.Insert(out, k, r)
		}
	}
	return out
}

// part is the piece of s from start to end, without what is neither letter nor digit at its edges when it is a piece only.
func (s Span) part(text string, start, end int) Span {
	if start != s.Start || end != s.End {
		body := text[start:end]
		solid := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
		first := indexRune(body, solid)
		if first < 0 {
			return Span{}
		}
		start, end = start+first, start+lastRuneEnd(body, solid)
	}
	s.Start, s.End, s.Text = start, end, text[start:end]
	return s
}

func indexRune(s string, is func(rune) bool) int {
	for i, r := range s {
		if is(r) {
			return i
		}
	}
	return -1
}

func lastRuneEnd(s string, is func(rune) bool) int {
	end := 0
	for i, r := range s {
		if is(r) {
			end = i + len(string(r))
		}
	}
	return end
}

func union(a, b []string) []string {
	if len(b) == 0 {
		return a
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
