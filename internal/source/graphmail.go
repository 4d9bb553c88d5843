package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"tenet/internal/doc"
	"tenet/internal/rows"
)

// message is a message of Graph's as mail, with its attachments if they are wanted.
func (g *graph) message(ctx context.Context, mailbox string, gm graphMessage, path string, attachments bool) (letter, *doc.Mail, error) {
	l := letter{id: mailbox + "/" + gm.ID, thread: gm.Conversation, folder: path, mailbox: mailbox}
	m := &doc.Mail{ID: strings.Trim(strings.TrimSpace(gm.MessageID), "<>"), Subject: strings.Join(strings.Fields(gm.Subject), " "),
		To: graphAddresses(gm.To), Cc: graphAddresses(gm.Cc), Bcc: graphAddresses(gm.Bcc)}
	if l.thread == "" {
		l.thread = l.id
	}
	if from := gm.From; from != nil {
		m.From = graphAddresses([]graphAddress{*from})
	} else if gm.Sender != nil {
		m.From = graphAddresses([]graphAddress{*gm.Sender})
	}
	for _, h := range gm.Headers {
		if strings.EqualFold(h.Name, "In-Reply-To") {
			m.InReplyTo = strings.Trim(strings.TrimSpace(h.Value), "<>")
		}
	}
	for _, at := range []string{gm.Sent, gm.Received} {
		if t, err := time.Parse(time.RFC3339, at); err == nil && m.Date.IsZero() && t.Year() > 1900 {
			m.Date, m.DateText = t.UTC(), at
		}
	}
	if m.Date.IsZero() {
		m.Problems = append(m.Problems, doc.Problem{Where: "header Date", Why: "missing"})
	}
	m.Text = strings.TrimSpace(strings.ReplaceAll(gm.Body.Content, "\r\n", "\n"))
	if strings.EqualFold(gm.Body.Type, "html") {
		text, problems, err := doc.HTMLText(strings.NewReader(gm.Body.Content), g.opts.Limits.Document)
		if err != nil {
			problems = append(problems, doc.Problem{Where: "body", Why: err.Error(), Lost: true})
		}
		m.Text, m.Problems = text, append(m.Problems, problems...)
	}
	if !attachments || !gm.HasAttachments && !strings.Contains(gm.Body.Content, "cid:") {
		return l, m, nil // hasAttachments does not count pictures within the text
	}
	before := len(m.Problems)
	err := g.attachments(ctx, mailbox, gm.ID, m)
	for _, q := range m.Problems[before:] { // which reading the message alone does not meet
		g.report(Problem{Table: attachmentTable, Key: rows.EncodeID(messageTable, []rows.Match{{Column: "id", Value: rows.Value{Text: l.id}}}), Why: q.String()})
	}
	return l, m, err
}

// attachments reads those of a message: files as they are, messages as mail. What is no more than a
// link is told of.
func (g *graph) attachments(ctx context.Context, mailbox, id string, m *doc.Mail) error {
	path := userPath(mailbox) + "/messages/" + url.PathEscape(id) + "/attachments"
	var list []graphAttachment
	err := graphList(ctx, g.caller, path+"?$select=id,name,contentType,size,isInline&$top=100", func(a graphAttachment) error {
		list = append(list, a)
		return nil
	})
	if err != nil {
		return err
	}
	left := orDefault(g.opts.Limits.Document.Bytes, 64<<20)
	lost := func(part, why string) {
		m.Problems = append(m.Problems, doc.Problem{Where: "part " + part, Why: why, Lost: true})
	}
	for i, ga := range list {
		a := doc.Attachment{Part: fmt.Sprint(i + 1), Name: ga.Name, Type: strings.ToLower(ga.Type)}
		if ga.Kind == "#microsoft.graph.referenceAttachment" {
			lost(a.Part, "a link to a file in the cloud, whose content is not in the mailbox")
			m.Attachments = append(m.Attachments, a)
			continue
		}
		raw, err := g.caller.bytes(ctx, path+"/"+url.PathEscape(ga.ID)+"/$value", left)
		var no *graphError
		switch {
		case errors.Is(err, errTooLong):
			lost(a.Part, fmt.Sprintf("an attachment of %s bytes, over what is left of the limit for a message", doc.Thousands(ga.Size)))
		case errors.As(err, &no) && no.status < 500 && no.status != 429 && no.status != 401:
			lost(a.Part, "an attachment that cannot be read: "+no.Error())
		case err != nil:
			return err
		}
		left -= int64(len(raw))
		a.Bytes = raw
		if ga.Kind == "#microsoft.graph.itemAttachment" && len(raw) > 0 {
			a = itemAttachment(a, raw, g.opts.Limits.Document)
		}
		m.Attachments = append(m.Attachments, a)
		if a.Mail != nil {
			for _, in := range a.Mail.Attachments {
				in.Part = a.Part + "/" + in.Part
				m.Attachments = append(m.Attachments, in)
			}
			m.Problems = append(m.Problems, a.Mail.Problems...)
			a.Mail.Attachments = nil
		}
	}
	return nil
}

// itemAttachment is an item of Outlook's as Graph gives it: a message as mail, an
// appointment as iCalendar, a contact as vCard.
func itemAttachment(a doc.Attachment, raw []byte, l doc.Limits) doc.Attachment {
	switch start := bytes.ToUpper(bytes.TrimSpace(raw[:min(len(raw), 64)])); {
	case bytes.HasPrefix(start, []byte("BEGIN:VCALENDAR")):
		a.Type = "text/calendar"
	case bytes.HasPrefix(start, []byte("BEGIN:VCARD")):
		a.Type = "text/vcard"
	default:
		a.Type, a.Mail = "message/rfc822", doc.ReadMail(bytes.NewReader(raw), l)
	}
	return a
}

func graphAddresses(list []graphAddress) string {
	var out []string
	for _, a := range list {
		if s := doc.Address(a.EmailAddress.Name, a.EmailAddress.Address); s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}
