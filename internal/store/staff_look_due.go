package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Looks that are forgotten on schedule go by day: what one member of staff looked at of
// one case on a day is one thing that is kept. Leave that somebody took to open sensitive
// records, with their reason, is another.

// looksOf are both, each with the instant from which its time counts.
const looksOf = `(SELECT 'look ' || case_id || ' ' || staff || ' ' || day AS id, max(ended) AS at FROM staff_look WHERE landlord = $1 GROUP BY case_id, staff, day
	UNION ALL SELECT 'leave ' || case_id || ' ' || staff || ' ' || opened AS id, until AS at FROM staff_opening WHERE landlord = $1) AS looked`

// KeptLooks is how many there are.
func (t *Tx) KeptLooks(ctx context.Context, landlord string) (n int64, err error) {
	if err := t.QueryRowContext(ctx, `SELECT count(*) FROM `+looksOf, landlord).Scan(&n); err != nil {
		return 0, fmt.Errorf("store: count the looks: %w", err)
	}
	return n, nil
}

// DueLooks is a page of those that ended before an instant.
func (t *Tx) DueLooks(ctx context.Context, landlord string, p Page) ([]Kept, Place, error) {
	rows, err := t.QueryContext(ctx, `SELECT id, at FROM `+looksOf+` WHERE at < $2 AND (at > $3 OR at = $3 AND id > $4) ORDER BY at, id LIMIT $5`,
		landlord, Micros(p.Before), p.After.At, p.After.ID, p.Limit)
	if err != nil {
		return nil, Place{}, fmt.Errorf("store: looks that are due: %w", err)
	}
	defer rows.Close()
	var all []Kept
	var last Place
	for rows.Next() {
		if err := rows.Scan(&last.ID, &last.At); err != nil {
			return nil, last, fmt.Errorf("store: looks that are due: %w", err)
		}
		all = append(all, Kept{ID: last.ID, At: Time(last.At)})
	}
	if err := rows.Err(); err != nil {
		return nil, last, fmt.Errorf("store: looks that are due: %w", err)
	}
	return all, p.Next(len(all), last), nil
}

// LookedAt is the case that an id of DueLooks is about.
func LookedAt(id string) string {
	if parts := strings.Fields(id); len(parts) == 4 {
		return parts[1]
	}
	return ""
}

// ForgetLook deletes what an id of DueLooks names.
func (t *Tx) ForgetLook(ctx context.Context, landlord, id string) error {
	parts := strings.Fields(id)
	if len(parts) != 4 {
		return fmt.Errorf("store: forget a look: %w", ErrNotFound)
	}
	var err error
	if opened, number := strconv.ParseInt(parts[3], 10, 64); parts[0] == "leave" && number == nil {
		_, err = t.ExecContext(ctx, `DELETE FROM staff_opening WHERE landlord = $1 AND case_id = $2 AND staff = $3 AND opened = $4`, landlord, parts[1], parts[2], opened)
	} else {
		_, err = t.ExecContext(ctx, `DELETE FROM staff_look WHERE landlord = $1 AND case_id = $2 AND staff = $3 AND day = $4`, landlord, parts[1], parts[2], parts[3])
	}
	if err != nil {
		return fmt.Errorf("store: forget a look: %w", err)
	}
	return nil
}
