package cli

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestPromisesForPipelines: the exit status says whether the notice is kept, and the
// JSON has what scripts rely on.
func TestPromisesForPipelines(t *testing.T) {
	s := newShell(t)
	s.run("tenet init office", exitDone)
	notice := "office/notice/promises.yaml"
	check := func(c string) {
		text := s.read(notice)
		i := strings.Index(text, "no-card-numbers:")
		s.write(notice, text[:i]+"no-card-numbers: ["+c+"]"+text[i+strings.IndexByte(text[i:], '\n'):])
	}
	const run = "tenet -C office promises no-card-numbers"

	check("{check: notice.lint-clean}")
	s.run(run, exitDone)
	s.run(run+" --strict", exitDone)
	check("{check: sources.readable}") // there are none
	if out := s.run(run, exitDone); !strings.Contains(out, "UNPROVEN: 1") || !strings.Contains(out, "no-card-numbers was kept and is unproven") {
		t.Errorf("it says %q", out)
	}
	if out := s.run(run+" --strict", exitFound); strings.Contains(out, "was kept") {
		t.Errorf("it tells of a change twice: %q", out)
	}
	s.run("tenet -C office source add housing sqlite:housing.db", exitDone)
	if err := os.Remove("housing.db"); err != nil {
		t.Fatal(err)
	}
	out := s.run(run+" --json", exitFound)
	var got struct {
		Promises []map[string]any `json:"promises"`
		Changed  []struct{ From, To string }
		Complete bool
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || !got.Complete || len(got.Promises) != 1 || len(got.Changed) != 1 || got.Changed[0].To != "broken" {
		t.Fatalf("%v in %s", err, out)
	}
	for _, key := range []string{"id", "says", "status", "coverage", "figure", "checked_at", "evidence"} {
		if _, ok := got.Promises[0][key]; !ok {
			t.Errorf("no %q in %s", key, out)
		}
	}
	s.run(run+" --last", exitFound)
	s.run("tenet -C office promises no-such", exitInput)
	s.run("tenet -C office promises attest no-card-numbers --evidence looked", exitInput)
	s.run("tenet -C office promises attest tell-callers", exitUsage)

	check("{check: requests.on-time, kind: axcess}")
	if out := s.run(run, exitFound); !strings.Contains(out, "promises.yaml:6:19") || !strings.Contains(out, "was broken when that was last known") {
		t.Errorf("it does not say where, or that it was broken: %q", out)
	}
}
