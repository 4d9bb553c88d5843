package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/store"
)

func TestAddIsPartOfItsTransaction(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		q := newQueue(t, open(t, url), map[string]Kind{"index": {Do: nothing}}, Options{})
		refused := errors.New("the act was refused")
		err := q.store.Write(t.Context(), func(tx *store.Tx) error {
			if err := q.Add(t.Context(), tx, Job{Kind: "index"}); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) || len(list(t, q)) != 0 {
			t.Errorf("%v, and there is %v", err, list(t, q))
		}
	})
}

func TestArguments(t *testing.T) {
	type args struct{ Source, Table string }
	engines(t, func(t *testing.T, url string) {
		q := newQueue(t, open(t, url), map[string]Kind{"index": {Do: nothing}}, Options{})
		want := args{"housing", "rent \"entry\" \x00 <é>"}
		add(t, q, Job{Kind: "index", Key: "housing", Args: args{"old", "old"}}, Job{Kind: "index", Key: "housing", Args: want})
		task := takeOne(t, q)
		var got args
		if err := task.Decode(&got); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		var other struct{ Person string }
		var never permanent
		if err := task.Decode(&other); !errors.As(err, &never) {
			t.Errorf("arguments of another shape: %v", err)
		}
		if task.Kind != "index" || task.Key != "housing" || task.Try != 1 {
			t.Errorf("%+v", task)
		}
	})
}

func TestAddRefuses(t *testing.T) {
	q := newQueue(t, open(t, newSQLite(t)), map[string]Kind{"index": {Do: nothing}}, Options{})
	for _, c := range []struct {
		job   Job
		words string
	}{
		{Job{Kind: "indx"}, `no kind "indx"`},
		{Job{Kind: "index", Key: "two words"}, "is not a key"},
		{Job{Kind: "index", Key: "é"}, "is not a key"},
		{Job{Kind: "index", Key: strings.Repeat("x", 201)}, "is not a key"},
		{Job{Kind: "index", Args: func() {}}, "arguments"},
		{Job{Kind: "index", Args: strings.Repeat("x", maxArgs)}, "they are ids"},
		{Job{Kind: "index", At: time.Now().AddDate(300, 0, 0)}, "too far ahead"},
	} {
		err := q.store.Write(t.Context(), func(tx *store.Tx) error { return q.Add(t.Context(), tx, c.job) })
		if err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%+v: %v, want %q", c.job, err, c.words)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for words, kinds := range map[string]map[string]Kind{
		"is not a kind":  {"Index it": {Do: nothing}},
		"no handler":     {"index": {}},
		"Every -1h":      {"index": {Do: nothing, Every: -time.Hour}},
		"Tries -1":       {"index": {Do: nothing, Tries: -1}},
		"whole microsec": {"index": {Do: nothing, Every: time.Nanosecond}},
	} {
		if _, err := New(nil, store.Default, kinds, Options{}); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want %q", err, words)
		}
	}
	if _, err := New(nil, store.Default, nil, Options{Lease: -1}); err == nil {
		t.Error("a negative lease passes")
	}
	q := newQueue(t, nil, nil, Options{})
	if err := q.Run(t.Context(), 0); err == nil {
		t.Error("no workers pass")
	}
}

// A worker that was paused wakes when its job is another's: nothing of its last
// transaction is kept.
func TestAPausedWorkerCannotCommit(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		c := newClock()
		kinds := map[string]Kind{"send": {Do: nothing}}
		one := newQueue(t, open(t, url), kinds, Options{Now: c.Now, Worker: "one"})
		two := newQueue(t, open(t, url), kinds, Options{Now: c.Now, Worker: "two"})
		effects(t, one.store)
		act := func(q *Queue, task *Task) error {
			return q.store.Write(t.Context(), func(tx *store.Tx) error {
				if err := effect(t.Context(), tx, task.Key); err != nil {
					return err
				}
				return task.Done(t.Context(), tx)
			})
		}
		add(t, one, Job{Kind: "send", Key: "case-1"})
		paused := takeOne(t, one)
		if n := len(takeAll(t, two)); n != 0 {
			t.Fatalf("%d jobs are taken from a worker with a lease", n)
		}
		c.advance(time.Minute)
		awake := takeOne(t, two)
		if awake.Try != 2 || list(t, two)[0].Worker != "two" {
			t.Errorf("%+v, %+v", awake, list(t, two))
		}
		for _, err := range []error{
			act(one, paused),
			settle(one, paused, failedTry, errors.New("x")),
			settle(one, paused, givenBack, nil),
			one.store.Write(t.Context(), func(tx *store.Tx) error { return paused.Hold(t.Context(), tx) }),
		} {
			if !errors.Is(err, ErrLost) {
				t.Errorf("the paused worker: %v", err)
			}
		}
		if n := countEffects(t, one.store); n != 0 {
			t.Errorf("%d effects of the paused worker", n)
		}
		if err := act(two, awake); err != nil {
			t.Error(err)
		}
		// Nor when the same job has been added, and taken, again.
		add(t, one, Job{Kind: "send", Key: "case-1"})
		third := takeOne(t, two)
		for _, old := range []*Task{paused, awake} {
			if err := done(one, old); !errors.Is(err, ErrLost) {
				t.Errorf("of an earlier life: %v", err)
			}
		}
		if err := done(two, third); err != nil {
			t.Error(err)
		}
	})
}

// A lease that ended is still good while nobody else has taken the job.
func TestLateAndAlone(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		c := newClock()
		q := newQueue(t, open(t, url), map[string]Kind{"send": {Do: nothing}}, Options{Now: c.Now})
		add(t, q, Job{Kind: "send"})
		task := takeOne(t, q)
		c.advance(time.Hour)
		if err := done(q, task); err != nil || len(list(t, q)) != 0 {
			t.Errorf("%v, %v", err, list(t, q))
		}
	})
}

func TestAddedWhileItRuns(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		c := newClock()
		q := newQueue(t, open(t, url), map[string]Kind{"index": {Do: nothing}}, Options{Now: c.Now})
		add(t, q, Job{Kind: "index", Args: 1})
		first := takeOne(t, q)
		add(t, q, Job{Kind: "index", Args: 2, At: c.Now().Add(10 * time.Second)}, Job{Kind: "index", Args: 3, At: c.Now().Add(5 * time.Second)})
		if n := len(takeAll(t, q)); n != 0 {
			t.Fatalf("it runs %d times at once", n+1)
		}
		if err := done(q, first); err != nil {
			t.Fatal(err)
		}
		if n := len(takeAll(t, q)); n != 0 {
			t.Error("it runs before its time")
		}
		c.advance(5 * time.Second)
		second := takeOne(t, q)
		var arg int
		if err := second.Decode(&arg); err != nil || arg != 3 || second.Try != 1 {
			t.Errorf("argument %d, try %d, %v", arg, second.Try, err)
		}
		if err := done(q, second); err != nil || len(list(t, q)) != 0 {
			t.Errorf("%v, %v", err, list(t, q))
		}
	})
}

func TestRetryAndCancel(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		c := newClock()
		q := newQueue(t, open(t, url), map[string]Kind{"send": {Do: nothing, Tries: 1}, "daily": {Do: nothing, Every: 24 * time.Hour}}, Options{Now: c.Now})
		by := func(fn func(context.Context, *store.Tx, string, string) error, kind, key string) error {
			return q.store.Write(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx, kind, key) })
		}
		for _, fn := range []func(context.Context, *store.Tx, string, string) error{q.Retry, q.Cancel} {
			if err := by(fn, "send", "none"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a job that is not there: %v", err)
			}
		}
		add(t, q, Job{Kind: "send"})
		task := takeOne(t, q)
		if err := by(q.Retry, "send", ""); !errors.Is(err, ErrRunning) {
			t.Errorf("a job that runs: %v", err)
		}
		if err := settle(q, task, failedForGood, errors.New("no such recipient")); err != nil {
			t.Fatal(err)
		}
		want := []Info{{Kind: "send", State: Failed, Tries: 1, Added: c.Now(), Worker: q.o.Worker, Error: "no such recipient"}}
		if diff := cmp.Diff(want, list(t, q)); diff != "" {
			t.Error(diff)
		}
		c.advance(1000 * time.Hour)
		if n := len(takeAll(t, q)); n != 0 {
			t.Error("what has failed is tried again by itself")
		}
		if err := by(q.Retry, "send", ""); err != nil {
			t.Fatal(err)
		}
		task = takeOne(t, q)
		if err := by(q.Cancel, "send", ""); err != nil {
			t.Fatal(err)
		}
		if err := done(q, task); !errors.Is(err, ErrLost) || len(list(t, q)) != 0 {
			t.Errorf("a cancelled job: %v, %v", err, list(t, q))
		}
		// Of a kind that runs by itself, the next slot stays.
		if err := q.plan(t.Context()); err != nil {
			t.Fatal(err)
		}
		task = takeOne(t, q)
		if err := by(q.Cancel, "daily", ""); err != nil {
			t.Fatal(err)
		}
		if err := done(q, task); !errors.Is(err, ErrLost) {
			t.Errorf("a cancelled run: %v", err)
		}
		if got := list(t, q); len(got) != 1 || got[0].State != Waiting || got[0].Due != c.Now().Truncate(24*time.Hour).Add(24*time.Hour) {
			t.Errorf("%+v", got)
		}
	})
}

func TestSlots(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		c := newClock()
		kinds := map[string]Kind{"hourly": {Do: nothing, Every: time.Hour, Tries: 1}}
		q := newQueue(t, open(t, url), kinds, Options{Now: c.Now})
		two := newQueue(t, open(t, url), kinds, Options{Now: c.Now})
		for _, q := range []*Queue{q, two, q} {
			if err := q.plan(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := done(q, takeOne(t, q)); err != nil { // At once, the first time.
			t.Fatal(err)
		}
		slot := c.Now().Truncate(time.Hour).Add(time.Hour)
		c.advance(slot.Sub(c.Now()) - time.Microsecond)
		if n := len(takeAll(t, q)); n != 0 {
			t.Error("before its slot")
		}
		c.advance(time.Microsecond)
		task := takeOne(t, two)
		if err := two.plan(t.Context()); err != nil || len(takeAll(t, two)) != 0 {
			t.Errorf("twice in its slot, %v", err)
		}
		// One that fails for good is seen as failed until its next slot.
		if err := settle(two, task, failedForGood, errors.New("down")); err != nil {
			t.Fatal(err)
		}
		if got := list(t, q)[0]; got.State != Failed || !got.Due.Equal(slot.Add(time.Hour)) || got.Error != "down" {
			t.Errorf("%+v", got)
		}
		c.advance(5*time.Hour + time.Minute) // Slots that passed are not made up for.
		task = takeOne(t, q)
		if task.Try != 1 {
			t.Errorf("try %d", task.Try)
		}
		if err := done(q, task); err != nil {
			t.Fatal(err)
		}
		if got := list(t, q)[0]; got.State != Waiting || !got.Due.Equal(slot.Add(6*time.Hour)) || got.Error != "" {
			t.Errorf("%+v", got)
		}
	})
}

// A job of which its workers die is not tried for ever.
func TestDeadlyJobs(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		c := newClock()
		q := newQueue(t, open(t, url), map[string]Kind{"deadly": {Do: nothing, Tries: 3}}, Options{Now: c.Now})
		add(t, q, Job{Kind: "deadly"})
		for try := 1; try <= 3; try++ {
			if task := takeOne(t, q); task.Try != try {
				t.Fatalf("try %d is number %d", try, task.Try)
			}
			c.advance(time.Hour)
		}
		if n := len(takeAll(t, q)); n != 0 {
			t.Error("it is tried a fourth time")
		}
		if got := list(t, q)[0]; got.State != Failed || got.Tries != 3 || !strings.Contains(got.Error, "said nothing") {
			t.Errorf("%+v", got)
		}
	})
}

func TestCountsAndPages(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		c := newClock()
		q := newQueue(t, open(t, url), map[string]Kind{"a": {Do: nothing}, "b": {Do: nothing}}, Options{Now: c.Now})
		add(t, q, Job{Kind: "a", Key: "0"}, Job{Kind: "a", Key: "1"}, Job{Kind: "b", Key: "Z"}, Job{Kind: "b", Key: "a"}, Job{Kind: "b", Key: "later", At: c.Now().Add(time.Hour)})
		for _, task := range takeAll(t, q) {
			var err error
			switch task.Kind + task.Key {
			case "a0":
				err = settle(q, task, failedForGood, errors.New("x"))
			case "bZ", "ba":
				err = settle(q, task, givenBack, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		c.advance(30 * time.Second)
		got, err := q.Counts(t.Context())
		want := []Count{{"a", Failed, 1, 0}, {"a", Running, 1, 0}, {"b", Waiting, 3, 30 * time.Second}}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		var names []string
		last := Info{}
		for {
			page, err := q.List(t.Context(), "", last.Kind, last.Key, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, i := range page {
				names = append(names, i.Kind+i.Key)
			}
			last = page[len(page)-1]
		}
		if got := strings.Join(names, " "); got != "a0 a1 bZ ba blater" {
			t.Errorf("listed %s", got)
		}
		if failed, err := q.List(t.Context(), Failed, "", "", 10); err != nil || len(failed) != 1 {
			t.Errorf("%v, %v", failed, err)
		}
	})
}

// No kind waits for all of another.
func TestKindsTakeTurns(t *testing.T) {
	c := newClock()
	q := newQueue(t, open(t, newSQLite(t)), map[string]Kind{"many": {Do: nothing}, "few": {Do: nothing}}, Options{Now: c.Now})
	for i := range 50 {
		add(t, q, Job{Kind: "many", Key: fmt.Sprint(i)})
	}
	c.advance(time.Second)
	add(t, q, Job{Kind: "few"})
	for range 2 {
		tasks, more, err := q.take(t.Context(), 1)
		if err != nil || !more || len(tasks) != 1 {
			t.Fatalf("%v, %v, %v", tasks, more, err)
		}
		if tasks[0].Kind == "few" {
			return
		}
	}
	t.Error("two turns, and it was not taken")
}

// Landlords do not see each other's jobs.
func TestLandlordsApart(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		s := open(t, url)
		write(t, s, func(tx *store.Tx) error {
			return tx.SetLandlord(t.Context(), store.Landlord{ID: "vale", Name: "Vale Housing"})
		})
		kinds := map[string]Kind{"index": {Do: nothing}}
		ours := newQueue(t, s, kinds, Options{})
		theirs, err := New(s, "vale", kinds, Options{})
		if err != nil {
			t.Fatal(err)
		}
		add(t, ours, Job{Kind: "index"})
		if n := len(takeAll(t, theirs)) + len(list(t, theirs)); n != 0 {
			t.Error("they see ours")
		}
		err = s.Write(t.Context(), func(tx *store.Tx) error { return theirs.Cancel(t.Context(), tx, "index", "") })
		if !errors.Is(err, store.ErrNotFound) || len(takeAll(t, ours)) != 1 {
			t.Errorf("they cancel ours: %v", err)
		}
	})
}

func TestBackoffGrowsToAnHour(t *testing.T) {
	for n, base := range map[int]time.Duration{0: 10 * time.Second, 1: 10 * time.Second, 2: 20 * time.Second, 5: 160 * time.Second, 9: 2560 * time.Second, 10: time.Hour, 1 << 30: time.Hour} {
		for range 100 {
			if d := backoff(n); d < base/2 || d >= base*3/2 {
				t.Errorf("after %d tries %v", n, d)
			}
		}
	}
}

func TestErrorsInRowsAreBounded(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		q := newQueue(t, open(t, url), map[string]Kind{"send": {Do: nothing}}, Options{})
		add(t, q, Job{Kind: "send"})
		long := errors.New("a\x00b\xff" + strings.Repeat("é", 1000))
		if err := settle(q, takeOne(t, q), failedTry, long); err != nil {
			t.Fatal(err)
		}
		if got := list(t, q)[0].Error; !strings.HasPrefix(got, "abé") || len(got) > maxError {
			t.Errorf("%d bytes: %q", len(got), got)
		}
	})
}
