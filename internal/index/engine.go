package index

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// ErrFull says that there is no room for the index. What was there before still is.
var ErrFull = errors.New("the disk is full: make room and run the same command again")

// engine is what SQLite and PostgreSQL do each in its own way. All else is SQL
// that both understand.
type engine interface {
	// dialect is the words for what the schema needs: see ddl.
	dialect() *strings.Replacer
	// tables lists the tables of the file or schema.
	tables() string
	// numbers is a list of numbers as one parameter, and list the SQL, an
	// expression for a table with a column "value", that reads parameter $1 so.
	numbers([]int64) any
	list() string
	// first gives, of each number in the list, the first block that may have it.
	first(seg int64) string
	// load appends rows to a table, all or none.
	load(ctx context.Context, db *sql.DB, table string, columns []string, rows [][]any) error
	// lock waits until nobody else has what it names, over all processes that can
	// open the index at once.
	lock(ctx context.Context, db *sql.DB, name string) (release func(), err error)
	// freeze keeps others from changing the schema until the transaction ends.
	freeze(ctx context.Context, tx *sql.Tx) error
	// noTable and full know the engine's own errors.
	noTable(error) bool
	full(error) bool
}

// layout is that of the tables. The index is no store: one of another layout is
// thrown away and built again, never migrated.
const layout = "4"

const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) $strict;
CREATE TABLE segment (
	id        $serial,
	source    TEXT NOT NULL,
	tbl       TEXT NOT NULL,
	epoch     TEXT NOT NULL,
	shape     TEXT NOT NULL,
	watermark TEXT NOT NULL,
	mark      $bytes NOT NULL,
	live      $int NOT NULL,
	row_count $int NOT NULL,
	numbered  $int NOT NULL,
	postings  $int NOT NULL
) $strict;
CREATE TABLE problem (segment $int NOT NULL, n $int NOT NULL, sealed $bytes NOT NULL, PRIMARY KEY (segment, n)) $strict;
CREATE UNIQUE INDEX segment_live ON segment (source, tbl) WHERE live = 1;`

// A segment's own tables: blocks of postings in the order of their tokens, each
// under its last one, and blocks of sealed keys in the order of the rows.
const (
	segmentTables = `
CREATE TABLE posting_$seg (id $int PRIMARY KEY, last $int NOT NULL, body $bytes NOT NULL) $strict;
CREATE TABLE locator_$seg (id $int PRIMARY KEY, sealed $bytes NOT NULL) $strict;
$storage`
	segmentIndex = `CREATE INDEX posting_$seg_last ON posting_$seg (last, id)`
	segmentDrop  = `DROP TABLE IF EXISTS posting_$seg; DROP TABLE IF EXISTS locator_$seg`
)

func (x *Index) ddl(text string, seg int64) string {
	return strings.ReplaceAll(x.engine.dialect().Replace(text), "$seg", fmt.Sprint(seg))
}

// ours says whether a table is one that the index makes.
func ours(name string) bool {
	if name == "meta" || name == "segment" || name == "problem" {
		return true
	}
	for _, kind := range []string{"posting_", "locator_"} {
		if n, ok := strings.CutPrefix(name, kind); ok && n != "" && strings.Trim(n, "0123456789") == "" {
			return true
		}
	}
	return false
}

// prepare makes the tables, and empties an index of another layout. Where
// anything else stands it touches nothing.
func (x *Index) prepare(ctx context.Context) error {
	var have string
	if err := x.db.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'made'`).Scan(&have); err == nil && have == layout {
		return nil
	}
	return x.inTx(ctx, func(tx *sql.Tx) error {
		if err := x.engine.freeze(ctx, tx); err != nil {
			return err
		}
		names, err := column[string](ctx, tx, x.engine.tables())
		if err != nil {
			return err
		}
		for _, name := range names {
			if !ours(name) {
				return fmt.Errorf("the table %q is none of the index's: give the index a file or schema of its own", name)
			}
		}
		if len(names) > 0 { // somebody else may have made them meanwhile
			if err := tx.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'made'`).Scan(&have); err == nil && have == layout {
				return nil
			} else if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		for _, name := range names {
			if _, err := tx.ExecContext(ctx, `DROP TABLE `+name); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, x.ddl(schema, 0)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('made', $1), ('turn', $2)`, layout, rand.Text())
		return err
	})
}

func (x *Index) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// queryer is a database or a transaction in it.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// column reads the one column of a query.
func column[T any](ctx context.Context, q queryer, query string, args ...any) ([]T, error) {
	rs, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	var out []T
	for rs.Next() {
		var v T
		if err := rs.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rs.Err()
}

// explain makes an engine's error that there is no room into ErrFull.
func (x *Index) explain(err error) error {
	if err != nil && (x.engine.full(err) || errors.Is(err, syscall.ENOSPC)) {
		return fmt.Errorf("%w (%w)", ErrFull, err)
	}
	return err
}
