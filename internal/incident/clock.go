package incident

import (
	"fmt"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Clock is a time that runs for an incident.
type Clock struct {
	ID      string     `json:"id"`    // "breach", or the id of a clock of the notice
	Title   string     `json:"title"` // what is to be done in time
	Due     law.Moment `json:"due"`
	Left    float64    `json:"left"`         // hours; below zero where it is late
	Met     time.Time  `json:"met,omitzero"` // when it was done
	Working []string   `json:"working"`
	Cite    string     `json:"cite"`
}

// Running says whether what the clock asks for is still to be done.
func (c Clock) Running() bool { return c.Met.IsZero() }

// Late says whether it was, or is, done too late.
func (c Clock) Late(now time.Time) bool {
	if !c.Met.IsZero() {
		now = c.Met
	}
	return now.After(c.Due.Deadline())
}

// clockOf is a clock of the notice by its id.
func clockOf(n *notice.Notice, id notice.ID) (notice.OwnClock, bool) {
	for _, c := range n.Rights.Clocks {
		if c.ID == id {
			return c, true
		}
	}
	return notice.OwnClock{}, false
}

// Contracts are the clocks that the notice lets run when something goes wrong, to choose
// from at triage.
func Contracts(n *notice.Notice) []notice.OwnClock {
	if n.Records.Incidents == nil {
		return nil
	}
	var out []notice.OwnClock
	for _, id := range n.Records.Incidents.Clocks {
		if c, ok := clockOf(n, id); ok {
			out = append(out, c)
		}
	}
	return out
}

// law72 is the clock of UK GDPR Art 33(1), as package law counts it.
func (x *Incidents) law72(i *Incident) (law.Result, error) {
	return law.Clock(x.holidays, law.Request{Regime: law.Breach, Nation: law.Nation(x.notice.Landlord.Nation), At: i.Aware})
}

// due is the instant by which the regulator is to be told.
func (x *Incidents) due(i *Incident) (time.Time, error) {
	r, err := x.law72(i)
	return r.Due.Deadline(), err
}

// Clocks are the times that run for an incident, the law's first. A landlord that is a
// processor alone has none to the regulator; where a risk is unlikely it has stopped.
func (x *Incidents) Clocks(i *Incident) ([]Clock, error) {
	if i.Aware.IsZero() || !i.IsBreach() {
		return nil, nil
	}
	var out []Clock
	add := func(c Clock) {
		until := x.clock()
		if !c.Met.IsZero() {
			until = c.Met
		}
		c.Left = c.Due.Deadline().Sub(until).Hours()
		out = append(out, c)
	}
	if i.Role != Processor {
		r, err := x.law72(i)
		if err != nil {
			return nil, fmt.Errorf("count the hours to the regulator: %w", err)
		}
		c := Clock{ID: string(law.Breach), Title: "Tell the regulator", Due: r.Due, Working: r.Working, Cite: r.Law.Cite, Met: i.Notified}
		if c.Met.IsZero() && i.Risk == NoRisk && i.Decision != nil {
			c.Title, c.Met = "Decide whether to tell the regulator", i.Decision.At
		}
		add(c)
	}
	for _, id := range i.Owed {
		own, ok := clockOf(x.notice, id)
		if !ok {
			continue
		}
		r, err := x.contract(i, own)
		if err != nil {
			return nil, fmt.Errorf("count the clock %s: %w", id, err)
		}
		c := Clock{ID: string(id), Title: own.Title, Due: r.Due, Working: r.Working, Cite: "the notice: after " + own.From}
		for _, p := range i.Passed {
			if p.Clock == id {
				c.Met = p.At
				break
			}
		}
		add(c)
	}
	return out, nil
}

// contract counts a clock of the notice from awareness: hours as they pass, days as
// package law counts a promise.
func (x *Incidents) contract(i *Incident, own notice.OwnClock) (law.Result, error) {
	says := own.Title
	if s, ok := x.notice.Words.Sentence(own.Clock.Promise); ok {
		says = s.Text
	}
	return law.Clock(x.holidays, law.Request{Regime: law.Regime("promise:" + string(own.ID)), Nation: law.Nation(x.notice.Landlord.Nation), At: i.Aware,
		Promise: &law.Promise{ID: string(own.ID), Says: says, Count: own.Clock.Count, Unit: law.Unit(own.Clock.Unit)}})
}
