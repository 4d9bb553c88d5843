package pack

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"
)

// tag is an element of the PDF's structure (ISO 32000-1, 14.7 and 14.8): what a piece of the
// page is, for software that reads it aloud or sets it anew.
type tag struct {
	role   string // Document, H1, P, L, LI, Lbl, LBody, Table, Caption, TR, TH, TD, Link, Span
	lang   string // where it is another than that of what it stands in
	scope  string // of a TH: Column or Row
	href   string // of a Link
	kids   []kid  // in the order of reading
	parent *tag
	number int // of its object
}

// kid is a part of a tag: another tag, a stretch of a page, or a link that can be followed.
type kid struct {
	tag      *tag
	page, id int // of a stretch: its page, from 1, and its number there
	note     *followed
}

// followed is a place on a page that leads somewhere.
type followed struct {
	tag        *tag
	page       int
	rect       [4]float64 // in points, from the lower left
	text, href string
	number     int
}

// place is where a name in the document stands.
type place struct {
	page int
	y    float64
}

// tags is the structure of a document, which fpdf does not write. The stretches of its pages
// are marked as they are set; the tree comes after fpdf's file, as an update to it (ISO
// 32000-1, 7.5.6) that says the pages and the catalogue again with what belongs to it.
//
// That takes some 17 KB and 120 KB of memory a page. A document that may have thousands has no
// structure: its *tags is nil, of which every method does nothing.
type tags struct {
	title    string
	root     *tag
	open     *tag     // what is set now belongs to it; nil where what is set is no content
	marking  bool     // a stretch is open on this page
	marked   *tag     // whose it is; nil for what is no content, such as a line
	pages    [][]*tag // of each page: whose each stretch is
	followed []*followed
	places   map[string]place
}

func newTags(title string) *tags {
	root := &tag{role: "Document"}
	return &tags{title: title, root: root, open: root, places: make(map[string]place)}
}

// begin opens a tag in the one that is open.
func (t *tags) begin(role string) *tag {
	if t == nil {
		return nil
	}
	t.open = t.open.add(role)
	return t.open
}

// end closes it.
func (t *tags) end() {
	if t != nil && t.open != nil {
		t.open = t.open.parent
	}
}

// aside sets what fn sets as no content: it was read already.
func (t *tags) aside(fn func()) {
	if t == nil {
		fn()
		return
	}
	open := t.open
	t.open = nil
	fn()
	t.open = open
}

// within adds a tag that is open no longer than fn runs.
func (t *tags) within(role, lang string, fn func()) {
	t.begin(role).in(lang)
	fn()
	t.end()
}

// in says the language of a tag.
func (x *tag) in(lang string) {
	if x != nil {
		x.lang = lang
	}
}

// heads says what a TH is the head of.
func (x *tag) heads(scope string) {
	if x != nil && x.role == "TH" {
		x.scope = scope
	}
}

func (x *tag) add(role string) *tag {
	if x == nil {
		return nil
	}
	y := &tag{role: role, parent: x}
	x.kids = append(x.kids, kid{tag: y})
	return y
}

// block is the tag for a cell that is set now. What stands in the document itself is a
// paragraph.
func (t *tags) block() *tag {
	switch {
	case t == nil:
		return nil
	case t.open == t.root:
		return t.root.add("P")
	}
	return t.open
}

// inline is the tag of a piece in a block: a link, or words in another language, have one of
// their own, and what follows on the next line has the same.
func (x *tag) inline(r run) *tag {
	if x == nil || r.href == "" && r.lang == "" {
		return x
	}
	if n := len(x.kids) - 1; n >= 0 {
		if last := x.kids[n].tag; last != nil && last.href == r.href && last.lang == r.lang && (last.role == "Link" || last.role == "Span") {
			return last
		}
	}
	y := x.add("Span")
	if y.lang = r.lang; r.href != "" {
		y.role, y.href = "Link", r.href
	}
	return y
}

// mark says whose what is set next is; nil says that it is no content.
func (t *tags) mark(pdf *fpdf.Fpdf, whose *tag) {
	if t == nil || t.marking && t.marked == whose {
		return
	}
	t.unmark(pdf)
	t.marking, t.marked = true, whose
	if whose == nil {
		pdf.RawWriteStr("/Artifact BMC\n")
		return
	}
	page := pdf.PageNo()
	for len(t.pages) < page {
		t.pages = append(t.pages, nil)
	}
	id := len(t.pages[page-1])
	t.pages[page-1] = append(t.pages[page-1], whose)
	whose.kids = append(whose.kids, kid{page: page, id: id})
	pdf.RawWriteStr("/" + whose.role + " <</MCID " + strconv.Itoa(id) + ">> BDC\n")
}

// unmark ends the stretch that is open, as it must before another page is gone to.
func (t *tags) unmark(pdf *fpdf.Fpdf) {
	if t == nil {
		return
	}
	if t.marking {
		pdf.RawWriteStr("EMC\n")
	}
	t.marking, t.marked = false, nil
}

// follow makes a place on this page lead to where its tag does.
func (t *tags) follow(whose *tag, page int, x, y, width, height float64, text string) {
	const k = 1 / point
	f := &followed{tag: whose, page: page, rect: [4]float64{x * k, (pageHeight - y - height) * k, (x + width) * k, (pageHeight - y) * k}, text: text, href: whose.href}
	whose.kids = append(whose.kids, kid{note: f})
	t.followed = append(t.followed, f)
}

// tail keeps the end of what goes through it, and counts.
type tail struct {
	w   io.Writer
	n   int64
	end []byte
}

func (x *tail) Write(p []byte) (int, error) {
	n, err := x.w.Write(p)
	x.n += int64(n)
	x.end = append(x.end, p[max(0, n-512):n]...)
	x.end = bytes.Clone(x.end[max(0, len(x.end)-512):])
	return n, err
}

var trailer = regexp.MustCompile(`/Size (\d+)\n/Root (\d+) 0 R\n/Info (\d+) 0 R\n>>\nstartxref\n(\d+)\n%%EOF`)

// write writes the file as fpdf has it, and after it the structure.
func (t *tags) write(w io.Writer, pdf *fpdf.Fpdf, lang string, outlined bool) error {
	t.unmark(pdf)
	out := &tail{w: w}
	if err := pdf.Output(out); err != nil {
		return err
	}
	m := trailer.FindSubmatch(out.end)
	if m == nil {
		return errors.New("the PDF has no end to add its structure to")
	}
	number := func(i int) int { n, _ := strconv.Atoi(string(m[i])); return n } // digits only
	u := &update{tail: out, next: number(1), at: make(map[int]int64)}
	root, info, before := number(2), number(3), number(4)

	tree := u.number()
	t.root.each(func(x *tag) { x.number = u.number() })
	for _, f := range t.followed {
		f.number = u.number()
	}
	t.writeTags(u, tree)
	t.writePages(u)
	meta := u.number()
	about := t.about(lang)
	u.object(meta, fmt.Sprintf("<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%s\nendstream", len(about), about))
	catalogue := "<</Type /Catalog /Version /1.7 /Pages 1 0 R /Lang " + textString(lang) + " /MarkInfo <</Marked true>> /ViewerPreferences <</DisplayDocTitle true>>" +
		fmt.Sprintf(" /StructTreeRoot %d 0 R /Metadata %d 0 R", tree, meta)
	if outlined { // fpdf writes the root of the bookmarks as the last before what is about the file
		catalogue += fmt.Sprintf(" /Outlines %d 0 R /PageMode /UseOutlines", info-1)
	}
	u.object(root, catalogue+">>")
	return u.end(root, info, before)
}

// each calls fn with a tag and all below it, in the order of reading.
func (x *tag) each(fn func(*tag)) {
	fn(x)
	for _, k := range x.kids {
		if k.tag != nil {
			k.tag.each(fn)
		}
	}
}

func pageObject(page int) int { return 1 + 2*page } // where fpdf puts it

func (t *tags) writeTags(u *update, tree int) {
	t.root.each(func(x *tag) {
		var b strings.Builder
		parent := tree
		if x.parent != nil {
			parent = x.parent.number
		}
		fmt.Fprintf(&b, "<</Type /StructElem /S /%s /P %d 0 R", x.role, parent)
		if x.lang != "" {
			b.WriteString(" /Lang " + textString(x.lang))
		}
		if x.scope != "" {
			b.WriteString(" /A <</O /Table /Scope /" + x.scope + ">>")
		}
		b.WriteString(" /K [")
		for _, k := range x.kids {
			switch {
			case k.tag != nil:
				fmt.Fprintf(&b, "%d 0 R ", k.tag.number)
			case k.note != nil:
				fmt.Fprintf(&b, "<</Type /OBJR /Obj %d 0 R /Pg %d 0 R>> ", k.note.number, pageObject(k.note.page))
			default:
				fmt.Fprintf(&b, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pageObject(k.page), k.id)
			}
		}
		b.WriteString("]>>")
		u.object(x.number, b.String())
	})
	var b strings.Builder
	fmt.Fprintf(&b, "<</Type /StructTreeRoot /K [%d 0 R] /ParentTreeNextKey %d /ParentTree <</Nums [", t.root.number, len(t.pages)+len(t.followed))
	for i, page := range t.pages {
		fmt.Fprintf(&b, "%d [", i)
		for _, x := range page {
			fmt.Fprintf(&b, "%d 0 R ", x.number)
		}
		b.WriteString("]\n")
	}
	for i, f := range t.followed {
		fmt.Fprintf(&b, "%d %d 0 R\n", len(t.pages)+i, f.tag.number)
	}
	b.WriteString("]>>>>")
	u.object(tree, b.String())
}

// writePages says each page again, with its place in the structure and what can be followed.
func (t *tags) writePages(u *update) {
	on := make([][]*followed, len(t.pages)+1)
	for i, f := range t.followed {
		on[f.page] = append(on[f.page], f)
		var b strings.Builder
		fmt.Fprintf(&b, "<</Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /Rect [%.2f %.2f %.2f %.2f] /StructParent %d /Contents %s", f.rect[0], f.rect[1], f.rect[2], f.rect[3], len(t.pages)+i, textString(f.text))
		if name, ok := strings.CutPrefix(f.href, "#"); ok {
			to, ok := t.places[name]
			if !ok {
				to = place{page: 1}
			}
			fmt.Fprintf(&b, " /Dest [%d 0 R /XYZ 0 %.2f null]>>", pageObject(to.page), (pageHeight-to.y)/point)
		} else {
			b.WriteString(" /A <</S /URI /URI " + textString(f.href) + ">>>>")
		}
		u.object(f.number, b.String())
	}
	for i := range t.pages {
		n := pageObject(i + 1)
		var b strings.Builder
		fmt.Fprintf(&b, "<</Type /Page /Parent 1 0 R /Resources 2 0 R /Contents %d 0 R /StructParents %d /Tabs /S", n+1, i)
		if len(on[i+1]) > 0 {
			b.WriteString(" /Annots [")
			for _, f := range on[i+1] {
				fmt.Fprintf(&b, "%d 0 R ", f.number)
			}
			b.WriteString("]")
		}
		u.object(n, b.String()+">>")
	}
}

// about is the title and the language as XMP has them, which readers take before others.
func (t *tags) about(lang string) string {
	var title bytes.Buffer
	_ = xml.EscapeText(&title, []byte(t.title)) // a buffer takes all
	return `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
		`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + title.String() + `</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>` + lang + `</rdf:li></rdf:Bag></dc:language></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`
}

// update is objects added to the end of a file.
type update struct {
	*tail
	next int           // the number of the next new object
	at   map[int]int64 // where each stands
	err  error
}

func (u *update) number() int {
	u.next++
	return u.next - 1
}

func (u *update) object(number int, body string) {
	u.at[number] = u.n
	u.print("%d 0 obj\n%s\nendobj\n", number, body)
}

func (u *update) print(format string, a ...any) {
	if u.err == nil {
		_, u.err = fmt.Fprintf(u.tail, format, a...)
	}
}

// end writes where the objects stand, and what the file begins from.
func (u *update) end(root, info, before int) error {
	start := u.n
	u.print("xref\n0 1\n0000000000 65535 f \n")
	for first := 1; first < u.next; first++ {
		last := first
		for _, ok := u.at[last]; ok; _, ok = u.at[last] {
			last++
		}
		if last == first {
			continue
		}
		u.print("%d %d\n", first, last-first)
		for ; first < last; first++ {
			u.print("%010d 00000 n \n", u.at[first])
		}
	}
	u.print("trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n", u.next, root, info, before, start)
	return u.err
}

// textString is a text as PDF has it, with nothing in it that could be taken for the file's own.
func textString(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, c := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", c)
	}
	return b.String() + ">"
}
