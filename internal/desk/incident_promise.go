package desk

import (
	"context"

	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/promise"
)

var _ promise.Breaches = (*evidence)(nil)

// Breaches is the register of breaches as promises are held against it.
func (e *evidence) Breaches(ctx context.Context) ([]promise.BreachItem, error) {
	x, err := e.desk.Incidents()
	if err != nil {
		return nil, err
	}
	var out []promise.BreachItem
	for it, err := range x.All(ctx) {
		i := &it
		if err != nil {
			return nil, err
		}
		if !i.IsBreach() {
			continue
		}
		b := promise.BreachItem{Number: i.Number, Risk: i.Risk == incident.SomeRisk || i.Risk == incident.HighRisk, High: i.Risk == incident.HighRisk, Told: i.Notified,
			Whole: i.Nature != "" && i.Effects != "" && i.Measures != "", People: i.PeopleDone(), Passed: len(i.Passed) > 0}
		if i.Decision != nil {
			b.Decided = i.Decision.At
		}
		clocks, err := x.Clocks(i)
		if err != nil {
			return nil, err
		}
		b.Missed = incident.Missed(clocks, e.desk.Now())
		for _, c := range clocks {
			if c.ID == string(law.Breach) {
				b.Due = c.Due.Deadline()
			}
		}
		out = append(out, b)
	}
	return out, nil
}
