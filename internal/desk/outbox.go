package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/letter"
	"tenet/internal/post"
	"tenet/internal/store"
)

// Sending is how far a letter has come.
type Sending string

// How far a letter may have come.
const (
	Queued  Sending = "queued"  // to go by e-mail
	ToPrint Sending = "print"   // waits for somebody to print and post it
	Mailed  Sending = "sent"    // the mail server took it
	Posted  Sending = "posted"  // a member of staff posted it
	Dropped Sending = "dropped" // it is not to go out
)

// Outgoing is a letter in the outbox.
type Outgoing struct {
	Reference string      `json:"reference"` // the case's number and the letter's: AR-2026-0001-2
	Case      string      `json:"case"`      // its id
	N         int64       `json:"n"`         // within the case, from 1
	Kind      letter.Kind `json:"kind"`
	Lang      letter.Lang `json:"lang"`
	Way       Way         `json:"way"`
	State     Sending     `json:"state"`
	Latest    law.Date    `json:"latest,omitzero"` // the last day on which it may go out for the law's sake
	Written   time.Time   `json:"written"`
	By        string      `json:"by"`
	Tries     int         `json:"tries"`         // to hand it to the mail server
	Why       string      `json:"why,omitempty"` // it did not go by e-mail, or was dropped; names nobody
	Ended     time.Time   `json:"ended,omitzero"`
	EndedBy   string      `json:"ended_by,omitempty"`
	Content   `json:"content"`
}

// Content is what a letter says, and to whom it goes. It is sealed under the case's
// key, and empty once the case is forgotten.
type Content struct {
	To     string        `json:"to"`
	Letter letter.Letter `json:"letter"`
	Mail   *Mail         `json:"mail,omitempty"`
	// Post is where it goes if it cannot go by e-mail, of a letter about a breach.
	Post string `json:"post,omitempty"`
	// Recorded is the number by which the post follows it, if it was sent so.
	Recorded string `json:"recorded,omitempty"`
}

// sealedAs is the name under which a letter is sealed.
func sealedAs(n int64) string { return fmt.Sprintf("letter %d", n) }

// enqueue writes a letter into the outbox in the caller's transaction. One that was
// written under the same once is left as it is.
func (d *Desk) enqueue(ctx context.Context, tx *store.Tx, k cases.Case, once string, p Preview, by string) error {
	var n int64
	err := tx.QueryRowContext(ctx, `SELECT n FROM desk_letter WHERE landlord = $1 AND case_id = $2 AND once = $3`, d.Config.Landlord, k.ID, once).Scan(&n)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := d.asksNothing(p.Letter); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) + 1 FROM desk_letter WHERE landlord = $1 AND case_id = $2`, d.Config.Landlord, k.ID).Scan(&n); err != nil {
		return fmt.Errorf("number a letter: %w", err)
	}
	plain, err := json.Marshal(Content{To: p.To, Letter: p.Letter, Mail: p.Mail, Post: p.Post})
	if err != nil {
		return fmt.Errorf("keep a letter: %w", err)
	}
	sealed, err := d.Cases.Seal(ctx, tx, k.ID, sealedAs(n), plain)
	if err != nil {
		return err
	}
	state := ToPrint
	if p.Way == ByEmail {
		state = Queued
	}
	latest := ""
	if !p.Latest.IsZero() {
		latest = p.Latest.String()
	}
	_, err = tx.ExecContext(ctx, insertLetter,
		d.Config.Landlord, k.ID, n, once, string(p.Letter.Kind), string(p.Letter.Lang), string(p.Way), string(state), latest, store.Micros(d.Now()), by, sealed)
	if err != nil {
		return fmt.Errorf("keep a letter: %w", err)
	}
	o := Outgoing{Case: k.ID, N: n, Kind: p.Letter.Kind, Lang: p.Letter.Lang, Way: p.Way}
	return d.recordLetter(ctx, tx, o, k.Notice, by, "letter.queued", nil)
}

const insertLetter = `INSERT INTO desk_letter (landlord, case_id, n, once, kind, language, way, state, latest, written, actor, tries, why, ended_by, sealed)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', '', $12)`

// recordLetter writes an act on a letter into the ledger: once, whoever does it again.
func (d *Desk) recordLetter(ctx context.Context, tx *store.Tx, o Outgoing, notice, by, act string, more map[string]any) error {
	payload := map[string]any{"letter": o.N, "kind": o.Kind, "language": o.Lang, "way": o.Way}
	for key, v := range more {
		payload[key] = v
	}
	once := fmt.Sprintf("%s/%s/%d", act, o.Case, o.N)
	if act == "letter.failed" || act == "letter.retried" { // each time that it is
		once += fmt.Sprintf("/%d", o.Tries)
	}
	return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: act, Subject: o.Case, Notice: notice, Once: once}, payload)
}

const letterColumns = `l.case_id, l.n, l.kind, l.language, l.way, l.state, l.latest, l.written, l.actor, l.tries, l.why, l.ended, l.ended_by, l.sealed, c.number`

// scanLetter reads a letter; what it says is empty if its case is forgotten.
func (d *Desk) scanLetter(ctx context.Context, tx *store.Tx, row interface{ Scan(...any) error }) (o Outgoing, err error) {
	var latest, number string
	var written int64
	var ended sql.NullInt64
	var sealed []byte
	err = row.Scan(&o.Case, &o.N, &o.Kind, &o.Lang, &o.Way, &o.State, &latest, &written, &o.By, &o.Tries, &o.Why, &ended, &o.EndedBy, &sealed, &number)
	if errors.Is(err, sql.ErrNoRows) {
		return o, store.ErrNotFound
	} else if err != nil {
		return o, fmt.Errorf("read a letter: %w", err)
	}
	o.Reference, o.Written = fmt.Sprintf("%s-%d", number, o.N), store.Time(written)
	if latest != "" {
		if o.Latest, err = law.ParseDate(latest); err != nil {
			return o, fmt.Errorf("letter %s: %w", o.Reference, err)
		}
	}
	if ended.Valid {
		o.Ended = store.Time(ended.Int64)
	}
	plain, err := d.Cases.Unseal(ctx, tx, o.Case, sealedAs(o.N), sealed)
	if errors.Is(err, cases.ErrForgotten) {
		return o, nil
	}
	if err == nil {
		err = json.Unmarshal(plain, &o.Content)
	}
	if err != nil {
		return o, fmt.Errorf("letter %s: %w", o.Reference, err)
	}
	if o.Kind == letter.NoticeChanged && o.Way == ByEmail && o.Mail == nil { // the e-mail is the letter, and is kept once
		o.Mail = &Mail{o.Letter.Subject, o.Letter.Text()}
	}
	return o, nil
}

// lettersWhere is the letters that a condition chooses.
func (d *Desk) lettersWhere(ctx context.Context, where string, args ...any) ([]Outgoing, error) {
	var all []Outgoing
	err := d.Store.Read(ctx, func(tx *store.Tx) error {
		// The rows are read before what they say is opened: one transaction, one query at a time.
		rows, err := tx.QueryContext(ctx, `SELECT l.case_id, l.n FROM desk_letter l WHERE l.landlord = $1 AND `+where, append([]any{d.Config.Landlord}, args...)...)
		if err != nil {
			return err
		}
		type key struct {
			id string
			n  int64
		}
		var keys []key
		for rows.Next() {
			var k key
			if err := rows.Scan(&k.id, &k.n); err != nil {
				rows.Close()
				return err
			}
			keys = append(keys, k)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for _, k := range keys {
			o, err := d.letterIn(ctx, tx, k.id, k.n)
			if err != nil {
				return err
			}
			all = append(all, o)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the outbox: %w", err)
	}
	return all, nil
}

func (d *Desk) letterIn(ctx context.Context, tx *store.Tx, id string, n int64) (Outgoing, error) {
	return d.scanLetter(ctx, tx, tx.QueryRowContext(ctx, `SELECT `+letterColumns+` FROM desk_letter l JOIN cases c ON c.landlord = l.landlord AND c.id = l.case_id
		WHERE l.landlord = $1 AND l.case_id = $2 AND l.n = $3`, d.Config.Landlord, id, n))
}

// letterOnce is the letter of a case that was written under a name; store.ErrNotFound
// if there is none.
func (d *Desk) letterOnce(ctx context.Context, id, once string) (Outgoing, error) {
	all, err := d.lettersWhere(ctx, `l.case_id = $2 AND l.once = $3`, id, once)
	if err != nil {
		return Outgoing{}, err
	}
	if len(all) == 0 {
		return Outgoing{}, store.ErrNotFound
	}
	return all[0], nil
}

// Letters is the letters of a case that were written last, at most 50 of them, in the
// order in which they were. There are more where the first of them is not number 1.
func (d *Desk) Letters(ctx context.Context, id string) ([]Outgoing, error) {
	all, err := d.lettersWhere(ctx, `l.case_id = $2 ORDER BY l.n DESC LIMIT 50`, id)
	slices.Reverse(all)
	return all, err
}

// LettersAfter is the letters of a case after that of a number, in the order in which they
// were written, at most limit of them. They are numbered from 1 without gaps, so that a
// page far down the letters to a hundred thousand costs what the first does.
func (d *Desk) LettersAfter(ctx context.Context, id string, after int64, limit int) ([]Outgoing, error) {
	return d.lettersWhere(ctx, `l.case_id = $2 AND l.n > $3 ORDER BY l.n LIMIT $4`, id, after, limit)
}

// Outbox is letters in a state that is not their last, those that wait longest first, at most limit of
// them: with [ToPrint] the list to print and post. What goes to many, of a change of the
// notice, comes after all others.
func (d *Desk) Outbox(ctx context.Context, state Sending, limit int) ([]Outgoing, error) {
	return d.lettersWhere(ctx, `l.state = $2 AND l.ended IS NULL ORDER BY CASE l.kind WHEN 'notice-changed' THEN 1 ELSE 0 END, l.written, l.case_id, l.n LIMIT $3`, string(state), limit)
}

// LetterBy is a letter by its reference.
func (d *Desk) LetterBy(ctx context.Context, reference string) (Outgoing, error) {
	unknown := &Error{Code: "not-found", What: "there is no such letter", Where: reference, Mend: "look at the letters of the case", Err: store.ErrNotFound}
	at := strings.LastIndexByte(reference, '-')
	if at < 0 {
		return Outgoing{}, unknown
	}
	n, err := strconv.ParseInt(reference[at+1:], 10, 64)
	if err != nil {
		return Outgoing{}, unknown
	}
	k, err := d.Cases.ByNumber(ctx, reference[:at])
	if errors.Is(err, cases.ErrNotFound) {
		return Outgoing{}, unknown
	} else if err != nil {
		return Outgoing{}, err
	}
	all, err := d.lettersWhere(ctx, `l.case_id = $2 AND l.n = $3`, k.ID, n)
	if err == nil && len(all) == 0 {
		err = unknown
	}
	if err != nil {
		return Outgoing{}, err
	}
	return all[0], nil
}

// LetterPage is a letter as a page to print, with a cover sheet if asked: for the
// letter to a place that is still safe, and no other.
func (d *Desk) LetterPage(ctx context.Context, reference string, cover bool, enclosed ...string) ([]byte, error) {
	o, err := d.LetterBy(ctx, reference)
	if err != nil {
		return nil, err
	}
	k, err := d.Cases.Get(ctx, o.Case)
	if err != nil {
		return nil, err
	}
	if !k.Forgotten.IsZero() {
		return nil, cases.ErrForgotten
	}
	if o.Way == ByPost {
		if err := k.MayReach(o.To); err != nil {
			return nil, err
		}
	}
	set, err := d.letters()
	if err != nil {
		return nil, err
	}
	return set.Page(o.Letter, cover, enclosed...)
}

// SendQueued hands a letter to the mail server; done, which may be nil, is part of
// the transaction that records it. It does nothing to one that is not queued. What the
// mail server will never take, what it would not take after the last try, and what may
// not go there any more waits to be printed, with a task for staff.
//
// A letter that was handed over and whose record was lost, as by a crash in between,
// is handed over again under the same reference: see package post.
func (d *Desk) SendQueued(ctx context.Context, by post.Sender, reference string, last bool, done func(context.Context, *store.Tx) error) error {
	o, err := d.LetterBy(ctx, reference)
	if err != nil {
		return err
	}
	k, err := d.Cases.Get(ctx, o.Case)
	if err != nil {
		return err
	}
	if o.State != Queued || !k.Forgotten.IsZero() {
		return nil
	}
	if o.Mail == nil {
		return fmt.Errorf("letter %s goes by e-mail and has none", o.Reference)
	}
	if err := k.MayReach(o.To); err != nil {
		return d.failed(ctx, k, o, "the person may not be reached there any more", true, done)
	}
	if o.Kind == letter.NoticeChanged { // its case is nobody's, and hours may lie between writing and sending
		safe, err := d.safeFor(ctx, cases.Person{Email: o.To})
		if err != nil {
			return err
		}
		if !safe(o.To) {
			if !safe(o.Content.Post) {
				o.Content.Post = ""
			}
			return d.failed(ctx, k, o, "the person may not be reached there any more", true, done)
		}
	}
	if !o.Kind.Open() {
		// The e-mail says that the letter is there to read, so that has to be so first.
		words := o.Letter.Subject + "\n\n" + o.Letter.Text()
		if k, err = d.Cases.Tell(ctx, cases.On{Case: k.ID, By: "system", Once: "letter " + o.Reference}, words); err != nil {
			var no *cases.Error
			if errors.As(err, &no) {
				return d.failed(ctx, k, o, "the portal cannot show it: "+no.Message, true, done)
			}
			return err
		}
	}
	err = by.Send(ctx, post.Message{To: o.To, Subject: o.Mail.Subject, Text: o.Mail.Text, Reference: o.Reference})
	var no *post.Error
	switch {
	case err == nil:
		return d.gone(ctx, k, o, Mailed, "system", d.Today(), done)
	case ctx.Err() != nil || !errors.As(err, &no):
		return err
	}
	if no.Permanent || last {
		return d.failed(ctx, k, o, no.Error(), no.Permanent, done)
	}
	why := no.Error()
	return errors.Join(err, d.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE desk_letter SET tries = tries + 1, why = $4 WHERE landlord = $1 AND case_id = $2 AND n = $3 AND state = 'queued'`,
			d.Config.Landlord, o.Case, o.N, why)
		return err
	}))
}

// errMoved says that a letter or a message is not where it was when it was read.
var errMoved = errors.New("it was dealt with meanwhile")

// move brings a letter from the state it was read in to another. Of two who try, one
// does.
func (d *Desk) move(ctx context.Context, tx *store.Tx, o Outgoing, to Sending, by, why string) error {
	way, tries, ended := o.Way, o.Tries, sql.NullInt64{}
	if o.State == Queued {
		tries++
	}
	if to == ToPrint {
		way, by = ByPost, ""
	} else {
		ended = sql.NullInt64{Int64: store.Micros(d.Now()), Valid: true}
	}
	r, err := tx.ExecContext(ctx, `UPDATE desk_letter SET state = $5, way = $6, tries = $7, why = $8, ended = $9, ended_by = $10
		WHERE landlord = $1 AND case_id = $2 AND n = $3 AND state = $4`,
		d.Config.Landlord, o.Case, o.N, string(o.State), string(to), string(way), tries, why, ended, by)
	if err != nil {
		return fmt.Errorf("letter %s: %w", o.Reference, err)
	}
	if n, err := r.RowsAffected(); err != nil {
		return fmt.Errorf("letter %s: %w", o.Reference, err)
	} else if n != 1 {
		return errMoved
	}
	return nil
}

// gone records that a letter went, and, where it told the person that their complaint
// came, that they know.
func (d *Desk) gone(ctx context.Context, k cases.Case, o Outgoing, how Sending, by string, day law.Date, done func(context.Context, *store.Tx) error) error {
	recorded := false
	record := func(ctx context.Context, tx *store.Tx) error {
		recorded = true
		if err := d.move(ctx, tx, o, how, by, ""); err != nil {
			return err
		}
		if err := d.recordLetter(ctx, tx, o, k.Notice, by, "letter."+string(how), map[string]any{"day": day}); err != nil {
			return err
		}
		if err := d.toldOfBreach(ctx, tx, o); err != nil {
			return err
		}
		if done != nil {
			return done(ctx, tx)
		}
		return nil
	}
	if o.Kind == letter.ComplaintAck || o.Kind == letter.DataComplaint {
		_, err := d.Cases.Acknowledge(ctx, cases.On{Case: k.ID, By: by, Also: record}, day, "")
		var no *cases.Error
		if recorded || err != nil && !errors.As(err, &no) {
			return err
		}
		// It was acknowledged before, or has ended since: the letter went all the same.
	}
	return d.Store.Write(ctx, func(tx *store.Tx) error { return record(ctx, tx) })
}

// failed has a letter wait to be printed instead, and tells staff.
func (d *Desk) failed(ctx context.Context, k cases.Case, o Outgoing, why string, permanent bool, done func(context.Context, *store.Tx) error) error {
	also := func(ctx context.Context, tx *store.Tx) error {
		if err := d.move(ctx, tx, o, ToPrint, "system", why); err != nil {
			return err
		}
		// Where it would go by post, if anywhere is safe.
		to := strings.Join(splitAddress(k.Requester.Address), "\n")
		if k.MayReach(k.Requester.Address) != nil {
			to = ""
		}
		if o.Kind == letter.Breach || o.Kind == letter.NoticeChanged { // it is to somebody else than whom the case names
			to = o.Content.Post
		}
		o.Content.To, o.Content.Mail = to, nil
		o.Content.Letter.To = addressed(o.Content.Letter.To, to)
		if err := d.reseal(ctx, tx, o); err != nil {
			return err
		}
		if err := d.recordLetter(ctx, tx, o, k.Notice, "system", "letter.failed", map[string]any{"permanent": permanent, "why": why}); err != nil {
			return err
		}
		if done != nil {
			return done(ctx, tx)
		}
		return nil
	}
	return d.tellStaff(ctx, k, fmt.Sprintf("letter %s failed %d", o.Reference, o.Tries), fmt.Sprintf("The letter %s (%s) did not go by e-mail: %s. Print and post it, or reach the person in another way.", o.Reference, o.Kind, why), also)
}

// addressed is a letter's address with the name it had, if any, and another place.
func addressed(had []string, to string) []string {
	out := splitAddress(to)
	if len(had) > 0 {
		out = append([]string{had[0]}, out...)
	}
	return out
}

// postmaster has the tasks of the outbox until somebody takes them.
const postmaster = "outbox"

// tellStaff gives staff a task for today or, where the case takes none any more, a
// note, with whatever else belongs to the same transaction.
func (d *Desk) tellStaff(ctx context.Context, k cases.Case, once, what string, also func(context.Context, *store.Tx) error) error {
	on := cases.On{Case: k.ID, By: "system", Once: once, Also: also}
	_, err := d.Cases.Assign(ctx, on, cases.NewTask{Sort: cases.TaskOther, Place: "letters", Owner: postmaster, Due: EndOfDay(d.Today()), What: what})
	if errors.Is(err, cases.ErrState) {
		_, err = d.Cases.Note(ctx, on, what)
	}
	return err
}

// handOver gives staff the task of a letter that could not be written; once.
func (d *Desk) handOver(ctx context.Context, k cases.Case, once, what string) error {
	return d.tellStaff(ctx, k, "no letter "+once, what, nil)
}
