package app

import (
	"bytes"
	"flag"
	"fmt"
	"image/png"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/testdata"
	"tenet/internal/web"
)

var update = flag.Bool("update", false, "write the picture of the console that the README shows")

// look holds a page against axe and the width of a phone.
func look(t testing.TB, p *testbrowser.Page, what string) {
	t.Helper()
	if !web.NewAssets().Built() {
		testdata.Missing(t, "assets", "the style sheet (npm ci && npm run build in frontend)")
	}
	for _, v := range p.Axe() {
		t.Errorf("%s: %s", what, v)
	}
	if n := p.Overflow(); n > 0 {
		t.Errorf("%s is %d pixels wider than the screen", what, n)
	}
	if dir := os.Getenv("TENET_TEST_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "app "+strings.ReplaceAll(what, "/", "_")+".png"), p.Screenshot(true), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStaffAnswerTheDemo goes the whole way that `tenet demo` opens to a member
// of staff: from signing in to the answer on their own disk.
func TestStaffAnswerTheDemo(t *testing.T) {
	w := open(t)
	a := w.asks(t)
	w.hires(t, "rosalind", "Rosalind Achebe")
	var log notes
	_, at := w.serves(t, slog.New(slog.NewTextHandler(&log, nil)))
	b := testbrowser.Start(t)
	p := b.Page(t, testbrowser.Options{})
	number := a.Case.Number
	home := "/cases/" + number

	p.Goto(at + home)
	p.Fill("#name", "rosalind")
	p.Fill("#password", password)
	p.Click("main button")
	if got := p.Text("h1"); got != w.world.Star().Name {
		t.Fatalf("after signing in the page is %q, not the case that was asked for", got)
	}
	page := p.Text("main")
	for _, want := range []string{
		"Due 21 December 2026", "28 days left", "Monday 21 December 2026", "UK GDPR Art 12A(1)", "We answer within one month.",
		fmt.Sprint(len(a.List), " records"), "in 3 sources", "Not recorded", "Telephone", "your-information.html",
		"scan_0017.bin", "not searched", "not followed", "outside the dates of this person's occupancy",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the case does not say %q", want)
		}
	}

	phone := b.Page(t, testbrowser.Phone)
	paths := []string{"/cases", "/cases?show=closed", home, home + "/found", home + "/found?review=yes", home + "/found?whose=self&page=2",
		home + "/withheld", home + "/history", home + "/identity", "/ledger", "/sources"}
	for _, path := range paths {
		p.Goto(at + path)
		look(t, p, "desk "+path)
		phone.Goto(at + path)
		look(t, phone, "phone "+path)
	}

	// A decision on a record that waits makes the draft again.
	before := a.Case.Draft.Digest
	p.Goto(at + home + "/found?review=yes")
	p.Choose(`main article form label[for^="release-"]`)
	p.Fill(`main article form input[name="reason"]`, "It is about the person and nobody else.")
	p.Click("main article form button")
	if got := p.Text(".govuk-notification-banner__heading"); got != "The record goes out with the answer." {
		t.Errorf("after a decision the page says %q", got)
	}
	k, err := w.Cases.ByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if k.Draft.Digest == before || stale(k) || k.Draft.Undecided != a.Case.Draft.Undecided-1 && k.Draft.Undecided != a.Case.Draft.Undecided {
		t.Errorf("the draft does not have the decision in it: %+v", k.Draft)
	}

	// Approval is refused until identity is recorded.
	p.Goto(at + home + "/approve")
	if got := p.Text("main"); !strings.Contains(got, "Record identity first") {
		t.Errorf("before identity the approval page says %q", got)
	}
	p.Goto(at + home + "/identity")
	p.Choose("label[for='how']")
	p.Click("main button")
	p.Click("a[href='" + home + "/approve']")
	if k, err = w.Cases.ByNumber(t.Context(), number); err != nil {
		t.Fatal(err)
	}
	w.rest(t, k)
	if k, err = w.Cases.ByNumber(t.Context(), number); err != nil {
		t.Fatal(err)
	}
	if _, err = w.Redraft(t.Context(), k, cases.On{By: "tester"}); err != nil {
		t.Fatal(err)
	}
	p.Goto(at + home + "/approve")
	look(t, p, "approve")
	p.Click("main button")
	if got := p.Text(".govuk-notification-banner__heading"); got != "The answer is approved and released." {
		t.Errorf("after approving the page says %q", got)
	}
	look(t, p, "approved")
	if got := p.Text("main"); !strings.Contains(got, "Approved by Rosalind Achebe") {
		t.Error("the case does not say who approved it")
	}

	v := visit(t, at)
	v.post("/sign-in", "name", "rosalind", "password", password)
	res, body := v.post(home + "/download")
	w.isAnswer(t, res, body)
	_, history := v.get(home + "/history")
	for _, want := range []string{"The answer was downloaded", "The draft was approved", "Identity was recorded", "A record was decided on", "A draft was sealed", "The request was received", "by Rosalind Achebe", "by someone at the command line"} {
		if !strings.Contains(history, want) {
			t.Errorf("the history does not say %q", want)
		}
	}
	_, verified := v.post("/ledger/verify")
	if !strings.Contains(verified, "The ledger is whole") {
		t.Errorf("the ledger does not verify:\n%s", verified)
	}
	_, ledger := v.get("/ledger")
	for _, want := range []string{"staff.signed-in", "case.pack-taken", number} {
		if !strings.Contains(ledger, want) {
			t.Errorf("the ledger's page does not show %q", want)
		}
	}

	star := w.world.Star()
	for _, secret := range []string{star.Surname, star.Email, star.Ref, number, "rosalind", password, "127.0.0.1"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(log.String(), "route=/cases/{}/approve") {
		t.Errorf("the log does not say what was asked for:\n%s", log.String())
	}
}

// TestSignInIsOnRecord: tries at the door stand in the ledger without a name, and
// someone whose account is disabled is out at once.
func TestSignInIsOnRecord(t *testing.T) {
	w := open(t)
	rosalind := w.hires(t, "rosalind", "Rosalind Achebe")
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	v := visit(t, at)
	if res, _ := v.post("/sign-in", "name", "rosalind", "password", "not the password"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong password gives %d", res.StatusCode)
	}
	if res, page := v.post("/sign-in", "name", "Rosalind", "password", password); res.StatusCode != http.StatusOK || !strings.Contains(page, "Rosalind Achebe") {
		t.Fatalf("signing in gives %d", res.StatusCode)
	}
	if err := w.DisableStaff(t.Context(), "cli", "rosalind"); err != nil {
		t.Fatal(err)
	}
	if _, page := v.get("/cases"); !strings.Contains(page, `type="password"`) && !strings.Contains(page, "tenet account add") {
		t.Error("someone whose account is disabled still sees the cases")
	}
	l, err := (staffDesk{w.bureau(t)}).VerifyLedger(t.Context())
	if err != nil || !l.OK {
		t.Fatalf("the ledger does not verify: %v %v", l.Findings, err)
	}
	s, err := (staffDesk{w.bureau(t)}).Ledger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range s.Recent {
		kinds = append(kinds, e.Kind)
	}
	if got := strings.Join(kinds, " "); got != "staff.disabled staff.signed-in staff.sign-in-failed staff.added" {
		t.Errorf("the ledger's newest entries are %s", got)
	}
	if got, err := (accounts{w.Desk}).Staff(t.Context(), rosalind.ID); err != console.ErrNoAccount {
		t.Errorf("a disabled account is %v, %v", got, err)
	}
}

// TestPortalPicture looks at what somebody sees who follows their request, and with -update
// makes the picture of docs/desk.md: go test ./internal/app -run PortalPicture -update
func TestPortalPicture(t *testing.T) {
	w := open(t)
	_, at, _ := w.office(t)
	star := w.world.Star()
	r := request(t, at, star.Name, star.Email, star.DOB)
	p := testbrowser.Start(t).Page(t, testbrowser.Options{Width: 1000, Height: 1500})
	p.Goto(at + "/follow")
	p.Fill("#reference", r.reference)
	p.Fill("#code", r.code)
	p.Click("main button")
	if text := p.Text("main"); !strings.Contains(text, r.reference) || !strings.Contains(text, "How we worked out this date") {
		t.Errorf("the page shows another request, or none: %.300q", text)
	}
	if shot := p.Screenshot(false); *update {
		if err := os.WriteFile(filepath.Join("..", "..", "docs", "portal.png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPicture looks at the page that the README shows, and with -update makes
// that picture: go test ./internal/app -run Picture -update
func TestPicture(t *testing.T) {
	w := open(t)
	a := w.asks(t)
	w.hires(t, "rosalind", "Rosalind Achebe")
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	p := testbrowser.Start(t).Page(t, testbrowser.Options{Width: 1280, Height: 1990})
	p.Goto(at + "/cases/" + a.Case.Number)
	p.Fill("#name", "rosalind")
	p.Fill("#password", password)
	p.Click("main button")
	shot := p.Screenshot(false)
	pic, err := png.DecodeConfig(bytes.NewReader(shot))
	if err != nil || pic.Width != 1280 || pic.Height != 1990 {
		t.Errorf("the picture is %d by %d: %v", pic.Width, pic.Height, err)
	}
	if text := p.Text("main"); !strings.Contains(text, a.Case.Number) || !strings.Contains(text, "The clock") {
		t.Errorf("the page shows another case, or none: %.200q", text)
	}
	if *update {
		if err := os.WriteFile(filepath.Join("..", "..", "docs", "console.png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
