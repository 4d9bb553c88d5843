package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tenet/internal/law"
	"tenet/internal/promise"
	"tenet/internal/store"
)

// TestPromisesOutOfHours: what only the hours of a system keep from an answer stands as it
// did where that is asked for, and the run says until when; otherwise it is unproven.
func TestPromisesOutOfHours(t *testing.T) {
	ctx := t.Context()
	h := hold(t, promiseWorld(t), "{check: data.absent, type: CARD}")
	if s := h.status().Status; s != promise.Kept {
		t.Fatalf("in its hours it is %s", s)
	}
	// A window of an hour that begins in three hours' time.
	from := time.Now().In(law.DateOf(time.Now()).Start().Location()).Add(3 * time.Hour)
	h.Config.Sources[0].URL += fmt.Sprintf("?hours=%s-%s", from.Format("15:04"), from.Add(time.Hour).Format("15:04"))
	ids := []string{"no-card-numbers", "tell-callers"}
	run, err := h.RunPromises(ctx, PromiseOrder{By: promise.Scheduled, IDs: ids, PutOff: true}, nil)
	h.must(err)
	if len(run.Promises) != 1 || len(run.Later) != 1 || run.Later[0] != "no-card-numbers" || run.Until.Format("15:04") != from.Format("15:04") {
		t.Errorf("looked at %d, put off %v until %s", len(run.Promises), run.Later, run.Until)
	}
	board, err := h.Board(ctx)
	h.must(err)
	for _, p := range board {
		if p.ID == "no-card-numbers" && (p.Status != promise.Kept || len(p.Trend) != 1) {
			t.Errorf("put off, it stands as %s after %d looks", p.Status, len(p.Trend))
		}
	}
	if r := h.status(); r.Status != promise.Unproven || r.Cause() != promise.NotRead || !strings.Contains(r.Why, "outside its hours until") {
		t.Errorf("asked for all the same it is %s: %s", r.Status, r.Why)
	}
}

// TestPromiseKeys: with keys the rows are named for whoever mends them, and nothing of that
// is kept.
func TestPromiseKeys(t *testing.T) {
	ctx := t.Context()
	h := hold(t, promiseWorld(t), "{check: calls.told, in: h.call, where: recorded=Y}")
	query("INSERT INTO call VALUES (77, 'no', 'Y')")(h)
	run, err := h.RunPromises(ctx, PromiseOrder{By: "s1", IDs: []string{"no-card-numbers"}, Keys: true}, nil)
	h.must(err)
	if got := fmt.Sprint(run.Promises[0].Evidence[0].Examples); !strings.Contains(got, "77") || strings.Contains(got, "row-") {
		t.Errorf("the examples are %s", got)
	}
	if _, last, err := h.PromisesRan(ctx); err != nil || !last.IsZero() {
		t.Errorf("a run is on record: %s %v", last, err)
	}
	if got := fmt.Sprint(h.status().Evidence[0].Examples); strings.Contains(got, "77") || !strings.Contains(got, "row-") {
		t.Errorf("without keys the examples are %s", got)
	}
}

// TestPromiseBoard: the board has each promise with its section, its owner, its cause and
// what would mend it; the public what was signed off and what the landlord says.
func TestPromiseBoard(t *testing.T) {
	ctx := t.Context()
	h := hold(t, promiseWorld(t), "{check: calls.told, in: h.call, where: recorded=Y, owner: customer-service}")
	query("INSERT INTO call VALUES (77, 'no', 'Y')")(h)
	_, err := h.CheckPromises(ctx, promise.Scheduled, nil, nil)
	h.must(err)
	h.must(h.PublishPromises(ctx, "s1", "no-card-numbers"))
	until := h.Today().AddDays(30)
	h.must(h.AnswerPromise(ctx, "s1", "no-card-numbers", promise.Answer{Words: "The line says so now.", By: until}))
	var said *Error
	if err := h.AnswerPromise(ctx, "s1", "no-card-numbers", promise.Answer{Words: "Soon."}); !errors.As(err, &said) || said.Mend == "" {
		t.Errorf("without a day: %v", err)
	}
	board, err := h.Board(ctx)
	h.must(err)
	if len(board) != len(h.Notice.Promises) {
		t.Errorf("%d promises of %d", len(board), len(h.Notice.Promises))
	}
	for _, p := range board {
		switch p.ID {
		case "no-card-numbers":
			if p.Status != promise.Broken || p.Owner.ID != "customer-service" || !p.Public || p.Answer == nil || p.Section == "" || !strings.Contains(p.Mend(), "announcement") {
				t.Errorf("%+v", p)
			}
		case "never-sold":
			if p.Cause() != promise.NoWord || !p.Attests || p.Owner.ID != "data-protection" {
				t.Errorf("%+v", p)
			}
		case "keep-calls-six-months":
			if p.Cause() != promise.NoMap || p.Owner.ID != "data-protection" {
				t.Errorf("%+v", p)
			}
		}
	}
	if n, err := h.BrokenPromises(ctx); err != nil || n == 0 {
		t.Errorf("%d are broken, %v", n, err)
	}
	public, err := h.PublicPromises(ctx)
	h.must(err)
	if len(public) != 1 || public[0].Words == nil || public[0].Words.By != until || public[0].Figure != "fewer than 5 recorded calls" {
		t.Errorf("the public sees %+v", public)
	}
}

// TestPromisesAround: the time of day is by the clock in London, through both changes of it.
func TestPromisesAround(t *testing.T) {
	for _, tc := range []struct{ at, now, last, next string }{
		{"", "2026-11-22T03:00:00Z", "2026-11-22T03:00:00Z", "2026-11-23T03:00:00Z"},
		{"", "2026-11-22T02:59:59Z", "2026-11-21T03:00:00Z", "2026-11-22T03:00:00Z"},
		{"23:30", "2026-07-01T22:29:00Z", "2026-06-30T22:30:00Z", "2026-07-01T22:30:00Z"},
		{"04:00", "2026-03-28T12:00:00Z", "2026-03-28T04:00:00Z", "2026-03-29T03:00:00Z"},
		{"04:00", "2026-10-25T12:00:00Z", "2026-10-25T04:00:00Z", "2026-10-26T04:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, tc.now)
		if err != nil {
			t.Fatal(err)
		}
		last, next := PromiseTimes{At: tc.at}.around(now)
		if got := last.UTC().Format(time.RFC3339); got != tc.last {
			t.Errorf("%s at %s: the last was %s, not %s", tc.at, tc.now, got, tc.last)
		}
		if got := next.UTC().Format(time.RFC3339); got != tc.next {
			t.Errorf("%s at %s: the next is %s, not %s", tc.at, tc.now, got, tc.next)
		}
	}
	for at, ok := range map[string]bool{"": true, "off": true, "00:00": true, "23:59": true, "24:00": false, "3:00": false, "noon": false} {
		if err := (PromiseTimes{At: at}).check(); (err == nil) != ok {
			t.Errorf("%q: %v", at, err)
		}
	}
}

// TestPromisesAreNotKeptIfNotWanted: a run whose last act fails leaves nothing.
func TestPromisesAreNotKeptIfNotWanted(t *testing.T) {
	ctx := t.Context()
	h := hold(t, promiseWorld(t), "{check: data.absent, type: CARD}")
	lost := errors.New("the job is another's")
	_, err := h.RunPromises(ctx, PromiseOrder{By: promise.Scheduled, Also: func(_ context.Context, _ *store.Tx, run *PromiseRun) error {
		if len(run.Changed) == 0 || len(run.Promises) == 0 {
			t.Error("it is not told what changed")
		}
		return lost
	}}, nil)
	if !errors.Is(err, lost) {
		t.Errorf("%v", err)
	}
	if _, last, err := h.PromisesRan(ctx); err != nil || !last.IsZero() {
		t.Errorf("a run is on record: %s %v", last, err)
	}
}
