package contact

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
)

// State is how far a check has come.
type State string

// The states.
const (
	Open   State = "open"   // questions wait for answers
	Passed State = "passed" // the caller is who they say, until the call or the day ends
	Failed State = "failed"
	Locked State = "locked" // too many failed today: nothing is asked
	Ended  State = "ended"  // the call is over; whether it was passed is in Pass
)

// Check is a caller showing who they are.
type Check struct {
	ID       string     `json:"id"`
	Begun    time.Time  `json:"begun"`
	Until    time.Time  `json:"until"` // when it counts no longer
	By       string     `json:"by"`    // who is on the telephone, a staff id
	Client   string     `json:"-"`     // in whose set the questions were asked; nothing to tell a caller
	Caller   law.Role   `json:"caller"`
	State    State      `json:"state"`
	Pass     bool       `json:"passed"`
	Tries    int        `json:"tries"`
	Asked    []FactKind `json:"asked"`
	Answered []FactKind `json:"answered"` // those that were right

	// Only while it lasts:
	Questions []Question      `json:"questions,omitempty"`
	Left      int             `json:"left"` // tries that are left
	Who       string          `json:"-"`    // the caller's name, where it is not the person
	Held      json.RawMessage `json:"-"`    // what the caller of this package gave, for the length of the call
}

// Question is one that a caller is asked.
type Question struct {
	Kind  FactKind `json:"kind"`
	Ask   string   `json:"ask"`
	Right bool     `json:"right"` // it was answered rightly

}

// Call is a check to be begun.
type Call struct {
	Once string // names this beginning: the same again is the same check
	By   string
	// Subject names whom the call is said to be about, in a way that says nothing, and that
	// is the same for the same person all day. Whoever is not held has one too.
	Subject string
	Marks   Marks // of what was said of the person
	Caller  law.Role
	Who     string
	Held    json.RawMessage // sealed, for the length of the call
	// Facts is every question there is, with what is held, or with nothing where nobody is
	// held or may act; Given are those that the person was looked up by.
	Facts  []Fact
	Given  []FactKind
	Policy Policy
}

// memo is what is sealed for the length of a call.
type memo struct {
	Who    string          `json:"who,omitempty"`
	Held   json.RawMessage `json:"held"`
	Key    []byte          `json:"key"` // of the digests
	Tries  int             `json:"tries"`
	Day    int             `json:"day"` // how many tries there are in a day
	Needed int             `json:"needed"`
	Asks   []asked         `json:"asks"`
}

type asked struct {
	Kind   FactKind `json:"kind"`
	Ask    string   `json:"ask"`
	Accept [][]byte `json:"accept"` // digests of what is right
	Right  bool     `json:"right"`
}

// accepts is how many digests each question has, so that its size says nothing.
const accepts = 8

func digest(key []byte, kind FactKind, value string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(string(kind) + "\n" + value))
	return h.Sum(nil)
}

// Begin begins a check. It is on record that somebody asked, whoever they asked about.
func (c *Contacts) Begin(ctx context.Context, n Call) (k Check, err error) {
	switch {
	case n.Once == "" || n.By == "" || n.Subject == "":
		return k, wrong("call", "does not say who asks, or about whom", "fill it in")
	case n.Caller != law.Self && !slices.Contains(law.Roles(), n.Caller):
		return k, wrong("caller", "has no part that somebody has", "use one of "+join(law.Roles()))
	}
	if err := errors.Join(n.Marks.check(), text("caller", n.Who, mostLine)); err != nil {
		return k, err
	}
	p := n.Policy.Filled()
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		now := store.Time(store.Micros(c.clock()))
		day := law.DateOf(now)
		if err := c.sweep(ctx, tx, now); err != nil {
			return err
		}
		if again, found, err := c.checkBy(ctx, tx, `once = $3`, c.onceOf(n.Once)); err != nil || found {
			k = again
			return err
		}
		used, err := c.used(ctx, tx, n.Subject, day)
		if err != nil {
			return err
		}
		most := p.Fails * p.Tries
		k = Check{ID: newID("cc"), Begun: now, Until: day.End(), By: n.By, Client: c.client, Caller: n.Caller, State: Open}
		m := memo{Who: n.Who, Held: n.Held, Key: make([]byte, keys.Size), Tries: max(0, min(p.Tries, most-used)), Day: most, Needed: p.Right}
		rand.Read(m.Key) // never fails: crypto/rand ends the program instead
		for _, f := range Choose(n.Facts, n.Given, p, n.Subject+" "+day.String()) {
			a := asked{Kind: f.Kind, Ask: f.Ask}
			for _, v := range f.Values {
				if len(v) >= shortest && len(a.Accept) < accepts {
					a.Accept = append(a.Accept, digest(m.Key, f.Kind, v))
				}
			}
			for len(a.Accept) < accepts { // as many of nothing
				nothing := make([]byte, sha256.Size)
				rand.Read(nothing)
				a.Accept = append(a.Accept, nothing)
			}
			m.Asks = append(m.Asks, a)
			k.Asked = append(k.Asked, f.Kind)
		}
		if used >= most {
			k.State, k.Asked, m.Asks = Locked, nil, nil
		}
		wrapped, sealed, err := c.seal("check", k.ID, m)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO contact_check (landlord, id, once, subject, day, begun, until, actor, caller, state, passed, tries, asked, answered, wrapped, sealed, client)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, '', $12, $13, $14)`,
			c.landlord, k.ID, c.onceOf(n.Once), n.Subject, day.String(), store.Micros(now), store.Micros(k.Until), k.By, string(k.Caller), string(k.State), kinds(k.Asked), wrapped, sealed, c.client)
		if err != nil {
			return fmt.Errorf("contact: begin a check: %w", err)
		}
		if err := c.mark(ctx, tx, "check", k.ID, n.Marks); err != nil {
			return err
		}
		k.fill(m)
		return c.record(ctx, tx, k.By, "contact.looked", k.ID, map[string]any{"caller": k.Caller, "asked": k.Asked, "locked": k.State == Locked})
	})
	return k, err
}

func (k *Check) fill(m memo) {
	k.Who, k.Held, k.Left, k.Questions = m.Who, m.Held, 0, nil
	if k.State == Open {
		k.Left = m.Tries - k.Tries
	}
	for _, a := range m.Asks {
		k.Questions = append(k.Questions, Question{a.Kind, a.Ask, a.Right})
	}
}

// used is how many tries there were about somebody on a day, in checks that were not passed.
func (c *Contacts) used(ctx context.Context, tx *store.Tx, subject string, day law.Date) (n int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT coalesce(sum(tries), 0) FROM contact_check WHERE landlord = $1 AND subject = $2 AND day = $3 AND client = $4 AND passed = 0`,
		c.landlord, subject, day.String(), c.client).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("contact: tries of the day: %w", err)
	}
	return n, nil
}

// Answer holds what a caller said against what is held, by kind, made comparable: any of
// several ways to read an answer counts. It keeps none of it. An answer that was right stays
// right at the next try. A check that is no longer open stays as it is.
func (c *Contacts) Answer(ctx context.Context, by, id string, said map[FactKind][]string) (k Check, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		var found bool
		if k, found, err = c.checkBy(ctx, tx, `id = $3`, id); err != nil {
			return err
		}
		if !found || k.By != by {
			return fmt.Errorf("the check of a caller: %w", ErrNone)
		}
		if k.State != Open {
			return nil
		}
		m, err := c.memo(ctx, tx, id)
		if err != nil {
			return err
		}
		subject := ""
		if err := tx.QueryRowContext(ctx, `SELECT subject FROM contact_check WHERE landlord = $1 AND id = $2`, c.landlord, id).Scan(&subject); err != nil {
			return fmt.Errorf("contact: a caller's answers: %w", err)
		}
		used, err := c.used(ctx, tx, subject, law.DateOf(k.Begun))
		if err != nil {
			return err
		}
		if used >= m.Day { // other calls about the same person used them up meanwhile
			said = nil
		}
		right := 0
		k.Answered = nil
		for i := range m.Asks {
			a := &m.Asks[i]
			for _, v := range said[a.Kind] {
				d := digest(m.Key, a.Kind, v)
				for _, want := range a.Accept {
					a.Right = hmac.Equal(d, want) || a.Right
				}
			}
			if a.Right {
				right++
				k.Answered = append(k.Answered, a.Kind)
			}
		}
		k.Tries++
		switch {
		case right >= m.Needed:
			k.State, k.Pass = Passed, true
		case k.Tries >= m.Tries, used+1 >= m.Day:
			k.State = Failed
		}
		wrapped, sealed, err := c.seal("check", id, m)
		if err != nil {
			return err
		}
		err = one(tx.ExecContext(ctx, `UPDATE contact_check SET state = $3, passed = $4, tries = $5, answered = $6, wrapped = $7, sealed = $8
			WHERE landlord = $1 AND id = $2 AND state = 'open' AND tries = $9`,
			c.landlord, id, string(k.State), number(k.Pass), k.Tries, kinds(k.Answered), wrapped, sealed, k.Tries-1))
		if err != nil {
			return fmt.Errorf("contact: a caller's answers: %w", err)
		}
		k.fill(m)
		if k.State == Open {
			return nil
		}
		return c.record(ctx, tx, by, "contact.checked", id, map[string]any{"passed": k.Pass, "tries": k.Tries, "answered": k.Answered})
	})
	return k, err
}

// Check is a check that is under way or was passed or failed, for whoever began it. When it
// is over it is [ErrNone].
func (c *Contacts) Check(ctx context.Context, by, id string) (k Check, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		var found bool
		k, found, err = c.checkBy(ctx, tx, `id = $3`, id)
		if err == nil && (!found || k.By != by || k.State == Ended || !c.clock().Before(k.Until)) {
			err = fmt.Errorf("the check of a caller: %w", ErrNone)
		}
		return err
	})
	return k, err
}

// Over ends a call: what was sealed for its length is gone, and whether it was passed stays.
func (c *Contacts) Over(ctx context.Context, by, id string) error {
	return c.store.Write(ctx, func(tx *store.Tx) error {
		k, found, err := c.checkBy(ctx, tx, `id = $3`, id)
		if err != nil || found && k.By == by && k.State == Ended {
			return err
		}
		if !found || k.By != by {
			return fmt.Errorf("the check of a caller: %w", ErrNone)
		}
		// One that nobody answered is no failure: it ends as if it had not been.
		state := Ended
		if k.State == Open && k.Tries == 0 {
			state = Open
		}
		_, err = tx.ExecContext(ctx, `UPDATE contact_check SET state = $3, until = $4, wrapped = NULL, sealed = NULL WHERE landlord = $1 AND id = $2`,
			c.landlord, id, string(state), store.Micros(c.clock()))
		if err != nil {
			return fmt.Errorf("contact: end a call: %w", err)
		}
		return c.record(ctx, tx, by, "contact.call-ended", id, map[string]any{"passed": k.Pass})
	})
}

// Checks are those about whoever shares a mark, the newest first: what was asked and what
// came of it.
func (c *Contacts) Checks(ctx context.Context, marks Marks) (all []Check, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		ids, err := c.marked(ctx, tx, "check", marks)
		if err != nil {
			return err
		}
		for _, id := range ids {
			k, found, err := c.checkBy(ctx, tx, `id = $3`, id)
			if err != nil {
				return err
			}
			if found {
				k.Questions, k.Held, k.Who = nil, nil, ""
				all = append(all, k)
			}
		}
		return nil
	})
	slices.SortFunc(all, func(a, b Check) int { return b.Begun.Compare(a.Begun) })
	return all, err
}

// sweep takes away what was sealed for calls that are over, in every set.
func (c *Contacts) sweep(ctx context.Context, tx *store.Tx, now time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE contact_check SET wrapped = NULL, sealed = NULL WHERE landlord = $1 AND until <= $2 AND wrapped IS NOT NULL`, c.landlord, store.Micros(now))
	if err != nil {
		return fmt.Errorf("contact: end the calls of yesterday: %w", err)
	}
	return nil
}

func (c *Contacts) memo(ctx context.Context, tx *store.Tx, id string) (m memo, err error) {
	var wrapped, sealed []byte
	err = tx.QueryRowContext(ctx, `SELECT wrapped, sealed FROM contact_check WHERE landlord = $1 AND id = $2`, c.landlord, id).Scan(&wrapped, &sealed)
	if err != nil {
		return m, fmt.Errorf("contact: read a check: %w", err)
	}
	if wrapped == nil {
		return m, fmt.Errorf("the check of a caller: %w", ErrNone)
	}
	return m, c.open("check", id, wrapped, sealed, &m)
}

// checkBy reads the check that a condition chooses, whose own argument is $3.
func (c *Contacts) checkBy(ctx context.Context, tx *store.Tx, where string, arg any) (k Check, found bool, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, begun, until, actor, caller, state, passed, tries, asked, answered, wrapped, sealed FROM contact_check WHERE landlord = $1 AND client = $2 AND `+where, c.landlord, c.client, arg)
	if err != nil {
		return k, false, fmt.Errorf("contact: read a check: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return k, false, rows.Err()
	}
	var begun, until, passed int64
	var askedKinds, answered string
	var wrapped, sealed []byte
	if err := rows.Scan(&k.ID, &begun, &until, &k.By, &k.Caller, &k.State, &passed, &k.Tries, &askedKinds, &answered, &wrapped, &sealed); err != nil {
		return k, false, fmt.Errorf("contact: read a check: %w", err)
	}
	k.Client, k.Begun, k.Until, k.Pass = c.client, store.Time(begun), store.Time(until), passed == 1
	k.Asked, k.Answered = parseKinds(askedKinds), parseKinds(answered)
	if wrapped == nil {
		if k.State != Locked {
			k.State = Ended
		}
		return k, true, rows.Close()
	}
	var m memo
	if err := c.open("check", k.ID, wrapped, sealed, &m); err != nil {
		return k, false, err
	}
	k.fill(m)
	return k, true, rows.Close()
}

func kinds(list []FactKind) string {
	out := make([]string, len(list))
	for i, k := range list {
		out[i] = string(k)
	}
	return strings.Join(out, " ")
}

func parseKinds(s string) []FactKind {
	var out []FactKind
	for f := range strings.FieldsSeq(s) {
		out = append(out, FactKind(f))
	}
	return out
}
