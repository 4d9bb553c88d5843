package notice

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMoved(t *testing.T) {
	for _, tt := range []struct {
		old, new Expression
		want     ChangeKind
	}{
		{"a.b", "a.b", ""},
		{"", "a.b", Narrows},
		{"a.b && c.d", "c.d&&a.b", ""},
		{"a.b", "a.b && c.d", Narrows},
		{"a.b", "a.b && !c.d", Narrows},
		{"a.b || c.d", "c.d", Narrows},
		{"(a.b || c.d) && e.f", "a.b && e.f", Narrows},
		{"a.b && (c.d || e.f)", "a.b && c.d || a.b && e.f", ""},
		{"!(a.b || c.d)", "!(a.b || c.d) && e.f", Narrows},
		{"a.b && c.d", "a.b && e.f", MovesCondition},
		{"!a.b", "a.b", MovesCondition},
		{"((a.b))", "a.b", ""},
		{"(a.b) || (c.d)", "c.d || a.b", ""},
	} {
		if got := moved(tt.old, tt.new); got != tt.want {
			t.Errorf("%q to %q is %q, want %q", tt.old, tt.new, got, tt.want)
		}
		back := map[ChangeKind]ChangeKind{Narrows: Widens, Widens: Narrows}[tt.want]
		if back == "" {
			back = tt.want
		}
		if got := moved(tt.new, tt.old); got != back {
			t.Errorf("back from %q to %q is %q, want %q", tt.new, tt.old, got, back)
		}
	}
}

// A condition that is said to narrow never holds where the one before did not.
func TestMovedIsTrue(t *testing.T) {
	facts := []string{"a.a", "b.b", "c.c", "d.d"}
	type condition struct {
		text  string
		holds func(bits int) bool
	}
	var draw func(t *rapid.T, depth int) condition
	draw = func(t *rapid.T, depth int) condition {
		op := rapid.IntRange(0, 3).Draw(t, "op")
		if depth == 0 || op == 0 {
			n := rapid.IntRange(0, len(facts)-1).Draw(t, "fact")
			return condition{facts[n], func(bits int) bool { return bits>>n&1 == 1 }}
		}
		x := draw(t, depth-1)
		if op == 1 {
			return condition{"!(" + x.text + ")", func(bits int) bool { return !x.holds(bits) }}
		}
		y := draw(t, depth-1)
		if op == 2 {
			return condition{fmt.Sprintf("(%s) && (%s)", x.text, y.text), func(bits int) bool { return x.holds(bits) && y.holds(bits) }}
		}
		return condition{fmt.Sprintf("(%s || %s)", x.text, y.text), func(bits int) bool { return x.holds(bits) || y.holds(bits) }}
	}
	rapid.Check(t, func(t *rapid.T) {
		old, now := draw(t, 3), draw(t, 3)
		kind := moved(Expression(old.text), Expression(now.text))
		for bits := range 1 << len(facts) {
			was, is := old.holds(bits), now.holds(bits)
			if kind == Narrows && is && !was || kind == Widens && was && !is || kind == "" && was != is {
				t.Fatalf("%q to %q is said to be %q; in case %b it was %v and is %v", old.text, now.text, kind, bits, was, is)
			}
		}
	})
}

// No text is too odd, and none grows without bound.
func FuzzAlternatives(f *testing.F) {
	for _, s := range []string{"", "(", ")", "a.b && (", "((a)||)", strings.Repeat("(a||b)&&", 20) + "c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := len(Expression(s).alternatives()); n == 0 || n > mostWays {
			t.Errorf("%q has %d alternatives", s, n)
		}
	})
}
