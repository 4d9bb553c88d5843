package desk

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"tenet/internal/ledger"
	"tenet/internal/store"
)

// A second factor is a code of six digits from an authenticator, new every thirty
// seconds (RFC 6238 with the parameters every authenticator knows).
const (
	codeStep  = 30 // seconds
	codeDrift = 1  // steps that a clock may be fast or slow
	codeTries = 10 // wrong codes in a row before no code is taken
	codeSpare = 10 // codes for recovery

	codeSecret = 20 // bytes, as RFC 4226 section 4 recommends
)

// What a code may be refused for. The first two are told to somebody who gave the
// right password.
var (
	ErrWrongCode = errors.New("the code is not right, or was used before")
	ErrLocked    = errors.New("the account is locked")
	ErrNoFactor  = errors.New("the account has no second factor")
)

// FactorState is how the second factor of an account stands.
type FactorState struct {
	Set    bool // there is one, and a code has confirmed it
	Begun  bool // a secret waits to be confirmed
	Locked bool
	Since  time.Time // when it was confirmed
	Spare  int       // codes for recovery that are left
}

// Factor is how the second factor of an account stands.
func (d *Desk) Factor(ctx context.Context, id string) (FactorState, error) {
	var out FactorState
	err := d.Store.Read(ctx, func(tx *store.Tx) error {
		out = FactorState{}
		s, err := tx.StaffByID(ctx, d.Config.Landlord, id)
		if err != nil {
			return err
		}
		out.Locked = !s.Locked.IsZero()
		f, err := tx.Factor(ctx, d.Config.Landlord, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		out.Set, out.Begun, out.Since = !f.Confirmed.IsZero(), f.Confirmed.IsZero(), f.Confirmed
		out.Spare, err = tx.CodesLeft(ctx, d.Config.Landlord, id)
		return err
	})
	return out, err
}

func (d *Desk) factorOwner(id string) string { return "factor/" + d.Config.Landlord + "/" + id }

// BeginFactor gives an account a new secret, which counts once ConfirmFactor has
// seen a code of it. An account that has a second factor says so with a code; the
// old one ends at once.
func (d *Desk) BeginFactor(ctx context.Context, id, code string) error {
	secret := make([]byte, codeSecret)
	rand.Read(secret)
	key, wrapped, err := d.Keys.NewDataKey(d.factorOwner(id))
	if err != nil {
		return err
	}
	f := store.Factor{Staff: id, Wrapped: wrapped, Sealed: key.Seal(secret, []byte(d.factorOwner(id))), Begun: d.Now()}
	var wrong error
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		wrong = nil
		old, err := tx.Factor(ctx, d.Config.Landlord, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil && !old.Confirmed.IsZero() {
			if wrong, err = d.take(ctx, tx, id, code); wrong != nil || err != nil {
				return err
			}
		}
		if err := tx.SetFactor(ctx, d.Config.Landlord, f); err != nil {
			return err
		}
		return tx.Record(ctx, d.factorAct(id, id, "staff.factor-begun"), nil)
	})
	return errors.Join(err, wrong)
}

func (d *Desk) factorAct(by, id, name string) ledger.Act {
	return ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: name, Subject: id}
}

// FactorKey is the secret that waits to be confirmed, for the authenticator: as a
// text, and as the address that a picture of it holds. Nobody is shown it again.
func (d *Desk) FactorKey(ctx context.Context, id string) (*otp.Key, error) {
	var s store.Staff
	var f store.Factor
	err := d.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if s, err = tx.StaffByID(ctx, d.Config.Landlord, id); err != nil {
			return err
		}
		f, err = tx.Factor(ctx, d.Config.Landlord, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !f.Confirmed.IsZero() {
		return nil, ErrNoFactor
	} else if err != nil {
		return nil, err
	}
	secret, err := d.factorSecret(f)
	if err != nil {
		return nil, err
	}
	return totp.Generate(totp.GenerateOpts{Issuer: d.Notice.Landlord.Name, AccountName: s.Login, Secret: secret, Period: codeStep})
}

func (d *Desk) factorSecret(f store.Factor) ([]byte, error) {
	key, err := d.Keys.OpenDataKey(d.factorOwner(f.Staff), f.Wrapped)
	if err != nil {
		return nil, fmt.Errorf("the second factor of %s: %w", f.Staff, err)
	}
	secret, err := key.Open(f.Sealed, []byte(d.factorOwner(f.Staff)))
	if err != nil {
		return nil, fmt.Errorf("the second factor of %s: %w", f.Staff, err)
	}
	return secret, nil
}

// ConfirmFactor takes the first code of a new secret, and gives the codes for
// recovery. They are kept as hashes and never shown again.
func (d *Desk) ConfirmFactor(ctx context.Context, id, code string) ([]string, error) {
	spare, hashes := newCodes(d.factorOwner(id))
	var wrong error
	err := d.Store.Write(ctx, func(tx *store.Tx) error {
		wrong = nil
		f, err := tx.Factor(ctx, d.Config.Landlord, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && !f.Confirmed.IsZero() {
			wrong = ErrNoFactor
			return nil
		} else if err != nil {
			return err
		}
		if wrong, err = d.take(ctx, tx, id, code); wrong != nil || err != nil {
			return err
		}
		if f, err = tx.Factor(ctx, d.Config.Landlord, id); err != nil {
			return err
		}
		f.Confirmed = d.Now()
		if err := tx.SetFactor(ctx, d.Config.Landlord, f); err != nil {
			return err
		}
		if err := tx.AddCodes(ctx, d.Config.Landlord, id, hashes); err != nil {
			return err
		}
		return tx.Record(ctx, d.factorAct(id, id, "staff.factor-set"), nil)
	})
	if err := errors.Join(err, wrong); err != nil {
		return nil, err
	}
	return spare, nil
}

// UseFactor takes a code of the second factor, or one for recovery, once. After
// ten wrong ones in a row none is taken until ResetStaff.
func (d *Desk) UseFactor(ctx context.Context, id, code string) error {
	var wrong error
	err := d.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if f, ferr := tx.Factor(ctx, d.Config.Landlord, id); errors.Is(ferr, store.ErrNotFound) || ferr == nil && f.Confirmed.IsZero() {
			wrong = ErrNoFactor
			return nil
		}
		wrong, err = d.take(ctx, tx, id, code)
		return err
	})
	return errors.Join(err, wrong)
}

// take uses up a code. What is wrong with it is told apart from what failed, since
// a wrong code is counted in the transaction that must then be committed.
func (d *Desk) take(ctx context.Context, tx *store.Tx, id, code string) (wrong, err error) {
	s, err := tx.StaffByID(ctx, d.Config.Landlord, id)
	if err != nil {
		return nil, err
	}
	if !s.Locked.IsZero() {
		return ErrLocked, nil
	}
	took, err := d.takeStep(ctx, tx, id, code)
	if err == nil && !took {
		if took, err = tx.TakeCode(ctx, d.Config.Landlord, id, hashCode(d.factorOwner(id), code), d.Now()); took {
			err = tx.Record(ctx, d.factorAct(id, id, "staff.recovery-code-used"), nil)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case took:
		if s.Tries == 0 {
			return nil, nil
		}
		return nil, tx.SetStaffTries(ctx, d.Config.Landlord, id, 0, time.Time{})
	}
	wrong, act := ErrWrongCode, "staff.code-refused"
	var locked time.Time
	if s.Tries+1 >= codeTries {
		wrong, act, locked = ErrLocked, "staff.locked", d.Now()
	}
	if err := tx.SetStaffTries(ctx, d.Config.Landlord, id, s.Tries+1, locked); err != nil {
		return nil, err
	}
	return wrong, tx.Record(ctx, d.factorAct("console", id, act), nil)
}

// takeStep uses up a code of the authenticator: one of this time step or a
// neighbour, later than the last that was taken.
func (d *Desk) takeStep(ctx context.Context, tx *store.Tx, id, code string) (bool, error) {
	f, err := tx.Factor(ctx, d.Config.Landlord, id)
	if err != nil {
		return false, err
	}
	secret, err := d.factorSecret(f)
	if err != nil {
		return false, err
	}
	code = strings.Map(digit, code)
	now := d.Now().Unix() / codeStep
	for step := now - codeDrift; step <= now+codeDrift; step++ {
		ok, err := hotp.ValidateCustom(code, uint64(step), base32.StdEncoding.EncodeToString(secret), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return false, nil // not six digits
		}
		if ok && step > f.Step {
			return tx.TakeStep(ctx, d.Config.Landlord, id, step)
		}
	}
	return false, nil
}

// digit leaves out the spaces and hyphens that people type.
func digit(r rune) rune {
	if r == ' ' || r == '-' || r == '\u00a0' {
		return -1
	}
	return r
}

// newCodes are codes for recovery, of 80 random bits each, and their hashes.
func newCodes(owner string) (codes []string, hashes [][32]byte) {
	for range codeSpare {
		b := make([]byte, 10)
		rand.Read(b)
		text := strings.ToLower(base32.StdEncoding.EncodeToString(b))
		codes = append(codes, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
		hashes = append(hashes, hashCode(owner, text))
	}
	return codes, hashes
}

// hashCode is what is kept of a code for recovery. They cannot be guessed, so that
// no slow hash is needed.
func hashCode(owner, code string) [32]byte {
	return sha256.Sum256([]byte("tenet recovery code v1\n" + owner + "\n" + strings.ToLower(strings.Map(digit, code))))
}
