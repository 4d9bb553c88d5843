package promise

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// engines are the stores on which history is kept, each with what makes it.
var engines = map[string]func(*testing.T) string{
	"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "tenet.db") },
	"postgres": func(t *testing.T) string { return testpg.Database(t) },
}

// keeping is a history with its clock.
type keeping struct {
	*History
	now time.Time
}

func onEach(t *testing.T, test func(*testing.T, *keeping)) {
	for engine, at := range engines {
		t.Run(engine, func(t *testing.T) {
			s, err := store.Open(t.Context(), at(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			k := &keeping{now: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)}
			k.History = &History{Store: s, Landlord: "vale", Now: func() time.Time { return k.now }}
			err = s.Write(t.Context(), func(tx *store.Tx) error {
				return tx.SetLandlord(t.Context(), store.Landlord{ID: "vale", Name: "Vale Housing"})
			})
			if err != nil {
				t.Fatal(err)
			}
			test(t, k)
		})
	}
}

// larkfield is the default notice with other words for one promise.
func larkfield(t *testing.T, was, is string) *notice.Notice {
	t.Helper()
	from, err := notice.Pack(notice.DefaultPack)
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{}
	for _, name := range notice.Files() {
		f, err := from.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		buf := make([]byte, 1<<16)
		for {
			n, err := f.Read(buf)
			text.Write(buf[:n])
			if err != nil {
				break
			}
		}
		f.Close()
		folder[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text.String(), was, is))}
	}
	n, err := notice.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestHistory(t *testing.T) {
	onEach(t, func(t *testing.T, k *keeping) {
		ctx, n := t.Context(), larkfield(t, "\x00", "")
		save := func(status Status, want ...string) {
			t.Helper()
			changed, err := k.Save(ctx, n, Run{By: Scheduled, Results: []Result{{ID: "never-sold", Status: status, Why: "why", Evidence: []Evidence{{Good: 3, Total: 4}}}}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range changed {
				got = append(got, fmt.Sprintf("%s>%s", c.From, c.To))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		}
		if _, ok, err := k.Last(ctx, "never-sold", 10); ok || err != nil {
			t.Errorf("before any run: %v %v", ok, err)
		}
		save(Unproven, ">unproven")
		save(Kept, "unproven>kept") // at the very same instant
		k.now = k.now.Add(24 * time.Hour)
		save(Kept)
		k.now = k.now.Add(24 * time.Hour)
		save(Broken, "kept>broken")
		s, ok, err := k.Last(ctx, "never-sold", 10)
		if err != nil || !ok || s.Status != Broken || !s.Since.Equal(k.now) || len(s.Trend) != 3 || s.Trend[0].Status != Kept || s.Trend[2].Total != 4 {
			t.Errorf("the last is %+v, %v", s, err)
		}
		if s, _, err := k.Last(ctx, "never-sold", 2); err != nil || len(s.Trend) != 2 || s.Trend[0].Status != Kept {
			t.Errorf("of two points %+v, %v", s.Trend, err)
		}
		if c, err := k.Changes(ctx, time.Time{}); err != nil || len(c) != 1 || c[0].From != Kept {
			t.Errorf("changes of the last run: %+v, %v", c, err)
		}
		other := &History{Store: k.Store, Landlord: "default", Now: k.Now}
		if _, ok, err := other.Last(ctx, "never-sold", 10); ok || err != nil {
			t.Errorf("another landlord sees it: %v %v", ok, err)
		}
	})
}

// TestBrokenStaysBroken: a promise that was broken fails for as long as nobody can look
// whether it still is, and no longer.
func TestBrokenStaysBroken(t *testing.T) {
	onEach(t, func(t *testing.T, k *keeping) {
		n := larkfield(t, "\x00", "")
		for i, step := range []struct {
			status, stood Status
			fails         bool
		}{
			{Unproven, "", false}, {Broken, "", true}, {Unproven, Broken, true}, {Unproven, Broken, true},
			{Kept, "", false}, {Unproven, Kept, false}, {Attested, "", false}, {Unproven, Attested, false},
		} {
			k.now = k.now.Add(24 * time.Hour)
			r := []Result{{ID: "never-sold", Status: step.status}}
			if _, err := k.Save(t.Context(), n, Run{By: Scheduled, Results: r}); err != nil {
				t.Fatal(err)
			}
			s, _, err := k.Last(t.Context(), "never-sold", 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range []Result{r[0], s.Result} {
				if r.Stood != step.stood || r.Fails() != step.fails {
					t.Errorf("step %d, %s: it stood as %q and fails: %v", i, step.status, r.Stood, r.Fails())
				}
			}
		}
	})
}

// TestHistoryIsThinned: of one day the last result stays, of months long ago the last of
// the month, and what was done in the transaction of a run is done with it or not at all.
func TestHistoryIsThinned(t *testing.T) {
	onEach(t, func(t *testing.T, k *keeping) {
		ctx, n := t.Context(), larkfield(t, "\x00", "")
		began := k.now
		for range 620 { // days, some of which are checked twice
			for range 1 + k.now.Day()/28 {
				k.now = k.now.Add(time.Hour)
				if _, err := k.Save(ctx, n, Run{By: Scheduled, Results: []Result{{ID: "never-sold", Status: Kept}}}); err != nil {
					t.Fatal(err)
				}
			}
			k.now = k.now.Truncate(24 * time.Hour).Add(27 * time.Hour)
		}
		all, err := k.Board(ctx, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		s := all["never-sold"]
		days, months, old := map[string]int{}, map[string]int{}, 0
		for _, p := range s.Trend {
			days[law.DateOf(p.At).String()]++
			if k.now.Sub(p.At) > (daily+31)*24*time.Hour {
				months[p.At.Format("2006-01")]++
				old++
			}
		}
		for at, many := range days {
			if many > 1 && k.now.Sub(s.Trend[len(s.Trend)-1].At) > 24*time.Hour {
				t.Errorf("%d results of %s", many, at)
			}
		}
		if len(months) < 5 || old != len(months) {
			t.Errorf("%d results in %d months long ago", old, len(months))
		}
		if recent := len(s.Trend) - old; recent < daily || recent > daily+33 {
			t.Errorf("%d results of the last %d days", recent, daily)
		}
		if s.Since.IsZero() || s.Since.Before(began) || s.Since.After(began.Add(32*24*time.Hour)) {
			t.Errorf("it has stood so since %s, from %s", s.Since, began)
		}
		boom := errors.New("boom")
		before, err := k.Ran(ctx, Scheduled)
		if err != nil {
			t.Fatal(err)
		}
		k.now = k.now.Add(24 * time.Hour)
		_, err = k.Save(ctx, n, Run{By: "s1", Results: []Result{{ID: "never-sold", Status: Broken}}, Also: func(_ context.Context, _ *store.Tx, changes []Change) error {
			if len(changes) != 1 || changes[0].From != Kept {
				t.Errorf("told of %+v", changes)
			}
			return boom
		}})
		if !errors.Is(err, boom) {
			t.Errorf("the run was kept: %v", err)
		}
		if after, err := k.Ran(ctx, ""); err != nil || !after.Equal(before) {
			t.Errorf("a run is on record that was not kept: %s and %s, %v", before, after, err)
		}
	})
}

// TestSmallNumbersAreNotPublic: neither what is given nor what follows from it is above
// zero and below five.
func TestSmallNumbersAreNotPublic(t *testing.T) {
	for good := range int64(12) {
		for bad := range int64(12) {
			e := Evidence{Good: good, Total: good + bad, Figure: fmt.Sprintf("%d of %d requests", good, good+bad)}
			f := e.public()
			if f.Unit != "requests" {
				t.Fatalf("the unit is %q", f.Unit)
			}
			for what, number := range map[string]int64{"total": f.Total, "good": f.Good} {
				if number > 0 && number < Few {
					t.Errorf("%d of %d: %s is given as %d", good, good+bad, what, number)
				}
			}
			if rest := f.Total - f.Good; f.Hidden == "" && rest > 0 && rest < Few {
				t.Errorf("%d of %d: %d are not, as one can reckon", good, good+bad, rest)
			}
			if f.Hidden == "" && (f.Good != good || f.Total != good+bad) {
				t.Errorf("%d of %d became %d of %d", good, good+bad, f.Good, f.Total)
			}
		}
	}
}

// TestAnswer: what the landlord says of a broken promise stands with it, for these words,
// until it is mended.
func TestAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, k *keeping) {
		ctx, n := t.Context(), larkfield(t, "\x00", "")
		run := func(s Status) {
			t.Helper()
			k.now = k.now.Add(24 * time.Hour)
			if _, err := k.Save(ctx, n, Run{By: Scheduled, Results: []Result{{ID: "never-sold", Status: s}}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := k.Publish(ctx, "s1", n, true, "never-sold"); err != nil {
			t.Fatal(err)
		}
		said := func() string {
			t.Helper()
			p, err := k.Published(ctx, n)
			if err != nil || len(p) != 1 {
				t.Fatalf("%+v, %v", p, err)
			}
			if p[0].Words == nil {
				return ""
			}
			return p[0].Words.Words
		}
		run(Broken)
		until := law.DateOf(k.now).AddDays(30)
		for _, bad := range []Answer{{Words: " ", By: until}, {Words: "We will."}, {Words: "We will.", By: law.DateOf(k.now).AddDays(-1)}, {Words: strings.Repeat("x", 1001), By: until}} {
			if err := k.Answer(ctx, "s1", n, "never-sold", bad); !errors.Is(err, ErrAnswer) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := k.Answer(ctx, "s1", n, "never-sold", Answer{Words: "We are mending it.", By: until}); err != nil {
			t.Fatal(err)
		}
		if said() != "We are mending it." {
			t.Errorf("said is %q", said())
		}
		run(Kept)
		if said() != "" {
			t.Error("it is kept, and an answer stands with it")
		}
		run(Broken)
		if said() != "" {
			t.Error("an answer to what was mended stands with what broke again")
		}
	})
}

func TestPublicIsWhatWasSignedOff(t *testing.T) {
	onEach(t, func(t *testing.T, k *keeping) {
		ctx, n := t.Context(), larkfield(t, "\x00", "")
		says, ok := Say(n, "never-sold")
		if !ok {
			t.Fatal("the notice does not promise it")
		}
		public := func(n *notice.Notice) int {
			t.Helper()
			p, err := k.Published(ctx, n)
			if err != nil {
				t.Fatal(err)
			}
			return len(p)
		}
		if err := k.Publish(ctx, "s1", n, true, "never-sold"); err != nil {
			t.Fatal(err)
		}
		if public(n) != 0 {
			t.Error("public before it was checked")
		}
		if _, err := k.Save(ctx, n, Run{By: Scheduled, Results: []Result{{ID: "never-sold", Status: Kept}, {ID: "tell-callers", Status: Broken}}}); err != nil {
			t.Fatal(err)
		}
		if public(n) != 1 {
			t.Error("not public, or more than was signed off")
		}
		if public(larkfield(t, says, says+" Truly.")) != 0 {
			t.Error("public with words that nobody signed off")
		}
		if err := k.Publish(ctx, "s1", n, true, "no-such"); err == nil {
			t.Error("a promise that there is not was signed off")
		}
		if err := k.Publish(ctx, "s1", n, false, "never-sold"); err != nil || public(n) != 0 {
			t.Errorf("taken back: %v", err)
		}
	})
}

// TestLedgerIsRead: what checks read of the ledger and the accounts, on both engines.
func TestLedgerIsRead(t *testing.T) {
	onEach(t, func(t *testing.T, k *keeping) {
		ctx := t.Context()
		add := func(by, act, subject, version string, payload any) {
			t.Helper()
			err := k.Store.Write(ctx, func(tx *store.Tx) error {
				return tx.Record(ctx, ledger.Act{Landlord: "vale", Actor: by, Name: act, Subject: subject, Notice: version}, payload)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := k.Store.Write(ctx, func(tx *store.Tx) error {
			for _, id := range []string{"s1", "s2", "s3"} {
				if err := tx.AddStaff(ctx, store.Staff{Landlord: "vale", ID: id, Login: "login-" + id, Role: "officer", Password: "hash", Created: k.now}); err != nil {
					return err
				}
			}
			for _, id := range []string{"s1", "s2"} {
				if err := tx.DisableStaff(ctx, "vale", id, time.Unix(0, 0)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		add("s2", "case.drafted", "c1", "aa", nil)
		add("s3", "case.approved", "c1", "bb", nil)
		for range 1200 { // more than a page
			add("s3", "staff.looked", "s3", "", map[string]string{"case": "c1"})
		}
		add("s3", "person.searched", "person-1", "", map[string]int{"records": 2})
		add("s3", "person.searched", "person-2", "", map[string]string{"reason": "rang"})
		if err := k.Store.Write(ctx, func(tx *store.Tx) error { _, err := tx.Forget(ctx, "vale", "person-2"); return err }); err != nil {
			t.Fatal(err)
		}
		acts, err := k.ActsOf(ctx, "c1")
		if diff := cmp.Diff([]Act{{"case.drafted", "s2"}, {"case.approved", "s3"}}, acts); diff != "" || err != nil {
			t.Errorf("acts (-want +got):\n%s%v", diff, err)
		}
		versions, err := k.Versions(ctx)
		if diff := cmp.Diff([]string{"aa", "bb"}, versions); diff != "" || err != nil {
			t.Errorf("versions (-want +got):\n%s%v", diff, err)
		}
		var f Found
		if err := k.views(ctx, law.DateOf(time.Unix(0, 0)), &f); err != nil || f.Good != 1200 || f.Bad != 1 || len(f.Gaps) != 1 {
			t.Errorf("views %+v, %v", f, err)
		}
		staff, err := k.staff(ctx)
		want := []account{{"s1", "login-s1", true, false}, {"s2", "login-s2", true, true}, {"s3", "login-s3", false, false}}
		if diff := cmp.Diff(want, staff, cmp.AllowUnexported(account{})); diff != "" || err != nil {
			t.Errorf("staff (-want +got):\n%s%v", diff, err)
		}
	})
}
