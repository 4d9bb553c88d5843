package console

import (
	"time"

	"tenet/internal/web"
)

// Chart is open cases by days left, drawn as bars by the template and repeated
// in a table beside them.
type Chart struct {
	Bars   []Bar
	Height int // of the drawing, in its own units
	Cases  int
}

// Bar is one span of days.
type Bar struct {
	Label   string
	Cases   int
	Class   string // ending: "late", "soon", "calm"
	Y       int    // top of the bar
	TextY   int    // baseline of the text beside it
	Width   int
	NumberX int // where the number stands
}

// The drawing's own units; the style sheet scales it to the page.
const (
	chartLabel = 104 // width of the labels
	chartBars  = 210 // width of the longest bar
	chartRow   = 30
	chartBar   = 20
)

func newChart(now time.Time, due []time.Time) *Chart {
	if len(due) == 0 {
		return nil
	}
	spans := []struct {
		label string
		most  int // days left, at most
	}{
		{"Late", -1}, {"0 to 2 days", 2}, {"3 to 5 days", web.Soon}, {"6 to 10 days", 10}, {"11 to 20 days", 20}, {"Over 20 days", 1 << 30},
	}
	c := &Chart{Height: len(spans) * chartRow, Cases: len(due)}
	for _, s := range spans {
		class := "calm"
		if s.most < 0 {
			class = "late"
		} else if s.most <= web.Soon {
			class = "soon"
		}
		c.Bars = append(c.Bars, Bar{Label: s.label, Class: class})
	}
	most := 0
	for _, d := range due {
		left := web.Days(now, d)
		for i, s := range spans {
			if left <= s.most {
				c.Bars[i].Cases++
				most = max(most, c.Bars[i].Cases)
				break
			}
		}
	}
	for i := range c.Bars {
		b := &c.Bars[i]
		b.Y = i*chartRow + (chartRow-chartBar)/2
		b.TextY = b.Y + 15
		b.Width = b.Cases * chartBars / most
		if b.Cases > 0 {
			b.Width = max(b.Width, 2) // one among hundreds is still to be seen
		}
		b.NumberX = chartLabel + b.Width + 8
	}
	return c
}

// Strip is a clock drawn as a line from its start to its due date.
type Strip struct {
	Gone  int    // how far along the line today is, of 600
	Class string // "late", "soon", "calm"
}

func newStrip(started, due, now time.Time) Strip {
	s := Strip{Class: web.Urgency(now, due)}
	whole := due.Sub(started)
	if whole <= 0 {
		return s
	}
	s.Gone = int(600 * min(max(now.Sub(started).Seconds()/whole.Seconds(), 0), 1))
	return s
}
