package pack_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/law"
	"tenet/internal/pack"
	"tenet/internal/testdata"
)

func cover() pack.Cover {
	return pack.Cover{Reference: "AR-2026-0001", Landlord: "Larkfield Homes", To: []string{"Ann Larter", "3 Example Road", "Larkfield", "LK1 1AA"},
		Return: []string{"Larkfield Homes", "1 Example Street", "Larkfield LK1 1ZZ"}, Day: law.Date{Year: 2026, Month: 11, Day: 23}, Pages: 7, Apart: []string{"01-plan.docx"}}
}

// pageText is what stands on a page of a PDF, laid out as it is there.
func pageText(t *testing.T, pdf []byte, page string, more ...string) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		testdata.Missing(t, "poppler", "the reader of PDFs (Debian's package poppler-utils)")
	}
	path := filepath.Join(t.TempDir(), "cover.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, append(append([]string{"-f", page, "-l", page}, more...), path, "-")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// TestCover: the sheet that goes shows the address in the window and no more there, and
// the sheet that stays says how many go.
func TestCover(t *testing.T) {
	pdf, err := pack.WriteCover(cover())
	if err != nil {
		t.Fatal(err)
	}
	list, sheet := pageText(t, pdf, "1"), pageText(t, pdf, "2")
	for _, want := range []string{"Do not put this page in the envelope", "7 pages", "makes 5 sheets", "AR-2026-0001", "01-plan.docx"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
	if strings.Contains(list, "Ann Larter") {
		t.Error("the page that stays in the office names the person")
	}
	for _, want := range []string{"Ann Larter 3 Example Road Larkfield LK1 1AA", "AR-2026-0001", "7 pages on 5 sheets", "send it back to: Larkfield Homes, 1 Example Street"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet lacks %q:\n%s", want, sheet)
		}
	}
	// At 72 points to the inch a pixel is a point: the window is 85 by 38 mm.
	window := pageText(t, pdf, "2", "-x", "57", "-y", "142", "-W", "241", "-H", "107", "-r", "72")
	if window != "Ann Larter 3 Example Road Larkfield LK1 1AA" {
		t.Errorf("the window shows %q", window)
	}
	again, err := pack.WriteCover(cover())
	if err != nil || !bytes.Equal(pdf, again) {
		t.Errorf("the same cover is other bytes, %v", err)
	}
}

func TestCoverOfALongAddress(t *testing.T) {
	c := cover()
	c.To = []string{"The Personal Representatives of Wilhelmina Fortescue-Ravenscroft", "c/o Messrs Penrose, Penrose and Tregenza, Solicitors", "Second floor, the old custom house and bonded store",
		"14a Long Harbour Promenade East", "Upper Larkfield", "Larkfieldshire", "LK11 1AA"}
	pdf, err := pack.WriteCover(c)
	if err != nil {
		t.Fatal(err)
	}
	window := pageText(t, pdf, "2", "-x", "57", "-y", "142", "-W", "241", "-H", "107", "-r", "72")
	if got := strings.ReplaceAll(window, " ", ""); got != strings.ReplaceAll(strings.Join(c.To, ""), " ", "") {
		t.Errorf("the window shows %q", window)
	}
}

func TestCoverNeeds(t *testing.T) {
	for name, spoil := range map[string]func(*pack.Cover){
		"no reference": func(c *pack.Cover) { c.Reference = "" }, "no address": func(c *pack.Cover) { c.To = c.To[:1] },
		"nowhere to return it to": func(c *pack.Cover) { c.Return = nil }, "no pages": func(c *pack.Cover) { c.Pages = 0 },
	} {
		c := cover()
		spoil(&c)
		if _, err := pack.WriteCover(c); err == nil {
			t.Errorf("with %s there is a cover", name)
		}
	}
}
