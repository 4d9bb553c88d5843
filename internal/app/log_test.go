package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"tenet/internal/desk"
	"tenet/internal/portal"
)

// TestLogged: what is logged of a request names nobody, whatever stands in its
// address.
func TestLogged(t *testing.T) {
	for path, want := range map[string]string{
		"/":                            "/",
		"/cases":                       "/cases",
		"/cases/":                      "other",
		"/cases/AR-2026-0001/found":    "/cases/{}/found",
		"/cases/marta-kowalczyk":       "/cases/{}",
		"/marta.kowalczyk@example.org": "other",
		"/found/cases/ledger":          "other",
		"/a/b/c/d/e/f/g/h":             "other",
		"/follow/request":              "/follow/request",
		"/request/help":                "/request/{}",
	} {
		if got := route(path); got != want {
			t.Errorf("%s is logged as %s, not %s", path, got, want)
		}
	}
	var out notes
	log, err := newLog(&out, desk.Log{})
	if err != nil {
		t.Fatal(err)
	}
	h := logged("portal", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }), log, newFigures("test", now))
	r := httptest.NewRequest("MARTA", "/follow?reference=AR-2026-0001&name=Marta", strings.NewReader("code=secret"))
	r.Header.Set("User-Agent", "Marta's own")
	h.ServeHTTP(httptest.NewRecorder(), r)
	line := out.String()
	for _, want := range []string{"face=portal", "method=other", "route=/follow ", "status=418", "took="} {
		if !strings.Contains(line, want) {
			t.Errorf("the log lacks %q: %s", want, line)
		}
	}
	for _, not := range []string{"arta", "AR-2026", "secret", "192.0.2"} {
		if strings.Contains(line, not) {
			t.Errorf("the log holds %q: %s", not, line)
		}
	}
}

// TestRoutes holds the routes against the faces' own: each address that a face
// answers has a name in the log.
func TestRoutes(t *testing.T) {
	pattern := regexp.MustCompile(`"(?:GET|POST) (/[^"]*)"`)
	parameter := regexp.MustCompile(`\{\w+\}`)
	for _, file := range []string{"../portal/portal.go", "../console/console.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := pattern.FindAllStringSubmatch(string(source), -1)
		if len(found) == 0 {
			t.Errorf("%s has no pattern in it that this test understands", file)
		}
		for _, m := range found {
			path := strings.TrimSuffix(m[1], "{$}")
			if got := route(parameter.ReplaceAllString(path, "anything")); got != parameter.ReplaceAllString(path, "{}") {
				t.Errorf("%s: requests to %s are logged as %s: name the route in routes.go", file, m[1], got)
			}
		}
	}
}

func TestNewLog(t *testing.T) {
	var out notes
	log, err := newLog(&out, desk.Log{Format: "json", Level: "warn"})
	if err != nil {
		t.Fatal(err)
	}
	log.Info("quiet")
	log.Warn("loud", "path", "/cases/AR-2026-0001")
	var line map[string]any
	if err := json.Unmarshal([]byte(out.String()), &line); err != nil {
		t.Fatalf("%v in %q", err, out.String())
	}
	if line["msg"] != "loud" || line["route"] != "/cases/{}" {
		t.Errorf("the log says %v", line)
	}
	for _, wrong := range []desk.Log{{Format: "xml"}, {Level: "loud"}, {Level: "info+3"}} {
		var e *desk.Error
		if _, err := newLog(&out, wrong); !errors.As(err, &e) || e.Mend == "" {
			t.Errorf("%+v gives %v", wrong, err)
		}
	}
}

// clumsy is a desk that falls over whatever it receives.
type clumsy struct {
	publicDesk
	fall func(portal.Request)
}

func (c clumsy) Receive(_ context.Context, r portal.Request) (portal.Receipt, error) {
	c.fall(r)
	return portal.Receipt{}, nil
}

// TestPanicIsDiscreet: a page that fails is logged with the stack, and without the
// form or the words of the panic.
func TestPanicIsDiscreet(t *testing.T) {
	w := open(t)
	for name, fall := range map[string]func(portal.Request){
		"own words": func(r portal.Request) { panic("no tenant called " + r.Name) },
		"an error":  func(r portal.Request) { panic(fmt.Errorf("no tenant called %s", r.Name)) },
		"the runtime's": func(r portal.Request) {
			var none []string
			_ = none[len(r.Name)]
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out notes
			log, err := newLog(&out, desk.Log{})
			if err != nil {
				t.Fatal(err)
			}
			o := w.bureau(t)
			p, err := portal.New(portal.Config{Landlord: landlord(w.Notice, w.Today()), Desk: clumsy{publicDesk{o}, fall}, Log: log, Now: w.Now})
			if err != nil {
				t.Fatal(err)
			}
			at := httptest.NewServer(logged("portal", p, log, newFigures("test", now)))
			defer at.Close()
			v := visit(t, at.URL)
			v.post("/request/what", "what", "access")
			v.post("/request/about")
			v.post("/request/who", "who", "self")
			v.post("/request/name", "name", "Zebedee Quillfeather")
			v.post("/request/reach", "email", "zebedee@example.org")
			v.post("/request/safe", "safe", "yes")
			v.post("/request/help", "homes", "zebedee's first home")
			res, page := v.post("/request/check")
			if res.StatusCode != http.StatusInternalServerError || !strings.Contains(page, "went wrong on our side") {
				t.Errorf("the page is a %d:\n%s", res.StatusCode, page)
			}
			line := strings.ToLower(out.String())
			for _, want := range []string{"log_test.go", "route=/request/check", "fault="} {
				if !strings.Contains(line, want) {
					t.Errorf("the log lacks %q: %s", want, line)
				}
			}
			if strings.Contains(line, "zebedee") {
				t.Errorf("the log holds what was typed: %s", line)
			}
		})
	}
}

// TestLogNamesNobody plays what people do and looks for them in the log, at its
// most talkative.
func TestLogNamesNobody(t *testing.T) {
	w := open(t)
	var out notes
	log, err := newLog(&out, desk.Log{Format: "json", Level: "debug"})
	if err != nil {
		t.Fatal(err)
	}
	w.hires(t, "farida", "Farida Choudhury")
	t.Run("served", func(t *testing.T) {
		portal, console := w.serves(t, log)
		star := w.world.Star()
		request(t, portal, star.Name, star.Email, star.DOB)
		known := request(t, portal, "Zebedee Quillfeather", "zebedee@example.org", "1971-02-03")
		known.follows()
		v := visit(t, portal)
		v.post("/follow", "reference", "AR-2026-0001", "code", "ZEBE-DEEX-QUIL-LFEA")
		v.get("/follow?code=zebedee@example.org")
		v.get("/zebedee.quillfeather@example.org")
		v.post("/request/help", "ref", strings.Repeat("zebedee", 20_000))

		staff := visit(t, console)
		staff.get("/cases/zebedee-quillfeather")
		staff.post("/sign-in", "name", "zebedee", "password", "zebedee's own password")
		staff.post("/sign-in", "name", "farida", "password", password)
		staff.get("/cases?q=Zebedee")
		staff.get("/cases/AR-2026-0001/found")
		staff.post("/cases/AR-2026-0001/decide", "reason", "zebedee asked")
		staff.post("/cases/AR-2026-0001/identity", "how", "zebedee's passport")
		staff.get("/sources")
		staff.post("/ledger/verify")

		for _, q := range []desk.Query{{Name: "Zebedee Quillfeather"}, {Email: star.Email}, {Name: star.Surname}, {Ref: "zebedee"}} {
			w.Find(context.Background(), "cli", q) // for what it logs, whatever comes of it
		}
	})
	w.asks(t)

	log.Info("the end")
	text := out.String()
	star := w.world.Star()
	for _, not := range []string{"zebedee", "quillfeather", "farida", "choudhury", star.Surname, star.Email, star.DOB, star.Ref, star.Mobile, password, "127.0.0.1:"} {
		if i := strings.Index(strings.ToLower(text), strings.ToLower(not)); i >= 0 {
			t.Errorf("the log holds %q: …%s…", not, text[max(0, i-150):min(len(text), i+150)])
		}
	}
	if strings.Count(text, `"msg":"request"`) < 20 {
		t.Errorf("the log says too little to tell:\n%s", text)
	}
}
