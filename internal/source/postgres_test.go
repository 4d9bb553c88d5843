package source

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

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
