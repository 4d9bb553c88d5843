package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Staff is the account of a member of staff.
type Staff struct {
	Landlord string
	ID       string    // opaque; the ledger knows them by it
	Login    string    // what they sign in as; capitals make no difference
	Name     string    // as colleagues know them
	Role     string    // what they may do, a role of the notice, or one of the two that there always are
	Password string    `json:"-"` // a hash the caller made, never the password
	Created  time.Time // UTC
	Disabled time.Time // UTC; zero while the account may be used
	Tries    int       // wrong codes of the second factor, in a row
	Locked   time.Time // UTC; since when no code is taken, or zero
}

func login(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// AddStaff adds an account.
func (t *Tx) AddStaff(ctx context.Context, s Staff) error {
	r, err := t.ExecContext(ctx, `INSERT INTO staff (landlord, id, login, name, role, password, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		s.Landlord, s.ID, login(s.Login), s.Name, s.Role, s.Password, Micros(s.Created))
	if err != nil {
		return fmt.Errorf("store: add staff account %s: %w", s.ID, err)
	}
	if n, err := r.RowsAffected(); err != nil {
		return fmt.Errorf("store: add staff account %s: %w", s.ID, err)
	} else if n == 0 {
		return fmt.Errorf("store: add staff account %s: this id or sign-in name is taken; choose another", s.ID)
	}
	return nil
}

const staff = `SELECT landlord, id, login, name, role, password, created, disabled, tries, locked FROM staff WHERE landlord = $1`

// StaffByLogin is the account with this sign-in name, or ErrNotFound.
func (t *Tx) StaffByLogin(ctx context.Context, landlord, name string) (Staff, error) {
	return t.oneStaff(ctx, staff+` AND login = $2`, landlord, login(name))
}

// StaffByID is the account with this id, or ErrNotFound.
func (t *Tx) StaffByID(ctx context.Context, landlord, id string) (Staff, error) {
	return t.oneStaff(ctx, staff+` AND id = $2`, landlord, id)
}

// AllStaff is every account, the disabled too, by sign-in name.
func (t *Tx) AllStaff(ctx context.Context, landlord string) ([]Staff, error) {
	rows, err := t.QueryContext(ctx, staff+` ORDER BY login`, landlord)
	if err != nil {
		return nil, fmt.Errorf("store: staff accounts: %w", err)
	}
	defer rows.Close()
	var all []Staff
	for rows.Next() {
		s, err := scanStaff(rows)
		if err != nil {
			return nil, fmt.Errorf("store: staff accounts: %w", err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: staff accounts: %w", err)
	}
	return all, nil
}

func (t *Tx) oneStaff(ctx context.Context, query string, args ...any) (Staff, error) {
	s, err := scanStaff(t.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("store: staff account: %w", ErrNotFound)
	}
	if err != nil {
		return s, fmt.Errorf("store: staff account: %w", err)
	}
	return s, nil
}

func scanStaff(row interface{ Scan(...any) error }) (Staff, error) {
	var s Staff
	var created int64
	var disabled, locked sql.NullInt64
	if err := row.Scan(&s.Landlord, &s.ID, &s.Login, &s.Name, &s.Role, &s.Password, &created, &disabled, &s.Tries, &locked); err != nil {
		return s, err
	}
	s.Created = Time(created)
	if disabled.Valid {
		s.Disabled = Time(disabled.Int64)
	}
	if locked.Valid {
		s.Locked = Time(locked.Int64)
	}
	return s, nil
}

// AnyStaff says whether the landlord has any account that may be used.
func (t *Tx) AnyStaff(ctx context.Context, landlord string) (bool, error) {
	var n int
	err := t.QueryRowContext(ctx, `SELECT count(*) FROM staff WHERE landlord = $1 AND disabled IS NULL`, landlord).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("store: staff accounts: %w", err)
	}
	return n > 0, nil
}

// SetStaffPassword replaces the hash of an account's password.
func (t *Tx) SetStaffPassword(ctx context.Context, landlord, id, hash string) error {
	return t.changeStaff(ctx, id, `UPDATE staff SET password = $3 WHERE landlord = $1 AND id = $2`, landlord, id, hash)
}

// DisableStaff ends the use of an account. It stays, since the ledger names it.
func (t *Tx) DisableStaff(ctx context.Context, landlord, id string, at time.Time) error {
	return t.changeStaff(ctx, id, `UPDATE staff SET disabled = $3 WHERE landlord = $1 AND id = $2`, landlord, id, Micros(at))
}

func (t *Tx) changeStaff(ctx context.Context, id, query string, args ...any) error {
	r, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("store: staff account %s: %w", id, err)
	}
	if n, err := r.RowsAffected(); err != nil {
		return fmt.Errorf("store: staff account %s: %w", id, err)
	} else if n == 0 {
		return fmt.Errorf("store: staff account %s: %w", id, ErrNotFound)
	}
	return nil
}

// Sessions keeps the sessions of a face, as scs asks of a store (scs.CtxStore).
// Tokens must come hashed (scs: HashTokenInStore), so that whoever reads the
// store cannot be anyone.
type Sessions struct {
	store    *Store
	landlord string
	now      func() time.Time
}

// Sessions is the landlord's sessions.
func (s *Store) Sessions(landlord string) *Sessions {
	return &Sessions{store: s, landlord: landlord, now: time.Now}
}

// FindCtx is the data of a session that has not expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.store.Read(ctx, func(tx *Tx) error {
		return tx.QueryRowContext(ctx, `SELECT data FROM session WHERE landlord = $1 AND token = $2 AND expires > $3`,
			s.landlord, token, Micros(s.now())).Scan(&data)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("store: session: %w", err)
	}
	return data, true, nil
}

// CommitCtx keeps the data of a session until it expires, and clears away those
// that have.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expires time.Time) error {
	err := s.store.Write(ctx, func(tx *Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE landlord = $1 AND expires <= $2`,
			s.landlord, Micros(s.now())); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO session (landlord, token, data, expires) VALUES ($1, $2, $3, $4)
			ON CONFLICT (landlord, token) DO UPDATE SET data = excluded.data, expires = excluded.expires`,
			s.landlord, token, data, Micros(expires))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: keep session: %w", err)
	}
	return nil
}

// DeleteCtx ends a session.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	err := s.store.Write(ctx, func(tx *Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE landlord = $1 AND token = $2`, s.landlord, token)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: end session: %w", err)
	}
	return nil
}

// Find is FindCtx for those without a context.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for those without a context.
func (s *Sessions) Commit(token string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expires)
}

// Delete is DeleteCtx for those without a context.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
