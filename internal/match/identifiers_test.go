package match

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// normalisers are all functions that keep the package's rules for a normaliser.
var normalisers = map[string]func(string) (string, bool){
	"Email": Email, "Phone": Phone, "NINO": NINO, "NHS": NHS, "Postcode": Postcode, "UPRN": UPRN, "Date": Date, "Ref": Ref, "Address": Address,
}

func TestNormalisers(t *testing.T) {
	const no = "" // ok must be false
	for _, c := range []struct{ kind, in, want string }{
		{"Email", "Ann.Shaw@Example.ORG", "ann.shaw@example.org"},
		{"Email", "  Ann Shaw <ann@example.org> ", "ann@example.org"},
		{"Email", "mailto:ann+rent@example.co.uk.", "ann+rent@example.co.uk"},
		{"Email", "o'neill@example.org", "o'neill@example.org"},
		{"Email", "a@example.org; b@example.org", no},
		{"Email", "ann@localhost", no},
		{"Email", "@example.org", no},
		{"Email", "n/a", no},

		{"Phone", "07700 900123", "+447700900123"},
		{"Phone", "+44 (0)7700 900-123", "+447700900123"},
		{"Phone", "0044 7700 900123", "+447700900123"},
		{"Phone", "7700900123", "+447700900123"}, // a numeric column has lost the zero
		{"Phone", "07700 900123 (mum)", "+447700900123"},
		{"Phone", "020 7946 0958", "+442079460958"},
		{"Phone", "01632 960001 ext 4", "+441632960001"},
		{"Phone", "+33 1 23 45 67 89", "+33123456789"},
		{"Phone", "6903446318", "6903446318"}, // in no numbering plan: still comparable
		{"Phone", "06903446318", "6903446318"},
		{"Phone", "12345", no},
		{"Phone", "flat five 123456", no},
		{"Phone", "2024-01-02T10:11:12", no},
		{"Phone", "07700900123 / 07700900456", no},

		{"NINO", "AB 12 34 56 C", "AB123456"},
		{"NINO", "ab123456c", "AB123456"},
		{"NINO", "AB123456", "AB123456"},
		{"NINO", "qq123456a", "QQ123456"},
		{"NINO", "AB123456Z", no},
		{"NINO", "AB12345", no},
		{"NINO", "1B123456C", no},

		{"NHS", "943 476 5919", "9434765919"},
		{"NHS", "943-476-5918", "9434765918"}, // wrong check digit: still comparable
		{"NHS", "123456782", "0123456782"},
		{"NHS", "0000000000", no},
		{"NHS", "94347659", no},

		{"Postcode", "sw1a1aa", "SW1A 1AA"},
		{"Postcode", " m1  1ae", "M1 1AE"},
		{"Postcode", "CR2-6XH", "CR2 6XH"},
		{"Postcode", "gir 0aa", "GIR 0AA"},
		{"Postcode", "ABC 123", no},
		{"Postcode", "SW1A 1CA", no}, // no C in the last two places
		{"Postcode", "90210", no},

		{"UPRN", "000012345678", "12345678"},
		{"UPRN", "1234567890123", no},
		{"UPRN", "0", no},

		{"Ref", "ten/00-123 a", "TEN00123A"},
		{"Ref", "ALFKI", "ALFKI"},
		{"Ref", "N/A", no},
		{"Ref", "---", no},

		{"Address", "Flat 2, 14 High St.", "flat 2 14 high st"},
		{"Address", "APARTMENT 2 14 High Street", "flat 2 14 high st"},
		{"Address", "14 Saint Mary's Rd", "14 st mary road"},
		{"Address", "London", no},

		{"Date", "1985-03-14", "1985-03-14"},
		{"Date", "14/03/1985", "1985-03-14"},
		{"Date", "14.3.85", "1985-03-14"},
		{"Date", "14-Mar-85", "1985-03-14"},
		{"Date", "14th March, 1985", "1985-03-14"},
		{"Date", "Thursday 14 March 1985", "1985-03-14"},
		{"Date", "March 14 1985", "1985-03-14"},
		{"Date", "Mar 14 1985 12:00AM", "1985-03-14"},
		{"Date", "19850314", "1985-03-14"},
		{"Date", "1985-03-14T00:00:00Z", "1985-03-14"},
		{"Date", "1985-03-14 00:00:00 +0000 UTC", "1985-03-14"},
		{"Date", "1985-03-14 00:00:00.000", "1985-03-14"},
		{"Date", "03/14/1985", "1985-03-14"}, // no fourteenth month
		{"Date", "03/04/1985", "1985-04-03"}, // British order wherever it is possible
		{"Date", "2 September 2011", "2011-09-02"},
		{"Date", "2 Sept 11", "2011-09-02"},
		{"Date", "1900-01-01", no},
		{"Date", "01/01/1900 00:00", no},
		{"Date", "1899-12-30", no},
		{"Date", "9999-12-31", no},
		{"Date", "2099-01-01", no},
		{"Date", "31/02/1985", no},
		{"Date", "14/03", no},
		{"Date", "March 1985", no},
		{"Date", "nan", no},
	} {
		got, ok := normalisers[c.kind](c.in)
		if got != c.want || ok != (c.want != no) {
			t.Errorf("%s(%q) = %q, %v; want %q", c.kind, c.in, got, ok, c.want)
		}
	}
}

func TestSeveral(t *testing.T) {
	if diff := cmp.Diff([]string{"ann@example.org", "bob@example.com"}, Emails("Ann <ANN@example.org>, bob@example.com; ann@example.org")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"+447700900123", "+442079460958"}, Phones("07700 900123 / 020 7946 0958 or 07700900123")); diff != "" {
		t.Error(diff)
	}
}

func TestChecks(t *testing.T) {
	for number, want := range map[string]bool{"9434765919": true, "9434765918": false, "943476591": false, "": false} {
		if ValidNHS(number) != want {
			t.Errorf("ValidNHS(%q) = %v", number, !want)
		}
	}
	for number, want := range map[string]bool{"AB123456": true, "QQ123456": false, "AO123456": false, "GB123456": false, "ZZ123456": false, "": false} {
		if ValidNINO(number) != want {
			t.Errorf("ValidNINO(%q) = %v", number, !want)
		}
	}
}

func checkNormaliser(t interface{ Fatalf(string, ...any) }, kind, in string) {
	got, ok := normalisers[kind](in)
	if !ok {
		if got != "" {
			t.Fatalf("%s(%q) = %q though it is not ok", kind, in, got)
		}
		return
	}
	if again, ok := normalisers[kind](got); !ok || again != got {
		t.Fatalf("%s(%q) = %q, but %s of that is %q, %v", kind, in, got, kind, again, ok)
	}
}

func FuzzNormalisers(f *testing.F) {
	for _, s := range []string{"Ann <ann@example.org>", "07700 900123", "AB123456C", "943 476 5919", "SW1A 1AA", "14/03/1985", "TEN/001", "1 High St", "\xff@\x00", "ǆ1", "ﬁ 9", "İ1@é.org", "0440440440440"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for kind := range normalisers {
			checkNormaliser(t, kind, s)
		}
		if once := Fold(s); Fold(once) != once {
			t.Fatalf("Fold(%q) = %q, folded again %q", s, once, Fold(once))
		}
	})
}

func TestNormalisersAreIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9 ()+/-]{6,20}`), rapid.StringMatching(`[A-Z]{1,2}[0-9 A-Z]{3,9}`),
			rapid.StringMatching(`[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{2,4}`), rapid.StringMatching(`[a-z.']{1,5}@[a-z.-]{1,6}\.[a-z]{2}`)).Draw(t, "s")
		for kind := range normalisers {
			checkNormaliser(t, kind, s)
		}
	})
}

func TestPhoneFormsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		national := rapid.StringMatching(`7[4-9][0-9]{8}`).Draw(t, "national")
		want, ok := Phone("0" + national)
		if !ok {
			t.Fatalf("Phone(0%s) is not ok", national)
		}
		for _, form := range []string{"+44" + national, "+44 (0)" + national, "0044" + national, national, "0" + national[:4] + " " + national[4:]} {
			if got, _ := Phone(form); got != want {
				t.Fatalf("Phone(%q) = %q, Phone(0%s) = %q", form, got, national, want)
			}
		}
	})
}

func TestWords(t *testing.T) {
	type w struct{ Text, Written string }
	for text, want := range map[string][]w{
		"O'Neill's flat":          {{"oneill", "O'Neill"}, {"flat", "flat"}},
		"Smith’s, the Smiths'":    {{"smith", "Smith"}, {"the", "the"}, {"smiths", "Smiths"}},
		"José al-Hassan_2":        {{"jose", "José"}, {"al", "al"}, {"hassan", "Hassan"}, {"2", "2"}},
		"ann@example.org":         {{"ann", "ann"}, {"example", "example"}, {"org", "org"}},
		"\xffA\xc3(B) 'quoted'":   {{"a", "A"}, {"b", "B"}, {"quoted", "quoted"}},
		"":                        nil,
		"Straße ŁÓDŹ Cafe\u0301!": {{"strasse", "Straße"}, {"lodz", "ŁÓDŹ"}, {"cafe", "Cafe\u0301"}},
	} {
		var got []w
		for x := range Words(text) {
			got = append(got, w{x.Text, text[x.Start:x.End]})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Words(%q): %s", text, diff)
		}
	}
	for _, name := range []string{"will", "may", "mark", "rose", "grace", "hope", "dawn"} {
		if Common(name) {
			t.Errorf("Common(%q): a name would not be indexed", name)
		}
	}
	if !Common("the") || !Common("x") {
		t.Error("the and x should be common")
	}
}

func FuzzWords(f *testing.F) {
	f.Add("O'Neill's café — Smith’s")
	f.Add("\xff\xc3'\u0301 s's's")
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for w := range Words(text) {
			if w.Start < end || w.End <= w.Start || w.End > len(text) {
				t.Fatalf("word %+v after %d in %q", w, end, text)
			}
			if w.Text == "" || Fold(text[w.Start:w.End]) != w.Text {
				t.Fatalf("word %+v is not the fold of %q", w, text[w.Start:w.End])
			}
			end = w.End
		}
	})
}

func BenchmarkWords(b *testing.B) {
	text := ""
	for range 200 {
		text += "Mrs Smith called about the damp in the back bedroom; her son Tyler's asthma is worse. Ref TEN/00123. "
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for range Words(text) {
		}
	}
}

func BenchmarkPhone(b *testing.B) {
	for b.Loop() {
		Phone("07700 900123")
	}
}
