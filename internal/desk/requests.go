package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"tenet/internal/cases"
	"tenet/internal/find"
	"tenet/internal/law"
)

// Place is a store that Tenet is not connected with: somebody is asked to look in it.
type Place struct {
	Name  string `yaml:"name" json:"name"`
	How   string `yaml:"how" json:"how"`     // what to ask of its owner, in a sentence
	Owner string `yaml:"owner" json:"owner"` // a staff id or a contact of the notice
}

func (c Config) checkStores() error {
	for i, p := range c.Stores {
		where := fmt.Sprintf("%s: stores[%d]", configFile, i)
		bad := func(what, mend string) error { return &Error{Code: "store", What: what, Where: where, Mend: mend} }
		switch {
		case !sourceName.MatchString(p.Name):
			return bad(fmt.Sprintf("%q cannot name a store", p.Name), "use small letters, digits and hyphens, beginning with a letter")
		case !sourceName.MatchString(p.Owner):
			return bad("it has no owner who can be asked", "add owner: a contact of the notice, or a staff id")
		case slices.ContainsFunc(c.Stores[:i], func(o Place) bool { return o.Name == p.Name }),
			slices.ContainsFunc(c.Sources, func(s System) bool { return s.Name == p.Name }):
			return bad(fmt.Sprintf("there are two stores or sources called %q", p.Name), "give one of them another name")
		}
	}
	return nil
}

const (
	searchDays  = 10     // how long a colleague or supplier has to look, in calendar days
	systemOwner = "desk" // who has the line of a system that is searched by itself
)

// Packed says whether the answer to a kind is a pack made by the search, and not words
// that somebody writes.
func Packed(k law.Kind) bool { return k == law.KindAccess || k == law.KindCopy }

// searchLines is a task for each store that is to be searched for a kind. Those of the
// systems end with the search of them; the others when their owner has looked.
func (d *Desk) searchLines(k law.Kind) []cases.NewTask {
	if h, _ := k.Handling(); h.Holds != law.HoldRecords || h.Right == "" && k != law.KindEstate {
		return nil
	}
	var all []cases.NewTask
	due := d.Now().AddDate(0, 0, searchDays)
	for _, s := range d.Config.Sources {
		all = append(all, cases.NewTask{Sort: cases.TaskSearch, Place: s.Name, Owner: systemOwner, Due: due, What: "Search the system. The search ends this line by itself: tenet case search."})
	}
	for _, p := range d.Config.Stores {
		what := p.How
		if what == "" {
			what = "Look for what is held about the person, and say what was found."
		}
		all = append(all, cases.NewTask{Sort: cases.TaskSearch, Place: p.Name, Owner: p.Owner, Due: due, What: what})
	}
	return all
}

// searched ends the lines of the systems that a search has been through, with what came of
// it. Lines that ended before stay as they are.
func (d *Desk) searched(ctx context.Context, k cases.Case, a *find.Answer, by string) (cases.Case, error) {
	tasks, err := d.Cases.Tasks(ctx, k.ID)
	if err != nil {
		return k, err
	}
	for _, t := range tasks {
		system := slices.ContainsFunc(d.Config.Sources, func(s System) bool { return s.Name == t.Place })
		if t.Sort != cases.TaskSearch || t.Outcome != "" || !system {
			continue
		}
		n := 0
		for _, r := range a.Records {
			if r.Source == t.Place {
				n++
			}
		}
		how, words := cases.Empty, "Searched: nothing is held about the person."
		if n > 0 {
			how, words = cases.Found, fmt.Sprintf("Searched: %d records.", n)
		}
		for _, gap := range a.NotSearched {
			if gap.Source == t.Place && gap.Table == "" {
				how, words = cases.Unable, "Not searched: "+gap.Why
			}
		}
		if k, err = d.Cases.Finish(ctx, cases.On{Case: k.ID, By: by}, t.N, how, words); err != nil {
			return k, err
		}
	}
	return k, nil
}

// Search looks for the person of a case in every system, and ends the lines of those
// that were searched. It makes no draft.
func (d *Desk) Search(ctx context.Context, k cases.Case, by string) (*find.Answer, cases.Case, error) {
	known, err := personQuery(k).readable().Known()
	if err != nil {
		return nil, k, err
	}
	var a *find.Answer
	client, err := d.caseSet(k)
	if err != nil {
		return nil, k, err
	}
	err = d.searchingIn(ctx, client, func(_ *systems, f *find.Finder) error {
		if a, err = f.Find(ctx, known); err != nil {
			return err
		}
		k, err = d.searched(ctx, k, a, by)
		return err
	})
	return a, k, err
}

// personQuery is what is known of the person of a case, to search by.
func personQuery(k cases.Case) Query {
	p := k.Person
	q := Query{Name: p.Name, Email: p.Email, Phone: p.Phone, Ref: p.Reference, NINO: p.NINO, NHS: p.NHS, Postcode: p.Postcode}
	if !p.Born.IsZero() {
		q.DOB = p.Born.String()
	}
	if q == (Query{}) {
		q = Query{Name: k.Requester.Name, Email: k.Requester.Email, Phone: k.Requester.Phone}
	}
	return q
}

// GiveTask gives somebody work on a case. A zero due is ten days from now.
func (d *Desk) GiveTask(ctx context.Context, on cases.On, t cases.NewTask) (cases.Case, error) {
	if t.Due.IsZero() {
		t.Due = d.Now().AddDate(0, 0, searchDays)
	}
	return d.Cases.Assign(ctx, on, t)
}

// EndOfDay is the last instant of a day in London, as a task is due by.
func EndOfDay(day law.Date) time.Time { return day.End().Add(-time.Second) }

// Paper is how the names of papers begin that the person or a colleague gave.
const Paper = "sent-"

// AddPaper keeps a paper that came in, sealed with the case. once names this sending;
// kind is "pdf", "jpg", "png" or "docx", as what is in it says; words tell what it is.
func (d *Desk) AddPaper(ctx context.Context, on cases.On, once, kind string, data []byte, words string) (cases.Case, error) {
	sum := sha256.Sum256([]byte(once))
	on.Once = "paper " + once
	return d.Cases.Attach(ctx, on, cases.File{Name: Paper + hex.EncodeToString(sum[:6]) + "." + kind, Data: data}, words)
}

// Message is what the person and the landlord wrote to each other in a case.
type Message struct {
	At     time.Time
	Person bool // who wrote it: the person, or the landlord
	Paper  bool // it is a paper that the person sent, and Text says what it is
	Text   string
}

// Messages is what was written in a case, oldest first.
func (d *Desk) Messages(ctx context.Context, k cases.Case) ([]Message, error) {
	var all []Message
	for before := int64(0); ; {
		events, err := d.Cases.History(ctx, k.ID, before, 100)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			before = e.ID
			mine := e.By == k.Number
			switch {
			case e.Act == cases.Tells.Entry(), mine && e.Act == cases.Notes.Entry():
				all = append(all, Message{At: e.At, Person: mine, Text: e.Words})
			case mine && e.Act == cases.Attaches.Entry():
				all = append(all, Message{At: e.At, Person: true, Paper: true, Text: e.Words})
			}
		}
		if len(events) < 100 {
			slices.Reverse(all)
			return all, nil
		}
	}
}
