package law

import "slices"

// run is one period being counted in days or months: how the clocks of the law, and
// promises that follow them, get from a start to an end.
type run struct {
	start    Date
	unit     Unit // CalendarDays, Months or WorkingDays
	cal      Calendar
	rolls    bool   // an end that is no working day moves forward
	pauses   []Span // closed; in any order, overlapping or not
	extended bool   // the law's own extension has been taken
}

// ending is where a run ends, and how it got there.
type ending struct {
	raw     Date   // the end before pauses and rolling
	paused  int    // days that did not count
	counted []Span // the pauses that did stop the clock, merged
	before  Date   // the end with pauses, before rolling
	day     Date   // the end
}

// end counts n units. A pause that begins when the time is already up stops
// nothing, and what lies before the start was never running.
func (r run) end(n int, inclusive bool) (ending, error) {
	var e ending
	pauses := union(r.pauses, r.start)
	for {
		if err := r.place(&e, n, inclusive); err != nil {
			return ending{}, err
		}
		next := len(e.counted)
		if next == len(pauses) || pauses[next].From.After(e.day) {
			return e, nil
		}
		e.counted = slices.Clone(pauses[:next+1])
	}
}

// place works out the end with the pauses counted so far.
func (r run) place(e *ending, n int, inclusive bool) (err error) {
	if r.unit == WorkingDays {
		if e.raw, err = r.cal.AddWorking(r.start, n); err != nil {
			return err
		}
		e.before, err = r.cal.AddWorking(r.start, n, e.counted...)
		e.day = e.before
		return err
	}
	e.raw = r.start.AddDays(n)
	if r.unit == Months {
		e.raw = r.start.AddMonths(n)
	}
	e.paused = 0
	for _, p := range e.counted {
		e.paused += p.days(inclusive)
	}
	e.before = e.raw.AddDays(e.paused)
	e.day = e.before
	if r.rolls {
		e.day, err = r.cal.Roll(e.before)
	}
	return err
}
