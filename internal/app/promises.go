package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/store"
	"tenet/internal/web"
)

// promiseDesk is the promise board as staff meet it.
type promiseDesk struct {
	*office
	broken *brokenCount
}

// brokenCount is how many promises are broken, read anew once in a while: it stands on
// every page.
type brokenCount struct {
	mu sync.Mutex
	at time.Time
	n  int
}

const brokenFor = 30 * time.Second

// BrokenPromises is how many promises were broken when they were last looked at.
func (s promiseDesk) BrokenPromises(ctx context.Context) (int, error) {
	s.broken.mu.Lock()
	defer s.broken.mu.Unlock()
	now := s.d.Now()
	if age := now.Sub(s.broken.at); age >= 0 && age < brokenFor {
		return s.broken.n, nil
	}
	n, err := s.d.BrokenPromises(ctx)
	if err == nil {
		s.broken.n, s.broken.at = n, now
	}
	return n, err
}

// Promises is the board.
func (s promiseDesk) Promises(ctx context.Context) (console.PromiseBoard, error) {
	var out console.PromiseBoard
	board, err := s.d.Board(ctx)
	if err != nil {
		return out, err
	}
	if _, out.Checked, err = s.d.PromisesRan(ctx); err != nil {
		return out, err
	}
	if out.Running, out.Next, err = s.underWay(ctx); err != nil {
		return out, err
	}
	changed, err := s.d.ChangedPromises(ctx, time.Time{})
	if err != nil {
		return out, err
	}
	for _, c := range changed {
		if says, ok := promise.Say(s.d.Notice, c.ID); ok {
			out.Changed = append(out.Changed, console.PromiseChange{ID: string(c.ID), Says: says, From: string(c.From), To: string(c.To), Why: c.Why})
		}
	}
	for _, c := range promise.Causes() {
		out.Causes = append(out.Causes, console.PromiseCause{ID: string(c), Says: c.Says(), Mend: c.Mend()})
	}
	for _, p := range board {
		out.Rows = append(out.Rows, promiseRow(p))
	}
	for _, p := range promise.Problems(s.d.Notice) {
		out.Faults = append(out.Faults, p.String())
	}
	return out, nil
}

// underWay is how far a run has come, and when the next is.
func (s promiseDesk) underWay(ctx context.Context) (*console.PromiseProgress, time.Time, error) {
	have, err := s.queue.Get(ctx, jobPromises, "")
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, time.Time{}, nil
	case err != nil:
		return nil, time.Time{}, err
	case have.State == job.Failed:
		return nil, time.Time{}, nil
	case have.State == job.Waiting && have.Due.After(s.d.Now()):
		return nil, have.Due, nil
	}
	var p console.PromiseProgress
	p.Since, p.At, p.Rows = s.checking.read()
	return &p, time.Time{}, nil
}

func promiseRow(p desk.BoardPromise) console.PromiseRow {
	out := console.PromiseRow{
		ID: string(p.ID), Says: p.Says, Section: p.Section, Status: string(p.Status), Cause: string(p.Cause()), Figure: p.Figure, Coverage: p.Coverage,
		Why: sentence(p.Why), Mend: p.Mend(), Checked: p.CheckedAt, Since: p.Since, Public: p.Public,
	}
	if p.Owner.ID != "" {
		out.Owner = console.Choice{ID: string(p.Owner.ID), Text: p.Owner.Who}
	}
	for _, e := range p.Evidence {
		if e.Method != "" && !slices.Contains(out.Method, sentence(e.Method)) {
			out.Method = append(out.Method, sentence(e.Method))
		}
		if day, err := law.ParseDate(e.Expires); err == nil {
			out.Expires = day.Start()
		}
	}
	out.Trend = trendOf(p.Trend)
	return out
}

func trendOf(list []promise.Point) []console.PromisePoint {
	var out []console.PromisePoint
	for _, x := range list {
		out = append(out, console.PromisePoint{On: x.At, Status: string(x.Status), Good: x.Good, Total: x.Total})
	}
	return out
}

// Promise is one promise with its history.
func (s promiseDesk) Promise(ctx context.Context, id string) (console.PromiseFile, error) {
	board, err := s.d.Board(ctx)
	if err != nil {
		return console.PromiseFile{}, err
	}
	i := slices.IndexFunc(board, func(p desk.BoardPromise) bool { return string(p.ID) == id })
	if i < 0 {
		return console.PromiseFile{}, web.ErrNotFound
	}
	p := board[i]
	out := console.PromiseFile{PromiseRow: promiseRow(p), Attests: p.Attests}
	past, err := s.d.PromiseHistory(ctx, p.ID)
	if err != nil {
		return out, s.told(ctx, err)
	}
	out.Trend = trendOf(past.Trend)
	for _, e := range p.Evidence {
		out.Checks = append(out.Checks, promiseCheck(e))
	}
	for _, c := range s.d.Notice.Promises[p.ID] {
		if every, ok := c.With["every"].(string); ok && p.Attests {
			out.Every = periodWords(notice.Period(every))
		}
	}
	if a := p.Answer; a != nil {
		out.Answer = &console.PromiseAnswer{Words: a.Words, Welsh: a.Welsh, By: a.By.Start()}
	}
	return out, nil
}

func promiseCheck(e promise.Evidence) console.PromiseCheck {
	out := console.PromiseCheck{
		Name: e.Check, Says: upper(promise.SaysOf(e.Check)), At: e.At, Status: string(e.Status), Why: sentence(e.Why), Method: sentence(e.Method), Figure: e.Figure, Coverage: e.Coverage,
		Gaps: e.Gaps, Notes: e.Notes, Examples: e.Examples, Violations: e.Violations, Rows: e.Rows, Bytes: e.Bytes, Took: time.Duration(e.Millis) * time.Millisecond, Mend: e.Mend(),
	}
	for _, name := range slices.Sorted(maps.Keys(e.With)) {
		out.With = append(out.With, console.PromiseValue{Name: name, Value: strings.Trim(fmt.Sprint(e.With[name]), "[]")})
	}
	return out
}

func upper(s string) string { return strings.TrimSuffix(sentence(s), ".") }

// periodWords is a period for people: "6 months".
func periodWords(p notice.Period) string {
	years, months, days := p.Parts()
	var out []string
	for _, x := range []struct {
		n         int
		one, many string
	}{{years, "year", "years"}, {months, "month", "months"}, {days, "day", "days"}} {
		if x.n > 0 {
			out = append(out, web.Count(x.n, x.one, x.many))
		}
	}
	return strings.Join(out, " and ")
}

// RunPromises asks for all to be looked at now.
func (s promiseDesk) RunPromises(ctx context.Context, by console.Staff) error {
	return s.told(ctx, s.runPromises(ctx, by.ID))
}

// Attest keeps somebody's word.
func (s promiseDesk) Attest(ctx context.Context, by console.Staff, id, evidence string) error {
	return s.told(ctx, s.d.AttestPromise(ctx, by.ID, id, evidence))
}

// PublishPromise signs a promise off for the public, or takes that back.
func (s promiseDesk) PublishPromise(ctx context.Context, by console.Staff, id string, public bool) error {
	if !public {
		return s.told(ctx, s.d.WithdrawPromises(ctx, by.ID, id))
	}
	return s.told(ctx, s.d.PublishPromises(ctx, by.ID, id))
}

// AnswerPromise keeps what the public is told of a promise that is not kept.
func (s promiseDesk) AnswerPromise(ctx context.Context, by console.Staff, id string, a console.PromiseAnswer) error {
	return s.told(ctx, s.d.AnswerPromise(ctx, by.ID, id, promise.Answer{Words: a.Words, Welsh: a.Welsh, By: law.DateOf(a.By)}))
}

var _ console.Promises = promiseDesk{}
