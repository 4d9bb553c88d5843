package contact

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/store"
)

// Due is what of the set has been kept for long enough: entries in whose chain of corrections nothing
// happened or was written since before, which are named by the first of the chain;
// authorities that ended or ran out before; checks begun before. At most 500 of each at a
// time, the oldest first. How long before is comes from the landlord's notice, or from the
// retention of the record they belong to.
func (c *Contacts) Due(ctx context.Context, before time.Time) (ids []string, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		first, err := c.older(ctx, tx, `SELECT id FROM contact_entry WHERE landlord = $1 AND client = $4 AND happened < $2 AND written < $2 AND corrects IS NULL ORDER BY happened, id LIMIT $3`, before)
		if err != nil {
			return err
		}
		for _, id := range first {
			chain, err := c.chain(ctx, tx, id)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(chain, func(e Entry) bool { return !e.Written.Before(before) || !e.At.Before(before) }) {
				ids = append(ids, id)
			}
		}
		added, err := c.older(ctx, tx, `SELECT id FROM contact_authority WHERE landlord = $1 AND client = $4 AND added < $2 ORDER BY added, id LIMIT $3`, before)
		if err != nil {
			return err
		}
		for _, id := range added {
			a, err := c.authority(ctx, tx, id)
			if err != nil {
				return err
			}
			day := law.DateOf(before)
			if !a.Ended.IsZero() && a.EndedAt.Before(before) || !a.End.IsZero() && a.End.Before(day) {
				ids = append(ids, id)
			}
		}
		checks, err := c.older(ctx, tx, `SELECT id FROM contact_check WHERE landlord = $1 AND client = $4 AND begun < $2 ORDER BY begun, id LIMIT $3`, before)
		ids = append(ids, checks...)
		return err
	})
	return ids, err
}

func (c *Contacts) older(ctx context.Context, tx *store.Tx, query string, before time.Time) (ids []string, err error) {
	rows, err := tx.QueryContext(ctx, query, c.landlord, store.Micros(before), mostList, c.client)
	if err != nil {
		return nil, fmt.Errorf("contact: what is due: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("contact: what is due: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// chain is an entry and what corrects it, one after another.
func (c *Contacts) chain(ctx context.Context, tx *store.Tx, id string) ([]Entry, error) {
	var all []Entry
	for id != "" {
		e, err := c.entry(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		all, id = append(all, e), e.Corrected
	}
	return all, nil
}

// Forget deletes what an id of [Contacts.Due] names: an entry with all that corrects it, an
// authority or a check, with the marks and what the ledger could tell of it. That something
// was forgotten, what sort and how much, stays.
func (c *Contacts) Forget(ctx context.Context, by, id string) error {
	return c.store.Write(ctx, func(tx *store.Tx) error {
		what, ids := "", []string{id}
		switch sort, _, _ := strings.Cut(id, "-"); sort {
		case "ct":
			what = "entry"
			chain, err := c.chain(ctx, tx, id)
			if err != nil {
				return err
			}
			if chain[0].Corrects != "" {
				return fmt.Errorf("a correction is forgotten with what it corrects: %w", ErrState)
			}
			ids = ids[:0]
			for _, e := range chain {
				ids = append(ids, e.ID)
			}
		case "au":
			what = "authority"
		case "cc":
			what = "check"
		default:
			return fmt.Errorf("forget: %w", ErrNone)
		}
		for _, id := range ids {
			if err := c.drop(ctx, tx, what, id); err != nil {
				return err
			}
		}
		return c.record(ctx, tx, by, "contact.forgotten", "", map[string]any{"what": what, "number": len(ids)})
	})
}

// drop deletes an object, its marks and the ledger's payloads of it.
func (c *Contacts) drop(ctx context.Context, tx *store.Tx, what, id string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM contact_mark WHERE landlord = $1 AND what = $2 AND id = $3 AND client = $4`, c.landlord, what, id, c.client); err != nil {
		return fmt.Errorf("contact: forget: %w", err)
	}
	query := map[string]string{
		"entry":     `DELETE FROM contact_entry WHERE landlord = $1 AND id = $2 AND client = $3`,
		"authority": `DELETE FROM contact_authority WHERE landlord = $1 AND id = $2 AND client = $3`,
		"check":     `DELETE FROM contact_check WHERE landlord = $1 AND id = $2 AND client = $3`,
	}[what]
	err := one(tx.ExecContext(ctx, query, c.landlord, id, c.client))
	switch {
	case errors.Is(err, ErrState):
		return fmt.Errorf("forget: %w", ErrNone)
	case err != nil:
		return fmt.Errorf("contact: forget: %w", err)
	}
	_, err = tx.Forget(ctx, c.landlord, id)
	return err
}
