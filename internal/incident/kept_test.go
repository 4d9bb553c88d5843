package incident

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// closed is a breach that was closed, with two people on its list, who were told.
func (o *office) closed(t testing.TB, once string, names ...string) Incident {
	t.Helper()
	ctx := t.Context()
	i := o.report(t, once)
	on := On{Number: i.Number, By: "s1"}
	o.confirm(t, i.Number, o.finding())
	var people []Affected
	for k, name := range names {
		people = append(people, Affected{Person: Person{Name: name}, Marks: [][]byte{bytes.Repeat([]byte{byte(k + 1)}, 32)}})
	}
	for _, do := range []func() (Incident, error){
		func() (Incident, error) {
			return o.Describe(ctx, on, Description{Nature: "A stick was lost.", Effects: "Somebody may pose as us.", Measures: "Sticks have locks now."})
		},
		func() (Incident, error) { return o.Assess(ctx, on, stick) },
		func() (Incident, error) { return o.Decide(ctx, on, NoRisk, "It was locked.") },
		func() (Incident, error) { i, _, err := o.ListPeople(ctx, on, people); return i, err },
		func() (Incident, error) { return o.Note(ctx, on, "Mrs Quillfeather rang.") },
		func() (Incident, error) { return o.Learn(ctx, on, "A stick without a lock.", "", nil) },
		func() (Incident, error) { return o.Close(ctx, on, "Mrs Quillfeather is content.") },
	} {
		got, err := do()
		i = must(t, got, err)
	}
	return i
}

// TestForget: people and particulars go with the key they were sealed with; what the law
// wants on record stays, and the ledger verifies.
func TestForget(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	i, open := o.closed(t, "r1", "Ada Quillfeather", "Bede Quillfeather"), o.report(t, "r2")
	var before []byte
	read := func() (wrapped []byte) {
		t.Helper()
		err := o.store.Read(ctx, func(tx *store.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT wrapped FROM incident WHERE id = $1`, i.ID).Scan(&wrapped)
		})
		if err != nil {
			t.Fatal(err)
		}
		return wrapped
	}
	before = read()
	o.later(24 * time.Hour)
	if ids, err := o.due(ctx, false, o.now.Add(-25*time.Hour)); err != nil || len(ids) != 0 {
		t.Errorf("before its time: %v %v", ids, err)
	}
	ids, err := o.due(ctx, false, o.now)
	if err != nil || len(ids) != 1 || ids[0] != i.ID {
		t.Fatalf("%v %v", ids, err)
	}
	if err := o.Forget(ctx, "system", open.ID); !errors.Is(err, ErrState) {
		t.Errorf("an open one is forgotten: %v", err)
	}
	if err := o.ForgetWhole(ctx, "system", i.ID); !errors.Is(err, ErrState) {
		t.Errorf("one is deleted whole before its people are forgotten: %v", err)
	}
	if err := o.Forget(ctx, "system", i.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.Forget(ctx, "system", i.ID); !errors.Is(err, ErrState) {
		t.Errorf("forgotten twice: %v", err)
	}
	if bytes.Equal(before, read()) {
		t.Error("the key is the same")
	}
	got, err := o.Get(ctx, i.Number)
	if err != nil {
		t.Fatal(err)
	}
	if got.Forgotten.IsZero() || got.What != "" || got.Reporter != (Reporter{}) || got.AwareHow != "" ||
		got.Nature == "" || got.Effects == "" || got.Measures == "" || got.Decision.Why == "" || got.Cause == "" || got.People.Listed != 2 {
		t.Errorf("%+v", got)
	}
	if people, err := o.Affected(ctx, i.Number, Some{}); err != nil || len(people) != 0 {
		t.Errorf("%v %v", people, err)
	}
	if hit, err := o.Touching(ctx, [][]byte{bytes.Repeat([]byte{1}, 32)}); err != nil || len(hit) != 0 {
		t.Errorf("%v %v", hit, err)
	}
	steps, err := o.History(ctx, i.Number)
	if err != nil || len(steps) < 5 || steps[len(steps)-1].Action != Forgets {
		t.Errorf("%v %v", steps, err)
	}
	for _, s := range steps {
		if s.Words != "" {
			t.Errorf("step %d still says %q", s.N, s.Words)
		}
	}
	if _, err := o.Reopen(ctx, On{Number: i.Number, By: "s1"}, "Again."); err == nil {
		t.Error("what was forgotten is taken up again")
	}
	if len(o.Offers(&got)) != 0 {
		t.Error("something may be done to it")
	}
	if ids, err = o.due(ctx, false, o.now); err != nil || len(ids) != 0 {
		t.Errorf("due again: %v %v", ids, err)
	}
	if ids, err = o.due(ctx, true, o.now); err != nil || len(ids) != 1 {
		t.Fatalf("%v %v", ids, err)
	}
	if err := o.ForgetWhole(ctx, "system", i.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Get(ctx, i.Number); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
	if next := o.report(t, "r3"); next.Number != "IN-2026-0003" {
		t.Errorf("a number is given again: %s", next.Number)
	}
}

// TestForgottenBytes: what was forgotten cannot be had from the bytes that are left, by
// whoever has the keys: nothing in the store opens it.
func TestForgottenBytes(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	i := o.closed(t, "r1", "Ada Quillfeather")
	var sealed [][]byte
	err := o.store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT sealed FROM incident UNION ALL SELECT sealed FROM incident_person UNION ALL SELECT sealed FROM incident_step WHERE sealed IS NOT NULL`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			sealed = append(sealed, b)
		}
		return rows.Err()
	})
	if err != nil || len(sealed) < 4 {
		t.Fatal(len(sealed), err)
	}
	if err := o.Forget(ctx, "system", i.ID); err != nil {
		t.Fatal(err)
	}
	err = o.store.Read(ctx, func(tx *store.Tx) error {
		_, key, err := o.load(ctx, tx, "id", i.ID)
		if err != nil {
			return err
		}
		for n, b := range sealed {
			for _, what := range []string{"details", "person 1", "step 1", "step 6", "step 8"} {
				if _, err := key.Open(b, o.bound(i.ID, what)); err == nil {
					t.Errorf("what was sealed before still opens: %d, %s", n, what)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(o.dir, "tenet.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("uillfeather")) {
			t.Errorf("a name stands in %s", filepath.Base(f))
		}
	}
}

// due is what was closed before an instant, read two at a time.
func (o *office) due(ctx context.Context, bare bool, before time.Time) (ids []string, err error) {
	err = o.store.Read(ctx, func(tx *store.Tx) error {
		for p := (store.Page{Before: before, Limit: 2}); ; {
			all, next, err := o.Due(ctx, tx, bare, p)
			for _, k := range all {
				ids = append(ids, k.ID)
			}
			if p.After = next; err != nil || next == (store.Place{}) {
				return err
			}
		}
	})
	return ids, err
}

// TestDueNeverTakesWhatIsOpen holds Due, for drawn incidents and periods, against what it
// says it is.
func TestDueNeverTakesWhatIsOpen(t *testing.T) {
	o := newOffice(t)
	n := 0
	type made struct {
		id    string
		ended time.Time
	}
	var all []made
	rapid.Check(t, func(r *rapid.T) {
		ctx := t.Context()
		n++
		o.later(time.Duration(rapid.IntRange(0, 72).Draw(r, "later")) * time.Hour)
		if rapid.Bool().Draw(r, "closed") {
			i := o.closed(t, fmt.Sprint("d", n), "Ada Quillfeather")
			all = append(all, made{i.ID, i.Ended})
		} else {
			all = append(all, made{o.report(t, fmt.Sprint("d", n)).ID, time.Time{}})
		}
		before := o.now.Add(-time.Duration(rapid.IntRange(0, 240).Draw(r, "period")) * time.Hour)
		ids, err := o.due(ctx, false, before)
		if err != nil {
			r.Fatal(err)
		}
		due := map[string]bool{}
		for _, id := range ids {
			due[id] = true
		}
		for _, m := range all {
			if want := !m.ended.IsZero() && m.ended.Before(before); want != due[m.id] {
				r.Errorf("closed %v, before %v: due %v", m.ended, before, due[m.id])
			}
		}
	})
}

// TestAgreement: an agreement that was in force gives its own hours, in each direction,
// and another version of it moves no clock.
func TestAgreement(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	i := o.report(t, "r1")
	f := o.finding()
	ours := Contract{Paper: "AG-0001", Version: 2, Title: "The statistics agreement", With: "The department", Signed: law.Date{Year: 2026, Month: 8, Day: 5}, Hours: 24, Tell: "breaches@example.org", Of: []notice.ID{"tenancy"}}
	theirs := Contract{Paper: "AG-0002", Version: 1, With: "The printers", Hours: 48, Theirs: true, Signed: law.Date{Year: 2026, Month: 1, Day: 5}}
	f.Contracts, f.Knew = []Contract{ours, theirs}, o.now.Add(-72*time.Hour)
	bad := f
	bad.Contracts = []Contract{{Paper: "AG-0003"}}
	if _, err := o.Confirm(ctx, On{Number: i.Number, By: "s1"}, bad); err == nil {
		t.Error("an agreement without hours is counted by")
	}
	i = o.confirm(t, i.Number, f)
	clocks, err := o.Clocks(&i)
	if err != nil || len(clocks) != 3 {
		t.Fatalf("%+v %v", clocks, err)
	}
	if c := clocks[1]; c.ID != "AG-0001" || len(c.Working) < 1 || c.Due.String() != "2026-11-28T17:30:00Z" || c.Tell == "" || !c.Running() || c.Left != 24 || !strings.Contains(c.Cite, "AG-0001, version 2") {
		t.Errorf("%+v", c)
	}
	if c := clocks[2]; c.ID != "AG-0002:us" || !c.Theirs || c.Running() || !c.Late(o.now) {
		t.Errorf("%+v", c)
	}
	if Missed(clocks, o.now) {
		t.Error("what a firm told us late is counted as ours")
	}
	o.later(25 * time.Hour)
	if clocks, err = o.Clocks(&i); err != nil || !Missed(clocks, o.now) {
		t.Errorf("%+v %v", clocks, err)
	}
	if _, err := o.Pass(ctx, On{Number: i.Number, By: "s1"}, Passing{To: "x", How: "y", Clock: "AG-0009"}); err == nil {
		t.Error("a clock that does not run is met")
	}
	i, err = o.Pass(ctx, On{Number: i.Number, By: "s1"}, Passing{To: "The department", How: "e-mail", At: o.now.Add(-2 * time.Hour), Clock: "AG-0001"})
	must(t, i, err)
	if clocks, err = o.Clocks(&i); err != nil || Missed(clocks, o.now) || clocks[1].Running() {
		t.Errorf("told in time: %+v %v", clocks, err)
	}
}

// TestPages: what one page costs does not grow with how much there is.
func TestPages(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	const incidents, people = 120, 130
	for n := range incidents {
		o.report(t, fmt.Sprint("p", n))
		if n%2 == 0 {
			o.later(time.Minute)
		}
	}
	seen, last := map[string]bool{}, time.Time{}
	f := Filter{Limit: 25}
	for {
		p, err := o.List(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range p.Incidents {
			if seen[i.Number] || !last.IsZero() && i.Opened.After(last) {
				t.Errorf("%s comes twice, or out of order", i.Number)
			}
			seen[i.Number], last = true, i.Opened
		}
		if f.After = p.Next; f.After == "" {
			break
		}
	}
	if len(seen) != incidents {
		t.Errorf("%d of %d", len(seen), incidents)
	}
	n := 0
	for _, err := range o.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != incidents {
		t.Errorf("all are %d", n)
	}
	if p, err := o.List(ctx, Filter{Kind: Phishing}); err != nil || len(p.Incidents) != 0 || p.Next != "" {
		t.Errorf("%+v %v", p, err)
	}
	if p, err := o.List(ctx, Filter{Limit: 10, Sees: func(client notice.ID) bool { return client != "" }}); err != nil || len(p.Incidents) != 0 || p.Next != "" {
		t.Errorf("what is not to be seen is shown: %+v %v", p, err)
	}
	tally, err := o.Count(ctx, o.now.Add(-10*time.Minute), nil)
	if err != nil || tally.Kinds[Lost] != incidents || len(tally.Opened) == 0 || len(tally.Opened) >= incidents {
		t.Errorf("%d since, %+v %v", len(tally.Opened), tally.Kinds, err)
	}
	if _, err := o.List(ctx, Filter{After: "IN-1999-0001"}); err == nil {
		t.Error("a page after nothing")
	}

	i := o.confirm(t, "IN-2026-0001", o.finding())
	var list []Affected
	for k := range people {
		list = append(list, Affected{Person: Person{Name: fmt.Sprintf("Person %d", k)}, Marks: [][]byte{bytes.Repeat([]byte{byte(k)}, 32)}})
	}
	i, added, err := o.ListPeople(ctx, On{Number: i.Number, By: "s1"}, list)
	if must(t, i, err); added != people {
		t.Fatal(added)
	}
	must2, err := o.ToldOtherwise(ctx, On{Number: i.Number, By: "s1"}, 3, "at the door")
	must(t, must2, err)
	for _, only := range []Reached{Everybody, Untold, Unwritten} {
		got, after := 0, int64(0)
		for {
			some, err := o.Affected(ctx, i.Number, Some{After: after, Limit: 40, Only: only})
			if err != nil {
				t.Fatal(err)
			}
			if len(some) == 0 {
				break
			}
			for _, p := range some {
				if p.N <= after {
					t.Fatalf("%d after %d", p.N, after)
				}
				got, after = got+1, p.N
			}
		}
		want := people
		if only != Everybody {
			want--
		}
		if got != want {
			t.Errorf("%q: %d of %d", only, got, want)
		}
	}
	if i, err = o.Get(ctx, i.Number); err != nil || i.People != (People{people, 1}) {
		t.Errorf("%+v %v", i.People, err)
	}
}

// TestPagesAreByIndex: no page of a list reads what is not on it.
func TestPagesAreByIndex(t *testing.T) {
	o := newOffice(t)
	for query, index := range map[string]string{
		`SELECT id FROM incident WHERE landlord = 'x' AND (opened < 5 OR opened = 5 AND number < 'n') ORDER BY opened DESC, number DESC LIMIT 51`:                   "incident_opened",
		`SELECT id FROM incident WHERE landlord = 'x' AND (opened < 5 OR opened = 5 AND number < 'n') AND ended IS NULL ORDER BY opened DESC, number DESC LIMIT 51`: "incident_open",
		`SELECT id FROM incident WHERE landlord = 'x' AND (opened < 5 OR opened = 5 AND number < 'n') AND kind = 'lost' ORDER BY opened DESC, number DESC LIMIT 51`: "incident_kind",
		`SELECT n FROM incident_person WHERE landlord = 'x' AND incident = 'i' AND n > 5 ORDER BY n LIMIT 51`:                                                       "PRIMARY KEY",
		`SELECT n FROM incident_person WHERE landlord = 'x' AND incident = 'i' AND n > 5 AND told IS NULL AND letter IS NULL ORDER BY n LIMIT 51`:                   "incident_unwritten",
		`SELECT n FROM incident_person WHERE landlord = 'x' AND incident = 'i' AND n > 5 AND told IS NULL ORDER BY n LIMIT 51`:                                      "incident_untold",
		`SELECT id FROM incident WHERE landlord = 'x' AND ended < 5 AND ended IS NOT NULL AND forgotten IS NULL ORDER BY ended, id LIMIT 51`:                        "incident_ended",
		`UPDATE incident_person SET told = 1 WHERE landlord = 'x' AND letter = 'l' AND told IS NULL`:                                                                "sqlite_autoindex",
		`SELECT count(*) FROM incident_look WHERE landlord = 'x' AND incident = 'i' AND staff = 's' AND day = 'd' AND (substr(page, 1, 9) = 'Refused: ') = 1`:       "PRIMARY KEY",
	} {
		var plan strings.Builder
		err := o.store.Read(t.Context(), func(tx *store.Tx) error {
			rows, err := tx.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var a, b, c int
				var line string
				if err := rows.Scan(&a, &b, &c, &line); err != nil {
					return err
				}
				plan.WriteString(line + "\n")
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.String(); !strings.Contains(got, index) || strings.Contains(got, "TEMP B-TREE") || strings.Contains(got, "SCAN") {
			t.Errorf("%s\n is not by %s:\n%s", query, index, got)
		}
	}
}

// TestLooks: who looked and who was refused is counted by day and page, and the first of
// each stands in the ledger.
func TestLooks(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	i := o.report(t, "r1")
	err := o.store.Write(ctx, func(tx *store.Tx) error {
		return tx.AddStaff(ctx, store.Staff{ID: "s1", Landlord: store.Default, Login: "ada", Name: "Ada Fenwick", Role: "dpo"})
	})
	if err != nil {
		t.Fatal(err)
	}
	look := func(page string, refused bool) {
		t.Helper()
		if err := o.Looked(ctx, i.ID, "s1", page, refused, o.now.Add(-time.Hour*24*700)); err != nil {
			t.Fatal(err)
		}
		o.later(time.Minute)
	}
	look("The incident", false)
	look("The incident", false)
	look("Whom it touches", true)
	look("Whom it touches", false)
	looks, err := o.Looks(ctx, i.Number)
	if err != nil || len(looks) != 3 || looks[0].Refused || !looks[1].Refused || looks[1].Page != "Whom it touches" || looks[2].Times != 2 {
		t.Fatalf("%+v %v", looks, err)
	}
	acts := map[string]int{}
	err = o.store.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.Acts(ctx, store.Default, "s1", 0, 100)
		for _, a := range all {
			acts[a.Act]++
		}
		return err
	})
	if err != nil || acts["staff.looked"] != 1 || acts["staff.refused"] != 1 {
		t.Errorf("%v %v", acts, err)
	}
	o.later(800 * 24 * time.Hour)
	look("The incident", false)
	if looks, err = o.Looks(ctx, i.Number); err != nil || len(looks) != 1 {
		t.Errorf("old looks are kept: %+v %v", looks, err)
	}
}

// TestPagesDoNotGrow: with 2,000 incidents and 20,000 people a page costs what it costs
// with a hundred of each: what it allocates follows what it reads.
func TestPagesDoNotGrow(t *testing.T) {
	if testing.Short() {
		return // it makes 20,000 people
	}
	o := newOffice(t)
	ctx := t.Context()
	made, people := 0, 0
	grow := func(incidents, listed int) (list, page, untold float64) {
		t.Helper()
		for ; made < incidents; made++ {
			o.report(t, fmt.Sprint("g", made))
			o.later(time.Second)
		}
		if people == 0 {
			o.confirm(t, "IN-2026-0001", o.finding())
		}
		var more []Affected
		for ; people < listed; people++ {
			sum := sha256.Sum256(fmt.Append(nil, people))
			more = append(more, Affected{Person: Person{Name: "Ada Quillfeather", Address: "1 Home Road"}, Marks: [][]byte{sum[:]}})
		}
		i, added, err := o.ListPeople(ctx, On{Number: "IN-2026-0001", By: "s1"}, more)
		if must(t, i, err); added != len(more) {
			t.Fatal(added)
		}
		middle := fmt.Sprintf("IN-2026-%04d", made-10)
		list = testing.AllocsPerRun(3, func() {
			if p, err := o.List(ctx, Filter{After: middle}); err != nil || len(p.Incidents) != 50 {
				t.Fatal(len(p.Incidents), err)
			}
		})
		read := func(f Some) float64 {
			return testing.AllocsPerRun(3, func() {
				if p, err := o.Affected(ctx, "IN-2026-0001", f); err != nil || len(p) != 50 {
					t.Fatal(len(p), err)
				}
			})
		}
		return list, read(Some{After: int64(people) / 2}), read(Some{After: 1, Only: Unwritten})
	}
	few := [3]float64{}
	few[0], few[1], few[2] = grow(110, 110)
	many := [3]float64{}
	many[0], many[1], many[2] = grow(2000, 20_000)
	for n := range few {
		if many[n] > few[n]*1.5 { // the engine's own differ from run to run; a page that grew would be a hundredfold
			t.Errorf("page %d: %.0f allocations with few, %.0f with many", n, few[n], many[n])
		}
	}
}
