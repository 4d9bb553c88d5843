package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/law"
	"tenet/internal/match"
	"tenet/internal/notice"
	"tenet/internal/rows"
)

// ownSource is what Tenet's own records about a person come from. No system is called so:
// theirs are in small letters.
const ownSource = "Tenet"

// ownMap says what Tenet's own records hold.
func (d *Desk) ownMap() *datamap.Map {
	category := func(dpv notice.DPV) string {
		i := slices.IndexFunc(d.Notice.Data.Categories, func(c notice.Category) bool { return slices.Contains(c.DPV, dpv) })
		if i < 0 {
			return ""
		}
		return string(d.Notice.Data.Categories[i].ID)
	}
	words := &datamap.Column{FreeText: true}
	other := &datamap.Column{Review: "it may be somebody else's"}
	hidden := &datamap.Column{Hide: "internal key"}
	return &datamap.Map{Source: ownSource, Tables: map[string]*datamap.Table{
		"contact": {Category: category("dpv-pd:Interaction"), Columns: map[string]*datamap.Column{
			"entry": hidden, "spoke_with": other, "what_happened": words, "what_a_colleague_thinks": words, "what_was_done": words}},
		"authority":    {Category: category("dpv-pd:Relationship"), Columns: map[string]*datamap.Column{"entry": hidden, "who_may_act": other, "by_whose_word": words, "evidence": words}},
		papersTable:    papersMap(),
		"caller_check": {Category: category("dpv-pd:Interaction"), Columns: map[string]*datamap.Column{"entry": hidden}},
		"incident":     incidentTable(category("dpv-pd:Interaction"), words, hidden),
	}}
}

// SeesContacts says whether a role reads what happened in contacts.
func (d *Desk) SeesContacts(role string) bool {
	return See(d.Notice, d.Role(role), holding(d.ownMap().Tables["contact"])) != NotTheir
}

// addOwn puts what Tenet itself keeps about the person of a case into what was found, in the
// place of what was there: it is theirs to have like the rest (UK GDPR Art 15), and what
// others said in it is read first like any text. In an answer for a client that is what is
// kept of that client's customers, and in our own what is kept of ours.
func (d *Desk) addOwn(ctx context.Context, s *systems, k cases.Case, a *find.Answer) error {
	s.maps[ownSource] = d.ownMap()
	a.Records = slices.DeleteFunc(a.Records, func(r find.Record) bool { return r.Source == ownSource })
	for at := range a.Counts {
		if strings.HasPrefix(at, ownSource+".") {
			delete(a.Counts, at)
		}
	}
	who := contact.Person{Name: a.Person.Known.Name.Written, Born: bornOf(a.Person.Known)}
	if who.Name == "" {
		who = contact.Person{Name: k.Person.Name, Born: k.Person.Born}
	}
	marks, err := d.marks(ctx, append(peopleOf(Query{}, a.Person.Known), k.Person))
	if err != nil {
		return err
	}
	x, err := d.contactsIn(s.client) // whoever sees the case sees them: s is of its set
	if err != nil {
		return err
	}
	entries, err := x.Entries(ctx, marks)
	if err != nil {
		return contactError(err)
	}
	add := func(r find.Record) {
		a.Records = append(a.Records, r)
		a.Counts[r.Source+"."+r.Table]++
	}
	for _, e := range entries {
		if samePerson(e.About, who) {
			add(entryRecord(e))
		}
	}
	if err := d.addIncidents(ctx, marks, who, s.client, add); err != nil {
		return err
	}
	authorities, err := x.Authorities(ctx, marks, d.Today())
	if err != nil {
		return contactError(err)
	}
	for _, m := range authorities {
		if samePerson(m.For, who) {
			add(authorityRecord(m))
		}
	}
	if s.client == "" { // the registers are the landlord's own
		named, err := d.namings(ctx, who, marks)
		if err != nil {
			return err
		}
		for _, m := range named {
			add(mentionRecord(m, who))
		}
	}
	// A check is about whoever the caller said, whom its marks alone name: those that a name
	// with a date of birth, or a number issued to one person, leads to.
	if marks, err = d.marks(ctx, []cases.Person{{Name: who.Name, Born: who.Born, NINO: a.Person.Known.NINO}, {Name: plainName(who.Name), Born: who.Born}}); err != nil {
		return err
	}
	checks, err := x.Checks(ctx, marks)
	if err != nil {
		return contactError(err)
	}
	for _, c := range checks {
		add(checkRecord(c))
	}
	return nil
}

// plainName is a name without titles.
func plainName(written string) string {
	n := match.ParseName(written)
	return strings.Join(append(slices.Clone(n.Given), n.Family...), " ")
}

// ownRecord is a record of Tenet's own, of columns and values in turn.
func ownRecord(table, id string, path string, review []string, cells ...ownCell) find.Record {
	t := &rows.Table{Name: table, Key: []string{"entry"}, Columns: []rows.Column{{Name: "entry", Kind: rows.Text}}}
	row := rows.Row{Table: t, Key: []string{"entry"}, Values: []rows.Value{{Text: id}}}
	for _, c := range cells {
		t.Columns = append(t.Columns, rows.Column{Name: c.name, Kind: c.kind})
		row.Values = append(row.Values, rows.Value{Text: c.text, Null: c.text == ""})
	}
	r := find.Record{Source: ownSource, Table: table, Key: row.KeyMap(), Whose: []datamap.Whose{datamap.Self}, Roles: []datamap.Role{datamap.Subject}, Path: []string{path},
		Review: review, Row: row, Fields: map[string]*string{}}
	for i, c := range t.Columns {
		r.Fields[c.Name] = nil
		if !row.Values[i].Null {
			r.Fields[c.Name] = &row.Values[i].Text
		}
	}
	return r
}

type ownCell struct {
	name string
	kind rows.Kind
	text string
}

func ownMoment(t time.Time) string { return t.In(law.London()).Format("2006-01-02 15:04") }

func ownDay(d law.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func entryRecord(e contact.Entry) find.Record {
	var review []string
	direction, told, corrects := "they were in touch with us", "", ""
	if e.Outward {
		direction = "we were in touch with them"
	}
	if len(e.For) > 0 {
		told = "recorded for: " + strings.Join(e.For, "; ") + "; the caller was not told of it"
		if e.Told {
			told = "recorded for: " + strings.Join(e.For, "; ") + "; the caller was told of it"
		}
	}
	if e.Corrects != "" {
		corrects = "it corrects an earlier entry"
	} else if e.Corrected != "" {
		corrects = "it was corrected by a later entry"
	}
	if e.With != law.Self {
		review = []string{"somebody who acts for the person said it"}
	}
	return ownRecord("contact", e.ID, "Tenet keeps it of you: a colleague wrote down what happened", review,
		ownCell{"on", rows.Time, ownMoment(e.At)}, ownCell{"by", rows.Text, string(e.Channel)}, ownCell{"who_began", rows.Text, direction},
		ownCell{"spoke_with", rows.Text, e.Who}, ownCell{"what_happened", rows.Text, e.Facts}, ownCell{"what_a_colleague_thinks", rows.Text, e.Opinion},
		ownCell{"what_was_done", rows.Text, e.Action}, ownCell{"recording", rows.Text, told}, ownCell{"correction", rows.Text, corrects})
}

func authorityRecord(a contact.Authority) find.Record {
	return ownRecord("authority", a.ID, "Tenet keeps it of you: who may act for you", nil,
		ownCell{"added", rows.Time, ownMoment(a.Added)}, ownCell{"who_may_act", rows.Text, a.Name}, ownCell{"as", rows.Text, string(a.Role)},
		ownCell{"may", rows.Text, contact.Reaches(a.Scopes)}, ownCell{"by_whose_word", rows.Text, a.Appointed}, ownCell{"evidence", rows.Text, a.Evidence},
		ownCell{"from", rows.Date, ownDay(a.Start)}, ownCell{"until", rows.Date, ownDay(a.End)}, ownCell{"ended", rows.Date, ownDay(a.Ended)})
}

func checkRecord(c contact.Check) find.Record {
	result := "not passed"
	if c.Pass {
		result = "passed"
	}
	var asked []string
	for _, k := range c.Asked {
		sort, _, _ := strings.Cut(string(k), ":")
		asked = append(asked, sort)
	}
	caller := "they said that they were you"
	if c.Caller != law.Self {
		caller = "they said that they act for you"
	}
	return ownRecord("caller_check", c.ID, "Tenet keeps it of you: a caller was asked to show who they are", nil,
		ownCell{"on", rows.Time, ownMoment(c.Begun)}, ownCell{"caller", rows.Text, caller}, ownCell{"asked_for", rows.Text, strings.Join(asked, ", ")}, ownCell{"result", rows.Text, result})
}
