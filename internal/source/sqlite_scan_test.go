package source

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/rows"
)

// Programs that write to the file do so at once while it is read, whatever the reader is doing, and every row that
// they leave alone is read once.
func TestSQLiteWritersGoOn(t *testing.T) {
	const series = "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 2000) SELECT "
	for _, journal := range []string{"delete", "truncate", "wal"} {
		for name, table := range map[string]string{
			"number":        "CREATE TABLE many (id INTEGER PRIMARY KEY, n INT, t TEXT)",
			"text key":      "CREATE TABLE many (id TEXT PRIMARY KEY, n INT, t TEXT)",
			"two columns":   "CREATE TABLE many (id TEXT, n INT, t TEXT, PRIMARY KEY (t, id))",
			"without rowid": "CREATE TABLE many (id TEXT, n INT, t TEXT, PRIMARY KEY (t, id)) WITHOUT ROWID",
			"no key":        "CREATE TABLE many (id TEXT, n INT, t TEXT)",
			"rowid is text": "CREATE TABLE many (id TEXT, n INT, t TEXT, rowid TEXT)",
			"no number":     "CREATE TABLE many (id TEXT, n INT, t TEXT, rowid TEXT, _rowid_ TEXT, oid TEXT)",
			"view":          "CREATE TABLE held (id TEXT, n INT, t TEXT)",
		} {
			t.Run(journal+" "+name, func(t *testing.T) {
				statements := []string{"PRAGMA journal_mode = " + journal, table}
				written := "many"
				if name == "view" {
					written = "held"
					statements = append(statements, "CREATE VIEW many AS SELECT * FROM held")
				}
				path := makeSQLite(t, append(statements, "INSERT INTO "+written+" (id, n, t) "+series+"i, i, 't' || (i % 3) FROM s")...)
				writer := writeSQLite(t, path) // which does not wait
				s, _ := open(t, "sqlite:"+path, Options{})
				seen := map[string]int{}
				n := 0
				for r, err := range s.Scan(context.Background(), "many", ScanOptions{}) {
					if err != nil {
						t.Fatal(err)
					}
					seen[r.Get("n").Text]++
					if n++; n%300 == 1 {
						for _, stmt := range []string{
							fmt.Sprintf("INSERT INTO %s (id, n, t) VALUES (%d, %[2]d, 't1')", written, 10000+n),
							fmt.Sprintf("DELETE FROM %s WHERE n = %d", written, 1000+n),
							fmt.Sprintf("UPDATE %s SET t = 't9' WHERE n = %d", written, 500+n),
						} {
							if _, err := writer.Exec(stmt); err != nil {
								t.Fatalf("after %d rows: %v", n, err)
							}
						}
					}
				}
				for i := 1; i <= 2000; i++ {
					if i%300 == 1 || (i-500)%300 == 1 || (i-1000)%300 == 1 {
						continue // was written to
					}
					if got := seen[fmt.Sprint(i)]; got != 1 {
						t.Fatalf("row %d was read %d times", i, got)
					}
				}
			})
		}
	}
}

// A person who is looked up does not hold the file either.
func TestSQLiteLookupHoldsNoLock(t *testing.T) {
	path := makeSQLite(t, "CREATE TABLE many (a INT)", "INSERT INTO many VALUES (1), (1), (1)")
	writer := writeSQLite(t, path)
	s, _ := open(t, "sqlite:"+path, Options{})
	n := 0
	for _, err := range s.Lookup(context.Background(), "many", []rows.Match{is("a", "1")}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if _, err := writer.Exec("INSERT INTO many VALUES (2)"); err != nil {
			t.Fatal(err)
		}
	}
	if n != 3 {
		t.Errorf("%d rows", n)
	}
}

// Whatever stands in a key, and SQLite lets anything stand there, every row is read once and in order.
func TestSQLitePagesProperty(t *testing.T) {
	cell := rapid.SampledFrom([]any{nil, nil, int64(0), int64(1), int64(-5), int64(1) << 60, 0.5, -1e300, "", "a", "A", "é", "a\x00b", "\xff", "12", []byte{}, []byte("a"), []byte{0, 1}})
	rapid.Check(t, func(t *rapid.T) {
		db, err := sql.Open("sqlite", "file:"+t.Name()+"?mode=memory")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		run := func(stmt string, args ...any) {
			if _, err := db.Exec(stmt, args...); err != nil {
				t.Fatal(err)
			}
		}
		types := rapid.SampledFrom([]string{"", "TEXT", "INT", "TEXT COLLATE NOCASE", "REAL", "BLOB"})
		run("CREATE TABLE v (a " + types.Draw(t, "a") + ", b " + types.Draw(t, "b") + ", PRIMARY KEY (a, b))")
		for range rapid.IntRange(1, 60).Draw(t, "rows") {
			run("INSERT OR IGNORE INTO v VALUES (?, ?)", cell.Draw(t, "a"), cell.Draw(t, "b"))
		}
		ids := func(query string, args ...any) []int64 {
			got, err := collect(context.Background(), db, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) }, query, args...)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		order := []string{"a", "b", "rowid"}
		want := ids("SELECT rowid FROM v ORDER BY a, b, rowid")
		for i := range want {
			last := make([]any, 3)
			if err := db.QueryRow("SELECT CASE WHEN true THEN a END, CASE WHEN true THEN b END, rowid FROM v WHERE rowid = ?", want[i]).Scan(&last[0], &last[1], &last[2]); err != nil {
				t.Fatal(err)
			}
			for i, v := range last {
				last[i] = sqliteArg(v)
			}
			cond, args := sqliteBeyond(order, last)
			if diff := cmp.Diff(want[i+1:], ids("SELECT rowid FROM v WHERE "+cond+" ORDER BY a, b, rowid", args...), cmp.Transformer("", func(l []int64) string { return fmt.Sprint(l) })); diff != "" {
				t.Fatalf("after %#v: %s", last, diff)
			}
		}
	})
}

// Pages end at any row: those of one key, and nulls.
func TestSQLitePagesWithoutKeys(t *testing.T) {
	path := makeSQLite(t, "CREATE TABLE v (a TEXT PRIMARY KEY, n INT)",
		"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 1800) INSERT INTO v SELECT CASE WHEN i % 2 THEN i END, i FROM s")
	s, _ := open(t, "sqlite:"+path, Options{})
	seen := map[string]bool{}
	for _, l := range lines(t, s.Scan(context.Background(), "v", ScanOptions{})) {
		seen[l] = true
	}
	if len(seen) != 1800 {
		t.Errorf("%d rows of 1800", len(seen))
	}
}

// VACUUM gives rows without a key new numbers, by which pages go.
func TestSQLiteVacuumed(t *testing.T) {
	path := makeSQLite(t, "CREATE TABLE bare (a TEXT)", "CREATE TABLE keyed (a INTEGER PRIMARY KEY)",
		"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 1800) INSERT INTO keyed SELECT i FROM s",
		"INSERT INTO bare SELECT a FROM keyed", "DELETE FROM bare WHERE a < 200")
	s, _ := open(t, "sqlite:"+path, Options{})
	for table, want := range map[string]string{"bare": "VACUUM", "keyed": ""} {
		var last error
		n := 0
		for _, err := range s.Scan(context.Background(), table, ScanOptions{}) {
			if last = err; n == 0 {
				execSQLite(t, path, "VACUUM")
			}
			n++
		}
		var e *Error
		if want == "" && (last != nil || n != 1800) || want != "" && (!errors.As(last, &e) || !strings.Contains(last.Error(), want) || e.Mend == "" || n != 501) {
			t.Errorf("%s: %d rows, %v", table, n, last)
		}
	}
}

// Wide rows are fewer to a page, in tables and in views.
func TestSQLiteHeldRows(t *testing.T) {
	path := makeSQLite(t, "CREATE TABLE wide (id INTEGER PRIMARY KEY, a TEXT)", "CREATE VIEW same AS SELECT * FROM wide",
		"WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 40) INSERT INTO wide SELECT i, hex(zeroblob(400000)) FROM s")
	s, _ := open(t, "sqlite:"+path, Options{})
	for _, table := range []string{"wide", "same"} {
		var ids []string
		for r, err := range s.Scan(context.Background(), table, ScanOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, r.Get("id").Text)
		}
		if len(ids) != 40 || !slices.Equal(ids, slices.Compact(slices.Clone(ids))) {
			t.Errorf("%s: %q", table, ids)
		}
	}
}

// What a scan costs by each kind of key.
func BenchmarkSQLiteScan(b *testing.B) {
	const many = "200000"
	series := "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < " + many + ") SELECT "
	columns := ", a TEXT, b TEXT, c INTEGER, d DATE, e TEXT, f REAL, g TEXT, h INTEGER, i TEXT"
	values := ", 'Ann ' || i, 'Shaw' || i % 97, i * 3, '1980-03-01', 'note ' || i, i / 7.0, 'x', i % 5, 'somewhere else' FROM s"
	path := makeSQLite(b,
		"CREATE TABLE number (id INTEGER PRIMARY KEY"+columns+")", "INSERT INTO number "+series+"i"+values,
		"CREATE TABLE text (id TEXT PRIMARY KEY"+columns+")", "INSERT INTO text "+series+"'T-' || (i * 7919 % 200003)"+values,
		"CREATE TABLE bare (id TEXT"+columns+")", "INSERT INTO bare SELECT * FROM text",
		"CREATE TABLE apart (id TEXT PRIMARY KEY"+columns+") WITHOUT ROWID", "INSERT INTO apart SELECT * FROM text")
	s, _ := open(b, "sqlite:"+path, Options{})
	for _, table := range []string{"number", "text", "bare", "apart"} {
		b.Run(table, func(b *testing.B) {
			n := 0
			for b.Loop() {
				for _, err := range s.Scan(context.Background(), table, ScanOptions{}) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
