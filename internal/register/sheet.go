package register

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"tenet/internal/law"
)

// The columns that every sheet of a register begins with.
var sheetHead = []string{"number", "title", "state", "version", "signed", "signed-by", "review-by", "live-from", "late"}

// The columns that every sheet of a table within papers begins with.
var tableHead = sheetHead[:2]

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

// Written is an answer as a sheet has it, so that Import reads it back: several by
// commas, and of a table each row on a line of its own, "risk: Somebody is seen; likely: low".
func (x Field) Written(v Values) string {
	if x.Type != Table {
		return strings.Join(v.List(x.Name), ", ")
	}
	var lines []string
	for _, row := range v.Rows(x.Name) {
		var cells []string
		for _, c := range x.Columns {
			if s := row[c.Name]; s != "" {
				if strings.ContainsAny(s, ";\"\n") {
					s = strconv.Quote(s)
				}
				cells = append(cells, c.Name+": "+s)
			}
		}
		lines = append(lines, strings.Join(cells, "; "))
	}
	return strings.Join(lines, "\n")
}

// readRows reads the rows of a table as Written writes them. What is not of that form is
// what is wrong.
func (x Field) readRows(s string) (rows []map[string]string, wrong string) {
	for line := range strings.Lines(s) {
		row := map[string]string{}
		for line = strings.TrimSpace(line); line != ""; {
			name, rest, ok := strings.Cut(line, ":")
			name, rest = strings.TrimSpace(name), strings.TrimLeft(rest, " ")
			if !ok || fieldOf(x.Columns, name) == nil {
				return nil, fmt.Sprintf("%q begins with no column of it", short(line))
			}
			value := ""
			if quoted, err := strconv.QuotedPrefix(rest); err == nil && quoted[0] == '"' {
				if value, err = strconv.Unquote(quoted); err != nil {
					return nil, fmt.Sprintf("%q is not closed", short(rest))
				}
				if rest, ok = strings.CutPrefix(strings.TrimSpace(rest[len(quoted):]), ";"); !ok && rest != "" {
					return nil, fmt.Sprintf("%q stands after what is quoted", short(rest))
				}
			} else {
				value, rest, _ = strings.Cut(rest, ";")
			}
			if _, twice := row[name]; twice {
				return nil, name + " stands twice in a row"
			}
			row[name], line = strings.TrimSpace(value), strings.TrimSpace(rest)
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return rows, ""
}

// Formats are those that Export writes.
func Formats() []string { return []string{"csv", "xlsx", "json"} }

// Export writes a register. JSON has every version and entry; the sheets have each
// paper as it is. In a workbook each table within papers is a sheet of its own.
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
	for i, s := range f.sheets(papers, today) {
		if i == 0 {
			err = x.SetSheetName("Sheet1", s.Name)
		} else {
			_, err = x.NewSheet(s.Name)
		}
		if err != nil {
			return fmt.Errorf("write the workbook: %w", err)
		}
		for _, row := range s.Rows {
			for j, text := range row.Cells {
				if len(text) > excelize.TotalCellChars {
					return fmt.Errorf("%w: row %d of %s has more in %s than a cell takes; export it as csv", ErrInput, row.Number, s.Name, s.Rows[0].Cells[j])
				}
				cell, err := excelize.CoordinatesToCellName(j+1, row.Number)
				if err == nil {
					err = x.SetCellStr(s.Name, cell, text)
				}
				if err != nil {
					return fmt.Errorf("write the workbook: %w", err)
				}
			}
		}
	}
	return x.Write(w)
}

// Sheet is a table of a file: a CSV file is one, and a workbook has some.
type Sheet struct {
	Name string
	Rows []Row
}

// Row is a row of a sheet by its number, as a spreadsheet shows it; the first is 1.
type Row struct {
	Number int
	Cells  []string
}

func (s *Sheet) add(cells []string) { s.Rows = append(s.Rows, Row{len(s.Rows) + 1, cells}) }

// sheets are the papers of a workbook: the papers, then each table within them.
func (f *Form) sheets(papers []Paper, today law.Date) []Sheet {
	whole := func(i int) bool { return i < len(sheetHead) || f.Fields[i-len(sheetHead)].Type != Table }
	pick := func(cells []string) (out []string) {
		for i, c := range cells {
			if whole(i) {
				out = append(out, c)
			}
		}
		return out
	}
	out := []Sheet{{Name: clip(f.Title, longestName)}}
	out[0].add(pick(f.Columns()))
	for _, p := range papers {
		out[0].add(pick(f.Line(p, today)))
	}
	for _, x := range f.Fields {
		if x.Type != Table {
			continue
		}
		s := Sheet{Name: clip(x.Name, longestName)}
		head := slices.Clone(tableHead)
		for _, c := range x.Columns {
			head = append(head, c.Name)
		}
		s.add(head)
		for _, p := range papers {
			v := p.Latest()
			for _, row := range v.Values.Rows(x.Name) {
				cells := []string{p.Number, v.Title}
				for _, c := range x.Columns {
					cells = append(cells, row[c.Name])
				}
				s.add(cells)
			}
		}
		out = append(out, s)
	}
	return out
}

// longestName is how long the name of a sheet may be.
const longestName = 31

// defused is a cell that a spreadsheet does not run.
func defused(s string) string {
	if t := strings.TrimLeft(s, " \t\r\n'"); t != "" && strings.ContainsRune("=+-@|%＝＋－＠", []rune(t)[0]) {
		return "'" + s
	}
	return s
}

// Undefused is a cell of a CSV file as it was before Export made it harmless.
func Undefused(s string) string {
	if t := strings.TrimPrefix(s, "'"); defused(t) == s {
		return t
	}
	return s
}
