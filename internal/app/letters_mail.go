package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/web"
)

// Inbox lists the messages that wait.
func (s caseWork) Inbox(ctx context.Context, page int) ([]console.MailRow, error) {
	const size = 25
	all, err := s.d.Mailbox(ctx, skip(page, size)+size+1)
	if err != nil {
		return nil, s.told(ctx, err)
	}
	var out []console.MailRow
	for _, m := range all[min(len(all), skip(page, size)):] {
		out = append(out, mailRow(m))
	}
	return out, nil
}

func mailRow(m desk.Incoming) console.MailRow {
	r := console.MailRow{ID: m.ID, From: m.From, Name: m.Name, Subject: m.Subject, Came: m.Taken, About: m.About, Attached: len(m.Attached)}
	switch {
	case len(m.Phishing) > 0:
		r.Perhaps = phishingTitle
	case len(m.Proposals) > 0:
		r.Perhaps = kindTitle(m.Proposals[0].Kind)
	}
	return r
}

const phishingTitle = "A report of a message that pretends to be from us"

var dismissals = map[string]string{
	"advert": "It is an advertisement", "automatic": "A machine sent it: a holiday reply, a bounce", "other-team": "Another team sees to it, and has it", "not-a-request": "It asks for nothing",
}

// Mail is one message, whole.
func (s caseWork) Mail(ctx context.Context, id string) (console.MailMessage, error) {
	m, err := s.d.MailBy(ctx, id)
	var no *desk.Error
	if errors.As(err, &no) && no.Code == "not-found" {
		return console.MailMessage{}, web.ErrNotFound
	} else if err != nil {
		return console.MailMessage{}, s.told(ctx, err)
	}
	out := console.MailMessage{MailRow: mailRow(m), Text: m.Text, Cut: m.Cut, Machine: m.Reply, Files: m.Attached, Phishing: m.Phishing}
	if m.State != "new" {
		out.State = m.State
		return out, nil
	}
	for _, p := range m.Proposals {
		out.Suggestions = append(out.Suggestions, console.Suggestion{ID: string(p.Kind), Name: kindTitle(p.Kind), Why: p.Why, Note: noteOf(p.Kind, p.Note)})
	}
	for _, why := range desk.Dismissals() {
		out.Dismissals = append(out.Dismissals, console.Choice{ID: why, Text: dismissals[why]})
	}
	if len(m.Phishing) > 0 {
		out.HandOver = "Open an incident of it"
	}
	day, channel := s.d.MailReceived(m)
	asked := strings.TrimSpace(m.Subject + "\n\n" + m.Text)
	if m.Cut {
		asked += "\n[The message goes on; all of it is kept with the case.]"
	}
	out.Fill = url.Values{"asked": {asked}, "channel": {channel}, "received": {day.String()}, "name": {m.Name}, "email": {m.From}}
	return out, nil
}

// OpenMail opens a case of a message as it was filled in.
func (s caseWork) OpenMail(ctx context.Context, by console.Staff, id string, given url.Values) (string, error) {
	n, err := entered(given)
	if err != nil {
		return "", s.told(ctx, err)
	}
	n.By = by.ID
	k, err := s.d.OpenMailAs(ctx, id, n)
	return k.Number, s.told(ctx, inField(err))
}

// AttachMail puts a message to a case that there is.
func (s caseWork) AttachMail(ctx context.Context, by console.Staff, id, number string) error {
	_, err := s.d.AttachMail(ctx, id, number, by.ID)
	if errors.Is(err, cases.ErrNotFound) {
		return &console.Mistake{Field: "number", Text: fmt.Sprintf("There is no case %.20q", number)}
	}
	return s.told(ctx, err)
}

// DismissMail says that a message asks for nothing here.
func (s caseWork) DismissMail(ctx context.Context, by console.Staff, id, why string) error {
	if !slices.Contains(desk.Dismissals(), why) {
		return &console.Mistake{Field: "why", Text: "Choose why there is nothing to do"}
	}
	return s.told(ctx, s.d.DismissMail(ctx, id, by.ID, why))
}

// HandOverMail opens an incident of a message that reports phishing, with what it says
// and who sent it, and takes it out of the mailbox. Doing it again gives the same incident.
func (s caseWork) HandOverMail(ctx context.Context, by console.Staff, id string) (string, error) {
	m, err := s.d.MailBy(ctx, id)
	if err != nil {
		return "", s.told(ctx, err)
	}
	if m.State != "new" {
		return "", &web.Refusal{Why: "Somebody has dealt with this message: it is " + m.State + ".", Mend: "Look at the mail that waits."}
	}
	said := m.Subject + "\n\n" + m.Text
	if len(said) > mostReported {
		said = strings.ToValidUTF8(said[:mostReported], "") + "\n[It goes on in the mailbox.]"
	}
	i, err := s.d.ReportIncident(ctx, incident.First{Once: "mail " + id, Kind: incident.Phishing, What: "Somebody reported it by e-mail.", Message: said,
		Reporter: incident.Reporter{Via: "e-mail", Name: m.Name, Contact: m.From}, By: by.ID})
	if err == nil {
		err = s.d.DismissMail(ctx, id, by.ID, "other-team")
	}
	return "The incident " + i.Number + " is open, with the message. Thank whoever reported it.", s.told(ctx, err)
}

// mostReported is the most bytes of a message that an incident takes.
const mostReported = 60_000
