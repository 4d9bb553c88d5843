package notice

import (
	"io/fs"
	"strings"
	"testing"
)

func TestEase(t *testing.T) {
	tests := []struct {
		name, text string
		from, to   float64
		words      int
	}{
		{"very easy", "We keep it safe. You can see it.", 100, 130, 8},
		{"plain", "We answer a request for your information within one month of the day it comes.", 55, 85, 15},
		{"hard", "Notwithstanding organisational accountability, administrative interdependencies necessitate documentation.", -300, 0, 7},
		{"addresses are not prose", "Write to us@larkfield.example or 01632 960 110.", 80, 130, 3},
		{"nothing", "42.", 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, _ := wordsOf(t, "# T\n\n"+tt.text+"\n")
			r := Ease(w.All())
			if r.Flesch < tt.from || r.Flesch > tt.to || r.Words != tt.words {
				t.Errorf("%+v, want %d words and an ease from %.0f to %.0f", r, tt.words, tt.from, tt.to)
			}
		})
	}
}

func TestSyllables(t *testing.T) {
	for word, want := range map[string]int{"we": 1, "keep": 1, "safe": 1, "table": 2, "asked": 1, "wanted": 2, "information": 4, "you": 1} {
		if got := syllables(word); got != want {
			t.Errorf("%s has %d syllables, want %d", word, got, want)
		}
	}
}

// Whatever comes in the binary can be loaded, published and held against the law.
func TestEveryPack(t *testing.T) {
	entries, err := fs.ReadDir(Packs(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			src, err := Pack(e.Name())
			if err != nil {
				t.Fatal(err)
			}
			n := load(t, src)
			var b strings.Builder
			if err := PublishFragment(&b, n, Publication{}); err != nil || !strings.Contains(b.String(), n.Version()) {
				t.Errorf("publish: %v", err)
			}
			found := Lint(n, today)
			if e.Name() == DefaultPack && len(found) > 0 {
				t.Errorf("the default pack has findings: %+v", found)
			}
			if c := Compare(n, n); len(c.Changes) > 0 {
				t.Errorf("it differs from itself: %+v", c.Changes)
			}
		})
	}
}
