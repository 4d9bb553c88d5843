package store

import (
	"context"
	"fmt"
)

// Landlord is one of those whom the installation serves.
type Landlord struct {
	ID   string // opaque, in the alphabet of ledger entries
	Name string
}

// SetLandlord adds a landlord, or gives one that is there another name.
func (t *Tx) SetLandlord(ctx context.Context, l Landlord) error {
	_, err := t.ExecContext(ctx, `INSERT INTO landlord (landlord, name) VALUES ($1, $2)
		ON CONFLICT (landlord) DO UPDATE SET name = excluded.name`, l.ID, l.Name)
	if err != nil {
		return fmt.Errorf("store: landlord %s: %w", l.ID, err)
	}
	return nil
}

// Landlords is all of them, by id.
func (t *Tx) Landlords(ctx context.Context) ([]Landlord, error) {
	rows, err := t.QueryContext(ctx, `SELECT landlord, name FROM landlord ORDER BY landlord`)
	if err != nil {
		return nil, fmt.Errorf("store: landlords: %w", err)
	}
	defer rows.Close()
	var all []Landlord
	for rows.Next() {
		var l Landlord
		if err := rows.Scan(&l.ID, &l.Name); err != nil {
			return nil, fmt.Errorf("store: landlords: %w", err)
		}
		all = append(all, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: landlords: %w", err)
	}
	return all, nil
}
