package index

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"tenet/internal/source"
)

// Index is an open index. Any number of goroutines may search and refresh; of
// those that refresh one table at once, each waits for the one before.
type Index struct {
	db       *sql.DB
	engine   engine
	dir      string // where runs are sorted
	held     int    // postings held in memory to be sorted; 0 is inMemory
	landlord string
	epochs   []*epoch // the first is built with, the others are only read with

	prepared *statements

	mu   sync.Mutex
	seen state
}

// state is the live segments as they were last seen.
type state struct {
	turn string // changed by whoever changes which segments are live
	segs []segment
	at   map[[2]string]int // where in segs a table of a source is
}

func (s state) of(source, table string) *segment {
	if i, ok := s.at[[2]string{source, table}]; ok {
		return &s.segs[i]
	}
	return nil
}

// Open opens an index, creating it where there is none: a file ("sqlite:PATH",
// or a path alone), or a schema of PostgreSQL that several machines may share
// ("postgres://login@host/database?schema=tenet_index").
//
// key is at least 32 bytes; epoch names it. It is built and searched with.
// earlier are the keys of epochs before: what is still indexed under one of them
// is searched with it until [Index.Refresh] has come to it. What stands under a
// key that is not given counts as not indexed.
func Open(ctx context.Context, where, landlord string, key []byte, epoch string, earlier ...Key) (*Index, error) {
	x := &Index{landlord: landlord}
	for _, k := range append([]Key{{epoch, key}}, earlier...) {
		e, err := newEpoch(k)
		if err != nil {
			return nil, fmt.Errorf("open the index: epoch %q: %w", k.Epoch, err)
		}
		x.epochs = append(x.epochs, e)
	}
	name := "of PostgreSQL"
	if strings.HasPrefix(where, "postgres:") || strings.HasPrefix(where, "postgresql:") {
		db, eng, err := openPostgres(ctx, where)
		if err != nil {
			return nil, fmt.Errorf("open the index %s: %w", name, err)
		}
		x.db, x.engine, x.dir = db, eng, os.TempDir()
	} else {
		path := strings.TrimPrefix(where, "sqlite:")
		name = filepath.Base(path)
		db, eng, err := openSQLite(path)
		if err != nil {
			return nil, fmt.Errorf("open the index %s: %w", name, err)
		}
		x.db, x.engine, x.dir = db, eng, eng.dir()
	}
	x.prepared = &statements{db: x.db, kept: map[string]*sql.Stmt{}}
	err := x.prepare(ctx)
	if l, ok := x.engine.(*lite); ok && err == nil {
		err = l.private()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the index %s: %w", name, x.explain(err)), x.db.Close())
	}
	return x, nil
}

// Close closes the index.
func (x *Index) Close() error { return x.db.Close() }

// segment is one table as it stands in the index.
type segment struct {
	id            int64
	source, table string
	epoch         *epoch // nil if its key is not given
	shape         string // what the map says of the table, as a keyed hash
	watermark     string // that, and the state of the rows
	mark          []byte // sealed: see Changing
	rows          int64
	numbered      int64 // rows that have any token
	postings      int64
	problems      int64 // that were come upon when it was built
}

func (x *Index) segments(ctx context.Context, q queryer, where string, args ...any) ([]segment, error) {
	rs, err := q.QueryContext(ctx, `SELECT id, source, tbl, epoch, shape, watermark, mark, row_count, numbered, postings,
		(SELECT count(*) FROM problem WHERE problem.segment = segment.id) FROM segment WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	var out []segment
	for rs.Next() {
		var s segment
		var id string
		if err := rs.Scan(&s.id, &s.source, &s.table, &id, &s.shape, &s.watermark, &s.mark, &s.rows, &s.numbered, &s.postings, &s.problems); err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(x.epochs, func(e *epoch) bool { return e.id == id }); i >= 0 {
			s.epoch = x.epochs[i]
		}
		out = append(out, s)
	}
	return out, rs.Err()
}

// now is the live segments as they are. It costs one small question as long as
// none has been replaced: a landlord has thousands of tables, and every search and
// refresh asks of many.
func (x *Index) now(ctx context.Context) (state, error) {
	turns, err := column[string](ctx, x.prepared, `SELECT value FROM meta WHERE name = 'turn'`)
	if err != nil {
		return state{}, err
	}
	if len(turns) != 1 {
		return state{}, fmt.Errorf("%w: it does not say when it was last changed", errDamaged)
	}
	x.mu.Lock()
	seen := x.seen
	x.mu.Unlock()
	if seen.turn == turns[0] {
		return seen, nil
	}
	// Read after the turn, they are at least as new: if they are newer, the next to
	// ask sees another turn.
	fresh := state{turn: turns[0], at: map[[2]string]int{}}
	if fresh.segs, err = x.segments(ctx, x.prepared, `live = 1 ORDER BY source, tbl`); err != nil {
		return state{}, err
	}
	for i, s := range fresh.segs {
		fresh.at[[2]string{s.source, s.table}] = i
	}
	x.mu.Lock()
	x.seen = fresh
	x.mu.Unlock()
	return fresh, nil
}

// turn says, in the transaction that makes it so, that other segments are live.
func (x *Index) turn(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE meta SET value = $1 WHERE name = 'turn'`, rand.Text())
	return err
}

// live is the segment that a table is searched in; nil if there is none that can
// be read.
func (x *Index) live(ctx context.Context, source, table string) (*segment, error) {
	now, err := x.now(ctx)
	if err != nil {
		return nil, err
	}
	if s := now.of(source, table); s != nil && s.epoch != nil {
		return s, nil
	}
	return nil, nil
}

// drop takes a segment out of the index.
func (x *Index) drop(ctx context.Context, tx *sql.Tx, id int64) error {
	if _, err := tx.ExecContext(ctx, x.ddl(segmentDrop, id)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM problem WHERE segment = $1`, id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM segment WHERE id = $1`, id)
	return err
}

// Forget drops the segments of tables that are no longer mapped. keep names
// those that are, by source and table.
func (x *Index) Forget(ctx context.Context, keep func(source, table string) bool) error {
	err := x.inTx(ctx, func(tx *sql.Tx) error {
		segs, err := x.segments(ctx, tx, `live = 1`)
		if err != nil {
			return err
		}
		for _, s := range segs {
			if keep(s.source, s.table) {
				continue
			}
			if err := x.drop(ctx, tx, s.id); err != nil {
				return err
			}
		}
		return x.turn(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("forget what is no longer mapped: %w", x.explain(err))
	}
	return nil
}

// keepProblems keeps what could not be read of a table with its segment: every
// answer has to say it.
func (x *Index) keepProblems(ctx context.Context, tx *sql.Tx, e *epoch, seg int64, problems []source.Problem) error {
	for i, p := range problems {
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO problem (segment, n, sealed) VALUES ($1, $2, $3)`, seg, i, e.seal(unread, seg, int64(i), text)); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) problems(ctx context.Context, s *segment) ([]source.Problem, error) {
	sealed, err := column[[]byte](ctx, x.db, `SELECT sealed FROM problem WHERE segment = $1 ORDER BY n`, s.id)
	if err != nil {
		return nil, err
	}
	out := make([]source.Problem, len(sealed))
	for i, b := range sealed {
		text, err := s.epoch.unseal(unread, s.id, int64(i), b)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Problems is everything that could not be read when the index was built.
func (x *Index) Problems(ctx context.Context) (out []source.Problem, err error) {
	now, err := x.now(ctx)
	for _, s := range now.segs {
		if s.problems == 0 || s.epoch == nil { // where its key is not given it is not indexed, which is more
			continue
		}
		var of []source.Problem
		if of, err = x.problems(ctx, &s); err != nil {
			break
		}
		out = append(out, of...)
	}
	if err != nil {
		return nil, fmt.Errorf("read what could not be indexed: %w", err)
	}
	return out, nil
}

// Table is one table as the index has it.
type Table struct {
	Source, Table string
	Rows          int64
	Postings      int64 // tokens of rows: one for each token that a row has
}

// Tables is what is indexed and can be searched, by source and table.
func (x *Index) Tables(ctx context.Context) ([]Table, error) {
	now, err := x.now(ctx)
	if err != nil {
		return nil, fmt.Errorf("list what is indexed: %w", err)
	}
	var out []Table
	for _, s := range now.segs {
		if s.epoch != nil {
			out = append(out, Table{s.source, s.table, s.rows, s.postings})
		}
	}
	return out, nil
}

// Has says whether a table has been indexed, under a key that is given.
func (x *Index) Has(ctx context.Context, source, table string) (bool, error) {
	s, err := x.live(ctx, source, table)
	if err != nil {
		return false, fmt.Errorf("is %s of %s indexed: %w", table, source, err)
	}
	return s != nil, nil
}

// Epochs is how many tables are indexed under each epoch's key, by its name: a
// key of an epoch that is not among them is needed no longer.
func (x *Index) Epochs(ctx context.Context) (map[string]int, error) {
	ids, err := column[string](ctx, x.db, `SELECT epoch FROM segment WHERE live = 1`)
	if err != nil {
		return nil, fmt.Errorf("list the epochs of the index: %w", err)
	}
	out := map[string]int{}
	for _, id := range ids {
		out[id[:max(0, strings.LastIndexByte(id, ' '))]]++
	}
	return out, nil
}
