package source

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// imapConn speaks as much IMAP (RFC 3501, RFC 9051) as reading takes. What a server
// sends is bounded before it is believed: each command says how many bytes its
// answer may have, and a literal that claims more is refused unread.
type imapConn struct {
	net.Conn
	r       *bufio.Reader
	tag     int
	most    int64 // bytes that the answer under way may still have
	timeout time.Duration
	can     map[string]bool // capabilities, in capitals
	folder  string          // that is being examined
}

// imapReply is one reply: tag "*" and what the server tells, "+" and its wish for more, or
// the tag of the command that it ends.
type imapReply struct {
	tag    string
	status string // OK, NO, BAD, BYE or PREAUTH where it is one
	text   string // of a status, with its code in brackets
	items  []any  // else: string, []byte of a literal, []any of a list, nil
}

var (
	errIMAPForm = errors.New("the server's answer is not in the form of IMAP")
	errIMAPMost = errors.New("the server's answer is longer than it can be")
)

// imapRefused is a NO or a BAD.
type imapRefused struct{ status, text string }

func (e *imapRefused) Error() string {
	return "the server says " + e.status + ": " + cut(strings.ToValidUTF8(e.text, "\uFFFD"), 200)
}

// Read gives up when nothing has come for as long as the limits have it.
func (c *imapConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *imapConn) byte() (byte, error) {
	if c.most--; c.most < 0 {
		return 0, errIMAPMost
	}
	b, err := c.r.ReadByte()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// line is the rest of a line.
func (c *imapConn) line() (string, error) {
	var b strings.Builder
	for {
		x, err := c.byte()
		if err != nil {
			return "", err
		}
		if x == '\n' {
			return strings.TrimSuffix(b.String(), "\r"), nil
		}
		b.WriteByte(x)
	}
}

// word is what stands before the next space or the end of the line; end is what ended it.
func (c *imapConn) word() (word string, end byte, err error) {
	var b strings.Builder
	for {
		x, err := c.byte()
		if err != nil {
			return "", 0, err
		}
		if x == ' ' || x == '\n' {
			return strings.TrimSuffix(b.String(), "\r"), x, nil
		}
		b.WriteByte(x)
	}
}

// reply reads one reply with the literals in it.
func (c *imapConn) reply() (imapReply, error) {
	tag, end, err := c.word()
	if err != nil {
		return imapReply{}, err
	}
	r := imapReply{tag: tag}
	if tag == "+" || end == '\n' {
		if end == ' ' {
			r.text, err = c.line()
		}
		return r, err
	}
	first, end, err := c.word()
	if err != nil {
		return r, err
	}
	switch up := strings.ToUpper(first); up {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		r.status = up
		if end == ' ' {
			r.text, err = c.line()
		}
		return r, err
	}
	r.items = []any{first}
	if end == ' ' {
		var more []any
		more, err = c.list('\n', 0)
		r.items = append(r.items, more...)
	}
	return r, err
}

// list reads items up to a closing bracket or the end of the line.
func (c *imapConn) list(until byte, depth int) ([]any, error) {
	if depth > 32 {
		return nil, errIMAPForm
	}
	var out []any
	for {
		x, err := c.byte()
		if err != nil {
			return nil, err
		}
		switch {
		case x == until:
			return out, nil
		case x == ' ' || x == '\r':
			continue
		case x == '\n' || x == ')':
			return nil, errIMAPForm
		case x == '(':
			in, err := c.list(')', depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, in)
		case x == '"':
			s, err := c.quoted()
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		case x == '{':
			b, err := c.literal()
			if err != nil {
				return nil, err
			}
			out = append(out, b)
		default:
			s, err := c.atom(x)
			if err != nil {
				return nil, err
			}
			if strings.EqualFold(s, "NIL") {
				out = append(out, nil)
			} else {
				out = append(out, s)
			}
		}
	}
}

func (c *imapConn) quoted() (string, error) {
	var b strings.Builder
	for {
		x, err := c.byte()
		switch {
		case err != nil:
			return "", err
		case x == '"':
			return b.String(), nil
		case x == '\n':
			return "", errIMAPForm
		case x == '\\':
			if x, err = c.byte(); err != nil {
				return "", err
			}
		}
		b.WriteByte(x)
	}
}

// atom reads on from a first byte. What stands in square brackets belongs to it:
// BODY[HEADER.FIELDS (Subject)].
func (c *imapConn) atom(x byte) (string, error) {
	var b strings.Builder
	within := false
	for {
		b.WriteByte(x)
		switch x {
		case '[':
			within = true
		case ']':
			within = false
		}
		p, err := c.r.Peek(1)
		if err != nil {
			return "", err
		}
		if p[0] == '\r' || p[0] == '\n' || !within && (p[0] == ' ' || p[0] == '(' || p[0] == ')') {
			return b.String(), nil
		}
		if x, err = c.byte(); err != nil {
			return "", err
		}
	}
}

func (c *imapConn) literal() ([]byte, error) {
	s, err := c.line()
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSuffix(s, "}"), "+"), 10, 63)
	if err != nil || !strings.HasSuffix(s, "}") {
		return nil, errIMAPForm
	}
	if int64(n) > c.most {
		return nil, fmt.Errorf("%w: it announces %s bytes", errIMAPMost, s[:len(s)-1])
	}
	c.most -= int64(n)
	// What is announced may never come: memory grows with what does.
	b, err := io.ReadAll(io.LimitReader(c.r, int64(n)))
	if err == nil && uint64(len(b)) < n {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// do sends a command and gives what the server tells until it ends it. more answers its
// wishes for more. An answer has at most so many bytes.
func (c *imapConn) do(ctx context.Context, command string, most int64, tell func(imapReply) error, more ...string) (imapReply, error) {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	r, err := c.exchange(command, most, tell, more)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return r, err
}

func (c *imapConn) exchange(command string, most int64, tell func(imapReply) error, more []string) (imapReply, error) {
	c.tag++
	tag := "t" + strconv.Itoa(c.tag)
	c.most = most
	if err := c.send(tag + " " + command); err != nil {
		return imapReply{}, err
	}
	for {
		r, err := c.reply()
		switch {
		case err != nil:
			return r, err
		case r.tag == tag && r.status == "OK":
			return r, nil
		case r.tag == tag:
			return r, &imapRefused{r.status, r.text}
		case r.tag == "+":
			line := "" // which ends what the server will not have
			if len(more) > 0 {
				line, more = more[0], more[1:]
			}
			if err := c.send(line); err != nil {
				return r, err
			}
		case r.status == "BYE" && !strings.HasPrefix(command, "LOGOUT"):
			return r, fmt.Errorf("%w: the server has ended the connection: %s", io.ErrUnexpectedEOF, cut(strings.ToValidUTF8(r.text, "\uFFFD"), 200))
		case r.tag != "*":
			return r, errIMAPForm
		case tell != nil:
			if err := tell(r); err != nil {
				return r, err
			}
		}
	}
}

func (c *imapConn) send(line string) error {
	if err := c.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return err
	}
	_, err := c.Write([]byte(line + "\r\n"))
	return err
}

// word of a reply, in capitals.
func (r imapReply) word(i int) string {
	if i < len(r.items) {
		if s, ok := r.items[i].(string); ok {
			return strings.ToUpper(s)
		}
	}
	return ""
}

// capabilities asks what the server can do.
func (c *imapConn) capabilities(ctx context.Context) error {
	c.can = map[string]bool{}
	_, err := c.do(ctx, "CAPABILITY", 1<<16, func(r imapReply) error {
		if r.word(0) == "CAPABILITY" {
			for i := range r.items {
				c.can[r.word(i)] = true
			}
		}
		return nil
	})
	return err
}

// login proves who we are: by a token where there is one, else by a password.
func (c *imapConn) login(ctx context.Context, user, password, token string) error {
	if strings.ContainsAny(user+password+token, "\r\n\x00") {
		return errors.New("the user, the password or the token holds a line break")
	}
	enc := base64.StdEncoding.EncodeToString
	var err error
	switch {
	case token != "" && c.can["AUTH=OAUTHBEARER"]: // RFC 7628; its = and , are written otherwise
		name := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(user)
		_, err = c.do(ctx, "AUTHENTICATE OAUTHBEARER", 1<<16, nil, enc([]byte("n,a="+name+",\x01auth=Bearer "+token+"\x01\x01")), "AQ==")
	case token != "":
		_, err = c.do(ctx, "AUTHENTICATE XOAUTH2", 1<<16, nil, enc([]byte("user="+user+"\x01auth=Bearer "+token+"\x01\x01")))
	case c.can["AUTH=PLAIN"]: // RFC 4616
		_, err = c.do(ctx, "AUTHENTICATE PLAIN", 1<<16, nil, enc([]byte("\x00"+user+"\x00"+password)))
	case c.can["LOGINDISABLED"]:
		return errors.New("the server takes no passwords on this connection")
	default:
		_, err = c.do(ctx, "LOGIN "+imapQuote(user)+" "+imapQuote(password), 1<<16, nil)
	}
	var no *imapRefused
	if !errors.As(err, &no) {
		return err
	}
	// What the server says may quote the login: its code alone is passed on (RFC 5530).
	for _, code := range []string{"LIMIT", "UNAVAILABLE", "INUSE", "SERVERBUG", "CONTACTADMIN"} {
		if strings.HasPrefix(strings.ToUpper(no.text), "["+code+"]") {
			return fmt.Errorf("%w: the server lets nobody in just now (%s)", ErrUnreachable, code)
		}
	}
	return ErrRefused
}

func imapQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// The names of folders are written in UTF-7 as IMAP modifies it (RFC 3501, 5.1.3).
var imapBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

func imapDecodeName(s string) string {
	var b strings.Builder
	for s != "" {
		before, rest, found := strings.Cut(s, "&")
		b.WriteString(before)
		if !found {
			break
		}
		code, after, ended := strings.Cut(rest, "-")
		raw, err := imapBase64.DecodeString(code)
		switch {
		case !ended || err != nil || len(raw)%2 != 0: // a server that writes UTF-8, or nonsense
			b.WriteString("&")
			s = rest
			continue
		case code == "":
			b.WriteString("&")
		default:
			u := make([]uint16, len(raw)/2)
			for i := range u {
				u[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
			}
			b.WriteString(string(utf16.Decode(u)))
		}
		s = after
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

func imapEncodeName(s string) string {
	var b strings.Builder
	for s != "" {
		r, n := utf8.DecodeRuneInString(s)
		if r >= 0x20 && r <= 0x7E {
			b.WriteRune(r)
			if r == '&' {
				b.WriteByte('-')
			}
			s = s[n:]
			continue
		}
		i := strings.IndexFunc(s, func(r rune) bool { return r >= 0x20 && r <= 0x7E })
		if i < 0 {
			i = len(s)
		}
		var raw []byte
		for _, u := range utf16.Encode([]rune(s[:i])) {
			raw = append(raw, byte(u>>8), byte(u))
		}
		b.WriteString("&" + imapBase64.EncodeToString(raw) + "-")
		s = s[i:]
	}
	return b.String()
}
