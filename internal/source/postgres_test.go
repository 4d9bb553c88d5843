package source

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"tenet/internal/rows"
	"tenet/internal/testdata"
	"tenet/internal/testpg"
)

// pgExec runs statements as the superuser.
func pgExec(t testing.TB, url string, statements ...string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// as is the URL for another user.
func as(t testing.TB, raw, user string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("user", user)
	u.RawQuery = q.Encode()
	return u.String()
}

func TestPostgresSchema(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db,
		`CREATE SCHEMA dbo`,
		`CREATE TYPE colour AS ENUM ('red', 'green')`,
		`CREATE DOMAIN postcode AS varchar(8)`,
		`CREATE TABLE person (id serial PRIMARY KEY, "NI no" char(9) UNIQUE, born date, rent numeric(8,2), seen timestamptz, door colour, pc postcode, tags text[], extra jsonb, photo bytea)`,
		`COMMENT ON TABLE person IS 'people we house'`,
		`CREATE TABLE dbo."odd ""table""; --" ("a ""b""" int REFERENCES person, "select" text, PRIMARY KEY ("select", "a ""b"""))`,
		`CREATE UNIQUE INDEX ON person (pc, born)`,
		`CREATE INDEX ON person (lower(pc))`,
		`CREATE INDEX ON person (rent) WHERE rent > 0`,
		`CREATE VIEW grown AS SELECT id, born FROM person`,
		`CREATE TABLE event (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)`,
		`CREATE TABLE event_old PARTITION OF event DEFAULT`,
		`CREATE TABLE entry (id int PRIMARY KEY, person int)`,
		`CREATE TABLE entry_1 (FOREIGN KEY (person) REFERENCES person) INHERITS (entry)`,
		`CREATE TABLE base (id int PRIMARY KEY)`,
		`CREATE TABLE derived (more text) INHERITS (base)`,
		`CREATE TABLE none ()`,
		`INSERT INTO entry VALUES (1)`, `INSERT INTO entry_1 VALUES (2)`, `INSERT INTO base VALUES (1)`, `INSERT INTO derived VALUES (2, 'x')`,
	)
	s, said := open(t, db, Options{})
	got, err := s.Schema(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	number := func(name string, null bool) rows.Column {
		return rows.Column{Name: name, Type: "integer", Kind: rows.Number, Nullable: null}
	}
	want := []rows.Table{
		{Name: "base", Key: []string{"id"}, Indexed: []string{"id"}, Columns: []rows.Column{number("id", false)}},
		{Name: "derived", Columns: []rows.Column{number("id", false), {Name: "more", Type: "text", Kind: rows.Text, Nullable: true}}},
		{Name: "entry", Key: []string{"id"}, Indexed: []string{"id"}, Columns: []rows.Column{number("id", false), number("person", true)},
			Foreign: []rows.Foreign{{Columns: []string{"person"}, Table: "person", References: []string{"id"}}}},
		{Name: "event", Key: []string{"id", "at"}, Indexed: []string{"id"}, Columns: []rows.Column{number("id", false), {Name: "at", Type: "date", Kind: rows.Date}}},
		{Name: "grown", View: true, Columns: []rows.Column{number("id", true), {Name: "born", Type: "date", Kind: rows.Date, Nullable: true}}},
		{Name: "person", Key: []string{"id"}, Indexed: []string{"NI no", "pc", "id"}, Unique: [][]string{{"NI no"}, {"pc", "born"}}, Comment: "people we house", Columns: []rows.Column{
			number("id", false), {Name: "NI no", Type: "character(9)", Kind: rows.Text, Nullable: true}, {Name: "born", Type: "date", Kind: rows.Date, Nullable: true},
			{Name: "rent", Type: "numeric(8,2)", Kind: rows.Number, Nullable: true}, {Name: "seen", Type: "timestamp with time zone", Kind: rows.Time, Nullable: true},
			{Name: "door", Type: "colour", Kind: rows.Text, Nullable: true}, {Name: "pc", Type: "postcode", Kind: rows.Text, Nullable: true},
			{Name: "tags", Type: "text[]", Kind: rows.Other, Nullable: true}, {Name: "extra", Type: "jsonb", Kind: rows.JSON, Nullable: true}, {Name: "photo", Type: "bytea", Kind: rows.Bytes, Nullable: true}}},
		{Name: `dbo.odd "table"; --`, Key: []string{"select", `a "b"`}, Indexed: []string{"select"},
			Columns: []rows.Column{number(`a "b"`, false), {Name: "select", Type: "text", Kind: rows.Text}},
			Foreign: []rows.Foreign{{Columns: []string{`a "b"`}, Table: "person", References: []string{"id"}}}},
	}
	if diff := cmp.Diff(want, got.Tables, cmpopts.IgnoreFields(rows.Table{}, "Estimate")); diff != "" {
		t.Error(diff)
	}
	said.must(t, "none", "no columns")
	ctx := context.Background()
	for table, n := range map[string]int{"entry": 2, "base": 1, "derived": 1, `dbo.odd "table"; --`: 0} {
		if got := lines(t, s.Scan(ctx, table, ScanOptions{})); len(got) != n {
			t.Errorf("%s has rows %q, want %d", table, got, n)
		}
	}
}

func TestPostgresValues(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db,
		`CREATE TYPE colour AS ENUM ('red', 'green')`, `CREATE TYPE pair AS (a int, b text)`, `CREATE DOMAIN age AS int`,
		`CREATE TABLE v (id int PRIMARY KEY, i8 int8, n numeric, f float8, b bool, c char(6), vc varchar(5), t text, d date, ts timestamp, tz timestamptz,
			u uuid, raw bytea, j jsonb, a text[], e colour, p pair, g age, m money, iv interval, ip inet, v tsvector)`,
		`INSERT INTO v VALUES (1, 9007199254740993, 850.50, 0.1, true, 'ab', 'xyz', 'Zoë', '1980-03-01', '2026-03-01 09:30', '2026-07-01 09:30+01',
			'6F9619FF-8B86-D011-B42D-00C04FC964FF', '\x0102', '{"a":  1}', '{x,"y z"}', 'red', '(1,"b c")', 42, 12.5, '1 day 2 hours', '10.0.0.1', to_tsvector('simple', 'damp'))`,
		`INSERT INTO v (id, n, f, d, ts, tz, raw) VALUES (2, 'NaN', 'Infinity', 'infinity', '0044-03-15 BC', '2026-01-01 00:00:00.25+00', decode(repeat('00', 5000), 'hex'))`,
	)
	s, said := open(t, db, Options{})
	got := lines(t, s.Scan(context.Background(), "v", ScanOptions{}))
	want := []string{
		`1|9007199254740993|850.50|0.1|true|ab|xyz|Zoë|1980-03-01|2026-03-01T09:30:00|2026-07-01T08:30:00Z|6f9619ff-8b86-d011-b42d-00c04fc964ff|\x0102|{"a": 1}|{x,"y z"}|red|(1,"b c")|42|12.50|P1DT2H|10.0.0.1/32|'damp':1`,
		`2|∅|NaN|Infinity|∅|∅|∅|∅|infinity|0044-03-15 00:00:00 BC|2026-01-01T00:00:00.25Z|∅|{binary, 5,000 bytes}|∅|∅|∅|∅|∅|∅|∅|∅|∅`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	said.must(t, "v.raw", "5,000 bytes", "v/id=2")
	everyRowFoundAgain(t, s, 10)

	// Each value finds its row in its canonical text; what the type cannot have finds nothing, and is no error.
	for r, err := range s.Scan(context.Background(), "v", ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range r.Values {
			column := r.Table.Columns[i].Name
			if v.Null || v.Lost != "" {
				continue
			}
			if got := lines(t, s.Lookup(context.Background(), "v", []rows.Match{is(column, v.Text)})); len(got) != 1 {
				t.Errorf("%s = %q finds %d rows", column, v.Text, len(got))
			}
		}
		for _, c := range r.Table.Columns {
			for _, bad := range []string{"abc", "", "07", "99999999999999999999999", "1980-02-30", "' OR true --", "\x00", "zoë", "true ", `\xZZ`, "1e400"} {
				if got := lines(t, s.Lookup(context.Background(), "v", []rows.Match{is(c.Name, bad)})); len(got) != 0 {
					t.Errorf("%s = %q finds %q", c.Name, bad, got)
				}
			}
		}
	}
	for _, tt := range []struct {
		where []rows.Match
		want  int
	}{
		{[]rows.Match{is("n", "850.5")}, 1},
		{[]rows.Match{is("c", "ab    ")}, 0},
		{[]rows.Match{null("t"), null("b")}, 1},
		{[]rows.Match{is("id", "1"), is("t", "Zoë")}, 1},
		{[]rows.Match{is("id", "2"), is("t", "Zoë")}, 0},
		{[]rows.Match{is("ts", "2026-03-01T09:30:00"), is("d", "1980-03-01")}, 1},
	} {
		if got := lines(t, s.Lookup(context.Background(), "v", tt.where)); len(got) != tt.want {
			t.Errorf("%v finds %d rows, want %d", tt.where, len(got), tt.want)
		}
	}
	if err := failure(s.Lookup(context.Background(), "v", []rows.Match{is("gone", "1")})); !errors.Is(err, ErrNoColumn) {
		t.Errorf("missing column: %v", err)
	}
	if err := failure(s.Scan(context.Background(), "gone", ScanOptions{})); !errors.Is(err, ErrNoTable) {
		t.Errorf("missing table: %v", err)
	}
	if diff := cmp.Diff([]string{"1|Zoë", "2|∅"}, lines(t, narrowed(s, "v", "t"))); diff != "" {
		t.Error(diff)
	}
}

// A value of 300 MB stays where it is: a little of it comes over, and its size.
func TestPostgresHugeValue(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, `CREATE TABLE note (id int PRIMARY KEY, body text, scan bytea)`,
		`INSERT INTO note VALUES (1, repeat('é', 150 * 1024 * 1024), NULL), (2, 'short', decode(repeat('00', 100), 'hex'))`)
	s, said := open(t, db, Options{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for r, err := range s.Scan(context.Background(), "note", ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if v := r.Get("body"); r.Get("id").Text == "1" && (v.Lost != "314,572,800 bytes, over the limit of 1,048,576" || len(v.Text) == 0 || len(v.Text) > 1<<20) {
			t.Errorf("%d bytes, lost %q", len(v.Text), v.Lost)
		}
	}
	runtime.ReadMemStats(&after)
	if n != 2 {
		t.Errorf("%d rows", n)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
		t.Errorf("reading it took %d bytes of memory", grown)
	}
	said.must(t, "note.body", "314,572,800", "note/id=1")
	said.must(t, "note.scan", "binary, 100 bytes", "note/id=2")
}

func TestPostgresEncodings(t *testing.T) {
	db := testpg.DatabaseWith(t, "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
	pgExec(t, db, `CREATE TABLE a (id int PRIMARY KEY, t text)`, `INSERT INTO a VALUES (1, E'Zo\xEB'), (2, 'plain')`)
	s, said := open(t, db, Options{})
	if diff := cmp.Diff([]string{"1|Zoë{not valid UTF-8; the whole was read as Windows-1252}", "2|plain"}, lines(t, s.Scan(context.Background(), "a", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "a.t", "Windows-1252", "a/id=1")

	db = testpg.DatabaseWith(t, "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
	pgExec(t, db, `CREATE TABLE a (id int PRIMARY KEY, t text)`, `INSERT INTO a VALUES (1, chr(235))`)
	s, _ = open(t, db, Options{})
	if diff := cmp.Diff([]string{"1|ë"}, lines(t, s.Scan(context.Background(), "a", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
}

func TestPostgresKeys(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, `CREATE TABLE bare (a text, b int, j json)`, `INSERT INTO bare VALUES ('y', 2, '{}'), ('x', 1, NULL), ('x', 1, NULL)`,
		`CREATE TABLE two (code char(3), n int, PRIMARY KEY (n, code))`, `INSERT INTO two VALUES ('b', 1), ('a', 10), ('a', 9), ('a', 1)`)
	ctx := context.Background()
	s, _ := open(t, db, Options{})
	if diff := cmp.Diff([]string{"a|1", "b|1", "a|9", "a|10"}, lines(t, s.Scan(ctx, "two", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	var ids []string
	for r, err := range s.Scan(ctx, "bare", ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID())
	}
	if diff := cmp.Diff([]string{"bare/a=y/b=2/j={}", "bare/a=x/b=1/j!", "bare/a=x/b=1/j!"}, ids); diff != "" {
		t.Error(diff)
	}
	everyRowFoundAgain(t, s, 10)
	given, _ := open(t, db, Options{Keys: func(string) []string { return []string{"b"} }})
	if diff := cmp.Diff([]string{"x|1|∅", "x|1|∅", "y|2|{}"}, lines(t, given.Scan(ctx, "bare", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
}

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
	err := s.(*postgres).pool.with(context.Background(), func(c *pgx.Conn) error {
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
	p := s.(*postgres).pool
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
	for range 2 * pgConns {
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

func TestPostgresFingerprint(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, `CREATE TABLE a (b int)`, `CREATE VIEW v AS SELECT * FROM a`)
	s, _ := open(t, db, Options{})
	ctx := context.Background()
	get := func(table string) string {
		f, err := s.Fingerprint(ctx, table)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first := get("a")
	lines(t, s.Scan(ctx, "a", ScanOptions{}))
	if second := get("a"); first == "" || first != second {
		t.Errorf("%q and %q of an unchanged table", first, second)
	}
	pgExec(t, db, `INSERT INTO a VALUES (1)`)
	if second := get("a"); first == second {
		t.Error("the fingerprint is the same after a change")
	}
	if get("v") != "" {
		t.Error("a view has a fingerprint")
	}
}

func TestPostgresOfOthers(t *testing.T) {
	for _, tt := range []struct {
		folder string
		files  []string
		rows   map[string]int
	}{
		{"sakila", []string{"sakila_schema.pg.sql", "sakila_data.pg.sql"}, map[string]int{"customer": 599, "payment": 16049, "rental": 16044, "customer_list": 599}},
		{"northwind", []string{"northwind.pg.sql"}, map[string]int{"customers": 91, "employees": 9}},
		{"hackney-socialcare", []string{"schema.pg.sql", "seeds.pg.sql"}, map[string]int{"dbo.dm_persons": 14}},
	} {
		t.Run(tt.folder, func(t *testing.T) {
			dir := testdata.Shared(t, tt.folder)
			var files []string
			for _, f := range tt.files {
				files = append(files, filepath.Join(dir, f))
			}
			s, _ := open(t, testpg.Database(t, files...), Options{})
			for table, n := range tt.rows {
				if got := len(lines(t, s.Scan(context.Background(), table, ScanOptions{}))); got != n {
					t.Errorf("%d rows in %s, want %d", got, table, n)
				}
			}
			everyRowFoundAgain(t, s, 5)
			schema, err := s.Schema(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, tab := range schema.Tables {
				if strings.HasPrefix(tab.Name, "payment_p2007") {
					t.Errorf("%s is listed beside its parent", tab.Name)
				}
			}
		})
	}
}
