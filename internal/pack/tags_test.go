package pack_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/law"
	"tenet/internal/pack"
)

// sampler is a page with one of each thing that a paper can have.
const sampler = `<html><body><main><h1 lang="cy">Teitl</h1><p>In force. <a href="tel:01632960110">01632 960 110</a></p>
<p lang="cy">Mae yma. <a href="https://www.example.org/cy">Cymraeg</a></p>
<h2 id="one">One</h2><ul><li>first entry</li><li>second entry</li></ul><h3>Two</h3><p>See <a href="#one">the first part</a>.</p>
<table><caption>Things</caption><thead><tr><th>Name</th><th>What it is</th></tr></thead><tbody>
<tr><th>a</th><td>letter <span lang="cy">llythyren</span></td></tr></tbody></table></main></body></html>`

func paperOf(t *testing.T, page string) []byte {
	t.Helper()
	var b bytes.Buffer
	p := pack.Paper{Title: "A title & more", Author: "Larkfield Homes", Foot: "foot", Day: law.Date{Year: 2026, Month: 7, Day: 1}, Whole: "the page", Lang: "en", Page: []byte(page)}
	if err := p.WritePDF(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What another reader makes of the structure: each thing as what it is, in the order of reading,
// and nothing of the foot.
func TestPaperIsTagged(t *testing.T) {
	pdf := paperOf(t, sampler)
	info := poppler(t, pdf, "pdfinfo", "FILE")
	for _, want := range []string{"Tagged:          yes", "Title:           A title & more", "PDF version:     1.7"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo does not say %q: %s", want, info)
		}
	}
	if n := bytes.Count(pdf, []byte("/Lang <FEFF00630079>")); n != 3 { // a heading, a paragraph and words in a cell
		t.Errorf("%d things are in Welsh, want 3", n)
	}
	var got []string
	for line := range strings.Lines(poppler(t, pdf, "pdfinfo", "-struct-text", "FILE")) {
		line = strings.TrimSpace(strings.NewReplacer(" (block)", "", " (inline)", "", ":\n", "\n").Replace(line))
		if !strings.HasPrefix(line, "Object ") && line != "" {
			got = append(got, line)
		}
	}
	want := []string{"Document", "H1", `"Teitl"`, "P", `"In force. "`, "Link", `"01632 960 110"`, "P", `"Mae yma. "`, "Link", `"Cymraeg"`,
		"H2", `"One"`, "L", "LI", "Lbl", `"•"`, "LBody", `"first entry"`, "LI", "Lbl", `"•"`, "LBody", `"second entry"`, "H3", `"Two"`, "P", `"See "`, "Link", `"the first part"`, `"."`,
		"Table", "Caption", `"Things"`, "TR", "TH", "/Scope /Column", `"Name"`, "TH", "/Scope /Column", `"What it is"`, "TR", "TH", "/Scope /Row", `"a"`, "TD", `"letter "`, "Span", `"llythyren"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("structure (-want +got):\n%s", diff)
	}
}

var (
	objectAt   = regexp.MustCompile(`(?s)(\d+) 0 obj\n(.*?)\nendobj`)
	stretch    = regexp.MustCompile(`/(\w+) (?:<</MCID (\d+)>> BDC|BMC)|EMC|\(|BT [\d.]+ [\d.]+ Td`)
	compressed = regexp.MustCompile(`(?s)stream\n(.*)\nendstream`)
)

// objects are those of a file, the last of each number.
func objects(pdf []byte) map[int]string {
	out := make(map[int]string)
	for _, m := range objectAt.FindAllSubmatch(pdf, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		out[n] = string(m[2])
	}
	return out
}

// Of a document of many pages every text is marked and belongs to one place in the structure,
// or is marked as none of it; each place has its page; and the file says where its objects are.
func TestTagsHoldTogether(t *testing.T) {
	var page strings.Builder
	page.WriteString("<html><body>")
	for i := range 60 {
		fmt.Fprintf(&page, "<h2>Part %d</h2><p>%s <a href=\"https://www.example.org/%d\">%s</a></p>", i, strings.Repeat("word ", 200), i, strings.Repeat("link ", 40))
	}
	page.WriteString("<table><caption>Long</caption><thead><tr><th>No</th><th>Text</th></tr></thead><tbody>")
	for i := range 900 {
		fmt.Fprintf(&page, "<tr><td>%d</td><td>row of %d</td></tr>", i, i)
	}
	page.WriteString("</tbody></table></body></html>")
	pdf := paperOf(t, page.String())
	all := objects(pdf)
	whose := belongs(all)
	texts, marks := 0, 0
	for n := 3; strings.Contains(all[n], "/Type /Page "); n += 2 {
		z, err := zlib.NewReader(strings.NewReader(compressed.FindStringSubmatch(all[n+1])[1]))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		open, want := 0, 0
		for _, m := range stretch.FindAllStringSubmatch(string(content), -1) {
			switch {
			case m[0] == "EMC":
				open--
			case m[1] != "":
				if open++; m[2] == "" {
					continue
				}
				if id, _ := strconv.Atoi(m[2]); id != want {
					t.Fatalf("page %d: stretch %d, want %d", n, id, want)
				}
				want++
				if x := whose[[2]int{n, want - 1}]; strings.Count(x, "/StructElem /S /"+m[1]+" ") != 1 || strings.Count(x, "/StructElem") != 1 {
					t.Fatalf("page %d: stretch %d is marked %s and belongs to %q", n, want-1, m[1], x)
				}
			case strings.HasPrefix(m[0], "BT"):
				if texts++; open != 1 {
					t.Fatalf("page %d: a text stands in %d stretches", n, open)
				}
			}
			if open < 0 || open > 1 {
				t.Fatalf("page %d: %d stretches are open", n, open)
			}
		}
		if open != 0 {
			t.Fatalf("page %d ends in a stretch", n)
		}
		marks += want
	}
	if texts < 1000 || marks < 1000 {
		t.Errorf("%d texts and %d stretches: too few to tell", texts, marks)
	}
	// The head of the table is told once, though it is printed on each page.
	heads := 0
	for _, body := range all {
		if strings.Contains(body, "/S /TH ") {
			heads++
		}
	}
	if heads != 2 {
		t.Errorf("%d heads of columns, want 2", heads)
	}
	for _, m := range regexp.MustCompile(`(?m)^(\d{10}) 00000 n `).FindAllSubmatch(pdf, -1) {
		at, _ := strconv.Atoi(string(m[1]))
		if !regexp.MustCompile(`^\d+ 0 obj\n`).Match(pdf[at:min(len(pdf), at+20)]) {
			t.Fatalf("no object at %d: %q", at, pdf[at:at+20])
		}
	}
	if again := paperOf(t, page.String()); !bytes.Equal(again, pdf) {
		t.Error("set again it differs")
	}
}

// belongs is the element of each stretch, by its page's object and its number there.
func belongs(all map[int]string) map[[2]int]string {
	out := make(map[[2]int]string)
	for _, body := range all {
		for _, m := range regexp.MustCompile(`<</Type /MCR /Pg (\d+) 0 R /MCID (\d+)>>`).FindAllStringSubmatch(body, -1) {
			page, _ := strconv.Atoi(m[1])
			id, _ := strconv.Atoi(m[2])
			out[[2]int{page, id}] += body
		}
	}
	return out
}

// A long word is left whole in a table that has room for it, and parted at a sign where not.
func TestLongWordsStayWhole(t *testing.T) {
	const mail = "somebody.with.a.long.name@larkfield.example"
	pdf := paperOf(t, `<html><body><table><caption>Reach</caption><thead><tr><th>Who</th><th>E-mail</th><th>Telephone</th><th>Address</th></tr></thead><tbody><tr><td>The data protection officer</td><td>`+mail+
		`</td><td>01632 960 110</td><td>Lark House, 1 Example Street, Larkfield Cross, LK1 1AA</td></tr></tbody></table></body></html>`)
	if text := poppler(t, pdf, "pdftotext", "-layout", "FILE", "-"); !strings.Contains(text, mail) {
		t.Errorf("the address is parted: %s", text)
	}
	lines, err := pack.Lines("https://www.larkfield.example/your-information/in-full", 30)
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) < 2 || slices.ContainsFunc(lines[:len(lines)-1], func(l string) bool { return !strings.ContainsAny(l[len(l)-1:], "/.-") }) {
		t.Errorf("it is parted as %q", lines)
	}
}
