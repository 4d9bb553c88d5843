package doc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/mail"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// ReadMSG reads one message as Outlook saves it (.msg: MS-OXMSG in a compound file,
// MS-CFB). The error says that it is none, or is damaged beyond that.
func ReadMSG(r io.Reader, l Limits) (*Mail, error) {
	l = l.withDefaults()
	data, over, err := readAll(r, l.Bytes)
	if err != nil {
		return nil, err
	}
	m, err := readMSG(data, l)
	if err == nil && over {
		m.lost("", overLimit(l.Bytes))
	}
	return m, err
}

// The properties of a message that are read, by their ids (MS-OXPROPS).
const (
	propSubject    = 0x0037
	propSubmitted  = 0x0039
	propHeaders    = 0x007D
	propSenderName = 0x0C1A
	propSenderMail = 0x0C1F
	propSenderSMTP = 0x5D01
	propRecipient  = 0x0C15
	propDelivered  = 0x0E06
	propBody       = 0x1000
	propRTF        = 0x1009
	propHTML       = 0x1013
	propID         = 0x1035
	propReferences = 0x1039
	propReplyTo    = 0x1042
	propName       = 0x3001
	propMail       = 0x3003
	propAttached   = 0x3701
	propShortName  = 0x3704
	propLongName   = 0x3707
	propMIME       = 0x370E
	propSMTP       = 0x39FE
	propCodePage   = 0x3FFD
)

// properties are those of one object: a message, a recipient or an attachment.
type properties struct {
	in     *storage
	fixed  map[uint16][]byte // the eight bytes of those that have so few
	legacy int               // code page of strings that are not Unicode
}

// open reads the fixed properties of an object, which follow a header of so many bytes.
func open(s *storage, header, legacy int) properties {
	p := properties{in: s, fixed: map[uint16][]byte{}, legacy: legacy}
	b := s.streams["__properties_version1.0"]
	for b = b[min(header, len(b)):]; len(b) >= 16; b = b[16:] {
		p.fixed[u16(b[2:])] = b[8:16]
	}
	return p
}

func (p properties) number(id uint16) int {
	if b, ok := p.fixed[id]; ok {
		return int(u32(b))
	}
	return 0
}

// time is a FILETIME: tenths of microseconds since 1601.
func (p properties) time(id uint16) (time.Time, bool) {
	b, ok := p.fixed[id]
	if !ok {
		return time.Time{}, false
	}
	const unix = 116444736000000000
	n := int64(binary.LittleEndian.Uint64(b)) - unix
	t := time.Unix(n/1e7, n%1e7*100).UTC()
	return t, t.Year() > 1970 && t.Year() < 2200
}

func (p properties) bytes(id uint16) []byte {
	return p.in.streams[fmt.Sprintf("__substg1.0_%04X0102", id)]
}

// text is a string, in Unicode or in the code page of whoever wrote it.
func (p properties) text(id uint16) string {
	if b, ok := p.in.streams[fmt.Sprintf("__substg1.0_%04X001F", id)]; ok {
		u := make([]uint16, len(b)/2)
		for i := range u {
			u[i] = u16(b[2*i:])
		}
		return clean(string(utf16.Decode(u)))
	}
	b := p.in.streams[fmt.Sprintf("__substg1.0_%04X001E", id)]
	if e := codePage(p.legacy); e != nil {
		if s, err := e.NewDecoder().Bytes(b); err == nil {
			return clean(string(s))
		}
	}
	s, _ := Decode(b)
	return clean(s)
}

func clean(s string) string {
	return strings.ToValidUTF8(cleanText.Replace(strings.TrimRight(s, "\x00")), "\uFFFD")
}

func readMSG(data []byte, l Limits) (*Mail, error) {
	root, err := readStorage(data, l.Files)
	if err != nil {
		return nil, err
	}
	if root.streams["__properties_version1.0"] == nil {
		return nil, errors.New("the file is damaged: it has no list of properties, as a message of Outlook has")
	}
	parts := l.Parts
	return outlookMail(root, 32, l.Nesting, &parts, l), nil
}

// outlookMail reads a message from where its properties stand.
func outlookMail(s *storage, header, nesting int, parts *int, l Limits) *Mail {
	m := &Mail{}
	p := open(s, header, 1252)
	if n := p.number(propCodePage); n > 0 {
		p.legacy = n
	}
	// The headers as they came, where the message came from outside.
	if raw := p.text(propHeaders); raw != "" {
		if msg, err := mail.ReadMessage(strings.NewReader(strings.TrimSpace(raw) + "\n\n")); err == nil {
			m.headers(textproto.MIMEHeader(msg.Header))
		} else {
			m.note("headers", "cannot be taken apart; Outlook's own account of them is shown")
		}
		m.Problems = nil // of what Outlook says again below
	}
	if t, ok := p.time(propSubmitted); ok && m.Date.IsZero() {
		m.Date, m.DateText = t, t.Format(time.RFC3339)
	} else if t, ok := p.time(propDelivered); ok && m.Date.IsZero() {
		m.Date, m.DateText = t, t.Format(time.RFC3339)
	}
	if m.Date.IsZero() && m.DateText == "" {
		m.note("header Date", "missing")
	}
	set := func(to *string, s string) {
		if *to == "" {
			*to = strings.TrimSpace(s)
		}
	}
	set(&m.Subject, p.text(propSubject))
	set(&m.ID, firstID(p.text(propID)))
	set(&m.InReplyTo, firstID(p.text(propReplyTo)))
	if len(m.References) == 0 {
		m.References = messageIDs(p.text(propReferences))
	}
	from := p.text(propSenderSMTP)
	if from == "" {
		from = p.text(propSenderMail)
	}
	set(&m.From, address(&mail.Address{Name: p.text(propSenderName), Address: from}))
	m.outlookBody(p)

	var to [4][]string
	for _, name := range slices.Sorted(maps.Keys(s.folders)) {
		sub := s.folders[name]
		switch {
		case strings.HasPrefix(name, "__recip_version1.0_"):
			r := open(sub, 8, p.legacy)
			a := &mail.Address{Name: r.text(propName), Address: r.text(propSMTP)}
			if a.Address == "" {
				a.Address = r.text(propMail)
			}
			if a.Name == a.Address {
				a.Name = ""
			}
			kind := min(max(r.number(propRecipient)&3, 1), 3)
			to[kind] = append(to[kind], address(a))
		case strings.HasPrefix(name, "__attach_version1.0_"):
			if *parts--; *parts < 0 {
				m.lost("", fmt.Sprintf("more than %d attachments; the rest were not read", l.Parts))
				continue
			}
			m.outlookAttachment(sub, p.legacy, nesting, parts, l)
		}
	}
	set(&m.To, strings.Join(to[1], ", "))
	set(&m.Cc, strings.Join(to[2], ", "))
	set(&m.Bcc, strings.Join(to[3], ", "))
	if m.From == "" || m.From == " <>" {
		m.note("header From", "missing or empty")
	}
	return m
}

// outlookBody takes the plain version of a body, and adds the HTML where it says
// much more; it takes the Rich Text where there is neither.
func (m *Mail) outlookBody(p properties) {
	m.Text = strings.TrimSpace(p.text(propBody))
	page := p.bytes(propHTML)
	if len(page) == 0 {
		page = []byte(p.text(propHTML))
	}
	if len(page) > 0 {
		src, problems := decodeHTML(page)
		text, more := htmlText(src)
		for _, q := range append(problems, more...) {
			q.Where = strings.TrimSuffix("body, "+q.Where, ", ")
			m.Problems = append(m.Problems, q)
		}
		switch n := len(strings.Fields(m.Text)); {
		case n == 0:
			m.Text = text
		case len(strings.Fields(text)) > n+n/2:
			m.note("body", "the HTML version says more than the plain one; both are shown")
			m.Text += "\n\n" + text
		}
	}
	if packed := p.bytes(propRTF); m.Text == "" && len(packed) > 0 {
		rtf, err := unpackRTF(packed)
		if err != nil {
			m.lost("body", err.Error())
			return
		}
		d, err := Read(bytes.NewReader(rtf), "body.rtf", typeRTF, Limits{})
		if err != nil {
			m.lost("body", err.Error())
		}
		m.Text = strings.TrimSpace(d.Text)
		for _, q := range d.Problems {
			q.Where = strings.TrimSuffix("body, "+q.Where, ", ")
			m.Problems = append(m.Problems, q)
		}
	}
}

// outlookAttachment adds an attachment, and those of a message that is one.
func (m *Mail) outlookAttachment(s *storage, legacy, nesting int, parts *int, l Limits) {
	p := open(s, 8, legacy)
	a := Attachment{Part: strconv.Itoa(len(m.ownParts()) + 1), Name: p.text(propLongName), Type: strings.ToLower(p.text(propMIME)), Bytes: p.bytes(propAttached)}
	if a.Name == "" {
		a.Name = p.text(propShortName)
	}
	if a.Name == "" {
		a.Name = p.text(propName)
	}
	inner := s.folders[fmt.Sprintf("__substg1.0_%04X000D", propAttached)]
	switch {
	case inner == nil:
		if len(a.Bytes) == 0 {
			m.lost("part "+a.Part, "an attachment of which only the name is in the file")
		}
		m.Attachments = append(m.Attachments, a)
	case inner.streams["__properties_version1.0"] == nil:
		m.lost("part "+a.Part, "an embedded object, which was not read")
		m.Attachments = append(m.Attachments, a)
	case nesting <= 1:
		m.lost("part "+a.Part, "messages within messages beyond the limit of nesting")
	default:
		a.Mail, a.Type = outlookMail(inner, 24, nesting-1, parts, l), "message/rfc822"
		m.Attachments = append(m.Attachments, a)
		for _, sub := range a.Mail.Attachments {
			sub.Part = a.Part + "/" + sub.Part
			m.Attachments = append(m.Attachments, sub)
		}
		a.Mail.Attachments = nil
		for _, q := range a.Mail.Problems {
			q.Where = strings.TrimSuffix("part "+a.Part+", "+q.Where, ", ")
			m.Problems = append(m.Problems, q)
		}
	}
}

// ownParts are the attachments that are not those of an attached message.
func (m *Mail) ownParts() (own []Attachment) {
	for _, a := range m.Attachments {
		if !strings.Contains(a.Part, "/") {
			own = append(own, a)
		}
	}
	return own
}
