package law

import (
	"cmp"
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // a static binary on a bare machine still knows British Summer Time
)

var london = mustLoad("Europe/London")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic("law: the built-in time zones lack " + name)
	}
	return loc
}

// London is the time zone in which every date is decided.
func London() *time.Location { return london }

// Date is a civil date, without time or zone. The zero Date is no date. Dates
// compare with ==.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

const dateForm = "YYYY-MM-DD, such as 2026-11-22"

// NewDate is the date of year, month and day, or an error if the calendar has
// no such day or the year is not between 1 and 9999.
func NewDate(year int, month time.Month, day int) (Date, error) {
	d := Date{year, month, day}
	if year < 1 || year > 9999 {
		return Date{}, fmt.Errorf("year %d is not between 1 and 9999", year)
	}
	if month < time.January || month > time.December {
		return Date{}, fmt.Errorf("there is no month %d: write a date as %s", int(month), dateForm)
	}
	if last := daysIn(year, month); day < 1 || day > last {
		return Date{}, fmt.Errorf("there is no %d %s %d: the month has %d days", day, month, year, last)
	}
	return d, nil
}

// ParseDate reads exactly YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, errors.New("the date is empty: write it as " + dateForm)
	}
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return Date{}, fmt.Errorf("%q is not a date: write it as %s", clip(s), dateForm)
	}
	var parts [3]int
	for i, text := range []string{s[:4], s[5:7], s[8:]} {
		for _, r := range []byte(text) {
			if r < '0' || r > '9' {
				return Date{}, fmt.Errorf("%q is not a date: write it as %s", clip(s), dateForm)
			}
			parts[i] = parts[i]*10 + int(r-'0')
		}
	}
	d, err := NewDate(parts[0], time.Month(parts[1]), parts[2])
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date: %w", s, err)
	}
	return d, nil
}

// clip keeps an error message short whatever was typed.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// DateOf is the date on which t falls in London.
func DateOf(t time.Time) Date {
	y, m, d := t.In(london).Date()
	return Date{y, m, d}
}

// Start is the first instant of the day in London.
func (d Date) Start() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, london) }

// End is the instant at which the day is over in London: the next day's Start.
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays is the date n days later, or earlier where n is negative.
func (d Date) AddDays(n int) Date { return fromUTC(d.utc().AddDate(0, 0, n)) }

// AddMonths is the same day of the month n months later, or that month's last
// day if it has no such day (Reg (EEC, Euratom) 1182/71 Art 3(2)(c)).
func (d Date) AddMonths(n int) Date {
	first := fromUTC(time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC))
	first.Day = min(d.Day, daysIn(first.Year, first.Month))
	return first
}

// DaysSince is how many days d is after other; negative if it is before.
func (d Date) DaysSince(other Date) int { return int(d.utc().Sub(other.utc()) / (24 * time.Hour)) }

// Compare is -1, 0 or +1 as d is before, on or after other.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// String is YYYY-MM-DD, or "no date" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return "no date"
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Words is the date as people write it: Friday 25 December 2026.
func (d Date) Words() string {
	if d.IsZero() {
		return "no date"
	}
	return fmt.Sprintf("%s %d %s %d", d.Weekday(), d.Day, d.Month, d.Year)
}

// MarshalText writes YYYY-MM-DD. The zero Date has no text: a field that may
// be without a date is tagged omitzero, or is a pointer.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, errors.New("a date is missing where one must be written")
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func fromUTC(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func later(a, b Date) Date {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b Date) Date {
	if a.Before(b) {
		return a
	}
	return b
}
