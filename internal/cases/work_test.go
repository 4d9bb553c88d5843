package cases

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"tenet/internal/store"
)

// Steps of the work are only added, each after the last one; what decides makes the
// draft stale, and what does not does not.
func TestWork(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	c := must[Case](t)
	add := func(after int, decides bool) (Case, error) {
		return d.AddWork(ctx, on(k), Work{After: after, Data: fmt.Appendf(nil, "held-because-of-her-%d", after), Facts: map[string]any{"marks": 1}, Decides: decides})
	}
	k = c(add(0, true))
	if k.Decided != k.Version {
		t.Errorf("decided at %d, not %d", k.Decided, k.Version)
	}
	was := k.Decided
	k = c(add(1, false))
	if k.Decided != was {
		t.Error("what decides nothing makes the draft stale")
	}
	for _, after := range []int{0, 1, 3, -1} {
		if _, err := add(after, true); !errors.Is(err, ErrChanged) {
			t.Errorf("after %d: %v", after, err)
		}
	}
	for after, want := range map[int]int{0: 2, 1: 1, 2: 0} {
		steps, err := d.WorkAfter(ctx, k.ID, after)
		if err != nil || len(steps) != want || want > 0 && string(steps[want-1]) != "held-because-of-her-1" {
			t.Errorf("after %d: %q, %v", after, steps, err)
		}
	}
	if _, err := d.AddWork(ctx, on(k), Work{After: 2, Data: make([]byte, part+1)}); !errors.Is(err, ErrInput) {
		t.Errorf("a step too large: %v", err)
	}
	if bytes.Contains(d.raw(t), []byte("held-because-of-her")) {
		t.Error("it is kept in clear")
	}
	if err := d.PutFile(ctx, k.ID, File{"found.json", []byte("x")}); err != nil {
		t.Fatal(err)
	}
	k = c(d.Withdraw(ctx, on(k), "no more"))
	if _, err := add(2, false); !errors.Is(err, ErrState) {
		t.Errorf("after the end: %v", err)
	}
	c(d.Close(ctx, on(k)))
	c(d.Forget(ctx, on(k)))
	if _, err := d.WorkAfter(ctx, k.ID, 0); !errors.Is(err, ErrForgotten) {
		t.Errorf("once forgotten: %v", err)
	}
	var left int
	if err := d.store.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM cases_file WHERE case_id = $1`, k.ID).Scan(&left)
	}); err != nil || left != 0 {
		t.Errorf("%d are left, %v", left, err)
	}
}
