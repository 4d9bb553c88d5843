package job

import (
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/store"
	"tenet/internal/testpg"
)

// engines runs a test on a fresh store of each engine.
func engines(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, testpg.Database(t)) })
}

func newSQLite(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "tenet.db")
}

func open(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newQueue(t testing.TB, s *store.Store, kinds map[string]Kind, o Options) *Queue {
	t.Helper()
	q, err := New(s, store.Default, kinds, o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// nothing is a handler for jobs that the test takes by hand.
func nothing(context.Context, *Task) error { return nil }

func write(t testing.TB, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func add(t testing.TB, q *Queue, jobs ...Job) {
	t.Helper()
	write(t, q.store, func(tx *store.Tx) error {
		for _, j := range jobs {
			if err := q.Add(context.Background(), tx, j); err != nil {
				return err
			}
		}
		return nil
	})
}

// takeAll takes whatever is due.
func takeAll(t testing.TB, q *Queue) []*Task {
	t.Helper()
	tasks, _, err := q.take(context.Background(), 100)
	if err != nil {
		t.Fatal(err)
	}
	return tasks
}

// takeOne takes the one job that is due.
func takeOne(t testing.TB, q *Queue) *Task {
	t.Helper()
	tasks := takeAll(t, q)
	if len(tasks) != 1 {
		t.Fatalf("%d jobs are due, want 1", len(tasks))
	}
	return tasks[0]
}

func list(t testing.TB, q *Queue) []Info {
	t.Helper()
	all, err := q.List(context.Background(), "", "", "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func settle(q *Queue, task *Task, what ending, err error) error {
	return q.store.Write(context.Background(), func(tx *store.Tx) error {
		return task.settle(context.Background(), tx, outcome{what, err})
	})
}

func done(q *Queue, task *Task) error {
	return q.store.Write(context.Background(), func(tx *store.Tx) error { return task.Done(context.Background(), tx) })
}

// clock is a clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// effects is a table in which handlers write what they did, each once.
func effects(t testing.TB, s *store.Store) {
	t.Helper()
	write(t, s, func(tx *store.Tx) error {
		_, err := tx.ExecContext(context.Background(), `CREATE TABLE test_effect (key TEXT NOT NULL PRIMARY KEY)`)
		return err
	})
}

func effect(ctx context.Context, tx *store.Tx, key string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO test_effect (key) VALUES ($1)`, key)
	return err
}

func countEffects(t testing.TB, s *store.Store) int {
	t.Helper()
	var n int
	err := s.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRowContext(context.Background(), `SELECT count(*) FROM test_effect`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// logTo is a logger whose words a test reads when all have ended.
func logTo(w *strings.Builder) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
