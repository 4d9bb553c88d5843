package portal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/portal"
	"tenet/internal/testbrowser"
	"tenet/internal/testdata"
	"tenet/internal/web"
)

func needAssets(t testing.TB) {
	t.Helper()
	if !web.NewAssets().Built() {
		testdata.Missing(t, "assets", "the style sheet (npm ci && npm run build in frontend)")
	}
}

// TestEveryPageForEveryone goes the whole way of a request, and holds each page
// against axe and a phone's width, in light and dark.
func TestEveryPageForEveryone(t *testing.T) {
	needAssets(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true},
		"phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := serve(t)
			p := b.Page(t, o)
			look := func(what string) {
				t.Helper()
				for _, v := range p.Axe() {
					t.Errorf("%s: %s", what, v)
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", what, n)
				}
				if dir := os.Getenv("TENET_TEST_PICTURES"); dir != "" {
					file := strings.NewReplacer("/", "_", ",", "", " ", "-").Replace("portal " + name + " " + what + ".png")
					if err := os.WriteFile(filepath.Join(dir, file), p.Screenshot(true), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, path := range []string{"/", "/notice", "/contact", "/cookies", "/terms", "/no-such-page", "/request/sent", "/request/return"} {
				p.Goto(f.URL + path)
				look(path)
			}
			p.Goto(f.URL + "/request/what")
			look("what")
			p.Click("main button")
			look("what, nothing chosen")
			p.Choose("label[for='what-unsure']")
			p.Click("main button")
			p.Click("main button")
			look("unsure, empty")
			p.Fill("#unsure", "Something is wrong in my letters")
			p.Click("main button")
			look("what, with what fits")
			p.Choose("label[for='what-cctv']")
			p.Click("main button")
			look("about")
			p.Fill("#about", " ")
			p.Click("main button")
			look("about, empty")
			p.Fill("#about", "The lobby on Friday")
			p.Click("main button")
			p.Click("main button")
			look("who, empty")
			p.Choose("label[for='who-other']")
			p.Click("main button")
			p.Click("main button")
			look("acting, empty")
			p.Fill("#by", "Aoife Byrne")
			p.Choose("label[for='role-parent']")
			p.Click("main button")
			p.Click("main button")
			look("name, empty")
			p.Fill("#name", "Caolán O'Devenney-Ó Súilleabháin")
			p.Click("main button")
			look("reach")
			p.Fill("#email", "nobody")
			p.Click("main button")
			look("reach, no address")
			p.Fill("#email", "nobody@example.org")
			p.Fill("#post", "Flat 2\n14 Wharfedale Court")
			p.Click("main button")
			p.Choose("label[for='safe-some']")
			p.Click("main button")
			look("safe, none chosen")
			p.Choose("label[for='safe-some']")
			p.Choose("label[for='only-post']")
			p.Click("main button")
			p.Fill("#born-day", "31")
			p.Fill("#born-month", "feb")
			p.Fill("#born-year", "1984")
			p.Click("main button")
			look("help, no such day")
			p.Goto(f.URL + "/request/help")
			look("help")
			p.Fill("#homes", "A word too long for a phone: "+strings.Repeat("x", 80))
			p.Click("main button")
			look("check")
			p.Click("main button")
			look("sent")
			for _, path := range []string{"/follow/write", "/follow/file", "/follow/complain"} {
				p.Goto(f.URL + path)
				look(path)
				p.Click("main button")
				look(path + " empty")
			}
			p.Goto(f.URL + "/request/sent")
			code := p.Text(".tenet-secret strong")
			p.Goto(f.URL + "/follow")
			look("follow")
			p.Fill("#reference", reference)
			p.Fill("#code", "wrong")
			p.Click("main button")
			look("follow, wrong code")
			p.Fill("#code", strings.ToLower(strings.ReplaceAll(code, "-", " ")))
			p.Click("main button")
			for _, s := range []portal.State{portal.Received, portal.Working, portal.Ready, portal.Closed} {
				f.desk.set(s, map[portal.State]string{portal.Working: "Which of your two homes do you mean?"}[s])
				p.Goto(f.URL + "/follow/request")
				look("progress " + string(s))
			}
		})
	}
}

// TestByKeyboardAlone makes a request with Tab, Enter, Space and letters.
func TestByKeyboardAlone(t *testing.T) {
	f := serve(t)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{})
	p.Goto(f.URL + "/")
	p.TabTo("Start a request")
	p.Enter()
	p.TabTo("#what-access")
	p.Type(" ")
	p.TabTo("Continue")
	p.Enter()
	p.TabTo("Continue")
	p.Enter()
	p.TabTo("#who")
	p.Type(" ")
	p.TabTo("Continue")
	p.Enter()
	p.TabTo("#name")
	p.Type("Caolan Devenney")
	p.Enter()
	p.TabTo("#phone")
	p.Type("07700 900 155")
	p.Enter()
	p.TabTo("#safe")
	p.Type(" ")
	p.TabTo("Continue")
	p.Enter()
	p.TabTo("Continue")
	p.Enter()
	p.TabTo("Send your request")
	p.Enter()
	if got := p.Text("h1"); got != "Request sent" {
		t.Fatalf("after sending the page is %q", got)
	}
	if got := f.desk.got(); len(got) != 1 || got[0].Name != "Caolan Devenney" || got[0].Phone != "07700 900 155" {
		t.Errorf("the desk got %+v", got)
	}
}

// TestWithScriptsOff makes a request with a mouse where no script runs, goes back
// as people do, and changes an answer from the page that lists them.
func TestWithScriptsOff(t *testing.T) {
	f := serve(t)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{NoScript: true})
	p.Goto(f.URL + "/")
	p.Click("a.govuk-button")
	p.Choose("label[for='what-access']")
	p.Click("main button")
	p.Click("main button")
	p.Choose("label[for='who']")
	p.Click("main button")
	p.Fill("#name", "Caolan")
	p.Click("main button")
	p.Back()
	p.Fill("#name", "Caolan Devenney")
	p.Click("main button")
	p.Fill("#email", "caolan@example.org")
	p.Click("main button")
	p.Choose("label[for='safe']")
	p.Click("main button")
	p.Click("main button")
	p.Click("a[href='/request/name?to=check']")
	p.Fill("#name", "Caolan Devenney Junior")
	p.Click("main button")
	if got := p.Text("h1"); got != "Check your answers, then send your request" {
		t.Fatalf("after changing an answer the page is %q", got)
	}
	p.Click("main button")
	if got := f.desk.got(); len(got) != 1 || got[0].Name != "Caolan Devenney Junior" {
		t.Errorf("the desk got %+v", got)
	}
}

// TestOnPaper: on paper the notice is unfolded, and buttons are not there.
func TestOnPaper(t *testing.T) {
	needAssets(t)
	f := serve(t)
	b := testbrowser.Start(t)
	for _, o := range []testbrowser.Options{{}, {Print: true}} {
		p := b.Page(t, o)
		p.Goto(f.URL + "/notice")
		if got := p.Shown("details h3"); got != o.Print {
			t.Errorf("printed %v: the folded part of the notice is shown: %v", o.Print, got)
		}
		p.Goto(f.URL + "/request/what")
		if got := p.Shown("main button"); got == o.Print {
			t.Errorf("printed %v: the button is shown: %v", o.Print, got)
		}
	}
}
