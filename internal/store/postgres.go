package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// oldest is the oldest PostgreSQL that can be asked what became of a
	// transaction by its 64-bit number.
	oldest = 130000
	// pool is how many connections a process keeps for writing, and as many again
	// for reading: two pools, so that a Write within a Read finds one.
	pool = 8
	// timeline is that of the server's history, another one after a failover.
	timeline = `left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)`
)

// limits are how long a session of ours takes over one thing, in milliseconds.
// Backup, restore, move and migration lift some.
var limits = map[string]string{
	"statement_timeout":                   "60000",
	"lock_timeout":                        "10000",
	"idle_in_transaction_session_timeout": "120000",
}

// postgres is a store in one schema of a PostgreSQL database.
type postgres struct {
	config   *pgx.ConnConfig
	schema   string
	place    string // a URL without user and password
	writer   *sql.DB
	reader   *sql.DB
	timeline string
	patience time.Duration // to learn what became of a commit
	tidying  sync.Mutex
}

var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// configure reads the URL. What it says of one does not repeat it.
func configure(raw string) (config *pgx.ConnConfig, schema string, err error) {
	u, err := url.Parse(raw)
	var q url.Values
	if err == nil {
		q, err = url.ParseQuery(u.RawQuery)
	}
	if err != nil {
		return nil, "", errors.New("store: this is not a URL; give postgres://USER@HOST:PORT/DATABASE, " +
			"with what is not a letter or digit in a password written as %XX, or the password in PGPASSWORD or ~/.pgpass")
	}
	schema = "tenet"
	if q.Has("schema") {
		schema = q.Get("schema")
		q.Del("schema")
		u.RawQuery = q.Encode()
	}
	if !schemaName.MatchString(schema) || strings.HasPrefix(schema, "pg_") {
		return nil, "", errors.New("store: schema= names a schema in small letters, digits and _, such as tenet, and not pg_…")
	}
	if config, err = pgx.ParseConfig(u.String()); err != nil {
		return nil, "", errors.New("store: PostgreSQL's driver cannot read this URL, or one of its options or a file that they name; " +
			"give postgres://USER@HOST:PORT/DATABASE?sslmode=verify-full")
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	for k, v := range limits {
		config.RuntimeParams[k] = v
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "tenet"
	}
	config.RuntimeParams["search_path"] = schema
	return config, schema, nil
}

func connectPostgres(ctx context.Context, raw string) (engine, error) {
	config, schema, err := configure(raw)
	if err != nil {
		return nil, err
	}
	p := &postgres{config: config, schema: schema, patience: patience}
	port := strconv.Itoa(int(config.Port))
	place := url.URL{Scheme: "postgres", Path: "/" + config.Database, Host: net.JoinHostPort(config.Host, port)}
	q := url.Values{"schema": {schema}}
	if strings.HasPrefix(config.Host, "/") { // The folder of a socket.
		place.Host = ""
		q.Set("host", config.Host)
		q.Set("port", port)
	}
	place.RawQuery = q.Encode()
	p.place = place.String()
	p.writer, p.reader = p.open(nil), p.open(nil)
	if err := p.look(ctx); err != nil {
		p.close()
		return nil, p.explain(err)
	}
	return p, nil
}

// open is a pool of connections, with other limits than usual if others are given.
func (p *postgres) open(other map[string]string) *sql.DB {
	config := p.config.Copy()
	for k, v := range other {
		config.RuntimeParams[k] = v
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// What is committed is on the disk. A server set to wait until its replicas
		// have applied it too is left at that.
		_, err := conn.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false)
			WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`)
		return err
	}))
	db.SetMaxOpenConns(pool)
	db.SetMaxIdleConns(pool)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db
}

// look refuses a server on which the store cannot be kept.
func (p *postgres) look(ctx context.Context) error {
	var version int
	var encoding string
	var replica bool
	err := p.writer.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), pg_is_in_recovery()`).
		Scan(&version, &encoding, &replica)
	switch {
	case err != nil:
		return err
	case version < oldest:
		return fmt.Errorf("store: %s is PostgreSQL %d; 13 or later is needed", p.place, version/10000)
	case encoding != "UTF8":
		return fmt.Errorf("store: the database of %s is encoded in %s; make one with ENCODING 'UTF8'", p.place, encoding)
	case replica:
		return fmt.Errorf("store: %s is a replica, which cannot be written; name its primary, or add target_session_attrs=read-write to the URL", p.place)
	}
	return p.writer.QueryRowContext(ctx, `SELECT `+timeline).Scan(&p.timeline)
}

func (p *postgres) name() string { return p.place }

func (p *postgres) close() error { return errors.Join(p.reader.Close(), p.writer.Close()) }

// tidy vacuums the tables of what was forgotten; see doc.go for what that does
// not reach.
func (p *postgres) tidy(ctx context.Context, forgot bool) {
	if !forgot || !p.tidying.TryLock() {
		return // Whoever tidies now leaves this to the next, or to autovacuum.
	}
	defer p.tidying.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	rows, err := p.reader.QueryContext(ctx, `SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'`, p.schema)
	if err != nil {
		return
	}
	var names []string
	for rows.Next() {
		var one string
		if rows.Scan(&one) == nil {
			names = append(names, one)
		}
	}
	rows.Close()
	for _, one := range names {
		if _, err := p.writer.ExecContext(ctx, "VACUUM "+quote(one)); err != nil {
			return
		}
	}
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
