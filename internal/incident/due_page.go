package incident

import (
	"context"
	"fmt"

	"tenet/internal/store"
)

// among are the incidents that still hold people and particulars, or where bare those of
// which the record alone is left.
func among(bare bool) string {
	if bare {
		return `forgotten IS NOT NULL`
	}
	return `forgotten IS NULL`
}

// KeptIn is how many there are of either, of the landlord's own.
func (x *Incidents) KeptIn(ctx context.Context, tx *store.Tx, bare bool) (n int64, err error) {
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM incident WHERE landlord = $1 AND client = '' AND `+among(bare), x.landlord).Scan(&n); err != nil {
		return 0, fmt.Errorf("incident: count what is kept: %w", err)
	}
	return n, nil
}

// DueIn is a page of what [Incidents.Due] gives, or where bare [Incidents.DueWhole], of the
// landlord's own, read in the caller's transaction.
func (x *Incidents) DueIn(ctx context.Context, tx *store.Tx, bare bool, p store.Page) ([]store.Kept, store.Place, error) {
	rows, err := tx.QueryContext(ctx, `SELECT ended, id FROM incident WHERE landlord = $1 AND client = '' AND ended IS NOT NULL AND ended < $2 AND (ended > $3 OR ended = $3 AND id > $4) AND `+among(bare)+`
		ORDER BY ended, id LIMIT $5`, x.landlord, store.Micros(p.Before), p.After.At, p.After.ID, p.Limit)
	if err != nil {
		return nil, store.Place{}, fmt.Errorf("incident: what is due: %w", err)
	}
	defer rows.Close()
	var all []store.Kept
	var last store.Place
	for rows.Next() {
		if err := rows.Scan(&last.At, &last.ID); err != nil {
			return nil, last, fmt.Errorf("incident: what is due: %w", err)
		}
		all = append(all, store.Kept{ID: last.ID, At: store.Time(last.At)})
	}
	if err := rows.Err(); err != nil {
		return nil, last, fmt.Errorf("incident: what is due: %w", err)
	}
	return all, p.Next(len(all), last), nil
}

// MarksOf are the marks of everybody whom an incident touches.
func (x *Incidents) MarksOf(ctx context.Context, tx *store.Tx, id string) (all [][]byte, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT mark FROM incident_mark WHERE landlord = $1 AND incident = $2 ORDER BY mark`, x.landlord, id)
	if err != nil {
		return nil, fmt.Errorf("incident: marks: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m []byte
		if err := rows.Scan(&m); err != nil {
			return nil, fmt.Errorf("incident: marks: %w", err)
		}
		all = append(all, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("incident: marks: %w", err)
	}
	return all, nil
}
