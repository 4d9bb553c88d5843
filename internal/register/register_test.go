package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
	"tenet/internal/testpg"
)

// office is registers over a store of their own.
type office struct {
	*Registers
	n   *notice.Notice
	dir string
	now time.Time
}

func pack(t testing.TB, name string) *notice.Notice {
	t.Helper()
	dir, err := notice.Pack(name)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func forms(t testing.TB) []*Form {
	t.Helper()
	f, err := Forms("", nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func newOffice(t testing.TB, like string) *office {
	t.Helper()
	o := &office{n: pack(t, like), dir: t.TempDir(), now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	url := "sqlite:" + filepath.Join(o.dir, "tenet.db")
	if strings.HasPrefix(t.Name(), "TestOnPostgres/") {
		url = testpg.Database(t)
	}
	ring, err := keys.Create(filepath.Join(o.dir, "keys"), "tenet.example/ledger")
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	o.Registers, err = New(Config{Store: s, Ring: ring, Landlord: store.Default, Forms: forms(t), Notice: func() *notice.Notice { return o.n }, Now: func() time.Time { return o.now }})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// tests run on both engines.
var tests = map[string]func(*testing.T){
	"life": testLife, "second": testSecondPerson, "two at once": testTwoAtOnce, "live": testGoLive, "sealed": testSealed,
	"entries": testEntries, "standing": testStanding, "once": testOnce, "new uses": testNewUses, "ended": testEnded,
}

func TestOnSQLite(t *testing.T) {
	for name, test := range tests {
		t.Run(name, test)
	}
}

func TestOnPostgres(t *testing.T) {
	for name, test := range tests {
		t.Run(name, test)
	}
}

// screened are the answers of a screening, all no but those given.
func screened(yes ...string) Values {
	v := Values{"kind": "project"}
	for _, t := range []string{"systematic-profiling", "large-scale-sensitive", "public-monitoring", "innovative-technology", "denial-of-service",
		"large-scale-profiling", "biometrics", "genetic", "data-matching", "invisible-processing", "tracking", "children-or-vulnerable", "physical-harm"} {
		v[t] = "no"
		if slices.Contains(yes, t) {
			v[t] = "yes"
		}
	}
	return v
}

// assessed is a whole assessment of a matching of data.
func assessed() Values {
	v := screened("data-matching")
	for _, f := range []string{"description", "justified", "necessary", "proportionate", "advice"} {
		v[f] = "Words about " + f + "."
	}
	v["advice-followed"], v["residual"] = "yes", "low"
	v["risks"] = []map[string]string{{"risk": "A wrong match", "likely": "medium", "grave": "high"}}
	v["measures"] = []map[string]string{{"measure": "A person looks at each match", "owner": "The income team", "by": "2027-01-31"}}
	return v
}

func (o *office) begin(t testing.TB, register, title string, v Values) Paper {
	t.Helper()
	p, err := o.Begin(t.Context(), NewPaper{In: In{register, title, v}, By: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (o *office) sign(t testing.TB, p Paper) Paper {
	t.Helper()
	p, err := o.Propose(t.Context(), On{p.Number, p.Step, "s1"})
	if err == nil {
		p, err = o.Sign(t.Context(), On{p.Number, p.Step, "s2"}, Signature{Why: "It weighs what it should."})
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func testLife(t *testing.T) {
	o := newOffice(t, "northmoor")
	p := o.begin(t, "dpia", "Matching rent with benefits", screened("data-matching"))
	if p.Number != "IA-0001" || p.Latest().State != Draft {
		t.Fatalf("%+v", p)
	}
	ctx := t.Context()
	if _, err := o.Propose(ctx, On{p.Number, p.Step, "s1"}); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "necessary") {
		t.Errorf("a paper that lacks its assessment is proposed: %v", err)
	}
	p, err := o.Edit(ctx, On{p.Number, p.Step, "s1"}, "Matching rent with benefits", assessed())
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := p.Version(1); v.State != Replaced || len(p.Versions) != 2 {
		t.Errorf("versions %+v", p.Versions)
	}
	p = o.sign(t, p)
	if p.ReviewBy.String() != "2027-11-23" || p.Latest().DecidedBy != "s2" {
		t.Errorf("signed %+v", p)
	}
	o.now = o.now.AddDate(0, 3, 0)
	// The signed version stands until its successor is signed.
	v := assessed()
	v["necessary"] = "Something else."
	if p, err = o.Edit(ctx, On{p.Number, p.Step, "s1"}, "Matching rent with benefits", v); err != nil {
		t.Fatal(err)
	}
	if s, ok := p.Standing(); !ok || s.N != 2 || p.Latest().State != Draft {
		t.Errorf("what stands is %+v", s)
	}
	if p, err = o.Propose(ctx, On{p.Number, p.Step, "s1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Refuse(ctx, On{p.Number, p.Step, "s2"}, ""); !errors.Is(err, ErrInput) {
		t.Errorf("refused without a reason: %v", err)
	}
	if p, err = o.Refuse(ctx, On{p.Number, p.Step, "s2"}, "Nothing shows it."); err != nil || p.Latest().State != Refused {
		t.Fatalf("%+v, %v", p.Latest(), err)
	}
	if p, err = o.Review(ctx, On{p.Number, p.Step, "s2"}, "Nothing has changed.", law.Date{}); err != nil || p.ReviewBy.String() != "2028-02-23" {
		t.Errorf("reviewed: %s, %v", p.ReviewBy, err)
	}
	if _, err = o.Review(ctx, On{p.Number, p.Step, "s2"}, "Nothing has changed.", law.Date{Year: 2031, Month: 1, Day: 1}); !errors.Is(err, ErrInput) {
		t.Errorf("a review may be put off beyond what the form says: %v", err)
	}
	again, err := o.Paper(ctx, "IA-0001")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, again); diff != "" {
		t.Errorf("read again it differs:\n%s", diff)
	}
	var acts []string
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Acts(ctx, store.Default, p.ID, 0, 100)
		for _, a := range list {
			acts = append(acts, a.Act)
		}
		return err
	})
	if want := 8; err != nil || len(acts) != want {
		t.Errorf("the ledger has %v, %v", acts, err)
	}
}

func testSecondPerson(t *testing.T) {
	o := newOffice(t, "northmoor")
	ctx := t.Context()
	p := o.begin(t, "dpia", "Matching", assessed())
	p, err := o.Propose(ctx, On{p.Number, 0, "s2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []string{"s1", "s2"} { // who wrote it, and who proposed it
		if _, err := o.Sign(ctx, On{p.Number, p.Step, by}, Signature{}); !errors.Is(err, ErrSecond) {
			t.Errorf("%s signs: %v", by, err)
		}
	}
	if _, err := o.Sign(ctx, On{p.Number, p.Step, "s3"}, Signature{}); err != nil {
		t.Error(err)
	}
	d := o.begin(t, "documents", "Camera policy", Values{"kind": "policy", "edition": "3", "owner": "The officer", "given": "asked"})
	if d, err = o.Propose(ctx, On{d.Number, 0, "s1"}); err == nil {
		_, err = o.Sign(ctx, On{d.Number, d.Step, "s1"}, Signature{}) // this form does not ask for a second person
	}
	if err != nil {
		t.Error(err)
	}
}

func testTwoAtOnce(t *testing.T) {
	o := newOffice(t, "northmoor")
	p := o.begin(t, "dpia", "Matching", assessed())
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = o.Edit(context.Background(), On{p.Number, p.Step, "s1"}, "Matching again", assessed())
		})
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case !errors.Is(err, ErrChanged):
			t.Error(err)
		}
	}
	if again, err := o.Paper(t.Context(), p.Number); err != nil || done != 1 || len(again.Versions) != 2 {
		t.Errorf("%d of 4 changed it: %+v, %v", done, again.Versions, err)
	}
}

func testGoLive(t *testing.T) {
	o := newOffice(t, "northmoor")
	ctx := t.Context()
	today := law.DateOf(o.now)
	blocked := func(p Paper, day law.Date, says string) {
		t.Helper()
		var b *BlockedError
		if _, err := o.GoLive(ctx, On{p.Number, p.Step, "s1"}, day); !errors.As(err, &b) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s goes live, or not for %q: %v", p.Number, says, err)
		}
	}
	open := o.begin(t, "dpia", "Not screened", Values{"kind": "project"})
	blocked(open, today, "13 questions are open")
	none := o.begin(t, "dpia", "A new printer", screened())
	if p, err := o.GoLive(ctx, On{none.Number, none.Step, "s1"}, today); err != nil || p.Live() != today {
		t.Errorf("nothing calls for an assessment, and it is blocked: %v", err)
	}
	free := screened()
	free["voluntary"] = "yes"
	blocked(o.begin(t, "dpia", "Voluntary", free), today, "free will")
	match := o.begin(t, "dpia", "Matching", assessed())
	blocked(match, today, "It is not signed")
	match = o.sign(t, match)
	blocked(match, today.AddDays(-1), "after the day")
	blocked(match, today.AddDays(400), "review was due")
	match, err := o.GoLive(ctx, On{match.Number, match.Step, "s1"}, today)
	if err != nil {
		t.Fatal(err)
	}
	// A change is screened again, and blocks until it is signed.
	if match, err = o.Edit(ctx, On{match.Number, match.Step, "s1"}, "Matching more", assessed()); err != nil {
		t.Fatal(err)
	}
	blocked(match, today, "It is not signed")
	high := assessed()
	high["residual"] = "high"
	p := o.begin(t, "dpia", "High", high)
	if _, err := o.Propose(ctx, On{p.Number, 0, "s1"}); err == nil || !strings.Contains(err.Error(), "consult") {
		t.Errorf("a high risk is proposed without the regulator: %v", err)
	}
}

func testSealed(t *testing.T) {
	o := newOffice(t, "northmoor")
	v := assessed()
	v["necessary"] = "Because of Quintessa Marlborough."
	p := o.sign(t, o.begin(t, "dpia", "About Quintessa Marlborough", v))
	if _, err := o.Enter(t.Context(), On{p.Number, 0, "s1"}, "advice", Values{"says": "Ask Quintessa Marlborough."}); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(t.Name(), "TestOnPostgres/") {
		return
	}
	files, err := filepath.Glob(filepath.Join(o.dir, "tenet.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("Quintessa")) {
			t.Errorf("%s has the name in the clear", filepath.Base(f))
		}
	}
}

func testEntries(t *testing.T) {
	o := newOffice(t, "northmoor")
	ctx := t.Context()
	d := o.begin(t, "documents", "Camera policy", Values{"kind": "policy", "edition": "3", "owner": "The officer", "given": "asked", "document": "camera-policy"})
	if _, err := o.Enter(ctx, On{d.Number, 0, "s1"}, "sent", Values{"asked": "1", "on": "2026-11-24", "how": "By post"}); !errors.Is(err, ErrState) {
		t.Errorf("a draft was sent: %v", err)
	}
	d = o.sign(t, d)
	if _, err := o.Enter(ctx, On{d.Number, 0, "s1"}, "sent", Values{"asked": "1", "on": "2026-11-24", "how": "By post"}); !errors.Is(err, ErrInput) {
		t.Errorf("sent to nobody: %v", err)
	}
	d, err := o.Enter(ctx, On{d.Number, 0, "s1"}, "asked", Values{"who": "Zebedee Nowhere", "how": "By telephone"})
	if err != nil {
		t.Fatal(err)
	}
	f, err := o.Form("documents")
	if err != nil {
		t.Fatal(err)
	}
	kinds := func(day law.Date) (out []string) {
		for _, g := range f.Gaps(o.n, []Paper{d}, day) {
			if strings.HasPrefix(g.What, d.Number) {
				out = append(out, g.Kind)
			}
		}
		return out
	}
	if got := kinds(law.DateOf(o.now).AddDays(11)); !slices.Contains(got, "unsent") {
		t.Errorf("what was asked for 11 days ago is no gap: %v", got)
	}
	if d, err = o.Enter(ctx, On{d.Number, d.Step, "s1"}, "sent", Values{"asked": fmt.Sprint(d.Of("asked")[0].N), "on": "2026-11-24", "how": "By post"}); err != nil {
		t.Fatal(err)
	}
	if got := kinds(law.DateOf(o.now).AddDays(11)); slices.Contains(got, "unsent") {
		t.Errorf("what was sent is a gap: %v", got)
	}
	for _, kind := range []string{"read", "link", "live", "signed"} { // another's, Tenet's own, and acts
		if _, err := o.Enter(ctx, On{d.Number, 0, "s1"}, kind, Values{}); !errors.Is(err, ErrNone) {
			t.Errorf("it takes %s: %v", kind, err)
		}
	}
	if d, err = o.Looked(ctx, On{d.Number, d.Step, "s1"}, "link", Values{"at": "https://www.example.org/cameras", "status": "404", "good": "no"}); err != nil {
		t.Fatal(err)
	}
	if late := f.Late(d, law.DateOf(o.now)); len(late) != 1 || !strings.Contains(late[0], "not there") {
		t.Errorf("a broken link: %v", late)
	}
}

// testStanding: who read a piece of guidance read the version that holds, and not the
// draft that is to follow it.
func testStanding(t *testing.T) {
	o := newOffice(t, "northmoor")
	read := Values{"who": "Zebedee Nowhere"}
	says := Values{"kind": "script", "text": "Ask who is calling.", "never-ask": "A password."}
	g := o.begin(t, "guidance", "On the telephone", says)
	if _, err := o.Enter(t.Context(), On{g.Number, 0, "s1"}, "read", read); !errors.Is(err, ErrState) {
		t.Errorf("a draft was read: %v", err)
	}
	o.sign(t, g)
	g, err := o.Edit(t.Context(), On{g.Number, 0, "s1"}, "On the telephone", Values{"kind": "script", "text": "Ask twice.", "never-ask": "A password."})
	if err == nil {
		g, err = o.Enter(t.Context(), On{g.Number, 0, "s1"}, "read", read)
	}
	if err != nil {
		t.Fatal(err)
	}
	if e := g.Of("read"); len(e) != 1 || e[0].Version != 1 {
		t.Errorf("what was read is %+v", e)
	}
	g = o.sign(t, g)
	f, err := o.Form("guidance")
	if err != nil {
		t.Fatal(err)
	}
	if gaps := f.Gaps(o.n, []Paper{g}, law.DateOf(o.now)); !slices.ContainsFunc(gaps, func(g Gap) bool { return g.Kind == "unread" }) {
		t.Errorf("nobody read version 2, and that is no gap: %+v", gaps)
	}
}

func testOnce(t *testing.T) {
	o := newOffice(t, "northmoor")
	for range 3 {
		p, err := o.Begin(t.Context(), NewPaper{In: In{"dpia", "Matching", assessed()}, By: "s1", Once: "form-1"})
		if err != nil || p.Number != "IA-0001" || len(p.Versions) != 1 {
			t.Errorf("%+v, %v", p, err)
		}
	}
}

func testNewUses(t *testing.T) {
	o := newOffice(t, "northmoor")
	before := *o.n
	before.Uses.Uses = slices.Clone(o.n.Uses.Uses[1:])
	for range 2 {
		var opened []Paper
		err := o.Store.Write(t.Context(), func(tx *store.Tx) (err error) {
			opened, err = o.OpenNew(t.Context(), tx, "s1", &before, o.n)
			return err
		})
		if err != nil || len(opened) != 1 || opened[0].Latest().Values.Text("use") != string(o.n.Uses.Uses[0].ID) {
			t.Fatalf("%+v, %v", opened, err)
		}
	}
	p, err := o.Paper(t.Context(), "NP-0001")
	if err != nil {
		t.Fatal(err)
	}
	// It cannot be proposed before it says whether people are contacted, or why not.
	if _, err := o.Propose(t.Context(), On{p.Number, 0, "s1"}); err == nil || !strings.Contains(err.Error(), "contacted") {
		t.Errorf("%v", err)
	}
	v := p.Latest().Values
	v["consented"], v["ground"], v["why"], v["contacted"] = "no", "compatible", "They go together.", "no"
	if p, err = o.Edit(t.Context(), On{p.Number, 0, "s1"}, "New", v); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Propose(t.Context(), On{p.Number, 0, "s1"}); err == nil || !strings.Contains(err.Error(), "exemption-why") {
		t.Errorf("nobody is contacted, and no exemption is named: %v", err)
	}
}

func testEnded(t *testing.T) {
	o := newOffice(t, "northmoor")
	p := o.sign(t, o.begin(t, "dpia", "Matching", assessed()))
	p, err := o.End(t.Context(), On{p.Number, p.Step, "s1"}, "It is not done any more.")
	if _, ok := p.Standing(); err != nil || ok || p.Latest().State != Ended {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := o.Edit(t.Context(), On{p.Number, p.Step, "s1"}, "Again", assessed()); !errors.Is(err, ErrState) {
		t.Errorf("what has ended is edited: %v", err)
	}
}

func TestNothingUnknown(t *testing.T) {
	o := newOffice(t, "northmoor")
	for _, number := range []string{"", "IA-1", "IA-0009", "XX-0001", "IA-0001' OR 1=1", "ia-0001", "IA--001"} {
		if _, err := o.Paper(t.Context(), number); !errors.Is(err, ErrNone) {
			t.Errorf("%q: %v", number, err)
		}
	}
	if _, err := o.Papers(t.Context(), "no-such"); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if _, err := o.Begin(t.Context(), NewPaper{In: In{"dpia", "T", Values{"no-such": "x", "kind": "none", "uses": "nothing", "begins": "tomorrow"}}, By: "s1"}); !errors.Is(err, ErrInput) {
		t.Error(err)
	} else if f := (Faults)(nil); !errors.As(err, &f) || len(f) != 4 {
		t.Errorf("faults %+v", f)
	}
}
