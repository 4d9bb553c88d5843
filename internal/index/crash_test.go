package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/testdata"
)

// crashEnv names the index that a copy of this test binary builds until it is killed.
const crashEnv = "TENET_INDEX_CRASH_CHILD"

func TestMain(m *testing.M) {
	if where := os.Getenv(crashEnv); where != "" {
		fmt.Fprintln(os.Stderr, buildUntilKilled(where))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var crashTables = []string{"a", "b", "c", "d"}

// crashSource is large enough to be spilled to runs and loaded in several transactions.
func crashSource() *fake {
	f := &fake{print: "same"}
	for i := range 3000 {
		f.rows = append(f.rows, person(fmt.Sprint(i), "Ann", fmt.Sprint("Shaw", i%50), "", fmt.Sprint("boiler leak number", i)))
	}
	return f
}

func buildUntilKilled(where string) error {
	ctx := context.Background()
	x, err := Open(ctx, where, "larkfield", key, "1")
	if err != nil {
		return err
	}
	x.held = 1000
	for {
		for _, table := range crashTables {
			if _, err := x.Refresh(ctx, "housing", table, mapped, crashSource(), true, nothing, nil); err != nil {
				return err
			}
			fmt.Println(table)
		}
	}
}

// TestKilled: a build that is killed at any instant leaves every table as it
// was, whole, and the next one goes on: what was finished is kept, and nothing is left over.
func TestKilled(t *testing.T) { engines(t, testKilled) }

func testKilled(t *testing.T, where string) {
	rng := rand.New(rand.NewPCG(5, 6))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	ctx := context.Background()
	f := crashSource()
	for range rounds {
		child := exec.Command(self)
		child.Env = append(os.Environ(), crashEnv+"="+where)
		var said strings.Builder
		child.Stderr = &said
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(30+rng.IntN(250))*time.Millisecond, func() { child.Process.Kill() })
		if child.Wait(); said.Len() > 0 {
			t.Fatal(said.String())
		}
		x := open(t, where, key, "1")
		for _, table := range crashTables {
			has, err := x.Has(ctx, "housing", table)
			if err != nil {
				t.Fatal(err)
			}
			got, err := x.Find(ctx, "housing", table, words("boiler")...)
			if err != nil || has && len(got) != len(f.rows) || !has && len(got) != 0 {
				t.Fatalf("%s: there %v, %d rows, %v", table, has, len(got), err)
			}
			b, err := x.Refresh(ctx, "housing", table, mapped, f, false, nothing, nil)
			if err != nil || b.Kept != has {
				t.Fatalf("%s: there %v, %+v, %v", table, has, b, err)
			}
			if has, err = x.Has(ctx, "housing", table); !has || err != nil {
				t.Fatal(table, err)
			}
		}
		// Torsos go when their table is built again.
		for _, table := range crashTables {
			if _, err := x.Refresh(ctx, "housing", table, mapped, f, true, nothing, nil); err != nil {
				t.Fatal(err)
			}
		}
		var n int
		if err := x.db.QueryRow(`SELECT count(*) FROM segment`).Scan(&n); err != nil || n != len(crashTables) {
			t.Fatalf("%d segments of %d tables, %v", n, len(crashTables), err)
		}
		x.Close()
	}
}

// TestFull: on a disk without room a build ends with an error that says so, the
// segment that was there still answers, and with room the same call succeeds.
func TestFull(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "index.db"), key, "1")
	f := crashSource()
	all := f.rows
	f.rows = f.rows[:300]
	refresh(t, x, f)
	f.rows, f.print = all, "more"
	x.db.SetMaxOpenConns(1) // the limit is a connection's own
	var pages int
	if err := x.db.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(pages int) {
		if _, err := x.db.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 15)
	for range 3 { // what a failed build took is given back: trying again does not make it worse
		if _, err := x.Refresh(context.Background(), "housing", "person", mapped, f, false, nothing, nil); !errors.Is(err, ErrFull) {
			t.Fatalf("built on a full disk: %v", err)
		}
	}
	if got := search(t, x, words("boiler")...); len(got) != 300 {
		t.Errorf("%d rows of 300", len(got))
	}
	limit(pages + 2000)
	refresh(t, x, f)
	if got := search(t, x, words("boiler")...); len(got) != len(all) {
		t.Errorf("%d rows of %d", len(got), len(all))
	}
}

// TestFullDisk is the same on a file system that really is full, where the runs
// have no room either.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if !smallDisk(t, dir, "1m") {
		testdata.Missing(t, "root", "the right to mount a small file system")
	}
	x := open(t, filepath.Join(dir, "index.db"), key, "1")
	f := crashSource()
	all := f.rows
	f.rows = f.rows[:100]
	refresh(t, x, f)
	f.rows, f.print = all, "more"
	var filled error
	filler, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer filler.Close()
	for filled == nil {
		_, filled = filler.Write(make([]byte, 4096))
	}
	for range 3 {
		if _, err := x.Refresh(context.Background(), "housing", "person", mapped, f, false, nothing, nil); !errors.Is(err, ErrFull) {
			t.Fatalf("built on a full disk: %v", err)
		}
	}
	if got := search(t, x, words("boiler")...); len(got) != 100 {
		t.Errorf("%d rows of 100", len(got))
	}
	growDisk(t, dir, "16m")
	refresh(t, x, f)
	if got := search(t, x, words("boiler")...); len(got) != len(all) {
		t.Errorf("%d rows of %d", len(got), len(all))
	}
	left, err := fs.Glob(os.DirFS(dir), "run-*")
	if err != nil || len(left) > 0 {
		t.Errorf("runs were left behind: %v %v", left, err)
	}
}

// endless is a table of any size that is made as it is read.
type endless struct {
	*fake
	n int
}

func (s endless) Scan(context.Context, string, source.ScanOptions) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		for i := range s.n {
			if !yield(person(fmt.Sprint(i), "", "", "", fmt.Sprintf("boiler number%d visit%d job%d ref%d", i, i%1000, i*7, i*13)), nil) {
				return
			}
		}
	}
}

// watched looks at each load.
type watched struct {
	engine
	look func()
}

func (w watched) load(ctx context.Context, db *sql.DB, table string, columns []string, rows [][]any) error {
	w.look()
	return w.engine.load(ctx, db, table, columns, rows)
}

// ceiling is what a build may hold, in bytes, whatever the table's size: a
// sorter's 24 MiB, batches of 4 MiB, and what is on its way.
const ceiling = 40 << 20

// TestBounded: the heap that a build needs does not grow with the table. What is
// measured is what is alive after a collection, at many points of reading and merging.
func TestBounded(t *testing.T) {
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	x := open(t, filepath.Join(t.TempDir(), "index.db"), key, "1")
	before, most := live(), int64(0)
	sampled := 0
	look := func() {
		sampled++
		most = max(most, live()-before)
	}
	x.engine = watched{x.engine, look}
	b, err := x.Refresh(context.Background(), "housing", "person", mapped, endless{&fake{}, 300_000}, true, nothing, func(n int64) {
		if n%20_000 == 0 {
			look()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if runs := b.Postings / inMemory; runs < 2 || sampled < 20 {
		t.Fatalf("%d postings and %d looks tell nothing", b.Postings, sampled)
	}
	t.Logf("%d postings: %.1f MiB held at most, %d looks", b.Postings, float64(most)/(1<<20), sampled)
	if most > ceiling {
		t.Errorf("%d bytes were held, and the ceiling is %d", most, ceiling)
	}
}
