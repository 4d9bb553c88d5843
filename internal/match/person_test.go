package match

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSamePerson(t *testing.T) {
	name := ParseName
	for what, c := range map[string]struct {
		a, b Known
		want Verdict
	}{
		"same NI number, written differently": {Known{NINO: "AB 12 34 56 C"}, Known{NINO: "ab123456"}, Same},
		"NI numbers conflict":                 {Known{NINO: "AB123456C", Name: name("Ann Shaw")}, Known{NINO: "AB987654C", Name: name("Ann Shaw")}, Different},
		"same NI number, other forename":      {Known{NINO: "AB123456C", Name: name("Ann Shaw")}, Known{NINO: "AB123456C", Name: name("Tom Shaw")}, Ask},
		"same NI number, births conflict":     {Known{NINO: "AB123456C", DOB: "1980-01-02"}, Known{NINO: "AB123456C", DOB: "1981-05-05"}, Ask},
		"father and son of one name": {
			Known{Name: name("Tom Shaw"), DOB: "1950-04-01", Phones: []string{"01632 960001"}, Postcode: "SW1A 1AA"},
			Known{Name: name("Tom Shaw"), DOB: "1979-09-12", Phones: []string{"01632960001"}, Postcode: "SW1A1AA"}, Different},
		"a slip in the date of birth": {
			Known{Name: name("Ann Shaw"), DOB: "04/03/1985", Emails: []string{"ann@example.org"}},
			Known{Name: name("Ann Shaw"), DOB: "03/04/1985", Emails: []string{"ANN@example.org"}}, Ask},
		"a slip in the date of birth and nothing else": {
			Known{Name: name("Ann Shaw"), DOB: "04/03/1985"}, Known{Name: name("Ann Shaw"), DOB: "03/04/1985"}, Different},
		"joint tenants share a reference":    {Known{Refs: []string{"T/001"}, Name: name("Ann Shaw")}, Known{Refs: []string{"T001"}, Name: name("Bob Shaw")}, Different},
		"reference and name":                 {Known{Refs: []string{"T/001"}, Name: name("Ann Shaw")}, Known{Refs: []string{"T001"}, Name: name("Shaw, Ann")}, Same},
		"reference alone":                    {Known{Refs: []string{"T/001"}}, Known{Refs: []string{"T001"}, Name: name("Ann Shaw")}, Same},
		"reference with a surname only":      {Known{Refs: []string{"T1"}, Name: name("Mrs Shaw")}, Known{Refs: []string{"T1"}, Name: name("Ann Shaw")}, Ask},
		"name and date of birth":             {Known{Name: name("Elizabeth Shaw"), DOB: "14/03/1985"}, Known{Name: name("Liz Shaw"), DOB: "1985-03-14"}, Same},
		"twins":                              {Known{Name: name("Mia Shaw"), DOB: "14/03/2015"}, Known{Name: name("Tom Shaw"), DOB: "2015-03-14"}, Different},
		"twins by initial":                   {Known{Name: name("M Shaw"), DOB: "14/03/2015"}, Known{Name: name("Mia Shaw"), DOB: "2015-03-14"}, Ask},
		"name and a placeholder for a birth": {Known{Name: name("Ann Shaw"), DOB: "1900-01-01"}, Known{Name: name("Ann Shaw"), DOB: "1985-03-14"}, Ask},
		"e-mail in another case, with name":  {Known{Emails: []string{"Ann@Example.org"}, Name: name("Ann Shaw")}, Known{Emails: []string{"ann@example.org"}, Name: name("A Shaw")}, Same},
		"a couple's e-mail":                  {Known{Emails: []string{"shaws@example.org"}, Name: name("Ann Shaw")}, Known{Emails: []string{"shaws@example.org"}, Name: name("Bob Shaw")}, Different},
		"e-mail alone":                       {Known{Emails: []string{"ann@example.org"}}, Known{Emails: []string{"ann@example.org"}, Name: name("Ann Shaw")}, Same},
		"telephone alone":                    {Known{Phones: []string{"07700 900123"}}, Known{Phones: []string{"+447700900123"}, Name: name("Ann Shaw")}, Ask},
		"telephone and name":                 {Known{Phones: []string{"07700 900123"}, Name: name("Ann Shaw")}, Known{Phones: []string{"+447700900123"}, Name: name("Ann Shaw")}, Same},
		"telephone and initial":              {Known{Phones: []string{"07700 900123"}, Name: name("A Shaw")}, Known{Phones: []string{"+447700900123"}, Name: name("Ann Shaw")}, Ask},
		"telephone and changed surname":      {Known{Phones: []string{"07700 900123"}, Name: name("Ann Shaw")}, Known{Phones: []string{"+447700900123"}, Name: name("Ann Barlow")}, Ask},
		"changed surname, birth and e-mail":  {Known{Emails: []string{"a@example.org"}, DOB: "1985-03-14", Name: name("Ann Shaw")}, Known{Emails: []string{"a@example.org"}, DOB: "14/3/1985", Name: name("Ann Barlow")}, Same},
		"known by a former name, with birth": {Known{Name: name("Ann Shaw"), KnownAs: []Name{name("Ann Barlow")}, DOB: "1985-03-14"}, Known{Name: name("Ann Barlow"), DOB: "1985-03-14"}, Same},
		"namesakes at one address":           {Known{Name: name("Tom Shaw"), UPRN: "100023"}, Known{Name: name("Tom Shaw"), UPRN: "0100023"}, Ask},
		"name alone":                         {Known{Name: name("Tom Shaw")}, Known{Name: name("Tom Shaw")}, Ask},
		"other names":                        {Known{Name: name("Tom Shaw")}, Known{Name: name("Ann Barlow")}, Different},
		"address alone":                      {Known{Postcode: "SW1A 1AA"}, Known{Postcode: "SW1A1AA", Name: name("Ann Shaw")}, Ask},
		"nothing":                            {Known{}, Known{}, Different},
		"NHS number":                         {Known{NHS: "943 476 5919"}, Known{NHS: "9434765919", Name: name("Ann Shaw")}, Same},
	} {
		got, score, working := SamePerson(c.a, c.b)
		if got != c.want {
			t.Errorf("%s: %s (%.2f) by %q, want %s", what, got, score, working, c.want)
		}
		if len(working) == 0 {
			t.Errorf("%s: no working", what)
		}
		for _, w := range working {
			for _, secret := range []string{"Shaw", "shaw", "example", "900123", "123456", "1985"} {
				if strings.Contains(w, secret) {
					t.Errorf("%s: the working %q quotes an identifier", what, w)
				}
			}
		}
	}
}

func drawKnown(t *rapid.T, label string) Known {
	pick := func(field string, from ...string) string {
		return rapid.SampledFrom(append(from, "")).Draw(t, label+" "+field)
	}
	return Known{
		Name: drawName(t, label), DOB: pick("dob", "1985-03-14", "14/03/1985", "1985-03-15", "1950-01-02"),
		NINO: pick("nino", "AB123456C", "AB123456", "CE654321A"), NHS: pick("nhs", "9434765919", "4010232137"),
		Emails: []string{pick("email", "a@example.org", "B@example.org")}, Phones: []string{pick("phone", "07700 900123", "01632 960001")},
		Refs: []string{pick("ref", "T1", "T2")}, Postcode: pick("postcode", "SW1A 1AA", "M1 1AE"),
	}
}

func TestSamePersonProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawKnown(t, "a"), drawKnown(t, "b")
		v, s, _ := SamePerson(a, b)
		w, r, _ := SamePerson(b, a)
		if v != w || s != r {
			t.Fatalf("not symmetric: %s %v, %s %v", v, s, w, r)
		}
		if n, m, _ := SamePerson(a.Normal(), b.Normal()); n != v || m != s {
			t.Fatalf("normalised first: %s %v, as given: %s %v", n, m, v, s)
		}
		x, ok1 := Date(a.DOB)
		y, ok2 := Date(b.DOB)
		if v == Same && ok1 && ok2 && x != y {
			t.Fatalf("same, though born on different days: %+v %+v", a, b)
		}
		if ag := CompareNames(a.Name, b.Name); v == Same && ag.Forename == Differs {
			t.Fatalf("same, though the forenames contradict: %+v %+v", a, b)
		}
		if v, _, working := SamePerson(a, a); v == Different {
			t.Fatalf("different from themselves: %+v %q", a, working)
		}
	})
}

func BenchmarkSamePerson(b *testing.B) {
	x := Known{Name: ParseName("Ann Shaw"), DOB: "14/03/1985", Emails: []string{"ann@example.org"}, Phones: []string{"07700 900123"}}
	y := Known{Name: ParseName("A Shaw"), DOB: "1985-03-14", Emails: []string{"Ann@example.org"}, Phones: []string{"07700 900456"}}
	for b.Loop() {
		SamePerson(x, y)
	}
}
