package app

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// gate decides what each member of staff may open and do, by the desk's rules.
type gate struct {
	staffDesk
	held *holdings
}

// holdings is what the tables of the systems hold, read again when a map changes.
type holdings struct {
	mu   sync.Mutex
	at   time.Time
	list map[string]desk.Holding
}

func (h *holdings) of(d *desk.Desk) (map[string]desk.Holding, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := d.MapsChanged()
	if h.list != nil && at.Equal(h.at) {
		return h.list, nil
	}
	list, err := d.Holdings()
	if err == nil {
		h.at, h.list = at, list
	}
	return list, err
}

// denied is a refusal of the desk in the console's words.
func denied(err error) error {
	var d *desk.Denied
	if errors.As(err, &d) {
		return &console.Denied{Why: d.Why(), Mend: d.Mend()}
	}
	return err
}

// As is a context in which the desk acts for somebody: it gives them nothing of a set that
// their role does not see.
func (g gate) As(ctx context.Context, staff console.Staff) context.Context {
	return desk.As(ctx, store.Staff{ID: staff.ID, Role: staff.Role})
}

func (g gate) Admit(ctx context.Context, staff console.Staff, ask console.Ask) error {
	roles := g.d.Roles()
	switch ask.Duty {
	case console.AnyStaff:
		return nil
	case console.Everything:
		return denied(desk.Everything(roles, staff.Role))
	}
	if ask.Incident != "" {
		return staffIncidents{staffDesk: g.staffDesk}.incidentTold(ctx, g.d.MayIncident(ctx, reader(staff), ask.Incident, desk.Duty(ask.Duty)))
	}
	if ask.Number == "" {
		return denied(desk.Allow(roles, staff.Role, desk.Duty(ask.Duty), ""))
	}
	k, err := g.d.Cases.ByNumber(ctx, ask.Number)
	if err != nil {
		return g.told(ctx, err)
	}
	if err := g.d.AllowCase(staff.Role, desk.Duty(ask.Duty), k); err != nil {
		return g.told(ctx, denied(err))
	}
	if !ask.Whole {
		return nil
	}
	closed, err := g.tables(ctx, staff, k)
	if err != nil {
		return g.told(ctx, err)
	}
	for _, at := range slices.Sorted(maps.Keys(closed)) {
		switch x := closed[at]; {
		case !x.Reason:
			return denied(&desk.Denied{Role: g.d.Role(staff.Role), What: "read all of this case: it holds records of " + at, Whose: g.whose(desk.Duty(ask.Duty), k, at)})
		case ask.Open:
			return console.ErrClosed
		}
	}
	return nil
}

// whose are the roles that may do something in a case and reach to a table in it.
func (g gate) whose(d desk.Duty, k cases.Case, table string) []string {
	held, err := g.held.of(g.d)
	if err != nil {
		return nil
	}
	var out []string
	for _, r := range g.d.Roles() {
		if g.d.AllowCase(r.ID, d, k) == nil && desk.See(g.d.Notice, r, held[table]) != desk.NotTheir {
			out = append(out, r.Title)
		}
	}
	return out
}

// tables are the tables of a case's answer that are closed to somebody.
func (g gate) tables(ctx context.Context, staff console.Staff, k cases.Case) (map[string]console.Closure, error) {
	if k.Draft == nil {
		return nil, nil
	}
	held, err := g.held.of(g.d)
	if err != nil {
		return nil, err
	}
	role := g.d.Role(staff.Role)
	out := map[string]console.Closure{}
	reason := false
	for at := range k.Draft.Counts {
		switch desk.See(g.d.Notice, role, held[at]) {
		case desk.NotTheir:
			out[at] = console.Closure{Why: "It " + g.holds(held[at]) + ", which your role does not see."}
		case desk.ByReason:
			out[at] = console.Closure{Why: "It " + g.holds(held[at]) + ".", Reason: true}
			reason = true
		}
	}
	if !reason {
		return out, nil
	}
	opened, err := g.d.Opened(ctx, store.Staff{ID: staff.ID, Role: staff.Role}, k)
	if opened {
		for at, x := range out {
			if x.Reason {
				delete(out, at)
			}
		}
	}
	return out, err
}

// holds says what a table holds that is not for everybody's eyes.
func (g gate) holds(h desk.Holding) string {
	var titles []string
	for _, id := range h.Categories {
		i := slices.IndexFunc(g.d.Notice.Data.Categories, func(c notice.Category) bool { return c.ID == id })
		apart := slices.ContainsFunc(g.d.Notice.Records.Compartments, func(c notice.Compartment) bool { return slices.Contains(c.Holds, id) })
		if i >= 0 && (apart || g.d.Notice.Data.Categories[i].Kind != notice.Ordinary) {
			titles = append(titles, g.d.Notice.Data.Categories[i].Title)
		}
	}
	switch {
	case len(titles) > 0:
		return "holds: " + strings.Join(titles, "; ")
	case h.Sensitive:
		return "holds special category or criminal data"
	case len(h.Categories) == 0:
		return "is of no category that its map names"
	}
	return "is kept for other roles"
}

func (g gate) Looked(ctx context.Context, staff console.Staff, ask console.Ask) error {
	if ask.Incident != "" {
		return staffIncidents{staffDesk: g.staffDesk}.incidentTold(ctx, g.d.LookedAtIncident(ctx, reader(staff), ask.Incident, ask.Page, false))
	}
	k, err := g.d.Cases.ByNumber(ctx, ask.Number)
	if err == nil {
		err = g.d.Looked(ctx, staff.ID, k.ID, ask.Page, ask.Item)
	}
	return g.told(ctx, err)
}

func (g gate) Refused(ctx context.Context, staff console.Staff, ask console.Ask) error {
	if ask.Incident != "" {
		return g.d.LookedAtIncident(ctx, reader(staff), ask.Incident, cmp.Or(ask.Page, "an act"), true)
	}
	k, err := g.d.Cases.ByNumber(ctx, ask.Number)
	if err == nil {
		err = g.d.Refused(ctx, staff.ID, k.ID, ask.Page)
	}
	return g.told(ctx, err)
}

func (g gate) Closed(ctx context.Context, staff console.Staff, number string) (console.Closed, error) {
	k, err := g.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return console.Closed{}, g.told(ctx, err)
	}
	tables, err := g.tables(ctx, staff, k)
	if err != nil || len(tables) == 0 {
		return console.Closed{}, g.told(ctx, err)
	}
	out := console.Closed{Tables: tables, Items: map[string]console.Closure{}}
	_, list, err := g.d.Dispositions(ctx, k)
	for _, x := range list {
		if why, ok := tables[x.Record.Source+"."+x.Record.Table]; ok {
			out.Items[x.Item] = why
		}
	}
	return out, g.told(ctx, err)
}

func (g gate) Open(ctx context.Context, staff console.Staff, number, purpose, reason string) error {
	k, err := g.d.Cases.ByNumber(ctx, number)
	if err == nil {
		err = g.d.OpenSensitive(ctx, store.Staff{ID: staff.ID, Role: staff.Role}, k, desk.Purpose(purpose), reason)
	}
	return g.told(ctx, err)
}

func (g gate) Seen(ctx context.Context, staff console.Staff, number string) (console.Seen, error) {
	k, err := g.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return console.Seen{}, g.told(ctx, err)
	}
	looks, openings, err := g.d.Looks(ctx, k.ID)
	if err != nil {
		return console.Seen{}, err
	}
	tables, err := g.tables(ctx, staff, k)
	if err != nil {
		return console.Seen{}, g.told(ctx, err)
	}
	out := console.Seen{Closed: console.Closed{Tables: tables}}
	name := accounts{g.d}.names(ctx)
	for _, l := range looks {
		out.Looks = append(out.Looks, console.Look{By: name(l.Staff), Page: l.Page, Item: l.Item, Began: l.Began, Ended: l.Ended, Times: l.Times})
	}
	for _, o := range openings {
		out.Openings = append(out.Openings, console.Opening{By: name(o.Staff), On: o.Opened, Purpose: desk.Purpose(o.Purpose).Words(), Reason: o.Reason})
	}
	for _, p := range desk.Purposes(g.d.Role(staff.Role), k.Kind, k.State) {
		out.Purposes = append(out.Purposes, console.Purpose{ID: string(p), Words: p.Words()})
	}
	return out, nil
}
