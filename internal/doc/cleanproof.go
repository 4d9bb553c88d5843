package doc

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// proof looks through a copy by other ways than it was written: what is packed is unpacked, what is encoded is decoded, and
// each part is given to Prove.
type proof struct {
	*cleaning
	gone  []string
	batch bytes.Buffer // parts that are looked through together
	parts []batched
}

type batched struct {
	where    string
	from, to int
}

func (k *cleaning) verify(out copied) error {
	p := &proof{cleaning: k, gone: k.report.gone}
	if err := p.document("", out.data, out.media); err != nil {
		return err
	}
	// What Tenet itself would find in the copy, by the readers that it finds everything with.
	rd := &Reader{Limits: k.Limits, OCR: k.OCR}
	d, err := rd.Read(k.ctx, bytes.NewReader(out.data), "copy"+out.ext, out.media)
	switch {
	case err != nil && len(out.data) > 0:
		return fmt.Errorf("the clean copy cannot be read again: %w", err)
	case d.Type != out.media && len(out.data) > 0:
		return fmt.Errorf("the clean copy is read as %s, and was written as %s", d.Type, out.media)
	}
	if err := p.look("the text of the copy", []byte(d.Text)); err != nil {
		return err
	}
	if err := p.look("its name", []byte(k.report.Name)); err != nil {
		return err
	}
	return p.flush()
}

// look takes a part for Prove. Small parts are proven together, and one by one only where that fails.
func (p *proof) look(where string, data []byte) error {
	p.report.Proven += int64(len(data))
	from := p.batch.Len()
	p.batch.Write(data)
	p.parts = append(p.parts, batched{where, from, p.batch.Len()})
	p.batch.WriteString("\n\n")
	if p.batch.Len() > 1<<20 {
		return p.flush()
	}
	return nil
}

func (p *proof) flush() error {
	defer func() {
		p.batch.Reset()
		p.parts = p.parts[:0]
	}()
	if len(p.parts) == 0 || p.Prove(p.batch.Bytes(), p.gone) == nil {
		return p.spent()
	}
	for _, part := range p.parts {
		if err := p.Prove(p.batch.Bytes()[part.from:part.to], p.gone); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrLeak, part.where, err)
		}
	}
	return p.spent() // it stood across two parts, which no reader sees side by side
}

func (p *proof) document(where string, data []byte, media string) error {
	at := func(s string) string { return strings.TrimPrefix(where+", "+s, ", ") }
	switch {
	case media == typeZip, media == typeDOCX, media == typeXLSX, media == typePPTX, media == typeODT:
		zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return fmt.Errorf("%s cannot be opened again: %w", at("the copy"), err)
		}
		for i, f := range zr.File {
			r, err := f.Open()
			if err != nil {
				return err
			}
			b, err := io.ReadAll(r)
			r.Close()
			if err != nil {
				return err
			}
			place := at(fmt.Sprintf("file %d of the copy", i+1))
			if err := p.look(place+", its name and what is stored with it", append(append([]byte(f.Name+"\n"+f.Comment+"\n"), f.Extra...), zr.Comment...)); err != nil {
				return err
			}
			inner := "application/xml"
			if media == typeZip {
				if inner = believed(b, TypeOf(f.Name, b[:min(len(b), 512)])); inner == typeZip {
					inner = zipKind(b)
				}
			}
			if err := p.document(place, b, inner); err != nil {
				return err
			}
		}
		return nil
	case media == typePDF:
		return p.pdf(at, data)
	case media == "message/rfc822":
		return p.message(at, data)
	case isPicture(media):
		return nil // points; what words they show is read by OCR
	}
	return p.look(at("the copy"), data)
}

func (p *proof) message(at func(string) string, data []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s cannot be opened again: %w", at("the message"), err)
	}
	head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	words := new(mime.WordDecoder)
	text, err := words.DecodeHeader(string(head))
	if err != nil {
		return fmt.Errorf("%s cannot be decoded again: %w", at("the headers"), err)
	}
	if err := p.look(at("the headers"), []byte(text)); err != nil {
		return err
	}
	return p.part(at, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
}

func (p *proof) part(at func(string) string, contentType, encoding string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("%s: %w", at("a part"), err)
	}
	if strings.HasPrefix(media, "multipart/") {
		mr := multipart.NewReader(body, params["boundary"])
		for i := 1; ; i++ {
			part, err := mr.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return fmt.Errorf("%s: %w", at("a part"), err)
			}
			inner := func(s string) string { return at(fmt.Sprintf("part %d of the copy, %s", i, s)) }
			if err := p.look(inner("its headers"), []byte(fmt.Sprint(part.Header, part.FileName()))); err != nil {
				return err
			}
			if err := p.part(inner, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("%s: %w", at("a part"), err)
	}
	if media == "application/octet-stream" {
		media = TypeOf("", data[:min(len(data), 512)])
		if bytes.HasPrefix(data, []byte("From:")) || bytes.HasPrefix(data, []byte("To:")) || bytes.HasPrefix(data, []byte("Subject:")) || bytes.HasPrefix(data, []byte("MIME-Version:")) {
			media = "message/rfc822"
		}
	}
	return p.document(strings.TrimSuffix(at("x"), ", x"), data, media)
}

// inspecting is what is asked of PDFium to look a copy over.
type inspecting interface {
	redrawing
	FPDFTextObj_GetTextRenderMode(*requests.FPDFTextObj_GetTextRenderMode) (*responses.FPDFTextObj_GetTextRenderMode, error)
}

var (
	pdfStream = regexp.MustCompile(`(?s)stream\n.*?\nendstream`)
	// what a copy has no use for, and what could carry something that no page shows
	pdfCarrier = regexp.MustCompile(`/(Annots?|AcroForm|EmbeddedFiles?|Outlines|Metadata|Info|OCProperties|JavaScript|JS|Names|StructTreeRoot|ObjStm|Prev|PieceInfo|FontFile[23]?)\b`)
)

// pdf looks through what is around the streams as it stands, and through what the pages say by PDFium. A page of the
// copy is one picture and a layer of words that are not drawn, or words that are, and no picture.
func (p *proof) pdf(at func(string) string, data []byte) error {
	bones := pdfStream.ReplaceAll(data, nil)
	if name := pdfCarrier.Find(bones); name != nil {
		return fmt.Errorf("%s holds %s, which no clean copy has", at("the copy"), name)
	}
	if bytes.Count(data, []byte("%%EOF")) != 1 && bytes.Count(bones, []byte("%%EOF")) != 1 {
		return fmt.Errorf("%s has been added to after its end", at("the copy"))
	}
	if err := p.look(at("what is around the pages"), bones); err != nil {
		return err
	}
	return p.openPDF(data, func(d *pdf) error {
		calls, ok := d.calls.(inspecting)
		if !ok {
			return errors.New("the PDF reader is not the one that this program was written for")
		}
		for i := range d.pages {
			where := at(fmt.Sprintf("page %d of the copy", i+1))
			page := &redrawn{cleaning: p.cleaning, pdf: d, redrawing: calls, index: i}
			if err := page.collect(); err != nil {
				return fmt.Errorf("%s: %w", where, err)
			}
			if len(page.pictures) > 1 || page.others > 0 {
				return fmt.Errorf("%s holds more than its picture and its words", where)
			}
			for _, o := range page.text {
				mode, err := calls.FPDFTextObj_GetTextRenderMode(&requests.FPDFTextObj_GetTextRenderMode{PageObject: o})
				if err != nil {
					return fmt.Errorf("%s: %w", where, err)
				}
				if drawn := mode.TextRenderMode != enums.FPDF_TEXTRENDERMODE_INVISIBLE; drawn == (len(page.pictures) > 0) {
					return fmt.Errorf("%s: its picture and its words do not belong together", where)
				}
			}
			text, err := d.text(i)
			if err != nil {
				return fmt.Errorf("%s: %w", where, err)
			}
			if err := p.look(where, []byte(text)); err != nil {
				return err
			}
		}
		return nil
	})
}
