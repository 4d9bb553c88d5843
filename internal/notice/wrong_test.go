package notice

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Wrongford's notice was written to be wrong in as many ways as there are. All
// that is found in it is kept beside it.
func TestWrongNotice(t *testing.T) {
	n := load(t, os.DirFS("testdata/wrong"))
	found := Lint(n, today)
	var b strings.Builder
	rules := make(map[string]bool)
	for _, f := range found {
		rules[f.Rule] = true
		fmt.Fprintf(&b, "%s %s:%d %s %s\n    %s\n    %s (%s)\n    %s\n", f.Severity, f.File, f.Line, f.Rule, f.ID, f.Why, f.Source, f.Sure, f.Mend)
	}
	const golden = "testdata/wrong.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	var missed []string
	for _, r := range LintRules() {
		if !rules[r.ID] {
			missed = append(missed, r.ID)
		}
	}
	// One notice cannot be wrong in every way at once: what is left has its
	// mutation in TestEveryRuleFires.
	if len(missed) > 22 {
		t.Errorf("only %d rules find anything; not %s", len(rules), strings.Join(missed, " "))
	}
}

// In 2016 the Act of 1998 was the law, and forty days and ten pounds were its terms.
func TestLawHasItsDay(t *testing.T) {
	n := load(t, os.DirFS("testdata/wrong"))
	then := make(map[string]bool)
	for _, f := range Lint(n, "2016-11-01") {
		then[f.Rule] = true
		if strings.Contains(f.Why, "1998") && f.Rule == "repealed-law" {
			t.Errorf("in 2016: %s", f.Why)
		}
	}
	for _, rule := range []string{"promise-weaker-than-law", "fee-not-lawful", "only-in-writing", "stairs-missing", "complaint-clock-missing", "complaint-form-missing", "cookie-without-refusal", "cookie-retired", "extension-not-told", "notice-expired"} {
		if then[rule] {
			t.Errorf("%s finds in 2016", rule)
		}
	}
	if !then["never-held-yet-held"] || !then["claims-contradict"] {
		t.Error("a contradiction needs no law, and is not found in 2016")
	}
}
