package app

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/post"
	"tenet/internal/store"
)

// The kinds of work of the outbox and the mailbox.
const (
	jobOutbox = "outbox" // ask for each letter that is queued to be sent
	jobLetter = "letter" // send the letter that the key names
	jobMail   = "mail"   // take in what came to the mailbox
)

const (
	letterTries = 24                 // to hand a letter over: with what lies between them some sixteen hours
	mailRounds  = 5 * time.Minute    // between two looks into the mailbox
	newest      = 3 * 24 * time.Hour // cases older than that were acknowledged by hand, or are not to be now
	batch       = 200                // letters looked at in one round
)

// outbox is what sends the letters of an office.
type outbox struct {
	sender post.Sender // nil where none is configured: letters wait to be printed
	mark   string      // the mailbox as it was when it was last gone through
}

// newOutbox opens what the configuration names. Letters that cannot be used are found
// here, and not when the first of them is due.
func newOutbox(d *desk.Desk) (*outbox, error) {
	if err := d.CheckLetters(); err != nil {
		return nil, err
	}
	b := &outbox{}
	if d.Config.Post == "" {
		return b, nil
	}
	from := post.From{Name: d.Notice.Landlord.Name, Address: d.Config.PostFrom, ReplyTo: d.Config.PostReplyTo}
	for _, c := range d.Notice.Landlord.Contacts {
		if from.Address == "" && c.DPO {
			from.Address = string(c.Email)
		}
	}
	var err error
	if b.sender, err = post.Open(d.Config.Post, from, os.Getenv); err != nil {
		mend := "mend post, post-from and post-reply-to"
		var no *post.Error
		if errors.As(err, &no) {
			mend = no.Mend
		}
		return nil, &desk.Error{Code: "post", What: "letters cannot be sent", Where: "tenet.yaml: post", Mend: mend, Err: err}
	}
	return b, nil
}

// outboxJobs is the kinds of work of the outbox.
func (o *office) outboxJobs() map[string]job.Kind {
	all := map[string]job.Kind{
		jobOutbox: {Do: o.outboxJob, Every: rounds},
		jobLetter: {Do: o.letterJob, Tries: letterTries},
	}
	if o.d.Config.Intake.URL != "" {
		all[jobMail] = job.Kind{Do: o.mailJob, Every: mailRounds}
		all[jobMailAnswer] = job.Kind{Do: o.mailAnswerJob, Tries: letterTries}
	}
	return all
}

// outboxJob asks for each letter that is queued to be sent: once, while it waits. A
// letter is in the outbox from the transaction that caused it, so that none is lost if
// this is.
func (o *office) outboxJob(ctx context.Context, _ *job.Task) error {
	all, err := o.d.Outbox(ctx, desk.Queued, batch)
	if err != nil {
		return err
	}
	for _, l := range all {
		switch have, err := o.queue.Get(ctx, jobLetter, l.Reference); {
		case err == nil && have.State != job.Failed:
			continue // it waits its turn, or is tried again
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return err
		}
		err := o.d.Store.Write(ctx, func(tx *store.Tx) error {
			return o.queue.Add(ctx, tx, job.Job{Kind: jobLetter, Key: l.Reference})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// errNoPost is why a letter that was queued while there was a mail server waits.
var errNoPost = &post.Error{What: "no mail server is configured any more", Permanent: true}

// unconfigured sends nothing.
type unconfigured struct{}

func (unconfigured) Send(context.Context, post.Message) error { return errNoPost }
func (unconfigured) Check(context.Context) error              { return errNoPost }

// letterJob sends a letter. The job is over in the transaction that records it.
func (o *office) letterJob(ctx context.Context, t *job.Task) error {
	sender := o.outbox.sender
	if sender == nil {
		sender = unconfigured{}
	}
	err := o.d.SendQueued(ctx, o.d.WithTokens(sender), t.Key, t.Try >= letterTries, t.Done)
	if err != nil && ctx.Err() == nil && !errors.Is(err, job.ErrLost) {
		o.log.Warn("a letter was not sent", "letter", t.Key, "try", t.Try, "error", err)
	}
	return err
}

// mailJob takes in what came to the mailbox.
func (o *office) mailJob(ctx context.Context, _ *job.Task) error {
	mark, n, err := o.d.ReadMail(ctx, o.outbox.mark, o.answerMail)
	if err != nil {
		o.log.Warn("the mailbox could not be read", "error", err)
		return err
	}
	o.outbox.mark = mark
	if n > 0 {
		o.log.Info("messages came", "messages", n)
	}
	return nil
}

// acknowledge writes the letter that says that a case was opened, for one that came
// lately on the portal or was entered on the console. What was imported, or answered
// at the command line, is not written to unasked.
func (o *office) acknowledge(ctx context.Context, k cases.Case) error {
	if k.Original != "" || k.Channel == "cli" || strings.HasPrefix(k.Channel, "import") || o.d.Now().Sub(k.Opened) > newest || !k.State.Running() {
		return nil
	}
	wrote, err := o.d.AcknowledgeCase(ctx, k)
	if err == nil && wrote {
		o.queue.Wake()
	}
	return err
}
