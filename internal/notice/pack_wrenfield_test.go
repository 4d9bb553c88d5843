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
	checkPack(t, "wrenfield", strings.Fields("X1 X2 X3 X4 X5 O1 O2 O3 O5 O6 O7 O8 O14 O16 O26"), nil, nil)
}
