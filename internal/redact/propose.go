package redact

import (
	"slices"
	"strings"

	"tenet/internal/detect"
	"tenet/internal/match"
)

// ThirdParty is the exemption under which other people's information is withheld: DPA 2018 Sch 2 para 16. The id is
// that of package law.
const ThirdParty = "third-party"

// Action is what is to be done with a span.
type Action string

// The actions.
const (
	Withhold Action = "withhold" // out of the requester's copy
	Reveal   Action = "reveal"   // stays
	Review   Action = "review"   // a person decides; until then it is withheld
)

// Proposal is a span with what should be done about it and why. A reviewer changes Action; the span stays.
type Proposal struct {
	detect.Span
	Action    Action
	Exemption string // id of the exemption it would be withheld under; "" when revealed
	Reason    string // in words, without the data
	Lesson    string // id of the landlord's own rule that it follows; empty if none
}

// Keep says what stands in the copy for one requester.
type Keep struct {
	Own      []match.Known // the requester, as the landlord's systems know them; never withheld
	OwnIDs   []string      // the requester's ids among the known people
	Literals []string      // names, numbers, addresses and phrases that stay, however they are written
	Staff    []string      // ids of the landlord's staff
	// WithholdStaff puts staff names up for review. Otherwise they stand: an officer's name and role in their work is
	// rarely to be withheld from the person the work was about (ICO, Right of access: information about staff).
	WithholdStaff bool
	Domains       []string // the landlord's own domains: e-mail addresses and web pages there stay
	Phones        []string // the landlord's published numbers
	Lessons       []Lesson // the landlord's own rules
}

// Propose gives for every span what should be done, in the order of spans. Spans come from [detect.Detector.Detect]:
// sorted and not overlapping.
//
// What is the requester's stays. So does a lone surname that the requester bears as well as somebody else, for it gives
// nobody away, and a namesake's name, which is the requester's own. What may be either goes to review. Everything else
// that tells of a person is withheld, unknown people included; web addresses, organisations, places and references that
// belong to nobody else known stay.
func Propose(text string, spans []detect.Span, keep Keep) []Proposal {
	k := newKeeper(keep, text)
	out := make([]Proposal, 0, len(spans))
	for _, s := range spans {
		p := Proposal{Span: s}
		p.Action, p.Reason = k.judge(s)
		if p.Action != Reveal {
			p.Exemption = ThirdParty
		}
		out = append(out, p)
	}
	return k.taught(text, out)
}

// keeper is a Keep made ready for one text.
type keeper struct {
	Keep
	names     []match.Name
	own       map[detect.Type]map[string]bool // canonical identifiers
	surnames  map[string]bool                 // words of the requester's surnames
	forenames map[string]bool                 // words of the requester's forenames, and their usual forms
	kept      [][2]int                        // where Literals stand in the text
	homes     [][]string                      // the words of each literal and own address that has a number
	domains   []string
	phones    map[string]bool
}

func newKeeper(keep Keep, text string) *keeper {
	k := &keeper{Keep: keep, own: make(map[detect.Type]map[string]bool), surnames: make(map[string]bool), forenames: make(map[string]bool), phones: make(map[string]bool)}
	literals := slices.Clone(keep.Literals)
	for _, o := range keep.Own {
		for _, n := range append([]match.Name{o.Name}, o.KnownAs...) {
			k.addName(n)
		}
		for t, values := range map[detect.Type][]string{
			detect.Email: o.Emails, detect.Phone: o.Phones, detect.Reference: o.Refs, detect.NINO: {o.NINO}, detect.NHS: {o.NHS},
			detect.DateOfBirth: {o.DOB}, detect.Postcode: {o.Postcode}, detect.UPRN: {o.UPRN}, detect.Address: o.Addresses,
		} {
			for _, v := range values {
				k.addOwn(t, v)
			}
		}
		literals = append(literals, o.Addresses...)
	}
	for _, l := range keep.Literals {
		if n := match.ParseName(l); len(n.Family) > 0 && !strings.ContainsAny(l, "0123456789") {
			k.addName(n)
		}
		for _, t := range []detect.Type{detect.Email, detect.Phone, detect.NINO, detect.NHS, detect.Postcode, detect.DateOfBirth, detect.Reference, detect.Address} {
			k.addOwn(t, l)
		}
	}
	k.kept = occurrences(text, literals)
	for _, l := range literals {
		if strings.ContainsAny(l, "0123456789") {
			k.homes = append(k.homes, foldedWords(l))
		}
	}
	for _, d := range keep.Domains {
		if d = strings.ToLower(strings.Trim(d, " @.")); d != "" {
			k.domains = append(k.domains, d)
		}
	}
	for _, p := range keep.Phones {
		if c, ok := match.Phone(p); ok {
			k.phones[c] = true
		}
	}
	return k
}

func (k *keeper) addName(n match.Name) {
	if n.IsZero() {
		return
	}
	k.names = append(k.names, n)
	for _, w := range n.Family {
		k.surnames[w] = true
	}
	if len(n.Family) > 0 {
		k.surnames[strings.Join(n.Family, "")] = true
	}
	for w := range match.Words(n.Written) { // a surname's words before its prefixes were joined on
		if strings.Contains(strings.Join(n.Family, ""), w.Text) && len(w.Text) > 1 && !slices.Contains(n.Given, w.Text) {
			k.surnames[w.Text] = true
		}
	}
	for i, g := range append(slices.Clone(n.Given), n.Also...) {
		if i > 0 && i < len(n.Given) || len([]rune(g)) < 2 {
			continue // middle names and initials alone are nobody's call name
		}
		k.forenames[g] = true
		for _, form := range match.Forms(g) {
			k.forenames[form] = true
		}
	}
}

func (k *keeper) addOwn(t detect.Type, value string) {
	for _, c := range detect.Canonical(t, value) {
		if k.own[t] == nil {
			k.own[t] = make(map[string]bool)
		}
		k.own[t][c] = true
	}
}

// judge decides one span.
func (k *keeper) judge(s detect.Span) (Action, string) {
	for _, at := range k.kept {
		if at[0] <= s.Start && s.End <= at[1] {
			return Reveal, "the requester's own, or kept by decision"
		}
	}
	if s.Type == detect.Person {
		return k.judgePerson(s)
	}
	mine, theirs := k.owners(s.People)
	for _, c := range detect.Canonical(s.Type, s.Text) {
		mine = mine || k.own[s.Type][c] || (s.Type == detect.Account || s.Type == detect.Reference) && k.own[detect.Reference][c]
		if s.Type == detect.Phone && k.phones[c] {
			return Reveal, "a number the landlord publishes"
		}
	}
	if mine || s.Type == detect.Address && k.ownHome(s.Text) {
		return Reveal, "the requester's own"
	}
	if len(s.Maybe) > 0 {
		return Review, "may be a known person's, written with a slip"
	}
	if (s.Type == detect.Email || s.Type == detect.URL) && k.landlords(s) {
		return Reveal, "at the landlord's own domain"
	}
	if theirs {
		if k.allStaff(s.People) && !k.WithholdStaff {
			return Reveal, "a member of staff's, in their work"
		}
		return Withhold, "belongs to another person"
	}
	switch s.Type {
	case detect.URL, detect.Organisation, detect.Location:
		return Reveal, "tells of no person"
	case detect.Relation:
		if s.Score < surelySomebody {
			return Reveal, "a relation that names nobody"
		}
		return Review, "says who somebody is without their name"
	case detect.Reference:
		return Reveal, "a reference that is nobody else's known"
	case detect.Email, detect.Phone, detect.Address:
		return Withhold, "not known to be the requester's"
	}
	return Review, "whose it is is not known"
}

func (k *keeper) judgePerson(s detect.Span) (Action, string) {
	name := match.ParseName(s.Text)
	words := nameWords(s.Text)
	mine, theirs := k.owners(s.People)
	if len(s.People) == 0 && len(s.Maybe) > 0 {
		if mine, theirs := k.owners(s.Maybe); mine && !theirs {
			return Review, "may be the requester, written with a slip"
		}
		return Review, "may be a known person, written with a slip"
	}
	if len(words) > 0 && name.Title == "" && all(words, k.surnames) && (s.Part == detect.Surname || len(s.People) == 0) {
		return Reveal, "the requester's own surname"
	}
	if k.allStaff(s.People) {
		if k.WithholdStaff {
			return Review, "a member of staff"
		}
		return Reveal, "a member of staff, in their work"
	}
	switch {
	case mine && !theirs:
		return Reveal, "the requester"
	case mine:
		if k.fits(name) && (len(name.Given) > 0 || k.titled(name.Title)) {
			return Reveal, "the requester's own name, which somebody else bears too"
		}
		return Review, "may be the requester or another person"
	case theirs:
		if s.Part == detect.Forename && all(words, k.forenames) {
			return Review, "a forename that the requester and another person bear"
		}
		return Withhold, "another person"
	case k.fits(name), len(words) == 1 && name.Title == "" && all(words, k.forenames):
		return Reveal, "the requester's own name"
	}
	return Withhold, "a person who is not known to be the requester"
}

// surelySomebody is how sure detection is of words that say who somebody is by
// where they live or what they told, rather than by kin alone.
const surelySomebody = 0.6

// ownHome reports whether an address is words of the requester's own in a row:
// "flat 3" of "Flat 3, 12 Larch Court".
func (k *keeper) ownHome(text string) bool {
	words := foldedWords(text)
	for _, home := range k.homes {
		for i := 0; len(words) > 1 && i+len(words) <= len(home); i++ {
			if slices.Equal(words, home[i:i+len(words)]) {
				return true
			}
		}
	}
	return false
}

// fits reports whether a written name can be the requester's: nothing contradicts, and forename or initial and surname,
// or the title, are theirs.
func (k *keeper) fits(n match.Name) bool {
	for _, own := range k.names {
		a := match.CompareNames(own, n)
		if a.Surname < match.Alike || a.Forename == match.Differs {
			continue
		}
		if a.Forename != match.Unknown || n.Title != "" && n.Title == own.Title {
			return true
		}
	}
	return false
}

func (k *keeper) titled(title string) bool {
	return title != "" && slices.ContainsFunc(k.names, func(n match.Name) bool { return n.Title == title })
}

// owners reports whether the requester, and whether somebody else, is among ids.
func (k *keeper) owners(ids []string) (mine, theirs bool) {
	for _, id := range ids {
		if slices.Contains(k.OwnIDs, id) {
			mine = true
		} else {
			theirs = true
		}
	}
	return mine, theirs
}

func (k *keeper) allStaff(ids []string) bool {
	return len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(k.Staff, id) })
}

// landlords reports whether an e-mail or web address is at one of the landlord's domains or below.
func (k *keeper) landlords(s detect.Span) bool {
	host := strings.ToLower(s.Text)
	if s.Type == detect.Email {
		host = host[strings.LastIndex(host, "@")+1:]
	} else {
		if _, rest, ok := strings.Cut(host, "://"); ok {
			host = rest
		}
		if cut := strings.IndexAny(host, "/?#"); cut >= 0 {
			host = host[:cut]
		}
		host = host[strings.LastIndex(host, "@")+1:]
		host, _, _ = strings.Cut(host, ":")
	}
	return slices.ContainsFunc(k.domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

// nameWords gives the folded words of a name without titles.
func nameWords(s string) []string {
	var out []string
	for w := range match.Words(s) {
		if _, title := match.IsTitle(w.Text); !title && w.Text != "and" {
			out = append(out, w.Text)
		}
	}
	return out
}

func all(words []string, in map[string]bool) bool {
	for _, w := range words {
		if !in[w] {
			return false
		}
	}
	return true
}

// occurrences gives where the words of each phrase stand one after another in text, however they are written.
func occurrences(text string, phrases []string) [][2]int {
	byFirst := make(map[string][][]string)
	for _, p := range phrases {
		if words := foldedWords(p); len(words) > 0 {
			byFirst[words[0]] = append(byFirst[words[0]], words)
		}
	}
	if len(byFirst) == 0 {
		return nil
	}
	type open struct {
		words []string
		start int
	}
	var at [][2]int
	var opened []open
	for w := range match.Words(text) {
		kept := opened[:0]
		for _, o := range opened {
			switch {
			case o.words[0] != w.Text:
			case len(o.words) == 1:
				at = append(at, [2]int{o.start, w.End})
			default:
				kept = append(kept, open{o.words[1:], o.start})
			}
		}
		opened = kept
		for _, words := range byFirst[w.Text] {
			if len(words) == 1 {
				at = append(at, [2]int{w.Start, w.End})
			} else {
				opened = append(opened, open{words[1:], w.Start})
			}
		}
	}
	return at
}

func foldedWords(s string) []string {
	var out []string
	for w := range match.Words(s) {
		out = append(out, w.Text)
	}
	return out
}
