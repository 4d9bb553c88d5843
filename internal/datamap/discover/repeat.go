package discover

import (
	"slices"
	"strings"

	"tenet/internal/datamap"
)

// repeated finds the same columns repeated for several people in one row: age1,
// sex1, relat2, age2, sex2, … age8. They are told by three or more names that
// run to the same last number, of which one is a person's for certain; lines of
// an address and numbers of a phone are one person's and run by themselves.
func (t *table) repeated() {
	type numberedColumn struct {
		c *column
		n string
	}
	families := map[string][]numberedColumn{}
	var order []string
	for _, c := range t.columns {
		at := slices.IndexFunc(c.words, func(w string) bool { return isNumber(w) && len(w) <= 2 && strings.TrimLeft(w, "0") != "" })
		if at < 0 || len(c.words) < 2 {
			continue
		}
		name := strings.Join(slices.Replace(slices.Clone(c.words), at, at+1, "#"), " ")
		if families[name] == nil {
			order = append(order, name)
		}
		families[name] = append(families[name], numberedColumn{c, strings.TrimLeft(c.words[at], "0")})
	}
	last := func(name string) string { f := families[name]; return f[len(f)-1].n }
	byLast, sure := map[string][]string{}, map[string]bool{}
	for _, name := range order {
		if len(families[name]) < 3 {
			continue
		}
		slices.SortStableFunc(families[name], func(a, b numberedColumn) int { return number(a.n) - number(b.n) })
		byLast[last(name)] = append(byLast[last(name)], name)
		m, _, _ := read(slices.DeleteFunc(strings.Fields(name), func(w string) bool { return w == "#" }))
		switch {
		case m.slot == forename, m.slot == surname, m.slot == dob, m.slot == nino, m.dpv == "Age", m.dpv == "Gender", m.dpv == "Relationship":
			sure[last(name)] = true
		}
	}
	best := ""
	for _, name := range order {
		if l := last(name); sure[l] && len(byLast[l]) >= 3 && len(byLast[l]) > len(byLast[best]) {
			best = l
		}
	}
	for _, name := range byLast[best] {
		for _, f := range families[name] {
			if f.n != "1" { // the first is whom the row is about
				f.c.group = f.n
			}
		}
	}
}

// number reads what isNumber has seen.
func number(w string) int {
	n := 0
	for _, r := range w {
		n = n*10 + int(r-'0')
	}
	return n
}

// grouped is the role of those whom repeated columns are about: they live with
// whom the row is about, unless the names say otherwise.
const grouped = datamap.Household
