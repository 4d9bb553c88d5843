package index

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
	"tenet/internal/source"
)

// table is a source whose rows have versions, as SQL Server's do.
type table struct {
	rows    map[string]rows.Row
	version map[string]int
	now     int
	read    int // rows read whole
	blind   bool
}

func newTable() *table { return &table{rows: map[string]rows.Row{}, version: map[string]int{}} }

func (s *table) set(id, forename, surname, note string) {
	s.now++
	s.rows[id], s.version[id] = person(id, forename, surname, "", note), s.now
}

func (s *table) remove(id string) {
	s.now++
	delete(s.rows, id)
	delete(s.version, id)
}

func (s *table) Scan(_ context.Context, _ string, opt source.ScanOptions) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		for _, id := range slices.Sorted(maps.Keys(s.rows)) {
			r := s.rows[id]
			if len(opt.Columns) == 0 {
				r = rows.Row{Table: &rows.Table{Name: "person", Columns: personTable.Columns[:1]}, Key: r.Key, Values: r.Values[:1]}
			} else {
				s.read++
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (s *table) Fingerprint(context.Context, string) (string, error) {
	return "at " + strconv.Itoa(s.now), nil
}

func (s *table) Lookup(_ context.Context, _ string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		if r, ok := s.rows[where[0].Value.Text]; ok {
			yield(r, nil)
		}
	}
}

func (s *table) Mark(context.Context, string) (string, rows.Value, error) {
	return "version", rows.Value{Text: strconv.Itoa(s.now + 1)}, nil
}

func (s *table) Since(_ context.Context, _, _ string, at rows.Value, _ []string) iter.Seq2[rows.Row, error] {
	from, err := strconv.Atoi(at.Text)
	return func(yield func(rows.Row, error) bool) {
		if err != nil {
			yield(rows.Row{}, err)
			return
		}
		for id, v := range s.version {
			if v < from || s.blind {
				continue
			}
			s.read++
			if !yield(s.rows[id], nil) {
				return
			}
		}
	}
}

func build(t testing.TB, x *Index, s Source, full bool) Built {
	t.Helper()
	b, err := x.Refresh(context.Background(), "housing", "person", mapped, s, full, nothing, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func check(t testing.TB, x *Index, s Readable, every int) Checked {
	t.Helper()
	c, err := x.Check(context.Background(), "housing", "person", mapped, s, every)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// common is a token that needs many blocks; every row has a note of a few words.
func fill(s *table, n int) {
	for i := range n {
		s.set(fmt.Sprintf("%06d", i), "Ann", fmt.Sprintf("Shaw%d", i%97), fmt.Sprintf("boiler number%d visit%d", i, i%1000))
	}
}

// TestManyBlocks: tokens that fill many blocks, alone and with others.
func TestManyBlocks(t *testing.T) { engines(t, testManyBlocks) }

func testManyBlocks(t *testing.T, where string) {
	x := open(t, where, key, "1")
	s := newTable()
	fill(s, 30_000)
	b := build(t, x, s, false)
	if got := search(t, x, words("boiler")...); len(got) != 30_000 || !slices.IsSorted(got) {
		t.Errorf("%d of 30,000 rows", len(got))
	}
	for i := range 300 {
		id := i * 97
		want := []string{fmt.Sprintf("person/id=%06d", id)}
		if diff := cmp.Diff(want, search(t, x, words("boiler", fmt.Sprint("number", id))...)); diff != "" {
			t.Fatal(diff)
		}
	}
	if got := search(t, x, words("visit7")...); len(got) != 30 {
		t.Errorf("%d rows of 30", len(got))
	}
	tables, err := x.Tables(context.Background())
	if err != nil || len(tables) != 1 || tables[0].Rows != 30_000 || tables[0].Postings != b.Postings {
		t.Errorf("%+v, %v", tables, err)
	}
	if c := check(t, x, s, 1); !c.OK() || c.Rows != 30_000 || c.Keys != 30_000 || c.Moved {
		t.Errorf("%+v", c)
	}
}

// TestMerge: whatever has happened to the rows, an index that read only what had
// changed answers as one that was built anew.
func TestMerge(t *testing.T) { engines(t, testMerge) }

func testMerge(t *testing.T, where string) {
	rng := rand.New(rand.NewPCG(1, 7))
	x := open(t, where, key, "1")
	s := newTable()
	fill(s, 500)
	build(t, x, s, false)
	for round := range 12 {
		s.read = 0
		touched := rng.IntN(40)
		for range touched {
			id := fmt.Sprintf("%06d", rng.IntN(600))
			switch rng.IntN(4) {
			case 0:
				s.remove(id)
			case 1:
				s.set(id, "", "", "") // nothing to be found by
			default:
				s.set(id, "Bob", "Dale", fmt.Sprintf("boiler round%d", round))
			}
		}
		b := build(t, x, s, false)
		if touched > 0 && (!b.Merged || b.Read > int64(touched) || s.read > touched || b.Rows != int64(len(s.rows))) {
			t.Fatalf("round %d: %+v, %d rows read, %d touched", round, b, s.read, touched)
		}
		if c := check(t, x, s, 1); !c.OK() || c.Moved {
			t.Fatalf("round %d: %+v", round, c)
		}
	}
	got := search(t, x, words("boiler")...)
	build(t, x, s, true)
	want := search(t, x, words("boiler")...)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
		t.Error(diff)
	}
	// A map that has changed is no case for merging: other columns count.
	other := *mapped
	other.Columns = nil
	s.set("000001", "Eve", "Moss", "")
	b, err := x.Refresh(context.Background(), "housing", "person", &other, s, false, nothing, nil)
	if err != nil || b.Merged {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestMergedProblems: what could not be read of a row stays until the row is read again, or is gone.
func TestMergedProblems(t *testing.T) {
	ctx := context.Background()
	x := open(t, t.TempDir()+"/index.db", key, "1")
	s := newTable()
	fill(s, 10)
	of := func(ids ...string) (out []source.Problem) {
		for _, id := range ids {
			out = append(out, source.Problem{Source: "housing", Table: "person", Key: "person/id=" + id, Why: "too long"})
		}
		return out
	}
	if _, err := x.Refresh(ctx, "housing", "person", mapped, s, false, func() []source.Problem { return of("000001", "000002", "000003") }, nil); err != nil {
		t.Fatal(err)
	}
	s.remove("000001")
	s.set("000002", "Ann", "Shaw", "shorter now")
	s.set("000004", "Ann", "Shaw", "longer now")
	if b, err := x.Refresh(ctx, "housing", "person", mapped, s, false, func() []source.Problem { return of("000004") }, nil); err != nil || !b.Merged {
		t.Fatal(b, err)
	}
	got, err := x.Problems(ctx)
	if diff := cmp.Diff(of("000003", "000004"), got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// TestCheck: each kind of difference is found, and counted as what it is.
func TestCheck(t *testing.T) { engines(t, testCheck) }

func testCheck(t *testing.T, where string) {
	x := open(t, where, key, "1")
	s := newTable()
	fill(s, 1000)
	build(t, x, s, false)
	for id, change := range map[string]func(){
		"absent": func() { s.set("zz", "New", "Comer", "") },
		"gone":   func() { s.remove("000005") },
		"short":  func() { s.set("000006", "Ann", "Shaw6", "boiler number6 visit6 extension") },
		"stale":  func() { s.set("000007", "Ann", "Shaw7", "boiler number7") },
	} {
		change()
		c := check(t, x, s, 1)
		if c.OK() || !c.Moved {
			t.Errorf("%s: %+v", id, c)
		}
	}
	c := check(t, x, s, 1)
	if c.Absent != 1 || c.Gone != 1 || c.Short != 1 || c.Stale != 1 {
		t.Errorf("%+v", c)
	}
	build(t, x, s, false)
	if c := check(t, x, s, 1); !c.OK() || c.Moved {
		t.Errorf("%+v", c)
	}
	if c := check(t, x, s, 7); !c.OK() || c.Rows < 100 || c.Keys < 2 {
		t.Errorf("sample: %+v", c)
	}
	for id := range s.rows {
		s.set(id, "Ann", "Shaw", "everything changed")
	}
	if c := check(t, x, s, 7); c.Short != c.Rows {
		t.Errorf("sample: %+v", c)
	}
	clear(s.rows)
	if c := check(t, x, s, 7); c.Gone != c.Keys || c.Gone == 0 {
		t.Errorf("sample: %+v", c)
	}
	if _, err := x.Check(context.Background(), "housing", "nobody", mapped, s, 1); !errors.Is(err, ErrAbsent) {
		t.Errorf("a table that is not indexed: %v", err)
	}
}

// TestEpochs: a key is rotated while searches go on, and needed no longer when
// all tables have been built again.
func TestEpochs(t *testing.T) { engines(t, testEpochs) }

func testEpochs(t *testing.T, where string) {
	ctx := context.Background()
	old := Key{"1", key}
	next := bytes.Repeat([]byte{9}, 32)
	f := &fake{print: "a", rows: []rows.Row{person("1", "Ann", "Shaw", "", "first")}}
	tables := []string{"person", "guest"}
	refresh := func(x *Index, table string) Built {
		t.Helper()
		b, err := x.Refresh(ctx, "housing", table, mapped, f, false, nothing, nil)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	found := func(x *Index, table string) int {
		t.Helper()
		got, err := x.Find(ctx, "housing", table, words("first")...)
		if err != nil {
			t.Fatal(err)
		}
		return len(got)
	}
	x := open(t, where, old.Bytes, old.Epoch)
	for _, table := range tables {
		refresh(x, table)
	}
	y := open(t, where, next, "2", old)
	for i, table := range tables {
		for _, all := range tables {
			if found(y, all) != 1 {
				t.Errorf("%s cannot be searched when %d tables have the new key", all, i)
			}
			if fresh, err := y.Fresh(ctx, "housing", all, mapped, f); !fresh || err != nil {
				t.Errorf("%s is not fresh: %v", all, err)
			}
		}
		if b := refresh(y, table); b.Kept {
			t.Errorf("%s was kept under the old key", table)
		}
		if b := refresh(y, table); !b.Kept {
			t.Errorf("%s was built twice", table)
		}
		epochs, err := y.Epochs(ctx)
		want := map[string]int{"1": 1, "2": 1}
		if i == 1 {
			want = map[string]int{"2": 2}
		}
		if diff := cmp.Diff(want, epochs); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	// One that knows the old key alone does not search what it cannot read, and says that it does not have it.
	if has, err := x.Has(ctx, "housing", "person"); has || err != nil || found(x, "person") != 0 {
		t.Errorf("has %v, %v", has, err)
	}
	// Another key of the same name is another key.
	z := open(t, where, bytes.Repeat([]byte{8}, 32), "2")
	if has, err := z.Has(ctx, "housing", "person"); has || err != nil {
		t.Errorf("has %v, %v", has, err)
	}
}

// TestReplacedMeanwhile: a search that goes on while tables are built again is
// never short of an answer, in this process or in another.
func TestReplacedMeanwhile(t *testing.T) { engines(t, testReplacedMeanwhile) }

func testReplacedMeanwhile(t *testing.T, where string) {
	x, y := open(t, where, key, "1"), open(t, where, key, "1")
	f := &fake{}
	for i := range 200 {
		f.rows = append(f.rows, person(fmt.Sprint(i), "Ann", "Shaw", "", "boiler"))
	}
	refresh(t, x, f)
	done := make(chan error)
	go func() {
		for range 15 {
			if _, err := y.Refresh(context.Background(), "housing", "person", mapped, f, true, nothing, nil); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for n := 0; ; n++ {
		if got := search(t, x, words("boiler")...); len(got) != 200 {
			t.Fatalf("search %d found %d of 200", n, len(got))
		}
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
	}
}

// TestTogether: two that build one table at once, each its own whole.
func TestTogether(t *testing.T) {
	where := testpgURL(t)
	x, y := open(t, where, key, "1"), open(t, where, key, "1")
	f := &fake{print: "a", rows: []rows.Row{person("1", "Ann", "Shaw", "", "first")}}
	done := make(chan error, 2)
	for _, x := range []*Index{x, y} {
		go func() {
			var errs error
			for range 10 {
				_, err := x.Refresh(context.Background(), "housing", "person", mapped, &fake{rows: f.rows}, true, nothing, nil)
				errs = errors.Join(errs, err)
			}
			done <- errs
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	var torsos, tables int
	if err := x.db.QueryRow(`SELECT (SELECT count(*) FROM segment), (SELECT count(*) FROM pg_tables WHERE schemaname = 'blind')`).Scan(&torsos, &tables); err != nil || torsos != 1 || tables != 5 {
		t.Errorf("%d segments, %d tables, %v", torsos, tables, err)
	}
}

// TestNotOurs: a schema that somebody else uses is left alone.
func TestNotOurs(t *testing.T) { engines(t, testNotOurs) }

func testNotOurs(t *testing.T, where string) {
	x := open(t, where, key, "1")
	for _, stmt := range []string{`DROP TABLE meta`, `CREATE TABLE precious (a TEXT)`} {
		if _, err := x.db.Exec(stmt); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(context.Background(), where, "larkfield", key, "1"); err == nil {
		t.Fatal("it was opened")
	}
	if _, err := x.db.Exec(`INSERT INTO precious VALUES ('a')`); err != nil {
		t.Error(err)
	}
	// An older layout is made anew.
	for _, stmt := range []string{`DROP TABLE precious`, `CREATE TABLE meta (name TEXT, value TEXT)`, `INSERT INTO meta VALUES ('made', '2 1')`} {
		if _, err := x.db.Exec(stmt); err != nil {
			t.Fatal(err)
		}
	}
	refresh(t, open(t, where, key, "1"), &fake{})
}
