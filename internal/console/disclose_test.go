package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// fakeDisclosures lets names go to a water company, and nothing else.
type fakeDisclosures struct {
	asked    console.DisclosureQuery
	recorded []url.Values
}

func (f *fakeDisclosures) Recipients(context.Context) ([]console.Choice, error) {
	return []console.Choice{{ID: "water", Text: "Water companies"}, {ID: "police", Text: "The police"}}, nil
}

func (f *fakeDisclosures) DisclosureForm(_ context.Context, to string, given url.Values) (console.DisclosureForm, error) {
	if to != "water" {
		return console.DisclosureForm{}, web.ErrNotFound
	}
	return console.DisclosureForm{Title: "Water companies", Does: "They bill for water.", Fields: []console.FormField{
		{Name: "fields", Label: "What would they be given?", As: "some", Chosen: given["fields"], Options: []console.Option{{ID: "name", Text: "Name"}, {ID: "phone", Text: "Telephone"}}},
		{Name: "given-tenancy--new", Label: "Tenancy: new", As: "one", Chosen: given["given-tenancy--new"], Options: []console.Option{{ID: "yes", Text: "Yes"}, {ID: "no", Text: "No"}}},
		{Name: "why", Label: "Why do they need just this?", As: "line", Value: given.Get("why")},
	}}, nil
}

func (f *fakeDisclosures) CheckDisclosure(_ context.Context, _ console.Staff, _ string, given url.Values) (console.DisclosureAnswer, web.Errors, error) {
	var wrong web.Errors
	if len(given["fields"]) == 0 {
		wrong.Add("fields", "Say what they would be given")
		return console.DisclosureAnswer{}, wrong, nil
	}
	a := console.DisclosureAnswer{Decision: "allow", Says: "Yes, it may be given.", Fields: given["fields"], After: []string{"Tell the person."},
		Mind:    []string{"Never: We sell nothing."},
		Reasons: []console.DisclosureReason{{Words: "Your name, so that they can bill <you>.", Clause: "bills-go-right", Law: "UK GDPR Article 6(1)(f)"}},
		Record:  []console.FormField{{Name: "name", Label: "Whose information is it?", As: "line", Value: given.Get("name")}}}
	if given["fields"][0] == "phone" {
		a = console.DisclosureAnswer{Decision: "refuse", Says: "No, it may not be given.", Withheld: []console.Row{{Name: "phone", Says: "The rule gives only name."}}, Unmet: []string{"They asked in writing."},
			Reasons: a.Reasons, Overruled: true, Record: []console.FormField{{Name: "over", Label: "Why is it given although the rules do not allow it?", As: "words"}}}
	}
	return a, nil, nil
}

func (f *fakeDisclosures) RecordDisclosure(_ context.Context, by console.Staff, to string, given url.Values) (string, web.Errors, error) {
	var wrong web.Errors
	if given.Get("name") == "" {
		wrong.Add("name", "Say whose information it is")
		return "", wrong, nil
	}
	f.recorded = append(f.recorded, given)
	return "It stands in the log as entry 7.", nil, nil
}

func (f *fakeDisclosures) DisclosureLog(_ context.Context, q console.DisclosureQuery) (console.DisclosureLog, error) {
	f.asked = q
	r, _ := f.Recipients(context.Background())
	out := console.DisclosureLog{Recipients: r, Older: 6, Rows: []console.DisclosureEntry{
		{N: 8, On: now, To: "Water companies: Calder Water", What: "name, address", Whose: "Zebedee <Nowhere>", Why: "a new tenancy", Rule: "moves", By: "Rosalind", Unsure: q.Name != ""},
		{N: 7, On: now, To: "The police", What: "images", Whose: "12 people", By: "Rosalind", Against: "it had gone", Corrected: "Corrected by entry 8"}}}
	if q.Name != "" && q.Born == "" {
		out.Rows = nil
		out.Wrong.Add("born", "Give a date of birth")
	}
	return out, nil
}

func serveDisclosures(t testing.TB) (face, *fakeDisclosures) {
	t.Helper()
	d := &fakeDisclosures{}
	return serveOne(t, func(c *console.Config) { c.Disclosures = d }), d
}

// TestDisclosureCheck: choose, ask, be told, record; what was asked goes with what is
// recorded.
func TestDisclosureCheck(t *testing.T) {
	f, d := serveDisclosures(t)
	v := f.staff(t)
	has := func(what, page string, all ...string) {
		t.Helper()
		for _, want := range all {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %q", what, want)
			}
		}
	}
	_, page := v.get("/disclosures/check")
	has("the choice", page, `<option value="water"`, "Who would be given it?", "Given out")
	_, page = v.get("/disclosures/check?to=water")
	has("the form", page, "They bill for water.", `name="given-tenancy--new"`)
	if status, _ := v.get("/disclosures/check?to=nobody"); status != http.StatusNotFound {
		t.Errorf("nobody: %d", status)
	}
	status, page := v.post("/disclosures/check", "to", "water")
	if has("nothing chosen", page, "Say what they would be given"); status != http.StatusUnprocessableEntity {
		t.Errorf("nothing chosen: %d", status)
	}
	_, page = v.post("/disclosures/check", "to", "water", "fields", "phone")
	has("refused", page, "No, it may not be given.", "The rule gives only name.", "They asked in writing.", "Record that it was given against the rules", "govuk-button--warning")
	_, page = v.post("/disclosures/check", "to", "water", "fields", "name", "given-tenancy--new", "yes", "why", "a <new> bill")
	has("allowed", page, "Yes, it may be given.", "Your name, so that they can bill &lt;you&gt;.", "bills-go-right", "Never: We sell nothing.", "Tell the person.",
		`<input type="hidden" name="given-tenancy--new" value="yes">`, `<input type="hidden" name="why" value="a &lt;new&gt; bill">`)
	status, page = v.post("/disclosures/record", "to", "water", "fields", "name")
	if has("nobody's", page, "Say whose information it is", "Yes, it may be given."); status != http.StatusUnprocessableEntity || len(d.recorded) != 0 {
		t.Errorf("nobody's: %d", status)
	}
	_, page = v.post("/disclosures/record", "to", "water", "fields", "name", "name", "Zebedee")
	if has("recorded", page, "It stands in the log as entry 7."); len(d.recorded) != 1 {
		t.Errorf("recorded %v", d.recorded)
	}
}

func TestDisclosureLog(t *testing.T) {
	f, d := serveDisclosures(t)
	v := f.staff(t)
	_, page := v.get("/disclosures?to=water&from-day=1&from-month=1&from-year=2026&before=9")
	for _, want := range []string{"Zebedee &lt;Nowhere&gt;", "Against the rules", "Corrected by entry 8", "12 people", "/disclosures?before=6&amp;from-day=1&amp;from-month=1&amp;from-year=2026&amp;to=water"} {
		if !strings.Contains(page, want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	if want := (console.DisclosureQuery{To: "water", From: "2026-01-01", Before: 9}); d.asked != want {
		t.Errorf("asked %+v", d.asked)
	}
	if v.get("/disclosures?name=Zebedee"); d.asked.Name != "" {
		t.Error("a person is looked for in an address")
	}
	if _, page := v.post("/disclosures", "name", "Zebedee", "born-day", "2", "born-month", "January", "born-year", "1980"); d.asked.Born != "1980-01-02" || d.asked.Name != "Zebedee" || !strings.Contains(page, "Perhaps somebody else’s") {
		t.Errorf("asked %+v", d.asked)
	}
	if status, page := v.get("/disclosures?until-day=31&until-month=2&until-year=2026"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Enter a real date") || strings.Contains(page, "Against the rules") {
		t.Errorf("a day that there is not: %d", status)
	}
	if status, page := v.post("/disclosures", "name", "Zebedee"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Give a date of birth") {
		t.Errorf("a name alone: %d", status)
	}
	if _, page := f.visitor(t).get("/disclosures"); strings.Contains(page, "Zebedee") {
		t.Error("whoever has not signed in sees the log")
	}
}

func TestDisclosuresForEveryone(t *testing.T) {
	needAssets(t)
	f, _ := serveDisclosures(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone, dark": {Width: 320, Height: 640, Dark: true}, "no script": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			p := b.Page(t, o)
			signInWith(p, f)
			look := func(what string) {
				t.Helper()
				if !o.NoScript {
					for _, v := range p.Axe() {
						t.Errorf("%s: %s", what, v)
					}
				}
				if n := p.Overflow(); !o.NoScript && n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", what, n)
				}
			}
			for _, path := range []string{"/disclosures", "/disclosures/check", "/disclosures/check?to=water"} {
				p.Goto(f.URL + path)
				look(path)
			}
			p.Click("main button")
			look("nothing filled in")
			for _, field := range []string{"#fields-phone", "#fields-name"} {
				p.Goto(f.URL + "/disclosures/check?to=water")
				p.Choose(field)
				p.Click("main button")
				look("decided: " + field)
			}
			p.Click("main form button")
			look("recorded for nobody")
			p.Fill("#name", "Zebedee Nowhere")
			p.Click("main form button")
			look("recorded")
			if text := p.Text("main"); !strings.Contains(text+p.Text("body"), "It stands in the log as entry 7.") {
				t.Errorf("not recorded: %s", text)
			}
		})
	}
}
