package law

import (
	"errors"
	"fmt"
	"time"
)

// dpComplaint counts the thirty days to acknowledge a complaint to the
// controller.
func (c *clock) dpComplaint() error {
	const days = 30
	q := c.q
	c.cite = "DPA 2018 s.164A"
	if q.Received.Before(complaintsInForce) {
		c.byChoice = fmt.Sprintf("Not a statutory complaint to the controller: it was received before the duty began on %s; it is acknowledged by choice, counted as one.", complaintsInForce.Words())
	}
	c.unmoved("Proof of identity, authority, a fee or a clarification",
		!q.Identity.IsZero() || !q.Authority.IsZero() || !q.Fee.IsZero() || len(q.Clarifications) > 0)
	c.noExtension("acknowledging has no extension")
	r := &run{start: q.Received, unit: CalendarDays, cal: c.h.In(q.Nation), rolls: true}
	c.run = r
	due, err := r.end(days, true)
	if err != nil {
		return err
	}
	c.say("Received on %s: the day after is day 1, and day %d is %s (DPA 2018 s.164A; ICO guidance).", q.Received.Words(), days, due.raw.Words())
	if err := c.sayRoll(r.cal, due.before, due.day, "DPA 2018 s.205(2); Reg (EEC, Euratom) 1182/71 Art 3(4)"); err != nil {
		return err
	}
	c.say("That is for the acknowledgement: steps to look into the complaint begin on receipt, and the outcome follows without undue delay.")
	c.lawDue = On(due.day)
	// The statute's own words would make the day of receipt day 1.
	return c.targetBefore(r.cal, q.Received.AddDays(days-1))
}

// ombudsman counts the Housing Ombudsman's Complaint Handling Code.
func (c *clock) ombudsman() error {
	const ack = 5
	q := c.q
	if q.Nation != EnglandAndWales {
		return fmt.Errorf("the Housing Ombudsman's Code is for landlords in England, not in %s: put the period of your own ombudsman in the notice, and count it as promise:ID", q.Nation.words())
	}
	cal := c.h.In(q.Nation)
	other := c.h.AnyPart()
	if c.s.OmbudsmanHolidays == ByAnyPart {
		cal, other = other, cal
	}
	c.unmoved("Proof of identity, authority, a fee or a clarification",
		!q.Identity.IsZero() || !q.Authority.IsZero() || !q.Fee.IsZero() || len(q.Clarifications) > 0)
	ackBy, err := cal.AddWorking(q.Received, ack)
	if err != nil {
		return err
	}
	c.cite = "Housing Ombudsman, Complaint Handling Code (1 April 2024)"
	c.say("Received on %s: to be acknowledged within %d working days, by %s (%s).", q.Received.Words(), ack, ackBy.Words(), c.cite)
	if q.Regime == OmbudsmanAck {
		c.unmoved("The acknowledgement", !q.Acknowledged.IsZero())
		c.noExtension("acknowledging has no extension")
		c.run = &run{start: q.Received, unit: WorkingDays, cal: cal}
		c.lawDue, c.target = On(ackBy), On(ackBy)
		c.ombudsmanDoubt(other, q.Received, ackBy, ack)
		return c.sayOff(cal, q.Received, ackBy, "")
	}
	days := 10
	if q.Regime == Ombudsman2 {
		days = 20
	}
	start, aim := q.Acknowledged, q.Acknowledged
	switch {
	case start.IsZero():
		// Not acknowledged: the answer can be due no later than this, and the
		// target holds even if the acknowledgement goes out today.
		start, aim = ackBy, q.Received
		c.waiting = append(c.waiting, "the acknowledgement, due by "+ackBy.Words())
		c.warn("Not acknowledged yet: counted from the last day for it, and the date moves earlier once it is sent.")
	case start.After(ackBy):
		aim = ackBy
		c.warn("Acknowledged on %s, later than the Code allows, %s: work to the date that an acknowledgement in time would have given.", start.Words(), ackBy.Words())
	}
	c.started = On(start)
	r := &run{start: start, unit: WorkingDays, cal: cal}
	c.run = r
	due, err := r.end(days, true)
	if err != nil {
		return err
	}
	c.say("The answer is due %d working days after the acknowledgement, counted from %s: %s (%s).", days, start.Words(), due.day.Words(), c.cite)
	if err := c.sayOff(cal, start, due.day, ""); err != nil {
		return err
	}
	final, counted := due.day, days
	more, taken, err := c.extend(r, 2*days, due.day, fmt.Sprintf("Complaint Handling Code: up to %d working days more, with reasons and how to reach the Ombudsman", days))
	if err != nil {
		return err
	}
	if taken {
		final, counted = more.day, 2*days
	}
	c.lawDue = On(final)
	target, err := cal.AddWorking(aim, counted)
	if err != nil {
		return err
	}
	if c.target = On(target); target != final {
		c.say("Work to %s.", target.Words())
	}
	c.ombudsmanDoubt(other, start, final, counted)
	return nil
}

// ombudsmanDoubt marks the choice of calendar where the other would give
// another day.
func (c *clock) ombudsmanDoubt(other Calendar, start, due Date, days int) {
	if day, err := other.AddWorking(start, days); err != nil || day != due {
		c.doubt(doubtOmbudsman)
	}
}

// breach counts the seventy-two hours to tell the regulator.
func (c *clock) breach() error {
	const hours = 72
	if c.q.At.IsZero() {
		return errors.New("a breach counts hours: give the time at which the landlord became aware, such as 2026-11-27T17:30")
	}
	c.unmoved("Proof of identity, authority, a fee or a clarification",
		!c.q.Identity.IsZero() || !c.q.Authority.IsZero() || !c.q.Fee.IsZero() || len(c.q.Clarifications) > 0)
	c.noExtension("a late report gives its reasons instead (UK GDPR Art 33(1))")
	c.received = At(c.q.At)
	c.started = c.received
	c.cite = "UK GDPR Art 33(1)"
	c.lawDue = At(c.q.At.Add(hours * time.Hour))
	c.target = c.lawDue
	c.say("Aware on %s, with reasonable certainty that personal data were compromised.", c.received.Words())
	c.say("%d hours later, weekends and holidays included, is %s (UK GDPR Art 33(1)).", hours, c.lawDue.Words())
	if _, before := c.received.At.Zone(); before != zoneOf(c.lawDue) {
		c.say("The clocks change in between: the hours that pass count, not those the clock shows.")
	}
	c.say("The regulator is told without undue delay unless a risk to people is unlikely; what is not known yet may follow in phases, and a late report says why (UK GDPR Art 33(1), (4)).")
	return nil
}

func zoneOf(m Moment) int {
	_, offset := m.At.Zone()
	return offset
}
