package desk

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/promise"
	"tenet/internal/store"
)

func forClient(t testing.TB, d *Desk, client string) cases.Case {
	t.Helper()
	k, err := d.OpenCase(t.Context(), NewCase{Query: Query{Name: "Zelda Quill", DOB: "1980-02-03"}, Kind: "access", Channel: "letter", Asked: "All of it", By: "staff-1", Client: client})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// keyOwner is the person that a key of [threeLandlords] belongs to.
func keyOwner(r find.Record) string {
	id := r.Key["id"]
	if id = id[len(id)-1:]; r.Table != "person" {
		id = string(rune(id[0] + 1))
	}
	return id
}

// TestAnswerForClient: a case opened for a client is searched, answered and drafted
// again from that client's set, and from no other, whatever is done in which order.
func TestAnswerForClient(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	whose := map[string]string{"1": "lantern-row", "2": "netmakers-yard", "3": "lantern-row"}
	open := map[string]cases.Case{}
	for _, client := range []string{"lantern-row", "netmakers-yard"} {
		k := forClient(t, d, client)
		if k.Entity != client {
			t.Fatalf("the case remembers %q", k.Entity)
		}
		open[client] = k
	}
	for _, do := range []string{"search", "answer", "redraft", "answer", "search"} {
		for client := range open {
			k, err := d.Cases.Get(ctx, open[client].ID)
			if err != nil {
				t.Fatal(err)
			}
			var a *find.Answer
			var x *Access
			switch do {
			case "search":
				a, _, err = d.Search(ctx, k, "staff-1")
			case "answer":
				x, err = d.Answer(ctx, k, cases.On{By: "staff-1"})
			case "redraft":
				x, err = d.Redraft(ctx, k, cases.On{By: "staff-1"})
			}
			if err != nil {
				t.Fatalf("%s for %s: %v", do, client, err)
			}
			if x != nil {
				a = x.Answer
			}
			if len(a.Records) < 3 {
				t.Fatalf("%s for %s found %v", do, client, rowsOf(a))
			}
			for _, r := range a.Records {
				if whose[keyOwner(r)] != client {
					t.Errorf("%s for %s gave %s %s", do, client, r.Table, r.Key["id"])
				}
			}
		}
	}
	// What goes out names the client, its officer and its regulator.
	k, err := d.Cases.Get(ctx, open["lantern-row"].ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Answer(ctx, k, cases.On{By: "staff-1"}); err != nil {
		t.Fatal(err)
	}
	if k, err = d.Cases.Get(ctx, k.ID); err != nil {
		t.Fatal(err)
	}
	files, err := d.openDraft(ctx, k)
	if err != nil {
		t.Fatal(err)
	}
	page := ""
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".html") {
			page += string(f.Bytes)
		}
	}
	for _, want := range []string{"Lantern Row Housing Co-operative Limited", "1 Lantern Row", "Regulator of Social Housing"} {
		if !strings.Contains(page, want) {
			t.Errorf("the answer does not say %q", want)
		}
	}
	if strings.Contains(page, "Netmakers") {
		t.Error("the answer for one client names another")
	}
	// Her e-mail is held against the client's records: ours do not have it, and the other
	// client has it too.
	if err := d.heldAlone(ctx, k, cases.EmailCode, "zelda@example.org"); err != nil {
		t.Errorf("her own e-mail: %v", err)
	}
	if err := d.heldAlone(ctx, k, cases.EmailCode, "orla@example.org"); errorCode(err) != "factor" {
		t.Errorf("somebody else's e-mail: %v", err)
	}
	// The agent's own answer finds nobody of that name.
	own, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Piers Wren", Email: "piers@example.org"}, Kind: "access", Channel: "letter", Asked: "All", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.Answer(ctx, own, cases.On{By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range x.Answer.Records {
		if r.Source == "housing" && keyOwner(r) != "4" {
			t.Errorf("in our own answer: %s %s", r.Table, r.Key["id"])
		}
	}
}

func TestClientInstructs(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	k := forClient(t, d, "lantern-row")
	if _, err := d.Answer(ctx, k, cases.On{By: "staff-1"}); err != nil {
		t.Fatal(err)
	}
	approve := func() error {
		t.Helper()
		k, err := d.Cases.Get(ctx, k.ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Approve(ctx, k, "staff-2", "")
		return err
	}
	if err := approve(); errorCode(err) != "instruction" {
		t.Fatalf("approved without the client's word: %v", err)
	}
	// A task that is ended without saying who or when is no instruction.
	n, err := d.openInstruction(ctx, k)
	if err != nil || n == 0 {
		t.Fatalf("no task waits for it: %v", err)
	}
	if _, err := d.Cases.Finish(ctx, cases.On{Case: k.ID, By: "staff-1"}, n, cases.Done, "they rang"); err != nil {
		t.Fatal(err)
	}
	if err := approve(); errorCode(err) != "instruction" {
		t.Fatalf("approved on %v", err)
	}
	for _, bad := range []struct {
		day law.Date
		who string
	}{{d.Today(), " "}, {law.Date{}, "Ann Lee"}, {d.Today().AddDays(1), "Ann Lee"}} {
		if _, err := d.Instruct(ctx, "staff-1", k.Number, bad.day, bad.who); errorCode(err) != "instruction" {
			t.Errorf("%v by %q: %v", bad.day, bad.who, err)
		}
	}
	for range 2 { // done again it is done once
		if _, err := d.Instruct(ctx, "staff-1", k.Number, d.Today(), "Ann Lee, secretary"); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := d.openInstruction(ctx, k); n != 0 || err != nil {
		t.Errorf("task %d waits still, %v", n, err)
	}
	if err := approve(); errorCode(err) == "instruction" {
		t.Errorf("with the client's word: %v", err)
	}
	if day, who, ok, err := d.instructed(ctx, k); day != d.Today() || who != "Ann Lee, secretary" || !ok || err != nil {
		t.Errorf("instructed by %q on %v: %v, %v", who, day, ok, err)
	}
}

// TestCaseKeepsItsSet: however the notice changes, a case opened for a client never
// becomes one about our own records.
func TestCaseKeepsItsSet(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	k := forClient(t, d, "lantern-row")
	// Nor does the company it was put to make a case a client's.
	if _, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Zelda Quill"}, Kind: "access", Channel: "letter", Asked: "All", By: "staff-1", Entity: "lantern-row"}); errorCode(err) != "entity" {
		t.Errorf("put to a client as if it were our company: %v", err)
	}
	if _, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Zelda Quill"}, Kind: "access", Channel: "letter", Asked: "All", By: "staff-1", Client: "nobody"}); errorCode(err) != "no-client" {
		t.Errorf("for a client that is not there: %v", err)
	}
	if r, err := d.RouteCase(ctx, "staff-1", k.Number); err != nil || r.Client != "lantern-row" || !strings.Contains(r.Says, "tenet client instruct") {
		t.Errorf("it is routed to %+v: %v", r, err)
	}
	kept := d.Notice.Landlord.Clients
	d.Notice.Landlord.Clients = slices.Clone(kept[1:])
	if _, err := d.Answer(ctx, k, cases.On{By: "staff-1"}); errorCode(err) != "entity" {
		t.Errorf("the client left the notice, and it is answered from: %v", err)
	}
	if _, _, err := d.Search(ctx, k, "staff-1"); errorCode(err) != "entity" {
		t.Errorf("the client left the notice, and it is searched in: %v", err)
	}
	d.Notice.Landlord.Clients = kept
	if err := d.setEnded("lantern-row", d.Today().String()); err != nil { // as it was before ending asked for open cases
		t.Fatal(err)
	}
	if _, err := d.Answer(ctx, k, cases.On{By: "staff-1"}); errorCode(err) != "client-ended" {
		t.Errorf("after the contract ended: %v", err)
	}
	if _, err := d.Instruct(ctx, "staff-1", k.Number, d.Today(), "Ann Lee, secretary"); errorCode(err) != "client-ended" {
		t.Errorf("instructed after the contract ended: %v", err)
	}
	if tasks, err := d.Cases.Tasks(ctx, k.ID); err != nil || slices.ContainsFunc(tasks, func(x cases.Task) bool { return x.Place == instructionPlace && x.Outcome != "" }) {
		t.Errorf("and it stands there: %v", err)
	}
}

// TestSetOfScans draws sets, tables and questions, and holds every row that the known
// names, the logs and the figures are made of against whose it is.
func TestSetOfScans(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	s, err := d.open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	whose := map[string]string{"1": "lantern-row", "2": "netmakers-yard", "3": "lantern-row", "4": "", "5": "nobody's"}
	rapid.Check(t, func(rt *rapid.T) {
		s.client = rapid.SampledFrom([]string{"", "lantern-row", "netmakers-yard", "tidewater"}).Draw(rt, "client")
		want := map[string]int{"": 1, "lantern-row": 2, "netmakers-yard": 1}[s.client]
		people, _, err := s.everyone(ctx)
		if err != nil {
			rt.Fatal(err)
		}
		if len(people) != want {
			rt.Fatalf("in the set of %q %d people are known, not %d", s.client, len(people), want)
		}
		for _, p := range people {
			if id := p.Known.Refs[0]; whose[id] != s.client {
				rt.Fatalf("in the set of %q the name of %s is known", s.client, id)
			}
		}
		e := evidence{desk: d, systems: s, keys: true}
		e.describe()
		table := rapid.SampledFrom([]string{"person", "tenancy", "note"}).Draw(rt, "table")
		i := slices.IndexFunc(e.tables, func(x promise.Table) bool { return x.Name == table })
		if s.client == "tidewater" { // of whom no map speaks
			if i >= 0 {
				rt.Fatalf("%s is said to have rows of a client of whom no map speaks", table)
			}
			return
		}
		if i < 0 || !e.tables[i].Apart {
			rt.Fatalf("%s is not among %v", table, e.tables)
		}
		q := promise.Query{Columns: []string{"id"}}
		if rapid.Bool().Draw(rt, "where") {
			q.Where = []promise.Where{{Column: "id", Value: map[string]string{"person": "4", "tenancy": "13", "note": "103"}[table]}}
			want = map[bool]int{true: 1}[s.client == ""]
		}
		n := 0
		for r, err := range e.Scan(ctx, e.tables[i], q) {
			if err != nil {
				rt.Fatal(err)
			}
			n++
			if id := r.Values[0].Text; whose[keyOwner(find.Record{Table: table, Key: map[string]string{"id": id}})] != s.client {
				rt.Fatalf("in the set of %q, %s %s was counted", s.client, table, id)
			}
		}
		if n != want {
			rt.Fatalf("in the set of %q, %d rows of %s were counted, not %d", s.client, n, table, want)
		}
	})
}

// TestDecisionsStayInASet: who is who is decided within a set; a decision from before
// the maps parted two records joins nobody.
func TestDecisionsStayInASet(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	row := func(client, table string, q Query) string {
		t.Helper()
		a, err := d.findIn(ctx, client, q)
		if err != nil {
			t.Fatal(err)
		}
		return a.Person.Records[0]
	}
	zelda := Query{Name: "Zelda Quill", DOB: "1980-02-03"}
	one, other := row("lantern-row", "person", zelda), row("netmakers-yard", "person", zelda)
	orla := row("lantern-row", "person", Query{Name: "Orla Finch", DOB: "1971-05-06"})
	if _, err := d.DecidePerson(ctx, "staff-1", one, other, true, "the same birthday"); errorCode(err) != "sets" {
		t.Errorf("two clients' records were joined: %v", err)
	}
	if _, err := d.DecidePerson(ctx, "staff-1", one, orla, false, "two people"); err != nil {
		t.Errorf("two records of one client: %v", err)
	}
	s, err := d.openSet(ctx, "lantern-row")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	got, err := decidedIn{decisions{{A: one, B: other, Same: true}, {A: one, B: orla, Same: true}}, s.apart()}.About(ctx, []string{one})
	if err != nil || len(got) != 1 || got[0].B != orla {
		t.Errorf("in the set of one client it is decided %v, %v", got, err)
	}
}

type decisions []find.Decided

func (s decisions) About(context.Context, []string) ([]find.Decided, error) {
	return slices.Clone(s), nil
}

func TestMapCheckKnowsClients(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	file := filepath.Join(d.Dir, "maps", "housing.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := d.CheckMaps(ctx); err != nil || len(list[0].Drift) != 0 {
		t.Fatalf("%+v, %v", list, err)
	}
	wrong := strings.Replace(string(text), "lantern-row: [LR]", "lantern-raw: [LR]", 1)
	if err := os.WriteFile(file, []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := d.CheckMaps(ctx)
	if err != nil || len(list[0].Drift) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	x := list[0].Drift[0]
	if !strings.Contains(x.What, "maps/housing.yaml:8:") || !strings.Contains(x.What, `"lantern-raw"`) || !strings.Contains(x.Mend, "lantern-row") {
		t.Errorf("it says %q; %q", x.What, x.Mend)
	}
}

// TestEndClientKilled: stopped at either place, ending goes on where it stood, and the
// ledger has who wanted it before anything changed.
func TestEndClientKilled(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	ctx := t.Context()
	count := func(act string) (n int) {
		t.Helper()
		err := d.Store.Read(ctx, func(tx *store.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM ledger_entry WHERE act = $1`, act).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	blocked := filepath.Join(d.Dir, configFile)
	have, err := os.ReadFile(blocked)
	if err != nil {
		t.Fatal(err)
	}
	// Before the entry: nothing has changed.
	stopped, cancel := context.WithCancel(ctx)
	now := d.Now
	d.Now = func() time.Time { cancel(); return now() } // as it is about to write the entry
	if _, err := d.EndClient(stopped, "staff-1", "lantern-row"); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped before the entry: %v", err)
	}
	d.Now = now
	if ended, _ := d.ended(); count("client.ending") != 0 || len(ended) != 0 {
		t.Fatalf("stopped before the entry, %v has ended, with %d entries", ended, count("client.ending"))
	}
	// Between tenet.yaml and the index: it cannot be opened.
	d.Config.Index = filepath.Join(d.Dir, configFile)
	if _, err := d.EndClient(ctx, "staff-1", "lantern-row"); err == nil {
		t.Fatal("the index was no index, and it ended")
	}
	d.Config.Index = ""
	if count("client.ending") != 1 || count("client.ended") != 0 {
		t.Errorf("half way: %d, %d entries", count("client.ending"), count("client.ended"))
	}
	if _, err := d.FindFor(ctx, "staff-1", "lantern-row", Query{Email: "zelda@example.org"}); errorCode(err) != "client-ended" {
		t.Errorf("half way it can be searched: %v", err)
	}
	// The power went after the entry and before tenet.yaml: the file is as it was.
	if err := os.WriteFile(blocked, have, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := Open(ctx, d.Dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for range 2 {
		if _, err := again.EndClient(ctx, "staff-2", "lantern-row"); err != nil {
			t.Fatal(err)
		}
	}
	if count("client.ending") != 1 || count("client.ended") != 1 {
		t.Errorf("at the end: %d, %d entries", count("client.ending"), count("client.ended"))
	}
}

// TestComplaintGoesToBoth: a complaint about a client's record goes to the client's
// officer, and our own has a copy.
func TestComplaintGoesToBoth(t *testing.T) {
	d := agentOffice(t, func(db *sql.DB) {
		insert(t, db, `INSERT INTO person VALUES (1, 'Orla Finch', '1971-05-06', 'orla@example.org', 'LR')`)
	})
	ctx := t.Context()
	k, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Orla Finch", Email: "orla@example.org"}, Kind: "dp-complaint", Channel: "email", Asked: "You told my neighbour", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := d.Cases.Tasks(ctx, k.ID)
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]string{}
	for _, x := range tasks {
		owner[x.Place] = x.Owner
	}
	if owner["lantern-row"] != "lantern-officer" || owner[complaintCopy] == "" || owner[complaintCopy] == "lantern-officer" {
		t.Errorf("the tasks are %v", owner)
	}
}

// TestNoMapNamesTheClient: where no map says which records are a client's, its set is
// empty, and is not our own.
func TestNoMapNamesTheClient(t *testing.T) {
	d := agentOffice(t, threeLandlords(t))
	file := filepath.Join(d.Dir, "maps", "housing.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(string(text), "\n"), func(l string) bool { return strings.Contains(l, "client-from") })
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	q := Query{Email: "piers@example.org"}
	if _, err := d.FindFor(t.Context(), "staff-1", "lantern-row", q); !errors.Is(err, find.ErrNobody) {
		t.Errorf("our own record came as a client's: %v", err)
	}
	if _, err := d.Find(t.Context(), "staff-1", q); err != nil {
		t.Errorf("our own: %v", err)
	}
}

func TestSetColumns(t *testing.T) {
	m, err := datamap.Parse("m.yaml", []byte("source: s\ntables:\n  a: {key: id, client-from: {column: code, clients: {x: [X]}}}\n  b: {key: id, owned-by: {table: a, on: {a_id: id}, when: {sort: A}}}\n  c: {key: id}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string][]string{"a": {"code"}, "b": {"a_id", "sort"}, "c": nil, "d": nil} {
		if got := m.SetColumns(table); !slices.Equal(got, want) {
			t.Errorf("%s: %v", table, got)
		}
	}
}
