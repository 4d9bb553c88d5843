package app

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/notice"
	"tenet/internal/register"
	"tenet/internal/testbrowser"
	"tenet/internal/testdata"
	"tenet/internal/web"
)

// TestIncidentPagesForEveryone holds the pages of incidents, every form among them, and the
// portal's page of reports, against axe and a phone's width, with and without scripts.
func TestIncidentPagesForEveryone(t *testing.T) {
	if !web.NewAssets().Built() {
		testdata.Missing(t, "assets", "the style sheet (npm ci && npm run build in frontend)")
	}
	w := under(t, "wrenfield")
	w.hires(t, "rosalind", "Rosalind Achebe")
	i := w.breach(t, "pages", incident.HighRisk)
	if _, _, err := w.ListAffectedSheet(t.Context(), i.Number, "staff-1", "p.csv", []byte("name,address\nAda Quillfeather,\"1 Home Road, Larkfield\"\n")); err != nil {
		t.Fatal(err)
	}
	_, portal, staff := w.office(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "phone, dark": {Width: 320, Height: 640, Dark: true}, "no script": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			p := b.Page(t, o)
			look := func(at string) {
				t.Helper()
				if !o.NoScript {
					for _, v := range p.Axe() {
						t.Errorf("%s: %s", at, v)
					}
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", at, n)
				}
			}
			p.Goto(staff + "/sign-in")
			p.Fill("#name", "rosalind")
			p.Fill("#password", password)
			p.Click("main button")
			pages := []string{"/incidents", "/incidents?show=all", "/incidents/new", "/incidents/" + i.Number, "/incidents/" + i.Number + "/report", "/incidents/" + i.Number + "/people", "/incidents/" + i.Number + "/looks"}
			for _, a := range incidentActs() {
				if f, err := w.IncidentFile(t.Context(), i.Number); err == nil {
					if _, ok := a.offered(f.Offers); ok {
						pages = append(pages, "/incidents/"+i.Number+"/do/"+a.id)
					}
				}
			}
			for _, at := range pages {
				p.Goto(staff + at)
				look(at)
			}
			p.Goto(staff + "/incidents/new")
			p.Click("main button")
			look("a report with nothing in it")
			p.Goto(portal + "/report")
			look("/report")
			p.Click("main button")
			look("/report, nothing filled in")
		})
	}
}

// TestIncidentRegister: the register goes out in each form, and names nobody.
func TestIncidentRegister(t *testing.T) {
	w := under(t, "wrenfield")
	i := w.breach(t, "=cmd", incident.SomeRisk)
	if _, _, err := w.ListAffectedSheet(t.Context(), i.Number, "staff-1", "p.csv", []byte("name,email\nAda Quillfeather,ada@example.org\n")); err != nil {
		t.Fatal(err)
	}
	v := w.clerkOf(t, "farida", "Farida Choudhury")
	for _, form := range []string{"csv", "xlsx", "json"} {
		res, body := v.get("/incidents/export?form=" + form)
		if res.StatusCode != http.StatusOK || len(body) < 100 || strings.Contains(body, "Quill") {
			t.Errorf("%s: %d, %d bytes", form, res.StatusCode, len(body))
		}
		if form == "json" {
			var got struct {
				Rows     [][]string
				Complete bool
			}
			if err := json.Unmarshal([]byte(body), &got); err != nil || !got.Complete || len(got.Rows) != 1 || got.Rows[0][0] != i.Number {
				t.Errorf("%s: %v", body, err)
			}
		}
	}
	if res, _ := v.get("/incidents/export?form=exe"); res.StatusCode != http.StatusNotFound {
		t.Errorf("another form gives %d", res.StatusCode)
	}
}

// TestIncidentRoles: any colleague may report, with no duty at all; seeing incidents,
// working on them and seeing whom they touch are three duties. What is refused is noted,
// and so are looks. A form that is sent twice reports once, and an older page changes
// nothing.
func TestIncidentRoles(t *testing.T) {
	w := under(t, "wrenfield")
	w.narrow(t, []desk.Duty{desk.SeeCases}, nil)
	w.hires(t, "rosalind", "Rosalind Achebe")
	may := func(list ...desk.Duty) {
		w.Config.Staff.Roles = map[string]desk.RoleRules{"caller": {May: list}}
	}
	_, _, at := w.office(t)
	v := signsIn(t, at, "farida")
	for range 2 {
		if res, page := v.post("/incidents/new", "once", "r1", "kind", "seen", "what", "A list of Ada Quillfeather’s lay in the lobby."); res.StatusCode != http.StatusOK || !strings.Contains(page, "IN-2026-0001 is open") || strings.Contains(page, "Quillfeather") {
			t.Fatalf("the report gives %d:\n%s", res.StatusCode, page)
		}
	}
	p, err := w.ListIncidents(t.Context(), incident.Filter{})
	if err != nil || len(p.Incidents) != 1 {
		t.Fatalf("%d incidents, %v", len(p.Incidents), err)
	}
	number := p.Incidents[0].Number
	here := "/incidents/" + number
	pages := map[string]desk.Duty{"/incidents": desk.SeeIncidents, here: desk.SeeIncidents, here + "/report": desk.SeeIncidents, here + "/do/describe": desk.HandleIncidents,
		here + "/people": desk.SeeAffected, here + "/looks": desk.SeeLedger, "/incidents/export?form=csv": desk.SeeIncidents}
	for _, duty := range []desk.Duty{desk.SeeCases, desk.SeeIncidents, desk.HandleIncidents, desk.SeeAffected, desk.SeeLedger} {
		may(duty)
		for page, takes := range pages {
			want := http.StatusForbidden
			if takes == duty {
				want = http.StatusOK
			}
			if res, body := v.get(page); res.StatusCode != want || want == http.StatusForbidden && strings.Contains(body, "Quillfeather") {
				t.Errorf("with %q, %s gives %d", duty, page, res.StatusCode)
			}
		}
	}
	may(desk.SeeCases, desk.Decide, desk.SeeIncidents)
	to := here + "/do/describe"
	if res, _ := v.post(to, "version", "1", "once", "a", "nature", "First."); res.StatusCode != http.StatusForbidden {
		t.Errorf("a role that only sees incidents may work on them: %d", res.StatusCode)
	}
	v = signsIn(t, at, "rosalind")
	if res, page := v.post(to, "version", "1", "once", "a", "nature", "First."); res.StatusCode != http.StatusOK {
		t.Errorf("describing gives %d:\n%s", res.StatusCode, page)
	}
	if res, page := v.post(to, "version", "1", "once", "b", "nature", "Second."); res.StatusCode == http.StatusOK || !strings.Contains(page, "changed") || !strings.Contains(page, "Second.") {
		t.Errorf("an older page is taken: %d", res.StatusCode)
	}
	if res, _ := v.get("/incidents/IN-2026-9999"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an incident that there is not gives %d", res.StatusCode)
	}
	_, page := v.get(here + "/looks")
	for _, want := range []string{"Farida Choudhury", "Refused: Whom it touches", "Refused: The incident", "Rosalind Achebe", "Refused: an act"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not among the looks:\n%s", want, page)
		}
	}
	counted := map[string]int{}
	for _, r := range w.records(t) {
		counted[r.Act]++
	}
	if counted["staff.refused"] != 1 || counted["staff.looked"] != 2 {
		t.Errorf("the ledger has %v", counted)
	}
}

// TestIncidentPagesGoOn: a list and a list of people go on by key, with their filters in
// the address.
func TestIncidentPagesGoOn(t *testing.T) {
	w := under(t, "wrenfield")
	for n := range 60 {
		kind := incident.Lost
		if n%2 == 0 {
			kind = incident.Seen
		}
		if _, err := w.ReportIncident(t.Context(), incident.First{Once: fmt.Sprint(n), Kind: kind, What: "Something.", By: "staff-1"}); err != nil {
			t.Fatal(err)
		}
	}
	i := w.breach(t, "people", incident.HighRisk)
	sheet := "name,what\n"
	for n := range 120 {
		sheet += fmt.Sprintf("Ada Quill%s,a letter\n", strings.Repeat("a", n))
	}
	if _, _, err := w.ListAffectedSheet(t.Context(), i.Number, "staff-1", "p.csv", []byte(sheet)); err != nil {
		t.Fatal(err)
	}
	v := w.clerkOf(t, "farida", "Farida Choudhury")
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`)
	walk := func(at, line string, keep ...string) (n, pages int) {
		t.Helper()
		for at != "" {
			_, page := v.get(at)
			n, pages = n+strings.Count(page, line), pages+1
			m := next.FindStringSubmatch(page)
			if at = ""; m != nil {
				at = html.UnescapeString(m[1])
				for _, k := range keep {
					if !strings.Contains(at, k) {
						t.Errorf("%s has lost %s", at, k)
					}
				}
			}
		}
		return n, pages
	}
	if n, pages := walk("/incidents", `class="govuk-link tenet-number"`); n != 61 || pages != 2 {
		t.Errorf("%d incidents on %d pages", n, pages)
	}
	if n, pages := walk("/incidents?show=all&kind=seen", `class="govuk-link tenet-number"`, "show=all", "kind=seen"); n != 30 || pages != 1 {
		t.Errorf("%d incidents on %d pages", n, pages)
	}
	if n, pages := walk("/incidents/"+i.Number+"/people?show=untold", "Ada Quill", "show=untold"); n != 120 || pages != 3 {
		t.Errorf("%d people on %d pages", n, pages)
	}
	if res, _ := v.get("/incidents?after=IN-1999-0001"); res.StatusCode == http.StatusInternalServerError {
		t.Error("an address that somebody edited is our fault")
	}
}

// TestIncidentOfAClient: what went wrong with a client's data is passed to the client: the
// page says whom to tell by when, from the agreement with it, and records it. Whoever sees
// another set alone sees nothing of it, not even in a list, and the refusal is noted.
func TestIncidentOfAClient(t *testing.T) {
	w := under(t, "harbourside")
	ctx := t.Context()
	client := w.Notice.Landlord.Clients[0]
	r, err := w.Registers()
	if err != nil {
		t.Fatal(err)
	}
	paper, err := r.Begin(ctx, register.NewPaper{By: "s1", In: register.In{Register: "agreements", Title: "Managing agent’s agreement", Values: register.Values{
		"clients": []string{string(client.ID)}, "parties": "The co-operative and us", "kind": "processor-contract", "signed": "2026-01-05", "from": "2026-02-01", "purpose": "To let and manage its homes.",
		"categories": []string{string(w.Notice.Data.Categories[0].ID)}, "onward": "never", "where": "GB", "duties": "What its own policy asks.", "at-the-end": "return",
		"breach-hours": "12", "breach-direction": "we-tell-them", "breach-tell": "Its secretary, secretary@example.org"}}})
	if err == nil {
		_, err = r.Propose(ctx, register.On{Number: paper.Number, By: "s1"})
	}
	if err == nil {
		_, err = r.Sign(ctx, register.On{Number: paper.Number, By: "s2"}, register.Signature{})
	}
	if err != nil {
		t.Fatal(err)
	}
	first, err := w.ReportIncident(ctx, incident.First{Once: "client", Kind: incident.Misdirected, What: "A list for Ada Quillfeather went astray.", By: "staff-1"})
	if err != nil {
		t.Fatal(err)
	}
	w.Notice.Records.Roles = append(w.Notice.Records.Roles, notice.StaffRole{ID: "own-team", Title: "Own team"})
	w.Config.Staff.Roles = map[string]desk.RoleRules{"own-team": {May: []desk.Duty{desk.SeeCases, desk.SeeIncidents, desk.HandleIncidents, desk.SeeAffected, desk.SeeLedger}, Clients: []string{"own"}}}
	w.hires(t, "bede", "Bede Larter")
	if err := w.SetStaffRole(ctx, "cli", "bede", "own-team"); err != nil {
		t.Fatal(err)
	}
	v := w.clerkOf(t, "rosalind", "Rosalind Achebe")
	here := "/incidents/" + first.Number
	if _, page := v.get(here + "/do/confirm"); !strings.Contains(page, client.Name) || !strings.Contains(page, "We tell "+client.Name+" within 12 hours") {
		t.Fatalf("the form does not ask whose it is:\n%s", page)
	}
	if res, page := v.post(here+"/do/confirm", "once", "c1", "harms", "confidentiality", "aware", "2026-11-22 09:00", "how", "It came back.", "role", "processor", "client", string(client.ID)); res.StatusCode != http.StatusOK {
		t.Fatalf("%d:\n%s", res.StatusCode, page)
	}
	_, page := v.get(here)
	for _, want := range []string{"Tell " + client.Name, "Sunday 22 November 2026 at 21:00 GMT", "Its secretary, secretary@example.org", "the agreement " + paper.Number} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if res, page := v.post(here+"/do/pass", "once", "p1", "to", client.Name, "how", "By telephone", "at", "2026-11-22 10:00", "clock", paper.Number); res.StatusCode != http.StatusOK || !strings.Contains(page, "Done 22 November 2026") {
		t.Errorf("%d:\n%s", res.StatusCode, page)
	}
	_, _, at := w.office(t)
	b := signsIn(t, at, "bede")
	if _, page := b.get("/incidents?show=all"); strings.Contains(page, first.Number) {
		t.Error("an incident of another set is in the list")
	}
	for _, path := range []string{"", "/people", "/report", "/looks", "/do/note"} {
		if res, page := b.get(here + path); res.StatusCode != http.StatusForbidden || strings.Contains(page, client.Name) || strings.Contains(page, "Quillfeather") {
			t.Errorf("%s gives %d", path, res.StatusCode)
		}
	}
	if _, csv := b.get("/incidents/export?form=csv"); strings.Contains(csv, first.Number) {
		t.Error("the register has an incident of another set")
	}
	if _, page := v.get(here + "/looks"); !strings.Contains(page, "Bede Larter") || !strings.Contains(page, "Refused: Whom it touches") {
		t.Errorf("the refusals are not noted:\n%s", page)
	}
}
