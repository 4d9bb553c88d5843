package app

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/portal"
	"tenet/internal/rule"
)

// opens opens a case of a kind that staff wrote down.
func (w workspace) opens(t *testing.T, kind, received, asked string, change ...func(*desk.NewCase)) cases.Case {
	t.Helper()
	n := desk.NewCase{Query: desk.Query{Name: "Zebedee Nowhere"}, Kind: kind, Received: received, Channel: "telephone", Asked: asked, By: "staff-1"}
	for _, c := range change {
		c(&n)
	}
	k, err := w.OpenCase(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// byWay has a case come by a channel of the notice.
func byWay(channel string) func(*desk.NewCase) {
	return func(n *desk.NewCase) { n.Channel = channel }
}

// taskAt is the one task of a case that has a place.
func (w workspace) taskAt(t *testing.T, k cases.Case, place string) cases.Task {
	t.Helper()
	all, err := w.Cases.Tasks(t.Context(), k.ID)
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(x cases.Task) bool { return x.Place != place })
	if len(all) != 1 {
		t.Fatalf("%s has %d tasks at %s", k.Number, len(all), place)
	}
	return all[0]
}

// TestScenario_MET7: a request for environmental information may be spoken, and 20 working
// days run, as the law counts them and as the notice promises. The caller is sent what she
// asked for her own record, with the advice to write next time; a refusal speaks of
// an exception.
func TestScenario_MET7(t *testing.T) {
	c := openCounter(t, "wrenfield", nil)
	v := c.visitor
	_, page := v.get("/cases/new")
	const asked = "What water testing did you do, and is there land contamination?"
	_, page = v.fill(page, "/cases/new", "asked", asked, "go", "suggest")
	must(t, page, "Information about the environment , because of “water testing”, “contamination”")
	v.fill(page, "/cases/new", "asked", asked, "kind", "eir", "channel", "service-centre", "received-day", "23", "received-month", "11", "received-year", "2026",
		"name", "Zebedee Nowhere", "email", "zebedee@example.org")
	k, err := c.Cases.ByNumber(t.Context(), "EI-2026-0001")
	if err != nil {
		t.Fatal(err)
	}
	clock, err := c.Cases.ClockOf(k, nil)
	// As the law counts, St Andrew's Day does not, wherever in the United Kingdom one is; the notice
	// says “working days”, which are England's here, and is the better for her.
	// No law binds this landlord to it: it answers by choice, counted as if it were bound.
	if err != nil || clock.Due.Date.String() != "2026-12-21" || clock.Governs != law.GovernsPromise || clock.Law != nil {
		t.Errorf("it is due %s by %s, by law %+v, %v", clock.Due, clock.Governs, clock.Law, err)
	}
	if h, _ := k.Kind.Handling(); h.Form != law.AnyForm || h.Proof != law.NoAssurance {
		t.Errorf("it has to be made %s, and proved %s", h.Form, h.Proof)
	}
	if task := c.taskAt(t, k, "write-up"); !strings.Contains(task.What, "what they asked in writing") || !strings.Contains(task.What, "write next time") {
		t.Errorf("her own record: %q", task.What)
	}
	lacks := law.Missing(law.KindEIR, law.Denied, nil)
	if !slices.ContainsFunc(lacks, func(x law.Content) bool { return strings.Contains(x.Says, "exception") }) {
		t.Errorf("a refusal would not speak of an exception: %+v", lacks)
	}
	if right, _ := c.Notice.Rights.Right("eir"); right.Refusal != "exception" {
		t.Errorf("the notice's word is %q", right.Refusal)
	}
}

// TestScenario_MBM14: a complaint about information, made on the form, goes to the
// landlord's data protection officer the same day, with a copy kept here; it is
// acknowledged within 30 days of the day after it came; the answer names the
// regulator, whose e-mail address the linter has checked; the notice is read with no login.
func TestScenario_MBM14(t *testing.T) {
	w := workspace{Desk: agent(t)}
	o, at, _ := w.office(t)
	hash, err := portal.HashCode("7KQM-3XTP-9HRA-2WVD")
	if err != nil {
		t.Fatal(err)
	}
	p := publicDesk{o}
	got, err := p.Receive(t.Context(), portal.Request{Kind: "dp-complaint", Name: "Piers Wren", Email: "piers@example.org", About: "You told my neighbour.", Received: now, Token: "t1", Code: hash})
	if err != nil {
		t.Fatal(err)
	}
	k, err := w.Cases.ByNumber(t.Context(), got.Reference)
	if err != nil {
		t.Fatal(err)
	}
	if k.Version != 1 {
		t.Errorf("it was looked for while they waited: %d steps", k.Version)
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

	// The clerk passes it on, once, and the case says so.
	for range 2 {
		o.work(t)
	}
	task := passed(t, w.Desk, k)
	if law.DateOf(task.Due) != w.Today() || task.Owner != "netmakers-officer" || !strings.Contains(task.What, "privacy@netmakers.example") || !strings.Contains(task.What, "Keep a copy") {
		t.Errorf("the landlord's officer has %+v", task)
	}

	// Still unhappy: the routes on are the notice's, and its fault is on record.
	k, _ = w.Cases.Get(t.Context(), k.ID)
	k, err = w.Reply(t.Context(), k, desk.Reply{Outcome: law.Granted, Parts: []desk.Part{{ID: "steps", Words: "We asked who rang."}, {ID: "outcome", Words: "It was us. We are sorry."}}}, cases.On{By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.ReplyOf(t.Context(), k)
	if err != nil || !slices.ContainsFunc(r.Parts, func(x desk.Part) bool {
		return x.ID == law.RouteRegulator && strings.Contains(x.Words, "Information Commission")
	}) {
		t.Errorf("the answer does not name the regulator: %+v, %v", r.Parts, err)
	}
	if !slices.ContainsFunc(notice.Lint(w.Notice, notice.Date(w.Today().String())), func(f notice.Finding) bool { return f.Rule == "regulator-details-stale" }) {
		t.Error("nobody is told that the regulator's e-mail address is to be checked")
	}
	if res, page := visit(t, at).get("/notice"); res.StatusCode != 200 || !strings.Contains(page, w.Notice.Words.Title) {
		t.Errorf("the notice is a %d to somebody who is signed in nowhere", res.StatusCode)
	}
}

// TestScenario_WHG13: told to a caretaker on 1 June, an access request is a request. The
// notice promises 40 days and the law's month governs; the £10 is not charged, and the
// linter says so; stores apart and paper are searched; what is really about how the
// landlord works is told apart.
func TestScenario_WHG13(t *testing.T) {
	c := openCounter(t, "stonebeck", func(cfg *desk.Config) {
		cfg.Stores = []desk.Place{{Name: "paper", How: "Look in the tenancy files on paper.", Owner: "data-protection"}, {Name: "complaint-files", How: "Look in the complaints that are kept apart.", Owner: "data-protection"},
			{Name: "money-advice", How: "Look in the money advice that is kept apart.", Owner: "data-protection"}}
	})
	k := c.opens(t, "access", "2026-06-01", "I want to see what you hold", byWay("any-colleague"))
	clock, err := c.Cases.ClockOf(k, nil)
	if err != nil || clock.Due.Date.String() != "2026-07-01" || clock.Governs != law.GovernsLaw || clock.Promise == nil || clock.Promise.Due.Date.String() != "2026-07-11" {
		t.Errorf("due %s by %s, promised %v, %v", clock.Due, clock.Governs, clock.Promise, err)
	}
	if !slices.ContainsFunc(notice.Lint(c.Notice, notice.Date(c.Today().String())), func(f notice.Finding) bool { return f.Rule == "fee-not-lawful" }) {
		t.Error("nobody is told that the £10 of the notice may not be charged")
	}
	if _, err := c.Cases.Ask(t.Context(), cases.On{Case: k.ID, By: "staff-1"}, cases.ForFee, c.Today(), ""); err == nil {
		t.Error("£10 is asked for, and it is not said why the request would be manifestly unfounded or excessive")
	}
	for _, store := range []string{"paper", "complaint-files", "money-advice"} {
		if x := c.taskAt(t, k, store); x.Sort != cases.TaskSearch || x.Outcome != "" {
			t.Errorf("%s: %+v", store, x)
		}
	}
	for says, want := range map[string]law.Kind{"I want to see what you hold about me": law.KindAccess, "Freedom of information: how many lifts did you mend?": law.KindFOI} {
		if got := law.Classify(says); len(got) == 0 || got[0].Kind != want {
			t.Errorf("%q is taken for %+v", says, got)
		}
	}
}

// TestScenario_SOT10: camera pictures are to be saved within hours of being asked for, and
// no answer is drafted before it is known whether they were. The notice's thirty days
// run from proof of who asks, and the law's month governs where it ends sooner.
func TestScenario_SOT10(t *testing.T) {
	c := openCounter(t, "potters-green", nil)
	ctx := t.Context()
	k := c.opens(t, "cctv", "", "The lobby of Kiln Court, 20 November, 2pm to 3pm; a photograph is with it", byWay("mail"))
	tasks, err := c.Cases.Tasks(ctx, k.ID)
	if err != nil || len(tasks) != 1 || tasks[0].Sort != cases.TaskHold || tasks[0].Due.Sub(tasks[0].Opened).Hours() > 4 || k.Hold() != law.HoldRecordings {
		t.Fatalf("the pictures are not held: %+v, %v", tasks, err)
	}
	if clock, err := c.Cases.ClockOf(k, nil); err != nil || clock.Law.Due.Date.String() != "2026-12-23" || clock.Due.Date.After(clock.Law.Due.Date) {
		t.Errorf("due %s, by law %+v, %v", clock.Due, clock.Law, err)
	}
	reply := desk.Reply{Outcome: law.Granted}
	for _, c := range law.Contents(k.Kind, law.Granted) {
		reply.Parts = append(reply.Parts, desk.Part{ID: c.ID, Words: "Words about it."})
	}
	if _, err := c.Reply(ctx, k, reply, cases.On{By: "staff-1"}); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("an answer is drafted before anybody looked: %v", err)
	}
	if _, err = c.Cases.Finish(ctx, cases.On{Case: k.ID, By: "staff-2"}, tasks[0].N, cases.Saved, "Copied."); err != nil {
		t.Fatal(err)
	}
	if k, err = c.Reply(ctx, k, reply, cases.On{By: "staff-1"}); err != nil || !desk.InWords(k) {
		t.Errorf("an answer is not drafted after it: %v", err)
	}
}

// TestScenario_SOT12: somebody objects to their data being given to other landlords: it is
// not given while the balance is written; the answer has reasons and, as it is no, every
// route on, although the notice names none.
func TestScenario_SOT12(t *testing.T) {
	c := openCounter(t, "potters-green", nil)
	ctx := t.Context()
	who := desk.Query{Name: "Zebedee Nowhere", DOB: "1980-01-02"}
	give := desk.Disclosing{Ask: rule.Ask{To: "other-landlords", People: "tenants", Fields: []rule.Field{{Name: "identity"}}, Facts: rule.Facts{"disclosure": {"in-the-persons-interest"}}}, Person: who}
	if _, got, err := c.CheckDisclosure(ctx, give); err != nil || got.Decision != notice.Allow {
		t.Fatalf("before she objects: %+v, %v", got, err)
	}
	k := c.opens(t, "objection", "", "Do not share with other landlords: my interests override yours", byWay("mail"), func(n *desk.NewCase) { n.Query = who })
	if _, got, err := c.CheckDisclosure(ctx, give); err != nil || got.Decision != notice.Refuse {
		t.Errorf("while it is weighed it goes on: %+v, %v", got, err)
	}
	on := cases.On{By: "staff-1"}
	reasons := desk.Part{ID: "reasons", Words: "Another landlord has to know of arrears."}
	if _, err := c.Reply(ctx, k, desk.Reply{Outcome: law.Denied, Grounds: []string{"overriding"}}, on); err == nil || !strings.Contains(err.Error(), "reasons") {
		t.Errorf("a denial without reasons is drafted: %v", err)
	}
	if _, err := c.Reply(ctx, k, desk.Reply{Outcome: law.Denied, Grounds: []string{"overriding"}, Parts: []desk.Part{reasons}}, on); err == nil || !strings.Contains(err.Error(), law.RouteRegulator) {
		t.Errorf("the notice names no route, and a denial without one is drafted: %v", err)
	}
	r := desk.Reply{Outcome: law.Denied, Grounds: []string{"overriding"}, Parts: []desk.Part{reasons}}
	for _, route := range law.Routes(k.Kind) {
		r.Parts = append(r.Parts, desk.Part{ID: route, Words: "You can go there."})
	}
	k, err := c.Reply(ctx, k, r, on)
	if err != nil {
		t.Fatal(err)
	}
	if k, err = c.Approve(ctx, k, "staff-2", ""); err != nil {
		t.Fatal(err)
	}
	if k.State != cases.Refused || k.Ending == nil || len(k.Ending.Routes) != len(law.Routes(k.Kind)) || !strings.Contains(k.Ending.Reason, "arrears") {
		t.Errorf("the case is %s, %+v", k.State, k.Ending)
	}
}
