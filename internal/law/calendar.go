package law

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Calendar tells working days from others: Monday to Friday, less the bank
// holidays of one nation, or of any part of the United Kingdom.
type Calendar struct {
	holidays *Holidays
	nations  []Nation
}

// In is the calendar of one nation.
func (h *Holidays) In(n Nation) Calendar { return Calendar{h, []Nation{n}} }

// AnyPart is the calendar in which a bank holiday anywhere in the United Kingdom
// is no working day (FOIA 2000 s.10(6); EIR 2004 reg 2(1)).
func (h *Holidays) AnyPart() Calendar { return Calendar{h, Nations()} }

// Holiday is the name of the bank holiday on d, "" if d is none, or an error if
// the calendar does not reach d.
func (c Calendar) Holiday(d Date) (string, error) {
	var titles []string
	where := map[string][]string{}
	for _, n := range c.nations {
		years := c.holidays.years[n]
		if d.Before(years.from) {
			return "", &CoverageError{Date: d, Nation: n, Reach: "begin on " + years.from.Words()}
		}
		if d.After(years.to) {
			return "", &CoverageError{Date: d, Nation: n, Reach: "end on " + years.to.Words()}
		}
		if title, ok := c.holidays.days[n][d]; ok {
			if where[title] == nil {
				titles = append(titles, title)
			}
			where[title] = append(where[title], n.words())
		}
	}
	for i, title := range titles {
		if len(where[title]) < len(c.nations) {
			titles[i] = title + " in " + list(where[title])
		}
	}
	return strings.Join(titles, "; "), nil
}

// CoverageError says that the bank holidays at hand do not reach a date.
type CoverageError struct {
	Date   Date
	Nation Nation
	Reach  string // "end on Sunday 31 December 2028"
}

func (e *CoverageError) Error() string {
	return fmt.Sprintf("whether %s is a working day is not known: the bank holidays of %s %s; fetch https://www.gov.uk/bank-holidays.json and run: tenet law holidays --from FILE",
		e.Date.Words(), e.Nation.words(), e.Reach)
}

// Working reports whether d is a working day.
func (c Calendar) Working(d Date) (bool, error) {
	name, err := c.Holiday(d)
	return err == nil && name == "" && !weekend(d), err
}

func weekend(d Date) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// Roll is d if it is a working day, otherwise the next one that is.
func (c Calendar) Roll(d Date) (Date, error) { return c.step(d, 1) }

// RollBack is d if it is a working day, otherwise the last one before it.
func (c Calendar) RollBack(d Date) (Date, error) { return c.step(d, -1) }

func (c Calendar) step(d Date, by int) (Date, error) {
	for {
		ok, err := c.Working(d)
		if ok || err != nil {
			return d, err
		}
		d = d.AddDays(by)
	}
}

// AddWorking is the n-th working day after d: d itself never counts, whether it
// is a working day or not. Days within the pauses do not count either.
func (c Calendar) AddWorking(d Date, n int, pauses ...Span) (Date, error) {
	for n > 0 {
		d = d.AddDays(1)
		ok, err := c.Working(d)
		if err != nil {
			return Date{}, err
		}
		if ok && !slices.ContainsFunc(pauses, func(p Span) bool { return p.contains(d) }) {
			n--
		}
	}
	return d, nil
}

// off names, in words, the days from first to last that are no working days;
// weekends only where asked for.
func (c Calendar) off(first, last Date, weekends bool) (string, error) {
	var out []string
	for d := first; !d.After(last); d = d.AddDays(1) {
		name, err := c.Holiday(d)
		if err != nil {
			return "", err
		}
		switch {
		case name != "" && (weekends || !weekend(d)):
			out = append(out, fmt.Sprintf("%s (%s)", d.Words(), name))
		case weekends && weekend(d):
			out = append(out, d.Words())
		}
	}
	return list(out), nil
}

// words names the calendar where a sentence says whose holidays count.
func (c Calendar) words() string {
	if len(c.nations) > 1 {
		return "any part of the United Kingdom"
	}
	return c.nations[0].words()
}

// list joins words as people do: a, b and c.
func list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}
