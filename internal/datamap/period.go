package datamap

import (
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/rows"
)

// span is a run of days, both ends included, as "2006-01-02" text, which sorts
// as the days do. An open end is "9999-12-31".
type span struct{ from, until string }

const open = "9999-12-31"

// period reads a first and a last day. A missing last day, or one so far ahead
// that it can only mean "still" (year 2099 and such), leaves the end open.
// There must be a first day: without one nothing can be said.
func period(from, until rows.Value) (span, bool) {
	s := span{until: open}
	var ok bool
	if s.from, ok = day(from); !ok {
		return span{}, false
	}
	if !until.Empty() {
		end, ok := day(until)
		if !ok {
			return span{}, false
		}
		if end < "2090" {
			s.until = end
		}
	}
	return s, true
}

// day reads the day of a canonical date or time. Sentinels for "unknown" are
// not days.
func day(v rows.Value) (string, bool) {
	text := strings.TrimSpace(v.Text)
	if v.Null || len(text) < 10 {
		return "", false
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		text = law.DateOf(at).String() // an instant is of the day that it was in London
	}
	d, err := time.Parse("2006-01-02", text[:10])
	if err != nil || d.Year() <= 1900 {
		return "", false
	}
	return text[:10], true
}

func (s span) overlaps(o span) bool { return s.from <= o.until && o.from <= s.until }
