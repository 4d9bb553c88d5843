package portal_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/portal"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// fakeLinks has one link, which opens once.
type fakeLinks struct {
	mu    sync.Mutex
	calls []string // in the order in which they came
	used  bool
	bytes []byte
	ends  chan int64
}

const (
	linkToken = "c2VjcmV0LXRva2VuLW9mLWEtbGluay10aGF0LW9wZW5z"
	linkCode  = "123456"
	linkWords = "7KQM 3XTP 9HRA"
)

func (l *fakeLinks) Digest(token string) [32]byte { return sha256.Sum256([]byte(token)) }

func (l *fakeLinks) called(what string) {
	l.calls = append(l.calls, what)
}

func (l *fakeLinks) opens(at portal.LinkAt) bool {
	return !l.used && (at.Token == l.Digest(linkToken) || at.Reference == reference)
}

func (l *fakeLinks) AskCode(context.Context, portal.LinkAt) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.called("ask")
	return nil
}

func (l *fakeLinks) Prove(_ context.Context, at portal.LinkAt, code string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.called("prove")
	if !l.opens(at) || code != linkCode {
		return "", portal.ErrNotOpened
	}
	return "holder", nil
}

func (l *fakeLinks) Unlock(_ context.Context, at portal.LinkAt, holder, words string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.called("unlock")
	if !l.opens(at) || holder != "holder" || words != linkWords {
		return portal.ErrNotOpened
	}
	return nil
}

func (l *fakeLinks) Fetch(_ context.Context, at portal.LinkAt, holder string) (portal.Handing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.called("fetch")
	if !l.opens(at) || holder != "holder" {
		return portal.Handing{}, portal.ErrNotOpened
	}
	return portal.Handing{Name: "AVH-2026-0013.zip", Bytes: l.bytes,
		Going: func(context.Context) error { return nil },
		End: func(_ context.Context, sent int64) error {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.used = sent == int64(len(l.bytes))
			l.ends <- sent
			return nil
		}}, nil
}

func (l *fakeLinks) got() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.calls, " ")
}

// collecting is a portal with a link on it.
func collecting(t testing.TB, tls bool) (face, *fakeLinks) {
	t.Helper()
	l := &fakeLinks{bytes: []byte("PK and the rest"), ends: make(chan int64, 20)}
	f := face{desk: &fakeDesk{state: portal.Received, wrote: map[string]string{}, papers: map[string]portal.Upload{}, form: portal.Form{Email: true}}, clock: &clock{at: now}}
	h, err := portal.New(portal.Config{Landlord: web.Landlord{Name: "Alder Vale Homes", Email: "privacy@aldervale.example.org"},
		Desk: f.desk, Collector: l, Beat: time.Millisecond, TLS: tls, Log: slog.New(slog.DiscardHandler), Now: f.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f, l
}

// reaches goes as far as the download by a token.
func (v visitor) reaches(token string) {
	v.t.Helper()
	v.post("/collect", "token", token)
	v.post("/collect/code", "code", linkCode)
	if _, page := v.post("/collect/words", "words", linkWords); !strings.Contains(page, "Download your answer") {
		v.t.Fatalf("the words lead to:\n%s", page)
	}
}

// download posts for the file, and gives the answer whole.
func (v visitor) download(change func(*http.Request)) (*http.Response, []byte) {
	v.t.Helper()
	r, err := http.NewRequest(http.MethodPost, v.at+"/collect/file", nil)
	if err != nil {
		v.t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	res, err := v.http.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res, body
}

// TestNothingHappensByLooking: mail scanners open links, follow them and ask for heads;
// none of that asks for a code, takes a try or takes the file.
func TestNothingHappensByLooking(t *testing.T) {
	f, l := collecting(t, false)
	var pages []string
	for _, token := range []string{linkToken, "AAAA", strings.Repeat("x", 43), "%00%ff", "..%2f..%2fetc", "<script>"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet} {
			r, err := http.NewRequest(method, f.URL+"/collect/"+token, nil)
			if err != nil {
				r, _ = http.NewRequest(method, f.URL+"/collect/x", nil)
			}
			r.Header.Set("Purpose", "prefetch")
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s of a link gives %d, %q", method, res.StatusCode, res.Header.Get("Cache-Control"))
			}
			if len(res.Cookies()) > 0 {
				t.Errorf("%s of a link sets a cookie", method)
			}
			if len(token) == 43 && method == http.MethodGet {
				pages = append(pages, strings.ReplaceAll(string(body), token, ""))
			}
		}
	}
	for _, p := range pages {
		if p != pages[0] {
			t.Error("the page of one link is not that of another")
		}
	}
	v := f.visitor(t)
	for _, path := range []string{"/collect/code", "/collect/words", "/collect/file"} {
		if _, page := v.get(path); !strings.Contains(page, "Follow a request") {
			t.Errorf("%s without a link shows:\n%s", path, page)
		}
	}
	if got := l.got(); got != "" {
		t.Errorf("looking did %s", got)
	}
}

// TestFetchOnce goes the whole way, and once more.
func TestFetchOnce(t *testing.T) {
	f, l := collecting(t, false)
	v := f.visitor(t)
	v.reaches(linkToken)
	if _, page := v.get("/collect/file"); !strings.Contains(page, "Exit this page") {
		t.Error("there is no way out of the page")
	}
	res, body := v.download(func(r *http.Request) { r.Header.Set("Range", "bytes=1-3") })
	if res.StatusCode != http.StatusOK || !bytes.Equal(body, l.bytes) || res.Header.Get("Content-Range") != "" || res.Header.Get("Accept-Ranges") != "none" {
		t.Errorf("asking for a part gives %d with %d bytes", res.StatusCode, len(body))
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Content-Type": "application/zip", "Content-Disposition": "attachment; filename=AVH-2026-0013.zip", "X-Content-Type-Options": "nosniff", "X-Accel-Buffering": "no"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	if sent := <-l.ends; sent != int64(len(l.bytes)) {
		t.Errorf("%d bytes are said to have gone", sent)
	}
	for range 2 {
		status, page := v.post("/collect/file")
		if status != http.StatusGone || !strings.Contains(page, "may have been downloaded already") {
			t.Errorf("a second download gives %d:\n%s", status, page)
		}
	}
	if got := l.got(); got != "ask prove unlock fetch fetch fetch" {
		t.Errorf("it did %s", got)
	}
}

// TestSilenceOfLinks: a wrong link, a used one and one that there never was are answered alike.
func TestSilenceOfLinks(t *testing.T) {
	f, l := collecting(t, false)
	var first string
	try := func(what, token, code string) {
		t.Helper()
		v := f.visitor(t)
		status, asked := v.post("/collect", "token", token)
		wrong, page := v.post("/collect/code", "code", code)
		all := asked + page
		if first == "" {
			first = all
		}
		if status != http.StatusOK || wrong != http.StatusUnprocessableEntity || all != first {
			t.Errorf("%s is answered in another way: %d, %d\n%s", what, status, wrong, page)
		}
	}
	try("a wrong code", linkToken, "654321")
	try("a link that there is not", strings.Repeat("x", 43), linkCode)
	try("a link that is none", "../../x", linkCode)
	l.used = true
	f.clock.move(time.Hour)
	try("a used link", linkToken, linkCode)
}

// TestTriesAreLimited: beyond what the desk counts, an address has so many tries.
func TestTriesAreLimited(t *testing.T) {
	f, l := collecting(t, false)
	v := f.visitor(t)
	v.post("/collect", "token", linkToken)
	last := 0
	for range 20 {
		last, _ = v.post("/collect/code", "code", "000000")
	}
	if n := strings.Count(l.got(), "prove"); last != http.StatusTooManyRequests || n > 10 {
		t.Errorf("twenty tries came to %d, and the last gives %d", n, last)
	}
}

// TestByReference: whoever follows a request goes the same way, without a link.
func TestByReference(t *testing.T) {
	f, l := collecting(t, false)
	v := f.visitor(t)
	if _, page := v.post("/collect", "follow", "yes"); !strings.Contains(page, "Follow a request") {
		t.Errorf("without a code of the request the way leads to:\n%s", page)
	}
	v.ask("Caolan Devenney")
	v.post("/collect", "follow", "yes")
	v.post("/collect/code", "code", linkCode)
	v.post("/collect/words", "words", linkWords)
	if res, body := v.download(nil); res.StatusCode != http.StatusOK || !bytes.Equal(body, l.bytes) {
		t.Errorf("%d", res.StatusCode)
	}
}

// TestTheOrderOfTheWay: no step can be left out.
func TestTheOrderOfTheWay(t *testing.T) {
	f, l := collecting(t, false)
	v := f.visitor(t)
	v.post("/collect", "token", linkToken)
	for _, path := range []string{"/collect/words", "/collect/file"} {
		if _, page := v.post(path, "words", linkWords); !strings.Contains(page, "Enter your code") {
			t.Errorf("%s before the code shows:\n%s", path, page)
		}
	}
	v.post("/collect/code", "code", linkCode)
	if _, page := v.get("/collect/file"); !strings.Contains(page, "Enter the words") {
		t.Errorf("the file before the words shows:\n%s", page)
	}
	// Another code asked for begins the way again.
	v.post("/collect")
	if _, page := v.get("/collect/words"); !strings.Contains(page, "Enter your code") {
		t.Errorf("after another code was asked for the words show:\n%s", page)
	}
	if strings.Contains(l.got(), "fetch") || strings.Contains(l.got(), "unlock") {
		t.Errorf("it did %s", l.got())
	}
	for path, field := range map[string]string{"/collect/code": "code"} {
		if status, page := v.post(path, field, " "); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Enter the code that we sent you") {
			t.Errorf("nothing typed gives %d:\n%s", status, page)
		}
	}
}

// TestDisconnected: whoever goes away in the middle has not fetched it, and begins again.
func TestDisconnected(t *testing.T) {
	f, l := collecting(t, false)
	l.bytes = bytes.Repeat([]byte("0123456789abcdef"), 2<<20) // 32 MiB: more than lies in any buffer on the way
	v := f.visitor(t)
	v.reaches(linkToken)
	r, err := http.NewRequest(http.MethodPost, f.URL+"/collect/file", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: v.http.Jar, Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if tcp, ok := c.(*net.TCPConn); ok {
			err = tcp.SetReadBuffer(64 << 10)
		}
		return c, err
	}}}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, res.Body, 100<<10); err != nil {
		t.Fatal(err)
	}
	res.Body.Close() // closes the connection, as a browser does that is closed
	if sent := <-l.ends; sent >= int64(len(l.bytes)) {
		t.Errorf("%d of %d bytes are said to have gone to somebody who left", sent, len(l.bytes))
	}
	if res, body := v.download(nil); res.StatusCode != http.StatusOK || !bytes.Equal(body, l.bytes) {
		t.Errorf("a second try gives %d and %d bytes", res.StatusCode, len(body))
	}
	if sent := <-l.ends; sent != int64(len(l.bytes)) {
		t.Errorf("%d bytes are said to have gone", sent)
	}
}

// TestForgedDownload: a page of another site cannot have a browser take the file.
func TestForgedDownload(t *testing.T) {
	f, l := collecting(t, false)
	v := f.visitor(t)
	v.reaches(linkToken)
	if res, _ := v.download(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); res.StatusCode != http.StatusForbidden {
		t.Errorf("a forged download gives %d", res.StatusCode)
	}
	if strings.Contains(l.got(), "fetch") {
		t.Error("a forged download takes the file")
	}
}

// TestOverTLS: where people come by TLS, cookies go back by nothing else, and browsers
// are told so.
func TestOverTLS(t *testing.T) {
	for _, tls := range []bool{true, false} {
		f, _ := collecting(t, tls)
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.PostForm(f.URL+"/collect", map[string][]string{"token": {linkToken}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		name := map[bool]string{true: "__Host-tenet-form", false: "tenet-form"}[tls]
		if c := res.Cookies(); len(c) != 1 || c[0].Name != name || c[0].Secure != tls || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode {
			t.Errorf("TLS %v: the cookies are %+v", tls, c)
		}
		if got := res.Header.Get("Strict-Transport-Security"); (got != "") != tls {
			t.Errorf("TLS %v: HSTS is %q", tls, got)
		}
	}
}

// TestCollectPagesForEveryone holds each page of the way against axe, in both languages,
// on a desk and a phone, in light and dark, with scripts off.
func TestCollectPagesForEveryone(t *testing.T) {
	needAssets(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {NoScript: true}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		for _, lang := range []string{"en", "cy"} {
			t.Run(name+" "+lang, func(t *testing.T) {
				f, _ := collecting(t, false)
				p := b.Page(t, o)
				look := func(what string) {
					t.Helper()
					if !o.NoScript { // axe is a script
						for _, v := range p.Axe() {
							t.Errorf("%s: %s", what, v)
						}
						if n := p.Overflow(); n > 0 {
							t.Errorf("%s is %d pixels wider than the screen", what, n)
						}
					}
				}
				p.Goto(f.URL + "/contact?lang=" + lang)
				p.Goto(f.URL + "/collect/" + linkToken)
				look("the link")
				p.Click("form[action='/collect'] button")
				look("the code")
				p.Fill("#code", "1")
				p.Click("form[action='/collect/code'] button")
				look("a wrong code")
				p.Fill("#code", linkCode)
				p.Click("form[action='/collect/code'] button")
				look("the words")
				p.Fill("#words", "no")
				p.Click("form[action='/collect/words'] button")
				look("wrong words")
				p.Fill("#words", linkWords)
				p.Click("form[action='/collect/words'] button")
				look("the file")
				file, data := p.Download("form[action='/collect/file'] button")
				if file != "AVH-2026-0013.zip" || string(data) != "PK and the rest" {
					t.Errorf("the browser has %s with %d bytes", file, len(data))
				}
				p.Click("form[action='/collect/file'] button")
				look("used")
				want := map[string]string{"en": "There is nothing to download here now", "cy": "Nid oes dim i'w lawrlwytho yma nawr"}[lang]
				if got := p.Text("h1"); got != want {
					t.Errorf("after the download the page is %q", got)
				}
			})
		}
	}
}
