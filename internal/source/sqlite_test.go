package source

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
	"tenet/internal/testdata"
)

// makeSQLite makes a database file with SQLite itself.
func makeSQLite(t testing.TB, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a b?#%.db") // a name that is no URL
	db, err := sql.Open("sqlite", "file:"+strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return path
}

func TestSQLiteSchema(t *testing.T) {
	path := makeSQLite(t,
		`CREATE TABLE person (id INTEGER PRIMARY KEY, "ni no" CHAR(9) UNIQUE, born DATE, active BOOLEAN NOT NULL, rent NUMERIC(8,2))`,
		`CREATE TABLE "odd ""table""; --" ("a ""b""" TEXT, "select" INT REFERENCES PERSON, PRIMARY KEY ("select", "a ""b""")) WITHOUT ROWID`,
		`CREATE INDEX by_a ON "odd ""table""; --"("a ""b""")`,
		`CREATE INDEX part ON person(born) WHERE active`,
		`CREATE VIEW grown AS SELECT id, born FROM person`,
		`CREATE VIEW broken AS SELECT x FROM nowhere`,
		`CREATE TABLE log (line TEXT, made TIMESTAMP, extra JSON, raw BLOB, any)`,
		`CREATE VIRTUAL TABLE words USING fts5(body)`,
		`INSERT INTO person(id, active) VALUES (41, 1)`,
	)
	s, said := open(t, "sqlite:"+path, Options{})
	got, err := s.Schema(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	want := &rows.Schema{Source: "test", Engine: "sqlite", Tables: []rows.Table{
		{Name: "grown", View: true, Estimate: -1, Columns: []rows.Column{{Name: "id", Type: "INTEGER", Kind: rows.Number, Nullable: true}, {Name: "born", Type: "DATE", Kind: rows.Date, Nullable: true}}},
		{Name: "log", Columns: []rows.Column{
			{Name: "line", Type: "TEXT", Kind: rows.Text, Nullable: true}, {Name: "made", Type: "TIMESTAMP", Kind: rows.Time, Nullable: true},
			{Name: "extra", Type: "JSON", Kind: rows.JSON, Nullable: true}, {Name: "raw", Type: "BLOB", Kind: rows.Bytes, Nullable: true}, {Name: "any", Kind: rows.Other, Nullable: true}}},
		{Name: `odd "table"; --`, Key: []string{"select", `a "b"`}, Indexed: []string{"select", `a "b"`}, Estimate: -1,
			Columns: []rows.Column{{Name: `a "b"`, Type: "TEXT", Kind: rows.Text}, {Name: "select", Type: "INT", Kind: rows.Number}},
			Foreign: []rows.Foreign{{Columns: []string{"select"}, Table: "person", References: []string{"id"}}}},
		{Name: "person", Key: []string{"id"}, Unique: [][]string{{"ni no"}}, Indexed: []string{"id", "ni no"}, Estimate: 41,
			Columns: []rows.Column{{Name: "id", Type: "INTEGER", Kind: rows.Number}, {Name: "ni no", Type: "CHAR(9)", Kind: rows.Text, Nullable: true},
				{Name: "born", Type: "DATE", Kind: rows.Date, Nullable: true}, {Name: "active", Type: "BOOLEAN", Kind: rows.Bool}, {Name: "rent", Type: "NUMERIC(8,2)", Kind: rows.Number, Nullable: true}}},
		{Name: "words", Columns: []rows.Column{{Name: "body", Kind: rows.Other, Nullable: true}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	said.must(t, "broken", "cannot be read", "nowhere")
}

func TestSQLiteValues(t *testing.T) {
	path := makeSQLite(t,
		`CREATE TABLE v (id INTEGER PRIMARY KEY, t TEXT, c CHAR(6), n NUMERIC, b BOOLEAN, d DATE, m DATETIME, raw BLOB, x)`,
		`INSERT INTO v VALUES (1, 'plain', 'ab    ', 850.5, 1, '1980-03-01', '2026-03-01 09:30:00', x'0102', 7)`,
		`INSERT INTO v VALUES (2, x'5A6FC3AB', 'abc', '0012', 'True', '1980-03-01 00:00:00', '2026-07-01T09:30:00+01:00', 'text', 7.0)`,
		`INSERT INTO v VALUES (3, CAST(x'5A6FEB' AS TEXT), NULL, 'nan', 0, '01/03/1980', '2026-03-01', zeroblob(5000), 1e30)`,
		`INSERT INTO v VALUES (4, CAST(x'610062' AS TEXT), '', 7700900123.0, NULL, 29252, 'soon', zeroblob(64), '007')`,
		`INSERT INTO v VALUES (5, '`+strings.Repeat("é", 100)+`', '', NULL, NULL, NULL, NULL, NULL, NULL)`,
	)
	s, said := open(t, "sqlite:"+path, Options{Limits: Limits{Value: 100}})
	got := lines(t, s.Scan(context.Background(), "v", ScanOptions{}))
	want := []string{
		`1|plain|ab|850.5|true|1980-03-01|2026-03-01T09:30:00|\x0102|7`,
		`2|Zoë|abc|12|true|1980-03-01|2026-07-01T08:30:00Z|text|7`,
		`3|Zoë{not valid UTF-8; the whole was read as Windows-1252}|∅|nan|false|01/03/1980|2026-03-01|{binary, 5,000 bytes}|1e+30`,
		"4|a\x00b||7700900123|∅|29252|soon|\\x" + strings.Repeat("00", 64) + "|007",
		`5|` + strings.Repeat("é", 25) + `{200 bytes, over the limit of 100}||∅|∅|∅|∅|∅|∅`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	said.must(t, "v.t", "Windows-1252", "v/id=3")
	said.must(t, "v.t", "NUL", "v/id=4")
	said.must(t, "v.raw", "5,000 bytes", "v/id=3")
	said.must(t, "v.t", "over the limit", "v/id=5")

	for _, tt := range []struct {
		column, value string
		want          string // ids
	}{
		{"t", "plain", "1"}, {"t", "PLAIN", ""}, {"t", "Zoë", "2 3"}, {"t", "a\x00b", "4"}, {"t", "a", ""},
		{"c", "ab", "1"}, {"c", "ab ", ""},
		{"n", "850.5", "1"}, {"n", "850.50", "1"}, {"n", "12", "2"}, {"n", "0012", ""}, {"n", "nan", "3"}, {"n", "7700900123", "4"}, {"n", "x'; --", ""},
		{"b", "true", "1 2"}, {"b", "false", "3"},
		{"d", "1980-03-01", "1 2"}, {"d", "01/03/1980", "3"},
		{"m", "2026-03-01T09:30:00", "1"}, {"m", "2026-07-01T08:30:00Z", "2"}, {"m", "2026-03-01", "3"},
		{"raw", `\x0102`, "1"}, {"raw", "text", "2"},
		{"x", "7", "1 2"}, {"x", "007", "4"}, {"x", "1e+30", "3"},
	} {
		var ids []string
		for r, err := range s.Lookup(context.Background(), "v", []rows.Match{is(tt.column, tt.value)}) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, r.Get("id").Text)
		}
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%s = %q finds %q, want %q", tt.column, tt.value, got, tt.want)
		}
	}
	if n := len(lines(t, s.Lookup(context.Background(), "v", []rows.Match{null("n"), null("x")}))); n != 1 {
		t.Errorf("nulls find %d rows, want 1", n)
	}
	everyRowFoundAgain(t, s, 100)
}

func TestSQLiteKeys(t *testing.T) {
	path := makeSQLite(t,
		`CREATE TABLE bare (a TEXT, b INT)`,
		`INSERT INTO bare VALUES ('x', 2), (NULL, 1), ('x', 2)`,
		`CREATE TABLE two (code CHAR(3), n INT, PRIMARY KEY (n, code))`,
		`INSERT INTO two VALUES ('b', 1), ('a', 2), ('a', 1)`,
	)
	ctx := context.Background()
	s, _ := open(t, "sqlite:"+path, Options{})
	if diff := cmp.Diff([]string{"x|2", "∅|1", "x|2"}, lines(t, s.Scan(ctx, "bare", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a|1", "b|1", "a|2"}, lines(t, s.Scan(ctx, "two", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"1", "1", "2"}, lines(t, narrowed(s, "two", "n"))); diff == "" {
		t.Error("the key was left out of a narrowed scan")
	}
	for r := range s.Scan(ctx, "bare", ScanOptions{}) {
		if got := r.ID(); got != "bare/a=x/b=2" {
			t.Errorf("ID %s", got)
		}
		break
	}

	given, _ := open(t, "sqlite:"+path, Options{Keys: func(table string) []string { return []string{"b"} }})
	for r, err := range given.Scan(ctx, "bare", ScanOptions{Columns: []string{"a"}}) {
		if err != nil || r.ID() != "bare/b=2" {
			t.Errorf("with a key given: %v %v", r, err)
		}
		break
	}
	wrong, _ := open(t, "sqlite:"+path, Options{Keys: func(table string) []string { return []string{"c"} }})
	if err := failure(wrong.Scan(ctx, "bare", ScanOptions{})); !errors.Is(err, ErrNoColumn) {
		t.Errorf("a key that is not there: %v", err)
	}
	for _, err := range []error{
		failure(s.Scan(ctx, "two", ScanOptions{Columns: []string{"gone"}})),
		failure(s.Lookup(ctx, "two", []rows.Match{is("gone", "1")})),
	} {
		if !errors.Is(err, ErrNoColumn) {
			t.Errorf("missing column: %v", err)
		}
	}
	if err := failure(s.Scan(ctx, "gone", ScanOptions{})); !errors.Is(err, ErrNoTable) {
		t.Errorf("missing table: %v", err)
	}
	if err := failure(s.Lookup(ctx, "two", nil)); err == nil {
		t.Error("a lookup without conditions went through")
	}
}

func narrowed(s Source, table string, columns ...string) func(func(rows.Row, error) bool) {
	return s.Scan(context.Background(), table, ScanOptions{Columns: columns})
}

// Reading must leave the file and its folder as they were, byte for byte.
func TestSQLiteReadOnly(t *testing.T) {
	path := makeSQLite(t, `CREATE TABLE a (b)`, `INSERT INTO a VALUES (1)`)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := open(t, "sqlite:"+path, Options{})
	lines(t, s.Scan(context.Background(), "a", ScanOptions{}))
	if _, err := engineOf[*sqliteDB](s).db.Exec(`INSERT INTO a VALUES (2)`); err == nil {
		t.Error("a write went through")
	}
	h, err := s.Check(context.Background())
	if err != nil || h.Tables != 1 || !strings.HasPrefix(h.Engine, "SQLite 3") {
		t.Errorf("%+v %v", h, err)
	}
	s.Close()
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("the file has changed (%v)", err)
	}
	if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 1 {
		t.Errorf("files were left behind: %v", list)
	}
}

func TestSQLiteBadFiles(t *testing.T) {
	s, _ := open(t, "sqlite:"+write(t, filepath.Join(t.TempDir(), "a.db"), strings.Repeat("no database ", 1000)), Options{})
	_, err := s.Schema(context.Background())
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Mend, "not a SQLite database") {
		t.Errorf("%v", err)
	}

	// Damage in the middle of a table: the rows before it are read, and the error says after which.
	path := makeSQLite(t, `CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT)`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 2000) INSERT INTO a SELECT i, hex(zeroblob(100)) FROM n`)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := f.Stat()
	if _, err := f.WriteAt([]byte(strings.Repeat("\xFF", 8192)), info.Size()/2&^4095); err != nil {
		t.Fatal(err)
	}
	f.Close()
	s, _ = open(t, "sqlite:"+path, Options{})
	n := 0
	for _, err := range s.Scan(context.Background(), "a", ScanOptions{}) {
		if err == nil {
			n++
			continue
		}
		if !errors.As(err, &e) || e.Table != "a" || !strings.HasPrefix(e.After, "a/id=") || !strings.Contains(e.Mend, "damaged") {
			t.Errorf("%#v", err)
		}
	}
	if n == 0 || n >= 2000 {
		t.Errorf("%d rows of a damaged table", n)
	}
}

func TestSQLiteCancel(t *testing.T) {
	path := makeSQLite(t, `CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) AS i FROM n`)
	s, _ := open(t, "sqlite:"+path, Options{Limits: Limits{Statement: 50 * time.Millisecond}})
	if err := failure(s.Scan(context.Background(), "endless", ScanOptions{})); !errors.Is(err, errSlow) {
		t.Errorf("an endless view: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := failure(s.Scan(ctx, "endless", ScanOptions{})); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestSQLiteFingerprint(t *testing.T) {
	path := makeSQLite(t, `CREATE TABLE a (b)`)
	s, _ := open(t, "sqlite:"+path, Options{})
	fingerprintFollows(t, s, "a", path, func() {
		db, err := sql.Open("sqlite", engineOf[*sqliteDB](s).path)
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		f.WriteString("x")
	})
}

// fingerprintFollows checks that a fingerprint stays, changes with the file,
// and is withheld while the file is too fresh to be sure of.
func fingerprintFollows(t *testing.T, s Source, table, path string, change func()) {
	t.Helper()
	ctx := context.Background()
	get := func() string {
		f, err := s.Fingerprint(ctx, table)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	age := func(by time.Duration) {
		then := time.Now().Add(-by)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	age(0)
	if f := get(); f != "" {
		t.Errorf("a file just written has the fingerprint %q", f)
	}
	age(time.Hour)
	first := get()
	if first == "" || first != get() {
		t.Errorf("fingerprints of an unchanged file: %q", first)
	}
	change()
	age(time.Minute)
	if second := get(); second == "" || second == first {
		t.Errorf("the fingerprint is still %q after a change", second)
	}
}

func TestSQLiteOfOthers(t *testing.T) {
	for _, tt := range []struct {
		path, table string
		tables      int
		rows        int
	}{
		{filepath.Join("chinook", "Chinook_Sqlite.sqlite"), "Customer", 11, 59},
		{filepath.Join("damp-mould", "damp_and_mould.repaired.sqlite"), "tenant_person", 49, 10},
	} {
		folder, name := filepath.Split(tt.path)
		s, _ := open(t, "sqlite:"+filepath.Join(testdata.Shared(t, filepath.Clean(folder)), name), Options{})
		schema, err := s.Schema(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if len(schema.Tables) != tt.tables {
			t.Errorf("%s: %d tables, want %d", name, len(schema.Tables), tt.tables)
		}
		if n := len(lines(t, s.Scan(context.Background(), tt.table, ScanOptions{}))); n != tt.rows {
			t.Errorf("%s: %d rows in %s, want %d", name, n, tt.table, tt.rows)
		}
		everyRowFoundAgain(t, s, 20)
	}
}

func TestSQLiteHugeValue(t *testing.T) {
	path := makeSQLite(t, `CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT, scan BLOB)`,
		`INSERT INTO note VALUES (1, zeroblob(100000000), zeroblob(1000000)), (2, 'short', x'01')`)
	s, said := open(t, "sqlite:"+path, Options{})
	want := []string{"1|{100,000,000 bytes, over the limit of 1,048,576}|{binary, 1,000,000 bytes}", `2|short|\x01`}
	if diff := cmp.Diff(want, lines(t, s.Scan(context.Background(), "note", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "note.body", "100,000,000", "note/id=1")
}
