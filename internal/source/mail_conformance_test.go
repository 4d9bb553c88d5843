package source

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/doc"
	"tenet/internal/rows"
	"tenet/internal/testimap"
	"tenet/internal/testpst"
)

// inner is a message that is attached to another.
const inner = "From: Dilys <dilys@example.org>\nTo: Ann Bell <ann@example.org>\nDate: Mon, 2 Mar 2026 08:00:00 +0000\nSubject: Inner\nMessage-ID: <inner@example.org>\nMIME-Version: 1.0\n" +
	"Content-Type: multipart/mixed; boundary=I\n\n--I\nContent-Type: text/plain\n\nInner words.\n--I\nContent-Type: text/plain; name=deep.txt\nContent-Disposition: attachment; filename=deep.txt\n\nDeep words.\n--I--\n"

// pixel is a picture of one.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// letter12 is one of the twelve messages that every source of mail must give alike.
type letter12 struct {
	raw    string
	html   string // its body where that is a page, for sources that keep bodies apart
	thread int    // those of one number belong together
	row    string // date|from|to|cc|bcc|subject|body|message_id|in_reply_to
	files  []string
}

const ann = "Ann Bell <ann@example.org>"

var twelve = []letter12{
	{raw: "From: Ann Bell <ann@example.org>\nTo: Repairs <repairs@example.org>\nDate: Sun, 1 Mar 2026 09:30:00 +0000\nSubject: Damp\nMessage-ID: <m1@example.org>\n\nThe wall is damp.\n",
		thread: 1, row: "2026-03-01T09:30:00Z|" + ann + "|Repairs <repairs@example.org>|∅|∅|Damp|The wall is damp.|m1@example.org|∅"},
	{raw: "From: =?UTF-8?B?xbthbmV0YSBXw7NqY2lr?= <zaneta@example.org>\nTo: Ann Bell <ann@example.org>\nDate: Sun, 1 Mar 2026 11:00:00 +0100\nSubject: Re: Damp\nMessage-ID: <m2@example.org>\nIn-Reply-To: <m1@example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nIt will cost =C2=A35 =E2=80=93 at the caf=C3=A9, =\nsaid in one line.\n",
		thread: 1, row: "2026-03-01T10:00:00Z|Żaneta Wójcik <zaneta@example.org>|" + ann + "|∅|∅|Re: Damp|It will cost £5 – at the café, said in one line.|m2@example.org|m1@example.org"},
	{raw: "From: Ann Bell <ann@example.org>\nTo: repairs@example.org\nDate: Mon, 2 Mar 2026 09:30:00 +0000\nSubject: Re: Damp\nMessage-ID: <m3@example.org>\nIn-Reply-To: <m2@example.org>\nReferences: <m1@example.org> <m2@example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nZo\xEB paid \xA312.\n",
		thread: 1, row: "2026-03-02T09:30:00Z|" + ann + "|repairs@example.org|∅|∅|Re: Damp|Zoë paid £12.|m3@example.org|m2@example.org"},
	{raw: "From: =?UTF-8?Q?Si=C3=A2n_T=C5=B7_Gwyn?= <sian@example.org>\nTo: Ann Bell <ann@example.org>\nDate: Tue, 3 Mar 2026 09:30:00 +0000\nSubject: =?UTF-8?Q?T=C5=B7_gw=C3=A2g?=\nMessage-ID: <m4@example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nMae'r tŷ yn wag.\n",
		thread: 4, row: "2026-03-03T09:30:00Z|Siân Tŷ Gwyn <sian@example.org>|" + ann + "|∅|∅|Tŷ gwâg|Mae'r tŷ yn wag.|m4@example.org|∅"},
	{raw: "From: =?UTF-8?B?4Ka24Ka+4Kaw4Kau4Ka/4KaoIOCmhuCmleCnjeCmpOCmvuCmsA==?= <sharmin@example.org>\nTo: Ann Bell <ann@example.org>\nDate: Wed, 4 Mar 2026 09:30:00 +0000\nSubject: Bengali\nMessage-ID: <m5@example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n4KaG4Kau4Ka+4KawIOCmrOCmvuCmoeCmvOCmvw==\n",
		thread: 5, row: "2026-03-04T09:30:00Z|শারমিন আক্তার <sharmin@example.org>|" + ann + "|∅|∅|Bengali|আমার বাড়ি|m5@example.org|∅"},
	{raw: "From: Ann Bell <ann@example.org>\nTo: repairs@example.org\nDate: Thu, 5 Mar 2026 09:30:00 +0000\nSubject: Files\nMessage-ID: <m6@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\nTwo files.\n--B\nContent-Type: text/plain; name=note.txt\nContent-Disposition: attachment; filename=note.txt\n\nA note.\n--B\nContent-Type: text/html\nContent-Disposition: attachment; filename*=UTF-8''Ll%C5%B7thyr.html\n\n<p>Annwyl <b>Ann</b></p>\n--B--\n",
		thread: 6, row: "2026-03-05T09:30:00Z|" + ann + "|repairs@example.org|∅|∅|Files|Two files.|m6@example.org|∅",
		files: []string{"note.txt|text/plain|A note.", "Llŷthyr.html|text/html|Annwyl Ann"}},
	{raw: "From: Ann Bell <ann@example.org>\nTo: repairs@example.org\nDate: Fri, 6 Mar 2026 09:30:00 +0000\nSubject: Picture\nMessage-ID: <m7@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html; charset=utf-8\n\n<p>See <img src=\"cid:p1\"> here</p>\n--B\nContent-Type: image/png; name=wall.png\nContent-Disposition: inline; filename=wall.png\nContent-ID: <p1>\nContent-Transfer-Encoding: base64\n\n" + pixel + "\n--B--\n",
		html:   "<p>See <img src=\"cid:p1\"> here</p>",
		thread: 7, row: "2026-03-06T09:30:00Z|" + ann + "|repairs@example.org|∅|∅|Picture|See here|m7@example.org|∅",
		files: []string{"wall.png|image/png|?"}},
	{raw: "From: Ann Bell <ann@example.org>\nTo: repairs@example.org\nDate: Sat, 7 Mar 2026 09:30:00 +0000\nSubject: Fw: Inner\nMessage-ID: <m8@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\nSee within.\n--B\nContent-Type: message/rfc822; name=inner.eml\nContent-Disposition: attachment; filename=inner.eml\n\n" + inner + "\n--B--\n",
		thread: 8, row: "2026-03-07T09:30:00Z|" + ann + "|repairs@example.org|∅|∅|Fw: Inner|See within.|m8@example.org|∅",
		files: []string{"inner.eml|message/rfc822|From: Dilys <dilys@example.org> To: Ann Bell <ann@example.org> Date: … Subject: Inner Inner words.", "deep.txt|text/plain|Deep words."}},
	{raw: "From: Ann Bell <ann@example.org>\nTo: repairs@example.org\nSubject: Undated\nMessage-ID: <m9@example.org>\n\nWhen was this?\n",
		thread: 9, row: "∅|" + ann + "|repairs@example.org|∅|∅|Undated|When was this?|m9@example.org|∅"},
	{raw: "From: Mallory <mallory@example.net>\nTo: repairs@example.org\nDate: Mon, 9 Mar 2026 09:30:00 +0000\nSubject: Not damp\nMessage-ID: <m1@example.org>\n\nThe same id, another message.\n",
		thread: 10, row: "2026-03-09T09:30:00Z|Mallory <mallory@example.net>|repairs@example.org|∅|∅|Not damp|The same id, another message.|m1@example.org|∅"},
	{raw: "From: Ann Bell <ann@example.org>\nTo: repairs@example.org\nDate: Tue, 10 Mar 2026 09:30:00 +0000\nSubject: Both\nMessage-ID: <m11@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain\n\nThe same words.\n--B\nContent-Type: text/html\n\n<p>The <i>same</i> words.</p>\n--B--\n",
		thread: 11, row: "2026-03-10T09:30:00Z|" + ann + "|repairs@example.org|∅|∅|Both|The same words.|m11@example.org|∅"},
	{raw: "From: Ann Bell <ann@example.org>\nTo: a@example.org, \"Cole, Di\" <di@example.org>\nCc: c@example.org\nBcc: b@example.org\nDate: Wed, 11 Mar 2026 09:30:00 +0000\nSubject: A subject that is\n folded\nMessage-ID: <m12@example.org>\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<h1>Rent</h1><p>&pound;80 a week</p>\n",
		html:   "<h1>Rent</h1><p>&pound;80 a week</p>",
		thread: 12, row: "2026-03-11T09:30:00Z|" + ann + "|a@example.org, \"Cole, Di\" <di@example.org>|c@example.org|b@example.org|A subject that is folded|Rent £80 a week|m12@example.org|∅"},
}

// mailUnderTest is a source that is given the twelve.
type mailUnderTest struct {
	name string
	url  func(t *testing.T) string
}

func mailSources() []mailUnderTest {
	return []mailUnderTest{
		{name: "mbox", url: func(t *testing.T) string {
			return "mbox:" + write(t, filepath.Join(t.TempDir(), "in.mbox"), twelveBox())
		}},
		{name: "dir", url: func(t *testing.T) string { return "dir:" + emlFolder(t, t.TempDir()) }},
		{name: "IMAP", url: func(t *testing.T) string {
			u := testimap.Start(t)
			for _, l := range twelve {
				u.Deliver(t, "", l.raw)
			}
			return u.URL()
		}},
		{name: "PST", url: func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "ann.pst")
			if err := os.WriteFile(path, twelveArchive().Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			return "pst:" + path
		}},
		{name: "Graph", url: func(t *testing.T) string { return newGraphFake(t).url("ann@example.org") }},
		{name: "Purview", url: func(t *testing.T) string {
			dir := t.TempDir()
			emlFolder(t, filepath.Join(dir, "Exchange", "ann@example.org (Primary)", "Top of Information Store", "Inbox"))
			return "purview:" + dir
		}},
	}
}

func twelveBox() string {
	var b strings.Builder
	for _, l := range twelve {
		b.WriteString("From - Fri Jan 02 10:00:00 2026\n" + l.raw + "\n")
	}
	return b.String()
}

func emlFolder(t *testing.T, dir string) string {
	t.Helper()
	for i, l := range twelve {
		write(t, filepath.Join(dir, fmt.Sprintf("%02d.eml", i+1)), l.raw)
	}
	return dir
}

// twelveArchive is the twelve as Outlook keeps them.
func twelveArchive() testpst.Archive {
	var items []testpst.Item
	for i, l := range twelve {
		items = append(items, outlookItem(readTwelve(i), l.html))
	}
	return testpst.Archive{Name: "ann@example.org", Crypt: 1, Folders: []testpst.Folder{{Name: "Inbox", Items: items}}}
}

func readTwelve(i int) *doc.Mail { return doc.ReadMail(strings.NewReader(twelve[i].raw), doc.Limits{}) }

func outlookItem(m *doc.Mail, html string) testpst.Item {
	p := testpst.Properties{0x001A: "IPM.Note", 0x0037: m.Subject}
	name, address := splitAddress(m.From)
	p[0x0C1A], p[0x5D01] = name, address
	if !m.Date.IsZero() {
		p[0x0039] = m.Date
	}
	if m.ID != "" {
		p[0x1035] = "<" + m.ID + ">"
	}
	if m.InReplyTo != "" {
		p[0x1042] = "<" + m.InReplyTo + ">"
	}
	if len(m.References) > 0 {
		p[0x1039] = "<" + strings.Join(m.References, "> <") + ">"
	}
	if html != "" {
		p[0x1013] = []byte(html)
	} else {
		p[0x1000] = m.Text
	}
	i := testpst.Item{Properties: p}
	for kind, list := range map[int32]string{1: m.To, 2: m.Cc, 3: m.Bcc} {
		for _, a := range splitAddresses(list) {
			name, address := splitAddress(a)
			i.Recipients = append(i.Recipients, testpst.Properties{0x3001: name, 0x39FE: address, 0x0C15: kind})
		}
	}
	for _, a := range m.Attachments {
		if strings.Contains(a.Part, "/") {
			continue // of the message within, which has them itself
		}
		p := testpst.Properties{0x3707: a.Name, 0x370E: a.Type}
		if a.Mail == nil {
			p[0x3701] = a.Bytes
			i.Attachments = append(i.Attachments, testpst.Attachment{Properties: p})
			continue
		}
		in := outlookItem(doc.ReadMail(strings.NewReader(inner), doc.Limits{}), "")
		i.Attachments = append(i.Attachments, testpst.Attachment{Properties: p, Message: &in})
	}
	return i
}

// splitAddresses parts a list in which one name has a comma.
func splitAddresses(list string) []string {
	if list == "" {
		return nil
	}
	list = strings.ReplaceAll(list, "Cole, Di", "Cole\x00 Di")
	var out []string
	for _, a := range strings.Split(list, ", ") {
		out = append(out, strings.ReplaceAll(a, "\x00", ","))
	}
	return out
}

func splitAddress(a string) (name, address string) {
	name, address, ok := strings.Cut(a, " <")
	if !ok {
		return "", a
	}
	return strings.Trim(name, `"`), strings.TrimSuffix(address, ">")
}

// account is what a source gives, in words that do not depend on the source.
func account(t *testing.T, s Source) (messages []string, threads map[string][]string, files map[string][]string) {
	t.Helper()
	ctx := context.Background()
	threads, files = map[string][]string{}, map[string][]string{}
	name := map[string]string{} // of a message by its id
	for r, err := range s.Scan(ctx, "message", ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range []string{"date", "from", "to", "cc", "bcc", "subject", "body", "message_id", "in_reply_to"} {
			v := r.Get(c)
			text := strings.Join(strings.Fields(v.Text), " ")
			if v.Null {
				text = "∅"
			}
			if v.Lost != "" {
				text += "{" + v.Lost + "}"
			}
			out = append(out, text)
		}
		messages = append(messages, strings.Join(out, "|"))
		subject := r.Get("subject").Text + " " + r.Get("date").Text
		name[r.Get("id").Text] = subject
		threads[r.Get("thread").Text] = append(threads[r.Get("thread").Text], subject)
	}
	for r, err := range s.Scan(ctx, "attachment", ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		text := r.Get("text")
		line := r.Get("name").Text + "|" + r.Get("type").Text + "|" + anyDate(strings.Join(strings.Fields(text.Text), " "))
		if text.Lost != "" && text.Text == "" {
			line += "?"
		}
		of := name[r.Get("message").Text]
		files[of] = append(files[of], line)
	}
	return messages, threads, files
}

// anyDate leaves out a date of a message within, which each source writes in its own way.
func anyDate(s string) string {
	before, after, ok := strings.Cut(s, " Date: ")
	if !ok {
		return s
	}
	_, after, _ = strings.Cut(after, " Subject: ")
	return before + " Date: … Subject: " + after
}

// One map fits all mail: the same messages come out alike, whatever they are kept in.
func TestMailConformance(t *testing.T) {
	var want []string
	wantFiles, wantThreads := map[string][]string{}, map[int][]string{}
	for _, l := range twelve {
		want = append(want, l.row)
		cells := strings.Split(l.row, "|")
		subject := cells[5] + " " + strings.TrimPrefix(cells[0], "∅")
		wantThreads[l.thread] = append(wantThreads[l.thread], subject)
		if l.files != nil {
			wantFiles[subject] = l.files
		}
	}
	slices.Sort(want)
	for _, src := range mailSources() {
		t.Run(src.name, func(t *testing.T) {
			s, said := open(t, src.url(t), Options{})
			got, threads, files := account(t, s)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(wantFiles, files); diff != "" {
				t.Error(diff)
			}
			together := map[string]string{}
			for _, list := range threads {
				slices.Sort(list)
				together[list[0]] = strings.Join(list, "; ")
			}
			wantTogether := map[string]string{}
			for _, list := range wantThreads {
				slices.Sort(list)
				wantTogether[list[0]] = strings.Join(list, "; ")
			}
			if diff := cmp.Diff(wantTogether, together); diff != "" {
				t.Errorf("threads: %s", diff)
			}
			said.must(t, "header Date: missing")
			everyRowFoundAgain(t, s, 20)
			schema, err := s.Schema(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for _, like := range mailTables() {
				if diff := cmp.Diff(like.Columns, schema.Table(like.Name).Columns); diff != "" {
					t.Errorf("%s: %s", like.Name, diff)
				}
			}
			if got := lines(t, s.Lookup(context.Background(), "message", []rows.Match{is("id", "no such message")})); got != nil {
				t.Errorf("an id that is not there finds %v", got)
			}
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if failure(s.Scan(ctx, "message", ScanOptions{})) == nil {
				t.Error("a cancelled scan went on")
			}
			if h, err := s.Check(context.Background()); err != nil || h.Tables < 2 {
				t.Errorf("%+v %v", h, err)
			}
		})
	}
}

// All mail of a scan is read by the time that another is: sources may be used together.
func TestMailTogether(t *testing.T) {
	for _, src := range mailSources() {
		if src.name == "mbox" || src.name == "dir" {
			continue // see TestTogether
		}
		t.Run(src.name, func(t *testing.T) {
			s, _ := open(t, src.url(t), Options{})
			for range 3 {
				t.Run("reader", func(t *testing.T) {
					t.Parallel()
					everyRowFoundAgain(t, s, 5)
				})
			}
		})
	}
}
