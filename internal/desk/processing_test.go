package desk

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tenet/internal/notice"
	"tenet/internal/processing"
)

// TestProcessingThereAndBack exports the record in each form, edits it as Excel
// would, and holds it against the pack.
func TestProcessingThereAndBack(t *testing.T) {
	for _, pack := range []string{"larkfield", "harbourside"} {
		d, _ := versioned(t, pack, "2026-11-22")
		for _, as := range []notice.UseRole{notice.AsController, notice.AsProcessor} {
			r, err := d.Processing(t.Context(), as, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, form := range []string{".xlsx", ".csv"} {
				var b bytes.Buffer
				if err := WriteProcessing(&b, form, r, d.Today()); err != nil {
					t.Fatal(err)
				}
				got, err := d.CheckProcessing(t.Context(), "record"+form, b.Bytes(), as, "")
				if err != nil {
					t.Fatalf("%s as %s, %s: %v", pack, as, form, err)
				}
				if len(got.Differences) > 0 {
					t.Errorf("%s as %s, %s: what was exported differs: %v", pack, as, form, got.Differences)
				}
			}
		}
	}
}

// edited is the record as a workbook with one cell changed.
func edited(t *testing.T, d *Desk, use, title, text string) []byte {
	t.Helper()
	r, err := d.Processing(t.Context(), notice.AsController, "larkfield-homes")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteProcessing(&b, ".xlsx", r, d.Today()); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	column, row := 0, 0
	for i, c := range r.Columns {
		if c.Title == title {
			column = i + 1
		}
	}
	for i, x := range r.Rows {
		if string(x.Use) == use {
			row = i + 10 // below the ninth, which has the headings
		}
	}
	if column == 0 || row == 0 {
		t.Fatalf("no cell for %s of %s", title, use)
	}
	at, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		t.Fatal(err)
	}
	if err := book.SetCellStr("Template", at, text); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestProcessingProposal(t *testing.T) {
	d, _ := versioned(t, "larkfield", "2026-11-22")
	identity, _ := d.Notice.Data.Category("identity")
	contact, _ := d.Notice.Data.Category("contact-details")
	before, err := os.ReadFile(filepath.Join(d.Dir, "notice", "uses.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	sheet := edited(t, d, "check-right-to-rent", "Categories of personal data", identity.Title+"\n"+contact.Title)
	got, err := d.CheckProcessing(t.Context(), "record.xlsx", sheet, notice.AsController, "larkfield-homes")
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Differences) != 1 || got.Differences[0].Line != 11 || len(got.Differences[0].Mends) != 1 || !strings.Contains(got.Differences[0].Mends[0].Do, "add contact-details to uses[check-right-to-rent].categories") {
		t.Fatalf("what differs: %+v", got.Differences)
	}
	dir := filepath.Join(t.TempDir(), "next")
	if err := d.ProposeProcessing(t.Context(), got, notice.AsController, "larkfield-homes", dir); err != nil {
		t.Fatal(err)
	}
	n, err := notice.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if diffs, err := d.CompareProcessing(t.Context(), d.Notice, n, notice.AsController); err != nil || len(diffs.Differences) == 0 || diffs.Differences[0].Use != "check-right-to-rent" {
		t.Errorf("the proposal against the notice: %v, %v", diffs, err)
	}
	if after, err := os.ReadFile(filepath.Join(d.Dir, "notice", "uses.yaml")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the notice itself was written on: %v", err)
	}
	if err := d.ProposeProcessing(t.Context(), got, notice.AsController, "larkfield-homes", dir); errorCode(err) != "occupied" {
		t.Errorf("a folder that is there was written over: %v", err)
	}

	by := edited(t, d, "let-homes", "Article 6 lawful basis for processing personal data", "Consent")
	got, err = d.CheckProcessing(t.Context(), "record.xlsx", by, notice.AsController, "larkfield-homes")
	if err != nil {
		t.Fatal(err)
	}
	no := filepath.Join(t.TempDir(), "no")
	if err := d.ProposeProcessing(t.Context(), got, notice.AsController, "larkfield-homes", no); errorCode(err) != "by-hand" || !errors.Is(err, processing.ErrByHand) {
		t.Errorf("a basis was written into the pack: %v", err)
	}
	if _, err := os.Stat(no); err == nil {
		t.Error("something was left behind of a proposal that could not be made")
	}
}

func TestProcessingHostileSheets(t *testing.T) {
	d, _ := versioned(t, "larkfield", "2026-11-22")
	head := "Purpose of processing,Use (Tenet)\r\n"
	for name, data := range map[string][]byte{
		"too-large.csv": make([]byte, MostSheet+1),
		"rows.csv":      []byte(head + strings.Repeat("x,y\r\n", processing.MaxLines+10)),
		"cell.csv":      []byte(head + strings.Repeat("x", processing.MaxText+1) + ",y\r\n"),
		"none.csv":      []byte("A,B\r\n1,2\r\n"),
		"not.xlsx":      []byte("PK\x03\x04 and nothing more"),
		"empty.csv":     nil,
	} {
		if _, err := d.CheckProcessing(t.Context(), name, data, notice.AsController, ""); errorCode(err) != "import" && errorCode(err) != "too-large" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A formula that somebody has put into the pack is text in what is exported.
	n := *d.Notice
	n.Uses.Uses = append([]notice.Use{}, n.Uses.Uses...)
	n.Uses.Uses[0].Purpose = `=HYPERLINK("http://evil.example/","x")`
	r, err := d.ProcessingOf(t.Context(), &n, notice.AsController, "")
	if err != nil {
		t.Fatal(err)
	}
	var csv, book bytes.Buffer
	if err := WriteProcessing(&csv, ".csv", r, d.Today()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(csv.String(), `"'=HYPERLINK(`) {
		t.Error("the CSV file has a formula")
	}
	if err := WriteProcessing(&book, ".xlsx", r, d.Today()); err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if f, err := x.GetCellFormula("Template", "B10"); err != nil || f != "" {
		t.Errorf("the workbook has the formula %q: %v", f, err)
	}
	if v, err := x.GetCellValue("Template", "B10"); err != nil || v != n.Uses.Uses[0].Purpose {
		t.Errorf("the cell says %q: %v", v, err)
	}
	if err := WriteProcessing(&book, ".exe", r, d.Today()); errorCode(err) != "form" {
		t.Errorf("another form: %v", err)
	}
}
