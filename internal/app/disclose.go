package app

import (
	"context"
	"fmt"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/disclose"
)

// released is what the log of disclosures has of a case, and the steps of the case that
// it tells of.
func (s caseWork) released(ctx context.Context, k cases.Case) ([]console.Disclosure, map[int64]bool, error) {
	list, err := s.d.GivenIn(ctx, k)
	if err != nil {
		return nil, nil, err
	}
	name, steps := accounts{s.d}.names(ctx), map[int64]bool{}
	var out []console.Disclosure
	for _, g := range list {
		steps[g.Step] = true
		out = append(out, disclosedOf(g, name))
	}
	return out, steps, nil
}

// givenBefore is what was given out of the data of a case's person besides, in other
// cases and to others.
func (s caseWork) givenBefore(ctx context.Context, k cases.Case) ([]console.Disclosure, error) {
	list, err := s.d.GivenElsewhere(ctx, k)
	if err != nil {
		return nil, err
	}
	name := accounts{s.d}.names(ctx)
	var out []console.Disclosure
	for _, g := range list {
		x := disclosedOf(g, name)
		if !g.Sure {
			x.What += " (perhaps of somebody else who shares a telephone, an address or a reference: it is in no answer)"
		}
		out = append(out, x)
	}
	return out, nil
}

// ways are how an answer went, in a word.
var ways = map[string]string{string(cases.Sent): "Sent", string(cases.Collected): "Collected"}

// disclosedOf is an entry of the log as a page shows it.
func disclosedOf(g desk.GivenOut, name func(string) string) console.Disclosure {
	x := console.Disclosure{On: g.At, Number: g.Number, What: g.Said, To: g.Recipient, Way: ways[g.Way], Why: g.Why, Basis: g.Basis, By: name(g.By), Entry: g.Seq}
	if x.Way == "" {
		x.Way = g.Way
	}
	if g.By == g.Number && g.Number != "" {
		x.By = "the person, on the portal"
	}
	if g.Digest != "" {
		x.What += ", sealed as " + g.Digest[:min(8, len(g.Digest))]
	}
	switch {
	case g.Forgotten:
		x.What, x.To = "Forgotten", "Forgotten"
	case g.Kind == disclose.Void:
		x.What = fmt.Sprintf("Nothing: what entry %d of the log says did not happen", g.Corrects)
	case g.Corrected != 0:
		x.What += fmt.Sprintf(" (corrected by entry %d of the log)", g.Corrected)
	case g.Verdict == disclose.Against:
		x.Basis = "Against the rules of the notice: " + g.Over
	}
	return x
}
