package pack

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"unicode/utf8"

	_ "embed"
)

// The names of the files.
const (
	PageName   = "your-information.html"
	JSONName   = "your-information.json"
	CSVName    = "your-information.csv"
	PDFName    = "your-information.pdf"
	SheetName  = "schedule.xlsx"
	ReadMeName = "read-me.txt"
)

// Extra is a file that an answer may have besides those it always has.
type Extra int

// The extra files.
const (
	Print       Extra = iota + 1 // PDFName: the page for print
	Spreadsheet                  // SheetName: what is given, what is withheld, what was searched
)

// File is one file of a pack.
type File struct {
	Name  string // without folders, but for DocumentFolder
	Bytes []byte
}

// Files makes the answer: the four files of the page, the JSON, the CSV and what
// to read first, and any extra ones. The same Input gives the same bytes, whatever
// the order of its items, the machine and its clock. Errors say what the Input
// lacks, and quote nothing of anyone's data.
func Files(in Input, extra ...Extra) ([]File, error) {
	c, err := newContent(in)
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	c.extra = extra
	files, err := c.files()
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return files, nil
}

func (c *content) files() ([]File, error) {
	var files []File
	add := func(name string, write func(*bytes.Buffer, *content) error) error {
		var b bytes.Buffer
		if err := write(&b, c); err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		files = append(files, File{name, b.Bytes()})
		return nil
	}
	page := func(b *bytes.Buffer, c *content) error { return writePDF(b, c, files[1].Bytes) }
	err := add(ReadMeName, writeReadMe)
	for _, f := range []struct {
		name  string
		write func(*bytes.Buffer, *content) error
		left  bool
	}{
		{PageName, writePage, false}, {CSVName, writeCSV, c.Reviewer}, {JSONName, writeJSON, false},
		{PDFName, page, !c.Printed()}, {SheetName, writeSheet, !c.Listed()},
	} {
		if err == nil && !f.left {
			err = add(f.name, f.write)
		}
	}
	files = append(files, c.documents()...)
	if err == nil {
		err = sound(files)
	}
	return files, err
}

// Printed says whether the PDF is among the files.
func (c *content) Printed() bool { return slices.Contains(c.extra, Print) }

// Listed says whether the schedule is among the files.
func (c *content) Listed() bool { return slices.Contains(c.extra, Spreadsheet) }

func writeJSON(b *bytes.Buffer, c *content) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false) // It is no part of a page, and people read it.
	e.SetIndent("", "  ")
	return e.Encode(c)
}

// byteOrderMark tells Excel that the file is UTF-8.
const byteOrderMark = "\uFEFF"

var csvHeader = []string{"Item", "What it is", "Kind of information", "System", "Table", "Date", "Whose", "Column", "Field", "Value", "Note"}

func writeCSV(b *bytes.Buffer, c *content) error {
	b.WriteString(byteOrderMark)
	w := csv.NewWriter(b)
	w.UseCRLF = true
	if err := w.Write(csvHeader); err != nil {
		return err
	}
	for _, i := range c.Items {
		date := ""
		if !i.Date.IsZero() {
			date = i.Date.String()
		}
		for _, list := range [][]field{i.Fields, i.Texts} {
			for _, f := range list {
				value := f.Value
				if f.Withheld {
					value = hidden
				}
				row := []string{strconv.Itoa(i.Number), i.Title, c.category(i.Category), i.Source, i.Table, date, i.Whose, f.Name, f.Label, value, f.Note}
				for n := range row {
					row[n] = csvCell(row[n])
				}
				if err := w.Write(row); err != nil {
					return err
				}
			}
		}
		for _, d := range i.Documents {
			row := []string{strconv.Itoa(i.Number), i.Title, c.category(i.Category), i.Source, i.Table, date, i.Whose, "", documentLabel, d.File, d.Note}
			for n := range row {
				row[n] = csvCell(row[n])
			}
			if err := w.Write(row); err != nil {
				return err
			}
		}
	}
	w.Flush()
	return w.Error()
}

// documentLabel is what the spreadsheet calls a document where it has the name of its file.
const documentLabel = "Document"

// csvCell keeps a spreadsheet from taking text for a formula, which could send the
// other cells to a stranger: it puts an apostrophe in front. A plain negative
// number, such as a credit on a rent account, is no formula and stays a number.
// What has apostrophes of its own in front gets one too, so that taking one off
// always gives what was there.
func csvCell(s string) string {
	body := strings.TrimLeft(s, "'")
	first, _ := utf8.DecodeRuneInString(body)
	if body == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) || len(body) == len(s) && first == '-' && number(s[1:]) {
		return s
	}
	return "'" + s
}

// number says that s is digits, with one point among them at most.
func number(s string) bool {
	whole, part, point := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!point || digits(part))
}

//go:embed read-me.tmpl
var readMe string

var readMeTemplate = template.Must(template.New("read-me").Parse(readMe))

func writeReadMe(b *bytes.Buffer, c *content) error { return readMeTemplate.Execute(b, c) }

// category is what the notice calls a category.
func (c *content) category(id string) string {
	for _, x := range c.Explanation.Categories {
		if string(x.ID) == id {
			return x.Title
		}
	}
	if id == "" {
		return otherInformation
	}
	return Label(id)
}

const otherInformation = "Other information"
