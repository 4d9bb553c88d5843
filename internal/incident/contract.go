package incident

import (
	"fmt"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// mostHours is the longest that an agreement may give: a year.
const mostHours = 366 * 24

// Contract is an agreement as it stood when the landlord was aware of a breach, and the
// hours that it gives one side to tell the other. It is kept with the incident: an
// agreement that is signed again later moves no clock that has begun.
type Contract struct {
	Paper   string      `json:"paper"`   // its number in the register of agreements: AG-0001
	Version int64       `json:"version"` // of the paper
	Title   string      `json:"title"`
	With    string      `json:"with"`             // the other side
	Client  string      `json:"client,omitempty"` // the client's name, where the other side is one
	Signed  law.Date    `json:"signed"`
	Hours   int         `json:"hours"`
	Theirs  bool        `json:"theirs,omitempty"` // they tell us
	Tell    string      `json:"tell,omitempty"`   // whom, and how to reach them
	Of      []notice.ID `json:"of,omitempty"`     // of which data; empty is all that it permits
}

// ID names the clock of the agreement: the two directions of one are two clocks.
func (c Contract) ID() string {
	if c.Theirs {
		return c.Paper + ":us"
	}
	return c.Paper
}

// agreed is the clock of an agreement, in hours as they pass. Ours runs from when we were
// aware. Theirs runs from when they knew until we were told; nil where that is not known.
func (x *Incidents) agreed(i *Incident, a Contract) (*Clock, error) {
	c := Clock{ID: a.ID(), Tell: a.Tell, Theirs: a.Theirs, Title: "Tell " + a.With, Cite: fmt.Sprintf("the agreement %s, version %d, signed on %s", a.Paper, a.Version, a.Signed)}
	from, says := i.Aware, fmt.Sprintf("We tell %s within %d hours of knowing of it.", a.With, a.Hours)
	c.Met = i.passed(c.ID)
	if a.Theirs {
		if i.Knew.IsZero() {
			return nil, nil
		}
		c.Title = a.With + " tells us"
		from, says = i.Knew, fmt.Sprintf("%s tells us within %d hours of knowing of it.", a.With, a.Hours)
		if c.Met = i.Opened; i.Aware.Before(c.Met) {
			c.Met = i.Aware
		}
	}
	r, err := law.Clock(x.holidays, law.Request{Regime: law.Regime("promise:" + strings.ToLower(a.Paper)), Nation: law.Nation(x.notice.Landlord.Nation), At: from,
		Promise: &law.Promise{ID: strings.ToLower(a.Paper), Says: says, Count: a.Hours, Unit: law.Unit(notice.Hours)}})
	c.Due, c.Working = r.Due, r.Working
	return &c, err
}

// Missed says whether hours that bind us to tell somebody, by the notice or by an
// agreement, have passed with nobody told in time.
func Missed(clocks []Clock, now time.Time) bool {
	for _, c := range clocks {
		if c.ID != string(law.Breach) && !c.Theirs && c.Late(now) {
			return true
		}
	}
	return false
}
