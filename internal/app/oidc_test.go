package app

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tenet/internal/desk"
	"tenet/internal/testbrowser"
)

// provider is an OpenID provider over real HTTP: zitadel's, with accounts of its own
// and claims as Entra ID has them. A test may bend its tokens, which are then signed
// again with its own key: what is wrong with them is never the signature, unless a
// test wants that.
type provider struct {
	*storage.Storage
	*httptest.Server
	key  *rsa.PrivateKey
	back func(context.Context, string) string

	mu     sync.Mutex
	roles  []string
	tenant string
	signed bool                        // somebody is signed in there
	bend   func(claims map[string]any) // what a test does to an ID token
	forge  bool                        // sign it with another key
	quiet  map[string]bool             // requests that show no page
	last   url.Values                  // of the last authorization request
	at     string                      // where the console is
}

const (
	oidcClient = "tenet"
	oidcSecret = "a secret of the client's"
	oidcTenant = "5f1d6a1e-0000-4000-8000-3c5d2b7e9a10"
)

type oidcUsers struct{ storage.User }

func (u oidcUsers) GetUserByID(string) *storage.User       { return &u.User }
func (u oidcUsers) GetUserByUsername(string) *storage.User { return &u.User }
func (oidcUsers) ExampleClientID() string                  { return "service" }

// newProvider is a provider that knows the console under an address.
func newProvider(t testing.TB) *provider {
	t.Helper()
	p := &provider{roles: []string{"Tenet.Officer"}, tenant: oidcTenant, quiet: map[string]bool{}}
	var err error
	if p.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	p.Storage = storage.NewStorageWithClients(oidcUsers{storage.User{ID: "sub-1", Username: "tomos@harbour.example", Password: "pw",
		FirstName: "Tomos", LastName: "Prydderch", Email: "tomos@harbour.example", EmailVerified: true}}, map[string]*storage.Client{})
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	server, err := op.NewProvider(&op.Config{CryptoKey: [32]byte{1}, DefaultLogoutRedirectURI: "/", CodeMethodS256: true, AuthMethodPost: true},
		p, op.StaticIssuer(p.URL), op.WithAllowInsecure())
	if err != nil {
		t.Fatal(err)
	}
	p.back = op.AuthCallbackURL(server)
	inside := op.NewIssuerInterceptor(server.IssuerFromRequest)
	mux.HandleFunc("GET /login", inside.HandlerFunc(p.login))
	mux.HandleFunc("POST /login", inside.HandlerFunc(p.login))
	mux.HandleFunc("/oauth/token", func(w http.ResponseWriter, r *http.Request) { p.token(t, server, w, r) })
	mux.Handle("/", server)
	return p
}

// login is the provider's page; somebody who is signed in there does not see it.
func (p *provider) login(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("id")
	p.mu.Lock()
	quiet := p.quiet[id]
	p.mu.Unlock()
	if r.Method == http.MethodGet && !quiet {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><title>Sign in</title><h1>Harbour sign-in</h1><form method="post" action="/login"><input type="hidden" name="id" value="%s"><button>Continue</button></form>`, id)
		return
	}
	if err := p.CheckUsernamePassword("tomos@harbour.example", "pw", id); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.mu.Lock()
	p.signed = true
	p.mu.Unlock()
	http.Redirect(w, r, p.back(r.Context(), id), http.StatusFound)
}

// CreateAuthRequest answers a quiet request as providers do: without a page, or with
// an error.
func (p *provider) CreateAuthRequest(ctx context.Context, r *oidc.AuthRequest, user string) (op.AuthRequest, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = url.Values{"prompt": r.Prompt, "challenge": {r.CodeChallenge}, "method": {string(r.CodeChallengeMethod)}}
	quiet := slices.Equal(r.Prompt, []string{"none"})
	if quiet && !p.signed {
		return nil, oidc.ErrLoginRequired()
	}
	r.Prompt = nil
	made, err := p.Storage.CreateAuthRequest(ctx, r, user)
	if err == nil {
		p.quiet[made.GetID()] = quiet
	}
	return made, err
}

// asWeb is the console as the provider knows it.
type asWeb struct {
	*storage.Client
	at string
}

func (asWeb) LoginURL(id string) string            { return "/login?id=" + id }
func (asWeb) IDTokenUserinfoClaimsAssertion() bool { return true }
func (c asWeb) PostLogoutRedirectURIs() []string   { return []string{c.at + "/sign-in"} }

func (p *provider) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return asWeb{storage.WebClient(id, oidcSecret, p.at+"/sign-in/back"), p.at}, nil
}

func (p *provider) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != oidcClient || secret != oidcSecret {
		return oidc.ErrInvalidClient()
	}
	return nil
}

func (p *provider) SetUserinfoFromRequest(ctx context.Context, info *oidc.UserInfo, r op.IDTokenRequest, scopes []string) error {
	if err := p.Storage.SetUserinfoFromScopes(ctx, info, r.GetSubject(), r.GetClientID(), scopes); err != nil {
		return err
	}
	info.Subject, info.Name, info.PreferredUsername = "sub-1", "Tomos Prydderch", "tomos@harbour.example"
	info.Email, info.EmailVerified = "tomos@harbour.example", true
	p.mu.Lock()
	defer p.mu.Unlock()
	info.AppendClaims("roles", p.roles)
	info.AppendClaims("tid", p.tenant)
	return nil
}

// The provider's key is the test's, so that a bent token can be signed again.
type (
	privateKey struct{ *provider }
	publicKey  struct{ *provider }
)

func (privateKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k privateKey) Key() any                                  { return k.key }
func (privateKey) ID() string                                  { return "k1" }
func (publicKey) Algorithm() jose.SignatureAlgorithm           { return jose.RS256 }
func (publicKey) Use() string                                  { return "sig" }
func (k publicKey) Key() any                                   { return &k.key.PublicKey }
func (publicKey) ID() string                                   { return "k1" }

func (p *provider) SigningKey(context.Context) (op.SigningKey, error) { return privateKey{p}, nil }
func (p *provider) KeySet(context.Context) ([]op.Key, error)          { return []op.Key{publicKey{p}}, nil }

// token passes on what the provider gives for a code, bent as the test wants.
func (p *provider) token(t testing.TB, server http.Handler, w http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	server.ServeHTTP(rec, r)
	p.mu.Lock()
	bend, forge := p.bend, p.forge
	p.mu.Unlock()
	var answer map[string]any
	if rec.Code != http.StatusOK || bend == nil && !forge || json.Unmarshal(rec.Body.Bytes(), &answer) != nil {
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
		return
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.Split(answer["id_token"].(string), ".")[1])
	var claims map[string]any
	if err == nil {
		err = json.Unmarshal(body, &claims)
	}
	if err != nil {
		t.Errorf("the provider's token cannot be read: %v", err)
	}
	if bend != nil {
		bend(claims)
	}
	key := p.key
	if forge {
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			t.Error(err)
		}
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "k1"))
	if err != nil {
		t.Error(err)
	}
	body, _ = json.Marshal(claims)
	signed, err := signer.Sign(body)
	if err != nil {
		t.Error(err)
	}
	answer["id_token"], _ = signed.CompactSerialize()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// set changes the provider between two visits.
func (p *provider) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

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
	res, page := v.get("/sign-in/outside")
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
