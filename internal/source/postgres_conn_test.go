package source

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"tenet/internal/rows"
	"tenet/internal/testpg"
)

func TestPostgresRefused(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, `DROP ROLE IF EXISTS locked`, `CREATE ROLE locked LOGIN PASSWORD 'right'`)
	t.Setenv("TENET_TEST_PW", "wr0ng-secret")
	addr := testpg.Addr(t)
	ctx := context.Background()
	for _, tt := range []struct {
		url  string
		want error
	}{
		{"postgres://locked:wr0ng-secret@" + addr + "/postgres?sslmode=disable", ErrRefused},
		{"postgres://locked:env:TENET_TEST_PW@" + addr + "/postgres?sslmode=disable", ErrRefused},
		{"postgres://locked:right@" + addr + "/wr0ng-secret?sslmode=disable&connect_timeout=5", ErrUnreachable},
		{"postgres://locked:wr0ng-secret@127.0.0.1:1/postgres?sslmode=disable", ErrUnreachable},
		{"postgres:host=127.0.0.1 port=1 user=locked password=wr0ng-secret dbname=x", ErrUnreachable},
		{"postgres://locked:wr0ng-secret%zz@" + addr + "/postgres", nil},
		{"postgres://locked:wr0ng-secret@" + addr + ":x/postgres", nil},
		{"postgres:host='127.0.0.1 password=wr0ng-secret", nil},
		{"postgres://locked:env:TENET_TEST_UNSET@" + addr + "/postgres", nil},
	} {
		s, err := Open(ctx, "test", tt.url, Options{})
		if err == nil {
			_, err = s.Check(ctx)
			s.Close()
		}
		var e *Error
		if !errors.As(err, &e) || tt.want != nil && (!errors.Is(err, tt.want) || e.Mend == "") {
			t.Errorf("%s: %v", tt.url, err)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), "wr0ng-secret") && !strings.Contains(tt.url, "/wr0ng-secret") {
				t.Errorf("the password is in the error: %v", e)
			}
		}
	}
	s, _ := open(t, "postgres://locked:right@"+addr+"/postgres?sslmode=disable", Options{})
	if _, err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestPostgresReadOnly(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, `CREATE TABLE a (b int)`)
	s, _ := open(t, db, Options{})
	err := engineOf[*postgres](s).pool.with(context.Background(), func(c *pgx.Conn) error {
		_, err := c.Exec(context.Background(), `INSERT INTO a VALUES (1)`)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a write: %v", err)
	}
}

func TestPostgresCheck(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, `DROP ROLE IF EXISTS tenet_reader`, `DROP ROLE IF EXISTS tenet_writer`,
		`CREATE ROLE tenet_reader LOGIN`, `ALTER ROLE tenet_reader SET default_transaction_read_only = on`, `CREATE ROLE tenet_writer LOGIN`,
		`CREATE TABLE open (a int)`, `CREATE TABLE shut (a int)`, `CREATE TABLE half (id int PRIMARY KEY, secret text)`, `CREATE TABLE guarded (a int)`,
		`INSERT INTO half VALUES (1, 'x')`, `INSERT INTO guarded VALUES (1)`,
		`ALTER TABLE guarded ENABLE ROW LEVEL SECURITY`,
		`GRANT SELECT ON open, guarded TO tenet_reader, tenet_writer`, `GRANT SELECT (id) ON half TO tenet_reader`, `GRANT UPDATE (a) ON open TO tenet_writer`,
		`SELECT lo_create(0)`,
	)
	t.Cleanup(func() {
		pgExec(t, db, `DROP OWNED BY tenet_reader, tenet_writer`, `DROP ROLE tenet_reader, tenet_writer`)
	})
	ctx := context.Background()
	check := func(user string) (Source, Health, *told) {
		s, said := open(t, as(t, db, user), Options{})
		h, err := s.Check(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return s, h, &told{list: append(h.Problems, said.list...)}
	}
	s, h, said := check("tenet_reader")
	if !h.ReadOnly || h.Tables != 2 || h.Login != "tenet_reader" || !strings.HasPrefix(h.Engine, "PostgreSQL ") {
		t.Errorf("%+v", h)
	}
	said.must(t, "shut", "may not read it", "GRANT")
	said.must(t, "guarded", "row-level security", "BYPASSRLS")
	said.must(t, "half.secret", "may not read this column")
	said.must(t, "1 large objects")
	if err := failure(s.Scan(ctx, "shut", ScanOptions{})); err == nil || !strings.Contains(err.Error(), "GRANT") {
		t.Errorf("a table that is shut: %v", err)
	}
	if err := failure(s.Scan(ctx, "guarded", ScanOptions{})); err == nil || !strings.Contains(err.Error(), "BYPASSRLS") {
		t.Errorf("a table with a policy: %v", err)
	}
	if diff := cmp.Diff([]string{"1|{the login may not read this column}"}, lines(t, s.Scan(ctx, "half", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	_, h, said = check("tenet_writer")
	if h.ReadOnly || cmp.Diff([]string{"open"}, h.Writable) != "" {
		t.Errorf("%+v", h)
	}
	said.must(t, "could change 1 tables")
	_, h, said = check("postgres")
	if h.ReadOnly {
		t.Errorf("%+v", h)
	}
	said.must(t, "superuser")
}

// drop ends the sessions of all sources on a database, and returns when they
// are gone.
func drop(t testing.TB, url string) {
	pgExec(t, url, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'tenet' AND datname = current_database()`)
}

func TestPostgresDropped(t *testing.T) {
	db := testpg.Database(t)
	// Wide enough that what is under way between server and client is not all of it.
	pgExec(t, db, `CREATE TABLE keyed (code text, n int, pad text, PRIMARY KEY (code, n))`, `CREATE TABLE bare (n int, pad text)`,
		`INSERT INTO keyed SELECT 'c' || i % 7, i, repeat('x', 1000) FROM generate_series(1, 3000) i`, `INSERT INTO bare SELECT n, pad FROM keyed`)
	ctx := context.Background()

	read := func(table string, drops int) (map[string]int, *told, error) {
		s, said := open(t, db, Options{})
		seen := map[string]int{}
		for r, err := range s.Scan(ctx, table, ScanOptions{}) {
			if err != nil {
				return seen, said, err
			}
			seen[r.ID()]++
			if n := len(seen); drops > 0 && n%700 == 0 {
				drops--
				drop(t, db)
			}
		}
		return seen, said, nil
	}

	seen, said, err := read("keyed", 1)
	if err != nil || len(seen) != 3000 {
		t.Errorf("%d rows after one drop, error %v", len(seen), err)
	}
	for id, n := range seen {
		if n != 1 {
			t.Fatalf("%s was read %d times", id, n)
		}
	}
	said.must(t, "keyed", "connection was lost", "keyed/code=")

	var e *Error
	if _, _, err := read("keyed", 2); !errors.As(err, &e) || e.Source != "test" || e.Table != "keyed" || !strings.HasPrefix(e.After, "keyed/code=") {
		t.Errorf("after two drops: %#v", err)
	}
	if _, _, err := read("bare", 1); !errors.As(err, &e) || e.Table != "bare" || !strings.HasPrefix(e.After, "bare/n=") {
		t.Errorf("a table without a key: %#v", err)
	}

	// A connection that died while it lay idle is replaced without a word.
	s, _ := open(t, db, Options{})
	lines(t, s.Lookup(ctx, "keyed", []rows.Match{is("n", "7")}))
	drop(t, db)
	p := engineOf[*postgres](s).pool
	for i := range p.idle {
		p.idle[i].since = time.Time{}
	}
	if got := lines(t, s.Lookup(ctx, "keyed", []rows.Match{is("n", "7")})); len(got) != 1 {
		t.Errorf("found %d rows", len(got))
	}
}

func TestPostgresTimeOutAndLeaving(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, `CREATE VIEW slow AS SELECT 1 AS a FROM pg_sleep(60)`, `CREATE TABLE many AS SELECT i AS a FROM generate_series(1, 100000) i`)
	ctx := context.Background()
	s, _ := open(t, db, Options{Limits: Limits{Statement: 100 * time.Millisecond}})
	for _, err := range []error{failure(s.Scan(ctx, "slow", ScanOptions{})), failure(s.Lookup(ctx, "slow", []rows.Match{is("a", "1")}))} {
		if !errors.Is(err, errSlow) {
			t.Errorf("a slow view: %v", err)
		}
	}
	// More sequences left early than there are connections: each is given back.
	s, _ = open(t, db, Options{})
	for range 2 * serverConns {
		for range s.Scan(ctx, "many", ScanOptions{}) {
			break
		}
		for _, err := range s.Lookup(ctx, "many", []rows.Match{is("a", "7")}) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := failure(s.Scan(gone, "many", ScanOptions{})); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	s.Close()
	if err := failure(s.Scan(ctx, "many", ScanOptions{})); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
}
