package match

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseName(t *testing.T) {
	for in, want := range map[string]Name{
		"Ann Shaw":                       {Given: []string{"ann"}, Family: []string{"shaw"}},
		"Mrs Ann M. Smith-Jones":         {Title: "mrs", Given: []string{"ann", "m"}, Family: []string{"smith", "jones"}},
		"SMITH, Ann":                     {Given: []string{"ann"}, Family: []string{"smith"}},
		"SMITH Ann Mary":                 {Given: []string{"ann", "mary"}, Family: []string{"smith"}},
		"Smith, Mrs A":                   {Title: "mrs", Given: []string{"a"}, Family: []string{"smith"}},
		"Mr O’Neill":                     {Title: "mr", Family: []string{"oneill"}},
		"Seán Mc Donald":                 {Given: []string{"sean"}, Family: []string{"mcdonald"}},
		"Ruud van den Berg":              {Given: []string{"ruud"}, Family: []string{"vandenberg"}},
		"van den Berg, R":                {Given: []string{"r"}, Family: []string{"vandenberg"}},
		"Fatima al-Hassan":               {Given: []string{"fatima"}, Family: []string{"alhassan"}},
		"Elizabeth (Beth) Shaw":          {Given: []string{"elizabeth"}, Family: []string{"shaw"}, Also: []string{"beth"}},
		"Elizabeth \"Liz\" Shaw":         {Given: []string{"elizabeth"}, Family: []string{"shaw"}, Also: []string{"liz"}},
		"Elizabeth Shaw (known as Beth)": {Given: []string{"elizabeth"}, Family: []string{"shaw"}, Also: []string{"beth"}},
		"Mr J Smith (deceased)":          {Title: "mr", Given: []string{"j"}, Family: []string{"smith"}},
		"J.P. Shaw Jr":                   {Given: []string{"j", "p"}, Family: []string{"shaw"}, Suffix: "jr"},
		"Ann Shaw, MBE":                  {Given: []string{"ann"}, Family: []string{"shaw"}},
		"Ann":                            {Given: []string{"ann"}},
		"the late Mr Tom Shaw":           {Title: "mr", Given: []string{"tom"}, Family: []string{"shaw"}},
		"Cllr Dr Ann Shaw":               {Title: "cllr", Given: []string{"ann"}, Family: []string{"shaw"}},
		"Anne-Marie Shaw":                {Given: []string{"anne", "marie"}, Family: []string{"shaw"}},
		"n/a":                            {},
		"ann@example.org":                {},
		"12345":                          {},
		"":                               {},
	} {
		got := ParseName(in)
		if want.Given != nil || want.Family != nil {
			want.Written = in
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ParseName(%q): %s", in, diff)
		}
	}
}

func TestNameOf(t *testing.T) {
	for _, c := range []struct {
		parts         []string
		given, family []string
	}{
		{[]string{"Mrs", "Ann", "", "Shaw"}, []string{"ann"}, []string{"shaw"}},
		{[]string{"Ann Mary", "De Souza Lima"}, []string{"ann", "mary"}, []string{"desouza", "lima"}},
		{[]string{"Ann", "nan"}, []string{"ann"}, nil},
		{[]string{"", "SHAW"}, []string{"shaw"}, nil},
		{[]string{"Mr", "", "Shaw"}, nil, []string{"shaw"}},
		{[]string{"Ann", "Mary", ""}, []string{"ann", "mary"}, nil},
		{[]string{"unknown", "unknown"}, nil, nil},
	} {
		n := NameOf(c.parts...)
		if diff := cmp.Diff([][]string{c.given, c.family}, [][]string{n.Given, n.Family}); diff != "" {
			t.Errorf("NameOf(%q): %s", c.parts, diff)
		}
	}
}

func TestParseNames(t *testing.T) {
	for in, want := range map[string][]string{
		"Mr & Mrs J Smith":            {"mr: smith", "mrs: j smith"},
		"Ann Shaw and Bob Jones":      {": ann shaw", ": bob jones"},
		"Mr A Shaw/Ms B Jones":        {"mr: a shaw", "ms: b jones"},
		"Anderson":                    {": anderson"},
		"Mohammed Ali; Fatima Hassan": {": mohammed ali", ": fatima hassan"},
		"":                            nil,
	} {
		var got []string
		for _, n := range ParseNames(in) {
			got = append(got, n.Title+": "+n.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ParseNames(%q): %s", in, diff)
		}
	}
}

func TestCompareNames(t *testing.T) {
	for _, c := range []struct {
		a, b              string
		forename, surname Level
	}{
		{"Ann Shaw", "SHAW, Ann", Equal, Equal},
		{"José Núñez", "Jose Nunez", Equal, Equal},
		{"Seán O'Neill", "Sean ONeill", Equal, Equal},
		{"Mrs Elizabeth Shaw", "Liz Shaw", Short, Equal},
		{"William Smith-Jones", "Bill Jones-Smith", Short, Equal},
		{"Anna Shaw", "Anne Shaw", Alike, Equal},
		{"A Shaw", "Ann Shaw", Initial, Equal},
		{"B Shaw", "William Shaw", Differs, Equal},
		{"W Shaw", "Bill Shaw", Initial, Equal},
		{"Ann Shaw", "Bob Shaw", Differs, Equal},
		{"Ann Smith-Jones", "Ann Jones", Equal, Alike},
		{"Catherine Smyth", "Katherine Smith", Short, Alike},
		{"Mohammed Khan", "Muhammad Khan", Short, Equal},
		{"Jon van den Berg", "Jon Vandenberg", Equal, Equal},
		{"Fatima al-Hassan", "Fatima Hassan", Equal, Alike},
		{"Shaw Ann", "Ann Shaw", Equal, Equal},
		{"Mr Shaw", "Mrs Shaw", Differs, Equal},
		{"Mrs Shaw", "Ann Shaw", Unknown, Equal},
		{"Tom Shaw Sr", "Tom Shaw Jr", Differs, Equal},
		{"Ann Mary Shaw", "Ann Ruth Shaw", Alike, Equal},
		{"Elizabeth (Tess) Shaw", "Tess Shaw", Equal, Equal},
		{"Mary Ann Shaw", "Ann Shaw", Alike, Equal},
		{"Shaw", "Ann Shaw", Unknown, Equal},
		{"Ann", "Ann Shaw", Equal, Unknown},
		{"Ann Shaw", "", Unknown, Unknown},
	} {
		got := CompareNames(ParseName(c.a), ParseName(c.b))
		if got.Forename != c.forename || got.Surname != c.surname {
			t.Errorf("CompareNames(%q, %q) = %+v; want forename %s, surname %s", c.a, c.b, got, c.forename, c.surname)
		}
	}
}

func TestPhonetic(t *testing.T) {
	for _, same := range [][]string{
		{"Smith", "Smyth"}, {"Catherine", "Katherine"}, {"Mohammed", "Muhammad", "Mohamed"}, {"Khan", "Kahn"},
		{"Philip", "Filip"}, {"Knight", "Night"}, {"Wright", "Right"}, {"Clarke", "Clark"}, {"Shawn", "Shaun"}, {"Lee", "Leigh"},
	} {
		for _, w := range same[1:] {
			if Phonetic(w) != Phonetic(same[0]) {
				t.Errorf("Phonetic(%q) = %q, Phonetic(%q) = %q", w, Phonetic(w), same[0], Phonetic(same[0]))
			}
		}
	}
	for _, pair := range [][2]string{{"Smith", "Jones"}, {"Ann", "Tom"}, {"Baker", "Barker"}} {
		if Phonetic(pair[0]) == Phonetic(pair[1]) {
			t.Errorf("%q and %q share the key %q", pair[0], pair[1], Phonetic(pair[0]))
		}
	}
}

func TestTokensMeet(t *testing.T) {
	for _, pair := range [][2]string{
		{"Liz Shaw", "Elizabeth Other"}, {"Ann Smyth", "Bob Smith"}, {"al-Hassan, F", "Fatima Hassan"}, {"van den Berg, R", "Berg, R"}, {"Smith-Jones, A", "Jones, A"},
	} {
		meets := false
		b := ParseName(pair[1]).Tokens()
		for _, tok := range ParseName(pair[0]).Tokens() {
			meets = meets || contains(b, tok)
		}
		if !meets {
			t.Errorf("%q and %q share no blocking key", pair[0], pair[1])
		}
	}
}

// drawName writes the name of an invented person in one of the ways people do.
func drawName(t *rapid.T, label string) Name {
	g := rapid.SampledFrom([]string{"Ann", "Anna", "Elizabeth", "Liz", "Mohammed", "José", "J", "Tom", ""}).Draw(t, label+" forename")
	f := rapid.SampledFrom([]string{"Shaw", "O'Neill", "Smith-Jones", "van den Berg", "al-Hassan", "Shore", "Jones"}).Draw(t, label+" surname")
	title := rapid.SampledFrom([]string{"", "Mr", "Mrs", "Dr"}).Draw(t, label+" title")
	return NameOf(title, g, f)
}

func TestCompareNamesProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawName(t, "a"), drawName(t, "b")
		ab, ba := CompareNames(a, b), CompareNames(b, a)
		if ab.Score != ba.Score || ab.Forename != ba.Forename || ab.Surname != ba.Surname {
			t.Fatalf("not symmetric: %+v, %+v", ab, ba)
		}
		if ab.Score < 0 || ab.Score > 1 {
			t.Fatalf("score %v", ab.Score)
		}
		if self := CompareNames(a, a); len(a.Given) > 0 && len(a.Family) > 0 && len(a.Given[0]) > 1 && self.Score != 1 {
			t.Fatalf("%v with itself: %+v", a, self)
		}
	})
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"Mrs Ann M. Smith-Jones", "SMITH, Ann", "(((", "\"", "de de de", "O'", "Mr", "& and &", "ß İ", "\xff", "-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, n := range append(ParseNames(s), ParseName(s), NameOf("Mr", s, s)) {
			for _, w := range append(append([]string(nil), n.Given...), n.Family...) {
				if w == "" || Fold(w) != w || strings.ContainsAny(w, " ,()") {
					t.Fatalf("%q gave the word %q", s, w)
				}
			}
			n.Tokens()
			if a := CompareNames(n, n); !n.IsZero() && a.Forename == Differs {
				t.Fatalf("%q differs from itself: %+v", s, a)
			}
		}
	})
}
