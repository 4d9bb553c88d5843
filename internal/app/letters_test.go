package app

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/testbrowser"
)

// counter is an office without systems of a landlord like a pack, with its console and
// the folder that its e-mails are written to.
type counter struct {
	workspace
	o       *office
	at      string // of the console
	folder  string
	visitor visitor // signed in as Rosalind
}

func openCounter(t testing.TB, pack string, change func(*desk.Config)) counter {
	t.Helper()
	dir := t.TempDir()
	if err := desk.Init(t.Context(), filepath.Join(dir, "office"), pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(t.Context(), filepath.Join(dir, "office"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return now }
	c := counter{workspace: workspace{Desk: d}, folder: filepath.Join(dir, "outbox")}
	d.Config.Post, d.Config.PostFrom, d.Config.Public = "dir:"+c.folder, "privacy@example.org", "https://privacy.example.org"
	if change != nil {
		change(&d.Config)
	}
	c.o = c.bureau(t)
	_, h, err := c.o.faces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c.at = s.URL
	c.visitor = c.signs(t, "rosalind", "Rosalind Achebe")
	return c
}

// signs hires somebody and signs them in.
func (c counter) signs(t testing.TB, login, name string) visitor {
	t.Helper()
	c.hires(t, login, name)
	v := visit(t, c.at)
	if res, page := v.post("/sign-in", "name", login, "password", password); res.StatusCode != http.StatusOK {
		t.Fatalf("signing in gives %d:\n%s", res.StatusCode, page)
	}
	return v
}

// takes opens a case of a kind that came by e-mail, of somebody who can be written to.
func (c counter) takes(t testing.TB, kind law.Kind, change func(*cases.Request)) cases.Case {
	t.Helper()
	r, err := c.Request(string(kind))
	if err != nil {
		t.Fatal(err)
	}
	r.Once, r.At, r.Channel, r.By = t.Name()+string(kind), now.Add(-time.Hour), "mail", "staff-1"
	r.Requester = cases.Requester{Name: "Ann Larter", Email: "ann.larter@example.org", Address: "3 Example Road\nLarkfield\nLK1 1AA"}
	r.Person = cases.Person{Name: "Ann Larter", Email: "ann.larter@example.org", Asked: "About my home."}
	r.Secret = [32]byte{1}
	if change != nil {
		change(&r)
	}
	k, err := c.Cases.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// mails is the e-mails that were sent, by the reference of their letter.
func (c counter) mails(t testing.TB) map[string]string {
	t.Helper()
	c.o.round(t)
	out := map[string]string{}
	files, err := filepath.Glob(filepath.Join(c.folder, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".eml")] = string(raw)
	}
	return out
}

// letters is the letters of a case of a kind.
func (c counter) letters(t testing.TB, number string, kind letter.Kind) (out []desk.Outgoing) {
	t.Helper()
	k, err := c.Cases.ByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.Letters(t.Context(), k.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if o.Kind == kind {
			out = append(out, o)
		}
	}
	return out
}

// TestExtensionGoesWithItsLetter: from the console an extension is looked at as its
// letter, whose words can be changed but not its date; both are there or neither.
func TestExtensionGoesWithItsLetter(t *testing.T) {
	c := openCounter(t, "", nil)
	v := c.visitor
	k := c.takes(t, law.KindRectification, nil)
	more, _ := c.Cases.MayExtend(k)
	until := letter.English.Date(more.Due.Date)
	at := "/cases/" + k.Number + "/do/extend"

	_, page := v.get(at)
	res, shown := v.fill(page, at, "words", "There are many records.", "go", "letter")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("the letter is a %d:\n%s", res.StatusCode, textOf(shown))
	}
	must(t, shown, "On the portal: an e-mail says that a letter waits there", "ann.larter@example.org", "There are many records.", until, "UK GDPR Art 12A(3)–(4)", "Send the letter and take longer")
	if now, _ := c.Cases.Get(t.Context(), k.ID); now.Version != k.Version {
		t.Error("looking at the letter changed the case")
	}
	// Whatever is sent without having been looked at is looked at first.
	if _, page := v.fill(page, at, "words", "There are many records."); !strings.Contains(page, "As it will read") {
		t.Error("an extension was taken without its letter")
	}
	// A date that is taken out is named with its provision, and what was typed stands.
	res, bad := v.fill(page, at, "words", "There are many records.", "block-new-date", "You will hear from us.", "go", "send")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a letter without its date gives %d", res.StatusCode)
	}
	must(t, bad, "It has to go on saying: "+until, "Art 12A(3)–(4)", "You will hear from us.")
	if got := c.letters(t, k.Number, letter.Extend); len(got) != 0 {
		t.Fatalf("it went out: %+v", got)
	}
	res, done := v.fill(page, at, "words", "There are many records.", "block-reasons", "We have found very many records, and some are on paper.", "go", "send")
	if res.StatusCode != http.StatusOK || !strings.HasSuffix(res.Request.URL.Path, k.Number) {
		t.Fatalf("sending gives %d at %s:\n%s", res.StatusCode, res.Request.URL, textOf(done))
	}
	must(t, done, "The clock runs longer. The letter goes by e-mail.", "Letters", "It takes longer", "Waits to go by e-mail")
	after, _ := c.Cases.Get(t.Context(), k.ID)
	got := c.letters(t, k.Number, letter.Extend)
	if after.Extension == nil || len(got) != 1 || !strings.Contains(got[0].Letter.Text(), "some are on paper") || !strings.Contains(got[0].Letter.Text(), until) {
		t.Fatalf("%+v, %+v", after.Extension, got)
	}
	v.fill(page, at, "words", "There are many records.", "go", "send")
	if got := c.letters(t, k.Number, letter.Extend); len(got) != 1 {
		t.Errorf("sent twice, it went %d times", len(got))
	}
	sent := c.mails(t)[got[0].Reference]
	if !strings.Contains(sent, "ann.larter@example.org") || strings.Contains(sent, "on paper") || !strings.Contains(sent, "https://privacy.example.org/follow") {
		t.Errorf("the e-mail says:\n%s", sent)
	}
	_, page = v.get("/cases/" + k.Number + "/history")
	must(t, page, "A letter was written", "A letter was sent", "Look at it")
	_, page = v.get("/letters?show=sent")
	must(t, page, got[0].Reference, "Sent by e-mail")
	verified, err := (staffDesk{c.o}).VerifyLedger(t.Context())
	if err != nil || !verified.OK {
		t.Errorf("the ledger does not verify: %v %v", verified.Findings, err)
	}
}

// TestLetterOfAnOlderCase: of two people, whoever looked at a letter before the other
// acted is told who changed the case, and nothing goes.
func TestLetterOfAnOlderCase(t *testing.T) {
	c := openCounter(t, "", nil)
	other := c.signs(t, "tomos", "Tomos Prydderch")
	k := c.takes(t, law.KindAccess, nil)
	for _, act := range []string{"clarify", "extend", "tell-received"} {
		at := "/cases/" + k.Number + "/do/" + act
		_, page := c.visitor.get(at)
		_, shown := c.visitor.fill(page, at, "words", "Which years do you mean?", "go", "letter")
		must(t, shown, "As it will read")
		other.does(k.Number, "note", "words", "They rang.")
		other.does(k.Number, "safeguard", "safe", "ann.larter@example.org\n3 Example Road", "why", act)
		for _, step := range []string{"letter", "send"} {
			res, late := c.visitor.fill(shown, at, "words", "Which years do you mean?", "go", step)
			if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(late, "Tomos Prydderch changed this case") {
				t.Errorf("%s, %s: an old letter gives %d:\n%s", act, step, res.StatusCode, textOf(late))
			}
		}
	}
	if got := c.letters(t, k.Number, letter.Clarify); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestNotSafeToWrite: where no letter can safely go nothing is written or done, and
// there is a task to reach the person.
func TestNotSafeToWrite(t *testing.T) {
	c := openCounter(t, "", nil)
	k := c.takes(t, law.KindAccess, func(r *cases.Request) { r.Safety = &cases.Safety{Only: []string{"07700 900111"}} })
	at := "/cases/" + k.Number + "/do/extend"
	_, page := c.visitor.get(at)
	_, shown := c.visitor.fill(page, at, "words", "There are many records.", "go", "letter")
	must(t, shown, "to be reached only where it is safe", "Give the task")
	_, done := c.visitor.fill(page, at, "words", "There are many records.", "go", "send")
	must(t, done, "Nothing was sent", "There is a task")
	after, _ := c.Cases.Get(t.Context(), k.ID)
	tasks, err := c.Cases.Tasks(t.Context(), k.ID)
	reach := 0
	for _, x := range tasks {
		if x.Place == "letters" {
			reach++
		}
	}
	if err != nil || after.Extension != nil || reach != 1 || len(c.letters(t, k.Number, letter.Extend)) != 0 {
		t.Errorf("extended: %v, %d tasks, %v", after.Extension, reach, err)
	}
}

// TestAnswerGoesAsApproved: an answer in words is kept unfinished, drafted, approved by
// the digest of its words, and goes out in those words and no others.
func TestAnswerGoesAsApproved(t *testing.T) {
	c := openCounter(t, "", nil)
	v, second := c.visitor, c.signs(t, "tomos", "Tomos Prydderch")
	k := c.takes(t, law.KindRectification, nil)
	at := "/cases/" + k.Number
	_, page := v.get(at + "/reply")
	must(t, page, "There is no draft yet", "Answer: do what was asked", "Partly refuse")
	_, form := v.get(at + "/do/answer?of=granted")
	must(t, form, "Name those who had it and were told", "UK GDPR Art 19", "Keep it, and go on later")
	res, lacking := v.fill(form, at+"/do/answer", "part-done", "Your number is 07700 900155 now.")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an answer that lacks a part gives %d", res.StatusCode)
	}
	must(t, lacking, "The answer has to say this: That those who had it were told", "UK GDPR Art 19")
	_, kept := v.fill(form, at+"/do/answer", "part-done", "Your number is 07700 900155 now.", "go", "keep")
	must(t, kept, "Rosalind Achebe kept an answer", "It goes to nobody")
	_, form = second.get(at + "/do/answer?of=granted")
	if !strings.Contains(form, "Your number is 07700 900155 now.") {
		t.Error("what was kept is not there for the next")
	}
	v.get(at + "/identity")
	v.post(at+"/identity", "how", "Photo identity seen in person")
	page = v.does(k.Number, "answer?of=granted", "part-done", "Your number is 07700 900155 now.", "part-recipients-told", "We told the contractor.", "part-more", "We are sorry.")
	must(t, page, "The answer is drafted")
	k, _ = c.Cases.ByNumber(t.Context(), k.Number)
	for _, task := range c.openTasks(t, k) {
		v.does(k.Number, "finish?of="+task, "how", "empty", "words", "Nothing is there.")
	}
	_, page = second.get(at + "/approve")
	must(t, page, "The letter, as it will read", "Your number is 07700 900155 now.", "We are sorry.", k.Draft.Digest)
	_, page = second.post(at+"/approve", "fingerprint", k.Draft.Digest)
	must(t, page, "approved and released", "Send the answer: its letter has the words that were approved")
	_, page = v.get(at + "/reply")
	must(t, page, "By Tomos Prydderch", "these words, and no others", k.Draft.Digest)

	_, page = v.get(at + "/do/sent")
	_, shown := v.fill(page, at+"/do/sent", "go", "letter")
	must(t, shown, "These words were approved", "Your number is 07700 900155 now.")
	res, changed := v.fill(shown, at+"/do/sent", "go", "send", "block-answer", "Something else.")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("words that were approved are changed: %d\n%s", res.StatusCode, textOf(changed))
	}
	_, done := v.fill(shown, at+"/do/sent", "go", "send")
	must(t, done, "It is recorded that the person has the answer. The letter goes by e-mail.")
	k, _ = c.Cases.ByNumber(t.Context(), k.Number)
	got := c.letters(t, k.Number, letter.Answer)
	if k.State != cases.Released || len(got) != 1 || !strings.Contains(got[0].Letter.Text(), "We told the contractor.") || !strings.Contains(got[0].Letter.Text(), "We are sorry.") {
		t.Errorf("%s, %+v", k.State, got)
	}
}

// TestDenialTellsThePerson: approving an answer that says no is the refusal, and writes
// its letter with every route in the same transaction.
func TestDenialTellsThePerson(t *testing.T) {
	c := openCounter(t, "", nil)
	k := c.takes(t, law.KindObjection, nil)
	if _, err := c.Cases.Identify(t.Context(), cases.On{Case: k.ID, By: "staff-1"}, cases.Proof{How: "known", Arrived: c.Today()}); err != nil {
		t.Fatal(err)
	}
	k, _ = c.Cases.Get(t.Context(), k.ID)
	k, err := c.Reply(t.Context(), k, desk.Reply{Outcome: law.Denied, Grounds: []string{"overriding"}, Parts: []desk.Part{{ID: "reasons", Words: "Another landlord has to know of arrears."}}}, cases.On{By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	if k, err = c.Approve(t.Context(), k, "staff-2", ""); err != nil || k.State != cases.Refused {
		t.Fatalf("%s, %v", k.State, err)
	}
	got := c.letters(t, k.Number, letter.Refuse)
	if len(got) != 1 {
		t.Fatalf("%d letters", len(got))
	}
	for _, want := range []string{"arrears", "court", "regulator"} {
		if !strings.Contains(got[0].Letter.Text(), want) {
			t.Errorf("the letter does not speak of %s:\n%s", want, got[0].Letter.Text())
		}
	}
}

// TestPostroom prints letters together, marks one as posted with its number, and drops
// another; a role for some kinds of case sees no names of the others.
func TestPostroom(t *testing.T) {
	c := openCounter(t, "", func(cfg *desk.Config) { cfg.Post = "" })
	v := c.visitor
	one, two := c.takes(t, law.KindAccess, nil), c.takes(t, law.KindErasure, nil)
	for _, k := range []cases.Case{one, two} {
		if _, err := c.AcknowledgeCase(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	_, page := v.get("/letters")
	must(t, page, one.Number+"-1", two.Number+"-1", "To print and post", "Ann Larter", "Print together")
	if !strings.Contains(page, "Letters (2)") {
		t.Error("the menu does not say how many wait")
	}
	res, sheets := v.post("/letters/print", "letter", one.Number+"-1", "cover", "yes")
	if res.StatusCode != http.StatusOK || strings.Count(sheets, `class="sheet"`) != 2 || strings.Contains(sheets, "<nav") || res.Header.Get("Content-Security-Policy") != letter.PagePolicy() {
		t.Errorf("the pages to print are a %d:\n%s", res.StatusCode, sheets)
	}
	at := "/letters/" + one.Number + "/1"
	_, page = v.get(at)
	must(t, page, "It went to the post", "Number of the recorded delivery", "We have your request")
	res, page = v.post(at+"/posted", "day-day", "23", "day-month", "11", "day-year", "2025")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("posted before it was written: %d", res.StatusCode)
	}
	must(t, page, "it cannot have been posted")
	_, page = v.post(at+"/posted", "day-day", "23", "day-month", "11", "day-year", "2026", "recorded", "AB 1234 5678 9GB")
	must(t, page, "went to the post", "AB123456789GB", "Posted")
	at = "/letters/" + two.Number + "/1"
	res, _ = v.post(at + "/dropped")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("dropped without a reason: %d", res.StatusCode)
	}
	_, page = v.post(at+"/dropped", "why", "They rang and know.")
	must(t, page, "does not go out", "Dropped")
	_, page = v.get("/letters?case=" + strings.ToLower(two.Number))
	must(t, page, two.Number+"-1", "Dropped")
	if res, _ := v.get("/letters/" + two.Number + "/9"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a letter that is not there is a %d", res.StatusCode)
	}
	_, page = v.get("/letters/templates")
	must(t, page, "It takes longer", "Welsh", "As they come with Tenet", "UK GDPR Art 12A(3)–(4)")
}

// TestTemplatesShown: the page of the words says whose they are and what is wrong with
// them, while a letter that is not right keeps every letter from being written.
func TestTemplatesShown(t *testing.T) {
	c := openCounter(t, "", nil)
	k := c.takes(t, law.KindAccess, nil)
	own := filepath.Join(c.Dir, "letters", "en")
	if err := errors.Join(os.MkdirAll(own, 0o700), os.WriteFile(filepath.Join(own, "extend.txt"), []byte("subject: Later\n\n[reasons]\n{{.Words}}\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	_, page := c.visitor.get("/letters/templates")
	must(t, page, "Not right", "letters/en/extend.txt", "the letter leaves out [new-date]", "Art 12A(3)–(4)")
	at := "/cases/" + k.Number + "/do/extend"
	_, page = c.visitor.get(at)
	res, page := c.visitor.fill(page, at, "words", "Many records.", "go", "send")
	if res.StatusCode != http.StatusUnprocessableEntity || len(c.letters(t, k.Number, letter.Extend)) != 0 {
		t.Errorf("%d:\n%s", res.StatusCode, textOf(page))
	}
}

// TestExtendInABrowser extends a case with a browser that runs no script, and finds the
// e-mail in the folder and the new date in the letter.
func TestExtendInABrowser(t *testing.T) {
	c := openCounter(t, "", nil)
	k := c.takes(t, law.KindAccess, nil)
	more, _ := c.Cases.MayExtend(k)
	until := letter.English.Date(more.Due.Date)
	_, at := c.serves(t, slog.New(slog.NewTextHandler(io.Discard, nil)))
	p := testbrowser.Start(t).Page(t, testbrowser.Options{NoScript: true})
	p.Goto(at + "/cases/" + k.Number)
	p.Fill("#name", "rosalind")
	p.Fill("#password", password)
	p.Click("main button")
	p.Click("a[href='/cases/" + k.Number + "/do/extend']")
	p.Fill("#words", "You asked for twelve years of letters.")
	p.Click("#take")
	p.Fill("#block-reasons", "You asked for twelve years of letters, and four are on paper.")
	p.Click("#take")
	if got := p.Text(".govuk-notification-banner__heading"); !strings.Contains(got, "The clock runs longer") {
		t.Fatalf("the page says %q", got)
	}
	p.Click("a[href='/letters/" + k.Number + "/" + lastOf(t, c, k) + "']")
	if got := p.Text("main"); !strings.Contains(got, until) || !strings.Contains(got, "four are on paper") {
		t.Errorf("the letter says %s", got)
	}
	got := c.letters(t, k.Number, letter.Extend)
	if len(got) != 1 {
		t.Fatalf("%d letters", len(got))
	}
	if m := c.mails(t)[got[0].Reference]; !strings.Contains(m, "There is a letter for you") {
		t.Errorf("the folder has no e-mail of it: %q", m)
	}
}

// lastOf is the number of the newest letter of a case.
func lastOf(t testing.TB, c counter, k cases.Case) string {
	t.Helper()
	all := c.letters(t, k.Number, letter.Extend)
	if len(all) == 0 {
		t.Fatal("there is no letter")
	}
	return strings.TrimPrefix(all[len(all)-1].Reference, k.Number+"-")
}
