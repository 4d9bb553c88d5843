package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"tenet/internal/ledger"
	"tenet/internal/store"
)

// AddStaff makes an account for the console. hash is what is kept of the
// password.
func (d *Desk) AddStaff(ctx context.Context, by, login, name, role, hash string) (string, error) {
	s := store.Staff{ID: "staff-" + strings.ToLower(rand.Text()[:12]), Landlord: d.Config.Landlord, Login: login, Name: name, Role: role, Password: hash, Created: d.Now()}
	err := d.Store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.StaffByLogin(ctx, d.Config.Landlord, login); err == nil {
			return &Error{Code: "account", What: fmt.Sprintf("there is an account called %q already", login), Where: "LOGIN", Mend: "choose another name"}
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := tx.AddStaff(ctx, s); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "staff.added", Subject: s.ID}, map[string]string{"role": role})
	})
	return s.ID, err
}

// DisableStaff takes an account's access away.
func (d *Desk) DisableStaff(ctx context.Context, by, login string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		s, err := tx.StaffByLogin(ctx, d.Config.Landlord, login)
		if errors.Is(err, store.ErrNotFound) {
			return &Error{Code: "account", What: fmt.Sprintf("there is no account called %q", login), Where: "LOGIN", Mend: "check the spelling"}
		}
		if err != nil {
			return err
		}
		if err := tx.DisableStaff(ctx, d.Config.Landlord, s.ID, d.Now()); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "staff.disabled", Subject: s.ID}, nil)
	})
}
