package expiry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// runForm names a run: the instant it began, UTC.
const runForm = "20060102T150405.000000Z"

// Certificate is what a run came to. It names nobody but who ran it.
type Certificate struct {
	Run      string    `json:"run"`
	Landlord string    `json:"landlord"`
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended"`
	By       string    `json:"by"`
	Notice   string    `json:"notice"` // the version of the notice whose rules counted
	Records  []Gone    `json:"records"`
	// Ledger is the number of the run's entry in the ledger, which has the same counts and
	// digests; nil until it is in the tree.
	Ledger *int64 `json:"ledger,omitempty"`
}

// Gone is what became of one kind of record in a run.
type Gone struct {
	Record notice.OwnRecord `json:"record"`
	Rule   notice.ID        `json:"rule,omitempty"`
	Says   string           `json:"says,omitempty"`
	Why    string           `json:"why,omitempty"`
	Before law.Date         `json:"before,omitzero"` // what was counted from a day before this one went
	Number int64            `json:"number"`          // how many went
	// Digest is SHA-256 over the digest before and the opaque id of each that went, in the
	// order in which they went, from 32 bytes of zero.
	Digest string           `json:"digest,omitempty"`
	Kept   int64            `json:"kept"`            // afterwards
	Held   map[string]int64 `json:"held,omitempty"`  // over their time and kept, by why
	Waits  int64            `json:"waits,omitempty"` // for somebody to sign
	Asks   string           `json:"asks,omitempty"`
	Lacks  string           `json:"lacks,omitempty"`
}

// Number is how many went in all.
func (c Certificate) Number() (n int64) {
	for _, g := range c.Records {
		n += g.Number
	}
	return n
}

// Asks reports whether anything waits for somebody to sign.
func (c Certificate) Asks() bool {
	return slices.ContainsFunc(c.Records, func(g Gone) bool { return g.Asks != "" })
}

// Certificate is that of a run, by its name, or of the last one where that is empty.
// [ErrNone] where there is none.
func (o *Office) Certificate(ctx context.Context, run string) (c Certificate, err error) {
	which, args := `ended IS NOT NULL ORDER BY run DESC LIMIT 1`, []any{o.Landlord}
	if run != "" {
		at, err := time.Parse(runForm, run)
		if err != nil {
			return c, fmt.Errorf("a run of that name: %w", ErrNone)
		}
		which, args = `ended IS NOT NULL AND run = $2`, append(args, store.Micros(at))
	}
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		var text string
		err := tx.QueryRowContext(ctx, `SELECT result FROM keep_run WHERE landlord = $1 AND `+which, args...).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("a run that has ended: %w", ErrNone)
		}
		if err == nil {
			err = json.Unmarshal([]byte(text), &c)
		}
		if err != nil {
			return err
		}
		acts, err := tx.Acts(ctx, o.Landlord, subject(store.Micros(c.Began)), 0, 10)
		for _, a := range acts {
			if a.Act == "keep.run" && a.Seq >= 0 {
				c.Ledger = &a.Seq
			}
		}
		return err
	})
	if err != nil {
		return c, fmt.Errorf("expiry: read a certificate: %w", err)
	}
	return c, nil
}

// Runs are the last runs that have ended, the newest first: at most so many.
func (o *Office) Runs(ctx context.Context, most int) (all []Certificate, err error) {
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT result FROM keep_run WHERE landlord = $1 AND ended IS NOT NULL ORDER BY run DESC LIMIT $2`, o.Landlord, most)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			var c Certificate
			err := rows.Scan(&text)
			if err == nil {
				err = json.Unmarshal([]byte(text), &c)
			}
			if err != nil {
				return err
			}
			all = append(all, c)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("expiry: list the runs: %w", err)
	}
	return all, nil
}

// Ran is when the last run that ended began; zero where there was none.
func (o *Office) Ran(ctx context.Context) (at time.Time, err error) {
	var run sql.NullInt64
	err = o.Store.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT max(run) FROM keep_run WHERE landlord = $1 AND ended IS NOT NULL`, o.Landlord).Scan(&run)
	})
	if err != nil || !run.Valid {
		return time.Time{}, err
	}
	return store.Time(run.Int64), nil
}

// Write writes the certificate as text, to print. name is what the landlord is called.
func (c Certificate) Write(w io.Writer, name string) error {
	var b strings.Builder
	moment := func(t time.Time) string { return t.In(law.London()).Format("2 January 2006 15:04:05") }
	fmt.Fprintf(&b, "CERTIFICATE OF DELETION\n\n%s\nRun %s, by %s\nfrom %s to %s\nunder the privacy notice %s\n", name, c.Run, c.By, moment(c.Began), moment(c.Ended), c.Notice)
	if c.Ledger != nil {
		fmt.Fprintf(&b, "Entry %d of the ledger has the same numbers.\n", *c.Ledger)
	}
	for _, g := range c.Records {
		fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(string(g.Record)))
		if g.Lacks != "" {
			fmt.Fprintf(&b, "  Nothing was deleted: %s. Kept: %d.\n", g.Lacks, g.Kept)
			continue
		}
		fmt.Fprintf(&b, "  Rule %s: %s. %s\n", g.Rule, g.Says, g.Why)
		if g.Digest != "" {
			fmt.Fprintf(&b, "  Deleted: %d, whose time was counted from before %s.\n  Digest of what went: %s\n", g.Number, g.Before.Words(), g.Digest)
		}
		if g.Asks != "" {
			fmt.Fprintf(&b, "  Waiting for somebody to sign: %d; %s.\n", g.Waits, g.Asks)
		}
		for _, why := range slices.Sorted(maps.Keys(g.Held)) {
			fmt.Fprintf(&b, "  Over their time and kept: %d; %s.\n", g.Held[why], why)
		}
		fmt.Fprintf(&b, "  Kept: %d.\n", g.Kept)
	}
	_, err := io.WriteString(w, b.String())
	if err != nil {
		return fmt.Errorf("write the certificate: %w", err)
	}
	return nil
}
