package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/ledger"
	"tenet/internal/store"
)

// Roles are those that an account may have.
func (d *Desk) Roles() []Role { return Roles(d.Notice, d.Config.Staff) }

// Role is one of them. An account whose role the notice has lost may do nothing.
func (d *Desk) Role(id string) Role { return roleOf(d.Roles(), id) }

// knownRole refuses a role that there is not.
func (d *Desk) knownRole(id string) error {
	roles := d.Roles()
	if slices.ContainsFunc(roles, func(r Role) bool { return r.ID == id }) {
		return nil
	}
	var ids []string
	for _, r := range roles {
		ids = append(ids, r.ID)
	}
	return &Error{Code: "role", What: fmt.Sprintf("there is no role called %q", id), Where: "ROLE",
		Mend: "choose among " + strings.Join(ids, ", ") + ", or write it into roles: of the notice's records.yaml"}
}

// AddStaff makes an account for the console. hash is what is kept of the
// password.
func (d *Desk) AddStaff(ctx context.Context, by, login, name, role, hash string) (string, error) {
	if err := d.knownRole(role); err != nil {
		return "", err
	}
	s := store.Staff{ID: staffID(), Landlord: d.Config.Landlord, Login: login, Name: name, Role: role, Password: hash, Created: d.Now()}
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

// Account is an account with what is to be known of it, and no secret.
type Account struct {
	store.Staff
	Factor FactorState
}

// Accounts are those that may be used, by sign-in name.
func (d *Desk) Accounts(ctx context.Context) ([]Account, error) {
	var list []store.Staff
	err := d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.AllStaff(ctx, d.Config.Landlord)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Account
	for _, s := range list {
		if !s.Disabled.IsZero() {
			continue
		}
		f, err := d.Factor(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, Account{s, f})
	}
	return out, nil
}

func staffID() string { return "staff-" + strings.ToLower(rand.Text()[:12]) }

// changeStaff changes an account by its sign-in name, with an entry in the ledger.
func (d *Desk) changeStaff(ctx context.Context, by, login, act string, payload any, change func(*store.Tx, store.Staff) error) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		s, err := tx.StaffByLogin(ctx, d.Config.Landlord, login)
		if errors.Is(err, store.ErrNotFound) {
			return &Error{Code: "account", What: fmt.Sprintf("there is no account called %q", login), Where: "LOGIN", Mend: "check the spelling"}
		}
		if err != nil {
			return err
		}
		if err := change(tx, s); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: act, Subject: s.ID}, payload)
	})
}

// DisableStaff takes an account's access away, wherever it is signed in.
func (d *Desk) DisableStaff(ctx context.Context, by, login string) error {
	return d.changeStaff(ctx, by, login, "staff.disabled", nil, func(tx *store.Tx, s store.Staff) error {
		if _, err := tx.EndSittings(ctx, s.Landlord, s.ID); err != nil {
			return err
		}
		return tx.DisableStaff(ctx, s.Landlord, s.ID, d.Now())
	})
}

// ResetStaff lets somebody in again who cannot sign in: it unlocks the account,
// takes its second factor away and ends it wherever it is signed in. hash is of a
// new password; empty leaves the old one.
func (d *Desk) ResetStaff(ctx context.Context, by, login, hash string) error {
	what := map[string]bool{"password": hash != "", "second-factor": true}
	return d.changeStaff(ctx, by, login, "staff.reset", what, func(tx *store.Tx, s store.Staff) error {
		if err := tx.SetStaffTries(ctx, s.Landlord, s.ID, 0, time.Time{}); err != nil {
			return err
		}
		if err := tx.DropFactor(ctx, s.Landlord, s.ID); err != nil {
			return err
		}
		if _, err := tx.EndSittings(ctx, s.Landlord, s.ID); err != nil || hash == "" {
			return err
		}
		return tx.SetStaffPassword(ctx, s.Landlord, s.ID, hash)
	})
}

// SetStaffRole gives an account another role. It counts from the next page on.
func (d *Desk) SetStaffRole(ctx context.Context, by, login, role string) error {
	if err := d.knownRole(role); err != nil {
		return err
	}
	return d.changeStaff(ctx, by, login, "staff.role-set", map[string]string{"role": role}, func(tx *store.Tx, s store.Staff) error {
		return tx.SetStaffRole(ctx, s.Landlord, s.ID, role)
	})
}

// SignOutStaff ends an account wherever it is signed in. by is its holder, or an
// administrator.
func (d *Desk) SignOutStaff(ctx context.Context, by, id string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.EndSittings(ctx, d.Config.Landlord, id)
		if err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "staff.signed-out-everywhere", Subject: id}, map[string]int64{"sign-ins": n})
	})
}
