package expiry

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// TestBefore: a record goes on the day after its last, whatever months are in between,
// and not before.
func TestBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rule{}
		for range rapid.IntRange(1, 3).Draw(t, "steps") {
			r.Periods = append(r.Periods, notice.Period(fmt.Sprintf("P%dY%dM%dD", rapid.IntRange(0, 12).Draw(t, "years"), rapid.IntRange(0, 23).Draw(t, "months"), rapid.IntRange(0, 99).Draw(t, "days"))))
		}
		day := law.DateOf(time.Date(2020, 1, 1, 12, 0, 0, 0, time.UTC)).AddDays(rapid.IntRange(0, 3000).Draw(t, "today"))
		before := r.Before(day)
		first := law.DateOf(before)
		if last := first.AddDays(-1); !r.until(last).Before(day) {
			t.Fatalf("on %s what began on %s would go, and stays until %s", day, last, r.until(last))
		}
		if r.until(first).Before(day) {
			t.Fatalf("on %s what began on %s would stay, and its last day was %s", day, first, r.until(first))
		}
		if !before.Equal(first.Start()) {
			t.Fatalf("%s is not the beginning of a day in London", before)
		}
	})
}

// TestNothingHeldGoes: whatever is kept, held, asked for, and old or young, a run deletes
// what is over its time and not held, all of it and nothing else.
func TestNothingHeldGoes(t *testing.T) {
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		if checks++; checks > 10 { // each has a store of its own
			return
		}
		b := newBench(t)
		people := []string{"ann", "bea", "cid", "dai"}
		ask := rapid.SliceOfDistinct(rapid.SampledFrom(people), rapid.ID[string]).Draw(rt, "asked")
		claim := rapid.SliceOfDistinct(rapid.SampledFrom(people), rapid.ID[string]).Draw(rt, "claims")
		*b.asked = ask
		for _, who := range claim {
			_, err := b.Place(t.Context(), NewHold{Kind: "claim", By: "s1", Marks: [][]byte{mark(who)}, Review: law.DateOf(today).AddDays(9), Secret: Secret{Why: "It is so."}})
			b.must(err)
		}
		var stays []string
		for i := range rapid.IntRange(0, 2*page).Draw(rt, "records") {
			id, who, days := fmt.Sprintf("rec-%03d", i), rapid.SampledFrom(people).Draw(rt, "who"), rapid.IntRange(300, 430).Draw(rt, "days")
			b.put(id, who, days)
			if rapid.Bool().Draw(rt, "open") {
				b.shelf.held[id] = "it is open"
			}
			// A year before 23 November 2026 is 23 November 2025, which is 365 days: its last day is today.
			if days <= 365 || b.shelf.held[id] != "" || slices.Contains(ask, who) || slices.Contains(claim, who) {
				stays = append(stays, id)
			}
		}
		b.signed()
		b.run()
		left := b.left()
		slices.Sort(left)
		if !slices.Equal(left, stays) {
			rt.Fatalf("left are %v, and stay do %v", left, stays)
		}
		b.must(b.Store.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `DELETE FROM session WHERE landlord = $1`, store.Default)
			return err
		}))
	})
}

// TestRules: what a notice does not say, and what Tenet cannot count, is told.
func TestRules(t *testing.T) {
	n := rulesOf("P1Y", notice.Delete)
	n.Keeping.Triggers = append(n.Keeping.Triggers, notice.Trigger{ID: "closed", Title: "it is closed", Own: notice.OwnEnded})
	n.Keeping.Rules = append(n.Keeping.Rules,
		notice.KeepRule{ID: "file", Trigger: "closed", Period: "P6Y", Action: notice.Delete, Records: []notice.OwnRecord{notice.OwnCases, notice.OwnChecks}},
		notice.KeepRule{ID: "rest", After: "file", Period: "P6M", Action: notice.Anonymise, Records: []notice.OwnRecord{notice.OwnPapers}})
	got := map[notice.OwnRecord]Rule{}
	for _, r := range Rules(n) {
		got[r.Record] = r
	}
	if len(got) != len(notice.OwnRecords()) {
		t.Errorf("%d rules for %d kinds of record", len(got), len(notice.OwnRecords()))
	}
	if r := got[notice.OwnCases]; r.Lacks != "" || r.From != notice.OwnEnded || !slices.Equal(r.Periods, []notice.Period{"P6Y"}) {
		t.Errorf("cases: %+v", r)
	}
	if r := got[notice.OwnPapers]; r.Lacks != "" || !slices.Equal(r.Periods, []notice.Period{"P6Y", "P6M"}) {
		t.Errorf("papers: %+v", r)
	}
	if r := got[notice.OwnChecks]; r.Lacks == "" || r.Mend == "" {
		t.Errorf("checks do not end: %+v", r)
	}
	if r := got[notice.OwnMail]; r.Lacks == "" || r.Mend == "" {
		t.Errorf("mail has no rule: %+v", r)
	}
}
