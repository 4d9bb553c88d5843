package match

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestModelSamePerson(t *testing.T) {
	name := ParseName
	m := DefaultModel()
	home := []string{"Flat 2, 14 High Street"}
	for what, c := range map[string]struct {
		a, b Known
		want Verdict
	}{
		"same NI number, written differently": {Known{NINO: "AB 12 34 56 C"}, Known{NINO: "ab123456"}, Same},
		"NI numbers conflict":                 {Known{NINO: "AB123456C", Name: name("Ann Shaw")}, Known{NINO: "CE987654C", Name: name("Ann Shaw")}, Different},
		"NI numbers of siblings":              {Known{NINO: "AB123456C", DOB: "1999-05-03", Name: name("Ann Shaw")}, Known{NINO: "AB123457C", DOB: "1999-05-03", Name: name("Ann Shaw")}, Ask},
		"temporary NI numbers":                {Known{NINO: "TN140385F", Name: name("Ann Shaw")}, Known{NINO: "TN140385F", Name: name("Ann Barlow")}, Different},
		"same NI number, other forename":      {Known{NINO: "AB123456C", Name: name("Ann Shaw")}, Known{NINO: "AB123456C", Name: name("Tom Shaw")}, Ask},
		"same NI number, births conflict":     {Known{NINO: "AB123456C", DOB: "1980-01-02"}, Known{NINO: "AB123456C", DOB: "1981-05-05"}, Ask},
		"father and son of one name": {
			Known{Name: name("Tom Shaw"), DOB: "1950-04-01", Phones: []string{"01632 960001"}, Addresses: home, Postcode: "SW1A 1AA"},
			Known{Name: name("Tom Shaw"), DOB: "1979-09-12", Phones: []string{"01632960001"}, Addresses: home, Postcode: "SW1A1AA"}, Different},
		"father and son of one name, one birth missing": {
			Known{Name: name("Tom Shaw"), DOB: "1950-04-01", Phones: []string{"01632 960001"}, Addresses: home, Postcode: "SW1A 1AA"},
			Known{Name: name("Tom Shaw"), Phones: []string{"01632960001"}, Addresses: home, Postcode: "SW1A1AA"}, Ask},
		"father and son, one birth 1 January 1970": {
			Known{Name: name("Tom Shaw"), DOB: "1950-04-01", Addresses: home, Postcode: "SW1A 1AA"},
			Known{Name: name("Tom Shaw"), DOB: "1970-01-01", Addresses: home, Postcode: "SW1A1AA"}, Ask},
		"twins": {
			Known{Name: name("Mia Kowalczyk"), DOB: "14/03/2015", Addresses: home, Postcode: "SW1A 1AA", Phones: []string{"07700 900123"}},
			Known{Name: name("Adam Kowalczyk"), DOB: "2015-03-14", Addresses: home, Postcode: "SW1A 1AA", Phones: []string{"07700 900123"}}, Different},
		"twins who sound alike": {
			Known{Name: name("Hassan Warsame"), DOB: "14/03/2015", Addresses: home, Postcode: "SW1A 1AA", Phones: []string{"07700 900123"}, Emails: []string{"mother@example.org"}},
			Known{Name: name("Hussein Warsame"), DOB: "2015-03-14", Addresses: home, Postcode: "SW1A 1AA", Phones: []string{"07700 900123"}, Emails: []string{"mother@example.org"}}, Ask},
		"twins one letter apart": {
			Known{Name: name("Jayden Shaw"), DOB: "14/03/2015", Addresses: home, Postcode: "SW1A 1AA", Phones: []string{"07700 900123"}},
			Known{Name: name("Hayden Shaw"), DOB: "2015-03-14", Addresses: home, Postcode: "SW1A 1AA", Phones: []string{"07700 900123"}}, Ask},
		"twins by initial": {
			Known{Name: name("M Kowalczyk"), DOB: "14/03/2015", Addresses: home, Postcode: "SW1A 1AA", Phones: []string{"07700 900123"}},
			Known{Name: name("Mia Kowalczyk"), DOB: "2015-03-14", Addresses: home, Postcode: "SW1A 1AA", Phones: []string{"07700 900123"}}, Ask},
		"brother and sister of one forename": {
			Known{Name: name("Harpreet Singh"), DOB: "1985-03-14", Addresses: home, Postcode: "SW1A 1AA"},
			Known{Name: name("Harpreet Kaur"), DOB: "1985-03-14", Addresses: home, Postcode: "SW1A 1AA"}, Different},
		"moved": {
			Known{Name: name("Katarzyna Wilk"), DOB: "1985-03-14", Addresses: home, Postcode: "SW1A 1AA", Phones: []string{"07700 900123"}},
			Known{Name: name("Kasia Wilk"), DOB: "14/03/1985", Addresses: []string{"9 Mill Lane"}, Postcode: "M1 1AE", Phones: []string{"+44 7700 900123"}}, Same},
		"married": {
			Known{Name: name("Ann Shaw"), DOB: "1985-03-14", Emails: []string{"ann@example.org"}},
			Known{Name: name("Ann Barlow"), DOB: "1985-03-14", Emails: []string{"ann@example.org"}}, Same},
		"married, and nothing else": {
			Known{Name: name("Ann Shaw"), DOB: "1985-03-14"}, Known{Name: name("Ann Barlow"), DOB: "1985-03-14"}, Ask},
		"mistyped forename": {
			Known{Name: name("Thomas Kowalczyk"), DOB: "1985-03-14", Emails: []string{"tk@example.org"}},
			Known{Name: name("Thoams Kowalczyk"), DOB: "1985-03-14", Emails: []string{"tk@example.org"}}, Same},
		"day and month exchanged": {
			Known{Name: name("Ann Kowalczyk"), DOB: "1985-03-04", Addresses: home, Postcode: "SW1A 1AA"},
			Known{Name: name("Ann Kowalczyk"), DOB: "1985-04-03", Addresses: home, Postcode: "SW1A 1AA"}, Same},
		"day and month exchanged, and nothing else": {
			Known{Name: name("Ann Kowalczyk"), DOB: "1985-03-04"}, Known{Name: name("Ann Kowalczyk"), DOB: "1985-04-03"}, Ask},
		"two born on a 1 January": {
			Known{Name: name("Mohamed Ahmed"), DOB: "1990-01-01"}, Known{Name: name("Muhammad Ahmed"), DOB: "1990-01-01"}, Ask},
		"a rare name and birth": {
			Known{Name: name("Zbigniew Kowalczyk"), DOB: "1985-03-14"}, Known{Name: name("Zbyszek Kowalczyk"), DOB: "1985-03-14"}, Same},
		"name alone":          {Known{Name: name("Tom Shaw")}, Known{Name: name("Tom Shaw")}, Ask},
		"other people":        {Known{Name: name("Tom Shaw"), DOB: "1985-03-14"}, Known{Name: name("Ann Barlow"), DOB: "1960-02-01"}, Different},
		"elder and younger":   {Known{Name: name("Tom Shaw Snr"), Addresses: home, Postcode: "SW1A 1AA"}, Known{Name: name("Tom Shaw Jnr"), Addresses: home, Postcode: "SW1A 1AA"}, Different},
		"joint tenants":       {Known{Refs: []string{"T/001"}, Name: name("Ann Shaw")}, Known{Refs: []string{"T001"}, Name: name("Bob Shaw")}, Different},
		"asked by reference":  {Known{Refs: []string{"T/001"}}, Known{Refs: []string{"T001"}, Name: name("Ann Shaw")}, Same},
		"asked by e-mail":     {Known{Emails: []string{"Ann@example.org"}}, Known{Emails: []string{"ann@example.org"}, Name: name("Ann Shaw")}, Same},
		"nothing to compare":  {Known{}, Known{}, Different},
		"a landline and name": {Known{Name: name("Tom Shaw"), Phones: []string{"01632 960001"}}, Known{Name: name("Tom Shaw"), Phones: []string{"01632 960001"}}, Ask},
	} {
		got, bits, working := m.SamePerson(c.a, c.b)
		if got != c.want {
			t.Errorf("%s: %s, want %s; %.1f bits:\n  %s", what, got, c.want, bits, strings.Join(working, "\n  "))
		}
		for _, w := range working {
			for _, secret := range []string{"Shaw", "shaw", "owalczyk", "example", "900123", "123456", "1985", "2015"} {
				if strings.Contains(w, secret) {
					t.Errorf("%s: the working %q quotes an identifier", what, w)
				}
			}
		}
	}
}

func TestRareNamesWeighMore(t *testing.T) {
	m := DefaultModel()
	bits := func(n string) float64 {
		_, b, _ := m.SamePerson(Known{Name: ParseName(n)}, Known{Name: ParseName(n)})
		return b
	}
	if common, rare := bits("John Smith"), bits("Zbigniew Brzechwa"); rare < common+3 {
		t.Errorf("a common name weighs %.1f bits and a rare one %.1f", common, rare)
	}
	l := m.Compare(NewProfile(Known{Name: ParseName("Ann Brzechwa")}), NewProfile(Known{Name: ParseName("Ann Brzechwa")}))
	if e := l.Evidence[1]; e.Field != "surname" || e.Value != "brzechwa" || !strings.Contains(e.String(), "bear it here: +") {
		t.Errorf("the surname's line is %+v: %s", e, e)
	}
}

func TestModelProperties(t *testing.T) {
	m := DefaultModel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawKnown(t, "a"), drawKnown(t, "b")
		v, s, w1 := m.SamePerson(a, b)
		w, r, w2 := m.SamePerson(b, a)
		if v != w || s != r || !cmp.Equal(w1, w2) {
			t.Fatalf("not symmetric: %s %v %q, %s %v %q", v, s, w1, w, r, w2)
		}
		if n, q, _ := m.SamePerson(a.Normal(), b.Normal()); n != v || q != s {
			t.Fatalf("normalised first: %s %v, as given: %s %v", n, q, v, s)
		}
		if j, q := m.Judge(NewProfile(a), NewProfile(b)); j != v || q != s {
			t.Fatalf("judged without working: %s %v, with: %s %v", j, q, v, s)
		}
		p, q := NewProfile(a), NewProfile(b)
		if v == Same && p.birth != "" && q.birth != "" && birthLevel(p.birth, q.birth) >= twoParts {
			t.Fatalf("same, though born on different days: %+v %+v", a, b)
		}
		if v == Same && p.nino != "" && q.nino != "" && p.nino != q.nino {
			t.Fatalf("same, though their NI numbers differ: %+v %+v", a, b)
		}
		if v == Same && Contradiction(p, q) != "" {
			t.Fatalf("same, though %s: %+v %+v", Contradiction(p, q), a, b)
		}
		if v == Same && CompareNames(a.Name, b.Name).Forename == Differs {
			t.Fatalf("same, though the forenames contradict: %+v %+v", a, b)
		}
		if v, _, working := m.SamePerson(a, a); v == Different && len(NewProfile(a).names) > 0 && !a.Name.IsZero() && len(a.Name.Given) > 0 && a.DOB != "" {
			t.Fatalf("different from themselves: %+v %q", a, working)
		}
	})
}

func TestHomes(t *testing.T) {
	type pair struct{ a, b string }
	for _, p := range []pair{
		{"Flat 2, 14 High St", "FLAT 2 14 HIGH STREET"}, {"2/14 High Street", "Flat 2, 14 High St."}, {"14B High Street", "Flat B, 14 High Street"}, {"14 B High Street", "14b High St"},
		{"Flat 2/1, 14 High Street", "2/1, 14 High Street"}, {"14 High Street, Flat 2", "Flat 2, 14 High Street"}, {"79 Follingham Court", "Flat 79, Follingham Court"},
		{"Ground Floor Flat, 14 High Street", "14 High Street, Ground Floor Flat"}, {"Apt 3 Mill House", "Apartment 3, Mill Hse"}, {"Flat 02, 014 High St", "Flat 2, 14 High St"},
		{"Flat 2, 14 High Street, London SW1A 1AA", "Flat 2, 14 High Street"}, {"Unit 5, 9 Mill Lane", "Flat 5, 9 Mill Ln"},
	} {
		if got := comparePlaces(placesOf(Known{Addresses: []string{p.a}, Postcode: "SW1A 1AA"}), placesOf(Known{Addresses: []string{p.b}, Postcode: "sw1a1aa"})); got != sameHome {
			x, _ := homeOf(p.a)
			y, _ := homeOf(p.b)
			t.Errorf("%q and %q are level %d: %+v %+v", p.a, p.b, got, x, y)
		}
	}
	for _, p := range []pair{{"Flat 2, 14 High St", "Flat 3, 14 High St"}, {"14 High Street", "16 High Street"}, {"14A High Street", "14B High Street"}, {"Flat 2, 14 High St", "Flat 14, 2 High St"}} {
		if got := comparePlaces(placesOf(Known{Addresses: []string{p.a}, Postcode: "SW1A 1AA"}), placesOf(Known{Addresses: []string{p.b}, Postcode: "sw1a1aa"})); got != samePostcode {
			t.Errorf("%q and %q are level %d", p.a, p.b, got)
		}
	}
	if got := comparePlaces(placesOf(Known{Addresses: []string{"14 High St"}, Postcode: "SW1A 1AA"}), placesOf(Known{Addresses: []string{"Flat 2, 14 High St"}, Postcode: "SW1A 1AA"})); got != sameBuilding {
		t.Errorf("a flat that one side leaves out is level %d", got)
	}
	if got := comparePlaces(placesOf(Known{UPRN: "0100023"}), placesOf(Known{UPRN: "100023"})); got != sameHome {
		t.Errorf("the same UPRN is level %d", got)
	}
}

func TestLooseRef(t *testing.T) {
	for in, want := range map[string]string{
		"TEN/00123": "TEN123", "ten 123": "TEN123", "000123": "123", "123": "123", "12345X": "12345", "T100A": "T100A", "A0B00": "A0B0", "000": "", "n/a": "",
	} {
		got, ok := LooseRef(in)
		if got != want || ok != (want != "") {
			t.Errorf("LooseRef(%q) = %q, %v; want %q", in, got, ok, want)
		}
		if again, _ := LooseRef(got); ok && again != got {
			t.Errorf("LooseRef is not idempotent: %q, %q", got, again)
		}
	}
}

func TestModelIsRead(t *testing.T) {
	m := DefaultModel()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseModel(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, again, cmpopts.IgnoreUnexported(Model{})); diff != "" {
		t.Error(diff)
	}
	for what, change := range map[string]func(*Model){
		"is missing":       func(m *Model) { m.Weights = m.Weights[1:] },
		"twice":            func(m *Model) { m.Weights = append(m.Weights, m.Weights[0]) },
		"must be above 0":  func(m *Model) { m.Weights[0].M = 0 },
		"no level":         func(m *Model) { m.Weights[0].Level = "odd" },
		"not below ask_at": func(m *Model) { m.AskAt = m.SameAt + 1 },
		"rare":             func(m *Model) { m.Surnames.Rare = 0 },
		"a share":          func(m *Model) { m.Surnames.Share = map[string]float64{"shaw": 2} },
	} {
		bad := DefaultModel()
		change(bad)
		data, _ := json.Marshal(bad)
		if _, err := ParseModel(data); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: error %v", what, err)
		}
	}
	if _, err := ParseModel([]byte("{")); err == nil {
		t.Error("half a document was read")
	}
}

func FuzzModel(f *testing.F) {
	f.Add("Mrs Ann Shaw", "14/03/1985", "Flat 2, 14 High St SW1A 1AA", "T/0012", "a.b+c@gmail.com")
	f.Add("", "1970-01-01", "2/1, 14", "////", "@")
	f.Add("\xff", "\x00", "flat flat", "00000A", "a+@b.c")
	m := DefaultModel()
	f.Fuzz(func(t *testing.T, name, birth, address, ref, email string) {
		k := Known{Name: ParseName(name), DOB: birth, Addresses: []string{address}, Refs: []string{ref}, Emails: []string{email}, Town: address, NINO: ref}
		other := Known{Name: ParseName(email + " " + name), DOB: ref, Addresses: []string{name}, Refs: []string{email}}
		v, s, _ := m.SamePerson(k, other)
		w, r, _ := m.SamePerson(other, k)
		if v != w || s != r {
			t.Fatalf("not symmetric: %s %v, %s %v", v, s, w, r)
		}
		if s != s || s > 200 || s < -200 {
			t.Fatalf("%v bits", s)
		}
		Blocks(NewProfile(k))
	})
}

func BenchmarkJudge(b *testing.B) {
	m := DefaultModel()
	x := NewProfile(Known{Name: ParseName("Ann Shaw"), DOB: "14/03/1985", Emails: []string{"ann@example.org"}, Phones: []string{"07700 900123"}, Postcode: "SW1A 1AA", Addresses: []string{"Flat 2, 14 High St"}})
	y := NewProfile(Known{Name: ParseName("Anne Shawe"), DOB: "1985-03-14", Emails: []string{"Ann@example.org"}, Phones: []string{"07700 900456"}, Postcode: "SW1A 1AA", Addresses: []string{"2/14 High St"}})
	for b.Loop() {
		m.Judge(x, y)
	}
}
