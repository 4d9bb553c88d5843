package cases

import (
	"context"
	"errors"
	"fmt"

	"tenet/internal/keys"
	"tenet/internal/store"
)

// Forget destroys the key of a closed case and everything it sealed, with the
// payloads of the ledger's entries about it. Its number, its state and its dates
// stay, and the ledger verifies as before.
func (c *Cases) Forget(ctx context.Context, on On) (Case, error) {
	if on.By == "" {
		return Case{}, input("say who acts", "the act has no actor")
	}
	var k Case
	err := c.store.Write(ctx, func(tx *store.Tx) (err error) {
		k, err = c.forget(ctx, tx, on)
		return err
	})
	if err != nil && !errors.Is(err, errDone) {
		return Case{}, wrap("forget case "+on.Case, err)
	}
	return k, nil
}

func (c *Cases) forget(ctx context.Context, tx *store.Tx, on On) (Case, error) {
	k, _, err := c.load(ctx, tx, on.Case)
	if err != nil {
		return Case{}, err
	}
	if !k.Forgotten.IsZero() {
		return k, errDone
	}
	t, err := c.allowed(ctx, tx, &k, on, Forgets, attempt{})
	if err != nil {
		return Case{}, err
	}
	for _, table := range []string{"cases_words", "cases_decision", "cases_file", "cases_mark", "cases_task"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE landlord = $1 AND case_id = $2`, c.landlord, k.ID); err != nil {
			return Case{}, err
		}
	}
	payloads, err := tx.Forget(ctx, c.landlord, k.ID)
	if err != nil {
		return Case{}, err
	}
	k.Version++
	k.Changed, k.ChangedBy, k.changedAct, k.Forgotten = c.now(), on.By, t.Entry, c.now()
	k.Particulars = Particulars{}
	_, err = tx.ExecContext(ctx, `UPDATE cases SET version = $3, changed = $4, changed_by = $5, changed_act = $6, forgotten = $7,
		secret = NULL, wrapped = NULL, sealed = NULL WHERE landlord = $1 AND id = $2`,
		c.landlord, k.ID, k.Version, store.Micros(k.Changed), k.ChangedBy, k.changedAct, store.Micros(k.Forgotten))
	if err != nil {
		return Case{}, err
	}
	return k, c.record(ctx, tx, &k, keys.DataKey{}, t, "", step{facts: map[string]any{"payloads": payloads}})
}

func forgotten(k *Case) error {
	return &Error{Code: CodeForgotten, Message: fmt.Sprintf("the particulars of %s were destroyed on %s", k.Number, k.Forgotten.Format("2006-01-02")),
		Mend: "open a new case if the person asks again"}
}
