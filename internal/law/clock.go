package law

import (
	"errors"
	"fmt"
	"slices"
)

// Clock counts one clock: when time began to run, when it is up by law and by
// promise, which of the two governs, what more time can be had, and how each
// date was reached, in words. The same request and holidays always give the
// same result.
//
// It fails where the request contradicts itself, where a regime does not run in
// the nation, and, with a CoverageError, where the holidays do not reach.
func Clock(h *Holidays, q Request) (Result, error) {
	r, err := reckon(h, q)
	if err != nil {
		return Result{}, fmt.Errorf("clock %s: %w", clip(string(q.Regime)), err)
	}
	return r, nil
}

func reckon(h *Holidays, q Request) (Result, error) {
	if err := q.check(); err != nil {
		return Result{}, err
	}
	c := &clock{h: h, q: q, s: Defaults(), received: On(q.Received)}
	if q.Settings != nil {
		c.s = *q.Settings
	}
	if err := c.s.Validate(); err != nil {
		return Result{}, err
	}
	c.started = c.received
	if err := c.count(); err != nil {
		return Result{}, err
	}
	return c.settle()
}

// clock is a request being counted.
type clock struct {
	h *Holidays
	q Request
	s Settings

	received Moment
	started  Moment

	// What the law says. lawDue is zero where there is none.
	run       *run // nil where the law counts hours, or nothing
	lawDue    Moment
	cite      string
	target    Moment
	extension *Extension
	byChoice  string // why the law's period is only the landlord's choice; "" where it binds

	working, warnings, waiting, unverified []string
}

func (c *clock) count() error {
	switch c.q.Regime {
	case Access, Rectification, Erasure, Restriction, Objection, Portability, AutomatedDecision:
		return c.rights()
	case FOI, EIR:
		return c.information()
	case STAIRs:
		return c.stairs()
	case DPComplaint:
		return c.dpComplaint()
	case Breach:
		return c.breach()
	case OmbudsmanAck, Ombudsman1, Ombudsman2:
		return c.ombudsman()
	case FOIReview, EIRReview:
		return c.review()
	case WithoutDelay:
		return c.withoutDelay()
	}
	c.promiseOnly()
	return nil
}

// settle lets whichever of law and promise is better for the person govern.
func (c *clock) settle() (Result, error) {
	r := Result{
		Regime: c.q.Regime, Received: c.received, Started: c.started, Nation: c.q.Nation,
		Due: c.lawDue, Target: c.target, Governs: GovernsLaw, Extension: c.extension,
		Holidays: c.h.Version(),
	}
	if !c.lawDue.IsZero() && c.byChoice == "" {
		r.Law = &Law{Due: c.lawDue, Cite: c.cite}
	}
	if p := c.q.Promise; p != nil {
		due, err := c.promised(*p)
		if err != nil {
			return Result{}, err
		}
		r.Promise = &Promised{ID: p.ID, Due: due, Says: p.Says}
	} else if c.byChoice != "" {
		r.Promise = &Promised{Due: c.lawDue, Says: c.byChoice}
	}
	if c.byChoice != "" {
		c.warn("%s", c.byChoice)
	}
	switch {
	case r.Law == nil && r.Promise == nil:
		r.Governs, r.Due = GovernsTarget, r.Target
		c.say("Neither law nor notice sets a date: the target orders the work, and is no deadline.")
	case r.Law == nil:
		r.Governs, r.Due = GovernsPromise, r.Promise.Due
		if c.q.Promise != nil {
			c.say("No law sets a date: the promise governs.")
			if !c.q.Promise.AsLaw {
				r.Extension = nil
			}
		}
	case r.Promise == nil:
	case r.Promise.Due.Before(r.Law.Due):
		r.Governs, r.Due = GovernsPromise, r.Promise.Due
		c.say("The promise is better for the person than the law's %s: it governs, and the answer is due on %s.", r.Law.Due.Words(), r.Due.Words())
	case r.Law.Due.Before(r.Promise.Due):
		c.say("The law is better for the person than the promise's %s: it governs.", r.Promise.Due.Words())
		c.warn("The notice promises a later date, %s, than the law allows, %s: the notice should be put right.", r.Promise.Due.Words(), r.Law.Due.Words())
	default:
		c.say("Law and promise fall together.")
	}
	if err := c.aim(&r); err != nil {
		return Result{}, err
	}
	// Empty lists are written as [], never null.
	r.Working, r.Waiting = append([]string{}, c.working...), append([]string{}, c.waiting...)
	r.Warnings, r.Unverified = append([]string{}, c.warnings...), append([]string{}, c.unverified...)
	return r, nil
}

// aim sets the day to work to. Under a promise it is the last working day on or
// before the promised day.
func (c *clock) aim(r *Result) error {
	if c.q.Promise == nil || r.Governs != GovernsPromise {
		return nil
	}
	aim := r.Due
	if aim.At.IsZero() {
		day, err := c.h.In(c.q.Nation).RollBack(r.Due.Date)
		if err != nil {
			return err
		}
		if !day.Before(c.q.Received) {
			aim = On(day)
		}
	}
	if r.Law == nil || aim.Before(r.Target) { // a law that does not bind sets no target
		r.Target = aim
	}
	return nil
}

// promiseOnly prepares a clock that only the notice winds.
func (c *clock) promiseOnly() {
	p := c.q.Promise
	waits := map[Start][]struct {
		what string
		span Span
	}{
		FromIdentity: {{"proof of identity", c.q.Identity}, {"proof of authority", c.q.Authority}},
		FromFee:      {{"the fee", c.q.Fee}},
	}
	waits[FromCleared] = slices.Concat(waits[FromIdentity], waits[FromFee])
	for _, w := range waits[p.Start] {
		c.await(w.what, w.span)
	}
	c.started = On(c.promiseStart(*p))
	if c.started.Date == c.q.Received {
		c.started = c.received
	}
	if p.Unit == Hours && !c.q.At.IsZero() {
		c.received = At(c.q.At)
		if c.started.Date == c.q.Received {
			c.started = c.received
		}
	}
	if len(c.q.Clarifications) > 0 {
		c.warn("Asking for clarification does not stop a clock that only the notice winds.")
	}
	if !c.q.ExtensionNotice.IsZero() {
		c.warn("A promise has no extension: the notice of %s changes nothing.", c.q.ExtensionNotice.Words())
	}
	c.say("Received on %s.", c.received.Words())
}

// extend offers the extension of r to n units, or takes it where notice was
// given by the end of the period itself.
func (c *clock) extend(r *run, n int, by Date, cite string) (end ending, taken bool, err error) {
	notice := c.q.ExtensionNotice
	if notice.After(by) {
		c.say("Notice of an extension came on %s, after the last day for it, %s: there is no extension (%s).", notice.Words(), by.Words(), cite)
		c.warn("The extension is not available: notice was given on %s, and had to be by %s.", notice.Words(), by.Words())
		return ending{}, false, nil
	}
	end, err = r.end(n, c.s.ClarificationInclusive)
	if unreached := new(CoverageError); errors.As(err, &unreached) && notice.IsZero() {
		c.warn("To when the time could be extended is not known: %s.", err) // the due date itself is
		return ending{}, false, nil
	}
	if err != nil {
		return ending{}, false, err
	}
	c.extension = &Extension{NoticeBy: On(by), Due: On(end.day)}
	if notice.IsZero() {
		c.say("An extension to %s can be had only by telling the person, with reasons, by %s (%s).", end.day.Words(), by.Words(), cite)
		return end, false, nil
	}
	c.extension.Given, r.extended = &notice, true
	c.say("Notice of an extension was given on %s, in time: the answer is now due on %s (%s).", notice.Words(), end.day.Words(), cite)
	return end, true, nil
}

func (c *clock) noExtension(why string) {
	if !c.q.ExtensionNotice.IsZero() {
		c.warn("The extension notice of %s changes nothing: %s.", c.q.ExtensionNotice.Words(), why)
	}
}

// unmoved warns about dates that were given and that this clock ignores.
func (c *clock) unmoved(what string, given bool) {
	if given {
		c.warn("%s does not move this clock.", what)
	}
}

// arrival is the day something arrived; for what is still awaited, the day up
// to which it is counted as awaited; the zero Date where nothing was asked for.
func (c *clock) arrival(s Span) Date {
	if s.open() {
		return later(s.From, c.q.AsOf)
	}
	return s.To
}

// await records what is still missing.
func (c *clock) await(what string, s Span) {
	if s.open() {
		c.waiting = append(c.waiting, fmt.Sprintf("%s, asked for on %s", what, s.From.Words()))
	}
}

// clarified is the clarifications with what is still awaited closed, in order.
func (c *clock) clarified() []Span {
	spans := slices.Clone(c.q.Clarifications)
	for i, s := range spans {
		c.await("clarification", s)
		spans[i].To = c.arrival(s)
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.From.Compare(b.From) })
	return spans
}

func (c *clock) say(format string, args ...any) {
	c.working = append(c.working, fmt.Sprintf(format, args...))
}

func (c *clock) warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

// doubt marks the result as resting on an unverified point.
func (c *clock) doubt(id string) {
	for _, d := range Doubts() {
		if s := d.String(); d.ID == id && !slices.Contains(c.unverified, s) {
			c.unverified = append(c.unverified, s)
		}
	}
}

// sayRoll explains why an end moved forward.
func (c *clock) sayRoll(cal Calendar, before, day Date, cite string) error {
	if before == day {
		return nil
	}
	off, err := cal.off(before, day.AddDays(-1), true)
	if err != nil {
		return err
	}
	c.say("No working day in %s: %s; so it moves to the end of the next working day, %s (%s).", cal.words(), off, day.Words(), cite)
	return nil
}

// sayOff names the bank holidays that a count of working days passed over.
func (c *clock) sayOff(cal Calendar, start, end Date, cite string) error {
	off, err := cal.off(start.AddDays(1), end, false)
	if err != nil || off == "" {
		return err
	}
	if cite != "" {
		cite = " (" + cite + ")"
	}
	c.say("Passed over besides weekends, as bank holidays of %s: %s%s.", cal.words(), off, cite)
	return nil
}
