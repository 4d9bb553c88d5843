package desk

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tenet/internal/cases"
	"tenet/internal/store"
)

// hired is a workspace with one account in it, at a moment that the test moves.
func hired(t *testing.T) (d *Desk, id string, now *time.Time) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	none := func(string) string { return "" }
	if err := Init(t.Context(), dir, "", none); err != nil {
		t.Fatal(err)
	}
	d, err := Open(t.Context(), dir, none)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	at := time.Date(2026, time.November, 23, 9, 30, 0, 0, time.UTC)
	d.Now = func() time.Time { return at }
	if id, err = d.AddStaff(t.Context(), "cli", "farida", "Farida Choudhury", Officer, "hash"); err != nil {
		t.Fatal(err)
	}
	return d, id, &at
}

// enrols gives an account a second factor, and the secret and spare codes of it.
func enrols(t *testing.T, d *Desk, id string) (secret string, spare []string) {
	t.Helper()
	if err := d.BeginFactor(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	key, err := d.FactorKey(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if spare, err = d.ConfirmFactor(t.Context(), id, code(t, key.Secret(), d.Now())); err != nil {
		t.Fatal(err)
	}
	return key.Secret(), spare
}

func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// acts are the names of what stands in the ledger about an account, the newest first.
func acts(t *testing.T, d *Desk, subject string) (out []string) {
	t.Helper()
	err := d.Store.Read(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Acts(t.Context(), d.Config.Landlord, subject, 0, 100)
		for _, a := range all {
			out = append(out, a.Act)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestACodeIsTakenOnceAndNearItsTime(t *testing.T) {
	d, id, now := hired(t)
	if err := d.UseFactor(t.Context(), id, "123456"); !errors.Is(err, ErrNoFactor) {
		t.Fatalf("a code without a factor: %v", err)
	}
	secret, _ := enrols(t, d, id)
	if err := d.UseFactor(t.Context(), id, code(t, secret, *now)); !errors.Is(err, ErrWrongCode) {
		t.Errorf("the code that confirmed the factor is taken again: %v", err)
	}
	start := *now
	for _, tc := range []struct {
		after, shown time.Duration // of the server's clock, and of the authenticator's
		want         error
	}{
		{2 * time.Minute, 2 * time.Minute, nil},
		{2 * time.Minute, 2 * time.Minute, ErrWrongCode},               // replayed
		{2 * time.Minute, 90 * time.Second, ErrWrongCode},              // an earlier one than was taken
		{2 * time.Minute, 150 * time.Second, nil},                      // half a minute fast
		{10 * time.Minute, 10*time.Minute - 30*time.Second, nil},       // half a minute slow
		{20 * time.Minute, 20*time.Minute - time.Minute, ErrWrongCode}, // a minute slow
		{30 * time.Minute, 30*time.Minute + time.Minute, ErrWrongCode}, // a minute fast
		{40 * time.Minute, 40 * time.Minute, nil},
	} {
		*now = start.Add(tc.after)
		if err := d.UseFactor(t.Context(), id, code(t, secret, start.Add(tc.shown))); !errors.Is(err, tc.want) {
			t.Errorf("at %v the code of %v: %v, want %v", tc.after, tc.shown, err, tc.want)
		}
	}
	*now = start.Add(time.Hour)
	spaced := code(t, secret, *now)
	if err := d.UseFactor(t.Context(), id, " "+spaced[:3]+" "+spaced[3:]); err != nil {
		t.Errorf("a code typed with spaces: %v", err)
	}
	for _, wrong := range []string{"", "12345", "abcdef", "１２３４５６", "1234567"} {
		if err := d.UseFactor(t.Context(), id, wrong); !errors.Is(err, ErrWrongCode) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// Of many who send one code at once, one gets in.
func TestOneCodeAtOnce(t *testing.T) {
	d, id, now := hired(t)
	secret, spare := enrols(t, d, id)
	*now = now.Add(time.Hour)
	for _, c := range []string{code(t, secret, *now), spare[3]} {
		var wg sync.WaitGroup
		var mu sync.Mutex
		in := 0
		for range 8 {
			wg.Go(func() {
				if d.UseFactor(t.Context(), id, c) == nil {
					mu.Lock()
					in++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if in != 1 {
			t.Errorf("%d of eight got in by one code", in)
		}
	}
}

func TestRecoveryCodes(t *testing.T) {
	d, id, _ := hired(t)
	_, spare := enrols(t, d, id)
	if len(spare) != 10 {
		t.Fatalf("%d codes", len(spare))
	}
	if err := d.UseFactor(t.Context(), id, spare[0]); err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	if err := d.UseFactor(t.Context(), id, spare[0]); !errors.Is(err, ErrWrongCode) {
		t.Errorf("a recovery code that was used: %v", err)
	}
	if s, err := d.Factor(t.Context(), id); err != nil || s.Spare != 9 || !s.Set {
		t.Errorf("after one of them %+v, %v", s, err)
	}
	// A new secret needs a code, ends the old codes and brings new ones.
	if err := d.BeginFactor(t.Context(), id, "000000"); !errors.Is(err, ErrWrongCode) {
		t.Errorf("a new secret without a code: %v", err)
	}
	if err := d.BeginFactor(t.Context(), id, spare[1]); err != nil {
		t.Fatal(err)
	}
	if s, err := d.Factor(t.Context(), id); err != nil || s.Set || !s.Begun || s.Spare != 0 {
		t.Errorf("with a new secret %+v, %v", s, err)
	}
	if err := d.UseFactor(t.Context(), id, spare[2]); !errors.Is(err, ErrNoFactor) {
		t.Errorf("a code of the secret before: %v", err)
	}
}

func TestTenWrongCodesLockUntilReset(t *testing.T) {
	d, id, now := hired(t)
	secret, spare := enrols(t, d, id)
	for i := range 10 {
		want := ErrWrongCode
		if i == 9 {
			want = ErrLocked
		}
		if err := d.UseFactor(t.Context(), id, "not a code"); !errors.Is(err, want) {
			t.Fatalf("wrong code %d: %v", i+1, err)
		}
	}
	*now = now.Add(time.Hour)
	for _, right := range []string{code(t, secret, *now), spare[0]} {
		if err := d.UseFactor(t.Context(), id, right); !errors.Is(err, ErrLocked) {
			t.Errorf("a right code of a locked account: %v", err)
		}
	}
	if err := d.ResetStaff(t.Context(), "cli", "farida", "another hash"); err != nil {
		t.Fatal(err)
	}
	if s, err := d.Factor(t.Context(), id); err != nil || s != (FactorState{}) {
		t.Errorf("after a reset %+v, %v", s, err)
	}
	if got := acts(t, d, id); got[0] != "staff.reset" || got[1] != "staff.locked" || got[2] != "staff.code-refused" {
		t.Errorf("the ledger says %v", got)
	}
}

// The secret and the codes stand nowhere in clear.
func TestTheSecretIsSealed(t *testing.T) {
	d, id, _ := hired(t)
	secret, spare := enrols(t, d, id)
	if _, err := d.FactorKey(t.Context(), id); !errors.Is(err, ErrNoFactor) {
		t.Errorf("the secret is shown after it was confirmed: %v", err)
	}
	d.Close()
	for _, name := range []string{"tenet.db", "tenet.db-wal"} {
		data, err := os.ReadFile(filepath.Join(d.Dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		for _, hidden := range append(spare, secret) {
			if bytes.Contains(data, []byte(hidden)) {
				t.Errorf("%s holds a secret", name)
			}
		}
	}
}

func TestOpeningSensitiveRecords(t *testing.T) {
	d, id, now := hired(t)
	k, err := d.OpenCase(t.Context(), NewCase{Query: Query{Name: "Marta Kowalczyk"}, Kind: "access", Channel: "phone", By: id})
	if err != nil {
		t.Fatal(err)
	}
	me := store.Staff{ID: id, Role: Officer}
	const why = "the letter from her doctor"
	for name, err := range map[string]error{
		"a purpose of another role": d.OpenSensitive(t.Context(), me, k, ToAudit, why),
		"a purpose of another time": d.OpenSensitive(t.Context(), me, k, ToExplain, why),
		"no purpose":                d.OpenSensitive(t.Context(), me, k, "", why),
		"no reason":                 d.OpenSensitive(t.Context(), me, k, ToAnswer, "  needed "),
		"a role that is gone":       d.OpenSensitive(t.Context(), store.Staff{ID: id, Role: "gone"}, k, ToAnswer, why),
	} {
		var e *Error
		if !errors.As(err, &e) || e.Code != "purpose" {
			t.Errorf("%s: %v", name, err)
		}
	}
	opened := func(want bool, when string) {
		t.Helper()
		if got, err := d.Opened(t.Context(), me, k); got != want || err != nil {
			t.Errorf("%s: open is %v, %v", when, got, err)
		}
	}
	opened(false, "before")
	if err := d.OpenSensitive(t.Context(), me, k, ToAnswer, why); err != nil {
		t.Fatal(err)
	}
	opened(true, "after")
	later := k
	later.State = cases.Released
	if got, err := d.Opened(t.Context(), me, later); got || err != nil {
		t.Errorf("leave to answer goes on after the answer: %v", err)
	}
	if err := d.Looked(t.Context(), id, k.ID, "found", ""); err != nil {
		t.Fatal(err)
	}
	if err := d.Looked(t.Context(), id, k.ID, "found", ""); err != nil {
		t.Fatal(err)
	}
	looks, openings, err := d.Looks(t.Context(), k.ID)
	if err != nil || len(looks) != 1 || looks[0].Times != 2 || len(openings) != 1 || openings[0].Reason != why {
		t.Errorf("who looked: %+v %+v %v", looks, openings, err)
	}
	n := 0
	for _, a := range acts(t, d, id) {
		if a == "staff.looked" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("two looks on a day are %d entries", n)
	}
	for range 2 {
		if err := d.Refused(t.Context(), id, k.ID, "Found"); err != nil {
			t.Fatal(err)
		}
	}
	all := acts(t, d, id)
	if i := slices.Index(all, "staff.refused"); i < 0 || slices.Contains(all[i+1:], "staff.refused") {
		t.Errorf("two refusals on a day are entered as %v", all)
	}
	if looks, _, err := d.Looks(t.Context(), k.ID); err != nil || !slices.ContainsFunc(looks, func(l store.StaffLook) bool { return l.Page == "Refused: Found" && l.Times == 2 }) {
		t.Errorf("a refusal is not among the looks: %+v %v", looks, err)
	}
	*now = now.Add(4 * time.Hour)
	opened(false, "four hours later")
}

func TestAccountsAreChangedByName(t *testing.T) {
	d, id, _ := hired(t)
	if _, err := d.AddStaff(t.Context(), "cli", "ann", "Ann", "king", "hash"); err == nil {
		t.Error("an account was made of a role that there is not")
	}
	if err := d.SetStaffRole(t.Context(), "cli", "farida", "king"); err == nil {
		t.Error("an account was given a role that there is not")
	}
	if err := d.SetStaffRole(t.Context(), "cli", "Farida", DPO); err != nil {
		t.Error(err)
	}
	for _, err := range []error{d.SetStaffRole(t.Context(), "cli", "nobody", DPO), d.ResetStaff(t.Context(), "cli", "nobody", ""), d.DisableStaff(t.Context(), "cli", "nobody")} {
		var e *Error
		if !errors.As(err, &e) || e.Code != "account" {
			t.Errorf("an account that is not there: %v", err)
		}
	}
	if got := acts(t, d, id); got[0] != "staff.role-set" || got[1] != "staff.added" {
		t.Errorf("the ledger says %v", got)
	}
}
