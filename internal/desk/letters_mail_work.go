package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/post"
	"tenet/internal/store"
)

// OpenMail opens a case of a kind for a message: of the day it came, for whoever sent
// it, with the message kept sealed. Doing it again gives the same case.
func (d *Desk) OpenMail(ctx context.Context, id, kind, by string) (cases.Case, error) {
	m, err := d.MailBy(ctx, id)
	if err != nil {
		return cases.Case{}, err
	}
	if m.State == "opened" {
		return d.Cases.Get(ctx, m.Case)
	}
	if m.State != "new" {
		return cases.Case{}, dealtWith(m)
	}
	r, err := d.Request(kind)
	if err != nil {
		return cases.Case{}, err
	}
	text := m.Text
	if m.Cut {
		text += "\n[The message goes on; all of it is kept with the case.]"
	}
	r.Once, r.By, r.Channel = "mail "+id, by, d.mailChannel()
	r.At = m.received()
	name := oneLine(m.Name)
	r.Requester = cases.Requester{Name: name, Email: oneLine(m.From)}
	r.Person = cases.Person{Name: name, Email: oneLine(m.From), Asked: printable(oneLine(m.Subject) + "\n\n" + text)}
	k, err := d.Cases.Open(ctx, r)
	if err != nil {
		return k, err
	}
	return d.keepMail(ctx, k, m, by, "opened")
}

// OpenMailAs opens a case for a message as a member of staff filled it in, with the
// message kept sealed. Doing it again gives the same case.
func (d *Desk) OpenMailAs(ctx context.Context, id string, n NewCase) (cases.Case, error) {
	m, err := d.MailBy(ctx, id)
	if err != nil {
		return cases.Case{}, err
	}
	if m.State == "opened" {
		return d.Cases.Get(ctx, m.Case)
	}
	if m.State != "new" {
		return cases.Case{}, dealtWith(m)
	}
	n.Once = "mail " + id
	k, err := d.OpenCase(ctx, n)
	if err != nil {
		return k, err
	}
	return d.keepMail(ctx, k, m, n.By, "opened")
}

// MailReceived is the day that counts as the one on which a message came, and the
// channel of the notice by which it did. The message's own date is the sender's word:
// it counts where it can be right, and is then to the person's good.
func (d *Desk) MailReceived(m Incoming) (day law.Date, channel string) {
	return law.DateOf(m.received()), d.mailChannel()
}

func (m Incoming) received() time.Time {
	if m.Date.Before(m.Taken) && m.Taken.Sub(m.Date) < 31*24*time.Hour {
		return m.Date
	}
	return m.Taken
}

// AttachMail puts a message to a case that there is.
func (d *Desk) AttachMail(ctx context.Context, id, number, by string) (cases.Case, error) {
	m, err := d.MailBy(ctx, id)
	if err != nil {
		return cases.Case{}, err
	}
	k, err := d.Cases.ByNumber(ctx, number)
	if err != nil {
		return k, err
	}
	if m.State == "attached" && m.Case == k.ID {
		return k, nil
	}
	if m.State != "new" {
		return k, dealtWith(m)
	}
	return d.keepMail(ctx, k, m, by, "attached")
}

func dealtWith(m Incoming) error {
	return &Error{Code: "state", What: "the message was " + m.State + " already", Where: "mail", Mend: "look at the list again"}
}

// keepMail moves a message into a case: there it is sealed under the case's key, and
// the key it had is destroyed, in one transaction.
func (d *Desk) keepMail(ctx context.Context, k cases.Case, m Incoming, by, state string) (cases.Case, error) {
	also := func(ctx context.Context, tx *store.Tx) error {
		if err := d.endMail(ctx, tx, m.ID, state, k.ID, by); err != nil {
			return err
		}
		return d.recordMail(ctx, tx, m.ID, by, "mail."+state, "")
	}
	file := cases.File{Name: mailFile + m.ID + ".txt", Data: []byte(m.Whole)}
	k, err := d.Cases.Attach(ctx, cases.On{Case: k.ID, By: by, Once: "mail " + m.ID, Also: also}, file, "A message came by e-mail: "+printable(oneLine(m.Subject)))
	return k, meanwhile(err, "mail")
}

// DismissMail says that a message is nothing to do with requests. What it said is
// destroyed; it stays in the landlord's mailbox.
func (d *Desk) DismissMail(ctx context.Context, id, by, why string) error {
	m, err := d.MailBy(ctx, id)
	if err != nil || m.State == "dismissed" {
		return err
	}
	if m.State != "new" {
		return dealtWith(m)
	}
	if !slices.Contains(Dismissals(), why) {
		return &Error{Code: "usage", What: fmt.Sprintf("%.40q is no reason", why), Where: "why", Mend: "use one of " + strings.Join(Dismissals(), ", ")}
	}
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := d.endMail(ctx, tx, id, "dismissed", "", by); err != nil {
			return err
		}
		return d.recordMail(ctx, tx, id, by, "mail.dismissed", why)
	})
	return meanwhile(err, "mail")
}

// Dismissals is the reasons for which a message may be dismissed. They stand in the
// ledger, and so are no words about anybody.
func Dismissals() []string { return []string{"advert", "automatic", "other-team", "not-a-request"} }

func (d *Desk) endMail(ctx context.Context, tx *store.Tx, id, state, caseID, by string) error {
	r, err := tx.ExecContext(ctx, `UPDATE desk_mail SET state = $3, case_id = $4, ended = $5, ended_by = $6, wrapped = NULL, sealed = NULL
		WHERE landlord = $1 AND id = $2 AND ended IS NULL`,
		d.Config.Landlord, id, state, sql.NullString{String: caseID, Valid: caseID != ""}, store.Micros(d.Now()), by)
	if err != nil {
		return fmt.Errorf("keep what became of a message: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil {
		return fmt.Errorf("keep what became of a message: %w", err)
	} else if n != 1 {
		return errMoved
	}
	return nil
}

// phishingWords are words that make a message one about a message: that somebody
// pretends to be the landlord, or asks for what the landlord never asks for.
var phishingWords = regexp.MustCompile(`(?i)\b(phishing|scam(s|mer|mers)?|spoof(ed|ing)?|fake e-?mail|suspicious (e-?mail|message|text)|(is|was) this (really )?(from )?you|pretend(s|ing|ed)? to be (you|from)|claim(s|ing|ed)? to be (you|from)|asked (me )?for my (password|user ?name|bank|card)|twyllodrus|sgam|gwe-rwydo)\b`)

// phishing is the words by which a message may be a report of phishing.
func phishing(w Words) []string {
	var out []string
	for _, said := range phishingWords.FindAllString(w.Subject+"\n"+w.Text, 50) {
		said = strings.ToLower(strings.Join(strings.Fields(said), " "))
		if !slices.Contains(out, said) && len(out) < 5 {
			out = append(out, said)
		}
	}
	return out
}

// mailReference is how a message is named in what answers it.
func mailReference(id string) string { return "mail-" + id }

// AnswerMail tells whoever sent a message that it came, and to keep what is
// confidential out of e-mails; done, which may be nil, is part of the transaction that
// records it. It answers once, and not what a machine sent, what answers another
// message, what names a case, or what comes from an address that wrote within the day:
// so that two machines cannot keep one another busy, and nobody has others flooded in their name.
func (d *Desk) AnswerMail(ctx context.Context, by post.Sender, id string, done func(context.Context, *store.Tx) error) error {
	m, err := d.MailBy(ctx, id)
	if err != nil {
		return err
	}
	end := func(act string) error {
		return d.Store.Write(ctx, func(tx *store.Tx) error {
			if act != "" {
				if err := d.recordMail(ctx, tx, id, "system", act, ""); err != nil {
					return err
				}
			}
			if done == nil {
				return nil
			}
			return done(ctx, tx)
		})
	}
	address, err := mail.ParseAddress(m.From)
	if m.State != "new" || m.Reply || m.About != "" || err != nil || address.Address != m.From || d.ours(m.From) {
		return end("")
	}
	again, err := d.wroteLately(ctx, m)
	if err != nil {
		return err
	}
	if again {
		return end("")
	}
	set, err := d.letters()
	if err != nil {
		return err
	}
	var subject, text []string
	for _, lang := range letter.Langs() { // nobody knows yet which one they read
		l, err := set.Write(letter.Input{Kind: letter.Came, Lang: lang, From: d.sender(cases.Case{}), Day: d.Today(), Received: law.DateOf(m.Taken)})
		if err != nil {
			return err
		}
		subject, text = append(subject, l.Subject), append(text, l.Text())
	}
	err = by.Send(ctx, post.Message{To: m.From, Subject: strings.Join(subject, " / "), Text: strings.Join(text, "\n"), Reference: mailReference(id)})
	var no *post.Error
	switch {
	case err == nil:
		return end("mail.answered")
	case errors.As(err, &no) && no.Permanent:
		return end("mail.unanswered")
	}
	return err
}

// ours says whether an address is one that the landlord writes from.
func (d *Desk) ours(address string) bool {
	all := []string{d.Config.PostFrom, d.Config.PostReplyTo}
	for _, c := range d.Notice.Landlord.Contacts {
		all = append(all, string(c.Email))
	}
	return slices.ContainsFunc(all, func(a string) bool { return strings.EqualFold(a, address) })
}

// wroteLately says whether another message from the same address waits that came within
// the day before one.
func (d *Desk) wroteLately(ctx context.Context, m Incoming) (bool, error) {
	all, err := d.Mailbox(ctx, 200)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(all, func(o Incoming) bool {
		before := o.Taken.Before(m.Taken) || o.Taken.Equal(m.Taken) && o.ID < m.ID
		return o.ID != m.ID && before && m.Taken.Sub(o.Taken) < 24*time.Hour && strings.EqualFold(o.From, m.From)
	}), nil
}
