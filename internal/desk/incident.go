package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tenet/internal/cases"
	"tenet/internal/disclose"
	"tenet/internal/find"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/letter"
	"tenet/internal/notice"
	"tenet/internal/store"
)

// Incidents is what went wrong, under the notice that decides today.
func (d *Desk) Incidents() (*incident.Incidents, error) {
	return incident.New(incident.Config{Store: d.Store, Ring: d.Keys, Landlord: d.Config.Landlord, Notice: d.Notice, Holidays: d.Holidays, Now: d.Now})
}

// incidentError says what to do about what incidents refuse.
func incidentError(number string, err error) error {
	var no *incident.Error
	var changed *incident.Changed
	switch {
	case errors.Is(err, incident.ErrNotFound):
		return &Error{Code: "not-found", What: incident.ErrNotFound.Error(), Where: number, Mend: "tenet incident list names those there are"}
	case errors.As(err, &no):
		return &Error{Code: string(no.Code), What: no.Message, Where: number, Mend: no.Mend}
	case errors.As(err, &changed):
		return &Error{Code: "changed", What: changed.Error(), Where: number, Mend: "look at it as it is now"}
	}
	return err
}

// IncidentFile is an incident with all that stands in it but who the people are: see
// [Desk.Affected].
type IncidentFile struct {
	incident.Incident
	Clocks  []incident.Clock  `json:"clocks"`
	Offers  []incident.Offer  `json:"offers"`
	Report  incident.Composed `json:"report"`
	Missing []string          `json:"missing"` // of the report
	History []incident.Step   `json:"history"`
	Warning string            `json:"warning,omitempty"` // of phishing: a draft for the site
}

// IncidentFile reads an incident with all that stands in it.
func (d *Desk) IncidentFile(ctx context.Context, number string) (IncidentFile, error) {
	x, err := d.Incidents()
	if err != nil {
		return IncidentFile{}, err
	}
	f := IncidentFile{Missing: []string{}}
	if f.Incident, err = x.Get(ctx, number); err != nil {
		return f, incidentError(number, err)
	}
	if f.Clocks, err = x.Clocks(&f.Incident); err != nil {
		return f, err
	}
	f.Clocks = orEmpty(f.Clocks)
	f.Offers, f.Report = x.Offers(&f.Incident), incident.ReportOf(d.Notice, &f.Incident)
	for _, e := range f.Report.Missing() {
		f.Missing = append(f.Missing, e.ID)
	}
	if f.History, err = x.History(ctx, number); err != nil {
		return f, err
	}
	if f.Kind == incident.Phishing {
		f.Warning = incident.Warning(d.Notice)
	}
	return f, nil
}

// Incident does something to an incident; its refusals say how to mend them.
func (d *Desk) Incident(number string, do func(*incident.Incidents) (incident.Incident, error)) (incident.Incident, error) {
	x, err := d.Incidents()
	if err != nil {
		return incident.Incident{}, err
	}
	i, err := do(x)
	return i, incidentError(number, err)
}

// ReportIncident opens an incident; the same report again is the incident there is.
func (d *Desk) ReportIncident(ctx context.Context, r incident.First) (incident.Incident, error) {
	return d.Incident("", func(x *incident.Incidents) (incident.Incident, error) { return x.Open(ctx, r) })
}

// AffectedColumns are what a sheet of people whom a breach touches may have.
func AffectedColumns() []string {
	return []string{"name", "email", "phone", "address", "reference", "language", "born", "what"}
}

// ListAffectedSheet adds the people of a sheet to the list of an incident. The same
// sheet again adds nobody.
func (d *Desk) ListAffectedSheet(ctx context.Context, number, by, name string, sheet []byte) (added int, _ []cases.RowProblem, err error) {
	rows, problems, err := ReadSheet(ctx, name, sheet)
	if err != nil {
		return 0, nil, err
	}
	var people []cases.Person
	var as []incident.Person
	for _, r := range rows {
		p := cases.Person{Name: r.Fields["name"], Email: r.Fields["email"], Phone: r.Fields["phone"], Reference: r.Fields["reference"]}
		for column := range r.Fields {
			if !slices.Contains(AffectedColumns(), column) {
				problems = append(problems, cases.RowProblem{Line: r.Line, Column: column, What: "there is no such column", Mend: "use " + strings.Join(AffectedColumns(), ", ")})
			}
		}
		if born := r.Fields["born"]; born != "" {
			if p.Born, err = law.ParseDate(born); err != nil {
				problems = append(problems, cases.RowProblem{Line: r.Line, Column: "born", What: "it is no date", Mend: "write it as 1970-01-31"})
			}
		}
		people = append(people, p)
		as = append(as, incident.Person{Name: p.Name, Email: p.Email, Phone: p.Phone, Reference: p.Reference, Address: r.Fields["address"], Language: r.Fields["language"], Why: r.Fields["what"]})
	}
	if len(problems) > 0 || len(people) == 0 {
		return 0, problems, nil
	}
	sum := sha256.Sum256(sheet)
	added, err = d.listAffected(ctx, number, by, "sheet "+hex.EncodeToString(sum[:]), people, as)
	return added, nil, err
}

// ListAffectedFound looks for a person in the set that an incident is about and adds them
// to its list. what is what of theirs it is; address where to write to, which no search
// can say for sure. Where more than one could be meant nobody is added.
func (d *Desk) ListAffectedFound(ctx context.Context, number, by string, q Query, address, what string) (added int, err error) {
	x, err := d.Incidents()
	if err != nil {
		return 0, err
	}
	_, client, err := x.SetOf(ctx, number)
	if err != nil {
		return 0, incidentError(number, err)
	}
	a, err := d.searchFor(ctx, by, string(client), q)
	var several *find.Ambiguous
	switch {
	case errors.As(err, &several):
		return 0, &Error{Code: "several", What: fmt.Sprintf("%d people could be meant", len(several.Candidates)), Where: number, Mend: "say more of them: a date of birth, a reference"}
	case err != nil:
		return 0, err
	}
	p := cases.Person{Name: a.Person.Name, Email: q.Email, Phone: q.Phone, Reference: q.Ref, NINO: q.NINO, NHS: q.NHS}
	if q.DOB != "" {
		if p.Born, err = law.ParseDate(q.DOB); err != nil {
			return 0, &Error{Code: "query", What: "cannot be read", Where: "--dob", Mend: "write it as 1970-01-31", Err: err}
		}
	}
	as := incident.Person{Name: p.Name, Email: p.Email, Phone: p.Phone, Reference: p.Reference, Address: address, Why: what}
	return d.listAffected(ctx, number, by, "", []cases.Person{p}, []incident.Person{as})
}

func (d *Desk) listAffected(ctx context.Context, number, by, once string, people []cases.Person, as []incident.Person) (added int, err error) {
	list := make([]incident.Affected, len(as))
	err = d.Store.Write(ctx, func(tx *store.Tx) error {
		for i, p := range people {
			marks, err := d.Cases.Marks(ctx, tx, p)
			if err != nil {
				return err
			}
			list[i] = incident.Affected{Person: as[i], Marks: marks}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	_, err = d.Incident(number, func(x *incident.Incidents) (i incident.Incident, err error) {
		i, added, err = x.ListPeople(ctx, incident.On{Number: number, By: by, Once: once}, list)
		return i, err
	})
	return added, err
}

// Unreached is somebody on a list who was not written to, and why.
type Unreached struct {
	N   int64  `json:"n"`
	Why string `json:"why"`
}

// lettersAtOnce is how many letters one transaction writes.
const lettersAtOnce = 200

// TellAffected writes to everybody on an incident's list who was not written to: by
// e-mail where there is a mail server and an address, by post otherwise, and never to a
// place that is not safe for them. What the letters say is what the incident says.
func (d *Desk) TellAffected(ctx context.Context, number, by string) (written int, left []Unreached, err error) {
	x, err := d.Incidents()
	if err != nil {
		return 0, nil, err
	}
	i, err := x.Get(ctx, number)
	if err != nil {
		return 0, nil, incidentError(number, err)
	}
	if !i.IsBreach() {
		return 0, nil, &Error{Code: "state", What: "nobody has found that it is a personal data breach", Where: number, Mend: "decide that first"}
	}
	set, err := d.letters()
	if err != nil {
		return 0, nil, err
	}
	k, err := d.breachCase(ctx, &i, by)
	if err != nil {
		return 0, nil, err
	}
	left = []Unreached{}
	for after := int64(0); ; {
		some, err := x.Affected(ctx, number, incident.Some{After: after, Limit: lettersAtOnce, Only: incident.Unwritten})
		if err != nil || len(some) == 0 {
			return written, left, incidentError(number, err)
		}
		after = some[len(some)-1].N
		var ready []breachDue
		for _, a := range some {
			p, err := d.breachLetter(ctx, set, k, &i, a)
			var no *Error
			switch {
			case errors.As(err, &no) && no.Code == "unsafe":
				left = append(left, Unreached{a.N, no.What})
			case err != nil:
				return written, left, err
			default:
				ready = append(ready, breachDue{a.N, p})
			}
		}
		if len(ready) == 0 {
			continue
		}
		if err := d.writeBreach(ctx, x, &i, k, by, ready); err != nil {
			return written, left, incidentError(number, err)
		}
		written += len(ready)
	}
}

// breachDue is a letter to somebody on the list, ready to be put into the outbox.
type breachDue struct {
	n      int64
	letter Preview
}

// writeBreach puts letters into the outbox and on the list, in one transaction.
func (d *Desk) writeBreach(ctx context.Context, x *incident.Incidents, i *incident.Incident, k cases.Case, by string, ready []breachDue) error {
	_, err := x.Tell(ctx, incident.On{Number: i.Number, By: by}, k.Number, func(ctx context.Context, tx *store.Tx) ([]incident.Written, error) {
		var out []incident.Written
		for _, l := range ready {
			once := fmt.Sprintf("breach %s %d", i.ID, l.n)
			if err := d.enqueue(ctx, tx, k, once, l.letter, by); err != nil {
				return nil, err
			}
			var n int64
			if err := tx.QueryRowContext(ctx, `SELECT n FROM desk_letter WHERE landlord = $1 AND case_id = $2 AND once = $3`, d.Config.Landlord, k.ID, once).Scan(&n); err != nil {
				return nil, fmt.Errorf("find the letter that was written: %w", err)
			}
			out = append(out, incident.Written{N: l.n, Letter: fmt.Sprintf("%s-%d", k.Number, n), Way: string(l.letter.Way)})
		}
		return out, nil
	})
	return err
}

// breachCase is the case that holds the letters of an incident: opened with the first,
// and ended at once, as there is nothing to do in it.
func (d *Desk) breachCase(ctx context.Context, i *incident.Incident, by string) (cases.Case, error) {
	r := cases.Request{Once: "incident " + i.ID, Kind: law.KindBreach, At: i.Aware, Channel: "incident", By: by, Requester: cases.Requester{Name: d.Notice.Landlord.Name}}
	if err := r.Under(d.Notice); err != nil {
		return cases.Case{}, err
	}
	k, err := d.Cases.Open(ctx, r)
	if err != nil || !k.State.Running() {
		return k, err
	}
	return d.Cases.Withdraw(ctx, cases.On{Case: k.ID, By: by, Once: "holds letters"}, "This case only holds the letters about the incident "+i.Number+". Its clock and its work are the incident's.")
}

// breachLetter fills in the letter to one person and says where it goes.
func (d *Desk) breachLetter(ctx context.Context, set *letter.Set, k cases.Case, i *incident.Incident, a incident.Affected) (Preview, error) {
	safe, err := d.safeFor(ctx, cases.Person{Name: a.Name, Email: a.Email, Phone: a.Phone, Reference: a.Reference})
	if err != nil {
		return Preview{}, err
	}
	in := letter.Input{Kind: letter.Breach, Lang: letter.LangOf(a.Language), From: d.sender(k), To: a.Name, Day: d.Today(), Reference: i.Number, About: law.KindBreach,
		Words: i.Nature, Says: map[string]string{"effects": i.Effects, "measures": i.Measures, "advice": i.Advice}}
	p := Preview{}
	switch {
	case d.Config.Post != "" && a.Email != "" && safe(a.Email):
		p.Way, p.To = ByEmail, a.Email
		if safe(a.Address) {
			p.Post = strings.Join(splitAddress(a.Address), "\n")
		}
	case a.Address != "" && safe(a.Address):
		p.Way, p.To, in.At = ByPost, strings.Join(splitAddress(a.Address), "\n"), splitAddress(a.Address)
	case a.Address == "" && a.Email == "":
		return p, &Error{Code: "unsafe", What: "no address is known", Where: i.Number, Mend: "find one, or tell them in another way and record it"}
	case a.Address == "" && d.Config.Post == "" && safe(a.Email):
		return p, &Error{Code: "unsafe", What: "only an e-mail address is known, and no mail server is set", Where: i.Number, Mend: "name one in tenet.yaml (post:), or tell them in another way and record it"}
	default:
		return p, &Error{Code: "unsafe", What: "no letter can go where they are safe to be reached", Where: i.Number, Mend: "reach them in the way they chose, and record it"}
	}
	if p.Letter, err = set.Write(in); err != nil {
		return p, unwritten(k, err)
	}
	if p.Way == ByEmail {
		p.Mail = &Mail{p.Letter.Subject, p.Letter.Text()}
	}
	return p, nil
}

// safeFor says where a person may be reached, by what was recorded of that in any case
// that shares an identifier with them.
func (d *Desk) safeFor(ctx context.Context, p cases.Person) (func(place string) bool, error) {
	like, err := d.Cases.Alike(ctx, law.KindAccess, d.Today(), p)
	if err != nil {
		return nil, err
	}
	var guarded []cases.Case
	for _, s := range like {
		k, err := d.Cases.Get(ctx, s.Case)
		if err != nil {
			return nil, err
		}
		if k.Forgotten.IsZero() && k.Safety != nil {
			guarded = append(guarded, k)
		}
	}
	return func(place string) bool {
		for i := range guarded {
			if guarded[i].MayReach(place) != nil {
				return false
			}
		}
		return place != ""
	}, nil
}

// toldOfBreach records, as a letter goes out, that the person it is to knows of the
// breach.
func (d *Desk) toldOfBreach(ctx context.Context, tx *store.Tx, o Outgoing) error {
	if o.Kind != letter.Breach {
		return nil
	}
	x, err := d.Incidents()
	if err != nil {
		return err
	}
	return x.Heard(ctx, tx, o.Reference, string(o.Way))
}

// asksNothing refuses a letter that asks for what the landlord says it never asks for.
func (d *Desk) asksNothing(l letter.Letter) error {
	if asked := incident.NeverAsks(d.Notice, l.Subject+"\n\n"+l.Text()); len(asked) > 0 {
		return &Error{Code: "letter", What: fmt.Sprintf("the letter asks for %s, which we never ask for", asked[0].What), Where: string(l.Kind), Mend: "take it out: people are told that whoever asks for it is not us"}
	}
	return nil
}

// TellPolice records that an attack, or another crime, was reported. Where the report
// says who somebody is, that is a disclosure, and is logged as one, in the same
// transaction, under the rule that the notice has for it.
func (d *Desk) TellPolice(ctx context.Context, number, by string, t incident.Told, identity string) (incident.Incident, error) {
	on := incident.On{Number: number, By: by}
	if strings.TrimSpace(identity) != "" {
		e, err := d.policeDisclosure(number, by, t, identity)
		if err != nil {
			return incident.Incident{}, err
		}
		on.Also = func(ctx context.Context, tx *store.Tx) error {
			_, err := d.Given.Record(ctx, tx, e, nil)
			return err
		}
	}
	return d.Incident(number, func(x *incident.Incidents) (incident.Incident, error) { return x.Refer(ctx, on, t) })
}

func (d *Desk) policeDisclosure(number, by string, t incident.Told, identity string) (disclose.Entry, error) {
	e := disclose.Entry{Day: d.Today(), By: by, Kind: disclose.Shared, Verdict: disclose.Within, Notice: d.Notice.Version(), People: 1,
		Once:    fmt.Sprintf("incident/%s/%s", number, t.Ref),
		Details: disclose.Details{Name: t.Where, Whose: identity, What: "Who is thought to have attacked the site, or to have misused it", Way: "report to the police, reference " + t.Ref, Why: "To report an offence", Number: number}}
	if m := d.Notice.Web.Misuse; m != nil {
		for _, r := range d.Notice.Sharing.Rules {
			if r.ID == m.Rule {
				e.Rule, e.To, e.Basis = r.ID, notice.ID(r.To), m.Law
			}
		}
	}
	if e.Rule == "" {
		return e, &Error{Code: "disclosure", What: "the notice has no rule under which it is told who somebody is (web.yaml: misuse: rule)", Where: number,
			Mend: "decide it with tenet disclose, which records who decided and why; report the rest here without the identity"}
	}
	return e, nil
}
