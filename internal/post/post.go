package post

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Message is one message to one person.
type Message struct {
	To      string // one e-mail address, without a name
	Subject string
	Text    string // plain words in lines
	// Reference names the message among all of the landlord's, for ever: letters,
	// digits and hyphens. It says nothing about anybody.
	Reference string
}

// From is who writes.
type From struct {
	Name    string // the landlord
	Address string
	ReplyTo string // where answers go; empty where they go to Address
}

// Sender sends messages. It is safe for use by many goroutines.
type Sender interface {
	// Send hands a message over. Once it returns nil the message is the other's to
	// deliver. An error is an *[Error], or the context's.
	Send(ctx context.Context, m Message) error
	// Check says whether messages could be handed over now, without sending one.
	Check(ctx context.Context) error
}

// Error is why a message was not taken. It names nobody.
type Error struct {
	What string
	Mend string
	// Permanent says that another try cannot help: the message itself, or whom it is
	// for, was refused.
	Permanent bool
	err       error
}

func (e *Error) Error() string {
	if e.Mend == "" {
		return e.What
	}
	return e.What + "; " + e.Mend
}

// Unwrap is the cause, where it may be told.
func (e *Error) Unwrap() error { return e.err }

const (
	maxSubject = 200      // bytes
	maxText    = 64 << 10 // bytes
	// sending is how long one message may take to hand over.
	sending = time.Minute
)

var reference = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,99}$`)

// check refuses what no server should be asked to send.
func (m Message) check() error {
	bad := func(what string) error {
		return &Error{What: what, Mend: "mend the message", Permanent: true}
	}
	a, err := mail.ParseAddress(m.To)
	switch {
	case err != nil || a.Address != m.To || strings.ContainsFunc(m.To, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return &Error{What: "the address is not one e-mail address", Mend: "ask the person for it again", Permanent: true}
	case m.Subject == "" || len(m.Subject) > maxSubject:
		return bad(fmt.Sprintf("the subject is empty or has more than %d bytes", maxSubject))
	case strings.ContainsAny(m.Subject, "\r\n\x00"):
		return bad("the subject has more than one line")
	case m.Text == "" || len(m.Text) > maxText:
		return bad(fmt.Sprintf("the text is empty or has more than %d bytes", maxText))
	case !utf8.ValidString(m.Subject) || !utf8.ValidString(m.Text) || strings.ContainsRune(m.Text, 0):
		return bad("the message is not valid text")
	case !reference.MatchString(m.Reference):
		return bad("the reference is not letters, digits and hyphens, at most 100")
	}
	return nil
}

func (f From) check() error {
	for what, a := range map[string]string{"post-from": f.Address, "post-reply-to": f.ReplyTo} {
		if what == "post-reply-to" && a == "" {
			continue
		}
		if p, err := mail.ParseAddress(a); err != nil || p.Address != a {
			return &Error{What: what + " is not one e-mail address", Mend: "write the landlord's own, such as privacy@example.org", Permanent: true}
		}
	}
	if strings.ContainsAny(f.Name, "\r\n\x00") {
		return &Error{What: "the landlord's name has more than one line", Permanent: true}
	}
	return nil
}

// Open gives the sender that a URL names. getenv gives the secrets that it names
// with env:NAME.
//
//	smtp://user:env%3AMAIL_PASSWORD@mail.example.org:587   TLS by STARTTLS, which the server must offer
//	smtps://user:env%3AMAIL_PASSWORD@mail.example.org:465  TLS from the start
//	smtps://user:env%3AX@mail.example.org?ca=own.pem       with the landlord's own authority in place of the machine's
//	smtp://127.0.0.1:25?tls=none                           in the clear: to this machine alone
//	notify://SERVICE:env%3ANOTIFY_KEY@api.example.org?template=ID
//	dir:outbox                                             a file for each message, for somebody else to send
//
// Nothing is reached yet; see [Sender.Check].
func Open(rawURL string, from From, getenv func(string) string) (Sender, error) {
	bad := func(what, mend string) (Sender, error) {
		return nil, &Error{What: "post: " + what, Mend: mend, Permanent: true}
	}
	if err := from.check(); err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(rawURL, "dir:"); ok {
		if path == "" {
			return bad("dir: names no folder", "write dir:outbox")
		}
		return &folder{path: path, from: from}, nil
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		// The URL may hold a secret, and url's own error repeats it.
		return bad("the address of the mail server is no URL", "write smtp://user:env%3ANAME@host:587")
	}
	secret, err := secretOf(u, getenv)
	if err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "smtp", "smtps":
		return openSMTP(u, secret, from)
	case "notify", "notify+http":
		return openNotify(u, secret)
	}
	return bad("it is not known how to send by "+fmt.Sprintf("%.20q", u.Scheme), "write smtp:, smtps:, notify: or dir:")
}

// secretOf is the password in a URL, looked up where it is named.
func secretOf(u *url.URL, getenv func(string) string) (string, error) {
	if u.User == nil {
		return "", nil
	}
	p, _ := u.User.Password()
	name, named := strings.CutPrefix(p, "env:")
	if !named {
		return p, nil
	}
	if p = getenv(name); p == "" {
		return "", &Error{What: "post: the environment has no " + name, Mend: "set it to the password of the mail server", Permanent: true}
	}
	return p, nil
}

// ended is the context's own error where it ended, for one is no fault of the
// other side.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err()
	}
	return err
}
