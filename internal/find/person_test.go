package find

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/index"
	"tenet/internal/match"
)

// ask is a question of a name, and more as "column=value".
func ask(values ...string) match.Known {
	w := newWorld("q")
	w.person("q:0", values...)
	return index.Known(w.maps["q"].Tables["person"].Identifiers, w.rows["q"][0])
}

const home = "address=Flat 2, 14 High Street"

// TestWhoIsWho: which of the landlord's rows are the person, which may be, and when
// the answer is a question.
func TestWhoIsWho(t *testing.T) {
	type row struct {
		at     string
		values []string
	}
	r := func(at string, values ...string) row { return row{at, values} }
	for name, c := range map[string]struct {
		rows           []row
		ask            match.Known
		mine, possible string // sorted
		several        int    // people who could be meant, where that is the answer
	}{
		"one person in two systems": {
			rows: []row{r("h:1", "name=Ann Shaw", "dob=1985-03-14"), r("c:1", "name=Ann Shaw", "dob=14/03/1985")},
			ask:  ask("name=Ann Shaw", "dob=1985-03-14"), mine: "c:1 h:1"},
		"twins": {
			rows: []row{r("h:1", "name=Mia Kowalczyk", "dob=2005-03-14", home, "phone=07700900123"), r("h:2", "name=Max Kowalczyk", "dob=2005-03-14", home, "phone=07700900123")},
			ask:  ask("name=Mia Kowalczyk", "dob=2005-03-14"), mine: "h:1"},
		"twins, one by an initial": {
			rows: []row{r("h:1", "name=Mia Kowalczyk", "dob=2005-03-14", home, "phone=07700900123"), r("h:2", "name=M Kowalczyk", "dob=2005-03-14", home, "phone=07700900123")},
			ask:  ask("name=Mia Kowalczyk", "dob=2005-03-14"), mine: "h:1", possible: "h:2"},
		"father and son of one name": {
			rows: []row{r("h:1", "name=Tom Shaw", "dob=1950-04-01", home, "phone=07700900123"), r("h:2", "name=Tom Shaw", "dob=1979-09-12", home, "phone=07700900123")},
			ask:  ask("name=Tom Shaw", "dob=1979-09-12", "phone=07700900123"), mine: "h:2"},
		"father and son, and nothing to tell them apart": {
			rows: []row{r("h:1", "name=Tom Shaw", "dob=1950-04-01", "phone=07700900123"), r("h:2", "name=Tom Shaw", "dob=1979-09-12", "phone=07700900123")},
			ask:  ask("name=Tom Shaw", "phone=07700900123"), several: 2},
		"an undated record that fits father and son": {
			rows: []row{r("h:1", "name=Tom Shaw", "dob=1950-04-01", "phone=07700900123"), r("h:2", "name=Tom Shaw", "dob=1979-09-12", "phone=07700900123"), r("c:3", "name=Tom Shaw", "phone=07700900123")},
			ask:  ask("name=Tom Shaw", "dob=1950-04-01"), mine: "h:1", possible: "c:3"},
		"asked through that record": {
			rows: []row{r("h:1", "name=Tom Shaw", "dob=1950-04-01", "phone=07700900123"), r("h:2", "name=Tom Shaw", "dob=1979-09-12", "phone=07700900123"), r("c:3", "name=Tom Shaw", "phone=07700900123", "email=ts@example.org")},
			ask:  ask("email=ts@example.org"), mine: "c:3", possible: "h:1 h:2"},
		"an undated record of one of two namesakes": {
			rows: []row{r("h:1", "name=Tom Shaw", "dob=1950-04-01", "phone=07700900123"), r("h:2", "name=Tom Shaw", "dob=1979-09-12", "phone=07700900456"), r("c:3", "name=Tom Shaw", "phone=07700900456")},
			ask:  ask("name=Tom Shaw", "dob=1979-09-12"), mine: "c:3 h:2"},
		"married, and reached as before": {
			rows: []row{r("h:1", "name=Ann Shaw", "dob=1985-03-14", "email=ann@example.org"), r("c:1", "name=Ann Barlow", "dob=1985-03-14", "email=ann@example.org")},
			ask:  ask("name=Ann Barlow", "dob=1985-03-14"), mine: "c:1 h:1"},
		"married, and nothing else": {
			rows: []row{r("h:1", "name=Ann Shaw", "dob=1985-03-14", "ref=T1001"), r("c:1", "name=Ann Barlow", "dob=1985-03-14", "ref=T1001", "phone=07700900123")},
			ask:  ask("name=Ann Barlow", "phone=07700900123"), mine: "c:1 h:1"},
		"moved house": {
			rows: []row{r("h:1", "name=Katarzyna Wilk", "dob=1985-03-14", home, "postcode=SW1A 1AA"), r("h:2", "name=Kasia Wilk", "dob=1985-03-14", "address=9 Mill Lane", "postcode=M1 1AE")},
			ask:  ask("name=Katarzyna Wilk", "dob=1985-03-14"), mine: "h:1 h:2"},
		"an e-mail address that a couple shares": {
			rows: []row{r("h:1", "name=Ann Shaw", "dob=1985-03-14", "email=shaws@example.org"), r("h:2", "name=Bob Shaw", "dob=1983-01-02", "email=shaws@example.org")},
			ask:  ask("email=shaws@example.org"), several: 2},
		"that address with a name": {
			rows: []row{r("h:1", "name=Ann Shaw", "dob=1985-03-14", "email=shaws@example.org"), r("h:2", "name=Bob Shaw", "dob=1983-01-02", "email=shaws@example.org")},
			ask:  ask("name=Bob Shaw", "email=shaws@example.org"), mine: "h:2"},
		"joint tenants by their reference": {
			rows: []row{r("h:1", "name=Ann Shaw", "ref=T1001"), r("h:2", "name=Bob Shaw", "ref=T1001")},
			ask:  ask("ref=T1001"), several: 2},
		"a reference alone": {
			rows: []row{r("h:1", "name=Ann Shaw", "ref=T1001"), r("h:2", "name=Ann Shaw", "ref=T2002")},
			ask:  ask("ref=T1001"), mine: "h:1", possible: "h:2"},
		"a reference and a name, without a date of birth": {
			rows: []row{r("h:1", "name=Ann Shaw", "dob=1985-03-14", "ref=T1001"), r("h:2", "name=Ann Shaw", "dob=1960-01-02", "ref=T2002")},
			ask:  ask("name=Ann Shaw", "ref=T1001"), mine: "h:1"},
		"a common name alone, one of it": {
			rows: []row{r("h:1", "name=John Smith", "dob=1985-03-14")}, ask: ask("name=John Smith"), mine: "h:1"},
		"a common name alone, two of it": {
			rows: []row{r("h:1", "name=John Smith", "dob=1985-03-14"), r("h:2", "name=John Smith", "dob=1960-01-02")}, ask: ask("name=John Smith"), several: 2},
		"a telephone number alone": {
			rows: []row{r("h:1", "name=John Smith", "dob=1985-03-14", "phone=01632 960001")}, ask: ask("phone=01632960001"), mine: "h:1"},
		"what was asked fits a record that nothing ties to the others": {
			rows: []row{r("h:1", "name=Jane Okafor", "dob=1980-02-03"), r("c:1", "name=Jane Okafor", "email=jane@example.org")},
			ask:  ask("name=Jane Okafor", "dob=1980-02-03", "email=jane@example.org"), mine: "h:1", possible: "c:1"},
		"NI numbers that differ": {
			rows: []row{r("h:1", "name=Ann Shaw", "nino=AB123456C", "email=ann@example.org"), r("h:2", "name=Ann Shaw", "nino=CE987654C", "email=ann@example.org")},
			ask:  ask("nino=AB123456C"), mine: "h:1"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld("c", "h")
			for _, x := range c.rows {
				w.person(x.at, x.values...)
			}
			for range 2 { // and again with the rows in another order
				a, err := w.finder().Find(t.Context(), c.ask)
				var several *Ambiguous
				switch {
				case c.several > 0:
					if !errors.As(err, &several) || len(several.Candidates) != c.several {
						t.Errorf("%d people should be meant: %v, %v", c.several, a, err)
					}
				case err != nil:
					t.Error(err, err.(*Ambiguous).Candidates)
				default:
					mine, possible := found(t, a)
					if strings.Join(mine, " ") != c.mine || strings.Join(possible, " ") != c.possible {
						t.Errorf("found %v, and possibly %v\n%s", mine, possible, strings.Join(a.Person.Working, "\n"))
					}
				}
				for s := range w.rows {
					slices.Reverse(w.rows[s])
				}
			}
		})
	}
}

// TestDecisionsWin: over agreement and over contradiction, as far as they lead, and
// not at all once they are taken back.
func TestDecisionsWin(t *testing.T) {
	w := newWorld("c", "h")
	old := w.person("h:1", "name=Ann Shaw", "dob=1985-03-14")
	other := w.person("c:1", "name=Ann Shaw", "dob=1985-03-14")
	renamed := w.person("c:2", "name=Ann Haddad", "email=haddad@example.org") // nothing that an index would find
	wrong := w.person("c:3", "name=Ann Haddad", "dob=1960-01-02", "email=haddad@example.org")
	for _, c := range []struct {
		decided        []Decided
		mine, possible string
		working        string
	}{
		{nil, "c:1 h:1", "", ""},
		{[]Decided{{old, other, false}}, "", "", ""},
		{[]Decided{{old, renamed, true}}, "c:1 c:2 h:1", "", "a person decided"},
		{[]Decided{{renamed, old, true}, {renamed, wrong, true}}, "", "", ""}, // the births of wrong and other contradict, and nobody decided on that
		{[]Decided{{renamed, old, true}, {renamed, wrong, true}, {old, other, true}}, "c:1 c:2 c:3 h:1", "", "a person decided"},
		{[]Decided{{renamed, wrong, true}}, "c:1 h:1", "", ""},
		{[]Decided{{old, renamed, true}, {other, renamed, false}}, "", "", ""},
		{nil, "c:1 h:1", "", ""},
	} {
		w.decided = c.decided
		a, err := w.finder().Find(t.Context(), ask("name=Ann Shaw", "dob=1985-03-14"))
		var several *Ambiguous
		if c.mine == "" {
			if !errors.As(err, &several) {
				t.Errorf("%v: %v %v", c.decided, a, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		mine, possible := found(t, a)
		if strings.Join(mine, " ") != c.mine || strings.Join(possible, " ") != c.possible || !strings.Contains(strings.Join(a.Person.Working, "\n"), c.working) {
			t.Errorf("%v: found %v, and possibly %v: %q", c.decided, mine, possible, a.Person.Working)
		}
	}
}

// TestWorkingQuotesNobody: the working says which things agree, and not what they are.
func TestWorkingQuotesNobody(t *testing.T) {
	w := newWorld("h")
	w.person("h:1", "name=Tom Shaw", "dob=1950-04-01", "phone=07700900123", home)
	w.person("h:2", "name=Tom Shaw", "phone=07700900123", "email=other@example.org", home)
	w.person("h:3", "name=Tom Shaw", "dob=1979-09-12", "phone=07700900123", home)
	a, err := w.finder().Find(t.Context(), ask("name=Tom Shaw", "dob=1950-04-01"))
	if err != nil || len(a.Possible) != 1 || len(a.Person.Working) == 0 {
		t.Fatalf("%+v %v", a, err)
	}
	all := strings.Join(append(a.Person.Working, a.Possible[0].Why...), "\n")
	for _, r := range a.Records {
		all += strings.Join(r.Path, "\n")
	}
	for _, secret := range []string{"Shaw", "shaw", "1950", "1979", "900123", "example.org", "High"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is quoted in %s", secret, all)
		}
	}
	if s := a.Possible[0].Score; s < 0 || s > 1 {
		t.Errorf("a score of %v", s)
	}
}

// TestEachRowIsReadOnce: a live system is asked no more often than it must be.
func TestEachRowIsReadOnce(t *testing.T) {
	w := newWorld("h")
	w.person("h:1", "name=Ann Shaw", "dob=1985-03-14", "email=ann@example.org")
	if _, err := w.finder().Find(t.Context(), ask("name=Ann Shaw", "dob=1985-03-14", "email=ann@example.org")); err != nil {
		t.Fatal(err)
	}
	if w.asked != 2 {
		t.Errorf("%d lookups for a person and the notes below", w.asked)
	}
}

// TestNeverAcrossAContradiction: whatever rows there are and whatever is asked, two
// rows that contradict each other are found to be one person's by a person's decision
// alone; what was decided apart stays apart; and the order of rows does not matter.
func TestNeverAcrossAContradiction(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld("c", "h")
		known, all := map[string]*match.Profile{}, []string{}
		one := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, label) }
		draw := func() []string {
			return []string{
				"name=" + one("name", "Tom Shaw", "Thomas Shaw", "T Shaw", "Tom Shaw Jnr", "Ann Shaw", "Anne Shaw", "Ann Barlow", "Hassan Warsame", "Hussein Warsame"),
				"dob=" + one("dob", "", "", "1950-04-01", "1950-01-04", "1979-09-12", "1970-01-01"),
				"email=" + one("email", "", "", "shaws@example.org", "ts@example.org"), "phone=" + one("phone", "", "07700900123", "07700900456", "01632960001"),
				"ref=" + one("ref", "", "T1001", "T2002"), "nino=" + one("nino", "", "", "", "AB123456C", "AB123457C", "CE987654C"), home,
			}
		}
		for i := range rapid.IntRange(1, 7).Draw(rt, "rows") {
			values := draw()
			id := w.person(fmt.Sprintf("%s:%d", one("system", "c", "h"), i), values...)
			known[id], all = match.NewProfile(ask(values...)), append(all, id)
		}
		decided := map[[2]string]bool{}
		for range rapid.IntRange(0, 2).Draw(rt, "decisions") {
			a, b := one("a", all...), one("b", all...)
			if _, twice := decided[pair(a, b)]; a == b || twice {
				continue
			}
			decided[pair(a, b)] = rapid.Bool().Draw(rt, "same")
			w.decided = append(w.decided, Decided{a, b, decided[pair(a, b)]})
		}
		q := ask(draw()...)
		first, err := w.finder().Find(rt.Context(), q)
		for s := range w.rows {
			slices.Reverse(w.rows[s])
		}
		again, err2 := w.finder().Find(rt.Context(), q)
		if (err == nil) != (err2 == nil) {
			rt.Fatalf("in another order: %v, %v", err, err2)
		}
		if err != nil {
			return
		}
		mine, possible := found(t, first)
		mine2, possible2 := found(t, again)
		if !slices.Equal(mine, mine2) || !slices.Equal(possible, possible2) {
			rt.Fatalf("in another order: %v and %v, %v and %v", mine, mine2, possible, possible2)
		}
		records := first.Person.Records
		for i, a := range records {
			for _, b := range records[:i] {
				same, said := decided[pair(a, b)]
				if said && !same {
					rt.Fatalf("%s and %s were decided apart", a, b)
				}
				if why := match.Contradiction(known[a], known[b]); why != "" && !joined(decided, a, b) {
					rt.Fatalf("%s and %s: %s", a, b, why)
				}
			}
		}
	})
}

// joined says whether people's decisions join two rows, by way of others or not.
func joined(decided map[[2]string]bool, a, b string) bool {
	d := decisions{pairs: decided}
	return slices.Contains(d.with(a), b)
}
