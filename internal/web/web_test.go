package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/testdata"
)

func TestStyleSheetIsOurOwn(t *testing.T) {
	a := NewAssets()
	if !a.Built() {
		testdata.Missing(t, "assets", "the style sheet (npm ci && npm run build in frontend)")
	}
	css := strings.ToLower(string(a.files[a.Style()].body))
	for _, banned := range []string{"gds transport", "@font-face", "crown", "crest", "url(http", "@import"} {
		if strings.Contains(css, banned) {
			t.Errorf("the style sheet contains %q", banned)
		}
	}
	for _, want := range []string{"helvetica neue", "prefers-color-scheme:dark", "@media print", ".govuk-summary-list", ".tenet-record"} {
		if !strings.Contains(strings.ReplaceAll(css, ": ", ":"), want) {
			t.Errorf("the style sheet has no %q", want)
		}
	}
}

func TestAssets(t *testing.T) {
	built := newAssets(fstest.MapFS{"dist/.keep": {}, "dist/tenet-0123456789ab.css": {Data: []byte("b{}")}, "dist/tenet-ba9876543210.js": {Data: []byte("let b")}})
	bare := newAssets(fstest.MapFS{"dist/.keep": {}})
	for name, tc := range map[string]struct {
		assets          *Assets
		path            string
		status          int
		contains, cache string
	}{
		"a built sheet":         {built, "/assets/tenet-0123456789ab.css", 200, "b{}", forEver},
		"the script":            {built, built.Script(), 200, "let b", forEver},
		"an old sheet":          {built, "/assets/tenet-ffffffffffff.css", 404, "", ""},
		"the icon":              {built, built.Icon(), 200, "<svg", forEver},
		"no sheet":              {bare, bare.Style(), 200, "make build", "no-cache"},
		"a folder":              {built, "/assets/", 404, "", ""},
		"out of the folder":     {built, "/assets/../assets.go", 404, "", ""},
		"the file that is kept": {built, "/assets/.keep", 404, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			tc.assets.ServeHTTP(w, httptest.NewRequest(http.MethodGet, tc.path, nil))
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.contains) {
				t.Errorf("got %d %q", w.Code, w.Body)
			}
			if tc.status == 200 && w.Header().Get("Cache-Control") != tc.cache {
				t.Errorf("Cache-Control is %q", w.Header().Get("Cache-Control"))
			}
		})
	}
	if bare.Script() != "" || built.Script() != "/assets/tenet-ba9876543210.js" {
		t.Errorf("the scripts are at %q and %q", bare.Script(), built.Script())
	}
	if bare.Built() || !built.Built() {
		t.Error("Built does not say what is there")
	}
}

// The style sheet goes packed to those who take gzip, is the same when unpacked, and goes
// plain to all others.
func TestPacked(t *testing.T) {
	css := []byte(strings.Repeat(".tenet-record{margin:0}", 100))
	a := newAssets(fstest.MapFS{"dist/tenet-0123456789ab.css": {Data: css}, "dist/tenet-ba9876543210.js": {Data: []byte("let b")}})
	for accept, packed := range map[string]bool{
		"": false, "gzip": true, "br, GZIP": true, "gzip;q=0.5, *;q=0": true, "deflate, gzip; q=1.0": true,
		"gzip;q=0": false, "gzip; q=0.000": false, "gzip;q=much": false, "br": false, "gzipped": false, "identity": false,
	} {
		ask := func(path string) *http.Response {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Accept-Encoding", accept)
			w := httptest.NewRecorder()
			a.ServeHTTP(w, r)
			return w.Result()
		}
		res := ask(a.Style())
		if got := res.Header.Get("Content-Encoding") == "gzip"; got != packed || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: packed is %v, and it varies by %q", accept, got, res.Header.Get("Vary"))
			continue
		}
		body := io.Reader(res.Body)
		if packed {
			z, err := gzip.NewReader(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, css) {
			t.Errorf("%q: %v, %d bytes", accept, err, len(got))
		}
		if res := ask(a.Script()); res.Header.Get("Content-Encoding") != "" {
			t.Errorf("%q: a file that is no smaller packed goes packed", accept)
		}
	}
}

// guarded is a face of one page, whose handler a test gives.
func guarded(t *testing.T, log io.Writer, h http.HandlerFunc) http.Handler {
	t.Helper()
	assets := NewAssets()
	logger := slog.New(slog.NewTextHandler(log, nil))
	pages, err := NewPages(Site{Landlord: Landlord{Name: "Alder Vale Homes"}, Service: "Test", Home: "/"}, assets, logger,
		fstest.MapFS{"templates/hello.html": {Data: []byte(`{{define "main"}}<p>{{.Main}}</p>{{end}}`)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if h == nil {
		h = func(w http.ResponseWriter, r *http.Request) {
			pages.Show(w, http.StatusOK, "hello", Page{Title: "Hello", Main: "<script>alert(1)</script>"})
		}
	}
	return Guard{Pages: pages, Assets: assets, Log: logger, TLS: true}.Wrap(h)
}

func TestHeadersOnEveryResponse(t *testing.T) {
	h := guarded(t, io.Discard, nil)
	for _, path := range []string{"/", "/assets/nothing", NewAssets().Style()} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		got := map[string]string{}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Strict-Transport-Security"} {
			got[name] = w.Header().Get(name)
		}
		want := map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a page may be kept: %q", w.Header().Get("Cache-Control"))
	}
	if page := w.Body.String(); strings.Contains(page, "<script") || !strings.Contains(page, "&lt;script&gt;") {
		t.Errorf("what is shown is not escaped:\n%s", page)
	}
}

// TestScriptIsOnlyWhereAskedFor: a page that brings the script may run it and ask
// us; no other page may run any.
func TestScriptIsOnlyWhereAskedFor(t *testing.T) {
	assets := newAssets(fstest.MapFS{"dist/tenet-ba9876543210.js": {Data: []byte("let b")}})
	logger := slog.New(slog.DiscardHandler)
	pages, err := NewPages(Site{}, assets, logger, fstest.MapFS{"templates/hello.html": {Data: []byte(`{{define "main"}}{{template "part" .}}{{end}}{{define "part"}}<p id="part">{{.Main}}</p>{{end}}`)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for script, want := range map[bool]string{false: policy, true: policy + "; script-src 'self'; connect-src 'self'"} {
		h := Guard{Pages: pages, Assets: assets, Log: logger}.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pages.Show(w, http.StatusOK, "hello", Page{Script: script})
		}))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		if got := w.Header().Get("Content-Security-Policy"); got != want || strings.Contains(w.Body.String(), `<script type="module" src="/assets/tenet-ba9876543210.js"></script>`) != script {
			t.Errorf("asked for the script: %v; the policy is %q, the page\n%s", script, got, w.Body)
		}
	}
	w := httptest.NewRecorder()
	pages.ShowPart(w, http.StatusConflict, "hello", "part", Page{Main: "<b>"})
	if w.Code != http.StatusConflict || w.Body.String() != `<p id="part">&lt;b&gt;</p>` {
		t.Errorf("a part of a page is %d %s", w.Code, w.Body)
	}
}

func TestForgedFormsAreRefused(t *testing.T) {
	reached := false
	h := guarded(t, io.Discard, func(http.ResponseWriter, *http.Request) { reached = true })
	for name, tc := range map[string]struct {
		method, site, origin string
		status               int
	}{
		"our own form":             {"POST", "same-origin", "", 200},
		"a form elsewhere":         {"POST", "cross-site", "", 403},
		"a sister site":            {"POST", "same-site", "", 403},
		"an old browser elsewhere": {"POST", "", "https://elsewhere.example", 403},
		"a link elsewhere":         {"GET", "cross-site", "", 200},
		"no browser":               {"POST", "", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			reached = false
			r := httptest.NewRequest(tc.method, "https://tenet.example/", nil)
			if tc.site != "" {
				r.Header.Set("Sec-Fetch-Site", tc.site)
			}
			if tc.origin != "" {
				r.Header.Set("Origin", tc.origin)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tc.status || reached != (tc.status == 200) {
				t.Errorf("got %d, reached %v", w.Code, reached)
			}
			if tc.status == 403 && !strings.Contains(w.Body.String(), "What to do:") {
				t.Error("the refusal does not say what to do")
			}
		})
	}
}

func TestBodiesAreBounded(t *testing.T) {
	var got error
	h := guarded(t, io.Discard, func(w http.ResponseWriter, r *http.Request) { got = r.ParseForm() })
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("a="+strings.Repeat("x", 1<<20)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if p, known := ProblemOf(got); !known || p.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of a megabyte gives %v", got)
	}
}

// A panic is a page that says nothing of it, and a line that says where it was:
// neither what was asked for nor, unless they are the runtime's, the words of it.
func TestPanicIsAPageAndALine(t *testing.T) {
	var none []string
	for want, fall := range map[string]func(){
		"a panic with a string":              func() { panic("the boiler of Zebedee") },
		"a panic with a *errors.errorString": func() { panic(errors.New("the boiler of Zebedee")) },
		"index out of range [0]":             func() { _ = none[0] },
	} {
		var log bytes.Buffer
		h := guarded(t, &log, func(http.ResponseWriter, *http.Request) { fall() })
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/found/zebedee", nil))
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "boiler") {
			t.Errorf("got %d: %s", w.Code, w.Body)
		}
		if line := log.String(); !strings.Contains(line, want) || !strings.Contains(line, "web_test.go") || strings.Contains(strings.ToLower(line), "zebedee") {
			t.Errorf("want %q in the log: %s", want, line)
		}
	}
}

func TestProblemOf(t *testing.T) {
	for name, tc := range map[string]struct {
		err    error
		status int
		known  bool
	}{
		"not there": {fmt.Errorf("case 7: %w", ErrNotFound), 404, true},
		"refused":   {fmt.Errorf("approve: %w", &Refusal{Why: "No identity.", Mend: "Record it."}), 409, true},
		"a fault":   {errors.New("disk on fire"), 500, false},
	} {
		t.Run(name, func(t *testing.T) {
			p, known := ProblemOf(tc.err)
			if p.Status != tc.status || known != tc.known || strings.Contains(p.Why, "fire") {
				t.Errorf("got %+v, %v", p, known)
			}
		})
	}
}

func TestFieldOptions(t *testing.T) {
	f, err := field("email", "Email", "a@example.org", Errors{{"email", "No"}}, "type", "email", "width", "20")
	if err != nil || f != (Field{Name: "email", Label: "Email", Value: "a@example.org", Error: "No", Type: "email", Width: "20"}) {
		t.Errorf("got %+v, %v", f, err)
	}
	if _, err := field("x", "X", "", nil, "colour", "red"); err == nil {
		t.Error("an option that is not there is taken")
	}
	if _, err := field("x", "X", "", nil, "type"); err == nil {
		t.Error("an option without a value is taken")
	}
}

// brokenBody fails when it is closed.
type brokenBody struct{ io.Reader }

func (brokenBody) Close() error { return errors.New("the tape ran out") }

func TestSend(t *testing.T) {
	w := httptest.NewRecorder()
	err := Send(w, File{Name: "Ó answer\".zip", Type: "application/zip", Size: 2, Body: brokenBody{strings.NewReader("PK")}})
	if err == nil || !strings.Contains(err.Error(), "the tape ran out") {
		t.Errorf("the fault in closing is lost: %v", err)
	}
	if got := w.Header().Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename*=utf-8''") {
		t.Errorf("Content-Disposition is %q", got)
	}
}

func TestMemoryForgets(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m := NewMemory(2, func() time.Time { return now })
	commit := func(k string) {
		t.Helper()
		if err := m.Commit(k, []byte(k), now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	found := func(k string) bool {
		t.Helper()
		_, ok, err := m.Find(k)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	commit("a")
	commit("b")
	if !found("a") {
		t.Fatal("a is lost")
	}
	commit("c") // b was touched longest ago
	if found("b") || !found("a") || !found("c") {
		t.Errorf("a %v, b %v, c %v", found("a"), found("b"), found("c"))
	}
	if err := m.Delete("a"); err != nil || found("a") {
		t.Errorf("a is still there, or %v", err)
	}
	now = now.Add(2 * time.Hour)
	if found("c") || len(m.byKey) != 0 || m.order.Len() != 0 {
		t.Error("an expired session is found or kept")
	}
}

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewLimiter(10*time.Second, 3, func() time.Time { return now })
	for i := range 4 {
		if ok := l.Allow("a"); ok != (i < 3) {
			t.Fatalf("try %d: %v", i+1, ok)
		}
	}
	if l.Allow("b", "a") {
		t.Error("a key that has no tries left is carried by another")
	}
	for i := range 3 {
		if ok := l.Allow("b"); ok != (i < 2) {
			t.Errorf("a refused try did not count for the other key: try %d is %v", i+1, ok)
		}
	}
	now = now.Add(10 * time.Second)
	for i := range 2 {
		if ok := l.Allow("a"); ok != (i < 1) {
			t.Errorf("ten seconds do not give one try back: try %d is %v", i+1, ok)
		}
	}
	l.max = 2
	for _, k := range []string{"c", "d", "e", "f"} {
		l.Allow(k)
	}
	if len(l.byKey) > 4 || l.order.Len() != len(l.byKey) {
		t.Errorf("the limiter holds %d keys", len(l.byKey))
	}
}

func TestWords(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for name, tc := range map[string]struct{ now, due, left, urgency string }{
		"far":                     {"2026-11-25T10:00:00Z", "2026-12-25T00:00:00Z", "30 days left", "calm"},
		"soon":                    {"2026-11-25T10:00:00Z", "2026-11-30T00:00:00Z", "5 days left", "soon"},
		"tomorrow":                {"2026-11-25T23:59:00Z", "2026-11-26T00:00:00Z", "due tomorrow", "soon"},
		"today":                   {"2026-11-25T10:00:00Z", "2026-11-25T00:00:00Z", "due today", "soon"},
		"yesterday":               {"2026-11-25T10:00:00Z", "2026-11-24T00:00:00Z", "1 day late", "late"},
		"late":                    {"2026-11-25T10:00:00Z", "2026-11-20T00:00:00Z", "5 days late", "late"},
		"midnight of a summer":    {"2026-06-30T23:30:00Z", "2026-07-01T00:00:00Z", "due today", "soon"}, // it is 1 July in London
		"over a change of clocks": {"2026-10-24T12:00:00Z", "2026-10-26T00:00:00Z", "2 days left", "soon"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := DaysLeft(at(tc.now), at(tc.due)); got != tc.left {
				t.Errorf("DaysLeft is %q, wanted %q", got, tc.left)
			}
			if got := Urgency(at(tc.now), at(tc.due)); got != tc.urgency {
				t.Errorf("Urgency is %q, wanted %q", got, tc.urgency)
			}
		})
	}
	if got := DateTime(at("2026-07-01T12:05:00Z")); got != "1 July 2026, 1:05pm" {
		t.Errorf("DateTime is %q", got)
	}
	if got := Date(time.Time{}); got != "not known" {
		t.Errorf("the zero date is %q", got)
	}
	for n, want := range map[int64]string{1: "1 byte", 999: "999 bytes", 1000: "1 KB", 1_284_000: "1.3 MB"} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) is %q, wanted %q", n, got, want)
		}
	}
}

// TestThousands: taking the commas out gives the number back, and they stand in threes.
func TestThousands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int().Draw(t, "n")
		got := Thousands(n)
		if strings.ReplaceAll(got, ",", "") != fmt.Sprint(n) {
			t.Fatalf("Thousands(%d) is %q", n, got)
		}
		for i, group := range strings.Split(strings.TrimPrefix(got, "-"), ",") {
			if len(group) > 3 || i > 0 && len(group) != 3 || group == "" {
				t.Fatalf("Thousands(%d) is %q", n, got)
			}
		}
	})
}
