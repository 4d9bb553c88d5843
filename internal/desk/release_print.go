package desk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/doc"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/pack"
	"tenet/internal/store"
)

// Printed is an answer to print and post.
type Printed struct {
	PDF    []byte   `json:"-"`
	Pages  int      `json:"pages"`  // of the answer
	Sheets int      `json:"sheets"` // in the envelope, printed on both sides
	Apart  []string `json:"apart"`  // files that are no pages: to be printed by themselves
}

// Print is the approved answer of a case as one PDF: a list for whoever fills the
// envelope, a sheet with the address (see [Desk.PostalAddress]), and every page of the answer. That a member of
// staff took it is recorded before they have it. It is not released by that: see
// [Desk.PostAnswer].
func (d *Desk) Print(ctx context.Context, k cases.Case, address, by string) (Printed, error) {
	files, err := d.openDraft(ctx, k)
	if err != nil {
		return Printed{}, err
	}
	at, err := d.PostalAddress(ctx, k, address)
	if err != nil {
		return Printed{}, err
	}
	var p Printed
	parts := [][]byte{nil} // the cover, which is made when the pages are counted
	for _, f := range files {
		switch ext := strings.ToLower(filepath.Ext(f.Name)); {
		case ext == ".pdf":
			parts = append(parts, f.Bytes)
		case strings.HasPrefix(f.Name, pack.DocumentFolder):
			p.Apart = append(p.Apart, strings.TrimPrefix(f.Name, pack.DocumentFolder))
		case k.Kind == law.KindPortability && !InWords(k) && ext != ".txt":
			p.Apart = append(p.Apart, f.Name) // for a computer: on a stick or a disk
		case ext == ".txt" && (InWords(k) || k.Kind == law.KindPortability):
			words, err := pack.Plain(k.Number, d.Notice.Landlord.Name, d.Today(), string(f.Bytes))
			if err != nil {
				return Printed{}, err
			}
			parts = append(parts, words)
		}
	}
	if len(parts) == 1 {
		return Printed{}, &Error{Code: "print", What: "this answer has no pages to print", Where: k.Number, Mend: "make it again: tenet case answer " + k.Number}
	}
	from := d.sender(k)
	cover := pack.Cover{Reference: k.Number, Landlord: d.Notice.Landlord.Name, To: append(nonEmpty(k.Requester.Name), at...), Return: append([]string{from.Name}, from.Address...), Day: d.Today(), Pages: 1, Apart: p.Apart}
	rd := doc.Reader{Limits: doc.Limits{Bytes: 1 << 30, Pages: 100_000, Time: 10 * time.Minute}}
	// Twice, as the cover says how many pages follow it.
	for range 2 {
		if parts[0], err = pack.WriteCover(cover); err != nil {
			return Printed{}, err
		}
		var pages []int
		if p.PDF, pages, err = rd.JoinPDF(ctx, parts...); err != nil {
			return Printed{}, fmt.Errorf("print the answer of %s: %w", k.Number, err)
		}
		if pages[0] != pack.CoverPages {
			return Printed{}, fmt.Errorf("print the answer of %s: its cover has %d pages, and an address or file name is too long for it", k.Number, pages[0])
		}
		cover.Pages = 0
		for _, n := range pages[1:] {
			cover.Pages += n
		}
	}
	p.Pages, p.Sheets = cover.Pages, cover.Sheets()
	_, err = d.Cases.Take(ctx, cases.On{Case: k.ID, By: by, Version: k.Version})
	return p, err
}

// PostalAddress is where an answer may be posted to, in lines: where the person asked for
// it, or, where that is empty, the address that the case has. It is refused where it is
// not safe.
func (d *Desk) PostalAddress(ctx context.Context, k cases.Case, address string) ([]string, error) {
	if lines := splitAddress(address); len(lines) > 0 {
		return lines, k.MayReach(address)
	}
	_, to, err := d.wayTo(ctx, k, NewLetter{Kind: letter.Ready, ByPost: true})
	if err != nil {
		return nil, err
	}
	lines := splitAddress(to)
	if len(lines) == 0 {
		return nil, &Error{Code: "address", What: "no postal address of the person is known", Where: k.Number, Mend: "give one that is safe with --address, or hand the answer over in another way"}
	}
	return lines, nil
}

// PostAnswer records that the approved answer went by post: that is its release. The
// same again, on the same day under the same number, is recorded once.
func (d *Desk) PostAnswer(ctx context.Context, k cases.Case, address string, p Posting, by string) (cases.Case, error) {
	at, err := d.PostalAddress(ctx, k, address)
	if err != nil {
		return k, err
	}
	if _, err := d.openDraft(ctx, k); err != nil {
		return k, err
	}
	switch approved := k.Draft.Approved; {
	case approved == nil:
		return k, &Error{Code: "needs", What: "the answer is not approved", Where: k.Number, Mend: "approve it first: tenet case approve " + k.Number}
	case p.Day.After(d.Today()) || p.Day.Before(law.DateOf(approved.At)):
		return k, &Error{Code: "usage", What: fmt.Sprintf("it cannot have been posted on %s: it was approved on %s", p.Day, law.DateOf(approved.At)), Where: k.Number, Mend: "give the day it went to the post"}
	}
	p.Recorded = strings.ToUpper(strings.Join(strings.Fields(p.Recorded), ""))
	if p.Recorded != "" && !recorded.MatchString(p.Recorded) {
		return k, &Error{Code: "usage", What: "the number of the recorded delivery is not 6 to 30 letters and digits", Where: k.Number, Mend: "copy it from the receipt, or leave it out"}
	}
	on := cases.On{Case: k.ID, By: by, Once: fmt.Sprintf("posted %s %s %s", k.Draft.Digest, p.Day, p.Recorded)}
	on.Also = func(ctx context.Context, tx *store.Tx) error {
		var n int64
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) + 1 FROM desk_posted WHERE landlord = $1 AND case_id = $2`, d.Config.Landlord, k.ID).Scan(&n); err != nil {
			return fmt.Errorf("number a posting: %w", err)
		}
		sealed, err := d.Cases.Seal(ctx, tx, k.ID, postedSealed(n), []byte(p.Recorded))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO desk_posted (landlord, case_id, n, day, actor, sealed) VALUES ($1, $2, $3, $4, $5, $6)`, d.Config.Landlord, k.ID, n, p.Day.String(), by, sealed); err != nil {
			return fmt.Errorf("keep a posting: %w", err)
		}
		return nil
	}
	return d.Cases.Deliver(ctx, on, cases.Delivery{Way: cases.Sent, To: strings.Join(at, "\n")})
}

func postedSealed(n int64) string { return fmt.Sprintf("posted %d", n) }

// PostedAnswer is one time that an answer went by post.
type PostedAnswer struct {
	Day      law.Date `json:"day"`
	By       string   `json:"by"`
	Recorded string   `json:"recorded,omitempty"`
}

// PostedAnswers is when the answer of a case went by post, the first first.
func (d *Desk) PostedAnswers(ctx context.Context, k cases.Case) ([]PostedAnswer, error) {
	var all []PostedAnswer
	err := d.Store.Read(ctx, func(tx *store.Tx) error {
		all = nil
		for n := int64(1); ; n++ {
			var p PostedAnswer
			var day string
			var sealed []byte
			err := tx.QueryRowContext(ctx, `SELECT day, actor, sealed FROM desk_posted WHERE landlord = $1 AND case_id = $2 AND n = $3`, d.Config.Landlord, k.ID, n).Scan(&day, &p.By, &sealed)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err == nil {
				p.Day, err = law.ParseDate(day)
			}
			if err != nil {
				return err
			}
			plain, err := d.Cases.Unseal(ctx, tx, k.ID, postedSealed(n), sealed)
			if err != nil && !errors.Is(err, cases.ErrForgotten) {
				return err
			}
			p.Recorded = string(plain)
			all = append(all, p)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read when the answer of %s was posted: %w", k.Number, err)
	}
	return all, nil
}
