package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/law"
)

// holding is the place of the task that says who has a case in hand: whoever owns the
// open one.
const holding = "answer"

// nobody is whom a case is with that nobody took in hand.
const nobody = "Nobody in particular"

// holder is who has a case in hand; empty if nobody has.
func (s staffDesk) holder(ctx context.Context, id string) (string, error) {
	tasks, err := s.d.Cases.Tasks(ctx, id)
	for _, t := range slices.Backward(tasks) {
		if t.Place == holding && t.Outcome == "" {
			return t.Owner, nil
		}
	}
	return "", err
}

// openTasks is the open tasks that a filter chooses, of all cases that whoever acts may see.
func (s staffDesk) openTasks(ctx context.Context, f cases.TaskFilter) ([]cases.OpenTask, error) {
	var all []cases.OpenTask
	for f.Limit, f.Skip = 1000, 0; ; f.Skip += f.Limit {
		page, err := s.d.Cases.OpenTasks(ctx, f)
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); len(page) < f.Limit {
			break
		}
	}
	if s.d.SeesAll(ctx) {
		return all, nil
	}
	seen := map[string]bool{} // by case
	for _, t := range all {
		if _, asked := seen[t.Case]; asked {
			continue
		}
		k, err := s.d.Cases.Get(ctx, t.Case)
		if err != nil {
			return nil, err
		}
		seen[t.Case] = s.d.SeesCase(ctx, k)
	}
	return slices.DeleteFunc(all, func(t cases.OpenTask) bool { return !seen[t.Case] }), nil
}

// everyCase is the open cases, or those that ended since a moment; the zero moment
// gives all of them. Cases that whoever acts may not see are not among them.
func (s staffDesk) everyCase(ctx context.Context, ended bool, since time.Time) ([]cases.Case, error) {
	var all []cases.Case
	for after := ""; ; {
		page, err := s.d.Cases.List(ctx, cases.Filter{Ended: ended, After: after, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, k := range page.Cases {
			if ended && k.Ended.Before(since) {
				return all, nil // the newest come first
			}
			if !s.d.SeesCase(ctx, k) {
				continue
			}
			all = append(all, k)
		}
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

// listed is a case of a list and who has it in hand.
type listed struct {
	cases.Case
	holder string
	row    console.CaseRow
}

// Cases lists cases. Flags and holders are known only from the cases themselves, so all
// that are open, or ended, are read.
func (s staffDesk) Cases(ctx context.Context, q console.CaseQuery) (console.CaseList, error) {
	all, err := s.everyCase(ctx, q.Closed, time.Time{})
	if err != nil {
		return console.CaseList{}, err
	}
	held := map[string]string{}
	if !q.Closed {
		tasks, err := s.openTasks(ctx, cases.TaskFilter{Place: holding})
		if err != nil {
			return console.CaseList{}, err
		}
		for _, t := range tasks {
			held[t.Case] = t.Owner
		}
	}
	var out console.CaseList
	name := accounts{s.d}.names(ctx)
	var chosen []listed
	for _, k := range all {
		l := listed{Case: k, holder: held[k.ID]}
		l.row = s.row(k, l.with(name))
		out.Kinds = choose(out.Kinds, string(k.Kind), l.row.Kind)
		out.Holders = choose(out.Holders, cmp.Or(l.holder, "nobody"), l.row.With)
		for _, f := range l.row.Flags {
			out.Flags = choose(out.Flags, f, f)
		}
		if !q.Closed && l.row.Paused == "" && !k.Due.IsZero() {
			out.Due = append(out.Due, l.row.Due)
		}
		if (q.Kind == "" || q.Kind == string(k.Kind)) && (q.Holder == "" || q.Holder == cmp.Or(l.holder, "nobody")) &&
			(q.Flag == "" || slices.Contains(l.row.Flags, q.Flag)) {
			chosen = append(chosen, l)
		}
	}
	byText := func(a, b console.Choice) int { return strings.Compare(a.Text, b.Text) }
	slices.SortFunc(out.Kinds, byText)
	slices.SortFunc(out.Holders, byText)
	slices.SortFunc(out.Flags, byText)
	slices.SortStableFunc(chosen, func(a, b listed) int {
		switch q.Sort {
		case "received":
			return a.Received.Compare(b.Received)
		case "person":
			return strings.Compare(strings.ToLower(a.row.Person), strings.ToLower(b.row.Person))
		case "holder":
			return strings.Compare(a.row.With, b.row.With)
		}
		return 0 // as they came: the nearest due first
	})
	out.Total, out.Pages = len(chosen), 1
	if q.Page > 0 {
		out.Pages = pages(len(chosen), casesPage)
		from := min(skip(q.Page, casesPage), len(chosen))
		chosen = chosen[from:min(from+casesPage, len(chosen))]
	}
	for _, l := range chosen {
		out.Cases = append(out.Cases, l.row)
	}
	return out, nil
}

func (l listed) with(name func(string) string) string {
	if l.holder == "" {
		return nobody
	}
	return name(l.holder)
}

// choose adds a choice that is not there yet.
func choose(list []console.Choice, id, text string) []console.Choice {
	if slices.ContainsFunc(list, func(c console.Choice) bool { return c.ID == id }) {
		return list
	}
	return append(list, console.Choice{ID: id, Text: text})
}

func (s staffDesk) row(k cases.Case, with string) console.CaseRow {
	r := console.CaseRow{
		Number: k.Number, Kind: kindWords(k), Person: person(k), Received: k.Received.Start(), Due: when(k.Due),
		Paused: paused(k.Waiting()), Closed: !k.State.Running(), State: state(k), With: with,
	}
	r.Flags = s.flags(k)
	return r
}

// flags are what whoever looks at a list should see of a case.
func (s staffDesk) flags(k cases.Case) []string {
	var out []string
	flag := func(is bool, words string) {
		if is {
			out = append(out, words)
		}
	}
	running := k.State.Running()
	flag(running && !k.Due.IsZero() && k.Due.Deadline().Before(s.d.Now()), "Overdue")
	flag(k.Safety != nil, "Safe contact only")
	h, _ := k.Kind.Handling()
	flag(running && h.Proof > law.NoAssurance && k.Identity == nil, "Identity not recorded")
	flag(k.Acting != nil, "Asked by somebody else")
	flag(running && len(k.Waiting()) > 0, "Waiting for the person")
	flag(k.Extension != nil, "Extended")
	flag(running && k.Second, "Second person approves")
	flag(k.State == cases.Approved, "Approved, to be sent")
	return out
}
