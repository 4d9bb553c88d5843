package console

import (
	"fmt"
	"strings"
	"time"

	"tenet/internal/web"
)

// PromiseStrip is the history of a promise as a row of bars: one for each look at it, of
// which height and pattern say what the colour says.
type PromiseStrip struct {
	Bars  []StripBar
	Width int
	Says  string // the same in words
}

// StripBar is one look at a promise.
type StripBar struct {
	X, Y, Height int
	Class        string // ending: "calm", "soon", "late", "none"
	Dot          bool   // a mark at the foot, which only what is broken has
	Title        string
}

// The drawing's own units.
const (
	stripBar    = 6
	stripStep   = 8
	stripHeight = 30
	stripMost   = 60
)

// stripShape is how a status is drawn: what is kept reaches the top, what is broken is
// low and marked, and what nobody knows stands between.
var stripShape = map[string]struct {
	height int
	class  string
}{
	"kept": {30, "calm"}, "attested": {24, "calm"}, "unproven": {16, "soon"}, "broken": {8, "late"}, "not-checkable": {3, "none"},
}

func newPromiseStrip(points []PromisePoint) *PromiseStrip {
	if len(points) == 0 {
		return nil
	}
	points = points[max(0, len(points)-stripMost):]
	s := &PromiseStrip{Width: len(points) * stripStep}
	for i, p := range points {
		shape, ok := stripShape[p.Status]
		if !ok {
			shape = stripShape["not-checkable"]
		}
		s.Bars = append(s.Bars, StripBar{X: i * stripStep, Y: stripHeight - shape.height, Height: shape.height, Class: shape.class, Dot: p.Status == "broken",
			Title: web.Date(p.On) + ": " + strings.ToLower(statusWords(p.Status))})
	}
	s.Says = stripWords(points)
	return s
}

// stripWords is the history in a sentence: when it last changed, or that it did not.
func stripWords(points []PromisePoint) string {
	last := points[len(points)-1]
	since, was := points[0].On, ""
	for i := len(points) - 1; i > 0; i-- {
		if points[i-1].Status != last.Status {
			since, was = points[i].On, points[i-1].Status
			break
		}
	}
	now := statusWords(last.Status)
	if was == "" {
		return fmt.Sprintf("%s each time it was looked at since %s.", now, web.Date(since))
	}
	return fmt.Sprintf("%s since %s; before that %s.", now, web.Date(since), strings.ToLower(statusWords(was)))
}

// PromiseBars is why promises are unproven, as bars.
type PromiseBars struct {
	Bars   []PromiseBar
	Height int
}

// PromiseBar is one reason.
type PromiseBar struct {
	Label                    string
	N                        int
	Y, TextY, Width, NumberX int
}

const (
	reasonLabel = 170
	reasonBars  = 250
)

func newPromiseBars(list []promiseCause) *PromiseBars {
	if len(list) == 0 {
		return nil
	}
	most := 1
	for _, c := range list {
		most = max(most, c.N)
	}
	out := &PromiseBars{Height: len(list) * chartRow}
	for i, c := range list {
		b := PromiseBar{Label: c.Says, N: c.N, Y: i*chartRow + (chartRow-chartBar)/2, Width: max(c.N*reasonBars/most, 2)}
		b.TextY, b.NumberX = b.Y+15, reasonLabel+b.Width+8
		out.Bars = append(out.Bars, b)
	}
	return out
}

// took is how long a check took, for people.
func took(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
