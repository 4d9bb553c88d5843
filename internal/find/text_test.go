package find

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/match"
)

func TestRead(t *testing.T) {
	ann := newReader(match.Known{Name: match.NameOf("Mrs", "Ann", "Shaw"), KnownAs: []match.Name{match.ParseName("Nan Shaw")}, DOB: "1979-03-14",
		Emails: []string{"ann.shaw@example.org"}, Phones: []string{"+447700900123"}, NINO: "QQ123456", Refs: []string{"CUST77"}}, []string{"TEN0042"})
	for text, want := range map[string]evidence{
		"Rang Ann Shaw about the boiler.": {full: true},
		"SHAW, Ann":                       {full: true},
		"A Shaw called":                   {full: true},
		"Nan Shaw's sister":               {full: true},
		"Mrs Shaw called":                 {titled: true},
		"Mr Shaw called":                  {},
		"Bob Shaw called":                 {},
		"Ann called":                      {},
		"ref TEN-0042, no name":           {joint: true},
		"customer CUST 77":                {unique: true},
		"ring 07700 900 123":              {unique: true},
		"ring +44 7700 900123":            {unique: true},
		"NI QQ 12 34 56 C":                {unique: true},
		"from Ann.Shaw@Example.org":       {full: true, unique: true},
		"born 14/03/1979":                 {born: true},
		"born 14 March 1979":              {born: true},
		"born 14/03/1978":                 {},
		"Mrs Ann Shaw\n1 High St\n\nDear Mrs Shaw\nYour rent.": {full: true, titled: true, addressed: true},
		"Dear Mrs Shaw and Mr Shaw\nYour rent.":                {titled: true, addressed: true, jointly: true},
		"Dear Mr Shaw\nYour wife Ann is welcome.":              {},
		"I wrote this.\n\nAnn Shaw\n":                          {full: true, signed: true},
		"":                                                     {},
	} {
		if diff := cmp.Diff(want, ann.read(text), cmp.AllowUnexported(evidence{})); diff != "" {
			t.Errorf("%q: want -, got +\n%s", text, diff)
		}
	}
}

// TestNear: neither a nickname nor an address says who is meant; the two together
// may, where they stand near to each other.
func TestNear(t *testing.T) {
	r := newReader(match.Known{Name: match.NameOf("Ann", "Shaw"), KnownAs: []match.Name{match.ParseName("Nan Shaw")}, Postcode: "ZZ1 2YY", Addresses: []string{"flat 2 14 high street"}}, nil)
	for text, want := range map[string]bool{
		"Nan came to the door":                             false,
		"noise at 14 High St, Flat 2":                      false,
		"noise in ZZ1 2YY":                                 false,
		"Nan of 14 High St says":                           true,
		"at 14 high street we met Nan":                     true,
		"ZZ1 2YY (Ann): key lost":                          true,
		"zz12yy, ann":                                      true,
		"Bob of 14 High St says":                           false,
		"Nan of 15 High St says":                           false,
		"A. of 14 High St says":                            false,
		"Nan " + strings.Repeat("and ", 12) + "14 High St": false,
	} {
		if got := r.read(text); got != (evidence{placed: want}) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestCouple: where a couple shares a surname and nothing says who is Mr and who
// is Mrs, a title and surname mean neither.
func TestCouple(t *testing.T) {
	r := newReader(match.Known{Name: match.NameOf("Ann", "Shaw")}, nil)
	if !r.read("Mrs Shaw called").titled {
		t.Error("nobody else is a Shaw, and Mrs Shaw is not found")
	}
	r.couple = true
	if r.read("Mrs Shaw called").titled {
		t.Error("either may be meant, and one was taken")
	}
}

func FuzzRead(f *testing.F) {
	r := newReader(match.Known{Name: match.ParseName("Ann van den Berg-Shaw"), DOB: "1979-03-14", Phones: []string{"+447700900123"}}, []string{"TEN0042"})
	f.Add("Dear Ms van den Berg-Shaw and \x00\xff 14/03/1979 TEN 0042")
	f.Fuzz(func(t *testing.T, text string) {
		e := r.read(text)
		if e.jointly && !e.addressed {
			t.Error("to several, and to nobody")
		}
	})
}
