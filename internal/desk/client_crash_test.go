package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/ledger"
	"tenet/internal/store"
)

// endEnv names the workspace in which a copy of this test binary ends the contract of a
// client, and endAt after how many looks at its context it kills itself; 0 for never.
const (
	endEnv = "TENET_DESK_END_CHILD"
	endAt  = "TENET_DESK_END_AT"
)

// mortal is a context that kills its process at the nth look at it. Everything that waits
// or writes looks at its context first, so that each pair of steps has a look between.
type mortal struct {
	context.Context
	looks *atomic.Int64
	last  int64
}

func (m mortal) look() {
	if m.looks.Add(1) == m.last {
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		if err != nil {
			panic(err)
		}
		select {}
	}
}

func (m mortal) Done() <-chan struct{} { m.look(); return m.Context.Done() }

func (m mortal) Err() error { m.look(); return m.Context.Err() }

// endDay is the day on which everybody here ends contracts.
var endDay = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// endsClient ends lantern-row's contract in a workspace, and prints how often it looked at
// its context meanwhile.
func endsClient(dir string) int {
	last, err := strconv.ParseInt(os.Getenv(endAt), 10, 64)
	if err == nil {
		m := mortal{context.Background(), &atomic.Int64{}, last}
		if err = ends(m, dir); err == nil {
			fmt.Println(m.looks.Load())
			return 0
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func ends(ctx context.Context, dir string) (err error) {
	d, err := Open(context.WithoutCancel(ctx), dir, os.Getenv)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	d.Now = func() time.Time { return endDay }
	_, err = d.EndClient(ctx, "staff-1", "lantern-row")
	return err
}

// ending is where the end of a contract leaves a workspace.
type ending struct {
	Config  string         // tenet.yaml
	Indexed []string       // the tables in the index
	Acts    map[string]int // entries of the ledger, by name
	Faults  []string       // of the ledger
}

func endingOf(t *testing.T, dir string) ending {
	t.Helper()
	ctx := t.Context()
	d, err := Open(ctx, dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	out := ending{Acts: map[string]int{}}
	text, err := os.ReadFile(filepath.Join(dir, configFile))
	if err != nil {
		t.Fatal(err)
	}
	out.Config = string(text)
	x, err := d.openIndex(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	tables, err := x.Tables(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range tables {
		out.Indexed = append(out.Indexed, s.Source+"."+s.Table)
	}
	slices.Sort(out.Indexed)
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		clear(out.Acts)
		rows, err := tx.QueryContext(ctx, `SELECT act FROM ledger_entry`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var act string
			if err := rows.Scan(&act); err != nil {
				return err
			}
			out.Acts[act]++
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := d.VerifyLedger(ctx, ledger.Trust{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Faults {
		out.Faults = append(out.Faults, f.Words)
	}
	return out
}

// stage is how far it has come.
func (e ending) stage() string {
	switch {
	case e.Acts["client.ended"] > 0:
		return "all is done"
	case !slices.Contains(e.Indexed, "housing.repair"):
		return "the index is done"
	case strings.Contains(e.Config, "lantern-row: "):
		return "tenet.yaml is done"
	case e.Acts["client.ending"] > 0:
		return "the first entry is done"
	}
	return "nothing is done"
}

// endsUntil has another process end the contract. It dies at the nth look at its context,
// or after a while if that is not zero. It gives how often it looked, if it came to its end.
func endsUntil(t *testing.T, dir string, look int64, after time.Duration) int64 {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), endEnv+"="+dir, endAt+"="+strconv.FormatInt(look, 10))
	var out, said strings.Builder
	child.Stdout, child.Stderr = &out, &said
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		kill := time.AfterFunc(after, func() { child.Process.Kill() })
		defer kill.Stop()
	}
	if err := child.Wait(); err != nil && said.Len() > 0 {
		t.Fatalf("%v: %s", err, said.String())
	}
	n, _ := strconv.ParseInt(strings.TrimSpace(out.String()), 10, 64)
	return n
}

// TestEndClientKilledAnywhere kills the process that ends a contract between all its steps,
// and at instants that nobody chose (with TENET_TEST_KILLS at many more), and runs it again: tenet.yaml, the index and the ledger
// are as nobody had disturbed it, each entry is there once, and from the first that is seen
// of it in tenet.yaml the set cannot be searched.
func TestEndClientKilledAnywhere(t *testing.T) {
	d := agentOffice(t, func(db *sql.DB) {
		threeLandlords(t)(db)
		insert(t, db, `CREATE TABLE repair (id INTEGER PRIMARY KEY, what TEXT)`)
		insert(t, db, `INSERT INTO repair VALUES (1, 'The gutter of Zelda Quill')`)
	})
	file := filepath.Join(d.Dir, "maps", "housing.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "  repair: {key: id, client: lantern-row, category: repairs, columns: {what: {free-text: true}}}\n"...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Index(t.Context(), false, nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	undisturbed := copied(t, d.Dir)
	began := time.Now()
	looks := endsUntil(t, undisturbed, 0, 0)
	took := time.Since(began)
	want := endingOf(t, undisturbed)
	if want.stage() != "all is done" || want.Acts["client.ending"] != 1 || want.Acts["client.ended"] != 1 || len(want.Faults) > 0 || slices.Contains(want.Indexed, "housing.repair") {
		t.Fatalf("undisturbed: %+v", want)
	}
	each, random := int64(8), 8
	if os.Getenv("TENET_TEST_KILLS") != "" { // at every look, which takes some minutes
		each, random = 1, 40
	}
	t.Logf("it looks at its context %d times", looks)
	stages := map[string]int{}
	try := func(look int64, after time.Duration) {
		t.Helper()
		dir := copied(t, d.Dir)
		endsUntil(t, dir, look, after)
		left := endingOf(t, dir)
		stages[left.stage()]++
		if left.Acts["client.ended"] > left.Acts["client.ending"] || strings.Contains(left.Config, "lantern-row: ") && left.Acts["client.ending"] != 1 {
			t.Errorf("killed at look %d, something is done of which the ledger does not say who wanted it: %+v", look, left)
		}
		if err := ends(t.Context(), dir); err != nil {
			t.Fatalf("killed when %s, then: %v", left.stage(), err)
		}
		if diff := cmp.Diff(want, endingOf(t, dir)); diff != "" {
			t.Errorf("killed when %s, and run again (-undisturbed +got):\n%s", left.stage(), diff)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	for look := int64(1); look <= looks; look += each {
		try(look, 0)
	}
	rng := rand.New(rand.NewPCG(5, 9))
	for range random {
		try(0, time.Duration(1+rng.Int64N(int64(took))))
	}
	t.Logf("kills by how far it had come: %v", stages)
	for _, must := range []string{"nothing is done", "tenet.yaml is done", "the index is done"} {
		if stages[must] == 0 {
			t.Errorf("no kill came when %s: %v", must, stages)
		}
	}
}
