package bench

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"database/sql"

	_ "github.com/jackc/pgx/v5/stdlib"

	"tenet/internal/datamap"
	"tenet/internal/index"
	"tenet/internal/rows"
	"tenet/internal/source"
	"tenet/internal/testpg"
)

// scaleEnv is how many tokens of rows BenchmarkIndexScale builds on each engine:
// 200,000 where it is not set. By hand, as for the figures in docs/decisions:
//
//	TENET_BENCH_TOKENS=10000000 go test -run '^$' -bench IndexScale/sqlite -benchtime 1x -timeout 1h ./bench
//	TENET_BENCH_TOKENS=50000000 go test -run '^$' -bench IndexScale/postgres -benchtime 1x -timeout 1h ./bench
const scaleEnv = "TENET_BENCH_TOKENS"

const perNote = 20 // words of a note, of which each is a token

// notes is a table of notes that is made as it is read: a third of the words are
// rare, as references are, and the others recur as words of a language do.
type notesTable int

var notesMap = &datamap.Table{Key: datamap.Columns{"id"}, Columns: map[string]*datamap.Column{"note": {FreeText: true}}}

func (n notesTable) Fingerprint(context.Context, string) (string, error) { return "", nil }

func (n notesTable) Scan(context.Context, string, source.ScanOptions) iter.Seq2[rows.Row, error] {
	t := &rows.Table{Name: "note", Columns: []rows.Column{{Name: "id"}, {Name: "note"}}}
	return func(yield func(rows.Row, error) bool) {
		state := uint64(1)
		next := func() uint64 { // xorshift: the same notes each time
			state ^= state << 13
			state ^= state >> 7
			state ^= state << 17
			return state
		}
		for i := range int(n) {
			var b strings.Builder
			for w := range perNote {
				switch v := next(); {
				case w%3 == 0:
					b.WriteString(letters(v % 100_000_000))
				default: // the k-th word about as often as 1/k
					b.WriteString("w" + letters(uint64(1)<<(v%17)+v>>20%(1<<(v%17))))
				}
				b.WriteByte(' ')
			}
			r := rows.Row{Table: t, Key: []string{"id"}, Values: []rows.Value{{Text: strconv.Itoa(i)}, {Text: b.String()}}}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// letters writes a number without digits, so that it is a word and no code.
func letters(v uint64) string {
	var b [16]byte
	i := len(b)
	for {
		i--
		b[i] = 'b' + byte(v%20)
		if v /= 20; v == 0 {
			return string(b[i:]) + "x"
		}
	}
}

// BenchmarkIndexScale builds one large segment on each engine: how many tokens a
// second beside reading the same rows and doing nothing, what the heap comes
// to, and what a token takes on the disk.
func BenchmarkIndexScale(b *testing.B) {
	tokens := 200_000
	if s := os.Getenv(scaleEnv); s != "" {
		var err error
		if tokens, err = strconv.Atoi(s); err != nil {
			b.Fatalf("%s=%q is no number", scaleEnv, s)
		}
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			ctx := context.Background()
			dir := b.TempDir()
			where := "sqlite:" + filepath.Join(dir, "index.db")
			if engine == "postgres" {
				where = testpg.Database(b)
			}
			x, err := index.Open(ctx, where, "bench", make([]byte, 32), "1")
			if err != nil {
				b.Fatal(err)
			}
			defer x.Close()
			src := notesTable(tokens / perNote)
			var built index.Built
			heap, stop := watchHeap()
			for b.Loop() {
				if built, err = x.Refresh(ctx, "housing", "note", notesMap, src, true, func() []source.Problem { return nil }, nil); err != nil {
					b.Fatal(err)
				}
			}
			took := per(b)
			stop()
			read := once(b, func() {
				for _, err := range src.Scan(ctx, "", source.ScanOptions{}) {
					if err != nil {
						b.Fatal(err)
					}
				}
			})
			size := indexSize(b, where)
			b.ReportMetric(float64(built.Postings), "postings")
			b.ReportMetric(float64(built.Rows)/took.Seconds(), "rows/s")
			b.ReportMetric(float64(built.Postings)/took.Seconds(), "postings/s")
			b.ReportMetric(float64(size)/float64(built.Postings), "bytes/posting")
			b.ReportMetric(float64(heap.Load())/(1<<20), "MiB-heap")
			what := fmt.Sprintf("index %d tokens of %d rows, %s", built.Postings, built.Rows, engine)
			compare(ratio{what, short(took), short(read), "making the same rows and doing nothing", float64(took) / float64(read)})
			const plain = 8 + 8 // a token and a row number, written down
			compare(ratio{what + ", on the disk", fmt.Sprintf("%.1f B", float64(size)/float64(built.Postings)), fmt.Sprintf("%d B", plain),
				"token and row number as two 64-bit numbers", float64(size) / float64(built.Postings) / plain})
		})
	}
}

// watchHeap gives the largest heap in use that was seen, every 10 ms.
func watchHeap() (most *atomic.Uint64, stop func()) {
	most, done := &atomic.Uint64{}, make(chan struct{})
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most.Store(max(most.Load(), m.HeapInuse))
			}
		}
	}()
	return most, func() { close(done) }
}

// indexSize is what the live tables take, with PostgreSQL's own bytes for each row and its indexes.
func indexSize(b *testing.B, where string) (n int64) {
	b.Helper()
	if path, ok := strings.CutPrefix(where, "sqlite:"); ok {
		db, err := sql.Open("sqlite", "file:"+path)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		err = db.QueryRow(`SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) - (SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)`).Scan(&n)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	db, err := sql.Open("pgx", where)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'tenet_index'::regnamespace`).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}
