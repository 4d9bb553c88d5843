package notice

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each case takes one thing away from a clean pack, and wants exactly the
// findings that it leaves.
func TestCheckFinds(t *testing.T) {
	tests := []struct {
		name, file, old, new string
		want                 []string // rule id
	}{
		{"sentence without check", "promises.yaml", "never-sold: [{check: attested, by: data-protection, every: P1Y}]\n", "", []string{"sentence-without-check never-sold"}},
		{"category without retention", "keeping.yaml", "categories: [call-recordings]", "categories: [images]", []string{"category-without-retention call-recordings"}},
		{"category without use", "uses.yaml", "categories: [online-account, contact-details]", "categories: [contact-details]", []string{"category-without-use online-account"}},
		{"special without condition", "uses.yaml", "    special:\n      article-9: employment-and-social-protection\n      schedule-1: 1\n      why: Employment law gives us duties about sickness and disability.\n", "", []string{"special-without-condition employ-people"}},
		{"legitimate interests for special", "uses.yaml", "    special:\n      article-9: substantial-public-interest\n      schedule-1: 8\n      why: It is used only for figures about groups, never to decide anything about you.\n", "", []string{"interests-for-special treat-people-fairly"}},
		{"condition without schedule 1", "uses.yaml", "      schedule-1: 18\n      why: Someone", "      why: Someone", []string{"condition-without-schedule-1 keep-people-safe"}},
		{"equality condition too wide", "data.yaml", "    special: [belief]", "    special: [belief, political-opinion]", []string{"equality-condition-too-wide treat-people-fairly"}},
		{"criminal without condition", "uses.yaml", "    criminal:\n      schedule-1: 10\n      why: It prevents an offence against someone at work.\n", "",
			[]string{"criminal-without-condition protect-staff", "criminal-without-condition warnings-to-contractors", "criminal-without-condition system-support"}},
		{"recipient without rule", "sharing.yaml", "    to: printers\n", "    to: telephone-suppliers\n", []string{"recipient-without-rule printers"}},
		{"processor without agreement", "sharing.yaml", "    agreement: print-contract\n", "", []string{"recipient-without-agreement printers"}},
		{"transfer without safeguard", "sharing.yaml", "    safeguard: adequacy-regulations\n", "", []string{"transfer-without-safeguard computer-suppliers"}},
		{"purpose without basis", "uses.yaml", "    basis: consent\n", "", []string{"use-without-basis help-with-money-and-work"}},
		{"basis without law", "uses.yaml", "    law: Immigration Act 2014, Part 3\n", "", []string{"use-without-law check-right-to-rent"}},
		{"interest not named", "uses.yaml", "    interest: Everyone’s, in halls, lifts and car parks that are safe.\n", "", []string{"interest-not-named watch-shared-spaces"}},
		{"recognised interest not named", "uses.yaml", "    recognised: crime\n", "", []string{"interest-not-named prevent-fraud"}},
		{"machine decides on a recognised interest", "uses.yaml", "    recognised: crime\n", "    recognised: crime\n    automated: {decision: Who is looked into, logic: A score, effect: A visit, ask: data-protection}\n", []string{"automated-on-recognised-interest prevent-fraud"}},
		{"sharing without basis", "sharing.yaml", "    basis: consent\n", "", []string{"sharing-without-basis to-your-representative"}},
		{"sharing special data that nothing allows", "sharing.yaml", "    for: [support-people]\n", "", []string{"interests-for-special homelessness-referral"}},
		{"sharing without a sentence", "sharing.yaml", "    promise: people-you-choose\n", "", []string{"rule-without-sentence to-your-representative"}},
		{"keeping without a sentence", "keeping.yaml", "    promise: [keep-calls-six-months, delete-on-time]\n", "", []string{"rule-without-sentence call-recordings"}},
		{"clock without a sentence", "rights.yaml", ", promise: correct-in-ten-days", "", []string{"rule-without-sentence rectification"}},
		{"no route of our own", "rights.yaml", "    route: our-own\n    contact: data-protection\n", "    route: court\n", []string{"complaint-route-missing our-own"}},
		{"no way to ask for a copy", "rights.yaml", "  - right: access\n", "  - right: ombudsman-ack\n", []string{"right-missing access"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := pack(t)
			edit(t, fsys, tt.file, tt.old, tt.new)
			var got []string
			for _, f := range Check(load(t, fsys)) {
				got = append(got, f.Rule+" "+string(f.ID))
				if f.File == "" || f.Why == "" || f.Source == "" || f.Mend == "" {
					t.Errorf("finding without a file, a why, a source or a mend: %+v", f)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCheckPointsAtTheLine(t *testing.T) {
	fsys := pack(t)
	line := edit(t, fsys, "sharing.yaml", "  - id: printers\n", "  - id: printers\n")
	edit(t, fsys, "sharing.yaml", "    agreement: print-contract\n", "")
	got := Check(load(t, fsys))
	if len(got) != 1 || got[0].Line != line || got[0].File != "sharing.yaml" {
		t.Errorf("findings %+v, want one at sharing.yaml:%d", got, line)
	}
}

// The pack's own promises must be about things that are there: a rule or a
// category named by a check exists.
func TestDefaultPackChecksNameRealThings(t *testing.T) {
	n := load(t, pack(t))
	rules := make(map[string]bool)
	for _, r := range n.Sharing.Rules {
		rules[string(r.ID)] = true
	}
	for _, r := range n.Keeping.Rules {
		rules[string(r.ID)] = true
	}
	said := make(map[string]bool)
	for id, checks := range n.Promises {
		for _, c := range checks {
			if rule, ok := c.With["rule"].(string); ok {
				said[rule] = true
				if !rules[rule] {
					t.Errorf("%s checks rule %s, which no file has", id, rule)
				}
			}
			if kind, ok := c.With["kind"].(string); ok && strings.HasPrefix(string(c.Check), "requests.") {
				if _, ok := n.Rights.Right(Regime(kind)); !ok {
					t.Errorf("%s checks requests of kind %s, which rights.yaml lacks", id, kind)
				}
			}
		}
	}
	for _, k := range n.Keeping.Rules {
		if !said[string(k.ID)] {
			t.Errorf("no promise checks retention rule %s", k.ID)
		}
	}
}

func TestFaultOfCheck(t *testing.T) {
	f := FaultOfCheck(Problem{Pos: Pos{File: promisesFile, Line: 3}, Field: "answer.requests.on-time.kind", What: "there is no such kind", Mend: "use access"})
	if f.ID != "answer" || f.Severity != Wrong || f.Line != 3 || f.Source == "" || f.Mend != "use access" || !strings.Contains(f.Why, "no such kind") {
		t.Errorf("the finding is %+v", f)
	}
}

func TestFaultOfRule(t *testing.T) {
	f := FaultOfRule(Problem{Pos: Pos{File: sharingFile, Line: 7}, Field: "rules[crime-to-police].if", What: "there is no case in which it holds", Mend: "correct it"})
	if f.ID != "crime-to-police" || f.Rule != "rule-faulty" || f.Severity != Wrong || f.Line != 7 || f.Source == "" || f.Mend != "correct it" || !strings.Contains(f.Why, "no case") {
		t.Errorf("the finding is %+v", f)
	}
}

// The default pack lists what the portal sets; what it leaves out is found, with or without
// the mark that TLS puts before a name.
func TestUnlistedCookies(t *testing.T) {
	if found := UnlistedCookies(load(t, pack(t))); len(found) > 0 {
		t.Errorf("the default pack: %+v", found)
	}
	fsys := pack(t)
	edit(t, fsys, webFile, "name: tenet-form,", "name: __Host-tenet-form,")
	edit(t, fsys, webFile, "name: tenet-display,", "name: display,")
	found := UnlistedCookies(load(t, fsys))
	if len(found) != 1 || found[0].ID != "tenet-display" || found[0].File != webFile || !strings.Contains(found[0].Mend, "lasts: session") || found[0].Source == "" {
		t.Errorf("found %+v", found)
	}
}

// One sentence is written as a word and several as a list; a name twice, or of no sentence,
// is refused with its place.
func TestSeveralSentences(t *testing.T) {
	fsys := pack(t)
	edit(t, fsys, sharingFile, "    promise: police-in-writing\n", "    promise: [police-in-writing, never-sold]\n")
	n := load(t, fsys)
	for _, r := range n.Sharing.Rules {
		want := Sentences{"police-in-writing", "never-sold"}
		if r.ID == "crime-to-police" && !cmp.Equal(r.Promise, want) {
			t.Errorf("it carries out %v", r.Promise)
		}
		if r.ID == "people-you-choose" && !cmp.Equal(r.Promise, Sentences{"people-you-choose"}) {
			t.Errorf("it carries out %v", r.Promise)
		}
	}
	for _, wrong := range []string{"[police-in-writing, police-in-writing]", "[]", "[police-in-writing, no-such-sentence]", "no-such-sentence", "7", "{a: b}"} {
		fsys := pack(t)
		edit(t, fsys, sharingFile, "    promise: police-in-writing\n", "    promise: "+wrong+"\n")
		if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), "sharing.yaml:") || !strings.Contains(err.Error(), ".promise") {
			t.Errorf("promise: %s gives %v", wrong, err)
		}
	}
}
