package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"tenet/internal/ledger"
)

// Restore fills the store at a URL from a backup: one of either engine, and of
// this or an earlier version of Tenet. The store must be empty or not there yet,
// and is empty until everything has been read into it, read again, and found the
// same; a Restore that was killed is begun again. The schema is made as it was
// when the backup was taken, filled, and then brought up to date. What was
// restored is recorded in the ledger of every landlord, as done by by.
func Restore(ctx context.Context, r io.Reader, url, by string, progress Progress) (Proof, error) {
	e, err := connect(ctx, url)
	if err != nil {
		return Proof{}, err
	}
	defer e.close()
	s := &Store{engine: e}
	p, err := s.restore(ctx, r, progress, ledger.Act{Actor: by, Name: "store.restored"}, nil)
	if err == nil {
		err = s.ready(ctx)
	}
	if err != nil {
		return Proof{}, fmt.Errorf("store: restore into %s: %w", s, e.explain(err))
	}
	return p, nil
}

// restore fills the store and records the act for every landlord. Before it
// commits it asks right, if given, whether the proof is the right one.
func (s *Store) restore(ctx context.Context, r io.Reader, progress Progress, act ledger.Act, right func(Proof) error) (Proof, error) {
	in := newBackupReader(r)
	o, err := in.opening()
	if err != nil {
		return Proof{}, err
	}
	if err := s.prepare(ctx, o.Schema); err != nil {
		return Proof{}, err
	}
	var p Proof
	err = s.writeOnce(ctx, access{write: true, alone: true, long: true}, func(tx *Tx) error {
		tables, err := tx.engine.tables(ctx, tx)
		if err != nil {
			return err
		}
		if err := alike(tables, o.Tables); err != nil {
			return fmt.Errorf("the backup's tables are not those of schema %d: %w", o.Schema, err)
		}
		if err := tx.empty(ctx, tables); err != nil {
			return err
		}
		if p, err = tx.load(ctx, in, o, progress); err != nil {
			return err
		}
		have, err := tx.survey(ctx) // A reading of its own of what was written.
		if err != nil {
			return err
		}
		if err := p.differ(have); err != nil {
			return fmt.Errorf("what was written is not what the backup holds: %w", err)
		}
		if right != nil {
			if err := right(have); err != nil {
				return err
			}
		}
		return tx.recordAll(ctx, act, map[string]any{"from": o.From, "taken": o.Made, "schema": p.Schema, "sha256": p.SHA256})
	})
	if err != nil {
		return Proof{}, err
	}
	return p, nil
}

// prepare gives a place the schema of a version, if it has an earlier one or none.
func (s *Store) prepare(ctx context.Context, schema int64) error {
	newest, err := latest()
	if err != nil {
		return err
	}
	if schema < 1 || schema > newest {
		return fmt.Errorf("%w: the backup is of schema %d, and this one knows up to %d", ErrNewer, schema, newest)
	}
	have, err := s.engine.version(ctx)
	if err != nil {
		return err
	}
	if have > schema {
		return fmt.Errorf("there is a store of schema %d, and the backup is of the earlier schema %d: name a place where there is none", have, schema)
	}
	return migrate(ctx, s.engine, schema)
}

// alike says what a backup's tables have that a store's have not.
func alike(have, want []table) error {
	for _, t := range want {
		i := slices.IndexFunc(have, func(h table) bool { return h.Name == t.Name })
		switch {
		case i < 0:
			return errors.New("table " + t.Name + " is not one of them")
		case !slices.Equal(have[i].Columns, t.Columns), !slices.Equal(have[i].Key, t.Key), have[i].Counter != t.Counter:
			return errors.New("table " + t.Name + " has other columns")
		}
	}
	if len(have) != len(want) {
		return fmt.Errorf("there are %d of them, and the backup has %d", len(have), len(want))
	}
	return nil
}

// empty refuses a store that holds anything, and empties one that is as init
// leaves it: with the names of landlords.
func (t *Tx) empty(ctx context.Context, tables []table) error {
	for _, on := range tables {
		if on.Name == "landlord" {
			continue
		}
		var n int
		if err := t.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+quote(on.Name)+` LIMIT 1) AS one`).Scan(&n); err != nil {
			return fmt.Errorf("look into table %s: %w", on.Name, err)
		}
		if n > 0 {
			return fmt.Errorf("%w, in table %s: name an empty place", ErrOccupied, on.Name)
		}
	}
	_, err := t.ExecContext(ctx, `DELETE FROM landlord`)
	return err
}

// load fills every table from a backup.
func (t *Tx) load(ctx context.Context, in *backupReader, o opening, progress Progress) (Proof, error) {
	var done []Table
	for _, on := range o.Tables {
		d := newDigest()
		var end Table
		rows := func(yield func([]any, error) bool) {
			for {
				row, last, err := in.row(on)
				if last != nil {
					end = *last
					return
				}
				if err == nil {
					d.add(row)
					progress.tell(on.Name, d.rows, false)
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
		if err := t.engine.fill(ctx, t, on, rows); err != nil {
			return Proof{}, err
		}
		if end != (Table{on.Name, d.rows, end.Last, d.sum()}) {
			return Proof{}, in.at(fmt.Errorf("the rows of table %s are not those that were backed up", on.Name))
		}
		if on.Counter != "" {
			if err := t.engine.setLast(ctx, t, on, end.Last); err != nil {
				return Proof{}, err
			}
		}
		done = append(done, end)
		progress.tell(on.Name, d.rows, true)
	}
	return prove(o.Schema, done), in.close()
}

// recordAll records an act on the store itself in every landlord's ledger.
func (t *Tx) recordAll(ctx context.Context, act ledger.Act, payload any) error {
	all, err := t.Landlords(ctx)
	if err != nil {
		return err
	}
	for _, l := range all {
		act.Landlord = l.ID
		if err := t.Record(ctx, act, payload); err != nil {
			return err
		}
	}
	return nil
}
