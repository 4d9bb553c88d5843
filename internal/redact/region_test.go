package redact

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// alike is a case of three documents, of which the second is nearly the same as the first.
func alike() *Work {
	return NewWork([]Document{
		{ID: "a", Pieces: []Piece{{Name: "text", Text: "one"}}}, {ID: "b", Like: "a", Pieces: []Piece{{Name: "text", Text: "one more"}}},
		{ID: "c", Pieces: []Piece{{Name: "text", Text: "two"}}},
	}, new(Labels))
}

func onPage(doc string, g Region) Mark {
	return Mark{Kind: MarkRegion, Doc: doc, Region: &g, Reason: "a neighbour's child"}
}

// TestRegions: a region stands where it was drawn and where a document is decided with that one; it is dropped with it,
// or there alone, and going back goes back.
func TestRegions(t *testing.T) {
	w := alike()
	upper, all := Region{1, 0.1, 0.1, 0.9, 0.3}, Region{2, 0, 0, 1, 1}
	s := at(t, w, []Mark{onPage("a", all), onPage("a", upper)})
	own, theirs := s.Regions(0), s.Regions(1)
	if len(own) != 2 || own[0].Region != upper || !own[1].Whole() || own[0].Whole() || own[0].Exemption != ThirdParty || own[0].By != "s1" || own[0].Action != Withhold {
		t.Fatalf("%+v", own)
	}
	if len(theirs) != 2 || theirs[0].From != "a" || theirs[0].ID == own[0].ID || own[0].From != "" || len(s.Regions(2)) != 0 {
		t.Fatalf("%+v, %+v", theirs, s.Regions(2))
	}
	drop := func(id string) []Mark { return []Mark{{Kind: MarkDrop, Span: id}} }
	first := []Mark{onPage("a", all), onPage("a", upper)}
	if s := at(t, w, first, drop(theirs[0].ID)); len(s.Regions(0)) != 2 || len(s.Regions(1)) != 1 {
		t.Errorf("dropped at one: %+v, %+v", s.Regions(0), s.Regions(1))
	}
	if s := at(t, w, first, drop(own[0].ID)); len(s.Regions(0)) != 1 || len(s.Regions(1)) != 1 {
		t.Errorf("dropped where it was drawn: %+v, %+v", s.Regions(0), s.Regions(1))
	}
	if s := at(t, w, first, first); len(s.Regions(0)) != 2 || s.Regions(0)[0].By != "s2" {
		t.Errorf("drawn twice: %+v", s.Regions(0))
	}
	back := append(steps(first, drop(own[0].ID)), Step{Number: 3, By: "s1", Back: new(int)})
	if s, err := w.At(back, nil); err != nil || len(s.Regions(0)) != 0 {
		t.Errorf("back at the beginning: %v, %v", s.Regions(0), err)
	}
	if d := s.Differences(); len(d) != 2 || d[0].Region == nil || d[0].Last.By != "s1" || d[0].Piece != -1 {
		t.Errorf("for the second reviewer: %+v", d)
	}
}

func TestRegionsThatCannotBe(t *testing.T) {
	w := alike()
	good := Region{1, 0.1, 0.1, 0.9, 0.3}
	if err := w.Check(Mark{Kind: MarkRegion, Doc: "a", Region: &good}); !errors.Is(err, ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	for says, m := range map[string]Mark{
		"no document":      onPage("z", good),
		"no region":        {Kind: MarkRegion, Doc: "a", Reason: "r"},
		"no page 0":        onPage("a", Region{0, 0, 0, 1, 1}),
		"no page 100001":   onPage("a", Region{100001, 0, 0, 1, 1}),
		"covers nothing":   onPage("a", Region{1, 0.5, 0, 0.5, 1}),
		"0 to 100":         onPage("a", Region{1, -0.1, 0, 0.5, 1}),
		"from 0 to 100":    onPage("a", Region{1, math.NaN(), 0, 1, 1}),
		"100 per cent of ": onPage("a", Region{1, 0, 0, math.Inf(1), 1}),
	} {
		if err := w.Check(m); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// TestRegionsAsASet: whatever is drawn and dropped, what stands is what was drawn and not dropped after.
func TestRegionsAsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, want := alike(), map[string]bool{}
		var marks []Mark
		for range rapid.IntRange(0, 20).Draw(t, "marks") {
			g := Region{rapid.IntRange(1, 2).Draw(t, "page"), 0, 0, float64(rapid.IntRange(1, 3).Draw(t, "right")) / 3, 1}
			id := regionID("c", g)
			if want[id] = rapid.Bool().Draw(t, "drawn"); want[id] {
				marks = append(marks, onPage("c", g))
			} else {
				marks = append(marks, Mark{Kind: MarkDrop, Span: id})
			}
		}
		s, err := w.At(steps(marks), nil)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, there := range want {
			if there {
				n++
			}
		}
		for _, x := range s.Regions(2) {
			if !want[x.ID] {
				t.Errorf("%+v was dropped", x)
			}
		}
		if len(s.Regions(2)) != n {
			t.Errorf("%d regions, want %d", len(s.Regions(2)), n)
		}
	})
}
