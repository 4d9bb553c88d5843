package source

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/doc"
	"tenet/internal/rows"
	"tenet/internal/testdata"
)

// A message that Outlook saved is a message like any other, under whatever name; testdata/leak.msg is as the tests of room doc
// make it.
func TestDirOutlookMessage(t *testing.T) {
	ctx := context.Background()
	msg, err := os.ReadFile(filepath.Join("testdata", "leak.msg"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "leak.msg"), string(msg))
	write(t, filepath.Join(dir, "reply.eml"), "From: office@example.org\nMessage-ID: <2@example.org>\nSubject: Re: Leak\nReferences: <0@example.org>\nDate: Tue, 3 Mar 2026 09:30:00 +0100\n\nWe will come.\n")
	write(t, filepath.Join(dir, "cut.msg"), string(msg[:600]))
	write(t, filepath.Join(dir, "words.msg"), "only words")
	s, said := open(t, "dir:"+dir, Options{})
	var got []string
	for r, err := range s.Scan(ctx, "message", ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Join([]string{r.Get("id").Text, r.Get("thread").Text, r.Get("from").Text, r.Get("subject").Text, r.Get("date").Text}, "|"))
	}
	if diff := cmp.Diff([]string{"1@example.org|0@example.org|Ann Bell <ann@example.org>|Leak at Zoë's|2026-03-03T08:30:00Z", "2@example.org|0@example.org|office@example.org|Re: Leak|2026-03-03T08:30:00Z"}, got); diff != "" {
		t.Error(diff)
	}
	said.must(t, "message", "cut.msg", "damaged")
	attachments := strings.Join(lines(t, s.Scan(ctx, "attachment", ScanOptions{})), "\n")
	for _, want := range []string{"list.xlsx", "Ann Bell", "inner words"} {
		if !strings.Contains(attachments, want) {
			t.Errorf("no %q among the attachments: %s", want, attachments)
		}
	}
	if got := lines(t, s.Lookup(ctx, "file", []rows.Match{is("path", "words.msg")})); len(got) != 1 || !strings.Contains(got[0], "only words") {
		t.Errorf("words that are called a message: %v", got)
	}
	everyRowFoundAgain(t, s, 10)
}

// testdata/letter.png is a letter as a scanner makes one, as the tests of room doc draw it.
func TestDirScans(t *testing.T) {
	ctx := context.Background()
	scan, err := os.ReadFile(filepath.Join("testdata", "letter.png"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "letter.png"), string(scan))
	s, said := open(t, "dir:"+dir, Options{})
	if got := lines(t, s.Scan(ctx, "file", ScanOptions{})); len(got) != 1 || !strings.Contains(got[0], "{") {
		t.Errorf("without OCR: %v", got)
	}
	said.must(t, "file.text", "letter.png", "apt install tesseract-ocr")

	ocr, err := doc.FindOCR(ctx, "eng")
	if err != nil {
		testdata.Missing(t, "tesseract", err.Error())
	}
	s, said = open(t, "dir:"+dir, Options{OCR: ocr})
	if got := lines(t, s.Scan(ctx, "file", ScanOptions{})); len(got) != 1 || !strings.Contains(got[0], "Dear Ann Bell of Harbour Street") {
		t.Errorf("with OCR: %v", got)
	}
	said.must(t, "read by OCR")
}

// packed packs one file.
func packed(t testing.TB, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDirArchives(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	in := packed(t, "ann.txt", "Dear Ann")
	write(t, filepath.Join(dir, "two.zip"), packed(t, "in.zip", in))
	for range 8 {
		in = packed(t, "in.zip", in)
	}
	write(t, filepath.Join(dir, "ten.zip"), in)
	s, said := open(t, "dir:"+dir, Options{})
	if got := lines(t, s.Lookup(ctx, "file", []rows.Match{is("path", "two.zip")})); len(got) != 1 || !strings.Contains(got[0], "Dear Ann") {
		t.Errorf("%v", got)
	}
	lines(t, s.Scan(ctx, "file", ScanOptions{}))
	said.must(t, "ten.zip", "documents deep within another, over the limit")

	opts := Options{}
	opts.Limits.Document.Bytes = 3
	write(t, filepath.Join(dir, "long.txt"), "longer than three")
	s, said = open(t, "dir:"+dir, opts)
	lines(t, s.Scan(ctx, "file", ScanOptions{}))
	said.must(t, "long.txt", "longer than the limit of 3 bytes")

	over, cancel := context.WithCancel(ctx)
	defer cancel()
	n := 0
	var err error
	for _, err = range s.Scan(over, "file", ScanOptions{}) {
		n++
		cancel()
	}
	if !errors.Is(err, context.Canceled) || n != 2 {
		t.Errorf("cancelled after a row: %d, %v", n, err)
	}
}
