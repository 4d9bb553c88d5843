package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tenet/internal/ledger"
)

// Record writes an act into the ledger, in the transaction that performs it.
// The payload, which json.Marshal encodes, holds the particulars, names
// included; the entry only commits to it, and Forget deletes it.
//
// If the act has a Once that was recorded before, nothing is written and the
// error is ErrRecorded. Return it from the function given to Write: then what
// the transaction did besides is undone too, having been done the first time.
func (t *Tx) Record(ctx context.Context, act ledger.Act, payload any) error {
	if !t.write {
		return errors.New("store: an act is recorded in the Write that performs it, not in a Read")
	}
	if err := act.Validate(); err != nil {
		return err
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("store: record %s: payload: %w", act.Name, err)
	}
	opening := ledger.Opening{Nonce: make([]byte, ledger.NonceSize), Payload: body}
	rand.Read(opening.Nonce) // Never fails: crypto/rand ends the program instead.
	if err := opening.Validate(); err != nil {
		return fmt.Errorf("store: record %s: %w", act.Name, err)
	}
	commitment := opening.Commit()
	var id int64
	err = t.QueryRowContext(ctx, `INSERT INTO ledger_entry (landlord, time, actor, act, subject, notice, commitment, once)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (landlord, once) DO NOTHING RETURNING id`,
		act.Landlord, Micros(time.Now()), act.Actor, act.Name, act.Subject, act.Notice, commitment[:],
		sql.NullString{String: act.Once, Valid: act.Once != ""}).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("store: record %s once as %s: %w", act.Name, act.Once, ErrRecorded)
	}
	if err != nil {
		return fmt.Errorf("store: record %s for landlord %s: %w", act.Name, act.Landlord, t.note(err))
	}
	_, err = t.ExecContext(ctx, `INSERT INTO ledger_payload (landlord, entry, nonce, payload) VALUES ($1, $2, $3, $4)`,
		act.Landlord, id, opening.Nonce, string(body))
	if err != nil {
		return fmt.Errorf("store: record %s: payload: %w", act.Name, err)
	}
	return nil
}

// Recorded is an act in the ledger.
type Recorded struct {
	ID       int64 // in the order of recording; says nothing outside this store
	Time     time.Time
	Landlord string
	Actor    string
	Act      string
	Subject  string
	Notice   string
	Seq      int64           // number in the tree, -1 until it is sequenced
	Payload  json.RawMessage // nil if it was forgotten
}

const recorded = `SELECT e.id, e.time, e.landlord, e.actor, e.act, e.subject, e.notice, coalesce(e.seq, -1), p.payload
	FROM ledger_entry e LEFT JOIN ledger_payload p ON p.landlord = e.landlord AND p.entry = e.id
	WHERE e.landlord = $1 AND e.id < $2`

// Acts is what was done, the newest first: to one subject, or to any if subject
// is empty. Before is the ID to go on from, 0 to begin with the newest.
func (t *Tx) Acts(ctx context.Context, landlord, subject string, before int64, limit int) ([]Recorded, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	var rows *sql.Rows
	var err error
	if subject == "" {
		rows, err = t.QueryContext(ctx, recorded+` ORDER BY e.id DESC LIMIT $3`, landlord, before, limit)
	} else {
		rows, err = t.QueryContext(ctx, recorded+` AND e.subject = $3 ORDER BY e.id DESC LIMIT $4`, landlord, before, subject, limit)
	}
	if err != nil {
		return nil, fmt.Errorf("store: acts: %w", err)
	}
	defer rows.Close()
	var all []Recorded
	for rows.Next() {
		var r Recorded
		var at int64
		var payload sql.NullString
		err := rows.Scan(&r.ID, &at, &r.Landlord, &r.Actor, &r.Act, &r.Subject, &r.Notice, &r.Seq, &payload)
		if err != nil {
			return nil, fmt.Errorf("store: acts: %w", err)
		}
		r.Time = Time(at)
		if payload.Valid {
			r.Payload = json.RawMessage(payload.String)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: acts: %w", err)
	}
	return all, nil
}

// Forget deletes the payloads and nonces of every act done to a subject, and
// says how many there were. The entries stay and verify as before. That this
// was done is an act too, which the caller records, without naming anyone.
func (t *Tx) Forget(ctx context.Context, landlord, subject string) (int64, error) {
	if subject == "" {
		return 0, errors.New("store: forget: no subject named")
	}
	r, err := t.ExecContext(ctx, `DELETE FROM ledger_payload WHERE landlord = $1
		AND entry IN (SELECT id FROM ledger_entry WHERE landlord = $1 AND subject = $2)`, landlord, subject)
	if err != nil {
		return 0, fmt.Errorf("store: forget %s: %w", subject, err)
	}
	t.forgot = true
	n, err := r.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("store: forget %s: %w", subject, err)
	}
	return n, nil
}
