package job

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"runtime/debug"
	"slices"
	"time"

	"tenet/internal/store"
)

// Run does jobs until ctx ends, at most so many at once; any number of processes
// may. When ctx ends it takes no more, lets handlers go on for the grace of the
// options, then ends their contexts with ErrStopped, and gives back at once what
// they could not finish. A store that cannot be reached is logged and tried
// again. It returns when the last handler has, and is called once.
func (q *Queue) Run(ctx context.Context, workers int) error {
	if workers < 1 {
		return fmt.Errorf("job: %d workers do nothing: give at least 1", workers)
	}
	work, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	context.AfterFunc(ctx, func() { time.AfterFunc(q.o.Grace, func() { stop(ErrStopped) }) })

	ended := make(chan struct{}, workers)
	free, planned := workers, false
	for ctx.Err() == nil {
		var err error
		if !planned {
			err = q.plan(ctx)
			planned = err == nil
		}
		more := false
		if err == nil && free > 0 {
			var tasks []*Task
			tasks, more, err = q.take(ctx, free)
			for _, t := range tasks {
				free--
				go func() {
					q.do(work, t)
					ended <- struct{}{}
				}()
			}
		}
		if err != nil && ctx.Err() == nil {
			q.o.Log.Error("cannot look for work; looking again", "error", err)
		}
		if more && free > 0 {
			continue
		}
		look := time.NewTimer(q.o.Poll/2 + mathrand.N(q.o.Poll/2+1))
		select {
		case <-ctx.Done():
		case <-ended:
			free++
		case <-q.wake:
		case <-look.C:
		}
		look.Stop()
	}
	for ; free < workers; free++ {
		<-ended
	}
	return nil
}

// plan puts in place the rows of the kinds that run by themselves.
func (q *Queue) plan(ctx context.Context) error {
	return q.store.Write(ctx, func(tx *store.Tx) error {
		for _, kind := range q.names {
			if q.kinds[kind].Every == 0 {
				continue
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO job (landlord, kind, key, args, state, due, tries, added, worker, error)
				VALUES ($1, $2, '', 'null', 'waiting', $3, 0, $3, '', '') ON CONFLICT (landlord, kind, key) DO NOTHING`,
				q.landlord, kind, q.now())
			if err != nil {
				return wrap("plan", kind, "", err)
			}
		}
		return nil
	})
}

// take takes at most n due jobs. More says that there were some, though others
// may have been quicker: it is worth looking again.
func (q *Queue) take(ctx context.Context, n int) (tasks []*Task, more bool, err error) {
	due, err := q.due(ctx, n)
	if err != nil || len(due) == 0 {
		return nil, false, err
	}
	// Not ended by ctx: what was taken must be known, to be given back.
	ctx = context.WithoutCancel(ctx)
	err = q.store.Write(ctx, func(tx *store.Tx) error {
		tasks = tasks[:0]
		for _, d := range due {
			t, err := q.claim(ctx, tx, d)
			if err != nil {
				return err
			}
			if t != nil {
				tasks = append(tasks, t)
			}
		}
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("job: take: %w", err)
	}
	return tasks, true, nil
}

// name is which job.
type name struct{ kind, key string }

// due is at most n due jobs, of the kinds in turn, so that no kind waits for all
// of another. Of each kind they are drawn from the longest due, so that processes
// that look at once do not want the same ones. They come in the order in which
// all processes lock them.
func (q *Queue) due(ctx context.Context, n int) ([]name, error) {
	var all [][]name
	err := q.store.Read(ctx, func(tx *store.Tx) error {
		all = nil
		for _, kind := range q.names {
			some, err := q.dueOf(ctx, tx, kind, 3*n)
			if err != nil {
				return fmt.Errorf("job: what is due of %s: %w", kind, err)
			}
			if len(some) > n {
				mathrand.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
			}
			if len(some) > 0 {
				all = append(all, some)
			}
		}
		return nil
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	q.turn++
	var picked []name
	for i := q.turn; len(picked) < n && len(all) > 0; i++ {
		k := i % len(all)
		picked = append(picked, all[k][0])
		if all[k] = all[k][1:]; len(all[k]) == 0 {
			all = slices.Delete(all, k, k+1)
		}
	}
	slices.SortFunc(picked, func(a, b name) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.key, b.key)) })
	return picked, nil
}

func (q *Queue) dueOf(ctx context.Context, tx *store.Tx, kind string, n int) ([]name, error) {
	rows, err := tx.QueryContext(ctx, `SELECT key FROM job WHERE landlord = $1 AND kind = $2 AND due <= $3 ORDER BY due, key LIMIT $4`,
		q.landlord, kind, q.now(), n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var some []name
	for rows.Next() {
		d := name{kind: kind}
		if err := rows.Scan(&d.key); err != nil {
			return nil, err
		}
		some = append(some, d)
	}
	return some, rows.Err()
}

// claim takes one job if it is still due, and is nil if it is not, or has been
// tried often enough by workers that died of it.
func (q *Queue) claim(ctx context.Context, tx *store.Tx, d name) (*Task, error) {
	t := &Task{Kind: d.kind, Key: d.key, lease: rand.Text(), queue: q}
	now := q.now()
	err := tx.QueryRowContext(ctx, `UPDATE job
		SET state = 'running', lease = $4, worker = $5, due = $6, again = NULL,
			tries = CASE WHEN state = 'failed' OR again IS NOT NULL THEN 1 ELSE tries + 1 END
		WHERE landlord = $1 AND kind = $2 AND key = $3 AND due <= $7
		RETURNING tries, args`,
		q.landlord, d.kind, d.key, t.lease, q.o.Worker, now+q.o.Lease.Microseconds(), now).Scan(&t.Try, &t.args)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap("take", d.kind, d.key, err)
	}
	if t.Try > q.tries(d.kind) {
		t.Try--
		return nil, t.settle(ctx, tx, outcome{failedForGood, errors.New("the last process that tried it ended before it did, and said nothing")})
	}
	return t, nil
}

// do does one job and settles it.
func (q *Queue) do(work context.Context, t *Task) {
	ctx, cancel := context.WithCancelCause(work)
	defer cancel(nil)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		q.keep(ctx, t, cancel)
	}()
	err := q.call(ctx, t)
	lost := errors.Is(context.Cause(ctx), ErrLost)
	cancel(nil)
	<-kept

	log := q.o.Log.With("kind", t.Kind, "key", t.Key, "try", t.Try)
	o := outcome{failedTry, err}
	var never permanent
	switch {
	case err == nil:
		o = outcome{what: finished}
	case lost, errors.Is(err, ErrLost):
		log.Warn("the lease ended before the job did; it is tried again", "error", err)
		return
	case work.Err() != nil:
		o.what = givenBack
		log.Info("given back, as this process is stopping")
	case errors.As(err, &never), t.Try >= q.tries(t.Kind):
		o.what = failedForGood
		log.Error("failed", "error", err)
	default:
		log.Warn("failed, and is tried again", "error", err)
	}
	ctx = context.WithoutCancel(ctx)
	err = q.store.Write(ctx, func(tx *store.Tx) error { return t.settle(ctx, tx, o) })
	if err != nil && !errors.Is(err, ErrLost) { // Lost is also what Done has settled.
		log.Error("cannot settle; the lease will end", "error", err)
	}
}

// call calls the handler, and makes an error of its panic. Its words may be of the
// data at hand, so that the row gets none of them.
func (q *Queue) call(ctx context.Context, t *Task) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.o.Log.Error("a handler panicked", "kind", t.Kind, "key", t.Key, "stack", string(debug.Stack()))
			err = errors.New("the handler panicked; the log says where")
		}
	}()
	return q.kinds[t.Kind].Do(ctx, t)
}

// keep renews the lease until ctx ends, and ends it when the lease is lost or
// could not be renewed in time.
func (q *Queue) keep(ctx context.Context, t *Task, cancel context.CancelCauseFunc) {
	until := time.Now().Add(q.o.Lease)
	tick := time.NewTicker(q.o.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		began := time.Now()
		err := q.renew(ctx, t)
		switch {
		case err == nil:
			until = began.Add(q.o.Lease)
		case ctx.Err() != nil:
			return
		case errors.Is(err, ErrLost) && t.done.Load():
			return // By the handler's own last transaction; it may tidy up.
		case errors.Is(err, ErrLost), !time.Now().Before(until):
			cancel(ErrLost)
			return
		default:
			q.o.Log.Warn("cannot renew a lease", "kind", t.Kind, "key", t.Key, "error", err)
		}
	}
}

// renew renews the lease, or fails by the time at which it is to be tried again.
func (q *Queue) renew(ctx context.Context, t *Task) error {
	ctx, cancel := context.WithTimeout(ctx, q.o.Lease/3)
	defer cancel()
	return q.store.Write(ctx, func(tx *store.Tx) error { return t.Hold(ctx, tx) })
}
