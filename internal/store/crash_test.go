package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tenet/internal/ledger"
)

// crashEnv names the store on which a copy of this test binary works until it
// is killed.
const crashEnv = "TENET_STORE_CRASH_CHILD"

func TestMain(m *testing.M) {
	if url := os.Getenv(crashEnv); url != "" {
		fmt.Fprintln(os.Stderr, workUntilKilled(url))
		os.Exit(1)
	}
	if url := os.Getenv(restoreEnv); url != "" {
		restoreUntilKilled(url)
		os.Exit(1)
	}
	if urls := os.Getenv(moveEnv); urls != "" {
		moveUntilKilled(strings.Split(urls, "\n"))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// workUntilKilled opens accounts for ever, each an act recorded once, going on
// where its predecessor was killed, and beginning with the predecessor's last
// act as one does who cannot know whether it was done.
func workUntilKilled(url string) error {
	ctx := context.Background()
	s, err := Open(ctx, url)
	if err != nil {
		return err
	}
	var next int
	err = s.Read(ctx, func(tx *Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM staff`).Scan(&next)
	})
	if err != nil {
		return err
	}
	signer, _, err := makeKey()
	if err != nil {
		return err
	}
	for i := max(next-1, 0); ; i++ {
		id := fmt.Sprintf("s%d", i)
		err := s.Write(ctx, func(tx *Tx) error {
			a := ledger.Act{Landlord: Default, Actor: "system", Name: "staff.added", Subject: id, Once: "add/" + id}
			if err := tx.Record(ctx, a, map[string]int{"number": i}); err != nil {
				return err
			}
			return tx.AddStaff(ctx, Staff{Landlord: Default, ID: id, Login: id})
		})
		switch {
		case errors.Is(err, ErrRecorded) && i == next-1:
		case err != nil:
			return err
		}
		if i%5 == 0 {
			if _, err := s.Sequence(ctx, Default, signer); err != nil {
				return err
			}
		}
		fmt.Println(i) // Committed, and so to be found after any death.
	}
}

func worker(t *testing.T, url string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), crashEnv+"="+url)
	child.Stderr = os.Stderr
	return child
}

// Kill a process while it makes the store; the next one finishes it.
func testKilledWhileOpening(t *testing.T, at place) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 15 {
		at := at.fresh(t)
		child := worker(t, at.url)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(rng.IntN(40))*time.Millisecond, func() { child.Process.Kill() })
		if err := child.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		s := at.open(t)
		sound(t, s)
		acts := number(t, s, `SELECT count(*) FROM staff`)
		if c := sequence(t, s); c.Size != acts {
			t.Errorf("%d acts and %d entries", acts, c.Size)
		}
	}
}

// Kill a process at random instants, over and over; nothing is lost, nothing is
// done twice, and the tree only ever grew.
func testKilledAtAnyInstant(t *testing.T, at place) {
	rounds := 60
	if testing.Short() {
		rounds = 5
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var told int64 = -1 // the last act a child said it had done
	var before []Signed // a checkpoint from after each death
	for range rounds {
		child := worker(t, at.url)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		// The kill comes some lines later and then at any point of the next act.
		lines := bufio.NewScanner(out)
		for range rng.IntN(12) {
			if !lines.Scan() {
				t.Fatalf("the child ended by itself: %v", child.Wait())
			}
			if _, err := fmt.Sscan(lines.Text(), &told); err != nil {
				t.Fatal(err)
			}
		}
		killer := time.AfterFunc(time.Duration(rng.IntN(3000))*time.Microsecond, func() { child.Process.Kill() })
		for lines.Scan() {
			if _, err := fmt.Sscan(lines.Text(), &told); err != nil {
				t.Fatal(err)
			}
		}
		killer.Stop()
		child.Process.Kill()
		if err := child.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}

		s, err := Open(context.Background(), at.url)
		if err != nil {
			t.Fatal(err)
		}
		acts, entries := number(t, s, `SELECT count(*) FROM staff`), number(t, s, `SELECT count(*) FROM ledger_entry`)
		payloads := number(t, s, `SELECT count(*) FROM ledger_payload`)
		if acts != entries || payloads != entries || acts < told+1 || acts > told+2 {
			t.Fatalf("%d acts, %d entries, %d payloads; the last known to be done was number %d", acts, entries, payloads, told)
		}
		if n := number(t, s, `SELECT count(*) FROM ledger_entry WHERE seq IS NOT NULL`); n > 0 {
			err := s.Read(context.Background(), func(tx *Tx) error {
				c, err := tx.Checkpoint(context.Background(), Default)
				if c.Size != n {
					t.Errorf("%d entries have a number, and the checkpoint covers %d", n, c.Size)
				}
				before = append(before, c)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}

	s := at.open(t)
	sound(t, s)
	c := sequence(t, s)
	if acts := number(t, s, `SELECT count(*) FROM staff`); c.Size != acts || acts < told+1 {
		t.Errorf("%d acts and %d entries", acts, c.Size)
	}
	for _, was := range before {
		if r := verify(t, s, true, ledger.Trust{Checkpoint: was.Note}); !r.OK() || r.Opened != c.Size {
			t.Fatalf("against the checkpoint of %d: %+v", was.Size, r)
		}
	}
	t.Logf("%d deaths, %d acts, %d checkpoints kept", rounds, c.Size, len(before))
}
