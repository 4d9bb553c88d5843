package cases

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Request is what a case is opened with.
type Request struct {
	// Once names this request among all of the landlord's: opening it again gives
	// the case that was opened first. A form's token will do; any text may stand here.
	Once string
	// Kind is what it is about; it may be left out where Regime says it.
	Kind     law.Kind
	Regime   law.Regime // the clock it goes by; may be left out where Kind is given
	Also     []Clock    // its other clocks; nil for those that the law winds for the kind. See Under
	Received law.Date   // may be left out where At is given
	At       time.Time  // the instant of receipt, where known
	Channel  string     // letters, digits and hyphens
	By       string     // who opened it: a staff id, "system"; empty where the requester did, on the portal
	Notice   string     // hash of the version in force
	Nation   law.Nation
	Promise  *law.Promise // what the notice promises for it; see Promised
	// TargetDays is how many calendar days staff aim for; see Target. 0 for none.
	TargetDays int
	Requester  Requester
	Person     Person
	// AskIdentity says that the person was asked at receipt to prove who they are,
	// which is not to be done where there is no doubt (UK GDPR Art 12(6)).
	AskIdentity bool
	Doubt       string   // what made whoever asked doubt who it is; needed with AskIdentity
	Secret      [32]byte // hash of the code that opens it on the portal; zero for none
	Acting      *Acting  // who acts for the person; nil if they ask for themselves
	Safety      *Safety
	Second      bool         // the notice wants a second person to approve
	Entity      string       // the legal entity it was put to, an id of the notice; may be empty
	Scope       string       // the part of what is held that was asked for, by a name of the caller's; empty is all
	Standing    law.Standing // what the regime is to that entity; empty leaves it to the settings
	Mind        string       // what staff are to mind about it, as why it has no clock of the law; it stays with the case
	// Tasks are given with the opening: a line for each store to search. Where recordings
	// may overwrite themselves and none is to hold them, one is added.
	Tasks    []NewTask
	Operator string // who runs the recordings, for that task; empty is "recordings"

	carried *Inputs // what happened to it before it was imported
	origin  string  // what it was known by there
	// extension is the reasons the person was given there, if it was extended.
	extension string
	opened    *bool // set to whether this opened it; may be nil
}

// holdHours is how long whoever runs recordings has to save one: less than a working day, as
// footage may go at midnight.
const holdHours = 4

// Under fills in what a version of a notice decides of a request: its clocks with what is
// promised and aimed for, the version and the nation. The kind must be given.
func (r *Request) Under(n *notice.Notice) error {
	h, ok := r.Kind.Handling()
	if !ok {
		_, err := law.ParseKind(string(r.Kind))
		return input("", "%v", err)
	}
	r.Notice, r.Nation = n.Version(), law.Nation(n.Landlord.Nation)
	r.Also = []Clock{}
	for i, w := range h.Clocks {
		promise, target := Promised(n, w.Regime), Target(n, w.Regime)
		if target == 0 {
			target = w.TargetDays
		}
		if i == 0 {
			r.Regime, r.Promise, r.TargetDays = w.Regime, promise, target
			continue
		}
		r.Also = append(r.Also, Clock{Regime: w.Regime, Promise: promise, TargetDays: target})
	}
	return nil
}

// Open opens a case. A request whose Once was opened before gives that case and
// changes nothing.
func (c *Cases) Open(ctx context.Context, r Request) (Case, error) {
	var k Case
	err := c.store.Write(ctx, func(tx *store.Tx) (err error) {
		k, err = c.open(ctx, tx, r)
		return err
	})
	if err != nil {
		return Case{}, wrap("open a case", err)
	}
	return k, nil
}

// open is Open in a transaction.
func (c *Cases) open(ctx context.Context, tx *store.Tx, r Request) (Case, error) {
	k, err := c.newCase(r)
	if err != nil {
		return Case{}, err
	}
	if r.opened != nil {
		*r.opened = false // where the transaction is tried again
	}
	once := digest("once", r.Once)
	var id string
	err = tx.QueryRowContext(ctx, `SELECT id FROM cases WHERE landlord = $1 AND once = $2`, c.landlord, once).Scan(&id)
	if err == nil {
		k, _, err = c.load(ctx, tx, id)
		return k, err
	} else if !errors.Is(err, sql.ErrNoRows) {
		return Case{}, err
	}
	h, _ := k.Kind.Handling()
	series := fmt.Sprintf("%s-%d", h.Series, k.Received.Year)
	var n int64
	err = tx.QueryRowContext(ctx, `INSERT INTO cases_series (landlord, series, last) VALUES ($1, $2, 1)
		ON CONFLICT (landlord, series) DO UPDATE SET last = cases_series.last + 1 RETURNING last`, c.landlord, series).Scan(&n)
	if err != nil {
		return Case{}, fmt.Errorf("number the case: %w", err)
	}
	if r.opened != nil {
		*r.opened = true
	}
	k.Number = fmt.Sprintf("%s-%04d", series, n)
	if k.ChangedBy = r.By; r.By == "" {
		k.ChangedBy = k.Number
	}
	k.changedAct = Opens.Entry()
	key, wrapped, err := c.ring.NewDataKey(c.owner(k.ID))
	if err != nil {
		return Case{}, err
	}
	if err := c.insert(ctx, tx, &k, key, wrapped, once, r.Secret); err != nil {
		return Case{}, err
	}
	if err := c.mark(ctx, tx, &k); err != nil {
		return Case{}, err
	}
	facts := map[string]any{"number": k.Number, "kind": k.Kind, "regime": k.Regime, "received": k.Received, "channel": k.Channel, "due": dueText(k.Due)}
	if tasks := r.tasks(h, k.Opened); len(tasks) > 0 {
		if facts["tasks"], err = c.give(ctx, tx, &k, key, k.Version, tasks); err != nil {
			return Case{}, err
		}
	}
	if what := k.Hold(); what != law.HoldNothing {
		facts["holds"] = what
	}
	if k.Entity != "" {
		facts["entity"] = k.Entity
	}
	if r.origin != "" {
		facts["imported"] = digest("import", r.origin)
	}
	return k, c.record(ctx, tx, &k, key, Transition{To: Received, Entry: Opens.Entry()}, "", step{facts: facts, words: r.Doubt})
}

// tasks is the tasks of a request, and one to hold recordings where that is missing.
func (r Request) tasks(h law.Handling, opened time.Time) []NewTask {
	holds := slices.ContainsFunc(r.Tasks, func(t NewTask) bool { return t.Sort == TaskHold })
	if h.Holds != law.HoldRecordings || holds {
		return r.Tasks
	}
	hold := NewTask{Sort: TaskHold, Place: string(h.Kind), Owner: r.Operator, Due: opened.Add(holdHours * time.Hour),
		What: "Save what was asked for before it is overwritten, also where the time or place is not clear yet: save the likely window. Then say that it is saved, or that it was gone."}
	if hold.Owner == "" {
		hold.Owner = "recordings"
	}
	return append([]NewTask{hold}, r.Tasks...)
}

// newCase checks a request, and makes a case of it that has no number yet.
func (c *Cases) newCase(r Request) (Case, error) {
	now := c.now()
	if r.Once == "" {
		return Case{}, input("give a random text, made once for each form or command", "the request has no Once")
	}
	if err := r.settle(); err != nil {
		return Case{}, err
	}
	if !r.At.IsZero() {
		r.At = store.Time(store.Micros(r.At))
		day := law.DateOf(r.At)
		if r.Received.IsZero() {
			r.Received = day
		}
		if r.Received != day {
			return Case{}, input("give one of them", "it was received on %s and at an instant of %s", r.Received, day)
		}
	}
	if r.Received.IsZero() {
		return Case{}, input("give the day it came in, working day or not", "the day of receipt is missing")
	}
	if err := c.past("the day of receipt", r.Received); err != nil {
		return Case{}, err
	}
	if err := checkID("the channel", r.Channel); err != nil {
		return Case{}, err
	}
	if r.Notice != "" {
		if err := checkID("the version of the notice", r.Notice); err != nil {
			return Case{}, err
		}
	}
	if r.Entity != "" {
		if err := checkID("the legal entity", r.Entity); err != nil {
			return Case{}, err
		}
	}
	if r.Scope != "" {
		if err := checkID("the scope", r.Scope); err != nil {
			return Case{}, err
		}
	}
	if err := errors.Join(r.Requester.check(), r.Person.check(), r.Acting.check(), checkText("the doubt", r.Doubt, maxWords), checkText("what to mind", r.Mind, maxWords)); err != nil {
		return Case{}, err
	}
	for _, t := range r.Tasks {
		if err := t.check(); err != nil {
			return Case{}, err
		}
	}
	k := Case{
		ID: strings.ToLower(rand.Text()), Kind: r.Kind, Regime: r.Regime, Entity: r.Entity, State: Received, Version: 1,
		Received: r.Received, At: r.At, Channel: r.Channel, Notice: r.Notice,
		Inputs: Inputs{Nation: r.Nation, Promise: r.Promise, TargetDays: r.TargetDays, Also: r.Also, Standing: r.Standing},
		Opened: now, Changed: now,
		Particulars: Particulars{Requester: r.Requester, Person: r.Person, Acting: r.Acting, Safety: r.Safety, Second: r.Second, Original: r.origin, Scope: r.Scope, Mind: r.Mind},
	}
	if k.Acting != nil {
		acting := *k.Acting
		acting.By = r.By
		k.Acting = &acting
	}
	if r.AskIdentity {
		k.Inputs.Identity = law.Span{From: r.Received}
	}
	if in := r.carried; in != nil {
		if err := c.carry(&k, *in); err != nil {
			return Case{}, err
		}
		if !in.Extension.IsZero() {
			k.Extension = &Extension{Told: in.Extension, Reasons: r.extension, By: r.By, At: now}
		}
	}
	return k, c.wind(&k, c.holidays())
}

// carry takes over what happened to a case before it was imported.
func (c *Cases) carry(k *Case, in Inputs) error {
	for _, d := range []struct {
		what string
		day  law.Date
	}{{"the day identity was asked for", in.Identity.From}, {"the day it arrived", in.Identity.To},
		{"the day of the extension", in.Extension}, {"the day of the acknowledgement", in.Acknowledged}} {
		if !d.day.IsZero() {
			if err := c.past(d.what, d.day); err != nil {
				return err
			}
		}
	}
	for _, s := range in.Clarifications {
		if err := c.past("the day clarification was asked for", s.From); err != nil {
			return err
		}
		if !s.To.IsZero() {
			if err := c.past("the day clarification was answered", s.To); err != nil {
				return err
			}
		}
	}
	k.Inputs.Identity, k.Inputs.Clarifications = in.Identity, in.Clarifications
	if !in.Acknowledged.IsZero() {
		k.acknowledged(in.Acknowledged)
	}
	if !in.Extension.IsZero() {
		i, err := c.extendable(k, in.Extension)
		if err != nil {
			return err
		}
		k.extend(i, in.Extension)
	}
	return nil
}

// settle works out kind, regime and the other clocks of a request, of which one
// may say the others.
func (r *Request) settle() error {
	if r.Kind == "" {
		if _, err := law.ParseRegime(string(r.Regime)); err != nil {
			return input("", "%v", err)
		}
		r.Kind = law.KindOf(r.Regime)
	}
	h, ok := r.Kind.Handling()
	if !ok {
		_, err := law.ParseKind(string(r.Kind))
		return input("", "%v", err)
	}
	if r.Regime == "" {
		r.Regime = h.Regime()
	}
	if _, err := law.ParseRegime(string(r.Regime)); err != nil {
		return input("", "%v", err)
	}
	if _, promise := r.Regime.Promise(); !promise && law.KindOf(r.Regime) != r.Kind &&
		!slices.ContainsFunc(h.Clocks, func(w law.Winding) bool { return w.Regime == r.Regime }) {
		return input("leave the regime out", "a case of kind %s does not go by %s", r.Kind, r.Regime)
	}
	if r.TargetDays == 0 {
		for _, w := range h.Clocks {
			if w.Regime == r.Regime {
				r.TargetDays = w.TargetDays
			}
		}
	}
	if r.Also == nil {
		for _, w := range h.Clocks {
			// A complaint that comes at its second stage has none of the first.
			if w.Regime != r.Regime && (r.Regime != law.Ombudsman2 || w.Regime != law.Ombudsman1) {
				r.Also = append(r.Also, Clock{Regime: w.Regime, TargetDays: w.TargetDays})
			}
		}
	}
	for _, cl := range r.Also {
		if _, err := law.ParseRegime(string(cl.Regime)); err != nil {
			return input("", "%v", err)
		}
	}
	if r.AskIdentity {
		if h.Proof == law.NoAssurance {
			return input("do not ask", "nobody has to prove who they are for a case of kind %s", r.Kind)
		}
		if strings.TrimSpace(r.Doubt) == "" {
			return input("say in Doubt what makes it doubtful who asks (UK GDPR Art 12(6))", "identity was asked for at receipt and no doubt is recorded")
		}
	}
	return nil
}
