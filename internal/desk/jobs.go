package desk

import (
	"context"
	"errors"
	"fmt"

	"tenet/internal/job"
	"tenet/internal/store"
)

// Jobs lists the work in the background by kind and key: that in a state, or all
// of it. A job that is done is not there any more.
func (d *Desk) Jobs(ctx context.Context, state job.State) ([]job.Info, error) {
	q, err := d.jobs()
	if err != nil {
		return nil, err
	}
	const page = 500
	var all []job.Info
	for kind, key := "", ""; ; {
		some, err := q.List(ctx, state, kind, key, page)
		if err != nil {
			return nil, fmt.Errorf("list the jobs: %w", err)
		}
		all = append(all, some...)
		if len(some) < page {
			return all, nil
		}
		kind, key = some[page-1].Kind, some[page-1].Key
	}
}

// RetryJob makes a job that has failed, or waits, due at once for whoever works,
// with all its tries before it.
func (d *Desk) RetryJob(ctx context.Context, kind, key string) error {
	q, err := d.jobs()
	if err != nil {
		return err
	}
	err = d.Store.Write(ctx, func(tx *store.Tx) error { return q.Retry(ctx, tx, kind, key) })
	switch {
	case errors.Is(err, store.ErrNotFound):
		return &Error{Code: "not-found", What: "there is no such job; one that is done is not kept", Where: kind + " " + key, Mend: "see tenet job list", Err: err}
	case errors.Is(err, job.ErrRunning):
		return &Error{Code: "busy", What: "the job is running", Where: kind + " " + key, Mend: "wait until it has ended", Err: err}
	}
	return err
}

// jobs is the queue for looking at: what each kind does is wired above.
func (d *Desk) jobs() (*job.Queue, error) {
	return job.New(d.Store, d.Config.Landlord, nil, job.Options{Now: d.Now})
}
