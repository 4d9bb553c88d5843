package contact

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/store"
)

// Authority is who may act for a person, for what and until when. All of it but the days on
// which it was added and ended is sealed.
type Authority struct {
	ID      string    `json:"id"`
	Added   time.Time `json:"added"`
	By      string    `json:"by"` // who recorded it: a staff id, or a case's number for the person on the portal
	EndedAt time.Time `json:"ended_at,omitzero"`
	EndedBy string    `json:"ended_by,omitempty"`
	Client  string    `json:"client,omitempty"` // whose customer the person is; empty for the landlord's own
	Mandate
}

// Mandate is what of an authority is sealed.
type Mandate struct {
	law.Authority
	For       Person   `json:"for"`  // whom they act for
	Name      string   `json:"name"` // who may act
	Body      string   `json:"body,omitempty"`
	Phone     string   `json:"phone,omitempty"` // as we hold it, to know them by
	Email     string   `json:"email,omitempty"`
	Word      string   `json:"word,omitempty"`      // a word agreed with the person, for the telephone
	Appointed string   `json:"appointed,omitempty"` // by whose appointment, or in what official capacity
	Evidence  string   `json:"evidence,omitempty"`  // what was seen, described; never a copy
	Told      law.Date `json:"told,omitzero"`       // the day the person was told that something would be shared
}

func (m Mandate) check() error {
	switch {
	case !slices.Contains(law.Roles(), m.Role):
		return wrong("role", "is no part in which one acts for another", "use one of "+join(law.Roles()))
	case len(m.Scopes) == 0:
		return wrong("scopes", "say nothing of what it is for", "use "+join(law.Scopes()))
	case !m.End.IsZero() && m.End.Before(m.Start):
		return wrong("until", "is before it begins", "correct the days")
	case m.Seen && strings.TrimSpace(m.Evidence) == "":
		return wrong("evidence", "was seen and is not described", "say what: a form of which day, an order of which court")
	case !m.Ended.IsZero():
		return wrong("ended", "is given", "end it when it is ended")
	}
	for _, s := range m.Scopes {
		if !slices.Contains(law.Scopes(), s) {
			return wrong("scopes", "one is none", "use "+join(law.Scopes()))
		}
	}
	for _, f := range []error{needed("name", m.Name, mostLine), needed("person", m.For.Name, mostLine), text("body", m.Body, mostLine), text("phone", m.Phone, mostLine), text("email", m.Email, mostLine),
		text("word", m.Word, mostLine), needed("appointed", m.Appointed, mostLine), text("evidence", m.Evidence, mostWords)} {
		if f != nil {
			return f
		}
	}
	return nil
}

// May says whether this authority lets its holder do a thing on a day. To what law says of
// it is added what must come first with an elected member: the person's own explicit word,
// and that they were told before anything is shared.
func (a Mandate) May(what law.Scope, s law.Subject, on law.Date) law.Permission {
	p := a.Authority.Permits(what, s, on)
	if a.Role != law.ByElected || p.Applies != law.Yes {
		return p
	}
	const cite = "UK GDPR Art 6(1)(a), Art 13(3); DPA 2018 Sch 1 paras 23–24"
	switch {
	case a.Agreed != law.IsSo:
		return law.Permission{Applies: law.May, Words: "The person has not said explicitly that we may answer.", Needs: "the person's own explicit word", Cite: cite}
	case a.Told.IsZero() || a.Told.After(on):
		return law.Permission{Applies: law.May, Words: "The person has not been told that we are about to answer.", Needs: "telling the person first", Cite: cite}
	}
	return p
}

// Counts says whether it counts on a day at all: evidence was seen, it has begun, and it has
// neither run out nor been ended.
func (a Mandate) Counts(on law.Date) bool {
	return a.Seen && (a.Start.IsZero() || !on.Before(a.Start)) && (a.End.IsZero() || !on.After(a.End)) && (a.Ended.IsZero() || on.Before(a.Ended))
}

// NewAuthority is one to be recorded.
type NewAuthority struct {
	Once  string // names this recording: the same again is the same authority
	By    string
	Marks Marks // of the person for whom they act
	Mandate
}

// Allow records that somebody may act for a person.
func (c *Contacts) Allow(ctx context.Context, n NewAuthority) (a Authority, err error) {
	if n.Once == "" || n.By == "" {
		return a, wrong("by", "is empty", "say who records it, and name the recording")
	}
	if err := n.Mandate.check(); err != nil {
		return a, err
	}
	if err := n.Marks.check(); err != nil {
		return a, err
	}
	if len(n.Marks) == 0 {
		return a, wrong("person", "is known by nothing that it could be found by again", "give their date of birth, a reference, a telephone number or an e-mail address")
	}
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		all, err := c.authorities(ctx, tx, `once = $3`, c.onceOf(n.Once))
		if err != nil || len(all) > 0 {
			if len(all) > 0 {
				a = all[0]
			}
			return err
		}
		a = Authority{ID: newID("au"), Added: store.Time(store.Micros(c.clock())), By: n.By, Client: c.client, Mandate: n.Mandate}
		wrapped, sealed, err := c.seal("authority", a.ID, a.Mandate, store.Micros(a.Added), a.By)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO contact_authority (landlord, id, once, added, actor, ended, ended_at, ended_by, wrapped, sealed, client)
			VALUES ($1, $2, $3, $4, $5, '', NULL, '', $6, $7, $8)`, c.landlord, a.ID, c.onceOf(n.Once), store.Micros(a.Added), a.By, wrapped, sealed, c.client)
		if err != nil {
			return fmt.Errorf("contact: record an authority: %w", err)
		}
		if err := c.mark(ctx, tx, "authority", a.ID, n.Marks); err != nil {
			return err
		}
		return c.record(ctx, tx, a.By, "contact.authority-added", a.ID, map[string]any{"role": a.Role, "scopes": a.Scopes, "seen": a.Seen})
	})
	return a, err
}

// End ends an authority from a day on, which is not in the future. One that was ended before
// stays as it is.
func (c *Contacts) End(ctx context.Context, by, id string, on law.Date) (a Authority, err error) {
	now := c.clock()
	if on.IsZero() || on.After(law.DateOf(now)) {
		return a, wrong("day", "is not a day until today", "give the day on which it was ended")
	}
	err = c.store.Write(ctx, func(tx *store.Tx) error {
		if a, err = c.authority(ctx, tx, id); err != nil || !a.Ended.IsZero() {
			return err
		}
		err := one(tx.ExecContext(ctx, `UPDATE contact_authority SET ended = $3, ended_at = $4, ended_by = $5 WHERE landlord = $1 AND id = $2 AND ended = ''`,
			c.landlord, id, on.String(), store.Micros(now), by))
		if err != nil {
			return fmt.Errorf("contact: end an authority: %w", err)
		}
		a.Ended, a.EndedAt, a.EndedBy = on, store.Time(store.Micros(now)), by
		return c.record(ctx, tx, by, "contact.authority-ended", id, map[string]any{"day": on})
	})
	return a, err
}

// Authorities are those recorded for whoever shares a mark, those that count on a day first
// and then the newest. Callers compare whom each is for: see [Mandate.For].
func (c *Contacts) Authorities(ctx context.Context, marks Marks, on law.Date) (all []Authority, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		ids, err := c.marked(ctx, tx, "authority", marks)
		if err != nil {
			return err
		}
		for _, id := range ids {
			a, err := c.authority(ctx, tx, id)
			if err != nil {
				return err
			}
			all = append(all, a)
		}
		return nil
	})
	slices.SortFunc(all, func(a, b Authority) int {
		return cmp.Or(cmp.Compare(number(b.Counts(on)), number(a.Counts(on))), b.Added.Compare(a.Added), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// Authority is one of them.
func (c *Contacts) Authority(ctx context.Context, id string) (a Authority, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		a, err = c.authority(ctx, tx, id)
		return err
	})
	return a, err
}

func (c *Contacts) authority(ctx context.Context, tx *store.Tx, id string) (Authority, error) {
	all, err := c.authorities(ctx, tx, `id = $3`, id)
	if err != nil {
		return Authority{}, err
	}
	if len(all) == 0 {
		return Authority{}, fmt.Errorf("authority: %w", ErrNone)
	}
	return all[0], nil
}

// authorities reads what a condition chooses, whose own arguments begin with $3.
func (c *Contacts) authorities(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Authority, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, added, actor, ended, coalesce(ended_at, 0), ended_by, wrapped, sealed FROM contact_authority WHERE landlord = $1 AND client = $2 AND `+where,
		append([]any{c.landlord, c.client}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("contact: authorities: %w", err)
	}
	defer rows.Close()
	var all []Authority
	for rows.Next() {
		var a Authority
		var added, endedAt int64
		var ended string
		var wrapped, sealed []byte
		if err := rows.Scan(&a.ID, &added, &a.By, &ended, &endedAt, &a.EndedBy, &wrapped, &sealed); err != nil {
			return nil, fmt.Errorf("contact: authorities: %w", err)
		}
		a.Added, a.Client = store.Time(added), c.client
		if err := c.open("authority", a.ID, wrapped, sealed, &a.Mandate, added, a.By); err != nil {
			return nil, err
		}
		if ended != "" {
			if a.Ended, err = law.ParseDate(ended); err != nil {
				return nil, fmt.Errorf("contact: authority %s: %w", a.ID, err)
			}
			a.EndedAt = store.Time(endedAt)
		}
		all = append(all, a)
	}
	return all, rows.Err()
}
