package desk

import (
	"slices"
	"strings"

	"tenet/internal/contact"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/match"
	"tenet/internal/notice"
)

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
