package app

import (
	"context"
	"maps"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/web"
)

// partHelp is how to say what the law has an answer say, in a line, by its id.
var partHelp = map[string]string{
	"done":            "Say what you did, when, and to which records. Say what is kept, and why.",
	"recipients-told": "Name those who had it and were told, or say that nobody had it.",
	"file":            "Say in which form the file is, what is in it, and to whom it goes.",
	"reviewer":        "Say who looked again, that they could change it, and what they found.",
	"logic":           "Say what was weighed and how, and how the person can put their side.",
	"effect":          "Say what they will notice: which letters or services stop, and which go on.",
	"steps":           "Say what you looked at and whom you asked.",
	"outcome":         "Say what you decided, why, and what you do to put it right.",
	"escalate":        "Say how to ask for the next stage, to whom, and by when you answer then.",
	"information":     "Say whether you hold it, and give it, or say where it is published.",
	"reasons":         "Say which part, under which exemption, and why it applies here.",
	"confirmation":    "Say whether anything is held about them.",
	"copy":            "Say what is enclosed: from which camera or line, of which time.",
	"purposes":        "Say what it was recorded for.", "categories": "Say what can be seen or heard in it.", "recipients": "Say who has seen or had it.",
	"retention": "Say for how long it is kept.", "rights": "Say that they may have it put right, deleted or limited, and may object.",
	"source": "Say where it came from.", "decisions": "Say whether a computer decided anything by itself.", "transfers": "Say whether it went abroad, and what protects it there.",
	"search": "Say where you looked, where not, and why.",
}

// answerFields are what an answer of an outcome has to say, with what was kept of it.
func answerFields(a asking, o law.Outcome) []console.FormField {
	kept := a.kept(o)
	said := map[string]string{}
	for _, p := range kept.Parts {
		said[p.ID] = p.Words
	}
	var out []console.FormField
	if o == law.Denied {
		f := console.FormField{Name: "grounds", Label: "On which grounds?", As: "some", Must: true, Chosen: kept.Grounds}
		for _, g := range law.GroundsFor(a.k.Kind) {
			f.Options = append(f.Options, console.Option{ID: g.ID, Text: g.Says, Hint: citation(g.Cite, g.Verified)})
		}
		out = append(out, f)
	}
	for _, c := range law.Contents(a.k.Kind, o) {
		_, route := routeTitles[c.ID]
		cite := citation(c.Cite, c.Verified)
		f := console.FormField{Name: "part-" + c.ID, Label: c.Says, Hint: spaced(partHelp[c.ID], a.known(c.ID), cite), As: "words", Must: !route, Value: said[c.ID],
			Lack: "The answer has to say this: " + c.Says + " " + cite}
		if route {
			f.Hint = "Leave it empty: the notice's own words go in. " + cite
		}
		out = append(out, f)
	}
	return append(out, console.FormField{Name: "part-more", Label: "Anything else", As: "words", Value: said["more"]})
}

// kept is what somebody has written of an answer of an outcome and not finished, or else
// what its draft says.
func (a asking) kept(o law.Outcome) desk.Reply {
	k, is, err := a.s.d.KeptReply(a.ctx, a.k)
	if err == nil && is && k.Outcome == o {
		return k.Reply
	}
	if err == nil && desk.InWords(a.k) {
		var r desk.Reply
		if r, err = a.s.d.ReplyOf(a.ctx, a.k); err == nil && r.Outcome == o {
			return r
		}
	}
	if err != nil { // the page is shown empty rather than not at all
		a.s.log.Error("an answer that was kept cannot be read", "case", a.k.Number, "error", err)
	}
	return desk.Reply{}
}

// replyAs is an answer as it was filled in.
func replyAs(d doing, o law.Outcome) desk.Reply {
	r := desk.Reply{Outcome: o, Grounds: d.given["grounds"]}
	for _, c := range law.Contents(d.k.Kind, o) {
		if words := d.text("part-" + c.ID); words != "" {
			r.Parts = append(r.Parts, desk.Part{ID: c.ID, Words: words})
		}
	}
	if words := d.text("part-more"); words != "" {
		r.Parts = append(r.Parts, desk.Part{ID: "more", Words: words})
	}
	return r
}

func draftAnswer(ctx context.Context, d doing, o law.Outcome) (string, error) {
	_, err := d.s.d.Reply(ctx, d.k, replyAs(d, o), d.on)
	return "The answer is drafted. It goes to nobody until it is approved.", err
}

// Keep keeps an answer that is not finished. Whoever saw an older case is told who
// changed it.
func (s caseWork) Keep(ctx context.Context, by console.Staff, number string, d console.Doing) error {
	a, _, ask, err := s.find(ctx, by, number, d.ActOf)
	if err != nil {
		return err
	}
	if !a.keeps {
		return web.ErrNotFound
	}
	if d.Version != ask.k.Version {
		return s.told(ctx, &cases.Changed{By: ask.k.ChangedBy, At: ask.k.Changed, Version: ask.k.Version})
	}
	r := replyAs(doing{asking: ask, given: d.Given}, law.Outcome(a.of))
	return s.told(ctx, s.d.KeepReply(ctx, ask.k, r, by.ID))
}

// Answer is the answer in words that a case has as its draft, as it would go.
func (s caseWork) Answer(ctx context.Context, by console.Staff, number string) (console.WrittenAnswer, error) {
	var out console.WrittenAnswer
	k, err := s.d.Cases.ByNumber(ctx, number)
	if err != nil {
		return out, s.told(ctx, err)
	}
	offers, err := s.offers(ctx, k, by)
	if err != nil {
		return out, s.told(ctx, err)
	}
	for _, o := range offers {
		if strings.Contains(o.Href, "/do/answer?") {
			out.Offers = append(out.Offers, o)
		}
	}
	kept, is, err := s.d.KeptReply(ctx, k)
	if err != nil {
		return out, s.told(ctx, err)
	}
	if is {
		out.KeptBy, out.KeptOn, out.KeptOf = accounts{s.d}.names(ctx)(kept.By), kept.At, string(kept.Outcome)
	}
	if !desk.InWords(k) {
		return out, nil
	}
	r, err := s.d.ReplyOf(ctx, k)
	if err != nil {
		return out, s.told(ctx, err)
	}
	out.Outcome = map[law.Outcome]string{law.Granted: "What was asked is done or given", law.Partly: "Some of it is done or given", law.Denied: "No"}[r.Outcome]
	title := map[string]string{"more": "Anything else"}
	for _, c := range law.Contents(k.Kind, r.Outcome) {
		title[c.ID] = c.Says
	}
	maps.Copy(title, routeTitles)
	for _, p := range r.Parts {
		if strings.TrimSpace(p.Words) != "" {
			out.Words = append(out.Words, console.Row{Name: title[p.ID], Says: p.Words})
		}
	}
	for _, g := range law.GroundsFor(k.Kind) {
		if slices.Contains(r.Grounds, g.ID) {
			out.Words = append(out.Words, console.Row{Name: "Ground", Says: sentence(g.Says) + " " + citation(g.Cite, g.Verified)})
		}
	}
	n, err := s.d.AnswerLetter(ctx, k, "")
	if err != nil {
		return out, s.told(ctx, err)
	}
	out.Letter, err = s.preview(ctx, k, n, console.LetterPreview{Fixed: true})
	return out, err
}
