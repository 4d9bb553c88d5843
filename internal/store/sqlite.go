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
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
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

// sqliteEngine is a store in one file.
type sqliteEngine struct {
	path   string
	writer *sql.DB       // one connection
	reader *sql.DB       // several, which cannot write
	turn   chan struct{} // held by the write that runs
	scrub  atomic.Bool   // something was forgotten and may still stand in the write-ahead log
}

func connectSQLite(path string) (engine, error) {
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

	e := &sqliteEngine{path: path, turn: make(chan struct{}, 1)}
	if e.writer, err = sql.Open("sqlite", dsn(path, "_txlock", "immediate")); err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	e.writer.SetMaxOpenConns(1)
	if e.reader, err = sql.Open("sqlite", dsn(path, "_query_only", "1")); err != nil {
		e.writer.Close()
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	e.reader.SetMaxOpenConns(readers)
	return e, nil
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
	return fileURL(path, q)
}

func (e *sqliteEngine) name() string { return "sqlite:" + e.path }

func (e *sqliteEngine) close() error { return errors.Join(e.reader.Close(), e.writer.Close()) }

// begin begins a transaction. SQLite has one writer at a time, and so every
// write is alone.
func (e *sqliteEngine) begin(ctx context.Context, a access) (*work, error) {
	w := &work{failed: func(err error) error { return err }}
	if !a.write {
		tx, err := e.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return nil, err
		}
		w.tx, w.commit, w.end = tx, tx.Commit, func() { tx.Rollback() }
		return w, nil
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case e.turn <- struct{}{}:
	case <-wait.Done():
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("store: wait to write: %w", err)
		}
		return nil, fmt.Errorf("store: %w: another write of this process has run for %v (is one called within another?)", ErrBusy, patience)
	}
	tx, err := e.writer.BeginTx(ctx, nil)
	if err != nil {
		<-e.turn
		return nil, err
	}
	w.tx, w.commit = tx, tx.Commit
	w.end = sync.OnceFunc(func() {
		tx.Rollback()
		<-e.turn
	})
	err = tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE name = $1`, movedTable).Scan(&w.moved)
	if err != nil {
		w.end()
		return nil, err
	}
	return w, nil
}

// tidy empties the write-ahead log if something was forgotten that may still
// stand in it. If a reader is in the way it does not wait long: the next write
// tries again, and closing the store does it in any case.
func (e *sqliteEngine) tidy(ctx context.Context, forgot bool) {
	if forgot {
		e.scrub.Store(true)
	}
	if !e.scrub.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 100*time.Millisecond)
	defer cancel()
	var busy, log, done int
	err := e.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done)
	if err == nil && busy == 0 {
		e.scrub.Store(false)
	}
}

func (e *sqliteEngine) migrator(ctx context.Context) (*goose.Provider, func(), error) {
	unlock, err := waitFor(ctx, e.path+".migrating")
	if err != nil {
		return nil, nil, err
	}
	release := func() { unlock() }
	if _, err = e.writer.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, applicationID)); err != nil {
		release()
		return nil, nil, fmt.Errorf("mark the file: %w", err)
	}
	p, err := provider("sqlite", goose.DialectSQLite3, e.writer)
	if err != nil {
		release()
		return nil, nil, err
	}
	return p, release, nil
}

func (e *sqliteEngine) version(ctx context.Context) (int64, error) {
	var id, tables int64
	if err := e.writer.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return 0, fmt.Errorf("store: open %s: %w", e.path, err)
	}
	if err := e.writer.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&tables); err != nil {
		return 0, fmt.Errorf("store: open %s: %w", e.path, err)
	}
	if id != applicationID && (id != 0 || tables != 0) {
		return 0, fmt.Errorf("store: %s is a database, but not one of Tenet's; name another file", e.path)
	}
	if begun, err := e.has(ctx, "goose_db_version"); err != nil || !begun {
		return 0, err
	}
	var v int64
	err := e.writer.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1`).Scan(&v)
	return v, err
}

func (e *sqliteEngine) has(ctx context.Context, table string) (there bool, err error) {
	err = e.writer.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE name = $1`, table).Scan(&there)
	if err != nil {
		err = fmt.Errorf("store: open %s: %w", e.path, err)
	}
	return there, err
}

// code is SQLite's primary result code for an error, 0 if it is not SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// again is for those who found the store busy; SQLite has waited and been polite
// by then: see busyTimeout.
func (e *sqliteEngine) again(_ context.Context, err error, _ int) bool {
	c := code(err)
	return c == lib.SQLITE_BUSY || c == lib.SQLITE_LOCKED
}

// ends follows https://www.sqlite.org/lang_transaction.html, section 3.
func (e *sqliteEngine) ends(err error) bool {
	switch code(err) {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_BUSY, lib.SQLITE_INTERRUPT:
		return true
	}
	return false
}

func (e *sqliteEngine) explain(err error) error {
	switch code(err) {
	case lib.SQLITE_FULL:
		return fmt.Errorf("store: %w that holds %s; nothing of this was written: make room and do it again: %w", ErrFull, e.path, err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fmt.Errorf("store: %w: another process has kept %s locked; nothing of this was written: %w", ErrBusy, e.path, err)
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return fmt.Errorf("store: %s is damaged or not a SQLite file; restore it from its backup: %w", e.path, err)
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN:
		return fmt.Errorf("store: cannot write %s; the file and its folder must belong to the user Tenet runs as: %w", e.path, err)
	case lib.SQLITE_IOERR:
		return fmt.Errorf("store: the disk that holds %s failed or is full; nothing of this was written: %w", e.path, err)
	}
	return err
}
