package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// testStaffAccess: second factors, sign-ins and looks, on both engines.
func testStaffAccess(t *testing.T, at place) {
	s := at.open(t)
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	write(t, s, func(ctx context.Context, tx *Tx) error {
		for _, id := range []string{"s1", "s2"} {
			if err := tx.AddStaff(ctx, Staff{Landlord: Default, ID: id, Login: id, Name: id, Created: now}); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO cases (landlord, id, number, once, regime, state, version, received, channel, notice, clock, deadline,
				decided, opened, changed, changed_by, changed_act, wrapped, sealed)
			VALUES ($1, 'c1', 'AR-2026-0001', 'form-1', 'access', 'received', 1, '2026-11-22', 'online', 'aa', '{}', 0, 0, 1, 1, 's1', 'case.opened', $2, $2)`, Default, []byte("x"))
		return err
	})

	t.Run("all", func(t *testing.T) {
		write(t, s, func(ctx context.Context, tx *Tx) error {
			all, err := tx.AllStaff(ctx, Default)
			if err != nil || len(all) != 2 || all[0].Login != "s1" || all[1].Login != "s2" || !all[1].Created.Equal(now) {
				t.Errorf("all accounts: %+v, %v", all, err)
			}
			return nil
		})
	})

	t.Run("second factor", func(t *testing.T) {
		f := Factor{Staff: "s1", Wrapped: []byte("w"), Sealed: []byte("s"), Step: 10, Begun: now, Confirmed: now}
		hash := [32]byte{1, 2, 3}
		write(t, s, func(ctx context.Context, tx *Tx) error {
			if err := tx.SetFactor(ctx, Default, f); err != nil {
				return err
			}
			return tx.AddCodes(ctx, Default, "s1", [][32]byte{hash, {4}})
		})
		write(t, s, func(ctx context.Context, tx *Tx) error {
			got, err := tx.Factor(ctx, Default, "s1")
			if diff := cmp.Diff(f, got); diff != "" || err != nil {
				t.Errorf("the factor (-want +got): %v\n%s", err, diff)
			}
			for step, want := range map[int64]bool{10: false, 9: false} {
				if took, err := tx.TakeStep(ctx, Default, "s1", step); took != want || err != nil {
					t.Errorf("step %d taken: %v, %v", step, took, err)
				}
			}
			for _, want := range []bool{true, false} {
				if took, err := tx.TakeStep(ctx, Default, "s1", 11); took != want || err != nil {
					t.Errorf("step 11 taken: %v, %v", took, err)
				}
				if took, err := tx.TakeCode(ctx, Default, "s1", hash, now); took != want || err != nil {
					t.Errorf("code taken: %v, %v", took, err)
				}
			}
			if took, err := tx.TakeCode(ctx, Default, "s2", [32]byte{4}, now); took || err != nil {
				t.Errorf("somebody else's code is taken: %v", err)
			}
			if n, err := tx.CodesLeft(ctx, Default, "s1"); n != 1 || err != nil {
				t.Errorf("%d codes left, %v", n, err)
			}
			return tx.SetStaffTries(ctx, Default, "s1", 10, now)
		})
		write(t, s, func(ctx context.Context, tx *Tx) error {
			if got, err := tx.StaffByID(ctx, Default, "s1"); err != nil || got.Tries != 10 || !got.Locked.Equal(now) {
				t.Errorf("after ten tries %+v, %v", got, err)
			}
			if err := tx.SetStaffTries(ctx, Default, "s1", 0, time.Time{}); err != nil {
				return err
			}
			return tx.DropFactor(ctx, Default, "s1")
		})
		write(t, s, func(ctx context.Context, tx *Tx) error {
			if got, err := tx.StaffByID(ctx, Default, "s1"); err != nil || got.Tries != 0 || !got.Locked.IsZero() {
				t.Errorf("unlocked %+v, %v", got, err)
			}
			if _, err := tx.Factor(ctx, Default, "s1"); !errors.Is(err, ErrNotFound) {
				t.Errorf("a factor that was dropped: %v", err)
			}
			return tx.DropFactor(ctx, Default, "s1")
		})
	})

	t.Run("sign-ins", func(t *testing.T) {
		one := Sitting{ID: "a", Staff: "s1", Browser: "Firefox on Linux", Started: now, Seen: now}
		two := Sitting{ID: "b", Staff: "s1", Browser: "Edge on Windows", Started: now.Add(time.Minute), Seen: now.Add(time.Minute), Vouched: now.Add(time.Hour)}
		write(t, s, func(ctx context.Context, tx *Tx) error {
			for _, x := range []Sitting{one, two, {ID: "c", Staff: "s2", Started: now, Seen: now}} {
				if err := tx.AddSitting(ctx, Default, x, now.Add(-time.Hour)); err != nil {
					return err
				}
			}
			return tx.SeeSitting(ctx, Default, "a", now.Add(time.Second))
		})
		one.Seen = now.Add(time.Second)
		write(t, s, func(ctx context.Context, tx *Tx) error {
			all, err := tx.Sittings(ctx, Default, "s1")
			if diff := cmp.Diff([]Sitting{two, one}, all); diff != "" || err != nil {
				t.Errorf("sign-ins (-want +got): %v\n%s", err, diff)
			}
			if err := tx.EndSitting(ctx, Default, "b"); err != nil {
				return err
			}
			// What is too old goes when somebody signs in.
			return tx.AddSitting(ctx, Default, Sitting{ID: "d", Staff: "s2", Started: now.Add(time.Hour), Seen: now}, now.Add(time.Second))
		})
		write(t, s, func(ctx context.Context, tx *Tx) error {
			for _, id := range []string{"a", "b", "c"} {
				if _, err := tx.Sitting(ctx, Default, id); !errors.Is(err, ErrNotFound) {
					t.Errorf("sign-in %s is there: %v", id, err)
				}
			}
			if n, err := tx.EndSittings(ctx, Default, "s2"); n != 1 || err != nil {
				t.Errorf("ended %d, %v", n, err)
			}
			return nil
		})
	})

	t.Run("vouched for", func(t *testing.T) {
		write(t, s, func(ctx context.Context, tx *Tx) error {
			if err := tx.SetStaffOutside(ctx, Default, "https://one.example.org", "sub", "s2"); err != nil {
				return err
			}
			return tx.SetStaffRole(ctx, Default, "s2", "dpo")
		})
		write(t, s, func(ctx context.Context, tx *Tx) error {
			if got, err := tx.StaffOutside(ctx, Default, "https://one.example.org", "sub"); err != nil || got.ID != "s2" || got.Role != "dpo" {
				t.Errorf("found %+v, %v", got, err)
			}
			if _, err := tx.StaffOutside(ctx, Default, "https://two.example.org", "sub"); !errors.Is(err, ErrNotFound) {
				t.Errorf("the subject of another issuer: %v", err)
			}
			return nil
		})
	})

	t.Run("looks", func(t *testing.T) {
		var firsts []bool
		write(t, s, func(ctx context.Context, tx *Tx) error {
			firsts = nil
			for i, l := range []StaffLook{
				{Case: "c1", Staff: "s1", Day: "2026-11-23", Page: "case"}, {Case: "c1", Staff: "s1", Day: "2026-11-23", Page: "found"},
				{Case: "c1", Staff: "s1", Day: "2026-11-23", Page: "found"}, {Case: "c1", Staff: "s2", Day: "2026-11-23", Page: "sheet", Item: "i1"},
			} {
				l.Began = now.Add(time.Duration(i) * time.Minute)
				first, err := tx.AddLook(ctx, Default, l, now.Add(-time.Hour))
				if err != nil {
					return err
				}
				firsts = append(firsts, first)
			}
			for i, who := range []string{"s1", "s2"} {
				o := StaffOpening{Case: "c1", Staff: who, Opened: now, Until: now.Add(time.Duration(i+1) * time.Hour), Purpose: "answer", Wrapped: []byte("w"), Sealed: []byte("s")}
				if err := tx.AddOpening(ctx, Default, o); err != nil {
					return err
				}
			}
			return nil
		})
		if diff := cmp.Diff([]bool{true, false, false, true}, firsts); diff != "" {
			t.Errorf("first looks (-want +got):\n%s", diff)
		}
		write(t, s, func(ctx context.Context, tx *Tx) error {
			all, err := tx.Looks(ctx, Default, "c1", 10)
			if err != nil || len(all) != 3 || all[0].Item != "i1" || all[1].Times != 2 || !all[1].Began.Equal(now.Add(time.Minute)) || !all[1].Ended.Equal(now.Add(2*time.Minute)) {
				t.Errorf("looks %+v, %v", all, err)
			}
			for at, want := range map[time.Duration]int{0: 1, 59 * time.Minute: 1, time.Hour: 0} {
				if got, err := tx.Opened(ctx, Default, "c1", "s1", now.Add(at)); len(got) != want || err != nil {
					t.Errorf("%v after opening there are %d, %v", at, len(got), err)
				}
			}
			if all, err := tx.Openings(ctx, Default, "c1", 10); len(all) != 2 || err != nil {
				t.Errorf("openings %+v, %v", all, err)
			}
			// What is old goes with the next look, and why a forgotten case was opened goes too.
			if _, err := tx.ExecContext(ctx, `UPDATE cases SET forgotten = 2, wrapped = NULL, sealed = NULL WHERE landlord = $1 AND id = 'c1'`, Default); err != nil {
				return err
			}
			_, err = tx.AddLook(ctx, Default, StaffLook{Case: "c1", Staff: "s2", Day: "2026-11-24", Page: "case", Began: now.Add(24 * time.Hour)}, now.Add(2*time.Minute+time.Second))
			return err
		})
		write(t, s, func(ctx context.Context, tx *Tx) error {
			if all, err := tx.Looks(ctx, Default, "c1", 10); len(all) != 2 || err != nil {
				t.Errorf("looks that are kept: %+v, %v", all, err)
			}
			if all, err := tx.Openings(ctx, Default, "c1", 10); len(all) != 0 || err != nil {
				t.Errorf("openings of a forgotten case: %+v, %v", all, err)
			}
			return nil
		})
	})
}
