package discover

import (
	"context"
	"fmt"
	"iter"

	"tenet/internal/rows"
)

// How much is looked at: enough to tell, little enough for a live system.
const (
	maxRows  = 500      // rows of a table
	maxBytes = 16 << 20 // of a table's sample, whatever its rows hold
	maxTried = 50       // values of a column that are looked up elsewhere
)

// Streams is a source as Propose needs it: the rows of a table, and those with
// given values. Both may be left before their end.
type Streams struct {
	Scan   func(ctx context.Context, table string) iter.Seq2[rows.Row, error]
	Lookup func(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error]
}

// Sampled makes Samples of a source that can be scanned and looked up in. It
// reads each table's first rows once, and is an Overlapper. It is for one
// Propose at a time.
func Sampled(s Streams) Samples { return &sampled{Streams: s, kept: map[string][]rows.Row{}} }

type sampled struct {
	Streams
	kept map[string][]rows.Row
}

func (s *sampled) Sample(ctx context.Context, table string) ([]rows.Row, error) {
	if kept, ok := s.kept[table]; ok {
		return kept, nil
	}
	var out []rows.Row
	size := 0
	for r, err := range s.Scan(ctx, table) {
		if err != nil {
			return out, fmt.Errorf("sample %s: %w", table, err)
		}
		out = append(out, r)
		for _, v := range r.Values {
			size += len(v.Text)
		}
		if len(out) >= maxRows || size >= maxBytes {
			break
		}
	}
	s.kept[table] = out
	return out, nil
}

func (s *sampled) Overlap(ctx context.Context, childTable, childColumn, parentTable, parentColumn string) (matched, tried int, err error) {
	sample, err := s.Sample(ctx, childTable)
	if err != nil {
		return 0, 0, err
	}
	seen := map[string]bool{}
	for _, r := range sample {
		v := r.Get(childColumn)
		if v.Empty() || v.Lost != "" || seen[v.Text] {
			continue
		}
		seen[v.Text] = true
		tried++
		for _, err := range s.Lookup(ctx, parentTable, []rows.Match{{Column: parentColumn, Value: v}}) {
			if err != nil {
				return 0, 0, fmt.Errorf("look up values of %s.%s in %s.%s: %w", childTable, childColumn, parentTable, parentColumn, err)
			}
			matched++
			break
		}
		if tried >= maxTried {
			break
		}
	}
	return matched, tried, nil
}
