package doc

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/testdata"
)

// zipped is a zip file of names and contents in turn.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read reads a document that must be readable.
func read(t testing.TB, name string, data []byte) Document {
	t.Helper()
	d, err := Read(bytes.NewReader(data), name, "", Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

const contentTypes = "[Content_Types].xml"

const coreXML = `<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:creator>Asha Pell</dc:creator><cp:lastModifiedBy>Tom Wray</cp:lastModifiedBy><dc:title>Letter</dc:title><dcterms:created>2026-03-03T09:30:00Z</dcterms:created></cp:coreProperties>`

func docx(t testing.TB) []byte {
	return zipped(t,
		contentTypes, `<Types/>`,
		"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w" xmlns:mc="m"><w:body>
<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs><w:rPr><w:b/></w:rPr></w:pPr><w:r><w:t>Dear </w:t></w:r><w:r><w:t xml:space="preserve">Zoë &amp; co</w:t></w:r><w:r><w:tab/><w:t>x</w:t><w:br/><w:t>y</w:t></w:r></w:p>
<w:p><w:del w:author="Una Marsh"><w:r><w:delText>old words</w:delText></w:r></w:del><w:ins w:author="Una Marsh"><w:r><w:t> new words</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t> hidden</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Name</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Born</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>Ann</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1980</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:docPr name="Box 1" descr="a photo of the flat"/><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>
<w:p><w:r><w:instrText> HYPERLINK "mailto:ann@example.org" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>write</w:t></w:r></w:p>
</w:body></w:document>`,
		"word/footnotes.xml", `<w:footnotes xmlns:w="w"><w:footnote><w:p><w:r><w:t>a footnote</w:t></w:r></w:p></w:footnote></w:footnotes>`,
		"word/header1.xml", `<w:hdr xmlns:w="w"><w:p><w:r><w:t>Our header</w:t></w:r></w:p></w:hdr>`,
		"word/comments.xml", `<w:comments xmlns:w="w"><w:comment w:id="0" w:author="Bo Finch"><w:p><w:r><w:t>check this</w:t></w:r></w:p></w:comment></w:comments>`,
		"word/_rels/document.xml.rels", `<Relationships><Relationship Id="a" Target="mailto:bo@example.org?subject=x" TargetMode="External"/><Relationship Id="b" Target="https://example.org/" TargetMode="External"/></Relationships>`,
		"word/settings.xml", `<w:settings xmlns:w="w"><w:docVars><w:docVar w:name="tenant" w:val="T-1009"/></w:docVars></w:settings>`,
		"word/styles.xml", `<w:styles><w:t>style words</w:t></w:styles>`,
		"word/embeddings/list.xlsx", string(xlsx(t)),
		"word/media/image1.png", "\x89PNG\r\n\x1A\n",
		"customXml/item1.xml", `<data><tenant>Cy Orr</tenant></data>`,
		"docProps/core.xml", coreXML,
		"docProps/app.xml", `<Properties><Pages>1</Pages><Manager>Dee Lyle</Manager></Properties>`,
		"docProps/custom.xml", `<Properties xmlns:vt="v"><property name="Case"><vt:lpwstr>C-77</vt:lpwstr></property></Properties>`,
	)
}

func xlsx(t testing.TB) []byte {
	return zipped(t,
		contentTypes, `<Types/>`,
		"xl/workbook.xml", `<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="Tenants" sheetId="1" r:id="rId1"/><sheet name="Old" sheetId="2" state="veryHidden" r:id="rId2"/><sheet name="Gone" sheetId="3" r:id="rId9"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
		"xl/sharedStrings.xml", `<sst><si><t>Name</t></si><si><r><t>Bo</t></r><r><t>rn</t></r><rPh><t>xx</t></rPh></si><si><t>Ann Bell</t></si></sst>`,
		"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000000000"/><numFmt numFmtId="165" formatCode="dd\ mmm&quot;y&quot;yyyy"/><numFmt numFmtId="166" formatCode="&quot;day&quot;0.00"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="22"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="D1" t="inlineStr"><is><t>Tele</t><t>phone</t></is></c></row>
<row r="2"/>
<row r="3" hidden="1"><c r="A3" t="s"><v>2</v></c><c r="B3" s="1"><v>29221</v></c><c r="C3" s="2"><v>7700900123</v></c><c r="D3" s="3"><v>29221.5</v></c><c r="E3" s="4"><v>1.1000000000000001</v></c><c r="F3" t="b"><v>1</v></c><c r="G3" t="str"><f>A1</f><v>worked out</v></c><c r="H3"><f>A1&amp;"x"</f></c><c r="I3" t="s"><v>99</v></c><c r="J3"><v>1.2E+3</v></c></row>
</sheetData><headerFooter><oddHeader>&amp;CRent office</oddHeader></headerFooter></worksheet>`,
		"xl/worksheets/sheet2.xml", `<worksheet><sheetData><row><c t="inlineStr"><is><t>Fay Hart</t></is></c></row></sheetData></worksheet>`,
		"xl/comments1.xml", `<comments><authors><author>Tom Wray</author></authors><commentList><comment ref="A1"><text><r><t>in arrears</t></r></text></comment></commentList></comments>`,
		"xl/pivotCache/pivotCacheDefinition1.xml", `<pivotCacheDefinition><cacheFields><cacheField name="Tenant"><sharedItems><s v="Gil Stone"/><s v="Ivy Lane"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>`,
		"docProps/core.xml", coreXML,
	)
}

func TestDOCX(t *testing.T) {
	d := read(t, "a.docx", docx(t))
	body, rest, _ := strings.Cut(d.Text, "\n\na footnote")
	if diff := cmp.Diff("Dear Zoë & co\tx\ny\nold words new words hidden\nName\tBorn\nAnn\t1980\na photo of the flat\nin a box\n<ann@example.org> write", body); diff != "" {
		t.Error(diff)
	}
	must(t, rest, "check this", "Our header", "tenant: T-1009", "Cy Orr", "Link: <bo@example.org>", "Author: Asha Pell", "Last saved by: Tom Wray",
		"Created: 2026-03-03T09:30:00Z", "Manager: Dee Lyle", "Case: C-77", "Changed or commented by: Una Marsh, Bo Finch", "Ann Bell", "Gil Stone")
	if strings.Contains(d.Text, "style words") {
		t.Error("a style is not text")
	}
	checkProblem(t, d.Problems, "1 pictures")
	checkProblem(t, d.Problems, "sheet Gone: missing")
}

func must(t testing.TB, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not in the text:\n%s", w, text)
		}
	}
}

func TestXLSX(t *testing.T) {
	d := read(t, "a.xlsx", xlsx(t))
	got, rest, _ := strings.Cut(d.Text, "\n\n[Sheet Old (hidden)]\n")
	want := "[Sheet Tenants]\nName\tBorn\tTelephone\nAnn Bell\t1980-01-01\t07700900123\t1980-01-01T12:00:00\t1.1\tTRUE\tworked out\t=A1&\"x\"\t1200\nPage header or footer: &CRent office"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	must(t, rest, "Fay Hart\n", "[Sheet Gone]", "Tom Wray\nin arrears", "Tenant\tGil Stone\tIvy Lane", "Author: Asha Pell")
	for _, p := range []string{"sheet Old: hidden", "sheet Gone: missing", "sheet Tenants: 1 cells", "pivotCacheDefinition1.xml: a copy of data"} {
		checkProblem(t, d.Problems, p)
	}
}

func TestSerialDate(t *testing.T) {
	tests := []struct {
		n    float64
		mac  bool
		want string
	}{
		{1, false, "1900-01-01"}, {59, false, "1900-02-28"}, {61, false, "1900-03-01"}, {25569, false, "1970-01-01"}, {0.5, false, "12:00:00"},
		{0, true, "1904-01-01"}, {45000.25, false, "2023-03-15T06:00:00"}, {-1, false, ""}, {1e10, false, ""},
	}
	for _, tt := range tests {
		if got, _ := serialDate(tt.n, tt.mac); got != tt.want {
			t.Errorf("serialDate(%v, %v) = %q, want %q", tt.n, tt.mac, got, tt.want)
		}
	}
}

func TestPPTX(t *testing.T) {
	slide := func(words string) string {
		return `<p:sld xmlns:p="p" xmlns:a="a"><p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>` + words + `</a:t></a:r></a:p></p:txBody></p:sp></p:sld>`
	}
	d := read(t, "a.pptx", zipped(t,
		contentTypes, `<Types/>`, "ppt/presentation.xml", `<p/>`,
		"ppt/slides/slide10.xml", slide("the tenth"), "ppt/slides/slide2.xml", slide("the second"),
		"ppt/notesSlides/notesSlide1.xml", slide("say her name"),
		"ppt/slideLayouts/slideLayout1.xml", slide("Click to edit")+`<p:sp><p:txBody><a:p><a:t>Our landlord</a:t></a:p></p:txBody></p:sp>`,
		"ppt/comments/comment1.xml", `<p:cmLst xmlns:p="p"><p:cm><p:text>too frank</p:text></p:cm></p:cmLst>`,
		"ppt/commentAuthors.xml", `<p:cmAuthorLst xmlns:p="p"><p:cmAuthor name="Bo Finch"/></p:cmAuthorLst>`,
	))
	if diff := cmp.Diff("the second\n\nthe tenth\n\nsay her name\n\ntoo frank\n\nOur landlord\nChanged or commented by: Bo Finch", d.Text); diff != "" {
		t.Error(diff)
	}
	checkProblem(t, d.Problems, "")
}

func TestODF(t *testing.T) {
	meta := `<office:document-meta xmlns:office="o" xmlns:meta="m" xmlns:dc="d"><office:meta><meta:initial-creator>Asha Pell</meta:initial-creator><dc:creator>Tom Wray</dc:creator><meta:user-defined meta:name="Case">C-77</meta:user-defined></office:meta></office:document-meta>`
	d := read(t, "a.odt", zipped(t, "mimetype", typeODT,
		"styles.xml", `<s xmlns:text="t"><style:header><text:p>Our header</text:p></style:header></s>`,
		"meta.xml", meta,
		"content.xml", `<c xmlns:text="t" xmlns:office="o" xmlns:table="b" xmlns:dc="d"><office:body><text:tracked-changes><text:deletion><office:change-info><dc:creator>Una Marsh</dc:creator></office:change-info><text:p>old words</text:p></text:deletion></text:tracked-changes><text:h>Dear <text:span>Zoë</text:span></text:h><text:p>a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d<text:a xlink:href="mailto:ann@example.org">write</text:a></text:p><text:p>x<office:annotation><dc:creator>Bo Finch</dc:creator><text:p>check this</text:p></office:annotation></text:p></office:body></c>`))
	if diff := cmp.Diff("Una Marsh\nold words\nDear Zoë\na  b\tc\nd <ann@example.org> write\nx\nBo Finch\ncheck this\n\nOur header\n\nFirst author: Asha Pell\nCreator: Tom Wray\nCase: C-77", strings.Replace(d.Text, "Author: Tom", "Creator: Tom", 1)); diff != "" {
		t.Error(diff)
	}
	checkProblem(t, d.Problems, "")
	d = read(t, "a.ods", zipped(t, "mimetype", typeODS,
		"content.xml", `<c xmlns:text="t" xmlns:office="o" xmlns:table="b"><table:table table:name="Rent"><table:table-row><table:table-cell table:number-columns-repeated="1000000"><text:p>Name</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="1980-01-01"><text:p>01/01/80</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048576"><table:table-cell/></table:table-row></table:table></c>`))
	if diff := cmp.Diff("[Sheet Rent]\nName\t1980-01-01 01/01/80", d.Text); diff != "" {
		t.Error(diff)
	}
	_, err := Read(bytes.NewReader(zipped(t, "mimetype", typeODT, "META-INF/manifest.xml", `<m><manifest:encryption-data/></m>`, "content.xml", "\x00\x01")), "a.odt", "", Limits{})
	if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "password") {
		t.Errorf("sealed: %v", err)
	}
}

func TestRTF(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", `{\rtf1\ansi Dear Ann,\par your {\b rent} is due.\par}`, "Dear Ann,\nyour rent is due."},
		{"code page", `{\rtf1\ansi\ansicpg1252 Zo\'eb \'80`, "Zoë €"},
		{"font's character set", `{\rtf1{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}\f1 \'c0\f0 \'c0}`, "АÀ"},
		{"double bytes", `{\rtf1{\fonttbl{\f0\fcharset128 M;}}\f0 \'93\'fa}`, "日"},
		{"unicode", `{\rtf1\uc1 \u8211? \u-10179?\u-8704?{\uc2 \u233ab c}}`, "– 😀é c"},
		{"hidden and deleted", `{\rtf1 a{\v b}{\deleted c}}`, "abc"},
		{"table", `{\rtf1 \trowd Name\cell Born\cell\row Ann\cell 1980\cell\row}`, "Name\tBorn\nAnn\t1980"},
		{"skipped", `{\rtf1{\colortbl;\red0;}{\*\unknown no}{\stylesheet{no;}}{\pict 00ff}yes{\bin3 {{{}}`, "yes"},
		{"properties", `{\rtf1{\info{\author Asha Pell}{\title T}}x}`, "Author: Asha Pell\nTitle: T\nx"},
		{"header, note, comment", `{\rtf1{\header H\par}a{\*\atnauthor Bo Finch}{\*\annotation check}{\footnote f}}`, "H\na\nComment by: Bo Finch\ncheckf"},
		{"link", `{\rtf1{\field{\*\fldinst{HYPERLINK "mailto:ann@example.org"}}{\fldrslt write}}}`, "<ann@example.org> write"},
		{"box", `{\rtf1{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt boxed\par}}}}`, "boxed"},
		{"escapes", `{\rtf1 \{a\}\\\~b\_c\emdash d}`, "{a}\\\u00A0b-c—d"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := read(t, "a.rtf", []byte(tt.in))
			if d.Text != tt.want {
				t.Errorf("got %q, want %q", d.Text, tt.want)
			}
		})
	}
	d := read(t, "a.rtf", []byte(`{\rtf1 a`+strings.Repeat("{", 100000)+`b`))
	if d.Text != "ab" {
		t.Errorf("deep: %q", d.Text)
	}
	checkProblem(t, d.Problems, "cut off")
	checkProblem(t, d.Problems, "nested")
	checkProblem(t, read(t, "a.rtf", []byte(`{\rtf1 a}more`)).Problems, "4 bytes after the end")
}

// Real workbooks, written by other programs, are read cell by cell.
func TestXLSXOfOthers(t *testing.T) {
	open := func(dir, name string) []byte {
		data, err := os.ReadFile(filepath.Join(testdata.Shared(t, dir), name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	d := read(t, "a.xlsx", open("damp-mould", "appointments_entities.xlsx"))
	checkProblem(t, d.Problems, "")
	must(t, d.Text, "[Sheet Sheet1]\nCategory\tEntity\tEntity Description\tAttribute\tAttribute Description\nAvailableAppointments\tAppointment\t")
	d = read(t, "a.xlsx", open("core-lettings", "excel_file.xlsx"))
	must(t, d.Text, "blank file", "Created: 2024-10-07T11:14:28Z")

	// A form with headers of several rows, which its makers also give as CSV, a few
	// of its questions in other words.
	d = read(t, "a.xlsx", open("core-lettings", "2023_24_lettings_bulk_upload.xlsx"))
	checkProblem(t, d.Problems, "")
	c, err := NewCSV(bytes.NewReader(open("core-lettings", "2023_24_lettings_bulk_upload.csv")), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	cells, missing := 0, 0
	for rec := (Record{Fields: c.Header}); err == nil; rec, err = c.Next() {
		for _, f := range rec.Fields {
			if f = strings.TrimSpace(f); f == "" {
				continue
			}
			cells++
			if !strings.Contains(d.Text, f) {
				missing++
			}
		}
	}
	if cells < 500 || missing*20 > cells {
		t.Errorf("%d of %d cells are not in the text", missing, cells)
	}
}
