package demo

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"sort"
	"strings"

	_ "modernc.org/sqlite" // the driver named "sqlite"
)

//go:embed schema.sql
var schemaSQL string

//go:embed indexes.sql
var indexesSQL string

// row is one row to be written, by column name. A column left out is null.
type row map[string]any

// table is what the writer knows of one table: its columns, and the number its
// first column has reached if that is a key the writer counts.
type table struct {
	columns []string
	counted bool
	key     []string
	last    int64
	rows    int64
	insert  *sql.Stmt
}

// database writes rows in order within transactions that commit ends. The
// first error sticks, is returned by commit, and makes every later write
// nothing, so that the story in between reads without error handling.
type database struct {
	ctx    context.Context // of the build; kept because the story's writes carry none
	db     *sql.DB
	conn   *sql.Conn
	tables map[string]*table
	ours   *strings.Replacer
	err    error
}

// openDatabase makes the file and its tables. Durability is left out on
// purpose: a build that dies is built again.
func openDatabase(ctx context.Context, path string) (*database, error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, fmt.Errorf("opening the housing database: %w", err)
	}
	d := &database{ctx: ctx, db: db, tables: map[string]*table{}}
	if d.conn, err = db.Conn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the housing database: %w", err), db.Close())
	}
	for _, q := range []string{"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA foreign_keys = OFF",
		"PRAGMA encoding = 'UTF-8'", schemaSQL, "BEGIN"} {
		if _, err := d.conn.ExecContext(ctx, q); err != nil {
			return nil, errors.Join(fmt.Errorf("laying out the housing database: %w", err), d.close())
		}
	}
	if err := d.learn(ctx); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// learn reads the tables back from the file, so that schema.sql alone says what
// they are, and prepares their inserts.
func (d *database) learn(ctx context.Context) error {
	found, err := d.conn.QueryContext(ctx, `SELECT m.name, c.name, c.type = 'INTEGER' AND c.pk = 1 AND
		(SELECT count(*) FROM pragma_table_info(m.name) WHERE pk > 0) = 1, c.pk > 0
		FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid`)
	if err != nil {
		return fmt.Errorf("reading the housing tables back: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var name, column string
		var counted, key bool
		if err := found.Scan(&name, &column, &counted, &key); err != nil {
			return fmt.Errorf("reading the housing tables back: %w", err)
		}
		t := d.tables[name]
		if t == nil {
			t = &table{last: 1000}
			d.tables[name] = t
		}
		t.columns = append(t.columns, column)
		t.counted = t.counted || counted
		if key {
			t.key = append(t.key, column)
		}
	}
	if err := found.Err(); err != nil {
		return fmt.Errorf("reading the housing tables back: %w", err)
	}
	for name, t := range d.tables {
		marks := strings.TrimSuffix(strings.Repeat("?,", len(t.columns)), ",")
		if t.insert, err = d.conn.PrepareContext(ctx, `INSERT INTO "`+name+`" VALUES (`+marks+`)`); err != nil {
			return fmt.Errorf("preparing the table %s: %w", name, err)
		}
		if len(t.key) == 0 {
			t.key = t.columns
		}
		if err := d.conn.QueryRowContext(ctx, `SELECT count(*) FROM "`+name+`"`).Scan(&t.rows); err != nil {
			return fmt.Errorf("counting the rows of %s: %w", name, err)
		}
	}
	return nil
}

// insert writes one row and returns its number, if its table has one.
func (d *database) insert(name string, r row) (int64, map[string]string) {
	t := d.tables[name]
	if t == nil {
		d.fail(fmt.Errorf("no table %s in the schema", name))
	}
	if d.err != nil {
		return 0, nil
	}
	if t.counted {
		t.last++
		r[t.columns[0]] = t.last
	}
	values := make([]any, len(t.columns))
	given := 0
	for i, c := range t.columns {
		if v, ok := r[c]; ok {
			if s, is := v.(string); is {
				v = d.ours.Replace(s)
				r[c] = v
			}
			values[i] = v
			given++
		}
	}
	if given != len(r) {
		d.fail(fmt.Errorf("a row for %s names a column it does not have", name))
		return 0, nil
	}
	if _, err := t.insert.ExecContext(d.ctx, values...); err != nil {
		d.fail(fmt.Errorf("writing a row of %s: %w", name, err))
		return 0, nil
	}
	t.rows++
	key := make(map[string]string, len(t.key))
	for _, c := range t.key {
		if r[c] != nil {
			key[c] = fmt.Sprint(r[c])
		}
	}
	return t.last, key
}

func (d *database) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// commit ends one transaction and begins the next.
func (d *database) commit(ctx context.Context) error {
	if d.err != nil {
		return d.err
	}
	if _, err := d.conn.ExecContext(ctx, "COMMIT; BEGIN"); err != nil {
		d.fail(fmt.Errorf("committing the housing database: %w", err))
	}
	return d.err
}

// finish makes the indexes.
func (d *database) finish(ctx context.Context) error {
	if d.err != nil {
		return d.err
	}
	if _, err := d.conn.ExecContext(ctx, "COMMIT;"+indexesSQL); err != nil {
		d.fail(fmt.Errorf("indexing the housing database: %w", err))
	}
	return d.err
}

// counts are the rows of each table.
func (d *database) counts() map[string]int64 {
	out := map[string]int64{}
	for name, t := range d.tables {
		out[name] = t.rows
	}
	return out
}

func (d *database) close() error {
	var errs []error
	for _, name := range d.names() {
		if s := d.tables[name].insert; s != nil {
			errs = append(errs, s.Close())
		}
	}
	if d.conn != nil {
		errs = append(errs, d.conn.Close())
	}
	return errors.Join(append(errs, d.db.Close())...)
}

func (d *database) names() []string {
	var out []string
	for name := range d.tables {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}
