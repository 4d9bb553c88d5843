package source

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tenet/internal/rows"
	"tenet/internal/testdata"
	"tenet/internal/testmaria"
	"tenet/internal/testpg"
)

// asMaria is the URL for another user.
func asMaria(t testing.TB, raw, user string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(user)
	return u.String()
}

// mariaUser makes a user who may do what the grants say, until the test ends.
func mariaUser(t testing.TB, db, user string, grants ...string) {
	t.Helper()
	testmaria.Exec(t, db, append([]string{"CREATE USER " + user + "@localhost"}, grants...)...)
	t.Cleanup(func() { testmaria.Exec(t, db, "DROP USER "+user+"@localhost") })
}

func TestMariaDBSchema(t *testing.T) {
	db := testmaria.Database(t)
	testmaria.Exec(t, db,
		"CREATE TABLE person (id int unsigned AUTO_INCREMENT PRIMARY KEY, `NI no` char(9) UNIQUE, born date, rent decimal(8,2) NOT NULL, seen timestamp NULL, door enum('red','green'), extra json, photo blob, "+
			"bio text, line varchar(20), UNIQUE (line, born), KEY (bio(10)), FULLTEXT (bio)) COMMENT 'people we house'",
		"CREATE TABLE `odd ``table``; --` (`a ``b``` int unsigned, `select` varchar(20), PRIMARY KEY (`select`, `a ``b```), FOREIGN KEY (`a ``b```) REFERENCES person(id))",
		"CREATE VIEW grown AS SELECT id, born FROM person",
		"CREATE TABLE gone (a int)", "CREATE VIEW broken AS SELECT a FROM gone", "DROP TABLE gone",
		"CREATE SEQUENCE counter",
		"CREATE TABLE old (a int PRIMARY KEY) WITH SYSTEM VERSIONING",
		"INSERT INTO person (rent) VALUES (1), (2)")
	number := func(name, typ string, null bool) rows.Column {
		return rows.Column{Name: name, Type: typ, Kind: rows.Number, Nullable: null}
	}
	want := []rows.Table{
		{Name: "grown", View: true, Columns: []rows.Column{number("id", "int(10) unsigned", false), {Name: "born", Type: "date", Kind: rows.Date, Nullable: true}}},
		{Name: "odd `table`; --", Key: []string{"select", "a `b`"}, Indexed: []string{"select", "a `b`"},
			Columns: []rows.Column{number("a `b`", "int(10) unsigned", false), {Name: "select", Type: "varchar(20)", Kind: rows.Text}},
			Foreign: []rows.Foreign{{Columns: []string{"a `b`"}, Table: "person", References: []string{"id"}}}},
		{Name: "old", Key: []string{"a"}, Indexed: []string{"a"}, Columns: []rows.Column{number("a", "int(11)", false)}},
		{Name: "person", Key: []string{"id"}, Indexed: []string{"id", "bio", "line", "NI no"}, Unique: [][]string{{"line", "born"}, {"NI no"}}, Comment: "people we house", Columns: []rows.Column{
			number("id", "int(10) unsigned", false), {Name: "NI no", Type: "char(9)", Kind: rows.Text, Nullable: true}, {Name: "born", Type: "date", Kind: rows.Date, Nullable: true},
			number("rent", "decimal(8,2)", false), {Name: "seen", Type: "timestamp", Kind: rows.Time, Nullable: true}, {Name: "door", Type: "enum('red','green')", Kind: rows.Text, Nullable: true},
			{Name: "extra", Type: "longtext", Kind: rows.JSON, Nullable: true}, {Name: "photo", Type: "blob", Kind: rows.Bytes, Nullable: true},
			{Name: "bio", Type: "text", Kind: rows.Text, Nullable: true}, {Name: "line", Type: "varchar(20)", Kind: rows.Text, Nullable: true}}},
	}
	// A login with SELECT and nothing else must see the same.
	mariaUser(t, db, "sees", "GRANT SELECT ON * TO sees@localhost")
	for _, login := range []string{db, asMaria(t, db, "sees")} {
		s, said := open(t, login, Options{})
		got, err := s.Schema(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Tables, cmpopts.IgnoreFields(rows.Table{}, "Estimate")); diff != "" {
			t.Error(diff)
		}
		if got.Engine != "mysql" {
			t.Errorf("engine %q", got.Engine)
		}
		said.must(t, "broken", "no columns")
	}
}

func TestMariaDBValues(t *testing.T) {
	db := testmaria.Database(t)
	testmaria.Exec(t, db, "SET time_zone = '+00:00', sql_mode = ''", `CREATE TABLE v (
			id bigint unsigned PRIMARY KEY, t1 tinyint, z int(8) unsigned zerofill, f float, d double, m decimal(65,30), yes tinyint(1), one bit, bits bit(64),
			y year, day date, at datetime(6), seen timestamp(3) NULL, clock time, e enum('a','B b'), s set('x','y'),
			latin varchar(20) CHARACTER SET latin1, wide varchar(20) CHARACTER SET utf16, long_latin text CHARACTER SET latin1, short binary(4), raw varbinary(100), words text, ip inet4)`,
		`INSERT INTO v VALUES (18446744073709551615, -128, 42, 850.1, 0.1e0 + 0.2e0, -12345678901234567890123456789012345.123456789012345678901234567890, 1, b'1', 0xFFFFFFFFFFFFFFFF,
			2026, '1980-03-01', '2026-03-01 09:30:00.25', '2026-07-01 08:30:00.5', '-26:00:01', 'B b', 'x,y', 'Zoë €', 'Zoë ✓', 'Zoë', 'ab', 'cd', 'a\0b', '192.0.2.1')`,
		`INSERT INTO v VALUES (1, 0, 0, 16777217, 1e300, 0, 2, b'0', 0, 0, '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '00:00:00', '', '', '', '', '', '', '', '', NULL)`,
		`INSERT INTO v (id, day, at, yes, f) VALUES (2, '1980-00-00', '1980-03-00 12:00:00', 0, 1e-20)`)
	s, said := open(t, db, Options{})
	want := []string{
		`1|0|0|16777216|1e+300|0.000000000000000000000000000000|2|false|0|0|0000-00-00{` + zeroDate + `}|0000-00-00 00:00:00.000000{` + zeroDate + `}|0000-00-00 00:00:00.000{` + zeroDate + `}|00:00:00|||||` + `|\x00000000|\x||∅`,
		`2|∅|∅|1e-20|∅|∅|false|∅|∅|∅|1980-00-00|1980-03-00 12:00:00.000000|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅`,
		`18446744073709551615|-128|42|850.1|0.30000000000000004|-12345678901234567890123456789012345.123456789012345678901234567890|true|true|18446744073709551615|` +
			`2026|1980-03-01|2026-03-01T09:30:00.25|2026-07-01T08:30:00.5Z|-26:00:01|B b|x,y|Zoë €|Zoë ✓|Zoë|\x61620000|\x6364|` + "a\x00b|192.0.2.1",
	}
	if diff := cmp.Diff(want, lines(t, s.Scan(context.Background(), "v", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "v.day", "zero dates", "treat them as missing")
	said.must(t, "v.words", "NUL", "v/id=18446744073709551615")
	zero := 0
	for _, p := range said.list {
		if strings.Contains(p.Why, "zero dates") {
			zero++
		}
	}
	if zero != 3 {
		t.Errorf("%d problems tell of the zero dates of three columns", zero)
	}
	everyRowFoundAgain(t, s, 10)
	eachValueFindsItsRow(t, s, "v")
	for _, tt := range []struct {
		where []rows.Match
		want  int
	}{
		{[]rows.Match{is("d", "0.3")}, 0},
		{[]rows.Match{is("m", "0")}, 1},
		{[]rows.Match{is("f", "850.1")}, 1},
		{[]rows.Match{is("f", "850.0999755859375")}, 0},
		{[]rows.Match{is("day", "0000-00-00")}, 1},
		{[]rows.Match{is("day", "1980-00-00")}, 1},
		{[]rows.Match{is("e", "1")}, 0}, // the number of a member is not its value
		{[]rows.Match{is("e", "b B")}, 0},
		{[]rows.Match{is("s", "y,x")}, 0},
		{[]rows.Match{is("latin", "zoë €")}, 0},
		{[]rows.Match{is("latin", "Zo? ?")}, 0},
		{[]rows.Match{is("yes", "2"), is("one", "false")}, 1},
		{[]rows.Match{is("yes", "1")}, 0},
		{[]rows.Match{is("seen", "2026-07-01T09:30:00.5+01:00")}, 0}, // not its canonical text
		{[]rows.Match{is("seen", "2026-07-01T08:30:00.5Z"), is("short", `\x61620000`)}, 1},
		{[]rows.Match{null("raw"), null("words")}, 1},
	} {
		if got := lines(t, s.Lookup(context.Background(), "v", tt.where)); len(got) != tt.want {
			t.Errorf("%v finds %d rows, want %d", tt.where, len(got), tt.want)
		}
	}
}

// Of two texts that begin alike and are too long to be read whole, the server
// tells which is meant.
func TestMariaDBLongTextIsComparedWhole(t *testing.T) {
	db := testmaria.Database(t)
	testmaria.Exec(t, db, "CREATE TABLE note (id int PRIMARY KEY, body longtext, old text CHARACTER SET latin1)",
		"INSERT INTO note VALUES (1, CONCAT(REPEAT('a', 200), 'b'), CONCAT(REPEAT('é', 200), 'b')), (2, CONCAT(REPEAT('a', 200), 'B'), CONCAT(REPEAT('é', 200), 'B'))")
	s, _ := open(t, db, Options{Limits: Limits{Value: 100}})
	for _, m := range []rows.Match{is("body", strings.Repeat("a", 200)+"B"), is("old", strings.Repeat("é", 200)+"B")} {
		var ids []string
		for r, err := range s.Lookup(context.Background(), "note", []rows.Match{m}) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, r.Get("id").Text)
		}
		if diff := cmp.Diff([]string{"2"}, ids); diff != "" {
			t.Errorf("%s: %s", m.Column, diff)
		}
	}
}

func TestMariaDBRefused(t *testing.T) {
	testmaria.Database(t)
	addr := testmaria.Addr(t)
	db := testmaria.Database(t)
	u, _ := url.Parse(db)
	testmaria.Exec(t, db, "CREATE USER locked@'127.0.0.1' IDENTIFIED BY 'right'", "GRANT SELECT ON * TO locked@'127.0.0.1'")
	t.Cleanup(func() { testmaria.Exec(t, db, "DROP USER locked@'127.0.0.1'") })
	t.Setenv("TENET_TEST_PW", "wr0ng-secret")
	t.Setenv("TENET_TEST_RIGHT", "right")
	ctx := context.Background()
	for _, tt := range []struct {
		url  string
		want error
		says string
	}{
		{"mysql://locked:wr0ng-secret@" + addr + u.Path, ErrRefused, "check the user"},
		{"mariadb://locked:env:TENET_TEST_PW@" + addr + u.Path, ErrRefused, "check the user"},
		{"mysql://locked:right@" + addr + "/secrets", ErrRefused, "GRANT SELECT"},
		{"mysql://locked:wr0ng-secret@127.0.0.1:1/x", ErrUnreachable, "host and port"},
		{"mysql://locked:wr0ng-secret@db.invalid/x", ErrUnreachable, "host and port"},
		{"mysql://locked@/x?socket=/nowhere/at/all", ErrUnreachable, ""},
		{"mysql://locked:right@" + addr + u.Path + "?tls=true", ErrUnreachable, "tls=false"},
		{"mysql://locked:wr0ng-secret%zz@" + addr + "/x", nil, "mysql://USER"},
		{"mysql://locked:wr0ng-secret@" + addr + ":x/x", nil, "mysql://USER"},
		{"mysql:locked:wr0ng-secret@tcp(" + addr + ")/x", nil, "mysql://USER"},
		{"mysql://locked:wr0ng-secret@" + addr, nil, "names no database"},
		{"mysql://locked:wr0ng-secret@" + addr + "/x?tls=maybe", nil, "tls="},
		{"mysql://locked:wr0ng-secret@" + addr + "/x?allowAllFiles=true", nil, "not known"},
		{"mysql://locked:wr0ng-secret@" + addr + "/x?ca=/nowhere/at/all.pem", nil, "ca="},
		{"mysql://locked:env:TENET_TEST_UNSET@" + addr + "/x", nil, "TENET_TEST_UNSET"},
	} {
		s, err := Open(ctx, "test", tt.url, Options{})
		if err == nil {
			_, err = s.Check(ctx)
			s.Close()
		}
		var e *Error
		if !errors.As(err, &e) || tt.want != nil && (!errors.Is(err, tt.want) || e.Mend == "") || !strings.Contains(e.Error(), tt.says) {
			t.Errorf("%s: %v", tt.url, err)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), "wr0ng-secret") {
				t.Errorf("the password is in the error: %v", e)
			}
		}
	}
	s, _ := open(t, "mysql://locked:env:TENET_TEST_RIGHT@"+addr+u.Path, Options{})
	if h, err := s.Check(ctx); err != nil || h.Login != "locked@127.0.0.1" {
		t.Errorf("%+v %v", h, err)
	}
}

func TestMariaDBReadOnly(t *testing.T) {
	db := testmaria.Database(t)
	testmaria.Exec(t, db, "CREATE TABLE a (b int)")
	s, _ := open(t, db, Options{})
	for _, stmt := range []string{"INSERT INTO a VALUES (1)", "DROP TABLE a"} {
		if _, err := engineOf[*server](s).db.Exec(stmt); err == nil || !strings.Contains(err.Error(), "READ ONLY") {
			t.Errorf("%s: %v", stmt, err)
		}
	}
}

func TestMariaDBCheck(t *testing.T) {
	db := testmaria.Database(t)
	testmaria.Exec(t, db, "CREATE TABLE open (a int)", "CREATE TABLE shut (a int)", "CREATE TABLE half (id int PRIMARY KEY, secret text)", "CREATE TABLE hidden (a int)",
		"CREATE TABLE old (a int PRIMARY KEY) WITH SYSTEM VERSIONING", "INSERT INTO half VALUES (1, 'x')")
	mariaUser(t, db, "reader", "GRANT SELECT ON open TO reader@localhost", "GRANT SELECT ON old TO reader@localhost", "GRANT INSERT ON shut TO reader@localhost", "GRANT SELECT (id) ON half TO reader@localhost")
	mariaUser(t, db, "deleter", "GRANT SELECT ON * TO deleter@localhost", "GRANT DELETE ON open TO deleter@localhost")
	ctx := context.Background()
	check := func(url string) (Source, Health, *told) {
		s, said := open(t, url, Options{})
		h, err := s.Check(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return s, h, &told{list: append(h.Problems, said.list...)}
	}
	s, h, said := check(asMaria(t, db, "reader"))
	if h.ReadOnly || h.Tables != 3 || h.Login != "reader@localhost" || !strings.HasPrefix(h.Engine, "MariaDB 1") {
		t.Errorf("%+v", h)
	}
	if diff := cmp.Diff([]string{"shut"}, h.Writable); diff != "" {
		t.Error(diff)
	}
	said.must(t, "shut", "may not read it", "GRANT")
	said.must(t, "could change 1 tables")
	said.must(t, "old", "old versions")
	if err := failure(s.Scan(ctx, "hidden", ScanOptions{})); !errors.Is(err, ErrNoTable) {
		t.Errorf("a table that the login cannot see: %v", err)
	}
	if diff := cmp.Diff([]string{"1"}, lines(t, s.Scan(ctx, "half", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	_, h, _ = check(asMaria(t, db, "deleter"))
	if diff := cmp.Diff([]string{"open"}, h.Writable); diff != "" || h.ReadOnly {
		t.Errorf("%s %+v", diff, h)
	}
	mariaUser(t, db, "onlyreads", "GRANT SELECT ON * TO onlyreads@localhost")
	if _, h, _ = check(asMaria(t, db, "onlyreads")); !h.ReadOnly || len(h.Writable) > 0 || h.Tables != 5 {
		t.Errorf("%+v", h)
	}
	_, h, said = check(db)
	if h.ReadOnly || len(h.Writable) != 5 {
		t.Errorf("%+v", h)
	}
	said.must(t, "administer the server")
}

// Whoever gives up on a slow table takes his work off the server too.
func TestMariaDBStopsOnTheServer(t *testing.T) {
	db := testmaria.Database(t)
	testmaria.Exec(t, db, "CREATE VIEW slow AS SELECT SLEEP(600) AS a")
	s := inHaste(t, db)
	ctx := context.Background()
	if err := failure(s.Scan(ctx, "slow", ScanOptions{})); !errors.Is(err, errSlow) {
		t.Fatal(err)
	}
	conn := testmaria.Session(t, db)
	for n := 1; n > 0; {
		if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE '%`slow`%' AND ID <> CONNECTION_ID()").Scan(&n); err != nil {
			t.Fatal(err)
		}
		if t.Context().Err() != nil {
			t.Fatal("the statement runs on")
		}
	}
}

// A scan sees the database as it was when it began, over all its pages.
func TestMariaDBSnapshot(t *testing.T) {
	db := testmaria.Database(t)
	testmaria.Exec(t, db, "CREATE TABLE a (id int PRIMARY KEY, t varchar(9))", "INSERT INTO a SELECT seq, 'before' FROM seq_1_to_2000")
	s, _ := open(t, db, Options{})
	n := 0
	for r, err := range s.Scan(context.Background(), "a", ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 1 {
			testmaria.Exec(t, db, "UPDATE a SET t = 'after'", "DELETE FROM a WHERE id > 1500", "INSERT INTO a VALUES (3000, 'after')")
		}
		if r.Get("t").Text != "before" {
			t.Fatalf("row %d is of a later time", n)
		}
	}
	if n != 2000 {
		t.Errorf("%d rows", n)
	}
}

// The same shop on three engines: the same tables, and the same rows of one
// customer.
func TestChinookOnThreeEngines(t *testing.T) {
	dir := testdata.Shared(t, "chinook")
	script, err := os.ReadFile(filepath.Join(dir, "Chinook_MySql.sql"))
	if err != nil {
		t.Fatal(err)
	}
	// It makes a database of its own name; the test has one already.
	_, script2, ok := strings.Cut(string(script), "USE `Chinook`;")
	if !ok {
		t.Fatal("the script has changed")
	}
	maria, _ := open(t, testmaria.Database(t, write(t, filepath.Join(t.TempDir(), "chinook.sql"), script2)), Options{})
	lite, _ := open(t, "sqlite:"+filepath.Join(dir, "Chinook_Sqlite.sqlite"), Options{})
	ctx := context.Background()

	tables := map[string]string{"Customer": "CustomerId", "Invoice": "CustomerId", "Employee": "EmployeeId", "Track": "TrackId"}
	pg := testpg.Database(t)
	pgScript, err := os.ReadFile(filepath.Join(dir, "Chinook_PostgreSql.sql"))
	if err != nil {
		t.Fatal(err)
	}
	_, pgText, ok := strings.Cut(string(pgScript), `\c chinook;`)
	if !ok {
		t.Fatal("the script has changed")
	}
	pgExec(t, pg, pgText)
	post, _ := open(t, pg, Options{})

	snake := func(s string) string {
		var b strings.Builder
		for i, r := range s {
			if r >= 'A' && r <= 'Z' && i > 0 {
				b.WriteByte('_')
			}
			b.WriteRune(r)
		}
		return strings.ToLower(b.String())
	}
	sorted := func(s Source, table, column, value string) []string {
		out := lines(t, s.Lookup(ctx, table, []rows.Match{is(column, value)}))
		slices.Sort(out)
		return out
	}
	for table, column := range tables {
		for _, id := range []string{"1", "2", "5"} {
			want := sorted(maria, table, column, id)
			if len(want) == 0 {
				t.Errorf("nobody is %s %s", table, id)
			}
			if diff := cmp.Diff(want, sorted(post, snake(table), snake(column), id)); diff != "" {
				t.Errorf("%s %s on PostgreSQL: %s", table, id, diff)
			}
			if diff := cmp.Diff(want, sorted(lite, table, column, id)); diff != "" {
				t.Errorf("%s %s on SQLite: %s", table, id, diff)
			}
		}
	}
	everyRowFoundAgain(t, maria, 20)
	one, err := maria.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	two, err := lite.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shape(two), shape(one)); diff != "" {
		t.Error(diff)
	}
}

// shape is what schemas of one database have in common on all engines.
func shape(s *rows.Schema) map[string]string {
	out := map[string]string{}
	for _, t := range s.Tables {
		words := []string{"key " + strings.Join(t.Key, " ")}
		for _, c := range t.Columns {
			words = append(words, c.Name)
		}
		var refs []string
		for _, f := range t.Foreign {
			refs = append(refs, strings.Join(f.Columns, " ")+" to "+f.Table)
		}
		slices.Sort(refs)
		out[t.Name] = strings.Join(append(words, refs...), ", ")
	}
	return out
}
