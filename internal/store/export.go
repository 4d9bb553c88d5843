package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"tenet/internal/ledger"
)

// page is how many entries an export reads at once. With the largest payloads
// that bounds its memory to some tens of megabytes.
const page = 50

// Export writes the landlord's ledger up to its newest checkpoint, in the
// format of package ledger, for anyone to verify with the verifier key. With
// open it contains the payloads that were not forgotten, personal data included;
// without, nobody can be identified from it. It holds no transaction open while
// it writes, so that a slow reader is in nobody's way.
func (s *Store) Export(ctx context.Context, landlord, verifier string, w io.Writer, open bool) error {
	fail := func(err error) error { return fmt.Errorf("store: export the ledger of %s: %w", landlord, err) }
	var last Signed
	err := s.Read(ctx, func(tx *Tx) (err error) {
		last, err = tx.Checkpoint(ctx, landlord)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return fail(fmt.Errorf("nothing is signed yet; sequence it first: %w", err))
	} else if err != nil {
		return fail(err)
	}
	x, err := ledger.NewWriter(w, last.Origin, verifier)
	if err != nil {
		return fail(err)
	}
	for size, done := int64(0), int64(0); ; size++ {
		// The next checkpoint, the entries up to it, then the checkpoint itself.
		var c Signed
		err := s.Read(ctx, func(tx *Tx) (err error) {
			c, err = tx.checkpoint(ctx, `SELECT size, time, origin, root, note FROM ledger_checkpoint
				WHERE landlord = $1 AND size >= $2 ORDER BY size LIMIT 1`, landlord, size)
			return err
		})
		if err != nil {
			return fail(err)
		}
		for size = c.Size; done < size; {
			var entries []stored
			err := s.Read(ctx, func(tx *Tx) (err error) {
				entries, err = tx.entries(ctx, landlord, done, min(size, done+page), open)
				return err
			})
			if err != nil {
				return fail(err)
			}
			for _, e := range entries {
				if err := x.Entry(e.Entry, e.leaf, e.opening); err != nil {
					return fail(err)
				}
			}
			done = min(size, done+page)
		}
		if err := x.Checkpoint(c.Note); err != nil {
			return fail(err)
		}
		if size >= last.Size {
			break
		}
	}
	if err := x.Close(); err != nil {
		return fail(err)
	}
	return nil
}

// stored is an entry as it stands in the store, with the leaf hash that the tree
// has for it and, if asked for and there, what opens its commitment.
type stored struct {
	ledger.Entry
	leaf    ledger.Hash
	opening *ledger.Opening
}

// entries is those numbered from seq to before end. One that is missing from the
// store is missing here: to name it is for whoever verifies.
func (t *Tx) entries(ctx context.Context, landlord string, seq, end int64, open bool) ([]stored, error) {
	rows, err := t.QueryContext(ctx, `SELECT e.seq, e.time, e.actor, e.act, e.subject, e.notice, e.commitment, n.hash, p.nonce, p.payload
		FROM ledger_entry e
		LEFT JOIN ledger_node n ON n.landlord = e.landlord AND n.level = 0 AND n.n = e.seq
		LEFT JOIN ledger_payload p ON $4 = 1 AND p.landlord = e.landlord AND p.entry = e.id
		WHERE e.landlord = $1 AND e.seq >= $2 AND e.seq < $3 ORDER BY e.seq`, landlord, seq, end, flag(open))
	if err != nil {
		return nil, fmt.Errorf("entries from %d: %w", seq, err)
	}
	defer rows.Close()
	var all []stored
	for rows.Next() {
		e := stored{Entry: ledger.Entry{Landlord: landlord}}
		var at int64
		var commitment, leaf, nonce []byte
		var payload sql.NullString
		err := rows.Scan(&e.Seq, &at, &e.Actor, &e.Act, &e.Subject, &e.Notice, &commitment, &leaf, &nonce, &payload)
		if err != nil {
			return nil, fmt.Errorf("entries from %d: %w", seq, err)
		}
		e.Time = Time(at)
		copy(e.Commitment[:], commitment)
		copy(e.leaf[:], leaf) // None at all stays zero, which no entry hashes to.
		if payload.Valid {
			e.opening = &ledger.Opening{Nonce: nonce, Payload: []byte(payload.String)}
		}
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("entries from %d: %w", seq, err)
	}
	return all, nil
}

// flag is a boolean as both engines take it.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Prove proves that the entry of this number stands in the landlord's ledger,
// against its newest checkpoint. The proof is only as good as its Verify says:
// an entry altered in the store gets one that fails.
func (s *Store) Prove(ctx context.Context, landlord string, seq int64) (ledger.Inclusion, error) {
	var p ledger.Inclusion
	err := s.Read(ctx, func(tx *Tx) error {
		c, err := tx.Checkpoint(ctx, landlord)
		if err != nil {
			return err
		}
		entries, err := tx.entries(ctx, landlord, seq, seq+1, false)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return fmt.Errorf("the ledger has %d sequenced entries, numbered from 0: %w", c.Size, ErrNotFound)
		}
		p, err = ledger.ProveInclusion(entries[0].Entry, c.Size, c.Note, &nodes{ctx: ctx, tx: tx, landlord: landlord})
		return err
	})
	if err != nil {
		return p, fmt.Errorf("store: prove entry %d of %s: %w", seq, landlord, err)
	}
	return p, nil
}

// Consistency proves that the landlord's ledger only grew between two of its
// checkpoints, named by their sizes.
func (s *Store) Consistency(ctx context.Context, landlord string, from, to int64) (ledger.Consistency, error) {
	var p ledger.Consistency
	err := s.Read(ctx, func(tx *Tx) error {
		var c [2]Signed
		for i, size := range []int64{from, to} {
			var err error
			c[i], err = tx.checkpoint(ctx, `SELECT size, time, origin, root, note FROM ledger_checkpoint
				WHERE landlord = $1 AND size = $2`, landlord, size)
			if err != nil {
				return fmt.Errorf("of %d entries: %w", size, err)
			}
		}
		var err error
		p, err = ledger.ProveConsistency(from, c[0].Note, to, c[1].Note, &nodes{ctx: ctx, tx: tx, landlord: landlord})
		return err
	})
	if err != nil {
		return p, fmt.Errorf("store: prove that the ledger of %s grew from %d to %d: %w", landlord, from, to, err)
	}
	return p, nil
}
