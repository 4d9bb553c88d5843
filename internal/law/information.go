package law

import (
	"errors"
	"fmt"
)

// informationDays is the twenty working days of FOIA, FOISA and both sets of
// environmental regulations.
const informationDays = 20

// information counts FOI and EIR requests, and their Scottish counterparts.
func (c *clock) information() error {
	q := c.q
	scottish := q.Nation == Scotland
	cal, calCite := c.h.AnyPart(), "FOIA 2000 s.10(6)"
	name, standing, extended := "FOIA 2000", c.s.FOI, c.s.FOIExtendedDays
	c.cite = "FOIA 2000 s.10(1)"
	extendCite, extendDoubt := "FOIA 2000 s.10(3): a reasonable time, for a qualified exemption only", doubtFOIExtension
	if q.Regime == EIR {
		name, standing, extended = "EIR 2004", c.s.EIR, c.s.EIRExtendedDays
		c.cite, calCite = "EIR 2004 reg 5(2)", "EIR 2004 reg 2(1)"
		extendCite, extendDoubt = "EIR 2004 reg 7(1): both complex and voluminous", doubtEIRExtension
	}
	if scottish {
		calCite = ""
		if c.s.ScottishInformation == ByNation {
			cal = c.h.In(Scotland)
		}
		c.doubt(doubtScotland)
		if q.Regime == FOI {
			name, c.cite, extended = "FOISA 2002", "FOISA 2002 s.10(1)", 0
		} else {
			name, c.cite = "EI(S)R 2004", "EI(S)R 2004 reg 5(2)(a)"
			extendCite = "EI(S)R 2004 reg 7(1): both complex and voluminous"
		}
	}
	if err := c.standing(standing, name, "setting "+string(q.Regime)); err != nil {
		return err
	}
	c.unmoved("Proof of identity or authority", !q.Identity.IsZero() || !q.Authority.IsZero())
	c.say("Received on %s: the next day is the first that can count, and only working days do (%s).", q.Received.Words(), c.cite)

	r := &run{start: q.Received, unit: WorkingDays, cal: cal}
	c.run = r
	if err := c.reclarified(r); err != nil {
		return err
	}
	if err := c.feesNotice(r, scottish); err != nil {
		return err
	}
	c.started = On(r.start)
	due, err := r.end(informationDays, true)
	if err != nil {
		return err
	}
	for _, p := range due.counted {
		until := "and was paid on " + p.To.Words()
		if q.Fee.open() {
			until = "and is unpaid, counted to " + p.To.Words()
		}
		c.say("The fees notice went out on %s %s: the working days of that time, both days included, do not count (FOIA 2000 s.10(2)).", p.From.Words(), until)
	}
	c.say("The %dth working day after %s is %s.", informationDays, r.start.Words(), due.day.Words())
	if err := c.sayOff(cal, r.start, due.day, calCite); err != nil {
		return err
	}
	final := due.day
	if extended == 0 {
		c.noExtension("there is no extension")
	} else {
		c.doubt(extendDoubt)
		more, taken, err := c.extend(r, extended, due.day, extendCite)
		if err != nil {
			return err
		}
		if taken {
			final = more.day
		}
	}
	c.lawDue, c.target = On(final), On(final)
	return nil
}

// reclarified restarts the count on the day an unclear request was made clear.
func (c *clock) reclarified(r *run) error {
	for _, s := range c.clarified() {
		due, err := r.end(informationDays, true)
		if err != nil {
			return err
		}
		switch {
		case !c.s.InformationRestarts:
			c.warn("The clarification asked for on %s does not move this clock (setting information-restarts).", s.From.Words())
			continue
		case s.From.After(due.day):
			c.warn("Clarification was asked for on %s, when the time was already up: it moves nothing.", s.From.Words())
			continue
		}
		r.start = later(r.start, s.To)
		c.say("The request was unclear, and clarification was asked for on %s: twenty working days run afresh from the answer, here %s (FOIA 2000 s.1(3); EIR 2004 reg 9(4)).", s.From.Words(), s.To.Words())
		c.doubt(doubtRestarts)
	}
	return nil
}

// feesNotice leaves out the working days between a fees notice and payment.
func (c *clock) feesNotice(r *run, scottish bool) error {
	fee := c.q.Fee
	if fee.IsZero() {
		return nil
	}
	if c.q.Regime == EIR || scottish {
		c.warn("What a charge does to this clock is not verified, so it does not move it: answer within the date shown.")
		return nil
	}
	if fee.From.IsZero() {
		return errors.New("the date of the fees notice is missing: FOIA 2000 s.10(2) leaves out the days from the notice to the payment, so give both")
	}
	c.await("the fee", fee)
	paid := Span{From: fee.From, To: c.arrival(fee)}
	due, err := r.end(informationDays, true)
	if err != nil {
		return err
	}
	if fee.From.After(due.day) {
		c.warn("The fees notice of %s came when the time was already up: it moves nothing.", fee.From.Words())
		return nil
	}
	r.pauses = []Span{paid}
	return nil
}

// standing notes that a law does not bind this landlord, or refuses to count it.
func (c *clock) standing(s Standing, name, setting string) error {
	switch s {
	case Voluntary:
		c.byChoice = fmt.Sprintf("%s does not bind this landlord: it answers by choice, and the date is counted as if it were bound.", name)
	case None:
		if c.q.Promise == nil {
			return fmt.Errorf("%s does not bind this landlord, and it does not answer as if it did (%s: none): there is no clock unless the notice promises one", name, setting)
		}
		c.byChoice = name + " does not bind this landlord: only its own promise counts."
	}
	return nil
}

// stairs counts requests under the Social Tenant Access to Information
// Requirements, chapter 2.
func (c *clock) stairs() error {
	q := c.q
	if q.Nation != EnglandAndWales {
		return fmt.Errorf("STAIRs binds registered private providers in England only, not in %s", q.Nation.words())
	}
	if err := c.standing(c.s.STAIRs, "STAIRs", "setting stairs"); err != nil {
		return err
	}
	if c.byChoice == "" && q.Received.Before(stairsInForce) {
		c.byChoice = fmt.Sprintf("Not a statutory STAIRs request: it was received before requests begin on %s; it is answered by choice, counted as one.", stairsInForce.Words())
	}
	c.cite = "STAIRs chapter 2 (MHCLG policy statement, 30 September 2025)"
	c.unmoved("Proof of identity, authority or a fee", !q.Identity.IsZero() || !q.Authority.IsZero() || !q.Fee.IsZero())
	c.doubt(doubtStairsDays)
	r := &run{start: q.Received, unit: CalendarDays, cal: c.h.In(EnglandAndWales), rolls: c.s.STAIRsRolls}
	c.run = r
	if len(q.Clarifications) > 0 {
		c.doubt(doubtStairsPause)
		if c.s.STAIRsPauses {
			r.pauses = c.clarified()
		} else {
			c.warn("Asking for clarification does not stop this clock (setting stairs-pauses).")
		}
	}
	due, err := r.end(c.s.STAIRsDays, c.s.ClarificationInclusive)
	if err != nil {
		return err
	}
	c.say("Received on %s: %d calendar days, weekends and holidays included, end on %s (%s).", q.Received.Words(), c.s.STAIRsDays, due.raw.Words(), c.cite)
	if due.paused > 0 {
		c.say("%s of clarification do not count: %s.", plural(due.paused, "day"), due.before.Words())
	}
	if err := c.sayRoll(r.cal, due.before, due.day, "setting stairs-rolls"); err != nil {
		return err
	}
	if working, err := r.cal.Working(due.before); err != nil {
		return err
	} else if !working {
		c.doubt(doubtStairsRoll)
	}
	final := due.day
	if c.s.STAIRsExtendedDays == 0 {
		c.noExtension("no rule that extends STAIRs was found (setting stairs-extended-days)")
	} else {
		c.doubt(doubtStairsExtend)
		more, taken, err := c.extend(r, c.s.STAIRsExtendedDays, due.day, "setting stairs-extended-days")
		if err != nil {
			return err
		}
		if taken {
			final = more.day
		}
	}
	c.lawDue = On(final)
	return c.targetBefore(r.cal, final)
}

// targetBefore works to the last working day on or before day.
func (c *clock) targetBefore(cal Calendar, day Date) error {
	aim, err := cal.RollBack(day)
	if err != nil {
		return err
	}
	if aim.Before(c.q.Received) {
		aim = day
	}
	if c.target = On(aim); c.target != c.lawDue {
		c.say("Work to %s.", aim.Words())
	}
	return nil
}
