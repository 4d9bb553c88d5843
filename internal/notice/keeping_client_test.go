package notice

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// agentPack is harbourside with periods: our own, and those that two clients gave us.
func agentPack(t *testing.T, more string) fstest.MapFS {
	t.Helper()
	fsys, err := Pack("harbourside")
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	for _, name := range Files() {
		if text, err := fs.ReadFile(fsys, name); err == nil {
			out[name] = &fstest.MapFile{Data: text}
		}
	}
	// The notice that we ship may have periods by now: these are the ones that are tested.
	out[keepingFile] = &fstest.MapFile{Data: []byte(`
triggers:
  - {id: t-end, title: your tenancy ends}
  - {id: t-call, title: our last contact with you}
rules:
  - {id: our-letters, title: Our letters, categories: [correspondence], trigger: t-call, period: P1Y, action: delete, why: We need them no longer.}
  - {id: our-tenancies, title: Our tenancies, categories: [tenancy], trigger: t-end, period: P6Y, action: delete, why: The Limitation Act 1980.}
  - {id: lr-letters, title: Letters, client: lantern-row, categories: [correspondence], trigger: t-call, period: P3Y, action: delete, why: Its instruction of 2 March 2026.}
  - {id: lr-tenancies, title: Tenancies, client: lantern-row, categories: [tenancy], trigger: t-call, period: P9Y, action: delete, why: Its instruction of 2 March 2026.}
  - {id: ny-letters, title: Letters, client: netmakers-yard, categories: [correspondence], trigger: t-call, period: P2Y, action: delete, why: Schedule 4 of the agreement.}
  - {id: ny-chats, title: Chats, client: netmakers-yard, categories: [correspondence], trigger: t-call, period: P5Y, action: delete, why: Schedule 4 of the agreement.}
` + more)}
	return out
}

func TestRuleFor(t *testing.T) {
	n := load(t, agentPack(t, "  - {id: lr-more, title: Longer, client: lantern-row, categories: [identity], after: lr-letters, period: P1Y, action: delete, why: Its instruction.}\n"))
	tests := map[string]struct {
		client, named, category ID
		want                    ID
		err                     error
	}{
		"our own":                                {"", "our-letters", "correspondence", "our-letters", nil},
		"our own whatever the category":          {"", "our-letters", "identity", "our-letters", nil},
		"our own under a client's":               {"", "lr-letters", "correspondence", "", ErrNotOurs},
		"a client's in the place of ours":        {"lantern-row", "our-letters", "correspondence", "lr-letters", nil},
		"a client's that the map names":          {"lantern-row", "lr-tenancies", "tenancy", "lr-tenancies", nil},
		"another client's that the map names":    {"lantern-row", "ny-letters", "correspondence", "lr-letters", nil},
		"a chain has the event of its beginning": {"lantern-row", "our-letters", "identity", "lr-more", nil},
		"it counts from another event":           {"lantern-row", "our-tenancies", "tenancy", "", ErrOtherEvent},
		"it gave no period":                      {"lantern-row", "our-letters", "health", "", ErrNoPeriod},
		"it gave none at all":                    {"tidewater", "our-letters", "correspondence", "", ErrNoPeriod},
		"it gave two":                            {"netmakers-yard", "our-letters", "correspondence", "", ErrSeveralFit},
		"of two the map names one":               {"netmakers-yard", "ny-chats", "correspondence", "ny-chats", nil},
		"no such rule":                           {"", "nothing", "correspondence", "", ErrNoRule},
	}
	for name, x := range tests {
		r, err := n.Keeping.RuleFor(x.client, x.named, x.category)
		if r.ID != x.want || !errors.Is(err, x.err) || err == nil && x.err != nil {
			t.Errorf("%s: %q, %v", name, r.ID, err)
		}
		// Whatever is asked: nobody's period stands in for another's.
		if err == nil && r.Client != x.client {
			t.Errorf("%s: the period of %q is used for %q", name, r.Client, x.client)
		}
	}
}

func TestClientRulesAreChecked(t *testing.T) {
	for more, want := range map[string]string{
		"  - {id: x, title: X, client: nobody, categories: [identity], trigger: t-end, period: P1Y, action: delete, why: Y.}\n":          "nobody",
		"  - {id: x, title: X, client: lantern-row, categories: [identity], after: our-letters, period: P1Y, action: delete, why: Y.}\n": "another landlord",
		"  - {id: x, title: X, categories: [identity], after: lr-letters, period: P1Y, action: delete, why: Y.}\n":                       "another landlord",
	} {
		if _, err := Load(agentPack(t, more)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), keepingFile) {
			t.Errorf("%s: %v", more, err)
		}
	}
}

// TestExplainKeeping: people whose landlord is a client are told its periods, and where it
// gave none that it did not; ours are told ours.
func TestExplainKeeping(t *testing.T) {
	n := load(t, agentPack(t, ""))
	for client, want := range map[ID][]ID{"": {"our-letters", "our-tenancies"}, "lantern-row": {"lr-letters", "lr-tenancies", ""}, "tidewater": {""}} {
		e := n.Explain(About{Categories: []string{"correspondence", "tenancy", "health"}, Day: "2026-11-23", Client: client})
		var got []ID
		for _, k := range e.Keeping {
			got = append(got, k.ID)
			if k.ID == "" && (!slices.Contains(k.Categories, "health") || !strings.Contains(k.Says, e.Landlord)) {
				t.Errorf("%s: that nothing is said reads %+v", client, k)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is told %q, and not %q", client, got, want)
		}
	}
}

// TestUnkept: the linter speaks of a client whose data is held without a period of its own.
func TestUnkept(t *testing.T) {
	n := load(t, agentPack(t, ""))
	at := Pos{File: "maps/housing.yaml"}
	held := []Held{{"lantern-row", "correspondence", at, "note"}, {"lantern-row", "health", at, "need"}, {"lantern-row", "health", at, "visit"}, {"netmakers-yard", "correspondence", at, "note"}}
	got := Unkept(n, held)
	if len(got) != 1 || got[0].ID != "lantern-row" || got[0].Rule != "client-without-retention" || got[0].File != landlordFile || got[0].Severity != Doubt ||
		!strings.Contains(got[0].Why, "health") || strings.Contains(got[0].Why, "correspondence") || !strings.Contains(got[0].Mend, "client: lantern-row") {
		t.Errorf("it finds %+v", got)
	}
	if got := Unkept(n, nil); len(got) != 0 {
		t.Errorf("where nothing is held it finds %+v", got)
	}
	// What only clients' rules cover is not ours to give a period for, if all that uses it is done for clients.
	for _, f := range Lint(n, "2026-11-23") {
		if f.Rule == "category-without-retention" && (f.ID == "correspondence" || f.ID == "tenancy") {
			t.Errorf("%s: %s", f.ID, f.Why)
		}
	}
}

// TestPublishedPeriodsNameTheClient: on the page a client's period is told apart from ours.
func TestPublishedPeriodsNameTheClient(t *testing.T) {
	n := load(t, agentPack(t, ""))
	var got []string
	for _, r := range n.Keeping.Rules {
		got = append(got, n.keptAs(r))
	}
	if got[0] != "Our letters" || got[2] != "Letters (Lantern Row Housing Co-operative Limited)" {
		t.Errorf("they read %q", got)
	}
}
