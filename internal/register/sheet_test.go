package register

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"tenet/internal/law"
)

func TestWorkbook(t *testing.T) {
	o := newOffice(t, "northmoor")
	p := o.sign(t, o.begin(t, "dpia", "=HYPERLINK(1)", assessed()))
	f, _ := o.Form("dpia")
	var b bytes.Buffer
	if err := f.Export(&b, "xlsx", []Paper{p}, law.DateOf(o.now)); err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := x.GetRows("Impact assessments")
	if err != nil || len(rows) != 2 || rows[1][0] != "IA-0001" || rows[1][1] != "=HYPERLINK(1)" {
		t.Errorf("%v, %v", rows, err)
	}
	if formula, _ := x.GetCellFormula("Impact assessments", "B2"); formula != "" {
		t.Errorf("a title is a formula: %s", formula)
	}
}

// TestSheetsReadBack: what a sheet of a register says of papers is what importing it
// gives, whatever people wrote, in a CSV file and in a workbook.
func TestSheetsReadBack(t *testing.T) {
	n := pack(t, "northmoor")
	f := forms(t)[0]
	today := law.Date{Year: 2026, Month: 11, Day: 23}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[=+@|'"a-zé",;:][ -~é]{0,30}[a-z]`)
		v := assessed()
		v["justified"] = text.Draw(t, "justified")
		v["measures"] = []map[string]string{{"measure": text.Draw(t, "measure"), "owner": text.Draw(t, "owner"), "by": "2027-01-31"}, {"measure": text.Draw(t, "second"), "owner": "x", "by": "2027-02-28"}}
		v, faults := check(n, f.Fields, v)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		title := text.Draw(t, "title")
		p := Paper{Number: "IA-0001", Register: "dpia", Versions: []Version{{N: 1, State: Draft, Title: title, Values: v}}}
		var b bytes.Buffer
		if err := f.Export(&b, "csv", []Paper{p}, today); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b.Bytes(), []byte("\uFEFF")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var s Sheet
		for _, l := range lines {
			for i := range l {
				l[i] = Undefused(l[i])
			}
			s.add(l)
		}
		for name, sheets := range map[string][]Sheet{"csv": {s}, "xlsx": f.sheets([]Paper{p}, today)} {
			got, err := f.Import("x."+name, sheets)
			if err != nil || len(got) != 1 {
				t.Fatalf("%s: %v, %v", name, got, err)
			}
			back, faults := check(n, f.Fields, got[0].Values)
			if diff := cmp.Diff(v, back); diff != "" || len(faults) > 0 || got[0].Title != title || got[0].Number != "IA-0001" || got[0].Version != 1 || got[0].Row != 2 {
				t.Fatalf("%s: %+v for %q, %v:\n%s", name, got[0], title, faults, diff)
			}
			for _, x := range f.Fields {
				if !x.same(got[0].Values[x.Name], v) {
					t.Fatalf("%s: %s counts as changed: %v", name, x.Name, got[0].Values[x.Name])
				}
			}
		}
	})
}

// TestTake: what was exported changes nothing; a line that was edited is the next version
// of its paper; one of an older version is refused; a new one begins one paper, once.
func TestTake(t *testing.T) {
	o := newOffice(t, "northmoor")
	p := o.sign(t, o.begin(t, "dpia", "Cameras in halls", assessed()))
	f, err := o.Form("dpia")
	if err != nil {
		t.Fatal(err)
	}
	take := func(change func(*Imported)) (Paper, Taken, error) {
		t.Helper()
		in, err := f.Import("x.xlsx", f.sheets([]Paper{p}, law.DateOf(o.now)))
		if err != nil {
			t.Fatal(err)
		}
		change(&in[0])
		return o.Take(t.Context(), "s1", in[0])
	}
	if got, taken, err := take(func(*Imported) {}); err != nil || taken != Unchanged || got.Step != p.Step {
		t.Errorf("its own export: %s, step %d for %d, %v", taken, got.Step, p.Step, err)
	}
	got, taken, err := take(func(in *Imported) { in.Values["justified"] = "There were two fires." })
	if v, _ := got.Standing(); err != nil || taken != Edited || len(got.Versions) != 2 || v.N != 1 || got.Latest().Values.Text("justified") != "There were two fires." || !got.Latest().Values.given("measures") {
		t.Errorf("an edited line: %s, %+v, %v", taken, got.Versions, err)
	}
	if _, taken, err := take(func(in *Imported) { in.Values["justified"] = "There were two fires." }); err != nil || taken != Unchanged {
		t.Errorf("the same again: %s, %v", taken, err)
	}
	if _, _, err := take(func(in *Imported) { in.Values["justified"] = "There was none." }); !errors.Is(err, ErrChanged) {
		t.Errorf("a line of version 1, where there is version 2: %v", err)
	}
	if _, _, err := take(func(in *Imported) { in.Number = "IA-0099" }); !errors.Is(err, ErrNone) {
		t.Errorf("a number that nobody has: %v", err)
	}
	if _, _, err := take(func(in *Imported) { in.Number = "LI-0001" }); !errors.Is(err, ErrInput) {
		t.Errorf("a number of another register: %v", err)
	}
	for _, want := range []Taken{Begun, Unchanged} {
		if got, taken, err := take(func(in *Imported) { in.Number = "" }); err != nil || taken != want || got.Number != "IA-0002" {
			t.Errorf("a new line: %s %s, %v", got.Number, taken, err)
		}
	}
}

// TestImportFaults: what is wrong with a sheet is told by file, row as a spreadsheet shows
// it, and column.
func TestImportFaults(t *testing.T) {
	f := forms(t)[0]
	row := func(n int, cells ...string) Row { return Row{n, cells} }
	for want, sheets := range map[string][]Sheet{
		"x.csv:1: the file: has nothing in it":               nil,
		"x.csv:1: title: is missing":                         {{Rows: []Row{row(1, "number")}}},
		`x.csv:2: the headings: have "shoe size", which is`:  {{Rows: []Row{row(2, "title", "Shoe size")}}},
		"x.csv:1: the file: is no sheet of text":             {{Rows: []Row{row(1, "PK\x03\x04\x00")}}},
		"x.csv:7: version: ":                                 {{Rows: []Row{row(1, "title", "version"), row(4), row(7, "A", "one")}}},
		`x.csv:5: measures: is no table: "Doors"`:            {{Rows: []Row{row(1, "title", "measures"), row(5, "A", "Doors")}}},
		`x.csv:5: measures: is no table: measure stands`:     {{Rows: []Row{row(1, "title", "measures"), row(5, "A", "measure: a; measure: b")}}},
		"x.csv:3: the row: has 2 cells":                      {{Rows: []Row{row(1, "title"), row(3, "A", "B")}}},
		"x.csv:9: the sheet measures: has a row that is of ": {{Rows: []Row{row(1, "title"), row(2, "A")}}, {Name: "measures", Rows: []Row{row(1, "title", "measure"), row(9, "B", "x")}}},
	} {
		if _, err := f.Import("x.csv", sheets); err == nil || !strings.HasPrefix(err.Error(), want) || !errors.As(err, new(*Invalid)) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
