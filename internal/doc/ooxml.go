package doc

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// part is what a file in an Office document is for, by its name.
type part struct {
	name *regexp.Regexp // of the file, in lower case
	rank int            // order of reading
	kind partKind
}

type partKind int

const (
	embeddedPart partKind = iota
	prosePart
	bookPart
	cachePart
	dataPart
	linksPart
	mediaPart
	propertiesPart
	looksPart // how it looks, and what is worked out from the rest: no text of its own
)

func (o *office) read(k partKind, f *zip.File) {
	switch k {
	case embeddedPart:
		o.embedded(f)
	case prosePart:
		o.prose(f)
	case bookPart:
		o.workbook(f)
	case cachePart:
		o.cached(f)
	case dataPart:
		o.data(f)
	case linksPart:
		o.links(f)
	case mediaPart:
		o.media(f)
	case propertiesPart:
		o.properties(f)
	}
}

// parts are tried in turn; a file that is none of them is read as a document
// within the document.
var parts = []part{
	{regexp.MustCompile(`^(word/document\d*|word/glossary/document|ppt/slides/slide\d+)\.xml$`), 1, prosePart},
	{regexp.MustCompile(`^xl/workbook\.xml$`), 1, bookPart},
	{regexp.MustCompile(`^word/(glossary/)?(footnotes|endnotes)\.xml$`), 2, prosePart},
	{regexp.MustCompile(`^ppt/notesslides/notesslide\d+\.xml$`), 2, prosePart},
	{regexp.MustCompile(`(^|/)(comments?|threadedcomments?|persons?|people|commentauthors|authors|moderncomment_)[^/]*\.xml$`), 3, prosePart},
	{regexp.MustCompile(`^word/(header|footer)\d*\.xml$`), 4, prosePart},
	{regexp.MustCompile(`(^|/)(charts/chart(ex)?\d*|diagrams/data\d*|drawings/(vml)?drawing\d*)\.(xml|vml)$`), 5, prosePart},
	{regexp.MustCompile(`^ppt/(slidemasters|slidelayouts|notesmasters|handoutmasters)/[^/]+\.xml$`), 6, prosePart},
	{regexp.MustCompile(`^(word/(glossary/)?settings|ppt/tags/tag\d*)\.xml$`), 6, prosePart},
	{regexp.MustCompile(`^xl/(pivotcache|externallinks)/[^/]+\.xml$`), 6, cachePart},
	{regexp.MustCompile(`^customxml/item\d*\.xml$`), 7, dataPart},
	{regexp.MustCompile(`(^|/)_rels/[^/]*\.rels$`), 8, linksPart},
	{regexp.MustCompile(`(^|/)media/[^/]+$`), 9, mediaPart},
	{regexp.MustCompile(`^docprops/(core|app|custom)\.xml$`), 10, propertiesPart},
	{regexp.MustCompile(`^\[content_types\]\.xml$|^docprops/thumbnail\.|^xl/(worksheets|chartsheets)/[^/]+\.xml$|^xl/(sharedstrings|styles|calcchain|metadata|volatiledependencies)\.xml$`), 0, looksPart},
	{regexp.MustCompile(`(^|/)(theme|activex|printersettings|fonts|tables|pivottables|ctrlprops|richdata|changesinfos|revisioninfo)(/|\.xml)|^word/(glossary/)?(styles|styleswitheffects|numbering|fonttable|websettings)\.xml$`), 0, looksPart},
	{regexp.MustCompile(`^ppt/(presentation|presprops|viewprops|tablestyles)\.xml$|(^|/)(diagrams/(layout|quickstyle|colors|drawing)|charts/(style|colors))\d*\.xml$|^customxml/itemprops\d*\.xml$|^word/(commentsids|commentsextended|commentsextensible)\.xml$|/slideupdateinfo`), 0, looksPart},
}

// office is the reading of one document of Office Open XML (ISO/IEC 29500).
type office struct {
	w       *reading
	out     *prose
	files   map[string]*zip.File // by lower-case name; the first of that name
	authors []string             // of changes and comments, in the order they are come upon
	drawn   pictures
}

func (w *reading) ooxml(out *prose, data []byte, t string) error {
	zr, err := w.zipDirectory(data)
	if err != nil {
		return err
	}
	o := &office{w: w, out: out, files: map[string]*zip.File{}}
	type job struct {
		f    *zip.File
		part part
	}
	var jobs []job
	for _, f := range zr.File {
		name := strings.ToLower(strings.TrimPrefix(f.Name, "/"))
		if strings.HasSuffix(name, "/") {
			continue
		}
		if _, ok := o.files[name]; !ok {
			o.files[name] = f
		}
		j := job{f, part{rank: 9}}
		for _, p := range parts {
			if p.name.MatchString(name) {
				j.part = p
				break
			}
		}
		if j.part.kind != looksPart {
			jobs = append(jobs, j)
		}
	}
	slices.SortStableFunc(jobs, func(a, b job) int {
		return cmp.Or(cmp.Compare(a.part.rank, b.part.rank), compareNumbered(a.f.Name, b.f.Name))
	})
	if len(jobs) == 0 || jobs[0].part.rank != 1 {
		out.lost("", "it has no main part, or not where such documents have theirs")
	}
	for _, j := range jobs {
		if err := w.spent(); err != nil {
			return err
		}
		out.gap(parted)
		o.read(j.part.kind, j.f)
	}
	if len(o.authors) > 0 {
		out.line("Changed or commented by", strings.Join(o.authors, ", "))
	}
	o.drawn.report(out)
	return nil
}

// compareNumbered orders slide2 before slide10.
func compareNumbered(a, b string) int {
	number := func(s string) int {
		s = strings.TrimSuffix(s, path.Ext(s))
		n, _ := strconv.Atoi(s[len(strings.TrimRight(s, "0123456789")):])
		return n
	}
	return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a, b))
}

// walk shows the tokens of one part to visit, and reports what stops it.
func (o *office) walk(f *zip.File, visit func(xml.Token)) {
	r, err := o.w.openMember(f)
	if err == nil {
		err = o.w.walkXML(r, visit)
		r.Close()
	}
	if err != nil {
		o.out.lost(label(f.Name), err.Error())
	}
}

// prose reads a part of running text: paragraphs, tables, shapes, comments.
// Deleted text that is still held is text like any other, as is what is hidden.
func (o *office) prose(f *zip.File) {
	p := &officeProse{office: o}
	p.template = strings.Contains(strings.ToLower(f.Name), "master") || strings.Contains(strings.ToLower(f.Name), "slidelayout")
	o.walk(f, p.token)
}

// officeProse is where the reading of one such part stands.
type officeProse struct {
	*office
	inText   int    // elements open that hold text
	skip     int    // elements open since the one that is left out
	choice   string // the text of the last mc:Choice, which its mc:Fallback repeats
	from     mark   // where the open Choice or Fallback begins
	field    strings.Builder
	inField  bool
	template bool // prompts to whoever fills a slide in are left out
	shape    mark // where the open shape begins
	prompt   bool
}

func (p *officeProse) token(t xml.Token) {
	switch t := t.(type) {
	case xml.StartElement:
		if p.skip > 0 {
			p.skip++
			return
		}
		p.start(t)
	case xml.EndElement:
		if p.skip > 0 {
			p.skip--
			return
		}
		p.end(t.Name.Local)
	case xml.CharData:
		switch {
		case p.skip > 0:
		case p.inField:
			p.field.Write(t)
		case p.inText > 0:
			p.out.text(string(t))
		}
	}
}

func (p *officeProse) start(e xml.StartElement) {
	switch e.Name.Local {
	case "t", "delText", "v", "text", "font":
		p.inText++
	case "instrText", "delInstrText":
		p.inField = true
	case "pPr", "rPr", "tblPr", "tblGrid", "sectPr", "formatCode", "rPh":
		p.skip = 1
	case "txbxContent", "txBody", "pt", "si":
		p.out.gap(lined)
	case "tab", "ptab":
		p.out.gap(tabbed)
	case "br", "cr":
		p.out.gap(lined)
	case "noBreakHyphen":
		p.out.text("-")
	case "sym":
		if n, err := strconv.ParseUint(attr(e, "char"), 16, 32); err == nil && n < 0xE000 {
			p.out.text(string(rune(n)))
		}
	case "docPr", "cNvPr":
		p.aside(attr(e, "title"))
		p.aside(attr(e, "descr"))
	case "shape", "imagedata", "textpath":
		p.aside(attr(e, "alt"))
		p.aside(attr(e, "string"))
	case "comment", "ins", "del", "moveFrom", "moveTo", "cmAuthor", "person", "author", "presenceInfo":
		for _, name := range []string{"author", "name", "displayName", "userId"} {
			p.author(attr(e, name))
		}
		if e.Name.Local == "author" {
			p.inText++
		}
		if e.Name.Local == "comment" || e.Name.Local == "author" {
			p.out.gap(lined)
		}
	case "docVar", "tag":
		p.out.line(attr(e, "name"), attr(e, "val"))
	case "Choice", "Fallback":
		p.from = p.out.mark()
	case "sp":
		p.shape, p.prompt = p.out.mark(), false
	case "ph":
		p.prompt = p.template
	}
}

func (p *officeProse) end(name string) {
	switch name {
	case "t", "delText", "v", "text", "font", "author":
		p.inText = max(0, p.inText-1)
	case "instrText", "delInstrText":
		p.inField = false
	case "fldChar", "p":
		p.endField()
		if name == "p" {
			p.out.gap(lined)
		}
	case "tc":
		p.out.cell()
	case "tr", "txbxContent", "txBody", "pt", "comment", "si":
		p.out.gap(lined)
	case "Choice":
		p.choice = p.out.since(p.from)
	case "Fallback":
		// Old programs are given the same text once more, in another drawing.
		if s := p.out.since(p.from); s != "" && strings.Contains(p.choice, s) {
			p.out.back(p.from)
		}
		p.choice = ""
	case "sp":
		if p.prompt {
			p.out.back(p.shape)
		}
		p.prompt = false
	}
}

// endField keeps of a field's instructions the addresses that it links to.
func (p *officeProse) endField() {
	for _, f := range strings.Fields(p.field.String()) {
		if f = strings.Trim(f, `"`); linkScheme.MatchString(f) {
			p.aside("<" + f[strings.IndexByte(f, ':')+1:] + ">")
		}
	}
	p.field.Reset()
}

// aside is text that stands beside the running text.
func (p *officeProse) aside(s string) {
	if s != "" {
		p.out.gap(spaced)
		p.out.text(s)
		p.out.gap(spaced)
	}
}

// author keeps a name, once.
func (o *office) author(name string) {
	if name = strings.TrimSpace(name); name != "" && len(o.authors) < 1000 && !slices.Contains(o.authors, name) {
		o.authors = append(o.authors, name)
	}
}

// data reads XML of somebody else's making, for what stands in it as text.
func (o *office) data(f *zip.File) {
	o.walk(f, func(t xml.Token) {
		switch t := t.(type) {
		case xml.CharData:
			o.out.text(string(t))
		case xml.EndElement:
			o.out.gap(lined)
		}
	})
}

// cached reads what a workbook keeps of data that stand elsewhere: the rows behind a
// pivot table, and the cells of other workbooks it refers to. They stay when the sheets they
// came from are deleted.
func (o *office) cached(f *zip.File) {
	in := false
	before := len(o.out.b)
	o.walk(f, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "s", "n", "d", "e", "sheetName", "cacheField":
				o.out.text(cmp.Or(attr(t, "v"), attr(t, "val"), attr(t, "name")))
				o.out.gap(tabbed)
			case "v":
				in = true
			}
		case xml.CharData:
			if in {
				o.out.text(string(t))
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v":
				in = false
				o.out.gap(tabbed)
			case "r", "row", "cacheField", "sheetNames":
				o.out.gap(lined)
			}
		}
	})
	if len(o.out.b) > before {
		o.out.note(label(f.Name), "a copy of data from elsewhere, kept out of sight")
	}
}

// links reads where a part points to outside the document.
func (o *office) links(f *zip.File) {
	o.walk(f, func(t xml.Token) {
		e, ok := t.(xml.StartElement)
		if !ok || !strings.EqualFold(attr(e, "TargetMode"), "External") {
			return
		}
		to := attr(e, "Target")
		if linkScheme.MatchString(to) {
			to, _, _ = strings.Cut(to[strings.IndexByte(to, ':')+1:], "?")
			o.out.line("Link", "<"+to+">")
		} else if strings.HasPrefix(strings.ToLower(to), "file:") {
			o.out.line("Link", to)
		}
	})
}

// propertyNames are the properties of a document worth reading, as people know them.
var propertyNames = map[string]string{
	"creator": "Author", "lastModifiedBy": "Last saved by", "title": "Title", "subject": "Subject",
	"description": "Description", "keywords": "Keywords", "category": "Category", "created": "Created", "modified": "Saved",
	"Manager": "Manager", "Company": "Company", "HyperlinkBase": "Links", "Template": "Template", "contentStatus": "Status",
	// OpenDocument
	"initial-creator": "First author", "printed-by": "Printed by", "keyword": "Keywords", "creation-date": "Created", "date": "Saved",
}

// properties reads what a document says of itself: who wrote it, for whom.
func (o *office) properties(f *zip.File) {
	name, custom := "", ""
	var value strings.Builder
	o.walk(f, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "property" {
				custom = attr(t, "name")
			} else if n, ok := propertyNames[t.Name.Local]; ok {
				name = n
			} else if custom != "" {
				name = custom
			}
			value.Reset()
		case xml.CharData:
			value.Write(t)
		case xml.EndElement:
			if name != "" {
				o.out.line(name, value.String())
			}
			if t.Name.Local == "property" {
				custom = ""
			}
			name = ""
			value.Reset()
		}
	})
}

// embedded reads a document within the document.
func (o *office) embedded(f *zip.File) {
	if strings.EqualFold(path.Base(f.Name), "vbaProject.bin") {
		o.out.note(label(f.Name), "macros, which are programs and were not read")
		return
	}
	b, err := o.w.member(f)
	if err != nil {
		o.out.lost(label(f.Name), err.Error())
	}
	if len(bytes.TrimSpace(b)) > 0 {
		o.w.within(o.out, b, f.Name, "")
	}
}

// media reads the words of a picture in the document, where OCR can.
func (o *office) media(f *zip.File) {
	if o.w.ocr == nil && isPicture(TypeOf(f.Name, nil)) || vector.MatchString(f.Name) {
		o.drawn.skipped++
		return
	}
	o.embedded(f)
}

// vector are drawings, and sounds, of no use to OCR.
var vector = regexp.MustCompile(`(?i)\.(emf|wmf|svg|wav|mp3|m4a|mp4|wdp)$`)

// pictures counts those in a document that were not looked into for words.
type pictures struct{ skipped int }

// report makes it a loss where a document has next to no text of its own: it may be a
// scan.
func (p pictures) report(out *prose) {
	if p.skipped > 0 {
		out.problem(Problem{Lost: len(strings.Fields(string(out.b[:min(len(out.b), 4096)]))) < 50,
			Why: Thousands(int64(p.skipped)) + " pictures or recordings in it were not looked into for words"})
	}
}
