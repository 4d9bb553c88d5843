package desk

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/doc"
	"tenet/internal/register"
)

// MostSheet is how large a sheet of the record of processing or of a register may be
// that is read back, in bytes: a landlord's whole record is some hundred kilobytes.
const MostSheet = 8 << 20

// sheetTime is how long reading one may take.
const sheetTime = 30 * time.Second

// readSheets reads a file that somebody edited: a workbook, which its first bytes tell,
// or a CSV file, each cell of which goes through plain. Of each sheet it reads no more
// than most rows and one. Rows have the numbers that a spreadsheet shows.
func readSheets(ctx context.Context, name string, data []byte, most int, plain func(string) string) ([]register.Sheet, error) {
	ctx, stop := context.WithTimeout(ctx, sheetTime)
	defer stop()
	limits := doc.Limits{Bytes: MostSheet, Unpacked: 64 << 20, Text: 32 << 20, Record: 1 << 20}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || strings.EqualFold(filepath.Ext(name), ".xlsx") {
		return readWorkbook(ctx, data, most, limits)
	}
	table, err := doc.NewCSV(bytes.NewReader(data), limits)
	if err != nil {
		return nil, err
	}
	out := register.Sheet{Name: filepath.Base(name)}
	row, next := 0, 1 // of the spreadsheet, and the line of the file after it
	for r, err := range table.Rows() {
		if err != nil {
			return nil, err
		}
		// A cell may have line ends within; an empty line is a row, and the reader skips it.
		row += 1 + r.Line - next
		next = r.Line + 1
		cells := make([]string, len(r.Fields))
		for i, v := range r.Fields {
			next += strings.Count(v, "\n")
			cells[i] = plain(v)
		}
		if out.Rows = append(out.Rows, register.Row{Number: row, Cells: cells}); len(out.Rows) > most {
			break
		}
	}
	return []register.Sheet{out}, nil
}

func readWorkbook(ctx context.Context, data []byte, most int, limits doc.Limits) ([]register.Sheet, error) {
	book, err := doc.OpenWorkbook(ctx, bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		return nil, err
	}
	const sheets = 20 // of which more are nobody's export
	var out []register.Sheet
	for i, s := range book.Sheets[:min(len(book.Sheets), sheets)] {
		sheet := register.Sheet{Name: s.Name}
		for r, err := range book.Rows(ctx, i) {
			if err != nil {
				return nil, err
			}
			if sheet.Rows = append(sheet.Rows, register.Row{Number: r.Line, Cells: r.Fields}); len(sheet.Rows) > most {
				break
			}
		}
		out = append(out, sheet)
	}
	return out, nil
}

// sheetError says that a sheet cannot be read. What it says of the bytes is words.
func sheetError(file, as string, err error) error {
	if !utf8.ValidString(err.Error()) || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' && r != '\n' }) {
		err = nil // it repeats what is in the file
	}
	return &Error{Code: "import", What: "the sheet cannot be read as " + as, Where: file, Mend: "export it anew, edit that, and save it as .xlsx or .csv", Err: err}
}
