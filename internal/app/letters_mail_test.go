package app

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/testimap"
)

// TestMailIsSortedByPeople: a message is answered, proposed and never decided; a case is
// opened of it as staff fill it in, with message and address kept.
func TestMailIsSortedByPeople(t *testing.T) {
	u := testimap.Start(t)
	c := openCounter(t, "", func(cfg *desk.Config) { cfg.Intake.URL = u.URL() })
	v := c.visitor
	u.Deliver(t, "", "Message-ID: <1@example.org>\r\nFrom: Ann Larter <ann.larter@example.org>\r\nSubject: My number\r\nDate: Sun, 22 Nov 2026 09:30:00 +0000\r\n\r\nPlease correct my telephone number.\r\n")
	u.Deliver(t, "", "Message-ID: <2@example.org>\r\nFrom: shop@example.net\r\nSubject: Paint\r\n\r\nBuy now.\r\n")
	u.Deliver(t, "", "Message-ID: <3@example.org>\r\nFrom: ben@example.com\r\nSubject: Fwd: your account\r\n\r\nIs this from you? It asked for my password. I think it is phishing.\r\n")
	if err := c.o.mailJob(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	sent := c.mails(t)
	if len(sent) != 3 {
		t.Errorf("%d messages were answered", len(sent))
	}
	for _, m := range sent {
		if !strings.Contains(m, "keep private things out of e-mails") {
			t.Errorf("the answer says:\n%s", m)
		}
	}
	_, page := v.get("/mail")
	must(t, page, "My number", "Putting", "ann.larter@example.org", "A report of a message that pretends to be from us")
	if !strings.Contains(page, "Mail (3)") {
		t.Error("the menu does not say how many wait")
	}
	id := func(subject string) string {
		all, err := c.Mailbox(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			if m.Subject == subject {
				return m.ID
			}
		}
		t.Fatalf("%s is not there", subject)
		return ""
	}
	ann := "/mail/" + id("My number")
	_, page = v.get("/mail/" + id("Fwd: your account"))
	must(t, page, "because of “is this from you”, “asked for my password”, “phishing”")
	_, page = v.get(ann)
	must(t, page, "because of “", "Please correct my telephone number.", "Open a case of it")
	_, form := v.get(ann + "/open")
	must(t, form, "It is filled in from the message that came from ann.larter@example.org", "Choose what it is: nothing is chosen for you")
	for _, x := range []string{`value="ann.larter@example.org"`, `value="Ann Larter"`, "Please correct my telephone number."} {
		if !strings.Contains(form, x) {
			t.Errorf("the form has not %s", x)
		}
	}
	if strings.Contains(form, `value="rectification" selected`) {
		t.Error("a kind is chosen for it")
	}
	entry := []string{"asked", "Please correct my telephone number.", "channel", "mail", "received-day", "22", "received-month", "11", "received-year", "2026", "name", "Ann Larter", "email", "ann.larter@example.org"}
	res, page := v.fill(form, ann+"/open", entry...)
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a kind it is a %d:\n%s", res.StatusCode, textOf(page))
	}
	res, page = v.fill(form, ann+"/open", append(entry, "kind", "rectification")...)
	if res.StatusCode != http.StatusOK || !strings.HasSuffix(res.Request.URL.Path, "/opened") {
		t.Fatalf("opening gives %d at %s:\n%s", res.StatusCode, res.Request.URL, textOf(page))
	}
	k, err := c.Cases.ByNumber(t.Context(), "RR-2026-0001")
	if err != nil || k.Received.String() != "2026-11-22" || k.Requester.Email != "ann.larter@example.org" {
		t.Fatalf("%+v, %v", k, err)
	}
	if res, page := v.get(ann + "/open"); !strings.Contains(page, "dealt with") {
		t.Errorf("it can be opened again: %d", res.StatusCode)
	}
	shop := "/mail/" + id("Paint")
	res, _ = v.post(shop+"/attach", "number", "RR-2026-0009")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("put to a case that is not there: %d", res.StatusCode)
	}
	res, _ = v.post(shop + "/dismiss")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("dismissed without a reason: %d", res.StatusCode)
	}
	_, page = v.post(shop+"/dismiss", "why", "advert")
	must(t, page, "The message is dismissed")
	report := "/mail/" + id("Fwd: your account")
	_, page = v.post(report + "/hand-over")
	must(t, page, "The incident IN-2026-0001 is open")
	f, err := c.IncidentFile(t.Context(), "IN-2026-0001")
	if err != nil || f.Kind != incident.Phishing || !strings.Contains(f.Message, "It asked for my password") || f.Reporter.Contact != "ben@example.com" {
		t.Errorf("%+v, %v", f.Incident, err)
	}
	if _, page := v.post(report + "/hand-over"); !strings.Contains(page, "dealt with") {
		t.Error("it is handed over twice")
	}
	u.Deliver(t, "", "Message-ID: <4@example.org>\r\nFrom: Ann Larter <ann.larter@example.org>\r\nSubject: RR-2026-0001\r\n\r\nIt is 07700 900155.\r\n")
	if err := c.o.mailJob(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	_, page = v.post("/mail/"+id("RR-2026-0001")+"/attach", "number", "rr-2026-0001")
	must(t, page, "The message and its address are kept with this case")
}

// TestOwnPassword: whoever knows their password changes it, and is signed out elsewhere;
// tries are counted, and a locked account is left alone.
func TestOwnPassword(t *testing.T) {
	c := openCounter(t, "", nil)
	v := c.visitor
	elsewhere := visit(t, c.at)
	elsewhere.post("/sign-in", "name", "rosalind", "password", password)
	_, page := v.get("/account")
	must(t, page, "Password")
	const fresh = "otter-lantern-gravel"
	for name, in := range map[string][]string{
		"wrong": {"not-what-it-is", fresh, fresh}, "short": {password, "short", "short"}, "differ": {password, fresh, fresh + "s"}, "same": {password, password, password}, "none": {"", fresh, fresh},
	} {
		res, page := v.post("/account/password", "old", in[0], "new", in[1], "again", in[2])
		if res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(page, in[1]) {
			t.Errorf("%s gives %d", name, res.StatusCode)
		}
	}
	if res, _ := elsewhere.get("/account"); res.Request.URL.Path != "/account" {
		t.Error("a try signs others out")
	}
	_, page = v.post("/account/password", "old", password, "new", fresh, "again", fresh)
	must(t, page, "Your password is changed", "Your account")
	if res, _ := elsewhere.get("/account"); res.Request.URL.Path != "/sign-in" {
		t.Error("the other browser is still signed in")
	}
	if res, _ := visit(t, c.at).post("/sign-in", "name", "rosalind", "password", password); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the old password still counts: %d", res.StatusCode)
	}
	if res, _ := visit(t, c.at).post("/sign-in", "name", "rosalind", "password", fresh); res.StatusCode != http.StatusOK {
		t.Errorf("the new password does not count: %d", res.StatusCode)
	}
	staff := console.Staff{ID: c.staffID(t, "rosalind")}
	for range 12 {
		v.post("/account/password", "old", "guess-after-guess", "new", "another-long-one", "again", "another-long-one")
	}
	if res, _ := v.post("/account/password", "old", fresh, "new", "another-long-one", "again", "another-long-one"); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("after many tries it is a %d", res.StatusCode)
	}
	p := passwords{accounts{c.Desk}}
	if err := p.SetPassword(t.Context(), staff, "", ""); err != nil {
		t.Fatal(err)
	}
	if hash, err := p.OwnPassword(t.Context(), staff); err != nil || hash != "" {
		t.Errorf("%q, %v", hash, err)
	}
}
