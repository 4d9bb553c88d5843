package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tenet/internal/job"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/store"
)

// JobAlert is the kind of job that tells a contact of the notice what changed on the
// promise board in a run. Its key names both, and its arguments are an [Alert].
const JobAlert = "promises-told"

// Alert is which run, and which contact of the notice.
type Alert struct {
	Run time.Time `json:"run"`
	To  notice.ID `json:"to"`
}

// Alerted are the contacts who are told of a change: whoever answers for the promise, and
// the data protection officer.
func (d *Desk) Alerted(c promise.Change) []notice.Contact {
	if !c.Alarms() {
		return nil
	}
	var out []notice.Contact
	for _, find := range []func() (notice.Contact, bool){
		func() (notice.Contact, bool) { return promise.Owner(d.Notice, c.ID) },
		func() (notice.Contact, bool) { return promise.Officer(d.Notice) },
	} {
		x, ok := find()
		if ok && x.Email != "" && !slices.ContainsFunc(out, func(y notice.Contact) bool { return y.ID == x.ID }) {
			out = append(out, x)
		}
	}
	return out
}

// alert asks, in the transaction that keeps a run, for each contact to be told of what
// changed for them. It belongs to the run and not to who made it: a change that somebody saw on
// the command line is no change any more for the run of the day. Where nothing sends
// e-mail the console says it alone.
func (d *Desk) alert(ctx context.Context, tx *store.Tx, changed []promise.Change) error {
	if d.Config.Post == "" {
		return nil
	}
	q, err := job.New(d.Store, d.Config.Landlord, map[string]job.Kind{JobAlert: {Do: elsewhere}}, job.Options{Now: d.Now})
	if err != nil {
		return err
	}
	asked := map[notice.ID]bool{}
	for _, c := range changed {
		for _, to := range d.Alerted(c) {
			if asked[to.ID] {
				continue
			}
			asked[to.ID] = true
			key := fmt.Sprintf("%d-%s", store.Micros(c.At), to.ID)
			if err := q.Add(ctx, tx, job.Job{Kind: JobAlert, Key: key, Args: Alert{c.At, to.ID}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// elsewhere is the handler of a queue that only adds: tenet serve and tenet work do the
// work.
func elsewhere(context.Context, *job.Task) error {
	return errors.New("this queue is for adding")
}
