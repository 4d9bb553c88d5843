package doc

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// fuzzLimits are small, so that reaching them is soon.
var fuzzLimits = Limits{Bytes: 1 << 20, Unpacked: 4 << 20, Text: 1 << 20, Files: 100, Pages: 20, Record: 1 << 18, Time: 20 * time.Second}

// fuzzRead reads anything under a name, and holds the text to what Document says of it.
func fuzzRead(f *testing.F, name string, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		d, _ := Read(bytes.NewReader(in), name, "", fuzzLimits)
		if !utf8.ValidString(d.Text) || strings.ContainsAny(d.Text, "\x00\r") {
			t.Errorf("not clean text: %.200q", d.Text)
		}
		if len(d.Text) > 1<<20 {
			t.Errorf("%d bytes of text, over the limit", len(d.Text))
		}
		if len(d.Problems) > 3*problemLimit {
			t.Errorf("%d problems", len(d.Problems))
		}
	})
}

func FuzzRTF(f *testing.F) {
	fuzzRead(f, "a.rtf", []byte(`{\rtf1\ansi\ansicpg1252{\fonttbl{\f1\fcharset128 M;}}{\info{\author A}}\f1 \'93\'fa\u8211?\u-10179?\bin3 {{{{\field{\*\fldinst{HYPERLINK "mailto:a@example.org"}}}\cell\row}`))
}

func FuzzArchive(f *testing.F) {
	fuzzRead(f, "a", zipped(f, "a.txt", "words", "b.zip", string(zipped(f, "c.txt", "more"))), tarred(f, "a.txt", "words"), gzipped(f, []byte("words")))
}

func FuzzPDF(f *testing.F) {
	if _, err := pdfiumPool(); err != nil { // which takes longer than one try may
		f.Fatal(err)
	}
	fuzzRead(f, "a.pdf", mixedPDF(), letterPDF())
}

func FuzzMSG(f *testing.F) { fuzzRead(f, "a.msg", outlook(f)) }

// FuzzWord reads anything as the main part of a document, past the zip around it.
func FuzzWord(f *testing.F) {
	fuzzPart(f, "word/document.xml", docx(f), contentTypes, "")
}

func FuzzSlide(f *testing.F) {
	fuzzPart(f, "ppt/slideLayouts/slideLayout1.xml", nil, contentTypes, "", "ppt/presentation.xml", "", "ppt/slides/slide1.xml", "<t>words</t>")
}

func FuzzSheet(f *testing.F) {
	fuzzPart(f, "xl/worksheets/sheet1.xml", xlsx(f), contentTypes, "", "xl/workbook.xml", `<sheets><sheet name="S" r:id="a"/></sheets>`,
		"xl/_rels/workbook.xml.rels", `<Relationship Id="a" Target="worksheets/sheet1.xml"/>`, "xl/sharedStrings.xml", "<si><t>a</t></si>", "xl/styles.xml", `<cellXfs><xf numFmtId="14"/></cellXfs>`)
}

func FuzzOpenDocument(f *testing.F) {
	fuzzPart(f, "content.xml", nil, "mimetype", typeODT)
}

// fuzzPart fuzzes one file of a zipped document, the others being as they are.
func fuzzPart(f *testing.F, part string, from []byte, files ...string) {
	f.Add([]byte(`<a><w:p><w:pPr/><w:t>x</w:t><mc:Choice><p:sp><p:ph/><a:t>y</a:t></p:sp></mc:Choice><mc:Fallback>y</mc:Fallback></w:p><row><c r="B1" t="s"><v>0</v></c><c s="0"><v>1e9</v></c></row><text:s text:c="9"/></a>`))
	w := &reading{limits: Limits{}.withDefaults()}
	if zr, err := w.zipDirectory(from); err == nil {
		for _, file := range zr.File {
			if r, err := file.Open(); err == nil && file.Name == part {
				var b bytes.Buffer
				if _, err := b.ReadFrom(r); err == nil {
					f.Add(b.Bytes())
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := Read(bytes.NewReader(zipped(t, append([]string{part, string(in)}, files...)...)), "a", "", fuzzLimits)
		if !utf8.ValidString(d.Text) || strings.ContainsAny(d.Text, "\x00\r") {
			t.Errorf("not clean text: %.200q, %v", d.Text, err)
		}
	})
}
