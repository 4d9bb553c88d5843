package console_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tenet/internal/console"
	"tenet/internal/testbrowser"
	"tenet/internal/web"
)

// fakePromises is a board on which every way of standing occurs.
type fakePromises struct {
	board                          console.PromiseBoard
	ran, attested, public, answers []string
}

func points(statuses ...string) []console.PromisePoint {
	var out []console.PromisePoint
	for i, s := range statuses {
		out = append(out, console.PromisePoint{On: now.AddDate(0, 0, i-len(statuses)), Status: s, Good: 412, Total: 415})
	}
	return out
}

func newFakePromises() *fakePromises {
	dpo, rents := console.Choice{ID: "data-protection", Text: "The data protection officer"}, console.Choice{ID: "rents", Text: "Rents"}
	row := func(id, says, status, cause string, owner console.Choice, p ...string) console.PromiseRow {
		return console.PromiseRow{ID: id, Says: says, Section: "What we keep", Owner: owner, Status: status, Cause: cause, Figure: "412 of 415 answers", Coverage: "4 of 4 systems",
			Method: []string{"Each answer is read again."}, Why: "3 of 415 answers are not as promised", Mend: "Answer those that are late.", Checked: now, Since: now.AddDate(0, 0, -2), Trend: points(p...)}
	}
	return &fakePromises{board: console.PromiseBoard{
		Checked: now, Next: now.AddDate(0, 0, 1),
		Changed: []console.PromiseChange{{ID: "no-card-numbers", Says: "We never keep payment card numbers.", From: "kept", To: "broken"}, {ID: "new", Says: "We ask first.", To: "unproven"}},
		Causes:  []console.PromiseCause{{ID: "no-map", Says: "no map says so", Mend: "Complete the map."}, {ID: "not-read", Says: "not read, or not wholly", Mend: "See Sources."}},
		Faults:  []string{"promises.yaml:12:3: kind: is missing"},
		Rows: []console.PromiseRow{
			row("answer-in-a-month", "We answer within one month.", "kept", "", dpo, "unproven", "kept", "kept"),
			row("no-card-numbers", "We never keep payment card numbers.", "broken", "", rents, "kept", "kept", "broken", "broken"),
			row("keep-tenancy", "We keep your tenancy file for six years & no longer.", "unproven", "no-map", rents, "unproven"),
			row("never-sold", "We never sell it.", "attested", "", dpo),
			row("kindness", "We are kind.", "not-checkable", "", dpo, "not-checkable"),
		},
	}}
}

func (p *fakePromises) Promises(context.Context) (console.PromiseBoard, error) { return p.board, nil }
func (p *fakePromises) BrokenPromises(context.Context) (int, error)            { return 1, nil }

func (p *fakePromises) Promise(_ context.Context, id string) (console.PromiseFile, error) {
	for _, r := range p.board.Rows {
		if r.ID == id {
			return console.PromiseFile{PromiseRow: r, Attests: true, Every: "a year", Checks: []console.PromiseCheck{{
				Name: "data.absent", Says: "Something is held nowhere", With: []console.PromiseValue{{Name: "type", Value: "CARD"}}, At: "promises.yaml:6", Status: r.Status, Why: r.Why, Mend: r.Mend,
				Method: "Every column is read.", Figure: r.Figure, Coverage: r.Coverage, Gaps: []string{"mail.message: 2 values could not be read whole"}, Notes: []string{"A sample proves nothing."},
				Examples: []string{"AVH-2026-0007", "housing.case_note row-692b222fe94d7ef6 in body"}, Violations: 12, Rows: 5_800_000, Bytes: 3 << 20, Took: 46 * time.Second,
			}}}, nil
		}
	}
	return console.PromiseFile{}, web.ErrNotFound
}

func (p *fakePromises) RunPromises(_ context.Context, by console.Staff) error {
	p.ran = append(p.ran, by.Name)
	p.board.Running = &console.PromiseProgress{Since: now, At: "housing.rent_entry", Rows: 120_000}
	return nil
}

func (p *fakePromises) Attest(_ context.Context, _ console.Staff, id, evidence string) error {
	p.attested = append(p.attested, id+": "+evidence)
	return nil
}

func (p *fakePromises) PublishPromise(_ context.Context, _ console.Staff, id string, public bool) error {
	for i := range p.board.Rows {
		if p.board.Rows[i].ID == id {
			p.board.Rows[i].Public = public
		}
	}
	p.public = append(p.public, id)
	return nil
}

func (p *fakePromises) AnswerPromise(_ context.Context, _ console.Staff, id string, a console.PromiseAnswer) error {
	p.answers = append(p.answers, id+": "+a.Words+" "+a.By.In(web.London).Format(time.DateOnly))
	return nil
}

// servePromises is a console with a board.
func servePromises(t testing.TB) (face, *fakePromises) {
	t.Helper()
	hash, err := console.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	f, p := face{desk: newFakeDesk(), accounts: &fakeAccounts{hash: hash}}, newFakePromises()
	h, err := console.New(console.Config{
		Landlord: web.Landlord{Name: "Alder Vale Homes"}, Desk: f.desk, Accounts: f.accounts, Gate: openGate{}, Promises: p,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f, p
}

// TestPromiseBoard reads the board as staff do, narrows it, and does what can be done.
func TestPromiseBoard(t *testing.T) {
	f, p := servePromises(t)
	v := f.staff(t)
	_, page := v.get("/promises")
	for _, want := range []string{"Promises: 1 not kept", "We keep your tenancy file for six years &amp; no longer.", "What changed since the look before", "412 of 415 answers", "4 of 4 systems",
		"no map says so", "Broken since", "promises.yaml:12:3: kind: is missing", "/promises?cause=no-map", "Looked at for the first time"} {
		if !strings.Contains(page, want) {
			t.Errorf("the board does not say %q", want)
		}
	}
	if broken, kept := strings.Index(page, `id="p-no-card-numbers"`), strings.Index(page, `id="p-answer-in-a-month"`); broken < 0 || kept < broken {
		t.Errorf("what is broken stands at %d and what is kept at %d", broken, kept)
	}
	if closed := strings.Count(page, "<details class=\"tenet-fold\""); closed != len(p.board.Rows)+1 || !strings.Contains(page, "1 unproven, 1 attested, 1 kept, 1 not checkable") {
		t.Errorf("%d things are folded: each promise, and what is not broken by its section", closed)
	}
	for query, want := range map[string]string{"status=kept": "answer-in-a-month", "owner=rents&status=broken": "no-card-numbers", "cause=no-map": "keep-tenancy", "section=nowhere": ""} {
		_, page := v.get("/promises?" + query)
		for _, r := range p.board.Rows {
			if got := strings.Contains(page, `id="p-`+r.ID+`"`); got != (r.ID == want) {
				t.Errorf("%s: %s is shown: %v", query, r.ID, got)
			}
		}
	}
	_, page = v.get("/promises/no-card-numbers")
	for _, want := range []string{"promises.yaml:6", `href="/cases/AVH-2026-0007"`, "2 of 12 that are not as promised", "5,800,000 rows", "1 thing was not looked at"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a promise does not say %q", want)
		}
	}
	if status, _ := v.get("/promises/no-such"); status != http.StatusNotFound {
		t.Errorf("a promise that there is not gives %d", status)
	}

	if status, page := v.post("/promises/never-sold/attest", "evidence", "yes"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Say what shows it") {
		t.Errorf("a word without evidence gives %d", status)
	}
	v.post("/promises/never-sold/attest", "evidence", "the contracts were read again in May")
	v.post("/promises/never-sold/publish", "public", "yes")
	if status, page := v.post("/promises/no-card-numbers/answer", "words", "", "by-day", "31", "by-month", "2", "by-year", "2030"); status != http.StatusUnprocessableEntity ||
		!strings.Contains(page, "as the public will read it") || !strings.Contains(page, "a day that has not passed") {
		t.Errorf("an answer without words or a day gives %d", status)
	}
	v.post("/promises/no-card-numbers/answer", "words", "We are deleting them.", "by-day", "31", "by-month", "1", "by-year", "2030")
	if len(p.attested) != 1 || len(p.public) != 1 || len(p.answers) != 1 || p.answers[0] != "no-card-numbers: We are deleting them. 2030-01-31" {
		t.Errorf("attested %q, public %q, answered %q", p.attested, p.public, p.answers)
	}
	v.post("/promises/run")
	if _, page := v.get("/promises"); len(p.ran) != 1 || !strings.Contains(page, "120,000 rows") || strings.Contains(page, "Look at all of them now") {
		t.Errorf("after asking, ran %q", p.ran)
	}
}

// TestWithoutABoard: a console that has none leads to none.
func TestWithoutABoard(t *testing.T) {
	v := serve(t).staff(t)
	if _, page := v.get("/cases"); strings.Contains(page, "/promises") {
		t.Error("a menu leads to a board that is not there")
	}
	if status, _ := v.get("/promises"); status != http.StatusNotFound {
		t.Errorf("/promises gives %d", status)
	}
}

// TestPromisePagesForEveryone holds the pages of the board against axe and a phone's width.
func TestPromisePagesForEveryone(t *testing.T) {
	needAssets(t)
	b := testbrowser.Start(t)
	for name, o := range map[string]testbrowser.Options{
		"desk": {}, "desk, dark": {Width: 1280, Height: 900, Dark: true}, "phone": testbrowser.Phone, "phone, dark": {Width: 320, Height: 640, Dark: true},
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := servePromises(t)
			p := b.Page(t, o)
			look := func(what string) {
				t.Helper()
				for _, v := range p.Axe() {
					t.Errorf("%s: %s", what, v)
				}
				if n := p.Overflow(); n > 0 {
					t.Errorf("%s is %d pixels wider than the screen", what, n)
				}
				if dir := os.Getenv("TENET_TEST_PICTURES"); dir != "" {
					file := strings.NewReplacer("/", "_", "?", "_", ",", "", " ", "-").Replace("promises " + name + what + ".png")
					if err := os.WriteFile(filepath.Join(dir, file), p.Screenshot(true), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			signInWith(p, f)
			for _, path := range []string{"/promises", "/promises?cause=no-map", "/promises?section=nowhere", "/promises/no-card-numbers", "/promises/answer-in-a-month", "/promises/never-sold"} {
				p.Goto(f.URL + path)
				look(path)
			}
			p.Goto(f.URL + "/promises/no-card-numbers")
			p.Click("form[action$='/answer'] button")
			look("/answer, empty")
			p.Goto(f.URL + "/promises")
			p.Click("form[action='/promises/run'] button")
			look("/promises, running")
		})
	}
}
