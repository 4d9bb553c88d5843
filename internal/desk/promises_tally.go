package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tenet/internal/promise"
	"tenet/internal/source"
)

// Tally has a system count rows by the values of columns, those of the conditions with
// them. A system in which clients have sets is read: whose a row is, is told by the row.
func (e *evidence) Tally(ctx context.Context, t promise.Table, q promise.Query) ([]promise.Tallied, bool, error) {
	s, err := e.open(ctx)
	if err != nil {
		return nil, false, err
	}
	c, ok := s.sources[t.Source].(source.Counter)
	if !ok || s.divided() {
		return nil, false, nil
	}
	columns := slices.Clone(q.Columns)
	for _, w := range q.Where {
		columns = append(columns, w.Column)
	}
	sums := map[string]*promise.Tallied{}
	for page, err := range c.Count(ctx, t.Name, columns) {
		if err != nil { // reading it will say why, if that cannot be either
			return nil, false, ctx.Err()
		}
		for _, x := range page {
			holds := true
			for i, w := range q.Where {
				holds = holds && meets(x.Values[len(q.Columns)+i], w)
			}
			if !holds {
				continue
			}
			one := promise.Tallied{Values: make([]promise.Value, len(q.Columns)), Rows: x.Rows}
			var key strings.Builder
			for i, v := range x.Values[:len(q.Columns)] {
				one.Values[i] = promise.Value{Text: v.String(), Null: v.Null, Lost: v.Lost != ""}
				fmt.Fprintf(&key, "%q %t %t ", v.Text, v.Null, v.Lost != "")
			}
			if sum := sums[key.String()]; sum != nil {
				sum.Rows += one.Rows
			} else {
				sums[key.String()] = &one
			}
		}
	}
	out := make([]promise.Tallied, 0, len(sums))
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		out = append(out, *sums[key])
	}
	return out, true, nil
}
