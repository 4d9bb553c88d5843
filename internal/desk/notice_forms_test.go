package desk

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"time"

	"tenet/internal/doc"
	"tenet/internal/notice"
)

// TestNoticePDF reads back the PDF of every pack: each sentence and each cell of its tables is
// there, and the same notice gives the same bytes.
func TestNoticePDF(t *testing.T) {
	packs, err := fs.ReadDir(notice.Packs(), ".")
	if err != nil || len(packs) == 0 {
		t.Fatal(packs, err)
	}
	for _, p := range packs {
		from, err := notice.Pack(p.Name())
		if err != nil {
			t.Fatal(err)
		}
		n, err := notice.Load(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, language := range []notice.Language{"en", "cy"} {
			var one, two, text bytes.Buffer
			for _, w := range []*bytes.Buffer{&one, &two} {
				if err := WriteNotice(w, n, "pdf", notice.Publication{Language: language}); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Contains(one.Bytes(), []byte("/MarkInfo <</Marked true>>")) {
				t.Errorf("%s in %s: the PDF does not say what is what", p.Name(), language)
			}
			if !bytes.Equal(one.Bytes(), two.Bytes()) {
				t.Errorf("%s in %s: written twice it differs", p.Name(), language)
			}
			if err := WriteNotice(&text, n, "text", notice.Publication{Language: language}); err != nil {
				t.Fatal(err)
			}
			got, err := (&doc.Reader{Limits: doc.Limits{Bytes: 1 << 24, Unpacked: 1 << 26, Text: 1 << 24, Pages: 1000, Time: time.Minute}}).Read(t.Context(), bytes.NewReader(one.Bytes()), "notice.pdf", "")
			if err != nil || len(got.Problems) > 0 {
				t.Fatalf("%s in %s cannot be read: %v %v", p.Name(), language, err, got.Problems)
			}
			has := squeezed(got.Text)
			lines := 0
			for line := range strings.Lines(text.String()) {
				line = squeezed(strings.TrimPrefix(line, "* "))
				if strings.Trim(line, "=-") == "" {
					continue
				}
				_, cell, _ := strings.Cut(line, ":") // of a table, as text has it: head, then cell
				lines++
				if !strings.Contains(has, line) && (cell == "" || !strings.Contains(has, cell)) {
					t.Errorf("%s in %s lacks %q", p.Name(), language, line)
				}
			}
			if lines < 50 {
				t.Errorf("%s in %s: only %d lines were looked for", p.Name(), language, lines)
			}
		}
	}
}

// squeezed is a text without white space: lines of a PDF break where it suits them.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }
