package contact

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

// Config is what contacts need.
type Config struct {
	Store    *store.Store
	Ring     *keys.Ring
	Landlord string           // whose
	Client   string           // whose customers they are about: a client of the notice; empty for the landlord's own
	Now      func() time.Time // nil means time.Now
}

// Contacts are one landlord's, about the customers of one set: its own, or a client's that
// it acts for. What is in another set is not there for them, whatever it is asked for by.
// They are safe for use by many goroutines.
type Contacts struct {
	store    *store.Store
	ring     *keys.Ring
	landlord string
	client   string
	clock    func() time.Time
}

// New is the contacts of a landlord in one set.
func New(c Config) (*Contacts, error) {
	if c.Store == nil || c.Ring == nil || c.Landlord == "" {
		return nil, errors.New("contact: a store, keys and a landlord are needed")
	}
	x := &Contacts{c.Store, c.Ring, c.Landlord, c.Client, c.Now}
	if x.clock == nil {
		x.clock = time.Now
	}
	return x, nil
}

var (
	// ErrNone says that there is no such entry, authority or check, or not any more.
	ErrNone = errors.New("there is no such thing, or not any more")
	// ErrState says that it cannot be done as things stand.
	ErrState = errors.New("this cannot be done as things stand")
)

// InputError says what was given and cannot be right. It quotes nothing of it.
type InputError struct{ Field, What, Mend string }

// Error is what is wrong, and the mend, in one line.
func (e *InputError) Error() string { return e.Field + ": " + e.What + "; " + e.Mend }

func wrong(field, what, mend string) error { return &InputError{field, what, mend} }

// Bounds of what is kept, in bytes, and of how much is read at once.
const (
	mostLine  = 500
	mostWords = 16 << 10
	mostMarks = 60
	mostList  = 500
)

// text refuses what is no text, or too long to be kept.
func text(field, s string, most int) error {
	switch {
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return wrong(field, "is no text", "write it in letters")
	case len(s) > most:
		return wrong(field, fmt.Sprintf("has more than %d bytes", most), "say it in fewer words")
	}
	return nil
}

// needed refuses what is empty, no text, or too long.
func needed(field, s string, most int) error {
	if strings.TrimSpace(s) == "" {
		return wrong(field, "is empty", "fill it in")
	}
	return text(field, s, most)
}

// Person is whom something is about, as far as it takes to tell apart people who share a
// mark. It is sealed.
type Person struct {
	Name string   `json:"name"`
	Born law.Date `json:"born,omitzero"`
}

// newID is a name that says nothing.
func newID(what string) string { return what + "-" + strings.ToLower(rand.Text()) }

// onceOf names a writing within the set: the same name in another is another writing.
func (c *Contacts) onceOf(once string) string {
	if c.client == "" {
		return once
	}
	return c.client + "\n" + once
}

// SetOf is the set of an entry, an authority or a check of whichever set, for who decides
// whether somebody may have it: a client's id, or empty for the landlord's own.
func (c *Contacts) SetOf(ctx context.Context, id string) (client string, err error) {
	what, _, _ := strings.Cut(id, "-")
	query := map[string]string{
		"ct": `SELECT client FROM contact_entry WHERE landlord = $1 AND id = $2`,
		"au": `SELECT client FROM contact_authority WHERE landlord = $1 AND id = $2`,
		"cc": `SELECT client FROM contact_check WHERE landlord = $1 AND id = $2`,
	}[what]
	if query == "" {
		return "", fmt.Errorf("whose it is: %w", ErrNone)
	}
	err = c.store.Read(ctx, func(tx *store.Tx) error { return tx.QueryRowContext(ctx, query, c.landlord, id).Scan(&client) })
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNone
	}
	if err != nil {
		return "", fmt.Errorf("whose it is: %w", err)
	}
	return client, nil
}

func (c *Contacts) owner(what, id string) string {
	return "contact/" + c.landlord + "/" + what + "/" + id
}

// bound is what a sealed object is bound to: its place, its set, and what stands of it in
// the clear. Put into another set it cannot be read.
func (c *Contacts) bound(what, id string, clear []any) []byte {
	place := fmt.Appendf(nil, "tenet contact v1\n%s\n%s\n%s", c.landlord, what, id)
	if c.client != "" {
		place = fmt.Appendf(place, "\nclient %q", c.client)
	}
	for _, x := range clear {
		place = fmt.Appendf(place, "\n%q", fmt.Sprint(x))
	}
	return place
}

// seal is an object under a key of its own.
func (c *Contacts) seal(what, id string, v any, clear ...any) (wrapped, sealed []byte, err error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, nil, fmt.Errorf("contact: seal: %w", err)
	}
	key, wrapped, err := c.ring.NewDataKey(c.owner(what, id))
	if err != nil {
		return nil, nil, fmt.Errorf("contact: seal: %w", err)
	}
	return wrapped, key.Seal(plain, c.bound(what, id, clear)), nil
}

func (c *Contacts) open(what, id string, wrapped, sealed []byte, to any, clear ...any) error {
	key, err := c.ring.OpenDataKey(c.owner(what, id), wrapped)
	var plain []byte
	if err == nil {
		plain, err = key.Open(sealed, c.bound(what, id, clear))
	}
	if err == nil {
		err = json.Unmarshal(plain, to)
	}
	if err != nil {
		return fmt.Errorf("contact: the %s %s cannot be read, or was altered: %w", what, id, err)
	}
	return nil
}

// Marks are keyed digests of what identifies a person, 32 bytes each.
type Marks [][]byte

func (m Marks) check() error {
	if len(m) > mostMarks {
		return wrong("marks", fmt.Sprintf("there are more than %d", mostMarks), "give fewer")
	}
	for _, x := range m {
		if len(x) != 32 {
			return wrong("marks", "one is not 32 bytes", "make them by cases.Cases.Marks")
		}
	}
	return nil
}

func (c *Contacts) mark(ctx context.Context, tx *store.Tx, what, id string, marks Marks) error {
	for _, m := range marks {
		_, err := tx.ExecContext(ctx, `INSERT INTO contact_mark (landlord, mark, what, id, client) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, c.landlord, m, what, id, c.client)
		if err != nil {
			return fmt.Errorf("contact: mark: %w", err)
		}
	}
	return nil
}

// marked are the ids of what shares a mark, in no order. It reads as much as it gives.
func (c *Contacts) marked(ctx context.Context, tx *store.Tx, what string, marks Marks) ([]string, error) {
	seen := map[string]bool{}
	var ids []string
	for _, m := range marks {
		rows, err := tx.QueryContext(ctx, `SELECT id FROM contact_mark WHERE landlord = $1 AND mark = $2 AND what = $3 AND client = $4 ORDER BY id LIMIT $5`, c.landlord, m, what, c.client, mostList+1)
		if err != nil {
			return nil, fmt.Errorf("contact: find by marks: %w", err)
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				rows.Close()
				return nil, fmt.Errorf("contact: find by marks: %w", err)
			}
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, fmt.Errorf("contact: find by marks: %w", err)
		}
	}
	if len(ids) > mostList {
		return nil, fmt.Errorf("contact: more than %d are found by the same marks: ask by something that fewer people share: %w", mostList, ErrState)
	}
	return ids, nil
}

// record writes an act. subject names what was done to in a way that says nothing. The set
// is named but for the checks of callers: the ledger does not say where somebody was found.
func (c *Contacts) record(ctx context.Context, tx *store.Tx, by, act, subject string, payload map[string]any) error {
	if c.client != "" && !strings.HasPrefix(subject, "cc-") {
		payload["client"] = c.client
	}
	return tx.Record(ctx, ledger.Act{Landlord: c.landlord, Actor: by, Name: act, Subject: subject}, payload)
}

// one runs an update and says ErrState where it changed nothing.
func one(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n != 1 {
		err = ErrState
	}
	return err
}
