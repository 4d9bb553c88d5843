package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/notice"
)

// Tells says whether those who were given a person's data have to be told when a case of
// a kind is granted: where it was put right, deleted or limited (UK GDPR Art 19).
func Tells(k law.Kind) bool {
	return slices.ContainsFunc(law.Contents(k, law.Granted), func(c law.Content) bool { return c.ID == toldPart })
}

// toldPart is the part of an answer that says that others were told.
const toldPart = "recipients-told"

// TellList is who was given the data of the person of a case.
type TellList struct {
	To []ToTell `json:"to"`
	// Unsure counts the entries of the log that may be of somebody else, with whom the person
	// shares a telephone or the like: they are looked at before anybody is told.
	Unsure int `json:"unsure"`
	// Promised says that the notice promises it, and not the law alone.
	Promised bool `json:"promised"`
}

// ToTell is somebody who was given the data.
type ToTell struct {
	Recipient notice.ID   `json:"recipient"` // of the notice
	Name      string      `json:"name"`      // in words
	Last      law.Date    `json:"last"`      // when they were given it last
	What      []string    `json:"what"`      // fields, or what else says it
	Silent    bool        `json:"silent"`    // the notice says that the person is not told of them
	Task      *cases.Task `json:"task"`      // to tell them; nil until the answer is approved
}

// TellList is who the log of disclosures says was given the data of the person of a case
// before its answer was approved, the newest first, and how far telling them has come.
// What was given later was given as the answer left it.
func (d *Desk) TellList(ctx context.Context, k cases.Case) (TellList, error) {
	out := TellList{To: []ToTell{}, Promised: d.promisesToTell(k)}
	if !Tells(k.Kind) || !k.Forgotten.IsZero() {
		return out, nil
	}
	whose, err := d.subject(ctx, []cases.Person{k.Person})
	if err != nil {
		return out, err
	}
	silent := map[notice.ID]bool{}
	for _, r := range d.Notice.Sharing.Rules {
		silent[r.ID] = r.Tell == notice.TellNever
	}
	client, err := d.caseSet(k)
	if err != nil {
		return out, err
	}
	for e, err := range d.Given.Each(ctx, disclose.Filter{Whose: whose, Sets: []string{client}}) {
		if err != nil {
			return out, fmt.Errorf("who was given the person's data: %w", err)
		}
		late := k.Draft != nil && k.Draft.Approved != nil && e.At.After(k.Draft.Approved.At)
		switch {
		case e.Kind != disclose.Shared || !e.Stands() || late:
			continue
		case !e.Sure:
			out.Unsure++
			continue
		}
		name := d.givenTo(e)
		i := slices.IndexFunc(out.To, func(t ToTell) bool { return t.Recipient == e.To && t.Name == name })
		if i < 0 {
			out.To = append(out.To, ToTell{Recipient: e.To, Name: name, Last: e.Day, Silent: true})
			i = len(out.To) - 1
		}
		t := &out.To[i]
		t.Silent = t.Silent && silent[e.Rule]
		for _, w := range givenOf(e) {
			if !slices.Contains(t.What, w) {
				t.What = append(t.What, w)
			}
		}
		if e.Day.After(t.Last) {
			t.Last = e.Day
		}
	}
	if len(out.To) == 0 {
		return out, nil
	}
	tasks, err := d.Cases.Tasks(ctx, k.ID)
	if err != nil {
		return out, err
	}
	for i := range out.To {
		for _, t := range tasks {
			if t.Sort == cases.TaskTell && t.Place == string(out.To[i].Recipient) && strings.HasPrefix(t.What, out.To[i].begins()) {
				out.To[i].Task = &t
			}
		}
	}
	return out, nil
}

// promisesToTell says whether the notice promises, of the right of a case, that those who
// were given the data are told.
func (d *Desk) promisesToTell(k cases.Case) bool {
	r, ok := d.Notice.Rights.Right(notice.Regime(k.Regime))
	return ok && r.Tells
}

func givenOf(e disclose.Entry) []string {
	if len(e.Fields) > 0 {
		return e.Fields
	}
	return nonEmpty(e.What)
}

// begins is how the task to tell them begins, by which it is known again.
func (t ToTell) begins() string { return "Tell " + t.Name + ": " }

// toTell is what the kinds have others told, and asked to do.
var toTell = map[law.Kind]struct{ happened, asks string }{
	law.KindRectification: {"was put right", "Ask them to put it right too, and to confirm that."},
	law.KindErasure:       {"was deleted", "Ask them to delete it too, and to confirm that."},
	law.KindRestriction:   {"is limited", "Ask them to limit what they do with it too, and to confirm that."},
}

// instructs is the task in full.
func (t ToTell) instructs(k cases.Case, promised bool, corrections []string) string {
	w := toTell[k.Kind]
	says := fmt.Sprintf("%swhat they hold of %s %s. They were given %s, the last time on %s. %s If what they were given is not touched by it, drop this and say so.",
		t.begins(), cmp.Or(k.Person.Name, "the person"), w.happened, cmp.Or(strings.Join(t.What, ", "), "data"), t.Last.Words(), w.asks)
	for _, c := range corrections {
		says += "\n" + c
	}
	if promised {
		says += "\nThe notice promises the person this."
	}
	if t.Silent {
		says += "\nThe person is not told of this recipient. An authority that was given it for an inquiry of its own may be no recipient (UK GDPR Art 4(9)): decide that first."
	}
	return says
}

// unsurePlace is where the task leads to look at entries that may be somebody else's.
const unsurePlace = "disclosure-log"

// TellRecipients gives a task for each of those who were given the data of the person of
// a case whose answer does what was asked, once for each answer. One that is open for
// the same recipient already is left as it is.
func (d *Desk) TellRecipients(ctx context.Context, k cases.Case, by string) (cases.Case, error) {
	if !Tells(k.Kind) || k.Draft == nil || k.Draft.Approved == nil || k.State != cases.Approved && k.State != cases.Released {
		return k, nil
	}
	list, err := d.TellList(ctx, k)
	if err != nil {
		return k, err
	}
	corrections, err := d.Corrections(ctx, k)
	if err != nil {
		return k, err
	}
	for _, t := range list.To {
		if t.Task != nil && t.Task.Outcome == "" {
			continue
		}
		on := cases.On{Case: k.ID, By: by, Once: "tell " + k.Draft.Digest + " " + d.opaque([]string{string(t.Recipient), t.Name})}
		if k, err = d.GiveTask(ctx, on, cases.NewTask{Sort: cases.TaskTell, Place: string(t.Recipient), Owner: by, What: t.instructs(k, list.Promised, corrections)}); err != nil {
			return k, err
		}
	}
	if list.Unsure > 0 {
		k, err = d.GiveTask(ctx, cases.On{Case: k.ID, By: by, Once: "tell unsure " + k.Draft.Digest}, cases.NewTask{Sort: cases.TaskAsk, Place: unsurePlace, Owner: by,
			What: fmt.Sprintf("The log has %s that may be of this person or of somebody who shares a telephone or the like with them. Look whose they were, and tell those who were given this person’s.", counted(list.Unsure, "disclosure", "disclosures"))})
	}
	return k, err
}

// CloseCase closes a case. Where others have to be told, whoever was given the data before
// the answer has a task first, and each of those is to be done, or found impossible.
func (d *Desk) CloseCase(ctx context.Context, on cases.On) (cases.Case, error) {
	k, err := d.Cases.Get(ctx, on.Case)
	if err != nil {
		return k, err
	}
	if on.Version == 0 || on.Version == k.Version {
		if k, err = d.TellRecipients(ctx, k, on.By); err != nil {
			return k, err
		}
		on.Version = k.Version
	}
	return d.Cases.Close(ctx, on)
}

// ToldWords is what the person is told who asks who was told, for staff to read before it
// goes (UK GDPR Art 19). Whoever they are not told of is not in it, and it reads the
// same then as where there is nobody.
func (d *Desk) ToldWords(ctx context.Context, k cases.Case) (string, error) {
	list, err := d.TellList(ctx, k)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, t := range list.To {
		if t.Silent {
			continue
		}
		state := "we are going to tell them"
		switch {
		case t.Task == nil:
		case t.Task.Outcome == cases.Done:
			state = "told, and confirmed on " + law.DateOf(t.Task.Ended).Words()
		case t.Task.Outcome == cases.Unable:
			state = "we could not tell them, or only with an effort out of all proportion"
		case t.Task.Outcome == cases.Dropped:
			state = "not told: what they were given is not touched by this"
		case t.Task.Chased > 0:
			state = "we are telling them; we reminded them on " + law.DateOf(t.Task.Reminded).Words() + " and have no answer yet"
		default:
			state = "we are telling them"
		}
		lines = append(lines, fmt.Sprintf("%s, who were given it last on %s: %s.", t.Name, t.Last.Words(), state))
	}
	if len(lines) == 0 {
		return "There is nobody whom we have to name to you.", nil
	}
	return "You asked who was told. These were given your information:\n" + strings.Join(lines, "\n"), nil
}

// Correction is a fact about a person that was put right, in words: nothing is changed in
// any system by it.
type Correction struct {
	Of    string // which: "date of birth"
	Was   string // what was held
	From  string // where that came from, and since when, as far as anybody knows
	Is    string // what is right
	Shown string // what shows it
}

// putRight begins the note of a correction.
const putRight = "Put right: "

// Words is the correction in a few sentences.
func (c Correction) Words() string {
	return fmt.Sprintf("%s%s. It was: %s; from: %s. It is: %s; shown by: %s.", putRight, c.Of, c.Was, c.From, c.Is, c.Shown)
}

// Correct keeps, in the history of a rectification, what was held before, where that
// came from, what is right and what shows it.
func (d *Desk) Correct(ctx context.Context, on cases.On, c Correction) (cases.Case, error) {
	k, err := d.Cases.Get(ctx, on.Case)
	if err != nil {
		return k, err
	}
	if k.Kind != law.KindRectification {
		return k, &Error{Code: "kind", What: "a fact is put right in a case of kind " + string(law.KindRectification), Where: k.Number, Mend: "open one: tenet case new " + string(law.KindRectification)}
	}
	for _, f := range []*string{&c.Of, &c.Was, &c.From, &c.Is, &c.Shown} {
		if *f = oneLine(*f); *f == "" {
			return k, &Error{Code: "usage", What: "a correction has five parts, and one is empty", Where: k.Number, Mend: "say of what it is, what was held and where that came from, what is right and what shows it; “not known” is an answer"}
		}
	}
	return d.Cases.Note(ctx, on, c.Words())
}

// Corrections is what was put right in a case, oldest first.
func (d *Desk) Corrections(ctx context.Context, k cases.Case) ([]string, error) {
	if k.Kind != law.KindRectification {
		return nil, nil
	}
	var out []string
	for before := int64(0); ; {
		events, err := d.Cases.History(ctx, k.ID, before, 100)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			before = e.ID
			if e.Act == cases.Notes.Entry() && e.By != k.Number && strings.HasPrefix(e.Words, putRight) {
				out = append(out, e.Words)
			}
		}
		if len(events) < 100 {
			slices.Reverse(out)
			return out, nil
		}
	}
}
