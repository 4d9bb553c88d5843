package contact

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"tenet/internal/store"
)

// Counts is how much is kept in a set.
type Counts struct {
	Entries     int `json:"entries"`
	Authorities int `json:"authorities"`
	Checks      int `json:"checks"`
}

// Any says whether anything is.
func (n Counts) Any() bool { return n != Counts{} }

// Kept is one thing that is kept: one of the three is there.
type Kept struct {
	Entry     *Entry     `json:"entry,omitempty"`
	Authority *Authority `json:"authority,omitempty"`
	Check     *Check     `json:"check,omitempty"`
}

// Count is how much is kept in the set.
func (c *Contacts) Count(ctx context.Context) (n Counts, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		n, err = c.count(ctx, tx)
		return err
	})
	return n, err
}

func (c *Contacts) count(ctx context.Context, tx *store.Tx) (n Counts, err error) {
	err = tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM contact_entry WHERE landlord = $1 AND client = $2),
		(SELECT count(*) FROM contact_authority WHERE landlord = $1 AND client = $2), (SELECT count(*) FROM contact_check WHERE landlord = $1 AND client = $2)`,
		c.landlord, c.client).Scan(&n.Entries, &n.Authorities, &n.Checks)
	if err != nil {
		return n, fmt.Errorf("contact: count: %w", err)
	}
	return n, nil
}

// All is everything that is kept in the set, a page at a time, without the questions and
// answers of calls: what is written meanwhile may not be among it.
func (c *Contacts) All(ctx context.Context) iter.Seq2[Kept, error] {
	return func(yield func(Kept, error) bool) {
		for _, sort := range []struct {
			table string
			read  func(*store.Tx, string) (Kept, error)
		}{
			{"contact_entry", func(tx *store.Tx, id string) (Kept, error) {
				e, err := c.entry(ctx, tx, id)
				return Kept{Entry: &e}, err
			}},
			{"contact_authority", func(tx *store.Tx, id string) (Kept, error) {
				a, err := c.authority(ctx, tx, id)
				return Kept{Authority: &a}, err
			}},
			{"contact_check", func(tx *store.Tx, id string) (Kept, error) {
				k, found, err := c.checkBy(ctx, tx, `id = $3`, id)
				if err == nil && !found {
					err = ErrNone
				}
				k.Questions, k.Held, k.Who, k.Left = nil, nil, "", 0
				return Kept{Check: &k}, err
			}},
		} {
			for after := ""; ; {
				var ids []string
				var page []Kept
				err := c.store.Read(ctx, func(tx *store.Tx) (err error) {
					page = page[:0]
					if ids, err = c.ids(ctx, tx, sort.table, after, mostList); err != nil {
						return err
					}
					for _, id := range ids {
						x, err := sort.read(tx, id)
						if err != nil {
							return err
						}
						page = append(page, x)
					}
					return nil
				})
				if err != nil {
					yield(Kept{}, err)
					return
				}
				for _, x := range page {
					if !yield(x, nil) {
						return
					}
				}
				if len(ids) < mostList {
					break
				}
				after = ids[len(ids)-1]
			}
		}
	}
}

// ids are those of the set in a table, in order, after one of them.
func (c *Contacts) ids(ctx context.Context, tx *store.Tx, table, after string, most int) (all []string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM `+table+` WHERE landlord = $1 AND client = $2 AND id > $3 ORDER BY id LIMIT $4`, c.landlord, c.client, after, most)
	if err != nil {
		return nil, fmt.Errorf("contact: all that is kept: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("contact: all that is kept: %w", err)
		}
		all = append(all, id)
	}
	return all, rows.Err()
}

// Leave deletes everything that is kept in a client's set, once it was returned: returned is
// how much that was, and where there is more by now nothing is deleted ([ErrState]). What the
// ledger could tell of it goes too; that it was deleted, and how much, stays.
func (c *Contacts) Leave(ctx context.Context, by string, returned Counts) error {
	if c.client == "" {
		return errors.New("contact: leave: the landlord's own set has nobody to be returned to")
	}
	return c.store.Write(ctx, func(tx *store.Tx) error {
		n, err := c.count(ctx, tx)
		switch {
		case err != nil || !n.Any():
			return err
		case n != returned:
			return fmt.Errorf("something was written since it was returned: %w", ErrState)
		}
		for _, s := range []struct{ what, table string }{{"entry", "contact_entry"}, {"authority", "contact_authority"}, {"check", "contact_check"}} {
			for {
				ids, err := c.ids(ctx, tx, s.table, "", mostList)
				if err != nil {
					return err
				}
				for _, id := range ids {
					if err := c.drop(ctx, tx, s.what, id); err != nil {
						return err
					}
				}
				if len(ids) < mostList {
					break
				}
			}
		}
		return c.record(ctx, tx, by, "contact.returned", "", map[string]any{"entries": n.Entries, "authorities": n.Authorities, "checks": n.Checks})
	})
}
