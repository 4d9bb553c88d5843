package law

import (
	"fmt"
	"time"
)

// Moment is when something happened or is due: a day, or an instant of that day
// where the law or the promise counts hours. A day that is a deadline lasts
// until its end.
type Moment struct {
	Date Date      // the day, in London
	At   time.Time // the instant; zero where only the day matters
}

// On is the Moment of a whole day.
func On(d Date) Moment { return Moment{Date: d} }

// At is the Moment of an instant, to the second, in London's time.
func At(t time.Time) Moment {
	t = t.In(london).Truncate(time.Second)
	return Moment{Date: DateOf(t), At: t}
}

// Deadline is the instant after which it is too late: the instant itself, or
// the end of the day in London.
func (m Moment) Deadline() time.Time {
	if m.At.IsZero() {
		return m.Date.End()
	}
	return m.At
}

// Before reports whether m, as a deadline, comes before other.
func (m Moment) Before(other Moment) bool { return m.Deadline().Before(other.Deadline()) }

// IsZero reports whether m is no moment at all.
func (m Moment) IsZero() bool { return m.Date.IsZero() && m.At.IsZero() }

// Words is the moment as people write it: Friday 25 December 2026, or Monday
// 30 November 2026 at 17:30 GMT.
func (m Moment) Words() string {
	if m.At.IsZero() {
		return m.Date.Words()
	}
	return m.Date.Words() + m.At.In(london).Format(" at 15:04 MST")
}

// String is YYYY-MM-DD, or RFC 3339 with London's offset for an instant.
func (m Moment) String() string {
	if m.At.IsZero() {
		return m.Date.String()
	}
	return m.At.In(london).Format(time.RFC3339)
}

// MarshalText writes what String says; a zero Moment is an error.
func (m Moment) MarshalText() ([]byte, error) {
	if m.At.IsZero() {
		return m.Date.MarshalText()
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads a date or an instant; see ParseMoment.
func (m *Moment) UnmarshalText(text []byte) (err error) {
	*m, err = ParseMoment(string(text))
	return err
}

// ParseMoment reads a date (YYYY-MM-DD), an instant with its offset (RFC 3339),
// or a London time without one (YYYY-MM-DDThh:mm, seconds if you like). A
// London time that never was, or that came twice when the clocks changed, is an
// error that says so.
func ParseMoment(s string) (Moment, error) {
	if len(s) <= len("2006-01-02") {
		d, err := ParseDate(s)
		return On(d), err
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		if year := t.UTC().Year(); year < 1900 || year > 9000 {
			return Moment{}, fmt.Errorf("%q is not a time anyone means: the year is %d", clip(s), year)
		}
		return At(t), nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"} {
		wall, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		return atWall(wall, s)
	}
	return Moment{}, fmt.Errorf("%q is not a time: write it as 2026-11-27T17:30, or with its offset as 2026-11-27T17:30:00Z", clip(s))
}

// atWall finds the one instant at which London's clocks showed wall.
func atWall(wall time.Time, s string) (Moment, error) {
	var found []time.Time
	for _, offset := range []time.Duration{time.Hour, 0} { // British Summer Time, then Greenwich
		t := wall.Add(-offset)
		if _, seconds := t.In(london).Zone(); time.Duration(seconds)*time.Second == offset {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 1:
		return At(found[0]), nil
	case 0:
		return Moment{}, fmt.Errorf("%q never was in London: the clocks went forward over it", s)
	}
	return Moment{}, fmt.Errorf("%q came twice in London when the clocks went back: add the offset, +01:00 or Z", s)
}
