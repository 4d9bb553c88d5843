package cases

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
)

// marker is the key of the landlord's marks. It is random, sealed in the store, and made with the
// first case that has something to mark.
func (c *Cases) marker(ctx context.Context, tx *store.Tx, create bool) ([]byte, error) {
	owner, bound := "case marks/"+c.landlord, c.context("", "marks", "")
	var wrapped, sealed []byte
	err := tx.QueryRowContext(ctx, `SELECT wrapped, sealed FROM cases_key WHERE landlord = $1`, c.landlord).Scan(&wrapped, &sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows) && !create:
		return nil, nil
	case errors.Is(err, sql.ErrNoRows):
		key, wrapped, err := c.ring.NewDataKey(owner)
		if err != nil {
			return nil, err
		}
		mac := make([]byte, keys.Size)
		rand.Read(mac) // never fails: crypto/rand ends the program instead
		_, err = tx.ExecContext(ctx, `INSERT INTO cases_key (landlord, wrapped, sealed) VALUES ($1, $2, $3)`, c.landlord, wrapped, key.Seal(mac, bound))
		return mac, err
	case err != nil:
		return nil, err
	}
	key, err := c.ring.OpenDataKey(owner, wrapped)
	if err != nil {
		return nil, fmt.Errorf("the key of the marks: %w", err)
	}
	mac, err := key.Open(sealed, bound)
	if err != nil {
		return nil, fmt.Errorf("the key of the marks: %w", err)
	}
	return mac, nil
}

// Marks are what this person is found by again, in cases and in whatever else a caller
// keeps in the same store: keyed digests of 32 bytes, one for each identifier that is
// given. Two people who share a telephone share a mark.
func (c *Cases) Marks(ctx context.Context, tx *store.Tx, p Person) ([][]byte, error) {
	if p.marks(nil) == nil {
		return nil, nil
	}
	mac, err := c.marker(ctx, tx, true)
	if err != nil {
		return nil, wrap("mark a person", err)
	}
	return p.marks(mac), nil
}

// NameMark is a mark of a name alone, for what says of somebody no more than that: all who
// bear it share it. It is none of those by which cases are found.
func (c *Cases) NameMark(ctx context.Context, tx *store.Tx, name string) ([]byte, error) {
	mac, err := c.marker(ctx, tx, true)
	if err != nil {
		return nil, wrap("mark a name", err)
	}
	h := hmac.New(sha256.New, mac)
	h.Write([]byte("name alone\n" + only(name, unicode.IsLetter)))
	return h.Sum(nil), nil
}

// marks is what cases of one person are found by, each under the key: two cases
// that share one are about one person, or about people who share a telephone.
func (p Person) marks(mac []byte) [][]byte {
	var all [][]byte
	add := func(what, value string) {
		if value == "" {
			return
		}
		h := hmac.New(sha256.New, mac)
		h.Write([]byte(what + "\n" + value))
		all = append(all, h.Sum(nil))
	}
	add("email", strings.ToLower(strings.TrimSpace(p.Email)))
	phone := only(p.Phone, unicode.IsDigit)
	if rest, ok := strings.CutPrefix(phone, "44"); ok && len(rest) == 10 {
		phone = "0" + rest
	}
	if len(phone) > 6 {
		add("phone", phone)
	}
	add("nino", only(p.NINO, wordy))
	add("nhs", only(p.NHS, unicode.IsDigit))
	add("reference", only(p.Reference, wordy))
	if name := only(p.Name, unicode.IsLetter); name != "" && !p.Born.IsZero() {
		add("name", name+" "+p.Born.String())
	}
	return all
}

// only keeps the runes of a text that count, in small letters.
func only(s string, counts func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if counts(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func wordy(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// mark writes what a case is found by, in the place of what it was.
func (c *Cases) mark(ctx context.Context, tx *store.Tx, k *Case) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM cases_mark WHERE landlord = $1 AND case_id = $2`, c.landlord, k.ID); err != nil {
		return fmt.Errorf("mark the case: %w", err)
	}
	if k.Person.marks(nil) == nil {
		return nil
	}
	mac, err := c.marker(ctx, tx, true)
	if err != nil {
		return err
	}
	for _, m := range k.Person.marks(mac) {
		_, err := tx.ExecContext(ctx, `INSERT INTO cases_mark (landlord, mark, case_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, c.landlord, m, k.ID)
		if err != nil {
			return fmt.Errorf("mark the case: %w", err)
		}
	}
	return nil
}

// Similar is another case that may be of the same person.
type Similar struct {
	Case   string     `json:"case"`
	Number string     `json:"number"`
	Kind   law.Kind   `json:"kind"`
	State  State      `json:"state"`
	Shared int        `json:"shared"` // by how many identifiers they were found together
	Repeat law.Repeat `json:"repeat"` // how this case stands to that
}

// Similar is the earlier cases that share an identifier with a case, those that
// share most first. It is found by keyed digests: nothing is read of the others
// but their kind and dates.
func (c *Cases) Similar(ctx context.Context, id string) ([]Similar, error) {
	var all []Similar
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		k, _, err := c.load(ctx, tx, id)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, similarColumns+`
			FROM cases_mark m JOIN cases_mark n ON n.landlord = m.landlord AND n.mark = m.mark AND n.case_id <> m.case_id
			JOIN cases o ON o.landlord = n.landlord AND o.id = n.case_id
			WHERE m.landlord = $1 AND m.case_id = $2 AND o.opened <= $3`+similarOrder, c.landlord, k.ID, store.Micros(k.Opened))
		if err != nil {
			return err
		}
		all, err = similar(rows, k.Kind, k.Received)
		return err
	})
	if err != nil {
		return nil, wrap("look for cases of the same person", err)
	}
	return all, nil
}

// Alike is Similar before a case is opened: the cases that share an identifier with
// the person of a request of a kind that came on a day.
func (c *Cases) Alike(ctx context.Context, kind law.Kind, received law.Date, p Person) ([]Similar, error) {
	var all []Similar
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		mac, err := c.marker(ctx, tx, false)
		if err != nil || mac == nil {
			return err
		}
		args, list := []any{c.landlord}, ""
		for i, m := range p.marks(mac) {
			if i > 0 {
				list += ", "
			}
			args = append(args, m)
			list += fmt.Sprintf("$%d", len(args))
		}
		if list == "" {
			return nil
		}
		rows, err := tx.QueryContext(ctx, similarColumns+` FROM cases_mark n JOIN cases o ON o.landlord = n.landlord AND o.id = n.case_id
			WHERE n.landlord = $1 AND n.mark IN (`+list+`)`+similarOrder, args...)
		if err != nil {
			return err
		}
		all, err = similar(rows, kind, received)
		return err
	})
	if err != nil {
		return nil, wrap("look for cases of the same person", err)
	}
	return all, nil
}

const (
	similarColumns = `SELECT o.id, o.number, o.kind, o.regime, o.state, o.received, o.ended, count(*)`
	similarOrder   = ` GROUP BY o.id, o.number, o.kind, o.regime, o.state, o.received, o.ended ORDER BY 8 DESC, o.received DESC, o.id LIMIT 100`
)

// similar reads the cases that were found, and closes rows.
func similar(rows *sql.Rows, kind law.Kind, received law.Date) ([]Similar, error) {
	defer rows.Close()
	var all []Similar
	for rows.Next() {
		s := Similar{}
		var regime law.Regime
		var day string
		var ended sql.NullInt64
		err := rows.Scan(&s.Case, &s.Number, &s.Kind, &regime, &s.State, &day, &ended, &s.Shared)
		if err != nil {
			return nil, err
		}
		if s.Kind == "" {
			s.Kind = law.KindOf(regime)
		}
		e := law.Earlier{Kind: s.Kind, Running: !ended.Valid}
		if e.Received, err = law.ParseDate(day); err != nil {
			return nil, fmt.Errorf("case %s: %w", s.Case, err)
		}
		if ended.Valid {
			e.Ended = law.DateOf(store.Time(ended.Int64))
		}
		s.Repeat = law.Repeats(kind, received, e)
		all = append(all, s)
	}
	return all, rows.Err()
}
