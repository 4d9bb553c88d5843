package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/portal"
	"tenet/internal/web"
)

// channel is how a request that is made on the portal came.
const channel = "form"

// publicDesk is the desk as the public meets it.
type publicDesk struct{ *office }

// Notice is the notice that the workspace was opened with.
func (p publicDesk) Notice(_ context.Context, language string) (portal.Notice, error) {
	return layers(p.d.Notice, notice.Language(language))
}

// layers is a notice as the portal shows it: what stands above the first heading
// in short, each section's own words at once, and what is below it on opening.
func layers(n *notice.Notice, language notice.Language) (portal.Notice, error) {
	day, err := law.ParseDate(string(n.Landlord.Effective))
	if err != nil {
		return portal.Notice{}, err
	}
	words, written := n.In(language)
	out := portal.Notice{Title: words.Title, From: day.Start(), Version: n.Version()[:12], Language: string(written)}
	if written != language {
		for _, x := range n.LanguageNotes(language) {
			out.Notes = append(out.Notes, portal.Note{Language: string(x.Language), Text: x.Text})
		}
	}
	for _, s := range words.Sections {
		if s.Title == "" {
			for _, b := range blocks(s.Blocks) {
				out.Short = append(out.Short, b.Sentences...)
			}
			continue
		}
		out.Sections = append(out.Sections, portal.Section{ID: s.Anchor, Title: s.Title, Lead: blocks(s.Blocks), More: below(s.Sections)})
	}
	return out, nil
}

func below(sections []notice.Section) []portal.Block {
	var out []portal.Block
	for _, s := range sections {
		out = append(out, portal.Block{Heading: s.Title})
		out = append(out, blocks(s.Blocks)...)
		out = append(out, below(s.Sections)...)
	}
	return out
}

func blocks(in []notice.Block) []portal.Block {
	var out []portal.Block
	for _, b := range in {
		to := portal.Block{List: b.List}
		for _, item := range b.Items {
			to.Sentences = append(to.Sentences, sentences(item, b.List)...)
		}
		out = append(out, to)
	}
	return out
}

// sentences are those of a paragraph or of an entry of a list. In an entry, what
// promises nothing stands together, and a promise is never marked as longer than
// it is.
func sentences(item notice.Item, entry bool) []portal.Sentence {
	var out []portal.Sentence
	for _, s := range item.Sentences {
		if n := len(out); entry && n > 0 && s.ID == "" && out[n-1].Promise == "" {
			out[n-1].Text += " " + s.Text
			continue
		}
		out = append(out, portal.Sentence{Text: s.Text, Promise: string(s.ID)})
	}
	return out
}

func (p publicDesk) Secret(ctx context.Context, reference string) (portal.CodeHash, error) {
	hash, err := p.d.Cases.Secret(ctx, reference)
	if errors.Is(err, cases.ErrNotFound) {
		err = web.ErrNotFound
	}
	return hash, err
}

// open is a case for whoever has its code. One that was forgotten is gone.
func (p publicDesk) open(ctx context.Context, reference string) (cases.Case, error) {
	k, err := p.d.Cases.ByNumber(ctx, reference)
	if errors.Is(err, cases.ErrNotFound) || err == nil && !k.Forgotten.IsZero() {
		err = web.ErrNotFound
	}
	return k, err
}

// Progress tells nothing of the search: before identity is recorded a case with a
// draft and one for which nobody was found are the same.
func (p publicDesk) Progress(ctx context.Context, reference string) (portal.Progress, error) {
	k, err := p.open(ctx, reference)
	if err != nil {
		return portal.Progress{}, err
	}
	clocks, err := p.d.Cases.ClocksOf(k, nil)
	if err != nil {
		return portal.Progress{}, err
	}
	waiting := k.Waiting()
	out := portal.Progress{
		Kind: string(k.Kind), Received: k.Received.Start(), Paused: len(waiting) > 0, Needs: asked(waiting), Packed: desk.HasPack(k) || desk.InWords(k) && k.State != cases.Refused,
	}
	for _, c := range clocks {
		if c.Front || len(clocks) == 1 {
			out.Due, out.Working, out.Aim = when(c.Result.Due), c.Result.Working, c.Result.Governs == law.GovernsTarget
			continue
		}
		out.Others = append(out.Others, portal.Clock{Regime: string(c.Clock.Regime), Due: when(c.Result.Due), Aim: c.Result.Governs == law.GovernsTarget,
			Met: !c.Clock.Met.IsZero(), Working: c.Result.Working})
	}
	messages, err := p.d.Messages(ctx, k)
	if err != nil {
		return portal.Progress{}, err
	}
	for _, m := range messages {
		out.Messages = append(out.Messages, portal.Message(m))
	}
	out.Proved = provedKind(k)
	if out.Waits, err = p.d.Waiting(ctx, k); err != nil {
		return portal.Progress{}, err
	}
	switch {
	case k.State == cases.Approved && out.Proved && !out.Waits:
		out.State = portal.Working // until staff have made a link, or posted it
	case k.State == cases.Approved, k.State == cases.Released:
		out.State = portal.Ready
	case !k.State.Running():
		out.State, out.Paused, out.Needs = portal.Closed, false, ""
	case k.Identity != nil:
		out.State = portal.Working
	case slices.Contains(waiting, cases.ForIdentity):
		out.State = portal.Identity
	default:
		out.State = portal.Received
	}
	return out, nil
}

// Collect hands over the approved answer, where it holds nothing personal; see collector
// for what does. The record comes first: what left the building is on it.
func (p publicDesk) Collect(ctx context.Context, reference string) (web.File, error) {
	k, err := p.open(ctx, reference)
	if err != nil {
		return web.File{}, err
	}
	notYet := &web.Refusal{Why: "Your answer is not ready to collect.", Mend: "Look at how far your request has come, and try again when it says that the answer is ready."}
	if k.State != cases.Approved && k.State != cases.Released || provedKind(k) {
		return web.File{}, notYet
	}
	f, err := p.answerFile(ctx, k)
	if err != nil {
		return web.File{}, err
	}
	_, err = p.d.Cases.Release(ctx, cases.On{Case: k.ID, By: k.Number, Version: k.Version}, cases.Collected)
	var no *cases.Error
	if errors.As(err, &no) { // it was taken back, or collected in the same instant
		return web.File{}, notYet
	}
	return f, err
}

// when is a deadline for the faces, which show the day in London.
func when(m law.Moment) time.Time {
	if m.At.IsZero() && !m.Date.IsZero() {
		return m.Date.Start()
	}
	return m.At
}
