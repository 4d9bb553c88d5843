package doc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/testdata"
)

var wordOf = regexp.MustCompile(`[\pL\pN]+`)

// recall is how many of the words of want are in got, each as often as it comes.
func recall(got, want string) (share float64, words int) {
	has := map[string]int{}
	for _, w := range wordOf.FindAllString(strings.ToLower(got), -1) {
		has[w]++
	}
	found := 0
	for _, w := range wordOf.FindAllString(strings.ToLower(want), -1) {
		words++
		if has[w] > 0 {
			has[w]--
			found++
		}
	}
	if words == 0 {
		return 1, 0
	}
	return float64(found) / float64(words), words
}

// pdfs are PDFs of other people's making: court papers with words under black boxes, and
// attachments of letters from councils.
func pdfs(t testing.TB) map[string][]byte {
	out := map[string][]byte{}
	files, err := filepath.Glob(filepath.Join(testdata.Shared(t, "xray-pdfs"), "*.pdf"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d PDFs, %v", len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = b
	}
	return out
}

// Every PDF gives at least 95 of a hundred words that the usual tool finds.
func TestPDFAgainstPoppler(t *testing.T) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		testdata.Missing(t, "poppler", "pdftotext (on Debian: apt install poppler-utils)")
	}
	for name, data := range pdfs(t) {
		cmd := exec.Command(tool, "-", "-")
		cmd.Stdin = bytes.NewReader(data)
		want, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: pdftotext: %v", name, err)
		}
		d, err := Read(bytes.NewReader(data), name, "", Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		share, words := recall(d.Text, string(want))
		if share < 0.95 {
			t.Errorf("%s: only %.3f of %d words", name, share, words)
		}
	}
}

func TestPDFPages(t *testing.T) {
	data := pdfs(t)["rect_ordering_1.23.pdf"]
	n := 0
	err := (&Reader{}).Pages(context.Background(), bytes.NewReader(data), func(p Page) bool {
		n++
		if p.Number != n || p.Width < 500 || len(p.Words) < 100 {
			t.Errorf("page %d of %v by %v with %d words", p.Number, p.Width, p.Height, len(p.Words))
		}
		text := strings.Join(strings.Fields(p.Text), "")
		for _, w := range p.Words {
			if w.Box.Left > w.Box.Right || w.Box.Bottom > w.Box.Top || w.Box.Right > p.Width+1 || w.Box.Top > p.Height+1 || w.Box.Left < -1 || w.Box.Bottom < -1 {
				t.Errorf("the box of a word is not on the page: %v", w.Box)
			}
			if !strings.Contains(text, w.Text) {
				t.Errorf("a word that is not in the text")
			}
		}
		return true
	})
	if err != nil || n != 1 {
		t.Errorf("%d pages, %v", n, err)
	}
}

// aPDF writes a PDF of these objects, the first being number 1. Readers find them without a table
// of where they are.
func aPDF(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Root 1 0 R %s >>\n%%%%EOF\n", trailer)
	return b.Bytes()
}

func stream(dict, data string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

func mixedPDF() []byte {
	page := func(contents, more string) string {
		return "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << /Font << /F 9 0 R >> >> /Contents " + contents + " " + more + " >>"
	}
	return aPDF("/Info 14 0 R",
		"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [11 0 R] >> /Names << /EmbeddedFiles << /Names [(note.txt) 12 0 R] >> >> >>",
		"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>",
		page("6 0 R", "/Annots [10 0 R 11 0 R]"), page("7 0 R", ""), page("8 0 R", ""),
		stream("", "BT /F 18 Tf 20 150 Td (Dear Ann Bell,) Tj 0 -30 Td (bboolldd) Tj ET 0 0 0 rg 20 148 120 20 re f"),
		stream("", "0 0 0 rg 20 20 100 100 re f"), stream("", ""),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		"<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /Contents (check this) /T (Bo Finch) >>",
		"<< /Type /Annot /Subtype /Widget /FT /Tx /T (dob) /V (1 May 1980) /Rect [50 10 90 20] >>",
		"<< /Type /Filespec /F (note.txt) /UF (note.txt) /EF << /F 13 0 R >> >>",
		stream("/Type /EmbeddedFile", "attached words"),
		"<< /Author (Asha Pell) /Title (Letter) >>",
	)
}

func TestPDF(t *testing.T) {
	d := read(t, "a.pdf", mixedPDF())
	want := "Dear Ann Bell,\nbboolldd\n[Bo Finch] check this\n[dob] 1 May 1980\n\n[note.txt]\nattached words\n\nTitle: Letter\nAuthor: Asha Pell"
	if diff := cmp.Diff(want, d.Text); diff != "" {
		t.Error(diff)
	}
	if len(d.Problems) != 1 || d.Problems[0].Where != "page 2" || !d.Problems[0].Lost {
		t.Errorf("the page that is a picture: %v", d.Problems)
	}
	checkProblem(t, d.Problems, "page 2: no text: a scan?")

	d, err := Read(bytes.NewReader(mixedPDF()), "a.pdf", "", Limits{Pages: 1})
	if err != nil {
		t.Fatal(err)
	}
	checkProblem(t, d.Problems, "3 pages, over the limit of 1")

	sealed := aPDF("/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O ("+strings.Repeat("o", 32)+") /U ("+strings.Repeat("u", 32)+") >>",
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>")
	if _, err = Read(bytes.NewReader(sealed), "a.pdf", "", Limits{}); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "password") {
		t.Errorf("sealed: %v", err)
	}
	if _, err = Read(strings.NewReader("%PDF-1.7 and no more"), "a.pdf", "", Limits{}); err == nil || errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("damaged: %v", err)
	}
}

// A PDF that takes too long is let go of, and the next one is read.
func TestPDFTime(t *testing.T) {
	slow := aPDF("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Resources << /Font << /F 5 0 R >> >> /Contents 4 0 R >>",
		stream("", "BT /F 1 Tf "+strings.Repeat("(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj ", 300_000)+" ET"),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	if _, err := pdfiumPool(); err != nil { // which takes longer
		t.Fatal(err)
	}
	d, err := Read(bytes.NewReader(slow), "a.pdf", "", Limits{Time: 30 * time.Millisecond})
	said := fmt.Sprint(err, d.Problems)
	if !strings.Contains(said, "longer than the limit") {
		t.Errorf("said %s", said)
	}
	must(t, read(t, "a.pdf", mixedPDF()).Text, "Dear Ann Bell")
}
