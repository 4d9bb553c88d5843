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

// fakeProcessing answers with a small record, and keeps what it was asked last.
type fakeProcessing struct{ asked console.ActivityQuery }

func (f *fakeProcessing) Activities(_ context.Context, q console.ActivityQuery) (console.ActivityRecord, error) {
	f.asked = q
	gap := console.ActivityGap{What: "No rule says how long Repairs is kept.", Law: "UK GDPR Article 30(1)(f)", Mend: "add a rule to keeping.yaml that covers it", At: "keeping.yaml rules"}
	r := console.ActivityRecord{
		Version: strings.Repeat("ab12", 16), From: "2026-10-01", Keepers: []string{"Alder Vale Homes Limited, 1 Example Row"},
		Bodies: []console.Choice{{ID: "alder", Text: "Alder Vale Homes Limited"}}, Purposes: []console.Choice{{ID: "let-homes", Text: "To let homes."}}, Systems: []console.Choice{{ID: "housing", Text: "housing"}},
		Rows: []console.ActivityRow{
			{ID: "repair", Purpose: "To mend <homes>.", Body: "Alder Vale Homes Limited", Categories: []string{"Repairs"}, Gaps: []console.ActivityGap{gap},
				Fields: []console.ActivityField{{Title: "Categories of personal data", Lines: []web.Link{{Text: "Repairs"}, {Text: "Who you are"}}}, {Title: "Link to record of personal data breach", Lines: []web.Link{{Text: "IN-2026-0001: aware on 2026-11-20", Href: "/incidents/IN-2026-0001"}}}, {Title: "Link to record of consent"}}},
			{ID: "let-homes", Purpose: "To let homes.", Body: "Alder Vale Homes Limited", Categories: []string{"Who you are"}, Systems: []string{"housing"}},
		},
		Gaps: []console.ActivityGap{{What: "calls: nobody has said what this system holds.", Law: "UK GDPR Article 5(2)", Mend: "tenet discover calls"}},
	}
	for i := range 12 {
		for layer, what := range []string{"A rather long name of a category of data", "To do something that takes many words to say", "Those who are given it"} {
			r.Flow.Layers[layer] = append(r.Flow.Layers[layer], console.ActivityBand{Title: fmt.Sprint(what, " ", i), Size: i + 2})
		}
		r.Flow.Ties = append(r.Flow.Ties, console.ActivityTie{Layer: 0, From: i, To: 11 - i, Size: i + 1}, console.ActivityTie{Layer: 1, From: i, To: i, Size: 1})
	}
	return r, nil
}

func (f *fakeProcessing) WriteActivities(_ context.Context, w io.Writer, q console.ActivityQuery, form string) error {
	_, err := fmt.Fprintf(w, "%s of %s as %s", form, q.Body, q.As)
	return err
}

func serveProcessing(t testing.TB) (face, *fakeProcessing) {
	t.Helper()
	p := &fakeProcessing{}
	return serveOne(t, func(c *console.Config) { c.Processing = p }), p
}

func TestProcessingPage(t *testing.T) {
	f, p := serveProcessing(t)
	v := f.staff(t)
	status, page := v.get("/registers/processing?as=processor&body=orchard&purpose=let-homes&system=housing")
	if status != http.StatusOK || p.asked != (console.ActivityQuery{As: "processor", Body: "orchard", Purpose: "let-homes", System: "housing"}) {
		t.Fatalf("%d, asked %+v", status, p.asked)
	}
	for _, want := range []string{"To mend &lt;homes&gt;.", "1 line has something missing", "nobody has said what this system holds", "UK GDPR Article 30(1)(f)",
		`<a class="govuk-link" href="/incidents/IN-2026-0001">IN-2026-0001: aware on 2026-11-20</a>`, `<div class="tenet-record__body">`, "/registers/processing/file/xlsx?as=processor&amp;body=orchard", "<svg", "The same as a table"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Index(page, "To mend") > strings.Index(page, "<h3 class=\"tenet-record__title\">To let homes.") {
		t.Error("the line with a gap is not first")
	}
	if status, page := v.get("/registers/processing/file/csv?as=controller&body=alder"); status != http.StatusOK || page != "csv of alder as controller" {
		t.Errorf("the file: %d %q", status, page)
	}
	if status, _ := v.get("/registers/processing/file/exe"); status != http.StatusNotFound {
		t.Errorf("another form of file gave %d", status)
	}
	if _, page := f.visitor(t).get("/registers/processing"); strings.Contains(page, "To mend") {
		t.Error("whoever has not signed in sees the record")
	}
}

func TestProcessingForEveryone(t *testing.T) {
	needAssets(t)
	f, _ := serveProcessing(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "phone, dark": {Width: 320, Height: 640, Dark: true}, "no script": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			p := b.Page(t, o)
			signInWith(p, f)
			p.Goto(f.URL + "/registers/processing")
			if !o.NoScript {
				for _, v := range p.Axe() {
					t.Error(v)
				}
			}
			if n := p.Overflow(); n > 0 {
				t.Errorf("it is %d pixels wider than the screen", n)
			}
		})
	}
}
