package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Factor is the second factor of an account: a secret shared with an
// authenticator (RFC 6238), sealed by the caller.
type Factor struct {
	Staff     string
	Wrapped   []byte // the data key of Sealed
	Sealed    []byte `json:"-"`
	Step      int64  // the last time step whose code was taken; no earlier one is
	Begun     time.Time
	Confirmed time.Time // zero until a code has shown that the authenticator has the secret
}

// Factor is the second factor of an account, or ErrNotFound.
func (t *Tx) Factor(ctx context.Context, landlord, staff string) (Factor, error) {
	f := Factor{Staff: staff}
	var begun int64
	var confirmed sql.NullInt64
	err := t.QueryRowContext(ctx, `SELECT wrapped, sealed, step, begun, confirmed FROM staff_factor WHERE landlord = $1 AND staff = $2`,
		landlord, staff).Scan(&f.Wrapped, &f.Sealed, &f.Step, &begun, &confirmed)
	if errors.Is(err, sql.ErrNoRows) {
		return f, fmt.Errorf("store: second factor of %s: %w", staff, ErrNotFound)
	}
	if err != nil {
		return f, fmt.Errorf("store: second factor of %s: %w", staff, err)
	}
	f.Begun = Time(begun)
	if confirmed.Valid {
		f.Confirmed = Time(confirmed.Int64)
	}
	return f, nil
}

// SetFactor puts a second factor in the place of what the account had, codes for
// recovery included.
func (t *Tx) SetFactor(ctx context.Context, landlord string, f Factor) error {
	if err := t.DropFactor(ctx, landlord, f.Staff); err != nil {
		return err
	}
	var confirmed sql.NullInt64
	if !f.Confirmed.IsZero() {
		confirmed = sql.NullInt64{Int64: Micros(f.Confirmed), Valid: true}
	}
	_, err := t.ExecContext(ctx, `INSERT INTO staff_factor (landlord, staff, wrapped, sealed, step, begun, confirmed)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, landlord, f.Staff, f.Wrapped, f.Sealed, f.Step, Micros(f.Begun), confirmed)
	if err != nil {
		return fmt.Errorf("store: second factor of %s: %w", f.Staff, err)
	}
	return nil
}

// DropFactor takes the second factor of an account away, with its codes for
// recovery. It is no error if there is none.
func (t *Tx) DropFactor(ctx context.Context, landlord, staff string) error {
	for _, query := range []string{
		`DELETE FROM staff_code WHERE landlord = $1 AND staff = $2`,
		`DELETE FROM staff_factor WHERE landlord = $1 AND staff = $2`,
	} {
		if _, err := t.ExecContext(ctx, query, landlord, staff); err != nil {
			return fmt.Errorf("store: second factor of %s: %w", staff, err)
		}
	}
	return nil
}

// TakeStep uses up the code of a time step, and every earlier one. It reports
// false if that was done before, or there is no second factor.
func (t *Tx) TakeStep(ctx context.Context, landlord, staff string, step int64) (bool, error) {
	return t.one(ctx, "second factor of "+staff, `UPDATE staff_factor SET step = $3 WHERE landlord = $1 AND staff = $2 AND step < $3`, landlord, staff, step)
}

// AddCodes adds codes for recovery, as SHA-256 hashes of codes that nobody can guess.
func (t *Tx) AddCodes(ctx context.Context, landlord, staff string, hashes [][32]byte) error {
	for _, h := range hashes {
		if _, err := t.ExecContext(ctx, `INSERT INTO staff_code (landlord, staff, code) VALUES ($1, $2, $3)`, landlord, staff, h[:]); err != nil {
			return fmt.Errorf("store: codes of %s: %w", staff, err)
		}
	}
	return nil
}

// TakeCode uses up a code for recovery. It reports false if there is no such code,
// or it was used before.
func (t *Tx) TakeCode(ctx context.Context, landlord, staff string, hash [32]byte, at time.Time) (bool, error) {
	return t.one(ctx, "codes of "+staff, `UPDATE staff_code SET used = $4 WHERE landlord = $1 AND staff = $2 AND code = $3 AND used IS NULL`,
		landlord, staff, hash[:], Micros(at))
}

// CodesLeft is how many codes for recovery an account has not used.
func (t *Tx) CodesLeft(ctx context.Context, landlord, staff string) (int, error) {
	var n int
	err := t.QueryRowContext(ctx, `SELECT count(*) FROM staff_code WHERE landlord = $1 AND staff = $2 AND used IS NULL`, landlord, staff).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("store: codes of %s: %w", staff, err)
	}
	return n, nil
}

// SetStaffTries notes how many wrong codes an account gave in a row, and since when
// it is locked; the zero time unlocks it.
func (t *Tx) SetStaffTries(ctx context.Context, landlord, id string, tries int, locked time.Time) error {
	var since sql.NullInt64
	if !locked.IsZero() {
		since = sql.NullInt64{Int64: Micros(locked), Valid: true}
	}
	return t.changeStaff(ctx, id, `UPDATE staff SET tries = $3, locked = $4 WHERE landlord = $1 AND id = $2`, landlord, id, tries, since)
}

// one runs a statement that changes one row or none, and says which.
func (t *Tx) one(ctx context.Context, what, query string, args ...any) (bool, error) {
	r, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return false, fmt.Errorf("store: %s: %w", what, err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("store: %s: %w", what, err)
	}
	return n == 1, nil
}
