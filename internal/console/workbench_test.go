package console_test

import (
	"context"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/console"
	"tenet/internal/web"
)

const bench = "/cases/" + number + "/redact"

// colleagues are two accounts with one password.
type colleagues struct{ *fakeAccounts }

var tomos = console.Staff{ID: "staff-2", Name: "Tomos Prydderch"}

func (a colleagues) Password(ctx context.Context, name string) (string, console.Staff, error) {
	if name == "tomos" {
		return a.hash, tomos, nil
	}
	return a.fakeAccounts.Password(ctx, name)
}

func (a colleagues) Staff(ctx context.Context, id string) (console.Staff, error) {
	if id == tomos.ID {
		return tomos, nil
	}
	return a.fakeAccounts.Staff(ctx, id)
}

// serveBench is a console with a workbench, for two people.
func serveBench(t testing.TB, b console.Workbench) face {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	f := face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}
	h, err := console.New(console.Config{
		Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: f.desk, Accounts: colleagues{f.accounts}, Gate: openGate{}, Workbench: b,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f
}

// send posts JSON as the script does.
func (v visitor) send(query, body string) (int, http.Header, string) {
	v.t.Helper()
	res, err := v.http.Post(v.at+bench+"/marks?"+query, "application/json", strings.NewReader(body))
	status, page := v.read(res, err)
	return status, res.Header, page
}

func TestWithoutAWorkbench(t *testing.T) {
	v := serve(t).staff(t)
	if _, page := v.get("/cases/" + number); strings.Contains(page, "/redact") || strings.Contains(page, "/lessons") {
		t.Error("a console without a workbench leads to one")
	}
	for _, path := range []string{bench, "/lessons"} {
		if status, _ := v.get(path); status != http.StatusNotFound {
			t.Errorf("%s gives %d", path, status)
		}
	}
}

func TestWorkbenchNeedsAnAccount(t *testing.T) {
	b := newFakeBench()
	v := serveBench(t, b).visitor(t)
	for _, path := range benchPages {
		if _, page := v.get(path); !strings.Contains(page, `name="password"`) || strings.Contains(page, "Tull") {
			t.Errorf("%s is shown to someone who is not signed in", path)
		}
	}
	_, header, _ := v.send("sheet=note-1", `{"revision":0,"marks":[{"kind":"seen","sheet":"note-1"}]}`)
	v.post("/lessons", "words", "x", "keep", "keep", "reason", "x")
	if n, _ := b.state(); n > 0 || header.Get("Tenet-Part") != "" || len(b.lessons) > 0 {
		t.Error("someone who is not signed in changed a case")
	}
}

// benchPages are the routes of the workbench that can be looked at.
var benchPages = []string{
	bench, bench + "?open=yes&text=Tull", bench + "?text=nothing+like+it", bench + "/sheet", bench + "/sheet/note-2", bench + "/sheet/letter-1",
	bench + "/sheet/note-3?span=note-3.note.1", bench + "/groups?by=person", bench + "/groups?by=text&open=yes", bench + "/groups?group=g-Person-3",
	bench + "/steps", bench + "/steps?back=0", bench + "/second", "/lessons",
}

// TestOneMarkByForm: what each form of the sheet sends is the mark that it says.
func TestOneMarkByForm(t *testing.T) {
	for name, tc := range map[string]struct {
		form []string
		want console.Mark
		says string
	}{
		"the panel": {[]string{"kind", "span", "sheet", "note-1", "span", "note-1.note.0", "group", "g-Person-3", "action", "withhold", "exemption", "para16", "reason", " a neighbour "},
			console.Mark{Kind: "span", Sheet: "note-1", Span: "note-1.note.0", Action: "withhold", Exemption: "para16", Reason: "a neighbour"}, "Withheld. 23 marks wait in this case."},
		"the list": {[]string{"kind", "span", "sheet", "note-1", "do", "reveal note-1.note.1"},
			console.Mark{Kind: "span", Sheet: "note-1", Span: "note-1.note.1", Action: "reveal"}, "Goes out. 23 marks wait"},
		"all like this": {[]string{"kind", "span", "sheet", "note-1", "span", "note-1.note.0", "group", "g-Person-3", "all", "yes", "action", "withhold"},
			console.Mark{Kind: "group", Group: "g-Person-3", Action: "withhold"}, "Nothing waits in this case."},
		"words": {[]string{"kind", "add", "sheet", "note-1", "words", " Mrs Okonjo-Hale ", "action", "withhold", "exemption", "para16", "reason", "a neighbour", "everywhere", "yes"},
			console.Mark{Kind: "add", Sheet: "note-1", Words: "Mrs Okonjo-Hale", Everywhere: true, Action: "withhold", Exemption: "para16", Reason: "a neighbour"}, "Marked, in every document."},
		"a conversation": {[]string{"kind", "flag", "sheet", "note-1", "flag", "privileged", "thread", "yes"},
			console.Mark{Kind: "flag", Sheet: "note-1", Flag: "privileged", Thread: true}, "The whole conversation: Legal advice"},
		"a flag": {[]string{"kind", "flag", "sheet", "note-1", "flag", "privileged", "reason", "from our solicitor"},
			console.Mark{Kind: "flag", Sheet: "note-1", Flag: "privileged", Reason: "from our solicitor"}, "Legal advice"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFakeBench()
			status, page := serveBench(t, b).staff(t).post(bench+"/marks", append(tc.form, "revision", "0")...)
			_, got := b.state()
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("the mark (-want +got):\n%s", diff)
			}
			if status != http.StatusOK || !strings.Contains(page, tc.says) || !strings.Contains(page, `id="work"`) {
				t.Errorf("the page after it is %d, and has no %q", status, tc.says)
			}
		})
	}
}

func TestGroupsWithExceptions(t *testing.T) {
	b := newFakeBench()
	v := serveBench(t, b).staff(t)
	_, page := v.get(bench + "/groups?group=g-Person-3")
	if !strings.Contains(page, "24 places") || !strings.Contains(page, `value="note-5.note.0"`) {
		t.Errorf("the places of a person are not shown:\n%s", page)
	}
	status, page := v.post(bench+"/marks", "kind", "group", "revision", "0", "group", "g-Person-3", "except", "note-5.note.0", "action", "withhold", "exemption", "para16", "back", "by=person&group=g-Person-3")
	if status != http.StatusOK || !strings.Contains(page, "wherever it stands") || !strings.Contains(page, "All places of one") {
		t.Errorf("after deciding a group the page is %d:\n%s", status, page)
	}
	if b.found("note-5.note.0").Action != "review" || b.found("note-5.note.1").Action != "withhold" {
		t.Error("the exception is not one, or more than it is")
	}
	status, page = v.post(bench+"/marks", "kind", "group", "revision", "0", "do", "reveal g-Person-3", "back", "by=person")
	if status != http.StatusConflict || !strings.Contains(page, "Somebody else changed this case") || b.found("note-1.note.0").Action != "withhold" {
		t.Errorf("a decision on an old state gives %d", status)
	}
}

func TestMarksFromAScript(t *testing.T) {
	b := newFakeBench()
	v := serveBench(t, b).staff(t)
	one := `{"revision":0,"marks":[{"kind":"span","sheet":"note-1","span":"note-1.note.0","action":"withhold","exemption":"para16"},{"kind":"add","sheet":"note-1","piece":"note","start":0,"end":4,"action":"withhold","reason":"it tells where"}]}`
	status, header, part := v.send("sheet=note-1&part=1&span=note-1.note.1", one)
	if status != http.StatusOK || header.Get("Tenet-Part") == "" || strings.Contains(part, "<html") || !strings.Contains(part, `data-revision="1"`) ||
		!strings.Contains(part, "2 marks saved. 23 marks wait in this case.") || header.Get("Cache-Control") != "no-store" {
		t.Errorf("the answer is %d %v:\n%s", status, header, part)
	}
	if !strings.Contains(part, `id="m-note-1.note.a0"`) {
		t.Error("what was added is not in the answer")
	}
	// The same again: it was made on a state that is gone.
	status, _, part = v.send("sheet=note-1", one)
	if status != http.StatusConflict || !strings.Contains(part, "Somebody else changed this case") || !strings.Contains(part, `data-revision="1"`) || !strings.Contains(part, "data-refused") {
		t.Errorf("a late step is answered by %d:\n%s", status, part)
	}
	for name, body := range map[string]string{
		"no JSON":         `{`,
		"two values":      `{"revision":1,"marks":[{"kind":"seen","sheet":"note-1"}]} {}`,
		"unknown field":   `{"revision":1,"marks":[{"kind":"seen","sheet":"note-1","by":"someone"}]}`,
		"no marks":        `{"revision":1}`,
		"too many":        `{"revision":1,"marks":[` + strings.Repeat(`{"kind":"seen","sheet":"note-1"},`, 200) + `{"kind":"seen","sheet":"note-1"}]}`,
		"unknown kind":    `{"revision":1,"marks":[{"kind":"burn","sheet":"note-1"}]}`,
		"no such action":  `{"revision":1,"marks":[{"kind":"span","sheet":"note-1","span":"note-1.note.0","action":"review"}]}`,
		"an empty range":  `{"revision":1,"marks":[{"kind":"add","sheet":"note-1","piece":"note","start":4,"end":4}]}`,
		"no words":        `{"revision":1,"marks":[{"kind":"add","sheet":"note-1"}]}`,
		"unknown flag":    `{"revision":1,"marks":[{"kind":"flag","sheet":"note-1","flag":"shred"}]}`,
		"a long reason":   `{"revision":1,"marks":[{"kind":"seen","sheet":"note-1","reason":"` + strings.Repeat("x", 1001) + `"}]}`,
		"without a sheet": `{"revision":1,"marks":[{"kind":"seen"}]}`,
	} {
		if status, _, page := v.send("sheet=note-1", body); status != http.StatusConflict {
			t.Errorf("%s gives %d:\n%s", name, status, page)
		}
	}
	if status, _, _ := v.send("sheet=note-1", `{"revision":1,"marks":[{"kind":"seen","sheet":"`+strings.Repeat("x", 70<<10)+`"}]}`); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body of 70 KiB gives %d", status)
	}
	if n, _ := b.state(); n != 1 {
		t.Errorf("after what should all be refused the revision is %d", n)
	}
}

// TestForgedMarks: the JSON of another site is refused as its forms are.
func TestForgedMarks(t *testing.T) {
	b := newFakeBench()
	v := serveBench(t, b).staff(t)
	r, err := http.NewRequest(http.MethodPost, v.at+bench+"/marks?sheet=note-1", strings.NewReader(`{"revision":0,"marks":[{"kind":"seen","sheet":"note-1"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	status, _ := v.read(v.http.Do(r))
	if n, _ := b.state(); status != http.StatusForbidden || n > 0 {
		t.Errorf("another site's JSON gives %d, and the revision is %d", status, n)
	}
}

func TestUndoByForm(t *testing.T) {
	b := newFakeBench()
	f := serveBench(t, b)
	v := f.staff(t)
	for i := range 3 {
		v.post(bench+"/marks", "kind", "span", "sheet", fmt.Sprint("note-", i+1), "do", fmt.Sprintf("withhold note-%d.note.0", i+1), "revision", fmt.Sprint(i))
	}
	if _, page := v.get(bench + "/steps?back=1"); !strings.Contains(page, "Go back to step 1?") {
		t.Error("going back is not asked about first")
	}
	if status, page := v.post(bench+"/undo", "revision", "3", "step", "1"); status != http.StatusOK || !strings.Contains(page, "Back to step 1. 23 marks wait") {
		t.Errorf("going back to step 1 gives %d:\n%s", status, page)
	}
	if status, page := v.post(bench+"/undo", "revision", "4", "sheet", "note-1"); status != http.StatusOK || !strings.Contains(page, "Taken back: span withhold") || b.found("note-1.note.0").Action != "review" {
		t.Errorf("taking back the last step that stands gives %d", status)
	}
	if status, page := v.post(bench+"/undo", "revision", "5"); status != http.StatusConflict || !strings.Contains(page, "There is no step to take back") {
		t.Errorf("taking back nothing gives %d", status)
	}
	if status, _ := v.post(bench+"/undo", "revision", "5", "step", "-1"); status != http.StatusConflict {
		t.Errorf("step -1 gives %d", status)
	}
	// To go back is a step like any other, and can be gone back from.
	if status, _ := v.post(bench+"/undo", "revision", "5", "step", "3"); status != http.StatusOK || b.found("note-3.note.0").Action != "withhold" {
		t.Errorf("going back to before all was taken back gives %d", status)
	}
	if status, _ := v.post(bench+"/undo", "revision", "6", "step", "0"); status != http.StatusOK || b.found("note-1.note.0").Action != "review" {
		t.Errorf("going back to the beginning gives %d", status)
	}
	// What somebody else did is not taken back in passing.
	if _, err := b.Mark(t.Context(), tomos, number, 7, []console.Mark{{Kind: "span", Sheet: "note-9", Span: "note-9.note.0", Action: "withhold"}}); err != nil {
		t.Fatal(err)
	}
	if status, page := v.post(bench+"/undo", "revision", "8", "sheet", "note-1"); status != http.StatusConflict || !strings.Contains(page, "Tomos Prydderch&#39;s") || b.found("note-9.note.0").Action != "withhold" {
		t.Errorf("taking back a colleague's step gives %d", status)
	}
}

func TestWhatWasTypedOutlivesAConflict(t *testing.T) {
	b := newFakeBench()
	v := serveBench(t, b).staff(t)
	if _, err := b.Mark(t.Context(), tomos, number, 0, []console.Mark{{Kind: "span", Sheet: "note-9", Span: "note-9.note.0", Action: "withhold"}}); err != nil {
		t.Fatal(err)
	}
	status, page := v.post(bench+"/marks", "kind", "span", "sheet", "note-1", "span", "note-1.note.0", "action", "withhold", "exemption", "negotiations", "reason", "a reason that took thought", "revision", "0")
	if status != http.StatusConflict || !strings.Contains(page, `value="a reason that took thought"`) || !strings.Contains(page, `<option value="negotiations" selected>`) || !strings.Contains(page, `name="revision" value="1"`) {
		t.Errorf("after a conflict (%d) the words are lost, or the page is old", status)
	}
	if status, page = v.post(bench+"/second", "words", "", "revision", "1"); status != http.StatusConflict || !strings.Contains(page, "Say what you looked at") {
		t.Errorf("agreeing without a word gives %d", status)
	}
	if status, page = v.post(bench+"/second", "words", "Looked at every name.", "revision", "0"); status != http.StatusConflict || !strings.Contains(page, "Looked at every name.</textarea>") {
		t.Errorf("agreeing to an old state gives %d", status)
	}
	if _, page = v.post(bench+"/second", "words", "Looked at every name.", "revision", "1"); !strings.Contains(page, "Your second review is recorded.") || len(b.agreed) != 1 {
		t.Error("agreeing is not recorded")
	}
}

func TestLessons(t *testing.T) {
	b := newFakeBench()
	v := serveBench(t, b).staff(t)
	if status, page := v.post("/lessons", "words", "", "keep", "", "reason", ""); status != http.StatusUnprocessableEntity || strings.Count(page, "govuk-error-message") != 3 {
		t.Errorf("a rule of nothing gives %d", status)
	}
	v.post("/lessons", "words", "Harbour Row", "keep", "keep", "reason", "The name of our estate.")
	want := []console.Lesson{{ID: "l1", Keep: true, Words: "Harbour Row", Reason: "The name of our estate.", By: "Rosalind Achebe", On: now}}
	if diff := cmp.Diff(want, b.lessons); diff != "" {
		t.Fatalf("the rules (-want +got):\n%s", diff)
	}
	if _, page := v.post("/lessons/l1/unlearn"); !strings.Contains(page, "There are no rules yet.") || len(b.lessons) > 0 {
		t.Error("a rule is not removed")
	}
	if status, _ := v.post("/lessons/l1/unlearn"); status != http.StatusNotFound {
		t.Errorf("removing what is gone gives %d", status)
	}
}

// TestLessonsOfSeveral: where there are several landlords a rule is for the answers of one,
// and the one of a case is not asked for again.
func TestLessonsOfSeveral(t *testing.T) {
	b := newFakeBench()
	b.sets = []console.Choice{{ID: "own", Text: "Vale Housing"}, {ID: "lantern-row", Text: "Lantern Row"}}
	v := serveBench(t, b).staff(t)
	rule := []string{"words", "Harbour Row", "keep", "keep", "reason", "The name of our estate."}
	if status, page := v.post("/lessons", rule...); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Choose whose answers it is for") || len(b.lessons) != 0 {
		t.Errorf("a rule for nobody gives %d", status)
	}
	if status, _ := v.post("/lessons", append(rule, "set", "nobody")...); status != http.StatusUnprocessableEntity {
		t.Errorf("a rule for somebody else gives %d", status)
	}
	v.post("/lessons", append(rule, "set", "lantern-row")...)
	v.post("/lessons", append(rule, "case", "AR-2026-0007")...)
	if len(b.lessons) != 2 || b.lessons[0].Set != "lantern-row" || b.lessons[1].Number != "AR-2026-0007" {
		t.Errorf("the rules are %+v", b.lessons)
	}
	if _, page := v.get("/lessons"); !strings.Contains(page, "For answers of") {
		t.Error("it is not said whose answers they are for")
	}
}

func TestOutlineIsChosenByQuery(t *testing.T) {
	b := newFakeBench()
	v := serveBench(t, b).staff(t)
	v.get(bench + "?open=yes&person=g-Person-3&text=+Tull+&page=2")
	if diff := cmp.Diff(console.BenchQuery{Open: true, Person: "g-Person-3", Text: "Tull", Page: 2}, b.asked); diff != "" {
		t.Errorf("the workbench was asked (-want +got):\n%s", diff)
	}
	_, page := v.get(bench)
	for _, want := range []string{"1 of 13 documents done", "24 marks wait", "Start with the first that waits"} {
		if !strings.Contains(page, want) {
			t.Errorf("the outline has no %q", want)
		}
	}
	v.post(bench+"/marks", "kind", "seen", "sheet", "note-7", "revision", "0")
	if _, page := v.get(bench); !strings.Contains(page, "/sheet/note-7#work\">Go on where you were") {
		t.Errorf("the outline does not lead back to where one was:\n%s", page)
	}
	if status, page := v.post(bench+"/marks", "kind", "rest", "revision", "0"); status != http.StatusConflict || !strings.Contains(page, "This needs a reason") {
		t.Errorf("withholding the rest without a reason gives %d", status)
	}
	if _, page := v.post(bench+"/marks", "kind", "rest", "reason", "The tenant asked for the letters alone.", "revision", "0"); !strings.Contains(page, "13 of 13 documents done") || !strings.Contains(page, "is withheld. Nothing waits") {
		t.Errorf("withholding the rest leaves something:\n%s", page)
	}
}

// TestHostileText: whatever a document holds is shown as text, what is hidden in
// it is named, and one very long line is shown a part at a time.
func TestHostileText(t *testing.T) {
	evil := "<script>alert(1)</script>\u202egnp.exe\u202c a\x00b \xff <img src=x onerror=alert(2)> \u200bhid\u2066den\U000E0041 x\r\ny {{.}} \" onfocus=\"alert(3)"
	long := strings.Repeat("0123456789 ", 2<<20/11)
	b := &fakeBench{docs: []console.Sheet{
		fakeSheet("e", evil, now, evil, evil, []span{{"hid\u2066den", "na\"me><script>", "Per\u202eson 1", "withhold"}}),
		fakeSheet("l", "One line", now, "body", long, []span{}),
		fakeSheet("s", "One long mark", now, "body", long, []span{{long, "file", "Person 2", "withhold"}}),
	}}
	v := serveBench(t, b).staff(t)
	_, page := v.get(bench + "/sheet/e")
	for _, never := range []string{"<script>alert", "<img src=x", "\x00", `onfocus="alert`} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q as it stands", never)
		}
	}
	shown := html.UnescapeString(tag.ReplaceAllString(page, ""))
	for _, never := range []string{"\u202e", "\u2066", "\u200b", "\U000E0041"} {
		if strings.Contains(shown, never) {
			t.Errorf("the page shows %q as it stands: %q", never, shown[max(0, strings.Index(shown, never)-80):strings.Index(shown, never)+40])
		}
	}
	page = strings.ReplaceAll(page, "&#43;", "+")
	for _, want := range []string{"&lt;script&gt;alert(1)", `data-points="1">U+202E<`, `data-points="1">U+0000<`, `data-points="1">U+200B<`, `data-points="1">U+E0041<`, "\uFFFD", `data-points="1"></span>` + "\ny"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for _, id := range []string{"l", "s"} {
		if _, page = v.get(bench + "/sheet/" + id); len(page) > 200<<10 {
			t.Errorf("a document of 2 MB (%s) makes a page of %d bytes", id, len(page))
		}
	}
	if _, page = v.get(bench + "/sheet/l?part=999999"); !strings.Contains(page, ": part 2") {
		t.Error("a part past the end is not the last part")
	}
	if !strings.Contains(page, `data-from="`) {
		t.Error("a later part does not say where it begins")
	}
}

// TestDocumentThatWaits: one that waits as a whole says so, and leads to its flag.
func TestDocumentThatWaits(t *testing.T) {
	s := fakeSheet("w", "A report", now, "body", "Some words.", []span{{"words", "name", "Person 1", "withhold"}})
	s.Why = "It may name an informant."
	v := serveBench(t, &fakeBench{docs: []console.Sheet{s}}).staff(t)
	if _, page := v.get(bench + "/sheet/w"); !strings.Contains(page, "The document itself waits for a decision:") || !strings.Contains(page, `data-waiting="0"`) {
		t.Error("the page does not say what waits")
	}
	if _, page := v.post(bench+"/marks", "kind", "flag", "sheet", "w", "flag", "release", "reason", "It names nobody.", "revision", "0"); strings.Contains(page, "itself waits") || !strings.Contains(page, "1 of 1 document done") {
		t.Error("flagged, it still waits")
	}
}

// TestSpansThatCannotBe: a workbench that contradicts itself is a fault of ours,
// never a page that quietly leaves a mark out.
func TestSpansThatCannotBe(t *testing.T) {
	b := &fakeBench{docs: []console.Sheet{fakeSheet("x", "X", now, "body", "some words", []span{{"some", "name", "Person 1", "reveal"}, {"some words", "name", "Person 2", "reveal"}})}}
	if status, _ := serveBench(t, b).staff(t).get(bench + "/sheet/x"); status != http.StatusInternalServerError {
		t.Errorf("spans that overlap give %d", status)
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

// TestCopyStandsBesideTheText: the copy shown is the copy that was handed over.
func TestCopyStandsBesideTheText(t *testing.T) {
	v := serveBench(t, newFakeBench()).staff(t)
	_, page := v.get(bench + "/sheet/note-1")
	text := html.UnescapeString(tag.ReplaceAllString(page, ""))
	if want := "Café 🏠 call 1. [Person 3] of 14 Wharfedale Court rang [Person 3] about the music."; !strings.Contains(text, want) {
		t.Errorf("the page has no %q", want)
	}
	if !strings.Contains(text, "Mr Ambrose Tull, to decide of 14 Wharfedale Court") {
		t.Error("a mark does not say in words what becomes of it")
	}
}

// TestWeight: a page of the workbench is no heavier than a page should be, however
// much there is to do.
func TestWeight(t *testing.T) {
	b := newFakeBench()
	many := fakeSheet("letter-2", "A letter of 500 names", now, "body", strings.Repeat("Mr Tull rang Mrs Okonjo-Hale. ", 500), []span{})
	for i := range 500 {
		many.Pieces[0].Spans = append(many.Pieces[0].Spans, console.Span{ID: fmt.Sprint("many.", i), Start: 30 * i, End: 30*i + 7, Type: "name", Person: "Person 3", Group: "g-Person-3", Action: "review", Label: "[Person 3]"})
	}
	b.docs = append(b.docs, many)
	for i := range 200 {
		b.docs = append(b.docs, fakeSheet(fmt.Sprint("more-", i), "A letter", now, "body", "Dear Ms Pascoe", []span{}))
	}
	v := serveBench(t, b).staff(t)
	if _, page := v.get(bench + "/sheet/letter-2?span=many.499"); len(page) > 128<<10 || !strings.Contains(page, `id="m-many.499"`) || !strings.Contains(page, "part 13 of 13") {
		t.Errorf("the end of a document of 500 marks weighs %d bytes", len(page))
	}
	b.docs = slices.Delete(b.docs, 13, 14)
	for _, path := range benchPages {
		if _, page := v.get(path); len(page) > 64<<10 {
			t.Errorf("%s weighs %d bytes", path, len(page))
		}
	}
}
