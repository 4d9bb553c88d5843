package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/pack"
	"tenet/internal/source"
	"tenet/internal/web"
)

// office is what the two faces share while they are served: the desk, and the
// work that goes on behind them.
type office struct {
	d   *desk.Desk
	log *slog.Logger

	// drafting holds a token for whoever makes a draft: that takes the names of
	// everyone known into memory, and two at once would make one of them stale.
	drafting chan struct{}
	wake     chan struct{} // tells the clerk that there is something to do

	mu       sync.Mutex
	troubles map[string]trouble // by the id of the case
}

// trouble is why the clerk could not answer a case as it stood.
type trouble struct {
	version int64
	at      time.Time
	err     error
}

func newOffice(d *desk.Desk, log *slog.Logger) *office {
	return &office{d: d, log: log, drafting: make(chan struct{}, 1), wake: make(chan struct{}, 1), troubles: make(map[string]trouble)}
}

// draft runs what makes a draft, alone.
func (o *office) draft(ctx context.Context, do func() error) error {
	select {
	case o.drafting <- struct{}{}:
		defer func() { <-o.drafting }()
		return do()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sequence brings the ledger's tree up to date until ctx ends.
func (o *office) sequence(ctx context.Context) {
	tick := time.NewTicker(tidying)
	defer tick.Stop()
	said := ""
	for {
		_, err := o.d.Store.Sequence(ctx, o.d.Config.Landlord, o.d.Keys.Signer())
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			said = ""
		case err.Error() != said: // the same trouble is said once
			said = err.Error()
			o.log.Error("the ledger's tree is not up to date", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

const (
	rounds   = time.Minute // between two looks of the clerk at all open cases
	patience = time.Hour   // before it tries again what it could not do
)

// clerk drafts answers until ctx ends, one after another: to requests that came
// by the portal, and again where something was decided after the draft was made
// and nothing came of that, as after a crash. Whatever it does waits for a person
// to approve. What staff opened, staff answer.
func (o *office) clerk(ctx context.Context) {
	tick := time.NewTicker(rounds)
	defer tick.Stop()
	for {
		if err := o.answerAll(ctx); err != nil && ctx.Err() == nil {
			o.log.Error("open cases could not be looked through", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-o.wake:
		case <-tick.C:
		}
	}
}

// call wakes the clerk, who may be awake.
func (o *office) call() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *office) answerAll(ctx context.Context) error {
	for after := ""; ; {
		page, err := o.d.Cases.List(ctx, cases.Filter{After: after, Limit: 100})
		if err != nil {
			return err
		}
		for _, k := range page.Cases {
			if !o.wanted(k) {
				continue
			}
			err := o.draft(ctx, func() error { return o.answer(ctx, k.ID) })
			if ctx.Err() != nil {
				return nil
			}
			o.note(k, err)
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// wanted says whether the clerk should draft an answer.
func (o *office) wanted(k cases.Case) bool {
	if k.Regime != law.Access || !k.State.Running() || !stale(k) && (k.Draft != nil || k.Channel != channel) {
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	t, tried := o.troubles[k.ID]
	return !tried || t.version != k.Version || o.d.Now().Sub(t.at) > patience
}

// stale says that something was decided after the draft was made.
func stale(k cases.Case) bool { return k.Draft != nil && k.Draft.Decided != k.Decided }

// answer drafts what is still to be drafted. After decisions that is from what
// was found before: a system that is down just now must not make the answer
// thinner. Where more became known of the person it is from a new search.
func (o *office) answer(ctx context.Context, id string) error {
	k, err := o.d.Cases.Get(ctx, id)
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
	_, err = do(ctx, k, "system")
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

// note keeps what came of an answer, for staff to see at the case.
func (o *office) note(k cases.Case, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		delete(o.troubles, k.ID)
		return
	}
	o.troubles[k.ID] = trouble{k.Version, o.d.Now(), err}
	o.log.Warn("no answer could be drafted", "case", k.Number, "error", err)
}

// troubleOf says why there is no draft of a case, in words for staff; empty if
// nothing is known to stand in the way.
func (o *office) troubleOf(ctx context.Context, k cases.Case) string {
	o.mu.Lock()
	t, ok := o.troubles[k.ID]
	o.mu.Unlock()
	var many *find.Ambiguous
	switch {
	case !ok || t.version != k.Version:
		return ""
	case errors.Is(t.err, find.ErrNobody):
		return "The search found nobody whom the person's own description fits. Ask them for a reference, a date of birth or where they have lived. If nothing is held about them, tell them so."
	case errors.As(t.err, &many):
		return fmt.Sprintf("The search came to %d people who could be meant. Ask for a date of birth or a reference.", len(many.Candidates))
	}
	var no *web.Refusal
	if errors.As(o.told(ctx, t.err), &no) {
		return "The search could not be finished. " + no.Error()
	}
	return "The search could not be finished, and is tried again within the hour. What went wrong is in the log."
}

// answerFile is the pack of a case, opened, for whoever may have it. Opening
// proves that the sealed file is the one that was approved.
func (o *office) answerFile(ctx context.Context, k cases.Case) (web.File, error) {
	files, err := o.d.Pack(ctx, k)
	if err != nil {
		return web.File{}, err
	}
	var b bytes.Buffer
	if err := pack.Zip(&b, files); err != nil {
		return web.File{}, err
	}
	return web.File{Name: k.Number + ".zip", Type: "application/zip", Size: int64(b.Len()), Body: io.NopCloser(&b)}, nil
}

// told is an error as staff should read it: whatever a person can mend becomes a
// refusal in its own words.
func (o *office) told(ctx context.Context, err error) error {
	var (
		changed *cases.Changed
		step    *cases.Error
		work    *desk.Error
		system  *source.Error
		reach   *law.CoverageError
	)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, cases.ErrNotFound):
		return web.ErrNotFound
	case errors.As(err, &changed):
		return &web.Refusal{
			Why:  accounts{o.d}.names(ctx)(changed.By) + " changed this case after you opened the page, so nothing was done.",
			Mend: "Look at it as it is now, then decide.",
		}
	case errors.As(err, &step):
		return &web.Refusal{Why: sentence(step.Message), Mend: sentence(step.Mend)}
	case errors.As(err, &work):
		return &web.Refusal{Why: sentence(work.Error()), Mend: sentence(work.Mend)}
	case errors.As(err, &system):
		return &web.Refusal{Why: "The system " + system.Source + " could not be read.", Mend: "Run tenet source check " + system.Source + " to see why, then try again."}
	case errors.As(err, &reach):
		return &web.Refusal{Why: sentence(reach.Error())}
	}
	return err
}

// sentence is a message with a capital and a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[n:]
	if last, _ := utf8.DecodeLastRuneInString(s); !unicode.IsPunct(last) {
		s += "."
	}
	return s
}
