package pack

import (
	"cmp"
	"fmt"
	"io"

	"tenet/internal/law"
)

// Paper is a page to be set for paper: what package notice publishes for print.
type Paper struct {
	Title  string // of the file
	Author string
	Foot   string   // of each page
	Day    law.Date // that the file says it was made on: the same page gives the same bytes
	Whole  string   // where everything is that cannot be set, such as a web page
	Lang   string   // of the page and of what counts its sheets: "en" or "cy"
	// Page is HTML of headings, paragraphs, lists and tables. Other elements are set as
	// the text that is in them where that stands in one of these.
	Page []byte
}

// WritePDF sets a page for paper, with its headings as bookmarks, and tags that say what each
// thing on it is (ISO 32000-1, 14.8). No validator of PDF/UA has looked at it, and it does not
// claim to be that.
func (p Paper) WritePDF(w io.Writer) error {
	s, err := newSheet(p.Title, p.Author, p.Day)
	if err != nil {
		return fmt.Errorf("pack: set %q for print: %w", p.Title, err)
	}
	s.tags = newTags(oneLine(s.faces, p.Title))
	s.lang = cmp.Or(map[string]string{"cy": "cy-GB"}[p.Lang], "en-GB")
	set := &setter{sheet: s, toc: headings(p.Page), whole: p.Whole}
	s.page()
	for t, err := range tokens(p.Page) {
		if err != nil {
			return fmt.Errorf("pack: set %q for print: %w", p.Title, err)
		}
		set.token(t)
	}
	s.count = cmp.Or(map[string]string{"cy": "Tudalen %d o %d"}[p.Lang], s.count)
	s.feet(oneLine(s.faces, p.Foot))
	return s.write(w)
}
