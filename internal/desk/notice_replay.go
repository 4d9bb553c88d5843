package desk

import (
	"context"
	"fmt"
	"slices"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// Replay is what another version would have done to the requests of a time: what the log
// can show, and what it cannot.
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
	Earlier  int        `json:"earlier"` // due earlier than they were
	Later    int        `json:"later"`
	// Late are those that were answered in time, or still can be, and would have been late.
	Late int `json:"late"`
}

// Words are the lines that tell a person of it.
func (r Replay) Words() []string {
	span := fmt.Sprintf("of those that came in from %s to %s", r.From.Words(), r.To.Words())
	var out []string
	for _, p := range r.Promises {
		if p.Earlier > 0 {
			out = append(out, fmt.Sprintf("%s: %d of %s, %s, would have been due earlier; %d of them were answered, or stand open, later than that.", p.Regime, p.Earlier, requests(p.Requests), span, p.Late))
		}
		if p.Later > 0 {
			out = append(out, fmt.Sprintf("%s: %d of %s, %s, would have been due later.", p.Regime, p.Later, requests(p.Requests), span))
		}
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("No date changes: %s, %s, would have been due when they were.", requests(r.Requests), span))
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
// been due had a version governed them, beside when they are or were due by the version of
// their own day; and decides again, with the facts of their day, what was given out.
// Rules of retention cannot be replayed: nothing is deleted by this version yet.
func (d *Desk) ReplayNotice(ctx context.Context, n *notice.Notice, from, to law.Date) (Replay, error) {
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
				d.replayCase(&r, by, k, n)
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
	if err := d.replayDisclosures(ctx, &r, n); err != nil {
		return r, err
	}
	old, changed := d.Notice, map[string]int{}
	for _, c := range notice.Compare(old, n).Changes {
		changed[c.Thing]++
	}
	for _, x := range []struct{ thing, says string }{
		{"retention rule", "rules of retention; nothing is deleted by this version, so nobody can say what would have gone sooner or later"},
	} {
		if changed[x.thing] > 0 {
			r.Unproven = append(r.Unproven, fmt.Sprintf("Not replayed: %d changes to %s.", changed[x.thing], x.says))
		}
	}
	return r, nil
}

func (d *Desk) replayCase(r *Replay, by map[law.Regime]*Replayed, k cases.Case, n *notice.Notice) {
	was, err := d.dueBy(k)
	if err == nil {
		k.Inputs.Promise = cases.Promised(n, k.Regime)
	}
	would, bad := d.dueBy(k)
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
	if at.After(would.Deadline()) && !at.After(was.Deadline()) {
		p.Late++
	}
}

// dueBy is when the clock that a case goes by was up.
func (d *Desk) dueBy(k cases.Case) (law.Moment, error) {
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
