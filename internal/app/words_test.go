package app

import (
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/law"
)

// TestEveryActHasWords: nobody reads the names of acts in a case's history, nor a
// kind of case by another's name.
func TestEveryActHasWords(t *testing.T) {
	for _, x := range cases.Transitions() {
		if words := eventWords(cases.Event{Act: x.Entry}); strings.Contains(strings.ToLower(words), x.Entry) {
			t.Errorf("%s has no words", x.Entry)
		}
	}
	called := map[string]law.Kind{}
	for _, kind := range law.Kinds() {
		if kind == law.KindOther {
			continue // the notice says what it is
		}
		h, ok := kind.Handling()
		if !ok || len(h.Clocks) == 0 {
			t.Fatalf("%s: %v", kind, h)
		}
		k := cases.Case{Kind: kind, Regime: h.Clocks[0].Regime}
		words := kindWords(k)
		if was, twice := called[words]; twice || words == "" || strings.HasPrefix(words, "Promise") {
			t.Errorf("%s is called %q, as %s is", kind, words, was)
		}
		called[words] = kind
		if titleOf(k) == "" {
			t.Errorf("%s has no title", kind)
		}
	}
}
