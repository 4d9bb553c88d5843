package incident

import (
	"fmt"
	"math"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// Clock is a time that runs for an incident.
type Clock struct {
	ID      string     `json:"id"`               // "breach", the id of a clock of the notice, the number of an agreement, or "tell:" and a controller
	Title   string     `json:"title"`            // what is to be done in time
	Tell    string     `json:"tell,omitempty"`   // whom, and how to reach them, as an agreement has it
	Theirs  bool       `json:"theirs,omitempty"` // it is for them to tell us
	Due     law.Moment `json:"due,omitzero"`     // zero where the law has no figure: without undue delay
	Left    float64    `json:"left"`             // hours; below zero where it is late, zero where there is no figure
	Met     time.Time  `json:"met,omitzero"`     // when it was done
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
	return !c.Due.IsZero() && now.After(c.Due.Deadline())
}

// LeftWords is how long there is, or by how much it is late, in words: "31 hours left".
func (c Clock) LeftWords() string {
	if c.Due.IsZero() {
		return "without undue delay"
	}
	n, words := int(math.Abs(c.Left)), ""
	switch n {
	case 0:
		words = "less than an hour"
	case 1:
		words = "1 hour"
	default:
		words = fmt.Sprintf("%d hours", n)
	}
	if c.Left < 0 {
		return words + " late"
	}
	return words + " left"
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
	if i.Role != Processor {
		r, err := x.law72(i)
		if err != nil {
			return nil, fmt.Errorf("count the hours to the regulator: %w", err)
		}
		c := Clock{ID: string(law.Breach), Title: "Tell the regulator", Due: r.Due, Working: r.Working, Cite: r.Law.Cite, Met: i.Notified}
		if c.Met.IsZero() && i.Risk == NoRisk && i.Decision != nil {
			c.Title, c.Met = "Decide whether to tell the regulator", i.Decision.At
		}
		out = append(out, x.left(c))
	}
	owing, err := x.Owing(i)
	return append(out, owing...), err
}

// left fills in how many hours a clock has left, or had when it was met.
func (x *Incidents) left(c Clock) Clock {
	until := x.clock()
	if !c.Met.IsZero() {
		until = c.Met
	}
	if !c.Due.IsZero() {
		c.Left = c.Due.Deadline().Sub(until).Hours()
	}
	return c
}

// Owing are the clocks to whom else is to be told: under the notice, under agreements,
// and each controller for whom, or with whom, we hold the data (UK GDPR Art 33(2)).
func (x *Incidents) Owing(i *Incident) ([]Clock, error) {
	if i.Aware.IsZero() || !i.IsBreach() {
		return nil, nil
	}
	var out []Clock
	for _, id := range i.Owed {
		own, ok := clockOf(x.notice, id)
		if !ok {
			continue
		}
		r, err := x.contract(i, own)
		if err != nil {
			return nil, fmt.Errorf("count the clock %s: %w", id, err)
		}
		out = append(out, x.left(Clock{ID: string(id), Title: own.Title, Due: r.Due, Working: r.Working, Cite: "the notice: after " + own.From, Met: i.passed(string(id))}))
	}
	told := map[string]bool{} // controllers to whom an agreement gives hours
	for _, a := range i.Contracts {
		if c := i.agreed(a); c != nil {
			told[a.Client] = told[a.Client] || !a.Theirs
			out = append(out, x.left(*c))
		}
	}
	if i.Role == Controller {
		return out, nil
	}
	for _, to := range i.Controllers {
		if told[to] {
			continue
		}
		id := "tell:" + to
		c := Clock{ID: id, Title: "Tell " + to, Cite: "UK GDPR Art 33(2)", Met: i.passed(id), Working: []string{"The law gives a processor no hours: the controller is told without undue delay. No agreement in the register that was in force gives any."}}
		if i.Role == Joint {
			c.Cite, c.Working = "UK GDPR Art 26", []string{"The law gives joint controllers no hours; the arrangement between them says who does what. No agreement in the register that was in force gives any."}
		}
		if c.Met.IsZero() {
			c.Met = i.passedTo(to)
		}
		out = append(out, c)
	}
	return out, nil
}

// passed is when somebody was first told by whom a clock is met; zero before.
func (i *Incident) passed(clock string) (at time.Time) {
	for _, p := range i.Passed {
		if p.Clock == clock && (at.IsZero() || p.At.Before(at)) {
			at = p.At
		}
	}
	return at
}

func (i *Incident) passedTo(name string) (at time.Time) {
	for _, p := range i.Passed {
		if p.To == name && (at.IsZero() || p.At.Before(at)) {
			at = p.At
		}
	}
	return at
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
