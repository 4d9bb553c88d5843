package match

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Known is what is known of one person, as given or canonical: [SamePerson] normalises what it compares. Empty fields
// are not known, and contradict nothing.
type Known struct {
	Name           Name
	KnownAs        []Name // other names: former surnames, aliases
	DOB, NINO, NHS string
	Emails, Phones []string
	Refs           []string // tenancy, account, customer references; joint tenants share them
	Postcode, UPRN string
	Addresses      []string
	Town           string // weak: compared by a [Model] alone
}

// Verdict is the answer to "are these one person?".
type Verdict int

// The verdicts. Ask is for a person to decide: never a silent merge.
const (
	Different Verdict = iota
	Ask
	Same
)

func (v Verdict) String() string { return [...]string{"different", "ask", "same"}[v] }

// comparison gathers evidence as [SamePerson] goes through it.
type comparison struct {
	name    Agreement
	working []string
}

func (c *comparison) say(format string, args ...any) {
	c.working = append(c.working, fmt.Sprintf(format, args...))
}

// SamePerson decides whether a and b describe one person: the verdict, a score from 0 to 1, and the working in words
// (which names identifiers by kind and never quotes them). It is symmetric. [Model.SamePerson] decides the same by learned
// weights. The rules, first that applies:
//
//  1. Dates of birth or NI numbers that conflict: different; ask, where another number issued to one person agrees, or
//     where the dates are one slip of the pen apart and the rest agrees.
//  2. The same NI or NHS number: same, unless the forenames contradict: ask.
//  3. The same reference: same, unless the forenames contradict: different, as joint tenants share references.
//  4. The same name and date of birth: same; with an initial or a like forename only: ask, for there are twins.
//  5. The same e-mail address: same when nothing in the name contradicts; the same telephone number: same when the
//     forename agrees, ask when it is not known. A forename that contradicts: different (couples share telephones); a
//     surname alone that contradicts: ask (people marry).
//  6. The same name at the same address: ask, with a higher score, as fathers and sons share both.
//  7. The same name alone: ask. Nothing in common: different.
func SamePerson(a, b Known) (verdict Verdict, score float64, working []string) {
	c := comparison{name: bestName(a, b)}
	verdict, score = c.decide(a, b)
	return verdict, score, c.working
}

func (c *comparison) decide(a, b Known) (Verdict, float64) {
	named := c.name.Forename != Unknown || c.name.Surname != Unknown
	if named {
		c.say("names: %s", c.name.Why)
	}
	dob := agree(a.DOB, b.DOB, orNot(birthDate))
	nino := agree(a.NINO, b.NINO, orNot(issued))
	nhs := agree(a.NHS, b.NHS, NHS)
	ref := shared(a.Refs, b.Refs, one(Ref))
	email := shared(a.Emails, b.Emails, Emails)
	phone := shared(a.Phones, b.Phones, Phones)
	place := agree(a.UPRN, b.UPRN, UPRN) == Equal || agree(a.Postcode, b.Postcode, Postcode) == Equal || shared(a.Addresses, b.Addresses, one(Address))

	// 1. conflicts
	if nino == Differs {
		c.say("NI numbers differ")
		if nhs == Equal || dob == Equal && c.name.Forename >= Short && c.name.Surname >= Alike {
			c.say("but other particulars agree: one of the two records may be mistyped")
			return Ask, 0.5
		}
		return Different, 0.02
	}
	if dob == Differs {
		c.say("dates of birth differ")
		if nino == Equal || nhs == Equal {
			c.say("but they share a number issued to one person: one of the dates must be wrong")
			return Ask, 0.6
		}
		if slip(a.DOB, b.DOB) && c.name.Forename >= Short && c.name.Surname >= Alike && (ref || email || phone || place) {
			c.say("by what could be a slip of the pen, and the rest agrees")
			return Ask, 0.6
		}
		return Different, 0.02
	}
	if nhs == Differs {
		c.say("NHS numbers differ")
		if nino != Equal {
			return Different, 0.05
		}
		return Ask, 0.6
	}

	// 2. numbers issued to one person
	if nino == Equal || nhs == Equal {
		c.say("they share an %s number", map[bool]string{true: "NI", false: "NHS"}[nino == Equal])
		if c.name.Forename == Differs {
			c.say("but the forenames contradict")
			return Ask, 0.6
		}
		return Same, 0.99
	}
	// 3. references
	if ref {
		c.say("they share a reference")
		if c.name.Forename == Differs {
			c.say("but the forenames contradict: joint tenants share references")
			return Different, 0.1
		}
		if c.name.Surname == Differs {
			return Ask, 0.7
		}
		if c.name.Forename == Unknown && c.name.Surname != Unknown || c.name.Forename == Initial && dob != Equal {
			c.say("the forename does not settle which of the people who share it")
			return Ask, 0.8
		}
		return Same, 0.97
	}
	// 4. name and date of birth
	if dob == Equal {
		c.say("dates of birth agree")
		if c.name.Compatible() && c.name.Surname >= Alike && c.name.Forename >= Short {
			return Same, 0.96
		}
		if c.name.Surname == Differs && c.name.Forename >= Short && (email || phone) {
			c.say("and so does a way of reaching them: the surname may have changed")
			return Same, 0.9
		}
	}
	// 5. e-mail and telephone
	if email || phone {
		c.say("they share %s", map[bool]string{true: "an e-mail address", false: "a telephone number"}[email])
		switch {
		case c.name.Forename == Differs:
			c.say("but the forenames contradict: people of one household share these")
			return Different, 0.1
		case c.name.Surname == Differs:
			c.say("but the surnames contradict: one may have changed")
			return Ask, 0.7
		case c.name.Forename >= Alike && c.name.Surname >= Alike:
			return Same, 0.95
		case email && c.name.Forename != Unknown, email && !named, c.name.Forename >= Alike:
			return Same, 0.9
		}
		c.say("the forename does not settle which of the people who share it")
		return Ask, 0.75
	}
	// 6, 7. names, with or without a place
	if !named {
		if dob == Equal || place {
			c.say("nothing else can be compared")
			return Ask, 0.2
		}
		c.say("nothing in common")
		return Different, 0
	}
	if !c.name.Compatible() {
		if dob == Equal && c.name.Forename >= Short {
			c.say("only the surname contradicts: it may have changed")
			return Ask, 0.5
		}
		return Different, 0.05
	}
	score := 0.5 * c.name.Score
	if dob == Equal {
		score += 0.3
	}
	if place {
		c.say("they share an address or postcode")
		score += 0.25
	}
	c.say("the name does not settle it alone")
	return Ask, score
}

// bestName compares every name of a with every name of b and gives the best agreement.
func bestName(a, b Known) Agreement {
	best := CompareNames(a.Name, b.Name)
	for i, x := range append([]Name{a.Name}, a.KnownAs...) {
		for j, y := range append([]Name{b.Name}, b.KnownAs...) {
			if i+j == 0 || x.IsZero() || y.IsZero() {
				continue
			}
			ag := CompareNames(x, y)
			if ag.Score > best.Score || best.Score == ag.Score && ag.Forename > best.Forename {
				ag.Why = "by another name, " + ag.Why
				best = ag
			}
		}
	}
	return best
}

// agree compares one value: Equal, Differs, or Unknown where either side does not say.
func agree(a, b string, normal func(string) (string, bool)) Level {
	x, ok1 := normal(a)
	y, ok2 := normal(b)
	switch {
	case !ok1 || !ok2:
		return Unknown
	case x == y:
		return Equal
	}
	return Differs
}

func one(normal func(string) (string, bool)) func(string) []string {
	return func(s string) []string {
		if c, ok := normal(s); ok {
			return []string{c}
		}
		return nil
	}
}

// orNot makes a normaliser of a function that gives "" for what says nothing about who somebody is.
func orNot(normal func(string) string) func(string) (string, bool) {
	return func(s string) (string, bool) {
		c := normal(s)
		return c, c != ""
	}
}

// shared reports whether the lists have a value in common. Two different values contradict nothing: people have several.
func shared(a, b []string, normal func(string) []string) bool {
	var have []string
	for _, s := range a {
		have = append(have, normal(s)...)
	}
	if len(have) == 0 {
		return false
	}
	for _, s := range b {
		if slices.ContainsFunc(normal(s), func(c string) bool { return contains(have, c) }) {
			return true
		}
	}
	return false
}

// slip reports whether two dates are day and month exchanged, or one figure apart.
func slip(a, b string) bool {
	x, ok1 := Date(a)
	y, ok2 := Date(b)
	if !ok1 || !ok2 {
		return false
	}
	if x[:4] == y[:4] && x[5:7] == y[8:] && x[8:] == y[5:7] {
		return true
	}
	return edits(x, y) == 1
}

// Normal gives k with every identifier canonical, those that are none left out, and lists sorted without repeats: for
// indexing and display of what a search was made with.
func (k Known) Normal() Known {
	canonical := func(s string, normal func(string) (string, bool)) string {
		c, _ := normal(s)
		return c
	}
	list := func(in []string, normal func(string) []string) []string {
		var out []string
		for _, s := range in {
			out = append(out, normal(s)...)
		}
		slices.SortFunc(out, cmp.Compare)
		return slices.Compact(out)
	}
	k.DOB, k.NINO, k.NHS = canonical(k.DOB, Date), canonical(k.NINO, NINO), canonical(k.NHS, NHS)
	k.Postcode, k.UPRN = canonical(k.Postcode, Postcode), canonical(k.UPRN, UPRN)
	k.Emails, k.Phones = list(k.Emails, Emails), list(k.Phones, Phones)
	k.Refs, k.Addresses = list(k.Refs, one(Ref)), list(k.Addresses, one(Address))
	k.KnownAs = slices.DeleteFunc(slices.Clone(k.KnownAs), Name.IsZero)
	return k
}

// String describes what is known without giving any of it away: for logs and errors.
func (k Known) String() string {
	var has []string
	add := func(what string, known bool) {
		if known {
			has = append(has, what)
		}
	}
	add("name", !k.Name.IsZero())
	add("date of birth", k.DOB != "")
	add("NI number", k.NINO != "")
	add("NHS number", k.NHS != "")
	add("e-mail", len(k.Emails) > 0)
	add("telephone", len(k.Phones) > 0)
	add("reference", len(k.Refs) > 0)
	add("postcode", k.Postcode != "")
	add("UPRN", k.UPRN != "")
	add("address", len(k.Addresses) > 0)
	return "a person known by " + cmp.Or(strings.Join(has, ", "), "nothing")
}
