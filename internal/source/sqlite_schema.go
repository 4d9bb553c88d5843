package source

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"

	"tenet/internal/rows"
)

// Schema lists tables, views and virtual tables. SQLite's own tables and the
// shadow tables in which a virtual table keeps its data are left out: what they
// hold comes out of the table itself.
func (s *sqliteDB) Schema(ctx context.Context) (*rows.Schema, error) {
	if err := s.exists(); err != nil {
		return nil, err
	}
	w := wait(ctx, s.opts.Limits.Statement)
	defer w.close()
	schema, err := s.readSchema(w)
	if err != nil {
		return nil, s.fail("", "reading the schema", w.explain(err))
	}
	s.mu.Lock()
	s.schema, s.selects = schema, map[*rows.Table]string{}
	s.mu.Unlock()
	return schema, nil
}

func (s *sqliteDB) readSchema(ctx context.Context) (*rows.Schema, error) {
	schema := &rows.Schema{Source: s.name, Engine: "sqlite"}
	estimates, err := s.estimates(ctx)
	if err != nil {
		return nil, err
	}
	list, err := collect(ctx, s.db, func(r *sql.Rows) (t rows.Table, err error) {
		var kind string
		err = r.Scan(&t.Name, &kind)
		t.View = kind == "view"
		return t, err
	}, `SELECT name, type FROM pragma_table_list
		WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		// A broken view or a virtual table without its module must not hide the rest.
		if err := s.describe(ctx, &t); err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			s.report(Problem{Table: t.Name, Why: "cannot be read: " + err.Error(), Mend: "mend or drop it in the database"})
			continue
		}
		t.Estimate = -1
		if n, ok := estimates[strings.ToLower(t.Name)]; ok {
			t.Estimate = n
		} else if !t.View {
			t.Estimate = s.maxRowID(ctx, t.Name)
		}
		schema.Tables = append(schema.Tables, t)
	}
	s.completeForeign(schema)
	return schema, nil
}

func (s *sqliteDB) describe(ctx context.Context, t *rows.Table) error {
	type column struct {
		rows.Column
		pk int
	}
	cols, err := collect(ctx, s.db, func(r *sql.Rows) (c column, err error) {
		var notNull bool
		err = r.Scan(&c.Name, &c.Type, &notNull, &c.pk)
		c.Nullable = !notNull
		c.Kind = sqliteKind(c.Type)
		return c, err
	}, `SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid`, t.Name)
	if err != nil {
		return err
	}
	if len(cols) == 0 {
		return fmt.Errorf("it has no columns that can be read")
	}
	var key []column
	for _, c := range cols {
		t.Columns = append(t.Columns, c.Column)
		if c.pk > 0 {
			key = append(key, c)
		}
	}
	slices.SortFunc(key, func(a, b column) int { return a.pk - b.pk })
	for _, c := range key {
		t.Key = append(t.Key, c.Name)
	}
	if len(key) == 1 && strings.EqualFold(key[0].Type, "INTEGER") {
		t.Columns[t.Index(t.Key[0])].Nullable = false // it is the row's own number
	}
	if len(t.Key) > 0 {
		t.Indexed = append(t.Indexed, t.Key[0])
	}
	if err := s.indexes(ctx, t); err != nil {
		return err
	}
	return s.foreign(ctx, t)
}

func (s *sqliteDB) indexes(ctx context.Context, t *rows.Table) error {
	type entry struct {
		index          string
		unique, origin bool
		column         sql.NullString
	}
	list, err := collect(ctx, s.db, func(r *sql.Rows) (e entry, err error) {
		return e, r.Scan(&e.index, &e.unique, &e.origin, &e.column)
	}, `SELECT l.name, l."unique", l.origin = 'pk', i.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i
		WHERE NOT l.partial ORDER BY l.seq, i.seqno`, t.Name)
	if err != nil {
		return err
	}
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].index == list[0].index {
			n++
		}
		index := list[:n]
		list = list[n:]
		if lead := index[0].column; lead.Valid && !slices.Contains(t.Indexed, lead.String) {
			t.Indexed = append(t.Indexed, lead.String)
		}
		var cols []string
		for _, e := range index {
			if e.column.Valid { // an expression has no name
				cols = append(cols, e.column.String)
			}
		}
		if index[0].unique && !index[0].origin && len(cols) == n {
			t.Unique = append(t.Unique, cols)
		}
	}
	return nil
}

func (s *sqliteDB) foreign(ctx context.Context, t *rows.Table) error {
	type entry struct {
		id              int
		table, from, to string
	}
	list, err := collect(ctx, s.db, func(r *sql.Rows) (e entry, err error) {
		return e, r.Scan(&e.id, &e.table, &e.from, &e.to)
	}, `SELECT id, "table", "from", coalesce("to", '') FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq`, t.Name)
	if err != nil {
		return err
	}
	for i, e := range list {
		if i == 0 || e.id != list[i-1].id {
			t.Foreign = append(t.Foreign, rows.Foreign{Table: e.table})
		}
		f := &t.Foreign[len(t.Foreign)-1]
		f.Columns = append(f.Columns, e.from)
		if e.to != "" {
			f.References = append(f.References, e.to)
		}
	}
	return nil
}

// completeForeign fills in the referenced columns where the declaration leaves
// them to the other table's key, and puts names in the case in which the tables have
// them: SQLite itself does not mind.
func (s *sqliteDB) completeForeign(schema *rows.Schema) {
	for i := range schema.Tables {
		t := &schema.Tables[i]
		for j := range t.Foreign {
			f := &t.Foreign[j]
			for k, c := range f.Columns {
				f.Columns[k] = columnName(t, c)
			}
			for k := range schema.Tables {
				if other := &schema.Tables[k]; strings.EqualFold(other.Name, f.Table) {
					f.Table = other.Name
					if f.References == nil {
						f.References = slices.Clone(other.Key)
					}
					for l, c := range f.References {
						f.References[l] = columnName(other, c)
					}
				}
			}
		}
	}
}

func columnName(t *rows.Table, name string) string {
	for _, c := range t.Columns {
		if strings.EqualFold(c.Name, name) {
			return c.Name
		}
	}
	return name
}

// estimates are the row counts of the last ANALYZE, by table in lower case.
func (s *sqliteDB) estimates(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	var n int
	if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM main.sqlite_master WHERE name = 'sqlite_stat1'`).Scan(&n); err != nil || n == 0 {
		return out, err
	}
	_, err := collect(ctx, s.db, func(r *sql.Rows) (struct{}, error) {
		var table string
		var stat sql.NullString
		var count int64
		err := r.Scan(&table, &stat)
		if _, err := fmt.Sscan(stat.String, &count); err == nil {
			out[strings.ToLower(table)] = count
		}
		return struct{}{}, err
	}, `SELECT tbl, stat FROM main.sqlite_stat1`)
	return out, err
}

// maxRowID is the highest row number, which is found without reading the table
// and is about the number of rows; -1 where there is none.
func (s *sqliteDB) maxRowID(ctx context.Context, table string) int64 {
	var n sql.NullInt64
	if err := s.db.QueryRowContext(ctx, `SELECT max(rowid) FROM main.`+quoteIdent(table)).Scan(&n); err != nil {
		return -1 // WITHOUT ROWID
	}
	return max(n.Int64, 0)
}

// sqliteKind goes by the words in a declared type, as SQLite's own rules do.
func sqliteKind(declared string) rows.Kind {
	d := strings.ToUpper(declared)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(d, w) })
	}
	switch {
	case has("JSON"):
		return rows.JSON
	case has("BOOL"), d == "BIT":
		return rows.Bool
	case has("DATETIME", "TIMESTAMP", "SMALLDATETIME"):
		return rows.Time
	case has("DATE"):
		return rows.Date
	case has("CHAR", "CLOB", "TEXT", "STRING", "UUID", "UNIQUEIDENTIFIER", "XML"):
		return rows.Text
	case has("INT", "REAL", "FLOA", "DOUB", "NUM", "DEC", "MONEY", "SERIAL"):
		return rows.Number
	case has("BLOB", "BINARY", "IMAGE"):
		return rows.Bytes
	}
	return rows.Other
}

// Check tries every table with one row.
func (s *sqliteDB) Check(ctx context.Context) (Health, error) {
	var h Health
	found := func(p Problem) {
		p.Source = s.name
		h.Problems = append(h.Problems, p)
	}
	quiet := &sqliteDB{base: s.base, path: s.path, db: s.db}
	quiet.opts.Report = found
	schema, err := quiet.Schema(ctx)
	if err != nil {
		return h, err
	}
	if err := s.db.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&h.Engine); err != nil {
		return h, s.fail("", "checking", err)
	}
	h.Engine = "SQLite " + h.Engine
	for i := range schema.Tables {
		t := &schema.Tables[i]
		if _, err := s.keyOf(t); err != nil {
			found(Problem{Table: t.Name, Why: err.Error(), Mend: "name the key's columns in the map as they stand in the table"})
		}
		var ok any
		err := s.db.QueryRowContext(ctx, `SELECT 1 FROM main.`+quoteIdent(t.Name)+` LIMIT 1`).Scan(&ok)
		if err != nil && err != sql.ErrNoRows {
			found(Problem{Table: t.Name, Why: "cannot be read: " + err.Error(), Mend: "mend or drop it in the database"})
			continue
		}
		h.Tables++
	}
	// We open it read-only; whether the system would let us write is another
	// matter, and its permissions say so.
	info, err := os.Stat(s.path)
	if err != nil {
		return h, s.fail("", "checking", err)
	}
	h.ReadOnly = info.Mode().Perm()&0o222 == 0
	return h, nil
}

// collect reads all rows of a small query.
func collect[T any](ctx context.Context, db querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	res, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer res.Close()
	var out []T
	for res.Next() {
		v, err := scan(res)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, res.Err()
}
