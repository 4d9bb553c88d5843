package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/post"
	"tenet/internal/promise"
	"tenet/internal/store"
	"tenet/internal/web"
)

const jobPromises = "promises" // look whether the notice is kept: one row, so that it is never done twice at once

// checking is how far the run of this process has come, for whoever asks meanwhile.
type checking struct {
	mu    sync.Mutex
	since time.Time // zero while there is none
	at    string
	rows  int64
}

func (c *checking) begin(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since, c.at, c.rows = at, "", 0
}

func (c *checking) step(at string, rows int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.rows = at, rows
}

// read is where it stands.
func (c *checking) read() (since time.Time, at string, rows int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.since, c.at, c.rows
}

// promiseOrder is why the run that waits is made.
type promiseOrder struct {
	Since time.Time `json:"since,omitzero"`  // for what was not looked at since then, as a system was outside its hours
	Again bool      `json:"again,omitempty"` // that was put off once, and is not put off again
}

func (o *office) promiseJobs() map[string]job.Kind {
	return map[string]job.Kind{
		jobPromises:   {Do: o.promisesJob, Tries: letterTries},
		desk.JobAlert: {Do: o.toldJob, Tries: letterTries},
	}
}

// planPromises makes sure that the run of the day waits for its time: at once, where it is
// due and nobody made it.
func (o *office) planPromises(ctx context.Context) error {
	if o.d.Config.Promises.Off() {
		return nil
	}
	due, next, err := o.d.PromisesDue(ctx)
	if err != nil {
		return err
	}
	if due {
		next = o.d.Now()
	}
	switch have, err := o.queue.Get(ctx, jobPromises, ""); {
	case err == nil && (have.State == job.Running || have.State == job.Waiting && (have.Tries > 0 || !have.Due.After(next))):
		return nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	return o.d.Store.Write(ctx, func(tx *store.Tx) error {
		return o.queue.Add(ctx, tx, job.Job{Kind: jobPromises, Args: promiseOrder{}, At: next})
	})
}

// promisesJob looks whether the notice is kept: all of it once a day, or because somebody
// asked, and later what a system outside its hours kept from an answer. A process that
// is killed leaves nothing, and the next begins anew. The job waits for its next time in
// the transaction that keeps what was found.
func (o *office) promisesJob(ctx context.Context, t *job.Task) error {
	var asked promiseOrder
	if err := t.Decode(&asked); err != nil {
		return err
	}
	due, next, err := o.d.PromisesDue(ctx)
	if err != nil {
		return err
	}
	order := desk.PromiseOrder{By: promise.Scheduled, PutOff: true}
	began := o.d.Now()
	if !asked.Since.IsZero() && !due {
		if order.IDs, err = o.notSince(ctx, asked.Since); err != nil {
			return err
		}
		order.PutOff = !asked.Again
	}
	order.Also = func(ctx context.Context, tx *store.Tx, run *desk.PromiseRun) error {
		wait, at := promiseOrder{}, next
		if len(run.Later) > 0 && run.Until.Before(next) {
			wait, at = promiseOrder{Since: began, Again: asked.Again || !asked.Since.IsZero()}, run.Until
		}
		if err := o.queue.Add(ctx, tx, job.Job{Kind: jobPromises, Args: wait, At: at}); err != nil {
			return err
		}
		return t.Done(ctx, tx) // it runs on at once if somebody asked while it ran
	}
	o.checking.begin(began)
	run, err := o.d.RunPromises(ctx, order, o.checking.step)
	o.checking.begin(time.Time{})
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, job.ErrLost) {
			o.log.Error("the promises could not be checked", "error", err)
		}
		return err
	}
	o.log.Info("promises checked", "promises", len(run.Promises), "changed", len(run.Changed), "put off", len(run.Later))
	o.queue.Wake()
	return nil
}

// notSince are the promises that were not looked at since an instant.
func (o *office) notSince(ctx context.Context, at time.Time) ([]string, error) {
	board, err := o.d.Board(ctx)
	var out []string
	for _, p := range board {
		if p.CheckedAt.Before(at) {
			out = append(out, string(p.ID))
		}
	}
	return out, err
}

// toldJob sends one contact one message with all that changed for them in a run.
func (o *office) toldJob(ctx context.Context, t *job.Task) error {
	var order desk.Alert
	if err := t.Decode(&order); err != nil {
		return err
	}
	changed, err := o.d.ChangedPromises(ctx, order.Run)
	if err != nil {
		return err
	}
	var to notice.Contact
	var of []promise.Change
	for _, c := range changed {
		for _, x := range o.d.Alerted(c) {
			if x.ID == order.To {
				to, of = x, append(of, c)
			}
		}
	}
	if len(of) == 0 { // the notice names others now, or a later run of that day took its place
		return nil
	}
	sender := o.outbox.sender
	if sender == nil {
		sender = unconfigured{}
	}
	subject, text := promiseMail(o.d.Notice.Landlord.Name, order.Run, of)
	if err := sender.Send(ctx, post.Message{To: string(to.Email), Subject: subject, Text: text, Reference: "promises-" + t.Key}); err != nil {
		var no *post.Error
		if errors.As(err, &no) && no.Permanent {
			return job.Permanent(err)
		}
		return err
	}
	return o.d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := t.Done(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: o.d.Config.Landlord, Actor: promise.Scheduled, Name: "promises.told", Notice: o.d.Notice.Version(), Once: "promises.told/" + t.Key},
			map[string]any{"to": to.ID, "promises": len(of)})
	})
}

// promiseMail is what a contact is told: the landlord's own public sentences and how they
// stand, and no figure and no example.
func promiseMail(landlord string, run time.Time, of []promise.Change) (subject, text string) {
	groups := []struct {
		title string
		is    func(promise.Change) bool
	}{
		{"Not kept", func(c promise.Change) bool { return c.To == promise.Broken }},
		{"Not known any more whether it is kept", func(c promise.Change) bool { return c.To == promise.Unproven }},
		{"Kept now", func(c promise.Change) bool { return c.To == promise.Kept || c.To == promise.Attested }},
	}
	var b, short strings.Builder
	fmt.Fprintf(&b, "Tenet looked on %s whether the promises of the privacy notice of %s are kept. This changed:\n", web.Date(run), landlord)
	for _, g := range groups {
		n := 0
		for _, c := range of {
			if !g.is(c) {
				continue
			}
			if n++; n == 1 {
				fmt.Fprintf(&b, "\n%s\n", g.title)
			}
			was := ""
			if c.From != "" {
				was = " It was " + strings.ReplaceAll(string(c.From), "-", " ") + "."
			}
			fmt.Fprintf(&b, "- %s (%s)%s\n", c.Says, c.ID, was)
		}
		if n > 0 && short.Len() > 0 {
			short.WriteString(", ")
		}
		if n > 0 {
			fmt.Fprintf(&short, "%d %s", n, strings.ToLower(g.title[:1])+g.title[1:])
		}
	}
	b.WriteString("\nThe page Promises of the console has the figures, why, and what would mend each.\n")
	return "Promises of the privacy notice: " + short.String(), b.String()
}

// runPromises asks for all promises to be checked now. Asked twice before it begins it is
// done once; asked while it runs it is done once more.
func (o *office) runPromises(ctx context.Context, by string) error {
	err := o.d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Record(ctx, ledger.Act{Landlord: o.d.Config.Landlord, Actor: by, Name: "promises.asked", Notice: o.d.Notice.Version()}, nil); err != nil {
			return err
		}
		return o.queue.Add(ctx, tx, job.Job{Kind: jobPromises, Args: promiseOrder{}})
	})
	o.queue.Wake()
	return err
}
