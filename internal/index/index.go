package index

import (
	"context"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
	_ "modernc.org/sqlite" // the index file's engine

	"tenet/internal/datamap"
	"tenet/internal/rows"
	"tenet/internal/source"
)

// schema is the layout of an index file. It is no store: an index of another
// layout is thrown away and built again, never migrated.
const (
	layout = 2
	schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE segment (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	source    TEXT NOT NULL,
	tbl       TEXT NOT NULL,
	watermark TEXT NOT NULL,
	live      INTEGER NOT NULL,
	row_count INTEGER NOT NULL
) STRICT;
CREATE TABLE problem (source TEXT NOT NULL, tbl TEXT NOT NULL, sealed BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX segment_live ON segment (source, tbl) WHERE live = 1;`
)

// ErrKey says that an index was built with another key.
var ErrKey = errors.New("the index was built with another key")

// Index is an open index file. Any number of goroutines may search; one at a
// time refreshes.
type Index struct {
	db       *sql.DB
	dir      string
	landlord string
	mac      []byte
	aead     cipher.AEAD
}

// Open opens an index file, creating it where there is none. key is 32 bytes;
// epoch names it, and an index of another epoch is emptied and has to be built
// again: rotation is a rebuild.
func Open(ctx context.Context, path, landlord string, key []byte, epoch string) (_ *Index, err error) {
	if len(key) < 32 {
		return nil, fmt.Errorf("open the index: the key has %d bytes and needs 32", len(key))
	}
	aead, err := chacha20poly1305.NewX(derive(key, "locators"))
	if err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)"}, "_txlock": {"immediate"}}.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	x := &Index{db: db, dir: filepath.Dir(path), landlord: landlord, mac: derive(key, "tokens"), aead: aead}
	defer func() {
		if err != nil {
			db.Close()
		}
	}()
	if err := x.prepare(ctx, epoch); err != nil {
		return nil, fmt.Errorf("open the index %s: %w", filepath.Base(path), err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	return x, nil
}

// Close closes the file.
func (x *Index) Close() error { return x.db.Close() }

func derive(key []byte, use string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("tenet index " + use))
	return h.Sum(nil)
}

// prepare makes the tables, and empties an index of another layout or epoch.
func (x *Index) prepare(ctx context.Context, epoch string) error {
	want := fmt.Sprintf("%d %s", layout, epoch)
	var have string
	err := x.db.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'made'`).Scan(&have)
	if err == nil && have == want {
		return nil
	}
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	names, err := tableNames(ctx, tx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := tx.ExecContext(ctx, `DROP TABLE "`+strings.ReplaceAll(name, `"`, `""`)+`"`); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES ('made', $1)`, want); err != nil {
		return err
	}
	return tx.Commit()
}

func tableNames(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rs, err := tx.QueryContext(ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	var names []string
	for rs.Next() {
		var n string
		if err := rs.Scan(&n); err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	return names, rs.Err()
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

func drop(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf(`DROP TABLE IF EXISTS posting_%d; DROP TABLE IF EXISTS locator_%d; DELETE FROM segment WHERE id = %d`, id, id, id))
	return err
}

// Source is what the index needs of a system: its rows, and whether they may
// have changed. An empty fingerprint means that it cannot tell.
type Source interface {
	Scan(ctx context.Context, table string, opt source.ScanOptions) iter.Seq2[rows.Row, error]
	Fingerprint(ctx context.Context, table string) (string, error)
}

// Built says what Refresh did with one table.
type Built struct {
	Source string `json:"source"`
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	Kept   bool   `json:"kept"` // nothing had changed
}

// Refresh brings one table's segment up to date: it is kept where its watermark
// says that neither rows nor map have changed, and built anew otherwise. full
// builds it anew in any case. What the source could not read, as problems tells
// when it has been read, is kept with the segment. On an error the old one stays.
func (x *Index) Refresh(ctx context.Context, system, table string, t *datamap.Table, src Source, full bool, problems func() []source.Problem, progress func(rows int64)) (Built, error) {
	b := Built{Source: system, Table: table}
	fail := func(err error) (Built, error) {
		return b, fmt.Errorf("index %s of %s: %w", table, system, err)
	}
	print, err := src.Fingerprint(ctx, table)
	if err != nil {
		return fail(err)
	}
	watermark := x.watermark(t, print)
	var old string
	err = x.db.QueryRowContext(ctx, `SELECT watermark, row_count FROM segment WHERE source = $1 AND tbl = $2 AND live = 1`, system, table).Scan(&old, &b.Rows)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fail(err)
	}
	if !full && print != "" && err == nil && old == watermark {
		b.Kept = true
		return b, nil
	}
	if b.Rows, err = x.build(ctx, system, table, t, src, watermark, problems, progress); err != nil {
		return fail(err)
	}
	return b, nil
}

// Fresh says whether a table stands in the index as it is now. Where the source
// cannot tell whether it has changed, it is not.
func (x *Index) Fresh(ctx context.Context, system, table string, t *datamap.Table, src Source) (bool, error) {
	print, err := src.Fingerprint(ctx, table)
	if err != nil {
		return false, fmt.Errorf("is %s of %s as it was indexed: %w", table, system, err)
	}
	var old string
	err = x.db.QueryRowContext(ctx, `SELECT watermark FROM segment WHERE source = $1 AND tbl = $2 AND live = 1`, system, table).Scan(&old)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return print != "" && old == x.watermark(t, print), err
}

// watermark is the state of rows and map in one keyed hash, so that the file
// does not tell when a table last changed.
func (x *Index) watermark(t *datamap.Table, print string) string {
	h := hmac.New(sha256.New, x.mac)
	text, err := (&datamap.Map{Source: "-", Tables: map[string]*datamap.Table{"-": t}}).Marshal()
	if err != nil {
		return "" // never equal to a stored one: the table is built again
	}
	h.Write(text)
	h.Write([]byte{0})
	h.Write([]byte(print))
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

func (x *Index) build(ctx context.Context, system, table string, t *datamap.Table, src Source, watermark string, problems func() []source.Problem, progress func(int64)) (n int64, err error) {
	var seg int64
	err = x.inTx(ctx, func(tx *sql.Tx) error {
		if err := sweep(ctx, tx, system, table); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `INSERT INTO segment (source, tbl, watermark, live, row_count) VALUES ($1, $2, $3, 0, 0) RETURNING id`,
			system, table, watermark).Scan(&seg); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`
			CREATE TABLE locator_%d (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
			CREATE TABLE posting_%d (token INTEGER NOT NULL, locator INTEGER NOT NULL, PRIMARY KEY (token, locator)) STRICT, WITHOUT ROWID`, seg, seg))
		return err
	})
	if err != nil {
		return 0, err
	}
	s := &sorter{dir: x.dir}
	defer func() { err = errors.Join(err, s.close()) }()

	l := &loader{x: x, insert: fmt.Sprintf(`INSERT INTO locator_%d (id, sealed) VALUES ($1, $2)`, seg)}
	defer l.abandon()
	tok := x.tokener(system, table)
	for r, err := range scan(ctx, src, table, columns(t)) {
		if err != nil {
			return 0, err
		}
		n++
		terms := rowTerms(t, r)
		if len(terms) == 0 {
			continue
		}
		if err := l.add(ctx, n, x.seal(seg, r.ID())); err != nil {
			return 0, err
		}
		for _, term := range terms {
			if err := s.add(posting{tok.token(term), n}); err != nil {
				return 0, err
			}
		}
		if progress != nil && n%1000 == 0 {
			progress(n)
		}
	}
	if err := l.flush(); err != nil {
		return 0, err
	}
	l.insert = fmt.Sprintf(`INSERT INTO posting_%d (token, locator) VALUES ($1, $2)`, seg)
	if err := s.each(func(p posting) error { return l.add(ctx, p.token, p.locator) }); err != nil {
		return 0, err
	}
	if err := l.flush(); err != nil {
		return 0, err
	}
	if progress != nil {
		progress(n)
	}
	unread := problems()
	return n, x.inTx(ctx, func(tx *sql.Tx) error {
		if err := x.setProblems(ctx, tx, system, table, unread); err != nil {
			return err
		}
		return replace(ctx, tx, seg, system, table, n)
	})
}

// sweep drops what a killed build of the table left behind.
func sweep(ctx context.Context, tx *sql.Tx, source, table string) error {
	segs, err := segments(ctx, tx, `live = 0 AND source = $1 AND tbl = $2`, source, table)
	if err != nil {
		return err
	}
	for _, s := range segs {
		if err := drop(ctx, tx, s.id); err != nil {
			return err
		}
	}
	return nil
}

// scan reads the columns that are indexed; a table without any is not opened.
func scan(ctx context.Context, src Source, table string, read []string) iter.Seq2[rows.Row, error] {
	if len(read) == 0 {
		return func(func(rows.Row, error) bool) {}
	}
	return src.Scan(ctx, table, source.ScanOptions{Columns: read})
}

// replace puts a finished segment in the place of the old one.
func replace(ctx context.Context, tx *sql.Tx, seg int64, source, table string, n int64) error {
	var old int64
	err := tx.QueryRowContext(ctx, `SELECT id FROM segment WHERE source = $1 AND tbl = $2 AND live = 1`, source, table).Scan(&old)
	switch {
	case err == nil:
		if err := drop(ctx, tx, old); err != nil {
			return err
		}
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE segment SET live = 1, row_count = $1 WHERE id = $2`, n, seg)
	return err
}

// Forget drops the segments of tables that are no longer mapped. keep names
// those that are, by source and table.
func (x *Index) Forget(ctx context.Context, keep func(source, table string) bool) error {
	return x.inTx(ctx, func(tx *sql.Tx) error {
		segs, err := segments(ctx, tx, `live = 1`)
		if err != nil {
			return err
		}
		for _, s := range segs {
			if keep(s.source, s.table) {
				continue
			}
			if err := errors.Join(drop(ctx, tx, s.id), x.setProblems(ctx, tx, s.source, s.table, nil)); err != nil {
				return err
			}
		}
		return nil
	})
}

type segment struct {
	id            int64
	source, table string
}

func segments(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]segment, error) {
	rs, err := tx.QueryContext(ctx, `SELECT id, source, tbl FROM segment WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	var out []segment
	for rs.Next() {
		var s segment
		if err := rs.Scan(&s.id, &s.source, &s.table); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rs.Err()
}

// setProblems keeps what could not be read of a table, sealed, in place of what
// was kept before: every answer has to say it.
func (x *Index) setProblems(ctx context.Context, tx *sql.Tx, system, table string, problems []source.Problem) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM problem WHERE source = $1 AND tbl = $2`, system, table); err != nil {
		return err
	}
	for _, p := range problems {
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO problem (source, tbl, sealed) VALUES ($1, $2, $3)`, system, table, x.seal(0, string(text))); err != nil {
			return err
		}
	}
	return nil
}

// Problems is everything that could not be read when the index was built.
func (x *Index) Problems(ctx context.Context) (out []source.Problem, err error) {
	rs, err := x.db.QueryContext(ctx, `SELECT sealed FROM problem ORDER BY source, tbl, rowid`)
	if err != nil {
		return nil, fmt.Errorf("read what could not be indexed: %w", err)
	}
	defer rs.Close()
	for rs.Next() {
		var sealed []byte
		if err := rs.Scan(&sealed); err != nil {
			return nil, fmt.Errorf("read what could not be indexed: %w", err)
		}
		text, err := x.unseal(0, sealed)
		if err != nil {
			return nil, fmt.Errorf("read what could not be indexed: %w", err)
		}
		var p source.Problem
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return nil, fmt.Errorf("read what could not be indexed: %w", err)
		}
		out = append(out, p)
	}
	return out, rs.Err()
}

// Table is one table as the index has it.
type Table struct {
	Source, Table string
	Rows          int64
}

// Tables is what is indexed, by source and table.
func (x *Index) Tables(ctx context.Context) ([]Table, error) {
	rs, err := x.db.QueryContext(ctx, `SELECT source, tbl, row_count FROM segment WHERE live = 1 ORDER BY source, tbl`)
	if err != nil {
		return nil, fmt.Errorf("list what is indexed: %w", err)
	}
	defer rs.Close()
	var out []Table
	for rs.Next() {
		var t Table
		if err := rs.Scan(&t.Source, &t.Table, &t.Rows); err != nil {
			return nil, fmt.Errorf("list what is indexed: %w", err)
		}
		out = append(out, t)
	}
	return out, rs.Err()
}

// Has says whether a table has been indexed.
func (x *Index) Has(ctx context.Context, source, table string) (bool, error) {
	var n int
	err := x.db.QueryRowContext(ctx, `SELECT count(*) FROM segment WHERE source = $1 AND tbl = $2 AND live = 1`, source, table).Scan(&n)
	return n > 0, err
}

// Find gives the keys (see rows.DecodeID) of the rows of one table that have,
// of every group of terms, at least one, in the order of the table. They are
// candidates: the caller fetches them and decides. A table that is not indexed
// has none.
func (x *Index) Find(ctx context.Context, source, table string, groups ...[]Term) (ids []string, err error) {
	err = x.reading(ctx, func(c *sql.Conn) error {
		var seg int64
		err := c.QueryRowContext(ctx, `SELECT id FROM segment WHERE source = $1 AND tbl = $2 AND live = 1`, source, table).Scan(&seg)
		if errors.Is(err, sql.ErrNoRows) || err == nil && len(groups) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		found, err := x.candidates(ctx, c, seg, x.tokener(source, table), groups)
		if err != nil {
			return err
		}
		for _, loc := range found {
			var sealed []byte
			if err := c.QueryRowContext(ctx, fmt.Sprintf(`SELECT sealed FROM locator_%d WHERE id = $1`, seg), loc).Scan(&sealed); err != nil {
				return err
			}
			id, err := x.unseal(seg, sealed)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("search the index of %s in %s: %w", table, source, err)
	}
	return ids, nil
}

// reading runs do on one state of the file: a segment replaced meanwhile stays
// readable to the end.
func (x *Index) reading(ctx context.Context, do func(*sql.Conn) error) error {
	c, err := x.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `BEGIN DEFERRED`); err != nil {
		return err
	}
	defer c.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
	return do(c)
}

func (x *Index) candidates(ctx context.Context, c *sql.Conn, seg int64, tok *tokener, groups [][]Term) (found []int64, err error) {
	for i, group := range groups {
		var in []int64
		for _, term := range group {
			if in, err = postings(ctx, c, in, seg, tok.token(term)); err != nil {
				return nil, err
			}
		}
		slices.Sort(in)
		in = slices.Compact(in)
		if i == 0 {
			found = in
		} else {
			found = intersect(found, in)
		}
		if len(found) == 0 {
			return nil, nil
		}
	}
	return found, nil
}

func postings(ctx context.Context, c *sql.Conn, to []int64, seg, token int64) ([]int64, error) {
	rs, err := c.QueryContext(ctx, fmt.Sprintf(`SELECT locator FROM posting_%d WHERE token = $1`, seg), token)
	if err != nil {
		return nil, err
	}
	defer rs.Close()
	for rs.Next() {
		var l int64
		if err := rs.Scan(&l); err != nil {
			return nil, err
		}
		to = append(to, l)
	}
	return to, rs.Err()
}

func intersect(a, b []int64) []int64 {
	out := a[:0]
	for _, v := range a {
		if _, ok := slices.BinarySearch(b, v); ok {
			out = append(out, v)
		}
	}
	return out
}

func (x *Index) seal(seg int64, id string) []byte {
	nonce := make([]byte, x.aead.NonceSize(), x.aead.NonceSize()+len(id)+x.aead.Overhead())
	rand.Read(nonce) // never fails: it ends the process where there is no randomness
	return x.aead.Seal(nonce, nonce, []byte(id), binary.BigEndian.AppendUint64(nil, uint64(seg)))
}

func (x *Index) unseal(seg int64, sealed []byte) (string, error) {
	n := x.aead.NonceSize()
	if len(sealed) < n {
		return "", ErrKey
	}
	id, err := x.aead.Open(nil, sealed[:n], sealed[n:], binary.BigEndian.AppendUint64(nil, uint64(seg)))
	if err != nil {
		return "", ErrKey
	}
	return string(id), nil
}

// tokener makes the tokens of one table.
type tokener struct {
	mac    hash.Hash
	prefix []byte
	buf    []byte
}

func (x *Index) tokener(source, table string) *tokener {
	var p []byte
	for _, s := range []string{x.landlord, source, table} {
		p = binary.AppendUvarint(p, uint64(len(s)))
		p = append(p, s...)
	}
	return &tokener{mac: hmac.New(sha256.New, x.mac), prefix: p}
}

func (t *tokener) token(term Term) int64 {
	t.mac.Reset()
	t.buf = append(t.buf[:0], t.prefix...)
	t.buf = append(t.buf, byte(term.Class))
	t.buf = binary.AppendUvarint(t.buf, uint64(len(term.Kind)))
	t.buf = append(t.buf, term.Kind...)
	t.buf = append(t.buf, term.Value...)
	t.mac.Write(t.buf)
	t.buf = t.mac.Sum(t.buf[:0])
	return int64(binary.BigEndian.Uint64(t.buf))
}

// loader inserts pairs in transactions of a bounded size.
type loader struct {
	x      *Index
	insert string
	tx     *sql.Tx
	stmt   *sql.Stmt
	n      int
}

const perTransaction = 100_000

func (l *loader) add(ctx context.Context, a, b any) (err error) {
	if l.tx == nil {
		if l.tx, err = l.x.db.BeginTx(ctx, nil); err != nil {
			return err
		}
		if l.stmt, err = l.tx.PrepareContext(ctx, l.insert); err != nil {
			return err
		}
	}
	if _, err := l.stmt.ExecContext(ctx, a, b); err != nil {
		return err
	}
	if l.n++; l.n%perTransaction == 0 {
		return l.flush()
	}
	return nil
}

func (l *loader) flush() error {
	if l.tx == nil {
		return nil
	}
	err := errors.Join(l.stmt.Close(), l.tx.Commit())
	l.tx, l.stmt = nil, nil
	return err
}

func (l *loader) abandon() {
	if l.tx != nil {
		l.tx.Rollback()
		l.tx = nil
	}
}
