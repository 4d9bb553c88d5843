package promise

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
)

var regime = Param{Name: "kind", Says: "which requests, by regime: access, erasure, foi; left out means all", Type: AWord, Of: regimes}

var onTime = Kind{
	Name: "requests.on-time", Says: "requests were answered by the day that law and promise set",
	Params: []Param{{Name: "kind", Says: regime.Says, Type: AWord, Must: true, Of: regimes}, within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "requests whose day has come", Method: "Each case's clock is counted again by law and promise, with what was asked for and what stopped it. " +
			"One that was answered counts by the day it was answered, one that waits from the day it is late."}
		return f, l.requests(ctx, &f, func(r Request, clocks []Clock) error {
			for _, c := range clocks {
				switch {
				case c.Due.IsZero():
					f.gap("%s has no due date: the bank holidays in use do not reach it", r.Number)
				case c.Met.IsZero() && !l.Now().After(c.Due): // its day has not come
				case c.Met.IsZero() || c.Met.Start().After(c.Due):
					f.bad(r.Number)
				default:
					f.good()
				}
			}
			return nil
		})
	},
}

var requestsAcknowledged = Kind{
	Name: "requests.acknowledged", Says: "people were told in time that their request or complaint came",
	Params: []Param{regime, {Name: "by", Says: "how soon; left out means P30D, the law's time for a complaint (DPA 2018 s.164A)", Type: APeriod}, within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "requests", Method: "The day on which the case says that the person was told, against the day of receipt. One that is not late yet is not counted."}
		return f, l.requests(ctx, &f, func(r Request, _ []Clock) error {
			last := after(r.Received, l.With.period("by", "P30D"))
			switch {
			case r.Acknowledged.IsZero() && !l.Today.After(last):
			case r.Acknowledged.IsZero() || r.Acknowledged.After(last):
				f.bad(r.Number)
			default:
				f.good()
			}
			return nil
		})
	},
}

var noFee = Kind{
	Name: "requests.no-fee", Says: "nobody was asked to pay",
	Params: []Param{regime, within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "requests", Method: "Cases in which a fee was asked for."}
		return f, l.requests(ctx, &f, func(r Request, _ []Clock) error {
			f.count(!r.Charged, r.Number)
			return nil
		})
	},
}

var extensionTold = Kind{
	Name: "requests.extension-told", Says: "whoever waited longer was told before the first day was over",
	Params: []Param{regime, within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "requests that took longer", Method: "Each clock that was extended, against the day it would have been due without. " +
			"A request that went past that day and was not extended counts too: nobody was told."}
		return f, l.requests(ctx, &f, func(r Request, clocks []Clock) error {
			for _, c := range clocks {
				switch {
				case c.Before.IsZero():
					f.gap("%s has no due date: the bank holidays in use do not reach it", r.Number)
				case !c.Extended.IsZero():
					f.count(!c.Extended.Start().After(c.Before), r.Number)
				case c.Met.IsZero() && l.Now().After(c.Before), !c.Met.IsZero() && c.Met.Start().After(c.Before):
					f.bad(r.Number)
				}
			}
			return nil
		})
	},
}

var packsSealed = Kind{
	Name: "packs.sealed", Says: "each answer that was let out is still the one that was approved, sealed",
	Params: []Param{regime, within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "sealed answers", Method: "The digest of each sealed answer as it lies in storage, against the one that was approved."}
		return f, l.requests(ctx, &f, func(r Request, _ []Clock) error {
			if r.Pack == "" {
				return nil
			}
			switch err := l.Requests.Sealed(ctx, r.Pack, r.Digest); {
			case err == nil:
				f.good()
			case errors.Is(err, ErrDiffers):
				f.bad(r.Number)
			case ctx.Err() != nil:
				return ctx.Err()
			default:
				f.gap("the pack of %s cannot be read", r.Number)
			}
			return nil
		})
	},
}

var identityBeforeData = Kind{
	Name: "requests.identity-before-data", Says: "nobody was given data before it was recorded who they are",
	Params: []Param{{Name: "kind", Says: regime.Says + " access", Type: AWord, Of: regimes}, within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "answers given", Method: "The ledger's entries of each case: that of identity must stand before that of release."}
		return f, l.acts(ctx, &f, law.Access, func(r Request, acts []Act) {
			identified := false
			for _, a := range acts {
				switch a.Name {
				case "case.identified":
					identified = true
				case "case.released":
					f.count(identified, r.Number)
					return
				}
			}
		})
	},
}

var approvedBySecond = Kind{
	Name: "requests.approved-by-second", Says: "each answer was approved by somebody who had not decided what is in it",
	Params: []Param{{Name: "kind", Says: regime.Says + " access", Type: AWord, Of: regimes}, within, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "answers given", Method: "The ledger's entries of each case: whoever approved last must be none of those who drafted or decided before."}
		return f, l.acts(ctx, &f, law.Access, func(r Request, acts []Act) {
			made, by := map[string]bool{}, ""
			for _, a := range acts {
				switch a.Name {
				case "case.drafted", "case.decided":
					made[a.Actor] = true
				case "case.approved":
					by = a.Actor
				case "case.released":
					f.count(by != "" && !made[by], r.Number)
					return
				}
			}
		})
	},
}

// count counts a thing as good or bad.
func (f *Found) count(good bool, example string) {
	if good {
		f.good()
	} else {
		f.bad(example)
	}
}

// requests gives the cases of the parameters kind and within, each with its clocks
// of that kind. They are one place to look at, Tenet's own.
func (l *Look) requests(ctx context.Context, f *Found, each func(Request, []Clock) error) error {
	f.Places = "registers of requests"
	for r, err := range l.chosen(ctx, law.Regime(l.With.word("kind"))) {
		if err != nil {
			return err
		}
		f.Rows++
		if err := each(r.Request, r.clocks); err != nil {
			return err
		}
	}
	f.saw()
	return nil
}

type chosen struct {
	Request
	clocks []Clock
}

func (l *Look) chosen(ctx context.Context, kind law.Regime) iter.Seq2[chosen, error] {
	return func(yield func(chosen, error) bool) {
		since := before(l.Today, l.With.period("within", "P1Y"))
		for r, err := range l.Board.Requests.Requests(ctx) {
			if err != nil {
				yield(chosen{}, fmt.Errorf("read the cases: %w", err))
				return
			}
			if r.Received.Before(since) {
				continue
			}
			var clocks []Clock
			for _, c := range r.Clocks {
				if kind == "" || c.Regime == kind {
					clocks = append(clocks, c)
				}
			}
			if len(clocks) > 0 && !yield(chosen{r, clocks}, nil) {
				return
			}
		}
	}
}

// acts gives the cases of the parameters with what the ledger says was done in each.
func (l *Look) acts(ctx context.Context, f *Found, otherwise law.Regime, each func(Request, []Act)) error {
	f.Places = "ledgers"
	kind := law.Regime(l.With.word("kind"))
	if kind == "" {
		kind = otherwise
	}
	for r, err := range l.chosen(ctx, kind) {
		if err != nil {
			return err
		}
		acts, err := l.History.ActsOf(ctx, r.ID)
		if err != nil {
			return err
		}
		f.Rows += int64(len(acts))
		each(r.Request, acts)
	}
	f.saw()
	return nil
}

// unknown is the last day of those that systems write for "not known".
const unknown = "1900-01-01"

// day reads a day as systems write them.
func day(text string) (law.Date, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateTime, "02/01/2006", "02.01.2006", "20060102"} {
		if t, err := time.Parse(layout, text); err == nil {
			d := law.DateOf(t)
			if layout != time.RFC3339Nano { // a day without a zone is that day
				if d, err = law.NewDate(t.Year(), t.Month(), t.Day()); err != nil {
					return law.Date{}, false
				}
			}
			return d, d.String() > unknown
		}
	}
	return law.Date{}, false
}

// dayOf is a day of the notice; zero where it has none.
func dayOf(d notice.Date) law.Date {
	out, err := law.ParseDate(string(d))
	if err != nil {
		return law.Date{}
	}
	return out
}
