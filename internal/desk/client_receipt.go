package desk

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// routePlace is where the task leads to find out whose customer somebody is.
const routePlace = "whose-customer"

// Routes says whether the maps can tell whose customer somebody is: we act for other
// landlords, and a map names one of them.
func (d *Desk) Routes() bool {
	if len(d.Notice.Landlord.Clients) == 0 {
		return false
	}
	for _, s := range d.Config.Sources {
		if m, err := d.Map(s.Name); err == nil && m.Divided() || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return true // a map that cannot be read is found out by looking
		}
	}
	return false
}

// concernsAPerson says whether a case of a kind is answered by whoever decides over the
// person's records, which a request for general information is not.
func concernsAPerson(k law.Kind) bool {
	h, _ := k.Handling()
	return h.Right != "" || slices.Contains([]law.Kind{law.KindDataComplaint, law.KindComplaint, law.KindSTAIRs, law.KindEstate}, k)
}

// RouteNew finds out, at receipt, whose customer a case is about, and gives the task to
// pass it on or to ask. The case is open whatever comes of it: where nobody can tell
// now, or a system is down, somebody has the task to find out today. It may be called
// again, and gives each task once.
func (d *Desk) RouteNew(ctx context.Context, k cases.Case) (cases.Case, error) {
	if !concernsAPerson(k.Kind) || k.State != cases.Received || !d.Routes() {
		return k, nil
	}
	ctx = ofItself(ctx) // whoever took the request may not see where it goes
	r, err := d.RouteCase(ctx, "system", k.Number)
	switch {
	case ctx.Err() != nil:
		return k, ctx.Err()
	case err != nil: // it may name systems, and is for their keeper
		r.Says = "it could not be looked up whose customer this is: see tenet doctor, then tenet client route " + k.Number
	case r.Client != "":
		return d.Cases.Get(ctx, k.ID)
	case !r.Asks:
		return d.Cases.Note(ctx, cases.On{Case: k.ID, By: "system", Once: "client-route-ours-" + k.ID}, "Whose customer: "+r.Says+".")
	}
	owner := ""
	if right, ok := d.Notice.Rights.Right(notice.Regime(k.Regime)); ok {
		owner = string(right.Decides)
	}
	return d.GiveTask(ctx, cases.On{Case: k.ID, By: "system", Once: "client-route-ask-" + k.ID},
		cases.NewTask{Sort: cases.TaskAsk, Place: routePlace, Owner: cmp.Or(owner, systemOwner), Due: EndOfDay(d.Today()), What: "Find out whose customer this is: " + r.Says + "."})
}
