package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Promised is what a notice promises for a regime, as package law counts it; nil
// if nothing. For promise:ID it is the clock of that sentence.
func Promised(n *notice.Notice, r law.Regime) *law.Promise {
	p, ok := n.Clock(notice.Regime(r))
	if id, is := r.Promise(); is {
		p, ok = n.PromiseClock(notice.ID(id))
	}
	if !ok {
		return nil
	}
	return &law.Promise{ID: string(p.ID), Says: p.Says, Count: p.Count, Unit: law.Unit(p.Unit), Start: law.Start(p.Start), AsLaw: p.AsLaw}
}

// Target is how many calendar days staff are to answer a regime in, by the notice;
// 0 if it says nothing, or counts in something else than law's target does.
func Target(n *notice.Notice, r law.Regime) int {
	t, ok := n.Target(notice.Regime(r))
	if !ok || t.Unit != notice.CalendarDays {
		return 0
	}
	return t.Count
}

// Thing is what may have to arrive before, or while, a case is answered.
type Thing string

// The things.
const (
	ForIdentity      Thing = "identity"      // proof of it; what comes is recorded by Identify
	ForAuthority     Thing = "authority"     // to act for the person
	ForFee           Thing = "fee"           // only where a request is manifestly unfounded or excessive (UK GDPR Art 12(5))
	ForClarification Thing = "clarification" // of what is meant; stops the clock of access requests alone
)

func (k *Case) span(t Thing) *law.Span {
	switch t {
	case ForIdentity:
		return &k.Inputs.Identity
	case ForAuthority:
		return &k.Inputs.Authority
	case ForFee:
		return &k.Inputs.Fee
	}
	return nil
}

// past refuses a day that has not come.
func (c *Cases) past(what string, d law.Date) error {
	if d.IsZero() {
		return input("give the day it happened", "%s is missing", what)
	}
	if today := law.DateOf(c.now()); d.After(today) {
		return input("give the day it happened", "%s, %s, has not come yet: today is %s", what, d, today)
	}
	return nil
}

// asking is the action of asking for each thing.
var asking = map[Thing]Action{ForIdentity: AsksIdentity, ForAuthority: AsksAuthority, ForFee: Charges, ForClarification: Asks}

// Ask records that the person was asked for something, on a day, in these words.
// Until it comes, identity, authority and a fee keep the time of a right from beginning;
// clarification stops the clock of an access request. For identity the words are
// the reasonable doubt, for a fee the reason why it is lawful.
func (c *Cases) Ask(ctx context.Context, on On, t Thing, day law.Date, words string) (Case, error) {
	if err := errors.Join(c.past("the day of asking", day), checkText("what was asked", words, maxWords)); err != nil {
		return Case{}, err
	}
	action, ok := asking[t]
	if !ok {
		return Case{}, unknownThing(t)
	}
	if t == ForFee && words == "" {
		return Case{}, input("say why a fee is lawful here: only a manifestly unfounded or excessive request may cost anything (UK GDPR Art 12(5))",
			"the reason for the fee is missing")
	}
	return c.act(ctx, on, action, change{
		with: attempt{words: strings.TrimSpace(words)},
		done: func(k *Case) bool {
			s := k.awaited(t)
			return s != nil && *s == law.Span{From: day}
		},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			if s := k.awaited(t); s != nil && open(*s) {
				return step{}, &Error{Code: CodeState, Message: fmt.Sprintf("%s was asked for on %s and has not come", t, s.From),
					Mend: "record a reminder as a note: the clock stands already"}
			}
			switch s := k.span(t); {
			case t == ForClarification:
				k.Inputs.Clarifications = append(slices.Clone(k.Inputs.Clarifications), law.Span{From: day})
			case !s.IsZero():
				return step{}, &Error{Code: CodeState, Message: fmt.Sprintf("%s has come already, on %s", t, s.To), Mend: "it cannot be asked for twice"}
			default:
				*s = law.Span{From: day}
			}
			return step{facts: map[string]any{"for": t, "day": day}, words: words}, nil
		},
	})
}

// Receive records that what was asked for came, on a day. Proof of identity is
// recorded by Identify instead.
func (c *Cases) Receive(ctx context.Context, on On, t Thing, day law.Date, words string) (Case, error) {
	if err := errors.Join(c.past("the day of arrival", day), checkText("what came", words, maxWords)); err != nil {
		return Case{}, err
	}
	if t == ForIdentity {
		return Case{}, input("record it with how the person was identified", "proof of identity is more than its arrival")
	}
	return c.act(ctx, on, Receives, change{
		done: func(k *Case) bool {
			s := k.awaited(t)
			return s != nil && !s.To.IsZero() && s.To == day
		},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			s := k.awaited(t)
			if s == nil && k.span(t) == nil && t != ForClarification {
				return step{}, unknownThing(t)
			}
			if s == nil || !open(*s) {
				return step{}, &Error{Code: CodeState, Message: fmt.Sprintf("no %s is awaited", t), Mend: "record first that it was asked for, and when"}
			}
			s.To = day
			return step{facts: map[string]any{"for": t, "day": day}, words: words}, nil
		},
	})
}

// awaited is the span of a thing, the last one of clarification; nil if there is
// none.
func (k *Case) awaited(t Thing) *law.Span {
	if t != ForClarification {
		return k.span(t)
	}
	if n := len(k.Inputs.Clarifications); n > 0 {
		return &k.Inputs.Clarifications[n-1]
	}
	return nil
}

func unknownThing(t Thing) error {
	return input("use identity, authority, fee or clarification", "there is nothing called %q to ask for", clip(string(t)))
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// Proof is how it is known that a person is who they say they are.
type Proof struct {
	How     string   // a way of the notice, or other words
	Note    string   // what was seen; never a copy of it, nor an answer to a security question
	Arrived law.Date // the day the proof came in
	// Asked is when it was asked for, where that was not recorded by Ask, and Doubt the
	// reasonable doubt for which it was. Where it was never asked for, because there
	// was no doubt, the clock is not moved.
	Asked law.Date
	Doubt string
	// Factors is what was passed, for the policy to judge; none where whoever records
	// it saw the person or a document, and attests to it.
	Factors []Factor
}

// Identify records that the person is who they say they are. While nothing is
// approved it can be recorded again, and the latest stands.
func (c *Cases) Identify(ctx context.Context, on On, p Proof) (Case, error) {
	if p.How == "" {
		return Case{}, input("say how it is known who the person is", "the way of identifying is missing")
	}
	if err := errors.Join(c.past("the day the proof came", p.Arrived),
		checkText("the way of identifying", p.How, maxLine), checkText("the note", p.Note, maxWords), checkText("the doubt", p.Doubt, maxWords)); err != nil {
		return Case{}, err
	}
	if !p.Asked.IsZero() && strings.TrimSpace(p.Doubt) == "" {
		return Case{}, input("say what made it doubtful who asks, or leave out when it was asked: without a doubt the time is not begun afresh (UK GDPR Art 12(6))",
			"proof was asked for and no doubt is recorded")
	}
	for _, f := range p.Factors {
		if err := f.check(); err != nil {
			return Case{}, err
		}
	}
	return c.act(ctx, on, Identifies, change{
		done: func(k *Case) bool {
			id := k.Identity
			return id != nil && id.How == p.How && id.Note == p.Note && id.Arrived == p.Arrived && id.By == on.By && slices.Equal(id.Factors, p.Factors)
		},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			s := &k.Inputs.Identity
			if !p.Asked.IsZero() && (k.Identity == nil || s.From == p.Asked) {
				if err := c.past("the day of asking", p.Asked); err != nil {
					return step{}, err
				}
				s.From = p.Asked
			} else if !p.Asked.IsZero() {
				return step{}, &Error{Code: CodeNeeds, Need: NeedsUnproved, Message: "the person is identified already", Mend: "leave out when proof was asked for: asking again may not be used to begin the time afresh"}
			}
			if len(p.Factors) > 0 {
				h, _ := k.Kind.Handling()
				if got := (Policy{}).Assess(min(h.Proof, law.GoodAssurance), p.Factors, law.DateOf(c.now())); !got.Enough {
					return step{}, &Error{Code: CodeNeeds, Need: NeedsIdentity, Message: "what was passed does not show who it is: " + strings.Join(got.Why, "; "), Mend: "ask for " + words(got.Lacks)}
				}
			}
			// The first proof that was enough is what the time runs from: a later one moves
			// nothing, and a correction only to an earlier day.
			if open(*s) || !s.To.IsZero() && p.Arrived.Before(s.To) {
				s.To = p.Arrived
			}
			k.Identity = &Identity{How: p.How, Note: p.Note, Arrived: p.Arrived, By: on.By, At: c.now(), Factors: p.Factors}
			said := p.How + "\n" + p.Note
			if p.Doubt != "" {
				said += "\n" + p.Doubt
			}
			return step{facts: map[string]any{"arrived": p.Arrived, "asked": !s.From.IsZero(), "factors": len(p.Factors)}, words: said}, nil
		},
	})
}

// Extend records that the person was told, on a day and with these reasons, that
// the answer will take longer. Where the law allows no extension, or allowed it
// only to those told earlier, it is refused.
func (c *Cases) Extend(ctx context.Context, on On, told law.Date, reasons string) (Case, error) {
	if reasons == "" {
		return Case{}, input("give the reasons that the person was given", "the reasons are missing")
	}
	if err := errors.Join(c.past("the day the person was told", told), checkText("the reasons", reasons, maxWords)); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Extends, change{
		with: attempt{words: reasons, offered: true}, // whether it is to be had on that day is seen below
		done: func(k *Case) bool {
			return slices.ContainsFunc(k.clocks(), func(cl Clock) bool { return cl.Extension == told })
		},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			i, err := c.extendable(k, told)
			if err != nil {
				return step{}, err
			}
			k.extend(i, told)
			k.Extension = &Extension{Told: told, Reasons: reasons, By: on.By, At: c.now()}
			return step{facts: map[string]any{"told": told, "regime": k.clocks()[i].Regime}, words: reasons}, nil
		},
	})
}

// extend takes the extension of a clock of a case.
func (k *Case) extend(clock int, told law.Date) {
	n := 0
	k.eachClock(func(cl *Clock) {
		if n == clock {
			cl.Extension = told
		}
		n++
	})
}

// extendable is the clock of a case that a notice of a day extends.
func (c *Cases) extendable(k *Case, told law.Date) (int, error) {
	var refused error
	for i, cl := range k.clocks() {
		if !cl.Met.IsZero() {
			continue
		}
		if !cl.Extension.IsZero() {
			return 0, &Error{Code: CodeState, Message: fmt.Sprintf("it was extended already: the person was told on %s", cl.Extension),
				Mend: "there is one extension and no second"}
		}
		var because error
		if c.extended(k, i, told, &because) != nil {
			return i, nil
		}
		if because != nil {
			return 0, &Error{Code: CodeInput, Message: because.Error(), Err: because, Mend: "correct the day, or refresh the holidays"}
		}
		before, err := law.Clock(c.holidays(), k.counting(cl, c.settings, law.DateOf(c.now())))
		switch {
		case err != nil:
			return 0, err
		case before.Extension != nil:
			refused = &Error{Code: CodeLate, Need: NeedsTime,
				Message: fmt.Sprintf("the person was told on %s, and had to be by %s", told, before.Extension.NoticeBy.Words()),
				Mend:    fmt.Sprintf("the answer stays due on %s: answer as soon as you can, and say sorry", before.Due.Words())}
		case refused == nil:
			refused = &Error{Code: CodeLate, Need: NeedsTime, Message: fmt.Sprintf("there is no extension of %s to be had", cl.Regime),
				Mend: fmt.Sprintf("the answer stays due on %s", before.Due.Words())}
		}
	}
	if refused == nil {
		refused = &Error{Code: CodeState, Message: "no clock of the case runs", Mend: "there is nothing to extend"}
	}
	return 0, refused
}

// Moved is a deadline that moved because holidays did.
type Moved struct {
	Case   string     `json:"case"`
	Number string     `json:"number"`
	From   law.Moment `json:"from,omitzero"` // zero where it was not known
	To     law.Moment `json:"to,omitzero"`   // zero where these holidays do not reach
}

// Reclock counts every running clock by these holidays, nil meaning those in use,
// and records each deadline that moved. Doing it again moves nothing more.
func (c *Cases) Reclock(ctx context.Context, h *law.Holidays, by string) ([]Moved, error) {
	if h == nil {
		h = c.holidays()
	}
	with := *c // whose steps count by the same holidays
	with.holidays = func() *law.Holidays { return h }
	var moved []Moved
	for after := ""; ; {
		page, err := c.List(ctx, Filter{After: after, Limit: 200})
		if err != nil {
			return moved, err
		}
		for _, k := range page.Cases {
			now := k
			if err := c.wind(&now, h); err != nil {
				return moved, err
			}
			if now.Due == k.Due {
				continue
			}
			var from law.Moment
			done := false
			k, err := with.act(ctx, On{Case: k.ID, By: by}, Reclocks, change{
				done: func(k *Case) bool {
					from = k.Due
					fresh := *k
					done = with.wind(&fresh, h) == nil && fresh.Due == k.Due
					return done
				},
				do: func(*store.Tx, *Case, keys.DataKey) (step, error) {
					return step{facts: map[string]any{"holidays": h.Version()}}, nil
				},
			})
			if errors.Is(err, ErrState) { // It ended meanwhile.
				continue
			}
			if err != nil {
				return moved, err
			}
			if !done {
				moved = append(moved, Moved{k.ID, k.Number, from, k.Due})
			}
		}
		if after = page.Next; after == "" {
			return moved, nil
		}
	}
}
