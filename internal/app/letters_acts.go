package app

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/web"
)

// letterTitles are what staff call the letters.
var letterTitles = map[letter.Kind]string{
	letter.Acknowledge: "We have your request", letter.Identity: "Please show who you are", letter.Clarify: "What do you mean?", letter.Extend: "It takes longer",
	letter.Answer: "The answer", letter.Partly: "The answer, in part", letter.Refuse: "Refusal", letter.Consent: "May we give out what is about you?",
	letter.Transfer: "Another landlord answers", letter.ComplaintAck: "We have your complaint", letter.ComplaintReply: "What came of the complaint",
	letter.DataComplaint: "We have your complaint about data", letter.Withdrawal: "Consent withdrawn", letter.Ready: "The answer can be collected",
	letter.Estate: "About somebody who has died", letter.Breach: "What went wrong with somebody’s data", letter.NoticeChanged: "The privacy notice changes", letter.Waiting: "A letter waits on the portal", letter.Came: "We have your e-mail", "frame": "How every letter begins and ends",
}

// letterActs are letters that tell of no other step: they stand in the case as a note,
// so that they too go only where the case is as it was looked at.
func letterActs() []act {
	const group = "Letters"
	plain := func(kind letter.Kind, id, name string, when func(cases.Case) bool, does ...string) act {
		return act{id: id, action: cases.Notes, group: group, name: name, button: "See the letter", only: true, send: "Send the letter", when: when, does: does,
			letter: func(context.Context, doing) (desk.NewLetter, error) { return desk.NewLetter{Kind: kind}, nil }, do: wroteLetter}
	}
	first := func(kind letter.Kind) func(cases.Case) bool {
		return func(k cases.Case) bool {
			got, ok := letter.Acknowledges(k.Kind)
			return ok && got == kind && k.State.Running()
		}
	}
	consent := plain(letter.Consent, "consent", "Ask somebody else for their consent", func(k cases.Case) bool {
		h, _ := k.Kind.Handling()
		return k.State.Running() && h.Right == law.RightAccess
	}, "Somebody whom the records are about as well is asked whether they agree that this is given out. It goes to them by post.",
		"They need not agree, and no answer is not a yes: you weigh it either way (DPA 2018 Sch 2 para 16).", "Say nothing of who asked, if they may not know.")
	consent.fields = func(a asking) []console.FormField {
		return []console.FormField{{Name: "to", Label: "Who is asked?", As: "line", Must: true}, {Name: "address", Label: "Their address", As: "words", Must: true},
			wordsField("What about them might be given out?", "As they are to read it: the paper, its day, what it says of them.", true),
			{Name: "until", Label: "By when are they to say?", As: "day", Must: true, Value: a.s.d.Today().AddDays(10).String()}}
	}
	consent.letter = func(_ context.Context, d doing) (desk.NewLetter, error) {
		until := d.day("until")
		if !until.After(d.s.d.Today()) {
			return desk.NewLetter{}, &console.Mistake{Field: "until", Text: "Give them a day that is still to come"}
		}
		return desk.NewLetter{Kind: letter.Consent, Words: d.text("words"), Until: until, To: &cases.Requester{Name: d.text("to"), Address: d.text("address")}}, nil
	}
	return []act{
		plain(letter.Acknowledge, "tell-received", "Write that the request came", first(letter.Acknowledge), "The person is told that their request came, its number, and by when they hear. This goes by itself where the request came on the portal or was entered here: send it again only if it did not arrive."),
		plain(letter.Estate, "tell-estate", "Write about the estate", first(letter.Estate), "Whoever enquires is told what can be given of somebody who has died, and what shows that they settle the estate."),
		consent,
		plain(letter.Ready, "tell-ready", "Write that the answer can be collected", func(k cases.Case) bool {
			return desk.HasPack(k) && (k.State == cases.Approved || k.State == cases.Released)
		}, "The person is told where the answer waits and by what they collect it. The letter says nothing of what is in it."),
	}
}

// wroteLetter is a step that is its letter and nothing else.
func wroteLetter(ctx context.Context, d doing) (string, error) {
	_, err := d.s.d.Cases.Note(ctx, d.on, "A letter was written: "+lowerFirst(letterTitles[d.kind])+".")
	return "The letter is written.", err
}

// answerLetter is the letter that takes the answer to the person.
func answerLetter(ctx context.Context, d doing) (desk.NewLetter, error) {
	return d.s.d.AnswerLetter(ctx, d.k, d.text("words"))
}

// letterOf is the letter of an act that is being done, with the words that were
// changed, and what is to be done with it.
func (s caseWork) letterOf(ctx context.Context, a act, now *doing, blocks map[string]string) (desk.NewLetter, error) {
	n, err := a.letter(ctx, *now)
	if err != nil {
		return n, err
	}
	now.kind = n.Kind
	if fixed(n.Kind) && len(blocks) > 0 {
		return n, &web.Refusal{Why: "The words of an answer are those that were approved.", Mend: "Write the answer again, and have that approved."}
	}
	n.Edits = blocks
	return n, nil
}

// fixed says whether the words of a letter were approved, and are not to be changed any
// more.
func fixed(k letter.Kind) bool { return k.Answers() && k != letter.Refuse }

// takeWithLetter takes an act with its letter, in one transaction. Where no letter can
// go to the person safely neither is done, and staff have a task.
func (s caseWork) takeWithLetter(ctx context.Context, a act, now doing, d console.Doing) (string, error) {
	if now.k.Version != d.Version { // what the letter says was true of another case
		return "", &cases.Changed{By: now.k.ChangedBy, At: now.k.Changed, Version: now.k.Version}
	}
	n, err := s.letterOf(ctx, a, &now, d.Blocks)
	if err != nil {
		return "", err
	}
	n.Once = now.on.Once
	p, err := s.d.ProposeLetter(ctx, now.k, n)
	if unsafe(err) {
		if err := s.d.HandOverLetter(ctx, now.k, n.Kind, err); err != nil {
			return "", err
		}
		return "Nothing was sent: no letter can safely reach the person. There is a task to reach them in the way they chose.", nil
	} else if err != nil {
		return "", err
	}
	if now.on.Also, err = s.d.WithLetter(ctx, now.k, n, now.on.By); err != nil {
		return "", err
	}
	now.to, now.given = p.To, maps.Clone(now.given)
	now.given.Set("day", s.d.Today().String()) // on which the person is told
	if told := changedWords(n.Kind, p.Letter, d.Blocks); told != "" {
		now.given.Set("words", told) // the case has the reasons as the person reads them
	}
	said, err := a.do(ctx, now)
	if err != nil {
		return "", err
	}
	s.queue.Wake()
	if p.Way == desk.ByEmail {
		return said + " The letter goes by e-mail.", nil
	}
	return said + " The letter waits to be printed and posted.", nil
}

// changedWords is what staff made of the block that has the words they gave; empty if
// they left it.
func changedWords(k letter.Kind, l letter.Letter, blocks map[string]string) string {
	for _, b := range l.Blocks() {
		if e, ok := k.Element(b.ID); ok && slices.Contains(e.Uses, "Words") && blocks[b.Name] != "" {
			return b.Text
		}
	}
	return ""
}

// unsafe says whether no letter can go anywhere that is safe for the person.
func unsafe(err error) bool {
	var no *desk.Error
	return errors.As(err, &no) && no.Code == "unsafe"
}

// Letter is the letter of an act as it would go.
func (s caseWork) Letter(ctx context.Context, by console.Staff, number string, d console.Doing) (console.LetterPreview, error) {
	out := console.LetterPreview{}
	a, o, ask, err := s.find(ctx, by, number, d.ActOf)
	if err != nil {
		return out, err
	}
	if a.letter == nil {
		return out, web.ErrNotFound
	}
	if lacks := s.lacks(a, o, ask.k, by); len(lacks) > 0 {
		return out, &web.Refusal{Why: lacks[0]}
	}
	if d.Version != ask.k.Version {
		return out, s.told(ctx, &cases.Changed{By: ask.k.ChangedBy, At: ask.k.Changed, Version: ask.k.Version})
	}
	now := doing{asking: ask, given: d.Given, on: cases.On{Case: ask.k.ID, By: by.ID}}
	n, err := s.letterOf(ctx, a, &now, nil)
	if err != nil {
		return out, s.told(ctx, err)
	}
	out.Fixed = fixed(n.Kind)
	if !out.Fixed {
		n.Edits = d.Blocks
	}
	return s.preview(ctx, ask.k, n, out)
}

// preview puts a letter into the console's words, with what it lacks beside the block
// that lacks it.
func (s caseWork) preview(ctx context.Context, k cases.Case, n desk.NewLetter, out console.LetterPreview) (console.LetterPreview, error) {
	p, err := s.d.ProposeLetter(ctx, k, n)
	var missing *letter.Missing
	switch {
	case unsafe(err):
		out.Unsafe = s.told(ctx, err).Error()
		return out, nil
	case errors.As(err, &missing):
		for _, e := range missing.Says {
			out.Lacks = append(out.Lacks, console.LetterLack{Block: e.ID, Says: e.Says, Cite: citation(e.Cite, e.Verified)})
		}
	case err != nil:
		return out, s.told(ctx, err)
	}
	out.LetterText = letterText(p.Letter)
	for _, b := range p.Letter.Blocks() {
		x := console.LetterBlock{Name: b.Name, Text: b.Text, Says: "Words of your own."}
		if e, ok := n.Kind.Element(b.ID); ok {
			x.Says, x.Cite = e.Says, citation(e.Cite, e.Verified)
		}
		out.Blocks = append(out.Blocks, x)
	}
	for _, name := range slices.Sorted(maps.Keys(n.Edits)) { // a block that was emptied stays, so that it can be filled again
		if !slices.ContainsFunc(out.Blocks, func(b console.LetterBlock) bool { return b.Name == name }) {
			x := console.LetterBlock{Name: name, Says: "Words of your own."}
			if e, ok := n.Kind.Element(name); ok {
				x.Says, x.Cite = e.Says, citation(e.Cite, e.Verified)
			}
			out.Blocks = append(out.Blocks, x)
		}
	}
	out.Kind, out.Latest, out.Warnings = letterTitles[n.Kind], dayTime(p.Latest), p.Warnings
	out.Way, out.Where = wayWords(p.Way, n.Kind.Open()), textLines(p.To)
	if p.Mail != nil && !n.Kind.Open() {
		out.Mail = p.Mail.Subject + "\n\n" + p.Mail.Text
	}
	return out, nil
}

// wayWords says how a letter goes.
func wayWords(w desk.Way, open bool) string {
	switch {
	case w == desk.ByPost:
		return "By post: it waits to be printed"
	case open:
		return "By e-mail, as it stands"
	}
	return "On the portal: an e-mail says that a letter waits there, and has none of it"
}

func letterText(l letter.Letter) console.LetterText {
	out := console.LetterText{Lang: string(l.Lang), Subject: l.Subject, Date: l.Date, Reference: l.Reference, From: l.From, To: l.To}
	for _, p := range l.Parts {
		out.Paragraphs = append(out.Paragraphs, p.Text)
	}
	return out
}

// dayTime is the instant a day begins; zero for no day.
func dayTime(d law.Date) (t time.Time) {
	if !d.IsZero() {
		t = d.Start()
	}
	return t
}

// lowerFirst is words within a sentence.
func lowerFirst(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToLower(s[:1]) + s[1:]
}
