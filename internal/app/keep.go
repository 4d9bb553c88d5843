package app

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/expiry"
	"tenet/internal/job"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
	"tenet/internal/web"
)

// jobKeep deletes what Tenet keeps itself and what is over its time: one row, so that it
// is never done twice at once.
const jobKeep = "keep"

func (o *office) keepJobs() map[string]job.Kind {
	return map[string]job.Kind{jobKeep: {Do: o.keepJob, Tries: letterTries}}
}

// planKeep makes sure that the run of the day waits for its time: at once, where it is due
// and nobody made it.
func (o *office) planKeep(ctx context.Context) error {
	if o.d.Config.Keep.Off() {
		return nil
	}
	due, next, err := o.d.KeepDue(ctx)
	if err != nil {
		return err
	}
	if due {
		next = o.d.Now()
	}
	switch have, err := o.queue.Get(ctx, jobKeep, ""); {
	case err == nil && (have.State == job.Running || have.State == job.Waiting && (have.Tries > 0 || !have.Due.After(next))):
		return nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	return o.d.Store.Write(ctx, func(tx *store.Tx) error {
		return o.queue.Add(ctx, tx, job.Job{Kind: jobKeep, At: next})
	})
}

// keepJob makes the run of the day. A process that is killed leaves what it counted, and
// the next goes on with it. The job waits for its next time in the transaction that ends
// the run.
func (o *office) keepJob(ctx context.Context, t *job.Task) error {
	if o.d.Config.Keep.Off() { // it was turned off while this waited
		return nil
	}
	k, err := o.d.Keeping(ctx)
	if err != nil {
		return err
	}
	_, next, err := o.d.KeepDue(ctx)
	if err != nil {
		return err
	}
	c, err := k.Run(ctx, expiry.Order{By: expiry.Scheduled, Each: t.Hold, Last: func(ctx context.Context, tx *store.Tx) error {
		if err := o.queue.Add(ctx, tx, job.Job{Kind: jobKeep, At: next}); err != nil {
			return err
		}
		return t.Done(ctx, tx)
	}})
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, job.ErrLost) {
			o.log.Error("what is over its time could not be deleted", "error", err)
		}
		return err
	}
	o.log.Info("deleted what is over its time", "run", c.Run, "records", c.Number(), "asks", c.Asks())
	return nil
}

// keepDesk is what Tenet keeps itself, as staff meet it.
type keepDesk struct{ *office }

func (s keepDesk) Kept(ctx context.Context) (console.Keeping, error) {
	k, err := s.d.Keeping(ctx)
	if err != nil {
		return console.Keeping{}, s.told(ctx, err)
	}
	all, err := k.Survey(ctx)
	if err != nil {
		return console.Keeping{}, s.told(ctx, desk.KeepError(err))
	}
	runs, err := k.Runs(ctx, 30)
	if err != nil {
		return console.Keeping{}, s.told(ctx, err)
	}
	holds, err := k.Holds(ctx)
	if err != nil {
		return console.Keeping{}, s.told(ctx, err)
	}
	name := accounts{s.d}.names(ctx)
	out := console.Keeping{At: s.d.Config.Keep.At}
	for _, c := range all {
		r := console.KeptRecord{ID: string(c.Record), Title: keptTitles[c.Record], Says: c.Says, Why: c.Why, Kept: c.Kept, Due: c.Due, Lacks: sentence(c.Lacks), Asks: sentence(c.Asks), Mend: sentence(c.Mend)}
		if !c.Before.IsZero() {
			r.Before = c.Before.Words()
		}
		if c.Asks != "" {
			r.Mend = ""
		}
		if !c.SignAt.IsZero() {
			r.Signed = web.DateTime(c.SignAt) + " by " + name(c.Signed)
		}
		for _, why := range slices.Sorted(maps.Keys(c.Held)) {
			r.Held = append(r.Held, console.KeptHeld{Why: sentence(why), Number: c.Held[why]})
		}
		out.Records = append(out.Records, r)
	}
	for _, c := range runs {
		out.Runs = append(out.Runs, console.KeptRun{ID: c.Run, At: web.DateTime(c.Began), By: name(c.By), Number: c.Number(), Asks: c.Asks()})
	}
	for _, h := range holds {
		x := console.KeptHold{ID: h.ID, Kind: s.holdTitle(h.Kind), Whose: h.Whose, Why: h.Why, Since: web.DateTime(h.Placed), By: name(h.By), Review: h.Review.Words(), Late: h.Review.Before(s.d.Today())}
		if h.Everybody {
			x.Whose = "Everybody"
		}
		for _, r := range h.Records {
			x.Records = append(x.Records, keptTitles[r])
		}
		out.Holds = append(out.Holds, x)
	}
	return out, nil
}

// keptTitles are the kinds of record in words.
var keptTitles = map[notice.OwnRecord]string{
	notice.OwnCases: "Requests and complaints, with their letters and drafts", notice.OwnContacts: "What happened when somebody was in touch", notice.OwnAuthorities: "Who may act for whom",
	notice.OwnChecks: "Callers showing who they are", notice.OwnIncidents: "Whom incidents touched", notice.OwnIncidentsBare: "What is left of incidents", notice.OwnPapers: "Papers of the registers",
	notice.OwnEntries: "People named beside papers", notice.OwnDisclosures: "What was given out, and whose it was", notice.OwnLooks: "Who looked at cases", notice.OwnMail: "Messages that nobody has dealt with",
}

func (s keepDesk) holdTitle(id notice.ID) string {
	for _, h := range s.d.Notice.Keeping.Holds {
		if h.ID == id {
			return h.Title
		}
	}
	return string(id)
}

func (s keepDesk) SignKept(ctx context.Context, by console.Staff, record string, number int64) error {
	k, err := s.d.Keeping(ctx)
	if err == nil {
		_, err = k.Sign(ctx, by.ID, notice.OwnRecord(record), number)
	}
	return s.told(ctx, desk.KeepError(err))
}

func (s keepDesk) LiftHold(ctx context.Context, by console.Staff, id string) error {
	k, err := s.d.Keeping(ctx)
	if err == nil {
		err = k.Lift(ctx, by.ID, id)
	}
	return s.told(ctx, desk.KeepError(err))
}

func (s keepDesk) PlaceHold(ctx context.Context, by console.Staff, g console.HoldGiven) (web.Errors, error) {
	review, err := law.ParseDate(g.Review)
	if err != nil {
		return web.Errors{{Field: "review", Text: "Enter a real date, such as 23 11 2027."}}, nil
	}
	n := expiry.NewHold{Kind: notice.ID(g.Kind), Everybody: g.Everybody, By: by.ID, Review: review, Secret: expiry.Secret{Why: g.Why}}
	_, err = s.d.HoldPerson(ctx, desk.Query{Name: g.Name, DOB: g.Born, Ref: g.Reference}, n)
	var no *desk.Error
	if errors.As(err, &no) && (no.Code == "keep" || no.Code == "query") {
		field := strings.TrimPrefix(no.Where, "--")
		switch field {
		case "person", "ref":
			field = "name"
		case "dob":
			field = "born"
		}
		return web.Errors{{Field: field, Text: sentence(no.What + "; " + no.Mend)}}, nil
	}
	return nil, s.told(ctx, err)
}

func (s keepDesk) HoldKinds() []console.Option {
	var out []console.Option
	for _, h := range s.d.Notice.Keeping.Holds {
		out = append(out, console.Option{ID: string(h.ID), Text: h.Title})
	}
	if len(out) == 0 {
		out = append(out, console.Option{ID: "claim", Text: "A claim"}, console.Option{ID: "inquiry", Text: "An inquiry"})
	}
	return out
}

func (s keepDesk) Certificate(ctx context.Context, run string) (string, time.Time, error) {
	k, err := s.d.Keeping(ctx)
	if err != nil {
		return "", time.Time{}, s.told(ctx, err)
	}
	c, err := k.Certificate(ctx, run)
	if errors.Is(err, expiry.ErrNone) {
		return "", time.Time{}, web.ErrNotFound
	}
	if err != nil {
		return "", time.Time{}, s.told(ctx, err)
	}
	var b strings.Builder
	err = c.Write(&b, s.d.Notice.Landlord.Name)
	return b.String(), c.Began, err
}
