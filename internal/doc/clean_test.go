package doc

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Canaries stand wherever a format can keep text. Those that begin with Zqv are to be seen by whoever opens the
// document; those that begin with Zqh are not.
var (
	canary        = regexp.MustCompile(`(?i)zq[vh][a-z]+`)
	hiddenCanary  = regexp.MustCompile(`(?i)zqh[a-z]+`)
	visibleCanary = regexp.MustCompile(`Zqv[a-z]+`)
)

// cleaner takes out what re matches, and proves it as whole words in any case.
func cleaner(re *regexp.Regexp) *Cleaner {
	return &Cleaner{
		Limits: Limits{Time: 5 * time.Minute},
		Find: func(_, text string) (cuts []Cut, _ error) {
			for _, m := range re.FindAllStringIndex(text, -1) {
				cuts = append(cuts, Cut{m[0], m[1], "[Person 1]", "PERSON"})
			}
			return cuts, nil
		},
		Prove: func(out []byte, gone []string) error {
			for i, g := range gone {
				if regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(g) + `\b`).Match(out) {
					return fmt.Errorf("withheld string %d is there", i+1)
				}
			}
			return nil
		},
	}
}

var nothing = regexp.MustCompile(`$^`)

// cleaned is a clean copy, which must come about.
func cleaned(t testing.TB, c *Cleaner, name string, data []byte) ([]byte, *Report) {
	t.Helper()
	var out bytes.Buffer
	r, err := c.Clean(context.Background(), bytes.NewReader(data), name, &out)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out.Bytes(), r
}

// unpacked is a file as it stands and with everything in it unpacked and decoded, by means that are not those of
// the package.
func unpacked(t testing.TB, data []byte) string {
	t.Helper()
	var all strings.Builder
	all.Write(data)
	if bytes.HasPrefix(data, []byte("PK")) {
		zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range zr.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			all.WriteString("\n" + f.Name + "\n" + unpacked(t, b))
		}
	}
	if bytes.HasPrefix(data, []byte("%PDF")) {
		for _, s := range regexp.MustCompile(`(?s)FlateDecode[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream`).FindAllSubmatch(data, -1) {
			if z, err := zlib.NewReader(bytes.NewReader(s[1])); err == nil {
				b, _ := io.ReadAll(z)
				all.Write(b)
			}
		}
		all.WriteString(poppler(t, data))
	}
	for _, s := range regexp.MustCompile(`(?:[A-Za-z0-9+/=]{40,}\r?\n)+[A-Za-z0-9+/=]*`).FindAll(data, -1) {
		if b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(s)), "")); err == nil {
			all.WriteString(unpacked(t, b))
		}
	}
	return all.String()
}

// poppler is the text of a PDF as another reader has it, where that is installed.
func poppler(t testing.TB, data []byte) string {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		return ""
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, file, "-").Output()
	if err != nil {
		t.Errorf("pdftotext: %v", err)
	}
	return string(out)
}

// leaks holds a document with canaries to what a copy promises: with all of them to go none is left in any form, and
// with nothing to go those out of sight are left out and those in sight are kept.
func leaks(t *testing.T, name string, data []byte) {
	t.Helper()
	out, report := cleaned(t, cleaner(canary), name, data)
	if found := canary.FindString(unpacked(t, out)); found != "" {
		t.Errorf("%s: told to take everything out, the copy holds %s", name, found)
	}
	if found := canary.FindString(read(t, "copy"+report.Ext, out).Text + report.Name + fmt.Sprint(report.Kept, report.Losses)); found != "" {
		t.Errorf("%s: told to take everything out, the copy or the report says %s", name, found)
	}
	if len(report.Gone()) == 0 || report.Cuts["PERSON"] == 0 || report.Proven == 0 {
		t.Errorf("%s: %d gone, %v, %d bytes proven", name, len(report.Gone()), report.Cuts, report.Proven)
	}
	out, report = cleaned(t, cleaner(nothing), name, data)
	if found := hiddenCanary.FindString(fmt.Sprint(report.Kept, report.Losses)); found != "" {
		t.Errorf("%s: the report says %s", name, found)
	}
	if found := hiddenCanary.FindString(unpacked(t, out)); found != "" {
		t.Errorf("%s: the copy holds %s, which was out of sight", name, found)
	}
	text := read(t, "copy"+report.Ext, out).Text
	for _, want := range visibleCanary.FindAllString(string(data)+unpackedCanaries(t, data), -1) {
		if !strings.Contains(text, want) {
			t.Errorf("%s: the copy lacks %s, which was in sight: %.2000s", name, want, text)
		}
	}
}

func unpackedCanaries(t *testing.T, data []byte) string {
	if !bytes.HasPrefix(data, []byte("PK")) {
		return ""
	}
	return unpacked(t, data)
}

func TestCleanWord(t *testing.T) {
	leaks(t, "letter.docx", zipped(t,
		contentTypes, `<Types/>`,
		"word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="w" xmlns:mc="m"><w:body>
<w:p><w:pPr><w:pStyle w:val="Heading2"/><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>About Zqvhea</w:t></w:r><w:r><w:t>ding</w:t></w:r></w:p>
<w:p><w:del w:author="Zqhdelauthor"><w:r><w:delText>Zqhdeleted</w:delText></w:r></w:del><w:ins w:author="Zqhinsauthor"><w:r><w:t>Zqvinserted</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>Zqhmoved</w:t></w:r></w:moveFrom><w:r><w:rPr><w:vanish/></w:rPr><w:t>Zqhvanished</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Zqvcell</w:t></w:r></w:p><w:p><w:r><w:t>Zqvsecond</w:t></w:r></w:p></w:tc><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Zqvnested</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>
<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wp:docPr name="Zqhdrawing" descr="Zqhalt" title="Zqhtitle"/><w:txbxContent><w:p><w:r><w:t>Zqvbox</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:p><w:r><w:t>Zqhfallback</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent></w:r></w:p>
<w:p><w:r><w:instrText> HYPERLINK "mailto:Zqhfield@example.org" </w:instrText></w:r><w:r><w:t>Zqvlink</w:t></w:r><!-- Zqhcomment --></w:p>
<w:p><w:bookmarkStart w:name="Zqhbookmark"/><w:sdt><w:sdtPr><w:alias w:val="Zqhalias"/><w:tag w:val="Zqhtag"/></w:sdtPr><w:sdtContent><w:r><w:t>Zqvcontrol</w:t></w:r></w:sdtContent></w:sdt></w:p>
</w:body></w:document>`,
		"word/footnotes.xml", `<w:footnotes><w:footnote><w:p><w:r><w:t>Zqvfootnote</w:t></w:r></w:p></w:footnote></w:footnotes>`,
		"word/endnotes.xml", `<w:endnotes><w:endnote><w:p><w:r><w:t>Zqvendnote</w:t></w:r></w:p></w:endnote></w:endnotes>`,
		"word/header1.xml", `<w:hdr><w:p><w:r><w:t>Zqvheader</w:t></w:r></w:p></w:hdr>`,
		"word/footer1.xml", `<w:ftr><w:p><w:r><w:t>Zqvfooter</w:t></w:r></w:p></w:ftr>`,
		"word/comments.xml", `<w:comments><w:comment w:author="Zqhauthor"><w:p><w:r><w:t>Zqhnote</w:t></w:r></w:p></w:comment></w:comments>`,
		"word/people.xml", `<w:people><w:person w:author="Zqhperson"/></w:people>`,
		"word/glossary/document.xml", `<w:glossaryDocument><w:p><w:r><w:t>Zqhglossary</w:t></w:r></w:p></w:glossaryDocument>`,
		"word/_rels/document.xml.rels", `<Relationships><Relationship Id="a" Target="mailto:Zqhtarget@example.org" TargetMode="External"/></Relationships>`,
		"word/settings.xml", `<w:settings><w:docVars><w:docVar w:name="tenant" w:val="Zqhvariable"/></w:docVars></w:settings>`,
		"word/styles.xml", `<w:styles><w:style><w:name w:val="Zqhstyle"/></w:style></w:styles>`,
		"word/embeddings/Zqhembedded.xlsx", string(zipped(t, contentTypes, "", "xl/workbook.xml", "Zqhinembedded")),
		"word/media/Zqhpicture.png", "\x89PNG\r\n\x1A\n Zqhinpicture",
		"word/Zqhstray.xml", `<a>Zqhstrayed</a>`,
		"customXml/item1.xml", `<data>Zqhcustom</data>`,
		"docProps/core.xml", `<cp:coreProperties><dc:creator>Zqhcreator</dc:creator></cp:coreProperties>`,
		"docProps/app.xml", `<Properties><Manager>Zqhmanager</Manager></Properties>`,
		"docProps/custom.xml", `<Properties><property name="Zqhname"><vt:lpwstr>Zqhvalue</vt:lpwstr></property></Properties>`,
		"docProps/thumbnail.jpeg", "\xFF\xD8\xFF Zqhthumbnail",
	))
}

func TestCleanSheets(t *testing.T) {
	leaks(t, "list.xlsx", zipped(t,
		contentTypes, `<Types/>`,
		"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="Zqvsheet" sheetId="1" r:id="rId1"/><sheet name="Old" state="hidden" sheetId="2" r:id="rId2"/><sheet name="Older" state="veryHidden" sheetId="3" r:id="rId3"/></sheets><definedNames><definedName name="Zqhdefined">"Zqhrefers"</definedName></definedNames></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="worksheets/sheet2.xml"/><Relationship Id="rId3" Target="worksheets/sheet3.xml"/></Relationships>`,
		"xl/sharedStrings.xml", `<sst><si><t>Zqhunused</t></si><si><r><t>Zqvsha</t></r><r><t>red</t></r><rPh><t>Zqhphonetic</t></rPh></si></sst>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="str"><f>"Zqhformula"&amp;A1</f><v>Zqvvalue</v></c><c r="C1"><v>42.50</v></c><c r="D1"><f>"Zqhnovalue"</f></c></row><row r="7" hidden="1"><c r="AA7" t="inlineStr"><is><t>Zqvhiddenrow</t></is></c></row></sheetData><dataValidations><dataValidation prompt="Zqhprompt"><formula1>"Zqhchoice"</formula1></dataValidation></dataValidations><headerFooter><oddHeader>Zqhpagehead</oddHeader></headerFooter></worksheet>`,
		"xl/worksheets/sheet2.xml", `<worksheet><sheetData><row><c t="inlineStr"><is><t>Zqvonhidden</t></is></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet3.xml", `<worksheet><sheetData><row><c t="inlineStr"><is><t>Zqvonveryhidden</t></is></c></row></sheetData></worksheet>`,
		"xl/comments1.xml", `<comments><authors><author>Zqhauthor</author></authors><commentList><comment ref="A1"><text><t>Zqhcomment</t></text></comment></commentList></comments>`,
		"xl/threadedComments/threadedComment1.xml", `<ThreadedComments><threadedComment><text>Zqhthread</text></threadedComment></ThreadedComments>`,
		"xl/pivotCache/pivotCacheDefinition1.xml", `<pivotCacheDefinition><cacheField name="Zqhfield"><sharedItems><s v="Zqhcached"/></sharedItems></cacheField></pivotCacheDefinition>`,
		"xl/pivotCache/pivotCacheRecords1.xml", `<pivotCacheRecords><r><s v="Zqhrecord"/></r></pivotCacheRecords>`,
		"xl/externalLinks/externalLink1.xml", `<externalLink><sheetData><row><cell><v>Zqhexternal</v></cell></row></sheetData></externalLink>`,
		"xl/drawings/drawing1.xml", `<wsDr><t>Zqhdrawn</t></wsDr>`,
		"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="&quot;Zqhformat&quot;0"/></numFmts></styleSheet>`,
		"docProps/core.xml", `<cp:coreProperties><dc:creator>Zqhcreator</dc:creator></cp:coreProperties>`,
	))
}

func TestCleanSlides(t *testing.T) {
	leaks(t, "talk.pptx", zipped(t,
		contentTypes, `<Types/>`, "ppt/presentation.xml", `<p:presentation/>`,
		"ppt/slides/slide1.xml", `<p:sld><p:sp><p:nvSpPr><p:cNvPr id="2" name="Zqhshape" descr="Zqhalt"/></p:nvSpPr><p:txBody><a:p><a:r><a:t>Zqvslide</a:t></a:r></a:p></p:txBody></p:sp><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>Zqvcell</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:sld>`,
		"ppt/slides/slide2.xml", `<p:sld show="0"><a:p><a:r><a:t>Zqvsecond</a:t></a:r></a:p></p:sld>`,
		"ppt/notesSlides/notesSlide1.xml", `<p:notes><a:p><a:r><a:t>Zqvnotes</a:t></a:r></a:p></p:notes>`,
		"ppt/comments/comment1.xml", `<p:cmLst><p:cm><p:text>Zqhcomment</p:text></p:cm></p:cmLst>`,
		"ppt/commentAuthors.xml", `<p:cmAuthorLst><p:cmAuthor name="Zqhauthor"/></p:cmAuthorLst>`,
		"ppt/slideMasters/slideMaster1.xml", `<p:sldMaster><a:p><a:r><a:t>Zqhmaster</a:t></a:r></a:p></p:sldMaster>`,
		"ppt/tags/tag1.xml", `<p:tagLst><p:tag name="a" val="Zqhtag"/></p:tagLst>`,
		"ppt/embeddings/a.bin", `Zqhembedded`,
		"docProps/core.xml", `<cp:coreProperties><dc:title>Zqhtitle</dc:title></cp:coreProperties>`,
	))
}

func TestCleanOpenDocument(t *testing.T) {
	leaks(t, "letter.odt", zipped(t,
		"mimetype", typeODT,
		"content.xml", `<office:document-content><office:body><office:text><text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Zqhchanger</dc:creator></office:change-info><text:p>Zqhdeleted</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h text:outline-level="2">Zqvheading</text:h><text:p>Dear Zqvname<office:annotation><dc:creator>Zqhannotator</dc:creator><text:p>Zqhannotation</text:p></office:annotation>,<text:line-break/>Zqvline <text:note><text:note-body><text:p>Zqvfootnote</text:p></text:note-body></text:note><text:hidden-text>Zqhhidden</text:hidden-text></text:p>
<table:table table:name="Zqhtable"><table:table-row><table:table-cell table:number-columns-repeated="3"><text:p>Zqvcell</text:p></table:table-cell></table:table-row></table:table>
<draw:frame><svg:title>Zqhalttitle</svg:title><svg:desc>Zqhaltdesc</svg:desc></draw:frame></office:text></office:body></office:document-content>`,
		"styles.xml", `<office:document-styles><style:header><text:p>Zqvheader</text:p></style:header></office:document-styles>`,
		"meta.xml", `<office:document-meta><dc:creator>Zqhcreator</dc:creator></office:document-meta>`,
		"settings.xml", `<office:document-settings>Zqhsetting</office:document-settings>`,
		"Thumbnails/thumbnail.png", "Zqhthumbnail", "Pictures/Zqhpicture.png", "Zqhinpicture",
		"Object 1/content.xml", `<office:document-content><text:p>Zqhobject</text:p></office:document-content>`,
	))
}

func TestCleanPage(t *testing.T) {
	leaks(t, "page.html", []byte(`<!DOCTYPE html><html lang="Zqhlang"><head><title>Zqvtitle</title><meta name="author" content="Zqhmeta"><style>.Zqhstyle{}</style><script>var a="Zqhscript"</script></head>
<body data-name="Zqhdata" class="Zqhclass" id="Zqhid"><!-- Zqhcomment --><h1>Zqv<b>hea</b>ding</h1><p onclick="Zqhhandler()" style="color:red">Zqvparagraph</p>
<p hidden>Zqhhidden</p><div style="display : none"><div>Zqhinner</div>Zqhnone</div><input type="hidden" value="Zqhinput"><input value="Zqvinput">
<a href="mailto:Zqvmail@example.org?subject=Zqhsubject">write</a> <a href="https://example.org/Zqhlink">link</a>
<img src="https://example.org/Zqhsource.png" alt="Zqvalt"><table><tr><td colspan="2" title="Zqhtooltip">Zqvcell</td></tr></table>
<svg><text>Zqhsvg</text></svg><template>Zqhtemplate</template><noscript>Zqhnoscript</noscript><iframe srcdoc="Zqhframe">Zqhinframe</iframe><object>Zqhobject</object></body></html>`))
}

func TestCleanMail(t *testing.T) {
	inner := "From: Zqvinnerfrom@example.org\r\nSubject: Zqvinnersubject\r\nX-Inner: Zqhinnerheader\r\nContent-Type: text/plain\r\n\r\nZqvinnerbody\r\n"
	attached := base64.StdEncoding.EncodeToString([]byte("Zqvattached words"))
	leaks(t, "mail.eml", []byte("Received: from Zqhreceived.example.org\r\nMessage-ID: <Zqhid@example.org>\r\nX-Originating-IP: Zqhoriginating\r\nReply-To: Zqhreply@example.org\r\n"+
		"From: \"Zqvfrom\" <Zqvaddress@example.org>\r\nTo: =?utf-8?q?Zqvt=C3=B6?= <a@example.org>, Zqvsecond@example.org\r\nCc: Zqvcopied@example.org\r\nSubject: About Zqvsubject\r\nDate: Tue, 03 Mar 2026 09:30:00 +0000\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\nZqhpreamble\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDear Zqvbody,\r\n> On Monday Zqvquoted wrote\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>Dear Zqvbody</p><!-- Zqhhtml -->\r\n--c--\r\n"+
		"--b\r\nContent-Type: text/plain; name=\"Zqvfile.txt\"\r\nContent-Description: Zqhdescription\r\nContent-Disposition: attachment; filename=\"Zqvfile.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+attached+"\r\n"+
		"--b\r\nContent-Type: message/rfc822\r\n\r\n"+inner+
		"--b\r\nContent-Type: application/x-zqhtype\r\nContent-Disposition: attachment\r\n\r\n\x00\x01\x02\r\n--b\r\nContent-Type: application/octet-stream; name=\"a.bin\"\r\nContent-Disposition: attachment; filename=\"Zqhunreadable.bin\"\r\n\r\n\x00\x01\x02Zqhbinary\r\n--b--\r\nZqhepilogue\r\n"))
}

func TestCleanOutlook(t *testing.T) {
	out, report := cleaned(t, cleaner(regexp.MustCompile(`Ann|Bell|ann@example.org|Fay Hart|Bo Finch`)), "Ann Bell.msg", outlook(t))
	text := unpacked(t, out)
	if m := regexp.MustCompile(`Ann|Bell|ann@|Fay Hart|Bo Finch`).FindString(text); m != "" || report.Ext != ".eml" {
		t.Errorf("%s holds %q", report.Ext, m)
	}
	must(t, read(t, "a.eml", out).Text, "The tap drips.", "Repairs, North", "inner words", "[Person 1]")
}

func TestCleanArchiveAndText(t *testing.T) {
	leaks(t, "Zqvarchive.zip", zipped(t, "Zqhfolder/Zqvletter.txt", "Dear Zqvname", "Zqvlist.csv", "name,born\nZqvcell,1980\n", "inner.zip", string(zipped(t, "a.txt", "Zqvinner")), "program.exe", "MZ\x00\x00\x01\x02\x03Zqhprogram"))
	leaks(t, "note.txt", []byte("Dear Zqvname,\nyours"))
	leaks(t, "list.csv", []byte("name;born\n\"Zqvcell;\nx\";1980\n"))
	leaks(t, "letter.rtf", []byte(`{\rtf1\ansi Dear Zqvname\par Yours}`))
}

func TestCleanReports(t *testing.T) {
	find := cleaner(canary)
	for name, err := range map[string]error{
		"not found": func() error {
			_, err := (&Cleaner{}).Clean(context.Background(), strings.NewReader("x"), "a.txt", io.Discard)
			return err
		}(),
		"old Word": func() error {
			_, err := find.Clean(context.Background(), strings.NewReader("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "a.doc", io.Discard)
			return err
		}(),
		"no picture": func() error {
			_, err := find.Clean(context.Background(), bytes.NewReader(tinyPNG(t)), "a.png", io.Discard)
			return err
		}(),
	} {
		if err == nil || canary.MatchString(err.Error()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var out bytes.Buffer
	lazy := cleaner(canary)
	find1 := lazy.Find
	lazy.Find = func(where, text string) ([]Cut, error) { // misses the second
		cuts, err := find1(where, text)
		return cuts[:min(len(cuts), 1)], err
	}
	for _, c := range [][2]string{{"a.txt", "Dear Zqvname, Zqvname"}, {"a.html", "<p>Dear Zqvname<p>Zqvname"}, {"a.eml", "Subject: Zqvname\r\n\r\nZqvname"}, {"a.rtf", `{\rtf1 Zqvname Zqvname}`}} {
		if _, err := lazy.Clean(context.Background(), strings.NewReader(c[1]), c[0], &out); !errors.Is(err, ErrLeak) || canary.MatchString(fmt.Sprint(err)) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes written", c[0], err, out.Len())
		}
	}
	bad := cleaner(canary)
	bad.Find = func(string, string) ([]Cut, error) { return []Cut{{3, 2, "", ""}}, nil }
	if _, err := bad.Clean(context.Background(), strings.NewReader("Dear"), "a.txt", &out); err == nil || out.Len() > 0 {
		t.Error("a cut that does not fit was taken")
	}
}
