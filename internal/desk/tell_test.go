package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// gave writes into the log that a person's data was given.
func gave(t *testing.T, d *Desk, q Query, to, rule, name string, fields ...string) disclose.Entry {
	t.Helper()
	as, err := d.described(q)
	if err != nil {
		t.Fatal(err)
	}
	e := disclose.Entry{Day: d.Today(), By: "s1", Kind: disclose.Shared, Verdict: disclose.Within, To: notice.ID(to), Rule: notice.ID(rule), Notice: d.Notice.Version(),
		Details: disclose.Details{Name: name, Whose: q.Name, Born: q.DOB, Fields: fields}}
	err = d.Store.Write(t.Context(), func(tx *store.Tx) error {
		whose, err := d.marked(t.Context(), tx, as...)
		if err == nil {
			e, err = d.Given.Record(t.Context(), tx, e, one(whose))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// granted brings a case about a person to the approval of an answer that does what was asked.
func granted(t *testing.T, d *Desk, kind law.Kind, q Query) cases.Case {
	t.Helper()
	ctx := t.Context()
	k, err := d.OpenCase(ctx, NewCase{Query: q, Kind: string(kind), Channel: "mail", Asked: "Please do it.", Once: t.Name() + string(kind), By: "s1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Cases.Identify(ctx, cases.On{Case: k.ID, By: "s1"}, cases.Proof{How: "Called back on the number we hold", Arrived: d.Today()}); err != nil {
		t.Fatal(err)
	}
	k, _ = d.Cases.Get(ctx, k.ID)
	r := Reply{Outcome: law.Granted}
	for _, c := range law.Contents(kind, law.Granted) {
		r.Parts = append(r.Parts, Part{ID: c.ID, Words: "Of " + c.ID + " we say this."})
	}
	if k, err = d.Reply(ctx, k, r, cases.On{By: "s1"}); err != nil {
		t.Fatal(err)
	}
	return k
}

// tells is the tasks of a case to tell others, and to look who they were.
func (d *Desk) tells(t *testing.T, k cases.Case) []cases.Task {
	t.Helper()
	all, err := d.Cases.Tasks(t.Context(), k.ID)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(x cases.Task) bool { return x.Sort != cases.TaskTell && x.Place != unsurePlace })
}

var ann = Query{Name: "Ann Larter", DOB: "1980-01-02", Phone: "01632 960 001"}

// TestThoseWhoWereGivenItAreTold: once an erasure is approved, whoever was given the
// data is to be told, once; the case is not over before; and the person is told of those
// the notice lets them know of.
func TestThoseWhoWereGivenItAreTold(t *testing.T) {
	d, _ := versioned(t, "northmoor", "2026-10-01")
	ctx := t.Context()
	gave(t, d, ann, "contractors", "repairs-to-contractors", "Weir Lane Plumbing", "name", "phone")
	gave(t, d, ann, "contractors", "repairs-to-contractors", "Weir Lane Plumbing", "address")
	gave(t, d, ann, "contractors", "repairs-to-contractors", "Other Roofing", "name")
	gave(t, d, ann, "investigators", "silent-to-investigators", "A tax office", "name")
	void := gave(t, d, ann, "insurers", "insurance", "Never Sent Insurance", "name")
	gave(t, d, Query{Name: "Bo Larter", Phone: ann.Phone}, "utilities", "utilities", "Calder Water", "name") // who shares the telephone
	gave(t, d, Query{Name: "Cy Nowhere", DOB: "1970-01-01"}, "banks", "banks", "A bank", "name")
	if _, err := d.WithdrawDisclosure(ctx, "s1", void.N, "it was never sent"); err != nil {
		t.Fatal(err)
	}
	goTo(t, d, "2026-11-23")
	k := granted(t, d, law.KindErasure, ann)
	if got := d.tells(t, k); len(got) != 0 {
		t.Errorf("others are told of an answer that nobody approved: %v", got)
	}
	end := func() { // of the searches that the kind wants
		all, _ := d.Cases.Tasks(ctx, k.ID)
		for _, x := range all {
			if x.Sort == cases.TaskSearch && x.Outcome == "" {
				if _, err := d.Cases.Finish(ctx, cases.On{Case: k.ID, By: "s1"}, x.N, cases.Empty, "Nothing."); err != nil {
					t.Fatal(err)
				}
			}
		}
		k, _ = d.Cases.Get(ctx, k.ID)
	}
	end()
	digest := k.Draft.Digest
	k, err := d.Approve(ctx, k, "s2", "")
	if err != nil {
		t.Fatal(err)
	}
	all := d.tells(t, k)
	count := map[string]int{}
	for _, x := range all {
		count[x.Place]++
	}
	if len(all) != 4 || count["contractors"] != 2 || count["investigators"] != 1 || count[unsurePlace] != 1 {
		t.Fatalf("the tasks are %v", count)
	}
	for _, x := range all {
		if strings.HasPrefix(x.What, "Tell Contractors who work for us: Weir Lane") {
			for _, want := range []string{"Ann Larter", "name, phone", "address", "1 October 2026", "delete it too", "The notice promises"} {
				if !strings.Contains(x.What, want) {
					t.Errorf("the task does not say %q: %s", want, x.What)
				}
			}
		}
	}
	for _, x := range all {
		if x.Place == "investigators" && !strings.Contains(x.What, "Art 4(9)") {
			t.Errorf("nobody is warned of a recipient whom the person is not told of: %s", x.What)
		}
	}

	// Done again, as after a crash between the two, nothing is given twice; given after
	// the approval, the data was given as the answer left it.
	goTo(t, d, "2026-11-24")
	gave(t, d, ann, "insurers", "insurance", "New Insurance", "name")
	for range 2 {
		if k, err = d.Approve(ctx, k, "s2", digest); err != nil {
			t.Fatal(err)
		}
	}
	if again := d.tells(t, k); len(again) != len(all) {
		t.Errorf("%d tasks became %d", len(all), len(again))
	}
	if k, err = d.Cases.Release(ctx, cases.On{Case: k.ID, By: "s2"}, cases.Sent); err != nil {
		t.Fatal(err)
	}
	var e *cases.Error
	if _, err := d.CloseCase(ctx, cases.On{Case: k.ID, By: "s1", Version: k.Version}); !errors.As(err, &e) || e.Need != cases.NeedsTold {
		t.Fatalf("it is closed while three are to be told: %v", err)
	}
	for _, x := range all {
		switch {
		case strings.Contains(x.What, "Weir Lane"):
			if _, err = d.Cases.Chase(ctx, cases.On{Case: k.ID, By: "s1"}, x.N, time.Time{}, "Rang them."); err == nil {
				_, err = d.Cases.Finish(ctx, cases.On{Case: k.ID, By: "s1"}, x.N, cases.Done, "Their e-mail of 24 November says it is deleted.")
			}
		case strings.Contains(x.What, "Other Roofing"):
			_, err = d.Cases.Chase(ctx, cases.On{Case: k.ID, By: "s1"}, x.N, time.Time{}, "Wrote to them.")
		case x.Place == "investigators":
			_, err = d.Cases.Finish(ctx, cases.On{Case: k.ID, By: "s1"}, x.N, cases.Unable, "It was for an inquiry: they are no recipient.")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	words, err := d.ToldWords(ctx, k)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Weir Lane Plumbing", "told, and confirmed on Tuesday 24 November 2026", "Other Roofing", "reminded"} {
		if !strings.Contains(words, want) {
			t.Errorf("the person is not told %q: %s", want, words)
		}
	}
	for _, never := range []string{"tax", "Calder", "bank", "Insurance", "looking into"} {
		if strings.Contains(words, never) {
			t.Errorf("the person is told of %q: %s", never, words)
		}
	}
	for _, x := range d.tells(t, k) {
		if x.Outcome == "" && x.Sort == cases.TaskTell {
			if _, err := d.Cases.Finish(ctx, cases.On{Case: k.ID, By: "s1"}, x.N, cases.Unable, "The firm is gone."); err != nil {
				t.Fatal(err)
			}
		}
	}
	if k, err = d.CloseCase(ctx, cases.On{Case: k.ID, By: "s1"}); err != nil || k.State != cases.Closed {
		t.Errorf("after all were told it is %s, %v", k.State, err)
	}
}

// TestSilenceOfTheTellList: where only a recipient has it of whom the person is not told,
// they read what they read where nobody has.
func TestSilenceOfTheTellList(t *testing.T) {
	var words []string
	for _, silent := range []bool{true, false} {
		d, _ := versioned(t, "northmoor", "2026-11-23")
		if silent {
			gave(t, d, ann, "investigators", "silent-to-investigators", "A tax office", "name")
		}
		w, err := d.ToldWords(t.Context(), granted(t, d, law.KindErasure, ann))
		if err != nil {
			t.Fatal(err)
		}
		words = append(words, w)
	}
	if words[0] != words[1] {
		t.Errorf("%q tells the person what %q does not", words[0], words[1])
	}
}

// TestCorrect: what was held, where that came from, what is right and what shows it are
// kept, and go with the task to tell others.
func TestCorrect(t *testing.T) {
	d, _ := versioned(t, "harbourside", "2026-11-23")
	ctx := t.Context()
	gave(t, d, ann, "landlords", "to-your-landlord", "Lantern Row", "name", "date-of-birth")
	k := granted(t, d, law.KindRectification, ann)
	on := cases.On{Case: k.ID, By: "s1", Once: "c1"}
	c := Correction{Of: "date of birth", Was: "2 January 1980", From: "the application of 3 March 2020", Is: "2 January 1981", Shown: ""}
	if _, err := d.Correct(ctx, on, c); codeOf(err) != "usage" {
		t.Errorf("a correction that nothing shows: %v", err)
	}
	c.Shown = "the birth certificate, seen on 23 November 2026"
	for range 2 {
		if _, err := d.Correct(ctx, on, c); err != nil {
			t.Fatal(err)
		}
	}
	k, _ = d.Cases.Get(ctx, k.ID)
	list, err := d.Corrections(ctx, k)
	if want := fmt.Sprint([]string{c.Words()}); err != nil || fmt.Sprint(list) != want {
		t.Errorf("kept %v, want %s, %v", list, want, err)
	}
	if k, err = d.Approve(ctx, k, "s2", ""); err != nil {
		t.Fatal(err)
	}
	if x := d.tells(t, k); len(x) != 1 || x[0].Place != "landlords" || !strings.Contains(x[0].What, c.Words()) || strings.Contains(x[0].What, "The notice promises") {
		t.Errorf("the landlord is told %+v", x)
	}
	other := granted(t, d, law.KindRestriction, ann)
	if _, err := d.Correct(ctx, cases.On{Case: other.ID, By: "s1"}, c); codeOf(err) != "kind" {
		t.Errorf("a restriction puts something right: %v", err)
	}
}

// TestNobodyIsToldOfADenial: where the answer is no, nothing happened that others would
// have to be told of; and an objection tells nobody.
func TestNobodyIsToldOfADenial(t *testing.T) {
	d, _ := versioned(t, "northmoor", "2026-11-23")
	ctx := t.Context()
	gave(t, d, ann, "contractors", "repairs-to-contractors", "Weir Lane Plumbing", "name")
	k := granted(t, d, law.KindErasure, ann)
	r := Reply{Outcome: law.Denied, Grounds: []string{law.GroundUnavailable}, Parts: []Part{{"reasons", "We need it to recover the arrears."}, {law.RouteCourt, "You can ask a court."}}}
	k, err := d.Reply(ctx, k, r, cases.On{By: "s1"})
	if err == nil {
		k, err = d.Approve(ctx, k, "s2", "")
	}
	if err != nil || k.State != cases.Refused || len(d.tells(t, k)) != 0 {
		t.Errorf("%s %v %v", k.State, d.tells(t, k), err)
	}
	for kind, want := range map[law.Kind]bool{law.KindRectification: true, law.KindErasure: true, law.KindRestriction: true, law.KindObjection: false, law.KindAccess: false} {
		if Tells(kind) != want {
			t.Errorf("%s tells others: %v", kind, !want)
		}
	}
	for k := range toTell {
		if !Tells(k) {
			t.Errorf("%s has words and tells nobody", k)
		}
	}
}

// TestAPersonLooksAgain: an answer to somebody who contests what a computer decided is
// not approved before a person has looked, and it is written down what they found.
func TestAPersonLooksAgain(t *testing.T) {
	d, _ := versioned(t, "northmoor", "2026-11-23")
	ctx := t.Context()
	k := granted(t, d, law.KindDecision, ann)
	tasks, err := d.Cases.Tasks(ctx, k.ID)
	if err != nil || len(tasks) == 0 {
		t.Fatal(tasks, err)
	}
	var look cases.Task
	for _, x := range tasks {
		if x.Place == humanLook {
			look = x
		}
	}
	if look.Owner != "officer" || look.Due.IsZero() {
		t.Fatalf("nobody is to look: %+v", look)
	}
	if _, err := d.Approve(ctx, k, "s2", ""); codeOf(err) != "human-review" {
		t.Errorf("approved before anybody looked: %v", err)
	}
	if _, err := d.Cases.Finish(ctx, cases.On{Case: k.ID, By: "s3"}, look.N, cases.Done, ""); err != nil {
		t.Fatal(err)
	}
	k, _ = d.Cases.Get(ctx, k.ID)
	if _, err := d.Approve(ctx, k, "s2", ""); codeOf(err) != "human-review" {
		t.Errorf("approved, and nobody knows what was found: %v", err)
	}
}

// TestWhatStays: whoever takes consent back is told what goes on, on which other basis,
// and what they may do about that.
func TestWhatStays(t *testing.T) {
	d, _ := versioned(t, "northmoor", "2026-11-23")
	w := d.Withdrawal()
	if len(w.Stops) == 0 || len(w.Stays) == 0 {
		t.Fatalf("%+v", w)
	}
	words := w.Explains()
	for _, u := range w.Stops {
		if strings.Contains(words, strings.TrimSuffix(u.Purpose, ".")) {
			t.Errorf("it is said to go on: %s", u.Purpose)
		}
	}
	if !strings.Contains(words, "there is no consent to take back") {
		t.Errorf("it does not say why: %s", words)
	}
	k := granted(t, d, law.KindWithdrawal, ann)
	r, err := d.ReplyOf(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	last := r.Parts[len(r.Parts)-1]
	if last.ID != "more" || !strings.Contains(last.Words, words) {
		t.Errorf("the answer ends %+v", last)
	}
}
