package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/find"
	"tenet/internal/job"
	"tenet/internal/store"
	"tenet/internal/web"
)

// The kinds of work that go on behind the faces, in whichever process takes it.
const (
	jobLook   = "look"   // go through the open cases for what is left to do, and bound what lies about
	jobAnswer = "answer" // draft the answer of the case that the key names
	jobSweep  = "sweep"  // remove what writers that were killed left where packs lie
)

const (
	rounds  = time.Minute    // between two looks at all open cases, by all processes together
	workers = 2              // jobs at a time in one process: drafts are made one by one, and letters do not wait while promises are checked
	old     = 24 * time.Hour // of what a killed writer left; nobody writes for so long
)

// clerk is the queue of the office. Whatever it does waits for a person to
// approve: answers to requests that came by the portal, and new drafts where
// something was decided after one was made. What staff opened, staff answer.
func (o *office) clerk() (*job.Queue, error) {
	kinds := map[string]job.Kind{
		jobLook:   {Do: o.lookJob, Every: rounds},
		jobAnswer: {Do: o.answerJob},
		jobSweep:  {Do: o.sweepJob, Every: old},
	}
	maps.Copy(kinds, o.outboxJobs())
	maps.Copy(kinds, o.linkJobs())
	maps.Copy(kinds, o.routeJobs())
	maps.Copy(kinds, o.promiseJobs())
	maps.Copy(kinds, o.keepJobs())
	maps.Copy(kinds, o.tellJobs())
	return job.New(o.d.Store, o.d.Config.Landlord, kinds, job.Options{Now: func() time.Time { return o.d.Now() }, Log: o.log})
}

// call asks for a case to be answered, as soon as somebody can. If that cannot be
// written down now, the next look finds the case.
func (o *office) call(ctx context.Context, id string) {
	if err := o.ask(ctx, id); err != nil && ctx.Err() == nil {
		o.log.Warn("a case waits for the next look at all of them", "error", err)
	}
	o.queue.Wake()
}

func (o *office) ask(ctx context.Context, id string) error {
	return o.d.Store.Write(ctx, func(tx *store.Tx) error {
		return o.queue.Add(ctx, tx, job.Job{Kind: jobAnswer, Key: id})
	})
}

func (o *office) lookJob(ctx context.Context, _ *job.Task) error {
	return errors.Join(o.lookOver(ctx), o.planPromises(ctx), o.planKeep(ctx), o.forms().bound(ctx, maxForms))
}

// lookOver acknowledges each open case that came lately, and asks for an answer to each
// that wants one: once, until the case changes.
func (o *office) lookOver(ctx context.Context) error {
	routes := o.d.Routes()
	for after := ""; ; {
		page, err := o.d.Cases.List(ctx, cases.Filter{After: after, Limit: 100})
		if err != nil {
			return err
		}
		for _, k := range page.Cases {
			if routes && unrouted(k) {
				if err := o.route(ctx, k.ID); err != nil {
					return err
				}
			}
			if err := o.acknowledge(ctx, k); err != nil {
				o.log.Warn("a case was not acknowledged", "case", k.Number, "error", err)
			}
			if !unanswered(k) {
				continue
			}
			switch have, err := o.queue.Get(ctx, jobAnswer, k.ID); {
			case err == nil && !k.Changed.After(have.Added):
				continue // it waits its turn, or has failed and nothing is new
			case err != nil && !errors.Is(err, store.ErrNotFound):
				return err
			}
			if err := o.ask(ctx, k.ID); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

func (o *office) sweepJob(ctx context.Context, _ *job.Task) error {
	n, err := o.d.Packs.Sweep(ctx, o.d.Now().Add(-old))
	if n > 0 {
		o.log.Info("removed what writers that were killed left", "files", n)
	}
	return err
}

// unanswered says whether the clerk should draft an answer.
func unanswered(k cases.Case) bool {
	return desk.HasPack(k) && k.State.Running() && (stale(k) || k.Draft == nil && k.Channel == channel)
}

// stale says that something was decided after the draft was made.
func stale(k cases.Case) bool { return k.Draft != nil && k.Draft.Decided != k.Decided }

// answerJob drafts what the case still wants. The job is over in the transaction
// that puts the draft before whoever approves.
func (o *office) answerJob(ctx context.Context, t *job.Task) error {
	k, err := o.d.Cases.Get(ctx, t.Key)
	if errors.Is(err, cases.ErrNotFound) || err == nil && !unanswered(k) {
		return nil
	}
	if err == nil {
		err = o.draft(ctx, func() error {
			return o.answer(ctx, cases.On{Case: k.ID, By: "system", Also: t.Done})
		})
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, job.ErrLost) {
		return err
	}
	o.log.Warn("no answer could be drafted", "case", k.Number, "error", err)
	why := errors.New(o.trouble(ctx, err)) // the row is shown to staff, and names nobody
	var many *find.Ambiguous
	if errors.Is(err, find.ErrNobody) || errors.As(err, &many) {
		return job.Permanent(why) // until the case says more about the person, or staff try again
	}
	return why
}

// answer drafts what is still to be drafted. After decisions that is from what
// was found before: a system that is down just now must not make the answer
// thinner. Where more became known of the person it is from a new search.
func (o *office) answer(ctx context.Context, on cases.On) error {
	k, err := o.d.Cases.Get(ctx, on.Case)
	if err != nil || k.Draft != nil && !stale(k) {
		return err
	}
	do := o.d.Answer
	if k.Draft != nil {
		described, err := o.described(ctx, k)
		if err != nil {
			return err
		}
		if !described {
			do = o.d.Redraft
		}
	}
	_, err = do(ctx, k, on)
	var overtaken *desk.Error
	if errors.As(err, &overtaken) && overtaken.Code == "who" { // whose records are whose was decided since
		_, err = o.d.Answer(ctx, k, on)
	}
	return err
}

// described says that more became known of the person after the draft was made.
func (o *office) described(ctx context.Context, k cases.Case) (bool, error) {
	for before := int64(0); ; {
		events, err := o.d.Cases.History(ctx, k.ID, before, 100)
		if err != nil {
			return false, err
		}
		for _, e := range events {
			if e.Act == cases.Describes.Entry() && e.Payload.Step > k.Draft.Decided {
				return true, nil
			}
			before = e.ID
		}
		if len(events) < 100 {
			return false, nil
		}
	}
}

// trouble says why there is no draft, in words for staff that name nobody.
func (o *office) trouble(ctx context.Context, err error) string {
	var many *find.Ambiguous
	var no *web.Refusal
	switch {
	case errors.Is(err, find.ErrNobody):
		return "The search found nobody whom the person's own description fits. Ask them for a reference, a date of birth or where they have lived. If nothing is held about them, tell them so."
	case errors.As(err, &many):
		return fmt.Sprintf("The search came to %d people who could be meant. Ask for a date of birth or a reference.", len(many.Candidates))
	case errors.As(o.told(ctx, err), &no):
		return "The search could not be finished. " + no.Error()
	}
	return "The search could not be finished, and is tried again. What went wrong is in the log."
}

// troubleOf says what stood in the way of a draft of the case as it is; empty if
// nothing did.
func (o *office) troubleOf(ctx context.Context, k cases.Case) string {
	have, err := o.queue.Get(ctx, jobAnswer, k.ID)
	if err != nil || k.Changed.After(have.Added) || !unanswered(k) {
		return ""
	}
	return have.Error
}

// Work does the background work of a workspace, without its faces, until ctx ends.
func Work(ctx context.Context, d *desk.Desk, how Serving) error {
	release, err := alone(d)
	if err != nil {
		return err
	}
	defer release()
	o, err := newOffice(d, how.Log)
	if err != nil {
		return err
	}
	how.Ready(Addresses{})
	err = o.terms(ctx, turning, func(*office) error { return nil })
	return errors.Join(err, o.tidy(ctx))
}

// behind does what goes on behind the faces, until ctx ends: the jobs, and the
// ledger's tree.
func (o *office) behind(ctx context.Context) error {
	ended := make(chan struct{})
	go func() { o.sequence(ctx); close(ended) }()
	err := o.queue.Run(ctx, workers)
	<-ended
	return err
}

// tidy brings the ledger's tree up to date before the process ends.
func (o *office) tidy(ctx context.Context) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	_, err := o.d.Store.Sequence(last, o.d.Config.Landlord, o.d.Keys.Signer())
	return err
}

// alone takes a workspace whose store is a file for this process. Where the store
// is a server, any number may serve and work.
func alone(d *desk.Desk) (release func() error, err error) {
	if d.Config.Store != "" && !strings.HasPrefix(d.Config.Store, "sqlite:") {
		return func() error { return nil }, nil
	}
	release, err = store.Lock(d.Dir)
	var held *store.Held
	if errors.As(err, &held) {
		return nil, &desk.Error{Code: "busy", What: fmt.Sprintf("process %d serves it since %s", held.PID, held.Since.UTC().Format(time.RFC3339)), Where: d.Dir,
			Mend: "stop that one first; several processes need a store on PostgreSQL"}
	}
	return release, err
}
