package expiry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
)

// crashEnv names the folder in which a copy of this test binary makes a run until it is
// killed.
const crashEnv = "TENET_EXPIRY_CRASH_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashEnv); dir != "" {
		if err := runIn(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// reopened is a bench over what another process left in a folder.
func reopened(t testing.TB, dir string) (*bench, error) {
	ring, err := keys.Open(filepath.Join(dir, "keys"))
	if err != nil {
		return nil, err
	}
	s, err := store.Open(context.Background(), "sqlite:"+filepath.Join(dir, "tenet.db"))
	if err != nil {
		return nil, err
	}
	b := &bench{t: t, asked: &asked{"bea"}, dir: dir, now: today.Add(time.Hour), rules: rulesOf("P1Y", "delete")}
	if err := b.open(s, ring); err != nil {
		return nil, err
	}
	b.shelf.files = true
	return b, nil
}

func runIn(dir string) error {
	b, err := reopened(nil, dir)
	if err != nil {
		return err
	}
	defer b.Store.Close()
	_, err = b.Run(context.Background(), Order{By: Scheduled})
	return err
}

// TestKilled kills a run at many instants, and makes it again to the end: what is left,
// what was counted and its digest are those of a run that nobody disturbed.
func TestKilled(t *testing.T) {
	kills := 20
	if testing.Short() {
		kills = 4
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	filled := func() *bench {
		b := newBench(t)
		*b.asked = asked{"bea"}
		for i := range 6 * page {
			who := "ann"
			if i%7 == 0 {
				who = "bea"
			}
			b.put(fmt.Sprintf("rec-%03d", i), who, 400+i)
			b.must(os.WriteFile(filepath.Join(b.dir, fmt.Sprintf("rec-%03d.age", i)), []byte("x"), 0o600))
		}
		b.signed()
		b.must(b.Store.Close())
		return b
	}
	child := func(dir string) *exec.Cmd {
		c := exec.Command(self)
		c.Env = append(os.Environ(), crashEnv+"="+dir)
		return c
	}
	outcome := func(dir string) (digest string, left, files int) {
		t.Helper()
		b, err := reopened(t, dir)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Store.Close()
		c, err := b.Certificate(t.Context(), "")
		b.must(err)
		names, err := filepath.Glob(filepath.Join(dir, "*.age"))
		b.must(err)
		return fmt.Sprint(c.Number(), " ", c.Records[1].Digest), len(b.left()), len(names)
	}
	whole := filled()
	began := time.Now()
	if out, err := child(whole.dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	took := time.Since(began)
	want, wantLeft, wantFiles := outcome(whole.dir)
	if wantLeft != 43 || wantFiles != 43 {
		t.Fatalf("undisturbed %d are left, and %d files", wantLeft, wantFiles)
	}
	rng := rand.New(rand.NewPCG(7, 11))
	broken := 0
	for range kills {
		b := filled()
		c := child(b.dir)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(rng.Int64N(int64(took))), func() { c.Process.Kill() }) // of a child that has ended, nothing
		if c.Wait() != nil {
			broken++
		}
		if err := runIn(b.dir); err != nil {
			t.Fatal(err)
		}
		// Where the killed one had ended its run, the next finds nothing to do.
		x, err := reopened(t, b.dir)
		if err != nil {
			t.Fatal(err)
		}
		runs, err := x.Runs(t.Context(), 10)
		x.must(err)
		if len(runs) == 2 && runs[0].Number() == 0 {
			x.must(x.Store.Write(t.Context(), func(tx *store.Tx) error {
				_, err := tx.ExecContext(t.Context(), `DELETE FROM keep_count WHERE run = $1`, store.Micros(runs[0].Began))
				if err == nil {
					_, err = tx.ExecContext(t.Context(), `DELETE FROM keep_run WHERE run = $1`, store.Micros(runs[0].Began))
				}
				return err
			}))
		}
		x.must(x.Store.Close())
		if got, left, files := outcome(b.dir); got != want || left != wantLeft || files != wantFiles {
			t.Errorf("killed: %s, %d left, %d files; undisturbed: %s, %d, %d", got, left, files, want, wantLeft, wantFiles)
		}
	}
	t.Logf("%d of %d were killed before they had ended", broken, kills)
}

// TestFullDisk: where there is no room a run says so, nothing is half done, and with room
// it goes on.
func TestFullDisk(t *testing.T) {
	b := newBench(t)
	for i := range 3 * page {
		b.put(fmt.Sprintf("rec-%03d", i), "ann", 400+i)
	}
	b.signed()
	tight := func(pages string) {
		b.must(b.Store.Write(t.Context(), func(tx *store.Tx) error {
			var n int64
			return tx.QueryRowContext(t.Context(), `PRAGMA max_page_count = `+pages).Scan(&n)
		}))
	}
	var used int64
	b.must(b.Store.Read(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&used)
	}))
	tight(fmt.Sprint(used))
	// Fill what is free with acts, so that the next has no room.
	for _, why := range []string{"It is so " + strings.Repeat("y", 4000), "It is so."} {
		for {
			_, err := b.Place(t.Context(), NewHold{Kind: "claim", By: "s1", Everybody: true, Review: law.DateOf(today).AddDays(9), Secret: Secret{Why: why}})
			if errors.Is(err, store.ErrFull) {
				break
			}
			b.must(err)
		}
	}
	if _, err := b.Run(t.Context(), Order{By: Scheduled}); !errors.Is(err, store.ErrFull) {
		t.Fatalf("on a full disk: %v", err)
	}
	tight("100000")
	holds, err := b.Holds(t.Context())
	b.must(err)
	for _, h := range holds {
		b.must(b.Lift(t.Context(), "s1", h.ID))
	}
	if n := len(b.left()); n != 3*page {
		t.Errorf("%d are left of %d", n, 3*page)
	}
	b.now = b.now.Add(time.Minute)
	if g := b.run(); g.Number != 3*page || len(b.left()) != 0 {
		t.Errorf("with room: %+v", g)
	}
}
