package main

import (
	"strings"
	"unicode"
)

// written is how an office writes down a name, in the columns title, forename and surname: with its mistakes, its habits and what the person said on the day.
func (w *world) written(p *person, given, family string, s system) (parts []string) {
	title := ""
	if w.chance(s.title) {
		title = choose(p.man, "Mr", choose(p.married, "Mrs", choose(w.chance(0.5), "Ms", "Miss")))
	}
	if v := p.c.variants[given]; len(v) > 0 && w.chance(0.22) {
		given = pick(w, v)
	} else if p.c.name != "english" && w.chance(0.08) {
		given = w.respelt(given)
	}
	if p.c.name != "english" && w.chance(0.04) {
		family = w.respelt(family)
	}
	family = w.customary(p, family)
	given, family = w.mistyped(given, 0.03), w.mistyped(family, 0.035)
	switch {
	case w.chance(s.initials):
		given = given[:len(firstLetter(given))]
	case p.middle != "" && w.chance(0.35):
		given += " " + choose(w.chance(0.5), p.middle, firstLetter(p.middle))
	case p.middle != "" && w.chance(0.03):
		given = p.middle // goes by the second forename
	}
	if p.c.custom == honorific && p.man && w.chance(0.12) && !strings.HasPrefix(given, "M") {
		given = "Md " + given
	}
	if w.chance(0.5) {
		given, family = bare(given), bare(family)
	}
	swap := 0.012
	if p.c.custom == familyLast {
		swap = 0.4
	}
	if w.chance(swap) {
		given, family = family, given
	}
	switch w.r.IntN(8) {
	case 0:
		family = strings.ToUpper(family)
	case 1:
		given, family = strings.ToUpper(given), strings.ToUpper(family)
	}
	return []string{title, given, family}
}

// customary leaves off, adds and changes parts of a surname as offices do.
func (w *world) customary(p *person, family string) string {
	parts := strings.Fields(family)
	switch p.c.custom {
	case gendered:
		if w.chance(0.08) && strings.HasSuffix(family, "ska") {
			return strings.TrimSuffix(family, "a") + "i"
		}
	case patronymic, double, sikh:
		if len(parts) > 1 && w.chance(0.25) {
			return parts[w.r.IntN(2)]
		}
		if len(parts) > 1 && p.c.custom == patronymic && w.chance(0.1) {
			return parts[1]
		}
	case plain:
		if p.maiden != "" && w.chance(0.06) {
			return p.maiden + choose(w.chance(0.5), "-", " ") + p.family
		}
	}
	return family
}

// respelt changes letters between which transliterations waver.
func (w *world) respelt(s string) string {
	for range 4 {
		pair := pick(w, [][2]string{{"u", "o"}, {"ee", "i"}, {"i", "ee"}, {"ss", "s"}, {"y", "i"}, {"a", "e"}, {"oo", "u"}, {"k", "c"}, {"h", ""}, {"ou", "u"}, {"e", "a"}, {"kh", "h"}})
		if i := strings.LastIndex(s, pair[0]); i > 0 {
			return s[:i] + pair[1] + s[i+len(pair[0]):]
		}
	}
	return s
}

// mistyped makes one slip in a word with probability p; w.slipped replaces a letter by one of an alphabet.
func (w *world) mistyped(s string, p float64) string {
	r := []rune(s)
	if len(r) < 4 || !w.chance(p) {
		return s
	}
	i := 1 + w.r.IntN(len(r)-2)
	switch w.r.IntN(5) {
	case 0:
		r[i], r[i+1] = r[i+1], r[i]
	case 1:
		r = append(r[:i], r[i+1:]...)
	case 2:
		r = append(r[:i], append([]rune{r[i]}, r[i:]...)...)
	case 3:
		return strings.NewReplacer("m", "rn", "o", "0", "l", "1").Replace(s[:len(s)/2]) + s[len(s)/2:]
	default:
		r[i] = []rune("aeioubdnrst")[w.r.IntN(11)]
	}
	return string(r)
}

func (w *world) slipped(s string, p float64, alphabet string) string {
	if len(s) < 4 || !w.chance(p) {
		return s
	}
	b := []byte(s)
	for {
		if i := w.r.IntN(len(b)); strings.IndexByte(alphabet, b[i]) >= 0 || unicode.IsLetter(rune(b[i])) && len(alphabet) > 10 {
			b[i] = alphabet[w.r.IntN(len(alphabet))]
			return string(b)
		}
	}
}

func firstLetter(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}
