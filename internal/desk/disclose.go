package desk

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// logRelease writes the release of a case's answer into the log of disclosures, in the
// transaction of the step. It is called by package cases, whatever way the answer went;
// called again in the same step it writes nothing more.
//
// An answer in words that goes without records is no disclosure: what it says of the
// person they said themselves, or it says what was done. Recordings are handed over
// beside such an answer, and those count.
func (d *Desk) logRelease(ctx context.Context, tx *store.Tx, k cases.Case, to cases.Delivery, by string) error {
	records, systems := 0, map[string]bool{}
	for at, n := range k.Draft.Counts {
		source, _, _ := strings.Cut(at, ".")
		records, systems[source] = records+n, true
	}
	if records == 0 {
		return nil
	}
	h, _ := k.Kind.Handling()
	whose, err := d.marked(ctx, tx, k.Person)
	if err != nil {
		return err
	}
	e := disclose.Entry{Day: d.Today(), By: by, Kind: disclose.Answer, Verdict: disclose.Right, Case: k.ID, Notice: k.Draft.Notice,
		Once: fmt.Sprintf("case/%s/%d", k.ID, k.Version),
		Details: disclose.Details{Name: cmp.Or(k.Requester.Name, k.Person.Name), Whose: cmp.Or(k.Person.Name, k.Requester.Name), Counts: k.Draft.Counts,
			Categories: d.categoriesOf(slices.Sorted(maps.Keys(k.Draft.Counts))),
			What:       fmt.Sprintf("%s of %s, %d of them held back in whole or in part", counted(records, "record", "records"), counted(len(systems), "system", "systems"), k.Draft.Withheld),
			Way:        string(to.Way), Why: "To answer the request: " + h.Title, Basis: h.Words(), Digest: k.Draft.Digest, Number: k.Number}}
	if !k.Person.Born.IsZero() {
		e.Born = k.Person.Born.String()
	}
	if k.Acting != nil {
		e.Why += fmt.Sprintf(", to whoever acts for them (%s)", k.Acting.Role)
	}
	_, err = d.Given.Record(ctx, tx, e, one(whose))
	return err
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// one is a single person, for the log.
func one(p disclose.Person) iter.Seq2[disclose.Person, error] {
	return func(yield func(disclose.Person, error) bool) { yield(p, nil) }
}

// marked is what a person is found by in the log. What is of one person alone is
// strong: a National Insurance or NHS number, a name with a birthday.
func (d *Desk) marked(ctx context.Context, tx *store.Tx, p cases.Person) (disclose.Person, error) {
	var out disclose.Person
	for _, x := range []struct {
		of     cases.Person
		strong bool
	}{
		{cases.Person{Name: p.Name, Born: p.Born, NINO: p.NINO, NHS: p.NHS}, true},
		{cases.Person{Email: p.Email, Phone: p.Phone, Reference: p.Reference}, false},
	} {
		marks, err := d.Cases.Marks(ctx, tx, x.of)
		if err != nil {
			return nil, err
		}
		for _, m := range marks {
			out = append(out, disclose.Mark{Digest: m, Strong: x.strong})
		}
	}
	return out, nil
}

// givenWith is what is handed over beside an answer in words: recordings, where they
// were asked for and not refused.
func givenWith(k law.Kind, o law.Outcome) map[string]int {
	if h, _ := k.Handling(); h.Holds == law.HoldRecordings && o != law.Denied {
		return map[string]int{"recordings": 1}
	}
	return nil
}

// categoriesOf is the categories of the notice that tables hold, by their maps. What no
// map says is left out.
func (d *Desk) categoriesOf(tables []string) []notice.ID {
	var out []notice.ID
	for _, at := range tables {
		source, table, _ := strings.Cut(at, ".")
		m, err := d.Map(source)
		if err != nil || m.Tables[table] == nil {
			continue
		}
		t := m.Tables[table]
		out = append(out, notice.ID(t.Category))
		for _, c := range t.Columns {
			if c != nil {
				out = append(out, notice.ID(c.Category))
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(id notice.ID) bool { return id == "" })
}
