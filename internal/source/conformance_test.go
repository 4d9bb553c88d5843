package source

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/rows"
)

// conform runs a test on each engine.
func conform(t *testing.T, f func(t *testing.T, e engineUnderTest)) {
	for _, e := range engines() {
		t.Run(e.name, func(t *testing.T) { f(t, e) })
	}
}

// create declares the table v with all conforming columns.
func (e engineUnderTest) create() string {
	var cols []string
	for i, name := range conformingColumns {
		cols = append(cols, e.quote(name)+" "+e.types[i])
	}
	return "CREATE TABLE v (" + strings.Join(cols, ", ") + ")"
}

// One row of every type in one canonical text, whatever the engine; a row of
// nulls; and one at the edges of types.
func TestConformanceValues(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		yes, no := "TRUE", "FALSE"
		e.exec(t, url, e.create(),
			"INSERT INTO v VALUES (1, 9007199254740993, -7, '12345678901234567890.50', 0.1, "+yes+", 'ab', 'Zoë O''Hara', 'line one\nline two  ', '1980-03-01', '2026-03-01 09:30:00', "+e.instant+", "+e.bytes("01ff")+", '{\"a\": 1}')",
			"INSERT INTO v VALUES (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
			"INSERT INTO v VALUES (3, -9223372036854775808, 32767, '0.00', -2.5, "+no+", '', '', '', '0001-01-01', '9999-12-31 23:59:59', NULL, "+e.bytes("")+", '[]')")
		s, _ := open(t, url, Options{})
		want := []string{
			"1|9007199254740993|-7|12345678901234567890.50|0.1|true|ab|Zoë O'Hara|line one\nline two  |1980-03-01|2026-03-01T09:30:00|2026-07-01T08:30:00Z|\\x01ff|{\"a\": 1}",
			"2|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅",
			`3|-9223372036854775808|32767|0.00|-2.5|false||||0001-01-01|9999-12-31T23:59:59|∅|\x|[]`,
		}
		if diff := cmp.Diff(want, lines(t, s.Scan(context.Background(), "v", ScanOptions{}))); diff != "" {
			t.Error(diff)
		}
		everyRowFoundAgain(t, s, 10)
		schema, err := s.Schema(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, c := range schema.Table("v").Columns {
			kinds = append(kinds, c.Kind.String())
		}
		wantKinds := strings.Fields("number number number number number bool text text text date time time bytes json")
		if e.name == "SQLite" {
			wantKinds[3] = "text" // which has no decimals
		}
		if diff := cmp.Diff(wantKinds, kinds); diff != "" {
			t.Error(diff)
		}
		eachValueFindsItsRow(t, s, "v")
	})
}

// eachValueFindsItsRow looks each value up by its canonical text. What a type cannot have
// finds nothing, and is no error.
func eachValueFindsItsRow(t *testing.T, s Source, table string) {
	t.Helper()
	ctx := context.Background()
	for r, err := range s.Scan(ctx, table, ScanOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range r.Values {
			column := r.Table.Columns[i].Name
			if v.Lost != "" {
				continue
			}
			var ids []string
			for again, err := range s.Lookup(ctx, table, []rows.Match{{Column: column, Value: v}}) {
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, again.ID())
			}
			if !slices.Contains(ids, r.ID()) {
				t.Errorf("%s = %q finds %q and not %s", column, v.Text, ids, r.ID())
			}
		}
		for _, c := range r.Table.Columns {
			for _, bad := range []string{"abc", "07", "99999999999999999999999", "1980-02-30", "' OR true --", "\x00", "zoë", "true ", `\xZZ`, "1e400", "\"); DROP TABLE v", "`", "?", "@p1", ":1", "ZOË O'HARA", "Zoe O'Hara"} {
				for r, err := range s.Lookup(ctx, table, []rows.Match{is(c.Name, bad)}) {
					if err != nil {
						t.Fatalf("%s = %q: %v", c.Name, bad, err)
					}
					t.Errorf("%s = %q finds %s", c.Name, bad, r.ID())
				}
			}
		}
	}
}

func TestConformanceCharPadding(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		e.exec(t, url, "CREATE TABLE padded (code char(6) NOT NULL PRIMARY KEY, n int)", "INSERT INTO padded VALUES ('ab    ', 1), ('abc', 2), ('', 3)")
		s, _ := open(t, url, Options{})
		ctx := context.Background()
		if diff := cmp.Diff([]string{"|3", "ab|1", "abc|2"}, lines(t, s.Scan(ctx, "padded", ScanOptions{}))); diff != "" {
			t.Error(diff)
		}
		for value, want := range map[string]int{"ab": 1, "ab ": 0, "ab    ": 0, "": 1, " ": 0, "AB": 0} {
			if got := lines(t, s.Lookup(ctx, "padded", []rows.Match{is("code", value)})); len(got) != want {
				t.Errorf("%q finds %q", value, got)
			}
		}
	})
}

// A key whose collation does not tell cases apart, and orders é with e: a lookup is
// letter by letter all the same, and a scan over many pages has every row once.
func TestConformanceCollation(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		e.exec(t, url, "CREATE TABLE folded (code "+e.folded+" NOT NULL PRIMARY KEY, n int)",
			"INSERT INTO folded SELECT CONCAT(CASE WHEN i % 3 = 0 THEN 'Key É' WHEN i % 3 = 1 THEN 'key é' ELSE 'KEY z' END, i), i FROM ("+e.series(1500)+") s",
			"INSERT INTO folded VALUES ('Ann', 0)")
		s, _ := open(t, url, Options{})
		ctx := context.Background()
		seen := map[string]int{}
		for r, err := range s.Scan(ctx, "folded", ScanOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			seen[r.ID()]++
		}
		if len(seen) != 1501 {
			t.Errorf("%d rows, want 1501", len(seen))
		}
		for value, want := range map[string]int{"Ann": 1, "ann": 0, "ANN": 0, "Ann ": 0, "Ánn": 0, "Ann✓": 0, "?nn": 0} {
			if got := lines(t, s.Lookup(ctx, "folded", []rows.Match{is("code", value)})); len(got) != want {
				t.Errorf("%q finds %q", value, got)
			}
		}
	})
}

// Rows come in the order of the key as the engine's type has it, each once, over as many
// statements as it takes.
func TestConformanceKeysetOrder(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		e.exec(t, url, "CREATE TABLE many (code varchar(8) NOT NULL, n int NOT NULL, at date NOT NULL, pad char(20), PRIMARY KEY (n, at, code))")
		for _, at := range []string{"2026-01-10", "2026-01-09"} {
			for _, code := range []string{"c", "a"} {
				e.exec(t, url, "INSERT INTO many SELECT '"+code+"', i, '"+at+"', 'x' FROM ("+e.series(750)+") s")
			}
		}
		s, _ := open(t, url, Options{})
		n, last := 0, ""
		for r, err := range s.Scan(context.Background(), "many", ScanOptions{Columns: []string{"n"}}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			key := fmt.Sprintf("%6s %s %s", r.Get("n"), r.Get("at"), r.Get("code"))
			if key <= last {
				t.Fatalf("%q came after %q", key, last)
			}
			if last = key; len(r.Values) != 3 {
				t.Fatalf("%d values", len(r.Values))
			}
		}
		if n != 3000 {
			t.Errorf("%d rows", n)
		}
	})
}

// A huge value stays where it is: a little of it comes over, and its size.
func TestConformanceHugeValue(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		big := strings.NewReplacer("varchar(40)", "").Replace(e.types[8])
		e.exec(t, url, "CREATE TABLE note (id "+e.types[0]+", body "+big+", scan "+strings.Replace(e.types[12], "blob", "longblob", 1)+")",
			"INSERT INTO note VALUES (1, "+e.repeat("é", e.huge)+", NULL), (2, 'short', "+e.bytes(strings.Repeat("00", 100))+")",
			"INSERT INTO note VALUES (3, "+e.repeat("é", 600)+", "+e.bytes(strings.Repeat("00", 64))+")")
		s, said := open(t, url, Options{})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n := 0
		lost := doc3(2*e.huge) + " bytes, over the limit of 1,048,576"
		for r, err := range s.Scan(context.Background(), "note", ScanOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			v := r.Get("body")
			if n++; n == 1 && (v.Lost != lost || len(v.Text) == 0 || len(v.Text) > 1<<20 || strings.Trim(v.Text, "é") != "") {
				t.Errorf("%d bytes, lost %q", len(v.Text), v.Lost)
			}
			if n == 3 && (len(v.Text) != 1200 || v.Lost != "" || len(r.Get("scan").Text) != 130) {
				t.Errorf("%d bytes of a short text, lost %q, and %q", len(v.Text), v.Lost, r.Get("scan"))
			}
		}
		runtime.ReadMemStats(&after)
		if n != 3 {
			t.Errorf("%d rows", n)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 32<<20 {
			t.Errorf("reading it took %d bytes of memory", grown)
		}
		said.must(t, "note.body", doc3(2*e.huge), "note/id=1")
		said.must(t, "note.scan", "binary, 100 bytes", "note/id=2")
	})
}

// doc3 writes a number with commas.
func doc3(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// A column of a type that Tenet does not know is read as the engine writes it,
// and hides none of the others.
func TestConformanceStrangeTypes(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		cols, values, want := []string{"id " + e.types[0]}, []string{"1"}, []string{"1"}
		for i, st := range e.strange {
			cols = append(cols, fmt.Sprintf("c%d %s", i, st[0]))
			values = append(values, st[1])
			want = append(want, st[2])
		}
		e.exec(t, url, "CREATE TABLE strange ("+strings.Join(cols, ", ")+")", "INSERT INTO strange VALUES ("+strings.Join(values, ", ")+")")
		s, _ := open(t, url, Options{})
		if diff := cmp.Diff([]string{strings.Join(want, "|")}, lines(t, s.Scan(context.Background(), "strange", ScanOptions{}))); diff != "" {
			t.Error(diff)
		}
		for i, st := range e.strange {
			if got := lines(t, s.Lookup(context.Background(), "strange", []rows.Match{is(fmt.Sprintf("c%d", i), st[2])})); len(got) != 1 {
				t.Errorf("%s = %q finds %d rows", st[0], st[2], len(got))
			}
		}
	})
}

// Names are quoted whatever is in them, and a key of such names is compared.
func TestConformanceNames(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		const table, column, other = "odd \"t`a]b'le; --", "a \"b` ] '?' @p1 :1 %s", "select"
		e.exec(t, url, "CREATE TABLE "+e.quote(table)+" ("+e.quote(column)+" int NOT NULL, "+e.quote(other)+" varchar(9), PRIMARY KEY ("+e.quote(column)+"))",
			"INSERT INTO "+e.quote(table)+" SELECT i, 'x' FROM ("+e.series(700)+") s")
		s, _ := open(t, url, Options{})
		if n := len(lines(t, s.Scan(context.Background(), table, ScanOptions{}))); n != 700 {
			t.Errorf("%d rows", n)
		}
		if got := lines(t, s.Lookup(context.Background(), table, []rows.Match{is(column, "7"), is(other, "x")})); len(got) != 1 {
			t.Errorf("found %q", got)
		}
	})
}

func TestConformanceWithoutKey(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		e.exec(t, url, "CREATE TABLE bare (a varchar(9), b int)", "INSERT INTO bare VALUES ('y', 2), ('x', 1), ('x', 1), (NULL, 3)",
			"CREATE VIEW few AS SELECT a FROM bare WHERE b = 1")
		ctx := context.Background()
		s, _ := open(t, url, Options{})
		got := lines(t, s.Scan(ctx, "bare", ScanOptions{}))
		slices.Sort(got)
		if diff := cmp.Diff([]string{"x|1", "x|1", "y|2", "∅|3"}, got); diff != "" {
			t.Error(diff)
		}
		everyRowFoundAgain(t, s, 10)
		if diff := cmp.Diff([]string{"x", "x"}, lines(t, s.Scan(ctx, "few", ScanOptions{}))); diff != "" {
			t.Error(diff)
		}
		given, _ := open(t, url, Options{Keys: func(string) []string { return []string{"b"} }})
		var ids []string
		for r, err := range given.Scan(ctx, "bare", ScanOptions{}) {
			if err != nil {
				t.Error(err)
			}
			ids = append(ids, r.ID())
		}
		slices.Sort(ids)
		if diff := cmp.Diff([]string{"bare/b=1", "bare/b=1", "bare/b=2", "bare/b=3"}, ids); diff != "" {
			t.Error(diff)
		}
		wrong, _ := open(t, url, Options{Keys: func(string) []string { return []string{"gone"} }})
		for what, err := range map[string]error{
			"a key":       failure(wrong.Scan(ctx, "bare", ScanOptions{})),
			"a column":    failure(s.Scan(ctx, "bare", ScanOptions{Columns: []string{"gone"}})),
			"a condition": failure(s.Lookup(ctx, "bare", []rows.Match{is("gone", "1")})),
		} {
			if !errors.Is(err, ErrNoColumn) {
				t.Errorf("%s that is not there: %v", what, err)
			}
		}
		if err := failure(s.Scan(ctx, "gone", ScanOptions{})); !errors.Is(err, ErrNoTable) {
			t.Errorf("missing table: %v", err)
		}
		if err := failure(s.Lookup(ctx, "bare", nil)); err == nil {
			t.Error("a lookup without conditions went through")
		}
	})
}

// Leaving early, taking too long, cancelling and closing: each ends what it should and
// nothing else.
func TestConformanceCancel(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		e.exec(t, url, "CREATE TABLE many (a int NOT NULL PRIMARY KEY)", "INSERT INTO many SELECT i FROM ("+e.series(5000)+") s", "CREATE TABLE heap (a int)", "INSERT INTO heap SELECT a FROM many",
			"CREATE VIEW slow AS "+e.slow)
		ctx := context.Background()
		hasty := inHaste(t, url)
		for _, err := range []error{failure(hasty.Scan(ctx, "slow", ScanOptions{})), failure(hasty.Lookup(ctx, "slow", []rows.Match{is("i", "1")}))} {
			if !errors.Is(err, errSlow) {
				t.Errorf("a slow view: %v", err)
			}
		}
		s, _ := open(t, url, Options{})
		for range 2 * serverConns { // more than there are connections
			for _, table := range []string{"many", "heap"} {
				for _, err := range s.Scan(ctx, table, ScanOptions{}) {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				for range s.Lookup(ctx, table, []rows.Match{is("a", "7")}) {
					break
				}
			}
		}
		gone, cancel := context.WithCancel(ctx)
		defer cancel()
		for _, table := range []string{"many", "heap"} {
			n := 0
			var last error
			live, stop := context.WithCancel(ctx)
			for _, err := range s.Scan(live, table, ScanOptions{}) {
				if n++; n == 10 {
					stop()
				}
				last = err
			}
			stop()
			if n >= 5000 || !errors.Is(last, context.Canceled) {
				t.Errorf("%s: %d rows of a cancelled scan, then %v", table, n, last)
			}
		}
		cancel()
		if err := failure(s.Lookup(gone, "many", []rows.Match{is("a", "7")})); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if n := len(lines(t, s.Scan(ctx, "many", ScanOptions{}))); n != 5000 {
			t.Errorf("%d rows after a cancelled scan", n)
		}
		s.Close()
		var se *Error
		if err := failure(s.Scan(ctx, "many", ScanOptions{})); !errors.As(err, &se) {
			t.Errorf("closed: %v", err)
		}
	})
}

// inHaste is a source whose statements may take a fifth of a second. It has read the schema, which a
// busy machine may not manage in that time at once.
func inHaste(t *testing.T, url string) Source {
	t.Helper()
	s, _ := open(t, url, Options{Limits: Limits{Statement: 200 * time.Millisecond}})
	for {
		_, err := s.Schema(context.Background())
		if err == nil {
			return s
		}
		if !errors.Is(err, errSlow) || t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
}

func TestConformanceDropped(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		if e.drop == nil {
			return // no connections
		}
		url := e.database(t)
		// Wide enough that what is under way between server and client is not all of it.
		pad := e.repeat("x", 1000)
		e.exec(t, url, "CREATE TABLE keyed (code varchar(9) NOT NULL, n int NOT NULL, pad "+e.types[8]+", PRIMARY KEY (code, n))", "CREATE TABLE bare (n int, pad "+e.types[8]+")",
			"INSERT INTO keyed SELECT CASE WHEN i % 3 = 0 THEN 'c' ELSE 'd' END, i, "+pad+" FROM ("+e.series(6000)+") s", "INSERT INTO bare SELECT n, pad FROM keyed")
		ctx := context.Background()
		read := func(table string, drops int) (map[string]int, *told, error) {
			s, said := open(t, url, Options{})
			seen := map[string]int{}
			for r, err := range s.Scan(ctx, table, ScanOptions{}) {
				if err != nil {
					return seen, said, err
				}
				seen[r.ID()]++
				if n := len(seen); drops > 0 && n%700 == 0 {
					drops--
					e.drop(t, url)
				}
			}
			return seen, said, nil
		}
		seen, said, err := read("keyed", 1)
		if err != nil || len(seen) != 6000 {
			t.Errorf("%d rows after one drop, error %v", len(seen), err)
		}
		for id, n := range seen {
			if n != 1 {
				t.Fatalf("%s was read %d times", id, n)
			}
		}
		said.must(t, "keyed", "connection was lost", "keyed/code=")
		var se *Error
		if _, _, err := read("keyed", 2); !errors.As(err, &se) || !errors.Is(err, ErrUnreachable) || se.Table != "keyed" || !strings.HasPrefix(se.After, "keyed/code=") {
			t.Errorf("after two drops: %#v", err)
		}
		if _, _, err := read("bare", 1); !errors.As(err, &se) || se.Table != "bare" || !strings.HasPrefix(se.After, "bare/n=") {
			t.Errorf("a table without a key: %#v", err)
		}
		// Connections that died while they lay idle are replaced without a word.
		s, said := open(t, url, Options{})
		lines(t, s.Lookup(ctx, "keyed", []rows.Match{is("n", "7")}))
		e.drop(t, url)
		if e.name == "PostgreSQL" {
			p := engineOf[*postgres](s)
			for i := range p.pool.idle {
				p.pool.idle[i].since = time.Time{}
			}
		}
		if got := lines(t, s.Scan(ctx, "keyed", ScanOptions{})); len(got) != 6000 || len(said.list) > 0 {
			t.Errorf("found %d rows; told %v", len(got), said.list)
		}
	})
}

// A table that someone holds locked is waited for as long as a statement may take,
// and no longer; and the error says so.
func TestConformanceLocked(t *testing.T) {
	conform(t, func(t *testing.T, e engineUnderTest) {
		url := e.database(t)
		e.exec(t, url, "CREATE TABLE many (a int NOT NULL PRIMARY KEY)", "INSERT INTO many VALUES (1)", "CREATE TABLE free (a int)", "INSERT INTO free VALUES (1)")
		hasty := inHaste(t, url)
		patient, _ := open(t, url, Options{})
		if _, err := patient.Schema(context.Background()); err != nil {
			t.Fatal(err)
		}
		e.lock(t, url)
		ctx := context.Background()
		for _, err := range []error{failure(hasty.Scan(ctx, "many", ScanOptions{})), failure(hasty.Lookup(ctx, "many", []rows.Match{is("a", "1")}))} {
			if !errors.Is(err, errSlow) {
				t.Errorf("a locked table: %v", err)
			}
		}
		if e.name == "SQLite" {
			return // it locks the whole file
		}
		if got := lines(t, patient.Scan(ctx, "free", ScanOptions{})); len(got) != 1 {
			t.Errorf("%q of a table that is not locked", got)
		}
	})
}
