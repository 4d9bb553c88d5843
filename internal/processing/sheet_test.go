package processing

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"tenet/internal/notice"
)

// table is the record as the CSV file has it, read back.
func table(t testing.TB, r *Register) []Line {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCSV(&b, r); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []Line
	for i, cells := range records {
		for j := range cells {
			cells[j] = Unguard(cells[j])
		}
		out = append(out, Line{i + 1, cells})
	}
	return out
}

func TestSheetComesBackAsItWent(t *testing.T) {
	for _, pack := range packs(t) {
		n := load(t, pack)
		for _, as := range []notice.UseRole{notice.AsController, notice.AsProcessor} {
			r := make1(t, n, small, Scope{As: as})
			s, err := Read("out.csv", as, append([]Line{{1, []string{"Name", n.Landlord.Name}}, {2, nil}}, table(t, r)...))
			if err != nil {
				t.Fatalf("%s: %v", pack, err)
			}
			if diffs := Check(n, r, s); len(diffs) > 0 {
				t.Errorf("%s: what was exported differs from the record: %v", pack, diffs)
			}
		}
	}
}

// set changes one cell of a row of the table, by heading.
func set(t testing.TB, lines []Line, use, title, text string) {
	t.Helper()
	of := func(title string) int {
		for i, c := range lines[0].Cells {
			if c == title {
				return i
			}
		}
		t.Fatalf("no column %q", title)
		return -1
	}
	for _, l := range lines[1:] {
		if l.Cells[of("Use (Tenet)")] == use {
			l.Cells[of(title)] = text
			return
		}
	}
	t.Fatalf("no row of %s", use)
}

func TestCheckSaysWhichFieldToChange(t *testing.T) {
	n := load(t, "larkfield")
	r := make1(t, n, small, Scope{})
	lines := table(t, r)
	set(t, lines, "check-right-to-rent", "Categories of personal data", "Who you are\nHow to reach you\nShoe sizes")
	set(t, lines, "let-homes", "Article 6 lawful basis for processing personal data", "Consent")
	set(t, lines, "run-tenancies", "Has a personal data breach occurred?", "No")
	set(t, lines, "collect-rent", "Purpose of processing", "To collect rent.")
	lines = append(lines, Line{99, append([]string{"New"}, make([]string, 32)...)})
	s, err := Read("edited.csv", notice.AsController, lines)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, d := range Check(n, r, s) {
		if d.File != "edited.csv" || d.Line == 0 {
			t.Errorf("no file and row: %+v", d)
		}
		line := d.String()
		for _, m := range d.Mends {
			line += " | " + m.At.String() + " " + m.Do
		}
		all = append(all, line)
	}
	got := strings.Join(all, "\n")
	for _, want := range []string{
		"edited.csv: row 3, Categories of personal data:", "data.yaml categories has nothing called \"Shoe sizes\"", "uses[check-right-to-rent].categories",
		"edited.csv: row 2, Article 6 lawful basis", "uses[let-homes].basis write there what the sheet says: \"Consent\"",
		"this is what the register of incidents says", "uses[collect-rent].purpose write there", "row 99",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("nothing says %q in:\n%s", want, got)
		}
	}
}

func TestCompareVersions(t *testing.T) {
	old := load(t, "larkfield")
	new, err := changed(t, "uses.yaml", "categories: [identity]\n", "categories: [identity, contact-details]\n")
	if err != nil {
		t.Fatal(err)
	}
	diffs := Compare(make1(t, old, Holdings{}, Scope{}), make1(t, new, Holdings{}, Scope{}))
	var columns []string
	for _, d := range diffs {
		if d.Use != "check-right-to-rent" {
			t.Errorf("another use differs: %+v", d)
		}
		columns = append(columns, d.Column)
	}
	if len(columns) == 0 || columns[0] != colCategories {
		t.Errorf("what differs is %v", columns)
	}
	if d := Compare(make1(t, old, Holdings{}, Scope{}), make1(t, old, Holdings{}, Scope{})); len(d) > 0 {
		t.Errorf("a record differs from itself: %v", d)
	}
}

// TestOneRuleIsToldOnce: a period that changes stands on many lines, and is told once
// with all of them; nothing that differs is left out.
func TestOneRuleIsToldOnce(t *testing.T) {
	new, err := changed(t, "keeping.yaml", "    trigger: tenancy-end\n    period: P6Y\n", "    trigger: tenancy-end\n    period: P7Y\n")
	if err != nil {
		t.Fatal(err)
	}
	diffs := Compare(make1(t, load(t, "larkfield"), Holdings{}, Scope{}), make1(t, new, Holdings{}, Scope{}))
	told := Together(diffs)
	if len(diffs) < 10 || len(told) != 2 {
		t.Fatalf("%d lines differ, and that is told %d times: %v", len(diffs), len(told), told)
	}
	for _, c := range told {
		if len(c.On) != len(diffs) || !strings.Contains(c.String(), " years after your tenancy or lease ends, then deleted\n      on ") {
			t.Errorf("%d lines: %s", len(diffs), c)
		}
	}
	whole, err := changed(t, "uses.yaml", "categories: [identity]\n", "categories: [identity, contact-details]\n")
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(Together(Compare(make1(t, load(t, "larkfield"), Holdings{}, Scope{}), make1(t, whole, Holdings{}, Scope{}))))
	for _, want := range []string{"check-right-to-rent of larkfield-homes, Categories of personal data: now also: How to reach you", "; of this: Who you are"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q in %s", want, all)
		}
	}
}

// TestProposeIsFaithful writes what a sheet changed into uses.yaml, and holds the
// sheet against the record of what came out.
func TestProposeIsFaithful(t *testing.T) {
	n := load(t, "larkfield")
	folder, err := notice.Pack("larkfield")
	if err != nil {
		t.Fatal(err)
	}
	uses, err := fs.ReadFile(folder, "uses.yaml")
	if err != nil {
		t.Fatal(err)
	}
	one := Scope{Body: "larkfield-homes"}
	r := make1(t, n, Holdings{}, one)
	title := func(id notice.ID) string { c, _ := n.Data.Category(id); return c.Title }
	for name, c := range map[string]struct {
		column, text string
		byHand       bool
	}{
		"a category": {"Categories of personal data", title("identity") + "\n" + title("contact-details"), false},
		"a purpose":  {"Purpose of processing", "To look: \"who\" may rent #1", false},
		"a basis":    {"Article 6 lawful basis for processing personal data", "Consent", true},
		"nothing":    {"Categories of personal data", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			lines := table(t, r)
			set(t, lines, "check-right-to-rent", c.column, c.text)
			s, err := Read("x.csv", notice.AsController, lines)
			if err != nil {
				t.Fatal(err)
			}
			diffs := Check(n, r, s)
			if len(diffs) != 1 {
				t.Fatalf("one cell was changed, and %d differ", len(diffs))
			}
			out, err := Propose(n, uses, diffs)
			if c.byHand {
				if !errors.Is(err, ErrByHand) {
					t.Fatalf("it was written, or failed otherwise: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			next := fstest.MapFS{}
			for _, f := range notice.Files() {
				data, err := fs.ReadFile(folder, f)
				if err != nil {
					t.Fatal(err)
				}
				next[f] = &fstest.MapFile{Data: data}
			}
			next["uses.yaml"] = &fstest.MapFile{Data: out}
			changed, err := notice.Load(next)
			if err != nil {
				t.Fatal(err)
			}
			left := Check(changed, make1(t, changed, Holdings{}, one), s)
			for _, d := range left {
				if d.Column == colCategories || d.Column == colPurpose {
					t.Errorf("still differs: %v", d)
				}
			}
			before, after := strings.Split(string(uses), "\n"), strings.Split(string(out), "\n")
			lost := 0
			for i := range before {
				if before[i] != after[i] {
					lost++
				}
			}
			if lost != 1 || len(before) != len(after) {
				t.Errorf("%d lines changed", lost)
			}
		})
	}
}

func TestGuardComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[=+@'\-\t\ra-z]{0,6}`).Draw(t, "cell")
		g := Guard(s)
		if g != "" && strings.ContainsRune("=+-@\t\r", rune(g[0])) {
			t.Fatalf("%q is still a formula", g)
		}
		if Unguard(g) != s {
			t.Fatalf("%q came back as %q", s, Unguard(g))
		}
	})
}

// FuzzRead reads tables that anybody may have written.
func FuzzRead(f *testing.F) {
	f.Add("Purpose of processing,Use (Tenet)\nTo let,let-homes\n")
	f.Add("Purpose of processing,purpose OF processing\n")
	f.Add("\"Purpose of processing\",Categories of personal data\n\"a\rb\",\"=1\n\n2\"\n")
	n := load(f, "larkfield")
	r := make1(f, n, small, Scope{})
	folder, err := notice.Pack("larkfield")
	if err != nil {
		f.Fatal(err)
	}
	uses, err := fs.ReadFile(folder, "uses.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		reader := csv.NewReader(strings.NewReader(text))
		reader.FieldsPerRecord, reader.LazyQuotes = -1, true
		records, err := reader.ReadAll()
		if err != nil {
			return
		}
		var lines []Line
		for i, c := range records {
			lines = append(lines, Line{i + 1, c})
		}
		s, err := Read("x", notice.AsController, lines)
		if err != nil {
			return
		}
		diffs := Check(n, r, s)
		for _, d := range diffs {
			if d.What == "" {
				t.Errorf("a difference that says nothing: %+v", d)
			}
		}
		_, _ = Propose(n, uses, diffs)
	})
}

func TestReadIsBounded(t *testing.T) {
	head := Line{1, []string{"Purpose of processing"}}
	for name, lines := range map[string][]Line{
		"rows":    append([]Line{head}, make([]Line, MaxLines)...),
		"cells":   {head, {2, make([]string, MaxCells+1)}},
		"text":    {head, {2, []string{strings.Repeat("x", MaxText+1)}}},
		"heading": {{1, []string{"Nothing of the sort"}}},
		"twice":   {{1, []string{"Purpose of processing", "purpose of  processing"}}},
	} {
		if _, err := Read("x", notice.AsController, lines); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}
