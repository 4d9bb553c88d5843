package find

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFindingNamesItsTests: docs/finding.md explains the rules, each with the tests
// that show it, and those are there.
func TestFindingNamesItsTests(t *testing.T) {
	page, err := os.ReadFile(filepath.FromSlash("../../docs/finding.md"))
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, room := range []string{"find", "desk", "identity"} {
		files, err := filepath.Glob(filepath.Join("..", room, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(text)
		}
	}
	names := regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(string(page), -1)
	for _, n := range names {
		if !strings.Contains(code.String(), "func "+n[1]+"(t *testing.T)") {
			t.Errorf("docs/finding.md rests on %s, and there is no such test", n[1])
		}
	}
	if len(names) < 20 {
		t.Errorf("docs/finding.md names %d tests", len(names))
	}
}
