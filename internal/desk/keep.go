package desk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"tenet/internal/expiry"
	"tenet/internal/notice"
	"tenet/internal/promise"
)

// KeepTimes is keep: in tenet.yaml: when Tenet deletes what it keeps itself and what is
// over its time. Left out it deletes nothing.
type KeepTimes struct {
	// At is the time of day, by the clock in London, at which the run of the day is made:
	// "03:30".
	At string `yaml:"at,omitempty"`
	// More is by how many hundredths of what is kept of a kind a run may delete more than
	// the one before without asking; 10 where it is left out.
	More *int `yaml:"more,omitempty"`
}

// usualMore is how many hundredths more than before may go without asking.
const usualMore = 10

func (k KeepTimes) check() error {
	wrong := func(field, what, mend string) error {
		return &Error{Code: "config", What: what, Where: configFile + ": keep: " + field, Mend: mend}
	}
	if k.At != "" && !timeOfDay.MatchString(k.At) {
		return wrong("at", fmt.Sprintf("%q is no time of day", k.At), `write it as "03:30", by the clock in London, or leave it out`)
	}
	if k.More != nil && (*k.More < 0 || *k.More > 100) {
		return wrong("more", fmt.Sprintf("%d is no share", *k.More), "write hundredths from 0 to 100")
	}
	return nil
}

// Off says that nothing is deleted unless somebody runs it.
func (k KeepTimes) Off() bool { return k.At == "" }

func (k KeepTimes) more() float64 {
	more := usualMore
	if k.More != nil {
		more = *k.More
	}
	return math.Round(float64(more)) / 100
}

// Keeping is what deletes on schedule what Tenet keeps itself.
func (d *Desk) Keeping(ctx context.Context) (*expiry.Office, error) {
	keepers, err := d.keepers()
	if err != nil {
		return nil, err
	}
	r, err := d.Registers()
	if err == nil {
		err = r.CatchUp(ctx)
	}
	if err != nil {
		return nil, err
	}
	return expiry.New(expiry.Config{Store: d.Store, Ring: d.Keys, Landlord: d.Config.Landlord, Notice: func() *notice.Notice { return d.Notice }, Keepers: keepers,
		Requests: d.Cases, Files: d.Packs, More: d.Config.Keep.more(), Now: func() time.Time { return d.Now() }})
}

// KeepError says what to do about what keeping refuses.
func KeepError(err error) error {
	var in *expiry.InputError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &in):
		return &Error{Code: "keep", What: in.What, Where: in.Field, Mend: in.Mend}
	case errors.Is(err, expiry.ErrNone):
		return &Error{Code: "not-found", What: err.Error(), Where: "what is kept", Mend: "tenet keep due shows what is kept, tenet keep runs the runs, tenet keep holds the holds"}
	case errors.Is(err, expiry.ErrState):
		return &Error{Code: "refused", What: err.Error(), Where: "what is kept", Mend: "look again: tenet keep due"}
	}
	return err
}

// KeepDue says whether the run of the day is still to be made, and when the next is after
// it. An installation that has never made one begins with the next.
func (d *Desk) KeepDue(ctx context.Context) (due bool, next time.Time, err error) {
	last, next := PromiseTimes{At: d.Config.Keep.At}.around(d.Now())
	k, err := d.Keeping(ctx)
	if err != nil {
		return false, next, err
	}
	ran, err := k.Ran(ctx)
	return !ran.IsZero() && ran.Before(last), next, err
}

// Kept is what Tenet keeps itself, by the rules of the notice, as checks of promises
// count it.
func (e *evidence) Kept(ctx context.Context) ([]promise.OwnKept, error) {
	k, err := e.desk.Keeping(ctx)
	if err != nil {
		return nil, err
	}
	all, err := k.Survey(ctx)
	if err != nil {
		return nil, err
	}
	var out []promise.OwnKept
	for _, c := range all {
		out = append(out, promise.OwnKept{Record: string(c.Record), Rule: c.Rule, Kept: c.Kept, Past: c.Late, Held: c.HeldAll(), Lacks: c.Lacks})
	}
	return out, nil
}

// HoldPerson places a hold on what Tenet itself keeps of a person, until somebody lifts
// it.
func (d *Desk) HoldPerson(ctx context.Context, q Query, n expiry.NewHold) (expiry.Hold, error) {
	k, err := d.Keeping(ctx)
	if err != nil {
		return expiry.Hold{}, err
	}
	if !n.Everybody {
		known, err := q.Known()
		if err != nil {
			return expiry.Hold{}, err
		}
		if n.Marks, err = d.marks(ctx, peopleOf(q, known)); err != nil {
			return expiry.Hold{}, err
		}
		n.Whose = q.Name
	}
	h, err := k.Place(ctx, n)
	return h, KeepError(err)
}

var _ promise.Own = (*evidence)(nil)
