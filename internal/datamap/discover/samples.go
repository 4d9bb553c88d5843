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
	enough   = 12       // of them, where these are all found, or none of them
	maxCode  = 200      // bytes of a value that may be a key or a code
)

// Streams is a source as Propose needs it: the rows of a table, and those with
// given values. Both may be left before their end.
type Streams struct {
	Scan   func(ctx context.Context, table string) iter.Seq2[rows.Row, error]
	Lookup func(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error]
}

// Sampled makes Samples of a source that can be scanned and looked up in. It
// is an Overlapper, keeps no rows, and is for one Propose at a time.
func Sampled(s Streams) Samples {
	return &sampled{Streams: s, kept: map[string]map[string][]rows.Value{}}
}

type sampled struct {
	Streams
	kept map[string]map[string][]rows.Value // by table and column: the values to look up
}

func (s *sampled) Sample(ctx context.Context, table string) ([]rows.Row, error) {
	var out []rows.Row
	var failed error
	size := 0
	for r, err := range s.Scan(ctx, table) {
		if err != nil {
			failed = fmt.Errorf("sample %s: %w", table, err)
			break
		}
		out = append(out, r)
		for _, v := range r.Values {
			size += len(v.Text)
		}
		if len(out) >= maxRows || size >= maxBytes {
			break
		}
	}
	s.kept[table] = toTry(out)
	return out, failed
}

// toTry is some distinct values of each column that could be a key.
func toTry(sample []rows.Row) map[string][]rows.Value {
	out := map[string][]rows.Value{}
	seen := map[[2]string]bool{}
	for _, r := range sample {
		for i, c := range r.Table.Columns {
			if i >= len(r.Values) {
				break
			}
			v := r.Values[i]
			if v.Empty() || v.Lost != "" || len(v.Text) > maxCode || len(out[c.Name]) >= maxTried || seen[[2]string{c.Name, v.Text}] {
				continue
			}
			seen[[2]string{c.Name, v.Text}] = true
			out[c.Name] = append(out[c.Name], v)
		}
	}
	return out
}

func (s *sampled) Overlap(ctx context.Context, childTable, childColumn, parentTable, parentColumn string) (matched, tried int, err error) {
	if s.kept[childTable] == nil {
		if _, err := s.Sample(ctx, childTable); err != nil {
			return 0, 0, err
		}
	}
	for _, v := range s.kept[childTable][childColumn] {
		if tried == enough && (matched == 0 || matched == tried) {
			break
		}
		tried++
		for _, err := range s.Lookup(ctx, parentTable, []rows.Match{{Column: parentColumn, Value: v}}) {
			if err != nil {
				return 0, 0, fmt.Errorf("look up values of %s.%s in %s.%s: %w", childTable, childColumn, parentTable, parentColumn, err)
			}
			matched++
			break
		}
	}
	return matched, tried, nil
}
