package doc

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// block is a paragraph, a heading or a table of a document of running text.
type block struct {
	level int // of a heading, from 1; 0 is a paragraph
	text  string
	table [][]string
}

// leftOut are the parts of an Office document that no copy carries, as people know them. What is none of
// these, and is not read, is an "other part".
var leftOut = []struct {
	name *regexp.Regexp
	what string
}{
	{regexp.MustCompile(`(^|/)(comments?|threadedcomments?|persons?|people|commentauthors|authors|moderncomment_)[^/]*\.xml$`), "comments and who made them"},
	{regexp.MustCompile(`^docprops/(core|app|custom)\.xml$|^meta\.xml$`), "properties: author, dates, title and the like"},
	{regexp.MustCompile(`^docprops/thumbnail|^thumbnails/`), "thumbnails"},
	{regexp.MustCompile(`(^|/)media/|^pictures/`), "pictures"},
	{regexp.MustCompile(`(^|/)embeddings/|(^|/)activex/|^object`), "embedded objects"},
	{regexp.MustCompile(`^customxml/`), "custom data"},
	{regexp.MustCompile(`vba|macro|^basic/|^scripts/`), "macros"},
	{regexp.MustCompile(`^xl/pivot|^xl/externallinks/`), "copies of data from elsewhere"},
	{regexp.MustCompile(`(^|/)(charts|diagrams|drawings)/`), "charts and drawings"},
	{regexp.MustCompile(`^word/glossary/`), "building blocks"},
	{regexp.MustCompile(`^ppt/(slidemasters|slidelayouts|notesmasters|handoutmasters)/`), "masters and layouts"},
	{regexp.MustCompile(`_rels/|^\[content_types\]\.xml$|^mimetype$|^meta-inf/|(^|/)(theme|fonts|tables|printersettings)/|^configurations2/|(^|/)(styles|styleswitheffects|numbering|fonttable|websettings|settings|sharedstrings|calcchain|metadata|presentation|presprops|viewprops|tablestyles)\.xml$|^layout-cache$`), ""},
}

// dropParts tells of the parts that are not carried over.
func (k *cleaning) dropParts(files []*zip.File, read func(name string) bool) {
	count := map[string]int{}
	for _, f := range files {
		name := strings.ToLower(strings.TrimPrefix(f.Name, "/"))
		if strings.HasSuffix(name, "/") || read(name) {
			continue
		}
		what := "other parts"
		for _, l := range leftOut {
			if l.name.MatchString(name) {
				what = l.what
				break
			}
		}
		if what != "" {
			count[what]++
		}
	}
	for _, what := range slices.Sorted(maps.Keys(count)) {
		k.drop("", fmt.Sprintf("%s: %d", what, count[what]))
	}
}

// officeText are the parts of running text that a copy has, in their order.
var officeText = []*regexp.Regexp{
	regexp.MustCompile(`^word/header\d*\.xml$`),
	regexp.MustCompile(`^(word/document\d*|ppt/slides/slide\d+)\.xml$`),
	regexp.MustCompile(`^word/(footnotes|endnotes)\.xml$`),
	regexp.MustCompile(`^word/footer\d*\.xml$`),
}

var slideNotes = regexp.MustCompile(`^ppt/notesslides/notesslide\d+\.xml$`)

// officeCopy makes a Word document, workbook or presentation anew.
func (k *cleaning) officeCopy(data []byte, t string) (copied, error) {
	zr, err := k.zipDirectory(data)
	if err != nil {
		return copied{}, err
	}
	o := &office{w: k.reading, out: &prose{max: k.limits.Text}, files: map[string]*zip.File{}}
	var parts, notes []*zip.File
	for _, f := range zr.File {
		name := strings.ToLower(strings.TrimPrefix(f.Name, "/"))
		if o.files[name] != nil {
			return copied{}, errors.New("two of its parts have one name")
		}
		o.files[name] = f
		if rankOf(name) >= 0 {
			parts = append(parts, f)
		}
		if slideNotes.MatchString(name) {
			notes = append(notes, f)
		}
	}
	if t == typeXLSX {
		return k.workbookCopy(o, zr.File)
	}
	slices.SortStableFunc(parts, func(a, b *zip.File) int {
		return cmp.Or(cmp.Compare(rankOf(strings.ToLower(a.Name)), rankOf(strings.ToLower(b.Name))), compareNumbered(a.Name, b.Name))
	})
	slices.SortStableFunc(notes, func(a, b *zip.File) int { return compareNumbered(a.Name, b.Name) })
	k.dropParts(zr.File, func(name string) bool { return rankOf(name) >= 0 || slideNotes.MatchString(name) })
	x := &blockReader{w: k.reading}
	var slides [][]block
	for _, f := range append(parts, notes...) {
		if err := x.part(f); err != nil {
			return copied{}, fmt.Errorf("%s: %w", label(f.Name), err)
		}
		switch name := strings.ToLower(f.Name); {
		case t == typePPTX:
			slides, x.blocks = append(slides, x.blocks), nil
		case strings.Contains(name, "header"), strings.Contains(name, "footer"), strings.Contains(name, "notes"):
			k.keep(label(f.Name), "its text, as paragraphs")
		}
	}
	x.report(k)
	if len(parts) == 0 {
		return copied{}, errors.New("it has no main part, or not where such documents have theirs")
	}
	if t == typePPTX {
		return k.pptxOf(slides, len(parts))
	}
	clean, err := k.blocks("document", x.blocks)
	if err != nil {
		return copied{}, err
	}
	k.keep("", fmt.Sprintf("paragraphs, headings and tables: %d", len(clean)))
	return writeDOCX(clean)
}

func rankOf(name string) int {
	return slices.IndexFunc(officeText, func(r *regexp.Regexp) bool { return r.MatchString(strings.TrimPrefix(name, "/")) })
}

// blocks cleans blocks, looking through all of them as one text.
func (k *cleaning) blocks(where string, in []block) ([]block, error) {
	var p passage
	for _, b := range in {
		if b.table == nil {
			p.add("\n", b.text)
		}
		for _, row := range b.table {
			for i, cell := range row {
				p.add([]string{"\n", "\t"}[min(i, 1)], cell)
			}
		}
	}
	clean, err := k.clean(where, &p)
	if err != nil {
		return nil, err
	}
	out := make([]block, len(in))
	for i, b := range in {
		out[i] = block{level: b.level}
		if b.table == nil {
			out[i].text, clean = clean[0], clean[1:]
			continue
		}
		for _, row := range b.table {
			out[i].table = append(out[i].table, clean[:len(row):len(row)])
			clean = clean[len(row):]
		}
	}
	return out, nil
}

// blockReader reads running text as blocks: of Word and PowerPoint, and, their elements having the same local
// names or others that mean the same, of OpenDocument.
type blockReader struct {
	w      *reading
	blocks []block
	paras  []*para // those that are open: a text box stands in a paragraph
	tables []*grid
	skip   int // elements open since the one that is left out
	inText int
	odf    bool
	count  struct{ deleted, hidden, fields, pictures int }
	size   int64
}

type para struct {
	strings.Builder
	level  int
	run    bool
	hidden bool // the open run
	hide   string
}

type grid struct {
	rows  [][]string
	cells []string
	cell  *strings.Builder
}

func (x *blockReader) part(f *zip.File) error {
	r, err := x.w.openMember(f)
	if err != nil {
		return err
	}
	defer r.Close()
	x.paras, x.tables, x.skip, x.inText = nil, nil, 0, 0
	if err := x.w.walkXML(r, x.token); err != nil {
		return err
	}
	if x.size > x.w.limits.Text {
		return fmt.Errorf("its text is longer than the limit of %s bytes: split it", Thousands(x.w.limits.Text))
	}
	return nil
}

func (x *blockReader) report(k *cleaning) {
	for _, c := range []struct {
		n    int
		what string
	}{{x.count.deleted, "tracked deletions"}, {x.count.hidden, "stretches of hidden text"}, {x.count.fields, "instructions of fields"}, {x.count.pictures, "drawings, with what is said of them"}} {
		if c.n > 0 {
			k.drop("", fmt.Sprintf("%s: %d", c.what, c.n))
		}
	}
}

func (x *blockReader) token(t xml.Token) {
	switch t := t.(type) {
	case xml.StartElement:
		if x.skip > 0 {
			x.skip++
		} else if x.odf {
			x.startODF(t)
		} else {
			x.start(t)
		}
	case xml.EndElement:
		if x.skip > 0 {
			x.skip--
		} else {
			x.end(t.Name.Local)
		}
	case xml.CharData:
		if x.skip == 0 && (x.inText > 0 || x.odf && len(x.paras) > 0) {
			x.text(string(t))
		}
	}
}

func (x *blockReader) top() *para {
	if len(x.paras) == 0 {
		return nil
	}
	return x.paras[len(x.paras)-1]
}

func (x *blockReader) text(s string) {
	p := x.top()
	if p == nil || x.size > x.w.limits.Text {
		return
	}
	if p.hidden {
		p.hide += s
		return
	}
	x.size += int64(len(s))
	p.WriteString(strings.ToValidUTF8(cleanText.Replace(s), "\uFFFD"))
}

func (x *blockReader) start(e xml.StartElement) {
	switch e.Name.Local {
	case "p":
		x.paras = append(x.paras, &para{})
	case "r":
		if p := x.top(); p != nil {
			p.run, p.hidden = true, false
		}
	case "vanish", "webHidden":
		if p := x.top(); p != nil && p.run && attr(e, "val") != "0" && attr(e, "val") != "false" {
			p.hidden = true
			x.count.hidden++
		}
	case "t":
		x.inText++
	case "tab", "ptab":
		if p := x.top(); p != nil && p.run {
			x.text("\t")
		}
	case "br", "cr":
		x.text("\n")
	case "noBreakHyphen":
		x.text("-")
	case "pStyle":
		if p := x.top(); p != nil {
			if n := strings.ToLower(attr(e, "val")); strings.HasPrefix(n, "heading") || n == "title" {
				level, err := strconv.Atoi(strings.TrimLeft(n, "headingtl "))
				p.level = min(max(level, 1), 6)
				if err != nil {
					p.level = 1
				}
			}
		}
	case "numPr":
		x.text("• ")
	case "tbl":
		x.tables = append(x.tables, &grid{})
	case "tc":
		x.cell()
	case "del", "moveFrom":
		x.count.deleted++
		x.skip = 1
	case "instrText", "delInstrText":
		x.count.fields++
		x.skip = 1
	case "docPr", "cNvPr":
		x.count.pictures++
	case "delText", "rPrChange", "pPrChange", "tblPrChange", "sectPrChange", "Fallback", "rPh":
		x.skip = 1
	}
}

func (x *blockReader) cell() {
	if len(x.tables) > 0 {
		x.tables[len(x.tables)-1].cell = &strings.Builder{}
	}
}

func (x *blockReader) end(name string) {
	switch name {
	case "p", "h":
		if p := x.top(); p != nil {
			x.paras = x.paras[:len(x.paras)-1]
			x.emit(block{level: p.level, text: p.String()})
		}
	case "r":
		if p := x.top(); p != nil {
			p.run, p.hidden = false, false
		}
	case "t":
		x.inText = max(0, x.inText-1)
	case "tc", "table-cell", "covered-table-cell":
		if n := len(x.tables); n > 0 && x.tables[n-1].cell != nil {
			g := x.tables[n-1]
			g.cells, g.cell = append(g.cells, strings.TrimSuffix(g.cell.String(), "\n")), nil
		}
	case "tr", "table-row":
		if n := len(x.tables); n > 0 && len(x.tables[n-1].cells) > 0 {
			g := x.tables[n-1]
			g.rows, g.cells = append(g.rows, g.cells), nil
		}
	case "tbl", "table":
		if n := len(x.tables); n > 0 {
			g := x.tables[n-1]
			x.tables = x.tables[:n-1]
			if len(g.rows) > 0 {
				x.emit(block{table: g.rows})
			}
		}
	}
}

// emit puts a block where it belongs: a table within a cell becomes lines of that cell.
func (x *blockReader) emit(b block) {
	if n := len(x.tables); n > 0 && x.tables[n-1].cell != nil {
		cell := x.tables[n-1].cell
		for _, row := range b.table {
			cell.WriteString(strings.Join(row, " ") + "\n")
		}
		if b.text != "" {
			cell.WriteString(b.text + "\n")
		}
		return
	}
	if b.table != nil || strings.TrimSpace(b.text) != "" {
		x.blocks = append(x.blocks, b)
	}
}

// newZip packs files in their order, with no times and nothing else beside their contents.
func newZip(files ...[2]string) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, f := range files {
		h := &zip.FileHeader{Name: f[0], Method: zip.Deflate}
		if i == 0 && f[0] == "mimetype" { // ODF 1.3, part 2, 3.3
			h.Method = zip.Store
		}
		m, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := m.Write([]byte(f[1])); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func escaped(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s)) // a buffer does not fail
	return b.String()
}

// relationships are those of one part: an id, a type below the usual namespace, a target.
func relationships(rels ...[2]string) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i, r := range rels {
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>`, i+1, r[0], r[1])
	}
	return b.String() + `</Relationships>`
}

// contents is the list of parts and their types.
func contents(parts ...[2]string) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`)
	for _, p := range parts {
		fmt.Fprintf(&b, `<Override PartName="/%s" ContentType="application/vnd.openxmlformats-officedocument.%s+xml"/>`, p[0], p[1])
	}
	return b.String() + `</Types>`
}
