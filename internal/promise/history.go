package promise

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// History is what the store keeps of promises: results, attestations and what may
// be published; and what checks read there of accounts and the ledger. It is safe
// for use by many goroutines.
type History struct {
	Store    *store.Store
	Landlord string
	Now      func() time.Time
}

// Change is a promise whose status is another than in the run before.
type Change struct {
	ID   notice.ID `json:"id"`
	Says string    `json:"says"`
	From Status    `json:"from"` // empty where it was not checked before
	To   Status    `json:"to"`
	Why  string    `json:"why"`
	At   time.Time `json:"at"`
}

// Run is one run of checks, to be kept.
type Run struct {
	By      string // a staff id, or Scheduled
	Results []Result
	// Also is done in the transaction that keeps the run, told what changed; it may be nil.
	Also func(ctx context.Context, tx *store.Tx, changes []Change) error
}

// Scheduled is who asks for the run of each day.
const Scheduled = "system"

// Save keeps the results of a run and gives what changed since each promise was
// checked before. The act is recorded with how many promises have which status. It fills in
// what the unproven of them were when that was last known.
func (h *History) Save(ctx context.Context, n *notice.Notice, r Run) ([]Change, error) {
	var changes []Change
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		changes = nil
		run := store.Micros(h.Now())
		// Two runs may end in one microsecond of a coarse clock.
		var last sql.NullInt64
		if err := tx.QueryRowContext(ctx, `SELECT max(run) FROM promise_run WHERE landlord = $1`, h.Landlord).Scan(&last); err != nil {
			return err
		}
		if last.Valid && last.Int64 >= run {
			run = last.Int64 + 1
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO promise_run (landlord, run, notice, actor) VALUES ($1, $2, $3, $4)`, h.Landlord, run, n.Version(), r.By); err != nil {
			return err
		}
		counts := map[Status]int{}
		for i := range r.Results {
			r := &r.Results[i]
			counts[r.Status]++
			was, stood, err := h.before(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			if r.Stood = ""; r.Status == Unproven {
				r.Stood = stood
			}
			text, err := json.Marshal(r)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO promise_result (landlord, promise, run, status, before, result) VALUES ($1, $2, $3, $4, $5, $6)`,
				h.Landlord, string(r.ID), run, string(r.Status), string(was), string(text))
			if err != nil {
				return err
			}
			if was != r.Status {
				changes = append(changes, Change{r.ID, r.Says, was, r.Status, r.Why, store.Time(run)})
			}
		}
		if err := h.thin(ctx, tx, run); err != nil {
			return err
		}
		if err := tx.Record(ctx, ledger.Act{Landlord: h.Landlord, Actor: r.By, Name: "promises.checked", Notice: n.Version()}, counts); err != nil || r.Also == nil {
			return err
		}
		return r.Also(ctx, tx, changes)
	})
	if err != nil {
		return nil, fmt.Errorf("keep what became of the promises: %w", err)
	}
	return changes, nil
}

// before is how a promise was the last time, and how it was when that was last known: both
// empty if it was never checked.
func (h *History) before(ctx context.Context, tx *store.Tx, id notice.ID) (was, stood Status, err error) {
	var text string
	err = tx.QueryRowContext(ctx, `SELECT status, result FROM promise_result WHERE landlord = $1 AND promise = $2 ORDER BY run DESC LIMIT 1`, h.Landlord, string(id)).Scan(&was, &text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", "", nil
	case err != nil || was != Unproven:
		return was, was, err
	}
	var r Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return "", "", fmt.Errorf("what was last found of %s: %w", id, err)
	}
	return was, r.Stood, nil
}

// daily is for how many days the last result of each day is kept; of earlier ones it is
// the last of each month. What the ledger says of runs stays.
const daily = 400

// thin leaves of the days before this run one result of each promise a day, and of the
// months that are more than daily days old one a month. Each day is thinned by the
// first run after it, so that there is never much to do.
func (h *History) thin(ctx context.Context, tx *store.Tx, run int64) error {
	today := law.DateOf(store.Time(run))
	var last sql.NullInt64
	if err := tx.QueryRowContext(ctx, `SELECT max(run) FROM promise_run WHERE landlord = $1 AND run < $2`, h.Landlord, store.Micros(today.Start())).Scan(&last); err != nil {
		return err
	}
	if !last.Valid {
		return nil
	}
	before := law.DateOf(store.Time(last.Int64))
	spans := [][2]law.Date{{before, before.AddDays(1)}}
	// Months that ended before the days begin. Those of two years, in case nobody looked for long.
	month := firstOf(today.AddDays(-daily))
	for range 24 {
		spans = append(spans, [2]law.Date{month.AddMonths(-1), month})
		month = month.AddMonths(-1)
	}
	for _, s := range spans {
		_, err := tx.ExecContext(ctx, `DELETE FROM promise_result WHERE landlord = $1 AND run >= $2 AND run < $3 AND EXISTS (
			SELECT 1 FROM promise_result l WHERE l.landlord = promise_result.landlord AND l.promise = promise_result.promise AND l.run > promise_result.run AND l.run < $3)`,
			h.Landlord, store.Micros(s[0].Start()), store.Micros(s[1].Start()))
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM promise_run WHERE landlord = $1 AND run < $2 AND NOT EXISTS (
		SELECT 1 FROM promise_result r WHERE r.landlord = promise_run.landlord AND r.run = promise_run.run)`, h.Landlord, run)
	return err
}

// firstOf is the first day of a day's month.
func firstOf(d law.Date) law.Date { return d.AddDays(1 - d.Day) }

// Ran is when the promises were last checked, by anybody if by is empty; zero if never.
func (h *History) Ran(ctx context.Context, by string) (time.Time, error) {
	var last sql.NullInt64
	err := h.read(ctx, `SELECT max(run) FROM promise_run WHERE landlord = $1 AND ($2 = '' OR actor = $2)`, []any{h.Landlord, by}, func(rows *sql.Rows) error {
		return rows.Scan(&last)
	}, func() { last = sql.NullInt64{} })
	if err != nil || !last.Valid {
		return time.Time{}, err
	}
	return store.Time(last.Int64), nil
}

// Broken is how many promises of a notice were broken when they were last looked at.
func (h *History) Broken(ctx context.Context, n *notice.Notice) (int, error) {
	broken := 0
	err := h.read(ctx, `SELECT promise FROM promise_result r
		WHERE landlord = $1 AND status = 'broken' AND run = (SELECT max(run) FROM promise_result l WHERE l.landlord = r.landlord AND l.promise = r.promise)`, []any{h.Landlord}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		if _, ok := n.Promises[notice.ID(id)]; ok {
			broken++
		}
		return err
	}, func() { broken = 0 })
	return broken, err
}

// Alarms says whether the owner of a promise is told of a change: that it is broken, that
// what was known of it is not any more, or that all is well again.
func (c Change) Alarms() bool {
	held := func(s Status) bool { return s == Kept || s == Attested }
	switch c.To {
	case Broken:
		return c.From != Broken
	case Unproven:
		return held(c.From) || c.From == Broken
	case Kept, Attested:
		return c.From == Broken || c.From == Unproven
	}
	return false
}

// Point is a promise at an earlier run.
type Point struct {
	At     time.Time `json:"at"`
	Status Status    `json:"status"`
	Good   int64     `json:"good"`
	Total  int64     `json:"total"`
}

// Standing is the last result of a promise and how it came there.
type Standing struct {
	Result
	Since time.Time `json:"since"` // of the earliest of the runs shown from which on the status has been this
	Trend []Point   `json:"trend"` // oldest first, this one being the last
}

// Last is the last result of a promise with up to so many points of its trend;
// false if it was never checked.
func (h *History) Last(ctx context.Context, id notice.ID, points int) (Standing, bool, error) {
	var s Standing
	err := h.Store.Read(ctx, func(tx *store.Tx) error {
		s = Standing{}
		rows, err := tx.QueryContext(ctx, `SELECT run, result FROM promise_result WHERE landlord = $1 AND promise = $2 ORDER BY run DESC LIMIT $3`, h.Landlord, string(id), points)
		if err != nil {
			return err
		}
		defer rows.Close()
		same := true
		for rows.Next() {
			var run int64
			var text string
			if err := rows.Scan(&run, &text); err != nil {
				return err
			}
			var r Result
			if err := json.Unmarshal([]byte(text), &r); err != nil {
				return err
			}
			if s.ID == "" {
				s.Result = r
			}
			if same = same && r.Status == s.Status; same {
				s.Since = store.Time(run)
			}
			p := Point{At: store.Time(run), Status: r.Status}
			for _, e := range r.Evidence {
				p.Good, p.Total = p.Good+e.Good, p.Total+e.Total
			}
			s.Trend = append([]Point{p}, s.Trend...)
		}
		return rows.Err()
	})
	if err != nil {
		return s, false, fmt.Errorf("read what became of %s: %w", id, err)
	}
	return s, s.ID != "", nil
}

// Board is every promise that was ever checked as it was last, by its id, each with the
// points of its trend from a day on. The points say how it stood and no numbers, which
// Last has.
func (h *History) Board(ctx context.Context, from time.Time) (map[notice.ID]Standing, error) {
	out := map[notice.ID]Standing{}
	var broken error
	err := h.read(ctx, `SELECT promise, result FROM promise_result r
		WHERE landlord = $1 AND run = (SELECT max(run) FROM promise_result l WHERE l.landlord = r.landlord AND l.promise = r.promise)`, []any{h.Landlord}, func(rows *sql.Rows) error {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		var s Standing
		broken = errors.Join(broken, json.Unmarshal([]byte(text), &s.Result))
		out[notice.ID(id)] = s
		return nil
	}, func() { clear(out); broken = nil })
	if err == nil {
		err = broken
	}
	if err != nil {
		return nil, err
	}
	return out, h.read(ctx, `SELECT promise, run, status FROM promise_result WHERE landlord = $1 ORDER BY promise, run`, []any{h.Landlord}, func(rows *sql.Rows) error {
		var id, status string
		var run int64
		if err := rows.Scan(&id, &run, &status); err != nil {
			return err
		}
		s := out[notice.ID(id)]
		p := Point{At: store.Time(run), Status: Status(status)}
		switch {
		case p.Status != s.Status:
			s.Since = time.Time{}
		case s.Since.IsZero():
			s.Since = p.At
		}
		if !p.At.Before(from) {
			s.Trend = append(s.Trend, p)
		}
		out[notice.ID(id)] = s
		return nil
	}, func() {
		for id, s := range out {
			s.Since, s.Trend = time.Time{}, nil
			out[id] = s
		}
	})
}

// Changes is what changed in the last run, or in the one that ended at an instant.
func (h *History) Changes(ctx context.Context, run time.Time) ([]Change, error) {
	var out []Change
	at := int64(0)
	if !run.IsZero() {
		at = store.Micros(run)
	}
	err := h.Store.Read(ctx, func(tx *store.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, `SELECT run, before, result FROM promise_result
			WHERE landlord = $1 AND run = CASE WHEN $2 = 0 THEN (SELECT max(run) FROM promise_run WHERE landlord = $1) ELSE $2 END AND before <> status ORDER BY promise`, h.Landlord, at)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var run int64
			var was, text string
			if err := rows.Scan(&run, &was, &text); err != nil {
				return err
			}
			var r Result
			if err := json.Unmarshal([]byte(text), &r); err != nil {
				return err
			}
			out = append(out, Change{r.ID, r.Says, Status(was), r.Status, r.Why, store.Time(run)})
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read what changed of the promises: %w", err)
	}
	return out, nil
}

// Attestation is somebody's word that a promise is kept.
type Attestation struct {
	Promise  notice.ID `json:"promise"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`    // who wrote it down: a staff id
	Owner    string    `json:"owner"` // the contact of the notice who answers for it
	Evidence string    `json:"evidence"`
}

// mostEvidence bounds what is kept of an attestation, in bytes.
const mostEvidence = 4 << 10

// ErrEvidence says that an attestation has no evidence, or too much.
var ErrEvidence = errors.New("say what shows it, in up to 4,096 bytes and naming nobody")

// Attest keeps somebody's word.
func (h *History) Attest(ctx context.Context, n *notice.Notice, a Attestation) error {
	if a.Evidence = strings.TrimSpace(a.Evidence); a.Evidence == "" || len(a.Evidence) > mostEvidence || !utf8.ValidString(a.Evidence) {
		return ErrEvidence
	}
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO promise_attestation (landlord, promise, at, actor, owner, evidence) VALUES ($1, $2, $3, $4, $5, $6)`,
			h.Landlord, string(a.Promise), store.Micros(h.Now()), a.By, a.Owner, a.Evidence)
		if err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: h.Landlord, Actor: a.By, Name: "promise.attested", Subject: string(a.Promise), Notice: n.Version()},
			map[string]string{"owner": a.Owner, "evidence": a.Evidence})
	})
	if err != nil {
		return fmt.Errorf("attest %s: %w", a.Promise, err)
	}
	return nil
}

// Attested is the last attestation of a promise; false if there is none.
func (h *History) Attested(ctx context.Context, id notice.ID) (a Attestation, ok bool, err error) {
	err = h.Store.Read(ctx, func(tx *store.Tx) error {
		var at int64
		a = Attestation{Promise: id}
		err := tx.QueryRowContext(ctx, `SELECT at, actor, owner, evidence FROM promise_attestation WHERE landlord = $1 AND promise = $2 ORDER BY at DESC LIMIT 1`,
			h.Landlord, string(id)).Scan(&at, &a.By, &a.Owner, &a.Evidence)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		a.At, ok = store.Time(at), err == nil
		return err
	})
	if err != nil {
		return a, false, fmt.Errorf("read who attested %s: %w", id, err)
	}
	return a, ok, nil
}

// words is a digest of the words that were signed off.
func words(says string) string {
	sum := sha256.Sum256([]byte(says))
	return hex.EncodeToString(sum[:])
}

// Publish signs a promise off for the public, or takes that back.
func (h *History) Publish(ctx context.Context, by string, n *notice.Notice, public bool, ids ...notice.ID) error {
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		for _, id := range ids {
			says, ok := Say(n, id)
			if !ok {
				return fmt.Errorf("%w: %s", ErrNoPromise, quote(string(id)))
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM promise_public WHERE landlord = $1 AND promise = $2`, h.Landlord, string(id)); err != nil {
				return err
			}
			act := "promise.withdrawn"
			if public {
				act = "promise.published"
				_, err := tx.ExecContext(ctx, `INSERT INTO promise_public (landlord, promise, words, at, actor) VALUES ($1, $2, $3, $4, $5)`,
					h.Landlord, string(id), words(says), store.Micros(h.Now()), by)
				if err != nil {
					return err
				}
			}
			if err := tx.Record(ctx, ledger.Act{Landlord: h.Landlord, Actor: by, Name: act, Subject: string(id), Notice: n.Version()}, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("publish promises: %w", err)
	}
	return nil
}
