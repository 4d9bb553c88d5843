package contact

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// office is contacts over a store of their own; every act takes a minute.
type office struct {
	*Contacts
	store *store.Store
	ring  *keys.Ring
	dir   string
	hour  time.Time
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{dir: t.TempDir(), hour: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	url := "sqlite:" + filepath.Join(o.dir, "tenet.db")
	if strings.HasPrefix(t.Name(), "TestOnPostgres/") {
		url = testpg.Database(t)
	}
	var err error
	if o.ring, err = keys.Create(filepath.Join(o.dir, "keys"), "tenet.example/ledger"); err != nil {
		t.Fatal(err)
	}
	if o.store, err = store.Open(context.Background(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.store.Close() })
	o.Contacts, err = New(Config{Store: o.store, Ring: o.ring, Landlord: store.Default, Now: func() time.Time {
		o.hour = o.hour.Add(time.Minute)
		return o.hour
	}})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func marks(seeds ...byte) (out Marks) {
	for _, s := range seeds {
		out = append(out, bytes.Repeat([]byte{s}, 32))
	}
	return out
}

func (o *office) rings(t testing.TB, once string, m Marks) Entry {
	t.Helper()
	e, err := o.Write(t.Context(), NewEntry{Once: once, By: "s1", Channel: Phone, Marks: m, Particulars: Particulars{
		About: Person{Name: "Ann Larter"}, Facts: "She rang about the tap in the kitchen.", Opinion: "She sounded worried.", Action: "Job raised.", Told: true, For: []string{"Training"}}})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (o *office) acts(t testing.TB) (names []string) {
	t.Helper()
	err := o.store.Read(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Acts(t.Context(), store.Default, "", 0, 200)
		for _, a := range all {
			names = append(names, a.Act)
			for _, secret := range []string{"arter", "tap", "Khan", "worried", "1979", "JX4"} {
				if strings.Contains(string(a.Payload)+a.Subject+a.Actor, secret) {
					t.Errorf("the entry %s holds %q", a.Act, secret)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(names)
	return names
}

// due is what is due of a sort, read two at a time.
func (o *office) due(t testing.TB, s Sort, before time.Time) []string {
	t.Helper()
	return dueOf(t, o.Contacts, s, before)
}

func dueOf(t testing.TB, o *Contacts, s Sort, before time.Time) (ids []string) {
	t.Helper()
	err := o.store.Read(t.Context(), func(tx *store.Tx) error {
		for p := (store.Page{Before: before, Limit: 2}); ; {
			all, next, err := o.Due(t.Context(), tx, s, p)
			for _, k := range all {
				ids = append(ids, k.ID)
				if !k.At.Before(before) {
					t.Errorf("%s is of %s, and %s was asked for", k.ID, k.At, before)
				}
			}
			if p.After = next; err != nil || next == (store.Place{}) {
				return err
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func ids(list []Entry) (out []string) {
	for _, e := range list {
		out = append(out, e.ID)
	}
	return out
}

// TestEntries: an entry is written once, found by a mark, put right by another, and
// forgotten with it.
func TestEntries(t *testing.T) {
	o := newOffice(t)
	first := o.rings(t, "call-1", marks(1, 2))
	if again := o.rings(t, "call-1", marks(1, 2)); again.ID != first.ID {
		t.Error("the same writing is two entries")
	}
	second := o.rings(t, "call-2", marks(2, 3))
	o.rings(t, "call-3", marks(9))
	for m, want := range map[byte][]string{1: {first.ID}, 2: {second.ID, first.ID}, 3: {second.ID}, 4: nil} {
		got, err := o.Entries(t.Context(), marks(m))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, ids(got)); diff != "" {
			t.Errorf("by mark %d: %s", m, diff)
		}
	}
	right, err := o.Correct(t.Context(), first.ID, NewEntry{Once: "mend-1", By: "s2", Channel: Phone, Particulars: Particulars{Facts: "It was the tap in the bathroom."}})
	if err != nil {
		t.Fatal(err)
	}
	if right.Corrects != first.ID || right.About.Name != "Ann Larter" || !right.At.Equal(first.At) {
		t.Errorf("the correction is %+v", right)
	}
	was, err := o.Entry(t.Context(), first.ID)
	if err != nil || was.Corrected != right.ID || was.Facts != first.Facts {
		t.Errorf("what was corrected is %+v, %v", was, err)
	}
	if _, err := o.Correct(t.Context(), first.ID, NewEntry{Once: "mend-2", By: "s2", Channel: Phone, Particulars: Particulars{Facts: "No, the other."}}); !errors.Is(err, ErrState) {
		t.Errorf("one entry is corrected twice: %v", err)
	}
	if again, err := o.Correct(t.Context(), first.ID, NewEntry{Once: "mend-1", By: "s2", Channel: Phone, Particulars: Particulars{Facts: "It was the tap in the bathroom."}}); err != nil || again.ID != right.ID {
		t.Errorf("sent again it is %+v, %v", again, err)
	}
	if got, err := o.Entries(t.Context(), marks(1)); err != nil || len(got) != 2 {
		t.Errorf("the correction is not found: %v, %v", ids(got), err)
	}

	if due := o.due(t, AnEntry, first.Written.Add(time.Second)); len(due) != 0 {
		t.Errorf("due although its correction is younger: %v", due)
	}
	if due := o.due(t, AnEntry, o.hour.Add(time.Hour)); len(due) != 3 || due[0] != first.ID {
		t.Fatalf("due: %v", due)
	}
	if err := o.Forget(t.Context(), "system", right.ID); !errors.Is(err, ErrState) {
		t.Errorf("a correction alone is forgotten: %v", err)
	}
	if err := o.Forget(t.Context(), "system", first.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := o.Entries(t.Context(), marks(1, 2)); err != nil || !slices.Equal(ids(got), []string{second.ID}) {
		t.Errorf("after forgetting: %v, %v", ids(got), err)
	}
	if err := o.Forget(t.Context(), "system", first.ID); !errors.Is(err, ErrNone) {
		t.Errorf("forgotten twice: %v", err)
	}
	want := []string{"contact.noted", "contact.noted", "contact.noted", "contact.corrected", "contact.forgotten"}
	if diff := cmp.Diff(want, o.acts(t)); diff != "" {
		t.Error(diff)
	}
}

func TestRefused(t *testing.T) {
	o := newOffice(t)
	good := NewEntry{Once: "a", By: "s1", Channel: Phone, Particulars: Particulars{Facts: "Rang."}}
	for what, spoil := range map[string]func(*NewEntry){
		"no channel": func(n *NewEntry) { n.Channel = "pigeon" }, "nobody": func(n *NewEntry) { n.By = "" }, "no facts": func(n *NewEntry) { n.Facts = " \n" },
		"a role": func(n *NewEntry) { n.With = "friend" }, "no text": func(n *NewEntry) { n.Opinion = "\xff" }, "too long": func(n *NewEntry) { n.Facts = strings.Repeat("y", mostWords+1) },
		"the future": func(n *NewEntry) { n.At = o.hour.Add(24 * time.Hour) }, "a bad mark": func(n *NewEntry) { n.Marks = Marks{{1}} }, "no once": func(n *NewEntry) { n.Once = "" },
	} {
		n := good
		spoil(&n)
		var in *InputError
		if _, err := o.Write(t.Context(), n); !errors.As(err, &in) || in.Mend == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := len(o.acts(t)); n != 0 {
		t.Errorf("%d acts on record", n)
	}
}

func khan() NewAuthority {
	return NewAuthority{Once: "form-1", By: "s1", Marks: marks(1), Mandate: Mandate{For: Person{Name: "Ann Larter"}, Name: "Sadia Khan", Appointed: "Mrs Larter, at the counter",
		Evidence: "A form of 20 November, signed.", Authority: law.Authority{Role: law.ByTrusted, Seen: true, Scopes: []law.Scope{law.ForServices}}}}
}

func TestAuthorities(t *testing.T) {
	o := newOffice(t)
	a, err := o.Allow(t.Context(), khan())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := o.Allow(t.Context(), khan()); err != nil || again.ID != a.ID {
		t.Errorf("recorded twice: %v", err)
	}
	later := khan()
	later.Once, later.Start = "form-2", today.AddDays(10)
	if _, err := o.Allow(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	got, err := o.Authorities(t.Context(), marks(1, 5), today)
	if err != nil || len(got) != 2 || got[0].ID != a.ID || !got[0].Counts(today) || got[1].Counts(today) {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := o.End(t.Context(), "s2", a.ID, today.AddDays(1)); err == nil {
		t.Error("ended tomorrow")
	}
	if a, err = o.End(t.Context(), "s2", a.ID, today); err != nil || a.Ended != today {
		t.Fatalf("%+v, %v", a, err)
	}
	if a, err = o.Authority(t.Context(), a.ID); err != nil || a.Counts(today) || !a.Counts(today.AddDays(-1)) || a.EndedBy != "s2" || a.May(law.ForServices, law.Subject{}, today).Applies != law.No {
		t.Errorf("after it was ended: %+v, %v", a, err)
	}
	if b, err := o.End(t.Context(), "s3", a.ID, today); err != nil || b.EndedBy != "s2" {
		t.Errorf("ended twice: %+v, %v", b, err)
	}
	for what, spoil := range map[string]func(*NewAuthority){
		"no marks": func(n *NewAuthority) { n.Marks = nil }, "no scope": func(n *NewAuthority) { n.Scopes = nil }, "no role": func(n *NewAuthority) { n.Role = law.Self },
		"seen, not described": func(n *NewAuthority) { n.Evidence = "" }, "ends first": func(n *NewAuthority) { n.Start, n.End = today, today.AddDays(-1) }, "nobody": func(n *NewAuthority) { n.Name = "" },
		"by nobody's word": func(n *NewAuthority) { n.Appointed = "" },
	} {
		n := khan()
		n.Once = what
		spoil(&n)
		var in *InputError
		if _, err := o.Allow(t.Context(), n); !errors.As(err, &in) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if due := o.due(t, AnAuthority, o.hour.Add(time.Hour)); !slices.Equal(due, []string{a.ID}) {
		t.Errorf("due: %v", due)
	}
	if due := o.due(t, AnAuthority, o.hour.Add(-time.Hour)); len(due) != 0 {
		t.Errorf("due before it ended: %v", due)
	}
	if err := o.Forget(t.Context(), "system", a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Authority(t.Context(), a.ID); !errors.Is(err, ErrNone) {
		t.Errorf("forgotten and there: %v", err)
	}
	if diff := cmp.Diff([]string{"contact.authority-added", "contact.authority-added", "contact.authority-ended", "contact.forgotten"}, o.acts(t)); diff != "" {
		t.Error(diff)
	}
}

var (
	none = []Fact{{Kind: Born}, {Kind: NINO}, {Kind: Reference}, {Kind: Telephone}, {Kind: Mailbox}}
	held = []Fact{{Kind: Born, Values: []string{"1979-03-14"}}, {Kind: NINO, Values: []string{"JX482917"}}, {Kind: Reference, Values: []string{"LKF104417"}}, {Kind: Telephone}, {Kind: Mailbox}}
)

func (o *office) begins(t testing.TB, once, subject string, facts []Fact) Check {
	t.Helper()
	k, err := o.Begin(t.Context(), Call{Once: once, By: "s1", Subject: subject, Marks: marks(1), Facts: facts, Held: json.RawMessage(`{"name":"Ann Larter"}`)})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// said is what somebody says who knows some of it.
func said(knows ...FactKind) map[FactKind][]string {
	out := map[FactKind][]string{Born: {"1911-11-11"}, NINO: {"AB123456"}, Reference: {"XXX"}, Telephone: {"+447700900000"}, Mailbox: {"x@example.org"}}
	for _, f := range held {
		if slices.Contains(knows, f.Kind) && len(f.Values) > 0 {
			out[f.Kind] = []string{"no such", f.Values[0]}
		}
	}
	return out
}

func TestCheck(t *testing.T) {
	o := newOffice(t)
	k := o.begins(t, "1", "person-a", held)
	if k.State != Open || len(k.Questions) != 3 || k.Left != 2 {
		t.Fatalf("begins as %+v", k)
	}
	if _, err := o.Answer(t.Context(), "s2", k.ID, said(Born, NINO)); !errors.Is(err, ErrNone) {
		t.Errorf("a colleague answers it: %v", err)
	}
	k, err := o.Answer(t.Context(), "s1", k.ID, said(Born))
	if err != nil || k.State != Open || k.Left != 1 || !slices.Equal(k.Answered, []FactKind{Born}) {
		t.Fatalf("after one right: %+v, %v", k, err)
	}
	if k, err = o.Answer(t.Context(), "s1", k.ID, said(NINO)); err != nil || k.State != Passed || !k.Pass {
		t.Fatalf("after another: %+v, %v", k, err)
	}
	if k, err = o.Check(t.Context(), "s1", k.ID); err != nil || k.State != Passed || string(k.Held) != `{"name":"Ann Larter"}` {
		t.Errorf("looked at again: %+v, %v", k, err)
	}
	if _, err := o.Check(t.Context(), "s2", k.ID); !errors.Is(err, ErrNone) {
		t.Errorf("a colleague looks at it: %v", err)
	}
	if err := o.Over(t.Context(), "s1", k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Check(t.Context(), "s1", k.ID); !errors.Is(err, ErrNone) {
		t.Errorf("it counts after the call: %v", err)
	}
	all, err := o.Checks(t.Context(), marks(1))
	if err != nil || len(all) != 1 || !all[0].Pass || len(all[0].Asked) != 3 || all[0].Held != nil {
		t.Errorf("the result is %+v, %v", all, err)
	}
	// Tomorrow a check that was left open counts for nothing, and what was sealed is gone.
	left := o.begins(t, "2", "person-a", held)
	o.hour = o.hour.Add(24 * time.Hour)
	if _, err := o.Check(t.Context(), "s1", left.ID); !errors.Is(err, ErrNone) {
		t.Errorf("it counts the next day: %v", err)
	}
	o.begins(t, "3", "person-b", held)
	if k, err := o.Answer(t.Context(), "s1", left.ID, said(Born, NINO)); err != nil || k.State == Passed {
		t.Errorf("answered the next day: %+v, %v", k, err)
	}
	if diff := cmp.Diff([]string{"contact.looked", "contact.checked", "contact.call-ended", "contact.looked", "contact.looked"}, o.acts(t)); diff != "" {
		t.Error(diff)
	}
}

// TestUnknownIsTheSame: whoever is not held goes the same way as whoever fails: as many
// questions and tries, the same states, the same entries of the ledger, and the same lock.
func TestUnknownIsTheSame(t *testing.T) {
	trace := func(facts []Fact) (out []string) {
		o := newOffice(t)
		note := func(k Check) { out = append(out, fmt.Sprint(k.State, len(k.Questions), k.Left, len(k.Asked))) }
		for i := range 3 {
			k := o.begins(t, fmt.Sprint("c", i), "person-a", facts)
			note(k)
			for range 3 {
				k, err := o.Answer(t.Context(), "s1", k.ID, said())
				if err != nil {
					t.Fatal(err)
				}
				note(k)
			}
		}
		return append(out, o.acts(t)...)
	}
	known, unknown := trace(held), trace(none)
	if diff := cmp.Diff(known, unknown); diff != "" {
		t.Errorf("known and not known differ: %s", diff)
	}
	if !slices.Contains(known, "locked000") && !strings.HasPrefix(known[8], "locked") {
		t.Errorf("nobody is locked out: %q", known)
	}
}

// TestTriesAreForThePerson: hanging up, and several calls at once, gain no more tries, and
// the questions stay the same.
func TestTriesAreForThePerson(t *testing.T) {
	o := newOffice(t)
	a, b := o.begins(t, "a", "person-a", held), o.begins(t, "b", "person-a", held)
	c := o.begins(t, "c", "person-a", held)
	if diff := cmp.Diff(a.Questions, b.Questions); diff != "" {
		t.Errorf("ringing again changes the questions: %s", diff)
	}
	for _, id := range []string{a.ID, b.ID, c.ID} { // each is wrong once and hangs up
		if _, err := o.Answer(t.Context(), "s1", id, said()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.Answer(t.Context(), "s1", a.ID, said()); err != nil {
		t.Fatal(err)
	}
	if k, err := o.Answer(t.Context(), "s1", b.ID, said(Born, NINO, Reference)); err != nil || k.State == Passed {
		t.Errorf("a fifth try of the day is passed: %+v, %v", k, err)
	}
	if k := o.begins(t, "d", "person-a", held); k.State != Locked || len(k.Questions) != 0 {
		t.Errorf("another begins as %+v", k)
	}
	if k := o.begins(t, "e", "person-b", held); k.State != Open {
		t.Errorf("somebody else's is %s", k.State)
	}
}

// TestNothingPersonalInTheClear: neither what is held, what was said, nor who.
func TestNothingPersonalInTheClear(t *testing.T) {
	o := newOffice(t)
	o.rings(t, "call-1", marks(1))
	if _, err := o.Allow(t.Context(), khan()); err != nil {
		t.Fatal(err)
	}
	k := o.begins(t, "1", "person-a", held)
	if _, err := o.Answer(t.Context(), "s1", k.ID, said(Born, NINO)); err != nil {
		t.Fatal(err)
	}
	// Not under the key either: only digests of what is held are kept, for the call.
	err := o.store.Read(t.Context(), func(tx *store.Tx) error {
		m, err := o.memo(t.Context(), tx, k.ID)
		plain, _ := json.Marshal(m)
		if bytes.Contains(plain, []byte("1979")) || bytes.Contains(plain, []byte("JX48")) || bytes.Contains(plain, []byte("1911")) {
			t.Errorf("what is held or was said is kept: %s", plain)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(o.dir, "tenet.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"arter", "kitchen", "worried", "Khan", "1979-03", "JX4829", "Training"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%q stands in %s", secret, filepath.Base(f))
			}
		}
	}
}

// TestAlteredIsRefused: what was changed in the store is not believed.
func TestAlteredIsRefused(t *testing.T) {
	for _, change := range []string{
		`UPDATE contact_entry SET happened = happened - 1`, `UPDATE contact_entry SET actor = 's9'`, `UPDATE contact_entry SET outward = 1`, `UPDATE contact_entry SET sealed = wrapped`,
	} {
		o := newOffice(t)
		o.rings(t, "call-1", marks(1))
		err := o.store.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), change)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := o.Entries(t.Context(), marks(1)); err == nil {
			t.Errorf("%s: %+v", change, got)
		}
	}
}

// TestLandlordsDoNotShare: contacts are one landlord's.
func TestLandlordsDoNotShare(t *testing.T) {
	o := newOffice(t)
	e := o.rings(t, "call-1", marks(1))
	err := o.store.Write(t.Context(), func(tx *store.Tx) error { return tx.SetLandlord(t.Context(), store.Landlord{ID: "vale", Name: "Vale"}) })
	if err != nil {
		t.Fatal(err)
	}
	vale, err := New(Config{Store: o.store, Ring: o.ring, Landlord: "vale"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := vale.Entries(t.Context(), marks(1)); err != nil || len(got) != 0 {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := vale.Entry(t.Context(), e.ID); !errors.Is(err, ErrNone) {
		t.Errorf("%v", err)
	}
}

// TestCostsTheAnswer: what is found by a mark does not read the rest.
func TestCostsTheAnswer(t *testing.T) {
	o := newOffice(t)
	for i := range 200 {
		o.rings(t, fmt.Sprint("call-", i), marks(byte(i%100+1)))
	}
	if got, err := o.Entries(t.Context(), marks(7)); err != nil || len(got) != 2 {
		t.Fatalf("%d entries, %v", len(got), err)
	}
	if strings.HasPrefix(t.Name(), "TestOnPostgres/") {
		return // whose planner reads a small table whole
	}
	err := o.store.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT id FROM contact_mark WHERE landlord = 'x' AND mark = x'00' AND what = 'entry' AND client = '' ORDER BY id LIMIT 9`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a, b, c int
			var how string
			if err := rows.Scan(&a, &b, &c, &how); err != nil {
				return err
			}
			if strings.Contains(how, "SCAN") || strings.Contains(how, "TEMP B-TREE") {
				t.Errorf("the plan is %s", how)
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOnPostgres is what reads and writes the store, with the store in PostgreSQL.
func TestOnPostgres(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"entries": TestEntries, "refused": TestRefused, "authorities": TestAuthorities, "check": TestCheck, "unknown": TestUnknownIsTheSame, "tries": TestTriesAreForThePerson,
		"altered": TestAlteredIsRefused, "landlords": TestLandlordsDoNotShare, "cost": TestCostsTheAnswer,
		"sets": TestSets, "leave": TestLeave, "moved": TestPutIntoAnotherSet,
	} {
		t.Run(name, test)
	}
}
