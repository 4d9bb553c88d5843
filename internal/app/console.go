package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/pack"
	"tenet/internal/web"
)

// staffDesk is the desk as staff meet it.
type staffDesk struct{ *office }

const (
	casesPage  = 50
	recordPage = 20
)

// skip is how many stand before a page, and pages how many pages there are. A
// page number comes from an address that anyone may edit.
func skip(page, size int) int { return (min(max(page, 1), 1_000_000) - 1) * size }

func pages(n, size int) int { return max(1, (n+size-1)/size) }

// open is a case, with what was found for it if it has a draft.
func (s staffDesk) open(ctx context.Context, number string) (cases.Case, *found, error) {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil || k.Draft == nil {
		return k, &found{}, s.told(ctx, err)
	}
	answer, list, err := s.d.Dispositions(ctx, k)
	if err != nil {
		return k, nil, s.told(ctx, err)
	}
	return k, &found{answer, list}, nil
}

// Case is a case with what was found for it and what is in its draft. Both are read
// from sealed files, which takes as long as the answer is large: see Head.
func (s staffDesk) Case(ctx context.Context, number string) (console.Case, error) {
	k, f, err := s.open(ctx, number)
	if err != nil {
		return console.Case{}, err
	}
	out, err := s.head(ctx, k)
	if err != nil {
		return console.Case{}, err
	}
	out.Review, out.Gaps = f.waiting(), f.gaps()
	if k.Draft != nil {
		s.parts(ctx, k, out.Draft)
	}
	out.Next = s.next(ctx, k, out)
	return out, nil
}

// Head is a case as its row has it: no file is opened.
func (s staffDesk) Head(ctx context.Context, number string) (console.Case, error) {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return console.Case{}, s.told(ctx, err)
	}
	return s.head(ctx, k)
}

func (s staffDesk) head(ctx context.Context, k cases.Case) (console.Case, error) {
	clock, err := s.d.Cases.ClockOf(k, nil)
	if err != nil {
		return console.Case{}, s.told(ctx, err)
	}
	name := accounts{s.d}.names(ctx)
	l := listed{Case: k}
	if l.holder, err = s.holder(ctx, k.ID); err != nil {
		return console.Case{}, s.told(ctx, err)
	}
	out := console.Case{CaseRow: s.row(k, l.with(name)), Asked: wanted(k), Channel: s.came(k.Channel), Clock: clockWords(clock)}
	h, _ := k.Kind.Handling()
	out.Anybody, out.InWords = h.Proof == law.NoAssurance, desk.InWords(k)
	out.Due = out.Clock.Due // counted today, where the list has it as it was at the last step
	if id := k.Identity; id != nil {
		out.Identity = &console.Identity{How: id.How, Note: id.Note, By: name(id.By), On: id.At}
	}
	if d := k.Draft; d != nil {
		out.Withheld, out.Review = d.Withheld, d.Undecided
		for _, at := range slices.Sorted(maps.Keys(d.Counts)) {
			source, table, _ := strings.Cut(at, ".")
			out.Counts = append(out.Counts, console.Count{Source: source, Table: table, Records: d.Counts[at]})
		}
		for _, w := range slices.Sorted(maps.Keys(d.Whose)) {
			out.Whose = append(out.Whose, console.WhoseCount{Whose: w, Records: d.Whose[w]})
		}
		out.Draft = &console.Draft{Fingerprint: d.Digest, Made: d.At, Size: d.Size}
		if a := d.Approved; a != nil {
			out.Draft.Approved = &console.Approval{By: name(a.By), On: a.At}
		}
		if stale(k) {
			out.Draft.Blocked = "Something was decided after this draft was made. It is made again within a minute or two; tenet case answer " + k.Number + " does so at once."
		}
	}
	out.Next = s.next(ctx, k, out)
	return out, nil
}

// parts opens the draft of a case to name its parts. One that cannot be opened, or is
// not the one that was made, says so instead.
func (s staffDesk) parts(ctx context.Context, k cases.Case, d *console.Draft) {
	files, err := s.d.Pack(ctx, k)
	if err != nil {
		d.Blocked = s.told(ctx, err).Error()
		return
	}
	for _, f := range files {
		d.Parts = append(d.Parts, console.Part{Name: f.Name, What: partWords[f.Name], Size: int64(len(f.Bytes))})
	}
}

var partWords = map[string]string{
	pack.PageName:   "One page with everything, for reading",
	pack.PDFName:    "The same in pages, for printing",
	pack.SheetName:  "What is in it, what is left out and why, as a workbook",
	pack.CSVName:    "The same for a spreadsheet",
	pack.JSONName:   "The same for a computer",
	pack.ReadMeName: "What is in the pack, and how to open it",
}

func (s staffDesk) RecordIdentity(ctx context.Context, by console.Staff, number string, id console.Identity) error {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err == nil {
		_, err = s.d.Cases.Identify(ctx, cases.On{Case: k.ID, By: by.ID, Version: k.Version},
			cases.Proof{How: id.How, Note: id.Note, Arrived: s.d.Today()})
	}
	return s.told(ctx, err)
}

// Decide records what becomes of a record, and makes the draft again with it.
func (s staffDesk) Decide(ctx context.Context, by console.Staff, number string, d console.Decision) error {
	return s.draft(ctx, func() error {
		k, f, err := s.open(ctx, number)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(f.list, func(x desk.Disposition) bool { return x.Item == d.Record })
		if i < 0 {
			return web.ErrNotFound
		}
		exemption := f.list[i].Exemption
		if exemption == "" {
			exemption = law.ExemptThirdParty
		}
		k, err = s.d.Decide(ctx, k, cases.On{Case: k.ID, By: by.ID, Version: k.Version}, []string{d.Record}, d.Release, exemption, d.Reason)
		if err != nil {
			return s.told(ctx, err)
		}
		// The decision stands, whether or not the browser waits for the draft.
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*time.Minute)
		defer cancel()
		if _, err := s.d.Redraft(last, k, cases.On{By: by.ID}); err != nil {
			err = s.told(ctx, err)
			s.log.Warn("a draft could not be made again after a decision", "case", k.Number, "error", err)
			return &web.Refusal{Why: "The decision is recorded, but the draft could not be made again with it, so it cannot be approved yet. " + err.Error(),
				Mend: "Tenet tries again by itself; tenet case answer " + k.Number + " does so at once."}
		}
		return nil
	})
}

func (s staffDesk) Approve(ctx context.Context, by console.Staff, number, fingerprint string) error {
	if fingerprint == "" { // which the desk would take for any
		return &web.Refusal{Why: "Nothing says which draft was looked at.", Mend: "Open the case and approve the draft from there."}
	}
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err == nil {
		_, err = s.d.Approve(ctx, k, by.ID, fingerprint)
	}
	return s.told(ctx, err)
}

// Download gives staff a copy of an approved answer. The record comes first, and
// is of the very draft that was opened.
func (s staffDesk) Download(ctx context.Context, by console.Staff, number string) (web.File, error) {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return web.File{}, s.told(ctx, err)
	}
	if k.Draft == nil || k.Draft.Approved == nil {
		return web.File{}, &web.Refusal{Why: "The draft is sealed until it is approved.", Mend: "Look through it and approve it first."}
	}
	f, err := s.answerFile(ctx, k)
	if err == nil {
		_, err = s.d.Cases.Take(ctx, cases.On{Case: k.ID, By: by.ID, Version: k.Version})
	}
	return f, s.told(ctx, err)
}

func (s staffDesk) History(ctx context.Context, number string) ([]console.Event, error) {
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return nil, s.told(ctx, err)
	}
	events, err := s.d.Cases.History(ctx, k.ID, 0, 500)
	if err != nil {
		return nil, s.told(ctx, err)
	}
	name := accounts{s.d}.names(ctx)
	var out []console.Event
	for _, e := range events {
		by := name(e.By)
		if e.By == k.Number {
			by = "the person, on the portal"
		}
		x := console.Event{On: e.At, What: eventWords(e), By: by, Entry: e.Seq}
		if strings.HasPrefix(e.Act, "letter.") {
			var about struct{ Letter int64 }
			if json.Unmarshal(e.Other, &about) == nil && about.Letter > 0 {
				x.Href = fmt.Sprintf("/letters/%s/%d", k.Number, about.Letter)
			}
		}
		out = append(out, x)
	}
	return out, nil
}
