package app

import (
	"errors"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/portal"
)

// opens opens a case of a kind that staff wrote down.
func (w workspace) opens(t *testing.T, kind, received, asked string) cases.Case {
	t.Helper()
	k, err := w.OpenCase(t.Context(), desk.NewCase{Query: desk.Query{Name: "Zebedee Nowhere"}, Kind: kind, Received: received, Channel: "telephone", Asked: asked, By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestScenario_MET7: a request for environmental information may be spoken, and 20 working
// days run.
func TestScenario_MET7(t *testing.T) {
	w := open(t)
	k := w.opens(t, "eir", "2026-11-23", "Water testing and land contamination")
	if got := k.Due.Date.String(); got != "2026-12-22" { // St Andrew's Day does not count, wherever in the United Kingdom one is
		t.Errorf("it is due %s", got)
	}
	if h, _ := k.Kind.Handling(); h.Form != law.AnyForm || !strings.HasPrefix(k.Number, "EI-") {
		t.Errorf("%s has to be made %s", k.Number, h.Form)
	}
}

// TestScenario_MBM14: a complaint about information, made on the form, is acknowledged
// within 30 days of the day after it came.
func TestScenario_MBM14(t *testing.T) {
	w := open(t)
	o, _, _ := w.office(t)
	hash, err := portal.HashCode("7KQM-3XTP-9HRA-2WVD")
	if err != nil {
		t.Fatal(err)
	}
	p := publicDesk{o}
	got, err := p.Receive(t.Context(), portal.Request{Kind: "dp-complaint", Name: "Zebedee Nowhere", Email: "zebedee@example.org", About: "You told my neighbour.", Received: now, Token: "t1", Code: hash})
	if err != nil {
		t.Fatal(err)
	}
	k, err := w.Cases.ByNumber(t.Context(), got.Reference)
	if err != nil {
		t.Fatal(err)
	}
	clocks, err := w.Cases.ClocksOf(k, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range clocks {
		if c.Clock.Regime == law.DPComplaint && c.Result.Law.Due.Date.String() != "2026-12-23" {
			t.Errorf("it is to be acknowledged by %s", c.Result.Law.Due)
		}
	}
	progress, err := p.Progress(t.Context(), got.Reference)
	if err != nil || len(clocks) != 2 || len(progress.Others) != 1 {
		t.Errorf("%d clocks, and the person is shown %d more than the first: %v", len(clocks), len(progress.Others), err)
	}
}

// TestScenario_WHG13: told to a caretaker on 1 June, an access request is due by the law's
// month, whatever longer time is promised.
func TestScenario_WHG13(t *testing.T) {
	w := open(t)
	r, err := w.Request("access")
	if err != nil {
		t.Fatal(err)
	}
	r.Once, r.Received, r.Channel, r.By = "whg-13", law.Date{Year: 2026, Month: 6, Day: 1}, "anyone", "staff-1"
	r.Person = cases.Person{Name: "Zebedee Nowhere"}
	r.Promise = &law.Promise{ID: "forty-days", Says: "We answer within 40 days.", Count: 40, Unit: law.CalendarDays}
	k, err := w.Cases.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	clock, err := w.Cases.ClockOf(k, nil)
	if err != nil || clock.Due.Date.String() != "2026-07-01" || clock.Governs != law.GovernsLaw || clock.Promise.Due.Date.String() != "2026-07-11" {
		t.Errorf("due %s by %s, promised %v, %v", clock.Due, clock.Governs, clock.Promise, err)
	}
}

// TestScenario_SOT10: camera pictures are to be saved within hours of being asked for, and
// no answer is drafted before it is known whether they were.
func TestScenario_SOT10(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	k := w.opens(t, "cctv", "", "The lobby, 20 November, 2pm to 3pm")
	tasks, err := w.Cases.Tasks(ctx, k.ID)
	if err != nil || len(tasks) != 1 || tasks[0].Sort != cases.TaskHold || tasks[0].Due.Sub(tasks[0].Opened).Hours() > 4 || k.Hold() != law.HoldRecordings {
		t.Fatalf("the pictures are not held: %+v, %v", tasks, err)
	}
	reply := desk.Reply{Outcome: law.Granted}
	for _, c := range law.Contents(k.Kind, law.Granted) {
		reply.Parts = append(reply.Parts, desk.Part{ID: c.ID, Words: "Words about it."})
	}
	if _, err := w.Reply(ctx, k, reply, cases.On{By: "staff-1"}); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("an answer is drafted before anybody looked: %v", err)
	}
	if _, err = w.Cases.Finish(ctx, cases.On{Case: k.ID, By: "staff-2"}, tasks[0].N, cases.Saved, "Copied."); err != nil {
		t.Fatal(err)
	}
	if k, err = w.Reply(ctx, k, reply, cases.On{By: "staff-1"}); err != nil || !desk.InWords(k) {
		t.Errorf("an answer is not drafted after it: %v", err)
	}
}

// TestScenario_SOT12: an objection is answered with reasons and, if denied, the routes on.
func TestScenario_SOT12(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	k := w.opens(t, "objection", "", "Do not share with other landlords")
	on := cases.On{By: "staff-1"}
	if _, err := w.Reply(ctx, k, desk.Reply{Outcome: law.Denied, Grounds: []string{"overriding"}}, on); err == nil || !strings.Contains(err.Error(), "reasons") {
		t.Errorf("a denial without reasons is drafted: %v", err)
	}
	r := desk.Reply{Outcome: law.Denied, Grounds: []string{"overriding"}, Parts: []desk.Part{{ID: "reasons", Words: "Another landlord has to know of arrears."}}}
	k, err := w.Reply(ctx, k, r, on)
	if err != nil {
		t.Fatal(err)
	}
	if k, err = w.Approve(ctx, k, "staff-2", ""); err != nil {
		t.Fatal(err)
	}
	if k.State != cases.Refused || k.Ending == nil || len(k.Ending.Routes) != len(law.Routes(k.Kind)) || !strings.Contains(k.Ending.Reason, "arrears") {
		t.Errorf("the case is %s, %+v", k.State, k.Ending)
	}
}
