package discover

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/rows"
)

// Letters left out in the ways in which people leave them out, and ordinary words in
// which none is.
func TestShortNames(t *testing.T) {
	for name, want := range map[string]string{
		"SURNM":    "surname",
		"FRNM":     "forename",
		"TEN_NO":   "tenancy number",
		"D_O_B":    "dob",
		"N_I_NO":   "nino",
		"PTNR_REF": "partner ref",
		"STRT_DT":  "start date",
		"TRMN_DT":  "terminated date",
		"TNTMST":   "tenant",
		"HSHLD":    "household",
		"CMPLNT":   "complaint",
		"PSTCD":    "postcode",
		"EML_ADR":  "email address",
		"CUSTNAME": "customer name",
		"PROPREF":  "property ref",
		"EMPNO":    "employee number",
		// Whole words, and what could be two.
		"form":      "form",
		"cost":      "cost",
		"plan":      "plan",
		"ins_value": "ins value",
		"start":     "start",
		"a_b_c":     "a b c",
		"xqz":       "xqz",
	} {
		if got := strings.Join(words(name), " "); got != want {
			t.Errorf("words(%q) = %q, want %q", name, got, want)
		}
	}
}

// What is sensitive is not guessed from half a word.
func TestGraveWordsAreNotGuessed(t *testing.T) {
	for v := range grave {
		for _, w := range []string{v[:1] + "ns", v[:1] + "rt", v[:1] + "tt"} {
			if got := long(w, ""); got == v && skeleton(w) != skeleton(v) {
				t.Errorf("%q is taken for %q", w, got)
			}
		}
	}
}

// A word is never read as a longer one, and no name, however odd, gives an empty word.
func TestWordsOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		for _, w := range words(name) {
			if w == "" {
				t.Fatalf("words(%q) = %q", name, words(name))
			}
		}
		for w := range frequency {
			if long(w, "") != "" {
				t.Fatalf("%q is a word, and read as %q", w, long(w, ""))
			}
		}
	})
}

func TestValuesOfPeople(t *testing.T) {
	for v, want := range map[string][3]bool{ // forename, person, telephone
		"Priya":          {true, false, false},
		"Mary Ann":       {true, true, false},
		"Lee, Margaret":  {false, true, false},
		"Larkfield":      {false, false, false},
		"High Road East": {false, false, false},
		"07700 900123":   {false, false, true},
		"0000012345":     {false, false, false},
		"20240401":       {false, false, false},
	} {
		if got := [3]bool{isForename(v), called(v), isUKPhone(v)}; got != want {
			t.Errorf("%q: %v, want %v", v, got, want)
		}
	}
	births, starts := values{n: 40}, values{n: 40}
	for i := range 40 {
		births.years, starts.years = append(births.years, 1930+i*2), append(starts.years, 1985+i)
	}
	if !births.births() || starts.births() {
		t.Error("births are told by the years")
	}
}

// Keys of JSON that are somebody's name stand in no proposal.
func TestPathsNameNobody(t *testing.T) {
	table := &rows.Table{Columns: []rows.Column{{Name: "j"}}}
	var sample []rows.Row
	for i := range 20 {
		text := fmt.Sprintf(`{"Ann Lee": {"phone": "07700 9001%02d"}, "Key%c": {"email": "x"}, "deep": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}, "list": [{"dob": 1}, {"dob": 2}]}`, i, 'a'+rune(i))
		sample = append(sample, rows.Row{Table: table, Values: []rows.Value{{Text: text}}})
	}
	sample = append(sample, rows.Row{Table: table, Values: []rows.Value{{Text: "{not json"}}})
	got := slices.Sorted(maps.Keys(jsonPaths(sample, "j")))
	if want := []string{"$.*.phone", "$.list[*].dob"}; !slices.Equal(got, want) {
		t.Errorf("paths %v, want %v", got, want)
	}
}
