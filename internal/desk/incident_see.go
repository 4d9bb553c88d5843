package desk

import (
	"context"
	"errors"
	"time"

	"tenet/internal/incident"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// MayDo says whether an account's role has a duty. The error is a [*Denied].
func (d *Desk) MayDo(by store.Staff, duty Duty) error { return Allow(d.Roles(), by.Role, duty, "") }

// SeesSets says whose sets an account's role sees: nil is all of them.
func (d *Desk) SeesSets(by store.Staff) func(client notice.ID) bool {
	r := d.Role(by.Role)
	if len(r.Clients) == 0 {
		return nil
	}
	return func(client notice.ID) bool { return r.Reaches(string(client)) }
}

// MayIncident says whether an account may have something of an incident: whether its role
// has the duty, and sees the set whose data it is. The error is a [*Denied].
func (d *Desk) MayIncident(ctx context.Context, by store.Staff, number string, duty Duty) error {
	if err := d.MayDo(by, duty); err != nil {
		return err
	}
	sees := d.SeesSets(by)
	if sees == nil {
		return nil
	}
	x, err := d.Incidents()
	if err != nil {
		return err
	}
	_, client, err := x.SetOf(ctx, number)
	if err != nil {
		return incidentError(number, err)
	}
	if !sees(client) {
		return &Denied{Role: d.Role(by.Role), What: "see incidents of this set"}
	}
	return nil
}

// LookedAtIncident notes that somebody looked at a page of an incident, or was refused it.
// Whoever may see who looked sees that; the first of a day is an entry of the ledger.
func (d *Desk) LookedAtIncident(ctx context.Context, by store.Staff, number, page string, refused bool) error {
	x, err := d.Incidents()
	if err != nil {
		return err
	}
	id, _, err := x.SetOf(ctx, number)
	if errors.Is(err, incident.ErrNotFound) && refused {
		return nil // nothing was to be seen
	}
	if err == nil {
		err = x.Looked(ctx, id, by.ID, page, refused, d.Now().Add(-lookKept))
	}
	return incidentError(number, err)
}

// IncidentPage is a page of the incidents that an account may see, and figures of all of
// those, with when each since an instant was reported.
func (d *Desk) IncidentPage(ctx context.Context, by store.Staff, f incident.Filter, since time.Time) (incident.Page, incident.Tally, error) {
	if err := d.MayDo(by, SeeIncidents); err != nil {
		return incident.Page{}, incident.Tally{}, err
	}
	x, err := d.Incidents()
	if err != nil {
		return incident.Page{}, incident.Tally{}, err
	}
	f.Sees = d.SeesSets(by)
	p, err := x.List(ctx, f)
	if err != nil {
		return p, incident.Tally{}, incidentError("the list", err)
	}
	t, err := x.Count(ctx, since, f.Sees)
	return p, t, err
}

// IncidentFor is [Desk.IncidentFile] for an account that has a duty.
func (d *Desk) IncidentFor(ctx context.Context, by store.Staff, number string, duty Duty) (IncidentFile, error) {
	if err := d.MayIncident(ctx, by, number, duty); err != nil {
		return IncidentFile{}, err
	}
	return d.IncidentFile(ctx, number)
}

// AffectedFor is some of the people whom an incident touches, for an account that may see
// who they are.
func (d *Desk) AffectedFor(ctx context.Context, by store.Staff, number string, f incident.Some) ([]incident.Affected, error) {
	if err := d.MayIncident(ctx, by, number, SeeAffected); err != nil {
		return nil, err
	}
	return d.Affected(ctx, number, f)
}

// Affected is some of the people whom an incident touches.
func (d *Desk) Affected(ctx context.Context, number string, f incident.Some) ([]incident.Affected, error) {
	x, err := d.Incidents()
	if err != nil {
		return nil, err
	}
	list, err := x.Affected(ctx, number, f)
	return list, incidentError(number, err)
}

// IncidentLooks is who looked at an incident, and who was refused, for an account that may
// see the ledger, where the same stands.
func (d *Desk) IncidentLooks(ctx context.Context, by store.Staff, number string) ([]incident.Look, error) {
	if err := d.MayIncident(ctx, by, number, SeeLedger); err != nil {
		return nil, err
	}
	x, err := d.Incidents()
	if err != nil {
		return nil, err
	}
	looks, err := x.Looks(ctx, number)
	return looks, incidentError(number, err)
}

// ListIncidents is a page of incidents.
func (d *Desk) ListIncidents(ctx context.Context, f incident.Filter) (incident.Page, error) {
	x, err := d.Incidents()
	if err != nil {
		return incident.Page{}, err
	}
	p, err := x.List(ctx, f)
	return p, incidentError("the list", err)
}

// ForgetIncident destroys the people and the particulars of a closed incident or, whole,
// what is left of one of which those are gone.
func (d *Desk) ForgetIncident(ctx context.Context, number, by string, whole bool) error {
	x, err := d.Incidents()
	if err != nil {
		return err
	}
	id, _, err := x.SetOf(ctx, number)
	if err != nil {
		return incidentError(number, err)
	}
	forget := x.Forget
	if whole {
		forget = x.ForgetWhole
	}
	if err = forget(ctx, by, id); errors.Is(err, incident.ErrState) {
		return &Error{Code: "state", What: "it is open, or is forgotten already, or its people are not yet", Where: number, Mend: "close it first; --whole comes after"}
	}
	return err
}
