package doc

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/testdata"
	"tenet/internal/testpst"
)

type props = testpst.Properties

// archive is one of each thing that an archive may hold. In an ANSI one there is no Bengali.
func archive(ansi bool, crypt byte) testpst.Archive {
	name := "শারমিন আক্তার"
	if ansi {
		name = "Zoë Ångström"
	}
	var many []props
	for i := range 600 { // rows in more than one block
		many = append(many, props{0x3001: fmt.Sprintf("Resident %d", i), 0x3003: fmt.Sprintf("r%d@example.org", i), 0x0C15: int32(3)})
	}
	var files []testpst.Attachment
	for i := range 400 { // more than one list of nodes has room for
		files = append(files, testpst.Attachment{Properties: props{0x3707: fmt.Sprintf("%03d.txt", i), 0x3701: []byte{byte('a' + i%26)}}})
	}
	var list []testpst.Item
	for i := range 40 { // more than one page has room for
		list = append(list, testpst.Item{Properties: props{propClass: "IPM.Note", propSubject: fmt.Sprintf("Note %d", i), propBody: "x", propSenderName: "x"}})
	}
	return testpst.Archive{ANSI: ansi, Crypt: crypt, Name: "Ann Bell", Folders: []testpst.Folder{
		{Name: "Inbox", Items: []testpst.Item{
			{
				Properties: props{propClass: "IPM.Note", propSubject: "\x01\x05RE: Damp", propSenderName: name, propSenderMail: "/O=HOMES/CN=1", propSenderSMTP: "z@example.org",
					propBody: "It is damp, £5.\r\n", propDelivered: time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC), propID: "<1@example.org>", propReplyTo: "<0@example.org>"},
				Recipients: []props{{0x3001: "Bob", 0x39FE: "bob@example.org", 0x0C15: int32(1)}, {0x3001: "Cy", 0x3003: "cy@example.org", 0x0C15: int32(2)}},
				Attachments: []testpst.Attachment{
					{Properties: props{0x3707: "a.txt", 0x3701: []byte("hello"), 0x370E: "text/plain"}},
					{Properties: props{0x3707: "big.txt", 0x3701: bytes.Repeat([]byte("0123456789abcde\n"), 600_000)}},
					{Properties: props{0x3707: "inner"}, Message: &testpst.Item{
						Properties:  props{propClass: "IPM.Note", propSubject: "inner", propBody: "inner words", propHeaders: "From: Di <di@example.org>\r\nDate: Thu, 1 Jan 2026 09:00:00 +0100\r\n"},
						Attachments: []testpst.Attachment{{Properties: props{0x3707: "deep.txt", 0x3701: []byte("deep")}}},
					}},
				},
			},
			{Properties: props{propClass: "IPM.Note", propSubject: "page", propHTML: []byte("<p>Dear <b>Ann</b>"), propSenderName: "x"}, Recipients: many},
			{Properties: props{propClass: "IPM.Note", propSubject: "files", propBody: "400", propSenderName: "x"}, Attachments: files},
		}, Folders: []testpst.Folder{{Name: "A/B"}, {Name: "Many", Items: list}}},
		{Name: "Contacts", Items: []testpst.Item{{Properties: props{propClass: "IPM.Contact", propSubject: "Ann", 0x3A1C: "07700 900001", 0x3A42: time.Date(1980, 3, 1, 0, 0, 0, 0, time.UTC), 0x8000: "ann@example.org", 0x8001: "T/1"}}}},
		{Name: "Deleted Items", Items: []testpst.Item{{Properties: props{propClass: "IPM.Note", propSubject: "thrown away", propBody: "gone", propSenderName: "x"}}}},
	}}
}

func openArchive(t testing.TB, b []byte, l Limits) *PST {
	t.Helper()
	p, err := OpenPST(context.Background(), bytes.NewReader(b), int64(len(b)), l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mails are the items of an archive, in their order.
func mails(t testing.TB, p *PST) (items []PSTItem, out []*Mail) {
	t.Helper()
	for item, err := range p.Items(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		items, out = append(items, item), append(out, p.Mail(context.Background(), item))
	}
	return items, out
}

func TestPST(t *testing.T) {
	for _, ansi := range []bool{false, true} {
		for crypt := range byte(3) {
			t.Run(fmt.Sprintf("ansi=%v crypt=%d", ansi, crypt), func(t *testing.T) {
				p := openArchive(t, archive(ansi, crypt).Bytes(), Limits{})
				items, got := mails(t, p)
				if p.Name() != "Ann Bell" || len(got) != 45 {
					t.Fatalf("%q with %d items", p.Name(), len(got))
				}
				from := "শারমিন আক্তার <z@example.org>"
				if ansi {
					from = "Zoë Ångström <z@example.org>"
				}
				m := got[0]
				want := Mail{ID: "1@example.org", InReplyTo: "0@example.org", Date: time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC), DateText: "2026-01-01T09:00:00Z",
					From: from, To: "Bob <bob@example.org>", Cc: "Cy <cy@example.org>", Subject: "RE: Damp", Text: "It is damp, £5."}
				bare := *m
				bare.Attachments, bare.Problems = nil, nil
				if diff := cmp.Diff(want, bare); diff != "" {
					t.Error(diff)
				}
				var parts []string
				for _, a := range m.Attachments {
					parts = append(parts, fmt.Sprint(a.Part, " ", a.Name, " ", a.Type, " ", len(a.Bytes)))
				}
				if diff := cmp.Diff([]string{"1 a.txt text/plain 5", "2 big.txt  9600000", "3 inner message/rfc822 0", "3/1 deep.txt  4"}, parts); diff != "" {
					t.Fatal(diff)
				}
				if in := m.Attachments[2].Mail; in.From != "Di <di@example.org>" || in.Text != "inner words" || in.Date.Hour() != 8 {
					t.Errorf("a message within: %+v", in)
				}
				if got[1].Text != "Dear Ann" || strings.Count(got[1].Bcc, "@") != 600 {
					t.Errorf("%q to %d", got[1].Text, strings.Count(got[1].Bcc, "@"))
				}
				if n := len(got[2].Attachments); n != 400 || string(got[2].Attachments[399].Bytes) != "j" {
					t.Errorf("%d attachments", n)
				}
				if items[43].Folder != "Top of Outlook data file/Contacts" || items[3].Folder != "Top of Outlook data file/Inbox/Many" {
					t.Errorf("folders %q %q", items[43].Folder, items[3].Folder)
				}
				if diff := cmp.Diff("Kind: IPM.Contact\nMobile telephone: 07700 900001\nBirthday: 1980-03-01T00:00:00Z\nE-mail: ann@example.org\ntenancy: T/1", got[43].Text); diff != "" {
					t.Error(diff)
				}
				if items[44].Folder != "Top of Outlook data file/Deleted Items" || got[44].Subject != "thrown away" {
					t.Errorf("what was deleted: %+v", got[44])
				}
				again, err := p.Item(items[44].ID)
				if err != nil || p.Mail(context.Background(), again).Text != "gone" {
					t.Errorf("finding an item again: %v", err)
				}
				if _, err := p.Item(0x7FFFFFE4); err == nil {
					t.Error("an item that is not there was found")
				}
				if h := p.Head(context.Background(), items[0]); h.ID != "1@example.org" || h.Text != "" || h.Attachments != nil {
					t.Errorf("head %+v", h)
				}
			})
		}
	}
}

// What limits leave out is said, and what comes after is read.
func TestPSTLimits(t *testing.T) {
	b := archive(false, 1).Bytes()
	_, got := mails(t, openArchive(t, b, Limits{Bytes: 1 << 20, Parts: 10, Nesting: 1}))
	for i, want := range map[int]string{0: "larger than what is left of the limit of 1,048,576 bytes", 2: "more than 10 attachments; 390 were not read"} {
		if said := fmt.Sprint(got[i].Problems); !strings.Contains(said, want) {
			t.Errorf("item %d does not say %q: %s", i, want, said)
		}
	}
	if said := fmt.Sprint(got[0].Problems); !strings.Contains(said, "embedded object") && !strings.Contains(said, "beyond the limit of nesting") {
		t.Errorf("nesting: %s", said)
	}
	if got[44].Subject != "thrown away" {
		t.Error("an item after those over the limits was not read")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := OpenPST(ctx, bytes.NewReader(b), int64(len(b)), Limits{}); err == nil {
		t.Error("a cancelled reading went on")
	}
}

func TestPSTRefused(t *testing.T) {
	b := archive(false, 0).Bytes()
	change := func(at int, v byte) []byte { c := slices.Clone(b); c[at] = v; return c }
	for want, in := range map[string][]byte{
		"not an archive":            []byte("From x"),
		"offline store of Outlook":  change(10, 36),
		"version 3":                 change(10, 3),
		"of kind \"XM\"":            change(8, 'X'),
		"encoded in a way":          change(513, 16),
		"parts cannot be found":     change(226, 0xFF), // the root of the nodes
		"a part of it is missing":   nil,
		"the file is damaged: its ": b[:len(b)-512],
	} {
		if in == nil {
			continue
		}
		if _, err := OpenPST(context.Background(), bytes.NewReader(in), int64(len(in)), Limits{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A byte that is not as it was is told of, wherever in a block or a page it stands: no item
// changes or goes in silence.
func TestPSTDamaged(t *testing.T) {
	b := testpst.Archive{Name: "x", Crypt: 1, Folders: []testpst.Folder{{Name: "Inbox", Items: []testpst.Item{
		{Properties: props{propSubject: "one", propBody: "words", propSenderName: "x", propDelivered: time.Unix(1e9, 0)}, Attachments: []testpst.Attachment{{Properties: props{0x3707: "a", 0x3701: bytes.Repeat([]byte("b"), 9000)}}}},
		{Properties: props{propSubject: "two", propBody: "words", propSenderName: "x", propDelivered: time.Unix(1e9, 0)}},
	}}}}.Bytes()
	account := func(b []byte) (text string, told bool) {
		p, err := OpenPST(context.Background(), bytes.NewReader(b), int64(len(b)), Limits{})
		if err != nil {
			return "", true
		}
		var all strings.Builder
		for item, err := range p.Items(context.Background()) {
			if err != nil {
				told = true
				continue
			}
			m := p.Mail(context.Background(), item)
			told = told || len(m.Problems) > 0
			fmt.Fprintln(&all, item.ID, m.Flat())
			for _, a := range m.Attachments {
				fmt.Fprintf(&all, "%s %q\n", a.Name, a.Bytes)
			}
		}
		return all.String(), told
	}
	want, told := account(b)
	if told {
		t.Fatal("problems with a good archive")
	}
	for at := 0x4800; at < len(b); at += 7 {
		c := slices.Clone(b)
		c[at] ^= 0x41
		if got, told := account(c); got != want && !told {
			t.Fatalf("byte %#x changed: the items did too, and nothing was said:\n%s", at, cmp.Diff(want, got))
		}
	}
}

// readpst reads an archive to mail files by another's code.
func readpst(t *testing.T, path string) map[string][]*Mail {
	t.Helper()
	program, err := exec.LookPath("readpst")
	if err != nil {
		testdata.Missing(t, "pst-utils", "readpst (Debian: apt install pst-utils)")
	}
	out := t.TempDir()
	// Several of its jobs share one place in the file, and mix messages up.
	if said, err := exec.Command(program, "-j", "0", "-q", "-D", "-e", "-8", "-t", "e", "-o", out, path).CombinedOutput(); err != nil {
		t.Fatalf("readpst: %v\n%s", err, said)
	}
	got := map[string][]*Mail{}
	err = filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".eml" {
			return err
		}
		in, err := os.Open(path)
		if err != nil {
			return err
		}
		defer in.Close()
		folder := filepath.Base(filepath.Dir(path))
		got[folder] = append(got[folder], ReadMail(in, Limits{}))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// beside holds the items of an archive against readpst's account of them.
func beside(t *testing.T, path string) (same, onlyOurs int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	theirs := readpst(t, path)
	ours := map[string][]*Mail{}
	items, list := mails(t, openArchive(t, b, Limits{}))
	for i, m := range list {
		folder := items[i].Folder[strings.LastIndex(items[i].Folder, "/")+1:]
		ours[folder] = append(ours[folder], m)
	}
	words := func(m *Mail) string { return strings.Join(strings.Fields(m.Text), "") }
	for folder, their := range theirs {
		left := slices.Clone(ours[folder])
		for _, m := range their {
			like := func(o *Mail) bool {
				return o.Subject == m.Subject && (m.Date.IsZero() || o.Date.IsZero() || o.Date.Unix() == m.Date.Unix()) && len(o.Attachments) >= len(m.Attachments)
			}
			i := slices.IndexFunc(left, func(o *Mail) bool { return like(o) && words(o) == words(m) })
			if i < 0 {
				i = slices.IndexFunc(left, func(o *Mail) bool { return like(o) && strings.Contains(words(o), words(m)) })
			}
			if i < 0 {
				t.Errorf("%s: readpst has %q of %s with %d attachments, and we do not", folder, m.Subject, m.DateText, len(m.Attachments))
				continue
			}
			left = slices.Delete(left, i, i+1)
			same++
		}
		onlyOurs += len(left)
	}
	for _, folder := range slices.Sorted(maps.Keys(ours)) {
		if theirs[folder] == nil {
			onlyOurs += len(ours[folder])
		}
	}
	return same, onlyOurs
}

func TestPSTBesideReadpst(t *testing.T) {
	for _, ansi := range []bool{false, true} {
		for crypt := range byte(3) {
			path := filepath.Join(t.TempDir(), "a.pst")
			if err := os.WriteFile(path, archive(ansi, crypt).Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			// readpst does not take a contact for mail.
			if same, more := beside(t, path); same != 44 || more != 1 {
				t.Errorf("ansi=%v crypt=%d: %d items as readpst has them and %d more", ansi, crypt, same, more)
			}
		}
	}
}

// realArchive is one that Outlook wrote, of those that come with the go-pst module (Apache 2.0; the larger is
// the EDRM Enron set, CC BY 3.0 US). They are read where Go keeps modules.
func realArchive(t *testing.T, name string) string {
	t.Helper()
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	path := filepath.Join(strings.TrimSpace(string(cache)), "github.com", "mooijtech", "go-pst", "v6@v6.0.2", "data", name)
	if _, e := os.Stat(path); err != nil || e != nil {
		testdata.Missing(t, "pst-data", "real archives: go mod download github.com/mooijtech/go-pst/v6@v6.0.2")
	}
	return path
}

func TestRealPSTBesideReadpst(t *testing.T) {
	for name, want := range map[string][2]int{"32-bit.pst": {0, 1}, "enron.pst": {2178, 0}} {
		t.Run(name, func(t *testing.T) {
			same, more := beside(t, realArchive(t, name))
			if same != want[0] || more != want[1] {
				t.Errorf("%d items as readpst has them and %d that it has not, want %v", same, more, want)
			}
		})
	}
}

func FuzzPST(f *testing.F) {
	small := testpst.Archive{Name: "x", Folders: []testpst.Folder{{Name: "Inbox", Items: []testpst.Item{{Properties: props{propSubject: "s", propBody: "b"},
		Recipients: []props{{0x3001: "Bob", 0x0C15: int32(1)}}, Attachments: []testpst.Attachment{{Properties: props{0x3707: "a", 0x3701: []byte("b")}}}}}}}}
	f.Add(small.Bytes())
	small.ANSI, small.Crypt = true, 1
	f.Add(small.Bytes())
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := OpenPST(context.Background(), bytes.NewReader(in), int64(len(in)), fuzzLimits)
		if err != nil {
			return
		}
		n := 0
		for item, err := range p.Items(context.Background()) {
			if n++; n > 1000 {
				break
			}
			if err == nil {
				p.Mail(context.Background(), item)
			}
		}
	})
}
