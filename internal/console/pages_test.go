package console_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/testbrowser"
	"tenet/internal/testdata"
	"tenet/internal/web"
)

// everyPage is the path of each page there is.
var everyPage = []string{
	"/cases", "/cases?show=closed", "/cases/" + number, "/cases/AVH-2026-0010", "/cases/" + number + "/found", "/cases/" + number + "/found?whose=author",
	"/cases/" + number + "/withheld", "/cases/" + number + "/history", "/cases/" + number + "/identity",
	"/cases/" + number + "/approve", "/ledger", "/sources", "/no-such-page",
}

func needAssets(t testing.TB) {
	t.Helper()
	if !web.NewAssets().Built() {
		testdata.Missing(t, "assets", "the style sheet (npm ci && npm run build in frontend)")
	}
}

func signInWith(p *testbrowser.Page, f face) {
	p.Goto(f.URL + "/sign-in")
	p.Fill("#name", "rosalind")
	p.Fill("#password", password)
	p.Click("main button")
}

// TestEveryPageForEveryone holds every page against axe and a phone's width, in
// light and dark, and with a form that was filled in wrongly.
func TestEveryPageForEveryone(t *testing.T) {
	needAssets(t)
	f := serve(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true},
		"tablet": {Width: 780, Height: 900},
		"phone":  testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
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
					file := strings.NewReplacer("/", "_", "?", "_", ",", "", " ", "-").Replace("console " + name + what + ".png")
					if err := os.WriteFile(filepath.Join(dir, file), p.Screenshot(true), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			p.Goto(f.URL + "/sign-in")
			look("/sign-in")
			p.Click("main button")
			look("/sign-in, nothing filled in")
			signInWith(p, f)
			f.desk.set(nil, nil)
			look("/cases after signing in")
			for _, path := range everyPage {
				if strings.HasSuffix(path, "/approve") {
					f.desk.set(&theirIdentity, nil)
				}
				p.Goto(f.URL + path)
				look(path)
			}
			p.Goto(f.URL + "/cases/" + number + "/identity")
			p.Click("main button")
			look("/identity, nothing chosen")
			p.Goto(f.URL + "/ledger")
			p.Click("main button")
			look("/ledger/verify")
			f.desk.set(&theirIdentity, &theirApproval)
			p.Goto(f.URL + "/cases/" + number)
			look("/case, approved")
			f.desk.set(nil, nil)
			p.Goto(f.URL + "/cases")
			p.Click("header button")
		})
	}
}

// TestByKeyboardAlone signs in, opens a case, records identity and approves with
// Tab, Enter and the letters alone.
func TestByKeyboardAlone(t *testing.T) {
	f := serve(t)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{})
	p.Goto(f.URL + "/cases/" + number)
	p.TabTo("#name")
	p.Type("rosalind")
	p.TabTo("#password")
	p.Type(password)
	p.Enter()
	if got := p.Text("h1"); got != "Ms Morwenna Pascoe, joint tenant" {
		t.Fatalf("after signing in the page is %q, not the case that was asked for", got)
	}
	p.TabTo("Record identity")
	p.Enter()
	p.TabTo("#how")
	p.Type(" ")
	p.TabTo("Record identity")
	p.Enter()
	p.TabTo("Review and approve")
	p.Enter()
	p.TabTo("Approve and release")
	p.Enter()
	if got := p.Text(".govuk-notification-banner__heading"); got != "The answer is approved and released." {
		t.Errorf("after approving the page says %q", got)
	}
	if f.desk.released() == nil {
		t.Error("the desk was never asked to approve")
	}
}

// TestWithScriptsOff goes the same way with a mouse, in a browser that runs no script.
func TestWithScriptsOff(t *testing.T) {
	f := serve(t)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{NoScript: true})
	signInWith(p, f)
	p.Click("a[href='/cases/" + number + "']")
	p.Click("a[href='/cases/" + number + "/found']")
	p.Choose("label[for='withhold-r3']")
	p.Fill("#reason-r3", "Mr Tull did not agree to be named.")
	p.Click("article form button")
	if got := p.Text(".govuk-notification-banner__heading"); got != "The record is withheld." {
		t.Errorf("after deciding the page says %q", got)
	}
	p.Goto(f.URL + "/cases/" + number + "/identity")
	p.Choose("label[for='how']")
	p.Click("main button")
	p.Click("a[href='/cases/" + number + "/approve']")
	p.Click("main button")
	if f.desk.released() == nil {
		t.Error("the desk was never asked to approve")
	}
}
