package source

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

// service is a fake of a service that keeps the contract, and of one that does not. Ids have
// answers; what is sent for an id that has none is 204.
type service struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string]http.HandlerFunc
	asked   []string // requests, by path and parameters
	tokens  []string
}

func newService(t testing.TB) *service {
	s := &service{answers: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL.RequestURI())
	s.tokens = append(s.tokens, r.Header.Get("Authorization"))
	answer, ok := s.answers[r.URL.Query().Get("prn")], r.URL.Path == "/sar"
	if !ok {
		answer, ok = s.answers[r.URL.Path], true
	}
	s.mu.Unlock()
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	answer(w, r)
}

// on sets the answer to an id, or to a path other than /sar.
func (s *service) on(id string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[id] = h
}

func (s *service) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func says(status int, contentType, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// inTurn gives one answer after another, the last again and again.
func inTurn(all ...http.HandlerFunc) http.HandlerFunc {
	var n atomic.Int32
	return func(w http.ResponseWriter, r *http.Request) {
		all[min(int(n.Add(1)), len(all))-1](w, r)
	}
}

const jsonType = "application/json;charset=UTF-8"

// watch is a clock that only moves when someone sleeps or says so.
type watch struct {
	mu    sync.Mutex
	at    time.Time
	slept []time.Duration
}

func (w *watch) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *watch) sleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if d > 0 {
		w.at, w.slept = w.at.Add(d), append(w.slept, d)
	}
	return ctx.Err()
}

func openSAR(t testing.TB, url string, opts Options) (*sar, *watch, *told) {
	t.Helper()
	src, said := open(t, "sar:"+url, opts)
	s := src.(*sar)
	w := &watch{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	s.now, s.sleep = w.now, w.sleep
	return s, w, said
}

func (s *service) url(more string) string { return s.URL + "/sar?ask=prn&rate=1000/s" + more }

func TestSAR(t *testing.T) {
	ctx := context.Background()
	svc := newService(t)
	t.Setenv("SAR_TEST_TOKEN", "s3cret")
	svc.on("A 1&2", says(200, jsonType, `{"content": {"level": "low", "notes": [{"by": "J_SMITH", "text": "damp"}, {"text": "dry"}]},
		"attachments": [{"attachmentNumber": 1, "name": "A letter", "contentType": "text/plain", "url": "`+svc.URL+`/files/1.txt", "filename": "1\u0001.txt", "filesize": 9},
			{"attachmentNumber": 2, "name": "gone", "url": "files/2.txt"}, {"attachmentNumber": 3, "name": "bare"}]}`))
	svc.on("/files/1.txt", says(200, "text/plain", "Dear Ann,"))
	svc.on("/files/2.txt", says(404, "text/plain", "no"))
	svc.on("bad kind", says(209, "", ""))
	s, _, said := openSAR(t, svc.url("&token=env:SAR_TEST_TOKEN&from=2019-01-01&to=2026-02-01"), Options{})

	if diff := cmp.Diff([]string{"A 1&2"}, lines(t, s.Lookup(ctx, "subject", []rows.Match{is("id", "A 1&2")}))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"A 1&2||General|Level: low",
		"A 1&2|/content/notes/0|Note 1|By: J_SMITH\nText: damp",
		"A 1&2|/content/notes/1|Note 2|Text: dry",
	}, lines(t, s.Lookup(ctx, "record", []rows.Match{is("id", "A 1&2")}))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"A 1&2|/content/notes/1|Note 2|Text: dry"}, lines(t, s.Lookup(ctx, "record", []rows.Match{is("part", "/content/notes/1"), is("id", "A 1&2")}))); diff != "" {
		t.Error(diff)
	}
	if got := svc.calls(); got != 1 {
		t.Errorf("%d calls for one answer", got)
	}
	if diff := cmp.Diff([]string{"/sar?fromDate=2019-01-01&prn=A+1%262&toDate=2026-02-01"}, svc.asked); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"A 1&2|1|A letter|1.txt|text/plain|9|Dear Ann,",
		"A 1&2|2|gone|∅|∅|∅|{cannot be fetched: the answer is not one of the contract: it answered 404 Not Found}",
		"A 1&2|3|bare|∅|∅|∅|{the service gives no address for it}",
	}, lines(t, s.Lookup(ctx, "attachment", []rows.Match{is("id", "A 1&2")}))); diff != "" {
		t.Error(diff)
	}
	said.must(t, "attachment.text", "404", "number=2")
	before := svc.calls()
	if got := lines(t, s.Lookup(ctx, "attachment", []rows.Match{is("id", "A 1&2"), is("number", "1")})); len(got) != 1 || svc.calls() != before+1 {
		t.Errorf("one attachment looked up: %v, %d calls", got, svc.calls()-before)
	}

	for id, want := range map[string]Standing{"A 1&2": Held, "nobody": NothingHeld, "bad kind": IDUnknown} {
		if got, err := s.Ask(ctx, id); err != nil || got != want || got.String() == "" {
			t.Errorf("Ask(%q) = %v, %v", id, got, err)
		}
		for _, table := range []string{"subject", "record", "attachment"} {
			if got := lines(t, s.Lookup(ctx, table, []rows.Match{is("id", id)})); (got != nil) != (want == Held) {
				t.Errorf("%s of %s: %v", table, id, got)
			}
		}
	}
	said.must(t, "does not know the kind of id", "prn")
	if said.says("bad kind") {
		t.Error("a problem names the person")
	}
	for _, tok := range svc.tokens {
		if tok != "Bearer s3cret" {
			t.Errorf("token %q", tok)
		}
	}
	before = svc.calls()
	for _, m := range []rows.Match{is("id", ""), null("id"), is("id", strings.Repeat("x", 5000))} {
		if got := lines(t, s.Lookup(ctx, "subject", []rows.Match{m})); got != nil || svc.calls() != before {
			t.Errorf("an id that nobody has: %v", got)
		}
	}
}

func TestSARAsked(t *testing.T) {
	ctx := context.Background()
	s, _, _ := openSAR(t, newService(t).url(""), Options{})
	schema, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var e *Error
	for _, tab := range schema.Tables {
		if diff := cmp.Diff([]string{"id"}, tab.Asked); diff != "" || tab.Estimate != -1 {
			t.Errorf("%s: %s", tab.Name, diff)
		}
		if err := failure(s.Scan(ctx, tab.Name, ScanOptions{})); !errors.Is(err, ErrAsked) || !errors.As(err, &e) {
			t.Errorf("scanning %s: %v", tab.Name, err)
		}
		if f, err := s.Fingerprint(ctx, tab.Name); f != "" || err != nil {
			t.Errorf("fingerprint %q %v", f, err)
		}
	}
	if err := failure(s.Lookup(ctx, "record", []rows.Match{is("part", "/content")})); !errors.Is(err, ErrAsked) {
		t.Errorf("looking up without id: %v", err)
	}
	if _, err := s.Ask(ctx, " "); !errors.Is(err, ErrAsked) {
		t.Errorf("asking about nobody: %v", err)
	}
	if err := failure(s.Lookup(ctx, "record", []rows.Match{is("id", "1"), is("gone", "1")})); !errors.Is(err, ErrNoColumn) {
		t.Errorf("no such column: %v", err)
	}
	for _, seq := range []error{failure(s.Scan(ctx, "gone", ScanOptions{})), failure(s.Lookup(ctx, "gone", []rows.Match{is("id", "1")}))} {
		if !errors.Is(seq, ErrNoTable) {
			t.Errorf("no such table: %v", seq)
		}
	}
}

// However often and by however many an id is looked up, it is asked about once a minute.
func TestSARCallsOnce(t *testing.T) {
	ctx := context.Background()
	svc := newService(t)
	svc.on("A1", says(200, jsonType, `{"content": [{"a": 1}, {"a": 2}]}`))
	svc.on("big", says(200, jsonType, `{"content": ["`+strings.Repeat("x", 20<<20)+`"]}`))
	svc.on("bigger", svc.answers["big"])
	s, w, _ := openSAR(t, svc.url(""), Options{})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for _, table := range []string{"subject", "record", "attachment"} {
				for _, err := range s.Lookup(ctx, table, []rows.Match{is("id", "A1")}) {
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if svc.calls() != 1 {
		t.Errorf("%d calls", svc.calls())
	}
	for _, id := range []string{"big", "bigger"} {
		if _, err := s.Ask(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	if s.known.size > answerSize || len(s.known.live) != 1 || len(s.known.order) != 1 {
		t.Errorf("%d bytes of %d answers are kept", s.known.size, len(s.known.live))
	}
	w.at = w.at.Add(2 * time.Minute)
	before := svc.calls()
	if _, err := s.Ask(ctx, "bigger"); err != nil || svc.calls() != before+1 {
		t.Errorf("after two minutes: %v, %d calls", err, svc.calls()-before)
	}
}

func TestSARRate(t *testing.T) {
	svc := newService(t)
	s, w, _ := openSAR(t, strings.Replace(svc.url(""), "1000/s", "30/m", 1), Options{})
	for n := range 4 {
		if _, err := s.Ask(context.Background(), fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]time.Duration{2 * time.Second, 2 * time.Second, 2 * time.Second}, w.slept); diff != "" {
		t.Error(diff)
	}
}

func TestSARCancelled(t *testing.T) {
	svc := newService(t)
	inside := make(chan struct{})
	svc.on("A1", func(w http.ResponseWriter, r *http.Request) {
		close(inside)
		<-r.Context().Done()
	})
	s, _, _ := openSAR(t, svc.url(""), Options{})
	done := make(chan error)
	go func() { done <- failure(s.Lookup(context.Background(), "subject", []rows.Match{is("id", "A1")})) }()
	<-inside
	s.Close()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a lookup while the source closes: %v", err)
	}
}

// Attachments come from the service's own server, or one that the URL allows; the token goes
// to the first alone.
func TestSARAttachmentElsewhere(t *testing.T) {
	t.Setenv("SAR_TEST_TOKEN", "s3cret")
	svc, other := newService(t), newService(t)
	other.on("/1.txt", says(200, "text/plain", "elsewhere"))
	host := strings.TrimPrefix(other.URL, "http://")
	svc.on("A1", says(200, jsonType, `{"attachments": [{"attachmentNumber": 1, "url": "`+other.URL+`/1.txt?person=A1", "filename": "1.txt"}, {"attachmentNumber": 2, "url": "file:///etc/hostname"}, {"attachmentNumber": 3, "url": "http://a:b@`+host+`/"}, {"attachmentNumber": 4, "url": "%zz"}]}`))
	for _, c := range []struct{ more, want string }{
		{"", "{not fetched: it stands at http://127.0.0.1:"},
		{"&attachments=" + host, "|elsewhere"},
	} {
		s, _, _ := openSAR(t, svc.url("&token=env:SAR_TEST_TOKEN"+c.more), Options{})
		got := lines(t, s.Lookup(context.Background(), "attachment", []rows.Match{is("id", "A1")}))
		if len(got) != 4 || !strings.Contains(got[0], c.want) || strings.Contains(got[0], "person=") || !strings.Contains(got[1], "not fetched") || !strings.Contains(got[2], "not fetched") || !strings.Contains(got[3], "cannot be read") {
			t.Errorf("%s: %q", c.more, got)
		}
	}
	if diff := cmp.Diff([]string{""}, other.tokens); diff != "" {
		t.Errorf("tokens sent elsewhere: %s", diff)
	}
}

func TestSARCheck(t *testing.T) {
	ctx := context.Background()
	svc := newService(t)
	svc.on("/health", says(200, jsonType, `{"status": "UP"}`))
	s, _, _ := openSAR(t, svc.url(""), Options{})
	h, err := s.Check(ctx)
	if err != nil || h.Tables != 3 || !h.ReadOnly || !strings.Contains(fmt.Sprint(h.Problems), "without a token") {
		t.Errorf("%+v %v", h, err)
	}
	svc.on("/health", says(503, jsonType, `{"status": "DOWN"}`))
	if _, err := s.Check(ctx); !errors.Is(err, ErrUnreachable) {
		t.Errorf("down: %v", err)
	}
	svc.on("/health", says(401, jsonType, ``))
	if _, err := s.Check(ctx); !errors.Is(err, ErrRefused) {
		t.Errorf("refused: %v", err)
	}
	svc.on("", says(400, "", ""))
	s, _, _ = openSAR(t, svc.url("&health=HEAD"), Options{})
	if _, err := s.Check(ctx); err != nil {
		t.Errorf("by HEAD: %v", err)
	}
	svc.Server.Close()
	if _, err := s.Check(ctx); !errors.Is(err, ErrUnreachable) {
		t.Errorf("gone: %v", err)
	}
}

func TestSAROverTLS(t *testing.T) {
	svc := &service{answers: map[string]http.HandlerFunc{}}
	svc.Server = httptest.NewUnstartedServer(svc)
	svc.Config.ErrorLog = log.New(io.Discard, "", 0)
	svc.StartTLS()
	defer svc.Close()
	ca := write(t, filepath.Join(t.TempDir(), "ca.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: svc.Certificate().Raw})))
	s, _, _ := openSAR(t, svc.url("&ca="+ca), Options{})
	if got, err := s.Ask(context.Background(), "A1"); err != nil || got != NothingHeld {
		t.Errorf("%v %v", got, err)
	}
	s, _, _ = openSAR(t, svc.url(""), Options{})
	if _, err := s.Ask(context.Background(), "A1"); !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate nobody vouches for: %v", err)
	}
}

func TestSARURL(t *testing.T) {
	t.Setenv("SAR_TEST_TOKEN", "s3cret")
	for rest, why := range map[string]string{
		"https://x.example.org/sar?ask=prn":                                   "",
		"https://x.example.org/sar?ask=prn&token=env:SAR_TEST_TOKEN&rate=1/h": "",
		"http://127.0.0.1:80/sar?ask=prn":                                     "",
		"http://[::1]/sar?ask=prn":                                            "",
		"http://x.example.org/sar?ask=prn&insecure=true":                      "",
		"http://x.example.org/sar?ask=prn":                                    "plain http://",
		"http://127.0.0.1.example.org/sar?ask=prn":                            "plain http://",
		"https://x.example.org/sar":                                           "which parameter takes the id",
		"https://x.example.org/sar?ask=":                                      "which parameter takes the id",
		"https://x.example.org/sar?ask=a&ask=b":                               "ask twice",
		"https://ann:s3cret@x.example.org/sar?ask=prn":                        "holds a login",
		"https://x.example.org/sar?ask=prn&token=s3cret":                      "must not stand in the URL",
		"https://x.example.org/sar?ask=prn&token=env:SAR_TEST_NONE":           "SAR_TEST_NONE, which is not set",
		"https://x.example.org/sar?ask=prn&rate=fast":                         "rate=",
		"https://x.example.org/sar?ask=prn&rate=0/s":                          "rate=",
		"https://x.example.org/sar?ask=prn&rate=NaN/s":                        "rate=",
		"https://x.example.org/sar?ask=prn&from=yesterday":                    "from=",
		"https://x.example.org/sar?ask=prn&health=https://y.example.org/":     "health=",
		"https://x.example.org/sar?ask=prn&page=1":                            `"page" that is not known`,
		"https://x.example.org/sar?ask=prn&ca=/gone":                          "ca=",
		"https://x.example.org/sar?ask=%zz":                                   "parameters cannot be read",
		"https://x.example.org/sar?ask=prn#x":                                 "cannot be read",
		"ftp://x.example.org/?ask=prn":                                        "cannot be read",
		"x.example.org":                                                       "cannot be read",
		"//x.example.org/?ask=prn":                                            "cannot be read",
	} {
		_, err := Open(context.Background(), "test", "sar:"+rest, Options{})
		if (err == nil) != (why == "") || err != nil && !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", rest, err, why)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("a secret in %v", err)
		}
	}
	for in, want := range map[string]string{
		"sar:https://x.example.org/sar?ask=prn&token=env:T":  "sar:https://x.example.org/sar?ask=prn&token=env%3AT",
		"sar:https://ann:s3cret@x.example.org/?token=s3cret": "sar:https://ann:xxxxx@x.example.org/?token=xxxxx",
		"sar:s3cret":   "sar:…",
		"sar:x:s3cret": "sar:x:…",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkAnswer(b *testing.B) {
	var sb strings.Builder
	sb.WriteString(`{"content": {"caseNotes": [`)
	for n := range 10000 {
		if n > 0 {
			sb.WriteByte(',')
		}
		fmt.Fprintf(&sb, `{"caseNoteId": %d, "occurrenceDateTime": "2026-01-30T09:30:00", "authorName": "J SMITH", "text": "Ann Bell rang about the damp in the kitchen.", "amendments": [{"text": "It was the hall."}]}`, n)
	}
	sb.WriteString(`]}}`)
	b.SetBytes(int64(sb.Len()))
	b.ReportAllocs()
	for b.Loop() {
		a, err := readAnswer(strings.NewReader(sb.String()), 64<<20)
		if err != nil || len(a.records) != 20000 {
			b.Fatal(err, len(a.records))
		}
	}
	b.ReportMetric(20000*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
