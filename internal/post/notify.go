package post

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// notify hands messages to a service with the interface of GOV.UK Notify: POST
// /v2/notifications/email, signed with a token of HS256 (RFC 7519) whose issuer
// is the service and whose key is the API key. The template there has two places
// to fill: subject and body.
type notify struct {
	base, service, template, replyTo string
	key                              []byte
	http                             *http.Client
	now                              func() time.Time
}

func openNotify(u *url.URL, secret string) (Sender, error) {
	bad := func(what, mend string) (Sender, error) {
		return nil, &Error{What: "post: " + what, Mend: mend, Permanent: true}
	}
	n := &notify{base: "https://" + u.Host, template: u.Query().Get("template"), replyTo: u.Query().Get("reply-to"), key: []byte(secret), now: time.Now,
		http: &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if u.User != nil {
		n.service = u.User.Username()
	}
	for key := range u.Query() {
		if key != "template" && key != "reply-to" {
			return bad("the options of notify: are template and reply-to", "take the others out")
		}
	}
	if u.Scheme == "notify+http" {
		if !local(u.Hostname()) {
			return bad("notify+http is for a service on this machine alone", "write notify:")
		}
		n.base = "http://" + u.Host
	}
	if u.Host == "" || n.service == "" || secret == "" || n.template == "" {
		return bad("notify: needs a service, its key, a host and a template", "write notify://SERVICE:env%3ANOTIFY_KEY@host?template=ID")
	}
	return n, nil
}

// token lives for seconds: the service refuses one that is older than thirty.
func (n *notify) token() (string, error) {
	claims, err := json.Marshal(map[string]any{"iss": n.service, "iat": n.now().Unix()})
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + enc.EncodeToString(claims)
	mac := hmac.New(sha256.New, n.key)
	mac.Write([]byte(signed))
	return signed + "." + enc.EncodeToString(mac.Sum(nil)), nil
}

func (n *notify) ask(ctx context.Context, method, path string, body any) (int, error) {
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		in = bytes.NewReader(text)
	}
	ctx, cancel := context.WithTimeout(ctx, sending)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, n.base+path, in)
	if err != nil {
		return 0, err
	}
	token, err := n.token()
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	res, err := n.http.Do(r)
	if err != nil {
		what := "the notification service cannot be reached"
		var network net.Error
		if e, ok := err.(*url.Error); ok {
			err = e.Err
		}
		if network, _ = err.(net.Error); network != nil && network.Timeout() {
			what = "the notification service does not answer"
		}
		return 0, ended(ctx, &Error{What: what, Mend: "see that this machine may reach it"})
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // it may repeat the message, and is told to nobody
	return res.StatusCode, nil
}

func (n *notify) Send(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	body := map[string]any{
		"email_address": m.To, "template_id": n.template, "reference": m.Reference,
		"personalisation": map[string]string{"subject": m.Subject, "body": m.Text},
	}
	if n.replyTo != "" {
		body["email_reply_to_id"] = n.replyTo
	}
	status, err := n.ask(ctx, http.MethodPost, "/v2/notifications/email", body)
	switch {
	case err != nil:
		return err
	case status == http.StatusCreated:
		return nil
	case status == http.StatusBadRequest:
		return &Error{What: "the notification service refused the message (400)", Mend: "see that the template has the places subject and body, and that the address is right", Permanent: true}
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return &Error{What: fmt.Sprintf("the notification service refused the key (%d)", status), Mend: "see that service and key are right, and this machine's clock"}
	case status == http.StatusTooManyRequests:
		return &Error{What: "the notification service takes no more just now (429)", Mend: "it is tried again"}
	}
	return &Error{What: fmt.Sprintf("the notification service answered %d", status), Mend: "it is tried again"}
}

// Check asks for the template, which shows that service, key and template are
// right.
func (n *notify) Check(ctx context.Context) error {
	status, err := n.ask(ctx, http.MethodGet, "/v2/template/"+url.PathEscape(n.template), nil)
	switch {
	case err != nil:
		return err
	case status == http.StatusOK:
		return nil
	case status == http.StatusNotFound:
		return &Error{What: "the notification service has no such template", Mend: strings.TrimSpace("name one of the service's"), Permanent: true}
	}
	return &Error{What: fmt.Sprintf("the notification service answered %d", status), Mend: "see that service and key are right"}
}
