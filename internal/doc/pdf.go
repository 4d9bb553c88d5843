package doc

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"slices"
	"strings"
	"unicode"

	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// Page is one page of a PDF with the places of its words.
type Page struct {
	Number        int     // from 1
	Width, Height float64 // in points, 72 to the inch
	Text          string
	Words         []Word // in the order of the text
}

// Word is a run of characters without a blank, and where it stands.
type Word struct {
	Text string
	Box  Box
}

// Box is a rectangle on a page, in points from its lower left corner.
type Box struct{ Left, Bottom, Right, Top float64 }

// Pages gives the pages of a PDF to yield, with the places of their words, until it
// returns false. An error says why there are none, or no more.
func (rd *Reader) Pages(ctx context.Context, r io.Reader, yield func(Page) bool) error {
	l := rd.Limits.withDefaults()
	data, over, err := readAll(r, l.Bytes)
	if err != nil {
		return err
	}
	if over {
		return errors.New(overLimit(l.Bytes))
	}
	ctx, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	w := &reading{ctx: ctx, limits: l}
	return w.openPDF(data, func(p *pdf) error {
		for i := range p.pages {
			page, err := p.structured(i)
			if err == nil {
				err = w.spent()
			}
			if err != nil {
				return fmt.Errorf("page %d: %w", i+1, err)
			}
			if !yield(page) {
				return nil
			}
		}
		if p.more > 0 {
			return fmt.Errorf("%d pages, over the limit of %d", p.pages+p.more, l.Pages)
		}
		return nil
	})
}

// pdf is a PDF that has been opened.
type pdf struct {
	calls pdfium
	doc   references.FPDF_DOCUMENT
	pages int // as many as the limit lets be read
	more  int // pages beyond it
}

// openPDF opens a PDF in a process-like instance of its own, and has it read. What
// a hostile file does there ends with it.
func (w *reading) openPDF(data []byte, read func(*pdf) error) (err error) {
	calls, release, err := startPDFium(w.ctx)
	if err != nil {
		return cmp.Or(w.spent(), err)
	}
	defer release()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the file broke the PDF reader: %v", p)
		}
		if e := w.spent(); e != nil && err != nil {
			err = e
		}
	}()
	opened, err := calls.OpenDocument(&requests.OpenDocument{File: &data})
	switch {
	case errors.Is(err, pdferrors.ErrPassword), errors.Is(err, pdferrors.ErrSecurity):
		return errSealed
	case err != nil:
		return errors.New("the file is damaged: it cannot be opened as a PDF")
	}
	n, err := calls.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil {
		return err
	}
	p := &pdf{calls: calls, doc: opened.Document, pages: min(n.PageCount, w.limits.Pages)}
	p.more = n.PageCount - p.pages
	return read(p)
}

func (p *pdf) page(i int) requests.Page {
	return requests.Page{ByIndex: &requests.PageByIndex{Document: p.doc, Index: i}}
}

// pdf reads the text of every page, and what stands beside it: comments, the values of
// form fields, attachments, properties. Pages without text are read by OCR, or told of.
func (w *reading) pdf(out *prose, data []byte) error {
	return w.openPDF(data, func(p *pdf) error {
		var scans, marked, broken ranges
		for i := range p.pages {
			if w.spent() != nil || out.cut {
				break
			}
			out.gap(parted)
			text, err := p.text(i)
			switch {
			case err != nil && w.spent() != nil:
			case err != nil:
				broken.add(i + 1)
				continue
			case strings.TrimSpace(text) != "":
				out.text(text)
			case p.drawn(i) && w.ocr == nil:
				scans.add(i + 1)
			case p.drawn(i):
				w.scanned(out, p, i, &marked)
			}
			w.annotations(out, p, i)
		}
		if err := w.spent(); err != nil {
			out.lost("", err.Error())
			return nil
		}
		if p.more > 0 {
			out.lost("", fmt.Sprintf("%s pages, over the limit of %s; the rest were not read", Thousands(int64(p.pages+p.more)), Thousands(int64(w.limits.Pages))))
		}
		if s := scans.String(); s != "" {
			out.lost(s, "no text: a scan? To have its words read, "+installOCR)
		}
		if s := marked.String(); s != "" {
			out.note(s, "read by OCR from a picture, which may mistake letters")
		}
		if s := broken.String(); s != "" {
			out.lost(s, "damaged, and could not be read")
		}
		w.pdfAttachments(out, p)
		out.gap(parted)
		if meta, err := p.calls.GetMetaData(&requests.GetMetaData{Document: p.doc, Tags: &[]string{"Title", "Author", "Subject", "Keywords", "CreationDate"}}); err == nil {
			for _, t := range meta.Tags {
				out.line(t.Tag, t.Value)
			}
		}
		return nil
	})
}

func (p *pdf) text(i int) (string, error) {
	page, err := p.calls.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: p.page(i)})
	if err != nil {
		return "", err
	}
	defer p.calls.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: page.TextPage})
	n, err := p.calls.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: page.TextPage})
	if err != nil || n.Count <= 0 {
		return "", err
	}
	// Room for twice as many: a character may be two units of UTF-16.
	t, err := p.calls.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: page.TextPage, Count: 2 * n.Count})
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(strings.Fields(t.Text), doubled) {
		if page, err := p.structured(i); err == nil {
			return page.Text, nil
		}
	}
	return cleanPDF.Replace(t.Text), nil
}

// doubled says that each letter of a word stands twice, as in bboolldd: some
// programs make bold letters by drawing them again, a hair's breadth beside.
func doubled(word string) bool {
	r := []rune(word)
	if len(r) < 6 || len(r)%2 == 1 {
		return false
	}
	for i := 0; i < len(r); i += 2 {
		if r[i] != r[i+1] {
			return false
		}
	}
	return true
}

// again says that a character is the one before it, drawn once more in its place.
func again(was, is *responses.GetPageTextStructuredChar) bool {
	if was == nil || was.Text != is.Text {
		return false
	}
	a, b := was.PointPosition, is.PointPosition
	return math.Abs(a.Left-b.Left) < 0.35*(b.Right-b.Left) && math.Abs(a.Bottom-b.Bottom) < 0.35*(b.Top-b.Bottom)
}

// cleanPDF joins words that were broken at the end of a line: PDFium marks the hyphen
// that broke them.
var cleanPDF = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x02\r\n", "", "\x02", "", "\uFFFE\r\n", "", "\uFFFE", "", "\x00", "\uFFFD")

// drawn says that there is something on a page.
func (p *pdf) drawn(i int) bool {
	n, err := p.calls.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: p.page(i)})
	return err != nil || n.Count > 0
}

func (p *pdf) structured(i int) (Page, error) {
	page := Page{Number: i + 1}
	size, err := p.calls.GetPageSize(&requests.GetPageSize{Page: p.page(i)})
	if err != nil {
		return page, err
	}
	page.Width, page.Height = size.Width, size.Height
	s, err := p.calls.GetPageTextStructured(&requests.GetPageTextStructured{Page: p.page(i), Mode: requests.GetPageTextStructuredModeChars})
	if err != nil {
		return page, err
	}
	var all, word strings.Builder
	var box Box
	end := func() {
		if word.Len() > 0 {
			page.Words = append(page.Words, Word{word.String(), box})
			word.Reset()
		}
	}
	var last *responses.GetPageTextStructuredChar
	for _, c := range s.Chars {
		if again(last, c) {
			continue
		}
		last = c
		all.WriteString(c.Text)
		if strings.TrimFunc(c.Text, unicode.IsSpace) == "" {
			end()
			continue
		}
		at := Box{c.PointPosition.Left, c.PointPosition.Bottom, c.PointPosition.Right, c.PointPosition.Top}
		if word.Len() == 0 {
			box = at
		}
		box = Box{min(box.Left, at.Left), min(box.Bottom, at.Bottom), max(box.Right, at.Right), max(box.Top, at.Top)}
		word.WriteString(cleanPDF.Replace(c.Text))
	}
	end()
	page.Text = cleanPDF.Replace(all.String())
	return page, nil
}

// scanDPI is the resolution at which scanned pages are given to OCR.
const scanDPI = 300

// scanned reads a page without text as a picture.
func (w *reading) scanned(out *prose, p *pdf, i int, marked *ranges) {
	where := fmt.Sprintf("page %d", i+1)
	size, err := p.calls.GetPageSize(&requests.GetPageSize{Page: p.page(i)})
	if err != nil {
		out.lost(where, "damaged, and could not be read")
		return
	}
	if w.pictures++; w.pictures > w.limits.Pictures {
		out.lost(where, fmt.Sprintf("a scan, and not read: more than %d pictures in the document", w.limits.Pictures))
		return
	}
	dpi := scanDPI
	const most = 40_000_000 // points: 40 MB in grey
	if n := size.Width / 72 * size.Height / 72 * scanDPI * scanDPI; n > most {
		dpi = int(scanDPI * math.Sqrt(most/n))
	}
	if dpi < 36 {
		out.lost(where, "too large a page to look into for words")
		return
	}
	image, err := p.calls.RenderPageInDPI(&requests.RenderPageInDPI{Page: p.page(i), DPI: dpi, ImageFormat: requests.RenderImageFormatGrayscale})
	if err != nil {
		out.lost(where, "could not be drawn, to be read as a picture")
		return
	}
	var picture bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&picture, image.Result.RenderedImage)
	image.CleanupFunc()
	text := ""
	if err == nil {
		text, err = w.ocr.text(w.ctx, picture.Bytes(), dpi)
	}
	if err != nil {
		out.lost(where, err.Error())
		return
	}
	marked.add(i + 1)
	out.text(text)
}

// annotationLimit is how many annotations are read of one page.
const annotationLimit = 2000

// annotations reads the comments on a page and the values of its form fields.
func (w *reading) annotations(out *prose, p *pdf, i int) {
	n, err := p.calls.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: p.page(i)})
	if err != nil {
		return
	}
	if n.Count > annotationLimit {
		out.lost(fmt.Sprintf("page %d", i+1), fmt.Sprintf("%d comments and fields, over the limit of %d", n.Count, annotationLimit))
	}
	for k := range min(n.Count, annotationLimit) {
		if w.spent() != nil {
			return
		}
		a, err := p.calls.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: p.page(i), Index: k})
		if err != nil {
			continue
		}
		value := func(key string) string {
			s, err := p.calls.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a.Annotation, Key: key})
			if err != nil {
				return ""
			}
			return cleanPDF.Replace(s.Value)
		}
		if said := strings.TrimSpace(value("Contents") + " " + value("V")); said != "" {
			out.gap(lined)
			if by := value("T"); by != "" {
				out.text("[" + by + "] ")
			}
			out.text(said)
			out.gap(lined)
		}
		p.calls.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation})
	}
}

// pdfAttachments reads the files that are attached to a PDF.
func (w *reading) pdfAttachments(out *prose, p *pdf) {
	n, err := p.calls.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: p.doc})
	if err != nil {
		return
	}
	for i := range n.AttachmentCount {
		where := fmt.Sprintf("attachment %d", i+1)
		if w.files++; w.files > w.limits.Files || w.spent() != nil || w.unpacked > w.limits.Unpacked {
			out.lost(where, "it and those after it were not read: over the limits")
			return
		}
		a, err := p.calls.FPDFDoc_GetAttachment(&requests.FPDFDoc_GetAttachment{Document: p.doc, Index: i})
		if err != nil {
			out.lost(where, "damaged, and could not be read")
			continue
		}
		if name, err := p.calls.FPDFAttachment_GetName(&requests.FPDFAttachment_GetName{Attachment: a.Attachment}); err == nil {
			where = name.Name
		}
		f, err := p.calls.FPDFAttachment_GetFile(&requests.FPDFAttachment_GetFile{Attachment: a.Attachment})
		if err != nil || f.Contents == nil {
			out.lost(label(where), "damaged, and could not be read")
			continue
		}
		w.unpacked += int64(len(f.Contents))
		w.within(out, f.Contents, where, "")
	}
}

// ranges writes page numbers in short: "pages 1 to 3, 7".
type ranges struct {
	b           strings.Builder
	n           int
	first, last int
}

func (r *ranges) add(page int) {
	r.n++
	if r.last == page-1 && r.last > 0 {
		r.last = page
		return
	}
	r.end()
	r.first, r.last = page, page
}

func (r *ranges) end() {
	if r.first == 0 || r.b.Len() > 1000 {
		return
	}
	if r.b.Len() > 0 {
		r.b.WriteString(", ")
	}
	fmt.Fprint(&r.b, r.first)
	if r.last > r.first {
		fmt.Fprintf(&r.b, " to %d", r.last)
	}
}

func (r *ranges) String() string {
	r.end()
	switch r.n {
	case 0:
		return ""
	case 1:
		return "page " + r.b.String()
	}
	return "pages " + r.b.String()
}
