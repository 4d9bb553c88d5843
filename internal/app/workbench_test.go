package app

import (
	"errors"
	"slices"
	"testing"
	"unicode/utf8"

	"tenet/internal/console"
	"tenet/internal/web"
)

// TestWorkbenchOfACase goes through a case as staff do: each page, each kind of mark,
// and back.
func TestWorkbenchOfACase(t *testing.T) {
	w := open(t)
	k := w.asks(t).Case
	rosalind, femi := w.hires(t, "rosalind", "Rosalind Achebe"), w.hires(t, "femi", "Femi Larkin")
	o, _, _ := w.office(t)
	var s console.Workbench = workbench{staffDesk{o}}
	ctx := t.Context()
	all, err := s.Bench(ctx, k.Number, console.BenchQuery{Page: 1})
	if err != nil || all.Waiting == 0 || all.Total != all.Documents || len(all.Exemptions) == 0 || all.Stale {
		t.Fatalf("%+v, %v", all.Progress, err)
	}
	// Each document is in one group, and what is read or decided together is there together.
	listed, rows, several := map[string]bool{}, 0, 0
	for page := 1; page <= all.Pages; page++ {
		list, err := s.Bench(ctx, k.Number, console.BenchQuery{Page: page})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range list.Groups {
			waiting := 0
			for _, x := range g.Sheets {
				listed[x.ID] = true
				waiting += x.Waiting
				rows++
			}
			if len(g.Sheets) > 1 {
				several++
			}
			if g.Waiting != waiting || len(g.Sheets) == 0 || g.Alike && len(g.Sheets) < 2 {
				t.Errorf("a group: %+v", g)
			}
		}
	}
	if len(listed) != all.Documents || rows != all.Documents || several == 0 {
		t.Errorf("%d rows of %d documents, %d listed, %d groups of several", rows, all.Documents, len(listed), several)
	}
	open, err := s.Bench(ctx, k.Number, console.BenchQuery{Open: true, Page: 1})
	if err != nil || open.Total != all.Documents-all.Done {
		t.Errorf("%d are open, and %d of %d done: %v", open.Total, all.Done, all.Documents, err)
	}
	sheet, err := s.Sheet(ctx, k.Number, "")
	if err != nil || sheet.SheetRow.Waiting == 0 || sheet.Whose == "" {
		t.Fatalf("the first that waits: %+v, %v", sheet.SheetRow, err)
	}
	if again, err := s.Bench(ctx, k.Number, console.BenchQuery{}); err != nil || again.Resume != sheet.ID {
		t.Errorf("it is taken up at %q, not %q: %v", again.Resume, sheet.ID, err)
	}

	// Every span stands where it says it does.
	var withheld console.Span
	var at console.Sheet
	for id := all.Groups[0].Sheets[0].ID; id != "" && withheld.ID == ""; id = at.Next {
		if at, err = s.Sheet(ctx, k.Number, id); err != nil {
			t.Fatal(err)
		}
		for _, p := range at.Pieces {
			text := []rune(p.Text)
			for _, x := range p.Spans {
				if x.Start < 0 || x.End > len(text) || x.Start >= x.End {
					t.Fatalf("%d to %d of %d", x.Start, x.End, len(text))
				}
				if x.Action == "withhold" && x.Type == "PERSON" && p.Held == "" {
					withheld = x
				}
			}
		}
	}
	if withheld.ID == "" {
		t.Fatal("nobody is withheld")
	}

	do := func(revision int, marks ...console.Mark) (console.Progress, error) {
		return s.Mark(ctx, rosalind, k.Number, revision, marks)
	}
	var no *web.Refusal
	if _, err := do(0, console.Mark{Kind: "span", Sheet: at.ID, Span: withheld.ID, Action: "reveal"}); !errors.As(err, &no) {
		t.Errorf("against the proposal without a reason: %v", err)
	}
	p, err := do(0, console.Mark{Kind: "span", Sheet: at.ID, Span: withheld.ID, Action: "reveal", Reason: "consent"})
	if err != nil || p.Revision != 1 || !p.Stale {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, err := do(0, console.Mark{Kind: "rest", Reason: "r"}); !errors.As(err, &no) {
		t.Errorf("on an old revision: %v", err)
	}
	if p, err = do(1, console.Mark{Kind: "seen", Sheet: at.ID}); err != nil || p.Revision != 1 {
		t.Errorf("looking is a step: %+v, %v", p, err)
	}
	i := slices.IndexFunc(at.Pieces, func(p console.Piece) bool { return utf8.RuneCountInString(p.Text) > 3 && p.Held == "" })
	if p, err = do(1, console.Mark{Kind: "add", Sheet: at.ID, Piece: at.Pieces[i].Name, Start: 0, End: utf8.RuneCountInString(at.Pieces[i].Text), Reason: "all of it"}); err != nil || p.Revision != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	if at, err = s.Sheet(ctx, k.Number, at.ID); err != nil || at.Pieces[i].Held == "" && at.Pieces[i].Clean == at.Pieces[i].Text || len(at.Pieces[i].Spans) != 1 || at.Pieces[i].Spans[0].By != "Rosalind Achebe" {
		t.Errorf("%+v, %v", at.Pieces[i], err)
	}
	for _, by := range []string{"person", "text"} {
		groups, err := s.Groups(ctx, k.Number, console.GroupQuery{By: by, Page: 1})
		if err != nil || len(groups.Groups) == 0 || groups.Groups[0].What == "" {
			t.Fatalf("by %s: %v", by, err)
		}
		one, err := s.Groups(ctx, k.Number, console.GroupQuery{By: by, Group: groups.Groups[0].ID, Page: 1})
		if err != nil || len(one.Groups) != 1 || len(one.Groups[0].Places) == 0 || one.Groups[0].Places[0].Match == "" {
			t.Errorf("by %s: %+v, %v", by, one.Groups, err)
		}
		sheets, err := s.Bench(ctx, k.Number, console.BenchQuery{Person: groups.Groups[0].ID, Page: 1})
		if err != nil || sheets.Total != one.Groups[0].Sheets {
			t.Errorf("by %s: %d documents, not %d: %v", by, sheets.Total, one.Groups[0].Sheets, err)
		}
	}
	if p, err = s.Agree(ctx, femi, k.Number, 2, "I looked at both."); err != nil {
		t.Fatal(err)
	}
	second, err := s.Second(ctx, k.Number, 1)
	if err != nil || second.Total != 2 || len(second.Agreed) != 1 || second.Agreed[0].By != "Femi Larkin" {
		t.Errorf("%+v, %v", second, err)
	}
	if p, err = s.Undo(ctx, rosalind, k.Number, p.Revision, 0); err != nil || p.Waiting != all.Waiting {
		t.Errorf("%+v, %v", p, err)
	}
	steps, err := s.Steps(ctx, k.Number, 1)
	if err != nil || len(steps.Steps) != 4 || !steps.Steps[3].Undone || steps.Steps[0].What != "went back to the beginning" {
		t.Errorf("%+v, %v", steps, err)
	}
	if err := s.Learn(ctx, rosalind, console.Lesson{Keep: true, Words: "Rose Court", Reason: "a building"}); err != nil {
		t.Fatal(err)
	}
	lessons, err := s.Lessons(ctx)
	if err != nil || len(lessons) != 1 || lessons[0].By != "Rosalind Achebe" {
		t.Fatalf("%+v, %v", lessons, err)
	}
	if err := s.Unlearn(ctx, rosalind, lessons[0].ID); err != nil {
		t.Error(err)
	}
	if _, err := s.Sheet(ctx, k.Number, "none"); !errors.Is(err, web.ErrNotFound) {
		t.Errorf("a document that is not there: %v", err)
	}
}

// TestTheWholeConversation: a conversation is flagged in one step, which is taken back in one.
func TestTheWholeConversation(t *testing.T) {
	w := open(t)
	k := w.asks(t).Case
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	o, _, _ := w.office(t)
	var s console.Workbench = workbench{staffDesk{o}}
	ctx := t.Context()
	all, err := s.Bench(ctx, k.Number, console.BenchQuery{Page: 1})
	if err != nil {
		t.Fatal(err)
	}
	var talk console.Sheet
	for id := all.Groups[0].Sheets[0].ID; id != "" && talk.Together == 0; id = talk.Next {
		if talk, err = s.Sheet(ctx, k.Number, id); err != nil {
			t.Fatal(err)
		}
	}
	flagged := func() (n int) {
		for page := 1; page <= all.Pages; page++ {
			list, err := s.Bench(ctx, k.Number, console.BenchQuery{Page: page})
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range list.Groups {
				for _, x := range g.Sheets {
					if x.Flag == console.FlagDuplicate {
						n++
					}
				}
			}
		}
		return n
	}
	if p, err := s.Mark(ctx, rosalind, k.Number, 0, []console.Mark{{Kind: "flag", Sheet: talk.ID, Flag: console.FlagDuplicate, Thread: true}}); err != nil || p.Revision != 1 || talk.Together == 0 || flagged() < 1+talk.Together {
		t.Errorf("%d others of a conversation, %d flagged in step %d: %v", talk.Together, flagged(), p.Revision, err)
	}
	if _, err := s.Undo(ctx, rosalind, k.Number, 1, 0); err != nil || flagged() != 0 {
		t.Errorf("taken back, %d are flagged: %v", flagged(), err)
	}

	// What has no pages has no picture, and no region.
	var no *web.Refusal
	for id := all.Groups[0].Sheets[0].ID; id != ""; {
		sheet, err := s.Sheet(ctx, k.Number, id)
		if err != nil {
			t.Fatal(err)
		}
		box := console.Box{Page: 1, Right: 1, Bottom: 0.5}
		if !sheet.Pictured {
			if _, err := s.Page(ctx, k.Number, id, 1); !errors.Is(err, web.ErrNotFound) {
				t.Errorf("a picture of %s: %v", sheet.Title, err)
			}
			if _, err := s.Mark(ctx, rosalind, k.Number, 2, []console.Mark{{Kind: "region", Sheet: id, Region: &box, Reason: "r"}}); !errors.As(err, &no) {
				t.Errorf("a region of %s: %v", sheet.Title, err)
			}
			break
		}
		id = sheet.Next
	}
}
