package desk

import (
	"context"
	"iter"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/register"
)

// Tellings are those who are to be told of what was put right, deleted or limited in a
// case, each with how far telling them has come.
func (e *evidence) Tellings(ctx context.Context, since law.Date) iter.Seq2[promise.Telling, error] {
	return func(yield func(promise.Telling, error) bool) {
		for k, err := range e.cases(ctx) {
			if err != nil {
				yield(promise.Telling{}, err)
				return
			}
			done, ok := changed(k)
			if !ok || done.Before(since) {
				continue
			}
			list, err := e.desk.TellList(ctx, k)
			if err != nil {
				yield(promise.Telling{}, err)
				return
			}
			for _, t := range list.To {
				if !yield(tellingOf(k, done, string(t.Recipient), t.Task), nil) {
					return
				}
			}
			if list.Unsure == 0 {
				continue
			}
			tasks, err := e.desk.Cases.Tasks(ctx, k.ID)
			if err != nil {
				yield(promise.Telling{}, err)
				return
			}
			var look *cases.Task // whose the other entries are
			for _, t := range tasks {
				if t.Place == unsurePlace {
					look = &t
				}
			}
			if !yield(tellingOf(k, done, "", look), nil) {
				return
			}
		}
	}
}

// changed is the day on which data was put right, deleted or limited in a case; false
// where it was not, or nothing is known of it any more.
func changed(k cases.Case) (law.Date, bool) {
	if !Tells(k.Kind) || !k.Forgotten.IsZero() || k.Draft == nil || k.Draft.Approved == nil {
		return law.Date{}, false
	}
	granted := k.State == cases.Approved || k.Ending != nil && k.Ending.How == cases.Released
	return law.DateOf(k.Draft.Approved.At), granted
}

func tellingOf(k cases.Case, done law.Date, to string, t *cases.Task) promise.Telling {
	out := promise.Telling{Number: k.Number, To: to, Done: done, Closed: k.State == cases.Closed}
	if t == nil {
		return out
	}
	out.Due = law.DateOf(t.Due)
	switch t.Outcome {
	case cases.Dropped:
		out.Settle = promise.NotTouched
	case cases.Unable:
		out.Settle = promise.Impossible
	case "":
	default:
		out.Told = law.DateOf(t.Ended)
	}
	return out
}

// Assessments are the signed papers of cameras.
func (e *evidence) Assessments(ctx context.Context) ([]promise.Assessment, error) {
	const dpia = "dpia"
	r, err := e.desk.Registers()
	if err != nil {
		return nil, err
	}
	f, err := r.Form(dpia)
	if err != nil {
		return nil, err
	}
	papers, err := r.Papers(ctx, dpia)
	if err != nil {
		return nil, RegisterError(err)
	}
	var out []promise.Assessment
	for _, p := range papers {
		v, signed := p.Standing()
		if !signed || !p.Ended.IsZero() || v.Values.Text("kind") != "camera" {
			continue
		}
		out = append(out, promise.Assessment{Number: p.Number, Place: v.Values.Text("place"), Recording: notice.ID(v.Values.Text("recording")), Signed: law.DateOf(v.Decided), Late: lateWith(f, p, e.desk.Today())})
	}
	return out, nil
}

// lateWith is the first thing that speaks against a paper that holds.
func lateWith(f *register.Form, p register.Paper, today law.Date) string {
	if late := f.Late(p, today); len(late) > 0 {
		return late[0]
	}
	return ""
}

var (
	_ promise.Tellings    = (*evidence)(nil)
	_ promise.Assessments = (*evidence)(nil)
)
