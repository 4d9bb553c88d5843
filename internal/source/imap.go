package source

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// imap is a mailbox on a server, all of its folders or some. Nothing is changed there: folders
// are opened by EXAMINE and messages read by BODY.PEEK, so that not even \Seen is set.
//
// A message is known by its folder, the folder's UIDVALIDITY and its UID, which together
// never mean another message.
type imap struct {
	mailSource
	login  serverURL
	token  string
	direct bool // TLS from the first byte, not by STARTTLS
	chosen []string

	mu    sync.Mutex
	known *post  // as last read
	stood string // the fingerprint of the folders then

	conns sync.Mutex
	idle  []*imapConn
	shut  bool
}

const imapExample = "imaps://USER:env:NAME@mail.example.org/ for all folders, imaps://.../INBOX/Repairs for one and those in it, ?folder=A&folder=B for several, ?token=env:NAME for a token in place of the password"

func newIMAP(b base, rawURL string) (Source, error) {
	fail := func(err error) (Source, error) { return nil, b.fail("", "opening", err) }
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" || u.User.Username() == "" {
		return fail(fmt.Errorf("the URL cannot be read, or names no user or no host; it should be like %s, with what is special in a name written as %%40 and the like", imapExample))
	}
	m := &imap{mailSource: mailSource{base: b, schema: &rows.Schema{Source: b.name, Engine: "imap", Tables: mailTables()}}}
	m.open = m.letters
	m.login = serverURL{user: u.User.Username(), host: u.Hostname(), port: u.Port()}
	m.login.password, _ = u.User.Password()
	q := u.Query()
	m.token = q.Get("token")
	for _, secret := range []*string{&m.login.password, &m.token} {
		if name, ok := strings.CutPrefix(*secret, "env:"); ok {
			if *secret, ok = os.LookupEnv(name); !ok {
				return fail(fmt.Errorf("the URL takes a secret from the environment variable %s, which is not set", name))
			}
		} else if secret == &m.token && *secret != "" {
			return fail(errors.New("a token does not belong in the URL: put it into an environment variable, and token=env:NAME into the URL"))
		}
	}
	for name := range q {
		if !slices.Contains([]string{"tls", "ca", "token", "folder"}, name) {
			return fail(fmt.Errorf("the URL has a parameter %q that is not known; those that are: ca, folder, tls, token", name))
		}
	}
	mode := cmp.Or(q.Get("tls"), "true") // a mailbox's password goes to no server that has not proved itself
	if err := m.login.secure(mode, q.Get("ca")); err != nil {
		return fail(err)
	}
	m.direct = m.login.tls != nil && (u.Scheme == "imaps" || m.login.port == "993")
	switch {
	case mode == "preferred":
		return fail(errors.New("tls= in the URL must be true, skip-verify or false"))
	case m.login.tls == nil && u.Scheme == "imaps":
		return fail(errors.New("imaps: is TLS, and tls=false is none: write imap: if that is meant"))
	case m.login.port == "" && u.Scheme == "imaps":
		m.login.port = "993"
	case m.login.port == "":
		m.login.port = "143"
	}
	m.chosen = q["folder"]
	if path := strings.Trim(u.Path, "/"); path != "" {
		m.chosen = append(m.chosen, path)
	}
	return m, nil
}

func (m *imap) Close() error {
	m.conns.Lock()
	defer m.conns.Unlock()
	for _, c := range m.idle {
		c.Close()
	}
	m.idle, m.shut = nil, true
	return nil
}

// imapIdle is how many connections are kept for the next reading: logging in takes longer than a lookup.
const imapIdle = 2

// take is a connection that was kept, or a new one. One that was kept may have been closed by the server
// meanwhile, which shows when it is used.
func (m *imap) take(ctx context.Context) (*imapConn, error) {
	m.conns.Lock()
	n := len(m.idle)
	if n == 0 {
		m.conns.Unlock()
		return m.connect(ctx)
	}
	c := m.idle[n-1]
	m.idle = m.idle[:n-1]
	m.conns.Unlock()
	return c, nil
}

// keep puts a connection back on which nothing is under way.
func (m *imap) keep(c *imapConn) {
	m.conns.Lock()
	defer m.conns.Unlock()
	if m.shut || len(m.idle) >= imapIdle {
		c.Close()
		return
	}
	c.folder = "" // which may have changed when it is looked at again
	m.idle = append(m.idle, c)
}

func (m *imap) Schema(context.Context) (*rows.Schema, error) { return m.schema, nil }

// connect reaches the server and logs in.
func (m *imap) connect(ctx context.Context) (*imapConn, error) {
	d := net.Dialer{Timeout: m.opts.Limits.Statement}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(m.login.host, m.login.port))
	if err != nil {
		return nil, err
	}
	c := &imapConn{Conn: conn, timeout: m.opts.Limits.Statement}
	c.r = bufio.NewReader(c)
	if err := m.greet(ctx, c); err != nil {
		c.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, err
	}
	return c, nil
}

func (m *imap) greet(ctx context.Context, c *imapConn) error {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	secure := func() error {
		within, cancel := context.WithTimeout(ctx, m.opts.Limits.Statement)
		defer cancel()
		t := tls.Client(c.Conn, m.login.tls)
		if err := t.HandshakeContext(within); err != nil {
			return err
		}
		c.Conn, c.r = t, bufio.NewReader(c)
		return nil
	}
	if m.direct {
		if err := secure(); err != nil {
			return err
		}
	}
	c.most = 1 << 16
	hello, err := c.reply()
	if err != nil {
		return err
	}
	if hello.status == "BYE" {
		return &imapRefused{"BYE", hello.text}
	}
	if hello.status != "OK" { // PREAUTH before TLS is somebody in between
		return errIMAPForm
	}
	if m.login.tls != nil && !m.direct {
		if _, err := c.do(ctx, "STARTTLS", 1<<16, nil); err != nil {
			return fmt.Errorf("the server does not start TLS: %w", err)
		}
		if c.r.Buffered() > 0 { // sent before TLS, to be taken for what came after
			return errIMAPForm
		}
		if err := secure(); err != nil {
			return err
		}
	}
	if err := c.capabilities(ctx); err != nil {
		return err
	}
	if err := c.login(ctx, m.login.user, m.login.password, m.token); err != nil {
		return err
	}
	return c.capabilities(ctx)
}

// imapFolder is a folder as it stands.
type imapFolder struct {
	wire, name string // as the server writes it, and as people do
	messages   uint32
	validity   uint32
	next       uint32
}

// folders lists the folders that are to be read, in the order of their names.
func (m *imap) folders(ctx context.Context, c *imapConn) ([]imapFolder, error) {
	var all []imapFolder
	_, err := c.do(ctx, `LIST "" "*"`, 16<<20, func(r imapReply) error {
		if r.word(0) != "LIST" || len(r.items) < 4 {
			return nil
		}
		flags, _ := r.items[1].([]any)
		for _, f := range flags {
			if s, _ := f.(string); strings.EqualFold(s, `\Noselect`) || strings.EqualFold(s, `\NonExistent`) {
				return nil
			}
		}
		wire := imapString(r.items[3])
		name := imapDecodeName(wire)
		if sep := imapString(r.items[2]); sep != "" && sep != "/" {
			name = strings.ReplaceAll(name, sep, "/")
		}
		all = append(all, imapFolder{wire: wire, name: name})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the folders: %w", err)
	}
	slices.SortFunc(all, func(a, b imapFolder) int { return strings.Compare(a.name, b.name) })
	if len(m.chosen) == 0 {
		return all, nil
	}
	var out []imapFolder
	for _, f := range all {
		if slices.ContainsFunc(m.chosen, func(want string) bool {
			return f.name == want || strings.HasPrefix(f.name, want+"/") || strings.EqualFold(want, "INBOX") && strings.EqualFold(f.name, "INBOX")
		}) {
			out = append(out, f)
		}
	}
	for _, want := range m.chosen {
		if !slices.ContainsFunc(out, func(f imapFolder) bool { return strings.EqualFold(f.name, want) || strings.HasPrefix(f.name, want+"/") }) {
			return nil, fmt.Errorf("%w: there is no folder %q", ErrNoTable, want)
		}
	}
	return out, nil
}

func imapString(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

func imapNumber(v any) uint32 {
	n, _ := strconv.ParseUint(imapString(v), 10, 32)
	return uint32(n)
}

func imapFolderName(f imapFolder) string { return imapQuote(f.wire) }

// status asks how a folder stands without opening it.
func (f *imapFolder) status(ctx context.Context, c *imapConn) error {
	_, err := c.do(ctx, "STATUS "+imapFolderName(*f)+" (MESSAGES UIDNEXT UIDVALIDITY)", 1<<16, func(r imapReply) error {
		if r.word(0) != "STATUS" || len(r.items) < 3 {
			return nil
		}
		list, _ := r.items[2].([]any)
		for i := 0; i+1 < len(list); i += 2 {
			n := imapNumber(list[i+1])
			switch strings.ToUpper(imapString(list[i])) {
			case "MESSAGES":
				f.messages = n
			case "UIDNEXT":
				f.next = n
			case "UIDVALIDITY":
				f.validity = n
			}
		}
		return nil
	})
	return err
}

// examine opens a folder for reading alone.
func (f *imapFolder) examine(ctx context.Context, c *imapConn) error {
	if c.folder == f.wire {
		return nil
	}
	c.folder = ""
	var validity, messages uint32
	code := func(text string) {
		if _, n, ok := strings.Cut(text, "[UIDVALIDITY "); ok {
			n, _, _ = strings.Cut(n, "]")
			validity = imapNumber(n)
		}
	}
	r, err := c.do(ctx, "EXAMINE "+imapFolderName(*f), 1<<20, func(r imapReply) error {
		if r.word(1) == "EXISTS" {
			messages = imapNumber(r.items[0])
		}
		code(r.text)
		return nil
	})
	if err != nil {
		return err
	}
	code(r.text)
	if f.validity != 0 && validity != f.validity {
		return fmt.Errorf("the folder %q has been made anew on the server while it was read; read it again", f.name)
	}
	f.validity, f.messages, c.folder = validity, messages, f.wire
	return nil
}

// stand is how the folders stand, and a fingerprint of that. A message never
// changes and its UID is given once, so that UIDVALIDITY, UIDNEXT and the number of messages tell
// whether any has come or gone. HIGHESTMODSEQ tells of flags too, which are not read.
func (m *imap) stand(ctx context.Context, c *imapConn, report func(Problem)) ([]imapFolder, string, error) {
	all, err := m.folders(ctx, c)
	if err != nil {
		return nil, "", err
	}
	h := sha256.New()
	var out []imapFolder
	for _, f := range all {
		err := f.status(ctx, c)
		var no *imapRefused
		if errors.As(err, &no) {
			report(Problem{Table: messageTable, Key: f.name, Why: "the folder cannot be read: " + err.Error(), Mend: "give the login read rights on it, or choose folders in the URL"})
			fmt.Fprintf(h, "%q -\n", f.name)
			continue
		}
		if err != nil {
			return nil, "", err
		}
		out = append(out, f)
		fmt.Fprintf(h, "%q %d %d %d\n", f.name, f.validity, f.next, f.messages)
	}
	return out, hex.EncodeToString(h.Sum(nil)[:16]), nil
}

func (m *imap) Fingerprint(ctx context.Context, table string) (string, error) {
	var st string
	err := m.session(ctx, func(c *imapConn) (err error) {
		_, st, err = m.stand(ctx, c, func(Problem) {})
		return err
	})
	if err != nil {
		return "", m.failed(table, "fingerprinting", err)
	}
	return st, nil
}

// session does something over a connection.
func (m *imap) session(ctx context.Context, do func(*imapConn) error) error {
	r := &imapReader{imap: m}
	defer r.close()
	return r.try(ctx, do)
}

// Check logs in and looks at every folder.
func (m *imap) Check(ctx context.Context) (Health, error) {
	h := Health{Engine: "IMAP", Login: m.login.user, Tables: len(m.schema.Tables), ReadOnly: true}
	report := func(p Problem) {
		p.Source = m.name
		h.Problems = append(h.Problems, p)
	}
	err := m.session(ctx, func(c *imapConn) error {
		folders, _, err := m.stand(ctx, c, report)
		if err == nil && len(folders) == 0 {
			report(Problem{Why: "there is no folder that can be read"})
		}
		return err
	})
	if err != nil {
		return h, m.failed("", "checking", err)
	}
	return h, nil
}

// failed sorts what can go wrong into what people can do about it.
func (m *imap) failed(table, doing string, err error) *Error {
	e := m.fail(table, doing, err)
	var cert *tls.CertificateVerificationError
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case e.Mend != "":
	case errors.Is(err, ErrRefused):
		e.Mend = "check the user and the password or token in the URL; for Microsoft 365 and Google a token is needed: token=env:NAME"
	case errors.As(err, &cert):
		e.Err, e.Mend = fmt.Errorf("%w: the server's certificate cannot be verified", ErrUnreachable), "name its authority's certificate in the URL (ca=FILE), and the server as the certificate does"
	case errors.As(err, &dns), errors.As(err, &op) && op.Op == "dial":
		e.Err, e.Mend = fmt.Errorf("%w: %s", ErrUnreachable, netReason(err)), "check the host and port in the URL, and that the server takes connections from here"
	case lost(err):
		e.Err, e.Mend = fmt.Errorf("%w: the connection was lost: %s", ErrUnreachable, netReason(err)), "try again; if it goes on, see the server's log"
	}
	return e
}

// letters lists the messages and reads them in batches.
func (m *imap) letters(ctx context.Context) (letters, error) {
	r := &imapReader{imap: m}
	p, err := r.index(ctx)
	if err != nil {
		r.close()
		return letters{}, m.failed("", "reading", err)
	}
	read := func(ctx context.Context, list []letter) (*doc.Mail, error) {
		mail, err := r.mail(ctx, list)
		if err != nil {
			return nil, m.failed("", "reading", err)
		}
		return mail, nil
	}
	return letters{p, read, r.close}, nil
}
