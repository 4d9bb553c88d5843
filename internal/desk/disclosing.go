package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/rule"
	"tenet/internal/store"
)

// Disclosing is data that somebody wants to give to a recipient of the notice.
type Disclosing struct {
	rule.Ask
	Person Query  // whose it is; empty where it is only checked
	Client string // whose customer they are, where it is given out for a client; empty for our own
	Name   string // who is given it: the officer, the firm
	Way    string // how it goes
	By     string // who lets it go
	// Over is why it is recorded although the rules do not allow it; OverBy is the account
	// of whoever decided that, whose role must reach to it. Both are empty otherwise.
	Over, OverBy string
	Corrects     int64  // the entry of the log that this one corrects
	Once         string // names this doing, so that it is recorded once
}

// CheckDisclosure decides whether something may be given. Where the person is known
// and has a case of objection open or upheld, that is a fact of the ask. The notice is
// the one of the day; a day that is not said is today.
func (d *Desk) CheckDisclosure(ctx context.Context, x Disclosing) (rule.Ask, rule.Decision, error) {
	n, ask, err := d.asked(ctx, x.Ask)
	if err != nil {
		return ask, rule.Decision{}, err
	}
	if x.Person != (Query{}) {
		as, err := d.described(x.Person)
		if err != nil {
			return ask, rule.Decision{}, err
		}
		if ask.Facts, err = d.objected(ctx, ask.Facts, as); err != nil {
			return ask, rule.Decision{}, err
		}
	}
	return ask, rule.MayDisclose(n, ask), nil
}

// asked is an ask with its day, and the notice that decides it.
func (d *Desk) asked(ctx context.Context, a rule.Ask) (*notice.Notice, rule.Ask, error) {
	n := d.Notice
	if a.Day.IsZero() {
		a.Day = d.Today()
	}
	if a.Day.After(d.Today()) {
		return nil, a, &Error{Code: "date", What: "nobody knows the notice of a day to come", Where: "--day", Mend: "leave it out for today"}
	}
	if a.Day != d.Today() {
		var err error
		if n, err = d.NoticeOn(ctx, notice.Date(a.Day.String())); err != nil {
			return nil, a, err
		}
	}
	if err := a.Check(n); err != nil {
		return nil, a, &Error{Code: "disclosure", What: err.Error(), Mend: "use the names of sharing.yaml, data.yaml and uses.yaml"}
	}
	return n, a, nil
}

// described is what a person is found by.
func (d *Desk) described(q Query) ([]cases.Person, error) {
	known, err := q.Known()
	if err != nil {
		return nil, err
	}
	return peopleOf(q, known), nil
}

// objected adds that the person has objected, where a case of theirs says so and
// nothing else was said.
func (d *Desk) objected(ctx context.Context, f rule.Facts, as []cases.Person) (rule.Facts, error) {
	if f.Is("person", "objected") != rule.Unknown {
		return f, nil
	}
	shared, strong := map[string]int{}, map[string]bool{}
	for _, p := range as {
		for _, one := range []cases.Person{{Name: p.Name, Born: p.Born, NINO: p.NINO, NHS: p.NHS}, {Email: p.Email}, {Phone: p.Phone}, {Reference: p.Reference}} {
			found, err := d.Cases.Alike(ctx, law.KindObjection, d.Today(), one)
			if err != nil {
				return f, err
			}
			for _, o := range found {
				if o.Kind == law.KindObjection && !slices.Contains([]cases.State{cases.Refused, cases.Withdrawn, cases.Lapsed}, o.State) {
					shared[o.Case]++
					strong[o.Case] = strong[o.Case] || one.Name+one.NINO+one.NHS != ""
				}
			}
		}
	}
	for id, n := range shared {
		if n > 1 || strong[id] {
			more := rule.Facts{}
			for s, states := range f {
				more[s] = slices.Clone(states)
			}
			more["person"] = append(more["person"], "objected")
			return more, nil
		}
	}
	return f, nil
}

// RecordDisclosure checks a disclosure and writes it into the log. What the rules do
// not allow is not recorded, and was not to be given, unless somebody whose role
// reaches to it says why it was given all the same.
func (d *Desk) RecordDisclosure(ctx context.Context, x Disclosing) (disclose.Entry, rule.Decision, error) {
	if err := d.mayGive(ctx, x); err != nil {
		return disclose.Entry{}, rule.Decision{}, err
	}
	ask, decision, err := d.CheckDisclosure(ctx, x)
	if err != nil {
		return disclose.Entry{}, decision, err
	}
	as, err := d.described(x.Person)
	if err != nil {
		return disclose.Entry{}, decision, err
	}
	e, err := d.entry(ctx, x, ask, decision)
	if err != nil {
		return e, decision, err
	}
	e.Whose = cmp.Or(x.Person.Name, x.Person.Ref, x.Person.Email, x.Person.Phone)
	e.Born = x.Person.DOB
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		whose, err := d.marked(ctx, tx, as...)
		if err == nil {
			e, err = d.Given.Record(ctx, tx, e, one(whose))
		}
		return err
	})
	return e, decision, logged(err)
}

// mayGive refuses a disclosure for a client whose contract has ended, and one of a set, or
// in correction of one of a set, that whoever acts does not see.
func (d *Desk) mayGive(ctx context.Context, x Disclosing) error {
	if err := d.mayWorkFor(ctx, x.Client); err != nil || x.Corrects == 0 {
		return err
	}
	return d.withinGiven(ctx, x.Corrects)
}

func (d *Desk) withinGiven(ctx context.Context, n int64) error {
	if d.SeesAll(ctx) {
		return nil
	}
	e, err := d.Given.Get(ctx, n)
	if err != nil {
		return logged(err)
	}
	set, err := d.setOfGiven(ctx, e)
	if err != nil {
		return err
	}
	return d.within(ctx, set)
}

// entry is the entry of a disclosure that was decided.
func (d *Desk) entry(ctx context.Context, x Disclosing, ask rule.Ask, decision rule.Decision) (disclose.Entry, error) {
	n := d.Notice
	if ask.Day != d.Today() {
		var err error
		if n, err = d.NoticeOn(ctx, notice.Date(ask.Day.String())); err != nil {
			return disclose.Entry{}, err
		}
	}
	e := disclose.Entry{Day: ask.Day, By: x.By, Kind: disclose.Shared, Verdict: disclose.Within, To: ask.To, Rule: decision.Rule, Notice: n.Version(), Corrects: x.Corrects, Once: x.Once, Client: x.Client,
		Details: disclose.Details{Name: x.Name, Why: ask.Why, Way: x.Way, Fields: decision.Fields, Categories: decision.Categories, Ask: &ask}}
	if len(decision.Reasons) > 0 {
		e.Basis = decision.Reasons[0].Law
	}
	if decision.Decision == notice.Allow {
		if x.Over != "" {
			return e, &Error{Code: "usage", What: "the rules allow this: there is nothing to decide against them", Where: "--over", Mend: "leave --over out"}
		}
		return e, nil
	}
	if strings.TrimSpace(x.Over) == "" {
		return e, refused(decision)
	}
	who, err := d.mayOverrule(ctx, x.OverBy)
	if err != nil {
		return e, err
	}
	if len(ask.Fields) == 0 {
		return e, &Error{Code: "disclosure", What: "it is not said what was given", Where: "--fields", Mend: "name the fields"}
	}
	e.Verdict, e.Over, e.By, e.Fields, e.Categories = disclose.Against, x.Over, who, nil, nil
	for _, f := range ask.Fields {
		e.Fields = append(e.Fields, f.String())
		if id := notice.ID(cmp.Or(string(f.Category), f.Name)); !slices.Contains(e.Categories, id) {
			if _, ok := n.Data.Category(id); ok {
				e.Categories = append(e.Categories, id)
			}
		}
	}
	return e, nil
}

// refused is the refusal of a disclosure in one error.
func refused(x rule.Decision) error {
	var why []string
	for _, r := range x.Reasons {
		if x.Decision == notice.Refuse {
			why = append(why, r.Words)
		}
	}
	mend := "give nothing; where it was given already, or must be, somebody whose role reaches to it records why with --over"
	for _, c := range x.Conditions {
		if x.Decision == notice.Ask {
			why = append(why, c.Says)
		}
		mend = "find out what is missing and say it with --given; see tenet disclose check"
	}
	what := "the rules of the notice do not allow it: "
	if x.Decision == notice.Ask {
		what = "something has to be found out first: "
	}
	return &Error{Code: "refused", What: what + strings.Join(why, " "), Where: string(x.Rule), Mend: mend}
}

// mayOverrule gives the id of the account, if its role lets it decide against the
// rules.
func (d *Desk) mayOverrule(ctx context.Context, account string) (id string, err error) {
	if account == "" {
		return "", &Error{Code: "usage", What: "it is not said whose decision it is", Where: "--over-by", Mend: "name the account of whoever decided it, whose role must reach to that"}
	}
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		s, err := tx.StaffByID(ctx, d.Config.Landlord, account)
		if errors.Is(err, store.ErrNotFound) {
			s, err = tx.StaffByLogin(ctx, d.Config.Landlord, account)
		}
		if errors.Is(err, store.ErrNotFound) || err == nil && !s.Disabled.IsZero() {
			return &Error{Code: "account", What: "there is no such account, or it is disabled", Where: "--over-by", Mend: "name an account that is in use"}
		}
		if err != nil {
			return err
		}
		if !slices.Contains(d.Role(s.Role).May, Overrule) {
			return &Error{Code: "role", What: "the role " + d.Role(s.Role).Title + " does not reach to deciding against the rules of the notice", Where: "--over-by", Mend: "it is for those who may " + Overrule.Words()}
		}
		id = s.ID
		return nil
	})
	return id, err
}

// MayOverrule refuses an account whose role does not let it decide against the rules.
func (d *Desk) MayOverrule(ctx context.Context, account string) error {
	_, err := d.mayOverrule(ctx, account)
	return err
}

// WithdrawDisclosure records that what an entry says did not happen.
func (d *Desk) WithdrawDisclosure(ctx context.Context, by string, n int64, why string) (disclose.Entry, error) {
	if err := d.withinGiven(ctx, n); err != nil {
		return disclose.Entry{}, err
	}
	e := disclose.Entry{Day: d.Today(), By: by, Kind: disclose.Void, Verdict: disclose.Within, Corrects: n, Notice: d.Notice.Version(), Details: disclose.Details{Why: why}}
	err := d.Store.Write(ctx, func(tx *store.Tx) (err error) {
		e, err = d.Given.Record(ctx, tx, e, nil)
		return err
	})
	return e, logged(err)
}

// Disclosures gives a page of the log, the newest first. For a person it is what their
// identifiers find; entries that are not surely theirs are marked.
func (d *Desk) Disclosures(ctx context.Context, q Query, f disclose.Filter) ([]disclose.Entry, error) {
	f, err := d.filter(ctx, q, f)
	if err != nil {
		return nil, err
	}
	list, err := d.Given.List(ctx, f)
	return list, logged(err)
}

// EachDisclosure is Disclosures, all of them, a page at a time.
func (d *Desk) EachDisclosure(ctx context.Context, q Query, f disclose.Filter) iter.Seq2[disclose.Entry, error] {
	return func(yield func(disclose.Entry, error) bool) {
		f, err := d.filter(ctx, q, f)
		if err != nil {
			yield(disclose.Entry{}, err)
			return
		}
		for e, err := range d.Given.Each(ctx, f) {
			if !yield(e, err) {
				return
			}
		}
	}
}

// filter is a filter for a person, within the sets that whoever acts may see.
func (d *Desk) filter(ctx context.Context, q Query, f disclose.Filter) (disclose.Filter, error) {
	if sees := d.sees(ctx); sees != nil {
		f.Sets = sees
	}
	if q == (Query{}) {
		return f, nil
	}
	as, err := d.described(q)
	if err != nil {
		return f, err
	}
	f.Whose, err = d.subject(ctx, as)
	return f, err
}

// subject is a person as the log is searched for them.
func (d *Desk) subject(ctx context.Context, as []cases.Person) (*disclose.Subject, error) {
	s := &disclose.Subject{}
	for _, p := range as {
		s.Name = cmp.Or(s.Name, p.Name)
		if s.Born == "" && !p.Born.IsZero() {
			s.Born = p.Born.String()
		}
	}
	err := d.Store.Write(ctx, func(tx *store.Tx) (err error) {
		s.Marks, err = d.marked(ctx, tx, as...)
		return err
	})
	return s, err
}

// logged is an error of the log as a person is told of it.
func logged(err error) error {
	switch {
	case errors.Is(err, disclose.ErrNone), errors.Is(err, disclose.ErrCorrected), errors.Is(err, disclose.ErrInput):
		return &Error{Code: "disclosure", What: "the log of disclosures", Mend: "see tenet disclose list", Err: err}
	}
	return err
}

// RecipientWords is what a recipient of the notice is called.
func (d *Desk) RecipientWords(id notice.ID) string {
	for _, r := range d.Notice.Sharing.Recipients {
		if r.ID == id {
			return r.Title
		}
	}
	return string(id)
}

// SayFacts reads facts as people write them: tenancy=new.
func SayFacts(given []string) (rule.Facts, error) {
	f := rule.Facts{}
	for _, text := range given {
		if err := f.Say(text); err != nil {
			return nil, &Error{Code: "usage", What: err.Error(), Where: "--given", Mend: "write subject=state, as the conditions of sharing.yaml have it"}
		}
	}
	return f, nil
}

// SayFields reads fields as people write them, with commas or spaces between.
func SayFields(text string) ([]rule.Field, error) {
	var out []rule.Field
	for f := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' }) {
		one, err := rule.ParseField(f)
		if err != nil {
			return nil, &Error{Code: "usage", What: err.Error(), Where: "--fields", Mend: fmt.Sprintf("write them as %s", "name,address")}
		}
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out, nil
}
