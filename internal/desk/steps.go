package desk

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// NewCase is a request that somebody made, written down by staff or by themselves.
type NewCase struct {
	Query
	Kind     string // of [law.Kinds]; a clock's name does too, as "dp-complaint" or "ombudsman-1"
	Received string // a date; empty is today
	Channel  string
	Asked    string // in their words
	Homes    string // where they have lived, in lines
	Once     string
	By       string // a staff id; empty where the requester opened it

	// Requester is who asked, where that is not the person, and Acting by what right.
	// A zero Requester is the person.
	Requester cases.Requester
	Acting    *cases.Acting
	Safety    *cases.Safety
	// Entity is the company of the landlord that it was put to; where it is left out, the one
	// that the person's records are of, if the maps can tell.
	Entity string
	// Client is the client on whose instruction we answer it, from its records alone;
	// empty for our own. It stays with the case.
	Client string
	// Scope is the part of what is held that was asked for, a name under scopes: of
	// tenet.yaml; empty is all of it. It stays with the case.
	Scope string
}

// OpenCase opens a case of any kind: its clocks and what is promised for them as the notice
// has them today, and a line for each store that is to be searched. Where we act for other
// landlords it finds out whose customer it is about, and gives the task to pass it on.
func (d *Desk) OpenCase(ctx context.Context, n NewCase) (cases.Case, error) {
	if _, err := n.Known(); err != nil {
		return cases.Case{}, err
	}
	received := d.Today()
	var err error
	if n.Received != "" {
		if received, err = law.ParseDate(n.Received); err != nil {
			return cases.Case{}, &Error{Code: "clock", What: err.Error(), Where: "--received", Mend: "write the date as 2026-11-22"}
		}
	}
	if n.Once == "" {
		n.Once = strings.TrimSpace(fmt.Sprintf("case new %s %s %v %s%s", n.Kind, received, n.Query, n.Client, n.Entity))
	}
	born, _ := law.ParseDate(n.DOB) // Known has read it
	if n.Entity == "" && n.Client == "" {
		kind, err := law.ParseKind(n.Kind)
		if err != nil {
			kind = law.KindOf(law.Regime(n.Kind))
		}
		n.Entity = d.companyByRecords(ctx, kind, n.Query)
	}
	r, err := d.requestTo(n.Kind, cmp.Or(n.Client, n.Entity))
	if err != nil {
		return cases.Case{}, err
	}
	if n.Requester == (cases.Requester{}) {
		n.Requester = cases.Requester{Name: n.Name, Email: n.Email, Phone: n.Phone}
	}
	r.Once, r.Received, r.Channel, r.By = n.Once, received, n.Channel, n.By
	r.Requester, r.Acting, r.Safety = n.Requester, n.Acting, n.Safety
	r.Person = cases.Person{Name: n.Name, Email: n.Email, Phone: n.Phone, Born: born, NINO: n.NINO, NHS: n.NHS, Postcode: n.Postcode,
		Reference: n.Ref, Homes: n.Homes, Asked: n.Asked}
	if _, err := d.scope(n.Scope); err != nil {
		return cases.Case{}, err
	}
	r.Scope = n.Scope
	switch {
	case n.Client != "" && n.Entity != "":
		return cases.Case{}, &Error{Code: "entity", What: "is put to a company of ours and answered for a client", Where: "--client", Mend: "leave one of the two out"}
	case n.Client != "":
		if err := d.within(ctx, n.Client); err != nil {
			return cases.Case{}, err
		}
		if err := d.forClient(&r, n.Client); err != nil {
			return cases.Case{}, err
		}
	default:
		if set, err := d.caseSet(cases.Case{Entity: n.Entity, Number: "the case"}); err != nil || set != "" {
			return cases.Case{}, cmp.Or(err, error(&Error{Code: "entity", What: fmt.Sprintf("%q is a client, and no company of ours", n.Entity), Where: "the company it was put to", Mend: "name it as the client: tenet case new --client " + n.Entity}))
		}
		if _, ours := d.company(notice.ID(n.Entity), ""); n.Entity != "" && !ours {
			return cases.Case{}, &Error{Code: "entity", What: fmt.Sprintf("landlord.yaml has no company called %q", n.Entity), Where: "--controller", Mend: "name one of its controllers"}
		}
	}
	k, err := d.Cases.Open(ctx, r)
	if err != nil {
		return k, err
	}
	if n.Client != "" { // it is known whose customer this is
		return k, nil
	}
	return d.RouteNew(ctx, k)
}

// Request is what a case of a kind, or of the kind that goes by a clock, is opened with
// whoever asks: what the notice in force decides of it, and whom it gives work. Where the
// law on information binds nobody here, such a request is a plain one.
func (d *Desk) Request(kind string) (cases.Request, error) { return d.requestTo(kind, "") }

// requestTo is Request where it was put to a company of ours, or is answered for a client.
func (d *Desk) requestTo(kind, entity string) (cases.Request, error) {
	var r cases.Request
	k, err := law.ParseKind(kind)
	regime := law.Regime("")
	if err != nil {
		var bad error
		if regime, bad = law.ParseRegime(kind); bad != nil {
			return r, &Error{Code: "usage", What: err.Error(), Where: "KIND", Mend: "see tenet case new --help"}
		}
		k = law.KindOf(regime)
	}
	r.Kind = k
	if err := r.Under(d.Notice); err != nil {
		return r, err
	}
	if regime != "" && regime != r.Regime {
		r.Regime, r.Promise, r.TargetDays, r.Also = regime, cases.Promised(d.Notice, regime), cases.Target(d.Notice, regime), nil
	}
	if err := d.put(&r, entity); err != nil {
		return r, err
	}
	r.Tasks = append(d.searchLines(r.Kind), d.lookAgain(r.Kind)...)
	return r, nil
}
