package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tenet/internal/ledger"
)

// batch is how many entries are sequenced in one transaction, under one
// checkpoint. It bounds how long a page view may wait for the sequencer.
const batch = 1000

// Signed is a checkpoint with its signature.
type Signed struct {
	ledger.Checkpoint
	Time time.Time // when it was signed, by our own clock
	Note string    // the signed note
}

// Sequence numbers the landlord's entries that were committed and not yet
// numbered, puts them into the tree, signs checkpoints over it, and returns the
// last. With nothing new it returns the last there is; an empty ledger gets a
// checkpoint of its own. It may be killed, repeated and run twice at once.
func (s *Store) Sequence(ctx context.Context, landlord string, signer note.Signer) (Signed, error) {
	for {
		var last Signed
		var more bool
		err := s.write(ctx, access{write: true, sequencing: true}, func(tx *Tx) error {
			var err error
			last, more, err = tx.sequence(ctx, landlord, signer)
			return err
		})
		if err != nil {
			return Signed{}, fmt.Errorf("store: sequence the ledger of %s: %w", landlord, err)
		}
		if !more {
			return last, nil
		}
	}
}

// sequence does one batch, and says whether there may be more.
func (t *Tx) sequence(ctx context.Context, landlord string, signer note.Signer) (last Signed, more bool, err error) {
	last, err = t.Checkpoint(ctx, landlord)
	first := errors.Is(err, ErrNotFound)
	if err != nil && !first {
		return last, false, err
	}
	nodes := &nodes{ctx: ctx, tx: t, landlord: landlord, fresh: map[int64]ledger.Hash{}}
	if !first {
		// Whoever changed the stored tree must not have their change signed.
		root, err := tlog.TreeHash(last.Size, nodes)
		if err != nil {
			return last, false, err
		}
		if root != last.Root {
			return last, false, fmt.Errorf("the stored tree of %d entries has root %s, and its checkpoint says %s: "+
				"the store was tampered with or damaged; keep it, and restore a backup", last.Size, root, last.Root)
		}
		if last.Origin != signer.Name() {
			return last, false, fmt.Errorf("this ledger is %q, and the key signs for %q; use the key folder it was begun with",
				last.Origin, signer.Name())
		}
	}
	ids, entries, err := t.pending(ctx, landlord, last.Size)
	if err != nil || (len(entries) == 0 && !first) {
		return last, false, err
	}
	for i, e := range entries {
		hashes, err := tlog.StoredHashesForRecordHash(e.Seq, e.Leaf(), nodes)
		if err != nil {
			return last, false, err
		}
		if err := nodes.add(tlog.StoredHashIndex(0, e.Seq), hashes); err != nil {
			return last, false, err
		}
		if _, err := t.ExecContext(ctx, `UPDATE ledger_entry SET seq = $1 WHERE landlord = $2 AND id = $3`, e.Seq, landlord, ids[i]); err != nil {
			return last, false, fmt.Errorf("number entry %d: %w", e.Seq, err)
		}
	}
	next := Signed{Time: Time(Micros(time.Now())), Checkpoint: ledger.Checkpoint{Origin: signer.Name(), Size: last.Size + int64(len(entries))}}
	if next.Root, err = tlog.TreeHash(next.Size, nodes); err != nil {
		return last, false, err
	}
	if next.Note, err = next.Sign(signer); err != nil {
		return last, false, err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO ledger_checkpoint (landlord, size, time, origin, root, note) VALUES ($1, $2, $3, $4, $5, $6)`,
		landlord, next.Size, Micros(next.Time), next.Origin, next.Root[:], next.Note)
	if err != nil {
		return last, false, fmt.Errorf("checkpoint of %d entries: %w", next.Size, err)
	}
	return next, len(entries) == batch, nil
}

// pending is the next batch of entries without a number, numbered from seq, and
// their ids.
func (t *Tx) pending(ctx context.Context, landlord string, seq int64) ([]int64, []ledger.Entry, error) {
	rows, err := t.QueryContext(ctx, `SELECT id, time, actor, act, subject, notice, commitment FROM ledger_entry
		WHERE landlord = $1 AND seq IS NULL ORDER BY id LIMIT $2`, landlord, batch)
	if err != nil {
		return nil, nil, fmt.Errorf("entries to number: %w", err)
	}
	defer rows.Close()
	var ids []int64
	var entries []ledger.Entry
	for rows.Next() {
		e := ledger.Entry{Seq: seq + int64(len(entries)), Landlord: landlord}
		var id, at int64
		var commitment []byte
		if err := rows.Scan(&id, &at, &e.Actor, &e.Act, &e.Subject, &e.Notice, &commitment); err != nil {
			return nil, nil, fmt.Errorf("entries to number: %w", err)
		}
		e.Time, e.Commitment = Time(at), ledger.Hash(commitment)
		if err := e.Validate(); err != nil {
			return nil, nil, fmt.Errorf("entry of id %d was altered before it was numbered: %w", id, err)
		}
		ids, entries = append(ids, id), append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, fmt.Errorf("entries to number: %w", err)
	}
	return ids, entries, nil
}

// Checkpoint is the landlord's newest, or ErrNotFound.
func (t *Tx) Checkpoint(ctx context.Context, landlord string) (Signed, error) {
	return t.checkpoint(ctx, `SELECT size, time, origin, root, note FROM ledger_checkpoint
		WHERE landlord = $1 ORDER BY size DESC LIMIT 1`, landlord)
}

func (t *Tx) checkpoint(ctx context.Context, query string, args ...any) (Signed, error) {
	var c Signed
	var at int64
	var root []byte
	err := t.QueryRowContext(ctx, query, args...).Scan(&c.Size, &at, &c.Origin, &root, &c.Note)
	if errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("checkpoint: %w", ErrNotFound)
	}
	if err != nil {
		return c, fmt.Errorf("checkpoint: %w", err)
	}
	c.Time, c.Root = Time(at), ledger.Hash(root)
	return c, nil
}

// nodes is the stored hashes of one landlord's tree. It remembers what it has
// read and what is being added.
type nodes struct {
	ctx      context.Context
	tx       *Tx
	landlord string
	fresh    map[int64]ledger.Hash
}

// ReadHashes makes it a tlog.HashReader.
func (n *nodes) ReadHashes(indexes []int64) ([]ledger.Hash, error) {
	out := make([]ledger.Hash, len(indexes))
	for i, x := range indexes {
		h, ok := n.fresh[x]
		if !ok {
			level, at := tlog.SplitStoredHashIndex(x)
			var b []byte
			err := n.tx.QueryRowContext(n.ctx, `SELECT hash FROM ledger_node WHERE landlord = $1 AND level = $2 AND n = $3`,
				n.landlord, level, at).Scan(&b)
			if err != nil {
				return nil, fmt.Errorf("node %d of level %d of the tree: %w", at, level, err)
			}
			h = ledger.Hash(b)
			if n.fresh != nil {
				n.fresh[x] = h
			}
		}
		out[i] = h
	}
	return out, nil
}

// add writes hashes whose indexes follow each other from first.
func (n *nodes) add(first int64, hashes []ledger.Hash) error {
	for i, h := range hashes {
		x := first + int64(i)
		level, at := tlog.SplitStoredHashIndex(x)
		_, err := n.tx.ExecContext(n.ctx, `INSERT INTO ledger_node (landlord, level, n, hash) VALUES ($1, $2, $3, $4)`,
			n.landlord, level, at, h[:])
		if err != nil {
			return fmt.Errorf("node %d of level %d of the tree: %w", at, level, err)
		}
		n.fresh[x] = h
	}
	return nil
}
