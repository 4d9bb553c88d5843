package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/law"
	"tenet/internal/web"
)

const weeksShown = 12

// Figures is how the office is doing: what was answered in the last twelve months, and
// what is open. It is counted anew each time, from the cases.
func (s caseWork) Figures(ctx context.Context) (console.FigureSet, error) {
	today := s.d.Today()
	out := console.FigureSet{Since: today.AddMonths(-12).Start()}
	open, err := s.everyCase(ctx, false, time.Time{})
	if err != nil {
		return out, s.told(ctx, err)
	}
	// The figures of STAIRs are of whole years, of which the one before this is the last.
	ended, err := s.everyCase(ctx, true, today.AddMonths(-36).Start())
	if err != nil {
		return out, s.told(ctx, err)
	}
	if out.OnTime, err = s.onTime(ended, out.Since); err != nil {
		return out, s.told(ctx, err)
	}
	out.Weeks = weeks(today, open, ended)
	out.Waiting = waited(today, open)
	if out.Workload, err = s.workload(ctx, open); err != nil {
		return out, s.told(ctx, err)
	}
	out.STAIRs, err = s.stairs(append(slices.Clone(open), ended...))
	return out, s.told(ctx, err)
}

// answered says whether a case ended with an answer, and not because the person wanted
// none, had died or was somebody else's.
func answered(k cases.Case) bool {
	return k.Ending != nil && (k.Ending.How == cases.Released || k.Ending.How == cases.Refused)
}

// inTime says whether every clock of a case was met by its day.
func (s caseWork) inTime(k cases.Case) (bool, error) {
	clocks, err := s.d.Cases.ClocksOf(k, nil)
	if err != nil {
		return false, err
	}
	for _, c := range clocks {
		met := c.Clock.Met
		if met.IsZero() {
			met = law.DateOf(k.Ended)
		}
		if met.After(c.Result.Due.Date) {
			return false, nil
		}
	}
	return true, nil
}

func (s caseWork) onTime(ended []cases.Case, since time.Time) ([]console.KindFigures, error) {
	days := map[law.Kind][]int{}
	figures := map[law.Kind]*console.KindFigures{}
	for _, k := range ended {
		if k.Ended.Before(since) || !answered(k) {
			continue
		}
		f := figures[k.Kind]
		if f == nil {
			f = &console.KindFigures{Kind: kindTitle(k.Kind)}
			figures[k.Kind] = f
		}
		f.Answered++
		ok, err := s.inTime(k)
		if err != nil {
			return nil, err
		}
		if !ok {
			f.Late++
		}
		days[k.Kind] = append(days[k.Kind], law.DateOf(k.Ended).DaysSince(k.Received))
	}
	var out []console.KindFigures
	for _, kind := range law.Kinds() {
		if f := figures[kind]; f != nil {
			f.Median = median(days[kind])
			out = append(out, *f)
		}
	}
	return out, nil
}

// median of numbers; 0 of none.
func median(list []int) int {
	if len(list) == 0 {
		return 0
	}
	list = slices.Sorted(slices.Values(list))
	n := len(list) / 2
	if len(list)%2 == 0 {
		return (list[n-1] + list[n]) / 2
	}
	return list[n]
}

// weeks is how many cases were open at the end of each of the last weeks, the last of
// which ends today.
func weeks(today law.Date, open, ended []cases.Case) []console.Amount {
	var out []console.Amount
	for w := weeksShown - 1; w >= 0; w-- {
		day := today.AddDays(-7 * w)
		n := 0
		for _, k := range open {
			if !k.Received.After(day) {
				n++
			}
		}
		for _, k := range ended {
			if !k.Received.After(day) && law.DateOf(k.Ended).After(day) {
				n++
			}
		}
		out = append(out, console.Amount{Label: web.Date(day.Start()), Cases: n})
	}
	if len(open) == 0 && !slices.ContainsFunc(out, func(a console.Amount) bool { return a.Cases > 0 }) {
		return nil
	}
	return out
}

// waited is open cases by how many days the person has waited.
func waited(today law.Date, open []cases.Case) []console.Amount {
	if len(open) == 0 {
		return nil
	}
	spans := []struct {
		label string
		most  int
	}{{"0 to 7 days", 7}, {"8 to 14 days", 14}, {"15 to 28 days", 28}, {"29 to 60 days", 60}, {"61 to 90 days", 90}, {"Over 90 days", 1 << 30}}
	out := make([]console.Amount, len(spans))
	for i := range spans {
		out[i].Label = spans[i].label
	}
	for _, k := range open {
		days := today.DaysSince(k.Received)
		for i, s := range spans {
			if days <= s.most {
				out[i].Cases++
				break
			}
		}
	}
	return out
}

// workload is what each person has in hand.
func (s caseWork) workload(ctx context.Context, open []cases.Case) ([]console.Load, error) {
	tasks, err := s.openTasks(ctx, cases.TaskFilter{})
	if err != nil {
		return nil, err
	}
	name := accounts{s.d}.names(ctx)
	loads := map[string]*console.Load{}
	load := func(who string) *console.Load {
		if loads[who] == nil {
			loads[who] = &console.Load{Who: who}
		}
		return loads[who]
	}
	held := map[string]string{}
	now := s.d.Now()
	for _, t := range tasks {
		who := s.owner(t.Owner, name)
		if t.Place == holding && t.Sort == cases.TaskOther {
			held[t.Case] = who
			continue
		}
		l := load(who)
		l.Tasks++
		if t.Due.Before(now) {
			l.TasksLate++
		}
	}
	for _, k := range open {
		l := load(cmp.Or(held[k.ID], nobody))
		l.Cases++
		if !k.Due.IsZero() && k.Due.Deadline().Before(now) {
			l.Late++
		}
	}
	var out []console.Load
	for _, l := range loads {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b console.Load) int {
		return cmp.Or(b.Cases-a.Cases, b.Tasks-a.Tasks, strings.Compare(a.Who, b.Who))
	})
	return out, nil
}

// stairs is what a provider publishes of requests under STAIRs, by years that begin in
// April. A request counts in the year in which it came.
func (s caseWork) stairs(all []cases.Case) ([]console.YearFigures, error) {
	years := map[int]*console.YearFigures{}
	days := map[int][]int{}
	for _, k := range all {
		if k.Kind != law.KindSTAIRs {
			continue
		}
		y := k.Received.Year
		if k.Received.Month < time.April {
			y--
		}
		f := years[y]
		if f == nil {
			f = &console.YearFigures{Year: fmt.Sprintf("1 April %d to 31 March %d", y, y+1)}
			years[y] = f
		}
		f.Received++
		if slices.ContainsFunc(k.Inputs.Also, func(c cases.Clock) bool { return !c.From.IsZero() }) || k.Reviewed != nil {
			f.Reviews++
		}
		if k.Reviewed != nil && k.Reviewed.Upheld {
			f.Upheld++
		}
		if k.State.Running() {
			f.Open++
			continue
		}
		if !answered(k) {
			continue
		}
		f.Answered++
		if k.Ending.How == cases.Refused {
			f.Refused++
		}
		ok, err := s.inTime(k)
		if err != nil {
			return nil, err
		}
		if ok {
			f.InTime++
		}
		days[y] = append(days[y], law.DateOf(k.Ended).DaysSince(k.Received))
	}
	var out []console.YearFigures
	for y, f := range years {
		f.Median = median(days[y])
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b console.YearFigures) int { return strings.Compare(b.Year[8:], a.Year[8:]) })
	return out, nil
}
