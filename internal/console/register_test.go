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

// fakeRegisters is one register with one paper, that keeps what was given it last.
type fakeRegisters struct{ given console.PaperGiven }

func (f *fakeRegisters) RegisterCards(context.Context) ([]console.RegisterCard, error) {
	return []console.RegisterCard{{ID: "dpia", Title: "Impact assessments", Says: "A project is screened.", Papers: 1, Gaps: 2}, {ID: "lia", Title: "Tests", Says: "Words."}}, nil
}

func (f *fakeRegisters) Register(_ context.Context, id string) (console.Register, error) {
	if id != "dpia" {
		return console.Register{}, web.ErrNotFound
	}
	cards, _ := f.RegisterCards(context.Background())
	return console.Register{RegisterCard: cards[0], One: "impact assessment", Law: []string{"UK GDPR Art 35"}, Signs: "The officer.", Unlocks: "It may go live.",
		Papers: []console.PaperRow{{Number: "IA-0001", Title: "Matching <rent>", State: "Proposed", Review: "23 November 2027", Late: []string{"measure 1 is late"}}},
		Lacks: []console.RegisterGap{{Kind: "missing", What: "recording lobby", Why: "the register has none for it", Where: "records.yaml:9:5", Law: "UK GDPR Art 35"},
			{Kind: "stated", What: "IA-0001", Paper: "IA-0001", Why: "the notice says so"}}}, nil
}

func (f *fakeRegisters) Paper(_ context.Context, _ console.Staff, number string) (console.Paper, error) {
	if number != "IA-0001" {
		return console.Paper{}, web.ErrNotFound
	}
	x, _ := f.Register(context.Background(), "dpia")
	return console.Paper{PaperRow: x.Papers[0], Register: "dpia", RegisterTitle: "Impact assessments", Step: 3, Version: 2,
		Groups: []console.PaperGroup{{Title: "The assessment", Answers: []console.PaperAnswer{{Title: "Why it is done", Law: "UK GDPR Art 35(7)(b)", Says: []string{"One.\nTwo.\n\nThree."}},
			{Title: "Measures", Columns: []string{"Measure", "By when"}, Rows: [][]string{{"A person looks", "31 January 2027"}}}}}},
		Versions: []console.PaperVersion{{N: 2, State: "Proposed", At: "23 November", By: "Rosalind", Compare: 1}, {N: 1, State: "Replaced", At: "22 November", By: "Rosalind"}},
		Entries:  []console.PaperEntry{{N: 1, What: "Proposed", At: "23 November", By: "Rosalind"}},
		Screening: &console.PaperScreening{Says: "The screening calls for a full assessment.", Statute: []string{"Profiling (UK GDPR Art 35(3)(a))"}, Policy: []string{"Matching (the regulator's list)"},
			Blocks: []string{"It is not signed."}},
		Offers: []console.Offer{{Group: "Deciding", Name: "Sign it", Href: "/papers/IA-0001/do/sign", Main: true}, {Group: "Writing", Name: "Change it", Href: "/papers/IA-0001/edit"},
			{Group: "Beginning", Name: "Go live", Href: "/papers/IA-0001/do/live", Lacks: []string{"First: have it signed."}}}}, nil
}

func (f *fakeRegisters) PaperForm(_ context.Context, register, number string) (console.PaperForm, error) {
	row := func(i int) (out []console.FormField) {
		for _, c := range []string{"measure", "by"} {
			x := console.FormField{Name: fmt.Sprintf("measures.%d.%s", i, c), Label: fmt.Sprintf("%d. %s", i, c), As: "line"}
			if c == "by" {
				x.As = "day"
			}
			out = append(out, x)
		}
		return out
	}
	return console.PaperForm{Register: "dpia", RegisterTitle: "Impact assessments", One: "impact assessment", Number: number, Step: 3, Once: "once-1",
		Groups: []console.PaperFormGroup{{Fields: []console.PaperField{{FormField: console.FormField{Name: "title", Label: "What it is about", As: "line"}}}},
			{Title: "Screening", Says: "One yes is enough.", Fields: []console.PaperField{
				{FormField: console.FormField{Name: "tracking", Label: "Does it track people?", As: "one", Options: []console.Option{{ID: "yes", Text: "Yes"}, {ID: "no", Text: "No"}}}, Missing: true},
				{FormField: console.FormField{Name: "begins", Label: "When it begins", As: "day"}},
				{FormField: console.FormField{Name: "uses", Label: "Uses", As: "some", Options: []console.Option{{ID: "a", Text: "A"}, {ID: "b", Text: "B"}}}},
				{FormField: console.FormField{Name: "measures", Label: "Measures"}, Rows: [][]console.FormField{row(1), row(2)}}}}}}, nil
}

func (f *fakeRegisters) SavePaper(_ context.Context, _ console.Staff, g console.PaperGiven) (string, web.Errors, error) {
	f.given = g
	if g.Given.Get("title") == "" {
		return "", web.Errors{{Field: "title", Text: "Say what it is about."}, {Field: "measures", Text: "A row lacks something."}}, nil
	}
	return "IA-0001", nil, nil
}

func (f *fakeRegisters) PaperAct(_ context.Context, number, act string) (console.PaperAct, error) {
	if act != "sign" {
		return console.PaperAct{}, web.ErrNotFound
	}
	return console.PaperAct{ID: act, Name: "Sign it", Button: "Sign it", Number: number, Title: "Matching", Step: 3, Does: []string{"It holds from now on."},
		Fields: []console.FormField{{Name: "why", Label: "Why", As: "words"}, {Name: "review-by", Label: "Again by", As: "day"}}}, nil
}

func (f *fakeRegisters) DoPaper(_ context.Context, _ console.Staff, g console.PaperGiven) (string, web.Errors, error) {
	f.given = g
	if g.Given.Get("review-by") == "2026-2-31" {
		return "", web.Errors{{Field: "review-by", Text: "Enter a real date."}}, nil
	}
	return "It is signed.", nil, nil
}

func (f *fakeRegisters) Changed(_ context.Context, number string, from, to int64) (console.PaperChanges, error) {
	return console.PaperChanges{Number: number, Title: "Matching", From: from, To: to, Fields: []console.PaperChange{{Title: "Why", Was: "x", Is: "<y>"}}}, nil
}

func (f *fakeRegisters) ExportRegister(_ context.Context, id, format string, w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s as %s", id, format)
	return err
}

func serveRegisters(t testing.TB) (face, *fakeRegisters) {
	t.Helper()
	r := &fakeRegisters{}
	return serveOne(t, func(c *console.Config) { c.Registers = r }), r
}

var registerPages = []string{"/registers", "/registers/dpia", "/registers/dpia/new", "/registers/dpia/print", "/papers/IA-0001", "/papers/IA-0001/edit", "/papers/IA-0001/do/sign", "/papers/IA-0001/compare?from=1&to=2"}

func TestRegisterPages(t *testing.T) {
	f, r := serveRegisters(t)
	v := f.staff(t)
	for path, says := range map[string]string{
		"/registers": "2 gaps", "/registers/dpia": "records.yaml:9:5", "/registers/dpia/print": "Matching &lt;rent&gt;", "/papers/IA-0001": "It may not go live",
		"/papers/IA-0001/compare?from=1&to=2": "&lt;y&gt;", "/registers/dpia/new": "One yes is enough.", "/papers/IA-0001/edit": "0 of 4 answered, 1 still needed", "/papers/IA-0001/do/sign": "It holds from now on.", "/registers/dpia/as/csv": "dpia as csv",
	} {
		if status, page := v.get(path); status != http.StatusOK || !strings.Contains(page, says) {
			t.Errorf("%s gives %d, without %q", path, status, says)
		}
	}
	_, page := v.get("/papers/IA-0001")
	if !strings.Contains(page, `role="button" href="/papers/IA-0001/do/sign"`) || !strings.Contains(page, "First: have it signed.") || strings.Contains(page, "/do/live") {
		t.Error("the next thing is no button, or what may not be done is a link")
	}
	for _, path := range []string{"/registers/none", "/papers/IA-0009", "/papers/IA-0001/do/burn", "/registers/dpia/as/exe"} {
		if status, _ := v.get(path); status != http.StatusNotFound {
			t.Errorf("%s gives %d", path, status)
		}
	}
	if _, page := f.visitor(t).get("/papers/IA-0001"); strings.Contains(page, "Matching") {
		t.Error("whoever has not signed in sees a paper")
	}
	if status, page := v.post("/registers/dpia/new", "once", "once-7", "tracking", "yes", "uses", "b", "measures.1.measure", "A lock", "measures.1.by-day", "31", "measures.1.by-month", "1", "measures.1.by-year", "2027"); status != http.StatusUnprocessableEntity ||
		!strings.Contains(page, "Say what it is about.") || !strings.Contains(page, "A lock") || !strings.Contains(page, "checked") || !strings.Contains(page, "once-7") {
		t.Errorf("a form that lacks its title gives %d, and what was typed is gone: %s", status, page)
	}
	if g := r.given.Given; g.Get("measures.1.by") != "2027-01-31" || g.Get("uses") != "b" || r.given.Once != "once-7" {
		t.Errorf("given %+v", r.given)
	}
	v.post("/papers/IA-0001/edit", "step", "3", "title", "Matching")
	if r.given.Number != "IA-0001" || r.given.Step != 3 {
		t.Errorf("given %+v", r.given)
	}
	if status, page := v.post("/papers/IA-0001/do/sign", "step", "3", "review-by-day", "31", "review-by-month", "2", "review-by-year", "2026"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Enter a real date.") {
		t.Errorf("a date that is none gives %d", status)
	}
	if _, page := v.post("/papers/IA-0001/do/sign", "step", "3", "why", "It is right."); !strings.Contains(page, "It is signed.") || r.given.Act != "sign" || r.given.Given.Get("why") != "It is right." {
		t.Errorf("given %+v", r.given)
	}
	v.post("/papers/IA-0001/do/sign")
	if r.given.Step != -1 {
		t.Errorf("a form that does not say what was looked at acts on step %d", r.given.Step)
	}
}

func TestRegistersForEveryone(t *testing.T) {
	needAssets(t)
	f, _ := serveRegisters(t)
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
			for _, path := range registerPages {
				p.Goto(f.URL + path)
				look(path)
			}
			p.Goto(f.URL + "/registers/dpia/new")
			p.Click("main button")
			look("/registers/dpia/new, nothing filled in")
		})
	}
}
