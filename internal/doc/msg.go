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
	"unicode/utf8"
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
	propClass        = 0x001A
	propForName      = 0x0042
	propForMail      = 0x0065
	propForSMTP      = 0x5D02
	propSubject      = 0x0037
	propSubmitted    = 0x0039
	propHeaders      = 0x007D
	propSenderName   = 0x0C1A
	propSenderMail   = 0x0C1F
	propSenderSMTP   = 0x5D01
	propRecipient    = 0x0C15
	propDelivered    = 0x0E06
	propBody         = 0x1000
	propRTF          = 0x1009
	propHTML         = 0x1013
	propID           = 0x1035
	propReferences   = 0x1039
	propReplyTo      = 0x1042
	propName         = 0x3001
	propMail         = 0x3003
	propAttached     = 0x3701
	propShortName    = 0x3704
	propLongName     = 0x3707
	propMIME         = 0x370E
	propMethod       = 0x3705
	propInternetPage = 0x3FDE
	propSMTP         = 0x39FE
	propCodePage     = 0x3FFD
)

// The kinds of value that a property may have (MS-OXCDATA, 2.11.1).
const (
	kindLong    = 0x0003
	kindObject  = 0x000D
	kindString8 = 0x001E
	kindString  = 0x001F
	kindTime    = 0x0040
	kindBinary  = 0x0102
)

// properties are those of one object: a message, a recipient or an attachment,
// in a file of its own or in an archive of many.
type properties struct {
	value  func(id, kind uint16) []byte // nil where there is none
	legacy int                          // code page of strings that are not Unicode
}

// outlookObject is a message with what hangs on it.
type outlookObject struct {
	properties
	class       string // "IPM.Note" for mail
	recipients  []properties
	attachments []outlookAttached
	rest        []outlookField // what kinds other than mail hold beside subject and body
}

// outlookAttached is an attachment: bytes, or an object, which may be a message.
type outlookAttached struct {
	properties
	object  bool
	message func() *outlookObject // nil if it is no message
}

func (p properties) number(id uint16) int {
	if b := p.value(id, kindLong); len(b) >= 4 {
		return int(u32(b))
	}
	return 0
}

// time is a FILETIME: tenths of microseconds since 1601.
func (p properties) time(id uint16) (time.Time, bool) {
	return fileTime(p.value(id, kindTime))
}

func fileTime(b []byte) (time.Time, bool) {
	if len(b) < 8 {
		return time.Time{}, false
	}
	const unix = 116444736000000000
	n := int64(binary.LittleEndian.Uint64(b)) - unix
	t := time.Unix(n/1e7, n%1e7*100).UTC()
	return t, t.Year() > 1970 && t.Year() < 2200
}

func (p properties) bytes(id uint16) []byte { return p.value(id, kindBinary) }

// text is a string, in Unicode or in the code page of whoever wrote it.
func (p properties) text(id uint16) string {
	if b := p.value(id, kindString); b != nil {
		return utf16Text(b)
	}
	return legacyText(p.value(id, kindString8), p.legacy)
}

func utf16Text(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = u16(b[2*i:])
	}
	return clean(string(utf16.Decode(u)))
}

func legacyText(b []byte, page int) string {
	if e := codePage(page); e != nil {
		if s, err := e.NewDecoder().Bytes(b); err == nil {
			return clean(string(s))
		}
	}
	s, _ := Decode(b)
	return clean(s)
}

// open reads the properties of an object in a compound file: those of eight bytes
// or fewer follow a header of so many, the others are streams of their own.
func open(s *storage, header, legacy int) properties {
	fixed := map[uint16][]byte{}
	b := s.streams["__properties_version1.0"]
	for b = b[min(header, len(b)):]; len(b) >= 16; b = b[16:] {
		fixed[u16(b[2:])] = b[8:16]
	}
	return properties{legacy: legacy, value: func(id, kind uint16) []byte {
		if kind == kindLong || kind == kindTime {
			return fixed[id]
		}
		return s.streams[fmt.Sprintf("__substg1.0_%04X%04X", id, kind)]
	}}
}

// object is the message whose properties stand in a storage, after a header of so many bytes.
func object(s *storage, header int, names map[uint16]string) *outlookObject {
	o := &outlookObject{properties: open(s, header, 1252)}
	if n := o.number(propCodePage); n > 0 {
		o.legacy = n
	}
	o.class = o.text(propClass)
	if !isMail(o.class) {
		var list [][2]uint16
		b := s.streams["__properties_version1.0"]
		for b = b[min(header, len(b)):]; len(b) >= 16; b = b[16:] {
			list = append(list, [2]uint16{u16(b[2:]), u16(b)})
		}
		o.rest = fieldsOf(o.properties, names, list)
	}
	for _, name := range slices.Sorted(maps.Keys(s.folders)) {
		sub := s.folders[name]
		switch {
		case strings.HasPrefix(name, "__recip_version1.0_"):
			o.recipients = append(o.recipients, open(sub, 8, o.legacy))
		case strings.HasPrefix(name, "__attach_version1.0_"):
			a := outlookAttached{properties: open(sub, 8, o.legacy)}
			if inner := sub.folders[fmt.Sprintf("__substg1.0_%04X%04X", propAttached, kindObject)]; inner != nil {
				a.object = true
				if inner.streams["__properties_version1.0"] != nil {
					a.message = func() *outlookObject { return object(inner, 24, names) }
				}
			}
			o.attachments = append(o.attachments, a)
		}
	}
	return o
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
	var names map[uint16]string
	if n := root.folders["__nameid_version1.0"]; n != nil {
		names = namedProperties(n.streams["__substg1.0_00030102"], n.streams["__substg1.0_00040102"])
	}
	parts := l.Parts
	return outlookMail(object(root, 32, names), l.Nesting, &parts, l), nil
}

// outlookMail is a message as mail.
func outlookMail(p *outlookObject, nesting int, parts *int, l Limits) *Mail {
	m := &Mail{}
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
	set(&m.Subject, strings.Join(strings.Fields(plainSubject(p.text(propSubject))), " "))
	set(&m.ID, firstID(p.text(propID)))
	set(&m.InReplyTo, firstID(p.text(propReplyTo)))
	if len(m.References) == 0 {
		m.References = messageIDs(p.text(propReferences))
	}
	set(&m.From, p.sender())
	m.outlookBody(p.properties)
	m.outlookRest(p)

	var to [4][]string
	for _, r := range p.recipients {
		a := &mail.Address{Name: r.text(propName), Address: r.text(propSMTP)}
		if a.Address == "" {
			a.Address = r.text(propMail)
		}
		if a.Name == a.Address {
			a.Name = ""
		}
		kind := min(max(r.number(propRecipient)&3, 1), 3)
		to[kind] = append(to[kind], address(a))
	}
	for i, a := range p.attachments {
		if *parts--; *parts < 0 {
			m.lost("", fmt.Sprintf("more than %d attachments; %d were not read", l.Parts, len(p.attachments)-i))
			break
		}
		m.outlookAttachment(a, nesting, parts, l)
	}
	set(&m.To, strings.Join(to[1], ", "))
	set(&m.Cc, strings.Join(to[2], ", "))
	set(&m.Bcc, strings.Join(to[3], ", "))
	if m.From == "" {
		m.note("header From", "missing or empty")
	}
	return m
}

// sender is who sent the message, or in whose name it was sent. An empty draft has neither.
func (p properties) sender() string {
	for _, of := range [...]struct{ name, smtp, mail uint16 }{
		{propSenderName, propSenderSMTP, propSenderMail}, {propForName, propForSMTP, propForMail},
	} {
		a := &mail.Address{Name: p.text(of.name), Address: p.text(of.smtp)}
		if a.Address == "" {
			a.Address = p.text(of.mail)
		}
		if a.Name == a.Address {
			a.Name = ""
		}
		if a.Name != "" || a.Address != "" {
			return address(a)
		}
	}
	return ""
}

// plainSubject leaves out the two characters with which archives say how long the
// "RE: " before a subject is (MS-PST, 2.5.3.1.1.1).
func plainSubject(s string) string {
	if strings.HasPrefix(s, "\x01") {
		if _, n := utf8.DecodeRuneInString(s[1:]); n > 0 {
			return s[1+n:]
		}
	}
	return s
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
func (m *Mail) outlookAttachment(p outlookAttached, nesting int, parts *int, l Limits) {
	a := Attachment{Part: strconv.Itoa(len(m.ownParts()) + 1), Name: p.text(propLongName), Type: strings.ToLower(p.text(propMIME))}
	if a.Name == "" {
		a.Name = p.text(propShortName)
	}
	if a.Name == "" {
		a.Name = p.text(propName)
	}
	switch {
	case !p.object:
		if a.Bytes = p.bytes(propAttached); len(a.Bytes) == 0 {
			m.lost("part "+a.Part, "an attachment of which only the name is in the file")
		}
		m.Attachments = append(m.Attachments, a)
	case p.message == nil:
		m.lost("part "+a.Part, "an embedded object, which was not read")
		m.Attachments = append(m.Attachments, a)
	case nesting <= 1:
		m.lost("part "+a.Part, "messages within messages beyond the limit of nesting")
	default:
		a.Mail, a.Type = outlookMail(p.message(), nesting-1, parts, l), "message/rfc822"
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
