package register

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"tenet/internal/law"
)

// The columns that every sheet of a register begins with.
var sheetHead = []string{"number", "title", "state", "version", "signed", "signed-by", "review-by", "live-from", "late"}

// Columns are the columns of a register's sheet: those of every paper, then its fields.
func (f *Form) Columns() []string {
	out := slices.Clone(sheetHead)
	for _, x := range f.Fields {
		out = append(out, x.Name)
	}
	return out
}

// Line is a paper as a line of its register's sheet, in the order of Columns: its
// newest version, and of what is signed when and by whom.
func (f *Form) Line(p Paper, today law.Date) []string {
	v := p.Latest()
	signed, _ := p.Standing()
	state := v.State
	if !p.Ended.IsZero() {
		state = Ended
	}
	out := []string{p.Number, v.Title, string(state), fmt.Sprint(v.N), moment(signed.Decided), signed.DecidedBy, dayText(p.ReviewBy), dayText(p.Live()), strings.Join(f.Late(p, today), "; ")}
	for _, x := range f.Fields {
		out = append(out, x.Written(v.Values))
	}
	return out
}

// Written is an answer as a sheet has it, so that Parse or Import reads it back:
// several by commas, a table as JSON.
func (x Field) Written(v Values) string {
	if rows := v.Rows(x.Name); len(rows) > 0 {
		out, err := json.Marshal(rows)
		if err != nil { // strings by strings: it cannot fail
			return ""
		}
		return string(out)
	}
	return strings.Join(v.List(x.Name), ", ")
}

// Formats are those that Export writes.
func Formats() []string { return []string{"csv", "xlsx", "json"} }

// Export writes a register. JSON has every version and entry; the sheets have each
// paper as it is.
func (f *Form) Export(w io.Writer, format string, papers []Paper, today law.Date) error {
	var mine []Paper
	for _, p := range papers {
		if p.Register == f.ID {
			mine = append(mine, p)
		}
	}
	switch format {
	case "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"register": f, "papers": append([]Paper{}, mine...)})
	case "csv":
		c := csv.NewWriter(w)
		c.UseCRLF = true
		if _, err := io.WriteString(w, "\uFEFF"); err != nil { // Excel takes it for UTF-8
			return err
		}
		if err := c.Write(f.Columns()); err != nil {
			return err
		}
		for _, p := range mine {
			line := f.Line(p, today)
			for i := range line {
				line[i] = defused(line[i])
			}
			if err := c.Write(line); err != nil {
				return err
			}
		}
		c.Flush()
		return c.Error()
	case "xlsx":
		return f.workbook(w, mine, today)
	}
	return fmt.Errorf("%w: no register is written as %q; use one of: %s", ErrInput, short(format), strings.Join(Formats(), ", "))
}

// workbook writes strings alone, which no spreadsheet takes for formulas.
func (f *Form) workbook(w io.Writer, papers []Paper, today law.Date) (err error) {
	x := excelize.NewFile()
	defer func() {
		if e := x.Close(); err == nil {
			err = e
		}
	}()
	sheet := clip(f.Title, 31) // the longest name of a sheet
	if err := x.SetSheetName("Sheet1", sheet); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	lines := [][]string{f.Columns()}
	for _, p := range papers {
		lines = append(lines, f.Line(p, today))
	}
	for i, line := range lines {
		for j, s := range line {
			if len(s) > excelize.TotalCellChars {
				s = "Too long for a cell: it is in the JSON."
			}
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err == nil {
				err = x.SetCellStr(sheet, cell, s)
			}
			if err != nil {
				return fmt.Errorf("write the workbook: %w", err)
			}
		}
	}
	return x.Write(w)
}

// defused is a cell that a spreadsheet does not run.
func defused(s string) string {
	if t := strings.TrimLeft(s, " \t\r\n'"); t != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(t)[0]) {
		return "'" + s
	}
	return s
}

// mostLines bounds a sheet.
const mostLines = 5000

// Import reads a sheet of a register as drafts: a CSV with the columns of Columns, in
// any order, of which only title must be there. What says how a paper stands is left
// out: nobody is signed by a sheet.
func (f *Form) Import(file string, text []byte) ([]In, error) {
	if len(text) > 16<<20 {
		return nil, invalid(file, 0, "the file", "is larger than 16 MiB", "import it in parts")
	}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF"))))
	head, err := c.Read()
	if err != nil {
		return nil, invalid(file, 1, "the file", "is no sheet", "save it as CSV, with the names of the columns in the first line")
	}
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(head[i]))
		if !slices.Contains(f.Columns(), head[i]) {
			return nil, invalid(file, 1, head[i], "is no column", "use: "+strings.Join(f.Columns(), ", "))
		}
		if slices.Contains(head[:i], head[i]) {
			return nil, invalid(file, 1, head[i], "stands there twice", "leave one out")
		}
	}
	if !slices.Contains(head, "title") {
		return nil, invalid(file, 1, "title", "is missing", "add the column")
	}
	var out []In
	for {
		line, err := c.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			at := 0
			if e := (*csv.ParseError)(nil); errors.As(err, &e) {
				at = e.Line
			}
			return nil, invalid(file, at, "the line", "cannot be read: "+firstLine(err.Error()), "every line has as many cells as the first")
		}
		at, _ := c.FieldPos(0)
		if len(out) == mostLines {
			return nil, invalid(file, at, "the file", fmt.Sprintf("has more than %d papers", mostLines), "import it in parts")
		}
		in := In{Register: f.ID, Values: Values{}}
		for i, s := range line {
			if t := strings.TrimPrefix(s, "'"); defused(t) == s {
				s = t
			}
			x := f.Field(head[i])
			switch {
			case head[i] == "title":
				in.Title = s
			case x == nil || strings.TrimSpace(s) == "":
			case x.Type == Table:
				var rows []any
				if err := json.Unmarshal([]byte(s), &rows); err != nil {
					return nil, invalid(file, at, head[i], "is no table", `write it as [{"column": "answer"}]`)
				}
				in.Values[head[i]] = rows
			default:
				in.Values[head[i]] = s
			}
		}
		out = append(out, in)
	}
}
