package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// fakeKept keeps what was signed, placed and lifted last.
type fakeKept struct {
	signed string
	number int64
	held   console.HoldGiven
	lifted string
}

func (*fakeKept) Kept(context.Context) (console.Keeping, error) {
	return console.Keeping{At: "03:30", Records: []console.KeptRecord{
		{ID: "contacts", Title: "What happened", Says: "6 years after it was written", Why: "We may need it.", Before: "Monday 23 November 2020", Kept: 40, Due: 3, Signed: "1 November by Rosalind",
			Held: []console.KeptHeld{{Why: "A request of the person is open.", Number: 2}}, Asks: "The rule was changed since somebody signed."},
		{ID: "papers", Title: "Papers", Kept: 4, Lacks: "No rule of keeping.yaml is for them.", Mend: "Add records."}},
		Holds: []console.KeptHold{{ID: "kh-1", Kind: "There is a claim", Whose: "Ann <Larter>", Why: "A letter came.", Since: "1 November", By: "Rosalind", Review: "1 March 2027", Records: []string{"Papers"}, Late: true}},
		Runs:  []console.KeptRun{{ID: "20261123T033000.000000Z", At: "23 November", By: "system", Number: 3, Asks: true}}}, nil
}

func (f *fakeKept) SignKept(_ context.Context, _ console.Staff, record string, number int64) error {
	f.signed, f.number = record, number
	if number == 4 {
		return &web.Refusal{Why: "5 would go, and 4 were signed.", Mend: "Look again."}
	}
	return nil
}

func (f *fakeKept) PlaceHold(_ context.Context, _ console.Staff, g console.HoldGiven) (web.Errors, error) {
	if f.held = g; g.Name == "Ann" {
		return web.Errors{{Field: "name", Text: "Give what tells them from others."}}, nil
	}
	return nil, nil
}

func (f *fakeKept) LiftHold(_ context.Context, _ console.Staff, id string) error {
	f.lifted = id
	return nil
}

func (*fakeKept) HoldKinds() []console.Option {
	return []console.Option{{ID: "claim", Text: "There is a claim"}, {ID: "inquiry", Text: "An inquiry"}}
}

func (*fakeKept) Certificate(_ context.Context, run string) (string, time.Time, error) {
	if run != "20261123T033000.000000Z" {
		return "", time.Time{}, web.ErrNotFound
	}
	return "CERTIFICATE OF DELETION", now, nil
}

func serveKept(t testing.TB) (face, *fakeKept) {
	t.Helper()
	k := &fakeKept{}
	return serveOne(t, func(c *console.Config) { c.Kept = k }), k
}

func TestKeepingPages(t *testing.T) {
	f, k := serveKept(t)
	v := f.staff(t)
	_, page := v.get("/keeping")
	for _, says := range []string{"Sign that 3 go", "2 held: A request of the person is open.", "Add records.", "Ann &lt;Larter&gt;", "Late", "each day at 03:30"} {
		if !strings.Contains(page, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
	if _, page := f.visitor(t).get("/keeping"); strings.Contains(page, "Larter") {
		t.Error("whoever has not signed in sees it")
	}
	if _, page := v.post("/keeping/sign", "record", "contacts", "number", "3"); !strings.Contains(page, "It is signed.") || k.signed != "contacts" || k.number != 3 {
		t.Errorf("signed %s, %d", k.signed, k.number)
	}
	if _, page := v.post("/keeping/sign", "record", "contacts", "number", "4"); !strings.Contains(page, "5 would go") {
		t.Error("a refusal is not told")
	}
	if status, page := v.post("/keeping/hold", "about", "one", "name", "Ann"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Answer this: What is going on") || !strings.Contains(page, `value="Ann"`) {
		t.Errorf("a form that lacks something gives %d", status)
	}
	whole := []string{"hold", "claim", "about", "one", "name", "Ann", "why", "A letter came.", "review-day", "1", "review-month", "3", "review-year", "2027"}
	if status, page := v.post("/keeping/hold", whole...); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Give what tells them from others.") {
		t.Errorf("what cannot be found again gives %d", status)
	}
	whole[5] = "Ann Larter"
	if _, page := v.post("/keeping/hold", whole...); !strings.Contains(page, "It stands until somebody lifts it.") || k.held.Review != "2027-03-01" || k.held.Name != "Ann Larter" {
		t.Errorf("held %+v", k.held)
	}
	whole[3] = "everybody"
	if v.post("/keeping/hold", whole...); !k.held.Everybody || k.held.Name != "" {
		t.Errorf("held %+v", k.held)
	}
	if v.post("/keeping/lift", "hold", "kh-1"); k.lifted != "kh-1" {
		t.Errorf("lifted %q", k.lifted)
	}
	if status, text := v.get("/keeping/runs/20261123T033000.000000Z"); status != http.StatusOK || text != "CERTIFICATE OF DELETION" {
		t.Errorf("the certificate gives %d", status)
	}
	if status, _ := v.get("/keeping/runs/yesterday"); status != http.StatusNotFound {
		t.Errorf("a run that was not gives %d", status)
	}
}

func TestKeepingForEveryone(t *testing.T) {
	needAssets(t)
	f, _ := serveKept(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{"desk": {}, "phone, dark": {Width: 320, Height: 640, Dark: true}, "no script": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			p := b.Page(t, o)
			signInWith(p, f)
			look := func(path string) {
				t.Helper()
				if !o.NoScript {
					for _, v := range p.Axe() {
						t.Errorf("%s: %s", path, v)
					}
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", path, n)
				}
			}
			for _, path := range []string{"/keeping", "/keeping/hold"} {
				p.Goto(f.URL + path)
				look(path)
			}
			p.Click("main button")
			look("/keeping/hold, nothing filled in")
		})
	}
}
