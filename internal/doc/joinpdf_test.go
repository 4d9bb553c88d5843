package doc

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
)

// printed is a PDF with a page for each text, and with properties.
func printed(t testing.TB, texts ...string) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	p.SetTitle("A title that stays behind", true)
	p.SetFont("Helvetica", "", 12)
	for _, s := range texts {
		p.AddPage()
		p.Text(20, 20, s)
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJoinPDF(t *testing.T) {
	ctx := context.Background()
	var rd Reader
	joined, pages, err := rd.JoinPDF(ctx, printed(t, "Alpha"), printed(t, "Beta", "Gamma"), printed(t, "Delta"))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != 3 || pages[0] != 1 || pages[1] != 2 || pages[2] != 1 {
		t.Errorf("pages %v", pages)
	}
	got, err := rd.Read(ctx, bytes.NewReader(joined), "joined.pdf", "")
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(got.Text, "CreationDate:") // the writer's own, and no day of ours
	if want := "Alpha Beta Gamma Delta"; strings.Join(strings.Fields(text), " ") != want {
		t.Errorf("the joined file says %q", got.Text)
	}
	if bytes.Contains(joined, []byte("A title that stays behind")) {
		t.Error("properties of a part came along")
	}
}

func TestJoinPDFRefuses(t *testing.T) {
	ctx := context.Background()
	for name, files := range map[string][][]byte{
		"what is no PDF": {printed(t, "Alpha"), []byte("%PDF-1.7 and nothing else")},
		"an empty file":  {{}},
	} {
		var rd Reader
		if _, _, err := rd.JoinPDF(ctx, files...); err == nil {
			t.Errorf("%s is joined", name)
		}
	}
	rd := Reader{Limits: Limits{Pages: 2}}
	if _, _, err := rd.JoinPDF(ctx, printed(t, "a", "b"), printed(t, "c")); err == nil || !strings.Contains(err.Error(), "2 pages") {
		t.Errorf("too many pages: %v", err)
	}
	rd = Reader{Limits: Limits{Bytes: 100}}
	if _, _, err := rd.JoinPDF(ctx, printed(t, "a")); err == nil {
		t.Error("a file over the limit is joined")
	}
}
