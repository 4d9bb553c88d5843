package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// apart is a notice with roles, and something kept apart.
func apart() *notice.Notice {
	return &notice.Notice{
		Data: notice.Data{Categories: []notice.Category{
			{ID: "contact", Kind: notice.Ordinary}, {ID: "health", Kind: notice.Special}, {ID: "offences", Kind: notice.Criminal},
			{ID: "debts", Kind: notice.Ordinary},
		}},
		Records: notice.Records{
			Compartments: []notice.Compartment{{ID: "money-advice", Holds: []notice.ID{"debts"}}},
			Roles: []notice.StaffRole{
				{ID: "call-handler", Title: "Call handler", Sees: []notice.ID{"contact", "debts"}},
				{ID: "adviser", Title: "Money adviser", Sees: []notice.ID{"contact"}, Compartments: []notice.ID{"money-advice"}},
				{ID: "nurse", Title: "Support worker", Sees: []notice.ID{"health"}},
			},
		},
	}
}

var rules = StaffRules{Roles: map[string]RoleRules{
	"call-handler": {May: []Duty{SeeCases}, Kinds: []law.Kind{law.KindAccess}},
	"adviser":      {May: []Duty{SeeCases, Decide}},
}}

func TestWhatARoleMayDo(t *testing.T) {
	roles := Roles(apart(), rules)
	for _, tc := range []struct {
		role  string
		duty  Duty
		kind  law.Kind
		whose []string // nil: allowed
	}{
		{Officer, SeeCases, law.KindAccess, nil},
		{Officer, Release, law.KindErasure, nil},
		{Officer, Map, "", nil},
		{Officer, Manage, "", []string{"Data protection officer"}},
		{Officer, Audit, law.KindAccess, []string{"Data protection officer"}},
		{DPO, Manage, "", nil},
		{"call-handler", SeeCases, law.KindAccess, nil},
		{"call-handler", SeeCases, "", nil},
		{"call-handler", SeeCases, law.KindErasure, []string{"Officer", "Data protection officer", "Money adviser"}},
		{"call-handler", Decide, law.KindAccess, []string{"Officer", "Data protection officer", "Money adviser"}},
		{"adviser", Release, law.KindAccess, []string{"Officer", "Data protection officer"}},
		{"nurse", SeeCases, "", []string{"Officer", "Data protection officer", "Call handler", "Money adviser"}}, // tenet.yaml gives it nothing
		{"gone", SeeCases, "", []string{"Officer", "Data protection officer", "Call handler", "Money adviser"}},
	} {
		err := Allow(roles, tc.role, tc.duty, tc.kind)
		var denied *Denied
		if errors.As(err, &denied) != (tc.whose != nil) {
			t.Errorf("%s %s %s: %v", tc.role, tc.duty, tc.kind, err)
		} else if denied != nil {
			if diff := cmp.Diff(tc.whose, denied.Whose); diff != "" {
				t.Errorf("%s %s %s: the roles named (-want +got):\n%s", tc.role, tc.duty, tc.kind, diff)
			}
		}
	}
	for role, want := range map[string]bool{Officer: true, DPO: true, "adviser": false, "call-handler": false, "gone": false} {
		if err := Everything(roles, role); (err == nil) != want {
			t.Errorf("%s and a page that names no duty: %v", role, err)
		}
	}
}

func TestWhatARoleSees(t *testing.T) {
	n := apart()
	roles := Roles(n, rules)
	holds := func(ids ...notice.ID) Holding { return Holding{Categories: ids} }
	for _, tc := range []struct {
		role string
		h    Holding
		want Sight
	}{
		{Officer, holds("contact"), Plain},
		{Officer, holds(), Plain},
		{Officer, holds("contact", "health"), ByReason},
		{Officer, holds("offences"), ByReason},
		{Officer, holds("debts"), ByReason}, // kept apart
		{Officer, Holding{Sensitive: true}, ByReason},
		{"call-handler", holds("contact"), Plain},
		{"call-handler", holds("debts"), NotTheir}, // sees: does not reach into a compartment
		{"call-handler", holds("contact", "health"), NotTheir},
		{"call-handler", holds(), NotTheir}, // nobody said what it is
		{"adviser", holds("debts"), ByReason},
		{"adviser", holds("contact", "debts"), ByReason},
		{"nurse", holds("health"), ByReason},
		{"nurse", holds("contact"), NotTheir},
		{"gone", holds("contact"), NotTheir},
	} {
		if got := See(n, roleOf(roles, tc.role), tc.h); got != tc.want {
			t.Errorf("%s sees %v %v: %s, want %s", tc.role, tc.h.Categories, tc.h.Sensitive, got, tc.want)
		}
	}
}

// The more a table holds, the less of it is plain: adding a category never opens it.
func TestMoreIsNeverPlainer(t *testing.T) {
	n := apart()
	roles := Roles(n, rules)
	order := []Sight{Plain, ByReason, NotTheir}
	ids := []notice.ID{"contact", "health", "offences", "debts", "unheard-of"}
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(roles).Draw(t, "role")
		h := Holding{Categories: rapid.SliceOfNDistinct(rapid.SampledFrom(ids), 1, 3, rapid.ID).Draw(t, "categories"), Sensitive: rapid.Bool().Draw(t, "sensitive")}
		more := Holding{Categories: append(slices.Clone(h.Categories), rapid.SampledFrom(ids).Draw(t, "one more")), Sensitive: h.Sensitive}
		if a, b := See(n, r, h), See(n, r, more); slices.Index(order, b) < slices.Index(order, a) {
			t.Fatalf("%s: %v is %s and %v is %s", r.ID, h, a, more, b)
		}
	})
}

func TestPurposes(t *testing.T) {
	roles := Roles(apart(), rules)
	for _, tc := range []struct {
		role  string
		kind  law.Kind
		state cases.State
		want  []Purpose
	}{
		{Officer, law.KindAccess, cases.Received, []Purpose{ToAnswer}},
		{Officer, law.KindAccess, cases.Drafted, []Purpose{ToAnswer, ToCheck}},
		{Officer, law.KindAccess, cases.Released, []Purpose{ToExplain}},
		{Officer, law.KindAccess, cases.Closed, nil},
		{DPO, law.KindAccess, cases.Closed, []Purpose{ToAudit}},
		{DPO, law.KindErasure, cases.Reviewing, []Purpose{ToAnswer, ToCheck, ToAudit}},
		{"adviser", law.KindAccess, cases.Drafted, []Purpose{ToAnswer}},
		{"call-handler", law.KindAccess, cases.Received, nil}, // looks, and answers nothing
		{"nurse", law.KindAccess, cases.Received, nil},
	} {
		if diff := cmp.Diff(tc.want, Purposes(roleOf(roles, tc.role), tc.kind, tc.state)); diff != "" {
			t.Errorf("%s, %s, %s (-want +got):\n%s", tc.role, tc.kind, tc.state, diff)
		}
	}
	only := Role{May: duties, Kinds: []law.Kind{law.KindErasure}}
	if got := Purposes(only, law.KindAccess, cases.Received); got != nil {
		t.Errorf("in a case of another kind there are purposes: %v", got)
	}
}

func TestStaffRulesAreChecked(t *testing.T) {
	for _, r := range []StaffRules{
		{SecondFactor: "maybe"},
		{Roles: map[string]RoleRules{"a": {May: []Duty{"fly"}}}},
		{Roles: map[string]RoleRules{"a": {Kinds: []law.Kind{"unheard-of"}}}},
	} {
		var e *Error
		if err := r.check(); !errors.As(err, &e) || e.Where == "" || e.Mend == "" {
			t.Errorf("%+v: %v", r, err)
		}
	}
	whole := func() *SignOn {
		return &SignOn{Issuer: "https://sign-in.example.org/tenant/v2.0", ClientID: "tenet", Secret: "env:SECRET", Console: "https://privacy.example.org",
			Roles: []RoleFrom{{"Tenet.DPO", DPO}, {"Tenet.Officer", Officer}}}
	}
	for want, change := range map[string]func(*SignOn){
		"issuer":        func(s *SignOn) { s.Issuer = "http://sign-in.example.org" },
		"every tenant":  func(s *SignOn) { s.Issuer = "https://sign-in.example.org/common/v2.0" },
		"console":       func(s *SignOn) { s.Console = "privacy.example.org" },
		"client-id":     func(s *SignOn) { s.ClientID = "" },
		"client-secret": func(s *SignOn) { s.Secret = "hunter2" },
		"nobody could":  func(s *SignOn) { s.Roles = nil },
		"a line has":    func(s *SignOn) { s.Roles[0].Role = "" },
	} {
		s := whole()
		change(s)
		if err := (StaffRules{SignOn: s}).check(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", want, err)
		}
	}
	local := whole()
	local.Issuer, local.Console = "http://localhost:9998", "http://127.0.0.1:8081"
	if err := errors.Join((StaffRules{SignOn: whole()}).check(), (StaffRules{SignOn: local}).check()); err != nil {
		t.Error(err)
	}
	if got := whole().RoleOf([]string{"Tenet.Officer", "Tenet.DPO"}); got != DPO {
		t.Errorf("of two claims the role is %q", got)
	}
	if got := whole().RoleOf([]string{"tenet.dpo"}); got != "" {
		t.Errorf("a claim in other letters is the role %q", got)
	}
	if err := rules.check(); err != nil {
		t.Error(err)
	}
}

// A role of the notice that is called as one of ours sees what the notice says.
func TestTheNoticesOwnOfficer(t *testing.T) {
	n := apart()
	n.Records.Roles = append(n.Records.Roles, notice.StaffRole{ID: "officer", Title: "Rights officer", Sees: []notice.ID{"contact"}})
	r := roleOf(Roles(n, StaffRules{}), Officer)
	if r.Title != "Rights officer" || r.All || !slices.Contains(r.May, Release) {
		t.Errorf("the officer is %+v", r)
	}
}
