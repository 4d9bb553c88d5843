package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/rule"
	"tenet/internal/web"
)

// noticeDesk is the notice as staff look after it.
type noticeDesk struct{ staffDesk }

func dayWords(d notice.Date) string {
	if day, err := law.ParseDate(string(d)); err == nil {
		return day.Words()
	}
	return string(d)
}

// edition is a version as the console names it.
func (s noticeDesk) edition(v desk.Version, name func(string) string) console.NoticeEdition {
	e := console.NoticeEdition{Version: v.Hash, From: dayWords(v.Effective), Adopted: v.Adopted, Significant: v.Significant, By: name(v.By), Reason: sentence(v.Reason), Despite: v.Despite, State: "past"}
	switch now := s.d.Notice; {
	case v.Withdrawn != nil:
		e.State, e.Withdrawn = "withdrawn", &console.NoticeDone{At: v.Withdrawn.At, By: name(v.Withdrawn.By), Proof: sentence(v.Withdrawn.Proof)}
	case v.Hash == now.Version():
		e.State = "in force"
	case v.Effective > notice.Date(s.d.Today().String()):
		e.State = "to come"
	}
	return e
}

// NoticeBoard is the version in force and those to come, with what is found.
func (s noticeDesk) NoticeBoard(ctx context.Context) (console.NoticeBoard, error) {
	var out console.NoticeBoard
	all, err := s.d.Versions(ctx)
	if err != nil {
		return out, err
	}
	name := accounts{s.d}.names(ctx)
	n := s.d.Notice
	out.Now = n.Version()
	last := notice.Date("")
	for _, v := range all { // of one day the last kept comes first, and is the one that governs
		if v.Withdrawn == nil && v.Effective == last {
			continue
		}
		e := s.edition(v, name)
		out.Versions = append(out.Versions, e)
		if v.Withdrawn != nil {
			continue
		}
		if last = v.Effective; e.State != "to come" {
			continue
		}
		next, err := s.d.NoticeVersion(ctx, v.Hash)
		if err != nil {
			return out, err
		}
		if err := s.coming(&out, next, "the version of "+e.From); err != nil {
			return out, err
		}
	}
	if draft, err := s.d.Draft(); err == nil && !slices.ContainsFunc(all, func(v desk.Version) bool { return v.Hash == draft.Version() && v.Withdrawn == nil }) {
		out.Draft = &console.NoticeEdition{Version: draft.Version(), From: dayWords(draft.Landlord.Effective)}
		if err := s.coming(&out, draft, "the notice in the folder"); err != nil {
			return out, err
		}
	}
	found, err := s.d.LintNotice(n)
	if err != nil {
		return out, err
	}
	out.Groups = groupsOf(found)
	for _, w := range found.Waived {
		out.Waived = append(out.Waived, console.NoticeWaived{NoticeFinding: findingOf(w.Finding), Owner: w.Waiver.Owner, Until: dayWords(w.Waiver.Until), Reason: sentence(w.Waiver.Reason)})
	}
	out.Coverage = coverageOf(n, found)
	ease := notice.Ease(n.Words.All())
	out.Ease = console.NoticeEase{Score: int(math.Round(ease.Flesch)), Plain: ease.Flesch >= 60, Sentences: ease.Sentences, Words: ease.Words, Longest: ease.Longest}
	return out, nil
}

// coming adds what is found in a version whose day has not come.
func (s noticeDesk) coming(b *console.NoticeBoard, n *notice.Notice, title string) error {
	found, err := s.d.LintNotice(n)
	if err != nil {
		return err
	}
	b.Coming = append(b.Coming, console.NoticeComing{Version: n.Version(), Title: title, Groups: groupsOf(found), Waived: len(found.Waived)})
	return nil
}

// groupsOf is what is found, by how much it matters.
func groupsOf(found desk.Linted) []console.NoticeGroup {
	var out []console.NoticeGroup
	for _, g := range []struct {
		severity notice.Severity
		title    string
	}{{notice.Wrong, "Errors"}, {notice.Doubt, "Warnings"}, {notice.Suggest, "Notes"}} {
		group := console.NoticeGroup{Severity: string(g.severity), Title: g.title}
		for _, f := range found.Found {
			if f.Severity == g.severity {
				group.Found = append(group.Found, findingOf(f))
			}
		}
		if len(group.Found) > 0 {
			out = append(out, group)
		}
	}
	return out
}

func findingOf(f notice.Finding) console.NoticeFinding {
	why := f.Why
	if f.Title != "" {
		why = f.About() + ": " + why
	}
	return console.NoticeFinding{Rule: f.Rule, At: f.Pos.String(), Why: sentence(why), Source: f.Source, Sure: f.Sure.Says(), Mend: strings.TrimSuffix(sentence(f.Mend), ".")}
}

// coverageOf is how much of a notice is held to what is done, and what is not.
func coverageOf(n *notice.Notice, found desk.Linted) []console.NoticeCover {
	promises := n.Words.Promises()
	var data, said, aims int
	for _, p := range promises {
		looks, attests := false, false
		for _, c := range n.Promises[p.ID] {
			looks = looks || c.Check != "attested" && c.Check != "not-checkable"
			attests = attests || c.Check == "attested"
		}
		switch {
		case looks:
			data++
		case attests:
			said++
		case len(n.Promises[p.ID]) > 0:
			aims++
		}
	}
	which := func(rule string) (out []string) {
		list := slices.Clone(found.Found)
		for _, w := range found.Waived {
			list = append(list, w.Finding)
		}
		for _, f := range list {
			if f.Rule == rule {
				out = append(out, fmt.Sprintf("%s (%s)", f.ID, f.Pos))
			}
		}
		return out
	}
	unchecked, unsaid := which("sentence-without-check"), which("rule-without-sentence")
	return []console.NoticeCover{
		{Title: "Promises", N: len(promises), Says: fmt.Sprintf("%d are checked against data, of %d a person gives their word, %d are aims that nothing can show.", data, said, aims)},
		{Title: "Promises without a check", N: len(unchecked), Says: "Nothing says whether they are kept.", Which: unchecked},
		{Title: "Rules without a sentence", N: len(unsaid), Says: "They decide, and the words tell nobody.", Which: unsaid},
	}
}

// NoticeChanges holds two versions against each other, with what the later one would have
// changed in the last year beside each rule.
func (s noticeDesk) NoticeChanges(ctx context.Context, before, after string) (console.NoticeChanges, error) {
	var out console.NoticeChanges
	old, was, err := s.version(ctx, before)
	if err != nil {
		return out, err
	}
	n, is, err := s.version(ctx, after)
	if err != nil {
		return out, err
	}
	c := notice.Compare(old, n)
	out = console.NoticeChanges{Before: was, After: is, Proposed: c.Significant, Ours: after == console.DraftVersion && n.Version() != old.Version()}
	different := c.Different()
	out.Same = len(c.Sentences) - len(different)
	for _, x := range different {
		var to console.NoticeSentence
		if x.Old != nil {
			to.ID, to.Old = string(x.Old.ID), x.Old.Text
		}
		if x.New != nil {
			to.ID, to.New = string(x.New.ID), x.New.Text
		}
		out.Sentences = append(out.Sentences, to)
	}
	if out.Ours {
		if err := s.choices(&out, n); err != nil {
			return out, err
		}
	}
	for _, x := range c.Changes {
		if x.Significant && !slices.Contains(out.Reasons, sentence(x.Why)) {
			out.Reasons = append(out.Reasons, sentence(x.Why))
		}
	}
	to := s.d.Today()
	replay, err := s.d.ReplayNotice(ctx, old, n, to.AddMonths(-12), to)
	if err != nil {
		return out, s.told(ctx, err)
	}
	out.Replay, out.Span = replay.Words(), "from "+replay.From.Words()+" to "+replay.To.Words()
	for _, x := range c.Rules() {
		out.Rules = append(out.Rules, console.NoticeRule{Thing: x.Thing, ID: string(x.ID), Title: x.Title, Kind: strings.ReplaceAll(string(x.Kind), "-", " "), Means: x.Means("en"),
			Old: x.Old, New: x.New, Field: x.Field, At: x.Pos.String(), Significant: x.Significant, Why: sentence(x.Why), Replay: replayOf(n, replay, x)})
	}
	return out, nil
}

// replayOf is what the log says of one rule that changed.
func replayOf(n *notice.Notice, r desk.Replay, c notice.Change) []string {
	var out []string
	switch c.Thing {
	case "right":
		for _, p := range r.Promises {
			if string(p.Regime) != string(c.ID) {
				continue
			}
			if p.Earlier > 0 {
				out = append(out, fmt.Sprintf("%s would have been due earlier, and %d answered later than that.", web.Count(p.Earlier, "request", "requests"), p.Late))
			}
			if p.Later > 0 {
				out = append(out, fmt.Sprintf("%s of %d would have been due later.", web.Count(p.Later, "request", "requests"), p.Requests))
			}
			if p.Earlier+p.Later == 0 {
				out = append(out, fmt.Sprintf("None of %s would have been due on another day.", web.Count(p.Requests, "request", "requests")))
			}
		}
	case "sharing rule":
		to := notice.ID("")
		for _, x := range n.Sharing.Rules {
			if x.ID == c.ID {
				to = x.To
			}
		}
		given := func(d desk.Decided) string { return web.Count(d.Count, "disclosure", "disclosures") }
		for _, x := range r.Rules {
			switch {
			case x.Rule == c.ID && x.Refused.Count > 0:
				out = append(out, fmt.Sprintf("%s of %d would have been refused.", given(x.Refused), x.Disclosures))
			case x.Rule == c.ID && x.Asked.Count > 0:
				out = append(out, fmt.Sprintf("For %s of %d more would have had to be found out first.", given(x.Asked), x.Disclosures))
			case x.Rule == c.ID:
				out = append(out, fmt.Sprintf("None of %s would have been decided otherwise.", web.Count(x.Disclosures, "disclosure", "disclosures")))
			case x.Rule == "" && x.To == to && x.Allowed.Count > 0:
				out = append(out, given(x.Allowed)+" that no rule allowed would have been allowed.")
			}
		}
		if len(out) == 0 {
			out = append(out, "Nothing was given out by it, as far as the log goes.")
		}
	case "retention rule":
		out = append(out, "Not replayed: Tenet deletes nothing in the systems.")
	}
	return out
}

// version reads a version, or the draft.
func (s noticeDesk) version(ctx context.Context, hash string) (*notice.Notice, console.NoticeEdition, error) {
	if hash == console.DraftVersion {
		n, err := s.d.Draft()
		if err != nil {
			return nil, console.NoticeEdition{}, &web.Refusal{Why: "The notice in the folder cannot be read. " + err.Error(), Mend: "Mend it: tenet notice check says what is wrong, and where."}
		}
		return n, console.NoticeEdition{Version: n.Version(), From: dayWords(n.Landlord.Effective)}, nil
	}
	n, err := s.d.NoticeVersion(ctx, hash)
	var no *desk.Error
	if errors.As(err, &no) && no.Code == "version" {
		return nil, console.NoticeEdition{}, web.ErrNotFound
	}
	if err != nil {
		return nil, console.NoticeEdition{}, err
	}
	all, err := s.d.Versions(ctx)
	if err != nil {
		return nil, console.NoticeEdition{}, err
	}
	name := accounts{s.d}.names(ctx)
	for _, v := range all {
		if v.Hash == n.Version() {
			return n, s.edition(v, name), nil
		}
	}
	return nil, console.NoticeEdition{}, web.ErrNotFound
}

// choices are what somebody who adopts the draft may decide beside its significance.
func (s noticeDesk) choices(out *console.NoticeChanges, n *notice.Notice) error {
	for _, p := range n.Data.People {
		out.People = append(out.People, console.Choice{ID: string(p.ID), Text: p.Title})
	}
	found, err := s.d.LintNotice(n)
	if err != nil {
		return err
	}
	for _, f := range found.Errors() {
		i := slices.IndexFunc(out.Errors, func(e console.NoticeErrors) bool { return e.Rule == f.Rule })
		if i < 0 {
			i = len(out.Errors)
			out.Errors = append(out.Errors, console.NoticeErrors{Rule: f.Rule})
		}
		out.Errors[i].Found = append(out.Errors[i].Found, findingOf(f))
	}
	return nil
}

// AdoptNotice keeps the draft.
func (s noticeDesk) AdoptNotice(ctx context.Context, by console.Staff, x console.NoticeDecision) (string, error) {
	decided := desk.Significance{Decided: true, Significant: x.Significant, Why: x.Why, Despite: x.Despite}
	for _, id := range x.People {
		decided.People = append(decided.People, notice.ID(id))
	}
	a, err := s.d.Adopt(ctx, by.ID, filepath.Join(s.d.Dir, "notice"), decided)
	return a.Version.Hash, s.told(ctx, err)
}

// WithdrawNotice takes a version back.
func (s noticeDesk) WithdrawNotice(ctx context.Context, by console.Staff, version, why string) error {
	_, err := s.d.Withdraw(ctx, by.ID, version, why)
	return s.told(ctx, err)
}

// NoticePublication is how far a version has been published.
func (s noticeDesk) NoticePublication(ctx context.Context, version string) (console.NoticePublication, error) {
	_, e, err := s.version(ctx, version)
	if err != nil {
		return console.NoticePublication{}, err
	}
	p, err := s.d.Publication(ctx, e.Version)
	if err != nil {
		return console.NoticePublication{}, s.told(ctx, err)
	}
	out := console.NoticePublication{NoticeEdition: e, Whole: p.Whole, Before: p.Before}
	name := accounts{s.d}.names(ctx)
	done := func(d *desk.Done) *console.NoticeDone {
		if d == nil {
			return nil
		}
		return &console.NoticeDone{At: d.At, By: name(d.By), Proof: d.Proof}
	}
	for _, x := range p.Places {
		out.Places = append(out.Places, console.NoticePlace{ID: string(x.Display.ID), Title: x.Display.Title, At: x.Display.At, Done: done(x.Done)})
	}
	for _, x := range p.People {
		out.People = append(out.People, console.NoticePeople{ID: string(x.People.ID), Title: x.People.Title, Why: x.Why, Done: done(x.Done)})
	}
	told, err := s.d.ToldOf(ctx, e.Version)
	if err != nil {
		return out, err
	}
	for _, t := range told {
		out.Told = append(out.Told, console.NoticeTold{Name: t.Name, Case: t.Case, Queued: t.Queued, Sent: t.Sent, Print: t.Print, Posted: t.Posted, Dropped: t.Dropped, Failures: t.Failed})
	}
	for _, r := range s.d.Notice.Sharing.Recipients {
		ask := rule.Ask{To: r.ID, Fields: []rule.Field{{Name: "name"}, {Name: "address"}, {Name: "letter"}}}
		if _, decision, err := s.d.CheckDisclosure(ctx, desk.Disclosing{Ask: ask}); err == nil && decision.Decision != notice.Refuse && r.Agreement != "" {
			out.Printers = append(out.Printers, console.Choice{ID: string(r.ID), Text: r.Title})
		}
	}
	out.Busy, out.Failed, err = s.tellingNow(ctx, e.Version)
	return out, err
}

// ConfirmNotice records that a version is up at a place, or that people were told of it.
func (s noticeDesk) ConfirmNotice(ctx context.Context, by console.Staff, version string, people bool, id, proof string) error {
	if people {
		return s.told(ctx, s.d.ConfirmTold(ctx, by.ID, version, id, proof))
	}
	return s.told(ctx, s.d.ConfirmDisplay(ctx, by.ID, version, id, proof))
}
