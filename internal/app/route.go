package app

import (
	"context"
	"errors"

	"tenet/internal/cases"
	"tenet/internal/job"
	"tenet/internal/store"
)

// jobRoute finds out whose customer the case that the key names is about.
const jobRoute = "route"

// routeJobs is the work of passing on what is for a client landlord: at receipt, and
// behind the faces, so that opening a case takes as long for everybody.
func (o *office) routeJobs() map[string]job.Kind {
	return map[string]job.Kind{jobRoute: {Do: func(ctx context.Context, t *job.Task) error {
		k, err := o.d.Cases.Get(ctx, t.Key)
		if errors.Is(err, cases.ErrNotFound) {
			return nil
		}
		if err == nil {
			_, err = o.d.RouteNew(ctx, k)
		}
		return err
	}}}
}

// unrouted says that nothing was done in a case yet: routing writes a step into it.
// What was imported went its way before.
func unrouted(k cases.Case) bool { return k.Version == 1 && k.Original == "" }

// route asks for a case to be routed, unless that is asked already.
func (o *office) route(ctx context.Context, id string) error {
	if !o.d.Routes() {
		return nil
	}
	if _, err := o.queue.Get(ctx, jobRoute, id); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := o.d.Store.Write(ctx, func(tx *store.Tx) error { return o.queue.Add(ctx, tx, job.Job{Kind: jobRoute, Key: id}) }); err != nil {
		return err
	}
	o.queue.Wake()
	return nil
}
