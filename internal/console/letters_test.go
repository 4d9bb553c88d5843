package console_test

import (
	"net/http"
	"strings"
	"testing"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
)

// postPages is every page of letters, mail and one's own password.
var postPages = []string{
	"/letters", "/letters?show=sent", "/letters?case=" + number, "/letters?case=nothing", "/letters/" + number + "/1", "/letters/" + number + "/2", "/letters/" + number + "/3", "/letters/templates",
	"/mail", "/mail/m1", "/mail/m2", "/mail/m1/open", "/cases/" + number, "/cases/" + number + "/reply", "/cases/" + number + "/do/extend", "/cases/" + number + "/do/clarify", "/cases/" + number + "/do/answer?of=granted",
	"/cases/" + number + "/history", "/account/password",
}

// TestLetterIsLookedAtFirst: an act that cannot be without its letter shows it whatever
// is sent, with its blocks to change; what it lacks stands beside the block; what was
// filled in goes on to the end.
func TestLetterIsLookedAtFirst(t *testing.T) {
	f, p := servePost(t)
	v := f.staff(t)
	at := "/cases/" + number + "/do/extend"
	good := []string{"version", "7", "once", "x", "words", "Many <records>.", "on-day", "5", "on-month", "11", "on-year", "2026"}
	with := func(pairs ...string) []string { return append(append([]string{}, good...), pairs...) }
	for _, pairs := range [][]string{good, with("go", "letter"), with("go", "told")} {
		status, page := v.post(at, pairs...)
		for _, want := range []string{"As it will read", "3 Example Road", "No address is known.", "Two &lt;b&gt;", `name="words" value="Many &lt;records&gt;."`, `name="on-month" value="11"`, `name="once" value="x"`,
			`name="block-reasons"`, "UK GDPR Art 12A(4)", "Send the letter and take longer"} {
			if status != http.StatusOK || !strings.Contains(page, want) {
				t.Errorf("%v: %d, and not %q", pairs[10:], status, want)
			}
		}
	}
	if len(p.sent) != 0 {
		t.Fatal("it was taken unseen")
	}
	status, page := v.post(at, with("go", "send", "block-new-date", "", "block-reasons", "Other words.")...)
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, `href="#block-new-date"`) || !strings.Contains(page, `id="block-new-date-error"`) || !strings.Contains(page, `href="#words-lack"`) || len(p.sent) != 0 {
		t.Errorf("a letter that lacks its date gives %d:\n%s", status, page)
	}
	status, page = v.post(at, with("version", "6", "go", "send")...)
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "Tomos Prydderch changed this case") || !strings.Contains(page, "Many &lt;records&gt;.") {
		t.Errorf("an older case gives %d", status)
	}
	p.unsafe = "They are to be reached in safety alone."
	if _, page := v.post(at, with("go", "letter")...); !strings.Contains(page, p.unsafe) || !strings.Contains(page, "Give the task") || strings.Contains(page, "As it will read") {
		t.Error("what is not safe is shown as if it were")
	}
	p.unsafe = ""
	if status, page = v.post(at, with("go", "send", "block-reasons", "Other\r\nwords.")...); status != http.StatusOK || !strings.Contains(page, "It was done.") {
		t.Errorf("sending gives %d", status)
	}
	if len(p.sent) != 1 || !p.sent[0].Letter || p.sent[0].Blocks["reasons"] != "Other\nwords." || p.sent[0].Given.Get("on") != "2026-11-05" {
		t.Errorf("%+v", p.sent)
	}
}

// TestToldAlready: an act whose letter may have gone otherwise is recorded where that is
// said, and shows its letter where that is asked for.
func TestToldAlready(t *testing.T) {
	f, p := servePost(t)
	v := f.staff(t)
	at := "/cases/" + number + "/do/clarify"
	if _, page := v.get(at); !strings.Contains(page, "See the letter") || !strings.Contains(page, "They were asked already") {
		t.Error("the page does not offer both")
	}
	in := []string{"version", "7", "once", "x", "words", "Which years?"}
	if _, page := v.post(at, append(in, "go", "letter")...); !strings.Contains(page, "As it will read") || len(p.sent) != 0 {
		t.Error("its letter is not shown")
	}
	if _, page := v.post(at, append(in, "go", "told")...); !strings.Contains(page, "It was done.") || len(p.sent) != 1 || p.sent[0].Letter {
		t.Errorf("%+v", p.sent)
	}
}

// TestAnswerIsKept: an answer is kept with nothing of it there yet, and drafted only
// whole, with the provision of what is missing.
func TestAnswerIsKept(t *testing.T) {
	f, p := servePost(t)
	v := f.staff(t)
	at := "/cases/" + number + "/do/answer"
	status, page := v.post(at, "of", "granted", "version", "7", "once", "x", "words", "")
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "The answer has to say this: why. Art 12") {
		t.Errorf("%d", status)
	}
	status, page = v.post(at, "of", "granted", "version", "7", "once", "x", "words", "Half", "go", "keep")
	if status != http.StatusOK || p.kept.Get("words") != "Half" || len(p.sent) != 0 || !strings.Contains(page, "It goes to nobody.") || !strings.Contains(page, "Go on with it") {
		t.Errorf("%d, %v", status, p.kept)
	}
}

// TestOutboxPages posts, tries again, drops and prints.
func TestOutboxPages(t *testing.T) {
	f, p := servePost(t)
	v := f.staff(t)
	at := "/letters/" + number
	_, page := v.get("/letters")
	for _, want := range []string{"Letters (2)", "Mail (2)", number + "-1", "the mail server refused it", "no later than 30 November 2026", "Print together"} {
		if !strings.Contains(page, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	for name, c := range map[string]struct {
		to    string
		pairs []string
		want  string
	}{
		"no day":    {at + "/1/posted", nil, "Enter the day"},
		"half":      {at + "/1/posted", []string{"day-day", "31", "day-month", "2", "day-year", "2026", "recorded", "AB<1>"}, "Enter the day"},
		"tomorrow":  {at + "/1/posted", []string{"day-day", "26", "day-month", "11", "day-year", "2026", "recorded", "AB<1>"}, "still to come"},
		"no reason": {at + "/1/dropped", []string{"why", " "}, "Say in a few words"},
	} {
		status, page := v.post(c.to, c.pairs...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, c.want) || len(c.pairs) > 6 && !strings.Contains(page, "AB&lt;1&gt;") {
			t.Errorf("%s: %d, and not %q", name, status, c.want)
		}
	}
	if _, page := v.post(at+"/1/posted", "day-day", "24", "day-month", "11", "day-year", "2026", "recorded", "AB123456789GB"); !strings.Contains(page, "went to the post") || p.rows[0].Recorded == "" {
		t.Errorf("%+v", p.rows[0])
	}
	if _, page := v.post(at + "/2/retry"); !strings.Contains(page, "by e-mail again") || p.rows[1].CanRetry {
		t.Errorf("%+v", p.rows[1])
	}
	if _, page := v.post(at+"/2/dropped", "why", "They know."); !strings.Contains(page, "does not go out") || p.rows[1].Why != "They know." {
		t.Errorf("%+v", p.rows[1])
	}
	res, err := v.http.Get(v.at + at + "/1/print?cover=yes")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.Header.Get("Content-Security-Policy") != p.PrintPolicy() || res.StatusCode != http.StatusOK || len(p.printed) != 1 {
		t.Errorf("%d, %v", res.StatusCode, res.Header)
	}
	if status, page := v.post("/letters/print"); status != http.StatusConflict || !strings.Contains(page, "No letter was chosen") {
		t.Errorf("nothing to print gives %d", status)
	}
	if status, page := v.post("/letters/print", "letter", number+"-2"); status != http.StatusConflict || !strings.Contains(page, "may not go") {
		t.Errorf("one that may not go gives %d", status)
	}
	if status, _ := v.get(at + "/9"); status != http.StatusNotFound {
		t.Errorf("a letter that is not there: %d", status)
	}
}

// TestMailPages: nothing is chosen for a message, and each way to deal with it works once.
func TestMailPages(t *testing.T) {
	f, p := servePost(t)
	v := f.staff(t)
	_, page := v.get("/mail/m1")
	for _, want := range []string{"Ann &lt;b&gt;Larter", "scan &lt;1&gt;.pdf", "because of “correct”", "because of “phishing”", "The message goes on", `value="` + number + `"`, "Hand it over"} {
		if !strings.Contains(page, want) {
			t.Errorf("the message does not show %q", want)
		}
	}
	_, form := v.get("/mail/m1/open")
	if !strings.Contains(form, `action="/mail/m1/open"`) || !strings.Contains(form, "Please correct it.") || strings.Contains(form, "selected>A copy") || !strings.Contains(form, `value="24"`) {
		t.Errorf("the form:\n%s", form)
	}
	in := []string{"once", "form-1", "asked", "Please correct it.", "received-day", "24", "received-month", "11", "received-year", "2026"}
	if status, page := v.post("/mail/m1/open", in...); status != http.StatusUnprocessableEntity || !strings.Contains(page, "What is it?: choose from the list") || p.opened != nil {
		t.Errorf("without a kind it is %d", status)
	}
	if status, page := v.post("/mail/m1/open", append(in, "kind", "access", "by", "again")...); status != http.StatusOK || !strings.Contains(page, "asked before") || p.opened != nil {
		t.Errorf("the same person is not shown: %d", status)
	}
	if status, _ := v.post("/mail/m1/open", append(in, "kind", "access")...); status != http.StatusOK || p.opened.Get("kind") != "access" {
		t.Errorf("opening gives %d, %v", status, p.opened)
	}
	if _, page := v.get("/mail/m1/open"); !strings.Contains(page, "dealt with") {
		t.Error("it can be opened again")
	}
	for path, want := range map[string]string{"/mail/m2/attach": "Enter the number", "/mail/m2/dismiss": "Choose why"} {
		if status, page := v.post(path); status != http.StatusUnprocessableEntity || !strings.Contains(page, want) {
			t.Errorf("%s gives %d, and not %q", path, status, want)
		}
	}
	if status, _ := v.post("/mail/m2/attach", "number", "AVH-1"); status != http.StatusUnprocessableEntity {
		t.Errorf("a case that is not there: %d", status)
	}
	if _, page := v.post("/mail/m2/dismiss", "why", "advert"); !strings.Contains(page, "The message is dismissed") {
		t.Error("it is not dismissed")
	}
	if status, _ := v.get("/mail/none"); status != http.StatusNotFound {
		t.Errorf("a message that is not there: %d", status)
	}
}

// TestOwnPasswordPage: a new password takes the old one, is long enough, and twice the
// same; nothing that was typed is shown again.
func TestOwnPasswordPage(t *testing.T) {
	f, p := servePost(t)
	v := f.staff(t)
	before := p.password
	for name, in := range map[string][3]string{"none": {"", "new-long-password", "new-long-password"}, "short": {password, "short", "short"}, "same": {password, password, password},
		"differ": {password, "new-long-password", "new-long-passwore"}, "wrong": {"wrong-wrong-wrong", "new-long-password", "new-long-password"}} {
		status, page := v.post("/account/password", "old", in[0], "new", in[1], "again", in[2])
		if status != http.StatusUnprocessableEntity || p.password != before || strings.Contains(page, in[1]) {
			t.Errorf("%s: %d", name, status)
		}
	}
	if p.wrong != 1 {
		t.Errorf("%d wrong tries were told of", p.wrong)
	}
	v.post("/account/password", "old", password, "new", "new-long-password", "again", "new-long-password")
	if ok, err := console.CheckPassword(p.password, "new-long-password"); !ok || err != nil {
		t.Errorf("it is not the new one: %v", err)
	}
	p.password = "locked"
	if status, _ := v.get("/account/password"); status != http.StatusForbidden {
		t.Errorf("a locked account: %d", status)
	}
	p.password = ""
	if _, page := v.get("/account/password"); !strings.Contains(page, "You have no password here") {
		t.Error("somebody without a password may change it")
	}
}

// TestPostForEveryone holds the pages of letters and mail against axe and a phone's width.
func TestPostForEveryone(t *testing.T) {
	needAssets(t)
	f, p := servePost(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true}} {
		t.Run(name, func(t *testing.T) {
			page := b.Page(t, o)
			look := func(what string) {
				t.Helper()
				for _, v := range page.Axe() {
					t.Errorf("%s: %s", what, v)
				}
				if n := page.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", what, n)
				}
			}
			signInWith(page, f)
			for _, path := range postPages {
				page.Goto(f.URL + path)
				look(path)
			}
			page.Goto(f.URL + "/cases/" + number + "/do/extend")
			page.Fill("#words", "Many records.")
			page.Click("#take")
			look("the letter before it goes")
			p.mu.Lock()
			p.lacks = true
			p.mu.Unlock()
			page.Click("#take")
			look("a letter that lacks something")
			p.mu.Lock()
			p.lacks, p.unsafe = false, "Reach them in safety."
			p.mu.Unlock()
			page.Goto(f.URL + "/cases/" + number + "/do/extend")
			page.Fill("#words", "Many records.")
			page.Click("#take")
			look("a letter that may not go")
			p.mu.Lock()
			p.unsafe = ""
			p.mu.Unlock()
			page.Goto(f.URL + "/account/password")
			page.Click("#take")
			look("another password, nothing filled in")
		})
	}
}
