package desk_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"tenet/internal/datamap"
	"tenet/internal/desk"
	"tenet/internal/find"
	"tenet/internal/testdata"
	"tenet/internal/testpg"
)

// dataset is one database that nobody here wrote, and three people of it.
type dataset struct {
	name, engine string
	make         func(t *testing.T, extra string) (url string)
	// extra is what the published data lack: rows by which people are tangled.
	extra string
	// overlay is a file of testdata with what a data-protection officer would
	// confirm in the proposed map; empty where the proposal stands as it is.
	overlay string
	people  []someone
}

// someone is one person and what is theirs, worked out by hand from the schema
// and never with Tenet's own map. Each line of want is "whose table: keys", the
// keys parted by spaces and their parts by "/", or a SELECT that gives them.
type someone struct {
	who   string
	query desk.Query
	want  string
	// left are tables that the answer must say it did not follow.
	left []string
}

// TestReal is the acceptance on real input: discover, take what is proposed,
// index, find; then every row found and whose it is against what was worked out
// by hand. go test -run TestReal -v prints the table.
func TestReal(t *testing.T) {
	lines := []string{"dataset | engine | person | self | shared | other rows | not followed | overlay | result", "---|---|---|---|---|---|---|---|---"}
	for _, r := range datasets() {
		t.Run(r.name+" "+r.engine, func(t *testing.T) { lines = append(lines, r.run(t)...) })
	}
	t.Log("\n" + strings.Join(lines, "\n"))
}

func (r dataset) run(t *testing.T) (lines []string) {
	ctx := t.Context()
	url := r.make(t, r.extra)
	d := workspace(t, desk.System{"real", url})
	if r.overlay != "" {
		r.lay(t, d)
	}
	if _, err := d.Index(ctx, true, nil); err != nil {
		t.Fatal(err)
	}
	want := make([]map[string]string, len(r.people))
	for i, p := range r.people {
		want[i] = worked(t, r.engine, url, p.want)
	}
	for i, p := range r.people {
		t.Run(p.who, func(t *testing.T) {
			a, err := d.Find(ctx, "test", p.query)
			if err != nil {
				t.Fatal(err)
			}
			got := whoseRows(a)
			if diff := cmp.Diff(want[i], got); diff != "" {
				t.Errorf("whose rows (-by hand +found):\n%s", diff)
			}
			for j, o := range r.people {
				for row, whose := range want[j] {
					if j != i && whose == "self" && (strings.HasPrefix(got[row], "self") || got[row] == "shared") {
						t.Errorf("%s of %s is in the answer as %s", row, o.who, got[row])
					}
				}
			}
			for _, table := range p.left {
				if !slices.ContainsFunc(a.NotFollowed, func(n find.NotFollowed) bool { return n.Table == "real."+table }) {
					t.Errorf("%s was left alone and is not listed: %v", table, a.NotFollowed)
				}
			}
			lines = append(lines, r.line(p, a, t.Failed()))
		})
	}
	return lines
}

// workspace is a new workspace with these sources, discovered and accepted.
func workspace(t *testing.T, sources ...desk.System) *desk.Desk {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	if err := desk.Init(ctx, dir, "", os.Getenv); err != nil {
		t.Fatal(err)
	}
	d, err := desk.Open(ctx, dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	for _, s := range sources {
		if err := d.AddSource(s); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Discover(ctx, d.Config.Sources[len(d.Config.Sources)-1], true); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func mapFile(d *desk.Desk) string { return filepath.Join(d.Dir, "maps", "real.yaml") }

// lay lays the overlay over the map: what it says of a table takes the place of
// what was proposed under the same key.
func (r dataset) lay(t *testing.T, d *desk.Desk) {
	t.Helper()
	type loose struct {
		Source string                    `yaml:"source"`
		Tables map[string]map[string]any `yaml:"tables"`
	}
	read := func(path string) (m loose) {
		data, err := os.ReadFile(path)
		if err == nil {
			err = yaml.Unmarshal(data, &m)
		}
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	m, over := read(mapFile(d)), read(filepath.Join("testdata", r.overlay))
	for table, changes := range over.Tables {
		if m.Tables[table] == nil {
			t.Fatalf("%s: no table %s", r.overlay, table)
		}
		for k, v := range changes {
			m.Tables[table][k] = v
		}
	}
	data, err := yaml.Marshal(m)
	if err == nil {
		err = os.WriteFile(mapFile(d), data, 0o600)
	}
	if err == nil {
		_, err = d.Map("real")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// worked reads what was worked out by hand: row → whose.
func worked(t *testing.T, engine, url, want string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		head, keys, _ := strings.Cut(line, ": ")
		whose, table, _ := strings.Cut(head, " ")
		list := strings.Fields(keys)
		if strings.HasPrefix(keys, "SELECT") {
			list = query(t, engine, url, keys)
		}
		if len(list) == 0 {
			t.Fatalf("%q: no rows", line)
		}
		for _, k := range list {
			out[table+" "+k] = whose
		}
	}
	return out
}

func open(t *testing.T, engine, url string) *sql.DB {
	t.Helper()
	driver := map[string]string{"PostgreSQL": "pgx", "SQLite": "sqlite"}[engine]
	db, err := sql.Open(driver, strings.TrimPrefix(url, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func query(t *testing.T, engine, url, q string) (out []string) {
	t.Helper()
	found, err := open(t, engine, url).Query(q)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	defer found.Close()
	for found.Next() {
		var v string
		if err := found.Scan(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// whoseRows is the answer as row → whose.
func whoseRows(a *find.Answer) map[string]string {
	out := map[string]string{}
	for _, r := range a.Records {
		var key []string
		for _, c := range r.Row.Key {
			key = append(key, r.Row.Get(c).Text)
		}
		out[r.Table+" "+strings.Join(key, "/")] = words(r.Whose)
	}
	return out
}

func words(whose []datamap.Whose) string {
	var out []string
	for _, w := range whose {
		out = append(out, string(w))
	}
	sort.Strings(out)
	return strings.Join(out, "+")
}

// line is one line of the table.
func (r dataset) line(p someone, a *find.Answer, failed bool) string {
	count := map[string]map[string]int{"self": {}, "shared": {}, "": {}}
	for _, x := range a.Records {
		w := words(x.Whose)
		switch {
		case w == "self":
			count["self"][x.Table]++
		case x.Is(datamap.Shared):
			count["shared"][x.Table]++
		default:
			count[""][w]++
		}
	}
	list := func(m map[string]int) string {
		var out []string
		for k, n := range m {
			out = append(out, fmt.Sprintf("%s %d", strings.TrimPrefix(k, "dbo."), n))
		}
		sort.Strings(out)
		return strings.Join(out, ", ")
	}
	left := map[string]int{}
	for _, n := range a.NotFollowed {
		left[strings.TrimPrefix(n.Table, "real.")] += n.Rows
	}
	overlay, result := "none", "exact"
	if r.overlay != "" {
		overlay = r.overlay
	}
	if failed {
		result = "WRONG"
	}
	return strings.Join([]string{r.name, r.engine, p.who, list(count["self"]), list(count["shared"]), list(count[""]), list(left), overlay, result}, " | ")
}

// postgres loads files of a data set into a new database. before, if not empty,
// marks the line up to which a script is left out: it makes a database itself.
func postgres(before string, path ...string) func(*testing.T, string) string {
	return func(t *testing.T, extra string) string {
		t.Helper()
		dir := testdata.Shared(t, path[0])
		var files []string
		for _, f := range path[1:] {
			f = filepath.Join(dir, f)
			if before != "" {
				data, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				_, rest, ok := strings.Cut(string(data), before)
				if !ok {
					t.Fatalf("%s has no line %q", f, before)
				}
				f = write(t, "part.sql", rest)
			}
			files = append(files, f)
		}
		if extra != "" {
			files = append(files, write(t, "extra.sql", extra))
		}
		return testpg.Database(t, files...)
	}
}

// sqlite copies a database, or makes one from a script.
func sqlite(dir, file string) func(*testing.T, string) string {
	return func(t *testing.T, extra string) string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(testdata.Shared(t, dir), file))
		if err != nil {
			t.Fatal(err)
		}
		script := extra
		url := "sqlite:" + filepath.Join(t.TempDir(), "real.sqlite")
		if strings.HasSuffix(file, ".sql") {
			script = string(data) + ";\n" + extra
		} else {
			url = "sqlite:" + write(t, "real.sqlite", string(data))
		}
		db := open(t, "SQLite", url)
		if _, err := db.ExecContext(context.Background(), script); err != nil {
			t.Fatalf("loading %s: %v", file, err)
		}
		return url
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
