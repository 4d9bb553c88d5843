package find

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tenet/internal/datamap"
	"tenet/internal/rows"
)

// logged is a landlord whose log of calls is free text, below the person who rang.
func logged() *world {
	w := newWorld("crm")
	w.maps["crm"].Tables["log"] = &datamap.Table{Key: datamap.Columns{"id"}, OwnedBy: datamap.Edges{{Table: "person", On: map[string]string{"person": "id"}}},
		Columns: map[string]*datamap.Column{"body": {FreeText: true}}}
	return w
}

// log adds a row of text below a person, and gives its id.
func (w *world) log(id, person, body string) string {
	r := rows.Row{Table: table("log", "id", "person", "body"), Key: []string{"id"}, Values: []rows.Value{{Text: id}, {Text: person}, {Text: body}}}
	w.rows["crm"] = append(w.rows["crm"], r)
	return "crm:" + r.ID()
}

// mentioned are the keys of the texts of others in which somebody was found, in
// the order of the answer.
func mentioned(a *Answer) (out []string) {
	for _, r := range a.Records {
		if r.Table == "log" && r.Is(datamap.Mention) {
			out = append(out, r.Row.Get("id").Text)
		}
	}
	return out
}

// TestWaysToBeNamed: the index is asked for every way in which a text may give the
// name, and for no more than those.
func TestWaysToBeNamed(t *testing.T) {
	w := logged()
	w.person("crm:1", "name=Ann Shaw", "dob=1985-03-14", "email=ann@example.org")
	w.person("crm:2", "name=Bob Berg", "dob=1970-01-02")
	w.person("crm:3", "name=Cy Shaw", "dob=1960-01-02")
	for id, text := range map[string]string{
		"full": "met Ann Shaw by the gate", "initial": "A. Shaw was there", "turned": "SHAW, Ann: noisy", "mail": "copied to ANN@example.org",
		"other": "Cy Shaw was there", "far": "option A: no word from Shaw", "titled": "Mrs Shaw was there", "surname": "the Shaw flat",
	} {
		w.log(id, "2", text)
	}
	a, err := w.finder().Find(t.Context(), ask("name=Ann Shaw", "dob=1985-03-14"))
	if err != nil {
		t.Fatal(err)
	}
	got := mentioned(a)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"full", "initial", "mail", "turned"}, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	// Nobody else is a Berg.
	w.log("berg", "1", "Mr Berg was there")
	if a, err = w.finder().Find(t.Context(), ask("name=Bob Berg")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"berg"}, mentioned(a)); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// TestNicknameAndAddress: a nickname or an address alone brings nothing into the
// answer; a telephone number beside it does, or both near to each other, for a person
// to look at.
func TestNicknameAndAddress(t *testing.T) {
	w := logged()
	w.person("crm:1", "name=Elizabeth (Beth) Shaw", "dob=1985-03-14", "phone=07700900123", "address=14 High Street", "postcode=ZZ1 2YY")
	w.person("crm:2", "name=Bob Berg")
	w.log("nickname", "2", "Beth was at the door")
	w.log("address", "2", "noise from 14 High Street, ZZ1 2YY")
	w.log("number", "2", "Beth, 07700 900123")
	w.log("both", "2", "Beth from 14 High Street was at the door")
	a, err := w.finder().Find(t.Context(), ask("name=Elizabeth Shaw", "dob=1985-03-14"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"number", "both"}, mentioned(a)); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// TestCostsTheAnswer: others of the surname, and what is written of them, cost a
// search nothing.
func TestCostsTheAnswer(t *testing.T) {
	asked := func(others int) int {
		w := logged()
		w.person("crm:1", "name=Ann Shaw", "dob=1985-03-14", "email=ann@example.org")
		w.person("crm:2", "name=Bob Berg", "dob=1970-01-02")
		w.log("1", "2", "met Ann Shaw by the gate")
		for i := range others {
			w.person(fmt.Sprintf("crm:%d", 10+i), "name=Cy Shaw", "dob=1960-01-02")
			w.log(fmt.Sprint(10+i), "2", "met Cy Shaw by the gate")
		}
		a, err := w.finder().Find(t.Context(), ask("name=Ann Shaw", "dob=1985-03-14"))
		if err != nil {
			t.Fatal(err)
		}
		if len(mentioned(a)) != 1 {
			t.Errorf("among %d others: %v", others, mentioned(a))
		}
		return w.asked
	}
	if few, many := asked(1), asked(200); few != many {
		t.Errorf("%d rows were asked for among one other Shaw, and %d among 200", few, many)
	}
}

// TestNamesakesAreAskedLast: what somebody of the same name holds is read only
// where a text gives the name and nothing that settles whose it is.
func TestNamesakesAreAskedLast(t *testing.T) {
	asked := func(text string) (int, []string) {
		w := logged()
		w.person("crm:1", "name=Ann Shaw", "dob=1985-03-14", "email=ann@example.org")
		w.person("crm:2", "name=Bob Berg", "dob=1970-01-02")
		w.person("crm:3", "name=Ann Shaw", "dob=1960-01-02", "phone=07700900123")
		w.log("1", "2", text)
		a, err := w.finder().Find(t.Context(), ask("name=Ann Shaw", "dob=1985-03-14"))
		if err != nil {
			t.Fatal(err)
		}
		return w.asked, mentioned(a)
	}
	settled, _ := asked("met Ann Shaw, ann@example.org")
	if open, got := asked("met Ann Shaw"); open < settled || len(got) != 1 {
		t.Errorf("%d rows asked for, %d where it was settled; found %v", open, settled, got)
	}
	if _, got := asked("met Ann Shaw, 07700 900123"); len(got) != 0 {
		t.Errorf("it gives the number of another Ann Shaw, and is in the answer: %v", got)
	}
}

// TestFoldedOnce: copies of one note are folded into one, which says how many and
// which there are; one that differs in a name is not, and none is left out.
func TestFoldedOnce(t *testing.T) {
	w := logged()
	w.person("crm:1", "name=Ann Shaw", "dob=1985-03-14", "email=ann@example.org")
	for _, other := range []string{"Bob Berg", "Cy Carr", "Di Dunn"} {
		w.person("crm:"+other[:1], "name="+other)
	}
	first := w.log("1", "B", "Bob Berg says that Ann Shaw is noisy")
	again := w.log("2", "C", "BOB BERG says that Ann  Shaw is noisy.")
	more := w.log("3", "D", "Bob Berg says that Ann Shaw is noisy\n> who is noisy?")
	w.log("4", "D", "Cy Carr says that Ann Shaw is noisy")
	a, err := w.finder().Find(t.Context(), ask("name=Ann Shaw", "dob=1985-03-14"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	like := map[string]string{}
	for _, r := range a.Records {
		if r.Table == "log" {
			got[r.ID()], like[r.ID()] = r.LikeThis, r.Like
		}
	}
	if len(got) != 4 {
		t.Errorf("found %d of four", len(got))
	}
	if diff := cmp.Diff([]string{first, again}, got[more]); diff != "" {
		t.Errorf("like the one that says most: want -, got +\n%s", diff)
	}
	if like[first] != more || like[again] != more || like[more] != "" {
		t.Errorf("%v", like)
	}
}

// TestOrderOfReview: what says most that it is the person comes first, each
// correspondence together and from its beginning.
func TestOrderOfReview(t *testing.T) {
	w := logged()
	w.person("crm:1", "name=Ann Shaw", "dob=1985-03-14", "email=ann@example.org")
	w.person("crm:2", "name=Bob Berg")
	w.maps["crm"].Tables["mail"] = &datamap.Table{Key: datamap.Columns{"id"}, OwnedBy: datamap.Edges{{Table: "person", On: map[string]string{"person": "id"}}},
		Columns: map[string]*datamap.Column{"body": {FreeText: true}}}
	for _, m := range [][]string{
		{"1", "2026-03-04T09:00:00Z", "<1@example.org>", "", "Lift", "Ann Shaw rang"},
		{"2", "2026-03-01T09:00:00Z", "<2@example.org>", "", "Noise", "met Ann Shaw"},
		{"3", "2026-03-03T09:00:00Z", "<3@example.org>", "<2@example.org>", "Re: Noise", "Ann Shaw, ann@example.org, is right"},
		{"4", "2026-03-02T09:00:00Z", "<4@example.org>", "<2@example.org>", "Re: Noise", "is A. Shaw right?"},
	} {
		r := rows.Row{Table: table("mail", "id", "person", "date", "message_id", "in_reply_to", "subject", "body"), Key: []string{"id"}}
		for _, v := range slices.Insert(m, 1, "2") {
			r.Values = append(r.Values, rows.Value{Text: v, Null: v == ""})
		}
		w.rows["crm"] = append(w.rows["crm"], r)
	}
	w.log("5", "2", "Ann Shaw, born 14/03/1985")
	a, err := w.finder().Find(t.Context(), ask("name=Ann Shaw", "dob=1985-03-14"))
	if err != nil {
		t.Fatal(err)
	}
	var got, threads []string
	for _, r := range a.Records {
		if r.Is(datamap.Mention) {
			got, threads = append(got, r.Row.Get("id").Text), append(threads, r.Thread)
		}
	}
	if diff := cmp.Diff([]string{"2", "4", "3", "5", "1"}, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	if diff := cmp.Diff([]string{"crm:mail/id=2", "crm:mail/id=2", "crm:mail/id=2", "", ""}, threads); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}
