package contact

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tenet/internal/law"
	"tenet/internal/store"
)

// Sort is one of the three things that are kept.
type Sort string

// The sorts.
const (
	AnEntry     Sort = "entry"     // with all that corrects it: they go together
	AnAuthority Sort = "authority" // who may act for whom
	ACheck      Sort = "check"     // a caller showing who they are
)

func (s Sort) table() string { return "contact_" + string(s) }

// Kept is how many of a sort the set has.
func (c *Contacts) Kept(ctx context.Context, tx *store.Tx, s Sort) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM `+s.table()+` WHERE landlord = $1 AND client = $2`, c.landlord, c.client).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("contact: count what is kept: %w", err)
	}
	return n, nil
}

// Due is a page of what of the set has been kept for long enough: entries in whose chain
// of corrections nothing happened or was written since before, which are named by the first
// of the chain; authorities that ended or ran out before; checks begun before. How long
// before is comes from the landlord's notice.
func (c *Contacts) Due(ctx context.Context, tx *store.Tx, s Sort, p store.Page) ([]store.Kept, store.Place, error) {
	query := map[Sort]string{
		AnEntry:     `SELECT happened, id FROM contact_entry WHERE landlord = $1 AND client = $6 AND corrects IS NULL AND happened < $2 AND (happened > $3 OR happened = $3 AND id > $4) ORDER BY happened, id LIMIT $5`,
		AnAuthority: `SELECT added, id FROM contact_authority WHERE landlord = $1 AND client = $6 AND added < $2 AND (added > $3 OR added = $3 AND id > $4) ORDER BY added, id LIMIT $5`,
		ACheck:      `SELECT begun, id FROM contact_check WHERE landlord = $1 AND client = $6 AND begun < $2 AND (begun > $3 OR begun = $3 AND id > $4) ORDER BY begun, id LIMIT $5`,
	}[s]
	if query == "" {
		return nil, store.Place{}, fmt.Errorf("what is due: %w", ErrNone)
	}
	places, err := c.places(ctx, tx, query, p)
	if err != nil || len(places) == 0 {
		return nil, store.Place{}, err
	}
	var all []store.Kept
	for _, at := range places {
		k := store.Kept{ID: at.ID, At: store.Time(at.At)}
		switch s {
		case AnEntry:
			chain, err := c.chain(ctx, tx, at.ID)
			if err != nil {
				return nil, store.Place{}, err
			}
			for _, e := range chain {
				if e.At.After(k.At) {
					k.At = e.At
				}
				if e.Written.After(k.At) {
					k.At = e.Written
				}
			}
		case AnAuthority:
			a, err := c.authority(ctx, tx, at.ID)
			if err != nil {
				return nil, store.Place{}, err
			}
			switch {
			case !a.Ended.IsZero():
				k.At = a.EndedAt
			case !a.End.IsZero() && a.End.Before(law.DateOf(p.Before)):
				k.At = a.End.End().UTC()
			default:
				continue // it counts
			}
		}
		if k.At.Before(p.Before) {
			all = append(all, k)
		}
	}
	return all, p.Next(len(places), places[len(places)-1]), nil
}

func (c *Contacts) places(ctx context.Context, tx *store.Tx, query string, p store.Page) (all []store.Place, err error) {
	rows, err := tx.QueryContext(ctx, query, c.landlord, store.Micros(p.Before), p.After.At, p.After.ID, p.Limit, c.client)
	if err != nil {
		return nil, fmt.Errorf("contact: what is due: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at store.Place
		if err := rows.Scan(&at.At, &at.ID); err != nil {
			return nil, fmt.Errorf("contact: what is due: %w", err)
		}
		all = append(all, at)
	}
	return all, rows.Err()
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

// MarksOf are the marks by which something of a sort is found.
func (c *Contacts) MarksOf(ctx context.Context, tx *store.Tx, s Sort, id string) (Marks, error) {
	return c.marksOf(ctx, tx, string(s), id)
}

// Forget deletes what an id of [Contacts.Due] names: an entry with all that corrects it, an
// authority or a check, with the marks and what the ledger could tell of it. That something
// was forgotten, what sort and how much, stays.
func (c *Contacts) Forget(ctx context.Context, by, id string) error {
	return c.store.Write(ctx, func(tx *store.Tx) error { return c.ForgetIn(ctx, tx, by, id) })
}

// ForgetIn is [Contacts.Forget] in a transaction of the caller's.
func (c *Contacts) ForgetIn(ctx context.Context, tx *store.Tx, by, id string) error {
	what, ids := ACheck, []string{id}
	switch sort, _, _ := strings.Cut(id, "-"); sort {
	case "ct":
		what = AnEntry
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
		what = AnAuthority
	case "cc":
	default:
		return fmt.Errorf("forget: %w", ErrNone)
	}
	for _, id := range ids {
		if err := c.drop(ctx, tx, string(what), id); err != nil {
			return err
		}
	}
	return c.record(ctx, tx, by, "contact.forgotten", "", map[string]any{"what": what, "number": len(ids)})
}

// drop deletes an object, its marks and the ledger's payloads of it.
func (c *Contacts) drop(ctx context.Context, tx *store.Tx, what, id string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM contact_mark WHERE landlord = $1 AND what = $2 AND id = $3 AND client = $4`, c.landlord, what, id, c.client); err != nil {
		return fmt.Errorf("contact: forget: %w", err)
	}
	err := one(tx.ExecContext(ctx, `DELETE FROM `+Sort(what).table()+` WHERE landlord = $1 AND id = $2 AND client = $3`, c.landlord, id, c.client))
	switch {
	case errors.Is(err, ErrState):
		return fmt.Errorf("forget: %w", ErrNone)
	case err != nil:
		return fmt.Errorf("contact: forget: %w", err)
	}
	_, err = tx.Forget(ctx, c.landlord, id)
	return err
}
