package app

import (
	"context"
	"errors"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/law"
	"tenet/internal/portal"
	"tenet/internal/store"
)

// The kinds of work of links.
const (
	jobCode  = "code"  // send a code for the link that the key names
	jobLinks = "links" // end the links whose time is over, and destroy what is left of them
)

const codeTries = 4 // to hand a code over: who waits for it does not wait longer

// linkJobs is the kinds of work of links.
func (o *office) linkJobs() map[string]job.Kind {
	return map[string]job.Kind{
		jobCode:  {Do: o.codeJob, Tries: codeTries},
		jobLinks: {Do: o.linksJob, Every: rounds},
	}
}

func (o *office) codeJob(ctx context.Context, t *job.Task) error {
	if o.outbox.sender == nil {
		return job.Permanent(errNoPost)
	}
	return o.d.SendCode(ctx, o.outbox.sender, t.Key, t.Done)
}

func (o *office) linksJob(ctx context.Context, _ *job.Task) error {
	ended, destroyed, err := o.d.EndLinks(ctx)
	if ended+destroyed > 0 {
		o.log.Info("links whose time is over", "ended", ended, "destroyed", destroyed)
	}
	return err
}

// collector hands answers over on the portal.
type collector struct{ *office }

func (c collector) Digest(token string) [32]byte { return desk.TokenDigest(token) }

// at is what somebody comes with, as the desk has it.
func linkAt(at portal.LinkAt) desk.LinkAt { return desk.LinkAt{Token: at.Token, Number: at.Reference} }

// notOpened is the desk's error as the portal knows it. What stood in the way is for the
// log alone.
func (c collector) notOpened(err error) error {
	if errors.Is(err, desk.ErrNotOpened) {
		var step *cases.Error
		if errors.As(err, &step) {
			c.log.Warn("an answer was not handed over", "why", step.Message)
		}
		return portal.ErrNotOpened
	}
	return err
}

func (c collector) AskCode(ctx context.Context, at portal.LinkAt) error {
	err := c.d.AskCode(ctx, linkAt(at), func(ctx context.Context, tx *store.Tx, id string) error {
		return c.queue.Add(ctx, tx, job.Job{Kind: jobCode, Key: id})
	})
	c.queue.Wake() // whether or not there is anything to do
	return err
}

func (c collector) Prove(ctx context.Context, at portal.LinkAt, code string) (string, error) {
	holder, err := c.d.Prove(ctx, linkAt(at), code)
	return holder, c.notOpened(err)
}

func (c collector) Unlock(ctx context.Context, at portal.LinkAt, holder, words string) error {
	return c.notOpened(c.d.Unlock(ctx, linkAt(at), holder, words))
}

func (c collector) Fetch(ctx context.Context, at portal.LinkAt, holder string) (portal.Handing, error) {
	f, err := c.d.Fetch(ctx, linkAt(at), holder)
	if err != nil {
		return portal.Handing{}, c.notOpened(err)
	}
	return portal.Handing{Name: f.Name, Bytes: f.Bytes, Going: f.Going, End: f.End}, nil
}

// provedKind reports whether an answer is handed over only to somebody who proves again
// who they are. What is not personal is for anybody who has the request's code.
func provedKind(k cases.Case) bool {
	h, _ := k.Kind.Handling()
	return h.Proof > law.NoAssurance
}
