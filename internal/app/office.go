package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"time"
	"unicode"
	"unicode/utf8"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/job"
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
	queue    *job.Queue
	outbox   *outbox
	checking checking // of promises, in this process
}

func newOffice(d *desk.Desk, log *slog.Logger) (*office, error) {
	o := &office{d: d, log: log, drafting: make(chan struct{}, 1)}
	var err error
	if o.outbox, err = newOutbox(d); err != nil {
		return nil, err
	}
	o.queue, err = o.clerk()
	return o, err
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
		role    *desk.Denied
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
	case errors.As(err, &role):
		return &web.Refusal{Why: role.Why(), Mend: role.Mend()}
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
