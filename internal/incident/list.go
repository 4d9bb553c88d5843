package incident

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"tenet/internal/keys"
	"tenet/internal/notice"
	"tenet/internal/store"
)

const (
	usualPage = 50
	mostPage  = 500
)

// Filter chooses incidents.
type Filter struct {
	Open  bool   // leaves out those that are closed
	Kind  Kind   // empty is every kind
	After string // Page.Next of the page before; empty for the first
	Limit int    // 1 to 500; 0 means 50
	// Sees says whose sets are shown; nil is all. The landlord's own is the empty one.
	Sees func(client notice.ID) bool
}

// Page is one page of incidents.
type Page struct {
	Incidents []Incident `json:"incidents"`
	Next      string     `json:"next,omitempty"` // After of the next page; empty if this is the last
}

// List is a page of incidents, those that were reported last first. It reads no more
// than the page, by an index, however many there are.
func (x *Incidents) List(ctx context.Context, f Filter) (Page, error) {
	if f.Limit == 0 {
		f.Limit = usualPage
	}
	if f.Limit < 1 || f.Limit > mostPage {
		return Page{}, input(fmt.Sprintf("ask for 1 to %d", mostPage), "a page of %d incidents was asked for", f.Limit)
	}
	if _, ok := f.Kind.Sort(); f.Kind != "" && !ok {
		return Page{}, input("choose one of those there are", "%.40q is no kind of incident", f.Kind)
	}
	var p Page
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		p = Page{Incidents: []Incident{}}
		opened, number := int64(1<<63-1), ""
		if f.After != "" {
			number = f.After
			err := tx.QueryRowContext(ctx, `SELECT opened FROM incident WHERE landlord = $1 AND number = $2`, x.landlord, number).Scan(&opened)
			if errors.Is(err, sql.ErrNoRows) {
				return input("give the one that the page before gave", "the place to go on from is not one")
			} else if err != nil {
				return err
			}
		}
		query := `SELECT ` + columns + ` FROM incident WHERE landlord = $1 AND (opened < $2 OR opened = $2 AND number < $3)`
		if f.Open {
			query += ` AND ended IS NULL`
		}
		args := []any{x.landlord, opened, number, f.Limit + 1}
		if f.Kind != "" {
			query += ` AND kind = $5`
			args = append(args, string(f.Kind))
		}
		query += ` ORDER BY opened DESC, number DESC LIMIT $4`
		for { // once, but where somebody sees only some sets
			n, err := x.some(ctx, tx, &p, f, query, args)
			if err != nil || n <= f.Limit || p.Next != "" {
				return err
			}
		}
	})
	if err != nil {
		return Page{}, fmt.Errorf("list incidents: %w", err)
	}
	return p, nil
}

// some adds to a page what a query gives, and says how many rows that was. args[1] and
// args[2] are moved on to the last of them.
func (x *Incidents) some(ctx context.Context, tx *store.Tx, p *Page, f Filter, query string, args []any) (n int, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		i, s, err := scan(rows)
		if err != nil {
			return n, err
		}
		args[1], args[2] = store.Micros(i.Opened), i.Number
		switch {
		case f.Sees != nil && !f.Sees(i.Client):
			continue
		case len(p.Incidents) == f.Limit:
			p.Next = p.Incidents[f.Limit-1].Number
			return n, nil
		}
		if _, err := x.open(&i, s); err != nil {
			return n, err
		}
		p.Incidents = append(p.Incidents, i)
	}
	return n, rows.Err()
}

// All is every incident, those that were reported last first, a page at a time.
func (x *Incidents) All(ctx context.Context) iter.Seq2[Incident, error] {
	return func(yield func(Incident, error) bool) {
		f := Filter{Limit: mostPage}
		for {
			p, err := x.List(ctx, f)
			if err != nil {
				yield(Incident{}, err)
				return
			}
			for _, i := range p.Incidents {
				if !yield(i, nil) {
					return
				}
			}
			if f.After = p.Next; f.After == "" {
				return
			}
		}
	}
}

// Tally is how many incidents there are, by kind, and of those since an instant when each
// was reported. It opens none of them.
type Tally struct {
	Kinds  map[Kind]int
	Opened []time.Time
}

// Count counts the incidents of the sets that sees lets through; nil is all of them.
func (x *Incidents) Count(ctx context.Context, since time.Time, sees func(client notice.ID) bool) (Tally, error) {
	t := Tally{}
	err := x.store.Read(ctx, func(tx *store.Tx) error {
		t = Tally{Kinds: map[Kind]int{}}
		rows, err := tx.QueryContext(ctx, `SELECT kind, client, count(*) FROM incident WHERE landlord = $1 GROUP BY kind, client`, x.landlord)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind Kind
			var client notice.ID
			var n int
			if err := rows.Scan(&kind, &client, &n); err != nil {
				return err
			}
			if sees == nil || sees(client) {
				t.Kinds[kind] += n
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		late, err := tx.QueryContext(ctx, `SELECT opened, client FROM incident WHERE landlord = $1 AND opened >= $2 ORDER BY opened`, x.landlord, store.Micros(since))
		if err != nil {
			return err
		}
		defer late.Close()
		for late.Next() {
			var opened int64
			var client notice.ID
			if err := late.Scan(&opened, &client); err != nil {
				return err
			}
			if sees == nil || sees(client) {
				t.Opened = append(t.Opened, store.Time(opened))
			}
		}
		return late.Err()
	})
	if err != nil {
		return Tally{}, fmt.Errorf("count incidents: %w", err)
	}
	return t, nil
}

const columns = `id, number, kind, state, version, risk, opened, aware, notified, ended, forgotten, changed, actor, notice, client, listed, told, wrapped, sealed`

// secret is what of a row is sealed.
type secret struct{ wrapped, sealed []byte }

func scan(row interface{ Scan(...any) error }) (i Incident, s secret, err error) {
	var opened, changed int64
	var aware, notified, ended, forgotten sql.NullInt64
	err = row.Scan(&i.ID, &i.Number, &i.Kind, &i.State, &i.Version, &i.Risk, &opened, &aware, &notified, &ended, &forgotten, &changed, &i.By, &i.Notice, &i.Client,
		&i.People.Listed, &i.People.Told, &s.wrapped, &s.sealed)
	i.Opened, i.Changed, i.Aware, i.Notified, i.Ended, i.Forgotten = store.Time(opened), store.Time(changed), at(aware), at(notified), at(ended), at(forgotten)
	return i, s, err
}

// open unseals the details of an incident.
func (x *Incidents) open(i *Incident, s secret) (keys.DataKey, error) {
	key, err := x.ring.OpenDataKey(owner(i.ID), s.wrapped)
	if err == nil {
		err = x.unseal(key, i.ID, "details", s.sealed, &i.Details)
	}
	if err != nil {
		return key, fmt.Errorf("incident %s: %w", i.Number, err)
	}
	return key, nil
}

// load reads an incident by a column: "id" or "number".
func (x *Incidents) load(ctx context.Context, tx *store.Tx, column, value string) (Incident, keys.DataKey, error) {
	i, s, err := scan(tx.QueryRowContext(ctx, `SELECT `+columns+` FROM incident WHERE landlord = $1 AND `+column+` = $2`, x.landlord, value))
	if errors.Is(err, sql.ErrNoRows) {
		return i, keys.DataKey{}, ErrNotFound
	} else if err != nil {
		return i, keys.DataKey{}, err
	}
	key, err := x.open(&i, s)
	return i, key, err
}

// SetOf is whose set the data of an incident are, and its id. It opens nothing.
func (x *Incidents) SetOf(ctx context.Context, number string) (id string, client notice.ID, err error) {
	err = x.store.Read(ctx, func(tx *store.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT id, client FROM incident WHERE landlord = $1 AND number = $2`, x.landlord, number).Scan(&id, &client)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return "", "", fmt.Errorf("look whose an incident is: %w", err)
	}
	return id, client, nil
}

func at(micros sql.NullInt64) time.Time {
	if !micros.Valid {
		return time.Time{}
	}
	return store.Time(micros.Int64)
}

func nullable(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: store.Micros(t), Valid: !t.IsZero()}
}
