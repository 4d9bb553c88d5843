package console_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// guarded is a console with a gate, sign-ins that can be ended and second factors.
type guarded struct {
	face
	gate     *fakeGate
	sittings *fakeSittings
	factors  *fakeFactors
	maps     *fakeMaps
	bench    *fakeBench
	others   *fakeColleagues
	clock    *time.Time
}

var allDuties = []console.Duty{console.SeeCases, console.Decide, console.Release, console.Map, console.SeeLedger, console.Manage, console.Everything}

func guard(t testing.TB, signOn console.SignOn) guarded {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	at := now
	g := guarded{face: face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}, clock: &at,
		gate: &fakeGate{may: allDuties}, sittings: &fakeSittings{}, factors: &fakeFactors{}, maps: newFakeMaps(), bench: newFakeBench(), others: &fakeColleagues{}}
	h, err := console.New(console.Config{
		Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: g.desk, Accounts: colleagues{g.accounts}, Gate: g.gate, Sittings: g.sittings, Factors: g.factors,
		Maps: g.maps, People: &fakePeople{}, Workbench: g.bench, Work: newFakeWork(), SignOn: signOn, Colleagues: g.others,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: func() time.Time { return *g.clock },
	})
	if err != nil {
		t.Fatal(err)
	}
	g.Server = httptest.NewServer(h)
	t.Cleanup(g.Close)
	return g
}

// asked is the last thing that the gate was asked about a request, leaving out the
// menu, which asks what it may show.
func (g *fakeGate) askedFor(do func()) (first console.Ask) {
	g.mu.Lock()
	g.asked = nil
	g.mu.Unlock()
	do()
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.asked) == 0 {
		return console.Ask{Duty: "nothing"}
	}
	return g.asked[0]
}

// TestEveryPageIsAskedFor: the gate is asked before the page is made, for what the
// page takes.
func TestEveryPageIsAskedFor(t *testing.T) {
	g := guard(t, nil)
	v := g.staff(t)
	at := "/cases/" + number
	for _, tc := range []struct {
		method, path string
		want         console.Ask
	}{
		{"GET", "/cases", console.Ask{Duty: console.SeeCases}},
		{"GET", at, console.Ask{Duty: console.SeeCases, Number: number, Page: "The case"}},
		{"GET", at + "/found", console.Ask{Duty: console.SeeCases, Number: number, Page: "What was found"}},
		{"GET", at + "/withheld", console.Ask{Duty: console.SeeCases, Number: number, Page: "What is withheld"}},
		{"GET", at + "/history", console.Ask{Duty: console.SeeCases, Number: number, Page: "History"}},
		{"GET", at + "/who", console.Ask{Duty: console.Decide, Number: number, Page: "Who is who"}},
		{"GET", at + "/identity", console.Ask{Duty: console.SeeCases, Number: number, Page: "The case"}},
		{"GET", at + "/approve", console.Ask{Duty: console.Release, Number: number, Page: "Approval", Whole: true}},
		{"GET", at + "/redact", console.Ask{Duty: console.Decide, Number: number, Page: "Redaction", Whole: true, Open: true}},
		{"GET", at + "/redact/sheet/note-2", console.Ask{Duty: console.Decide, Number: number, Page: "A document", Item: "note-2", Whole: true, Open: true}},
		{"GET", at + "/access", console.Ask{Duty: console.SeeLedger, Number: number}},
		{"POST", at + "/decide", console.Ask{Duty: console.Decide, Number: number}},
		{"POST", at + "/identity", console.Ask{Duty: console.Decide, Number: number}},
		{"POST", at + "/approve", console.Ask{Duty: console.Release, Number: number, Whole: true}},
		{"POST", at + "/download", console.Ask{Duty: console.Release, Number: number, Page: "The answer, downloaded", Whole: true}},
		{"GET", at + "/do/note", console.Ask{Duty: console.SeeCases, Number: number, Page: "The case"}},
		{"POST", at + "/do/note", console.Ask{Duty: console.Decide, Number: number}},
		{"POST", at + "/do/sent", console.Ask{Duty: console.Release, Number: number}},
		{"POST", at + "/do/refuse", console.Ask{Duty: console.Release, Number: number}},
		{"POST", at + "/redact/undo", console.Ask{Duty: console.Decide, Number: number, Whole: true, Open: true}},
		{"POST", at + "/access", console.Ask{Duty: console.SeeCases, Number: number}},
		{"GET", "/maps", console.Ask{Duty: console.Map}},
		{"POST", "/maps/housing/accept", console.Ask{Duty: console.Map}},
		{"GET", "/sources", console.Ask{Duty: console.Map}},
		{"GET", "/who", console.Ask{Duty: console.Decide}},
		{"GET", "/lessons", console.Ask{Duty: console.Decide}},
		{"GET", "/ledger", console.Ask{Duty: console.SeeLedger}},
		{"POST", "/ledger/verify", console.Ask{Duty: console.SeeLedger}},
		{"GET", "/staff", console.Ask{Duty: console.Manage}},
		{"POST", "/staff/reset", console.Ask{Duty: console.Manage}},
		{"GET", "/account", console.Ask{}},
		{"GET", "/second-factor", console.Ask{}},
		{"GET", "/no-such-page", console.Ask{}},
	} {
		got := g.gate.askedFor(func() {
			if tc.method == http.MethodGet {
				v.get(tc.path)
			} else {
				v.post(tc.path)
			}
		})
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s %s asks (-want +got):\n%s", tc.method, tc.path, diff)
		}
	}
}

// A role that may nothing gets nothing but its own account, and nothing is done.
func TestNothingWithoutADuty(t *testing.T) {
	g := guard(t, nil)
	v := g.staff(t)
	g.gate.may = nil
	g.desk.set(&theirIdentity, nil)
	for _, path := range append(slices.Clone(everyPage), "/maps", "/who", "/lessons", bench, bench+"/groups", "/cases/"+number+"/access") {
		if path == "/no-such-page" {
			continue
		}
		status, page := v.get(path)
		if status != http.StatusForbidden || !strings.Contains(page, "This is not for your role") || !strings.Contains(page, "It takes the role Officer") {
			t.Errorf("%s gives %d", path, status)
		}
		if strings.Contains(page, "Pascoe") || strings.Contains(page, `href="/ledger"`) {
			t.Errorf("%s shows something all the same", path)
		}
	}
	for _, path := range []string{"/approve", "/identity", "/decide", "/download", "/redact/marks", "/access"} {
		if status, _ := v.post("/cases/"+number+path, "fingerprint", g.desk.draft, "how", console.Ways()[0], "record", "r3", "decision", "release", "reason", "x y", "purpose", "answer"); status != http.StatusForbidden {
			t.Errorf("%s gives %d", path, status)
		}
	}
	if n, _ := g.bench.state(); g.desk.released() != nil || len(g.desk.decided) > 0 || n > 0 || g.gate.opened || len(g.gate.looks) > 0 {
		t.Error("something was done, or counted as a look")
	}
	if !slices.Contains(g.gate.refused, "Rosalind Achebe: "+number+" What was found") {
		t.Errorf("who was refused what is noted as %q", g.gate.refused)
	}
	if status, page := v.get("/account"); status != http.StatusOK || !strings.Contains(page, "Rosalind Achebe") {
		t.Errorf("their own account gives %d", status)
	}
}

// A page that nobody has named a duty for takes all of them.
func TestMenuShowsWhatOpens(t *testing.T) {
	g := guard(t, nil)
	g.gate.may = []console.Duty{console.SeeCases}
	_, page := g.staff(t).get("/cases")
	for href, want := range map[string]bool{"/cases": true, "/account": true, "/ledger": false, "/sources": false, "/maps": false, "/lessons": false} {
		if got := strings.Contains(page, `<a class="govuk-service-navigation__link" href="`+href+`"`); got != want {
			t.Errorf("the menu has %s: %v", href, got)
		}
	}
}

func TestCasesOfAnotherKindAreCountedAndNotNamed(t *testing.T) {
	g := guard(t, nil)
	v := g.staff(t)
	g.accounts.mu.Lock()
	g.accounts.limited = true
	g.accounts.mu.Unlock()
	g.gate.kinds = []string{"AVH-2026-0003"}
	_, page := v.get("/cases")
	if !strings.Contains(page, number) || strings.Contains(page, "Pascoe") || !strings.Contains(page, "Bellweather") {
		t.Errorf("the list is\n%s", page)
	}
	if status, page := v.get("/cases/" + number); status != http.StatusForbidden || strings.Contains(page, "Pascoe") {
		t.Errorf("a case of another kind gives %d", status)
	}
}

// asb is a table that is closed until somebody says what they open it for.
var asb = console.Closed{
	Tables: map[string]console.Closure{"housing.asb_case": {Why: "It holds: Offences.", Reason: true}},
	Items:  map[string]console.Closure{"r3": {Why: "It holds: Offences.", Reason: true}},
}

func TestSensitiveRecordsAreOpenedWithAReason(t *testing.T) {
	g := guard(t, nil)
	g.gate.closed = asb
	v := g.staff(t)
	at := "/cases/" + number
	if status, page := v.get(at + "/found"); status != http.StatusOK || strings.Contains(page, "Loud music") || strings.Contains(page, "Ambrose Tull") ||
		!strings.Contains(page, "Closed. It holds: Offences.") || strings.Contains(page, `name="decision"`) {
		t.Errorf("a closed record is shown, or can be decided on: %d\n%s", status, page)
	}
	if _, page := v.get(at + "/withheld"); strings.Contains(page, "Tull") {
		t.Errorf("what is withheld of it is shown:\n%s", page)
	}
	if status, _ := v.post(at+"/decide", "record", "r3", "decision", "release", "reason", "Because."); status != http.StatusConflict || len(g.desk.decided) > 0 {
		t.Errorf("a closed record is decided on: %d", status)
	}
	if status, page := v.get(bench); status != http.StatusOK || !strings.Contains(page, "Sensitive records are closed") {
		t.Errorf("the workbench does not lead to where they are opened: %d", status)
	}
	if status, page := v.post(bench+"/undo", "revision", "0", "step", "0"); status != http.StatusConflict || !strings.Contains(page, "closed to you") {
		t.Errorf("a step without having looked gives %d", status)
	}
	for name, pairs := range map[string][]string{
		"nothing":   {},
		"no reason": {"purpose", "answer"}, "one word": {"purpose", "answer", "reason", "needed"},
		"no purpose": {"reason", "her doctor's letter"}, "too long": {"purpose", "answer", "reason", strings.Repeat("x y", 400)},
	} {
		if status, page := v.post(at+"/access", pairs...); status != http.StatusUnprocessableEntity || !strings.Contains(page, "There is a problem") || g.gate.opened {
			t.Errorf("%s gives %d", name, status)
		}
	}
	if status, page := v.post(at+"/access", "purpose", "oversight", "reason", "her doctor's letter"); status != http.StatusConflict || !strings.Contains(page, "no such purpose") || g.gate.opened {
		t.Errorf("a purpose that does not fit gives %d", status)
	}
	if _, page := v.post(at+"/access", "purpose", "answer", "reason", "her doctor's letter"); !strings.Contains(page, "Loud music") || !strings.Contains(page, "are open to you for four hours") {
		t.Errorf("after opening them the page is\n%s", page)
	}
	if _, page := v.get(at + "/access"); !strings.Contains(page, "her doctor&#39;s letter") || !strings.Contains(page, "What was found") || strings.Contains(page, "Sensitive records are closed") {
		t.Errorf("who looked is\n%s", page)
	}
}

func TestWhatIsAnotherRolesIsNotOpenedByAReason(t *testing.T) {
	g := guard(t, nil)
	g.gate.closed = console.Closed{Tables: map[string]console.Closure{"housing.asb_case": {Why: "It is kept for other roles."}},
		Items: map[string]console.Closure{"r3": {Why: "It is kept for other roles."}}}
	g.desk.set(&theirIdentity, nil)
	v := g.staff(t)
	at := "/cases/" + number
	if _, page := v.get(at + "/found"); strings.Contains(page, "Loud music") || !strings.Contains(page, "Closed to your role.") {
		t.Errorf("a record of another role's is shown:\n%s", page)
	}
	for _, path := range []string{"/redact", "/approve"} {
		if status, page := v.get(at + path); status != http.StatusForbidden || !strings.Contains(page, "closed to your role") {
			t.Errorf("%s gives %d", path, status)
		}
	}
	if status, _ := v.post(at+"/approve", "fingerprint", g.desk.draft); status != http.StatusForbidden || g.desk.released() != nil {
		t.Errorf("somebody approves what they may not read: %d", status)
	}
	if _, page := v.get(at + "/access"); !strings.Contains(page, "closed to your role") || strings.Contains(page, `name="purpose"`) {
		t.Errorf("the page offers to open them:\n%s", page)
	}
}

func TestColleaguesAreLetInAgain(t *testing.T) {
	g := guard(t, nil)
	v := g.staff(t)
	_, page := v.get("/staff")
	for _, want := range []string{"Tomos Prydderch", "Locked", "nothing yet", "Data protection officer", "Ann Larter", "look at cases, manage accounts"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if _, page := v.post("/staff/reset", "login", "tomos"); !strings.Contains(page, "tomos may sign in again") {
		t.Errorf("after a reset the page is\n%s", page)
	}
	if status, _ := v.post("/staff/reset"); status != http.StatusConflict {
		t.Errorf("a reset of nobody gives %d", status)
	}
	if diff := cmp.Diff([]string{"staff-1 resets tomos"}, g.others.reset); diff != "" {
		t.Errorf("resets (-want +got):\n%s", diff)
	}
}

func TestLooksAreNoted(t *testing.T) {
	g := guard(t, nil)
	g.gate.opened = true
	v := g.staff(t)
	v.get("/cases")
	v.get("/cases/" + number)
	v.get(bench + "/sheet/note-2")
	v.post("/cases/" + number + "/identity") // no look
	v.post("/cases/" + number + "/download")
	var got []string
	for _, l := range g.gate.looks {
		got = append(got, strings.TrimSpace(l.Page+" "+l.Item))
	}
	if diff := cmp.Diff([]string{"The case", "A document note-2", "The answer, downloaded"}, got); diff != "" {
		t.Errorf("looks (-want +got):\n%s", diff)
	}
}

// TestAccessPagesForEveryone holds the pages of this file and of sign-in against axe
// and a phone's width, in light and dark.
func TestAccessPagesForEveryone(t *testing.T) {
	needAssets(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			g := guard(t, &fakeSignOn{})
			g.gate.closed = asb
			p := b.Page(t, o)
			look := func(what string) {
				t.Helper()
				for _, v := range p.Axe() {
					t.Errorf("%s: %s", what, v)
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", what, n)
				}
			}
			p.Goto(g.URL + "/sign-in")
			look("sign-in with a choice")
			signInWith(p, g.face)
			p.Goto(g.URL + "/account")
			look("account")
			p.Goto(g.URL + "/staff")
			look("staff")
			p.Goto(g.URL + "/second-factor")
			look("second factor, none")
			p.Click("main button")
			look("second factor, begun")
			p.Fill("#code", "000000")
			p.Click("main button")
			look("second factor, a wrong code")
			p.Fill("#code", rightCode)
			p.Click("main button")
			look("codes for recovery")
			p.Goto(g.URL + "/second-factor")
			look("second factor, set")
			p.Goto(g.URL + "/cases/" + number + "/found")
			look("found, closed")
			p.Goto(g.URL + "/cases/" + number + "/access")
			look("who looked, closed")
			p.Click("main button")
			look("who looked, nothing filled in")
			p.Choose("label[for='purpose']")
			p.Fill("#reason", "her doctor's letter")
			p.Click("main button")
			p.Goto(g.URL + "/cases/" + number + "/access")
			look("who looked")
			g.gate.mu.Lock()
			g.gate.may = nil
			g.gate.mu.Unlock()
			p.Goto(g.URL + "/ledger")
			look("not for your role")
			p.Click("header button")
			look("signed out")
			p.Goto(g.URL + "/sign-in")
			p.Fill("#name", "rosalind")
			p.Fill("#password", password)
			p.Click("form button")
			look("code")
			p.Fill("#code", "000000")
			p.Click("main button")
			look("a wrong code")
			for range 2 {
				p.Fill("#code", "000000")
				p.Click("main button")
			}
			look("locked")
		})
	}
}
