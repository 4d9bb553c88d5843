package app

import (
	"bytes"
	"encoding/csv"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/testbrowser"
)

// clerkOf signs in a member of staff at the console of a workspace.
func (w workspace) clerkOf(t testing.TB, login, name string) visitor {
	t.Helper()
	w.hires(t, login, name)
	_, _, at := w.office(t)
	v := visit(t, at)
	if res, page := v.post("/sign-in", "name", login, "password", password); res.StatusCode != http.StatusOK {
		t.Fatalf("signing in gives %d:\n%s", res.StatusCode, page)
	}
	return v
}

var (
	carried = regexp.MustCompile(`name="(once|version|seen|of)" value="([^"]*)"`)
)

// fill posts a form that a page shows, with what it carries itself.
func (v visitor) fill(page, to string, pairs ...string) (*http.Response, string) {
	v.t.Helper()
	for _, m := range carried.FindAllStringSubmatch(page, -1) {
		pairs = append(pairs, m[1], m[2])
	}
	return v.post(to, pairs...)
}

// does opens the page of an act and sends it.
func (v visitor) does(number, act string, pairs ...string) string {
	v.t.Helper()
	res, page := v.get("/cases/" + number + "/do/" + act)
	if res.StatusCode != http.StatusOK {
		v.t.Fatalf("the page of %s is a %d:\n%s", act, res.StatusCode, page)
	}
	path, _, _ := strings.Cut(act, "?")
	res, page = v.fill(page, "/cases/"+number+"/do/"+path, pairs...)
	if res.StatusCode != http.StatusOK {
		v.t.Fatalf("%s is answered with %d:\n%s", act, res.StatusCode, textOf(page))
	}
	return page
}

var tags = regexp.MustCompile(`<[^>]*>`)

// textOf is what a page says, roughly.
func textOf(page string) string {
	_, main, _ := strings.Cut(page, "<main")
	return strings.Join(strings.Fields(tags.ReplaceAllString(main, " ")), " ")
}

func must(t testing.TB, page string, wanted ...string) {
	t.Helper()
	text := textOf(page)
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%.3000s", want, text)
		}
	}
}

// TestStaffWorkACase enters a request that came by telephone, works it to its end and
// looks at every page that shows it.
func TestStaffWorkACase(t *testing.T) {
	w := open(t)
	first := w.asks(t).Case
	star := w.world.Star()
	v := w.clerkOf(t, "rosalind", "Rosalind Achebe")

	// Words alone propose and choose nothing.
	_, page := v.get("/cases/new")
	_, page = v.fill(page, "/cases/new", "asked", "I want the camera pictures of the lobby from Tuesday", "go", "suggest")
	must(t, page, "Camera pictures of you", "camera")
	if strings.Contains(page, `value="cctv" selected`) {
		t.Error("a kind is chosen for whoever enters the request")
	}
	entry := []string{"asked", "I want the camera pictures of the lobby from Tuesday", "kind", "cctv", "channel", "phone",
		"received-day", "20", "received-month", "November", "received-year", "2026", "name", star.Name, "email", star.Email, "tenancy", star.Ref}
	_, page = v.fill(page, "/cases/new", entry...)
	must(t, page, "This may be somebody who has asked before", first.Number)
	if n := w.count(t); n != 1 {
		t.Fatalf("there are %d cases before the one that was shown was looked at", n)
	}
	res, page := v.fill(page, "/cases/new", entry...)
	if res.StatusCode != http.StatusOK || !strings.HasSuffix(res.Request.URL.Path, "/opened") {
		t.Fatalf("entering it gives %d at %s:\n%s", res.StatusCode, res.Request.URL, textOf(page))
	}
	must(t, page, "CV-2026-0001", "received 20 November 2026", "Up next", "How this date was worked out")
	number := "CV-2026-0001"
	if w.count(t) != 2 {
		t.Error("the case was not opened once")
	}

	_, page = v.get("/cases/" + number)
	must(t, page, "What can be done now", "Ask what is meant", "Refuse the whole request", "Perhaps the same person", first.Number)

	// The preview moves the date and the case does not.
	_, page = v.get("/cases/" + number + "/do/clarify")
	must(t, page, "You do not do it", "comes in a week", "21 December 2026", "29 December 2026")
	page = v.does(number, "clarify", "words", "Which entrance?", "day-day", "23", "day-month", "11", "day-year", "2026")
	must(t, page, "asked for an answer to our question", "Clock paused")
	page = v.does(number, "came", "what", "clarification", "words", "The north door.", "day-day", "23", "day-month", "11", "day-year", "2026")
	must(t, page, "It is recorded that there came")

	// A page that was opened before somebody else acted does nothing, and keeps what was typed.
	_, old := v.get("/cases/" + number + "/do/refuse")
	v.does(number, "note", "words", "The lobby cameras keep two weeks.")
	res, page = v.fill(old, "/cases/"+number+"/do/refuse", "grounds", law.GroundExcessive, "words", "Too much is asked.", "routes", law.RouteOwn)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "Too much is asked.") {
		t.Errorf("an old page is answered with %d:\n%s", res.StatusCode, textOf(page))
	}
	must(t, page, "changed this case after you opened the page")

	// Nothing can be drafted until the recording is held.
	_, page = v.get("/cases/" + number + "/do/answer?of=granted")
	must(t, page, "This cannot be done yet", "Whoever runs the recordings")
	_, page = v.get("/cases/" + number + "/tasks")
	must(t, page, "Recording to save", "hours")
	v.does(number, "finish?of=1", "how", "saved", "words", "Copied to the safe store.")
	v.does(number, "hand", "who", w.staffID(t, "rosalind"), "words", "Please.")
	v.does(number, "spend", "minutes", "45", "work", string(law.Searching))
	_, page = v.get("/cases/" + number)
	must(t, page, "With Rosalind Achebe", "45 minutes so far")
	_, page = v.get("/cases/tasks?show=mine")
	must(t, page, number)

	v.does(number, "safeguard", "safe", star.Email, "never", star.Address, "why", "They told us.")
	v.get("/cases/" + number + "/identity")
	v.post("/cases/"+number+"/identity", "how", "Photo identity seen in person")
	k, err := w.Cases.ByNumber(t.Context(), number)
	if err != nil || k.Identity == nil {
		t.Fatalf("identity: %v", err)
	}
	_, page = v.get("/cases/" + number + "/do/answer?of=partly")
	var parts []string
	for _, c := range law.Contents(law.KindCCTV, law.Partly) {
		if strings.Contains(page, `name="part-`+c.ID+`"`) && !strings.HasPrefix(c.ID, "route-") {
			parts = append(parts, "part-"+c.ID, "About this: "+c.Says)
		}
	}
	page = v.does(number, "answer?of=partly", parts...)
	must(t, page, "The answer is drafted")
	k, _ = w.Cases.ByNumber(t.Context(), number)
	for _, task := range w.openTasks(t, k) {
		v.does(number, "finish?of="+task, "how", "unable", "words", "The store does not hold pictures.")
	}
	k, _ = w.Cases.ByNumber(t.Context(), number)
	_, page = v.post("/cases/"+number+"/approve", "fingerprint", k.Draft.Digest)
	must(t, page, "approved and released")

	// What is sent anywhere but where they are safe is refused.
	_, page = v.get("/cases/" + number + "/do/sent")
	res, _ = v.fill(page, "/cases/"+number+"/do/sent", "way", "sent", "to", "other@example.org")
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("sending to a place that is not safe gives %d", res.StatusCode)
	}
	page = v.does(number, "sent", "way", "sent", "to", star.Email)
	must(t, page, "What went out", "An answer in words", "The person, "+star.Name, "UK GDPR Art 15", "How it ended")
	page = v.does(number, "close")
	must(t, page, "The case is closed")
	if k, _ = w.Cases.ByNumber(t.Context(), number); k.State != cases.Closed {
		t.Errorf("the case is %s", k.State)
	}
	page = v.does(number, "reopen", "words", "A camera was forgotten.")
	must(t, page, "The case is open again")

	// What went out stands in the other case of the person too.
	_, page = v.get("/cases/" + first.Number)
	must(t, page, "Perhaps the same person")
	verified, err := (staffDesk{w.bureau(t)}).VerifyLedger(t.Context())
	if err != nil || !verified.OK {
		t.Errorf("the ledger does not verify: %v %v", verified.Findings, err)
	}
}

// count is how many cases are open.
func (w workspace) count(t testing.TB) int {
	t.Helper()
	p, err := w.Cases.List(t.Context(), cases.Filter{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	return len(p.Cases)
}

func (w workspace) staffID(t testing.TB, login string) string {
	t.Helper()
	all, err := (caseWork{staffDesk{w.bureau(t)}}).colleagues(t.Context())
	if err != nil || len(all) == 0 {
		t.Fatalf("%s is not there: %v", login, err)
	}
	return all[0].ID
}

// openTasks are the numbers of the searches of a case that are open.
func (w workspace) openTasks(t testing.TB, k cases.Case) (out []string) {
	t.Helper()
	all, err := w.Cases.Tasks(t.Context(), k.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if x.Outcome == "" && x.Sort == cases.TaskSearch {
			out = append(out, string(rune('0'+x.N)))
		}
	}
	return out
}

// sends posts a sheet to be brought in.
func (v visitor) sends(name, sheet string) (*http.Response, string) {
	v.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	file, err := form.CreateFormFile("sheet", name)
	if err == nil {
		_, err = io.WriteString(file, sheet)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	return v.read(v.http.Post(v.at+"/cases/import", form.FormDataContentType(), &b))
}

// TestCasesComeIn brings in a sheet: nothing while a row is wrong, and each reference
// once; then the list, its export, the calendar and the figures show them.
func TestCasesComeIn(t *testing.T) {
	w := open(t)
	v := w.clerkOf(t, "rosalind", "Rosalind Achebe")
	const good = "reference,kind,received,channel,name,asked\r\nOLD-1,access,2026-11-02,letter,\"=HYPERLINK(\"\"http://example.org\"\")\",everything\r\n"
	res, page := v.sends("open.csv", good+"OLD-2,acess,2026-11-02,letter,Someone,all\r\nOLD-3,erasure,02/11/2026,letter,Someone,all\r\n")
	if res.StatusCode != http.StatusUnprocessableEntity || w.count(t) != 0 {
		t.Fatalf("a sheet with a wrong row gives %d and %d cases", res.StatusCode, w.count(t))
	}
	must(t, page, "3 kind There is no such kind of case", "4 received It is not a day. Write it as 2026-11-22.")
	if res, page = v.sends("open.csv", good); res.StatusCode != http.StatusOK {
		t.Fatalf("a good sheet gives %d:\n%s", res.StatusCode, textOf(page))
	}
	must(t, page, "1 case was opened", "AR-2026-0001")
	_, page = v.sends("open.csv", good)
	must(t, page, "It was brought in before")
	if _, page = v.sends("open.xlsx", "not a workbook"); w.count(t) != 1 {
		t.Error("something that is no workbook opened a case")
	}
	must(t, page, "the sheet cannot be read as a table")

	v.does("AR-2026-0001", "clarify", "words", "Which years?", "day-day", "3", "day-month", "11", "day-year", "2026")
	_, page = v.get("/cases?kind=access&flag=Waiting+for+the+person&sort=received")
	must(t, page, "1 case.", "AR-2026-0001")
	_, page = v.get("/cases?kind=access&flag=Overdue")
	must(t, page, "0 cases.", "No case is like that")

	res, body := v.get("/cases/export?kind=access")
	if !strings.HasPrefix(body, "\uFEFFCase,Kind,") || !strings.Contains(res.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the export is %q, %v", body, res.Header)
	}
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
	if err != nil || len(table) != 2 || table[1][2] != `'=HYPERLINK("http://example.org")` {
		t.Errorf("the export is %q, %v", table, err)
	}

	_, page = v.post("/cases/calendar")
	address := regexp.MustCompile(`/calendar/[^<]+\.ics`).FindString(page)
	outside := visit(t, v.at)
	res, feed := outside.get(address)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(feed, "SUMMARY:AR-2026-0001: answer due") || strings.Contains(feed, "HYPERLINK") {
		t.Errorf("the calendar is a %d:\n%s", res.StatusCode, feed)
	}
	if res, _ = outside.get(strings.Replace(address, ".ics", "x.ics", 1)); res.StatusCode != http.StatusNotFound {
		t.Errorf("another address gives %d", res.StatusCode)
	}
	v.post("/cases/calendar")
	if res, _ = outside.get(address); res.StatusCode != http.StatusNotFound {
		t.Errorf("the address before the new one gives %d", res.StatusCode)
	}
	_, page = v.post("/cases/calendar")
	address = regexp.MustCompile(`/calendar/[^<]+\.ics`).FindString(page)
	if err := w.DisableStaff(t.Context(), "cli", "rosalind"); err != nil {
		t.Fatal(err)
	}
	if res, _ = outside.get(address); res.StatusCode != http.StatusNotFound {
		t.Errorf("the calendar of an account that is disabled gives %d", res.StatusCode)
	}
}

// TestWorkForEveryone holds the pages of a case against axe and a phone's width, on the
// demo.
func TestWorkForEveryone(t *testing.T) {
	w := open(t)
	number := w.asks(t).Case.Number
	w.hires(t, "rosalind", "Rosalind Achebe")
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		p := b.Page(t, o)
		p.Goto(at + "/sign-in")
		p.Fill("#name", "rosalind")
		p.Fill("#password", password)
		p.Click("main button")
		paths := []string{"/cases", "/cases/new", "/cases/import", "/cases/calendar", "/cases/figures", "/cases/tasks", "/cases/" + number, "/cases/" + number + "/tasks", "/cases/" + number + "/opened"}
		for _, act := range []string{"clarify", "ask-identity", "extend", "represent", "safeguard", "assign", "hand", "spend", "refuse", "died"} {
			paths = append(paths, "/cases/"+number+"/do/"+act)
		}
		for _, path := range paths {
			p.Goto(at + path)
			look(t, p, name+" "+path)
		}
		p.Goto(at + "/cases/new")
		p.Click("#take")
		look(t, p, name+" /cases/new, nothing filled in")
	}
}
