package desk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/datamap"
	"tenet/internal/detect"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/ledger"
	"tenet/internal/match"
	"tenet/internal/notice"
	"tenet/internal/rows"
	"tenet/internal/store"
)

// CallerRules is caller: in tenet.yaml: how callers show who they are.
type CallerRules struct {
	Right int          `yaml:"right,omitempty"` // how many answers must be right; left out, as the notice has it, or 2
	Tries int          `yaml:"tries,omitempty"` // at one check; left out, 2
	Fails int          `yaml:"fails,omitempty"` // checks about one person in a day; left out, 2
	Ask   []CallerFact `yaml:"ask,omitempty"`   // questions of the landlord's own, beside the identifiers of the maps
}

// CallerFact is a question whose answer stands in a column.
type CallerFact struct {
	ID     string `yaml:"id"`
	Column string `yaml:"column"` // "housing.rent_account.pay_method"
	Ask    string `yaml:"ask"`    // as it is read out
}

func (r CallerRules) check() error {
	wrong := func(what, at, mend string) error {
		return &Error{Code: "config", What: what, Where: configFile + ": caller: " + at, Mend: mend}
	}
	for at, n := range map[string]int{"right": r.Right, "tries": r.Tries, "fails": r.Fails} {
		if n < 0 || n > 5 {
			return wrong("is not from 1 to 5", at, "write a figure from 1 to 5, or leave it out")
		}
	}
	for i, f := range r.Ask {
		at := fmt.Sprintf("ask[%d]", i)
		switch {
		case !sourceName.MatchString(f.ID):
			return wrong("has no id", at, "use small letters, digits and hyphens, beginning with a letter")
		case slices.ContainsFunc(r.Ask[:i], func(o CallerFact) bool { return o.ID == f.ID }):
			return wrong("has the id of another", at, "give it one of its own")
		case strings.Count(f.Column, ".") < 2:
			return wrong("names no column", at, "write it as SOURCE.TABLE.COLUMN")
		case strings.TrimSpace(f.Ask) == "":
			return wrong("has no question", at, "write it as it is read out")
		}
	}
	return nil
}

// callerPolicy is how callers are checked: as tenet.yaml has it, else the notice.
func (d *Desk) callerPolicy() contact.Policy {
	p := contact.Policy{Right: d.Config.Caller.Right, Tries: d.Config.Caller.Tries, Fails: d.Config.Caller.Fails}
	for _, s := range d.Notice.Rights.Identity {
		if p.Right == 0 {
			p.Right = s.Facts
		}
	}
	return p.Filled()
}

// contacts are those of one set: a client's id, or "" for our own. Whoever acts must see it.
func (d *Desk) contacts(ctx context.Context, client string) (*contact.Contacts, error) {
	if err := d.mayWorkFor(ctx, client); err != nil {
		return nil, err
	}
	return d.contactsIn(client)
}

func (d *Desk) contactsIn(client string) (*contact.Contacts, error) {
	return contact.New(contact.Config{Store: d.Store, Ring: d.Keys, Landlord: d.Config.Landlord, Client: client, Now: func() time.Time { return d.Now() }})
}

// contactsWith are those of the set that an entry, an authority or a call is in.
func (d *Desk) contactsWith(ctx context.Context, id string) (*contact.Contacts, error) {
	any, err := d.contactsIn("")
	if err != nil {
		return nil, err
	}
	client, err := any.SetOf(ctx, id)
	if err != nil {
		return nil, contactError(err)
	}
	return d.contacts(ctx, client)
}

// Look is whom a call is said to be about, and who calls.
type Look struct {
	Query
	// Whose customer they are, as the caller says: a client of the notice, or own. Where it is
	// empty the sets are looked through, without a word to anybody.
	Whose   string
	Caller  law.Role // law.Self for the person
	Who     string   // the caller's name, if it is not the person
	Once    string
	Channel contact.Channel
	Told    bool // that the call is recorded
}

// callHeld is what is sealed of a call for its length.
type callHeld struct {
	Query     Query               `json:"query"`
	Said      bool                `json:"said,omitempty"` // the caller said whose customer it is about
	Channel   contact.Channel     `json:"channel"`
	Told      bool                `json:"told"`
	Person    contact.Person      `json:"person"`
	Marks     contact.Marks       `json:"marks"`
	Keys      []cases.Person      `json:"keys"` // what the marks are of
	Authority string              `json:"authority,omitempty"`
	Theirs    map[string]law.Fact `json:"theirs,omitempty"` // by category: whether they are its holder
	Died      bool                `json:"died,omitempty"`
	Born      law.Date            `json:"born,omitzero"`
}

// LookUp begins the check of a caller. Whoever it is about, that somebody asked is on
// record, and questions are asked: of somebody who is not held, or for whom the caller may
// not act, such as nothing answers. They come from one set alone, and in which somebody was
// found nobody is told before the caller has passed.
func (d *Desk) LookUp(ctx context.Context, by string, l Look) (contact.Check, error) {
	none := contact.Check{}
	known, given, err := l.given()
	if err != nil {
		return none, err
	}
	client, err := d.calledFor(ctx, l)
	if errors.Is(err, errSeveral) {
		return none, d.severalMeant(ctx, by, &Error{Code: "several", What: "they could be a customer of more than one landlord", Where: "--client", Mend: "ask who their landlord is, and say it"})
	}
	if err != nil {
		return none, err
	}
	x, err := d.contacts(ctx, client)
	if err != nil {
		return none, err
	}
	held := callHeld{Query: l.Query, Said: l.Whose != "", Channel: l.Channel, Told: l.Told, Person: contact.Person{Name: l.Name}}
	subject := d.opaque([]string{"caller", fmt.Sprintf("%q", l.Query)})
	var found *find.Answer
	var facts []contact.Fact
	err = d.searchingIn(ctx, client, func(s *systems, f *find.Finder) error {
		a, err := f.Find(ctx, known)
		var several *find.Ambiguous
		switch {
		case errors.As(err, &several):
			return errSeveral
		case errors.Is(err, find.ErrNobody):
			a, found = &find.Answer{}, nil
		case err != nil:
			return err
		default:
			found = a
			subject = d.opaque(a.Person.Records)
		}
		if l.Caller == law.Self {
			facts = d.callerFacts(s, a)
		}
		if found != nil {
			held.Theirs, held.Died = d.theirs(s, a), a.Person.Died != ""
		}
		return nil
	})
	if errors.Is(err, errSeveral) {
		return none, d.severalMeant(ctx, by, &Error{Code: "several", What: "that is not enough to tell whom is meant", Where: "--dob", Mend: "ask for one more thing: a date of birth, a reference, a telephone number or an e-mail address"})
	}
	if err != nil {
		return none, err
	}
	keys := peopleOf(l.Query, known)
	if found != nil {
		keys = append(keys, peopleOf(Query{}, found.Person.Known)...)
		held.Person = contact.Person{Name: found.Person.Known.Name.Written, Born: bornOf(found.Person.Known)}
		held.Born = held.Person.Born
	}
	held.Keys = keys
	var typed contact.Marks
	if held.Marks, err = d.marks(ctx, keys); err != nil {
		return none, err
	}
	if typed, err = d.checkMarks(ctx, l.Query, known, held.Person); err != nil {
		return none, err
	}
	if l.Caller != law.Self {
		m := contact.Mandate{}
		all, err := x.Authorities(ctx, held.Marks, d.Today())
		if err != nil {
			return none, err
		}
		for _, a := range all {
			if a.Counts(d.Today()) && sameName(a.Name, l.Who) && samePerson(a.For, held.Person) && found != nil {
				m, held.Authority = a.Mandate, a.ID
				break
			}
		}
		facts = actingFacts(m, found)
	}
	sealed, err := json.Marshal(held)
	if err != nil {
		return none, fmt.Errorf("begin the check of a caller: %w", err)
	}
	return x.Begin(ctx, contact.Call{Once: l.Once, By: by, Subject: subject, Marks: typed, Caller: l.Caller, Who: l.Who, Held: sealed,
		Facts: facts, Given: given, Policy: d.callerPolicy()})
}

// checkMarks is what a check is found by: what was said of the person and, where they are
// held, their name and date of birth. Where they are not it is one mark of nobody.
func (d *Desk) checkMarks(ctx context.Context, q Query, k match.Known, who contact.Person) (contact.Marks, error) {
	all, err := d.marks(ctx, peopleOf(q, k))
	if err != nil {
		return nil, err
	}
	strong, err := d.marks(ctx, []cases.Person{{Name: plainName(who.Name), Born: who.Born}})
	if err != nil {
		return nil, err
	}
	if len(strong) == 0 || slices.ContainsFunc(all, func(m []byte) bool { return string(m) == string(strong[0]) }) {
		strong = contact.Marks{make([]byte, 32)}
		rand.Read(strong[0]) // never fails: crypto/rand ends the program instead
	}
	return append(all, strong...), nil
}

var errSeveral = errors.New("several could be meant")

// severalMeant is that several could be meant, which is on record.
func (d *Desk) severalMeant(ctx context.Context, by string, why *Error) error {
	return errors.Join(why, d.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "contact.looked", Notice: d.Notice.Version()}, map[string]any{"several": true})
	}))
}

// calledFor is the set that a call is about: as the caller said it, or the one in which
// whoever is meant was found. Where nobody was it is our own, in which they are asked what
// nothing answers. [errSeveral] where it could be more than one.
func (d *Desk) calledFor(ctx context.Context, l Look) (string, error) {
	switch {
	case l.Whose == datamap.OwnClient || l.Whose == "" && !d.Routes():
		return "", nil
	case l.Whose != "":
		return l.Whose, nil
	}
	sets, _, err := d.locate(ctx, l.Query)
	switch {
	case err != nil:
		return "", err
	case len(sets) == 1:
		return sets[0].Client, nil
	case len(sets) > 1:
		return "", errSeveral
	}
	return d.strangersSet(ctx), nil
}

// strangersSet is where those are asked about whom nobody knows: our own set, or the first
// that whoever acts may see.
func (d *Desk) strangersSet(ctx context.Context) string {
	if sees := d.sees(ctx); len(sees) > 0 && !slices.Contains(sees, "") {
		return sees[0]
	}
	return ""
}

// SetsSeen are the landlords whose customers whoever acts may deal with: our own, named own,
// and the clients of whom maps speak and whose contracts run. It is empty where maps name no
// client, so that there is nothing to tell apart.
func (d *Desk) SetsSeen(ctx context.Context) ([]ClientState, error) {
	if !d.Routes() {
		return nil, nil
	}
	all, err := d.Clients()
	if err != nil {
		return nil, err
	}
	out := []ClientState{{Keeper: Keeper{ID: datamap.OwnClient, Name: d.Notice.Landlord.Name}}}
	for _, c := range all {
		if c.Ended == "" && len(c.Sources) > 0 {
			out = append(out, c)
		}
	}
	return slices.DeleteFunc(out, func(c ClientState) bool {
		set := c.ID
		if set == datamap.OwnClient {
			set = ""
		}
		return !d.Sees(ctx, set)
	}), nil
}

// given is whom a look is for, and what was given that is then not asked again. A name and
// one thing more are needed.
func (l Look) given() (match.Known, []contact.FactKind, error) {
	none := match.Known{}
	if strings.TrimSpace(l.Name) == "" {
		return none, nil, &Error{Code: "query", What: "whom the call is about is not said", Where: "--name", Mend: "give the name as the caller says it"}
	}
	var kinds []contact.FactKind
	for _, f := range []struct {
		value string
		kind  contact.FactKind
	}{{l.DOB, contact.Born}, {l.Ref, contact.Reference}, {l.Phone, contact.Telephone}, {l.Email, contact.Mailbox}, {l.NINO, contact.NINO}, {l.Postcode, contact.Postcode}} {
		if f.value != "" {
			kinds = append(kinds, f.kind)
		}
	}
	if len(kinds) == 0 {
		return none, nil, &Error{Code: "query", What: "a name alone is not enough", Where: "--dob", Mend: "ask for one thing more: a date of birth, a reference, a telephone number, an e-mail address or the postcode"}
	}
	if l.Caller != law.Self && strings.TrimSpace(l.Who) == "" {
		return none, nil, &Error{Code: "query", What: "who calls for the person is not said", Where: "--caller", Mend: "give the caller's name"}
	}
	known, err := l.Known()
	return known, kinds, err
}

// AnswerCall holds what a caller said against what is held, by kind of question. None of it
// is kept.
func (d *Desk) AnswerCall(ctx context.Context, by, id string, answers map[contact.FactKind]string) (contact.Check, error) {
	x, err := d.contactsWith(ctx, id)
	if err != nil {
		return contact.Check{}, err
	}
	read := map[contact.FactKind][]string{}
	for kind, v := range answers {
		if len(v) <= mostSaid {
			read[kind] = said(kind, v)
		}
	}
	k, err := x.Answer(ctx, by, id, read)
	return k, contactError(err)
}

const mostSaid = 200 // bytes of an answer that is looked at

// OverCall ends a call.
func (d *Desk) OverCall(ctx context.Context, by, id string) error {
	x, err := d.contactsWith(ctx, id)
	if err != nil {
		return err
	}
	return contactError(x.Over(ctx, by, id))
}

// contactError is an error of package contact for people.
func contactError(err error) error {
	var in *contact.InputError
	switch {
	case errors.As(err, &in):
		return &Error{Code: "usage", What: in.What, Where: in.Field, Mend: in.Mend, Err: nil}
	case errors.Is(err, contact.ErrNone):
		return &Error{Code: "no-contact", What: "there is no such contact, authority or call, or not any more", Mend: "look again; a call ends when its officer ends it, and with the day"}
	case errors.Is(err, contact.ErrState):
		return &Error{Code: "state", What: err.Error(), Mend: "look at it again"}
	}
	return err
}

// peopleOf is what somebody is found by, as packages cases and contact mark people: one for
// each identifier beside the name and the date of birth.
func peopleOf(q Query, k match.Known) []cases.Person {
	name, born := q.Name, bornOf(k)
	if name == "" {
		name = k.Name.Written
	}
	first := cases.Person{Name: name, Born: born, NINO: k.NINO, NHS: k.NHS}
	all := []cases.Person{first}
	for _, v := range k.Emails {
		all = append(all, cases.Person{Email: v})
	}
	for _, v := range k.Phones {
		all = append(all, cases.Person{Phone: v})
	}
	for _, v := range k.Refs {
		all = append(all, cases.Person{Reference: v})
	}
	if q.NINO != "" { // as it was written, which is how a case has it
		all = append(all, cases.Person{NINO: q.NINO})
	}
	if plain := strings.TrimSpace(strings.Join(append(slices.Clone(k.Name.Given), k.Name.Family...), " ")); plain != "" {
		all = append(all, cases.Person{Name: plain, Born: born}) // without a title
	}
	return all
}

func bornOf(k match.Known) law.Date {
	day, err := law.ParseDate(k.DOB)
	if err != nil {
		return law.Date{}
	}
	return day
}

// marks are the marks of people, each once.
func (d *Desk) marks(ctx context.Context, people []cases.Person) (out contact.Marks, err error) {
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		out = nil
		for _, p := range people {
			all, err := d.Cases.Marks(ctx, tx, p)
			if err != nil {
				return err
			}
			for _, m := range all {
				if !slices.ContainsFunc(out, func(o []byte) bool { return string(o) == string(m) }) {
					out = append(out, m)
				}
			}
		}
		return nil
	})
	return out, err
}

// sameName says that two names as they were written are likely one person's: the surname is
// the same, and the forename at least no other.
func sameName(a, b string) bool {
	g := match.CompareNames(match.ParseName(a), match.ParseName(b))
	return g.Compatible() && g.Surname >= match.Alike
}

// samePerson tells apart people who share a mark, by name and date of birth.
func samePerson(a, b contact.Person) bool {
	if !a.Born.IsZero() && !b.Born.IsZero() && a.Born != b.Born {
		return false
	}
	g := match.CompareNames(match.ParseName(a.Name), match.ParseName(b.Name))
	return g.Compatible() && (g.Forename > match.Unknown && g.Surname > match.Unknown || !a.Born.IsZero() && a.Born == b.Born)
}

// theirs says, for each category that is spoken of with its holder alone, whether the
// person is that, as far as the records show.
func (d *Desk) theirs(s *systems, a *find.Answer) map[string]law.Fact {
	out := map[string]law.Fact{}
	for _, c := range d.Notice.Data.Categories {
		if c.With != notice.AccountHolder { // whose a card is stands in no record
			continue
		}
		fact := law.Unknown
		for _, r := range a.Records {
			t := s.maps[r.Source].Tables[r.Table]
			if t.Category != string(c.ID) && !slices.ContainsFunc(r.Row.Table.Columns, func(col rows.Column) bool {
				m := t.Columns[col.Name]
				return m != nil && m.Category == string(c.ID) && !r.Row.Get(col.Name).Empty()
			}) {
				continue
			}
			switch {
			case slices.Equal(r.Whose, []datamap.Whose{datamap.Self}):
				fact = law.IsSo
			case fact == law.Unknown && slices.ContainsFunc(a.Links, func(l find.Link) bool { return l.Kind == datamap.Payer }):
				fact = law.IsNot
			}
		}
		out[string(c.ID)] = fact
	}
	return out
}

// noCard refuses words that hold the number of a payment card: it is written down nowhere.
func noCard(field string, texts ...string) error {
	for _, t := range texts {
		for _, s := range (detect.Detector{NoNames: true}).Detect(t) {
			if s.Type == detect.Card {
				return &Error{Code: "card", What: "the number of a payment card stands in it, and is written down nowhere", Where: field, Mend: "leave the number out; for a payment it is used once, and asked for again the next time"}
			}
		}
	}
	return nil
}
