package pack_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/pack"
)

// lettered is an answer whose letters come with their documents.
func lettered(t testing.TB, docs ...pack.Document) pack.Input {
	in := answer(t)
	in.Items = append(in.Items, pack.Item{ID: "the letter", Source: "letters", Table: "file", Texts: []pack.Field{{Name: "text", Value: "Dear [Person 1],"}}, Documents: docs})
	return in
}

// asItStands reads text documents back, and knows no others but PDFs that it makes nothing of.
func asItStands(name string, data []byte) (string, error) {
	switch path.Ext(name) {
	case ".txt", ".png":
		return string(data), nil
	case ".pdf":
		return "some words", nil
	case ".docx":
		return "", nil
	}
	return "", errors.New("no reader")
}

func TestDocuments(t *testing.T) {
	in := lettered(t,
		pack.Document{Name: "Letter of 3 May [Person 1]/..\\x.PDF", Type: "application/pdf", Note: "not in the copy: bookmarks", Bytes: []byte("%PDF-1")},
		pack.Document{Name: "=cmd|' /C calc'!A0.txt", Type: "text/plain", Bytes: []byte("Dear all")},
		pack.Document{Name: "...", Type: "text/plain", Bytes: []byte("Dear all of you")})
	files, err := pack.Files(in, pack.Print, pack.Spreadsheet)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string][]byte{}
	var docs []string
	for _, f := range files {
		byName[f.Name] = f.Bytes
		if strings.HasPrefix(f.Name, pack.DocumentFolder) {
			docs = append(docs, f.Name)
		}
	}
	if diff := cmp.Diff([]string{"documents/029-Letter-of-3-May-Person-1-x.pdf", "documents/029-2-cmd-C-calc-A0.txt", "documents/029-3-document"}, docs); diff != "" {
		t.Error(diff)
	}
	var said struct {
		Items []struct {
			Number    int
			Documents []struct{ File, Name, Note string }
		}
	}
	if err := json.Unmarshal(byName[pack.JSONName], &said); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, x := range said.Items {
		for _, d := range x.Documents {
			n++
			if byName[d.File] == nil {
				t.Errorf("%s is told of and is not there", d.File)
			}
			for _, name := range []string{pack.PageName, pack.CSVName, pack.PDFName} {
				if name != pack.PDFName && !bytes.Contains(byName[name], []byte(d.File)) {
					t.Errorf("%s does not name %s", name, d.File)
				}
			}
			if !bytes.Contains(byName[pack.PageName], []byte(`href="`+d.File+`"`)) {
				t.Errorf("the page does not link to %s", d.File)
			}
			if !bytes.Contains(byName[pack.PDFName], []byte("/URI ("+d.File)) {
				t.Errorf("the PDF does not link to %s", d.File)
			}
		}
	}
	if n != 3 || !bytes.Contains(byName[pack.ReadMeName], []byte("documents  ")) {
		t.Errorf("%d documents told of", n)
	}
	var sheet bytes.Buffer
	z, err := zip.NewReader(bytes.NewReader(byName[pack.SheetName]), int64(len(byName[pack.SheetName])))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if r, err := f.Open(); err == nil {
			sheet.ReadFrom(r)
		}
	}
	if !strings.Contains(sheet.String(), pack.DocumentFolder) {
		t.Error("the schedule does not name the documents")
	}
	// It is sealed, opened and zipped like any pack, and the same again.
	again, err := pack.Files(in, pack.Print, pack.Spreadsheet)
	if err != nil || pack.Digest(files) != pack.Digest(again) {
		t.Errorf("made again it differs: %v", err)
	}
	if err := pack.Zip(&bytes.Buffer{}, files); err != nil {
		t.Error(err)
	}
	if _, err := pack.Files(lettered(t, pack.Document{Name: "a.txt"})); err == nil {
		t.Error("an empty document was taken")
	}
}

func zipOf(t *testing.T, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCheckReadsDocuments(t *testing.T) {
	check := pack.Checker{Text: func(name string, data []byte) (string, error) {
		if strings.HasPrefix(name, pack.DocumentFolder) {
			return asItStands(name, data)
		}
		return "words", nil
	}}
	for name, c := range map[string]struct {
		doc  pack.Document
		leak bool
	}{
		"clean text":              {pack.Document{Name: "a.txt", Bytes: []byte("Dear all")}, false},
		"text":                    {pack.Document{Name: "a.txt", Bytes: []byte("Dear Secretname,")}, true},
		"a word of ours, as name": {pack.Document{Name: "a.txt", Bytes: []byte("met Will there")}, true},
		"a word of ours":          {pack.Document{Name: "a.txt", Bytes: []byte("we will come")}, false},
		"its name":                {pack.Document{Name: "Secretname.txt", Bytes: []byte("Dear all")}, true},
		"its note":                {pack.Document{Name: "a.txt", Note: "without Secretname", Bytes: []byte("Dear all")}, true},
		"a picture":               {pack.Document{Name: "a.png", Bytes: []byte("Secretname")}, true},
		"properties of a PDF":     {pack.Document{Name: "a.pdf", Bytes: []byte("%PDF-1.7 << /Title (Secretname) >>")}, true},
		"a part of a DOCX":        {pack.Document{Name: "a.docx", Bytes: zipOf(t, "a.xml", "<a>Secretname</a>")}, true},
		"a name of a part":        {pack.Document{Name: "a.docx", Bytes: zipOf(t, "Secretname.xml", "<a/>")}, true},
		"a part of a part":        {pack.Document{Name: "a.docx", Bytes: zipOf(t, "b.zip", string(zipOf(t, "a.xml", "Secretname")))}, true},
		"a DOCX":                  {pack.Document{Name: "a.docx", Bytes: zipOf(t, "a.xml", "<a>all</a>")}, false},
		"a broken DOCX":           {pack.Document{Name: "a.docx", Bytes: []byte("PK\x03\x04")}, true},
		"what nobody can read":    {pack.Document{Name: "a.bin", Bytes: []byte("all")}, true},
	} {
		files, err := pack.Files(lettered(t, c.doc))
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{"nothing", "Secretname", "Will"}
		if err := check.Check(files, secrets); (err != nil) != c.leak || err != nil && strings.Contains(err.Error(), "Secretname") && !strings.Contains(c.doc.Name, "Secretname") {
			t.Errorf("%s: %v", name, err)
		}
		for _, f := range files {
			// What passes alone passes in the pack.
			if strings.HasPrefix(f.Name, pack.DocumentFolder) && check.Document(f, secrets) == nil && c.leak && name != "its note" {
				t.Errorf("%s: it passes alone", name)
			}
		}
	}
	files, err := pack.Files(lettered(t, pack.Document{Name: "a.txt", Bytes: []byte("Dear all")}))
	if err != nil {
		t.Fatal(err)
	}
	last := len(files) - 1
	if err := (pack.Checker{}).Check(files, nil); err == nil {
		t.Error("a document that nothing reads back passes")
	}
	if err := check.Check(files[:last], nil); err == nil {
		t.Error("a document that is told of and not there passes")
	}
	if err := check.Check(append(files, pack.File{Name: pack.DocumentFolder + "999-a.txt", Bytes: []byte("x")}), nil); err == nil {
		t.Error("a document that is not told of passes")
	}
	files[last].Bytes = []byte("Dear others")
	if err := check.Check(files, nil); err == nil {
		t.Error("another document in its place passes")
	}
}
