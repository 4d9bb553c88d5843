package discover_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"strings"
	"testing"

	"tenet/internal/datamap/discover"
	"tenet/internal/rows"
	"tenet/internal/source"
)

func TestDump(t *testing.T) {
	u := os.Getenv("DUMP")
	if u == "" {
		return
	}
	s, err := source.Open(context.Background(), "x", u, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sc, err := s.Schema(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	m, ev, err := discover.Propose(context.Background(), sc, discover.Sampled(discover.Streams{
		Scan: func(ctx context.Context, table string) iter.Seq2[rows.Row, error] {
			return s.Scan(ctx, table, source.ScanOptions{})
		},
		Lookup: s.Lookup,
	}))
	if err != nil {
		t.Fatal(err)
	}
	y, _ := m.Marshal()
	if os.Getenv("YAML") != "" {
		var out []string
		for _, l := range strings.Split(string(y), "\n") {
			if !strings.Contains(l, " why:") {
				out = append(out, l)
			}
		}
		fmt.Println(strings.Join(out, "\n"))
	}
	if os.Getenv("EV") != "" {
		for _, e := range ev {
			fmt.Printf("%.2f %s.%s: %s (%s)\n", e.Confidence, e.Table, e.Column, e.Decision, e.Why)
		}
	}
}
