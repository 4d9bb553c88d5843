package doc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tenet/internal/testdata"
)

// workbook makes a workbook of sheets of XML, the second of them hidden.
func workbook(t testing.TB, properties string, sheets ...string) []byte {
	t.Helper()
	list, rels := "", ""
	files := []string{contentTypes, "", "xl/sharedStrings.xml", "<sst><si><t>Ann</t><rPh><t>x</t></rPh></si><si><r><t>Be</t></r><r><t>ll</t></r></si></sst>",
		"xl/styles.xml", `<cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="9"/></cellXfs>`}
	for i, s := range sheets {
		state := ""
		if i == 1 {
			state = ` state="veryHidden"`
		}
		list += fmt.Sprintf(`<sheet name="S%d"%s r:id="r%d"/>`, i, state, i)
		rels += fmt.Sprintf(`<Relationship Id="r%d" Target="worksheets/s%d.xml"/>`, i, i)
		files = append(files, fmt.Sprintf("xl/worksheets/s%d.xml", i), "<worksheet><sheetData>"+s+"</sheetData></worksheet>")
	}
	files = append(files, "xl/workbook.xml", "<workbook>"+properties+"<sheets>"+list+"</sheets></workbook>", "xl/_rels/workbook.xml.rels", "<r>"+rels+"</r>")
	return zipped(t, files...)
}

func openBook(data []byte, l Limits) (*Workbook, error) {
	return OpenWorkbook(context.Background(), bytes.NewReader(data), int64(len(data)), l)
}

func sheetLines(t testing.TB, b *Workbook, sheet int) (out []string, err error) {
	t.Helper()
	for rec, err := range b.Rows(context.Background(), sheet) {
		if err != nil {
			return out, err
		}
		out = append(out, fmt.Sprint(rec.Line, ":", strings.Join(rec.Fields, "|")))
	}
	return out, nil
}

func TestWorkbook(t *testing.T) {
	cells := `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>` +
		`<row r="3"/><row r="7"><c r="A7" s="1"><v>45000</v></c><c r="B7" s="2"><v>45000.75</v></c><c r="C7" t="b"><v>1</v></c><c r="D7" t="b"><v>0</v></c><c r="E7" s="3"><v>0.30000000000000004</v></c></row>` +
		`<row><c t="inlineStr"><is><t>in</t></is></c><c t="str"><f>A1&amp;"x"</f><v>worked out</v></c><c><f>SUM(A1)</f></c><c t="e"><v>#N/A</v></c></row>` +
		`<row r="8"><c r="B8"><v>12345678901234567</v></c><c r="A8"><v>1E3</v></c></row>`
	want := []string{"2:Ann||Bell", "7:2023-03-15|2023-03-15T18:00:00|true|false|0.3", "8:in|worked out|=SUM(A1)|#N/A", "9:|12345678901234600|1000"}
	for properties, dates := range map[string][2]string{"": {"2023-03-15", "2023-03-15"}, `<workbookPr date1904="1"/>`: {"2023-03-15", "2027-03-16"}} {
		b, err := openBook(workbook(t, properties, cells, `<row r="1"><c r="B1"><v>7</v></c></row>`), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Sheet{{"S0", false}, {"S1", true}}, b.Sheets); diff != "" {
			t.Error(diff)
		}
		got, err := sheetLines(t, b, 0)
		if diff := cmp.Diff(want, strings.Split(strings.ReplaceAll(strings.Join(got, "\n"), dates[1], dates[0]), "\n")); diff != "" || err != nil {
			t.Error(err, diff)
		}
		if got, err := sheetLines(t, b, 1); err != nil || len(got) != 1 || got[0] != "1:|7" {
			t.Error(got, err)
		}
	}
}

// A reader that leaves the cells to others still has everything else, and a workbook in an archive whole.
func TestApart(t *testing.T) {
	data := workbook(t, "", `<row r="1"><c r="A1" t="s"><v>1</v></c></row>`)
	data = zipped(t, "a.xlsx", string(data))
	for name, want := range map[string]bool{"a.zip": true} {
		d, err := (&Reader{Apart: true}).Read(context.Background(), bytes.NewReader(data), name, "")
		if err != nil || strings.Contains(d.Text, "Bell") != want {
			t.Errorf("%s: %q %v", name, d.Text, err)
		}
	}
	d, err := (&Reader{Apart: true}).Read(context.Background(), bytes.NewReader(workbook(t, "", `<row r="1"><c r="A1" t="s"><v>1</v></c></row></sheetData><headerFooter><oddFooter>by Ann</oddFooter></headerFooter><sheetData>`)), "a.xlsx", "")
	if err != nil || strings.Contains(d.Text, "Bell") || !strings.Contains(d.Text, "by Ann") {
		t.Errorf("%q %v", d.Text, err)
	}
}

func TestWorkbookHostile(t *testing.T) {
	good := workbook(t, "", strings.Repeat(`<row><c><v>1</v></c></row>`, 1000))
	for name, c := range map[string]struct {
		data []byte
		l    Limits
		why  string
	}{
		"text":          {[]byte("a,b\n1,2\n"), Limits{}, "does not begin as a workbook"},
		"empty":         {nil, Limits{}, "does not begin as a workbook"},
		"old":           {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 ..."), Limits{}, "old binary kind or with a password"},
		"cut off":       {good[:len(good)-30], Limits{}, "directory of contents is missing"},
		"other zip":     {zipped(t, "a.txt", "x"), Limits{}, "no workbook"},
		"no such sheet": {zipped(t, contentTypes, "", "xl/workbook.xml", `<sheets><sheet name="S" r:id="x"/></sheets>`), Limits{}, "missing from the file"},
		"cut sheet":     {zipped(t, contentTypes, "", "xl/workbook.xml", `<sheets/>`, "xl/worksheets/a.xml", `<worksheet><row><c><v>1</v></c></row>`), Limits{}, "cut off before its end"},
		"not XML":       {zipped(t, contentTypes, "", "xl/workbook.xml", `<sheets/>`, "xl/worksheets/a.xml", `<worksheet><row a=<`), Limits{}, "not well-formed"},
		"far away":      {workbook(t, "", `<row><c r="ZZZZ1"><v>1</v></c></row>`), Limits{}, "1 cells could not be read"},
		"no string":     {workbook(t, "", `<row><c t="s"><v>99</v></c></row>`), Limits{}, "strings that are not in the file"},
		"bomb":          {workbook(t, "", strings.Repeat(`<row><c><v>1</v></c></row>`, 1<<20)), Limits{Ratio: 2}, "unpacks to more than the limit"},
		"strings":       {zipped(t, contentTypes, "", "xl/workbook.xml", `<sheets/>`, "xl/sharedStrings.xml", "<sst>"+strings.Repeat("<si><t>x</t></si>", 1<<16)+"</sst>"), Limits{Unpacked: 1 << 16}, "unpacks to more than the limit"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := openBook(c.data, c.l)
			if err == nil {
				_, err = sheetLines(t, b, 0)
			}
			if err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("%v, want %q", err, c.why)
			}
		})
	}
	many := zipped(t, func() (files []string) {
		for n := range 40000 {
			files = append(files, fmt.Sprint(n), "")
		}
		return files
	}()...)
	if _, err := openBook(many, Limits{Files: 10}); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("a directory of 40,000 files: %v", err)
	}
}

func TestWorkbookLeftAndCancelled(t *testing.T) {
	b, err := openBook(workbook(t, "", strings.Repeat(`<row><c><v>1</v></c></row>`, 100000)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for range b.Rows(context.Background(), 0) {
		break
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	for _, err = range b.Rows(ctx, 0) {
		n++
		cancel()
	}
	if !errors.Is(err, context.Canceled) || n > 99999 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// Every cell of other people's workbooks is as another library has it.
func TestWorkbookBesideExcelize(t *testing.T) {
	for _, name := range []string{"2023_24_lettings_bulk_upload.xlsx", "excel_file.xlsx"} {
		path := filepath.Join(testdata.Shared(t, "core-lettings"), name)
		theirs, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer theirs.Close()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := openBook(data, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range ours.Sheets {
			all, err := theirs.GetRows(s.Name, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			seen := 0
			for rec, err := range ours.Rows(context.Background(), i) {
				if err != nil {
					t.Fatal(err)
				}
				want := all[rec.Line-1]
				for i := range want { // this file's whole numbers are written so
					want[i] = strings.TrimSuffix(want[i], ".0")
				}
				if diff := cmp.Diff(want, rec.Fields); diff != "" {
					t.Errorf("%s row %d: %s", name, rec.Line, diff)
				}
				seen++
			}
			if seen == 0 {
				t.Errorf("%s: no rows", name)
			}
		}
	}
}

// benchBook is a workbook of some people, as excelize writes it.
func benchBook(b *testing.B, rows int) []byte {
	b.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for n := range rows {
		if err := w.SetRow(fmt.Sprint("A", n+1), []any{n, "Ann Bell", "3 Harbour Street", "1990-02-03", 104.5, "07700 900123", true, "Damp in the kitchen, reported by telephone", n % 7, "Whitby"}); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkWorkbookRows(b *testing.B) {
	const rows = 20000
	data := benchBook(b, rows)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			book, err := openBook(data, Limits{})
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for _, err := range book.Rows(context.Background(), 0) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != rows {
				b.Fatal(n)
			}
		}
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("excelize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenReader(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			it, err := f.Rows("Sheet1")
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for it.Next() {
				if _, err := it.Columns(excelize.Options{RawCellValue: true}); err != nil {
					b.Fatal(err)
				}
				n++
			}
			if it.Close(); n != rows {
				b.Fatal(n)
			}
			f.Close()
		}
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

func FuzzWorkbook(f *testing.F) {
	f.Add(workbook(f, "", `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" s="1"><v>1</v></c></row>`, ""))
	f.Add(workbook(f, `<workbookPr date1904="1"/>`, `<row r="-1"><c r="ZZ"><v>1</v></c><c t="b"/></row>`)[:700])
	f.Fuzz(func(t *testing.T, in []byte) {
		b, err := openBook(in, Limits{Unpacked: 1 << 20, Ratio: 20})
		if err != nil {
			return
		}
		for i := range b.Sheets {
			last := 0
			for rec, err := range b.Rows(context.Background(), i) {
				if err == nil && (rec.Line <= last || len(rec.Fields) == 0) {
					t.Fatalf("row %d after %d, %d fields", rec.Line, last, len(rec.Fields))
				}
				last = rec.Line
			}
		}
	})
}
