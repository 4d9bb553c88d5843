package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

// accounts are the staff accounts of a workspace, as the console asks for them.
type accounts struct{ d *desk.Desk }

func (a accounts) Any(ctx context.Context) (any bool, err error) {
	err = a.d.Store.Read(ctx, func(tx *store.Tx) error {
		any, err = tx.AnyStaff(ctx, a.d.Config.Landlord)
		return err
	})
	return any, err
}

func (a accounts) Password(ctx context.Context, name string) (string, console.Staff, error) {
	s, err := a.one(ctx, func(tx *store.Tx) (store.Staff, error) { return tx.StaffByLogin(ctx, a.d.Config.Landlord, name) })
	return s.Password, a.staff(s), err
}

func (a accounts) Staff(ctx context.Context, id string) (console.Staff, error) {
	s, err := a.one(ctx, func(tx *store.Tx) (store.Staff, error) { return tx.StaffByID(ctx, a.d.Config.Landlord, id) })
	if err != nil {
		return console.Staff{}, err
	}
	out := a.staff(s)
	if a.must(s) {
		f, err := a.d.Factor(ctx, id)
		if err != nil {
			return console.Staff{}, err
		}
		out.MustEnrol = !f.Set
	}
	return out, nil
}

// must says whether an account needs a second factor: one that signs in here does
// where the landlord wants it.
func (a accounts) must(s store.Staff) bool { return a.d.Config.Staff.Required() && s.Password != "" }

func (a accounts) staff(s store.Staff) console.Staff {
	r := a.d.Role(s.Role)
	return console.Staff{ID: s.ID, Name: s.Name, Role: s.Role, Title: r.Title, Limited: len(r.Kinds)+len(r.Clients) > 0}
}

// one is an account that may be used. One that is disabled is gone.
func (a accounts) one(ctx context.Context, find func(*store.Tx) (store.Staff, error)) (store.Staff, error) {
	var s store.Staff
	err := a.d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		s, err = find(tx)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !s.Disabled.IsZero():
		return store.Staff{}, console.ErrNoAccount
	case err != nil:
		return store.Staff{}, err
	}
	return s, nil
}

// SignedIn records a try. Of one that failed, nothing says whose name was used:
// people type their password there.
func (a accounts) SignedIn(ctx context.Context, staff console.Staff, ok bool, _ time.Time) error {
	act := ledger.Act{Landlord: a.d.Config.Landlord, Actor: staff.ID, Subject: staff.ID, Name: "staff.signed-in"}
	if !ok {
		act = ledger.Act{Landlord: a.d.Config.Landlord, Actor: "console", Name: "staff.sign-in-failed"}
	}
	return a.d.Store.Write(ctx, func(tx *store.Tx) error { return tx.Record(ctx, act, nil) })
}

// names gives those who act the names that colleagues know them by, the disabled
// too. The function it returns asks for each once, and is for one page.
func (a accounts) names(ctx context.Context) func(actor string) string {
	known := map[string]string{"system": "Tenet", "console": "the console"}
	return func(actor string) string {
		name, ok := known[actor]
		if ok {
			return name
		}
		var s store.Staff
		err := a.d.Store.Read(ctx, func(tx *store.Tx) (err error) {
			s, err = tx.StaffByID(ctx, a.d.Config.Landlord, actor)
			return err
		})
		switch {
		case err == nil:
			name = s.Name
		case actor == "cli" || strings.HasPrefix(actor, "cli:"):
			name = "someone at the command line"
		default:
			name = actor // an id says more than nothing
		}
		known[actor] = name
		return name
	}
}
