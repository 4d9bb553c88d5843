package desk

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/notice"
	"tenet/internal/pack"
	"tenet/internal/rule"
	"tenet/internal/store"
)

// Onward is a transmission of what somebody takes along to whom they named: UK GDPR
// Article 20(2).
type Onward struct {
	To      notice.ID // a recipient of the notice that people choose themselves
	Name    string    // the organisation, as the person named it
	Checked string    // how staff made sure of who there takes it, and that the person means them
	Path    string    // the file that is handed over
	By      string
}

// Sent is a transmission that was recorded.
type Sent struct {
	Case     cases.Case     `json:"-"`
	Entry    disclose.Entry `json:"entry"`
	Decision rule.Decision  `json:"decision"`
}

// SendOnward writes the approved files of a request to take data along to a file for the
// organisation that the person named, once the rules of the notice allow it. The
// request is the fact that they asked. That it went is in the log of disclosures and the
// case before the file is there. The person's own copy is released as any answer is.
func (d *Desk) SendOnward(ctx context.Context, k cases.Case, x Onward) (Sent, error) {
	files, columns, err := d.takenAlong(ctx, k, x)
	if err != nil {
		return Sent{}, err
	}
	switch _, err := os.Stat(x.Path); {
	case strings.TrimSpace(x.Checked) == "":
		return Sent{}, &Error{Code: "usage", What: "it is not said how the organisation was checked", Where: "--checked", Mend: "say who there takes it, and how you made sure"}
	case err == nil:
		return Sent{}, &Error{Code: "file", What: "is there already", Where: x.Path, Mend: "name a new file"}
	}
	if err := d.Releasable(ctx, k, x.By); err != nil {
		return Sent{}, err
	}
	ask := Disclosing{Person: personQuery(k).readable(), Name: x.Name, Way: "by hand", By: x.By,
		Ask: rule.Ask{To: x.To, Facts: rule.Facts{"person": {"agreed", "asked"}}, Why: "The person asked for it: " + k.Number}}
	if ask.Client, err = d.caseSet(k); err != nil {
		return Sent{}, err
	}
	for _, c := range columns {
		ask.Fields = append(ask.Fields, rule.Field{Name: c.Category})
	}
	checked, decision, err := d.CheckDisclosure(ctx, ask)
	if err != nil {
		return Sent{}, err
	}
	out := Sent{Decision: decision}
	e, err := d.entry(ctx, ask, checked, decision)
	if err != nil {
		return out, err
	}
	as, err := d.described(ask.Person)
	if err != nil {
		return out, err
	}
	e.Case, e.Number, e.Digest, e.Whose = k.ID, k.Number, k.Draft.Digest, cmp.Or(k.Person.Name, k.Requester.Name)
	if !k.Person.Born.IsZero() {
		e.Born = k.Person.Born.String()
	}
	e.Once = fmt.Sprintf("case/%s/onward/%s/%q", k.ID, k.Draft.Digest, x)
	on := cases.On{Case: k.ID, By: x.By, Version: k.Version, Once: "onward " + e.Once, Also: func(ctx context.Context, tx *store.Tx) error {
		whose, err := d.marked(ctx, tx, as...)
		if err == nil {
			out.Entry, err = d.Given.Record(ctx, tx, e, one(whose))
		}
		return logged(err)
	}}
	words := fmt.Sprintf("What the person takes along goes to %s (%s), whom they named (UK GDPR Art 20(2)). Checked: %s", x.Name, d.RecipientWords(x.To), x.Checked)
	if out.Case, err = d.Cases.Note(ctx, on, words); err != nil {
		return out, err
	}
	return out, pack.WriteFile(x.Path, func(w io.Writer) error { return pack.Zip(w, files) })
}

// NotSentOnward writes down that it is not technically feasible to send what somebody
// takes along to whom they named, and why: they get it themselves.
func (d *Desk) NotSentOnward(ctx context.Context, k cases.Case, x Onward, why string) (cases.Case, error) {
	if _, _, err := d.takenAlong(ctx, k, x); err != nil {
		return k, err
	}
	return d.Cases.Note(ctx, cases.On{Case: k.ID, By: x.By},
		fmt.Sprintf("Not sent to %s (%s), whom the person named: it is not technically feasible (UK GDPR Art 20(2)). %s Tell them so with the answer.", x.Name, d.RecipientWords(x.To), why))
}

// takenAlong is the draft of a request to take data along, if it is one and the recipient
// is one that people choose.
func (d *Desk) takenAlong(ctx context.Context, k cases.Case, x Onward) ([]pack.File, []pack.PortableColumn, error) {
	files, err := d.openDraft(ctx, k)
	if err != nil {
		return nil, nil, err
	}
	columns, ok, err := pack.PortableColumns(files)
	switch {
	case err != nil:
		return nil, nil, err
	case !ok:
		return nil, nil, &Error{Code: "kind", What: "only what a person takes along is sent to whom they name", Where: k.Number, Mend: "open a case of portability, and draft it: tenet case answer"}
	case len(columns) == 0:
		return nil, nil, &Error{Code: "nothing", What: "there is nothing that can be taken along", Where: k.Number, Mend: "tell the person so, with the reasons in the answer"}
	case strings.TrimSpace(x.Name) == "":
		return nil, nil, &Error{Code: "usage", What: "the organisation has no name", Where: "--name", Mend: "name it as the person did"}
	}
	for _, r := range d.Notice.Sharing.Recipients {
		if r.ID == x.To && r.Kind == notice.ChosenByPerson {
			return files, columns, nil
		}
	}
	return nil, nil, &Error{Code: "usage", What: fmt.Sprintf("%q is no recipient that people choose themselves", x.To), Where: "--to", Mend: "use one of sharing.yaml whose kind is chosen-by-person"}
}
