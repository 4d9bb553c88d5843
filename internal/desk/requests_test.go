package desk

import (
	"errors"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/law"
)

// TestLines: every store has a line, the search ends those of systems, and an answer waits
// for the others.
func TestLines(t *testing.T) {
	d, w := office(t)
	ctx := t.Context()
	d.Config.Stores = []Place{{Name: "paper-west", How: "Look in the west store.", Owner: "records"}}
	star := w.Star()
	q := Query{Name: star.Name, DOB: star.DOB, Email: star.Email, Phone: star.Mobile, Ref: star.Ref}
	k, err := d.OpenCase(ctx, NewCase{Query: q, Kind: "access", Channel: "counter", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Answer(ctx, k, cases.On{By: "staff-1"}); err != nil {
		t.Fatal(err)
	}
	tasks, err := d.Cases.Tasks(ctx, k.ID)
	if err != nil || len(tasks) != len(d.Config.Sources)+1 {
		t.Fatalf("%d lines for %d systems and a store: %v", len(tasks), len(d.Config.Sources), err)
	}
	for _, task := range tasks {
		paper := task.Place == "paper-west"
		if task.Sort != cases.TaskSearch || paper != (task.Outcome == "") || paper != (task.Owner == "records") {
			t.Errorf("after the search the line is %+v", task)
		}
	}
	if k, err = d.Cases.Get(ctx, k.ID); err != nil {
		t.Fatal(err)
	}
	offers, err := d.Cases.Offers(ctx, k, "staff-1")
	if err != nil {
		t.Fatal(err)
	}
	waits := false
	for _, o := range offers {
		for _, n := range o.Lacks {
			waits = waits || o.Action == cases.Approves && n == cases.NeedsSearched
		}
	}
	if !waits {
		t.Error("an answer can be approved while nobody has looked in the paper")
	}
}

// TestReply: an answer in words is held against what the law has it say.
func TestReply(t *testing.T) {
	d, _ := office(t)
	ctx, on := t.Context(), cases.On{By: "staff-1"}
	d.Config.Sources, d.Config.Stores = nil, nil
	k, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Ann Larter"}, Kind: "rectification", Channel: "counter", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	done := Part{"done", "Your number is right now."}
	for name, tc := range map[string]struct {
		r    Reply
		says string
	}{
		"no such outcome": {Reply{Outcome: "maybe"}, "no outcome"},
		"half of it":      {Reply{Outcome: law.Granted, Parts: []Part{done}}, "recipients-told"},
		"an empty part":   {Reply{Outcome: law.Granted, Parts: []Part{done, {"recipients-told", " "}}}, "recipients-told"},
		"no such part":    {Reply{Outcome: law.Granted, Parts: []Part{done, {"weather", "Fine."}}}, "weather"},
		"no ground":       {Reply{Outcome: law.Denied, Parts: []Part{{"reasons", "It is right."}}}, "ground"},
	} {
		if _, err := d.Reply(ctx, k, tc.r, on); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if k, err = d.Reply(ctx, k, Reply{Outcome: law.Granted, Parts: []Part{done, {"recipients-told", "We told the contractor."}}}, on); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Approve(ctx, k, "staff-2", ""); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("it is approved before anybody knows who asks: %v", err)
	}
	if k, err = d.Cases.Identify(ctx, cases.On{Case: k.ID, By: "staff-1"}, cases.Proof{How: "known", Arrived: d.Today()}); err != nil {
		t.Fatal(err)
	}
	if k, err = d.Approve(ctx, k, "staff-2", ""); err != nil || k.State != cases.Approved {
		t.Fatalf("it is not approved: %v", err)
	}
	files, err := d.Pack(ctx, k)
	if err != nil || len(files) != 2 || !strings.Contains(string(files[1].Bytes), "We told the contractor.") {
		t.Errorf("what is handed over is not the answer: %v", err)
	}
}

func TestStores(t *testing.T) {
	for name, c := range map[string]Config{
		"no owner":    {Stores: []Place{{Name: "paper"}}},
		"a bad name":  {Stores: []Place{{Name: "Paper West", Owner: "records"}}},
		"twice":       {Stores: []Place{{Name: "paper", Owner: "a"}, {Name: "paper", Owner: "b"}}},
		"as a source": {Stores: []Place{{Name: "crm", Owner: "a"}}, Sources: []System{{Name: "crm"}}},
	} {
		var e *Error
		if err := c.checkStores(); !errors.As(err, &e) || e.Where != "tenet.yaml: stores[0]" && e.Where != "tenet.yaml: stores[1]" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
