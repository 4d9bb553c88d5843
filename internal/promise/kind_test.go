package promise

import (
	"strings"
	"testing"

	"tenet/internal/notice"
)

// TestProblemsNamesKindsThatAreNot: a check that there is not is told of, with its line and
// the one that was meant.
func TestProblemsNamesKindsThatAreNot(t *testing.T) {
	src, err := notice.Pack(notice.DefaultPack)
	if err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	if got := Problems(n); len(got) > 0 {
		t.Fatalf("the default pack: %v", got)
	}
	n.Promises["tell-callers"][0].Check = "calls.tolld"
	got := Problems(n)
	if len(got) != 1 || got[0].Line == 0 || got[0].File != "promises.yaml" || !strings.Contains(got[0].What, "calls.tolld") || !strings.Contains(got[0].Mend, "“calls.told”") {
		t.Errorf("found %v", got)
	}
}
