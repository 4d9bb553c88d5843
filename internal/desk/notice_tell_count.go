package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tenet/internal/store"
)

// TellCounted is whom a telling of a version would reach, as it was counted last.
type TellCounted struct {
	Telling
	Taken time.Time // zero where they were never counted to the end
	Begun time.Time // when it was begun to count them last
	Read  int       // records that run has looked at so far; those of the counts are Telling.Read
}

// CountedTelling is the counts that are kept of a version: it reads nobody's records. Where
// nobody began to count, all of it is zero.
func (d *Desk) CountedTelling(ctx context.Context, hash string) (TellCounted, error) {
	var out TellCounted
	var counts string
	var begun int64
	var taken sql.NullInt64
	err := d.Store.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT begun, read, taken, counts FROM desk_notice_count WHERE landlord = $1 AND version = $2`, d.Config.Landlord, hash).Scan(&begun, &out.Read, &taken, &counts)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return out, nil
	}
	read := out.Read
	if err == nil && taken.Valid {
		err = json.Unmarshal([]byte(counts), &out.Telling)
		out.Taken = store.Time(taken.Int64)
	}
	if err != nil {
		return out, fmt.Errorf("the counts of version %s: %w", hash, err)
	}
	out.Begun, out.Read = store.Time(begun), read
	return out, nil
}

// CountTelling counts whom a telling of a version would reach, and keeps the counts. What
// was counted before stands until then. each, which may be nil, is part of each transaction
// that keeps how far it has come, and done of that which keeps the counts.
func (d *Desk) CountTelling(ctx context.Context, hash, by string, each, done func(context.Context, *store.Tx) error) (Telling, error) {
	step := func(ctx context.Context, tx *store.Tx, read int) error {
		if each != nil {
			if err := each(ctx, tx); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE desk_notice_count SET read = $3 WHERE landlord = $1 AND version = $2`, d.Config.Landlord, hash, read)
		return err
	}
	err := d.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO desk_notice_count (landlord, version, actor, begun, read, taken, counts) VALUES ($1, $2, $3, $4, 0, NULL, '')
			ON CONFLICT (landlord, version) DO UPDATE SET actor = excluded.actor, begun = excluded.begun, read = 0`, d.Config.Landlord, hash, by, store.Micros(d.Now()))
		return err
	})
	if err != nil {
		return Telling{}, fmt.Errorf("count who is told of version %s: %w", hash, err)
	}
	got, err := d.TellChange(ctx, TellOrder{Version: hash, By: by, Dry: true, Each: step})
	if err != nil {
		return got, err
	}
	counts, err := json.Marshal(got)
	if err != nil {
		return got, err
	}
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE desk_notice_count SET read = $3, taken = $4, counts = $5 WHERE landlord = $1 AND version = $2`, d.Config.Landlord, hash, got.Read, store.Micros(d.Now()), string(counts))
		if err == nil && done != nil {
			err = done(ctx, tx)
		}
		return err
	})
	if err != nil {
		return got, fmt.Errorf("keep the counts of version %s: %w", hash, err)
	}
	return got, nil
}
