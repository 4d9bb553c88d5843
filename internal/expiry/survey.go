package expiry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Keeper is a room that keeps one kind of record. All it does is done in the
// transaction it is given.
type Keeper interface {
	// Kept is how many there are, not counting what was forgotten.
	Kept(ctx context.Context, tx *store.Tx) (int64, error)
	// Due gives a page of those whose event was before an instant, the oldest first, and
	// where the next page begins; that is the zero Place with the last page.
	Due(ctx context.Context, tx *store.Tx, from notice.OwnEvent, p store.Page) ([]store.Kept, store.Place, error)
	// Marks are keyed digests of what identifies the people a record is about.
	Marks(ctx context.Context, tx *store.Tx, id string) ([][]byte, error)
	// Forget forgets one, and gives the names of files that belong to it.
	Forget(ctx context.Context, tx *store.Tx, by, id string) (files []string, err error)
}

// Holder knows of requests that people have made.
type Holder interface {
	// Requested reports whether a request is open of somebody who is found by one of these
	// marks, that keeps what is held about them from being deleted.
	Requested(ctx context.Context, tx *store.Tx, marks [][]byte) (bool, error)
}

// Files are where files of records lie. To delete one that is not there is no error.
type Files interface {
	Delete(ctx context.Context, name string) error
}

// Config is what an office needs.
type Config struct {
	Store    *store.Store
	Ring     *keys.Ring
	Landlord string
	Notice   func() *notice.Notice // that decides now
	Keepers  map[notice.OwnRecord]Keeper
	Requests Holder
	Files    Files
	// More is by how much of what is kept a run may delete more than the one before
	// without asking: 0.1 is a tenth.
	More float64
	Now  func() time.Time // nil means time.Now
}

// Office keeps and deletes what one landlord's Tenet keeps itself. It is safe for use by
// many goroutines.
type Office struct{ Config }

// New is the office of a landlord.
func New(c Config) (*Office, error) {
	if c.Store == nil || c.Ring == nil || c.Landlord == "" || c.Notice == nil || c.Requests == nil || c.Files == nil || c.More < 0 || c.More > 1 {
		return nil, errors.New("expiry: a store, keys, a landlord, a notice, requests, files and a share from 0 to 1 are needed")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Office{c}, nil
}

func (o *Office) today() law.Date { return law.DateOf(o.Now()) }

// Why a record does not go.
const (
	heldRequest = "a request of the person is open (DPA 2018 s.173)"
	heldLooks   = "the notice says that somebody looks at it first"
)

// held says why a record does not go; empty if it does.
func (o *Office) held(ctx context.Context, tx *store.Tx, r Rule, k Keeper, i store.Kept) (string, error) {
	if i.Held != "" {
		return i.Held, nil
	}
	marks, err := k.Marks(ctx, tx, i.ID)
	if err != nil {
		return "", err
	}
	kind, err := o.placed(ctx, tx, r.Record, marks)
	if err != nil || kind != "" {
		return "it is held: " + o.title(kind), err
	}
	if len(marks) > 0 {
		asked, err := o.Requests.Requested(ctx, tx, marks)
		if err != nil || asked {
			return heldRequest, err
		}
	}
	if r.Looks {
		return heldLooks, nil
	}
	return "", nil
}

// title is a hold in the words of the notice.
func (o *Office) title(kind string) string {
	for _, h := range o.Notice().Keeping.Holds {
		if string(h.ID) == kind {
			return h.Title
		}
	}
	return kind
}

// Count is one kind of record in a dry run.
type Count struct {
	Record notice.OwnRecord `json:"record"`
	Rule   notice.ID        `json:"rule,omitempty"`
	Says   string           `json:"says,omitempty"`
	Why    string           `json:"why,omitempty"`
	Kept   int64            `json:"kept"`
	Due    int64            `json:"due"`              // would go now
	Late   int64            `json:"late"`             // of them, those that the run of yesterday could have deleted
	Held   map[string]int64 `json:"held,omitempty"`   // are over their time and do not go, by why
	Oldest law.Date         `json:"oldest,omitzero"`  // of those that would go
	Before law.Date         `json:"before,omitzero"`  // what was counted from a day before this one is over its time
	Lacks  string           `json:"lacks,omitempty"`  // why nothing is counted
	Asks   string           `json:"asks,omitempty"`   // why a run leaves it until somebody signs
	Mend   string           `json:"mend,omitempty"`   // what to do about either
	Signed string           `json:"signed,omitempty"` // by whom, last
	SignAt time.Time        `json:"sign_at,omitzero"` // when
	Last   int64            `json:"last"`             // how many were signed, or went in the run before
	rule   Rule             // as it is now
}

// HeldAll is how many are over their time and do not go.
func (c Count) HeldAll() (n int64) {
	for _, x := range c.Held {
		n += x
	}
	return n
}

// Survey is a dry run: what would go now, what is held, and what is wanted first. It
// changes nothing.
func (o *Office) Survey(ctx context.Context) ([]Count, error) {
	var out []Count
	for _, r := range Rules(o.Notice()) {
		c, err := o.count(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("expiry: what is due of %s: %w", r.Record, err)
		}
		out = append(out, c)
	}
	return out, nil
}

func (o *Office) count(ctx context.Context, r Rule) (Count, error) {
	c := Count{Record: r.Record, Rule: r.ID, Says: r.Says, Why: r.Why, Lacks: r.Lacks, Mend: r.Mend, rule: r}
	k := o.Keepers[r.Record]
	if k == nil && c.Lacks == "" {
		c.Lacks, c.Mend = "nothing here deletes them yet", "see docs/keeping.md"
	}
	if k == nil {
		return c, nil
	}
	err := o.Store.Read(ctx, func(tx *store.Tx) (err error) {
		c.Kept, err = k.Kept(ctx, tx)
		return err
	})
	if err != nil || c.Lacks != "" {
		return c, err
	}
	before := r.Before(o.today())
	c.Before = law.DateOf(before)
	late := r.Before(o.today().AddDays(-1))
	err = o.each(ctx, r, before, func(i store.Kept) bool {
		if i.Held != "" {
			if c.Held == nil {
				c.Held = map[string]int64{}
			}
			c.Held[i.Held]++
			return true
		}
		if i.At.Before(late) {
			c.Late++
		}
		if c.Due++; c.Oldest.IsZero() {
			c.Oldest = law.DateOf(i.At)
		}
		return true
	})
	if err != nil {
		return c, err
	}
	return c, o.asks(ctx, &c)
}

// page is how many records are read, or forgotten, in one transaction.
const page = 50

// each gives every record that is over its time, with why it is held, until do says no.
func (o *Office) each(ctx context.Context, r Rule, before time.Time, do func(store.Kept) bool) error {
	k := o.Keepers[r.Record]
	for p := (store.Page{Before: before, Limit: 10 * page}); ; {
		var items []store.Kept
		var next store.Place
		err := o.Store.Read(ctx, func(tx *store.Tx) (err error) {
			if items, next, err = k.Due(ctx, tx, r.From, p); err != nil {
				return err
			}
			for i := range items {
				if items[i].Held, err = o.held(ctx, tx, r, k, items[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, i := range items {
			if !do(i) {
				return nil
			}
		}
		if p.After = next; next == (store.Place{}) {
			return nil
		}
	}
}

// List is what is over its time of one kind, the oldest first, with why it is held: at
// most so many.
func (o *Office) List(ctx context.Context, record notice.OwnRecord, most int) ([]store.Kept, error) {
	var out []store.Kept
	for _, r := range Rules(o.Notice()) {
		if r.Record != record || r.Lacks != "" || o.Keepers[record] == nil {
			continue
		}
		err := o.each(ctx, r, r.Before(o.today()), func(i store.Kept) bool {
			out = append(out, i)
			return len(out) < most
		})
		if err != nil {
			return nil, fmt.Errorf("expiry: list what is due of %s: %w", record, err)
		}
	}
	return out, nil
}

// asks says why a run would leave a kind of record until somebody signs.
func (o *Office) asks(ctx context.Context, c *Count) error {
	var digest string
	var at int64
	err := o.Store.Read(ctx, func(tx *store.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT rule, number, at, actor FROM keep_leave WHERE landlord = $1 AND record = $2`, o.Landlord, string(c.Record)).Scan(&digest, &c.Last, &at, &c.Signed)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	if at != 0 {
		c.SignAt = store.Time(at)
	}
	most := float64(c.Last) + o.More*float64(c.Kept)
	switch {
	case c.Due == 0 && (digest == "" || digest == c.rule.Digest):
		return nil // nothing to ask for
	case digest == "":
		c.Asks = "nobody has signed what goes first"
	case digest != c.rule.Digest:
		c.Asks = "the rule was changed since somebody signed"
	case float64(c.Due) > most:
		c.Asks = fmt.Sprintf("%d would go, and %d did before: more than %.0f%% of the %d that are kept", c.Due, c.Last, 100*o.More, c.Kept)
	default:
		return nil
	}
	c.Mend = fmt.Sprintf("look at them: tenet keep due %s; then tenet keep sign %s --number %d", c.Record, c.Record, c.Due)
	return nil
}

// Sign lets runs delete what the dry run counts of a kind of record. seen is the number
// that whoever signs saw: where it is another by now, nothing is signed.
func (o *Office) Sign(ctx context.Context, by string, record notice.OwnRecord, seen int64) (Count, error) {
	if by == "" {
		return Count{}, &InputError{"by", "is empty", "say who signs"}
	}
	all, err := o.Survey(ctx)
	if err != nil {
		return Count{}, err
	}
	for _, c := range all {
		switch {
		case c.Record != record:
			continue
		case c.Lacks != "":
			return c, &InputError{string(record), c.Lacks, c.Mend}
		case c.Due != seen:
			return c, fmt.Errorf("expiry: %d would go, and %d were signed: look again: %w", c.Due, seen, ErrState)
		}
		now := o.Now()
		err := o.Store.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO keep_leave (landlord, record, rule, number, at, actor) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (landlord, record) DO UPDATE SET rule = excluded.rule, number = excluded.number, at = excluded.at, actor = excluded.actor`,
				o.Landlord, string(record), c.rule.Digest, c.Due, store.Micros(now), by)
			if err != nil {
				return err
			}
			return tx.Record(ctx, ledger.Act{Landlord: o.Landlord, Actor: by, Name: "keep.signed", Subject: "keep/" + string(record), Notice: o.Notice().Version()},
				map[string]any{"record": record, "rule": c.Rule, "says": c.Says, "number": c.Due, "kept": c.Kept, "held": c.HeldAll(), "counted": c.rule.Digest})
		})
		if err != nil {
			return c, fmt.Errorf("expiry: sign: %w", err)
		}
		c.Asks, c.Mend, c.Signed, c.SignAt, c.Last = "", "", by, now, c.Due
		return c, nil
	}
	return Count{}, fmt.Errorf("a kind of record called %q: %w", record, ErrNone)
}
