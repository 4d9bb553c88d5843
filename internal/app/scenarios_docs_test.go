package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// scenarios is every acceptance scenario by name.
var scenarios = map[string][]string{
	"MET": {"1", "2", "4", "5", "7", "8", "10", "11", "13", "14"},
	"MBM": {"2", "3", "5", "6", "8", "9", "11", "12", "14"},
	"WHG": {"1", "3", "4", "6", "7", "9", "10", "12", "13", "15"},
	"SOT": {"1", "3", "4", "6", "7", "9", "10", "12", "13", "15"},
	"MHS": {"1", "3", "4", "6", "7", "9", "10", "12", "13", "15"},
}

var (
	scenarioRow  = regexp.MustCompile(`(?m)^\| ((?:MET|MBM|WHG|SOT|MHS)-\d+|R\d+) \|(.*)$`)
	scenarioTest = regexp.MustCompile("`(TestScenario_[A-Za-z0-9_]+)`")
	scenarioName = regexp.MustCompile(`^TestScenario_([A-Z]+)(\d+)`)
)

// TestScenarioPage: docs/scenarios.md has a row for each scenario; the tests that a row
// names are there and are of it, and every test of a scenario is in a row.
func TestScenarioPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "scenarios.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := scenarioTests(t)
	rows, named := map[string]string{}, map[string]bool{}
	for _, row := range scenarioRow.FindAllStringSubmatch(string(page), -1) {
		name, rest := row[1], row[2]
		if _, twice := rows[name]; twice {
			t.Errorf("%s has two rows", name)
		}
		rows[name] = rest
		for _, m := range scenarioTest.FindAllStringSubmatch(rest, -1) {
			named[m[1]] = true
			if of := scenarioOf(m[1]); of != name {
				t.Errorf("the row of %s names %s, which is of %s", name, m[1], of)
			}
			if !slices.Contains(there, m[1]) {
				t.Errorf("the row of %s names %s, and there is no such test", name, m[1])
			}
		}
	}
	for letters, numbers := range scenarios {
		for _, n := range numbers {
			if rest, ok := rows[letters+"-"+n]; !ok {
				t.Errorf("%s-%s has no row", letters, n)
			} else if cells := strings.Split(rest, "|"); len(cells) != 4 || strings.TrimSpace(cells[2]) == "" {
				t.Errorf("%s-%s does not say what does not run: %q", letters, n, rest)
			}
		}
	}
	for name := range rows {
		letters, n, ok := strings.Cut(name, "-")
		if ok && !slices.Contains(scenarios[letters], n) {
			t.Errorf("there is no scenario %s", name)
		}
	}
	for _, test := range there {
		if !named[test] {
			t.Errorf("%s is in no row of docs/scenarios.md", test)
		}
	}
	for _, m := range scenarioTest.FindAllStringSubmatch(string(page), -1) {
		if !slices.Contains(there, m[1]) {
			t.Errorf("the page names %s, and there is no such test", m[1])
		}
	}
}

// scenarioOf is the scenario, or the rule, that a test is of.
func scenarioOf(test string) string {
	m := scenarioName.FindStringSubmatch(test)
	switch {
	case m == nil:
		return ""
	case m[1] == "R":
		return m[1] + m[2]
	}
	return m[1] + "-" + m[2]
}

// scenarioTests is the tests of scenarios in this package.
func scenarioTests(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "TestScenario_") {
				out = append(out, fn.Name.Name)
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("no test of a scenario is found")
	}
	return out
}
