package desk

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/find"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// agentOffice is the workspace of a managing agent: three landlords' tenants in one
// database, told apart by a column, and a folder of one client's alone.
func agentOffice(t testing.TB, fill func(*sql.DB)) *Desk {
	t.Helper()
	at := t.TempDir()
	ctx := t.Context()
	if err := Init(ctx, filepath.Join(at, "office"), "harbourside", os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := Open(ctx, filepath.Join(at, "office"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	file := filepath.Join(at, "housing.db")
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{
		`CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, dob TEXT, email TEXT, code TEXT)`,
		`CREATE TABLE tenancy (id INTEGER PRIMARY KEY, person INTEGER, started TEXT)`,
		`CREATE TABLE note (id INTEGER PRIMARY KEY, tenancy INTEGER, body TEXT)`,
	} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	fill(db)
	if err := d.AddSource(System{Name: "housing", URL: "sqlite:" + file}); err != nil {
		t.Fatal(err)
	}
	text := `source: housing
tables:
  person:
    people: customers
    key: id
    category: identity
    identifiers: {name: name, dob: dob, email: email, ref: id}
    client-from: {column: code, clients: {lantern-row: [LR], netmakers-yard: [NY], own: [HB]}}
  tenancy: {key: id, category: tenancy, owned-by: {table: person, on: {person: id}}}
  note: {key: id, category: correspondence, owned-by: {table: tenancy, on: {tenancy: id}}, columns: {body: {free-text: true}}}
`
	if err := os.WriteFile(filepath.Join(d.Dir, "maps", "housing.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(ctx, false, nil); err != nil {
		t.Fatal(err)
	}
	return d
}

func insert(t testing.TB, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatal(err)
	}
}

// threeLandlords is one person of the same name and birth with each landlord, and another
// with one alone; each has a tenancy and a note that names the others.
func threeLandlords(t testing.TB) func(*sql.DB) {
	return func(db *sql.DB) {
		for i, p := range [][]string{{"Zelda Quill", "1980-02-03", "zelda@example.org", "LR"}, {"Zelda Quill", "1980-02-03", "zelda@example.org", "NY"}, {"Orla Finch", "1971-05-06", "orla@example.org", "LR"},
			{"Piers Wren", "1990-01-01", "piers@example.org", "HB"}, {"Zelda Quill", "1980-02-03", "zelda@example.org", "??"}} {
			insert(t, db, `INSERT INTO person VALUES (?,?,?,?,?)`, i+1, p[0], p[1], p[2], p[3])
			insert(t, db, `INSERT INTO tenancy VALUES (?,?,?)`, 10+i, i+1, "2020-01-01")
			insert(t, db, `INSERT INTO note VALUES (?,?,?)`, 100+i, 10+i, "Zelda Quill and Orla Finch and Piers Wren rang about the gutter")
		}
	}
}

// rowsOf are the keys of what was found, by table.
func rowsOf(a *find.Answer) (out []string) {
	for _, r := range a.Records {
		out = append(out, r.Table+" "+r.Key["id"])
	}
	slices.Sort(out)
	return out
}

// TestNoRowOfAnotherClientArrives asks for everybody, in every set, and holds what
// comes back against whose it is.
func TestNoRowOfAnotherClientArrives(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	whose := map[string]string{"1": "lantern-row", "2": "netmakers-yard", "3": "lantern-row", "4": "", "5": "nobody's"}
	people := []Query{{Name: "Zelda Quill", DOB: "1980-02-03"}, {Email: "zelda@example.org"}, {Name: "Orla Finch", DOB: "1971-05-06"}, {Email: "piers@example.org"}, {Ref: "1"}, {Ref: "5"}}
	some := 0
	rapid.Check(t, func(rt *rapid.T) {
		client := rapid.SampledFrom([]string{"", "lantern-row", "netmakers-yard", "tidewater"}).Draw(rt, "client")
		q := rapid.SampledFrom(people).Draw(rt, "who")
		a, err := d.findIn(t.Context(), client, q)
		var several *find.Ambiguous
		if errors.As(err, &several) {
			for _, c := range several.Candidates {
				if whose[c.Key["id"]] != client {
					rt.Fatalf("in the set of %q it is asked whether %s is meant", client, c.Key["id"])
				}
			}
			return
		}
		if errors.Is(err, find.ErrNobody) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		for _, r := range a.Records {
			some++
			id := r.Key["id"]
			if id = id[len(id)-1:]; r.Table != "person" { // 10, 100 are the first person's
				id = string(rune(id[0] + 1))
			}
			if whose[id] != client {
				rt.Fatalf("in the set of %q, %s %s of %q arrived", client, r.Table, r.Key["id"], whose[id])
			}
		}
	})
	if some == 0 {
		t.Error("nothing was ever found, so that nothing was tried")
	}
}

func TestSearchInOneSet(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	a, err := d.FindFor(ctx, "staff-1", "lantern-row", Query{Name: "Zelda Quill", DOB: "1980-02-03"})
	if err != nil {
		t.Fatal(err)
	}
	if got := rowsOf(a.Answer); !slices.Contains(got, "person 1") || !slices.Contains(got, "tenancy 10") || slices.Contains(got, "person 2") || slices.Contains(got, "note 101") {
		t.Errorf("found %v", got)
	}
	if a.Keeper.Name != "Lantern Row Housing Co-operative Limited" || !a.Keeper.Client || !a.Keeper.STAIRs || len(a.Keeper.Regulators) != 1 {
		t.Errorf("the controller is %+v", a.Keeper)
	}
	// Whoever searches without naming a client searches the agent's own set.
	if _, err := d.Find(ctx, "staff-1", Query{Email: "zelda@example.org"}); !errors.Is(err, find.ErrNobody) {
		t.Errorf("the agent's own set has a client's customer: %v", err)
	}
	own, err := d.Find(ctx, "staff-1", Query{Email: "piers@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(own.NotSearched, func(n find.NotSearched) bool { return strings.Contains(n.Why, "lantern-row is a set apart") }) {
		t.Errorf("it is not said that clients' sets were left out: %v", own.NotSearched)
	}
	if _, err := d.FindFor(ctx, "staff-1", "nobody", Query{Email: "zelda@example.org"}); errorCode(err) != "no-client" {
		t.Errorf("a client that is not there: %v", err)
	}
	sets, err := d.Locate(ctx, "staff-1", Query{Email: "zelda@example.org"})
	if err != nil || !slices.Equal(sets, []Located{{Client: "lantern-row"}, {Client: "netmakers-yard"}}) {
		t.Errorf("she is held by %v, %v", sets, err)
	}
}

func TestEndClient(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	folder := filepath.Join(t.TempDir(), "letters")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "letter.txt"), []byte("Dear Orla Finch"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.AddSource(System{Name: "letters", URL: "dir:" + folder}); err != nil {
		t.Fatal(err)
	}
	p, err := d.Discover(ctx, d.Config.Sources[1], false)
	if err != nil {
		t.Fatal(err)
	}
	p.Map.Client = "lantern-row"
	text, err := p.Map.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.writeMap("letters", text); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(ctx, false, nil); err != nil {
		t.Fatal(err)
	}
	q := Query{Name: "Orla Finch", DOB: "1971-05-06"}
	if _, err := d.FindFor(ctx, "staff-1", "lantern-row", q); err != nil {
		t.Fatal(err)
	}
	got, err := d.EndClient(ctx, "staff-1", "lantern-row")
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, p := range got.Parts {
		parts = append(parts, p.String())
	}
	list := strings.Join(parts, "\n")
	if !strings.Contains(list, "housing: person, rows where code is LR") || !strings.Contains(list, "housing: tenancy, rows below the client’s rows of person") || !strings.Contains(list, "letters: ") {
		t.Errorf("to be returned or deleted:\n%s", list)
	}
	if got.Segments == 0 {
		t.Error("nothing left the index")
	}
	if _, err := d.FindFor(ctx, "staff-1", "lantern-row", q); errorCode(err) != "client-ended" {
		t.Errorf("it can still be searched: %v", err)
	}
	for _, set := range []string{"", "netmakers-yard"} {
		if _, err := d.findIn(ctx, set, q); !errors.Is(err, find.ErrNobody) {
			t.Errorf("it can be found in the set of %q: %v", set, err)
		}
	}
	// Another process, and an index that is built anew, find it no more.
	again, err := Open(ctx, d.Dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	built, err := again.Index(ctx, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range built.Tables {
		if b.Source == "letters" {
			t.Errorf("%s of the client was indexed again", b.Table)
		}
	}
	if sets, err := again.Locate(ctx, "staff-1", Query{Email: "zelda@example.org"}); err != nil || !slices.Equal(sets, []Located{{Client: "netmakers-yard"}}) {
		t.Errorf("she is held by %v, %v", sets, err)
	}
	// Done twice it is done once.
	if _, err := d.EndClient(ctx, "staff-1", "lantern-row"); err != nil {
		t.Fatal(err)
	}
	entries := 0
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM ledger_entry WHERE act = 'client.ended'`).Scan(&entries)
	})
	if err != nil || entries != 1 {
		t.Errorf("%d entries in the ledger, %v", entries, err)
	}
}

// TestKeeperOfGroupCompanies: one notice, three companies, each with its own
// registration and regulators, and STAIRs where it binds.
func TestKeeperOfGroupCompanies(t *testing.T) {
	d, _ := versioned(t, "larkfield", "2026-11-22")
	text := "source: housing\ntables:\n  advice: {key: id, category: advice}\n  job: {key: id, category: repairs, controller: larkfield-repairs}\n  rent: {key: id, category: rent-transactions}\n  post: {key: id, category: correspondence}\n"
	if err := os.WriteFile(filepath.Join(d.Dir, "maps", "housing.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]string{"job": "larkfield-repairs", "rent": "larkfield-homes", "post": "larkfield-homes"} {
		k, err := d.KeeperOf("", "housing", table)
		if err != nil || k.ID != want || k.ICO == "" || k.Why == "" {
			t.Errorf("%s: %+v, %v", table, k, err)
		}
		i := slices.IndexFunc(d.Notice.Landlord.Controllers, func(c notice.Controller) bool { return string(c.ID) == want })
		if c := d.Notice.Landlord.Controllers[i]; k.STAIRs != c.UnderSTAIRs() || k.ICO != c.ICO {
			t.Errorf("%s: %+v", table, k)
		}
	}
}
