package cases

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/keys"
	"tenet/internal/store"
)

// crashEnv names the folder of the keys, and urlEnv the store, on which a copy of
// this test binary works until it is killed.
const (
	crashEnv = "TENET_CASES_CRASH_CHILD"
	urlEnv   = "TENET_CASES_CRASH_URL"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashEnv); dir != "" {
		fmt.Fprintln(os.Stderr, workUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// script is what each case of the crash test goes through, each step with its
// name.
var script = []Action{Notes, Asks, Receives, Describes, Identifies, Decides, Drafts, Approves, Releases, Takes, Closes}

// workUntilKilled leads case after case through the script. It begins with the
// case its predecessor may have been at, from the first step on, as one does
// who does not know how far it came.
func workUntilKilled(dir string) error {
	ctx := context.Background()
	ring, err := keys.Open(filepath.Join(dir, "keys"))
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, os.Getenv(urlEnv))
	if err != nil {
		return err
	}
	c, err := New(Config{Store: s, Ring: ring, Landlord: store.Default, Now: func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }})
	if err != nil {
		return err
	}
	var opened int
	err = s.Read(ctx, func(tx *store.Tx) error { return tx.QueryRowContext(ctx, `SELECT count(*) FROM cases`).Scan(&opened) })
	if err != nil {
		return err
	}
	for i := max(0, opened-1); ; i++ {
		k, err := c.Open(ctx, request(fmt.Sprint("case ", i)))
		if err != nil {
			return err
		}
		if err := follow(ctx, c, k); err != nil {
			return err
		}
		fmt.Println(i) // Whole, and so to be found after any death.
	}
}

func follow(ctx context.Context, c *Cases, k Case) (err error) {
	for n, a := range script {
		o := On{Case: k.ID, By: "s1", Once: fmt.Sprint("step ", n)}
		switch a {
		case Notes:
			_, err = c.Note(ctx, o, "a note")
		case Asks:
			_, err = c.Ask(ctx, o, ForClarification, day("2026-11-22"), "which?")
		case Receives:
			_, err = c.Receive(ctx, o, ForClarification, day("2026-11-23"), "that")
		case Describes:
			_, err = c.Describe(ctx, o, Person{Name: "Another"})
		case Identifies:
			_, err = c.Identify(ctx, o, proof())
		case Decides:
			_, err = c.Decide(ctx, o, Decision{Item: strings.Repeat("c", 20), Release: true, Reason: "hers"})
		case Drafts:
			d := draft(digest1)
			if _, d.Decided, err = c.Decisions(ctx, k.ID); err == nil {
				_, err = c.SetDraft(ctx, o, d, File{"found.json", make([]byte, part+5)})
			}
		case Approves:
			_, err = c.Approve(ctx, o, digest1)
		case Releases:
			_, err = c.Release(ctx, o, Sent)
		case Takes:
			_, err = c.Take(ctx, o)
		case Closes:
			_, err = c.Close(ctx, o)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", a, err)
		}
	}
	return nil
}

// Kill a process at random instants, over and over. Each case ends with the same
// entries as one that nobody disturbed.
func TestKilledAtAnyInstant(t *testing.T) {
	rounds := 25
	if testing.Short() {
		rounds = 4
	}
	d := newDesk(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	told := "-1"
	until := time.Now().Add(10 * time.Second)
	for range rounds {
		if time.Now().After(until) {
			break
		}
		child := exec.Command(self)
		child.Env = append(os.Environ(), crashEnv+"="+d.dir, urlEnv+"="+d.url)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		stop := time.AfterFunc(time.Duration(30+rng.IntN(250))*time.Millisecond, func() { child.Process.Kill() })
		for lines := bufio.NewScanner(out); lines.Scan(); {
			told = lines.Text()
		}
		err = child.Wait()
		stop.Stop()
		if child.ProcessState.Exited() {
			t.Fatalf("the child ended by itself: %v", err)
		}
	}
	var ids []string
	ctx := context.Background()
	for f := (Filter{Limit: 500}); ; {
		page := must[Page](t)(d.List(ctx, f))
		for _, k := range page.Cases {
			ids = append(ids, k.ID)
		}
		if f.After = page.Next; f.After == "" {
			if f.Ended {
				break
			}
			f.Ended = true
		}
	}
	var last int
	if fmt.Sscan(told, &last); len(ids) <= last {
		t.Fatalf("case %d was done, and there are %d cases", last, len(ids))
	}
	want := []string{"case.opened"}
	for _, a := range script {
		want = append(want, a.Entry())
	}
	for _, id := range ids {
		k := must[Case](t)(d.Get(ctx, id))
		if err := follow(ctx, d.Cases, k); err != nil {
			t.Fatalf("%s goes on: %v", k.Number, err)
		}
		if names := d.entries(t, id); !slices.Equal(names, want) {
			t.Errorf("%s has the entries %v", k.Number, names)
		}
		k = must[Case](t)(d.Get(ctx, id))
		d.consistent(t, k)
	}
	t.Logf("%d cases over %d deaths", len(ids), rounds)
}
