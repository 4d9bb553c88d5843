package job

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tenet/internal/store"
)

// crashEnv names the store on which a copy of this test binary works until it
// is killed.
const crashEnv = "TENET_JOB_CRASH_CHILD"

func TestMain(m *testing.M) {
	if url := os.Getenv(crashEnv); url != "" {
		fmt.Fprintln(os.Stderr, workUntilKilled(url))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// generations is how many jobs come of each that is added: the last transaction of
// one adds the next.
const generations = 3

// crashKinds are jobs whose effect is a row that may be there once. A key is
// "12.0": the job and its generation. Those of the kind long have two transactions.
func crashKinds(s *store.Store, did func(key string)) map[string]Kind {
	end := func(ctx context.Context, task *Task) error {
		job, generation, _ := strings.Cut(task.Key, ".")
		g, err := strconv.Atoi(generation)
		if err != nil {
			return Permanent(err)
		}
		err = s.Write(ctx, func(tx *store.Tx) error {
			if err := effect(ctx, tx, task.Kind+" "+task.Key); err != nil {
				return err
			}
			if g+1 < generations {
				if err := task.queue.Add(ctx, tx, Job{Kind: task.Kind, Key: fmt.Sprint(job, ".", g+1)}); err != nil {
					return err
				}
			}
			return task.Done(ctx, tx)
		})
		if err == nil {
			did(task.Key)
		}
		return err
	}
	return map[string]Kind{
		"short": {Tries: 1 << 30, Do: end},
		"long": {Tries: 1 << 30, Do: func(ctx context.Context, task *Task) error {
			err := s.Write(ctx, func(tx *store.Tx) error {
				// May be done again, and must come to the same.
				_, err := tx.ExecContext(ctx, `INSERT INTO test_effect (key) VALUES ($1) ON CONFLICT (key) DO NOTHING`, "half "+task.Key)
				if err != nil {
					return err
				}
				return task.Hold(ctx, tx)
			})
			if err != nil {
				return err
			}
			return end(ctx, task)
		}},
	}
}

var crashOptions = Options{
	Lease: 250 * time.Millisecond, Poll: 5 * time.Millisecond,
	Backoff: func(int) time.Duration { return time.Millisecond },
}

func workUntilKilled(url string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	q, err := New(s, store.Default, crashKinds(s, func(key string) { fmt.Println(key) }), crashOptions)
	if err != nil {
		return err
	}
	fmt.Println("at work")
	return q.Run(ctx, 3)
}

// child is a process that works.
type child struct {
	cmd  *exec.Cmd
	work chan struct{} // closed when it says that it is at work
	gone chan struct{} // closed when it has ended
}

func startChild(t *testing.T, url string, did *atomic.Int64) *child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{exec.Command(self), make(chan struct{}), make(chan struct{})}
	c.cmd.Env = append(os.Environ(), crashEnv+"="+url)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.gone)
		lines := bufio.NewScanner(out)
		if lines.Scan() {
			close(c.work)
		}
		for lines.Scan() {
			did.Add(1)
		}
		io.Copy(io.Discard, out)
		c.cmd.Wait()
	}()
	return c
}

func (c *child) kill() {
	c.cmd.Process.Kill()
	<-c.gone
}

// Kill processes at random instants while others work and jobs come in. In the
// end each job has had its effect, once.
func TestKilledAtAnyInstant(t *testing.T) {
	kills, perKill := 110, 8
	if testing.Short() {
		kills = 8
	}
	engines(t, func(t *testing.T, url string) {
		rng := rand.New(rand.NewPCG(8, 9))
		s := open(t, url)
		effects(t, s)
		var did atomic.Int64 // by children who lived to say so
		q := newQueue(t, s, crashKinds(s, func(string) {}), crashOptions)
		children := []*child{startChild(t, url, &did), startChild(t, url, &did)}
		added := 0
		for range kills {
			for range perKill {
				kind := []string{"short", "long"}[added%2]
				add(t, q, Job{Kind: kind, Key: fmt.Sprintf("%d.0", added)})
				added++
			}
			i := rng.IntN(len(children))
			if rng.IntN(8) > 0 { // Else it may die before it has begun.
				select {
				case <-children[i].work:
				case <-children[i].gone:
					t.Fatal("a child ended by itself")
				}
			}
			pause := time.NewTimer(time.Duration(rng.IntN(25_000)) * time.Microsecond)
			select {
			case <-pause.C:
			case <-children[i].gone:
				t.Fatal("a child ended by itself")
			}
			children[i].kill()
			children[i] = startChild(t, url, &did)
		}
		for _, c := range children {
			c.kill()
		}

		// What they left is done by one who lives.
		stop := start(t, q, 4)
		defer stop()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		look := time.NewTicker(5 * time.Millisecond)
		defer look.Stop()
		for len(list(t, q)) > 0 {
			select {
			case <-look.C:
			case <-ctx.Done():
				t.Fatalf("there is still to do: %+v", list(t, q)[0])
			}
		}
		stop()
		want := added*generations + added/2*generations // Half of them have a first half, too.
		if n := countEffects(t, s); n != want {
			t.Errorf("%d effects of %d jobs, want %d", n, added, want)
		}
		if did.Load() == 0 {
			t.Error("no child has done a job")
		}
		t.Logf("%d deaths, %d jobs and as many as came of them, %d done by those who died later", kills, added, did.Load())
	})
}
