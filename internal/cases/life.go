package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
)

// Refusal is a no, as the person was told it.
type Refusal struct {
	Reason  string   // in words
	Grounds []string // ids of law.GroundsFor the kind
	Routes  []string // law.Routes that were named
}

// Refuse records that the person was told no, with these reasons, on these
// grounds, and where they may complain (UK GDPR Art 12(4)).
func (c *Cases) Refuse(ctx context.Context, on On, r Refusal) (Case, error) {
	r.Reason = strings.TrimSpace(r.Reason)
	if err := checkText("the reason", r.Reason, maxWords); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Refuses, change{
		with: attempt{words: r.Reason, refusal: r},
		done: func(k *Case) bool {
			return k.State == Refused && k.Ending != nil && k.Ending.Reason == r.Reason && k.Ending.By == on.By && slices.Equal(k.Ending.Grounds, r.Grounds)
		},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			k.Ending = &Ending{How: Refused, Reason: r.Reason, Grounds: r.Grounds, Routes: r.Routes, By: on.By, At: c.now()}
			return step{facts: map[string]any{"grounds": r.Grounds, "routes": r.Routes}, words: r.Reason}, nil
		},
	})
}

// Withdraw records that the person does not want an answer any more.
func (c *Cases) Withdraw(ctx context.Context, on On, reason string) (Case, error) {
	return c.end(ctx, on, Withdraws, Withdrawn, reason, attempt{}, nil)
}

// Transfer records that a request about a client's tenant went to that client,
// whose it is to answer, on a day, and that the person knows. A task to pass it to
// that client is done with it.
func (c *Cases) Transfer(ctx context.Context, on On, client string, day law.Date, said string) (Case, error) {
	if client != "" {
		if err := checkID("the client", client); err != nil {
			return Case{}, err
		}
	}
	if err := c.past("the day it was passed on", day); err != nil {
		return Case{}, err
	}
	return c.end(ctx, on, Transfers, Transferred, said, attempt{client: client}, map[string]any{"client": client, "day": day})
}

// TransferDespite is Transfer of a case of which somebody would say that it is not, or not
// only, about that client's tenant. Why it goes there is kept with what was said, and
// the ledger has that there was a reason, and its digest.
func (c *Cases) TransferDespite(ctx context.Context, on On, client string, day law.Date, said, why string) (Case, error) {
	why = strings.TrimSpace(why)
	if err := errors.Join(checkID("the client", client), c.past("the day it was passed on", day)); err != nil {
		return Case{}, err
	}
	if why == "" {
		return Case{}, input("say why it goes to that client all the same", "the reason is missing")
	}
	words := strings.TrimSpace(said + "\nWhy it goes there all the same: " + why)
	return c.end(ctx, on, Transfers, Transferred, words, attempt{client: client}, map[string]any{"client": client, "day": day, "despite": true})
}

func (c *Cases) end(ctx context.Context, on On, a Action, how State, reason string, with attempt, facts map[string]any) (Case, error) {
	if err := checkText("the reason", reason, maxWords); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, a, change{
		with: with,
		done: func(k *Case) bool {
			return k.State == how && k.Ending != nil && k.Ending.Reason == reason && k.Ending.By == on.By
		},
		do: func(tx *store.Tx, k *Case, key keys.DataKey) (step, error) {
			k.Ending = &Ending{How: how, Reason: reason, Client: with.client, By: on.By, At: c.now()}
			if with.client != "" {
				if err := c.passed(ctx, tx, k, key, with.client, reason); err != nil {
					return step{}, err
				}
			}
			return step{facts: facts, words: reason}, nil
		},
	})
}

// Close closes a case that has had its answer, or wants none.
func (c *Cases) Close(ctx context.Context, on On) (Case, error) {
	return c.act(ctx, on, Closes, change{
		done: func(k *Case) bool { return k.State == Closed },
		do:   func(*store.Tx, *Case, keys.DataKey) (step, error) { return step{}, nil },
	})
}

// Acknowledge records that the person was told, on a day, that their complaint came:
// the clock for that is met, and the one of the answer runs from it.
func (c *Cases) Acknowledge(ctx context.Context, on On, day law.Date, said string) (Case, error) {
	if err := errors.Join(c.past("the day of the acknowledgement", day), checkText("what was said", said, maxWords)); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Acknowledges, change{do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
		if day.Before(k.Received) {
			return step{}, input("give the day it went out", "it was acknowledged on %s, before it came on %s", day, k.Received)
		}
		if !k.acknowledged(day) {
			return step{}, errDone // it was before
		}
		return step{facts: map[string]any{"day": day}, words: said}, nil
	}})
}

// Review records that the person asked, on a day, for the answer to be looked at
// again; its own clock runs from then.
func (c *Cases) Review(ctx context.Context, on On, day law.Date, why string) (Case, error) {
	if err := errors.Join(c.past("the day the review was asked for", day), checkText("what was asked", why, maxWords)); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Reviews, change{
		with: attempt{words: why},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			h, _ := k.Kind.Handling()
			k.meetAll(day)
			k.Inputs.Also = append(k.Inputs.Also, Clock{Regime: h.Review, From: day})
			return step{facts: map[string]any{"day": day}, words: why}, nil
		},
	})
}

// Conclude records what a review found, as the person was told it. Where it found
// that the answer was wrong the case is opened again.
func (c *Cases) Conclude(ctx context.Context, on On, upheld bool, found string) (Case, error) {
	if err := checkText("what was found", found, maxWords); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Concludes, change{
		with: attempt{words: found},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			k.Reviewed = &Review{Upheld: upheld, Found: found, By: on.By, At: c.now()}
			return step{facts: map[string]any{"upheld": upheld}, words: found}, nil
		},
	})
}

// Escalate records that the person took a complaint, on a day, to its second stage.
func (c *Cases) Escalate(ctx context.Context, on On, day law.Date, why string) (Case, error) {
	if err := errors.Join(c.past("the day it was taken further", day), checkText("what was said", why, maxWords)); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Escalates, change{
		with: attempt{words: why},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			k.meetAll(day)
			k.Inputs.Also = append(k.Inputs.Also, Clock{Regime: law.OmbudsmanAck, From: day}, Clock{Regime: law.Ombudsman2, From: day})
			k.again()
			return step{facts: map[string]any{"day": day}, words: why}, nil
		},
	})
}

// Reopen takes up a case that had ended, because something was missed. Its clocks
// stand where they stood: what was late stays late.
func (c *Cases) Reopen(ctx context.Context, on On, why string) (Case, error) {
	if err := checkText("the reason", why, maxWords); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Reopens, change{
		with: attempt{words: why},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			k.Inputs.Also = slices.DeleteFunc(k.Inputs.Also, func(cl Clock) bool {
				h, _ := k.Kind.Handling()
				return h.Review != "" && cl.Regime == h.Review && !cl.From.IsZero() // that review is over
			})
			k.eachClock(func(cl *Clock) {
				if !cl.acknowledges() {
					cl.Met = law.Date{}
				}
			})
			k.again()
			return step{words: why}, nil
		},
	})
}

// again makes a case that had ended one that runs.
func (k *Case) again() {
	k.Ending = nil
	if k.Draft != nil {
		k.Draft.Approved = nil
	}
}

// Spend records minutes that staff spent on a case, for the limit of cost and the
// landlord's own figures. Give On a Once where it may be recorded twice.
func (c *Cases) Spend(ctx context.Context, on On, minutes int, work law.Work, said string) (Case, error) {
	if minutes < 1 || minutes > 24*60 {
		return Case{}, input("give 1 to 1440, a day at a time", "%d minutes were given", minutes)
	}
	if work != law.Searching && work != law.Deciding {
		return Case{}, input(fmt.Sprintf("use %s or %s", law.Searching, law.Deciding), "there is no work called %q", clip(string(work)))
	}
	if err := checkText("what it went on", said, maxWords); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Spends, change{do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
		k.Minutes += minutes
		if work == law.Searching {
			k.Searching += minutes
		}
		return step{facts: map[string]any{"minutes": minutes, "work": work}, words: said}, nil
	}})
}

// Limit is how near a case is to the limit of cost of its kind; false where there
// is none. It counts what was spent on this case alone; what was spent on like requests is for
// whoever finds them, by Similar, to add.
func (c *Cases) Limit(k Case) (law.CostLimit, bool, error) {
	return law.Limit(c.holidays(), k.Kind, k.Received, []law.Effort{
		{Day: k.Received, Minutes: k.Searching, Work: law.Searching},
		{Day: k.Received, Minutes: k.Minutes - k.Searching, Work: law.Deciding},
	})
}

// Hold is a case that keeps data from being deleted.
type Hold struct {
	Case   string      `json:"case"`
	Number string      `json:"number"`
	Kind   law.Kind    `json:"kind"`
	What   law.Holding `json:"what"`
	Since  law.Date    `json:"since"`
}

// Hold is what a case keeps from being deleted, from its receipt until it is
// closed: to destroy what was asked for is an offence (DPA 2018 s.173).
func (k *Case) Hold() law.Holding {
	h, _ := k.Kind.Handling()
	if k.State == Closed || !k.Forgotten.IsZero() {
		return law.HoldNothing
	}
	return h.Holds
}

// Holds is every case that keeps data from being deleted, for whatever deletes to
// ask before it does.
func (c *Cases) Holds(ctx context.Context) ([]Hold, error) {
	var all []Hold
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+columns+` FROM cases WHERE landlord = $1 AND state <> 'closed' ORDER BY id`, c.landlord)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			k, _, err := c.scan(rows)
			if err != nil {
				return err
			}
			if what := k.Hold(); what != law.HoldNothing {
				all = append(all, Hold{k.ID, k.Number, k.Kind, what, k.Received})
			}
		}
		return rows.Err()
	})
	if err != nil {
		return nil, wrap("list the holds", err)
	}
	return all, nil
}
