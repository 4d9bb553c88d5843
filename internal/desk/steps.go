package desk

import (
	"context"
	"fmt"

	"tenet/internal/cases"
	"tenet/internal/law"
)

// NewCase is a request that somebody made, written down by staff.
type NewCase struct {
	Query
	Kind     string
	Received string // a date; empty is today
	Channel  string
	Asked    string // in their words
	Once     string
	By       string
}

// OpenCase opens a case of any kind, with its clock.
func (d *Desk) OpenCase(ctx context.Context, n NewCase) (cases.Case, error) {
	regime, err := law.ParseRegime(n.Kind)
	if err != nil {
		return cases.Case{}, &Error{Code: "usage", What: err.Error(), Where: "--kind", Mend: "see tenet case new --help"}
	}
	if _, err := n.Known(); err != nil {
		return cases.Case{}, err
	}
	received := d.Today()
	if n.Received != "" {
		if received, err = law.ParseDate(n.Received); err != nil {
			return cases.Case{}, &Error{Code: "clock", What: err.Error(), Where: "--received", Mend: "write the date as 2026-11-22"}
		}
	}
	if n.Once == "" {
		n.Once = fmt.Sprintf("case new %s %s %v", n.Kind, received, n.Query)
	}
	born, _ := law.ParseDate(n.DOB)
	return d.Cases.Open(ctx, cases.Request{
		Once: n.Once, Regime: regime, Received: received, Channel: n.Channel, By: n.By,
		Notice: d.Notice.Version(), Nation: law.Nation(d.Notice.Landlord.Nation), Promise: cases.Promised(d.Notice, regime), TargetDays: cases.Target(d.Notice, regime),
		Requester: cases.Requester{Name: n.Name, Email: n.Email, Phone: n.Phone},
		Person:    cases.Person{Name: n.Name, Email: n.Email, Phone: n.Phone, Born: born, NINO: n.NINO, NHS: n.NHS, Postcode: n.Postcode, Reference: n.Ref, Asked: n.Asked},
	})
}
