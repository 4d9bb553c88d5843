package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tenet/internal/rows"
)

// postgres is a PostgreSQL database. Every value is asked for as text, so that
// the server's own output functions render whatever types it has.
type postgres struct {
	base
	pool *pgPool

	mu     sync.Mutex
	schema *pgSchema // as last read
}

func newPostgres(b base, rawURL string) (Source, error) {
	conf, err := pgConfig(rawURL, b.opts.Limits.Statement)
	if err != nil {
		return nil, b.fail("", "opening", err)
	}
	return &postgres{base: b, pool: newPGPool(conf, b.conns)}, nil
}

// pgConfig reads a URL and adds what must hold for every session. Its errors
// do not quote the URL, which may hold a password.
func pgConfig(rawURL string, timeout time.Duration) (*pgx.ConnConfig, error) {
	dsn := rawURL
	if _, rest, _ := strings.Cut(rawURL, ":"); !strings.HasPrefix(rest, "//") {
		dsn = rest // a keyword string
	}
	cc, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the URL cannot be read; it should be like postgres://USER@HOST:5432/DATABASE?sslmode=verify-full," +
			" with what is special in a password written as %40 and the like")
	}
	if name, ok := strings.CutPrefix(cc.Password, "env:"); ok {
		if cc.Password, ok = os.LookupEnv(name); !ok {
			return nil, fmt.Errorf("the URL takes its password from the environment variable %s, which is not set", name)
		}
	}
	if cc.ConnectTimeout == 0 {
		cc.ConnectTimeout = min(timeout, 15*time.Second)
	}
	for name, value := range map[string]string{
		"application_name":              "tenet",
		"default_transaction_read_only": "on",
		// A policy that would hide rows makes the query fail instead.
		"row_security":      "off",
		"statement_timeout": strconv.FormatInt(timeout.Milliseconds(), 10),
		"lock_timeout":      strconv.FormatInt(timeout.Milliseconds(), 10),
		"client_encoding":   "UTF8",
		// What values look like as text must not depend on the server's settings.
		"DateStyle": "ISO, YMD", "TimeZone": "UTC", "IntervalStyle": "iso_8601", "bytea_output": "hex", "extra_float_digits": "1",
	} {
		cc.RuntimeParams[name] = value
	}
	cc.AfterConnect = func(ctx context.Context, c *pgconn.PgConn) error {
		if c.ParameterStatus("server_encoding") != "SQL_ASCII" {
			return nil
		}
		// Such a database holds bytes of any encoding, which asking for UTF-8
		// would turn into errors. They are made out here.
		return c.Exec(ctx, "SET client_encoding TO 'SQL_ASCII'").Close()
	}
	// No prepared statements that outlive a query, which poolers in between lose.
	cc.DefaultQueryExecMode = pgx.QueryExecModeExec
	return cc, nil
}

func (p *postgres) Close() error {
	p.pool.close()
	return nil
}

// fail sorts what can go wrong into what people can do about it.
func (p *postgres) fail(table, doing string, err error) *Error {
	e := p.base.fail(table, doing, err)
	if e.Mend != "" {
		return e
	}
	var pe *pgconn.PgError
	var ce *pgconn.ConnectError
	switch {
	case errors.As(err, &pe):
		// The server's detail may quote values, so only its message is passed on.
		plain := fmt.Errorf("%s (SQLSTATE %s)", pe.Message, pe.Code)
		switch {
		case strings.HasPrefix(pe.Code, "28"):
			e.Err, e.Mend = fmt.Errorf("%w: %w", ErrRefused, plain), "check the user, the password and the server's pg_hba.conf"
		case pe.Code == "3D000":
			e.Err, e.Mend = fmt.Errorf("%w: %w", ErrUnreachable, plain), "check the database's name in the URL"
		case pe.Code == "53300" || strings.HasPrefix(pe.Code, "57P0"):
			e.Err, e.Mend = fmt.Errorf("%w: %w", ErrUnreachable, plain), "try again later, or allow the login more connections"
		case pe.Code == "42501" && strings.Contains(pe.Message, "row-level security"):
			e.Err, e.Mend = plain, "ALTER ROLE ... BYPASSRLS for Tenet's login: a policy would hide rows from the search"
		case pe.Code == "42501":
			e.Err, e.Mend = plain, "GRANT USAGE on the schema and SELECT on the table to Tenet's login"
		case pe.Code == "57014":
			e.Err, e.Mend = fmt.Errorf("%w: %w", errSlow, plain), "raise the source's time-out, or give the table a key or an index"
		case pe.Code == "55P03":
			e.Err, e.Mend = fmt.Errorf("%w: %w", errSlow, plain), "another program holds the table locked; try again later"
		case pe.Code == "22021":
			e.Err, e.Mend = plain, "some text in the table is not in the database's own encoding; mend it there"
		default:
			e.Err = plain
		}
	case errors.As(err, &ce):
		e.Err, e.Mend = fmt.Errorf("%w: %s", ErrUnreachable, netReason(ce)), "check the host and port in the URL, and that the server takes connections from here"
	case lost(err):
		e.Err, e.Mend = fmt.Errorf("%w: the connection was lost", ErrUnreachable), "try again; if it goes on, see the server's log"
	}
	return e
}

// netReason is the innermost reason for which there is no connection; the outer ones
// repeat the URL.
func netReason(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return op.Err.Error()
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return "no such host"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer"
	}
	return "no connection"
}

// dropped says that an error is the end of the connection and not of the query.
func dropped(conn *pgx.Conn, err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return strings.HasPrefix(pe.Code, "57P0") || strings.HasPrefix(pe.Code, "08")
	}
	return conn.IsClosed()
}

func (p *postgres) Scan(ctx context.Context, table string, opt ScanOptions) iter.Seq2[rows.Row, error] {
	t, err := p.table(ctx, table)
	if err != nil {
		return one(err)
	}
	key, err := p.keyOf(&t.Table)
	if err != nil {
		return one(p.fail(table, "reading", err))
	}
	shown, err := narrow(&t.Table, key, opt.Columns)
	if err != nil {
		return one(p.fail(table, "reading", err))
	}
	q := p.selectFrom(t, shown)
	q.key = key
	if len(t.Key) > 0 || len(p.opts.Keys(t.Name)) > 0 {
		q.order = key
	}
	return p.scan(ctx, q)
}

// scan goes through a table with a cursor in a read-only snapshot, so that neither side
// ever holds more than a few rows. If the connection drops it begins
// again once, after the last row it had.
func (p *postgres) scan(ctx context.Context, q pgQuery) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		var last rows.Row
		for try := 0; ; try++ {
			again, err := p.cursor(ctx, q, &last, yield)
			if err == nil {
				return
			}
			if !again || try > 0 {
				e := p.fail(q.table.Name, "reading", err)
				e.After = lastID(last)
				yield(rows.Row{}, e)
				return
			}
			if last.Table != nil {
				q.after = last.KeyMatch()
			}
			p.report(Problem{Table: q.table.Name, Key: lastID(last), Why: "the connection was lost while reading; reading went on after this row in a second snapshot",
				Mend: "scan again if rows may have changed meanwhile"})
		}
	}
}

func lastID(r rows.Row) string {
	if r.Table == nil {
		return ""
	}
	return r.ID()
}

// fetch is how many rows a cursor gives at a time.
const fetch = 500

// cursor reads a table from q.after on. again says that the connection was lost and
// that the rest can be read over another.
func (p *postgres) cursor(ctx context.Context, q pgQuery, last *rows.Row, yield func(rows.Row, error) bool) (again bool, err error) {
	w := wait(ctx, cmp.Or(q.patience, p.opts.Limits.Statement))
	defer w.close()
	conn, err := p.pool.acquire(w)
	if err != nil {
		return false, w.explain(err)
	}
	defer p.pool.release(conn)
	failed := func(err error) (bool, error) {
		return dropped(conn, err) && w.Err() == nil && q.resumable(*last), w.explain(err)
	}
	tx, err := conn.BeginTx(w, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return failed(err)
	}
	// Rolling back must work after ctx has ended, and must not hang on a dead server.
	defer func() {
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		tx.Rollback(bye)
	}()
	// The server's clock would run on while the reader takes its time over rows;
	// ours does not.
	if _, err := tx.Exec(w, "SET LOCAL statement_timeout = 0"); err != nil {
		return failed(err)
	}
	stmt, args := q.sql()
	if _, err := tx.Exec(w, "DECLARE tenet NO SCROLL CURSOR FOR "+stmt, args...); err != nil {
		return failed(err)
	}
	for {
		w.begin()
		res, err := tx.Query(w, "FETCH FORWARD "+strconv.Itoa(fetch)+" FROM tenet")
		if err != nil {
			return failed(err)
		}
		n := 0
		for res.Next() {
			w.end()
			n++
			r := p.row(q, res.RawValues())
			*last = r
			p.reportLost(r)
			if !yield(r, nil) {
				res.Close()
				return false, nil
			}
			w.begin()
		}
		w.end()
		if err := res.Err(); err != nil {
			return failed(err)
		}
		if n < fetch {
			return false, nil
		}
	}
}

func (p *postgres) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	t, err := p.table(ctx, table)
	if err != nil {
		return one(err)
	}
	key, err := p.keyOf(&t.Table)
	if err == nil {
		err = checkWhere(&t.Table, where)
	}
	if err != nil {
		return one(p.fail(table, "looking up", err))
	}
	q := p.selectFrom(t, &t.Table)
	q.key = key
	for _, m := range where {
		c := t.columns[t.Index(m.Column)]
		if !c.readable {
			// No row and no leave to look are not the same answer.
			e := &Error{Source: p.name, Table: table, Doing: "looking up", Mend: "GRANT SELECT on the table to Tenet's login", Err: fmt.Errorf("the login may not read the column %s", c.name)}
			return one(e)
		}
		cond, args, possible := pgCondition(c, m.Value, len(q.args)+1)
		if !possible {
			return func(func(rows.Row, error) bool) {}
		}
		q.where = append(q.where, cond)
		q.args = append(q.args, args...)
	}
	return func(yield func(rows.Row, error) bool) {
		w := wait(ctx, p.opts.Limits.Statement+5*time.Second)
		defer w.close()
		conn, err := p.pool.acquire(w)
		if err != nil {
			yield(rows.Row{}, p.fail(table, "looking up", w.explain(err)))
			return
		}
		defer p.pool.release(conn)
		stmt, args := q.sql()
		res, err := conn.Query(w, stmt, args...)
		if err != nil {
			yield(rows.Row{}, p.fail(table, "looking up", w.explain(err)))
			return
		}
		done := false
		defer func() {
			if !done { // left early: give up the connection sooner than read the rest
				w.cancel(nil)
			}
			res.Close()
		}()
		for res.Next() {
			w.end()
			r := p.row(q, res.RawValues())
			if matches(r, where) {
				p.reportLost(r)
				if !yield(r, nil) {
					return
				}
			}
			w.begin()
		}
		done = true
		if err := res.Err(); err != nil {
			yield(rows.Row{}, p.fail(table, "looking up", w.explain(err)))
		}
	}
}

// Fingerprint names the last transaction that the database has seen, and the
// ones then under way: as long as none begins that writes, no table changes. Any write anywhere in
// the server changes it, and so does a restart. Tables of other servers are beyond it.
func (p *postgres) Fingerprint(ctx context.Context, table string) (string, error) {
	t, err := p.table(ctx, table)
	if err != nil {
		return "", err
	}
	if t.View || t.elsewhere {
		return "", nil
	}
	var f string
	err = p.one(ctx, []any{&f}, `SELECT concat_ws(' ', (SELECT oid FROM pg_database WHERE datname = current_database()),
		extract(epoch FROM pg_postmaster_start_time()), pg_relation_filenode($1::oid), txid_current_snapshot())`, t.oid)
	if err != nil {
		return "", p.fail(table, "fingerprinting", err)
	}
	return f, nil
}

// one reads a row of a small query.
func (p *postgres) one(ctx context.Context, dest []any, query string, args ...any) error {
	w := wait(ctx, p.opts.Limits.Statement)
	defer w.close()
	if err := p.pool.with(w, func(c *pgx.Conn) error { return c.QueryRow(w, query, args...).Scan(dest...) }); err != nil {
		return w.explain(err)
	}
	return nil
}
