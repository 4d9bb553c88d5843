package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tenet/internal/ledger"
)

// movedTable is there in a store that was moved, and says where to.
const movedTable = "store_moved"

// Move copies everything into the store at a URL, of either engine, which must
// be empty or not there yet, and leaves a mark in the store it came from, which
// Open and Write refuse from then on. Nobody writes meanwhile. The two are read
// again, independently of the copying, and must hold the same to the byte before
// either is changed for good. That it was moved, and the digest of what was, is
// recorded in the new store's ledgers, as done by by, in the transaction that
// fills it.
//
// A Move that was killed has changed nothing, or has filled the new store and
// not marked the old one. The same Move again begins afresh, or leaves the mark.
func Move(ctx context.Context, from *Store, to, by string, progress Progress) (Proof, error) {
	e, err := connect(ctx, to)
	if err != nil {
		return Proof{}, err
	}
	defer e.close()
	target := &Store{engine: e}
	fail := func(err error) (Proof, error) {
		return Proof{}, fmt.Errorf("store: move %s to %s: %w", from, target, err)
	}
	if from.String() == target.String() {
		return fail(errors.New("this is the same store"))
	}
	var p Proof
	var there error // of the target
	err = from.writeOnce(ctx, access{write: true, alone: true, long: true}, func(tx *Tx) (err error) {
		if p, err = tx.survey(ctx); err != nil {
			return err
		}
		if there = tx.copyTo(ctx, target, p, by, progress); there != nil {
			return there
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE `+movedTable+` (place TEXT NOT NULL, moved BIGINT NOT NULL)`); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO `+movedTable+` (place, moved) VALUES ($1, $2)`, target.String(), Micros(time.Now()))
		return err
	})
	if there != nil {
		return fail(e.explain(there))
	}
	if err != nil {
		return fail(from.engine.explain(err))
	}
	return p, nil
}

// copyTo copies this store, whose proof is known, to another, or finds that an
// earlier Move has.
func (t *Tx) copyTo(ctx context.Context, target *Store, want Proof, by string, progress Progress) error {
	r, w := io.Pipe()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, err := t.backup(ctx, w, progress)
		w.CloseWithError(err)
	}()
	act := ledger.Act{Actor: by, Name: "store.moved", Once: "store.moved/" + want.SHA256}
	_, err := target.restore(ctx, r, nil, act, want.differ)
	r.CloseWithError(errors.New("the copy ended"))
	<-sent
	if errors.Is(err, ErrOccupied) {
		var n int
		look := target.Read(ctx, func(tx *Tx) error {
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM ledger_entry WHERE once = $1`, act.Once).Scan(&n)
		})
		if look == nil && n > 0 {
			return nil // It was killed between the two commits.
		}
	}
	return err
}

// whereTo is the error of a store that was moved.
func (t *Tx) whereTo(ctx context.Context) error {
	var place string
	var at int64
	if err := t.QueryRowContext(ctx, `SELECT place, moved FROM `+movedTable).Scan(&place, &at); err != nil {
		return fmt.Errorf("store: where was it moved to: %w", err)
	}
	return fmt.Errorf("store: %w: %s went to %s on %s and is kept as it was then; use that one. "+
		"Only if that one was given up for good, go back with: tenet store reopen", ErrMoved, t.engine.name(), place, Time(at).Format(time.RFC3339))
}

// Reopen takes the mark of a Move off a store, for those who go back to it. What
// was done in the other one since is not in it. That it was reopened is recorded
// in its ledgers, as done by by.
func Reopen(ctx context.Context, url, by string) error {
	e, err := connect(ctx, url)
	if err != nil {
		return err
	}
	defer e.close()
	s := &Store{engine: e}
	moved, err := e.has(ctx, movedTable)
	if err == nil && !moved {
		err = errors.New("it was not moved")
	}
	if err == nil {
		err = s.write(ctx, access{write: true, alone: true, moved: true}, func(tx *Tx) error {
			var place string
			if err := tx.QueryRowContext(ctx, `SELECT place FROM `+movedTable).Scan(&place); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DROP TABLE `+movedTable); err != nil {
				return err
			}
			return tx.recordAll(ctx, ledger.Act{Actor: by, Name: "store.reopened"}, map[string]string{"had moved to": place})
		})
	}
	if err != nil {
		return fmt.Errorf("store: reopen %s: %w", s, e.explain(err))
	}
	return nil
}
