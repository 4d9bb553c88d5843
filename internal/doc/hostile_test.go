package doc

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

func tarred(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o600, Size: int64(len(files[i+1]))})
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchives(t *testing.T) {
	inner := zipped(t, "b/letter.docx", string(docx(t)), "c.eml", nested)
	for name, data := range map[string][]byte{
		"a.zip":    zipped(t, "a.txt", "plain words", "inner.zip", string(inner), "empty/", ""),
		"a.tar":    tarred(t, "a.txt", "plain words", "inner.zip", string(inner)),
		"a.tgz":    gzipped(t, tarred(t, "a.txt", "plain words", "inner.zip", string(inner))),
		"unnamed":  zipped(t, "a.txt", "plain words", "inner.zip", string(inner)),
		"wrong.md": tarred(t, "a.txt", "plain words", "inner.zip", string(inner)),
	} {
		d := read(t, name, data)
		must(t, d.Text, "[a.txt]\nplain words", "[inner.zip]\n[b/letter.docx]\nDear Zoë", "Gil Stone", "[c.eml]\nFrom: Ann Bell", "A note.", "inner words")
		checkProblem(t, d.Problems, "inner.zip, c.eml, part 3/2, plan.pdf: the file is damaged: it cannot be opened as a PDF")
	}
	d := read(t, "a.csv.gz", gzipped(t, []byte("name\nAnn")))
	if d.Text != "[a.csv]\nname\nAnn" {
		t.Errorf("a file packed alone: %q", d.Text)
	}
}

// What a file is called does not decide what it is.
func TestWrongNames(t *testing.T) {
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"a.txt":  {docx(t), typeDOCX},
		"b.pdf":  {xlsx(t), typeXLSX},
		"c.docx": {[]byte(`{\rtf1 words}`), typeRTF},
		"d.doc":  {[]byte("<html><p>words</p></html>"), "text/html"},
		"e.xls":  {[]byte("name\tborn\nAnn\t1980\n"), "text/plain"},
		"f.docx": {zipped(t, "a.txt", "words"), typeDOCX},
		"g":      {mixedPDF(), typePDF},
		"h.jpg":  {[]byte("words words words"), "text/plain"},
		"i.zip":  {docx(t), typeDOCX},
	} {
		d, err := Read(bytes.NewReader(tt.data), name, "", Limits{})
		if err != nil || d.Type != tt.want {
			t.Errorf("%s: read as %s, want %s; %v", name, d.Type, tt.want, err)
		}
	}
	d, err := Read(bytes.NewReader(docx(t)), "", "text/plain", Limits{})
	if err != nil || d.Type != typeDOCX {
		t.Errorf("declared text: %s, %v", d.Type, err)
	}
	checkProblem(t, d.Problems, "called text/plain")
}

func TestUnsupported(t *testing.T) {
	ole := func(stream string) []byte {
		b := []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600))
		for _, c := range stream {
			b = append(b, byte(c), 0)
		}
		return b
	}
	for name, tt := range map[string]struct {
		data []byte
		says string
	}{
		"a.doc":  {ole("WordDocument"), ".doc); save it as .docx"},
		"b.xls":  {ole("Workbook"), ".xls); save it as .xlsx"},
		"c.ppt":  {ole("PowerPoint Document"), ".ppt); save it as .pptx"},
		"d.docx": {ole("EncryptedPackage"), "password"},
		"e.xlsb": {zipped(t, contentTypes, "", "xl/workbook.bin", ""), ".xlsb); save it as .xlsx"},
		"f.7z":   {[]byte("7z\xBC\xAF\x27\x1C\x00"), "7-Zip"},
		"g.rar":  {[]byte("Rar!\x1A\x07\x00"), "RAR"},
		"h.heic": {[]byte("\x00\x00\x00\x18ftypheic"), "image/heic"},
		"i.mbox": {[]byte("From a\n"), "source of its own"},
	} {
		_, err := Read(bytes.NewReader(tt.data), name, "", Limits{})
		if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// bomb is a zip of n files that share a stream of zeros unpacking to many MiB each.
func bomb(t *testing.T, n, mib int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range n {
		w, err := z.Create(fmt.Sprintf("%d.txt", i))
		if err == nil {
			_, err = io.CopyN(w, zeros{}, int64(mib)<<20)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// Each of these would take all memory or all day, were it not for the limits.
func TestBombs(t *testing.T) {
	word := func(xml string) []byte {
		return zipped(t, contentTypes, "<Types/>", "word/document.xml", xml)
	}
	lol := `<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><w:p><w:t>words &b; &x;</w:t></w:p>`
	deepZip := zipped(t, "a.txt", "the bottom")
	for range 40 {
		deepZip = zipped(t, "inner.zip", string(deepZip))
	}
	many := make([]string, 0, 24000)
	for i := range 12000 {
		many = append(many, fmt.Sprint(i), "")
	}
	tests := []struct {
		name   string
		data   []byte
		limits Limits
		says   string // the error, or a problem
		text   string
	}{
		{"a.zip", bomb(t, 3, 20), Limits{}, "unpacks to more than the limit", ""},
		{"b.zip", bomb(t, 3, 20), Limits{Unpacked: 1 << 20}, "2 more files of the archive were not read", ""},
		{"c.zip", deepZip, Limits{}, "deep within another", ""},
		{"d.zip", zipped(t, many...), Limits{}, "it holds 12,000 files, over the limit of 10,000", ""},
		{"e.tgz", gzipped(t, tarred(t, many...)), Limits{}, "more than 10,000 files", ""},
		{"f.docx", word(lol), Limits{}, "declares a document type", "words &b; &x;"},
		{"g.docx", word(strings.Repeat("<a>", 1<<20) + "<w:t>words</w:t>"), Limits{}, "cut off", "words"},
		{"h.docx", word("<w:t>" + strings.Repeat("x", 6<<20)), Limits{}, "one element of more than", ""},
		{"i.docx", word("<w:t>" + strings.Repeat("words ", 100) + "</w:t>"), Limits{Text: 10}, "longer than the limit of 10 bytes", "words word"},
		{"j.docx", docx(t)[:300], Limits{}, "its directory of contents is missing or broken", ""},
		{"k.xlsx", zipped(t, contentTypes, "", "xl/workbook.xml", `<sheets><sheet name="S" r:id="a"/></sheets>`, "xl/_rels/workbook.xml.rels", `<Relationship Id="a" Target="worksheets/s.xml"/>`,
			"xl/worksheets/s.xml", `<row r="1">`+strings.Repeat(`<c r="XFD1048576" t="s"><v>-5</v></c>`, 1000)+`</row>`), Limits{}, "1000 cells could not be read", "[Sheet S]"},
		{"l.zip", zipped(t, "../../etc/passwd", "words", `..\..\x.txt`, "more", "a\x00\n.txt", "less"), Limits{}, "", "[etc/passwd]\nwords\n\n[x.txt]\nmore\n\n[a\uFFFD\uFFFD.txt]\nless"},
		{"m.gz", []byte("\x1F\x8B\x08\x00"), Limits{}, "damaged", ""},
		{"n.odt", zipped(t, "mimetype", typeODT, "content.xml", `<text:p>a<text:s text:c="2000000000"/>b</text:p>`), Limits{}, "", "a" + strings.Repeat(" ", 80) + "b"},
		{"o.rtf", []byte(`{\rtf1` + strings.Repeat(`{\fonttbl{\f1\fcharset128}`, 1<<16) + `\bin99999999999 x`), Limits{}, "cut off", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d, err := Read(bytes.NewReader(tt.data), tt.name, "", tt.limits)
			runtime.ReadMemStats(&after)
			if said := fmt.Sprint(err, d.Problems); !strings.Contains(said, tt.says) {
				t.Errorf("says %.300s, want %q in it", said, tt.says)
			}
			if tt.text != "" && d.Text != tt.text {
				t.Errorf("text %.300q, want %q", d.Text, tt.text)
			}
			if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 200 {
				t.Errorf("took %d MiB of memory, in all", taken)
			}
		})
	}
}

// Whatever is cut off, or has a byte changed, is read in part or refused: never
// a panic, and what is missing is told.
func TestCutOff(t *testing.T) {
	whole := map[string][]byte{"a.docx": docx(t), "a.xlsx": xlsx(t), "a.zip": zipped(t, "a.txt", "words", "b.docx", string(docx(t))),
		"a.tgz": gzipped(t, tarred(t, "a.txt", "words")), "a.rtf": []byte(`{\rtf1{\info{\author A}}words\par more}`), "a.pdf": mixedPDF()}
	for name, data := range whole {
		for i := range 20 {
			cut := data[:len(data)*i/20]
			d, err := Read(bytes.NewReader(cut), name, "", Limits{})
			if err == nil && len(d.Problems) == 0 && (name != "a.pdf" || i < 10) {
				t.Errorf("%s cut off at %d of %d: nothing is said of it; %q", name, len(cut), len(data), d.Text)
			}
		}
	}
}

// Names and words of the document must not reach an error, which goes to logs.
func TestErrorsAreSilent(t *testing.T) {
	d, err := Read(bytes.NewReader(zipped(t, contentTypes, "<Types/>", "word/document.xml", `<w:t>Ann Bell</w:t><w:x a="Zoe Secret"`)), "a.docx", "", Limits{})
	if err != nil || d.Text != "Ann Bell" {
		t.Errorf("%q, %v", d.Text, err)
	}
	for _, p := range d.Problems {
		if strings.Contains(p.String(), "Zoe") {
			t.Errorf("a problem quotes the document: %v", p)
		}
	}
}
