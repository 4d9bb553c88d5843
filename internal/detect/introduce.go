package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"tenet/internal/match"
)

// introduced adds to spans the people nobody knows by the words that introduce them: a title ("Mrs Baxter"), a relationship ("her
// son Tyler"), a neighbour by house number ("the lady at 14"). A name so introduced is found again wherever it stands
// in the text with a capital.
func introduced(text string, words []word, spans []Span) []Span {
	n := introducing{text: text, words: words, spans: spans}
	for i := range words {
		if n.reading && !n.take(i) {
			n.finish()
		}
		if !n.reading {
			if at, ok := n.neighbourAt(i); ok {
				n.spans = append(n.spans, at)
			} else {
				n.begin(i)
			}
		}
	}
	n.finish()
	if len(n.names) > 0 {
		n.again()
	}
	return n.spans
}

// introducing is one search for introductions.
type introducing struct {
	text  string
	words []word
	spans []Span
	names map[uint64]bool // the words of names found
	naming
	reading bool
}

// naming is a name being read after a word that introduces one.
type naming struct {
	start, end int // of the span so far; start -1 until a name word came, unless the title belongs to it; end 0 as long
	last       int // end of the last word taken
	names      [3]string
	count      int
	most       int
	score      float64
	why        string
}

// again finds the names found wherever they stand with a capital.
func (n *introducing) again() {
	for i := range n.words {
		w := &n.words[i]
		if !w.capital || !n.names[w.hash] {
			continue
		}
		start := w.start
		if i > 0 {
			if b := &n.words[i-1]; n.text[b.end:w.start] == " " && b.capital && b.is&isSentenceWord == 0 && !b.common(n.text) {
				start = b.start // the forename that the title left out
			}
		}
		n.spans = append(n.spans, Span{Start: start, End: w.end, Type: Person, Score: 0.6, Why: "a name introduced elsewhere in the text"})
	}
}

// begin begins a naming when word i is a title or a word for a relation.
func (n *introducing) begin(i int) {
	w := &n.words[i]
	if w.is&(isTitle|isRelation|isFormLabel|isGreeting) == 0 {
		return
	}
	after := n.text[w.end:]
	if w.is&isTitle != 0 {
		title, _ := match.IsTitle(w.folded(n.text))
		if w.capital || title == "mr" || title == "mrs" || title == "dr" {
			n.expect(naming{start: w.start, last: w.end, most: 3, score: 0.85, why: "a name after a title"})
			return
		}
	}
	if w.is&isRelation != 0 && i > 0 {
		if b := &n.words[i-1]; b.is&isOwner != 0 || strings.HasPrefix(n.text[b.end:], "'s") || strings.HasPrefix(n.text[b.end:], "’s") {
			n.expect(naming{start: -1, last: w.end, most: 2, score: 0.75, why: "a name after a word for a relation"})
			return
		}
	}
	if w.is&isFormLabel != 0 && strings.HasPrefix(after, ": ") || w.is&isGreeting != 0 && w.capital && strings.HasPrefix(after, " ") {
		n.expect(naming{start: -1, last: w.end, most: 3, score: 0.75, why: "a name after a label or greeting"})
	}
}

func (n *introducing) expect(x naming) { n.naming, n.reading = x, true }

// take adds word i to the name when it belongs to it: near, with a capital, and no ordinary word.
func (n *introducing) take(i int) bool {
	w := &n.words[i]
	gap := n.text[n.last:w.start]
	if n.count >= n.most || len(gap) > 3 || strings.Trim(gap, " .-&,'’:\n") != "" || strings.ContainsAny(gap, ",\n") && n.count > 0 || strings.Count(gap, "\n") > 1 || n.count > 0 && len(n.naming.names[n.count-1]) > 1 && strings.Contains(gap, ". ") {
		return false
	}
	if n.end == 0 && n.start >= 0 && w.is&(isTitle|isAnd) != 0 { // "Mr and Mrs Smith", "Cllr Mrs Smith"
		n.last = w.end
		return true
	}
	if n.count > 0 && w.is&isParticle != 0 && !w.capital {
		n.last = w.end // it belongs to the name when a capital follows
		return true
	}
	if !w.capital || w.is&isSentenceWord != 0 {
		return false
	}
	folded := w.folded(n.text)
	if match.Common(folded) && utf8.RuneCountInString(n.text[w.start:w.end]) > 1 {
		return false
	}
	if n.start < 0 {
		n.start = w.start
	}
	n.end, n.last = w.end, w.end
	n.naming.names[n.count] = folded
	n.count++
	return true
}

// finish notes the name read, if one was.
func (n *introducing) finish() {
	if n.reading && n.end > 0 {
		for _, name := range n.naming.names[:n.count] {
			if utf8.RuneCountInString(name) >= 3 {
				if n.names == nil {
					n.names = make(map[uint64]bool)
				}
				n.names[hash(name)] = true
			}
		}
		n.spans = append(n.spans, Span{Start: n.start, End: n.end, Type: Person, Score: n.score, Why: n.why})
	}
	n.reading = false
}

// neighbourAt finds a house named by its number where a person lives: "neighbour at number 9", "the lady from 14b".
func (n *introducing) neighbourAt(i int) (Span, bool) {
	w := &n.words[i]
	if !isDigit(n.text[w.start]) || i < 2 {
		return Span{}, false
	}
	written := n.text[w.start:w.end]
	digits := 1
	for digits < len(written) && isDigit(written[digits]) {
		digits++
	}
	if digits > 4 || len(written) > digits+1 {
		return Span{}, false
	}
	start, j := w.start, i-1
	if n.words[j].is&isDwelling != 0 {
		start, j = n.words[j].start, j-1
	}
	if j < 1 || n.words[j].is&isWhere == 0 || n.words[j-1].is&isResident == 0 || w.start-n.words[j-1].start > 40 {
		return Span{}, false
	}
	return Span{Start: start, End: w.end, Type: Address, Score: 0.6, Why: "the house of somebody named by where they live"}, true
}

var (
	relations = set(`son daughter child baby boy girl husband wife partner spouse fiance fiancee boyfriend girlfriend ex expartner mother
		father mum mom dad parent stepfather stepmother stepson stepdaughter brother sister uncle aunt auntie nephew niece cousin
		grandson granddaughter grandfather grandmother nan nana gran grandad granddad carer neighbour neighbor friend lodger
		guest visitor flatmate housemate guardian advocate twin twins social worker nephews sons daughters children kids`)
	// formLabels stand before a name in forms.
	formLabels = set("forename forenames surname surnames firstname lastname complainant applicant perpetrator victim signed witness claimant defendant executor guarantor")

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
