package cases

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// The clock of a case is law's clock over what happened in it.
func TestClock(t *testing.T) {
	d := newDesk(t)
	d.hour = day("2027-01-05").Start().Add(9 * 3600e9)
	ctx := context.Background()
	month := &law.Promise{ID: "answer-soon", Says: "We answer in 20 days.", Count: 20, Unit: law.CalendarDays}
	for _, tt := range []struct {
		name     string
		received string
		promise  *law.Promise
		happens  func(c func(Case, error) Case, k Case)
		due      string
		governs  string
	}{
		{"nothing", "2026-11-25", nil, func(func(Case, error) Case, Case) {}, "2026-12-29", "law"},
		{"the promise is better", "2026-11-25", month, func(func(Case, error) Case, Case) {}, "2026-12-15", "promise"},
		{"identity restarts", "2026-11-02", nil, func(c func(Case, error) Case, k Case) {
			c(d.Ask(ctx, on(k), ForIdentity, day("2026-11-04"), "a passport, please"))
			c(d.Identify(ctx, on(k), Proof{How: "passport", Arrived: day("2026-11-20")}))
		}, "2026-12-21", "law"},
		{"identity asked and proved in one", "2026-11-02", nil, func(c func(Case, error) Case, k Case) {
			c(d.Identify(ctx, on(k), Proof{How: "passport", Doubt: "a new address", Asked: day("2026-11-04"), Arrived: day("2026-11-20")}))
		}, "2026-12-21", "law"},
		{"identity never in doubt moves nothing", "2026-11-02", nil, func(c func(Case, error) Case, k Case) {
			c(d.Identify(ctx, on(k), Proof{How: "signed in", Arrived: day("2026-11-20")}))
		}, "2026-12-02", "law"},
		{"clarification pauses", "2026-11-02", nil, func(c func(Case, error) Case, k Case) {
			c(d.Ask(ctx, on(k), ForClarification, day("2026-11-09"), "which years?"))
			c(d.Receive(ctx, on(k), ForClarification, day("2026-11-16"), "since 2019"))
		}, "2026-12-10", "law"},
		{"authority and fee restart", "2026-11-02", nil, func(c func(Case, error) Case, k Case) {
			c(d.Ask(ctx, on(k), ForAuthority, day("2026-11-03"), ""))
			c(d.Receive(ctx, on(k), ForAuthority, day("2026-11-10"), ""))
			c(d.Ask(ctx, on(k), ForFee, day("2026-11-03"), "excessive: the fourth this month"))
			c(d.Receive(ctx, on(k), ForFee, day("2026-11-20"), ""))
		}, "2026-12-21", "law"},
		{"extended", "2026-11-02", nil, func(c func(Case, error) Case, k Case) {
			c(d.Extend(ctx, on(k), day("2026-12-02"), "four buildings of paper"))
		}, "2027-02-02", "law"},
	} {
		r := request(tt.name)
		r.Received, r.Promise = day(tt.received), tt.promise
		k := must[Case](t)(d.Open(ctx, r))
		tt.happens(must[Case](t), k)
		for range 2 {
			got := must[law.Result](t)(d.Clock(ctx, k.ID, nil))
			if got.Due.String() != tt.due || got.Governs != tt.governs {
				t.Errorf("%s: due %s by %s, want %s by %s\n%s", tt.name, got.Due, got.Governs, tt.due, tt.governs, strings.Join(got.Working, "\n"))
			}
		}
		if kept := must[Case](t)(d.Get(ctx, k.ID)); kept.Due.String() != tt.due {
			t.Errorf("%s: kept as %s", tt.name, kept.Due)
		}
	}
}

func TestClockRefuses(t *testing.T) {
	d := newDesk(t)
	d.hour = day("2026-12-23").Start()
	ctx := context.Background()
	k := d.opened(t, "a") // received on 22 November, due on 22 December
	r := request("b")
	r.Regime, r.Received = law.DPComplaint, day("2026-11-23")
	complaint := must[Case](t)(d.Open(ctx, r))
	for _, tt := range []struct {
		name string
		do   func() (Case, error)
		is   error
		says string
	}{
		{"too late", func() (Case, error) { return d.Extend(ctx, on(k), day("2026-12-23"), "busy") }, ErrLate, "had to be by Tuesday 22 December 2026"},
		{"no extension there", func() (Case, error) { return d.Extend(ctx, on(complaint), day("2026-12-01"), "busy") }, ErrLate, "no extension of dp-complaint"},
		{"no reasons", func() (Case, error) { return d.Extend(ctx, on(k), day("2026-12-01"), "") }, ErrInput, "reasons"},
		{"not yet", func() (Case, error) { return d.Extend(ctx, on(k), day("2026-12-24"), "busy") }, ErrInput, "has not come yet"},
		{"before receipt", func() (Case, error) { return d.Extend(ctx, on(k), day("2026-11-01"), "busy") }, ErrInput, "before receipt"},
		{"answer unasked", func() (Case, error) { return d.Receive(ctx, on(k), ForClarification, day("2026-12-01"), "") }, ErrState, "no clarification is awaited"},
		{"proof as a thing", func() (Case, error) { return d.Receive(ctx, on(k), ForIdentity, day("2026-12-01"), "") }, ErrInput, "more than its arrival"},
		{"a fee without cause", func() (Case, error) { return d.Ask(ctx, on(k), ForFee, day("2026-12-01"), "") }, ErrInput, "manifestly unfounded"},
		{"for nothing", func() (Case, error) { return d.Ask(ctx, on(k), "tea", day("2026-12-01"), "") }, ErrInput, `"tea"`},
		{"asked before receipt", func() (Case, error) { return d.Ask(ctx, on(k), ForIdentity, day("2026-11-01"), "a new address") }, ErrInput, "before the request was received"},
		{"no day", func() (Case, error) { return d.Ask(ctx, on(k), ForIdentity, law.Date{}, "a new address") }, ErrInput, "missing"},
		{"no way", func() (Case, error) { return d.Identify(ctx, on(k), Proof{Arrived: day("2026-12-01")}) }, ErrInput, "way of identifying"},
	} {
		_, err := tt.do()
		if !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if names := d.entries(t, k.ID); len(names) != 1 {
		t.Errorf("what was refused left %v", names)
	}
	c := must[Case](t)
	for range 2 {
		k = c(d.Ask(ctx, on(k), ForClarification, day("2026-12-01"), "which years?"))
	}
	if _, err := d.Ask(ctx, on(k), ForClarification, day("2026-12-02"), "well?"); !errors.Is(err, ErrState) {
		t.Errorf("asked twice at once: %v", err)
	}
	if diff := cmp.Diff([]Thing{ForClarification}, k.Waiting()); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		k = c(d.Receive(ctx, on(k), ForClarification, day("2026-12-02"), "all of them"))
	}
	if k.Version != 3 || len(k.Waiting()) != 0 {
		t.Errorf("version %d, waiting for %v", k.Version, k.Waiting())
	}
}

// holiday is the embedded holidays with one more in England and Wales.
func holiday(t *testing.T, date string) *law.Holidays {
	t.Helper()
	raw, err := os.ReadFile("../law/holidays.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Division string           `json:"division"`
		Events   []map[string]any `json:"events"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	ew := all["england-and-wales"]
	for i, e := range ew.Events {
		if e["date"].(string) > date {
			ew.Events = append(ew.Events[:i:i], append([]map[string]any{{"title": "A day off", "date": date, "notes": "", "bunting": true}}, ew.Events[i:]...)...)
			break
		}
	}
	all["england-and-wales"] = ew
	if raw, err = json.Marshal(all); err != nil {
		t.Fatal(err)
	}
	h, err := law.ParseHolidays(raw)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// Refreshed holidays move the open deadlines that they touch, once, and no
// others.
func TestReclock(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	moves, ended := d.opened(t, "moves"), d.opened(t, "ended")
	other := request("other")
	other.Received = day("2026-11-20") // due on Monday 21 December
	stays := must[Case](t)(d.Open(ctx, other))
	must[Case](t)(d.Withdraw(ctx, on(ended), ""))

	h := holiday(t, "2026-12-22")
	moved, err := d.Reclock(ctx, h, "system")
	want := []Moved{{Case: moves.ID, Number: moves.Number, From: law.On(day("2026-12-22")), To: law.On(day("2026-12-23"))}}
	if diff := cmp.Diff(want, moved); diff != "" || err != nil {
		t.Fatalf("%v\n%s", err, diff)
	}
	if r := must[law.Result](t)(d.Clock(ctx, moves.ID, h)); r.Due.String() != "2026-12-23" {
		t.Errorf("due %s", r.Due)
	}
	for range 2 {
		if moved, err := d.Reclock(ctx, h, "system"); err != nil || len(moved) != 0 {
			t.Errorf("again: %v, %v", moved, err)
		}
	}
	if names := d.entries(t, moves.ID); len(names) != 2 || names[1] != "case.reclocked" {
		t.Errorf("entries %v", names)
	}
	for _, k := range []Case{stays, ended} {
		for _, name := range d.entries(t, k.ID) {
			if name == "case.reclocked" {
				t.Errorf("%s was reclocked", k.Number)
			}
		}
	}
}

// A case whose due date the holidays do not reach is opened all the same, comes
// first in the list, and its clock says why there is no date.
func TestBeyondTheHolidays(t *testing.T) {
	d := newDesk(t)
	d.opened(t, "known")
	d.hour = day("2040-01-02").Start()
	r := request("far")
	r.Received = day("2040-01-01")
	ctx := context.Background()
	k := must[Case](t)(d.Open(ctx, r))
	if !k.Due.IsZero() {
		t.Errorf("due %s", k.Due)
	}
	var beyond *law.CoverageError
	if _, err := d.Clock(ctx, k.ID, nil); !errors.As(err, &beyond) {
		t.Errorf("its clock: %v", err)
	}
	page := must[Page](t)(d.List(ctx, Filter{}))
	if len(page.Cases) != 2 || page.Cases[0].ID != k.ID {
		t.Errorf("it is not the first of %d", len(page.Cases))
	}
	k = must[Case](t)(d.Note(ctx, on(k), "look at this"))
	if !k.Due.IsZero() {
		t.Errorf("due %s", k.Due)
	}
}

// Whatever the notice promises can be counted.
func TestPromised(t *testing.T) {
	pack, err := notice.Pack(notice.DefaultPack)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(pack)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t)
	counted := 0
	for _, regime := range law.Regimes() {
		r := request(string(regime))
		r.Regime, r.At, r.Received = regime, d.hour, law.DateOf(d.hour)
		r.Promise, r.TargetDays = Promised(n, regime), Target(n, regime)
		k := must[Case](t)(d.Open(context.Background(), r))
		got := must[law.Result](t)(d.ClockOf(k, nil))
		if r.Promise == nil {
			continue
		}
		counted++
		if got.Promise == nil || got.Promise.Says != r.Promise.Says || got.Promise.Says == "" {
			t.Errorf("%s: promise %+v", regime, got.Promise)
		}
		if regime == law.Access && (r.TargetDays != 21 || got.Target.String() != "2026-12-14") {
			t.Errorf("the target of %d days is %s", r.TargetDays, got.Target)
		}
		id := law.Regime("promise:" + r.Promise.ID)
		if p := Promised(n, id); p == nil || p.Says != r.Promise.Says {
			t.Errorf("%s: %+v", id, p)
		}
	}
	if counted == 0 {
		t.Error("the pack promises nothing")
	}
	if Promised(n, "promise:none") != nil || Target(n, "promise:none") != 0 {
		t.Error("promised what the notice does not have")
	}
}
