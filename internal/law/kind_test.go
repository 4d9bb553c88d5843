package law

import (
	"slices"
	"strings"
	"testing"
)

func TestKinds(t *testing.T) {
	series := map[string]bool{}
	for _, k := range Kinds() {
		h, ok := k.Handling()
		if !ok || h.Kind != k || h.Title == "" || h.Cite == "" || h.Form == "" || h.Fee.When == "" || len(h.Series) != 2 || series[h.Series] {
			t.Errorf("incomplete, or numbered as another: %+v", h)
		}
		series[h.Series] = true
		if got, err := ParseKind(string(k)); err != nil || got != k {
			t.Errorf("%s reads back as %s (%v)", k, got, err)
		}
		for _, w := range h.Clocks {
			if _, err := ParseRegime(string(w.Regime)); err != nil || w.TargetDays > 0 != (w.Regime == WithoutDelay) {
				t.Errorf("%s: clock %+v (%v)", k, w, err)
			}
		}
		if len(h.Clocks) > 0 && k != KindWithdrawal && k != KindEstate && h.Regime() == WithoutDelay {
			t.Errorf("%s has no clock of the law", k)
		}
		if !h.Verified && !strings.Contains(h.Words(), "not verified") {
			t.Errorf("%s shows what is not verified as law: %s", k, h.Words())
		}
		// What may cost, may be refused, and must be said.
		if h.Right != "" && h.Fee.Lawful == Yes {
			t.Errorf("%s: using a right costs", k)
		}
		never := k == KindWithdrawal || k == KindMarketing || k == KindBreach
		if got := len(GroundsFor(k)) == 0; got != never {
			t.Errorf("%s: may be refused on %d grounds", k, len(GroundsFor(k)))
		}
		if h.Right != "" && (!slices.Contains(Routes(k), RouteOwn) || !slices.Contains(Routes(k), RouteRegulator)) {
			t.Errorf("%s: a refusal names %v", k, Routes(k))
		}
		for _, o := range []Outcome{Granted, Partly, Denied} {
			all := Contents(k, o)
			ids := map[string]bool{}
			var says []string
			for _, c := range all {
				if ids[c.ID] || c.Says == "" || c.Cite == "" {
					t.Errorf("%s %s: twice or incomplete: %+v", k, o, c)
				}
				ids[c.ID] = true
				says = append(says, c.ID)
			}
			if o != Granted && !ids["reasons"] {
				t.Errorf("%s %s: without reasons", k, o)
			}
			if len(Missing(k, o, says)) != 0 || len(Missing(k, o, nil)) != len(all) {
				t.Errorf("%s %s: what is missing", k, o)
			}
		}
	}
	for _, r := range Regimes() {
		if h, ok := KindOf(r).Handling(); !ok || r != WithoutDelay && h.Kind == KindOther {
			t.Errorf("%s is of kind %s", r, KindOf(r))
		}
	}
	if KindOf("promise:x") != KindOther {
		t.Error("a promise is of another kind")
	}
	if _, err := ParseKind("tea"); err == nil || !strings.Contains(err.Error(), "marketing") {
		t.Errorf("tea: %v", err)
	}
	if _, ok := Kind("tea").Handling(); ok || Contents("tea", Granted) != nil {
		t.Error("tea is handled")
	}
}

// Clarification pauses requests for access alone, and what is awaited restarts
// rights alone; the clocks themselves say so.
func TestEffectsAreTheClocks(t *testing.T) {
	h := Embedded()
	for _, k := range Kinds() {
		handling, _ := k.Handling()
		if handling.Regime() == "" || k == KindBreach {
			continue
		}
		q := Request{Regime: handling.Regime(), Received: day(t, "2027-04-05"), Nation: EnglandAndWales}
		due := func(q Request) Moment {
			r, err := Clock(h, q)
			if err != nil {
				t.Fatalf("%s: %v", k, err)
			}
			return r.Due
		}
		before := due(q)
		asked := q
		asked.Clarifications = []Span{{day(t, "2027-04-06"), day(t, "2027-04-13")}}
		if moved := due(asked) != before; moved != (handling.Clarified() != Nothing) {
			t.Errorf("%s: clarifying %q, and the clock moved: %v", k, handling.Clarified(), moved)
		}
		proved := q
		proved.Identity = Span{day(t, "2027-04-06"), day(t, "2027-04-13")}
		if moved := due(proved) != before; moved != (handling.Proved() != Nothing) {
			t.Errorf("%s: proving %q, and the clock moved: %v", k, handling.Proved(), moved)
		}
	}
}

// Each ground is for a kind there is, and each need of a record is said.
func TestGrounds(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range Grounds() {
		if seen[g.ID] || g.Says == "" || g.Cite == "" || len(g.Needs) == 0 || len(g.Kinds) == 0 {
			t.Errorf("twice or incomplete: %+v", g)
		}
		seen[g.ID] = true
		for _, k := range g.Kinds {
			if _, ok := k.Handling(); !ok {
				t.Errorf("%s is for %q", g.ID, k)
			}
		}
	}
	for _, k := range []Kind{KindFOI, KindEIR} { // the words are not to be mixed (EIR has exceptions)
		for _, c := range Contents(k, Denied) {
			if c.ID == "reasons" && strings.Contains(c.Says, "exception") != (k == KindEIR) {
				t.Errorf("%s: %s", k, c.Says)
			}
		}
	}
}

func TestReviewsAndWithoutDelay(t *testing.T) {
	for _, tt := range []struct {
		regime   Regime
		nation   Nation
		received string
		due      string
		governs  string
		cite     string
	}{
		{FOIReview, EnglandAndWales, "2026-12-07", "2027-01-08", GovernsLaw, "s.45"},
		{EIRReview, EnglandAndWales, "2026-12-07", "2027-02-05", GovernsLaw, "reg 11(4)"},
		{EIRReview, Scotland, "2027-03-01", "2027-03-30", GovernsLaw, "EI(S)R"},
		{FOIReview, Scotland, "2027-03-01", "2027-03-30", GovernsLaw, "s.21(1)"},
		{WithoutDelay, EnglandAndWales, "2026-12-12", "2026-12-24", GovernsTarget, ""}, // the 26th is a Saturday after a holiday
	} {
		r, err := Clock(Embedded(), Request{Regime: tt.regime, Nation: tt.nation, Received: day(t, tt.received)})
		if err != nil {
			t.Fatal(err)
		}
		if r.Due.String() != tt.due || r.Governs != tt.governs || (r.Law != nil) != (tt.cite != "") || r.Law != nil && !strings.Contains(r.Law.Cite, tt.cite) {
			t.Errorf("%s in %s: due %s by %s, law %+v", tt.regime, tt.nation, r.Due, r.Governs, r.Law)
		}
		if tt.regime != WithoutDelay && len(r.Unverified) == 0 {
			t.Errorf("%s is shown as settled", tt.regime)
		}
	}
	own, err := Clock(Embedded(), Request{Regime: WithoutDelay, Nation: EnglandAndWales, Received: day(t, "2026-12-07"),
		Promise: &Promise{ID: "p", Says: "Within a week.", Count: 7, Unit: CalendarDays}})
	if err != nil || own.Governs != GovernsPromise || own.Due.String() != "2026-12-14" {
		t.Errorf("promised: %+v, %v", own, err)
	}
}
