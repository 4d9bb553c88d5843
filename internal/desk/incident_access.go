package desk

import (
	"context"
	"fmt"

	"tenet/internal/contact"
	"tenet/internal/datamap"
	"tenet/internal/find"
	"tenet/internal/incident"
	"tenet/internal/rows"
)

// incidentTable is what the answer of somebody whom a breach touched says of it.
func incidentTable(category string, words, hidden *datamap.Column) *datamap.Table {
	return &datamap.Table{Category: category, Columns: map[string]*datamap.Column{
		"entry": hidden, "what_happened": words, "what_may_come_of_it": words, "what_was_done": words, "what_of_yours": words}}
}

// addIncidents puts the breaches that touched a person into what was found: that they were
// touched, by what, and whether they were told; and nothing of whom else it touched. Where
// they are still to be told, or nobody has decided that, a person decides first: telling
// comes before reading it here, and an exemption may hold either back.
func (d *Desk) addIncidents(ctx context.Context, marks [][]byte, who contact.Person, client string, add func(find.Record)) error {
	x, err := d.Incidents()
	if err != nil {
		return err
	}
	all, err := x.Touching(ctx, marks)
	if err != nil {
		return err
	}
	for _, t := range all {
		if string(t.Incident.Client) != client || !t.Incident.IsBreach() {
			continue
		}
		var review []string
		switch name := t.Person.Name; {
		case name == "":
			review = append(review, "the list of the incident has no name there: it may be somebody with whom they share a telephone or an address")
		case !samePerson(contact.Person{Name: name}, who):
			continue
		}
		i := &t.Incident
		if t.Person.Told.IsZero() && i.Exception == nil && (i.Decision == nil || i.Risk == incident.HighRisk) {
			review = append(review, "they were not told of this incident yet: tell them first, or decide that it stays out")
		}
		add(touchedRecord(i, t.Person, review))
	}
	return nil
}

func touchedRecord(i *incident.Incident, p incident.Affected, review []string) find.Record {
	told := ""
	if !p.Told.IsZero() {
		told = map[string]string{"email": "by e-mail", "post": "by post", "spoken": "in person or by telephone"}[p.Way]
		told = ownMoment(p.Told) + ", " + told
	}
	known := ""
	if !i.Aware.IsZero() {
		known = ownMoment(i.Aware)
	}
	return ownRecord("incident", fmt.Sprintf("%s/%d", i.Number, p.N), "Tenet keeps it of you: something went wrong with information about you", review,
		ownCell{"we_knew", rows.Time, known}, ownCell{"it_happened", rows.Text, i.Happened}, ownCell{"what_happened", rows.Text, i.Nature}, ownCell{"what_may_come_of_it", rows.Text, i.Effects},
		ownCell{"what_was_done", rows.Text, i.Measures}, ownCell{"what_of_yours", rows.Text, p.Why}, ownCell{"we_told_you", rows.Text, told})
}
