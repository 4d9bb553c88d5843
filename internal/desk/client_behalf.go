package desk

import (
	"context"

	"tenet/internal/cases"
	"tenet/internal/law"
)

// OnBehalf is the client for whom a case is answered, and its instruction to do so.
type OnBehalf struct {
	Keeper
	Who string   // who instructed us, and what they are there; empty while nobody has
	Day law.Date // on which day
}

// OnBehalfOf is for whom a case is answered; nil where it is our own.
func (d *Desk) OnBehalfOf(ctx context.Context, k cases.Case) (*OnBehalf, error) {
	set, err := d.caseSet(k)
	if err != nil || set == "" {
		return nil, err
	}
	keeper, err := d.KeeperOf(set, "", "")
	if err != nil {
		return nil, err
	}
	out := &OnBehalf{Keeper: keeper}
	out.Day, out.Who, _, err = d.instructed(ctx, k)
	return out, err
}
