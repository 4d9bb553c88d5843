package index

import (
	"strings"

	"tenet/internal/datamap"
	"tenet/internal/match"
	"tenet/internal/rows"
)

// Class is the part of a row that a term stands in. Each is tokened apart, so
// that a word in a note never meets the same word in a name.
type Class byte

// The classes.
const (
	Person Class = 'p' // identifiers of a person table, or a reference of any other
	Named  Class = 'n' // columns of a row that name someone
	Text   Class = 't' // free text
)

// Term is one thing to look for, in the canonical form of package match.
type Term struct {
	Class Class
	Kind  string // name dob nino nhs email phone ref postcode uprn; word, initial, code and email in text
	Value string
}

// Known reads off a row who it says somebody is.
func Known(id *datamap.Identifiers, r rows.Row) match.Known {
	var k match.Known
	if id == nil {
		return k
	}
	parts := make([]string, len(id.Name))
	for i, c := range id.Name {
		parts[i] = r.Get(c).Text
	}
	if k.Name = match.NameOf(parts...); len(parts) == 1 {
		// One column may name several people, as on a list of arrears.
		if several := match.ParseNames(parts[0]); len(several) > 1 {
			k.Name, k.KnownAs = several[0], several[1:]
		}
	}
	for _, c := range id.KnownAs {
		if also := r.Get(c).Text; len(id.Name) > 1 && also != "" && !strings.Contains(strings.TrimSpace(also), " ") {
			// A known-as of one word is a forename: it goes with the surname.
			k.KnownAs = append(k.KnownAs, match.NameOf(also, parts[len(parts)-1]))
		} else if n := match.ParseName(also); !n.IsZero() {
			k.KnownAs = append(k.KnownAs, n)
		}
	}
	one := func(column string) string { return r.Get(column).Text }
	k.DOB, _ = match.Date(one(id.DOB))
	for _, c := range id.NINO {
		if v, ok := match.NINO(one(c)); ok {
			k.NINO = v
		}
	}
	for _, c := range id.NHS {
		if v, ok := match.NHS(one(c)); ok {
			k.NHS = v
		}
	}
	for _, c := range id.Email {
		k.Emails = append(k.Emails, match.Emails(one(c))...)
	}
	for _, c := range id.Phone {
		k.Phones = append(k.Phones, match.Phones(one(c))...)
	}
	for _, c := range id.Ref {
		if v, ok := match.Ref(one(c)); ok {
			k.Refs = append(k.Refs, v)
		}
	}
	for _, c := range id.Address {
		if v, ok := match.Address(one(c)); ok {
			k.Addresses = append(k.Addresses, v)
		}
	}
	k.Postcode, _ = match.Postcode(one(id.Postcode))
	k.UPRN, _ = match.UPRN(one(id.UPRN))
	return k
}

// Terms gives what a search may ask for about someone, in one class. Names are
// their blocking tokens; two spellings of one name share at least one.
func Terms(class Class, k match.Known) []Term {
	var out []Term
	add := func(kind string, values ...string) {
		for _, v := range values {
			if v != "" {
				out = append(out, Term{class, kind, v})
			}
		}
	}
	add("name", k.Name.Tokens()...)
	for _, n := range k.KnownAs {
		add("name", n.Tokens()...)
	}
	add("dob", k.DOB)
	add("nino", k.NINO)
	add("nhs", k.NHS)
	add("email", k.Emails...)
	add("phone", k.Phones...)
	add("ref", k.Refs...)
	add("postcode", k.Postcode)
	add("uprn", k.UPRN)
	return out
}

// Initial is what a search asks for who looks for a name by its first letter: the
// letter and the word after it.
func Initial(letter, word string) Term { return Term{Text, "initial", letter + " " + word} }

// TextTerms gives what a search may ask for in free text: every uncommon word,
// also together with a single letter before it (which alone is in every text),
// every e-mail address, and every run of words that holds a digit and could be
// one number written in pieces: a phone, an NI number, a reference.
func TextTerms(text string) []Term {
	var out []Term
	for _, e := range match.Emails(text) {
		out = append(out, Term{Text, "email", e})
	}
	var run []match.Word
	before := ""
	digits := longestCode // how many words back the last one with a digit is
	for w := range match.Words(text) {
		if !match.Common(w.Text) {
			out = append(out, Term{Text, "word", w.Text})
			if len(before) == 1 {
				out = append(out, Initial(before, w.Text))
			}
		}
		before = w.Text
		if len(run) > 0 && w.Start-run[len(run)-1].End > 2 {
			run = run[:0]
		}
		if run = append(run, w); len(run) > longestCode {
			run = run[:copy(run, run[1:])]
		}
		if digits++; strings.ContainsAny(w.Text, "0123456789") {
			digits = 0
		}
		if digits < len(run) {
			out = append(out, codes(run)...)
		}
	}
	return out
}

// longestCode is how many words one number may be written in: "QQ 12 34 56 C"
// is five, a card number in fours is four.
const longestCode = 6

// codes gives every run of words that ends with the last one and could be a
// written number.
func codes(run []match.Word) []Term {
	var out []Term
	joined, digit := "", false
	for i := len(run) - 1; i >= 0; i-- {
		w := run[i].Text
		digit = digit || strings.ContainsAny(w, "0123456789")
		if joined = strings.ToUpper(w) + joined; len(joined) > 24 {
			break
		}
		if digit && len(joined) >= 4 {
			out = append(out, Term{Text, "code", joined})
			// An NI number is known without its last letter, which is often left out.
			if n, ok := match.NINO(joined); ok && n != joined {
				out = append(out, Term{Text, "code", n})
			}
		}
	}
	return out
}

// CodesOf gives the ways in which a canonical identifier may stand in text.
func CodesOf(k match.Known) []Term {
	var out []Term
	add := func(values ...string) {
		for _, v := range values {
			if len(v) >= 4 {
				out = append(out, Term{Text, "code", strings.ToUpper(v)})
			}
		}
	}
	add(k.NINO, k.NHS)
	add(k.Refs...)
	for _, p := range k.Phones {
		digits := strings.TrimPrefix(p, "+")
		add(digits)
		if national, ok := strings.CutPrefix(digits, "44"); ok {
			add("0" + national)
		}
	}
	for _, e := range k.Emails {
		out = append(out, Term{Text, "email", e})
	}
	return out
}

// rowTerms is everything that a row is indexed by.
func rowTerms(t *datamap.Table, r rows.Row) []Term {
	out := Terms(Person, Known(t.Identifiers, r))
	for i := range t.Names {
		out = append(out, Terms(Named, Known(&t.Names[i].Identifiers, r))...)
	}
	for c, col := range t.Columns {
		if col.FreeText {
			out = append(out, TextTerms(r.Get(c).Text)...)
		}
	}
	return out
}

// columns is what a scan must read to index a table.
func columns(t *datamap.Table) []string {
	seen := map[string]bool{}
	var out []string
	add := func(names ...string) {
		for _, n := range names {
			if !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	add(t.Identifiers.All()...)
	for i := range t.Names {
		add(t.Names[i].All()...)
	}
	for c, col := range t.Columns {
		if col.FreeText {
			add(c)
		}
	}
	return out
}
