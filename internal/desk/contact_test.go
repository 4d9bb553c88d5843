package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tenet/internal/cases"
	"tenet/internal/contact"
	"tenet/internal/demo"
	"tenet/internal/law"
)

// truly answers questions as the person would.
func truly(p demo.Person, k contact.Check) map[contact.FactKind]string {
	out := map[contact.FactKind]string{}
	for _, q := range k.Questions {
		out[q.Kind] = map[contact.FactKind]string{contact.Born: spoken(p.DOB), contact.NINO: strings.ToLower(p.NINO), contact.Reference: strings.ReplaceAll(p.Ref, "-", " "),
			contact.Telephone: p.Mobile, contact.Mailbox: strings.ToUpper(p.Email)}[q.Kind]
	}
	return out
}

// spoken is a date as it is written down from what somebody says.
func spoken(dob string) string {
	d, err := law.ParseDate(dob)
	if err != nil {
		return dob
	}
	return d.Words()
}

// passes is a call of somebody who shows who they are.
func passes(t *testing.T, d *Desk, p demo.Person, once string) contact.Check {
	t.Helper()
	k, err := d.LookUp(t.Context(), "s1", Look{Query: Query{Name: p.Name, DOB: p.DOB}, Once: once, Channel: contact.Phone, Told: true})
	if err != nil {
		t.Fatal(err)
	}
	if k, err = d.AnswerCall(t.Context(), "s1", k.ID, truly(p, k)); err != nil || k.State != contact.Passed {
		t.Fatalf("what is true is not enough: %+v, %v", k, err)
	}
	return k
}

// TestCallerPasses: by any way of writing what is held, and with nothing of it shown.
func TestCallerPasses(t *testing.T) {
	d, w := office(t)
	star := w.Star()
	k := passes(t, d, star, "call-1")
	for _, q := range k.Questions {
		if q.Kind == contact.Born || q.Kind == contact.Name || q.Kind == contact.Postcode {
			t.Errorf("asked for %s", q.Kind)
		}
	}
	if said := fmt.Sprintf("%+v", k.Questions); strings.Contains(said, star.NINO) || strings.Contains(said, star.Mobile) {
		t.Errorf("the questions tell the answers: %s", said)
	}
	c, err := d.Conversation(t.Context(), "s1", k.ID)
	if err != nil || len(c.Lines) < 3 || c.Lines[0].May != law.Yes || c.Lines[1].May != law.Yes {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, err := d.Conversation(t.Context(), "s2", k.ID); err == nil {
		t.Error("a colleague looks into the call")
	}
}

// TestSafetyIsThePersonsOwn: where alone somebody may be reached shows in their call, and
// not in that of whoever shares their tenancy.
func TestSafetyIsThePersonsOwn(t *testing.T) {
	d, w := office(t)
	star, joint := w.Star(), w.Cast[demo.Joint]
	_, err := d.OpenCase(t.Context(), NewCase{Query: Query{Name: star.Name, DOB: star.DOB, Ref: star.Ref}, Kind: "access", Channel: "phone", By: "s1",
		Safety: &cases.Safety{Only: []string{"07700 900999"}, Never: []string{star.HomePhone}, Why: "She asked."}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Conversation(t.Context(), "s1", passes(t, d, star, "call-1").ID)
	if err != nil || len(c.Safety) != 1 || !slices.Contains(c.Safety[0].Never, star.HomePhone) {
		t.Errorf("in her call: %+v, %v", c.Safety, err)
	}
	if c, err = d.Conversation(t.Context(), "s1", passes(t, d, joint, "call-2").ID); err != nil || len(c.Safety) != 0 {
		t.Errorf("in his: %+v, %v", c.Safety, err)
	}
}

// TestContactsAreAnswered: what Tenet keeps of contacts is in a later access answer, of the
// person alone, and what others said waits for somebody to read it.
func TestContactsAreAnswered(t *testing.T) {
	d, w := office(t)
	star, joint := w.Star(), w.Cast[demo.Joint]
	call := passes(t, d, star, "call-1")
	note := func(n NewContact) contact.Entry {
		t.Helper()
		e, err := d.NoteContact(t.Context(), "s1", n)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	particulars := contact.Particulars{Facts: "Rang about the boiler.", Opinion: "Sounded tired."}
	mine := note(NewContact{Call: call.ID, NewEntry: contact.NewEntry{Once: "n1", Particulars: particulars}})
	if !mine.Told || len(mine.For) == 0 || mine.Channel != contact.Phone {
		t.Errorf("of the recording: %+v", mine)
	}
	theirs := note(NewContact{About: Query{Name: joint.Name, DOB: joint.DOB, Ref: joint.Ref}, NewEntry: contact.NewEntry{Once: "n2", Channel: contact.Letter, Particulars: contact.Particulars{Facts: "He wrote about parking."}}})
	if _, err := d.Trust(t.Context(), "s1", NewTrust{Once: "t1", Call: call.ID, Mandate: contact.Mandate{Name: "Sadia Khan", Appointed: "Mrs Kowalczyk, on the telephone",
		Authority: law.Authority{Role: law.ByTrusted, Seen: true, Scopes: []law.Scope{law.ForServices}}, Evidence: "Her own word, after the questions."}}); err != nil {
		t.Fatal(err)
	}
	with := note(NewContact{About: Query{Name: star.Name, DOB: star.DOB}, NewEntry: contact.NewEntry{Once: "n3", Channel: contact.Phone,
		Particulars: contact.Particulars{With: law.ByTrusted, Who: "Sadia Khan", Facts: "Asked for the plumber."}}})

	a, err := d.Access(t.Context(), AccessRequest{Query: Query{Name: star.Name, DOB: star.DOB, Email: star.Email}, Received: law.DateOf(w.Today), Channel: "phone", By: "s1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]Disposition{}
	counts := map[string]int{}
	for _, x := range a.List {
		if x.Record.Source == ownSource {
			seen[x.Record.Key["entry"]] = x
			counts[x.Record.Table]++
		}
	}
	if x := seen[mine.ID]; !x.Out || x.clean("what_happened") != particulars.Facts || x.clean("what_a_colleague_thinks") != particulars.Opinion {
		t.Errorf("her own: %+v", x)
	}
	if _, ok := seen[theirs.ID]; ok {
		t.Error("what is his is in her answer")
	}
	if x := seen[with.ID]; x.Waiting == 0 || x.clean("what_happened") != "" && x.Out {
		t.Errorf("what somebody else said goes out unread: %+v", x)
	}
	if counts["authority"] != 1 || counts["caller_check"] != 1 || a.Answer.Counts[ownSource+".contact"] != 2 {
		t.Errorf("there are %v, and the answer counts %v", counts, a.Answer.Counts)
	}
	k, err := d.Cases.Get(t.Context(), a.Case.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Redraft(t.Context(), k, cases.On{By: "s1"}); err != nil {
		t.Errorf("drafted again: %v", err)
	}
}

// TestContactOfSomebodyElse: who shares a reference shares a mark, and no history.
func TestContactOfSomebodyElse(t *testing.T) {
	d, w := office(t)
	star, joint := w.Star(), w.Cast[demo.Joint]
	for i, p := range []demo.Person{star, joint} {
		_, err := d.NoteContact(t.Context(), "s1", NewContact{About: Query{Name: p.Name, DOB: p.DOB, Ref: p.Ref}, NewEntry: contact.NewEntry{Once: fmt.Sprint(i), Channel: contact.Visit, Particulars: contact.Particulars{Facts: "About " + p.Forename}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := d.ContactsOf(t.Context(), "s1", "", Query{Name: star.Name, Ref: star.Ref})
	if err != nil || len(got) != 1 || got[0].Facts != "About "+star.Forename {
		t.Errorf("of hers: %+v, %v", got, err)
	}
}

func TestCallersRefused(t *testing.T) {
	d, w := office(t)
	star := w.Star()
	var told *Error
	for what, l := range map[string]Look{
		"a name alone": {Query: Query{Name: star.Name}, Once: "1"}, "nobody": {Query: Query{DOB: star.DOB}, Once: "2"},
		"a nameless caller": {Query: Query{Name: star.Name, DOB: star.DOB}, Caller: law.ByTrusted, Once: "3"}, "no date": {Query: Query{Name: star.Name, DOB: "yesterday"}, Once: "4"},
		"two could be meant": {Query: Query{Name: star.Name, Postcode: "LN30"}, Once: "5"},
	} {
		if _, err := d.LookUp(t.Context(), "s1", l); !errors.As(err, &told) || told.Mend == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := d.NoteContact(t.Context(), "s1", NewContact{About: Query{Name: star.Name, DOB: star.DOB}, NewEntry: contact.NewEntry{Once: "c", Channel: contact.Phone,
		Particulars: contact.Particulars{Facts: "Paid with 4111 1111 1111 1111."}}}); !errors.As(err, &told) || told.Code != "card" {
		t.Errorf("a card's number is written down: %v", err)
	}
	for what, r := range map[string]CallerRules{
		"six": {Right: 6}, "no id": {Ask: []CallerFact{{Column: "a.b.c", Ask: "?"}}}, "twice": {Ask: []CallerFact{{"a", "a.b.c", "?"}, {"a", "a.b.d", "?"}}},
		"no column": {Ask: []CallerFact{{"a", "a.b", "?"}}}, "no question": {Ask: []CallerFact{{"a", "a.b.c", " "}}},
	} {
		if err := r.check(); !errors.As(err, &told) || told.Mend == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestOwnQuestions: what tenet.yaml adds is asked of what the maps know to be ordinary, and
// of nothing else.
func TestOwnQuestions(t *testing.T) {
	d, w := office(t)
	star := w.Star()
	d.Config.Caller = CallerRules{Right: 4, Ask: []CallerFact{{"paid", "housing.rent_account.pay_method", "How is the rent paid?"}, {"health", "housing.person.disability_notes", "What do they need?"},
		{"nowhere", "housing.person.shoe_size", "What size?"}}}
	k, err := d.LookUp(t.Context(), "s1", Look{Query: Query{Name: star.Name, DOB: star.DOB}, Once: "1", Channel: contact.Phone})
	if err != nil {
		t.Fatal(err)
	}
	var asked []contact.FactKind
	for _, q := range k.Questions {
		asked = append(asked, q.Kind)
	}
	if !slices.Contains(asked, "record:paid") || slices.Contains(asked, "record:health") {
		t.Errorf("asked %q", asked)
	}
}
