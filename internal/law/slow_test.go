package law

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// slow counts the law's clocks by walking through the days one at a time, with time's
// own calendar and GOV.UK's file read by other code, so that it shares no mistake
// with what it is held against.
type slow struct {
	off map[string]map[string]bool // part of the United Kingdom → day → bank holiday
}

func newSlow(t testing.TB) slow {
	t.Helper()
	data, err := os.ReadFile("holidays.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]struct{ Events []struct{ Date string } }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	s := slow{map[string]map[string]bool{"any": {}}}
	for part, events := range file {
		s.off[part] = map[string]bool{}
		for _, e := range events.Events {
			s.off[part][e.Date], s.off["any"][e.Date] = true, true
		}
	}
	return s
}

const form = "2006-01-02"

func (s slow) works(d time.Time, part string) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !s.off[part][d.Format(form)]
}

func (s slow) roll(d time.Time, part string) time.Time {
	for !s.works(d, part) {
		d = d.AddDate(0, 0, 1)
	}
	return d
}

// months walks to the same day of the month n months on, or to the month's last day.
func months(d time.Time, n int) time.Time {
	day, seen := d.Day(), 0
	for seen < n || d.Day() != day {
		next := d.AddDate(0, 0, 1)
		if next.Month() != d.Month() {
			if seen == n {
				return d // the month ends before the day comes
			}
			seen++
		}
		d = next
	}
	return d
}

// paused walks from start to an end that moves a day for each day that does not
// count. A pause counts whole if it begins before the time is up.
func (s slow) paused(start, end time.Time, roll func(time.Time) time.Time, stopped map[string]bool) time.Time {
	in := false
	for d := start; ; d = d.AddDate(0, 0, 1) {
		up := d.After(roll(end))
		switch in = stopped[d.Format(form)] && (in || !up); {
		case in:
			end = end.AddDate(0, 0, 1)
		case up:
			return roll(end)
		}
	}
}

func (s slow) working(d time.Time, n int, part string, stopped map[string]bool) time.Time {
	for n > 0 {
		if d = d.AddDate(0, 0, 1); s.works(d, part) && !stopped[d.Format(form)] {
			n--
		}
	}
	return d
}

// due is the last day by law, whether it binds or is kept by choice.
func (s slow) due(q Request) time.Time {
	day := func(d Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }
	start, part := day(q.Received), string(q.Nation)
	stopped := map[string]bool{}
	for _, c := range q.Clarifications {
		for d := day(c.From); !d.After(day(c.To)); d = d.AddDate(0, 0, 1) {
			stopped[d.Format(form)] = true
		}
	}
	switch q.Regime {
	case Access, Rectification, Erasure, Restriction, Objection, Portability, AutomatedDecision:
		if q.Regime != Access {
			stopped = nil
		}
		roll := func(d time.Time) time.Time { return s.roll(d, part) }
		if !q.Identity.IsZero() && !day(q.Identity.From).After(s.paused(start, months(start, 1), roll, stopped)) && day(q.Identity.To).After(start) {
			start = day(q.Identity.To)
		}
		end := s.paused(start, months(start, 1), roll, stopped)
		if !q.ExtensionNotice.IsZero() && !day(q.ExtensionNotice).After(end) {
			end = s.paused(start, months(start, 3), roll, stopped)
		}
		return end
	case FOI, EIR:
		if q.Nation != Scotland {
			part = "any"
		}
		for _, c := range q.Clarifications {
			if !day(c.From).After(s.working(start, 20, part, nil)) && day(c.To).After(start) {
				start = day(c.To)
			}
		}
		return s.working(start, 20, part, nil)
	case FOIReview, EIRReview:
		n := 20
		if q.Regime == EIRReview && q.Nation != Scotland {
			n = 40
		}
		if q.Nation != Scotland {
			part = "any"
		}
		return s.working(start, n, part, nil)
	case STAIRs:
		return start.AddDate(0, 0, 30)
	case DPComplaint:
		return s.roll(start.AddDate(0, 0, 30), part)
	case OmbudsmanAck:
		return s.working(start, 5, part, nil)
	case Ombudsman1, Ombudsman2:
		from, n := s.working(start, 5, part, nil), map[Regime]int{Ombudsman1: 10, Ombudsman2: 20}[q.Regime]
		if !q.Acknowledged.IsZero() {
			from = day(q.Acknowledged)
		}
		return s.working(from, n, part, nil)
	}
	panic("the slow count does not know " + q.Regime)
}

// slowRequest is a request that the two counts are held against each other on.
func slowRequest(t *rapid.T) Request {
	q := Request{Regime: rapid.SampledFrom([]Regime{Access, Access, Rectification, Erasure, Restriction, Objection, Portability, AutomatedDecision,
		FOI, EIR, FOIReview, EIRReview, STAIRs, DPComplaint, OmbudsmanAck, Ombudsman1, Ombudsman2}).Draw(t, "regime")}
	q.Received, q.Nation = anyDay(t, "received", firstDay, lastDay), anyNation(t, q.Regime)
	if rapid.Bool().Draw(t, "identity") {
		q.Identity = anySpan(t, "identity", q.Received)
	}
	if rapid.Bool().Draw(t, "clarified") {
		q.Clarifications = []Span{anySpan(t, "first", q.Received)}
		if rapid.Bool().Draw(t, "twice") { // a free day between them, or they are one
			q.Clarifications = append(q.Clarifications, anySpan(t, "second", q.Clarifications[0].To.AddDays(2)))
		}
	}
	if (q.Regime == Ombudsman1 || q.Regime == Ombudsman2) && rapid.Bool().Draw(t, "acknowledged") {
		q.Acknowledged = q.Received.AddDays(rapid.IntRange(0, 9).Draw(t, "acknowledged"))
	}
	if rapid.Bool().Draw(t, "extended") && len(q.Regime.article()) > 0 && q.Regime != FOI && q.Regime != EIR && q.Regime != Ombudsman1 && q.Regime != Ombudsman2 {
		q.ExtensionNotice = q.Received.AddDays(rapid.IntRange(0, 100).Draw(t, "notice"))
	}
	return q
}

func againstSlow(t *testing.T) func(*rapid.T) {
	s, h := newSlow(t), Embedded()
	return func(t *rapid.T) {
		q := slowRequest(t)
		r := must(t, h, q)
		if want := s.due(q).Format(form); r.Due.String() != want {
			t.Fatalf("%+v: due %s, and walking gives %s\n%v", q, r.Due, want, r.Working)
		}
	}
}

func TestAgainstSlow(t *testing.T) {
	check := againstSlow(t)
	for range 50 { // the corners are rare, and walking is quick enough
		rapid.Check(t, check)
	}
}

func FuzzAgainstSlow(f *testing.F) {
	var check func(*rapid.T)
	fuzz := rapid.MakeFuzz(func(t *rapid.T) { check(t) })
	f.Add(bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 512)) // fewer are too few to draw a request from, which is left out
	f.Fuzz(func(t *testing.T, data []byte) {
		if check == nil {
			check = againstSlow(t)
		}
		fuzz(t, data)
	})
}
