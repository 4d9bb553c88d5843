package desk

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/find"
)

// namesakes are a father and a son, and a record without a date of birth that fits
// both; each has a note that the other must not see.
const namesakes = `
CREATE TABLE tenant(id INTEGER PRIMARY KEY, name TEXT, dob DATE, phone TEXT);
CREATE TABLE note(id INTEGER PRIMARY KEY, tenant INTEGER, body TEXT);
INSERT INTO tenant VALUES (1,'Tom Shaw','1950-04-01','07700900111'),(2,'Tom Shaw','1979-09-12','07700900111'),(3,'Tom Shaw',NULL,'07700900111');
INSERT INTO note VALUES (11,1,'knee of the elder'),(12,2,'debts of the younger'),(13,3,'rang in June');`

const namesakesMap = `
  tenant: {people: yes, key: id, identifiers: {name: name, dob: dob, phone: phone}}
  note: {key: id, owned-by: [{table: tenant, on: {tenant: id}}], columns: {body: {free-text: true}}}
`

// TestDecisionsOfPeople: what fits two is asked about for both; a decision settles it
// both ways, and withdrawing it makes it as it was.
func TestDecisionsOfPeople(t *testing.T) {
	ctx := t.Context()
	d, _, _ := bureau(t, namesakes, namesakesMap)
	const elder, younger, undated = "h:tenant/id=1", "h:tenant/id=2", "h:tenant/id=3"
	found := func(dob string) (mine, possible []string) {
		t.Helper()
		a, err := d.Find(ctx, "t", Query{Name: "Tom Shaw", DOB: dob, Phone: "07700900111"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range a.Possible {
			possible = append(possible, c.Record)
		}
		for _, r := range a.Records {
			if r.Table == "note" && r.Is("self") && !slices.Contains(a.Person.Records, "h:tenant/id="+*r.Fields["tenant"]) {
				t.Errorf("note %s is in the answer about %v", *r.Fields["id"], a.Person.Records)
			}
		}
		return a.Person.Records, possible
	}
	is := func(dob string, mine, possible []string) {
		t.Helper()
		m, p := found(dob)
		if !slices.Equal(m, mine) || !slices.Equal(p, possible) {
			t.Errorf("asked with %s: %v, and possibly %v", dob, m, p)
		}
	}
	asked := func() {
		t.Helper()
		is("1950-04-01", []string{elder}, []string{undated})
		is("1979-09-12", []string{younger}, []string{undated})
	}
	asked()
	if _, err := d.DecidePerson(ctx, "s1", undated, younger, true, "he showed the letter"); err != nil {
		t.Fatal(err)
	}
	is("1950-04-01", []string{elder}, nil)
	is("1979-09-12", []string{younger, undated}, nil)
	if _, err := d.DecidePerson(ctx, "s1", undated, younger, false, ""); err != nil {
		t.Fatal(err)
	}
	is("1979-09-12", []string{younger}, nil)
	for range 2 {
		if _, _, err := d.UndoPerson(ctx, "s1", younger, undated); err != nil {
			t.Fatal(err)
		}
	}
	asked()
	var e *Error
	if _, _, err := d.UndoPerson(ctx, "s1", younger, undated); !errors.As(err, &e) || e.Code != "no-decision" {
		t.Errorf("withdrew nothing: %v", err)
	}
	for _, bad := range []string{"h:tenant/id=9", "h:note/id=11", "x:tenant/id=1", "h", "h:tenant", "h:%zz"} {
		if _, err := d.DecidePerson(ctx, "s1", elder, bad, true, "why"); !errors.As(err, &e) || e.Mend == "" {
			t.Errorf("decided about %s: %v", bad, err)
		}
	}
	if list, err := d.PersonDecisions(ctx); err != nil || len(list) != 2 {
		t.Errorf("%v %v", list, err)
	}
}

// TestDecidedSince: a draft that a decision on who is who has overtaken cannot be
// approved, whether or not anybody searched again: until somebody does, or takes the
// decision back.
func TestDecidedSince(t *testing.T) {
	ctx := t.Context()
	d, _, _ := bureau(t, namesakes, namesakesMap)
	const elder, undated = "h:tenant/id=1", "h:tenant/id=3"
	res, err := d.Access(ctx, AccessRequest{Query: Query{Name: "Tom Shaw", DOB: "1950-04-01", Phone: "07700900111"}, By: "s1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	overtaken := func(want bool) {
		t.Helper()
		k, err := d.Cases.Get(ctx, res.Case.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Approve(ctx, k, "s2", k.Draft.Digest)
		var e *Error
		if got := errors.As(err, &e) && e.Code == "who"; got != want {
			t.Errorf("overtaken: %v, want %v (%v)", got, want, err)
		}
		if want { // nor is what was found before drafted anew
			if _, err := d.Redraft(ctx, k, cases.On{By: "s2"}); !errors.As(err, &e) || e.Code != "who" {
				t.Errorf("drafted anew: %v", err)
			}
		}
	}
	again := func() {
		t.Helper()
		k, err := d.Cases.Get(ctx, res.Case.ID)
		if err == nil {
			_, err = d.Answer(ctx, k, cases.On{By: "s1"})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	overtaken(false)
	if _, err := d.DecidePerson(ctx, "s1", undated, elder, true, "he showed the letter"); err != nil {
		t.Fatal(err)
	}
	overtaken(true)
	again()
	overtaken(false)
	if _, err := d.DecidePerson(ctx, "s1", undated, elder, false, "it was the son's"); err != nil {
		t.Fatal(err)
	}
	overtaken(true)
	again()
	overtaken(false)
	for range 2 { // joined again, and as it was at first: asked
		if _, _, err := d.UndoPerson(ctx, "s1", undated, elder); err != nil {
			t.Fatal(err)
		}
		overtaken(true)
		again()
		overtaken(false)
	}
}

// TestThresholds: the landlord says how sure a search must be.
func TestThresholds(t *testing.T) {
	d, _, dir := bureau(t, plain+`INSERT INTO tenant VALUES (2,'Jane Okafor',NULL,'07700900111',NULL);`, plainMap)
	file := filepath.Join(dir, "office", configFile)
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]int{"": 2, "identity: {same-at: 40, ask-at: 10}": 1, "identity: {same-at: 200, ask-at: 200}": 1} {
		if err := os.WriteFile(file, []byte(string(was)+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := Open(t.Context(), d.Dir, func(string) string { return "" })
		if err != nil {
			t.Fatal(err)
		}
		a, err := again.Find(t.Context(), "t", jane)
		var several *find.Ambiguous
		if err != nil && !errors.As(err, &several) || err == nil && len(a.Person.Records) != want {
			t.Errorf("%s: %v %v", line, a, err)
		}
		again.Close()
	}
	for _, line := range []string{"identity: {same-at: 9}", "identity: {same-at: 9, ask-at: 10}", "identity: {same-at: .nan, ask-at: 10}", "identity: {same-at: 900, ask-at: 10}", "identity: {same: 9}"} {
		if err := os.WriteFile(file, []byte(string(was)+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var e *Error
		if _, err := Open(t.Context(), d.Dir, func(string) string { return "" }); !errors.As(err, &e) || e.Code != "config" || !strings.Contains(e.Where, configFile) {
			t.Errorf("%s: %v", line, err)
		}
	}
}
