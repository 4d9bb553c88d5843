package doc

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// outlookField is one property of an object that is not mail: an appointment, a contact, a task.
type outlookField struct {
	name string // what people call it, or its number where nobody does
	text string
}

// outlookRest adds to the body of what is not mail the fields in which Outlook keeps what it
// says: a contact is nothing but its telephone numbers.
func (m *Mail) outlookRest(p *outlookObject) {
	if len(p.rest) == 0 {
		return
	}
	var b strings.Builder
	b.WriteString(m.Text)
	if m.Text != "" {
		b.WriteString("\n\n")
	}
	for _, f := range p.rest {
		fmt.Fprintf(&b, "%s: %s\n", f.name, f.text)
	}
	m.Text = strings.TrimSpace(b.String())
}

// isMail says whether objects of a class are messages, reports on messages included.
func isMail(class string) bool {
	class = strings.ToUpper(class)
	return class == "" || class == "IPM" || strings.HasPrefix(class, "IPM.NOTE") || strings.HasPrefix(class, "REPORT.")
}

// shown are the properties that a message's own fields hold already, and those
// that say nothing about anybody.
var shown = map[uint16]bool{
	propSubject: true, propHeaders: true, propSenderName: true, propSenderMail: true, propSenderSMTP: true, propForName: true, propForMail: true,
	propForSMTP: true, propSubmitted: true, propDelivered: true, propBody: true, propHTML: true, propID: true, propReferences: true, propReplyTo: true,
	0x0070: true, 0x0E1D: true, // the subject again, without what stands before it
	0x003D: true,                             // what stands before it
	0x0E02: true, 0x0E03: true, 0x0E04: true, // the recipients again
	0x0C1E: true, 0x0064: true, // the kind of address
	0x3007: true, 0x3008: true, // when the object was made and last changed, for Outlook
	0x1014: true,
}

// fieldName is what people call a property, by its id or, of those that are named, by their
// number (MS-OXPROPS, MS-OXOCNTC, MS-OXOCAL).
func fieldName(id uint16, names map[uint16]string) string {
	if n, ok := names[id]; ok {
		return n
	}
	if n, ok := tagNames[id]; ok {
		return n
	}
	return fmt.Sprintf("property %04X", id)
}

var tagNames = map[uint16]string{
	propClass: "Kind", 0x3001: "Name", 0x3A02: "Callback telephone", 0x3A05: "Generation", 0x3A06: "Given name", 0x3A08: "Business telephone", 0x3A09: "Home telephone",
	0x3A0A: "Initials", 0x3A11: "Surname", 0x3A15: "Postal address", 0x3A16: "Company", 0x3A17: "Job title", 0x3A18: "Department", 0x3A19: "Office",
	0x3A1A: "Primary telephone", 0x3A1B: "Business telephone 2", 0x3A1C: "Mobile telephone", 0x3A1D: "Radio telephone", 0x3A1E: "Car telephone",
	0x3A1F: "Other telephone", 0x3A23: "Primary fax", 0x3A24: "Business fax", 0x3A25: "Home fax", 0x3A26: "Country", 0x3A27: "Town", 0x3A28: "County", 0x3A29: "Street",
	0x3A2A: "Postcode", 0x3A2F: "Home telephone 2", 0x3A30: "Assistant", 0x3A41: "Anniversary", 0x3A42: "Birthday", 0x3A44: "Middle name", 0x3A45: "Title", 0x3A46: "Profession",
	0x3A48: "Spouse", 0x3A4E: "Manager", 0x3A4F: "Nickname", 0x3A50: "Personal web page", 0x3A51: "Business web page",
	0x3A59: "Home town", 0x3A5A: "Home country", 0x3A5B: "Home postcode", 0x3A5C: "Home county", 0x3A5D: "Home street", 0x0060: "Start", 0x0061: "End",
}

var numberedNames = map[uint32]string{
	0x8005: "File as", 0x801A: "Home address", 0x801B: "Business address", 0x801C: "Other address", 0x8062: "Instant messaging",
	0x8080: "E-mail shown as", 0x8083: "E-mail", 0x8084: "E-mail originally", 0x8093: "E-mail 2", 0x80A3: "E-mail 3",
	0x8104: "Task start", 0x8105: "Task due", 0x811F: "Task owner", 0x8208: "Location", 0x820D: "Appointment start", 0x820E: "Appointment end",
	0x8238: "All attendees", 0x823B: "Attendees", 0x823C: "Optional attendees", 0x8539: "Companies", 0x853A: "Contacts", 0x8586: "Contact names",
}

// namedProperties are the names of properties numbered from 0x8000 on, which every file
// gives out for itself (MS-OXMSG, 2.2.3; MS-PST, 2.4.7): entries of eight bytes, and the strings that they point into.
func namedProperties(entries, texts []byte) map[uint16]string {
	names := map[uint16]string{}
	for ; len(entries) >= 8; entries = entries[8:] {
		at, kind, index := u32(entries), u16(entries[4:]), u16(entries[6:])
		if index >= 0x8000 {
			continue
		}
		if kind&1 == 0 {
			if n, ok := numberedNames[at]; ok {
				names[0x8000+index] = n
			}
			continue
		}
		if uint64(at)+4 > uint64(len(texts)) {
			continue
		}
		s := texts[at+4:]
		n := min(int(binary.LittleEndian.Uint32(texts[at:])), len(s), 512)
		if n > 0 {
			names[0x8000+index] = utf16Text(s[:n&^1])
		}
	}
	return names
}

// fieldsOf are the fields of an object that is not mail, from its properties in their order.
func fieldsOf(p properties, names map[uint16]string, list [][2]uint16) (out []outlookField) {
	for _, tag := range list {
		id, kind := tag[0], tag[1]
		if shown[id] {
			continue
		}
		text := ""
		switch kind {
		case kindString:
			text = utf16Text(p.value(id, kind))
		case kindString8:
			text = legacyText(p.value(id, kind), p.legacy)
		case kindTime:
			if t, ok := fileTime(p.value(id, kind)); ok {
				text = t.Format(time.RFC3339)
			}
		}
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, outlookField{fieldName(id, names), text})
		}
	}
	return out
}
