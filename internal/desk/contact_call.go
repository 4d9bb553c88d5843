package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/match"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// CallRecording is what callers are told of recording.
type CallRecording struct {
	Told string   // how the notice says that people learn of it, as notice.Told has it
	For  []string // what the recordings are for, in the notice's words
	Stop bool     // it stops while a card is read out
}

// CallRecording is what the notice says of recorded calls; nil where it says of none.
func (d *Desk) CallRecording() *CallRecording {
	for _, r := range d.Notice.Records.Recordings {
		if r.Kind != notice.CallRecording {
			continue
		}
		c := &CallRecording{Told: string(r.Told), Stop: r.Pause}
		for _, id := range r.For {
			if i := slices.IndexFunc(d.Notice.Uses.Uses, func(u notice.Use) bool { return u.ID == id }); i >= 0 {
				c.For = append(c.For, d.Notice.Uses.Uses[i].Purpose)
			}
		}
		return c
	}
	return nil
}

// Conversation is a call whose caller passed: what may be talked about, and what is to be
// known meanwhile.
type Conversation struct {
	contact.Check
	Keeper      *Keeper // once they passed: who decides over the person's records, where that is a client
	Channel     contact.Channel
	Told        bool
	Person      contact.Person
	Query       Query
	Authority   *contact.Authority // under which the caller acts; nil for the person
	Lines       []contact.Line
	Safety      []cases.Safety // where alone the person may be reached
	Authorities []contact.Authority
	Entries     []contact.Entry
}

// Conversation is a call for the officer who took it. Until the caller has passed it has
// the check alone.
func (d *Desk) Conversation(ctx context.Context, by, id string) (*Conversation, error) {
	x, err := d.contactsWith(ctx, id)
	if err != nil {
		return nil, err
	}
	k, err := x.Check(ctx, by, id)
	if err != nil {
		return nil, contactError(err)
	}
	c := &Conversation{Check: k}
	var held callHeld
	if err := json.Unmarshal(k.Held, &held); err != nil {
		return nil, fmt.Errorf("read the call: %w", err)
	}
	c.Channel, c.Told, c.Query = held.Channel, held.Told, held.Query
	if k.State != contact.Passed {
		return c, nil
	}
	c.Person = held.Person
	if k.Client != "" {
		keeper, err := d.KeeperOf(k.Client, "", "")
		if err != nil {
			return nil, err
		}
		c.Keeper = &keeper
	}
	who := contact.Caller{Subject: law.Subject{Nation: law.Nation(d.Notice.Landlord.Nation), Born: held.Born, Died: held.Died}}
	if held.Authority != "" {
		a, err := x.Authority(ctx, held.Authority)
		if err != nil {
			return nil, contactError(err)
		}
		c.Authority, who.Mandate = &a, &a.Mandate
	}
	c.Lines = contact.Discuss(d.topics(held.Theirs, k.Caller), who, d.Today())
	if c.Safety, err = d.safety(ctx, k.Client, held.Keys, held.Person); err != nil {
		return nil, err
	}
	if k.Caller != law.Self { // whoever acts for them learns nothing of the rest
		return c, nil
	}
	all, err := x.Authorities(ctx, held.Marks, d.Today())
	if err != nil {
		return nil, err
	}
	c.Authorities = slices.DeleteFunc(all, func(a contact.Authority) bool { return !samePerson(a.For, held.Person) })
	entries, err := x.Entries(ctx, held.Marks)
	if err != nil {
		return nil, contactError(err)
	}
	c.Entries = slices.DeleteFunc(entries, func(e contact.Entry) bool { return !samePerson(e.About, held.Person) })
	return c, nil
}

// topics is what callers want to talk about: the same for every landlord, and what the
// notice says is spoken of with its holder alone, or has to be kept closer.
func (d *Desk) topics(theirs map[string]law.Fact, caller law.Role) []contact.Topic {
	all := []contact.Topic{
		{ID: "services", Title: "Repairs and services", Scope: law.ForServices},
		{ID: "tenancy", Title: "Rent and the tenancy", Scope: law.ForTenancy},
		{ID: "rights", Title: "A request about the person’s information", Scope: law.ForRights},
	}
	if caller == law.ByElected {
		all = append(all, contact.Topic{ID: "casework", Title: "The matter that the person brought to them", Scope: law.ForCasework})
	}
	holders := map[notice.Holder]string{notice.AccountHolder: "the account holder", notice.CardHolder: "the card holder"}
	for _, c := range d.Notice.Data.Categories {
		if who := holders[c.With]; who != "" {
			all = append(all, contact.Topic{ID: string(c.ID), Title: c.Title, Scope: law.ForTenancy, Holder: who, Theirs: theirs[string(c.ID)]})
		}
	}
	var close []string
	for _, c := range d.Notice.Data.Categories {
		if c.With == "" && d.apart(c.ID) {
			close = append(close, c.Title)
		}
	}
	if len(close) > 0 {
		all = append(all, contact.Topic{ID: "special", Title: strings.Join(close, "; "), Scope: law.ForTenancy, Special: true})
	}
	return all
}

// safety is where alone a person may be reached, by the cases of one set that say so of them
// and not of somebody who shares a telephone with them. A case that was passed to a client
// counts in that client's set: they told it us for whoever has their records.
func (d *Desk) safety(ctx context.Context, client string, keys []cases.Person, who contact.Person) ([]cases.Safety, error) {
	seen := map[string]bool{}
	var out []cases.Safety
	for _, p := range keys {
		list, err := d.Cases.Alike(ctx, law.KindAccess, d.Today(), p)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			if seen[o.Case] {
				continue
			}
			seen[o.Case] = true
			k, err := d.Cases.Get(ctx, o.Case)
			if errors.Is(err, cases.ErrForgotten) {
				continue
			}
			if err != nil {
				return nil, err
			}
			set, err := d.caseSet(k)
			if err != nil || set != client && (k.Ending == nil || k.Ending.Client != client) {
				continue // of another landlord's customer, or nobody can tell whose
			}
			if k.Safety != nil && samePerson(contact.Person{Name: k.Person.Name, Born: k.Person.Born}, who) {
				out = append(out, *k.Safety)
			}
		}
	}
	return out, nil
}

// NewContact is a contact to be written down.
type NewContact struct {
	contact.NewEntry
	Number string // of the case it belongs to; empty for none
	// One of these says whom it is about.
	Call   string // the id of a call whose caller passed
	About  Query
	Client string // whose customer they are, with About; empty for our own
}

// NoteContact writes down what happened.
func (d *Desk) NoteContact(ctx context.Context, by string, n NewContact) (contact.Entry, error) {
	none := contact.Entry{}
	if err := noCard("--facts", n.Facts, n.Opinion, n.Action, n.Who); err != nil {
		return none, err
	}
	n.By = by
	var in *string // the set of the case it belongs to
	if n.Number != "" {
		k, err := d.Cases.ByNumber(ctx, n.Number)
		if err != nil {
			return none, err
		}
		set, err := d.caseSet(k)
		if err != nil {
			return none, err
		}
		n.Case, in = k.ID, &set
	}
	if n.Call == "" {
		x, err := d.contactsFor(ctx, n.Client, in)
		if err != nil {
			return none, err
		}
		k, err := n.About.Known()
		if err != nil {
			return none, err
		}
		n.Particulars.About = contact.Person{Name: n.About.Name, Born: bornOf(k)}
		if n.Marks, err = d.marks(ctx, peopleOf(n.About, k)); err != nil {
			return none, err
		}
		e, err := x.Write(ctx, n.NewEntry)
		return e, contactError(err)
	}
	c, err := d.Conversation(ctx, by, n.Call)
	if err != nil {
		return none, err
	}
	var held callHeld
	if err := json.Unmarshal(c.Held, &held); err != nil {
		return none, fmt.Errorf("read the call: %w", err)
	}
	n.Check, n.With, n.Particulars.About, n.Marks, n.Told = c.ID, c.Caller, held.Person, held.Marks, held.Told
	if n.Channel == "" {
		n.Channel = held.Channel
	}
	if c.Caller != law.Self {
		n.Who = c.Who
	}
	set := c.Client
	if c.State != contact.Passed { // what a stranger says is put down about nobody who is held
		switch {
		case in != nil:
			set = *in
		case !held.Said: // nor where somebody was found
			set = d.strangersSet(ctx)
		}
		k, err := held.Query.Known()
		if err != nil {
			return none, err
		}
		n.Particulars.About = contact.Person{Name: held.Query.Name, Born: bornOf(k)}
		n.Marks = nil
	}
	if rec := d.CallRecording(); rec != nil && n.Channel == contact.Phone {
		n.For = rec.For
	}
	x, err := d.contactsFor(ctx, set, in)
	if err != nil {
		return none, err
	}
	e, err := x.Write(ctx, n.NewEntry)
	return e, contactError(err)
}

// contactsFor are those of a set, to write of a case in it.
func (d *Desk) contactsFor(ctx context.Context, set string, in *string) (*contact.Contacts, error) {
	x, err := d.contacts(ctx, set)
	if err == nil && in != nil && *in != set {
		err = &Error{Code: "usage", What: "the case is about a customer of another landlord", Where: "--case", Mend: "leave it out, or name a case of this person's landlord"}
	}
	return x, err
}

// CorrectContact puts an entry right by another.
func (d *Desk) CorrectContact(ctx context.Context, by, id string, n contact.NewEntry) (contact.Entry, error) {
	if err := noCard("--facts", n.Facts, n.Opinion, n.Action); err != nil {
		return contact.Entry{}, err
	}
	x, err := d.contactsWith(ctx, id)
	if err != nil {
		return contact.Entry{}, err
	}
	n.By = by
	e, err := x.Correct(ctx, id, n)
	return e, contactError(err)
}

// ContactsOf is what happened with a customer of a client, or where that is empty of ours,
// the newest first. It is on record that somebody looked.
func (d *Desk) ContactsOf(ctx context.Context, by, client string, q Query) ([]contact.Entry, error) {
	k, err := q.Known()
	if err != nil {
		return nil, err
	}
	x, err := d.contacts(ctx, client)
	if err != nil {
		return nil, err
	}
	marks, err := d.marks(ctx, peopleOf(q, k))
	if err != nil {
		return nil, err
	}
	all, err := x.Entries(ctx, marks)
	if err != nil {
		return nil, contactError(err)
	}
	all = slices.DeleteFunc(all, func(e contact.Entry) bool { return !meant(e.About, q, k) })
	return all, d.lookedForContacts(ctx, by, "entries", len(all))
}

// meant says that a person may be the one that a question is about.
func meant(p contact.Person, q Query, k match.Known) bool {
	if q.Name == "" {
		return k.DOB == "" || p.Born.IsZero() || p.Born == bornOf(k)
	}
	g := match.CompareNames(match.ParseName(p.Name), match.ParseName(q.Name))
	return g.Compatible() && (k.DOB == "" || p.Born.IsZero() || p.Born == bornOf(k))
}

// ContactsOfCase is what happened in a case, the newest first. Of a client whose contract has
// ended nothing is shown any more.
func (d *Desk) ContactsOfCase(ctx context.Context, k cases.Case) ([]contact.Entry, error) {
	client, err := d.caseSet(k)
	if err != nil {
		return nil, err
	}
	x, err := d.contacts(ctx, client)
	var no *Error
	if errors.As(err, &no) && no.Code == "client-ended" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := x.OfCase(ctx, k.ID)
	return all, contactError(err)
}

func (d *Desk) lookedForContacts(ctx context.Context, by, what string, n int) error {
	return d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "contact.looked", Notice: d.Notice.Version()}, map[string]any{"what": what, "number": n})
	})
}

// NewTrust is somebody to be recorded as acting for a person.
type NewTrust struct {
	contact.Mandate
	Once   string
	Call   string // the id of the person's own call, which they passed
	About  Query  // else whom they act for
	Client string // whose customer that is, with About; empty for our own
}

// Trust records that somebody may act for a person.
func (d *Desk) Trust(ctx context.Context, by string, n NewTrust) (contact.Authority, error) {
	none := contact.Authority{}
	set := n.Client
	a := contact.NewAuthority{Once: n.Once, By: by, Mandate: n.Mandate}
	if n.Call != "" {
		c, err := d.Conversation(ctx, by, n.Call)
		if err != nil {
			return none, err
		}
		if c.State != contact.Passed || c.Caller != law.Self {
			return none, &Error{Code: "state", What: "only the person themselves adds somebody by telephone", Mend: "ask the person, or look at evidence"}
		}
		var held callHeld
		if err := json.Unmarshal(c.Held, &held); err != nil {
			return none, fmt.Errorf("read the call: %w", err)
		}
		a.For, a.Marks, set = held.Person, held.Marks, c.Client
	} else {
		k, err := n.About.Known()
		if err != nil {
			return none, err
		}
		// What is recorded of them counts for all that they are found by.
		people := peopleOf(n.About, k)
		a.For = contact.Person{Name: n.About.Name, Born: bornOf(k)}
		found, err := d.findIn(ctx, set, n.About)
		var several *find.Ambiguous
		switch {
		case err == nil:
			people = append(people, peopleOf(Query{}, found.Person.Known)...)
			a.For = contact.Person{Name: found.Person.Known.Name.Written, Born: bornOf(found.Person.Known)}
		case !errors.Is(err, find.ErrNobody) && !errors.As(err, &several):
			return none, err
		}
		if a.Marks, err = d.marks(ctx, people); err != nil {
			return none, err
		}
	}
	x, err := d.contacts(ctx, set)
	if err != nil {
		return none, err
	}
	out, err := x.Allow(ctx, a)
	return out, contactError(err)
}

// Untrust ends an authority today.
func (d *Desk) Untrust(ctx context.Context, by, id string) (contact.Authority, error) {
	x, err := d.contactsWith(ctx, id)
	if err != nil {
		return contact.Authority{}, err
	}
	a, err := x.End(ctx, by, id, d.Today())
	return a, contactError(err)
}

// TrustedBy is who may act for a customer of a client, or where that is empty of ours, those
// that count today first.
func (d *Desk) TrustedBy(ctx context.Context, by, client string, q Query) ([]contact.Authority, error) {
	k, err := q.Known()
	if err != nil {
		return nil, err
	}
	all, err := d.authoritiesFor(ctx, client, peopleOf(q, k))
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(a contact.Authority) bool { return !meant(a.For, q, k) })
	return all, d.lookedForContacts(ctx, by, "authorities", len(all))
}

func (d *Desk) authoritiesFor(ctx context.Context, client string, people []cases.Person) ([]contact.Authority, error) {
	x, err := d.contacts(ctx, client)
	if err != nil {
		return nil, err
	}
	marks, err := d.marks(ctx, people)
	if err != nil {
		return nil, err
	}
	all, err := x.Authorities(ctx, marks, d.Today())
	return all, contactError(err)
}

// ActingIn are the authorities on record for the person of a case in the name of whoever
// asks: those that count today.
func (d *Desk) ActingIn(ctx context.Context, k cases.Case) ([]contact.Authority, error) {
	client, err := d.caseSet(k)
	if err != nil {
		return nil, err
	}
	all, err := d.authoritiesFor(ctx, client, []cases.Person{k.Person})
	if err != nil {
		return nil, err
	}
	who := contact.Person{Name: k.Person.Name, Born: k.Person.Born}
	return slices.DeleteFunc(all, func(a contact.Authority) bool {
		return !a.Counts(d.Today()) || !samePerson(a.For, who) || !sameName(a.Name, k.Requester.Name)
	}), nil
}

// ActingBy is an authority on record, as a case has it. One whose holder may do nothing yet,
// such as an elected member before the person was told, gives what lacks.
func (d *Desk) ActingBy(a contact.Authority) (*cases.Acting, error) {
	for _, s := range a.Scopes {
		if p := a.May(s, law.Subject{Nation: law.Nation(d.Notice.Landlord.Nation), Born: a.For.Born}, d.Today()); p.Applies == law.May {
			return nil, &Error{Code: "authority", What: strings.TrimSuffix(p.Words, "."), Mend: "first: " + p.Needs}
		}
	}
	evidence := a.Evidence
	if a.Appointed != "" {
		evidence += "\nAppointed: " + a.Appointed
	}
	return &cases.Acting{Authority: a.Mandate.Authority, Evidence: evidence}, nil
}
