package app

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/demo"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/pack"
)

// now is the moment the tests are played at, three days after the demo's world
// stands still.
var now = time.Date(2026, time.November, 23, 10, 30, 0, 0, time.UTC)

// workspace is a landlord on this machine, mapped and indexed, with the desk
// that reads it and what is true of its people.
type workspace struct {
	*desk.Desk
	world *demo.World
}

func open(t testing.TB) workspace {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	w, err := demo.Build(ctx, filepath.Join(dir, "landlord"), demo.Options{Homes: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	office := filepath.Join(dir, "office")
	if err := desk.Init(ctx, office, "", os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(ctx, office, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return now }
	for _, s := range w.Sources() {
		if err := d.AddSource(desk.System{Name: s.Name, URL: s.URL}); err != nil {
			t.Fatal(err)
		}
		sys, err := d.System(s.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Discover(ctx, sys, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Index(ctx, true, nil); err != nil {
		t.Fatal(err)
	}
	return workspace{d, w}
}

// asks answers the star's request with a sealed draft, as `tenet demo` does.
func (w workspace) asks(t testing.TB) *desk.Access {
	t.Helper()
	star := w.world.Star()
	a, err := w.Access(t.Context(), desk.AccessRequest{
		Query:    desk.Query{Name: star.Name, DOB: star.DOB, Email: star.Email, Phone: star.Mobile, Ref: star.Ref},
		Received: law.DateOf(w.world.Today), Channel: "telephone", By: "cli",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const password = "kettle-harbour-lantern"

// hires makes an account for the console.
func (w workspace) hires(t testing.TB, login, name string) console.Staff {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	id, err := w.AddStaff(t.Context(), "cli", login, name, "officer", hash)
	if err != nil {
		t.Fatal(err)
	}
	return console.Staff{ID: id, Name: name}
}

// notes is a log to look into afterwards.
type notes struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

// serves runs Serve until the test ends, and gives the two addresses of people.
func (w workspace) serves(t testing.TB, log *slog.Logger) (portal, console string) {
	t.Helper()
	at := w.servesAll(t, log)
	return strings.TrimSuffix(at.Portal, "/"), strings.TrimSuffix(at.Console, "/")
}

// servesAll is serves with every address.
func (w workspace) servesAll(t testing.TB, log *slog.Logger) Addresses {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan Addresses, 1), make(chan error, 1)
	go func() {
		ended <- Serve(ctx, w.Desk, Serving{Version: "test", Log: log, Ready: func(at Addresses) { ready <- at }})
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serving ended with %v", err)
		}
	})
	select {
	case at := <-ready:
		return at
	case err := <-ended:
		ended <- nil
		t.Fatalf("serving never began: %v", err)
	}
	return Addresses{}
}

// visitor is one person with a browser of their own.
type visitor struct {
	t    testing.TB
	http *http.Client
	at   string
}

func visit(t testing.TB, at string) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, &http.Client{Jar: jar}, at}
}

// get and post give the answer at the end of any redirects.
func (v visitor) get(path string) (*http.Response, string) {
	v.t.Helper()
	return v.read(v.http.Get(v.at + path))
}

func (v visitor) post(path string, pairs ...string) (*http.Response, string) {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return v.read(v.http.PostForm(v.at+path, form))
}

func (v visitor) read(res *http.Response, err error) (*http.Response, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res, string(body)
}

// isAnswer holds a pack that was handed over against what may and may not be in
// the star's.
func (w workspace) isAnswer(t testing.TB, res *http.Response, body string) {
	t.Helper()
	if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || got != "application/zip" {
		t.Fatalf("the answer is a %d of type %s:\n%s", res.StatusCode, got, body)
	}
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"the archive": body}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = strings.Join(strings.Fields(string(b)), " ")
	}
	page, ok := files[pack.PageName]
	if !ok {
		t.Fatalf("the answer has no %s", pack.PageName)
	}
	if !strings.Contains(page, w.world.Star().Surname) {
		t.Errorf("the page does not name the person it is about")
	}
	for _, never := range w.world.Phrases.Never {
		for name, content := range files {
			if strings.Contains(strings.ToLower(content), strings.ToLower(never.Text)) {
				t.Errorf("%s holds the %s of %s", name, never.What, never.Member)
			}
		}
	}
}
