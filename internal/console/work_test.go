package console_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/testbrowser"
)

// workPages is every page of the work on cases.
var workPages = []string{
	"/cases/new", "/cases/import", "/cases/calendar", "/cases/figures", "/cases/tasks", "/cases/tasks?show=mine", "/cases/" + number, "/cases/" + number + "/tasks",
	"/cases/" + number + "/opened", "/cases/" + number + "/do/note", "/cases/" + number + "/do/refuse", "/cases/" + number + "/do/instruct", "/cases/" + number + "/do/sent", "/cases/" + number + "/do/nothing",
}

func TestActIsDoneOnce(t *testing.T) {
	f, w := serveWork(t)
	v := f.staff(t)
	at := "/cases/" + number + "/do/refuse"
	if _, page := v.get(at); !strings.Contains(page, "Nothing is due any more") || !strings.Contains(page, "govuk-button--warning") {
		t.Errorf("the page does not say what will happen:\n%s", page)
	}
	good := []string{"version", "7", "once", "x", "grounds", "excessive", "words", "Too much.", "day-day", "5", "day-month", "nov", "day-year", "2026", "who", "b"}
	with := func(pairs ...string) []string { return append(append([]string{}, good...), pairs...) }
	for name, x := range map[string]struct {
		pairs []string
		want  string
	}{
		"no ground":        {with("grounds", ""), "Grounds: choose from the list"},
		"another's ground": {with("grounds", "vexatious"), "Grounds: choose from the list"},
		"no words":         {with("words", " "), "The note: this cannot be left empty"},
		"too many words":   {with("words", strings.Repeat("x", 10_001)), "say it in fewer words"},
		"no date":          {with("day-day", "31"), "enter a real date"},
		"half a date":      {with("day-year", ""), "enter a real date"},
		"nobody":           {with("who", ""), "Who told them?: choose from the list"},
		"refused":          {with("words", "wrong"), "Say something else"},
		"an older case":    {with("version", "6"), "Tomos Prydderch changed this case"},
	} {
		status, page := v.post(at, x.pairs...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, x.want) || w.refused != nil {
			t.Errorf("%s: %d, and not %q", name, status, x.want)
		}
		if name == "no words" && (!strings.Contains(page, `value="excessive" checked`) || !strings.Contains(page, `value="11"`) || !strings.Contains(page, `value="b" selected`) || !strings.Contains(page, `name="once" value="x"`)) {
			t.Errorf("what was typed is lost:\n%s", page)
		}
	}
	for range 2 {
		if status, page := v.post(at, good...); status != http.StatusOK || !strings.Contains(page, "It was done.") {
			t.Errorf("refusing gives %d", status)
		}
	}
	if w.refused == nil || len(w.done) != 1 || w.refused.Given.Get("day") != "2026-11-05" || w.refused.Given.Get("grounds") != "excessive" {
		t.Errorf("what was done: %+v", w.refused)
	}
	if _, page := v.get("/cases/" + number + "/do/sent"); !strings.Contains(page, "This cannot be done yet") || strings.Contains(page, "<button class=\"govuk-button\" id=\"take\"") {
		t.Error("what lacks something has a button")
	}
	if status, _ := v.get("/cases/AVH-2026-9999/do/note"); status != http.StatusNotFound {
		t.Errorf("an act of a case that there is not: %d", status)
	}
	if _, page := v.post("/cases/"+number+"/do/finish", "of", "1", "version", "7", "once", "y", "words", "On a disk."); !strings.Contains(page, "On a disk.") || w.tasks[0].Outcome != "Saved" {
		t.Error("finishing a task does not lead back to the tasks")
	}
}

func TestCaseShowsItsFile(t *testing.T) {
	f, _ := serveWork(t)
	v := f.staff(t)
	_, page := v.get("/cases/" + number)
	for _, want := range []string{"Our complaint clock: done 2 November 2026", "What can be done now", "The person", "Reach them only in safety", "Tull &amp; &lt;Co&gt;", "2 open tasks", "1 overdue",
		"of 18 hours", "The same was answered lately", "191 records of 3 systems", "ledger entry 419", "given out of this person’s data"} {
		if !strings.Contains(page, want) {
			t.Errorf("the case does not say %q", want)
		}
	}
	if _, page = v.get("/cases/" + number + "/tasks"); !strings.Contains(page, "Save &lt;b&gt;the&lt;/b&gt; window.") || !strings.Contains(page, "3 hours left") {
		t.Errorf("the tasks:\n%s", page)
	}
	if _, page = v.get("/cases/tasks?show=overdue"); strings.Contains(page, "lobby") || !strings.Contains(page, "paper-west") {
		t.Error("the overdue tasks are not chosen")
	}
}

func TestIntakeShowsWhoAskedBefore(t *testing.T) {
	f, w := serveWork(t)
	v := f.staff(t)
	form := []string{"once", "form-1", "asked", "pictures of the camera", "kind", "cctv", "received-day", "24", "received-month", "11", "received-year", "2026"}
	if _, page := v.post("/cases/new", "asked", "pictures of the camera", "go", "suggest"); !strings.Contains(page, "Save them within hours.") || strings.Contains(page, "selected>Pictures") || len(w.entered) != 0 {
		t.Error("the words propose nothing, or choose")
	}
	if status, _ := v.post("/cases/new", "once", "form-1", "asked", "x"); status != http.StatusUnprocessableEntity || len(w.entered) != 0 {
		t.Errorf("a form without a kind gives %d", status)
	}
	again := append(append([]string{}, form...), "by", "again")
	_, page := v.post("/cases/new", again...)
	if !strings.Contains(page, "The same is asked already") || !strings.Contains(page, "Open another case") || len(w.entered) != 0 {
		t.Error("a case of the same person is not shown first")
	}
	if v.post("/cases/new", append(again, "seen", "OTHER ")...); len(w.entered) != 0 {
		t.Error("a case is opened though other ones were seen")
	}
	for range 2 {
		if _, page = v.post("/cases/new", append(again, "seen", number+" ")...); !strings.Contains(page, "Case opened") || !strings.Contains(page, "How this date was worked out") {
			t.Errorf("the case is not opened:\n%s", page)
		}
	}
	if len(w.entered) != 1 || w.entered[0].Get("received") != "2026-11-24" {
		t.Errorf("entered: %v", w.entered)
	}
}

func TestSheet(t *testing.T) {
	f, w := serveWork(t)
	v := f.staff(t)
	send := func(content string) (int, string) {
		t.Helper()
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		if content != "" {
			part, err := form.CreateFormFile("sheet", "open.csv")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(part, content); err != nil {
				t.Fatal(err)
			}
		}
		form.Close()
		return v.read(v.http.Post(v.at+"/cases/import", form.FormDataContentType(), &b))
	}
	if status, page := send(""); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Choose a sheet") {
		t.Errorf("no sheet: %d", status)
	}
	status, page := send("bad")
	if first, second := strings.Index(page, "Write it as 2026-11-22."), strings.Index(page, "Write one."); status != http.StatusUnprocessableEntity || first < 0 || second < first || w.sheet != "" {
		t.Errorf("a sheet with two problems: %d\n%s", status, page)
	}
	if _, page = send("good"); !strings.Contains(page, "1 case was opened") {
		t.Error("a good sheet is not brought in")
	}
	if _, page = send("good"); !strings.Contains(page, "0 cases were opened") || !strings.Contains(page, "brought in before") {
		t.Error("the same sheet again is not said to be that")
	}
	if status, _ = send(strings.Repeat("x", 1<<20)); status != http.StatusOK {
		t.Errorf("a sheet of a megabyte: %d", status)
	}
	if status, _ = send(strings.Repeat("x", 5<<20)); status < 400 || status >= 500 {
		t.Errorf("a sheet of five megabytes: %d", status)
	}
	if status, _ = v.post("/cases/"+number+"/do/note", "words", strings.Repeat("x", 1<<20)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of a megabyte elsewhere: %d", status)
	}
}

// TestExportIsNoFormula: whatever a person calls themselves stays text.
func TestExportIsNoFormula(t *testing.T) {
	f, _ := serveWork(t)
	v := f.staff(t)
	for _, name := range []string{"=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "＝1", "|calc", "%0"} {
		f.desk.person = name
		_, body := v.get("/cases/export")
		table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
		if err != nil || len(table) != 6 || !strings.HasPrefix(table[1][2], "'") || strings.ContainsAny(table[1][2], "\r\n\t") {
			t.Errorf("%q becomes %q, %v", name, table, err)
		}
	}
	f.desk.person = "Ms O'Neill-Łukasz"
	if _, body := v.get("/cases/export"); !strings.HasPrefix(body, "\uFEFFCase,") || !strings.Contains(body, "\r\nAVH-2026-0003,Access request,Ms O'Neill-Łukasz,2026-10-22,") {
		t.Errorf("the export is %q", body)
	}
}

// unfold reads iCalendar: lines of 75 bytes at most, put together again.
func unfold(t *testing.T, feed string) []string {
	t.Helper()
	var out []string
	for _, line := range strings.Split(strings.TrimSuffix(feed, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") || !utf8.ValidString(line) {
			t.Errorf("a line that is none: %q", line)
		}
		if rest, more := strings.CutPrefix(line, " "); more {
			out[len(out)-1] += rest
			continue
		}
		out = append(out, line)
	}
	return out
}

func TestCalendar(t *testing.T) {
	f, w := serveWork(t)
	v, outside := f.staff(t), f.visitor(t)
	if _, page := v.post("/cases/calendar"); !strings.Contains(page, f.URL+"/calendar/secret.ics") {
		t.Errorf("the address is not shown:\n%s", page)
	}
	if _, page := v.get("/cases/calendar"); strings.Contains(page, "secret") {
		t.Error("the address is shown again")
	}
	for _, path := range []string{"/calendar/other.ics", "/calendar/secret", "/calendar/.ics"} {
		if status, _ := outside.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	status, feed := outside.get("/calendar/secret.ics")
	want := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tenet//Privacy office//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
		`X-WR-CALNAME:Privacy office\, Alder Vale Homes`, "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
		"BEGIN:VEVENT", "UID:k1@tenet", "DTSTAMP:20261125T103000Z", "DTSTART;VALUE=DATE:20261130", "DTEND;VALUE=DATE:20261201",
		"SUMMARY:" + number + `: answer due\; ` + strings.Repeat("é", 60) + `\, \\ and\nmore`, "URL:" + f.URL + "/cases/" + number, "CLASS:PRIVATE", "TRANSP:TRANSPARENT", "END:VEVENT",
		"BEGIN:VEVENT", "UID:t1@tenet", "DTSTAMP:20261125T103000Z", "DTSTART:20261125T133000Z", "DURATION:PT0S", "SUMMARY:a task", "URL:" + f.URL + "/cases/tasks", "CLASS:PRIVATE", "TRANSP:TRANSPARENT", "END:VEVENT",
		"END:VCALENDAR",
	}
	if diff := cmp.Diff(want, unfold(t, feed)); status != http.StatusOK || diff != "" {
		t.Errorf("the calendar is a %d (-want +got):\n%s", status, diff)
	}
	v.post("/cases/calendar/end")
	if status, _ := outside.get("/calendar/secret.ics"); status != http.StatusNotFound || w.token != "" {
		t.Errorf("an address that was ended: %d", status)
	}
}

// TestWithoutWork: where nothing keeps the work its pages are not there.
func TestWithoutWork(t *testing.T) {
	v := serve(t).staff(t)
	for _, path := range []string{"/cases/import", "/cases/" + number + "/tasks", "/cases/" + number + "/do/note", "/calendar/x.ics"} {
		if status, _ := v.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	if _, page := v.get("/cases/" + number); strings.Contains(page, "What can be done now") || !strings.Contains(page, "How this date was worked out") {
		t.Error("a case without a file shows one, or loses its clock")
	}
}

func TestWorkNeedsAnAccount(t *testing.T) {
	f, w := serveWork(t)
	v := f.visitor(t)
	for _, path := range workPages {
		if _, page := v.get(path); strings.Contains(page, "Pascoe") || !strings.Contains(page, "Sign in</h1>") {
			t.Errorf("%s is shown to somebody who is not signed in", path)
		}
	}
	v.post("/cases/"+number+"/do/note", "version", "7", "once", "z", "words", "Hello")
	v.post("/cases/new", "once", "form-1", "asked", "x", "kind", "cctv", "received-day", "24", "received-month", "11", "received-year", "2026")
	v.post("/cases/calendar")
	if len(w.notes)+len(w.entered) > 0 || w.token != "" {
		t.Error("somebody who is not signed in changed a case")
	}
}

// TestWorkForEveryonesEyes holds the pages against axe and a phone's width, in light
// and dark, filled in wrongly too.
func TestWorkForEveryonesEyes(t *testing.T) {
	needAssets(t)
	f, _ := serveWork(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := b.Page(t, o)
			look := func(what string) {
				t.Helper()
				for _, v := range p.Axe() {
					t.Errorf("%s: %s", what, v)
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", what, n)
				}
			}
			signInWith(p, f)
			for _, path := range append([]string{"/cases"}, workPages...) {
				p.Goto(f.URL + path)
				look(path)
			}
			for _, path := range []string{"/cases/new", "/cases/" + number + "/do/refuse", "/cases/" + number + "/do/instruct"} {
				p.Goto(f.URL + path)
				p.Click("#take")
				look(path + ", nothing filled in")
			}
			p.Click("header button")
		})
	}
}
