package discover_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tenet/internal/datamap"
	"tenet/internal/datamap/discover"
)

// Two hundred copies of one table are one decision, and so is one edge of nine tables.
func TestDecisionsAreGrouped(t *testing.T) {
	lines := []string{"person(person_id* forename surname dob:date)"}
	for _, n := range []string{"note", "letter", "visit", "payment", "call"} {
		lines = append(lines, n+"("+n+"_id* person_id at:date)")
	}
	for y := range 20 {
		lines = append(lines, "person_"+string(rune('0'+y/10))+string(rune('0'+y%10))+"_bak(person_id forename surname dob:date)")
	}
	p := proposed(t, schemaOf(lines...))
	var ids []string
	for _, d := range discover.Open(p.Map, p.evidence, nil, nil, nil) {
		ids = append(ids, d.ID)
		if len(d.Why) == 0 {
			t.Errorf("%s is asked without a reason", d.ID)
		}
	}
	same(t, "decisions", ids, []string{"people person", "copies person", "belongs person by person_id as subject"})
}

// Whatever is answered to any schema, the map can be read back and fits the
// schema; nothing that was answered is asked again; and all taken as proposed is
// the proposal.
func TestAnyAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := worlds(t)
		proposed, evidence, err := discover.Propose(context.Background(), w.schema, w)
		if err != nil {
			t.Fatal(err)
		}
		var answered []discover.Answered
		asProposed := true
		for _, d := range discover.Open(proposed, evidence, nil, nil, nil) {
			answer := rapid.SampledFrom(d.Options).Draw(t, "answer")
			if d.Kind == "question" && answer != discover.No || answer != discover.Yes && answer != d.Answer && d.Kind != "question" {
				asProposed = false
			}
			answered = append(answered, discover.Answered{ID: d.ID, Answer: answer, Of: d.Of})
		}
		if open := discover.Open(proposed, evidence, nil, nil, answered); len(open) > 0 {
			t.Errorf("asked again: %v", open)
		}
		m, err := discover.Confirm(proposed, evidence, nil, nil, answered)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range m.Check(w.schema) {
			if d.Breaks || m.Tables[d.Table] == nil {
				t.Errorf("confirmed, and not in the source: %s", d)
			}
		}
		text, err := m.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := datamap.Parse("confirmed.yaml", text); err != nil {
			t.Errorf("the confirmed map cannot be read back:\n%v\n%s", err, text)
		}
		if want, _ := proposed.Marshal(); asProposed && string(want) != string(text) {
			t.Errorf("all taken as proposed is not the proposal:\n%s\n%s", want, text)
		}
	})
}

// What stands in a map is never changed, whatever is answered: it only grows by
// what is new in the source.
func TestAMapOnlyGrows(t *testing.T) {
	before := schemaOf("person(person_id* forename surname dob:date)", "note(note_id* person_id body)", "visit(visit_id* person_id seen:date)")
	p := proposed(t, before)
	have := p.Map
	have.Tables["note"].OwnedBy[0].Role = datamap.Witness // a person's doing
	have.Tables["visit"].OwnedBy = nil                    // and this
	seen := map[string][]string{}
	for _, table := range before.Tables {
		for _, c := range table.Columns {
			seen[table.Name] = append(seen[table.Name], c.Name)
		}
	}
	after := schemaOf("person(person_id* forename surname dob:date)", "note(note_id* person_id body disability)", "visit(visit_id* person_id seen:date)", "payment(payment_id* person_id)")
	q := proposed(t, after)
	open := discover.Open(q.Map, q.evidence, have, seen, nil)
	var of []string
	var answered []discover.Answered
	for _, d := range open {
		of = append(of, d.Of...)
		answered = append(answered, discover.Answered{ID: d.ID, Answer: discover.Yes, Of: d.Of})
	}
	same(t, "only what is new is asked", of, []string{"payment: person_id", "note: disability"})
	m, err := discover.Confirm(q.Map, q.evidence, have, seen, answered)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the role a person gave", m.Tables["note"].OwnedBy[0].Role, datamap.Witness)
	same(t, "the edge a person took out", len(m.Tables["visit"].OwnedBy), 0)
	if m.Tables["payment"] == nil || m.Tables["note"].Columns["disability"] == nil {
		t.Error("what is new is not there")
	}
	if have.Tables["payment"] != nil || have.Tables["note"].Columns["disability"] != nil {
		t.Error("the map that was given has been changed")
	}
}

// A question becomes an edge in the role that a person gives it.
func TestAQuestionAnswered(t *testing.T) {
	s := schemaOf("person(person_id*# forename surname dob:date)", "flag(flag_id*# person_id restricted)")
	p := proposed(t, s)
	open := discover.Open(p.Map, p.evidence, nil, nil, nil)
	i := slices.IndexFunc(open, func(d discover.Decision) bool { return d.Kind == "question" })
	if i < 0 {
		t.Fatalf("no question: %v", open)
	}
	for answer, want := range map[string]string{discover.Yes: "flag(person_id) < person", "reporter": "flag(person_id) < person as reporter", discover.No: "", discover.Just: ""} {
		m, err := discover.Confirm(p.Map, p.evidence, nil, nil, []discover.Answered{{ID: open[i].ID, Answer: answer, Of: open[i].Of}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, answer, strings.Join(proposal{Map: m}.owned(), "; "), want)
		same(t, answer+" across", len(m.Tables["flag"].RefersTo), map[bool]int{true: 1, false: 0}[answer == discover.Just])
	}
}
