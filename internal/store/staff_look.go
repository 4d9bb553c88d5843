package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// StaffLook is what somebody looked at of a case on one day.
type StaffLook struct {
	Case  string // its id
	Staff string
	Day   string // the date in London, as 2026-11-22
	Page  string // which of the case's pages
	Item  string // which record of it; empty for the page
	Began time.Time
	Ended time.Time
	Times int
}

// RefusedLook begins the Page of a look that was refused.
const RefusedLook = "Refused: "

// AddLook counts a look, which is one time at Began, and reports whether it is the
// first at that case by that person on that day; refused looks are counted by
// themselves. What ended before the time given
// is forgotten, and so is whatever is about a case whose particulars were.
func (t *Tx) AddLook(ctx context.Context, landlord string, l StaffLook, before time.Time) (first bool, err error) {
	for _, query := range []string{
		`DELETE FROM staff_look WHERE landlord = $1 AND ended < $2`,
		`DELETE FROM staff_opening WHERE landlord = $1 AND (until < $2 OR case_id IN (SELECT id FROM cases WHERE landlord = $1 AND forgotten IS NOT NULL))`,
	} {
		if _, err := t.ExecContext(ctx, query, landlord, Micros(before)); err != nil {
			return false, fmt.Errorf("store: looks: %w", err)
		}
	}
	var n int
	err = t.QueryRowContext(ctx, `SELECT count(*) FROM staff_look WHERE landlord = $1 AND case_id = $2 AND staff = $3 AND day = $4 AND (substr(page, 1, 9) = $5) = $6`,
		landlord, l.Case, l.Staff, l.Day, RefusedLook, strings.HasPrefix(l.Page, RefusedLook)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("store: looks: %w", err)
	}
	_, err = t.ExecContext(ctx, `INSERT INTO staff_look (landlord, case_id, staff, day, page, item, began, ended, times) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1)
		ON CONFLICT (landlord, case_id, staff, day, page, item) DO UPDATE SET ended = excluded.ended, times = staff_look.times + 1`,
		landlord, l.Case, l.Staff, l.Day, l.Page, l.Item, Micros(l.Began))
	if err != nil {
		return false, fmt.Errorf("store: look at a case: %w", err)
	}
	return n == 0, nil
}

// Looks are those at a case, the newest first.
func (t *Tx) Looks(ctx context.Context, landlord, caseID string, limit int) ([]StaffLook, error) {
	rows, err := t.QueryContext(ctx, `SELECT staff, day, page, item, began, ended, times FROM staff_look
		WHERE landlord = $1 AND case_id = $2 ORDER BY ended DESC, staff, page, item LIMIT $3`, landlord, caseID, limit)
	if err != nil {
		return nil, fmt.Errorf("store: looks at a case: %w", err)
	}
	defer rows.Close()
	var all []StaffLook
	for rows.Next() {
		l := StaffLook{Case: caseID}
		var began, ended int64
		if err := rows.Scan(&l.Staff, &l.Day, &l.Page, &l.Item, &began, &ended, &l.Times); err != nil {
			return nil, fmt.Errorf("store: looks at a case: %w", err)
		}
		l.Began, l.Ended = Time(began), Time(ended)
		all = append(all, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: looks at a case: %w", err)
	}
	return all, nil
}

// StaffOpening is leave that somebody took to open the sensitive records of a case.
type StaffOpening struct {
	Case    string // its id
	Staff   string
	Opened  time.Time
	Until   time.Time
	Purpose string
	Wrapped []byte // the data key of Sealed
	Sealed  []byte `json:"-"` // why, in words
}

// AddOpening keeps one.
func (t *Tx) AddOpening(ctx context.Context, landlord string, o StaffOpening) error {
	_, err := t.ExecContext(ctx, `INSERT INTO staff_opening (landlord, case_id, staff, opened, until, purpose, wrapped, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		landlord, o.Case, o.Staff, Micros(o.Opened), Micros(o.Until), o.Purpose, o.Wrapped, o.Sealed)
	if err != nil {
		return fmt.Errorf("store: opening of a case: %w", err)
	}
	return nil
}

const anOpening = `SELECT staff, opened, until, purpose, wrapped, sealed FROM staff_opening WHERE landlord = $1 AND case_id = $2`

// Openings are those of a case, the newest first.
func (t *Tx) Openings(ctx context.Context, landlord, caseID string, limit int) ([]StaffOpening, error) {
	return t.openings(ctx, caseID, anOpening+` ORDER BY opened DESC, staff LIMIT $3`, landlord, caseID, limit)
}

// Opened is those by which somebody has leave at an instant, the newest first.
func (t *Tx) Opened(ctx context.Context, landlord, caseID, staff string, at time.Time) ([]StaffOpening, error) {
	return t.openings(ctx, caseID, anOpening+` AND staff = $3 AND opened <= $4 AND until > $4 ORDER BY opened DESC`, landlord, caseID, staff, Micros(at))
}

func (t *Tx) openings(ctx context.Context, caseID, query string, args ...any) ([]StaffOpening, error) {
	rows, err := t.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: openings of a case: %w", err)
	}
	defer rows.Close()
	var all []StaffOpening
	for rows.Next() {
		o := StaffOpening{Case: caseID}
		var opened, until int64
		if err := rows.Scan(&o.Staff, &opened, &until, &o.Purpose, &o.Wrapped, &o.Sealed); err != nil {
			return nil, fmt.Errorf("store: openings of a case: %w", err)
		}
		o.Opened, o.Until = Time(opened), Time(until)
		all = append(all, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: openings of a case: %w", err)
	}
	return all, nil
}
