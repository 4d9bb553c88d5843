package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/law"
	"tenet/internal/testimap"
	"tenet/internal/testsmtp"
)

// bare is an office without systems, as letters need it.
func bare(t testing.TB, change func(*desk.Config)) (*office, error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	if err := desk.Init(t.Context(), dir, "", os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(t.Context(), dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if change != nil {
		change(&d.Config)
	}
	return newOffice(d, slog.New(slog.DiscardHandler))
}

// came opens a case as the portal does.
func (o *office) came(t testing.TB, channel, email string) cases.Case {
	t.Helper()
	r, err := o.d.Request(string(law.KindRectification))
	if err != nil {
		t.Fatal(err)
	}
	r.Once, r.At, r.Channel, r.By = channel+email, o.d.Now(), channel, "staff-1"
	r.Requester = cases.Requester{Name: "Ann Larter", Email: email}
	k, err := o.d.Cases.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// round does what the clerk does of the outbox each minute, and then all that is due.
func (o *office) round(t testing.TB) {
	t.Helper()
	if err := errors.Join(o.lookOver(t.Context()), o.outboxJob(t.Context(), nil)); err != nil {
		t.Fatal(err)
	}
	o.work(t)
}

// TestAcknowledgedByItself: a case that came is acknowledged by a real mail server
// with nobody's help, once; one from the command line is not, and a mail server that
// takes nothing leaves the letter in the queue.
func TestAcknowledgedByItself(t *testing.T) {
	server := testsmtp.Start(t, testsmtp.Clear)
	o, err := bare(t, func(c *desk.Config) { c.Post = server.URL() })
	if err != nil {
		t.Fatal(err)
	}
	k := o.came(t, "form", "ann.larter@example.org")
	o.came(t, "cli", "ben@example.org")
	busy := o.came(t, "telephone", testsmtp.Busy)
	for range 2 {
		o.round(t)
	}
	got := server.Taken(t)
	if len(got) != 1 || got[0].Header.Get("X-To") != "ann.larter@example.org" || !strings.Contains(got[0].Header.Get("Subject"), k.Number) ||
		got[0].Header.Get("X-From") != "data@larkfield.example" {
		t.Fatalf("%d messages went: %v", len(got), got)
	}
	if _, err := o.queue.Get(t.Context(), jobLetter, k.Number+"-1"); err == nil {
		t.Error("the job is still there")
	}
	have, err := o.queue.Get(t.Context(), jobLetter, busy.Number+"-1")
	if err != nil || have.State != job.Waiting || have.Tries != 1 || strings.Contains(have.Error, "@") {
		t.Errorf("%+v, %v", have, err)
	}
	left, err := o.d.Outbox(t.Context(), desk.Queued, 10)
	if err != nil || len(left) != 1 || left[0].Case != busy.ID {
		t.Errorf("%+v, %v", left, err)
	}
}

// TestWithoutMailServer: letters wait to be printed; one that was queued for a server
// that is gone joins them.
func TestWithoutMailServer(t *testing.T) {
	o, err := bare(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.came(t, "form", "ann.larter@example.org")
	o.d.Config.Post = "dir:" + t.TempDir()
	o.came(t, "letter", "ben@example.org")
	if err := o.lookOver(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.d.Config.Post = ""
	o.round(t)
	list, err := o.d.Outbox(t.Context(), desk.ToPrint, 10)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
}

// TestOfficeRefuses to open with letters that leave something out, or a mail server
// that cannot be meant.
func TestOfficeRefuses(t *testing.T) {
	var e *desk.Error
	if _, err := bare(t, func(c *desk.Config) { c.Post = "ftp://x" }); !errors.As(err, &e) || e.Where != "tenet.yaml: post" {
		t.Errorf("%v", err)
	}
	o, err := bare(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(o.d.Dir, "letters", "cy")
	if err := errors.Join(os.MkdirAll(own, 0o700), os.WriteFile(filepath.Join(own, "ready.txt"), []byte("subject: Barod\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := newOffice(o.d, o.log); !errors.As(err, &e) || e.Code != "letters" || !strings.Contains(err.Error(), "letters/cy/ready.txt") {
		t.Errorf("%v", err)
	}
}

// TestMailRound takes in what came to a real mailbox, as the clerk does.
func TestMailRound(t *testing.T) {
	u := testimap.Start(t)
	o, err := bare(t, func(c *desk.Config) { c.Intake.URL = u.URL() })
	if err != nil {
		t.Fatal(err)
	}
	u.Deliver(t, "", "Message-ID: <1@example.org>\r\nFrom: ann@example.org\r\nSubject: Hello\r\n\r\nPlease correct my name.\r\n")
	for range 2 {
		if err := o.mailJob(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
	}
	all, err := o.d.Mailbox(t.Context(), 10)
	if err != nil || len(all) != 1 || all[0].From != "ann@example.org" {
		t.Errorf("%+v, %v", all, err)
	}
}
