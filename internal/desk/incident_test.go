package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/demo"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/promise"
	"tenet/internal/register"
	"tenet/internal/store"
)

// wrong reports that something went wrong, and finds a breach in it.
func (d *Desk) wrong(t testing.TB, once string, f Triage) incident.Incident {
	t.Helper()
	ctx := t.Context()
	i, err := d.ReportIncident(ctx, incident.First{Once: once, Kind: incident.Lost, What: "A stick was left on a bus.", By: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	f.Harms, f.How = []incident.Harm{incident.Confidentiality}, "The caretaker rang."
	if f.Aware.IsZero() {
		f.Aware = d.Now()
	}
	if f.Role == "" && f.Client == "" {
		f.Role = incident.Controller
	}
	if i, err = d.TriageIncident(ctx, incident.On{Number: i.Number, By: "s1"}, f); err != nil {
		t.Fatal(err)
	}
	return i
}

// steps takes steps of an incident, one after another.
func (d *Desk) steps(t testing.TB, number string, steps ...func(*incident.Incidents, incident.On) (incident.Incident, error)) incident.Incident {
	t.Helper()
	var i incident.Incident
	for _, do := range steps {
		var err error
		if i, err = d.Incident(number, func(x *incident.Incidents) (incident.Incident, error) {
			return do(x, incident.On{Number: number, By: "s1"})
		}); err != nil {
			t.Fatal(err)
		}
	}
	return i
}

// agreed is what an agreement says of breaches, beside all that its form asks for.
func (h *heldDesk) agreed(r *register.Registers, more register.Values) register.Paper {
	h.t.Helper()
	f, err := r.Form("agreements")
	h.must(err)
	v := answers(f, h.Notice, register.Values{"kind": "data-sharing-agreement", "signed": "2026-08-05", "from": "2026-08-05", "parties": "The department and us"})
	for k, x := range more {
		v[k] = x
	}
	return h.paper(r, "agreements", v)
}

// TestAgreementHours: an agreement of the register that was in force gives a breach that
// concerns it its clock, and the promise is broken once its hours are missed.
func TestAgreementHours(t *testing.T) {
	h := hold(t, promiseWorld(t), "{check: register.complete, register: breaches}")
	ctx := t.Context()
	h.Now = func() time.Time { return promiseDay }
	r, err := h.Registers()
	h.must(err)
	with, data, other := h.Notice.Sharing.Recipients[0], h.Notice.Data.Categories[0].ID, h.Notice.Data.Categories[1].ID
	paper := h.agreed(r, register.Values{"recipients": []string{string(with.ID)}, "breach-hours": "24", "breach-direction": "we-tell-them", "breach-tell": "breaches@example.org", "breach-data": []string{string(data)}})
	h.agreed(r, register.Values{"recipients": []string{string(with.ID)}, "breach-hours": "4", "from": "2027-01-01", "breach-direction": "we-tell-them"}) // not yet in force
	h.agreed(r, register.Values{"recipients": []string{string(h.Notice.Sharing.Recipients[1].ID)}, "breach-hours": "12"})                                // somebody else's, and theirs

	if i := h.wrong(t, "other data", Triage{Recipients: []notice.ID{with.ID}, Data: []notice.ID{other}}); len(i.Contracts) != 0 {
		t.Errorf("an agreement about other data counts: %+v", i.Contracts)
	}
	if i := h.wrong(t, "nobody's", Triage{}); len(i.Contracts) != 0 {
		t.Errorf("an agreement that it does not concern counts: %+v", i.Contracts)
	}
	var no *Error
	if _, err := h.TriageIncident(ctx, incident.On{Number: "IN-2026-0001", By: "s1"}, Triage{Agreements: []string{"AG-0099"}}); !errors.As(err, &no) || no.Mend == "" {
		t.Errorf("an agreement that there is not: %v", err)
	}
	if _, err := h.TriageIncident(ctx, incident.On{Number: "IN-2026-0001", By: "s1"}, Triage{Finding: incident.Finding{Controllers: []string{"nosuch"}}}); !errors.As(err, &no) || !strings.Contains(no.What, `nobody is known as "nosuch"`) {
		t.Errorf("a controller that nobody knows: %v", err)
	}
	if i := h.wrong(t, "with two", Triage{Finding: incident.Finding{Controllers: []string{string(with.ID), "the DEPARTMENT"}}}); !slices.Equal(i.Controllers, []string{with.Title, "the DEPARTMENT"}) {
		t.Errorf("with %q", i.Controllers)
	}
	i := h.wrong(t, "theirs", Triage{Recipients: []notice.ID{with.ID}})
	x, err := h.Incidents()
	h.must(err)
	clocks, err := x.Clocks(&i)
	if err != nil || len(clocks) != 2 || clocks[1].ID != paper.Number || clocks[1].Left != 24 || clocks[1].Tell != "breaches@example.org" || !strings.Contains(clocks[1].Title, with.Title) {
		t.Fatalf("%+v %v", clocks, err)
	}
	// An agreement that is signed again moves no clock that has begun.
	h.must(func() error {
		_, err := r.End(ctx, register.On{Number: paper.Number, By: "s1"}, "It ran out.")
		return err
	}())
	again, err := x.Get(ctx, i.Number)
	if clocks, cerr := x.Clocks(&again); err != nil || cerr != nil || len(clocks) != 2 {
		t.Errorf("%+v %v %v", clocks, err, cerr)
	}
	later := promiseDay.Add(23 * time.Hour)
	h.Now = func() time.Time { return later }
	if got := h.status(); got.Status != promise.Unproven {
		t.Errorf("within the hours it is %s: %+v", got.Status, got)
	}
	later = promiseDay.Add(25 * time.Hour)
	if got := h.status(); got.Status != promise.Broken {
		t.Errorf("an hour late it is %s: %+v", got.Status, got)
	}
	x, err = h.Incidents()
	h.must(err)
	if _, err := x.Pass(ctx, incident.On{Number: i.Number, By: "s1"}, incident.Passing{To: with.Title, How: "e-mail", At: promiseDay.Add(3 * time.Hour), Clock: paper.Number}); err != nil {
		t.Fatal(err)
	}
	if got := h.status(); got.Status != promise.Unproven {
		t.Errorf("told in time, with 47 hours left to the regulator, it is %s: %+v", got.Status, got)
	}
}

// TestIncidentInTheirAnswer: somebody whom a breach touched finds in their own answer that
// it did and what it was, and nothing of whom else; where they were not told yet, a person
// decides first.
func TestIncidentInTheirAnswer(t *testing.T) {
	d, w := office(t)
	ctx := t.Context()
	star, joint := w.Star(), w.Cast[demo.Joint]
	sheet := "name,email,reference,what\n" + star.Name + "," + star.Email + "," + star.Ref + ",her rent statement\n" + joint.Name + "," + joint.Email + "," + star.Ref + ",his medical form\n"
	answer := func(once string) map[string]Disposition {
		t.Helper()
		a, err := d.Access(ctx, AccessRequest{Query: Query{Name: star.Name, DOB: star.DOB, Email: star.Email}, Received: law.DateOf(w.Today), Channel: once, By: "s1"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]Disposition{}
		for _, x := range a.List {
			if x.Record.Source == ownSource && x.Record.Table == "incident" {
				out[x.Record.Key["entry"]] = x
			}
		}
		return out
	}
	i := d.wrong(t, "a", Triage{})
	d.steps(t, i.Number,
		func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Describe(ctx, on, incident.Description{Nature: "Statements went to the wrong address.", Effects: "Somebody may read them.", Measures: "We fetched them back."})
		},
		func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Assess(ctx, on, incident.Facts{People: 2})
		},
		func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
			return x.Decide(ctx, on, incident.HighRisk, "It names them.")
		})
	if added, problems, err := d.ListAffectedSheet(ctx, i.Number, "s1", "p.csv", []byte(sheet)); err != nil || len(problems) > 0 || added != 2 {
		t.Fatal(added, problems, err)
	}
	got := answer("phone")
	x, ok := got[i.Number+"/1"]
	if !ok || len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	if x.Waiting == 0 || x.clean("what_happened") != "" {
		t.Errorf("what they were not told goes out before anybody decides: %+v", x)
	}
	d.steps(t, i.Number, func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
		return x.ToldOtherwise(ctx, on, 1, "on the doorstep")
	})
	x = answer("letter")[i.Number+"/1"]
	if !x.Out || x.clean("what_happened") != "Statements went to the wrong address." || x.clean("what_of_yours") != "her rent statement" || x.clean("we_told_you") == "" {
		t.Errorf("what they were told: %+v", x)
	}
	for _, v := range x.Record.Fields {
		if v != nil && (strings.Contains(*v, joint.Surname+" "+joint.Forename) || strings.Contains(*v, "medical")) {
			t.Errorf("it says who else: %q", *v)
		}
	}
}

// TestListFromATable: everybody for whom conditions hold is listed once, with the
// addresses and marks that their rows have; a value is never part of a query.
func TestListFromATable(t *testing.T) {
	d, w := office(t)
	ctx := t.Context()
	star := w.Star()
	i := d.wrong(t, "a", Triage{})
	list := func(where ...string) (Listing, error) {
		f := FromTable{Table: "housing.person", What: "the tenants’ list"}
		for _, s := range where {
			c, err := ParseWhere(s)
			if err != nil {
				t.Fatal(err)
			}
			f.Where = append(f.Where, c)
		}
		return d.ListAffectedFrom(ctx, i.Number, "s1", f)
	}
	got, err := list("surname="+strings.ToUpper(star.Surname), "forename~"+star.Forename[:3])
	if err != nil || got.Found < 1 || got.Added != got.Found {
		t.Fatalf("%+v %v", got, err)
	}
	if again, err := list("surname=" + star.Surname); err != nil || again.Found < got.Found || again.Added != again.Found-got.Found {
		t.Errorf("listed again: %+v %v", again, err)
	}
	if none, err := list("surname=' OR 1=1 --"); err != nil || none.Found != 0 {
		t.Errorf("%+v %v", none, err)
	}
	all, err := list()
	if err != nil || all.Found < 20 || all.Dead == 0 {
		t.Errorf("%+v %v", all, err)
	}
	var marks [][]byte
	err = d.Store.Write(ctx, func(tx *store.Tx) (err error) {
		marks, err = d.Cases.Marks(ctx, tx, cases.Person{Email: star.Email})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.Incidents()
	if err != nil {
		t.Fatal(err)
	}
	if hit, err := x.Touching(ctx, marks); err != nil || len(hit) == 0 {
		t.Errorf("they are not found again: %v %v", hit, err)
	}
	var no *Error
	for _, bad := range []FromTable{{Table: "nowhere.person"}, {Table: "housing.property"}, {Table: "housing.person", Where: []Where{{Column: "no_such", Value: "x"}}}} {
		if _, err := d.ListAffectedFrom(ctx, i.Number, "s1", bad); !errors.As(err, &no) || no.Mend == "" {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	for _, s := range []string{"", "=x", "a=", "a"} {
		if _, err := ParseWhere(s); err == nil {
			t.Errorf("%q is a condition", s)
		}
	}
}

// TestTellWithoutMail: of somebody of whom only an e-mail address is known, it is said that
// no mail server is set.
func TestTellWithoutMail(t *testing.T) {
	h := hold(t, promiseWorld(t), "{check: register.complete, register: breaches}")
	h.Now = func() time.Time { return promiseDay }
	i := h.wrong(t, "r1", Triage{})
	_, _, err := h.ListAffectedSheet(t.Context(), i.Number, "s1", "p.csv", []byte("name,email\nAda Quillfeather,ada@example.org\n"))
	h.must(err)
	h.steps(t, i.Number, func(x *incident.Incidents, on incident.On) (incident.Incident, error) {
		return x.Describe(t.Context(), on, incident.Description{Nature: "A stick was lost.", Effects: "Somebody may write to you.", Measures: "We asked the bus firm.", Advice: "Answer no such letter."})
	})
	n, left, err := h.TellAffected(t.Context(), i.Number, "s1")
	if err != nil || n != 0 || len(left) != 1 || !strings.Contains(left[0].Why, "no mail server is set") {
		t.Errorf("%d letters, %+v, %v", n, left, err)
	}
}
