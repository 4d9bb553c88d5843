package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
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
func (p publicDesk) Notice(context.Context) (portal.Notice, error) { return layers(p.d.Notice) }

// layers is a notice as the portal shows it: what stands above the first heading
// in short, each section's own words at once, and what is below it on opening.
func layers(n *notice.Notice) (portal.Notice, error) {
	day, err := law.ParseDate(string(n.Landlord.Effective))
	if err != nil {
		return portal.Notice{}, err
	}
	out := portal.Notice{Title: n.Words.Title, From: day.Start(), Version: n.Version()[:12]}
	for _, s := range n.Words.Sections {
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

// Receive opens a case and no more: it looks for nobody, so that what it does,
// and how long it takes, is the same for everyone. The clerk searches later.
func (p publicDesk) Receive(ctx context.Context, r portal.Request) (portal.Receipt, error) {
	regime, err := law.ParseRegime(r.Kind)
	if err != nil {
		return portal.Receipt{}, err
	}
	var born law.Date
	if !r.Help.Born.IsZero() {
		y, m, d := r.Help.Born.Date() // a day, not an instant
		if born, err = law.NewDate(y, m, d); err != nil {
			return portal.Receipt{}, err
		}
	}
	k, err := p.d.Cases.Open(ctx, cases.Request{
		Once: "portal " + r.Token, Regime: regime, At: r.Received, Channel: channel,
		Notice: p.d.Notice.Version(), Nation: law.Nation(p.d.Notice.Landlord.Nation), Promise: cases.Promised(p.d.Notice, regime), TargetDays: cases.Target(p.d.Notice, regime),
		Requester: cases.Requester{Name: r.Name, Email: r.Email, Phone: r.Phone, Address: r.Address},
		Person: cases.Person{Name: r.Name, Email: r.Email, Phone: r.Phone, Born: born,
			Reference: r.Help.Reference, Homes: r.Help.Homes, Asked: r.Help.Anything},
		Secret: r.Code,
	})
	if err != nil {
		return portal.Receipt{}, p.told(ctx, err)
	}
	if unanswered(k) {
		p.call(ctx, k.ID)
	}
	clock, err := p.d.Cases.ClockOf(k, nil)
	if err != nil {
		return portal.Receipt{}, err
	}
	return portal.Receipt{Reference: k.Number, Due: when(clock.Due), Working: clock.Working}, nil
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
	clock, err := p.d.Cases.ClockOf(k, nil)
	if err != nil {
		return portal.Progress{}, err
	}
	waiting := k.Waiting()
	out := portal.Progress{
		Kind: kindOf(k.Regime).title, Received: k.Received.Start(), Due: when(clock.Due), Working: clock.Working,
		Paused: len(waiting) > 0, Needs: asked(waiting),
	}
	switch {
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

// asked is what we wait to hear, without the words of the question: they may
// show what is held.
func asked(waiting []cases.Thing) string {
	var out []string
	for _, t := range waiting {
		out = append(out, map[cases.Thing]string{
			cases.ForIdentity:      "We have asked you to show us who you are.",
			cases.ForAuthority:     "We have asked you to show us that you may ask for someone else.",
			cases.ForFee:           "We have asked you for a fee, and told you why.",
			cases.ForClarification: "We have asked you a question about what you want.",
		}[t])
	}
	return strings.Join(out, " ")
}

// Collect hands over the approved answer. The record comes first: what left the
// building is on it.
func (p publicDesk) Collect(ctx context.Context, reference string) (web.File, error) {
	k, err := p.open(ctx, reference)
	if err != nil {
		return web.File{}, err
	}
	notYet := &web.Refusal{Why: "Your answer is not ready to collect.", Mend: "Look at how far your request has come, and try again when it says that the answer is ready."}
	if k.State != cases.Approved && k.State != cases.Released {
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
