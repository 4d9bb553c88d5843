package post

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/testsmtp"
)

var from = From{Name: "Larkfield Homes, “privacy”", Address: "privacy@larkfield.example", ReplyTo: "desk@larkfield.example"}

func message() Message {
	return Message{To: "ann.larter@example.org", Subject: "Your request AR-2026-0007 – a date", Reference: "AR-2026-0007-ack",
		Text: "We have your request.\n.\nA line with a dot alone is above. Łódź, naïve.\n" + strings.Repeat("A long line of many words that goes on. ", 40)}
}

// none is an environment without anything.
func none(string) string { return "" }

// one is the only message in a folder.
func one(t *testing.T, dir string) *mail.Message {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d messages arrived, %v", len(files), err)
	}
	text, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func same(t *testing.T, got *mail.Message, want Message) {
	t.Helper()
	h := got.Header
	dec, err := wordDecoder(h.Get("Subject"))
	if err != nil || dec != want.Subject {
		t.Errorf("subject %q, %v", dec, err)
	}
	list, err := h.AddressList("From")
	if err != nil || len(list) != 1 || list[0].Name != from.Name || list[0].Address != from.Address {
		t.Errorf("from %v, %v", list, err)
	}
	for name, value := range map[string]string{"To": "<" + want.To + ">", "Reply-To": "<" + from.ReplyTo + ">",
		"Message-ID": "<" + want.Reference + "@larkfield.example>", "Auto-Submitted": "auto-generated"} {
		if h.Get(name) != value {
			t.Errorf("%s is %q, want %q", name, h.Get(name), value)
		}
	}
	if h.Get("Date") == "" || h.Get("X-Mailer") != "" || h.Get("User-Agent") != "" {
		t.Errorf("head: %v", h)
	}
	body := readBody(t, got)
	if strings.TrimRight(body, "\n") != strings.TrimRight(want.Text, "\n") {
		t.Errorf("text %q", body)
	}
}

// TestSMTP sends to a real server in each of the ways that a URL may say.
func TestSMTP(t *testing.T) {
	const user = testsmtp.User + ":env%%3AMAIL_PASSWORD@" // in a format
	password := func(name string) string { return map[string]string{"MAIL_PASSWORD": testsmtp.Password}[name] }
	for kind, at := range map[testsmtp.Kind]string{testsmtp.STARTTLS: "smtp://" + user + "127.0.0.1:%d", testsmtp.SMTPS: "smtps://" + user + "127.0.0.1:%d", testsmtp.Clear: "smtp://127.0.0.1:%d?tls=none"} {
		t.Run(string(kind), func(t *testing.T) {
			server := testsmtp.Start(t, kind)
			at := fmt.Sprintf(at, server.Port)
			if kind != testsmtp.Clear {
				at += "?ca=" + server.CA
			}
			s, err := Open(at, from, password)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Check(t.Context()); err != nil {
				t.Fatalf("check: %v", err)
			}
			if err := s.Send(t.Context(), message()); err != nil {
				t.Fatal(err)
			}
			taken := server.Taken(t)
			if len(taken) != 1 {
				t.Fatalf("%d messages arrived", len(taken))
			}
			got := taken[0]
			same(t, got, message())
			if got.Header.Get("X-To") != message().To || got.Header.Get("X-From") != from.Address || (got.Header.Get("X-Tls") == "yes") != (kind != testsmtp.Clear) {
				t.Errorf("envelope: %v", got.Header)
			}
			for to, permanent := range map[string]bool{testsmtp.Nobody: true, testsmtp.Busy: false} {
				m := message()
				m.To = to
				refused(t, s.Send(t.Context(), m), permanent, to)
			}
		})
	}
}

func refused(t *testing.T, err error, permanent bool, secrets ...string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Permanent != permanent {
		t.Errorf("%v, of which permanent %v was to be", err, permanent)
		return
	}
	for _, s := range secrets {
		if strings.Contains(fmt.Sprintf("%v %+v", err, errors.Unwrap(err)), s) {
			t.Errorf("the error repeats %q: %v", s, err)
		}
	}
}

// TestSMTPRefuses: without TLS, without trust and without the right password
// nothing is sent, and no secret is told.
func TestSMTPRefuses(t *testing.T) {
	wrong := func(string) string { return "wrong battery" }
	for name, c := range map[string]struct {
		kind     testsmtp.Kind // none for no server
		trusted  bool
		at, says string
	}{
		"no TLS":     {testsmtp.Clear, false, "smtp://127.0.0.1:%d", "offers no TLS"},
		"no trust":   {testsmtp.STARTTLS, false, "smtp://tenet:env%%3AP@127.0.0.1:%d", "certificate"},
		"wrong user": {testsmtp.STARTTLS, true, "smtp://tenet:env%%3AP@127.0.0.1:%d", "the user or the password"},
		"nobody":     {"", false, "smtp://127.0.0.1:1", "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			at, server := c.at, testsmtp.Server{}
			if c.kind != "" {
				server = testsmtp.Start(t, c.kind)
				at = fmt.Sprintf(c.at, server.Port)
			}
			if c.trusted {
				at += "?ca=" + server.CA
			}
			s, err := Open(at, from, wrong)
			if err != nil {
				t.Fatal(err)
			}
			err = s.Send(t.Context(), message())
			refused(t, err, false, "wrong battery", "ann.larter")
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v does not say %q", err, c.says)
			}
			if err := s.Check(t.Context()); err == nil {
				t.Error("the check found nothing")
			}
			if c.kind != "" && len(server.Taken(t)) > 0 {
				t.Error("something was sent")
			}
		})
	}
}

// TestSilence: a server that takes the connection and says nothing does not hold
// anybody up for longer than they said.
func TestSilence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := Open("smtp://"+l.Addr().String()+"?tls=none", from, none)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		c, err := l.Accept()
		if err == nil {
			defer c.Close()
			cancel()
			_, _ = io.Copy(io.Discard, c)
		}
	}()
	if err := s.Send(ctx, message()); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	s, err := Open("dir:"+dir, from, none)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the repeat is the same message
		if err := s.Send(t.Context(), message()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, one(t, dir), message())
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, _ = Open("dir:"+file, from, none)
	if s.Check(t.Context()) == nil || s.Send(t.Context(), message()) == nil {
		t.Error("a file was taken for a folder")
	}
}

// TestNotify is held against the published interface: path, token, body, and what
// each status means.
func TestNotify(t *testing.T) {
	status := http.StatusCreated
	var got map[string]any
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts := strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
		if len(parts) != 3 {
			t.Errorf("no token: %v", r.Header)
			return
		}
		mac := hmac.New(sha256.New, []byte("s3cret-key"))
		io.WriteString(mac, parts[0]+"."+parts[1])
		if want := base64.RawURLEncoding.EncodeToString(mac.Sum(nil)); want != parts[2] {
			t.Error("the token is not signed with the key")
		}
		claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
		var c struct {
			Iss string
			Iat int64
		}
		if err := json.Unmarshal(claims, &c); err != nil || c.Iss != "service-id" || time.Since(time.Unix(c.Iat, 0)).Abs() > 30*time.Second {
			t.Errorf("claims %s", claims)
		}
		if r.Method == http.MethodGet {
			if r.URL.Path != "/v2/template/tpl-1" {
				w.WriteHeader(http.StatusNotFound)
			}
			return
		}
		if r.URL.Path != "/v2/notifications/email" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
		io.WriteString(w, `{"errors":[{"message":"ann.larter@example.org is odd"}]}`)
	}))
	defer api.Close()
	open := func(template string) Sender {
		s, err := Open("notify+http://service-id:env%3AK@"+strings.TrimPrefix(api.URL, "http://")+"?reply-to=rr-1&template="+template, from, func(string) string { return "s3cret-key" })
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open("tpl-1")
	if err := errors.Join(s.Check(t.Context()), s.Send(t.Context(), message())); err != nil {
		t.Fatal(err)
	}
	m := message()
	if got["email_address"] != m.To || got["template_id"] != "tpl-1" || got["reference"] != m.Reference || got["email_reply_to_id"] != "rr-1" {
		t.Errorf("sent %v", got)
	}
	if p, _ := got["personalisation"].(map[string]any); p["subject"] != m.Subject || p["body"] != m.Text {
		t.Errorf("words %v", got["personalisation"])
	}
	for code, permanent := range map[int]bool{400: true, 403: false, 429: false, 500: false, 302: false} {
		status = code
		refused(t, s.Send(t.Context(), m), permanent, "ann.larter", "s3cret-key")
	}
	if open("other").Check(t.Context()) == nil {
		t.Error("a template that is not there was found")
	}
	api.Close()
	refused(t, s.Send(t.Context(), m), false, "s3cret-key")
}

// TestHostile: nothing that would write a head of its own is sent anywhere.
func TestHostile(t *testing.T) {
	s, err := Open("dir:"+t.TempDir(), from, none)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]func(*Message){
		"two addresses":   func(m *Message) { m.To = "a@example.org, b@example.org" },
		"a name":          func(m *Message) { m.To = "Ann <a@example.org>" },
		"head in address": func(m *Message) { m.To = "a@example.org\r\nBcc: b@example.org" },
		"no address":      func(m *Message) { m.To = "" },
		"head in subject": func(m *Message) { m.Subject = "Hello\r\nBcc: b@example.org" },
		"no subject":      func(m *Message) { m.Subject = "" },
		"long subject":    func(m *Message) { m.Subject = strings.Repeat("x", maxSubject+1) },
		"no text":         func(m *Message) { m.Text = "" },
		"long text":       func(m *Message) { m.Text = strings.Repeat("x", maxText+1) },
		"NUL":             func(m *Message) { m.Text = "a\x00b" },
		"not text":        func(m *Message) { m.Text = "a\xffb" },
		"path":            func(m *Message) { m.Reference = "../../etc/x" },
		"no reference":    func(m *Message) { m.Reference = "" },
	} {
		t.Run(name, func(t *testing.T) {
			m := message()
			bad(&m)
			refused(t, s.Send(t.Context(), m), true, "example.org")
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	env := func(name string) string { return map[string]string{"K": "s3cret"}[name] }
	for _, at := range []string{"", "mail.example.org", "smtp://", "smtp://host:0", "smtp://host:99999", "smtp://host?tls=none", "smtps://127.0.0.1?tls=none", "smtp://host?tls=maybe",
		"smtp://host?x=1", "smtp://u:s3cret@127.0.0.1?tls=none", "smtp://u:env%3ANONE@host", "dir:", "ftp://host", "notify://host?template=1", "notify://s:env%3AK@host", "notify://s:env%3AK@host?template=1&x=2",
		"notify+http://s:env%3AK@api.example.org?template=1", "smtp://u:s3cret@ho st"} {
		s, err := Open(at, from, env)
		if err == nil {
			t.Errorf("%q opened as %T", at, s)
			continue
		}
		refused(t, err, true, "s3cret")
	}
	for _, f := range []From{{Address: "nobody"}, {Address: "a@example.org", ReplyTo: "x"}, {Name: "A\r\nB", Address: "a@example.org"}, {}} {
		if _, err := Open("dir:x", f, env); err == nil {
			t.Errorf("%+v may write", f)
		}
	}
}

// FuzzCompose: whatever a message says, it travels as one message to one person,
// with our own head.
func FuzzCompose(f *testing.F) {
	f.Add("ann@example.org", "Hello", "Text\n.\nmore")
	f.Add("ann@example.org\nBcc: x@example.org", "a\rb", "From x\n")
	f.Add(`"a b"@example.org`, "=?utf-8?q?=0D=0ABcc:x?=", "\r\n\r\n--x")
	f.Fuzz(func(t *testing.T, to, subject, text string) {
		raw, err := bytesOf(from, Message{To: to, Subject: subject, Text: text, Reference: "r-1"})
		if err != nil {
			return
		}
		m, err := mail.ReadMessage(strings.NewReader(string(raw)))
		if err != nil {
			t.Fatalf("it cannot be read: %v", err)
		}
		list, err := m.Header.AddressList("To")
		if err != nil || len(list) != 1 || list[0].Address != to {
			t.Errorf("to %q: %v, %v", to, list, err)
		}
		if got, _ := wordDecoder(m.Header.Get("Subject")); got != subject && strings.TrimSpace(got) != strings.TrimSpace(subject) && !strings.Contains(subject, "=?") {
			t.Errorf("subject %q became %q", subject, got)
		}
		if m.Header.Get("Bcc") != "" || m.Header.Get("Cc") != "" {
			t.Error("somebody else gets it too")
		}
	})
}
