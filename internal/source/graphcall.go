package source

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// graphCaller calls Graph: with a token that it renews in time, and again where it is asked
// to wait.
type graphCaller struct {
	tenant, client, secret string
	login, api             string
	http                   *http.Client
	timeout                time.Duration
	most                   int64 // bytes of one reply
	now                    func() time.Time
	sleep                  func(context.Context, time.Duration) error

	mu      sync.Mutex
	token   string
	expires time.Time
}

const (
	graphTries = 6
	graphWait  = 5 * time.Minute // the longest that is waited because Graph asks for it
)

func newGraphCaller(o Options, tenant string) *graphCaller {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = 1 << 20
	return &graphCaller{tenant: tenant, login: "https://login.microsoftonline.com", api: "https://graph.microsoft.com/v1.0",
		// The token goes to the host that it is for, and to no other.
		http:    &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		timeout: o.Limits.Statement, most: 2 * orDefault(o.Limits.Document.Bytes, 64<<20), now: time.Now, sleep: sleep}
}

// graphError is Graph's own account of what is wrong. Its message is left out, which may
// name people.
type graphError struct {
	status int
	code   string
	wait   time.Duration
}

func (e *graphError) Error() string {
	s := fmt.Sprintf("Graph answers %d", e.status)
	if e.code != "" {
		s += " (" + e.code + ")"
	}
	return s
}

// Unwrap sorts the error among those of sources.
func (e *graphError) Unwrap() error {
	switch e.status {
	case 401, 403:
		return ErrRefused
	}
	return ErrUnreachable
}

func (e *graphError) mend() string {
	switch {
	case e.code == "invalid_client" || e.code == "unauthorized_client":
		return "check the client and the secret in the URL; the secret may have expired in Microsoft Entra"
	case e.code == "invalid_request" || e.code == "invalid_tenant":
		return "check the tenant in the URL"
	case e.status == 401:
		return "check that the application exists in the tenant, and its secret"
	case e.status == 403:
		return "grant the application Mail.Read (and User.Read.All for mailboxes=all) and an administrator's consent; where a policy of Exchange limits it, add the mailbox to that"
	case e.code == "MailboxNotEnabledForRESTAPI" || e.code == "MailboxNotSupportedForRESTAPI":
		return "the user has no mailbox in Exchange Online; if it is on a server of the landlord's own, read it by imap:"
	case e.status == 404:
		return "check the mailbox in the URL"
	case e.status == 429 || e.status == 503:
		return "Graph is limiting the application; try again later"
	}
	return ""
}

// bearer is a token that holds for some minutes more.
func (c *graphCaller) bearer(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != "" && c.now().Before(c.expires) {
		return c.token, nil
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.client}, "client_secret": {c.secret}, "scope": {"https://graph.microsoft.com/.default"}}
	var reply struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Seconds int64  `json:"expires_in"`
		Error   string `json:"error"`
	}
	err := c.again(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.login+"/"+url.PathEscape(c.tenant)+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
		if err != nil {
			return errors.New("the address of the log-in cannot be called")
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r, err := c.http.Do(req)
		if err != nil {
			return bareURL(err)
		}
		defer r.Body.Close()
		err = json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&reply)
		if r.StatusCode != http.StatusOK {
			return &graphError{status: r.StatusCode, code: graphCode(reply.Error), wait: retryAfter(r.Header.Get("Retry-After"), c.now())}
		}
		if err != nil || reply.Token == "" || !strings.EqualFold(reply.Type, "Bearer") || strings.ContainsAny(reply.Token, "\r\n") {
			return errors.New("the log-in's answer holds no token")
		}
		return nil
	})
	if err != nil {
		var no *graphError
		if errors.As(err, &no) && no.status == 400 {
			no.status = 401 // a refusal, as the log-in puts it (RFC 6749, 5.2)
		}
		return "", fmt.Errorf("logging in: %w", err)
	}
	c.token = reply.Token
	c.expires = c.now().Add(time.Duration(min(max(reply.Seconds, 0), 1<<20))*time.Second - 5*time.Minute)
	return c.token, nil
}

// graphCode is a code without what somebody may have put into it.
func graphCode(s string) string {
	for i, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '.' || i >= 64 {
			return s[:i]
		}
	}
	return s
}

// forget lets go of a token that Graph no longer takes.
func (c *graphCaller) forget(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token = ""
	}
}

// again does something until it works, or will not.
func (c *graphCaller) again(ctx context.Context, do func() error) error {
	renewed := false
	for n := 1; ; n++ {
		err := do()
		var no *graphError
		wait := time.Second / 2 << n
		switch {
		case err == nil || ctx.Err() != nil:
			return err
		case errors.As(err, &no) && no.status == http.StatusUnauthorized && no.code == "InvalidAuthenticationToken" && !renewed:
			renewed, wait = true, 0
		case errors.As(err, &no) && (no.status == 429 || no.status == 502 || no.status == 503 || no.status == 504 || no.status == 509):
			if no.wait > 0 {
				wait = no.wait
			}
		case errors.Is(err, ErrUnreachable) && no == nil:
		default:
			return err
		}
		if n >= graphTries || wait > graphWait {
			return err
		}
		if err := c.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// bareURL is an error of the network without the address, which names the mailbox.
func bareURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// call gets an address of Graph's own and hands its reply on. What read makes of it must
// not have been shown to anybody when it fails.
func (c *graphCaller) call(ctx context.Context, address string, read func(io.Reader) error) error {
	return c.again(ctx, func() error {
		token, err := c.bearer(ctx)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return errors.New("the address cannot be called")
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Prefer", `IdType="ImmutableId"`)
		r, err := c.http.Do(req)
		if err != nil {
			return bareURL(err)
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK {
			var reply struct {
				Error struct {
					Code string `json:"code"`
				} `json:"error"`
			}
			json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&reply)
			if r.StatusCode == http.StatusUnauthorized {
				c.forget(token)
			}
			return &graphError{status: r.StatusCode, code: graphCode(reply.Error.Code), wait: retryAfter(r.Header.Get("Retry-After"), c.now())}
		}
		b := &bounded{r: r.Body, left: c.most}
		err = read(b)
		switch {
		case b.left < 0:
			return fmt.Errorf("a reply of Graph's is %w", errTooLong)
		case b.err != nil && err != nil:
			return bareURL(b.err)
		}
		return err
	})
}

// get reads one object.
func (c *graphCaller) get(ctx context.Context, path string, into any) error {
	return c.call(ctx, c.api+path, func(r io.Reader) error {
		if err := json.NewDecoder(r).Decode(into); err != nil {
			return fmt.Errorf("a reply of Graph's cannot be read: %w", jsonReason(err))
		}
		return nil
	})
}

// jsonReason is what is wrong with a reply, without the words at which it shows.
func jsonReason(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("%s is a %s", kind.Field, kind.Value)
	}
	return errors.New("it is not the JSON that Graph documents, or breaks off")
}

// bytes reads something as it stands, of at most so many bytes.
func (c *graphCaller) bytes(ctx context.Context, path string, most int64) (out []byte, err error) {
	err = c.call(ctx, c.api+path, func(r io.Reader) error {
		out, err = io.ReadAll(io.LimitReader(r, most+1))
		if int64(len(out)) > most {
			return errTooLong
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// graphPages is how many pages one list may have: with fewer than that on each, no mailbox has more.
const graphPages = 1 << 20

// graphList visits what a list holds, page by page. A page is visited when all of it is there.
func graphList[T any](ctx context.Context, c *graphCaller, path string, visit func(T) error) error {
	next := c.api + path
	seen := map[string]bool{}
	for range graphPages {
		var page struct {
			Value []T    `json:"value"`
			Next  string `json:"@odata.nextLink"`
		}
		address := next
		err := c.call(ctx, address, func(r io.Reader) error {
			page.Value, page.Next = nil, ""
			if err := json.NewDecoder(r).Decode(&page); err != nil {
				return fmt.Errorf("a reply of Graph's cannot be read: %w", jsonReason(err))
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, v := range page.Value {
			if err := visit(v); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		if err := c.ours(page.Next); err != nil {
			return err
		}
		if seen[page.Next] {
			return errors.New("the list of pages goes in a circle")
		}
		seen[page.Next], next = true, page.Next
	}
	return errors.New("the list of pages does not end")
}

// ours refuses an address at which the token has no business.
func (c *graphCaller) ours(next string) error {
	u, err := url.Parse(next)
	own, err2 := url.Parse(c.api)
	if err != nil || err2 != nil || u.Scheme != own.Scheme || u.Host != own.Host || u.User != nil || !strings.HasPrefix(u.Path, own.Path+"/") {
		return errors.New("the next page is said to be on another server; the token is not sent there")
	}
	return nil
}

// writes are the permissions in the token that go beyond reading, as far as it can be read.
func (c *graphCaller) writes() []string {
	c.mu.Lock()
	parts := strings.Split(c.token, ".")
	c.mu.Unlock()
	if len(parts) != 3 {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Roles []string `json:"roles"`
	}
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return nil
	}
	return slices.DeleteFunc(claims.Roles, func(r string) bool {
		return !strings.Contains(r, "Write") && !strings.Contains(r, "Send") && !strings.Contains(r, "FullControl") && !strings.Contains(r, "full_access")
	})
}
