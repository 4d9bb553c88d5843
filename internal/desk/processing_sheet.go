package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/processing"
)

// ProcessingForms are the files that a record can be written as, by ending.
func ProcessingForms() []string { return []string{".xlsx", ".csv", ".json"} }

// WriteProcessing writes a record as a file of one of [ProcessingForms].
func WriteProcessing(w io.Writer, form string, r *processing.Register, made law.Date) error {
	switch strings.ToLower(form) {
	case ".csv":
		return processing.WriteCSV(w, r)
	case ".json":
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(r)
	case ".xlsx":
		return writeProcessingBook(w, r, made)
	}
	return &Error{Code: "form", What: fmt.Sprintf("a record cannot be written as %q", form), Where: "--out", Mend: "name a file that ends in .xlsx, .csv or .json"}
}

// writeProcessingBook writes the workbook of the Commissioner's template: who keeps
// the record above, the headings in the ninth row, and the record below. A second sheet
// has the gaps. Every cell is text: none is a formula, whatever it begins with.
func writeProcessingBook(w io.Writer, r *processing.Register, made law.Date) (err error) {
	// Excelize keeps long sheets on the disk unless it cannot.
	f := excelize.NewFile(excelize.Options{TmpDir: "\x00"})
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	head, err := f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	const record, gaps = "Template", "Gaps"
	if err := f.SetSheetName("Sheet1", record); err != nil {
		return err
	}
	if _, err := f.NewSheet(gaps); err != nil {
		return err
	}
	fill := func(sheet string, headings int, rows [][]string) error {
		out, err := f.NewStreamWriter(sheet)
		if err != nil {
			return err
		}
		if err := out.SetColWidth(1, 60, 30); err != nil {
			return err
		}
		for i, row := range rows {
			style := text
			if i+1 == headings {
				style = head
			}
			cells := make([]any, len(row))
			for j, v := range row {
				cells[j] = excelize.Cell{StyleID: style, Value: cellText(v)}
			}
			if err := out.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
				return err
			}
		}
		return out.Flush()
	}
	if err := fill(record, 9, processingRows(r, made)); err != nil {
		return err
	}
	list := [][]string{{"Kind", "Use", "Of", "What is missing", "Law", "What to do", "Where"}}
	for _, g := range r.Gaps {
		list = append(list, []string{string(g.Kind), string(g.Use), string(g.Body), g.What, g.Law, g.Mend, g.At.String()})
	}
	if err := fill(gaps, 1, list); err != nil {
		return err
	}
	return f.Write(w)
}

func processingRows(r *processing.Register, made law.Date) [][]string {
	var keepers []string
	for _, k := range r.Keepers {
		keepers = append(keepers, strings.Join(k.Lines(), ", "))
	}
	officer := "None named"
	if r.Officer != nil {
		officer = strings.Join(r.Officer.Lines(), ", ")
	}
	title := "Record of processing activities, UK GDPR Article 30(1)"
	if r.As == notice.AsProcessor {
		title = "Record of processing activities for others, UK GDPR Article 30(2)"
	}
	rows := [][]string{
		{title}, {"Name and contact details", strings.Join(keepers, "\n")}, {"Data Protection Officer", officer}, {"Representative", "None named"},
		{"From the notice", fmt.Sprintf("version %.12s, in force from %s", r.Version, r.Effective)}, {"Made on", made.String()}, {}, {},
	}
	var headings []string
	for _, c := range r.Columns {
		headings = append(headings, c.Title)
	}
	rows = append(rows, headings)
	for _, row := range r.Rows {
		var cells []string
		for _, c := range row.Cells {
			cells = append(cells, c.Text())
		}
		rows = append(rows, cells)
	}
	return rows
}

// cellText is as much of a text as a cell of Excel has room for.
func cellText(s string) string {
	const most = processing.MaxText / 2 // Excel counts in UTF-16
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// readProcessing reads a sheet that somebody edited: a CSV file, or the first sheet
// of a workbook. It reads no more than a record can have.
func readProcessing(ctx context.Context, name string, data []byte, as notice.UseRole) (*processing.Sheet, error) {
	file := filepath.Base(name)
	if len(data) > MostSheet {
		return nil, &Error{Code: "too-large", What: fmt.Sprintf("the sheet is over %d bytes, and no record is", MostSheet), Where: file, Mend: "keep the rows of the record alone"}
	}
	sheets, err := readSheets(ctx, name, data, processing.MaxLines, processing.Unguard)
	if err != nil {
		return nil, sheetError(file, "the record", err)
	}
	var lines []processing.Line
	if len(sheets) > 0 {
		for _, r := range sheets[0].Rows {
			lines = append(lines, processing.Line(r))
		}
	}
	s, err := processing.Read(file, as, lines)
	if err != nil {
		return nil, sheetError(file, "the record", err)
	}
	return s, nil
}
