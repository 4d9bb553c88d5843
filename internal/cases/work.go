package cases

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"tenet/internal/keys"
	"tenet/internal/store"
)

// workFile is the working file that steps of the work on an answer are added to.
// Its parts are numbered from 1, and each is sealed by itself.
const workFile = "work"

// Work is one step of the work on what an answer leaves out.
type Work struct {
	After int            // the number of the step that it follows; where that is not the last one, nothing is done
	Data  []byte         // what was decided, to be sealed
	Facts map[string]any // for the ledger: counts and digests, no personal data
	// Decides says that it changes the answer: a draft that was made before is to be
	// made again, and its approval falls.
	Decides bool
	Words   string // for the history of a step that decides nothing
}

// AddWork adds a step to the work on the answer of a case.
func (c *Cases) AddWork(ctx context.Context, on On, w Work) (Case, error) {
	if len(w.Data) > part {
		return Case{}, input("take fewer decisions at once", "one step has %d bytes, more than %d", len(w.Data), part)
	}
	action := Notes
	if w.Decides {
		action = Decides
	}
	return c.act(ctx, on, action, change{do: func(tx *store.Tx, k *Case, key keys.DataKey) (step, error) {
		if !k.State.Running() {
			return step{}, &Error{Code: CodeState, Message: fmt.Sprintf("the case is %s, and the work on its answer is over", k.State), Mend: "write a note instead"}
		}
		var last int
		err := tx.QueryRowContext(ctx, `SELECT coalesce(max(part), 0) FROM cases_file WHERE landlord = $1 AND case_id = $2 AND name = $3`,
			c.landlord, k.ID, workFile).Scan(&last)
		if err != nil {
			return step{}, fmt.Errorf("the work on the answer: %w", err)
		}
		if last != w.After {
			who := &Changed{By: k.ChangedBy, At: k.Changed, Act: k.changedAct, Version: k.Version}
			return step{}, &Error{Code: CodeChanged, Err: who, Message: fmt.Sprintf("somebody else decided meanwhile: step %d was the last, and is %d now", w.After, last),
				Mend: "look at it again, then decide"}
		}
		revision := rand.Text()
		sealed := key.Seal(w.Data, c.workContext(k.ID, revision, last+1))
		_, err = tx.ExecContext(ctx, `INSERT INTO cases_file (landlord, case_id, name, part, parts, size, revision, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, c.landlord, k.ID, workFile, last+1, last+2, len(w.Data), revision, sealed)
		if err != nil {
			return step{}, fmt.Errorf("keep a step of the work on the answer: %w", err)
		}
		if w.Decides {
			k.Decided = k.Version + 1
			if k.Draft != nil {
				k.Draft.Approved = nil
			}
		}
		sum := sha256.Sum256(sealed)
		facts := map[string]any{"work": last + 1, "sealed": hex.EncodeToString(sum[:])}
		for name, fact := range w.Facts {
			facts[name] = fact
		}
		return step{facts: facts, words: w.Words}, nil
	}})
}

func (c *Cases) workContext(id, revision string, n int) []byte {
	return c.context(id, "work", fmt.Sprintf("%s\n%d", revision, n))
}

// WorkAfter is the steps of the work on the answer of a case, in order, that came
// after the one of this number; 0 gives all.
func (c *Cases) WorkAfter(ctx context.Context, id string, after int) (steps [][]byte, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		k, key, err := c.load(ctx, tx, id)
		if err != nil {
			return err
		}
		if !k.Forgotten.IsZero() {
			return forgotten(&k)
		}
		rows, err := tx.QueryContext(ctx, `SELECT part, revision, sealed FROM cases_file
			WHERE landlord = $1 AND case_id = $2 AND name = $3 AND part > $4 ORDER BY part`, c.landlord, k.ID, workFile, after)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n int
			var revision string
			var sealed []byte
			if err := rows.Scan(&n, &revision, &sealed); err != nil {
				return err
			}
			if want := after + len(steps) + 1; n != want {
				return fmt.Errorf("step %d of the work on the answer is not there", want)
			}
			plain, err := key.Open(sealed, c.workContext(k.ID, revision, n))
			if err != nil {
				return fmt.Errorf("step %d of the work on the answer: %w", n, err)
			}
			steps = append(steps, plain)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, wrap("read the work on an answer", err)
	}
	return steps, nil
}
