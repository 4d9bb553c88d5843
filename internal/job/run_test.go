package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tenet/internal/store"
)

// bubble runs a test in which time passes only when everybody waits, on SQLite.
func bubble(t *testing.T, test func(t *testing.T, s *store.Store)) {
	url := newSQLite(t)
	synctest.Test(t, func(t *testing.T) { test(t, open(t, url)) })
}

// start runs a queue until stop, which waits for its end.
func start(t testing.TB, q *Queue, workers int) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx, workers) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestRunDoesWhatIsDue(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		began := time.Now()
		ran := make(chan string, 10)
		q := newQueue(t, s, map[string]Kind{"say": {Do: func(ctx context.Context, task *Task) error {
			ran <- fmt.Sprint(task.Key, " after ", time.Since(began).Round(5*time.Second))
			return nil
		}}}, Options{})
		defer start(t, q, 2)()
		add(t, q, Job{Kind: "say", Key: "now"}, Job{Kind: "say", Key: "later", At: time.Now().Add(time.Hour)})
		for _, want := range []string{"now after 0s", "later after 1h0m0s"} {
			if got := <-ran; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		synctest.Wait()
		if left := list(t, q); len(left) != 0 {
			t.Errorf("left: %+v", left)
		}
	})
}

func TestWake(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		ran := make(chan struct{})
		q := newQueue(t, s, map[string]Kind{"say": {Do: func(context.Context, *Task) error { close(ran); return nil }}}, Options{Poll: 24 * time.Hour})
		defer start(t, q, 1)()
		synctest.Wait()
		began := time.Now()
		add(t, q, Job{Kind: "say"})
		q.Wake()
		<-ran
		if waited := time.Since(began); waited > time.Minute {
			t.Errorf("it waited %v", waited)
		}
	})
}

// A job that takes longer than its lease stays its worker's.
func TestLongJobsKeepTheirLease(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		var tries atomic.Int64
		ended := make(chan error)
		kinds := map[string]Kind{"long": {Do: func(ctx context.Context, task *Task) error {
			tries.Add(1)
			select {
			case <-ctx.Done():
			case <-time.After(3 * time.Hour):
			}
			err := s.Write(ctx, func(tx *store.Tx) error { return task.Done(ctx, tx) })
			ended <- err
			return err
		}}}
		one, two := newQueue(t, s, kinds, Options{Poll: time.Minute}), newQueue(t, s, kinds, Options{Poll: time.Minute})
		defer start(t, one, 1)()
		defer start(t, two, 1)()
		add(t, one, Job{Kind: "long"})
		if err := <-ended; err != nil || tries.Load() != 1 {
			t.Errorf("%v after %d tries", err, tries.Load())
		}
	})
}

// A handler whose job is cancelled hears of it with the next sign of life.
func TestCancelledWhileItRuns(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		running, ended := make(chan struct{}), make(chan error)
		q := newQueue(t, s, map[string]Kind{"long": {Do: func(ctx context.Context, task *Task) error {
			close(running)
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return ctx.Err()
		}}}, Options{})
		defer start(t, q, 1)()
		add(t, q, Job{Kind: "long"})
		<-running
		began := time.Now()
		write(t, s, func(tx *store.Tx) error { return q.Cancel(t.Context(), tx, "long", "") })
		if err := <-ended; !errors.Is(err, ErrLost) || time.Since(began) > 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		synctest.Wait()
		if left := list(t, q); len(left) != 0 {
			t.Errorf("left: %+v", left)
		}
	})
}

// A handler that cannot renew its lease stops before another may have its job.
func TestLeaseThatCannotBeRenewed(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		running, ended := make(chan struct{}), make(chan error)
		q := newQueue(t, s, map[string]Kind{"long": {Do: func(ctx context.Context, task *Task) error {
			close(running)
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return ctx.Err()
		}}}, Options{})
		defer start(t, q, 1)()
		add(t, q, Job{Kind: "long"})
		<-running
		release := make(chan struct{})
		var blocking sync.WaitGroup
		blocking.Go(func() { // Somebody keeps the store for hours.
			write(t, s, func(*store.Tx) error { <-release; return nil })
		})
		began := time.Now()
		if err := <-ended; !errors.Is(err, ErrLost) || time.Since(began) > time.Minute {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		close(release)
		blocking.Wait()
	})
}

func TestFailures(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		var tries [3]atomic.Int64
		q := newQueue(t, s, map[string]Kind{
			"fails": {Tries: 4, Do: func(context.Context, *Task) error { tries[0].Add(1); return errors.New("the server is down") }},
			"never": {Do: func(context.Context, *Task) error {
				tries[1].Add(1)
				return fmt.Errorf("send: %w", Permanent(errors.New("no such address")))
			}},
			"panics": {Tries: 2, Do: func(context.Context, *Task) error { tries[2].Add(1); panic("Ada Fenwick, 12 Mill Lane") }},
		}, Options{Poll: time.Minute})
		add(t, q, Job{Kind: "fails"}, Job{Kind: "never"}, Job{Kind: "panics"})
		stop := start(t, q, 3)
		time.Sleep(24 * time.Hour) // Of the bubble's time.
		stop()
		for i, want := range []int64{4, 1, 2} {
			if n := tries[i].Load(); n != want {
				t.Errorf("kind %d was tried %d times, want %d", i, n, want)
			}
		}
		for i, want := range []string{"the server is down", "send: no such address", "the handler panicked; the log says where"} {
			if got := list(t, q)[i]; got.State != Failed || got.Error != want || !got.Due.IsZero() {
				t.Errorf("%+v, want %q", got, want)
			}
		}
	})
}

func TestStop(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		var running sync.WaitGroup
		running.Add(2)
		var cause atomic.Value
		q := newQueue(t, s, map[string]Kind{
			"short": {Do: func(ctx context.Context, task *Task) error {
				running.Done()
				time.Sleep(5 * time.Second)
				return ctx.Err()
			}},
			"long": {Tries: 1, Do: func(ctx context.Context, task *Task) error {
				running.Done()
				<-ctx.Done()
				cause.Store(context.Cause(ctx))
				return ctx.Err()
			}},
			"next": {Do: func(context.Context, *Task) error { t.Error("a job was taken while stopping"); return nil }},
		}, Options{})
		add(t, q, Job{Kind: "short"}, Job{Kind: "long"})
		stop := start(t, q, 4)
		running.Wait()
		began := time.Now()
		add(t, q, Job{Kind: "next", At: time.Now().Add(time.Second)})
		stop()
		if took := time.Since(began); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("it stopped after %v", took)
		}
		if err, _ := cause.Load().(error); !errors.Is(err, ErrStopped) {
			t.Errorf("the long one was told %v", err)
		}
		got := list(t, q)
		if len(got) != 2 || got[0].Kind != "long" || got[0].State != Waiting || got[0].Tries != 0 || got[0].Due.After(time.Now()) {
			t.Errorf("left: %+v", got) // The long one is due at once and has lost no try, the short one is done.
		}
	})
}

// However many processes there are, a kind that runs by itself runs once a slot.
func TestOncePerSlot(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		slots := map[int64]int{}
		kinds := map[string]Kind{"tick": {Every: time.Hour, Do: func(context.Context, *Task) error {
			mu.Lock()
			defer mu.Unlock()
			slots[time.Now().Unix()/3600]++
			return nil
		}}}
		for time.Now().Unix()%3600 > 0 { // Bubbles begin at midnight; be sure of a slot's beginning.
			time.Sleep(time.Second)
		}
		var stops []func()
		for range 3 {
			stops = append(stops, start(t, newQueue(t, s, kinds, Options{Poll: time.Minute}), 2))
		}
		time.Sleep(5*time.Hour + 30*time.Minute)
		for _, stop := range stops {
			stop()
		}
		if len(slots) != 6 {
			t.Errorf("%d slots, want 6", len(slots))
		}
		for slot, n := range slots {
			if n != 1 {
				t.Errorf("%d times in slot %d", n, slot)
			}
		}
	})
}

// A store that fails for a while is no reason to stop.
func TestStoreThatFails(t *testing.T) {
	bubble(t, func(t *testing.T, s *store.Store) {
		ran := make(chan struct{})
		var says strings.Builder
		effects(t, s)
		rename := func(from, to string) {
			write(t, s, func(tx *store.Tx) error {
				_, err := tx.ExecContext(context.Background(), "ALTER TABLE "+from+" RENAME TO "+to)
				return err
			})
		}
		q := newQueue(t, s, map[string]Kind{"say": {Do: func(context.Context, *Task) error { close(ran); return nil }}},
			Options{Log: logTo(&says)})
		add(t, q, Job{Kind: "say"})
		rename("job", "job_away")
		stop := start(t, q, 1)
		defer stop()
		time.Sleep(time.Minute)
		rename("job_away", "job")
		<-ran
		stop()
		if !strings.Contains(says.String(), "cannot look for work") {
			t.Errorf("the log: %s", says.String())
		}
	})
}

// Workers whose clocks differ by more than a lease take each other's jobs all the
// time. Work is done in vain; nothing is done twice.
func TestEachEffectOnce(t *testing.T) {
	const jobs = 60
	engines(t, func(t *testing.T, url string) {
		var began, left atomic.Int64
		left.Store(jobs)
		all := make(chan struct{})
		var stops []func()
		for ahead := range 3 {
			s := open(t, url)
			if ahead == 0 {
				effects(t, s)
			}
			now := func() time.Time { return time.Now().Add(time.Duration(ahead) * time.Hour) }
			q := newQueue(t, s, map[string]Kind{"send": {Tries: 1 << 30, Do: func(ctx context.Context, task *Task) error {
				began.Add(1)
				select { // The further behind, the slower, so that others look meanwhile.
				case <-time.After(time.Duration(2-ahead) * 10 * time.Millisecond):
				case <-ctx.Done():
				}
				err := s.Write(ctx, func(tx *store.Tx) error {
					if err := effect(ctx, tx, task.Key); err != nil {
						return err
					}
					return task.Done(ctx, tx)
				})
				if err == nil && left.Add(-1) == 0 {
					close(all)
				}
				return err
			}}}, Options{Now: now, Poll: time.Millisecond, Backoff: func(int) time.Duration { return 0 }})
			if ahead == 0 {
				for i := range jobs {
					add(t, q, Job{Kind: "send", Key: fmt.Sprint(i)})
				}
			}
			stops = append(stops, start(t, q, 4))
		}
		<-all
		for _, stop := range stops {
			stop()
		}
		q := newQueue(t, open(t, url), nil, Options{})
		if n, rows := countEffects(t, q.store), list(t, q); n != jobs || len(rows) != 0 {
			t.Errorf("%d effects of %d jobs, left %+v", n, jobs, rows)
		}
		if n := began.Load(); n <= jobs {
			t.Errorf("%d jobs were begun %d times: nobody took another's", jobs, n)
		}
		t.Logf("%d jobs were begun %d times", jobs, began.Load())
	})
}
