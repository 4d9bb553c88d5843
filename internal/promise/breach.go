package promise

import (
	"context"
	"fmt"
	"time"
)

// Breaches is the register of personal data breaches.
type Breaches interface {
	Breaches(ctx context.Context) ([]BreachItem, error)
}

// BreachItem is a breach as a check needs it. It names nobody.
type BreachItem struct {
	Number  string
	Due     time.Time // by when the regulator was, or is, to be told (UK GDPR Art 33(1)); zero for a processor
	Decided time.Time // when the risk was decided; zero before
	Risk    bool      // one to people is likely
	High    bool      // a high one
	Told    time.Time // when the regulator was first told; zero before
	Whole   bool      // facts, effects and remedial action are recorded (UK GDPR Art 33(5))
	People  bool      // whoever is to be told of it was, or an exception of Art 34(3) is recorded
	Passed  bool      // of a processor: the controller was told (Art 33(2))
	Missed  bool      // hours that the notice or an agreement gives us to tell somebody passed, and they were not told within them
}

// peopleWithin is how long after the decision that a risk is high everybody is to have
// been told. The law says without undue delay and no more; this is how we count that.
const peopleWithin = 72 * time.Hour

// breached looks at the register of breaches.
func breached(ctx context.Context, l *Look) (Found, error) {
	people, _ := l.With.m["told"].(bool)
	f := Found{Unit: "breaches", Places: "registers", Method: "Each personal data breach in the register of incidents: what happened, its effects and what was done are recorded, somebody has decided the risk, " +
		"the regulator was told within 72 hours of our being aware where a risk is likely (UK GDPR Art 33), " +
		"and whomever the notice or an agreement gives us hours to tell was told within them. One whose time is not up yet does not count."}
	if people {
		f.Unit = "breaches with a high risk"
		f.Method = fmt.Sprintf("Each personal data breach whose risk was decided to be high: everybody on its list was told, or an exception of UK GDPR Art 34(3) is recorded. The law says without undue delay; "+
			"we count it as late when somebody is still not told %.0f hours after the decision. One whose risk nobody has decided when the 72 hours to the regulator are over is a gap.", peopleWithin.Hours())
	}
	if l.Breaches == nil {
		f.gap("the register of breaches cannot be read")
		return f, nil
	}
	all, err := l.Breaches.Breaches(ctx)
	if err != nil {
		return f, err
	}
	f.saw()
	now := l.Now()
	for _, b := range all {
		switch late := !b.Due.IsZero() && now.After(b.Due); {
		case people && b.Decided.IsZero() && late:
			f.gap("nobody has decided the risk of %s", b.Number)
		case people && b.High && (b.People || now.Sub(b.Decided) > peopleWithin):
			f.count(b.People, b.Number)
		case people:
		case b.Missed:
			f.count(false, b.Number)
		case b.Due.IsZero(): // we hold the data for somebody else, who decides
			f.count(b.Passed, b.Number)
		case b.Risk && !b.Told.IsZero():
			f.count(b.Whole && !b.Told.After(b.Due), b.Number)
		case !b.Decided.IsZero() && !b.Risk:
			f.count(b.Whole, b.Number)
		case late:
			f.count(false, b.Number)
		}
	}
	return f, nil
}
