package incident

import (
	"fmt"
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
func (i *Incident) agreed(a Contract) *Clock {
	c := Clock{ID: a.ID(), Tell: a.Tell, Theirs: a.Theirs, Title: "Tell " + a.With, Cite: fmt.Sprintf("the agreement %s, version %d, signed on %s", a.Paper, a.Version, a.Signed)}
	from, knew := i.Aware, "We were aware"
	c.Met = i.passed(c.ID)
	if a.Theirs {
		if i.Knew.IsZero() {
			return nil
		}
		c.Title = a.With + " tells us"
		from, knew = i.Knew, a.With+" knew"
		if c.Met = i.Opened; i.Aware.Before(c.Met) {
			c.Met = i.Aware
		}
	}
	c.Due = law.At(from.Add(time.Duration(a.Hours) * time.Hour))
	c.Working = []string{fmt.Sprintf("%s on %s.", knew, law.At(from).Words()),
		fmt.Sprintf("%d hours later, as the agreement has it, weekends and holidays included, is %s.", a.Hours, c.Due.Words())}
	return &c
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
