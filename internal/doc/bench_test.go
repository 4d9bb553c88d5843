package doc

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"tenet/internal/testdata"
)

// benchRead reads a document over and over, in bytes of its text as unpacked.
func benchRead(b *testing.B, rd *Reader, name string, data []byte, size int, unit string, units int) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		d, err := rd.Read(context.Background(), bytes.NewReader(data), name, "")
		if err != nil || d.Text == "" {
			b.Fatal(err, len(d.Text))
		}
	}
	b.ReportMetric(float64(units)*float64(b.N)/b.Elapsed().Seconds(), unit)
}

func BenchmarkDOCX(b *testing.B) {
	p := `<w:p><w:pPr><w:rPr><w:b/></w:rPr></w:pPr><w:r><w:rPr><w:lang w:val="en-GB"/></w:rPr><w:t xml:space="preserve">Dear Ann Bell, your repair of the tap in the kitchen is booked for the third of March. </w:t></w:r></w:p>`
	xml := `<w:document>` + strings.Repeat(p, 5000) + `</w:document>`
	benchRead(b, &Reader{}, "a.docx", zipped(b, contentTypes, "", "word/document.xml", xml), len(xml), "paragraphs/s", 5000)
}

func BenchmarkXLSX(b *testing.B) {
	var sheet strings.Builder
	for r := range 1000 {
		fmt.Fprintf(&sheet, `<row r="%d">`, r+1)
		for c := range 254 {
			if c%2 == 0 {
				fmt.Fprintf(&sheet, `<c s="1"><v>%d</v></c>`, 20000+r+c)
			} else {
				fmt.Fprintf(&sheet, `<c t="s"><v>%d</v></c>`, c%3)
			}
		}
		sheet.WriteString(`</row>`)
	}
	xml := `<worksheet>` + sheet.String() + `</worksheet>`
	data := zipped(b, contentTypes, "", "xl/workbook.xml", `<sheets><sheet name="S" r:id="a"/></sheets>`, "xl/_rels/workbook.xml.rels", `<Relationship Id="a" Target="worksheets/s.xml"/>`,
		"xl/sharedStrings.xml", "<si><t>Ann Bell</t></si><si><t>3 Harbour Street</t></si><si><t>yes</t></si>", "xl/styles.xml", `<cellXfs><xf/><xf numFmtId="14"/></cellXfs>`, "xl/worksheets/s.xml", xml)
	benchRead(b, &Reader{}, "a.xlsx", data, len(xml), "rows/s", 1000)
}

func BenchmarkODT(b *testing.B) {
	xml := `<c>` + strings.Repeat(`<text:p text:style-name="P1">Dear Ann Bell, your repair of the tap in the kitchen is booked for the third of March.</text:p>`, 5000) + `</c>`
	benchRead(b, &Reader{}, "a.odt", zipped(b, "mimetype", typeODT, "content.xml", xml), len(xml), "paragraphs/s", 5000)
}

func BenchmarkRTF(b *testing.B) {
	data := []byte(`{\rtf1\ansi` + strings.Repeat(`\pard\plain Dear Ann Bell, your {\b repair} of the tap\u8217?s washer is booked for the 3\'b0.\par `, 10000) + `}`)
	benchRead(b, &Reader{}, "a.rtf", data, len(data), "paragraphs/s", 10000)
}

func BenchmarkMSG(b *testing.B) {
	data := outlook(b)
	benchRead(b, &Reader{}, "a.msg", data, len(data), "messages/s", 1)
}

func BenchmarkPDF(b *testing.B) {
	data := pdfs(b)["rect_ordering_1.23.pdf"]
	read(b, "a.pdf", data)
	benchRead(b, &Reader{}, "a.pdf", data, len(data), "pages/s", 1)
}

// BenchmarkPDFPages is a long document: the cost of a page without that of
// opening.
func BenchmarkPDFPages(b *testing.B) {
	const pages = 200
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
		objects = append(objects, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>", 5+2*i),
			stream("", "BT /F 11 Tf 14 TL 50 800 Td "+strings.Repeat("(Dear Ann Bell, your repair of the tap in the kitchen is booked for the third.) Tj T* ", 45)+"ET"))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), pages)
	data := aPDF("", objects...)
	read(b, "a.pdf", data)
	benchRead(b, &Reader{}, "a.pdf", data, len(data), "pages/s", pages)
}

func BenchmarkOCR(b *testing.B) {
	ocr, err := FindOCR(context.Background(), "eng")
	if err != nil {
		testdata.Missing(b, "tesseract", err.Error())
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, photograph(b, letterPDF())); err != nil {
		b.Fatal(err)
	}
	benchRead(b, &Reader{OCR: ocr}, "a.png", picture.Bytes(), picture.Len(), "pictures/s", 1)
}
