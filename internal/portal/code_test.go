package portal

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestCodeHoweverTyped: a code opens its request however a person types it, and
// no other code does.
func TestCodeHoweverTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := newCode()
		hash, err := HashCode(code)
		if err != nil {
			t.Fatal(err)
		}
		typed := code
		if rapid.Bool().Draw(t, "small") {
			typed = strings.ToLower(typed)
		}
		if rapid.Bool().Draw(t, "spaces") {
			typed = strings.ReplaceAll(typed, "-", rapid.SampledFrom([]string{" ", "", "  ", "–"}).Draw(t, "between"))
		}
		typed = strings.ReplaceAll(typed, "0", rapid.SampledFrom([]string{"0", "o", "O"}).Draw(t, "zero"))
		typed = strings.ReplaceAll(typed, "1", rapid.SampledFrom([]string{"1", "i", "L"}).Draw(t, "one"))
		if !hash.opens(typed) {
			t.Fatalf("%q does not open what %q opens", typed, code)
		}
		if hash.opens(newCode()) {
			t.Fatal("another code opens it")
		}
	})
}

func FuzzCode(f *testing.F) {
	for _, s := range []string{"", "7KQM-3XTP-9HRA-2WVD", "U", strings.Repeat("0", 17), "\xff", "７KQM"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if (CodeHash{}).opens(s) {
			t.Errorf("%q opens a request that is not there", s)
		}
		if p, err := plain(s); err == nil {
			if again, err := plain(p); err != nil || again != p {
				t.Errorf("plain(%q) is %q, and plain of that %q, %v", s, p, again, err)
			}
		}
	})
}
