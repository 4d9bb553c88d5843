package match

import (
	"fmt"
	"math"
	"strings"
)

// field is one of the things in which two people are compared.
type field int

const (
	forenameField field = iota
	surnameField
	orderField
	birthField
	ninoField
	nhsField
	refField
	emailField
	phoneField
	placeField
	fields // how many there are
)

// fieldNames and levelNames are how a [Model] is written down. Level 0 is "one side does not say" and weighs nothing.
var fieldNames = [fields]string{"forename", "surname", "order of names", "date of birth", "NI number", "NHS number", "reference", "e-mail", "telephone", "place"}

var levelNames = [fields][]string{
	forenameField: {"not known", "agrees", "agrees in another form", "is alike", "agrees in its initial", "resembles", "differs"},
	surnameField:  {"not known", "agrees", "agrees in another form", "is alike", "resembles", "differs"},
	orderField:    {"not known", "is the same", "is another"},
	birthField:    {"not known", "agrees", "agrees, on a 1 January", "has day and month exchanged", "is one figure apart", "agrees in two of three parts", "agrees in the year", "differs"},
	ninoField:     {"not known", "agrees", "is one slip apart", "differs"},
	nhsField:      {"not known", "agrees", "is one slip apart", "differs"},
	refField:      {"not known", "is shared", "is shared but for zeros or a check letter", "differs"},
	emailField:    {"not known", "is shared", "is shared but for a slip, dots or a tag", "is the same at another provider", "differs"},
	phoneField:    {"not known", "is shared, a mobile", "is shared", "is one figure apart", "differs"},
	placeField:    {"not known", "is the same home", "is the same building", "is the same postcode", "is the same town", "differs"},
}

// Levels that the safety rules speak of.
const (
	full         = 1 // agrees: the first level of every field
	otherForm    = 2
	like         = 3
	initialOnly  = 4
	resembling   = 5
	otherName    = 6
	otherSurname = 5

	firstJanuary = 2
	exchangedDay = 3
	oneFigure    = 4
	twoParts     = 5
	otherBirth   = 6 // and beyond

	numberSlip  = 2
	otherNumber = 3
)

// vector has the level of each field.
type vector [fields]uint8

// Profile is a [Known] made ready to be compared often: every identifier normalised once.
type Profile struct {
	names         []Name
	birth         string
	nino, nhs     string
	refs, loose   []string
	emails, boxes []string // boxes are the addresses without tags and dots
	phones        []string
	place         places
}

// NewProfile normalises k. What is no identifier is left out: a date that stands for unknown (1 January 1970 is one to
// linkage, since computers write it), a temporary NI number that an employer made up (TN), which two people may share.
func NewProfile(k Known) *Profile {
	k = k.Normal()
	p := &Profile{birth: birthDate(k.DOB), nino: issued(k.NINO), nhs: k.NHS, refs: k.Refs, emails: k.Emails, phones: k.Phones, place: placesOf(k)}
	for _, n := range append([]Name{k.Name}, k.KnownAs...) {
		if !n.IsZero() {
			p.names = append(p.names, n)
		}
	}
	for _, r := range k.Refs {
		if l, ok := LooseRef(r); ok {
			p.loose = append(p.loose, l)
		}
	}
	for _, e := range k.Emails {
		p.boxes = append(p.boxes, mailbox(e))
	}
	return p
}

func birthDate(s string) string {
	if d, ok := Date(s); ok && d != "1970-01-01" {
		return d
	}
	return ""
}

// issued gives a canonical NI number that can only be one person's: not TN and six figures of a birth date, nor figures
// all the same.
func issued(s string) string {
	n, ok := NINO(s)
	if !ok || strings.HasPrefix(n, "TN") || strings.Trim(n[2:], n[2:3]) == "" {
		return ""
	}
	return n
}

// LooseRef gives a reference without what systems add and drop: leading zeros of its figures, and a check letter after
// four figures or more. It is a hint, weaker than [Ref]: two references that agree in it alone need something else.
func LooseRef(s string) (loose string, ok bool) {
	c, ok := Ref(s)
	if !ok {
		return "", false
	}
	if n := len(c); n > 4 && isCapital(c[n-1]) && isDigit(c[n-2]) && isDigit(c[n-3]) && isDigit(c[n-4]) && isDigit(c[n-5]) {
		c = c[:n-1]
	}
	var b strings.Builder
	for i := 0; i < len(c); i++ {
		if c[i] == '0' && (i == 0 || !isDigit(c[i-1])) {
			for i+1 < len(c) && c[i] == '0' && isDigit(c[i+1]) {
				i++
			}
		}
		b.WriteByte(c[i])
	}
	if b.String() == "0" {
		return "", false
	}
	return b.String(), true
}

// mailbox gives an address without the tag after a plus sign and without dots in the local part: one mailbox at some
// providers, two people's at others.
func mailbox(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	if tagged, _, ok := strings.Cut(local, "+"); ok && tagged != "" {
		local = tagged
	}
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	return strings.ReplaceAll(local, ".", "") + "@" + domain
}

// comparedPair is what [compareProfiles] found: the levels, and the names that agreed best.
type comparedPair struct {
	v    vector
	a, b Name
	ag   Agreement
}

// compareProfiles compares field by field. It is symmetric but for which of a and b is which.
func compareProfiles(a, b *Profile) (c comparedPair) {
	c.ag = Agreement{Forename: Unknown, Surname: Unknown}
	for i, x := range a.names {
		for j, y := range b.names {
			ag := compareNames(x, y)
			if i+j == 0 || ag.Score > c.ag.Score || ag.Score == c.ag.Score && ag.Forename > c.ag.Forename {
				c.ag, c.a, c.b = ag, x, y
			}
		}
	}
	c.v[forenameField] = forenameLevel(c.ag, c.a, c.b)
	c.v[surnameField] = surnameLevel(c.ag, c.a, c.b)
	if c.ag.Forename > Unknown && c.ag.Surname > Unknown {
		c.v[orderField] = 1
		if c.ag.order == swapped || c.ag.order == shuffled {
			c.v[orderField] = 2
		}
	}
	c.v[birthField] = birthLevel(a.birth, b.birth)
	c.v[ninoField] = numberLevel(a.nino, b.nino)
	c.v[nhsField] = numberLevel(a.nhs, b.nhs)
	c.v[refField] = refLevel(a, b)
	c.v[emailField] = emailLevel(a, b)
	c.v[phoneField] = phoneLevel(a.phones, b.phones)
	c.v[placeField] = uint8(comparePlaces(a.place, b.place))
	return c
}

func forenameLevel(ag Agreement, a, b Name) uint8 {
	switch ag.Forename {
	case Unknown:
		return 0
	case Equal:
		return full
	case Short:
		return otherForm
	case Alike:
		return like
	case Initial:
		return initialOnly
	}
	if ag.clash == noClash && len(a.Given) > 0 && len(b.Given) > 0 && resembles(a.Given[0], b.Given[0]) {
		return resembling
	}
	return otherName
}

func surnameLevel(ag Agreement, a, b Name) uint8 {
	switch ag.Surname {
	case Unknown:
		return 0
	case Equal:
		return full
	case Short:
		return otherForm
	case Alike:
		return like
	case Initial:
		return 4
	}
	if len(a.Family) > 0 && len(b.Family) > 0 && resembles(strings.Join(a.Family, ""), strings.Join(b.Family, "")) {
		return 4
	}
	return otherSurname
}

// resembles is further than [spelling] goes: nobody is taken for another on it, but somebody may be asked.
func resembles(a, b string) bool {
	long := max(len(a), len(b))
	return min(len(a), len(b)) >= 3 && long >= 4 && max(len(a), len(b))-min(len(a), len(b)) <= 3 && !farApart(a, b, (long+1)/3) && edits(a, b)*3 <= long+1
}

func birthLevel(a, b string) uint8 {
	switch {
	case a == "" || b == "":
		return 0
	case a == b && strings.HasSuffix(a, "-01-01"):
		return firstJanuary // what an office writes for somebody who fled without papers
	case a == b:
		return full
	case a[:4] == b[:4] && a[5:7] == b[8:] && a[8:] == b[5:7]:
		return exchangedDay
	case edits(a, b) == 1:
		return oneFigure
	}
	agree := 0
	for _, part := range [][2]int{{0, 4}, {5, 7}, {8, 10}} {
		if a[part[0]:part[1]] == b[part[0]:part[1]] {
			agree++
		}
	}
	switch {
	case agree == 2:
		return twoParts
	case a[:4] == b[:4]:
		return otherBirth
	}
	return otherBirth + 1
}

func numberLevel(a, b string) uint8 {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return full
	case edits(a, b) == 1:
		return numberSlip
	}
	return otherNumber
}

func refLevel(a, b *Profile) uint8 {
	switch {
	case len(a.refs) == 0 || len(b.refs) == 0:
		return 0
	case meet(a.refs, b.refs):
		return full
	case meet(a.loose, b.loose):
		return 2
	}
	return 3
}

func emailLevel(a, b *Profile) uint8 {
	if len(a.emails) == 0 || len(b.emails) == 0 {
		return 0
	}
	if meet(a.emails, b.emails) {
		return full
	}
	if meet(a.boxes, b.boxes) {
		return 2
	}
	best := uint8(4)
	for _, x := range a.boxes {
		for _, y := range b.boxes {
			xl, xd, _ := strings.Cut(x, "@")
			yl, yd, _ := strings.Cut(y, "@")
			switch d := edits(x, y); {
			case len(xl) >= 4 && len(yl) >= 4 && (d <= 1 || d <= 2 && len(x) >= 16) && !onlyFigures(xl, yl):
				best = min(best, 2)
			case xl == yl && len(xl) >= 6 && xd != yd:
				best = min(best, 3)
			}
		}
	}
	return best
}

// onlyFigures: ann.shaw52 and ann.shaw53 are two people's more likely than a slip.
func onlyFigures(a, b string) bool {
	return a != b && strings.Trim(a, "0123456789") == strings.Trim(b, "0123456789")
}

func phoneLevel(a, b []string) uint8 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	best := uint8(4)
	for _, x := range a {
		for _, y := range b {
			switch {
			case x == y && strings.HasPrefix(x, "+447"):
				return 1
			case x == y:
				best = min(best, 2)
			case len(x) == len(y) && edits(x, y) == 1:
				best = min(best, 3)
			}
		}
	}
	return best
}

func meet(a, b []string) bool {
	for _, s := range a {
		if contains(b, s) {
			return true
		}
	}
	return false
}

// Evidence is one line of the working of a [Link].
type Evidence struct {
	Field string
	Says  string  // in words, without the value
	Bits  float64 // log2 of how much likelier this is of one person than of two
	Value string  // the name that agrees, folded, where that decides the weight; for a screen, never for a log
}

func (e Evidence) String() string { return fmt.Sprintf("%s %s: %+.1f", e.Field, e.Says, e.Bits) }

// Link is what a [Model] says of two people.
type Link struct {
	Verdict  Verdict
	Bits     float64 // log2 of the Bayes factor; 10 is a thousand times likelier one person than two
	Evidence []Evidence
	Held     string // why the verdict is not what Bits alone would give; "" when it is
}

// Working is the evidence in words, without identifiers, and last why the verdict was held back.
func (l Link) Working() []string {
	out := make([]string, 0, len(l.Evidence)+2)
	for _, e := range l.Evidence {
		out = append(out, e.String())
	}
	out = append(out, fmt.Sprintf("together %+.1f bits", l.Bits))
	if l.Held != "" {
		out = append(out, l.Held)
	}
	return out
}

// oneIn says a share as people say it.
func oneIn(share float64) string {
	n := 1 / share
	if n >= 100 {
		digits := math.Pow(10, math.Floor(math.Log10(n))-1)
		n = math.Round(n/digits) * digits
	}
	return fmt.Sprintf("1 in %.0f", n)
}
