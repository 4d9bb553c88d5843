package discover

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/datamap/discover"
)

// TestEstate measures discovery on 1,200 tables: what is found, what it takes,
// and how many questions remain for a person.
func TestEstate(t *testing.T) {
	var bases []base
	for _, s := range schemas {
		if !slices.Contains([]string{"uh-housing", "uh-alerts", "socialcare", "academy", "case-notes"}, s.name) {
			continue
		}
		sch, err := s.open(t).Schema(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		bases = append(bases, base{sch, s.label(t)})
	}
	for _, n := range []int{120, 1200} {
		e := grow(bases, n, 1)
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		m, evidence, err := discover.Propose(context.Background(), e.schema, discover.Sampled(discover.Streams{Scan: e.scan, Lookup: e.lookup}))
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		got, faults := score(e.labels, m, evidence)
		questions := 0
		for _, x := range evidence {
			if !x.Taken() && x.Confidence > 0 {
				questions++
			}
		}
		for _, f := range faults {
			if strings.HasPrefix(f, "copies") || strings.HasPrefix(f, "edges: wrong") {
				t.Log(f)
			}
		}
		// What a person is asked, where the same is said of many tables at once.
		asked := len(discover.Open(m, evidence, nil, nil, nil))
		t.Logf("%d tables: %.1f s, %d MiB allocated in all, %d tables read, %d look-ups, %d pieces of evidence, %d of them questions, %d decisions for a person\n%s",
			len(e.schema.Tables), took.Seconds(), (after.TotalAlloc-before.TotalAlloc)>>20, e.scans, e.lookups, len(evidence), questions, asked, row("estate", got))
		if c := got[copies]; c.precision() < 0.95 || c.recall() < 0.9 {
			t.Errorf("copies: %s", c)
		}
	}
}
