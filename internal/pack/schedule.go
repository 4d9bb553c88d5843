package pack

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// What Excel has room for.
const (
	maxRows = 1_048_576
	maxText = 32_767 // characters in a cell
)

// The sheets of the schedule, and the heads of their columns.
var (
	givenHead    = []string{"Item", "What it is", "Kind of information", "System", "Table", "Date", "Whose it is", "How we found it", "Values", "Withheld", "Document"}
	withheldHead = []string{"Item", "What", "Times", "Why the law allows it", "Law", "Our reason"}
	sourcesHead  = []string{"Place", "Searched", "Why not, or how far"}
)

const (
	givenSheet    = "What you are given"
	withheldSheet = "What was withheld"
	sourcesSheet  = "Sources"
	searchedYes   = "Yes"
	searchedNot   = "Not searched"
	followedNot   = "Not followed"
	cutText       = " (cut: in full in " + PageName + ")"
)

// writeSheet writes the schedule as an Excel workbook. Every cell is a string or
// a number of ours: none is a formula, whatever it begins with, and none becomes
// one when it is edited, being formatted as text.
func writeSheet(b *bytes.Buffer, c *content) (err error) {
	// Excelize leaves long sheets on the disk unless it cannot, and there is no
	// folder of this name: nobody's data stays behind in one.
	f := excelize.NewFile(excelize.Options{TmpDir: "\x00"})
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	if err := f.SetSheetName("Sheet1", givenSheet); err != nil {
		return err
	}
	w := &workbook{file: f, height: maxRows}
	if err := w.styles(); err != nil {
		return err
	}
	if err := w.given(c); err != nil {
		return err
	}
	if err := w.withheld(c); err != nil {
		return err
	}
	if err := w.sources(c); err != nil {
		return err
	}
	day := c.Searched.String() + "T00:00:00Z"
	if err := f.SetDocProps(&excelize.DocProperties{Title: "Schedule of your information (" + c.Reference + ")", Creator: c.Landlord,
		LastModifiedBy: c.Landlord, Language: "en-GB", Created: day, Modified: day}); err != nil {
		return err
	}
	var raw bytes.Buffer
	if err := f.Write(&raw); err != nil {
		return err
	}
	return sameZip(b, raw.Bytes())
}

// workbook writes sheets row by row.
type workbook struct {
	file       *excelize.File
	height     int // most rows in a sheet
	head, text int // styles
	sheet      *excelize.StreamWriter
	row        int
}

func (w *workbook) styles() (err error) {
	if w.head, err = w.file.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true},
		Border: []excelize.Border{{Type: "bottom", Style: 2, Color: "0B0C0C"}}}); err != nil {
		return err
	}
	w.text, err = w.file.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	return err
}

// fill makes a sheet of rows, and further ones where it has no room for them all.
func (w *workbook) fill(name string, head []string, widths []float64, rows func(add func(...any) error) error) error {
	part := 0
	begin := func() error {
		part++
		title := name
		if part > 1 {
			title = fmt.Sprintf("%s (%d)", name, part)
		}
		if i, err := w.file.GetSheetIndex(title); err != nil {
			return err
		} else if i < 0 {
			if _, err := w.file.NewSheet(title); err != nil {
				return err
			}
		}
		var err error
		if w.sheet, err = w.file.NewStreamWriter(title); err != nil {
			return err
		}
		for i, width := range widths {
			if err := w.sheet.SetColWidth(i+1, i+1, width); err != nil {
				return err
			}
		}
		if err := w.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
			return err
		}
		w.row = 0
		cells := make([]any, len(head))
		for i, h := range head {
			cells[i] = h
		}
		return w.add(w.head, cells)
	}
	if err := begin(); err != nil {
		return err
	}
	err := rows(func(cells ...any) error {
		if w.row == w.height {
			if err := w.sheet.Flush(); err != nil {
				return err
			}
			if err := begin(); err != nil {
				return err
			}
		}
		return w.add(w.text, cells)
	})
	if err != nil {
		return err
	}
	return w.sheet.Flush()
}

func (w *workbook) add(style int, cells []any) error {
	w.row++
	for i, v := range cells {
		if s, ok := v.(string); ok {
			v = short32k(s)
		}
		cells[i] = excelize.Cell{StyleID: style, Value: v}
	}
	return w.sheet.SetRow("A"+strconv.Itoa(w.row), cells)
}

// short32k cuts a text to what a cell has room for, and says so.
func short32k(s string) string {
	if len(s) <= maxText || utf8.RuneCountInString(s) <= maxText/2 { // Excel counts in UTF-16.
		return s
	}
	keep := maxText/2 - len(cutText)
	for i := range s {
		if keep--; keep < 0 {
			return s[:i] + cutText
		}
	}
	return s
}

func (w *workbook) given(c *content) error {
	return w.fill(givenSheet, givenHead, []float64{7, 28, 26, 16, 18, 17, 26, 34, 8, 9, 36}, func(add func(...any) error) error {
		for _, x := range c.Items {
			date, values, hidden := "", 0, 0
			if !x.Date.IsZero() {
				date = day(x.Date)
			}
			for _, f := range slices.Concat(x.Fields, x.Texts) {
				if f.Withheld {
					hidden++
				} else if f.Value != "" {
					values++
				}
			}
			if err := add(x.Number, x.Title, c.category(x.Category), x.Source, x.Table, date, x.Whose, x.How, values, hidden, x.documentFiles()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *workbook) withheld(c *content) error {
	return w.fill(withheldSheet, withheldHead, []float64{16, 34, 7, 44, 28, 50}, func(add func(...any) error) error {
		for _, x := range c.Withheld {
			where := "Not among the items"
			if x.Item > 0 {
				where = "Item " + strconv.Itoa(x.Item)
			}
			if err := add(where, capital(x.What), x.Times, x.Exemption.Title, x.Exemption.Cite, x.Reason); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *workbook) sources(c *content) error {
	return w.fill(sourcesSheet, sourcesHead, []float64{44, 16, 70}, func(add func(...any) error) error {
		for _, s := range c.Sources {
			if err := add(s, searchedYes, ""); err != nil {
				return err
			}
		}
		for _, g := range c.NotSearched {
			if err := add(g.What, searchedNot, sentence(g.Why)); err != nil {
				return err
			}
		}
		for _, g := range c.NotFollowed {
			if err := add(g.What, followedNot, sentence(g.Why)); err != nil {
				return err
			}
		}
		return nil
	})
}

// sameZip writes a zip archive again so that the same parts are the same bytes:
// in order of their names, but for the list of parts, which comes first, and
// without times.
func sameZip(w io.Writer, raw []byte) error {
	from, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return err
	}
	const first = "[Content_Types].xml"
	slices.SortFunc(from.File, func(a, b *zip.File) int {
		if (a.Name == first) != (b.Name == first) {
			if a.Name == first {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Name, b.Name)
	})
	to := zip.NewWriter(w)
	for _, f := range from.File {
		part, err := to.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: zipTime})
		if err != nil {
			return err
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		_, err = io.Copy(part, r)
		if cerr := r.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
	}
	return to.Close()
}
