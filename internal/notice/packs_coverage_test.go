package notice

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// coverage keeps which rules find which known fault of an example pack, for the table of
// docs/notice-coverage.md. checkPack has held them against what is really found.
func coverage(t *testing.T, name string, numbers []string, faults []fault, unfounds []unfound) {
	t.Helper()
	var b strings.Builder
	for _, number := range numbers {
		var rules []string
		for _, f := range faults {
			if slices.Contains(strings.Fields(f.numbers), number) && !slices.Contains(rules, f.rule) {
				rules = append(rules, f.rule)
			}
		}
		slices.Sort(rules)
		fmt.Fprintf(&b, "%s\t%s\t", number, strings.Join(rules, " "))
		for _, u := range unfounds {
			if u.number == number {
				b.WriteString(u.why)
			}
		}
		b.WriteByte('\n')
	}
	golden(t, filepath.Join("testdata", "coverage", name+".tsv"), b.String())
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is not what is found; go test ./internal/notice -update (-want +got):\n%s", file, diff)
	}
}

// How many faults the analysis of the five notices lists: contradictions, X, and what is
// out of date, O.
const (
	mostX = 36
	mostO = 30
)

// TestCoverageIsWhole: each known fault is found in a pack that is modelled on a notice
// that has it, and the table in the documentation is what the packs' own tests hold.
func TestCoverageIsWhole(t *testing.T) {
	const begins, ends = "<!-- from the tests -->\n", "<!-- to here -->\n"
	type found struct{ pack, rules, not string }
	by := map[string][]found{}
	files, err := filepath.Glob(filepath.Join("testdata", "coverage", "*.tsv"))
	if err != nil || len(files) != 5 {
		t.Fatalf("%d packs have a table: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pack := strings.TrimSuffix(filepath.Base(file), ".tsv")
		for line := range strings.Lines(string(text)) {
			parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			by[parts[0]] = append(by[parts[0]], found{pack, parts[1], parts[2]})
		}
	}
	var table strings.Builder
	table.WriteString(begins + "| fault | pack | found by | what of it is not found |\n|---|---|---|---|\n")
	for _, letter := range []string{"X", "O"} {
		for i := range map[string]int{"X": mostX, "O": mostO}[letter] {
			number := letter + strconv.Itoa(i+1)
			some := false
			for _, f := range by[number] {
				some = some || f.rules != ""
				rules := "–"
				if f.rules != "" {
					rules = "`" + strings.ReplaceAll(f.rules, " ", "` `") + "`"
				}
				fmt.Fprintf(&table, "| %s | [%s](packs/%s.md) | %s | %s |\n", number, f.pack, f.pack, rules, f.not)
			}
			if !some {
				t.Errorf("%s is found in no pack", number)
			}
			delete(by, number)
		}
	}
	for number := range by {
		t.Errorf("a pack has %s, which the analysis does not", number)
	}
	table.WriteString(ends)
	file := filepath.Join("..", "..", "docs", "notice-coverage.md")
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(doc), begins)
	_, after, closed := strings.Cut(rest, ends)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", file)
	}
	want := before + table.String() + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(doc)); diff != "" {
		t.Errorf("docs/notice-coverage.md is not what the packs hold; go test ./internal/notice -update (-want +got):\n%s", diff)
	}
}
