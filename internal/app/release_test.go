package app

import (
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/testbrowser"
	"tenet/internal/testsmtp"
)

// starsMobile is on record of the demo's star, and of nobody else.
const starsMobile = "07700 900142"

var shown = regexp.MustCompile(`<strong class="tenet-number">([^<]+)</strong>`)

// secret is what a page of the console shows once.
func secret(t testing.TB, page string) string {
	t.Helper()
	m := shown.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page shows no secret:\n%s", page)
	}
	return html.UnescapeString(m[1])
}

// linked has a member of staff make a link to the star's mobile, and read out the code
// that somebody asks for who follows the request.
func linked(t testing.TB, staff visitor, home string, f visitor) (words, code string) {
	t.Helper()
	_, page := staff.post(home+"/release/link", "to", starsMobile, "since-day", "15", "since-month", "1", "since-year", "2024", "alone", "yes", "tell", "yes")
	words = secret(t, page)
	if _, again := staff.get(home + "/release"); strings.Contains(again, words) {
		t.Error("the words are shown twice")
	}
	if _, page := f.get("/follow/request"); !strings.Contains(page, "Something is ready for you") {
		t.Errorf("with a link the page is:\n%s", page)
	}
	f.post("/collect", "follow", "yes")
	_, page = staff.post(home + "/release/code")
	code = secret(t, page)
	return words, code
}

// approved is the star's request with an approved answer.
func (w workspace) approved(t testing.TB, by string) cases.Case {
	t.Helper()
	ctx := t.Context()
	k := w.asks(t).Case
	w.rest(t, k)
	k, err := w.Cases.Get(ctx, k.ID)
	if err == nil {
		var a *desk.Access
		if a, err = w.Redraft(ctx, k, cases.On{By: by}); err == nil {
			k, err = w.Cases.Identify(ctx, cases.On{Case: a.Case.ID, By: by}, cases.Proof{How: "Photo identity seen in person", Arrived: w.Today()})
		}
	}
	if err == nil {
		k, err = w.Approve(ctx, k, by, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestFetchInABrowser: in a real browser a person opens the link that came by real mail,
// gives the code that came by real mail and the words, and has the zip on their disk; the
// second time there is nothing.
func TestFetchInABrowser(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	k := w.approved(t, rosalind.ID)
	server := testsmtp.Start(t, testsmtp.Clear)
	w.Config.Post, w.Config.PostFrom = server.URL(), "data@larkfield.example"
	o, at, staff := w.office(t)
	w.Config.Public = at

	// The star asked at the command line, so staff take the link to them; its codes go by mail.
	star := w.world.Star()
	v := visit(t, staff)
	v.post("/sign-in", "name", "rosalind", "password", password)
	home := "/cases/" + k.Number
	_, page := v.post(home+"/release/link", "to", star.Email, "since-day", "15", "since-month", "1", "since-year", "2024", "alone", "yes", "tell", "yes")
	words := secret(t, page)
	url := regexp.MustCompile(`http://[^<" ]+/collect/[A-Za-z0-9_-]{43}`).FindString(page)
	if url == "" {
		t.Fatalf("no link is shown:\n%s", page)
	}

	for range 3 { // scanners look first
		if res, err := http.Get(url); err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(err)
		}
	}
	p := testbrowser.Start(t).Page(t, testbrowser.Options{NoScript: true})
	p.Goto(url)
	p.Click("form[action='/collect'] button")
	links, _, err := w.Links(ctx, k)
	if err != nil || len(links) != 1 || links[0].Codes != 1 {
		t.Fatalf("%+v %v", links, err)
	}
	o.work(t)
	codes := slices.DeleteFunc(server.Taken(t), func(m *mail.Message) bool { return m.Header.Get("Subject") != "Your code" })
	if len(codes) != 1 {
		t.Fatalf("%d codes were sent", len(codes))
	}
	text, err := io.ReadAll(codes[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`\b\d{6}\b`).FindString(string(text))
	if strings.Contains(string(text), words) || strings.Contains(string(text), k.Number) || !strings.Contains(codes[0].Header.Get("To"), star.Email) {
		t.Errorf("the mail is %v\n%s", codes[0].Header, text)
	}
	p.Fill("#code", code)
	p.Click("form[action='/collect/code'] button")
	p.Fill("#words", strings.ToLower(words))
	p.Click("form[action='/collect/words'] button")
	name, data := p.Download("form[action='/collect/file'] button")
	if name != k.Number+".zip" {
		t.Errorf("the browser has %q", name)
	}
	res := httptest.NewRecorder()
	res.Header().Set("Content-Type", "application/zip")
	w.isAnswer(t, res.Result(), string(data))
	p.Click("form[action='/collect/file'] button")
	if got := p.Text("h1"); got != "There is nothing to download here now" {
		t.Errorf("the second time the page is %q", got)
	}
	p.Goto(url)
	p.Click("form[action='/collect'] button")
	p.Fill("#code", code)
	p.Click("form[action='/collect/code'] button")
	if got := p.Text(".govuk-error-summary"); !strings.Contains(got, "used already") {
		t.Errorf("a used link says %q", got)
	}

	_, page = v.get(home + "/release")
	for _, want := range []string{"a code by e-mail, and the words", "Yes", "the answer was downloaded"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the case lacks %q:\n%s", want, page)
		}
	}
	if k, err = w.Cases.Get(ctx, k.ID); err != nil || k.State != cases.Released {
		t.Errorf("the case is %s, %v", k.State, err)
	}
}

// TestReleasePages: what staff do on the page of handing over, and what stands in their way.
func TestReleasePages(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	k := w.asks(t).Case
	_, _, staff := w.office(t)
	v := visit(t, staff)
	v.post("/sign-in", "name", "rosalind", "password", password)
	home := "/cases/" + k.Number
	if _, page := v.get(home + "/release"); !strings.Contains(page, "not approved") || strings.Contains(page, "Make the link") {
		t.Errorf("before approval the page is:\n%s", page)
	}
	if res, _ := v.post(home+"/release/link", "to", starsMobile); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a link before approval gives %d", res.StatusCode)
	}
	k = w.approved(t, rosalind.ID)
	for what, pairs := range map[string][]string{
		"nowhere":         {"to", ""},
		"no day":          {"to", starsMobile, "since-day", "31", "since-month", "2", "since-year", "2024"},
		"not looked":      {"to", starsMobile, "since-day", "1", "since-month", "2", "since-year", "2024"},
		"somebody else's": {"to", "stranger@example.org", "since-day", "1", "since-month", "2", "since-year", "2024", "alone", "yes"},
	} {
		if res, page := v.post(home+"/release/link", pairs...); res.StatusCode != http.StatusUnprocessableEntity || shown.MatchString(page) {
			t.Errorf("%s: %d\n%s", what, res.StatusCode, page)
		}
	}
	if res, page := v.post(home + "/release/code"); res.StatusCode != http.StatusConflict {
		t.Errorf("a code without a link gives %d\n%s", res.StatusCode, page)
	}
	v.post(home+"/release/link", "to", starsMobile, "since-day", "1", "since-month", "2", "since-year", "2024", "alone", "yes")
	if _, page := v.post(home + "/release/withdraw"); !strings.Contains(page, "opens nothing any more") || !strings.Contains(page, ": withdrawn") {
		t.Errorf("after withdrawing the page is:\n%s", page)
	}
	// The star asked at the command line and left no address.
	if res, _ := v.post(home + "/release/print"); res.StatusCode != http.StatusConflict {
		t.Errorf("a print to nowhere gives %d", res.StatusCode)
	}
	k2, err := w.Cases.Get(ctx, k.ID)
	if err != nil || k2.State != cases.Approved {
		t.Errorf("%s %v", k2.State, err)
	}
	if _, err := w.Print(ctx, k2, "1 Example Road, Larkfield", rosalind.ID); err != nil {
		t.Error(err)
	}
}

// TestPublicAnswers: what is not personal needs no link.
func TestPublicAnswers(t *testing.T) {
	for kind, want := range map[law.Kind]bool{law.KindAccess: true, law.KindErasure: true, law.KindFOI: false, law.KindEIR: false} {
		if got := provedKind(cases.Case{Kind: kind}); got != want {
			t.Errorf("%s: %v", kind, got)
		}
	}
}

// TestFacesKnowTheirTLS: what tenet.yaml says of where the faces are reached decides their
// cookies and HSTS.
func TestFacesKnowTheirTLS(t *testing.T) {
	w := open(t)
	w.hires(t, "rosalind", "Rosalind Achebe")
	for _, tls := range []bool{true, false} {
		w.Config.Public, w.Config.ConsolePublic = "", ""
		if tls {
			w.Config.Public, w.Config.ConsolePublic = "https://privacy.example.org", "https://console.example.org"
		}
		_, public, staff := w.office(t)
		once := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		for face, ask := range map[string]func() (*http.Response, error){
			"portal": func() (*http.Response, error) {
				return once.PostForm(public+"/collect", map[string][]string{"token": {"x"}})
			},
			"console": func() (*http.Response, error) {
				return once.PostForm(staff+"/sign-in", map[string][]string{"name": {"rosalind"}, "password": {password}})
			},
		} {
			res, err := ask()
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if len(res.Cookies()) == 0 {
				t.Errorf("the %s sets no cookie: %d", face, res.StatusCode)
			}
			for _, c := range res.Cookies() {
				if c.Secure != tls || strings.HasPrefix(c.Name, "__Host-") != tls {
					t.Errorf("TLS %v: the %s sets %+v", tls, face, c)
				}
			}
			if got := res.Header.Get("Strict-Transport-Security"); (got != "") != tls {
				t.Errorf("TLS %v: the %s says %q", tls, face, got)
			}
		}
	}
}

// TestReadyLetter: the letter that something is ready says nothing of what.
func TestReadyLetter(t *testing.T) {
	w := open(t)
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	k := w.approved(t, rosalind.ID)
	w.Config.Public = "https://privacy.example.org"
	p, err := w.ProposeLetter(t.Context(), k, desk.NewLetter{Kind: letter.Ready})
	if err != nil {
		t.Fatal(err)
	}
	if text := p.Letter.Text(); !strings.Contains(text, "https://privacy.example.org/follow") || strings.Contains(text, "record") {
		t.Errorf("the letter says:\n%s", text)
	}
}
