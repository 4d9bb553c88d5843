package source

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tenet/internal/rows"
)

// Leaving out layouts that cannot fit changes nothing: the same comes out as of
// trying them all.
func TestCanonicalTime(t *testing.T) {
	all := func(kind rows.Kind, s string) string {
		for _, l := range zonedLayouts {
			if t, err := time.Parse(l, s); err == nil {
				return t.UTC().Format(time.RFC3339Nano)
			}
		}
		for _, l := range localLayouts {
			if t, err := time.Parse(l, s); err == nil {
				if l == dateLayout || kind == rows.Date && t.Equal(t.Truncate(24*time.Hour)) {
					return t.Format(dateLayout)
				}
				return t.Format(timeLayout)
			}
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{3,5}-(0[1-9]|1[0-9])-(0[1-9]|[123][0-9]|[1-9])([ T]([0-9]|[01][0-9]|2[0-5]):[0-5][0-9](:[0-6][0-9]([.,][0-9]{0,10})?)?( ?([Zz]|[-+][01][0-9](:?[0-5][0-9](:[0-5][0-9])?)?))?)?`).Draw(t, "s")
		kind := rapid.SampledFrom([]rows.Kind{rows.Date, rows.Time}).Draw(t, "kind")
		if got, want := canonicalTime(kind, s), all(kind, s); got != want {
			t.Errorf("%q becomes %q, and should %q", s, got, want)
		}
	})
}
