package cases

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/store"
)

// Note writes something down in a case. A note has no once of its own: give On
// one where it may be sent twice.
func (c *Cases) Note(ctx context.Context, on On, words string) (Case, error) {
	if strings.TrimSpace(words) == "" {
		return Case{}, input("write something", "the note is empty")
	}
	if err := checkText("the note", words, maxWords); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Notes, change{do: func(*store.Tx, *Case, keys.DataKey) (step, error) {
		return step{words: words}, nil
	}})
}

// Tell writes to the person, where they follow the case. Whoever has the case's code
// reads it, so that it may not say what is held before identity is recorded. Give On a
// Once where it may be sent twice.
func (c *Cases) Tell(ctx context.Context, on On, words string) (Case, error) {
	if strings.TrimSpace(words) == "" {
		return Case{}, input("write something", "the message is empty")
	}
	if err := checkText("the message", words, maxWords); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Tells, change{do: func(*store.Tx, *Case, keys.DataKey) (step, error) {
		return step{words: words}, nil
	}})
}

// Attach keeps a paper that the person or a colleague gave as a working file, and
// writes down what it is. A file of the same name is refused: what came in is never
// overwritten. Give On a Once where it may be sent twice.
func (c *Cases) Attach(ctx context.Context, on On, f File, words string) (Case, error) {
	if err := errors.Join(f.check(), checkText("what it is", words, maxWords)); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Attaches, change{do: func(tx *store.Tx, k *Case, key keys.DataKey) (step, error) {
		var n int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM cases_file WHERE landlord = $1 AND case_id = $2 AND name = $3`, c.landlord, k.ID, f.Name).Scan(&n)
		if err == nil && n > 0 {
			err = input("give it another name", "the case has a file called %s already", f.Name)
		}
		if err == nil {
			err = c.putFile(ctx, tx, k, key, f)
		}
		return step{facts: map[string]any{"file": f.Name, "size": len(f.Data)}, words: words}, err
	}})
}

// Describe replaces what is known of the person, as when a clarification says
// more. A draft that was made before is to be made again.
func (c *Cases) Describe(ctx context.Context, on On, p Person) (Case, error) {
	if err := p.check(); err != nil {
		return Case{}, err
	}
	return c.act(ctx, on, Describes, change{
		done: func(k *Case) bool { return k.Person == p },
		do: func(tx *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			k.Person, k.Decided = p, k.Version+1
			return step{}, c.mark(ctx, tx, k)
		},
	})
}

// SetDraft puts a sealed answer before whoever approves, in the place of any
// before it, and keeps its working files with it. A draft whose digest the case
// has already changes nothing. A draft made from older decisions than the case has
// is refused; an approval of the draft before falls.
func (c *Cases) SetDraft(ctx context.Context, on On, d Draft, files ...File) (Case, error) {
	if raw, err := hex.DecodeString(d.Digest); err != nil || len(raw) != 32 || d.Digest != strings.ToLower(d.Digest) {
		return Case{}, input("give the SHA-256 of the sealed pack in small hexadecimal", "the draft's digest is not one")
	}
	if err := errors.Join(checkID("the name of the pack", d.Pack), checkID("the version of the notice", d.Notice)); err != nil {
		return Case{}, err
	}
	if d.Size < 0 || d.Withheld < 0 || d.Undecided < 0 || len(d.Counts) > 10_000 || len(d.Whose) > 100 {
		return Case{}, input("give sizes and counts of 0 or more", "the draft's counts cannot be right")
	}
	for _, f := range files {
		if err := f.check(); err != nil {
			return Case{}, err
		}
	}
	return c.act(ctx, on, Drafts, change{
		done: func(k *Case) bool {
			return k.State != Received && k.Draft != nil && k.Draft.Digest == d.Digest && k.Draft.Decided == k.Decided
		},
		do: func(tx *store.Tx, k *Case, key keys.DataKey) (step, error) {
			if d.Decided != k.Decided {
				return step{}, &Error{Code: CodeNeeds, Message: "something was decided while the draft was made", Mend: "make the draft again"}
			}
			for _, f := range files {
				if err := c.putFile(ctx, tx, k, key, f); err != nil {
					return step{}, err
				}
			}
			d.By, d.At, d.Approved = on.By, c.now(), nil
			k.Draft = &d
			return step{facts: map[string]any{"digest": d.Digest, "size": d.Size, "notice": d.Notice, "index": d.Index,
				"withheld": d.Withheld, "undecided": d.Undecided, "decided": d.Decided}}, nil
		},
	})
}

// Approve lets the draft of this digest out, and refuses any other.
func (c *Cases) Approve(ctx context.Context, on On, digest string) (Case, error) {
	return c.act(ctx, on, Approves, change{
		done: func(k *Case) bool {
			return k.State == Approved && k.Draft.Digest == digest && k.Draft.Approved.By == on.By
		},
		do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
			if k.Draft.Digest != digest {
				return step{}, &Error{Code: CodeChanged, Message: "the draft is not the one that was looked at", Mend: "look at the draft there is now, then approve that"}
			}
			k.Draft.Approved = &Approval{By: on.By, At: c.now()}
			return step{facts: map[string]any{"digest": digest, "undecided": k.Draft.Undecided}}, nil
		},
	})
}

// Release is Deliver to nowhere in particular.
func (c *Cases) Release(ctx context.Context, on On, way Way) (Case, error) {
	return c.Deliver(ctx, on, Delivery{Way: way})
}

// Deliver records that the approved answer reached the person. It may do so more
// than once, each time recorded; give On a Once where one handing over may be
// recorded twice. Where the person is to be reached only in safety, what is sent
// anywhere else is refused; ask MayReach before it is sent.
func (c *Cases) Deliver(ctx context.Context, on On, to Delivery) (Case, error) {
	way := to.Way
	if way != Sent && way != Collected {
		return Case{}, input("use sent or collected", "there is no such way of releasing")
	}
	return c.act(ctx, on, Releases, change{with: attempt{to: to}, do: func(tx *store.Tx, k *Case, _ keys.DataKey) (step, error) {
		if k.Ending == nil {
			k.Ending = &Ending{How: Released, Way: way, By: on.By, At: c.now()}
		}
		if c.released != nil {
			if err := c.released(ctx, tx, *k, to, on.By); err != nil {
				return step{}, err
			}
		}
		return step{facts: map[string]any{"way": way, "digest": k.Draft.Digest}}, nil
	}})
}

// Take records that a member of staff took a copy of the approved pack.
func (c *Cases) Take(ctx context.Context, on On) (Case, error) {
	return c.act(ctx, on, Takes, change{do: func(_ *store.Tx, k *Case, _ keys.DataKey) (step, error) {
		return step{facts: map[string]any{"digest": k.Draft.Digest}}, nil
	}})
}

// mostDecisions is how many items may be decided in one step.
const mostDecisions = 1000

// Decide records what becomes of items of the answer, all or none, each in the
// place of what was decided of it before. A draft that was made before is to be
// made again, and its approval falls.
func (c *Cases) Decide(ctx context.Context, on On, decisions ...Decision) (Case, error) {
	if n := len(decisions); n == 0 || n > mostDecisions {
		return Case{}, input(fmt.Sprintf("decide 1 to %d at once", mostDecisions), "%d items were given", n)
	}
	decisions = slices.Clone(decisions)
	var facts []map[string]any
	for i, d := range decisions {
		if err := d.check(); err != nil {
			return Case{}, err
		}
		d.By, d.At = on.By, c.now()
		decisions[i] = d
		facts = append(facts, map[string]any{"item": d.Item, "release": d.Release, "exemption": d.Exemption})
	}
	return c.act(ctx, on, Decides, change{do: func(tx *store.Tx, k *Case, key keys.DataKey) (step, error) {
		next := k.Version + 1
		same := 0
		for _, d := range decisions {
			was, err := c.decision(ctx, tx, k.ID, key, d.Item)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return step{}, err
			}
			if err == nil && was.Release == d.Release && was.Exemption == d.Exemption && was.Reason == d.Reason && was.By == d.By {
				same++
				continue
			}
			sealed := key.Seal([]byte(d.Reason), c.context(k.ID, "decision", d.Item))
			_, err = tx.ExecContext(ctx, `INSERT INTO cases_decision (landlord, case_id, item, step, release, exemption, decided, actor, sealed)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (landlord, case_id, item) DO UPDATE SET
				step = excluded.step, release = excluded.release, exemption = excluded.exemption, decided = excluded.decided,
				actor = excluded.actor, sealed = excluded.sealed`,
				c.landlord, k.ID, d.Item, next, flag(d.Release), d.Exemption, store.Micros(d.At), d.By, sealed)
			if err != nil {
				return step{}, fmt.Errorf("keep a decision: %w", err)
			}
		}
		if same == len(decisions) {
			return step{}, errDone
		}
		k.Decided = next
		if !slices.Contains(k.Deciders, on.By) {
			k.Deciders = append(slices.Clone(k.Deciders), on.By)
		}
		if k.Draft != nil {
			k.Draft.Approved = nil
		}
		return step{facts: map[string]any{"items": facts}}, nil
	}})
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (d Decision) check() error {
	if len(d.Item) < 16 || len(d.Item) > 64 || strings.Trim(d.Item, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		return input("use 16 to 64 letters, digits, - and _ of a random or keyed-hash id", "an item's id is not opaque")
	}
	if strings.TrimSpace(d.Reason) == "" {
		return input("say why, in words", "a decision needs its reason")
	}
	if err := checkText("the reason", d.Reason, maxWords); err != nil {
		return err
	}
	_, known := law.ExemptionByID(d.Exemption)
	switch {
	case d.Release && d.Exemption != "":
		return input("leave the exemption out, or withhold the item", "an item that is released was given the exemption %q", clip(d.Exemption))
	case !d.Release && !known:
		return input("name one of law's exemptions by its id, such as "+law.ExemptThirdParty, "an item is withheld under %q, which is no exemption", clip(d.Exemption))
	}
	return nil
}

const decisionColumns = `SELECT item, release, exemption, decided, actor, sealed FROM cases_decision WHERE landlord = $1 AND case_id = $2`

func (c *Cases) scanDecision(row interface{ Scan(...any) error }, id string, key keys.DataKey) (Decision, error) {
	var d Decision
	var at int64
	var sealed []byte
	if err := row.Scan(&d.Item, &d.Release, &d.Exemption, &at, &d.By, &sealed); err != nil {
		return Decision{}, err
	}
	reason, err := key.Open(sealed, c.context(id, "decision", d.Item))
	if err != nil {
		return Decision{}, fmt.Errorf("the decision on item %s: %w", d.Item, err)
	}
	d.At, d.Reason = store.Time(at), string(reason)
	return d, nil
}

// Decisions is every decision of a case as it stands, by item, and the
// Case.Decided they are of: a draft made from them says so.
func (c *Cases) Decisions(ctx context.Context, id string) (all []Decision, decided int64, err error) {
	err = c.store.Read(ctx, func(tx *store.Tx) error {
		k, key, err := c.load(ctx, tx, id)
		if err != nil {
			return err
		}
		decided = k.Decided
		rows, err := tx.QueryContext(ctx, decisionColumns+` ORDER BY item`, c.landlord, k.ID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			d, err := c.scanDecision(rows, k.ID, key)
			if err != nil {
				return err
			}
			all = append(all, d)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, 0, wrap("read the decisions of a case", err)
	}
	return all, decided, nil
}

func (c *Cases) decision(ctx context.Context, tx *store.Tx, id string, key keys.DataKey, item string) (Decision, error) {
	d, err := c.scanDecision(tx.QueryRowContext(ctx, decisionColumns+` AND item = $3`, c.landlord, id, item), id, key)
	if errors.Is(err, sql.ErrNoRows) {
		return d, &Error{Code: CodeNotFound, Message: "nothing is decided of this item"}
	}
	return d, err
}
