package app

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
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
