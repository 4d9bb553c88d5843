package portal_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/portal"
)

// visitor is one person with one browser.
type visitor struct {
	t    testing.TB
	http *http.Client
	at   string
}

func (f face) visitor(t testing.TB) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, &http.Client{Jar: jar}, f.URL}
}

// get is the status and the page at the end of any redirects.
func (v visitor) get(path string) (int, string) {
	v.t.Helper()
	return v.read(v.http.Get(v.at + path))
}

func (v visitor) post(path string, pairs ...string) (int, string) {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return v.read(v.http.PostForm(v.at+path, form))
}

func (v visitor) read(res *http.Response, err error) (int, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

var codeIn = regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}`)

// ask makes a request and gives back the code on the confirmation page.
func (v visitor) ask(name string) (code string) {
	v.t.Helper()
	v.fill("access")
	v.post("/request/name", "name", name)
	v.post("/request/reach", "email", "someone@example.org")
	v.post("/request/safe", "safe", "yes")
	v.post("/request/help", "born-day", "7", "born-month", "June", "born-year", "1984", "homes", "14 Wharfedale Court\r\nAlderford")
	status, page := v.post("/request/check")
	if code = codeIn.FindString(page); status != http.StatusOK || code == "" {
		v.t.Fatalf("sending a request gave %d and no code:\n%s", status, page)
	}
	return code
}

// fill answers the questions about a request for oneself, up to one's name.
func (v visitor) fill(kind string) {
	v.t.Helper()
	v.post("/request/what", "what", kind)
	v.post("/request/about", "about", "The letters of 2019")
	v.post("/request/who", "who", "self")
}

func TestRequestReachesTheDesk(t *testing.T) {
	f := serve(t)
	code := f.visitor(t).ask("  Morwenna   Pascoe ")
	hash, err := portal.HashCode(code)
	if err != nil {
		t.Fatal(err)
	}
	got := f.desk.got()
	if len(got) != 1 || len(got[0].Token) < 20 {
		t.Fatalf("the desk got %+v", got)
	}
	want := portal.Request{
		Kind: "access", Name: "Morwenna Pascoe", Email: "someone@example.org", Received: now, Token: got[0].Token, Code: hash,
		About: "The letters of 2019", Language: "en",
		Help: portal.Help{Homes: "14 Wharfedale Court\nAlderford", Born: time.Date(1984, 6, 7, 0, 0, 0, 0, time.UTC)},
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("the request differs (-want +got):\n%s", diff)
	}
}

func TestAnswersAreChecked(t *testing.T) {
	steps := []struct{ path, field, good string }{
		{"/request/what", "what", "cctv"}, {"/request/about", "about", "The lobby"}, {"/request/who", "who", "other"},
		{"/request/acting", "by", "A Friend"}, {"/request/name", "name", "A Person"}, {"/request/reach", "phone", "01632 960 001"}, {"/request/safe", "safe", "yes"},
	}
	for name, tc := range map[string]struct {
		path string
		form []string
		says string
	}{
		"nothing chosen":     {"/request/what", nil, "Choose what you want"},
		"a choice not there": {"/request/what", []string{"what", "everything"}, "Choose what you want"},
		"no name":            {"/request/name", []string{"name", " \u0000 "}, "Enter a full name"},
		"a name too long":    {"/request/name", []string{"name", strings.Repeat("é", 201)}, "no more than 200 characters"},
		"no way to reach":    {"/request/reach", nil, "Give us one way to reach you"},
		"no email address":   {"/request/reach", []string{"email", "at home"}, "Enter an email address"},
		"no phone number":    {"/request/reach", []string{"phone", "999"}, "Enter a phone number"},
		"a day not there":    {"/request/help", []string{"born-day", "29", "born-month", "2", "born-year", "1985"}, "Enter a real date of birth"},
		"half a date":        {"/request/help", []string{"born-year", "1985"}, "Enter a real date of birth"},
		"not yet born":       {"/request/help", []string{"born-day", "1", "born-month", "1", "born-year", "2030"}, "in the past"},
		"too much to say":    {"/request/about", []string{"about", strings.Repeat("x", 2001)}, "no more than 2,000 characters"},
		"nothing of it":      {"/request/about", nil, "Write what it is about"},
		"nobody":             {"/request/who", nil, "Choose who"},
		"no role":            {"/request/acting", []string{"by", "A Friend", "role", "king"}, "Choose what you are"},
		"nobody who asks":    {"/request/acting", []string{"role", "parent"}, "Enter your full name"},
		"safe or not":        {"/request/safe", nil, "Choose whether it is safe"},
		"none that is safe":  {"/request/safe", []string{"safe", "some", "only", "email"}, "Choose at least one"},
	} {
		t.Run(name, func(t *testing.T) {
			v := serve(t).visitor(t)
			for _, s := range steps {
				if s.path == tc.path {
					break
				}
				v.post(s.path, s.field, s.good, "role", "representative")
			}
			status, page := v.post(tc.path, tc.form...)
			if status != http.StatusUnprocessableEntity || !strings.Contains(page, tc.says) || !strings.Contains(page, "<title>Error: ") {
				t.Errorf("got %d, wanted 422 and %q in:\n%s", status, tc.says, page)
			}
		})
	}
}

// TestNoStepIsSkipped: a page asked for before its time leads to the first that is missing.
func TestNoStepIsSkipped(t *testing.T) {
	v := serve(t).visitor(t)
	for _, path := range []string{"/request/check", "/request/help", "/request/reach"} {
		if _, page := v.get(path); !strings.Contains(page, "<h1 class=\"govuk-fieldset__heading\">What do you want?") {
			t.Errorf("%s did not lead to the first question", path)
		}
	}
	v.fill("access")
	if _, page := v.get("/request/check"); !strings.Contains(page, "What is your full name?") {
		t.Error("the second question was skipped")
	}
}

// TestSentTwiceIsOneRequest: two presses of the button carry one token and one code.
func TestSentTwiceIsOneRequest(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	v.fill("access")
	v.post("/request/name", "name", "A Person")
	v.post("/request/reach", "phone", "01632 960 001")
	v.post("/request/safe", "safe", "yes")
	v.post("/request/help")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { v.post("/request/check") })
	}
	wg.Wait()
	if n := len(f.desk.got()); n != 1 {
		t.Errorf("%d requests reached the desk, wanted 1", n)
	}
	if _, page := v.get("/request/check"); !strings.Contains(page, "Request sent") {
		t.Error("going back to the form after sending does not lead to the confirmation")
	}
}

func TestCodeIsShownForAShortTime(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	code := v.ask("A Person")
	if _, page := v.get("/request/sent"); !strings.Contains(page, code) {
		t.Error("loading the page again lost the code")
	}
	f.clock.move(11 * time.Minute)
	_, page := v.get("/request/sent")
	if strings.Contains(page, code) || !strings.Contains(page, reference) {
		t.Error("the code is still shown after eleven minutes, or the reference is not")
	}
	v.post("/finish")
	if status, page := v.get("/request/sent"); status != http.StatusNotFound || strings.Contains(page, reference) {
		t.Errorf("after finishing the page is still there: %d", status)
	}
}

// TestSilence: a wrong reference and a wrong code get the same answer, byte for
// byte, and a person who is not known is told what anyone is told.
func TestSilence(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	code := v.ask("A Person")
	other := strings.Repeat("0", 16)

	s1, wrongCode := v.post("/follow", "reference", reference, "code", other)
	s2, wrongReference := v.post("/follow", "reference", "AVH-2026-9999", "code", code)
	s3, notACode := v.post("/follow", "reference", reference, "code", "let me in")
	wrongReference = strings.ReplaceAll(wrongReference, "AVH-2026-9999", reference)
	if s1 != s2 || s1 != s3 || wrongCode != wrongReference || wrongCode != notACode {
		t.Errorf("the answers differ: %d %d %d\n%s", s1, s2, s3, cmp.Diff(wrongCode, wrongReference))
	}
	if s, _ := f.visitor(t).get("/follow/request"); s != http.StatusOK {
		t.Errorf("following without a code gives %d", s)
	}
	if _, page := f.visitor(t).get("/follow/request"); strings.Contains(page, reference) {
		t.Error("a request is shown to someone without its code")
	}
}

func TestFollowAndCollect(t *testing.T) {
	f := serve(t)
	code := f.visitor(t).ask("A Person")
	v := f.visitor(t)
	typed := strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(code, "-", " "), "0", "o"))
	_, page := v.post("/follow", "reference", strings.ToLower(reference), "code", typed)
	if !strings.Contains(page, "Your request "+reference) || !strings.Contains(page, "29 December 2026") {
		t.Fatalf("the request is not shown to someone with its code:\n%s", page)
	}
	if status, page := v.post("/follow/collect"); status != http.StatusConflict || !strings.Contains(page, "not ready yet") {
		t.Errorf("collecting before it is ready gives %d:\n%s", status, page)
	}
	f.desk.set(portal.Ready, "")
	res, err := v.http.PostForm(f.URL+"/follow/collect", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Header.Get("Content-Disposition"); got != "attachment; filename=answer.zip" || !bytes.Equal(body, []byte("PK")) {
		t.Errorf("collecting gave %q %q", got, body)
	}
}

func TestGuessingIsSlowed(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	code := v.ask("A Person")
	for i := range 11 {
		status, _ := v.post("/follow", "reference", reference, "code", strings.Repeat("1", 16))
		if i < 10 && status != http.StatusUnprocessableEntity || i == 10 && status != http.StatusTooManyRequests {
			t.Fatalf("try %d gives %d", i+1, status)
		}
	}
	if status, _ := v.post("/follow", "reference", reference, "code", code); status != http.StatusTooManyRequests {
		t.Errorf("the right code right after too many wrong ones gives %d", status)
	}
	f.clock.move(time.Minute)
	if status, page := v.post("/follow", "reference", reference, "code", code); status != http.StatusOK || !strings.Contains(page, "Your request") {
		t.Errorf("the right code a minute later gives %d", status)
	}
}

// TestNoCookieForReading: reading sets none, beginning a form sets one.
func TestNoCookieForReading(t *testing.T) {
	f := serve(t)
	v := f.visitor(t)
	home, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/notice", "/contact", "/cookies", "/request/what", "/follow"} {
		v.get(path)
		if c := v.http.Jar.Cookies(home); len(c) > 0 {
			t.Fatalf("reading %s set a cookie: %v", path, c)
		}
	}
	v.post("/request/what", "what", "access")
	if c := v.http.Jar.Cookies(home); len(c) != 1 || c[0].Name != "tenet-form" {
		t.Errorf("beginning a form set %v", c)
	}
}

func TestNoticeMarksItsPromises(t *testing.T) {
	_, page := serve(t).visitor(t).get("/notice")
	for _, want := range []string{`id="answer-in-a-month"`, `id="tell-if-longer"`, `id="utilities-only-when-asked"`, "More about this"} {
		if !strings.Contains(page, want) {
			t.Errorf("the notice has no %q", want)
		}
	}
}
