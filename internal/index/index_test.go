package index

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tenet/internal/datamap"
	"tenet/internal/match"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/testpg"
)

var key = bytes.Repeat([]byte{7}, 32)

type fake struct {
	rows  []rows.Row
	print string
	scans int
	fail  error // after half of the rows
}

// engines runs a test on an index in a file and on one in PostgreSQL. where gives
// the same empty index each time.
func engines(t *testing.T, test func(t *testing.T, where string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "index.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, testpgURL(t)) })
}

func testpgURL(t testing.TB) string { return testpg.Database(t) + "&schema=blind" }

func (f *fake) Scan(context.Context, string, source.ScanOptions) iter.Seq2[rows.Row, error] {
	f.scans++
	return func(yield func(rows.Row, error) bool) {
		for i, r := range f.rows {
			if f.fail != nil && i == len(f.rows)/2 {
				yield(rows.Row{}, f.fail)
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (f *fake) Fingerprint(context.Context, string) (string, error) { return f.print, nil }

func nothing() []source.Problem { return nil }

var personTable = &rows.Table{Name: "person", Columns: []rows.Column{{Name: "id"}, {Name: "forename"}, {Name: "surname"}, {Name: "phone"}, {Name: "note"}}}

func person(id, forename, surname, phone, note string) rows.Row {
	return rows.Row{Table: personTable, Key: []string{"id"}, Values: []rows.Value{{Text: id}, {Text: forename}, {Text: surname}, {Text: phone}, {Text: note}}}
}

var mapped = &datamap.Table{People: datamap.Customers, Key: datamap.Columns{"id"},
	Identifiers: &datamap.Identifiers{Name: datamap.Columns{"forename", "surname"}, Phone: datamap.Columns{"phone"}},
	Columns:     map[string]*datamap.Column{"note": {FreeText: true}}}

func open(t testing.TB, where string, key []byte, epoch string, earlier ...Key) *Index {
	t.Helper()
	x, err := Open(context.Background(), where, "larkfield", key, epoch, earlier...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func refresh(t testing.TB, x *Index, f *fake) Built {
	t.Helper()
	b, err := x.Refresh(context.Background(), "housing", "person", mapped, f, false, nothing, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func search(t testing.TB, x *Index, groups ...[]Term) []string {
	t.Helper()
	got, err := x.Find(context.Background(), "housing", "person", groups...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func words(list ...string) (groups [][]Term) {
	for _, w := range list {
		groups = append(groups, []Term{{Text, "word", w}})
	}
	return groups
}

func TestFind(t *testing.T) { engines(t, testFind) }

func testFind(t *testing.T, where string) {
	x := open(t, where, key, "1")
	f := &fake{rows: []rows.Row{
		person("1", "Ann", "Shaw", "07700 900123", "Rang about Bob Dale. NI QQ 12 34 56 C, ref TEN-0042."),
		person("2", "Bob", "Dale", "", "Ann's neighbour; write to ann.shaw@example.org, NI QQ654321C"),
		person("3", "Anne", "Shore", "07700900123", ""),
	}}
	if b := refresh(t, x, f); b.Rows != 3 || b.Kept {
		t.Errorf("built %+v", b)
	}
	phone, _ := match.Phone("+44 7700 900 123")
	k := match.Known{Phones: []string{phone}}
	for name, c := range map[string]struct {
		groups [][]Term
		want   []string
	}{
		"phone":            {[][]Term{Terms(Person, k)}, []string{"person/id=1", "person/id=3"}},
		"name":             {[][]Term{{{Person, "name", "ann"}}, {{Person, "name", "shaw"}}}, []string{"person/id=1"}},
		"name by sound":    {[][]Term{Terms(Person, match.Known{Name: match.ParseName("Shawe")})}, []string{"person/id=1"}},
		"words":            {words("bob", "dale"), []string{"person/id=1"}},
		"possessive":       {words("ann", "neighbour"), []string{"person/id=2"}},
		"nino in pieces":   {[][]Term{CodesOf(match.Known{NINO: "QQ123456"})}, []string{"person/id=1"}},
		"nino in one":      {[][]Term{CodesOf(match.Known{NINO: "QQ654321"})}, []string{"person/id=2"}},
		"reference":        {[][]Term{CodesOf(match.Known{Refs: []string{"TEN0042"}})}, []string{"person/id=1"}},
		"email in text":    {[][]Term{CodesOf(match.Known{Emails: []string{"ann.shaw@example.org"}})}, []string{"person/id=2"}},
		"word is no name":  {[][]Term{{{Person, "name", "neighbour"}}}, nil},
		"nobody":           {words("zebra"), nil},
		"all of two words": {words("bob", "zebra"), nil},
	} {
		if diff := cmp.Diff(c.want, search(t, x, c.groups...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestRefresh(t *testing.T) { engines(t, testRefresh) }

func testRefresh(t *testing.T, where string) {
	x := open(t, where, key, "1")
	f := &fake{print: "a", rows: []rows.Row{person("1", "Ann", "Shaw", "", "first")}}
	refresh(t, x, f)
	if b := refresh(t, x, f); !b.Kept || f.scans != 1 {
		t.Errorf("an unchanged table was read again: %+v, %d scans", b, f.scans)
	}
	f.print, f.rows = "b", append(f.rows, person("2", "Bob", "Dale", "", "second"))
	f.fail = fmt.Errorf("gone")
	if _, err := x.Refresh(context.Background(), "housing", "person", mapped, f, false, nothing, nil); err == nil {
		t.Fatal("a failing scan passed")
	}
	if got := search(t, x, words("first")...); len(got) != 1 {
		t.Errorf("after a failed build the old segment is not there: %v", got)
	}
	f.fail = nil
	if b := refresh(t, x, f); b.Kept || b.Rows != 2 {
		t.Errorf("after the change: %+v", b)
	}
	if got := search(t, x, words("second")...); len(got) != 1 {
		t.Errorf("the new row: %v", got)
	}
	x.Close()

	x = open(t, where, key, "1")
	if b := refresh(t, x, f); !b.Kept {
		t.Error("the watermark did not last")
	}
	if err := x.Forget(context.Background(), func(string, string) bool { return false }); err != nil {
		t.Fatal(err)
	}
	if has, _ := x.Has(context.Background(), "housing", "person"); has {
		t.Error("a forgotten table is still there")
	}
	refresh(t, x, f)
	x.Close()

	x = open(t, where, key, "2")
	if has, _ := x.Has(context.Background(), "housing", "person"); has {
		t.Error("a new epoch kept the old index")
	}
}

// TestProblems: what could not be read is kept with the segment, and goes with it.
func TestProblems(t *testing.T) { engines(t, testProblems) }

func testProblems(t *testing.T, where string) {
	ctx := context.Background()
	x := open(t, where, key, "1")
	f := &fake{rows: []rows.Row{person("1", "Ann", "Shaw", "", "")}}
	unread := []source.Problem{{Source: "housing", Table: "person", Key: "person/id=9", Why: "too long"}}
	if _, err := x.Refresh(ctx, "housing", "person", mapped, f, false, func() []source.Problem { return unread }, nil); err != nil {
		t.Fatal(err)
	}
	got, err := x.Problems(ctx)
	if err != nil || !cmp.Equal(unread, got) {
		t.Errorf("kept %+v, %v", got, err)
	}
	if err := x.Forget(ctx, func(string, string) bool { return false }); err != nil {
		t.Fatal(err)
	}
	if got, err := x.Problems(ctx); err != nil || len(got) != 0 {
		t.Errorf("a table that is gone still has %+v, %v", got, err)
	}
}

func TestSorter(t *testing.T) {
	s := &sorter{dir: t.TempDir(), size: 1 << 10}
	var want []posting
	rapid.Check(t, func(r *rapid.T) {
		for _, v := range rapid.SliceOfN(rapid.Int64Range(-50, 50), 0, 40).Draw(r, "values") {
			p := posting{v, v % 3}
			want = append(want, p)
			if err := s.add(p); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.spill(); err != nil { // often enough that runs are merged
			t.Fatal(err)
		}
	})
	if len(s.runs) == 0 || len(s.runs) >= mostRuns {
		t.Errorf("%d runs", len(s.runs))
	}
	slices.SortFunc(want, posting.compare)
	want = slices.Compact(want)
	var got []posting
	if err := s.each(func(p posting) error { got = append(got, p); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(posting{})); diff != "" {
		t.Error(diff)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}

// TestCodes: looking only where a digit is near finds every number that looking
// everywhere does.
func TestCodes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"QQ", "12", "34", "56", "C", "the", "boiler", "b7", ",  -  ", "07700 900123", "x"}), 0, 20).Draw(r, "words"), " ")
		var want, got []Term
		var run []match.Word
		for w := range match.Words(text) {
			if len(run) > 0 && w.Start-run[len(run)-1].End > 2 {
				run = nil
			}
			if run = append(run, w); len(run) > longestCode {
				run = run[1:]
			}
			want = append(want, codes(run)...)
		}
		for _, term := range TextTerms(text) {
			if term.Kind == "code" {
				got = append(got, term)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	})
}

// TestFindAny: several questions at once give what each gives, once.
func TestFindAny(t *testing.T) { engines(t, testFindAny) }

func testFindAny(t *testing.T, where string) {
	ctx := context.Background()
	x := open(t, where, key, "1")
	f := &fake{}
	for i, note := range []string{"first boiler", "second boiler", "first and second", "neither"} {
		f.rows = append(f.rows, person(fmt.Sprint(i), "Ann", "Shaw", "", note))
	}
	refresh(t, x, f)
	first, second := search(t, x, words("first", "boiler")...), search(t, x, words("second")...)
	both, err := x.FindAny(ctx, "housing", "person", 0, words("first", "boiler"), words("second"), words("absent", "first"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Compact(slices.Sorted(slices.Values(slices.Concat(first, second))))
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(both))); diff != "" {
		t.Error(diff)
	}
	if some, err := x.FindAny(ctx, "housing", "person", 2, words("first"), words("second")); err != nil || len(some) != 2 {
		t.Errorf("asked for two: %v, %v", some, err)
	}
	if none, err := x.FindAny(ctx, "housing", "person", 0); err != nil || none != nil {
		t.Errorf("asked for nothing: %v, %v", none, err)
	}
}

// TestPreparedAreFew: many statements, used by several at once, are let go of
// without anybody noticing.
func TestPreparedAreFew(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "index.db"), key, "1")
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range mostPrepared {
				got, err := column[int](context.Background(), x.prepared, fmt.Sprintf("SELECT %d", (i+g*100)%700))
				if err != nil || len(got) != 1 || got[0] != (i+g*100)%700 {
					t.Errorf("%d: %v, %v", i, got, err)
					return
				}
			}
		})
	}
	all.Wait()
	if n := len(x.prepared.kept); n > mostPrepared {
		t.Errorf("%d are kept", n)
	}
}

// TestInitial: a single letter is found with the word after it.
func TestInitial(t *testing.T) {
	for text, want := range map[string]bool{"A Shaw": true, "A. Shaw rang": true, "option a\n\nSHAW": true, "Ann Shaw": false, "A and Shaw": false, "A": false} {
		if got := slices.Contains(TextTerms(text), Initial("a", "shaw")); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// TestStale: of the tables of a map, those that are indexed and have changed, or
// cannot say.
func TestStale(t *testing.T) {
	ctx := context.Background()
	x := open(t, filepath.Join(t.TempDir(), "index.db"), key, "1")
	f := &fake{print: "1"}
	for _, name := range []string{"a", "b"} {
		if _, err := x.Refresh(ctx, "housing", name, mapped, f, false, nothing, nil); err != nil {
			t.Fatal(err)
		}
	}
	other := *mapped
	other.Key = datamap.Columns{"phone"}
	for _, c := range []struct {
		print  string
		tables map[string]*datamap.Table
		want   []string
	}{
		{"1", map[string]*datamap.Table{"a": mapped, "b": mapped, "never indexed": mapped}, nil},
		{"1", map[string]*datamap.Table{"a": mapped, "b": &other}, []string{"b"}},
		{"2", map[string]*datamap.Table{"b": mapped, "a": mapped}, []string{"a", "b"}},
		{"", map[string]*datamap.Table{"a": mapped}, []string{"a"}},
	} {
		f.print = c.print
		got, err := x.Stale(ctx, "housing", c.tables, f)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: want -, got +\n%s", c.print, diff)
		}
		for name, table := range c.tables {
			has, err := x.Has(ctx, "housing", name)
			if err != nil || !has {
				continue
			}
			if fresh, err := x.Fresh(ctx, "housing", name, table, f); err != nil || fresh == slices.Contains(got, name) {
				t.Errorf("%q, %s: fresh is %t, %v", c.print, name, fresh, err)
			}
		}
	}
}
