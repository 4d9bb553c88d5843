package source

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tenet/internal/rows"
)

// serverSchema is a schema with what reading its tables needs besides.
type serverSchema struct {
	rows.Schema
	tables map[string]*serverTable
}

type serverTable struct {
	rows.Table
	from     string // as it stands after FROM
	columns  []serverColumn
	readable bool
	writable bool
}

// serverColumn is a column with what a dialect asks for to read it, and how it
// compares. Expressions are of a table that goes by the name r.
type serverColumn struct {
	rows.Column
	ref   string // the column itself
	lost  string // why it cannot be read; empty if it can
	value string // its value as text, or as bytes if its kind is that
	size  string // its length in bytes; empty for what is never long
	most  int    // the length up to which it is read whole
	start string // the beginning of a value that is too long
	// arg is what a canonical text is as a parameter; false if the column's type has no such value. Nil where values
	// are compared as text only.
	arg  func(text string) (any, bool)
	cast func(param string) string // that parameter in a comparison; nil if as it is
	// asText is a condition that value is a parameter, letter by letter. Nil where arg
	// knows all that the type has.
	asText func(param string) string
	// ordered says that > follows ORDER BY, and that canonical text gives the
	// value back: a scan can go on after it.
	ordered bool
	canon   func(string) rows.Value // of the server's text; nil if it is text
}

// paged says that the table can be read in pages: that it has a key whose
// every column a scan can go on after.
func (t *serverTable) paged() bool {
	for _, k := range t.Key {
		if c := t.columns[t.Index(k)]; !c.ordered || c.lost != "" || c.size != "" {
			return false
		}
	}
	return len(t.Key) > 0
}

// serverQuery is a SELECT of a table in parts, and how to read what it gives.
type serverQuery struct {
	table *rows.Table // as rows will have it
	key   []string
	cols  []serverColumn // of table
	from  string
	all   *serverTable
	where []rows.Match
	order []string
	after []rows.Match // rows beyond this key, in that order
	rows  int          // no more than so many; 0 is all
	since *serverSince // nil is from the beginning

	patience time.Duration // with the engine; 0 is the limit of a statement
}

// serverSince is a condition that a row's version is not below one.
type serverSince struct {
	version serverColumn
	at      rows.Value
}

func (t *serverTable) query(shown *rows.Table, key []string) serverQuery {
	q := serverQuery{table: shown, key: key, from: t.from, all: t}
	for _, c := range shown.Columns {
		q.cols = append(q.cols, t.columns[t.Index(c.Name)])
	}
	return q
}

// width is how many expressions the query selects.
func (q serverQuery) width() int {
	n := len(q.cols)
	for _, c := range q.cols {
		if c.lost == "" && c.size != "" {
			n++
		}
	}
	return n
}

// statement is SQL with its parameters as it grows.
type statement struct {
	strings.Builder
	dialect
	args []any
}

// bind adds a parameter and is what stands for it.
func (s *statement) bind(arg any) string {
	s.args = append(s.args, arg)
	return s.param(len(s.args))
}

// sql puts the query together. possible is false where no row can meet its
// conditions, so that there is nothing to ask. Of what can be of any length the server
// cuts off all but the beginning, and says how long it was.
func (q serverQuery) sql(d dialect) (stmt string, args []any, possible bool, err error) {
	s := &statement{dialect: d}
	s.WriteString("SELECT ")
	for i, c := range q.cols {
		if i > 0 {
			s.WriteString(", ")
		}
		switch {
		case c.lost != "":
			s.WriteString("NULL")
		case c.size == "":
			s.WriteString(c.value)
		default:
			fmt.Fprintf(s, "CASE WHEN %s > %d THEN %s ELSE %s END, CASE WHEN %s > %d THEN %s END", c.size, c.most, c.start, c.value, c.size, c.most, c.size)
		}
	}
	s.WriteString(" FROM " + q.from + " r")
	word := " WHERE "
	for _, m := range q.where {
		c := q.all.columns[q.all.Index(m.Column)]
		cond, ok := s.condition(c, m.Value)
		if !ok {
			return "", nil, false, nil
		}
		s.WriteString(word + cond)
		word = " AND "
	}
	if q.since != nil {
		arg, ok := q.since.version.arg(q.since.at.Text)
		if !ok {
			return "", nil, false, errMoved
		}
		s.WriteString(word + q.since.version.ref + " >= " + s.compared(q.since.version, arg))
		word = " AND "
	}
	if len(q.after) > 0 {
		s.WriteString(word)
		if err := s.beyond(q.all, q.after); err != nil {
			return "", nil, false, err
		}
	}
	for i, name := range q.order {
		s.WriteString([]string{" ORDER BY ", ", "}[min(i, 1)] + q.all.columns[q.all.Index(name)].ref)
	}
	if q.rows > 0 {
		s.WriteString(d.first(q.rows))
	}
	return s.String(), s.args, true, nil
}

// condition is a condition on a column. possible is false where the column's type has no
// such value, so that no row can have it.
func (s *statement) condition(c serverColumn, v rows.Value) (cond string, possible bool) {
	if c.lost != "" {
		return "", false
	}
	if v.Null {
		return c.ref + " IS NULL", true
	}
	if c.arg != nil {
		if arg, ok := c.arg(v.Text); ok {
			cond = c.ref + " = " + s.compared(c, arg)
			if c.asText == nil || c.size == "" {
				return cond, true
			}
			// Of what is not read whole the server has the last word on equality.
			return cond + " AND " + c.asText(s.bind(v.Text)), true
		}
	}
	if c.asText == nil {
		return "", false
	}
	return c.asText(s.bind(v.Text)), true
}

// compared is a parameter as it stands beside a column.
func (s *statement) compared(c serverColumn, arg any) string {
	p := s.bind(arg)
	if c.cast != nil {
		return c.cast(p)
	}
	return p
}

var errKeyLost = errors.New("the key of the last row cannot be given back to the server, so reading cannot go on after it")

// beyond is the condition that a row comes after a key: a >= 1 AND (a > 1 OR a = 1 AND (b > 2)),
// which every engine can answer from an index.
func (s *statement) beyond(t *serverTable, key []rows.Match) error {
	c := t.columns[t.Index(key[0].Column)]
	v := key[0].Value
	var arg any
	ok := !v.Null && (v.Lost == "" || v.Lost == zeroDate)
	if ok {
		arg, ok = c.arg(v.Text)
	}
	if !ok {
		return errKeyLost
	}
	if len(key) == 1 {
		s.WriteString(c.ref + " > " + s.compared(c, arg))
		return nil
	}
	s.WriteString(c.ref + " >= " + s.compared(c, arg))
	s.WriteString(" AND (" + c.ref + " > " + s.compared(c, arg))
	s.WriteString(" OR " + c.ref + " = " + s.compared(c, arg) + " AND (")
	if err := s.beyond(t, key[1:]); err != nil {
		return err
	}
	s.WriteString("))")
	return nil
}

// row reads one row of the query.
func (s *server) row(q serverQuery, cells []sql.NullString) rows.Row {
	r := rows.Row{Table: q.table, Values: make([]rows.Value, len(q.cols))}
	i := 0
	for n, c := range q.cols {
		v := cells[i]
		i++
		var over sql.NullString
		if c.lost == "" && c.size != "" {
			over = cells[i]
			i++
		}
		switch {
		case c.lost != "":
			r.Values[n] = rows.Value{Lost: c.lost}
		case over.Valid:
			size, _ := strconv.ParseInt(over.String, 10, 64)
			if c.Kind == rows.Bytes {
				r.Values[n] = binary(nil, size)
				break
			}
			r.Values[n] = s.text(v.String)
			r.Values[n].Lost = overLimit(size, c.most)
		default:
			r.Values[n] = s.value(c, v)
		}
	}
	return keyed(r, q.key)
}

// value makes a value that was read whole canonical.
func (s *server) value(c serverColumn, v sql.NullString) rows.Value {
	switch {
	case !v.Valid:
		return rows.Value{Null: true}
	case c.Kind == rows.Bytes:
		return binary([]byte(v.String), int64(len(v.String)))
	case c.canon != nil:
		return c.canon(v.String)
	}
	return s.text(trimFixed(c.Column, v.String))
}

// Schema lists tables and views of the database, those that the login may not
// read as well where the server shows them.
func (s *server) Schema(ctx context.Context) (*rows.Schema, error) {
	schema, err := s.readSchema(ctx)
	if err != nil {
		return nil, err
	}
	out := schema.Schema
	return &out, nil
}

func (s *server) readSchema(ctx context.Context) (*serverSchema, error) {
	w := wait(ctx, 2*s.opts.Limits.Statement)
	defer w.close()
	conn, err := s.db.Conn(w)
	if err != nil {
		return nil, s.fail("", "connecting", w.explain(err))
	}
	defer conn.Close()
	tables, err := s.catalogue(w, conn, s.opts.Limits)
	if err != nil {
		return nil, s.fail("", "reading the schema", w.explain(err))
	}
	schema := &serverSchema{Schema: rows.Schema{Source: s.name, Engine: s.engine()}, tables: map[string]*serverTable{}}
	for _, t := range tables {
		if len(t.columns) == 0 {
			s.report(Problem{Table: t.Name, Why: "has no columns that can be read", Mend: "mend or drop it in the database, or GRANT SELECT on it to Tenet's login"})
			continue
		}
		for i := range t.columns {
			c := &t.columns[i]
			if c.most = s.opts.Limits.Value; c.Kind == rows.Bytes {
				c.most = hexLimit
			}
			t.Columns = append(t.Columns, c.Column)
		}
		schema.tables[t.Name] = t
		schema.Tables = append(schema.Tables, t.Table)
	}
	s.mu.Lock()
	s.schema = schema
	s.mu.Unlock()
	return schema, nil
}

// table finds a table in the schema last read; one that is new since then is
// looked for again.
func (s *server) table(ctx context.Context, name string) (*serverTable, error) {
	s.mu.Lock()
	known := s.schema
	s.mu.Unlock()
	if known != nil {
		if t, ok := known.tables[name]; ok {
			return t, nil
		}
	}
	fresh, err := s.readSchema(ctx)
	if err != nil {
		return nil, err
	}
	if t, ok := fresh.tables[name]; ok {
		return t, nil
	}
	return nil, s.fail(name, "reading", ErrNoTable)
}

// Check reaches for the server and goes by its privileges: it reads no rows.
func (s *server) Check(ctx context.Context) (Health, error) {
	var h Health
	schema, err := s.readSchema(ctx)
	if err != nil {
		return h, err
	}
	found := func(table, column, why, mend string) {
		h.Problems = append(h.Problems, Problem{Source: s.name, Table: table, Column: column, Why: why, Mend: mend})
	}
	var tables []*serverTable
	for i := range schema.Tables {
		t := schema.tables[schema.Tables[i].Name]
		tables = append(tables, t)
		if t.readable {
			h.Tables++
		} else {
			found(t.Name, "", "the login may not read it", "GRANT SELECT ON "+t.from+" to Tenet's login")
		}
		for _, c := range t.columns {
			if t.readable && c.lost != "" {
				found(t.Name, c.Name, c.lost, "")
			}
		}
		if t.writable {
			h.Writable = append(h.Writable, t.Name)
		}
		if _, err := s.keyOf(&t.Table); err != nil {
			found(t.Name, "", err.Error(), "name the key's columns in the map as they stand in the table")
		}
	}
	w := wait(ctx, s.opts.Limits.Statement)
	defer w.close()
	conn, err := s.db.Conn(w)
	if err != nil {
		return h, s.fail("", "connecting", w.explain(err))
	}
	defer conn.Close()
	h.ReadOnly = len(h.Writable) == 0
	if len(h.Writable) > 0 {
		found("", "", fmt.Sprintf("the login could change %d tables", len(h.Writable)), "give Tenet a login of its own with SELECT only")
	}
	before := len(h.Problems)
	if err := s.check(w, conn, tables, &h); err != nil {
		return h, s.fail("", "checking", w.explain(err))
	}
	for i := before; i < len(h.Problems); i++ {
		h.Problems[i].Source = s.name
	}
	return h, nil
}
