package notice

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// fault is a finding that an example pack must give. The numbers are those of
// docs/notice-coverage.md; a fault without one is true of the notice, and has no
// number there.
type fault struct {
	numbers string // such as "X1 O7"
	rule    string
	file    string
	at      string // what stands on the line; empty for a finding about a whole file
	about   ID     // only where at does not say it
}

// unfound is a fault of a notice that no rule finds yet.
type unfound struct{ number, file, at, why string }

// checkPack holds the findings of an example pack against what is wanted: all of
// it, and nothing else. Every number listed for the notice is in one of the tables.
func checkPack(t *testing.T, name string, numbers []string, faults []fault, unfounds []unfound) {
	t.Helper()
	fsys, err := Pack(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(map[string][]string)
	for _, file := range Files() {
		content, err := fs.ReadFile(fsys, file)
		if err != nil {
			t.Fatal(err)
		}
		lines[file] = strings.Split(string(content), "\n")
	}
	n := load(t, fsys)
	checksNameRealThings(t, n)
	wanted := make([]bool, len(faults))
	for _, f := range Check(n) {
		line := ""
		if f.Line > 0 {
			line = lines[f.File][f.Line-1]
		}
		i := slices.IndexFunc(faults, func(w fault) bool {
			return w.rule == f.Rule && w.file == f.File && (w.at == "") == (f.Line == 0) && strings.Contains(line, w.at) && (w.about == "" || w.about == f.ID)
		})
		if i < 0 {
			t.Errorf("%s finds what it should not: %s %s: %s\n\t%s", f.Pos, f.Rule, f.ID, f.Why, line)
			continue
		}
		wanted[i] = true
	}
	told := make(map[string]bool)
	for i, w := range faults {
		for _, number := range strings.Fields(w.numbers) {
			told[number] = true
		}
		if !wanted[i] {
			t.Errorf("%s: %s does not find %q %s (%s)", w.file, w.rule, w.at, w.about, w.numbers)
		}
	}
	coverage(t, name, numbers, faults, unfounds)
	for _, u := range unfounds {
		told[u.number] = true
		if u.why == "" {
			t.Errorf("%s is not found, and nothing says why", u.number)
		}
		if u.at != "" && !slices.ContainsFunc(lines[u.file], func(line string) bool { return strings.Contains(line, u.at) }) {
			t.Errorf("%s: %q stands nowhere in %s", u.number, u.at, u.file)
		}
	}
	for _, number := range numbers {
		if !told[number] {
			t.Errorf("no row is about %s", number)
		}
	}
	if t.Failed() {
		t.Log(asRows(n, lines))
	}
}

// checksNameRealThings: a rule, a right or a contact that a check names is there.
func checksNameRealThings(t *testing.T, n *Notice) {
	t.Helper()
	for id, checks := range n.Promises {
		for _, c := range checks {
			if by, ok := c.With["by"].(string); ok && !slices.ContainsFunc(n.Landlord.Contacts, func(x Contact) bool { return string(x.ID) == by }) {
				t.Errorf("%s is attested by %s, which no contact is", id, by)
			}
			if rule, ok := c.With["rule"].(string); ok && strings.HasPrefix(string(c.Check), "disclosure.") && !slices.ContainsFunc(n.Sharing.Rules, func(x ShareRule) bool { return string(x.ID) == rule }) {
				t.Errorf("%s checks rule %s, which sharing.yaml lacks", id, rule)
			}
			if kind, ok := c.With["kind"].(string); ok && strings.HasPrefix(string(c.Check), "requests.") {
				if _, ok := n.Rights.Right(Regime(kind)); !ok {
					t.Errorf("%s checks requests of kind %s, which rights.yaml lacks", id, kind)
				}
			}
		}
	}
}

// asRows writes what is found as rows of a table.
func asRows(n *Notice, lines map[string][]string) string {
	var b strings.Builder
	for _, f := range Check(n) {
		line := ""
		if f.Line > 0 {
			line = strings.TrimSpace(lines[f.File][f.Line-1])
		}
		fmt.Fprintf(&b, "\n{%q, %q, %q, %q, %q},", "", f.Rule, f.File, line, f.ID)
	}
	return b.String()
}

func TestWrenfield(t *testing.T) {
	var faults []fault
	for _, use := range []ID{"train-staff", "answer-complaints", "run-websites", "run-forum", "improve-website", "advertise", "answer-requests"} {
		faults = append(faults,
			fault{"O7", "use-without-basis", usesFile, "id: " + string(use), use},
			fault{"O7", "use-without-source", usesFile, "id: " + string(use), use})
	}
	for _, category := range []ID{"call-recordings", "online-account", "web-visits", "device-notes", "requests"} {
		faults = append(faults, fault{"O7", "category-without-retention", dataFile, "id: " + string(category), category})
	}
	for _, right := range []Regime{Rectification, Erasure, Restriction, Objection, Portability} {
		faults = append(faults, fault{"O7", "right-missing", rightsFile, "", ID(right)})
	}
	faults = append(faults, []fault{
		{"O7", "officer-missing", landlordFile, "", ""},
		{"O1", "repealed-law", landlordFile, "Data Protection Act 1998", ""},
		{"O16", "stairs-missing", landlordFile, "id: wrenfield", ""},
		{"O7", "sharing-without-basis", sharingFile, "id: pixels-to-advertisers", ""},
		{"O6", "complaint-route-missing", rightsFile, "", ID(OurOwn)},
		{"O6 O7", "complaint-route-missing", rightsFile, "", ID(ToRegulator)},
		{"O2", "only-in-writing", rightsFile, "right: access", ""},
		{"O2 O5", "promise-weaker-than-law", rightsFile, "count: 40", ""},
		{"O2", "fee-not-lawful", rightsFile, "charge:", ""},
		{"O3", "regime-not-owed", rightsFile, "right: eir", ""},
		{"X1", "ip-claims-differ", webFile, "kept: not-collected", ""},
		{"O8", "tracker-without-consent", webFile, "id: advertising-pixels", ""},
		{"O14", "recording-untold", recordsFile, "id: calls", ""},
		{"O14 O7", "recording-without-retention", recordsFile, "id: calls", ""},
		{"O7", "bases-not-told", wordsFile, "", ""},
		{"O7", "complaint-not-told", wordsFile, "", ""},
		{"O5", "extension-not-told", wordsFile, "", ""},
		{"O7", "obligation-not-told", wordsFile, "", ""},
		{"O7", "retention-not-told", wordsFile, "", ""},
		{"O7", "transfers-not-told", wordsFile, "", ""},
		{"O14", "expired-statement", wordsFile, "{#calls-recorded}", ""},
		{"X1", "claims-contradict", wordsFile, "{#addresses-logged}", ""},
		{"X2", "broken-text", wordsFile, "{#pixels-name-nobody}", ""},
		{"X4", "broken-contact", wordsFile, "{#main-site-only}", ""},
		{"X4", "broken-text", wordsFile, "{#main-site-only}", ""},
		{"X4", "broken-contact", wordsFile, "Or email:", ""},
		{"O8 X3", "cookies-not-listed", wordsFile, "known as cookies", ""},
		{"X3", "empty-list", wordsFile, "{#cookies-improve}", ""},
		{"X5", "regimes-confused", wordsFile, "these are three Acts", ""},
		{"O1", "repealed-law", wordsFile, "these are three Acts", ""},
		{"O1", "repealed-law", wordsFile, "### Data Protection Act 1998", ""},
		{"O1", "repealed-law", wordsFile, "{#principles-kept}", ""},
		{"O1", "outdated-wording", wordsFile, "{#principles-kept}", ""},
		{"O2", "only-in-writing", wordsFile, "your own information must be made in writing", ""},
		{"O2", "fee-not-lawful", wordsFile, "{#forty-days}", ""},
		{"O2 O5", "promise-weaker-than-law", wordsFile, "{#forty-days}", ""},
	}...)
	checkPack(t, "wrenfield", strings.Fields("X1 X2 X3 X4 X5 O1 O2 O3 O5 O6 O7 O8 O14 O16 O26"), faults, []unfound{
		{"O26", usesFile, "", "the basis is suggested where something is given to the police, and this notice says nothing of them"},
	})
}
