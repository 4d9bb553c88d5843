package cases

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/notice"
)

func standard(t testing.TB) *notice.Notice {
	t.Helper()
	pack, err := notice.Pack(notice.DefaultPack)
	if err != nil {
		t.Fatal(err)
	}
	return must[*notice.Notice](t)(notice.Load(pack))
}

// A complaint about the service keeps the clocks of its acknowledgement, its
// answer and its second stage, each with its working, the earliest in front.
func TestComplaintTwoStages(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	d.hour = day("2026-12-14").Start().Add(9 * time.Hour)
	r := d.requestOf("a", law.KindComplaint)
	r.Received = day("2026-12-14")
	k := must[Case](t)(d.Open(ctx, r))
	front := func(regime law.Regime, due string, clocks int) {
		t.Helper()
		k = must[Case](t)(d.Get(ctx, k.ID))
		all := must[[]Counted](t)(d.ClocksOf(k, nil))
		if len(all) != clocks || !all[0].Front || all[0].Clock.Regime != regime || all[0].Result.Due.String() != due || k.Due.String() != due || len(all[0].Result.Working) == 0 {
			t.Errorf("in front %+v of %d, kept as %s; want %s on %s of %d", all[0], len(all), k.Due, regime, due, clocks)
		}
	}
	front(law.OmbudsmanAck, "2026-12-21", 2)
	d.hour = d.hour.AddDate(0, 0, 2)
	for range 2 {
		must[Case](t)(d.Acknowledge(ctx, on(k), day("2026-12-16"), "thank you"))
	}
	front(law.Ombudsman1, "2027-01-04", 2)
	for i, a := range []Action{Drafts, Approves, Releases} {
		k = must[Case](t)(d.do(k, a, i))
	}
	d.hour = day("2027-01-08").Start().Add(9 * time.Hour)
	k = must[Case](t)(d.Escalate(ctx, on(k), day("2027-01-07"), "still cold"))
	front(law.OmbudsmanAck, "2027-01-14", 4)
	if k.State != Received || !k.Ended.IsZero() || k.Draft.Approved != nil {
		t.Errorf("at its second stage it is %s, ended %v", k.State, k.Ended)
	}
	must[Case](t)(d.Acknowledge(ctx, on(k), day("2027-01-08"), ""))
	front(law.Ombudsman2, "2027-02-05", 4)
	k = must[Case](t)(d.Extend(ctx, on(k), day("2027-01-08"), "a survey"))
	front(law.Ombudsman2, "2027-03-05", 4)
	if _, may := d.MayExtend(k); may {
		t.Error("extended twice")
	}
	for i, a := range []Action{Drafts, Approves, Releases} {
		k = must[Case](t)(d.do(k, a, 10+i))
	}
	if _, err := d.Escalate(ctx, on(k), day("2027-01-08"), "and again"); !errors.Is(err, ErrNeeds) {
		t.Errorf("a third stage: %v", err)
	}
}

// What clocks cannot be cheated by.
func TestIdentityIsNoBrake(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	due := k.Due
	for name, do := range map[string]func() (Case, error){
		"no doubt": func() (Case, error) { return d.Ask(ctx, on(k), ForIdentity, day("2026-11-23"), " ") },
		"no doubt, in one": func() (Case, error) {
			return d.Identify(ctx, on(k), Proof{How: "x", Asked: day("2026-11-22"), Arrived: day("2026-11-23")})
		},
		"a code to nowhere": func() (Case, error) {
			return d.Identify(ctx, on(k), Proof{How: "code", Arrived: day("2026-11-23"), Factors: []Factor{{Kind: EmailCode, Passed: day("2026-11-23")}}})
		},
	} {
		if _, err := do(); err == nil {
			t.Errorf("%s: done", name)
		}
	}
	k = must[Case](t)(d.Identify(ctx, on(k), Proof{How: "known", Arrived: day("2026-11-23")}))
	for _, err := range []error{
		func() error { _, err := d.Ask(ctx, on(k), ForIdentity, day("2026-11-23"), "a doubt"); return err }(),
		func() error {
			_, err := d.Identify(ctx, on(k), Proof{How: "y", Doubt: "late", Asked: day("2026-11-22"), Arrived: day("2026-11-23")})
			return err
		}(),
	} {
		var e *Error
		if !errors.As(err, &e) || e.Need != NeedsUnproved {
			t.Errorf("asked again: %v", err)
		}
	}
	if got := must[Case](t)(d.Get(ctx, k.ID)); got.Due != due {
		t.Errorf("due %s, and was %s", got.Due, due)
	}
	r := request("b")
	r.AskIdentity = true
	if _, err := d.Open(ctx, r); !errors.Is(err, ErrInput) {
		t.Errorf("asked at receipt without a doubt: %v", err)
	}
	r.Kind, r.Regime, r.Doubt = law.KindFOI, "", "who knows"
	if _, err := d.Open(ctx, r); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "nobody has to prove") {
		t.Errorf("identity for FOI: %v", err)
	}
}

// TestNotClosedBeforeOthersAreTold: a case that changed what others were given is not
// over while one of them is still to be told, or it is recorded why that cannot be
// (UK GDPR Art 19).
func TestNotClosedBeforeOthersAreTold(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := must[Case](t)(d.Open(ctx, d.requestOf("a", law.KindErasure)))
	tell := NewTask{Sort: TaskTell, Place: "contractors", Owner: "s2", Due: d.hour, What: "Tell them."}
	other := tell
	other.Place = "insurer"
	k = must[Case](t)(d.Assign(ctx, on(k), tell, other))
	k = must[Case](t)(d.Withdraw(ctx, on(k), "they thought again"))
	closing := func() error { _, err := d.Close(ctx, on(k)); return err }
	var e *Error
	if err := closing(); !errors.As(err, &e) || e.Need != NeedsTold || !strings.Contains(e.Mend, "open (2)") {
		t.Errorf("closed with two to tell: %v", err)
	}
	if offers := must[[]Offer](t)(d.Offers(ctx, k, "s1")); !slices.ContainsFunc(offers, func(o Offer) bool { return o.Action == Closes && slices.Contains(o.Lacks, NeedsTold) }) {
		t.Errorf("closing is offered as if nothing were open: %+v", offers)
	}
	var tells []int64
	for _, t := range must[[]Task](t)(d.Tasks(ctx, k.ID)) {
		if t.Sort == TaskTell {
			tells = append(tells, t.N)
		}
	}
	if _, err := d.Finish(ctx, on(k), tells[0], Done, " "); !errors.Is(err, ErrInput) {
		t.Errorf("told, and nothing shows it: %v", err)
	}
	k = must[Case](t)(d.Finish(ctx, on(k), tells[0], Done, "They wrote on the 24th that it is deleted."))
	if _, err := d.Finish(ctx, on(k), tells[1], Unable, ""); !errors.Is(err, ErrInput) {
		t.Errorf("impossible, and nobody says why: %v", err)
	}
	k = must[Case](t)(d.Finish(ctx, on(k), tells[1], Unable, "The firm was wound up in 2024 and has no successor."))
	if err := closing(); err != nil {
		t.Error(err)
	}
}

// TestPassedOn: passing a case to a client does the task to pass it there, and no other.
func TestPassedOn(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	tell := NewTask{Sort: TaskTell, Place: "vale", Owner: "s2", Due: d.hour, What: "Pass it on."}
	other := tell
	other.Place = "insurer"
	k = must[Case](t)(d.Assign(ctx, on(k), tell, other))
	k = must[Case](t)(d.Transfer(ctx, on(k), "vale", day("2026-11-23"), "Vale has it, by e-mail."))
	got := map[string]Outcome{}
	for _, task := range must[[]Task](t)(d.Tasks(ctx, k.ID)) {
		if task.Sort == TaskTell {
			got[task.Place] = task.Outcome
		}
	}
	if want := map[string]Outcome{"vale": Done, "insurer": ""}; !cmp.Equal(want, got) {
		t.Error(cmp.Diff(want, got))
	}
	if _, err := d.Close(ctx, on(k)); !errors.Is(err, ErrNeeds) {
		t.Errorf("closed with the insurer still to tell: %v", err)
	}
}

func TestRefusalsAndOffers(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	full := Refusal{Reason: "the fourth this month", Grounds: []string{law.GroundExcessive}, Routes: law.Routes(k.Kind)}
	for name, change := range map[string]func(*Refusal){
		"reasons": func(r *Refusal) { r.Reason = " " },
		"ground":  func(r *Refusal) { r.Grounds = nil },
		"another": func(r *Refusal) { r.Grounds = []string{"vexatious"} }, // FOI's
		"routes":  func(r *Refusal) { r.Routes = r.Routes[1:] },
	} {
		r := full
		change(&r)
		if _, err := d.Refuse(ctx, on(k), r); !errors.Is(err, ErrNeeds) {
			t.Errorf("%s: %v", name, err)
		}
	}
	marketing := must[Case](t)(d.Open(ctx, d.requestOf("m", law.KindMarketing)))
	if _, err := d.Refuse(ctx, on(marketing), full); !errors.Is(err, ErrKind) {
		t.Errorf("refused to stop marketing: %v", err)
	}
	offered := func(a Action) *Offer {
		offers := must[[]Offer](t)(d.Offers(ctx, k, "s1"))
		if i := slices.IndexFunc(offers, func(o Offer) bool { return o.Action == a }); i >= 0 {
			return &offers[i]
		}
		return nil
	}
	if o := offered(Extends); o == nil || len(o.Lacks) != 0 {
		t.Errorf("extending is offered as %+v", o)
	}
	d.hour = day("2026-12-23").Start().Add(time.Hour) // the month was up yesterday
	if o := offered(Extends); o != nil {
		t.Errorf("extending is offered too late: %+v", o)
	}
	k = must[Case](t)(d.do(k, Drafts, 1))
	if o := offered(Approves); o == nil || !slices.Equal(o.Lacks, []Need{NeedsIdentity}) {
		t.Errorf("approving lacks %+v", o)
	}
	if offered(Reviews) != nil || offered(Refuses) == nil {
		t.Error("offers are not the table's")
	}
}

// SOT-10, its beginning: footage is to be held within hours, and nothing is drafted
// until whoever runs the cameras says that it is; a search that is open holds up
// the approval.
func TestTasks(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	r := request("a")
	r.Kind, r.Operator = law.KindCCTV, "cameras"
	r.Tasks = []NewTask{{Sort: TaskSearch, Place: "paper-west", Owner: "s7", Due: d.hour.Add(72 * time.Hour), What: "the lobby book of Quillfeather"}}
	k := must[Case](t)(d.Open(ctx, r))
	tasks := must[[]Task](t)(d.Tasks(ctx, k.ID))
	if len(tasks) != 2 || tasks[0].Sort != TaskHold || tasks[0].Owner != "cameras" || !tasks[0].Due.Equal(d.hour.Add(4*time.Hour)) || tasks[1].What != r.Tasks[0].What || k.Number != "CV-2026-0001" {
		t.Fatalf("%s: %+v", k.Number, tasks)
	}
	if again := must[Case](t)(d.Open(ctx, r)); len(must[[]Task](t)(d.Tasks(ctx, again.ID))) != 2 {
		t.Error("opened again, and the tasks were given again")
	}
	if due := must[[]Task](t)(d.Overdue(ctx, d.hour.Add(5*time.Hour), 10)); len(due) != 1 || due[0].N != 1 || due[0].What != "" {
		t.Errorf("overdue %+v", due)
	}
	open := func(f TaskFilter) (got []string) {
		t.Helper()
		f.Limit = 10
		for _, o := range must[[]OpenTask](t)(d.OpenTasks(ctx, f)) {
			if o.What != "" || o.Case != k.ID || o.Kind != law.KindCCTV {
				t.Errorf("an open task of the wrong case, or with its words: %+v", o)
			}
			got = append(got, o.Number+" "+o.Owner)
		}
		return got
	}
	const cameras, paper = "CV-2026-0001 cameras", "CV-2026-0001 s7"
	for _, x := range []struct {
		f    TaskFilter
		want []string
	}{
		{TaskFilter{}, []string{cameras, paper}}, {TaskFilter{Owner: "s7"}, []string{paper}}, {TaskFilter{Sort: TaskHold}, []string{cameras}},
		{TaskFilter{Place: "paper-west"}, []string{paper}}, {TaskFilter{By: d.hour.Add(5 * time.Hour)}, []string{cameras}}, {TaskFilter{Skip: 1}, []string{paper}}, {TaskFilter{Owner: "s8"}, nil},
	} {
		if diff := cmp.Diff(x.want, open(x.f)); diff != "" {
			t.Errorf("open tasks of %+v (-want +got):\n%s", x.f, diff)
		}
	}
	if _, err := d.do(k, Drafts, 1); !errors.Is(err, ErrNeeds) {
		t.Errorf("drafted before the footage is held: %v", err)
	}
	must[Case](t)(d.Chase(ctx, on(k), 1, d.hour.Add(5*time.Hour), "please"))
	for range 2 {
		must[Case](t)(d.Raise(ctx, on(k), 1, "s9", "it will be gone"))
	}
	for _, tt := range []struct {
		n    int64
		how  Outcome
		said string
		is   error
	}{{1, Done, "yes", ErrInput}, {1, Gone, "", ErrInput}, {9, Saved, "", ErrNotFound}} {
		if _, err := d.Finish(ctx, on(k), tt.n, tt.how, tt.said); !errors.Is(err, tt.is) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	for range 2 {
		k = must[Case](t)(d.Finish(ctx, on(k), 1, Saved, "copied for Quillfeather"))
	}
	if _, err := d.Finish(ctx, on(k), 1, Gone, "no, it was gone"); !errors.Is(err, ErrState) {
		t.Errorf("finished twice: %v", err)
	}
	for i, a := range []Action{Identifies, Drafts} {
		k = must[Case](t)(d.do(k, a, i))
	}
	var e *Error
	if _, err := d.do(k, Approves, 1); !errors.As(err, &e) || e.Need != NeedsSearched {
		t.Errorf("approved with a search open: %v", err)
	}
	must[Case](t)(d.Finish(ctx, on(k), 2, Unable, "the cellar is under water"))
	k = must[Case](t)(d.do(k, Approves, 1))
	if got := must[[]Task](t)(d.Tasks(ctx, k.ID)); got[0].Chased != 1 || got[0].RaisedTo != "s9" || got[0].Outcome != Saved || got[0].Result != "copied for Quillfeather" || got[1].Outcome != Unable {
		t.Errorf("%+v", got)
	}
	d.consistent(t, k)
	if holds := must[[]Hold](t)(d.Holds(ctx)); len(holds) != 1 || holds[0].What != law.HoldRecordings {
		t.Errorf("holds %+v", holds)
	}
	if strings.Contains(string(d.raw(t)), "Quillfeather") {
		t.Error("a task stands in the clear")
	}
	must[Case](t)(d.Withdraw(ctx, on(k), ""))
	must[Case](t)(d.Close(ctx, on(k)))
	must[Case](t)(d.Forget(ctx, on(k)))
	if got, holds := must[[]Task](t)(d.Tasks(ctx, k.ID)), must[[]Hold](t)(d.Holds(ctx)); len(got) != 0 || len(holds) != 0 {
		t.Errorf("forgotten, and %+v, %+v", got, holds)
	}
}

func TestMinutes(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := must[Case](t)(d.Open(ctx, d.requestOf("a", law.KindFOI)))
	for i, s := range []struct {
		minutes int
		work    law.Work
	}{{1000, law.Searching}, {81, law.Searching}, {600, law.Deciding}} {
		o := on(k)
		o.Once = string(rune('a' + i))
		for range 2 {
			k = must[Case](t)(d.Spend(ctx, o, s.minutes, s.work, "the minutes of the board"))
		}
	}
	l, ok, err := d.Limit(k)
	if err != nil || !ok || !l.Over || l.Counted != 1081 || k.Minutes != 1681 {
		t.Errorf("%+v of %d, %v, %v", l, k.Minutes, ok, err)
	}
	if _, err := d.Spend(ctx, on(k), 0, law.Searching, ""); !errors.Is(err, ErrInput) {
		t.Errorf("no time: %v", err)
	}
}

func TestActingForAnother(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	r := request("a")
	r.Acting = &Acting{Authority: law.Authority{Role: law.BySolicitor, Scopes: []law.Scope{law.ForRights}}}
	k := must[Case](t)(d.Open(ctx, r))
	for i, a := range []Action{Identifies, Drafts} {
		k = must[Case](t)(d.do(k, a, i))
	}
	var e *Error
	if _, err := d.do(k, Approves, 1); !errors.As(err, &e) || e.Need != NeedsAuthority {
		t.Errorf("approved for a solicitor who showed nothing: %v", err)
	}
	seen := *r.Acting
	seen.Seen = true
	if _, err := d.Represent(ctx, on(k), &seen); !errors.Is(err, ErrInput) {
		t.Errorf("evidence that nobody described: %v", err)
	}
	seen.Evidence, seen.End = "form of 20 November, signed", day("2026-11-23")
	k = must[Case](t)(d.Represent(ctx, on(k), &seen))
	k = must[Case](t)(d.do(k, Approves, 1))
	d.hour = d.hour.AddDate(0, 0, 1) // and the authority is over
	if _, err := d.do(k, Releases, 1); !errors.As(err, &e) || e.Need != NeedsAuthority {
		t.Errorf("released when the authority was over: %v", err)
	}
}

func TestSafety(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	safe := Safety{Only: []string{"m.q@example.net"}, Never: []string{"4 Zennor Rise, TR99 9ZZ"}, Why: "he reads her post"}
	for _, bad := range []Safety{{}, {Only: []string{" "}}, {Only: []string{"a@example.org"}, Never: []string{"A@example.org"}}} {
		if _, err := d.Safeguard(ctx, on(k), bad); !errors.Is(err, ErrInput) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	for range 2 {
		k = must[Case](t)(d.Safeguard(ctx, on(k), safe))
	}
	for i, a := range []Action{Identifies, Drafts, Approves} {
		k = must[Case](t)(d.do(k, a, i))
	}
	for to, ok := range map[string]bool{"": false, "4 Zennor Rise\nTR99 9ZZ": false, "morwenna@example.org": false, " M.Q@example.net ": true} {
		_, err := d.Deliver(ctx, on(k), Delivery{Sent, to})
		if (err == nil) != ok || (k.MayReach(to) == nil) != ok {
			t.Errorf("%q: %v", to, err)
		}
	}
	if _, err := d.Deliver(ctx, on(k), Delivery{Way: Collected}); err != nil {
		t.Errorf("collected: %v", err)
	}
}

func TestDeath(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	k := d.opened(t, "a")
	var first string
	for range 2 {
		ended, estate, err := d.Died(ctx, on(k), Death{Told: day("2026-11-23"), How: "her son rang"})
		if err != nil || ended.State != Lapsed || estate.Kind != law.KindEstate || estate.Person != k.Person || estate.Due.IsZero() || first != "" && estate.ID != first {
			t.Fatalf("%s, %+v, %v", ended.State, estate, err)
		}
		first = estate.ID
	}
	estate := must[Case](t)(d.Get(ctx, first))
	estate = must[Case](t)(d.do(must[Case](t)(d.do(estate, Identifies, 1)), Drafts, 1))
	if _, err := d.do(estate, Approves, 1); !errors.Is(err, ErrNeeds) {
		t.Errorf("the estate of nobody: %v", err)
	}
	complaint := must[Case](t)(d.Open(ctx, d.requestOf("b", law.KindFOI)))
	if _, _, err := d.Died(ctx, on(complaint), Death{Told: day("2026-11-23")}); !errors.Is(err, ErrKind) {
		t.Errorf("what is no right of the person's: %v", err)
	}
}

func TestSecondPersonAndReview(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	r := d.requestOf("a", law.KindFOI)
	r.Second = true
	k := must[Case](t)(d.Open(ctx, r))
	item := Decision{Item: strings.Repeat("b", 20), Release: true, Reason: "public"}
	for _, by := range []string{"s3", "s4"} {
		item.Reason += "."
		k = must[Case](t)(d.Decide(ctx, On{Case: k.ID, By: by}, item))
	}
	k = must[Case](t)(d.do(k, Drafts, 1))
	var e *Error
	for _, by := range []string{"s1", "s3", "s4"} { // who drafted, and who decided
		if _, err := d.Approve(ctx, On{Case: k.ID, By: by}, k.Draft.Digest); !errors.As(err, &e) || e.Need != NeedsSecond {
			t.Errorf("%s alone: %v", by, err)
		}
	}
	k = must[Case](t)(d.Approve(ctx, On{Case: k.ID, By: "s2"}, k.Draft.Digest))
	k = must[Case](t)(d.Release(ctx, on(k), Sent))
	k = must[Case](t)(d.Review(ctx, on(k), day("2026-11-23"), "you left the annex out"))
	if c := must[law.Result](t)(d.ClockOf(k, nil)); c.Regime != law.FOIReview || k.Due.String() != "2026-12-22" || len(c.Unverified) == 0 {
		t.Errorf("the review is due %s by %s", k.Due, c.Regime)
	}
	if _, err := d.Conclude(ctx, on(k), true, "no"); !errors.As(err, &e) || e.Need != NeedsAnother {
		t.Errorf("reviewed by whoever answered: %v", err)
	}
	k = must[Case](t)(d.Conclude(ctx, On{Case: k.ID, By: "s2"}, false, "it was left out"))
	k = must[Case](t)(d.Reopen(ctx, on(k), "the annex"))
	if k.State != Received || k.Draft.Approved != nil || k.Ending != nil || k.Due.String() != "2026-12-21" {
		t.Errorf("reopened: %s, due %s", k.State, k.Due)
	}
}

func TestSimilar(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	first := d.opened(t, "a")
	open := func(once string, with func(*Request)) []Similar {
		t.Helper()
		d.hour = d.hour.Add(time.Minute)
		r := request(once)
		r.Person = Person{Name: "Someone Else"}
		with(&r)
		kind := r.Kind
		if kind == "" {
			kind = law.KindOf(r.Regime)
		}
		before := must[[]Similar](t)(d.Alike(ctx, kind, r.Received, r.Person))
		k := must[Case](t)(d.Open(ctx, r))
		after := must[[]Similar](t)(d.Similar(ctx, k.ID))
		if diff := cmp.Diff(after, before); diff != "" {
			t.Errorf("before it is opened others are found (-after +before):\n%s", diff)
		}
		return after
	}
	if got := open("b", func(r *Request) { r.Person = Person{Name: "MORWENNA  quillfeather", Born: day("1971-02-03")} }); len(got) != 1 || got[0].Case != first.ID || got[0].Repeat != law.Duplicate {
		t.Errorf("the same person: %+v", got)
	}
	if got := open("c", func(r *Request) { r.Kind, r.Regime, r.Person.Reference = law.KindErasure, "", "ten0042x" }); len(got) != 1 || got[0].Repeat != law.Beside {
		t.Errorf("another right: %+v", got)
	}
	if got := open("d", func(*Request) {}); len(got) != 0 {
		t.Errorf("a stranger: %+v", got)
	}
	must[Case](t)(d.Withdraw(ctx, on(first), ""))
	if got := open("e", func(r *Request) { r.Person.Reference = "TEN-0042-X" }); len(got) != 2 || got[1].Repeat != law.Again && got[0].Repeat != law.Again {
		t.Errorf("what was answered lately: %+v", got)
	}
	must[Case](t)(d.Close(ctx, on(first)))
	must[Case](t)(d.Forget(ctx, on(first)))
	if got := open("f", func(r *Request) { r.Person = request("").Person }); slices.ContainsFunc(got, func(s Similar) bool { return s.Case == first.ID }) {
		t.Errorf("a forgotten case is found: %+v", got)
	}
}

func TestImport(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	n := standard(t)
	row := func(line int, more ...string) Row {
		f := map[string]string{"reference": "OLD-1", "kind": "access", "received": "2026-11-02", "channel": "letter", "name": "Morwenna Quillfeather", "notes": "a note"}
		for i := 0; i < len(more); i += 2 {
			f[more[i]] = more[i+1]
		}
		return Row{line, f}
	}
	good := []Row{
		row(2, "identity asked", "2026-11-04", "identity doubt", "a new address", "identity arrived", "2026-11-20"),
		row(3, "reference", "OLD-2", "clarification asked", "2026-11-09", "clarification answered", "2026-11-16"),
		row(4, "reference", "OLD-3", "extended on", "2026-11-20", "extension reasons", "four buildings of paper"),
		row(5, "reference", "OLD-4", "kind", "dp-complaint", "acknowledged", "2026-11-05"),
	}
	want := []string{"2026-12-21", "2026-12-10", "2027-02-02", ""}
	for try := range 2 {
		done, problems, err := d.Import(ctx, n, "s1", good)
		if err != nil || len(problems) != 0 || len(done) != len(good) {
			t.Fatalf("%v, %v, %v", done, problems, err)
		}
		for i, x := range done {
			k := must[Case](t)(d.Get(ctx, x.Case))
			law := must[law.Result](t)(d.ClockOf(k, nil))
			if x.New != (try == 0) || want[i] != "" && (law.Law == nil || law.Law.Due.String() != want[i]) || k.Original != good[i].Fields["reference"] || k.Version != 2 {
				t.Errorf("line %d: %+v, due %+v, version %d", x.Line, x, law.Law, k.Version)
			}
		}
	}
	bad := []Row{
		row(2, "received", "22/11/2026"), row(3, "reference", ""), row(4, "reference", "A", "kind", "tea"), row(5, "reference", "B"), row(6, "reference", "B"),
		row(7, "reference", "C", "identity arrived", "2026-11-20"), row(8, "reference", "D", "extended on", "2026-12-20", "extension reasons", "x"),
		row(9, "reference", "E", "shoe size", "7"), row(10, "reference", "F", "received", "2026-11-25"), row(11, "reference", "G", "clarification asked", "2026-11-01"),
		row(12, "reference", "H", "channel", "by word of mouth"),
	}
	done, problems, err := d.Import(ctx, n, "s1", bad)
	if err != nil || len(done) != 0 {
		t.Fatalf("%v, %v", done, err)
	}
	got := map[int]string{}
	for _, p := range problems {
		got[p.Line] = p.Column
		if p.What == "" || p.Mend == "" || strings.Contains(p.Error(), "Quillfeather") {
			t.Errorf("%v", p)
		}
	}
	for line, column := range map[int]string{2: "received", 3: "reference", 4: "kind", 6: "reference", 7: "identity asked", 8: "received", 9: "shoe size", 10: "received", 11: "clarification asked", 12: "channel"} {
		if got[line] != column {
			t.Errorf("line %d: %q, want %q", line, got[line], column)
		}
	}
	if page := must[Page](t)(d.List(ctx, Filter{})); len(page.Cases) != len(good) {
		t.Errorf("%d cases", len(page.Cases))
	}
}

// More proof never makes it less sure, and nothing that is shared, new or came
// with the request ever lets a pack out.
func TestAssess(t *testing.T) {
	today := day("2026-11-23")
	factor := rapid.Custom(func(t *rapid.T) Factor {
		return Factor{Kind: rapid.SampledFrom(FactorKinds()).Draw(t, "kind"), Held: rapid.Bool().Draw(t, "held"),
			Since:  today.AddDays(-rapid.IntRange(0, 60).Draw(t, "since")),
			Shared: rapid.SampledFrom([]law.Fact{law.Unknown, law.IsSo, law.IsNot}).Draw(t, "shared"),
			Passed: today.AddDays(-rapid.IntRange(-2, 120).Draw(t, "passed"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		factors := rapid.SliceOfN(factor, 0, 4).Draw(t, "factors")
		a := Policy{}.Assess(law.HighAssurance, factors, today)
		more := Policy{}.Assess(law.HighAssurance, append(slices.Clone(factors), factor.Draw(t, "more")), today)
		if more.Reached < a.Reached || len(a.Why) != len(factors) || a.Enough != (len(a.Lacks) == 0) {
			t.Fatalf("%+v, then %+v", a, more)
		}
		alone := slices.ContainsFunc(factors, func(f Factor) bool {
			fresh := !f.Passed.After(today) && today.DaysSince(f.Passed) <= 90
			own := f.Kind == Document || f.Kind == InPerson || f.Kind != Questions && f.Held && f.Shared == law.IsNot && today.DaysSince(f.Since) >= 30
			return fresh && own
		})
		if a.Enough != alone {
			t.Fatalf("%+v: %+v", factors, a)
		}
	})
}

// docs/desk-states.md is drawn from the table. TENET_UPDATE=1 writes it anew.
func TestDocsAreTheTable(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "desk-states.md")
	want := "# The life of a case\n\nDrawn from the table in `internal/cases/transition.go`, and checked against it by a test; `TENET_UPDATE=1 go test ./internal/cases -run Docs` writes it anew.\n" +
		"Nothing changes a case but a row of this table, and each writes its entry of the ledger in the same transaction.\n\n" +
		"```mermaid\n" + Diagram() + "```\n\n## Steps\n\n" + Table() +
		"\nWhat is marked *not verified* was not read in its source: it is worked with, and never shown to anyone as settled law.\n"
	if os.Getenv("TENET_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/desk-states.md is not the table any more: TENET_UPDATE=1 go test ./internal/cases -run Docs")
	}
}
