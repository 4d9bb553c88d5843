package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
)

// Default is the landlord of an installation that serves no other.
const Default = "default"

var (
	// ErrRecorded says that the act was recorded before, under the same Once.
	ErrRecorded = errors.New("this act was recorded before")
	// ErrNotFound says that there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrFull says that the disk has no room left.
	ErrFull = errors.New("no room left on the disk")
	// ErrBusy says that somebody else kept the store to themselves for too long.
	ErrBusy = errors.New("the store is busy")
	// ErrNewer says that the store was last opened by a later version of Tenet.
	ErrNewer = errors.New("the store belongs to a later version of Tenet")
)

// patience is how long a write waits for others before it gives up.
const patience = 30 * time.Second

// Store is Tenet's own tables. It is safe for use by many goroutines.
type Store struct {
	path   string
	writer *sql.DB       // one connection
	reader *sql.DB       // several, which cannot write
	turn   chan struct{} // held by the write that runs
	scrub  atomic.Bool   // something was forgotten and may still stand in the write-ahead log
}

// Open opens the store a URL names, makes it if there is none, and brings its
// schema up to date. The URL is "sqlite:" and the path of a file in the workspace.
func Open(ctx context.Context, url string) (*Store, error) {
	scheme, path, ok := strings.Cut(url, ":")
	switch {
	case ok && scheme == "sqlite":
		return openSQLite(ctx, strings.TrimPrefix(path, "//"))
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		// The URL itself is not repeated: it may hold a password.
		return nil, errors.New("store: keeping Tenet's own tables in PostgreSQL is not there yet; " +
			"use sqlite:PATH (a PostgreSQL database can be a source all the same)")
	}
	return nil, errors.New("store: the URL must begin with sqlite: and name a file, such as sqlite:/srv/tenet/tenet.db")
}

// Close closes the store after what is running.
func (s *Store) Close() error {
	err := errors.Join(s.reader.Close(), s.writer.Close())
	if err != nil {
		return fmt.Errorf("store: close %s: %w", s.path, err)
	}
	return nil
}

// Read runs fn in a transaction that sees one state of the store and cannot
// change it.
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	tx, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.explain(err)
	}
	defer tx.Rollback()
	err = fn(&Tx{tx: tx})
	if isReadOnly(err) {
		return fmt.Errorf("store: a Read cannot write; use Write: %w", err)
	}
	return s.explain(err)
}

// Write runs fn in a transaction and commits it if fn returns nil. If the
// database was busy, fn is run again from the start. Whatever Write returns an
// error for has left nothing behind.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-wait.Done():
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("store: wait to write: %w", err)
		}
		return fmt.Errorf("store: %w: another write of this process has run for %v (is one called within another?)", ErrBusy, patience)
	}
	for {
		err := s.writeOnce(ctx, fn)
		if err == nil {
			s.emptyLog(ctx)
			return nil
		}
		// SQLite has waited and been polite by then: see busyTimeout.
		if !isBusy(err) || wait.Err() != nil {
			return s.explain(err)
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(*Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // Also when fn panics; nothing after a commit.
	t := &Tx{tx: tx, write: true}
	err = fn(t)
	if t.broken != nil && !errors.Is(err, t.broken) {
		return t.broken // What fn says came of it, or of overlooking it.
	}
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if t.forgot {
		s.scrub.Store(true)
	}
	return nil
}

// Tx is a transaction. It is for one goroutine, and ends with the function it
// was given to.
type Tx struct {
	tx     *sql.Tx
	write  bool
	forgot bool
	// broken is an error after which SQLite may have ended the transaction by
	// itself. What came after it would be committed statement by statement, so
	// nothing may.
	broken error
}

// ExecContext runs a statement.
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if t.broken != nil {
		return nil, t.broken
	}
	r, err := t.tx.ExecContext(ctx, query, args...)
	return r, t.note(err)
}

// QueryContext runs a query. The rows must be closed before the next one, which
// PostgreSQL asks for.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if t.broken != nil {
		return nil, t.broken
	}
	r, err := t.tx.QueryContext(ctx, query, args...)
	return r, t.note(err)
}

// QueryRowContext runs a query of at most one row.
func (t *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if t.broken != nil { // A sql.Row cannot be made with an error in it, but this one has one.
		ended, end := context.WithCancel(ctx)
		end()
		ctx = ended
	}
	r := t.tx.QueryRowContext(ctx, query, args...)
	t.note(r.Err())
	return r
}

// PrepareContext prepares a statement for the length of the transaction.
func (t *Tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if t.broken != nil {
		return nil, t.broken
	}
	r, err := t.tx.PrepareContext(ctx, query)
	return r, t.note(err)
}

func (t *Tx) note(err error) error {
	if t.broken == nil && endsTransaction(err) {
		t.broken = err
	}
	return err
}

// Micros is an instant as the store keeps it: microseconds since 1970 UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time is the instant that Micros gave.
func Time(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// Landlord is one of those whom the installation serves.
type Landlord struct {
	ID   string // opaque, in the alphabet of ledger entries
	Name string
}

// SetLandlord adds a landlord, or gives one that is there another name.
func (t *Tx) SetLandlord(ctx context.Context, l Landlord) error {
	_, err := t.ExecContext(ctx, `INSERT INTO landlord (landlord, name) VALUES ($1, $2)
		ON CONFLICT (landlord) DO UPDATE SET name = excluded.name`, l.ID, l.Name)
	if err != nil {
		return fmt.Errorf("store: landlord %s: %w", l.ID, err)
	}
	return nil
}

// Landlords is all of them, by id.
func (t *Tx) Landlords(ctx context.Context) ([]Landlord, error) {
	rows, err := t.QueryContext(ctx, `SELECT landlord, name FROM landlord ORDER BY landlord`)
	if err != nil {
		return nil, fmt.Errorf("store: landlords: %w", err)
	}
	defer rows.Close()
	var all []Landlord
	for rows.Next() {
		var l Landlord
		if err := rows.Scan(&l.ID, &l.Name); err != nil {
			return nil, fmt.Errorf("store: landlords: %w", err)
		}
		all = append(all, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: landlords: %w", err)
	}
	return all, nil
}
