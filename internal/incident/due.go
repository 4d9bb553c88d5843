package incident

import (
	"context"
	"errors"
	"fmt"

	"tenet/internal/store"
)

// ErrState says that an incident is not as forgetting it needs it to be.
var ErrState = errors.New("the incident is open, or was forgotten already")

// among are the incidents that still hold people and particulars, or where bare those of
// which the record alone is left.
func among(bare bool) string {
	if bare {
		return `forgotten IS NOT NULL`
	}
	return `forgotten IS NULL`
}

// Kept is how many there are of either, of the landlord's own.
func (x *Incidents) Kept(ctx context.Context, tx *store.Tx, bare bool) (n int64, err error) {
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM incident WHERE landlord = $1 AND client = '' AND `+among(bare), x.landlord).Scan(&n); err != nil {
		return 0, fmt.Errorf("incident: count what is kept: %w", err)
	}
	return n, nil
}

// Due is a page of the incidents of the landlord's own that were closed before an instant
// and still hold people and particulars. Where bare it is of those that were forgotten, of
// which the record alone is left: the law wants every breach on record (UK GDPR Art 33(5))
// and says not for how long. How long before is the landlord's period.
func (x *Incidents) Due(ctx context.Context, tx *store.Tx, bare bool, p store.Page) ([]store.Kept, store.Place, error) {
	rows, err := tx.QueryContext(ctx, `SELECT ended, id FROM incident WHERE landlord = $1 AND client = '' AND ended IS NOT NULL AND ended < $2 AND (ended > $3 OR ended = $3 AND id > $4) AND `+among(bare)+`
		ORDER BY ended, id LIMIT $5`, x.landlord, store.Micros(p.Before), p.After.At, p.After.ID, p.Limit)
	if err != nil {
		return nil, store.Place{}, fmt.Errorf("incident: what is due: %w", err)
	}
	defer rows.Close()
	var all []store.Kept
	var last store.Place
	for rows.Next() {
		if err := rows.Scan(&last.At, &last.ID); err != nil {
			return nil, last, fmt.Errorf("incident: what is due: %w", err)
		}
		all = append(all, store.Kept{ID: last.ID, At: store.Time(last.At)})
	}
	if err := rows.Err(); err != nil {
		return nil, last, fmt.Errorf("incident: what is due: %w", err)
	}
	return all, p.Next(len(all), last), nil
}

// MarksOf are the marks of everybody whom an incident touches.
func (x *Incidents) MarksOf(ctx context.Context, tx *store.Tx, id string) (all [][]byte, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT mark FROM incident_mark WHERE landlord = $1 AND incident = $2 ORDER BY mark`, x.landlord, id)
	if err != nil {
		return nil, fmt.Errorf("incident: marks: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m []byte
		if err := rows.Scan(&m); err != nil {
			return nil, fmt.Errorf("incident: marks: %w", err)
		}
		all = append(all, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("incident: marks: %w", err)
	}
	return all, nil
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
