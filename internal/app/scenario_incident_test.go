package app

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/promise"
)

// under is an office under a landlord's notice that reads no system.
func under(t *testing.T, pack string) workspace {
	t.Helper()
	dir := filepath.Join(t.TempDir(), pack)
	if err := desk.Init(t.Context(), dir, pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(t.Context(), dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return now }
	return workspace{Desk: d}
}

// wrong is what somebody fills in on the portal.
func (v visitor) wrong(kind, what, message string) *http.Response {
	v.t.Helper()
	res, _ := v.post("/report", "token", "AAAAAAAAAAAAAAAAAAAAAAAAAA", "kind", kind, "what", what, "message", message)
	return res
}

// does something to an incident, and fails where it cannot.
func (w workspace) does(t *testing.T, number string, do func(*incident.Incidents, incident.On) (incident.Incident, error)) incident.Incident {
	t.Helper()
	i, err := w.Incident(number, func(x *incident.Incidents) (incident.Incident, error) {
		return do(x, incident.On{Number: number, By: "staff-1"})
	})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// breach is an incident that was found to be a breach, decided as given and described.
func (w workspace) breach(t *testing.T, once string, risk incident.Risk) incident.Incident {
	t.Helper()
	ctx := t.Context()
	i, err := w.ReportIncident(ctx, incident.First{Once: once, Kind: incident.Lost, What: "A stick was left on a bus.", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func(*incident.Incidents, incident.On) (incident.Incident, error){
		func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Confirm(ctx, on, incident.Finding{Harms: []incident.Harm{incident.Confidentiality, incident.Availability}, Aware: w.Now(), How: "The caretaker rang.", Role: incident.Controller})
		},
		func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Describe(ctx, on, incident.Description{Nature: "A list of 40 tenants on a stick without a lock was lost.", Effects: "Somebody may pose as one of us.", Measures: "We asked the bus firm."})
		},
		func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Assess(ctx, on, incident.Facts{Data: []incident.Data{incident.Contact, incident.Tenancy}, People: 40, Records: 40, Identifiable: incident.Directly})
		},
		func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Decide(ctx, on, risk, "Names and homes together.")
		},
	} {
		i = w.does(t, i.Number, do)
	}
	return i
}

// TestScenario_MET13: a lost stick without a lock opens an incident as a loss; the 72 hours
// show; the measure that failed is named with its owner; an altered record is somebody's task.
func TestScenario_MET13(t *testing.T) {
	w := under(t, "wrenfield")
	ctx := t.Context()
	o, _, _ := w.office(t)
	w.hires(t, "farida", "Farida Choudhury")
	by, staff := staffOf(t, w, "farida"), staffIncidents{staffDesk: staffDesk{o}}
	i := w.breach(t, "met-13", incident.SomeRisk)
	if of, named := i.Kind.Opens(w.Notice); of != notice.Lost || !named {
		t.Errorf("it opens as %q, which the notice names: %v", of, named)
	}
	if i.Proposal.Risk != incident.SomeRisk || i.State != incident.ToReport {
		t.Errorf("proposed %s, and it is %s", i.Proposal.Risk, i.State)
	}
	f, err := staff.Incident(ctx, by, i.Number)
	if err != nil || len(f.Clocks) != 1 || f.Clocks[0].Left != "72 hours left" || !strings.Contains(f.Clocks[0].Due, "26 November 2026 at 10:30") {
		t.Fatalf("the clock is %+v, %v", f.Clocks, err)
	}
	for _, d := range []struct{ act, name, value, name2, value2, name3, value3 string }{
		{"measure", "measure", "against-loss", "owner", "Head of IT", "why", "The stick had no lock."},
		{"task", "what", "Put the altered record right from its history.", "owner", "Housing systems", "", ""},
	} {
		v := w.clerkOf(t, "clerk-"+d.act, "Bede Larter")
		v.get("/incidents/" + i.Number + "/do/" + d.act)
		res, page := v.post("/incidents/"+i.Number+"/do/"+d.act, "once", "met-13-"+d.act, d.name, d.value, d.name2, d.value2, d.name3, d.value3)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s gives %d:\n%s", d.act, res.StatusCode, page)
		}
		if !strings.Contains(page, d.value2) {
			t.Errorf("the page does not show %q", d.value2)
		}
	}
	got, err := w.IncidentFile(ctx, i.Number)
	if err != nil || len(got.Failed) != 1 || got.Failed[0].Owner != "Head of IT" || got.Failed[0].Says == "" || len(got.Promises) != 1 || len(got.Tasks) != 1 {
		t.Errorf("%+v %v", got.Details, err)
	}
	if len(got.Missing) != 0 {
		t.Errorf("the report lacks %v", got.Missing)
	}
}

// TestScenario_SOT13Attack: of an attack on the site. The attacker's access ends at once, the
// police are told, and that they were told who it was is logged as a disclosure.
func TestScenario_SOT13Attack(t *testing.T) {
	w := under(t, "potters-green")
	ctx := t.Context()
	_, portal, _ := w.office(t)
	v := visit(t, portal)
	res := v.wrong("attack", "Somebody tries every address of the site.", "")
	if again := v.wrong("attack", "Somebody tries every address of the site.", ""); res.StatusCode != http.StatusOK || again.StatusCode != http.StatusOK {
		t.Fatalf("the report gives %d, and again %d", res.StatusCode, again.StatusCode)
	}
	p, err := w.ListIncidents(ctx, incident.Filter{Open: true})
	all := p.Incidents
	if err != nil || len(all) != 1 || all[0].Kind != incident.Attack {
		t.Fatalf("the same report twice is %d incidents, %v", len(all), err)
	}
	number := all[0].Number
	w.does(t, number, func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
		return x.Ban(ctx, on, "127.0.0.1", now.Add(24*time.Hour))
	})
	if res, page := v.get("/request/what"); res.StatusCode != http.StatusForbidden || !strings.Contains(page, "24 November 2026") {
		t.Errorf("whoever attacked is given %d", res.StatusCode)
	}
	if res, _ := v.get("/contact"); res.StatusCode != http.StatusOK {
		t.Errorf("nobody tells them how else to reach us: %d", res.StatusCode)
	}
	i, err := w.TellPolice(ctx, number, "staff-1", incident.Told{Where: "The police", Ref: "CR-42"}, "Zebedee Nowhere")
	if err != nil || len(i.Police) != 1 {
		t.Fatalf("%+v, %v", i.Police, err)
	}
	logged := false
	for _, r := range w.records(t) {
		logged = logged || r.Act == "disclosure.recorded"
	}
	if !logged {
		t.Error("that the police were told who it was is in no log")
	}
	d := w.Now
	w.Desk.Now = func() time.Time { return d().Add(25 * time.Hour) }
	if res, _ := v.get("/request/what"); res.StatusCode != http.StatusOK {
		t.Errorf("shut out for longer than was said: %d", res.StatusCode)
	}
}

// TestScenario_MHS15Phishing: of phishing. A message that somebody had goes to where the notice says,
// and others can be warned; what we never ask for is on the page.
func TestScenario_MHS15Phishing(t *testing.T) {
	w := under(t, "northmoor")
	ctx := t.Context()
	_, portal, _ := w.office(t)
	v := visit(t, portal)
	_, page := v.get("/report")
	for _, want := range []string{"card numbers", "passwords", "user names"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say that we never ask for %s", want)
		}
	}
	if res := v.wrong("phishing", "A message asks for my PIN.", "Dear tenant, reply with your PIN."); res.StatusCode != http.StatusOK {
		t.Fatalf("the report gives %d", res.StatusCode)
	}
	p, err := w.ListIncidents(ctx, incident.Filter{Open: true})
	all := p.Incidents
	if err != nil || len(all) != 1 || all[0].Message != "Dear tenant, reply with your PIN." {
		t.Fatalf("%+v, %v", all, err)
	}
	f, err := w.IncidentFile(ctx, all[0].Number)
	if err != nil {
		t.Fatal(err)
	}
	var officer notice.Contact
	for _, c := range w.Notice.Landlord.Contacts {
		if c.ID == w.Notice.Web.Phishing.Report {
			officer = c
		}
	}
	if !strings.Contains(f.Warning, "never ask for") || !strings.Contains(f.Warning, string(officer.Email)) || !strings.Contains(page, string(officer.Email)) {
		t.Errorf("the warning is %q", f.Warning)
	}
}

// TestBreachLetters: whoever a breach touches is written to where they are safe to be
// reached, once, and counts as told when the letter goes out.
func TestBreachLetters(t *testing.T) {
	w := under(t, "larkfield")
	ctx := t.Context()
	r, err := w.Request("access")
	if err != nil {
		t.Fatal(err)
	}
	r.Once, r.Received, r.Channel, r.By, r.Person = "safe", law.DateOf(now), "letter", "staff-1", cases.Person{Name: "Ada Quillfeather", Email: "ada@example.org"}
	r.Requester, r.Safety = cases.Requester{Name: "Ada Quillfeather"}, &cases.Safety{Only: []string{"2 Aunt Road, Larkfield"}}
	if _, err := w.Cases.Open(ctx, r); err != nil {
		t.Fatal(err)
	}
	i := w.breach(t, "letters", incident.HighRisk)
	sheet := []byte("name,email,address,language\nAda Quillfeather,ada@example.org,\"1 Home Road, Larkfield\",en\nBede Larter,bede@example.org,\"3 Home Road, Larkfield\",cy\n")
	for _, want := range []int{2, 0} {
		added, problems, err := w.ListAffectedSheet(ctx, i.Number, "staff-1", "people.csv", sheet)
		if err != nil || len(problems) > 0 || added != want {
			t.Fatalf("%d added, %v, %v", added, problems, err)
		}
	}
	n, left, err := w.TellAffected(ctx, i.Number, "staff-1")
	if err != nil || n != 1 || len(left) != 1 || left[0].N != 1 {
		t.Fatalf("%d letters, %+v left, %v", n, left, err)
	}
	if n, _, err = w.TellAffected(ctx, i.Number, "staff-1"); err != nil || n != 0 {
		t.Errorf("written to again: %d, %v", n, err)
	}
	out, err := w.Outbox(ctx, desk.ToPrint, 10)
	if err != nil || len(out) != 1 || out[0].Kind != letter.Breach || out[0].Lang != letter.Welsh || !strings.Contains(out[0].Letter.Text(), "A list of 40 tenants") {
		t.Fatalf("%+v, %v", out, err)
	}
	if err := w.PostedLetter(ctx, out[0].Reference, "staff-1", desk.Posting{Day: w.Today()}); err != nil {
		t.Fatal(err)
	}
	f, err := w.IncidentFile(ctx, i.Number)
	people, perr := w.Affected(ctx, i.Number, incident.Some{})
	if err != nil || perr != nil || f.People.Told != 1 || people[1].Told.IsZero() || f.PeopleDone() {
		t.Errorf("%+v, %v %v", f.People, err, perr)
	}
}

// TestTellAfterBreach: the promise is unproven with nothing to count, kept once people were
// told, and broken by a breach of which nobody tells them.
func TestTellAfterBreach(t *testing.T) {
	w := under(t, "larkfield")
	ctx := t.Context()
	status := func() promise.Status {
		t.Helper()
		run, err := w.CheckPromises(ctx, "system", []string{"tell-after-breach"}, nil)
		if err != nil || len(run.Promises) != 1 {
			t.Fatal(run, err)
		}
		return run.Promises[0].Status
	}
	if got := status(); got != promise.Unproven {
		t.Errorf("with no breach it is %s", got)
	}
	i := w.breach(t, "one", incident.HighRisk)
	if got := status(); got != promise.Unproven {
		t.Errorf("within the hours it is %s", got)
	}
	w.does(t, i.Number, func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
		return x.Except(ctx, on, incident.Averted, "It came back, locked away all the time.")
	})
	if got := status(); got != promise.Kept {
		t.Errorf("once it is dealt with it is %s", got)
	}
	w.breach(t, "two", incident.HighRisk)
	at := now.Add(73 * time.Hour)
	w.Desk.Now = func() time.Time { return at }
	if got := status(); got != promise.Broken {
		t.Errorf("with people who were not told it is %s", got)
	}
}

// TestOurWordsAskForNothingSecret: no letter of ours asks for what we never ask for, and
// one that does is not written.
func TestOurWordsAskForNothingSecret(t *testing.T) {
	for _, lang := range letter.Langs() {
		files, err := filepath.Glob(filepath.Join("..", "letter", "templates", string(lang), "*.txt"))
		if err != nil || len(files) < 10 {
			t.Fatal(files, err)
		}
		words, err := filepath.Glob(filepath.Join("..", "portal", "words", string(lang)+".txt"))
		if err != nil || len(words) != 1 {
			t.Fatal(words, err)
		}
		for _, file := range append(files, words...) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if _, after, ok := strings.Cut(line, " = "); ok {
					line = after
				}
				for _, a := range incident.NeverAsks(nil, line) {
					t.Errorf("%s asks for %s: %s", file, a.What, a.Sentence)
				}
			}
		}
	}
	w := under(t, "larkfield")
	k := w.opens(t, "access", "", "All of it")
	_, _, err := w.SendLetter(t.Context(), k, desk.NewLetter{Kind: letter.Clarify, Words: "Please reply with your password.", ByPost: true}, cases.On{By: "staff-1"})
	if err == nil || !strings.Contains(err.Error(), "passwords") {
		t.Errorf("a letter that asks for a password is written: %v", err)
	}
}
