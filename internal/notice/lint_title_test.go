package notice

import (
	"bytes"
	"strings"
	"testing"
)

// A finding names what it is about, by its id and its title, in SARIF too; one about a
// sentence quotes the sentence.
func TestFindingsNameTheThing(t *testing.T) {
	fsys := pack(t)
	edit(t, fsys, keepingFile, "categories: [call-recordings]", "categories: [images]")
	edit(t, fsys, sharingFile, "    promise: people-you-choose\n", "")
	edit(t, fsys, rightsFile, "{count: 10, unit: working-days, promise: correct-in-ten-days}", "{count: 10, unit: working-days}")
	found := Lint(load(t, fsys), today)
	got := make(map[string]string)
	for _, f := range found {
		got[f.Rule+" "+string(f.ID)] = f.About()
	}
	for id, about := range map[string]string{
		"category-without-retention call-recordings":   "call-recordings, “Recorded calls”",
		"rule-without-sentence to-your-representative": "to-your-representative, “What you want them to know.”",
		"rule-without-sentence rectification":          "rectification, “Put it right”",
	} {
		if got[id] != about {
			t.Errorf("%s is about %q, want %q", id, got[id], about)
		}
	}
	var b bytes.Buffer
	if err := WriteSARIF(&b, "", found, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"call-recordings, “Recorded calls”: no rule says how long", "we have not read it again for this"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("SARIF does not say %q:\n%s", want, b.String())
		}
	}
}

// A fault that others find has its title as well.
func TestTitledFault(t *testing.T) {
	n := load(t, pack(t))
	r := n.Sharing.Rules[0]
	found := Titled(n, []Finding{FaultOfRule(Problem{Pos: r.Pos, Field: "rules[" + string(r.ID) + "].if", What: "no", Mend: "yes"})})
	if found[0].Title != r.Says {
		t.Errorf("the title is %q, want %q", found[0].Title, r.Says)
	}
}

func TestCertaintySays(t *testing.T) {
	for c, want := range map[Certainty]bool{Read: false, OwnWord: false, SecondHand: true, Recalled: true} {
		if says := c.Says(); (says != "") != want || strings.Contains(says, string(c)) {
			t.Errorf("%s: %q", c, says)
		}
	}
}
