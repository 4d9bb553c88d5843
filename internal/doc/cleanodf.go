package doc

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// odfMain are the parts of an OpenDocument that a copy has, its own and not those of objects in it.
var odfMain = regexp.MustCompile(`^(content|styles)\.xml$`)

// odfCopy makes an OpenDocument anew: as a text document, whichever it was.
func (k *cleaning) odfCopy(data []byte) (copied, error) {
	zr, err := k.zipDirectory(data)
	if err != nil {
		return copied{}, err
	}
	x := &blockReader{w: k.reading, odf: true}
	var main *zip.File
	var rest []*zip.File
	sealed := false
	for _, f := range zr.File {
		switch f.Name {
		case "META-INF/manifest.xml":
			r, err := k.openMember(f)
			if err != nil {
				return copied{}, err
			}
			err = k.walkXML(r, func(t xml.Token) {
				e, ok := t.(xml.StartElement)
				sealed = sealed || ok && e.Name.Local == "encryption-data"
			})
			r.Close()
			if err != nil {
				return copied{}, fmt.Errorf("its manifest: %w", err)
			}
		case "content.xml":
			if main != nil {
				return copied{}, errors.New("two of its parts have one name")
			}
			main = f
		case "styles.xml": // holds the headers and footers
			rest = append(rest, f)
		}
	}
	switch {
	case sealed:
		return copied{}, errSealed
	case main == nil:
		return copied{}, errors.New("it has no main part, or not where such documents have theirs")
	}
	for _, f := range append([]*zip.File{main}, rest...) {
		if err := x.part(f); err != nil {
			return copied{}, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	k.dropParts(zr.File, odfMain.MatchString)
	x.report(k)
	return k.odtOf("document", x.blocks)
}

func (k *cleaning) odtOf(where string, blocks []block) (copied, error) {
	clean, err := k.blocks(where, blocks)
	if err != nil {
		return copied{}, err
	}
	k.keep("", fmt.Sprintf("paragraphs, headings and tables: %d", len(clean)))
	return writeODT(clean)
}

// repeatLimit is how often a cell that says that it is repeated is: those after it are empty to the edge of the sheet.
const repeatLimit = 256

func (x *blockReader) startODF(e xml.StartElement) {
	switch e.Name.Local {
	case "p", "h":
		p := &para{}
		if e.Name.Local == "h" {
			level, _ := strconv.Atoi(attr(e, "outline-level"))
			p.level = min(max(level, 1), 6)
		}
		x.paras = append(x.paras, p)
	case "s":
		n, _ := strconv.Atoi(attr(e, "c"))
		x.text(strings.Repeat(" ", min(max(n, 1), 80)))
	case "tab":
		x.text("\t")
	case "line-break":
		x.text("\n")
	case "table":
		x.tables = append(x.tables, &grid{})
	case "table-cell", "covered-table-cell":
		x.cell()
		if n, _ := strconv.Atoi(attr(e, "number-columns-repeated")); n > 1 && len(x.tables) > 0 {
			g := x.tables[len(x.tables)-1]
			for range min(n, repeatLimit) - 1 {
				g.cells = append(g.cells, "")
			}
		}
	case "page": // of a presentation
		x.emit(block{level: 1, text: "Slide"})
	case "tracked-changes":
		x.count.deleted++
		x.skip = 1
	case "annotation", "annotation-end", "hidden-text", "hidden-paragraph", "script", "event-listeners", "forms":
		x.count.hidden++
		x.skip = 1
	case "title", "desc":
		x.count.pictures++
		x.skip = 1
	}
}

func writeODT(blocks []block) (copied, error) {
	const names = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"`
	var b strings.Builder
	b.WriteString(xmlHead + `<office:document-content ` + names + ` office:version="1.3"><office:body><office:text>`)
	lines := strings.NewReplacer("\n", "<text:line-break/>", "\t", "<text:tab/>", "&#xA;", "<text:line-break/>", "&#x9;", "<text:tab/>")
	for _, x := range blocks {
		switch {
		case x.table != nil:
			columns := 0
			for _, row := range x.table {
				columns = max(columns, len(row))
			}
			fmt.Fprintf(&b, `<table:table><table:table-column table:number-columns-repeated="%d"/>`, columns)
			for _, row := range x.table {
				b.WriteString(`<table:table-row>`)
				for i := range columns {
					cell := ""
					if i < len(row) {
						cell = row[i]
					}
					b.WriteString(`<table:table-cell><text:p>` + lines.Replace(escaped(cell)) + `</text:p></table:table-cell>`)
				}
				b.WriteString(`</table:table-row>`)
			}
			b.WriteString(`</table:table>`)
		case x.level > 0:
			fmt.Fprintf(&b, `<text:h text:outline-level="%d">%s</text:h>`, x.level, lines.Replace(escaped(x.text)))
		default:
			b.WriteString(`<text:p>` + lines.Replace(escaped(x.text)) + `</text:p>`)
		}
	}
	b.WriteString(`</office:text></office:body></office:document-content>`)
	data, err := newZip([2]string{"mimetype", typeODT},
		[2]string{"META-INF/manifest.xml", xmlHead + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="` + typeODT + `"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`},
		[2]string{"content.xml", b.String()})
	return copied{data, typeODT, ".odt"}, err
}
