package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/web"
)

// releases is the handing over of answers as staff do it.
type releases struct{ staffDesk }

var linkEnds = map[desk.LinkState]string{
	desk.LinkUsed: "the answer was downloaded", desk.LinkBroken: "a download broke off and was not begun again in time", desk.LinkExpired: "it expired",
	desk.LinkWithdrawn: "withdrawn", desk.LinkReplaced: "replaced by another", desk.LinkLocked: "locked after too many wrong codes or words", desk.LinkOvertaken: "the answer, or where codes may go, is another now",
}

var factorWords = map[cases.FactorKind]string{cases.EmailCode: "a code by e-mail, and the words", cases.PhoneCode: "a code by telephone, and the words"}

func (s releases) HandingOver(ctx context.Context, by console.Staff, number string) (console.HandingOver, error) {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return console.HandingOver{}, s.told(ctx, err)
	}
	out := console.HandingOver{Approved: k.State == cases.Approved || k.State == cases.Released, Email: s.d.Config.Post != "", Days: s.d.LinkDays()}
	if out.Approved {
		err := s.d.Releasable(ctx, k, by.ID)
		var no *desk.Error
		if errors.As(err, &no) {
			out.Lacks = sentence(no.What) + " " + sentence(no.Mend)
		} else if err != nil {
			return out, s.told(ctx, err)
		}
		for _, to := range []string{k.Requester.Email, k.Requester.Phone} {
			if to != "" && k.MayReach(to) == nil {
				out.Held = append(out.Held, to)
			}
		}
		if at, err := s.d.PostalAddress(ctx, k, ""); err == nil {
			out.Address = strings.Join(at, ", ")
		}
	}
	name := accounts{s.d}.names(ctx)
	links, downloads, err := s.d.Links(ctx, k)
	if err != nil {
		return out, s.told(ctx, err)
	}
	for _, l := range links {
		if l.State == desk.LinkOpen {
			out.Link = &console.OpenLink{By: name(l.By), Made: l.Made, Expires: l.Expires, Phone: l.Factor == cases.PhoneCode, To: l.To, Asked: l.Asked, Began: l.Began}
			continue
		}
		e := console.EndedLink{Made: l.Made, Ended: l.Ended, How: linkEnds[l.State]}
		switch l.EndedBy {
		case "system":
		case k.Number:
			e.By = "the person"
		default:
			e.By = name(l.EndedBy)
		}
		out.Ended = append(out.Ended, e)
	}
	for _, w := range downloads {
		out.Downloads = append(out.Downloads, console.Download{Began: w.Began, Ended: w.Ended, Factor: factorWords[w.Factor], Bytes: w.Bytes, Size: w.Size, Complete: w.Complete})
	}
	posted, err := s.d.PostedAnswers(ctx, k)
	for _, p := range posted {
		out.Posted = append(out.Posted, console.Posted{Day: p.Day.Start(), By: name(p.By), Recorded: p.Recorded})
	}
	return out, s.told(ctx, err)
}

func (s releases) MakeLink(ctx context.Context, by console.Staff, number string, n console.NewLink) (console.MadeLink, error) {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return console.MadeLink{}, s.told(ctx, err)
	}
	var since law.Date
	if n.Since != "" {
		if since, err = law.ParseDate(n.Since); err != nil {
			return console.MadeLink{}, &console.Mistake{Field: "since", Text: "Enter a real date, such as 23 11 2024"}
		}
	}
	made, err := s.d.MakeLink(ctx, k, desk.NewLink{To: n.To, Since: since, Alone: n.Alone, Days: n.Days, Tell: n.Tell}, by.ID)
	if err != nil {
		return console.MadeLink{}, s.told(ctx, err)
	}
	s.queue.Wake()
	return console.MadeLink{Words: made.Words, URL: made.URL, Letter: made.Letter, Expires: made.Expires}, nil
}

func (s releases) ReadCode(ctx context.Context, by console.Staff, number string) (string, time.Time, error) {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return "", time.Time{}, s.told(ctx, err)
	}
	code, until, err := s.d.ReadOutCode(ctx, k, by.ID)
	return code, until, s.told(ctx, err)
}

func (s releases) WithdrawLink(ctx context.Context, by console.Staff, number string) error {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err == nil {
		err = s.d.WithdrawLink(ctx, k, by.ID)
	}
	return s.told(ctx, err)
}

func (s releases) Print(ctx context.Context, by console.Staff, number string) (web.File, error) {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return web.File{}, s.told(ctx, err)
	}
	p, err := s.d.Print(ctx, k, "", by.ID)
	return web.File{Name: k.Number + ".pdf", Type: "application/pdf", Size: int64(len(p.PDF)), Body: io.NopCloser(bytes.NewReader(p.PDF))}, s.told(ctx, err)
}

func (s releases) Posted(ctx context.Context, by console.Staff, number, day, recorded string) error {
	on, err := law.ParseDate(day)
	if err != nil {
		return &console.Mistake{Field: "day", Text: "Enter a real date, such as 23 11 2026"}
	}
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err == nil {
		_, err = s.d.PostAnswer(ctx, k, "", desk.Posting{Day: on, Recorded: recorded}, by.ID)
	}
	return s.told(ctx, err)
}
