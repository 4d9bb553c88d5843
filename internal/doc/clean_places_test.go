package doc

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"tenet/internal/testdata"
)

// More places in which a PDF keeps text: what a font says of its letters, what stands for an element, what came before an
// update, objects that nothing refers to, forms of another kind, and what is stored with a picture.
func TestCleanPDFPlaces(t *testing.T) {
	const fonts = "<< /F 5 0 R /G 6 0 R >>"
	first := aPDF("/Info 14 0 R",
		"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [15 0 R] /XFA (<xfa>Zqhxfa</xfa>) >> /OpenAction << /S /URI /URI (https://example.org/Zqhopen) >> /Names << /Dests << /Names [(Zqhdestination) [3 0 R /Fit]] >> >> /Threads [<< /I << /Title (Zqhthread) >> /F null >>] /StructTreeRoot 16 0 R /MarkInfo << /Marked true >> /Collection << /Schema << /A << /Subtype /S /N (Zqhcolumn) >> >> >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Resources << /Font "+fonts+" /XObject << /I 10 0 R >> >> /Contents 4 0 R /Annots [11 0 R 12 0 R 13 0 R] /Metadata 9 0 R /Thumb 10 0 R /AA << /O << /S /JavaScript /JS (Zqhpagescript) >> >> >>",
		stream("", "BT /F 14 Tf 20 260 Td (Zqhbeforetheupdate) Tj ET"),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		"<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Zqhfont /FirstChar 65 /LastChar 66 /Widths [600 600] /Encoding << /Type /Encoding /Differences [65 /Zqhglyph /B] >> /ToUnicode 7 0 R /FontDescriptor << /Type /FontDescriptor /FontName /ABCDEF+Zqhfont /FontFamily (Zqhfamily) /CharSet (/Zqhcharset) /Flags 4 /FontBBox [0 0 600 700] /ItalicAngle 0 /Ascent 700 /Descent 0 /CapHeight 700 /StemV 80 /FontFile2 8 0 R >> >>",
		stream("", "%Zqhcmap\nbegincmap 1 beginbfchar <41> <00410042> endbfchar endcmap"),
		stream("/Length1 12", "Zqhfontfile"),
		stream("/Type /Metadata /Subtype /XML", "<x>Zqhpagexmp</x>"),
		stream("/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8 /Metadata 9 0 R /Alternates [<< /Image 10 0 R >>]", "\x00\xFF\x00\xFF"),
		"<< /Type /Annot /Subtype /Link /Rect [20 230 100 250] /Border [0 0 0] /A << /S /URI /URI (mailto:Zqhlink@example.org) >> >>",
		"<< /Type /Annot /Subtype /Redact /Rect [300 10 380 30] /OverlayText (Zqhoverlay) /RC (<p>Zqhrich</p>) >>",
		"<< /Type /Annot /Subtype /FileAttachment /Rect [380 280 390 290] /Contents (Zqhpaperclip) /FS << /Type /Filespec /F (Zqhclipname) >> /F 2 >>",
		"<< /Keywords (Zqhkeywords) /Zqhkey (Zqhcustom) >>",
		"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Zqhsignature) /V << /Type /Sig /Filter /Adobe.PPKLite /Reason (Zqhreason) /Name (Zqhsigner) /ContactInfo (Zqhcontact) >> /Rect [0 0 0 0] >>",
		"<< /Type /StructTreeRoot /K << /S /P /Alt (Zqhalternative) /ActualText (Zqhactual) /E (Zqhexpansion) /T (Zqhelement) /P 16 0 R >> >>",
		"<< /Nothing (Zqhorphan) >>",
		stream("", "Zqhorphanstream"),
	)
	data := updated(t, first, 4, stream("", "BT /F 14 Tf 20 260 Td (Dear Zqvname) Tj ET /P << /ActualText (Zqhmarked) /Alt (Zqhmarkedalt) >> BDC BT /F 14 Tf 20 200 Td (and friends) Tj ET EMC q 5 0 0 5 300 100 cm /I Do Q"))
	if before, now := read(t, "a.pdf", first).Text, read(t, "a.pdf", data).Text; !strings.Contains(before, "Zqhbeforetheupdate") || strings.Contains(now, "Zqhbeforetheupdate") || !strings.Contains(now, "Zqvname") {
		t.Fatalf("the update was not taken: %q, then %q", before, now)
	}
	for _, reset := range []bool{false, true} {
		for _, what := range []*regexp.Regexp{canary, nothing} {
			c := cleaner(what)
			c.Reset = reset
			out, report := cleaned(t, c, "letter.pdf", data)
			forbidden := hiddenCanary
			if what == canary {
				forbidden = canary
			}
			if m := forbidden.FindString(unpacked(t, out) + report.Name + fmt.Sprint(report.Kept, report.Losses)); m != "" {
				t.Errorf("reset %t, told to take out %s: the copy holds %s", reset, what, m)
			}
		}
	}
}

// updated is a PDF with a table of its objects, and a later version of one of them after its end (ISO 32000-1, 7.5.6): the
// earlier is still in the file.
func updated(t *testing.T, data []byte, number int, object string) []byte {
	t.Helper()
	body, trailer, ok := bytes.Cut(data, []byte("trailer\n<< "))
	dict, _, closed := bytes.Cut(trailer, []byte(" >>\n%%EOF"))
	if !ok || !closed {
		t.Fatal("this PDF has no trailer")
	}
	var b bytes.Buffer
	b.Write(body)
	objects := regexp.MustCompile(`(?m)^[0-9]+ 0 obj$`).FindAllIndex(body, -1)
	first := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range objects {
		fmt.Fprintf(&b, "%010d 00000 n \n", at[0])
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, dict, first)
	later := b.Len()
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", number, object)
	second := b.Len()
	fmt.Fprintf(&b, "xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d %s /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", number, later, len(objects)+1, dict, first, second)
	return b.Bytes()
}

// What a file says that a text says is not what is to be seen: the name that is must go all the same.
func TestCleanActualText(t *testing.T) {
	for name, content := range map[string]string{
		"said to be another": "/Span << /ActualText (nobody at all) >> BDC BT /F 18 Tf 20 150 Td (Ann Bell) Tj ET EMC BT /F 18 Tf 20 100 Td (called.) Tj ET",
		"said to be nothing": "/Span << /ActualText () >> BDC BT /F 18 Tf 20 150 Td (Ann Bell) Tj ET EMC BT /F 18 Tf 20 100 Td (called.) Tj ET",
		"in a list":          "/Span /M BDC BT /F 18 Tf 20 150 Td (Ann Bell) Tj ET EMC BT /F 18 Tf 20 100 Td (called.) Tj ET",
	} {
		data := aPDF("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Resources << /Font << /F 5 0 R >> /Properties << /M << /ActualText (nobody at all) >> >> >> /Contents 4 0 R >>",
			stream("", content), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
		out, report := cleaned(t, cleaner(regexp.MustCompile("Ann Bell")), "a.pdf", data)
		if text := read(t, "a.pdf", out).Text; report.Cuts["PERSON"] != 1 || strings.Contains(text, "nobody") || !strings.Contains(text, "called.") {
			t.Errorf("%s: %v: %q", name, report.Cuts, text)
		}
		m, _ := pageAt(t, "a.pdf", out, 1, 800)
		if s := shade(m, Region{1, 0.06, 0.2, 0.2, 0.24}); s < 0.9 {
			t.Errorf("%s: the name is to be seen (%.2f)", name, s)
		}
	}
}

func TestCleanOfficePlaces(t *testing.T) {
	leaks(t, "letter.docx", zipped(t,
		contentTypes, `<Types/>`,
		"word/document.xml", `<w:document xmlns:w="w"><w:body><w:p w:rsidR="Zqhrsid"><w:pPr><w:pPrChange w:author="Zqhformatter"/></w:pPr><w:r><w:rPr><w:rPrChange w:author="Zqhrunchange"/></w:rPr><w:t>Dear Zqvname</w:t></w:r></w:p>
<w:altChunk r:id="a"/><w:p><w:r><w:object><o:OLEObject ProgID="Zqhprogram" r:id="b"/></w:object></w:r></w:p>
<w:tbl><w:tblPr><w:tblCaption w:val="Zqhcaption"/><w:tblDescription w:val="Zqhdescription"/></w:tblPr><w:tr><w:tc><w:p><w:r><w:t>Zqvcell</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>`,
		"word/afchunk1.htm", `<p>Zqhchunk</p>`, "word/vbaProject.bin", "Zqhmacro", "word/numbering.xml", `<w:numbering><w:lvlText w:val="Zqhlevel"/></w:numbering>`,
		"word/commentsExtended.xml", `<w15:commentsEx>Zqhextended</w15:commentsEx>`, "word/fontTable.xml", `<w:fonts><w:font w:name="Zqhtypeface"/></w:fonts>`,
		"word/webSettings.xml", `<w:webSettings>Zqhweb</w:webSettings>`, "word/theme/theme1.xml", `<a:theme name="Zqhtheme"/>`, "word/charts/chart1.xml", `<c:chart><c:v>Zqhcharted</c:v></c:chart>`,
		"word/diagrams/data1.xml", `<dgm:dataModel><a:t>Zqhdiagram</a:t></dgm:dataModel>`, "word/embeddings/oleObject1.bin", "Zqhole", "word/media/image1.emf", "Zqhmetafile",
		"_xmlsignatures/sig1.xml", `<Signature>Zqhsigned</Signature>`, "word/_rels/settings.xml.rels", `<Relationships><Relationship Target="file:///Zqhtemplate.dotx"/></Relationships>`,
		"word/settings.xml", `<w:settings><w:mailMerge><w:query w:val="SELECT Zqhquery"/></w:mailMerge></w:settings>`,
	))
	leaks(t, "list.xlsx", zipped(t,
		contentTypes, `<Types/>`,
		"xl/workbook.xml", `<workbook xmlns:r="r"><fileSharing userName="Zqhuser"/><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetPr codeName="Zqhcode"/><cols><col hidden="1" min="2" max="2"/></cols><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Zqvcell</t></is></c><c r="B1" t="inlineStr"><is><t>Zqvhiddencolumn</t></is></c></row></sheetData><hyperlinks><hyperlink ref="A1" display="Zqhdisplay" tooltip="Zqhtooltip"/></hyperlinks><scenarios><scenario name="Zqhscenario" user="Zqhscenariouser"/></scenarios><legacyDrawing r:id="v"/></worksheet>`,
		"xl/worksheets/_rels/sheet1.xml.rels", `<Relationships><Relationship Target="mailto:Zqhmail@example.org"/></Relationships>`,
		"xl/revisions/revisionLog1.xml", `<revisions><rcc><oc><is><t>Zqhwas</t></is></oc></rcc></revisions>`, "xl/revisions/userNames.xml", `<users><userInfo name="Zqhreviser"/></users>`,
		"xl/embeddings/oleObject1.bin", "Zqhole", "xl/embeddings/Microsoft_Word_Document.docx", "Zqhdocument", "xl/tables/table1.xml", `<table name="Zqhtable"><tableColumn name="Zqhcolumn"/></table>`,
		"xl/connections.xml", `<connections><connection description="Zqhconnection"/></connections>`, "xl/charts/chart1.xml", `<c:chart><c:v>Zqhcharted</c:v></c:chart>`,
		"xl/persons/person.xml", `<personList><person displayName="Zqhperson"/></personList>`, "xl/vbaProject.bin", "Zqhmacro", "xl/printerSettings/printerSettings1.bin", "Zqhprinter",
		"xl/drawings/vmlDrawing1.vml", `<xml><v:textbox>Zqhnotebox</v:textbox></xml>`, "xl/media/image1.png", "Zqhpicture", "xl/slicers/slicer1.xml", `<slicer caption="Zqhslicer"/>`,
		"xl/queryTables/queryTable1.xml", `<queryTable name="Zqhquery"/>`, "xl/ctrlProps/ctrlProp1.xml", `<formControlPr><item val="Zqhitem"/></formControlPr>`, "customXml/item1.xml", `<a>Zqhcustom</a>`,
		"docProps/app.xml", `<Properties><TitlesOfParts><lpstr>Zqhpart</lpstr></TitlesOfParts></Properties>`,
	))
	leaks(t, "talk.pptx", zipped(t,
		contentTypes, `<Types/>`, "ppt/presentation.xml", `<p:presentation><p:sectionLst><p:section name="Zqhsection"/></p:sectionLst></p:presentation>`,
		"ppt/slides/slide1.xml", `<p:sld><p:cSld name="Zqhslidename"/><a:p><a:r><a:t>Zqvslide</a:t></a:r></a:p></p:sld>`,
		"ppt/slides/_rels/slide1.xml.rels", `<Relationships><Relationship Target="mailto:Zqhmail@example.org"/></Relationships>`,
		"ppt/slideLayouts/slideLayout1.xml", `<p:sldLayout><a:t>Zqhlayout</a:t></p:sldLayout>`, "ppt/notesMasters/notesMaster1.xml", `<p:notesMaster><a:t>Zqhnotesmaster</a:t></p:notesMaster>`,
		"ppt/handoutMasters/handoutMaster1.xml", `<p:handoutMaster><a:t>Zqhhandout</a:t></p:handoutMaster>`, "ppt/charts/chart1.xml", `<c:v>Zqhcharted</c:v>`, "ppt/diagrams/data1.xml", `<a:t>Zqhdiagram</a:t>`,
		"ppt/media/media1.mp4", "Zqhfilm", "ppt/vbaProject.bin", "Zqhmacro", "ppt/authors.xml", `<p188:authorLst><p188:author name="Zqhauthor"/></p188:authorLst>`,
	))
}

func TestCleanMailPlaces(t *testing.T) {
	leaks(t, "mail.eml", []byte("Return-Path: <Zqhreturn@example.org>\r\nDKIM-Signature: d=Zqhdkim\r\nList-Id: <Zqhlist.example.org>\r\nReferences: <Zqhreference@example.org>\r\nIn-Reply-To: <Zqhreply@example.org>\r\nSender: Zqhsender@example.org\r\n"+
		"Thread-Topic: Zqhtopic\r\nX-MS-Exchange-Organization-AuthAs: Zqhexchange\r\nResent-From: Zqhresent@example.org\r\nComments: Zqhcomments\r\nKeywords: Zqhkeywords\r\nOrganization: Zqhorganisation\r\nDisposition-Notification-To: Zqhnotify@example.org\r\n"+
		"From: office@example.org (Zqvoffice)\r\nBcc: Zqvhidden@example.org\r\nSubject: a\r\nDate: Tue, 03 Mar 2026 09:30:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b; type=\"Zqhtype\"\r\n\r\n"+
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-ID: <Zqhcontentid@example.org>\r\nContent-Location: https://example.org/Zqhlocation\r\n\r\nDear Zqvbody\r\n"+
		"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename*=UTF-8''Zqvletter%20one.txt\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nZqvat=\r\ntached\r\n--b--\r\n"))
}

func TestCleanOutlookPlaces(t *testing.T) {
	data := compoundFile([]node{
		fixed(32, nil),
		property(propSubject, "About Zqvsubject"), property(propBody, "Zqvbody"), property(propSenderName, "Zqvsender"),
		property(propHeaders, "Received: from Zqhreceived\r\nX-A: Zqhheader\r\n"), property(0x3FF8, "Zqhcreator"), property(0x3FFA, "Zqhmodifier"), property(0x0070, "Zqhtopic"), property(0x1035, "<Zqhid@example.org>"),
		property(0x0040, "Zqhreceivedby"),
		{name: "__recip_version1.0_#00000000", in: []node{fixed(8, map[uint16]uint64{propRecipient: 1}), property(propName, "Zqvrecipient"), property(0x3A20, "Zqhtransmittable"), property(0x5FF6, "Zqhdisplay")}},
		{name: "__attach_version1.0_#00000000", in: []node{fixed(8, nil), property(propLongName, "Zqvfile.txt"), property(0x370D, `C:\Zqhpath\file.txt`), property(0x3703, "Zqhextension"), blob(propAttached, []byte("Zqvattached"))}},
		{name: "Zqhstorage", data: []byte("Zqhstream")},
	})
	for what, forbidden := range map[*regexp.Regexp]*regexp.Regexp{canary: canary, nothing: hiddenCanary} {
		out, report := cleaned(t, cleaner(what), "a.msg", data)
		if m := forbidden.FindString(unpacked(t, out) + report.Name + fmt.Sprint(report.Kept, report.Losses)); m != "" {
			t.Errorf("told to take out %s, the copy holds %s", what, m)
		}
		if what == nothing {
			must(t, read(t, "a.eml", out).Text, "Zqvsubject", "Zqvbody", "Zqvsender", "Zqvrecipient", "Zqvattached")
		}
	}
}

// What is stored with a picture's points is none of them.
func TestCleanPicturePlaces(t *testing.T) {
	ocr, err := FindOCR(context.Background(), "eng")
	if err != nil {
		testdata.Missing(t, "tesseract", err.Error())
	}
	canvas := image.NewRGBA(image.Rect(0, 0, 200, 100))
	draw.Draw(canvas, canvas.Rect, image.White, image.Point{}, draw.Src)
	var p, j bytes.Buffer
	if err := png.Encode(&p, canvas); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&j, canvas, nil); err != nil {
		t.Fatal(err)
	}
	chunk := func(kind, data string) string {
		body := kind + data
		return string(binary.BigEndian.AppendUint32(nil, uint32(len(data)))) + body + string(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(body))))
	}
	pngs := p.String()
	at := 8 + 25 // after IHDR
	pngs = pngs[:at] + chunk("tEXt", "Author\x00Zqhauthor") + chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00<x>Zqhxmp</x>") + chunk("eXIf", "II*\x00Zqhexif") + pngs[at:] + "Zqhtrailing"
	segment := func(marker byte, data string) string {
		return "\xFF" + string([]byte{marker}) + string(binary.BigEndian.AppendUint16(nil, uint16(len(data)+2))) + data
	}
	jpegs := j.String()
	jpegs = jpegs[:2] + segment(0xFE, "Zqhcomment") + segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x>Zqhxmp</x>") + segment(0xED, "Photoshop 3.0\x008BIM Zqhiptc") + jpegs[2:] + "Zqhtrailing"
	for name, data := range map[string]string{"a.png": pngs, "a.jpg": jpegs} {
		c := cleaner(nothing)
		c.OCR = ocr
		out, report := cleaned(t, c, name, []byte(data))
		if m := hiddenCanary.FindString(string(out) + fmt.Sprint(report.Kept, report.Losses)); m != "" || !strings.Contains(data, "Zqhtrailing") {
			t.Errorf("%s holds %s", name, m)
		}
	}
}
