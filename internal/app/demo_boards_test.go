package app

import (
	"bytes"
	"fmt"
	"image/png"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/cli"
	"tenet/internal/desk"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/testbrowser"
)

// demoDesk is the workspace of `tenet demo --like PACK`, with its maps and without its past.
func demoDesk(t testing.TB, pack string, homes int) (*desk.Desk, cli.Demo) {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	w, err := buildDemo(ctx, pack, filepath.Join(dir, "landlord"), homes, 1, func(string, int64) {})
	if err != nil {
		t.Fatal(err)
	}
	office := filepath.Join(dir, "office")
	if err := desk.Init(ctx, office, pack, os.Getenv); err != nil {
		t.Fatal(err)
	}
	if err := w.Notice(office); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(ctx, office, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return now }
	for _, s := range w.Sources {
		if err := d.AddSource(s); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Discover(ctx, s, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Maps(d); err != nil {
		t.Fatal(err)
	}
	return d, w
}

// demoOffice is the workspace of `tenet demo --like PACK`, as far as its board goes.
func demoOffice(t testing.TB, pack string, looks []int) *desk.Desk {
	t.Helper()
	ctx := t.Context()
	d, w := demoDesk(t, pack, 60)
	if err := saidPast(ctx, d, w.Today.Start(), looks, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := d.CheckPromises(ctx, promise.Scheduled, nil, nil); err != nil {
		t.Fatal(err)
	}
	return d
}

// packs are the landlords that there are.
func packs(t testing.TB) []string {
	t.Helper()
	list, err := fs.ReadDir(notice.Packs(), ".")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

const tableMark = "<!-- promises -->"

// TestBoardsOfThePacks looks at the promises of every pack on its demo: some are kept, some
// broken by what was planted, some unproven, twenty kinds of check and more have a verdict,
// nothing in promises.yaml asks for what is not there, and the table in docs/packs says what
// was found. With -update it writes that table.
func TestBoardsOfThePacks(t *testing.T) {
	verdicts := map[string]bool{}
	planted := map[string]bool{}
	for _, pack := range packs(t) {
		d := demoOffice(t, pack, []int{1})
		board, err := d.Board(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		counts, stands := map[promise.Status]int{}, map[notice.ID]promise.Result{}
		for _, p := range board {
			counts[p.Status]++
			stands[p.ID] = p.Result
			for _, e := range p.Evidence {
				verdicts[e.Check] = verdicts[e.Check] || e.Status == promise.Kept || e.Status == promise.Broken
				planted[e.Check] = planted[e.Check] || e.Status == promise.Broken
				if e.Cause == promise.AskedWrongly {
					t.Errorf("%s: %s asks wrongly: %s", pack, p.ID, e.Why)
				}
			}
		}
		for _, s := range []promise.Status{promise.Kept, promise.Broken, promise.Unproven, promise.Attested} {
			if counts[s] == 0 {
				t.Errorf("%s: nothing is %s", pack, s)
			}
		}
		if faults := promise.Problems(d.Notice); len(faults) > 0 {
			t.Errorf("%s: %v", pack, faults)
		}
		file := filepath.Join("..", "..", "docs", "packs", pack+".md")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, ok := strings.Cut(string(text), tableMark)
		_, after, also := strings.Cut(rest, tableMark)
		if !ok || !also {
			t.Errorf("%s has no place for the table", file)
			continue
		}
		want := before + tableMark + "\n\n" + tally(counts) + "\n\n" + promise.Markdown(d.Notice, stands) + "\n" + tableMark + after
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if want != string(text) {
			t.Errorf("%s says otherwise than what is found; write it anew: go test ./internal/app -run BoardsOfThePacks -update", file)
		}
	}
	n := 0
	for _, ok := range verdicts {
		if ok {
			n++
		}
	}
	if n < 20 {
		t.Errorf("only %d kinds of check have a verdict on the demos: %v", n, verdicts)
	}
	for _, kind := range []string{"data.absent", "retention.applied", "requests.on-time", "requests.extension-told", "access.reviewed", "calls.told", "cameras.assessed", "consent.not-by-browsing", "consent.withdrawn",
		"erasure.told", "markers.ended", "web.cookies", "web.forms", "register.complete", "notice.lint-clean"} {
		if !planted[kind] {
			t.Errorf("what was planted for %s was not found", kind)
		}
	}
}

// tally is how many promises stand how.
func tally(counts map[promise.Status]int) string {
	var out []string
	for _, s := range promise.Statuses() {
		if counts[s] > 0 {
			out = append(out, fmt.Sprintf("%d %s", counts[s], strings.ReplaceAll(string(s), "-", " ")))
		}
	}
	return "On its demo: " + strings.Join(out, ", ") + "."
}

// TestPromisesForStaffAndPublic goes the whole way: the board of the demo on the console,
// an answer for what is broken, and what the public then sees of it.
func TestPromisesForStaffAndPublic(t *testing.T) {
	d := demoOffice(t, notice.DefaultPack, []int{20, 10, 3})
	w := workspace{Desk: d}
	w.hires(t, "rosalind", "Rosalind Achebe")
	public, staff := w.serves(t, slog.New(slog.DiscardHandler))
	v := visit(t, staff)
	if res, page := v.post("/sign-in", "name", "rosalind", "password", password); res.StatusCode != http.StatusOK {
		t.Fatalf("signing in gives %d:\n%s", res.StatusCode, page)
	}
	_, page := v.get("/promises")
	for _, want := range []string{"not kept", "We never keep the number of a payment card.", "Why promises are unproven", "96 of 98 recorded calls", "Put the announcement before the recording begins"} {
		if !strings.Contains(page, want) {
			t.Errorf("the board does not say %q", want)
		}
	}
	if strings.Contains(page, "4111") {
		t.Error("the board shows what was found")
	}
	_, page = v.get("/promises/answer-in-a-month")
	for _, want := range []string{"requests.on-time", "AR-2026-", "How it stood"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of a promise does not say %q", want)
		}
	}
	for _, p := range []struct {
		path  string
		pairs []string
	}{
		{"/promises/tell-callers/publish", []string{"public", "yes"}},
		{"/promises/tell-callers/answer", []string{"words", "The line out of hours now says so.", "by-day", "31", "by-month", "12", "by-year", "2026"}},
		{"/promises/run", nil},
	} {
		if res, page := v.fill(p.path, p.path, p.pairs...); res.StatusCode != http.StatusOK {
			t.Errorf("%s gives %d: %.300s", p.path, res.StatusCode, page)
		}
	}
	res, err := http.Get(public + "/promises")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"We tell you at the start of a call if we record it.", "all but fewer than 5 of 98", "The line out of hours now says so.", "31 December 2026", "We read the log of our calls."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the public does not read %q", want)
		}
	}
	for _, no := range []string{"row-", "registers.", "promises.yaml", "AR-2026"} {
		if strings.Contains(b.String(), no) {
			t.Errorf("the public reads %q", no)
		}
	}
}

// TestEveryCheckHasPublicWords: the portal says of each kind of check how it is made, and
// what it counts, in plain words.
func TestEveryCheckHasPublicWords(t *testing.T) {
	for _, lang := range []string{"en", "cy"} {
		words, err := os.ReadFile(filepath.Join("..", "portal", "words", lang+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range promise.Kinds() {
			for _, key := range []string{"promises.how.", "promises.unit."} {
				if !strings.Contains(string(words), "\n"+key+k.Name+" = ") {
					t.Errorf("%s has no %s%s", lang, key, k.Name)
				}
			}
		}
	}
}

// TestBoardPicture looks at the board that docs/promises.md shows, and with -update makes
// that picture: go test ./internal/app -run BoardPicture -update
func TestBoardPicture(t *testing.T) {
	d := demoOffice(t, notice.DefaultPack, []int{40, 20, 10, 5, 3, 2, 1})
	w := workspace{Desk: d}
	w.hires(t, "rosalind", "Rosalind Achebe")
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	p := testbrowser.Start(t).Page(t, testbrowser.Options{Width: 1280, Height: 2200})
	p.Goto(at + "/promises")
	p.Fill("#name", "rosalind")
	p.Fill("#password", password)
	p.Click("main button")
	shot := p.Screenshot(false)
	if pic, err := png.DecodeConfig(bytes.NewReader(shot)); err != nil || pic.Width != 1280 {
		t.Errorf("the picture is %d wide: %v", pic.Width, err)
	}
	if text := p.Text("main"); !strings.Contains(text, "Why promises are unproven") || !slices.Contains(strings.Fields(text), "Broken") {
		t.Errorf("the page shows something else: %.200q", text)
	}
	if *update {
		if err := os.WriteFile(filepath.Join("..", "..", "docs", "promises.png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
