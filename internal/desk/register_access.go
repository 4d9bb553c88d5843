package desk

import (
	"context"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/register"
	"tenet/internal/rows"
	"tenet/internal/store"
)

// namedMarks is by what somebody whom a paper of a register names is found again: by
// whatever is said of them, and by their name alone, which others may bear.
func (d *Desk) namedMarks(ctx context.Context, tx *store.Tx, n register.Somebody) ([][]byte, error) {
	plain := plainName(n.Name)
	marks, err := d.Cases.Marks(ctx, tx, cases.Person{Name: plain, Born: n.Born, Email: n.Email, Phone: n.Phone, NINO: n.NINO, Reference: n.Reference})
	if err != nil || plain == "" {
		return marks, err
	}
	alone, err := d.Cases.NameMark(ctx, tx, plain)
	return append(marks, alone), err
}

// isNamed says whether whom a paper names can be this person, and whether only the name
// says so.
func isNamed(n register.Somebody, who contact.Person) (is, unsure bool) {
	if n.Name == "" {
		return true, false // found by a mark that is no name
	}
	return samePerson(contact.Person{Name: n.Name, Born: n.Born}, who), n.NameAlone()
}

// namings is where papers of the registers name a person.
func (d *Desk) namings(ctx context.Context, who contact.Person, marks [][]byte) ([]register.Mention, error) {
	r, err := d.Registers()
	if err == nil {
		err = r.CatchUp(ctx)
	}
	if err != nil {
		return nil, err
	}
	if plain := plainName(who.Name); plain != "" {
		err := d.Store.Write(ctx, func(tx *store.Tx) error {
			alone, err := d.Cases.NameMark(ctx, tx, plain)
			marks = append(marks[:len(marks):len(marks)], alone)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	all, err := r.Naming(ctx, marks)
	if err != nil {
		return nil, RegisterError(err)
	}
	var out []register.Mention
	for _, m := range all {
		for _, n := range m.Who {
			if is, _ := isNamed(n, who); is {
				out = append(out, m)
				break
			}
		}
	}
	return out, nil
}

// papersTable is what papers of the registers hold of people, as an answer has it.
const papersTable = "register"

func papersMap() *datamap.Table {
	words := &datamap.Column{FreeText: true}
	return &datamap.Table{Columns: map[string]*datamap.Column{"entry": {Hide: "internal key"}, "paper": words, "named_as": {Review: "others may be named beside the person"}, "beside": words}}
}

// mentionRecord is a paper that names the person. Where only the name says that it is
// they, somebody looks first.
func mentionRecord(m register.Mention, who contact.Person) find.Record {
	var review, names []string
	for _, n := range m.Who {
		is, unsure := isNamed(n, who)
		if is {
			names = append(names, n.Name)
		}
		if is && unsure {
			review = []string{"only the name says that it is this person"}
		}
	}
	return ownRecord(papersTable, m.ID, "Tenet keeps it of you: a register names you", review,
		ownCell{"on", rows.Time, ownMoment(m.At)}, ownCell{"register", rows.Text, m.Register}, ownCell{"paper", rows.Text, m.Number + " " + m.Title},
		ownCell{"what", rows.Text, m.What}, ownCell{"named_as", rows.Text, strings.Join(names, "; ")}, ownCell{"beside", rows.Text, strings.Join(m.Says, "; ")})
}

// ForgetNamed takes somebody out of the papers that name them: those whose ids are given,
// or all that surely name them. It gives those that it left because only the name says
// that it is they.
func (d *Desk) ForgetNamed(ctx context.Context, by string, q Query, ids ...string) (gone int, unsure []register.Mention, err error) {
	known, err := q.Known()
	if err != nil {
		return 0, nil, err
	}
	who := contact.Person{Name: q.Name, Born: bornOf(known)}
	marks, err := d.marks(ctx, peopleOf(q, known))
	if err != nil {
		return 0, nil, err
	}
	all, err := d.namings(ctx, who, marks)
	if err != nil {
		return 0, nil, err
	}
	r, err := d.Registers()
	if err != nil {
		return 0, nil, err
	}
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	for _, m := range all {
		is := func(n register.Somebody) bool {
			is, unsure := isNamed(n, who)
			return is && (!unsure || wanted[m.ID])
		}
		some := false
		for _, n := range m.Who {
			some = some || is(n)
		}
		switch {
		case len(ids) > 0 && !wanted[m.ID]:
		case !some:
			unsure = append(unsure, m)
		default:
			err := d.Store.Write(ctx, func(tx *store.Tx) error { return r.ForgetNamed(ctx, tx, by, m.ID, is) })
			if err != nil {
				return gone, unsure, RegisterError(err)
			}
			gone++
		}
	}
	return gone, unsure, nil
}
