package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"tenet/internal/match"
)

// record is one row somewhere in the landlord's systems, and whose it truly is.
type record struct {
	id, person, household int
	trap                  string // what makes the person hard to tell apart: "twin", "same name", or ""
	known                 match.Known
}

// person is somebody as they are; records say so more or less.
type person struct {
	id, household       int
	c                   *community
	man                 bool
	given, middle       string
	family, maiden      string
	born                [3]int
	nino, email, mobile string
	landline, ref       string
	address, postcode   string
	before, beforePost  string // where they lived before
	oldMobile, oldEmail string
	trap                string
	married             bool
	child               bool
}

type world struct {
	r       *rand.Rand
	people  []*person
	records []record
	streets []string
	total   int
}

// landlord makes up a landlord with n people or a few more. The same seed gives the same landlord.
func landlord(n int, seed uint64) []record {
	w := &world{r: rand.New(rand.NewPCG(seed, 20))}
	for _, c := range communities {
		w.total += c.weight
	}
	for _, a := range list("High Mill Church Station Victoria Albert Canal Park Queen School North Bridge Chapel Garden Manor Meadow Forge Orchard Spring Quarry") {
		for _, b := range list("Street Road Lane Close Court Avenue") {
			w.streets = append(w.streets, a+" "+b)
		}
	}
	for house := 0; len(w.people) < n; house++ {
		w.household(house)
	}
	for _, p := range w.people {
		w.write(p)
	}
	return w.records
}

func (w *world) chance(p float64) bool { return w.r.Float64() < p }

func pick[T any](w *world, from []T) T { return from[w.r.IntN(len(from))] }

// rank picks the first of a list more often than the last, about as Zipf found.
func rank[T any](w *world, from []T) T {
	for {
		i := w.r.IntN(len(from))
		if w.r.Float64() < 1/(1+0.25*float64(i)) {
			return from[i]
		}
	}
}

func (w *world) community() *community {
	x := w.r.IntN(w.total)
	for i := range communities {
		if x -= communities[i].weight; x < 0 {
			return &communities[i]
		}
	}
	return &communities[0]
}

func (w *world) forename(c *community, man bool) string {
	if man {
		return rank(w, c.men)
	}
	return rank(w, c.women)
}

func (w *world) surname(c *community) string {
	if len(c.onset) == 0 || w.chance(0.45) {
		return rank(w, c.surnames)
	}
	return pick(w, c.onset) + pick(w, c.ending)
}

func (w *world) place() (address, postcode string) {
	post := fmt.Sprintf("%s%d %d%c%c", pick(w, list("M S BD LS NG")), 1+w.r.IntN(20), w.r.IntN(10), "ABDEFGHJLNPQ"[w.r.IntN(12)], "RSTUWXYZ"[w.r.IntN(8)])
	number := 1 + w.r.IntN(90)
	street := pick(w, w.streets)
	if w.chance(0.4) {
		return fmt.Sprintf("Flat %d, %d %s", 1+w.r.IntN(24), number, street), post
	}
	return fmt.Sprintf("%d %s", number, street), post
}

func (w *world) household(house int) {
	c := w.community()
	address, post := w.place()
	ref := fmt.Sprintf("TN/%06d", 1000+w.r.IntN(900000))
	landline := ""
	if w.chance(0.3) {
		landline = fmt.Sprintf("01632 960%03d", w.r.IntN(1000))
	}
	family := ""
	if c.custom != patronymic {
		family = w.surname(c)
	}
	taken := map[string]bool{} // forenames in the household
	forename := func(man bool) string {
		f := w.forename(c, man)
		for tries := 0; taken[f]; tries++ {
			if f = w.forename(c, man); tries > 20 {
				f += "-" + w.forename(c, man)
			}
		}
		taken[f] = true
		return f
	}
	add := func(man bool, year int, father *person) *person {
		p := &person{id: len(w.people), household: house, c: c, man: man, address: address, postcode: post, ref: ref, landline: landline, given: forename(man)}
		p.born = [3]int{year, 1 + w.r.IntN(12), 1 + w.r.IntN(28)}
		p.child = year > 2008
		p.family = w.familyOf(c, man, family, father)
		if w.chance(0.3) && c.custom != patronymic {
			p.middle = forename(man)
		}
		if w.chance(0.05) && strings.Contains("somali eritrean and ethiopian", c.name) {
			p.born[1], p.born[2] = 1, 1
		}
		p.before, p.beforePost = w.place()
		w.reach(p)
		w.people = append(w.people, p)
		return p
	}
	oldest := 1938 + w.r.IntN(62)
	man := w.chance(0.5)
	first := add(man, oldest, nil)
	if w.chance(0.45) {
		second := add(!man, oldest-4+w.r.IntN(9), nil)
		if c.custom == plain && !second.man && w.chance(0.5) {
			second.maiden, second.married = w.surname(c), w.chance(0.4)
		}
		if w.chance(0.15) {
			second.email = first.email
		}
	}
	father := first
	children := []int{0, 0, 1, 1, 2, 3, 4}[w.r.IntN(7)]
	if oldest > 1996 {
		children = min(children, 1)
	}
	for i := 0; i < children; i++ {
		year := min(2024, oldest+20+w.r.IntN(18))
		child := add(w.chance(0.5), year, father)
		w.dependOn(child, father)
		switch {
		case w.chance(0.06): // twins
			twin := add(child.man, year, father)
			twin.born = child.born
			w.dependOn(twin, father)
			child.trap, twin.trap = "twin", "twin"
			if w.chance(0.35) {
				pair := pick(w, aliked)
				child.given, twin.given, child.middle, twin.middle = pair[0], pair[1], "", ""
			}
		case first.man && child.man && w.chance(0.08): // called what the father is called
			child.given, child.middle, child.family = first.given, first.middle, first.family
			child.trap, first.trap = "same name", "same name"
			if w.chance(0.5) {
				child.landline = first.landline
			}
		}
	}
}

func (w *world) familyOf(c *community, man bool, family string, father *person) string {
	switch c.custom {
	case gendered:
		for _, e := range [][2]string{{"ski", "ska"}, {"ov", "ova"}} {
			if stem, ok := strings.CutSuffix(family, e[0]); ok && !man {
				return stem + e[1]
			}
		}
	case patronymic:
		if father != nil && father.man {
			return father.given + " " + strings.Fields(father.family)[0]
		}
		return rank(w, c.men) + " " + rank(w, c.men)
	case double:
		return family + " " + w.surname(c)
	case sikh:
		marker := map[bool]string{true: "Singh", false: "Kaur"}[man]
		if w.chance(0.5) {
			return marker
		}
		return marker + " " + family
	case honorific:
		if !man && w.chance(0.55) {
			return pick(w, list("Begum Bibi Khatun Akhtar"))
		}
	}
	return family
}

// dependOn gives a child its parent's ways of being reached.
func (w *world) dependOn(p, parent *person) {
	if p.child {
		p.nino, p.email, p.mobile = "", "", ""
		if w.chance(0.7) {
			p.mobile = parent.mobile
		}
		if w.chance(0.35) {
			p.email = parent.email
		}
	}
}

func (w *world) reach(p *person) {
	p.nino = fmt.Sprintf("%c%c%06d%c", "ABCEGHJKLMNPRSTWXYZ"[w.r.IntN(19)], "ABCEHJLMPRSTWXYZ"[w.r.IntN(16)], w.r.IntN(1000000), "ABCD"[w.r.IntN(4)])
	email := func() string {
		local := strings.ToLower(bare(p.given) + pick(w, list(". _ x")) + bare(strings.ReplaceAll(p.family, " ", "")))
		if w.chance(0.3) {
			local = strings.ToLower(bare(p.given)[:1]) + "." + strings.ToLower(bare(strings.ReplaceAll(p.family, " ", "")))
		}
		return fmt.Sprintf("%s%d@example.%s", strings.ReplaceAll(local, "'", ""), w.r.IntN(100), pick(w, list("org com net")))
	}
	number := func() string { return fmt.Sprintf("07%09d", w.r.IntN(1_000_000_000)) }
	p.oldEmail, p.oldMobile = email(), number()
	if w.chance(0.75) {
		p.email = email()
	}
	if w.chance(0.88) {
		p.mobile = number()
	}
}

// bare is a word without its diacritics.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'ł':
			return 'l'
		case r == 'Ł':
			return 'L'
		case r == 'ı':
			return 'i'
		}
		return r
	}, norm.NFD.String(s))
}

// system is a database of the landlord and how often it fills a field.
type system struct {
	name                                           string
	holds                                          float64 // of people
	birth, nino, email, phone, ref, address, title float64
	initials, old                                  float64
}

var systems = []system{
	{"housing", 0.95, .95, .6, .6, .8, .8, 1, .7, .01, .05},
	{"repairs", 0.4, .1, 0, .3, .85, .6, 1, .6, .12, .1},
	{"contacts", 0.45, .35, .1, .7, .75, .4, .5, .4, .06, .3},
	{"applications", 0.25, .95, .6, .6, .6, .1, .95, .5, .01, .7},
	{"arrears", 0.2, .5, .5, .3, .5, .9, .8, .8, .08, .1},
}

// write puts a person into the systems.
func (w *world) write(p *person) {
	for _, s := range systems {
		if !w.chance(s.holds) || p.child && s.name != "housing" && s.name != "applications" {
			continue
		}
		w.enter(p, s)
		if w.chance(0.04) { // a duplicate in one system
			w.enter(p, s)
		}
	}
}

// towns by the first letter of a postcode.
var towns = map[string]string{"M": "Northby", "S": "Stanwick", "B": "Oldbrook", "L": "Lowmoor", "N": "Netherby"}

func (w *world) enter(p *person, s system) {
	old := w.chance(s.old)
	r := record{id: len(w.records), person: p.id, household: p.household, trap: p.trap}
	given, family := p.given, p.family
	if p.maiden != "" && (p.married && old || !p.married) {
		family = p.maiden
	}
	k := &r.known
	k.Name = match.NameOf(w.written(p, given, family, s)...)
	if w.chance(s.birth) {
		k.DOB = w.birth(p)
	}
	if w.chance(s.nino) {
		k.NINO = w.slipped(p.nino, 0.01, "0123456789")
		if w.chance(0.3) && len(k.NINO) == 9 {
			k.NINO = k.NINO[:8]
		}
	}
	if w.chance(s.email) {
		k.Emails = keep(w.slipped(choose(old && w.chance(0.5), p.oldEmail, p.email), 0.03, "abcdeiorst"))
	}
	if w.chance(s.phone) {
		k.Phones = keep(w.slipped(choose(old && w.chance(0.6), p.oldMobile, choose(w.chance(0.15), p.landline, p.mobile)), 0.02, "0123456789"))
	}
	if w.chance(s.ref) {
		ref := p.ref
		switch w.r.IntN(10) {
		case 0:
			ref = strings.Replace(ref, "/0", "/", 1)
		case 1:
			ref = strings.Replace(ref, "/", " ", 1)
		case 2:
			ref += "X"
		}
		k.Refs = []string{ref}
	}
	if w.chance(s.address) {
		address, post := p.address, p.postcode
		if old {
			address, post = p.before, p.beforePost
		}
		k.Addresses, k.Postcode, k.Town = []string{w.addressed(address)}, post, towns[post[:1]]
	}
	w.records = append(w.records, r)
}

func choose(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

func keep(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (w *world) addressed(a string) string {
	flat, rest, ok := strings.Cut(strings.TrimPrefix(a, "Flat "), ", ")
	switch {
	case ok && w.chance(0.2):
		a = flat + "/" + rest
	case ok && w.chance(0.2):
		a = rest + " Flat " + flat
	}
	if w.chance(0.4) {
		a = strings.NewReplacer("Street", "St", "Road", "Rd", "Avenue", "Ave", "Close", "Cl").Replace(a)
	}
	if w.chance(0.2) {
		a = strings.ToUpper(a)
	}
	return a
}

func (w *world) birth(p *person) string {
	d := p.born
	switch x := w.r.Float64(); {
	case x < 0.02:
		return pick(w, list("1900-01-01 1970-01-01 9999-12-31"))
	case x < 0.035 && d[2] <= 12:
		d[1], d[2] = d[2], d[1]
	case x < 0.055:
		return w.slipped(fmt.Sprintf("%04d-%02d-%02d", d[0], d[1], d[2]), 1, "0123456789")
	}
	if w.chance(0.4) {
		return fmt.Sprintf("%02d/%02d/%04d", d[2], d[1], d[0])
	}
	return fmt.Sprintf("%04d-%02d-%02d", d[0], d[1], d[2])
}
