package disclose

import (
	"context"
	"fmt"
	"strconv"

	"tenet/internal/law"
	"tenet/internal/store"
)

// Kept is how many entries there are whose details were not destroyed.
func (l *Log) Kept(ctx context.Context, tx *store.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM disclose_entry WHERE landlord = $1 AND sealed IS NOT NULL`, l.landlord).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the disclosures: %w", err)
	}
	return n, nil
}

// Due is a page of the entries whose details are still there and that tell of a day before
// that of an instant. An entry is named by its number.
func (l *Log) Due(ctx context.Context, tx *store.Tx, p store.Page) ([]store.Kept, store.Place, error) {
	day := "" // before every day
	if p.After != (store.Place{}) {
		day = law.DateOf(store.Time(p.After.At)).String()
	}
	after, err := strconv.ParseInt("0"+p.After.ID, 10, 64)
	if err != nil {
		return nil, store.Place{}, fmt.Errorf("list the disclosures that are due: %w", err)
	}
	rows, err := tx.QueryContext(ctx, `SELECT n, day FROM disclose_entry WHERE landlord = $1 AND sealed IS NOT NULL AND day < $2 AND (day > $3 OR day = $3 AND n > $4)
		ORDER BY day, n LIMIT $5`, l.landlord, law.DateOf(p.Before).String(), day, after, p.Limit)
	if err != nil {
		return nil, store.Place{}, fmt.Errorf("list the disclosures that are due: %w", err)
	}
	defer rows.Close()
	var all []store.Kept
	var last store.Place
	for rows.Next() {
		var n int64
		var text string
		if err := rows.Scan(&n, &text); err != nil {
			return nil, last, fmt.Errorf("list the disclosures that are due: %w", err)
		}
		on, err := law.ParseDate(text)
		if err != nil {
			return nil, last, fmt.Errorf("disclosure %d: %w", n, err)
		}
		k := store.Kept{ID: strconv.FormatInt(n, 10), At: on.Start().UTC()}
		all, last = append(all, k), store.Place{At: store.Micros(k.At), ID: k.ID}
	}
	if err := rows.Err(); err != nil {
		return nil, last, fmt.Errorf("list the disclosures that are due: %w", err)
	}
	return all, p.Next(len(all), last), nil
}

// MarksOf are the marks of whose data an entry is about. There are many for a list of
// people.
func (l *Log) MarksOf(ctx context.Context, tx *store.Tx, n int64) (all [][]byte, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT mark FROM disclose_mark WHERE landlord = $1 AND n = $2 ORDER BY mark`, l.landlord, n)
	if err != nil {
		return nil, fmt.Errorf("the marks of a disclosure: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m []byte
		if err := rows.Scan(&m); err != nil {
			return nil, fmt.Errorf("the marks of a disclosure: %w", err)
		}
		all = append(all, m)
	}
	return all, rows.Err()
}
