package app

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/desk"
	"tenet/internal/disclose"
	"tenet/internal/find"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// termsOf are periods for applications and for the terms of tenancies: ours, and those that
// one client gave us, which are longer.
const termsOf = `
triggers:
  - {id: decided, title: the application is decided}
  - {id: settled, title: the matter is settled}
rules:
  - {id: our-applications, title: Applications, categories: [applications], trigger: decided, period: P6M, action: delete, why: We need them no longer.}
  - {id: our-terms, title: Terms of tenancies, categories: [tenancy], trigger: settled, period: P1Y, action: delete, why: We need them no longer.}
  - {id: lantern-applications, title: Applications, client: lantern-row, categories: [applications], trigger: decided, period: P3Y, action: delete, why: Schedule 2 of our agreement with it.}
  - {id: lantern-terms, title: Terms of tenancies, client: lantern-row, categories: [tenancy], trigger: settled, period: P6Y, action: delete, why: Schedule 2 of our agreement with it.}
`

// TestScenario_MBM12: an application and a breach of the terms of a tenancy are handled for
// a client. Each is done on behalf of the client who is named on the screen, the client's
// rule says how long it is kept, that the tenant was rung about the rent shows in the
// record, and nothing of another client's is seen.
func TestScenario_MBM12(t *testing.T) {
	d, ctx := agent(t), t.Context()
	in := filepath.Join(filepath.Dir(d.Dir), "homes.db")
	db, err := sql.Open("sqlite", "file:"+in)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{
		`CREATE TABLE application (id INTEGER PRIMARY KEY, person INTEGER, decided TEXT, body TEXT)`,
		`CREATE TABLE breach (id INTEGER PRIMARY KEY, person INTEGER, settled TEXT, body TEXT)`,
		`INSERT INTO application VALUES (1,1,'2025-01-10','Two bedrooms'), (2,2,'2025-01-10','One bedroom'), (3,1,'2022-01-10','One bedroom')`,
		`INSERT INTO breach VALUES (1,1,'2025-06-01','Noise after eleven'), (2,3,'2025-06-01','A dog')`,
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(d.Dir, "maps", "homes.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "  application: {key: id, category: applications, retention: our-applications, retention-from: decided, owned-by: {table: person, on: {person: id}}}\n"+
		"  breach: {key: id, category: tenancy, retention: our-terms, retention-from: settled, owned-by: {table: person, on: {person: id}}}\n"...)
	if err := errors.Join(os.WriteFile(file, text, 0o600), os.WriteFile(filepath.Join(d.Dir, "notice", "keeping.yaml"), []byte(termsOf), 0o600)); err != nil {
		t.Fatal(err)
	}
	if d.Notice, err = notice.Load(os.DirFS(filepath.Join(d.Dir, "notice"))); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(ctx, false, nil); err != nil {
		t.Fatal(err)
	}
	who := desk.Query{Email: "orla@example.org"}

	// We ring the tenant about the rent, and note it for the client.
	if _, err := d.NoteContact(ctx, "staff-1", desk.NewContact{NewEntry: contact.NewEntry{Once: "rent", Channel: contact.Phone, Outward: true, Particulars: contact.Particulars{Facts: "Rang about the rent of October; it comes on Friday."}},
		About: desk.Query{Name: "Orla Finch", DOB: "1971-05-06"}, Client: "lantern-row"}); err != nil {
		t.Fatal(err)
	}
	a, err := d.FindFor(ctx, "staff-1", "lantern-row", who)
	if err != nil {
		t.Fatal(err)
	}
	if !a.Keeper.Client || a.Keeper.Name != "Lantern Row Housing Co-operative Limited" {
		t.Errorf("it is done on behalf of %+v", a.Keeper)
	}
	var found []string
	for _, r := range a.Records {
		found = append(found, r.Table+" "+r.Key["id"])
		if r.Table == "contact" && !strings.Contains(*r.Fields["body"], "about the rent") {
			t.Error("that the tenant was rung about the rent does not show in the record")
		}
	}
	slices.Sort(found)
	if want := []string{"application 1", "application 3", "breach 1", "contact 1", "person 1"}; !slices.Equal(found, want) {
		t.Errorf("her record is %q", found)
	}
	if _, err := d.Find(ctx, "staff-1", who); !errors.Is(err, find.ErrNobody) {
		t.Errorf("without a client named, the client's record came: %v", err)
	}

	// What is done for the client stands under its name on the screen.
	k, err := d.OpenCase(ctx, desk.NewCase{Query: desk.Query{Name: "Orla Finch", Email: "orla@example.org"}, Kind: "access", Channel: "letter", Asked: "My application and the letters about noise", By: "staff-1", Client: "lantern-row"})
	if err != nil {
		t.Fatal(err)
	}
	v := workspace{Desk: d}.clerkOf(t, "rosalind", "Rosalind Achebe")
	_, page := v.get("/cases/" + k.Number)
	must(t, page, "On behalf of Lantern Row Housing Co-operative Limited", "Not recorded: nothing is approved before it is.", "Record the client’s instruction")
	page = v.does(k.Number, "instruct", "who", "Ann Lee, secretary", "day-day", "20", "day-month", "11", "day-year", "2026")
	must(t, page, "The instruction of Lantern Row Housing Co-operative Limited is recorded.", "Ann Lee, secretary, on Friday 20 November 2026")

	// Its rule gives the period, in what she is told and in what is found past it.
	for client, want := range map[notice.ID]string{"lantern-row": "3 years after the application is decided", "": "6 months after the application is decided"} {
		e := d.Notice.Explain(notice.About{Categories: []string{"applications"}, Day: "2026-11-22", Client: client})
		if len(e.Keeping) != 1 || e.Keeping[0].Says != want {
			t.Errorf("%q keeps it %+v", client, e.Keeping)
		}
	}
	r, err := d.ReportClient(ctx, "lantern-row", d.Today().AddMonths(-3), d.Today())
	if err != nil {
		t.Fatal(err)
	}
	// By our own periods it would be three of three.
	if got := tallied(r, "Records whose time to be kept has begun"); got["all"] != 3 || got["past their time"] != 1 {
		t.Errorf("by its own periods: %v", got)
	}
	if got := tallied(r, "Contacts with your customers"); got["we were in touch with them"] != 1 {
		t.Errorf("the contact is not among its figures: %v", got)
	}
	if r, err = d.ReportClient(ctx, "netmakers-yard", d.Today().AddMonths(-3), d.Today()); err != nil || !slices.ContainsFunc(r.Lacks, func(s string) bool { return strings.HasPrefix(s, "You have given us no period for: ") }) {
		t.Errorf("a client that gave no period is not told so: %v, %v", r.Lacks, err)
	}
	if got := tallied(r, "Records whose time to be kept has begun"); got["all"] != 0 {
		t.Errorf("our own period was used for another landlord’s records: %v", got)
	}
}

// tallied is a tally of a report, by part.
func tallied(r desk.ClientReport, title string) map[string]int {
	out := map[string]int{}
	for _, x := range r.Tallies {
		if x.Title == title {
			out["all"] = x.Total.N
			for _, s := range x.By {
				for _, p := range s.Parts {
					out[p.Title] = p.N
				}
			}
		}
	}
	return out
}

// TestScenario_WHG10_Figures: management information about a client's accounts is counted
// from its set and goes to it: what came and how soon it was passed on, and what was given
// to whom. No number in it is small enough to point at somebody.
func TestScenario_WHG10_Figures(t *testing.T) {
	d, ctx := actsFor(t, "stonebeck", "{merrow-vale: [MV], own: [ST]}", []string{"Tamsin Hale", "1985-07-08", "tamsin@example.org", "MV"}, []string{"Rhys Cole", "1980-01-02", "rhys@example.org", "ST"}), t.Context()
	open := func(name, email string, n int) cases.Case {
		t.Helper()
		k, err := d.OpenCase(ctx, desk.NewCase{Query: desk.Query{Name: name, Email: email}, Kind: "access", Channel: "telephone", Asked: "What do you hold?", By: "staff-1", Once: fmt.Sprint(name, n)})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	for i := range 7 {
		k := open("Tamsin Hale", "tamsin@example.org", i)
		if r, err := d.RouteCase(ctx, "staff-1", k.Number); err != nil || r.Client != "merrow-vale" {
			t.Fatalf("it goes to %+v: %v", r, err)
		}
		if i == 0 { // one waits to be passed on
			continue
		}
		if _, err := d.Cases.Transfer(ctx, cases.On{Case: k.ID, By: "staff-1"}, "merrow-vale", d.Today(), "Merrow Vale has it now."); err != nil {
			t.Fatal(err)
		}
	}
	open("Rhys Cole", "rhys@example.org", 1)
	// Fields are exchanged with a contractor for the client, and logged in its set.
	for range 5 {
		if err := d.Store.Write(ctx, func(tx *store.Tx) error {
			_, err := d.Given.Record(ctx, tx, disclose.Entry{Day: d.Today(), By: "staff-1", Kind: disclose.Shared, Verdict: disclose.Within, To: d.Notice.Sharing.Recipients[0].ID, Notice: d.Notice.Version(), Client: "merrow-vale",
				Details: disclose.Details{Fields: []string{"name", "address"}}}, nil)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := d.ReportClient(ctx, "merrow-vale", d.Today().AddMonths(-1), d.Today())
	if err != nil {
		t.Fatal(err)
	}
	if got := tallied(r, "Requests and complaints that came"); got["all"] != 7 || got["passed on to you, on the day it came"] != 6 || got["to be passed on to you"] != 1 {
		t.Errorf("its requests: %v", got)
	}
	if got := tallied(r, "Disclosures from your records"); got["all"] != 5 {
		t.Errorf("what was exchanged: %v", got)
	}
	var b bytes.Buffer
	if err := d.GiveClientReport(ctx, "staff-1", r, ".csv", &b); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "Requests and complaints that came,,all,7") || !strings.Contains(text, "to be passed on to you,not given") || strings.Contains(text, ",6\r\n") || strings.Contains(text, "Hale") {
		t.Errorf("what the client is given:\n%s", text)
	}
	v := workspace{Desk: d}.clerkOf(t, "rosalind", "Rosalind Achebe")
	_, page := v.get("/clients/merrow-vale")
	must(t, page, "Merrow Vale Homes Limited", "Requests and complaints that came: 7", "to be passed on to you", "Give it to the client")
	if res, file := v.post("/clients/merrow-vale/report", "form", "csv"); res.StatusCode != 200 || !strings.Contains(file, "not given") {
		t.Errorf("the file from the page: %d\n%s", res.StatusCode, file)
	}
}
