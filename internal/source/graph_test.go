package source

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/doc"
)

// graphFake replies as Microsoft's reference of Graph 1.0 documents it, to what the source asks. It has
// never been held against the service itself.
type graphFake struct {
	*httptest.Server
	t testing.TB

	mu     sync.Mutex
	asked  []string // paths, without the parameters
	tokens int
	// before is asked first; true means that it has replied.
	before func(n int, w http.ResponseWriter, r *http.Request) bool
	pages  int // messages on a page
	page   func(next string) string
}

func newGraphFake(t testing.TB) *graphFake {
	t.Setenv("GRAPH_TEST_SECRET", "s3cret")
	f := &graphFake{t: t, pages: 5}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *graphFake) url(mailbox string) string {
	q := url.Values{"client": {"c1"}, "secret": {"env:GRAPH_TEST_SECRET"}, "login": {f.URL}, "api": {f.URL + "/v1.0"}}
	if mailbox == "" {
		q.Set("mailboxes", "all")
	} else {
		q.Set("mailbox", mailbox)
	}
	return "graph:tenant-1?" + q.Encode()
}

func (f *graphFake) refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"code":%q,"message":"about ann@example.org","innerError":{"date":"2026-03-01T00:00:00","request-id":"1","client-request-id":"1"}}}`, code)
}

func (f *graphFake) reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; odata.metadata=minimal")
	json.NewEncoder(w).Encode(v)
}

type object = map[string]any

func (f *graphFake) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.asked = append(f.asked, r.URL.Path)
	n := len(f.asked)
	f.mu.Unlock()
	if f.before != nil && f.before(n, w, r) {
		return
	}
	if r.URL.Path == "/tenant-1/oauth2/v2.0/token" {
		r.ParseForm()
		if r.Method != http.MethodPost || r.Form.Get("grant_type") != "client_credentials" || r.Form.Get("scope") != "https://graph.microsoft.com/.default" || r.Form.Get("client_id") != "c1" || r.Form.Get("client_secret") != "s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			f.reply(w, object{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."})
			return
		}
		f.mu.Lock()
		f.tokens++
		claims := base64.RawURLEncoding.EncodeToString([]byte(`{"roles":["Mail.Read","User.Read.All"]}`))
		token := "h." + claims + "." + strconv.Itoa(f.tokens)
		f.mu.Unlock()
		f.reply(w, object{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token})
		return
	}
	if r.Method != http.MethodGet {
		f.t.Errorf("%s %s: Graph is only read", r.Method, r.URL.Path)
	}
	if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer h.") {
		f.refuse(w, http.StatusUnauthorized, "InvalidAuthenticationToken")
		return
	}
	if r.Header.Get("Prefer") != `IdType="ImmutableId"` {
		f.t.Errorf("%s asked for without immutable ids", r.URL.Path)
	}
	p, ok := strings.CutPrefix(r.URL.Path, "/v1.0/users")
	if !ok {
		f.refuse(w, http.StatusBadRequest, "BadRequest")
		return
	}
	if p == "" {
		f.reply(w, object{"value": []object{{"id": "1", "userPrincipalName": "Ann@example.org"}, {"id": "2", "userPrincipalName": "noone@example.org"}}})
		return
	}
	user, rest, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	if user != "ann@example.org" {
		f.refuse(w, http.StatusNotFound, "MailboxNotEnabledForRESTAPI")
		return
	}
	f.mailbox(w, r, rest)
}

var graphFolders1 = []object{
	{"id": "in", "displayName": "Inbox", "childFolderCount": 1, "totalItemCount": 10},
	{"id": "hid", "displayName": "Hidden", "childFolderCount": 0, "totalItemCount": 0, "isHidden": true},
}

func (f *graphFake) mailbox(w http.ResponseWriter, r *http.Request, path string) {
	q := r.URL.Query()
	parts := strings.Split(path, "/")
	switch {
	case path == "mailFolders":
		if q.Get("includeHiddenFolders") == "true" {
			f.reply(w, object{"value": graphFolders1})
		} else {
			f.reply(w, object{"value": graphFolders1[:1]})
		}
	case path == "mailFolders/in/childFolders":
		f.reply(w, object{"value": []object{{"id": "sub", "displayName": "Repairs/2026", "childFolderCount": 0, "totalItemCount": 2}}})
	case path == "mailFolders/recoverableitemsdeletions":
		f.reply(w, object{"id": "rec", "displayName": "Deletions", "childFolderCount": 0, "totalItemCount": 0})
	case len(parts) == 3 && parts[0] == "mailFolders" && parts[2] == "messages":
		f.messages(w, r, parts[1])
	case len(parts) >= 2 && parts[0] == "messages":
		i, err := strconv.Atoi(strings.TrimPrefix(parts[1], "AAkALg="))
		if err != nil || i < 1 || i > len(twelve) {
			f.refuse(w, http.StatusBadRequest, "ErrorInvalidIdMalformed")
			return
		}
		f.message(w, i, parts[2:])
	default:
		f.refuse(w, http.StatusNotFound, "ErrorItemNotFound")
	}
}

// folderOf12 says where the twelve are: the last two in a folder within the first.
func folderOf12(i int) string {
	if i > 10 {
		return "sub"
	}
	return "in"
}

func (f *graphFake) messages(w http.ResponseWriter, r *http.Request, folder string) {
	var in []int
	for i := range twelve {
		if folderOf12(i+1) == folder {
			in = append(in, i+1)
		}
	}
	skip, _ := strconv.Atoi(r.URL.Query().Get("$skip"))
	page := object{"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/messages", "value": []object{}}
	var list []object
	for n, i := range in {
		if n >= skip && n < skip+f.pages {
			list = append(list, graphJSON(i))
		}
	}
	if list != nil {
		page["value"] = list
	}
	if skip+f.pages < len(in) {
		q := r.URL.Query()
		q.Set("$skip", strconv.Itoa(skip+f.pages))
		next := f.URL + r.URL.Path + "?" + q.Encode()
		if f.page != nil {
			next = f.page(next)
		}
		page["@odata.nextLink"] = next
	}
	f.reply(w, page)
}

// graphJSON is one of the twelve as Graph shows a message.
func graphJSON(i int) object {
	l := twelve[i-1]
	m := doc.ReadMail(strings.NewReader(l.raw), doc.Limits{})
	people := func(list string) []object {
		out := []object{}
		for _, a := range splitAddresses(list) {
			name, address := splitAddress(a)
			if name == "" {
				name = address // as Exchange has it
			}
			out = append(out, object{"emailAddress": object{"name": name, "address": address}})
		}
		return out
	}
	o := object{"@odata.etag": "W/\"1\"", "id": fmt.Sprintf("AAkALg=%d", i), "conversationId": fmt.Sprintf("conv=%d", l.thread), "internetMessageId": "<" + m.ID + ">", "subject": m.Subject,
		"from": people(m.From)[0], "sender": people(m.From)[0], "toRecipients": people(m.To), "ccRecipients": people(m.Cc), "bccRecipients": people(m.Bcc),
		"parentFolderId": folderOf12(i), "hasAttachments": len(m.Attachments) > 0 && i != 7, // which does not count pictures within
		"body": object{"contentType": "text", "content": strings.ReplaceAll(m.Text, "\n", "\r\n")}, "sentDateTime": nil}
	if l.html != "" {
		o["body"] = object{"contentType": "html", "content": "<html><body>" + l.html + "</body></html>"}
	}
	if !m.Date.IsZero() {
		o["sentDateTime"] = m.Date.Format(time.RFC3339)
	}
	if m.InReplyTo != "" {
		o["internetMessageHeaders"] = []object{{"name": "X-Other", "value": "1"}, {"name": "In-Reply-To", "value": "<" + m.InReplyTo + ">"}}
	}
	return o
}

func (f *graphFake) message(w http.ResponseWriter, i int, rest []string) {
	m := doc.ReadMail(strings.NewReader(twelve[i-1].raw), doc.Limits{})
	var own []doc.Attachment
	for _, a := range m.Attachments {
		if !strings.Contains(a.Part, "/") {
			own = append(own, a)
		}
	}
	switch {
	case len(rest) == 0:
		f.reply(w, graphJSON(i))
	case len(rest) == 1 && rest[0] == "attachments":
		list := []object{}
		for n, a := range own {
			o := object{"@odata.type": "#microsoft.graph.fileAttachment", "id": strconv.Itoa(n), "name": a.Name, "contentType": a.Type, "size": len(a.Bytes), "isInline": i == 7}
			if a.Mail != nil {
				o["@odata.type"], o["contentType"] = "#microsoft.graph.itemAttachment", nil
			}
			list = append(list, o)
		}
		f.reply(w, object{"value": list})
	case len(rest) == 3 && rest[2] == "$value":
		n, err := strconv.Atoi(rest[1])
		if err != nil || n >= len(own) {
			f.refuse(w, http.StatusNotFound, "ErrorItemNotFound")
			return
		}
		if own[n].Mail != nil {
			w.Write([]byte(inner))
			return
		}
		w.Write(own[n].Bytes)
	default:
		f.refuse(w, http.StatusNotFound, "ErrorItemNotFound")
	}
}

// openGraph opens the fake, and makes waiting quick.
func openGraph(t *testing.T, f *graphFake, mailbox string, opts Options) (Source, *told, *[]time.Duration) {
	t.Helper()
	s, said := open(t, f.url(mailbox), opts)
	var waits []time.Duration
	s.(*graph).caller.sleep = func(ctx context.Context, d time.Duration) error {
		waits = append(waits, d)
		return ctx.Err()
	}
	return s, said, &waits
}

func ids(t *testing.T, s Source) []string { t.Helper(); return lines(t, narrowed(s, "message", "id")) }

func TestGraphFolders(t *testing.T) {
	f := newGraphFake(t)
	s, said, _ := openGraph(t, f, "", Options{})
	got := lines(t, narrowed(s, "message", "folder", "mailbox"))
	if len(got) != 12 || got[0] != "ann@example.org/AAkALg=1|Inbox|ann@example.org" || got[11] != "ann@example.org/AAkALg=12|Inbox/Repairs∕2026|ann@example.org" {
		t.Errorf("%q", got)
	}
	said.must(t, "noone@example.org", "MailboxNotEnabledForRESTAPI")
	if said.says("about ann") {
		t.Error("what Graph says of people was passed on")
	}
	for _, want := range []string{"/v1.0/users/ann@example.org/mailFolders/hid/messages", "/v1.0/users/ann@example.org/mailFolders/rec/messages"} {
		if !strings.Contains(strings.Join(f.asked, "\n"), want) {
			t.Errorf("%s was not asked for", want)
		}
	}
	h, err := s.Check(context.Background())
	if err != nil || !h.ReadOnly || len(h.Problems) != 1 {
		t.Errorf("%+v %v", h, err)
	}
}

// Whatever Graph documents that may go wrong for a while, a scan gets over.
func TestGraphOvercomes(t *testing.T) {
	want := ids(t, func() Source { s, _, _ := openGraph(t, newGraphFake(t), "ann@example.org", Options{}); return s }())
	for name, before := range map[string]func(f *graphFake) func(int, http.ResponseWriter, *http.Request) bool{
		"throttled": func(f *graphFake) func(int, http.ResponseWriter, *http.Request) bool {
			return func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n%3 != 0 {
					return false
				}
				w.Header().Set("Retry-After", "17")
				f.refuse(w, http.StatusTooManyRequests, "TooManyRequests")
				return true
			}
		},
		"unavailable": func(f *graphFake) func(int, http.ResponseWriter, *http.Request) bool {
			return func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n%4 != 0 {
					return false
				}
				f.refuse(w, http.StatusServiceUnavailable, "ServiceUnavailable")
				return true
			}
		},
		"token runs out": func(f *graphFake) func(int, http.ResponseWriter, *http.Request) bool {
			return func(n int, w http.ResponseWriter, r *http.Request) bool {
				if strings.Contains(r.URL.Path, "oauth2") || !strings.HasSuffix(r.Header.Get("Authorization"), ".1") || n < 5 {
					return false
				}
				f.refuse(w, http.StatusUnauthorized, "InvalidAuthenticationToken")
				return true
			}
		},
		"connection lost": func(f *graphFake) func(int, http.ResponseWriter, *http.Request) bool {
			return func(n int, w http.ResponseWriter, r *http.Request) bool {
				if n != 5 && n != 7 {
					return false
				}
				w.Header().Set("Content-Length", "1000")
				w.Write([]byte(`{"value":[{"id":"AAkALg=1"`))
				panic(http.ErrAbortHandler)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newGraphFake(t)
			f.before = before(f)
			s, _, waits := openGraph(t, f, "ann@example.org", Options{})
			if diff := cmp.Diff(want, ids(t, s)); diff != "" {
				t.Error(diff)
			}
			if name == "throttled" && (len(*waits) == 0 || (*waits)[0] != 17*time.Second) {
				t.Errorf("waited %v", *waits)
			}
			if name == "token runs out" && f.tokens != 2 {
				t.Errorf("%d tokens were taken", f.tokens)
			}
		})
	}
}

func TestGraphTokenRenewedInTime(t *testing.T) {
	f := newGraphFake(t)
	s, _, _ := openGraph(t, f, "ann@example.org", Options{})
	c := s.(*graph).caller
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	c.now = func() time.Time { at = at.Add(10 * time.Minute); return at }
	if got := ids(t, s); len(got) != 12 || f.tokens < 2 {
		t.Errorf("%d messages with %d tokens", len(got), f.tokens)
	}
}

func TestGraphFails(t *testing.T) {
	always := func(status int, code string) func(*graphFake) func(int, http.ResponseWriter, *http.Request) bool {
		return func(f *graphFake) func(int, http.ResponseWriter, *http.Request) bool {
			return func(n int, w http.ResponseWriter, r *http.Request) bool {
				if strings.Contains(r.URL.Path, "oauth2") {
					return false
				}
				f.refuse(w, status, code)
				return true
			}
		}
	}
	body := func(text string) func(*graphFake) func(int, http.ResponseWriter, *http.Request) bool {
		return func(f *graphFake) func(int, http.ResponseWriter, *http.Request) bool {
			return func(n int, w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/messages") {
					return false
				}
				w.Write([]byte(text))
				return true
			}
		}
	}
	for _, c := range []struct {
		name   string
		before func(*graphFake) func(int, http.ResponseWriter, *http.Request) bool
		is     error
		says   string
	}{
		{"forbidden", always(403, "ErrorAccessDenied"), ErrRefused, "Mail.Read"},
		{"no mailbox", always(404, "ErrorInvalidUser"), ErrUnreachable, "check the mailbox"},
		{"throttled for ever", always(429, "TooManyRequests"), ErrUnreachable, "try again later"},
		{"refused token", always(401, "InvalidAuthenticationToken"), ErrRefused, "secret"},
		{"not JSON", body("<html>"), nil, "not the JSON"},
		{"another type", body(`{"value":[{"id":7}]}`), nil, "id is a number"},
		{"endless", body(`{"value":[],"x":"` + strings.Repeat("x", 1<<20) + `"}`), errTooLong, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newGraphFake(t)
			f.before = c.before(f)
			opts := Options{}
			opts.Limits.Document.Bytes = 1 << 18
			s, _, _ := openGraph(t, f, "ann@example.org", opts)
			err := failure(s.Scan(context.Background(), "message", ScanOptions{}))
			if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "about ann")) {
				t.Errorf("a secret, or what is said of people, is in the error: %v", err)
			}
		})
	}
}

// A next page on another server would be handed the token.
func TestGraphNextPage(t *testing.T) {
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("another server was asked") }))
	defer thief.Close()
	for name, page := range map[string]func(f *graphFake, next string) string{
		"another server": func(f *graphFake, next string) string { return strings.Replace(next, f.URL, thief.URL, 1) },
		"another path":   func(f *graphFake, next string) string { return strings.Replace(next, "/v1.0/", "/beta/", 1) },
		"a user":         func(f *graphFake, next string) string { return strings.Replace(next, "http://", "http://x@", 1) },
		"a circle":       func(f *graphFake, next string) string { return strings.Replace(next, "%24skip=10", "%24skip=5", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newGraphFake(t)
			f.pages = 3
			f.page = func(next string) string { return page(f, next) }
			if name == "a circle" {
				f.page = func(next string) string {
					return f.URL + "/v1.0/users/ann@example.org/mailFolders/in/messages?%24skip=3"
				}
			}
			s, _, _ := openGraph(t, f, "ann@example.org", Options{})
			if err := failure(s.Scan(context.Background(), "message", ScanOptions{})); err == nil {
				t.Error("it was followed")
			}
		})
	}
}

func TestGraphAttachments(t *testing.T) {
	f := newGraphFake(t)
	f.before = func(n int, w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "AAkALg=6/attachments") {
			return false
		}
		f.reply(w, object{"value": []object{
			{"@odata.type": "#microsoft.graph.referenceAttachment", "id": "0", "name": "plan.docx"},
			{"@odata.type": "#microsoft.graph.fileAttachment", "id": "9", "name": "gone.txt"},
			{"@odata.type": "#microsoft.graph.fileAttachment", "id": "1", "name": "big.txt", "size": 9000},
		}})
		return true
	}
	opts := Options{}
	opts.Limits.Document.Bytes = 20
	s, _, _ := openGraph(t, f, "ann@example.org", opts)
	for _, err := range s.Scan(context.Background(), "attachment", ScanOptions{}) {
		if err == nil || !errors.Is(err, errTooLong) { // even a page is over such a limit
			t.Errorf("%v", err)
		}
	}
	opts.Limits.Document.Bytes = 1 << 20
	s, said, _ := openGraph(t, f, "ann@example.org", opts)
	if got := lines(t, s.Scan(context.Background(), "attachment", ScanOptions{})); len(got) != 6 {
		t.Errorf("%q", got)
	}
	said.must(t, "a link to a file in the cloud")
	said.must(t, "ErrorItemNotFound")
}

func TestGraphURL(t *testing.T) {
	t.Setenv("GRAPH_TEST_SECRET", "x")
	for raw, want := range map[string]string{
		"graph:t?client=c&secret=env:GRAPH_TEST_SECRET":                         "not both",
		"graph:t?mailboxes=all&mailbox=a&client=c&secret=env:GRAPH_TEST_SECRET": "not both",
		"graph:t?mailbox=a&client=c&secret=plain":                               "does not belong in the URL",
		"graph:t?mailbox=a&client=c&secret=env:GRAPH_TEST_NONE":                 "GRAPH_TEST_NONE, which is not set",
		"graph:t?mailbox=a&secret=env:GRAPH_TEST_SECRET":                        "no client",
		"graph:?mailbox=a":       "no tenant",
		"graph:t/../x?mailbox=a": "no tenant",
		"graph:t?mailbox=a&client=c&secret=env:GRAPH_TEST_SECRET&api=https://evil.example.org":         "of this machine alone",
		"graph:t?mailbox=a&client=c&secret=env:GRAPH_TEST_SECRET&login=http://127.0.0.1.example.org/x": "of this machine alone",
		"graph:t?mailbox=a&client=c&secret=env:GRAPH_TEST_SECRET&top=1":                                "not known",
	} {
		if _, err := Open(context.Background(), "test", raw, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", raw, err)
		}
	}
	if got := Redact("graph:t?secret=plain&mailbox=a"); strings.Contains(got, "plain") || !strings.Contains(got, "mailbox=a") {
		t.Error(got)
	}
}

// Whatever Graph replies, nothing breaks: it is read or refused.
func FuzzGraph(f *testing.F) {
	page, _ := json.Marshal(object{"value": []object{graphJSON(1), graphJSON(7)}})
	f.Add(page)
	f.Add([]byte(`{"value":[{"id":"1","from":null,"toRecipients":[{}],"body":{"contentType":"html","content":"<p>x"}}],"@odata.nextLink":"http://x"}`))
	f.Add([]byte(`{"error":{"code":"x"}}`))
	var reply []byte
	fake := &graphFake{t: f, pages: 5}
	fake.before = func(n int, w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/messages") {
			return false
		}
		w.Write(reply)
		return true
	}
	fake.Server = httptest.NewServer(http.HandlerFunc(fake.serve))
	f.Cleanup(fake.Close)
	f.Setenv("GRAPH_TEST_SECRET", "s3cret")
	s, err := Open(context.Background(), "test", fake.url("ann@example.org"), Options{})
	if err != nil {
		f.Fatal(err)
	}
	s.(*graph).caller.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	f.Fuzz(func(t *testing.T, in []byte) {
		reply = bytes.Clone(in)
		fake.asked = nil
		for r, err := range s.Scan(context.Background(), "message", ScanOptions{}) {
			if err == nil && r.Get("id").Text == "" {
				t.Error("a message without an id")
			}
		}
	})
}
