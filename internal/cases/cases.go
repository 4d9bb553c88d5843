package cases

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

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

// Config is what cases need.
type Config struct {
	Store    *store.Store
	Ring     *keys.Ring
	Landlord string // whose cases; store.Default where there is one
	// Holidays gives the holidays in use, so that newer ones take effect without a
	// restart; nil means law.Embedded.
	Holidays func() *law.Holidays
	Settings *law.Settings    // the landlord's reading of open points of law; nil means law.Defaults
	Now      func() time.Time // nil means time.Now
	// Released, if not nil, is done in the transaction of every release of an answer, and
	// undoes it by an error: whatever way it went, no other place has to remember to log it.
	Released func(ctx context.Context, tx *store.Tx, k Case, to Delivery, by string) error
}

// Cases is the cases of one landlord. It is safe for use by many goroutines.
type Cases struct {
	store    *store.Store
	ring     *keys.Ring
	landlord string
	holidays func() *law.Holidays
	settings *law.Settings
	clock    func() time.Time
	released func(context.Context, *store.Tx, Case, Delivery, string) error
}

// New is the cases of a landlord.
func New(c Config) (*Cases, error) {
	if c.Store == nil || c.Ring == nil || c.Landlord == "" {
		return nil, errors.New("cases: a store, keys and a landlord are needed")
	}
	cs := &Cases{c.Store, c.Ring, c.Landlord, c.Holidays, c.Settings, c.Now, c.Released}
	if cs.holidays == nil {
		embedded := law.Embedded()
		cs.holidays = func() *law.Holidays { return embedded }
	}
	if cs.clock == nil {
		cs.clock = time.Now
	}
	if cs.settings != nil {
		if err := cs.settings.Validate(); err != nil {
			return nil, fmt.Errorf("cases: %w", err)
		}
	}
	return cs, nil
}

// now is the instant as the store keeps it.
func (c *Cases) now() time.Time { return store.Time(store.Micros(c.clock())) }

// On is who acts on which case.
type On struct {
	Case string // its id
	By   string // who acts: a staff id, "system", or the case's own number for the requester
	// Version is the case as the actor saw it: if it is another by now, nothing
	// is done and the error is ErrChanged. 0 acts on the case whatever it is.
	Version int64
	// Once, if not empty, names this doing: doing it again, as after a crash,
	// changes nothing and gives the case as it is. Steps that can be seen to be
	// done already need none.
	Once string
	// Also, if not nil, is done in the transaction of the step, and undoes it by an
	// error. It is not called where the step changes nothing.
	Also func(context.Context, *store.Tx) error
}

// step is what a step of a case writes besides the case itself.
type step struct {
	facts map[string]any // for the ledger: no personal data
	words string         // what was said, to be sealed
}

// errDone says that what a step would do is done.
var errDone = errors.New("done already")

// change is a step as its method sees it.
type change struct {
	with attempt // what it is attempted with; who and when are filled in
	// done reports whether what the step would do is done; nil where it may be
	// done any number of times.
	done func(k *Case) bool
	// do alters the case, which is in the state the step leads to, and says what to
	// record.
	do func(tx *store.Tx, k *Case, key keys.DataKey) (step, error)
}

// act performs a step: everything of it in one transaction with its entry.
func (c *Cases) act(ctx context.Context, on On, a Action, ch change) (Case, error) {
	if on.By == "" {
		return Case{}, input("say who acts", "the act has no actor")
	}
	var k Case
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		var key keys.DataKey
		var err error
		if k, key, err = c.load(ctx, tx, on.Case); err != nil {
			return err
		}
		if ch.done != nil && ch.done(&k) {
			return errDone
		}
		was := k
		t, err := c.allowed(ctx, tx, &k, on, a, ch.with)
		if err == nil {
			k.State = t.To
			var s step
			if s, err = ch.do(tx, &k, key); err == nil {
				if err = c.take(ctx, tx, on, &was, &k, key, t, s); err == nil && on.Also != nil {
					err = on.Also(ctx, tx)
				}
				return err
			}
			k = was
		}
		if on.Once == "" {
			return err
		}
		// It may have been done, and the case have gone on since.
		if again := tx.Record(ctx, c.entry(&was, on.By, a.Entry(), on.Once), nil); errors.Is(again, store.ErrRecorded) {
			return again
		}
		return err // and with it, what was recorded to find out
	})
	switch {
	case errors.Is(err, errDone):
		return k, nil
	case errors.Is(err, store.ErrRecorded):
		return c.Get(ctx, on.Case)
	case err != nil:
		return Case{}, wrap(fmt.Sprintf("%s case %s", a, on.Case), err)
	}
	return k, nil
}

// allowed says whether, and by which row of the table, an action may be done.
func (c *Cases) allowed(ctx context.Context, tx *store.Tx, k *Case, on On, a Action, with attempt) (Transition, error) {
	if on.Version != 0 && on.Version != k.Version {
		who := &Changed{By: k.ChangedBy, At: k.Changed, Act: k.changedAct, Version: k.Version}
		return Transition{}, &Error{Code: CodeChanged, Err: who,
			Message: fmt.Sprintf("the case was changed after it was read: %v", who), Mend: "look at it again, then act"}
	}
	if !k.Forgotten.IsZero() {
		return Transition{}, forgotten(k)
	}
	t, err := k.row(a)
	if err != nil {
		return t, err
	}
	with.by, with.today = on.By, law.DateOf(c.now())
	if slices.ContainsFunc(t.Needs, func(n Need) bool { return n == NeedsSearched || n == NeedsHeld || n == NeedsTold }) {
		if err := with.openTasks(ctx, tx, c.landlord, k.ID); err != nil {
			return t, err
		}
	}
	return t, k.meets(t, with)
}

// take writes a step.
func (c *Cases) take(ctx context.Context, tx *store.Tx, on On, was, k *Case, key keys.DataKey, t Transition, s step) error {
	k.Version++
	k.Changed, k.ChangedBy, k.changedAct = c.now(), on.By, t.Entry
	if k.State.Running() {
		if err := c.wind(k, c.holidays()); err != nil {
			return err
		}
		k.Ended = time.Time{}
	} else if was.State.Running() {
		k.Ended = k.Changed
	}
	if err := c.update(ctx, tx, k, key); err != nil {
		return err
	}
	if before, now := dueText(was.Due), dueText(k.Due); before != now {
		if s.facts == nil {
			s.facts = map[string]any{}
		}
		s.facts["due_was"], s.facts["due"] = before, now
	}
	return c.record(ctx, tx, k, key, t, on.Once, s)
}

func (c *Cases) entry(k *Case, by, act, once string) ledger.Act {
	if once == "" {
		once = fmt.Sprintf("cases/%s/%d", k.ID, k.Version)
	} else {
		once = fmt.Sprintf("cases/%s/%s", k.ID, digest("once", once))
	}
	return ledger.Act{Landlord: c.landlord, Actor: by, Name: act, Subject: k.ID, Notice: k.Notice, Once: once}
}

// Payload is what the ledger's entry of a step commits to. It holds no personal
// data: what was said stands there as the SHA-256 of its sealed form.
type Payload struct {
	Step  int64          `json:"step"`
	From  State          `json:"from,omitempty"`
	To    State          `json:"to"`
	Words string         `json:"words,omitempty"`
	Facts map[string]any `json:"facts,omitempty"`
}

// record writes the entry of a step, and its words.
func (c *Cases) record(ctx context.Context, tx *store.Tx, k *Case, key keys.DataKey, t Transition, once string, s step) error {
	p := Payload{Step: k.Version, From: t.From, To: t.To, Facts: s.facts}
	if s.words != "" {
		sealed := key.Seal([]byte(s.words), c.context(k.ID, "words", fmt.Sprint(k.Version)))
		_, err := tx.ExecContext(ctx, `INSERT INTO cases_words (landlord, case_id, step, sealed) VALUES ($1, $2, $3, $4)`,
			c.landlord, k.ID, k.Version, sealed)
		if err != nil {
			return fmt.Errorf("keep what was said: %w", err)
		}
		sum := sha256.Sum256(sealed)
		p.Words = hex.EncodeToString(sum[:])
	}
	a := c.entry(k, k.ChangedBy, t.Entry, once)
	if notice, ok := s.facts["notice"].(string); ok {
		a.Notice = notice
	}
	return tx.Record(ctx, a, p)
}

// Get is a case by its id.
func (c *Cases) Get(ctx context.Context, id string) (Case, error) {
	var k Case
	err := c.store.Read(ctx, func(tx *store.Tx) (err error) {
		k, _, err = c.load(ctx, tx, id)
		return err
	})
	if err != nil {
		return Case{}, wrap("read a case", err)
	}
	return k, nil
}

// ByNumber is a case by the number people know it by, in any spelling of it.
func (c *Cases) ByNumber(ctx context.Context, number string) (Case, error) {
	var k Case
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, `SELECT id FROM cases WHERE landlord = $1 AND number = $2`, c.landlord, spell(number)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return noCase()
		} else if err != nil {
			return err
		}
		k, _, err = c.load(ctx, tx, id)
		return err
	})
	if err != nil {
		return Case{}, wrap("read a case", err)
	}
	return k, nil
}

// Secret is the hash of the code that opens a case on the portal. A number that
// there is not, a case without a code and a forgotten case are one and the same:
// the zero hash and ErrNotFound, after the same query.
func (c *Cases) Secret(ctx context.Context, number string) ([32]byte, error) {
	var hash [32]byte
	var kept []byte
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT secret FROM cases WHERE landlord = $1 AND number = $2`, c.landlord, spell(number)).Scan(&kept)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return hash, wrap("read the code of a case", err)
	}
	if copy(hash[:], kept) == 0 {
		return hash, noCase()
	}
	return hash, nil
}

// SetSecret gives a case a new code, of which this is the hash; the old one opens
// it no longer.
func (c *Cases) SetSecret(ctx context.Context, on On, hash [32]byte) (Case, error) {
	if hash == ([32]byte{}) {
		return Case{}, input("give the hash of a random code", "the hash of the code is empty")
	}
	return c.act(ctx, on, Codes, change{do: func(tx *store.Tx, k *Case, _ keys.DataKey) (step, error) {
		_, err := tx.ExecContext(ctx, `UPDATE cases SET secret = $3 WHERE landlord = $1 AND id = $2`, c.landlord, k.ID, hash[:])
		return step{}, err
	}})
}

func spell(number string) string { return strings.ToUpper(strings.TrimSpace(number)) }

func digest(what, s string) string {
	sum := sha256.Sum256([]byte("tenet cases " + what + "\x00" + s))
	return hex.EncodeToString(sum[:])
}

func dueText(m law.Moment) string {
	if m.IsZero() {
		return ""
	}
	return m.String()
}

// checkID refuses what may not stand in a clear column or the ledger.
func checkID(what, s string) error {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	if s == "" || len(s) > 100 || strings.Trim(s, letters) != "" {
		return input("use up to 100 letters, digits and - _ .", "%s is not an identifier", what)
	}
	return nil
}

// wrap says what was being done, and leaves errors that callers act on as they are.
func wrap(doing string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return fmt.Errorf("cases: %s: %w", doing, err)
}
