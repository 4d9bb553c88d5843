package source

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

// counted is what a source counts by columns; false where it wants the rows to be read.
func counted(t *testing.T, s Source, table string, columns ...string) (map[string]int64, bool) {
	t.Helper()
	out := map[string]int64{}
	for page, err := range s.(Counter).Count(context.Background(), table, columns) {
		if errors.Is(err, ErrNotCounted) {
			return nil, false
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page {
			out[said(c.Values)] += c.Rows
		}
	}
	return out, true
}

// said writes values so that no two lists of them look alike.
func said(values []rows.Value) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "%t %q %q;", v.Null, v.Text, v.Lost)
	}
	return b.String()
}

// read is the same by reading every row.
func read(t *testing.T, s Source, table string, columns ...string) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	for r, err := range s.Scan(context.Background(), table, ScanOptions{Columns: columns}) {
		if err != nil {
			t.Fatal(err)
		}
		var values []rows.Value
		for _, c := range columns {
			values = append(values, r.Get(c))
		}
		out[said(values)]++
	}
	return out
}

// What an engine counts is what reading it would have counted: of every type, of nulls and
// blanks, of what a collation takes for the same, and of several columns together.
func TestConformanceCount(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		yes, no := "TRUE", "FALSE"
		e.exec(t, url, e.create(), "CREATE TABLE folded (code "+e.folded+", n int)", "CREATE TABLE many (id int PRIMARY KEY, day varchar(20))",
			"INSERT INTO v VALUES (1, 9007199254740993, -7, '12345678901234567890.50', 0.1, "+yes+", 'ab', 'Zoë O''Hara', 'line one\nline two  ', '1980-03-01', '2026-03-01 09:30:00', "+e.instant+", "+e.bytes("01ff")+", '{\"a\": 1}')",
			"INSERT INTO v VALUES (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
			"INSERT INTO v VALUES (3, -9223372036854775808, 32767, '0.00', -2.5, "+no+", '', '', '', '0001-01-01', '9999-12-31 23:59:59', NULL, "+e.bytes("")+", '[]')",
			"INSERT INTO v VALUES (4, 1, 1, '1', 1, "+yes+", 'AB', ' ', '', '1980-03-01', '2026-03-01 00:00:00', NULL, NULL, '[]')",
			"INSERT INTO folded VALUES ('Y', 1), ('y', 1), ('Y', 2), ('é', 1), ('e', 1), ('y', 1), (NULL, 1)",
			"INSERT INTO many SELECT i, CONCAT('2020-01-', i % 31) FROM ("+e.series(120_000)+") s")
		s, _ := open(t, url, Options{})
		for _, column := range conformingColumns {
			if column == "raw" && e.name != "SQLite" {
				if _, ok := counted(t, s, "v", column); ok {
					t.Errorf("bytes are counted")
				}
				continue
			}
			got, ok := counted(t, s, "v", column)
			if diff := cmp.Diff(read(t, s, "v", column), got); !ok || diff != "" {
				t.Errorf("%s: %t %s", column, ok, diff)
			}
		}
		for table, columns := range map[string][]string{"folded": {"code", "n"}, "many": {"day"}} {
			got, ok := counted(t, s, table, columns...)
			if diff := cmp.Diff(read(t, s, table, columns...), got); !ok || diff != "" {
				t.Errorf("%s: %t %s", table, ok, diff)
			}
		}
		if _, ok := counted(t, s, "many", "id"); ok {
			t.Error("120,000 values are counted one by one")
		}
		e.exec(t, url, "INSERT INTO v (id, note) VALUES (9, '"+strings.Repeat("long ", 100)+"')")
		if _, ok := counted(t, s, "v", "note"); ok {
			t.Error("a text is counted by")
		}
		for _, err := range s.(Counter).Count(context.Background(), "v", []string{"nothing"}) {
			if !errors.Is(err, ErrNoColumn) {
				t.Errorf("of a column that is not there: %v", err)
			}
		}
	})
}

// What is no table of numbered rows, and what is no database, says that it is to be read.
func TestNotCounted(t *testing.T) {
	path := makeSQLite(t)
	execSQLite(t, path, "CREATE TABLE apart (k TEXT PRIMARY KEY) WITHOUT ROWID", "CREATE VIEW seen AS SELECT * FROM apart", "CREATE TABLE hidden (rowid TEXT, _rowid_ TEXT, oid TEXT)")
	s, _ := open(t, "sqlite:"+path, Options{})
	for _, table := range []string{"apart", "seen"} {
		if _, ok := counted(t, s, table, "k"); ok {
			t.Errorf("%s is counted", table)
		}
	}
	if _, ok := counted(t, s, "hidden", "oid"); ok {
		t.Error("a table without a name for the number of a row is counted")
	}
	d, _ := open(t, "dir:"+t.TempDir()+"?hours=00:00-23:59", Options{})
	if _, ok := counted(t, d, "file", "name"); ok {
		t.Error("files are counted")
	}
}
