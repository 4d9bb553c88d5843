package bench

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/index"
	"tenet/internal/match"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/testpg"
)

// peopleEnv adds a size to those that BenchmarkPeople runs at. By hand:
//
//	TENET_BENCH_PEOPLE=1000000 go test -run '^$' -bench People -benchtime 1x -timeout 1h ./bench
const peopleEnv = "TENET_BENCH_PEOPLE"

// An estate is a landlord of one database: a table of people, 36 that hang below
// it, of which each person has rows in nine, and three of free text, with a row
// for each person in each. A tenth of the notes name somebody else.
type estate struct {
	people int
	path   string
	db     *sql.DB
	m      *datamap.Map
	src    source.Source
	index  *index.Index
	built  time.Duration
	rows   int64
	tokens int64
}

const below, texts = 36, 3

func (e *estate) forename(i int) string { return spoken(i%211, 2) }
func (e *estate) surname(i int) string  { return spoken(i*7919%20011, 4) }
func (e *estate) dob(i int) string {
	return time.Date(1940+i%60, time.Month(1+i/60%12), 1+i/720%28, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}
func (e *estate) email(i int) string { return fmt.Sprintf("tenant.%d@example.org", i) }

// spoken makes a name of so many syllables that can be pronounced, as names that
// are matched by their sound must be.
func spoken(n, syllables int) string {
	var s strings.Builder
	for range syllables {
		s.WriteByte("bdfgklmnprstvw"[n%14])
		s.WriteByte("aeiou"[n/14%5])
		n = n/14 + n%14*1009
	}
	s.WriteByte('n')
	return strings.ToUpper(s.String()[:1]) + s.String()[1:]
}

// someone spreads n people over the estate.
func (e *estate) someone(n int) int { return n * 7877 % e.people }

// estateOf makes and indexes an estate, for as long as the benchmark runs.
func estateOf(b *testing.B, people int) *estate {
	b.Helper()
	ctx := context.Background()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "tenet-bench-")
	must(err)
	e := &estate{people: people, path: filepath.Join(dir, "estate.db"), m: &datamap.Map{Source: "housing", Tables: map[string]*datamap.Table{}}}
	b.Cleanup(func() {
		e.index.Close()
		e.src.Close()
		e.db.Close()
		os.RemoveAll(dir)
	})
	e.db, err = sql.Open("sqlite", "file:"+e.path+"?_pragma=synchronous(0)&_pragma=journal_mode(off)")
	must(err)
	must(e.fill(ctx))
	must(e.db.Close())
	e.db, err = sql.Open("sqlite", "file:"+e.path+"?mode=ro")
	must(err)
	e.src, err = source.Open(ctx, "housing", "sqlite:"+e.path, source.Options{})
	must(err)
	e.index, err = index.Open(ctx, filepath.Join(dir, "index.db"), "bench", make([]byte, 32), "1")
	must(err)
	start := time.Now()
	for _, name := range e.tables() {
		t, err := e.index.Refresh(ctx, "housing", name, e.m.Tables[name], e.src, true, func() []source.Problem { return nil }, nil)
		must(err)
		e.rows, e.tokens = e.rows+t.Rows, e.tokens+t.Postings
	}
	e.built = time.Since(start)
	return e
}

func (e *estate) tables() (out []string) {
	for name := range e.m.Tables {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func (e *estate) fill(ctx context.Context) error {
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(`CREATE TABLE person (id INTEGER PRIMARY KEY, forename TEXT, surname TEXT, dob TEXT, email TEXT)`); err != nil {
		return err
	}
	e.m.Tables["person"] = &datamap.Table{People: datamap.Customers, Key: datamap.Columns{"id"},
		Identifiers: &datamap.Identifiers{Name: datamap.Columns{"forename", "surname"}, DOB: "dob", Email: datamap.Columns{"email"}}}
	owned := datamap.Edges{{Table: "person", On: map[string]string{"person_id": "id"}}}
	for k := range below {
		name := fmt.Sprintf("entry_%02d", k)
		_, err := tx.Exec(fmt.Sprintf(`CREATE TABLE %s (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, made_on TEXT, amount INTEGER);
			WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 4 FROM n WHERE i + 4 < %d)
			INSERT INTO %[1]s (person_id, made_on, amount) SELECT i, '2026-01-01', i %% 1000 FROM n;
			CREATE INDEX %[1]s_person ON %[1]s (person_id)`, name, k%4, e.people))
		if err != nil {
			return err
		}
		e.m.Tables[name] = &datamap.Table{Key: datamap.Columns{"id"}, OwnedBy: owned}
	}
	person, err := tx.Prepare(`INSERT INTO person (id, forename, surname, dob, email) VALUES (?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	for i := range e.people {
		if _, err := person.Exec(i, e.forename(i), e.surname(i), e.dob(i), e.email(i)); err != nil {
			return err
		}
	}
	for k := range texts {
		name := fmt.Sprintf("note_%d", k)
		if _, err := tx.Exec(`CREATE TABLE ` + name + ` (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, body TEXT)`); err != nil {
			return err
		}
		note, err := tx.Prepare(`INSERT INTO ` + name + ` (person_id, body) VALUES (?, ?)`)
		if err != nil {
			return err
		}
		for i := range e.people {
			about := i
			if i%10 == k {
				about = (i + 17*k + 5) % e.people
			}
			text := fmt.Sprintf("%s %s rang about the boiler pressure, engineer attended, job JB%06d closed %s", e.forename(about), e.surname(about), i*3+k, letters(uint64(i)))
			if _, err := note.Exec(i, text); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(fmt.Sprintf(`CREATE INDEX %s_person ON %[1]s (person_id)`, name)); err != nil {
			return err
		}
		e.m.Tables[name] = &datamap.Table{Key: datamap.Columns{"id"}, OwnedBy: owned, Columns: map[string]*datamap.Column{"body": {FreeText: true}}}
	}
	return tx.Commit()
}

// quantiles are the median and the 99th of a hundred of how long do takes, over
// 300 people.
func (e *estate) quantiles(b *testing.B, do func(person int)) (p50, p99 time.Duration) {
	b.Helper()
	took := make([]time.Duration, 300)
	do(e.someone(0)) // what is opened once is not a search's cost
	for i := range took {
		start := time.Now()
		do(e.someone(i))
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	return took[150], took[297]
}

// BenchmarkPeople finds everything about a tenant of 40 tables, beside reading
// the same rows by their indexed keys, knowing which they are.
func BenchmarkPeople(b *testing.B) {
	ctx := context.Background()
	sizes := []int{10_000, 100_000}
	if s := os.Getenv(peopleEnv); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatalf("%s=%q is no number", peopleEnv, s)
		}
		sizes = append(sizes, n)
	}
	medians := map[int]time.Duration{}
	for _, people := range sizes {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			e := estateOf(b, people)
			timed := &timedIndex{Index: e.index}
			f := &find.Finder{Maps: map[string]*datamap.Map{"housing": e.m}, Sources: map[string]find.Source{"housing": e.src}, Index: timed}
			records := 0
			ask := func(i int) {
				q := match.Known{Name: match.NameOf(e.forename(i), e.surname(i)), DOB: e.dob(i), Emails: []string{e.email(i)}}
				a, err := f.Find(ctx, q)
				if err != nil {
					b.Fatal(err)
				}
				records = len(a.Records)
			}
			n := 0
			for b.Loop() {
				ask(e.someone(n))
				n++
			}
			p50, p99 := e.quantiles(b, func(i int) {
				timed.took = append(timed.took, 0)
				ask(i)
			})
			slices.Sort(timed.took)
			within := timed.took[len(timed.took)/2]
			medians[people] = p50
			raw, err := e.reader()
			if err != nil {
				b.Fatal(err)
			}
			raw50, raw99 := e.quantiles(b, func(i int) {
				if err := raw(i); err != nil {
					b.Fatal(err)
				}
			})
			through50, _ := e.quantiles(b, func(i int) {
				if err := e.lookUp(ctx, i); err != nil {
					b.Fatal(err)
				}
			})
			const searches = 100
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for i := range searches {
				ask(e.someone(i))
			}
			runtime.ReadMemStats(&after)
			memory := float64(after.TotalAlloc-before.TotalAlloc) / searches / (1 << 10)
			b.ReportMetric(memory, "KiB/search")
			b.ReportMetric(float64(p50.Microseconds()), "µs-p50")
			b.ReportMetric(float64(p99.Microseconds()), "µs-p99")
			b.ReportMetric(float64(records), "records")
			b.ReportMetric(float64(e.rows)/e.built.Seconds(), "rows/s-indexed")
			what := fmt.Sprintf("find among %d people in 40 tables", people)
			compare(ratio{what + ", p50", short(p50), short(raw50), "the same rows by indexed key, 40 statements", float64(p50) / float64(raw50)})
			compare(ratio{what + ", p99", short(p99), short(raw99), "the same rows by indexed key, 40 statements", float64(p99) / float64(raw99)})
			compare(ratio{what + ", p50", short(p50), short(through50), "the same rows by key through the source, which reads nothing it may not", float64(p50) / float64(through50)})
			compare(ratio{what + ", all memory", fmt.Sprintf("%.0f KiB", memory), "32 MiB", "what a search keeps of rows at most", memory / (32 << 10)})
			compare(ratio{what + ", of which the index", short(within), short(raw50), "the same rows by indexed key, 40 statements", float64(within) / float64(raw50)})

			words := func(i int) {
				for k := range texts {
					ids, err := e.index.Find(ctx, "housing", fmt.Sprintf("note_%d", k), word(e.forename(i)), word(e.surname(i)))
					if err != nil {
						b.Fatal(err)
					}
					records += len(ids)
				}
			}
			w50, _ := e.quantiles(b, words)
			scan := once(b, func() {
				for k := range texts {
					var n int
					if err := e.db.QueryRow(fmt.Sprintf(`SELECT count(*) FROM note_%d WHERE body LIKE ?`, k), "%"+e.forename(0)+" "+e.surname(0)+"%").Scan(&n); err != nil {
						b.Fatal(err)
					}
				}
			})
			compare(ratio{fmt.Sprintf("mentions in %d notes", texts*people), short(w50), short(scan), "LIKE over the same notes", float64(w50) / float64(scan)})
		})
	}
	if a, z := medians[sizes[0]], medians[sizes[len(sizes)-1]]; a > 0 && z > 0 {
		compare(ratio{"find, p50", short(z), short(a), fmt.Sprintf("%d people beside %d: 1 is a cost that does not grow", sizes[len(sizes)-1], sizes[0]), float64(z) / float64(a)})
	}
}

// timedIndex adds up how long the index itself takes, by search.
type timedIndex struct {
	*index.Index
	took []time.Duration
}

func (x *timedIndex) add(start time.Time) {
	if n := len(x.took); n > 0 {
		x.took[n-1] += time.Since(start)
	}
}

func (x *timedIndex) FindAny(ctx context.Context, source, table string, most int, ways ...index.All) ([]string, error) {
	defer x.add(time.Now())
	return x.Index.FindAny(ctx, source, table, most, ways...)
}

func (x *timedIndex) Tables(ctx context.Context) ([]index.Table, error) {
	defer x.add(time.Now())
	return x.Index.Tables(ctx)
}

func (x *timedIndex) Problems(ctx context.Context) ([]source.Problem, error) {
	defer x.add(time.Now())
	return x.Index.Problems(ctx)
}

func word(s string) []index.Term {
	return []index.Term{{Class: index.Text, Kind: "word", Value: strings.ToLower(s)}}
}

// reader reads a person's rows as somebody would who knows the schema by heart.
func (e *estate) reader() (func(person int) error, error) {
	var stmts []*sql.Stmt
	for _, name := range e.tables() {
		column := "person_id"
		if name == "person" {
			column = "id"
		}
		s, err := e.db.Prepare(`SELECT * FROM ` + name + ` WHERE ` + column + ` = ?`)
		if err != nil {
			return nil, err
		}
		stmts = append(stmts, s)
	}
	return func(person int) error {
		for _, s := range stmts {
			rs, err := s.Query(person)
			if err != nil {
				return err
			}
			if _, err := drain(rs); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// lookUp reads a person's rows as a search does that knows which tables have any.
func (e *estate) lookUp(ctx context.Context, person int) error {
	for _, name := range e.tables() {
		column := "person_id"
		if name == "person" {
			column = "id"
		}
		for _, err := range e.src.Lookup(ctx, name, []rows.Match{{Column: column, Value: rows.Value{Text: strconv.Itoa(person)}}}) {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// drain reads rows to their end.
func drain(rs *sql.Rows) (n int, err error) {
	defer rs.Close()
	columns, err := rs.Columns()
	if err != nil {
		return 0, err
	}
	values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rs.Next() {
		if err := rs.Scan(into...); err != nil {
			return n, err
		}
		n++
	}
	return n, rs.Err()
}

// BenchmarkIndexBuild indexes notes beside reading the same columns: by SELECT of
// SQLite, by COPY of PostgreSQL, each into an index of its own engine.
func BenchmarkIndexBuild(b *testing.B) {
	const people = 10_000
	ctx := context.Background()
	read := func(b *testing.B, engine, where string, src source.Source, m *datamap.Table, than string, floor func()) {
		x, err := index.Open(ctx, where, "bench", make([]byte, 32), "1")
		if err != nil {
			b.Fatal(err)
		}
		defer x.Close()
		var built index.Built
		for b.Loop() {
			if built, err = x.Refresh(ctx, "housing", "note_0", m, src, true, func() []source.Problem { return nil }, nil); err != nil {
				b.Fatal(err)
			}
		}
		took := per(b)
		b.ReportMetric(float64(built.Rows)/took.Seconds(), "rows/s")
		plain := once(b, floor)
		compare(ratio{fmt.Sprintf("index %d notes, %s", built.Rows, engine), short(took), short(plain), than, float64(took) / float64(plain)})
	}
	b.Run("sqlite", func(b *testing.B) {
		e := estateOf(b, people)
		read(b, "sqlite", filepath.Join(b.TempDir(), "index.db"), e.src, e.m.Tables["note_0"], "SELECT of the same columns", func() {
			rs, err := e.db.Query(`SELECT id, body FROM note_0`)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := drain(rs); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("postgres", func(b *testing.B) {
		e := estateOf(b, people)
		where := testpg.Database(b)
		conn, err := pgx.Connect(ctx, where)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, `CREATE TABLE note_0 (id bigint PRIMARY KEY, person_id bigint, body text)`); err != nil {
			b.Fatal(err)
		}
		rs, err := e.db.Query(`SELECT id, person_id, body FROM note_0`)
		if err != nil {
			b.Fatal(err)
		}
		var id, person int64
		var body string
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{"note_0"}, []string{"id", "person_id", "body"}, pgx.CopyFromFunc(func() ([]any, error) {
			if !rs.Next() {
				return nil, rs.Err()
			}
			err := rs.Scan(&id, &person, &body)
			return []any{id, person, body}, err
		})); err != nil {
			b.Fatal(err)
		}
		rs.Close()
		src, err := source.Open(ctx, "housing", where, source.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer src.Close()
		read(b, "postgres", where, src, e.m.Tables["note_0"], "COPY of the same columns", func() {
			if _, err := conn.PgConn().CopyTo(ctx, io.Discard, `COPY note_0 (id, body) TO STDOUT`); err != nil {
				b.Fatal(err)
			}
		})
	})
}
