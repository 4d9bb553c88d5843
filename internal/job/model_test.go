package job

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/store"
)

// model is the queue as the package comment tells it, in memory.
type model map[name]*modelled

type modelled struct {
	state State
	due   time.Time // zero for never
	again time.Time // zero for not
	tries int
	added time.Time
	err   string
	task  *Task // who runs it
	arg   int
}

const (
	modelLease = time.Minute
	modelEvery = time.Hour
	modelTries = 3
)

func modelBackoff(tries int) time.Duration { return time.Duration(tries) * 7 * time.Second }

func (m model) next(n name, now time.Time) time.Time {
	if n.kind != "hourly" || n.key != "" {
		return time.Time{}
	}
	return now.Truncate(modelEvery).Add(modelEvery)
}

func (m model) add(n name, at, now time.Time, arg int) {
	if at.Before(now) {
		at = now
	}
	j, there := m[n]
	switch {
	case !there:
		m[n] = &modelled{state: Waiting, due: at, added: now, arg: arg}
		return
	case j.state == Running:
		if j.again.IsZero() || at.Before(j.again) {
			j.again = at
		}
	case j.state == Failed:
		j.state, j.tries, j.due = Waiting, 0, at
	case j.tries == 0 && at.Before(j.due):
		j.due = at
	}
	j.arg = arg
}

// settle is what becomes of a job whose worker ends it, and whether it could.
func (m model) settle(n name, task *Task, what ending, now time.Time) bool {
	j, there := m[n]
	if !there || j.task != task {
		return false
	}
	next, again, tried := m.next(n, now), j.again, j.tries
	if !again.IsZero() {
		j.tries = 0
	}
	j.task, j.again, j.err = nil, time.Time{}, ""
	if what != finished {
		j.err = "no"
	}
	switch {
	case what == givenBack:
		j.state, j.due, j.tries = Waiting, now, max(j.tries-1, 0)
	case what == failedTry:
		j.state, j.due = Waiting, now.Add(modelBackoff(tried))
	case !again.IsZero():
		j.state, j.due, j.tries = Waiting, again, 0
	case what == failedForGood:
		j.state, j.due = Failed, next
	case !next.IsZero():
		j.state, j.due, j.tries = Waiting, next, 0
	default:
		delete(m, n)
	}
	return true
}

// Whatever is done to a queue, in any order, by workers whose leases hold or not,
// it stands as the model does.
func TestAgainstAModel(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		s := open(t, url)
		var landlords atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			landlord := fmt.Sprint("landlord-", landlords.Add(1))
			write(t, s, func(tx *store.Tx) error {
				return tx.SetLandlord(t.Context(), store.Landlord{ID: landlord})
			})
			c, m := newClock(), model{}
			q, err := New(s, landlord, map[string]Kind{
				"index": {Do: nothing, Tries: modelTries}, "hourly": {Do: nothing, Every: modelEvery, Tries: modelTries},
			}, Options{Now: c.Now, Lease: modelLease, Backoff: modelBackoff})
			if err != nil {
				rt.Fatal(err)
			}
			names := rapid.SampledFrom([]name{{"index", "a"}, {"index", "b"}, {"hourly", ""}, {"hourly", "x"}})
			var tasks []*Task // all that were ever taken
			act := func(fn func(context.Context, *store.Tx) error) error {
				return s.Write(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) })
			}
			end := func(rt *rapid.T, what ending) {
				if len(tasks) == 0 {
					return
				}
				task := rapid.SampledFrom(tasks).Draw(rt, "task")
				var no error
				if what != finished {
					no = errors.New("no")
				}
				err := settle(q, task, what, no)
				if m.settle(name{task.Kind, task.Key}, task, what, c.Now()) != (err == nil) || err != nil && !errors.Is(err, ErrLost) {
					rt.Fatalf("settle: %v", err)
				}
			}
			rt.Repeat(map[string]func(*rapid.T){
				"add": func(rt *rapid.T) {
					n, arg := names.Draw(rt, "name"), rapid.IntRange(0, 9).Draw(rt, "arg")
					at := c.Now().Add(time.Duration(rapid.IntRange(-30, 120).Draw(rt, "in")) * time.Second)
					if err := act(func(ctx context.Context, tx *store.Tx) error { return q.Add(ctx, tx, Job{n.kind, n.key, arg, at}) }); err != nil {
						rt.Fatal(err)
					}
					m.add(n, at, c.Now(), arg)
				},
				"plan": func(rt *rapid.T) {
					if err := q.plan(t.Context()); err != nil {
						rt.Fatal(err)
					}
					if n := (name{"hourly", ""}); m[n] == nil {
						m[n] = &modelled{state: Waiting, due: c.Now(), added: c.Now()}
					}
				},
				"take": func(rt *rapid.T) {
					taken, _, err := q.take(t.Context(), 100)
					if err != nil {
						rt.Fatal(err)
					}
					tasks = append(tasks, taken...)
					got := map[name]int{}
					byName := map[name]*Task{}
					for _, task := range taken {
						n := name{task.Kind, task.Key}
						byName[n] = task
						got[n] = task.Try
						var arg int
						if err := task.Decode(&arg); err != nil || arg != m[n].arg {
							rt.Fatalf("%v has argument %d, %v; want %d", n, arg, err, m[n].arg)
						}
					}
					want := map[name]int{}
					for n, j := range m {
						if j.due.IsZero() || j.due.After(c.Now()) {
							continue
						}
						if j.state == Failed || !j.again.IsZero() {
							j.tries = 0
						}
						if j.tries == modelTries {
							j.state, j.again, j.task = Failed, time.Time{}, nil
							j.due = m.next(n, c.Now())
							j.err = "the last process that tried it ended before it did, and said nothing"
							continue
						}
						j.tries++
						j.state, j.due, j.again, j.task = Running, c.Now().Add(modelLease), time.Time{}, byName[n]
						want[n] = j.tries
					}
					if diff := cmp.Diff(want, got, cmp.AllowUnexported(name{})); diff != "" {
						rt.Fatal(diff)
					}
				},
				"done":       func(rt *rapid.T) { end(rt, finished) },
				"fail":       func(rt *rapid.T) { end(rt, failedTry) },
				"fail, ever": func(rt *rapid.T) { end(rt, failedForGood) },
				"give back":  func(rt *rapid.T) { end(rt, givenBack) },
				"hold": func(rt *rapid.T) {
					if len(tasks) == 0 {
						return
					}
					task := rapid.SampledFrom(tasks).Draw(rt, "task")
					err := act(task.Hold)
					j := m[name{task.Kind, task.Key}]
					if held := j != nil && j.task == task; held != (err == nil) {
						rt.Fatalf("hold: %v", err)
					} else if held {
						j.due = c.Now().Add(modelLease)
					}
				},
				"retry": func(rt *rapid.T) {
					n := names.Draw(rt, "name")
					err := act(func(ctx context.Context, tx *store.Tx) error { return q.Retry(ctx, tx, n.kind, n.key) })
					switch j := m[n]; {
					case j == nil && errors.Is(err, store.ErrNotFound), j != nil && j.state == Running && errors.Is(err, ErrRunning):
					case j != nil && j.state != Running && err == nil:
						j.state, j.due, j.tries = Waiting, c.Now(), 0
					default:
						rt.Fatalf("retry: %v", err)
					}
				},
				"cancel": func(rt *rapid.T) {
					n := names.Draw(rt, "name")
					err := act(func(ctx context.Context, tx *store.Tx) error { return q.Cancel(ctx, tx, n.kind, n.key) })
					j := m[n]
					if (j != nil) != (err == nil) {
						rt.Fatalf("cancel: %v", err)
					}
					if j == nil {
						return
					}
					if next := m.next(n, c.Now()); !next.IsZero() {
						*j = modelled{state: Waiting, due: next, added: j.added, arg: j.arg}
					} else {
						delete(m, n)
					}
				},
				"time passes": func(rt *rapid.T) {
					c.advance(time.Duration(rapid.SampledFrom([]int{1, 7, 20, 60, 61, 3600, 4000}).Draw(rt, "seconds")) * time.Second)
				},
				"": func(rt *rapid.T) {
					got := map[name]modelled{}
					for _, i := range list(t, q) {
						got[name{i.Kind, i.Key}] = modelled{state: i.State, due: i.Due, tries: i.Tries, added: i.Added, err: i.Error}
					}
					want := map[name]modelled{}
					for n, j := range m {
						want[n] = modelled{state: j.state, due: j.due, tries: j.tries, added: j.added, err: j.err}
					}
					if diff := cmp.Diff(want, got, cmp.AllowUnexported(name{}, modelled{})); diff != "" {
						rt.Fatal(diff)
					}
				},
			})
		})
	})
}
