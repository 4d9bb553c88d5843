package find

import (
	"context"
	"fmt"
	"slices"
)

// Decided is what a person decided of two rows of person tables, by their ids
// (Record.ID).
type Decided struct {
	A, B string
	Same bool
}

// Decisions is what people have decided about who is who. They win over what is
// worked out, both ways.
type Decisions interface {
	// About gives the decisions that stand and name any of these rows.
	About(ctx context.Context, rows []string) ([]Decided, error)
}

// decisions are those that a search has come upon.
type decisions struct {
	from  Decisions // nil where there are none
	pairs map[[2]string]bool
	asked map[string]bool
}

func pair(a, b string) [2]string {
	if b < a {
		a, b = b, a
	}
	return [2]string{a, b}
}

// learn asks for the decisions about some rows, and about those that these name,
// until there are no further ones.
func (d *decisions) learn(ctx context.Context, ids []string) error {
	for d.from != nil {
		ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return d.asked[id] })
		if len(ids) == 0 {
			return nil
		}
		for _, id := range ids {
			d.asked[id] = true
		}
		got, err := d.from.About(ctx, ids)
		if err != nil {
			return fmt.Errorf("what was decided about who is who: %w", err)
		}
		ids = nil
		for _, x := range got {
			d.pairs[pair(x.A, x.B)] = x.Same
			if x.Same {
				ids = append(ids, x.A, x.B)
			}
		}
	}
	return nil
}

// of gives what was decided of two rows: of themselves, or else of rows that were
// decided to be one person's with them. torn says that the decisions contradict each
// other.
func (d *decisions) of(a, b string) (same, decided, torn bool) {
	if same, decided = d.pairs[pair(a, b)]; decided || len(d.pairs) == 0 {
		return same, decided, false
	}
	one, other := d.with(a), d.with(b)
	same = slices.Contains(one, b)
	apart := slices.ContainsFunc(one, func(x string) bool {
		return slices.ContainsFunc(other, func(y string) bool {
			same, decided := d.pairs[pair(x, y)]
			return decided && !same
		})
	})
	return same, same || apart, same && apart
}

// with are the rows that people have decided are one person's with this one, and
// it, sorted.
func (d *decisions) with(id string) []string {
	out := []string{id}
	for i := 0; i < len(out); i++ {
		for p, same := range d.pairs {
			for k, x := range p {
				if same && x == out[i] && !slices.Contains(out, p[1-k]) {
					out = append(out, p[1-k])
				}
			}
		}
	}
	slices.Sort(out)
	return out
}
