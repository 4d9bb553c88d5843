package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Looked is what [Look] saw of a store.
type Looked struct {
	Engine string // "SQLite", or "PostgreSQL" and its version
	Place  string // a URL with neither user nor password in it
	Schema int64  // 0 where there is none yet
	Known  int64  // the schema that this program works with
	Bytes  int64  // on the disk
	// Damage is what the engine finds wrong with itself. PostgreSQL has nothing that
	// looks at all of it: there it is always empty.
	Damage string
	Moved  string // where the store was moved to; empty if it was not
	// Connected are Tenet's processes that are connected to PostgreSQL. SQLite knows
	// of nobody.
	Connected []Connected
}

// Connected are the connections to a store on PostgreSQL that come from one
// address. How many processes they belong to the server does not say.
type Connected struct {
	Address string    // empty for the server's own socket
	Number  int       // at most 16 of one process
	Since   time.Time // the first of those that are there began
}

// looker is how the one who only looks names itself to PostgreSQL.
const looker = "tenet doctor"

// Look looks at a store and changes nothing in it, not even its schema: it reads
// by connections that cannot write. Where there is no file the error is
// [fs.ErrNotExist]. Whether the store may be opened follows from Schema, Damage
// and Moved.
func Look(ctx context.Context, at string) (Looked, error) {
	known, err := latest()
	if err != nil {
		return Looked{}, err
	}
	l := Looked{Known: known}
	if path, ok := strings.CutPrefix(at, "sqlite:"); ok {
		err = l.sqlite(ctx, strings.TrimPrefix(path, "//"))
	} else {
		err = l.postgres(ctx, at)
	}
	return l, err
}

// look is what an engine says in the same way on both.
func (l *Looked) look(ctx context.Context, e engine, db *sql.DB) (err error) {
	l.Place = e.name()
	if l.Schema, err = e.version(ctx); err != nil {
		return err
	}
	moved, err := e.has(ctx, movedTable)
	if moved {
		err = db.QueryRowContext(ctx, `SELECT place FROM `+movedTable).Scan(&l.Moved)
	}
	return err
}

func (l *Looked) sqlite(ctx context.Context, path string) error {
	l.Engine = "SQLite"
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("store: look at it: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("store: look at it: %w", err)
	}
	l.Bytes = info.Size()
	q := url.Values{"mode": {"ro"}, "_busy_timeout": {"5000"}, "_query_only": {"1"}}
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		// Nobody has it open. A reader of a log that was not there would make one, and
		// being a reader could not take it away again.
		q.Set("immutable", "1")
	}
	db, err := sql.Open("sqlite", fileURL(path, q))
	if err != nil {
		return fmt.Errorf("store: look at %s: %w", path, err)
	}
	defer db.Close()
	e := &sqliteEngine{path: path, writer: db, reader: db}
	if err := l.look(ctx, e, db); err != nil {
		return e.explain(err)
	}
	err = db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&l.Damage)
	if l.Damage == "ok" {
		l.Damage = ""
	}
	return e.explain(err)
}

// fileURL names a file to SQLite, https://www.sqlite.org/uri.html.
func fileURL(path string, q url.Values) string {
	if path = filepath.ToSlash(path); !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/Tenet/office/tenet.db
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return u.String()
}

func (l *Looked) postgres(ctx context.Context, raw string) error {
	l.Engine = "PostgreSQL"
	others := cmp.Or(os.Getenv("PGAPPNAME"), "tenet") // see configure
	if u, err := url.Parse(raw); err == nil {         // else the engine says what is wrong
		q := u.Query()
		others = cmp.Or(q.Get("application_name"), others)
		q.Set("application_name", looker)
		q.Set("default_transaction_read_only", "on")
		u.RawQuery = q.Encode()
		raw = u.String()
	}
	e, err := connect(ctx, raw)
	if err != nil {
		return err
	}
	defer e.close()
	p, ok := e.(*postgres)
	if !ok {
		return errors.New("store: only a file or PostgreSQL can be looked at")
	}
	return p.explain(l.server(ctx, p, others))
}

// server looks at a store on PostgreSQL, and at the connections that others, who
// go by that name, have to its database.
func (l *Looked) server(ctx context.Context, p *postgres, others string) error {
	if err := l.look(ctx, p, p.reader); err != nil {
		return err
	}
	var version string
	err := p.reader.QueryRowContext(ctx, `SELECT split_part(current_setting('server_version'), ' ', 1),
		(SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'm'))`, p.schema).
		Scan(&version, &l.Bytes)
	if err != nil {
		return err
	}
	l.Engine += " " + version
	rows, err := p.reader.QueryContext(ctx, `SELECT coalesce(host(client_addr), ''), count(*), (extract(epoch FROM min(backend_start)) * 1000000)::bigint
		FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1
		GROUP BY client_addr ORDER BY 1`, others)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var s Connected
		var since int64
		if err := rows.Scan(&s.Address, &s.Number, &since); err != nil {
			return err
		}
		s.Since = Time(since)
		l.Connected = append(l.Connected, s)
	}
	return rows.Err()
}
