package bench

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"tenet/internal/source"
)

// Building the blind index reads every row of the housing system once; a plain
// SELECT * of the same tables through the same driver is the floor.
func BenchmarkIndex(b *testing.B) {
	for _, homes := range sizes {
		b.Run(fmt.Sprintf("homes=%d", homes), func(b *testing.B) {
			ctx := context.Background()
			l := office(b, homes)
			tables := l.mapped("housing")
			n, size := l.scan(b, "housing")
			b.SetBytes(int64(size))
			b.ResetTimer()
			for b.Loop() {
				for _, table := range tables {
					if _, err := l.index.Refresh(ctx, "housing", table, l.maps["housing"].Tables[table], l.source["housing"], true, func() []source.Problem { return nil }, nil); err != nil {
						b.Fatal(err)
					}
				}
			}
			took := per(b)
			b.ReportMetric(float64(n)/took.Seconds(), "rows/s")
			plain := once(b, func() { selectAll(b, l.world.Database.Path, tables) })
			b.ReportMetric(float64(took)/float64(plain), "×select")
			compare(ratio{fmt.Sprintf("index %d rows, %d homes", n, homes), short(took), short(plain), "SELECT * by the same driver", float64(took) / float64(plain)})
		})
	}
}

// selectAll reads the tables as a program would that knows nothing of Tenet.
func selectAll(b *testing.B, path string, tables []string) {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for _, table := range tables {
		all, err := db.Query(`SELECT * FROM "` + strings.ReplaceAll(table, `"`, `""`) + `"`)
		if err != nil {
			b.Fatal(err)
		}
		columns, err := all.Columns()
		if err != nil {
			b.Fatal(err)
		}
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		for all.Next() {
			if err := all.Scan(into...); err != nil {
				b.Fatal(err)
			}
		}
		if err := all.Err(); err != nil {
			b.Fatal(err)
		}
		all.Close()
	}
}
