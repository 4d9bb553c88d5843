package app

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/desk"
	"tenet/internal/testbrowser"
)

// vouchedOffice is a console that takes the provider's word.
func vouchedOffice(t testing.TB, change func(*desk.SignOn)) (w workspace, p *provider, at string, now *time.Time) {
	t.Helper()
	w, p, at, now, _ = loggedOffice(t, change)
	return w, p, at, now
}

// loggedOffice is one whose log can be looked into.
func loggedOffice(t testing.TB, change func(*desk.SignOn)) (w workspace, p *provider, at string, now *time.Time, log *notes) {
	t.Helper()
	w, p = open(t), newProvider(t)
	t.Setenv("TENET_TEST_OIDC", oidcSecret)
	clock := time.Now()
	now = &clock
	w.Now = func() time.Time { return clock }
	// The address is known once it listens, and the provider needs it before.
	face := httptest.NewUnstartedServer(nil)
	at = "http://" + face.Listener.Addr().String()
	p.at = at
	rules := &desk.SignOn{Issuer: p.URL, ClientID: oidcClient, Secret: "env:TENET_TEST_OIDC", Name: "Harbour sign-in", Console: at, Tenant: oidcTenant,
		Roles: []desk.RoleFrom{{Claim: "Tenet.DPO", Role: "dpo"}, {Claim: "Tenet.Officer", Role: "officer"}}}
	if change != nil {
		change(rules)
	}
	w.Config.Staff.SignOn = rules
	o := w.bureau(t)
	log = &notes{}
	o.log = slog.New(slog.NewTextHandler(log, nil))
	_, c, err := o.faces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	face.Config.Handler = c
	face.Start()
	t.Cleanup(face.Close)
	return w, p, at, now, log
}

// through goes to the provider and back, as a browser does.
func (v visitor) through() (*http.Response, string) {
	v.t.Helper()
	res, page := v.get("/sign-in/outside")
	return v.pass(res, page)
}

// pass sends the provider's form where a page shows it.
func (v visitor) pass(res *http.Response, page string) (*http.Response, string) {
	v.t.Helper()
	_, rest, found := strings.Cut(page, `name="id" value="`)
	if !found {
		return res, page
	}
	id, _, _ := strings.Cut(rest, `"`)
	return v.read(v.http.PostForm(res.Request.URL.Scheme+"://"+res.Request.URL.Host+"/login", url.Values{"id": {id}}))
}

func TestOutsideSignInMakesAnAccountWithARole(t *testing.T) {
	w, p, at, _ := vouchedOffice(t, nil)
	v := visit(t, at)
	v.get("/ledger") // goes back to the page that was asked for
	res, page := v.through()
	if res.StatusCode != http.StatusOK || !strings.Contains(page, "Tomos Prydderch") || !strings.HasSuffix(res.Request.URL.Path, "/ledger") {
		t.Fatalf("signing in ends at %s with %d:\n%s", res.Request.URL, res.StatusCode, page)
	}
	if p.last.Get("challenge") == "" || p.last.Get("method") != "S256" {
		t.Errorf("the request has no proof key: %v", p.last)
	}
	if got := w.staffActs(t); !slices.Equal(got, []string{"staff.signed-in", "staff.added"}) {
		t.Errorf("the ledger says %v", got)
	}
	// The second time it is the same account, with the role that the claim has now.
	p.set(func() { p.roles = []string{"Other.App", "Tenet.Officer", "Tenet.DPO"} })
	other := visit(t, at)
	if _, page := other.through(); !strings.Contains(page, "Tomos Prydderch") {
		t.Fatalf("signing in again:\n%s", page)
	}
	if _, page := other.get("/account"); !strings.Contains(page, "Data protection officer") || strings.Count(page, `data-label="Since"`) != 2 {
		t.Errorf("the account's page:\n%s", page)
	}
	if got := w.staffActs(t); !slices.Equal(got[:2], []string{"staff.signed-in", "staff.role-set"}) {
		t.Errorf("the ledger says %v", got)
	}
	// Such an account has no password that anybody could give.
	if res, _ := visit(t, at).post("/sign-in", "name", "tomos@harbour.example", "password", "pw"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a password of an account without one gives %d", res.StatusCode)
	}
	res, page = other.post("/sign-out")
	if !strings.Contains(page, "Sign out with Harbour sign-in too") || !strings.Contains(page, p.URL+"/end_session?") {
		t.Errorf("signing out ends at %s:\n%s", res.Request.URL, page)
	}
}

// TestOutsideAnswersThatAreNotTaken: each of these leaves the browser without a
// session and the ledger with a try that failed.
func TestOutsideAnswersThatAreNotTaken(t *testing.T) {
	w, p, at, now, log := loggedOffice(t, nil)
	// A token that is signed again and not bent is taken: what follows is refused for
	// what is bent.
	p.set(func() { p.bend = func(map[string]any) {} })
	if res, page := visit(t, at).through(); res.StatusCode != http.StatusOK {
		t.Fatalf("a token that is as it was gives %d:\n%s\n%s", res.StatusCode, page, log)
	}
	set := func(claim string, value any) func(map[string]any) {
		return func(c map[string]any) { c[claim] = value }
	}
	drop := func(claim string) func(map[string]any) { return func(c map[string]any) { delete(c, claim) } }
	const role, mail = "have no role here", "has not made sure of your e-mail address"
	cases := []struct {
		name  string
		bend  func(map[string]any)
		says  string // to the person, or
		cause string // in the log
	}{
		{name: "another nonce", bend: set("nonce", "another"), cause: "nonce is not what was sent"},
		{name: "no nonce", bend: drop("nonce"), cause: "nonce is not what was sent"},
		{name: "another audience", bend: set("aud", []string{"another"}), cause: "expected audience"},
		{name: "two audiences", bend: func(c map[string]any) { c["aud"] = []string{oidcClient, "another"}; delete(c, "azp") }, cause: "azp is another application"},
		{name: "another party", bend: set("azp", "another"), cause: "azp is another application"},
		{name: "expired", bend: set("exp", now.Add(-10*time.Minute).Unix()), cause: "token is expired"},
		{name: "another issuer", bend: set("iss", "https://sign-in.example.org"), cause: "id token issued by a different provider"},
		{name: "another tenant", bend: set("tid", "another"), cause: "tid is another tenant"},
		{name: "no tenant", bend: drop("tid"), cause: "tid is another tenant"},
		{name: "another access token", bend: set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), cause: "at_hash is of another token"},
		{name: "another key", cause: "failed to verify signature"},
		{name: "nobody", bend: set("sub", ""), cause: "nobody is named"},
		{name: "an unverified e-mail", bend: set("email_verified", false), says: mail},
		{name: "no role", bend: set("roles", []string{"Other.App"}), says: role},
		{name: "no claim of roles", bend: drop("roles"), says: role},
		{name: "roles of a wrong kind", bend: set("roles", map[string]any{"Tenet.Officer": true}), says: role},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			p.set(func() { p.bend, p.forge = tc.bend, tc.bend == nil })
			before := len(log.String())
			v := visit(t, at)
			res, page := v.through()
			if tc.says == "" {
				tc.says = "cannot be relied on"
			}
			if res.StatusCode != http.StatusForbidden || !strings.Contains(page, tc.says) {
				t.Errorf("it ends with %d:\n%s", res.StatusCode, page)
			}
			if got := log.String()[before:]; !strings.Contains(got, tc.cause) {
				t.Errorf("it was to be refused for %q, and the log says %s", tc.cause, got)
			}
			if _, page := v.get("/cases"); !strings.Contains(page, "<h1 class=\"govuk-heading-l\">Sign in</h1>") {
				t.Error("there is a session")
			}
		})
	}
	failed := 0
	for _, a := range w.staffActs(t) {
		if a == "staff.sign-in-failed" {
			failed++
		}
	}
	if failed != len(cases) {
		t.Errorf("%d tries of %d are on record", failed, len(cases))
	}
	if strings.Contains(log.String(), "tomos@") || strings.Contains(log.String(), oidcSecret) {
		t.Errorf("the log names somebody, or holds the secret:\n%s", log)
	}
}

// halfway is the address at which the provider sends a browser back, not followed.
func (v visitor) halfway(p *provider) string {
	v.t.Helper()
	_, page := v.get("/sign-in/outside")
	_, rest, _ := strings.Cut(page, `name="id" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	follow := v.http.CheckRedirect
	defer func() { v.http.CheckRedirect = follow }()
	v.http.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), v.at) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	res, err := v.http.PostForm(p.URL+"/login", url.Values{"id": {id}})
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return strings.TrimPrefix(res.Header.Get("Location"), v.at)
}

func TestAnAnswerCountsOnceInTheBrowserThatAsked(t *testing.T) {
	_, p, at, now := vouchedOffice(t, nil)
	refused := func(what string, v visitor, back string) {
		t.Helper()
		if res, page := v.get(back); res.StatusCode != http.StatusForbidden || strings.Contains(page, "Tomos") {
			t.Errorf("%s gives %d", what, res.StatusCode)
		}
		if _, page := v.get("/cases"); strings.Contains(page, "Tomos") {
			t.Errorf("%s signs in", what)
		}
	}
	v := visit(t, at)
	back := v.halfway(p)
	if !strings.HasPrefix(back, "/sign-in/back?") {
		t.Fatalf("the provider sends back to %q", back)
	}
	refused("somebody else's answer", visit(t, at), back)
	mixed := visit(t, at)
	mixed.halfway(p)
	refused("the answer to another request", mixed, back)
	if _, page := v.get(back); !strings.Contains(page, "Tomos") {
		t.Fatalf("the right answer is not taken:\n%s", page)
	}
	again := visit(t, at)
	again.http.Jar = v.http.Jar
	if res, _ := again.get(back); res.StatusCode != http.StatusForbidden {
		t.Errorf("an answer that was used gives %d", res.StatusCode)
	}

	other := visit(t, at)
	for name, change := range map[string]func(url.Values){
		"another state":  func(q url.Values) { q.Set("state", "another") },
		"no state":       func(q url.Values) { q.Del("state") },
		"another issuer": func(q url.Values) { q.Set("iss", "https://sign-in.example.org") },
		"another code":   func(q url.Values) { q.Set("code", "another") },
		"an error": func(q url.Values) {
			q.Del("code")
			q.Set("error", "access_denied")
			q.Set("error_description", "<b>ring 07700 900123</b>")
		},
	} {
		fresh, err := url.ParseQuery(strings.TrimPrefix(other.halfway(p), "/sign-in/back?"))
		if err != nil {
			t.Fatal(err)
		}
		change(fresh)
		refused(name, other, "/sign-in/back?"+fresh.Encode())
	}
	late := other.halfway(p)
	*now = now.Add(11 * time.Minute)
	refused("an answer that comes late", other, late)
}

// TestARoleTakenAwayEndsAccess: the provider is asked again once its word has run out,
// and access ends with the role.
func TestARoleTakenAwayEndsAccess(t *testing.T) {
	w, p, at, now := vouchedOffice(t, nil)
	v, elsewhere := visit(t, at), visit(t, at)
	v.through()
	elsewhere.through()
	*now = now.Add(16 * time.Minute)
	if res, page := v.get("/ledger"); res.StatusCode != http.StatusOK || !strings.HasSuffix(res.Request.URL.Path, "/ledger") || !strings.Contains(page, "Tomos") {
		t.Fatalf("with the role as it was the page is %s, %d", res.Request.URL, res.StatusCode)
	}
	if got := p.last["prompt"]; !slices.Equal(got, []string{"none"}) {
		t.Errorf("the provider was asked again with prompt %v", got)
	}
	p.set(func() { p.roles = nil })
	if _, page := v.get("/ledger"); !strings.Contains(page, "Tomos") {
		t.Error("its word did not count as long as it was given for")
	}
	*now = now.Add(16 * time.Minute)
	if res, page := v.get("/cases"); res.StatusCode != http.StatusForbidden || !strings.Contains(page, "have no role here") {
		t.Errorf("without the role the page is %s, %d", res.Request.URL, res.StatusCode)
	}
	for name, x := range map[string]visitor{"the browser": v, "the other browser": elsewhere} {
		if _, page := x.get("/account"); strings.Contains(page, "Tomos") {
			t.Errorf("%s is signed in still", name)
		}
	}
	if got := w.staffActs(t); !slices.Contains(got, "staff.role-lost") {
		t.Errorf("the ledger says %v", got)
	}
	// Somebody who is signed out there is sent to sign in.
	p.set(func() { p.roles = []string{"Tenet.Officer"} })
	v.through()
	p.set(func() { p.signed = false })
	*now = now.Add(16 * time.Minute)
	if res, page := v.get("/cases"); res.StatusCode != http.StatusForbidden || !strings.Contains(page, "did not sign you in") {
		t.Errorf("signed out there, the page is %s, %d:\n%s", res.Request.URL, res.StatusCode, page)
	}
	// A form that was being filled in may still be sent for a while, and no longer.
	p.set(func() { p.signed = true })
	v.through()
	*now = now.Add(16 * time.Minute)
	if res, _ := v.post("/ledger/verify"); res.StatusCode != http.StatusOK || !strings.HasSuffix(res.Request.URL.Path, "/ledger/verify") {
		t.Errorf("a form after the word ran out ends at %s", res.Request.URL)
	}
	*now = now.Add(15 * time.Minute)
	if res, _ := v.post("/ledger/verify"); strings.HasSuffix(res.Request.URL.Path, "/ledger/verify") {
		t.Error("a form half an hour after is taken")
	}
}

func TestOutsideAccountThatIsDisabledStaysOut(t *testing.T) {
	w, _, at, _ := vouchedOffice(t, nil)
	v := visit(t, at)
	v.through()
	if err := w.DisableStaff(t.Context(), "cli", "tomos@harbour.example"); err != nil {
		t.Fatal(err)
	}
	if _, page := v.get("/cases"); strings.Contains(page, "Tomos") {
		t.Error("somebody who is disabled is in")
	}
	if res, page := v.through(); res.StatusCode != http.StatusForbidden || !strings.Contains(page, "have no role here") {
		t.Errorf("somebody who is disabled signs in: %d", res.StatusCode)
	}
}

// An account of this office of the same name is somebody else.
func TestOutsideNameThatIsTaken(t *testing.T) {
	w, _, at, _ := vouchedOffice(t, nil)
	local := w.hires(t, "tomos@harbour.example", "Somebody Else")
	v := visit(t, at)
	if _, page := v.through(); !strings.Contains(page, "Tomos Prydderch") || strings.Contains(page, "Somebody Else") {
		t.Errorf("it is not an account of its own:\n%s", page)
	}
	if s, err := (accounts{w.Desk}).Staff(t.Context(), local.ID); err != nil || s.Name != "Somebody Else" {
		t.Errorf("the account that was there is %+v, %v", s, err)
	}
}

func TestProviderThatIsNotTheOneNamed(t *testing.T) {
	p := newProvider(t)
	lying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		res, err := http.Get(p.URL + r.URL.Path)
		if err != nil {
			t.Error(err)
			return
		}
		defer res.Body.Close()
		_, _ = io.Copy(w, res.Body)
	}))
	defer lying.Close()
	for name, issuer := range map[string]string{"another issuer": lying.URL, "nobody": "http://127.0.0.1:1"} {
		_, _, at, _ := vouchedOffice(t, func(s *desk.SignOn) { s.Issuer = issuer })
		if res, page := visit(t, at).get("/sign-in/outside"); res.StatusCode != http.StatusForbidden || !strings.Contains(page, "cannot be reached, or is not the one") {
			t.Errorf("%s gives %d:\n%s", name, res.StatusCode, page)
		}
	}
}

func TestSignOnIsChecked(t *testing.T) {
	w := open(t)
	w.Config.Staff.SignOn = &desk.SignOn{Issuer: "https://sign-in.example.org", Secret: "env:TENET_TEST_NOT_SET", Roles: []desk.RoleFrom{{Claim: "a", Role: "officer"}}}
	for want, env := range map[string]string{"is empty": "", `no role called "king"`: "x"} {
		if env != "" {
			w.Config.Staff.SignOn.Roles[0].Role = "king"
		}
		_, err := newSignOn(w.Desk, func(string) string { return env }, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("wanted %q: %v", want, err)
		}
	}
}

// TestOutsideSignInInABrowser goes there and back with a real browser, whose content
// security policy and cookies are its own.
func TestOutsideSignInInABrowser(t *testing.T) {
	_, _, at, _ := vouchedOffice(t, nil)
	b := testbrowser.Start(t)
	p := b.Page(t, testbrowser.Options{})
	p.Goto(at + "/ledger")
	look(t, p, "sign-in with a choice")
	p.Click("a[href='/sign-in/outside']")
	p.Click("button")
	if got := p.Text("h1"); got != "Ledger" {
		t.Errorf("there and back ends at %q", got)
	}
	p.Goto(at + "/account")
	look(t, p, "account")
	p.Click("header button")
	if got := p.Text("h1"); got != "You are signed out" {
		t.Errorf("signing out ends at %q", got)
	}
	look(t, p, "signed-out")
	phone := b.Page(t, testbrowser.Phone)
	phone.Goto(at + "/sign-in")
	look(t, phone, "sign-in with a choice, phone")
	phone.Goto(at + "/sign-in/back?code=x&state=y")
	look(t, phone, "an answer nobody waits for")
}
