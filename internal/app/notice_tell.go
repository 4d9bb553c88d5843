package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/job"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/store"
	"tenet/internal/web"
)

// The kinds of work of a telling; the key names the version.
const (
	jobTelling = "notice-tell"  // write to the people whom its changes concern
	jobCount   = "notice-count" // count whom that would reach
)

// tellLook is how often it is looked whether the last letter has gone.
const tellLook = 10 * time.Minute

// tellArgs is what a telling says, and how far it has come. None of it is about a person.
type tellArgs struct {
	By      string                 `json:"by"`
	Words   map[letter.Lang]string `json:"words"`
	Why     map[letter.Lang]string `json:"why"`
	Written bool                   `json:"written,omitempty"` // all letters are, and are on their way
	Gaps    int                    `json:"gaps,omitempty"`    // tables that were not read to their end
}

func (o *office) tellJobs() map[string]job.Kind {
	return map[string]job.Kind{jobTelling: {Do: o.tellingJob, Tries: letterTries}, jobCount: {Do: o.countingJob, Tries: letterTries}}
}

// countArgs is who asked for people to be counted.
type countArgs struct {
	By string `json:"by"`
}

// countingJob counts whom a telling would reach. Killed, it begins anew: it changes
// nothing but the counts.
func (o *office) countingJob(ctx context.Context, t *job.Task) error {
	var a countArgs
	if err := t.Decode(&a); err != nil {
		return err
	}
	_, err := o.d.CountTelling(ctx, t.Key, a.By, t.Hold, t.Done)
	if err != nil && ctx.Err() == nil && !errors.Is(err, job.ErrLost) {
		o.log.Error("it could not be counted whom a change of the notice concerns", "version", t.Key, "error", err)
	}
	return err
}

// tellingJob writes the letters, and then waits until the last of them has gone, to record
// that the people were told. Killed anywhere, it goes on where it was: who has their letter
// is passed over.
func (o *office) tellingJob(ctx context.Context, t *job.Task) error {
	var a tellArgs
	if err := t.Decode(&a); err != nil {
		return err
	}
	whole := false
	if !a.Written {
		begun := false
		each := func(ctx context.Context, tx *store.Tx, _ int) error {
			if err := t.Hold(ctx, tx); err != nil || begun {
				return err
			}
			// What got this far is not what kills the process: however often that is killed,
			// the job keeps all its tries.
			begun = true
			return o.queue.Add(ctx, tx, job.Job{Kind: jobTelling, Key: t.Key, Args: a})
		}
		got, err := o.d.TellChange(ctx, desk.TellOrder{Version: t.Key, By: a.By, Words: a.Words, Why: a.Why, Each: each})
		if err != nil {
			if ctx.Err() == nil && !errors.Is(err, job.ErrLost) {
				o.log.Error("people could not be told of a change of the notice", "version", t.Key, "error", err)
			}
			return err
		}
		a.Written, a.Gaps = true, len(got.Gaps)
		o.log.Info("letters about a change of the notice are written", "version", t.Key, "companies", len(got.Companies), "gaps", a.Gaps)
	} else {
		var err error
		if whole, err = o.tellingGone(ctx, t.Key, a.Gaps); err != nil {
			return err
		}
	}
	return o.d.Store.Write(ctx, func(tx *store.Tx) error {
		if !whole {
			if err := o.queue.Add(ctx, tx, job.Job{Kind: jobTelling, Key: t.Key, Args: a, At: o.d.Now().Add(tellLook)}); err != nil {
				return err
			}
		}
		return t.Done(ctx, tx)
	})
}

// tellingGone says whether no letter is on its way any more, and records then that the
// people were told: unless something was not read, which somebody has to look at.
func (o *office) tellingGone(ctx context.Context, version string, gaps int) (bool, error) {
	if gaps == 0 {
		return o.d.FinishTelling(ctx, version, "system")
	}
	told, err := o.d.ToldOf(ctx, version)
	return !slices.ContainsFunc(told, func(s desk.TellState) bool { return s.Queued+s.Print > 0 }), err
}

// tellingNow says whether people are being told of a version, and why they could not be.
func (o *office) tellingNow(ctx context.Context, version string) (busy bool, failed string, err error) {
	have, err := o.queue.Get(ctx, jobTelling, version)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, "", nil
	case err != nil:
		return false, "", err
	case have.State == job.Failed:
		return false, "The letters could not all be written: " + have.Error, nil
	}
	return true, "", nil
}

// CountedTelling is whom a telling would reach, as it was counted last, and what it might
// say. It reads nobody's records.
func (s noticeDesk) CountedTelling(ctx context.Context, version string) (console.NoticeTelling, error) {
	n, e, err := s.version(ctx, version)
	if err != nil {
		return console.NoticeTelling{}, err
	}
	out := console.NoticeTelling{NoticeEdition: e}
	got, err := s.d.CountedTelling(ctx, e.Version)
	if err != nil {
		return out, err
	}
	out.Taken, out.Old = got.Taken, ageWords(s.d.Now().Sub(got.Taken))
	switch have, err := s.queue.Get(ctx, jobCount, e.Version); {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return out, err
	case have.State == job.Failed:
		out.Failed = "They could not be counted: " + have.Error
	default:
		out.Counting = true
		if !got.Begun.Before(have.Added) { // what stands there is of this run
			out.Since, out.Read = got.Begun, got.Read
		}
	}
	out.Gaps = got.Gaps
	for _, k := range got.Kinds {
		out.Kinds = append(out.Kinds, console.NoticeKind{Title: k.People.Title, Tables: strings.Join(k.Tables, ", ")})
	}
	for _, c := range got.Companies {
		x := console.NoticeCount{Name: c.Name, People: c.People, Email: c.Email, Post: c.Post, Home: c.Home, Before: c.Before, Twice: c.Twice}
		for _, why := range slices.Sorted(maps.Keys(c.Left)) {
			x.Left = append(x.Left, console.Count{Table: why, Records: c.Left[why]})
			x.None += c.Left[why]
		}
		out.Counts = append(out.Counts, x)
	}
	p, err := s.d.Publication(ctx, e.Version)
	if err != nil {
		return out, err
	}
	if len(p.People) == 0 {
		return out, web.ErrNotFound
	}
	old, err := s.d.NoticeVersion(ctx, p.Before)
	if err != nil {
		return out, err
	}
	out.Words = console.NoticeWords{What: meaning(old, n, "en"), WhatWelsh: meaning(old, n, "cy"), Why: e.Reason}
	if !slices.Contains(n.Landlord.Languages, "cy") {
		out.Words.WhatWelsh = ""
	}
	return out, nil
}

// ageWords is how old something is.
func ageWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return web.Count(int(d/time.Minute), "minute", "minutes") + " ago"
	case d < 48*time.Hour:
		return web.Count(int(d/time.Hour), "hour", "hours") + " ago"
	}
	return web.Count(int(d/(24*time.Hour)), "day", "days") + " ago"
}

// CountTelling asks for people to be counted. Asked while it is done it is done once more.
func (s noticeDesk) CountTelling(ctx context.Context, by console.Staff, version string) error {
	p, err := s.d.Publication(ctx, version)
	if err != nil {
		return s.told(ctx, err)
	}
	err = s.d.Store.Write(ctx, func(tx *store.Tx) error {
		return s.queue.Add(ctx, tx, job.Job{Kind: jobCount, Key: p.Version.Hash, Args: countArgs{by.ID}})
	})
	s.queue.Wake()
	return s.told(ctx, err)
}

// meaning is what two versions' significant differences mean for people, one to a line.
func meaning(old, n *notice.Notice, language notice.Language) string {
	var lines []string
	for _, c := range notice.Compare(old, n).Changes {
		if line := "- " + c.Means(language); c.Significant && !slices.Contains(lines, line) && len(lines) < 12 {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// BeginTelling asks for everybody to be written to.
func (s noticeDesk) BeginTelling(ctx context.Context, by console.Staff, version string, w console.NoticeWords) error {
	p, err := s.d.Publication(ctx, version)
	if err != nil {
		return s.told(ctx, err)
	}
	a := tellArgs{By: by.ID, Words: desk.InEach(w.What, w.WhatWelsh), Why: desk.InEach(w.Why, w.WhyWelsh)}
	if err := (desk.TellOrder{Words: a.Words, Why: a.Why}).Check(); err != nil {
		return s.told(ctx, err)
	}
	err = s.d.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.Record(ctx, ledger.Act{Landlord: s.d.Config.Landlord, Actor: by.ID, Name: "notice.tell-asked", Notice: p.Version.Hash}, map[string]any{"words": a.Words, "why": a.Why}); err != nil {
			return err
		}
		return s.queue.Add(ctx, tx, job.Job{Kind: jobTelling, Key: p.Version.Hash, Args: a})
	})
	s.queue.Wake()
	return s.told(ctx, err)
}

// PrintTelling is the list of letters to print.
func (s noticeDesk) PrintTelling(ctx context.Context, by console.Staff, version, to string) (web.File, error) {
	var b bytes.Buffer
	if _, err := s.d.TellPrintList(ctx, &b, version, by.ID, notice.ID(to)); err != nil {
		return web.File{}, s.told(ctx, err)
	}
	return web.File{Name: fmt.Sprintf("letters-%.12s.csv", version), Type: "text/csv; charset=utf-8", Size: int64(b.Len()), Body: io.NopCloser(&b)}, nil
}

// PostedTelling records that the letters of the list were posted.
func (s noticeDesk) PostedTelling(ctx context.Context, by console.Staff, version, day string) (int, error) {
	on, err := law.ParseDate(day)
	if err != nil {
		return 0, &console.Mistake{Field: "day-day", Text: "Enter a real day"}
	}
	n, err := s.d.TellPosted(ctx, version, by.ID, on)
	return n, s.told(ctx, err)
}
