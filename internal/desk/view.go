package desk

import (
	"context"

	"tenet/internal/cases"
	"tenet/internal/index"
	"tenet/internal/pack"
)

// Pack opens the sealed draft of a case. It gives no leave to hand it over: that
// is for Approve to record first. A file that is not the one that was made is
// refused.
func (d *Desk) Pack(ctx context.Context, k cases.Case) ([]pack.File, error) {
	return d.openDraft(ctx, k)
}

// IndexedTables is what the blind index holds, by source and table.
func (d *Desk) IndexedTables(ctx context.Context) ([]index.Table, error) {
	x, err := d.openIndex(ctx)
	if err != nil {
		return nil, err
	}
	defer x.Close()
	return x.Tables(ctx)
}
