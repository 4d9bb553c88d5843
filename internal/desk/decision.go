package desk

import (
	"cmp"
	"context"
	"slices"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// humanLook is the place of the task to look again at what a computer decided.
const humanLook = "human-review"

// lookAgain is the task by which a person is found who looks again at a decision that a
// computer made (UK GDPR Art 22C); none for other kinds.
func (d *Desk) lookAgain(k law.Kind) []cases.NewTask {
	if k != law.KindDecision {
		return nil
	}
	owner := systemOwner
	if r, ok := d.Notice.Rights.Right(notice.Regime(law.AutomatedDecision)); ok {
		owner = cmp.Or(string(r.Decides), owner)
	}
	return []cases.NewTask{{Sort: cases.TaskAsk, Place: humanLook, Owner: owner, Due: d.Now().AddDate(0, 0, searchDays),
		What: "Look again at what the computer decided. You must be able to change it, hear the person’s side and weigh it anew, whatever the computer said. Write down who you are, what you found and why."}}
}

// lookedAgain refuses to answer somebody who contests a computer's decision before a
// person has looked again, and it is written down what they found.
func (d *Desk) lookedAgain(ctx context.Context, k cases.Case) error {
	if k.Kind != law.KindDecision {
		return nil
	}
	tasks, err := d.Cases.Tasks(ctx, k.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(tasks, func(t cases.Task) bool {
		return t.Place == humanLook && t.Outcome == cases.Done && len(t.Result) > 0
	}) {
		return nil
	}
	return &Error{Code: "human-review", What: "nobody has looked again at what the computer decided", Where: k.Number,
		Mend: "let somebody look who can change it, and finish the task “" + humanLook + "” with what they found (UK GDPR Art 22C)"}
}
