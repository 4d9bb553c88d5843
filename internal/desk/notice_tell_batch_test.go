package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/post"
	"tenet/internal/store"
)

// TestTellAtOnce: two processes that tell the same people at the same time write one letter
// to each, and the ledger proves all of them.
func TestTellAtOnce(t *testing.T) { eachStore(t, testTellAtOnce) }

func testTellAtOnce(t *testing.T) {
	const people = 1700
	ctx := t.Context()
	d, hash := tellingDesk(t, crowd(people))
	var wg sync.WaitGroup
	var got [2]Telling
	var errs [2]error
	for i := range got {
		wg.Go(func() { got[i], errs[i] = d.TellChange(ctx, tellOrder(hash)) })
	}
	wg.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	a, b := got[0].Companies[0], got[1].Companies[0]
	if a.Email+b.Email != people || a.Before+b.Before != people {
		t.Errorf("one wrote %d and found %d written, the other %d and %d", a.Email, a.Before, b.Email, b.Before)
	}
	proof, err := d.ProveTelling(ctx, hash)
	if diff := cmp.Diff(TellProof{Letters: people, Proved: people, Faults: []string{}}, proof); diff != "" || err != nil {
		t.Errorf("the proof (-want +got):\n%s%v", diff, err)
	}
}

// TestTellProved: each letter is proved by the entry of its batch, and whatever is altered,
// added or taken away afterwards is found.
func TestTellProved(t *testing.T) {
	ctx := t.Context()
	d, hash := tellingDesk(t, crowd(700))
	got, err := d.TellChange(ctx, tellOrder(hash))
	if err != nil {
		t.Fatal(err)
	}
	number := got.Companies[0].Case
	for _, n := range []int{1, 499, 500, 501, 700} {
		p, err := d.ProveLetter(ctx, fmt.Sprintf("%s-%d", number, n))
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(p.Path, p.Size, p.Root, p.Index, tlog.RecordHash([]byte(p.Leaf))); err != nil || !strings.Contains(p.Leaf, fmt.Sprintf("\n%d\ntold ", n)) {
			t.Errorf("letter %d: %v, of %q", n, err, p.Leaf)
		}
	}
	if _, err := d.ProveLetter(ctx, number+"-701"); errorCode(err) != "not-found" {
		t.Errorf("a letter that there is not: %v", err)
	}
	k, err := d.Cases.ByNumber(ctx, number)
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("undone")
	for _, c := range []struct {
		what, sql string
		letter    int // that is not proved then
		faults    int
	}{
		{"another person", `UPDATE desk_letter SET once = 'told abcdefabcdefabcd' WHERE case_id = $1 AND n = 3`, 3, 1},
		{"another day", `UPDATE desk_letter SET written = written + 1 WHERE case_id = $1 AND n = 600`, 600, 1},
		{"one taken away", `DELETE FROM desk_letter WHERE case_id = $1 AND n = 250`, 10, 1},
		{"the last batch taken away", `DELETE FROM desk_letter WHERE case_id = $1 AND n > 500`, 0, 1},
		{"one put in", `INSERT INTO desk_letter SELECT landlord, case_id, 701, 'told abcdefabcdefabcd', kind, language, way, state, latest, written, actor, tries, why, ended, ended_by, sealed FROM desk_letter WHERE case_id = $1 AND n = 700`, 0, 1},
		{"nothing", `UPDATE desk_letter SET way = 'post', state = 'print', why = 'no mailbox' WHERE case_id = $1 AND n = 5`, 0, 0}, // as a failed e-mail does
	} {
		err := d.Store.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.ExecContext(ctx, c.sql, k.ID); err != nil {
				return err
			}
			var p TellProof
			if err := d.proveTelling(ctx, tx, k, &p); err != nil {
				return err
			}
			if len(p.Faults) != c.faults || (p.Proved == p.Letters && p.Letters == 700) != (c.faults == 0) {
				t.Errorf("%s: %+v", c.what, p)
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

const homesMap = `source: homes
tables:
  tenant:
    people: customers
    identifiers: {name: [forename, surname], dob: born, email: email, ref: tenancy, address: [address], postcode: postcode, died: died}
  party: {bridge: true, owned-by: [{table: tenant, on: {tenant: id}, role: contact, role-from: role, roles: {subject: [T], joint: [J], household: [O]}}]}
  lease: {owned-by: [{table: party, on: {id: lease}}], occupies: [{place: flat, on: {flat: id}, from: begins, until: ends}]}
  flat: {refers: true}
`

// TestTellAtHome: who has no address in their record gets their letter at the home of their
// tenancy, if it is theirs now and safe; who does not is counted with the reason.
func TestTellAtHome(t *testing.T) {
	ctx := t.Context()
	d, hash := tellingDesk(t, func(add func(forename, surname, born, email, tenancy, address, postcode, died string)) {
		add("Ann", "Larter", "1970-01-31", "", "", "", "", "")                // 1: rents flat 1
		add("Bob", "Larter", "1971-02-28", "bob@example.org", "", "", "", "") // 2: with her, and has e-mail
		add("Cy", "Quitted", "1980-03-03", "", "", "", "", "")                // 3: left
		add("Di", "Double", "1980-04-04", "", "", "", "", "")                 // 4: two homes
		add("Ed", "Own", "1980-05-05", "", "", "9 Own Road", "LK9 9AA", "")   // 5: an address in the record
		add("Flo", "Afraid", "1980-06-06", "", "", "", "", "")                // 6: is reached elsewhere alone
		add("Gil", "Nobody", "1980-07-07", "", "", "", "", "")                // 7: no tenancy
		add("Hal", "Guarantor", "1980-08-08", "", "", "", "", "")             // 8: does not live there
		add("Ivy", "Ghost", "1940-08-08", "", "", "", "", "2026-01-01")       // 9: died
	})
	db, err := sql.Open("sqlite", "file:"+filepath.Join(d.Dir, "homes.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE flat (id INTEGER PRIMARY KEY, address_line_1 TEXT, town TEXT, postcode TEXT, notes TEXT);
		CREATE TABLE lease (id INTEGER PRIMARY KEY, flat INTEGER, begins DATE, ends DATE);
		CREATE TABLE party (id INTEGER PRIMARY KEY, tenant INTEGER, lease INTEGER, role TEXT);
		INSERT INTO flat VALUES (1, '1 Elm Row', 'Larkfield', 'LK1 1AA', 'dog'), (2, '2 Elm Row', 'Larkfield', 'LK1 1AB', ''), (3, '3 Elm Row', 'Larkfield', 'LK1 1AC', '');
		INSERT INTO lease VALUES (10, 1, '2020-01-01', NULL), (11, 2, '2015-01-01', '2019-01-01'), (12, 2, '2021-01-01', NULL), (13, 3, '2021-01-01', NULL);
		INSERT INTO party VALUES (1, 1, 10, 'T'), (2, 2, 10, 'J'), (3, 3, 11, 'T'), (4, 4, 12, 'T'), (5, 4, 13, 'T'), (6, 5, 10, 'O'), (7, 6, 12, 'T'), (8, 8, 10, 'G'), (9, 9, 10, 'O')`); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Dir, "maps", "homes.yaml"), []byte(homesMap), 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := d.Cases.Open(ctx, cases.Request{Once: "flo", Regime: "access", Received: d.Today(), Channel: "phone", By: "ada", Notice: d.Notice.Version(), Nation: "england-and-wales",
		Requester: cases.Requester{Name: "Flo Afraid"}, Person: cases.Person{Name: "Flo Afraid", Born: law.Date{Year: 1980, Month: 6, Day: 6}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Cases.Safeguard(ctx, cases.On{Case: k.ID, By: "ada"}, cases.Safety{Only: []string{"07700 900123"}, Why: "asked"}); err != nil {
		t.Fatal(err)
	}
	got, err := d.TellChange(ctx, tellOrder(hash))
	if err != nil {
		t.Fatal(err)
	}
	want := TellCount{Company: "larkfield-homes", Name: d.companyName("larkfield-homes"), Case: got.Companies[0].Case, People: 9, Email: 1, Post: 2, Home: 1, Left: map[string]int{
		"they have died": 1,
		"their tenancy has ended or not begun, and no address is in their record": 1,
		"they have more than one home, and no address in their record":            1,
		"no letter can go where they are safe to be reached":                      1,
		"no address of theirs is in their record":                                 2,
	}}
	if diff := cmp.Diff([]TellCount{want}, got.Companies); diff != "" || len(got.Gaps) > 0 {
		t.Errorf("told (-want +got):\n%s%v", diff, got.Gaps)
	}
	to := map[string]string{}
	for _, state := range []Sending{ToPrint, Queued} {
		list, err := d.Outbox(ctx, state, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list {
			to[o.Letter.To[0]] = strings.ReplaceAll(o.To+"|"+o.Content.Post, "\n", ", ")
		}
	}
	if diff := cmp.Diff(map[string]string{"Ann Larter": "1 Elm Row, Larkfield, LK1 1AA|", "Ed Own": "9 Own Road, LK9 9AA|", "Bob Larter": "bob@example.org|1 Elm Row, Larkfield, LK1 1AA"}, to); diff != "" {
		t.Errorf("the letters go (-want +got):\n%s", diff)
	}
}

// TestTellCounted: the counts are kept with their time, and how far the next run has come
// stands beside them until it ends.
func TestTellCounted(t *testing.T) { eachStore(t, testTellCounted) }

func testTellCounted(t *testing.T) {
	ctx := t.Context()
	d, hash := tellingDesk(t, crowd(1200))
	if c, err := d.CountedTelling(ctx, hash); err != nil || !c.Begun.IsZero() || !c.Taken.IsZero() {
		t.Errorf("before anybody counted: %+v, %v", c, err)
	}
	var seen []int
	if _, err := d.CountTelling(ctx, hash, "ada", nil, nil); err != nil {
		t.Fatal(err)
	}
	first, err := d.CountedTelling(ctx, hash)
	if err != nil || first.Read != 1200 || first.Taken.IsZero() || first.Companies[0].Email != 1200 {
		t.Fatalf("counted: %+v, %v", first, err)
	}
	boom := errors.New("killed")
	n := 0
	_, err = d.CountTelling(ctx, hash, "bede", func(context.Context, *store.Tx) error {
		c, err := d.CountedTelling(ctx, hash)
		if err != nil {
			return err
		}
		seen = append(seen, c.Read)
		if n++; n == 3 {
			return boom
		}
		return nil
	}, nil)
	again, unread := d.CountedTelling(ctx, hash)
	if !errors.Is(err, boom) || unread != nil || !again.Taken.Equal(first.Taken) || again.Companies[0].Email != 1200 || again.Begun.Before(first.Begun) {
		t.Errorf("killed it says %+v, %v, %v", again, err, unread)
	}
	if diff := cmp.Diff([]int{0, 500, 1000}, seen); diff != "" {
		t.Errorf("so far (-want +got):\n%s", diff)
	}
	if told, err := d.ToldOf(ctx, hash); err != nil || len(told) != 0 {
		t.Errorf("to count writes letters: %+v, %v", told, err)
	}
}

// TestTellPaged: every letter of a telling is on one page of its list, and the case's own
// page has the last.
func TestTellPaged(t *testing.T) {
	const people, page = 730, 50
	ctx := t.Context()
	d, hash := tellingDesk(t, crowd(people))
	got, err := d.TellChange(ctx, tellOrder(hash))
	if err != nil {
		t.Fatal(err)
	}
	k, err := d.Cases.ByNumber(ctx, got.Companies[0].Case)
	if err != nil {
		t.Fatal(err)
	}
	to := map[string]bool{}
	for n := int64(0); n < people; n += page {
		some, err := d.LettersAfter(ctx, k.ID, n, page)
		if err != nil || len(some) == 0 || some[0].N != n+1 {
			t.Fatalf("after %d: %d letters, %v", n, len(some), err)
		}
		for _, o := range some {
			to[o.To] = true
		}
	}
	if len(to) != people {
		t.Errorf("the pages have letters to %d of %d people", len(to), people)
	}
	if last, err := d.Letters(ctx, k.ID); err != nil || len(last) != 50 || last[0].N != people-49 || last[49].N != people {
		t.Errorf("the last are %d, %v", len(last), err)
	}
}

// TestTellSafeWhenSent: what was recorded about where somebody is safe after their letter
// was written, and before it goes, is kept to.
func TestTellSafeWhenSent(t *testing.T) {
	ctx := t.Context()
	d, hash := tellingDesk(t, crowd(2))
	if _, err := d.TellChange(ctx, tellOrder(hash)); err != nil {
		t.Fatal(err)
	}
	queued, err := d.Outbox(ctx, Queued, 10)
	if err != nil || len(queued) != 2 {
		t.Fatalf("%d letters, %v", len(queued), err)
	}
	k, err := d.Cases.Open(ctx, cases.Request{Once: "flees", Regime: "access", Received: d.Today(), Channel: "phone", By: "ada", Notice: d.Notice.Version(), Nation: "england-and-wales",
		Requester: cases.Requester{Name: "Ann"}, Person: cases.Person{Name: "Ann", Email: queued[0].To}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Cases.Safeguard(ctx, cases.On{Case: k.ID, By: "ada"}, cases.Safety{Only: []string{"07700 900123"}, Why: "asked"}); err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, o := range queued {
		if err := d.SendQueued(ctx, senderFunc(func(m post.Message) error { sent = append(sent, m.To); return nil }), o.Reference, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{queued[1].To}, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if o, err := d.LetterBy(ctx, queued[0].Reference); err != nil || o.State != ToPrint || o.To != "" || len(o.Letter.To) != 1 {
		t.Errorf("the other waits as %s to %q, %v", o.State, o.To, err)
	}
}
