package doc

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

// benchClean copies a document over and over.
func benchClean(b *testing.B, name string, data []byte, size int, unit string, units int) {
	c := cleaner(regexp.MustCompile(`Ann Bell`))
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Clean(context.Background(), bytes.NewReader(data), name, io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(units)*float64(b.N)/b.Elapsed().Seconds(), unit)
}

func BenchmarkCleanText(b *testing.B) {
	data := []byte(strings.Repeat("Dear Ann Bell, your repair of the tap in the kitchen is booked for the third of March.\n", 20000))
	benchClean(b, "a.txt", data, len(data), "lines/s", 20000)
}

func BenchmarkCleanPage(b *testing.B) {
	data := []byte(strings.Repeat("<p>Dear <b>Ann</b> Bell, your repair of the tap in the kitchen is booked for the third of March.</p>\n", 20000))
	benchClean(b, "a.html", data, len(data), "paragraphs/s", 20000)
}

func BenchmarkCleanDOCX(b *testing.B) {
	p := `<w:p><w:r><w:t xml:space="preserve">Dear Ann Bell, your repair of the tap in the kitchen is booked for the third of March. </w:t></w:r></w:p>`
	xml := `<w:document>` + strings.Repeat(p, 5000) + `</w:document>`
	benchClean(b, "a.docx", zipped(b, contentTypes, "", "word/document.xml", xml), len(xml), "paragraphs/s", 5000)
}

func BenchmarkCleanXLSX(b *testing.B) {
	var rows strings.Builder
	for r := range 5000 {
		fmt.Fprintf(&rows, `<row r="%d"><c t="inlineStr"><is><t>Ann Bell</t></is></c><c><v>%d</v></c><c t="inlineStr"><is><t>3 Harbour Street</t></is></c></row>`, r+1, r)
	}
	xml := `<worksheet><sheetData>` + rows.String() + `</sheetData></worksheet>`
	benchClean(b, "a.xlsx", zipped(b, contentTypes, "", "xl/workbook.xml", `<sheets><sheet name="S" r:id="a"/></sheets>`,
		"xl/_rels/workbook.xml.rels", `<Relationship Id="a" Target="worksheets/s.xml"/>`, "xl/worksheets/s.xml", xml), len(xml), "rows/s", 5000)
}

// BenchmarkCleanPDF is a document of many pages of text.
func BenchmarkCleanPDF(b *testing.B) {
	const pages = 20
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>", 5+2*i),
			stream("", "BT /F 11 Tf 14 TL 50 800 Td "+strings.Repeat("(Dear Ann Bell, your repair of the tap in the kitchen is booked for the third.) Tj T* ", 45)+"ET"))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), pages)
	data := aPDF("", objects...)
	if _, err := pdfiumPool(); err != nil {
		b.Fatal(err)
	}
	benchClean(b, "a.pdf", data, len(data), "pages/s", pages)
}
