package desk

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/store"
)

// TestReportForAClient: what a client is told is counted from its set alone, and no number
// leaves the house that is too small.
func TestReportForAClient(t *testing.T) {
	d := keeps(t, agentOffice(t, func(db *sql.DB) {
		for i, code := range []string{"LR", "NY", "HB"} {
			insert(t, db, `INSERT INTO person VALUES (?,?,?,?,?)`, i+1, "Zelda Quill", "1980-02-03", "zelda@example.org", code)
		}
		for i := range 40 { // of lantern-row 12 within their ten years and 28 beyond
			insert(t, db, `INSERT INTO tenancy VALUES (?,?,?)`, 10+i, 1+i/40, fmt.Sprintf("%d-01-01", 2020-i/12*8))
		}
		insert(t, db, `INSERT INTO tenancy VALUES (90,2,'1990-01-01')`)
	}), keepingOf)
	ctx := t.Context()
	d.Now = func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }
	n := 0
	open := func(client, kind string) cases.Case {
		t.Helper()
		n++
		k, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Zelda Quill", DOB: "1980-02-03"}, Kind: kind, Channel: "letter", Asked: "All of it", By: "staff-1", Client: client, Once: fmt.Sprint("once ", n)})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	for range 6 {
		open("lantern-row", "access")
	}
	open("lantern-row", "dp-complaint")
	open("netmakers-yard", "access")
	passed := open("", "erasure")
	if _, err := d.Cases.Transfer(ctx, cases.On{Case: passed.ID, By: "staff-1"}, "lantern-row", d.Today(), "They have it now."); err != nil {
		t.Fatal(err)
	}
	give := func(client string, n int) {
		t.Helper()
		for range n {
			err := d.Store.Write(ctx, func(tx *store.Tx) error {
				_, err := d.Given.Record(ctx, tx, disclose.Entry{Day: d.Today(), By: "staff-1", Kind: disclose.Shared, Verdict: disclose.Within, To: d.Notice.Sharing.Recipients[0].ID, Notice: d.Notice.Version(), Client: client}, nil)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	give("lantern-row", 7)
	give("netmakers-yard", 9)
	give("", 11)

	year := d.Today().AddMonths(-12)
	r, err := d.ReportClient(ctx, "lantern-row", year, d.Today())
	if err != nil {
		t.Fatal(err)
	}
	said := func(r ClientReport) string {
		var b strings.Builder
		for _, line := range r.Lines() {
			fmt.Fprintln(&b, strings.Join(line, "|"))
		}
		return b.String()
	}
	exact := said(r)
	for _, want := range []string{
		"Requests and complaints that came||all|8\n", "by how they stand|" + running + "|7\n", "by how they stand|" + passedSameDay + "|1\n",
		"Tasks that are open today|by their day|not yet due|", "Disclosures from your records||all|7\n",
		"Records whose time to be kept has begun||all|40\n", "by your periods|within their time|12\n", "by your periods|past their time|28\n",
		"Not covered||You have given us no period for: ",
	} {
		if !strings.Contains(exact, want) {
			t.Errorf("it does not say %q:\n%s", want, exact)
		}
	}
	for _, never := range []string{"netmakers", "Zelda", "zelda"} {
		if strings.Contains(exact, never) {
			t.Errorf("the report to one client has %q:\n%s", never, exact)
		}
	}
	if strings.Contains(exact, FewWords) || !r.Exact {
		t.Error("ours does not say that it is exact")
	}
	leaves := said(r.ForClient())
	for _, want := range []string{"Requests and complaints that came||all|8\n", "by how they stand|" + running + "|not given\n", "by how they stand|" + passedSameDay + "|not given\n", "by your periods|past their time|28\n", FewWords} {
		if !strings.Contains(leaves, want) {
			t.Errorf("what leaves the house does not say %q:\n%s", want, leaves)
		}
	}
	if strings.Contains(leaves, "|1\n") || strings.Contains(leaves, "housing") || !strings.Contains(exact, "housing") {
		t.Errorf("what leaves the house:\n%s", leaves)
	}

	for _, form := range ClientReportForms() {
		var b bytes.Buffer
		if err := d.GiveClientReport(ctx, "staff-1", r, form, &b); err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		if form == ".json" {
			var got ClientReport
			if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Exact || got.Client.ID != "lantern-row" || len(got.Inside) > 0 {
				t.Errorf("as JSON: %+v, %v", got, err)
			}
		}
	}
	if got := entriesNamed(t, d, "client.reported"); got != len(ClientReportForms()) {
		t.Errorf("the ledger has %d reports", got)
	}

	if _, err := d.ReportClient(ctx, "nobody", year, d.Today()); errorCode(err) != "no-client" {
		t.Errorf("to nobody: %v", err)
	}
	for _, x := range [][2]law.Date{{d.Today(), year}, {year, d.Today().AddDays(1)}, {law.Date{}, d.Today()}} {
		if _, err := d.ReportClient(ctx, "lantern-row", x[0], x[1]); errorCode(err) != "period" {
			t.Errorf("from %s to %s: %v", x[0], x[1], err)
		}
	}
	if err := d.GiveClientReport(ctx, "staff-1", r, ".exe", &bytes.Buffer{}); errorCode(err) != "form" {
		t.Errorf("as a program: %v", err)
	}
	// When the contract has ended, its records are not looked at any more.
	if _, err := d.PassOpenCases(ctx, "staff-1", "lantern-row"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.EndClient(ctx, "staff-1", "lantern-row"); err != nil {
		t.Fatal(err)
	}
	r, err = d.ReportClient(ctx, "lantern-row", year, d.Today())
	if got := said(r); err != nil || strings.Contains(got, "to be kept") || !strings.Contains(got, "The contract ended on 2026-11-23") {
		t.Errorf("after the contract ended: %v\n%s", err, got)
	}
}

// entriesNamed is how many entries of a name the ledger has.
func entriesNamed(t testing.TB, d *Desk, name string) (n int) {
	t.Helper()
	err := d.Store.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM ledger_entry WHERE act = $1`, name).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
