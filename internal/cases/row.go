package cases

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
)

// owner is whose data key it is, and context what each sealed thing is bound to,
// so that nothing sealed can be moved to another place.
func (c *Cases) owner(id string) string { return "case/" + c.landlord + "/" + id }

func (c *Cases) context(id, what, which string) []byte {
	return []byte("tenet case v1\n" + c.landlord + "\n" + id + "\n" + what + "\n" + which)
}

const columns = `id, number, regime, state, version, received, received_at, channel, notice, clock, due, decided,
	opened, changed, changed_by, changed_act, ended, forgotten, wrapped, sealed, kind, entity, minutes, searching`

// load is a case with its key; the key is of no use if the case is forgotten.
func (c *Cases) load(ctx context.Context, tx *store.Tx, id string) (Case, keys.DataKey, error) {
	row := tx.QueryRowContext(ctx, `SELECT `+columns+` FROM cases WHERE landlord = $1 AND id = $2`, c.landlord, id)
	k, key, err := c.scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Case{}, key, noCase()
	}
	return k, key, err
}

func (c *Cases) scan(row interface{ Scan(...any) error }) (Case, keys.DataKey, error) {
	var k Case
	var received, inputs string
	var due sql.NullString
	var opened, changed int64
	var at, ended, gone sql.NullInt64
	var wrapped, sealed []byte
	var key keys.DataKey
	err := row.Scan(&k.ID, &k.Number, &k.Regime, &k.State, &k.Version, &received, &at, &k.Channel, &k.Notice, &inputs, &due, &k.Decided,
		&opened, &changed, &k.ChangedBy, &k.changedAct, &ended, &gone, &wrapped, &sealed,
		&k.Kind, &k.Entity, &k.Minutes, &k.Searching)
	if err != nil {
		return Case{}, key, err
	}
	fail := func(err error) (Case, keys.DataKey, error) {
		return Case{}, keys.DataKey{}, fmt.Errorf("case %s: %w", k.ID, err)
	}
	if k.Kind == "" { // it was opened before kinds were kept
		k.Kind = law.KindOf(k.Regime)
	}
	if k.Received, err = law.ParseDate(received); err != nil {
		return fail(err)
	}
	if due.Valid {
		if k.Due, err = law.ParseMoment(due.String); err != nil {
			return fail(err)
		}
	}
	if err := json.Unmarshal([]byte(inputs), &k.Inputs); err != nil {
		return fail(fmt.Errorf("its clock: %w", err))
	}
	k.Opened, k.Changed = store.Time(opened), store.Time(changed)
	if at.Valid {
		k.At = store.Time(at.Int64)
	}
	if ended.Valid {
		k.Ended = store.Time(ended.Int64)
	}
	if gone.Valid {
		k.Forgotten = store.Time(gone.Int64)
		return k, key, nil
	}
	if key, err = c.ring.OpenDataKey(c.owner(k.ID), wrapped); err != nil {
		return fail(err)
	}
	plain, err := key.Open(sealed, c.context(k.ID, "particulars", fmt.Sprint(k.Version)))
	if err != nil {
		return fail(err)
	}
	if err := json.Unmarshal(plain, &k.Particulars); err != nil {
		return fail(errors.New("its particulars cannot be read; they were written by a later version of Tenet"))
	}
	return k, key, nil
}

// written is what insert and update write alike.
func (c *Cases) written(k *Case, key keys.DataKey) (inputs []byte, due sql.NullString, deadline int64, sealed []byte, err error) {
	if inputs, err = json.Marshal(k.Inputs); err != nil {
		return nil, due, 0, nil, fmt.Errorf("the clock: %w", err)
	}
	plain, err := json.Marshal(k.Particulars)
	if err != nil {
		return nil, due, 0, nil, fmt.Errorf("the particulars: %w", err)
	}
	if !k.Due.IsZero() { // What has no date comes first in lists, to be looked at.
		due, deadline = sql.NullString{String: k.Due.String(), Valid: true}, store.Micros(k.Due.Deadline())
	}
	return inputs, due, deadline, key.Seal(plain, c.context(k.ID, "particulars", fmt.Sprint(k.Version))), nil
}

func (c *Cases) insert(ctx context.Context, tx *store.Tx, k *Case, key keys.DataKey, wrapped []byte, once string, secret [32]byte) error {
	inputs, due, deadline, sealed, err := c.written(k, key)
	if err != nil {
		return err
	}
	var at sql.NullInt64
	if !k.At.IsZero() {
		at = sql.NullInt64{Int64: store.Micros(k.At), Valid: true}
	}
	var code []byte
	if secret != ([32]byte{}) {
		code = secret[:]
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO cases (landlord, id, number, once, regime, state, version, received, received_at, channel,
			notice, clock, due, deadline, decided, opened, changed, changed_by, changed_act, secret, wrapped, sealed, kind, entity)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		c.landlord, k.ID, k.Number, once, string(k.Regime), string(k.State), k.Version, k.Received.String(), at, k.Channel,
		k.Notice, string(inputs), due, deadline, k.Decided, store.Micros(k.Opened), store.Micros(k.Changed), k.ChangedBy, k.changedAct, code, wrapped, sealed, string(k.Kind), k.Entity)
	if err != nil {
		return fmt.Errorf("keep the case: %w", err)
	}
	return nil
}

// update writes a case that was of the version before.
func (c *Cases) update(ctx context.Context, tx *store.Tx, k *Case, key keys.DataKey) error {
	inputs, due, deadline, sealed, err := c.written(k, key)
	if err != nil {
		return err
	}
	var ended sql.NullInt64
	if !k.Ended.IsZero() {
		ended = sql.NullInt64{Int64: store.Micros(k.Ended), Valid: true}
	}
	r, err := tx.ExecContext(ctx, `UPDATE cases SET state = $4, version = $5, clock = $6, due = $7, deadline = $8, decided = $9,
			changed = $10, changed_by = $11, changed_act = $12, ended = $13, sealed = $14, minutes = $15, searching = $16
		WHERE landlord = $1 AND id = $2 AND version = $3`,
		c.landlord, k.ID, k.Version-1, string(k.State), k.Version, string(inputs), due, deadline, k.Decided,
		store.Micros(k.Changed), k.ChangedBy, k.changedAct, ended, sealed, k.Minutes, k.Searching)
	if err != nil {
		return fmt.Errorf("keep the case: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil {
		return fmt.Errorf("keep the case: %w", err)
	} else if n != 1 {
		return &Error{Code: CodeChanged, Message: "the case was changed in the same instant", Mend: "look at it again, then act"}
	}
	return nil
}
