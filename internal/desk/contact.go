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

func (d *Desk) contacts() (*contact.Contacts, error) {
	return contact.New(contact.Config{Store: d.Store, Ring: d.Keys, Landlord: d.Config.Landlord, Now: func() time.Time { return d.Now() }})
}

// Look is whom a call is said to be about, and who calls.
type Look struct {
	Query
	Caller  law.Role // law.Self for the person
	Who     string   // the caller's name, if it is not the person
	Once    string
	Channel contact.Channel
	Told    bool // that the call is recorded
}

// callHeld is what is sealed of a call for its length.
type callHeld struct {
	Query     Query               `json:"query"`
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
// not act, such as nothing answers.
func (d *Desk) LookUp(ctx context.Context, by string, l Look) (contact.Check, error) {
	none := contact.Check{}
	known, given, err := l.given()
	if err != nil {
		return none, err
	}
	x, err := d.contacts()
	if err != nil {
		return none, err
	}
	held := callHeld{Query: l.Query, Channel: l.Channel, Told: l.Told, Person: contact.Person{Name: l.Name}}
	subject := d.opaque([]string{"caller", fmt.Sprintf("%q", l.Query)})
	var found *find.Answer
	var facts []contact.Fact
	err = d.searching(ctx, func(s *systems, f *find.Finder) error {
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
		rec := d.Store.Write(ctx, func(tx *store.Tx) error {
			return tx.Record(ctx, ledger.Act{Landlord: d.Config.Landlord, Actor: by, Name: "contact.looked", Notice: d.Notice.Version()}, map[string]any{"several": true})
		})
		return none, errors.Join(&Error{Code: "several", What: "that is not enough to tell whom is meant", Where: "--dob", Mend: "ask for one more thing: a date of birth, a reference, a telephone number or an e-mail address"}, rec)
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

// callerFacts is every question there is for the person, with what is held of each.
func (d *Desk) callerFacts(s *systems, a *find.Answer) []contact.Fact {
	k := a.Person.Known
	facts := []contact.Fact{
		{Kind: contact.Born, Values: said(contact.Born, k.DOB)}, {Kind: contact.NINO, Values: said(contact.NINO, k.NINO)},
		{Kind: contact.Reference, Values: said(contact.Reference, k.Refs...)}, {Kind: contact.Telephone, Values: said(contact.Telephone, k.Phones...)},
		{Kind: contact.Mailbox, Values: said(contact.Mailbox, k.Emails...)},
	}
	for _, own := range d.Config.Caller.Ask {
		f := contact.Fact{Kind: contact.Record + ":" + contact.FactKind(own.ID), Ask: own.Ask, Special: d.specialColumn(s, own.Column)}
		for _, r := range a.Records {
			column, ok := strings.CutPrefix(own.Column, r.Source+"."+r.Table+".")
			v := r.Row.Get(column)
			if !ok || v.Empty() || !r.Is(datamap.Self) && !r.Is(datamap.Shared) || slices.Equal(r.FieldWhose[column], []datamap.Whose{datamap.Other}) {
				continue
			}
			if r.Is(datamap.Shared) {
				f.Known = contact.ByThoseNear
			}
			f.Values = append(f.Values, said(f.Kind, v.Text)...)
		}
		facts = append(facts, f)
	}
	return facts
}

// specialColumn says that a column is of a special category, criminal, hidden or kept
// apart, or that no map says what it is.
func (d *Desk) specialColumn(s *systems, at string) bool {
	for name, m := range s.maps {
		for table, t := range m.Tables {
			column, ok := strings.CutPrefix(at, name+"."+table+".")
			if !ok {
				continue
			}
			c := t.Columns[column]
			category := t.Category
			if c != nil {
				if c.Kind != "" || c.Hide != "" || c.FreeText {
					return true
				}
				if c.Category != "" {
					category = c.Category
				}
			}
			return d.apart(notice.ID(category))
		}
	}
	return true
}

// apart says that a category is special, criminal, unknown, or in a compartment.
func (d *Desk) apart(id notice.ID) bool {
	c, ok := d.Notice.Data.Category(id)
	return !ok || c.Kind != notice.Ordinary || slices.ContainsFunc(d.Notice.Records.Compartments, func(x notice.Compartment) bool { return slices.Contains(x.Holds, id) })
}

// actingFacts is every question there is for somebody who acts for another, with what
// their authority and the person's record hold; nothing where there is no authority.
func actingFacts(m contact.Mandate, person *find.Answer) []contact.Fact {
	var k match.Known
	if person != nil && m.Name != "" {
		k = person.Person.Known
	}
	return []contact.Fact{
		{Kind: contact.Word, Ask: "What is the word that was agreed for the telephone?", Values: said(contact.Word, m.Word)},
		{Kind: contact.Telephone, Ask: "What is your own telephone number, as we would have it?", Values: said(contact.Telephone, m.Phone), Known: contact.ByThem},
		{Kind: contact.Mailbox, Ask: "What is your own e-mail address, as we would have it?", Values: said(contact.Mailbox, m.Email)},
		{Kind: contact.Reference, Ask: "What is the number of the person's tenancy or account?", Values: said(contact.Reference, k.Refs...)},
		{Kind: contact.Born, Ask: "What is the person's date of birth?", Values: said(contact.Born, k.DOB)},
	}
}

// said is what somebody said, or what is held, made comparable: every way to read it.
func said(kind contact.FactKind, values ...string) []string {
	var out []string
	add := func(v string, ok bool) {
		if ok && v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	for _, v := range values {
		switch kind {
		case contact.Born:
			add(match.Date(v))
		case contact.NINO:
			add(match.NINO(v))
		case contact.Telephone:
			add(match.Phone(v))
		case contact.Mailbox:
			add(match.Email(v))
		case contact.Reference:
			add(match.Ref(v))
			add(match.LooseRef(v))
		default:
			day, isDay := match.Date(v)
			if add(day, isDay); !isDay {
				add(match.Fold(v), true)
			}
		}
	}
	return out
}

// AnswerCall holds what a caller said against what is held, by kind of question. None of it
// is kept.
func (d *Desk) AnswerCall(ctx context.Context, by, id string, answers map[contact.FactKind]string) (contact.Check, error) {
	x, err := d.contacts()
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
	x, err := d.contacts()
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
