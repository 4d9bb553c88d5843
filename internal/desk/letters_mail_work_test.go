package desk

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/law"
	"tenet/internal/store"
	"tenet/internal/testimap"
)

// TestAnswerMail: whoever writes is told once that it came and to keep what is private
// out of e-mails, in both languages; machines, answers and floods get nothing.
func TestAnswerMail(t *testing.T) {
	ctx := t.Context()
	u := testimap.Start(t)
	d := postroom(t)
	server, sender := mailed(t, d)
	d.Config.Intake = Intake{URL: u.URL()}
	for _, m := range []string{
		message("1@example.org", "Ann Larter <ann.larter@example.org>", "What do you know", "Please send me everything about my arrears."),
		message("2@example.org", "ann.larter@example.org", "And another", "One more thing."),
		message("3@example.org", "mailer-daemon@example.net", "Undelivered", "It did not go."),
		message("4@example.org", "ben@example.net", "Re: hello", "An answer.", "In-Reply-To: <x@larkfield.example>"),
		message("5@example.org", "data@larkfield.example", "From ourselves", "A copy."),
	} {
		u.Deliver(t, "", m)
	}
	var taken []string
	if _, n, err := d.ReadMail(ctx, "", func(_ context.Context, _ *store.Tx, id string) error { taken = append(taken, id); return nil }); err != nil || n != 5 || len(taken) != 5 {
		t.Fatalf("%d, %v, %v", n, taken, err)
	}
	for _, id := range taken {
		if err := d.AnswerMail(ctx, sender, id, nil); err != nil {
			t.Fatal(err)
		}
	}
	got := server.Taken(t)
	if len(got) != 1 || got[0].Header.Get("X-To") != "ann.larter@example.org" || got[0].Header.Get("Auto-Submitted") == "" {
		t.Fatalf("%d messages: %v", len(got), got)
	}
	raw, err := io.ReadAll(got[0].Body)
	if err != nil || !strings.Contains(string(raw), "keep private things out of e-mails") || !strings.Contains(string(raw), "preifat") || strings.Contains(string(raw), "arrears") {
		t.Errorf("it says:\n%s", raw)
	}
	acts := mailActs(t, d, "mail.answered")
	if len(acts) != 1 {
		t.Errorf("the ledger has %v", acts)
	}
}

// TestMailIsUndone: a message whose transaction fails is not taken, and comes again.
func TestMailIsUndone(t *testing.T) {
	u := testimap.Start(t)
	d := postroom(t)
	d.Config.Intake = Intake{URL: u.URL()}
	u.Deliver(t, "", message("1@example.org", "ann@example.org", "Hello", "Please correct my name."))
	fail := errors.New("no")
	if _, n, err := d.ReadMail(t.Context(), "", func(context.Context, *store.Tx, string) error { return fail }); !errors.Is(err, fail) || n != 0 {
		t.Fatalf("%d, %v", n, err)
	}
	readMail(t, d, "", 1)
}

// mailActs is the acts of a name on messages.
func mailActs(t testing.TB, d *Desk, name string) (out []string) {
	t.Helper()
	err := d.Store.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.QueryContext(t.Context(), `SELECT subject FROM ledger_entry WHERE act = $1`, name)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			out = append(out, s)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOpenMailAs: a case is opened of a message as staff filled it in, once, with the
// message and its address kept.
func TestOpenMailAs(t *testing.T) {
	ctx := t.Context()
	u := testimap.Start(t)
	d := postroom(t)
	d.Config.Intake = Intake{URL: u.URL()}
	u.Deliver(t, "", message("1@example.org", "Ann Larter <ann.larter@example.org>", "Is this from you", "I was asked for my password by somebody claiming to be you. It looks like a scam."))
	readMail(t, d, "", 1)
	m := waiting(t, d)["Is this from you"]
	if !slices.Equal(m.Phishing, []string{"is this from you", "asked for my password", "claiming to be you", "scam"}) {
		t.Errorf("%q", m.Phishing)
	}
	day, channel := d.MailReceived(m)
	if day != (law.Date{Year: 2026, Month: time.November, Day: 22}) || channel != "mail" {
		t.Errorf("%s by %s", day, channel)
	}
	n := NewCase{Query: Query{Name: "Ann Larter", Email: m.From}, Kind: "erasure", Received: day.String(), Channel: channel, Asked: m.Text, By: "staff-1"}
	var number string
	for range 2 {
		k, err := d.OpenMailAs(ctx, m.ID, n)
		if err != nil || number != "" && k.Number != number {
			t.Fatalf("%s, %v", k.Number, err)
		}
		number = k.Number
		if f, err := d.Cases.GetFile(ctx, k.ID, mailFile+m.ID+".txt"); err != nil || !strings.Contains(string(f), "ann.larter@example.org") {
			t.Errorf("the message is not kept: %v", err)
		}
	}
	if err := d.DismissMail(ctx, m.ID, "staff-1", "advert"); err == nil {
		t.Error("a message that opened a case is dismissed")
	}
	if words := phishing(Words{Subject: "My request", Text: "Please send me my letters."}); words != nil {
		t.Errorf("%q", words)
	}
}
