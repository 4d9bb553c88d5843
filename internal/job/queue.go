package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"tenet/internal/store"
)

var (
	// ErrLost says that the job is no longer this worker's: its lease ended and
	// another took it, it was cancelled, or it is done.
	ErrLost = errors.New("the job is no longer this worker's")
	// ErrStopped is why a handler's context ends when its process stops.
	ErrStopped = errors.New("this process is stopping")
	// ErrRunning says that a job cannot be changed while it runs.
	ErrRunning = errors.New("the job is running")
)

// Job is work to be done.
type Job struct {
	Kind string
	Key  string    // which of its kind, by ids alone; may be empty
	Args any       // what json.Marshal encodes, by ids alone; nil for none
	At   time.Time // not before; the zero time is at once
}

// Handler does a job. It ends when ctx does, and calls Done in its last
// transaction; if there is none it returns nil, and the job is done then. With
// any other error the job is tried again later, unless the error is Permanent.
type Handler func(ctx context.Context, t *Task) error

// Kind is how the jobs of a kind are done.
type Kind struct {
	Do    Handler
	Every time.Duration // more than 0: it runs by itself, once in each slot of this length
	Tries int           // how often one is tried before it has failed; 0 is 10
}

// Options are what a Queue may be told. Those that are zero have a default.
type Options struct {
	Worker  string                        // who this process is in listings; host and process id
	Lease   time.Duration                 // how long a job is a worker's without a sign of life; 1 minute
	Poll    time.Duration                 // how often to look for due jobs; 1 second
	Grace   time.Duration                 // how long handlers may go on when Run is to end; 10 seconds
	Backoff func(tries int) time.Duration // how long to wait after so many failed tries; 10 seconds, doubled up to an hour, give or take half
	Now     func() time.Time              // the clock; time.Now
	Log     *slog.Logger                  // gets kinds, keys and errors; none
}

// Queue is the jobs of one landlord. It is safe for use by many goroutines.
type Queue struct {
	store    *store.Store
	landlord string
	kinds    map[string]Kind
	names    []string // of kinds, sorted
	o        Options
	wake     chan struct{}
	turn     int // which kind is looked at first; Run's own
}

const (
	maxKey       = 200     // bytes
	maxArgs      = 4 << 10 // bytes
	maxError     = 500     // bytes
	defaultTries = 10
	farthest     = 20 * 365 * 24 * time.Hour // that a job may lie ahead
)

var (
	kindName = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,63}$`)
	keyName  = regexp.MustCompile(`^[!-~]*$`) // printable, and no spaces
)

// New is the queue of a landlord whose jobs are of these kinds. A process that
// only adds jobs gives the same kinds as one that does them.
func New(s *store.Store, landlord string, kinds map[string]Kind, o Options) (*Queue, error) {
	for name, k := range kinds {
		switch {
		case !kindName.MatchString(name):
			return nil, fmt.Errorf("job: %q is not a kind: small letters, digits, dots and hyphens, at most 64, the first a letter", name)
		case k.Do == nil:
			return nil, fmt.Errorf("job: the kind %s has no handler", name)
		case k.Every < 0 || k.Every%time.Microsecond != 0 || k.Tries < 0:
			return nil, fmt.Errorf("job: the kind %s: Every %v and Tries %d; neither is negative, and Every is of whole microseconds", name, k.Every, k.Tries)
		}
	}
	if o.Lease < 0 || o.Poll < 0 || o.Grace < 0 {
		return nil, fmt.Errorf("job: lease %v, poll %v, grace %v: none is negative", o.Lease, o.Poll, o.Grace)
	}
	if o.Worker == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "unknown"
		}
		o.Worker = fmt.Sprintf("%s:%d", host, os.Getpid())
	}
	o.Lease = cmp.Or(o.Lease, time.Minute)
	o.Poll = cmp.Or(o.Poll, time.Second)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	if o.Backoff == nil {
		o.Backoff = backoff
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Queue{
		store: s, landlord: landlord, kinds: kinds, names: slices.Sorted(maps.Keys(kinds)), o: o,
		wake: make(chan struct{}, 1),
	}, nil
}

// backoff is 10 seconds, 20, 40 and so on up to an hour, each give or take half,
// so that what failed together is not tried together.
func backoff(tries int) time.Duration {
	d := min(10*time.Second<<min(max(tries-1, 0), 20), time.Hour)
	return d/2 + rand.N(d)
}

func (q *Queue) now() int64 { return store.Micros(q.o.Now()) }

// Add adds a job in the caller's transaction; see the package comment for one that
// is there. Call Wake when the transaction is committed, and it need not wait
// for the next look.
func (q *Queue) Add(ctx context.Context, tx *store.Tx, j Job) error {
	if _, ok := q.kinds[j.Kind]; !ok {
		return fmt.Errorf("job: add: there is no kind %.64q", j.Kind)
	}
	if len(j.Key) > maxKey || !keyName.MatchString(j.Key) {
		return fmt.Errorf("job: add %s: %.80q is not a key: printable ASCII without spaces, at most %d bytes", j.Kind, j.Key, maxKey)
	}
	args, err := json.Marshal(j.Args)
	if err != nil {
		return fmt.Errorf("job: add %s %s: arguments: %w", j.Kind, j.Key, err)
	}
	if len(args) > maxArgs {
		return fmt.Errorf("job: add %s %s: %d bytes of arguments; they are ids, of at most %d bytes: keep what they name in a table", j.Kind, j.Key, len(args), maxArgs)
	}
	now, due := q.now(), q.now()
	if !j.At.IsZero() {
		due = max(store.Micros(j.At), now)
	}
	if due-now > farthest.Microseconds() {
		return fmt.Errorf("job: add %s %s: %s is too far ahead", j.Kind, j.Key, j.At.Format(time.DateOnly))
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO job (landlord, kind, key, args, state, due, tries, added, worker, error)
		VALUES ($1, $2, $3, $4, 'waiting', $5, 0, $6, '', '')
		ON CONFLICT (landlord, kind, key) DO UPDATE SET
			args = excluded.args,
			state = CASE job.state WHEN 'running' THEN 'running' ELSE 'waiting' END,
			tries = CASE job.state WHEN 'failed' THEN 0 ELSE job.tries END,
			due = CASE
				WHEN job.state = 'failed' OR job.state = 'waiting' AND job.tries = 0 AND job.due > excluded.due THEN excluded.due
				ELSE job.due END,
			again = CASE
				WHEN job.state <> 'running' THEN NULL
				WHEN job.again < excluded.due THEN job.again
				ELSE excluded.due END`,
		q.landlord, j.Kind, j.Key, string(args), due, now)
	if err != nil {
		return fmt.Errorf("job: add %s %s: %w", j.Kind, j.Key, err)
	}
	return nil
}

// Wake makes this process look for due jobs at once.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Retry makes a job that has failed, or waits, due at once, with all its tries
// before it.
func (q *Queue) Retry(ctx context.Context, tx *store.Tx, kind, key string) error {
	r, err := tx.ExecContext(ctx, `UPDATE job SET state = 'waiting', due = $4, tries = 0
		WHERE landlord = $1 AND kind = $2 AND key = $3 AND state <> 'running'`, q.landlord, kind, key, q.now())
	if n, err := changed(r, err); n > 0 || err != nil {
		return wrap("retry", kind, key, err)
	}
	if _, err := q.state(ctx, tx, kind, key); err != nil {
		return wrap("retry", kind, key, err)
	}
	return wrap("retry", kind, key, ErrRunning)
}

// Cancel takes a job away, also from a worker that runs it: its context ends with
// its next sign of life, and it cannot commit. Of a kind with an Every only the
// run that waits or runs is taken away; the next slot has its own.
func (q *Queue) Cancel(ctx context.Context, tx *store.Tx, kind, key string) error {
	if _, err := q.state(ctx, tx, kind, key); err != nil {
		return wrap("cancel", kind, key, err)
	}
	if next := q.next(kind, key); next.Valid {
		_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'waiting', due = $4, tries = 0, lease = NULL, again = NULL, error = ''
			WHERE landlord = $1 AND kind = $2 AND key = $3`, q.landlord, kind, key, next)
		return wrap("cancel", kind, key, err)
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM job WHERE landlord = $1 AND kind = $2 AND key = $3`, q.landlord, kind, key)
	return wrap("cancel", kind, key, err)
}

// state is the state of a job, or store.ErrNotFound.
func (q *Queue) state(ctx context.Context, tx *store.Tx, kind, key string) (State, error) {
	var s State
	err := tx.QueryRowContext(ctx, `SELECT state FROM job WHERE landlord = $1 AND kind = $2 AND key = $3`, q.landlord, kind, key).Scan(&s)
	return s, absent(err)
}

func wrap(doing, kind, key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("job: %s %s: %w", doing, strings.TrimSpace(kind+" "+key), err)
}
