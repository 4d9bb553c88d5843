package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// instructionPlace is where the task of a case leads that a client has to instruct us to
// answer (UK GDPR Article 28(3)(a)).
const instructionPlace = "client-instruction"

// caseSet is whose records a case is about, for as long as there is the case: a client's
// id, or "" for our own. It stands in the case from the day it was opened. A name that
// the notice has no more is an error, and never our own set.
func (d *Desk) caseSet(k cases.Case) (string, error) {
	if k.Entity == "" {
		return "", nil
	}
	id := notice.ID(k.Entity)
	company := slices.ContainsFunc(d.Notice.Landlord.Controllers, func(c notice.Controller) bool { return c.ID == id })
	client := slices.ContainsFunc(d.Notice.Landlord.Clients, func(c notice.Client) bool { return c.ID == id })
	switch {
	case company && client:
		return "", &Error{Code: "entity", What: fmt.Sprintf("%q is a company of ours and a client in landlord.yaml, and nobody can tell whose records the case is about", k.Entity), Where: k.Number, Mend: "give one of the two another id; the case keeps the one it was opened with"}
	case client:
		return k.Entity, nil
	case company || len(d.Notice.Landlord.Clients) == 0 && !d.Routes():
		return "", nil // where nobody is acted for there is one set
	}
	return "", &Error{Code: "entity", What: fmt.Sprintf("was opened for %q, which landlord.yaml does not have any more", k.Entity), Where: k.Number, Mend: "put it back there; a client that we stopped acting for is ended with tenet client end, and stays listed"}
}

// SetOf is whose records a case is about: a client's id, or "" for our own. A name that the
// notice has no more is an error.
func (d *Desk) SetOf(k cases.Case) (string, error) { return d.caseSet(k) }

// forClient makes a case one that we answer for a client: its set is the client's, and it
// waits for the client's instruction.
func (d *Desk) forClient(r *cases.Request, client string) error {
	c, err := d.searchable(client)
	if err != nil {
		return err
	}
	owner := string(c.Officer)
	if owner == "" {
		owner = systemOwner
	}
	if _, err := d.caseSet(cases.Case{Entity: client, Number: "--client"}); err != nil {
		return err
	}
	r.Tasks = append(r.Tasks, cases.NewTask{Sort: cases.TaskAsk, Place: instructionPlace, Owner: owner, Due: EndOfDay(d.Today()),
		What: "Have " + c.Name + " instruct us to answer this for it: it decides over these records, and nothing is approved before. Then write the day and who instructed us, as in 2026-11-23: Ann Lee, secretary."})
	return nil
}

// searchable is a client whose set may be looked at: one whose contract has not ended.
func (d *Desk) searchable(client string) (notice.Client, error) {
	c, err := d.client(client)
	if err != nil {
		return c, err
	}
	ended, err := d.ended()
	if err == nil && ended[client] != "" {
		err = &Error{Code: "client-ended", What: "the contract ended on " + ended[client] + ", and its records cannot be searched", Where: client, Mend: "ask the client: its records were returned or deleted"}
	}
	return c, err
}

// Instruct records that the client of a case instructed us to answer it: on which day,
// and who did. Done again it is done once.
func (d *Desk) Instruct(ctx context.Context, by, number string, day law.Date, who string) (cases.Case, error) {
	k, err := d.Cases.ByNumber(ctx, number)
	if err != nil {
		return k, err
	}
	client, err := d.caseSet(k)
	if err == nil {
		err = d.within(ctx, client)
	}
	if err != nil {
		return k, err
	}
	who = strings.TrimSpace(who)
	switch {
	case client == "":
		return k, &Error{Code: "own", What: "is about our own records, and needs nobody's instruction", Where: number, Mend: "open one for a client with tenet case new --client"}
	case who == "":
		return k, &Error{Code: "instruction", What: "does not say who instructed us", Where: "--who", Mend: "name the person at the client, and what they are there"}
	case day.IsZero() || d.Today().Before(day):
		return k, &Error{Code: "instruction", What: "is no day on which somebody can have instructed us", Where: "--on", Mend: "write the day of the instruction, today or before, as 2026-11-22"}
	}
	if at, _, ok, err := d.instructed(ctx, k); err != nil || ok && at == day {
		return k, err
	}
	if _, err := d.searchable(client); err != nil { // it has nothing left to instruct us in
		return k, err
	}
	open, err := d.openInstruction(ctx, k)
	if err == nil && open == 0 { // the one there was ended without saying who or when
		c, cerr := d.client(client)
		if cerr != nil {
			return k, cerr
		}
		task := cases.NewTask{Sort: cases.TaskAsk, Place: instructionPlace, Owner: by, Due: EndOfDay(d.Today()), What: "Record the instruction of " + c.Name + "."}
		if k, err = d.GiveTask(ctx, cases.On{Case: k.ID, By: by}, task); err != nil {
			return k, err
		}
		open, err = d.openInstruction(ctx, k)
	}
	if err != nil {
		return k, err
	}
	return d.Cases.Finish(ctx, cases.On{Case: k.ID, By: by}, open, cases.Done, day.String()+": "+who)
}

// openInstruction is the task of a case that waits for the instruction; 0 where none does.
func (d *Desk) openInstruction(ctx context.Context, k cases.Case) (int64, error) {
	tasks, err := d.Cases.Tasks(ctx, k.ID)
	for _, t := range tasks {
		if t.Place == instructionPlace && t.Sort == cases.TaskAsk && t.Outcome == "" {
			return t.N, nil
		}
	}
	return 0, err
}

// instructed is the client's instruction to answer a case, as it was recorded: the day
// and who gave it.
func (d *Desk) instructed(ctx context.Context, k cases.Case) (law.Date, string, bool, error) {
	tasks, err := d.Cases.Tasks(ctx, k.ID)
	if err != nil {
		return law.Date{}, "", false, err
	}
	for _, t := range tasks {
		if t.Place != instructionPlace || t.Sort != cases.TaskAsk || t.Outcome != cases.Done {
			continue
		}
		on, who, _ := strings.Cut(t.Result, ":")
		day, err := law.ParseDate(strings.TrimSpace(on))
		if who = strings.TrimSpace(who); err == nil && who != "" && !law.DateOf(t.Ended.In(time.UTC)).Before(day) {
			return day, who, true, nil
		}
	}
	return law.Date{}, "", false, nil
}

// uninstructed refuses to let an answer out that a client has not instructed us to give.
func (d *Desk) uninstructed(ctx context.Context, k cases.Case) error {
	client, err := d.caseSet(k)
	if err != nil || client == "" {
		return err
	}
	c, err := d.searchable(client)
	if err != nil {
		return err
	}
	if _, _, ok, err := d.instructed(ctx, k); err != nil || ok {
		return err
	}
	return &Error{Code: "instruction", What: c.Name + " decides over these records, and its instruction to answer is not recorded", Where: k.Number,
		Mend: "when it has instructed us: tenet client instruct " + k.Number + ` --on 2026-11-23 --who "Ann Lee, secretary"`}
}
