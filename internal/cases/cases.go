package cases

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Config is what cases need.
type Config struct {
	Store    *store.Store
	Ring     *keys.Ring
	Landlord string // whose cases; store.Default where there is one
	// Holidays gives the holidays in use, so that newer ones take effect without a
	// restart; nil means law.Embedded.
	Holidays func() *law.Holidays
	Settings *law.Settings    // the landlord's reading of open points of law; nil means law.Defaults
	Now      func() time.Time // nil means time.Now
}

// Cases is the cases of one landlord. It is safe for use by many goroutines.
type Cases struct {
	store    *store.Store
	ring     *keys.Ring
	landlord string
	holidays func() *law.Holidays
	settings *law.Settings
	clock    func() time.Time
}

// New is the cases of a landlord.
func New(c Config) (*Cases, error) {
	if c.Store == nil || c.Ring == nil || c.Landlord == "" {
		return nil, errors.New("cases: a store, keys and a landlord are needed")
	}
	cs := &Cases{c.Store, c.Ring, c.Landlord, c.Holidays, c.Settings, c.Now}
	if cs.holidays == nil {
		embedded := law.Embedded()
		cs.holidays = func() *law.Holidays { return embedded }
	}
	if cs.clock == nil {
		cs.clock = time.Now
	}
	if cs.settings != nil {
		if err := cs.settings.Validate(); err != nil {
			return nil, fmt.Errorf("cases: %w", err)
		}
	}
	return cs, nil
}

// now is the instant as the store keeps it.
func (c *Cases) now() time.Time { return store.Time(store.Micros(c.clock())) }

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
	Standing    law.Standing // what the regime is to that entity; empty leaves it to the settings
	// Tasks are given with the opening: a line for each store to search. Where recordings
	// may overwrite themselves and none is to hold them, one is added.
	Tasks    []NewTask
	Operator string // who runs the recordings, for that task; empty is "recordings"

	carried *Inputs // what happened to it before it was imported
	origin  string  // what it was known by there
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
	if err := errors.Join(r.Requester.check(), r.Person.check(), r.Acting.check(), checkText("the doubt", r.Doubt, maxWords)); err != nil {
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
		Particulars: Particulars{Requester: r.Requester, Person: r.Person, Acting: r.Acting, Safety: r.Safety, Second: r.Second, Original: r.origin},
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
		k.Inputs.Identity, k.Inputs.Clarifications, k.Inputs.Extension, k.Inputs.Acknowledged = in.Identity, in.Clarifications, in.Extension, in.Acknowledged
		if !in.Acknowledged.IsZero() {
			k.acknowledged(in.Acknowledged)
		}
	}
	return k, c.wind(&k, c.holidays())
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

// On is who acts on which case.
type On struct {
	Case string // its id
	By   string // who acts: a staff id, "system", or the case's own number for the requester
	// Version is the case as the actor saw it: if it is another by now, nothing
	// is done and the error is ErrChanged. 0 acts on the case whatever it is.
	Version int64
	// Once, if not empty, names this doing: doing it again, as after a crash,
	// changes nothing and gives the case as it is. Steps that can be seen to be
	// done already need none.
	Once string
	// Also, if not nil, is done in the transaction of the step, and undoes it by an
	// error. It is not called where the step changes nothing.
	Also func(context.Context, *store.Tx) error
}

// step is what a step of a case writes besides the case itself.
type step struct {
	facts map[string]any // for the ledger: no personal data
	words string         // what was said, to be sealed
}

// errDone says that what a step would do is done.
var errDone = errors.New("done already")

// change is a step as its method sees it.
type change struct {
	with attempt // what it is attempted with; who and when are filled in
	// done reports whether what the step would do is done; nil where it may be
	// done any number of times.
	done func(k *Case) bool
	// do alters the case, which is in the state the step leads to, and says what to
	// record.
	do func(tx *store.Tx, k *Case, key keys.DataKey) (step, error)
}

// act performs a step: everything of it in one transaction with its entry.
func (c *Cases) act(ctx context.Context, on On, a Action, ch change) (Case, error) {
	if on.By == "" {
		return Case{}, input("say who acts", "the act has no actor")
	}
	var k Case
	err := c.store.Write(ctx, func(tx *store.Tx) error {
		var key keys.DataKey
		var err error
		if k, key, err = c.load(ctx, tx, on.Case); err != nil {
			return err
		}
		if ch.done != nil && ch.done(&k) {
			return errDone
		}
		was := k
		t, err := c.allowed(ctx, tx, &k, on, a, ch.with)
		if err == nil {
			k.State = t.To
			var s step
			if s, err = ch.do(tx, &k, key); err == nil {
				if err = c.take(ctx, tx, on, &was, &k, key, t, s); err == nil && on.Also != nil {
					err = on.Also(ctx, tx)
				}
				return err
			}
			k = was
		}
		if on.Once == "" {
			return err
		}
		// It may have been done, and the case have gone on since.
		if again := tx.Record(ctx, c.entry(&was, on.By, a.Entry(), on.Once), nil); errors.Is(again, store.ErrRecorded) {
			return again
		}
		return err // and with it, what was recorded to find out
	})
	switch {
	case errors.Is(err, errDone):
		return k, nil
	case errors.Is(err, store.ErrRecorded):
		return c.Get(ctx, on.Case)
	case err != nil:
		return Case{}, wrap(fmt.Sprintf("%s case %s", a, on.Case), err)
	}
	return k, nil
}

// allowed says whether, and by which row of the table, an action may be done.
func (c *Cases) allowed(ctx context.Context, tx *store.Tx, k *Case, on On, a Action, with attempt) (Transition, error) {
	if on.Version != 0 && on.Version != k.Version {
		who := &Changed{By: k.ChangedBy, At: k.Changed, Act: k.changedAct, Version: k.Version}
		return Transition{}, &Error{Code: CodeChanged, Err: who,
			Message: fmt.Sprintf("the case was changed after it was read: %v", who), Mend: "look at it again, then act"}
	}
	if !k.Forgotten.IsZero() {
		return Transition{}, forgotten(k)
	}
	t, err := k.row(a)
	if err != nil {
		return t, err
	}
	with.by, with.today = on.By, law.DateOf(c.now())
	if slices.Contains(t.Needs, NeedsSearched) || slices.Contains(t.Needs, NeedsHeld) {
		if with.searches, with.holds, err = c.openTasks(ctx, tx, k.ID); err != nil {
			return t, err
		}
	}
	return t, k.meets(t, with)
}

// take writes a step.
func (c *Cases) take(ctx context.Context, tx *store.Tx, on On, was, k *Case, key keys.DataKey, t Transition, s step) error {
	k.Version++
	k.Changed, k.ChangedBy, k.changedAct = c.now(), on.By, t.Entry
	if k.State.Running() {
		if err := c.wind(k, c.holidays()); err != nil {
			return err
		}
		k.Ended = time.Time{}
	} else if was.State.Running() {
		k.Ended = k.Changed
	}
	if err := c.update(ctx, tx, k, key); err != nil {
		return err
	}
	if before, now := dueText(was.Due), dueText(k.Due); before != now {
		if s.facts == nil {
			s.facts = map[string]any{}
		}
		s.facts["due_was"], s.facts["due"] = before, now
	}
	return c.record(ctx, tx, k, key, t, on.Once, s)
}

func (c *Cases) entry(k *Case, by, act, once string) ledger.Act {
	if once == "" {
		once = fmt.Sprintf("cases/%s/%d", k.ID, k.Version)
	} else {
		once = fmt.Sprintf("cases/%s/%s", k.ID, digest("once", once))
	}
	return ledger.Act{Landlord: c.landlord, Actor: by, Name: act, Subject: k.ID, Notice: k.Notice, Once: once}
}

// Payload is what the ledger's entry of a step commits to. It holds no personal
// data: what was said stands there as the SHA-256 of its sealed form.
type Payload struct {
	Step  int64          `json:"step"`
	From  State          `json:"from,omitempty"`
	To    State          `json:"to"`
	Words string         `json:"words,omitempty"`
	Facts map[string]any `json:"facts,omitempty"`
}

// record writes the entry of a step, and its words.
func (c *Cases) record(ctx context.Context, tx *store.Tx, k *Case, key keys.DataKey, t Transition, once string, s step) error {
	p := Payload{Step: k.Version, From: t.From, To: t.To, Facts: s.facts}
	if s.words != "" {
		sealed := key.Seal([]byte(s.words), c.context(k.ID, "words", fmt.Sprint(k.Version)))
		_, err := tx.ExecContext(ctx, `INSERT INTO cases_words (landlord, case_id, step, sealed) VALUES ($1, $2, $3, $4)`,
			c.landlord, k.ID, k.Version, sealed)
		if err != nil {
			return fmt.Errorf("keep what was said: %w", err)
		}
		sum := sha256.Sum256(sealed)
		p.Words = hex.EncodeToString(sum[:])
	}
	a := c.entry(k, k.ChangedBy, t.Entry, once)
	if notice, ok := s.facts["notice"].(string); ok {
		a.Notice = notice
	}
	return tx.Record(ctx, a, p)
}

// Get is a case by its id.
func (c *Cases) Get(ctx context.Context, id string) (Case, error) {
	var k Case
	err := c.store.Read(ctx, func(tx *store.Tx) (err error) {
		k, _, err = c.load(ctx, tx, id)
		return err
	})
	if err != nil {
		return Case{}, wrap("read a case", err)
	}
	return k, nil
}

// ByNumber is a case by the number people know it by, in any spelling of it.
func (c *Cases) ByNumber(ctx context.Context, number string) (Case, error) {
	var k Case
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, `SELECT id FROM cases WHERE landlord = $1 AND number = $2`, c.landlord, spell(number)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return noCase()
		} else if err != nil {
			return err
		}
		k, _, err = c.load(ctx, tx, id)
		return err
	})
	if err != nil {
		return Case{}, wrap("read a case", err)
	}
	return k, nil
}

// Secret is the hash of the code that opens a case on the portal. A number that
// there is not, a case without a code and a forgotten case are one and the same:
// the zero hash and ErrNotFound, after the same query.
func (c *Cases) Secret(ctx context.Context, number string) ([32]byte, error) {
	var hash [32]byte
	var kept []byte
	err := c.store.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT secret FROM cases WHERE landlord = $1 AND number = $2`, c.landlord, spell(number)).Scan(&kept)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return hash, wrap("read the code of a case", err)
	}
	if copy(hash[:], kept) == 0 {
		return hash, noCase()
	}
	return hash, nil
}

// SetSecret gives a case a new code, of which this is the hash; the old one opens
// it no longer.
func (c *Cases) SetSecret(ctx context.Context, on On, hash [32]byte) (Case, error) {
	if hash == ([32]byte{}) {
		return Case{}, input("give the hash of a random code", "the hash of the code is empty")
	}
	return c.act(ctx, on, Codes, change{do: func(tx *store.Tx, k *Case, _ keys.DataKey) (step, error) {
		_, err := tx.ExecContext(ctx, `UPDATE cases SET secret = $3 WHERE landlord = $1 AND id = $2`, c.landlord, k.ID, hash[:])
		return step{}, err
	}})
}

func spell(number string) string { return strings.ToUpper(strings.TrimSpace(number)) }

func digest(what, s string) string {
	sum := sha256.Sum256([]byte("tenet cases " + what + "\x00" + s))
	return hex.EncodeToString(sum[:])
}

func dueText(m law.Moment) string {
	if m.IsZero() {
		return ""
	}
	return m.String()
}

// checkID refuses what may not stand in a clear column or the ledger.
func checkID(what, s string) error {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	if s == "" || len(s) > 100 || strings.Trim(s, letters) != "" {
		return input("use up to 100 letters, digits and - _ .", "%s is not an identifier", what)
	}
	return nil
}

// wrap says what was being done, and leaves errors that callers act on as they are.
func wrap(doing string, err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return fmt.Errorf("cases: %s: %w", doing, err)
}
