package incident

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tenet/internal/store"
)

// mostDue is how many incidents are said to be due at a time.
const mostDue = 500

// ErrState says that an incident is not as forgetting it needs it to be.
var ErrState = errors.New("the incident is open, or was forgotten already")

// Due is the incidents that were closed before an instant and still hold people and
// particulars: at most 500 at a time, those that were closed first first. How long
// before is the landlord's period for whom breaches touch.
func (x *Incidents) Due(ctx context.Context, before time.Time) ([]string, error) {
	return x.dueAmong(ctx, ` AND forgotten IS NULL`, before)
}

// DueWhole is the incidents of which nothing needs to be kept any more: closed before an
// instant, and forgotten. The law wants every breach on record (UK GDPR Art 33(5)) and
// says not for how long; the instant is the landlord's period for that record.
func (x *Incidents) DueWhole(ctx context.Context, before time.Time) ([]string, error) {
	return x.dueAmong(ctx, ` AND forgotten IS NOT NULL`, before)
}

func (x *Incidents) dueAmong(ctx context.Context, also string, before time.Time) (ids []string, err error) {
	err = x.store.Read(ctx, func(tx *store.Tx) error {
		ids = nil
		rows, err := tx.QueryContext(ctx, `SELECT id FROM incident WHERE landlord = $1 AND ended < $2 AND ended IS NOT NULL`+also+` ORDER BY ended, id LIMIT $3`, x.landlord, store.Micros(before), mostDue)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("incident: what is due: %w", err)
	}
	return ids, nil
}

// Forget destroys what a closed incident says of people: who is on its list, who reported
// it and in which words, what was noted with its steps, and what the ledger could tell of
// it. The key that all of it was sealed with goes with it. What the landlord has to be
// able to show of a breach stays under a new key: its facts, effects and remedy, how the
// risk was decided and why, whom we told and when, the cause and the lessons (UK GDPR Art
// 33(5)), and how many people there were. The letters are their case's, which is forgotten
// like every case.
func (x *Incidents) Forget(ctx context.Context, by, id string) error {
	err := x.store.Write(ctx, func(tx *store.Tx) error { return x.ForgetIn(ctx, tx, by, id) })
	if err != nil {
		return fmt.Errorf("forget an incident: %w", err)
	}
	return nil
}

// ForgetIn is [Incidents.Forget] in a transaction of the caller's.
func (x *Incidents) ForgetIn(ctx context.Context, tx *store.Tx, by, id string) error {
	i, _, err := x.load(ctx, tx, "id", id)
	if err != nil {
		return err
	}
	if i.Ended.IsZero() || !i.Forgotten.IsZero() {
		return ErrState
	}
	key, wrapped, err := x.ring.NewDataKey(owner(i.ID))
	if err != nil {
		return err
	}
	sealed, err := x.seal(key, i.ID, "details", i.Details.kept())
	if err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM incident_mark WHERE landlord = $1 AND incident = $2`,
		`DELETE FROM incident_person WHERE landlord = $1 AND incident = $2`,
		`UPDATE incident_step SET sealed = NULL WHERE landlord = $1 AND incident = $2`,
	} {
		if _, err := tx.ExecContext(ctx, query, x.landlord, i.ID); err != nil {
			return err
		}
	}
	if _, err := tx.Forget(ctx, x.landlord, i.ID); err != nil {
		return err
	}
	i.Version++
	i.Forgotten, i.By = store.Time(store.Micros(x.clock())), by
	i.Changed = i.Forgotten
	_, err = tx.ExecContext(ctx, `UPDATE incident SET version = $3, changed = $4, actor = $5, forgotten = $4, wrapped = $6, sealed = $7 WHERE landlord = $1 AND id = $2`,
		x.landlord, i.ID, i.Version, store.Micros(i.Changed), by, wrapped, sealed)
	if err != nil {
		return err
	}
	return x.record(ctx, tx, &i, key, Forgets, On{By: by}, "", map[string]any{"people": i.People.Listed})
}

// ForgetWhole deletes an incident that was forgotten, with its steps and who looked at it.
// Its number is not given again; that one was deleted stays in the ledger.
func (x *Incidents) ForgetWhole(ctx context.Context, by, id string) error {
	err := x.store.Write(ctx, func(tx *store.Tx) error { return x.ForgetWholeIn(ctx, tx, by, id) })
	if err != nil {
		return fmt.Errorf("delete an incident: %w", err)
	}
	return nil
}

// ForgetWholeIn is [Incidents.ForgetWhole] in a transaction of the caller's.
func (x *Incidents) ForgetWholeIn(ctx context.Context, tx *store.Tx, by, id string) error {
	i, key, err := x.load(ctx, tx, "id", id)
	if err != nil {
		return err
	}
	if i.Ended.IsZero() || i.Forgotten.IsZero() {
		return ErrState
	}
	i.Version++
	i.Changed = store.Time(store.Micros(x.clock()))
	if err := x.record(ctx, tx, &i, key, Deletes, On{By: by}, "", map[string]any{"kind": i.Kind, "risk": i.Risk}); err != nil {
		return err
	}
	for _, table := range []string{"incident_ban", "incident_look", "incident_step"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE landlord = $1 AND incident = $2`, x.landlord, i.ID); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM incident WHERE landlord = $1 AND id = $2`, x.landlord, i.ID)
	return err
}

// kept is what stays of the details when people and particulars are forgotten: nothing in
// which somebody may have been named. The descriptions are written for people and the
// regulator to read, and name nobody.
func (d Details) kept() Details {
	k := Details{Role: d.Role, Controllers: d.Controllers, Owed: d.Owed, Knew: d.Knew, Harms: d.Harms, Facts: d.Facts, Proposal: d.Proposal, Decision: d.Decision,
		Nature: d.Nature, Effects: d.Effects, Measures: d.Measures, Advice: d.Advice, Reports: d.Reports, Reference: d.Reference, Passed: d.Passed, Exception: d.Exception,
		Published: d.Published, Letters: d.Letters, Cause: d.Cause, Lessons: d.Lessons, Promises: d.Promises}
	for _, f := range d.Failed {
		k.Failed = append(k.Failed, Failure{Measure: f.Measure, Says: f.Says, Owner: f.Owner})
	}
	for _, p := range d.Police {
		k.Police = append(k.Police, Told{At: p.At, By: p.By, Where: p.Where, Ref: p.Ref})
	}
	for _, c := range d.Contracts {
		c.Tell = ""
		k.Contracts = append(k.Contracts, c)
	}
	return k
}
