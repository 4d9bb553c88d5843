package desk

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/notice"
	"tenet/internal/promise"
)

// keepingOf are periods of our own and of one client: ours is shorter.
const keepingOf = `
triggers:
  - {id: begins, title: your tenancy begins}
rules:
  - {id: ours, title: Our tenancies, categories: [tenancy, identity, correspondence], trigger: begins, period: P1Y, action: delete, why: We need them no longer.}
  - {id: lantern, title: Tenancies, client: lantern-row, categories: [tenancy], trigger: begins, period: P10Y, action: delete, why: Its instruction of 2 March 2026.}
`

// keeps puts periods into the notice of an agent, and the tenancies of its map under ours.
func keeps(t testing.TB, d *Desk, text string) *Desk {
	t.Helper()
	edit := func(file string, with func(string) string) {
		t.Helper()
		file = filepath.Join(d.Dir, file)
		was, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(with(string(was))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit("notice/keeping.yaml", func(string) string { return text })
	edit("maps/housing.yaml", func(s string) string {
		return strings.Replace(s, "tenancy: {key: id, category: tenancy,", "tenancy: {key: id, category: tenancy, retention: ours, retention-from: started,", 1)
	})
	var err error
	if d.Notice, err = notice.Load(os.DirFS(filepath.Join(d.Dir, "notice"))); err != nil {
		t.Fatal(err)
	}
	return d
}

// retention looks at what is kept past its time in one set.
func retention(t testing.TB, d *Desk, with map[string]any) promise.Evidence {
	t.Helper()
	e := &evidence{desk: d, detector: textSearch()}
	defer e.close()
	b := &promise.Board{Notice: d.Notice, Today: d.Today(), Now: d.Now, Systems: e, Text: e.detector, Requests: e, Office: e, History: d.promises()}
	got, err := b.CheckOne(t.Context(), notice.PromiseCheck{Check: "retention.applied", With: with})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestKeptByTheClientsPeriod: the same rows of one table are judged by the period of
// whoever decides over them, and by nobody's where there is none.
func TestKeptByTheClientsPeriod(t *testing.T) {
	d := keeps(t, agentOffice(t, func(db *sql.DB) {
		for i, code := range []string{"LR", "LR", "NY", "HB", "??"} { // each began six years and more ago
			insert(t, db, `INSERT INTO person VALUES (?,?,?,?,?)`, i+1, "Zelda Quill", "1980-02-03", "zelda@example.org", code)
			insert(t, db, `INSERT INTO tenancy VALUES (?,?,?)`, 10+i, i+1, "2020-01-01")
		}
		insert(t, db, `INSERT INTO tenancy VALUES (30,1,'2010-01-01')`) // of lantern-row, and beyond its ten years
	}), keepingOf)
	lacks := func(e promise.Evidence, what string) bool {
		return slices.ContainsFunc(e.Gaps, func(g string) bool { return strings.Contains(g, what) })
	}
	own := retention(t, d, map[string]any{"rule": "ours"})
	if own.Total != 1 || own.Violations != 1 || !strings.Contains(own.Coverage, "clients’ sets are not counted") {
		t.Errorf("of our own: %+v", own)
	}
	lantern := retention(t, d, map[string]any{"client": "lantern-row"})
	if lantern.Total != 3 || lantern.Violations != 1 || lantern.Status != promise.Broken || !strings.Contains(lantern.Coverage, "the set of lantern-row alone") {
		t.Errorf("of lantern-row: %+v", lantern)
	}
	if !lacks(lantern, "housing.person holds identity") {
		t.Errorf("a table under no rule is no gap: %v", lantern.Gaps)
	}
	if e := retention(t, d, map[string]any{"client": "lantern-row", "rule": "lantern", "at-least": "60%"}); e.Status != promise.Kept || e.Looked != 1 {
		t.Errorf("of one rule of lantern-row: %+v", e)
	}
	yard := retention(t, d, map[string]any{"client": "netmakers-yard"})
	if yard.Total != 0 || yard.Status != promise.Unproven || !lacks(yard, "how long netmakers-yard keeps “tenancy” is not said") {
		t.Errorf("of netmakers-yard, which gave no period: %+v", yard)
	}
	if e := retention(t, d, map[string]any{"client": "nobody"}); e.Cause != promise.AskedWrongly {
		t.Errorf("of nobody: %+v", e)
	}
	if _, err := d.EndClient(t.Context(), "staff-1", "lantern-row"); err != nil {
		t.Fatal(err)
	}
	if e := retention(t, d, map[string]any{"client": "lantern-row"}); e.Total != 0 || !lacks(e, "the contract ended") {
		t.Errorf("after its contract ended: %+v", e)
	}
}

// TestLintsClientsPeriods: the linter reads the maps, and says which client's data is held
// without a period of its own.
func TestLintsClientsPeriods(t *testing.T) {
	d := keeps(t, agentOffice(t, threeLandlords(t)), keepingOf)
	found := func() map[notice.ID]string {
		t.Helper()
		l, err := d.LintNotice(d.Notice)
		if err != nil {
			t.Fatal(err)
		}
		out := map[notice.ID]string{}
		for _, f := range l.Found {
			if f.Rule == "client-without-retention" {
				out[f.ID] = f.Why
			}
		}
		return out
	}
	got := found()
	if len(got) != 2 || !strings.Contains(got["lantern-row"], "correspondence") || strings.Contains(got["lantern-row"], "tenancy") || !strings.Contains(got["netmakers-yard"], "tenancy") {
		t.Errorf("it finds %q", got)
	}
	if _, err := d.EndClient(t.Context(), "staff-1", "netmakers-yard"); err != nil {
		t.Fatal(err)
	}
	if got := found(); len(got) != 1 || got["lantern-row"] == "" {
		t.Errorf("after a contract ended it finds %q", got)
	}
}

// TestAnswerSaysTheClientsPeriod: an answer for a client tells of its period, and of what
// it has not said.
func TestAnswerSaysTheClientsPeriod(t *testing.T) {
	d := keeps(t, agentOffice(t, threeLandlords(t)), keepingOf)
	k := forClient(t, d, "lantern-row")
	if _, err := d.Answer(t.Context(), k, cases.On{By: "staff-1"}); err != nil {
		t.Fatal(err)
	}
	k, err := d.Cases.Get(t.Context(), k.ID)
	if err != nil {
		t.Fatal(err)
	}
	files, err := d.openDraft(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	page := ""
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".html") {
			page += string(f.Bytes)
		}
	}
	for _, want := range []string{"10 years after your tenancy begins", "Its instruction of 2 March 2026.", "Not stated: Lantern Row Housing Co-operative Limited decides how long this is kept"} {
		if !strings.Contains(page, want) {
			t.Errorf("the answer does not say %q", want)
		}
	}
	if strings.Contains(page, "1 year after your tenancy begins") {
		t.Error("the answer for a client has our own period")
	}
}
