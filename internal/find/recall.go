package find

import (
	"context"
	"iter"

	"tenet/internal/rows"
)

// mostRecalled is how many bytes of values a search keeps of what it has read.
const mostRecalled = 32 << 20

// recall gives the rows of a system as they were when this search first asked for
// them: who holds something, whose each row is, and what hangs below are asked of
// the same rows many times, and a live system should be asked once.
type recall struct {
	Source
	read map[string][]rows.Row // by rows.EncodeID of what was asked
	room *int                  // shared by all systems of a search
}

func recallAll(sources map[string]Source) map[string]Source {
	room := mostRecalled
	out := make(map[string]Source, len(sources))
	for name, s := range sources {
		out[name] = &recall{s, map[string][]rows.Row{}, &room}
	}
	return out
}

// Lookup keeps what was read to its end without an error, as long as there is room.
func (c *recall) Lookup(ctx context.Context, table string, where []rows.Match) iter.Seq2[rows.Row, error] {
	return func(yield func(rows.Row, error) bool) {
		key := rows.EncodeID(table, where)
		if kept, ok := c.read[key]; ok {
			for _, r := range kept {
				if !yield(r, nil) {
					return
				}
			}
			return
		}
		kept, size := []rows.Row{}, len(key)
		for r, err := range c.Source.Lookup(ctx, table, where) {
			if !yield(r, err) || err != nil {
				return
			}
			for _, v := range r.Values {
				size += 48 + len(v.Text)
			}
			if size <= *c.room {
				kept = append(kept, r)
			} else {
				kept = nil
			}
		}
		if size <= *c.room {
			c.read[key] = kept
			*c.room -= size
		}
	}
}
