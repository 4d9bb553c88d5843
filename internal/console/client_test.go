package console_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// fakeClients has two clients, and keeps what it was asked last.
type fakeClients struct {
	asked console.ClientQuery
	given int
}

func (f *fakeClients) Clients(context.Context) ([]console.ClientRow, error) {
	return []console.ClientRow{{ID: "orchard", Name: "Orchard <Court> Co-operative Limited", Officer: "Its secretary, secretary@example.org", Systems: []string{"housing", "repairs"}},
		{ID: "mill", Name: "Mill Lane Homes", Ended: "2026-09-30"}}, nil
}

func (f *fakeClients) ClientReport(_ context.Context, q console.ClientQuery) (console.ClientReport, error) {
	if f.asked = q; q.Client != "orchard" {
		return console.ClientReport{}, web.ErrNotFound
	}
	return console.ClientReport{Name: "Orchard <Court> Co-operative Limited", From: "23 August 2026", To: "23 November 2026", Wants: "Profiles of its households.", Few: "A number from 1 to 4 is not given.",
		Tallies: []console.ClientTally{{Title: "Requests and complaints that came", Total: 8, Parts: []console.ClientPart{{"by kind", "A copy of all the information we hold about you", 7}, {"by how they stand", "passed on to you, on the day it came", 1}}},
			{Title: "Incidents that touch your records", Says: "Reported in this time, or open today."}},
		Lacks: []string{"housing.note holds correspondence and its map names no retention rule"}}, nil
}

func (f *fakeClients) GiveClientReport(_ context.Context, w io.Writer, by console.Staff, q console.ClientQuery, form string) (string, error) {
	f.asked = q
	f.given++
	_, err := fmt.Fprintf(w, "%s by %s", form, by.Name)
	return "orchard." + form, err
}

func serveClients(t testing.TB) (face, *fakeClients) {
	t.Helper()
	p := &fakeClients{}
	return serveOne(t, func(c *console.Config) { c.Clients = p }), p
}

func TestClientPages(t *testing.T) {
	f, p := serveClients(t)
	v := f.staff(t)
	says := func(page string, all ...string) {
		t.Helper()
		for _, want := range all {
			if !strings.Contains(page, want) {
				t.Errorf("the page does not say %q:\n%s", want, page)
			}
		}
	}
	_, page := v.get("/clients")
	says(page, "Orchard &lt;Court&gt; Co-operative Limited", `href="/clients/orchard"`, "secretary@example.org", "housing, repairs", "ended on 2026-09-30", "No map speaks of it")
	_, page = v.get("/clients/orchard?months=12")
	says(page, "Requests and complaints that came: 8", "passed on to you, on the day it came", "small numbers are shown", "A number from 1 to 4 is not given.", "names no retention rule", `value="12" selected`)
	if p.asked != (console.ClientQuery{Client: "orchard", Months: "12"}) {
		t.Errorf("asked %+v", p.asked)
	}
	if v.get("/clients/orchard?months=999"); p.asked.Months != "3" {
		t.Errorf("a time that there is not: asked %+v", p.asked)
	}
	if status, _ := v.get("/clients/nobody"); status != http.StatusNotFound {
		t.Errorf("a client that there is not: %d", status)
	}
	if status, page := v.post("/clients/orchard/report", "months", "24", "form", "csv"); status != http.StatusOK || !strings.HasPrefix(page, "csv by ") || p.asked.Months != "24" {
		t.Errorf("the file: %d %q, asked %+v", status, page, p.asked)
	}
	if status, _ := v.post("/clients/orchard/report", "form", "exe"); status != http.StatusNotFound || p.given != 1 {
		t.Errorf("a file of no kind: %d, given %d", status, p.given)
	}
	if status, _ := v.get("/clients/orchard/report"); status == http.StatusOK || p.given != 1 {
		t.Errorf("looking gave it: %d", status)
	}
}

// TestClientPagesForEveryone holds the pages against axe and a phone's width.
func TestClientPagesForEveryone(t *testing.T) {
	needAssets(t)
	f, _ := serveClients(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := b.Page(t, o)
			signInWith(p, f)
			for _, path := range []string{"/clients", "/clients/orchard"} {
				p.Goto(f.URL + path)
				for _, v := range p.Axe() {
					t.Errorf("%s: %s", path, v)
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", path, n)
				}
			}
			p.Click("header button")
		})
	}
}
