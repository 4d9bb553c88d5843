package incident

import (
	"bytes"
	"cmp"
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
	"tenet/internal/store"
)

// Person is somebody whom a breach touches.
type Person struct {
	Name      string `json:"name"`
	Email     string `json:"email,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Address   string `json:"address,omitempty"` // where to write to, in lines
	Reference string `json:"reference,omitempty"`
	Language  string `json:"language,omitempty"`
	Why       string `json:"why,omitempty"` // what of theirs it is
}

// Affected is a person on the list.
type Affected struct {
	N int64 `json:"n"`
	Person
	Letter string    `json:"letter,omitempty"` // reference of the letter that tells them
	Way    string    `json:"way,omitempty"`    // "email", "post", or as somebody told them
	Told   time.Time `json:"told,omitzero"`
	// Marks are keyed digests of what identifies them, 32 bytes each, to list them with;
	// reading the list leaves them out.
	Marks [][]byte `json:"-"`
}

// MostPeople is how many may be on the list of one incident.
const MostPeople = 100_000

// List adds people to those whom a breach touches, and says how many were not on the
// list before. Somebody all of whose marks are those of one on it is the same.
func (x *Incidents) ListPeople(ctx context.Context, on On, people []Affected) (Incident, int, error) {
	for _, p := range people {
		if p.Name == "" && p.Email == "" && p.Address == "" && p.Reference == "" {
			return Incident{}, 0, input("give a name or a reference, and a way to reach them", "a person on the list has nothing to know them by")
		}
		for _, s := range []string{p.Name, p.Email, p.Phone, p.Address, p.Reference, p.Language, p.Why} {
			if len(s) > 4<<10 {
				return Incident{}, 0, input("shorten it", "what is said of a person on the list is too long")
			}
		}
	}
	added := 0
	i, err := x.act(ctx, on, Lists, "", func(tx *store.Tx, i *Incident, key keys.DataKey) (map[string]any, error) {
		added = 0
		var last int64
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM incident_person WHERE landlord = $1 AND incident = $2`, x.landlord, i.ID).Scan(&last); err != nil {
			return nil, err
		}
		if last+int64(len(people)) > MostPeople {
			return nil, input("tell the public instead, and say so", "there are more than %d people", MostPeople)
		}
		for _, p := range people {
			new, err := x.listOne(ctx, tx, i, key, last+1, p)
			if err != nil {
				return nil, err
			}
			if new {
				last++
				added++
			}
		}
		i.People.Listed += added
		return map[string]any{"given": len(people), "added": added}, nil
	})
	return i, added, err
}

func (x *Incidents) listOne(ctx context.Context, tx *store.Tx, i *Incident, key keys.DataKey, n int64, p Affected) (bool, error) {
	sealed, err := x.seal(key, i.ID, fmt.Sprint("person ", n), p.Person)
	if err != nil {
		return false, err
	}
	marks := slices.Clone(p.Marks)
	slices.SortFunc(marks, bytes.Compare)
	var whole []byte
	if len(marks) > 0 {
		sum := sha256.Sum256(bytes.Join(marks, nil))
		whole = sum[:]
	}
	done, err := tx.ExecContext(ctx, `INSERT INTO incident_person (landlord, incident, n, whole, letter, way, told, sealed) VALUES ($1, $2, $3, $4, NULL, '', NULL, $5)
		ON CONFLICT (landlord, incident, whole) DO NOTHING`, x.landlord, i.ID, n, whole, sealed)
	if err != nil {
		return false, fmt.Errorf("list a person: %w", err)
	}
	if rows, err := done.RowsAffected(); err != nil || rows == 0 {
		return false, err
	}
	for _, m := range slices.CompactFunc(marks, bytes.Equal) {
		if _, err := tx.ExecContext(ctx, `INSERT INTO incident_mark (landlord, mark, incident, n) VALUES ($1, $2, $3, $4)`, x.landlord, m, i.ID, n); err != nil {
			return false, fmt.Errorf("mark a person: %w", err)
		}
	}
	return true, nil
}

// Some chooses people on a list.
type Some struct {
	After int64   // the number on the list of the last one that was had
	Limit int     // 1 to 500; 0 means 50
	Only  Reached // empty is everybody
}

// Reached is how far somebody on the list was reached.
type Reached string

// The kinds of people on a list.
const (
	Everybody Reached = ""
	Untold    Reached = "untold"    // not told yet
	Unwritten Reached = "unwritten" // not told, and no letter to them is on its way
)

// Affected is some of the people on an incident's list, in its order. It reads no more
// than the page, by an index, however many are on the list.
func (x *Incidents) Affected(ctx context.Context, number string, f Some) ([]Affected, error) {
	if f.Limit == 0 {
		f.Limit = usualPage
	}
	also, ok := map[Reached]string{Everybody: ``, Untold: ` AND told IS NULL`, Unwritten: ` AND told IS NULL AND letter IS NULL`}[f.Only]
	if f.Limit < 1 || f.Limit > mostPage || !ok {
		return nil, input(fmt.Sprintf("ask for 1 to %d, of those who are untold, or unwritten", mostPage), "a page of %d people was asked for", f.Limit)
	}
	out := []Affected{}
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		out = out[:0]
		i, key, err := x.load(ctx, tx, "number", number)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT n, letter, way, told, sealed FROM incident_person WHERE landlord = $1 AND incident = $2 AND n > $3`+also+` ORDER BY n LIMIT $4`,
			x.landlord, i.ID, f.After, f.Limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			p, err := x.person(rows, key, &i)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read whom an incident touches: %w", err)
	}
	return out, nil
}

// person reads a row of n, letter, way, told and sealed.
func (x *Incidents) person(row interface{ Scan(...any) error }, key keys.DataKey, i *Incident) (p Affected, err error) {
	var letter sql.NullString
	var told sql.NullInt64
	var sealed []byte
	if err := row.Scan(&p.N, &letter, &p.Way, &told, &sealed); err != nil {
		return p, err
	}
	p.Letter, p.Told = letter.String, at(told)
	if err := x.unseal(key, i.ID, fmt.Sprint("person ", p.N), sealed, &p.Person); err != nil {
		return p, fmt.Errorf("incident %s: %w", i.Number, err)
	}
	return p, nil
}

// Written is a letter to somebody on the list.
type Written struct {
	N      int64
	Letter string // its reference
	Way    string
}

// Tell records letters to people on the list, which write writes in the same
// transaction, under the case that holds them. People are told when the letters go out:
// see [Incidents.Heard].
func (x *Incidents) Tell(ctx context.Context, on On, under string, write func(context.Context, *store.Tx) ([]Written, error)) (Incident, error) {
	return x.act(ctx, on, Tells, "", func(tx *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		letters, err := write(ctx, tx)
		if err != nil {
			return nil, err
		}
		i.Letters = under
		for _, l := range letters {
			_, err := tx.ExecContext(ctx, `UPDATE incident_person SET letter = $4, way = $5 WHERE landlord = $1 AND incident = $2 AND n = $3 AND letter IS NULL AND told IS NULL`,
				x.landlord, i.ID, l.N, l.Letter, l.Way)
			if err != nil {
				return nil, fmt.Errorf("keep a letter: %w", err)
			}
		}
		return map[string]any{"letters": len(letters)}, nil
	})
}

// ToldOtherwise records that somebody on the list was told by word of mouth or the like.
func (x *Incidents) ToldOtherwise(ctx context.Context, on On, n int64, how string) (Incident, error) {
	if err := text("how they were told", how, true); err != nil || len(how) > 200 {
		return Incident{}, errors.Join(err, input("say it in fewer words", "how they were told"))
	}
	return x.act(ctx, on, Hears, how, func(tx *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		done, err := tx.ExecContext(ctx, `UPDATE incident_person SET way = 'spoken', told = $4 WHERE landlord = $1 AND incident = $2 AND n = $3 AND told IS NULL`,
			x.landlord, i.ID, n, store.Micros(i.Changed))
		if err != nil {
			return nil, err
		}
		if rows, err := done.RowsAffected(); err != nil || rows == 0 {
			return nil, errors.Join(err, input("name somebody who was not", "nobody on the list is number %d and not told yet", n))
		}
		i.People.Told++
		return map[string]any{"person": n}, nil
	})
}

// Heard records, in the transaction in which a letter goes out, that the person to whom
// it tells of a breach was told. A letter that is about none does nothing.
func (x *Incidents) Heard(ctx context.Context, tx *store.Tx, letter, way string) error {
	done, err := tx.ExecContext(ctx, `UPDATE incident_person SET told = $3, way = $4 WHERE landlord = $1 AND letter = $2 AND told IS NULL`,
		x.landlord, letter, store.Micros(x.clock()), way)
	if err != nil {
		return fmt.Errorf("record that a person was told of a breach: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE incident SET told = told + 1 WHERE landlord = $1 AND id = (SELECT incident FROM incident_person WHERE landlord = $1 AND letter = $2)`, x.landlord, letter)
	if err != nil {
		return fmt.Errorf("count that a person was told of a breach: %w", err)
	}
	return nil
}

// Touched is an incident, and somebody on its list.
type Touched struct {
	Incident Incident
	Person   Affected
}

// Touching is where somebody on a list shares a mark with a person: people who share a
// telephone are among them, so that the caller holds the names against each other.
func (x *Incidents) Touching(ctx context.Context, marks [][]byte) ([]Touched, error) {
	out := []Touched{}
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		type at struct {
			incident string
			n        int64
		}
		var places []at
		for _, m := range marks {
			rows, err := tx.QueryContext(ctx, `SELECT incident, n FROM incident_mark WHERE landlord = $1 AND mark = $2`, x.landlord, m)
			if err != nil {
				return err
			}
			for rows.Next() {
				var p at
				if err := rows.Scan(&p.incident, &p.n); err != nil {
					rows.Close()
					return err
				}
				if !slices.Contains(places, p) {
					places = append(places, p)
				}
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		out = out[:0]
		for _, p := range places {
			i, key, err := x.load(ctx, tx, "id", p.incident)
			if err != nil {
				return err
			}
			who, err := x.person(tx.QueryRowContext(ctx, `SELECT n, letter, way, told, sealed FROM incident_person WHERE landlord = $1 AND incident = $2 AND n = $3`, x.landlord, p.incident, p.n), key, &i)
			if err != nil {
				return err
			}
			out = append(out, Touched{i, who})
		}
		slices.SortFunc(out, func(a, b Touched) int {
			return cmp.Or(a.Incident.Opened.Compare(b.Incident.Opened), strings.Compare(a.Incident.Number, b.Incident.Number), cmp.Compare(a.Person.N, b.Person.N))
		})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for the incidents that touch somebody: %w", err)
	}
	return out, nil
}

// Step is something that was done.
type Step struct {
	N      int64     `json:"n"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Action Action    `json:"action"`
	Words  string    `json:"words,omitempty"`
}

// History is what was done to an incident, from the first.
func (x *Incidents) History(ctx context.Context, number string) ([]Step, error) {
	out := []Step{}
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		out = out[:0]
		i, key, err := x.load(ctx, tx, "number", number)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT n, at, actor, action, sealed FROM incident_step WHERE landlord = $1 AND incident = $2 ORDER BY n`, x.landlord, i.ID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s Step
			var when int64
			var sealed []byte
			if err := rows.Scan(&s.N, &when, &s.By, &s.Action, &sealed); err != nil {
				return err
			}
			s.At = store.Time(when)
			if sealed != nil {
				words, err := key.Open(sealed, x.bound(i.ID, fmt.Sprint("step ", s.N)))
				if err != nil {
					return fmt.Errorf("incident %s: step %d: %w", i.Number, s.N, err)
				}
				s.Words = string(words)
			}
			out = append(out, s)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read what was done to an incident: %w", err)
	}
	return out, nil
}

func short(sum []byte) string { return hex.EncodeToString(sum[:8]) }
