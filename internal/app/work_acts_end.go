package app

import (
	"context"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/letter"
)

// routeTitles are the routes on from a refusal.
var routeTitles = map[string]string{
	law.RouteOwn: "Our own complaints", law.RouteRegulator: "The regulator for personal data", law.RouteCourt: "The court",
	law.RouteReview: "An internal review", law.RouteOmbudsman: "The Housing Ombudsman",
}

// outcomeWords are the outcomes of an answer in words.
var outcomeWords = map[law.Outcome]struct{ name, does string }{
	law.Granted: {"Answer: do what was asked", "The answer does or gives what was asked."},
	law.Partly:  {"Partly refuse", "The answer does or gives some of what was asked, and says why not the rest."},
	law.Denied:  {"Write a refusal", "The answer says no, why, and how to complain. Approving it ends the case as refused."},
}

// answerActs are the answer: in records where the search makes it, in words otherwise.
func answerActs() []act {
	const group = "The answer"
	packed := func(k cases.Case) bool { return desk.Packed(k.Kind) }
	out := []act{
		{id: "decide", action: cases.Decides, group: group, name: "Decide what goes out, or partly refuse", page: "found?review=yes",
			when: func(k cases.Case) bool { return desk.HasPack(k) && k.Draft != nil }},
		takeAwayAct(group),
		{id: "reply", action: cases.Drafts, group: group, name: "The answer in words", page: "reply", when: func(k cases.Case) bool { return !packed(k) }},
	}
	for _, o := range []law.Outcome{law.Granted, law.Partly, law.Denied} {
		w := outcomeWords[o]
		out = append(out, act{id: "answer", of: string(o), action: cases.Drafts, group: group, name: w.name, button: "Draft the answer", keeps: true,
			when:   func(k cases.Case) bool { return !packed(k) && (o != law.Denied || len(law.GroundsFor(k.Kind)) > 0) },
			does:   []string{w.does, "It is a draft: it goes to nobody until it is approved, and can be written again.", "It cannot be drafted without what the law asks it to say. Routes to complain that you leave empty are filled in from the notice."},
			fields: func(a asking) []console.FormField { return answerFields(a, o) },
			do:     func(ctx context.Context, d doing) (string, error) { return draftAnswer(ctx, d, o) }})
	}
	return append(out,
		act{id: "approve", action: cases.Approves, group: group, name: "Review and approve", page: "approve"},
		act{id: "sent", action: cases.Releases, group: group, name: "Send it, or record that it was sent", button: "It reached them already: record it", send: "Send the answer", grave: true, duty: desk.Release,
			does: []string{"The case says that the person has their answer, and the clock stops.", "It stands in the list of what went out, and is shown in later answers.",
				"The letter has the words that were approved. Where the answer is a pack of records it goes with the letter: print it, or hand it over, yourself."},
			letter: answerLetter,
			fields: func(a asking) []console.FormField {
				var why []console.FormField
				if packed(a.k) && a.k.Draft != nil && a.k.Draft.Withheld > 0 {
					why = []console.FormField{wordsField("What is held back, and why?", "For the letter. The pack gives each reason beside what it is about.", false)}
				}
				return append(why,
					console.FormField{Name: "way", Label: "If it reached them already: how?", As: "one", Options: []console.Option{
						{ID: string(cases.Sent), Text: "It was sent"}, {ID: string(cases.Collected), Text: "They collected it, having shown who they are"}}},
					console.FormField{Name: "to", Label: "If it was sent: where?", Hint: "The address is held against where the person is safe to be reached, and is not kept.", As: "line"})
			},
			do: func(ctx context.Context, d doing) (string, error) {
				way := cases.Way(d.text("way"))
				if d.on.Also != nil {
					_, err := d.s.d.Cases.Deliver(ctx, d.on, cases.Delivery{Way: cases.Sent, To: d.to})
					return "It is recorded that the person has the answer.", err
				}
				if way == "" {
					return "", &console.Mistake{Field: "way", Text: "Say how it reached them, or see the letter and send that"}
				}
				if way == cases.Sent && d.text("to") == "" {
					return "", &console.Mistake{Field: "to", Text: "Say where it was sent"}
				}
				_, err := d.s.d.Cases.Deliver(ctx, d.on, cases.Delivery{Way: way, To: d.text("to")})
				return "It is recorded that the person has the answer.", err
			}},
		act{id: "refuse", action: cases.Refuses, group: group, name: "Refuse the whole request", button: "They were told already: record it", send: "Send the letter and refuse", grave: true,
			letter: func(_ context.Context, d doing) (desk.NewLetter, error) {
				return desk.NewLetter{Kind: letter.Refuse, Words: d.text("words"), Grounds: d.given["grounds"]}, nil
			},
			does: []string{"The case ends: the person is told no, with these reasons, on these grounds, and where they may complain.", "To refuse only a part, answer the rest instead."},
			fields: func(a asking) []console.FormField {
				ground := console.FormField{Name: "grounds", Label: "On which grounds?", As: "some", Must: true}
				for _, g := range law.GroundsFor(a.k.Kind) {
					ground.Options = append(ground.Options, console.Option{ID: g.ID, Text: g.Says, Hint: citation(g.Cite, g.Verified)})
				}
				route := console.FormField{Name: "routes", Label: "If they were told already: of which routes?", Hint: "The law asks for every one of them. The letter names them by itself.", As: "some"}
				for _, r := range law.Routes(a.k.Kind) {
					route.Options = append(route.Options, console.Option{ID: r, Text: routeTitles[r]})
				}
				fields := []console.FormField{ground, wordsField("What are the reasons?", "As the person is to read them, or has read them.", true)}
				if len(route.Options) > 0 {
					fields = append(fields, route)
				}
				return fields
			},
			do: func(ctx context.Context, d doing) (string, error) {
				routes := d.given["routes"]
				if d.on.Also != nil {
					routes = law.Routes(d.k.Kind) // as the letter names them
				}
				_, err := d.s.d.Cases.Refuse(ctx, d.on, cases.Refusal{Reason: d.text("words"), Grounds: d.given["grounds"], Routes: routes})
				return "The refusal is recorded.", err
			}},
	)
}

// endActs are how a case ends otherwise, and what comes after.
func endActs() []act {
	const group = "Ending and after"
	reason := func(label string, must bool) func(asking) []console.FormField {
		return func(asking) []console.FormField { return []console.FormField{wordsField(label, "", must)} }
	}
	dayAndWords := func(day, label string) func(asking) []console.FormField {
		return func(a asking) []console.FormField {
			return []console.FormField{dayField(a, day, ""), wordsField(label, "", true)}
		}
	}
	return []act{
		{id: "transfer", action: cases.Transfers, group: group, name: "Pass it to the client landlord", button: "They know already: record it", send: "Send the letter and pass it on", grave: true,
			letter: func(_ context.Context, d doing) (desk.NewLetter, error) {
				return desk.NewLetter{Kind: letter.Transfer, Client: d.text("client"), Why: d.text("why")}, nil
			},
			does: []string{"The case ends here: the landlord for whom you manage the home has it, and the person knows."},
			fields: func(a asking) []console.FormField {
				f := console.FormField{Name: "client", Label: "Whose tenant is it?", As: "choose", Must: true}
				for _, c := range a.s.d.Notice.Landlord.Clients {
					f.Options = append(f.Options, console.Option{ID: string(c.ID), Text: c.Name})
				}
				return []console.FormField{f, toldField("If the person knows already: when was it passed on?"), wordsField("What is to be known of it?", "For the case: what was passed on, and to whom there.", true),
					{Name: "why", Label: "If the person is our own customer too, or another client’s: why does it go there?", Hint: "Leave it empty otherwise. It stands in the case and the ledger.", As: "words"}}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.TransferCase(ctx, d.on, d.k, desk.Passing{Client: d.text("client"), Day: d.onDay(), Said: d.text("words"), Why: d.text("why")})
				return "It is recorded that the request was passed on.", err
			}},
		{id: "withdraw", action: cases.Withdraws, group: group, name: "The person does not want it any more", button: "Record the withdrawal", grave: true,
			does:   []string{"The case ends without an answer.", "Only the person can decide that: a person who does not reply has not withdrawn."},
			fields: reason("What did they say?", true),
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Withdraw(ctx, d.on, d.text("words"))
				return "The withdrawal is recorded.", err
			}},
		{id: "review", action: cases.Reviews, group: group, name: "The person asks for a review", button: "Open the review",
			does:   []string{"Somebody who did not decide the answer looks at it again.", "The review has a clock of its own, from the day it was asked for."},
			fields: dayAndWords("When was it asked for?", "What do they say is wrong?"),
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Review(ctx, d.on, d.onDay(), d.text("words"))
				return "The review is open.", err
			}},
		{id: "conclude", action: cases.Concludes, group: group, name: "Record what the review found", button: "Record it",
			does: []string{"The case says whether the answer stands, as the person was told it.", "If it does not stand, open the case again afterwards and answer it anew."},
			fields: func(asking) []console.FormField {
				return []console.FormField{{Name: "upheld", Label: "Does the answer stand?", As: "one", Must: true, Options: factOptions}, wordsField("What was found?", "", true)}
			},
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Conclude(ctx, d.on, d.text("upheld") == string(law.IsSo), d.text("words"))
				return "What the review found is recorded.", err
			}},
		{id: "escalate", action: cases.Escalates, group: group, name: "Take the complaint to stage 2", button: "Open stage 2",
			does:   []string{"The complaint is open again at its second stage, with clocks of its own from that day."},
			fields: dayAndWords("When did the person ask for it?", "What do they say?"),
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Escalate(ctx, d.on, d.onDay(), d.text("words"))
				return "The complaint is at its second stage.", err
			}},
		{id: "reopen", action: cases.Reopens, group: group, name: "Open it again", button: "Open it again",
			does:   []string{"The case runs again, because something was missed.", "Its clocks stand where they stood: what was late stays late."},
			fields: reason("What was missed?", true),
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.Cases.Reopen(ctx, d.on, d.text("words"))
				return "The case is open again.", err
			}},
		{id: "close", action: cases.Closes, group: group, name: "Close it", button: "Close the case",
			does: []string{"Nothing more happens in it. What it kept from being deleted is kept no longer.", "It can be opened again."},
			do: func(ctx context.Context, d doing) (string, error) {
				_, err := d.s.d.CloseCase(ctx, d.on)
				return "The case is closed.", err
			}},
	}
}
