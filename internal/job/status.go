package job

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tenet/internal/store"
)

// State is where a job stands.
type State string

// The states of jobs. One that is done is not there any more.
const (
	Waiting State = "waiting" // for its time, or for a worker
	Running State = "running" // or left behind by a worker that died, if it is due
	Failed  State = "failed"  // until somebody adds it, retries it or cancels it, or its next slot comes
)

// Info is a job as it stands.
type Info struct {
	Kind, Key string
	State     State
	Due       time.Time // not before; while it runs the end of its lease; zero for never
	Tries     int       // begun since it was added
	Added     time.Time
	Worker    string // who runs it or ran it last
	Error     string // of the last try that failed
}

// List is jobs by kind and key, at most limit of them: those of a state, or of any
// if state is empty, after that of a kind and key.
func (q *Queue) List(ctx context.Context, state State, afterKind, afterKey string, limit int) ([]Info, error) {
	var all []Info
	err := q.store.Read(ctx, func(tx *store.Tx) error {
		all = nil
		rows, err := tx.QueryContext(ctx, `SELECT kind, key, state, due, tries, added, worker, error FROM job
			WHERE landlord = $1 AND (kind > $2 OR kind = $2 AND key > $3) AND ($4 = '' OR state = $4)
			ORDER BY kind, key LIMIT $5`, q.landlord, afterKind, afterKey, string(state), limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var i Info
			var due sql.NullInt64
			var added int64
			if err := rows.Scan(&i.Kind, &i.Key, &i.State, &due, &i.Tries, &added, &i.Worker, &i.Error); err != nil {
				return err
			}
			i.Added = store.Time(added)
			if due.Valid {
				i.Due = store.Time(due.Int64)
			}
			all = append(all, i)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("job: list: %w", err)
	}
	return all, nil
}

// Get is the job of a kind and key. If there is none, or it is done, the error is
// [store.ErrNotFound].
func (q *Queue) Get(ctx context.Context, kind, key string) (Info, error) {
	i := Info{Kind: kind, Key: key}
	err := q.store.Read(ctx, func(tx *store.Tx) error {
		var due sql.NullInt64
		var added int64
		err := tx.QueryRowContext(ctx, `SELECT state, due, tries, added, worker, error FROM job
			WHERE landlord = $1 AND kind = $2 AND key = $3`, q.landlord, kind, key).Scan(&i.State, &due, &i.Tries, &added, &i.Worker, &i.Error)
		if i.Added = store.Time(added); due.Valid {
			i.Due = store.Time(due.Int64)
		}
		return absent(err)
	})
	if err != nil {
		return Info{}, wrap("look at", kind, key, err)
	}
	return i, nil
}

// Count is how many jobs of a kind are in a state.
type Count struct {
	Kind  string
	State State
	Jobs  int
	// Late is for how long the longest due of them has been due and nobody has taken
	// it; 0 if none is due. More than a minute says that nobody works, or too few.
	Late time.Duration
}

// Counts is how many jobs there are, by kind and state.
func (q *Queue) Counts(ctx context.Context) ([]Count, error) {
	var all []Count
	now := q.now()
	err := q.store.Read(ctx, func(tx *store.Tx) error {
		all = nil
		rows, err := tx.QueryContext(ctx, `SELECT kind, state, count(*), min(CASE WHEN due <= $2 THEN due END) FROM job
			WHERE landlord = $1 GROUP BY kind, state ORDER BY kind, state`, q.landlord, now)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c Count
			var due sql.NullInt64
			if err := rows.Scan(&c.Kind, &c.State, &c.Jobs, &due); err != nil {
				return err
			}
			if due.Valid && c.State != Failed {
				c.Late = time.Duration(now-due.Int64) * time.Microsecond
			}
			all = append(all, c)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("job: count: %w", err)
	}
	return all, nil
}
