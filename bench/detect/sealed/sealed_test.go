package sealed_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

type doc struct {
	ID, Kind, Text   string
	Origins          []string
	Spans, Negatives []span
	People           []struct {
		Person, Name, Origin string
		Known                map[string][]string
	}
}

type span struct {
	Start, End         int
	Type, Text, Origin string
	Person             *string
	CoreStart          int `json:"core_start"`
	CoreEnd            int `json:"core_end"`
	Mistyped           bool
}

// docs reads the corpus and holds it to its seal.
func docs(t *testing.T) []doc {
	t.Helper()
	raw, err := os.ReadFile("corpus.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	seal, err := os.ReadFile("SEAL")
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := strings.Cut(string(seal), " ")
	if got := fmt.Sprintf("%x", sha256.Sum256(raw)); got != want {
		t.Fatalf("corpus.jsonl hashes to %s, and its seal says %s", got, want)
	}
	var out []doc
	sc := bufio.NewScanner(bytes.NewReader(raw))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var d doc
		if err := json.Unmarshal(sc.Bytes(), &d); err != nil {
			t.Fatalf("line %d: %v", len(out)+1, err)
		}
		out = append(out, d)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOffsetsFitAndSpansDoNotOverlap(t *testing.T) {
	ids := map[string]bool{}
	for _, d := range docs(t) {
		if ids[d.ID] {
			t.Errorf("%s stands twice", d.ID)
		}
		ids[d.ID] = true
		if n := len(strings.Fields(d.Text)); n < 60 || n > 700 {
			t.Errorf("%s has %d words", d.ID, n)
		}
		if !utf8.ValidString(d.Text) {
			t.Errorf("%s is not UTF-8", d.ID)
		}
		people := map[string]string{}
		for _, p := range d.People {
			people[p.Person] = p.Origin
			if p.Name == "" || len(p.Known["forenames"])+len(p.Known["surname"]) == 0 {
				t.Errorf("%s: %s has no name", d.ID, p.Person)
			}
		}
		last := 0
		for _, s := range d.Spans {
			if s.Start < last || s.End <= s.Start || s.End > len(d.Text) || d.Text[s.Start:s.End] != s.Text {
				t.Fatalf("%s: span %d–%d %q does not fit", d.ID, s.Start, s.End, s.Text)
			}
			last = s.End
			if s.Person != nil {
				if _, ok := people[*s.Person]; !ok {
					t.Errorf("%s: %q belongs to %s, who is not among its people", d.ID, s.Text, *s.Person)
				}
			}
			if s.Type != "PERSON" {
				continue
			}
			if s.Person == nil || s.Origin != people[*s.Person] {
				t.Errorf("%s: %q has no person or not that person's origin", d.ID, s.Text)
			}
			if s.CoreStart < s.Start || s.CoreEnd != s.End || s.CoreStart >= s.CoreEnd {
				t.Errorf("%s: the name in %q does not lie within it", d.ID, s.Text)
			}
		}
		for _, s := range d.Negatives {
			if s.End > len(d.Text) || d.Text[s.Start:s.End] != s.Text {
				t.Errorf("%s: negative %q does not fit", d.ID, s.Text)
			}
		}
	}
}

func TestThereIsEnoughOfEach(t *testing.T) {
	ds := docs(t)
	if len(ds) < 200 {
		t.Errorf("%d documents, and 200 were promised", len(ds))
	}
	types, origins, kinds := map[string]int{}, map[string]int{}, map[string]int{}
	for _, d := range ds {
		kinds[d.Kind]++
		for _, s := range d.Spans {
			types[s.Type]++
			if s.Type == "PERSON" {
				origins[s.Origin]++
			}
		}
	}
	if n := types["PERSON"]; n < 1500 {
		t.Errorf("%d mentions of people, and 1,500 were promised", n)
	}
	for _, typ := range strings.Fields(`EMAIL PHONE ADDRESS POSTCODE NINO NHS DATE_OF_BIRTH CARD SORT_CODE ACCOUNT IBAN
		PASSPORT DRIVING_LICENCE VEHICLE UPRN IP URL REFERENCE ORGANISATION LOCATION`) {
		if types[typ] < 25 {
			t.Errorf("%d of %s, and 25 were promised", types[typ], typ)
		}
	}
	if len(types) != 21 {
		t.Errorf("types are %v; DESIGN names 21", types)
	}
	if len(origins) < 35 {
		t.Errorf("%d origins: %v", len(origins), origins)
	}
	for o, n := range origins {
		if n < 15 {
			t.Errorf("%d mentions of origin %s, too few to say anything of", n, o)
		}
	}
	if len(kinds) < 15 {
		t.Errorf("%d kinds: %v", len(kinds), kinds)
	}
}

// TestIdentifiersAreNobodys holds the corpus to the ranges that GUIDE.md names, so
// that nothing in it can be anybody's.
func TestIdentifiersAreNobodys(t *testing.T) {
	digits := regexp.MustCompile(`\D`)
	for _, d := range docs(t) {
		for _, s := range d.Spans {
			if s.Mistyped {
				continue
			}
			n := digits.ReplaceAllString(s.Text, "")
			switch s.Type {
			case "EMAIL":
				if !regexp.MustCompile(`(?i)@([a-z0-9-]+\.)*example\.(org|com|net)$`).MatchString(s.Text) {
					t.Errorf("%s: e-mail %s is not under example", d.ID, s.Text)
				}
			case "NHS":
				if !strings.HasPrefix(n, "999") || !mod11(n) {
					t.Errorf("%s: NHS number %s", d.ID, s.Text)
				}
			case "CARD":
				if !luhn(n) {
					t.Errorf("%s: card %s fails its check digit", d.ID, s.Text)
				}
			case "IBAN":
				if !mod97(s.Text) {
					t.Errorf("%s: IBAN %s fails its check digits", d.ID, s.Text)
				}
			case "PHONE":
				ok := n == "" || regexp.MustCompile(`^(0|44)(7700900|2079460|1632960|113496|114496|115496|116496|117496|118496|121496|131496|141496|151496|161496|191498|289649|292018|808157|306999)\d+$`).MatchString(n)
				if !ok {
					t.Errorf("%s: telephone %s is outside the ranges for drama", d.ID, s.Text)
				}
			}
		}
	}
}

func mod11(n string) bool {
	if len(n) != 10 {
		return false
	}
	sum := 0
	for i := range 9 {
		sum += int(n[i]-'0') * (10 - i)
	}
	return (11-sum%11)%11 == int(n[9]-'0')
}

func luhn(n string) bool {
	sum := 0
	for i := range len(n) {
		v := int(n[len(n)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

func mod97(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) < 15 {
		return false
	}
	rem := 0
	for _, c := range s[4:] + s[:4] {
		switch {
		case c >= '0' && c <= '9':
			rem = (rem*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rem = (rem*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rem == 1
}
