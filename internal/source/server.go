package source

import (
	"cmp"
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"sync"
	"time"

	"tenet/internal/rows"
)

// server is a database server reached through database/sql: MariaDB and MySQL,
// SQL Server, Oracle. What they do each in their own way is a dialect. As with
// PostgreSQL the server is asked for values as text, so that what a driver
// makes of a type does not come into it.
type server struct {
	base
	dialect
	db   *sql.DB
	kept *statements // of Lookup; nil where the driver gains nothing by it

	mu     sync.Mutex
	schema *serverSchema // as last read
}

// dialect is what one engine does in its own way.
type dialect interface {
	engine() string           // as in rows.Schema
	quote(name string) string // a name as SQL takes it
	param(n int) string       // the nth parameter of a statement
	first(n int) string       // what ends a statement with ORDER BY after n rows
	// catalogue reads what tables there are and how their columns are read.
	catalogue(ctx context.Context, c *sql.Conn, limits Limits) ([]*serverTable, error)
	// begin begins a transaction that only reads; all statements in it see the
	// database in one state where the engine can do that. The result names the session.
	begin(ctx context.Context, c *sql.Conn) (session string, err error)
	// end ends the transaction.
	end(ctx context.Context, c *sql.Conn) error
	// stop ends what the server may still be doing for a session whose
	// connection is gone.
	stop(ctx context.Context, db *sql.DB, session string)
	// check fills in what only the engine can say of the login and of tables.
	check(ctx context.Context, c *sql.Conn, tables []*serverTable, h *Health) error
	// explain says what an error is in words that quote no value, and what can be done
	// about it; nil if it is none of the server's own.
	explain(err error) (mend string, plain error)
	// dropped says that one of the server's own errors is the end of the connection.
	dropped(err error) bool
}

// serverConns is how many connections a source may hold unless its URL says
// otherwise, and serverIdle how many it keeps when they are idle: the server is somebody else's. The
// GRANTs in the package comment allow the login ten.
const (
	serverConns = 8
	serverIdle  = 2
)

// pageRows is how many rows one statement of a scan asks for. A table is read in
// pages by its key, so that no statement holds locks while the reader takes its time
// over rows.
const pageRows = 500

func newServer(b base, d dialect, c driver.Connector) *server {
	s := &server{base: b, dialect: d, db: sql.OpenDB(c)}
	s.db.SetMaxOpenConns(b.conns)
	s.db.SetMaxIdleConns(serverIdle)
	s.db.SetConnMaxIdleTime(time.Minute)
	return s
}

func (s *server) Close() error {
	if s.kept != nil {
		s.kept.close()
	}
	return s.db.Close()
}

// Fingerprint is always empty. None of these engines says cheaply and
// certainly that a table has not changed: counters are lost on restart, kept in whole
// seconds, put off until later, or need the rights of an administrator.
func (s *server) Fingerprint(ctx context.Context, table string) (string, error) {
	_, err := s.table(ctx, table)
	return "", err
}

// fail sorts what can go wrong into what people can do about it.
func (s *server) fail(table, doing string, err error) *Error {
	e := s.base.fail(table, doing, err)
	if e.Mend != "" {
		return e
	}
	if mend, plain := s.explain(err); plain != nil {
		e.Err, e.Mend = plain, mend
		return e
	}
	var op *net.OpError
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &cert):
		e.Err, e.Mend = fmt.Errorf("%w: the server's certificate cannot be verified", ErrUnreachable), "name its authority's certificate in the URL (ca=FILE), and the server as the certificate does"
	case errors.As(err, &dns), errors.As(err, &op) && op.Op == "dial":
		e.Err, e.Mend = fmt.Errorf("%w: %s", ErrUnreachable, netReason(err)), "check the host and port in the URL, and that the server takes connections from here"
	case doing == "connecting" && errors.Is(err, errSlow):
		e.Err, e.Mend = fmt.Errorf("%w: %w", ErrUnreachable, err), "check the host and port in the URL, and that the server takes connections from here"
	case lost(err):
		e.Err, e.Mend = fmt.Errorf("%w: the connection was lost", ErrUnreachable), "try again; if it goes on, see the server's log"
	}
	return e
}

// lost says that an error is the end of a connection, as drivers and networks
// put it.
func lost(err error) bool {
	var ne net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &ne) && !errors.Is(err, context.DeadlineExceeded)
}

func (s *server) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	t, err := s.table(ctx, table)
	if err != nil {
		return one(err)
	}
	key, err := s.keyOf(&t.Table)
	if err != nil {
		return one(s.fail(table, "reading", err))
	}
	shown, err := narrow(&t.Table, key, opt.Columns)
	if err != nil {
		return one(s.fail(table, "reading", err))
	}
	q := t.query(shown, key)
	switch {
	case t.paged():
		q.order, q.rows = t.Key, pageRows
	case len(t.Key) > 0 || len(s.opts.Keys(t.Name)) > 0:
		q.order = key
	}
	return s.scan(ctx, q)
}

// scan goes through a table. If the connection drops it begins again once, after
// the last row it had.
func (s *server) scan(ctx context.Context, q serverQuery) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		var last rows.Row
		for try := 0; ; try++ {
			again, err := s.read(ctx, q, &last, yield)
			if err == nil {
				return
			}
			if !again || try > 0 {
				e := s.fail(q.table.Name, "reading", err)
				e.After = lastID(last)
				yield(rows.Row{}, e)
				return
			}
			s.report(Problem{Table: q.table.Name, Key: lastID(last), Why: "the connection was lost while reading; reading went on after this row in a second snapshot",
				Mend: "scan again if rows may have changed meanwhile"})
		}
	}
}

// read reads a table, from the row after last on. again says that the connection was
// lost and that the rest can be read over another.
func (s *server) read(ctx context.Context, q serverQuery, last *rows.Row, yield func(rows.Row, error) bool) (again bool, err error) {
	w := wait(ctx, cmp.Or(q.patience, s.opts.Limits.Statement))
	defer w.close()
	conn, err := s.db.Conn(w)
	if err != nil {
		return false, w.explain(err)
	}
	var session string
	defer func() {
		// This must work after ctx has ended, and not hang on a dead server.
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if w.Err() == nil && session != "" {
			s.end(bye, conn)
		}
		conn.Close()
		if w.Err() != nil && session != "" {
			s.stop(bye, s.db, session)
		}
	}()
	failed := func(err error) (bool, error) {
		again := w.Err() == nil && (lost(err) || s.dropped(err)) && (last.Table == nil || q.rows > 0)
		return again, w.explain(err)
	}
	if session, err = s.begin(w, conn); err != nil {
		return failed(err)
	}
	for {
		if last.Table != nil {
			q.after = last.KeyMatch()
		}
		n, left, err := s.run(w, conn, q, last, yield)
		switch {
		case err != nil:
			return failed(err)
		case left, q.rows == 0, n < q.rows:
			return false, nil
		}
	}
}

func (s *server) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t, err := s.table(ctx, table)
	if err != nil {
		return one(err)
	}
	key, err := s.keyOf(&t.Table)
	if err == nil {
		err = checkWhere(&t.Table, where)
	}
	if err != nil {
		return one(s.fail(table, "looking up", err))
	}
	q := t.query(&t.Table, key)
	q.where = where
	return func(yield func(rows.Row, error) bool) {
		w := wait(ctx, s.opts.Limits.Statement+5*time.Second) // the server's own clock ends it sooner, where it has one
		defer w.close()
		var c querier = s.db
		if s.kept != nil {
			a := &again{kept: s.kept}
			defer a.done()
			c = a
		}
		if _, _, err := s.run(w, c, q, nil, yield); err != nil {
			yield(rows.Row{}, s.fail(table, "looking up", w.explain(err)))
		}
	}
}

// querier is a connection, or any.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// run gives the rows of one statement. It says how many there were, and whether
// the reader left before the end. last, if not nil, is kept at the row given last.
func (s *server) run(w *waiting, c querier, q serverQuery, last *rows.Row, yield func(rows.Row, error) bool) (n int, left bool, err error) {
	stmt, args, possible, err := q.sql(s.dialect)
	if err != nil || !possible {
		return 0, false, err
	}
	w.begin()
	res, err := c.QueryContext(w, stmt, args...)
	if err != nil {
		return 0, false, err
	}
	defer func() {
		if left { // give up the connection sooner than read the rest
			w.cancel(nil)
		}
		res.Close()
	}()
	cells := make([]sql.NullString, q.width())
	dest := make([]any, len(cells))
	for i := range cells {
		dest[i] = &cells[i]
	}
	told := make([]bool, len(q.cols))
	for w.Err() == nil && res.Next() { // of a context that has ended database/sql hears a little later
		w.end()
		if err := res.Scan(dest...); err != nil {
			return n, false, err
		}
		n++
		r := s.row(q, cells)
		if last != nil {
			*last = r
		}
		if matches(r, q.where) {
			s.reportRow(r, told)
			if !yield(r, nil) {
				return n, true, nil
			}
		}
		w.begin()
	}
	w.end()
	return n, false, cmp.Or(res.Err(), w.Err())
}

// zeroDate is why a date that MySQL writes 0000-00-00 says nothing.
const zeroDate = "a zero date, which stands for one that is not known"

// reportRow tells of what is not whole in a row. Of zero dates, which old tables are full
// of, it tells once for each column.
func (s *server) reportRow(r rows.Row, told []bool) {
	for i, v := range r.Values {
		if v.Lost != zeroDate {
			continue
		}
		if !told[i] {
			s.report(Problem{Table: r.Table.Name, Column: r.Table.Columns[i].Name, Why: "holds zero dates, which stand for dates that are not known",
				Mend: "treat them as missing, or enter the dates"})
			told[i] = true
		}
		v.Lost = ""
		r.Values = append([]rows.Value(nil), r.Values...)
		r.Values[i] = v
	}
	s.reportLost(r)
}

// session is a driver's connector that sets up each connection it makes.
type session struct {
	driver.Connector
	setup []string
}

func (s session) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	for _, stmt := range s.setup {
		if err := execute(ctx, c, stmt); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

func execute(ctx context.Context, c driver.Conn, stmt string) error {
	e, ok := c.(driver.ExecerContext)
	if !ok {
		return fmt.Errorf("the driver %T runs no statements", c)
	}
	_, err := e.ExecContext(ctx, stmt, nil)
	return err
}
