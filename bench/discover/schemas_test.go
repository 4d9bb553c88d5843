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

// schema is one published schema: the folder of the larger data, and its files.
type schema struct {
	name    string
	heldOut bool // not tuned on
	dir     string
	files   []string // of SQL, or one SQLite file
}

var schemas = []schema{
	{"chinook", false, "chinook", []string{"Chinook_Sqlite.sqlite"}},
	{"sakila", false, "sakila", []string{"sakila_schema.pg.sql", "sakila_data.pg.sql"}},
	{"northwind", false, "northwind", []string{"northwind.pg.sql"}},
	{"damp-mould", false, "damp-mould", []string{"damp_and_mould.repaired.sqlite"}},
	{"person-alerts", false, "person-alert-codes", []string{"person_alert.repaired.sqlite.sql"}},
	{"socialcare", false, "hackney-socialcare", []string{"schema.pg.sql", "seeds.pg.sql"}},
	{"core", false, "core-lettings", []string{"core_schema.pg.sql"}},
	{"uh-housing", false, "hackney-uh-mit", []string{"housing_resident_information.pg.sql"}},
	{"uh-alerts", false, "hackney-uh-mit", []string{"cautionary_alerts.pg.sql"}},
	{"uh-stub", false, "hackney-uh-mit", []string{"stub_universal_housing.tsql.sql"}},
	{"academy", true, "hackney-uh-mit", []string{"academy_revs_bens.pg.sql"}},
	{"case-notes", true, "hackney-socialcare", []string{"historical_case_notes.pg.sql"}},
	{"covid", true, "hackney-uh-mit", []string{"covid_support.pg.sql"}},
	{"single-view", true, "hackney-uh-mit", []string{"single_view.pg.sql"}},
}

// open loads the schema into an engine and opens it as a source.
func (s schema) open(t *testing.T) source.Source {
	t.Helper()
	dir := testdata.Shared(t, s.dir)
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
	total := map[bool]map[kind]tally{false: {}, true: {}}
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
				sum := total[s.heldOut][k]
				sum.add(got[k])
				total[s.heldOut][k] = sum
			}
			lines = append(lines, row(s.name, got))
		})
	}
	t.Log("precision, recall and how many are labelled, by schema:\n" + strings.Join(lines, "") +
		row("TUNED ON", total[false]) + row("HELD OUT", total[true]))
	if len(lines) < len(schemas) {
		return // some were left out, or not asked for
	}
	// What must not get worse: a wrong edge hands somebody another's rows, and a
	// person table not seen is searched for nobody.
	for _, floor := range []struct {
		heldOut           bool
		k                 kind
		precision, recall float64
	}{
		{false, people, 1, 0.9}, {false, identifiers, 0.98, 0.9}, {false, edges, 0.97, 0.83}, {false, roles, 1, 1}, {false, groups, 1, 1},
		{false, copies, 1, 1}, {false, nobodys, 1, 0.9}, {false, special, 0.9, 0.8},
		{true, people, 1, 0.6}, {true, edges, 1, 0.5}, {true, roles, 1, 1}, {true, nobodys, 1, 0.7}, {true, special, 0.95, 0.6},
	} {
		if got := total[floor.heldOut][floor.k]; got.precision() < floor.precision || got.recall() < floor.recall {
			t.Errorf("%s (held out: %v): %s, and it was at least %.2f %.2f", floor.k, floor.heldOut, got, floor.precision, floor.recall)
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
