package app

import (
	"fmt"
	"image/png"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
	"tenet/internal/testbrowser"
)

// signsIn is a browser in which somebody has signed in with the password alone.
func signsIn(t testing.TB, at, login string) visitor {
	t.Helper()
	v := visit(t, at)
	if res, page := v.post("/sign-in", "name", login, "password", password); res.StatusCode != http.StatusOK || strings.Contains(page, `type="password"`) {
		t.Fatalf("%s signs in with %d:\n%s", login, res.StatusCode, page)
	}
	return v
}

// keyOn is the key that the page of an authenticator shows.
func keyOn(t testing.TB, page string) string {
	t.Helper()
	_, rest, _ := strings.Cut(page, `<dt>Key</dt><dd class="tenet-code">`)
	key, _, found := strings.Cut(rest, "<")
	if !found {
		t.Fatalf("the page shows no key:\n%s", page)
	}
	return strings.ReplaceAll(key, " ", "")
}

// TestSecondFactorFromEndToEnd enrols an account where every one must have a second
// factor, signs in with it, loses it, and is let in again.
func TestSecondFactorFromEndToEnd(t *testing.T) {
	w := open(t)
	w.hires(t, "rosalind", "Rosalind Achebe")
	w.Config.Staff.SecondFactor = "required"
	clock := now
	w.Desk.Now = func() time.Time { return clock }
	var log notes
	_, at := w.serves(t, slog.New(slog.NewTextHandler(&log, nil)))
	v := signsIn(t, at, "rosalind")
	if _, page := v.get("/cases"); !strings.Contains(page, "Every account here must have a second factor") {
		t.Fatalf("without one the page is\n%s", page)
	}
	_, page := v.post("/second-factor")
	key := keyOn(t, page)
	res, picture := v.get("/second-factor/picture")
	if _, err := png.Decode(strings.NewReader(picture)); err != nil || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture is no picture, or may be kept: %v %v", err, res.Header)
	}
	code := func() string {
		c, err := totp.GenerateCode(key, clock)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	_, page = v.post("/second-factor/confirm", "code", code())
	_, rest, _ := strings.Cut(page, `aria-label="Codes for recovery"><li>`)
	spare, _, found := strings.Cut(rest, "<")
	if !found || strings.Count(page, "<li>") < 10 {
		t.Fatalf("there are no codes for recovery:\n%s", page)
	}
	if _, page := v.get("/cases"); !strings.Contains(page, "<h1") || strings.Contains(page, "second factor") {
		t.Errorf("with one the page is\n%s", page)
	}

	// Signing in takes a code, once.
	clock = clock.Add(time.Minute)
	used := code()
	for i, want := range []bool{true, false} {
		other := visit(t, at)
		if _, page := other.post("/sign-in", "name", "rosalind", "password", password); !strings.Contains(page, "Enter your code") {
			t.Fatalf("the password alone leads to\n%s", page)
		}
		if _, page := other.post("/sign-in/code", "code", used); strings.Contains(page, "Rosalind Achebe") != want {
			t.Errorf("try %d with one code:\n%s", i+1, page)
		}
	}
	// And a spare one if it is lost.
	lost := visit(t, at)
	lost.post("/sign-in", "name", "rosalind", "password", password)
	if _, page := lost.post("/sign-in/code", "code", spare); !strings.Contains(page, "Rosalind Achebe") {
		t.Errorf("a code for recovery is not taken:\n%s", page)
	}
	// A reset ends every sign-in, and the next enrols again.
	if err := w.ResetStaff(t.Context(), "cli", "rosalind", ""); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]visitor{"the first": v, "the last": lost} {
		if _, page := x.get("/cases"); strings.Contains(page, "Rosalind") {
			t.Errorf("after a reset %s browser is signed in", name)
		}
	}
	if _, page := signsIn(t, at, "rosalind").get("/cases"); !strings.Contains(page, "must have a second factor") {
		t.Error("after a reset there is a second factor still")
	}
	for _, secret := range []string{key, used, spare, password, "rosalind"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// staffActs is what the ledger says of staff, the newest first.
func (w workspace) staffActs(t testing.TB) (out []string) {
	t.Helper()
	err := w.Store.Read(t.Context(), func(tx *store.Tx) error {
		all, err := tx.Acts(t.Context(), w.Config.Landlord, "", 0, 50)
		for _, a := range all {
			if strings.HasPrefix(a.Act, "staff.") {
				out = append(out, a.Act)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// narrow gives the workspace a role that sees the categories of some tables only,
// and somebody who has it.
func (w workspace) narrow(t testing.TB, may []desk.Duty, kinds []law.Kind, tables ...string) {
	t.Helper()
	held, err := w.Holdings()
	if err != nil {
		t.Fatal(err)
	}
	role := notice.StaffRole{ID: "caller", Title: "Call handler"}
	for _, at := range tables {
		for _, c := range held[at].Categories {
			if !slices.Contains(role.Sees, c) {
				role.Sees = append(role.Sees, c)
			}
		}
	}
	w.Notice.Records.Roles = append(w.Notice.Records.Roles, role)
	w.Config.Staff.Roles = map[string]desk.RoleRules{"caller": {May: may, Kinds: kinds}}
	w.hires(t, "farida", "Farida Choudhury")
	if err := w.SetStaffRole(t.Context(), "cli", "farida", "caller"); err != nil {
		t.Fatal(err)
	}
}

func TestARoleSeesItsOwnAndNoMore(t *testing.T) {
	w := open(t)
	a := w.asks(t)
	held, err := w.Holdings()
	if err != nil {
		t.Fatal(err)
	}
	// The table with the most records of the case that is not sensitive is theirs.
	plain := ""
	for _, at := range slices.Sorted(maps.Keys(a.Case.Draft.Counts)) {
		if desk.See(w.Notice, w.Role(desk.Officer), held[at]) == desk.Plain && len(held[at].Categories) == 1 && a.Case.Draft.Counts[at] > a.Case.Draft.Counts[plain] {
			plain = at
		}
	}
	if plain == "" {
		t.Fatalf("no table of the case is of one plain category: %v", held)
	}
	w.narrow(t, []desk.Duty{desk.SeeCases, desk.Decide, desk.Release}, nil, plain)
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	v := signsIn(t, at, "farida")
	home := "/cases/" + a.Case.Number

	source, table, _ := strings.Cut(plain, ".")
	if res, page := v.get(home + "/found?source=" + source + "&table=" + table); res.StatusCode != http.StatusOK || strings.Contains(page, "Closed to your role") {
		t.Errorf("what is theirs is closed, %d:\n%s", res.StatusCode, page)
	}
	g := gate{staffDesk{w.bureau(t)}, &holdings{}}
	mine, err := g.Closed(t.Context(), staffOf(t, w, "farida"), a.Case.Number)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(mine.Items); n == 0 || n == len(a.List) {
		t.Fatalf("%d of %d records are closed: the test shows nothing", n, len(a.List))
	}
	shown := 0
	for page := range pages(len(a.List), recordPage) {
		_, text := v.get(fmt.Sprintf("%s/found?page=%d", home, page+1))
		shown += strings.Count(text, "Closed to your role.")
	}
	if shown != len(mine.Items) {
		t.Errorf("%d records are shown as closed, and %d are", shown, len(mine.Items))
	}
	for _, path := range []string{"/redact", "/approve"} {
		if res, page := v.get(home + path); res.StatusCode != http.StatusForbidden || !strings.Contains(page, "Your role, Call handler,") || !strings.Contains(page, "It takes the role") {
			t.Errorf("%s gives %d:\n%s", path, res.StatusCode, page)
		}
	}
	for _, path := range []string{"/ledger", "/maps", "/sources"} {
		if res, page := v.get(path); res.StatusCode != http.StatusForbidden || !strings.Contains(page, "Officer, or Data protection officer") {
			t.Errorf("%s gives %d", path, res.StatusCode)
		}
	}
	// A role that changes counts from the next page on.
	if err := w.SetStaffRole(t.Context(), "cli", "farida", desk.Officer); err != nil {
		t.Fatal(err)
	}
	if res, _ := v.get("/ledger"); res.StatusCode != http.StatusOK {
		t.Errorf("with another role the ledger gives %d", res.StatusCode)
	}
}

// A colleague who manages accounts lets somebody in again, and nobody themselves.
func TestColleaguesAreReset(t *testing.T) {
	w := open(t)
	w.hires(t, "rosalind", "Rosalind Achebe")
	farida := w.hires(t, "farida", "Farida Choudhury")
	if err := w.SetStaffRole(t.Context(), "cli", "rosalind", desk.DPO); err != nil {
		t.Fatal(err)
	}
	if err := w.BeginFactor(t.Context(), farida.ID, ""); err != nil {
		t.Fatal(err)
	}
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	v, other := signsIn(t, at, "rosalind"), signsIn(t, at, "farida")
	if res, _ := other.get("/staff"); res.StatusCode != http.StatusForbidden {
		t.Errorf("an officer sees the accounts: %d", res.StatusCode)
	}
	if res, _ := v.post("/staff/reset", "login", " Rosalind"); res.StatusCode != http.StatusConflict {
		t.Errorf("somebody lets themselves in: %d", res.StatusCode)
	}
	if _, page := v.post("/staff/reset", "login", "farida"); !strings.Contains(page, "farida may sign in again") {
		t.Errorf("after a reset the page is\n%s", page)
	}
	if _, page := other.get("/cases"); strings.Contains(page, "Farida") {
		t.Error("who was reset is signed in still")
	}
	if f, err := w.Factor(t.Context(), farida.ID); err != nil || f.Set || f.Begun {
		t.Errorf("after a reset there is %+v, %v", f, err)
	}
	if acts := w.staffActs(t); acts[0] != "staff.reset" {
		t.Errorf("the ledger says %v", acts)
	}
}

func staffOf(t testing.TB, w workspace, login string) console.Staff {
	t.Helper()
	_, s, err := (accounts{w.Desk}).Password(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestScenario_SOT15_ViewRefusedAndReported: a member of staff who opens the file of somebody
// who is none of their work is refused, and those who watch over the ledger see it.
func TestScenario_SOT15_ViewRefusedAndReported(t *testing.T) {
	w := open(t)
	a := w.asks(t)
	erase, err := w.OpenCase(t.Context(), desk.NewCase{Query: desk.Query{Name: "Ann Larter"}, Kind: "erasure", Channel: "phone", By: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	w.narrow(t, []desk.Duty{desk.SeeCases}, []law.Kind{law.KindErasure})
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	v := signsIn(t, at, "farida")
	_, list := v.get("/cases")
	if !strings.Contains(list, "Ann Larter") || strings.Contains(list, w.world.Star().Name) || !strings.Contains(list, a.Case.Number) {
		t.Errorf("the list is\n%s", list)
	}
	if res, _ := v.get("/cases/" + erase.Number); res.StatusCode != http.StatusOK {
		t.Errorf("their case gives %d", res.StatusCode)
	}
	if res, page := v.get("/cases/" + a.Case.Number); res.StatusCode != http.StatusForbidden || strings.Contains(page, w.world.Star().Name) {
		t.Errorf("another case gives %d", res.StatusCode)
	}
	if res, _ := v.post("/cases/"+erase.Number+"/identity", "how", console.Ways()[0]); res.StatusCode != http.StatusForbidden {
		t.Errorf("an act that is not theirs gives %d", res.StatusCode)
	}

	// What was refused is in the ledger, and on the page of who looked.
	if acts := w.staffActs(t); !slices.Contains(acts, "staff.refused") {
		t.Errorf("the ledger says %v", acts)
	}
	w.hires(t, "rosalind", "Rosalind Achebe")
	if _, page := signsIn(t, at, "rosalind").get("/cases/" + a.Case.Number + "/access"); !strings.Contains(page, "Refused: ") || !strings.Contains(page, "Farida") {
		t.Errorf("who was refused is not shown:\n%s", textOf(page))
	}
}

// TestSensitiveRecordsTakeAPurpose: a table that the map marks as special is closed
// until somebody says what they open it for, and who did stands on the case's page.
func TestSensitiveRecordsTakeAPurpose(t *testing.T) {
	w := open(t)
	a := w.asks(t)
	star := ""
	for _, at := range slices.Sorted(maps.Keys(a.Case.Draft.Counts)) {
		if a.Case.Draft.Counts[at] > a.Case.Draft.Counts[star] {
			star = at
		}
	}
	w.Notice.Data.Categories = slices.Clone(w.Notice.Data.Categories)
	held, err := w.Holdings()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range w.Notice.Data.Categories {
		if slices.Contains(held[star].Categories, c.ID) {
			w.Notice.Data.Categories[i].Kind = notice.Special
		}
	}
	w.hires(t, "rosalind", "Rosalind Achebe")
	w.hires(t, "farida", "Farida Choudhury")
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	v := signsIn(t, at, "rosalind")
	home := "/cases/" + a.Case.Number
	source, table, _ := strings.Cut(star, ".")
	theirs := home + "/found?source=" + source + "&table=" + table
	if _, page := v.get(theirs); !strings.Contains(page, "Closed. It holds:") {
		t.Fatalf("a special category is shown without a reason:\n%s", page)
	}
	if res, page := v.post(home+"/access", "purpose", "oversight", "reason", "I wanted to see"); res.StatusCode != http.StatusConflict || !strings.Contains(page, "no such purpose") {
		t.Errorf("a purpose of another role gives %d", res.StatusCode)
	}
	b := testbrowser.Start(t)
	p := b.Page(t, testbrowser.Options{})
	p.Goto(at + home + "/redact")
	p.Fill("#name", "farida")
	p.Fill("#password", password)
	p.Click("main button")
	look(t, p, "sensitive records, closed")
	p.Choose("label[for='purpose']")
	p.Fill("#reason", "The rent letters that she asks for.")
	p.Click("main button")
	if got := p.Text(".govuk-notification-banner__heading"); !strings.Contains(got, "are open to you for four hours") {
		t.Errorf("after a reason the page says %q", got)
	}
	p.Goto(at + theirs)
	if strings.Contains(p.Text("main"), "Closed.") {
		t.Error("after a reason it is closed still")
	}
	// It is open to her who said why, and to nobody else.
	if _, page := v.get(theirs); !strings.Contains(page, "Closed. It holds:") {
		t.Error("it is open to a colleague too")
	}
	p.Goto(at + home + "/access")
	look(t, p, "who looked")
	for _, want := range []string{"The rent letters that she asks for.", "To answer this request", "Farida Choudhury", "Rosalind Achebe", "What was found"} {
		if !strings.Contains(p.Text("main"), want) {
			t.Errorf("who looked does not say %q", want)
		}
	}
	acts := w.staffActs(t)
	if !slices.Contains(acts, "staff.opened-sensitive") || !slices.Contains(acts, "staff.looked") {
		t.Errorf("the ledger says %v", acts)
	}
}
