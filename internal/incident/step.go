package incident

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/keys"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// On says to which incident something is done, by whom, and what else belongs to the
// same transaction.
type On struct {
	Number  string
	By      string // a staff id, "cli:1000", "system"
	Version int64  // that whoever acts has seen; 0 acts on whatever it is
	Once    string // names this doing: the same again does nothing
	Also    func(context.Context, *store.Tx) error
}

// Changed says that somebody changed an incident since it was looked at.
type Changed struct {
	By string
	At time.Time
}

func (c *Changed) Error() string {
	return fmt.Sprintf("the incident was changed by %s at %s; look at it again", c.By, law.At(c.At).Words())
}

// act does one step. change alters the incident and says what the ledger holds of it
// besides; words, sealed, are kept with the step.
func (x *Incidents) act(ctx context.Context, on On, a Action, words string, change func(tx *store.Tx, i *Incident, key keys.DataKey) (map[string]any, error)) (Incident, error) {
	if on.By == "" {
		return Incident{}, input("name them", "a step has somebody who takes it")
	}
	if err := text("what was written", words, false); err != nil {
		return Incident{}, err
	}
	var i Incident
	err := x.store.Write(ctx, func(tx *store.Tx) error {
		var key keys.DataKey
		var err error
		if i, key, err = x.load(ctx, tx, "number", on.Number); err != nil {
			return err
		}
		if on.Once != "" {
			var n int64
			err := tx.QueryRowContext(ctx, `SELECT n FROM incident_step WHERE landlord = $1 AND incident = $2 AND once = $3`, x.landlord, i.ID, on.Once).Scan(&n)
			if err == nil || !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		if on.Version != 0 && on.Version != i.Version {
			return &Changed{i.By, i.Changed}
		}
		t, err := i.row(a)
		if err != nil {
			return err
		}
		was, people := i.Version, i.People
		now := store.Time(store.Micros(x.clock()))
		i.Version, i.State, i.Changed, i.By = was+1, t.To, now, on.By
		payload, err := change(tx, &i, key)
		if err != nil {
			return err
		}
		if lacks := x.lacking(&i, t.Needs, words); len(lacks) > 0 {
			return missing(a, lacks)
		}
		sealed, err := x.seal(key, i.ID, "details", i.Details)
		if err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, `UPDATE incident SET state = $4, version = $5, risk = $6, aware = $7, notified = $8, ended = $9, changed = $10, actor = $11, sealed = $12, kind = $13, client = $14,
				listed = listed + $15, told = told + $16
			WHERE landlord = $1 AND id = $2 AND version = $3`,
			x.landlord, i.ID, was, string(i.State), i.Version, string(i.Risk), nullable(i.Aware), nullable(i.Notified), nullable(i.Ended), store.Micros(now), i.By, sealed, string(i.Kind),
			string(i.Client), i.People.Listed-people.Listed, i.People.Told-people.Told)
		if err != nil {
			return fmt.Errorf("keep it: %w", err)
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return errors.Join(err, errors.New("it was changed meanwhile"))
		}
		if err := x.record(ctx, tx, &i, key, a, on, words, payload); err != nil {
			return err
		}
		if on.Also != nil {
			return on.Also(ctx, tx)
		}
		return nil
	})
	if err != nil {
		return Incident{}, fmt.Errorf("%s: %w", a.Words(), err)
	}
	return i, nil
}

func missing(a Action, lacks []Need) error {
	var says []string
	for _, n := range lacks {
		says = append(says, n.Says())
	}
	return &Error{Code: CodeNeeds, Needs: lacks, Message: fmt.Sprintf("it is too early to %s", a.Words()), Mend: strings.Join(says, " ")}
}

// lacking is which needs are not met. words are the reasons that come with the step.
func (x *Incidents) lacking(i *Incident, needs []Need, words string) []Need {
	var out []Need
	for _, n := range needs {
		ok := true
		switch n {
		case NeedsReason:
			ok = strings.TrimSpace(words) != ""
		case NeedsAware:
			ok = !i.Aware.IsZero() && i.AwareHow != ""
		case NeedsController:
			ok = i.Role == Controller || i.Role == Joint
		case NeedsProcessor:
			ok = i.Role == Processor || i.Role == Joint || len(i.Controllers)+len(i.Owed) > 0 || slices.ContainsFunc(i.Contracts, func(c Contract) bool { return !c.Theirs })
		case NeedsAlone:
			ok = i.Role == Processor
		case NeedsAssessed:
			ok = i.Facts != nil
		case NeedsDelay:
			if len(i.Reports) > 0 {
				due, err := x.due(i)
				ok = err == nil && (!i.Reports[0].At.After(due) || i.Reports[0].Delay != "")
			}
		case NeedsWhole:
			ok = len(i.Reports) > 0 && len(i.Reports[len(i.Reports)-1].Missing) == 0
		case NeedsPeople:
			ok = i.PeopleDone()
		case NeedsTasks:
			ok = !slices.ContainsFunc(i.Tasks, func(t Task) bool { return t.Done.IsZero() })
		case NeedsCause:
			ok = i.Cause != "" && i.Measures != ""
		}
		if !ok {
			out = append(out, n)
		}
	}
	return out
}

// PeopleDone says whether the duty to tell people is done, where there is one: all who
// are listed were told, or an exception is recorded, with a public communication where
// it rests on that.
func (i *Incident) PeopleDone() bool {
	switch {
	case i.Risk != HighRisk:
		return true
	case i.Exception != nil:
		return i.Exception.Ground != Disproportionate || len(i.Published) > 0
	}
	return i.People.Listed > 0 && i.People.Told == i.People.Listed
}

// Offer is something that may be done to an incident now, and what it lacks.
type Offer struct {
	Action Action `json:"action"`
	Lacks  []Need `json:"lacks,omitempty"`
}

// Offers is what may be done to an incident as it stands. What comes with a step, its
// reasons or those of a delay, is not missed.
func (x *Incidents) Offers(i *Incident) []Offer {
	var out []Offer
	for _, t := range Transitions() {
		if t.From != i.State || t.Action == Hears || t.From == "" || !i.Forgotten.IsZero() {
			continue
		}
		needs := t.Needs
		if t.Action == Confirms {
			needs = nil // it is how awareness is recorded
		}
		out = append(out, Offer{t.Action, x.lacking(i, needs, "given")})
	}
	return out
}

// Note keeps what somebody writes.
func (x *Incidents) Note(ctx context.Context, on On, words string) (Incident, error) {
	if err := text("the note", words, true); err != nil {
		return Incident{}, err
	}
	return x.act(ctx, on, Notes, words, func(*store.Tx, *Incident, keys.DataKey) (map[string]any, error) { return nil, nil })
}

// Finding is that an incident is a personal data breach.
type Finding struct {
	Harms       []Harm
	Aware       time.Time // when somebody here was reasonably certain
	How         string    // how that is known
	Role        Role
	Controllers []string    // for whom or with whom the data is held
	Owed        []notice.ID // clocks of contracts that run
	Client      notice.ID   // whose set the data are; empty for our own
	Contracts   []Contract  // agreements that were in force then and give hours to tell somebody
	Knew        time.Time   // when the firm at which it happened knew; zero if it did not happen at one
}

// Confirm finds that an incident is a personal data breach, or puts such a finding
// right.
func (x *Incidents) Confirm(ctx context.Context, on On, f Finding) (Incident, error) {
	now := x.clock()
	switch {
	case len(f.Harms) == 0 || slices.ContainsFunc(f.Harms, func(h Harm) bool { return !slices.Contains(Harms(), h) }):
		return Incident{}, input("choose confidentiality, integrity or availability", "a breach harms one of them (UK GDPR Art 4(12))")
	case f.Aware.IsZero() || f.Aware.After(now):
		return Incident{}, input("give the time at which somebody here was reasonably certain, as 2026-11-23T09:15", "when the landlord was aware is missing, or is still to come")
	case !slices.Contains([]Role{Controller, Joint, Processor}, f.Role):
		return Incident{}, input("say controller, joint-controller or processor", "it is not said what the landlord is to the data")
	case f.Role == Processor && len(f.Controllers) == 0:
		return Incident{}, input("name whom", "a processor holds data for somebody, who has to be told (UK GDPR Art 33(2))")
	case len(f.Controllers) > mostList:
		return Incident{}, input("name them as a group", "there are too many controllers")
	}
	for _, id := range f.Owed {
		if _, ok := clockOf(x.notice, id); !ok {
			return Incident{}, input("name one of rights.yaml: clocks", "the notice has no clock %.60q", id)
		}
	}
	for _, c := range f.Contracts {
		if c.Paper == "" || c.Hours < 1 || c.Hours > mostHours {
			return Incident{}, input("give its number in the register, and hours", "an agreement cannot be counted by")
		}
	}
	if f.Knew.After(now) {
		return Incident{}, input("give the time at which the firm knew", "the firm knew at a time that is still to come")
	}
	if err := text("how that is known", f.How, true); err != nil {
		return Incident{}, err
	}
	return x.act(ctx, on, Confirms, f.How, func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		i.Harms, i.Aware, i.AwareHow, i.Role, i.Controllers, i.Owed = f.Harms, store.Time(store.Micros(f.Aware)), f.How, f.Role, f.Controllers, f.Owed
		i.Client, i.Contracts, i.Knew = f.Client, f.Contracts, time.Time{}
		if !f.Knew.IsZero() {
			i.Knew = store.Time(store.Micros(f.Knew))
		}
		return map[string]any{"aware": i.Aware, "harms": f.Harms, "role": f.Role}, nil
	})
}

// Dismiss finds that an incident is no personal data breach.
func (x *Incidents) Dismiss(ctx context.Context, on On, why string) (Incident, error) {
	return x.act(ctx, on, Dismisses, why, func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		i.Risk, i.Decision, i.Harms = "", nil, nil
		return nil, nil
	})
}

// Description is what is known, for the regulator, for people and for the register.
// What is left empty stays as it was.
type Description struct {
	Kind                                                         Kind
	Nature, Effects, Measures, Advice, Happened, System, Message string
}

// Describe writes down what is known.
func (x *Incidents) Describe(ctx context.Context, on On, d Description) (Incident, error) {
	if _, ok := d.Kind.Sort(); d.Kind != "" && !ok {
		return Incident{}, input("choose one of those there are", "%.40q is no kind of incident", d.Kind)
	}
	for _, s := range []string{d.Nature, d.Effects, d.Measures, d.Advice, d.Happened, d.System, d.Message} {
		if err := text("what is known", s, false); err != nil {
			return Incident{}, err
		}
	}
	return x.act(ctx, on, Describes, "", func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		if d.Kind != "" {
			i.Kind = d.Kind
		}
		for _, f := range []struct {
			to  *string
			say string
		}{{&i.Nature, d.Nature}, {&i.Effects, d.Effects}, {&i.Measures, d.Measures}, {&i.Advice, d.Advice}, {&i.Happened, d.Happened}, {&i.System, d.System}, {&i.Message, d.Message}} {
			if f.say != "" {
				*f.to = f.say
			}
		}
		return map[string]any{"kind": i.Kind}, nil
	})
}

// Assess works out what risk to propose from what is known.
func (x *Incidents) Assess(ctx context.Context, on On, f Facts) (Incident, error) {
	if f.People < 0 || f.Records < 0 {
		return Incident{}, input("give a number, or leave it out", "a number is below nothing")
	}
	known := func(d Data) bool {
		return slices.ContainsFunc(weights, func(w struct {
			data   Data
			points int
			why    string
		}) bool {
			return w.data == d
		})
	}
	for _, d := range f.Data {
		if !known(d) {
			return Incident{}, input("choose among those there are", "%.40q is no sort of data", d)
		}
	}
	if !slices.Contains([]Identifiable{Directly, Inferably, Hardly, NotAtAll, NotAskedID}, f.Identifiable) || !slices.Contains([]Severity{Slight, Noticeable, Serious, Grave, NotAskedHow}, f.Severity) {
		return Incident{}, input("choose among those there are, or leave it out where it is not known", "how identifiable or how severe is not as it can be said")
	}
	return x.act(ctx, on, Assesses, "", func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		p := Assess(i.Harms, f)
		i.Facts, i.Proposal = &f, &p
		return map[string]any{"proposed": p.Risk, "score": p.Score}, nil
	})
}

// Decide decides the risk, with reasons, whatever is proposed.
func (x *Incidents) Decide(ctx context.Context, on On, r Risk, why string) (Incident, error) {
	a, ok := map[Risk]Action{NoRisk: Clears, SomeRisk: Warns, HighRisk: Alarms}[r]
	if !ok {
		return Incident{}, input("decide none, risk or high", "%.20q is no risk", r)
	}
	return x.act(ctx, on, a, why, func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		if i.Decision != nil && on.Version == 0 {
			return nil, &Error{Code: CodeState, Message: "the risk is decided already, by " + i.Decision.By + ": " + string(i.Risk), Mend: "look at it again, and say which version of the incident you decide on"}
		}
		d := Decision{Risk: r, Why: why, By: on.By, At: i.Changed}
		if i.Proposal != nil {
			d.Proposed = i.Proposal.Risk
		}
		i.Risk, i.Decision = r, &d
		return map[string]any{"risk": r, "proposed": d.Proposed}, nil
	})
}

// Notification is a telling of the regulator.
type Notification struct {
	At        time.Time // zero is now
	How       string    // by its form, by telephone, …
	Delay     string    // the reasons, where it is late
	Reference string    // of the regulator, where it gave one
}

// Notify records that the regulator was told what [ReportOf] holds now. What that does not
// hold yet is to follow (UK GDPR Art 33(4)).
func (x *Incidents) Notify(ctx context.Context, on On, n Notification) (Incident, error) {
	now := x.clock()
	if n.At.IsZero() {
		n.At = now
	}
	if err := errors.Join(text("how the regulator was told", n.How, true), text("the delay", n.Delay, false), text("the reference", n.Reference, false)); err != nil {
		return Incident{}, err
	}
	return x.act(ctx, on, Notifies, n.Delay, func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		at := store.Time(store.Micros(n.At))
		last := i.Aware
		if len(i.Reports) > 0 {
			last = i.Reports[len(i.Reports)-1].At
		}
		if at.Before(last) || at.After(now) || len(i.Reports) >= mostList {
			return nil, input("give the time at which it was sent", "the regulator cannot have been told then")
		}
		r := Report{At: at, By: on.By, How: n.How, Delay: n.Delay}
		for _, e := range ReportOf(x.notice, i).Missing() {
			r.Missing = append(r.Missing, e.ID)
		}
		i.Reports = append(i.Reports, r)
		if i.Notified.IsZero() {
			i.Notified = at
		}
		if n.Reference != "" {
			i.Reference = n.Reference
		}
		return map[string]any{"at": at, "missing": r.Missing, "late": n.Delay != ""}, nil
	})
}

// Pass records that a controller, another controller or a client was told.
func (x *Incidents) Pass(ctx context.Context, on On, p Passing) (Incident, error) {
	if err := errors.Join(text("who was told", p.To, true), text("how", p.How, true)); err != nil {
		return Incident{}, err
	}
	if p.At.IsZero() {
		p.At = x.clock()
	}
	return x.act(ctx, on, Passes, "", func(_ *store.Tx, i *Incident, _ keys.DataKey) (map[string]any, error) {
		if p.At.Before(i.Aware) || p.At.After(x.clock()) || len(i.Passed) >= mostList {
			return nil, input("give the time at which they were told", "they cannot have been told then")
		}
		if p.Clock != "" {
			running, err := x.Owing(i)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(running, func(c Clock) bool { return c.ID == p.Clock }) {
				return nil, input("name one that runs", "no clock %.60q runs for this incident", p.Clock)
			}
		}
		p.By, p.At = on.By, store.Time(store.Micros(p.At))
		i.Passed = append(i.Passed, p)
		return map[string]any{"clock": p.Clock, "at": p.At}, nil
	})
}
