package desk

import (
	"context"
	"fmt"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// Passing is a case that is passed to a client: that it was, and that the person knows.
type Passing struct {
	Client string
	Day    law.Date
	Said   string // what was passed on, and what the person was told
	// Why it goes there although the person is, or may be, the customer of somebody else too.
	Why string
}

// TransferCase ends a case because a client has it, whose customer it is about. Where
// the person is found in our own set, or another client's, that takes a reason: who
// decides over somebody's records alone may be handed their request (UK GDPR Articles
// 5(1)(f) and 28(3)(a)). Where nobody can tell, whoever passes it on has decided.
func (d *Desk) TransferCase(ctx context.Context, on cases.On, k cases.Case, p Passing) (cases.Case, error) {
	c, err := d.client(p.Client)
	if err == nil {
		err = d.withinCase(ctx, k)
	}
	if err != nil {
		return k, err
	}
	if strings.TrimSpace(p.Why) != "" {
		return d.Cases.TransferDespite(ctx, on, p.Client, p.Day, p.Said, p.Why)
	}
	if k.State != cases.Transferred { // done again it is done once
		if err := d.belongsTo(ctx, k, c); err != nil {
			return k, err
		}
	}
	return d.Cases.Transfer(ctx, on, p.Client, p.Day, p.Said)
}

// belongsTo refuses a case that is, or may be, about the customer of somebody else than a client.
func (d *Desk) belongsTo(ctx context.Context, k cases.Case, c notice.Client) error {
	refuse := func(what string) error {
		return &Error{Code: "transfer", What: what, Where: k.Number, Mend: "answer that part here, or open a case for it, and say so with --why; to find out whose customer it is: tenet client route " + k.Number}
	}
	set, err := d.caseSet(k)
	switch {
	case err != nil:
		return err
	case set == string(c.ID):
		return nil
	case set != "":
		return refuse("it was opened to be answered for another client than " + c.Name)
	}
	q := personQuery(k).readable()
	if _, err := q.Known(); err != nil {
		return nil // too little is known of the person to look for them
	}
	sets, _, err := d.locate(ofItself(ctx), q)
	if err != nil {
		return fmt.Errorf("find out whose customer %s is about: %w", k.Number, err)
	}
	for _, s := range sets {
		switch {
		case s.Client == "" && s.Several:
			return refuse("more than one of our own customers could be meant")
		case s.Client == "":
			return refuse("the person is our own customer, and " + c.Name + " has no right to the request")
		case s.Client != string(c.ID):
			return refuse("the person is, or may be, the customer of another landlord than " + c.Name)
		}
	}
	return nil
}

// casesFor are the running cases that are answered for a client, and those that wait to be
// passed to it.
func (d *Desk) casesFor(ctx context.Context, client string) ([]cases.Case, error) {
	var out []cases.Case
	wait := map[string]bool{}
	const most = 1000
	for skip := 0; ; skip += most {
		tasks, err := d.Cases.OpenTasks(ctx, cases.TaskFilter{Sort: cases.TaskTell, Place: client, Skip: skip, Limit: most})
		if err != nil {
			return nil, err
		}
		for _, t := range tasks {
			wait[t.Number] = true
		}
		if len(tasks) < most {
			break
		}
	}
	for after := ""; ; {
		page, err := d.Cases.List(ctx, cases.Filter{After: after, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, k := range page.Cases {
			if k.Entity == client || wait[k.Number] {
				out = append(out, k)
			}
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

// decided refuses to end the contract with a client for whom cases are open, and names them.
func (d *Desk) decided(ctx context.Context, c notice.Client) error {
	open, err := d.casesFor(ctx, string(c.ID))
	if err != nil || len(open) == 0 {
		return err
	}
	var list []string
	for _, k := range open {
		due := ""
		if !k.Due.IsZero() {
			due = ", due " + k.Due.Words()
		}
		list = append(list, fmt.Sprintf("%s (%s%s)", k.Number, k.State, due))
	}
	return &Error{Code: "client-cases", What: "cases are open that " + c.Name + " decides, and nobody could answer them for it afterwards: " + strings.Join(list, ", "), Where: string(c.ID),
		Mend: "decide each: pass it to the client (tenet case transfer NUMBER --to " + string(c.ID) + "), or refuse it, or record that it was withdrawn, each with its reasons; --transfer-open passes all of them"}
}

// PassOpenCases passes every open case that a client decides to that client, as when its
// contract ends, and gives the numbers. Each has a task of that day to hand the request
// over and to tell the person who answers it now: it is closed when that is done. Done
// again it goes on where it stood.
func (d *Desk) PassOpenCases(ctx context.Context, by, id string) ([]string, error) {
	c, err := d.client(id)
	if err == nil {
		err = d.everywhere(ctx)
	}
	if err != nil {
		return nil, err
	}
	open, err := d.casesFor(ctx, id)
	if err != nil {
		return nil, err
	}
	passed := []string{}
	what := "Pass this request to " + c.Name + " with what it needs to answer it, and tell the person that " + c.Name + " answers it now."
	if officer := d.officerOf(c); officer != "" {
		what += " Write to: " + officer + "."
	}
	for _, k := range open {
		task := cases.NewTask{Sort: cases.TaskTell, Place: handoverPlace, Owner: by, Due: EndOfDay(d.Today()), What: what}
		if _, err := d.Cases.Assign(ctx, cases.On{Case: k.ID, By: by, Once: "client-handover-" + k.ID}, task); err != nil {
			return passed, fmt.Errorf("pass %s on: %w", k.Number, err)
		}
		said := "Our contract with " + c.Name + " ends; the request is theirs to answer."
		if _, err := d.TransferCase(ctx, cases.On{Case: k.ID, By: by}, k, Passing{Client: id, Day: d.Today(), Said: said}); err != nil {
			return passed, fmt.Errorf("pass %s on: %w", k.Number, err)
		}
		passed = append(passed, k.Number)
	}
	return passed, nil
}

// handoverPlace is where the task leads by which a request is handed over to a client, and
// the person told, when its contract ends.
const handoverPlace = "client-handover"
