package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/store"
)

// Posting is how a letter went to the post.
type Posting struct {
	Day law.Date
	// Recorded is the number by which the post follows it; empty where it was sent as any
	// other letter.
	Recorded string
}

var recorded = regexp.MustCompile(`^[A-Z0-9]{6,30}$`)

// PostedLetter records that a member of staff posted a letter. One that was posted
// already stays as it is.
func (d *Desk) PostedLetter(ctx context.Context, reference, by string, p Posting) error {
	o, k, err := d.letterAndCase(ctx, reference)
	if err != nil || o.State == Posted {
		return err
	}
	if o.State != ToPrint {
		return &Error{Code: "state", What: fmt.Sprintf("the letter is %s, and not one that waits to be posted", o.State), Where: reference, Mend: "look at it again"}
	}
	written := law.DateOf(o.Written)
	if p.Day.After(d.Today()) || p.Day.Before(written) {
		return &Error{Code: "usage", What: fmt.Sprintf("it cannot have been posted on %s: it was written on %s", p.Day, written), Where: reference, Mend: "give the day it went to the post"}
	}
	p.Recorded = strings.ToUpper(strings.Join(strings.Fields(p.Recorded), ""))
	if p.Recorded != "" && !recorded.MatchString(p.Recorded) {
		return &Error{Code: "usage", What: "the number of the recorded delivery is not 6 to 30 letters and digits", Where: reference, Mend: "copy it from the receipt, or leave it out"}
	}
	if err := k.MayReach(o.To); err != nil {
		return err
	}
	return meanwhile(d.gone(ctx, k, o, Posted, by, p.Day, func(ctx context.Context, tx *store.Tx) error {
		if p.Recorded == "" {
			return nil
		}
		o.Content.Recorded = p.Recorded
		return d.reseal(ctx, tx, o)
	}), reference)
}

// reseal writes what a letter says anew.
func (d *Desk) reseal(ctx context.Context, tx *store.Tx, o Outgoing) error {
	plain, err := json.Marshal(o.Content)
	if err != nil {
		return fmt.Errorf("letter %s: %w", o.Reference, err)
	}
	sealed, err := d.Cases.Seal(ctx, tx, o.Case, sealedAs(o.N), plain)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE desk_letter SET sealed = $4 WHERE landlord = $1 AND case_id = $2 AND n = $3`, d.Config.Landlord, o.Case, o.N, sealed); err != nil {
		return fmt.Errorf("letter %s: %w", o.Reference, err)
	}
	return nil
}

// RetryLetter has a letter that did not go by e-mail go by e-mail again, to where the
// person may be reached by now.
func (d *Desk) RetryLetter(ctx context.Context, reference, by string) error {
	o, k, err := d.letterAndCase(ctx, reference)
	if err != nil || o.State == Queued {
		return err
	}
	if o.State != ToPrint || !k.Forgotten.IsZero() {
		return &Error{Code: "state", What: fmt.Sprintf("the letter is %s, and not one that can be sent again", o.State), Where: reference, Mend: "write a new one from the case"}
	}
	n := NewLetter{Kind: o.Kind, Lang: o.Lang}
	way, to, err := d.wayTo(ctx, k, n)
	if err != nil {
		return err
	}
	if way != ByEmail || o.Kind == letter.Consent { // which goes to somebody else, by post
		return &Error{Code: "usage", What: "no e-mail can take this letter: there is no mail server, no address, or nowhere to read it", Where: reference, Mend: "print and post it"}
	}
	o.Content.To, o.Content.Mail = to, &Mail{o.Letter.Subject, o.Letter.Text()}
	if !o.Kind.Open() {
		set, err := d.letters()
		if err != nil {
			return err
		}
		in, _, err := d.letterInput(k, &NewLetter{Kind: letter.Waiting, Lang: o.Lang})
		if err != nil {
			return err
		}
		said, err := set.Write(in)
		if err != nil {
			return unwritten(k, err)
		}
		o.Content.Mail = &Mail{said.Subject, said.Text()}
	}
	return meanwhile(d.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE desk_letter SET state = 'queued', way = 'email', why = '', tries = tries + 1 WHERE landlord = $1 AND case_id = $2 AND n = $3 AND state = 'print'`,
			d.Config.Landlord, o.Case, o.N)
		if err != nil {
			return fmt.Errorf("letter %s: %w", reference, err)
		}
		if n, err := r.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, errMoved)
		}
		if err := d.reseal(ctx, tx, o); err != nil {
			return err
		}
		o.Way = ByEmail
		return d.recordLetter(ctx, tx, o, k.Notice, by, "letter.retried", nil)
	}), reference)
}

// DropLetter records that a letter is not to go out, and why. What it told of is
// undone by a step of the case alone, if at all.
func (d *Desk) DropLetter(ctx context.Context, reference, by, why string) error {
	o, k, err := d.letterAndCase(ctx, reference)
	if err != nil || o.State == Dropped {
		return err
	}
	if strings.TrimSpace(why) == "" {
		return &Error{Code: "usage", What: "a letter is not dropped without a reason", Where: reference, Mend: "say why"}
	}
	if o.State != ToPrint && o.State != Queued {
		return &Error{Code: "state", What: fmt.Sprintf("the letter is %s already", o.State), Where: reference, Mend: "look at it again"}
	}
	_, err = d.Cases.Note(ctx, cases.On{Case: k.ID, By: by, Also: func(ctx context.Context, tx *store.Tx) error {
		if err := d.move(ctx, tx, o, Dropped, by, "dropped by staff"); err != nil {
			return err
		}
		return d.recordLetter(ctx, tx, o, k.Notice, by, "letter.dropped", nil)
	}}, "The letter "+o.Reference+" is not to go out: "+why)
	return meanwhile(err, reference)
}

func (d *Desk) letterAndCase(ctx context.Context, reference string) (Outgoing, cases.Case, error) {
	o, err := d.LetterBy(ctx, reference)
	if err != nil {
		return o, cases.Case{}, err
	}
	k, err := d.Cases.Get(ctx, o.Case)
	return o, k, err
}

// meanwhile is an error of somebody who came second, for people.
func meanwhile(err error, reference string) error {
	if errors.Is(err, errMoved) {
		return &Error{Code: "state", What: "somebody else has dealt with it meanwhile", Where: reference, Mend: "look at it again", Err: err}
	}
	return err
}

// The parts of the outbox that staff look at.
const (
	ShowPrint   = "print"   // to print and post
	ShowWaiting = "waiting" // to go by e-mail
	ShowFailed  = "failed"  // to print and post, as no e-mail would take them
	ShowSent    = "sent"    // gone, by e-mail or by post
	ShowDropped = "dropped"
)

// showing is which letters a part of the outbox has, and in which order.
var showing = map[string]struct{ where, order string }{
	ShowPrint:   {`l.ended IS NULL AND l.state = 'print'`, `l.written, l.case_id, l.n`},
	ShowWaiting: {`l.ended IS NULL AND l.state = 'queued'`, `l.written, l.case_id, l.n`},
	ShowFailed:  {`l.ended IS NULL AND l.state = 'print' AND l.why <> ''`, `l.written, l.case_id, l.n`},
	ShowSent:    {`l.state IN ('sent', 'posted')`, `l.ended DESC, l.case_id, l.n`},
	ShowDropped: {`l.state = 'dropped'`, `l.ended DESC, l.case_id, l.n`},
}

// LettersIn is a part of the outbox, from the letter after the first skip on, at most
// limit of them.
func (d *Desk) LettersIn(ctx context.Context, show string, skip, limit int) ([]Outgoing, error) {
	s, ok := showing[show]
	if !ok {
		return nil, &Error{Code: "usage", What: fmt.Sprintf("the outbox has no part %.20q", show), Where: "show", Mend: "use print, waiting, failed, sent or dropped"}
	}
	return d.lettersWhere(ctx, s.where+` ORDER BY `+s.order+` LIMIT $2 OFFSET $3`, limit, skip)
}

// PostCounts is how much waits in the outbox and in the mailbox.
type PostCounts struct{ Print, Waiting, Failed, Mail int }

// PostCounts counts what waits.
func (d *Desk) PostCounts(ctx context.Context) (c PostCounts, err error) {
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT count(CASE WHEN state = 'print' THEN 1 END), count(CASE WHEN state = 'queued' THEN 1 END), count(CASE WHEN state = 'print' AND why <> '' THEN 1 END)
			FROM desk_letter WHERE landlord = $1 AND ended IS NULL`, d.Config.Landlord).Scan(&c.Print, &c.Waiting, &c.Failed)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM desk_mail WHERE landlord = $1 AND ended IS NULL`, d.Config.Landlord).Scan(&c.Mail)
	})
	if err != nil {
		return c, fmt.Errorf("count what waits in the outbox and the mailbox: %w", err)
	}
	return c, nil
}

// LetterPages is letters as pages to print, each on sheets of its own, with a cover
// sheet if asked, for the letters to a place that is still safe; the others are named in left.
func (d *Desk) LetterPages(ctx context.Context, references []string, cover bool) (page []byte, left []string, err error) {
	set, err := d.letters()
	if err != nil {
		return nil, nil, err
	}
	var sheets []letter.Sheet
	for _, r := range references {
		o, k, err := d.letterAndCase(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		if !k.Forgotten.IsZero() || o.Way == ByPost && k.MayReach(o.To) != nil {
			left = append(left, r)
			continue
		}
		sheets = append(sheets, letter.Sheet{Letter: o.Letter, Cover: cover})
	}
	if len(sheets) == 0 {
		return nil, left, &Error{Code: "usage", What: "none of these letters may be printed", Where: "letters", Mend: "reach the people in the way they chose"}
	}
	page, err = set.Pages(sheets...)
	return page, left, err
}

// SurveyLetters is every letter in every language, whose words it has, and what is
// wrong with it.
func (d *Desk) SurveyLetters() ([]letter.File, []letter.Problem) {
	return letter.Survey(os.DirFS(filepath.Join(d.Dir, lettersFolder)))
}

// HandOverLetter gives staff the task to reach a person whom no letter can reach
// safely, once for each version of the case.
func (d *Desk) HandOverLetter(ctx context.Context, k cases.Case, kind letter.Kind, why error) error {
	return d.handOver(ctx, k, fmt.Sprintf("%s %d", kind, k.Version), fmt.Sprintf("Reach the person in the way they chose (%s): no letter could be written. %s.", kind, strings.TrimSuffix(why.Error(), ".")))
}
