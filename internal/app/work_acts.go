package app

import (
	"context"
	"crypto/rand"
	"net/url"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/store"
	"tenet/internal/web"
)

// act is something that staff can do in a case, as pages offer it: a row of the table of
// package cases in words, with what it asks and how it is done.
type act struct {
	id     string
	action cases.Action
	of     string // of several with one id: the outcome of an answer
	group  string
	name   string
	button string
	does   []string
	grave  bool
	page   string    // the page of the console that does it, below the case; empty where the act has its own
	hidden bool      // it is reached from elsewhere: a task's own links
	duty   desk.Duty // that it takes beside that of deciding; empty for none
	when   func(cases.Case) bool

	fields func(asking) []console.FormField
	ifs    []ifThen
	do     func(context.Context, doing) (string, error)

	letter func(context.Context, doing) (desk.NewLetter, error) // that goes out with it; nil where none does
	only   bool                                                 // it cannot be without its letter
	keeps  bool                                                 // what is filled in can be kept, to go on with later
	send   string                                               // the button that sends the letter
}

// ifThen is what may come of an act, for its clock.
type ifThen struct {
	when  string
	alter func(k *cases.Case, today law.Date)
}

// asking is what fields may depend on.
type asking struct {
	ctx  context.Context
	s    caseWork
	k    cases.Case
	task cases.Task // that the act is of, if it is of one
}

// doing is an act that is being done.
type doing struct {
	asking
	on    cases.On
	given url.Values
	kind  letter.Kind // of its letter, if it has one
	to    string      // where that goes
}

func (d doing) text(name string) string { return d.given.Get(name) }

// day is a date that was given; the zero date where none was.
func (d doing) day(name string) law.Date {
	day, err := law.ParseDate(d.given.Get(name))
	if err != nil {
		return law.Date{}
	}
	return day
}

func (d doing) onDay() law.Date { return d.day("day") }

// needWords says in a sentence what a step needs.
var needWords = map[cases.Need]string{
	cases.NeedsIdentity: "Identity is to be recorded, well enough for what is asked.", cases.NeedsAuthority: "Whoever acts for the person must be allowed to.",
	cases.NeedsDraft: "There is to be a draft of the answer.", cases.NeedsFresh: "The draft is to be made again: something was decided after it was made.",
	cases.NeedsSearched: "No search may be open: finish each, or record why it cannot be made.", cases.NeedsHeld: "Whoever runs the recordings is to confirm that they are saved, or were gone already.",
	cases.NeedsSecond: "Somebody approves it who neither made nor decided it: the notice says so.", cases.NeedsAnother: "Somebody does it who did not decide the answer.",
	cases.NeedsFactor: "The person is to be identified by something that nobody linked with them shares.", cases.NeedsSafe: "It goes only where the person is safe to be reached.",
	cases.NeedsDoubt: "A reasonable doubt about who asks is recorded: without one nobody may be asked (UK GDPR Art 12(6)).", cases.NeedsUnproved: "The person is identified already: asking again may not be used to begin the time afresh.",
	cases.NeedsReason: "The reasons are recorded, as the person was given them.", cases.NeedsTime: "The person is told in time.",
	cases.NeedsGround: "It rests on a ground that the law has for this kind of request.", cases.NeedsRoutes: "The person was told how to complain.",
	cases.NeedsClient: "There is a client whose tenant it is.", cases.NeedsStageOne: "The complaint is at its first stage: after the second it is for the Ombudsman.",
	cases.NeedsTold: "Whoever was to be told of it was, or it is recorded why that is impossible or asks too much (UK GDPR Art 19).",
}

// offers are what can be done in a case now, in the order of the table of acts.
func (s caseWork) offers(ctx context.Context, k cases.Case, by console.Staff) ([]console.Offer, error) {
	can, err := s.d.Cases.Offers(ctx, k, by.ID)
	if err != nil {
		return nil, err
	}
	var out []console.Offer
	for _, a := range s.acts() {
		o, ok := offerOf(a, k, can)
		if !ok || a.hidden {
			continue
		}
		href := "/cases/" + k.Number + "/do/" + a.id
		switch {
		case a.page != "":
			href = "/cases/" + k.Number + "/" + a.page
		case a.of != "":
			href += "?of=" + a.of
		}
		out = append(out, console.Offer{Group: a.group, Name: a.name, Href: href, Lacks: s.lacks(a, o, k, by)})
	}
	return out, nil
}

// offerOf is the offer of the case that an act takes up.
func offerOf(a act, k cases.Case, can []cases.Offer) (cases.Offer, bool) {
	if a.when != nil && !a.when(k) {
		return cases.Offer{}, false
	}
	i := slices.IndexFunc(can, func(o cases.Offer) bool { return o.Action == a.action })
	if i < 0 {
		return cases.Offer{}, false
	}
	return can[i], true
}

// lacks is what must be done first, and by whom where a role does not reach to it.
func (s caseWork) lacks(a act, o cases.Offer, k cases.Case, by console.Staff) []string {
	var out []string
	if a.duty != "" {
		if err := desk.Allow(s.d.Roles(), by.Role, a.duty, k.Kind); err != nil {
			out = append(out, err.Error())
		}
	}
	for _, n := range o.Lacks {
		out = append(out, needWords[n])
	}
	return out
}

// find is the act of a case that an address names, with what it depends on.
func (s caseWork) find(ctx context.Context, by console.Staff, number string, of console.ActOf) (act, cases.Offer, asking, error) {
	fail := func(err error) (act, cases.Offer, asking, error) {
		return act{}, cases.Offer{}, asking{}, s.told(ctx, err)
	}
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return fail(err)
	}
	all := s.acts()
	i := slices.IndexFunc(all, func(a act) bool { return a.id == of.ID && a.page == "" && (a.of == "" || a.of == of.Of) })
	if i < 0 {
		return fail(cases.ErrNotFound)
	}
	can, err := s.d.Cases.Offers(ctx, k, by.ID)
	if err != nil {
		return fail(err)
	}
	ask := asking{ctx: ctx, s: s, k: k}
	if all[i].hidden {
		if ask.task, err = s.taskOf(ctx, k, of.Of); err != nil {
			return fail(err)
		}
	}
	o, ok := offerOf(all[i], k, can)
	if !ok {
		return fail(&web.Refusal{Why: "This cannot be done while the case stands as it does: it is " + state(k) + ".", Mend: "Look at the case for what can be done now."})
	}
	return all[i], o, ask, nil
}

// Act is one thing that can be done in a case, and what would come of it.
func (s caseWork) Act(ctx context.Context, by console.Staff, number string, of console.ActOf) (console.Act, error) {
	a, o, ask, err := s.find(ctx, by, number, of)
	if err != nil {
		return console.Act{}, err
	}
	out := console.Act{ActOf: of, Name: a.name, Button: a.button, Does: a.does, Lacks: s.lacks(a, o, ask.k, by), Grave: a.grave, Version: ask.k.Version, Once: rand.Text(),
		Letter: a.letter != nil, Only: a.only, Send: a.send, Keeps: a.keeps}
	for _, t := range cases.Transitions() {
		if t.Action != a.action || t.From != ask.k.State || t.Kinds != nil && !slices.Contains(t.Kinds, ask.k.Kind) {
			continue
		}
		for _, n := range t.Needs {
			if slices.Contains([]cases.Need{cases.NeedsDoubt, cases.NeedsReason, cases.NeedsGround, cases.NeedsRoutes, cases.NeedsClient, cases.NeedsSafe, cases.NeedsTime}, n) {
				out.Needs = append(out.Needs, needWords[n])
			}
		}
	}
	if a.fields != nil {
		out.Fields = a.fields(ask)
	}
	if out.Ifs, err = s.ifs(ask.k, a.ifs); err != nil {
		return console.Act{}, s.told(ctx, err)
	}
	return out, nil
}

// ifs are what may come of an act for the clock that is up next.
func (s caseWork) ifs(k cases.Case, list []ifThen) ([]console.If, error) {
	if len(list) == 0 {
		return nil, nil
	}
	list = append([]ifThen{{"You do not do it", func(*cases.Case, law.Date) {}}}, list...)
	var out []console.If
	for _, w := range list {
		next := k
		next.Inputs.Clarifications = slices.Clone(k.Inputs.Clarifications)
		next.Inputs.Also = slices.Clone(k.Inputs.Also)
		w.alter(&next, s.d.Today())
		r, err := s.d.Cases.ClockOf(next, nil)
		if err != nil {
			return nil, err
		}
		out = append(out, console.If{When: w.when, Due: when(r.Due)})
	}
	return out, nil
}

// Take takes an act. Whoever saw an older case is told who changed it.
func (s caseWork) Take(ctx context.Context, by console.Staff, number string, d console.Doing) (string, error) {
	a, o, ask, err := s.find(ctx, by, number, d.ActOf)
	if err != nil {
		return "", err
	}
	if lacks := s.lacks(a, o, ask.k, by); len(lacks) > 0 {
		return "", &web.Refusal{Why: strings.Join(lacks, " ")}
	}
	if d.Once == "" || d.Version == 0 {
		return "", &web.Refusal{Why: "The form does not say which case was looked at.", Mend: "Open it again and send that."}
	}
	now := doing{asking: ask, given: d.Given, on: cases.On{Case: ask.k.ID, By: by.ID, Version: d.Version, Once: "console " + d.Once}}
	if a.letter != nil && (a.only || d.Letter) {
		said, err := s.takeWithLetter(ctx, a, now, d)
		return said, s.told(ctx, err)
	}
	if a.letter != nil && now.onDay().IsZero() && slices.ContainsFunc(a.fields(ask), func(f console.FormField) bool { return f.Name == "day" }) {
		return "", &console.Mistake{Field: "day", Text: "Say on which day they were told, or see the letter and send that"}
	}
	said, err := a.do(ctx, now)
	return said, s.told(ctx, err)
}

// colleagues are the accounts that may be used, by name.
func (s caseWork) colleagues(ctx context.Context) ([]console.Option, error) {
	var out []console.Option
	err := s.d.Store.Read(ctx, func(tx *store.Tx) error {
		out = nil
		rows, err := tx.QueryContext(ctx, `SELECT id, name FROM staff WHERE landlord = $1 AND disabled IS NULL ORDER BY name, id LIMIT 500`, s.d.Config.Landlord)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var o console.Option
			if err := rows.Scan(&o.ID, &o.Text); err != nil {
				return err
			}
			out = append(out, o)
		}
		return rows.Err()
	})
	return out, err
}

// everybody is whom a task can be given to: colleagues, contacts of the notice, and
// those who own the stores that nothing connects with.
func (a asking) everybody() []console.Option {
	out, err := a.s.colleagues(a.ctx)
	if err != nil {
		a.s.log.Error("the colleagues cannot be listed", "error", err)
	}
	add := func(id, text string) {
		if !slices.ContainsFunc(out, func(o console.Option) bool { return o.ID == id }) {
			out = append(out, console.Option{ID: id, Text: text})
		}
	}
	for _, c := range a.s.d.Notice.Landlord.Contacts {
		add(string(c.ID), c.Who)
	}
	for _, p := range a.s.d.Config.Stores {
		add(p.Owner, p.Owner)
	}
	add("recordings", owners["recordings"])
	return out
}

// dayField asks for a day, today if nothing else is said.
func dayField(a asking, label, hint string) console.FormField {
	return console.FormField{Name: "day", Label: label, Hint: hint, As: "day", Must: true, Value: a.s.d.Today().String()}
}

// toldField asks for the day on which the person was told otherwise than by a letter
// from here.
func toldField(label string) console.FormField {
	return console.FormField{Name: "day", Label: label, Hint: "A letter from here counts from today.", As: "day"}
}

func wordsField(label, hint string, must bool) console.FormField {
	return console.FormField{Name: "words", Label: label, Hint: hint, As: "words", Must: must}
}
