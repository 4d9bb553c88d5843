package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tenet/internal/console"
)

func TestCodeAfterThePassword(t *testing.T) {
	g := guard(t, nil)
	g.factors.state.Set = true
	v := g.visitor(t)
	v.get("/ledger")
	status, page := v.post("/sign-in", "name", "rosalind", "password", password)
	if status != http.StatusOK || !strings.Contains(page, "Enter your code") || len(g.accounts.tries) != 0 {
		t.Fatalf("after the password: %d, %v\n%s", status, g.accounts.tries, page)
	}
	if _, page := v.get("/cases"); strings.Contains(page, "Pascoe") {
		t.Fatal("the password alone signs in")
	}
	v.get("/ledger")
	if status, _ := v.post("/sign-in/code", "code", "000000"); status != http.StatusUnauthorized {
		t.Errorf("a wrong code gives %d", status)
	}
	if status, _ := v.post("/sign-in/code"); status != http.StatusUnprocessableEntity {
		t.Errorf("no code gives %d", status)
	}
	if _, page := v.post("/sign-in/code", "code", rightCode); !strings.Contains(page, "<h1 class=\"govuk-heading-l\">Ledger</h1>") {
		t.Errorf("the code does not lead to the page that was asked for:\n%s", page)
	}
	if got := fmt.Sprint(g.accounts.tries); got != "[true]" {
		t.Errorf("tries told of: %s", got)
	}
	// The code page is nobody's without a password, and the password counts for five minutes.
	if _, page := g.visitor(t).post("/sign-in/code", "code", rightCode); strings.Contains(page, "Rosalind") || !strings.Contains(page, `name="password"`) {
		t.Error("a code without a password gets in")
	}
	slow := g.visitor(t)
	slow.post("/sign-in", "name", "rosalind", "password", password)
	*g.clock = now.Add(5 * time.Minute)
	if _, page := slow.post("/sign-in/code", "code", rightCode); !strings.Contains(page, `name="password"`) {
		t.Error("a code five minutes after the password gets in")
	}
}

func TestLockedAccount(t *testing.T) {
	g := guard(t, nil)
	g.factors.state.Set = true
	v := g.visitor(t)
	v.post("/sign-in", "name", "rosalind", "password", password)
	for range 2 {
		v.post("/sign-in/code", "code", "000000")
	}
	for _, code := range []string{"000000", rightCode} {
		if status, page := v.post("/sign-in/code", "code", code); status != http.StatusForbidden || !strings.Contains(page, "tenet account reset") {
			t.Errorf("code %s of a locked account gives %d", code, status)
		}
	}
	// To whoever does not know the password nothing is said of it.
	if status, page := g.visitor(t).post("/sign-in", "name", "rosalind", "password", "not the password"); status != http.StatusUnauthorized || strings.Contains(page, "locked") {
		t.Errorf("a wrong password for a locked account gives %d", status)
	}
}

func TestEnrolment(t *testing.T) {
	g := guard(t, nil)
	v := g.staff(t)
	if status, _ := v.get("/second-factor/picture"); status != http.StatusNotFound {
		t.Errorf("a picture of no secret gives %d", status)
	}
	if _, page := v.get("/second-factor"); g.factors.state.Begun || strings.Contains(page, "JBSW") {
		t.Error("looking at the page begins")
	}
	if _, page := v.post("/second-factor"); !strings.Contains(page, "JBSW Y3DP EHPK 3PXP") || !strings.Contains(page, `src="/second-factor/picture"`) {
		t.Errorf("the secret is not shown:\n%s", page)
	}
	res, err := v.http.Get(g.URL + "/second-factor/picture")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.Header.Get("Content-Type") != "image/png" || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture comes as %v", res.Header)
	}
	if status, _ := v.post("/second-factor/confirm", "code", "000000"); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code gives %d", status)
	}
	if _, page := v.post("/second-factor/confirm", "code", rightCode); !strings.Contains(page, "abcd-efgh-ijkl-mnop") {
		t.Errorf("the codes for recovery are not shown:\n%s", page)
	}
	if _, page := v.get("/second-factor"); strings.Contains(page, "abcd-efgh") || strings.Contains(page, "JBSW") {
		t.Error("codes or secret are shown again")
	}
	if status, _ := v.post("/second-factor", "code", "000000"); status != http.StatusUnprocessableEntity || g.factors.state.Begun {
		t.Errorf("another authenticator without a code gives %d", status)
	}
	if got := fmt.Sprintf("%v %+v %#v", console.Secret{Text: "JBSW"}, console.Secret{Text: "JBSW"}, console.Secret{Text: "JBSW"}); strings.Contains(got, "JBSW") {
		t.Errorf("a secret prints as %s", got)
	}
}

// Where every account must have a second factor, one without does nothing else.
func TestEnrolmentThatMustBe(t *testing.T) {
	g := guard(t, nil)
	g.factors.state.Must = true
	g.accounts.mustEnrol = true
	v := g.visitor(t)
	_, page := v.post("/sign-in", "name", "rosalind", "password", password)
	if !strings.Contains(page, "Every account here must have a second factor") {
		t.Errorf("after signing in the page is\n%s", page)
	}
	for _, path := range []string{"/cases", "/ledger", "/account"} {
		if _, page := v.get(path); !strings.Contains(page, "must have a second factor") {
			t.Errorf("%s opens without one", path)
		}
	}
	if v.post("/ledger/verify"); len(g.gate.looks) > 0 {
		t.Error("something was looked at")
	}
	if status, _ := v.post("/sign-out"); status != http.StatusOK {
		t.Errorf("signing out gives %d", status)
	}
}

func TestSignOutEverywhere(t *testing.T) {
	g := guard(t, nil)
	here, there := g.staff(t), g.staff(t)
	_, page := here.get("/account")
	if strings.Count(page, `data-label="Since"`) != 2 || strings.Count(page, "This one") != 1 {
		t.Errorf("the sign-ins are\n%s", page)
	}
	here.post("/account/sign-out")
	for name, v := range map[string]visitor{"here": here, "there": there} {
		if _, page := v.get("/cases"); strings.Contains(page, "Pascoe") {
			t.Errorf("still signed in %s", name)
		}
	}
	// Signing out of one leaves the other.
	here, there = g.staff(t), g.staff(t)
	here.post("/sign-out")
	if _, page := there.get("/cases"); !strings.Contains(page, "Pascoe") || len(g.sittings.all) != 1 {
		t.Errorf("signing out of one leaves %d", len(g.sittings.all))
	}
}

// A new role is a new token, so that one taken before is worth nothing.
func TestANewRoleIsANewToken(t *testing.T) {
	g := guard(t, nil)
	v := g.staff(t)
	home, err := url.Parse(g.URL)
	if err != nil {
		t.Fatal(err)
	}
	token := func() string { return v.http.Jar.Cookies(home)[0].Value }
	before := token()
	if v.get("/cases"); token() != before {
		t.Error("every page is a new token")
	}
	g.accounts.mu.Lock()
	g.accounts.role = "dpo"
	g.accounts.mu.Unlock()
	v.get("/cases")
	if token() == before {
		t.Error("the token is that of the role before")
	}
	stolen := g.visitor(t)
	stolen.http.Jar.SetCookies(home, []*http.Cookie{{Name: "tenet-staff", Value: before}})
	if _, page := stolen.get("/cases"); strings.Contains(page, "Pascoe") {
		t.Error("the token of the role before gets in")
	}
}

// fakeSignOn vouches for tomos, who answers "yes".
type fakeSignOn struct {
	quietly []bool
	until   time.Time
}

func (*fakeSignOn) Name() string { return "Harbour sign-in" }
func (s *fakeSignOn) Begin(_ context.Context, quietly bool) (string, string, error) {
	s.quietly = append(s.quietly, quietly)
	return "/sign-in/back?answer=yes", "kept", nil
}
func (s *fakeSignOn) Finish(_ context.Context, kept string, answer url.Values) (console.Staff, time.Time, error) {
	if kept != "kept" || answer.Get("answer") != "yes" {
		return console.Staff{}, time.Time{}, &console.Denied{Why: "You have no role here.", Mend: "Ask for one."}
	}
	return tomos, s.until, nil
}
func (*fakeSignOn) End(context.Context) (string, error) {
	return "https://sign-in.example.org/out", nil
}

func TestSignInOutside(t *testing.T) {
	s := &fakeSignOn{until: now.Add(15 * time.Minute)}
	g := guard(t, s)
	v := g.visitor(t)
	if status, _ := v.get("/sign-in/back?answer=yes"); status != http.StatusForbidden {
		t.Errorf("an answer that nobody waits for gives %d", status)
	}
	v.get("/ledger")
	if _, page := v.get("/sign-in/outside"); !strings.Contains(page, "Tomos Prydderch") || !strings.Contains(page, "<h1 class=\"govuk-heading-l\">Ledger</h1>") {
		t.Errorf("signing in outside leads to\n%s", page)
	}
	if status, _ := v.get("/sign-in/back?answer=yes"); status != http.StatusForbidden {
		t.Errorf("an answer that was used gives %d", status)
	}
	// Its word runs out: the provider is asked again, without a page.
	*g.clock, s.until = now.Add(15*time.Minute), now.Add(30*time.Minute)
	v.get("/cases")
	if got := fmt.Sprint(s.quietly); got != "[false true]" {
		t.Errorf("the provider was asked quietly: %s", got)
	}
	g.sittings.mu.Lock()
	if len(g.sittings.all) != 1 {
		t.Errorf("signing in again leaves %d sign-ins", len(g.sittings.all))
	}
	g.sittings.mu.Unlock()
	if _, page := v.post("/sign-out"); !strings.Contains(page, "https://sign-in.example.org/out") {
		t.Errorf("signing out leads to\n%s", page)
	}
	// A console without one has no such pages.
	if status, _ := serve(t).visitor(t).get("/sign-in/outside"); status != http.StatusNotFound {
		t.Errorf("without a sign-in outside its page gives %d", status)
	}
}

func TestBrowserInWords(t *testing.T) {
	g := guard(t, nil)
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":     "Edge on Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                    "Firefox on Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1": "Safari on an iPhone",
		"<script>alert(1)</script>": "A browser",
		"":                          "A browser",
	} {
		req, err := http.NewRequest(http.MethodPost, g.URL+"/sign-in", strings.NewReader(form("name", "rosalind", "password", password).Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("User-Agent", agent)
		v := g.visitor(t)
		v.read(v.http.Do(req))
		if got := g.sittings.all[0].Browser; got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
		*g.clock = g.clock.Add(time.Minute) // for the limit on tries
	}
}
