package pack

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// What the PDF says and the page does not.
const (
	contentsTitle = "Contents"
	footWords     = "Page of reference"
	printCopy     = "This file is for printing and keeping. It does not tell a screen reader how it is built. The same answer, made to be read with any software, is " + PageName + ", which came with it."
	cannotShow    = "Words in square brackets on grey stand for letters or signs that this file cannot show. They are in full in "
)

// The sizes of letters, in points.
const (
	bodySize  = 10.0
	smallSize = 9.0
	tableSize = 8.5
)

var headingSizes = map[string]float64{"h1": 28, "h2": 18, "h3": 14, "h4": 11.5, "h5": 10.5}

// writePDF sets the page, as writePage made it, for print. Setting the page
// itself is what keeps the two from saying different things. It reads it once
// for the contents and once to set it, holding no more of it than a table's
// first rows.
func writePDF(w io.Writer, c *content, page []byte) error {
	title := fmt.Sprintf("Your information from %s (%s)", c.Landlord, c.Reference)
	s, err := newSheet(title, c.Landlord, c.Searched)
	if err != nil {
		return err
	}
	p := &setter{sheet: s, toc: headings(page), whole: PageName}
	s.page()
	for t, err := range tokens(page) {
		if err != nil {
			return err
		}
		p.token(t)
	}
	p.numberContents()
	foot := c.Landlord + ", reference " + c.Reference
	if c.Reviewer {
		foot = "Reviewer’s copy, not for the requester. Reference " + c.Reference
	}
	s.feet(oneLine(s.faces, foot))
	return s.write(w)
}

// tokens is the page's elements and texts, from its body on.
func tokens(page []byte) func(func(html.Token, error) bool) {
	return func(yield func(html.Token, error) bool) {
		z := html.NewTokenizer(bytes.NewReader(page))
		body, skip := false, ""
		for {
			kind := z.Next()
			if kind == html.ErrorToken {
				if err := z.Err(); err != io.EOF {
					yield(html.Token{}, err)
				}
				return
			}
			t := z.Token()
			switch {
			case !body:
				body = kind == html.StartTagToken && t.Data == "body"
			case skip != "":
				if kind == html.EndTagToken && t.Data == skip {
					skip = ""
				}
			// The contents and the way past them are the page's own.
			case kind == html.StartTagToken && (t.Data == "nav" || class(t) == "skip"):
				skip = t.Data
			default:
				if !yield(t, nil) {
					return
				}
			}
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func class(t html.Token) string { return attribute(t, "class") }

// heading is one that the contents list.
type heading struct {
	level int // 0 for a section
	text  string
	from  string // the system, below which a kind of record stands
	page  int    // where it came to stand
	at    [2]float64
}

// title is a heading as contents and bookmarks have it.
func (h heading) title() string {
	if h.from == "" {
		return h.text
	}
	return h.text + " (" + h.from + ")"
}

func headings(page []byte) []heading {
	var out []heading
	open := false
	for t := range tokens(page) {
		switch {
		case t.Type == html.StartTagToken && levelOf(t.Data) >= 0:
			out = append(out, heading{level: levelOf(t.Data), from: attribute(t, "data-from")})
			open = true
		case t.Type == html.EndTagToken && levelOf(t.Data) >= 0:
			open = false
		case t.Type == html.TextToken && open:
			out[len(out)-1].text += t.Data
		}
	}
	for i := range out {
		out[i].text, out[i].from = line(out[i].text), line(out[i].from)
	}
	return out
}

// levelOf is the level in the contents of a heading, or -1.
func levelOf(element string) int { return slices.Index([]string{"h2", "h3", "h4"}, element) }

// contents sets the contents, without the numbers of pages.
func (p *setter) contents() {
	p.page()
	p.bookmark(contentsTitle, 0)
	p.tags.within("H2", "", func() {
		p.flow(0, p.cell(sideMargin, bodyWidth, headingSizes["h2"], ink, run{text: contentsTitle, style: bold}))
	})
	p.tags.begin("TOC")
	p.gap(4)
	for i := range p.toc {
		h := &p.toc[i]
		r := run{text: h.title(), href: fmt.Sprint("#heading-", i)}
		size, indent := smallSize+0.5, 6*float64(h.level)
		if h.level == 0 {
			r.style, size = bold, bodySize
			p.gap(1.5)
		}
		p.tags.begin("TOCI")
		c := p.cell(sideMargin+indent, bodyWidth-indent-18, size, ink, r)
		p.tags.end()
		p.flow(0, c)
		// The number stands on the last line.
		h.page, h.at = p.pdf.PageNo(), [2]float64{p.y - c.size*leading/2 + c.size*0.35, c.size}
	}
	p.tags.end()
	p.lacking = false // The note stands by what is set, not by its title.
}

// numberContents adds where each heading came to stand.
func (p *setter) numberContents() {
	for i, h := range p.toc {
		if i >= len(p.pages) {
			return
		}
		p.turn(h.page)
		number := fmt.Sprint(p.pages[i])
		p.text(pageWidth-sideMargin-h.at[1]*p.faces[0].width(number), h.at[0], h.at[1], false, ink, nil, number)
	}
}

func (p *setter) bookmark(title string, level int) {
	p.choose(false, bodySize*point) // A bookmark has the encoding of the font that is selected.
	p.outlined = true
	p.pdf.Bookmark(oneLine(p.faces, title), level, p.y)
}

// note says of what could not be set where it is.
func (p *setter) note(items ...string) {
	if !p.lacking {
		return
	}
	text := cannotShow + p.whole
	if n := len(items); n == 1 {
		text += ", item " + items[0]
	} else if n > 12 {
		text += ", items " + strings.Join(items[:12], ", ") + " and others"
	} else if n > 1 {
		text += ", items " + strings.Join(items[:n-1], ", ") + " and " + items[n-1]
	}
	p.para(smallSize, grey, run{text: text + "."})
	p.lacking = false
}

// indent is how far from the left things stand now.
func (p *setter) indent() float64 {
	if p.bar {
		return sideMargin + 5
	}
	return sideMargin
}

func (p *setter) para(size float64, tint colour, runs ...run) {
	x := p.indent()
	p.tags.within("P", p.said, func() { p.flow(0, p.cell(x, sideMargin+bodyWidth-x, size, tint, runs...)) })
	p.gap(size * point * 0.5)
}

// heading sets one, with room for something after it.
func (p *setter) heading(element, id string, runs []run) {
	size := headingSizes[element]
	level := levelOf(element)
	before := map[string]float64{"h2": 9, "h3": 6, "h4": 4.5, "h5": 1}[element]
	for i := range runs {
		runs[i].style |= bold
	}
	tint := ink
	if element == "h3" {
		tint = brand
	}
	if id == "items" && p.y > topMargin {
		p.page()
	}
	p.tags.begin(strings.ToUpper(element)).in(p.said)
	c := p.cell(p.indent(), bodyWidth-5, size, tint, runs...)
	p.tags.end()
	p.room(before + float64(len(c.lines))*c.size*leading + 22)
	p.gap(before)
	if level >= 0 && len(p.pages) < len(p.toc) {
		n := len(p.pages)
		p.here(fmt.Sprint("heading-", n))
		p.here(id)
		p.bookmark(p.toc[n].title(), level)
		p.pages = append(p.pages, p.pdf.PageNo())
	}
	if element == "h2" {
		p.under(sideMargin, bodyWidth, 0.8, brand)
		p.down(3)
	}
	p.flow(0, c)
	p.gap(cmp.Or(map[string]float64{"h1": 5, "h2": 3, "h5": 0.5}[element], 1.2))
}
