package app

import (
	"context"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// tellActs are what is done about those who were given data that was put right, deleted
// or limited (UK GDPR Arts 16, 19).
func tellActs() []act {
	line := func(name, label, hint string) console.FormField {
		return console.FormField{Name: name, Label: label, Hint: hint, As: "line", Must: true}
	}
	return []act{
		{id: "correct", action: cases.Notes, group: "The answer", name: "Write down what was put right", button: "Keep it",
			when: func(k cases.Case) bool { return k.Kind == law.KindRectification && k.State != cases.Closed },
			does: []string{"What was held before, and where that came from, stays on record with what is right now.", "Whoever was given the old value is told of the new one, once the answer is approved.",
				"Nothing is changed in any system by it: that is for whoever keeps the system."},
			fields: func(asking) []console.FormField {
				return []console.FormField{line("fact", "What was wrong?", "Such as: date of birth."), line("was", "What was held?", ""),
					line("from", "Where did that come from, and when?", "As far as anybody knows; “not known” is an answer."), line("is", "What is right?", ""), line("shown", "What shows it?", "What you saw or were told, and when.")}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Correct(ctx, d.on, desk.Correction{Of: d.text("fact"), Was: d.text("was"), From: d.text("from"), Is: d.text("is"), Shown: d.text("shown")})
				return "It is on record what was put right.", err
			}},
		{id: "who-told", action: cases.Tells, group: "The answer", name: "Tell the person who was told", button: "Write it to them",
			when: func(k cases.Case) bool {
				return desk.Tells(k.Kind) && k.Identity != nil && (k.State == cases.Approved || k.State == cases.Released)
			},
			does: []string{"The person reads it where they follow their request.", "The law has them told if they ask. Whoever the notice says they are not told of is left out."},
			fields: func(a asking) []console.FormField {
				f := wordsField("What do you tell them?", "As the log of disclosures has it. Change what you must.", true)
				var err error
				if f.Value, err = a.s.d.ToldWords(a.ctx, a.k); err != nil {
					a.s.log.Error("who was told cannot be listed", "case", a.k.Number, "error", err)
				}
				return []console.FormField{f}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Tell(ctx, d.on, d.text("words"))
				return "It is written to them.", err
			}},
	}
}

// known is what the log and the notice say that bears on a part of an answer, for
// whoever writes it.
func (a asking) known(part string) string {
	switch {
	case part == "recipients-told" && desk.Tells(a.k.Kind):
		list, err := a.s.d.TellList(a.ctx, a.k)
		if err != nil { // the form is of use without it
			a.s.log.Error("who was given a person's data cannot be listed", "case", a.k.Number, "error", err)
			return ""
		}
		var open []string
		for _, t := range list.To {
			if !t.Silent {
				open = append(open, t.Name)
			}
		}
		if open == nil {
			return ""
		}
		return "The log has these, who are told once this is approved: " + strings.Join(open, "; ") + "."
	case part == "done" && a.k.Kind == law.KindWithdrawal:
		w := a.s.d.Withdrawal()
		says := "On consent alone rests: " + purposes(w.Stops) + "."
		if len(w.Silent) > 0 {
			says += " The notice has no basis for these uses of the same data: decide what they rest on, and stop them if on consent: " + purposes(w.Silent) + "."
		}
		return says
	}
	return ""
}

func purposes(uses []notice.Use) string {
	var all []string
	for _, u := range uses {
		all = append(all, strings.TrimSuffix(u.Purpose, "."))
	}
	if all == nil {
		return "nothing that the notice names"
	}
	return strings.Join(all, "; ")
}

// spaced joins what is not empty.
func spaced(parts ...string) string {
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// tellPanel is who was given the data of a case's person and is told, and what was put
// right.
func (s caseWork) tellPanel(ctx context.Context, by console.Staff, k cases.Case) ([]console.Panel, error) {
	if by.Limited || !desk.Tells(k.Kind) || !k.Forgotten.IsZero() {
		return nil, nil
	}
	list, err := s.d.TellList(ctx, k)
	if err != nil {
		return nil, err
	}
	corrections, err := s.d.Corrections(ctx, k)
	if err != nil {
		return nil, err
	}
	p := console.Panel{ID: "told", Title: "Who was given it, and is told", Says: "The log of disclosures has nobody who was given this person’s information."}
	if len(list.To) > 0 {
		p.Says = "Each has a task once the answer is approved. The case is not closed before they were told, or it is recorded why that cannot be (UK GDPR Art 19)."
	}
	for _, t := range list.To {
		state := "Not told yet"
		switch {
		case t.Task == nil:
		case t.Task.Outcome != "":
			state = sentence(taskOutcomes[t.Task.Outcome] + ": " + t.Task.Result)
		case t.Task.Chased > 0:
			state = "Reminded on " + law.DateOf(t.Task.Reminded).Words()
		default:
			state = "To be told by " + law.DateOf(t.Task.Due).Words()
		}
		says := state + " They were given " + strings.Join(t.What, ", ") + " on " + t.Last.Words() + "."
		if t.Silent {
			says += " The person is not told of them."
		}
		p.Rows = append(p.Rows, console.Row{Name: t.Name, Says: says})
	}
	for _, c := range corrections {
		p.Rows = append(p.Rows, console.Row{Name: "Put right", Says: strings.TrimPrefix(c, "Put right: ")})
	}
	if list.Unsure > 0 {
		p.Warn = true
		p.Rows = append(p.Rows, console.Row{Name: "Not sure", Says: "More entries of the log may be of this person, or of somebody who shares a telephone or the like with them. Look before anybody is told."})
	}
	return []console.Panel{p}, nil
}
