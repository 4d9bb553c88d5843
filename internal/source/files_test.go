package source

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
	"tenet/internal/testdata"
)

func makeDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "letters", "ann.txt"), "Dear Ann,\r\nyour rent is due.\n")
	write(t, filepath.Join(dir, "letters", "page.html"), "<p>Dear <b>Bob</b><script>x</script>")
	write(t, filepath.Join(dir, "letters", "old.txt"), "Zo\xEB owes \xA35")
	write(t, filepath.Join(dir, "scan.pdf"), "%PDF-1.7 ...")
	write(t, filepath.Join(dir, "box.mbox"), "From a Thu Jan  1 00:00:01 2026\n")
	write(t, filepath.Join(dir, "data", "contacts.csv"), "\xEF\xBB\xBFname,phone,,name\nAnn,07700 900001,x,y\nBob\nCy,1,2,3,4\n")
	write(t, filepath.Join(dir, "file.csv"), "a\n1\n")
	write(t, filepath.Join(dir, "empty.csv"), "")
	write(t, filepath.Join(dir, "mail", "one.eml"), "From: Ann Bell <ann@example.org>\nTo: office@example.org\nSubject: Damp\nDate: Tue, 3 Mar 2026 09:30:00 +0100\nMessage-ID: <1@example.org>\n"+
		"Content-Type: multipart/mixed; boundary=B\n\n--B\n\nIt is damp.\n--B\nContent-Type: text/html; name=a.html\nContent-Disposition: attachment\n\n<p>black mould\n--B\nContent-Type: application/pdf; name=b.pdf\n\n%PDF\n--B--\n")
	write(t, filepath.Join(dir, "mail", "two.eml"), "From: office@example.org\nSubject: Re: Damp\nIn-Reply-To: <1@example.org>\nDate: soon\n\nWe will come.\n")
	then := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { return os.Chtimes(path, then, then) })
	return dir
}

func TestDir(t *testing.T) {
	ctx := context.Background()
	dir := makeDir(t)
	outside := write(t, filepath.Join(t.TempDir(), "outside.txt"), "not yours")
	for link, target := range map[string]string{"out.txt": outside, "in.txt": "letters/ann.txt", "nowhere": "gone", "up": ".."} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	s, said := open(t, "dir:"+dir, Options{})

	const at = "2026-03-01T12:00:00Z"
	if diff := cmp.Diff([]string{
		"box.mbox|box.mbox|application/mbox|32|" + at + "|{a mailbox; add it as a source of its own, mbox:PATH}",
		"letters/ann.txt|ann.txt|text/plain|29|" + at + "|Dear Ann,\nyour rent is due.\n",
		"letters/old.txt|old.txt|text/plain|11|" + at + "|Zoë owes £5",
		"letters/page.html|page.html|text/html|36|" + at + "|Dear Bob",
		"scan.pdf|scan.pdf|application/pdf|12|" + at + "|{cannot be read: the file is damaged: it cannot be opened as a PDF}",
	}, lines(t, s.Scan(ctx, "file", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "scan.pdf", "cannot be read")
	said.must(t, "letters%2Fold.txt", "Windows-1252")
	for _, link := range []string{"out.txt", "nowhere", "up"} {
		said.must(t, link, "not followed")
	}
	if said.says("in.txt") {
		t.Error("a link within the folder was reported")
	}

	if diff := cmp.Diff([]string{"2|Ann|07700 900001|x|y", "3|Bob|∅|∅|∅", "4|Cy|1|2|3,4{the row has 5 fields and the header 4; the last ones stand together here}"},
		lines(t, s.Scan(ctx, "data/contacts", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	schema, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := columnNames(schema.Table("data/contacts")); got != "row, name, phone, column_3, name_2" {
		t.Errorf("columns %s", got)
	}
	said.must(t, "data/contacts.name_2", "repeated")
	said.must(t, "empty", "the file is empty")
	if diff := cmp.Diff([]string{"2|1"}, lines(t, s.Scan(ctx, "file.csv", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}

	if diff := cmp.Diff([]string{
		"1@example.org|1@example.org|2026-03-03T08:30:00Z|Ann Bell <ann@example.org>|office@example.org|∅|∅|Damp|It is damp.|1@example.org|∅|∅|∅",
		"mail/two.eml|1@example.org|soon|office@example.org|∅|∅|∅|Re: Damp|We will come.|∅|1@example.org|∅|∅",
	}, lines(t, s.Scan(ctx, "message", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "message", "header Date", "mail%2Ftwo.eml")
	if diff := cmp.Diff([]string{
		"1@example.org|2|a.html|text/html|14|black mould",
		"1@example.org|3|b.pdf|application/pdf|4|{cannot be read: the file is damaged: it cannot be opened as a PDF}",
	}, lines(t, s.Scan(ctx, "attachment", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "attachment.text", "opened as a PDF")

	if diff := cmp.Diff([]string{"1@example.org"}, lines(t, narrowed(s, "message", "id"))[:1]); diff != "" {
		t.Error(diff)
	}
	if got := lines(t, s.Lookup(ctx, "message", []rows.Match{is("subject", "Damp")})); len(got) != 1 {
		t.Errorf("looking up a subject: %v", got)
	}
	everyRowFoundAgain(t, s, 100)

	for table, path := range map[string]string{"file": "letters/ann.txt", "file.csv": "file.csv", "message": "mail/one.eml"} {
		full := filepath.Join(dir, path)
		fingerprintFollows(t, s, table, full, func() { write(t, full, "a\nchanged\n") })
	}
	h, err := s.Check(ctx)
	if err != nil || h.Tables != 5 || len(h.Problems) == 0 {
		t.Errorf("%+v %v", h, err)
	}
	if err := failure(s.Scan(ctx, "gone", ScanOptions{})); !errors.Is(err, ErrNoTable) {
		t.Errorf("missing table: %v", err)
	}
}

const box = `From ann@example.org Thu Jan  1 00:00:01 2026
From: Ann <ann@example.org>
Date: Thu, 1 Jan 2026 00:00:01 +0000
Subject: Damp
Message-ID: <1@example.org>

From here on it is damp.
>From the window it comes.
>>From deeper down.

From - Fri Jan 02 10:00:00 2026
From: office@example.org
Date: Fri, 2 Jan 2026 10:00:00 +0000
Subject: Re: Damp
Message-ID: <2@example.org>
In-Reply-To: <1@example.org>

Noted.

From ann@example.org Fri Jan  2 11:00:00 2026
From: Ann <ann@example.org>
Date: Fri, 2 Jan 2026 11:00:00 +0000
Subject: Re: Re: Damp
Message-ID: <2@example.org>
References: <1@example.org> <2@example.org>

A copy of the id.

From x Sat Jan  3 11:00:00 2026
Subject: RE: [2]: Noise
Date: Sat, 3 Jan 2026 11:00:00 +0000
From: bob@example.org

No id.
`

func TestMbox(t *testing.T) {
	ctx := context.Background()
	path := write(t, filepath.Join(t.TempDir(), "in.mbox"), box)
	s, said := open(t, "mbox:"+path, Options{})
	at := func(line string) string { return strconv.Itoa(strings.Index(box, line)) }
	want := []string{
		"1@example.org|1@example.org|2026-01-01T00:00:01Z|Ann <ann@example.org>|∅|∅|∅|Damp|From here on it is damp.\nFrom the window it comes.\n>From deeper down.|1@example.org|∅|in|∅",
		"2@example.org|1@example.org|2026-01-02T10:00:00Z|office@example.org|∅|∅|∅|Re: Damp|Noted.|2@example.org|1@example.org|in|∅",
		"2@example.org#in.mbox@" + at("From ann@example.org Fri") + "|1@example.org|2026-01-02T11:00:00Z|Ann <ann@example.org>|∅|∅|∅|Re: Re: Damp|A copy of the id.|2@example.org|∅|in|∅",
		"in.mbox@" + at("From x Sat") + "|subject: [2]: noise|2026-01-03T11:00:00Z|bob@example.org|∅|∅|∅|RE: [2]: Noise|No id.|∅|∅|in|∅",
	}
	if diff := cmp.Diff(want, lines(t, s.Scan(ctx, "message", ScanOptions{}))); diff != "" {
		t.Error(diff)
	}
	if len(said.list) != 0 {
		t.Errorf("problems with a good mailbox: %v", said.list)
	}
	everyRowFoundAgain(t, s, 100)
	if got := lines(t, s.Lookup(ctx, "message", []rows.Match{is("id", "9@example.org")})); got != nil {
		t.Errorf("an id that is not there finds %v", got)
	}
	fingerprintFollows(t, s, "message", path, func() {
		write(t, path, box+"\nFrom x Sun Jan  4 11:00:00 2026\nMessage-ID: <4@example.org>\nFrom: bob@example.org\nDate: Sun, 4 Jan 2026 11:00:00 +0000\n\nnew\n")
	})
	if got := lines(t, s.Lookup(ctx, "message", []rows.Match{is("id", "4@example.org")})); len(got) != 1 {
		t.Errorf("a message that has come since finds %v", got)
	}
}

func TestMboxFolder(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.mbox"), strings.ReplaceAll(box, "\n", "\r\n"))
	write(t, filepath.Join(dir, "b", "c.mbox"), "Subject: no separator\nFrom: a@example.org\n\nwords\n\n"+box)
	write(t, filepath.Join(dir, "empty.mbox"), "")
	write(t, filepath.Join(dir, "notes.txt"), "")
	s, said := open(t, "mbox:"+dir, Options{})
	if got := lines(t, narrowed(s, "message", "id")); len(got) != 9 {
		t.Errorf("%d messages: %q", len(got), got)
	}
	said.must(t, "notes.txt", "not called .mbox")
	said.must(t, "b/c.mbox", "does not begin as a mailbox")
	everyRowFoundAgain(t, s, 100)
	if h, err := s.Check(ctx); err != nil || len(h.Problems) == 0 {
		t.Errorf("%+v %v", h, err)
	}
}

func TestThreadsInCircles(t *testing.T) {
	heads := []header{{id: "a", inReplyTo: "b"}, {id: "b", inReplyTo: "c"}, {id: "c", inReplyTo: "a"}, {id: "d", inReplyTo: "d"}, {id: "e", references: []string{"c"}}}
	p := arrange(make([]letter, len(heads)), heads)
	var got []string
	for _, l := range p.letters {
		got = append(got, l.thread)
	}
	if diff := cmp.Diff([]string{"a", "a", "a", "d", "a"}, got); diff != "" {
		t.Error(diff)
	}
}

// A message far over the limits must not be held in memory, nor hide the next one.
func TestMboxHugeMessage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.mbox")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("From x Sat Jan  3 11:00:00 2026\nMessage-ID: <big@example.org>\nFrom: a@example.org\nDate: Sat, 3 Jan 2026 11:00:00 +0000\n\n")
	for range 64 {
		f.WriteString(strings.Repeat("x", 1<<20)) // one line
	}
	f.WriteString("\n\n" + box)
	f.Close()
	opts := Options{}
	opts.Limits.Value, opts.Limits.Document.Bytes = 1000, 1<<20
	s, said := open(t, "mbox:"+path, opts)
	var got []string
	for r, err := range s.Scan(context.Background(), "message", ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if b := r.Get("body"); len(b.Text) > 1000 {
			t.Errorf("%s: %d bytes of body", r.ID(), len(b.Text))
		}
		got = append(got, r.Get("id").Text)
	}
	if len(got) != 5 || got[0] != "big@example.org" {
		t.Errorf("messages %v", got)
	}
	said.must(t, "message.body", "over the limit")
	said.must(t, "message", "longer than the limit of 1,048,576 bytes")
}

// All the messages that others have collected because something was wrong with
// them are rows of their folder, and so are they in one mailbox.
func TestMailOfOthers(t *testing.T) {
	ctx := context.Background()
	shared := testdata.Shared(t, "emails")
	var all strings.Builder
	n := 0
	err := filepath.WalkDir(shared, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".eml" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		n++
		all.WriteString("From - Fri Jan 02 10:00:00 2026\n")
		for _, l := range strings.SplitAfter(string(b), "\n") {
			if strings.HasPrefix(strings.TrimLeft(l, ">"), "From ") {
				all.WriteString(">")
			}
			all.WriteString(l)
		}
		all.WriteString("\n\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range append(others(t, shared), "dir:"+shared, "mbox:"+write(t, filepath.Join(t.TempDir(), "all.mbox"), all.String()), "purview:"+shared) {
		s, said := open(t, url, Options{})
		got := lines(t, narrowed(s, "message", "id"))
		if len(got) != n {
			t.Errorf("%s: %d messages, want %d", url[:5], len(got), n)
		}
		said.must(t, "header Date: missing")
		if strings.HasPrefix(url, "imaps:") || strings.HasPrefix(url, "purview:") {
			continue
		}
		everyRowFoundAgain(t, s, 15)
		if len(lines(t, s.Scan(ctx, "attachment", ScanOptions{}))) < 50 {
			t.Errorf("%s: few attachments", url[:5])
		}
		said.must(t, "attachment.text", "application/ms-tnef")
	}
}

// Sources are used by several goroutines at once.
func TestTogether(t *testing.T) {
	db := makeSQLite(t, `CREATE TABLE a (id INTEGER PRIMARY KEY)`, `INSERT INTO a VALUES (1), (2), (3)`)
	for _, url := range []string{"dir:" + makeDir(t), "mbox:" + write(t, filepath.Join(t.TempDir(), "in.mbox"), box), "sqlite:" + db} {
		t.Run(url[:4], func(t *testing.T) {
			s, _ := open(t, url, Options{})
			for range 4 {
				t.Run("reader", func(t *testing.T) {
					t.Parallel()
					everyRowFoundAgain(t, s, 10)
				})
			}
		})
	}
}

func FuzzMbox(f *testing.F) {
	f.Add([]byte(box))
	f.Add([]byte("From x Sat Jan  3 11:00:00 2026\n\n\nFrom x Sat Jan  3 11:00:00 2026\nMessage-ID: <>\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, in []byte) {
		path := filepath.Join(dir, "in.mbox")
		if err := os.WriteFile(path, in, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Open(context.Background(), "test", "mbox:"+path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		everyRowFoundAgain(t, s, 20)
	})
}
