package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tenet/internal/datamap"
	"tenet/internal/doc"
	"tenet/internal/redact"
	"tenet/internal/rows"
	"tenet/internal/source"
)

const (
	// pagePoints is the longer side of the picture of a page: enough to read a letter
	// by, and a few megabytes to draw.
	pagePoints = 1400
	pageBytes  = 128 << 20        // of a document of which a page is drawn
	pageTime   = 30 * time.Second // for one page
)

// Pictured says whether the i-th record is, by its type and name, a document whose
// pages can be drawn: a PDF or a picture. It looks at no system.
func (b *Bench) Pictured(i int) bool {
	item := &b.Items[i]
	for j, c := range b.Tables[item.Table].Table.Columns {
		at := item.Values[j].Text
		value := strings.ToLower(b.texts[at[0] : at[0]+at[1]])
		switch c.Name {
		case "type":
			if slices.Contains([]string{"application/pdf", "image/png", "image/jpeg", "image/gif"}, value) {
				return true
			}
		case "name", "path":
			if slices.Contains([]string{".pdf", ".png", ".jpg", ".jpeg", ".gif"}, filepath.Ext(value)) {
				return true
			}
		}
	}
	return false
}

// LeftOut says why the draft has no copy of the document of the i-th record, and what
// went wrong, which is for staff alone; both are empty where there is one, or no
// document.
func (b *Bench) LeftOut(i int) (why, detail string) {
	left := b.NoCopy[b.Items[i].ID]
	return left.Why, left.Detail
}

// Pages is how many pages the document of the i-th record has, or 0 while none of them
// has been drawn.
func (d *Desk) Pages(b *Bench, i int) int { return d.benches.pages(b.Items[i].ID) }

// Page draws one page of the original of the i-th record, counted from 1, as its
// source has it now, if that is what was searched. One is drawn at a time: what a page
// costs in memory is not known before.
func (d *Desk) Page(ctx context.Context, b *Bench, i, page int) (doc.PageImage, error) {
	return d.page(ctx, b, i, page, pagePoints)
}

func (d *Desk) page(ctx context.Context, b *Bench, i, page, most int) (doc.PageImage, error) {
	none := func(code, what, mend string, err error) (doc.PageImage, error) {
		return doc.PageImage{}, &Error{Code: code, What: what, Where: b.Case.Number, Mend: mend, Err: err}
	}
	r, err := b.record(b.texts, i)
	if err != nil {
		return doc.PageImage{}, err
	}
	b.fill(&r, b.texts, i)
	at := slices.IndexFunc(d.Config.Sources, func(s System) bool { return s.Name == r.Source })
	if at < 0 {
		return doc.PageImage{}, sourceGone(r.Source)
	}
	d.benches.drawing.Lock()
	defer d.benches.drawing.Unlock()
	if err := ctx.Err(); err != nil {
		return doc.PageImage{}, err
	}
	s := &systems{sources: map[string]source.Source{}, maps: map[string]*datamap.Map{}, schemas: map[string]*rows.Schema{}, drift: map[string][]datamap.Drift{}}
	defer s.close()
	if err := s.add(ctx, d, d.Config.Sources[at]); err != nil {
		return doc.PageImage{}, err
	}
	if s.sources[r.Source] == nil {
		return doc.PageImage{}, sourceGone(r.Source)
	}
	src, ok := s.sources[r.Source].(source.Originals)
	var o *source.Original
	if err = source.ErrNoOriginal; ok {
		o, err = src.Original(ctx, r.Row)
	}
	switch {
	case ctx.Err() != nil:
		return doc.PageImage{}, ctx.Err()
	case errors.Is(err, source.ErrNoOriginal):
		return none("no-pages", "the record is no document that has pages", "mark it by its words", err)
	case errors.Is(err, source.ErrChanged):
		return none("changed-document", gapGone, "make the draft again with a new search, then look", err)
	case err != nil:
		return none("document", gapUnreachable, "try again once its system can be reached", err)
	}
	defer o.Close()
	reader := doc.Reader{Limits: doc.Limits{Bytes: pageBytes, Pages: documentPages, Time: pageTime}}
	drawn, err := reader.PageImage(ctx, io.LimitReader(o, o.Size+1), o.Name, page, most)
	switch {
	case ctx.Err() != nil:
		return doc.PageImage{}, ctx.Err()
	case errors.Is(err, doc.ErrUnsupported):
		return none("no-pages", "a document of this kind has no pages to draw", "mark it by its words", err)
	case err != nil:
		return none("page", "the page cannot be drawn: "+err.Error(), "choose another page, or mark the document by its words", err)
	}
	d.benches.paged(b.Items[i].ID, drawn.Pages)
	return drawn, nil
}

// drawable refuses a region on a page that is not there: a copy would not be made of
// the document at all.
func (d *Desk) drawable(ctx context.Context, b *Bench, m redact.Mark) error {
	i := b.work.Doc(m.Doc)
	pages := d.benches.pages(m.Doc)
	if pages == 0 {
		drawn, err := d.page(ctx, b, i, 1, 1)
		if err != nil {
			return err
		}
		pages = drawn.Pages
	}
	if m.Region.Page > pages {
		return &Error{Code: "mark", What: fmt.Sprintf("there is no page %d: the last is %d", m.Region.Page, pages), Where: b.Case.Number, Mend: "name one of its pages"}
	}
	return nil
}
