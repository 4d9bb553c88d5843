package desk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/law"
	"tenet/internal/notice"
)

// versioned is a workspace of a landlord on a day, and a way of changing its notice: a
// folder of that name with one edit.
func versioned(t testing.TB, pack, today string) (*Desk, func(dir, effective, file, old, new string) string) {
	t.Helper()
	ctx, at := t.Context(), t.TempDir()
	if err := Init(ctx, filepath.Join(at, "office"), pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := Open(ctx, filepath.Join(at, "office"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	goTo(t, d, today)
	return d, func(dir, effective, file, old, new string) string {
		t.Helper()
		dir = filepath.Join(at, dir)
		if err := d.NewNotice(ctx, dir, notice.Date(effective)); err != nil {
			t.Fatal(err)
		}
		replaceIn(t, filepath.Join(dir, file), old, new)
		if old == tenDays { // the sentence says what the clock counts, or the linter refuses it
			for count, word := range map[string]string{"count: 5,": "five", "count: 15,": "fifteen"} {
				if strings.Contains(new, count) {
					replaceIn(t, filepath.Join(dir, "notice.md"), "within ten working days", "within "+word+" working days")
				}
			}
		}
		return dir
	}
}

// replaceIn changes the one place of a file.
func replaceIn(t testing.TB, path, old, new string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// goTo makes it noon of a day.
func goTo(t testing.TB, d *Desk, day string) {
	t.Helper()
	when, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	d.Now = func() time.Time { return when.Add(12 * time.Hour) }
}

const tenDays = "clock: {count: 10, unit: working-days, promise: correct-in-ten-days}"

func errorCode(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

// TestVersionInForceOnTheDay: what was in force on the day of an event decides it,
// whatever was adopted since; and a day in the past can be given to no version.
func TestVersionInForceOnTheDay(t *testing.T) {
	ctx := t.Context()
	d, edit := versioned(t, "", "2026-11-22")
	first := d.Notice.Version()

	dir := edit("next", "2027-03-01", "rights.yaml", tenDays, strings.Replace(tenDays, "10", "5", 1))
	if got, err := d.Adopt(ctx, "ada", dir, Significance{Decided: true, Why: "People wait less."}); err != nil || got.Version.Significant {
		t.Fatalf("a clock that is hastened is adopted as %+v: %v", got.Version, err)
	}
	second, err := d.latest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[notice.Date]string{"2026-11-22": first, "2027-02-28": first, "2027-03-01": second.Version(), "2031-01-01": second.Version()} {
		if n, err := d.NoticeOn(ctx, day); err != nil || n.Version() != want {
			t.Errorf("on %s: %v, %v", day, n, err)
		}
	}
	if _, err := d.NoticeOn(ctx, "2019-01-01"); errorCode(err) != "no-notice" {
		t.Errorf("before the first: %v", err)
	}

	// Opened again on its day the office goes by it, though the folder is as it was.
	for day, want := range map[string]string{"2027-02-28": first, "2027-03-01": second.Version()} {
		goTo(t, d, day)
		if n, err := d.settleNotice(ctx, d.Folder); err != nil || n.Version() != want {
			t.Errorf("on %s the office goes by %v, %v", day, n.Version(), err)
		}
	}
	k, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Ann Larter"}, Kind: "rectification", Channel: "letter", By: "ada"})
	if err != nil || k.Notice != first {
		t.Errorf("a case opened by the first version keeps %q, %v", k.Notice, err)
	}

	for name, c := range map[string]struct {
		dir, want string
	}{
		"the same again": {dir, "effective"},
		"no folder":      {filepath.Join(d.Dir, "nowhere"), ""},
	} {
		if _, err := d.Adopt(ctx, "ada", c.dir, Significance{}); err == nil || c.want != "" && errorCode(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := acts(t, d, ""); !slices.Contains(got, "notice.adopted") {
		t.Errorf("the ledger has %v", got)
	}
}

// TestSignificance: what people would want to know of is decided by a person, is told as
// long before as was promised, and is done when everybody was told and each place has it.
func TestSignificance(t *testing.T) {
	ctx := t.Context()
	d, edit := versioned(t, "", "2026-11-22")
	before := strings.Replace(tenDays, "10", "15", 1)
	soon := edit("soon", "2026-11-30", "rights.yaml", tenDays, before)
	if _, err := d.Adopt(ctx, "ada", soon, Significance{}); errorCode(err) != "significance" {
		t.Errorf("nobody decided: %v", err)
	}
	if _, err := d.Adopt(ctx, "ada", soon, Significance{Decided: true, Significant: true}); errorCode(err) != "significance" {
		t.Errorf("nobody said why: %v", err)
	}
	a, err := d.Adopt(ctx, "ada", edit("later", "2027-03-01", "rights.yaml", tenDays, before), Significance{Decided: true, Significant: true, Why: "People wait longer."})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Publication(ctx, a.Version.Hash[:12])
	if err != nil {
		t.Fatal(err)
	}
	if p.Whole || len(p.Places) != 2 || len(p.People) != len(d.Notice.Data.People) {
		t.Fatalf("a clock is everybody's, and there are two places: %+v", p)
	}
	for _, x := range p.Places {
		if err := d.ConfirmDisplay(ctx, "ada", p.Version.Hash, string(x.Display.ID), "seen"); err != nil {
			t.Fatal(err)
		}
	}
	for i, x := range p.People {
		if now, _ := d.Publication(ctx, p.Version.Hash); now.Whole {
			t.Errorf("it is done after %d of %d kinds of people", i, len(p.People))
		}
		if err := d.ConfirmTold(ctx, "ada", p.Version.Hash, string(x.People.ID), "letters of 1 February"); err != nil {
			t.Fatal(err)
		}
	}
	if now, err := d.Publication(ctx, p.Version.Hash); err != nil || !now.Whole || now.Places[0].Done.By != "ada" {
		t.Errorf("it is not done: %+v, %v", now, err)
	}
	if err := d.ConfirmTold(ctx, "ada", "", "tenants", "x"); errorCode(err) != "people" {
		t.Errorf("of the first version nobody is to be told: %v", err)
	}
}

// TestToldBefore: fourteen days, where the notice promises fourteen.
func TestToldBefore(t *testing.T) {
	d, edit := versioned(t, "", "2026-11-22")
	d.Notice.Landlord.Changes.Before = "P14D"
	dir := edit("soon", "2026-12-05", "rights.yaml", tenDays, strings.Replace(tenDays, "10", "15", 1))
	if _, err := d.Adopt(t.Context(), "ada", dir, Significance{Decided: true, Significant: true, Why: "People wait longer."}); errorCode(err) != "effective" {
		t.Errorf("13 days before: %v", err)
	}
	dir = edit("late", "2026-12-06", "rights.yaml", tenDays, strings.Replace(tenDays, "10", "15", 1))
	if _, err := d.Adopt(t.Context(), "ada", dir, Significance{Decided: true, Significant: true, Why: "People wait longer."}); err != nil {
		t.Errorf("14 days before: %v", err)
	}
}

// TestReplay holds the replay against dates counted here: three requests to correct, of
// which one was answered after six working days.
func TestReplay(t *testing.T) {
	ctx := t.Context()
	d, edit := versioned(t, "", "2026-11-02")
	for i, kind := range []string{"rectification", "rectification", "rectification", "access"} {
		if _, err := d.OpenCase(ctx, NewCase{Query: Query{Name: "Ann Larter"}, Kind: kind, Channel: "letter", By: "ada", Once: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	goTo(t, d, "2026-11-12") // eight working days on: in time by ten, and late by five
	n, err := notice.Load(os.DirFS(edit("next", "2027-03-01", "rights.yaml", tenDays, strings.Replace(tenDays, "10", "5", 1))))
	if err != nil {
		t.Fatal(err)
	}
	day := func(s string) law.Date {
		x, err := law.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	got, err := d.ReplayNotice(ctx, d.Notice, n, day("2026-01-01"), day("2026-11-12"))
	if err != nil {
		t.Fatal(err)
	}
	want := Replay{From: day("2026-01-01"), To: day("2026-11-12"), Requests: 4, Promises: []Replayed{
		{Regime: "access", Requests: 1}, {Regime: "rectification", Requests: 3, Earlier: 3, Late: 3}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("replay (-want +got):\n%s", diff)
	}
	if words := strings.Join(got.Words(), "\n"); !strings.Contains(words, "rectification: 3 of 3 requests") {
		t.Errorf("in words: %s", words)
	}
	if got, err := d.ReplayNotice(ctx, d.Notice, n, day("2026-11-03"), day("2026-11-12")); err != nil || got.Requests != 0 {
		t.Errorf("none came in after the second: %+v, %v", got, err)
	}
	// A rule of disclosure that narrows, where nothing was given out: it says that.
	n, err = notice.Load(os.DirFS(edit("police", "2027-03-01", "sharing.yaml", "    promise: police-in-writing\n", "    promise: police-in-writing\n    needs: [agreement]\n")))
	if err != nil {
		t.Fatal(err)
	}
	got, err = d.ReplayNotice(ctx, d.Notice, n, day("2026-01-01"), day("2026-11-12"))
	if err != nil || len(got.Unproven) != 0 || !strings.Contains(strings.Join(got.Words(), " "), "No disclosure stands in the log") {
		t.Errorf("a rule of disclosure: %+v, %v", got, err)
	}
}

// TestConcerned: a use's people are those it names; a right is everybody's.
func TestConcerned(t *testing.T) {
	d, edit := versioned(t, "", "2026-11-22")
	n, err := notice.Load(os.DirFS(edit("basis", "2027-03-01", "uses.yaml", "    basis: consent\n", "    basis: legitimate-interests\n    interest: Ours.\n")))
	if err != nil {
		t.Fatal(err)
	}
	var got, want []notice.ID
	for _, a := range Concerned(d.Notice, n, Version{}) {
		got = append(got, a.People.ID)
	}
	for _, u := range d.Notice.Uses.Uses {
		if u.ID == "help-with-money-and-work" {
			want = u.People
		}
	}
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("concerned (-want +got):\n%s", diff)
	}
}
