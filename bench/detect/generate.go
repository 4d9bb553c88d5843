package main

import (
	_ "embed"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tenet/internal/detect"
	"tenet/internal/match"
)

//go:embed train/templates.txt
var templateText string

//go:embed train/names.txt
var communityText string

//go:embed train/places.txt
var placeText string

var slot = regexp.MustCompile(`\{[A-Za-z#]+[0-9]?\}`)

// generator makes labelled documents of templates and names.
type generator struct {
	random                    *rand.Rand
	templates                 []string
	communities               [][2][]string // forenames, surnames
	forenames, surnames       []string      // of the shared lists, as written
	allForenames, allSurnames []string      // folded words, for the lexicon
	towns, places             []string      // as written, and folded
}

func newGenerator(folder string) (*generator, error) {
	g := &generator{random: rand.New(rand.NewPCG(1, 2))}
	for line := range strings.Lines(templateText) {
		if line = strings.TrimRight(line, "\n"); line != "" && line[0] != '#' {
			g.templates = append(g.templates, line)
		}
	}
	forenames, surnames := make(map[string]bool), make(map[string]bool)
	add := func(to map[string]bool, name string) {
		for w := range match.Words(name) {
			if utf8.RuneCountInString(w.Text) > 1 && !strings.ContainsAny(w.Text, "0123456789") {
				to[w.Text] = true
			}
		}
	}
	for line := range strings.Lines(communityText) {
		_, names, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || line[0] == '#' {
			continue
		}
		given, family, ok := strings.Cut(names, " | ")
		if !ok {
			return nil, fmt.Errorf("names.txt: no surnames: %.30q", line)
		}
		c := [2][]string{strings.Fields(given), strings.Fields(family)}
		g.communities = append(g.communities, c)
		for _, n := range c[0] {
			add(forenames, n)
		}
		for _, n := range c[1] {
			add(surnames, n)
		}
	}
	for _, l := range []struct {
		file, column string
		list         *[]string
		words        map[string]bool
	}{
		{"common-forenames-by-country.csv", "Romanized Name", &g.forenames, forenames},
		{"common-surnames-by-country.csv", "Romanized Name", &g.surnames, surnames},
		{"smashew-first-all.txt", "", nil, forenames},
		{"smashew-surnames-all.txt", "", nil, surnames},
	} {
		var names []string
		var err error
		if l.column != "" {
			names, err = column(filepath.Join(folder, l.file), l.column)
		} else {
			names, err = listed(filepath.Join(folder, l.file))
		}
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			add(l.words, n)
			if r, _ := utf8.DecodeRuneInString(n); l.list != nil && unicode.IsUpper(r) && !strings.ContainsAny(n, " /,(") {
				*l.list = append(*l.list, n)
			}
		}
	}
	for _, w := range slices.Collect(maps.Keys(forenames)) {
		for _, short := range match.Forms(w) {
			forenames[short] = true
		}
	}
	for w := range forenames {
		g.allForenames = append(g.allForenames, w)
	}
	for w := range surnames {
		g.allSurnames = append(g.allSurnames, w)
	}
	slices.Sort(g.allForenames)
	slices.Sort(g.allSurnames)
	for line := range strings.Lines(placeText) {
		if line[0] != '#' {
			g.towns = append(g.towns, strings.Fields(line)...)
		}
	}
	for _, t := range g.towns {
		g.places = append(g.places, match.Fold(t))
	}
	return g, nil
}

func (g *generator) one(list []string) string { return list[g.random.IntN(len(list))] }

func (g *generator) name() (forename, surname string) {
	switch g.random.IntN(10) {
	case 0, 1: // the wide world
		return g.one(g.forenames), g.one(g.surnames)
	case 2: // not on any list
		return g.invented(g.one(g.forenames)), g.invented(g.one(g.surnames))
	}
	c := g.communities[0]
	if g.random.IntN(3) > 0 {
		c = g.communities[g.random.IntN(len(g.communities))]
	}
	forename, surname = g.one(c[0]), g.one(c[1])
	switch g.random.IntN(30) {
	case 0:
		surname += "-" + g.one(c[1])
	case 1:
		forename += " " + g.one(c[0])
	case 2:
		surname = g.one(g.communities[g.random.IntN(len(g.communities))][1])
	}
	return forename, surname
}

// invented changes a name so that no list has it.
func (g *generator) invented(name string) string {
	letters := []rune(name)
	if len(letters) < 4 {
		return name
	}
	i := 1 + g.random.IntN(len(letters)-2)
	if strings.ContainsRune("aeiou", letters[i]) {
		letters[i] = []rune("aeiou")[g.random.IntN(5)]
	} else {
		letters[i] = []rune("bdfgklmnprstvz")[g.random.IntN(14)]
	}
	return string(letters)
}

// document makes one of one to six sentences.
func (g *generator) document() detect.Labelled {
	var text strings.Builder
	var spans []detect.Span
	f1, s1 := g.name()
	sentences := 1 + g.random.IntN(6)
	sep := g.one([]string{" ", " ", "\n", "\n\n"})
	for i := range sentences {
		if i > 0 {
			text.WriteString(sep)
		}
		template := g.one(g.templates)
		careless := g.random.IntN(12) == 0 // writes names without capitals
		at := 0
		for _, m := range slot.FindAllStringIndex(template, -1) {
			text.WriteString(template[at:m[0]])
			at = m[1]
			value, t := g.fill(template[m[0]+1:m[1]-1], f1, s1)
			if careless && t == detect.Person {
				value = strings.ToLower(value)
			}
			if t != "" {
				start := text.Len()
				text.WriteString(value)
				spans = append(spans, detect.Span{Start: start, End: text.Len(), Type: t})
			} else {
				text.WriteString(value)
			}
		}
		text.WriteString(template[at:])
	}
	return detect.Labelled{Text: text.String(), Spans: spans}
}

// fill gives what stands in a slot, and what type it is.
func (g *generator) fill(slot, f1, s1 string) (string, detect.Type) {
	f, s := g.name()
	switch slot {
	case "F1":
		return f1, detect.Person
	case "S1":
		return s1, detect.Person
	case "F":
		return f, detect.Person
	case "S":
		return s, detect.Person
	case "I":
		return f[:1], detect.Person
	case "N":
		switch g.random.IntN(12) {
		case 0:
			return f[:1] + " " + s, detect.Person
		case 1:
			return f + " " + strings.ToUpper(s), detect.Person
		case 2:
			return f + " " + f1[:1] + ". " + s, detect.Person
		}
		return f + " " + s, detect.Person
	case "R":
		return g.one([]string{strings.ToUpper(s) + " " + f, s + ", " + f, strings.ToUpper(s) + ", " + f, strings.ToUpper(s + " " + f), s + " " + f[:1], strings.ToUpper(s) + " " + f[:1]}), detect.Person
	case "X":
		return g.one([]string{f, s, f + " " + s, f[:1] + " " + s, f + " " + s[:1], f[:1] + "." + s}), detect.Person
	case "T":
		return g.one([]string{"Mr", "Mrs", "Miss", "Ms", "Mr.", "mr", "mrs", "Dr", "Mx"}), ""
	case "ST":
		return fmt.Sprintf("%d %s", 1+g.random.IntN(200), g.street()), detect.Address
	case "STN":
		return g.street(), detect.Location
	case "B":
		return g.namedAfter() + " " + g.one([]string{"House", "Court", "Tower", "Point", "Lodge", "Heights", "Gardens", "Mansions", "Estate", "Place"}), detect.Location
	case "L":
		return g.one(g.towns), detect.Location
	case "O":
		return g.body(), detect.Organisation
	case "h":
		return g.one(strings.Fields("son daughter husband wife partner mother father sister brother nephew niece cousin grandson ex-partner boyfriend girlfriend mum dad friend neighbour carer uncle aunt")), ""
	case "D":
		return g.one([]string{fmt.Sprintf("%02d/%02d/20%02d", 1+g.random.IntN(28), 1+g.random.IntN(12), 10+g.random.IntN(16)), fmt.Sprintf("%d %s", 1+g.random.IntN(28), g.one(strings.Fields("January Feb March April May June July August Sept October November December"))), g.one(strings.Fields("Monday Tuesday Wednesday Thursday Friday"))}), ""
	case "REF":
		return fmt.Sprintf("%s%06d", g.one([]string{"", "T", "REF", "CRN ", "WO/", "ASB-"}), g.random.IntN(1000000)), ""
	case "#":
		return fmt.Sprint(1 + g.random.IntN(90)), ""
	}
	panic("templates.txt: no such slot: " + slot)
}

// namedAfter gives the word that a street or building bears: as often as not it is somebody's name.
func (g *generator) namedAfter() string {
	if g.random.IntN(2) == 0 {
		return g.one(strings.Fields("High Church Station Park Victoria Albert Mill Queen King School Green Manor Kings Queens Elm Oak Ash Willow Beech Cedar North South East West Meadow Orchard River Hill Valley Union Market Chapel Bridge New Long Cross Main London York Grange Spring Grove Springfield Highfield Woodland Riverside"))
	}
	f, s := g.name()
	return g.one([]string{s, s, f, f + " " + s, "St " + f})
}

func (g *generator) street() string {
	return g.namedAfter() + " " + g.one(strings.Fields("Street Street Road Road Avenue Lane Close Drive Court Crescent Gardens Grove Place Terrace Way Walk Rise View Mews Square St Rd Ave"))
}

func (g *generator) body() string {
	f, s := g.name()
	return g.one([]string{
		s + " & Sons", s + " Ltd", s + " and " + s + " Solicitors", s + " Solicitors", "St " + f + "'s Primary School", "St " + f + "'s", s + " Surgery", "The " + s + " Practice",
		s + " Academy", s + " Homes", s + " Housing Association", s + " Council", g.one(g.towns) + " City Council", "the " + s + " Foundation", s + " Plumbing and Heating", s + " Brothers",
		"The " + s + " Arms", "Queen Elizabeth Hospital", "Royal Victoria Infirmary", "Citizens Advice", "Shelter", "Age UK", "British Gas", "Worcester Bosch", "Gas Safe", "Adult Social Care",
		"Housing Ombudsman", "DWP", "NHS", g.one(g.towns) + " Magistrates Court", "County Court", "HMRC", "Thames Water", s + " House Nursery", s + " Community Centre", f + " " + s + " School", "Women's Aid", "Mears",
	})
}
