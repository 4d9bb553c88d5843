package cases

import (
	"context"
	"fmt"
	"slices"

	"tenet/internal/law"
	"tenet/internal/store"
)

// Need is what must be true of a case before a step.
type Need string

// The needs.
const (
	NeedsIdentity  Need = "identity is recorded"
	NeedsAuthority Need = "whoever acts for the person may"
	NeedsDraft     Need = "there is a draft"
	NeedsFresh     Need = "the draft has every decision in it"
	NeedsSearched  Need = "no search is outstanding"
	NeedsHeld      Need = "the recording is held, or known to be gone"
	NeedsSecond    Need = "a second person where the notice says so"
	NeedsAnother   Need = "somebody who did not decide the answer"
	NeedsFactor    Need = "a proof that nobody linked with the person shares"
	NeedsSafe      Need = "the way is safe for the person"
	NeedsDoubt     Need = "a reasonable doubt is recorded"
	NeedsUnproved  Need = "the person is not identified already"
	NeedsReason    Need = "the reasons are recorded"
	NeedsTime      Need = "the person is told in time"
	NeedsGround    Need = "a ground that the law has for the kind"
	NeedsRoutes    Need = "the routes to complain are named"
	NeedsClient    Need = "there is a client whose tenant it is"
	NeedsStageOne  Need = "it is at its first stage"
	NeedsTold      Need = "whoever was to be told of it was"
)

// attempt is what a step is attempted with, as far as needs ask.
type attempt struct {
	by      string
	today   law.Date
	words   string // the reason or the doubt
	refusal Refusal
	client  string
	to      Delivery
	offered bool // an extension is to be had; worked out only where it is asked

	searches, holds, tells int // tasks that are open
}

// lacks says what to do about a need that a case does not meet; "" if it does.
func (k *Case) lacks(n Need, a attempt) string {
	h, _ := k.Kind.Handling()
	switch n {
	case NeedsIdentity:
		if k.Identity == nil {
			return "record first how it is known that the person is who they say they are"
		}
		if f := k.Identity.Factors; len(f) > 0 {
			if got := (Policy{}).Assess(min(h.Proof, law.GoodAssurance), f, a.today); !got.Enough {
				return "identify them better: " + words(got.Lacks)
			}
		}
	case NeedsFactor:
		if f := k.Identity.factors(); len(f) > 0 {
			if got := (Policy{}).Assess(h.Proof, f, a.today); !got.Enough {
				return "identify them again before anything is handed over: " + words(got.Lacks)
			}
		}
	case NeedsAuthority:
		if p := k.MayAct(a.today); p.Applies != law.Yes {
			mend := "see " + p.Cite
			if p.Needs != "" {
				mend = "get " + p.Needs
			}
			return p.Words + " " + mend
		}
	case NeedsDraft:
		if k.Draft == nil {
			return "make the draft first"
		}
	case NeedsFresh:
		if k.Draft != nil && k.Draft.Decided != k.Decided {
			return "make the draft again: something was decided after it was made"
		}
	case NeedsSearched:
		if a.searches > 0 {
			return fmt.Sprintf("finish the %d searches that are open, or record why they cannot be made", a.searches)
		}
	case NeedsHeld:
		if a.holds > 0 {
			return "have whoever runs the recordings confirm that they are saved, or that they were gone already"
		}
	case NeedsSecond:
		if k.Second && k.Draft != nil && (a.by == k.Draft.By || slices.Contains(k.Deciders, a.by)) {
			return "have it approved by somebody who neither made nor decided it"
		}
	case NeedsAnother:
		if k.Ending != nil && k.Ending.By == a.by {
			return "have it reviewed by somebody else"
		}
	case NeedsSafe:
		if err := k.Safety.allows(a.to); err != nil {
			return err.Error()
		}
	case NeedsDoubt:
		if a.words == "" {
			return "record what makes you doubt who asks: without a reasonable doubt nobody may be asked (UK GDPR Art 12(6))"
		}
	case NeedsUnproved:
		if k.Identity != nil {
			return "go on: who asks is known, and asking again may not be used to begin the time afresh"
		}
	case NeedsReason:
		if a.words == "" {
			return "give the reasons that the person was given"
		}
	case NeedsTime:
		if !a.offered {
			return "answer as soon as you can"
		}
	case NeedsGround:
		if len(a.refusal.Grounds) == 0 {
			return "name the ground: " + grounds(k.Kind)
		}
		for _, id := range a.refusal.Grounds {
			if !slices.ContainsFunc(law.GroundsFor(k.Kind), func(g law.Ground) bool { return g.ID == id }) {
				return fmt.Sprintf("%q is no ground for a case of kind %s: use %s", clip(id), k.Kind, grounds(k.Kind))
			}
		}
	case NeedsRoutes:
		for _, r := range law.Routes(k.Kind) {
			if !slices.Contains(a.refusal.Routes, r) {
				return "tell the person, and record, " + r
			}
		}
	case NeedsClient:
		if a.client == "" {
			return "name the client landlord"
		}
	case NeedsStageOne:
		if slices.ContainsFunc(k.clocks(), func(c Clock) bool { return c.Regime == law.Ombudsman2 }) {
			return "tell the person about the Ombudsman: it has been through both stages"
		}
	case NeedsTold:
		if a.tells > 0 {
			return fmt.Sprintf("finish the tasks to tell somebody that are open (%d), or record why telling them is impossible or asks too much (UK GDPR Art 19)", a.tells)
		}
	}
	return ""
}

func grounds(k law.Kind) string {
	var ids []string
	for _, g := range law.GroundsFor(k) {
		ids = append(ids, g.ID)
	}
	return words(ids)
}

// meets checks the needs of a row.
func (k *Case) meets(t Transition, a attempt) error {
	for _, n := range t.Needs {
		if mend := k.lacks(n, a); mend != "" {
			code := CodeNeeds
			if n == NeedsTime {
				code = CodeLate
			}
			return &Error{Code: code, Need: n, Message: fmt.Sprintf("to %s a case, it is needed that %s", t.Action, n), Mend: mend}
		}
	}
	return nil
}

// openTasks counts the tasks that needs ask about, by sort.
func (a *attempt) openTasks(ctx context.Context, tx *store.Tx, landlord, id string) error {
	err := tx.QueryRowContext(ctx, `SELECT count(CASE WHEN sort = $3 THEN 1 END), count(CASE WHEN sort = $4 THEN 1 END), count(CASE WHEN sort = $5 THEN 1 END)
		FROM cases_task WHERE landlord = $1 AND case_id = $2 AND ended IS NULL`, landlord, id, string(TaskSearch), string(TaskHold), string(TaskTell)).Scan(&a.searches, &a.holds, &a.tells)
	if err != nil {
		return fmt.Errorf("count the open tasks: %w", err)
	}
	return nil
}

// Offer is an action that a case's kind and state allow, and what it still needs
// that can be known beforehand.
type Offer struct {
	Action Action `json:"action"`
	To     State  `json:"to"`
	Lacks  []Need `json:"lacks"` // empty if it may be done at once
}

// told is the needs that only the doing itself can meet, by what is given with it.
var told = []Need{NeedsDoubt, NeedsReason, NeedsGround, NeedsRoutes, NeedsClient, NeedsSafe}

// Offers is what may be done to a case by somebody now, for faces to show. An
// extension that can no longer be notified in time is not among them.
func (c *Cases) Offers(ctx context.Context, k Case, by string) ([]Offer, error) {
	if !k.Forgotten.IsZero() {
		return nil, nil
	}
	a := attempt{by: by, today: law.DateOf(c.now())}
	err := c.store.Read(ctx, func(tx *store.Tx) error { return a.openTasks(ctx, tx, c.landlord, k.ID) })
	if err != nil {
		return nil, wrap("offer what may be done", err)
	}
	_, a.offered = c.MayExtend(k)
	var all []Offer
	for _, t := range table() {
		if t.From != k.State || !t.of(k.Kind) || t.Action == Reclocks {
			continue
		}
		o := Offer{Action: t.Action, To: t.To, Lacks: []Need{}}
		for _, n := range t.Needs {
			if !slices.Contains(told, n) && k.lacks(n, a) != "" {
				o.Lacks = append(o.Lacks, n)
			}
		}
		if t.Action == Extends && !a.offered {
			continue
		}
		all = append(all, o)
	}
	return all, nil
}
