package store

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/pressly/goose/v3"
)

func (p *postgres) version(ctx context.Context) (int64, error) {
	var tables int
	var begun, ours bool
	err := p.writer.QueryRowContext(ctx, `SELECT count(*), coalesce(bool_or(relname = 'goose_db_version'), false), coalesce(bool_or(relname = 'ledger_entry'), false)
		FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'v', 'm', 'f')`, p.schema).Scan(&tables, &begun, &ours)
	if err != nil || tables == 0 {
		return 0, err
	}
	foreign := fmt.Errorf("store: the schema of %s holds tables that are not Tenet's; add schema=NAME to the URL for one of its own", p.place)
	if !begun {
		return 0, foreign
	}
	var v int64
	err = p.writer.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&v)
	if err != nil {
		return 0, err
	}
	if (v > 0) != ours || v == 0 && tables > 1 {
		return 0, foreign
	}
	return v, nil
}

func (p *postgres) has(ctx context.Context, table string) (there bool, err error) {
	err = p.writer.QueryRowContext(ctx, `SELECT to_regclass($1) IS NOT NULL`, p.schema+"."+table).Scan(&there)
	return there, err
}

// migrator holds an advisory lock of this schema until release.
func (p *postgres) migrator(ctx context.Context) (_ *goose.Provider, release func(), err error) {
	db := p.open(map[string]string{"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"})
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	end := func() { // The lock ends with its session.
		conn.Close()
		db.Close()
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	key := fnv.New64a()
	key.Write([]byte("tenet migrates " + p.schema))
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var ours bool
		if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, int64(key.Sum64())).Scan(&ours); err != nil {
			return nil, nil, err
		}
		if ours {
			break
		}
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-tick.C:
		}
	}
	var there bool
	if err := conn.QueryRowContext(ctx, `SELECT to_regnamespace($1) IS NOT NULL`, p.schema).Scan(&there); err != nil {
		return nil, nil, err
	}
	if !there {
		if _, err := conn.ExecContext(ctx, `CREATE SCHEMA `+quote(p.schema)); err != nil {
			return nil, nil, fmt.Errorf("make its schema (or have it made: CREATE SCHEMA %s AUTHORIZATION and the role that Tenet uses): %w", p.schema, err)
		}
	}
	files, err := provider("postgres", goose.DialectPostgres, db)
	return files, end, err
}
