package desk

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"tenet/internal/incident"
	"tenet/internal/notice"
)

// RegisterForms are the endings of the files that the register of breaches is written to.
func RegisterForms() []string { return []string{".csv", ".xlsx", ".json"} }

// WriteIncidents writes the register of incidents and breaches (UK GDPR Art 33(5)), the
// newest first, as a file of one of [RegisterForms]: those of the sets that sees lets
// through, or of all where it is nil. It names nobody whom they touch.
func (d *Desk) WriteIncidents(ctx context.Context, w io.Writer, form string, sees func(client notice.ID) bool) error {
	x, err := d.Incidents()
	if err != nil {
		return err
	}
	lines := [][]string{incident.Columns()}
	for i, err := range x.All(ctx) {
		if err != nil {
			return err
		}
		if sees == nil || sees(i.Client) {
			lines = append(lines, incident.EntryOf(&i).Cells())
		}
	}
	switch form {
	case ".csv":
		out := csv.NewWriter(w)
		out.UseCRLF = true
		for _, line := range lines {
			for i, cell := range line {
				if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") { // a spreadsheet would run it
					line[i] = "'" + cell
				}
			}
			if err := out.Write(line); err != nil {
				return fmt.Errorf("write the register: %w", err)
			}
		}
		out.Flush()
		return out.Error()
	case ".json":
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(map[string]any{"columns": lines[0], "rows": lines[1:], "complete": true})
	case ".xlsx":
		return writeRegisterBook(w, "Incidents", lines)
	}
	return &Error{Code: "form", What: fmt.Sprintf("a register cannot be written as %q", form), Where: "--out", Mend: "name a file that ends in " + strings.Join(RegisterForms(), ", ")}
}

// writeRegisterBook writes lines as a sheet of text: no cell is a formula.
func writeRegisterBook(w io.Writer, name string, lines [][]string) (err error) {
	f := excelize.NewFile(excelize.Options{TmpDir: "\x00"}) // long sheets stay off the disk
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	out, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, line := range lines {
		cells := make([]any, len(line))
		for j, s := range line {
			cells[j] = cellText(s)
		}
		if err := out.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}
