package processing

import (
	"slices"
	"strings"
	"testing"

	"tenet/internal/notice"
)

// line is the row of a use of Larkfield's first company, with what registers have.
func line(t *testing.T, n *notice.Notice, f Filed, use notice.ID) Row {
	t.Helper()
	r, err := Make(n, small, f, Scope{Body: "larkfield-homes"})
	if err != nil {
		t.Fatal(err)
	}
	row, ok := r.find(use, "larkfield-homes")
	if !ok {
		t.Fatalf("no line for %s", use)
	}
	return row
}

// TestRegistersSpeak: what a register has signed is what the record says; what only the
// notice says is called that; and a draft does not pass for a paper.
func TestRegistersSpeak(t *testing.T) {
	n := load(t, "larkfield")
	of := func(register, number string, signed bool) Paper {
		p := Paper{Register: register, Number: number, Signed: signed, State: "a draft"}
		if signed {
			p.State = "signed on 2026-11-20"
		}
		return p
	}
	test, draft := of(RegTests, "LI-0001", true), of(RegTests, "LI-0001", false)
	test.Uses, draft.Uses = []notice.ID{"watch-shared-spaces"}, []notice.ID{"watch-shared-spaces"}
	cameras, late := of(RegImpact, "IA-0001", true), of(RegImpact, "IA-0002", false)
	cameras.Assessments, cameras.Needed = []notice.ID{"cameras"}, "Yes: the place of a camera"
	late.Uses, late.Needed = []notice.ID{"watch-shared-spaces"}, "Not screened to the end yet"
	policy := of(RegPolicies, "PD-0001", true)
	policy.Uses, policy.Kept, policy.KeptWhy = []notice.ID{"protect-staff"}, "no", "The old system cannot delete."
	other := of(RegTests, "LI-0009", true)
	other.Uses = []notice.ID{"run-websites"}
	for _, x := range []struct {
		name   string
		papers []Paper
		use    notice.ID
		column string
		want   string // the whole cell
	}{
		{"a signed test", []Paper{test, other}, "watch-shared-spaces", colBalancing, "LI-0001: signed on 2026-11-20"},
		{"a draft", []Paper{draft}, "watch-shared-spaces", colBalancing, "LI-0001: a draft"},
		{"no test at all", []Paper{other}, "watch-shared-spaces", colBalancing, "None: neither the register nor the notice has one"},
		{"another ground", nil, "let-homes", colBalancing, ""},
		{"the notice alone", nil, "watch-shared-spaces", colProgress, "Stated by the notice, no paper: signed on 2026-05-11 (to be looked at again by 2027-05-10)"},
		{"its paper", []Paper{cameras}, "watch-shared-spaces", colProgress, "IA-0001: signed on 2026-11-20"},
		{"a paper that waits", []Paper{late}, "watch-shared-spaces", colProgress, "IA-0002: a draft\nStated by the notice, no paper: signed on 2026-05-11 (to be looked at again by 2027-05-10)"},
		{"is it needed", []Paper{cameras}, "watch-shared-spaces", colAssess, "Yes: the place of a camera (IA-0001)"},
		{"the notice’s yes stands", []Paper{late}, "watch-shared-spaces", colAssess, "Yes: public monitoring"},
		{"where it is", []Paper{cameras}, "watch-shared-spaces", colAssessment, "IA-0001"},
		{"a policy", []Paper{policy}, "protect-staff", colPolicy, "PD-0001: signed on 2026-11-20"},
		{"a policy of the notice alone", nil, "protect-staff", colPolicy, "Stated by the notice, no paper: How we protect sensitive information (to be looked at again by 2027-06-30)"},
		{"is it kept to", []Paper{policy}, "protect-staff", colKept, "PD-0001: no"},
		{"why not", []Paper{policy}, "protect-staff", colKeptWhy, "PD-0001: The old system cannot delete."},
	} {
		if got := line(t, n, Filed{Looked: true, Papers: x.papers}, x.use).Cell(x.column).Text(); got != x.want {
			t.Errorf("%s:\n got %q\nwant %q", x.name, got, x.want)
		}
	}
	// Where nobody looked at registers nothing is said of papers.
	if got := line(t, n, Filed{}, "watch-shared-spaces").Cell(colProgress).Text(); strings.Contains(got, "no paper") {
		t.Errorf("nobody looked, and the record says %q", got)
	}
}

// TestAgreementsSpeak: a signed agreement stands in the place of what the notice names,
// and ends the gap of a recipient for which it names none.
func TestAgreementsSpeak(t *testing.T) {
	n, err := changed(t, "sharing.yaml", "    agreement: print-contract\n", "")
	if err != nil {
		t.Fatal(err)
	}
	gapsOf := func(f Filed) (out int, cells string) {
		r, err := Make(n, Holdings{Looked: true}, f, Scope{})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range r.Rows {
			cells += row.Cell(colContracts).Text() + "\n"
			for _, g := range row.Gaps {
				if g.Kind == NoAgreement {
					out++
				}
			}
		}
		return out, cells
	}
	var to notice.ID
	for _, r := range n.Sharing.Recipients {
		if r.Kind == notice.Processor && r.Agreement == "" {
			to = r.ID
		}
	}
	if gaps, cells := gapsOf(Filed{Looked: true}); gaps == 0 || strings.Contains(cells, "AG-0001") {
		t.Fatalf("%d gaps without an agreement", gaps)
	}
	paper := Paper{Register: RegAgreements, Number: "AG-0001", State: "a draft", Recipients: []notice.ID{to}}
	if gaps, _ := gapsOf(Filed{Looked: true, Papers: []Paper{paper}}); gaps == 0 {
		t.Error("a draft passes for an agreement")
	}
	paper.Signed, paper.State = true, "signed on 2026-11-20"
	if gaps, cells := gapsOf(Filed{Looked: true, Papers: []Paper{paper}}); gaps != 0 || !strings.Contains(cells, "AG-0001: signed on 2026-11-20") {
		t.Errorf("a signed agreement leaves %d gaps, and the record says:\n%s", gaps, cells)
	}
}

// TestBreachesOnTheirLines: a breach stands on the lines whose systems, recipients and
// data it touched, and on others only where nobody wrote down where it was.
func TestBreachesOnTheirLines(t *testing.T) {
	n := load(t, "larkfield")
	for _, x := range []struct {
		name             string
		breach           Breach
		tenancies, staff string // of run-tenancies, which lies in housing, and of protect-staff
		websites         string
	}{
		{"in a system", Breach{Systems: []string{"housing"}}, "Yes", "Yes", "Yes"}, // contact details of websites lie there too
		{"in another", Breach{Systems: []string{"repairs"}}, "No", "No", "No"},
		{"nowhere that is named", Breach{}, perhaps, perhaps, perhaps},
		{"of sensitive data", Breach{Kinds: []notice.Kind{notice.Criminal}}, "No", perhaps, "No"},
		{"of a client", Breach{Client: "lantern-row", Systems: []string{"housing"}}, "No", "No", "No"},
	} {
		x.breach.Number, x.breach.State = "IN-2026-0001", "aware on 2026-11-20, a high risk to people"
		f := Filed{Looked: true, Breaches: []Breach{x.breach}}
		for use, want := range map[notice.ID]string{"run-tenancies": x.tenancies, "protect-staff": x.staff, "run-websites": x.websites} {
			row := line(t, n, f, use)
			if got := row.Cell(colBreach).Text(); got != want {
				t.Errorf("%s, %s: %q, want %q", x.name, use, got, want)
			}
			if got := row.Cell(colBreachRecord).Text(); strings.HasPrefix(got, "IN-2026-0001: aware on 2026-11-20") != (want != "No") {
				t.Errorf("%s, %s: its record is %q", x.name, use, got)
			}
		}
	}
	if got := line(t, n, Filed{}, "run-tenancies").Cell(colBreach).Text(); got != "" {
		t.Errorf("nobody looked at incidents, and the record says %q", got)
	}
}

// TestPeriodsOfThesePeople: what is kept of everybody is not said of those for whom a rule
// says something else, and a rule stands with the data that goes by it.
func TestPeriodsOfThesePeople(t *testing.T) {
	n := load(t, "larkfield")
	for use, x := range map[notice.ID]struct{ has, not []notice.ID }{
		"employ-people":       {[]notice.ID{"staff-file"}, []notice.ID{"tenancy-file", "support-needs", "unsuccessful-application"}},
		"check-right-to-rent": {[]notice.ID{"right-to-rent", "unsuccessful-application"}, []notice.ID{"tenancy-file", "staff-file"}},
		"run-tenancies":       {[]notice.ID{"tenancy-file", "letters"}, []notice.ID{"staff-file"}},
	} {
		var got []notice.ID
		cell := line(t, n, Filed{}, use).Cell(colRetention)
		for _, e := range cell.Entries {
			got = append(got, e.ID)
		}
		for _, id := range x.has {
			if !slices.Contains(got, id) {
				t.Errorf("%s does not go by %s: %v", use, id, got)
			}
		}
		for _, id := range x.not {
			if slices.Contains(got, id) {
				t.Errorf("%s goes by %s: %v", use, id, got)
			}
		}
	}
	if cell := line(t, n, Filed{}, "run-websites").Cell(colRetention).Text(); !strings.Contains(cell, "Your tenancy file: 6 years after your tenancy or lease ends, then deleted; of this: How to reach you\n") {
		t.Errorf("of which data it is is not said:\n%s", cell)
	}
}
