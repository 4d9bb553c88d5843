package bench

import (
	"testing"
	"time"

	"tenet/internal/law"
)

// A clock with its working in words, beside the sum it rests on: a month on,
// and past the weekend.
func BenchmarkClock(b *testing.B) {
	received, err := law.ParseDate("2026-11-25")
	if err != nil {
		b.Fatal(err)
	}
	holidays := law.Embedded()
	for b.Loop() {
		if _, err := law.Clock(holidays, law.Request{Regime: law.Access, Received: received, Nation: law.EnglandAndWales}); err != nil {
			b.Fatal(err)
		}
	}
	took := per(b)
	const times = 1000
	var due time.Time
	plain := once(b, func() {
		for range times {
			due = time.Date(2026, time.November, 25, 0, 0, 0, 0, time.UTC).AddDate(0, 1, 0)
			for due.Weekday() == time.Saturday || due.Weekday() == time.Sunday {
				due = due.AddDate(0, 0, 1)
			}
		}
	}) / times
	if due.IsZero() {
		b.Fatal("no date")
	}
	compare(ratio{"law.Clock, access", short(took), short(plain), "AddDate and the weekend, unexplained", float64(took) / float64(plain)})
}
