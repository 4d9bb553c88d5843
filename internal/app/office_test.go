package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/source"
	"tenet/internal/web"
)

// waitingItems are the records of a case that wait for a person.
func waitingItems(t testing.TB, w workspace, k cases.Case) []string {
	t.Helper()
	_, list, err := w.Dispositions(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range list {
		if x.Waits != "" {
			out = append(out, x.Item)
		}
	}
	return out
}

// rest withholds all that waits in a case.
func (w workspace) rest(t testing.TB, k cases.Case) {
	t.Helper()
	if _, err := w.Decide(t.Context(), k, cases.On{Case: k.ID, By: "tester"}, []string{"rest"}, false, law.ExemptThirdParty, "Nobody could be asked in time."); err != nil {
		t.Fatal(err)
	}
}

// TestClerkTakesUpWhatWasLeft: a decision of which no draft was made, as after a
// crash, is in a new draft when the clerk has been, and the old one cannot be
// approved meanwhile.
func TestClerkTakesUpWhatWasLeft(t *testing.T) {
	w := open(t)
	k := w.asks(t).Case
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	o, _, _ := w.office(t)
	s, ctx := staffDesk{o}, t.Context()
	o.work(t)
	if again, err := w.Cases.Get(ctx, k.ID); err != nil || again.Version != k.Version {
		t.Errorf("the clerk did something where nothing was left: %v", err)
	}

	k, err := w.Decide(ctx, k, cases.On{Case: k.ID, By: rosalind.ID}, waitingItems(t, w, k)[:1], true, "", "It is theirs.")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RecordIdentity(ctx, rosalind, k.Number, console.Identity{How: "Photo identity seen in person"}); err != nil {
		t.Fatal(err)
	}
	var no *web.Refusal
	if err := s.Approve(ctx, rosalind, k.Number, k.Draft.Digest); !errors.As(err, &no) {
		t.Errorf("a draft without the last decision is approved: %v", err)
	}
	if c, err := s.Case(ctx, k.Number); err != nil || c.Draft.Blocked == "" {
		t.Errorf("the case does not say that its draft is old: %v", err)
	}
	w.rest(t, k)
	o.work(t)
	c, err := s.Case(ctx, k.Number)
	if err != nil || c.Draft.Blocked != "" || c.Draft.Fingerprint == k.Draft.Digest {
		t.Fatalf("the clerk made no new draft: %+v %v", c.Draft, err)
	}
	if err := s.Approve(ctx, rosalind, k.Number, k.Draft.Digest); !errors.As(err, &no) {
		t.Errorf("the draft that was replaced is approved: %v", err)
	}
	if err := s.Approve(ctx, rosalind, k.Number, c.Draft.Fingerprint); err != nil {
		t.Errorf("the new draft is not approved: %v", err)
	}
}

// TestDecideAtOnce: members of staff who decide at the same time all have their
// decisions in the draft.
func TestDecideAtOnce(t *testing.T) {
	w := open(t)
	k := w.asks(t).Case
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	o, _, _ := w.office(t)
	s, ctx := staffDesk{o}, t.Context()
	items := waitingItems(t, w, k)[:3]
	var wg sync.WaitGroup
	for i, item := range items {
		wg.Go(func() {
			if err := s.Decide(ctx, rosalind, k.Number, console.Decision{Record: item, Release: i%2 == 0, Reason: "Looked at."}); err != nil {
				t.Errorf("decision %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	k, err := w.Cases.Get(ctx, k.ID)
	if err != nil {
		t.Fatal(err)
	}
	if stale(k) {
		t.Error("the draft lacks a decision")
	}
	f, err := s.Found(ctx, k.Number, console.FoundQuery{})
	if err != nil {
		t.Fatal(err)
	}
	decided := 0
	for page := 1; page <= f.Pages; page++ {
		f, err := s.Found(ctx, k.Number, console.FoundQuery{Page: page})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range f.Records {
			if r.Chosen == nil {
				continue
			}
			decided++
			if r.Review != "" && r.Chosen.Release || r.Chosen.By != rosalind.Name || r.Chosen.Reason != "Looked at." {
				t.Errorf("a decided record is %+v, %+v", r, r.Chosen)
			}
		}
	}
	if decided != len(items) {
		t.Errorf("%d of %d decisions show", decided, len(items))
	}
	if err := s.Decide(ctx, rosalind, k.Number, console.Decision{Record: "no-such-record-at-all", Release: true, Reason: "x"}); !errors.Is(err, web.ErrNotFound) {
		t.Errorf("a decision on nothing gives %v", err)
	}
}

// TestFoundAgreesWithItself: whatever is chosen, the pages hold each record once,
// and as many as they say.
func TestFoundAgreesWithItself(t *testing.T) {
	w := open(t)
	k := w.asks(t).Case
	o, _, _ := w.office(t)
	s, ctx := staffDesk{o}, t.Context()
	c, err := s.Case(ctx, k.Number)
	if err != nil {
		t.Fatal(err)
	}
	queries := map[string]struct {
		q    console.FoundQuery
		want int
	}{
		"review": {console.FoundQuery{Review: true}, c.Review},
		"no one": {console.FoundQuery{Whose: "nobody"}, 0},
	}
	all := 0
	for _, n := range c.Counts {
		all += n.Records
		queries[n.Source+"."+n.Table] = struct {
			q    console.FoundQuery
			want int
		}{console.FoundQuery{Source: n.Source, Table: n.Table}, n.Records}
	}
	for _, n := range c.Whose {
		queries[n.Whose] = struct {
			q    console.FoundQuery
			want int
		}{console.FoundQuery{Whose: n.Whose}, n.Records}
	}
	queries["all"] = struct {
		q    console.FoundQuery
		want int
	}{console.FoundQuery{}, all}
	for name, x := range queries {
		seen := map[string]bool{}
		for page, last := 1, 1; page <= last; page++ {
			x.q.Page = page
			f, err := s.Found(ctx, k.Number, x.q)
			if err != nil {
				t.Fatal(err)
			}
			last = f.Pages
			if f.Total != x.want || len(f.Sources) != 3 {
				t.Errorf("%s, page %d: %d records of %d sources, want %d", name, page, f.Total, len(f.Sources), x.want)
			}
			for _, r := range f.Records {
				if seen[r.ID] {
					t.Errorf("%s: a record stands on two pages", name)
				}
				seen[r.ID] = true
			}
		}
		if len(seen) != x.want {
			t.Errorf("%s: %d records on all pages, want %d", name, len(seen), x.want)
		}
	}
	if f, err := s.Found(ctx, k.Number, console.FoundQuery{Page: 1 << 62}); err != nil || len(f.Records) != 0 {
		t.Errorf("a page beyond the last: %d records, %v", len(f.Records), err)
	}
	if _, err := s.Found(ctx, "AR-2026-9999", console.FoundQuery{}); !errors.Is(err, web.ErrNotFound) {
		t.Errorf("the records of no case: %v", err)
	}
}

// TestDraftThatIsNotTheOne: a sealed file that somebody changed is neither
// approved nor handed over, and the case says so.
func TestDraftThatIsNotTheOne(t *testing.T) {
	w := open(t)
	k := w.asks(t).Case
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	o, _, _ := w.office(t)
	s, ctx := staffDesk{o}, t.Context()
	w.rest(t, k)
	o.work(t)
	k, err := w.Cases.Get(ctx, k.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RecordIdentity(ctx, rosalind, k.Number, console.Identity{How: "Photo identity seen in person"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Approve(ctx, rosalind, k.Number, k.Draft.Digest); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "packs", k.Draft.Pack), []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	var no *web.Refusal
	if _, err := s.Download(ctx, rosalind, k.Number); !errors.As(err, &no) {
		t.Errorf("downloading gives %v", err)
	}
	if _, err := w.MakeLink(ctx, k, desk.NewLink{To: starsMobile, Since: w.Today().AddDays(-400), Alone: true}, rosalind.ID); err == nil {
		t.Error("a link is made to a file that somebody changed")
	}
	c, err := s.Case(ctx, k.Number)
	if err != nil || !strings.Contains(c.Draft.Blocked, "not the one") {
		t.Errorf("the case says %+v, %v", c.Draft, err)
	}
}

// TestSourceThatIsGone: a system that cannot be read is shown as that, and no
// decision is lost because of it.
func TestSourceThatIsGone(t *testing.T) {
	w := open(t)
	k := w.asks(t).Case
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	o, _, _ := w.office(t)
	s, ctx := staffDesk{o}, t.Context()
	all, err := s.Sources(ctx)
	if err != nil || len(all) != 3 {
		t.Fatalf("the sources are %v, %v", all, err)
	}
	for _, x := range all {
		if x.State != "ok" || x.Kind == "" || x.Note == "" || x.Indexed.IsZero() {
			t.Errorf("a source is %+v", x)
		}
	}
	away := w.world.Database.Path + ".away"
	if err := os.Rename(w.world.Database.Path, away); err != nil {
		t.Fatal(err)
	}
	all, err = s.Sources(ctx)
	if err != nil || all[0].State != "trouble" || all[0].Note == "" || all[1].State != "ok" {
		t.Errorf("the sources are %+v, %v", all, err)
	}
	var no *web.Refusal
	d := console.Decision{Record: waitingItems(t, w, k)[0], Release: true, Reason: "It is theirs."}
	if err := s.Decide(ctx, rosalind, k.Number, d); !errors.As(err, &no) || !strings.Contains(no.Why, "decision is recorded") {
		t.Errorf("deciding gives %v", err)
	}
	o.work(t)
	k, err = w.Cases.Get(ctx, k.ID)
	if err != nil || !stale(k) {
		t.Fatalf("a draft was made without a system that records were found in: %v", err)
	}
	if err := os.Rename(away, w.world.Database.Path); err != nil {
		t.Fatal(err)
	}
	w.Desk.Now = func() time.Time { return now.Add(2 * time.Hour) }
	o.work(t)
	if k, err = w.Cases.Get(ctx, k.ID); err != nil || stale(k) {
		t.Errorf("the clerk did not try again: %v %q", err, o.troubleOf(ctx, k))
	}
}

func TestTold(t *testing.T) {
	w := open(t)
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	o := w.bureau(t)
	for _, x := range []struct {
		err  error
		want string // of the refusal; empty where it is none
	}{
		{&cases.Error{Code: cases.CodeState, Message: "the case is closed", Mend: "open another"}, "The case is closed. Open another."},
		{&cases.Error{Code: cases.CodeChanged, Err: &cases.Changed{By: rosalind.ID}}, "Rosalind Achebe changed this case"},
		{fmt.Errorf("step: %w", &desk.Error{What: "no map", Where: "housing", Mend: "run discover"}), "Housing: no map. Run discover."},
		{&source.Error{Source: "repairs", Doing: "connecting", Err: errors.New("refused")}, "The system repairs could not be read."},
		{&law.CoverageError{Nation: law.Scotland, Reach: "end on a day"}, "tenet law holidays"},
		{context.Canceled, ""},
	} {
		var no *web.Refusal
		if ok := errors.As(o.told(t.Context(), x.err), &no); ok != (x.want != "") || ok && !strings.Contains(no.Error(), x.want) {
			t.Errorf("%v is told as %v", x.err, no)
		}
	}
	if !errors.Is(o.told(t.Context(), &cases.Error{Code: cases.CodeNotFound}), web.ErrNotFound) || o.told(t.Context(), nil) != nil {
		t.Error("what is not there, or nothing at all, is told wrongly")
	}

	for _, x := range []struct {
		err  error
		want string
	}{
		{find.ErrNobody, "found nobody"},
		{&find.Ambiguous{Candidates: make([]find.Candidate, 3)}, "3 people"},
		{&source.Error{Source: "repairs", Err: errors.New("refused")}, "repairs could not be read"},
		{errors.New("a secret of the inside"), "in the log"},
	} {
		if got := o.trouble(t.Context(), x.err); !strings.Contains(got, x.want) || strings.Contains(got, "secret") {
			t.Errorf("%v is shown as %q", x.err, got)
		}
	}
}
