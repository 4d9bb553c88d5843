package doc

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

// Mail is one message of RFC 5322, as much of it as could be read.
type Mail struct {
	ID         string // Message-ID without its angle brackets; empty if there is none
	InReplyTo  string
	References []string  // oldest first
	Date       time.Time // UTC; zero if it cannot be read, see DateText
	DateText   string    // as written
	From       string    // "Name <address>", several parted by ", "
	To         string
	Cc         string
	Bcc        string
	Subject    string
	// Text is the whole body with what it quotes, HTML turned into text.
	Text        string
	Attachments []Attachment
	Problems    []Problem
}

// Attachment is a part of a message that is not its body. Those of a message
// within the message follow it in the list, their Part beginning with its own.
type Attachment struct {
	Part  string // where it stands: "2.1"; "2/1" is part 1 of the message that is part 2
	Name  string // as the sender called it; may be empty, may be anything
	Type  string // as the sender declared it, lower case: "application/pdf"
	Bytes []byte // decoded from its transfer encoding
	Mail  *Mail  // set where the attachment is itself a message
}

// ReadMail reads one message. It has no error to return: of a message that
// breaks every rule it returns the text as it stands, and says so in Problems.
func ReadMail(r io.Reader, l Limits) *Mail {
	l = l.withDefaults()
	raw, over, err := readAll(r, l.Bytes)
	m := readMail(raw, &budget{nesting: l.Nesting, parts: l.Parts})
	if over {
		m.lost("", overLimit(l.Bytes))
	}
	if err != nil {
		m.lost("", "cannot be read to its end: "+err.Error())
	}
	return m
}

// budget is what is left of the limits as messages in messages are read.
type budget struct{ nesting, parts int }

func readMail(raw []byte, b *budget) (m *Mail) {
	m = &Mail{}
	defer func() {
		// The parsers below are other people's, and the input is anybody's.
		if p := recover(); p != nil {
			m = &Mail{}
			m.unparsed(raw, "the message broke the mail parser")
		}
	}()
	if b.nesting <= 0 {
		m.unparsed(raw, "messages within messages beyond the limit of nesting")
		return m
	}
	depth, parts := measure(raw)
	if depth > b.nesting || parts > b.parts {
		m.unparsed(raw, fmt.Sprintf("%d parts, nested %d deep, over the limit", parts, depth))
		return m
	}
	b.nesting--
	defer func() { b.nesting++ }()
	b.parts -= parts

	root, err := parser.ReadParts(bytes.NewReader(skipFromLine(raw)))
	if err != nil || root == nil {
		m.unparsed(raw, "not in the form of a mail message")
		return m
	}
	m.headers(root.Header)
	m.Text = strings.TrimSpace(m.body(root, b))
	if uuencoded.MatchString(m.Text) {
		m.Text = m.uudecode(m.Text, b)
	}
	return m
}

var parser = enmime.NewParser(
	enmime.SkipMalformedParts(true),
	enmime.MultipartWOBoundaryAsSinglePart(true),
	enmime.DisableCharacterDetection(true),
	enmime.StripMediaTypeInvalidCharacters(true),
	enmime.MaxStoredPartErrors(20),
	enmime.SetReadPartErrorPolicy(func(*enmime.Part, error) bool { return true }),
)

var uuencoded = regexp.MustCompile(`(?m)^begin [0-7]{3,4} \S`)

// skipFromLine leaves out the envelope line that mailboxes put before a message.
func skipFromLine(raw []byte) []byte {
	if bytes.HasPrefix(raw, []byte("From ")) {
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			return raw[i+1:]
		}
	}
	return raw
}

func (m *Mail) lost(where, why string) {
	m.Problems = append(m.Problems, Problem{Where: where, Why: why, Lost: true})
}

func (m *Mail) note(where, why string) {
	m.Problems = append(m.Problems, Problem{Where: where, Why: why})
}

// unparsed keeps a message that cannot be taken apart: its headers if they can
// be read, and the rest as it stands.
func (m *Mail) unparsed(raw []byte, why string) {
	m.lost("", why+"; its source is shown instead")
	if msg, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil {
		m.headers(textproto.MIMEHeader(msg.Header))
	}
	var problems []Problem
	m.Text, problems = Decode(raw)
	m.Problems = append(m.Problems, problems...)
}

func (m *Mail) headers(h textproto.MIMEHeader) {
	m.ID = firstID(h.Get("Message-Id"))
	m.InReplyTo = firstID(h.Get("In-Reply-To"))
	m.References = messageIDs(h.Get("References"))
	m.Subject = m.words("Subject", h.Get("Subject"))
	m.From = m.addresses("From", h)
	m.To = m.addresses("To", h)
	m.Cc = m.addresses("Cc", h)
	m.Bcc = m.addresses("Bcc", h)
	m.DateText = m.words("Date", h.Get("Date"))
	if m.DateText == "" {
		m.note("header Date", "missing")
	} else if t, err := mail.ParseDate(m.DateText); err != nil {
		m.note("header Date", "not a date of RFC 5322; left as it stands")
	} else {
		m.Date = t.UTC()
	}
	if m.From == "" {
		m.note("header From", "missing or empty")
	}
}

// words decodes RFC 2047 and whatever else stands in a header.
func (m *Mail) words(name, raw string) string {
	s := raw
	dec := mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
	if d, err := dec.DecodeHeader(raw); err == nil {
		s = d
	} else if strings.Contains(raw, "=?") {
		m.note("header "+name, "encoded in a way that cannot be read; left as it stands")
	}
	s, problems := Decode([]byte(s))
	for _, p := range problems {
		m.note("header "+name, p.Why)
	}
	return strings.Join(strings.Fields(s), " ")
}

// addresses lists the mailboxes of a header, which may stand several times.
func (m *Mail) addresses(name string, h textproto.MIMEHeader) string {
	var out []string
	for _, raw := range h.Values(name) {
		if strings.TrimSpace(raw) == "" {
			continue
		}
		list, err := enmime.ParseAddressList(raw)
		if err != nil {
			m.note("header "+name, "not a list of addresses; left as it stands")
			out = append(out, m.words(name, raw))
			continue
		}
		for _, a := range list {
			out = append(out, m.words(name, address(a)))
		}
	}
	return strings.Join(out, ", ")
}

// Address writes a mailbox as Mail has it: the name, which may be empty, and the address, which may be too.
func Address(name, addr string) string {
	name, addr = strings.Join(strings.Fields(clean(name)), " "), strings.Join(strings.Fields(clean(addr)), " ")
	switch {
	case addr == "":
		return name
	case name == addr:
		name = ""
	}
	return address(&mail.Address{Name: name, Address: addr})
}

func address(a *mail.Address) string {
	switch {
	case a.Name == "":
		return a.Address
	case strings.ContainsAny(a.Name, ",;<>@"):
		return `"` + strings.ReplaceAll(a.Name, `"`, "'") + `" <` + a.Address + ">"
	}
	return a.Name + " <" + a.Address + ">"
}

var messageID = regexp.MustCompile(`<([^<>\s]+)>`)

func messageIDs(s string) []string {
	var out []string
	for _, m := range messageID.FindAllStringSubmatch(s, -1) {
		out = append(out, strings.ToValidUTF8(m[1], "\uFFFD"))
	}
	return out
}

func firstID(s string) string {
	if ids := messageIDs(s); len(ids) > 0 {
		return ids[0]
	}
	if f := strings.Fields(s); len(f) == 1 { // brackets are often forgotten
		return strings.ToValidUTF8(strings.Trim(f[0], "<>"), "\uFFFD")
	}
	return ""
}

// body is the text that a part and what is in it add to the message's body.
// Whatever is not that becomes an attachment.
func (m *Mail) body(p *enmime.Part, b *budget) string {
	m.parseErrors(p)
	m.transfer(p)
	inline := p.Disposition != "attachment" && p.FileName == ""
	switch {
	case p.FirstChild != nil && p.ContentType == "multipart/alternative":
		return m.alternative(p, b)
	case p.FirstChild != nil:
		var texts []string
		for c := p.FirstChild; c != nil; c = c.NextSibling {
			if t := m.body(c, b); t != "" {
				texts = append(texts, t)
			}
		}
		return strings.Join(texts, "\n\n")
	case strings.HasPrefix(p.ContentType, "multipart/"):
		m.lost("part "+p.PartID, "a multipart without parts that can be told apart; its source is shown instead")
		return m.decode(p)
	case inline && p.ContentType == "text/html":
		src := ""
		if p.Charset == "" && !utf8.Valid(p.Content) {
			var problems []Problem
			src, problems = decodeHTML(p.Content)
			m.add(p, problems)
		} else {
			src = m.decode(p)
		}
		text, problems := htmlText(src)
		m.add(p, problems)
		return text
	case inline && (p.ContentType == "text/plain" || p.ContentType == ""):
		return m.decode(p)
	}
	m.attach(p, b)
	return ""
}

// alternative takes the plain version of a body, and the HTML version where
// there is no plain one. An HTML version that says much more is added, so
// that nothing is missed behind "please turn HTML on".
func (m *Mail) alternative(p *enmime.Part, b *budget) string {
	var plain, other []string
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		t := m.body(c, b)
		switch {
		case strings.TrimSpace(t) == "":
		case c.ContentType == "text/plain" || c.ContentType == "":
			plain = append(plain, t)
		default:
			other = append(other, t)
		}
	}
	text, rest := strings.Join(plain, "\n\n"), strings.Join(other, "\n\n")
	switch n := len(strings.Fields(text)); {
	case n == 0:
		return rest
	case len(strings.Fields(rest)) > n+n/2:
		m.note("body", "the HTML version says more than the plain one; both are shown")
		return text + "\n\n" + rest
	}
	return text
}

func (m *Mail) decode(p *enmime.Part) string {
	text, problems := Decode(p.Content)
	m.add(p, problems)
	// What calls itself ISO 8859-1 is Windows-1252 if it holds control characters
	// of the upper half, which no text does.
	return strings.Map(func(r rune) rune {
		if r >= 0x80 && r < 0xA0 {
			return charmap.Windows1252.DecodeByte(byte(r))
		}
		return r
	}, text)
}

func (m *Mail) add(p *enmime.Part, problems []Problem) {
	for _, q := range problems {
		q.Where = strings.TrimSuffix("part "+p.PartID+", "+q.Where, ", ")
		m.Problems = append(m.Problems, q)
	}
}

// parseErrors passes on what enmime has to say. Of malformed headers the detail
// is left out: it quotes them, and they may hold personal data.
func (m *Mail) parseErrors(p *enmime.Part) {
	for _, e := range p.Errors {
		if e.Name == enmime.ErrorPlainTextFromHTML || e.Name == enmime.ErrorMissingContentType {
			continue // not problems: parts may leave their type out
		}
		why := strings.ToLower(e.Name)
		if e.Name != enmime.ErrorMalformedHeader && e.Name != enmime.ErrorMalformedChildPart {
			why += ": " + strings.ToValidUTF8(e.Detail, "\uFFFD")
		}
		m.Problems = append(m.Problems, Problem{Where: "part " + p.PartID, Why: why, Lost: e.Severe})
	}
}

func (m *Mail) attach(p *enmime.Part, b *budget) {
	a := Attachment{Part: p.PartID, Type: strings.ToLower(p.ContentType), Bytes: p.Content}
	a.Name = m.words("name of part "+p.PartID, p.FileName)
	if a.Type != "message/rfc822" || len(p.Content) == 0 {
		m.Attachments = append(m.Attachments, a)
		return
	}
	inner := readMail(p.Content, b)
	a.Mail = inner
	m.Attachments = append(m.Attachments, a)
	for _, sub := range inner.Attachments {
		sub.Part = p.PartID + "/" + sub.Part
		m.Attachments = append(m.Attachments, sub)
	}
	inner.Attachments = nil
	m.add(p, inner.Problems)
}

// Flat is the message as one text: the headers people read, then the body.
func (m *Mail) Flat() string {
	var b strings.Builder
	for _, h := range [...][2]string{{"From", m.From}, {"To", m.To}, {"Cc", m.Cc}, {"Bcc", m.Bcc}, {"Date", m.DateText}, {"Subject", m.Subject}} {
		if h[1] != "" {
			fmt.Fprintf(&b, "%s: %s\n", h[0], h[1])
		}
	}
	b.WriteString("\n")
	b.WriteString(m.Text)
	return b.String()
}

var boundaryParam = regexp.MustCompile(`(?i)boundary(?:\*\d*\*?)?\s*=\s*(?:"([^"]+)"|([^\s;"]+))`)

// measure says how deep a message's parts are nested and how many there are,
// by its boundary lines alone, before anything recurses into them.
func measure(raw []byte) (depth, parts int) {
	var open []string
	for len(raw) > 0 {
		line := raw
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			line, raw = raw[:i], raw[i+1:]
		} else {
			raw = nil
		}
		line = bytes.TrimRight(line, "\r \t")
		if bytes.HasPrefix(line, []byte("--")) {
			for i := len(open) - 1; i >= 0; i-- {
				if rest, ok := bytes.CutPrefix(line[2:], []byte(open[i])); ok {
					open = open[:i+1]
					if string(rest) == "--" {
						open = open[:i]
					} else {
						parts++
					}
					break
				}
			}
			continue
		}
		if len(line) > 1000 {
			continue
		}
		if s := boundaryParam.FindSubmatch(line); s != nil && len(open) < 1<<10 {
			open = append(open, string(s[1])+string(s[2]))
			depth = max(depth, len(open))
		}
	}
	return depth, parts
}
