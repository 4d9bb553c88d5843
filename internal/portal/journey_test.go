package portal_test

import (
	"archive/zip"
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/portal"
)

// TestEveryKind: each kind of request comes to its end, in either language, with no script.
func TestEveryKind(t *testing.T) {
	for _, kind := range kinds {
		for _, lang := range []string{"en", "cy"} {
			f := serve(t)
			v := f.visitor(t)
			v.get("/?lang=" + lang)
			v.post("/request/what", "what", kind)
			v.post("/request/about", "about", "Words about it")
			v.post("/request/who", "who", "self")
			v.post("/request/acting", "by", "Aoife Byrne") // of an estate alone
			v.post("/request/name", "name", "Morwenna Pascoe")
			v.post("/request/reach", "email", "someone@example.org")
			v.post("/request/safe", "safe", "yes")
			v.post("/request/help")
			if status, page := v.get("/request/check"); status != http.StatusOK || !strings.Contains(page, "Words about it") {
				t.Fatalf("%s in %s: the answers are not shown: %d\n%s", kind, lang, status, page)
			}
			status, page := v.post("/request/check")
			got := f.desk.got()
			if status != http.StatusOK || codeIn.FindString(page) == "" || len(got) != 1 || got[0].Kind != kind || got[0].Language != lang || got[0].About != "Words about it" {
				t.Errorf("%s in %s: %d, the desk got %+v", kind, lang, status, got)
			}
		}
	}
}

// TestForSomebodyElse: who asks, by what right, and where they are safe, reach the desk.
func TestForSomebodyElse(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	v.post("/request/what", "what", "rectification")
	v.post("/request/about", "about", "The number is old", "other", "07700 900155")
	v.post("/request/who", "who", "other")
	v.post("/request/acting", "by", "Aoife Byrne", "role", "attorney", "shows", "A lasting power of attorney")
	v.post("/request/name", "name", "Morwenna Pascoe")
	v.post("/request/reach", "email", "aoife@example.org", "phone", "07700 900144", "post", "1 High Street")
	v.read(v.http.PostForm(v.at+"/request/safe", url.Values{"safe": {"some"}, "only": {"phone", "email", "fax"}, "never": {"1 High Street"}}))
	v.post("/request/help", "reference", "LKF-1")
	v.post("/request/check")
	got := f.desk.got()
	if len(got) != 1 {
		t.Fatalf("the desk got %+v", got)
	}
	want := portal.Request{Kind: "rectification", Name: "Morwenna Pascoe", Email: "aoife@example.org", Phone: "07700 900144", Address: "1 High Street",
		About: "The number is old\n\n07700 900155", Language: "en", Received: now, Token: got[0].Token, Code: got[0].Code,
		Acting: portal.Acting{Name: "Aoife Byrne", Role: "attorney", Evidence: "A lasting power of attorney"},
		Safety: portal.Safety{Only: []string{"aoife@example.org", "07700 900144"}, Never: "1 High Street"},
		Help:   portal.Help{Reference: "LKF-1"}}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("the request differs (-want +got):\n%s", diff)
	}
}

// TestFormsAskNoMore: what the notice has no purpose for is not asked, and is not taken
// from whoever sends it all the same.
func TestFormsAskNoMore(t *testing.T) {
	f := serve(t)
	f.desk.form = portal.Form{Email: true}
	v := f.visitor(t)
	v.fill("access")
	v.post("/request/name", "name", "Morwenna Pascoe")
	_, page := v.get("/request/reach")
	for _, field := range []string{`name="phone"`, `name="post"`} {
		if strings.Contains(page, field) {
			t.Errorf("the form has %s", field)
		}
	}
	v.post("/request/reach", "email", "m@example.org", "phone", "07700 900155", "post", "1 High Street")
	v.post("/request/safe", "safe", "yes")
	if _, page := v.get("/request/help"); strings.Contains(page, "born-day") || strings.Contains(page, `name="homes"`) {
		t.Error("the form asks for a date of birth or addresses")
	}
	v.post("/request/help", "homes", "2 High Street", "born-day", "1", "born-month", "2", "born-year", "1980")
	v.post("/request/check")
	if got := f.desk.got(); len(got) != 1 || got[0].Phone+got[0].Address+got[0].Help.Homes != "" || !got[0].Help.Born.IsZero() {
		t.Errorf("the desk got %+v", got)
	}
}

// TestSuggestionsForceNobody: what words seem to ask for comes first, and anything else can
// be chosen; what is not offered is not suggested.
func TestSuggestionsForceNobody(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	_, page := v.post("/request/what", "what", "unsure")
	if !strings.Contains(page, "Tell us in your own words") {
		t.Fatal("whoever is not sure is not asked")
	}
	_, page = v.post("/request/unsure", "unsure", "My name is wrong")
	fits := strings.Index(page, `value="rectification"`)
	if fits < 0 || fits > strings.Index(page, `value="access"`) || strings.Contains(page, "not-offered") || strings.Contains(page, "checked") {
		t.Errorf("what fits is not first, or is chosen already:\n%s", page)
	}
	_, page = v.post("/request/what", "what", "erasure")
	if !strings.Contains(page, "What would you like us to delete?") || !strings.Contains(page, "My name is wrong") {
		t.Errorf("choosing something else does not go on with what was written:\n%s", page)
	}
}

func TestSaveAndReturn(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	v.fill("access")
	v.post("/request/name", "name", "Morwenna Pascoe")
	_, page := v.post("/request/save")
	code := codeIn.FindString(page)
	if code == "" || !strings.Contains(page, "9 December 2026") {
		t.Fatalf("saving gives no code and day:\n%s", page)
	}
	if _, page := v.get("/request/check"); strings.Contains(page, "Morwenna") {
		t.Error("the answers are still in the browser that saved them")
	}
	other := f.visitor(t)
	status, wrong := other.post("/request/return", "code", strings.Repeat("0", 16))
	_, none := other.post("/request/return", "code", "let me in")
	if status != http.StatusUnprocessableEntity || wrong != none {
		t.Errorf("a wrong code gives %d, or another answer than none:\n%s", status, cmp.Diff(wrong, none))
	}
	if _, page := other.post("/request/return", "code", strings.ToLower(code)); !strings.Contains(page, "How can we reach you?") {
		t.Errorf("coming back does not lead to the next question:\n%s", page)
	}
	other.post("/request/reach", "email", "m@example.org")
	other.post("/request/safe", "safe", "yes")
	other.post("/request/help")
	other.post("/request/check")
	if got := f.desk.got(); len(got) != 1 || got[0].Name != "Morwenna Pascoe" {
		t.Errorf("the desk got %+v", got)
	}
}

var tokenIn = regexp.MustCompile(`name="token" value="([A-Z2-7]+)"`)

// TestMessages: a message sent twice is one; without the code there is no writing.
func TestMessages(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	v.ask("A Person")
	f.desk.said = []portal.Message{{At: now, Text: "Which years do you mean?"}}
	_, page := v.get("/follow/write")
	token := tokenIn.FindStringSubmatch(page)[1]
	v.post("/follow/write", "token", token, "text", "Those of 2019")
	_, page = v.post("/follow/write", "token", token, "text", "Those of 2019")
	for _, want := range []string{"Your message was sent.", "Those of 2019", "Which years do you mean?", "You have waited 0 days", "We aim to answer by"} {
		if !strings.Contains(page, want) {
			t.Errorf("the request does not say %q:\n%s", want, page)
		}
	}
	if len(f.desk.said) != 2 {
		t.Errorf("a message sent twice is %d", len(f.desk.said)-1)
	}
	stranger := f.visitor(t)
	for _, path := range []string{"/follow/write", "/follow/file", "/follow/complain"} {
		if _, page := stranger.post(path, "text", "hello"); !strings.Contains(page, "Follow a request") {
			t.Errorf("%s is open to anybody", path)
		}
	}
	if len(f.desk.wrote) != 1 {
		t.Errorf("a stranger wrote: %v", f.desk.wrote)
	}
}

func TestComplain(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	v.ask("A Person")
	if status, page := v.post("/follow/complain"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Write what went wrong") {
		t.Errorf("an empty complaint gives %d", status)
	}
	_, page := v.post("/follow/complain", "text", "Nobody answers")
	if !strings.Contains(page, "Complaint sent") || !strings.Contains(page, "DC-2026-0001") || codeIn.FindString(page) == "" {
		t.Errorf("a complaint has no reference and code of its own:\n%s", page)
	}
}

// upload sends a file as a browser does.
func (v visitor) upload(name string, data []byte) (int, string) {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("token", strings.Repeat("A", 26)); err != nil {
		v.t.Fatal(err)
	}
	w, err := form.CreateFormFile("paper", name)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	return v.read(v.http.Post(v.at+"/follow/file", form.FormDataContentType(), &body))
}

// archive is a zip with these files.
func archive(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := z.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPapers: what a paper is says its content, and its name nothing.
func TestPapers(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	v.ask("A Person")
	letter := archive(t, "[Content_Types].xml", "word/document.xml")
	for name, tc := range map[string]struct {
		file string
		data []byte
		want string // the type, or what it is refused with
	}{
		"pdf":          {"a.pdf", []byte("%PDF-1.7\n"), "pdf"},
		"jpeg":         {"a.exe", []byte("\xff\xd8\xff\xe0 a picture"), "jpg"},
		"png":          {"a", []byte("\x89PNG\r\n\x1a\n"), "png"},
		"word":         {"a.docx", letter, "docx"},
		"macros":       {"a.docx", archive(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "must be a PDF"},
		"other zip":    {"a.docx", archive(t, "evil.sh"), "must be a PDF"},
		"page":         {"a.pdf", []byte("<!DOCTYPE html><script>alert(1)</script>"), "must be a PDF"},
		"drawing":      {"a.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "must be a PDF"},
		"nothing":      {"a.pdf", nil, "Choose a file"},
		"just over":    {"a.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 10<<20)...), "10 MB or smaller"},
		"far too much": {"a.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 12<<20)...), "10 MB or smaller"},
	} {
		f.desk.papers = map[string]portal.Upload{}
		f.clock.move(time.Hour)
		_, page := v.upload("C:\\My papers\\"+tc.file, tc.data)
		var got string
		for _, u := range f.desk.papers {
			got = u.Type
			if u.Name != tc.file || !bytes.Equal(u.Data, tc.data) {
				t.Errorf("%s: the desk got %q and %d bytes", name, u.Name, len(u.Data))
			}
		}
		if got != tc.want && !strings.Contains(page, tc.want) {
			t.Errorf("%s: the desk got %q, and the page is\n%s", name, got, page)
		}
		if len(tc.want) > 4 && got != "" {
			t.Errorf("%s is taken as %s", name, got)
		}
	}
}

// TestLanguages: the link leads to the same page in the other language, the choice is kept,
// and a browser that prefers Welsh has it unasked.
func TestLanguages(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	_, page := v.get("/contact?lang=cy")
	if !strings.Contains(page, `<html lang="cy"`) || !strings.Contains(page, "Cysylltu â ni am eich gwybodaeth") || !strings.Contains(page, `href="?lang=en"`) {
		t.Errorf("the page is not in Welsh:\n%s", page)
	}
	if _, page := v.get("/request/name"); !strings.Contains(page, "Beth hoffech chi ei gael?") {
		t.Error("the choice is not kept")
	}
	if _, page := v.post("/request/what"); !strings.Contains(page, "Dewiswch beth hoffech chi ei gael") || !strings.Contains(page, "Mae problem") {
		t.Error("what is to be mended is not said in Welsh")
	}
	if _, page := v.get("/nowhere"); !strings.Contains(page, "Heb ddod o hyd i") {
		t.Error("a page that is not there is not in Welsh")
	}
	if _, page := v.get("/?lang=en"); !strings.Contains(page, `<html lang="en-GB"`) {
		t.Error("there is no way back to English")
	}
	for accepts, want := range map[string]string{"cy, en;q=0.5": "cy", "fr": "en", "": "en", "en-GB,cy;q=0.9": "en", "cy-GB": "cy"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.URL+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", accepts)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if got := res.Header.Get("Content-Language"); got != want {
			t.Errorf("%q gets %s", accepts, got)
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(f.URL + "//evil.example.org/?lang=cy")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if to := res.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, ":") {
		t.Errorf("the link leads to %s", to)
	}
}

// TestExit: each page of a request has a way out that needs no script; going that way
// forgets everything.
func TestExit(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	v.ask("A Person")
	for _, path := range []string{"/request/what", "/request/sent", "/follow/request", "/follow/write", "/follow/complain"} {
		if _, page := v.get(path); !strings.Contains(page, `href="/leave"`) {
			t.Errorf("%s has no way out", path)
		}
	}
	v.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := v.http.Get(f.URL + "/leave")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "https://www.bbc.co.uk/") {
		t.Errorf("the way out leads to %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	v.http.CheckRedirect = nil
	if status, page := v.get("/request/sent"); status != http.StatusNotFound || strings.Contains(page, reference) {
		t.Errorf("after leaving the page is still there: %d", status)
	}
}

// TestWeights holds pages against the bars of docs/desk.md: what a phone on a poor line
// has to fetch, before compression.
func TestWeights(t *testing.T) {
	const page, sheet = 16_000, 140_000
	f := serve(t)
	v := f.visitor(t)
	v.ask("A Person")
	var list []string
	for _, path := range []string{"/", "/notice", "/contact", "/cookies", "/request/what", "/request/sent", "/follow", "/follow/request", "/follow/write", "/follow/file"} {
		_, body := v.get(path)
		t.Logf("%-18s %6d bytes", path, len(body))
		if len(body) > page {
			t.Errorf("%s has %d bytes, more than %d", path, len(body), page)
		}
		for _, m := range regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(body, -1) {
			if !slices.Contains(list, m[1]) {
				list = append(list, m[1])
			}
		}
		if strings.Contains(body, "<script") {
			t.Errorf("%s has a script", path)
		}
	}
	for _, asset := range list {
		_, body := v.get(asset)
		t.Logf("%-18s %6d bytes", asset, len(body))
		if len(body) > sheet {
			t.Errorf("%s has %d bytes, more than %d", asset, len(body), sheet)
		}
	}
}
