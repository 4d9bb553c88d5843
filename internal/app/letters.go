package app

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/web"
)

// sendingWords are how far a letter has come.
var sendingWords = map[desk.Sending]string{
	desk.Queued: "Waits to go by e-mail", desk.ToPrint: "To print and post", desk.Mailed: "Sent by e-mail", desk.Posted: "Posted", desk.Dropped: "Dropped",
}

// letterPage is how many letters a page lists, and one more that says there is another.
const letterPage = 50

// Letters lists a part of the outbox, or all letters of a case.
func (s caseWork) Letters(ctx context.Context, by console.Staff, q console.LetterQuery) ([]console.LetterRow, error) {
	var all []desk.Outgoing
	if q.Number != "" {
		k, err := s.d.Cases.ByNumber(ctx, q.Number)
		if errors.Is(err, cases.ErrNotFound) {
			return nil, nil
		}
		if err == nil {
			all, err = s.d.LettersAfter(ctx, k.ID, int64(skip(q.Page, letterPage)), letterPage+1)
		}
		if err != nil {
			return nil, s.told(ctx, err)
		}
	} else {
		var err error
		if all, err = s.lettersIn(ctx, q.Show, skip(q.Page, letterPage), letterPage+1); err != nil {
			return nil, s.told(ctx, err)
		}
	}
	var out []console.LetterRow
	name := accounts{s.d}.names(ctx)
	for _, o := range all {
		k, err := s.d.Cases.Get(ctx, o.Case)
		if err != nil {
			return nil, s.told(ctx, err)
		}
		out = append(out, s.letterRow(by, k, o, name))
	}
	return out, nil
}

// lettersIn is a part of the outbox, as far as whoever acts may see the cases.
func (s caseWork) lettersIn(ctx context.Context, show string, from, most int) ([]desk.Outgoing, error) {
	if s.d.SeesAll(ctx) {
		return s.d.LettersIn(ctx, show, from, most)
	}
	const chunk = 200
	var out []desk.Outgoing
	for at := 0; len(out) < from+most; at += chunk {
		page, err := s.d.LettersIn(ctx, show, at, chunk)
		if err != nil {
			return nil, err
		}
		for _, o := range page {
			k, err := s.d.Cases.Get(ctx, o.Case)
			if err != nil {
				return nil, err
			}
			if s.d.SeesCase(ctx, k) {
				out = append(out, o)
			}
		}
		if len(page) < chunk {
			break
		}
	}
	out = out[min(from, len(out)):]
	return out[:min(most, len(out))], nil
}

// letterRow is a letter in a list. Of a case that is not for somebody's role it has no
// name.
func (s caseWork) letterRow(by console.Staff, k cases.Case, o desk.Outgoing, name func(string) string) console.LetterRow {
	waits := o.State == desk.ToPrint || o.State == desk.Queued
	r := console.LetterRow{Number: k.Number, N: strconv.FormatInt(o.N, 10), Kind: letterTitles[o.Kind], State: sendingWords[o.State], Written: o.Written, By: name(o.By),
		Latest: dayTime(o.Latest), Late: waits && !o.Latest.IsZero() && s.d.Today().After(o.Latest), Why: o.Why, Ended: o.Ended, Recorded: o.Recorded,
		Way: wayWords(o.Way, o.Kind.Open())}
	if o.EndedBy != "" {
		r.EndedBy = name(o.EndedBy)
	}
	if s.d.AllowCase(by.Role, desk.SeeCases, k) != nil || !k.Forgotten.IsZero() {
		return r
	}
	r.To = strings.Join(o.Letter.To, ", ")
	if o.Way == desk.ByEmail {
		r.To = o.To
	}
	r.CanPost, r.CanDrop = o.State == desk.ToPrint, waits
	r.CanRetry = o.State == desk.ToPrint && o.Why != "" && s.d.Config.Post != ""
	return r
}

// letterBy is a letter by its case and its number within it.
func (s caseWork) letterBy(ctx context.Context, number, n string) (desk.Outgoing, cases.Case, error) {
	o, err := s.d.LetterBy(ctx, number+"-"+n)
	var no *desk.Error
	if errors.As(err, &no) && no.Code == "not-found" {
		return o, cases.Case{}, web.ErrNotFound
	} else if err != nil {
		return o, cases.Case{}, s.told(ctx, err)
	}
	k, err := s.d.Cases.Get(ctx, o.Case)
	return o, k, s.told(ctx, err)
}

// One is a letter, whole.
func (s caseWork) One(ctx context.Context, by console.Staff, number, n string) (console.SentLetter, error) {
	o, k, err := s.letterBy(ctx, number, n)
	if err != nil {
		return console.SentLetter{}, err
	}
	out := console.SentLetter{LetterRow: s.letterRow(by, k, o, accounts{s.d}.names(ctx)), LetterText: letterText(o.Letter)}
	if o.Mail != nil && !o.Kind.Open() {
		out.Mail = o.Mail.Subject + "\n\n" + o.Mail.Text
	}
	return out, nil
}

// Print is letters as pages to print. That each was looked at is noted.
func (s caseWork) Print(ctx context.Context, by console.Staff, references []string, cover bool) ([]byte, []string, error) {
	for _, r := range references {
		at := strings.LastIndexByte(r, '-')
		if at < 0 {
			return nil, nil, web.ErrNotFound
		}
		_, k, err := s.letterBy(ctx, r[:at], r[at+1:])
		if err != nil {
			return nil, nil, err
		}
		if err := s.d.AllowCase(by.Role, desk.SeeCases, k); err != nil {
			return nil, nil, denied(err)
		}
		if err := s.d.Looked(ctx, by.ID, k.ID, "A letter, printed", ""); err != nil {
			return nil, nil, err
		}
	}
	page, left, err := s.d.LetterPages(ctx, references, cover)
	if len(left) > 0 && page == nil {
		return nil, left, nil
	}
	return page, left, s.told(ctx, err)
}

// PrintPolicy is what pages to print are shown under.
func (s caseWork) PrintPolicy() string { return letter.PagePolicy() }

// Posted records that a letter was posted.
func (s caseWork) Posted(ctx context.Context, by console.Staff, number, n, day, recorded string) error {
	when, err := law.ParseDate(day)
	if err != nil {
		return &console.Mistake{Field: "day", Text: "Enter a real date, such as 23 11 2026"}
	}
	return s.onLetter(ctx, number, n, func(ref string) error {
		return s.d.PostedLetter(ctx, ref, by.ID, desk.Posting{Day: when, Recorded: recorded})
	})
}

// Retry has a letter go by e-mail again.
func (s caseWork) Retry(ctx context.Context, by console.Staff, number, n string) error {
	err := s.onLetter(ctx, number, n, func(ref string) error { return s.d.RetryLetter(ctx, ref, by.ID) })
	s.queue.Wake()
	return err
}

// Drop says that a letter is not to go out.
func (s caseWork) Drop(ctx context.Context, by console.Staff, number, n, why string) error {
	return s.onLetter(ctx, number, n, func(ref string) error { return s.d.DropLetter(ctx, ref, by.ID, why) })
}

func (s caseWork) onLetter(ctx context.Context, number, n string, do func(reference string) error) error {
	if _, _, err := s.letterBy(ctx, number, n); err != nil {
		return err
	}
	return s.told(ctx, do(number+"-"+n))
}

// Templates is every letter in every language, and whose words it has.
func (s caseWork) Templates(context.Context) (out []console.LetterTemplate, strange []string, err error) {
	files, bad := s.d.SurveyLetters()
	for _, p := range bad {
		strange = append(strange, p.Error())
	}
	languages := map[letter.Lang]string{letter.English: "English", letter.Welsh: "Welsh"}
	for _, f := range files {
		t := console.LetterTemplate{Kind: string(f.Kind), Name: letterTitles[f.Kind], Lang: languages[f.Lang], Subject: f.Subject, Own: f.Own}
		for _, e := range f.Kind.Elements() {
			t.Says = append(t.Says, console.LetterBlock{Name: e.ID, Says: e.Says, Cite: citation(e.Cite, e.Verified)})
		}
		for _, p := range f.Problems {
			t.Problems = append(t.Problems, p.Error())
		}
		out = append(out, t)
	}
	return out, strange, nil
}

// Waiting counts what waits for somebody. Whoever does not see every set is shown no count:
// it would be of others' letters too.
func (s caseWork) Waiting(ctx context.Context) (letters, mail int, err error) {
	if !s.d.SeesAll(ctx) {
		return 0, 0, nil
	}
	c, err := s.d.PostCounts(ctx)
	return c.Print, c.Mail, err
}

// caseLetters is the last letters of a case, for its page, and whether there are more.
func (s caseWork) caseLetters(ctx context.Context, by console.Staff, k cases.Case) ([]console.LetterRow, bool, error) {
	all, err := s.d.Letters(ctx, k.ID)
	if err != nil {
		return nil, false, err
	}
	var out []console.LetterRow
	name := accounts{s.d}.names(ctx)
	for _, o := range all {
		out = append(out, s.letterRow(by, k, o, name))
	}
	slices.Reverse(out)
	return out, len(all) > 0 && all[0].N > 1, nil
}
