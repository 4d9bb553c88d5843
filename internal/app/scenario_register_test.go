package app

import (
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/register"
	"tenet/internal/web"
)

// registers is an office with the notice of a pack, and no systems.
func registersLike(t *testing.T, pack string) (registerDesk, *register.Registers) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	if err := desk.Init(t.Context(), dir, pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(t.Context(), dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }
	r, err := d.Registers()
	if err != nil {
		t.Fatal(err)
	}
	return registerDesk{&office{d: d, log: slog.New(slog.DiscardHandler)}}, r
}

var thirteen = []string{"systematic-profiling", "large-scale-sensitive", "public-monitoring", "innovative-technology", "denial-of-service", "large-scale-profiling",
	"biometrics", "genetic", "data-matching", "invisible-processing", "tracking", "children-or-vulnerable", "physical-harm"}

// assessment is a paper as somebody fills it in, with these questions answered by yes.
func assessment(kind string, yes ...string) url.Values {
	v := url.Values{"title": {"A paper"}, "kind": {kind}, "residual": {"low"}, "advice-followed": {"yes"},
		"risks.1.risk": {"Somebody is mistaken for another"}, "risks.1.likely": {"low"}, "risks.1.grave": {"medium"},
		"measures.1.measure": {"A person looks"}, "measures.1.owner": {"Housing"}, "measures.1.by": {"2027-01-31"}}
	for _, q := range thirteen {
		v.Set(q, "no")
		if slices.Contains(yes, q) {
			v.Set(q, "yes")
		}
	}
	for _, q := range []string{"description", "justified", "necessary", "proportionate", "advice"} {
		v.Set(q, "Words about it.")
	}
	return v
}

// does takes a step on a paper as somebody in the console.
func (s registerDesk) does(t *testing.T, by, number, act string, given url.Values) (web.Errors, error) {
	t.Helper()
	p, err := s.Paper(t.Context(), console.Staff{}, number)
	if err != nil {
		t.Fatal(err)
	}
	_, wrong, err := s.DoPaper(t.Context(), console.Staff{ID: by}, console.PaperGiven{Number: number, Act: act, Step: p.Step, Given: given})
	return wrong, err
}

func (s registerDesk) saves(t *testing.T, register, number string, given url.Values) string {
	t.Helper()
	step := int64(0)
	if number != "" {
		p, err := s.Paper(t.Context(), console.Staff{}, number)
		if err != nil {
			t.Fatal(err)
		}
		step = p.Step
	}
	number, wrong, err := s.SavePaper(t.Context(), console.Staff{ID: "staff-1"}, console.PaperGiven{Register: register, Number: number, Step: step, Once: given.Get("title"), Given: given})
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	return number
}

// TestScenario_SOT10_CameraWithoutAssessment: a camera whose place has no signed assessment
// cannot go live; one that has, with justification, necessity, proportion and the least
// intrusion, can (R25, R26).
func TestScenario_SOT10_CameraWithoutAssessment(t *testing.T) {
	s, _ := registersLike(t, "potters-green")
	given := assessment("camera", "public-monitoring")
	given.Set("recording", "lobby-cameras")
	given.Set("place", "the lobby of Kiln Court")
	first := s.saves(t, "dpia", "", given)
	var refusal *web.Refusal
	if _, err := s.does(t, "staff-1", first, "live", url.Values{"on": {"2026-11-23"}}); !errors.As(err, &refusal) || !strings.Contains(refusal.Why, "not signed") {
		t.Errorf("a camera without an assessment goes live: %v", err)
	}
	// What keeps intrusion least is not answered, so it cannot even be proposed.
	if _, err := s.does(t, "staff-1", first, "propose", nil); !errors.As(err, &refusal) || !strings.Contains(refusal.Why, "least-intrusive") {
		t.Errorf("an assessment that does not say how it disturbs people least is proposed: %v", err)
	}
	given.Set("least-intrusive", "No sound is recorded.")
	s.saves(t, "dpia", first, given)
	for _, step := range []struct{ by, act string }{{"staff-1", "propose"}, {"staff-2", "sign"}} {
		if wrong, err := s.does(t, step.by, first, step.act, url.Values{}); err != nil || len(wrong) > 0 {
			t.Fatal(step, wrong, err)
		}
	}
	// The assessment is dated before the camera is put up.
	if _, err := s.does(t, "staff-1", first, "live", url.Values{"on": {"2026-11-20"}}); err == nil {
		t.Error("it was live before its assessment was signed")
	}
	if wrong, err := s.does(t, "staff-1", first, "live", url.Values{"on": {"2026-11-24"}}); err != nil || len(wrong) > 0 {
		t.Errorf("a camera with an assessment is refused: %v, %v", wrong, err)
	}
	p, err := s.Paper(t.Context(), console.Staff{}, first)
	if err != nil || !strings.Contains(p.Live, "24 November 2026") {
		t.Errorf("live %q, %v", p.Live, err)
	}
}

// TestScenario_MHS15_ProjectBlocked: a project that matches data is blocked until its
// assessment is signed by somebody else than who proposed it; the data protection
// officer's advice is on record, and why it is not followed (R21 to R24).
func TestScenario_MHS15_ProjectBlocked(t *testing.T) {
	s, r := registersLike(t, "northmoor")
	ctx := t.Context()
	number := s.saves(t, "dpia", "", url.Values{"title": {"Fraud matching"}, "kind": {"project"}})
	live := func() error {
		_, err := s.does(t, "staff-1", number, "live", url.Values{"on": {"2026-11-23"}})
		return err
	}
	if err := live(); err == nil {
		t.Error("a project that was never screened starts")
	}
	given := assessment("project", "data-matching")
	given.Set("advice-followed", "no")
	s.saves(t, "dpia", number, given)
	if err := live(); err == nil {
		t.Error("a project that matches data starts unsigned")
	}
	page, err := s.Paper(ctx, console.Staff{ID: "staff-1"}, number)
	if err != nil || len(page.Screening.Statute) != 0 || len(page.Screening.Policy) != 1 || !strings.Contains(page.Screening.Policy[0], "our notice says always") {
		t.Errorf("screening %+v, %v", page.Screening, err)
	}
	if _, err := s.does(t, "staff-1", number, "propose", nil); err == nil || !strings.Contains(err.Error(), "advice-not-followed") {
		t.Errorf("advice is not followed, and nothing says why: %v", err)
	}
	given.Set("advice-not-followed", "The board takes the risk until March.")
	s.saves(t, "dpia", number, given)
	if wrong, err := s.does(t, "staff-1", number, "propose", nil); err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	if _, err := s.does(t, "staff-1", number, "sign", url.Values{}); err == nil {
		t.Error("whoever proposed it signs it")
	}
	for by, want := range map[string]bool{"staff-1": false, "staff-2": true} {
		page, err := s.Paper(ctx, console.Staff{ID: by}, number)
		sign := slices.IndexFunc(page.Offers, func(o console.Offer) bool { return o.Name == "Sign it" })
		live := slices.IndexFunc(page.Offers, func(o console.Offer) bool { return o.Name == "Go live" })
		if err != nil || sign < 0 || page.Offers[sign].Main != want || (len(page.Offers[sign].Lacks) == 0) != want || live < 0 || len(page.Offers[live].Lacks) == 0 {
			t.Errorf("%s is offered %+v, %v", by, page.Offers, err)
		}
	}
	if wrong, err := s.does(t, "staff-2", number, "sign", url.Values{"why": {"Read with the board."}}); err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	if err := live(); err != nil {
		t.Errorf("signed, and still blocked: %v", err)
	}
	// The advice is logged: in the paper, in its entries, and in the log of advice.
	if wrong, err := s.does(t, "staff-2", number, "enter-advice", url.Values{"says": {"Ask again in March."}}); err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	s.saves(t, "advice", "", url.Values{"title": {"On matching"}, "question": {"May we match?"}, "asked-on": {"2026-11-20"}, "advice": {"With a person who looks."}, "about": {number}, "followed": {"yes"}})
	p, err := r.Paper(ctx, number)
	if err != nil || len(p.Of("advice")) != 1 {
		t.Errorf("%+v, %v", p.Entries, err)
	}
	if log, err := r.Papers(ctx, "advice"); err != nil || len(log) != 1 {
		t.Errorf("%+v, %v", log, err)
	}
	// A change is screened again (R24).
	s.saves(t, "dpia", number, assessment("change", "data-matching", "tracking"))
	if err := live(); err == nil {
		t.Error("a change goes live on the signature of what was before")
	}
	if page, err = s.Paper(ctx, console.Staff{ID: "staff-1"}, number); err != nil || len(page.Screening.Blocks) == 0 || !strings.Contains(page.State, "is signed, version") {
		t.Errorf("%q, %+v, %v", page.State, page.Screening, err)
	}
	changes, err := s.Changed(ctx, number, 3, 4)
	if err != nil || !slices.ContainsFunc(changes.Fields, func(c console.PaperChange) bool { return strings.Contains(c.Title, "track") && c.Is == "yes" }) {
		t.Errorf("%+v, %v", changes, err)
	}
}

// TestScenario_MBM2_OnlyWhatIsNeeded: a form asks what a row allows for its use; religion
// is refused because no row has it, and data given for one service is not used for another
// without a decision (R12).
func TestScenario_MBM2_OnlyWhatIsNeeded(t *testing.T) {
	s, _ := registersLike(t, "harbourside")
	n := s.d.Notice
	if v := register.MayAsk(n, "report-a-fault", "", "contact-details"); !v.Allowed {
		t.Errorf("a fault may not be reported: %+v", v)
	}
	for _, c := range []notice.ID{"religion", "ethnicity", "health", "employment"} {
		if v := register.MayAsk(n, "report-a-fault", "", c); v.Allowed || len(v.Why) == 0 || v.Why[0].Mend == "" {
			t.Errorf("the form may ask for %s: %+v", c, v)
		}
	}
	if v := register.MayAsk(n, "", "repair-homes", "religion"); v.Allowed || !strings.Contains(v.Why[0].Says, "no row allows it") {
		t.Errorf("religion for repairs: %+v", v)
	}
	v, err := s.d.MayUse(t.Context(), []notice.ID{"contact-details"}, "repair-homes", "let-homes", law.Date{})
	if err != nil || v.Allowed {
		t.Errorf("what was given for a repair is used to let: %+v, %v", v, err)
	}
}

// TestScenario_SOT3_FingerprintsRefused: adding fingerprint matching is refused, whether it
// is new data or a use that would have it, since the notice says that such data is never
// held.
func TestScenario_SOT3_FingerprintsRefused(t *testing.T) {
	s, _ := registersLike(t, "potters-green")
	n := *s.d.Notice
	if v := register.MayAsk(&n, "", n.Uses.Uses[0].ID, "fingerprints"); v.Allowed {
		t.Errorf("fingerprints: %+v", v)
	}
	n.Data.Categories = append(slices.Clone(n.Data.Categories), notice.Category{ID: "fingerprints", Kind: notice.Special, Special: []notice.SpecialKind{"biometric"}})
	n.Uses.Uses = slices.Clone(n.Uses.Uses)
	n.Uses.Uses[0].Categories = append(slices.Clone(n.Uses.Uses[0].Categories), "fingerprints")
	v := register.MayAsk(&n, "", n.Uses.Uses[0].ID, "fingerprints")
	if v.Allowed || !strings.Contains(v.Why[0].Says, "never held") {
		t.Errorf("fingerprints in a row: %+v", v)
	}
}

// TestScenario_SOT15_OverdueMeasureShows: a security measure whose test is overdue shows in
// the register and on its card.
func TestScenario_SOT15_OverdueMeasureShows(t *testing.T) {
	s, r := registersLike(t, "potters-green")
	ctx := t.Context()
	number := s.saves(t, "measures", "", url.Values{"title": {"The doors"}, "measure": {"physical"}, "kind": {"physical"}, "what": {"Doors are locked."}, "owner": {"The caretaker"}, "test-every": {"P3M"}})
	for _, act := range []string{"propose", "sign"} {
		if wrong, err := s.does(t, "staff-1", number, act, url.Values{}); err != nil || len(wrong) > 0 {
			t.Fatal(act, wrong, err)
		}
	}
	late := func() (out []string) {
		x, err := s.Register(ctx, "measures")
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range x.Lacks {
			if g.Paper == number {
				out = append(out, g.Why)
			}
		}
		return out
	}
	if got := late(); len(got) != 0 {
		t.Errorf("late on its first day: %v", got)
	}
	s.d.Now = func() time.Time { return time.Date(2027, 3, 1, 10, 0, 0, 0, time.UTC) }
	if got := late(); len(got) != 1 || !strings.Contains(got[0], "test was due by 2027-02-23") {
		t.Errorf("overdue, and it shows %v", got)
	}
	if wrong, err := s.does(t, "staff-1", number, "enter-tested", url.Values{"on": {"2027-03-01"}, "good": {"yes"}, "shown": {"The caretaker's book."}}); err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	if got := late(); len(got) != 0 {
		t.Errorf("tested, and it shows %v", got)
	}
	if p, err := r.Paper(ctx, number); err != nil || len(p.Of("tested")) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestScenario_R16_NewPurposeOpensAnEntry: adopting a version of the notice that adds a use
// opens an entry, which cannot be signed before it says that people are contacted, or
// why not.
func TestScenario_R16_NewPurposeOpensAnEntry(t *testing.T) {
	s, r := registersLike(t, "larkfield")
	ctx := t.Context()
	next := filepath.Join(t.TempDir(), "next")
	if err := s.d.NewNotice(ctx, next, "2031-03-01"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(next, "uses.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	added := "uses:\n  - id: win-back\n    purpose: To write to people who have left.\n    categories: [contact-details]\n    people: [" + string(s.d.Notice.Uses.Uses[0].People[0]) + "]\n    basis: legitimate-interests\n    interest: Ours, in letting homes.\n"
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "uses:\n", added, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.d.Adopt(ctx, "staff-1", next, desk.Significance{Decided: true, Significant: true, Why: "There is a new use."}); err != nil {
		t.Fatal(err)
	}
	papers, err := r.Papers(ctx, "further-use")
	if err != nil || len(papers) != 1 || papers[0].Latest().Values.Text("use") != "win-back" || papers[0].Latest().State != register.Draft {
		t.Fatalf("%+v, %v", papers, err)
	}
	if _, err := s.does(t, "staff-1", papers[0].Number, "propose", nil); err == nil {
		t.Error("a new use is proposed before it says whether people are contacted")
	}
}
