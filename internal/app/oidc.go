package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"tenet/internal/console"
	"tenet/internal/desk"
)

const (
	vouchedFor   = 15 * time.Minute // how long the provider's word counts before it is asked again
	answerWithin = 10 * time.Minute // how long somebody may take over signing in there
	providerWait = 10 * time.Second // for one answer of the provider
	providerMost = 1 << 20          // bytes of one
)

// signatures are those that a token may bear: none that a client's secret makes, and
// not the absence of one.
var signatures = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// signOn is the landlord's own sign-in: OpenID Connect Core 1.0 by authorization
// code, with PKCE (RFC 7636), state and nonce.
type signOn struct {
	d      *desk.Desk
	rules  *desk.SignOn
	secret string
	log    *slog.Logger
	http   *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // nil until it was reached
}

// newSignOn is the sign-in that tenet.yaml names, or nil. The provider need not be
// there yet: it is asked when somebody signs in.
func newSignOn(d *desk.Desk, getenv func(string) string, log *slog.Logger) (console.SignOn, error) {
	rules := d.Config.Staff.SignOn
	if rules == nil {
		return nil, nil
	}
	name := strings.TrimPrefix(rules.Secret, "env:")
	secret := getenv(name)
	if secret == "" {
		return nil, &desk.Error{Code: "config", What: "the environment variable " + name + " is empty", Where: "tenet.yaml: staff: sign-in: client-secret", Mend: "write the client's secret into it"}
	}
	for _, r := range rules.Roles {
		if !slices.ContainsFunc(d.Roles(), func(o desk.Role) bool { return o.ID == r.Role }) {
			return nil, &desk.Error{Code: "config", What: fmt.Sprintf("there is no role called %q", r.Role), Where: "tenet.yaml: staff: sign-in: roles", Mend: "name a role of the notice, officer or dpo"}
		}
	}
	return &signOn{d: d, rules: rules, secret: secret, log: log, http: &http.Client{Timeout: providerWait, Transport: bounded{http.DefaultTransport}}}, nil
}

// bounded reads no more of an answer than a provider has reason to send.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.next.RoundTrip(r)
	if err == nil {
		res.Body = http.MaxBytesReader(nil, res.Body, providerMost)
	}
	return res, err
}

func (s *signOn) Name() string { return s.rules.Title() }

// reach is the provider, by its discovery document, which must call itself by the
// issuer that tenet.yaml names. Its keys are fetched again as they change.
func (s *signOn) reach(ctx context.Context) (*oidc.Provider, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider != nil {
		return s.provider, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), s.http), s.rules.Issuer)
	if err != nil {
		s.log.Error("the landlord's own sign-in cannot be reached", "issuer", s.rules.Issuer, "error", err)
		return nil, &console.Denied{Why: s.Name() + " cannot be reached, or is not the one that tenet.yaml names.", Mend: "Try again in a minute. If it lasts, whoever runs Tenet finds the cause in its log."}
	}
	s.provider = p
	return p, nil
}

func (s *signOn) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: s.rules.ClientID, ClientSecret: s.secret, Endpoint: p.Endpoint(),
		RedirectURL: strings.TrimSuffix(s.rules.Console, "/") + "/sign-in/back", Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// waiting is what is kept in the session until the browser comes back.
type waiting struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Until    int64  `json:"until"` // seconds since 1970
}

func (s *signOn) Begin(ctx context.Context, quietly bool) (to, kept string, err error) {
	p, err := s.reach(ctx)
	if err != nil {
		return "", "", err
	}
	a := waiting{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Until: s.d.Now().Add(answerWithin).Unix()}
	b, err := json.Marshal(a)
	if err != nil {
		return "", "", err
	}
	with := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if quietly {
		with = append(with, oauth2.SetAuthURLParam("prompt", "none"))
	}
	return s.oauth(p).AuthCodeURL(a.State, with...), string(b), nil
}

// refused is a sign-in that did not come about. The cause is for the log: what it
// says may be useful to whoever forged the answer.
func (s *signOn) refused(cause string, err error) error {
	s.log.Warn("somebody was not signed in by the landlord's own sign-in", "why", cause, "error", err)
	return &console.Denied{Why: "The answer of " + s.Name() + " cannot be relied on.", Mend: "Sign in again. If it lasts, whoever runs Tenet finds the cause in its log."}
}

func (s *signOn) Finish(ctx context.Context, kept string, answer url.Values) (console.Staff, time.Time, error) {
	fail := func(err error) (console.Staff, time.Time, error) { return console.Staff{}, time.Time{}, err }
	var a waiting
	if err := json.Unmarshal([]byte(kept), &a); err != nil {
		return fail(s.refused("what was kept cannot be read", err))
	}
	now := s.d.Now()
	switch {
	case now.Unix() >= a.Until:
		return fail(s.refused("it came too late", nil))
	case subtle.ConstantTimeCompare([]byte(a.State), []byte(answer.Get("state"))) != 1:
		return fail(s.refused("state is not what was sent", nil))
	case answer.Has("iss") && answer.Get("iss") != s.rules.Issuer:
		return fail(s.refused("iss of the answer is another's (RFC 9207)", nil))
	case answer.Get("error") != "":
		// Of the provider's words none is shown: anybody can write them into a link.
		s.log.Info("the landlord's own sign-in said no", "error", short(answer.Get("error")))
		return fail(&console.Denied{Why: s.Name() + " did not sign you in.", Mend: "Sign in again. You may have been signed out there, or have lost the right to use Tenet."})
	}
	p, err := s.reach(ctx)
	if err != nil {
		return fail(err)
	}
	ctx = oidc.ClientContext(ctx, s.http)
	token, err := s.oauth(p).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) { // its words hold the whole answer
			err = errors.New(short(said.ErrorCode))
		}
		return fail(s.refused("the code was not taken", err))
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: s.rules.ClientID, SupportedSigningAlgs: signatures, Now: s.d.Now}).Verify(ctx, raw)
	if err != nil {
		return fail(s.refused("the ID token does not verify", err))
	}
	v, err := s.vouched(id, token.AccessToken, a)
	if err != nil {
		return fail(err)
	}
	account, err := s.d.TakeVouched(ctx, v)
	if errors.Is(err, desk.ErrNoRole) {
		return fail(&console.Denied{Why: "You are signed in with " + s.Name() + ", and have no role here.", Mend: "Ask whoever gives out access to Tenet for one."})
	}
	if err != nil {
		return fail(err)
	}
	staff, err := accounts{s.d}.Staff(ctx, account.ID)
	return staff, now.Add(vouchedFor), err
}

// claims are those of an ID token that are looked at besides what every one has.
type claims struct {
	Name     string `json:"name"`
	Login    string `json:"preferred_username"`
	Email    string `json:"email"`
	Verified *bool  `json:"email_verified"`
	Tenant   string `json:"tid"`
	Party    string `json:"azp"`
}

// vouched is whom a verified token vouches for, once the rest of it is checked too.
func (s *signOn) vouched(id *oidc.IDToken, access string, a waiting) (desk.Vouched, error) {
	var c claims
	all := map[string]json.RawMessage{}
	if err := errors.Join(id.Claims(&c), id.Claims(&all)); err != nil {
		return desk.Vouched{}, s.refused("the claims cannot be read", err)
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(access); err != nil {
			return desk.Vouched{}, s.refused("at_hash is of another token", err)
		}
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.Nonce)) != 1:
		return desk.Vouched{}, s.refused("nonce is not what was sent", nil)
	case id.Subject == "":
		return desk.Vouched{}, s.refused("nobody is named", nil)
	case len(id.Audience) > 1 && c.Party != s.rules.ClientID, c.Party != "" && c.Party != s.rules.ClientID:
		return desk.Vouched{}, s.refused("azp is another application", nil)
	case s.rules.Tenant != "" && c.Tenant != s.rules.Tenant:
		return desk.Vouched{}, s.refused("tid is another tenant", nil)
	case c.Verified != nil && !*c.Verified, c.Verified == nil && s.rules.Tenant == "":
		// Entra ID says nothing of it: there the tenant answers for its accounts.
		return desk.Vouched{}, &console.Denied{Why: s.Name() + " has not made sure of your e-mail address.", Mend: "Confirm it there, then sign in again."}
	}
	v := desk.Vouched{Issuer: s.rules.Issuer, Subject: id.Subject, Login: short(cmp.Or(c.Login, c.Email)), Name: short(cmp.Or(c.Name, c.Login, c.Email, "Somebody"))}
	v.Role = s.rules.RoleOf(texts(all[cmp.Or(s.rules.RolesClaim, "roles")]))
	return v, nil
}

// texts is a claim that is a text or a list of texts; anything else is none.
func texts(raw json.RawMessage) []string {
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return many
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	return nil
}

// short bounds what another system wrote.
func short(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:100])
	}
	return s
}

func (s *signOn) End(ctx context.Context) (string, error) {
	p, err := s.reach(ctx)
	if err != nil {
		return "", err
	}
	var more struct {
		End string `json:"end_session_endpoint"`
	}
	if err := p.Claims(&more); err != nil || more.End == "" {
		return "", err
	}
	u, err := url.Parse(more.End)
	if err != nil {
		return "", fmt.Errorf("the address to sign out at: %w", err)
	}
	q := u.Query()
	q.Set("client_id", s.rules.ClientID)
	q.Set("post_logout_redirect_uri", strings.TrimSuffix(s.rules.Console, "/")+"/sign-in")
	u.RawQuery = q.Encode()
	return u.String(), nil
}
