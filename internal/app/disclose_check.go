package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/disclose"
	"tenet/internal/law"
	"tenet/internal/notice"
	"tenet/internal/rule"
	"tenet/internal/web"
)

// disclosures is the desk as the console asks it whether something may be given out.
type disclosures struct{ staffDesk }

// Recipients are those of the notice.
func (s disclosures) Recipients(context.Context) ([]console.Choice, error) {
	var out []console.Choice
	for _, r := range s.d.Notice.Sharing.Recipients {
		out = append(out, console.Choice{ID: string(r.ID), Text: r.Title})
	}
	return out, nil
}

// factField is the name of the field of a fact on a page.
func factField(fact string) string {
	return "given-" + strings.Replace(fact, "=", "--", 1)
}

// DisclosureForm asks what would go, whose it is and what the rules for the recipient
// turn on.
func (s disclosures) DisclosureForm(_ context.Context, to string, given url.Values) (console.DisclosureForm, error) {
	n := s.d.Notice
	i := slices.IndexFunc(n.Sharing.Recipients, func(r notice.Recipient) bool { return string(r.ID) == to })
	if i < 0 {
		return console.DisclosureForm{}, web.ErrNotFound
	}
	f := console.DisclosureForm{Title: n.Sharing.Recipients[i].Title, Does: n.Sharing.Recipients[i].Does}
	offers, people := rule.Offers(n, notice.ID(to))
	what := console.FormField{Name: "fields", Label: "What would they be given?", As: "some", Must: true, Chosen: given["fields"]}
	for _, o := range offers {
		what.Options = append(what.Options, console.Option{ID: o, Text: s.fieldWords(o)})
	}
	if len(offers) > 0 {
		f.Fields = append(f.Fields, what)
	}
	f.Fields = append(f.Fields, console.FormField{Name: "more", Label: "Anything else?", Hint: "Names with commas between, as the notice has them. What no rule gives is refused.", As: "line", Value: given.Get("more")})
	whose := console.FormField{Name: "people", Label: "Whose information is it?", As: "choose", Chosen: given["people"]}
	for _, p := range n.Data.People {
		if slices.Contains(people, p.ID) {
			whose.Options = append(whose.Options, console.Option{ID: string(p.ID), Text: p.Title})
		}
	}
	uses := console.FormField{Name: "for", Label: "What is it for?", Hint: "Leave it if you do not know.", As: "choose", Chosen: given["for"]}
	served := map[notice.ID]bool{}
	for _, r := range n.Sharing.Rules {
		if string(r.To) == to {
			for _, u := range r.For {
				served[u] = true
			}
		}
	}
	for _, u := range n.Uses.Uses {
		if served[u.ID] {
			uses.Options = append(uses.Options, console.Option{ID: string(u.ID), Text: u.Purpose})
		}
	}
	f.Fields = append(f.Fields, whose)
	if len(uses.Options) > 1 {
		f.Fields = append(f.Fields, uses)
	}
	for _, q := range rule.Questions(n, notice.ID(to), s.d.Today()) {
		f.Fields = append(f.Fields, console.FormField{Name: factField(q.Fact), Label: q.Says, As: "one", Chosen: given[factField(q.Fact)],
			Options: []console.Option{{ID: "yes", Text: "Yes"}, {ID: "no", Text: "No"}, {ID: "unknown", Text: "I do not know"}}})
	}
	return withAsked(f, given), nil
}

// fieldWords is a field that is given out, or a category, as a person reads it.
func (s disclosures) fieldWords(id string) string {
	if c, ok := s.d.Notice.Data.Category(notice.ID(id)); ok {
		return sentenceStart(c.Title)
	}
	return sentenceStart(strings.ReplaceAll(id, "-", " "))
}

// fieldsWords is several of them, one after the other.
func (s disclosures) fieldsWords(ids []string) string {
	var out []string
	for i, id := range ids {
		w := s.fieldWords(id)
		if i > 0 {
			w = lowerFirst(w)
		}
		out = append(out, w)
	}
	return strings.Join(out, "; ") // titles have commas
}

// withAsked adds what every check asks last.
func withAsked(f console.DisclosureForm, given url.Values) console.DisclosureForm {
	f.Fields = append(f.Fields,
		console.FormField{Name: "objected", Label: "Has the person objected to this?", As: "one", Chosen: given["objected"], Options: []console.Option{{ID: "yes", Text: "Yes"}, {ID: "no", Text: "No, or not that we know"}}},
		console.FormField{Name: "power", Label: "Which law or order do they rely on?", Hint: "As they cite it. Leave it if they cite none.", As: "line", Value: given.Get("power")},
		console.FormField{Name: "why", Label: "Why do they need just this?", As: "line", Value: given.Get("why")})
	return f
}

// asking reads a form.
func (s disclosures) asking(to string, given url.Values) (rule.Ask, web.Errors) {
	a := rule.Ask{To: notice.ID(to), People: notice.ID(given.Get("people")), For: notice.ID(given.Get("for")), Power: strings.TrimSpace(given.Get("power")), Why: strings.TrimSpace(given.Get("why")), Facts: rule.Facts{}}
	var wrong web.Errors
	fields, err := desk.SayFields(strings.Join(append(slices.Clone(given["fields"]), given.Get("more")), ","))
	switch {
	case err != nil:
		wrong.Add("more", "Write names of small letters, digits and hyphens, with commas between")
	case len(fields) == 0:
		wrong.Add("fields", "Say what they would be given")
	}
	a.Fields = fields
	for _, q := range rule.Questions(s.d.Notice, a.To, s.d.Today()) {
		subject, state, _ := strings.Cut(q.Fact, "=")
		switch given.Get(factField(q.Fact)) {
		case "yes":
			a.Facts[subject] = append(a.Facts[subject], state)
		case "no":
			a.Facts[subject] = append(a.Facts[subject], "not-"+state)
		}
	}
	switch given.Get("objected") {
	case "yes":
		a.Facts["person"] = append(a.Facts["person"], "objected")
	case "no":
		a.Facts["person"] = append(a.Facts["person"], "not-objected")
	}
	for subject, states := range a.Facts {
		slices.Sort(states)
		a.Facts[subject] = slices.Compact(states)
	}
	return a, wrong
}

var decisions = map[notice.Decision]string{notice.Allow: "Yes, it may be given.", notice.Ask: "Not yet: find something out first.", notice.Refuse: "No, it may not be given."}

// CheckDisclosure decides, and offers to record it.
func (s disclosures) CheckDisclosure(ctx context.Context, by console.Staff, to string, given url.Values) (console.DisclosureAnswer, web.Errors, error) {
	ask, wrong := s.asking(to, given)
	if len(wrong) > 0 {
		return console.DisclosureAnswer{}, wrong, nil
	}
	_, x, err := s.d.CheckDisclosure(ctx, desk.Disclosing{Ask: ask})
	if err != nil {
		return console.DisclosureAnswer{}, nil, s.told(ctx, err)
	}
	out := console.DisclosureAnswer{Decision: string(x.Decision), Says: decisions[x.Decision], After: x.After}
	for _, f := range x.Fields {
		out.Fields = append(out.Fields, s.fieldWords(f))
	}
	for _, w := range x.Withheld {
		out.Withheld = append(out.Withheld, console.Row{Name: s.fieldWords(w.Field), Says: w.Why})
	}
	for _, r := range x.Reasons {
		out.Reasons = append(out.Reasons, console.DisclosureReason{Words: r.Words, Clause: string(r.Clause), Law: r.Law})
	}
	for _, u := range x.Conditions {
		out.Unmet = append(out.Unmet, u.Says)
	}
	for _, m := range x.Mind {
		out.Mind = append(out.Mind, m.Words)
	}
	out.Overruled = x.Decision != notice.Allow
	may, err := s.mayOverrule(ctx, by)
	if err != nil {
		return out, nil, s.told(ctx, err)
	}
	if !out.Overruled || may {
		out.Record = recordFields(given, out.Overruled)
		whose, err := s.whoseField(ctx, "Whose customer are they?", "It stands in the answers of that landlord’s customers alone.", given.Get("client"))
		if err != nil {
			return out, nil, s.told(ctx, err)
		}
		out.Record = append(out.Record, whose...)
	}
	return out, nil, nil
}

func (s disclosures) mayOverrule(ctx context.Context, by console.Staff) (bool, error) {
	err := s.d.MayOverrule(ctx, by.ID)
	var no *desk.Error
	if errors.As(err, &no) {
		return false, nil
	}
	return err == nil, err
}

// recordFields are what recording a disclosure asks.
func recordFields(given url.Values, over bool) []console.FormField {
	line := func(name, label, hint string) console.FormField {
		return console.FormField{Name: name, Label: label, Hint: hint, As: "line", Value: given.Get(name)}
	}
	out := []console.FormField{
		line("name", "Whose information is it?", "Their name. It is sealed."),
		{Name: "born", Label: "Their date of birth", Hint: "So that it is found in their own list. With a reference it may be left out.", As: "line", Value: given.Get("born")},
		line("reference", "Their tenancy or customer reference", ""),
		line("recipient", "Who is given it?", "The firm or the officer, as they are called."),
		line("way", "How does it go?", "By telephone, by secure mail."),
	}
	if over {
		out = append(out, console.FormField{Name: "over", Label: "Why is it given although the rules do not allow it?", Hint: "The entry says that it was, that you decided it, and why.", As: "words", Value: given.Get("over")})
	}
	return out
}

// RecordDisclosure writes it into the log.
func (s disclosures) RecordDisclosure(ctx context.Context, by console.Staff, to string, given url.Values) (string, web.Errors, error) {
	ask, wrong := s.asking(to, given)
	text := func(name string) string { return strings.TrimSpace(given.Get(name)) }
	x := desk.Disclosing{Ask: ask, Person: desk.Query{Name: text("name"), DOB: text("born"), Ref: text("reference")}, Name: text("recipient"), Way: text("way"), By: by.ID, Over: text("over")}
	client, err := s.chosenSet(ctx, text("client"))
	if err != nil {
		return "", nil, s.told(ctx, err)
	}
	x.Client = client
	if x.Over != "" {
		x.OverBy = by.ID
	}
	if x.Person.Name == "" {
		wrong.Add("name", "Say whose information it is")
	}
	if x.Person.DOB != "" {
		if _, err := law.ParseDate(x.Person.DOB); err != nil {
			wrong.Add("born", "Write the date of birth as 1979-03-14, or leave it out")
		}
	}
	if x.Person.DOB == "" && x.Person.Ref == "" {
		wrong.Add("born", "Give a date of birth or a reference: by the name alone it is found in nobody's list")
	}
	if x.Name == "" {
		wrong.Add("recipient", "Say who is given it")
	}
	if len(wrong) > 0 {
		return "", wrong, nil
	}
	e, _, err := s.d.RecordDisclosure(ctx, x)
	var no *desk.Error
	if errors.As(err, &no) && no.Code == "refused" {
		wrong.Add("name", sentence(no.Error()))
		return "", wrong, nil
	}
	if err != nil {
		return "", nil, s.told(ctx, err)
	}
	return fmt.Sprintf("It stands in the log as entry %d.", e.N), nil, nil
}

// logPage is how many entries a page of the log shows.
const logPage = 50

// DisclosureLog is a page of the log.
func (s disclosures) DisclosureLog(ctx context.Context, q console.DisclosureQuery) (console.DisclosureLog, error) {
	var out console.DisclosureLog
	var err error
	if out.Recipients, err = s.Recipients(ctx); err != nil {
		return out, err
	}
	f := disclose.Filter{To: notice.ID(q.To), Before: q.Before, Limit: logPage}
	f.From, _ = law.ParseDate(q.From) // what is no day narrows nothing
	f.Until, _ = law.ParseDate(q.Until)
	who := desk.Query{Name: strings.TrimSpace(q.Name), DOB: strings.TrimSpace(q.Born), Ref: strings.TrimSpace(q.Reference)}
	if who != (desk.Query{}) && who.DOB == "" && who.Ref == "" {
		out.Wrong.Add("born", "Give a date of birth or a reference beside the name")
		return out, nil
	}
	list, err := s.d.Disclosures(ctx, who, f)
	if err != nil {
		return out, s.told(ctx, err)
	}
	name := accounts{s.d}.names(ctx)
	for _, e := range list {
		out.Rows = append(out.Rows, s.row(e, who != (desk.Query{}), name))
	}
	if len(list) == logPage {
		out.Older = list[len(list)-1].N
	}
	return out, nil
}

func (s disclosures) row(e disclose.Entry, person bool, name func(string) string) console.DisclosureEntry {
	x := console.DisclosureEntry{N: e.N, On: e.At, What: e.What, Whose: e.Whose, Why: e.Why, Rule: string(e.Rule), By: name(e.By), Against: e.Over, Unsure: person && !e.Sure}
	if e.Number != "" && e.By == e.Number {
		x.By = "the person, on the portal"
	}
	if len(e.Fields) > 0 {
		x.What = s.fieldsWords(e.Fields)
	}
	if e.People > 1 {
		x.Whose = web.Count(int(e.People), "person", "people")
	}
	if x.To = e.Name; e.To != "" {
		if x.To = s.d.RecipientWords(e.To); e.Name != "" {
			x.To += ": " + e.Name
		}
	}
	switch {
	case e.Forgotten:
		x.What, x.Whose = "Forgotten", "Forgotten"
	case e.Kind == disclose.Void:
		x.What = fmt.Sprintf("Nothing: what entry %d says did not happen", e.Corrects)
	}
	if e.Corrected != 0 {
		x.Corrected = fmt.Sprintf("Corrected by entry %d", e.Corrected)
	}
	return x
}
