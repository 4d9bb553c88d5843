package post

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// smtp hands messages to a mail server: RFC 5321 with submission by RFC 6409, and
// TLS by RFC 3207 or RFC 8314.
type smtp struct {
	host    string
	options []mail.Option
	from    From
}

func openSMTP(u *url.URL, secret string, from From) (Sender, error) {
	bad := func(what, mend string) (Sender, error) {
		return nil, &Error{What: "post: " + what, Mend: mend, Permanent: true}
	}
	s := &smtp{host: u.Hostname(), from: from}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
	}
	if p := u.Port(); p != "" {
		port, _ = strconv.Atoi(p) // url has made sure of digits
	}
	if s.host == "" || port < 1 || port > 65535 {
		return bad("the mail server has no name, or no port", "write smtp://host:587")
	}
	q := u.Query()
	for key, values := range q {
		if len(values) != 1 || key != "ca" && (key != "tls" || values[0] != "none") {
			return bad("the options of a mail server are tls=none and ca=FILE", "take the others out")
		}
	}
	trust := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	if q.Has("ca") {
		own, err := os.ReadFile(q.Get("ca"))
		if err != nil {
			return bad("the certificates that ca= names cannot be read", "name a PEM file of the authority that signed the mail server's")
		}
		trust.RootCAs = x509.NewCertPool()
		if !trust.RootCAs.AppendCertsFromPEM(own) {
			return bad("the file that ca= names holds no certificate", "name a PEM file of the authority that signed the mail server's")
		}
	}
	s.options = []mail.Option{mail.WithPort(port), mail.WithTimeout(20 * time.Second), mail.WithTLSConfig(trust)}
	switch clear := q.Has("tls"); {
	case clear && (u.Scheme == "smtps" || !local(s.host)):
		return bad("tls=none is for a server on this machine alone", "leave it out: the server must offer TLS")
	case clear:
		s.options = append(s.options, mail.WithTLSPolicy(mail.NoTLS))
	case u.Scheme == "smtps":
		s.options = append(s.options, mail.WithSSL())
	default:
		s.options = append(s.options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if u.User != nil && u.User.Username() != "" {
		if q.Has("tls") {
			return bad("a password is not sent in the clear", "leave tls=none out, or the user")
		}
		s.options = append(s.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(u.User.Username()), mail.WithPassword(secret))
	}
	if _, err := mail.NewClient(s.host, s.options...); err != nil {
		return bad("the mail server's address cannot be used", "write smtp://host:587")
	}
	return s, nil
}

// local says that a host is this machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *smtp) Send(ctx context.Context, m Message) error {
	msg, err := compose(s.from, m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sending)
	defer cancel()
	c, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return &Error{What: "the mail server's address cannot be used", Permanent: true}
	}
	return s.told(ctx, c.DialAndSendWithContext(ctx, msg))
}

func (s *smtp) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sending)
	defer cancel()
	c, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return &Error{What: "the mail server's address cannot be used", Permanent: true}
	}
	if err := c.DialWithContext(ctx); err != nil {
		return s.told(ctx, err)
	}
	return s.told(ctx, c.Close())
}

// told is a server's refusal without what it repeats of the message: its words
// often hold the address.
func (s *smtp) told(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var refused *mail.SendError
	var network *net.OpError
	var unsure *tls.CertificateVerificationError
	e := &Error{What: "the mail server did not take the message", Mend: "look into its log"}
	switch {
	case errors.As(err, &unsure):
		e.What, e.Mend = "the mail server's certificate is not to be trusted", "have its name and its issuer put right"
	case errors.As(err, &network):
		e.What, e.Mend = "the mail server cannot be reached", "see that it runs, and that this machine may reach it"
	case errors.As(err, &refused):
		if code := refused.ErrorCode(); code != 0 {
			e.What += " (" + strconv.Itoa(code) + strings.TrimRight(" "+refused.EnhancedStatusCode(), " ") + ")"
		}
		// A refusal of who we are, or of how we came, is mended on the server.
		if (refused.Reason == mail.ErrSMTPRcptTo || refused.Reason == mail.ErrSMTPData || refused.Reason == mail.ErrSMTPDataClose) && !refused.IsTemp() {
			e.Permanent, e.Mend = true, "ask the person for their address again"
		}
	case strings.Contains(err.Error(), "STARTTLS"):
		e.What, e.Mend = "the mail server offers no TLS", "use one that does"
	case strings.Contains(strings.ToLower(err.Error()), "auth"):
		e.What, e.Mend = "the mail server refused the user or the password", "see that both are right"
	}
	return ended(ctx, e)
}

// compose is a message as it travels.
func compose(from From, m Message) (*mail.Msg, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	_, domain, _ := strings.Cut(from.Address, "@")
	err := errors.Join(msg.FromFormat(from.Name, from.Address), msg.To(m.To))
	if from.ReplyTo != "" {
		err = errors.Join(err, msg.ReplyTo(from.ReplyTo))
	}
	if err != nil {
		return nil, &Error{What: "the message has an address that cannot be sent to", Permanent: true}
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.Reference + "@" + domain)
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday reply to this
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	return msg, nil
}

// bytesOf is a message as it travels, in bytes.
func bytesOf(from From, m Message) ([]byte, error) {
	msg, err := compose(from, m)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = msg.WriteTo(&b)
	return b.Bytes(), err
}
