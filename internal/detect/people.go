package detect

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"tenet/internal/match"
)

// Individual is one person as a landlord knows them.
type Individual struct {
	ID string
	match.Known
}

// People finds known people in text, from memory. It keeps hashes of folded words, not words: surnames point to the
// people who bear them, and the words around a surname in the text decide which of those are meant. The memory is some
// 250 bytes a name; a People does not change after [NewPeople] and may be used by many goroutines.
type People struct {
	ids       []string
	byID      []int32 // places in ids, sorted by id
	names     []bearer
	nameAt    []int32              // where in names those of each person begin; one more at the end
	surnames  map[uint64][]surname // by first word
	forenames map[uint64]bool      // every form of every first forename
	phrases   map[uint64][]phrase  // references and the like that scanning cannot know, by first word
	owners    map[identifier][]int32
	held      map[Type]bool // the types of owners
	familiar  filter        // of the words of names and the first words of phrases
	slips     slips
}

// bearer is one name of one person.
type bearer struct {
	person  int32
	sex     int8     // as the title says: 1 man, -1 woman, 0 not said
	initial rune     // of the first forename; 0 when there is none
	forms   []uint64 // the first forename, its usual forms, and names the person goes by
	middles []uint64
	family  []uint64 // the words that the ways of writing the surname begin with
}

// surname is one way of writing a bearer's surname: the words after the first.
type surname struct {
	rest   []uint64
	name   int32
	partly bool // one half of a double-barrelled name, or the core of a prefixed one
}

type phrase struct {
	rest   []uint64
	person int32
	typ    Type
}

type identifier struct {
	typ   Type
	value uint64
}

// NewPeople prepares to find people. Names come from Name and KnownAs; e-mail addresses, telephone numbers, references,
// NI and NHS numbers, dates of birth, postcodes, UPRNs and addresses are recognised as theirs.
func NewPeople(people []Individual) *People {
	p := &People{
		surnames: make(map[uint64][]surname), forenames: make(map[uint64]bool),
		phrases: make(map[uint64][]phrase), owners: make(map[identifier][]int32), held: make(map[Type]bool),
	}
	forms := make(map[string][]uint64) // shared between bearers of one forename
	for i, one := range people {
		p.ids = append(p.ids, one.ID)
		p.byID = append(p.byID, int32(i))
		p.nameAt = append(p.nameAt, int32(len(p.names)))
		for _, n := range append([]match.Name{one.Name}, one.KnownAs...) {
			p.addName(int32(i), n, forms)
		}
		for t, values := range map[Type][]string{
			Email: one.Emails, Phone: one.Phones, Reference: one.Refs, NINO: {one.NINO}, NHS: {one.NHS}, DateOfBirth: {one.DOB},
			Postcode: {one.Postcode}, UPRN: {one.UPRN}, Address: one.Addresses,
		} {
			for _, v := range values {
				p.addIdentifier(int32(i), t, v)
			}
		}
	}
	p.nameAt = append(p.nameAt, int32(len(p.names)))
	slices.SortStableFunc(p.byID, func(a, b int32) int { return cmp.Compare(p.ids[a], p.ids[b]) })
	p.familiar = newFilter(len(p.surnames) + len(p.forenames) + len(p.phrases))
	for h := range p.surnames {
		p.familiar.add(h)
	}
	for h := range p.forenames {
		p.familiar.add(h)
	}
	for h := range p.phrases {
		p.familiar.add(h)
	}
	p.slips.ready()
	return p
}

func (p *People) addIdentifier(person int32, t Type, value string) {
	for _, c := range Canonical(t, value) {
		p.own(person, t, c)
	}
	if t != Reference {
		return
	}
	c, ok := match.Ref(value)
	if !ok || utf8.RuneCountInString(c) < 5 || !strings.ContainsAny(c, "0123456789") {
		return // "1" is a reference in some system, and half the numbers of every letter
	}
	for _, written := range []string{value, c} {
		if words := hashes(written); len(words) > 0 && !slices.ContainsFunc(p.phrases[words[0]], func(x phrase) bool { return x.person == person && slices.Equal(x.rest, words[1:]) }) {
			p.phrases[words[0]] = append(p.phrases[words[0]], phrase{rest: words[1:], person: person, typ: t})
		}
	}
}

func (p *People) own(person int32, t Type, canonical string) {
	key := identifier{t, hash(canonical)}
	p.held[t] = true
	if !slices.Contains(p.owners[key], person) {
		p.owners[key] = append(p.owners[key], person)
	}
}

func (p *People) addName(person int32, n match.Name, forms map[string][]uint64) {
	if len(n.Family) == 0 {
		return // one word alone names nobody with any certainty
	}
	b := bearer{person: person, sex: sexOf(n.Title)}
	if len(n.Given) > 0 {
		first := n.Given[0]
		b.initial, _ = utf8.DecodeRuneInString(first)
		if utf8.RuneCountInString(first) > 1 {
			if forms[first] == nil {
				forms[first] = []uint64{hash(first)}
				for _, f := range match.Forms(first) {
					forms[first] = append(forms[first], hash(f))
				}
			}
			b.forms = forms[first]
			p.slips.add(first)
		}
		for _, m := range n.Given[1:] {
			b.middles = append(b.middles, hash(m))
		}
		if len(n.Given) > 1 {
			b.forms = append(slices.Clip(b.forms), hash(n.Given[0]+n.Given[1])) // Anne Marie, Annemarie
		}
	}
	for _, also := range n.Also {
		b.forms = append(slices.Clip(b.forms), hash(also))
	}
	for _, f := range b.forms {
		p.forenames[f] = true
	}
	p.names = append(p.names, b)
	id := int32(len(p.names) - 1)
	add := func(partly bool, words ...string) {
		s := surname{name: id, partly: partly}
		for _, w := range words[1:] {
			h := hash(w)
			s.rest = append(s.rest, h)
			if _, ok := p.surnames[h]; !ok {
				p.surnames[h] = nil // a word of names, though none begins with it
			}
		}
		first := hash(words[0])
		if !slices.ContainsFunc(p.surnames[first], func(x surname) bool { return x.name == id && slices.Equal(x.rest, s.rest) }) {
			p.surnames[first] = append(p.surnames[first], s)
			if family := &p.names[id].family; !slices.Contains(*family, first) {
				*family = append(*family, first)
			}
		}
	}
	add(false, n.Family...)
	for _, w := range n.Family {
		p.slips.add(w)
	}
	if len(n.Family) > 1 {
		add(false, strings.Join(n.Family, ""))
		for _, w := range n.Family {
			if utf8.RuneCountInString(w) > 2 {
				add(true, w)
			}
		}
	}
	if words := familyAsWritten(n); len(words) > 0 {
		add(false, words...)
		if last := words[len(words)-1]; len(words) > 1 && utf8.RuneCountInString(last) > 3 {
			add(true, last)
		}
	}
	for _, prefix := range []string{"mc", "mac", "o"} { // O'Neill is also written O Neill
		if core, ok := strings.CutPrefix(n.Family[0], prefix); ok && len(core) > 3 {
			add(false, append([]string{prefix, core}, n.Family[1:]...)...)
		}
	}
}

// familyAsWritten gives the words that the surname had before its prefixes were joined on: "van", "den", "berg".
func familyAsWritten(n match.Name) []string {
	var words []string
	for w := range match.Words(n.Written) {
		words = append(words, w.Text)
	}
	joined := strings.Join(n.Family, "")
	for i := range words {
		for j := i + 1; j <= len(words); j++ {
			if strings.Join(words[i:j], "") == joined {
				return words[i:j]
			}
		}
	}
	return nil
}

// Who gives the ids of the people whose identifier this is.
func (p *People) Who(t Type, value string) []string {
	if !p.held[t] && (t != Account || !p.held[Reference]) {
		return nil
	}
	c, ok := canonical(t, value)
	if !ok {
		return nil
	}
	owners := p.owners[identifier{t, hash(c)}]
	if owners == nil && t == Account { // a rent account's number is often somebody's reference
		owners = p.owners[identifier{Reference, hash(c)}]
	}
	return p.idsOf(owners)
}

func (p *People) idsOf(people []int32) []string {
	if len(people) == 0 {
		return nil
	}
	ids := make([]string, 0, len(people))
	for _, i := range people {
		ids = append(ids, p.ids[i])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// namesOf gives the names of the people with this id.
func (p *People) namesOf(id string) (names []int32) {
	at, _ := slices.BinarySearchFunc(p.byID, id, func(i int32, id string) int { return cmp.Compare(p.ids[i], id) })
	for ; at < len(p.byID) && p.ids[p.byID[at]] == id; at++ {
		person := p.byID[at]
		for n := p.nameAt[person]; n < p.nameAt[person+1]; n++ {
			names = append(names, n)
		}
	}
	return names
}

func sexOf(title string) int8 {
	switch title {
	case "mr", "sir", "master":
		return 1
	case "mrs", "miss", "ms", "dame":
		return -1
	}
	return 0
}

const (
	fnvStart = 14695981039346656037
	fnvPrime = 1099511628211
)

// hash is 64-bit FNV-1a. Nothing secret rests on it: the people are in memory beside it.
func hash(s string) uint64 {
	h := uint64(fnvStart)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}

func hashes(s string) []uint64 {
	var out []uint64
	for w := range match.Words(s) {
		out = append(out, hash(w.Text))
	}
	return out
}
