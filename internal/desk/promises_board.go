package desk

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/promise"
)

// BoardPromise is a promise as the board shows it.
type BoardPromise struct {
	promise.Standing
	Section string         // the title of the section of the notice in which it stands; empty before the first
	Owner   notice.Contact // who answers for it; without an id where the notice names nobody
	Public  bool           // signed off for the public, with these words
	Answer  *promise.Answer
	Attests bool // somebody's word is what shows it, or one of the things
}

// shown is for how many days the trend on the board reaches back.
const shown = 60

// Board is every promise of the notice as it was when it was last checked, in the order
// of the words. One that never was is unproven.
func (d *Desk) Board(ctx context.Context) ([]BoardPromise, error) {
	h := d.promises()
	all, err := h.Board(ctx, d.Today().AddDays(-shown).Start())
	if err != nil {
		return nil, err
	}
	signed, err := h.Signed(ctx, d.Notice)
	if err != nil {
		return nil, err
	}
	sections := promise.Sections(d.Notice)
	var out []BoardPromise
	for _, s := range d.Notice.Words.Promises() {
		checks, ok := d.Notice.Promises[s.ID]
		if !ok {
			continue
		}
		b := BoardPromise{Standing: all[s.ID], Section: sections[s.ID], Public: signed[s.ID]}
		if b.ID == "" {
			b.Result = promise.Result{ID: s.ID, Status: promise.Unproven, Why: "not checked yet", Evidence: []promise.Evidence{}}
		}
		b.Says = s.Text
		b.Owner, _ = promise.Owner(d.Notice, s.ID)
		for _, c := range checks {
			b.Attests = b.Attests || c.Check == promise.AttestName || c.Check == promise.ReviewName
		}
		if b.Status == promise.Broken {
			if b.Answer, err = h.Answered(ctx, s.ID, s.Text, b.Since); err != nil {
				return nil, err
			}
		}
		out = append(out, b)
	}
	return out, nil
}

// BrokenPromises is how many promises of the notice were broken when last looked at.
func (d *Desk) BrokenPromises(ctx context.Context) (int, error) {
	return d.promises().Broken(ctx, d.Notice)
}

// PromiseHistory is a promise with the points of its trend, each with its numbers.
func (d *Desk) PromiseHistory(ctx context.Context, id notice.ID) (promise.Standing, error) {
	if _, ok := promise.Say(d.Notice, id); !ok {
		return promise.Standing{}, d.promiseError(fmt.Errorf("%w: %q", promise.ErrNoPromise, id))
	}
	s, _, err := d.promises().Last(ctx, id, trend)
	return s, err
}

// AnswerPromise keeps what the landlord says publicly of a promise that it does not keep.
func (d *Desk) AnswerPromise(ctx context.Context, by, id string, a promise.Answer) error {
	return d.promiseError(d.promises().Answer(ctx, by, d.Notice, notice.ID(id), a))
}

// PromisesRan is when promises were last checked by the run of each day, and when by
// anybody; zero for never.
func (d *Desk) PromisesRan(ctx context.Context) (daily, last time.Time, err error) {
	if daily, err = d.promises().Ran(ctx, promise.Scheduled); err == nil {
		last, err = d.promises().Ran(ctx, "")
	}
	return daily, last, err
}

// PromiseTimes is promises: in tenet.yaml.
type PromiseTimes struct {
	// At is the time of day, by the clock in London, from which promises are checked: "03:00",
	// which is the default, or "off".
	At string `yaml:"at,omitempty"`
}

var timeOfDay = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

func (p PromiseTimes) check() error {
	if p.At == "" || p.At == "off" || timeOfDay.MatchString(p.At) {
		return nil
	}
	return &Error{Code: "config", What: fmt.Sprintf("%q is no time of day", p.At), Where: configFile + ": promises: at", Mend: `write it as "03:00", by the clock in London, or off`}
}

// Off says that promises are checked only when somebody asks.
func (p PromiseTimes) Off() bool { return p.At == "off" }

// around is the last such time of day that has come, and the next.
func (p PromiseTimes) around(now time.Time) (last, next time.Time) {
	at := p.At
	if at == "" {
		at = "03:00"
	}
	clock, _ := time.Parse("15:04", at)
	on := func(d law.Date) time.Time {
		s := d.Start()
		return time.Date(d.Year, d.Month, d.Day, clock.Hour(), clock.Minute(), 0, 0, s.Location())
	}
	today := law.DateOf(now)
	if last = on(today); last.After(now) {
		return on(today.AddDays(-1)), last
	}
	return last, on(today.AddDays(1))
}

// PromisesDue says whether the run of the day is still to be made, and when the next is
// after it. An installation that has never made one begins with the next.
func (d *Desk) PromisesDue(ctx context.Context) (due bool, next time.Time, err error) {
	last, next := d.Config.Promises.around(d.Now())
	ran, err := d.promises().Ran(ctx, promise.Scheduled)
	return !ran.IsZero() && ran.Before(last) && !d.Config.Promises.Off(), next, err
}
