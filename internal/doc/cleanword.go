package doc

import (
	"fmt"
	"strings"
)

// writeDOCX is a new Word document of blocks, with the least that Word asks for.
func writeDOCX(blocks []block) (copied, error) {
	const ns = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	var b strings.Builder
	b.WriteString(xmlHead + `<w:document ` + ns + `><w:body>`)
	for _, x := range blocks {
		if x.table == nil {
			style := ""
			if x.level > 0 {
				style = fmt.Sprintf(`<w:pPr><w:pStyle w:val="Heading%d"/></w:pPr>`, x.level)
			}
			b.WriteString(`<w:p>` + style + wordRun(x.text) + `</w:p>`)
			continue
		}
		columns := 0
		for _, row := range x.table {
			columns = max(columns, len(row))
		}
		b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>`)
		for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
			b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="auto"/>`)
		}
		b.WriteString(`</w:tblBorders></w:tblPr><w:tblGrid>` + strings.Repeat(fmt.Sprintf(`<w:gridCol w:w="%d"/>`, 9000/max(columns, 1)), columns) + `</w:tblGrid>`)
		for _, row := range x.table {
			b.WriteString(`<w:tr>`)
			for i := range columns {
				b.WriteString(`<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr>`)
				cell := ""
				if i < len(row) {
					cell = row[i]
				}
				for line := range strings.SplitSeq(cell, "\n") {
					b.WriteString(`<w:p>` + wordRun(line) + `</w:p>`)
				}
				b.WriteString(`</w:tc>`)
			}
			b.WriteString(`</w:tr>`)
		}
		b.WriteString(`</w:tbl><w:p/>`)
	}
	b.WriteString(`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	var styles strings.Builder
	styles.WriteString(xmlHead + `<w:styles ` + ns + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="22"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	for level := 1; level <= 6; level++ {
		fmt.Fprintf(&styles, `<w:style w:type="paragraph" w:styleId="Heading%d"><w:name w:val="heading %d"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:outlineLvl w:val="%d"/></w:pPr><w:rPr><w:b/><w:sz w:val="%d"/></w:rPr></w:style>`,
			level, level, level-1, max(36-4*level, 22))
	}
	styles.WriteString(`</w:styles>`)
	data, err := newZip(
		[2]string{"[Content_Types].xml", contents([2]string{"word/document.xml", "wordprocessingml.document.main"}, [2]string{"word/styles.xml", "wordprocessingml.styles"})},
		[2]string{"_rels/.rels", relationships([2]string{"officeDocument", "word/document.xml"})},
		[2]string{"word/document.xml", b.String()},
		[2]string{"word/_rels/document.xml.rels", relationships([2]string{"styles", "styles.xml"})},
		[2]string{"word/styles.xml", styles.String()})
	return copied{data, typeDOCX, ".docx"}, err
}

// wordRun is a run of text, its tabs and line ends as Word has them.
func wordRun(s string) string {
	if s == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<w:r>`)
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteString(`<w:br/>`)
		}
		for j, word := range strings.Split(line, "\t") {
			if j > 0 {
				b.WriteString(`<w:tab/>`)
			}
			if word != "" {
				b.WriteString(`<w:t xml:space="preserve">` + escaped(word) + `</w:t>`)
			}
		}
	}
	return b.String() + `</w:r>`
}

// pptxOf cleans slides, and then their notes, and writes them as a new presentation: the words of each in one box.
// The first so many of slides are slides, the rest notes.
func (k *cleaning) pptxOf(slides [][]block, n int) (copied, error) {
	var all []block // whose level is the slide's place
	for i, s := range slides {
		for _, b := range s { // a table is lines of a box
			if b.table == nil {
				all = append(all, block{level: i, text: b.text})
			}
			for _, row := range b.table {
				all = append(all, block{level: i, text: strings.Join(row, "\t")})
			}
		}
	}
	clean, err := k.blocks("slides", all)
	if err != nil {
		return copied{}, err
	}
	texts := make([][]string, len(slides))
	for _, b := range clean {
		texts[b.level] = append(texts[b.level], b.text)
	}
	k.keep("", fmt.Sprintf("slides, as text: %d", n))
	if notes := len(slides) - n; notes > 0 {
		k.keep("", fmt.Sprintf("speaker's notes, as slides after the others: %d", notes))
	}
	return writePPTX(texts)
}

// writePPTX is a new presentation with a box of text on each slide, with the least that PowerPoint asks for.
func writePPTX(slides [][]string) (copied, error) {
	const ns = `xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"`
	const tree = `<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>`
	const colours = `bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"`
	parts := [][2]string{{"ppt/presentation.xml", "presentationml.presentation.main"}, {"ppt/slideMasters/slideMaster1.xml", "presentationml.slideMaster"},
		{"ppt/slideLayouts/slideLayout1.xml", "presentationml.slideLayout"}, {"ppt/theme/theme1.xml", "theme"}}
	rels := [][2]string{{"slideMaster", "slideMasters/slideMaster1.xml"}, {"theme", "theme/theme1.xml"}}
	var ids strings.Builder
	var files [][2]string
	for i, lines := range slides {
		name := fmt.Sprintf("slides/slide%d.xml", i+1)
		parts = append(parts, [2]string{"ppt/" + name, "presentationml.slide"})
		rels = append(rels, [2]string{"slide", name})
		fmt.Fprintf(&ids, `<p:sldId id="%d" r:id="rId%d"/>`, 256+i, len(rels))
		var b strings.Builder
		for _, line := range lines {
			b.WriteString(`<a:p>`)
			for j, part := range strings.Split(line, "\n") {
				if j > 0 {
					b.WriteString(`<a:br/>`)
				}
				b.WriteString(`<a:r><a:rPr lang="en-GB" sz="1600"/><a:t>` + escaped(part) + `</a:t></a:r>`)
			}
			b.WriteString(`</a:p>`)
		}
		if len(lines) == 0 {
			b.WriteString(`<a:p/>`)
		}
		files = append(files,
			[2]string{"ppt/" + name, xmlHead + `<p:sld ` + ns + `><p:cSld><p:spTree>` + tree + `<p:sp><p:nvSpPr><p:cNvPr id="2" name="Text"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="457200" y="342900"/><a:ext cx="8229600" cy="6172200"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr wrap="square"><a:normAutofit/></a:bodyPr>` + b.String() + `</p:txBody></p:sp></p:spTree></p:cSld></p:sld>`},
			[2]string{fmt.Sprintf("ppt/slides/_rels/slide%d.xml.rels", i+1), relationships([2]string{"slideLayout", "../slideLayouts/slideLayout1.xml"})})
	}
	head := [][2]string{
		{"[Content_Types].xml", contents(parts...)},
		{"_rels/.rels", relationships([2]string{"officeDocument", "ppt/presentation.xml"})},
		{"ppt/presentation.xml", xmlHead + `<p:presentation ` + ns + `><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>` + ids.String() + `</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`},
		{"ppt/_rels/presentation.xml.rels", relationships(rels...)},
		{"ppt/slideMasters/slideMaster1.xml", xmlHead + `<p:sldMaster ` + ns + `><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg><p:spTree>` + tree + `</p:spTree></p:cSld><p:clrMap ` + colours + `/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>`},
		{"ppt/slideMasters/_rels/slideMaster1.xml.rels", relationships([2]string{"slideLayout", "../slideLayouts/slideLayout1.xml"}, [2]string{"theme", "../theme/theme1.xml"})},
		{"ppt/slideLayouts/slideLayout1.xml", xmlHead + `<p:sldLayout ` + ns + ` type="blank"><p:cSld name="Blank"><p:spTree>` + tree + `</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>`},
		{"ppt/slideLayouts/_rels/slideLayout1.xml.rels", relationships([2]string{"slideMaster", "../slideMasters/slideMaster1.xml"})},
		{"ppt/theme/theme1.xml", xmlHead + plainTheme()},
	}
	data, err := newZip(append(head, files...)...)
	return copied{data, typePPTX, ".pptx"}, err
}

// plainTheme is black on white in one typeface.
func plainTheme() string {
	var b strings.Builder
	b.WriteString(`<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Plain"><a:themeElements><a:clrScheme name="Plain">`)
	for _, c := range [][2]string{{"dk1", "000000"}, {"lt1", "FFFFFF"}, {"dk2", "1F1F1F"}, {"lt2", "EEEEEE"}, {"accent1", "4472C4"}, {"accent2", "ED7D31"},
		{"accent3", "A5A5A5"}, {"accent4", "FFC000"}, {"accent5", "5B9BD5"}, {"accent6", "70AD47"}, {"hlink", "0563C1"}, {"folHlink", "954F72"}} {
		b.WriteString(`<a:` + c[0] + `><a:srgbClr val="` + c[1] + `"/></a:` + c[0] + `>`)
	}
	b.WriteString(`</a:clrScheme><a:fontScheme name="Plain">`)
	for _, f := range []string{"majorFont", "minorFont"} {
		b.WriteString(`<a:` + f + `><a:latin typeface="Calibri"/><a:ea typeface=""/><a:cs typeface=""/></a:` + f + `>`)
	}
	fill := strings.Repeat(`<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>`, 3)
	line := strings.Repeat(`<a:ln w="6350"><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>`, 3)
	effect := strings.Repeat(`<a:effectStyle><a:effectLst/></a:effectStyle>`, 3)
	return b.String() + `</a:fontScheme><a:fmtScheme name="Plain"><a:fillStyleLst>` + fill + `</a:fillStyleLst><a:lnStyleLst>` + line + `</a:lnStyleLst><a:effectStyleLst>` + effect + `</a:effectStyleLst><a:bgFillStyleLst>` + fill + `</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`
}
