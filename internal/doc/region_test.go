package doc

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"tenet/internal/testdata"
)

// pageAt is a page of a PDF, or a picture, drawn by PageImage.
func pageAt(t testing.TB, name string, data []byte, page, most int) (image.Image, PageImage) {
	t.Helper()
	p, err := (&Reader{}).PageImage(context.Background(), bytes.NewReader(data), name, page, most)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	m, err := png.Decode(bytes.NewReader(p.PNG))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds().Dx() != p.Width || m.Bounds().Dy() != p.Height {
		t.Errorf("%s: %v, and says %d by %d", name, m.Bounds(), p.Width, p.Height)
	}
	return m, p
}

// shade is the share of dark points in a region.
func shade(m image.Image, g Region) float64 {
	at := g.on(m.Bounds()).Inset(2)
	dark, all := 0, 0
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			r, _, _, _ := m.At(x, y).RGBA()
			if all++; r < 0x4000 {
				dark++
			}
		}
	}
	return float64(dark) / float64(max(all, 1))
}

// twoPages has two lines on each page, of which the upper half of the page has one. turned is /Rotate and the like.
func twoPages(turned string) []byte {
	return aPDF("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] "+turned+" /Resources << /Font << /F 5 0 R >> >> /Contents 4 0 R >>",
		stream("", "BT /F 18 Tf 20 150 Td (Zqvupper words of a letter) Tj 0 -110 Td (Lower words that stay) Tj ET"),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Resources << /Font << /F 5 0 R >> >> /Contents 7 0 R >>",
		stream("", "BT /F 18 Tf 20 150 Td (Second page and its words) Tj ET"))
}

func TestRegions(t *testing.T) {
	upper := Region{Page: 1, Left: 0.02, Top: 0.1, Right: 0.9, Bottom: 0.5}
	for _, turned := range []string{"", "/Rotate 180", "/CropBox [10 10 390 190]"} {
		g := upper
		if turned == "/Rotate 180" {
			g = Region{Page: 1, Left: 0.02, Top: 0.5, Right: 0.98, Bottom: 0.95}
		}
		for _, reset := range []bool{false, true} {
			c := cleaner(nothing)
			c.Regions, c.Reset = []Region{g}, reset
			out, report := cleaned(t, c, "a.pdf", twoPages(turned))
			text := read(t, "copy.pdf", out).Text + unpacked(t, out)
			if canary.MatchString(text) || strings.Contains(text, "upper words") {
				t.Errorf("%q: what stood under the region is there: %.300q", turned, text)
			}
			must(t, read(t, "copy.pdf", out).Text, "Lower", "words", "stay", "Second page and its words")
			m, _ := pageAt(t, "copy.pdf", out, 1, 800)
			if s := shade(m, g); s < 0.999 {
				t.Errorf("%q: %.3f of the region is black", turned, s)
			}
			second, _ := pageAt(t, "copy.pdf", out, 2, 800)
			if s := shade(second, g); s > 0.3 {
				t.Errorf("%q: the other page is black too: %.3f", turned, s)
			}
			if report.Cuts["REGION"] != 1 {
				t.Errorf("%v", report.Cuts)
			}
		}
	}
}

func TestRegionsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		data []byte
		g    Region
	}{
		"no such page":       {"a.pdf", twoPages(""), Region{3, 0, 0, 1, 1}},
		"page 0":             {"a.pdf", twoPages(""), Region{0, 0, 0, 1, 1}},
		"nothing":            {"a.pdf", twoPages(""), Region{1, 0.5, 0.5, 0.5, 0.9}},
		"inside out":         {"a.pdf", twoPages(""), Region{1, 0.9, 0.1, 0.2, 0.9}},
		"beside the page":    {"a.pdf", twoPages(""), Region{1, -0.1, 0, 1, 1.5}},
		"text":               {"a.txt", []byte("words"), Region{1, 0, 0, 1, 1}},
		"a mail":             {"a.eml", []byte("Subject: a\r\n\r\nwords"), Region{1, 0, 0, 1, 1}},
		"a picture's page 2": {"a.png", tinyPNG(t), Region{2, 0, 0, 1, 1}},
	} {
		k := cleaner(nothing)
		k.Regions = []Region{c.g}
		k.OCR = &OCR{Program: "/nowhere"}
		var out bytes.Buffer
		if _, err := k.Clean(context.Background(), bytes.NewReader(c.data), c.file, &out); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
		}
	}
}

// A copy whose region is not black, or that has words under it, is not handed over.
func TestRegionsAreProven(t *testing.T) {
	bare := newPDF()
	page := image.NewRGBA(image.Rect(0, 0, 400, 300))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	if err := bare.page(400, 300, page, nil); err != nil {
		t.Fatal(err)
	}
	white, err := bare.close()
	if err != nil {
		t.Fatal(err)
	}
	over := newPDF()
	draw.Draw(page, page.Rect, image.Black, image.Point{}, draw.Src)
	if err := over.page(400, 300, page, []seen{{text: "under", at: image.Rect(100, 100, 160, 120)}}); err != nil {
		t.Fatal(err)
	}
	worded, err := over.close()
	if err != nil {
		t.Fatal(err)
	}
	picture := image.NewGray(image.Rect(0, 0, 40, 40))
	picture.SetGray(20, 20, color.Gray{255})
	c := cleaner(nothing)
	c.Regions = []Region{{1, 0.1, 0.1, 0.9, 0.9}}
	for name, out := range map[string]copied{"white": {white, typePDF, ".pdf"}, "words under it": {worded, typePDF, ".pdf"}, "a picture": {pngOf(t, picture), "image/png", ".png"}} {
		k := &cleaning{reading: &reading{ctx: context.Background(), limits: c.Limits.withDefaults()}, Cleaner: c, report: &Report{}, seen: map[string]bool{}}
		if err := k.verify(out); !errors.Is(err, ErrLeak) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRegionOnPicture(t *testing.T) {
	ocr, err := FindOCR(context.Background(), "eng")
	if err != nil {
		testdata.Missing(t, "tesseract", err.Error())
	}
	grey := photograph(t, letterPDF())
	g := Region{Page: 1, Left: 0, Top: 0, Right: 1, Bottom: 0.25}
	full := regexp.MustCompile(`\pL+`).FindAllString(readWith(t, ocr, "a.png", pngOf(t, grey)), -1)
	for name, data := range map[string][]byte{"a.png": pngOf(t, grey), "a.jpg": jpegOf(t, grey), "scan.pdf": scanPDF(grey)} {
		c := cleaner(nothing)
		c.OCR, c.Regions = ocr, []Region{g}
		out, _ := cleaned(t, c, name, data)
		m, _ := pageAt(t, name, out, 1, 1200)
		if s := shade(m, g); s < 0.99 {
			t.Errorf("%s: %.3f of the region is black", name, s)
		}
		left := readWith(t, ocr, name, out)
		must(t, left, "booked")
		if strings.Contains(left, full[0]+" "+full[1]) {
			t.Errorf("%s: %q is still there: %q", name, full[:2], left)
		}
	}
}

func readWith(t testing.TB, ocr *OCR, name string, data []byte) string {
	t.Helper()
	d, err := (&Reader{OCR: ocr}).Read(context.Background(), bytes.NewReader(data), name, "")
	if err != nil {
		t.Fatal(err)
	}
	return d.Text
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPageImage(t *testing.T) {
	for _, c := range []struct {
		name                 string
		data                 []byte
		page, most           int
		width, height, pages int
	}{
		{"a.pdf", twoPages(""), 2, 600, 600, 300, 2},
		{"a.pdf", twoPages("/Rotate 90"), 1, 600, 300, 600, 2},
		{"a.pdf", twoPages(""), 1, 1 << 30, 4000, 2000, 2},
		{"a.png", pngOf(t, image.NewGray(image.Rect(0, 0, 300, 100))), 1, 90, 90, 30, 1},
		{"small.png", pngOf(t, image.NewGray(image.Rect(0, 0, 30, 10))), 1, 90, 30, 10, 1},
	} {
		m, p := pageAt(t, c.name, c.data, c.page, c.most)
		if d := m.Bounds(); d.Dx() < c.width-2 || d.Dx() > c.width || d.Dy() < c.height-2 || d.Dy() > c.height || p.Pages != c.pages {
			t.Errorf("%s of %d points: %v, %d pages", c.name, c.most, d, p.Pages)
		}
	}
	for name, data := range map[string][]byte{"a.txt": []byte("words"), "broken.png": []byte("\x89PNG\r\n\x1A\n"), "broken.pdf": []byte("%PDF-1.7"), "empty.pdf": nil} {
		if _, err := (&Reader{}).PageImage(context.Background(), bytes.NewReader(data), name, 1, 600); err == nil {
			t.Errorf("%s was drawn", name)
		}
	}
	for _, page := range []int{0, 3, -1} {
		if _, err := (&Reader{}).PageImage(context.Background(), bytes.NewReader(twoPages("")), "a.pdf", page, 600); err == nil {
			t.Errorf("page %d was drawn", page)
		}
	}
	if _, err := (&Reader{}).PageImage(context.Background(), strings.NewReader("words"), "a.txt", 1, 600); !errors.Is(err, ErrUnsupported) {
		t.Errorf("text: %v", err)
	}
}
