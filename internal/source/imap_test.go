package source

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/testdata"
	"tenet/internal/testimap"
)

// TestIMAPDovecot reads a real server's folders, and leaves them as they were.
func TestIMAPDovecot(t *testing.T) {
	ctx := context.Background()
	u := testimap.Start(t)
	u.Deliver(t, "", twelve[0].raw)
	u.Folder(t, ".Repairs")
	u.Folder(t, ".Repairs.T&AXc- gwag") // Tŷ gwag, as Maildir writes it
	u.Deliver(t, ".Repairs", twelve[1].raw)
	u.Deliver(t, ".Repairs.T&AXc- gwag", twelve[2].raw)
	s, said := open(t, u.URL(), Options{})
	got := lines(t, narrowed(s, "message", "folder", "subject", "mailbox"))
	var folders []string
	for _, g := range got {
		folders = append(folders, strings.SplitN(g, "|", 2)[1])
	}
	if diff := cmp.Diff([]string{"Damp|INBOX|" + u.Name, "Re: Damp|Repairs|" + u.Name, "Re: Damp|Repairs/Tŷ gwag|" + u.Name}, folders); diff != "" {
		t.Error(diff)
	}
	if len(said.list) != 0 {
		t.Errorf("problems: %v", said.list)
	}
	// Dovecot moves what it has listed from new to cur; had it been marked as read, its name would end in S.
	if err := filepath.WalkDir(u.Maildir, func(path string, d os.DirEntry, err error) error {
		if _, flags, ok := strings.Cut(filepath.Base(path), ":2,"); ok && flags != "" {
			t.Errorf("a message was marked %q", flags)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	before, err := s.Fingerprint(ctx, "message")
	if err != nil || before == "" {
		t.Fatalf("fingerprint %q %v", before, err)
	}
	if again, _ := s.Fingerprint(ctx, "message"); again != before {
		t.Error("the fingerprint changes by itself")
	}
	u.Deliver(t, "", twelve[5].raw)
	after, _ := s.Fingerprint(ctx, "message")
	if after == before {
		t.Error("a message came, and the fingerprint is the same")
	}
	if got := ids(t, s); len(got) != 4 {
		t.Errorf("%q", got)
	}
	if err := s.(*imap).session(ctx, func(c *imapConn) error {
		c.folder = ""
		for _, command := range []string{"SELECT Repairs", `STORE 1 +FLAGS (\Deleted)`, "EXPUNGE", "UNSELECT"} { // which the source itself never says
			if _, err := c.do(ctx, command, 1<<16, nil); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if last, _ := s.Fingerprint(ctx, "message"); last == after {
		t.Error("a message went, and the fingerprint is the same")
	}
	everyRowFoundAgain(t, s, 10)

	chosen, _ := open(t, strings.Replace(u.URL(), "/?", "/Repairs?", 1), Options{})
	if got := ids(t, chosen); len(got) != 1 {
		t.Errorf("one folder and those in it: %q", got)
	}
	missing, _ := open(t, strings.Replace(u.URL(), "/?", "/Nowhere?", 1), Options{})
	if err := failure(missing.Scan(ctx, "message", ScanOptions{})); !errors.Is(err, ErrNoTable) {
		t.Errorf("a folder that is not there: %v", err)
	}
	h, err := s.Check(ctx)
	if err != nil || !h.ReadOnly || h.Login != u.Name {
		t.Errorf("%+v %v", h, err)
	}
}

func TestIMAPTLSAndLogin(t *testing.T) {
	u := testimap.Start(t)
	u.Deliver(t, "", twelve[0].raw)
	t.Setenv("IMAP_TEST_PW", u.Password)
	for name, c := range map[string]struct {
		url string
		is  error
	}{
		"from the environment": {"imaps://" + u.Name + ":env:IMAP_TEST_PW@" + u.TLS + "/?ca=" + u.CA, nil},
		"STARTTLS":             {"imap://" + u.Name + ":env:IMAP_TEST_PW@" + u.Plain + "/?ca=" + u.CA, nil},
		"not verified":         {"imaps://" + u.Name + ":env:IMAP_TEST_PW@" + u.TLS + "/", ErrUnreachable},
		"by word":              {"imaps://" + u.Name + ":env:IMAP_TEST_PW@" + u.TLS + "/?tls=skip-verify", nil},
		"in the clear by word": {"imap://" + u.Name + ":env:IMAP_TEST_PW@" + u.Plain + "/?tls=false", nil},
		"wrong password":       {"imaps://" + u.Name + ":wrong@" + u.TLS + "/?ca=" + u.CA, ErrRefused},
		"nobody there":         {"imaps://" + u.Name + ":x@127.0.0.1:1/", ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, c.url, Options{})
			err := failure(s.Scan(context.Background(), "message", ScanOptions{}))
			if c.is == nil && err != nil || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v", err)
			}
			if err != nil && strings.Contains(err.Error(), u.Password) {
				t.Error("a password is in the error")
			}
		})
	}
	for raw, want := range map[string]string{
		"imaps://mail.example.org/":                           "names no user",
		"imaps://u:p@mail.example.org/?tls=false":             "imaps: is TLS",
		"imaps://u@mail.example.org/?token=plain":             "does not belong in the URL",
		"imaps://u:env:IMAP_TEST_NONE@mail.example.org/":      "IMAP_TEST_NONE, which is not set",
		"imaps://u:p@mail.example.org/?tls=preferred":         "true, skip-verify or false",
		"imaps://u:p@mail.example.org/?mailbox=INBOX":         "not known",
		"imaps://u:p@mail.example.org/?ca=/nowhere/there.pem": "ca= in the URL",
	} {
		if _, err := Open(context.Background(), "test", raw, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// imapFake is a server that does what a real one would not. It has one folder with the
// twelve.
type imapFake struct {
	net.Listener
	mu       sync.Mutex
	commands []string
	conns    int
	// on is asked what to say to a command; "" leaves it to the fake. What begins with "!" ends the connection
	// after the rest is said, and "zzz" says nothing.
	on       func(conn int, command string) string
	more     func(line string) string // what is said to a line that was asked for by "+"
	validity int
}

func newIMAPFake(t *testing.T) *imapFake {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &imapFake{Listener: l, validity: 7}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.conns++
			n := f.conns
			f.mu.Unlock()
			go f.serve(c, n)
		}
	}()
	return f
}

func (f *imapFake) url() string { return "imap://ann:pw@" + f.Addr().String() + "/?tls=false" }

func (f *imapFake) serve(c net.Conn, n int) {
	defer c.Close()
	fmt.Fprint(c, "* OK ready\r\n")
	in := bufio.NewScanner(c)
	for in.Scan() {
		tag, command, _ := strings.Cut(in.Text(), " ")
		f.mu.Lock()
		f.commands = append(f.commands, command)
		f.mu.Unlock()
		if f.on != nil {
			if say := f.on(n, command); say != "" {
				if say == "zzz" {
					continue
				}
				for strings.HasPrefix(say, "+") {
					fmt.Fprint(c, say)
					if !in.Scan() {
						return
					}
					say = f.more(in.Text())
				}
				cut, last := strings.CutPrefix(say, "!")
				fmt.Fprint(c, strings.ReplaceAll(cut, "TAG", tag))
				if last {
					return
				}
				continue
			}
		}
		fmt.Fprint(c, f.answer(command)+tag+" OK done\r\n")
	}
}

func (f *imapFake) answer(command string) string {
	verb, rest, _ := strings.Cut(command, " ")
	switch verb {
	case "CAPABILITY":
		return "* CAPABILITY IMAP4rev1\r\n"
	case "LIST":
		return "* LIST (\\Noselect) \"/\" Top\r\n* LIST () \"/\" {5}\r\nINBOX\r\n"
	case "STATUS":
		return fmt.Sprintf("* STATUS \"INBOX\" (MESSAGES 12 UIDNEXT 200 UIDVALIDITY %d)\r\n", f.validity)
	case "EXAMINE":
		return fmt.Sprintf("* 12 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY %d] it \"is (so\r\n", f.validity)
	case "FETCH":
		var b strings.Builder
		for i, l := range twelve {
			head, _, _ := strings.Cut(l.raw, "\n\n")
			fmt.Fprintf(&b, "* %d FETCH (UID %d RFC822.SIZE %d BODY[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES SUBJECT)] {%d}\r\n%s)\r\n", i+1, 100+i, len(l.raw), len(head), head)
		}
		return b.String()
	case "UID":
		var b strings.Builder
		for i, l := range twelve {
			set := strings.Fields(rest)[1]
			if !strings.Contains(","+set+",", fmt.Sprintf(",%d,", 100+i)) {
				continue
			}
			fmt.Fprintf(&b, "* %d FETCH (FLAGS (\\Seen) UID %d BODY[]<0> {%d}\r\n%s)\r\n", i+1, 100+i, len(l.raw), l.raw)
		}
		return b.String()
	}
	return ""
}

func TestIMAPOvercomes(t *testing.T) {
	whole, _ := open(t, newIMAPFake(t).url(), Options{})
	want := lines(t, whole.Scan(context.Background(), "message", ScanOptions{}))
	if len(want) != 12 {
		t.Fatalf("%q", want)
	}
	first := func(word, say string) func(f *imapFake) func(int, string) string {
		return func(f *imapFake) func(int, string) string {
			return func(n int, command string) string {
				if n == 1 && strings.HasPrefix(command, word) {
					return say
				}
				return ""
			}
		}
	}
	for name, on := range map[string]func(*imapFake) func(int, string) string{
		"dropped at once":             first("LIST", "!"),
		"dropped in a header":         first("FETCH", "!* 1 FETCH (UID 100 RFC822.SIZE 10 BODY[HEADER.FIELDS (MESSAGE-ID)] {100}\r\nMess"),
		"dropped in a message":        first("UID FETCH", "!* 1 FETCH (UID 100 BODY[]<0> {1000}\r\nFrom: x"),
		"BYE":                         first("UID FETCH", "* BYE going down\r\n"),
		"BYE and gone":                first("EXAMINE", "!* BYE going down\r\n"),
		"silent":                      first("UID FETCH", "zzz"),
		"more than was asked for":     first("UID FETCH", "* 99 EXISTS\r\n* 1 EXPUNGE\r\n* 7 FETCH (UID 9999 BODY[] {3}\r\nabc)\r\n!"),
		"dropped when it is not used": first("STATUS", "!"),
	} {
		t.Run(name, func(t *testing.T) {
			f := newIMAPFake(t)
			f.on = on(f)
			opts := Options{}
			opts.Limits.Statement = time.Second / 2
			s, _ := open(t, f.url(), opts)
			if diff := cmp.Diff(want, lines(t, s.Scan(context.Background(), "message", ScanOptions{}))); diff != "" {
				t.Error(diff)
			}
			if f.conns != 2 {
				t.Errorf("%d connections", f.conns)
			}
		})
	}
}

// What a server gets wrong about one message is that message's, and told.
func TestIMAPNonsense(t *testing.T) {
	for name, say := range map[string]string{
		"a literal without end": "* 3 FETCH (UID 102 BODY[]<0> {99999999999}\r\nabc",
		"a literal of nothing":  "* 3 FETCH (UID 102 BODY[]<0> {-1}\r\nabc",
		"another number":        "* 3 FETCH (UID 102 BODY[]<0> {x}\r\nabc",
		"an open bracket":       "* 3 FETCH (UID 102 BODY[]<0> \"abc\r\nTAG OK\r\n",
		"deep brackets":         "* 3 FETCH " + strings.Repeat("(", 1000) + "\r\nTAG OK\r\n",
		"nothing at all":        "TAG OK done\r\n",
		"a line without end":    "* 3 FETCH (UID " + strings.Repeat("9", 80<<20),
	} {
		t.Run(name, func(t *testing.T) {
			f := newIMAPFake(t)
			f.on = func(_ int, command string) string {
				if strings.HasPrefix(command, "UID FETCH") && strings.Contains(command, "102") {
					return say
				}
				return ""
			}
			opts := Options{}
			opts.Limits.Document.Bytes = 1 << 20
			s, said := open(t, f.url(), opts)
			if got := ids(t, s); len(got) != 12 {
				t.Errorf("%d messages", len(got))
			}
			if !said.says("UID%3D102", "cannot be read") && !said.says("UID%3D102", "does not give it") {
				t.Errorf("nothing says so: %v", said.list)
			}
		})
	}
}

func TestIMAPFails(t *testing.T) {
	for name, c := range map[string]struct {
		on   func(int, string) string
		is   error
		says string
	}{
		"always dropped": {func(_ int, c string) string { return map[bool]string{true: "!"}[strings.HasPrefix(c, "UID")] }, ErrUnreachable, "connection was lost"},
		"made anew": {func(n int, c string) string {
			return map[bool]string{true: "* OK [UIDVALIDITY 8] x\r\nTAG OK done\r\n"}[strings.HasPrefix(c, "EXAMINE")]
		}, nil, "made anew"},
		"refuses": {func(_ int, c string) string {
			return map[bool]string{true: "TAG NO [AUTHENTICATIONFAILED] ann pw\r\n"}[strings.HasPrefix(c, "LOGIN")]
		}, ErrRefused, "refused"},
		"full": {func(_ int, c string) string {
			return map[bool]string{true: "TAG NO [LIMIT] too many\r\n"}[strings.HasPrefix(c, "LOGIN")]
		}, ErrUnreachable, "LIMIT"},
		"will not list": {func(_ int, c string) string {
			return map[bool]string{true: "TAG NO sorry\r\n"}[strings.HasPrefix(c, "LIST")]
		}, nil, "listing the folders"},
		"another protocol": {func(_ int, c string) string { return "HTTP/1.1 400 Bad Request\r\n\r\n" }, errIMAPForm, ""},
		"an endless answer": {func(_ int, c string) string {
			return map[bool]string{true: "* CAPABILITY " + strings.Repeat("X", 1<<17) + "\r\n"}[strings.HasPrefix(c, "CAPABILITY")]
		}, errIMAPMost, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newIMAPFake(t)
			f.on = c.on
			s, _ := open(t, f.url(), Options{})
			err := failure(s.Scan(context.Background(), "message", ScanOptions{}))
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "pw") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestIMAPFolderThatCannotBeRead(t *testing.T) {
	f := newIMAPFake(t)
	f.on = func(_ int, c string) string {
		if strings.HasPrefix(c, "LIST") {
			return "* LIST () \"/\" INBOX\r\n* LIST () \"/\" Private\r\nTAG OK\r\n"
		}
		if strings.Contains(c, "Private") {
			return "TAG NO no rights\r\n"
		}
		return ""
	}
	s, said := open(t, f.url(), Options{})
	if got := ids(t, s); len(got) != 12 {
		t.Errorf("%d messages", len(got))
	}
	said.must(t, "Private", "cannot be read")
}

// A token goes to the server as it wants it, and a refusal ends there.
func TestIMAPToken(t *testing.T) {
	t.Setenv("IMAP_TEST_TOKEN", "tok")
	for caps, want := range map[string]string{
		"AUTH=XOAUTH2":                  "user=ann\x01auth=Bearer tok\x01\x01",
		"AUTH=XOAUTH2 AUTH=OAUTHBEARER": "n,a=ann,\x01auth=Bearer tok\x01\x01",
	} {
		for _, refuse := range []bool{false, true} {
			f := newIMAPFake(t)
			var got []string
			f.on = func(_ int, c string) string {
				switch {
				case c == "CAPABILITY":
					return "* CAPABILITY IMAP4rev1 " + caps + "\r\nTAG OK\r\n"
				case strings.HasPrefix(c, "AUTHENTICATE"):
					return "+ \r\n"
				}
				return ""
			}
			f.more = func(line string) string {
				got = append(got, line)
				switch {
				case refuse && len(got) == 1: // with an account of why, which must be answered
					return "+ eyJzdGF0dXMiOiI0MDEifQ==\r\n"
				case refuse:
					return "TAG NO refused\r\n"
				}
				return "TAG OK\r\n"
			}
			s, _ := open(t, strings.Replace(f.url(), ":pw@", "@", 1)+"&token=env:IMAP_TEST_TOKEN", Options{})
			err := failure(s.Scan(context.Background(), "message", ScanOptions{}))
			if refuse != errors.Is(err, ErrRefused) || !refuse && err != nil {
				t.Errorf("%s: %v", caps, err)
			}
			if raw, _ := base64.StdEncoding.DecodeString(got[0]); string(raw) != want || refuse && len(got) != 2 {
				t.Errorf("%s: %q after %q", caps, raw, got)
			}
		}
	}
}

func FuzzIMAP(f *testing.F) {
	f.Add([]byte("* OK x\r\n* LIST (\\A) \"/\" {3}\r\nabc\r\n* 1 FETCH (UID 1 BODY[HEADER.FIELDS (A B)]<0> {2}\r\nab X NIL)\r\nt1 OK\r\n"))
	f.Add([]byte("+ \r\n* BYE\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		here, there := net.Pipe()
		defer here.Close()
		go func() {
			there.Write(in)
			there.Close()
		}()
		c := &imapConn{Conn: here, timeout: time.Minute, most: 1 << 16}
		c.r = bufio.NewReader(c)
		for range 1000 {
			r, err := c.reply()
			if err != nil {
				break
			}
			imapFetched(r)
		}
		if c.most < -1 {
			t.Error("read more than it may")
		}
		name := imapDecodeName(string(in))
		if again := imapDecodeName(imapEncodeName(name)); again != name {
			t.Errorf("%q comes back as %q", name, again)
		}
	})
}

// others is the mail of a folder on a server, where there is one.
func others(t *testing.T, dir string) []string {
	t.Helper()
	if _, err := os.Stat("/usr/sbin/dovecot"); err != nil && !testdata.Required("dovecot") {
		return nil
	}
	u := testimap.Start(t)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".eml" {
			return err
		}
		b, err := os.ReadFile(path)
		u.Deliver(t, "", string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return []string{u.URL()}
}
