package source

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"tenet/internal/rows"
)

// Counter is a source that counts its rows itself, by what stands in columns: what it
// answers grows with the values that there are, and not with the rows.
type Counter interface {
	// Count gives each combination of values that columns of a table have, in canonical
	// text as Scan would, with how many rows have it. It comes in pages, and a combination
	// may be in several: the counts add up. It ends with [ErrNotCounted] where the rows have
	// to be read instead; what came before is then to be thrown away.
	Count(ctx context.Context, table string, columns []string) iter.Seq2[[]Counted, error]
}

// Counted is a combination of values, in the order of the columns asked for, and how
// many rows have it.
type Counted struct {
	Values []rows.Value
	Rows   int64
}

// ErrNotCounted says that rows cannot be counted by the values of columns: there are
// too many, or they are too long, or the engine cannot.
var ErrNotCounted = errors.New("the rows cannot be counted by these values")

const (
	// countMost is how many combinations of values are counted, and countLength how long,
	// in bytes, a value may be that is.
	countMost   = 20_000
	countLength = 200
	// countPage is how many rows one statement counts where it keeps others from writing.
	// The first is of countFirst rows: where every other has a value of its own, the rest is
	// better read.
	countPage  = 100_000
	countFirst = 5_000
	// countLong stands for a value that is too long, where SQLite counts.
	countLong = "\x00too long"
)

// none is a count that is nothing but an error.
func none(err error) iter.Seq2[[]Counted, error] {
	return func(yield func([]Counted, error) bool) { yield(nil, err) }
}

// counts looks the columns up that are to be counted by.
func counts(t *rows.Table, columns []string) error {
	for _, c := range columns {
		if t.Index(c) < 0 {
			return fmt.Errorf("%w: %q; the table has %s", ErrNoColumn, c, columnNames(t))
		}
	}
	if len(columns) == 0 {
		return errors.New("a count by no column")
	}
	return nil
}

// Count goes by pages of rows, each a statement of its own, for nobody can write to a
// file without a write-ahead log while one runs. Views, and tables without a number for
// each row, are not counted.
func (s *sqliteDB) Count(ctx context.Context, table string, columns []string) iter.Seq2[[]Counted, error] {
	t, err := s.table(ctx, table)
	if err == nil {
		err = counts(t, columns)
	}
	if err != nil {
		return none(s.fail(table, "counting", err))
	}
	return func(yield func([]Counted, error) bool) {
		w := wait(ctx, s.opts.Limits.Statement)
		defer w.close()
		if err := s.count(w, t, columns, yield); err != nil {
			yield(nil, s.fail(table, "counting", w.explain(err)))
		}
	}
}

func (s *sqliteDB) count(w *waiting, t *rows.Table, columns []string, yield func([]Counted, error) bool) error {
	number, err := s.rowNumber(w, t)
	if err != nil {
		return err
	}
	conn, err := s.db.Conn(w)
	if err != nil {
		return err
	}
	defer conn.Close()
	version := func() (n int64, err error) {
		return n, conn.QueryRowContext(w, `PRAGMA schema_version`).Scan(&n)
	}
	began, err := version()
	if err != nil {
		return err
	}
	var inner, outer []string
	for i, c := range columns {
		inner = append(inner, fmt.Sprintf("CASE WHEN octet_length(%[1]s) > %[2]d THEN x'%[3]x' ELSE %[1]s END AS v%[4]d", quoteIdent(c), countLength, countLong, i))
		outer = append(outer, "v"+strconv.Itoa(i))
	}
	text := fmt.Sprintf("SELECT %[1]s, count(*), max(n) FROM (SELECT %[2]s, %[3]s AS n FROM main.%[4]s WHERE %[3]s > ? ORDER BY %[3]s LIMIT ?) GROUP BY %[1]s",
		strings.Join(outer, ", "), strings.Join(inner, ", "), number, quoteIdent(t.Name))
	seen := map[string]bool{}
	most := int64(countFirst)
	for last := int64(-1 << 63); ; {
		w.begin()
		page, next, read, err := s.countPage(w, conn, t, columns, text, last, most)
		if err != nil {
			return err
		}
		// VACUUM may give rows other numbers.
		if now, err := version(); err != nil || now != began {
			return cmp.Or(err, ErrNotCounted)
		}
		w.end()
		for _, c := range page {
			seen[combination(c.Values)] = true
		}
		if len(seen) > countMost || most == countFirst && len(seen) > countFirst/2 {
			return ErrNotCounted
		}
		if len(page) > 0 && !yield(page, nil) || read < most {
			return nil
		}
		last, most = next, countPage
	}
}

// countPage counts so many rows that come after one, and says which was the last and how
// many there were.
func (s *sqliteDB) countPage(w *waiting, conn *sql.Conn, t *rows.Table, columns []string, text string, after, most int64) (page []Counted, last, read int64, err error) {
	res, err := conn.QueryContext(w, text, after, most)
	if err != nil {
		return nil, 0, 0, err
	}
	defer res.Close()
	cells, dest := make([]any, len(columns)), make([]any, len(columns), len(columns)+2)
	for i := range cells {
		dest[i] = &cells[i]
	}
	var n, number int64
	dest = append(dest, &n, &number)
	for w.Err() == nil && res.Next() {
		if err := res.Scan(dest...); err != nil {
			return nil, 0, 0, err
		}
		c := Counted{Rows: n, Values: make([]rows.Value, len(columns))}
		for i, name := range columns {
			if b, ok := cells[i].([]byte); ok && string(b) == countLong {
				return nil, 0, 0, ErrNotCounted
			}
			column, _ := t.Column(name)
			c.Values[i] = s.value(column, cells[i], "")
		}
		page, read, last = append(page, c), read+n, max(last, number)
	}
	return page, last, read, cmp.Or(res.Err(), w.Err())
}

// rowNumber is what the number of a row goes by in SQL.
func (s *sqliteDB) rowNumber(ctx context.Context, t *rows.Table) (string, error) {
	var kind string
	var apart bool
	err := s.db.QueryRowContext(ctx, `SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ?`, t.Name).Scan(&kind, &apart)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoTable
	}
	if err != nil {
		return "", err
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if kind == "table" && !apart && !slices.ContainsFunc(t.Columns, func(c rows.Column) bool { return strings.EqualFold(c.Name, name) }) {
			return name, nil
		}
	}
	return "", ErrNotCounted
}

// combination is a key by which values are the same.
func combination(values []rows.Value) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "%t%d:%s", v.Null, len(v.Text), v.Text)
	}
	return b.String()
}

// Count is one statement, which keeps nobody from writing. Whether there are too many
// values is first seen in some of the rows.
func (p *postgres) Count(ctx context.Context, table string, columns []string) iter.Seq2[[]Counted, error] {
	t, err := p.table(ctx, table)
	if err == nil {
		err = counts(&t.Table, columns)
	}
	if err != nil {
		return none(p.fail(table, "counting", err))
	}
	var cols []pgColumn
	var inner, long []string
	for i, name := range columns {
		c := t.columns[t.Index(name)]
		if !c.readable || c.base == "bytea" {
			return none(p.fail(table, "counting", ErrNotCounted))
		}
		cols = append(cols, c)
		text := c.text(c.ref())
		inner = append(inner, fmt.Sprintf(`CASE WHEN octet_length(%[1]s) <= %[2]d THEN %[1]s END COLLATE "C" AS v%[3]d`, text, countLength, i))
		long = append(long, fmt.Sprintf("coalesce(octet_length(%s) > %d, false)", text, countLength))
	}
	from := fmt.Sprintf("SELECT %s, %s AS long FROM %s AS r", strings.Join(inner, ", "), strings.Join(long, " OR "), t.from)
	return func(yield func([]Counted, error) bool) {
		w := wait(ctx, p.opts.Limits.Statement)
		defer w.close()
		page, err := p.count(w, from, cols)
		if err != nil {
			yield(nil, p.fail(table, "counting", w.explain(err)))
			return
		}
		yield(page, nil)
	}
}

func (p *postgres) count(w *waiting, from string, cols []pgColumn) ([]Counted, error) {
	conn, err := p.pool.acquire(w)
	if err != nil {
		return nil, err
	}
	defer p.pool.release(conn)
	return twice(from, func(from string) ([]Counted, error) {
		res, err := conn.Query(w, groupedBy(from, len(cols), "count(*)::text, bool_or(long)::text"))
		if err != nil {
			return nil, err
		}
		defer res.Close()
		var page []Counted
		for res.Next() {
			raw := res.RawValues()
			c := Counted{Values: make([]rows.Value, len(cols))}
			if c.Rows, err = strconv.ParseInt(string(raw[len(cols)]), 10, 64); err != nil {
				return nil, err
			}
			if string(raw[len(cols)+1]) != "false" {
				return nil, ErrNotCounted
			}
			for i, col := range cols {
				if raw[i] == nil {
					c.Values[i] = rows.Value{Null: true}
				} else {
					c.Values[i] = p.pgValue(col, string(raw[i]))
				}
			}
			page = append(page, c)
		}
		return page, res.Err()
	})
}

// groupedBy counts what a query gives by its first columns, v0 and on; figures are what is
// wanted of each group.
func groupedBy(from string, columns int, figures string) string {
	by := make([]string, columns)
	for i := range by {
		by[i] = "v" + strconv.Itoa(i)
	}
	list := strings.Join(by, ", ")
	return fmt.Sprintf("SELECT %[1]s, %[2]s FROM (%[3]s) x GROUP BY %[1]s LIMIT %[4]d", list, figures, from, countMost+1)
}

// twice counts some of the rows, and all of them if there are not too many values in those.
func twice(from string, count func(from string) ([]Counted, error)) ([]Counted, error) {
	some, err := count(from + " LIMIT " + strconv.Itoa(countMost))
	if err == nil && len(some) > countMost/2 {
		err = ErrNotCounted
	}
	if err != nil {
		return nil, err
	}
	all, err := count(from)
	if err == nil && len(all) > countMost {
		err = ErrNotCounted
	}
	return all, err
}

// counting is a dialect whose server can count by the values of columns, letter by letter
// and not as a collation has them.
type counting interface {
	// exact is the UTF-8 bytes of an expression that gives text.
	exact(text string) string
}

func (mysqlDialect) exact(text string) string {
	return "CAST(CONVERT(" + text + " USING utf8mb4) AS BINARY)"
}

// Count is one statement in a snapshot, which keeps nobody from writing.
func (s *server) Count(ctx context.Context, table string, columns []string) iter.Seq2[[]Counted, error] {
	t, err := s.table(ctx, table)
	if err == nil {
		err = counts(&t.Table, columns)
	}
	d, can := s.dialect.(counting)
	if err == nil && !can {
		err = ErrNotCounted
	}
	if err != nil {
		return none(s.fail(table, "counting", err))
	}
	var cols []serverColumn
	var inner, long []string
	for i, name := range columns {
		c := t.columns[t.Index(name)]
		if c.lost != "" || c.Kind == rows.Bytes {
			return none(s.fail(table, "counting", ErrNotCounted))
		}
		cols = append(cols, c)
		text := d.exact(c.value)
		inner = append(inner, fmt.Sprintf("CASE WHEN OCTET_LENGTH(%[1]s) <= %[2]d THEN %[1]s END AS v%[3]d", text, countLength, i))
		long = append(long, fmt.Sprintf("COALESCE(OCTET_LENGTH(%s) > %d, 0)", text, countLength))
	}
	from := fmt.Sprintf("SELECT %s, %s AS is_long FROM %s r", strings.Join(inner, ", "), strings.Join(long, " OR "), t.from)
	return func(yield func([]Counted, error) bool) {
		w := wait(ctx, s.opts.Limits.Statement+5*time.Second) // the server's own clock ends it sooner, where it has one
		defer w.close()
		page, err := twice(from, func(from string) ([]Counted, error) {
			return s.groups(w, groupedBy(from, len(cols), "COUNT(*), MAX(is_long)"), cols)
		})
		if err != nil {
			yield(nil, s.fail(table, "counting", w.explain(err)))
			return
		}
		yield(page, nil)
	}
}

func (s *server) groups(w *waiting, stmt string, cols []serverColumn) ([]Counted, error) {
	w.begin()
	defer w.end()
	res, err := s.db.QueryContext(w, stmt)
	if err != nil {
		return nil, err
	}
	defer res.Close()
	cells := make([]sql.NullString, len(cols))
	var n int64
	var long bool
	var dest []any
	for i := range cells {
		dest = append(dest, &cells[i])
	}
	dest = append(dest, &n, &long)
	var page []Counted
	for w.Err() == nil && res.Next() {
		if err := res.Scan(dest...); err != nil {
			return nil, err
		}
		if long {
			return nil, ErrNotCounted
		}
		c := Counted{Rows: n}
		for i, col := range cols {
			c.Values = append(c.Values, s.value(col, cells[i]))
		}
		page = append(page, c)
	}
	return page, cmp.Or(res.Err(), w.Err())
}

// Count keeps to the source's hours, and rests between pages while the engine is slow.
func (g *gentle) Count(ctx context.Context, table string, columns []string) iter.Seq2[[]Counted, error] {
	c, ok := g.Source.(Counter)
	if !ok {
		return none(&Error{Source: g.Name(), Table: table, Doing: "counting", Err: ErrNotCounted})
	}
	return func(yield func([]Counted, error) bool) {
		fail := func(err error) { yield(nil, &Error{Source: g.Name(), Table: table, Doing: "counting", Err: err}) }
		if now := g.clock.now(); !g.hours.in(now) {
			fail(&HoursError{g.hours.String(), g.hours.change(now)})
			return
		}
		p := pacer{share: g.share}
		before := g.clock.now()
		for page, err := range c.Count(ctx, table, columns) {
			now := g.clock.now()
			if err == nil && !g.hours.in(now) {
				fail(&HoursError{g.hours.String(), g.hours.change(now)})
				return
			}
			if !yield(page, err) {
				return
			}
			n := int64(0)
			for _, c := range page {
				n += c.Rows
			}
			if d := p.rest(int(n), now.Sub(before), g.clock.now().Sub(now)); d > 0 {
				if err := g.clock.sleep(ctx, d); err != nil {
					fail(err)
					return
				}
			}
			before = g.clock.now()
		}
	}
}
