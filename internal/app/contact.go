package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/contact"
	"tenet/internal/datamap"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/web"
)

// calls is the desk as staff meet it who have somebody on the telephone.
type calls struct{ staffDesk }

var channelTitles = map[contact.Channel]string{
	contact.Phone: "By telephone", contact.Visit: "At their home", contact.Counter: "At an office", contact.Letter: "By letter", contact.Email: "By e-mail",
	contact.Online: "Online", contact.Text: "By text message", contact.Chat: "By chat", contact.Service: "By using a service",
}

func channelField(of ...contact.Channel) console.FormField {
	f := console.FormField{Name: "channel", Label: "How are you in touch?", As: "choose", Must: true, Chosen: []string{string(of[0])}}
	for _, c := range of {
		f.Options = append(f.Options, console.Option{ID: string(c), Text: channelTitles[c]})
	}
	return f
}

// recordedFor is what recordings are for, to be said aloud: purposes of the notice in one
// sentence.
func recordedFor(purposes []string) string {
	var parts []string
	for _, p := range purposes {
		parts = append(parts, lowerFirst(strings.TrimSuffix(strings.TrimSpace(p), ".")))
	}
	if len(parts) == 0 {
		return ""
	}
	return "We use recordings " + strings.Join(parts, "; and ") + "."
}

// Begin is what is asked first.
func (s calls) Begin(ctx context.Context) (console.CallStart, error) {
	out := console.CallStart{Once: rand.Text()}
	whose, err := s.whoseField(ctx, "Whose customer, do they say?", "Leave it if they did not say. Never tell them.", "")
	if err != nil {
		return out, s.told(ctx, err)
	}
	line := func(name, label string) console.FormField {
		return console.FormField{Name: name, Label: label, As: "line"}
	}
	name := console.FormField{Name: "name", Label: "Whom is it about? Their full name", Hint: "As the caller says it.", As: "line", Must: true, Lack: "Give the name of the person whom it is about"}
	first := []console.FormField{name, {Name: "born", Label: "Their date of birth", As: "day"}, line("tenancy", "Or the number of a tenancy or account")}
	more := []console.FormField{line("phone", "A telephone number"), line("email", "An e-mail address"), line("postcode", "The postcode")}
	who := []console.FormField{
		{Name: "who", Label: "The caller’s name, if it is not the person", As: "line"},
		{Name: "as", Label: "As what do they call?", As: "choose", Options: roleOptions()},
	}
	if rec := s.d.CallRecording(); rec != nil {
		out.Say = append(out.Say, "“This call is recorded. "+recordedFor(rec.For)+"”")
		if rec.Stop {
			out.Say = append(out.Say, "The recording stops while a card is read out.")
		}
		first = append([]console.FormField{{Name: "told", Label: "Were they told?", As: "some", Options: []console.Option{{ID: "yes", Text: "I told them that the call is recorded, and what for"}}}}, first...)
	}
	first = append(first, whose...) // where somebody was found is never said: they say whose customer they are
	out.Groups = []console.FieldGroup{{Title: "Whom it is about", Fields: first}, {Title: "Who calls", Fields: who},
		{Title: "They gave something else", Folded: true, Fields: append(more, channelField(contact.Phone, contact.Counter, contact.Visit, contact.Chat))}}
	return out, nil
}

// whoseField asks whose customer somebody is, where there are several to choose from.
func (s staffDesk) whoseField(ctx context.Context, label, hint, chosen string) ([]console.FormField, error) {
	sets, err := s.d.SetsSeen(ctx)
	if err != nil || len(sets) < 2 {
		return nil, err
	}
	f := console.FormField{Name: "client", Label: label, Hint: hint, As: "choose", Chosen: []string{chosen}}
	for _, x := range sets {
		f.Options = append(f.Options, console.Option{ID: x.ID, Text: x.Name})
	}
	return []console.FormField{f}, nil
}

// chosenSet is the set that was chosen of those that somebody sees; theirs, where they see
// one alone; and our own where nothing was chosen.
func (s staffDesk) chosenSet(ctx context.Context, chosen string) (string, error) {
	if chosen == "" {
		sets, err := s.d.SetsSeen(ctx)
		if err != nil {
			return "", err
		}
		if len(sets) == 1 {
			chosen = sets[0].ID
		}
	}
	if chosen == datamap.OwnClient {
		return "", nil
	}
	return chosen, nil
}

// Look begins the check of a caller.
func (s calls) Look(ctx context.Context, by console.Staff, once string, given url.Values) (string, error) {
	d := doing{given: given}
	l := desk.Look{Query: desk.Query{Name: d.text("name"), DOB: d.text("born"), Ref: d.text("tenancy"), Phone: d.text("phone"), Email: d.text("email"), Postcode: d.text("postcode")},
		Whose: d.text("client"), Caller: law.Role(d.text("as")), Who: d.text("who"), Channel: contact.Channel(d.text("channel")), Told: d.text("told") == "yes"}
	switch {
	case once == "":
		return "", &web.Refusal{Why: "The form cannot be told from another one.", Mend: "Open it again and send that."}
	case l.Channel == contact.Phone && !l.Told && s.d.CallRecording() != nil:
		return "", &console.Mistake{Field: "told", Text: "Tell them that the call is recorded, before anything else is said"}
	case l.Who != "" && l.Caller == law.Self:
		return "", &console.Mistake{Field: "as", Text: "Say as what they call"}
	case l.Who == "" && l.Caller != law.Self:
		return "", &console.Mistake{Field: "who", Text: "Give the caller’s name"}
	}
	l.Once = "console " + by.ID + " " + once
	k, err := s.d.LookUp(ctx, by.ID, l)
	var told *desk.Error
	if errors.As(err, &told) && (told.Code == "several" || told.Code == "query") {
		field := map[string]string{"--name": "name", "--dob": "born", "--ref": "tenancy", "--phone": "phone", "--email": "email", "--postcode": "postcode", "--caller": "who", "--client": "client"}[told.Where]
		return "", &console.Mistake{Field: cmp.Or(field, "name"), Text: sentence(told.What + ": " + told.Mend)}
	}
	return k.ID, s.told(ctx, err)
}

// Call is a call for whoever took it.
func (s calls) Call(ctx context.Context, by console.Staff, id string) (console.Call, error) {
	c, err := s.d.Conversation(ctx, by.ID, id)
	if err != nil {
		return console.Call{}, s.gone(ctx, err)
	}
	name := accounts{s.d}.names(ctx)
	out := console.Call{ID: c.ID, About: c.Query.Name, Caller: "The person themselves, they say", Left: c.Left, Again: c.Tries > 0, Theirs: c.Caller == law.Self, Once: rand.Text()}
	if c.Caller != law.Self {
		out.Caller = c.Who + ", " + roleTitles[c.Caller] + ", they say"
	}
	out.NoteForm = noteFields(c.Channel)
	switch c.State {
	case contact.Open:
		out.State = "open"
		for _, q := range c.Questions {
			out.Questions = append(out.Questions, console.CallQuestion{ID: string(q.Kind), Ask: q.Ask, Right: q.Right})
		}
		return out, nil
	case contact.Passed:
		out.State = "passed"
	default:
		out.State, out.Say = "held", onHold(c.Caller != law.Self)
		return out, nil
	}
	out.Caller = strings.TrimSuffix(out.Caller, ", they say")
	if c.Keeper != nil {
		out.For = c.Keeper.Name
	}
	for _, l := range c.Lines {
		out.Lines = append(out.Lines, console.CallLine{Title: l.Title, May: string(l.May), Words: l.Words})
	}
	for _, x := range c.Safety {
		out.Safety = append(out.Safety, console.CallSafety{Only: x.Only, Never: x.Never, Why: x.Why})
	}
	for _, a := range c.Authorities {
		t := console.CallTrusted{ID: a.ID, Name: a.Name, As: sentence(roleTitles[a.Role]), May: contact.Reaches(a.Scopes), Counts: a.Counts(s.d.Today())}
		t.As = strings.TrimSuffix(t.As, ".")
		t.State = authorityState(a, s.d.Today())
		out.Trusted = append(out.Trusted, t)
	}
	number := s.numbers(ctx)
	if !s.d.SeesContacts(by.Role) {
		c.Entries, out.Hidden = nil, "What happened before is for other roles to read."
	}
	for _, e := range c.Entries {
		x := console.CallEntry{ID: e.ID, On: e.At, By: name(e.By), How: channelTitles[e.Channel], Facts: e.Facts, Opinion: e.Opinion, Action: e.Action, Number: number(e.Case),
			Corrects: e.Corrects != "", Corrected: e.Corrected != ""}
		if e.With != law.Self {
			x.With = e.Who + ", " + roleTitles[e.With]
		}
		switch {
		case len(e.For) > 0 && e.Told:
			x.Recorded = "They were told that the call was recorded for: " + strings.Join(e.For, "; ") + "."
		case len(e.For) > 0:
			x.Recorded = "The call was recorded, and nobody noted that they were told."
		}
		out.Happened = append(out.Happened, x)
	}
	out.TrustTo, out.Mend = trustFields(), []console.FormField{{Name: "right", Label: "What is right", As: "words", Must: true}}
	return out, nil
}

// contactPanel is what happened in a case, the newest first, for those whose role sees it.
func (s caseWork) contactPanel(ctx context.Context, by console.Staff, k cases.Case) ([]console.Panel, error) {
	if !s.d.SeesContacts(by.Role) {
		return nil, nil
	}
	all, err := s.d.ContactsOfCase(ctx, k)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	name := accounts{s.d}.names(ctx)
	p := console.Panel{ID: "contacts", Title: "What happened", Says: "As colleagues wrote it down."}
	for _, e := range all {
		says := e.Facts
		if e.Opinion != "" {
			says += " What the writer thinks: " + e.Opinion
		}
		if e.Action != "" {
			says += " What was done: " + e.Action
		}
		if e.Corrected != "" {
			says += " It was corrected since."
		}
		p.Rows = append(p.Rows, console.Row{Name: web.DateTime(e.At), Says: channelTitles[e.Channel] + ", by " + name(e.By) + ": " + says})
	}
	return []console.Panel{p}, nil
}

// gone is an error about a call: one that is over, or somebody else's, is not there.
func (s calls) gone(ctx context.Context, err error) error {
	var told *desk.Error
	if errors.As(err, &told) && told.Code == "no-contact" {
		return web.ErrNotFound
	}
	return s.told(ctx, err)
}

// onHold is what is said to whoever has not shown who they are, or that they may act. It is
// the same whether or not anybody is known.
func onHold(forSomebody bool) []string {
	why := "“I have to make sure who I am speaking to, and I have not been able to yet. So this is on hold: checking.”"
	if forSomebody {
		why = "“Before I speak about anybody with somebody else I have to see that they let you. I have not been able to yet. So this is on hold: checking.”"
	}
	return []string{why,
		"“That may take a little while. I cannot say anything about anybody until then, and not whether we know them either. If it is about you, you can come in with something that shows who you are, or write to us.”",
		"Anybody may make a payment, and hear nothing of the account. Use the details of a card once, and write none of them down."}
}

func authorityState(a contact.Authority, today law.Date) string {
	switch {
	case !a.Ended.IsZero():
		return "Ended on " + a.Ended.Words() + "."
	case !a.End.IsZero() && a.End.Before(today):
		return "Ran out on " + a.End.Words() + "."
	case !a.Start.IsZero() && today.Before(a.Start):
		return "Begins on " + a.Start.Words() + "."
	case !a.Seen:
		return "Nothing was seen that shows it."
	case !a.End.IsZero():
		return "Until " + a.End.Words() + "."
	}
	return "Until it is ended."
}

// numbers is the number of a case by its id, asked once for each.
func (s calls) numbers(ctx context.Context) func(string) string {
	known := map[string]string{"": ""}
	return func(id string) string {
		n, ok := known[id]
		if !ok {
			if k, err := s.d.Cases.Get(ctx, id); err == nil {
				n = k.Number
			}
			known[id] = n
		}
		return n
	}
}

func noteFields(c contact.Channel) []console.FormField {
	all := slices.DeleteFunc(contact.Channels(), func(x contact.Channel) bool { return x == c })
	how := channelField(append([]contact.Channel{cmp.Or(c, contact.Phone)}, all...)...)
	return []console.FormField{
		{Name: "happened", Label: "What was said and happened", Hint: "Facts alone. Never the number of a card.", As: "words", Must: true, Lack: "Say what happened"},
		{Name: "thinks", Label: "What you think of it", Hint: "Leave it empty unless it matters. It is kept as your opinion, and they may read it.", As: "words"},
		{Name: "done", Label: "What was done, or is to be done", As: "words"},
		{Name: "number", Label: "The case it belongs to", Hint: "Leave it empty if there is none.", As: "line"},
		how,
	}
}

func trustFields() []console.FormField {
	scopes := console.FormField{Name: "trusted-for", Label: "What may they do?", As: "some", Must: true}
	for _, x := range law.Scopes() {
		scopes.Options = append(scopes.Options, console.Option{ID: string(x), Text: scopeTitles[x]})
	}
	return []console.FormField{
		{Name: "trusted", Label: "Who?", As: "line", Must: true, Lack: "Say who may act for them"},
		{Name: "trusted-as", Label: "As what?", As: "choose", Must: true, Options: roleOptions(), Chosen: []string{string(law.ByTrusted)}},
		scopes,
		{Name: "trusted-phone", Label: "Their telephone number", Hint: "They are asked for it when they call.", As: "line"},
		{Name: "trusted-word", Label: "A word for them to say on the telephone", As: "line"},
		{Name: "trusted-until", Label: "Until when?", Hint: "Leave it empty if it is until they say so.", As: "day"},
	}
}

// Answer holds what the caller said against what is held.
func (s calls) Answer(ctx context.Context, by console.Staff, id string, said map[string]string) error {
	answers := map[contact.FactKind]string{}
	for k, v := range said {
		answers[contact.FactKind(k)] = v
	}
	_, err := s.d.AnswerCall(ctx, by.ID, id, answers)
	return s.gone(ctx, err)
}

// Note writes down what happened.
func (s calls) Note(ctx context.Context, by console.Staff, id, once string, given url.Values) error {
	d := doing{given: given}
	n := desk.NewContact{Call: id, Number: d.text("number"), NewEntry: contact.NewEntry{Once: "console " + id + " " + once, Channel: contact.Channel(d.text("channel")),
		Particulars: contact.Particulars{Facts: d.text("happened"), Opinion: d.text("thinks"), Action: d.text("done")}}}
	_, err := s.d.NoteContact(ctx, by.ID, n)
	return s.mistake(ctx, err, "happened")
}

// Correct puts an entry right by another. It is of the person of the call.
func (s calls) Correct(ctx context.Context, by console.Staff, id, entry, once string, given url.Values) error {
	c, err := s.d.Conversation(ctx, by.ID, id)
	if err != nil {
		return s.gone(ctx, err)
	}
	i := slices.IndexFunc(c.Entries, func(e contact.Entry) bool { return e.ID == entry })
	if i < 0 {
		return web.ErrNotFound
	}
	_, err = s.d.CorrectContact(ctx, by.ID, entry, contact.NewEntry{Once: "console " + id + " " + once, Channel: c.Entries[i].Channel, Outward: c.Entries[i].Outward,
		Particulars: contact.Particulars{With: c.Entries[i].With, Who: c.Entries[i].Who, Facts: given.Get("right"), Check: id}})
	return s.mistake(ctx, err, "right")
}

// mistake puts what is wrong with words beside where they were typed.
func (s calls) mistake(ctx context.Context, err error, field string) error {
	var told *desk.Error
	if errors.As(err, &told) && (told.Code == "card" || told.Code == "usage") {
		return &console.Mistake{Field: field, Text: sentence(told.What + ": " + told.Mend)}
	}
	if errors.Is(err, cases.ErrNotFound) {
		return &console.Mistake{Field: "number", Text: "There is no such case: check its number"}
	}
	return s.gone(ctx, err)
}

// Trust records that somebody may act for the person of a call.
func (s calls) Trust(ctx context.Context, by console.Staff, id, once string, given url.Values) error {
	d := doing{given: given}
	m := contact.Mandate{Name: d.text("trusted"), Phone: d.text("trusted-phone"), Word: d.text("trusted-word"), Appointed: "The person themselves, in a call",
		Evidence: "The person’s own word, after they had answered the questions."}
	m.Role, m.Seen, m.Agreed, m.End = law.Role(d.text("trusted-as")), true, law.IsSo, d.day("trusted-until")
	for _, x := range given["trusted-for"] {
		m.Scopes = append(m.Scopes, law.Scope(x))
	}
	_, err := s.d.Trust(ctx, by.ID, desk.NewTrust{Mandate: m, Once: "console " + id + " " + once, Call: id})
	var told *desk.Error
	if errors.As(err, &told) && told.Code == "usage" {
		return &console.Mistake{Field: "trusted", Text: sentence(told.What + ": " + told.Mend)}
	}
	return s.gone(ctx, err)
}

// Untrust ends an authority that the person of a call gave.
func (s calls) Untrust(ctx context.Context, by console.Staff, id, authority string) error {
	c, err := s.d.Conversation(ctx, by.ID, id)
	if err != nil {
		return s.gone(ctx, err)
	}
	if !slices.ContainsFunc(c.Authorities, func(a contact.Authority) bool { return a.ID == authority }) {
		return web.ErrNotFound
	}
	_, err = s.d.Untrust(ctx, by.ID, authority)
	return s.gone(ctx, err)
}

// Request is what is known already of a request that the caller makes: what they said
// themselves, and the authority under which they call.
func (s calls) Request(ctx context.Context, by console.Staff, id string) (url.Values, error) {
	c, err := s.d.Conversation(ctx, by.ID, id)
	if err != nil {
		return nil, s.gone(ctx, err)
	}
	q := c.Query
	out := url.Values{}
	set := func(name, v string) {
		if v != "" {
			out.Set(name, v)
		}
	}
	set("name", q.Name)
	set("born", isoDay(q.DOB))
	set("email", q.Email)
	set("phone", q.Phone)
	set("postcode", q.Postcode)
	set("tenancy", q.Ref)
	set("channel", s.channelOf(c.Channel))
	if c.Caller == law.Self {
		return out, nil
	}
	set("by-name", c.Who)
	set("role", string(c.Caller))
	if c.State != contact.Passed || c.Authority == nil {
		return out, nil
	}
	acting, err := s.d.ActingBy(*c.Authority)
	if err != nil { // what lacks is said on the page of the call; the request is one all the same
		return out, nil
	}
	set("role", string(acting.Role))
	set("looked", string(law.IsSo))
	set("evidence", acting.Evidence)
	set("from", dayText(acting.Start))
	set("until", dayText(acting.End))
	set("agreed", string(acting.Agreed))
	for _, x := range acting.Scopes {
		out.Add("scopes", string(x))
	}
	return out, nil
}

func dayText(d law.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func isoDay(s string) string {
	if _, err := law.ParseDate(s); err != nil {
		return ""
	}
	return s
}

// channelOf is the way of the notice, or of every landlord, that a channel is.
func (s calls) channelOf(c contact.Channel) string {
	want, own := notice.ByPhone, "phone"
	if c == contact.Counter || c == contact.Visit {
		want, own = notice.Counter, "counter"
	}
	for _, x := range s.d.Notice.Rights.Channels {
		if x.Kind == want {
			return string(x.ID)
		}
	}
	return own
}

// Finish ends a call.
func (s calls) Finish(ctx context.Context, by console.Staff, id string) error {
	return s.gone(ctx, s.d.OverCall(ctx, by.ID, id))
}

// authorityActs lets staff take over, with one click, an authority that is on record for
// whoever asks in a case.
func authorityActs() []act {
	return []act{{id: "authority", action: cases.Represents, group: "The person", name: "Use the authority on record", button: "Use it in this case",
		does: []string{"Whoever asks is held to be who may act for the person, as it was recorded with them.", "What was recorded in the case of who acts is replaced by this."},
		fields: func(a asking) []console.FormField {
			f := console.FormField{Name: "record", Label: "Which?", As: "one", Must: true, Hint: "Those that count today, for this person, in the name of whoever asks. If there is none, nobody of that name is on record."}
			all, err := a.s.d.ActingIn(a.ctx, a.k)
			if err != nil {
				return []console.FormField{f}
			}
			for _, x := range all {
				f.Options = append(f.Options, console.Option{ID: x.ID, Text: x.Name + ", " + roleTitles[x.Role], Hint: "May " + contact.Reaches(x.Scopes) + ". " + authorityState(x, a.s.d.Today())})
			}
			if len(all) == 1 {
				f.Chosen = []string{all[0].ID}
			}
			return []console.FormField{f}
		},
		do: func(ctx context.Context, d doing) (string, error) {
			all, err := d.s.d.ActingIn(ctx, d.k)
			if err != nil {
				return "", err
			}
			i := slices.IndexFunc(all, func(x contact.Authority) bool { return x.ID == d.text("record") })
			if i < 0 {
				return "", &console.Mistake{Field: "record", Text: "Choose one that is on record"}
			}
			acting, err := d.s.d.ActingBy(all[i])
			var lacks *desk.Error
			if errors.As(err, &lacks) {
				return "", &console.Mistake{Field: "record", Text: sentence(lacks.What + ": " + lacks.Mend)}
			}
			_, err = d.s.d.Cases.Represent(ctx, d.on, acting)
			return "Who acts for the person is recorded, as it was on record.", err
		}}}
}
