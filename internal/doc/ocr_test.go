package doc

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/klippa-app/go-pdfium/requests"

	"tenet/internal/testdata"
)

// photograph draws the first page of a PDF.
func photograph(t testing.TB, data []byte) *image.Gray {
	t.Helper()
	var out *image.Gray
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w := &reading{ctx: ctx, limits: Limits{}.withDefaults()}
	err := w.openPDF(data, func(p *pdf) error {
		r, err := p.calls.RenderPageInDPI(&requests.RenderPageInDPI{Page: p.page(0), DPI: 200, ImageFormat: requests.RenderImageFormatGrayscale})
		if err != nil {
			return err
		}
		defer r.CleanupFunc()
		g := r.Result.RenderedImage.(*image.Gray)
		out = &image.Gray{Pix: bytes.Clone(g.Pix), Stride: g.Stride, Rect: g.Rect}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func letterPDF() []byte {
	return aPDF("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Resources << /Font << /F 5 0 R >> >> /Contents 4 0 R >>",
		stream("", "BT /F 18 Tf 20 150 Td (Dear Ann Bell of Harbour Street,) Tj 0 -40 Td (your repair is booked.) Tj ET"),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
}

// scanPDF is a PDF with one page, which is a picture.
func scanPDF(g *image.Gray) []byte {
	var pixels bytes.Buffer
	for y := range g.Rect.Dy() {
		pixels.Write(g.Pix[y*g.Stride:][:g.Rect.Dx()])
	}
	return aPDF("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Resources << /XObject << /I 5 0 R >> >> /Contents 4 0 R >>",
		stream("", "400 0 0 200 0 0 cm /I Do"),
		stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8", g.Rect.Dx(), g.Rect.Dy()), pixels.String()))
}

func TestOCR(t *testing.T) {
	ctx := context.Background()
	ocr, err := FindOCR(ctx, "eng")
	if err != nil {
		testdata.Missing(t, "tesseract", err.Error())
	}
	g := photograph(t, letterPDF())
	var picture bytes.Buffer
	if err := png.Encode(&picture, g); err != nil {
		t.Fatal(err)
	}
	scan := scanPDF(g)
	rd := &Reader{OCR: ocr}
	for name, data := range map[string][]byte{"a.png": picture.Bytes(), "a.pdf": scan, "a.docx": zipped(t, contentTypes, "<Types/>", "word/document.xml", "<w/>", "word/media/image1.png", picture.String())} {
		d, err := rd.Read(ctx, bytes.NewReader(data), name, "")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		must(t, d.Text, "Dear Ann Bell of Harbour Street", "repair is booked")
		checkProblem(t, d.Problems, "read by OCR")
	}

	// Without it, and without the language, the reader says what to install.
	for name, data := range map[string][]byte{"a.png": picture.Bytes(), "a.pdf": scan} {
		d := read(t, name, data)
		if d.Text != "" || len(d.Problems) != 1 || !d.Problems[0].Lost {
			t.Errorf("%s: %q, %v", name, d.Text, d.Problems)
		}
		checkProblem(t, d.Problems, "apt install tesseract-ocr")
	}
	if _, err := FindOCR(ctx, "tlh"); !errors.Is(err, ErrNoOCR) || !strings.Contains(err.Error(), "tesseract-ocr-tlh") {
		t.Errorf("no such language: %v", err)
	}

	// What OCR cannot read, or not in time, is an error of that picture.
	if _, err := rd.Read(ctx, strings.NewReader("\x89PNG\r\n\x1A\nnothing more"), "a.png", ""); err == nil {
		t.Error("a damaged picture was read")
	}
	hasty := &Reader{OCR: &OCR{Program: ocr.Program, Language: "eng", Time: time.Nanosecond}}
	if _, err := hasty.Read(ctx, bytes.NewReader(picture.Bytes()), "a.png", ""); err == nil || !strings.Contains(err.Error(), "limit") {
		t.Errorf("out of time: %v", err)
	}
	few := &Reader{OCR: ocr, Limits: Limits{Pictures: 1}}
	d, err := few.Read(ctx, bytes.NewReader(zipped(t, "a.png", picture.String(), "b.png", picture.String())), "a.zip", "")
	if err != nil || strings.Count(d.Text, "Ann Bell") != 1 {
		t.Errorf("more pictures than the limit: %q, %v", d.Text, err)
	}
	checkProblem(t, d.Problems, "b.png: more than 1 pictures")
}

func TestPictureTooLarge(t *testing.T) {
	chunk := "IHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x00\x00\x00\x00"
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(chunk)))
	_, err := Read(strings.NewReader("\x89PNG\r\n\x1A\n\x00\x00\x00\r"+chunk+string(sum)), "a.png", "", Limits{})
	if err == nil || !strings.Contains(err.Error(), "65536 by 65536") {
		t.Errorf("error %v", err)
	}
}
