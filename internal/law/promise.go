package law

import (
	"errors"
	"fmt"
	"time"
)

// Unit is what a promise counts in.
type Unit string

// The units.
const (
	CalendarDays Unit = "calendar-days"
	WorkingDays  Unit = "working-days"
	Months       Unit = "months"
	Hours        Unit = "hours"
)

// Start is when a promise begins to run.
type Start string

// The starts. An empty Start is FromReceived.
const (
	FromReceived Start = "received" // the request, whatever else is awaited
	FromIdentity Start = "identity" // the later of the request and proof of identity and authority
	FromFee      Start = "fee"      // the later of the request and the fee
	FromCleared  Start = "cleared"  // the latest of all of these
)

// Promise is a period that the landlord's own notice sets.
//
// Read by itself a promise is kept as its words stand: nothing stops it, and it
// does not roll forward over a weekend. With AsLaw it says what the law says in
// the landlord's words, and runs as the law's clock does: from the same start,
// through the same pauses, forward to the same working days; an extension that
// the law allows sets it aside.
type Promise struct {
	ID    string `json:"id" yaml:"id"`
	Says  string `json:"says" yaml:"says"` // the sentence of the notice
	Count int    `json:"count" yaml:"count"`
	Unit  Unit   `json:"unit" yaml:"unit"`
	Start Start  `json:"start,omitempty" yaml:"start,omitempty"`
	AsLaw bool   `json:"as-law,omitempty" yaml:"as-law,omitempty"`
}

// Validate refuses a promise that cannot be counted, naming the field.
func (p Promise) Validate() error {
	switch p.Unit {
	case CalendarDays, WorkingDays, Months, Hours:
	default:
		return fmt.Errorf("unit is %q: use calendar-days, working-days, months or hours", clip(string(p.Unit)))
	}
	switch p.Start {
	case "", FromReceived, FromIdentity, FromFee, FromCleared:
	default:
		return fmt.Errorf("start is %q: use received, identity, fee or cleared", clip(string(p.Start)))
	}
	if most := map[Unit]int{CalendarDays: 3660, WorkingDays: 2600, Months: 120, Hours: 87_840}[p.Unit]; p.Count < 1 || p.Count > most {
		return fmt.Errorf("count is %d: use 1 to %d %s", p.Count, most, p.Unit)
	}
	if p.AsLaw && p.Start != "" {
		return errors.New("start and as-law are both set: as-law starts when the law's clock does")
	}
	if p.AsLaw && p.Unit == Hours {
		return errors.New("as-law cannot count hours")
	}
	return nil
}

func (p Promise) words() string {
	unit := map[Unit]string{CalendarDays: "calendar day", WorkingDays: "working day", Months: "month", Hours: "hour"}[p.Unit]
	return plural(p.Count, unit)
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// promised counts the promise: its due, and a sentence of working.
func (c *clock) promised(p Promise) (Moment, error) {
	nation := c.h.In(c.q.Nation)
	if p.AsLaw {
		return c.promisedAsLaw(p)
	}
	start := c.promiseStart(p)
	if p.Unit == Hours {
		if c.q.At.IsZero() {
			return Moment{}, fmt.Errorf("promise %s counts hours: give the time of receipt, such as %sT09:30", p.ID, c.q.Received)
		}
		from := c.q.At
		if start.After(c.q.Received) {
			from = start.Start() // the hour of arrival is not known: the day's first is the safe one
		}
		due := At(from.Add(time.Duration(p.Count) * time.Hour))
		c.say("The notice promises %s from %s: %s.", p.words(), At(from).Words(), due.Words())
		return due, nil
	}
	var due Date
	var err error
	switch p.Unit {
	case CalendarDays:
		due = start.AddDays(p.Count)
	case Months:
		due = start.AddMonths(p.Count)
	case WorkingDays:
		due, err = nation.AddWorking(start, p.Count)
	}
	if err != nil {
		return Moment{}, err
	}
	c.say("The notice promises %s, counted from %s and as its words stand, with no pause and no rolling forward: %s.", p.words(), start.Words(), due.Words())
	if p.Unit == WorkingDays {
		if err := c.sayOff(nation, start, due, ""); err != nil {
			return Moment{}, err
		}
	}
	return On(due), nil
}

func (c *clock) promisedAsLaw(p Promise) (Moment, error) {
	if c.run == nil {
		return Moment{}, fmt.Errorf("promise %s is to run as the law does, and no law of days counts here: leave as-law out", p.ID)
	}
	r := *c.run
	r.unit = p.Unit
	end, err := r.end(p.Count, c.s.ClarificationInclusive)
	if err != nil {
		return Moment{}, err
	}
	c.say("The notice promises %s, run as the law's clock runs: %s.", p.words(), end.day.Words())
	if c.run.extended && end.day.Before(c.lawDue.Date) {
		c.say("As in law, the extension sets that aside: %s.", c.lawDue.Words())
		return c.lawDue, nil
	}
	return On(end.day), nil
}

func (c *clock) promiseStart(p Promise) Date {
	start := c.q.Received
	if p.Start == FromIdentity || p.Start == FromCleared {
		start = later(start, later(c.arrival(c.q.Identity), c.arrival(c.q.Authority)))
	}
	if p.Start == FromFee || p.Start == FromCleared {
		start = later(start, c.arrival(c.q.Fee))
	}
	return start
}
