package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/doc"
)

// mostSheet is how large a sheet of open cases may be, in bytes.
const mostSheet = 32 << 20

// ReadSheet is the rows of a CSV file or of the first sheet of a workbook, under the
// names of its first row, for cases.Import. Problems are of rows; an error, an *[Error],
// is of the whole sheet.
func ReadSheet(ctx context.Context, name string, sheet []byte) ([]cases.Row, []cases.RowProblem, error) {
	unreadable := func(err error) error {
		return &Error{Code: "import", What: "the sheet cannot be read as a table", Where: filepath.Base(name), Mend: "save it as CSV or as an Excel workbook (.xlsx)", Err: err}
	}
	if len(sheet) > mostSheet {
		return nil, nil, &Error{Code: "too-large", What: fmt.Sprintf("the sheet is over %d bytes", mostSheet), Where: filepath.Base(name), Mend: "split it"}
	}
	var head []string
	var rows []cases.Row
	var problems []cases.RowProblem
	add := func(r doc.Record) {
		if len(r.Problems) > 0 {
			problems = append(problems, cases.RowProblem{Line: r.Line, Column: "the row", What: "it cannot be read whole", Mend: "shorten it, and save the sheet again"})
			return
		}
		if head == nil {
			head = []string{}
			for _, h := range r.Fields {
				head = append(head, strings.ToLower(strings.Join(strings.Fields(h), " ")))
			}
			for i, h := range head {
				if h != "" && slices.Contains(head[:i], h) {
					problems = append(problems, cases.RowProblem{Line: r.Line, Column: h, What: "two columns have this name", Mend: "leave one of them out"})
				}
			}
			return
		}
		row := cases.Row{Line: r.Line, Fields: map[string]string{}}
		for i, v := range r.Fields {
			switch v = strings.TrimSpace(v); {
			case v == "":
			case i >= len(head) || head[i] == "":
				problems = append(problems, cases.RowProblem{Line: r.Line, Column: fmt.Sprint("column ", i+1), What: "there is something under no name", Mend: "name the column in the first row, or empty the cell"})
			default:
				row.Fields[head[i]] = v
			}
		}
		if len(row.Fields) > 0 {
			rows = append(rows, row)
		}
	}
	if strings.EqualFold(filepath.Ext(name), ".xlsx") {
		book, err := doc.OpenWorkbook(ctx, bytes.NewReader(sheet), int64(len(sheet)), doc.Limits{})
		if err != nil {
			return nil, nil, unreadable(err)
		}
		for r, err := range book.Rows(ctx, 0) {
			if err != nil {
				return nil, nil, unreadable(err)
			}
			add(r)
		}
	} else {
		table, err := doc.NewCSV(bytes.NewReader(sheet), doc.Limits{})
		if err != nil {
			return nil, nil, unreadable(err)
		}
		add(doc.Record{Line: 1, Fields: table.Header})
		for {
			r, err := table.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, nil, unreadable(err)
			}
			add(r)
		}
	}
	if len(rows) == 0 && len(problems) == 0 {
		return nil, nil, &Error{Code: "import", What: "the sheet has no row below the names of its columns", Where: filepath.Base(name), Mend: "check that the first sheet of the workbook is the right one"}
	}
	return rows, problems, nil
}
