package app

import (
	"errors"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// TestOnlyAPartWasAskedFor: a solicitor in a claim about disrepair gets the repairs, the
// condition of the home and who the person is; the rent account stays out whatever is decided,
// and the answer says that it was not asked for.
func TestOnlyAPartWasAskedFor(t *testing.T) {
	w := open(t)
	w.Config.Scopes = []desk.Scope{{ID: "disrepair", Title: "Repairs and the condition of your home", Categories: []notice.ID{"repairs", "property-condition"}}}
	star := w.world.Star()
	asks := func(scope string) (cases.Case, error) {
		return w.OpenCase(t.Context(), desk.NewCase{Query: desk.Query{Name: star.Name, DOB: star.DOB, Ref: star.Ref}, Kind: "access", Channel: "letter", By: "cli", Scope: scope, Once: scope,
			Requester: cases.Requester{Name: "J. Penrose", Email: "penrose@example.org"},
			Acting:    &cases.Acting{Authority: law.Authority{Role: law.BySolicitor, Seen: true, Scopes: []law.Scope{law.ForRights}}, Evidence: "a signed form of authority"}})
	}
	var wrong *desk.Error
	if _, err := asks("nowhere"); !errors.As(err, &wrong) || wrong.Code != "scope" || !strings.Contains(wrong.Mend, "disrepair") {
		t.Errorf("a scope that there is not: %v", err)
	}
	k, err := asks("disrepair")
	if err != nil || k.Scope != "disrepair" {
		t.Fatalf("%q, %v", k.Scope, err)
	}
	a, err := w.Answer(t.Context(), k, cases.On{By: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	all, err := asks("")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := w.Answer(t.Context(), all, cases.On{By: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.List) != len(a.List) {
		t.Errorf("within the scope %d records are found, and %d without: both searches find everything", len(a.List), len(whole.List))
	}
	out, left := map[string]int{}, map[string]int{}
	for _, x := range a.List {
		switch {
		case strings.HasPrefix(x.Reason, "It is not part of what was asked for: Repairs"):
			left[x.Record.Table]++
			if x.Out || x.Waiting > 0 {
				t.Errorf("%s is not asked for, and goes out or waits", x.Record.Table)
			}
		case x.Out:
			out[x.Record.Table]++
		}
	}
	if out["repair"]+out["work_order"] == 0 || left["rent_entry"] == 0 || out["rent_entry"] > 0 || out["person"] == 0 {
		t.Errorf("out go %v, and left are %v", out, left)
	}
	wholly := 0
	for _, x := range whole.List {
		if x.Record.Table == "rent_entry" && x.Out {
			wholly++
		}
	}
	if wholly == 0 {
		t.Error("the rent account does not go out where all was asked for: the test shows nothing")
	}
	files, err := w.Pack(t.Context(), a.Case)
	if err != nil {
		t.Fatal(err)
	}
	said := false
	for _, f := range files {
		said = said || strings.Contains(string(f.Bytes), "not part of what was asked for")
	}
	if !said {
		t.Error("no file of the answer says that a part was left out because it was not asked for")
	}
	v := w.clerkOf(t, "rosalind", "Rosalind Achebe")
	_, page := v.get("/cases/" + k.Number)
	must(t, page, "Only a part was asked for", "Repairs and the condition of your home")
	_, page = v.get("/cases/new")
	must(t, page, "Was only a part asked for?")
}
