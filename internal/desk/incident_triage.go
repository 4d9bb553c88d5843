package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/register"
)

// Triage is what is found of an incident. Which agreements give somebody hours follows
// from whom it concerns.
type Triage struct {
	incident.Finding             // its Contracts are filled in
	Recipients       []notice.ID // of the notice, whose agreements with us it concerns
	Data             []notice.ID // categories of the notice; empty is not known, and counts as all
	Agreements       []string    // numbers of papers that it concerns besides
}

// TriageIncident finds that an incident is a personal data breach, or puts such a finding
// right. The agreements in the register that concern it, and were in force when we were
// aware, give it their clocks, as they stood.
func (d *Desk) TriageIncident(ctx context.Context, on incident.On, t Triage) (incident.Incident, error) {
	if t.Client != "" {
		c, err := d.client(string(t.Client))
		if err != nil {
			return incident.Incident{}, err
		}
		if t.Role == "" {
			t.Role = incident.Processor
		}
		if t.Role != incident.Controller && !slices.Contains(t.Controllers, c.Name) {
			t.Controllers = append(t.Controllers, c.Name)
		}
	}
	for i, who := range t.Controllers {
		name, err := d.knownBody(ctx, who)
		if err != nil {
			return incident.Incident{}, err
		}
		if name == "" {
			return incident.Incident{}, &Error{Code: "input", What: fmt.Sprintf("nobody is known as %.60q", who), Where: on.Number,
				Mend: "name a controller or client of landlord.yaml, a recipient of sharing.yaml, or a party of an agreement in the register"}
		}
		t.Controllers[i] = name
	}
	for _, id := range t.Recipients {
		if !slices.ContainsFunc(d.Notice.Sharing.Recipients, func(r notice.Recipient) bool { return r.ID == id }) {
			return incident.Incident{}, &Error{Code: "input", What: fmt.Sprintf("the notice has no recipient %.60q", id), Where: on.Number, Mend: "name one of sharing.yaml: recipients"}
		}
	}
	for _, id := range t.Data {
		if _, ok := d.Notice.Data.Category(id); !ok {
			return incident.Incident{}, &Error{Code: "input", What: fmt.Sprintf("the notice has no category %.60q", id), Where: on.Number, Mend: "name one of data.yaml: categories"}
		}
	}
	all, err := d.BreachAgreements(ctx, t.Aware)
	if err != nil {
		return incident.Incident{}, err
	}
	t.Contracts = nil
	for _, a := range all {
		if a.concerns(t) {
			t.Contracts = append(t.Contracts, a.Contract)
		}
	}
	for _, number := range t.Agreements {
		if !slices.ContainsFunc(all, func(a BreachAgreement) bool { return a.Paper == number }) {
			return incident.Incident{}, &Error{Code: "input", What: fmt.Sprintf("no agreement %.20q gave hours to tell anybody of a breach on that day", number), Where: on.Number,
				Mend: "tenet register list --register agreements shows those there are; breach-hours says within how many"}
		}
	}
	return d.Incident(on.Number, func(x *incident.Incidents) (incident.Incident, error) { return x.Confirm(ctx, on, t.Finding) })
}

// knownBody is the name of a body for which or with which data may be held, by its id or
// its name, without regard to capitals: of the notice, or of the register of agreements.
// It is empty where nobody is known so.
func (d *Desk) knownBody(ctx context.Context, who string) (string, error) {
	is := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), strings.TrimSpace(who)) })
	}
	for _, c := range d.Notice.Landlord.Clients {
		if is(string(c.ID), c.Name) {
			return c.Name, nil
		}
	}
	for _, c := range d.Notice.Landlord.Controllers {
		if is(string(c.ID), c.Name) {
			return c.Name, nil
		}
	}
	for _, r := range d.Notice.Sharing.Recipients {
		if is(string(r.ID), r.Title) {
			return r.Title, nil
		}
	}
	r, err := d.Registers()
	if err != nil {
		return "", err
	}
	papers, err := r.Papers(ctx, "agreements")
	if err != nil {
		return "", RegisterError(err)
	}
	for _, p := range papers {
		parties := strings.ToLower(p.Latest().Values.Text("parties")) // one text for all of them
		if name := strings.TrimSpace(who); len(name) > 2 && strings.Contains(parties, strings.ToLower(name)) {
			return name, nil
		}
	}
	return "", nil
}

// BreachAgreement is an agreement that gives hours to tell of a breach, in one direction.
type BreachAgreement struct {
	incident.Contract
	Recipients []notice.ID
	Clients    []notice.ID
}

// concerns says whether a breach is one that the agreement is about.
func (a BreachAgreement) concerns(t Triage) bool {
	common := func(x, y []notice.ID) bool {
		return slices.ContainsFunc(x, func(id notice.ID) bool { return slices.Contains(y, id) })
	}
	switch {
	case slices.Contains(t.Agreements, a.Paper):
		return true
	case len(a.Of) > 0 && len(t.Data) > 0 && !common(a.Of, t.Data):
		return false
	}
	return t.Client != "" && slices.Contains(a.Clients, t.Client) || common(a.Recipients, t.Recipients)
}

// BreachAgreements are the signed agreements of the register that were in force at an
// instant and give hours to tell of a breach. One that binds both sides comes twice.
func (d *Desk) BreachAgreements(ctx context.Context, at time.Time) ([]BreachAgreement, error) {
	r, err := d.Registers()
	if err != nil {
		return nil, err
	}
	papers, err := r.Papers(ctx, "agreements")
	if err != nil {
		return nil, RegisterError(err)
	}
	var out []BreachAgreement
	for _, p := range papers {
		v, ok := inForce(p, at)
		if !ok {
			continue
		}
		hours, err := strconv.Atoi(v.Values.Text("breach-hours"))
		if err != nil || hours < 1 {
			continue
		}
		a := BreachAgreement{Contract: incident.Contract{Paper: p.Number, Version: v.N, Title: v.Title, With: v.Values.Text("parties"), Signed: v.Values.Day("signed"), Hours: hours,
			Of: idsOf(v.Values.List("breach-data"))}, Recipients: idsOf(v.Values.List("recipients")), Clients: idsOf(v.Values.List("clients"))}
		var with []string
		for _, x := range d.Notice.Landlord.Clients {
			if slices.Contains(a.Clients, x.ID) {
				a.Client = x.Name
				with = append(with, x.Name)
			}
		}
		for _, x := range d.Notice.Sharing.Recipients {
			if slices.Contains(a.Recipients, x.ID) {
				with = append(with, x.Title)
			}
		}
		if len(with) > 0 {
			a.With = strings.Join(with, ", ")
		}
		direction := v.Values.Text("breach-direction")
		if direction == "we-tell-them" || direction == "each-tells-the-other" {
			ours := a
			ours.Tell = v.Values.Text("breach-tell")
			out = append(out, ours)
		}
		if direction != "we-tell-them" {
			a.Theirs = true
			out = append(out, a)
		}
	}
	return out, nil
}

// inForce is the signed version of an agreement that had effect at an instant: by its own
// days, as a paper may be entered long after it was signed.
func inForce(p register.Paper, at time.Time) (register.Version, bool) {
	if !p.Ended.IsZero() && !p.Ended.After(at) {
		return register.Version{}, false
	}
	day := law.DateOf(at)
	for _, v := range slices.Backward(p.Versions) {
		from, ends := v.Values.Day("from"), v.Values.Day("ends")
		signed := v.State == register.Signed || v.State == register.Replaced || v.State == register.Ended
		if signed && !from.IsZero() && !from.After(day) && (ends.IsZero() || !ends.Before(day)) {
			return v, true
		}
	}
	return register.Version{}, false
}

func idsOf(list []string) []notice.ID {
	var out []notice.ID
	for _, s := range list {
		out = append(out, notice.ID(s))
	}
	return out
}
