package law

import (
	"slices"
	"time"
)

// Dates from which the law is as it is counted here.
var (
	article12AInForce = Date{2026, time.February, 5} // DUAA 2025 s.76; SI 2026/82
	complaintsInForce = Date{2026, time.June, 19}    // DUAA 2025 s.103
	stairsInForce     = Date{2027, time.April, 1}    // STAIRs chapter 2
)

const (
	citePeriods = "UK GDPR Art 4A; Reg (EEC, Euratom) 1182/71 Art 3(4)"

	// lateAsk is when asking for identity, authority or a fee is flagged. The law
	// says "promptly", not a number.
	lateAsk = 7
)

// rights counts the month of UK GDPR Arts 12 and 12A.
func (c *clock) rights() error {
	q := c.q
	cal := c.h.In(q.Nation)
	if c.s.RightsHolidays == ByAnyPart {
		cal = c.h.AnyPart()
	}
	r := &run{start: q.Received, unit: Months, cal: cal, rolls: true}
	c.run = r
	c.cite = "UK GDPR " + q.Regime.article() + " with Arts 12(3) and 12A"
	if q.Received.Before(article12AInForce) {
		c.cite = "UK GDPR " + q.Regime.article() + " with Art 12(3)"
		c.doubt(doubtBefore2026)
	}
	c.say("Received on %s: time runs from the day itself, working day or not (UK GDPR Art 12A(2)(a); ICO, time limits).", q.Received.Words())
	if q.Regime == Access {
		r.pauses = c.clarified()
	} else {
		c.unmoved("Asking for clarification (only an access request pauses, UK GDPR Art 12A(5))", len(q.Clarifications) > 0)
	}
	if err := c.restarts(r); err != nil {
		return err
	}
	c.started = On(r.start)

	month, err := r.end(1, c.s.ClarificationInclusive)
	if err != nil {
		return err
	}
	if month.raw.Day == r.start.Day {
		c.say("One month ends on the same date of the next month, %s (UK GDPR Art 12A(1); Reg (EEC, Euratom) 1182/71 Art 3(2)(c)).", month.raw.Words())
	} else {
		c.say("One month ends on the same date of the next month, and as that has no day %d, on its last: %s (UK GDPR Art 12A(1); Reg (EEC, Euratom) 1182/71 Art 3(2)(c)).", r.start.Day, month.raw.Words())
	}
	c.sayPauses(r, month)
	if err := c.sayRoll(cal, month.before, month.day, citePeriods); err != nil {
		return err
	}
	final, months := month, 1
	three, taken, err := c.extend(r, 3, month.day, "UK GDPR Art 12A(3)–(4): three months from the relevant time, for complexity or number")
	if err != nil {
		return err
	}
	if taken {
		final, months = three, 3
		if err := c.sayRoll(cal, three.before, three.day, citePeriods); err != nil {
			return err
		}
	}
	c.lawDue = On(final.day)
	if err := c.rightsTarget(r, months, final); err != nil {
		return err
	}
	c.rightsDoubts(r, months, final)
	return nil
}

// restarts moves the start to the day the last thing that had to arrive did.
func (c *clock) restarts(r *run) error {
	type need struct {
		what, cite string
		span       Span
	}
	needs := []need{
		{"Proof of identity", "UK GDPR Arts 12(6), 12A(2)(b)", c.q.Identity},
		{"Proof of authority to act for the person", "ICO, time limits, 8 December 2025", c.q.Authority},
		{"The fee", "UK GDPR Arts 12(5), 12A(2)(c)", c.q.Fee},
	}
	slices.SortStableFunc(needs, func(a, b need) int { return a.span.From.Compare(b.span.From) }) // as they were asked for
	for _, n := range needs {
		if n.span.IsZero() {
			continue
		}
		due, err := r.end(1, c.s.ClarificationInclusive)
		if err != nil {
			return err
		}
		if n.span.From.After(due.day) {
			c.warn("%s was asked for on %s, when the time was already up: it moves nothing.", n.what, n.span.From.Words())
			continue
		}
		if !n.span.From.IsZero() {
			if days := n.span.From.DaysSince(c.q.Received); days > lateAsk {
				c.warn("%s was asked for %d days after the request: it must be asked for promptly.", n.what, days)
			}
		}
		c.await(n.what, n.span)
		came := c.arrival(n.span)
		switch {
		case n.span.open():
			r.start = later(r.start, came)
			c.say("%s was asked for on %s and is awaited: time has not begun to run, and a whole month will run from its arrival (%s).", n.what, n.span.From.Words(), n.cite)
		case came.After(r.start):
			r.start = came
			c.say("%s arrived on %s: a whole month runs from then (%s).", n.what, came.Words(), n.cite)
		default:
			c.say("%s arrived on %s and moves nothing: time runs from the latest of what was needed, %s (%s).", n.what, came.Words(), r.start.Words(), n.cite)
		}
	}
	return nil
}

// sayPauses explains what stopped the clock and what did not.
func (c *clock) sayPauses(r *run, e ending) {
	for _, p := range e.counted {
		c.say("From %s to %s clarification was awaited: %s, the day of asking and the day of the answer included, do not count (UK GDPR Art 12A(5)).",
			p.From.Words(), p.To.Words(), plural(p.days(c.s.ClarificationInclusive), "day"))
		if days := p.From.DaysSince(r.start); days > lateAsk {
			c.warn("Clarification was asked for %s after time began to run: it must be asked for without undue delay.", plural(days, "day"))
		}
	}
	if e.paused > 0 {
		c.say("%s added: %s.", plural(e.paused, "day"), e.before.Words())
		c.doubt(doubtClarification)
	}
	for _, p := range r.pauses {
		switch {
		case p.To.Before(r.start):
			c.warn("The clarification from %s to %s is worth nothing: time had not begun to run.", p.From.Words(), p.To.Words())
		case p.From.After(e.day):
			c.warn("Clarification was asked for on %s, when the month was already up: it does not stop the month.", p.From.Words())
		}
	}
}

// rightsTarget is the due date with the shorter count of pauses, or the fixed
// target of the settings if that is earlier.
func (c *clock) rightsTarget(r *run, months int, due ending) error {
	short, err := r.end(months, false)
	if err != nil {
		return err
	}
	c.target = On(earlier(short.day, due.day))
	if c.target.Date != due.day {
		c.say("Work to %s: the pause counted without its first day, for the case that the regulator counts so.", c.target.Words())
	}
	if c.s.TargetDays > 0 && months == 1 {
		fixed, err := r.cal.RollBack(r.start.AddDays(c.s.TargetDays + short.paused))
		if err != nil {
			return err
		}
		if !fixed.Before(r.start) && fixed.Before(c.target.Date) {
			c.target = On(fixed)
			whose := "that this landlord has set itself"
			if c.s.TargetDays == icoTarget {
				whose = "that the ICO suggests for a fixed target"
			}
			c.say("Work to %s, the target of %s %s.", fixed.Words(), plural(c.s.TargetDays, "day"), whose)
		}
	}
	return nil
}

// icoTarget is the fixed number of days that never overshoots a month (ICO, "What should we consider when responding").
const icoTarget = 28

// rightsDoubts marks the choice of calendar where another would give another
// day.
func (c *clock) rightsDoubts(r *run, months int, due ending) {
	other := *r
	other.cal = c.h.AnyPart()
	if c.s.RightsHolidays == ByAnyPart {
		other.cal = c.h.In(c.q.Nation)
	}
	if e, err := other.end(months, c.s.ClarificationInclusive); err != nil || e.day != due.day {
		c.doubt(doubtRightsHolidays)
	}
}
