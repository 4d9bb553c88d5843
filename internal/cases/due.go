package cases

import (
	"context"
	"database/sql"
	"errors"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Kept is how many cases there are whose particulars were not destroyed.
func (c *Cases) Kept(ctx context.Context, tx *store.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM cases WHERE landlord = $1 AND forgotten IS NULL`, c.landlord).Scan(&n)
	if err != nil {
		return 0, wrap("count the cases", err)
	}
	return n, nil
}

// Due is a page of the cases that were received, or ended, before an instant, and whose
// particulars are still there. Those that are not closed are held.
func (c *Cases) Due(ctx context.Context, tx *store.Tx, from notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error) {
	at := "opened"
	if from == notice.OwnEnded {
		at = "ended"
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, state, `+at+` FROM cases WHERE landlord = $1 AND forgotten IS NULL AND `+at+` < $2 AND `+at+` IS NOT NULL
		AND (`+at+` > $3 OR `+at+` = $3 AND id > $4) ORDER BY `+at+`, id LIMIT $5`, c.landlord, store.Micros(p.Before), p.After.At, p.After.ID, p.Limit)
	if err != nil {
		return nil, store.Place{}, wrap("list the cases that are due", err)
	}
	defer rows.Close()
	var all []store.Kept
	var last store.Place
	for rows.Next() {
		var k store.Kept
		var state State
		if err := rows.Scan(&k.ID, &state, &last.At); err != nil {
			return nil, last, wrap("list the cases that are due", err)
		}
		if k.At, last.ID = store.Time(last.At), k.ID; state != Closed {
			k.Held = "the case is not closed"
		}
		all = append(all, k)
	}
	if err := rows.Err(); err != nil {
		return nil, last, wrap("list the cases that are due", err)
	}
	return all, p.Next(len(all), last), nil
}

// MarksOf are the marks by which a case is found again.
func (c *Cases) MarksOf(ctx context.Context, tx *store.Tx, id string) (all [][]byte, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT mark FROM cases_mark WHERE landlord = $1 AND case_id = $2 ORDER BY mark`, c.landlord, id)
	if err != nil {
		return nil, wrap("the marks of a case", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m []byte
		if err := rows.Scan(&m); err != nil {
			return nil, wrap("the marks of a case", err)
		}
		all = append(all, m)
	}
	if err := rows.Err(); err != nil {
		return nil, wrap("the marks of a case", err)
	}
	return all, nil
}

// Requested reports whether a case is open that is found by one of these marks and keeps
// what is held about its person from being deleted: see [Case.Hold]. It reads in the
// caller's transaction, so that what it answers holds for what is deleted there.
func (c *Cases) Requested(ctx context.Context, tx *store.Tx, marks [][]byte) (bool, error) {
	for _, m := range marks {
		rows, err := tx.QueryContext(ctx, `SELECT DISTINCT o.kind, o.regime FROM cases_mark m JOIN cases o ON o.landlord = m.landlord AND o.id = m.case_id
			WHERE m.landlord = $1 AND m.mark = $2 AND o.state <> 'closed' AND o.forgotten IS NULL`, c.landlord, m)
		if err != nil {
			return false, wrap("look for open requests", err)
		}
		held, err := holding(rows)
		if err != nil {
			return false, wrap("look for open requests", err)
		}
		if held {
			return true, nil
		}
	}
	return false, nil
}

func holding(rows *sql.Rows) (held bool, err error) {
	defer rows.Close()
	for rows.Next() {
		var kind law.Kind
		var regime law.Regime
		if err := rows.Scan(&kind, &regime); err != nil {
			return false, err
		}
		if kind == "" {
			kind = law.KindOf(regime)
		}
		h, _ := kind.Handling()
		held = held || h.Holds != law.HoldNothing
	}
	return held, rows.Err()
}

// ForgetIn is [Cases.Forget] in a transaction of the caller's.
func (c *Cases) ForgetIn(ctx context.Context, tx *store.Tx, on On) (Case, error) {
	if on.By == "" {
		return Case{}, input("say who acts", "the act has no actor")
	}
	k, err := c.forget(ctx, tx, on)
	if errors.Is(err, errDone) {
		return k, nil
	}
	if err != nil {
		return Case{}, wrap("forget case "+on.Case, err)
	}
	return k, nil
}
