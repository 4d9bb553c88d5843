package promise

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"tenet/internal/law"
	"tenet/internal/store"
)

// Act is one entry of the ledger: what was done and by whom.
type Act struct{ Name, Actor string }

// ActsOf is what was done to a subject, oldest first.
func (h *History) ActsOf(ctx context.Context, subject string) ([]Act, error) {
	var out []Act
	err := h.read(ctx, `SELECT act, actor FROM ledger_entry WHERE landlord = $1 AND subject = $2 ORDER BY id`, []any{h.Landlord, subject}, func(rows *sql.Rows) error {
		var a Act
		err := rows.Scan(&a.Name, &a.Actor)
		out = append(out, a)
		return err
	}, func() { out = nil })
	return out, err
}

// Versions are the versions of the notice that entries of the ledger name.
func (h *History) Versions(ctx context.Context) ([]string, error) {
	var out []string
	err := h.read(ctx, `SELECT DISTINCT notice FROM ledger_entry WHERE landlord = $1 AND notice <> '' ORDER BY notice`, []any{h.Landlord}, func(rows *sql.Rows) error {
		var v string
		err := rows.Scan(&v)
		out = append(out, v)
		return err
	}, func() { out = nil })
	return out, err
}

// views counts the entries by which somebody was looked up, page by page.
func (h *History) views(ctx context.Context, since law.Date, f *Found) error {
	const page = 1000
	f.saw()
	forgotten := int64(0)
	for last := int64(0); ; {
		n := 0
		var good, gone int64
		var bad []string
		at := last
		err := h.read(ctx, `SELECT e.id, p.payload FROM ledger_entry e LEFT JOIN ledger_payload p ON p.landlord = e.landlord AND p.entry = e.id
			WHERE e.landlord = $1 AND e.id > $2 AND e.time >= $3
				AND e.act IN ('person.searched', 'staff.looked', 'staff.opened-sensitive') ORDER BY e.id LIMIT $4`,
			[]any{h.Landlord, last, store.Micros(since.Start()), page}, func(rows *sql.Rows) error {
				var payload sql.NullString
				if err := rows.Scan(&at, &payload); err != nil {
					return err
				}
				n++
				var said struct{ Reason, Purpose, Case string }
				switch {
				case !payload.Valid:
					gone++
				case json.Unmarshal([]byte(payload.String), &said) == nil && said.Reason+said.Purpose+said.Case != "":
					good++
				default:
					bad = append(bad, fmt.Sprintf("entry %d", at))
				}
				return nil
			}, func() { n, good, gone, bad, at = 0, 0, 0, nil, last })
		if err != nil {
			return err
		}
		last = at
		f.Good += good
		forgotten += gone
		f.Rows += int64(n)
		for _, b := range bad {
			f.bad(b)
		}
		if n < page {
			break
		}
	}
	if forgotten > 0 {
		f.gap("the particulars of %s entries were forgotten with their person", count(forgotten))
	}
	return nil
}

// account is a member of staff as a check needs them.
type account struct {
	id, login  string
	off, acted bool // disabled; and the ledger has something they did afterwards
}

// staff are the accounts.
func (h *History) staff(ctx context.Context) ([]account, error) {
	var out []account
	err := h.read(ctx, `SELECT s.id, s.login, s.disabled IS NOT NULL,
			EXISTS (SELECT 1 FROM ledger_entry e WHERE e.landlord = s.landlord AND e.actor = s.id AND e.time > s.disabled)
		FROM staff s WHERE s.landlord = $1 ORDER BY s.id`, []any{h.Landlord}, func(rows *sql.Rows) error {
		var a account
		err := rows.Scan(&a.id, &a.login, &a.off, &a.acted)
		out = append(out, a)
		return err
	}, func() { out = nil })
	return out, err
}

// read runs a query and gives its rows; begin is called before, as the store may run
// it again.
func (h *History) read(ctx context.Context, query string, args []any, each func(*sql.Rows) error, begin func()) error {
	err := h.Store.Read(ctx, func(tx *store.Tx) error {
		begin()
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := each(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("read Tenet's own tables: %w", err)
	}
	return nil
}
