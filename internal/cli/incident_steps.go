package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"tenet/internal/cases"
	"tenet/internal/desk"
	"tenet/internal/incident"
	"tenet/internal/law"
	"tenet/internal/notice"
)

type incidentPeopleCmd struct {
	Number  string   `arg:""`
	Sheet   string   `placeholder:"FILE" help:"A CSV file or workbook with a row for each: name, email, phone, address, reference, language, born, what."`
	Name    string   `help:"Look for one person: their name."`
	DOB     string   `name:"dob" help:"Their date of birth."`
	Email   string   `help:"Their e-mail address."`
	Phone   string   `help:"Their telephone number."`
	Ref     string   `help:"Their reference."`
	Address string   `help:"Where to write to."`
	From    string   `placeholder:"SYSTEM.TABLE" help:"Everybody in a table of people, as its map has it, for whom each --where holds."`
	Where   []string `placeholder:"CONDITION" help:"COLUMN=VALUE, or COLUMN~PART of a value, without regard to capitals; repeat."`
	What    string   `help:"What of theirs it is."`
	Untold  bool     `help:"Show only those who were not told yet."`
	After   int64    `placeholder:"N" help:"Show those who come after number N of the list."`
	Limit   int      `default:"50" help:"Show how many at most, up to 500."`
}

func (x *incidentPeopleCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	q := desk.Query{Name: x.Name, DOB: x.DOB, Email: x.Email, Phone: x.Phone, Ref: x.Ref}
	added, unread := 0, 0
	var problems []cases.RowProblem
	switch {
	case x.Sheet != "":
		sheet, err := os.ReadFile(x.Sheet)
		if err != nil {
			return &desk.Error{Code: "file", What: "cannot be read", Where: "--sheet", Mend: "name a CSV file or an Excel workbook", Err: err}
		}
		if added, problems, err = d.ListAffectedSheet(c, x.Number, c.actor(), x.Sheet, sheet); err != nil {
			return err
		}
	case x.From != "":
		t := desk.FromTable{Table: x.From, What: x.What}
		for _, w := range x.Where {
			where, err := desk.ParseWhere(w)
			if err != nil {
				return err
			}
			t.Where = append(t.Where, where)
		}
		l, err := d.ListAffectedFrom(c, x.Number, c.actor(), t)
		if err != nil {
			return err
		}
		added, unread = l.Added, l.Unread
	case q != (desk.Query{}):
		if added, err = d.ListAffectedFound(c, x.Number, c.actor(), q, x.Address, x.What); err != nil {
			return err
		}
	}
	f, err := d.IncidentFile(c, x.Number)
	if err != nil {
		return err
	}
	some := incident.Some{After: x.After, Limit: x.Limit}
	if x.Untold {
		some.Only = incident.Untold
	}
	list, err := d.Affected(c, x.Number, some)
	if err != nil {
		return err
	}
	next := int64(0)
	if len(list) == x.Limit {
		next = list[len(list)-1].N
	}
	c.found = len(problems)+unread > 0
	out := map[string]any{"added": added, "unread": unread, "listed": f.People.Listed, "told": f.People.Told, "affected": list, "next": next, "problems": append([]cases.RowProblem{}, problems...)}
	return c.answer(out, func(w io.Writer) {
		for _, p := range problems {
			fmt.Fprintf(w, "line %d, %s: %s; %s\n", p.Line, p.Column, p.What, p.Mend)
		}
		for _, a := range list {
			state := "not told"
			if a.Letter != "" {
				state = "letter " + a.Letter
			}
			if !a.Told.IsZero() {
				state = "told " + law.At(a.Told).Words()
			}
			fmt.Fprintf(w, "%d  %s: %s\n", a.N, a.Name, state)
		}
		if unread > 0 {
			fmt.Fprintf(w, "%s could not be read: somebody looks at that.\n", counted(unread, "row", "rows"))
		}
		fmt.Fprintf(w, "%d added; %d on the list, %d told.\n", added, f.People.Listed, f.People.Told)
		if next > 0 {
			fmt.Fprintf(w, "There may be more: --after %d\n", next)
		}
	})
}

type incidentTellCmd struct {
	Number  string `arg:""`
	Spoken  int64  `placeholder:"N" help:"Record that number N of the list was told otherwise; --how says how."`
	How     string `help:"How they were told."`
	Except  string `placeholder:"GROUND" help:"They are not told one by one: unintelligible, averted or disproportionate (UK GDPR Art 34(3)); --why says why."`
	Why     string `help:"The reasons."`
	Publish string `placeholder:"PAGE" help:"Record that the public was told, and where; --words says in which words."`
	Words   string `help:"What was published."`
}

func (x *incidentTellCmd) Run(c *call) error {
	switch {
	case x.Spoken > 0:
		return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
			return in.ToldOtherwise(c, on, x.Spoken, x.How)
		})
	case x.Except != "":
		return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
			return in.Except(c, on, incident.Ground(x.Except), x.Why)
		})
	case x.Publish != "":
		return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
			return in.Publish(c, on, x.Publish, x.Words)
		})
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	n, left, err := d.TellAffected(c, x.Number, c.actor())
	if err != nil {
		return err
	}
	c.found = len(left) > 0
	return c.answer(map[string]any{"written": n, "left": left}, func(w io.Writer) {
		fmt.Fprintf(w, "%s in the outbox.\n", counted(n, "letter is", "letters are"))
		for _, l := range left {
			fmt.Fprintf(w, "Number %d was not written to: %s.\n", l.N, l.Why)
		}
	})
}

type incidentTaskCmd struct {
	Number string `arg:""`
	What   string `arg:"" optional:"" help:"What is to be done."`
	Owner  string `help:"Who does it."`
	Due    string `placeholder:"DATE" help:"By when."`
	Done   int    `placeholder:"N" help:"Task N is done; --how says what was done."`
	How    string `help:"What was done."`
}

func (x *incidentTaskCmd) Run(c *call) error {
	var due law.Date
	if x.Due != "" {
		var err error
		if due, err = law.ParseDate(x.Due); err != nil {
			return &desk.Error{Code: "usage", What: "is not a date", Where: "--due", Mend: "write it as 2026-11-27", Err: err}
		}
	}
	return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		if x.Done > 0 {
			return in.Finish(c, on, x.Done, x.How)
		}
		return in.Assign(c, on, incident.Task{What: x.What, Owner: x.Owner, Due: due})
	})
}

type incidentMeasureCmd struct {
	Number  string `arg:""`
	Measure string `arg:"" help:"By its id in keeping.yaml."`
	Owner   string `required:"" help:"Whose it is."`
	Why     string `required:"" help:"How it failed."`
}

func (x *incidentMeasureCmd) Run(c *call) error {
	return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		return in.Fail(c, on, incident.Failure{Measure: notice.ID(x.Measure), Owner: x.Owner, Why: x.Why})
	})
}

type incidentBanCmd struct {
	Number  string `arg:""`
	Address string `required:"" help:"The network address; - for standard input."`
	Days    int    `default:"30" help:"For how many days, at most 90."`
}

func (x *incidentBanCmd) Run(c *call) error {
	if err := c.secret("--address", &x.Address); err != nil {
		return err
	}
	return c.incident(x.Number, func(d *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		if err := d.MayShutOut(x.Address); err != nil {
			return incident.Incident{}, err
		}
		return in.Ban(c, on, x.Address, d.Now().Add(time.Duration(x.Days)*24*time.Hour))
	})
}

type incidentPoliceCmd struct {
	Number    string `arg:""`
	Reference string `required:"" help:"Their reference."`
	To        string `default:"The police" help:"Who was told."`
	Words     string `help:"What they were told, without who it was."`
	Identity  string `help:"Who it was, if they were told that: it is logged as a disclosure. - for standard input."`
}

func (x *incidentPoliceCmd) Run(c *call) error {
	if err := c.secret("--identity", &x.Identity); err != nil {
		return err
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	i, err := d.TellPolice(c, x.Number, c.actor(), incident.Told{Where: x.To, Ref: x.Reference, Words: x.Words}, x.Identity)
	if err != nil {
		return err
	}
	return c.incidentAnswer(i)
}

type incidentLearnCmd struct {
	Number  string   `arg:""`
	Cause   string   `help:"The root cause."`
	Lessons string   `help:"What was learnt."`
	Promise []string `help:"A sentence of the notice that it bears on, by its id; repeat."`
}

func (x *incidentLearnCmd) Run(c *call) error {
	var ids []notice.ID
	for _, p := range x.Promise {
		ids = append(ids, notice.ID(p))
	}
	return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		return in.Learn(c, on, x.Cause, x.Lessons, ids)
	})
}

type incidentNoteCmd struct {
	Number string `arg:""`
	Words  string `arg:""`
}

func (x *incidentNoteCmd) Run(c *call) error {
	return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		return in.Note(c, on, x.Words)
	})
}

type incidentCloseCmd struct {
	incidentSeen
	Number string `arg:""`
	Why    string `help:"Why nothing more is to be done."`
}

func (x *incidentCloseCmd) Run(c *call) error {
	return c.incidentAsSeen(x.Number, x.incidentSeen, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		return in.Close(c, on, x.Why)
	})
}

type incidentReopenCmd struct {
	Number string `arg:""`
	Why    string `required:"" help:"Why."`
}

func (x *incidentReopenCmd) Run(c *call) error {
	return c.incident(x.Number, func(_ *desk.Desk, in *incident.Incidents, on incident.On) (incident.Incident, error) {
		return in.Reopen(c, on, x.Why)
	})
}

type incidentForgetCmd struct {
	Number string `arg:""`
	Whole  bool   `help:"The record that is left too, once the people and particulars are gone."`
}

func (x *incidentForgetCmd) Run(c *call) error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.ForgetIncident(c, x.Number, c.actor(), x.Whole); err != nil {
		return err
	}
	return c.answer(map[string]any{"number": x.Number, "whole": x.Whole}, func(w io.Writer) { fmt.Fprintf(w, "%s is forgotten.\n", x.Number) })
}
