package discover

import (
	"context"
	"database/sql"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the engine of what was published for SQLite and SQL Server

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/testdata"
	"tenet/internal/testpg"
)

// schema is one published schema, the folder of the larger data and its files; or one
// of those in schemas, which are of this bench.
type schema struct {
	name  string
	is    split
	dir   string
	files []string // of SQL, or one SQLite file
}

// split says what a schema's figures mean.
type split string

const (
	tuned   split = "TUNED ON"
	heldOut split = "HELD OUT"
	// Held out when short names were learned: see labels/README.md.
	heldOutLater split = "HELD OUT LATER"
)

// here is the folder of the schemas that are not of the larger data.
const here = "schemas"

var schemas = []schema{
	{"chinook", tuned, "chinook", []string{"Chinook_Sqlite.sqlite"}},
	{"sakila", tuned, "sakila", []string{"sakila_schema.pg.sql", "sakila_data.pg.sql"}},
	{"northwind", tuned, "northwind", []string{"northwind.pg.sql"}},
	{"damp-mould", tuned, "damp-mould", []string{"damp_and_mould.repaired.sqlite"}},
	{"person-alerts", tuned, "person-alert-codes", []string{"person_alert.repaired.sqlite.sql"}},
	{"socialcare", tuned, "hackney-socialcare", []string{"schema.pg.sql", "seeds.pg.sql"}},
	{"core", tuned, "core-lettings", []string{"core_schema.pg.sql"}},
	{"uh-housing", tuned, "hackney-uh-mit", []string{"housing_resident_information.pg.sql"}},
	{"uh-alerts", tuned, "hackney-uh-mit", []string{"cautionary_alerts.pg.sql"}},
	{"uh-stub", tuned, "hackney-uh-mit", []string{"stub_universal_housing.tsql.sql"}},
	{"odd", tuned, here, []string{"odd.sql"}},
	{"short-names", tuned, here, []string{"short-names.sql"}},
	{"academy", heldOut, "hackney-uh-mit", []string{"academy_revs_bens.pg.sql"}},
	{"case-notes", heldOut, "hackney-socialcare", []string{"historical_case_notes.pg.sql"}},
	{"covid", heldOut, "hackney-uh-mit", []string{"covid_support.pg.sql"}},
	{"single-view", heldOut, "hackney-uh-mit", []string{"single_view.pg.sql"}},
	{"prefixed", heldOutLater, here, []string{"prefixed.sql"}},
	{"tpc-c", heldOutLater, here, []string{"tpc-c.sql"}},
	{"tpc-e", heldOutLater, here, []string{"tpc-e.sql"}},
	{"db2-sample", heldOutLater, here, []string{"db2-sample.sql"}},
}

// open loads the schema into an engine and opens it as a source.
func (s schema) open(t *testing.T) source.Source {
	t.Helper()
	dir := here
	if s.dir != here {
		dir = testdata.Shared(t, s.dir)
	}
	var paths []string
	for _, f := range s.files {
		paths = append(paths, filepath.Join(dir, f))
	}
	var url string
	switch first := paths[0]; {
	case strings.HasSuffix(first, ".sqlite"):
		url = "sqlite:" + first
	case strings.HasSuffix(first, ".pg.sql"):
		url = testpg.Database(t, paths...)
	default:
		url = "sqlite:" + loadSQLite(t, first)
	}
	src, err := source.Open(context.Background(), s.name, url, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = src.Close() })
	return src
}

// transact are the words of SQL Server that SQLite does not know. What is left
// says the same tables and columns.
var transact = regexp.MustCompile(`(?im)^CREATE DATABASE.*$|^USE .*$|^GO\s*$|\[dbo\]\.|\bON \[PRIMARY\]|\s+DEFAULT\s+(\([^,\n]*\)|space\(\d+\)|'[^']*'|\d+)`)

func loadSQLite(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ddl := string(text)
	if strings.Contains(file, ".tsql.") {
		ddl = transact.ReplaceAllString(ddl, "")
		ddl, _, _ = strings.Cut(ddl, "INSERT INTO")
		ddl = regexp.MustCompile(`,(\s*(?:--[^\n]*)?\s*)\)(\s*(?:CREATE|$))`).ReplaceAllString(ddl, "$1)$2")
		ddl = regexp.MustCompile(`(?i)\n\)\s*;?\s*(create table|$)`).ReplaceAllString(ddl, "\n);\n$1")
	}
	path := filepath.Join(t.TempDir(), "schema.sqlite")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(ddl); err != nil {
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	return path
}

// label is the hand-written map of a schema.
func (s schema) label(t *testing.T) *datamap.Map {
	t.Helper()
	file := filepath.Join("labels", s.name+".yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := datamap.Parse(file, text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func streams(src source.Source) discover.Streams {
	return discover.Streams{
		Scan: func(ctx context.Context, table string) iter.Seq2[rows.Row, error] {
			return src.Scan(ctx, table, source.ScanOptions{})
		},
		Lookup: src.Lookup,
	}
}

// TestLabels holds every label against its schema: what it names must be there,
// and every table must be in it.
func TestLabels(t *testing.T) {
	for _, s := range schemas {
		t.Run(s.name, func(t *testing.T) {
			sch, err := s.open(t).Schema(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			m := s.label(t)
			for _, d := range m.Check(sch) {
				if d.Breaks {
					t.Errorf("the label does not fit: %s", d)
				}
			}
			for i := range sch.Tables {
				if have := &sch.Tables[i]; m.Tables[have.Name] == nil && !have.View && !strings.HasPrefix(have.Name, "sqlite_") {
					t.Errorf("%s is not labelled", have.Name)
				}
			}
			for name := range m.Tables {
				if !slices.ContainsFunc(sch.Tables, func(h rows.Table) bool { return h.Name == name }) {
					t.Errorf("%s is labelled and not there", name)
				}
			}
		})
	}
}

// TestScore prints the figures; go test -v shows every fault.
func TestScore(t *testing.T) {
	total := map[split]map[kind]tally{tuned: {}, heldOut: {}, heldOutLater: {}}
	var lines []string
	for _, s := range schemas {
		t.Run(s.name, func(t *testing.T) {
			src := s.open(t)
			sch, err := src.Schema(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			m, evidence, err := discover.Propose(context.Background(), sch, discover.Sampled(streams(src)))
			if err != nil {
				t.Fatal(err)
			}
			got, faults := score(s.label(t), m, evidence)
			for _, f := range faults {
				t.Log(f)
			}
			for _, k := range kinds() {
				sum := total[s.is][k]
				sum.add(got[k])
				total[s.is][k] = sum
			}
			lines = append(lines, row(s.name, got))
		})
	}
	t.Log("precision, recall and how many are labelled, by schema:\n" + strings.Join(lines, "") +
		row(string(tuned), total[tuned]) + row(string(heldOut), total[heldOut]) + row(string(heldOutLater), total[heldOutLater]))
	if len(lines) < len(schemas) {
		return // some were left out, or not asked for
	}
	// What must not get worse: a wrong edge hands somebody another's rows, and a
	// person table not seen is searched for nobody.
	for _, floor := range []struct {
		of                split
		k                 kind
		precision, recall float64
	}{
		{tuned, people, 1, 0.95}, {tuned, identifiers, 0.98, 0.94}, {tuned, edges, 0.97, 0.88}, {tuned, roles, 1, 1}, {tuned, groups, 1, 1},
		{tuned, copies, 1, 1}, {tuned, nobodys, 1, 0.9}, {tuned, special, 0.9, 0.82}, {tuned, occupancies, 1, 1}, {tuned, retention, 1, 0.9},
		{heldOut, people, 1, 0.6}, {heldOut, edges, 1, 0.5}, {heldOut, roles, 1, 1}, {heldOut, nobodys, 1, 0.7}, {heldOut, special, 0.95, 0.6},
		{heldOutLater, people, 1, 0.4}, {heldOutLater, identifiers, 1, 0.35}, {heldOutLater, edges, 0.9, 0.4}, {heldOutLater, retention, 1, 0.25},
	} {
		if got := total[floor.of][floor.k]; got.precision() < floor.precision || got.recall() < floor.recall {
			t.Errorf("%s, %s: %s, and it was at least %.2f %.2f", floor.k, floor.of, got, floor.precision, floor.recall)
		}
	}
}

func row(name string, by map[kind]tally) string {
	var b strings.Builder
	b.WriteString(name + "\n")
	for _, k := range kinds() {
		if s := by[k].String(); s != "-" {
			b.WriteString("    " + string(k) + strings.Repeat(" ", 13-len(k)) + s + "\n")
		}
	}
	return b.String()
}
