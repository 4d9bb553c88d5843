package detect

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/match"
)

// found writes spans as "TYPE text", with the people after a colon.
func found(spans []Span) []string {
	var out []string
	for _, s := range spans {
		line := fmt.Sprintf("%s %s", s.Type, s.Text)
		if len(s.People) > 0 {
			line += ": " + strings.Join(s.People, " ")
		}
		out = append(out, line)
	}
	return out
}

func TestIdentifiers(t *testing.T) {
	for text, want := range map[string][]string{
		"Write to Ann.Shaw@example.org, please.":                  {"EMAIL Ann.Shaw@example.org"},
		"<o'neill+rent@example.co.uk>":                            {"EMAIL o'neill+rent@example.co.uk"},
		"mobile 07700 900123 or (01632) 960001.":                  {"PHONE 07700 900123", "PHONE (01632) 960001"},
		"+44 (0)7700 900-123":                                     {"PHONE +44 (0)7700 900-123"},
		"from +33 1 23 45 67 89":                                  {"PHONE +33 1 23 45 67 89"},
		"14 calls; rang 7700 900123 back":                         {"PHONE 7700 900123"},
		"01/02/2024 07700 900123 no answer":                       {"PHONE 07700 900123"},
		"seen on 12/03/2024 at 10:30, called again 13/03/2024":    nil,
		"NI number AB 12 34 56 C.":                                {"NINO AB 12 34 56 C"},
		"NINO: ab123456c":                                         {"NINO ab123456c"},
		"QQ123456C is nobody's":                                   {"NINO QQ123456C"},
		"sent to 123456 a parcel":                                 nil,
		"NHS no. 943 476 5919":                                    {"NHS 943 476 5919"},
		"NHS number 9434765918":                                   {"NHS 9434765918"}, // mistyped: still one
		"card 4111 1111 1111 1111 exp 12/27":                      {"CARD 4111 1111 1111 1111"},
		"paid by card 4111111111111112":                           {"CARD 4111111111111112"},
		"Sort code 12-34-56, account 12345678":                    {"SORT_CODE 12-34-56", "ACCOUNT 12345678"},
		"sort code: 123456 a/c no: 12345678":                      {"SORT_CODE 123456", "ACCOUNT 12345678"},
		"IBAN GB29 NWBK 6016 1331 9268 19 thanks":                 {"IBAN GB29 NWBK 6016 1331 9268 19"},
		"GB29NWBK60161331926818":                                  {"IBAN GB29NWBK60161331926818"}, // check fails
		"at SW1A 1AA or m1 1ae":                                   {"POSTCODE SW1A 1AA", "POSTCODE m1 1ae"},
		"SW1A1AA":                                                 {"POSTCODE SW1A1AA"},
		"DOB 14/03/1985, seen 15/03/2024":                         {"DATE_OF_BIRTH 14/03/1985"},
		"born on 14th March 1985 in Leeds":                        {"DATE_OF_BIRTH 14th March 1985"},
		"date of birth: March 14, 1985.":                          {"DATE_OF_BIRTH March 14, 1985"},
		"Passport 123456789":                                      {"PASSPORT 123456789"},
		"licence MORGA657054SM9IJ":                                {"DRIVING_LICENCE MORGA657054SM9IJ"},
		"a blue van, reg AB12 CDE, outside":                       {"VEHICLE AB12 CDE"},
		"UPRN 100023336956":                                       {"UPRN 100023336956"},
		"logged in from 192.0.2.17 and 2001:db8::1":               {"IP 192.0.2.17", "IP 2001:db8::1"},
		"at 12:30:45 on a Tuesday":                                nil,
		"see https://example.org/a?b=1, or www.example.com.":      {"URL https://example.org/a?b=1", "URL www.example.com"},
		"Ref: TEN/00123-4 refers":                                 {"REFERENCE TEN/00123-4"},
		"Flat 2, 14 High Street, Oldtown":                         {"ADDRESS Flat 2, 14 High Street"},
		"moved from 7a Station Rd last week":                      {"ADDRESS 7a Station Rd"},
		"24 hours a day, 3 of them on the way, 2 rooms close by":  nil,
		"the lady at number 9 and her neighbour at 11b":           {"ADDRESS number 9", "ADDRESS 11b"},
		"Mrs Baxter rang. Baxter's son, Tyler, hit Mr. K Okonedo": {"PERSON Mrs Baxter", "PERSON Baxter", "PERSON Tyler", "PERSON Mr. K Okonedo"},
		"her partner Jane Poole left":                             {"PERSON Jane Poole"},
		"Mr and Mrs Poole":                                        {"PERSON Mr and Mrs Poole"},
		"her son said that he is well":                            nil,
		"Dr Jacob van Gamer de facto left":                        {"PERSON Dr Jacob van Gamer"},
		"Boris Poole came; Mr Poole left":                         {"PERSON Boris Poole", "PERSON Mr Poole"},
		"came at 10. Then High Street; 3 St. John Street":         {"ADDRESS 3 St. John Street"},
		"": nil,
	} {
		if diff := cmp.Diff(want, found(Detect(text, nil))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestScores(t *testing.T) {
	score := func(text string) float64 {
		spans := Detect(text, nil)
		if len(spans) != 1 {
			t.Fatalf("%q: %v", text, found(spans))
		}
		if spans[0].Why == "" {
			t.Errorf("%q: no reason", text)
		}
		return spans[0].Score
	}
	for _, pair := range [][2]string{ // the first is surer than the second
		{"NHS 943 476 5919", "NHS 943 476 5918"}, {"card 4111111111111111", "card 4111111111111112"}, {"AB123456C", "QQ123456C"},
		{"GB29NWBK60161331926819", "GB29NWBK60161331926818"}, {"sort code 12-34-56", "12-34-56"}, {"SW1A 1AA", "SW1A1AA"},
	} {
		if a, b := score(pair[0]), score(pair[1]); a <= b {
			t.Errorf("%q scores %v, %q %v", pair[0], a, pair[1], b)
		}
	}
}

func individual(id, name string, more ...func(*Individual)) Individual {
	p := Individual{ID: id, Known: match.Known{Name: match.ParseName(name)}}
	for _, m := range more {
		m(&p)
	}
	return p
}

var people = NewPeople([]Individual{
	individual("p1", "Mrs Elizabeth Mary Shaw", func(p *Individual) {
		p.Emails, p.Phones, p.Refs = []string{"liz.shaw@example.org"}, []string{"07700 900123"}, []string{"TEN/00123"}
		p.Addresses = []string{"14 High Street, Oldtown"}
	}),
	individual("p2", "Tom Shaw"),
	individual("p3", "Seán O'Neill"),
	individual("p4", "Fatima al-Hassan"),
	individual("p5", "Ann Smith-Jones"),
	individual("p6", "Tom Shaw"),
	individual("p7", "William May"),
})

func TestKnownPeople(t *testing.T) {
	for text, want := range map[string][]string{
		"Elizabeth Shaw's flat":                        {"PERSON Elizabeth Shaw: p1"},
		"spoke to Liz Shaw about it":                   {"PERSON Liz Shaw: p1"},
		"SHAW, Elizabeth (Mrs)":                        {"PERSON SHAW, Elizabeth: p1"},
		"Shaw, E. called":                              {"PERSON Shaw, E: p1"},
		"E. M. Shaw":                                   {"PERSON E. M. Shaw: p1"},
		"spoke to liz shaw again":                      {"PERSON liz shaw: p1"},
		"Mrs Shaw is well":                             {"PERSON Mrs Shaw: p1 p2 p6"}, // Tom's title is not known
		"Tom Shaw":                                     {"PERSON Tom Shaw: p2 p6"},    // namesakes
		"Sean O Neill and Seán O’Neill":                {"PERSON Sean O Neill: p3", "PERSON Seán O’Neill: p3"},
		"Fatima Al Hassan, F. Hassan, Fatima Alhassan": {"PERSON Fatima Al Hassan: p4", "PERSON F. Hassan: p4", "PERSON Fatima Alhassan: p4"},
		"Ann Jones or Ann Smith Jones":                 {"PERSON Ann Jones: p5", "PERSON Ann Smith Jones: p5"},
		"Elizabeth Shaw came. Liz was upset, and Shaw's son too": {"PERSON Elizabeth Shaw: p1", "PERSON Liz: p1", "PERSON Shaw: p1"},
		"Liz was upset":                           nil, // nobody has introduced her
		"Will Shaw come? William May did":         {"PERSON Will Shaw", "PERSON William May: p7"},
		"William May rang. May I say. Will you":   {"PERSON William May: p7"},
		"liz.shaw@example.org":                    {"EMAIL liz.shaw@example.org: p1"},
		"tom.shaw@example.com":                    {"EMAIL tom.shaw@example.com: p2 p6"},
		"from 07700900123: Liz is away":           {"PHONE 07700900123: p1", "PERSON Liz: p1"},
		"file TEN 00123, 14 High St":              {"REFERENCE TEN 00123: p1", "ADDRESS 14 High St: p1"},
		"nothing here":                            nil,
		"She will shaw nothing; in may they will": {"PERSON will shaw"},
	} {
		if text == "She will shaw nothing; in may they will" {
			want = nil // no William Shaw is known, and nothing has a capital
		}
		if diff := cmp.Diff(want, found(Detector{Known: people, NoNames: true}.Detect(text))); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestPresent(t *testing.T) {
	d := Detector{Known: people, Present: []string{"p4"}}
	if diff := cmp.Diff([]string{"PERSON Fatima: p4", "PERSON Tom"}, found(d.Detect("Fatima was at the door; Tom was not"))); diff != "" {
		t.Error(diff)
	}
}

func TestResolve(t *testing.T) {
	text := "Ann Shaw of 14 High Street"
	got := Resolve(text, []Span{
		{Start: 0, End: 8, Type: Person, Score: 0.9, People: []string{"p2"}},
		{Start: 0, End: 3, Type: Person, Score: 0.99, People: []string{"p1"}},
		{Start: 4, End: 26, Type: Address, Score: 0.5},
		{Start: 5, End: 999, Type: URL},
	})
	if diff := cmp.Diff([]string{"PERSON Ann", "ADDRESS Shaw of 14 High Street"}, found(got), cmp.Transformer("type", func(s string) string { return strings.Split(s, ":")[0] })); diff != "" {
		t.Error(diff)
	}
}

// check is what every answer of Detect must hold to.
func check(t interface{ Fatalf(string, ...any) }, text string, spans []Span) {
	end := 0
	for _, s := range spans {
		if s.Start < end || s.End <= s.Start || s.End > len(text) {
			t.Fatalf("span %+v after %d in %q", s, end, text)
		}
		if s.Text != text[s.Start:s.End] || s.Why == "" || s.Type == "" || s.Score <= 0 || s.Score > 1 {
			t.Fatalf("span %+v in %q", s, text)
		}
		if utf8.ValidString(text) && !utf8.ValidString(s.Text) {
			t.Fatalf("span %+v cuts a rune of %q", s, text)
		}
		end = s.End
	}
}

func FuzzDetect(f *testing.F) {
	for _, s := range []string{
		"Mrs Shaw, 14 High Street, SW1A 1AA, 07700 900123, ann@example.org", "AB 12 34 56 C 4111 1111 1111 1111 GB29 NWBK 6016 1331 9268 19",
		"DOB: 14th March 1985; 12-34-56 12345678; 192.0.2.1 2001:db8::1 https://x.org/", "\xff\xc3 SHAW, Tom\n's", "é1@é.é 0é", "her son Ťyler at number 9ß", "++44(0", "reg A1 AAA ref: /-1234", "http://", "a www. b :: :",
	} {
		f.Add(s)
	}
	references := shapes(f, `[A-Z]\d{2,6}`)
	f.Fuzz(func(t *testing.T, text string) {
		d := Detector{Known: people, Present: []string{"p4"}, Relations: true, Bodies: true, Shapes: references}
		check(t, text, d.Detect(text))
	})
}

// A known person's full name is found wherever it stands and however it is dressed.
func TestKnownNameIsAlwaysFound(t *testing.T) {
	filler := rapid.SampledFrom([]string{"the", "rent", "Mr", "May", "14", "ann@example.org", "Tom", "spoke to", "Shaw", ",", ".", "\n", "'s", "O", "é", "07700", "High Street"})
	forms := map[string][]string{
		"p4": {"Fatima al-Hassan", "FATIMA AL-HASSAN", "Fatima Hassan", "fatima al hassan", "F. Al-Hassan"},
		"p3": {"Seán O'Neill", "Sean ONeill", "sean o’neill", "S O'Neill"},
		"p7": {"William May", "Bill May", "WILLIAM MAY"},
	}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom([]string{"p3", "p4", "p7"}).Draw(t, "id")
		form := rapid.SampledFrom(forms[id]).Draw(t, "form")
		before := strings.Join(rapid.SliceOfN(filler, 0, 6).Draw(t, "before"), " ")
		after := strings.Join(rapid.SliceOfN(filler, 0, 6).Draw(t, "after"), " ")
		text := before + "\n\n" + form + "\n\n" + after
		spans := Detect(text, people)
		check(t, text, spans)
		at := len(before) + 2
		for _, s := range spans {
			if s.Start <= at && at+len(form) <= s.End && cmp.Equal(s.People, []string{id}) {
				return
			}
		}
		t.Fatalf("%q is not found in %q: %v", form, text, found(spans))
	})
}

func benchText() string {
	return strings.Repeat("Visited 12/03/2024. Mrs Shaw said the damp in the back bedroom has come back since the boiler was mended; her son Tyler's asthma is worse. "+
		"Rang contractor on 01632 960001, who will attend next week between 8 and 12. Left a card. Liz Shaw emailed liz.shaw@example.org about ref TEN/00123. ", 400)
}

func BenchmarkScan(b *testing.B) {
	text := benchText()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		scan(text, nil)
	}
}

func manyPeople(n int) *People {
	list := make([]Individual, n)
	for i := range list {
		list[i] = individual(fmt.Sprint(i), fmt.Sprintf("%s%c%c Surname%c%c%c", []string{"Ann", "Tom", "Liz", "Bill"}[i%4], 'a'+i%26, 'a'+i/26%26, 'a'+i%23, 'a'+i/23%23, 'a'+i/529%23))
	}
	return NewPeople(list)
}

func BenchmarkFind(b *testing.B) {
	p, text := manyPeople(100_000), benchText()
	b.SetBytes(int64(len(text)))
	b.ResetTimer()
	for b.Loop() {
		p.Find(text, nil)
	}
}

func BenchmarkDetect(b *testing.B) {
	text := benchText()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Detect(text, people)
	}
}

func BenchmarkNewPeople(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		manyPeople(10_000)
	}
}
