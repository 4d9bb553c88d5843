package law

// reviewDays is the twenty working days for looking again, and environmentReviewDays
// the forty of the Environmental Information Regulations outside Scotland.
const (
	reviewDays            = 20
	environmentReviewDays = 40
)

// review counts the landlord's second look at an answer to an FOI or EIR request,
// from the day the person asked for it.
func (c *clock) review() error {
	q := c.q
	scottish := q.Nation == Scotland
	cal, days := c.h.AnyPart(), reviewDays
	name, standing := "FOIA 2000", c.s.FOI
	c.cite = "FOIA 2000 s.45 Code of Practice, Part 5"
	if q.Regime == EIRReview {
		name, standing, days = "EIR 2004", c.s.EIR, environmentReviewDays
		c.cite = "EIR 2004 reg 11(4)"
	}
	if scottish {
		days = reviewDays
		if c.s.ScottishInformation == ByNation {
			cal = c.h.In(Scotland)
		}
		c.doubt(doubtScotland)
		name, c.cite = "FOISA 2002", "FOISA 2002 s.21(1)"
		if q.Regime == EIRReview {
			name, c.cite = "EI(S)R 2004", "EI(S)R 2004 reg 16(4)"
		}
	}
	if err := c.standing(standing, name, "setting "+string(q.Regime[:3])); err != nil {
		return err
	}
	c.doubt(doubtReview)
	c.unmoved("Proof of identity, authority, a fee or a clarification",
		!q.Identity.IsZero() || !q.Authority.IsZero() || !q.Fee.IsZero() || len(q.Clarifications) > 0)
	c.noExtension("a review has none here")
	r := &run{start: q.Received, unit: WorkingDays, cal: cal}
	c.run = r
	due, err := r.end(days, true)
	if err != nil {
		return err
	}
	c.say("The review was asked for on %s: the %dth working day after that is %s (%s).", q.Received.Words(), days, due.day.Words(), c.cite)
	if err := c.sayOff(cal, q.Received, due.day, ""); err != nil {
		return err
	}
	c.lawDue, c.target = On(due.day), On(due.day)
	return nil
}

// promptly is how many calendar days staff aim for where the law says no more
// than "without undue delay" and nobody has set another target. It is ours.
const promptly = 14

// withoutDelay gives what the law sets no time for a day to work to.
func (c *clock) withoutDelay() error {
	q := c.q
	c.unmoved("Proof of identity, authority, a fee or a clarification",
		!q.Identity.IsZero() || !q.Authority.IsZero() || !q.Fee.IsZero() || len(q.Clarifications) > 0)
	c.noExtension("there is no period to extend")
	days := c.s.TargetDays
	if days == 0 {
		days = promptly
	}
	cal := c.h.In(q.Nation)
	c.run = &run{start: q.Received, unit: CalendarDays, cal: cal}
	aim, err := cal.RollBack(q.Received.AddDays(days))
	if err != nil {
		return err
	}
	if aim.Before(q.Received) {
		aim = q.Received.AddDays(days)
	}
	c.say("From %s: no law sets a number of days; where one asks for this, it says only that it is done without undue delay.", q.Received.Words())
	c.say("Work to %s, the target of %s.", aim.Words(), plural(days, "day"))
	c.target = On(aim)
	return nil
}
