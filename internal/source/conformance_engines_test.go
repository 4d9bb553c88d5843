package source

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tenet/internal/testmaria"
	"tenet/internal/testpg"
)

// engineUnderTest is what the conformance suite must be told of an engine: how
// its own SQL says the things that the suite is about. Everything that is expected of it is the
// same for all.
type engineUnderTest struct {
	name string
	// database makes one and gives its URL.
	database func(t testing.TB) string
	// exec runs statements as someone who may change it.
	exec func(t testing.TB, url string, statements ...string)
	// types declares columns, in the order of conformingColumns.
	types []string
	// instant writes 2026-07-01 09:30 British Summer Time.
	instant string
	bytes   func(hex string) string // as a literal
	quote   func(name string) string
	folded  string             // a text type whose collation does not tell cases apart
	series  func(n int) string // a query with one column i, 1 to n
	repeat  func(text string, n int) string
	huge    int // how often é is repeated for a huge text
	// strange are declarations of types that Tenet has never heard of, with a value, and what is read.
	strange [][3]string
	slow    string // a query that takes a minute
	// drop ends the sessions of sources at a database. Nil for what has none.
	drop func(t testing.TB, url string)
	// lock locks the table many against everyone until the test ends.
	lock func(t testing.TB, url string)
}

var conformingColumns = []string{"id", "whole", "small", "price", "ratio", "yes", "fixed", "name", "note", "born", "at", "seen", "raw", "doc"}

func engines() []engineUnderTest {
	pgSeries := func(n int) string { return fmt.Sprintf("SELECT i FROM generate_series(1, %d) AS i", n) }
	double := func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
	return []engineUnderTest{
		{
			name:     "SQLite",
			database: func(t testing.TB) string { return "sqlite:" + makeSQLite(t) },
			exec: func(t testing.TB, url string, statements ...string) {
				execSQLite(t, strings.TrimPrefix(url, "sqlite:"), statements...)
			},
			types:   []string{"INTEGER PRIMARY KEY", "BIGINT", "SMALLINT", "TEXT", "DOUBLE", "BOOLEAN", "CHAR(6)", "VARCHAR(40)", "TEXT", "DATE", "DATETIME", "TIMESTAMP", "BLOB", "JSON"},
			instant: "'2026-07-01 09:30:00+01:00'",
			bytes:   func(hex string) string { return "x'" + hex + "'" },
			quote:   double,
			folded:  "TEXT COLLATE NOCASE",
			series: func(n int) string {
				return fmt.Sprintf("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < %d) SELECT i FROM s", n)
			},
			repeat:  func(s string, n int) string { return fmt.Sprintf("replace(hex(zeroblob(%d)), '00', '%s')", n, s) },
			huge:    10 << 20,
			strange: [][3]string{{"FROBNITZ", "'x'", "x"}, {"", "7", "7"}},
			slow:    "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s) SELECT max(i) AS i FROM s",
			lock:    lockSQLite,
		},
		{
			name:     "PostgreSQL",
			database: func(t testing.TB) string { return testpg.Database(t) },
			exec:     pgExec,
			types: []string{"int PRIMARY KEY", "bigint", "smallint", "numeric(22,2)", "double precision", "boolean", "char(6)", "varchar(40)", "text", "date", "timestamp",
				"timestamptz", "bytea", "json"},
			instant: "'2026-07-01 09:30:00+01'",
			bytes:   func(hex string) string { return `'\x` + hex + `'` },
			quote:   double,
			folded:  `text COLLATE "en-x-icu"`, // which orders so, but tells them apart
			series:  pgSeries,
			repeat:  func(s string, n int) string { return fmt.Sprintf("repeat('%s', %d)", s, n) },
			huge:    10 << 20,
			strange: [][3]string{{"point", "'(1,2)'", "(1,2)"}, {"tsvector", "'b a'", "'a' 'b'"}, {"int[]", "'{1,2}'", "{1,2}"}, {"interval", "'1 day'", "P1D"}},
			slow:    "SELECT 1 AS i FROM pg_sleep(60)",
			drop:    drop,
			lock:    lockPostgres,
		},
		{
			name:     "MariaDB",
			database: func(t testing.TB) string { return testmaria.Database(t) },
			exec: func(t testing.TB, url string, statements ...string) {
				t.Helper()
				testmaria.Exec(t, url, statements...)
			},
			types: []string{"int PRIMARY KEY", "bigint", "smallint", "decimal(22,2)", "double", "boolean", "char(6)", "varchar(40)", "longtext", "date", "datetime",
				"timestamp NULL", "blob", "json"},
			// The server's zone is five hours behind UTC.
			instant: "'2026-07-01 03:30:00'",
			bytes:   func(hex string) string { return "x'" + hex + "'" },
			quote:   mysqlDialect{}.quote,
			folded:  "varchar(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
			series:  func(n int) string { return fmt.Sprintf("SELECT seq AS i FROM seq_1_to_%d", n) },
			repeat:  func(s string, n int) string { return fmt.Sprintf("REPEAT('%s', %d)", s, n) },
			huge:    10 << 20,
			strange: [][3]string{{"point", "ST_GeomFromText('POINT(1 2)')", "POINT(1 2)"}, {"inet6", "'::1'", "::1"}, {"uuid", "'6ccd780c-baba-1026-9564-5b8c656024db'", "6ccd780c-baba-1026-9564-5b8c656024db"},
				{"time(3)", "'09:30:00.250'", "09:30:00.25"}},
			slow: "SELECT SLEEP(60) AS i",
			drop: dropMaria,
			lock: func(t testing.TB, url string) {
				s := testmaria.Session(t, url)
				if _, err := s.ExecContext(context.Background(), "LOCK TABLES many WRITE"); err != nil {
					t.Fatal(err)
				}
			},
		},
	}
}

// execSQLite runs statements on a database file in SQLite itself.
func execSQLite(t testing.TB, path string, statements ...string) {
	t.Helper()
	db := writeSQLite(t, path)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%.200s: %v", s, err)
		}
	}
	db.Close()
}

func writeSQLite(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func lockSQLite(t testing.TB, url string) {
	t.Helper()
	conn, err := writeSQLite(t, strings.TrimPrefix(url, "sqlite:")).Conn(context.Background())
	if err == nil {
		_, err = conn.ExecContext(context.Background(), "BEGIN EXCLUSIVE")
	}
	if err != nil {
		t.Fatal(err)
	}
}

func lockPostgres(t testing.TB, url string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	for _, s := range []string{"BEGIN", "LOCK TABLE many IN ACCESS EXCLUSIVE MODE"} {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
}

// dropMaria ends the sessions of all sources on a database.
func dropMaria(t testing.TB, url string) {
	t.Helper()
	ctx := context.Background()
	conn := testmaria.Session(t, url)
	defer conn.Close()
	count := func() (ids []string) {
		list, err := collect(ctx, conn, func(r *sql.Rows) (id string, err error) { return id, r.Scan(&id) },
			"SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, id := range count() {
		conn.ExecContext(ctx, "KILL "+id) // it may have gone by itself
	}
	for len(count()) > 0 {
		runtime.Gosched()
	}
}
