package detect

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/match"
)

// The words that this room reads for itself are those of package match.
func FuzzReadWords(f *testing.F) {
	for _, s := range []string{"O'Neill's son, Mrs Shaw’s", "é1@é.é \xff\xc3 İK ﬁ a\u00adb", "`s ʼ x’s's S", "MRS 14a-b_c", "日本 語'", "supercalifragilisticexpialidociously-long"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words, i := readWords(text), 0
		for w := range match.Words(text) {
			if i == len(words) {
				t.Fatalf("%q: no word %q", text, w.Text)
			}
			got := words[i]
			if _, title := match.IsTitle(w.Text); got.start != w.Start || got.end != w.End || got.hash != hash(w.Text) || (got.is&isTitle != 0) != title || got.capital != capital(text[w.Start:w.End]) || got.common(text) != match.Common(w.Text) {
				t.Fatalf("%q: %+v, want %+v", text, got, w)
			}
			i++
		}
		if i != len(words) {
			t.Fatalf("%q: %d words, want %d", text, len(words), i)
		}
	})
}

// A written date is one where package match says so.
func TestCalendarDate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.IntRange(0, 40).Draw(t, "a"), rapid.IntRange(0, 20).Draw(t, "b")
		year := rapid.SampledFrom([]int{0, 1, 29, 30, 99, 1899, 1900, 1999, 2000, 2024, 2098, 2099}).Draw(t, "year")
		mark := rapid.SampledFrom([]string{"/", "-", "."}).Draw(t, "mark")
		s := fmt.Sprintf("%d%s%d%s%02d", a, mark, b, mark, year)
		if year >= 100 && rapid.Bool().Draw(t, "first") {
			s = fmt.Sprintf("%04d%s%02d%s%02d", year, mark, b, mark, a)
		}
		if _, want := match.Date(s); calendarDate(s) != want {
			t.Fatalf("%s: %v, want %v", s, !want, want)
		}
	})
}
