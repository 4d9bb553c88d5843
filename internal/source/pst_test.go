package source

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/rows"
	"tenet/internal/testpst"
)

func writeArchive(t testing.TB, path string, b []byte) string {
	t.Helper()
	return write(t, path, string(b))
}

func TestPSTFolder(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	good := writeArchive(t, filepath.Join(dir, "ann.pst"), twelveArchive().Bytes())
	old := testpst.Archive{ANSI: true, Name: "Old mail", Folders: []testpst.Folder{{Name: "Deleted Items", Items: []testpst.Item{
		{Properties: testpst.Properties{0x0037: "thrown away", 0x1000: "words", 0x1035: "<m1@example.org>"}},
		{Properties: testpst.Properties{0x001A: "IPM.Contact", 0x0037: "Bob", 0x3A1C: "07700 900002"}},
	}}}}
	writeArchive(t, filepath.Join(dir, "old", "bob.PST"), old.Bytes())
	writeArchive(t, filepath.Join(dir, "broken.pst"), twelveArchive().Bytes()[:0x5000])
	modern := twelveArchive().Bytes()
	modern[10] = 36
	writeArchive(t, filepath.Join(dir, "new.ost"), modern)
	write(t, filepath.Join(dir, "notes.txt"), "x")
	s, said := open(t, "pst:"+dir, Options{})
	got := lines(t, narrowed(s, "message", "id", "folder", "mailbox"))
	if len(got) != 14 || got[0] != "ann.pst@200024|Top of Outlook data file/Inbox|ann@example.org" || got[12] != "old/bob.PST@200024|Top of Outlook data file/Deleted Items|Old mail" {
		t.Errorf("%q", got)
	}
	said.must(t, "broken.pst", "cannot be read")
	said.must(t, "new.ost", "offline store of Outlook 2013")
	said.must(t, "notes.txt", "not called .pst or .ost")
	if got := lines(t, s.Lookup(ctx, "message", []rows.Match{is("subject", "Bob")})); len(got) != 1 || !strings.Contains(got[0], "07700 900002") {
		t.Errorf("a contact: %q", got)
	}
	everyRowFoundAgain(t, s, 20)
	then := time.Now().Add(-time.Hour) // files of a moment ago have no fingerprint
	if err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error { return os.Chtimes(path, then, then) }); err != nil {
		t.Fatal(err)
	}
	fingerprintFollows(t, s, "message", good, func() {
		if err := os.WriteFile(good, append(twelveArchive().Bytes(), 0), 0o644); err != nil {
			t.Fatal(err)
		}
	})
	if h, err := s.Check(ctx); err != nil || len(h.Problems) < 3 {
		t.Errorf("%+v %v", h, err)
	}

	alone, _ := open(t, "pst:"+filepath.Join(dir, "broken.pst"), Options{})
	if err := failure(alone.Scan(ctx, "message", ScanOptions{})); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("an archive that is cut off: %v", err)
	}
	none, _ := open(t, "pst:"+filepath.Join(dir, "none.pst"), Options{})
	if _, err := none.Schema(ctx); !errors.Is(err, ErrUnreachable) {
		t.Errorf("an archive that is not there: %v", err)
	}
}

// A mailbox of ten thousand, so that its figure can stand beside that of readpst or of Python's mailbox.
func BenchmarkMail(b *testing.B) {
	const n = 10_000
	dir := b.TempDir()
	var box strings.Builder
	var items []testpst.Item
	for i := range n {
		l := twelve[i%len(twelve)]
		box.WriteString("From - Fri Jan 02 10:00:00 2026\n" + l.raw + "\n")
		items = append(items, outlookItem(readTwelve(i%len(twelve)), l.html))
	}
	archive := testpst.Archive{Name: "ann", Crypt: 1, Folders: []testpst.Folder{{Name: "Inbox", Items: items}}}
	for _, c := range []struct{ name, url string }{
		{"mbox", "mbox:" + write(b, filepath.Join(dir, "in.mbox"), box.String())},
		{"pst", "pst:" + writeArchive(b, filepath.Join(dir, "in.pst"), archive.Bytes())},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				s, err := Open(context.Background(), "bench", c.url, Options{})
				if err != nil {
					b.Fatal(err)
				}
				rows := 0
				for _, err := range s.Scan(context.Background(), "message", ScanOptions{}) {
					if err != nil {
						b.Fatal(err)
					}
					rows++
				}
				if rows != n {
					b.Fatalf("%d messages", rows)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
