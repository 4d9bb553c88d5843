package app

import (
	"context"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/letter"
)

// later is what comes of asking the person for something, by when it comes.
func later(t cases.Thing) []ifThen {
	span := func(days int) func(*cases.Case, law.Date) {
		return func(k *cases.Case, today law.Date) {
			s := law.Span{From: today, To: today.AddDays(days)}
			switch t {
			case cases.ForIdentity:
				k.Inputs.Identity = s
			case cases.ForAuthority:
				k.Inputs.Authority = s
			case cases.ForFee:
				k.Inputs.Fee = s
			default:
				k.Inputs.Clarifications = append(k.Inputs.Clarifications, s)
			}
		}
	}
	return []ifThen{{"You ask today, and it comes today", span(0)}, {"You ask today, and it comes in a week", span(7)},
		{"You ask today, and it comes in two weeks", span(14)}, {"You ask today, and it comes in four weeks", span(28)}}
}

func ask(t cases.Thing, label, hint string, must bool) (func(asking) []console.FormField, func(context.Context, doing) (string, error)) {
	fields := func(asking) []console.FormField {
		return []console.FormField{wordsField(label, hint, must), toldField("If they were asked already: when?")}
	}
	return fields, func(ctx context.Context, d doing) (string, error) {
		_, err := d.s.d.Cases.Ask(ctx, d.on, t, d.onDay(), d.text("words"))
		return "It is recorded that the person was asked for " + things[t] + ".", err
	}
}

// asks is the letter that asks for something, with the words that were typed.
func asks(kind letter.Kind) func(context.Context, doing) (desk.NewLetter, error) {
	return func(_ context.Context, d doing) (desk.NewLetter, error) {
		return desk.NewLetter{Kind: kind, Words: d.text("words")}, nil
	}
}

// personActs are what is done about the person and with them.
func personActs() []act {
	const group = "The person"
	clarifyFields, clarify := ask(cases.ForClarification, "What did you ask?", "Ask only for what you need to search: which address, which time, which matter.", true)
	identityFields, identity := ask(cases.ForIdentity, "What makes you doubt who asks?",
		"Say what does not agree or is missing. If nothing does, do not ask: somebody you know already has shown who they are.", true)
	authorityFields, authority := ask(cases.ForAuthority, "What did you ask for?", "A form signed by the person, the power itself, or the order.", true)
	feeFields, fee := ask(cases.ForFee, "Why is a fee lawful here?", "Only a manifestly unfounded or excessive request may cost anything (UK GDPR Art 12(5)).", true)
	notDone := func(k cases.Case) bool { return k.Identity == nil }
	return []act{
		{id: "identify", action: cases.Identifies, group: group, name: "Record identity", page: "identity"},
		{id: "ask-identity", action: cases.AsksIdentity, group: group, name: "Ask for proof of identity", button: "They were asked already: record it", send: "Send the letter", when: notDone,
			letter: asks(letter.Identity),
			does: []string{"The case says that the person was asked to prove who they are, on the day you give, because of the doubt you give.",
				"Where the law lets it, the time to answer begins when the proof comes."},
			fields: identityFields, do: identity, ifs: later(cases.ForIdentity)},
		{id: "ask-authority", action: cases.AsksAuthority, group: group, name: "Ask for authority to act", button: "Record that authority was asked for",
			does:   []string{"The case says that whoever acts for the person was asked to show that they may.", "Where the law lets it, the time to answer begins when that comes."},
			fields: authorityFields, do: authority, ifs: later(cases.ForAuthority)},
		{id: "clarify", action: cases.Asks, group: group, name: "Ask what is meant", button: "They were asked already: record it", send: "Send the letter", letter: asks(letter.Clarify),
			does: []string{"The case says what the person was asked, and when.", "The clock stands still until they say, if the law lets it for this kind of request. You can go on with what is clear."},
			ifs:  later(cases.ForClarification), fields: clarifyFields, do: clarify},
		{id: "charge", action: cases.Charges, group: group, name: "Ask for a fee", button: "Record that a fee was asked for",
			does: []string{"The case says that a fee was asked for, and why that is lawful."}, fields: feeFields, do: fee, ifs: later(cases.ForFee)},
		{id: "came", action: cases.Receives, group: group, name: "Record what came", button: "Record it",
			when: func(k cases.Case) bool { return len(waitingFor(k)) > 0 },
			does: []string{"The case says that what was awaited came, on that day.", "The clock goes on, or begins, from that day."},
			fields: func(a asking) []console.FormField {
				f := console.FormField{Name: "what", Label: "What came?", As: "one", Must: true}
				for _, t := range waitingFor(a.k) {
					f.Options = append(f.Options, console.Option{ID: string(t), Text: sentence(things[t])})
				}
				if len(f.Options) == 1 {
					f.Chosen = []string{f.Options[0].ID}
				}
				return []console.FormField{f, dayField(a, "When did it come?", ""), wordsField("What does it say?", "In a sentence or two.", false)}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				t := cases.Thing(d.text("what"))
				_, err := d.s.d.Cases.Receive(ctx, d.on, t, d.onDay(), d.text("words"))
				return "It is recorded that there came " + things[t] + ".", err
			}},
		{id: "represent", action: cases.Represents, group: group, name: "Who acts for the person", button: "Record who acts",
			does:   []string{"What was recorded of who acts for the person is replaced by this.", "The answer goes to them only as far as their authority reaches."},
			fields: func(a asking) []console.FormField { return actingFields(a.k.Acting) },
			do: func(ctx context.Context, d doing) (string, error) {
				acting, err := actingOf(d)
				if err == nil {
					_, err = d.s.d.Cases.Represent(ctx, d.on, acting)
				}
				return "Who acts for the person is recorded.", err
			}},
		{id: "safeguard", action: cases.Safeguards, group: group, name: "Where they are safe to reach", button: "Record where they are safe",
			does:   []string{"Nothing goes to the person but to the places you name. Nobody at home is to know.", "Every letter and answer is held against this before it goes."},
			fields: func(a asking) []console.FormField { return safetyFields(a.k.Safety) },
			do: func(ctx context.Context, d doing) (string, error) {
				safety := safetyOf(d)
				if safety == nil {
					return "", &console.Mistake{Field: "safe", Text: "Name at least one place that is safe"}
				}
				_, err := d.s.d.Cases.Safeguard(ctx, d.on, *safety)
				return "Where the person is safe to be reached is recorded.", err
			}},
		{id: "tell", action: cases.Tells, group: group, name: "Write to the person", button: "Send the message",
			does:   []string{"The person reads it where they follow their request. No e-mail carries it.", "Whoever has the code of the request reads it, so say nothing of what is held before identity is recorded."},
			fields: func(asking) []console.FormField { return []console.FormField{wordsField("The message", "", true)} },
			do: func(ctx context.Context, d doing) (string, error) {
				d.on.Version = 0 // a message stands whatever else was done meanwhile
				_, err := d.s.d.Cases.Tell(ctx, d.on, d.text("words"))
				return "The message stands where the person follows the request.", err
			}},
		{id: "note", action: cases.Notes, group: group, name: "Write a note", button: "Write the note",
			does:   []string{"The note stands in the history, for staff. The person may see it if they ask for what is held about them."},
			fields: func(asking) []console.FormField { return []console.FormField{wordsField("The note", "", true)} },
			do: func(ctx context.Context, d doing) (string, error) {
				d.on.Version = 0
				_, err := d.s.d.Cases.Note(ctx, d.on, d.text("words"))
				return "The note is written.", err
			}},
		{id: "died", action: cases.Lapses, group: group, name: "The person has died", button: "Record the death", grave: true,
			does: []string{"This case ends: the right ends with the person.", "An enquiry of the estate is opened beside it, with a number of its own."},
			fields: func(a asking) []console.FormField {
				return []console.FormField{dayField(a, "When did you learn of it?", ""), wordsField("How is it known?", "From whom, or by what.", true),
					{Name: "estate", Label: "Who enquires for the estate?", Hint: "Leave it empty if nobody does yet.", As: "line"},
					{Name: "reach", Label: "How to reach them", Hint: "An e-mail address.", As: "line"}}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				_, estate, err := d.s.d.Cases.Died(ctx, d.on, cases.Death{Told: d.onDay(), How: d.text("words"), Estate: cases.Requester{Name: d.text("estate"), Email: d.text("reach")}})
				return "The case has ended. The enquiry of the estate is " + estate.Number + ".", err
			}},
	}
}

// waitingFor is what is awaited and recorded by its coming alone.
func waitingFor(k cases.Case) []cases.Thing {
	return slices.DeleteFunc(k.Waiting(), func(t cases.Thing) bool { return t == cases.ForIdentity })
}

// roleTitles are what one is to the person for whom one acts.
var roleTitles = map[law.Role]string{
	law.Self: "the person themselves", law.ByRepresentative: "somebody the person named", law.BySolicitor: "a solicitor", law.ByParent: "a parent or guardian",
	law.ByAttorney: "an attorney under a power of attorney", law.ByDeputy: "a deputy or guardian appointed by a court", law.ByElected: "an MP, councillor or other elected member",
	law.ByTrusted: "a trusted contact", law.ByExecutor: "who settles the estate",
}

var scopeTitles = map[law.Scope]string{
	law.ForRights: "Make a data-protection request and have the answer", law.ForTenancy: "Talk about the tenancy", law.ForServices: "Arrange repairs and services",
	law.ForCasework: "Have an answer about one matter that the person brought",
}

func roleOptions() []console.Option {
	var out []console.Option
	for _, r := range law.Roles() {
		if r != law.Self {
			out = append(out, console.Option{ID: string(r), Text: sentence(roleTitles[r])})
		}
	}
	return out
}

var factOptions = []console.Option{{ID: string(law.IsSo), Text: "Yes"}, {ID: string(law.IsNot), Text: "No"}}

func chosen[T ~string](x T) []string {
	if x == "" {
		return nil
	}
	return []string{string(x)}
}

// actingFields ask who acts for the person, with what is recorded of it.
func actingFields(a *cases.Acting) []console.FormField {
	if a == nil {
		a = &cases.Acting{}
	}
	day := func(d law.Date) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	scopes := console.FormField{Name: "scopes", Label: "What does it reach to?", Hint: "As the evidence has it.", As: "some"}
	for _, s := range law.Scopes() {
		scopes.Options = append(scopes.Options, console.Option{ID: string(s), Text: scopeTitles[s]})
	}
	for _, s := range a.Scopes {
		scopes.Chosen = append(scopes.Chosen, string(s))
	}
	seen := console.FormField{Name: "looked", Label: "Was evidence of it looked at?", As: "one", Options: factOptions}
	if a.Seen {
		seen.Chosen = []string{string(law.IsSo)}
	}
	return []console.FormField{
		{Name: "role", Label: "As what do they act?", Hint: "Leave it if the person asks for themselves.", As: "choose", Options: roleOptions(), Chosen: chosen(a.Role)},
		seen,
		{Name: "evidence", Label: "What was seen?", Hint: "A form of which day, signed by whom; an order of which court. Never keep a copy here.", As: "words", Value: a.Evidence},
		scopes,
		{Name: "from", Label: "From which day?", Hint: "Leave it empty if it says none.", As: "day", Value: day(a.Start)},
		{Name: "until", Label: "Until which day?", Hint: "Leave it empty if it is not ended.", As: "day", Value: day(a.End)},
		{Name: "agreed", Label: "Did the person say so themselves?", As: "one", Options: factOptions, Chosen: chosen(a.Agreed)},
		{Name: "capacity", Label: "Can the person decide this for themselves?", Hint: "Leave it if nobody asked.", As: "one", Options: factOptions, Chosen: chosen(a.Capacity)},
		{Name: "understands", Label: "If it is a child: do they understand what their rights are?", As: "one", Options: factOptions, Chosen: chosen(a.Understands)},
	}
}

// actingOf is who acts, as it was filled in; nil where the person asks for themselves.
func actingOf(d doing) (*cases.Acting, error) {
	if d.text("role") == "" {
		if d.text("evidence") != "" || len(d.given["scopes"]) > 0 {
			return nil, &console.Mistake{Field: "role", Text: "Say as what they act"}
		}
		return nil, nil
	}
	a := &cases.Acting{Evidence: d.text("evidence"), Capacity: law.Fact(d.text("capacity")), Understands: law.Fact(d.text("understands"))}
	a.Role, a.Seen, a.Agreed, a.Start, a.End = law.Role(d.text("role")), d.text("looked") == string(law.IsSo), law.Fact(d.text("agreed")), d.day("from"), d.day("until")
	for _, s := range d.given["scopes"] {
		a.Scopes = append(a.Scopes, law.Scope(s))
	}
	if a.Seen && a.Evidence == "" {
		return nil, &console.Mistake{Field: "evidence", Text: "Describe what was seen"}
	}
	return a, nil
}

func safetyFields(s *cases.Safety) []console.FormField {
	if s == nil {
		s = &cases.Safety{}
	}
	return []console.FormField{
		{Name: "safe", Label: "Where is it safe to reach them?", Hint: "Addresses, numbers or e-mail addresses, one a line.", As: "words", Value: strings.Join(s.Only, "\n")},
		{Name: "never", Label: "Where must nothing go?", Hint: "One a line: places that others share.", As: "words", Value: strings.Join(s.Never, "\n")},
		{Name: "why", Label: "Why?", Hint: "No more than whoever writes to them has to know.", As: "line", Value: s.Why},
	}
}

// safetyOf is where the person is safe to be reached; nil where nothing was said.
func safetyOf(d doing) *cases.Safety {
	s := cases.Safety{Only: textLines(d.text("safe")), Never: textLines(d.text("never")), Why: d.text("why")}
	if len(s.Only) == 0 && len(s.Never) == 0 {
		return nil
	}
	return &s
}

// textLines are the lines of a text that say something.
func textLines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
