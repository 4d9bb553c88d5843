package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
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
	// ErrUnreachable says that the server which keeps the store does not answer.
	ErrUnreachable = errors.New("the server cannot be reached")
	// ErrUnknown says that the connection was lost while the server committed,
	// and that it could not be asked afterwards. Do the act again with the same
	// Once: it is done once.
	ErrUnknown = errors.New("it is not known whether this was written")
	// ErrBackup says that what was to be restored is not a whole backup.
	ErrBackup = errors.New("this cannot be restored")
	// ErrOccupied says that a store which is to be filled holds something.
	ErrOccupied = errors.New("it holds something already")
	// ErrMoved says that the store was moved to another place.
	ErrMoved = errors.New("the store was moved")
)

// patience is how long a write waits for others before it gives up.
const patience = 30 * time.Second

// fair is how often a write may come off worst against others before it is
// given the store to itself.
const fair = 4

// Store is Tenet's own tables. It is safe for use by many goroutines.
type Store struct {
	engine engine
}

// engine is what SQLite and PostgreSQL do each in their own way.
type engine interface {
	// name is a URL of the store with neither user nor password in it.
	name() string
	begin(context.Context, access) (*work, error)
	// again says whether what failed so may succeed when it is done again, and
	// waits until it is time to.
	again(ctx context.Context, err error, tries int) bool
	// ends says whether a transaction cannot go on after this error of a statement.
	ends(error) bool
	// explain adds to an error of the engine what it means and what to do.
	explain(error) error
	// tidy is called after every write; forgot says that it deleted what must not
	// be found in the files either.
	tidy(ctx context.Context, forgot bool)
	close() error

	// version is that of the schema, 0 where there is none yet. It is an error if
	// the place is somebody else's.
	version(context.Context) (int64, error)
	// has says whether there is such a table.
	has(ctx context.Context, table string) (bool, error)
	// migrator waits until no other process migrates this store.
	migrator(context.Context) (p *goose.Provider, release func(), err error)

	// tables is all of the store's, those that others refer to first.
	tables(context.Context, *Tx) ([]table, error)
	// fill inserts rows, each in the order of the table's columns.
	fill(context.Context, *Tx, table, iter.Seq2[[]any, error]) error
	// last is the last number that the table's counter gave, 0 for none.
	last(context.Context, *Tx, table) (int64, error)
	setLast(context.Context, *Tx, table, int64) error
}

// access is what a transaction is for.
type access struct {
	write      bool
	sequencing bool // and is the only one that extends a tree
	alone      bool // and the only one that writes
	long       bool // may take hours
	moved      bool // also in a store that was moved
}

// work is a transaction of an engine.
type work struct {
	tx     *sql.Tx
	conn   *sql.Conn // PostgreSQL's
	moved  bool
	failed func(error) error // what an error of the function means
	commit func() error
	end    func() // rolls back, unless it was committed
}

// connect is the engine a URL names, whatever its schema.
func connect(ctx context.Context, url string) (engine, error) {
	scheme, path, ok := strings.Cut(url, ":")
	switch {
	case ok && scheme == "sqlite":
		return connectSQLite(strings.TrimPrefix(path, "//"))
	case ok && (scheme == "postgres" || scheme == "postgresql"):
		return connectPostgres(ctx, url)
	}
	return nil, errors.New("store: the URL must begin with sqlite: and name a file, such as sqlite:/srv/tenet/tenet.db, " +
		"or with postgres: and name a database, such as postgres://tenet@db.example.org/tenet")
}

// Open opens the store a URL names, makes it if there is none, and brings its
// schema up to date. The URL is "sqlite:" and the path of a file in the
// workspace, or "postgres://USER@HOST:PORT/DATABASE" with libpq's options and
// schema=NAME, where the tables are not to stand in the schema tenet. Errors do
// not repeat the URL, which may hold a password.
func Open(ctx context.Context, url string) (*Store, error) {
	e, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: e}
	if err := s.ready(ctx); err != nil {
		e.close()
		return nil, e.explain(err)
	}
	return s, nil
}

func (s *Store) ready(ctx context.Context) error {
	newest, err := latest()
	if err != nil {
		return err
	}
	moved, err := s.engine.has(ctx, movedTable)
	switch {
	case err != nil:
		return err
	case moved:
		return s.Read(ctx, func(tx *Tx) error { return tx.whereTo(ctx) })
	}
	return migrate(ctx, s.engine, newest)
}

// String is a URL of the store with neither user nor password in it.
func (s *Store) String() string { return s.engine.name() }

// Close closes the store after what is running.
func (s *Store) Close() error {
	if err := s.engine.close(); err != nil {
		return fmt.Errorf("store: close %s: %w", s, err)
	}
	return nil
}

// Read runs fn once, in a transaction that sees one state of the store and
// cannot change it.
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	return s.read(ctx, access{}, fn)
}

func (s *Store) read(ctx context.Context, a access, fn func(*Tx) error) error {
	until := time.Now().Add(patience)
	for tries := 1; ; tries++ {
		w, err := s.engine.begin(ctx, a)
		if err == nil {
			defer w.end()
			if err := fn(&Tx{work: w, engine: s.engine}); err != nil {
				return s.engine.explain(w.failed(err))
			}
			return nil
		}
		if ctx.Err() != nil || time.Now().After(until) || !s.engine.again(ctx, err, tries) {
			return s.engine.explain(err)
		}
	}
}

// Write runs fn in a transaction and commits it if fn returns nil. What Write
// returns nil for is on the disk. What it returns an error for has left nothing
// behind, save where the error is ErrUnknown.
//
// If others were in the way, or the connection was lost before the commit, fn
// is run again from the start. If it was lost during the commit, the server is
// asked on another connection what became of it: what was committed is not done
// again, and what was not is. Only if no answer comes in thirty seconds is the
// error ErrUnknown.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	return s.write(ctx, access{write: true}, fn)
}

func (s *Store) write(ctx context.Context, a access, fn func(*Tx) error) error {
	until := time.Now().Add(patience)
	for tries := 1; ; tries++ {
		err := s.writeOnce(ctx, a, fn)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || time.Now().After(until) || !s.engine.again(ctx, err, tries) {
			return s.engine.explain(err)
		}
		a.alone = a.alone || tries >= fair
	}
}

func (s *Store) writeOnce(ctx context.Context, a access, fn func(*Tx) error) error {
	w, err := s.engine.begin(ctx, a)
	if err != nil {
		return err
	}
	defer w.end() // Also when fn panics.
	t := &Tx{work: w, engine: s.engine, write: true}
	if w.moved && !a.moved {
		return t.whereTo(ctx)
	}
	err = fn(t)
	if t.broken != nil && !errors.Is(err, t.broken) {
		err = t.broken // What fn says came of it, or of overlooking it.
	}
	if err != nil {
		return w.failed(err)
	}
	if err := w.commit(); err != nil {
		return err
	}
	s.engine.tidy(ctx, t.forgot)
	return nil
}

// Tx is a transaction. It is for one goroutine, and ends with the function it
// was given to.
type Tx struct {
	work   *work
	engine engine
	write  bool
	forgot bool
	// broken is an error after which the engine may have ended the transaction by
	// itself, or refuses to go on with it. On SQLite what came after it would be
	// committed statement by statement, so nothing may.
	broken error
}

// ExecContext runs a statement.
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if t.broken != nil {
		return nil, t.broken
	}
	if !t.write {
		return nil, errors.New("store: a Read cannot write; use Write")
	}
	r, err := t.work.tx.ExecContext(ctx, query, args...)
	return r, t.note(err)
}

// QueryContext runs a query. The rows must be closed before the next one, which
// PostgreSQL asks for.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if t.broken != nil {
		return nil, t.broken
	}
	r, err := t.work.tx.QueryContext(ctx, query, args...)
	return r, t.note(err)
}

// QueryRowContext runs a query of at most one row.
func (t *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if t.broken != nil { // A sql.Row cannot be made with an error in it, but this one has one.
		ended, end := context.WithCancel(ctx)
		end()
		ctx = ended
	}
	r := t.work.tx.QueryRowContext(ctx, query, args...)
	t.note(r.Err())
	return r
}

// PrepareContext prepares a statement for the length of the transaction.
func (t *Tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if t.broken != nil {
		return nil, t.broken
	}
	r, err := t.work.tx.PrepareContext(ctx, query)
	return r, t.note(err)
}

func (t *Tx) note(err error) error {
	if err != nil && t.broken == nil && t.engine.ends(err) {
		t.broken = err
	}
	return err
}

// Micros is an instant as the store keeps it: microseconds since 1970 UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time is the instant that Micros gave.
func Time(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
