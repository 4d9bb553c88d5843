package pack

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// setter sets the page's elements, of which it knows those that page.tmpl has.
type setter struct {
	*sheet
	toc   []heading
	pages []int // where the headings of toc came to stand
	open  []element
	runs  []run // of the block that is open
	term  []run // of the row whose value is open
	lists []list
	table *table
	item  string // the number of the item that is open
	said  string // the language of the block that ends, where it is another than the document's
	whole string // where everything is that cannot be set here
}

// element is one that is open, with what it does to the text in it.
type element struct {
	name, class, href, lang string
	style                   style
	as                      bool // its text stands as it is, spaces and line breaks too
}

// list is one that is open; ordered ones count.
type list struct {
	ordered bool
	n       int
}

var looks = map[string]style{"withheld": stamped, "soft": soft, "none": soft, "note": soft, "why": soft | bold}

func (p *setter) token(t html.Token) {
	switch t.Type {
	case html.TextToken:
		p.say(t.Data)
	case html.StartTagToken, html.SelfClosingTagToken:
		if t.Data == "br" {
			p.runs = append(p.runs, run{text: "\n"})
			return
		}
		p.start(t)
	case html.EndTagToken:
		if n := len(p.open) - 1; n >= 0 && p.open[n].name == t.Data {
			e := p.open[n]
			p.open = p.open[:n]
			p.end(e)
		}
	}
}

func (p *setter) start(t html.Token) {
	e := element{name: t.Data, class: class(t), href: attribute(t, "href"), lang: attribute(t, "lang")}
	switch e.name {
	case "strong":
		e.style = bold
	case "th":
		e.style = bold
		p.runs = nil
	case "mark":
		e.style = marked
	case "span":
		e.style, e.as = looks[e.class], e.class == "v"
	case "p", "li", "dt", "dd", "caption", "td", "h1", "h2", "h3", "h4", "h5":
		p.runs = nil
	case "dl":
		p.tags.begin("L")
	case "ul", "ol":
		p.tags.begin("L")
		p.lists = append(p.lists, list{ordered: e.name == "ol"})
	case "table":
		p.table = new(table)
		p.tags.begin("Table")
	case "tr":
		p.table.row(attribute(t, "id"))
	case "div":
		if e.class == "item" {
			p.startItem(attribute(t, "id"))
		}
	}
	if id := attribute(t, "id"); id != "" && e.name != "tr" && e.class != "item" && levelOf(e.name) < 0 {
		p.here(id)
	} else if levelOf(e.name) >= 0 {
		e.href = id // Known once there is room for it.
	}
	p.open = append(p.open, e)
}

// say adds text to the block that is open.
func (p *setter) say(text string) {
	r := run{}
	as := false
	for _, e := range p.open {
		if e.name == "span" && e.lang != "" {
			r.lang = e.lang
		}
		r.style |= e.style
		as = as || e.as
		if e.name == "a" {
			r.href = e.href
		}
	}
	if r.text = text; !as {
		r.text = collapse(text, len(p.runs) == 0 || strings.HasSuffix(p.runs[len(p.runs)-1].text, " ") || strings.HasSuffix(p.runs[len(p.runs)-1].text, "\n"))
	}
	if r.text != "" {
		p.runs = append(p.runs, r)
	}
}

// collapse makes one space of white space, and none of it at the start of a line.
func collapse(text string, first bool) string {
	out := strings.Join(strings.Fields(text), " ")
	if text == "" {
		return ""
	}
	if !first && strings.ContainsRune(" \n\t\r", rune(text[0])) {
		out = " " + out
	}
	if out != "" && out != " " && strings.ContainsRune(" \n\t\r", rune(text[len(text)-1])) {
		out += " "
	}
	return out
}

// take is the runs of the block that ends.
func (p *setter) take() []run {
	out := p.runs
	p.runs = nil
	if n := len(out) - 1; n >= 0 {
		out[n].text = strings.TrimRight(out[n].text, " ")
	}
	return out
}

func (p *setter) end(e element) {
	p.said = ""
	for _, x := range append(slices.Clone(p.open), e) {
		if x.lang != "" {
			p.said = x.lang
		}
	}
	if strings.HasPrefix(p.lang, p.said) {
		p.said = "" // that of the document
	}
	switch e.name {
	case "h1", "h2", "h3", "h4", "h5":
		p.heading(e.name, e.href, p.take())
	case "p":
		p.paragraph(e.class, p.take())
	case "li":
		p.listed(p.take())
	case "ul", "ol":
		p.lists = p.lists[:len(p.lists)-1]
		p.tags.end()
		p.gap(2)
	case "dt":
		p.term = p.take()
	case "dd":
		p.definition(p.take())
	case "dl":
		p.tags.end()
		p.under(p.indent(), sideMargin+bodyWidth-p.indent(), 0.15, rule)
		p.gap(3)
	case "caption":
		p.table.caption = p.take()
	case "td", "th":
		p.table.cell(p.take(), e.name == "th")
	case "thead":
		p.table.endHead()
	case "tr":
		if len(p.table.rows) == sampled {
			p.setRows()
		}
	case "table":
		p.setRows()
		p.again = nil
		p.tags.end()
		p.gap(2)
		p.note(p.table.lacking...)
		p.table = nil
	case "div":
		if e.class == "item" {
			p.endItem()
		}
	case "header":
		p.cover()
	}
}

// cover ends the first page, and sets the contents after it.
func (p *setter) cover() {
	p.gap(6)
	top := p.y
	c := p.cell(sideMargin+6, bodyWidth-12, bodySize+1, ink, run{text: printCopy})
	p.down(2)
	p.flow(0, c)
	p.down(2)
	p.box(sideMargin, top, 2, p.y-top, rule)
	p.gap(3)
	p.note()
	p.contents()
	p.page()
}

func (p *setter) paragraph(class string, runs []run) {
	switch class {
	case "from":
		p.down(18)
		p.bookmark("Your information", 0)
		p.para(13, brand, runs...)
		p.gap(2)
	case "lead":
		p.para(13, ink, runs...)
		p.gap(4)
	case "soft":
		p.para(smallSize, grey, runs...)
	case "left":
		p.para(smallSize, ink, runs...)
	case "warning":
		p.para(12, ink, runs...)
		p.gap(3)
	default:
		p.para(bodySize, ink, runs...)
	}
	if p.item == "" {
		p.note()
	}
}

func (p *setter) listed(runs []run) {
	l := &p.lists[len(p.lists)-1]
	l.n++
	mark := "•"
	if l.ordered {
		mark = strconv.Itoa(l.n) + "."
	}
	x := p.indent()
	p.flow(0, p.entry(func() cell { return p.cell(x+1, 6, bodySize, ink, run{text: mark}) },
		func() cell { return p.cell(x+7, sideMargin+bodyWidth-x-7, bodySize, ink, runs...) })...)
	p.gap(1)
	p.note()
}

// entry is one of a list: its label, and what it labels.
func (p *setter) entry(label, body func() cell) []cell {
	var out []cell
	p.tags.within("LI", p.said, func() {
		p.tags.within("Lbl", "", func() { out = append(out, label()) })
		p.tags.within("LBody", "", func() { out = append(out, body()) })
	})
	return out
}

// definition sets a name and its value: beside each other, or, where the value
// is long, below.
func (p *setter) definition(value []run) {
	long, facts := false, false
	for _, e := range p.open {
		long = long || e.class == "long"
		facts = facts || e.class == "facts"
	}
	x := p.indent()
	width := sideMargin + bodyWidth - x
	size, name := bodySize-0.5, 44.0
	if facts {
		size, name = bodySize+1, 55
	}
	p.room(10)
	p.under(x, width, 0.15, rule)
	p.down(0.9)
	if long {
		cells := p.entry(func() cell { return p.cell(x, width, size, grey, p.term...) }, func() cell { return p.cell(x, width, size, ink, value...) })
		p.flow(5, cells[0])
		p.flow(0, cells[1])
	} else {
		p.flow(0, p.entry(func() cell { return p.cell(x, name-4, size, grey, p.term...) }, func() cell { return p.cell(x+name, width-name, size, ink, value...) })...)
	}
	p.down(0.9)
	p.term = nil
	if p.item == "" {
		p.note()
	}
}

func (p *setter) startItem(id string) {
	p.room(25)
	p.gap(2.5)
	p.here(id)
	p.item = strings.TrimPrefix(id, "item-")
	p.bar = true
	p.down(0.5)
}

func (p *setter) endItem() {
	p.note(p.item)
	p.bar, p.item = false, ""
	p.gap(2)
}
