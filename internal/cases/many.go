package cases

import (
	"context"
	"database/sql"
	"errors"

	"tenet/internal/store"
)

// What is here does for very many people at once, as when a whole landlord's tenants are
// written to, what [Cases.Marks], [Cases.Alike] and [Cases.Seal] do for one: each key is
// read once, and each question is prepared once.

// Marker reads the key of the landlord's marks, or makes it, and gives [Cases.Marks]
// under it. The function holds the key for as long as somebody holds the function.
func (c *Cases) Marker(ctx context.Context) (func(Person) [][]byte, error) {
	var mac []byte
	err := c.store.Write(ctx, func(tx *store.Tx) (err error) {
		mac, err = c.marker(ctx, tx, true)
		return err
	})
	if err != nil {
		return nil, wrap("mark people", err)
	}
	return func(p Person) [][]byte { return p.marks(mac) }, nil
}

// Marked says of each list of marks whether any case has one of them: whether there is
// something of that person for [Cases.Alike] to find.
func (c *Cases) Marked(ctx context.Context, of [][][]byte) ([]bool, error) {
	out := make([]bool, len(of))
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		has, err := tx.PrepareContext(ctx, `SELECT case_id FROM cases_mark WHERE landlord = $1 AND mark = $2 LIMIT 1`)
		if err != nil {
			return err
		}
		defer has.Close()
		for i, marks := range of {
			for _, m := range marks {
				var id string
				err := has.QueryRowContext(ctx, c.landlord, m).Scan(&id)
				if err == nil {
					out[i] = true
					break
				}
				if !errors.Is(err, sql.ErrNoRows) {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrap("look for cases of many people", err)
	}
	return out, nil
}

// Sealer is [Cases.Seal] for many things that are kept about one case in the same
// transaction: the case is read, and its key opened, once.
func (c *Cases) Sealer(ctx context.Context, tx *store.Tx, id string) (func(name string, plain []byte) []byte, error) {
	key, err := c.keyOf(ctx, tx, id)
	if err != nil {
		return nil, wrap("seal what belongs to a case", err)
	}
	return func(name string, plain []byte) []byte { return key.Seal(plain, c.context(id, "room", name)) }, nil
}
