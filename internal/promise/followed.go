package promise

import (
	"context"
	"fmt"
	"strings"

	"tenet/internal/notice"
)

// The kinds of this file hold one day of a row against another: what was to follow, and
// by when.

var accessReviewed = Kind{
	Name: "access.reviewed", Says: "who may see what was looked at again in time",
	Params: []Param{{Name: "every", Says: "how often", Type: APeriod, Must: true}, in,
		{Name: "reviewed", Says: "the column with the day of the last review; left out means reviewed_on", Type: AColumn}, where, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "systems and roles", Method: "The register of reviews of access, row by row: the day on which somebody last looked at who may see it, against how often that is to be."}
		return f, l.sifted(ctx, &f, "when who may see what was looked at", []string{l.column("reviewed", "reviewed_on")}, func(v []Value) verdict {
			on, ok := day(strings.TrimSpace(v[0].Text))
			return verdictOf(ok && !l.Today.After(after(on, l.With.period("every", "P1Y"))))
		}, "")
	},
}

var consentWithdrawn = Kind{
	Name: "consent.withdrawn", Says: "consent that was taken back was acted on in time",
	Params: []Param{{Name: "within", Says: "how soon", Type: APeriod, Must: true}, in,
		{Name: "withdrawn", Says: "the column with the day on which it was taken back; left out means withdrawn_on", Type: AColumn},
		{Name: "stopped", Says: "the column with the day on which what it allowed was stopped; left out means stopped_on", Type: AColumn}, where, atLeast},
	Look: func(ctx context.Context, l *Look) (Found, error) {
		f := Found{Unit: "consents taken back", Method: "The record of consents, row by row: the day on which each was taken back, and the day on which what it allowed was stopped. One whose time is not over is not counted."}
		return f, l.followed(ctx, &f, "consents and what was stopped", l.column("withdrawn", "withdrawn_on"), l.column("stopped", "stopped_on"), "P1D")
	},
}

// followed counts rows by whether what was to follow a day did, within the time of the
// parameter within. Rows in which the first has not happened are not counted.
func (l *Look) followed(ctx context.Context, f *Found, wanted, first, then string, otherwise notice.Period) error {
	within := l.With.period("within", otherwise)
	return l.sifted(ctx, f, wanted, []string{first, then}, func(v []Value) verdict {
		began, ok := day(strings.TrimSpace(v[0].Text))
		followed, done := day(strings.TrimSpace(v[1].Text))
		switch {
		case blank(v[0]):
			return notCounted
		case !ok || !done && !blank(v[1]):
			return unreadable
		case !done && !l.Today.After(after(began, within)): // there is time yet
			return notCounted
		}
		return verdictOf(done && !followed.After(after(began, within)))
	}, fmt.Sprintf("have no day that can be read in %s or %s", first, then))
}
