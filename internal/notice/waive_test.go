package notice

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWaive(t *testing.T) {
	fsys := pack(t)
	spoil{wordsFile, "", "\nThis page follows the GDPR.\n\nOr ring 01625 545 745.\n"}.in(t, fsys)
	found := Lint(load(t, fsys), today)
	src := []byte(`waivers:
  - {rule: repealed-law, owner: Communications, until: 2027-01-31, reason: A rewrite is under way.}
  - {rule: regulator-details-stale, owner: Communications, until: 2026-01-31, reason: We forgot.}
  - {rule: reading-ease, owner: Communications, until: 2027-01-31, reason: Nothing to see.}
`)
	by, err := ParseWaivers("waivers.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	left, waived := Waive(found, by, today)
	var got []string
	for _, f := range left {
		got = append(got, f.Rule+" "+f.Pos.String())
		if f.Source == "" || f.Severity == "" || f.Mend == "" {
			t.Errorf("finding that leaves something out: %+v", f)
		}
	}
	want := []string{"regulator-details-stale notice.md:178", "waiver-expired waivers.yaml:3:5", "waiver-idle waivers.yaml:4:5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if len(waived) != 1 || waived[0].Finding.Rule != "repealed-law" || waived[0].Waiver.Owner != "Communications" {
		t.Errorf("waived %+v", waived)
	}

	var out bytes.Buffer
	if err := WriteSARIF(&out, "1.0", left[:1], waived); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID       string
				RuleIndex    int
				Level        string
				Suppressions []struct{ Justification string }
				Locations    []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || len(run.Results) != 2 || len(run.Tool.Driver.Rules) != len(LintRules()) {
		t.Fatalf("version %s, %d results, %d rules", log.Version, len(run.Results), len(run.Tool.Driver.Rules))
	}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule index of %s leads to %s", r.RuleID, run.Tool.Driver.Rules[r.RuleIndex].ID)
		}
	}
	if at := run.Results[0].Locations[0].PhysicalLocation; at.ArtifactLocation.URI != "notice.md" || at.Region.StartLine != 178 || run.Results[0].Level != "note" {
		t.Errorf("first result %+v", run.Results[0])
	}
	if s := run.Results[1].Suppressions; len(s) != 1 || s[0].Justification != "A rewrite is under way. — Communications, until 2027-01-31" {
		t.Errorf("suppressions %+v", s)
	}
}

func TestParseWaiversRefuses(t *testing.T) {
	for name, src := range map[string]string{
		"no end":       "waivers:\n  - {rule: reading-ease, owner: A, reason: B}\n",
		"no owner":     "waivers:\n  - {rule: reading-ease, until: 2027-01-01, reason: B}\n",
		"unknown rule": "waivers:\n  - {rule: reading-eaze, owner: A, until: 2027-01-01, reason: B}\n",
		"empty":        "",
		"unknown key":  "waiver: []\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseWaivers("w.yaml", []byte(src))
			var invalid *Invalid
			if !errors.As(err, &invalid) || invalid.Problems[0].File != "w.yaml" {
				t.Errorf("error %v", err)
			}
		})
	}
}
