package law

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Days far enough inside the built-in holidays that no clock leaves them.
var (
	firstDay = Date{2019, time.March, 1}
	lastDay  = Date{2027, time.June, 30}
)

var byDays = []Regime{Access, Rectification, Erasure, Restriction, Objection, Portability, AutomatedDecision,
	FOI, EIR, STAIRs, DPComplaint, OmbudsmanAck, Ombudsman1, Ombudsman2, FOIReview, EIRReview, WithoutDelay}

func anyDay(t *rapid.T, label string, from, to Date) Date {
	return from.AddDays(rapid.IntRange(0, to.DaysSince(from)).Draw(t, label))
}

func anyNation(t *rapid.T, r Regime) Nation {
	if r == STAIRs || r == OmbudsmanAck || r == Ombudsman1 || r == Ombudsman2 {
		return EnglandAndWales
	}
	return rapid.SampledFrom(Nations()).Draw(t, "nation")
}

func anyRequest(t *rapid.T) Request {
	r := rapid.SampledFrom(byDays).Draw(t, "regime")
	return Request{Regime: r, Received: anyDay(t, "received", firstDay, lastDay), Nation: anyNation(t, r)}
}

func anyPromise(t *rapid.T) *Promise {
	p := &Promise{
		ID:    "p",
		Count: rapid.IntRange(1, 90).Draw(t, "count"),
		Unit:  rapid.SampledFrom([]Unit{CalendarDays, WorkingDays, Months}).Draw(t, "unit"),
		AsLaw: rapid.Bool().Draw(t, "as law"),
	}
	if p.Unit == Months {
		p.Count = 1 + p.Count%4
	}
	if !p.AsLaw {
		p.Start = rapid.SampledFrom([]Start{"", FromReceived, FromIdentity, FromFee, FromCleared}).Draw(t, "start")
	}
	return p
}

func anySpan(t *rapid.T, label string, from Date) Span {
	asked := from.AddDays(rapid.IntRange(0, 60).Draw(t, label+" asked"))
	return Span{asked, asked.AddDays(rapid.IntRange(0, 40).Draw(t, label+" waited"))}
}

func must(t *rapid.T, h *Holidays, q Request) Result {
	r, err := Clock(h, q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	if r.Due.Before(r.Target) {
		t.Fatalf("%+v: target %s after due %s", q, r.Target, r.Due)
	}
	return r
}

func rolls(r Regime) bool { return r != STAIRs }

func TestDueIsAWorkingDay(t *testing.T) {
	h := Embedded()
	rapid.Check(t, func(t *rapid.T) {
		q := anyRequest(t)
		q.Clarifications = []Span{anySpan(t, "clarification", q.Received)}
		q.Identity = anySpan(t, "identity", q.Received)
		if rapid.Bool().Draw(t, "extended") {
			q.ExtensionNotice = q.Received
		}
		cal := h.In(q.Nation)
		r := must(t, h, q)
		law := r.Due // by choice or by law: it is the law's count
		for _, m := range []Moment{law, r.Target} {
			if ok, err := cal.Working(m.Date); err != nil || !ok && (m == r.Target || rolls(q.Regime)) {
				t.Fatalf("%s is no working day in %s (%v)", m, q.Nation, err)
			}
		}
	})
}

func TestLaterReceiptIsNeverDueEarlier(t *testing.T) {
	h := Embedded()
	rapid.Check(t, func(t *rapid.T) {
		q := anyRequest(t)
		later := q
		later.Received = q.Received.AddDays(rapid.IntRange(1, 40).Draw(t, "later"))
		// What is asked is asked after both: a pause that began before time did
		// loses its first days, which is the law's doing.
		if rapid.Bool().Draw(t, "clarified") {
			q.Clarifications = []Span{anySpan(t, "clarification", later.Received)}
			later.Clarifications = q.Clarifications
		}
		if rapid.Bool().Draw(t, "promised") {
			q.Promise = anyPromise(t)
			later.Promise = q.Promise
		}
		a, b := must(t, h, q), must(t, h, later)
		if a.Law == nil && b.Law != nil {
			return // a duty began in between, and cuts a longer promise short
		}
		if b.Due.Before(a.Due) || b.Target.Before(a.Target) {
			t.Fatalf("received %s: due %s, target %s; received %s: due %s, target %s", q.Received, a.Due, a.Target, later.Received, b.Due, b.Target)
		}
	})
}

func TestLaterIdentityIsNeverDueEarlier(t *testing.T) {
	h := Embedded()
	rapid.Check(t, func(t *rapid.T) {
		q := anyRequest(t)
		q.Identity = anySpan(t, "identity", q.Received)
		later := q
		later.Identity.To = q.Identity.To.AddDays(rapid.IntRange(1, 40).Draw(t, "later"))
		if rapid.Bool().Draw(t, "clarified") {
			q.Clarifications = []Span{anySpan(t, "clarification", later.Identity.To)}
			later.Clarifications = q.Clarifications
		}
		if a, b := must(t, h, q), must(t, h, later); b.Due.Before(a.Due) {
			t.Fatalf("identity on %s: due %s; on %s: due %s", q.Identity.To, a.Due, later.Identity.To, b.Due)
		}
	})
}

func TestPausingNeverShortens(t *testing.T) {
	h := Embedded()
	rapid.Check(t, func(t *rapid.T) {
		q := anyRequest(t)
		q.Settings = with(func(s *Settings) {
			s.STAIRsPauses = rapid.Bool().Draw(t, "stairs pauses")
			s.ClarificationInclusive = rapid.Bool().Draw(t, "inclusive")
		})
		for range rapid.IntRange(0, 3).Draw(t, "clarifications") {
			q.Clarifications = append(q.Clarifications, anySpan(t, "clarification", q.Received))
		}
		more := q
		more.Clarifications = append([]Span{anySpan(t, "one more", q.Received)}, q.Clarifications...)
		a, b := must(t, h, q), must(t, h, more)
		if b.Due.Before(a.Due) {
			t.Fatalf("due %s with %v, and %s with %v", a.Due, q.Clarifications, b.Due, more.Clarifications)
		}
		// Still waiting is never later than whatever the answer turns out to be.
		open := more
		open.Clarifications = append([]Span{{From: more.Clarifications[0].From}}, q.Clarifications...)
		if c := must(t, h, open); b.Due.Before(c.Due) {
			t.Fatalf("awaited: due %s; answered: due %s", c.Due, b.Due)
		}
	})
}

func TestExtendingNeverShortens(t *testing.T) {
	h := Embedded()
	rapid.Check(t, func(t *rapid.T) {
		q := anyRequest(t)
		q.Settings = with(func(s *Settings) { s.STAIRsExtendedDays = rapid.SampledFrom([]int{0, 30, 60}).Draw(t, "stairs") })
		q.Clarifications = []Span{anySpan(t, "clarification", q.Received)}
		q.Identity = anySpan(t, "identity", q.Received)
		if rapid.Bool().Draw(t, "promised") {
			q.Promise = anyPromise(t)
		}
		more := q
		more.ExtensionNotice = q.Received.AddDays(rapid.IntRange(0, 120).Draw(t, "notice"))
		a, b := must(t, h, q), must(t, h, more)
		if b.Due.Before(a.Due) {
			t.Fatalf("due %s, and %s once extended on %s", a.Due, b.Due, more.ExtensionNotice)
		}
		if b.Extension != nil && b.Extension.Given != nil && more.ExtensionNotice.After(b.Extension.NoticeBy.Date) {
			t.Fatalf("extended by a notice of %s that had to come by %s", more.ExtensionNotice, b.Extension.NoticeBy)
		}
	})
}

func TestPromiseNeverLaterThanLaw(t *testing.T) {
	h := Embedded()
	rapid.Check(t, func(t *rapid.T) {
		q := anyRequest(t)
		q.Identity = anySpan(t, "identity", q.Received)
		law := must(t, h, q)
		q.Promise = anyPromise(t)
		both := must(t, h, q)
		if law.Law == nil { // by choice: the promise alone counts
			return
		}
		if law.Due.Before(both.Due) {
			t.Fatalf("law %s, with the promise %+v %s", law.Due, q.Promise, both.Due)
		}
		if both.Due != both.Law.Due && both.Due != both.Promise.Due {
			t.Fatalf("due %s is neither the law's %s nor the promise's %s", both.Due, both.Law.Due, both.Promise.Due)
		}
	})
}

func TestBreachIsElapsedTime(t *testing.T) {
	h := Embedded()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1_500_000_000, 2_500_000_000).Draw(t, "aware"), 0)
		r := must(t, h, Request{Regime: Breach, At: at, Nation: anyNation(t, Breach)})
		if got := r.Due.At.Sub(at); got != 72*time.Hour {
			t.Fatalf("%s after %s", got, at)
		}
		back, err := ParseMoment(r.Due.String())
		if err != nil || back != r.Due {
			t.Fatalf("%s reads back as %s (%v)", r.Due, back, err)
		}
	})
}

func TestDates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDay(t, "day", Date{1900, 1, 1}, Date{2200, 1, 1})
		n := rapid.IntRange(-5000, 5000).Draw(t, "n")
		if got := d.AddDays(n).DaysSince(d); got != n {
			t.Fatalf("%s + %d days is %d days later", d, n, got)
		}
		months := rapid.IntRange(0, 60).Draw(t, "months")
		m := d.AddMonths(months)
		if (m.Year*12+int(m.Month))-(d.Year*12+int(d.Month)) != months || m.Day > d.Day {
			t.Fatalf("%s + %d months is %s", d, months, m)
		}
		if m.Day < d.Day && m.AddDays(1).Day != 1 {
			t.Fatalf("%s + %d months is %s, short of the month's end", d, months, m)
		}
		if next := d.AddDays(1).AddMonths(months); next.Before(m) {
			t.Fatalf("a day later, %d months end earlier: %s, %s", months, m, next)
		}
		if DateOf(d.Start()) != d || DateOf(d.End().Add(-time.Second)) != d {
			t.Fatalf("%s begins at %s and ends at %s", d, d.Start(), d.End())
		}
	})
}
