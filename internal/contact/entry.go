package contact

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/store"
)

// Channel is how somebody was in touch.
type Channel string

// The channels.
const (
	Phone   Channel = "phone"
	Visit   Channel = "visit"   // at their home
	Counter Channel = "counter" // at an office
	Letter  Channel = "letter"
	Email   Channel = "email"
	Online  Channel = "online" // the portal, a form
	Text    Channel = "text"
	Chat    Channel = "chat"
	Service Channel = "service" // they used a service, or something was done, without words
)

// Channels is every channel.
func Channels() []Channel {
	return []Channel{Phone, Visit, Counter, Letter, Email, Online, Text, Chat, Service}
}

// Entry is what happened once. Facts and Opinion are never one field: what somebody thinks is
// theirs, and is shown as that.
type Entry struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`      // when it happened
	Written time.Time `json:"written"` // when it was written down
	By      string    `json:"by"`      // who wrote it, a staff id
	Channel Channel   `json:"channel"`
	Outward bool      `json:"outward"`          // we were in touch with them
	Case    string    `json:"case,omitempty"`   // the id of the case it belongs to
	Client  string    `json:"client,omitempty"` // whose customer it is about; empty for the landlord's own
	// Corrects is the entry that this one puts right, and Corrected the one that puts this
	// right; empty for none.
	Corrects  string `json:"corrects,omitempty"`
	Corrected string `json:"corrected,omitempty"`

	Particulars
}

// Particulars is what of an entry is sealed.
type Particulars struct {
	About   Person   `json:"about"`
	With    law.Role `json:"with"`               // the part of whoever was spoken with; law.Self for the person
	Who     string   `json:"who,omitempty"`      // their name, if it was not the person
	Facts   string   `json:"facts"`              // what was said and happened
	Opinion string   `json:"opinion,omitempty"`  // what the writer thinks of it
	Action  string   `json:"action,omitempty"`   // what was done or is to be done
	Check   string   `json:"check,omitempty"`    // the check that the caller passed, or failed
	Told    bool     `json:"told,omitempty"`     // they were told at the start that the call is recorded
	For     []string `json:"recorded,omitempty"` // what the recording is for, in the notice's words
}

// NewEntry is an entry to be written.
type NewEntry struct {
	Once    string    // names this writing: the same again is the same entry
	At      time.Time // zero is now
	By      string
	Channel Channel
	Outward bool
	Case    string
	Marks   Marks // by which it is found
	Particulars
}

func (n NewEntry) check(now time.Time) error {
	if !slices.Contains(Channels(), n.Channel) {
		return wrong("channel", "is none", "use one of "+join(Channels()))
	}
	if n.With != law.Self && !slices.Contains(law.Roles(), n.With) {
		return wrong("with", "is no part that somebody has", "use one of "+join(law.Roles())+", or leave it out for the person")
	}
	switch {
	case n.Once == "":
		return wrong("once", "is empty", "name this writing")
	case n.By == "":
		return wrong("by", "is empty", "say who writes")
	case n.At.After(now.Add(time.Minute)):
		return wrong("at", "is in the future", "write down what has happened")
	case len(n.For) > 20:
		return wrong("recorded", "has more than 20 purposes", "name fewer")
	}
	return errors.Join(n.Marks.check(), text("person", n.About.Name, mostLine), text("who", n.Who, mostLine), needed("facts", n.Facts, mostWords),
		text("opinion", n.Opinion, mostWords), text("action", n.Action, mostWords), text("recorded", strings.Join(n.For, "\n"), mostWords))
}

func join[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return strings.Join(out, ", ")
}

// Write writes an entry. A writing that was made before gives the entry it made.
func (c *Contacts) Write(ctx context.Context, n NewEntry) (e Entry, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		e, err = c.WriteIn(ctx, tx, n)
		return err
	})
	return e, err
}

// WriteIn is [Contacts.Write] in a transaction of the caller's.
func (c *Contacts) WriteIn(ctx context.Context, tx *store.Tx, n NewEntry) (Entry, error) {
	return c.write(ctx, tx, n, "")
}

// Correct writes an entry in correction of another, which stays as it is. It is about the
// same person, found by the same marks. The latest correction is the one to correct.
func (c *Contacts) Correct(ctx context.Context, id string, n NewEntry) (e Entry, err error) {
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		was, err := c.entry(ctx, tx, id)
		if err != nil {
			return err
		}
		if was.Corrected != "" {
			if again, found, err := c.once(ctx, tx, n.Once); err != nil || found {
				e = again
				return err
			}
			return fmt.Errorf("the entry was corrected already, and that correction is the one to correct: %w", ErrState)
		}
		if n.Marks, err = c.marksOf(ctx, tx, "entry", id); err != nil {
			return err
		}
		n.About, n.Case = was.About, cmp.Or(n.Case, was.Case)
		if n.At.IsZero() {
			n.At = was.At
		}
		e, err = c.write(ctx, tx, n, id)
		return err
	})
	return e, err
}

func (c *Contacts) write(ctx context.Context, tx *store.Tx, n NewEntry, corrects string) (Entry, error) {
	now := store.Time(store.Micros(c.clock()))
	if err := n.check(now); err != nil {
		return Entry{}, err
	}
	if e, found, err := c.once(ctx, tx, n.Once); err != nil || found {
		return e, err
	}
	if n.At.IsZero() {
		n.At = now
	}
	e := Entry{ID: newID("ct"), At: store.Time(store.Micros(n.At)), Written: now, By: n.By, Channel: n.Channel, Outward: n.Outward, Case: n.Case, Client: c.client, Corrects: corrects, Particulars: n.Particulars}
	wrapped, sealed, err := c.seal("entry", e.ID, e.Particulars, e.clear()...)
	if err != nil {
		return Entry{}, err
	}
	null := func(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
	_, err = tx.ExecContext(ctx, `INSERT INTO contact_entry (landlord, id, once, happened, written, actor, channel, outward, case_id, corrects, wrapped, sealed, client)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		c.landlord, e.ID, c.onceOf(n.Once), store.Micros(e.At), store.Micros(now), e.By, string(e.Channel), number(e.Outward), null(e.Case), null(corrects), wrapped, sealed, c.client)
	if err != nil {
		return Entry{}, fmt.Errorf("contact: write an entry: %w", err)
	}
	if err := c.mark(ctx, tx, "entry", e.ID, n.Marks); err != nil {
		return Entry{}, err
	}
	act := "contact.noted"
	payload := map[string]any{"channel": e.Channel, "opinion": e.Opinion != ""}
	if corrects != "" {
		act, payload["corrects"] = "contact.corrected", corrects
	}
	if e.Case != "" {
		payload["case"] = e.Case
	}
	if len(e.For) > 0 {
		payload["told"] = e.Told
	}
	return e, c.record(ctx, tx, e.By, act, e.ID, payload)
}

// clear is what of an entry stands in the clear.
func (e Entry) clear() []any {
	return []any{store.Micros(e.At), store.Micros(e.Written), e.By, string(e.Channel), e.Outward, e.Case, e.Corrects}
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const entryColumns = `SELECT e.id, e.happened, e.written, e.actor, e.channel, e.outward, coalesce(e.case_id, ''), coalesce(e.corrects, ''), e.wrapped, e.sealed, coalesce(n.id, '')
	FROM contact_entry e LEFT JOIN contact_entry n ON n.landlord = e.landlord AND n.corrects = e.id WHERE e.landlord = $1 AND e.client = $2 AND `

// entries reads what a condition chooses, whose own arguments begin with $3.
func (c *Contacts) entries(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Entry, error) {
	rows, err := tx.QueryContext(ctx, entryColumns+where, append([]any{c.landlord, c.client}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("contact: entries: %w", err)
	}
	defer rows.Close()
	var all []Entry
	for rows.Next() {
		var e Entry
		var at, written, outward int64
		var wrapped, sealed []byte
		if err := rows.Scan(&e.ID, &at, &written, &e.By, &e.Channel, &outward, &e.Case, &e.Corrects, &wrapped, &sealed, &e.Corrected); err != nil {
			return nil, fmt.Errorf("contact: entries: %w", err)
		}
		e.Client = c.client
		e.At, e.Written, e.Outward = store.Time(at), store.Time(written), outward == 1
		if err := c.open("entry", e.ID, wrapped, sealed, &e.Particulars, e.clear()...); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

func (c *Contacts) entry(ctx context.Context, tx *store.Tx, id string) (Entry, error) {
	all, err := c.entries(ctx, tx, `e.id = $3`, id)
	if err != nil {
		return Entry{}, err
	}
	if len(all) == 0 {
		return Entry{}, fmt.Errorf("contact entry: %w", ErrNone)
	}
	return all[0], nil
}

func (c *Contacts) once(ctx context.Context, tx *store.Tx, once string) (Entry, bool, error) {
	all, err := c.entries(ctx, tx, `e.once = $3`, c.onceOf(once))
	if err != nil || len(all) == 0 {
		return Entry{}, false, err
	}
	return all[0], true, nil
}

// Entry is one of them.
func (c *Contacts) Entry(ctx context.Context, id string) (e Entry, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		e, err = c.entry(ctx, tx, id)
		return err
	})
	return e, err
}

// Entries are those that share a mark, the newest first. Whoever shares a telephone with
// the person shares a mark too: see [Entry.About].
func (c *Contacts) Entries(ctx context.Context, marks Marks) (all []Entry, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		ids, err := c.marked(ctx, tx, "entry", marks)
		if err != nil {
			return err
		}
		for _, id := range ids {
			e, err := c.entry(ctx, tx, id)
			if err != nil {
				return err
			}
			all = append(all, e)
		}
		return nil
	})
	slices.SortFunc(all, newest)
	return all, err
}

// OfCase are the entries of a case, the newest first.
func (c *Contacts) OfCase(ctx context.Context, caseID string) (all []Entry, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		all, err = c.entries(ctx, tx, `e.case_id = $3 ORDER BY e.happened DESC, e.id LIMIT $4`, caseID, mostList)
		return err
	})
	slices.SortFunc(all, newest)
	return all, err
}

func newest(a, b Entry) int {
	return cmp.Or(b.At.Compare(a.At), b.Written.Compare(a.Written), cmp.Compare(a.ID, b.ID))
}

func (c *Contacts) marksOf(ctx context.Context, tx *store.Tx, what, id string) (all Marks, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT mark FROM contact_mark WHERE landlord = $1 AND what = $2 AND id = $3 AND client = $4 ORDER BY mark`, c.landlord, what, id, c.client)
	if err != nil {
		return nil, fmt.Errorf("contact: marks: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var m []byte
		if err := rows.Scan(&m); err != nil {
			return nil, fmt.Errorf("contact: marks: %w", err)
		}
		all = append(all, m)
	}
	return all, rows.Err()
}
