package index

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// defaultSchema is where a URL's index stands that names no other.
const defaultSchema = "tenet_index"

// server is an index in a schema of PostgreSQL, which any number of processes share.
type server struct{ schema string }

func openPostgres(ctx context.Context, rawURL string) (*sql.DB, *server, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, nil, errors.New("its URL cannot be read: write postgres://login@host/database?schema=" + defaultSchema) // err would show it
	}
	q := u.Query()
	s := &server{schema: q.Get("schema")}
	if s.schema == "" {
		s.schema = defaultSchema
	}
	q.Del("schema")
	u.RawQuery = q.Encode()
	cfg, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, nil, err // pgx leaves the password out
	}
	name := pgx.Identifier{s.schema}.Sanitize()
	cfg.RuntimeParams["search_path"] = name
	cfg.RuntimeParams["application_name"] = "tenet index"
	cfg.OnNotice = func(*pgconn.PgConn, *pgconn.Notice) {} // that something was there already
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(4)
	db.SetConnMaxIdleTime(5 * time.Minute)
	var there bool
	err = db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`, s.schema).Scan(&there)
	if err == nil && !there {
		// Two who do this at once may both be told that it is not there.
		var e *pgconn.PgError
		if _, err = db.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS `+name); errors.As(err, &e) && e.Code == "23505" {
			err = nil
		}
	}
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return db, s, nil
}

func (*server) dialect() *strings.Replacer {
	// Postings are read by the block: they stand in the row itself. Nothing is
	// compressed: what is sealed cannot be.
	return strings.NewReplacer("$strict", "", "$serial", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "$int", "BIGINT",
		"$bytes", "BYTEA", "TEXT", `TEXT COLLATE "C"`,
		"$storage", "ALTER TABLE posting_$seg ALTER body SET STORAGE PLAIN; ALTER TABLE locator_$seg ALTER sealed SET STORAGE EXTERNAL")
}

func (s *server) tables() string {
	return `SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()`
}

func (*server) numbers(list []int64) any { return list }

func (*server) list() string { return `unnest($1::bigint[]) AS t(value)` }

func (*server) first(seg int64) string {
	return fmt.Sprintf(`SELECT t.value, b.last, b.id, b.body FROM unnest($1::bigint[]) AS t(value)
		CROSS JOIN LATERAL (SELECT last, id, body FROM posting_%d WHERE last >= t.value ORDER BY last, id LIMIT 1) b`, seg)
}

func (*server) load(ctx context.Context, db *sql.DB, table string, columns []string, rows [][]any) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Raw(func(conn any) error {
		_, err := conn.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		return err
	})
}

// lock is the server's own, of a connection that is kept: it goes when the
// process dies.
func (s *server) lock(ctx context.Context, db *sql.DB, name string) (func(), error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	name = s.schema + "\x1f" + name
	if _, err := c.ExecContext(ctx, `SELECT pg_advisory_lock(hashtextextended($1, 0))`, name); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return func() {
		if _, err := c.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtextextended($1, 0))`, name); err != nil {
			c.Raw(func(any) error { return driver.ErrBadConn }) // it ends, and the lock with it
		}
		c.Close()
	}, nil
}

func (s *server) freeze(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, s.schema)
	return err
}

func (*server) noTable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "42P01"
}

func (*server) full(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "53100" || e.Code == "53000")
}
