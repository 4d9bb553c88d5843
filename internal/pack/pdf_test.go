package pack_test

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"tenet/internal/law"
	"tenet/internal/pack"
	"tenet/internal/testdata"
)

// poppler runs a tool of poppler-utils on a PDF, which had no part in writing it.
func poppler(t testing.TB, pdf []byte, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		testdata.Missing(t, "poppler", tool+" (apt-get install poppler-utils)")
	}
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "FILE", path)
	}
	cmd := exec.Command(tool, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", tool, err, errs.Bytes())
	}
	if errs.Len() > 0 {
		t.Errorf("%s complains: %s", tool, errs.Bytes())
	}
	return string(out)
}

func print(t testing.TB, in pack.Input) (pdf, page []byte) {
	t.Helper()
	list, err := pack.Files(in, pack.Print, pack.Spreadsheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		switch f.Name {
		case pack.PDFName:
			pdf = f.Bytes
		case pack.PageName:
			page = f.Bytes
		}
	}
	return pdf, page
}

var footer = regexp.MustCompile(`(?m)^.* Page \d+ of \d+$`)

// printed is the words of a PDF without their spaces and without the footers:
// lines end anywhere.
func printed(t testing.TB, pdf []byte) string {
	return squeeze(footer.ReplaceAllString(poppler(t, pdf, "pdftotext", "-raw", "FILE", "-"), ""))
}

func squeeze(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), "") }

func TestPDFSaysWhatThePageSays(t *testing.T) {
	pdf, page := print(t, answer(t))
	got := printed(t, pdf)
	n := 0
	for _, block := range every(parse(t, page), "h1", "h2", "h3", "h4", "h5", "p", "li", "dt", "dd", "caption", "th", "td") {
		skip := false
		for up := range block.Ancestors() {
			skip = skip || up.Data == "nav"
		}
		if want := squeeze(text(block)); !skip && want != "" {
			n++
			if !strings.Contains(got, want) {
				t.Errorf("the PDF does not say %q", text(block))
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d blocks were compared", n)
	}
	for _, not := range []string{"Secretname", "rent_entry/9", "0512.txt"} {
		if strings.Contains(got, not) || bytes.Contains(pdf, []byte(not)) {
			t.Errorf("the PDF says %q", not)
		}
	}
	if !strings.Contains(got, squeeze("It does not tell a screen reader how it is built")) {
		t.Error("the PDF does not say where the accessible copy is")
	}
}

func TestPDFIsInOrder(t *testing.T) {
	pdf, page := print(t, answer(t))
	info := poppler(t, pdf, "pdfinfo", "FILE")
	pages := regexp.MustCompile(`Pages: +(\d+)`).FindStringSubmatch(info)[1]
	for _, want := range []string{"Title:           Your information from Larkfield Homes (AR-2026-0042)", "Producer:        Tenet", "CreationDate:    Sat Oct  3", "A4"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo does not say %q: %s", want, info)
		}
	}
	if !bytes.Contains(pdf, []byte("/Lang (en-GB)")) {
		t.Error("the PDF does not say its language")
	}
	fonts := strings.Split(strings.TrimSpace(poppler(t, pdf, "pdffonts", "FILE")), "\n")[2:]
	for _, f := range fonts {
		if cols := strings.Fields(f); cols[len(cols)-5] != "yes" || cols[len(cols)-3] != "yes" {
			t.Errorf("a font is not embedded, or has no characters: %s", f)
		}
	}
	if len(fonts) != 2 {
		t.Errorf("there are %d fonts", len(fonts))
	}
	sheets := strings.Split(strings.TrimSuffix(poppler(t, pdf, "pdftotext", "-raw", "FILE", "-"), "\f"), "\f")
	if fmt.Sprint(len(sheets)) != pages {
		t.Errorf("%d pages have text, of %s", len(sheets), pages)
	}
	for i, s := range sheets {
		if want := fmt.Sprintf("Larkfield Homes, reference AR-2026-0042 Page %d of %s\n", i+1, pages); !strings.HasSuffix(s, want) {
			t.Errorf("page %d ends with %q", i+1, s[max(0, len(s)-80):])
		}
	}

	// The contents and the bookmarks have each heading, and lead to its page.
	outline := poppler(t, pdf, "pdftohtml", "-xml", "-i", "-stdout", "FILE")
	_, outline, _ = strings.Cut(outline, "<outline>")
	for _, h := range every(parse(t, page), "h2", "h3", "h4") {
		if attr(h, "id") == "contents" {
			continue
		}
		title := text(h)
		if from := attr(h, "data-from"); from != "" {
			title += " (" + from + ")"
		}
		m := regexp.MustCompile(`<item page="(\d+)">` + regexp.QuoteMeta(html.EscapeString(title)) + `</item>`).FindStringSubmatch(outline)
		if m == nil {
			t.Errorf("there is no bookmark %q", title)
			continue
		}
		var page int
		fmt.Sscan(m[1], &page)
		if !strings.Contains(squeeze(sheets[page-1]), squeeze(text(h))) {
			t.Errorf("the bookmark %q leads to page %d, which does not have it", title, page)
		}
		if !strings.Contains(squeeze(sheets[1]), squeeze(title)) || !strings.Contains("\n"+sheets[1], fmt.Sprintf("\n%d\n", page)) {
			t.Errorf("the contents do not have %q on page %d", title, page)
		}
	}
}

func TestPDFBreaksOverPages(t *testing.T) {
	in := answer(t)
	in.Items, in.Withheld = in.Items[:1:1], nil
	for i := range 400 {
		in.Items = append(in.Items, pack.Item{ID: fmt.Sprint("r", i), Source: "housing", Table: "reading", Category: "rent-transactions",
			Fields: []pack.Field{{Name: "meter", Value: fmt.Sprintf("M%04d", i)}, {Name: "long_word", Value: strings.Repeat("w", 80)}, {Name: "note", Value: "read by post, and once more by hand"}}})
	}
	var letter strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&letter, "Line%d of a letter that goes on.\n", i)
	}
	in.Items = append(in.Items, pack.Item{ID: "l", Source: "letters", Table: "letter", Texts: []pack.Field{{Name: "body", Value: letter.String()}, {Name: "blob", Value: strings.Repeat("x", 50_000)}}})
	pdf, _ := print(t, in)
	raw := poppler(t, pdf, "pdftotext", "-raw", "FILE", "-")
	lines := strings.ReplaceAll(raw, "\f", "\n")
	got := printed(t, pdf)
	for i := range 400 {
		if !strings.Contains(got, fmt.Sprintf("M%04d", i)) {
			t.Errorf("row %d is not in the PDF", i)
		}
	}
	if n := strings.Count(got, strings.Repeat("w", 80)); n != 400 {
		t.Errorf("%d of 400 long words are whole", n)
	}
	for i := range 3000 {
		if !strings.Contains(lines, fmt.Sprintf("\nLine%d of a letter that goes on.\n", i)) {
			t.Errorf("line %d is not in the PDF", i)
		}
	}
	if n := strings.Count(got, "x"); n < 50_000 {
		t.Errorf("a word of 50,000 letters came out with %d", n)
	}
	for _, s := range strings.Split(raw, "\f") {
		if strings.Contains(s, "M0") && !strings.Contains(s, "Item\nMeter") && !strings.Contains(s, "Item Meter") {
			t.Errorf("a page of a table has no head: %.200q", s)
		}
	}
}

func TestPDFLosesNoCharacter(t *testing.T) {
	set := []string{
		"Zażółć gęślą jaźń", "Ŵy ŷ Llanfair, tŵr, dŵr, gwŷdd", "Ștefan și Țuțea, mâine", "İstanbul'da ığdır, Gökçe, Şule", "Αθήνα, Γιώργος Παπαδόπουλος ΐ",
		"Київ, Їжак, Щорс, ґанок, Ёлка", "Nguyễn Thị Hằng ở Đà Nẵng, Ước", "naïve Ærø straße Žižek", "“quotes” – € £ …", "Zaz\u0307o\u0301l\u0107", // decomposed
	}
	unset := map[string]string{
		"السلام عليكم ورحمة الله": "[Arabic]", "ٹیلی فون نمبر": "[Arabic]", "বাংলা ভাষা": "[Bengali]", "ਪੰਜਾਬੀ": "[Gurmukhi]", "ગુજરાતી": "[Gujarati]",
		"שלום": "[Hebrew]", "中文": "[Han]", "ትግርኛ": "[Ethiopic]", "👍🏽": "[sign]", "தமிழ்": "[Tamil]", "సరే": "[Telugu]",
	}
	in := answer(t)
	in.Items, in.Withheld = nil, nil
	for i, v := range set {
		in.Items = append(in.Items, pack.Item{ID: fmt.Sprint("s", i), Source: "s", Table: fmt.Sprint("set", i), Texts: []pack.Field{{Name: "note", Value: v}}})
	}
	for v := range unset {
		in.Items = append(in.Items, pack.Item{ID: v, Source: "s", Table: "unset", Fields: []pack.Field{{Name: "note", Value: "before " + v + " after"}}})
	}
	in.Person = "ملک Malik"
	pdf, page := print(t, in)
	got := printed(t, pdf)
	for _, v := range set {
		if !strings.Contains(got, squeeze(v)) {
			t.Errorf("the PDF does not say %s", v)
		}
	}
	for v, want := range unset {
		if !strings.Contains(got, squeeze("before"+want+"after")) {
			t.Errorf("in the place of %s is no %s", v, want)
		}
		if !bytes.Contains(page, []byte(v)) {
			t.Errorf("the page does not say %s", v)
		}
	}
	for _, want := range []string{"[Arabic] Malik, you asked", "They are in full in your-information.html.", "They are in full in your-information.html, items 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 and 21."} {
		if !strings.Contains(got, squeeze(want)) {
			t.Errorf("the PDF does not say %q", want)
		}
	}
}

func TestPDFOfHostileValues(t *testing.T) {
	in := answer(t)
	in.Items, in.Withheld = nil, nil
	for i, v := range hostileValues {
		v = v[:min(len(v), 20_000)]
		in.Items = append(in.Items,
			pack.Item{ID: fmt.Sprint("f", i), Source: "s", Table: "t", Fields: []pack.Field{{Name: "a", Value: v}}},
			pack.Item{ID: fmt.Sprint("t", i), Source: "s", Table: "u", Texts: []pack.Field{{Name: "a", Value: v}}})
	}
	for i, v := range hostileValues[:34] {
		in.Items = append(in.Items, pack.Item{ID: fmt.Sprint("w", i), Source: v, Table: v, Title: v, Category: v, Whose: v, How: v,
			Fields: []pack.Field{{Name: v, Value: v, Note: v}, {Name: "b", Label: v, Value: v}}})
	}
	in.Person, in.Reference = hostileValues[1], hostileValues[0]
	pdf, page := print(t, in)
	got := printed(t, pdf)
	for _, block := range every(parse(t, page), "dd") {
		want := squeeze(strings.NewReplacer("\u0645\u0631\u062d\u0628\u0627", "[Arabic]", "＝", "[sign]").Replace(text(block)))
		if len(want) < 500 && !strings.Contains(got, want) { // Longer ones go over pages.
			t.Errorf("the PDF does not say %.80q", text(block))
		}
	}
}

func TestPDFPicture(t *testing.T) {
	pdf, _ := print(t, answer(t))
	out := poppler(t, pdf, "pdftoppm", "-r", "50", "-png", "-f", "4", "-l", "4", "FILE")
	img, err := png.Decode(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	dark, all := 0, img.Bounds().Dx()*img.Bounds().Dy()
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0x8000 {
				dark++
			}
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0xF000 && (x < img.Bounds().Dx()/14 || x > img.Bounds().Dx()*13/14) {
				t.Fatalf("something stands in the margin at %d, %d", x, y)
			}
		}
	}
	if dark < all/200 || dark > all/5 {
		t.Errorf("%d of %d dots are dark", dark, all)
	}
}

// big is an answer of about so many pages of rows and notes.
func big(t testing.TB, pages int) pack.Input {
	in := answer(t)
	in.Items, in.Withheld = nil, nil
	for i := range pages * 20 {
		in.Items = append(in.Items, pack.Item{ID: fmt.Sprint("r", i), Source: "housing", Table: "rent_entry", Category: "rent-transactions", Date: date(t, "2020-01-01").AddDays(i % 2000),
			Fields: []pack.Field{{Name: "entry_date", Value: date(t, "2020-01-01").AddDays(i % 2000).String()}, {Name: "amount", Value: fmt.Sprint(i * 7 % 50000)}, {Name: "description", Value: "Weekly charge"}}})
	}
	for i := range pages {
		in.Items = append(in.Items, pack.Item{ID: fmt.Sprint("n", i), Source: "housing", Table: "case_note", Category: "case-notes",
			Texts: []pack.Field{{Name: "body", Value: strings.Repeat("Called about the damp in the back bedroom, and will call again. ", 12) + fmt.Sprint(i)}}})
		if i%10 == 0 {
			in.Withheld = append(in.Withheld, pack.Withheld{Item: fmt.Sprint("n", i), What: "a name in a note", Exemption: law.ExemptThirdParty, Reason: "They did not agree."})
		}
	}
	return in
}

var pagesIn = regexp.MustCompile(`/Type /Page\n`)

// BenchmarkPDF sets an answer of some hundred pages, the page itself included.
func BenchmarkPDF(b *testing.B) {
	in := big(b, 300)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		list, err := pack.Files(in, pack.Print)
		if err != nil {
			b.Fatal(err)
		}
		n += len(pagesIn.FindAllIndex(list[len(list)-1].Bytes, -1))
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "pages/s")
}
