package desk

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/match"
	"tenet/internal/notice"
	"tenet/internal/pack"
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
	what := fmt.Sprintf("%s of %s, %d of them held back in whole or in part", counted(records, "record", "records"), counted(len(systems), "system", "systems"), k.Draft.Withheld)
	switch {
	case k.Draft.Beside != "":
		what = "An answer in words, with " + k.Draft.Beside
	case records == 0:
		return nil
	}
	h, _ := k.Kind.Handling()
	client, err := d.caseSet(k)
	if err != nil {
		return err
	}
	whose, err := d.marked(ctx, tx, k.Person)
	if err != nil {
		return err
	}
	e := disclose.Entry{Day: d.Today(), By: by, Kind: disclose.Answer, Verdict: disclose.Right, Case: k.ID, Client: client, Notice: k.Draft.Notice,
		Once: fmt.Sprintf("case/%s/%d", k.ID, k.Version),
		Details: disclose.Details{Name: cmp.Or(k.Requester.Name, k.Person.Name), Whose: cmp.Or(k.Person.Name, k.Requester.Name), Counts: k.Draft.Counts,
			Categories: d.categoriesOf(slices.Sorted(maps.Keys(k.Draft.Counts))),
			What:       what, Way: string(to.Way), Why: "To answer the request: " + h.Title, Basis: h.Words(), Digest: k.Draft.Digest, Number: k.Number, Step: k.Version + 1}}
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

// marked is what a person is found by in the log, given once for each way in which
// they are known. What is of one person alone is strong: a National Insurance or NHS
// number, a name with a birthday.
func (d *Desk) marked(ctx context.Context, tx *store.Tx, as ...cases.Person) (disclose.Person, error) {
	var out disclose.Person
	add := func(p cases.Person, strong bool) error {
		marks, err := d.Cases.Marks(ctx, tx, p)
		for _, m := range marks {
			if !slices.ContainsFunc(out, func(o disclose.Mark) bool { return bytes.Equal(o.Digest, m) }) {
				out = append(out, disclose.Mark{Digest: m, Strong: strong})
			}
		}
		return err
	}
	for _, p := range as {
		err := add(cases.Person{Name: p.Name, Born: p.Born, NINO: p.NINO, NHS: p.NHS}, true)
		if err == nil {
			err = add(cases.Person{Email: p.Email, Phone: p.Phone, Reference: p.Reference}, false)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// givenWith is what is handed over beside an answer in words: recordings, where they
// were asked for and not refused.
func givenWith(k law.Kind, o law.Outcome) string {
	if h, _ := k.Handling(); h.Holds == law.HoldRecordings && o != law.Denied {
		return "the recordings that were asked for"
	}
	return ""
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

// ownLog is what Tenet's log says was given out of this person's data, for their
// answer (UK GDPR Art 15(1)(c)): what is surely theirs and stands, the newest last. What
// the notice says they are not told of is left out, by the exemption that it names. An
// answer for a client tells of what was given out for that client, and of nothing else.
func (d *Desk) ownLog(ctx context.Context, k cases.Case, client string, known match.Known) ([]pack.Disclosure, error) {
	as := peopleOf(Query{}, known)
	if k.Person.Name != "" {
		as = append(as, k.Person)
	}
	whose, err := d.subject(ctx, as)
	if err != nil {
		return nil, err
	}
	silent := map[notice.ID]bool{}
	for _, r := range d.Notice.Sharing.Rules {
		silent[r.ID] = r.Tell == notice.TellNever
	}
	var out []pack.Disclosure
	for e, err := range d.Given.Each(ctx, disclose.Filter{Whose: whose, Sets: []string{client}}) {
		if err != nil {
			return nil, fmt.Errorf("what was given out of the person's data: %w", err)
		}
		if !e.Sure || !e.Stands() || silent[e.Rule] {
			continue
		}
		if in, err := d.setOfGiven(ctx, e); err != nil {
			return nil, err
		} else if in != client {
			continue
		}
		out = append(out, pack.Disclosure{Recipient: d.givenTo(e), Date: e.Day, What: givenWords(e)})
	}
	slices.Reverse(out)
	return out, nil
}

// setOfGiven is whose customers' data was given out. Entries from before there were sets in
// the log say it by their case.
func (d *Desk) setOfGiven(ctx context.Context, e disclose.Entry) (string, error) {
	if e.Client != "" || e.Case == "" || len(d.Notice.Landlord.Clients) == 0 {
		return e.Client, nil
	}
	k, err := d.Cases.Get(ctx, e.Case)
	if errors.Is(err, cases.ErrNotFound) || errors.Is(err, cases.ErrForgotten) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("whose data was given out: %w", err)
	}
	return d.caseSet(k)
}

// givenTo is who was given something, in words.
func (d *Desk) givenTo(e disclose.Entry) string {
	switch {
	case e.Kind == disclose.Answer && (e.Name == "" || e.Name == e.Whose):
		return "you"
	case e.To == "":
		return e.Name
	case e.Name == "":
		return d.RecipientWords(e.To)
	}
	return d.RecipientWords(e.To) + ": " + e.Name
}

// givenWords is what was given, in words.
func givenWords(e disclose.Entry) string {
	what := e.What
	if len(e.Fields) > 0 {
		what = strings.Join(e.Fields, ", ")
	}
	if e.Number != "" {
		what += ", in answer to " + e.Number
	}
	return what
}

// GivenOut is an entry of the log as staff are told of it.
type GivenOut struct {
	disclose.Entry
	Recipient string `json:"recipient"` // in words
	Said      string `json:"what_words"`
	Seq       int64  `json:"ledger"` // the entry of the ledger, -1 until it is there
}

// GivenIn is what the log has of a case.
func (d *Desk) GivenIn(ctx context.Context, k cases.Case) ([]GivenOut, error) {
	return d.given(ctx, disclose.Filter{Case: k.ID, Limit: mostGiven})
}

// GivenElsewhere is what the log has of the person of a case besides, in its set, with what
// is not surely theirs.
func (d *Desk) GivenElsewhere(ctx context.Context, k cases.Case) ([]GivenOut, error) {
	whose, err := d.subject(ctx, []cases.Person{k.Person})
	if err != nil {
		return nil, err
	}
	client, err := d.caseSet(k)
	if err != nil {
		return nil, err
	}
	all, err := d.given(ctx, disclose.Filter{Whose: whose, Sets: []string{client}, Limit: mostGiven})
	return slices.DeleteFunc(all, func(g GivenOut) bool { return g.Case == k.ID }), err
}

// mostGiven is how many entries a page of a case shows.
const mostGiven = 200

func (d *Desk) given(ctx context.Context, f disclose.Filter) ([]GivenOut, error) {
	list, err := d.Given.List(ctx, f)
	if err != nil {
		return nil, err
	}
	var out []GivenOut
	err = d.Store.Read(ctx, func(tx *store.Tx) error {
		out = make([]GivenOut, 0, len(list))
		for _, e := range list {
			g, err := d.told(ctx, tx, e)
			if err != nil {
				return err
			}
			out = append(out, g)
		}
		return nil
	})
	return out, err
}

// told is an entry in words.
func (d *Desk) told(ctx context.Context, tx *store.Tx, e disclose.Entry) (GivenOut, error) {
	g := GivenOut{Entry: e, Recipient: d.givenTo(e), Said: givenWords(e), Seq: -1}
	if g.Recipient == "you" {
		g.Recipient = "The person, " + cmp.Or(e.Name, e.Whose, "who gave no name")
	}
	acts, err := tx.Acts(ctx, d.Config.Landlord, fmt.Sprintf("disclosure/%d", e.N), 0, 10)
	for _, a := range acts {
		if a.Act == "disclosure.recorded" || a.Act == "disclosure.corrected" {
			g.Seq = a.Seq
		}
	}
	return g, err
}
