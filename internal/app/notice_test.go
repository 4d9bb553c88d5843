package app

import (
	"bytes"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/desk"
	"tenet/internal/notice"
	"tenet/internal/testbrowser"
	"tenet/internal/testdata"
	"tenet/internal/web"
)

// TestDemoOfEveryPack: the landlord of each pack that comes with Tenet runs with data of
// its own name, and a request is answered under its notice.
func TestDemoOfEveryPack(t *testing.T) {
	packs, err := fs.ReadDir(notice.Packs(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packs {
		t.Run(p.Name(), func(t *testing.T) {
			from, err := notice.Pack(p.Name())
			if err != nil {
				t.Fatal(err)
			}
			n, err := notice.Load(from)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "demo")
			var out, said bytes.Buffer
			if status := Run(t.Context(), []string{"demo", "--like", p.Name(), "--once", "--homes", "5", "--dir", dir}, strings.NewReader(""), &out, &said, "test"); status != 0 {
				t.Fatalf("ended with status %d:\n%s%s", status, out.String(), said.String())
			}
			if !strings.HasPrefix(out.String(), n.Landlord.Name+": 5 homes") {
				t.Errorf("it is the demo of somebody else: %.80s", out.String())
			}
			d, err := desk.Open(t.Context(), filepath.Join(dir, "office"), os.Getenv)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			number := ""
			for word := range strings.FieldsSeq(out.String()) {
				if word = strings.Trim(word, ".,:"); strings.HasPrefix(word, "AR-") {
					number = word
					break
				}
			}
			k, err := d.Cases.ByNumber(t.Context(), number)
			if err != nil || k.Notice != d.Notice.Version() {
				t.Errorf("case %q rests on notice %q, %v; the office's is %q", number, k.Notice, err, d.Notice.Version())
			}
			// The demo's landlord says in which of its systems each check looks, which no pack can.
			for _, c := range notice.Compare(n, d.Notice).Changes {
				if c.File != "promises.yaml" {
					t.Errorf("its notice is not the pack's: %s: %s", c.File, c.Says)
				}
			}
		})
	}
}

// noticeSite is the portal of a new workspace of a pack.
func noticeSite(t *testing.T, pack string) (*desk.Desk, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	if err := desk.Init(t.Context(), dir, pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(t.Context(), dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	o, err := newOffice(d, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := o.faces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return d, s.URL
}

// TestNoticeForms: each form of the notice in force, and of a version by its hash, in both
// languages, with a tag by which a browser learns that nothing has changed.
func TestNoticeForms(t *testing.T) {
	d, at := noticeSite(t, "")
	hash := d.Notice.Version()
	get := func(path, language, tag string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", language)
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(body)
	}
	for _, path := range []string{"/notice/", "/notice/versions/" + hash + "/"} {
		for form, has := range map[string]string{"print": "<!DOCTYPE html>", "text": d.Notice.Words.Title, "json": `"@context"`, "pdf": "%PDF-", "fragment": `<article class="notice"`} {
			english, body := get(path+form, "en", "")
			if english.StatusCode != http.StatusOK || !strings.Contains(body, has) || english.Header.Get("Tenet-Notice-Version") != hash {
				t.Errorf("%s%s: %s, %.100s", path, form, english.Status, body)
			}
			tag := english.Header.Get("ETag")
			if again, _ := get(path+form, "en", tag); again.StatusCode != http.StatusNotModified {
				t.Errorf("%s%s is sent again to who has it: %s", path, form, again.Status)
			}
			if welsh, body := get(path+form, "cy", tag); form != "json" && (welsh.StatusCode != http.StatusOK || form != "text" && form != "pdf" && !strings.Contains(body, `lang="cy"`)) {
				t.Errorf("%s%s in Welsh: %s", path, form, welsh.Status)
			}
			if open := english.Header.Get("Access-Control-Allow-Origin") == "*"; open != (form == "fragment" || form == "json") {
				t.Errorf("%s%s may be fetched from elsewhere: %v", path, form, open)
			}
		}
	}
	for _, path := range []string{"/notice/docx", "/notice/versions/000000000000/print", "/notice/versions/x/print", "/notice/changes?to=000000000000", "/notice/changes.json?from=000000000000"} {
		if answer, _ := get(path, "en", ""); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
	if _, body := get("/notice/versions", "en", ""); !strings.Contains(body, hash[:12]) || !strings.Contains(body, "in force now") {
		t.Error("the history does not name the version in force")
	}
	if _, body := get("/notice", "en", ""); !strings.Contains(body, `href="/notice/print"`) {
		t.Error("the notice does not lead to its other forms")
	}
}

// TestNoticePagesForEveryone holds the pages of the notice against axe, on a desk and on a
// telephone, in light and dark.
func TestNoticePagesForEveryone(t *testing.T) {
	if !web.NewAssets().Built() {
		testdata.Missing(t, "assets", "the style sheet (npm ci && npm run build in frontend)")
	}
	d, at := noticeSite(t, "")
	d.Now = func() time.Time { return now }
	first := d.Notice.Version()
	draft := next(t, d, "2027-03-01", "keeping.yaml", "    period: P30D\n", "    period: P90D\n")
	replace(t, draft, "notice.md", "- We keep film from cameras for 30 days.", "- We keep film from cameras for 90 days.")
	a, err := d.Adopt(t.Context(), "ada", draft, desk.Significance{Decided: true, Significant: true, Why: "Film is kept for longer."})
	if err != nil {
		t.Fatal(err)
	}
	changes := "/notice/changes?from=" + first[:12] + "&to=" + a.Version.Hash[:12]
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {Width: 1280, Height: 900}, "desk, dark": {Width: 1280, Height: 900, Dark: true},
		"phone": {Width: 320, Height: 640}, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		p := b.Page(t, o)
		for _, path := range []string{"/notice", "/notice/versions", "/notice/print", "/notice/print?in=cy", changes, "/notice?lang=cy", "/notice/versions", changes} {
			p.Goto(at + path)
			for _, v := range p.Axe() {
				t.Errorf("%s, %s: %s", path, name, v)
			}
			if n := p.Overflow(); n > 0 {
				t.Errorf("%s, %s is %d pixels wider than the screen", path, name, n)
			}
		}
	}
}
