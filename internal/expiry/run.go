package expiry

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Scheduled is who acts in the run of the day.
const Scheduled = "system"

// Order is a run to be made.
type Order struct {
	By string // a staff id, or Scheduled
	// Each is done in every transaction of the run, and Last in that which ends it. Either
	// undoes its transaction by an error; both may be nil.
	Each, Last func(context.Context, *store.Tx) error
}

// part is how far a run has come with one kind of record.
type part struct {
	record notice.OwnRecord
	digest string // of the rule
	before time.Time
	number int64
	chain  []byte
}

// Run deletes what is due and signed. A run that was broken off is gone on with. What
// waits for somebody to sign, and what has no rule, is in the certificate.
func (o *Office) Run(ctx context.Context, order Order) (Certificate, error) {
	if order.By == "" {
		return Certificate{}, &InputError{"by", "is empty", "say who runs it"}
	}
	if order.Each == nil {
		order.Each = func(context.Context, *store.Tx) error { return nil }
	}
	if order.Last == nil {
		order.Last = order.Each
	}
	run, parts, err := o.unfinished(ctx)
	if err == nil && run == 0 {
		run, parts, err = o.begin(ctx, order)
	}
	if err != nil {
		return Certificate{}, fmt.Errorf("expiry: begin a run: %w", err)
	}
	if err := o.unlink(ctx); err != nil { // what a run that was broken off left
		return Certificate{}, err
	}
	rules := map[notice.OwnRecord]Rule{}
	for _, r := range Rules(o.Notice()) {
		rules[r.Record] = r
	}
	for i := range parts {
		r := rules[parts[i].record]
		if r.Digest != parts[i].digest || r.Lacks != "" || o.Keepers[r.Record] == nil {
			continue // the notice was changed meanwhile: what is left of it asks
		}
		if err := o.forget(ctx, order, run, r, &parts[i]); err != nil {
			return Certificate{}, fmt.Errorf("expiry: delete %s: %w", r.Record, err)
		}
	}
	c, err := o.end(ctx, order, run)
	if err != nil {
		return c, fmt.Errorf("expiry: end a run: %w", err)
	}
	return c, nil
}

// unfinished is the run that was broken off; 0 where there is none.
func (o *Office) unfinished(ctx context.Context) (run int64, parts []part, err error) {
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT run FROM keep_run WHERE landlord = $1 AND ended IS NULL`, o.Landlord).Scan(&run)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			parts, err = o.parts(ctx, tx, run)
		}
		return err
	})
	return run, parts, err
}

func (o *Office) parts(ctx context.Context, tx *store.Tx, run int64) (parts []part, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT record, rule, before, number, digest FROM keep_count WHERE landlord = $1 AND run = $2 ORDER BY record`, o.Landlord, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p part
		var before int64
		if err := rows.Scan(&p.record, &p.digest, &before, &p.number, &p.chain); err != nil {
			return nil, err
		}
		p.before = store.Time(before)
		parts = append(parts, p)
	}
	return parts, rows.Err()
}

// begin settles what a run deletes.
func (o *Office) begin(ctx context.Context, order Order) (run int64, parts []part, err error) {
	all, err := o.Survey(ctx)
	if err != nil {
		return 0, nil, err
	}
	today := o.today()
	err = o.Store.Write(ctx, func(tx *store.Tx) error {
		parts = nil
		// Runs are told apart by the instant at which they began.
		var last int64
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(run), 0) FROM keep_run WHERE landlord = $1`, o.Landlord).Scan(&last); err != nil {
			return err
		}
		run = max(store.Micros(o.Now()), last+1)
		_, err := tx.ExecContext(ctx, `INSERT INTO keep_run (landlord, run, ended, actor, notice, result) VALUES ($1, $2, NULL, $3, $4, '')`, o.Landlord, run, order.By, o.Notice().Version())
		if err != nil {
			return err
		}
		due := map[notice.OwnRecord]int64{}
		// By name, as a run that was broken off goes on: so incident-records come before
		// incidents, and what an incident leaves behind has its own turn, and is signed for,
		// another day.
		for _, c := range slices.SortedFunc(slices.Values(all), func(a, b Count) int { return strings.Compare(string(a.Record), string(b.Record)) }) {
			if c.Lacks != "" || c.Asks != "" || c.Signed == "" {
				continue
			}
			p := part{record: c.Record, digest: c.rule.Digest, before: c.rule.Before(today), chain: make([]byte, sha256.Size)}
			_, err := tx.ExecContext(ctx, `INSERT INTO keep_count (landlord, run, record, rule, before, number, digest) VALUES ($1, $2, $3, $4, $5, 0, $6)`,
				o.Landlord, run, string(p.record), p.digest, store.Micros(p.before), p.chain)
			if err != nil {
				return err
			}
			parts, due[c.Record] = append(parts, p), c.Due
		}
		if err := order.Each(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: o.Landlord, Actor: order.By, Name: "keep.begun", Subject: subject(run), Notice: o.Notice().Version(), Once: "keep.begun/" + subject(run)}, map[string]any{"due": due})
	})
	return run, parts, err
}

func subject(run int64) string { return fmt.Sprintf("keep/%d", run) }

// forget deletes what is due of one kind of record, a page in each transaction. What
// holds a record is asked in the transaction that would forget it.
func (o *Office) forget(ctx context.Context, order Order, run int64, r Rule, p *part) error {
	k := o.Keepers[r.Record]
	for q := (store.Page{Before: p.before, Limit: page}); ; {
		var next store.Place
		now := *p
		files := false
		err := o.Store.Write(ctx, func(tx *store.Tx) error {
			now, files = *p, false
			items, after, err := k.Due(ctx, tx, r.From, q)
			if err != nil {
				return err
			}
			next = after
			for _, i := range items {
				why, err := o.held(ctx, tx, r, k, i)
				if err != nil {
					return err
				}
				if why != "" {
					continue
				}
				names, err := k.Forget(ctx, tx, order.By, i.ID)
				if err != nil {
					return err
				}
				for _, name := range names {
					files = true
					if _, err := tx.ExecContext(ctx, `INSERT INTO keep_file (landlord, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`, o.Landlord, name); err != nil {
						return err
					}
				}
				sum := sha256.Sum256(append(append([]byte(nil), now.chain...), i.ID...))
				now.number, now.chain = now.number+1, sum[:]
			}
			if now.number == p.number {
				return order.Each(ctx, tx)
			}
			tx.Scrub()
			// Another process that goes on with the same run has changed the row: then this
			// one has counted what it did not delete, and nothing of it stands.
			done, err := tx.ExecContext(ctx, `UPDATE keep_count SET number = $4, digest = $5 WHERE landlord = $1 AND run = $2 AND record = $3 AND number = $6
				AND EXISTS (SELECT 1 FROM keep_run k WHERE k.landlord = keep_count.landlord AND k.run = keep_count.run AND k.ended IS NULL)`,
				o.Landlord, run, string(r.Record), now.number, now.chain, p.number)
			if err != nil {
				return err
			}
			if n, err := done.RowsAffected(); err != nil || n != 1 {
				return errors.Join(err, fmt.Errorf("another process runs it too: %w", ErrState))
			}
			return order.Each(ctx, tx)
		})
		if err != nil {
			return err
		}
		*p = now
		if files {
			if err := o.unlink(ctx); err != nil {
				return err
			}
		}
		if q.After = next; next == (store.Place{}) {
			return nil
		}
	}
}

// unlink deletes the files of what was forgotten.
func (o *Office) unlink(ctx context.Context) error {
	for {
		var names []string
		err := o.Store.Read(ctx, func(tx *store.Tx) error {
			rows, err := tx.QueryContext(ctx, `SELECT name FROM keep_file WHERE landlord = $1 ORDER BY name LIMIT $2`, o.Landlord, page)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var name string
				if err := rows.Scan(&name); err != nil {
					return err
				}
				names = append(names, name)
			}
			return rows.Err()
		})
		for _, name := range names {
			if err == nil {
				err = o.Files.Delete(ctx, name)
			}
		}
		if err == nil && len(names) > 0 {
			err = o.Store.Write(ctx, func(tx *store.Tx) error {
				for _, name := range names {
					if _, err := tx.ExecContext(ctx, `DELETE FROM keep_file WHERE landlord = $1 AND name = $2`, o.Landlord, name); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err != nil {
			return fmt.Errorf("expiry: delete the files of what was forgotten: %w", err)
		}
		if len(names) < page {
			return nil
		}
	}
}

// end writes what a run came to.
func (o *Office) end(ctx context.Context, order Order, run int64) (Certificate, error) {
	left, err := o.Survey(ctx)
	if err != nil {
		return Certificate{}, err
	}
	c := Certificate{Run: store.Time(run).Format(runForm), Landlord: o.Landlord, Began: store.Time(run), Ended: store.Time(store.Micros(o.Now())), By: order.By, Notice: o.Notice().Version()}
	err = o.Store.Write(ctx, func(tx *store.Tx) error {
		// What went is what the pages counted, whoever deleted them: another process may have
		// done some since this one read how far the run was.
		parts, err := o.parts(ctx, tx, run)
		if err != nil {
			return err
		}
		went := map[notice.OwnRecord]part{}
		for _, p := range parts {
			went[p.record] = p
		}
		c.Records = []Gone{}
		for _, x := range left {
			p, ran := went[x.Record]
			g := Gone{Record: x.Record, Rule: x.Rule, Says: x.Says, Why: x.Why, Kept: x.Kept, Held: x.Held, Lacks: x.Lacks, Asks: x.Asks}
			if ran {
				g.Number, g.Before, g.Digest = p.number, law.DateOf(p.before), fmt.Sprintf("%x", p.chain)
			} else {
				g.Waits = x.Due
			}
			c.Records = append(c.Records, g)
		}
		text, err := json.Marshal(c)
		if err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `UPDATE keep_run SET ended = $3, result = $4 WHERE landlord = $1 AND run = $2 AND ended IS NULL`, o.Landlord, run, store.Micros(c.Ended), string(text))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, fmt.Errorf("another process has ended it: %w", ErrState))
		}
		for _, p := range parts {
			_, err := tx.ExecContext(ctx, `UPDATE keep_leave SET number = $4 WHERE landlord = $1 AND record = $2 AND rule = $3`, o.Landlord, string(p.record), p.digest, p.number)
			if err != nil {
				return err
			}
		}
		if err := order.Last(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, ledger.Act{Landlord: o.Landlord, Actor: order.By, Name: "keep.run", Subject: subject(run), Notice: c.Notice, Once: "keep.run/" + subject(run)}, map[string]any{"records": c.Records})
	})
	return c, err
}
