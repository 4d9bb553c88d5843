package desk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/testimap"
)

// message is an e-mail to the mailbox, with any further heads.
func message(id, from, subject, text string, heads ...string) string {
	return strings.Join(append([]string{"Message-ID: <" + id + ">", "From: " + from, "To: data@larkfield.example", "Subject: " + subject,
		"Date: Sun, 22 Nov 2026 09:30:00 +0000"}, heads...), "\r\n") + "\r\n\r\n" + text + "\r\n"
}

// waiting is the mail that waits, by subject.
func waiting(t testing.TB, d *Desk) map[string]Incoming {
	t.Helper()
	all, err := d.Mailbox(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Incoming{}
	for _, m := range all {
		out[m.Subject] = m
	}
	return out
}

func readMail(t testing.TB, d *Desk, last string, want int) string {
	t.Helper()
	mark, n, err := d.ReadMail(t.Context(), last, nil)
	if err != nil || n != want {
		t.Fatalf("%d messages were taken, want %d: %v", n, want, err)
	}
	return mark
}

// TestMailbox reads a real IMAP server: each message once, with what it may ask for and
// no case opened by it, and the mailbox as it was.
func TestMailbox(t *testing.T) {
	ctx := t.Context()
	u := testimap.Start(t)
	d := postroom(t)
	d.Config.Intake = Intake{URL: u.URL(), Since: "2026-11-01"}
	u.Deliver(t, "", message("1@example.org", "Ann Larter <ann.larter@example.org>", "What do you know", "Please send me all the information you hold about me. Ann"))
	u.Deliver(t, "", message("2@example.org", "shop@example.net", "Cheap paint", "Buy now."))
	u.Deliver(t, "", strings.Replace(message("3@example.org", "old@example.net", "Long ago", "A subject access request."), "22 Nov 2026", "2 Feb 2020", 1))
	mark := readMail(t, d, "", 2)
	u.Folder(t, ".Copies")
	u.Deliver(t, ".Copies", message("1@example.org", "Ann Larter <ann.larter@example.org>", "What do you know", "Please send me all the information you hold about me. Ann"))
	u.Deliver(t, "", message("1@example.org", "mallory@example.net", "Forged", "It bears the other's name."))
	mark = readMail(t, d, mark, 1)
	readMail(t, d, mark, 0)
	readMail(t, d, "", 0)

	all := waiting(t, d)
	ann, shop := all["What do you know"], all["Cheap paint"]
	if len(all) != 3 || len(ann.Proposals) == 0 || ann.Proposals[0].Kind != law.KindAccess || len(shop.Proposals) > 0 || ann.Name != "Ann Larter" {
		t.Fatalf("%+v", all)
	}
	if page, err := d.Cases.List(ctx, cases.Filter{}); err != nil || len(page.Cases) > 0 {
		t.Errorf("%d cases were opened, %v", len(page.Cases), err)
	}
	raw, err := os.ReadFile(filepath.Join(d.Dir, storeFile))
	wal, _ := os.ReadFile(filepath.Join(d.Dir, storeFile+"-wal"))
	if err != nil || strings.Contains(string(raw)+string(wal), "ann.larter") || strings.Contains(string(raw)+string(wal), "What do you know") {
		t.Errorf("the store holds it in the clear: %v", err)
	}

	// Opened by staff, as what they find it to be; the original lies sealed with the case.
	var number string
	for range 2 {
		k, err := d.OpenMail(ctx, ann.ID, string(law.KindErasure), "staff-1")
		if err != nil || k.Kind != law.KindErasure || k.Requester.Email != "ann.larter@example.org" || k.Received.String() != "2026-11-22" || k.Channel != "mail" {
			t.Fatalf("%+v, %v", k, err)
		}
		if number != "" && k.Number != number {
			t.Error("it was opened twice")
		}
		number = k.Number
		if f, err := d.Cases.GetFile(ctx, k.ID, mailFile+ann.ID+".txt"); err != nil || !strings.Contains(string(f), "message_id: 1@example.org") || !strings.Contains(string(f), "all the information") {
			t.Errorf("the original: %q, %v", f, err)
		}
	}
	if m, err := d.MailBy(ctx, ann.ID); err != nil || m.State != "opened" || m.Text != "" || m.Whole != "" {
		t.Errorf("%+v, %v", m, err)
	}

	// Dismissed for a reason that names nobody, and a reply put to its case.
	var e *Error
	if err := d.DismissMail(ctx, shop.ID, "staff-1", "from the shop"); !errors.As(err, &e) || e.Code != "usage" {
		t.Errorf("%v", err)
	}
	for range 2 {
		if err := d.DismissMail(ctx, shop.ID, "staff-1", "advert"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.OpenMail(ctx, shop.ID, "access", "staff-1"); !errors.As(err, &e) || e.Code != "state" {
		t.Errorf("a dismissed message was opened: %v", err)
	}
	u.Deliver(t, "", message("4@example.org", "Ann Larter <ann.larter@example.org>", "Re: "+strings.ToLower(number), "Here is my answer."))
	readMail(t, d, "", 1)
	reply := waiting(t, d)["Re: "+strings.ToLower(number)]
	if reply.About != number {
		t.Fatalf("it is about %q", reply.About)
	}
	for range 2 {
		if _, err := d.AttachMail(ctx, reply.ID, number, "staff-1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.AttachMail(ctx, "none", number, "staff-1"); !errors.As(err, &e) || e.Code != "not-found" {
		t.Errorf("%v", err)
	}
	if left := waiting(t, d); len(left) != 1 {
		t.Errorf("%d are left", len(left))
	}
}

// TestMailRules: a rule opens a case by the subject that the notice asks for, and never
// for what a machine or a person answers.
func TestMailRules(t *testing.T) {
	ctx := t.Context()
	u := testimap.Start(t)
	d := postroom(t)
	d.Config.Intake = Intake{URL: u.URL(), Open: []IntakeRule{{Subject: "Subject Access  Request", Kind: "access"}}}
	k := opens(t, d, law.KindErasure, nil)
	for i, m := range []struct{ subject, head string }{
		{"My subject  access request, please", "X-Priority: 3"},
		{"subject access request", "In-Reply-To: <another@larkfield.example>"},
		{"Automatic reply: subject access request", "Precedence: bulk"},
		{"Undeliverable: subject access request", "Return-Path: <>"},
		{"Re: subject access request " + k.Number, "X-Priority: 3"},
		{"Subject: access", "X-Priority: 3"},
	} {
		u.Deliver(t, "", message(fmt.Sprintf("r%d@example.org", i), "Ann Larter <ann.larter@example.org>", m.subject, "Hello.", m.head))
	}
	readMail(t, d, "", 6)
	page, err := d.Cases.List(ctx, cases.Filter{})
	if err != nil || len(page.Cases) != 2 {
		t.Fatalf("%d cases, %v", len(page.Cases), err)
	}
	left := waiting(t, d)
	if _, there := left["My subject access request, please"]; there || len(left) != 5 {
		t.Errorf("left are %v", left)
	}
	readMail(t, d, "", 0)
	if page, _ := d.Cases.List(ctx, cases.Filter{}); len(page.Cases) != 2 {
		t.Error("a second look opened more")
	}
}

// TestHostileMail: whatever comes is taken in, and can be opened as a case.
func TestHostileMail(t *testing.T) {
	ctx := t.Context()
	d := postroom(t)
	path := filepath.Join(t.TempDir(), "in.mbox")
	var box strings.Builder
	for i, m := range []string{
		message("h0@example.org", "\"<script>\" <a@example.org>", strings.Repeat("long ", 400), strings.Repeat("words \x00\x07 ", 5000)),
		message("h1@example.org", "not an address at all", "\x1b[31mred", "{{.Words}} \xff\xfe"),
		"Subject: no sender and no id\r\n\r\n\r\n",
		message("h3@example.org", "b@example.org", "From the future", "x", "X: y"),
	} {
		if i == 3 {
			m = strings.Replace(m, "22 Nov 2026", "22 Nov 2096", 1)
		}
		box.WriteString("From a@example.org Sun Nov 22 09:30:00 2026\n" + strings.ReplaceAll(m, "\r\n", "\n") + "\n")
	}
	if err := os.WriteFile(path, []byte(box.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	d.Config.Intake = Intake{URL: "mbox:" + path}
	readMail(t, d, "", 4)
	all, err := d.Mailbox(ctx, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		k, err := d.OpenMail(ctx, m.ID, "access", "staff-1")
		if err != nil {
			t.Errorf("%.40q: %v", m.Subject, err)
		} else if k.Received.After(law.DateOf(d.Now())) {
			t.Errorf("received on %s", k.Received)
		}
	}
}

func TestIntakeConfig(t *testing.T) {
	for what, c := range map[string]Config{
		"since":       {Intake: Intake{Since: "yesterday"}},
		"one word":    {Intake: Intake{Open: []IntakeRule{{Subject: "request", Kind: "access"}}}},
		"a kind":      {Intake: Intake{Open: []IntakeRule{{Subject: "subject access", Kind: "sar"}}}},
		"post-from":   {PostFrom: "Larkfield <data@larkfield.example>"},
		"two senders": {PostReplyTo: "a@example.org, b@example.org"},
		"public":      {Public: "privacy.example.org"},
	} {
		var e *Error
		if err := errors.Join(c.checkPost(), c.Intake.check()); !errors.As(err, &e) || e.Mend == "" || !strings.HasPrefix(e.Where, configFile) {
			t.Errorf("%s: %v", what, err)
		}
	}
	good := Config{PostFrom: "data@larkfield.example", Public: "https://privacy.example.org", Intake: Intake{Since: "2026-11-01", Open: []IntakeRule{{"subject access request", "access"}}}}
	if err := errors.Join(good.checkPost(), good.Intake.check()); err != nil {
		t.Error(err)
	}
}
