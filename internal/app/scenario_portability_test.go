package app

import (
	"archive/zip"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/pack"
)

// TestScenario_MHS13Portability: a tenant of Northmoor moves and wants what they gave sent
// to the next landlord. The files hold that and nothing else; they go once they are
// approved, to a recipient that people choose, and the log of disclosures has it.
func TestScenario_MHS13Portability(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	at := filepath.Join(dir, "homes.db")
	db, err := sql.Open("sqlite", "file:"+at)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		`CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, dob TEXT, email TEXT, mobile TEXT, income TEXT, scored TEXT, remarks TEXT)`,
		`INSERT INTO person VALUES (1, 'Ann Larter', '1980-01-02', 'ann.larter@example.org', '07700 900155', '21400', 'B2', 'Rude on the telephone'),
			(2, 'Piers Nowak', '1975-05-06', 'piers@example.org', '07700 900166', '30000', 'A1', '')`,
	} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	c := openCounter(t, "northmoor", nil)
	if err := c.AddSource(desk.System{Name: "homes", URL: "sqlite:" + at}); err != nil {
		t.Fatal(err)
	}
	m := `source: homes
tables:
  person:
    people: customers
    key: id
    category: identity
    identifiers: {name: name, dob: dob, email: email, phone: mobile}
    columns:
      email: {category: contact-details}
      mobile: {category: contact-details}
      income: {category: financial}
      scored: {provided: false}
      remarks: {free-text: true}
`
	if err := os.WriteFile(filepath.Join(c.Dir, "maps", "homes.yaml"), []byte(m), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Index(ctx, true, nil); err != nil {
		t.Fatal(err)
	}
	k, err := c.OpenCase(ctx, desk.NewCase{Query: desk.Query{Name: "Ann Larter", DOB: "1980-01-02"}, Kind: "portability", Channel: "mail", Asked: "Please send what I gave you to Calder Homes.", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	// On the console, as an act of the case.
	_, page := c.visitor.get("/cases/" + k.Number + "/do/take-away")
	must(t, page, "Draft the files to take away", "all else stays")
	c.visitor.does(k.Number, "take-away")
	k, _ = c.Cases.Get(ctx, k.ID)
	if k.Draft == nil || desk.InWords(k) {
		t.Fatal("nothing was drafted")
	}
	next := desk.Onward{To: "next-landlord", Name: "Calder Homes", Checked: "J. Marsh, called back on the number of their website.", Path: filepath.Join(dir, "out.zip"), By: "staff-1"}
	if _, err := c.SendOnward(ctx, k, next); err == nil {
		t.Fatal("it went before it was approved")
	}
	if k, err = c.Cases.Identify(ctx, cases.On{Case: k.ID, By: "staff-1"}, cases.Proof{How: "Called back on the number we hold", Arrived: c.Today()}); err != nil {
		t.Fatal(err)
	}
	if k, err = c.Approve(ctx, k, "staff-2", ""); err != nil {
		t.Fatal(err)
	}
	police := next
	police.To = "police"
	if _, err := c.SendOnward(ctx, k, police); err == nil {
		t.Error("it goes to a recipient that nobody chose")
	}
	sent, err := c.SendOnward(ctx, k, next)
	if err != nil {
		t.Fatal(err)
	}
	if sent.Decision.Rule != "to-next-landlord" || sent.Entry.Kind != disclose.Shared || sent.Entry.Case != k.ID {
		t.Errorf("%+v", sent)
	}
	listed, err := c.Disclosures(ctx, desk.Query{Name: "Ann Larter", DOB: "1980-01-02"}, disclose.Filter{})
	if err != nil || len(listed) != 1 || listed[0].Name != "Calder Homes" || strings.Join(listed[0].Fields, " ") != "contact-details identity" && strings.Join(listed[0].Fields, " ") != "identity contact-details" {
		t.Errorf("the log has %+v, %v", listed, err)
	}
	z, err := zip.OpenReader(next.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	read := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, not := range []string{"21400", "B2", "Rude", "Nowak", "900166"} {
			if strings.Contains(string(b), not) {
				t.Errorf("%s holds %s", f.Name, not)
			}
		}
		if f.Name == "01-homes-person.csv" && !strings.Contains(string(b), "Ann Larter,1980-01-02,ann.larter@example.org,07700 900155") {
			t.Errorf("%s", b)
		}
		if f.Name == pack.ReadMeName {
			read = string(b)
		}
	}
	for _, want := range []string{"- Person: Income\n  It may come from others than you", "- Person: Scored\n  It did not come from you", "- Person: Remarks\n  It is free text"} {
		if !strings.Contains(read, want) {
			t.Errorf("the read-me does not say %q:\n%s", want, read)
		}
	}
	// The person has theirs as any answer: here on paper and a stick.
	if _, err := c.Print(ctx, sent.Case, "3 Example Road\nLarkfield\nLK1 1AA", "staff-1"); err != nil {
		t.Error(err)
	}
	if k, err = c.Cases.Get(ctx, k.ID); err != nil || k.Kind != law.KindPortability || k.State != cases.Approved {
		t.Errorf("the case is %s, %v", k.State, err)
	}
}
