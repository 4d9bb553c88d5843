package doc

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
)

// pdfiumEdit is what is asked of PDFium besides reading.
type pdfiumEdit interface {
	pdfium
	FPDF_CreateNewDocument(*requests.FPDF_CreateNewDocument) (*responses.FPDF_CreateNewDocument, error)
	FPDF_ImportPages(*requests.FPDF_ImportPages) (*responses.FPDF_ImportPages, error)
	FPDF_SaveAsCopy(*requests.FPDF_SaveAsCopy) (*responses.FPDF_SaveAsCopy, error)
}

// JoinPDF is the pages of several PDFs in one, in their order, and how many each has.
// Of what a PDF holds besides its pages (bookmarks, attachments, properties) nothing
// comes along.
func (rd *Reader) JoinPDF(ctx context.Context, files ...[]byte) (joined []byte, pages []int, err error) {
	l := rd.Limits.withDefaults()
	var total int64
	for _, f := range files {
		if total += int64(len(f)); total > l.Bytes {
			return nil, nil, errors.New(overLimit(l.Bytes))
		}
	}
	ctx, cancel := context.WithTimeout(ctx, l.Time)
	defer cancel()
	calls, release, err := startPDFium(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer release()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a file broke the PDF reader: %v", p)
		}
	}()
	edit, ok := calls.(pdfiumEdit)
	if !ok {
		return nil, nil, errors.New("join PDFs: the PDF reader cannot write")
	}
	to, err := edit.FPDF_CreateNewDocument(&requests.FPDF_CreateNewDocument{})
	if err != nil {
		return nil, nil, fmt.Errorf("join PDFs: %w", err)
	}
	at := 0
	for i, f := range files {
		from, err := edit.OpenDocument(&requests.OpenDocument{File: &f})
		if err != nil {
			return nil, nil, fmt.Errorf("join PDFs: file %d cannot be opened as a PDF", i+1)
		}
		n, err := edit.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: from.Document})
		if err == nil && at+n.PageCount > l.Pages {
			err = fmt.Errorf("more than %d pages", l.Pages)
		}
		if err == nil {
			_, err = edit.FPDF_ImportPages(&requests.FPDF_ImportPages{Source: from.Document, Destination: to.Document, Index: at})
		}
		if err != nil {
			return nil, nil, fmt.Errorf("join PDFs: file %d: %w", i+1, err)
		}
		at += n.PageCount
		pages = append(pages, n.PageCount)
	}
	var b bytes.Buffer
	if _, err := edit.FPDF_SaveAsCopy(&requests.FPDF_SaveAsCopy{Document: to.Document, FileWriter: &b}); err != nil {
		return nil, nil, fmt.Errorf("join PDFs: %w", err)
	}
	return b.Bytes(), pages, nil
}
