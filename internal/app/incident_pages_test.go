package app

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"tenet/internal/desk"
	"tenet/internal/incident"
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
			pages := []string{"/incidents", "/incidents?show=all", "/incidents/new", "/incidents/" + i.Number, "/incidents/" + i.Number + "/report"}
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

// TestIncidentRoles: any colleague who may see cases may report; working on it takes the
// duty of deciding. A form that is sent twice reports once, and an older page changes nothing.
func TestIncidentRoles(t *testing.T) {
	w := under(t, "wrenfield")
	w.narrow(t, []desk.Duty{desk.SeeCases}, nil)
	_, _, at := w.office(t)
	v := signsIn(t, at, "farida")
	for range 2 {
		if res, page := v.post("/incidents/new", "once", "r1", "kind", "seen", "what", "A list lay in the lobby."); res.StatusCode != http.StatusOK || !strings.Contains(page, "A list lay in the lobby.") {
			t.Fatalf("the report gives %d", res.StatusCode)
		}
	}
	x, err := w.Incidents()
	if err != nil {
		t.Fatal(err)
	}
	all, err := x.List(t.Context(), true)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d incidents, %v", len(all), err)
	}
	to := "/incidents/" + all[0].Number + "/do/describe"
	if res, _ := v.post(to, "version", "1", "once", "a", "nature", "First."); res.StatusCode != http.StatusForbidden {
		t.Errorf("a role that decides nothing may: %d", res.StatusCode)
	}
	v = w.clerkOf(t, "rosalind", "Rosalind Achebe")
	if res, page := v.post(to, "version", "1", "once", "a", "nature", "First."); res.StatusCode != http.StatusOK {
		t.Errorf("describing gives %d:\n%s", res.StatusCode, page)
	}
	if res, page := v.post(to, "version", "1", "once", "b", "nature", "Second."); res.StatusCode == http.StatusOK || !strings.Contains(page, "changed") || !strings.Contains(page, "Second.") {
		t.Errorf("an older page is taken: %d", res.StatusCode)
	}
	if res, _ := v.get("/incidents/IN-2026-9999"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an incident that there is not gives %d", res.StatusCode)
	}
}
