package doc

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"tenet/internal/testdata"
)

func tinyPNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hidingPDF has a canary in every place that a PDF has for text.
func hidingPDF() []byte {
	const font = "/Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> /Properties << /L 13 0 R >> >>"
	data := aPDF("/Info 12 0 R",
		"<< /Type /Catalog /Pages 2 0 R /Outlines 14 0 R /AcroForm << /Fields [9 0 R] /NeedAppearances true >> /Metadata 11 0 R /Names << /EmbeddedFiles << /Names [(Zqhfilename) 16 0 R] >> /JavaScript << /Names [(a) << /S /JavaScript /JS (Zqhscript) >>] >> >> /OCProperties << /OCGs [13 0 R] /D << /OFF [13 0 R] /Order [13 0 R] >> >> /PageLabels << /Nums [0 << /P (Zqhlabel) >>] >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] "+font+" /Contents 4 0 R /Annots [7 0 R 8 0 R 9 0 R 10 0 R] /PieceInfo << /A << /Private (Zqhpiece) >> >> >>",
		stream("", "BT /F 14 Tf 20 260 Td (Dear Zqvname and friends) Tj ET /X Do 1 g BT /F 14 Tf 20 200 Td (Zqhwhite) Tj ET 0 g BT /F 14 Tf 3 Tr 20 180 Td (Zqhinvisible) Tj 0 Tr ET "+
			"BT /F 14 Tf 20 150 Td (Zqhcovered) Tj ET 10 145 200 20 re f BT /F 14 Tf 500 500 Td (Zqhbeside) Tj ET /OC /L BDC BT /F 14 Tf 20 100 Td (Zqhlayer) Tj ET EMC BT /F 14 Tf 20 60 Td (Zqhunderannotation) Tj ET"),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		stream("/Type /XObject /Subtype /Form /BBox [0 0 400 300] /Resources << /Font << /F 5 0 R >> >>", "BT /F 14 Tf 20 230 Td (Zqvinform) Tj ET"),
		"<< /Type /Annot /Subtype /Text /Rect [300 10 320 30] /Contents (Zqhcontents) /T (Zqhauthor) /Popup 8 0 R >>",
		"<< /Type /Annot /Subtype /Popup /Rect [300 10 320 30] /Contents (Zqhpopup) >>",
		"<< /Type /Annot /Subtype /Widget /FT /Tx /T (Zqhfield) /TU (Zqhtip) /V (Zqhvalue) /Rect [300 50 390 70] >>",
		"<< /Type /Annot /Subtype /Square /Rect [10 52 250 78] /C [0 0 0] /IC [0 0 0] /F 4 /AP << /N 15 0 R >> >>",
		stream("/Type /Metadata /Subtype /XML", "<x:xmpmeta><dc:creator>Zqhxmp</dc:creator></x:xmpmeta>"),
		"<< /Author (Zqhpdfauthor) /Title (Zqhtitle) >>",
		"<< /Type /OCG /Name (Zqhocg) >>",
		"<< /Type /Outlines /First 18 0 R /Last 18 0 R /Count 1 >>",
		stream("/Type /XObject /Subtype /Form /BBox [0 0 240 26]", "0 g 0 0 240 26 re f"),
		"<< /Type /Filespec /F (Zqhspec) /Desc (Zqhdesc) /EF << /F 17 0 R >> >>",
		stream("/Type /EmbeddedFile", "Zqhattached"),
		"<< /Title (Zqhbookmark) /Parent 14 0 R /Dest [3 0 R /Fit] >>",
	)
	// A later version of the page leaves the earlier one in the file.
	return append(data, "% Zqhtrailing\n"...)
}

func TestCleanPDF(t *testing.T) {
	data := hidingPDF()
	out, report := cleaned(t, cleaner(canary), "Zqv letter.pdf", data)
	if m := canary.FindString(unpacked(t, out) + report.Name); m != "" {
		t.Errorf("told to take everything out, the copy holds %s", m)
	}
	must(t, read(t, "a.pdf", out).Text, "Dear and friends")
	out, _ = cleaned(t, cleaner(nothing), "letter.pdf", data)
	if m := hiddenCanary.FindAllString(unpacked(t, out)+read(t, "a.pdf", out).Text, -1); len(m) > 0 {
		t.Errorf("the copy holds %s, which nobody could see", m)
	}
	must(t, read(t, "a.pdf", out).Text, "Dear Zqvname and friends", "Zqvinform")
	must(t, poppler(t, out)+" ", " ")
	c := cleaner(canary)
	c.Reset = true
	out, _ = cleaned(t, c, "letter.pdf", data)
	if m := canary.FindString(unpacked(t, out)); m != "" {
		t.Errorf("set anew, the copy holds %s", m)
	}
	must(t, read(t, "a.pdf", out).Text, "Dear [Person 1] and friends")
}

// The places of words are found on pages that are turned, or cut out of larger ones: words whose places are not found
// cannot be seen there, and would not be in the layer.
func TestCleanTurnedPages(t *testing.T) {
	for _, page := range []string{"/Rotate 90", "/Rotate 180", "/Rotate 270", "/CropBox [10 20 390 190]", "/CropBox [10 20 390 190] /Rotate 90", "/UserUnit 2"} {
		data := aPDF("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] "+page+" /Resources << /Font << /F 5 0 R >> >> /Contents 4 0 R >>",
			stream("", "BT /F 18 Tf 20 150 Td (Dear Ann Bell of Harbour Street,) Tj 0 -40 Td (your repair is booked.) Tj ET"),
			"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
		out, _ := cleaned(t, cleaner(regexp.MustCompile("Ann Bell")), "a.pdf", data)
		text := read(t, "a.pdf", out).Text
		must(t, text, "Dear", "Harbour", "repair", "booked")
		if strings.Contains(text, "Bell") {
			t.Errorf("%s: %q", page, text)
		}
	}
}

// Every word under the bars of other people's bad redactions must be gone, told or untold.
func TestCleanBadRedactions(t *testing.T) {
	for name, hidden := range map[string][]string{
		"rectangles_yes_2.pdf": {"def", "abcdefghi"},
	} {
		out, _ := cleaned(t, cleaner(nothing), name, pdfs(t)[name])
		got := strings.ToLower(read(t, "a.pdf", out).Text + poppler(t, out))
		for _, h := range hidden {
			if strings.Contains(got, h) {
				t.Errorf("%s: %q is still there", name, h)
			}
		}
	}
	for name, data := range pdfs(t) {
		words := regexp.MustCompile(`(?i)\b(the|of|and|to|case)\b`)
		out, _ := cleaned(t, cleaner(words), name, data)
		if m := words.FindString(unpackedText(t, out)); m != "" {
			t.Errorf("%s: %q is still there", name, m)
		}
	}
}

func unpackedText(t testing.TB, pdf []byte) string {
	return read(t, "a.pdf", pdf).Text + poppler(t, pdf)
}

// A bar tells neither the shapes nor, where there is room, the length of what is under it.
func TestBars(t *testing.T) {
	words := []seen{{"ace", image.Rect(10, 12, 30, 18), 0, true, ""}, {"Day,", image.Rect(34, 10, 60, 20), 0, true, " "}, {"Bo", image.Rect(10, 40, 20, 50), 1, true, "\n"}, {"Bartholomew", image.Rect(10, 70, 70, 80), 2, true, "\n"}}
	got := bars(words, []bool{true, false, true, true}, image.Rect(0, 0, 400, 400))
	if len(got) != 3 || got[0].Min.Y > 10 || got[0].Max.Y < 20 {
		t.Fatalf("%v: not as high as the line", got)
	}
	if got[0].Overlaps(words[1].at) {
		t.Errorf("%v covers a word that stays", got[0])
	}
	if step := 3 * got[1].Dy(); got[1].Dx()%step > 2 || got[2].Dx()%step > 2 {
		t.Errorf("%v, %v: widths that tell lengths", got[1], got[2])
	}
}

func TestCleanPicture(t *testing.T) {
	ocr, err := FindOCR(context.Background(), "eng")
	if err != nil {
		testdata.Missing(t, "tesseract", err.Error())
	}
	grey := photograph(t, letterPDF())
	canvas := image.NewRGBA(grey.Rect)
	draw.Draw(canvas, canvas.Rect, grey, image.Point{}, draw.Src)
	var pngs, jpegs bytes.Buffer
	if err := png.Encode(&pngs, canvas); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&jpegs, upright(canvas, 8), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00Zqhcamera"
	turned := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	turned = append(turned, jpegs.Bytes()[2:]...)
	c := cleaner(regexp.MustCompile(`Ann Bell|Harbour`))
	c.OCR = ocr
	rd := &Reader{OCR: ocr}
	for name, data := range map[string][]byte{"a.png": pngs.Bytes(), "turned.jpg": turned, "scan.pdf": scanPDF(grey)} {
		out, report := cleaned(t, c, name, data)
		d, err := rd.Read(context.Background(), bytes.NewReader(out), name, "")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(d.Text, "Ann") || strings.Contains(d.Text, "Bell") || strings.Contains(d.Text, "Harbour") || bytes.Contains(out, []byte("Zqh")) || bytes.Contains(out, []byte("Exif")) {
			t.Errorf("%s: still there: %q", name, d.Text)
		}
		must(t, d.Text, "repair", "booked")
		if report.Cuts["PERSON"] < 2 {
			t.Errorf("%s: %v", name, report.Cuts)
		}
	}
	c.OCR = nil
	out, _ := cleaned(t, c, "scan.pdf", scanPDF(grey))
	must(t, read(t, "a.pdf", out).Text, "This page is withheld")
	if _, err := c.Clean(context.Background(), bytes.NewReader(pngs.Bytes()), "a.png", &bytes.Buffer{}); err == nil {
		t.Error("a picture that nobody could read was let out")
	}
}

// What the typeface cannot set is not set wrong: a sign becomes an asterisk, a letter sends the page to be drawn.
func TestSetAnew(t *testing.T) {
	for word, want := range map[string]bool{"Zoë": true, "☐": true, "€5–6": true, "Ωmega": false, "علي": false, strings.Repeat("x", 500): true} {
		if got := newPDF().set([]string{word}, []seen{{text: word}}, []bool{true}); got != want {
			t.Errorf("%.20s: set %t", word, got)
		}
	}
}
