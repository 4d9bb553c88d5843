package identity

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/keys"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

// Config is what identity needs.
type Config struct {
	Store    *store.Store
	Ring     *keys.Ring
	Landlord string           // whose decisions
	Now      func() time.Time // nil means time.Now
}

// Identity is what people of one landlord have decided. It is safe for use by many
// goroutines.
type Identity struct {
	store    *store.Store
	ring     *keys.Ring
	landlord string
	clock    func() time.Time
}

// New is the decisions of a landlord.
func New(c Config) (*Identity, error) {
	if c.Store == nil || c.Ring == nil || c.Landlord == "" {
		return nil, errors.New("identity: a store, keys and a landlord are needed")
	}
	x := &Identity{c.Store, c.Ring, c.Landlord, c.Now}
	if x.clock == nil {
		x.clock = time.Now
	}
	return x, nil
}

// Decision is what somebody decided of two rows. A and B are in no order.
type Decision struct {
	A    string    `json:"a"` // ids of rows, as a search shows them: "housing:person/person_id=7"
	B    string    `json:"b"`
	Same bool      `json:"same"` // one person's; otherwise of two people
	Why  string    `json:"why"`  // may be empty where they are not the same
	By   string    `json:"by"`   // a staff id, "cli:1000"
	At   time.Time `json:"at"`
	// Withdrawn is when it was withdrawn; zero for one that was not.
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	// Stands says that it is the one that counts for these two rows.
	Stands bool `json:"stands"`

	n int64 // of the pair's decisions, from 1
}

var (
	// ErrInput says that what was given cannot be a decision.
	ErrInput = errors.New("this cannot be decided")
	// ErrNone says that no decision stands about two rows.
	ErrNone = errors.New("no decision stands about these two records")
)

// Bounds of what is kept of a decision, in bytes.
const (
	mostRow = 4 << 10
	mostWhy = 16 << 10
)

func (d Decision) check() error {
	for _, id := range []string{d.A, d.B} {
		source, row, ok := strings.Cut(id, ":")
		if !ok || source == "" || row == "" || len(id) > mostRow || !utf8.ValidString(id) {
			return fmt.Errorf("%w: a record is named by its source, a colon and its row, as tenet find --json prints it", ErrInput)
		}
	}
	switch {
	case d.A == d.B:
		return fmt.Errorf("%w: the two are the same record", ErrInput)
	case d.By == "":
		return fmt.Errorf("%w: say who decides", ErrInput)
	case d.Same && strings.TrimSpace(d.Why) == "":
		return fmt.Errorf("%w: say why the two are one person's", ErrInput)
	case len(d.Why) > mostWhy || !utf8.ValidString(d.Why):
		return fmt.Errorf("%w: the reason must be text of at most %d bytes", ErrInput, mostWhy)
	}
	return nil
}

// Decide records that two rows are one person's, or are not: A, B, Same, Why and By
// of d are taken. Where that is what stands already, nothing is done.
func (x *Identity) Decide(ctx context.Context, d Decision) (Decision, error) {
	if err := d.check(); err != nil {
		return Decision{}, err
	}
	err := x.store.Write(ctx, func(tx *store.Tx) error {
		s, err := x.secret(ctx, tx, true)
		if err != nil {
			return err
		}
		p := s.pair(d.A, d.B)
		last, stands, err := x.newest(ctx, tx, s, p)
		if err != nil {
			return err
		}
		if stands != nil && stands.Same == d.Same {
			d = *stands
			return nil
		}
		d.n, d.At, d.Withdrawn, d.Stands = last+1, store.Time(store.Micros(x.clock())), time.Time{}, true
		sealed, err := s.seal(p, d)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO identity_decision (landlord, row_a, row_b, n, same, decided, actor, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			x.landlord, p.a, p.b, d.n, number(d.Same), store.Micros(d.At), d.By, sealed)
		if err != nil {
			return fmt.Errorf("keep it: %w", err)
		}
		act := "identity.different"
		if d.Same {
			act = "identity.same"
		}
		sum := sha256.Sum256(sealed)
		return x.record(ctx, tx, p, d.By, act, d.n, map[string]any{"decision": d.n, "sealed": hex.EncodeToString(sum[:])})
	})
	if err != nil {
		return Decision{}, fmt.Errorf("decide who two records are: %w", err)
	}
	return d, nil
}

// Undo withdraws the decision that stands about two rows, and gives it with the one
// that stands then, nil where none does.
func (x *Identity) Undo(ctx context.Context, by, a, b string) (undone Decision, stands *Decision, err error) {
	if err := (Decision{A: a, B: b, By: by}).check(); err != nil {
		return Decision{}, nil, err
	}
	err = x.store.Write(ctx, func(tx *store.Tx) error {
		s, err := x.secret(ctx, tx, false)
		if err != nil {
			return err
		}
		if s == nil {
			return ErrNone
		}
		p := s.pair(a, b)
		_, top, err := x.newest(ctx, tx, s, p)
		if err != nil {
			return err
		}
		if top == nil {
			return ErrNone
		}
		undone = *top
		undone.Withdrawn, undone.Stands = store.Time(store.Micros(x.clock())), false
		_, err = tx.ExecContext(ctx, `UPDATE identity_decision SET withdrawn = $5 WHERE landlord = $1 AND row_a = $2 AND row_b = $3 AND n = $4`,
			x.landlord, p.a, p.b, undone.n, store.Micros(undone.Withdrawn))
		if err != nil {
			return fmt.Errorf("withdraw it: %w", err)
		}
		if _, stands, err = x.newest(ctx, tx, s, p); err != nil {
			return err
		}
		return x.record(ctx, tx, p, by, "identity.withdrawn", undone.n, map[string]any{"decision": undone.n})
	})
	if err != nil {
		return Decision{}, nil, fmt.Errorf("withdraw a decision about two records: %w", err)
	}
	return undone, stands, nil
}

// About gives the decisions that stand and name any of these rows, each once.
func (x *Identity) About(ctx context.Context, rows []string) ([]Decision, error) {
	var out []Decision
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		out = nil
		s, err := x.secret(ctx, tx, false)
		if err != nil || s == nil {
			return err
		}
		seen := map[string]bool{}
		for _, id := range rows {
			row := s.digest(id)
			got, err := x.read(ctx, tx, s, `row_a = $2 OR landlord = $1 AND row_b = $2`, row)
			if err != nil {
				return err
			}
			for _, d := range got {
				if p := s.pair(d.A, d.B).name; d.Stands && !seen[p] {
					seen[p] = true
					out = append(out, d)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what was decided about records: %w", err)
	}
	return out, nil
}

// List gives every decision there ever was, withdrawn ones too, the newest first.
func (x *Identity) List(ctx context.Context) ([]Decision, error) {
	var out []Decision
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		s, err := x.secret(ctx, tx, false)
		if err != nil || s == nil {
			return err
		}
		out, err = x.read(ctx, tx, s, `1 = 1`)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list what was decided about records: %w", err)
	}
	slices.SortStableFunc(out, func(a, b Decision) int { return b.At.Compare(a.At) })
	return out, nil
}

// newest gives the number of a pair's last decision, 0 for none, and the one that
// stands, nil for none.
func (x *Identity) newest(ctx context.Context, tx *store.Tx, s *secret, p pair) (last int64, stands *Decision, _ error) {
	all, err := x.read(ctx, tx, s, `row_a = $2 AND row_b = $3`, p.a, p.b)
	for i := range all {
		last = max(last, all[i].n)
		if all[i].Stands {
			stands = &all[i]
		}
	}
	return last, stands, err
}

// read gives decisions, of each pair the newest first, and marks those that stand.
func (x *Identity) read(ctx context.Context, tx *store.Tx, s *secret, where string, args ...any) ([]Decision, error) {
	got, err := tx.QueryContext(ctx, `SELECT row_a, row_b, n, same, decided, actor, sealed, withdrawn FROM identity_decision
		WHERE landlord = $1 AND `+where+` ORDER BY row_a, row_b, n DESC`, append([]any{x.landlord}, args...)...)
	if err != nil {
		return nil, err
	}
	defer got.Close()
	var out []Decision
	stood := ""
	for got.Next() {
		var d Decision
		var p pair
		var same, at int64
		var sealed []byte
		var withdrawn sql.NullInt64
		if err := got.Scan(&p.a, &p.b, &d.n, &same, &at, &d.By, &sealed, &withdrawn); err != nil {
			return nil, err
		}
		d.Same, d.At = same == 1, store.Time(at)
		if withdrawn.Valid {
			d.Withdrawn = store.Time(withdrawn.Int64)
		} else if key := string(p.a) + string(p.b); key != stood {
			d.Stands, stood = true, key
		}
		if err := s.open(p, &d, sealed); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, got.Err()
}

func (x *Identity) record(ctx context.Context, tx *store.Tx, p pair, by, act string, n int64, payload map[string]any) error {
	return tx.Record(ctx, ledger.Act{Landlord: x.landlord, Actor: by, Name: act, Subject: p.name, Once: fmt.Sprintf("%s/%s/%d", act, p.name, n)}, payload)
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
