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

	"tenet/internal/rows"
)

// While a statement runs on a file without a write-ahead log, nobody can write to
// it. So a scan is many statements, each of which asks for the rows after the
// last one's; and a reader gets no row before the statement that gave it
// has ended.

// sqliteHeld is how much of what it has read a source holds for its reader, in bytes.
const sqliteHeld = 8 << 20

// sqlitePages is a scan in pages.
type sqlitePages struct {
	table *rows.Table // as rows will have it
	key   []string
	// order is what pages go by, as SQL: the key, and the row's own number if rows may have a key in
	// common (SQLite lets a key be null).
	order []string
	// numbered says that the last of order is a number which VACUUM may change.
	numbered bool
}

// pages says how a table is read in pages; ok is false for views and virtual tables, which
// have nothing to go by.
func (s *sqliteDB) pages(ctx context.Context, t *rows.Table) (p sqlitePages, ok bool, err error) {
	var kind string
	var apart, indexed bool
	err = s.db.QueryRowContext(ctx, `SELECT type, wr, EXISTS (SELECT 1 FROM pragma_index_list(?1) WHERE origin = 'pk')
		FROM pragma_table_list WHERE schema = 'main' AND name = ?1`, t.Name).Scan(&kind, &apart, &indexed)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoTable
	}
	if err != nil || kind != "table" {
		return p, false, err
	}
	for _, c := range t.Key {
		p.order = append(p.order, quoteIdent(c))
	}
	if apart || len(t.Key) > 0 && !indexed { // then the key is the row's own number
		return p, true, nil
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if !slices.ContainsFunc(t.Columns, func(c rows.Column) bool { return strings.EqualFold(c.Name, name) }) {
			p.order, p.numbered = append(p.order, name), true
			return p, true, nil
		}
	}
	return p, false, nil
}

func (s *sqliteDB) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	t, err := s.table(ctx, table)
	if err != nil {
		return one(err)
	}
	key, err := s.keyOf(t)
	if err != nil {
		return one(s.fail(table, "reading", err))
	}
	shown, err := narrow(t, key, opt.Columns)
	if err != nil {
		return one(s.fail(table, "reading", err))
	}
	return func(yield func(rows.Row, error) bool) {
		w := wait(ctx, s.opts.Limits.Statement)
		defer w.close()
		p, ok, err := s.pages(w, t)
		if err != nil {
			yield(rows.Row{}, s.fail(table, "reading", w.explain(err)))
			return
		}
		p.table, p.key = shown, key
		if ok {
			s.paged(w, p, yield)
			return
		}
		order := ""
		if len(key) < len(shown.Columns) || len(t.Key) > 0 {
			order = " ORDER BY " + quoteIdents(key)
		}
		s.query(w, s.db, shown, key, s.selectFrom(shown)+order, nil, nil, yield)
	}
}

// paged reads a table page by page.
func (s *sqliteDB) paged(w *waiting, p sqlitePages, yield func(rows.Row, error) bool) {
	var last rows.Row
	failed := func(err error) {
		e := s.fail(p.table.Name, "reading", w.explain(err))
		e.After = lastID(last)
		yield(rows.Row{}, e)
	}
	conn, err := s.db.Conn(w)
	if err != nil {
		failed(err)
		return
	}
	defer conn.Close()
	version := func() (n int64, err error) {
		if p.numbered {
			err = conn.QueryRowContext(w, `PRAGMA schema_version`).Scan(&n)
		}
		return n, err
	}
	began, err := version()
	if err != nil {
		failed(err)
		return
	}
	var next []any // what p.order was in the last row
	var again prepared
	defer func() {
		if again.stmt != nil {
			again.stmt.Close()
		}
	}()
	for {
		w.begin()
		text, args := s.page(p, next)
		if text != again.text {
			if again.stmt != nil {
				again.stmt.Close()
			}
			if again.stmt, err = conn.PrepareContext(w, text); err != nil {
				failed(err)
				return
			}
			again.text = text
		}
		res, err := again.stmt.QueryContext(w, args...)
		if err != nil {
			failed(err)
			return
		}
		got := held{table: p.table, key: p.key, next: len(p.order)}
		more, err := s.hold(w, res, &got)
		res.Close()
		if err == nil && p.numbered && (len(p.order) == 1 || slices.Contains(next, nil)) {
			var now int64
			if now, err = version(); err == nil && now != began {
				failed(&Error{Source: s.name, Table: p.table.Name, Doing: "reading", Mend: "scan it again",
					Err: errors.New("the file was made anew (VACUUM), or its tables were, while a table without a key was read")})
				return
			}
		}
		w.end()
		for _, last = range got.rows {
			s.reportLost(last)
			if !yield(last, nil) {
				return
			}
		}
		switch {
		case err != nil:
			failed(err)
			return
		case !more && len(got.rows) < pageRows:
			return
		}
		for i, c := range p.table.Key {
			if got.last[i] == nil && !last.Get(c).Null {
				failed(errKeyLost)
				return
			}
		}
		next = got.last
	}
}

// page is the statement for the rows that come after those of next.
func (s *sqliteDB) page(p sqlitePages, next []any) (string, []any) {
	var raw []string
	for i, c := range p.order {
		if i < len(p.table.Key) { // what is huge cannot be given back, and is not held
			c = fmt.Sprintf("CASE WHEN octet_length(%s) <= %d THEN %s END", c, s.opts.Limits.Value, c)
		}
		raw = append(raw, c)
	}
	text := s.selectFrom(p.table, raw...)
	var args []any
	if next != nil {
		var cond string
		cond, args = sqliteBeyond(p.order, next)
		text += " WHERE " + cond
	}
	return text + " ORDER BY " + strings.Join(p.order, ", ") + " LIMIT " + strconv.Itoa(pageRows), args
}

// sqliteBeyond is the condition that a row comes after another in an order. Nulls
// come first in it.
func sqliteBeyond(order []string, last []any) (cond string, args []any) {
	if !slices.Contains(last, nil) {
		return "(" + strings.Join(order, ", ") + ") > (?" + strings.Repeat(", ?", len(order)-1) + ")", last
	}
	if last[0] == nil {
		cond = order[0] + " IS NOT NULL"
		if len(order) > 1 {
			var rest string
			rest, args = sqliteBeyond(order[1:], last[1:])
			cond = "(" + cond + " OR " + order[0] + " IS NULL AND " + rest + ")"
		}
		return cond, args
	}
	rest, more := sqliteBeyond(order[1:], last[1:])
	return order[0] + " >= ? AND (" + order[0] + " > ? OR " + rest + ")", append([]any{last[0], last[0]}, more...)
}

// query gives the rows of a single statement, of those that meet the conditions in canonical
// text. What fits into memory is read before the reader sees any of it.
func (s *sqliteDB) query(w *waiting, c querier, t *rows.Table, key []string, stmt string, args []any, where []rows.Match, yield func(rows.Row, error) bool) {
	var last rows.Row
	failed := func(err error) {
		e := s.fail(t.Name, "reading", w.explain(err))
		e.After = lastID(last)
		yield(rows.Row{}, e)
	}
	w.begin()
	res, err := c.QueryContext(w, stmt, args...)
	if err != nil {
		failed(err)
		return
	}
	defer res.Close()
	for {
		got := held{table: t, key: key}
		more, err := s.hold(w, res, &got)
		if !more {
			res.Close()
		}
		w.end()
		for _, last = range got.rows {
			if !matches(last, where) {
				continue
			}
			s.reportLost(last)
			if !yield(last, nil) {
				return
			}
		}
		switch {
		case err != nil:
			failed(err)
			return
		case !more:
			return
		}
		w.begin()
	}
}

// held are rows that were read and are not yet given.
type held struct {
	table *rows.Table
	key   []string
	next  int // how many expressions of a row say where to go on
	rows  []rows.Row
	last  []any // what they are in the last row
}

// hold reads rows until there are none, or as many as may be held: then there are more.
func (s *sqliteDB) hold(w *waiting, res *sql.Rows, h *held) (more bool, err error) {
	cells := make([]any, len(h.table.Columns)+1+h.next)
	dest := make([]any, len(cells))
	for i := range cells {
		dest[i] = &cells[i]
	}
	for size := 0; ; {
		w.begin()
		// Of a context that has ended database/sql hears a little later.
		if w.Err() != nil || !res.Next() {
			return false, cmp.Or(res.Err(), w.Err())
		}
		if err := res.Scan(dest...); err != nil {
			return false, err
		}
		r := rows.Row{Table: h.table, Values: make([]rows.Value, len(h.table.Columns))}
		over := tooLong(cells[len(h.table.Columns)])
		for i, c := range h.table.Columns {
			r.Values[i] = s.value(c, cells[i], over[i])
			size += len(r.Values[i].Text) + 64
		}
		h.rows = append(h.rows, keyed(r, h.key))
		h.last = h.last[:0]
		for _, v := range cells[len(h.table.Columns)+1:] {
			h.last = append(h.last, sqliteArg(v))
		}
		if size > sqliteHeld {
			return true, nil
		}
	}
}

// sqliteArg is a value as it was read, to be given back. Of an empty blob database/sql
// makes nothing at all, which the driver would take for null.
func sqliteArg(v any) any {
	if b, ok := v.([]byte); ok && b == nil {
		return []byte{}
	}
	return v
}
