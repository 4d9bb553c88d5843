package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tenet/internal/cases"
	"tenet/internal/datamap"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// actor is the key of whoever acts in a context.
type actor struct{}

// As is a context in which somebody acts who has an account: whatever the desk is asked for
// in it reaches only the sets that their role may see. In a context without one the program
// acts of itself, or whoever holds its keys on a command line of which tenet.yaml names no
// operators, and there is no limit.
func As(ctx context.Context, s store.Staff) context.Context {
	return context.WithValue(ctx, actor{}, &s)
}

// ofItself is a context in which the program acts of itself, whoever set it going: it passes
// a case to whoever it is for, and shows nobody anything.
func ofItself(ctx context.Context) context.Context {
	return context.WithValue(ctx, actor{}, (*store.Staff)(nil))
}

// Reaches says whether a role may see the records of a set: a client's id, or "" for the
// landlord's own.
func (r Role) Reaches(set string) bool {
	return len(r.Clients) == 0 || slices.Contains(r.Clients, cmp.Or(set, datamap.OwnClient))
}

// limit is who acts in a context, and their role, where it may not see every set; nil where
// there is no limit. A role that there is not any more sees none.
func (d *Desk) limit(ctx context.Context) (*store.Staff, Role) {
	s, _ := ctx.Value(actor{}).(*store.Staff)
	if s == nil {
		return nil, Role{}
	}
	roles := d.Roles()
	i := slices.IndexFunc(roles, func(r Role) bool { return r.ID == s.Role })
	switch {
	case i < 0:
		return s, Role{ID: s.Role, Title: s.Role, Clients: []string{""}}
	case len(roles[i].Clients) == 0:
		return nil, Role{}
	}
	return s, roles[i]
}

// Sees says whether whoever acts may see the records of a set.
func (d *Desk) Sees(ctx context.Context, set string) bool {
	s, r := d.limit(ctx)
	return s == nil || r.Reaches(set)
}

// SeesAll says whether whoever acts may see the records of every set.
func (d *Desk) SeesAll(ctx context.Context) bool {
	s, _ := d.limit(ctx)
	return s == nil
}

// SeesCase says whether whoever acts may see a case. One whose set nobody can tell is seen
// by those alone who see every set.
func (d *Desk) SeesCase(ctx context.Context, k cases.Case) bool {
	s, r := d.limit(ctx)
	if s == nil {
		return true
	}
	set, err := d.caseSet(k)
	return err == nil && r.Reaches(set)
}

// sees is the sets whose records whoever acts may see; nil for all.
func (d *Desk) sees(ctx context.Context) []string {
	s, r := d.limit(ctx)
	if s == nil {
		return nil
	}
	out := []string{}
	for _, set := range r.Clients {
		if set == datamap.OwnClient {
			set = ""
		}
		out = append(out, set)
	}
	return out
}

// within refuses whoever acts what is in a set that their role does not see. That it was
// refused is in the ledger, once a day.
func (d *Desk) within(ctx context.Context, set string) error {
	s, r := d.limit(ctx)
	if s == nil || r.Reaches(set) {
		return nil
	}
	return d.refuse(ctx, s, r, set)
}

// mayWorkFor refuses to have something done for a set that whoever acts does not see, or
// for a client whose contract has ended.
func (d *Desk) mayWorkFor(ctx context.Context, set string) error {
	if set != "" {
		if _, err := d.searchable(set); err != nil {
			return err
		}
	}
	return d.within(ctx, set)
}

// withinCase is within for the set of a case.
func (d *Desk) withinCase(ctx context.Context, k cases.Case) error {
	if d.SeesAll(ctx) {
		return nil
	}
	set, err := d.caseSet(k)
	if err != nil {
		return err
	}
	return d.within(ctx, set)
}

// seesRow says whether whoever acts may see a row: that it is there, and in one of their
// sets.
func (d *Desk) seesRow(ctx context.Context, s *systems, id string) (bool, error) {
	set, err := setOfRow(ctx, s.apart(), id)
	return err == nil && set.Known && d.Sees(ctx, set.Client), err
}

// withinRow is within for the set of a row.
func (d *Desk) withinRow(ctx context.Context, s *systems, id string) error {
	if d.SeesAll(ctx) {
		return nil
	}
	set, err := setOfRow(ctx, s.apart(), id)
	if err != nil {
		return err
	}
	if !set.Known {
		return d.everywhere(ctx)
	}
	return d.within(ctx, set.Client)
}

// everySet stands for all of them where somebody was refused; no client is called so.
const everySet = "every.set"

// everywhere refuses whoever acts what takes looking at every set.
func (d *Desk) everywhere(ctx context.Context) error {
	s, r := d.limit(ctx)
	if s == nil {
		return nil
	}
	return d.refuse(ctx, s, r, everySet)
}

func (d *Desk) refuse(ctx context.Context, s *store.Staff, r Role, set string) error {
	act := ledger.Act{Landlord: d.Config.Landlord, Actor: s.ID, Name: "staff.refused", Subject: s.ID, Once: fmt.Sprintf("staff.refused:%s:%s:%s", s.ID, set, d.Today())}
	if err := d.recordOnce(ctx, act, map[string]any{"client": cmp.Or(set, datamap.OwnClient)}); err != nil {
		return err
	}
	return d.notSeen(r, set)
}

// notSeen says that a role does not see a set, and which do.
func (d *Desk) notSeen(r Role, set string) error {
	e := &Denied{Role: r, What: "see the records of this landlord’s customers"}
	if set == everySet {
		e.What = "look for somebody among the customers of every landlord"
	}
	for _, o := range d.Roles() {
		if slices.Contains(o.May, SeeCases) && (len(o.Clients) == 0 || set != everySet && o.Reaches(set)) {
			e.Whose = append(e.Whose, o.Title)
		}
	}
	return e
}

// AllowCase decides whether a role may do something in a case: its kind and its set must be
// for the role. The error is a [*Denied], or that nobody can tell whose records the case is
// about.
func (d *Desk) AllowCase(role string, duty Duty, k cases.Case) error {
	if err := Allow(d.Roles(), role, duty, k.Kind); err != nil {
		return err
	}
	r := d.Role(role)
	if len(r.Clients) == 0 {
		return nil
	}
	set, err := d.caseSet(k)
	if err != nil || r.Reaches(set) {
		return err
	}
	return d.notSeen(r, set)
}

// checkStaffClients refuses a role in tenet.yaml that names a client whom the notice does
// not have: whoever has it would see nothing, and nobody would know why.
func (d *Desk) checkStaffClients() error {
	for id, r := range d.Config.Staff.Roles {
		for _, client := range r.Clients {
			known := slices.ContainsFunc(d.Notice.Landlord.Clients, func(c notice.Client) bool { return string(c.ID) == client })
			if client != datamap.OwnClient && !known {
				return &Error{Code: "config", What: fmt.Sprintf("%q is no client of the notice", client), Where: configFile + ": staff: roles: " + id + ": clients", Mend: "write own, or a client of landlord.yaml"}
			}
		}
	}
	return nil
}

// SameSet says whether two cases are about customers of the same landlord.
func (d *Desk) SameSet(k, other cases.Case) bool {
	a, err := d.caseSet(k)
	if err != nil {
		return false
	}
	b, err := d.caseSet(other)
	return err == nil && a == b
}
