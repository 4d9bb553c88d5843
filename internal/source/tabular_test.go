package source

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// saveBook writes a workbook of some sheets, in order.
func saveBook(t testing.TB, path string, sheets ...func(f *excelize.File, sheet string)) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, fill := range sheets {
		name := fmt.Sprintf("Sheet%d", i+1)
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		fill(f, name)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	write(t, path, b.String())
}

func cells(rows ...[]any) func(*excelize.File, string) {
	return func(f *excelize.File, sheet string) {
		for i, r := range rows {
			f.SetSheetRow(sheet, fmt.Sprint("A", i+1), &r)
		}
	}
}

func TestDirWorkbook(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	people := func(f *excelize.File, s string) {
		cells([]any{"Name", "Born", "Owes", "Keyholder"}, []any{"Ann Bell", nil, 104.5, true}, nil, []any{"Bob Cole", nil, 7, false, "and more"})(f, s)
		style, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
		f.SetCellStyle(s, "B2", "B4", style)
		f.SetCellValue(s, "B2", 32906)
		f.SetCellFormula(s, "B4", "TODAY()")
		f.AddComment(s, excelize.Comment{Cell: "A2", Author: "Asha Pell", Text: "rings in the evening"})
	}
	hidden := func(f *excelize.File, s string) {
		cells([]any{"Note", "By"}, []any{"in arrears", "Asha"})(f, s)
		f.SetSheetVisible(s, false)
	}
	empty := func(*excelize.File, string) {}
	mac := func(f *excelize.File, s string) {
		yes := true
		f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
		people(f, s)
	}
	saveBook(t, filepath.Join(dir, "rents.xlsx"), people, hidden, empty)
	saveBook(t, filepath.Join(dir, "really.csv"), people)
	saveBook(t, filepath.Join(dir, "mac.xlsm"), mac)
	write(t, filepath.Join(dir, "rents", "Sheet1.csv"), "a,b\n1,2\n")
	write(t, filepath.Join(dir, "page.xls"), "<html><table><tr><td>Ann Bell</table>")
	write(t, filepath.Join(dir, "locked.xlsx"), "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"+strings.Repeat("\x00", 504))
	write(t, filepath.Join(dir, "cut.xlsx"), "PK\x03\x04 cut off")
	s, said := open(t, "dir:"+dir, Options{})
	schema, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, tab := range schema.Tables[3:] {
		got = append(got, tab.Name+": "+tab.Comment)
	}
	if diff := cmp.Diff([]string{
		"mac/Sheet1: header in row 1", "really/Sheet1: header in row 1", "rents/Sheet1: header in line 1",
		"rents.xlsx/Sheet1: header in row 1", "rents/Sheet2: header in row 1; a hidden sheet",
	}, got); diff != "" {
		t.Error(diff)
	}
	for table, born := range map[string]string{"really/Sheet1": "1990-02-02", "rents.xlsx/Sheet1": "1990-02-02", "mac/Sheet1": "1994-02-03"} {
		if diff := cmp.Diff([]string{"2|Ann Bell|" + born + "|104.5|true", "4|Bob Cole|=TODAY()|7|false | and more{the row has 5 fields and the header 4; the last ones stand together here}"},
			lines(t, s.Scan(ctx, table, ScanOptions{}))); diff != "" {
			t.Error(table, diff)
		}
	}
	if diff := cmp.Diff([]string{"2|in arrears|Asha"}, lines(t, s.Scan(ctx, "rents/Sheet2", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	files := strings.Join(lines(t, s.Scan(ctx, "file", ScanOptions{})), "\n")
	for _, want := range []string{"rings in the evening", "page.xls", "locked.xlsx", "really.csv"} {
		if !strings.Contains(files, want) {
			t.Errorf("no %q in %s", want, files)
		}
	}
	if strings.Contains(files, "in arrears") {
		t.Errorf("cells that are in a table are in a document as well: %s", files)
	}
	said.must(t, "cut.xlsx", "directory of contents")
	said.must(t, "file/path=locked.xlsx")
	everyRowFoundAgain(t, s, 10)
	narrow := lines(t, narrowed(s, "rents.xlsx/Sheet1", "Owes"))
	if diff := cmp.Diff([]string{"2|104.5", "4|7"}, narrow); diff != "" {
		t.Error(diff)
	}
	path := filepath.Join(dir, "really.csv")
	os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour))
	fingerprintFollows(t, s, "really/Sheet1", path, func() { saveBook(t, path, people, people) })
	saveBook(t, path, hidden)
	if err := failure(s.Scan(ctx, "really/Sheet1", ScanOptions{})); !errors.Is(err, errChanged) {
		t.Errorf("other columns than the schema's: %v", err)
	}
}

func inUTF16(s string, bom bool) string {
	var b strings.Builder
	if bom {
		b.WriteString("\xFF\xFE")
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func TestDirCSVHostile(t *testing.T) {
	wide := make([]string, 300)
	for i := range wide {
		wide[i] = fmt.Sprint("c", i)
	}
	const people = "name,town,owes\nZoë,Whitby,£5\n"
	for name, c := range map[string]struct {
		file  string
		want  []string
		says  string
		fails string
	}{
		"UTF-8":             {people, []string{"2|Zoë|Whitby|£5"}, "", ""},
		"byte order mark":   {"\xEF\xBB\xBF" + people, []string{"2|Zoë|Whitby|£5"}, "", ""},
		"Windows-1252":      {"name,town,owes\nZo\xEB,Whitby,\xA35\nCo\xEB,Leeds,1\n", []string{"2|Zoë|Whitby|£5", "3|Coë|Leeds|1"}, "Windows-1252 (and so 2 rows more)", ""},
		"UTF-16":            {inUTF16(people, true), []string{"2|Zoë|Whitby|£5"}, "", ""},
		"UTF-16 bare":       {inUTF16(people, false), []string{"2|Zoë|Whitby|£5"}, "", ""},
		"semicolons":        {"name;town\nAnn;Whitby, North\n", []string{"2|Ann|Whitby, North"}, "", ""},
		"tabs and CR":       {"name\ttown\r\nAnn\tWhitby\r\n", []string{"2|Ann|Whitby"}, "", ""},
		"ragged":            {"a,b,c\n1\n1,2,3,,\n1,2,3,4\n2\n", []string{"2|1|∅|∅", "3|1|2|3", "4|1|2|3,4{the row has 4 fields and the header 3; the last ones stand together here}", "5|2|∅|∅"}, "fewer fields than the header's 3; the rest is empty here (and so 1 rows more)", ""},
		"blank rows":        {"a,b\n,,\n\n1,2\n , \n", []string{"4|1|2"}, "", ""},
		"NULs":              {"a,b\nAn\x00n,2\n", []string{"2|An\uFFFDn|2"}, "NUL", ""},
		"unclosed quote":    {"name,town,owes\n\"Ann,Whitby,5\nBob,Leeds,6\nCy,York,7\n", []string{"2|Ann,Whitby,5\nBob,Leeds,6\nCy,York,7\n|∅|∅"}, "a quote before them is never closed", ""},
		"unclosed and huge": {"name,town\n\"Ann,Whitby\n" + strings.Repeat("Bob,Leeds\n", 10000), nil, "", "a quote that is never closed"},
		"300 columns":       {strings.Join(wide, ",") + "\n" + strings.Repeat("x,", 299) + "last\n", []string{"2" + strings.Repeat("|x", 299) + "|last"}, "", ""},
		"quotes about":      {"name,town\n5\" pipe,\"a \"\"b\"\" c\"\n", []string{`2|5" pipe|a "b" c`}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			opts := Options{}
			opts.Limits.Document.Record = 64 << 10
			dir := filepath.Dir(write(t, filepath.Join(t.TempDir(), "t.csv"), c.file))
			s, said := open(t, "dir:"+dir, opts)
			if c.fails != "" {
				s.Schema(context.Background())
				if err := failure(s.Scan(context.Background(), "t", ScanOptions{})); !said.says(c.fails) && (err == nil || !strings.Contains(err.Error(), c.fails)) {
					t.Errorf("%v; %v", err, said.list)
				}
				return
			}
			if diff := cmp.Diff(c.want, lines(t, s.Scan(context.Background(), "t", ScanOptions{}))); diff != "" {
				t.Error(diff)
			}
			if c.says != "" {
				said.must(t, c.says)
			} else if len(said.list) > 1 || len(said.list) == 1 && !said.says("the row has") {
				t.Errorf("problems: %v", said.list)
			}
		})
	}
}

func TestDirURL(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "sub", "a.csv"), "Ann,Whitby\nBob,Leeds\n")
	write(t, filepath.Join(dir, "b.csv"), "name,town\nBob,Leeds\n")
	odd := filepath.Join(t.TempDir(), "what?now")
	write(t, filepath.Join(odd, "b.csv"), "name,town\nBob,Leeds\n")
	for url, want := range map[string]string{
		dir: "2|Bob|Leeds+2|Bob|Leeds", dir + "?header=0": "1|Ann|Whitby 2|Bob|Leeds+1|name|town 2|Bob|Leeds", dir + "?header=a.csv:0": "1|Ann|Whitby 2|Bob|Leeds+2|Bob|Leeds",
		dir + "?header=0&header=b*:1": "1|Ann|Whitby 2|Bob|Leeds+2|Bob|Leeds", dir + "?header=sub/*:0": "1|Ann|Whitby 2|Bob|Leeds+2|Bob|Leeds",
	} {
		s, _ := open(t, "dir:"+url, Options{})
		got := strings.Join(lines(t, s.Scan(ctx, "sub/a", ScanOptions{})), " ") + "+" + strings.Join(lines(t, s.Scan(ctx, "b", ScanOptions{})), " ")
		if got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
	s, _ := open(t, "dir:"+odd, Options{})
	if got := lines(t, s.Scan(ctx, "b", ScanOptions{})); len(got) != 1 {
		t.Errorf("a question mark in a path: %v", got)
	}
	for _, bad := range []string{"?header=x", "?header=-1", "?header=[:1", "?header=99999", "?header=%zz"} {
		if _, err := Open(ctx, "test", "dir:"+dir+bad, Options{}); err == nil || !strings.Contains(err.Error(), "URL") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// A file that changes while it is read is a problem, whatever came of it.
func TestDirWrittenWhileRead(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path := write(t, filepath.Join(dir, "a.csv"), "name,town\n"+strings.Repeat("Ann,Whitby\n", 10000))
	old := time.Now().Add(-time.Hour)
	for how, change := range map[string]func(){
		"appended": func() {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			f.WriteString("Bob,Le")
		},
		"replaced": func() {
			other := write(t, filepath.Join(t.TempDir(), "b.csv"), "name,town\nx,y\n")
			if err := os.Rename(other, path); err != nil {
				t.Fatal(err)
			}
		},
		"removed": func() { os.Remove(path) },
	} {
		write(t, path, "name,town\n"+strings.Repeat("Ann,Whitby\n", 10000))
		os.Chtimes(path, old, old)
		s, said := open(t, "dir:"+dir, Options{})
		first := true
		for _, err := range s.Scan(ctx, "a", ScanOptions{}) {
			if err != nil {
				t.Fatal(how, err)
			}
			if first {
				change()
				first = false
			}
		}
		if !said.says("a: the file was written to while it was being read") {
			t.Errorf("%s: %v", how, said.list)
		}
	}
}

// heap is what is held in memory after a collection, in MiB.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) >> 20
}

// A million rows of CSV are read in a few MiB, and a quarter of that of a workbook.
func TestDirMillionRows(t *testing.T) {
	const million = 1_000_000
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,name,note")
	for n := range million {
		fmt.Fprintf(w, "%d,Ann Bell,damp\n", n)
	}
	w.Flush()
	f.Close()
	bigBook(t, filepath.Join(dir, "b.xlsx"), million/4)
	s, _ := open(t, "dir:"+dir, Options{})
	if _, err := s.Schema(context.Background()); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int{"a": million, "b/S": million / 4} {
		before, n := heap(), 0
		for _, err := range s.Scan(context.Background(), table, ScanOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n%(want/4) == 0 {
				if now := heap(); now-before > 16 {
					t.Errorf("%s: %d MiB more after %d rows", table, now-before, n)
				}
			}
		}
		if n != want {
			t.Errorf("%s: %d rows", table, n)
		}
	}
}

// bigBook writes a workbook by hand, which is quicker.
func bigBook(t testing.TB, path string, n int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	part := func(name string, fill func(io.Writer)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		b := bufio.NewWriterSize(w, 1<<20)
		fill(b)
		b.Flush()
	}
	text := func(s string) func(io.Writer) { return func(w io.Writer) { io.WriteString(w, s) } }
	part("[Content_Types].xml", text("<Types/>"))
	part("xl/workbook.xml", text(`<workbook><sheets><sheet name="S" r:id="r"/></sheets></workbook>`))
	part("xl/_rels/workbook.xml.rels", text(`<R><Relationship Id="r" Target="worksheets/s.xml"/></R>`))
	part("xl/sharedStrings.xml", text("<sst><si><t>id</t></si><si><t>name</t></si><si><t>Ann Bell</t></si></sst>"))
	part("xl/worksheets/s.xml", func(w io.Writer) {
		io.WriteString(w, `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>`)
		for i := range n {
			fmt.Fprintf(w, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="s"><v>2</v></c></row>`, i+2, i+2, i*7919%1000003, i+2)
		}
		io.WriteString(w, `</sheetData></worksheet>`)
	})
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkDirRows(b *testing.B) {
	const n = 200_000
	dir := b.TempDir()
	var file strings.Builder
	file.WriteString("id,name,address,born,owes,phone,keyholder,note,visits,town\n")
	for i := range n {
		fmt.Fprintf(&file, "%d,Ann Bell,3 Harbour Street,1990-02-03,104.50,07700 900123,true,\"Damp in the kitchen, reported by telephone\",%d,Whitby\n", i, i%7)
	}
	path := write(b, filepath.Join(dir, "a.csv"), file.String())
	rate := func(b *testing.B) { b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s") }
	b.Run("dir", func(b *testing.B) {
		s, _ := open(b, "dir:"+dir, Options{})
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range s.Scan(context.Background(), "a", ScanOptions{}) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		rate(b)
	})
	b.Run("encoding-csv", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			for r := csv.NewReader(bufio.NewReader(f)); err == nil; {
				_, err = r.Read()
			}
			f.Close()
		}
		rate(b)
	})
}
