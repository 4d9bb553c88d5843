package app

import (
	"bytes"
	"fmt"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tenet/internal/desk"
	"tenet/internal/rule"
	"tenet/internal/testbrowser"
)

// TestComparisonPicture looks at a comparison of the notice in force with a draft, whose
// police rule is narrower than what was given out in the last year; and with -update makes
// the picture of it: go test ./internal/app -run ComparisonPicture -update
func TestComparisonPicture(t *testing.T) {
	w := open(t)
	w.hires(t, "rosalind", "Rosalind Achebe")
	facts, err := desk.SayFacts([]string{"asked", "request=written", "request=reason-given"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 19 {
		fields := "identity.name,contact-details.address"
		if i < 12 {
			fields = "identity.name,images.film"
		}
		f, err := desk.SayFields(fields)
		if err != nil {
			t.Fatal(err)
		}
		x := desk.Disclosing{Ask: rule.Ask{To: "police", People: "tenants", Fields: f, Facts: facts, Power: "Data Protection Act 2018, Schedule 2, paragraph 2", Why: "A burglary"}, Person: desk.Query{Name: "Ann Larter", Phone: "01632 960 001"}, Name: "A constable", By: "rosalind", Once: fmt.Sprint("call ", i)}
		if _, _, err := w.RecordDisclosure(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	draft := next(t, w.Desk, "2027-03-01", "sharing.yaml", "categories: [identity, contact-details, tenancy, images, asb, criminal]\n    basis: recognised", "categories: [identity, contact-details, tenancy, asb, criminal]\n    basis: recognised")
	for file, edit := range map[string][2]string{
		"keeping.yaml": {"    period: P30D\n", "    period: P90D\n"},
		"notice.md":    {"- We keep film from cameras for 30 days.", "- We keep film from cameras for 90 days."},
	} {
		path := filepath.Join(draft, file)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), edit[0], edit[1], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(w.Dir, "notice")
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, os.DirFS(draft)); err != nil {
		t.Fatal(err)
	}
	_, at := w.serves(t, slog.New(slog.DiscardHandler))
	const wide, high = 1280, 2050
	p := testbrowser.Start(t).Page(t, testbrowser.Options{Width: wide, Height: high})
	p.Goto(at + "/notice/compare?old=" + w.Notice.Version() + "&new=folder")
	p.Fill("#name", "rosalind")
	p.Fill("#password", password)
	p.Click("main button")
	shot := p.Screenshot(false)
	pic, err := png.DecodeConfig(bytes.NewReader(shot))
	if err != nil || pic.Width != wide || pic.Height != high {
		t.Errorf("the picture is %d by %d: %v", pic.Width, pic.Height, err)
	}
	text := p.Text("main")
	for _, says := range []string{"12 disclosures of 19 would have been refused.", "30 days before and 90 days now", "We keep film from cameras for 30 days.", "Taken out:", "Adopt this version", "It is likely to be significant"} {
		if !strings.Contains(text, says) {
			t.Errorf("the page does not say %q: %.3000s", says, text)
		}
	}
	if *update {
		if err := os.WriteFile(filepath.Join("..", "..", "docs", "comparison.png"), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
