package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/portal"
	"tenet/internal/web"
)

// offered are the kinds that the portal has a form for whatever the notice says: the law
// gives each to everybody.
var offered = []law.Kind{
	law.KindAccess, law.KindCopy, law.KindCCTV, law.KindCalls, law.KindRectification, law.KindErasure, law.KindRestriction, law.KindObjection,
	law.KindMarketing, law.KindPortability, law.KindDecision, law.KindWithdrawal, law.KindDataComplaint,
}

// promised are those that it has a form for only where the notice offers them.
var promised = []law.Kind{law.KindComplaint, law.KindFOI, law.KindEIR, law.KindSTAIRs}

// Forms is what may be asked for on the portal. A form asks no more than the form of the
// notice that its channel names; where it names none, what a request needs by law: who it
// is about, and a way to reach whoever asks (UK GDPR Arts 11, 12).
func (p publicDesk) Forms(context.Context) ([]portal.Form, error) {
	n := p.d.Notice
	var all []portal.Form
	for _, k := range append(slices.Clone(offered), promised...) {
		h, _ := k.Handling()
		right := rightOf(n, h)
		if right == nil && slices.Contains(promised, k) {
			continue
		}
		all = append(all, formOf(n, k, right))
	}
	return append(all, formOf(n, law.KindEstate, nil)), nil
}

// rightOf is what the notice says of a kind; nil if nothing.
func rightOf(n *notice.Notice, h law.Handling) *notice.Right {
	for i, r := range n.Rights.Rights {
		if slices.ContainsFunc(h.Clocks, func(w law.Winding) bool { return string(w.Regime) == string(r.Right) }) {
			return &n.Rights.Rights[i]
		}
	}
	return nil
}

func formOf(n *notice.Notice, k law.Kind, right *notice.Right) portal.Form {
	everything := portal.Form{Kind: string(k), Email: true, Phone: true, Post: true, Born: true, Homes: true}
	for _, c := range n.Rights.Channels {
		if c.Kind != notice.Online || c.Form == "" || right != nil && !slices.Contains(right.Channels, c.ID) {
			continue
		}
		for _, f := range n.Web.Forms {
			if f.ID != c.Form {
				continue
			}
			got := portal.Form{Kind: string(k)}
			for _, category := range n.Data.Categories {
				if slices.Contains(f.Asks, category.ID) {
					got = with(got, category)
				}
			}
			if got.Email || got.Phone || got.Post {
				return got
			}
		}
	}
	return everything
}

// with is a form that may ask for a category too, as the Data Privacy Vocabulary says what
// is in it.
func with(f portal.Form, c notice.Category) portal.Form {
	for _, id := range c.DPV {
		_, name, _ := strings.Cut(string(id), ":")
		switch name {
		case "Contact":
			f.Email, f.Phone, f.Post = true, true, true
		case "EmailAddress":
			f.Email = true
		case "TelephoneNumber":
			f.Phone = true
		case "PhysicalAddress":
			f.Post, f.Homes = true, true
		case "BirthDate":
			f.Born = true
		}
	}
	return f
}

// Suggest is the kinds that words may mean.
func (p publicDesk) Suggest(_ context.Context, text string) ([]string, error) {
	var out []string
	for _, s := range law.Classify(text) {
		if len(out) < 3 {
			out = append(out, string(s.Kind))
		}
	}
	return out, nil
}

// Receive opens a case and no more: it looks for nobody, so that what it does,
// and how long it takes, is the same for everyone. The clerk searches later.
func (p publicDesk) Receive(ctx context.Context, r portal.Request) (portal.Receipt, error) {
	c, err := p.d.Request(r.Kind)
	if err != nil {
		return portal.Receipt{}, err
	}
	var born law.Date
	if !r.Help.Born.IsZero() {
		y, m, d := r.Help.Born.Date() // a day, not an instant
		if born, err = law.NewDate(y, m, d); err != nil {
			return portal.Receipt{}, err
		}
	}
	c.Once, c.At, c.Channel, c.Secret = "portal "+r.Token, r.Received, channel, r.Code
	c.Requester = cases.Requester{Name: r.Name, Email: r.Email, Phone: r.Phone, Address: r.Address, Language: r.Language}
	c.Person = cases.Person{Name: r.Name, Email: r.Email, Phone: r.Phone, Born: born, Reference: r.Help.Reference, Homes: r.Help.Homes, Asked: r.About}
	if r.Acting.Name != "" {
		// How to reach whoever asks says nothing of the person.
		c.Requester.Name, c.Person.Email, c.Person.Phone = r.Acting.Name, "", ""
		c.Acting = &cases.Acting{Authority: law.Authority{Role: law.Role(r.Acting.Role), Scopes: []law.Scope{law.ForRights}}, Evidence: r.Acting.Evidence}
	}
	if len(r.Safety.Only) > 0 {
		c.Safety = &cases.Safety{Only: r.Safety.Only, Why: "They said so on the form."}
		if r.Safety.Never != "" {
			c.Safety.Why += " Never to be used: " + r.Safety.Never
		}
	}
	return p.receive(ctx, c)
}

// receive opens a case, and says what the person is told at once.
func (p publicDesk) receive(ctx context.Context, r cases.Request) (portal.Receipt, error) {
	k, err := p.d.Cases.Open(ctx, r)
	if err != nil {
		return portal.Receipt{}, p.told(ctx, err)
	}
	if err := p.route(ctx, k.ID); err != nil {
		p.log.Warn("a case waits for the next look at all of them", "error", err)
	}
	if unanswered(k) {
		p.call(ctx, k.ID)
	}
	clock, err := p.d.Cases.ClockOf(k, nil)
	if err != nil {
		return portal.Receipt{}, err
	}
	return portal.Receipt{Reference: k.Number, Kind: string(k.Kind), Due: when(clock.Due), Aim: clock.Governs == law.GovernsTarget, Working: clock.Working}, nil
}

// Complain opens a complaint by whoever asked, with how they can be reached as they said
// it then.
func (p publicDesk) Complain(ctx context.Context, reference string, c portal.Complaint) (portal.Receipt, error) {
	k, err := p.open(ctx, reference)
	if err != nil {
		return portal.Receipt{}, err
	}
	r, err := p.d.Request(string(law.KindDataComplaint))
	if err != nil {
		return portal.Receipt{}, err
	}
	r.Once, r.At, r.Channel, r.Secret = "complaint "+k.Number+" "+c.Token, c.Received, channel, c.Code
	r.Requester, r.Person, r.Acting, r.Safety = k.Requester, k.Person, k.Acting, k.Safety
	r.Requester.Language, r.Person.Asked = c.Language, "About "+k.Number+": "+c.Text
	return p.receive(ctx, r)
}

// Write is a note in the case by the person.
func (p publicDesk) Write(ctx context.Context, reference, token, text string) error {
	k, err := p.open(ctx, reference)
	if err != nil {
		return err
	}
	_, err = p.d.Cases.Note(ctx, cases.On{Case: k.ID, By: k.Number, Once: "message " + token}, text)
	return p.refused(ctx, err)
}

// maxPapers is how many papers a person may send with one request.
const maxPapers = 10

// Attach keeps a paper that the person sent.
func (p publicDesk) Attach(ctx context.Context, reference string, u portal.Upload) error {
	k, err := p.open(ctx, reference)
	if err != nil {
		return err
	}
	messages, err := p.d.Messages(ctx, k)
	if err != nil {
		return err
	}
	papers := 0
	for _, m := range messages {
		if m.Paper {
			papers++
		}
	}
	if papers >= maxPapers {
		return &web.Refusal{Why: "There is no room for another paper with this request.", Mend: "Contact us and give your reference. We will tell you how to send more."}
	}
	words := u.Name + " (" + strings.ToUpper(u.Type) + ", " + web.Size(int64(len(u.Data))) + ")"
	_, err = p.d.AddPaper(ctx, cases.On{Case: k.ID, By: k.Number}, u.Token, u.Type, u.Data, strings.TrimSpace(words))
	return p.refused(ctx, err)
}

// refused is an error as the person should read it.
func (p publicDesk) refused(ctx context.Context, err error) error {
	if errors.Is(err, cases.ErrState) || errors.Is(err, cases.ErrForgotten) {
		return &web.Refusal{Why: "This request is closed, so nothing can be added to it.", Mend: "Contact us and give your reference, or make a new request."}
	}
	return p.told(ctx, err)
}

// asked is what we wait to hear, without the words of the question: they may
// show what is held.
func asked(waiting []cases.Thing) string {
	var out []string
	for _, t := range waiting {
		out = append(out, map[cases.Thing]string{
			cases.ForIdentity:      "We have asked you to show us who you are.",
			cases.ForAuthority:     "We have asked you to show us that you may ask for someone else.",
			cases.ForFee:           "We have asked you for a fee, and told you why.",
			cases.ForClarification: "We have asked you a question about what you want.",
		}[t])
	}
	return strings.Join(out, " ")
}
