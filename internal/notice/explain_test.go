package notice

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func idsOf[T any](list []T, id func(T) ID) []ID {
	var out []ID
	for _, x := range list {
		out = append(out, id(x))
	}
	return out
}

func TestExplainATenantsRentAndHealth(t *testing.T) {
	n := load(t, pack(t))
	e := n.Explain(About{Categories: []string{"health", "rent-transactions", "no-such", "no-such"}, People: []PeopleKind{Customers}, Day: "2026-11-22"})

	want := map[string][]ID{
		"categories": {"rent-transactions", "health"},
		"purposes":   {"collect-rent", "support-people", "keep-people-safe", "treat-people-fairly", "report-lettings"},
		"recipients": {"computer-suppliers", "benefits-office", "lettings-statistics", "social-care", "legal-advisers", "representatives"},
		"keeping":    {"rent-account", "former-tenant-debt", "support-needs", "support-needs-proof"},
		"sources":    {"you", "household", "neighbours", "our-staff", "councils", "benefits", "police", "health"},
	}
	got := map[string][]ID{
		"categories": idsOf(e.Categories, func(c ExplainedCategory) ID { return c.ID }),
		"purposes":   idsOf(e.Purposes, func(p ExplainedPurpose) ID { return p.ID }),
		"recipients": idsOf(e.Recipients, func(r ExplainedRecipient) ID { return r.ID }),
		"keeping":    idsOf(e.Keeping, func(k ExplainedKeeping) ID { return k.ID }),
		"sources":    idsOf(e.Sources, func(s Source) ID { return s.ID }),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("explained (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Basis{Contract, LegitimateInterests, RecognisedInterests, LegalObligation}, e.Bases); diff != "" {
		t.Errorf("bases (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"no-such"}, e.Unknown); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}

	// Ordinary data needs no condition; special data shows the one it rests on.
	if got := e.Purposes[0].Conditions; got != nil {
		t.Errorf("rent rests on conditions %q", got)
	}
	cite := []string{"UK GDPR Article 9(2)(g); DPA 2018 Schedule 1 paragraph 18: Someone may be harmed, and asking first may make it worse."}
	if diff := cmp.Diff(cite, e.Purposes[2].Conditions); diff != "" {
		t.Errorf("conditions of keep-people-safe (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]ExplainedTransfer{{Recipient: "computer-suppliers", Title: "The firm that runs our housing computer system", Countries: []Country{"IE"},
		Safeguard: Adequacy, Copy: "Ask the data protection officer for the regulations and the contract terms."}}, e.Transfers); diff != "" {
		t.Errorf("transfers (-want +got):\n%s", diff)
	}
	if e.Keeping[0].Says != "6 years after your tenancy or lease ends" {
		t.Errorf("rent is kept %q", e.Keeping[0].Says)
	}
	if want := "6 months more, from the end of: 1 year after the need has ended"; e.Keeping[3].Says != want {
		t.Errorf("the note is kept %q, want %q", e.Keeping[3].Says, want)
	}
	if e.Officer.ID != "data-protection" || e.Controllers[0].ID != "larkfield-homes" || e.Version != n.Version() {
		t.Errorf("officer %s, first controller %s, version %s", e.Officer.ID, e.Controllers[0].ID, e.Version)
	}
	if len(e.Automated) != 0 || e.Automated == nil {
		t.Errorf("automated decisions %v, want none, not null", e.Automated)
	}
}

func TestExplainLeavesStaffRecordsToStaff(t *testing.T) {
	n := load(t, pack(t))
	purposes := func(kinds ...PeopleKind) map[ID]bool {
		out := make(map[ID]bool)
		for _, p := range n.Explain(About{Categories: []string{"employment", "identity"}, People: kinds, Day: "2026-11-22"}).Purposes {
			out[p.ID] = true
		}
		return out
	}
	if got := purposes(Customers); got["employ-people"] || !got["run-tenancies"] {
		t.Errorf("a customer is told of %v", got)
	}
	if got := purposes(Staff); !got["employ-people"] || got["run-tenancies"] {
		t.Errorf("a member of staff is told of %v", got)
	}
	if got := purposes(); !got["employ-people"] || !got["run-tenancies"] {
		t.Errorf("with no kind given, only %v", got)
	}
}

func TestExplainRightsAndComplaints(t *testing.T) {
	n := load(t, pack(t))
	e := n.Explain(About{Categories: []string{"identity"}, Day: "2026-11-22"})
	var rights []Regime
	for _, r := range e.Rights {
		rights = append(rights, r.Right)
		if len(r.Channels) == 0 {
			t.Errorf("no channel for %s", r.Right)
		}
	}
	if diff := cmp.Diff([]Regime{Access, Rectification, Erasure, Restriction, Objection, Portability, AutomatedDecision}, rights); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
	first := e.Complaints[0]
	if first.Route != OurOwn || first.Contact == nil || first.Clock == nil || first.Clock.ID != "acknowledge-complaints" {
		t.Errorf("first step %+v", first)
	}
	if r := e.Complaints[1].Regulator; r == nil || r.Name != "Information Commissioner’s Office" {
		t.Errorf("second step %+v", e.Complaints[1])
	}
}

func TestExplainNamesTheRegulatorOfTheDay(t *testing.T) {
	fsys := pack(t)
	edit(t, fsys, "landlord.yaml", "      - name: Information Commissioner’s Office\n",
		"      - until: 2027-03-31\n        name: Old Office\n      - from: 2027-04-01\n        until: 2098-12-31\n        name: New Commission\n      - from: 2099-01-01\n        name: Later Still\n")
	n := load(t, fsys)
	for day, want := range map[Date]string{"": "Old Office", "2026-11-22": "Old Office", "2027-03-31": "Old Office", "2027-04-01": "New Commission", "2099-01-01": "Later Still"} {
		e := n.Explain(About{Day: day})
		if got := e.Complaints[1].Regulator.Name; got != want {
			t.Errorf("on %q the regulator is %q, want %q", day, got, want)
		}
	}
}

func TestClocks(t *testing.T) {
	n := load(t, pack(t))
	want := PromiseClock{Regime: Access, Count: 1, Unit: Months, AsLaw: true, ID: "answer-in-a-month", Says: "We answer within one month."}
	got, ok := n.Clock(Access)
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("Clock(access) (-want +got):\n%s", diff)
	}
	if byID, ok := n.PromiseClock("answer-in-a-month"); !ok || byID != want {
		t.Errorf("PromiseClock = %+v, %v", byID, ok)
	}
	if target, ok := n.Target(Access); !ok || target.Count != 21 || target.Unit != CalendarDays || target.Says != "" {
		t.Errorf("Target(access) = %+v, %v", target, ok)
	}
	if c, ok := n.PromiseClock("acknowledge-complaints"); !ok || c.Count != 5 || c.Unit != WorkingDays {
		t.Errorf("PromiseClock(acknowledge-complaints) = %+v, %v", c, ok)
	}
	for _, r := range []Regime{FOI, EIR, Breach} {
		if c, ok := n.Clock(r); ok {
			t.Errorf("Clock(%s) = %+v, want none", r, c)
		}
	}
	if _, ok := n.PromiseClock("never-sold"); ok {
		t.Error("a promise without a clock has one")
	}
	if _, ok := n.PromiseClock(""); ok {
		t.Error("no promise has a clock")
	}
}

func TestReview(t *testing.T) {
	n := load(t, pack(t))
	if got := n.Review("rent-transactions"); got != "" {
		t.Errorf("rent is reviewed because %q", got)
	}
	for _, c := range []string{"warning-markers", "asb", "no-such-category", ""} {
		if n.Review(c) == "" {
			t.Errorf("%q goes out without review", c)
		}
	}
}
