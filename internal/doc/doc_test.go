package doc

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/testdata"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name, in, want string
		problem        string // words of the one problem; empty if there is none
	}{
		{"ascii", "plain", "plain", ""},
		{"utf-8", "Zoë £5", "Zoë £5", ""},
		{"utf-8 with mark", "\xEF\xBB\xBFZoë", "Zoë", ""},
		{"utf-16 little", "\xFF\xFEZ\x00o\x00\xEB\x00", "Zoë", ""},
		{"utf-16 big", "\xFE\xFF\x00Z\x00o\x00\xEB", "Zoë", ""},
		{"utf-16 unmarked", "Z\x00o\x00e\x00 \x00A\x00d\x00a\x00m\x00s\x00", "Zoe Adams", ""},
		{"utf-16 cut off", "\xFF\xFEZ\x00o", "Z", "cut off"},
		{"windows-1252", "Zo\xEB \x965", "Zoë –5", "Windows-1252"},
		{"one bad byte in utf-8", "Zoë Müller \xE5", "Zoë Müller \uFFFD", "not valid UTF-8"},
		{"nul", "a\x00b", "a\uFFFDb", "NUL"},
		{"line ends", "a\r\nb\rc\n", "a\nb\nc\n", ""},
		{"empty", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, problems := Decode([]byte(tt.in))
			if got != tt.want {
				t.Errorf("Decode(%q) = %q, want %q", tt.in, got, tt.want)
			}
			checkProblem(t, problems, tt.problem)
		})
	}
}

func checkProblem(t *testing.T, problems []Problem, want string) {
	t.Helper()
	if want == "" {
		if len(problems) > 0 {
			t.Errorf("unexpected problems: %v", problems)
		}
		return
	}
	for _, p := range problems {
		if strings.Contains(p.String(), want) {
			return
		}
	}
	t.Errorf("no problem says %q: %v", want, problems)
}

func TestHTMLText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"blocks and blanks", "<p>Dear  Ann,</p><p>your <b>rent</b>\nis due.</p>", "Dear Ann,\n\nyour rent is due."},
		{"no script or style", "<style>p{}</style>a<script>var b='<p>'</script>c", "ac"},
		{"upper case", "<SCRIPT>x</SCRIPT>a", "a"},
		{"table", "<table><tr><td>Ann</td><td>Bell</td></tr><tr><td>1</td></tr></table>", "Ann Bell\n1"},
		{"hidden text stays", `<p style="display:none">secret</p>`, "secret"},
		{"alt and mailto", `<img alt="the flat"><a href="mailto:ann@example.org?subject=x">write</a>`, "the flat <ann@example.org> write"},
		{"entities", "&pound;5 &amp; more", "£5 & more"},
		{"declared charset", "<meta charset=windows-1252>Zo\xEB", "Zoë"},
		{"unclosed", "<p>a<div>b<script>c", "a\nb"},
		{"deep", strings.Repeat("<div>", 100000) + "x", "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := HTMLText(strings.NewReader(tt.in), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, file, in string
		typ, text      string
		unsupported    bool
	}{
		{"text", "a.txt", "hello\r\n", "text/plain", "hello\n", false},
		{"html", "a.HTM", "<p>hello", "text/html", "hello", false},
		{"text by its bytes", "README", "hello", "text/plain", "hello", false},
		{"old Word", "a.doc", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/msword", "", true},
		{"binary called text", "a.txt", "\x00\x01\x02\x03", "text/plain", "", true},
		{"unknown binary", "a.xyz", "\x00\x01\x02\x03", "application/octet-stream", "", true},
		{"mail", "a.eml", "From: ann@example.org\n\nhello", "message/rfc822", "From: ann@example.org\n\nhello", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Read(strings.NewReader(tt.in), tt.file, "", Limits{})
			if errors.Is(err, ErrUnsupported) != tt.unsupported {
				t.Fatalf("error %v", err)
			}
			if d.Type != tt.typ || d.Text != tt.text {
				t.Errorf("got %s %q, want %s %q", d.Type, d.Text, tt.typ, tt.text)
			}
		})
	}
	d, err := Read(strings.NewReader("0123456789"), "a.txt", "", Limits{Bytes: 4})
	if err != nil || d.Text != "0123" {
		t.Errorf("over the limit: %q, %v", d.Text, err)
	}
	checkProblem(t, d.Problems, "longer than the limit of 4 bytes")
}

func TestCSV(t *testing.T) {
	in := "name;\"phone; home\"\r\nZo\xEB;1\r\n\r\n\"two\r\nlines\";2;3\r\nlast"
	c, err := NewCSV(strings.NewReader(in), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"name", "phone; home"}, c.Header); diff != "" {
		t.Error(diff)
	}
	type row struct {
		Line   int
		Fields []string
	}
	var got []row
	for {
		rec, err := c.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row{rec.Line, rec.Fields})
	}
	want := []row{{2, []string{"Zoë", "1"}}, {4, []string{"two\nlines", "2", "3"}}, {6, []string{"last"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCSVUTF16(t *testing.T) {
	c, err := NewCSV(strings.NewReader("\xFF\xFEa\x00,\x00b\x00\n\x001\x00,\x002\x00"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	rec, err := c.Next()
	if err != nil || strings.Join(c.Header, "|") != "a|b" || strings.Join(rec.Fields, "|") != "1|2" {
		t.Errorf("%v %v %v", c.Header, rec, err)
	}
}

// A quote that is never closed must not make one field of a whole file.
func TestCSVUnclosedQuote(t *testing.T) {
	c, err := NewCSV(io.MultiReader(strings.NewReader("a,b\n1,\"x"), strings.NewReader(strings.Repeat("y\n", 1<<20))), Limits{Record: 10000})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Next()
	if err == nil || !strings.Contains(err.Error(), "quote") || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("error %v", err)
	}
	if _, again := c.Next(); again != err {
		t.Errorf("went on after it: %v", again)
	}
}

const nested = `From: Ann Bell <ann@example.org>
To: "Repairs, North" <repairs@example.org>, =?utf-8?q?Zo=C3=AB?= <zoe@example.org>
Cc: bob@example.org
Date: Tue, 3 Mar 2026 09:30:00 +0100
Subject: =?iso-8859-1?q?Caf=E9?= leak
Message-ID: <1@example.org>
In-Reply-To: <0@example.org>
References: <z@example.org> <0@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: multipart/alternative; boundary=C

--C
Content-Type: text/plain

The plain words.
--C
Content-Type: text/html

<p>The plain words.</p>
--C--
--B
Content-Type: text/plain; name=note.txt
Content-Disposition: attachment

A note.
--B
Content-Type: message/rfc822

From: bob@example.org
Subject: inner
Date: Mon, 2 Mar 2026 09:30:00 +0000
Content-Type: multipart/mixed; boundary=D

--D

inner words
--D
Content-Type: application/pdf; name=plan.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--D--
--B--
`

func TestReadMail(t *testing.T) {
	m := ReadMail(strings.NewReader(nested), Limits{})
	got := []string{m.ID, m.InReplyTo, strings.Join(m.References, " "), m.Date.Format("2006-01-02T15:04:05Z07:00"),
		m.From, m.To, m.Cc, m.Bcc, m.Subject, m.Text}
	want := []string{"1@example.org", "0@example.org", "z@example.org 0@example.org", "2026-03-03T08:30:00Z",
		"Ann Bell <ann@example.org>", `"Repairs, North" <repairs@example.org>, Zoë <zoe@example.org>`, "bob@example.org", "", "Café leak", "The plain words."}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var parts []string
	for _, a := range m.Attachments {
		parts = append(parts, a.Part+" "+a.Type+" "+a.Name)
	}
	if diff := cmp.Diff([]string{"2 text/plain note.txt", "3 message/rfc822 ", "3/2 application/pdf plan.pdf"}, parts); diff != "" {
		t.Error(diff)
	}
	if string(m.Attachments[0].Bytes) != "A note." || string(m.Attachments[2].Bytes) != "%PDF-" {
		t.Errorf("attachment bytes %q, %q", m.Attachments[0].Bytes, m.Attachments[2].Bytes)
	}
	if in := m.Attachments[1].Mail; in == nil || in.Subject != "inner" || in.Text != "inner words" {
		t.Errorf("inner message %+v", in)
	}
	checkProblem(t, m.Problems, "")
}

func TestReadMailMalformed(t *testing.T) {
	deep := strings.Builder{}
	deep.WriteString("From: a@example.org\nDate: Mon, 2 Mar 2026 09:30:00 +0000\n")
	for range 100 {
		b := "b" + strings.Repeat("x", deep.Len()%50)
		deep.WriteString("Content-Type: multipart/mixed; boundary=" + b + "\n\n--" + b + "\n")
	}
	deep.WriteString("\nburied words\n")

	tests := []struct{ name, in, text, problem string }{
		{"html only", "Date: Mon, 2 Mar 2026 09:30:00 +0000\nFrom: a@example.org\nContent-Type: text/html\n\n<p>words", "words", ""},
		{"the html says more", "Date: Mon, 2 Mar 2026 09:30:00 +0000\nFrom: a@example.org\nContent-Type: multipart/alternative; boundary=B\n\n--B\n\nsee HTML\n--B\nContent-Type: text/html\n\n<p>all the words there are\n--B--\n", "see HTML\n\nall the words there are", "more than the plain"},
		{"no date", "From: a@example.org\n\nwords", "words", "header Date: missing"},
		{"bad date", "From: a@example.org\nDate: yesterday\n\nwords", "words", "header Date: not a date"},
		{"bad address", "From: a@@b <\nDate: Mon, 2 Mar 2026 09:30:00 +0000\n\nwords", "words", "header From: not a list"},
		{"nested too deep", deep.String(), "buried words", "nested"},
		{"not closed", "From: a@example.org\nDate: Mon, 2 Mar 2026 09:30:00 +0000\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nwords\n", "words", "not closed"},
		{"no boundary", "From: a@example.org\nDate: Mon, 2 Mar 2026 09:30:00 +0000\nContent-Type: multipart/mixed\n\nwords\n", "words", "multipart without parts"},
		{"uuencoded", "From: a@example.org\nDate: Mon, 2 Mar 2026 09:30:00 +0000\n\nbegin 644 a.txt\n#0V%T\n`\n", "begin 644", "uuencoded"},
		{"empty", "", "", "header From: missing"},
		{"binary", "\x00\xFF\x00\x01\n\n\x00", "", "mail message"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := ReadMail(strings.NewReader(tt.in), Limits{})
			if !strings.Contains(m.Text, tt.text) {
				t.Errorf("text %q, want %q in it", m.Text, tt.text)
			}
			checkProblem(t, m.Problems, tt.problem)
		})
	}
}

// Every message that others have collected because it broke something is read:
// none breaks the reader, and each leaves text, an attachment or a problem.
func TestReadMailOfOthers(t *testing.T) {
	n := 0
	err := filepath.WalkDir(testdata.Shared(t, "emails"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".eml" {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		n++
		m := ReadMail(f, Limits{})
		checkMail(t, m)
		if m.Text == "" && len(m.Attachments) == 0 && len(m.Problems) == 0 && m.Subject == "" {
			t.Errorf("%s: nothing was read, and nothing is said of it", path)
		}
		return nil
	})
	if err != nil || n < 100 {
		t.Errorf("%d messages, error %v", n, err)
	}
}

func checkMail(t *testing.T, m *Mail) {
	t.Helper()
	for _, s := range []string{m.ID, m.InReplyTo, m.From, m.To, m.Cc, m.Bcc, m.Subject, m.DateText, m.Text} {
		if !utf8.ValidString(s) || strings.Contains(s, "\x00") {
			t.Errorf("not clean text: %q", s)
		}
	}
	seen := map[string]bool{}
	for _, a := range m.Attachments {
		if seen[a.Part] {
			t.Errorf("two attachments are part %s", a.Part)
		}
		seen[a.Part] = true
	}
}

func FuzzReadMail(f *testing.F) {
	f.Add([]byte(nested))
	f.Add([]byte("From a@example.org Mon Mar  2 09:30:00 2026\nSubject: =?x?q?=\n\n\x00\xFF"))
	f.Fuzz(func(t *testing.T, in []byte) {
		checkMail(t, ReadMail(strings.NewReader(string(in)), Limits{Bytes: 1 << 20}))
	})
}

func FuzzHTMLText(f *testing.F) {
	f.Add([]byte("<p>a<script>b</p>&amp;\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, _, err := HTMLText(strings.NewReader(string(in)), Limits{})
		if err != nil || !utf8.ValidString(got) {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("Zo\xEB\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if got, _ := Decode(in); !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\r") {
			t.Errorf("%q", got)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\n\"1,2\nx\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := NewCSV(strings.NewReader(string(in)), Limits{Record: 1 << 16})
		for err == nil {
			var rec Record
			rec, err = c.Next()
			for _, s := range rec.Fields {
				if !utf8.ValidString(s) {
					t.Errorf("%q", s)
				}
			}
		}
	})
}
