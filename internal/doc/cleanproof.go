package doc

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"image"
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
	said  batch // what the copy says
	built batch // what it is built of: its markup, and what that holds
}

// batch is what is looked through together.
type batch struct {
	gone  []string
	b     bytes.Buffer
	parts []batched
}

type batched struct {
	where    string
	from, to int
}

func (k *cleaning) verify(out copied) error {
	p := &proof{cleaning: k}
	p.said.gone = k.report.gone
	var err error
	if p.built.gone, err = k.notOurs(k.report.gone); err != nil {
		return err
	}
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
	if err := p.look(&p.said, "the text of the copy", []byte(d.Text)); err != nil {
		return err
	}
	if err := p.look(&p.said, "its name", []byte(k.report.Name)); err != nil {
		return err
	}
	if err := p.flush(&p.said); err != nil {
		return err
	}
	return p.flush(&p.built)
}

// notOurs are the strings that are not words of the formats themselves: somebody may be called Page, or Head, which
// every copy says that it has. They are looked for in what the copy says all the same.
func (k *cleaning) notOurs(gone []string) ([]string, error) {
	blank := []block{{level: 1, text: "x"}, {text: "x"}, {table: [][]string{{"x", "x"}}}}
	pages := newPDF()
	colours := image.NewRGBA(image.Rect(0, 0, 2, 2))
	colours.Pix[0] = 0xFF
	err := errors.Join(pages.page(2, 2, image.NewRGBA(image.Rect(0, 0, 2, 2)), []seen{{text: "x"}}), pages.page(2, 2, colours, nil))
	pages.notice(2, 2, "x")
	var all bytes.Buffer
	all.WriteString(mailWords)
	add := func(c copied, failed error) {
		err = errors.Join(err, failed)
		if zr, failed := zip.NewReader(bytes.NewReader(c.data), int64(len(c.data))); failed == nil {
			for _, f := range zr.File {
				r, failed := f.Open()
				if failed == nil {
					all.WriteString("\n" + f.Name + "\n")
					_, failed = all.ReadFrom(r)
				}
				err = errors.Join(err, failed)
			}
		}
	}
	add(writeDOCX(blank))
	add(writeODT(blank))
	add(writeXLSX([]string{"x"}, []string{sheetRow(1, []string{"x", "1"}, []int{0, 1})}))
	add(writePPTX([][]string{{"x"}}))
	pdf, failed := pages.close()
	all.Write(pdfStream.ReplaceAll(pdf, nil))
	if err = errors.Join(err, failed); err != nil || k.Prove(all.Bytes(), gone) == nil {
		return gone, err
	}
	var out []string
	for _, g := range gone {
		if k.Prove(all.Bytes(), []string{g}) == nil {
			out = append(out, g)
		}
	}
	return out, nil
}

// look takes a part for Prove. Small parts are proven together, and one by one only where that fails.
func (p *proof) look(in *batch, where string, data []byte) error {
	p.report.Proven += int64(len(data))
	from := in.b.Len()
	in.b.Write(data)
	in.parts = append(in.parts, batched{where, from, in.b.Len()})
	in.b.WriteString("\n\n")
	if in.b.Len() > 1<<20 {
		return p.flush(in)
	}
	return nil
}

func (p *proof) flush(in *batch) error {
	defer func() {
		in.b.Reset()
		in.parts = in.parts[:0]
	}()
	if len(in.parts) == 0 || p.Prove(in.b.Bytes(), in.gone) == nil {
		return p.spent()
	}
	for _, part := range in.parts {
		if err := p.Prove(in.b.Bytes()[part.from:part.to], in.gone); err != nil {
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
			names := &p.built
			if media == typeZip {
				names = &p.said
			}
			if err := p.look(names, place+", its name", []byte(f.Name)); err != nil {
				return err
			}
			if len(f.Comment)+len(f.Extra)+len(zr.Comment) > 0 {
				return fmt.Errorf("%s has something stored beside its name, which no clean copy has", place)
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
		if where == "" && len(p.Regions) > 0 {
			return p.coveredPicture(data)
		}
		return nil // points; what words they show is read by OCR
	case media == "application/xml":
		text, err := characters(data)
		if err == nil {
			err = p.look(&p.said, at("its text"), text)
		}
		if err != nil {
			return err
		}
		return p.look(&p.built, where, data)
	case media == "text/html":
		words := pageMarkup.ReplaceAll(data, []byte(" "))
		if bytes.ContainsAny(words, "<>") {
			return fmt.Errorf("%s has markup that no clean copy has", at("the page"))
		}
		return p.look(&p.said, at("the page"), []byte(html.UnescapeString(string(words))))
	}
	return p.look(&p.said, at("the copy"), data)
}

// pageMarkup is all the markup that a copied page may have.
var pageMarkup = regexp.MustCompile(`^<!DOCTYPE html>|<meta charset="utf-8">|</?[a-z]+[1-6]?( (colspan|rowspan)="[0-9]{1,3}")*>`)

// characters is what stands between the tags of XML.
func characters(data []byte) ([]byte, error) {
	var b bytes.Buffer
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		t, err := d.RawToken()
		if err == io.EOF {
			return b.Bytes(), nil
		}
		if err != nil {
			return nil, fmt.Errorf("a part of the copy is not well-formed: %w", err)
		}
		if text, ok := t.(xml.CharData); ok {
			b.Write(text)
			b.WriteByte(' ')
		}
	}
}

func (p *proof) message(at func(string) string, data []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s cannot be opened again: %w", at("the message"), err)
	}
	words := new(mime.WordDecoder)
	for name, values := range m.Header {
		for _, value := range values {
			text, err := words.DecodeHeader(value)
			if err != nil {
				return fmt.Errorf("%s cannot be decoded again: %w", at("a header"), err)
			}
			in := &p.said
			if strings.HasPrefix(name, "Content-") || strings.HasPrefix(name, "Mime-") {
				in = &p.built
			}
			if err := p.look(in, at("header "+name), []byte(text)); err != nil {
				return err
			}
		}
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
			if err := p.look(&p.built, inner("its headers"), []byte(fmt.Sprint(part.Header))); err != nil {
				return err
			}
			if err := p.look(&p.said, inner("its name"), []byte(part.FileName())); err != nil {
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
	pdfXref   = regexp.MustCompile(`(?s)\nxref\n.*?\ntrailer\n`) // places in the file, whose digits may be anybody's number
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
	if bytes.Count(bones, []byte("%%EOF")) != 1 || !bytes.HasSuffix(bones, []byte("%%EOF\n")) {
		return fmt.Errorf("%s has been added to after its end", at("the copy"))
	}
	if err := p.look(&p.built, at("what is around the pages"), pdfXref.ReplaceAll(bones, nil)); err != nil {
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
			if err := page.covered(); err != nil {
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
			if err := p.look(&p.said, where, []byte(text)); err != nil {
				return err
			}
		}
		return nil
	})
}
