package portal_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"testing"

	"tenet/internal/portal"
	"tenet/internal/testbrowser"
)

// fakeScope is terms with something of everything.
type fakeScope struct{}

func (fakeScope) Terms(context.Context) (portal.Terms, error) {
	return portal.Terms{Sites: []string{"https://www.aldervale.example"}, Outside: []portal.Outside{{What: "sub-domains"}, {What: "other-addresses", At: []string{"the site that takes payments"}}, {What: "links-out"}},
		Liable: []string{"Loss or damage from viruses"}, Misuse: "Do not break in.", Law: "Computer Misuse Act 1990", Bans: true}, nil
}

var (
	anchor = regexp.MustCompile(`(?s)<a [^>]*href="(https?:)?//[^"]*"[^>]*>.*?</a>[^<]*`)
	here   = regexp.MustCompile(`href="(/[a-z/-]*)[?"#]`)
)

// TestLinksOutAreMarked: every link of every page that anybody can reach, and that leaves the
// site, says so, in both languages, and tells the other site nothing of where it came from.
func TestLinksOutAreMarked(t *testing.T) {
	f := serve(t)
	for lang, says := range map[string]string{"en": "leaves this site", "cy": "gadael y wefan hon"} {
		found := 0
		seen, todo := map[string]bool{}, []string{"/", "/terms", "/contact", "/notice", "/cookies", "/no-such-page", "/request/what", "/request/unsure", "/request/return", "/follow", "/request/sent"}
		for len(todo) > 0 {
			path := todo[0]
			todo = todo[1:]
			if seen[path] || strings.HasPrefix(path, "/leave") || strings.HasPrefix(path, "/assets") {
				continue
			}
			seen[path] = true
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Accept-Language", lang)
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			page := body(t, res)
			for _, a := range anchor.FindAllString(page, -1) {
				found++
				if !strings.Contains(a, says) || !strings.Contains(a, `rel="external noreferrer"`) {
					t.Errorf("%s in %s: not marked as leaving: %s", path, lang, a)
				}
			}
			for _, m := range here.FindAllStringSubmatch(page, -1) {
				todo = append(todo, m[1])
			}
		}
		if found == 0 || len(seen) < 10 {
			t.Errorf("%s: %d links out on %d pages", lang, found, len(seen))
		}
	}
}

func TestTermsAreShown(t *testing.T) {
	f := serve(t)
	res, err := http.Get(f.URL + "/terms")
	if err != nil {
		t.Fatal(err)
	}
	page := body(t, res)
	for _, want := range []string{"Loss or damage from viruses", "Do not break in.", "Computer Misuse Act 1990", "the site that takes payments", "takes nothing from your rights", "may no longer use the site", `rel="external noreferrer"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// TestDisplayIsRemembered: chosen by a link, without a script; kept until the browser closes;
// and no cookie where nothing was chosen.
func TestDisplayIsRemembered(t *testing.T) {
	f := serve(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(path string) (*http.Response, string) {
		t.Helper()
		res, err := c.Get(f.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		return res, body(t, res)
	}
	if res, _ := get("/"); len(res.Cookies()) != 0 {
		t.Errorf("reading sets %v", res.Cookies())
	}
	res, _ := get("/follow?x=1&display=contrast")
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || to != "/follow?x=1" {
		t.Errorf("choosing leads to %d %q", res.StatusCode, to)
	}
	if all := res.Cookies(); len(all) != 1 || all[0].MaxAge != 0 || !all[0].Expires.IsZero() || !all[0].HttpOnly {
		t.Errorf("it sets %v", all)
	}
	get("/?display=large")
	if _, page := get("/"); !strings.Contains(page, "govuk-template tenet-contrast tenet-large") || !strings.Contains(page, "?display=usual-contrast") {
		t.Error("both together are not shown")
	}
	get("/?display=usual-contrast")
	if res, _ := get("/?display=usual-text"); len(res.Cookies()) != 1 || res.Cookies()[0].MaxAge >= 0 {
		t.Errorf("going back leaves %v", res.Cookies())
	}
	if _, page := get("/"); strings.Contains(page, "tenet-contrast") {
		t.Error("it is not as usual again")
	}
	if res, _ := get("//evil.example/?display=large"); strings.HasPrefix(res.Header.Get("Location"), "//") {
		t.Errorf("it leads to %s", res.Header.Get("Location"))
	}
	if _, page := get("/cookies"); !strings.Contains(page, "tenet-display") {
		t.Error("the page of cookies does not name it")
	}
}

// TestDisplayForEveryone holds pages with more contrast, and with larger letters, against axe
// and a phone's width.
func TestDisplayForEveryone(t *testing.T) {
	needAssets(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "phone, dark": {Width: 320, Height: 640, Dark: true}} {
		t.Run(name, func(t *testing.T) {
			f := serve(t)
			p := b.Page(t, o)
			for _, choice := range []string{"contrast", "large", "usual-contrast"} {
				p.Goto(f.URL + "/?display=" + choice)
				for _, path := range []string{"/", "/notice", "/contact", "/cookies", "/terms", "/no-such-page", "/request/what", "/request/unsure", "/follow"} {
					p.Goto(f.URL + path)
					for _, v := range p.Axe() {
						t.Errorf("%s after %s: %s", path, choice, v)
					}
					if n := p.Overflow(); n > 0 {
						t.Errorf("%s after %s is %d pixels wider than the screen", path, choice, n)
					}
				}
				p.Goto(f.URL + "/request/what")
				p.Click("main button")
				for _, v := range p.Axe() {
					t.Errorf("a form with mistakes after %s: %s", choice, v)
				}
			}
		})
	}
}

// body is what a page says.
func body(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
