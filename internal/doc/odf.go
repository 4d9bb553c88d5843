package doc

import (
	"archive/zip"
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// The files of an OpenDocument that hold text, and those that hold none.
var (
	odfText  = regexp.MustCompile(`^(.*/)?(content|styles)\.xml$`)
	odfAbout = regexp.MustCompile(`^(.*/)?meta\.xml$`)
	odfNone  = regexp.MustCompile(`^(mimetype|(.*/)?(settings|manifest)\.(xml|rdf)|META-INF/.*|Thumbnails/.*|Configurations2/.*|layout-cache|Fonts/.*|ObjectReplacements/.*)$`)
)

// odf reads a document of OpenDocument (ISO/IEC 26300): text, spreadsheet or
// presentation, with its headers, notes, comments, tracked changes and properties.
func (w *reading) odf(out *prose, data []byte) error {
	zr, err := w.zipDirectory(data)
	if err != nil {
		return err
	}
	o := &office{w: w, out: out}
	sealed, found := false, false
	for _, f := range zr.File {
		if f.Name == "META-INF/manifest.xml" {
			o.walk(f, func(t xml.Token) {
				e, ok := t.(xml.StartElement)
				sealed = sealed || ok && e.Name.Local == "encryption-data"
			})
		}
	}
	if sealed {
		return errSealed
	}
	for _, main := range []bool{true, false} { // the document itself comes first
		for _, f := range zr.File {
			if (f.Name == "content.xml") != main || strings.HasSuffix(f.Name, "/") {
				continue
			}
			if err := w.spent(); err != nil {
				return err
			}
			out.gap(parted)
			switch {
			case odfText.MatchString(f.Name):
				found = true
				p := &odfProse{office: o}
				o.walk(f, p.token)
			case odfAbout.MatchString(f.Name):
				o.aboutODF(f)
			case odfNone.MatchString(f.Name):
			case strings.HasPrefix(f.Name, "Pictures/"):
				o.media(f)
			default:
				o.embedded(f)
			}
		}
	}
	if !found {
		out.lost("", "it has no main part, or not where such documents have theirs")
	}
	o.drawn.report(out)
	return nil
}

// odfProse is where the reading of one part stands.
type odfProse struct {
	*office
	inText int // paragraphs and the like that are open
}

func (p *odfProse) token(t xml.Token) {
	switch t := t.(type) {
	case xml.StartElement:
		p.start(t)
	case xml.EndElement:
		p.end(t.Name.Local)
	case xml.CharData:
		if p.inText > 0 {
			p.out.text(string(t))
		}
	}
}

func (p *odfProse) start(e xml.StartElement) {
	switch e.Name.Local {
	case "p", "h":
		p.inText++
	case "creator", "sender-initials", "title", "desc":
		p.out.gap(lined)
		p.inText++
	case "s":
		n, _ := strconv.Atoi(attr(e, "c"))
		p.out.text(strings.Repeat(" ", min(max(n, 1), 80)))
	case "tab":
		p.out.gap(tabbed)
	case "line-break":
		p.out.gap(lined)
	case "a":
		if to := attr(e, "href"); linkScheme.MatchString(to) {
			to, _, _ = strings.Cut(to[strings.IndexByte(to, ':')+1:], "?")
			p.out.gap(spaced)
			p.out.text("<" + to + ">")
			p.out.gap(spaced)
		}
	case "table":
		p.out.gap(parted)
		if name := attr(e, "name"); name != "" {
			p.out.text("[Sheet " + name + "]")
			p.out.gap(lined)
		}
	case "table-cell", "covered-table-cell":
		if date := attr(e, "date-value"); date != "" {
			p.out.text(date)
			p.out.gap(spaced)
		}
	case "page":
		p.out.gap(parted)
	}
}

func (p *odfProse) end(name string) {
	switch name {
	case "p", "h", "creator", "sender-initials", "title", "desc":
		p.inText = max(0, p.inText-1)
		p.out.gap(lined)
	case "table-cell", "covered-table-cell":
		p.out.cell()
	case "table-row", "annotation", "table":
		p.out.gap(lined)
	}
}

// aboutODF reads what a document says of itself.
func (o *office) aboutODF(f *zip.File) {
	name := ""
	var value strings.Builder
	o.walk(f, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			name = propertyNames[t.Name.Local]
			if t.Name.Local == "user-defined" {
				name = attr(t, "name")
			}
			value.Reset()
		case xml.CharData:
			value.Write(t)
		case xml.EndElement:
			if name != "" {
				o.out.line(name, value.String())
			}
			name = ""
		}
	})
}
