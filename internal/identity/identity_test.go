package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tenet/internal/keys"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// office is decisions over a store of their own; every act takes a minute.
type office struct {
	*Identity
	store *store.Store
	ring  *keys.Ring
	dir   string
	hour  time.Time
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{dir: t.TempDir(), hour: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
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
	o.Identity, err = New(Config{Store: o.store, Ring: o.ring, Landlord: store.Default, Now: func() time.Time {
		o.hour = o.hour.Add(time.Minute)
		return o.hour
	}})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

const (
	ann   = "housing:person/email=ann.larter@example.org"
	annie = "crm:contact/id=7"
	bob   = "housing:person/email=bob@example.org"
)

func (o *office) decide(t testing.TB, a, b string, same bool) Decision {
	t.Helper()
	d, err := o.Decide(t.Context(), Decision{A: a, B: b, Same: same, Why: "Ms Larter showed both letters", By: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// verdicts is what stands about a row: who with, and how.
func (o *office) verdicts(t testing.TB, row string) map[string]bool {
	t.Helper()
	got, err := o.About(t.Context(), []string{row, row})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, d := range got {
		other := d.A
		if other == row {
			other = d.B
		}
		if _, twice := out[other]; twice {
			t.Errorf("two decisions stand about one pair")
		}
		out[other] = d.Same
	}
	return out
}

func (o *office) acts(t testing.TB) (names []string) {
	t.Helper()
	err := o.store.Read(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Acts(t.Context(), store.Default, "", 0, 100)
		for _, a := range all {
			names = append(names, a.Act)
			for _, secret := range []string{"arter", "example.org", "letters"} {
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

// TestLatestWins: the newest decision stands, withdrawing it brings back the one
// before, and all of it is on record.
func TestLatestWins(t *testing.T) {
	o := newOffice(t)
	if got := o.verdicts(t, ann); len(got) != 0 {
		t.Errorf("before anything was decided: %v", got)
	}
	first := o.decide(t, ann, annie, true)
	if again := o.decide(t, annie, ann, true); again.At != first.At {
		t.Error("deciding what stands was a decision of its own")
	}
	o.decide(t, ann, bob, false)
	o.decide(t, annie, ann, false)
	for row, want := range map[string]map[string]bool{ann: {annie: false, bob: false}, annie: {ann: false}, bob: {ann: false}} {
		if diff := cmp.Diff(want, o.verdicts(t, row)); diff != "" {
			t.Errorf("about %s: %s", row, diff)
		}
	}
	undone, stands, err := o.Undo(t.Context(), "s2", ann, annie)
	if err != nil || undone.Same || stands == nil || !stands.Same || stands.By != "s1" {
		t.Fatalf("withdrew %+v, and %+v stands: %v", undone, stands, err)
	}
	if !o.verdicts(t, annie)[ann] {
		t.Error("the decision before does not stand again")
	}
	if _, stands, err = o.Undo(t.Context(), "s2", annie, ann); err != nil || stands != nil {
		t.Fatalf("%+v stands: %v", stands, err)
	}
	if _, _, err = o.Undo(t.Context(), "s2", annie, ann); !errors.Is(err, ErrNone) {
		t.Errorf("withdrew what was not there: %v", err)
	}
	o.decide(t, ann, annie, true)
	list, err := o.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Decision{{A: ann, B: annie, Same: true, Stands: true}, {A: annie, B: ann}, {A: ann, B: bob, Stands: true}, {A: ann, B: annie, Same: true}}
	if diff := cmp.Diff(want, list, cmpopts.IgnoreFields(Decision{}, "Why", "By", "At", "Withdrawn"), cmpopts.IgnoreUnexported(Decision{})); diff != "" {
		t.Error(diff)
	}
	if d := list[3]; d.Why != "Ms Larter showed both letters" || d.By != "s1" || d.At.IsZero() || d.Withdrawn.IsZero() {
		t.Errorf("who, when and why: %+v", d)
	}
	acts := []string{"identity.same", "identity.different", "identity.different", "identity.withdrawn", "identity.withdrawn", "identity.same"}
	if diff := cmp.Diff(acts, o.acts(t)); diff != "" {
		t.Error(diff)
	}
}

// TestModel holds a run of acts against a stack for each pair.
func TestModel(t *testing.T) {
	o, run := newOffice(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		rows, stacks := []string{fmt.Sprint(ann, run), fmt.Sprint(annie, run), fmt.Sprint(bob, run)}, map[[2]int][]bool{}
		for range rapid.IntRange(1, 12).Draw(rt, "acts") {
			i := rapid.IntRange(0, 2).Draw(rt, "a")
			j := (i + rapid.IntRange(1, 2).Draw(rt, "b")) % 3
			k := [2]int{min(i, j), max(i, j)}
			stack := stacks[k]
			switch act := rapid.IntRange(0, 2).Draw(rt, "act"); act {
			case 2:
				_, _, err := o.Undo(rt.Context(), "s1", rows[i], rows[j])
				if (err == nil) != (len(stack) > 0) {
					rt.Fatalf("undo with %v: %v", stack, err)
				}
				stacks[k] = stack[:max(0, len(stack)-1)]
			default:
				if _, err := o.Decide(rt.Context(), Decision{A: rows[i], B: rows[j], Same: act == 1, Why: "w", By: "s1"}); err != nil {
					rt.Fatal(err)
				}
				if len(stack) == 0 || stack[len(stack)-1] != (act == 1) {
					stacks[k] = append(stack, act == 1)
				}
			}
			for k, stack := range stacks {
				got, stands := o.verdicts(t, rows[k[0]])[rows[k[1]]]
				if stands != (len(stack) > 0) || stands && got != stack[len(stack)-1] {
					rt.Fatalf("%v stands %v %v", stack, got, stands)
				}
			}
		}
	})
}

// TestNothingPersonalInTheClear: keys of rows are personal data in some systems, and
// reasons are everywhere.
func TestNothingPersonalInTheClear(t *testing.T) {
	o := newOffice(t)
	o.decide(t, ann, annie, true)
	o.Undo(t.Context(), "s1", ann, annie)
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
		for _, secret := range []string{"arter", "person/email", "contact/id", "letters"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%q stands in %s", secret, filepath.Base(f))
			}
		}
	}
}

// TestAlteredIsRefused: a decision that was turned round in the store, or moved to
// other rows, is not believed.
func TestAlteredIsRefused(t *testing.T) {
	for _, change := range []string{
		`UPDATE identity_decision SET same = 0`,
		`UPDATE identity_decision SET n = n + 1`,
		`UPDATE identity_key SET sealed = wrapped`,
	} {
		o := newOffice(t)
		o.decide(t, ann, annie, true)
		err := o.store.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), change)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := o.About(t.Context(), []string{ann}); err == nil {
			t.Errorf("%s: %+v", change, got)
		}
	}
}

// TestLandlordsDoNotShare: a decision is of one landlord's rows.
func TestLandlordsDoNotShare(t *testing.T) {
	o := newOffice(t)
	o.decide(t, ann, annie, true)
	err := o.store.Write(t.Context(), func(tx *store.Tx) error { return tx.SetLandlord(t.Context(), store.Landlord{ID: "vale", Name: "Vale"}) })
	if err != nil {
		t.Fatal(err)
	}
	vale, err := New(Config{Store: o.store, Ring: o.ring, Landlord: "vale"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := vale.About(t.Context(), []string{ann}); err != nil || len(got) != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestRefused(t *testing.T) {
	o := newOffice(t)
	for what, d := range map[string]Decision{
		"no source":       {A: "person/id=1", B: ann, By: "s1"},
		"the same twice":  {A: ann, B: ann, By: "s1"},
		"nobody":          {A: ann, B: annie},
		"same, and why?":  {A: ann, B: annie, Same: true, By: "s1"},
		"not text":        {A: ann, B: annie, Why: "\xff", By: "s1"},
		"a row too long":  {A: ann, B: "x:" + strings.Repeat("y", mostRow), By: "s1"},
		"a reason so too": {A: ann, B: annie, Why: strings.Repeat("y", mostWhy+1), By: "s1"},
	} {
		if _, err := o.Decide(t.Context(), d); !errors.Is(err, ErrInput) || strings.Contains(err.Error(), "arter") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := len(o.acts(t)); n != 0 {
		t.Errorf("%d acts on record", n)
	}
}

// TestOnPostgres is what reads and writes the store, with the store in PostgreSQL.
func TestOnPostgres(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"latest wins": TestLatestWins, "altered": TestAlteredIsRefused, "landlords": TestLandlordsDoNotShare, "refused": TestRefused,
	} {
		t.Run(name, test)
	}
}
