package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/register"
	"tenet/internal/web"
)

// registerDesk is the registers of accountability as staff meet them.
type registerDesk struct{ *office }

// fails is what registers refuse, in words.
func (s registerDesk) fails(ctx context.Context, err error) error {
	if errors.Is(err, register.ErrNone) {
		return web.ErrNotFound
	}
	return s.told(ctx, desk.RegisterError(err))
}

// wrong are the faults of what was filled in, by field; nil where it is something else.
func wrong(f *register.Form, fields []register.Field, err error) web.Errors {
	var faults register.Faults
	if !errors.As(err, &faults) {
		return nil
	}
	var out web.Errors
	for _, x := range faults {
		label := x.Field
		for _, y := range slices.Concat(fields, f.Fields) {
			if y.Name == x.Field {
				label = y.Title
				break
			}
		}
		out.Add(x.Field, sentence(label+": "+x.What+"; "+x.Mend))
	}
	return out
}

func (s registerDesk) RegisterCards(ctx context.Context) ([]console.RegisterCard, error) {
	r, err := s.d.Registers()
	if err != nil {
		return nil, s.fails(ctx, err)
	}
	papers, err := r.Papers(ctx, "")
	if err != nil {
		return nil, s.fails(ctx, err)
	}
	var out []console.RegisterCard
	for _, f := range r.Forms {
		out = append(out, s.card(f, papers))
	}
	return out, nil
}

func (s registerDesk) card(f *register.Form, papers []register.Paper) console.RegisterCard {
	c := console.RegisterCard{ID: f.ID, Title: f.Title, Says: f.Says, Gaps: len(f.Gaps(s.d.Notice, papers, s.d.Today()))}
	for _, p := range papers {
		if p.Register != f.ID {
			continue
		}
		c.Papers++
		if _, ok := p.Standing(); ok {
			c.Signed++
		}
	}
	return c
}

func (s registerDesk) Register(ctx context.Context, id string) (console.Register, error) {
	r, err := s.d.Registers()
	if err != nil {
		return console.Register{}, s.fails(ctx, err)
	}
	f, err := r.Form(id)
	if err != nil {
		return console.Register{}, s.fails(ctx, err)
	}
	papers, err := r.Papers(ctx, id)
	if err != nil {
		return console.Register{}, s.fails(ctx, err)
	}
	out := console.Register{RegisterCard: s.card(f, papers), One: f.One, Law: f.Law, Signs: s.signs(f), Unlocks: f.Unlocks}
	for _, p := range papers {
		out.Papers = append(out.Papers, s.row(f, p))
	}
	for _, g := range f.Gaps(s.d.Notice, papers, s.d.Today()) {
		out.Lacks = append(out.Lacks, console.RegisterGap{Kind: g.Kind, What: g.What, Why: g.Why, Where: g.Where, Law: g.Law, Paper: g.Paper})
	}
	return out, nil
}

// signs says who signs.
func (s registerDesk) signs(f *register.Form) string {
	who := "The notice names nobody; whoever has a role that may."
	id := f.Signer(s.d.Notice)
	for _, c := range s.d.Notice.Landlord.Contacts {
		if c.ID == id {
			who = c.Who + ", by the notice; in Tenet whoever has a role that may sign."
		}
	}
	if f.Second {
		who += " Nobody signs what they wrote or proposed."
	}
	return who
}

func (s registerDesk) row(f *register.Form, p register.Paper) console.PaperRow {
	out := console.PaperRow{Number: p.Number, Title: p.Latest().Title, State: stateWords(p), Late: f.Late(p, s.d.Today())}
	if !p.ReviewBy.IsZero() {
		out.Review = web.Date(p.ReviewBy.Start())
	}
	return out
}

// stateWords is how a paper stands.
func stateWords(p register.Paper) string {
	last := p.Latest()
	if signed, ok := p.Standing(); ok && signed.N != last.N {
		return fmt.Sprintf("Version %d is signed, version %d is %s", signed.N, last.N, last.State)
	}
	return sentenceStart(string(last.State))
}

func sentenceStart(s string) string { return strings.TrimSuffix(sentence(s), ".") }

func (s registerDesk) find(ctx context.Context, number string) (*register.Registers, *register.Form, register.Paper, error) {
	r, err := s.d.Registers()
	if err != nil {
		return nil, nil, register.Paper{}, s.fails(ctx, err)
	}
	p, err := r.Paper(ctx, number)
	if err != nil {
		return nil, nil, p, s.fails(ctx, err)
	}
	f, err := r.Form(p.Register)
	return r, f, p, s.fails(ctx, err)
}

func (s registerDesk) Paper(ctx context.Context, by console.Staff, number string) (console.Paper, error) {
	_, f, p, err := s.find(ctx, number)
	if err != nil {
		return console.Paper{}, err
	}
	name := accounts{s.d}.names(ctx)
	last := p.Latest()
	out := console.Paper{PaperRow: s.row(f, p), Register: f.ID, RegisterTitle: f.Title, Step: p.Step, Version: last.N}
	for _, g := range groups(f) {
		if answers := s.answers(g.fields, last.Values); len(answers) > 0 {
			out.Groups = append(out.Groups, console.PaperGroup{Title: g.Title, Answers: answers})
		}
	}
	for _, v := range slices.Backward(p.Versions) {
		x := console.PaperVersion{N: v.N, State: sentenceStart(string(v.State)), At: web.DateTime(v.At), By: name(v.By), Compare: v.N - 1}
		if !v.Decided.IsZero() {
			x.Decided = web.DateTime(v.Decided) + " by " + name(v.DecidedBy)
		}
		out.Versions = append(out.Versions, x)
	}
	for _, e := range slices.Backward(p.Entries) {
		x := console.PaperEntry{N: e.N, What: entryTitle(f, e.Kind), At: web.DateTime(e.At), By: name(e.By)}
		x.Answers = s.answers(entryFields(f, e.Kind), e.Values)
		out.Entries = append(out.Entries, x)
	}
	if f.Live {
		out.Screening = s.screening(f, p)
	}
	if on := p.Live(); !on.IsZero() {
		out.Live = web.Date(on.Start())
	}
	out.Offers = s.offers(f, p, by)
	return out, nil
}

// screening is what keeps a project from going live.
func (s registerDesk) screening(f *register.Form, p register.Paper) *console.PaperScreening {
	x := f.Screen(s.d.Notice, p.Latest().Values)
	out := &console.PaperScreening{Says: "Nothing in the screening calls for an assessment."}
	switch {
	case len(x.Left) > 0:
		out.Says = fmt.Sprintf("The screening is not answered: %s.", web.Count(len(x.Left), "question is open", "questions are open"))
	case x.Camera:
		out.Says = "The place of a camera is assessed before it is put up."
	case x.Needed:
		out.Says = "The screening calls for a full assessment."
	case x.Voluntary:
		out.Says = "Nothing calls for an assessment, and one is made all the same."
	}
	for _, h := range x.Hits {
		if h.Law != "" {
			out.Statute = append(out.Statute, h.Title+" ("+h.Law+")")
			continue
		}
		whose := h.Policy
		if h.Notice {
			whose += "; our notice says always"
		}
		out.Policy = append(out.Policy, h.Title+" ("+whose+")")
	}
	if v := f.MayGoLive(s.d.Notice, p, s.d.Today()); !v.Allowed {
		for _, r := range v.Why {
			out.Blocks = append(out.Blocks, strings.TrimSpace(r.Says+" "+r.Mend))
		}
	}
	return out
}

// acts are the steps of a paper, in the order in which they are offered.
var paperActs = []console.PaperAct{
	{ID: "propose", Name: "Propose it", Button: "Propose it for signature", Does: []string{"The draft is laid before whoever signs.", "It cannot be signed if something it must say is missing."}},
	{ID: "sign", Name: "Sign it", Button: "Sign it", Does: []string{"It holds from now on, and the version before it no longer does.", "Your signature is in the ledger."},
		Fields: []console.FormField{{Name: "why", Label: "What is to be remembered of it", As: "words"}, {Name: "review-by", Label: "When it is to be looked at again", Hint: "Leave it empty for the longest that the register allows.", As: "day"}}},
	{ID: "refuse", Name: "Refuse to sign it", Button: "Refuse to sign it", Grave: true, Does: []string{"What was signed before goes on holding.", "Whoever proposed it can change it and propose it again."},
		Fields: []console.FormField{{Name: "why", Label: "Why it is not signed", As: "words", Must: true}}},
	{ID: "review", Name: "Record a review", Button: "Record the review", Does: []string{"It was looked at again and stays as it is. If something has changed, change the paper instead."},
		Fields: []console.FormField{{Name: "why", Label: "What was looked at", As: "words", Must: true}, {Name: "review-by", Label: "When it is to be looked at again", Hint: "Leave it empty for the longest that the register allows.", As: "day"}}},
	{ID: "live", Name: "Go live", Button: "Record that it goes live", Does: []string{"It is asked once more whether it may, and on record from which day it does."},
		Fields: []console.FormField{{Name: "on", Label: "From which day", As: "day", Must: true}}},
	{ID: "end", Name: "End it", Button: "End it", Grave: true, Does: []string{"Nothing of it holds any more, and nothing more is done with it."},
		Fields: []console.FormField{{Name: "why", Label: "Why it ends", As: "words", Must: true}}},
}

// lacks says why a step cannot be taken.
func lacks(f *register.Form, p register.Paper, id string) string {
	_, stands := p.Standing()
	last := p.Latest().State
	switch {
	case !p.Ended.IsZero():
		return "It has ended."
	case id == "propose" && last != register.Draft:
		return "The newest version is " + string(last) + "; only a draft is proposed."
	case (id == "sign" || id == "refuse") && last != register.Proposed:
		return "The newest version is " + string(last) + "; only what is proposed is signed, or refused."
	case id == "review" && !stands:
		return "Nothing of it is signed."
	case id == "live" && !f.Live:
		return "It is about nothing that goes live."
	}
	return ""
}

// paperStages are where in its life the acts of a paper stand.
const (
	stageWrite  = "What it says"
	stageDecide = "Deciding on it"
	stageHolds  = "While it holds"
	stageBeside = "To enter beside it"
)

// offers are what somebody can do with a paper: the acts that its state admits, with what
// else keeps them from being taken, and one of them as the next thing to do.
func (s registerDesk) offers(f *register.Form, p register.Paper, by console.Staff) []console.Offer {
	if !p.Ended.IsZero() {
		return nil
	}
	at := "/papers/" + url.PathEscape(p.Number)
	out := []console.Offer{{Group: stageWrite, Name: "Change it", Href: at + "/edit"}}
	stages := map[string]string{"propose": stageDecide, "sign": stageDecide, "refuse": stageDecide}
	for _, a := range paperActs {
		if lacks(f, p, a.ID) != "" {
			continue
		}
		stage := stages[a.ID]
		if stage == "" {
			stage = stageHolds
		}
		kept := s.keptFrom(f, p, a.ID, by)
		if a.ID == "live" && len(kept) > 0 {
			kept = []string{"Not yet: why stands below."}
		}
		out = append(out, console.Offer{Group: stage, Name: a.Name, Href: at + "/do/" + a.ID, Lacks: kept})
	}
	_, holds := p.Standing()
	for _, e := range f.Entries {
		if !e.Act && (holds || !e.Standing) {
			out = append(out, console.Offer{Group: stageBeside, Name: e.Title, Href: at + "/do/enter-" + e.ID})
		}
	}
	next := s.next(f, p)
	for i, o := range out {
		out[i].Main = o.Href == at+next && len(o.Lacks) == 0
	}
	return out
}

// next is the address within a paper of what is to be done with it next; empty where
// nothing waits.
func (s registerDesk) next(f *register.Form, p register.Paper) string {
	switch p.Latest().State {
	case register.Draft:
		if len(f.Lacks(p.Latest().Values)) == 0 {
			return "/do/propose"
		}
		return "/edit"
	case register.Proposed:
		return "/do/sign"
	case register.Refused:
		return "/edit"
	}
	switch {
	case !p.ReviewBy.IsZero() && s.d.Today().After(p.ReviewBy):
		return "/do/review"
	case f.Live && p.Live().IsZero():
		return "/do/live"
	}
	return ""
}

// keptFrom is what keeps somebody from an act that the state of a paper admits.
func (s registerDesk) keptFrom(f *register.Form, p register.Paper, id string, by console.Staff) []string {
	var out []string
	last := p.Latest()
	switch id {
	case "propose":
		if n := len(f.Lacks(last.Values)); n > 0 {
			out = append(out, "First: change it. "+web.Count(n, "answer that is needed is missing.", "answers that are needed are missing."))
		}
	case "sign":
		if f.Second && (by.ID == last.By || by.ID == last.Proposed) {
			out = append(out, "Nobody signs what they wrote or proposed: a colleague does.")
		}
	case "live":
		for _, r := range f.MayGoLive(s.d.Notice, p, s.d.Today()).Why {
			if r.Mend != "" {
				out = append(out, strings.TrimSpace(r.Says+" "+r.Mend))
			}
		}
	}
	return out
}

func (s registerDesk) PaperAct(ctx context.Context, number, id string) (console.PaperAct, error) {
	_, f, p, err := s.find(ctx, number)
	if err != nil {
		return console.PaperAct{}, err
	}
	var out console.PaperAct
	if kind, ok := strings.CutPrefix(id, "enter-"); ok {
		e := f.Entry(kind)
		if e == nil || e.Act {
			return out, web.ErrNotFound
		}
		out = console.PaperAct{ID: id, Name: e.Title, Button: "Enter it", Does: []string{"It stands beside the paper, sealed; the ledger says that it was entered."}}
		for _, x := range e.Fields {
			out.Fields = append(out.Fields, s.field(x, nil))
		}
	} else {
		i := slices.IndexFunc(paperActs, func(a console.PaperAct) bool { return a.ID == id })
		if i < 0 {
			return out, web.ErrNotFound
		}
		out = paperActs[i]
		out.Fields = slices.Clone(out.Fields)
	}
	out.Number, out.Title, out.Step = p.Number, p.Latest().Title, p.Step
	if why := lacks(f, p, id); why != "" {
		out.Lacks = append(out.Lacks, why)
		return out, nil
	}
	out.Lacks = s.keptFrom(f, p, id, console.Staff{})
	return out, nil
}

// DoPaper takes a step.
func (s registerDesk) DoPaper(ctx context.Context, by console.Staff, g console.PaperGiven) (string, web.Errors, error) {
	r, f, p, err := s.find(ctx, g.Number)
	if err != nil {
		return "", nil, err
	}
	on := register.On{Number: p.Number, Step: g.Step, By: by.ID}
	why := g.Given.Get("why")
	var day law.Date
	for _, name := range []string{"review-by", "on"} {
		if said := g.Given.Get(name); said != "" && !strings.HasPrefix(g.Act, "enter-") {
			if day, err = law.ParseDate(said); err != nil {
				return "", web.Errors{{Field: name, Text: "Enter a real date, such as 23 11 2026."}}, nil
			}
		}
	}
	fields := []register.Field{{Name: "why", Title: "Why"}, {Name: "on", Title: "From which day"}, {Name: "review-by", Title: "When it is to be looked at again"}}
	said := ""
	switch g.Act {
	case "propose":
		said = "It is proposed for signature."
		_, err = r.Propose(ctx, on)
	case "sign":
		said = "It is signed."
		_, err = r.Sign(ctx, on, register.Signature{Why: why, ReviewBy: day})
	case "refuse":
		said = "It is not signed."
		_, err = r.Refuse(ctx, on, why)
	case "review":
		said = "The review is on record."
		_, err = r.Review(ctx, on, why, day)
	case "live":
		said = "It is on record that it goes live."
		_, err = r.GoLive(ctx, on, day)
	case "end":
		said = "It has ended."
		_, err = r.End(ctx, on, why)
	default:
		kind, ok := strings.CutPrefix(g.Act, "enter-")
		if !ok {
			return "", nil, web.ErrNotFound
		}
		said, fields = "It is entered.", entryFields(f, kind)
		_, err = r.Enter(ctx, on, kind, valuesOf(fields, g.Given))
	}
	if errs := wrong(f, fields, err); g.Act != "propose" && len(errs) > 0 {
		return "", errs, nil
	}
	return said, nil, s.fails(ctx, err)
}

func (s registerDesk) ExportRegister(ctx context.Context, id, format string, w io.Writer) error {
	r, err := s.d.Registers()
	if err != nil {
		return s.fails(ctx, err)
	}
	f, err := r.Form(id)
	if err != nil {
		return s.fails(ctx, err)
	}
	papers, err := r.Papers(ctx, id)
	if err == nil {
		err = f.Export(w, format, papers, s.d.Today())
	}
	return s.fails(ctx, err)
}

func (s registerDesk) Changed(ctx context.Context, number string, from, to int64) (console.PaperChanges, error) {
	_, f, p, err := s.find(ctx, number)
	if err != nil {
		return console.PaperChanges{}, err
	}
	a, ok := p.Version(from)
	b, also := p.Version(to)
	if !ok || !also {
		return console.PaperChanges{}, web.ErrNotFound
	}
	out := console.PaperChanges{Number: p.Number, Title: b.Title, From: from, To: to}
	if a.Title != b.Title {
		out.Fields = append(out.Fields, console.PaperChange{Title: "Title", Was: a.Title, Is: b.Title})
	}
	for _, x := range f.Fields {
		if was, is := x.Written(a.Values), x.Written(b.Values); was != is {
			out.Fields = append(out.Fields, console.PaperChange{Title: x.Title, Was: was, Is: is})
		}
	}
	return out, nil
}
