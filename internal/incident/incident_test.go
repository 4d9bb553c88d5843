package incident

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// office is incidents over a store of their own.
type office struct {
	*Incidents
	store *store.Store
	ring  *keys.Ring
	dir   string
	now   time.Time
}

func pack(t testing.TB, name string) *notice.Notice {
	t.Helper()
	from, err := notice.Pack(name)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(from)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func newOffice(t testing.TB) *office {
	t.Helper()
	o := &office{dir: t.TempDir(), now: time.Date(2026, 11, 27, 17, 30, 0, 0, time.UTC)}
	url := "sqlite:" + filepath.Join(o.dir, "tenet.db")
	if strings.HasPrefix(t.Name(), "TestOnPostgres/") {
		url = testpg.Database(t)
	}
	var err error
	if o.ring, err = keys.Create(filepath.Join(o.dir, "keys"), "tenet.example/ledger"); err != nil {
		t.Fatal(err)
	}
	if o.store, err = store.Open(context.Background(), url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.store.Close() })
	o.Incidents = o.with(t, store.Default, pack(t, "wrenfield"))
	return o
}

func (o *office) with(t testing.TB, landlord string, n *notice.Notice) *Incidents {
	t.Helper()
	x, err := New(Config{Store: o.store, Ring: o.ring, Landlord: landlord, Notice: n, Holidays: law.Embedded(), Now: func() time.Time { return o.now }})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func (o *office) later(d time.Duration) { o.now = o.now.Add(d) }

const secretWords = "A stick of Mrs Quill's"

func (o *office) report(t testing.TB, once string) Incident {
	t.Helper()
	i, err := o.Open(t.Context(), First{Once: once, Kind: Lost, What: secretWords, By: "s1", Reporter: Reporter{Via: "console", Name: "Ada Quillfeather", Contact: "ada@example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (o *office) confirm(t testing.TB, number string, f Finding) Incident {
	t.Helper()
	i, err := o.Confirm(t.Context(), On{Number: number, By: "s1"}, f)
	return must(t, i, err)
}

func must(t testing.TB, i Incident, err error) Incident {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (o *office) finding() Finding {
	return Finding{Harms: []Harm{Confidentiality}, Aware: o.now, How: "The caretaker rang.", Role: Controller}
}

var stick = Facts{Data: []Data{Contact, Tenancy}, People: 40, Records: 40, Identifiable: Directly}

func lacks(t testing.TB, err error, need Need) {
	t.Helper()
	var no *Error
	if !errors.As(err, &no) || no.Code != CodeNeeds || !slices.Contains(no.Needs, need) {
		t.Errorf("got %v, not that it needs %s", err, need)
	}
}

// TestFromReportToClosing is the whole life of a breach with a high risk.
func TestFromReportToClosing(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	i := o.report(t, "r1")
	on := On{Number: i.Number, By: "s1"}
	if i.Number != "IN-2026-0001" || i.State != Reported {
		t.Fatalf("%+v", i)
	}
	if _, err := o.Decide(ctx, on, HighRisk, "x"); err == nil {
		t.Error("decided before anybody looked")
	}
	i = o.confirm(t, i.Number, o.finding())
	clocks, err := o.Clocks(&i)
	if err != nil || len(clocks) != 1 || clocks[0].Due.String() != "2026-11-30T17:30:00Z" || clocks[0].Left != 72 || len(clocks[0].Working) < 2 {
		t.Fatalf("%+v %v", clocks, err)
	}
	_, err = o.Decide(ctx, on, HighRisk, "x")
	lacks(t, err, NeedsAssessed)
	i, err = o.Assess(ctx, on, stick)
	if must(t, i, err); i.Proposal.Risk != SomeRisk {
		t.Errorf("proposed %+v", i.Proposal)
	}
	_, err = o.Decide(ctx, on, HighRisk, " ")
	lacks(t, err, NeedsReason)
	i, err = o.Decide(ctx, on, HighRisk, "One of them hides.")
	if must(t, i, err); i.State != ToReport || i.Decision.Proposed != SomeRisk {
		t.Errorf("%+v", i)
	}
	o.later(73 * time.Hour)
	_, err = o.Notify(ctx, on, Notification{How: "its form"})
	lacks(t, err, NeedsDelay)
	i, err = o.Notify(ctx, on, Notification{How: "its form", Delay: "The line was down.", Reference: "IC-1"})
	if must(t, i, err); i.State != Notified || !slices.Contains(i.Reports[0].Missing, "nature") {
		t.Errorf("%+v", i.Reports)
	}
	if clocks, err = o.Clocks(&i); err != nil || clocks[0].Running() || !clocks[0].Late(o.now) {
		t.Errorf("%+v %v", clocks, err)
	}
	i, err = o.Describe(ctx, on, Description{Nature: "A stick was lost.", Effects: "Somebody may be found.", Measures: "We looked for it."})
	must(t, i, err)
	_, err = o.Close(ctx, on, "")
	lacks(t, err, NeedsWhole)
	i, err = o.Notify(ctx, on, Notification{How: "by e-mail"})
	if must(t, i, err); len(i.Reports[1].Missing) != 0 || !i.Notified.Equal(i.Reports[0].At) {
		t.Errorf("%+v", i.Reports)
	}

	mark := bytes.Repeat([]byte{1}, 32)
	people := []Affected{{Person: Person{Name: "Ada Quillfeather"}, Marks: [][]byte{mark}}, {Person: Person{Name: "Bede Quillfeather"}, Marks: [][]byte{bytes.Repeat([]byte{2}, 32)}}, {Person: Person{Name: "A. Quillfeather"}, Marks: [][]byte{mark}}}
	i, added, err := o.ListPeople(ctx, on, people)
	if must(t, i, err); added != 2 || i.People.Listed != 2 {
		t.Errorf("%d added, %+v", added, i.People)
	}
	if got, err := o.Touching(ctx, [][]byte{mark}); err != nil || len(got) != 1 || got[0].Incident.Number != i.Number || got[0].Person.Name != "Ada Quillfeather" {
		t.Errorf("%v %v", got, err)
	}
	i, err = o.Learn(ctx, on, "A stick without a lock.", "Lock them.", nil)
	must(t, i, err)
	_, err = o.Close(ctx, on, "")
	lacks(t, err, NeedsPeople)
	i, err = o.Tell(ctx, on, "BR-2026-0001", func(context.Context, *store.Tx) ([]Written, error) {
		return []Written{{1, "BR-2026-0001-1", "email"}}, nil
	})
	must(t, i, err)
	if err := o.store.Write(ctx, func(tx *store.Tx) error { return o.Heard(ctx, tx, "BR-2026-0001-1", "email") }); err != nil {
		t.Fatal(err)
	}
	i, err = o.ToldOtherwise(ctx, on, 2, "on the doorstep")
	if must(t, i, err); i.People.Told != 2 {
		t.Errorf("%+v", i.People)
	}
	if _, err = o.ToldOtherwise(ctx, on, 2, "again"); err == nil {
		t.Error("told twice")
	}
	i, err = o.Assign(ctx, on, Task{What: "Buy sticks with locks", Owner: "s2"})
	must(t, i, err)
	_, err = o.Close(ctx, on, "")
	lacks(t, err, NeedsTasks)
	i, err = o.Finish(ctx, on, 1, "Bought.")
	must(t, i, err)
	i, err = o.Close(ctx, on, "")
	if must(t, i, err); i.State != Concluded || i.Ended.IsZero() {
		t.Errorf("%+v", i)
	}
	i, err = o.Reopen(ctx, on, "It turned up.")
	if must(t, i, err); i.State != Reported || !i.Ended.IsZero() || i.Risk != HighRisk || !i.IsBreach() {
		t.Errorf("%+v", i)
	}
	steps, err := o.History(ctx, i.Number)
	if err != nil || int64(len(steps)) != i.Version || steps[len(steps)-1].Words != "It turned up." {
		t.Errorf("%d steps of %d, %v", len(steps), i.Version, err)
	}
	o.checkLedger(t, len(steps))
}

// checkLedger: every step has its entry, and none holds a name or a word.
func (o *office) checkLedger(t testing.TB, want int) {
	t.Helper()
	err := o.store.Read(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Acts(t.Context(), store.Default, "", 0, 1000)
		if len(all) != want {
			t.Errorf("%d entries, and %d steps", len(all), want)
		}
		for _, a := range all {
			for _, secret := range []string{"uill", "example.org", "hides", "stick"} {
				if strings.Contains(string(a.Payload)+a.Subject+a.Actor, secret) {
					t.Errorf("the entry %s holds %q", a.Act, secret)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOnce: the same report is one incident, and the same step one step, however often
// they come, as after a crash or a form that was sent twice.
func TestOnce(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	first, again, other := o.report(t, "r1"), o.report(t, "r1"), o.report(t, "r2")
	if first.ID != again.ID || first.Number != again.Number || other.ID == first.ID {
		t.Errorf("%s %s %s", first.Number, again.Number, other.Number)
	}
	on := On{Number: first.Number, By: "s1", Once: "n1", Version: 1}
	a, err := o.Note(ctx, on, "Looked.")
	must(t, a, err)
	b, err := o.Note(ctx, on, "Looked.")
	if must(t, b, err); a.Version != b.Version {
		t.Errorf("%d, then %d", a.Version, b.Version)
	}
	on.Once = "n2"
	_, err = o.Note(ctx, on, "Looked.")
	var c *Changed
	if !errors.As(err, &c) {
		t.Errorf("an older version was altered: %v", err)
	}
	// What belongs to the same transaction and fails undoes the step.
	fails := errors.New("no")
	_, err = o.Note(ctx, On{Number: first.Number, By: "s1", Also: func(context.Context, *store.Tx) error { return fails }}, "x")
	if now, _ := o.Get(ctx, first.Number); !errors.Is(err, fails) || now.Version != a.Version {
		t.Errorf("%v, version %d", err, now.Version)
	}
	if p, err := o.List(ctx, Filter{Open: true}); err != nil || len(p.Incidents) != 2 || p.Next != "" {
		t.Errorf("%d, %v", len(p.Incidents), err)
	}
	o.checkLedger(t, 3)
}

// TestProcessor: who holds data for somebody tells them, and decides nothing.
func TestProcessor(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	i := o.report(t, "r1")
	on := On{Number: i.Number, By: "s1"}
	f := o.finding()
	f.Role = Processor
	if _, err := o.Confirm(ctx, on, f); err == nil {
		t.Error("a processor of nobody")
	}
	f.Controllers = []string{"Vale Homes"}
	i = o.confirm(t, i.Number, f)
	clocks, err := o.Clocks(&i)
	if err != nil || len(clocks) != 1 || clocks[0].ID != "tell:Vale Homes" || !clocks[0].Due.IsZero() || !clocks[0].Running() || clocks[0].Late(o.now.Add(1000*time.Hour)) {
		t.Errorf("%+v %v", clocks, err)
	}
	_, err = o.Notify(ctx, on, Notification{How: "its form"})
	lacks(t, err, NeedsController)
	i, err = o.Pass(ctx, on, Passing{To: "Vale Homes", How: "telephone"})
	if must(t, i, err); i.State != Passed {
		t.Errorf("%s", i.State)
	}
	if clocks, err = o.Clocks(&i); err != nil || clocks[0].Running() {
		t.Errorf("%+v %v", clocks, err)
	}
}

// TestContract: the hours of a contract run beside the law's, from the same moment, and
// meeting them leaves the risk to be decided.
func TestContract(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	n := pack(t, "wrenfield")
	n.Rights.Clocks = append(n.Rights.Clocks, notice.OwnClock{ID: "council-24", Title: "Tell the council", From: "we learn of it", Clock: notice.Clock{Count: 24, Unit: notice.Hours}})
	n.Records.Incidents.Clocks = []notice.ID{"council-24"}
	x := o.with(t, store.Default, n)
	if got := Contracts(n); len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	i := o.report(t, "r1")
	on := On{Number: i.Number, By: "s1"}
	f := o.finding()
	f.Owed = []notice.ID{"nobody"}
	if _, err := x.Confirm(ctx, on, f); err == nil {
		t.Error("a clock that there is not")
	}
	f.Owed = []notice.ID{"council-24"}
	i, err := x.Confirm(ctx, on, f)
	clocks, cerr := x.Clocks(&i)
	if must(t, i, err); cerr != nil || len(clocks) != 2 || clocks[1].Due.String() != "2026-11-28T17:30:00Z" || clocks[1].Left != 24 {
		t.Fatalf("%+v %v", clocks, cerr)
	}
	o.later(25 * time.Hour)
	i, err = x.Pass(ctx, on, Passing{To: "The council", How: "telephone", Clock: "council-24"})
	clocks, cerr = x.Clocks(&i)
	if must(t, i, err); cerr != nil || i.State != Passed || clocks[1].Running() || !clocks[1].Late(o.now) || !clocks[0].Running() {
		t.Errorf("%s, %+v %v", i.State, clocks, cerr)
	}
	i, err = x.Learn(ctx, on, "A stick.", "", nil)
	must(t, i, err)
	_, err = x.Close(ctx, on, "")
	lacks(t, err, NeedsAlone)
	i, err = x.Assess(ctx, on, stick)
	must(t, i, err)
	i, err = x.Decide(ctx, on, SomeRisk, "Names and homes.")
	if must(t, i, err); i.State != ToReport {
		t.Errorf("%s", i.State)
	}
}

// TestExceptions of Art 34(3).
func TestExceptions(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	i := o.report(t, "r1")
	on := On{Number: i.Number, By: "s1"}
	o.confirm(t, i.Number, o.finding())
	i, err := o.Assess(ctx, on, stick)
	must(t, i, err)
	i, err = o.Decide(ctx, on, HighRisk, "Because.")
	if must(t, i, err); i.PeopleDone() {
		t.Error("nobody was told")
	}
	if _, err = o.Decide(ctx, on, SomeRisk, "I had not looked."); err == nil || !strings.Contains(err.Error(), "decided already, by s1: high") {
		t.Errorf("a second decision that has not seen the first: %v", err)
	}
	seen := on
	seen.Version = i.Version
	i, err = o.Decide(ctx, seen, HighRisk, "For more reasons.")
	must(t, i, err)
	if _, err = o.Except(ctx, on, "tedious", "x"); err == nil {
		t.Error("an exception that the law does not have")
	}
	i, err = o.Except(ctx, on, Disproportionate, "Nobody knows who they are.")
	if must(t, i, err); i.PeopleDone() {
		t.Error("nobody was told in public")
	}
	if _, err = o.Publish(ctx, on, "/news", "Reply with your password."); err == nil {
		t.Error("the public is asked for a password")
	}
	i, err = o.Publish(ctx, on, "/news", "A stick was lost.")
	if must(t, i, err); !i.PeopleDone() {
		t.Error("the public was told")
	}
}

// TestMachine: no step is taken that the table does not have, from any state.
func TestMachine(t *testing.T) {
	offered := map[State]map[Action]bool{}
	for _, r := range Transitions() {
		if offered[r.From] == nil {
			offered[r.From] = map[Action]bool{}
		}
		if offered[r.From][r.Action] {
			t.Errorf("two rows for %s of %s", r.Action, r.From)
		}
		offered[r.From][r.Action] = true
		if r.Entry == "" {
			t.Errorf("%s leaves no trace", r.Action)
		}
		if r.Action.Words() == "" || r.To.Words() == "" {
			t.Errorf("nobody can read what %s or %s is", r.Action, r.To)
		}
		for _, n := range r.Needs {
			if n.Says() == "" {
				t.Errorf("nobody knows what %s is", n)
			}
		}
	}
	for _, s := range States() {
		i := Incident{State: s}
		for a := range offered[""] {
			if _, err := i.row(a); err == nil {
				t.Errorf("%s may be done to what is %s", a, s)
			}
		}
		if len(offered[s]) == 0 {
			t.Errorf("%s is a dead end", s)
		}
	}
}

func TestLeftInWords(t *testing.T) {
	due, err := law.ParseMoment("2026-11-27T10:00")
	if err != nil {
		t.Fatal(err)
	}
	for left, want := range map[float64]string{31.6: "31 hours left", 1.2: "1 hour left", 0.4: "less than an hour left", -0.4: "less than an hour late", -21.9: "21 hours late"} {
		if got := (Clock{Due: due, Left: left}).LeftWords(); got != want {
			t.Errorf("%v: %q, not %q", left, got, want)
		}
	}
	if got := (Clock{}).LeftWords(); got != "without undue delay" {
		t.Errorf("no figure: %q", got)
	}
}

// TestDrawn: docs/incidents.md holds the table as it is.
func TestDrawn(t *testing.T) {
	page, err := os.ReadFile("../../docs/incidents.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{Diagram(), Table()} {
		if !strings.Contains(string(page), want) {
			t.Errorf("docs/incidents.md does not hold this; put it there:\n%s", want)
		}
	}
}

func TestBan(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	i := o.report(t, "r1")
	on := On{Number: i.Number, By: "s1"}
	if until, err := o.Banned(ctx, "192.0.2.7"); err != nil || !until.IsZero() {
		t.Error(until, err)
	}
	for _, bad := range []struct {
		address string
		for_    time.Duration
	}{{"example.org", time.Hour}, {"192.0.2.7", -time.Hour}, {"192.0.2.7", 91 * 24 * time.Hour}} {
		if _, err := o.Ban(ctx, on, bad.address, o.now.Add(bad.for_)); err == nil {
			t.Errorf("banned %+v", bad)
		}
	}
	for _, a := range []string{"192.0.2.7", "2001:db8::7"} {
		i, err := o.Ban(ctx, on, a, o.now.Add(time.Hour))
		must(t, i, err)
	}
	for a, want := range map[string]bool{"192.0.2.7": true, "::ffff:192.0.2.7": true, "192.0.2.8": false, "2001:db8::ffff": true, "2001:db8:0:1::7": false, "": false} {
		if until, err := o.Banned(ctx, a); err != nil || until.IsZero() == want {
			t.Errorf("%s: %v %v", a, until, err)
		}
	}
	o.later(2 * time.Hour)
	if until, err := o.Banned(ctx, "192.0.2.7"); err != nil || !until.IsZero() {
		t.Error("a ban without an end", until, err)
	}
}

// TestNothingPersonalInTheClear: not in any byte of the store.
func TestNothingPersonalInTheClear(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	i := o.report(t, "r1")
	on := On{Number: i.Number, By: "s1"}
	o.confirm(t, i.Number, o.finding())
	_, _, err := o.ListPeople(ctx, on, []Affected{{Person: Person{Name: "Ada Quillfeather", Email: "ada@example.org"}}})
	if err != nil {
		t.Fatal(err)
	}
	i, err = o.Ban(ctx, on, "192.0.2.77", o.now.Add(time.Hour))
	must(t, i, err)
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(o.dir, "tenet.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"uillfeather", "ada@", "Quill", "caretaker", "192.0.2.77"} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%q stands in %s", secret, filepath.Base(f))
			}
		}
	}
}

// TestAlteredIsRefused: what was moved or changed in the store is not believed.
func TestAlteredIsRefused(t *testing.T) {
	o := newOffice(t)
	i, other := o.report(t, "r1"), o.report(t, "r2")
	err := o.store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE incident SET sealed = (SELECT sealed FROM incident WHERE id = $1) WHERE id = $2`, other.ID, i.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Get(t.Context(), i.Number); err == nil {
		t.Error("another's details were believed")
	}
}

func TestLandlordsDoNotShare(t *testing.T) {
	o := newOffice(t)
	i := o.report(t, "r1")
	err := o.store.Write(t.Context(), func(tx *store.Tx) error { return tx.SetLandlord(t.Context(), store.Landlord{ID: "vale", Name: "Vale"}) })
	if err != nil {
		t.Fatal(err)
	}
	vale := o.with(t, "vale", pack(t, "wrenfield"))
	if _, err := vale.Get(t.Context(), i.Number); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
	if p, err := vale.List(t.Context(), Filter{}); err != nil || len(p.Incidents) != 0 {
		t.Errorf("%v %v", p, err)
	}
}

// TestOnPostgres is every test of this room that has a store, with the store in
// PostgreSQL: newOffice sees to that.
func TestOnPostgres(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"from report to closing": TestFromReportToClosing, "once": TestOnce, "processor": TestProcessor, "contract": TestContract, "exceptions": TestExceptions,
		"ban": TestBan, "altered": TestAlteredIsRefused, "landlords": TestLandlordsDoNotShare,
		"agreement": TestAgreement, "pages": TestPages, "forget": TestForget, "looks": TestLooks,
	} {
		t.Run(name, test)
	}
}
