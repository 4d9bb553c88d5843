package desk

import (
	"context"
	"errors"

	"tenet/internal/ledger"
	"tenet/internal/store"
)

// OwnPassword is the hash of an account's password, for its holder to be asked for it
// again; empty where somebody else vouches for it. [ErrLocked] where the account is
// locked: no password of it is taken or changed until it is reset.
func (d *Desk) OwnPassword(ctx context.Context, id string) (string, error) {
	var s store.Staff
	err := d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		s, err = tx.StaffByID(ctx, d.Config.Landlord, id)
		return err
	})
	if err == nil && !s.Locked.IsZero() {
		err = ErrLocked
	}
	return s.Password, err
}

// SetOwnPassword gives an account another password at its holder's wish, and ends it
// wherever it is signed in but at the sitting keep.
func (d *Desk) SetOwnPassword(ctx context.Context, id, hash, keep string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		s, err := tx.StaffByID(ctx, d.Config.Landlord, id)
		if err != nil {
			return err
		}
		switch {
		case !s.Locked.IsZero():
			return ErrLocked
		case s.Password == "":
			return errors.New("this account has no password here")
		}
		all, err := tx.Sittings(ctx, d.Config.Landlord, id)
		if err != nil {
			return err
		}
		ended := 0
		for _, x := range all {
			if x.ID == keep {
				continue
			}
			if err := tx.EndSitting(ctx, d.Config.Landlord, x.ID); err != nil {
				return err
			}
			ended++
		}
		if err := tx.SetStaffPassword(ctx, d.Config.Landlord, id, hash); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: id, Name: "staff.password-changed", Subject: id}, map[string]int{"sign-ins-ended": ended})
	})
}

// WrongOwnPassword records a try to change a password by somebody who did not know it.
func (d *Desk) WrongOwnPassword(ctx context.Context, id string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: id, Name: "staff.password-not-changed", Subject: id}, nil)
	})
}
