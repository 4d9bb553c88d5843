package app

import (
	"net/http"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/testimap"
)

// TestScenario_MET8: freedom of information that is asked for by voice is not lost. The
// one who takes the call is told that it has to be in writing, enters it all the same,
// and has the task to write it up; it goes to the person to sign.
func TestScenario_MET8(t *testing.T) {
	c := openCounter(t, "wrenfield", nil)
	v := c.visitor
	_, page := v.get("/cases/new")
	const asked = "This is a freedom of information request. How many lifts did you mend last year?"
	_, page = v.fill(page, "/cases/new", "asked", asked, "go", "suggest")
	must(t, page, "freedom of information", "The law wants this in writing. If it was spoken, enter it all the same")
	res, page := v.fill(page, "/cases/new", "asked", asked, "kind", "foi", "channel", "phone", "received-day", "23", "received-month", "11", "received-year", "2026",
		"name", "Zebedee Nowhere", "email", "zebedee@example.org")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("entering it gives %d:\n%s", res.StatusCode, textOf(page))
	}
	k, err := c.Cases.ByNumber(t.Context(), "FI-2026-0001")
	if err != nil || !strings.Contains(k.Person.Asked, "How many lifts") || k.Channel != "phone" {
		t.Fatalf("what was asked is lost: %+v, %v", k, err)
	}
	_, page = v.get("/cases/" + k.Number + "/tasks")
	must(t, page, "write-up", "Offer them the form, or write down what they asked")

	// Written up for the person to sign, by a letter; the answer has no exemption in it that they must guess at.
	at := "/cases/" + k.Number + "/do/clarify"
	_, page = v.get(at)
	_, page = v.fill(page, at, "words", "You asked: how many lifts did we mend last year? Please sign this and send it back, or answer this letter.", "go", "letter")
	must(t, page, "how many lifts did we mend last year?", "Please sign this")
	_, page = v.fill(page, at, "words", "You asked: how many lifts did we mend last year? Please sign this and send it back, or answer this letter.", "go", "send")
	must(t, page, "The letter")
	if got := c.letters(t, k.Number, letter.Clarify); len(got) != 1 || !strings.Contains(got[0].Letter.Text(), "Please sign this") {
		t.Errorf("%+v", got)
	}
}

// TestScenario_MET10: a file with another person's statement is answered in part. What
// names them stays out under a named exemption, and the letter says so with every route.
func TestScenario_MET10(t *testing.T) {
	w := open(t)
	v := w.clerkOf(t, "rosalind", "Rosalind Achebe")
	k := w.asks(t).Case
	ctx := t.Context()
	on := cases.On{Case: k.ID, By: "staff-1"}
	if _, err := w.Cases.Identify(ctx, on, cases.Proof{How: "Photo identity seen in person", Arrived: w.Today()}); err != nil {
		t.Fatal(err)
	}
	k, _ = w.Cases.Get(ctx, k.ID)
	_, list, err := w.Dispositions(ctx, k)
	if err != nil {
		t.Fatal(err)
	}
	var rest []string
	for _, x := range list {
		if x.Waits != "" || x.Waiting > 0 {
			rest = append(rest, x.Item)
		}
	}
	if len(rest) > 0 {
		if k, err = w.Decide(ctx, k, cases.On{Case: k.ID, By: "staff-1", Version: k.Version}, rest, false, law.ExemptThirdParty, "It is a neighbour's statement, and they did not agree."); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Redraft(ctx, k, cases.On{By: "staff-1"}); err != nil {
		t.Fatal(err)
	}
	k, _ = w.Cases.Get(ctx, k.ID)
	if k.Draft.Withheld == 0 {
		t.Fatal("nothing is withheld")
	}
	if k, err = w.Approve(ctx, k, "staff-2", ""); err != nil {
		t.Fatal(err)
	}
	files, err := w.Pack(ctx, k)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		all.Write(f.Bytes)
	}
	for _, want := range []string{"Schedule 2", "purpose", "recipient"} {
		if !strings.Contains(strings.ToLower(all.String()), strings.ToLower(want)) {
			t.Errorf("the answer does not speak of %s", want)
		}
	}

	at := "/cases/" + k.Number + "/do/sent"
	_, page := v.get(at)
	res, lacking := v.fill(page, at, "go", "letter")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a part refused without reasons gives %d", res.StatusCode)
	}
	must(t, lacking, "UK GDPR Art 12(4)")
	_, page = v.fill(page, at, "words", "One page is a statement of somebody else, who did not agree (DPA 2018 Schedule 2 paragraph 16).", "go", "send")
	must(t, page, "The letter waits to be printed and posted")
	got, err := w.Letters(ctx, k.ID)
	if err != nil || len(got) == 0 {
		t.Fatalf("%d letters, %v", len(got), err)
	}
	last := got[len(got)-1]
	text := last.Letter.Text()
	if last.Kind != letter.Partly || last.Way != desk.ByPost {
		t.Errorf("%s by %s", last.Kind, last.Way)
	}
	for _, want := range []string{"some of what you asked for", "Schedule 2 paragraph 16", "regulator", "court", "complain to us"} {
		if !strings.Contains(text, want) {
			t.Errorf("the letter does not say %q:\n%s", want, text)
		}
	}
	if k, _ = w.Cases.Get(ctx, k.ID); k.State != cases.Released {
		t.Errorf("the case is %s", k.State)
	}
}

// TestScenario_MHS13: an e-mail headed “Subject Access Request” opens its case at once;
// five other rights come in the same week. Each has its kind and the law's month, is
// answered in words that the law asks for, and what is refused names ground, officer and regulator.
func TestScenario_MHS13(t *testing.T) {
	u := testimap.Start(t)
	c := openCounter(t, "northmoor", func(cfg *desk.Config) {
		cfg.Intake = desk.Intake{URL: u.URL()} // the heading is the notice's
	})
	ctx, v := t.Context(), c.visitor
	mail := func(id, subject, text string) {
		u.Deliver(t, "", "Message-ID: <"+id+"@example.org>\r\nFrom: Ann Larter <ann.larter@example.org>\r\nSubject: "+subject+"\r\nDate: Mon, 23 Nov 2026 08:30:00 +0000\r\n\r\n"+text+"\r\n")
	}
	mail("1", "Subject Access Request", "Please send me what you hold about me.")
	mail("2", "My telephone number", "Please correct my telephone number.")
	mail("3", "Your e-mails", "Please stop your marketing e-mails: stop marketing to me.")
	mail("4", "While you look into it", "Please restrict the use of my information.")
	mail("5", "Moving", "Please transfer my data to another landlord in a machine readable format.")
	mail("6", "My application", "A computer made an automated decision on it. I want to contest it.")
	if err := c.o.mailJob(ctx, nil); err != nil {
		t.Fatal(err)
	}
	access, err := c.Cases.ByNumber(ctx, "AR-2026-0001")
	if err != nil || access.Kind != law.KindAccess {
		t.Fatalf("the request with the heading has no case: %v", err)
	}
	want := map[string]law.Kind{"My telephone number": law.KindRectification, "Your e-mails": law.KindMarketing, "While you look into it": law.KindRestriction,
		"Moving": law.KindPortability, "My application": law.KindDecision}
	waiting, err := c.Mailbox(ctx, 10)
	if err != nil || len(waiting) != len(want) {
		t.Fatalf("%d messages wait, %v", len(waiting), err)
	}
	opened := map[law.Kind]cases.Case{law.KindAccess: access}
	for _, m := range waiting {
		kind := want[m.Subject]
		proposed := false
		for _, p := range m.Proposals {
			proposed = proposed || p.Kind == kind
		}
		if !proposed {
			t.Errorf("%s is not proposed for %q: %+v", kind, m.Subject, m.Proposals)
		}
		k, err := c.OpenMail(ctx, m.ID, string(kind), "staff-1")
		if err != nil {
			t.Fatal(err)
		}
		opened[kind] = k
	}
	for kind, k := range opened {
		clock, err := c.Cases.ClockOf(k, nil)
		if err != nil || clock.Law == nil || clock.Law.Due.Date.String() != "2026-12-23" {
			t.Errorf("%s is due %v, %v", kind, clock.Law, err)
		}
	}

	// One is granted, and goes out in the words that were approved; one is refused.
	for kind, k := range opened {
		if kind == law.KindAccess {
			continue
		}
		if h, _ := kind.Handling(); h.Proof > law.NoAssurance {
			if _, err := c.Cases.Identify(ctx, cases.On{Case: k.ID, By: "staff-1"}, cases.Proof{How: "Called back on the number we hold", Arrived: c.Today()}); err != nil {
				t.Fatal(err)
			}
		}
		k, _ = c.Cases.Get(ctx, k.ID)
		r := desk.Reply{Outcome: law.Granted}
		if kind == law.KindRestriction {
			r = desk.Reply{Outcome: law.Denied, Grounds: []string{law.GroundsFor(kind)[0].ID}}
		}
		for _, p := range law.Contents(kind, r.Outcome) {
			if !strings.HasPrefix(p.ID, "route-") {
				r.Parts = append(r.Parts, desk.Part{ID: p.ID, Words: "Of " + p.ID + " we say this to you."})
			}
		}
		if r.Outcome == law.Denied { // the notice speaks of no court
			r.Parts = append(r.Parts, desk.Part{ID: law.RouteCourt, Words: "You can ask a court to make us keep to the law."})
		}
		if k, err = c.Reply(ctx, k, r, cases.On{By: "staff-1"}); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		for _, task := range c.openTasks(t, k) {
			v.does(k.Number, "finish?of="+task, "how", "empty", "words", "Nothing.")
		}
		if kind == law.KindDecision { // a person who can change it looks again
			v.does(k.Number, "finish?of=1", "how", "done", "words", "I looked at it anew, heard their side, and let the home to them.")
		}
		k, _ = c.Cases.Get(ctx, k.ID)
		if k, err = c.Approve(ctx, k, "staff-2", ""); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if r.Outcome == law.Denied {
			got := c.letters(t, k.Number, letter.Refuse)
			if k.State != cases.Refused || len(got) != 1 {
				t.Fatalf("%s is %s with %d letters", kind, k.State, len(got))
			}
			text := got[0].Letter.Text()
			for _, said := range []string{"data protection officer", "Information Commissioner", "court"} {
				if !strings.Contains(text, said) {
					t.Errorf("the refusal does not name %s:\n%s", said, text)
				}
			}
			continue
		}
		at := "/cases/" + k.Number + "/do/sent"
		_, page := v.get(at)
		res, page := v.fill(page, at, "go", "send")
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: sending gives %d:\n%s", kind, res.StatusCode, textOf(page))
		}
		got := c.letters(t, k.Number, letter.Answer)
		if len(got) != 1 {
			t.Fatalf("%s has %d answers", kind, len(got))
		}
		for _, p := range r.Parts {
			if !strings.Contains(got[0].Letter.Text(), p.Words) {
				t.Errorf("%s: the letter does not say %q", kind, p.Words)
			}
		}
	}
}
