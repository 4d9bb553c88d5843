package detect

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tenet/internal/match"
)

// mostNamed is how many people one span may name by id; beyond it the span says that it names one of many.
const mostNamed = 12

// token is a word of the text that may be part of a known person's name; all other words are passed over.
type token struct {
	hash       uint64
	start, end int
	order      int // which word of the text it is: neighbours differ by one
	initial    rune
	title      string
	forename   bool
	surname    bool
	capital    bool
	plain      bool     // in small letters it is an ordinary English word
	opener     bool     // and one that sentences begin with
	near       []uint64 // the names it may be meant for, when it is none as it is written
}

// is reports whether the token is the word of that hash, or may be meant for it.
func (t *token) is(h uint64) bool { return t.hash == h || slices.Contains(t.near, h) }

// finding is one search of one text.
type finding struct {
	*People
	text   string
	tokens []token
	used   []bool // tokens that stand in a span already
	spans  []Span
	// whom the text has introduced: names by the first word of their surname, and of their forename's forms
	introduced            map[int32]bool
	bySurname, byForename map[uint64][]int32
}

// Find names the known people in text: full names in either order and with usual short forms, title and surname,
// initial and surname, and then, of people so introduced or present, surname or forename alone.
func (p *People) Find(text string, present []string) []Span {
	return p.find(text, readWords(text), present, nil)
}

// find adds what Find gives to spans.
func (p *People) find(text string, words []word, present []string, spans []Span) []Span {
	f := finding{People: p, text: text, spans: spans}
	f.read(words)
	f.used = make([]bool, len(f.tokens))
	for _, id := range present {
		for _, n := range p.namesOf(id) {
			f.introduce(n)
		}
	}
	for i := range f.tokens {
		if f.tokens[i].surname && !f.used[i] {
			f.full(i)
		}
	}
	for i := range f.tokens {
		if !f.used[i] {
			f.alone(i)
		}
	}
	return f.spans
}

// read gathers the tokens, and the references that stand in the text.
func (f *finding) read(words []word) {
	var open []openPhrase // phrases whose first words have come
	for order := range words {
		w := &words[order]
		familiar := f.familiar.has(w.hash)
		single := w.end-w.start <= utf8.UTFMax && f.single(w)
		if !familiar && !single && w.is&isTitle == 0 && len(open) == 0 && (w.end-w.start < shortestSlip || !w.capital && !f.follows(order)) {
			continue // most words
		}
		t := token{hash: w.hash, start: w.start, end: w.end, order: order, capital: w.capital}
		if familiar || len(open) > 0 {
			open = f.phrase(open, t)
		}
		if familiar {
			t.forename = f.forenames[t.hash]
			_, t.surname = f.surnames[t.hash]
		}
		if w.is&isTitle != 0 {
			t.title, _ = match.IsTitle(w.folded(f.text))
		}
		if single {
			t.initial, _ = utf8.DecodeRuneInString(w.folded(f.text))
		}
		if !t.forename && !t.surname && t.title == "" && t.initial == 0 {
			f.slip(w, &t)
		}
		if t.forename || t.surname || t.title != "" || t.initial != 0 {
			t.opener = w.is&isOpener != 0 || w.common(f.text)
			t.plain = t.opener || w.is&isPlain != 0
			f.tokens = append(f.tokens, t)
		}
	}
}

// single reports whether a word is one letter.
func (f *finding) single(w *word) bool {
	first, size := utf8.DecodeRuneInString(f.text[w.start:w.end])
	return size == w.end-w.start && unicode.IsLetter(first)
}

// follows reports whether the word at order comes directly after a forename or title.
func (f *finding) follows(order int) bool {
	if len(f.tokens) == 0 {
		return false
	}
	b := &f.tokens[len(f.tokens)-1]
	return b.order+1 == order && (b.forename || b.title != "")
}

// slip sees whether a word that is no name is meant for one. In small letters it must follow a name or title directly.
func (f *finding) slip(w *word, t *token) {
	if w.end-w.start < shortestSlip || w.is&isPlain != 0 || !t.capital && !f.follows(t.order) {
		return
	}
	word := w.folded(f.text)
	near := f.slips.of(word)
	if len(near) == 0 || len(word) < shortestSlip || match.Common(word) {
		return
	}
	for _, h := range near {
		_, surname := f.surnames[h]
		if forename := f.forenames[h]; forename || surname {
			t.forename, t.surname = t.forename || forename, t.surname || surname
			t.near = append(t.near, h)
		}
	}
}

type openPhrase struct {
	phrase
	start, taken int
}

// phrase carries the open phrases one word on, opens those that begin with t, and reports the complete.
func (f *finding) phrase(open []openPhrase, t token) []openPhrase {
	kept := open[:0]
	for _, o := range open {
		if o.rest[o.taken] == t.hash {
			if o.taken++; o.taken == len(o.rest) {
				f.add(o.start, t.end, o.typ, 0.97, "a known person's reference", []int32{o.person})
				continue
			}
			kept = append(kept, o)
		}
	}
	for _, p := range f.phrases[t.hash] {
		if len(p.rest) == 0 {
			f.add(t.start, t.end, p.typ, 0.97, "a known person's reference", []int32{p.person})
		} else {
			kept = append(kept, openPhrase{phrase: p, start: t.start})
		}
	}
	return kept
}

// full looks for a name around the surname at token i.
func (f *finding) full(i int) {
	// The words before, nearest first: forenames and initials, then perhaps a title.
	begin := i
	for begin > 0 && i-begin < 4 && !f.used[begin-1] && f.joined(begin-1, begin) {
		b := f.tokens[begin-1]
		if b.title != "" && !(b.forename && b.capital && begin-1 > 0 && f.tokens[begin-2].title != "") {
			begin--
			break
		}
		if !b.forename && !f.isInitial(begin-1) {
			break
		}
		begin--
	}
	title := ""
	given := begin
	if begin < i && f.tokens[begin].title != "" {
		title, given = f.tokens[begin].title, begin+1
	}
	bearers, last := f.bearers(i)
	for start := given; start < i; start++ { // the earliest word that is somebody's forename
		if who, how := f.named(bearers, start, i); len(who) > 0 {
			from := start
			if start == given {
				from = begin
			}
			f.fullName(from, last, who, how)
			return
		}
	}
	if who, how, end := f.reversed(bearers, last); len(who) > 0 {
		f.fullName(i, end, who, how)
		return
	}
	switch t := f.tokens[i]; {
	case len(bearers) == 0 || t.near != nil && title == "":
	case given < i && t.capital && f.tokens[given].capital && f.tokens[given].initial == 0:
		f.mark(begin, last, 0.7, "a forename with a known surname; nobody known is called so", nil)
	case title != "" && (t.capital || !t.plain):
		var who []int32
		for _, b := range bearers {
			if n := f.names[b.name]; int(n.sex)*int(sexOf(title)) >= 0 {
				who = append(who, b.name)
			}
		}
		if len(who) > 0 && given == i {
			f.mark(begin, last, 0.85, "a title and a known surname", who)
			if f.onePerson(who) {
				f.introduce(who[0])
			}
		}
	}
}

// bearers gives those whose surname begins at token i, with the longest surname only, and the last token of it.
func (f *finding) bearers(i int) (found []surname, last int) {
	last = i
	begin := f.surnames[f.tokens[i].hash]
	for _, h := range f.tokens[i].near {
		begin = append(slices.Clip(begin), f.surnames[h]...)
	}
	for _, s := range begin {
		j := i
		for _, h := range s.rest {
			if j+1 >= len(f.tokens) || f.tokens[j+1].hash != h || f.tokens[j+1].order != f.tokens[j].order+1 || !nameGap(f.text[f.tokens[j].end:f.tokens[j+1].start]) {
				j = -1
				break
			}
			j++
		}
		switch {
		case j < 0 || j < last:
		case j > last:
			found, last = append(found[:0], s), j
		default:
			found = append(found, s)
		}
	}
	return found, last
}

// how a name was written, worst first.
const (
	byInitial = iota
	byMiddle
	byForm
	byForename
)

var howScore = [...]float64{byInitial: 0.85, byMiddle: 0.85, byForm: 0.93, byForename: 0.97}
var howWords = [...]string{byInitial: "initial and surname of a known person", byMiddle: "middle name and surname of a known person",
	byForm: "usual form of the forename, and surname, of a known person", byForename: "forename and surname of a known person"}

// named picks of the bearers those whose forename stands at token start; the best way of writing found wins.
func (f *finding) named(bearers []surname, start, i int) (who []int32, how int) {
	t := f.tokens[start]
	how = -1
	for _, b := range bearers {
		n, this := f.names[b.name], -1
		switch {
		case t.near != nil && f.tokens[i].near != nil: // two slips are another name
		case len(n.forms) > 0 && t.is(n.forms[0]):
			this = byForename
		case slices.ContainsFunc(n.forms, t.is):
			this = byForm
		case t.initial != 0 && t.initial == n.initial && f.isInitial(start) && f.tokens[i].near == nil:
			this = byInitial
		case slices.ContainsFunc(n.middles, t.is):
			this = byMiddle
		}
		switch {
		case this < 0 || this < how:
		case this > how:
			who, how = append(who[:0], b.name), this
		default:
			who = append(who, b.name)
		}
	}
	return who, how
}

// reversed looks for "Smith, Ann" and "SMITH Ann" after the surname that ends at token last.
func (f *finding) reversed(bearers []surname, last int) (who []int32, how, end int) {
	next := last + 1
	if next >= len(f.tokens) || f.tokens[next].order != f.tokens[last].order+1 {
		return nil, 0, 0
	}
	gap := strings.TrimRight(f.text[f.tokens[last].end:f.tokens[next].start], " ")
	shouted := f.text[f.tokens[last].start:f.tokens[last].end]
	if gap != "," && !(gap == "" && shouted == strings.ToUpper(shouted)) {
		return nil, 0, 0
	}
	if f.tokens[next].title != "" && next+1 < len(f.tokens) && f.joined(next, next+1) { // "Smith, Mrs A"
		next++
	}
	t := f.tokens[next]
	if !t.forename && !(t.initial != 0 && t.capital) {
		return nil, 0, 0
	}
	who, how = f.named(bearers, next, next)
	return who, how, next
}

func (f *finding) fullName(from, to int, who []int32, how int) {
	score, why := howScore[how], howWords[how]
	if !slices.ContainsFunc(f.tokens[from:to+1], func(t token) bool { return t.capital }) {
		score -= 0.1
	}
	f.mark(from, to, score, why, who)
	for _, n := range who {
		f.introduce(n)
	}
}

// alone looks for the surname, or the forename, of somebody introduced, at token i.
func (f *finding) alone(i int) {
	t := f.tokens[i]
	if t.initial != 0 || t.plain && !t.capital || t.opener && f.beginsSentence(i) {
		return
	}
	score := 0.8
	if !t.capital {
		score = 0.6
	}
	surnamed, called := f.bySurname[t.hash], f.byForename[t.hash]
	for _, h := range t.near {
		surnamed, called = append(slices.Clip(surnamed), f.bySurname[h]...), append(slices.Clip(called), f.byForename[h]...)
	}
	if t.title != "" {
		called = nil
	}
	switch {
	case len(surnamed) == 0 && len(called) == 0:
	case len(surnamed) == 0:
		f.mark(i, i, score-0.05, "forename of a known person whom the text introduces", called)
		f.spans[len(f.spans)-1].Part = Forename
	case len(called) > 0:
		f.mark(i, i, score, "forename or surname of a known person whom the text introduces", slices.Concat(surnamed, called))
	default:
		last := i
		if bearers, end := f.bearers(i); slices.ContainsFunc(bearers, func(s surname) bool { return slices.Contains(surnamed, s.name) }) {
			last = end
		}
		f.mark(i, last, score, "surname of a known person whom the text introduces", surnamed)
		f.spans[len(f.spans)-1].Part = Surname
	}
}

// introduce lets the surname and forename of name n count alone, throughout the text.
func (f *finding) introduce(n int32) {
	if f.introduced[n] {
		return
	}
	if f.introduced == nil {
		f.introduced, f.bySurname, f.byForename = make(map[int32]bool), make(map[uint64][]int32), make(map[uint64][]int32)
	}
	f.introduced[n] = true
	for _, h := range f.names[n].forms {
		f.byForename[h] = append(f.byForename[h], n)
	}
	for _, h := range f.names[n].family {
		f.bySurname[h] = append(f.bySurname[h], n)
	}
}

func (f *finding) mark(from, to int, score float64, why string, names []int32) {
	for i := from; i <= to; i++ {
		f.used[i] = true
	}
	var people []int32
	for _, n := range names {
		people = append(people, f.names[n].person)
	}
	if slices.ContainsFunc(f.tokens[from:to+1], func(t token) bool { return t.near != nil }) {
		score, why = score-0.2, why+", with a slip"
		f.add(f.tokens[from].start, f.tokens[to].end, Person, score, why, nil)
		f.spans[len(f.spans)-1].Maybe = f.idsOf(people)
		return
	}
	f.add(f.tokens[from].start, f.tokens[to].end, Person, score, why, people)
}

func (f *finding) add(start, end int, t Type, score float64, why string, people []int32) {
	ids := f.idsOf(people)
	if len(ids) > mostNamed {
		why = fmt.Sprintf("%s, one of %d", why, len(ids))
		ids = nil
	}
	f.spans = append(f.spans, Span{Start: start, End: end, Type: t, Score: score, Why: why, People: ids})
}

func (f *finding) onePerson(names []int32) bool {
	for _, n := range names[1:] {
		if f.names[n].person != f.names[names[0]].person {
			return false
		}
	}
	return len(names) > 0
}

// joined reports whether tokens i and j are neighbours that may belong to one name.
func (f *finding) joined(i, j int) bool {
	return f.tokens[j].order == f.tokens[i].order+1 && nameGap(f.text[f.tokens[i].end:f.tokens[j].start])
}

// nameGap: what may stand between the words of one name. A full stop does after an initial and inside an e-mail address.
func nameGap(gap string) bool {
	return len(gap) <= 4 && strings.Trim(gap, " .-_\n\r\t\u2010\u2011'’") == "" && strings.Count(gap, "\n") < 2
}

// isInitial reports whether token i is a capital standing alone, or a letter joined to the next word by a mark ("a.smith").
func (f *finding) isInitial(i int) bool {
	t := f.tokens[i]
	if t.initial == 0 {
		return false
	}
	return t.capital || t.end < len(f.text) && (f.text[t.end] == '.' || f.text[t.end] == '_')
}

// beginsSentence reports whether token i follows the start of the text, a full stop, or a line's end.
func (f *finding) beginsSentence(i int) bool {
	head := strings.TrimRight(f.text[:f.tokens[i].start], " \t\"'“‘(")
	return head == "" || strings.IndexByte(".!?:\n-", head[len(head)-1]) >= 0
}

// openers are names that are ordinary words at the beginning of a sentence too.
var openers = set("will may can do so an say see read more day just might good best well long short little")

// plainWords are names that are ordinary words in small letters.
var plainWords = set(`will may mark grace hope rose dawn bill pat art rob jack frank dale glen heath green brown white black grey gray young
	long short price cook baker april june august summer autumn joy faith bob drew sue ray dean grant miles guy chase lance penny ruby
	amber crystal daisy lily ivy holly iris olive ginger jasmine heather rich dick nick ted don ken van king knight bishop major
	carpenter mason potter taylor smith butler gardener fisher hunter walker park parks field fields hill hills wood woods brook brooks
	lake banks bridge church marsh moss stone rivers pond bush reed reeves winter day noble wise good best bright sharp strong swift power
	powers key keys cross love bond bell ball barber case coal cole cash chambers child close cope couch cox cross curtain day dear drain field
	flood flowers forward freeze frost gate gates gay game garland gill going golden goodwill hall hand hands hardy hart head home house hurt
	ill jewel lamb large law lawn light little lock loft low man marshal masters mead mercy might mills moody moon moore more mould nail neat
	new night north south east west page paint parish peace pest pike pitt place plant plumber pool post pound pratt prior proctor ramp read
	rent rice ring roof root rush sale sage salt sands say see self sell sewell ship shore side singer small snow speed spring star steel step street
	tank tate terry thick thorn tile tower town trip tree turner wade wall walls ward warm waters watt way weeks wells wheeler will wills window
	winner wren wright yard drew chris an so jo ali mo al can do duty harmony melody rosemary sandy sunny tiger victor viola max mac harry chuck
	gene jean jimmy josh lee lou pip rod ron skip sonny stew sticks sky tab viv ash basil bay berry blue bud carol cat cherry chip clay cliff
	clove colt coral cord craft curt dash dot earl eve fern flint forest gem hank hazel herb honey jade jay jet josh june kit lark laurel leaf lot
	marina marine mike misty myrtle norm opal otter patience pearl peg piper poppy prince prudence raven reef reg robin saffron scarlet sienna
	stormy teal tina tom trinity trip tulip vale vera verity vi violet wade wally wren zeal`)
