package cases

import (
	"context"
	"errors"
	"slices"
	"strings"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
)

// Acting is who acts for the person, and what is known that their authority
// depends on. It is sealed.
type Acting struct {
	law.Authority
	Evidence string `json:"evidence,omitempty"` // what was seen, described; never a copy of it
	// About the person, as far as it matters here.
	Understands law.Fact `json:"understands,omitempty"` // a child, what their rights are
	Capacity    law.Fact `json:"capacity,omitempty"`
	Refuses     bool     `json:"refuses,omitempty"` // the person said no to this
	By          string   `json:"by"`                // set by Represent
}

// MayAct says whether whoever asks may have an answer, on a day: the person
// themselves may, and others within their authority.
func (k *Case) MayAct(on law.Date) law.Permission {
	subject := law.Subject{Nation: k.Inputs.Nation, Born: k.Person.Born, Died: k.Kind == law.KindEstate}
	var a law.Authority
	if k.Acting != nil {
		a = k.Acting.Authority
		subject.Understands, subject.Capacity, subject.Refuses = k.Acting.Understands, k.Acting.Capacity, k.Acting.Refuses
	} else if k.Kind == law.KindEstate {
		return law.Permission{Applies: law.May, Words: "Who settles the estate is not known.", Needs: "evidence of the grant, or of being next of kin",
			Cite: "DPA 2018 s.3(2)", Verified: true}
	}
	h, _ := k.Kind.Handling()
	p := a.Permits(law.ForRights, subject, on)
	if h.Right == "" && p.Applies != law.Yes { // authority over the matter itself reaches a matter that is no right
		for _, s := range []law.Scope{law.ForCasework, law.ForTenancy} {
			if q := a.Permits(s, subject, on); q.Applies == law.Yes {
				return q
			}
		}
	}
	return p
}

// Represent records who acts for the person, in the place of what was recorded
// before; nil says that the person asks for themselves.
func (c *Cases) Represent(ctx context.Context, on On, a *Acting) (Case, error) {
	if err := a.check(); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Represents, change{do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
		k.Acting = nil
		if a != nil {
			acting := *a
			acting.By = on.By
			k.Acting = &acting
		}
		role, may := law.Self, k.MayAct(law.DateOf(c.now())).Applies
		if k.Acting != nil {
			role = k.Acting.Role
		}
		return step{facts: map[string]any{"role": role, "may": may}, words: k.Acting.evidence()}, nil
	}})
}

func (a *Acting) evidence() string {
	if a == nil {
		return ""
	}
	return a.Evidence
}

func (a *Acting) check() error {
	if a == nil {
		return nil
	}
	if !slices.Contains(law.Roles(), a.Role) {
		return input("use one of "+words(law.Roles()), "%q is no role in which one acts for another", clip(string(a.Role)))
	}
	for _, s := range a.Scopes {
		if !slices.Contains(law.Scopes(), s) {
			return input("use one of "+words(law.Scopes()), "authority does not reach to %q", clip(string(s)))
		}
	}
	if a.Seen && strings.TrimSpace(a.Evidence) == "" {
		return input("describe it: a form of which day, signed by whom, or an order of which court", "evidence was seen, and not described")
	}
	if !a.End.IsZero() && a.End.Before(a.Start) {
		return input("correct the days", "the authority ends before it begins")
	}
	for _, f := range []law.Fact{a.Agreed, a.Understands, a.Capacity} {
		if f != law.Unknown && f != law.IsSo && f != law.IsNot {
			return input("use yes, no, or leave it out", "a fact about the person is %q", clip(string(f)))
		}
	}
	return checkText("the evidence", a.Evidence, maxWords)
}

// Safety is how a person can be reached without anybody at home knowing, as after
// domestic abuse. It is sealed.
type Safety struct {
	Only  []string `json:"only"`            // the addresses, numbers or e-mail addresses that are safe; nothing goes anywhere else
	Never []string `json:"never,omitempty"` // those that others share
	Why   string   `json:"why,omitempty"`
}

// Delivery is where an answer goes.
type Delivery struct {
	Way Way
	To  string // an address, number or e-mail address, where it is sent; it is checked, and not kept
}

// allows refuses a delivery that is not safe. What is collected by somebody who
// proved who they are goes nowhere.
func (s *Safety) allows(d Delivery) error {
	if s == nil || d.Way == Collected {
		return nil
	}
	to := plainPlace(d.To)
	switch {
	case to == "":
		return errors.New("say where it goes: this person is to be reached only where it is safe")
	case slices.ContainsFunc(s.Never, func(p string) bool { return plainPlace(p) == to }):
		return errors.New("choose another way: others have a share in this address")
	case !slices.ContainsFunc(s.Only, func(p string) bool { return plainPlace(p) == to }):
		return errors.New("choose one of the ways that the person said are safe")
	}
	return nil
}

// MayReach says whether a place is safe to write to or ring about a case; every
// letter asks it, not only the answer.
func (k *Case) MayReach(to string) error {
	if err := k.Safety.allows(Delivery{Way: Sent, To: to}); err != nil {
		return &Error{Code: CodeNeeds, Need: NeedsSafe, Message: "this person may not be reached there", Mend: err.Error()}
	}
	return nil
}

// plainPlace is an address, number or e-mail address without what does not matter.
func plainPlace(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '@', r == '.', r == '+':
			return r
		case r > 127:
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// Safeguard records how the person can be reached in safety, in the place of what
// was recorded before.
func (c *Cases) Safeguard(ctx context.Context, on On, s Safety) (Case, error) {
	if len(s.Only) == 0 || len(s.Only) > 20 || len(s.Never) > 20 {
		return Case{}, input("give 1 to 20 safe ways, and up to 20 that are not", "there is no safe way, or there are too many")
	}
	for _, p := range slices.Concat(s.Only, s.Never) {
		if err := checkText("a way to reach the person", p, maxLine); err != nil {
			return Case{}, err
		}
		if plainPlace(p) == "" {
			return Case{}, input("leave it out", "a way to reach the person is empty")
		}
	}
	if slices.ContainsFunc(s.Only, func(p string) bool {
		return (&Safety{Only: s.Only, Never: s.Never}).allows(Delivery{Way: Sent, To: p}) != nil
	}) {
		return Case{}, input("leave it out of one of them", "a way is said to be safe and not to be")
	}
	if err := checkText("the reason", s.Why, maxWords); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Safeguards, change{
		done: func(k *Case) bool {
			return k.Safety != nil && slices.Equal(k.Safety.Only, s.Only) && slices.Equal(k.Safety.Never, s.Never) && k.Safety.Why == s.Why
		},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			k.Safety = &s
			return step{words: s.Why}, nil
		},
	})
}

// Death is what is known when a person has died.
type Death struct {
	Told   law.Date  // the day the landlord learnt of it
	How    string    // from whom, or by what
	Estate Requester // who enquires for the estate, if anybody does yet
}

// Died ends a case of a right with the death of the person, and opens an enquiry
// of the estate in the same transaction. Doing it again gives the two as they are.
func (c *Cases) Died(ctx context.Context, on On, d Death) (ended, estate Case, err error) {
	if err := errors.Join(c.past("the day the landlord learnt of it", d.Told), checkText("how it is known", d.How, maxWords), d.Estate.check()); err != nil {
		return Case{}, Case{}, err
	}
	was, err := c.Get(ctx, on.Case)
	if err != nil {
		return Case{}, Case{}, err
	}
	open := Request{Once: "estate of case " + was.ID, Kind: law.KindEstate, Received: d.Told, Channel: was.Channel, By: on.By,
		Notice: was.Notice, Nation: was.Inputs.Nation, Requester: d.Estate, Person: was.Person}
	then := on.Also
	on.Also = func(ctx context.Context, tx *store.Tx) (err error) {
		if estate, err = c.open(ctx, tx, open); err == nil && then != nil {
			err = then(ctx, tx)
		}
		return err
	}
	ended, err = c.act(ctx, on, Lapses, change{
		done: func(k *Case) bool { return k.State == Lapsed },
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			k.Ending = &Ending{How: Lapsed, Reason: d.How, By: on.By, At: c.now()}
			return step{words: d.How, facts: map[string]any{"day": d.Told}}, nil
		},
	})
	if err != nil || estate.ID != "" {
		return ended, estate, err
	}
	estate, err = c.Open(ctx, open) // it was done before: this gives the enquiry that was opened then
	return ended, estate, err
}
