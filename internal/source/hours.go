package source

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // London is London on a machine without zone files too
)

// HoursError is a scan put off: the source's URL has hours=, and it is not the
// time. It is no failure of the source. Callers find it with errors.As, show it and come again.
type HoursError struct {
	Hours string    // "20:00-06:00", as in the URL
	Until time.Time // when the source may be scanned again, in Europe/London
}

// Error is why, and until when: "outside its hours until 20:00 (20:00-06:00, London)".
func (e *HoursError) Error() string {
	return fmt.Sprintf("outside its hours until %s (%s, London)", e.Until.Format("15:04"), e.Hours)
}

// hours are a time of day, by the clock on a wall in London, within which a
// source may be read through. The zero value is the whole day.
type hours struct {
	from, to int // minutes from midnight; from may be after to: over midnight
	london   *time.Location
}

var errHours = errors.New("hours= in the URL must be like 20:00-06:00, by the clock in London")

// readHours reads 20:00-06:00.
func readHours(s string) (hours, error) {
	var h hours
	if len(s) != len("20:00-06:00") || s[5] != '-' {
		return h, errHours
	}
	for i, minutes := range []*int{&h.from, &h.to} {
		t, err := time.Parse("15:04", s[6*i:6*i+5])
		if err != nil {
			return hours{}, errHours
		}
		*minutes = t.Hour()*60 + t.Minute()
	}
	if h.from == h.to {
		return hours{}, fmt.Errorf("%w; these begin when they end", errHours)
	}
	var err error
	if h.london, err = time.LoadLocation("Europe/London"); err != nil {
		return hours{}, fmt.Errorf("hours= in the URL: %w", err)
	}
	return h, nil
}

func (h hours) always() bool { return h.from == h.to }

func (h hours) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.from/60, h.from%60, h.to/60, h.to%60)
}

// in says whether an instant is within the hours.
func (h hours) in(t time.Time) bool {
	if h.always() {
		return true
	}
	t = t.In(h.london)
	now := t.Hour()*60 + t.Minute()
	if h.from < h.to {
		return h.from <= now && now < h.to
	}
	return h.from <= now || now < h.to
}

// change is the next minute at which the hours begin or end. It looks at each minute
// in turn, so that a night on which the clock is put forward or back needs
// no rule of its own. The answer is zero where there is none within two days.
func (h hours) change(t time.Time) time.Time {
	is := h.in(t)
	for m, end := t.Truncate(time.Minute).Add(time.Minute), t.Add(48*time.Hour); m.Before(end); m = m.Add(time.Minute) {
		if h.in(m) != is {
			return m.In(h.london)
		}
	}
	return time.Time{}
}
