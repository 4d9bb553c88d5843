package desk

import (
	"archive/zip"
	"context"
	"errors"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/demo"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/pack"
)

// office is a workspace over the fictional landlord, mapped and indexed.
func office(t testing.TB) (*Desk, *demo.World) {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	w, err := demo.Build(ctx, filepath.Join(dir, "landlord"), demo.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := Init(ctx, filepath.Join(dir, "office"), "", os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := Open(ctx, filepath.Join(dir, "office"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	d.Now = func() time.Time { return w.Today.Add(36 * time.Hour) }
	for _, s := range w.Sources() {
		sys := System{Name: s.Name, URL: s.URL}
		if err := d.AddSource(sys); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Discover(ctx, sys, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Index(ctx, false, nil); err != nil {
		t.Fatal(err)
	}
	return d, w
}

func starRequest(w *demo.World, out string) AccessRequest {
	p := w.Star()
	return AccessRequest{Query: Query{Name: p.Name, DOB: p.DOB, Email: p.Email}, Received: law.DateOf(w.Today), Out: out, By: "tester"}
}

// TestAnswer follows the main job from receipt to release, and reads what was
// handed over as its receiver would.
func TestAnswer(t *testing.T) {
	ctx := context.Background()
	d, w := office(t)
	out := t.TempDir()
	res, err := d.Access(ctx, starRequest(w, out), nil)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(res.Draft)
	if err != nil {
		t.Fatal(err)
	}
	if p := w.Star(); strings.Contains(string(sealed), p.Surname) {
		t.Error("the sealed draft can be read")
	}

	again, err := d.Access(ctx, starRequest(w, out), nil)
	if err != nil || again.Case.Number != res.Case.Number || again.Case.Version != res.Case.Version {
		t.Errorf("the same request again is case %s at %d, not %s at %d: %v", again.Case.Number, again.Case.Version, res.Case.Number, res.Case.Version, err)
	}

	target := filepath.Join(out, "answer.zip")
	k := res.Case
	if _, err := d.Approve(ctx, k, "tester", ""); !errors.Is(err, cases.ErrNeeds) {
		t.Errorf("approved without identity: %v", err)
	}
	if _, err := d.Send(ctx, k, "tester", target); err == nil {
		t.Error("sent without approval")
	}
	if k, err = d.Cases.Identify(ctx, cases.On{Case: k.ID, By: "tester"}, cases.Proof{How: "passport seen", Arrived: d.Today()}); err != nil {
		t.Fatal(err)
	}
	var e *Error
	if _, err := d.Approve(ctx, k, "tester", ""); !errors.As(err, &e) || e.Code != "undecided" {
		t.Errorf("approved while something waits: %v", err)
	}
	k = rest(t, d, k)
	if k, err = d.Approve(ctx, k, "tester", ""); err != nil {
		t.Fatal(err)
	}
	if k, err = d.Send(ctx, k, "tester", target); err != nil || k.State != cases.Released {
		t.Fatalf("send: %s, %v", k.State, err)
	}

	documents := 0
	for name, text := range unzip(t, target) {
		one := strings.HasPrefix(name, pack.DocumentFolder)
		if one {
			documents++
		}
		if one || name == pack.PDFName || name == pack.SheetName {
			if text, err = readBack(ctx, name, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		flat := strings.ToLower(html.UnescapeString(regexp.MustCompile(`\s+`).ReplaceAllString(text, " ")))
		for _, p := range w.Phrases.Never {
			if strings.Contains(flat, strings.ToLower(p.Text)) {
				t.Errorf("%s gives away the %s of the %s", name, p.What, p.Member)
			}
		}
		for _, p := range w.Phrases.Always {
			if day, err := law.ParseDate(p.Text); err == nil && name == pack.PDFName {
				p.Text = day.Start().Format("2 January 2006") // as the page shows it
			}
			if !one && name != pack.ReadMeName && name != pack.SheetName && !strings.Contains(flat, strings.ToLower(p.Text)) {
				t.Errorf("%s lacks %q, which is hers", name, p.Text)
			}
		}
	}
	if documents == 0 {
		t.Error("none of her letters came itself")
	}
	report, err := d.VerifyLedger(ctx, ledger.Trust{})
	if err != nil || !report.OK() {
		t.Errorf("the ledger: %v, %v", report.Faults, err)
	}
}

// rest withholds all that waits in a case, and makes the draft with that.
func rest(t testing.TB, d *Desk, k cases.Case) cases.Case {
	t.Helper()
	k, err := d.Decide(t.Context(), k, cases.On{Case: k.ID, By: "tester"}, []string{"rest"}, false, law.ExemptThirdParty, "nobody could be asked in time")
	if err != nil {
		t.Fatal(err)
	}
	res, err := d.Redraft(t.Context(), k, cases.On{By: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	return res.Case
}

func unzip(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(data)
	}
	return out
}

// TestDecisions: what waits stays in until somebody decides, and goes out
// redacted when they do.
func TestDecisions(t *testing.T) {
	ctx := context.Background()
	d, w := office(t)
	res, err := d.Access(ctx, starRequest(w, ""), nil)
	if err != nil {
		t.Fatal(err)
	}
	var item string
	for _, x := range res.List {
		if x.Waits == reasonMention && x.Record.Table == "case_note" && item == "" {
			item = x.Item
		}
	}
	if item == "" {
		t.Fatal("no note waits")
	}
	k := res.Case
	if _, err := d.Decide(ctx, k, cases.On{Case: k.ID, By: "tester"}, []string{"0000000000000000ffff"}, true, "", "a slip"); err == nil {
		t.Error("decided an item that is not there")
	}
	k, err = d.Decide(ctx, k, cases.On{Case: k.ID, By: "tester"}, []string{item}, true, "", "her own words, quoted")
	if err != nil {
		t.Fatal(err)
	}
	res, err = d.Redraft(ctx, k, cases.On{By: "tester"})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range res.List {
		if x.Item == item && (!x.Out || x.Waits != "") {
			t.Errorf("the released note is still in: %+v", x)
		}
	}
	files, err := d.openDraft(ctx, res.Case)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, p := range w.Phrases.Never {
			if p.What == "name" && strings.Contains(string(f.Bytes), p.Text) {
				t.Errorf("%s names the %s (%q)", f.Name, p.Member, p.Text)
			}
		}
	}
}

// TestDraftTampered: a sealed file that is not the one that was made is not
// approved.
func TestDraftTampered(t *testing.T) {
	ctx := context.Background()
	d, w := office(t)
	res, err := d.Access(ctx, starRequest(w, ""), nil)
	if err != nil {
		t.Fatal(err)
	}
	k, err := d.Cases.Identify(ctx, cases.On{Case: res.Case.ID, By: "tester"}, cases.Proof{How: "passport seen", Arrived: d.Today()})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(res.Draft)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(res.Draft, data, 0o600); err != nil {
		t.Fatal(err)
	}
	var e *Error
	if _, err := d.Approve(ctx, k, "tester", ""); !errors.As(err, &e) || e.Code != "draft-changed" {
		t.Errorf("approved a changed file: %v", err)
	}
}
