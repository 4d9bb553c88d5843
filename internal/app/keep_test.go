package app

import (
	"errors"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/store"
	"tenet/internal/web"
)

// TestKeepOnceADay: what is over its time is deleted once a day from the time that
// tenet.yaml says, and never where it says none; a day that was missed is made up for once.
func TestKeepOnceADay(t *testing.T) {
	o, at, _ := board(t)
	if err := o.planKeep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.queue.Get(t.Context(), jobKeep, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it waits though no time is named: %v", err)
	}
	o.d.Config.Keep = desk.KeepTimes{At: "03:30"}
	for _, step := range []struct {
		clock string
		runs  int
	}{{"2026-11-23 10:00", 0}, {"2026-11-24 03:29", 0}, {"2026-11-24 03:31", 1}, {"2026-11-24 22:00", 1}, {"2026-11-28 12:00", 2}, {"2026-11-28 13:00", 2}, {"2026-11-29 03:30", 3}} {
		at(step.clock)
		if err := o.planKeep(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.work(t)
		k, err := o.d.Keeping(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if runs, err := k.Runs(t.Context(), 50); err != nil || len(runs) != step.runs {
			t.Errorf("at %s there were %d runs, not %d: %v", step.clock, len(runs), step.runs, err)
		}
	}
	have, err := o.queue.Get(t.Context(), jobKeep, "")
	if err != nil || have.Due.UTC().Format(time.RFC3339) != "2026-11-30T03:30:00Z" {
		t.Errorf("the next waits for %s: %v", have.Due, err)
	}
}

// TestKeepPages: what the console shows of it is what there is, and what is filled in
// wrongly is said at its field.
func TestKeepPages(t *testing.T) {
	o, at, _ := board(t)
	at("2026-11-23 10:00")
	s, by := keepDesk{o}, console.Staff{ID: "staff-1"}
	k, err := s.Kept(t.Context())
	if err != nil || len(k.Records) != 11 || k.Records[0].Title == "" {
		t.Fatalf("%+v, %v", k, err)
	}
	whole := console.HoldGiven{Kind: s.HoldKinds()[0].ID, Name: "Ann Larter", Born: "1979-03-14", Why: "A letter came.", Review: "2027-03-01"}
	for field, spoil := range map[string]func(*console.HoldGiven){
		"hold": func(g *console.HoldGiven) { g.Kind = "whim" }, "person": func(g *console.HoldGiven) { g.Born = "" }, "why": func(g *console.HoldGiven) { g.Why = "so" },
		"review": func(g *console.HoldGiven) { g.Review = "2026-01-01" }, "born": func(g *console.HoldGiven) { g.Born = "yesterday" },
	} {
		g := whole
		spoil(&g)
		want := field
		if field == "person" {
			want = "name"
		}
		if wrong, err := s.PlaceHold(t.Context(), by, g); err != nil || len(wrong) != 1 || wrong[0].Field != want {
			t.Errorf("%s: %+v, %v", field, wrong, err)
		}
	}
	if wrong, err := s.PlaceHold(t.Context(), by, whole); err != nil || len(wrong) > 0 {
		t.Fatalf("%+v, %v", wrong, err)
	}
	if k, err = s.Kept(t.Context()); err != nil || len(k.Holds) != 1 || k.Holds[0].Whose != "Ann Larter" {
		t.Fatalf("%+v, %v", k.Holds, err)
	}
	if err := s.LiftHold(t.Context(), by, k.Holds[0].ID); err != nil {
		t.Fatal(err)
	}
	var refused *web.Refusal
	if err := s.SignKept(t.Context(), by, "contacts", 7); !errors.As(err, &refused) {
		t.Errorf("another number is signed: %v", err)
	}
	if err := s.SignKept(t.Context(), by, "contacts", 0); err != nil {
		t.Error(err)
	}
	if _, _, err := s.Certificate(t.Context(), "yesterday"); !errors.Is(err, web.ErrNotFound) {
		t.Errorf("a run that was not: %v", err)
	}
}
