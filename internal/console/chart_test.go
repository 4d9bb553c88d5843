package console

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestChartCountsEveryCaseOnce: whatever the due dates, each case is in one bar,
// and no bar leaves the drawing.
func TestChartCountsEveryCaseOnce(t *testing.T) {
	now := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var due []time.Time
		for _, d := range rapid.SliceOfN(rapid.IntRange(-400, 400), 1, 300).Draw(t, "days") {
			due = append(due, now.AddDate(0, 0, d))
		}
		c := newChart(now, due)
		n := 0
		for _, b := range c.Bars {
			n += b.Cases
			if b.Width < 0 || b.Width > chartBars || b.Y+chartBar > c.Height || b.Cases > 0 && b.Width == 0 {
				t.Fatalf("a bar leaves the drawing: %+v", b)
			}
		}
		if n != len(due) {
			t.Fatalf("%d cases are drawn as %d", len(due), n)
		}
	})
	if newChart(now, nil) != nil {
		t.Error("a chart of nothing is drawn")
	}
}

func TestStrip(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	for name, tc := range map[string]struct {
		started, due, now time.Time
		want              Strip
	}{
		"half way":    {day(1), day(21), day(11), Strip{300, "calm"}},
		"before":      {day(10), day(20), day(1), Strip{0, "calm"}},
		"after":       {day(1), day(10), day(25), Strip{600, "late"}},
		"no time":     {day(5), day(5), day(5), Strip{0, "soon"}},
		"never begun": {time.Time{}, time.Time{}, day(5), Strip{0, "late"}},
	} {
		if got := newStrip(tc.started, tc.due, tc.now); got != tc.want {
			t.Errorf("%s: got %+v, wanted %+v", name, got, tc.want)
		}
	}
}
