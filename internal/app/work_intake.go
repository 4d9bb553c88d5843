package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"

	"tenet/internal/cases"
	"tenet/internal/console"
	"tenet/internal/desk"
	"tenet/internal/law"
	"tenet/internal/web"
)

// Form is what can be filled in about a request that came by letter, telephone or over
// the counter.
func (s caseWork) Form(ctx context.Context) (console.IntakeForm, error) {
	kind := console.FormField{Name: "kind", Label: "What is it?", Hint: "What the person wants, not what they call it. If nothing fits, choose the last.", As: "choose", Must: true}
	for _, k := range law.Kinds() {
		h, _ := k.Handling()
		kind.Options = append(kind.Options, console.Option{ID: string(k), Text: h.Title, Hint: h.Words()})
	}
	came := console.FormField{Name: "channel", Label: "How did it come?", As: "choose", Must: true}
	for _, c := range s.d.Notice.Rights.Channels {
		came.Options = append(came.Options, console.Option{ID: string(c.ID), Text: c.Title})
	}
	for _, id := range []string{"letter", "email", "phone", "counter"} {
		if !slices.ContainsFunc(came.Options, func(o console.Option) bool { return o.ID == id }) {
			came.Options = append(came.Options, console.Option{ID: id, Text: s.came(id)})
		}
	}
	entity := console.FormField{Name: "entity", Label: "Which of our companies was it put to?", Hint: "What binds a company decides about a request for information. Left empty, it is the one whose the person’s records are, where that can be told.", As: "choose"}
	for _, c := range s.d.Notice.Landlord.Controllers {
		entity.Options = append(entity.Options, console.Option{ID: string(c.ID), Text: c.Name})
	}
	acting := actingFields(nil)
	line := func(name, label, hint string) console.FormField {
		return console.FormField{Name: name, Label: label, Hint: hint, As: "line"}
	}
	name := line("name", "Full name", "")
	name.Must = true
	groups := []console.FieldGroup{
		{Title: "What they said", Fields: []console.FormField{{Name: "asked", Label: "In their own words", As: "words", Must: true,
			Hint: "As it stands in the letter, or as they said it. Read it back to somebody on the telephone."}}},
		{Title: "The request", Fields: []console.FormField{kind, came,
			{Name: "received", Label: "When did it come?", Hint: "The day it reached anybody here, working day or not.", As: "day", Must: true, Value: s.d.Today().String()}}},
		{Title: "Whose information it is about", Fields: []console.FormField{name,
			{Name: "born", Label: "Date of birth", As: "day"}, line("email", "E-mail address", ""), line("phone", "Telephone number", ""),
			line("postcode", "Postcode", ""), line("tenancy", "Number of a tenancy or account", "")}},
		{Title: "Somebody else asks for them", Folded: true, Hint: "Leave all of it empty if the person asks for themselves.", Fields: append([]console.FormField{
			line("by-name", "Who asks?", ""), line("by-email", "Their e-mail address", ""), line("by-phone", "Their telephone number", ""),
			{Name: "by-address", Label: "Their address", As: "words"}}, acting...)},
		{Title: "They may not be safe to be written to", Folded: true, Hint: "Ask whether it is safe to write to them, or ring them, at home.", Fields: safetyFields(nil)},
		{Title: "More about the search", Folded: true, Fields: []console.FormField{
			{Name: "homes", Label: "Other addresses they have lived at", Hint: "One a line.", As: "words"},
			line("nino", "National Insurance number", "Only if they gave it."), line("nhs", "NHS number", "Only if they gave it.")}},
	}
	if len(s.d.Config.Scopes) > 0 {
		scope := console.FormField{Name: "scope", Label: "Was only a part asked for?", Hint: "As a solicitor does in a claim about the condition of a home. Leave it empty if everything was asked for.", As: "choose"}
		for _, x := range s.d.Config.Scopes {
			scope.Options = append(scope.Options, console.Option{ID: x.ID, Text: x.Title})
		}
		groups[5].Fields = append(groups[5].Fields, scope)
	}
	if len(s.d.Notice.Landlord.Clients) > 0 {
		client := console.FormField{Name: "client", Label: "Do we answer it for one of our clients?", Hint: "Only if the client has the request and wants us to answer it, from its records alone. Nothing is approved before its instruction is recorded. Leave it empty otherwise: whose customer it is will be looked up.", As: "choose"}
		for _, c := range s.d.Notice.Landlord.Clients {
			if !s.d.Sees(ctx, string(c.ID)) {
				continue
			}
			client.Options = append(client.Options, console.Option{ID: string(c.ID), Text: c.Name})
		}
		groups[5].Fields = append(groups[5].Fields, client)
	}
	if len(entity.Options) > 1 {
		groups[1].Fields = append(groups[1].Fields, entity)
	}
	return console.IntakeForm{Groups: groups, Once: rand.Text()}, nil
}

// Suggest is what words may ask for.
func (s caseWork) Suggest(words string) []console.Suggestion {
	var out []console.Suggestion
	for _, p := range law.Classify(words) {
		out = append(out, console.Suggestion{ID: string(p.Kind), Name: kindTitle(p.Kind), Why: p.Why, Note: noteOf(p.Kind, p.Note)})
	}
	return out
}

// entered is a request as it was filled in.
func entered(given url.Values) (desk.NewCase, error) {
	d := doing{given: given}
	acting, err := actingOf(d)
	if err != nil {
		return desk.NewCase{}, err
	}
	n := desk.NewCase{
		Query: desk.Query{Name: d.text("name"), DOB: d.text("born"), Email: d.text("email"), Phone: d.text("phone"), Ref: d.text("tenancy"),
			NINO: d.text("nino"), NHS: d.text("nhs"), Postcode: d.text("postcode")},
		Kind: d.text("kind"), Received: d.text("received"), Channel: d.text("channel"), Asked: d.text("asked"), Homes: d.text("homes"),
		Entity: d.text("entity"), Client: d.text("client"), Scope: d.text("scope"), Acting: acting, Safety: safetyOf(d),
		Requester: cases.Requester{Name: d.text("by-name"), Email: d.text("by-email"), Phone: d.text("by-phone"), Address: d.text("by-address")},
	}
	switch by := n.Requester != (cases.Requester{}); {
	case by && acting == nil:
		return n, &console.Mistake{Field: "role", Text: "Somebody else asks: say as what they act"}
	case !by && acting != nil:
		return n, &console.Mistake{Field: "by-name", Text: "Say who asks for the person"}
	case n.Safety != nil && len(n.Safety.Only) == 0:
		return n, &console.Mistake{Field: "safe", Text: "Name at least one place that is safe"}
	}
	_, err = n.Known()
	return n, inField(err)
}

// inField puts what cannot be read of a person beside where it was typed.
func inField(err error) error {
	var wrong *desk.Error
	if !errors.As(err, &wrong) {
		return err
	}
	field, ok := map[string]string{"--name": "name", "--dob": "born", "--email": "email", "--phone": "phone", "--ref": "tenancy", "--nino": "nino",
		"--nhs": "nhs", "--postcode": "postcode", "--received": "received"}[wrong.Where]
	if !ok {
		return err
	}
	return &console.Mistake{Field: field, Text: sentence("it " + wrong.What + ": " + wrong.Mend)}
}

// Same is the cases that may be of the same person, before one is opened.
func (s caseWork) Same(ctx context.Context, given url.Values) ([]console.SimilarCase, error) {
	n, err := entered(given)
	if err != nil {
		return nil, s.told(ctx, err)
	}
	d := doing{given: given}
	list, err := s.d.Cases.Alike(ctx, law.Kind(n.Kind), d.day("received"), cases.Person{Name: n.Name, Email: n.Email, Phone: n.Phone, Born: d.day("born"), NINO: n.NINO, NHS: n.NHS, Reference: n.Ref})
	return similarWords(list), s.told(ctx, err)
}

// Enter opens a case.
func (s caseWork) Enter(ctx context.Context, by console.Staff, once string, given url.Values) (string, error) {
	if once == "" {
		return "", &web.Refusal{Why: "The form cannot be told from another one.", Mend: "Open it again and send that."}
	}
	n, err := entered(given)
	if err != nil {
		return "", s.told(ctx, err)
	}
	n.By, n.Once = by.ID, "console "+once
	k, err := s.d.OpenCase(ctx, n)
	if err == nil {
		err = s.writeUp(ctx, k, by.ID)
	}
	return k.Number, s.told(ctx, inField(err))
}

// Columns is what a sheet of open cases may have.
func (s caseWork) Columns() []console.Column {
	var out []console.Column
	for _, c := range cases.Columns() {
		out = append(out, console.Column{Name: c.Name, Required: c.Required, Says: sentence(c.Says)})
	}
	return out
}

// Import opens the cases of a sheet, none if any row is wrong.
func (s caseWork) Import(ctx context.Context, by console.Staff, name string, sheet []byte) (console.Imported, error) {
	var out console.Imported
	rows, problems, err := desk.ReadSheet(ctx, name, sheet)
	if err != nil {
		return out, s.told(ctx, err)
	}
	if len(problems) == 0 {
		var done []cases.Imported
		if done, problems, err = s.d.Cases.Import(ctx, s.d.Notice, by.ID, rows); err != nil {
			return out, s.told(ctx, err)
		}
		for _, i := range done {
			out.Rows = append(out.Rows, console.ImportedRow{Line: i.Line, Number: i.Number, New: i.New})
		}
	}
	for _, p := range problems {
		out.Problems = append(out.Problems, console.SheetProblem{Line: p.Line, Column: p.Column, What: sentence(p.What), Mend: sentence(p.Mend)})
	}
	return out, nil
}
