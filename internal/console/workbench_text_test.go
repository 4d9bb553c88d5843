package console

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawn are pieces with spans in order, of every size, and their copy.
func drawn(t *rapid.T) []Piece {
	var pieces []Piece
	for range rapid.IntRange(0, 4).Draw(t, "pieces") {
		unit := rapid.SampledFrom([]string{"a", "word ", "é🏠", "line\r\n", "\u202e", "\n"}).Draw(t, "unit")
		p := Piece{Text: strings.Repeat(unit, rapid.SampledFrom([]int{0, 1, 40, 1500, 4000}).Draw(t, "times"))}
		text := []rune(p.Text)
		var clean strings.Builder
		at := 0
		for range rapid.IntRange(0, 90).Draw(t, "spans") {
			if at >= len(text) {
				break
			}
			start := rapid.IntRange(at, min(at+200, len(text)-1)).Draw(t, "start")
			end := rapid.IntRange(start+1, min(start+rapid.SampledFrom([]int{1, 30, 20000}).Draw(t, "length"), len(text))).Draw(t, "end")
			s := Span{ID: string(rune('A'+len(pieces))) + strings.Repeat("i", len(p.Spans)), Start: start, End: end, Label: "[Person]", Action: rapid.SampledFrom([]string{"withhold", "reveal"}).Draw(t, "action")}
			p.Spans = append(p.Spans, s)
			clean.WriteString(string(text[at:start]))
			if s.Action == "withhold" {
				clean.WriteString(s.Label)
			} else {
				clean.WriteString(string(text[start:end]))
			}
			at = end
		}
		p.Clean = clean.String() + string(text[at:])
		pieces = append(pieces, p)
	}
	return pieces
}

// points is how many code points of the original bits stand for.
func points(bits []bit) int {
	n := 0
	for _, b := range bits {
		if b.Points > 0 {
			n += b.Points
		} else {
			n += len([]rune(b.Text))
		}
	}
	return n
}

// TestPartsAreTheWhole: the parts of a document have all of its text in order, each
// mark once and at its place, and the whole copy; and no part is too much.
func TestPartsAreTheWhole(t *testing.T) {
	returns := strings.NewReplacer("U+000D", "") // named only where the line's end falls apart
	rapid.Check(t, func(t *rapid.T) {
		pieces := drawn(t)
		if err := whole(Sheet{Pieces: pieces}); err != nil {
			t.Fatalf("what was drawn is not whole: %v", err)
		}
		at := make([]int, len(pieces))
		marks := make([]int, len(pieces))
		copies := make([]string, len(pieces))
		for _, part := range parts(pieces) {
			spans, text := 0, 0
			for _, c := range part {
				p := pieces[c.piece]
				if c.from != at[c.piece] || c.to > len([]rune(p.Text)) {
					t.Fatalf("a part of piece %d goes from %d to %d, after %d", c.piece, c.from, c.to, at[c.piece])
				}
				longest := 0
				shown := passageOf(p, c, func(s *Span, shown []bit) *markView {
					if want := p.Spans[marks[c.piece]]; *s != want || points(shown) != s.End-s.Start {
						t.Fatalf("mark %+v is shown as %d code points in place of %+v", s, points(shown), want)
					}
					longest = max(longest, s.End-s.Start)
					marks[c.piece]++
					spans++
					return &markView{Span: s, Text: shown}
				})
				n := c.from
				for _, r := range shown.Text {
					if r.Mark != nil && r.Mark.Start != n {
						t.Fatalf("the mark at %d stands at %d", r.Mark.Start, n)
					}
					n += points(r.Bits)
				}
				if n != c.to {
					t.Fatalf("a part of piece %d ends at %d, and shows up to %d", c.piece, c.to, n)
				}
				for _, r := range shown.Copy {
					for _, b := range r.Bits {
						copies[c.piece] += b.Text
					}
				}
				at[c.piece] = c.to
				text += c.to - c.from - longest
			}
			if spans > partSpans || text > partPoints {
				t.Fatalf("a part has %d marks and %d code points besides the longest", spans, text)
			}
		}
		for i, p := range pieces {
			var want strings.Builder
			for _, b := range bits(p.Clean) {
				want.WriteString(b.Text)
			}
			if at[i] != len([]rune(p.Text)) || marks[i] != len(p.Spans) || returns.Replace(copies[i]) != returns.Replace(want.String()) {
				t.Fatalf("of piece %d the parts have %d of %d code points, %d of %d marks, and the copy %v", i, at[i], len([]rune(p.Text)), marks[i], len(p.Spans), returns.Replace(copies[i]) == returns.Replace(want.String()))
			}
		}
	})
}

// TestCopyThatIsNotOurs: a copy that text and labels do not give is shown as it is.
func TestCopyThatIsNotOurs(t *testing.T) {
	p := Piece{Text: "Bob rang.", Clean: "[One] or another rang.", Spans: []Span{{ID: "a", End: 3, Action: "withhold", Label: "[Person 1]"}}}
	got := passageOf(p, cut{to: 9}, func(s *Span, b []bit) *markView { return &markView{Span: s, Text: b} })
	if len(got.Copy) != 1 || got.Copy[0].Label || got.Copy[0].Bits[0].Text != p.Clean || got.Loosely {
		t.Errorf("got %+v", got.Copy)
	}
}

// FuzzBits: whatever a document holds, as many code points are shown as it has, and
// none that hides or turns the text round it.
func FuzzBits(f *testing.F) {
	for _, s := range []string{"", "plain", "\u202eevil\u202c\x00", "a\r\nb\r", "\xff\xfe", "🏠\u200d🏠\u200b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := bits(s)
		if n := points(got); n != len([]rune(s)) {
			t.Errorf("%q has %d code points and shows %d", s, len([]rune(s)), n)
		}
		for _, b := range got {
			if strings.ContainsFunc(b.Text, unseen) {
				t.Errorf("%q is shown in %q", b.Text, s)
			}
		}
	})
}
