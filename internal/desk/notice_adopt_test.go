package desk

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/notice"
)

// TestReasonAlone: a reason is no decision, and the refusal names what changes.
func TestReasonAlone(t *testing.T) {
	ctx := t.Context()
	d, edit := versioned(t, "", "2026-11-22")
	slower := edit("slower", "2027-03-01", "rights.yaml", tenDays, strings.Replace(tenDays, "10", "15", 1))
	_, err := d.Adopt(ctx, "ada", slower, Significance{Why: "It had to be."})
	if errorCode(err) != "significance" || !strings.Contains(err.Error(), "clock.count was 10 working-days, and is 15 working-days") {
		t.Errorf("a reason without a decision: %v", err)
	}
	for name, s := range map[string]Significance{
		"significant, without a reason": {Decided: true, Significant: true},
		"not, without a reason":         {Decided: true},
		"people, and not significant":   {Decided: true, Why: "No.", People: []notice.ID{"tenants"}},
	} {
		if _, err := d.Adopt(ctx, "ada", slower, s); errorCode(err) != "significance" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Adopt(ctx, "ada", slower, Significance{Decided: true, Significant: true, Why: "They wait.", People: []notice.ID{"nobody"}}); errorCode(err) != "people" {
		t.Errorf("people that the notice has not: %v", err)
	}
	if a, err := d.Adopt(ctx, "ada", slower, Significance{Decided: true, Why: "Nobody ever waited."}); err != nil || a.Version.Significant || a.Version.Reason != "Nobody ever waited." {
		t.Errorf("decided that it is not: %+v, %v", a.Version, err)
	}
}

// TestAdoptingIsLinted: errors hold an adoption up, unless a waiver covers them on the
// first day of the version, or their rule is overruled by its name; which is kept.
func TestAdoptingIsLinted(t *testing.T) { eachStore(t, testAdoptingIsLinted) }

func testAdoptingIsLinted(t *testing.T) {
	ctx := t.Context()
	d, edit := versioned(t, "", "2026-11-22")
	dir := edit("next", "2027-03-01", "uses.yaml", "    basis: consent\n", "")
	adopt := func(s Significance) error {
		s.Decided, s.Significant, s.Why = true, true, "The basis is to be settled."
		_, err := d.Adopt(ctx, "ada", dir, s)
		return err
	}
	err := adopt(Significance{})
	if errorCode(err) != "errors" || !strings.Contains(err.Error(), "use-without-basis") || !strings.Contains(err.Error(), "uses.yaml:") {
		t.Fatalf("without a basis: %v", err)
	}
	if err := adopt(Significance{Despite: []string{"reading-ease"}}); errorCode(err) != "errors" {
		t.Errorf("another rule is overruled: %v", err)
	}
	waive := func(until string) {
		t.Helper()
		text := "waivers:\n  - {rule: use-without-basis, about: help-with-money-and-work, owner: Data protection, until: " + until + ", reason: Counsel is asked.}\n"
		if err := os.WriteFile(filepath.Join(d.Dir, "waivers.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	waive("2027-02-28") // it ends the day before
	if err := adopt(Significance{}); errorCode(err) != "errors" {
		t.Errorf("waived until the day before: %v", err)
	}
	n, err := notice.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	waive("2027-03-31")
	if found, err := d.LintNotice(n); err != nil || len(found.Errors()) > 0 || len(found.Waived) != 1 || found.On != "2027-03-01" {
		t.Errorf("waived: %+v, %v", found, err)
	}
	if err := adopt(Significance{Despite: []string{"use-without-basis"}}); errorCode(err) != "errors" {
		t.Errorf("what is waived need not be overruled: %v", err)
	}
	if err := os.Remove(filepath.Join(d.Dir, "waivers.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := adopt(Significance{Despite: []string{"use-without-basis"}}); err != nil {
		t.Fatal(err)
	}
	if all, err := d.Versions(ctx); err != nil || !slices.Equal(all[0].Despite, []string{"use-without-basis"}) {
		t.Errorf("the history has %+v, %v", all[0], err)
	}
}

// TestWithdraw: a version is taken back until its day, its place is free again, and what
// was decided of it before does not count when it comes back.
func TestWithdraw(t *testing.T) { eachStore(t, testWithdraw) }

func testWithdraw(t *testing.T) {
	ctx := t.Context()
	d, edit := versioned(t, "", "2026-11-22")
	first := d.Notice.Version()
	dir := edit("next", "2027-03-01", "rights.yaml", tenDays, strings.Replace(tenDays, "10", "15", 1))
	other := edit("other", "2027-02-01", "rights.yaml", tenDays, strings.Replace(tenDays, "10", "5", 1))
	slower := Significance{Decided: true, Significant: true, Why: "People wait longer."}
	a, err := d.Adopt(ctx, "ada", dir, slower)
	if err != nil {
		t.Fatal(err)
	}
	place := string(d.Notice.Landlord.Displays[0].ID)
	if err := d.ConfirmDisplay(ctx, "ada", a.Version.Hash, place, "seen"); err != nil {
		t.Fatal(err)
	}
	for hash, want := range map[string]string{first: "withdraw", "000000000000": "version"} {
		if _, err := d.Withdraw(ctx, "ada", hash, "It is wrong."); errorCode(err) != want {
			t.Errorf("%.12s: %v", hash, err)
		}
	}
	if _, err := d.Withdraw(ctx, "ada", a.Version.Hash, " "); errorCode(err) != "withdraw" {
		t.Errorf("without a reason: %v", err)
	}
	v, err := d.Withdraw(ctx, "bea", a.Version.Hash[:12], "The board did not agree.")
	if err != nil || v.Withdrawn == nil || v.Withdrawn.By != "bea" || v.Withdrawn.Proof != "The board did not agree." {
		t.Fatalf("withdrawn: %+v, %v", v, err)
	}
	if _, err := d.Withdraw(ctx, "bea", a.Version.Hash, "Again."); errorCode(err) != "withdraw" {
		t.Errorf("twice: %v", err)
	}
	if n, err := d.NoticeOn(ctx, "2031-01-01"); err != nil || n.Version() != first {
		t.Errorf("the version that was taken back governs: %v", err)
	}
	if p, err := d.Publication(ctx, a.Version.Hash); err != nil || len(p.People) > 0 || !p.Version.Shown {
		t.Errorf("people are still to be told of it: %+v, %v", p, err)
	}
	if got := acts(t, d, ""); !slices.Contains(got, "notice.withdrawn") {
		t.Errorf("the ledger has %v", got)
	}
	// Another takes its place, on an earlier day even; and the same may come back after it.
	if b, err := d.Adopt(ctx, "ada", other, Significance{Decided: true, Why: "People wait less."}); err != nil || b.Comparison.From.Version != first {
		t.Fatalf("another in its place: %v", err)
	}
	if _, err := d.Adopt(ctx, "ada", dir, slower); err != nil {
		t.Fatal(err)
	}
	p, err := d.Publication(ctx, a.Version.Hash)
	if err != nil || p.Version.Withdrawn != nil || p.Places[0].Done != nil || len(p.People) == 0 {
		t.Errorf("come back, it is published as before: %+v, %v", p, err)
	}
	goTo(t, d, "2027-03-01")
	if _, err := d.Withdraw(ctx, "ada", a.Version.Hash, "Too late."); errorCode(err) != "withdraw" {
		t.Errorf("on its day: %v", err)
	}
}

// TestConcernedBySomebody: where a person finds a version significant in which no change
// is likely to be, people are told: those they name, or those whom it touches.
func TestConcernedBySomebody(t *testing.T) {
	ctx := t.Context()
	d, edit := versioned(t, "", "2026-11-22")
	n, err := notice.Load(os.DirFS(edit("narrower", "2027-03-01", "sharing.yaml", "    promise: utilities-only-when-asked\n", "    promise: utilities-only-when-asked\n    needs: [written-request]\n")))
	if err != nil {
		t.Fatal(err)
	}
	kinds := func(v Version) (out []notice.ID) {
		for _, a := range Concerned(d.Notice, n, v) {
			if out = append(out, a.People.ID); len(a.Why) == 0 {
				t.Errorf("nothing says why %s are concerned", a.People.ID)
			}
		}
		return out
	}
	if got := kinds(Version{}); got != nil {
		t.Errorf("nobody decided, and it concerns %v", got)
	}
	touched := kinds(Version{Significant: true, Reason: "They asked."})
	if len(touched) == 0 || !slices.Contains(touched, "tenants") {
		t.Errorf("it touches %v", touched)
	}
	if got := kinds(Version{Significant: true, Reason: "They asked.", People: []notice.ID{"visitors", "tenants"}}); len(got) != 2 {
		t.Errorf("named were two, and it concerns %v", got)
	}
	same, err := notice.Load(os.DirFS(edit("words", "2027-03-01", "notice.md", "", "")))
	if err != nil {
		t.Fatal(err)
	}
	if got := Concerned(d.Notice, same, Version{Significant: true, Reason: "It has another day."}); len(got) != len(d.Notice.Data.People) {
		t.Errorf("a version that touches nobody in particular concerns %d kinds of %d", len(got), len(d.Notice.Data.People))
	}

	// And so there is somebody to tell.
	dir := filepath.Join(d.Dir, "..", "narrower")
	a, err := d.Adopt(ctx, "ada", dir, Significance{Decided: true, Significant: true, Why: "They asked.", People: []notice.ID{"tenants"}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Publication(ctx, a.Version.Hash)
	if err != nil || len(p.People) != 1 || p.People[0].People.ID != "tenants" || p.Whole {
		t.Errorf("to be told are %+v, %v", p.People, err)
	}
	if got, err := d.TellChange(ctx, TellOrder{Version: a.Version.Hash, By: "ada", Dry: true}); err != nil || len(got.Kinds) != 1 {
		t.Errorf("counted: %+v, %v", got, err)
	}
}

// TestReplayMirrors: a version beside itself changes nothing, whichever governed in truth;
// and the other way round earlier is later, late is in time, and exactly what one decides
// otherwise the other does too.
func TestReplayMirrors(t *testing.T) {
	ctx := t.Context()
	d, edit := versioned(t, "", "2026-11-02")
	for i, kind := range []string{"rectification", "rectification", "dp-complaint", "access", "objection"} {
		if _, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Ann Larter"}, Kind: kind, Channel: "letter", By: "ada", Once: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, fields := range []string{"identity", "identity,images", "tenancy"} {
		x := disclosing(t, "police", fields, "asked", "request=written,reason-given", "crime=minor")
		x.Power, x.Why = "Police and Criminal Evidence Act 1984", "a burglary"
		if _, _, err := d.RecordDisclosure(ctx, x); err != nil {
			t.Fatal(err)
		}
	}
	goTo(t, d, "2026-11-18") // twelve working days on
	police := "    if: request.written && request.reason-given\n"
	versions := []*notice.Notice{d.Notice}
	for i, e := range [][3]string{
		{"rights.yaml", tenDays, strings.Replace(tenDays, "10", "5", 1)},
		{"rights.yaml", tenDays, strings.Replace(tenDays, "10", "30", 1)},
		{"sharing.yaml", police, strings.Replace(police, "\n", " && crime.serious\n", 1)},
		{"sharing.yaml", police, strings.Replace(police, "\n", " && request.signed\n", 1)},
		{"sharing.yaml", "categories: [identity, contact-details, tenancy, images, asb, criminal]\n    basis: recognised", "categories: [identity, contact-details, tenancy]\n    basis: recognised"},
	} {
		n, err := notice.Load(os.DirFS(edit(fmt.Sprint("v", i), "2027-03-01", e[0], e[1], e[2])))
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, n)
	}
	replay := func(a, b *notice.Notice) Replay {
		t.Helper()
		r, err := d.ReplayNotice(ctx, a, b, d.Today().AddMonths(-12), d.Today())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	decidedOtherwise := func(r Replay) (out []int64) {
		for _, x := range r.Rules {
			out = append(out, slices.Concat(x.Refused.Examples, x.Asked.Examples, x.Allowed.Examples)...)
		}
		slices.Sort(out)
		return out
	}
	some := 0
	for i, a := range versions {
		for j, b := range versions {
			there, back := replay(a, b), replay(b, a)
			if i == j && (len(decidedOtherwise(there)) > 0 || slices.ContainsFunc(there.Promises, func(p Replayed) bool { return p.Earlier+p.Later+p.Late+p.InTime > 0 })) {
				t.Errorf("version %d beside itself: %q", i, there.Words())
			}
			for k, p := range there.Promises {
				m := back.Promises[k]
				if want := (Replayed{p.Regime, p.Requests, p.Later, p.Earlier, p.InTime, p.Late}); m != want {
					t.Errorf("%d and %d: %+v, and the other way round %+v", i, j, p, m)
				}
				some += p.Earlier + p.Late
			}
			if diff := cmp.Diff(decidedOtherwise(there), decidedOtherwise(back)); diff != "" {
				t.Errorf("%d and %d decide otherwise (-there +back):\n%s", i, j, diff)
			}
			some += len(decidedOtherwise(there))
		}
	}
	if some == 0 {
		t.Error("nothing differs between any two of them")
	}
	// From ten working days to thirty, beyond the law's month, all three are due later.
	for _, p := range replay(d.Notice, versions[2]).Promises {
		if p.Regime == "rectification" && (p.Later != p.Requests || p.InTime != p.Requests) {
			t.Errorf("from 10 to 30 working days: %+v", p)
		}
	}
	var refused int
	for _, x := range replay(d.Notice, versions[3]).Rules {
		refused += x.Refused.Count
	}
	if refused != 3 {
		t.Errorf("for a serious crime alone, %d of 3 would have been refused", refused)
	}
}
