package portal_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/portal"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// fakePromises is what a landlord signed off: every way of standing, every way of hiding.
type fakePromises []portal.KeptPromise

func (p fakePromises) Promises(context.Context) ([]portal.KeptPromise, error) { return p, nil }

func published() fakePromises {
	promise := func(id, says, section, status string, f ...portal.PromiseFigure) portal.KeptPromise {
		return portal.KeptPromise{ID: id, Says: says, Section: section, Status: status, Since: now.AddDate(0, 0, -13), Checked: now, Checks: []string{"requests.on-time"}, Figures: f}
	}
	late := promise("in-a-month", "We answer within one month.", "Your rights", "broken", portal.PromiseFigure{Check: "requests.on-time", Total: 415, Hidden: "bad"})
	late.Answer = &portal.LandlordsAnswer{Words: "Two people join us in June.\n<b>", Welsh: "Mae dau berson yn ymuno â ni ym mis Mehefin.", By: now.AddDate(0, 1, 0)}
	other := promise("no-cards", "We never keep card numbers.", "Your rights", "broken", portal.PromiseFigure{Check: "data.absent", Good: 3391, Total: 3396})
	other.Answer = &portal.LandlordsAnswer{Words: "We are deleting them.", By: now.AddDate(0, 1, 0)}
	return fakePromises{
		promise("first", "This is for you.", "", "kept", portal.PromiseFigure{Check: "requests.no-fee", Good: 1200, Total: 1200}),
		late, other,
		promise("told", "We tell you.", "What we keep", "unproven", portal.PromiseFigure{Check: "requests.acknowledged", Hidden: "total"}),
		promise("sold", "We never sell it.", "What we keep", "attested", portal.PromiseFigure{Check: "views.reasoned", Total: 20, Hidden: "good"}),
		promise("kind", "We are kind.", "What we keep", "not-checkable"),
	}
}

func servePromises(t testing.TB, p portal.Promises) *httptest.Server {
	t.Helper()
	h, err := portal.New(portal.Config{Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: serve(t).desk, Promises: p, Log: slog.New(slog.DiscardHandler), Now: (&clock{at: now}).now})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func fetch(t testing.TB, url, language string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Language", language)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// TestPromisesInPublic: the page says in both languages how each promise is kept, the
// landlord's own words where it is not, and no number from 1 to 4.
func TestPromisesInPublic(t *testing.T) {
	s := servePromises(t, published())
	for language, wants := range map[string][]string{
		"en": {"How we keep our promises", "Requests: all but fewer than 5 of 415", "Rows without it: 3,391 of 3,396", "Requests: fewer than 5<", "Looks at data: fewer than 5 of 20", "Requests: 1,200 of 1,200",
			"We will put this right by", "Two people join us in June.\n&lt;b&gt;", "We do not keep this promise now", "Nothing can show this", "A number from 1 to 4 is not given", "Other promises"},
		"cy": {"Sut rydym yn cadw ein haddewidion", "Ceisiadau: pob un ond llai na 5 o 415", "Mae dau berson yn ymuno", `lang="en">We are deleting them.`, `lang="en">We never sell it.`, "Byddwn yn unioni hyn erbyn"},
	} {
		_, page := fetch(t, s.URL+"/promises", language)
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page does not say %q", language, want)
			}
		}
	}
	res, body := fetch(t, s.URL+"/promises/json", "en")
	var got struct {
		Landlord string
		Promises []struct{ ID, Status string }
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.Landlord != "Alder Vale Homes" || len(got.Promises) != 6 || got.Promises[1].Status != "broken" {
		t.Errorf("for machines: %s, %v", body, err)
	}
	if res.Header.Get("Access-Control-Allow-Origin") != "*" || res.Header.Get("ETag") == "" || !strings.Contains(res.Header.Get("Cache-Control"), "max-age") {
		t.Errorf("its head is %v", res.Header)
	}
	if _, page := fetch(t, s.URL+"/notice", "en"); !strings.Contains(page, `href="/promises"`) {
		t.Error("the notice does not lead to how it is kept")
	}
	if _, page := fetch(t, servePromises(t, fakePromises{}).URL+"/promises", "en"); !strings.Contains(page, "We have not published anything here yet.") {
		t.Error("a page with nothing on it does not say so")
	}
	if _, body := fetch(t, servePromises(t, fakePromises(nil)).URL+"/promises/json", "en"); !strings.Contains(body, `"promises": []`) {
		t.Errorf("of nothing machines get %s", body)
	}
	if res, _ := fetch(t, serve(t).URL+"/promises", "en"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a portal without a board answers %d", res.StatusCode)
	}
}

func TestPromisesPageForEveryone(t *testing.T) {
	needAssets(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := servePromises(t, published())
			p := b.Page(t, o)
			for _, path := range []string{"/promises?lang=en", "/promises?lang=cy", "/notice?lang=en"} {
				p.Goto(s.URL + path)
				for _, v := range p.Axe() {
					t.Errorf("%s: %s", path, v)
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", path, n)
				}
				if dir := os.Getenv("TENET_TEST_PICTURES"); dir != "" {
					file := strings.NewReplacer("/", "_", "?", "_", ",", "", " ", "-").Replace("portal " + name + path + ".png")
					if err := os.WriteFile(filepath.Join(dir, file), p.Screenshot(true), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
	}
}
