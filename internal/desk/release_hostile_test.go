package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/store"
)

// TestDownloadsAreBounded: nobody reads all but the last byte for ever.
func TestDownloadsAreBounded(t *testing.T) {
	r := newReleasing(t, "")
	made, at := r.makes(t, good(annsMail))
	holder := r.holds(t, made, at)
	for i := range mostClaims + 1 {
		f, err := r.Fetch(t.Context(), at, holder)
		if i == mostClaims {
			r.notOpened(t, "one download too many", err)
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := f.End(t.Context(), int64(len(f.Bytes))-1); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGuessing: codes are few, short-lived and for one use, and ten wrong tries lock a link.
func TestGuessing(t *testing.T) {
	onEngines(t, func(t *testing.T, r *releasing) {
		ctx := t.Context()
		_, at := r.makes(t, good(annsMail))
		first := r.asks(t, at)
		if r.asks(t, at) != "" {
			t.Error("a second code comes within a minute")
		}
		r.clock = r.clock.Add(codeApart)
		second := r.asks(t, at)
		if first != second {
			_, err := r.Prove(ctx, at, first)
			r.notOpened(t, "a code that was replaced", err)
		}
		r.clock = r.clock.Add(codeLife)
		_, err := r.Prove(ctx, at, second)
		r.notOpened(t, "a code of a quarter of an hour ago", err)
		for range 3 {
			r.clock = r.clock.Add(codeApart)
			r.asks(t, at)
		}
		r.clock = r.clock.Add(codeApart)
		if r.asks(t, at) != "" {
			t.Error("a sixth code comes")
		}

		_, at = r.makes(t, good(annsMail)) // in the place of the other
		r.clock = r.clock.Add(codeApart)
		code := r.asks(t, at)
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		for range mostTries {
			_, err := r.Prove(ctx, at, wrong)
			r.notOpened(t, "a wrong code", err)
		}
		_, err = r.Prove(ctx, at, code)
		r.notOpened(t, "the right code after ten wrong ones", err)
		links, _, err := r.Links(ctx, r.k)
		if err != nil || len(links) != 2 || !slices.ContainsFunc(links, func(l Link) bool { return l.State == LinkLocked }) || !slices.ContainsFunc(links, func(l Link) bool { return l.State == LinkReplaced }) {
			t.Errorf("%+v %v", links, err)
		}
		for _, unknown := range []LinkAt{{Token: [32]byte{1}}, {Number: "AR-2026-9999"}, {}} {
			_, err := r.Prove(ctx, unknown, code)
			r.notOpened(t, "a code for nothing", err)
			r.notOpened(t, "words for nothing", r.Unlock(ctx, unknown, "x", "y"))
			_, err = r.Fetch(ctx, unknown, "x")
			r.notOpened(t, "a download of nothing", err)
			if r.asks(t, unknown) != "" {
				t.Error("a code is sent for nothing")
			}
		}
	})
}

// TestGuessingAtOnce: a hundred wrong codes at one instant are ten.
func TestGuessingAtOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, r *releasing) {
		_, at := r.makes(t, good(annsMail))
		code := r.asks(t, at)
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				if guess := fmt.Sprintf("%06d", i); guess != code {
					r.Prove(t.Context(), at, guess)
				}
			})
		}
		wg.Wait()
		links, _, err := r.Links(t.Context(), r.k)
		if err != nil || links[0].State != LinkLocked || links[0].Tries != mostTries-1 {
			t.Errorf("%+v %v", links, err)
		}
	})
}

// TestOvertaken: a link opens the answer that it was made for, and no later one.
func TestOvertaken(t *testing.T) {
	r := newReleasing(t, "")
	ctx := t.Context()
	made, at := r.makes(t, good(annsMail))
	holder := r.holds(t, made, at)
	f, err := r.Fetch(ctx, at, holder)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.End(ctx, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Cases.Reopen(ctx, cases.On{Case: r.k.ID, By: "staff-1"}, "A part was missing."); err != nil {
		t.Fatal(err)
	}
	_, err = r.Fetch(ctx, at, holder)
	r.notOpened(t, "a link to an answer that is looked at again", err)
	if n, _, err := r.EndLinks(ctx); n != 1 || err != nil {
		t.Errorf("%d links ended, %v", n, err)
	}
	if _, err := r.MakeLink(ctx, r.k, good(annsMail), "staff-1"); err == nil {
		t.Error("there is a link to an answer that is not approved")
	}
}

// TestAfterARestart: who holds a link is known to the next process.
func TestAfterARestart(t *testing.T) {
	r := newReleasing(t, "")
	ctx := t.Context()
	made, at := r.makes(t, good(annsMail))
	holder := r.holds(t, made, at)
	if _, err := r.Fetch(ctx, at, holder); err != nil { // and the program is killed
		t.Fatal(err)
	}
	if err := r.Desk.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if r.Desk, err = Open(ctx, r.Dir, func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	r.Desk.Now = func() time.Time { return r.clock }
	r.clock = r.clock.Add(downloading)
	f, err := r.Fetch(ctx, at, holder)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.End(ctx, int64(len(f.Bytes))); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(strings.Join(r.acts(t), " "), "case.released"); n != 1 {
		t.Errorf("the answer was released %d times", n)
	}
}

// TestFullDisk: where the last of what a release writes finds no room, nothing of it is
// done and nothing goes out; where the end of a download cannot be written it may be begun
// again.
func TestFullDisk(t *testing.T) {
	r := newReleasing(t, "")
	ctx := t.Context()
	made, at := r.makes(t, good(annsMail))
	holder := r.holds(t, made, at)
	full := func(on bool, when string) {
		t.Helper()
		err := r.Store.Write(ctx, func(tx *store.Tx) error {
			query := `DROP TRIGGER full`
			if on {
				query = `CREATE TRIGGER full BEFORE ` + when + ` ON desk_download BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`
			}
			_, err := tx.ExecContext(ctx, query)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	before := r.acts(t)
	full(true, "INSERT")
	if _, err := r.Fetch(ctx, at, holder); err == nil || errors.Is(err, ErrNotOpened) {
		t.Errorf("on a full disk a download gives %v", err)
	}
	full(false, "")
	if k, err := r.Cases.Get(ctx, r.k.ID); err != nil || k.State != cases.Approved || len(r.acts(t)) != len(before) {
		t.Errorf("half a release was done: %s, %v, %v", k.State, r.acts(t), err)
	}
	f, err := r.Fetch(ctx, at, holder)
	if err != nil {
		t.Fatal(err)
	}
	full(true, "UPDATE")
	if err := f.End(ctx, int64(len(f.Bytes))); err == nil {
		t.Error("on a full disk it is written how far a download came")
	}
	full(false, "")
	r.clock = r.clock.Add(downloading)
	if f, err = r.Fetch(ctx, at, holder); err != nil {
		t.Fatal(err)
	}
	if err := f.End(ctx, int64(len(f.Bytes))); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(strings.Join(r.acts(t), " "), "case.released"); n != 1 {
		t.Errorf("the answer was released %d times", n)
	}
}
