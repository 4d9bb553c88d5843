package source

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	mssql "github.com/microsoft/go-mssqldb"
	"pgregory.net/rapid"

	"tenet/internal/rows"
	"tenet/internal/testmaria"
	"tenet/internal/testpg"
)

// The index asks for just these methods.
var _ changing = (*gentle)(nil)

// copied is a table as someone has it who reads what has changed, and whose keys are still there.
type copied struct {
	s      Source
	rows   map[string]string
	column string
	at     rows.Value
}

// refresh does as the index does: a mark, what has changed since the last one, and all keys. between
// is what others do meanwhile.
func (c *copied) refresh(t rapid.TB, between func()) {
	t.Helper()
	ctx := context.Background()
	column, at, err := c.s.(changing).Mark(ctx, "v")
	if err != nil || column == "" {
		t.Fatalf("no mark: %v", err)
	}
	between()
	fresh := map[string]string{}
	seq := c.s.(changing).Since(ctx, "v", c.column, c.at, nil)
	if c.column != column {
		seq = c.s.Scan(ctx, "v", ScanOptions{})
	}
	for r, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		fresh[r.Get("id").Text] = r.Get("t").Text
	}
	between()
	now := map[string]string{}
	for r, err := range c.s.Scan(ctx, "v", ScanOptions{Columns: []string{}}) {
		if err != nil {
			t.Fatal(err)
		}
		id := r.Get("id").Text
		if text, ok := fresh[id]; ok {
			now[id] = text
		} else if text, ok := c.rows[id]; ok {
			now[id] = text
		}
	}
	c.rows, c.column, c.at = now, column, at
}

func (c *copied) differs() string {
	is := map[string]string{}
	for r, err := range c.s.Scan(context.Background(), "v", ScanOptions{}) {
		if err != nil {
			return err.Error()
		}
		is[r.Get("id").Text] = r.Get("t").Text
	}
	return cmp.Diff(is, c.rows)
}

// tight takes off what a mark is set before where it would be for the crash of a server, so that a
// test sees what it is without.
type tight struct{ Source }

func (p tight) Mark(ctx context.Context, table string) (string, rows.Value, error) {
	column, at, err := p.Source.(changing).Mark(ctx, table)
	if column != "" {
		n, _ := strconv.ParseInt(at.Text, 10, 64)
		at.Text = strconv.FormatInt(n+pgForgotten, 10)
	}
	return column, at, err
}

func (p tight) Since(ctx context.Context, table, column string, at rows.Value, columns []string) seq {
	return p.Source.(changing).Since(ctx, table, column, at, columns)
}

type seq = iter.Seq2[rows.Row, error]

// Transactions long and short, with parts that are rolled back, that begin before a mark and
// end after it, or between it and the reading: nothing that they change is lost.
func TestPostgresMarksProperty(t *testing.T) {
	const sessions = 4
	for _, table := range []string{
		"CREATE TABLE v (id int PRIMARY KEY, t text)",
		"CREATE TABLE v (id int PRIMARY KEY, t text) PARTITION BY HASH (id); CREATE TABLE v0 PARTITION OF v FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE v1 PARTITION OF v FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
	} {
		db := testpg.Database(t)
		pgExec(t, db, strings.Split(table, "; ")...)
		s, _ := open(t, db, Options{})
		ctx := context.Background()
		var conns [sessions]*pgx.Conn
		for i := range conns {
			c, err := pgx.Connect(ctx, db)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close(ctx)
			conns[i] = c
		}
		rapid.Check(t, func(t *rapid.T) {
			c := &copied{s: tight{s}, rows: map[string]string{}}
			n := 0
			do := func() {
				who := rapid.IntRange(0, sessions-1).Draw(t, "who")
				conn := conns[who]
				id := rapid.IntRange(0, 4).Draw(t, "row")*sessions + who // nobody waits for another
				n++
				stmt := ""
				in := conn.PgConn().TxStatus() == 'T'
				switch what := rapid.IntRange(0, 7).Draw(t, "what"); {
				case !in && what < 4:
					stmt = "BEGIN"
				case in && what == 0:
					stmt = "COMMIT"
				case in && what == 1:
					stmt = "ROLLBACK"
				case in && what == 2:
					stmt = fmt.Sprintf("SAVEPOINT a; UPDATE v SET t = 'undone %d' WHERE id = %d; ROLLBACK TO a", n, id)
				case in && what == 3:
					stmt = fmt.Sprintf("SAVEPOINT a; INSERT INTO v VALUES (%d, 'within %d') ON CONFLICT (id) DO UPDATE SET t = excluded.t; RELEASE a", id, n)
				case what == 4:
					stmt = fmt.Sprintf("DELETE FROM v WHERE id = %d", id)
				default:
					stmt = fmt.Sprintf("INSERT INTO v VALUES (%d, 'at %d') ON CONFLICT (id) DO UPDATE SET t = excluded.t", id, n)
				}
				if _, err := conn.Exec(ctx, stmt, pgx.QueryExecModeSimpleProtocol); err != nil {
					t.Fatal(stmt, err)
				}
			}
			busy := func() {
				for range rapid.IntRange(0, 4).Draw(t, "meanwhile") {
					do()
				}
			}
			quiet := func() {}
			for range rapid.IntRange(1, 6).Draw(t, "refreshes") {
				for range rapid.IntRange(0, 12).Draw(t, "statements") {
					do()
				}
				if rapid.Bool().Draw(t, "others are busy") {
					c.refresh(t, busy)
					continue
				}
				c.refresh(t, quiet)
				if d := c.differs(); d != "" {
					t.Fatalf("with nobody at work in between: %s", d)
				}
			}
			for _, conn := range conns {
				if conn.PgConn().TxStatus() == 'T' {
					if _, err := conn.Exec(ctx, "COMMIT"); err != nil {
						t.Fatal(err)
					}
				}
			}
			c.refresh(t, quiet)
			if d := c.differs(); d != "" {
				t.Fatalf("when all is done: %s", d)
			}
		})
	}
}

// What changes rows that nobody has written makes another column of marks, and so the whole
// table is read.
func TestPostgresMarksMoved(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, "CREATE TABLE v (id int, t text, PRIMARY KEY (id)) PARTITION BY RANGE (id)", "CREATE TABLE v0 PARTITION OF v FOR VALUES FROM (0) TO (100)",
		"INSERT INTO v SELECT i, 'x' FROM generate_series(1, 50) i", "CREATE TABLE later (id int NOT NULL, t text)", "INSERT INTO later VALUES (150, 'y')",
		"DROP ROLE IF EXISTS marker", "CREATE ROLE marker LOGIN", "GRANT SELECT (id, t) ON v TO marker")
	t.Cleanup(func() { pgExec(t, db, "DROP OWNED BY marker", "DROP ROLE marker") })
	ctx := context.Background()
	was, at := "", rows.Value{}
	for _, stmt := range []string{"SELECT 1", "ALTER TABLE v ATTACH PARTITION later FOR VALUES FROM (100) TO (200)", "ALTER TABLE v DROP COLUMN t, ADD COLUMN t text DEFAULT 'z'", "GRANT SELECT (t) ON v TO marker"} {
		s, _ := open(t, as(t, db, "marker"), Options{}) // no more than a reader's rights
		mark := func() (string, rows.Value) {
			column, at, err := s.(changing).Mark(ctx, "v")
			if err != nil || column == "" {
				t.Fatalf("%s: no mark: %q, %v", stmt, column, err)
			}
			return column, at
		}
		was, at = mark()
		if again, _ := mark(); again != was {
			t.Errorf("%q and then %q", was, again)
		}
		pgExec(t, db, stmt)
		s, _ = open(t, as(t, db, "marker"), Options{})
		is, _ := mark()
		if (is == was) != (stmt == "SELECT 1") {
			t.Errorf("%s: %q and then %q", stmt, was, is)
		}
		if err := failure(s.(changing).Since(ctx, "v", was, at, nil)); errors.Is(err, errMoved) != (is != was) {
			t.Errorf("%s: %v", stmt, err)
		}
	}
	pgExec(t, db, "CREATE TYPE mood AS ENUM ('glad')", "CREATE TABLE felt (id int PRIMARY KEY, m mood)", "CREATE TABLE bare (a int)", "CREATE VIEW seen AS SELECT * FROM v")
	s, _ := open(t, db, Options{})
	for _, table := range []string{"felt", "bare", "seen"} {
		if column, _, err := s.(changing).Mark(ctx, table); column != "" || err != nil {
			t.Errorf("%s has marks in %q, %v", table, column, err)
		}
	}
}

// The numbers of transactions come round.
func TestPostgresMarksComeRound(t *testing.T) {
	conn, err := pgx.Connect(context.Background(), testpg.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int64Range(-pgForgotten, 1<<40).Draw(t, "at")
		since := rapid.Int64Range(-(1<<31)+1, 1<<31-1).Draw(t, "since")
		var is bool
		err := conn.QueryRow(context.Background(), "SELECT "+pgWritten("($2::text)"), at%(1<<32), fmt.Sprint(uint32(at+since))).Scan(&is)
		if err != nil || is != (since >= 0) {
			t.Errorf("%d after %d: %v, %v", since, at, is, err)
		}
	})
}

// Only what has changed is sent.
func TestPostgresSinceIsFew(t *testing.T) {
	db := testpg.Database(t)
	pgExec(t, db, "CREATE TABLE v (id int PRIMARY KEY, t text)", "INSERT INTO v SELECT i, 'x' FROM generate_series(1, 5000) i")
	s, _ := open(t, db, Options{})
	ctx := context.Background()
	column, at, err := (tight{s}).Mark(ctx, "v")
	if err != nil {
		t.Fatal(err)
	}
	pgExec(t, db, "UPDATE v SET t = 'y' WHERE id = 7", "VACUUM FREEZE v", "UPDATE v SET id = 9000 WHERE id = 8")
	got := lines(t, s.(changing).Since(ctx, "v", column, at, []string{"t"}))
	slices.Sort(got)
	if diff := cmp.Diff([]string{"7|y", "9000|x"}, got); diff != "" {
		t.Error(diff)
	}
	night := hours{from: (time.Now().UTC().Hour()*60 + 720) % 1440, to: (time.Now().UTC().Hour()*60 + 721) % 1440}
	late, _ := open(t, db+"&hours="+night.String(), Options{})
	var put *HoursError
	if err := failure(late.(changing).Since(ctx, "v", column, at, nil)); !errors.As(err, &put) {
		t.Errorf("outside its hours: %v", err)
	}
}

// MariaDB and SQLite have no marks, and say so.
func TestConformanceMarks(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		e.exec(t, url, "CREATE TABLE v (id int NOT NULL PRIMARY KEY, seen timestamp)")
		s, _ := open(t, url, Options{})
		column, at, err := s.(changing).Mark(context.Background(), "v")
		if err != nil || (column != "") != (e.name == "PostgreSQL") {
			t.Errorf("%q, %v", column, err)
		}
		if err := failure(s.(changing).Since(context.Background(), "v", "other", at, nil)); !errors.Is(err, errMoved) {
			t.Errorf("a column that was never one: %v", err)
		}
	})
}

// cannedVersions is a SQL Server that has one table with a rowversion.
type cannedVersions struct {
	lowest, fork string
	column       int64
	computed     int64
	refused      error
}

func (c *cannedVersions) answer(query string, args []driver.NamedValue) ([][]driver.Value, error) {
	has := func(s string) bool { return strings.Contains(query, s) }
	col := func(name, typ string, length int64) []driver.Value {
		return []driver.Value{int64(7), name, typ, false, length, int64(0), int64(0), "", false, true, false, false}
	}
	switch {
	case has("MIN_ACTIVE_ROWVERSION()"):
		var state driver.Value
		if c.fork != "" {
			state = c.fork
		}
		return [][]driver.Value{{[]byte(c.lowest), state}}, c.refused
	case has("hobt_id"):
		return [][]driver.Value{{"column", c.column, "t", int64(1), int64(4), c.computed}}, nil
	case has("FROM sys.objects o JOIN"):
		return [][]driver.Value{{int64(7), "dbo", "v", "U", int64(3_000_000), "", true, false}}, nil
	case has("FROM sys.columns c JOIN"):
		return [][]driver.Value{col("id", "int", 4), col("t", "varchar", 20), col("ver", "timestamp", 8)}, nil
	case has("FROM sys.indexes"):
		return [][]driver.Value{{int64(7), int64(1), true, true, "id"}}, nil
	case has("FROM sys.foreign_key"):
		return nil, nil
	case has("@@SPID"):
		return [][]driver.Value{{"51", false}}, nil
	case has("FROM [dbo].[v] r"):
		return [][]driver.Value{{"7", "y"}}, nil
	}
	return nil, fmt.Errorf("unforeseen: %s", query)
}

func TestSQLServerMarks(t *testing.T) {
	c := &cannedVersions{lowest: "\x00\x00\x00\x00\x00\x00\x07\xd1", fork: "a fork", column: 2}
	d := &cannedDriver{answer: c.answer}
	opts := Options{Limits: Limits{Value: 1 << 20, Statement: time.Minute}, Report: func(Problem) {}, Keys: func(string) []string { return nil }}
	s := newServer(base{name: "test", opts: opts, conns: serverConns}, sqlServer{}, d)
	defer s.Close()
	ctx := context.Background()
	column, at, err := s.Mark(ctx, "v")
	if err != nil || !strings.HasPrefix(column, "ver ") || at.Text != `\x00000000000007d1` {
		t.Fatalf("%q %q %v", column, at, err)
	}
	if diff := cmp.Diff([]string{"7|y"}, lines(t, s.Since(ctx, "v", column, at, []string{"t"}))); diff != "" {
		t.Error(diff)
	}
	last := d.asked[slices.IndexFunc(d.asked, func(q string) bool { return strings.Contains(q, "FROM [dbo].[v] r") })]
	if !strings.Contains(last, "WHERE r.[ver] >= @p1 ORDER BY r.[id] OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY <[0 0 0 0 0 0 7 209]>") {
		t.Error(last)
	}
	changes := map[string]cannedVersions{
		"restored":     {lowest: c.lowest, fork: "another", column: 2},
		"other column": {lowest: c.lowest, fork: "a fork", column: 3},
		"computed":     {lowest: c.lowest, fork: "a fork", column: 2, computed: 1},
		"read-only":    {lowest: c.lowest, column: 2},
		"no right":     {lowest: c.lowest, fork: "a fork", column: 2, refused: mssql.Error{Number: 300, Message: "VIEW SERVER STATE permission was denied"}},
	}
	for _, what := range slices.Sorted(maps.Keys(changes)) {
		*c = changes[what]
		now, _, err := s.Mark(ctx, "v")
		if none := what == "computed" || what == "read-only" || what == "no right"; err != nil || now == column || (now == "") != none {
			t.Errorf("%s: %q, %v", what, now, err)
		}
		if err := failure(s.Since(ctx, "v", column, at, nil)); !errors.Is(err, errMoved) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Why MariaDB has none: a row that a long transaction changed bears the time of its statement, which is before a
// mark that was taken before it was committed; and a program may keep the old time, or set one.
func TestMariaDBTimesDoNotTell(t *testing.T) {
	db := testmaria.Database(t)
	testmaria.Exec(t, db, "CREATE TABLE v (id int PRIMARY KEY, t int, at timestamp(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6))", "INSERT INTO v VALUES (1, 0, DEFAULT), (2, 0, DEFAULT)")
	ctx := context.Background()
	long, other := testmaria.Session(t, db), testmaria.Session(t, db)
	for _, stmt := range []string{"BEGIN", "UPDATE v SET t = 1 WHERE id = 1"} {
		if _, err := long.ExecContext(ctx, stmt); err != nil {
			t.Fatal(err)
		}
	}
	var mark string
	if err := other.QueryRowContext(ctx, "SELECT CAST(NOW(6) AS CHAR)").Scan(&mark); err != nil {
		t.Fatal(err)
	}
	if _, err := long.ExecContext(ctx, "COMMIT"); err != nil {
		t.Fatal(err)
	}
	testmaria.Exec(t, db, "UPDATE v SET t = 1, at = at WHERE id = 2")
	var changed, seen int
	if err := other.QueryRowContext(ctx, "SELECT SUM(t), COALESCE(SUM(at >= ?), 0) FROM v", mark).Scan(&changed, &seen); err != nil {
		t.Fatal(err)
	}
	if changed != 2 || seen != 0 {
		t.Errorf("%d rows were changed after %s, of which their times tell %d: can they be trusted after all?", changed, mark, seen)
	}
}
