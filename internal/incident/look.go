package incident

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

// Look is one person's looks at one page of an incident on one day.
type Look struct {
	By      string    `json:"by"`
	Page    string    `json:"page"`
	Refused bool      `json:"refused,omitempty"`
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended"`
	Times   int       `json:"times"`
}

const looksMax = 500 // shown of an incident

// Looked notes that somebody looked at a page of an incident, or was refused it. The
// first look, and the first refusal, of a day is an entry of the ledger. What ended
// before the time given is forgotten.
func (x *Incidents) Looked(ctx context.Context, id, by, page string, refused bool, before time.Time) error {
	now, act, as := x.clock(), "staff.looked", page
	if refused {
		act, as = "staff.refused", store.RefusedLook+page
	}
	err := x.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM incident_look WHERE landlord = $1 AND ended < $2`, x.landlord, store.Micros(before)); err != nil {
			return err
		}
		day := law.DateOf(now).String()
		var n int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM incident_look WHERE landlord = $1 AND incident = $2 AND staff = $3 AND day = $4 AND (substr(page, 1, 9) = $5) = $6`,
			x.landlord, id, by, day, store.RefusedLook, refused).Scan(&n)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO incident_look (landlord, incident, staff, day, page, began, ended, times) VALUES ($1, $2, $3, $4, $5, $6, $6, 1)
			ON CONFLICT (landlord, incident, staff, day, page) DO UPDATE SET ended = excluded.ended, times = incident_look.times + 1`,
			x.landlord, id, by, day, as, store.Micros(now))
		if err != nil || n > 0 {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: x.landlord, Actor: by, Name: act, Subject: by}, map[string]string{"incident": id, "page": page})
	})
	if err != nil {
		return fmt.Errorf("note a look at an incident: %w", err)
	}
	return nil
}

// Looks is who looked at an incident and who was refused, the newest first.
func (x *Incidents) Looks(ctx context.Context, number string) ([]Look, error) {
	out := []Look{}
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		out = out[:0]
		i, _, err := x.load(ctx, tx, "number", number)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT staff, page, began, ended, times FROM incident_look WHERE landlord = $1 AND incident = $2 ORDER BY ended DESC, staff, page LIMIT $3`,
			x.landlord, i.ID, looksMax)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var l Look
			var began, ended int64
			if err := rows.Scan(&l.By, &l.Page, &began, &ended, &l.Times); err != nil {
				return err
			}
			l.Began, l.Ended = store.Time(began), store.Time(ended)
			l.Page, l.Refused = strings.CutPrefix(l.Page, store.RefusedLook)
			out = append(out, l)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read who looked at an incident: %w", err)
	}
	return out, nil
}
