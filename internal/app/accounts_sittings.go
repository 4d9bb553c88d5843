package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/store"
	"tenet/internal/web"
)

const (
	sittingLife = 11 * time.Hour // a little longer than the console's sessions live
	seenEvery   = time.Minute    // how fine it is known when one was used last
	qrSize      = 240            // pixels
)

// sittings are the places where the staff of a workspace are signed in.
type sittings struct{ d *desk.Desk }

func (s sittings) Begin(ctx context.Context, staff console.Staff, browser string, vouched time.Time) (string, error) {
	now := s.d.Now()
	x := store.Sitting{ID: strings.ToLower(rand.Text()), Staff: staff.ID, Browser: browser, Started: now, Seen: now, Vouched: vouched}
	return x.ID, s.d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.AddSitting(ctx, s.d.Config.Landlord, x, now.Add(-sittingLife))
	})
}

func (s sittings) Check(ctx context.Context, staff console.Staff, id string) (console.Sitting, error) {
	var x store.Sitting
	err := s.d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		x, err = tx.Sitting(ctx, s.d.Config.Landlord, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && x.Staff != staff.ID {
		return console.Sitting{}, console.ErrNoAccount
	}
	if now := s.d.Now(); err == nil && now.Sub(x.Seen) >= seenEvery {
		err = s.d.Store.Write(ctx, func(tx *store.Tx) error { return tx.SeeSitting(ctx, s.d.Config.Landlord, id, now) })
	}
	return sitting(x), err
}

func sitting(x store.Sitting) console.Sitting {
	return console.Sitting{ID: x.ID, Browser: x.Browser, Started: x.Started, Seen: x.Seen, Vouched: x.Vouched}
}

func (s sittings) End(ctx context.Context, staff console.Staff, id string) error {
	return s.d.Store.Write(ctx, func(tx *store.Tx) error {
		x, err := tx.Sitting(ctx, s.d.Config.Landlord, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && x.Staff != staff.ID {
			return nil
		} else if err != nil {
			return err
		}
		return tx.EndSitting(ctx, s.d.Config.Landlord, id)
	})
}

func (s sittings) EndAll(ctx context.Context, staff console.Staff) error {
	return s.d.SignOutStaff(ctx, staff.ID, staff.ID)
}

func (s sittings) All(ctx context.Context, staff console.Staff) ([]console.Sitting, error) {
	var out []console.Sitting
	err := s.d.Store.Read(ctx, func(tx *store.Tx) error {
		out = nil
		all, err := tx.Sittings(ctx, s.d.Config.Landlord, staff.ID)
		for _, x := range all {
			out = append(out, sitting(x))
		}
		return err
	})
	return out, err
}

// factors are the second factors of a workspace.
type factors struct{ accounts }

func (f factors) Factor(ctx context.Context, staff console.Staff) (console.Factor, error) {
	s, err := f.one(ctx, func(tx *store.Tx) (store.Staff, error) { return tx.StaffByID(ctx, f.d.Config.Landlord, staff.ID) })
	if err != nil {
		return console.Factor{}, err
	}
	x, err := f.d.Factor(ctx, staff.ID)
	return console.Factor{Set: x.Set, Begun: x.Begun, Locked: x.Locked, Must: f.must(s), Since: x.Since, Spare: x.Spare}, err
}

func (f factors) Begin(ctx context.Context, staff console.Staff, code string) error {
	return refusal(f.d.BeginFactor(ctx, staff.ID, code))
}

func (f factors) Confirm(ctx context.Context, staff console.Staff, code string) ([]string, error) {
	spare, err := f.d.ConfirmFactor(ctx, staff.ID, code)
	return spare, refusal(err)
}

func (f factors) Use(ctx context.Context, staff console.Staff, code string) error {
	return refusal(f.d.UseFactor(ctx, staff.ID, code))
}

// refusal is what the desk says of a code, in the console's words.
func refusal(err error) error {
	switch {
	case errors.Is(err, desk.ErrWrongCode), errors.Is(err, desk.ErrNoFactor):
		return console.ErrWrongCode
	case errors.Is(err, desk.ErrLocked):
		return console.ErrLocked
	}
	return err
}

func (f factors) Secret(ctx context.Context, staff console.Staff) (console.Secret, error) {
	key, err := f.d.FactorKey(ctx, staff.ID)
	if err != nil {
		return console.Secret{}, err
	}
	picture, err := key.Image(qrSize, qrSize)
	if err != nil {
		return console.Secret{}, fmt.Errorf("draw the key of an authenticator: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return console.Secret{}, fmt.Errorf("draw the key of an authenticator: %w", err)
	}
	var groups []string
	for text := key.Secret(); text != ""; {
		n := min(4, len(text))
		groups, text = append(groups, text[:n]), text[n:]
	}
	return console.Secret{Text: strings.Join(groups, " "), Picture: b.Bytes()}, nil
}

// colleagues are the accounts of a workspace, for those who manage them.
type colleagues struct{ staffDesk }

func (c colleagues) Accounts(ctx context.Context) ([]console.Account, error) {
	all, err := c.d.Accounts(ctx)
	var out []console.Account
	for _, a := range all {
		r := c.d.Role(a.Role)
		x := console.Account{Login: a.Login, Name: a.Name, Role: r.Title, Factor: a.Factor.Set, Locked: !a.Locked.IsZero(), Outside: a.Password == "", Created: a.Created}
		for _, d := range r.May {
			x.May = append(x.May, d.Words())
		}
		out = append(out, x)
	}
	return out, err
}

// Reset lets a colleague in again. Nobody lets themselves in: whoever sits at a
// screen that was left open would take the second factor off the account.
func (c colleagues) Reset(ctx context.Context, by console.Staff, login string) error {
	all, err := c.d.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.ID == by.ID && strings.EqualFold(a.Login, strings.TrimSpace(login)) {
			return &web.Refusal{Why: "This is your own account.", Mend: "Set up another authenticator under Your account, with a code of the one you have. If you have none, a colleague or tenet account reset can help."}
		}
	}
	return c.told(ctx, c.d.ResetStaff(ctx, by.ID, login, ""))
}
