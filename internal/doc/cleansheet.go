package doc

import (
	"archive/zip"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// plainNumber is a number that a cell may hold as one: no telephone number, no reference, nothing that would lose
// a digit.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,13})(\.[0-9]{1,6})?$`)

// errDamagedBook stands for what is wrong with a workbook, which may name its sheets.
var errDamagedBook = errors.New("a part of it is damaged or over the limits, so that the copy would not be whole")

// workbookCopy makes a workbook anew: the values of its cells, sheet by sheet.
func (k *cleaning) workbookCopy(o *office, files []*zip.File) (copied, error) {
	main := o.files["xl/workbook.xml"]
	if main == nil {
		return copied{}, errors.New("it has no main part, or not where such documents have theirs")
	}
	b := o.book(main)
	var sheets []string
	var names passage
	for i, s := range b.sheets {
		where := fmt.Sprintf("sheet %d", i+1)
		if s.file == nil {
			return copied{}, fmt.Errorf("%s: missing from the file", where)
		}
		if s.hidden {
			k.keep(where, "was hidden, and is to be seen in the copy")
		}
		content, err := k.sheetCopy(o, b, s, where)
		if err != nil {
			return copied{}, err
		}
		names.add("\n", s.name)
		sheets = append(sheets, content)
	}
	if o.failed() != nil {
		return copied{}, errDamagedBook
	}
	clean, err := k.clean("names of sheets", &names)
	if err != nil {
		return copied{}, err
	}
	if len(sheets) == 0 {
		return copied{}, errors.New("it has no sheets")
	}
	k.dropParts(files, func(name string) bool {
		return name == "xl/workbook.xml" || strings.HasPrefix(name, "xl/worksheets/")
	})
	k.drop("", "formulas, which stand as their values; defined names, notes on cells, formats, headers and footers")
	return writeXLSX(clean, sheets)
}

// writeXLSX is a new workbook of sheets, with the least that Excel asks for.
func writeXLSX(names, sheets []string) (copied, error) {
	parts := [][2]string{{"xl/workbook.xml", "spreadsheetml.sheet.main"}}
	var rels, files [][2]string
	var list strings.Builder
	used := map[string]bool{}
	for i, name := range names {
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escaped(sheetName(name, i+1, used)), i+1, i+1)
		file := fmt.Sprintf("worksheets/sheet%d.xml", i+1)
		parts = append(parts, [2]string{"xl/" + file, "spreadsheetml.worksheet"})
		rels = append(rels, [2]string{"worksheet", file})
		files = append(files, [2]string{"xl/" + file, xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + sheets[i] + `</sheetData></worksheet>`})
	}
	data, err := newZip(append([][2]string{
		{"[Content_Types].xml", contents(parts...)},
		{"_rels/.rels", relationships([2]string{"officeDocument", "xl/workbook.xml"})},
		{"xl/workbook.xml", xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>` + list.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relationships(rels...)},
	}, files...)...)
	return copied{data, typeXLSX, ".xlsx"}, err
}

// sheetCopy is one sheet, as the rows of its copy in XML.
func (k *cleaning) sheetCopy(o *office, b *book, s sheet, where string) (string, error) {
	var rows [][]string
	var columns [][]int
	var numbers []int
	size := int64(0)
	o.sheetRows(b, s, func(number int, cells []cell) {
		if size > k.limits.Text {
			return
		}
		row, at := make([]string, len(cells)), make([]int, len(cells))
		for i, c := range cells {
			row[i], at[i] = strings.ToValidUTF8(cleanText.Replace(c.text), "\uFFFD"), c.column
			if strings.HasPrefix(row[i], "=") {
				row[i] = "(a formula without a value)"
			}
			size += int64(len(c.text))
		}
		rows, columns, numbers = append(rows, row), append(columns, at), append(numbers, number)
	})
	if size > k.limits.Text {
		return "", fmt.Errorf("%s: its text is longer than the limit of %s bytes: split it", where, Thousands(k.limits.Text))
	}
	if o.failed() != nil {
		return "", fmt.Errorf("%s: %w", where, errDamagedBook)
	}
	if err := k.rows(where, rows, 1); err != nil {
		return "", err
	}
	k.keep(where, fmt.Sprintf("%s rows with values", Thousands(int64(len(rows)))))
	k.step(where)
	var x strings.Builder
	for i, row := range rows {
		x.WriteString(sheetRow(numbers[i], row, columns[i]))
	}
	return x.String(), nil
}

// sheetRow is one row: numbers as such, everything else as text.
func sheetRow(number int, row []string, columns []int) string {
	var x strings.Builder
	fmt.Fprintf(&x, `<row r="%d">`, number)
	for i, text := range row {
		at := fmt.Sprintf("%s%d", columnName(columns[i]), number)
		if plainNumber.MatchString(text) {
			x.WriteString(`<c r="` + at + `"><v>` + text + `</v></c>`)
		} else {
			x.WriteString(`<c r="` + at + `" t="inlineStr"><is><t xml:space="preserve">` + escaped(text) + `</t></is></c>`)
		}
	}
	return x.String() + `</row>`
}

// columnName is A for 0, AA for 26.
func columnName(n int) string {
	name := ""
	for n++; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// sheetName is a name that Excel takes, and that no other sheet has.
func sheetName(name string, number int, used map[string]bool) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return ' '
		}
		return r
	}, name)
	r := []rune(strings.Trim(strings.TrimSpace(name), "'"))
	name = string(r[:min(len(r), 25)])
	if name == "" || used[strings.ToLower(name)] {
		name = strings.TrimSpace(fmt.Sprintf("%s %d", name, number))
	}
	used[strings.ToLower(name)] = true
	return name
}
