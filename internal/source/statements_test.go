package source

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

// A lookup that has been asked before is asked again after the table has changed
// under it, before and after the schema is read anew.
func TestConformanceSchemaChanges(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		e.exec(t, url, "CREATE TABLE v (id int NOT NULL PRIMARY KEY, name varchar(40), gone varchar(40))", "INSERT INTO v VALUES (1, 'Ann', 'x')")
		s, _ := open(t, url, Options{})
		ctx := context.Background()
		find := func(name string) []string { return lines(t, s.Lookup(ctx, "v", []rows.Match{is("name", name)})) }
		check := func(got []string, want ...string) {
			t.Helper()
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		check(find("Ann"), "1|Ann|x")
		e.exec(t, url, "ALTER TABLE v ADD COLUMN later int", "INSERT INTO v VALUES (2, 'Bo', 'y', 7)")
		check(find("Bo"), "2|Bo|y")
		if _, err := s.Schema(ctx); err != nil {
			t.Fatal(err)
		}
		check(find("Bo"), "2|Bo|y|7")
		e.exec(t, url, "ALTER TABLE v DROP COLUMN gone")
		if failure(s.Lookup(ctx, "v", []rows.Match{is("name", "Bo")})) == nil {
			t.Error("a column that has gone is still read")
		}
		if _, err := s.Schema(ctx); err != nil {
			t.Fatal(err)
		}
		check(find("Bo"), "2|Bo|7")
		// Another table of the same name.
		e.exec(t, url, "DROP TABLE v", "CREATE TABLE v (id varchar(10) NOT NULL PRIMARY KEY, name int, later varchar(10))", "INSERT INTO v VALUES ('a', 5, 'z')")
		if _, err := s.Schema(ctx); err != nil {
			t.Fatal(err)
		}
		check(find("5"), "a|5|z")
	})
}

// Many readers at once, in one another, some of whom leave early, over more statements than
// may be kept: each gets its own rows, and no more is kept than may be.
func TestLookupsTogether(t *testing.T) {
	const tables, values = 12, 40
	statements := []string{}
	for i := range tables {
		statements = append(statements, fmt.Sprintf("CREATE TABLE t%d (id INTEGER PRIMARY KEY, n INTEGER)", i),
			fmt.Sprintf("WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < %d) INSERT INTO t%d (n) SELECT i %% %d FROM s", 3*values-1, i, values))
	}
	path := makeSQLite(t, statements...)
	s, _ := open(t, "sqlite:"+path, Options{})
	kept := engineOf[*sqliteDB](s).kept
	kept.limit = 3000 // a few statements
	ctx := context.Background()
	read := func(table, n, most int) (found int) {
		for r, err := range s.Lookup(ctx, "t"+strconv.Itoa(table), []rows.Match{is("n", strconv.Itoa(n))}) {
			if err != nil {
				t.Error(err)
				return 0
			}
			if r.Table.Name != "t"+strconv.Itoa(table) || r.Get("n").Text != strconv.Itoa(n) {
				t.Errorf("asked t%d for %d and got %s of %s", table, n, r.Get("n").Text, r.Table.Name)
			}
			if found++; found == most {
				break
			}
		}
		return found
	}
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 60 {
				table, n := (g+i)%tables, (g*7+i)%values
				if got := read(table, n, 0); got != 3 {
					t.Errorf("%d rows and not 3", got)
				}
				read(table, n, 1)
				for range s.Lookup(ctx, "t0", []rows.Match{is("n", "1")}) {
					read(0, 2, 0) // the same statement, while it runs
				}
			}
		})
	}
	group.Wait()
	if kept.size > kept.limit || kept.order.Len() != len(kept.idle) || len(kept.idle) == 0 {
		t.Errorf("%d statements of %d bytes are kept, %d of them found by their text; the limit is %d", kept.order.Len(), kept.size, len(kept.idle), kept.limit)
	}
	// Nothing that is kept holds a lock.
	execSQLite(t, path, "BEGIN EXCLUSIVE", "COMMIT")
}

// What was prepared is let go of with the source, what is running then as well.
func TestStatementsClosed(t *testing.T) {
	s, _ := open(t, "sqlite:"+makeSQLite(t, "CREATE TABLE a (id INTEGER PRIMARY KEY)", "INSERT INTO a VALUES (1)"), Options{})
	kept := engineOf[*sqliteDB](s).kept
	ctx := context.Background()
	running, err := kept.take(ctx, "SELECT 1")
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(t, s.Lookup(ctx, "a", []rows.Match{is("id", "1")})); len(got) != 1 || len(kept.idle) != 1 {
		t.Fatalf("%d rows, %d statements kept", len(got), len(kept.idle))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	kept.give(running)
	if len(kept.idle) != 0 || kept.size != 0 {
		t.Errorf("%d statements of %d bytes are kept after Close", len(kept.idle), kept.size)
	}
	if _, err := running.stmt.Query(); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a statement is open after Close: %v", err)
	}
}
