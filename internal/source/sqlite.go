package source

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// sqliteDB is a SQLite database file. SQLite lets any column hold any type, so
// every value is read by what it is and not by what its column was declared.
type sqliteDB struct {
	base
	path string
	db   *sql.DB
	kept *statements // of Lookup

	mu      sync.Mutex
	schema  *rows.Schema           // as last read
	selects map[*rows.Table]string // what selectFrom gives for its tables
}

// sqliteKept is how much SQL of lookups stays prepared, in bytes: a lookup in each of
// 130 tables of 50 columns, which takes some 30 MiB for a connection.
const sqliteKept = 2 << 20

func newSQLite(b base, path string) (Source, error) {
	s := &sqliteDB{base: b, path: filepath.Clean(path)}
	busy := min(b.opts.Limits.Statement, 10*time.Second).Milliseconds()
	dsn := "file:" + (&url.URL{Path: s.path}).EscapedPath() +
		"?mode=ro&_pragma=query_only(1)&_pragma=trusted_schema(0)&_dqs=0&_pragma=busy_timeout(" + strconv.FormatInt(busy, 10) + ")"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, s.fail("", "opening", err)
	}
	s.db, s.kept = db, newStatements(db, sqliteKept)
	return s, nil
}

func (s *sqliteDB) Close() error {
	s.kept.close()
	return s.db.Close()
}

// fail explains what SQLite is terse about.
func (s *sqliteDB) fail(table, doing string, err error) *Error {
	e := s.base.fail(table, doing, err)
	var se *sqlite.Error
	if e.Mend != "" || !errors.As(err, &se) {
		return e
	}
	switch se.Code() & 0xFF {
	case sqlite3.SQLITE_NOTADB:
		e.Mend = "the file is not a SQLite database, or it is encrypted"
	case sqlite3.SQLITE_CANTOPEN:
		e.Mend = "a database in write-ahead mode needs its -wal and -shm files beside it, readable; a copy made with SQLite's backup command does as well"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		e.Mend = "another program holds the database locked; try again, or read a backup of it"
	case sqlite3.SQLITE_CORRUPT:
		e.Mend = "the file is damaged; restore it from a backup, or run PRAGMA integrity_check on it"
	}
	return e
}

// exists keeps SQLite's "out of memory (14)" for a missing file away from people.
func (s *sqliteDB) exists() error {
	info, err := os.Stat(s.path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a file")
	}
	if err != nil {
		return s.fail("", "opening", fmt.Errorf("%w: %w", ErrUnreachable, err))
	}
	return nil
}

// table finds a table in the schema last read; one that is new since then is
// looked for again.
func (s *sqliteDB) table(ctx context.Context, name string) (*rows.Table, error) {
	s.mu.Lock()
	known := s.schema
	s.mu.Unlock()
	if known != nil {
		if t := known.Table(name); t != nil {
			return t, nil
		}
	}
	fresh, err := s.Schema(ctx)
	if err != nil {
		return nil, err
	}
	if t := fresh.Table(name); t != nil {
		return t, nil
	}
	return nil, s.fail(name, "reading", ErrNoTable)
}

func (s *sqliteDB) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t, err := s.table(ctx, table)
	if err != nil {
		return one(err)
	}
	key, err := s.keyOf(t)
	if err == nil {
		err = checkWhere(t, where)
	}
	if err != nil {
		return one(s.fail(table, "looking up", err))
	}
	var conds []string
	var args []any
	for _, m := range where {
		c, _ := t.Column(m.Column)
		if m.Value.Null {
			conds = append(conds, quoteIdent(c.Name)+" IS NULL")
			continue
		}
		forms := sqliteForms(c, m.Value.Text)
		conds = append(conds, quoteIdent(c.Name)+" IN (?"+strings.Repeat(", ?", len(forms)-1)+")")
		args = append(args, forms...)
	}
	stmt := s.selectAll(t) + " WHERE " + strings.Join(conds, " AND ")
	return func(yield func(rows.Row, error) bool) {
		w := wait(ctx, s.opts.Limits.Statement)
		defer w.close()
		c := &again{kept: s.kept}
		defer c.done()
		s.query(w, c, t, key, stmt, args, where, yield)
	}
}

// selectAll is selectFrom of a whole table, put together once for each schema.
func (s *sqliteDB) selectAll(t *rows.Table) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	stmt, ok := s.selects[t]
	if !ok {
		stmt = s.selectFrom(t)
		s.selects[t] = stmt
	}
	return stmt
}

// selectFrom asks for the columns, each unless it is too long, and then for one
// thing more: which of them are, and how long ("0text1048577,", column by column),
// which is null for nearly every row. The length is found without reading the
// value; of text up to 64 times too long the beginning is read. The expressions
// also keep the driver from guessing at dates by declared type. More of them may
// follow.
func (s *sqliteDB) selectFrom(t *rows.Table, more ...string) string {
	limit := strconv.Itoa(s.opts.Limits.Value)
	long := strconv.FormatInt(int64(s.opts.Limits.Value)*64, 10)
	start := strconv.Itoa(max(s.opts.Limits.Value/4, 1)) // in characters of up to four bytes
	values, over, which := make([]string, len(t.Columns)), make([]string, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		most := "octet_length(@) > " + limit
		if c.Kind != rows.Text { // numbers are never long, and to ask for their length makes text of them
			most = fmt.Sprintf("typeof(@) IN ('text', 'blob') AND octet_length(@) > CASE typeof(@) WHEN 'blob' THEN %d ELSE %s END", hexLimit, limit)
		}
		at := strings.NewReplacer("@", quoteIdent(c.Name))
		over[i] = at.Replace(most)
		values[i] = "CASE WHEN " + over[i] + at.Replace(" THEN CASE WHEN typeof(@) = 'text' AND octet_length(@) <= "+long+" THEN substr(@, 1, "+start+") END ELSE @ END")
		which[i] = "CASE WHEN " + over[i] + at.Replace(" THEN '"+strconv.Itoa(i)+"' || typeof(@) || octet_length(@) || ',' ELSE '' END")
	}
	return "SELECT " + strings.Join(append(append(values, "CASE WHEN "+strings.Join(over, " OR ")+" THEN "+strings.Join(which, " || ")+" END"), more...), ", ") +
		" FROM main." + quoteIdent(t.Name)
}

// tooLong reads what selectFrom says of values that were not read whole: the
// storage class and length of each, by column.
func tooLong(over any) map[int]string {
	said, ok := over.(string)
	if !ok {
		return nil
	}
	out := map[int]string{}
	for one := range strings.SplitSeq(said, ",") {
		digits := strings.IndexFunc(one, func(r rune) bool { return r < '0' || r > '9' })
		if digits > 0 {
			i, _ := strconv.Atoi(one[:digits])
			out[i] = one[digits:]
		}
	}
	return out
}

// value turns what SQLite stores into canonical text. over is the storage class
// and length of a value that was not read whole: "text1048577".
func (s *sqliteDB) value(c rows.Column, v any, o string) rows.Value {
	if o != "" {
		class := strings.TrimRight(o, "0123456789")
		size, _ := strconv.ParseInt(o[len(class):], 10, 64)
		if class == "blob" && c.Kind != rows.Text {
			return binary(nil, size)
		}
		out := rows.Value{Lost: overLimit(size, s.opts.Limits.Value)}
		if start, ok := v.(string); ok {
			out.Text = strings.ToValidUTF8(start, "\uFFFD")
		}
		return out
	}
	switch v := v.(type) {
	case nil:
		return rows.Value{Null: true}
	case int64:
		if c.Kind == rows.Bool && (v == 0 || v == 1) {
			return rows.Value{Text: strconv.FormatBool(v == 1)}
		}
		return rows.Value{Text: strconv.FormatInt(v, 10)}
	case float64:
		return rows.Value{Text: float(v)}
	case []byte:
		if c.Kind == rows.Text && utf8.Valid(v) {
			return s.text(trimFixed(c, string(v)))
		}
		return binary(v, int64(len(v)))
	case string:
		switch c.Kind {
		case rows.Date, rows.Time:
			v = canonicalTime(c.Kind, v)
		case rows.Bool:
			if b := strings.ToLower(v); b == "true" || b == "false" {
				v = b
			}
		}
		return s.text(trimFixed(c, v))
	}
	return rows.Value{Lost: fmt.Sprintf("stored as %T, which cannot be shown", v)}
}

// sqliteForms are all the ways in which a value of this canonical text may be
// stored. They are compared with IN, which an index serves.
func sqliteForms(c rows.Column, text string) []any {
	forms := []any{text}
	if number.MatchString(text) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			forms = append(forms, n)
		} else if f, err := strconv.ParseFloat(text, 64); err == nil {
			forms = append(forms, f)
		}
	}
	if b, ok := unhex(text); ok {
		forms = append(forms, b)
	}
	switch c.Kind {
	case rows.Bool:
		if text == "true" || text == "false" {
			n := int64(0)
			if text == "true" {
				n = 1
			}
			forms = append(forms, n, strings.ToUpper(text), strings.ToUpper(text[:1])+text[1:])
		}
	case rows.Date, rows.Time:
		for _, t := range timeForms(text) {
			forms = append(forms, t)
		}
	case rows.Text:
		forms = append(forms, []byte(text))
		if n := fixedWidth(c.Type); n > len(text) && n <= 1<<16 {
			forms = append(forms, text+strings.Repeat(" ", n-len(text)))
		}
		if legacy, ok := doc.EncodeLegacy(text); ok && legacy != text {
			forms = append(forms, legacy)
		}
	}
	return forms
}

// Fingerprint covers the whole file and its log: SQLite keeps no counter for a
// table. The files are not opened for it, because closing one would let go of
// the locks that this process holds on it.
func (s *sqliteDB) Fingerprint(ctx context.Context, table string) (string, error) {
	if err := s.exists(); err != nil {
		return "", err
	}
	var st stamp
	for _, suffix := range []string{"", "-wal", "-journal"} {
		info, err := os.Stat(s.path + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", s.fail(table, "fingerprinting", err)
		}
		st.add(suffix, info)
	}
	return st.String(), nil
}
