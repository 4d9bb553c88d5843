package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tenet/internal/law"
)

// first is the clock of the case's own regime.
func (k *Case) first() Clock {
	in := k.Inputs
	return Clock{Regime: k.Regime, Promise: in.Promise, TargetDays: in.TargetDays, Acknowledged: in.Acknowledged, Extension: in.Extension, Met: in.Met}
}

// clocks is every clock of a case, its own regime's first.
func (k *Case) clocks() []Clock { return append([]Clock{k.first()}, k.Inputs.Also...) }

// eachClock alters the clocks of a case.
func (k *Case) eachClock(do func(*Clock)) {
	one := k.first()
	do(&one)
	k.Inputs.Acknowledged, k.Inputs.Extension, k.Inputs.Met = one.Acknowledged, one.Extension, one.Met
	k.Inputs.Also = slices.Clone(k.Inputs.Also) // a copy of the case may hold the same
	for i := range k.Inputs.Also {
		do(&k.Inputs.Also[i])
	}
}

// meetAll ends every clock that runs, on a day.
func (k *Case) meetAll(day law.Date) {
	k.eachClock(func(cl *Clock) {
		if cl.Met.IsZero() {
			cl.Met = day
		}
	})
}

// acknowledges reports whether a clock asks for no more than an acknowledgement.
func (cl Clock) acknowledges() bool {
	return cl.Regime == law.DPComplaint || cl.Regime == law.OmbudsmanAck
}

// acknowledged tells the clocks of a case that the person was told, on a day, that
// it came, and reports whether any had waited for that.
func (k *Case) acknowledged(day law.Date) bool {
	waited := false
	k.eachClock(func(cl *Clock) {
		switch {
		case !cl.Met.IsZero() || !cl.From.IsZero() && day.Before(cl.From):
		case cl.acknowledges():
			cl.Met, waited = day, true
		case (cl.Regime == law.Ombudsman1 || cl.Regime == law.Ombudsman2) && cl.Acknowledged.IsZero():
			cl.Acknowledged, waited = day, true
		}
	})
	return waited
}

// counting is a clock of a case, as law counts it.
func (k *Case) counting(cl Clock, settings *law.Settings, asOf law.Date) law.Request {
	in := k.Inputs
	if cl.TargetDays > 0 || in.Standing != "" {
		own := law.Defaults()
		if settings != nil {
			own = *settings
		}
		if cl.TargetDays > 0 {
			own.TargetDays = cl.TargetDays
		}
		if in.Standing != "" {
			own.FOI, own.EIR, own.STAIRs = in.Standing, in.Standing, in.Standing // only the case's own is asked
		}
		settings = &own
	}
	q := law.Request{
		Regime: cl.Regime, Received: k.Received, Nation: in.Nation, Acknowledged: cl.Acknowledged,
		ExtensionNotice: cl.Extension, Promise: cl.Promise, Settings: settings, AsOf: asOf,
	}
	if cl.From.IsZero() {
		q.Identity, q.Authority, q.Fee, q.Clarifications = in.Identity, in.Authority, in.Fee, in.Clarifications
	} else {
		q.Received = cl.From // what the person was asked for belongs to the clocks from receipt
	}
	if cl.From.IsZero() && (cl.Regime == law.Breach || cl.Promise != nil && cl.Promise.Unit == law.Hours) {
		q.At = k.At // The others count from the day.
	}
	return q
}

// Counted is one clock of a case, counted.
type Counted struct {
	Clock  Clock      `json:"clock"`
	Result law.Result `json:"result"`
	Front  bool       `json:"front"` // it is the next to be up
}

// count counts every clock of a case, those that run before those that were met,
// and the earliest of each first.
func (c *Cases) count(k *Case, h *law.Holidays, asOf law.Date) ([]Counted, error) {
	var all []Counted
	for _, cl := range k.clocks() {
		until := asOf
		if !cl.Met.IsZero() {
			until = cl.Met
		}
		if !asOf.IsZero() && !cl.From.IsZero() && until.Before(cl.From) {
			until = cl.From
		}
		r, err := law.Clock(h, k.counting(cl, c.settings, until))
		if err != nil {
			return nil, err
		}
		all = append(all, Counted{Clock: cl, Result: r})
	}
	slices.SortStableFunc(all, func(a, b Counted) int {
		if met := !a.Clock.Met.IsZero(); met == b.Clock.Met.IsZero() {
			if met {
				return 1
			}
			return -1
		}
		return a.Result.Due.Deadline().Compare(b.Result.Due.Deadline())
	})
	all[0].Front = true
	return all, nil
}

// wind counts the due date that is kept for lists: with what is awaited taken to
// come at once, so that it is the earliest that can turn out right. Where the
// holidays do not reach there is none.
func (c *Cases) wind(k *Case, h *law.Holidays) error {
	all, err := c.count(k, h, law.Date{})
	var beyond *law.CoverageError
	if errors.As(err, &beyond) {
		k.Due = law.Moment{}
		return nil
	}
	if err != nil {
		return &Error{Code: CodeInput, Message: err.Error(), Mend: "correct what was given", Err: err}
	}
	k.Due = all[0].Result.Due
	return nil
}

// Clock counts a case's clock from what happened, by these holidays; nil means
// those in use. What is still awaited is counted up to today, or to the day the
// case ended. Of several clocks it is the one that is up next.
func (c *Cases) Clock(ctx context.Context, id string, h *law.Holidays) (law.Result, error) {
	k, err := c.Get(ctx, id)
	if err != nil {
		return law.Result{}, err
	}
	return c.ClockOf(k, h)
}

// ClockOf is Clock for a case that was read already. To see what a step would do to the
// clock, give it a case whose Inputs say that it was done.
func (c *Cases) ClockOf(k Case, h *law.Holidays) (law.Result, error) {
	all, err := c.ClocksOf(k, h)
	if err != nil {
		return law.Result{}, err
	}
	return all[0].Result, nil
}

// ClocksOf is every clock of a case that was read already, each with its working:
// the one that is up next first, those that were met last.
func (c *Cases) ClocksOf(k Case, h *law.Holidays) ([]Counted, error) {
	if h == nil {
		h = c.holidays()
	}
	asOf := law.DateOf(c.now())
	if !k.Ended.IsZero() {
		asOf = law.DateOf(k.Ended)
	}
	all, err := c.count(&k, h, asOf)
	if err != nil {
		return nil, fmt.Errorf("cases: %s: %w", k.Number, err)
	}
	return all, nil
}

// MayExtend is the extension that a case can have if the person is told today; it
// is not offered where the law has none, where it was taken, and where its notice can no
// longer be in time.
func (c *Cases) MayExtend(k Case) (law.Extension, bool) {
	today := law.DateOf(c.now())
	for i, cl := range k.clocks() {
		if cl.Extension.IsZero() && cl.Met.IsZero() {
			if e := c.extended(&k, i, today, nil); e != nil {
				return *e, true
			}
		}
	}
	return law.Extension{}, false
}

// extended is the extension that a clock of a case takes by a notice of a day; nil
// if none.
func (c *Cases) extended(k *Case, clock int, told law.Date, because *error) *law.Extension {
	cl := k.clocks()[clock]
	cl.Extension = told
	r, err := law.Clock(c.holidays(), k.counting(cl, c.settings, law.DateOf(c.now())))
	if because != nil {
		*because = err
	}
	if err != nil || r.Extension == nil || r.Extension.Given == nil {
		return nil
	}
	return r.Extension
}
