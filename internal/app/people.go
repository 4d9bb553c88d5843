package app

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/web"
)

// Who is what the answer of a case rests on, as it was when its draft was made.
func (s staffDesk) Who(ctx context.Context, number string) (console.Who, error) {
	_, f, err := s.open(ctx, number)
	if err != nil || f.answer == nil {
		return console.Who{}, err
	}
	out := console.Who{Records: f.answer.Person.Records}
	for _, p := range f.answer.Possible {
		out.Possible = append(out.Possible, console.PossibleRecord{
			ID: p.Record, Source: p.Source, Table: p.Table, Key: keyText(p.Key), Name: p.Name, Percent: int(math.Floor(p.Score * 100)), Why: p.Why,
		})
	}
	return out, nil
}

// keyText is a key in words: "tenant_id 1042".
func keyText(key map[string]string) string {
	var out []string
	for _, c := range slices.Sorted(maps.Keys(key)) {
		out = append(out, c+" "+key[c])
	}
	return strings.Join(out, ", ")
}

// Same records whose a record is, and searches again with it: what else hangs
// below the record belongs to the answer too.
func (s staffDesk) Same(ctx context.Context, by console.Staff, number string, d console.SameDecision) error {
	return s.draft(ctx, func() error {
		k, f, err := s.open(ctx, number)
		switch {
		case err != nil:
			return err
		case f.answer == nil || len(f.answer.Person.Records) == 0:
			return &web.Refusal{Why: "The search for this case has found nobody yet.", Mend: "Wait until it has a draft."}
		case !k.State.Running():
			return &web.Refusal{Why: "This case has had its answer.", Mend: "Decide on a case that is open, or with tenet person."}
		}
		if _, err := s.d.DecidePerson(ctx, by.ID, f.answer.Person.Records[0], d.B, d.Same, d.Reason); err != nil {
			return s.told(ctx, err)
		}
		// The decision stands, whether or not the browser waits for the draft.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*time.Minute)
		defer cancel()
		if _, err := s.d.Answer(last, k, cases.On{By: by.ID}); err != nil {
			err = s.told(ctx, err)
			s.log.Warn("a case could not be searched again after a decision on who is who", "case", k.Number, "error", err)
			return &web.Refusal{Why: "The decision is recorded, but the case could not be searched again with it, and its draft is as it was. " + err.Error(),
				Mend: "It cannot be approved until it is made again: tenet case answer " + k.Number + " --again."}
		}
		return nil
	})
}

// SameDecisions are those that count now.
func (s staffDesk) SameDecisions(ctx context.Context) ([]console.SameDecision, error) {
	list, err := s.d.PersonDecisions(ctx)
	if err != nil {
		return nil, s.told(ctx, err)
	}
	name := accounts{s.d}.names(ctx)
	var out []console.SameDecision
	for _, d := range list {
		if d.Stands {
			out = append(out, console.SameDecision{A: d.A, B: d.B, Same: d.Same, Reason: d.Why, By: name(d.By), On: web.Date(d.At)})
		}
	}
	return out, nil
}

func (s staffDesk) UndoSame(ctx context.Context, by console.Staff, a, b string) error {
	_, _, err := s.d.UndoPerson(ctx, by.ID, a, b)
	return s.told(ctx, err)
}
