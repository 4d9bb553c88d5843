package detect

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Find gives what looks like the names of people in text, sorted and without overlaps. What reads as a name in one place
// is taken for one wherever else it stands in the text.
func (n *Names) Find(text string) []Span {
	people, _ := n.find(text, false)
	return people
}

// find gives people, and when asked the organisations and places, which may not be people's.
func (n *Names) find(text string, asked bool) (people, bodies []Span) {
	units := n.units(text)
	class, margins := n.tag(units)
	f := nameFinding{Names: n, text: text, units: units, class: class, margins: margins, found: make(map[uint32]*mention), taken: make([]bool, len(units))}
	for i := 0; i < len(units); {
		switch {
		case class[i] == person:
			i = f.group(i)
		case f.speaks(i):
			f.take(i, i)
			i++
		default:
			i++
		}
	}
	f.again()
	slices.SortFunc(f.names, func(a, b foundName) int { return a.from - b.from })
	spans := make([]Span, 0, len(f.names))
	for _, m := range f.names {
		spans = append(spans, f.span(m))
	}
	if asked {
		bodies = f.bodies()
	}
	return spans, bodies
}

// bodies gives the runs of words that are an organisation or a place.
func (f *nameFinding) bodies() (spans []Span) {
	for i := 0; i < len(f.units); i++ {
		c := f.class[i]
		if c != organisation && c != location || f.taken[i] || f.units[i].shape >= shapeDigits || f.units[i].shape == shapeLower {
			continue
		}
		to, sum, words := i, f.margins[i], float32(1)
		for j := i + 1; j < len(f.units) && f.units[j].lines == 0 && !f.taken[j]; j++ {
			if f.class[j] == c && f.units[j].shape < shapeMark {
				to, sum, words = j, sum+f.margins[j], words+1
			} else if !inner(f.units, j) {
				break
			}
		}
		s := Span{Start: f.units[i].start, End: f.units[to].end, Type: Organisation, Why: "looks like the name of an organisation"}
		if c == location {
			s.Type, s.Why = Location, "looks like the name of a place"
		}
		s.Text = f.text[s.Start:s.End]
		s.Score = 0.3 + 0.6/(1+math.Exp(-float64(sum/words-surely)/20))
		spans = append(spans, s)
		i = to
	}
	return spans
}

// nameFinding is one search of one text.
type nameFinding struct {
	*Names
	text    string
	units   []unit
	class   []uint8
	margins []float32
	names   []foundName
	found   map[uint32]*mention // words that read as names somewhere in the text
	taken   []bool              // units that stand in a name
}

// foundName is the units from..to of one name.
type foundName struct {
	from, to int
	margin   float32 // the mean of its words; below 0 when only the rest of the text speaks for it
	again    bool    // found because it stands as a name elsewhere
	initials bool
}

// mention is what the text has of one word that reads as a name.
type mention struct {
	times  int
	margin float32 // the best
	sure   bool    // it stands where only a name can: after a title
}

// group takes the name that begins at unit i and gives where to go on.
func (f *nameFinding) group(i int) int {
	to := i
	for j := i + 1; j < len(f.units); j++ {
		if f.units[j].lines > 0 {
			break
		}
		if f.class[j] == person {
			to = j
		} else if !inner(f.units, j) && !f.particle(j) && !f.surnameFirst(i, j) {
			break
		}
	}
	from, next := f.extend(i, -1), f.extend(to, 1)+1
	to = next - 1
	for from <= to && f.edge(from) {
		from++
	}
	for to >= from && f.edge(to) {
		to--
	}
	if from < to || from == to && f.standsAlone(from) {
		f.take(from, to)
	}
	return next
}

// standsAlone reports whether a name may be unit i and no more. What no list knows must look more like one than a word of
// several does: a false find costs trust, and where it is an ordinary word it stands elsewhere too.
func (f *nameFinding) standsAlone(i int) bool {
	u := &f.units[i]
	listed := u.lexicon&(lexForename|lexSurname) != 0
	switch {
	case f.titleBefore(i) < i:
		return true
	case u.lexicon&lexThing != 0 && u.lexicon&lexForename == 0:
		return false
	case u.shape == shapeCapital && listed && f.opens(i) && i+1 < len(f.units) && f.units[i+1].hash == markColon: // "Lou: hello"
		return true
	case u.shape == shapeLetter || u.lexicon&(lexStreet|lexPlace) != 0 && u.lexicon&lexForename == 0:
		return false
	case f.glued(i):
		return listed && u.lexicon&lexOrdinary == 0 && u.end-u.start > 3
	case listed:
		return u.lexicon&lexOrdinary == 0 || !f.opens(i) || f.margins[i] > surely/2
	case u.shape == shapeLower:
		return u.cases == caseLower && f.margins[i] > 2*surely
	case u.shape == shapeUpper:
		return f.margins[i] > 2*surely
	case u.lexicon&lexOrdinary != 0 && f.opens(i):
		return f.margins[i] > 2*surely
	case u.end-u.start < 4 || u.lexicon&lexOrdinary != 0:
		return f.margins[i] > surely
	}
	return f.margins[i] > surely/2
}

// speaks reports whether unit i is a name before a colon at the head of a line, as who speaks is written down. What is an
// ordinary word too must speak twice.
func (f *nameFinding) speaks(i int) bool {
	u := &f.units[i]
	if u.lexicon&lexForename == 0 || u.lexicon&lexThing != 0 || u.lines == 0 || u.shape != shapeCapital && u.shape != shapeUpper || i+1 == len(f.units) || f.units[i+1].hash != markColon {
		return false
	}
	if u.lexicon&lexOrdinary == 0 {
		return true
	}
	times := 0
	for j := i; j+1 < len(f.units) && j < i+400; j++ {
		if v := &f.units[j]; v.hash == u.hash && v.lines > 0 && f.units[j+1].hash == markColon {
			times++
		}
	}
	return times > 1 || f.taken[i] || f.found[u.hash] != nil
}

// glued reports whether unit i is part of something like a file's name: letters on the other side of a mark that no name
// has inside.
func (f *nameFinding) glued(i int) bool {
	mark := func(j int) bool {
		if j < 0 || j >= len(f.units) || f.units[j].end-f.units[j].start != 1 {
			return false
		}
		return strings.IndexByte("._/\\@#=", f.text[f.units[j].start]) >= 0
	}
	u := &f.units[i]
	before := mark(i-1) && !u.spaced && u.lines == 0 && i > 1 && !f.units[i-1].spaced
	after := mark(i+1) && !f.units[i+1].spaced && i+2 < len(f.units) && !f.units[i+2].spaced && f.units[i+2].lines == 0 && f.units[i+2].shape != shapeMark
	return before || after && f.units[i].shape != shapeLetter
}

// extend gives the last unit, going from unit i in one direction, that nearly reads as a name beside one that does.
func (f *nameFinding) extend(i, step int) int {
	for j := i + step; j >= 0 && j < len(f.units); j += step {
		u := &f.units[j]
		if inner(f.units, j) {
			continue
		}
		if f.taken[j] || f.units[max(j, j-step)].lines > 0 || !f.undecided(j) || u.lexicon&(lexFunction|lexSpeech|lexTitle|lexRelation|lexStreet) != 0 ||
			u.shape >= shapeDigits || u.shape == shapeLower && u.cases == caseMixed || u.cases != caseMixed && u.lexicon&(lexForename|lexSurname) == 0 {
			break
		}
		i = j
	}
	return i
}

// undecided reports whether unit j nearly reads as a name of a person: as no name by little, or as that of a body or place
// by little when it is on the lists of names.
func (f *nameFinding) undecided(j int) bool {
	u := &f.units[j]
	switch f.class[j] {
	case other:
		return f.margins[j] >= nearly
	case organisation, location:
		return u.shape == shapeCapital && u.lexicon&(lexForename|lexSurname) != 0 && u.lexicon&(lexOrdinary|lexPlace|lexThing) == 0 && f.margins[j] < 2*surely
	}
	return false
}

// Margins run from some 100 below to some 100 above.
const (
	nearly = -25 // beside a name
	surely = 20
)

// edge reports whether unit i is no word of a name after all: a mark, a number, a small word, an ordinary word in small
// letters. In a line without capitals an ordinary word stands when it is a name too.
func (f *nameFinding) edge(i int) bool {
	u := &f.units[i]
	switch name := u.lexicon&(lexForename|lexSurname) != 0; {
	case u.shape >= shapeDigits:
		return true
	case u.shape == shapeLetter:
		return false
	case u.lexicon&lexThing != 0 && !name:
		return true
	case u.shape == shapeLower && u.lexicon&lexOrdinary != 0 && (u.cases == caseMixed || !name):
		return true
	case u.lexicon&(lexFunction|lexSpeech) != 0:
		follows := i+1 < len(f.units) && f.class[i+1] == person && f.units[i+1].lines == 0 // Will Shaw
		return u.shape == shapeLower || u.cases == caseUpper || f.opens(i) && !follows || !name
	}
	return u.lexicon&lexTitle != 0 && u.lexicon&(lexForename|lexSurname) == 0
}

// surnameFirst reports whether unit j is the comma of "HARTLEY, Janet", where unit i is the surname.
func (f *nameFinding) surnameFirst(i, j int) bool {
	return j == i+1 && f.units[j].hash == markComma && f.units[i].shape == shapeUpper && f.units[i].cases == caseMixed &&
		j+1 < len(f.units) && f.class[j+1] == person && f.units[j+1].shape != shapeUpper && f.units[j+1].lines == 0
}

// particle reports whether unit i, in small letters, may stand inside a name: "van", "bin".
func (f *nameFinding) particle(i int) bool {
	u := &f.units[i]
	return u.shape == shapeLower && u.end-u.start <= 4 && particles[strings.ToLower(f.text[u.start:u.end])] && i+1 < len(f.units) && f.class[i+1] == person && f.units[i+1].lines == 0
}

// take notes the name of units from..to, with a title before it.
func (f *nameFinding) take(from, to int) {
	sum, words := float32(0), 0
	for i := from; i <= to; i++ {
		f.taken[i] = true
		if f.units[i].shape != shapeMark {
			sum += max(f.margins[i], 0)
			words++
		}
	}
	m := foundName{from: from, to: to, margin: sum / float32(max(words, 1))}
	title := f.titleBefore(from)
	for i := from; i <= to; i++ {
		if u := &f.units[i]; u.shape < shapeDigits && u.shape != shapeLetter && u.end-u.start > 2 {
			w := f.found[u.hash]
			if w == nil {
				w = &mention{}
				f.found[u.hash] = w
			}
			w.times++
			w.margin = max(w.margin, m.margin)
			w.sure = w.sure || title < from && i == to
		}
	}
	m.from = title
	f.names = append(f.names, m)
}

// titleBefore gives where the title before unit i begins; i where there is none.
func (f *nameFinding) titleBefore(i int) int {
	j := i - 1
	if j >= 0 && f.units[j].hash == markStop && f.units[j].lines == 0 && !f.units[j].spaced {
		j--
	}
	if j >= 0 && f.units[i].lines == 0 && f.units[j].lexicon&lexTitle != 0 && f.units[j].shape != shapeMark && (f.units[j].shape != shapeLower || !titleAlsoWord[strings.ToLower(f.text[f.units[j].start:f.units[j].end])]) {
		return j
	}
	return i
}

// titleAlsoWord are titles that in small letters are something else.
var titleAlsoWord = set("father sister doctor judge lady lord master pastor inspector councillor sergeant professor imam miss")

// again finds the words of names found where they were not seen to be names.
func (f *nameFinding) again() {
	if len(f.found) == 0 {
		return
	}
	initials := f.initials()
	for i := range f.units {
		u := &f.units[i]
		if f.taken[i] || u.shape >= shapeDigits {
			continue
		}
		if u.shape == shapeUpper && u.cases != caseUpper && u.end-u.start <= 3 && initials[f.text[u.start:u.end]] {
			f.taken[i] = true
			f.names = append(f.names, foundName{from: i, to: i, again: true, initials: true})
			continue
		}
		m := f.found[u.hash]
		if m == nil || u.shape == shapeLetter || !f.likely(i, m) {
			continue
		}
		f.taken[i] = true
		m.times++
		f.names = append(f.names, foundName{from: f.titleBefore(i), to: i, margin: f.margins[i], again: true})
	}
}

// likely reports whether unit i, a word that is a name elsewhere, is one here.
func (f *nameFinding) likely(i int, m *mention) bool {
	u := &f.units[i]
	ordinary := u.lexicon&lexOrdinary != 0
	switch {
	case i+1 < len(f.units) && f.units[i+1].lines == 0 && f.units[i+1].lexicon&lexStreet != 0 && (f.units[i+1].shape != shapeLower || u.cases == caseLower):
		return false // Baxter Road, Baxter & Sons
	case f.class[i] == organisation || f.class[i] == location:
		return m.sure && !ordinary && f.margins[i] < 2*surely
	case u.shape == shapeLower && u.cases == caseMixed:
		return !ordinary && u.end-u.start > 3 && m.margin > surely
	case ordinary && (u.cases != caseMixed || f.opens(i)):
		return f.margins[i] > 3*nearly
	case ordinary:
		return f.margins[i] > 5*nearly
	}
	return m.margin > 0 || m.sure
}

// opens reports whether a sentence or line begins at unit i.
func (f *nameFinding) opens(i int) bool {
	if i == 0 || f.units[i].lines > 0 {
		return true
	}
	p := &f.units[i-1]
	return p.shape == shapeMark && p.hash != markComma && p.hash != markHyphen
}

// initials gives those of the names of two words and more: "TB" for Tyler Baxter.
func (f *nameFinding) initials() map[string]bool {
	var out map[string]bool
	for _, n := range f.names {
		var letters []byte
		for i := n.from; i <= n.to; i++ {
			if u := &f.units[i]; u.shape < shapeDigits && u.lexicon&lexTitle == 0 {
				letters = append(letters, f.text[u.start]&^0x20)
			}
		}
		if len(letters) >= 2 && len(letters) <= 3 && n.margin > surely {
			if out == nil {
				out = make(map[string]bool)
			}
			if s := string(letters); !notInitials[s] {
				out[s] = true
			}
		}
	}
	return out
}

// notInitials are pairs of capitals that mean something else in a landlord's notes.
var notInitials = set("TA HA MP GP PC DC DS DV NI UC DD PI RA SS ST US UK EU OT PM AM TV CD ID IT HR SW CC LA MH OK NO")

func (f *nameFinding) span(m foundName) Span {
	s := Span{Start: f.units[m.from].start, End: f.units[m.to].end, Type: Person}
	s.Text = f.text[s.Start:s.End]
	switch {
	case m.initials:
		s.Score, s.Why = 0.5, "initials of a name that stands elsewhere in the text"
		return s
	case m.again:
		s.Score, s.Why = 0.6, "stands as a name elsewhere in the text"
	default:
		s.Score, s.Why = 0.3+0.65/(1+math.Exp(-float64(m.margin)/20)), "looks like a name"
	}
	var clues []string
	word := func(i int) string { return strings.ToLower(f.text[f.units[i].start:f.units[i].end]) }
	first := m.from
	if f.units[first].lexicon&lexTitle != 0 && first < m.to {
		clues = append(clues, fmt.Sprintf("follows %q", word(first)))
	} else if first > 0 && f.units[first].lines == 0 && f.units[first-1].lexicon&(lexRelation|lexSpeech) != 0 {
		clues = append(clues, fmt.Sprintf("follows %q", word(first-1)))
	}
	if next := m.to + 1; next < len(f.units) && f.units[next].lines == 0 && f.units[next].lexicon&lexSpeech != 0 {
		clues = append(clues, fmt.Sprintf("stands before %q", word(next)))
	}
	var listed uint16
	times := 0
	for i := m.from; i <= m.to; i++ {
		listed |= f.units[i].lexicon
		if w := f.found[f.units[i].hash]; w != nil {
			times = max(times, w.times)
		}
	}
	if listed&(lexForename|lexSurname) != 0 {
		clues = append(clues, "is in the lists of names")
	}
	if times > 1 && !m.again {
		clues = append(clues, fmt.Sprintf("found %d times", times))
	}
	if len(clues) > 0 {
		s.Why += ": " + strings.Join(clues, "; ")
	}
	return s
}
