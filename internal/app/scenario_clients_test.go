package app

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/notice"
)

// actsFor is the workspace of a landlord that keeps records for others: one database,
// in which a column says whose a person is.
func actsFor(t *testing.T, pack, codes string, people ...[]string) *desk.Desk {
	t.Helper()
	ctx, at := t.Context(), t.TempDir()
	if err := desk.Init(ctx, filepath.Join(at, "office"), pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(ctx, filepath.Join(at, "office"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return now }
	file := filepath.Join(at, "homes.db")
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.Exec(statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(`CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, dob TEXT, email TEXT, landlord TEXT, phone TEXT, ref TEXT)`)
	do(`CREATE TABLE contact (id INTEGER PRIMARY KEY, person INTEGER, made TEXT, body TEXT)`)
	for i, p := range people {
		do(`INSERT INTO person VALUES (?,?,?,?,?,?,?)`, i+1, p[0], p[1], p[2], p[3], fmt.Sprintf("07700 90010%d", i+1), fmt.Sprintf("TEN-4000%d", i+1))
		do(`INSERT INTO contact VALUES (?,?,?,?)`, i+1, i+1, "2026-11-20", "We rang "+p[0]+" about the rent")
	}
	text := "source: homes\ntables:\n  person: {people: customers, key: id, category: identity, identifiers: {name: name, dob: dob, email: email, phone: phone, ref: ref}, client-from: {column: landlord, clients: " + codes + "}}\n" +
		"  contact: {key: id, category: correspondence, owned-by: {table: person, on: {person: id}}, columns: {body: {free-text: true}}}\n"
	if err := os.WriteFile(filepath.Join(d.Dir, "maps", "homes.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.AddSource(desk.System{Name: "homes", URL: "sqlite:" + file}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(ctx, false, nil); err != nil {
		t.Fatal(err)
	}
	return d
}

func agent(t *testing.T) *desk.Desk {
	return actsFor(t, "harbourside", "{lantern-row: [LR], netmakers-yard: [NY], own: [HB]}",
		[]string{"Orla Finch", "1971-05-06", "orla@example.org", "LR"}, []string{"Piers Wren", "1990-01-01", "piers@example.org", "NY"}, []string{"Orla Finch", "1971-05-06", "other@example.org", "NY"})
}

// passed is the one task by which a case is passed to a client.
func passed(t *testing.T, d *desk.Desk, k cases.Case) cases.Task {
	t.Helper()
	all, err := d.Cases.Tasks(t.Context(), k.ID)
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(x cases.Task) bool { return x.Sort != cases.TaskTell })
	if len(all) != 1 {
		t.Fatalf("%d tasks to pass it on", len(all))
	}
	return all[0]
}

// TestScenario_WHG10: a client's customer rings, and later asks for her data: her record
// is in the client's set, and her request is passed to the client the same day.
func TestScenario_WHG10(t *testing.T) {
	d := actsFor(t, "stonebeck", "{merrow-vale: [MV], own: [ST]}", []string{"Tamsin Hale", "1985-07-08", "tamsin@example.org", "MV"}, []string{"Tamsin Hale", "1985-07-08", "tam@example.org", "ST"})
	k, err := d.OpenCase(t.Context(), desk.NewCase{Query: desk.Query{Name: "Tamsin Hale", Email: "tamsin@example.org"}, Kind: "access", Channel: "telephone", Asked: "What do you hold?", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.RouteCase(t.Context(), "staff-1", k.Number)
	if err != nil || r.Client != "merrow-vale" {
		t.Fatalf("it is passed to %+v: %v", r, err)
	}
	if _, err := d.RouteCase(t.Context(), "staff-1", k.Number); err != nil {
		t.Fatal(err)
	}
	task := passed(t, d, k)
	if got := task.Due.In(time.UTC).Format(time.DateOnly); task.Place != "merrow-vale" || got != d.Today().String() || !strings.Contains(task.What, "Merrow Vale Homes Limited") {
		t.Errorf("the task is %+v", task)
	}
	k, err = d.Cases.Transfer(t.Context(), cases.On{Case: k.ID, By: "staff-1"}, r.Client, d.Today(), "Merrow Vale has it now and will answer.")
	if err != nil || k.Ending == nil || k.Ending.Client != "merrow-vale" {
		t.Errorf("after it was passed: %+v, %v", k.Ending, err)
	}
}

// TestScenario_MBM9, as far as routing goes: consent is taken back, and a complaint made:
// each goes to the landlord whose tenant it is, whose officer is named.
func TestScenario_MBM9(t *testing.T) {
	d := agent(t)
	for _, kind := range []string{"consent-withdrawal", "dp-complaint"} {
		k, err := d.OpenCase(t.Context(), desk.NewCase{Query: desk.Query{Name: "Piers Wren", Email: "piers@example.org"}, Kind: kind, Channel: "email", Asked: "I take it back.", By: "staff-1"})
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.RouteCase(t.Context(), "staff-1", k.Number)
		if err != nil || r.Client != "netmakers-yard" || !strings.Contains(r.Officer, "privacy@netmakers.example") {
			t.Fatalf("%s goes to %+v: %v", kind, r, err)
		}
		if task := passed(t, d, k); task.Owner != "netmakers-officer" || !strings.Contains(task.What, "Keep a copy") {
			t.Errorf("%s: the task is %+v", kind, task)
		}
	}
	// Whoever could be two clients' tenant is passed to neither until a person has decided.
	k, err := d.OpenCase(t.Context(), desk.NewCase{Query: desk.Query{Name: "Orla Finch", DOB: "1971-05-06"}, Kind: "access", Channel: "email", Asked: "All of it", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := d.RouteCase(t.Context(), "staff-1", k.Number); err != nil || r.Client != "" || !strings.Contains(r.Says, "more than one") {
		t.Errorf("it was passed to %+v: %v", r, err)
	}
}

// TestScenario_MHS1: one notice for three companies; each is shown with its own
// registration and regulators, and only the provider comes under STAIRs.
func TestScenario_MHS1(t *testing.T) {
	ctx, at := t.Context(), t.TempDir()
	if err := desk.Init(ctx, filepath.Join(at, "office"), "northmoor", os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(ctx, filepath.Join(at, "office"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	text := "source: homes\ncontroller: northmoor-homes\ntables:\n  person: {key: id}\n  tenancy: {key: id, controller: fellside}\n  grant: {key: id, controller: northmoor-community}\n"
	if err := os.WriteFile(filepath.Join(d.Dir, "maps", "homes.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]struct {
		ico, regulator string
		stairs         bool
	}{
		"person": {"ZZ999931", "Charity Commission", false}, "tenancy": {"ZZ999932", "Regulator of Social Housing", true}, "grant": {"ZZ999933", "Charity Commission", false},
	} {
		k, err := d.KeeperOf("", "homes", table)
		if err != nil || k.ICO != want.ico || !strings.Contains(strings.Join(k.Regulators, ", "), want.regulator) || k.STAIRs != want.stairs || k.Client {
			t.Errorf("%s: %+v, %v", table, k, err)
		}
	}
	r, err := d.Processing(t.Context(), notice.AsController, "")
	if err != nil || len(r.Keepers) != 3 {
		t.Fatalf("the record of processing is kept by %d companies: %v", len(r.Keepers), err)
	}
	for _, k := range r.Keepers {
		if k.ICO == "" || k.Address == "" {
			t.Errorf("%s is not shown whole: %+v", k.Name, k)
		}
	}
}
