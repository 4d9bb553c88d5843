package desk

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/notice"
)

// TestInformationIsOwedByCompany: of Northmoor's three companies none owes an answer under
// freedom of information, and one under STAIRs. What a case counts goes by the one it is
// put to; where the law owes nothing it is a plain request that says why.
func TestInformationIsOwedByCompany(t *testing.T) {
	d, _ := versioned(t, "northmoor", "2027-05-04")
	ctx := t.Context()
	for _, company := range []string{"", "northmoor-homes", "fellside", "northmoor-community"} {
		for _, kind := range []law.Kind{law.KindFOI, law.KindEIR, law.KindSTAIRs} {
			at := fmt.Sprintf("%s put to %q", kind, company)
			k, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Ann Larter"}, Kind: string(kind), Channel: "letter", Asked: "How much was spent?", By: "staff-1", Entity: company})
			if err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			clock, err := d.Cases.ClockOf(k, nil)
			if err != nil || k.Entity != company {
				t.Errorf("%s is for %q: %v", at, k.Entity, err)
			}
			owed := kind == law.KindSTAIRs && (company == "fellside" || company == "")
			if owed {
				if k.Kind != kind || clock.Law == nil || clock.Due.IsZero() {
					t.Errorf("%s: %s, by law %+v, due %s", at, k.Kind, clock.Law, clock.Due)
				}
				if (k.Mind == "") != (company != "") || company == "" && !strings.Contains(k.Mind, "binds Fellside Housing Association alone") {
					t.Errorf("%s: mind %q", at, k.Mind)
				}
				continue
			}
			if k.Kind != law.KindOther || clock.Law != nil || clock.Governs != law.GovernsTarget {
				t.Errorf("%s: %s, by law %+v, due %s by %s", at, k.Kind, clock.Law, clock.Due, clock.Governs)
			}
			for _, want := range []string{"plain request", "no law sets a time", "access request"} {
				if !strings.Contains(k.Mind, want) {
					t.Errorf("%s does not say %q: %s", at, want, k.Mind)
				}
			}
			other := company != "fellside" && kind != law.KindSTAIRs || kind == law.KindSTAIRs
			if strings.Contains(k.Mind, "Fellside Housing Association") != (other || company == "fellside") {
				t.Errorf("%s: who owes it instead: %s", at, k.Mind)
			}
		}
	}
	if k, err := d.Request("foi"); err != nil || k.Kind != law.KindOther || k.Mind == "" {
		t.Errorf("from the portal or a mailbox: %s, %q, %v", k.Kind, k.Mind, err)
	}
}

// TestInformationByChoice: a landlord that no law binds and that says it follows it counts
// as if it were bound, and not by law.
func TestInformationByChoice(t *testing.T) {
	d, _ := versioned(t, "wrenfield", "2026-11-22")
	k, err := d.OpenCase(t.Context(), NewCase{Query: Query{Name: "Ann Larter"}, Kind: "foi", Channel: "letter", Asked: "How many lifts?", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	clock, err := d.Cases.ClockOf(k, nil)
	if err != nil || k.Kind != law.KindFOI || k.Mind != "" || clock.Law != nil || clock.Governs != law.GovernsPromise || clock.Due.String() != "2026-12-18" {
		t.Errorf("%s, %q, by law %+v, due %s by %s, %v", k.Kind, k.Mind, clock.Law, clock.Due, clock.Governs, err)
	}
}

// TestBodies: what the law on information is to a body, by what it is and where.
func TestBodies(t *testing.T) {
	d, _ := versioned(t, "northmoor", "2026-11-22")
	for _, test := range []struct {
		kind   notice.ControllerKind
		nation notice.Nation
		foi    notice.Duty
		want   [2]law.Standing // FOI, STAIRs
	}{
		{notice.RegisteredProvider, notice.EnglandAndWales, "", [2]law.Standing{law.None, law.Statutory}},
		{notice.RegisteredProvider, notice.EnglandAndWales, notice.Voluntary, [2]law.Standing{law.Voluntary, law.Statutory}},
		{notice.RegisteredProvider, notice.EnglandAndWales, notice.Statutory, [2]law.Standing{law.Statutory, law.Statutory}},
		{notice.LocalAuthority, notice.EnglandAndWales, "", [2]law.Standing{law.Statutory, law.None}},
		{notice.LocalAuthority, notice.EnglandAndWales, notice.NoDuty, [2]law.Standing{law.Statutory, law.None}}, // it does not choose
		{notice.RegisteredProvider, notice.Scotland, "", [2]law.Standing{law.Statutory, law.None}},
		{notice.CharityBody, notice.EnglandAndWales, notice.NoDuty, [2]law.Standing{law.None, law.None}},
	} {
		d.Notice.Landlord.Nation = test.nation
		d.Notice.Landlord.Controllers = []notice.Controller{{ID: "one", Name: "One", Kind: test.kind, Lead: true, FOI: test.foi}}
		got := [2]law.Standing{}
		got[0], _ = d.duty(law.FOI, "")
		got[1], _ = d.duty(law.STAIRs, "one")
		if got != test.want {
			t.Errorf("%s in %s that says %q: %v, not %v", test.kind, test.nation, test.foi, got, test.want)
		}
	}
	if s, mind := d.duty(law.Access, ""); s != "" || mind != "" {
		t.Errorf("access: %s, %s", s, mind)
	}
}

// TestCompanyByRecords: a case that names no company is for the one whose the person's
// records are, where the maps say so of one alone; its letters are that company's.
func TestCompanyByRecords(t *testing.T) {
	d, _ := versioned(t, "northmoor", "2027-05-04")
	ctx := t.Context()
	file := filepath.Join(t.TempDir(), "homes.db")
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{`CREATE TABLE tenant (id INTEGER PRIMARY KEY, name TEXT, email TEXT)`, `CREATE TABLE guest (id INTEGER PRIMARY KEY, name TEXT, email TEXT)`,
		`INSERT INTO tenant VALUES (1, 'Orla Finch', 'orla@example.org'), (2, 'Piers Wren', 'piers@example.org')`,
		`INSERT INTO guest VALUES (1, 'Piers Wren', 'piers@example.org'), (2, 'Zelda Quill', 'zelda@example.org')`} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.AddSource(System{Name: "homes", URL: "sqlite:" + file}); err != nil {
		t.Fatal(err)
	}
	text := `source: homes
tables:
  tenant: {people: customers, key: id, category: identity, identifiers: {name: name, email: email}, controller: fellside}
  guest: {people: customers, key: id, category: identity, identifiers: {name: name, email: email}, controller: northmoor-community}
`
	if err := os.WriteFile(filepath.Join(d.Dir, "maps", "homes.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(ctx, false, nil); err != nil {
		t.Fatal(err)
	}
	open := func(kind, name, email, company string) cases.Case {
		t.Helper()
		k, err := d.OpenCase(ctx, NewCase{Query: Query{Name: name, Email: email}, Kind: kind, Channel: "letter", Asked: "All", By: "staff-1", Entity: company})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	for _, test := range []struct{ kind, name, email, put, want string }{
		{"stairs", "Orla Finch", "orla@example.org", "", "fellside"},
		{"access", "Orla Finch", "orla@example.org", "", "fellside"},
		{"access", "Orla Finch", "orla@example.org", "northmoor-homes", "northmoor-homes"}, // whoever says so knows
		{"access", "Piers Wren", "piers@example.org", "", ""},                              // of two
		{"stairs", "Zelda Quill", "zelda@example.org", "", "northmoor-community"},
		{"access", "Nobody Known", "nobody@example.org", "", ""},
		{"eir", "Orla Finch", "orla@example.org", "", ""}, // not about her
	} {
		k := open(test.kind, test.name, test.email, test.put)
		if k.Entity != test.want {
			t.Errorf("%s of %s is for %q", test.kind, test.name, k.Entity)
		}
		if plain := test.want == "northmoor-community" || test.kind == "eir"; plain != (k.Kind == law.KindOther) {
			t.Errorf("%s of %s is a case of %s", test.kind, test.name, k.Kind)
		}
	}
	k := open("access", "Orla Finch", "orla@example.org", "")
	from := d.sender(k)
	if c, ok := d.Company(k); !ok || from.Name != c.Name || c.Name != "Fellside Housing Association" || !slices.Contains(c.Regulators, "Regulator of Social Housing") {
		t.Errorf("its letters are from %q; it is for %+v", from.Name, c)
	}
	p, err := d.ProposeLetter(ctx, k, NewLetter{Kind: letter.Acknowledge})
	if err != nil || !strings.Contains(p.Letter.Text(), "Fellside Housing Association") {
		t.Errorf("the letter: %v\n%s", err, p.Letter.Text())
	}
	if from := d.sender(open("access", "Nobody Known", "nobody@example.org", "")); from.Name != "Northmoor Homes" {
		t.Errorf("for no company: %q", from.Name)
	}
	if _, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Orla Finch"}, Kind: "access", Channel: "letter", Asked: "All", By: "staff-1", Entity: "nobody"}); errorCode(err) != "entity" {
		t.Errorf("put to a company that there is not: %v", err)
	}
}
