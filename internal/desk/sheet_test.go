package desk

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tenet/internal/cases"
)

// TestReadSheet: a table and a workbook of the same rows read the same, and what
// is wrong names its line and column.
func TestReadSheet(t *testing.T) {
	rows := [][]any{{"Reference", " KIND ", "Name", "received"}, {"OLD-1", "access", "Ann Larter", "2026-11-02"}, {"", "", "", ""}, {"OLD-2", "foi", "Jo Teal", "2026-11-03"}}
	book := excelize.NewFile()
	var text strings.Builder
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
		for j, v := range row {
			if j > 0 {
				text.WriteByte(',')
			}
			text.WriteString(v.(string))
		}
		text.WriteByte('\n')
	}
	var xlsx bytes.Buffer
	if err := book.Write(&xlsx); err != nil {
		t.Fatal(err)
	}
	fields := func(all []cases.Row) (out []map[string]string) {
		for _, r := range all {
			out = append(out, r.Fields)
		}
		return out
	}
	want := []map[string]string{
		{"reference": "OLD-1", "kind": "access", "name": "Ann Larter", "received": "2026-11-02"},
		{"reference": "OLD-2", "kind": "foi", "name": "Jo Teal", "received": "2026-11-03"},
	}
	for name, data := range map[string][]byte{"open.csv": []byte(text.String()), "OPEN.XLSX": xlsx.Bytes()} {
		got, problems, err := ReadSheet(t.Context(), name, data)
		if err != nil || len(problems) > 0 {
			t.Fatalf("%s: %v, %v", name, problems, err)
		}
		if diff := cmp.Diff(want, fields(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got[1].Line != 4 {
			t.Errorf("%s: the second row is said to be line %d", name, got[1].Line)
		}
	}

	for text, says := range map[string]string{
		"name,name\na,b\n": "two columns have this name",
		"name\na,b\n":      "under no name",
	} {
		if _, problems, err := ReadSheet(t.Context(), "x.csv", []byte(text)); err != nil || len(problems) != 1 || !strings.Contains(problems[0].What, says) || problems[0].Mend == "" {
			t.Errorf("%q: %v, %v", text, problems, err)
		}
	}
	for name, data := range map[string][]byte{"empty.csv": nil, "head.csv": []byte("name\n"), "x.xlsx": []byte("PK no zip"), "large.csv": make([]byte, mostSheet+1)} {
		var e *Error
		if _, _, err := ReadSheet(t.Context(), name, data); !errors.As(err, &e) || e.Mend == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
