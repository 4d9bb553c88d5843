package demo

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// address is one party of a message.
type address struct{ Name, Mail string }

func (a address) String() string {
	if a.Name == "" {
		return a.Mail
	}
	name := mime.QEncoding.Encode("utf-8", a.Name)
	if name == a.Name && strings.ContainsAny(name, ".,()") {
		name = `"` + name + `"`
	}
	return name + " <" + a.Mail + ">"
}

// attachment is a file that a message carries.
type attachment struct {
	Name, Type string // Type with its charset: "text/csv; charset=utf-8"
	Body       string
}

// message is one e-mail.
type message struct {
	ID          string // without angle brackets; made up if empty
	At          time.Time
	From        address
	To, Cc      []address
	Subject     string
	Body        string // plain text
	HTML        string // an alternative to Body, if any
	Attachments []attachment
	Replies     []string // ids of the thread before it, oldest first
}

// mailbox writes an mbox file in the dialect that quotes every line of a body
// which begins with "From ", quoted or not, by one more ">" (mboxrd). The first
// error sticks.
type mailbox struct {
	file    *os.File
	out     *bufio.Writer
	rng     *rand.Rand
	ours    *strings.Replacer
	written int64
	err     error
}

func openMailbox(path string, rng *rand.Rand) (*mailbox, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("making the mailbox's folder: %w", err)
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("making the mailbox: %w", err)
	}
	return &mailbox{file: f, out: bufio.NewWriter(f), rng: rng}, nil
}

func (m *mailbox) close() error {
	return errors.Join(m.out.Flush(), m.file.Close())
}

// send writes a message and returns its id.
func (m *mailbox) send(msg message) string {
	if msg.ID == "" {
		msg.ID = fmt.Sprintf("%x.%d@%s", m.rng.Uint64(), m.written, msg.From.Mail[strings.IndexByte(msg.From.Mail, '@')+1:])
	}
	msg.ID = m.ours.Replace(msg.ID)
	m.raw(msg.From.Mail, msg.At, m.render(msg))
	return msg.ID
}

// raw writes a message as it came, well formed or not.
func (m *mailbox) raw(from string, at time.Time, text string) {
	if m.err != nil {
		return
	}
	from, text = m.ours.Replace(from), m.ours.Replace(text)
	fmt.Fprintf(m.out, "From %s %s\n", from, at.UTC().Format(time.ANSIC))
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, ">"), "From ") {
			m.out.WriteByte('>')
		}
		m.out.WriteString(line)
		m.out.WriteByte('\n')
	}
	if _, err := m.out.WriteString("\n"); err != nil {
		m.err = fmt.Errorf("writing the mailbox: %w", err)
	}
	m.written++
}

// render is the message with line feeds alone, as a mailbox has it.
func (m *mailbox) render(msg message) string {
	// Before they are encoded, after which a name may be in two parts.
	msg.Subject, msg.Body, msg.HTML = m.ours.Replace(msg.Subject), m.ours.Replace(msg.Body), m.ours.Replace(msg.HTML)
	for i, a := range msg.Attachments {
		msg.Attachments[i].Name, msg.Attachments[i].Body = m.ours.Replace(a.Name), m.ours.Replace(a.Body)
	}
	var b strings.Builder
	head := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	head("Message-ID", "<"+msg.ID+">")
	head("Date", msg.At.UTC().Format(time.RFC1123Z))
	head("From", msg.From.String())
	head("To", join(msg.To))
	head("Cc", join(msg.Cc))
	head("Subject", mime.QEncoding.Encode("utf-8", msg.Subject))
	if n := len(msg.Replies); n > 0 {
		head("In-Reply-To", "<"+msg.Replies[n-1]+">")
		head("References", "<"+strings.Join(msg.Replies, "> <")+">")
	}
	head("MIME-Version", "1.0")
	bodies := func(b *strings.Builder) {
		if msg.HTML == "" {
			part(b, "text/plain; charset=utf-8", "", msg.Body)
			return
		}
		boundary := fmt.Sprintf("=_alt_%d", m.written)
		fmt.Fprintf(b, "Content-Type: multipart/alternative; boundary=\"%s\"\n\n--%s\n", boundary, boundary)
		part(b, "text/plain; charset=utf-8", "", msg.Body)
		fmt.Fprintf(b, "\n--%s\n", boundary)
		part(b, "text/html; charset=utf-8", "", msg.HTML)
		fmt.Fprintf(b, "\n--%s--\n", boundary)
	}
	if len(msg.Attachments) == 0 {
		bodies(&b)
		return b.String()
	}
	boundary := fmt.Sprintf("=_mix_%d", m.written)
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"%s\"\n\n--%s\n", boundary, boundary)
	bodies(&b)
	for _, a := range msg.Attachments {
		fmt.Fprintf(&b, "\n--%s\n", boundary)
		part(&b, a.Type, a.Name, a.Body)
	}
	fmt.Fprintf(&b, "\n--%s--\n", boundary)
	return b.String()
}

// part writes one body with its headers: quoted-printable, or base64 if it is a
// file.
func part(b *strings.Builder, kind, file, body string) {
	fmt.Fprintf(b, "Content-Type: %s\n", kind)
	if file != "" {
		fmt.Fprintf(b, "Content-Disposition: attachment; filename=\"%s\"\nContent-Transfer-Encoding: base64\n\n", file)
		for enc := base64.StdEncoding.EncodeToString([]byte(body)); enc != ""; {
			n := min(76, len(enc))
			b.WriteString(enc[:n] + "\n")
			enc = enc[n:]
		}
		return
	}
	b.WriteString("Content-Transfer-Encoding: quoted-printable\n\n")
	var text strings.Builder
	w := quotedprintable.NewWriter(&text)
	// Neither can fail: a Builder takes all that it is given.
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	b.WriteString(strings.ReplaceAll(text.String(), "\r\n", "\n"))
	if !strings.HasSuffix(body, "\n") {
		b.WriteByte('\n')
	}
}

func join(list []address) string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return strings.Join(out, ", ")
}

// quote is a body as a reply carries it below its own words.
func quote(at time.Time, who address, body string) string {
	lines := strings.Split(strings.TrimRight(body, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("> "+l, " ")
	}
	return fmt.Sprintf("\nOn %s, %s wrote:\n%s\n", at.Format("2 Jan 2006 at 15:04"), who.Name, strings.Join(lines, "\n"))
}
