package app

import (
	"crypto/rand"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/desk"
	"tenet/internal/notice"
)

// team is a member of staff whose role sees the sets that are named.
func (w workspace) team(t *testing.T, role, login string, sets ...string) {
	t.Helper()
	r := notice.StaffRole{ID: notice.ID(role), Title: "Team " + role}
	for _, c := range w.Notice.Data.Categories {
		r.Sees = append(r.Sees, c.ID)
	}
	for _, c := range w.Notice.Records.Compartments {
		r.Compartments = append(r.Compartments, c.ID)
	}
	w.Notice.Records.Roles = append(w.Notice.Records.Roles, r)
	if w.Config.Staff.Roles == nil {
		w.Config.Staff.Roles = map[string]desk.RoleRules{}
	}
	w.Config.Staff.Roles[role] = desk.RoleRules{May: []desk.Duty{desk.SeeCases, desk.Decide, desk.Release, desk.SeeLedger}, Clients: sets}
	w.hires(t, login, login)
	if err := w.SetStaffRole(t.Context(), "cli", login, role); err != nil {
		t.Fatal(err)
	}
}

// orlaRings is a call about Orla Finch.
func (v visitor) orlaRings(pairs ...string) (at, page string, status int) {
	v.t.Helper()
	form := append([]string{"once", rand.Text(), "told", "yes", "channel", "phone", "name", "Orla Finch", "born-day", "6", "born-month", "5", "born-year", "1971"}, pairs...)
	res, page := v.post("/contact", form...)
	return res.Request.URL.Path, page, res.StatusCode
}

// TestScenario_MBM12_Teams: a person of one name is a tenant of two clients of the agent.
// Each client's team answers her calls, and works on her request, on behalf of the client that
// is named on the screen; what it writes and learns is seen by nobody but who works for that
// client, and leaves with it.
func TestScenario_MBM12_Teams(t *testing.T) {
	w := workspace{Desk: agent(t)}
	ctx := t.Context()
	for i, c := range w.Notice.Data.Categories {
		if c.ID == "correspondence" { // what contacts are, for roles that see some categories alone
			w.Notice.Data.Categories[i].DPV = append(c.DPV, "dpv-pd:Interaction")
		}
	}
	w.team(t, "lantern", "lena", "lantern-row")
	w.team(t, "yard", "nadim", "netmakers-yard")
	w.hires(t, "olga", "Olga Ferrer")
	_, _, at := w.office(t)
	signIn := func(login string) visitor {
		v := visit(t, at)
		if res, page := v.post("/sign-in", "name", login, "password", password); res.StatusCode != http.StatusOK {
			t.Fatalf("signing in gives %d:\n%s", res.StatusCode, page)
		}
		return v
	}
	lena, nadim, olga := signIn("lena"), signIn("nadim"), signIn("olga")
	const lanternRow, yard = "Lantern Row Housing Co-operative Limited", "Netmakers"
	truths := map[string][]string{
		"lantern-row":    {"said-email", "orla@example.org", "said-telephone", "07700 900101", "said-reference", "TEN-40001"},
		"netmakers-yard": {"said-email", "other@example.org", "said-telephone", "07700 900103", "said-reference", "TEN-40003"},
	}

	// The same name, to each team its own tenant, and whose she is on the screen only then.
	for _, x := range []struct {
		v                 visitor
		set, shows, other string
		words             string
	}{{lena, "lantern-row", lanternRow, yard, "She rang about the roof of Lantern Row."}, {nadim, "netmakers-yard", yard, lanternRow, "She rang about the yard gate."}} {
		_, form := x.v.get("/contact")
		if strings.Contains(form, `name="client"`) {
			t.Errorf("%s is asked whose customer it is, with one landlord to choose", x.set)
		}
		call, page, _ := x.v.orlaRings()
		if !strings.Contains(page, "Ask the caller") || strings.Contains(textOf(page), lanternRow) || strings.Contains(page, "On behalf of") {
			t.Fatalf("before she has shown who she is:\n%s", textOf(page))
		}
		if _, page = x.v.post(call, truths[x.set]...); !strings.Contains(page, "On behalf of") || !strings.Contains(page, x.shows) || strings.Contains(textOf(page), x.other) {
			t.Fatalf("once she has:\n%s", textOf(page))
		}
		if _, page = x.v.post(call+"/note", "once", rand.Text(), "happened", x.words, "channel", "phone"); !strings.Contains(page, x.words) {
			t.Errorf("what she said is not written down:\n%s", textOf(page))
		}
		if res, _ := x.v.post("/lessons", "words", "the wording of "+x.set, "keep", "withhold", "reason", "So it is there."); res.StatusCode != http.StatusOK {
			t.Errorf("a rule gives %d", res.StatusCode)
		}
	}
	if call, page, _ := lena.orlaRings(); !strings.Contains(page, "Ask the caller") {
		t.Errorf("she rings again, and it is %s", call)
	} else if _, page = lena.post(call, truths["lantern-row"]...); !strings.Contains(page, "the roof of Lantern Row") || strings.Contains(page, "yard gate") {
		t.Errorf("what happened before:\n%s", textOf(page))
	}
	// Who sees both is asked to say which, and never by what the search found.
	if _, page, status := olga.orlaRings(); status != http.StatusUnprocessableEntity || !strings.Contains(page, "sk who their landlord is") || strings.Contains(page, "Ask the caller") {
		t.Errorf("two landlords have her, and it is %d:\n%s", status, textOf(page))
	}
	call, _, _ := olga.orlaRings("client", "netmakers-yard")
	if _, page := olga.post(call, truths["netmakers-yard"]...); !strings.Contains(page, "yard gate") || strings.Contains(page, "the roof of Lantern Row") {
		t.Errorf("what happened with that landlord:\n%s", textOf(page))
	}

	// A request to each client, on its instruction.
	number := map[string]string{}
	for _, client := range []string{"lantern-row", "netmakers-yard"} {
		k, err := w.OpenCase(ctx, desk.NewCase{Query: desk.Query{Name: "Orla Finch", DOB: "1971-05-06"}, Kind: "access", Channel: "letter", Asked: "All of it", By: "cli", Client: client})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Answer(ctx, k, cases.On{By: "cli"}); err != nil {
			t.Fatal(err)
		}
		number[client] = k.Number
	}
	for _, x := range []struct {
		v           visitor
		mine, other string
		words, not  string
	}{{lena, "lantern-row", "netmakers-yard", "the roof of Lantern Row", "yard gate"}, {nadim, "netmakers-yard", "lantern-row", "yard gate", "the roof of Lantern Row"}} {
		for _, path := range []string{"/cases", "/tasks", "/cases/export", "/figures"} {
			res, page := x.v.get(path)
			if strings.Contains(page, number[x.other]) || path == "/cases" && !strings.Contains(page, number[x.mine]) {
				t.Errorf("%s is a %d for those of %s:\n%s", path, res.StatusCode, x.mine, textOf(page))
			}
		}
		if res, page := x.v.get("/cases/" + number[x.mine] + "/found"); res.StatusCode != http.StatusOK || strings.Contains(page, x.not) {
			t.Errorf("their own case is a %d:\n%s", res.StatusCode, textOf(page))
		}
		for _, path := range []string{"", "/found", "/history", "/redact", "/tasks", "/who", "/approve"} {
			if res, page := x.v.get("/cases/" + number[x.other] + path); res.StatusCode != http.StatusForbidden || strings.Contains(page, "Orla") {
				t.Errorf("%s of the other client's case is a %d", path, res.StatusCode)
			}
		}
		k, err := w.Cases.ByNumber(ctx, number[x.mine])
		if err != nil {
			t.Fatal(err)
		}
		a, err := w.Found(ctx, k)
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, r := range a.Records {
			if r.Source == "Tenet" && r.Table == "contact" {
				said += *r.Fields["what_happened"]
			}
		}
		if !strings.Contains(said, x.words) || strings.Contains(said, x.not) {
			t.Errorf("in the answer for %s stands %q", x.mine, said)
		}
		if _, page := x.v.get("/lessons"); !strings.Contains(page, "the wording of "+x.mine) || strings.Contains(page, "the wording of "+x.other) {
			t.Errorf("the rules that they see:\n%s", textOf(page))
		}
		looks, _, err := w.Looks(ctx, mustCase(t, w, number[x.other]).ID)
		if err != nil || len(looks) == 0 {
			t.Errorf("that they were refused is not noted: %v, %v", looks, err)
		}
	}
	if _, page := olga.get("/lessons"); !strings.Contains(page, "the wording of lantern-row") || !strings.Contains(page, "the wording of netmakers-yard") || !strings.Contains(page, lanternRow) {
		t.Errorf("who sees both is not told whose each is:\n%s", textOf(page))
	}
	if _, page := olga.post("/lessons", "words", "for whom", "keep", "keep", "reason", "nobody says"); !strings.Contains(page, "Choose whose answers it is for") {
		t.Error("a rule is taken for nobody in particular")
	}

	// One that is made in a case is for that case's landlord, and nobody makes one in a case
	// that they do not see.
	if res, _ := olga.post("/lessons", "words", "learnt in a case", "keep", "withhold", "reason", "So it is there.", "case", number["netmakers-yard"]); res.StatusCode != http.StatusOK {
		t.Errorf("a rule in a case gives %d", res.StatusCode)
	}
	lena.post("/lessons", "words", "learnt by another", "keep", "withhold", "reason", "So it is there.", "case", number["netmakers-yard"])
	if _, page := nadim.get("/lessons"); !strings.Contains(page, "learnt in a case") || strings.Contains(page, "learnt by another") {
		t.Errorf("the rules of the case’s landlord:\n%s", textOf(page))
	}
	if _, page := lena.get("/lessons"); strings.Contains(page, "learnt in a case") {
		t.Error("and another sees it")
	}

	// The contract of one ends.
	if _, err := w.PassOpenCases(ctx, "cli", "lantern-row"); err != nil {
		t.Fatal(err)
	}
	left, err := w.EndClient(ctx, "cli", "lantern-row")
	if err != nil || left.Kept != (contact.Counts{Entries: 1, Checks: 2}) || left.Lessons != 1 {
		t.Errorf("to return: %+v, %d rules, %v", left.Kept, left.Lessons, err)
	}
	if n, err := w.ReturnKept(ctx, "cli", "lantern-row", filepath.Join(t.TempDir(), "lantern.json")); err != nil || n != left.Kept {
		t.Errorf("returned: %+v, %v", n, err)
	}
	if _, page := lena.get("/lessons"); strings.Contains(page, "the wording of") {
		t.Error("a rule of it is left")
	}
	if call, page, _ := lena.orlaRings("client", "lantern-row"); strings.Contains(page, "Ask the caller") {
		t.Errorf("its customers can still be asked about: %s", call)
	}
	if call, page, _ := nadim.orlaRings(); !strings.Contains(page, "Ask the caller") {
		t.Errorf("the other client's cannot: %s\n%s", call, textOf(page))
	} else if _, page = nadim.post(call, truths["netmakers-yard"]...); !strings.Contains(page, "yard gate") {
		t.Errorf("what is kept of the other client's:\n%s", textOf(page))
	}
}

func mustCase(t *testing.T, w workspace, number string) cases.Case {
	t.Helper()
	k, err := w.Cases.ByNumber(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
