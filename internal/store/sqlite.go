package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

const (
	// applicationID marks the file as Tenet's: "Tent".
	applicationID = 0x54656e74
	// busyTimeout is how long SQLite itself waits for another process, in
	// milliseconds. Write goes on waiting after it.
	busyTimeout = 5000
	readers     = 4 // connections
)

func openSQLite(ctx context.Context, path string) (*Store, error) {
	if path == "" {
		return nil, errors.New("store: the URL names no file; give one such as sqlite:/srv/tenet/tenet.db")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	// SQLite gives the files beside the database the mode of the database.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	f.Close()

	s := &Store{path: path, turn: make(chan struct{}, 1)}
	if s.writer, err = sql.Open("sqlite", dsn(path, "_txlock", "immediate")); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	s.writer.SetMaxOpenConns(1)
	if s.reader, err = sql.Open("sqlite", dsn(path, "_query_only", "1")); err != nil {
		s.writer.Close()
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	s.reader.SetMaxOpenConns(readers)
	if err := s.migrate(ctx); err != nil {
		s.Close()
		return nil, s.explain(err)
	}
	return s, nil
}

func dsn(path string, more ...string) string {
	q := url.Values{}
	q.Set("_busy_timeout", strconv.Itoa(busyTimeout))
	q.Set("_foreign_keys", "1")
	q.Set("_journal_mode", "WAL")
	q.Set("_synchronous", "FULL")
	q.Set("_dqs", "0")       // "x" is never a string
	q.Set("_defensive", "1") // no statement may damage the file
	q.Add("_pragma", "secure_delete(1)")
	q.Add("_pragma", "trusted_schema(0)")
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return u.String()
}

// emptyLog empties the write-ahead log if something was forgotten that may
// still stand in it. If a reader is in the way it does not wait long: the next
// write tries again, and closing the store does it in any case.
func (s *Store) emptyLog(ctx context.Context) {
	if !s.scrub.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 100*time.Millisecond)
	defer cancel()
	var busy, log, done int
	err := s.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done)
	if err == nil && busy == 0 {
		s.scrub.Store(false)
	}
}

// code is SQLite's primary result code for an error, 0 if it is not SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func isBusy(err error) bool {
	c := code(err)
	return c == lib.SQLITE_BUSY || c == lib.SQLITE_LOCKED
}

func isReadOnly(err error) bool { return code(err) == lib.SQLITE_READONLY }

// endsTransaction says whether SQLite may have rolled the transaction back by
// itself: https://www.sqlite.org/lang_transaction.html, section 3.
func endsTransaction(err error) bool {
	switch code(err) {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_BUSY, lib.SQLITE_INTERRUPT:
		return true
	}
	return false
}

// explain adds to an error of the engine what it means and what to do.
func (s *Store) explain(err error) error {
	switch code(err) {
	case lib.SQLITE_FULL:
		return fmt.Errorf("store: %w that holds %s; nothing of this was written: make room and do it again: %w", ErrFull, s.path, err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fmt.Errorf("store: %w: another process has kept %s locked; nothing of this was written: %w", ErrBusy, s.path, err)
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return fmt.Errorf("store: %s is damaged or not a SQLite file; restore it from its backup: %w", s.path, err)
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN:
		return fmt.Errorf("store: cannot write %s; the file and its folder must belong to the user Tenet runs as: %w", s.path, err)
	case lib.SQLITE_IOERR:
		return fmt.Errorf("store: the disk that holds %s failed or is full; nothing of this was written: %w", s.path, err)
	}
	return err
}
