package doc

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
)

// fuzzClean copies anything under a name: a copy that comes about can be read again, and holds nothing that was to
// go.
func fuzzClean(f *testing.F, name string, seeds ...[]byte) {
	fuzzCleanAs(f, name, func(_ testing.TB, in []byte) []byte { return in }, seeds...)
}

func fuzzCleanAs(f *testing.F, name string, wrap func(testing.TB, []byte) []byte, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	c := cleaner(regexp.MustCompile(`(?i)ann|Zq\w+|[0-9]{3,}`))
	c.Limits = fuzzLimits
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		r, err := c.Clean(context.Background(), bytes.NewReader(wrap(t, in)), name, &out)
		switch {
		case err != nil && out.Len() > 0:
			t.Fatalf("%d bytes were written all the same: %v", out.Len(), err)
		case errors.Is(err, ErrLeak):
			// Find and Prove see other things than each other: the copy was rightly refused.
			return
		case err != nil && strings.Contains(err.Error(), "the clean copy"):
			t.Fatal(err)
		case err != nil:
			return
		}
		d, err := Read(bytes.NewReader(out.Bytes()), "copy"+r.Ext, "", Limits{})
		if err != nil && out.Len() > 0 {
			t.Fatalf("the copy cannot be read: %v", err)
		}
		if d.Type != r.Type && out.Len() > 0 {
			t.Errorf("the copy is %s, and was said to be %s", d.Type, r.Type)
		}
	})
}

func FuzzCleanPage(f *testing.F) {
	fuzzClean(f, "a.html", []byte(`<title>Ann</title><p hidden>x</p><table><tr><td colspan=2>Ann<b>1</table></td><img alt=Ann><a href="mailto:ann@example.org">`), []byte("<svg><p><plaintext>Ann"))
}

func FuzzCleanMail(f *testing.F) {
	fuzzClean(f, "a.eml", []byte("From: Ann <a@example.org>\r\nSubject: =?utf-8?q?=41nn?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nAnn\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n--b--"))
}

func FuzzCleanTable(f *testing.F) {
	fuzzClean(f, "a.csv", []byte("name;born\n\"Ann\nx\";1980\n"), []byte("\xFF\xFEa\x00,\x00b\x00"))
}

func FuzzCleanText(f *testing.F) {
	fuzzClean(f, "a.txt", []byte("Dear Ann"), []byte(`{\rtf1 Ann\cell\row}`))
}

func FuzzCleanWord(f *testing.F) {
	fuzzCleanAs(f, "a.docx", func(t testing.TB, in []byte) []byte {
		return zipped(t, contentTypes, "", "word/document.xml", string(in))
	}, []byte(`<w:p><w:pPr><w:pStyle w:val="Heading9"/></w:pPr><w:r><w:t>Ann</w:t><w:tab/><w:br/></w:r><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl></w:p></w:tc></w:tbl>`))
}

func FuzzCleanSlides(f *testing.F) {
	fuzzCleanAs(f, "a.pptx", func(t testing.TB, in []byte) []byte {
		return zipped(t, contentTypes, "", "ppt/presentation.xml", "", "ppt/slides/slide1.xml", string(in))
	}, []byte(`<a:p><a:r><a:t>Ann</a:t></a:r></a:p>`))
}

func FuzzCleanSheet(f *testing.F) {
	fuzzCleanAs(f, "a.xlsx", func(t testing.TB, in []byte) []byte {
		return zipped(t, contentTypes, "", "xl/workbook.xml", `<sheets><sheet name="S" r:id="a"/></sheets>`,
			"xl/_rels/workbook.xml.rels", `<Relationship Id="a" Target="worksheets/sheet1.xml"/>`, "xl/worksheets/sheet1.xml", string(in))
	}, []byte(`<row r="3"><c r="XFD3" t="inlineStr"><is><t>Ann</t></is></c><c><v>1e9</v></c></row><row r="1"><c t="b"><v>1</v></c></row>`))
}

func FuzzCleanOpenDocument(f *testing.F) {
	fuzzCleanAs(f, "a.odt", func(t testing.TB, in []byte) []byte { return zipped(t, "mimetype", typeODT, "content.xml", string(in)) },
		[]byte(`<text:h text:outline-level="99">Ann<text:s text:c="9"/></text:h><table:table><table:table-row><table:table-cell table:number-columns-repeated="99999"><text:p/></table:table-cell></table:table-row></table:table>`))
}

func FuzzCleanPDF(f *testing.F) {
	if _, err := pdfiumPool(); err != nil { // which takes longer than one try may
		f.Fatal(err)
	}
	fuzzClean(f, "a.pdf", mixedPDF(), letterPDF(), hidingPDF())
}

func FuzzCleanArchive(f *testing.F) {
	fuzzClean(f, "a.zip", zipped(f, "a.txt", "Ann", "b.zip", string(zipped(f, "c.csv", "Ann"))))
}

func FuzzTSV(f *testing.F) {
	f.Add("5\t1\t1\t1\t1\t1\t10\t20\t30\t40\t96.5\tAnn\n")
	f.Fuzz(func(t *testing.T, table string) {
		for _, w := range parseTSV(table) {
			if w.text == "" {
				t.Error("a word without letters")
			}
		}
	})
}
