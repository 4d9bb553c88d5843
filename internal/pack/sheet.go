package pack

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"tenet/internal/law"
)

// The measures of the PDF's pages, in millimetres: A4.
const (
	pageWidth, pageHeight = 210.0, 297.0
	sideMargin, topMargin = 18.0, 18.0
	bodyWidth             = pageWidth - 2*sideMargin
	bodyEnd               = pageHeight - 22 // below it stands the footer
	point                 = 25.4 / 72
	leading               = 1.42 // from line to line, for a size of 1
	whole                 = 60.0 // what is no taller than this is not parted by the end of a page
)

// colour is red, green and blue.
type colour [3]int

var (
	ink    = colour{11, 12, 12}
	grey   = colour{80, 90, 95}
	brand  = colour{20, 80, 90}
	rule   = colour{177, 180, 182}
	wash   = colour{222, 224, 226}
	yellow = colour{255, 221, 0}
	paper  = colour{255, 255, 255}
)

// sheet is the pages of a PDF, and where on them the next thing goes.
type sheet struct {
	pdf      *fpdf.Fpdf
	faces    [2]*face
	y        float64
	font     string         // the one selected on this page
	tint     colour         // the one that things are drawn in on this page
	fresh    bool           // tint is not known
	links    map[string]int // by the name of what they lead to
	tags     *tags          // what each thing that is set is; nil where the document has no structure
	lang     string         // of the document
	lacking  bool           // something could not be set, and it has not been said yet
	bar      bool           // a bar runs down the left, as beside an item
	outlined bool           // it has bookmarks
	again    func()         // sets the head of a table again on a new page
	count    string         // how sheets are numbered, with this one and how many there are
}

func newSheet(title, author string, day law.Date) (*sheet, error) {
	f, err := faces()
	if err != nil {
		return nil, err
	}
	s := &sheet{pdf: fpdf.New("P", "mm", "A4", ""), faces: f, links: make(map[string]int), lang: "en-GB", fresh: true, count: "Page %d of %d"}
	s.pdf.AddUTF8FontFromBytes("dejavu", "", f[0].ttf)
	s.pdf.AddUTF8FontFromBytes("dejavu", "B", f[1].ttf)
	s.pdf.SetMargins(sideMargin, topMargin, sideMargin)
	s.pdf.SetAutoPageBreak(false, 0)
	s.pdf.SetCatalogSort(true)
	s.pdf.SetTitle(oneLine(f, title), true)
	s.pdf.SetAuthor(oneLine(f, author), true)
	s.pdf.SetProducer("Tenet", false)
	// The format wants times. Those of the clock would make each draft different.
	searched := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC)
	s.pdf.SetCreationDate(searched)
	s.pdf.SetModificationDate(searched)
	return s, s.pdf.Error()
}

func (s *sheet) page() {
	if s.pdf.PageCount() > 0 {
		s.tags.unmark(s.pdf)
	}
	s.pdf.AddPage()
	s.y = topMargin
	if s.again != nil {
		head := s.again
		s.again = nil // The head itself does not go over a page.
		s.tags.aside(head)
		s.again = head
	}
}

// room begins a new page unless this one has so much left.
func (s *sheet) room(height float64) {
	if s.y+height > bodyEnd && s.y > topMargin {
		s.page()
	}
}

// cell is lines side by side with those of other cells.
type cell struct {
	x, width float64 // from the left edge of the page
	size     float64 // of the letters, in millimetres
	lines    []setLine
	tint     colour
	right    bool // against its right side
	tag      *tag // what it is; nil for what is no content
}

// cell sets runs in a cell; size is in points.
func (s *sheet) cell(x, width, size float64, tint colour, runs ...run) cell {
	return cell{x: x, width: width, size: size * point, tint: tint, lines: s.wrap(runs, size*point, width), tag: s.tags.block()}
}

// flow sets cells beside each other, over as many pages as they need. What is
// short stays in one piece, with so much more room below it.
func (s *sheet) flow(more float64, cells ...cell) {
	n, step := 0, 0.0
	for _, c := range cells {
		n = max(n, len(c.lines))
		step = max(step, c.size*leading)
	}
	if height := float64(n) * step; height <= whole {
		s.room(height + more)
	}
	for at := 0; at < n; {
		fits := int((bodyEnd - s.y + 0.01) / step)
		if fits < 1 {
			s.page()
			fits = max(1, int((bodyEnd-s.y)/step))
		}
		fits = min(fits, n-at)
		for _, c := range cells {
			for i := at; i < min(at+fits, len(c.lines)); i++ {
				s.line(c, c.lines[i], s.y+float64(i-at)*step, step)
			}
		}
		s.down(float64(fits) * step)
		if at += fits; at < n {
			s.page()
		}
	}
}

// down moves on, with the bar beside if there is one.
func (s *sheet) down(height float64) {
	height = min(height, pageHeight-s.y)
	if s.bar {
		s.box(sideMargin, s.y, 1, height, brand)
	}
	s.y += height
}

// gap leaves room, save at the top of a page.
func (s *sheet) gap(height float64) {
	if s.y > topMargin {
		s.down(min(height, math.Max(0, bodyEnd-s.y)))
	}
}

// draw selects a colour, unless it is selected. Letters have that of areas, so
// that fpdf, which holds all pages in memory, need not say it with each text.
func (s *sheet) draw(c colour) {
	if c != s.tint || s.fresh {
		s.pdf.SetFillColor(c[0], c[1], c[2])
		s.pdf.SetTextColor(c[0], c[1], c[2])
		s.tint, s.fresh = c, false
	}
}

func (s *sheet) box(x, y, width, height float64, c colour) {
	s.draw(c)
	s.tags.mark(s.pdf, nil)
	s.pdf.Rect(x, y, width, height, "F")
}

// under draws a thin line across.
func (s *sheet) under(x, width, thick float64, c colour) { s.box(x, s.y-thick/2, width, thick, c) }

// line sets one line whose top is at y.
func (s *sheet) line(c cell, l setLine, y, step float64) {
	x := c.x
	if c.right && len(l) > 0 {
		last := l[len(l)-1]
		x += c.width - last.x - last.width
	}
	base := y + step/2 + c.size*0.35
	for _, p := range l {
		at, tint := x+p.x, c.tint
		switch {
		case p.style&stamped != 0:
			s.box(at, y+step*0.04, p.width-0.3, step*0.92, ink)
			tint = paper
			at += (p.width - c.size*s.faces[1].width(p.text)) / 2
		case p.style&missing != 0:
			s.box(at, y+step*0.08, p.width, step*0.84, wash)
			tint = ink
		case p.style&marked != 0:
			s.box(at, y+step*0.04, p.width, step*0.92, yellow)
			tint = ink
		case p.style&soft != 0:
			tint = grey
		case p.href != "":
			tint = brand
		}
		whose := c.tag.inline(p.run)
		s.text(at, base, c.size, p.style&(bold|stamped) != 0, tint, whose, p.text)
		s.lead(p, whose, at, y, step)
	}
}

// text sets what can be set, on one line.
func (s *sheet) text(x, base, size float64, heavy bool, tint colour, whose *tag, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	s.choose(heavy, size)
	s.draw(tint)
	s.tags.mark(s.pdf, whose)
	s.pdf.Text(x, base, text)
}

// choose selects a font, unless it is selected.
func (s *sheet) choose(heavy bool, size float64) {
	weight := ""
	if heavy {
		weight = "B"
	}
	if font := fmt.Sprintf("%s %.3f", weight, size); font != s.font {
		s.pdf.SetFont("dejavu", weight, size/point)
		s.font = font
	}
}

// lead makes a piece lead to where its link goes.
func (s *sheet) lead(p piece, whose *tag, x, y, height float64) {
	name, within := strings.CutPrefix(p.href, "#")
	switch {
	case p.href == "":
	case whose != nil:
		s.tags.follow(whose, s.pdf.PageNo(), x, y, p.width, height, p.text)
	case s.tags != nil: // no content
	case within:
		s.pdf.Link(x, y, p.width, height, s.link(name))
	default:
		s.pdf.LinkString(x, y, p.width, height, p.href)
	}
}

// link is the number of the link that leads to a name.
func (s *sheet) link(name string) int {
	n, ok := s.links[name]
	if !ok {
		n = s.pdf.AddLink()
		s.links[name] = n
		s.pdf.SetLink(n, 0, 1) // Until it is known better.
	}
	return n
}

// here is what the links to a name lead to.
func (s *sheet) here(name string) {
	switch {
	case name == "":
	case s.tags != nil:
		s.tags.places[name] = place{s.pdf.PageNo(), s.y}
	default:
		s.pdf.SetLink(s.link(name), s.y, s.pdf.PageNo())
	}
}

// turn goes back to a page that is set already.
func (s *sheet) turn(page int) {
	s.tags.unmark(s.pdf)
	s.pdf.SetPage(page)
	s.font, s.fresh = "", true
}

// feet sets the footer of every page.
func (s *sheet) feet(left string) {
	n := s.pdf.PageCount()
	size := 8.5 * point
	for i := 1; i <= n; i++ {
		s.turn(i)
		number := fmt.Sprintf(s.count, i, n)
		wide := size * s.faces[0].width(number)
		s.box(sideMargin, bodyEnd+5, bodyWidth, 0.2, rule)
		short := fit(s.faces[0], left, (bodyWidth-wide-6)/size)
		s.text(sideMargin, bodyEnd+10, size, false, grey, nil, short)
		s.text(pageWidth-sideMargin-wide, bodyEnd+10, size, false, grey, nil, number)
	}
}

// fit cuts a text to a width, for a size of 1.
func fit(f *face, s string, width float64) string {
	if f.width(s) <= width {
		return s
	}
	end, total := 0, f.width("…")
	for i, r := range s {
		if total += f.width(string(r)); total > width {
			break
		}
		end = i
	}
	return s[:end] + "…"
}

func (s *sheet) write(w io.Writer) error {
	s.pdf.SetLang(s.lang)
	if s.tags == nil {
		return s.pdf.Output(w)
	}
	return s.tags.write(w, s.pdf, s.lang, s.outlined)
}
