package source

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

// told gathers what a source reports.
type told struct {
	mu   sync.Mutex
	list []Problem
}

func (t *told) add(p Problem) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = append(t.list, p)
}

func (t *told) says(words ...string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.list {
		all := true
		for _, w := range words {
			all = all && strings.Contains(fmt.Sprintf("%s %s", p, p.Key), w)
		}
		if all {
			return true
		}
	}
	return false
}

func (t *told) must(tb testing.TB, words ...string) {
	tb.Helper()
	if !t.says(words...) {
		tb.Errorf("no problem says %q; there are %+v", words, t.list)
	}
}

func open(t testing.TB, url string, opts Options) (Source, *told) {
	t.Helper()
	said := &told{}
	opts.Report = said.add
	s, err := Open(context.Background(), "test", url, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, said
}

// engineOf is what reads a database, without the manners of its URL.
func engineOf[T Source](s Source) T { return s.(*gentle).Source.(T) }

// lines writes rows one a line: their values parted by bars, a null as ∅, what is lost in
// braces.
func lines(t testing.TB, seq iter.Seq2[rows.Row, error]) []string {
	t.Helper()
	var out []string
	for r, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Key) == 0 || len(r.Values) != len(r.Table.Columns) {
			t.Fatalf("a row of %d values for %d columns, key %v", len(r.Values), len(r.Table.Columns), r.Key)
		}
		var cells []string
		for _, v := range r.Values {
			c := v.Text
			if v.Null {
				c = "∅"
			}
			if v.Lost != "" {
				c += "{" + v.Lost + "}"
			}
			cells = append(cells, c)
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

func failure(seq iter.Seq2[rows.Row, error]) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

func is(column, value string) rows.Match {
	return rows.Match{Column: column, Value: rows.Value{Text: value}}
}

func null(column string) rows.Match {
	return rows.Match{Column: column, Value: rows.Value{Null: true}}
}

func write(t testing.TB, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// everyRowFoundAgain holds Scan and Lookup against each other: each row of each
// table must be found by its own key, and alone if the key is declared. Views
// may give other values each time.
func everyRowFoundAgain(t *testing.T, s Source, perTable int) {
	t.Helper()
	ctx := context.Background()
	schema, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, tab := range schema.Tables {
		n := 0
		for r, err := range s.Scan(ctx, tab.Name, ScanOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n > perTable {
				break
			}
			declared := len(tab.Key) > 0 && len(r.Key) == len(tab.Key)
			found := 0
			for again, err := range s.Lookup(ctx, tab.Name, r.KeyMatch()) {
				if err != nil {
					t.Fatalf("looking up %s: %v", r.ID(), err)
				}
				if diff := cmp.Diff(r.Values, again.Values); diff != "" && declared {
					t.Errorf("%s read twice: %s", r.ID(), diff)
				}
				found++
			}
			if found == 0 && !tab.View || found > 1 && declared {
				t.Errorf("%s was found %d times by its key", r.ID(), found)
			}
		}
	}
}

func TestOpen(t *testing.T) {
	for url, want := range map[string]error{
		"db2://x/y":       ErrUnsupported,
		"imap://x":        nil,
		"/srv/housing.db": ErrUnsupported,
		"sqlite:":         nil,
		"":                ErrUnsupported,
	} {
		_, err := Open(context.Background(), "test", url, Options{})
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("Open(%q): %v", url, err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone")
	for _, scheme := range []string{"sqlite:", "dir:", "mbox:"} {
		s, _ := open(t, scheme+gone, Options{})
		if _, err := s.Check(context.Background()); !errors.Is(err, ErrUnreachable) {
			t.Errorf("%s Check: %v", scheme, err)
		}
		_, err := s.Schema(context.Background())
		var e *Error
		if !errors.As(err, &e) || e.Source != "test" {
			t.Errorf("%s Schema: %v", scheme, err)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"sqlite:/srv/a.db":                          "sqlite:/srv/a.db",
		"postgres://ann:s3cret@db.example.org/h":    "postgres://ann:xxxxx@db.example.org/h",
		"postgres://db/h?password=s3cret&user=ann":  "postgres://db/h?password=xxxxx&user=ann",
		"postgres:host=db password=s3cret user=ann": "postgres:host=db password=… user=ann",
		"postgres:password='s3 cret' host=db":       "postgres:password=… host=db",
		"postgres://ann:s3cret%zz@db/h":             "postgres://…",
		"mysql://ann:s3cret@db:3306/h?tls=true":     "mysql://ann:xxxxx@db:3306/h?tls=true",
		"mysql://ann@/h?socket=/run/s.sock":         "mysql://ann@/h?socket=%2Frun%2Fs.sock",
		"mysql:ann:s3cret@tcp(db)/h":                "mysql:…",
		"sqlserver:server=db;password=s3cret":       "sqlserver:…",
		"sqlserver://ann:s3cret@db/h":               "sqlserver://ann:xxxxx@db/h",
		"s3cret":                                    "…",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}
