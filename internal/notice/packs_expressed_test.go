package notice

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The analysis of the five notices gave systems, rules and keys of each. asked.tsv has them,
// with the packs that are modelled on a notice that has each; expressed.tsv says where each
// of those packs expresses it:
//
//	sharing.yaml: rules[jobs].needs   a field of the pack, which is there and not empty
//	found: repealed-law               a rule of the linter that finds it there, for what a
//	                                  notice promises wrongly or leaves out
//	elsewhere: why                    no part of a notice, with the reason

// everyPack is what a line of expressed.tsv has for all packs that are asked.
const everyPack = "*"

func lines(t *testing.T, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "analysis", name))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(parts) != 3 {
			t.Fatalf("%s: %q has %d columns", name, line, len(parts))
		}
		out = append(out, parts)
	}
	return out
}

// TestEverythingIsExpressed: each system, rule and key of the analysis is expressed in each
// pack whose notice has it, at a place that is there; and the page that says where is the
// table of this test.
func TestEverythingIsExpressed(t *testing.T) {
	where := map[[2]string]string{}
	for _, l := range lines(t, "expressed.tsv") {
		key := [2]string{l[0], l[1]}
		if where[key] != "" {
			t.Errorf("%s in %s stands twice", l[0], l[1])
		}
		where[key] = l[2]
	}
	type loaded struct {
		n     *Notice
		finds map[string]bool
	}
	packs := map[string]loaded{}
	used := map[[2]string]bool{}
	var page strings.Builder
	page.WriteString(expressedHead)
	for _, l := range lines(t, "asked.tsv") {
		asks, says := l[0], l[1]
		for i, pack := range strings.Fields(l[2]) {
			p, ok := packs[pack]
			if !ok {
				from, err := Pack(pack)
				if err != nil {
					t.Fatal(err)
				}
				p = loaded{load(t, from), map[string]bool{}}
				for _, f := range Check(p.n) {
					p.finds[f.Rule] = true
				}
				packs[pack] = p
			}
			key := [2]string{asks, pack}
			if where[key] == "" {
				key = [2]string{asks, everyPack}
			}
			x := where[key]
			if used[key] = true; x == "" {
				t.Errorf("%s is not expressed in %s: %s", asks, pack, says)
				continue
			}
			for place := range strings.SplitSeq(x, "; ") {
				file, path, _ := strings.Cut(place, ": ")
				switch file {
				case "found":
					if !p.finds[path] {
						t.Errorf("%s: %s finds nothing in %s", asks, path, pack)
					}
				case "elsewhere":
				default:
					if !p.n.expresses(file, path) {
						t.Errorf("%s: %s has nothing at %s: %s", asks, pack, file, path)
					}
				}
			}
			first := []string{asks, strings.ReplaceAll(says, "|", `\|`)}
			if i > 0 {
				first = []string{"", ""}
			}
			fmt.Fprintf(&page, "| %s | [%s](%s.md) | %s |\n", strings.Join(first, " | "), pack, pack, placed(x))
		}
	}
	for key := range where {
		if !used[key] {
			t.Errorf("expressed.tsv has %s of %s, which asked.tsv does not", key[0], key[1])
		}
	}
	file := filepath.Join("..", "..", "docs", "packs", "coverage.md")
	if *update {
		if err := os.WriteFile(file, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.String(), string(got)); diff != "" {
		t.Errorf("docs/packs/coverage.md is not the table of this test; go test ./internal/notice -run EverythingIsExpressed -update (-want +got):\n%s", diff)
	}
}

// placed is where something is expressed, as Markdown.
func placed(where string) string {
	var out []string
	for place := range strings.SplitSeq(where, "; ") {
		kind, rest, _ := strings.Cut(place, ": ")
		switch kind {
		case "found":
			out = append(out, "found by `"+rest+"`")
		case "elsewhere":
			out = append(out, "in no notice: "+rest)
		default:
			out = append(out, "`"+place+"`")
		}
	}
	return strings.Join(out, "; ")
}

const expressedHead = `# What the five notices ask for, and where each pack has it

The systems (S), the rules (R) and the keys (K) into which the five notices were taken apart, each with the packs that are modelled on a notice that has it, and the place
in the pack's folder that expresses it. What a notice promises wrongly, or leaves out, is not put right in its pack: the rule of ` + "`tenet notice check`" + ` that finds it there stands instead.
A few things belong to no notice, because they are so for every landlord. The page is written by ` + "`go test ./internal/notice -run EverythingIsExpressed -update`" + `, and that test fails where
a cell is missing, where a place is empty and where a rule finds nothing. Which sentence each rule carries out, and what shows it, is in the table of each pack.

| | what is asked | pack | where |
|---|---|---|---|
`

// expresses reports whether something stands at a path of one file: names of fields, with
// the entry of a list in square brackets, such as rules[jobs].needs.
func (n *Notice) expresses(file, path string) bool {
	for _, p := range n.parts() {
		if p.file != file {
			continue
		}
		values := []reflect.Value{reflect.ValueOf(p.into).Elem()}
		for step := range strings.SplitSeq(path, ".") {
			name, entry, _ := strings.Cut(strings.TrimSuffix(step, "]"), "[")
			var next []reflect.Value
			for _, v := range values {
				next = append(next, step1(v, name, entry)...)
			}
			values = next
		}
		return slices.ContainsFunc(values, func(v reflect.Value) bool { return !v.IsZero() })
	}
	return false
}

// step1 is the field of a struct by its key in the file, or those entries of it that go by
// a name.
func step1(v reflect.Value, name, entry string) []reflect.Value {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range specs(v.Type()) {
		if f.name != name {
			continue
		}
		field := v.Field(f.index)
		if entry == "" {
			return []reflect.Value{field}
		}
		return slices.DeleteFunc(members(field), func(m reflect.Value) bool { return !called(m, entry) })
	}
	return nil
}

// called reports whether an entry of a list goes by a name: its id, or what stands for one.
func called(v reflect.Value, name string) bool {
	for _, key := range []string{"ID", "Right", "Name", "By", "What"} {
		if f := v.FieldByName(key); f.IsValid() && f.Kind() == reflect.String {
			return f.String() == name
		}
	}
	return false
}
