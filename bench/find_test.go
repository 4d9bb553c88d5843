package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tenet/internal/desk"
	"tenet/internal/rows"
)

// A search must cost what its answer is large, not what the landlord is: the
// tenant is the same at both sizes.
func BenchmarkFind(b *testing.B) {
	var perRecord [2]float64
	for i, homes := range sizes {
		b.Run(fmt.Sprintf("homes=%d", homes), func(b *testing.B) {
			ctx := context.Background()
			l := office(b, homes)
			star := l.world.Star()
			q, err := desk.Query{Name: star.Name, DOB: star.DOB, Email: star.Email}.Known()
			if err != nil {
				b.Fatal(err)
			}
			f := l.finder()
			// The first search finds the sources cold: a mailbox is read through once.
			a, err := f.Find(ctx, q)
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for b.Loop() {
				if a, err = f.Find(ctx, q); err != nil {
					b.Fatal(err)
				}
			}
			took := per(b)
			records := len(a.Records)
			if records == 0 {
				b.Fatal("nothing was found")
			}
			perRecord[i] = float64(took) / float64(records)
			b.ReportMetric(float64(records), "records")
			b.ReportMetric(perRecord[i]/1e3, "µs/record")

			// The floor: the same rows read by their keys, knowing already which.
			fetch := once(b, func() {
				for _, r := range a.Records {
					table, key, err := rows.DecodeID(r.Row.ID())
					if err != nil {
						b.Fatal(err)
					}
					for _, err := range l.source[r.Source].Lookup(ctx, table, key) {
						if err != nil {
							b.Fatal(err)
						}
					}
				}
			})
			// What one would do without an index: read everything once.
			all := once(b, func() {
				for name := range l.source {
					l.scan(b, name)
				}
			})
			what := fmt.Sprintf("find a tenant's %d records, %d homes", records, homes)
			b.ReportMetric(float64(took)/float64(fetch), "×fetch")
			b.ReportMetric(float64(took)/float64(all), "×scan")
			compare(ratio{what, short(took), short(fetch), "fetching the same rows by key", float64(took) / float64(fetch)})
			compare(ratio{what, short(took), short(all), "reading every row and file once", float64(took) / float64(all)})
		})
	}
	if perRecord[0] > 0 && perRecord[1] > 0 {
		compare(ratio{"find, time for a record found", short(time.Duration(perRecord[1])), short(time.Duration(perRecord[0])),
			fmt.Sprintf("%d homes beside %d: 1 is a cost that does not grow", sizes[1], sizes[0]), perRecord[1] / perRecord[0]})
	}
}
