package source

import (
	"context"
	"errors"
	"iter"

	"tenet/internal/rows"
)

// Some engines keep, for each row, a version of their own from which it can be told for
// certain what has changed since. Those sources have Mark and Since besides,
// which is what the index asks for (its interface Changing). docs/sources.md says which engines do,
// and why the others do not.
type changing interface {
	// Mark is how far a table's history has come. The column is the engine's own version of each row, together
	// with all that must have stayed the same for two marks to be compared; whatever is committed after the call
	// has a version that is not below at. It is empty where there is none.
	Mark(ctx context.Context, table string) (column string, at rows.Value, err error)
	// Since gives every row whose version is at or above the mark, and perhaps others, with
	// the columns asked for and those of the key. It fails where the column is no longer what it was.
	Since(ctx context.Context, table, column string, at rows.Value, columns []string) iter.Seq2[rows.Row, error]
}

var errMoved = errors.New("what has changed cannot be told: the table or its server is not what it was when it was marked")

const mendMoved = "read the whole table"

// Mark goes to the engine; the column is empty if that has no marks.
func (g *gentle) Mark(ctx context.Context, table string) (string, rows.Value, error) {
	if c, ok := g.Source.(changing); ok {
		return c.Mark(ctx, table)
	}
	return "", rows.Value{}, nil
}

// Since keeps to the source's hours and pace, as a scan does.
func (g *gentle) Since(ctx context.Context, table, column string, at rows.Value, columns []string) iter.Seq2[rows.Row, error] {
	c, ok := g.Source.(changing)
	if !ok {
		return one(&Error{Source: g.Name(), Table: table, Doing: "reading", Mend: mendMoved, Err: errMoved})
	}
	return g.paced(ctx, table, g.hours, func() iter.Seq2[rows.Row, error] { return c.Since(ctx, table, column, at, columns) })
}
