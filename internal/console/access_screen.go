package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"tenet/internal/web"
)

// caseAt is the path of the case that a request is about.
func caseAt(r *http.Request) string { return "/cases/" + url.PathEscape(r.PathValue("number")) }

// screened is a desk that shows nobody what is closed to them.
type screened struct {
	Desk
	gate Gate
}

// tell is what stands in the place of what is closed.
func (x Closure) tell() string {
	if x.Reason {
		return "Closed. " + x.Why + " Open the sensitive records on the page Who looked first."
	}
	return "Closed to your role. " + x.Why
}

// decisionBlind is what somebody is told who would decide about what they cannot read.
func decisionBlind() error {
	return &web.Refusal{Why: "This touches records of the case that are closed to you, so nothing was done.",
		Mend: "Open them on the page Who looked, with what you need them for. If your role does not reach to them, ask somebody whose role does."}
}

// Cases leaves out whom a case is about where its kind is not for somebody's role.
// The case stays in the list, so that what is due can be counted.
func (d screened) Cases(ctx context.Context, q CaseQuery) (CaseList, error) {
	list, err := d.Desk.Cases(ctx, q)
	staff := viewerOf(ctx)
	if err != nil || !staff.Limited {
		return list, err
	}
	list.Cases = slices.Clone(list.Cases)
	for i := range list.Cases {
		if d.gate.Admit(ctx, staff, Ask{Duty: SeeCases, Number: list.Cases[i].Number}) != nil {
			list.Cases[i].Person, list.Cases[i].Paused = "Another role's case", ""
		}
	}
	return list, nil
}

func (d screened) Found(ctx context.Context, number string, q FoundQuery) (Found, error) {
	found, err := d.Desk.Found(ctx, number, q)
	if err != nil {
		return found, err
	}
	closed, err := d.gate.Closed(ctx, viewerOf(ctx), number)
	if err != nil || !closed.Any() {
		return found, err
	}
	found.Records = slices.Clone(found.Records)
	for i := range found.Records {
		r := &found.Records[i]
		if why, ok := closed.Tables[r.Source+"."+r.Table]; ok {
			// Without what it says there is nothing to decide on either.
			*r = Record{ID: r.ID, Source: r.Source, Table: r.Table, Whose: r.Whose, Fields: []Field{{Name: "Closed", Value: why.tell()}}}
		}
	}
	return found, nil
}

func (d screened) Withheld(ctx context.Context, number string) (Withheld, error) {
	held, err := d.Desk.Withheld(ctx, number)
	if err != nil {
		return held, err
	}
	closed, err := d.gate.Closed(ctx, viewerOf(ctx), number)
	if err != nil || !closed.Any() {
		return held, err
	}
	held.Items = slices.Clone(held.Items)
	for i := range held.Items {
		x := &held.Items[i]
		if why, ok := closed.Tables[x.Source+"."+x.Table]; ok {
			x.Key, x.Value = "", why.tell()
		}
	}
	return held, nil
}

func (d screened) Decide(ctx context.Context, by Staff, number string, x Decision) error {
	closed, err := d.gate.Closed(ctx, by, number)
	if err != nil {
		return err
	}
	if _, ok := closed.Items[x.Record]; ok {
		return decisionBlind()
	}
	return d.Desk.Decide(ctx, by, number, x)
}
