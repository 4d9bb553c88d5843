package promise

import "testing"

// TestCoverageSaysApart: a figure from which clients' sets were left out says so, and is
// none the less proven by it: they are not ours to promise for.
func TestCoverageSaysApart(t *testing.T) {
	f := &Found{Looked: 2, Of: 2, Places: "tables"}
	if got := f.coverage(); got != "2 of 2 tables" {
		t.Error(got)
	}
	f.apart = true
	if got := f.coverage(); got != "2 of 2 tables; clients’ sets are not counted" {
		t.Error(got)
	}
	if len(f.Gaps) != 0 {
		t.Error("it is a gap")
	}
}
