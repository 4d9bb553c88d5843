package promise

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"tenet/internal/law"
)

// Tellings are those who were given data that was put right, deleted or limited since, by
// Tenet's cases and its log of what was given out.
type Tellings interface {
	// Tellings are those of cases whose answer was approved since a day.
	Tellings(ctx context.Context, since law.Date) iter.Seq2[Telling, error]
}

// Telling is one recipient who is to be told in one case. It names no person.
type Telling struct {
	Number string    // of the case
	To     string    // the recipient: an id of the notice
	Done   law.Date  // when the data was put right, deleted or limited: the answer was approved
	Due    law.Date  // the day by which somebody was given the task to tell them; zero where nobody was
	Told   law.Date  // when they were; zero while they are not
	Settle TellingBy // how it was settled otherwise
	Closed bool      // the case is closed
}

// TellingBy is how somebody settled that a recipient was not told.
type TellingBy string

// The ways: UK GDPR Art 19 has the second of itself.
const (
	NotTouched TellingBy = "not touched" // what they were given is not what was changed
	Impossible TellingBy = "impossible"  // or an effort out of all proportion
)

var erasureTold = Kind{
	Name: "erasure.told", Says: "those who were given data that was erased or corrected were told",
	Params: []Param{in, {Name: "done", Says: "the column with the day on which it was erased or corrected; left out means done_on", Type: AColumn},
		{Name: "told", Says: "the column with the day on which those who were given it were told; left out means told_on", Type: AColumn},
		{Name: "within", Says: "how soon; left out means P1M", Type: APeriod}, where, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "times that somebody was to be told", Places: "registers", Method: "Each case in which data was put right, deleted or limited, of the last year: whoever Tenet's log says was given it before must have been told in time (UK GDPR Art 19). " +
			"A task past its day, and a case that was closed without, count against; whom it was impossible to tell, by somebody's word with a reason, does not; whose time is not over is not counted. " +
			"Where the check names a table, its rows likewise: the day on which each was done, and the day on which others were told."}
		if err := l.tellings(ctx, &f); err != nil {
			return f, err
		}
		if !l.With.has("in") {
			return f, nil
		}
		err := l.followed(ctx, &f, "erasures and who was told", l.column("done", "done_on"), l.column("told", "told_on"), "P1M")
		f.Places = "registers"
		return f, err
	},
}

// tellings counts those who are to be told in Tenet's own cases.
func (l *Look) tellings(ctx context.Context, f *Found) error {
	if l.Told == nil {
		f.gap("Tenet's own cases cannot be read")
		return nil
	}
	untouched, impossible := int64(0), int64(0)
	for t, err := range l.Told.Tellings(ctx, before(l.Today, "P1Y")) {
		if err != nil {
			return fmt.Errorf("read who is to be told: %w", err)
		}
		f.Rows++
		last := after(t.Done, l.With.period("within", "P1M"))
		switch {
		case t.Settle == NotTouched:
			untouched++
		case t.Settle == Impossible:
			impossible++
			f.good()
		case !t.Told.IsZero():
			f.count(!t.Told.After(last), strings.TrimSpace(t.Number+" "+t.To))
		case t.Closed || l.Today.After(last) || !t.Due.IsZero() && l.Today.After(t.Due):
			f.bad(strings.TrimSpace(t.Number + " " + t.To))
		}
	}
	f.saw()
	if untouched > 0 {
		f.Notes = append(f.Notes, count(untouched)+" were given what was not changed, and are not counted")
	}
	if impossible > 0 {
		f.Notes = append(f.Notes, count(impossible)+" could not be told, or only with an effort out of all proportion, by the word of whoever tried")
	}
	return nil
}
