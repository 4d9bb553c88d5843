package desk

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/ledger"
	"tenet/internal/store"
)

// WithdrawLink ends the link of a case that is open.
func (d *Desk) WithdrawLink(ctx context.Context, k cases.Case, by string) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		l, err := d.linkBy(ctx, tx, LinkAt{Number: k.Number})
		if errors.Is(err, ErrNotOpened) {
			return &Error{Code: "not-found", What: "there is no link that opens anything", Where: k.Number, Mend: "see tenet case link " + k.Number + " --list", Err: store.ErrNotFound}
		}
		if err != nil {
			return err
		}
		return d.endLink(ctx, tx, k.Notice, l, LinkWithdrawn, by)
	})
}

// endLink ends a link: nothing that could open anything is left of it.
func (d *Desk) endLink(ctx context.Context, tx *store.Tx, notice string, l Link, state LinkState, by string) error {
	tx.Scrub()
	if _, err := tx.ExecContext(ctx, `DELETE FROM desk_link_token WHERE landlord = $1 AND link = $2`, d.Config.Landlord, l.ID); err != nil {
		return fmt.Errorf("end a link: %w", err)
	}
	r, err := tx.ExecContext(ctx, `UPDATE desk_link SET state = $3, ended = $4, ended_by = $5, code = NULL, until = NULL, words = NULL, holder = NULL, lease = NULL, sealed = NULL
		WHERE landlord = $1 AND id = $2 AND state = 'open'`, d.Config.Landlord, l.ID, string(state), store.Micros(d.Now()), by)
	if err != nil {
		return fmt.Errorf("end a link: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return d.recordLink(ctx, tx, notice, l, by, "link.ended", l.ID+"/ended", map[string]any{"how": state})
}

func (d *Desk) recordLink(ctx context.Context, tx *store.Tx, notice string, l Link, by, act, once string, facts map[string]any) error {
	facts["link"] = l.ID
	// As the payload of a step has it, so that a case's history shows both alike.
	return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: act, Subject: l.Case, Notice: notice, Once: "link/" + once}, map[string]any{"facts": facts})
}

// LinkAt is what somebody comes with: a link's token as [TokenDigest] has it, or the
// number of a case, whose code they have given.
type LinkAt struct {
	Token  [32]byte
	Number string
}

// ErrNotOpened says that nothing opens, whatever the cause: no such link, one that was
// used, withdrawn or has expired, a wrong code, wrong words.
var ErrNotOpened = errors.New("nothing opens with that")

// TokenDigest is what is kept of a link's token. The token itself is 256 random bits, so
// that a plain hash is enough.
func TokenDigest(token string) [32]byte {
	return sha256.Sum256([]byte("tenet link token v1\n" + token))
}

func (d *Desk) keepToken(ctx context.Context, tx *store.Tx, link, token string) error {
	sum := TokenDigest(token)
	_, err := tx.ExecContext(ctx, `INSERT INTO desk_link_token (landlord, token, link) VALUES ($1, $2, $3)`, d.Config.Landlord, sum[:], link)
	if err != nil {
		return fmt.Errorf("keep a link's token: %w", err)
	}
	return nil
}

const linkColumns = `l.id, l.case_id, l.made, l.actor, l.factor, l.draft, l.expires, l.state, l.ended, l.ended_by, l.asked, l.sends, l.tries,
	l.code, l.until, l.words, l.holder, l.opened, l.began, l.lease, l.claims, l.sealed`

func scanLink(row interface{ Scan(...any) error }) (Link, error) {
	var l Link
	var made, expires int64
	var opened int
	var ended, asked, until, began, lease sql.NullInt64
	err := row.Scan(&l.ID, &l.Case, &made, &l.By, &l.Factor, &l.Draft, &expires, &l.State, &ended, &l.EndedBy, &asked, &l.Codes, &l.Tries,
		&l.code, &until, &l.words, &l.holder, &opened, &began, &lease, &l.claims, &l.sealedContent)
	if errors.Is(err, sql.ErrNoRows) {
		return l, ErrNotOpened
	} else if err != nil {
		return l, fmt.Errorf("read a link: %w", err)
	}
	l.Made, l.Expires, l.opened = store.Time(made), store.Time(expires), opened == 1
	for _, x := range []struct {
		from sql.NullInt64
		to   *time.Time
	}{{ended, &l.Ended}, {asked, &l.Asked}, {until, &l.until}, {began, &l.Began}, {lease, &l.lease}} {
		if x.from.Valid {
			*x.to = store.Time(x.from.Int64)
		}
	}
	return l, nil
}

// linkBy is the link that somebody comes to, if it still is open; ErrNotOpened otherwise.
func (d *Desk) linkBy(ctx context.Context, tx *store.Tx, at LinkAt) (Link, error) {
	query, arg := `SELECT `+linkColumns+` FROM desk_link_token t JOIN desk_link l ON l.landlord = t.landlord AND l.id = t.link
		WHERE t.landlord = $1 AND t.token = $2 AND l.ended IS NULL`, any(at.Token[:])
	if at.Number != "" {
		query, arg = `SELECT `+linkColumns+` FROM cases c JOIN desk_link l ON l.landlord = c.landlord AND l.case_id = c.id
			WHERE c.landlord = $1 AND c.number = $2 AND l.ended IS NULL`, at.Number
	}
	l, err := scanLink(tx.QueryRowContext(ctx, query, d.Config.Landlord, arg))
	if err != nil {
		return l, err
	}
	return l, d.unsealLink(ctx, tx, &l)
}

func (d *Desk) linkByID(ctx context.Context, tx *store.Tx, id string) (Link, error) {
	l, err := scanLink(tx.QueryRowContext(ctx, `SELECT `+linkColumns+` FROM desk_link l WHERE l.landlord = $1 AND l.id = $2 AND l.ended IS NULL`, d.Config.Landlord, id))
	if err != nil {
		return l, err
	}
	return l, d.unsealLink(ctx, tx, &l)
}

func (d *Desk) unsealLink(ctx context.Context, tx *store.Tx, l *Link) error {
	plain, err := d.Cases.Unseal(ctx, tx, l.Case, linkSealed(l.ID), l.sealedContent)
	if errors.Is(err, cases.ErrForgotten) {
		return ErrNotOpened
	}
	var c linkContent
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	l.To, l.pepper = c.To, c.Pepper
	return err
}

// Links is the links of a case, the newest first, and what was downloaded by them. What a
// link is for is shown while it is open.
func (d *Desk) Links(ctx context.Context, k cases.Case) (links []Link, downloads []Download, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		links, downloads = nil, nil
		rows, err := tx.QueryContext(ctx, `SELECT `+linkColumns+` FROM desk_link l WHERE l.landlord = $1 AND l.case_id = $2 ORDER BY l.made DESC, l.id`, d.Config.Landlord, k.ID)
		if err != nil {
			return err
		}
		for rows.Next() {
			l, err := scanLink(rows)
			if err != nil {
				rows.Close()
				return err
			}
			links = append(links, l)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for i := range links {
			if links[i].State == LinkOpen {
				if err := d.unsealLink(ctx, tx, &links[i]); err != nil && !errors.Is(err, ErrNotOpened) {
					return err
				}
			}
		}
		rows, err = tx.QueryContext(ctx, `SELECT w.link, w.n, l.factor, w.began, w.ended, w.size, w.bytes, w.complete FROM desk_download w
			JOIN desk_link l ON l.landlord = w.landlord AND l.id = w.link WHERE w.landlord = $1 AND l.case_id = $2 ORDER BY w.began, w.link, w.n`, d.Config.Landlord, k.ID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var w Download
			var began int64
			var ended sql.NullInt64
			var complete int
			if err := rows.Scan(&w.Link, &w.N, &w.Factor, &began, &ended, &w.Size, &w.Bytes, &complete); err != nil {
				return err
			}
			w.Began, w.Complete = store.Time(began), complete == 1
			if ended.Valid {
				w.Ended = store.Time(ended.Int64)
			}
			downloads = append(downloads, w)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read the links of %s: %w", k.Number, err)
	}
	return links, downloads, nil
}

// Waiting reports whether a link to the answer of a case is open.
func (d *Desk) Waiting(ctx context.Context, k cases.Case) (bool, error) {
	links, _, err := d.Links(ctx, k)
	return slices.ContainsFunc(links, func(l Link) bool {
		return l.open(d.Now()) && k.Draft != nil && k.Draft.Digest == l.Draft && (k.State == cases.Approved || k.State == cases.Released)
	}), err
}

// EndLinks ends the links whose time is over and those of answers that are not to be
// handed over any more, and destroys what is kept of downloads once that is old. It says
// how many links it ended and destroyed. Doing it again does nothing.
func (d *Desk) EndLinks(ctx context.Context) (ended, destroyed int, err error) {
	type due struct {
		l             Link
		notice, state string
	}
	var all []due
	now := d.Now()
	keep := d.Config.Release.LogDays
	if keep == 0 {
		keep = logDays
	}
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		all = nil
		rows, err := tx.QueryContext(ctx, `SELECT `+linkColumns+`, c.notice, c.state FROM desk_link l JOIN cases c ON c.landlord = l.landlord AND c.id = l.case_id
			WHERE l.landlord = $1 AND (l.ended IS NULL AND (l.expires <= $2 OR l.began <= $3 OR c.state NOT IN ('approved', 'released')) OR l.ended <= $4) ORDER BY l.made, l.id LIMIT 1000`,
			d.Config.Landlord, store.Micros(now), store.Micros(now.Add(-resumeFor)), store.Micros(now.AddDate(0, 0, -keep)))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var x due
			l, err := scanLink(also{rows, []any{&x.notice, &x.state}})
			if err != nil {
				return err
			}
			x.l = l
			all = append(all, x)
		}
		return rows.Err()
	})
	if err != nil {
		return 0, 0, fmt.Errorf("look for links that are over: %w", err)
	}
	for _, x := range all {
		err := d.Store.Write(ctx, func(tx *store.Tx) error {
			switch {
			case x.l.State != LinkOpen:
				return d.destroyLink(ctx, tx, x.notice, x.l)
			case x.l.lease.After(now): // it is going out just now
				return nil
			case !now.Before(x.l.Expires):
				return d.endLink(ctx, tx, x.notice, x.l, LinkExpired, "system")
			case !x.l.Began.IsZero() && !now.Before(x.l.Began.Add(resumeFor)):
				return d.endLink(ctx, tx, x.notice, x.l, LinkBroken, "system")
			}
			return d.endLink(ctx, tx, x.notice, x.l, LinkOvertaken, "system")
		})
		if err != nil {
			return ended, destroyed, err
		}
		if x.l.State == LinkOpen {
			ended++
		} else {
			destroyed++
		}
	}
	return ended, destroyed, nil
}

// also scans further columns after those that a caller knows.
type also struct {
	row  interface{ Scan(...any) error }
	more []any
}

func (a also) Scan(to ...any) error { return a.row.Scan(append(to, a.more...)...) }

// destroyLink deletes what is left of a link that has ended, with its downloads.
func (d *Desk) destroyLink(ctx context.Context, tx *store.Tx, notice string, l Link) error {
	tx.Scrub()
	for _, query := range []string{`DELETE FROM desk_download WHERE landlord = $1 AND link = $2`, `DELETE FROM desk_link WHERE landlord = $1 AND id = $2`} {
		if _, err := tx.ExecContext(ctx, query, d.Config.Landlord, l.ID); err != nil {
			return fmt.Errorf("destroy a link: %w", err)
		}
	}
	return d.recordLink(ctx, tx, notice, l, "system", "link.destroyed", l.ID+"/destroyed", map[string]any{})
}

// hashOf is what is kept of something short that a person types: nobody can try what it
// may be without the pepper, which is sealed.
func hashOf(pepper []byte, what, typed string) []byte {
	h := hmac.New(sha256.New, pepper)
	h.Write([]byte("tenet link " + what + " v1\n" + typed))
	return h.Sum(nil)
}

func randomID() string {
	b := make([]byte, 12)
	rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

// randomToken is 256 random bits as a link has them.
func randomToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// wordLetters has none that is heard or read as another; 32 of them, so that a random
// byte modulo 32 is fair.
const wordLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// randomWords is 60 random bits to be read out: "7KQM 3XTP 9HRA".
func randomWords() string {
	random := make([]byte, 12)
	rand.Read(random)
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(wordLetters[r%32])
	}
	return b.String()
}

// plainWords is words as they were made, whichever way a person types them.
func plainWords(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "\t", "", "\u00a0", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
}
