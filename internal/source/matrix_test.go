package source

import (
	"context"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tenet/internal/doc"
	"tenet/internal/testdata"
)

// docs/sources.md claims nothing that no test shows: each test that it names
// exists in the package that it names, each row has one or says "not shown", each scheme of a source and each
// ending of a file has a row, and its figures are those of the code.
func TestMatrix(t *testing.T) {
	const root = "../.."
	page, err := os.ReadFile(filepath.Join(root, "docs", "sources.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]map[string]bool{} // by package
	first := map[string]bool{}            // what the first cells of rows have in backticks
	name := regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w*|\(` + "`([a-z]+(?:/[a-z]+)*)`" + `\)`)
	code := regexp.MustCompile("`[^`]+`")
	named := 0
	for i, line := range strings.Split(string(page), "\n") {
		at := fmt.Sprintf("docs/sources.md:%d", i+1)
		line = strings.ReplaceAll(line, "`TestConformance…`", "") // which is the name of many
		var waiting []string                                      // for their package
		for _, m := range name.FindAllStringSubmatch(line, -1) {
			pkg := m[1]
			if pkg == "" {
				waiting = append(waiting, m[0])
				continue
			}
			if tests[pkg] == nil {
				tests[pkg] = testsOf(t, filepath.Join(root, pkg))
			}
			for _, w := range waiting {
				named++
				if !tests[pkg][w] {
					t.Errorf("%s: there is no %s in %s", at, w, pkg)
				}
			}
			waiting = nil
		}
		if len(waiting) > 0 {
			t.Errorf("%s: of %v no package is named", at, waiting)
		}
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "|---") {
			continue
		}
		cell, _, _ := strings.Cut(line[2:], " |")
		for _, c := range code.FindAllString(cell, -1) {
			first[strings.Trim(c, "`")] = true
		}
		isHeader := strings.Contains(line, "| shown by |")
		if !isHeader && !name.MatchString(line) && !strings.Contains(line, "not shown") {
			t.Errorf("%s: nothing shows it, and it does not say so", at)
		}
	}
	if named < 150 {
		t.Errorf("only %d tests were found in docs/sources.md: is it read rightly?", named)
	}
	for _, scheme := range schemes(t) {
		if !first[scheme+":"] {
			t.Errorf("docs/sources.md has no row for %s:", scheme)
		}
	}
	for _, scheme := range strings.Fields(known) {
		if !slices.Contains(schemes(t), strings.TrimSuffix(scheme, ":")) {
			t.Errorf("Open says that it knows %s, and does not", scheme)
		}
	}
	for _, ending := range endings(t) {
		if !first[ending] {
			t.Errorf("docs/sources.md has no row for files that end in %s", ending)
		}
	}

	s, err := Open(context.Background(), "x", "sqlite:x.db", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	limits := engineOf[*sqliteDB](s).opts.Limits
	for _, row := range []string{
		fmt.Sprintf("reported | %d MiB |", limits.Value>>20),
		fmt.Sprintf("its length alone | %d |", hexLimit),
		fmt.Sprintf("page of rows | %d minute |", limits.Statement/time.Minute),
		fmt.Sprintf("to one database server | %d, of which %d stay open |", serverConns, serverIdle),
		fmt.Sprintf("rows asked for at a time | %d |", pageRows),
	} {
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/sources.md does not say %q, which is so", row)
		}
	}
	if pageRows != fetch {
		t.Error("docs/sources.md gives one figure for all servers")
	}
}

// testsOf are the tests, fuzz targets and benchmarks of the package in a folder.
func testsOf(t *testing.T, dir string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Errorf("docs/sources.md names %s, where there are no tests (%v)", dir, err)
	}
	out := map[string]bool{}
	for _, file := range files {
		for _, d := range parsed(t, file).Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				out[f.Name.Name] = true
			}
		}
	}
	return out
}

func parsed(t *testing.T, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// schemes are those that Open takes, as its code has them.
func schemes(t *testing.T) (out []string) {
	t.Helper()
	for _, d := range parsed(t, "source.go").Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "openEngine" {
			ast.Inspect(f, func(n ast.Node) bool {
				if c, ok := n.(*ast.CaseClause); ok {
					for _, e := range c.List {
						out = append(out, literal(t, e))
					}
				}
				return true
			})
		}
	}
	if len(out) < 15 {
		t.Fatalf("Open takes %v: is its code read rightly?", out)
	}
	return out
}

// endings are those of files whose kind package doc knows by their name.
func endings(t *testing.T) (out []string) {
	t.Helper()
	ast.Inspect(parsed(t, filepath.Join("..", "doc", "kind.go")), func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || v.Names[0].Name != "types" || len(v.Values) == 0 {
			return true
		}
		for _, e := range v.Values[0].(*ast.CompositeLit).Elts {
			out = append(out, literal(t, e.(*ast.KeyValueExpr).Key))
		}
		return false
	})
	if len(out) < 60 {
		t.Fatalf("package doc knows %v: is its code read rightly?", out)
	}
	return out
}

func literal(t *testing.T, e ast.Expr) string {
	t.Helper()
	l, ok := e.(*ast.BasicLit)
	if !ok {
		t.Fatalf("%T where a string was looked for", e)
	}
	s, err := strconv.Unquote(l.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What no test of package doc has in a file of its own: kinds that are read by the code of
// others, told by their names.
func TestDirOtherFormats(t *testing.T) {
	packed2, err := hex.DecodeString("425a6839314159265359f47214a00000031d80400410002400322150102000220083c4201a0022a0de09f425d12568bb9229c28487a390a500")
	if err != nil {
		t.Fatal(err)
	}
	odp := packed(t, "content.xml", `<c xmlns:text="t" xmlns:draw="d"><draw:page draw:name="One"><text:p>Dear Ann, in slides</text:p></draw:page></c>`)
	files := map[string][2]string{ // what is in it, and what its text must have
		"a.md":           {"# Dear Ann", "Dear Ann"},
		"a.log":          {"2026-03-01 Ann rang", "Ann rang"},
		"a.text":         {"Dear Ann", "Dear Ann"},
		"a.json":         {`{"name": "Ann Bell"}`, `"Ann Bell"`},
		"a.xml":          {"<?xml version=\"1.0\"?><name>Ann Bell</name>", "Ann Bell"},
		"a.xhtml":        {"<html><body><p>Dear <b>Ann</b></p><script>x()</script></body></html>", "Dear Ann"},
		"a.ics":          {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Visit to Ann Bell\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "Visit to Ann Bell"},
		"a.vcf":          {"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Bell\r\nEND:VCARD\r\n", "Ann Bell"},
		"a.odp":          {odp, "Dear Ann, in slides"},
		"letter.txt.bz2": {string(packed2), "Dear Ann, in bzip2"},
	}
	dir := t.TempDir()
	for name, f := range files {
		write(t, filepath.Join(dir, name), f[0])
	}
	s, said := open(t, "dir:"+dir, Options{})
	got := map[string]string{}
	for r, err := range s.Scan(context.Background(), "file", ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		got[r.Get("path").Text] = r.Get("text").Text
	}
	for name, f := range files {
		if !strings.Contains(got[name], f[1]) || strings.Contains(got[name], "x()") {
			t.Errorf("%s: %q", name, got[name])
		}
	}
	if len(said.list) > 0 {
		t.Errorf("problems: %+v", said.list)
	}
}

// Pictures of the other kinds that cameras and fax machines make are given to OCR as well.
func TestDirOtherPictures(t *testing.T) {
	ocr, err := doc.FindOCR(context.Background(), "eng")
	if err != nil {
		testdata.Missing(t, "tesseract", err.Error())
	}
	f, err := os.Open(filepath.Join("testdata", "letter.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scan, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, encode := range map[string]func(*os.File, image.Image) error{
		"a.jpg": func(f *os.File, m image.Image) error { return jpeg.Encode(f, m, nil) },
		"a.gif": func(f *os.File, m image.Image) error { return gif.Encode(f, m, nil) },
	} {
		out, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := encode(out, scan); err != nil {
			t.Fatal(err)
		}
		out.Close()
	}
	s, _ := open(t, "dir:"+dir, Options{OCR: ocr})
	got := lines(t, s.Scan(context.Background(), "file", ScanOptions{}))
	if len(got) != 2 || !strings.Contains(got[0], "Dear Ann Bell") || !strings.Contains(got[1], "Dear Ann Bell") {
		t.Errorf("%q", got)
	}
}
