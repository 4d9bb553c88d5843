package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// The kinds of work of the promise board.
const (
	jobPromises = "promises"      // look whether the notice is kept: one row, so that it is never done twice at once
	jobTold     = "promises-told" // tell the contact whom the key names of what changed
)

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
		jobPromises: {Do: o.promisesJob, Tries: letterTries},
		jobTold:     {Do: o.toldJob, Tries: letterTries},
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
		if err := t.Done(ctx, tx); err != nil { // it runs on at once if somebody asked while it ran
			return err
		}
		return o.tell(ctx, tx, run.Changed)
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

// tell asks, in the transaction that keeps a run, for each contact to be told of what
// changed for them: whoever answers for a promise, and the data protection officer. Where
// nothing sends e-mail the console says it alone.
func (o *office) tell(ctx context.Context, tx *store.Tx, changed []promise.Change) error {
	if o.outbox.sender == nil {
		return nil
	}
	asked := map[notice.ID]bool{}
	for _, c := range changed {
		for _, to := range o.toldOf(c) {
			if asked[to.ID] {
				continue
			}
			asked[to.ID] = true
			key := fmt.Sprintf("%d-%s", store.Micros(c.At), to.ID)
			if err := o.queue.Add(ctx, tx, job.Job{Kind: jobTold, Key: key, Args: toldOrder{c.At, to.ID}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// toldOf are the contacts who are told of a change.
func (o *office) toldOf(c promise.Change) []notice.Contact {
	if !c.Alarms() {
		return nil
	}
	var out []notice.Contact
	for _, find := range []func() (notice.Contact, bool){
		func() (notice.Contact, bool) { return promise.Owner(o.d.Notice, c.ID) },
		func() (notice.Contact, bool) { return promise.Officer(o.d.Notice) },
	} {
		x, ok := find()
		if ok && x.Email != "" && !slices.ContainsFunc(out, func(y notice.Contact) bool { return y.ID == x.ID }) {
			out = append(out, x)
		}
	}
	return out
}

// toldOrder is which run, and which contact of the notice.
type toldOrder struct {
	Run time.Time `json:"run"`
	To  notice.ID `json:"to"`
}

// toldJob sends one contact one message with all that changed for them in a run.
func (o *office) toldJob(ctx context.Context, t *job.Task) error {
	var order toldOrder
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
		for _, x := range o.toldOf(c) {
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
