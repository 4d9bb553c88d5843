package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tenet/internal/match"
)

// introduced finds people nobody knows by the words that introduce them: a title ("Mrs Baxter"), a relationship ("her
// son Tyler"), a neighbour by house number ("the lady at 14"). A name so introduced is found again wherever it stands
// in the text with a capital.
func introduced(text string) []Span {
	var spans []Span
	var last [3]match.Word // the words before the current one, nearest last
	names := make(map[string]bool)
	var pending *naming
	flush := func() {
		if pending != nil && pending.end > 0 {
			spans = append(spans, pending.span(text, names))
		}
		pending = nil
	}
	for w := range match.Words(text) {
		if pending != nil && !pending.take(text, w) {
			flush()
		}
		if pending == nil {
			if at, ok := neighbourAt(text, last, w); ok {
				spans = append(spans, at)
			} else {
				pending = introduction(text, last[2], w)
			}
		}
		last[0], last[1], last[2] = last[1], last[2], w
	}
	flush()
	if len(names) == 0 {
		return spans
	}
	var before match.Word
	for w := range match.Words(text) {
		if names[w.Text] && capital(text[w.Start:w.End]) {
			start := w.Start
			if b := text[before.Start:before.End]; text[before.End:w.Start] == " " && capital(b) && !match.Common(before.Text) && !sentenceWords[before.Text] {
				start = before.Start // the forename that the title left out
			}
			spans = append(spans, Span{Start: start, End: w.End, Type: Person, Score: 0.6, Why: "a name introduced elsewhere in the text"})
		}
		before = w
	}
	return spans
}

// naming is a name being read after a word that introduces one.
type naming struct {
	start, end int // of the span so far; end 0 until a name word came
	last       int // end of the last word taken
	names      []string
	most       int
	score      float64
	why        string
}

// introduction begins a naming when w is a title or a word for a relation.
func introduction(text string, before, w match.Word) *naming {
	if title, ok := match.IsTitle(w.Text); ok && (capital(text[w.Start:w.End]) || title == "mr" || title == "mrs" || title == "dr") {
		return &naming{start: w.Start, last: w.End, most: 3, score: 0.85, why: "a name after a title"}
	}
	if relations[w.Text] && (owners[before.Text] || before.End > 0 && strings.HasPrefix(text[before.End:], "'s") || before.End > 0 && strings.HasPrefix(text[before.End:], "’s")) {
		return &naming{start: -1, last: w.End, most: 2, score: 0.75, why: "a name after a word for a relation"}
	}
	if labels[w.Text] && strings.HasPrefix(text[w.End:], ": ") || w.Text == "dear" && capital(text[w.Start:]) && strings.HasPrefix(text[w.End:], " ") {
		return &naming{start: -1, last: w.End, most: 3, score: 0.75, why: "a name after a label or greeting"}
	}
	return nil
}

// take adds w to the name when it belongs to it: near, with a capital, and no ordinary word.
func (n *naming) take(text string, w match.Word) bool {
	gap := text[n.last:w.Start]
	if len(n.names) >= n.most || len(gap) > 3 || strings.Trim(gap, " .-&,'’:\n") != "" || strings.ContainsAny(gap, ",\n") && len(n.names) > 0 || strings.Count(gap, "\n") > 1 || strings.Contains(gap, ". ") && len(n.names) > 0 && len(n.names[len(n.names)-1]) > 1 {
		return false
	}
	written := text[w.Start:w.End]
	if n.end == 0 && n.start >= 0 { // "Mr and Mrs Smith", "Cllr Mrs Smith"
		if _, title := match.IsTitle(w.Text); title || w.Text == "and" {
			n.last = w.End
			return true
		}
	}
	if len(n.names) > 0 && particles[w.Text] && !capital(written) {
		n.last = w.End // it belongs to the name when a capital follows
		return true
	}
	if !capital(written) || match.Common(w.Text) && utf8.RuneCountInString(written) > 1 || sentenceWords[w.Text] {
		return false
	}
	if n.start < 0 {
		n.start = w.Start
	}
	n.end, n.last = w.End, w.End
	n.names = append(n.names, w.Text)
	return true
}

func (n *naming) span(text string, names map[string]bool) Span {
	for _, name := range n.names {
		if utf8.RuneCountInString(name) >= 3 {
			names[name] = true
		}
	}
	return Span{Start: n.start, End: n.end, Type: Person, Score: n.score, Why: n.why}
}

// neighbourAt finds a house named by its number where a person lives: "neighbour at number 9", "the lady from 14b".
func neighbourAt(text string, last [3]match.Word, w match.Word) (Span, bool) {
	written := text[w.Start:w.End]
	digits := 0
	for digits < len(written) && isDigit(written[digits]) {
		digits++
	}
	if digits == 0 || digits > 4 || len(written) > digits+1 {
		return Span{}, false
	}
	start, i := w.Start, 2
	if dwellings[last[2].Text] {
		start, i = last[2].Start, 1
	}
	if !(last[i].Text == "at" || last[i].Text == "from" || last[i].Text == "in" || last[i].Text == "opposite") || !residents[last[i-1].Text] {
		return Span{}, false
	}
	if len(text[last[i-1].Start:w.Start]) > 40 {
		return Span{}, false
	}
	return Span{Start: start, End: w.End, Type: Address, Score: 0.6, Why: "the house of somebody named by where they live"}, true
}

var (
	relations = set(`son daughter child baby boy girl husband wife partner spouse fiance fiancee boyfriend girlfriend ex expartner mother
		father mum mom dad parent stepfather stepmother stepson stepdaughter brother sister uncle aunt auntie nephew niece cousin
		grandson granddaughter grandfather grandmother nan nana gran grandad granddad carer neighbour neighbor friend lodger
		guest visitor flatmate housemate guardian advocate twin twins social worker nephews sons daughters children kids`)
	// labels stand before a name in forms.
	labels = set("forename forenames surname surnames firstname lastname complainant applicant perpetrator victim signed witness claimant defendant executor guarantor")

	owners = set(`my your his her their our the tenants mr mrs a an late eldest elder youngest younger older oldest adult teenage
		little ex former new social support`)
	residents = set(`neighbour neighbours neighbor lady ladies man men woman women gentleman guy bloke couple family people person resident residents
		tenant tenants tenancy occupant occupants occupier boy boys girl girls lad lads kids children youths someone somebody everyone those one chap lives living`)
	dwellings = set("number no flat apartment apt house unit room numbers")

	// particles stand within names in small letters.
	particles = set("van von de der den del della di da dos du la le bin ibn binti bint al el ap")

	// sentenceWords begin sentences after a title or relation and are no names.
	sentenceWords = set(`i he she they we it this that there then when while who which said says also later next monday tuesday wednesday
		thursday friday saturday sunday january february march april june july august september october november december
		council association police court solicitor gp hospital school ltd limited plc sir madam sirs team customer tenant tenants resident
		residents neighbour neighbours all colleague colleagues manager officer occupier landlord parent parents councillor unknown anonymous
		none withheld services housing customers complaints repairs`)
)

// capital reports whether a word begins with a capital letter.
func capital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}
