package cases

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tenet/internal/store"
)

// Filter chooses cases.
type Filter struct {
	Ended bool   // those that had their answer, newest first, instead of the running, nearest deadline first
	After string // Page.Next of the page before; empty for the first
	Skip  int    // further cases to leave out, for faces that number their pages
	Limit int    // 1 to 500; 0 means 50
}

// Page is one page of cases.
type Page struct {
	Cases []Case
	Next  string // After of the next page; empty if this is the last
}

// List is cases in the order of their urgency.
func (c *Cases) List(ctx context.Context, f Filter) (Page, error) {
	if f.Limit == 0 {
		f.Limit = 50
	}
	if f.Limit < 1 || f.Limit > 500 || f.Skip < 0 {
		return Page{}, input("ask for 1 to 500 cases, skipping 0 or more", "a page of %d cases after %d was asked for", f.Limit, f.Skip)
	}
	query := `SELECT ` + columns + `, deadline FROM cases WHERE landlord = $1 AND ended IS NULL
		AND (deadline > $2 OR deadline = $2 AND id > $3) ORDER BY deadline, id LIMIT $4 OFFSET $5`
	at, id := int64(-1<<63), ""
	if f.Ended {
		query = `SELECT ` + columns + `, ended FROM cases WHERE landlord = $1 AND ended IS NOT NULL
			AND (ended < $2 OR ended = $2 AND id > $3) ORDER BY ended DESC, id LIMIT $4 OFFSET $5`
		at = 1<<63 - 1
	}
	if f.After != "" {
		n, rest, ok := strings.Cut(f.After, ".")
		var err error
		if at, err = strconv.ParseInt(n, 10, 64); err != nil || !ok {
			return Page{}, input("give the one that the page before gave", "the place to go on from is not one")
		}
		id = rest
	}
	var p Page
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, query, c.landlord, at, id, f.Limit+1, f.Skip)
		if err != nil {
			return err
		}
		defer rows.Close()
		last := ""
		for rows.Next() {
			if len(p.Cases) == f.Limit {
				p.Next = last
				break
			}
			var order int64
			k, _, err := c.scan(alsoScan{rows, &order})
			if err != nil {
				return err
			}
			last = fmt.Sprintf("%d.%s", order, k.ID)
			p.Cases = append(p.Cases, k)
		}
		return rows.Err()
	})
	if err != nil {
		return Page{}, wrap("list cases", err)
	}
	return p, nil
}

// alsoScan scans one more column than it is asked for.
type alsoScan struct {
	rows *sql.Rows
	more any
}

func (s alsoScan) Scan(dest ...any) error { return s.rows.Scan(append(dest, s.more)...) }

// Deadlines is the deadline of every running case, nearest first, and how many
// cases have ended. Cases whose due date is not known are zero instants.
func (c *Cases) Deadlines(ctx context.Context) (running []time.Time, ended int, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT deadline FROM cases WHERE landlord = $1 AND ended IS NULL ORDER BY deadline, id`, c.landlord)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var micros int64
			if err := rows.Scan(&micros); err != nil {
				return err
			}
			var at time.Time
			if micros != 0 {
				at = store.Time(micros)
			}
			running = append(running, at)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM cases WHERE landlord = $1 AND ended IS NOT NULL`, c.landlord).Scan(&ended)
	})
	if err != nil {
		return nil, 0, wrap("count deadlines", err)
	}
	return running, ended, nil
}

// Event is one entry of the ledger about a case: a step of it, or what another
// room did for it.
type Event struct {
	ID    int64 // to go on from
	At    time.Time
	By    string
	Act   string // the ledger's name of it: "case.approved"
	Seq   int64  // of the entry, -1 until it is sequenced
	Words string // what was said: a note, reasons, a question
	// Payload is of a step of the case. Its own Words is the digest of the sealed words.
	Payload Payload
	Other   json.RawMessage // the payload of what is no step of the case
}

// History is what was done in a case, newest first; before is the ID of the last
// event of the page before, 0 to begin. After Forget the words are gone.
func (c *Cases) History(ctx context.Context, id string, before int64, limit int) ([]Event, error) {
	var events []Event
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		k, key, err := c.load(ctx, tx, id)
		if err != nil {
			return err
		}
		acts, err := tx.Acts(ctx, c.landlord, k.ID, before, limit)
		if err != nil {
			return err
		}
		for _, a := range acts {
			e := Event{ID: a.ID, At: a.Time, By: a.Actor, Act: a.Act, Seq: a.Seq}
			if !strings.HasPrefix(a.Act, "case.") || a.Payload == nil {
				e.Other = a.Payload
			} else if err := json.Unmarshal(a.Payload, &e.Payload); err != nil {
				return fmt.Errorf("the payload of entry %d: %w", a.ID, err)
			}
			if e.Payload.Words != "" && k.Forgotten.IsZero() {
				var sealed []byte
				err := tx.QueryRowContext(ctx, `SELECT sealed FROM cases_words WHERE landlord = $1 AND case_id = $2 AND step = $3`,
					c.landlord, k.ID, e.Payload.Step).Scan(&sealed)
				if err != nil {
					return fmt.Errorf("what was said at step %d: %w", e.Payload.Step, err)
				}
				plain, err := key.Open(sealed, c.context(k.ID, "words", fmt.Sprint(e.Payload.Step)))
				if err != nil {
					return fmt.Errorf("what was said at step %d: %w", e.Payload.Step, err)
				}
				e.Words = string(plain)
			}
			events = append(events, e)
		}
		return nil
	})
	if err != nil {
		return nil, wrap("read the history of a case", err)
	}
	return events, nil
}
