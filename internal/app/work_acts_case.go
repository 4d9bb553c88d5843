package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/letter"
)

// acts are everything that pages offer to do in a case, in the order in which they do.
// Only who acts for other landlords passes a request on.
func (s caseWork) acts() []act {
	all := slices.Concat(answerActs(), tellActs(), personActs(), authorityActs(), letterActs(), clockActs(), taskActs(), s.instructActs(), endActs())
	if len(s.d.Notice.Landlord.Clients) == 0 {
		all = slices.DeleteFunc(all, func(a act) bool { return a.action == cases.Transfers })
	}
	return all
}

// clockActs are what is done to the clock alone.
func clockActs() []act {
	const group = "The clock"
	return []act{
		{id: "acknowledge", action: cases.Acknowledges, group: group, name: "Acknowledge", button: "They know already: record it", send: "Send the letter",
			does: []string{"The person is told that their complaint came, and by when they hear.", "Once that has gone, its clock is met, and the one of the answer runs from it where the law says so."},
			fields: func(asking) []console.FormField {
				return []console.FormField{toldField("If they know already: since when?"), wordsField("If they know already: what were they told?", "", false)}
			},
			letter: func(_ context.Context, d doing) (desk.NewLetter, error) {
				kind, _ := letter.Acknowledges(d.k.Kind)
				return desk.NewLetter{Kind: kind}, nil
			},
			do: func(ctx context.Context, d doing) (string, error) {
				if d.on.Also != nil { // the clock is met when the letter has gone
					return wroteLetter(ctx, d)
				}
				_, err := d.s.d.Cases.Acknowledge(ctx, d.on, d.onDay(), d.text("words"))
				return "The acknowledgement is recorded.", err
			}},
		{id: "extend", action: cases.Extends, group: group, name: "Take longer", button: "See the letter", only: true, send: "Send the letter and take longer",
			does: []string{"The person is told today, with your reasons, that the answer takes longer and until when.", "There is one extension and no second. Answer the rest as soon as you can.", "Without the letter the clock stays as it is."},
			ifs:  []ifThen{{"The person is told today", func(k *cases.Case, today law.Date) { extendAll(k, today) }}},
			fields: func(asking) []console.FormField {
				return []console.FormField{wordsField("Why does it take longer?", "Why it is complex, or how many requests they made, as the person is to read it.", true)}
			},
			letter: func(_ context.Context, d doing) (desk.NewLetter, error) {
				return desk.NewLetter{Kind: letter.Extend, Words: d.text("words")}, nil
			},
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Extend(ctx, d.on, d.s.d.Today(), d.text("words"))
				return "The clock runs longer.", err
			}},
	}
}

// extendAll takes the extension of each clock that runs, of which no more than one has any.
func extendAll(k *cases.Case, day law.Date) {
	if k.Inputs.Met.IsZero() {
		k.Inputs.Extension = day
	}
	for i := range k.Inputs.Also {
		if k.Inputs.Also[i].Met.IsZero() {
			k.Inputs.Also[i].Extension = day
		}
	}
}

// taskActs are tasks, and whose the case is.
func taskActs() []act {
	const group = "Work"
	return []act{
		{id: "hand", action: cases.Assigns, group: group, name: "Take or hand on the case", button: "Record who has it",
			does: []string{"The case is with whoever you choose, and shows in their list.", "Whoever had it has it no more."},
			fields: func(a asking) []console.FormField {
				all, err := a.s.colleagues(a.ctx)
				if err != nil {
					a.s.log.Error("the colleagues cannot be listed", "error", err)
				}
				return []console.FormField{{Name: "who", Label: "Who has it now?", As: "choose", Must: true, Options: all}, wordsField("What should they know?", "", false)}
			},
			do: handOn},
		{id: "assign", action: cases.Assigns, group: group, name: "Give a task", button: "Give the task",
			does: []string{"The task stands in the case and in the list of whoever has it.", "A search that is open holds up the approval of the answer; a recording that is not saved holds up its draft."},
			fields: func(a asking) []console.FormField {
				sort := console.FormField{Name: "sort", Label: "What sort of task?", As: "one", Must: true}
				for _, t := range cases.TaskSorts() {
					sort.Options = append(sort.Options, console.Option{ID: string(t), Text: taskSorts[t]})
				}
				return []console.FormField{sort,
					{Name: "place", Label: "Where, or about what?", Hint: "A short name without spaces: paper-west, lobby-cameras.", As: "line", Must: true},
					{Name: "who", Label: "Who is to do it?", As: "choose", Must: true, Options: a.everybody()},
					{Name: "day", Label: "By when?", As: "day", Must: true, Value: a.s.d.Today().AddDays(10).String()},
					wordsField("What is to be done?", "", true)}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Assign(ctx, d.on, cases.NewTask{Sort: cases.TaskSort(d.text("sort")), Place: d.text("place"), Owner: d.text("who"), Due: desk.EndOfDay(d.onDay()), What: d.text("words")})
				return "The task is given.", err
			}},
		{id: "finish", action: cases.Finishes, group: group, name: "Finish a task", button: "Finish it", hidden: true,
			does: []string{"The task is over, with what came of it.", "A store that could not be searched, and a recording that was gone, need the reason: the answer says so."},
			fields: func(a asking) []console.FormField {
				f := console.FormField{Name: "how", Label: taskSorts[a.task.Sort] + ", " + a.task.Place + ": how did it end?", As: "one", Must: true}
				for _, o := range outcomesOf(a.task.Sort) {
					f.Options = append(f.Options, console.Option{ID: string(o), Text: taskOutcomes[o]})
				}
				return []console.FormField{f, wordsField("What came of it?", "", false)}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Finish(ctx, d.on, d.task.N, cases.Outcome(d.text("how")), d.text("words"))
				return "The task is finished.", err
			}},
		{id: "chase", action: cases.Chases, group: group, name: "Remind whoever has it", button: "Record the reminder", hidden: true,
			does: []string{"The task says that its owner was reminded today, and by when it is wanted now."},
			fields: func(asking) []console.FormField {
				return []console.FormField{wordsField("What were they told?", "", true), {Name: "day", Label: "By when is it wanted now?", Hint: "Leave it empty to leave it as it was.", As: "day"}}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				var due time.Time
				if day := d.onDay(); !day.IsZero() {
					due = desk.EndOfDay(day)
				}
				_, err := d.s.d.Cases.Chase(ctx, d.on, d.task.N, due, d.text("words"))
				return "The reminder is recorded.", err
			}},
		{id: "raise", action: cases.Raises, group: group, name: "Take it to somebody above", button: "Record that it was taken further", hidden: true,
			does: []string{"The task says whom it was taken to because it is not done."},
			fields: func(a asking) []console.FormField {
				return []console.FormField{{Name: "who", Label: "Who was told?", As: "choose", Must: true, Options: a.everybody()}, wordsField("What were they told?", "", true)}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Raise(ctx, d.on, d.task.N, d.text("who"), d.text("words"))
				return "It is recorded that it was taken further.", err
			}},
		{id: "spend", action: cases.Spends, group: group, name: "Record time", button: "Record the time",
			does: []string{"The minutes count in the figures of this case. For freedom of information, time to find the information counts towards the limit of cost."},
			fields: func(asking) []console.FormField {
				return []console.FormField{{Name: "minutes", Label: "How many minutes?", As: "number", Must: true},
					{Name: "work", Label: "On what?", As: "one", Must: true, Options: []console.Option{
						{ID: string(law.Searching), Text: "Finding it", Hint: "Whether it is held, where, and drawing it out."},
						{ID: string(law.Deciding), Text: "Everything else", Hint: "Reading, redacting, weighing, writing the answer."}}},
					wordsField("What did it go on?", "", false)}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				minutes, err := strconv.Atoi(d.text("minutes"))
				if err != nil {
					return "", &console.Mistake{Field: "minutes", Text: "Enter the minutes as a whole number, such as 45"}
				}
				d.on.Version = 0 // time that was spent was spent
				_, err = d.s.d.Cases.Spend(ctx, d.on, minutes, law.Work(d.text("work")), d.text("words"))
				return "The time is recorded.", err
			}},
	}
}

// outcomesOf is how a task of a sort may end.
func outcomesOf(s cases.TaskSort) []cases.Outcome {
	switch s {
	case cases.TaskHold:
		return []cases.Outcome{cases.Saved, cases.Gone, cases.Dropped}
	case cases.TaskSearch:
		return []cases.Outcome{cases.Found, cases.Empty, cases.Unable, cases.Dropped}
	}
	return []cases.Outcome{cases.Done, cases.Unable, cases.Dropped}
}

// handOn gives a case to a colleague: their task is opened, and the one of whoever had
// it is finished after that, so that a fault between the two leaves two holders and
// never none.
func handOn(ctx context.Context, d doing) (string, error) {
	tasks, err := d.s.d.Cases.Tasks(ctx, d.k.ID)
	if err != nil {
		return "", err
	}
	due := d.s.d.Now().AddDate(0, 1, 0)
	if !d.k.Due.IsZero() {
		due = d.k.Due.Deadline().Add(-time.Second)
	}
	k, err := d.s.d.Cases.Assign(ctx, d.on, cases.NewTask{Sort: cases.TaskOther, Place: holding, Owner: d.text("who"), Due: due, What: "Answer it. " + d.text("words")})
	if err != nil {
		return "", err
	}
	for _, t := range tasks {
		if t.Place != holding || t.Outcome != "" {
			continue
		}
		if _, err := d.s.d.Cases.Finish(ctx, cases.On{Case: k.ID, By: d.on.By, Once: d.on.Once + fmt.Sprint(" ", t.N)}, t.N, cases.Done, "Handed on."); err != nil {
			return "", err
		}
	}
	return "The case is with " + accounts{d.s.d}.names(ctx)(d.text("who")) + " now.", nil
}
