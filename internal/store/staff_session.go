package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Sitting is one place where a member of staff is signed in. The session of their
// browser names it, and counts for nothing once it is gone.
type Sitting struct {
	ID      string // opaque, and no secret
	Staff   string
	Browser string // in words; says which of one's own it is
	Started time.Time
	Seen    time.Time
	// Vouched is until when somebody else's word for the holder counts; zero if
	// nobody else's is needed.
	Vouched time.Time
}

// AddSitting notes that somebody has signed in, and forgets what began before
// the time given.
func (t *Tx) AddSitting(ctx context.Context, landlord string, s Sitting, before time.Time) error {
	if _, err := t.ExecContext(ctx, `DELETE FROM staff_session WHERE landlord = $1 AND started < $2`, landlord, Micros(before)); err != nil {
		return fmt.Errorf("store: sign-ins: %w", err)
	}
	var vouched sql.NullInt64
	if !s.Vouched.IsZero() {
		vouched = sql.NullInt64{Int64: Micros(s.Vouched), Valid: true}
	}
	_, err := t.ExecContext(ctx, `INSERT INTO staff_session (landlord, id, staff, browser, started, seen, vouched) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		landlord, s.ID, s.Staff, s.Browser, Micros(s.Started), Micros(s.Seen), vouched)
	if err != nil {
		return fmt.Errorf("store: sign-in of %s: %w", s.Staff, err)
	}
	return nil
}

const sitting = `SELECT id, staff, browser, started, seen, vouched FROM staff_session WHERE landlord = $1`

// Sitting is the one with this id, or ErrNotFound.
func (t *Tx) Sitting(ctx context.Context, landlord, id string) (Sitting, error) {
	s, err := scanSitting(t.QueryRowContext(ctx, sitting+` AND id = $2`, landlord, id))
	if errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("store: sign-in: %w", ErrNotFound)
	}
	if err != nil {
		return s, fmt.Errorf("store: sign-in: %w", err)
	}
	return s, nil
}

// Sittings are those of an account, the newest first.
func (t *Tx) Sittings(ctx context.Context, landlord, staff string) ([]Sitting, error) {
	rows, err := t.QueryContext(ctx, sitting+` AND staff = $2 ORDER BY started DESC, id`, landlord, staff)
	if err != nil {
		return nil, fmt.Errorf("store: sign-ins of %s: %w", staff, err)
	}
	defer rows.Close()
	var all []Sitting
	for rows.Next() {
		s, err := scanSitting(rows)
		if err != nil {
			return nil, fmt.Errorf("store: sign-ins of %s: %w", staff, err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: sign-ins of %s: %w", staff, err)
	}
	return all, nil
}

func scanSitting(row interface{ Scan(...any) error }) (Sitting, error) {
	var s Sitting
	var started, seen int64
	var vouched sql.NullInt64
	if err := row.Scan(&s.ID, &s.Staff, &s.Browser, &started, &seen, &vouched); err != nil {
		return s, err
	}
	s.Started, s.Seen = Time(started), Time(seen)
	if vouched.Valid {
		s.Vouched = Time(vouched.Int64)
	}
	return s, nil
}

// SeeSitting notes when it was used last.
func (t *Tx) SeeSitting(ctx context.Context, landlord, id string, at time.Time) error {
	_, err := t.one(ctx, "sign-in", `UPDATE staff_session SET seen = $3 WHERE landlord = $1 AND id = $2`, landlord, id, Micros(at))
	return err
}

// EndSitting ends one. It is no error if it has ended.
func (t *Tx) EndSitting(ctx context.Context, landlord, id string) error {
	_, err := t.one(ctx, "sign-in", `DELETE FROM staff_session WHERE landlord = $1 AND id = $2`, landlord, id)
	return err
}

// EndSittings ends every one of an account, and says how many there were.
func (t *Tx) EndSittings(ctx context.Context, landlord, staff string) (int64, error) {
	r, err := t.ExecContext(ctx, `DELETE FROM staff_session WHERE landlord = $1 AND staff = $2`, landlord, staff)
	if err != nil {
		return 0, fmt.Errorf("store: sign-ins of %s: %w", staff, err)
	}
	return r.RowsAffected()
}

// StaffOutside is the account for which an issuer vouches by this subject, or
// ErrNotFound.
func (t *Tx) StaffOutside(ctx context.Context, landlord, issuer, subject string) (Staff, error) {
	var id string
	err := t.QueryRowContext(ctx, `SELECT staff FROM staff_outside WHERE landlord = $1 AND issuer = $2 AND subject = $3`, landlord, issuer, subject).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return Staff{}, fmt.Errorf("store: staff account: %w", ErrNotFound)
	}
	if err != nil {
		return Staff{}, fmt.Errorf("store: staff account: %w", err)
	}
	return t.StaffByID(ctx, landlord, id)
}

// SetStaffOutside notes that an issuer vouches for an account by this subject.
func (t *Tx) SetStaffOutside(ctx context.Context, landlord, issuer, subject, id string) error {
	_, err := t.ExecContext(ctx, `INSERT INTO staff_outside (landlord, issuer, subject, staff) VALUES ($1, $2, $3, $4)`, landlord, issuer, subject, id)
	if err != nil {
		return fmt.Errorf("store: staff account %s: %w", id, err)
	}
	return nil
}

// SetStaffRole gives an account another role.
func (t *Tx) SetStaffRole(ctx context.Context, landlord, id, role string) error {
	return t.changeStaff(ctx, id, `UPDATE staff SET role = $3 WHERE landlord = $1 AND id = $2`, landlord, id, role)
}
