package doc

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// nobody is the address that stands for one that was taken out: no mail can be sent to it (RFC 2606).
const nobody = "<withheld@withheld.invalid>"

// mailWords are those of every message.
const mailWords = "Content-Type: multipart/mixed; boundary=part-1-of-clean-copy; text/plain; charset=utf-8; application/octet-stream; image/png; image/jpeg; text/html; text/csv " +
	"text/tab-separated-values; message/rfc822; Content-Transfer-Encoding: quoted-printable; base64; Content-Disposition: attachment; filename=message.eml; application/vnd.ms-excel MIME-Version map[] " +
	typeDOCX + " " + typeXLSX + " " + typePPTX + " " + typeODT + " " + typePDF + " " + typeZip + " "

// mailCopy writes a message anew, as Internet mail: the headers that people read, the words of its
// body with what it quotes, and copies of what is attached. HTML bodies come as their text.
func (k *cleaning) mailCopy(m *Mail) (copied, error) {
	out := copied{nil, "message/rfc822", ".eml"}
	var b bytes.Buffer
	err := k.message(&b, m, m.Attachments, "")
	out.data = b.Bytes()
	return out, err
}

// message writes m. Its attachments are those whose Part begins with prefix, and has no further part after it.
func (k *cleaning) message(b *bytes.Buffer, m *Mail, attached []Attachment, prefix string) error {
	where := "message"
	if prefix != "" {
		where = "message in part " + strings.TrimSuffix(prefix, "/")
	}
	for _, p := range m.Problems {
		if p.Lost {
			k.drop(where, "a part of it could not be read, and is not in the copy")
			break
		}
	}
	heads := []struct{ name, value string }{{"From", m.From}, {"To", m.To}, {"Cc", m.Cc}, {"Bcc", m.Bcc}, {"Subject", m.Subject}}
	var p passage
	for _, h := range heads {
		p.b.WriteString("\n" + h.name)
		p.add(": ", h.value)
	}
	p.add("\n\n", strings.ToValidUTF8(cleanText.Replace(m.Text), "\uFFFD"))
	clean, err := k.clean(where, &p)
	if err != nil {
		return err
	}
	for i, h := range heads {
		if clean[i] != "" {
			writeHeader(b, h.name, clean[i], clean[i] != h.value, i < 4)
		}
	}
	if !m.Date.IsZero() {
		b.WriteString("Date: " + m.Date.Format(time.RFC1123Z) + "\r\n")
	}
	b.WriteString("MIME-Version: 1.0\r\n")
	k.keep(where, "sender, recipients, date, subject and the text of the body")
	k.drop(where, "all other headers; HTML, which comes as its text")
	var parts []Attachment
	for _, a := range attached {
		if rest, ok := strings.CutPrefix(a.Part, prefix); ok && !strings.Contains(rest, "/") {
			parts = append(parts, a)
		}
	}
	if len(parts) == 0 {
		return writeText(b, clean[len(heads)])
	}
	boundary := fmt.Sprintf("part-%d-of-clean-copy", strings.Count(prefix, "/")+1)
	fmt.Fprintf(b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", boundary, boundary)
	if err := writeText(b, clean[len(heads)]); err != nil {
		return err
	}
	for i, a := range parts {
		fmt.Fprintf(b, "\r\n--%s\r\n", boundary)
		if err := k.attachment(b, a, attached, i+1); err != nil {
			return err
		}
		k.step("part " + a.Part)
	}
	fmt.Fprintf(b, "\r\n--%s--\r\n", boundary)
	return nil
}

func (k *cleaning) attachment(b *bytes.Buffer, a Attachment, attached []Attachment, number int) error {
	where := "part " + a.Part
	if a.Mail != nil {
		b.WriteString("Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"message.eml\"\r\n\r\n")
		return k.message(b, a.Mail, attached, a.Part+"/")
	}
	out, name, ok := k.inner(where, a.Bytes, a.Name, a.Type)
	if !ok {
		if err := k.spent(); err != nil {
			return err
		}
		return writeText(b, "[An attachment was withheld: no clean copy can be made of it.]\n")
	}
	if a.Name == "" {
		name = fmt.Sprintf("attachment-%d%s", number, out.ext)
	}
	media := out.media
	if media == "message/rfc822" { // base64 is not for messages (RFC 2046, 5.2.1)
		media = "application/octet-stream"
	}
	fmt.Fprintf(b, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: %s\r\n\r\n", media,
		mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	encoded := base64.StdEncoding.EncodeToString(out.data)
	for len(encoded) > 0 {
		n := min(76, len(encoded))
		b.WriteString(encoded[:n] + "\r\n")
		encoded = encoded[n:]
	}
	return nil
}

// writeHeader writes a header in words of RFC 2047, folded. A list of addresses from which something was taken out is one
// no longer: it stands as a name, with the address of nobody.
func writeHeader(b *bytes.Buffer, name, value string, cut, addresses bool) {
	value = strings.Join(strings.Fields(value), " ")
	words := mime.QEncoding.Encode("utf-8", value)
	if addresses {
		list, err := mail.ParseAddressList(value)
		if cut || err != nil {
			if words == value {
				words = `"` + strings.NewReplacer(`"`, "'", `\`, "/").Replace(value) + `"`
			}
			words += " " + nobody
		} else {
			all := make([]string, len(list))
			for i, a := range list {
				all[i] = a.String()
			}
			words = strings.Join(all, ", ")
		}
	}
	b.WriteString(name + ":")
	for word := range strings.SplitSeq(words, " ") {
		b.WriteString("\r\n " + word)
	}
	b.WriteString("\r\n")
}

// writeText writes a part of plain text with its headers.
func writeText(b *bytes.Buffer, text string) error {
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	w := quotedprintable.NewWriter(b)
	if _, err := w.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		return err
	}
	return w.Close()
}
