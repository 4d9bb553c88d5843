package console

import (
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"time"

	"tenet/internal/web"
)

// Figures is how the office is doing.
type Figures interface {
	Figures(ctx context.Context) (FigureSet, error)
}

// FigureSet is how the office is doing, counted from the cases themselves.
type FigureSet struct {
	Since    time.Time // cases that ended before are left out of OnTime
	OnTime   []KindFigures
	Weeks    []Amount // open cases at the end of each week, oldest first
	Waiting  []Amount // open cases by how long the person has waited
	Workload []Load
	STAIRs   []YearFigures // for publication, the newest year first; none where there were no requests
}

// KindFigures is the cases of one kind that were answered.
type KindFigures struct {
	Kind           string
	Answered, Late int
	Median         int // days from receipt to the answer
}

// Percent is how many of a hundred were in time.
func (k KindFigures) Percent() int {
	if k.Answered == 0 {
		return 0
	}
	return (k.Answered - k.Late) * 100 / k.Answered
}

// Amount is a number of cases and what they have in common.
type Amount struct {
	Label string
	Cases int
}

// Load is what one person has in hand.
type Load struct {
	Who              string
	Cases, Late      int
	Tasks, TasksLate int
}

// YearFigures is what a provider publishes of requests under STAIRs in one year.
type YearFigures struct {
	Year                                string // "1 April 2027 to 31 March 2028"
	Received, Answered, InTime, Refused int
	Reviews, Upheld, Open               int
	Median                              int // days
}

func (c *Console) figuresRoutes() map[string]page {
	if c.Figures == nil {
		return nil
	}
	return map[string]page{"GET /cases/figures": c.figures}
}

type figuresView struct {
	FigureSet
	InTime, Down, Waited, InHand *Chart
}

func (c *Console) figures(w http.ResponseWriter, r *http.Request, staff Staff) {
	set, err := c.Figures.Figures(r.Context())
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	v := figuresView{FigureSet: set, Down: newBars(set.Weeks, 1), Waited: newBars(set.Waiting, 1)}
	var in, load []Amount
	for _, k := range set.OnTime {
		in = append(in, Amount{k.Kind, k.Percent()})
	}
	for _, l := range set.Workload {
		load = append(load, Amount{l.Who, l.Cases})
	}
	v.InTime, v.InHand = newBars(in, 100), newBars(load, 1)
	c.show(w, r, staff, "figures", "/cases/figures", web.Page{Title: "Figures", Main: v})
}

// newBars is amounts as bars, of which the whole width is the largest or most; nil
// where there are none.
func newBars(list []Amount, most int) *Chart {
	if len(list) == 0 {
		return nil
	}
	c := &Chart{Height: len(list) * chartRow}
	for _, a := range list {
		most = max(most, a.Cases)
		c.Cases += a.Cases
	}
	for i, a := range list {
		b := Bar{Label: clipLabel(a.Label), Cases: a.Cases, Class: "calm", Y: i*chartRow + (chartRow-chartBar)/2, Width: a.Cases * chartBars / most}
		if a.Cases > 0 {
			b.Width = max(b.Width, 2)
		}
		b.TextY, b.NumberX = b.Y+15, chartLabel+b.Width+8
		c.Bars = append(c.Bars, b)
	}
	return c
}

// clipLabel is as much of a label as stands before the bars; the table has all of it.
func clipLabel(s string) string {
	if r := []rune(s); len(r) > 14 {
		return string(r[:13]) + "…"
	}
	return s
}

// export is the list of cases as it was chosen, for a spreadsheet.
func (c *Console) export(w http.ResponseWriter, r *http.Request, staff Staff) {
	q := caseQuery(r, staff)
	q.Page = 0
	list, err := c.list(r, staff, q)
	if err != nil {
		c.pages.Fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="cases-`+c.Now().In(web.London).Format(time.DateOnly)+`.csv"`)
	if err := writeCases(w, list.Cases); err != nil {
		c.Log.Error("an export of cases broke off", "error", err)
	}
}

// writeCases writes cases as Excel opens them: in UTF-8 and saying so, with lines
// that end as its own do.
func writeCases(w interface{ Write([]byte) (int, error) }, list []CaseRow) error {
	if _, err := w.Write([]byte("\uFEFF")); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(web.London).Format(time.DateOnly)
	}
	if err := out.Write([]string{"Case", "Kind", "Person", "Received", "Due", "State", "Waiting", "With", "Flags"}); err != nil {
		return err
	}
	for _, k := range list {
		row := []string{k.Number, k.Kind, k.Person, day(k.Received), day(k.Due), k.State, k.Paused, k.With, strings.Join(k.Flags, "; ")}
		for i := range row {
			row[i] = plainCell(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// plainCell is a text that a spreadsheet takes for nothing else: what begins as a
// formula does gets an apostrophe before it (CWE-1236), and no control character stays.
func plainCell(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if trimmed := []rune(strings.TrimSpace(s)); len(trimmed) > 0 && slices.Contains([]rune("=+-@|%＝＋－＠"), trimmed[0]) {
		return "'" + s
	}
	return s
}
