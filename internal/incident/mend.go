package incident

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tenet/internal/keys"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Except records why people need not be told one by one.
func (x *Incidents) Except(ctx context.Context, on On, g Ground, why string) (Incident, error) {
	if !slices.Contains([]Ground{Unintelligible, Averted, Disproportionate}, g) {
		return Incident{}, input("choose unintelligible, averted or disproportionate", "%.40q is no exception of UK GDPR Art 34(3)", g)
	}
	return x.act(ctx, on, Excepts, why, func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		i.Exception = &Exception{Ground: g, Why: why, By: on.By, At: i.Changed}
		return map[string]any{"ground": g}, nil
	})
}

// Publish records that people were told in public: where, and in which words.
func (x *Incidents) Publish(ctx context.Context, on On, where, words string) (Incident, error) {
	if err := errors.Join(text("where it stands", where, true), text("what it says", words, true)); err != nil {
		return Incident{}, err
	}
	if asks := NeverAsks(x.notice, words); len(asks) > 0 {
		return Incident{}, input("take it out", "the words ask for %s, which we never ask for", asks[0].What)
	}
	return x.act(ctx, on, Publishes, "", func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		if len(i.Published) >= mostList {
			return nil, input("close what is done", "it was published too often")
		}
		i.Published = append(i.Published, Told{At: i.Changed, By: on.By, Where: where, Words: words})
		return nil, nil
	})
}

// Assign gives somebody a task. Restoring an altered record is one: nothing here
// touches the landlord's systems.
func (x *Incidents) Assign(ctx context.Context, on On, t Task) (Incident, error) {
	if err := errors.Join(text("what is to be done", t.What, true), text("who does it", t.Owner, true)); err != nil {
		return Incident{}, err
	}
	return x.act(ctx, on, Tasks, "", func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		if len(i.Tasks) >= mostList {
			return nil, input("finish some first", "there are too many tasks")
		}
		t.N = len(i.Tasks) + 1
		i.Tasks = append(i.Tasks, Task{N: t.N, What: t.What, Owner: t.Owner, Due: t.Due})
		return map[string]any{"task": t.N, "due": t.Due.String()}, nil
	})
}

// Finish ends a task, with what was done.
func (x *Incidents) Finish(ctx context.Context, on On, n int, how string) (Incident, error) {
	if err := text("what was done", how, true); err != nil {
		return Incident{}, err
	}
	return x.act(ctx, on, Finishes, "", func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		if n < 1 || n > len(i.Tasks) || !i.Tasks[n-1].Done.IsZero() {
			return nil, input("name one that is open", "there is no open task %d", n)
		}
		i.Tasks[n-1].Done, i.Tasks[n-1].How = i.Changed, how
		return map[string]any{"task": n}, nil
	})
}

// Fail names the measure of the notice's security that did not hold, and its owner.
func (x *Incidents) Fail(ctx context.Context, on On, f Failure) (Incident, error) {
	if err := errors.Join(text("the owner", f.Owner, true), text("how it failed", f.Why, true)); err != nil {
		return Incident{}, err
	}
	at := slices.IndexFunc(x.notice.Keeping.Security, func(m notice.Measure) bool { return m.ID == f.Measure })
	if at < 0 {
		return Incident{}, input("name one of keeping.yaml: security", "the notice has no measure %.60q", f.Measure)
	}
	f.Says = x.notice.Keeping.Security[at].Says
	return x.act(ctx, on, Fails, "", func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		i.Failed = append(slices.DeleteFunc(i.Failed, func(o Failure) bool { return o.Measure == f.Measure }), f)
		for _, p := range x.notice.Keeping.Security[at].Promise {
			if !slices.Contains(i.Promises, p) {
				i.Promises = append(i.Promises, p)
			}
		}
		return map[string]any{"measure": f.Measure}, nil
	})
}

// Refer records that the police, or another authority, was told, by its reference.
func (x *Incidents) Refer(ctx context.Context, on On, t Told) (Incident, error) {
	if err := errors.Join(text("who was told", t.Where, true), text("the reference", t.Ref, true), text("what they were told", t.Words, false)); err != nil {
		return Incident{}, err
	}
	return x.act(ctx, on, Refers, "", func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		if len(i.Police) >= mostList {
			return nil, input("keep the rest as notes", "it was reported too often")
		}
		t.At, t.By = i.Changed, on.By
		i.Police = append(i.Police, t)
		return nil, nil
	})
}

// Learn writes down the cause, what was learnt, and which sentences of the notice it
// bears on. What is left empty stays as it was.
func (x *Incidents) Learn(ctx context.Context, on On, cause, lessons string, promises []notice.ID) (Incident, error) {
	if err := errors.Join(text("the cause", cause, false), text("the lessons", lessons, false)); err != nil {
		return Incident{}, err
	}
	for _, id := range promises {
		if _, ok := x.notice.Words.Sentence(id); !ok {
			return Incident{}, input("name a sentence of notice.md by its id", "the notice has no sentence %.60q", id)
		}
	}
	return x.act(ctx, on, Learns, "", func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		if cause != "" {
			i.Cause = cause
		}
		if lessons != "" {
			i.Lessons = lessons
		}
		for _, id := range promises {
			if !slices.Contains(i.Promises, id) {
				i.Promises = append(i.Promises, id)
			}
		}
		return map[string]any{"promises": i.Promises}, nil
	})
}

// Close ends an incident.
func (x *Incidents) Close(ctx context.Context, on On, why string) (Incident, error) {
	if strings.TrimSpace(why) == "" {
		why = "Nothing more is to be done."
	}
	return x.act(ctx, on, Closes, why, func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		i.Ended = i.Changed
		return nil, nil
	})
}

// Reopen takes a closed incident up again. It is looked at from the beginning; what is
// known and was decided stays until somebody decides again.
func (x *Incidents) Reopen(ctx context.Context, on On, why string) (Incident, error) {
	return x.act(ctx, on, Reopens, why, func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		i.Ended = time.Time{}
		return nil, nil
	})
}
