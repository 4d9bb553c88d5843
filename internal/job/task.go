package job

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"tenet/internal/store"
)

// Task is a job that this process has taken.
type Task struct {
	Kind string
	Key  string
	Try  int // 1 the first time

	args  string
	lease string // nobody else's, ever
	queue *Queue
	done  atomic.Bool // Done was called, and perhaps committed
}

// Decode reads the arguments into v. One that v has no place for is an error.
func (t *Task) Decode(v any) error {
	d := json.NewDecoder(bytes.NewReader([]byte(t.args)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return Permanent(fmt.Errorf("job: the arguments of %s %s: %w", t.Kind, t.Key, err))
	}
	return nil
}

// Done ends the job in the transaction that does the last of its work. If it is
// no longer this worker's the error is ErrLost, which the function given to Write
// must return: then nothing of the transaction is kept.
func (t *Task) Done(ctx context.Context, tx *store.Tx) error {
	t.done.Store(true)
	return t.settle(ctx, tx, outcome{what: finished})
}

// Hold makes sure, in a transaction that is not the last, that the job is still
// this worker's, and lengthens its lease. If it is not the error is ErrLost,
// which the function given to Write must return.
func (t *Task) Hold(ctx context.Context, tx *store.Tx) error {
	_, err := t.hold(ctx, tx)
	return err
}

// hold locks the row until the end of the transaction, so that nobody adds to the
// job or takes it between this and what follows. It is the instant from which
// the job is to run again.
func (t *Task) hold(ctx context.Context, tx *store.Tx) (again sql.NullInt64, err error) {
	q := t.queue
	err = tx.QueryRowContext(ctx, `UPDATE job SET due = $5
		WHERE landlord = $1 AND kind = $2 AND key = $3 AND lease = $4 RETURNING again`,
		q.landlord, t.Kind, t.Key, t.lease, q.now()+q.o.Lease.Microseconds()).Scan(&again)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrLost
	}
	return again, wrap("hold", t.Kind, t.Key, err)
}

// outcome is how a try ended.
type outcome struct {
	what ending
	err  error
}

type ending int

const (
	finished ending = iota
	failedTry
	failedForGood
	givenBack // not tried, as far as anybody counts
)

// settle ends the lease.
func (t *Task) settle(ctx context.Context, tx *store.Tx, o outcome) error {
	q := t.queue
	again, err := t.hold(ctx, tx)
	if err != nil {
		return err
	}
	next, tried := q.next(t.Kind, t.Key), t.Try
	if again.Valid { // Somebody asked for it while it ran: with all its tries before it.
		tried = 0
	}
	var r row
	switch {
	case o.what == givenBack:
		r = row{Waiting, at(q.now()), max(tried-1, 0), o.err}
	case o.what == failedTry:
		r = row{Waiting, at(q.now() + q.o.Backoff(t.Try).Microseconds()), tried, o.err}
	case again.Valid:
		r = row{Waiting, again, tried, o.err}
	case o.what == failedForGood:
		r = row{Failed, next, tried, o.err}
	case next.Valid:
		r = row{Waiting, next, 0, nil}
	default:
		_, err := tx.ExecContext(ctx, `DELETE FROM job WHERE landlord = $1 AND kind = $2 AND key = $3 AND lease = $4`,
			q.landlord, t.Kind, t.Key, t.lease)
		return wrap("end", t.Kind, t.Key, err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE job SET state = $5, due = $6, tries = $7, error = $8, lease = NULL, again = NULL
		WHERE landlord = $1 AND kind = $2 AND key = $3 AND lease = $4`,
		q.landlord, t.Kind, t.Key, t.lease, r.state, r.due, r.tries, words(r.err))
	return wrap("end", t.Kind, t.Key, err)
}

// row is what settle leaves of a job.
type row struct {
	state State
	due   sql.NullInt64
	tries int
	err   error
}

func at(micros int64) sql.NullInt64 { return sql.NullInt64{Int64: micros, Valid: true} }

// next is the beginning of the next slot of a job that runs by itself.
func (q *Queue) next(kind, key string) sql.NullInt64 {
	every := q.kinds[kind].Every.Microseconds()
	if every == 0 || key != "" {
		return sql.NullInt64{}
	}
	return at((q.now()/every + 1) * every)
}

// tries is how often a job of a kind is tried.
func (q *Queue) tries(kind string) int { return cmp.Or(q.kinds[kind].Tries, defaultTries) }

// permanent is an error that another try cannot mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent is err, marked as one that another try cannot mend: the job has
// failed.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

// words is the error as it stands in the row: valid UTF-8 of a bounded length,
// without NUL, which PostgreSQL does not take.
func words(err error) string {
	if err == nil {
		return ""
	}
	s := err.Error()
	return strings.ReplaceAll(strings.ToValidUTF8(s[:min(len(s), maxError)], ""), "\x00", "")
}

func absent(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

func changed(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}
