package desk

import (
	"context"
	"fmt"
	"slices"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// Replay is what one version would have done to the requests and disclosures of a time
// in the place of another, had the one or the other governed all of them: what the log can
// show, and what it cannot.
type Replay struct {
	From     law.Date   `json:"from"` // the first day on which they came in
	To       law.Date   `json:"to"`   // the last
	Promises []Replayed `json:"promises"`
	// Requests are all that were counted, and Uncounted those whose dates could not be
	// worked out both ways.
	Requests  int `json:"requests"`
	Uncounted int `json:"uncounted"`
	// Rules are what was given out, by the rules it went by; Disclosures are all that were
	// decided again, and Undecidable those whose facts are forgotten.
	Rules       []ReplayedRule `json:"rules"`
	Disclosures int            `json:"disclosures"`
	Undecidable int            `json:"undecidable"`
	// Unproven says which changed rules nothing was kept to replay.
	Unproven []string `json:"unproven,omitempty"`
}

// Replayed is what a version would have done to the clocks of one regime.
type Replayed struct {
	Regime   law.Regime `json:"regime"`
	Requests int        `json:"requests"`
	Earlier  int        `json:"earlier"` // due earlier than by the version before
	Later    int        `json:"later"`
	// Late are those that were answered, or still can be, in time by the version before and
	// too late by this one; InTime are those the other way round.
	Late   int `json:"late"`
	InTime int `json:"in_time"`
}

// Words are the lines that tell a person of it.
func (r Replay) Words() []string {
	span := fmt.Sprintf("of those that came in from %s to %s", r.From.Words(), r.To.Words())
	var out []string
	for _, p := range r.Promises {
		if p.Earlier > 0 {
			out = append(out, fmt.Sprintf("%s: %d of %s, %s, would have been due earlier; answered, or still open, later than that: %d.", p.Regime, p.Earlier, requests(p.Requests), span, p.Late))
		}
		if p.Later > 0 {
			out = append(out, fmt.Sprintf("%s: %d of %s, %s, would have been due later; answered, or still open, too late for the day before and not for this one: %d.", p.Regime, p.Later, requests(p.Requests), span, p.InTime))
		}
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("No date changes: %s, %s, would have been due on the same day.", requests(r.Requests), span))
	}
	if r.Uncounted > 0 {
		out = append(out, requests(r.Uncounted)+" could not be worked out again, and are not among them.")
	}
	return append(append(out, r.disclosureWords()...), r.Unproven...)
}

func requests(n int) string {
	if n == 1 {
		return "1 request"
	}
	return fmt.Sprintf("%d requests", n)
}

// ReplayNotice works out when the requests that came in from one day to another would have
// been due had one version governed them, beside when they would have been had another; and
// decides by both, with the facts of their day, what was given out. Which version governed
// in truth makes no difference: a version beside itself changes nothing, and the other way
// round is the mirror image. Rules of retention are not replayed.
func (d *Desk) ReplayNotice(ctx context.Context, old, n *notice.Notice, from, to law.Date) (Replay, error) {
	r := Replay{From: from, To: to}
	by := make(map[law.Regime]*Replayed)
	for _, ended := range []bool{false, true} {
		f := cases.Filter{Ended: ended, Limit: 500}
		for {
			page, err := d.Cases.List(ctx, f)
			if err != nil {
				return r, err
			}
			for _, k := range page.Cases {
				if k.Received.Before(from) || to.Before(k.Received) {
					continue
				}
				d.replayCase(&r, by, k, old, n)
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
	}
	for _, p := range by {
		r.Promises = append(r.Promises, *p)
	}
	slices.SortFunc(r.Promises, func(a, b Replayed) int {
		if a.Regime < b.Regime {
			return -1
		}
		return 1
	})
	if err := d.replayDisclosures(ctx, &r, old, n); err != nil {
		return r, err
	}
	periods := 0
	for _, c := range notice.Compare(old, n).Changes {
		if c.Thing == "retention rule" {
			periods++
		}
	}
	if periods > 0 {
		r.Unproven = append(r.Unproven, "Not replayed: "+counted(periods, "change to rules of retention", "changes to rules of retention")+". Tenet deletes nothing in the systems, so nobody can say what would have gone sooner or later.")
	}
	return r, nil
}

func (d *Desk) replayCase(r *Replay, by map[law.Regime]*Replayed, k cases.Case, old, n *notice.Notice) {
	was, err := d.dueBy(k, old)
	would, bad := d.dueBy(k, n)
	if err != nil || bad != nil {
		r.Uncounted++
		return
	}
	r.Requests++
	p := by[k.Regime]
	if p == nil {
		p = &Replayed{Regime: k.Regime}
		by[k.Regime] = p
	}
	p.Requests++
	switch {
	case would.Before(was):
		p.Earlier++
	case was.Before(would):
		p.Later++
	}
	at := k.Ended
	if at.IsZero() {
		at = d.Now()
	}
	switch missed, misses := at.After(was.Deadline()), at.After(would.Deadline()); {
	case misses && !missed:
		p.Late++
	case missed && !misses:
		p.InTime++
	}
}

// dueBy is when the clock that a case goes by is up by a version.
func (d *Desk) dueBy(k cases.Case, n *notice.Notice) (law.Moment, error) {
	k.Inputs.Promise = cases.Promised(n, k.Regime)
	all, err := d.Cases.ClocksOf(k, nil)
	if err != nil {
		return law.Moment{}, err
	}
	for _, c := range all {
		if c.Clock.Regime == k.Regime && !c.Result.Due.IsZero() {
			return c.Result.Due, nil
		}
	}
	return law.Moment{}, fmt.Errorf("case %s has no date", k.Number)
}
