package doc

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sheet is one sheet of a workbook, as the workbook lists it.
type sheet struct {
	name   string
	hidden bool
	file   *zip.File
}

// book is what the cells of a workbook need to be understood.
type book struct {
	sheets   []sheet
	strings  stringTable
	formats  []numberFormat // by cell style
	date1904 bool
	yes, no  string // what true and false are written as
}

// stringTable holds the strings that cells share, in one block of memory.
type stringTable struct {
	text []byte
	ends []int
}

func (s *stringTable) at(i int) (string, bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false
	}
	from := 0
	if i > 0 {
		from = s.ends[i-1]
	}
	return string(s.text[from:s.ends[i]]), true
}

// numberFormat is as much of a cell's format as changes what it says.
type numberFormat struct {
	date   bool
	digits int // written with at least so many: telephone numbers, references
}

// workbook writes every sheet, hidden ones too, a line for each row that holds
// something and a tab between its cells.
func (o *office) workbook(f *zip.File) {
	b := o.book(f)
	for _, s := range b.sheets {
		o.out.gap(parted)
		title := "Sheet " + s.name
		if s.hidden {
			title += " (hidden)"
			o.out.note("sheet "+s.name, "hidden from whoever opens the workbook")
		}
		o.out.text("[" + title + "]")
		if s.file == nil {
			o.out.lost("sheet "+s.name, "missing from the file")
			continue
		}
		o.sheetRows(b, s, func(_ int, cells []cell) {
			if o.w.apart && o.w.depth == 1 {
				return
			}
			o.out.gap(lined)
			for _, c := range cells {
				o.out.text(c.text)
				o.out.gap(tabbed)
			}
			o.out.gap(lined)
		})
	}
}

// book reads the list of sheets, the shared strings and the formats.
func (o *office) book(f *zip.File) *book {
	b := &book{yes: "TRUE", no: "FALSE"}
	dir := path.Dir(f.Name)
	targets := map[string]string{}
	if rels := o.files[strings.ToLower(path.Join(dir, "_rels", path.Base(f.Name)+".rels"))]; rels != nil {
		o.walk(rels, func(t xml.Token) {
			if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" {
				to := attr(e, "Target")
				if !strings.HasPrefix(to, "/") {
					to = path.Join(dir, to)
				}
				targets[attr(e, "Id")] = strings.ToLower(strings.TrimPrefix(to, "/"))
			}
		})
	}
	listed := map[*zip.File]bool{}
	o.walk(f, func(t xml.Token) {
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "sheet" && len(b.sheets) < o.w.limits.Files:
			s := sheet{name: attr(e, "name"), hidden: attr(e, "state") != "" && attr(e, "state") != "visible"}
			for _, a := range e.Attr { // r:id, whatever the prefix; sheetId is another
				if a.Name.Local == "id" {
					s.file = o.files[targets[a.Value]]
				}
			}
			listed[s.file] = true
			b.sheets = append(b.sheets, s)
		case e.Name.Local == "workbookPr":
			b.date1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		}
	})
	for _, name := range slices.Sorted(maps.Keys(o.files)) { // kept in the file and taken off the list
		f := o.files[name]
		if strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml") && !listed[f] {
			b.sheets = append(b.sheets, sheet{name: path.Base(name), hidden: true, file: f})
		}
	}
	if f := o.files["xl/sharedstrings.xml"]; f != nil {
		o.sharedStrings(f, &b.strings)
	}
	if f := o.files["xl/styles.xml"]; f != nil {
		b.formats = o.formats(f)
	}
	return b
}

func (o *office) sharedStrings(f *zip.File, s *stringTable) {
	in, skip := false, false
	o.walk(f, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			in = in || t.Name.Local == "t"
			skip = skip || t.Name.Local == "rPh" // how it is pronounced
		case xml.CharData:
			if in && !skip {
				s.text = append(s.text, t...)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				in = false
			case "rPh":
				skip = false
			case "si":
				s.ends = append(s.ends, len(s.text))
			}
		}
	})
}

// formats are those of each cell style, in the order in which cells count them.
func (o *office) formats(f *zip.File) []numberFormat {
	codes := map[string]string{}
	var out []numberFormat
	cells := false
	o.walk(f, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "numFmt":
				codes[attr(t, "numFmtId")] = attr(t, "formatCode")
			case "cellXfs":
				cells = true
			case "xf":
				if cells {
					id := attr(t, "numFmtId")
					out = append(out, formatOf(id, codes[id]))
				}
			}
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				cells = false
			}
		}
	})
	return out
}

// aside of a format code: what stands in it as it is, colours and conditions.
var quoted = regexp.MustCompile(`"[^"]*"|\\.|\[[^\]]*\]|_.|\*.`)

func formatOf(id, code string) numberFormat {
	if code == "" {
		n, _ := strconv.Atoi(id)
		return numberFormat{date: n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58}
	}
	elapsed := strings.Contains(code, "[h]") || strings.Contains(code, "[m")
	code, _, _ = strings.Cut(quoted.ReplaceAllString(code, ""), ";")
	switch {
	case elapsed || strings.EqualFold(code, "general"):
		return numberFormat{}
	case strings.ContainsAny(code, "ymdhsYMDHS"):
		return numberFormat{date: true}
	case strings.Trim(code, "0 -/()") == "":
		return numberFormat{digits: strings.Count(code, "0")}
	}
	return numberFormat{}
}

// cell is one cell of a sheet that holds something.
type cell struct {
	column int // A is 0
	text   string
}

// sheetColumns is how many columns a sheet can have (XFD is the last).
const sheetColumns = 16384

// columnOf reads the column of a cell's name, "AB12". A name that is none is the cell
// after the last.
func columnOf(name string, next int) int {
	n := 0
	for i := 0; i < len(name) && i < 4; i++ {
		c := name[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		n = n*26 + int(c-'a') + 1
	}
	if n == 0 {
		return next
	}
	return n - 1
}

// sheetRows gives the rows of a sheet that hold something to row, with their numbers: of each cell what
// is stored, dates as 2006-01-02 or with T15:04:05 after it, times as 15:04:05. The
// cells are row's only until it returns.
func (o *office) sheetRows(b *book, s sheet, row func(number int, cells []cell)) {
	var cells []cell
	number, column := 0, -1 // of the last row and of the cell
	var value, formula strings.Builder
	var into *strings.Builder
	kind, style, stray := "", 0, 0
	size := 0 // of the row's text
	o.walk(s.file, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "row":
				n, _ := strconv.Atoi(attr(t, "r"))
				number, column = max(n, number+1), -1
			case "c":
				column = max(columnOf(attr(t, "r"), column+1), column+1)
				kind, style = attr(t, "t"), 0
				style, _ = strconv.Atoi(attr(t, "s"))
				value.Reset()
				formula.Reset()
			case "v", "t", "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter":
				into = &value
			case "f", "formula1", "formula2":
				into = &formula
			case "rPh":
				into = nil
			case "dataValidation":
				o.out.line("Prompt", attr(t, "promptTitle")+" "+attr(t, "prompt"))
			}
		case xml.CharData:
			if into != nil {
				into.Write(t)
			}
		case xml.EndElement:
			into = nil
			switch t.Name.Local {
			case "c":
				text, ok := b.text(kind, style, value.String())
				if !ok {
					stray++
				}
				if text == "" && formula.Len() > 0 {
					text = "=" + formula.String() // never worked out
				}
				if text != "" && size < o.w.limits.Record && column < sheetColumns {
					cells = append(cells, cell{column, text})
					size += len(text)
				} else if text != "" {
					stray++
				}
				value.Reset()
				formula.Reset()
			case "row":
				if len(cells) > 0 {
					row(number, cells)
				}
				cells, size = cells[:0], 0
			case "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter":
				o.out.line("Page header or footer", value.String())
				value.Reset()
			case "formula1":
				if list := formula.String(); strings.HasPrefix(list, `"`) {
					o.out.line("Choices", strings.Trim(list, `"`))
				}
				formula.Reset()
			}
		}
	})
	if len(cells) > 0 {
		row(number, cells)
	}
	if stray > 0 {
		o.out.lost("sheet "+s.name, fmt.Sprintf("%d cells could not be read: they refer to strings that are not in the file, or their row is too long or too wide", stray))
	}
}

// text is what a cell says; false where it refers to a string that is not there.
func (b *book) text(kind string, style int, v string) (string, bool) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil {
			return "", v == ""
		}
		return b.strings.at(i)
	case "str", "inlineStr", "d", "e":
		return v, true
	case "b":
		if strings.TrimSpace(v) == "1" {
			return b.yes, true
		}
		return b.no, v != ""
	}
	var f numberFormat
	if style >= 0 && style < len(b.formats) {
		f = b.formats[style]
	}
	return numberText(v, f, b.date1904), true
}

// numberText writes a number as people would see it: dates as dates, and no
// exponents or the noise of binary fractions.
func numberText(v string, f numberFormat, date1904 bool) string {
	v = strings.TrimSpace(v)
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return v
	}
	if f.date {
		if s, ok := serialDate(n, date1904); ok {
			return s
		}
	}
	if len(v) > 15 || strings.ContainsAny(v, "eE") {
		n, _ = strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
		if s := strconv.FormatFloat(n, 'f', -1, 64); len(s) < 400 {
			v = s
		}
	}
	if strings.Contains(v, ".") { // 7.0, as some programs write a whole number
		v = strings.TrimSuffix(strings.TrimRight(v, "0"), ".")
	}
	if f.digits > len(v) && f.digits < 100 && n >= 0 && !strings.Contains(v, ".") {
		v = strings.Repeat("0", f.digits-len(v)) + v
	}
	return v
}

// serialDate turns Excel's count of days into a date. Days before March 1900 are one off, because
// Excel takes 1900 for a leap year (ISO/IEC 29500-1, 18.17.4.1).
func serialDate(n float64, date1904 bool) (string, bool) {
	if n < 0 || n > 2958466 { // the end of the year 9999
		return "", false
	}
	day, frac := math.Floor(n), n-math.Floor(n)
	seconds := time.Duration(math.Round(frac*86400)) * time.Second
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case day < 1:
		return time.Time{}.Add(seconds).Format("15:04:05"), true
	case day < 60:
		start = start.AddDate(0, 0, 1)
	}
	at := start.AddDate(0, 0, int(day)).Add(seconds)
	if frac == 0 {
		return at.Format("2006-01-02"), true
	}
	return at.Format("2006-01-02T15:04:05"), true
}
